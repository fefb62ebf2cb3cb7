"""The outcome of a group of numbers: candidates to the left, to the right and in front of a bracket, weighed."""

import re
from dataclasses import dataclass, replace

from trialtab import vocabulary
from trialtab.extract.clauses import clause_between, clause_start, host_edge, starts_clause
from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import Draft
from trialtab.extract.outcome_candidates import FOUND, TOOK_UP, candidates_left, candidates_right
from trialtab.extract.outcome_elsewhere import (
    head_of_groups,
    head_with_statistic,
    main_clause_before,
    names_the_effect_alone,
    observed_for,
    of_a_model,
    spelled_in_bracket,
)
from trialtab.extract.outcome_told import DIED, head_of_list, share_who, told_before, told_behind
from trialtab.extract.outcome_weights import WEIGHTS, weigh
from trialtab.extract.phrases import is_people, noun_phrase, np_end
from trialtab.extract.spans import name_span
from trialtab.extract.whom_near import left_edge
from trialtab.extract.whom_people import past_people
from trialtab.model import Candidate


def outcome_of(line: Line, n: int, group: list[Draft], rows: list[Linked], before: list[Linked]) -> None:
    """Give the rows of group n their outcome; before: the rows of the groups to its left."""
    _choose(line, n, group, rows, before)
    for row in rows:
        name_span(line, row, before)
        _with_its_limit(line, row, before)


def _with_its_limit(line: Line, row: Linked, before: list[Linked]) -> None:
    """ "Neutrophils fell below 0.5 × 10^9/L in two", "leukocytes below 3 were seen in 4%": the limit belongs to
    the outcome that the number counts.
    """
    limit = before[-1] if before else None
    span = limit.outcome_range if limit is not None else None
    if limit is None or span is None or row.draft.shape not in ("count", "fraction", "percent", "all"):
        return
    draft = limit.draft
    if draft.shape not in ("value", "percent") or draft.statistic:
        return
    if draft.fields.get("qualifier") not in ("<", "<=", ">", ">="):
        return
    scored = "score" in (limit.outcome or "").lower()
    measured = draft.fields.get("unit") is not None or draft.shape == "percent" or scored
    first = min(d.first for group in line.groups for d in group if row.draft in group)
    between = {line.word(k) for k in range(draft.last, first)}
    plain = line.sets["occur"] | line.sets["copula"] | {"in", "by", "of", "for", "had", "been", "reached", "", "at"}
    said = bool(between & (line.sets["occur"] | line.sets["copula"])) and line.word(draft.last) in _WITHOUT
    if span[1] <= draft.first and measured and between and (between <= plain or said):
        row.outcome, row.outcome_range = line.say(span[0], draft.last), (span[0], draft.last)


def _names_an_outcome(line: Line, candidates: list[tuple[str, int, int, float]]) -> bool:
    return any(vocabulary.outcome(line.say(c[1], c[2])) is not None for c in candidates)


_WITHOUT = frozenset(("without", "sustained", "maintained", "lasting", "for", "on"))


@dataclass(slots=True)
class _Case:
    """A group of numbers whose outcome is looked for. edge: where its own words begin; carried: what the numbers before
    it, or the sentence before, were about; right: the words behind it outweigh those before ("two died, one relapsed").
    """

    line: Line
    n: int
    group: list[Draft]
    rows: list[Linked]
    before: list[Linked]
    edge: int
    carried: tuple[str | None, tuple[int, int] | None] | None
    right: bool

    @property
    def first(self) -> int:
        return self.group[0].first

    @property
    def shape(self) -> str:
        return self.group[0].shape

    @property
    def counted(self) -> bool:
        """Whether the numbers count people or events."""
        return self.shape in ("percent", "fraction", "count", "all", "zero")

    @property
    def about(self) -> str | None:
        """The outcome that is carried over."""
        return self.carried[0] if self.carried is not None else None

    def settle(self, outcome: str | None, span: tuple[int, int] | None, confidence: float) -> bool:
        """Give all rows one outcome; True."""
        for row in self.rows:
            row.outcome, row.outcome_range, row.confidence = outcome, span, confidence
        return True


def _choose(line: Line, n: int, group: list[Draft], rows: list[Linked], before: list[Linked]) -> None:
    edge = left_edge(line, n)
    right = n > 0 and _follows_number(line, before[-1], group[0].first) and bool(
        candidates_right(line, group) or candidates_right(line, _last_of_run(line, n))
    )  # fmt: skip
    if right:
        edge = max(edge, before[-1].outcome_range[1] if before[-1].outcome_range else edge)
    case = _Case(line, n, group, rows, before, edge, _carried_over(line, n, before), right)
    took = _took_up(case)
    if _named_beside(case) or _of_its_rate(case) or _told_elsewhere(case):
        return
    if _goes_on_about(case, took) or _of_its_host(case):
        return
    _weighed(case, took)


def _named_beside(case: _Case) -> bool:
    """The name is a part of the number: "no cases of ICANS", "one grade 3 pneumonia"."""
    line, named = case.line, case.group[0].named
    if named is None:
        return False
    plain = {line.word(k) for k in range(*named)} <= _PLAIN_EVENTS
    of = noun_phrase(line, named[1] + 1, np_end(line, named[1] + 1)) if plain and line.word(named[1]) == "of" else None
    if of:
        return case.settle(line.say(*of), of, 0.85)
    if plain and case.about:
        return case.settle(case.about, case.carried[1] if case.carried else None, 0.6)
    for row in case.rows:
        span = row.draft.named or named
        row.outcome_range = noun_phrase(line, *span) or span
        row.outcome, row.confidence = line.say(*row.outcome_range), 0.85
    return True


_PLAIN_EVENTS = frozenset(("episode", "episodes", "event", "events", "case", "cases", ""))


def _of_its_rate(case: _Case) -> bool:
    """ "2.84 infections per 100 patient-months": what is counted per time."""
    event = _event_of_rate(case.line, case.group[0]) if case.shape == "rate" else None
    return case.settle(event, None, 0.85) if event else False


def _told_elsewhere(case: _Case) -> bool:
    """Another part of the sentence names it: a model, the head of a list of groups, the clause before a colon."""
    line, draft, first = case.line, case.group[0], case.first
    span = None
    if case.shape == "effect":
        span = of_a_model(line, first)
    elif case.shape in ("fraction", "percent", "count"):
        span = head_of_groups(line, case.edge, first)
    elif case.shape == "time":
        span = observed_for(line, draft)
    if case.about and case.shape in ("fraction", "percent", "value", "count") and _points_to_figures(line, first):
        return case.settle(case.about, case.carried[1] if case.carried else None, 0.7)
    if case.shape == "effect" and span is None and case.about and names_the_effect_alone(line, case.edge, first):
        return case.settle(case.about, case.carried[1] if case.carried else None, 0.8)
    if span is None and case.shape in ("time", "value", "percent", "state"):
        span = main_clause_before(line, first) or head_with_statistic(line, first)
    return case.settle(line.say(*span), span, 0.8) if span is not None else False


_POINTS_BACK = frozenset(("figures", "numbers", "rates", "values", "proportions", "percentages", "results"))


def _points_to_figures(line: Line, first: int) -> bool:
    """ "… the corresponding figures were 17 (28%) of 61 and one (3%) of 32": those of what was told before."""
    k = first - 1
    while line.word(k) in line.sets["copula"]:
        k -= 1
    return k < first - 1 and line.word(k) in _POINTS_BACK and line.word(k - 1) in ("corresponding", "respective")


def _took_up(case: _Case) -> bool:
    """ "…, and seven received immunoglobulin": a count that opens a clause of its own."""
    line, last = case.line, case.group[-1].last
    k = last + (line.word(last) in line.sets["people"])
    opens = case.n > 0 and _opens_clause(line, case.first) and case.shape == "count" and line.word(k) in TOOK_UP
    return opens and not line.names_arm(k) and line.open_bracket(case.first, case.edge) is None


def _goes_on_about(case: _Case, took: bool) -> bool:
    """Nothing but connectors, arms and people stand before the numbers: they are about what was told before."""
    line, first, edge = case.line, case.first, case.edge
    if not case.n or took or case.right or _behind_whom(line, case.group[-1]) or not case.about or _is_anew(case):
        return False
    if _opens_clause(line, first) and _has_its_own(line, case.group):
        return False
    if not (
        line.bare(edge, first)
        or _of_other_people(line, case.n, case.before)
        or _on_both_sides(line, case.n, case.before)
    ):
        return False
    known = vocabulary.outcome(case.about)
    sizes = ("enrollment", "follow_up") if case.shape != "time" else ("enrollment",)
    if known is not None and known.term.category in sizes:
        return False
    for row in case.rows:
        row.whole = True
    return case.settle(case.about, case.carried[1] if case.carried else None, 0.8)


def _is_anew(case: _Case) -> bool:
    """Whether a new part of the sentence tells its outcome behind the number: "; 12 had fever"."""
    line = case.line
    if not any(line.word(k) in (";", "whereas", "while", "but") for k in range(case.edge, case.first)):
        return False
    right = candidates_right(line, _last_of_run(line, case.n)) if line.bare(case.edge, case.first) else []
    return any(weigh(line, c, False) >= 0.6 for c in right)


def _of_its_host(case: _Case) -> bool:
    """ "12 had CRS (grade 1 in nine)": a count in a bracket that is of the number it stands behind."""
    inside = case.line.open_bracket(case.first, case.edge)
    if case.shape != "count" or inside is None:
        return False
    host = _told_of_host(case.line, inside, case.first, case.before)
    return case.settle(host.outcome, host.outcome_range, 0.8) if host is not None else False


def _gathered(case: _Case, took: bool) -> list[tuple[str, int, int, float]]:
    """The candidates for the outcome, from the words before the numbers and, where these do not tell, behind them."""
    line, n, group, first, edge = case.line, case.n, case.group, case.first, case.edge
    inside = line.open_bracket(first, edge)
    found: list[tuple[str, int, int, float]] = []
    if inside is not None:
        within = noun_phrase(line, clause_start(line, max(inside + 1, edge), first), first)
        if within:
            weight = WEIGHTS["inside bracket"] if not is_people(line, *within) else 0.0
            found.append(("inside bracket", *within, weight))
        found += candidates_left(line, host_edge(line, inside, n), inside, bracket=True, counted=case.counted)
    else:
        found += candidates_left(line, clause_start(line, edge, first), first, bracket=False, counted=case.counted)
    found += told_behind(line, group[-1], inside)
    found += head_of_list(line, edge, first)
    found += share_who(line, clause_start(line, edge, first), first)
    found += told_before(line, edge, first)
    did = line.sets["did"] | line.sets["have"] - {"received"}
    own_clause = (
        n > 0
        and _opens_clause(line, first)
        and case.shape in ("count", "fraction", "percent")
        and inside is None
        and any(line.word(k) in did for k in (group[0].last - 1, group[0].last))
    )  # "two died and one relapsed"
    points_back = line.word(0) in ("they", "it", "these") and n == 0 and case.carried is not None
    if (
        own_clause
        or took
        or _tells_its_own(line, group[0], inside)
        or _behind_whom(line, group[-1])
        or (points_back and _goes_on(line, first))  # "They have come back in eight": what the sentence before was about
    ):
        found = []
    if case.shape == "effect":
        found = [c for c in found if not _adjusted_for(line, c)]
    told = any(weigh(line, c, case.counted) >= 0.6 for c in found)
    if line.word(first - 1) == ":" and case.shape in ("fraction", "percent") and len(group) == 1:
        right = candidates_right(line, group)  # "ITP: 6/9 complete response, 2/9 partial response"
        if right and _names_an_outcome(line, right[:1]) and not _names_an_outcome(line, found):
            found, told = right, True
    if not told or starts_clause(line, first, edge):
        found += candidates_right(line, _last_of_run(line, n)) or candidates_right(line, group)
    found = [c for c in found if not {line.word(k) for k in range(c[1], c[2])} <= _STATISTICS] or found
    if case.before and case.before[-1].outcome:
        found = [c for c in found if not _is_subgroup(line, group, c)]
    return found


_STATISTICS = frozenset((
    "±", "+/-", "sd", "se", "sem", "iqr", "range", "ci", "(", ")", "[", "]", "mean", "median", "standard", "deviation",
    "error", "interquartile", "s.d.", "s.e.", ",", "%",
))  # fmt: skip


def _weighed(case: _Case, took: bool) -> None:
    """Give the rows the candidate that weighs most, as many outcomes as numbers, or what is carried over."""
    line, rows = case.line, case.rows
    found = _gathered(case, took)
    scored = sorted(((weigh(line, c, case.counted), -k, c) for k, c in enumerate(found)), reverse=True)
    best = scored[0] if scored and scored[0][0] > 0.2 else None
    unnamed = case.carried is None or (case.about is None and case.shape == "percent")
    if best is None and unnamed and scored and scored[0][0] > -0.6:
        best = scored[0]
    several = _several(case, best)
    if several:
        for k, row in enumerate(rows):
            span = (best[2][1] + k, best[2][2]) if best else None
            row.outcome, row.outcome_range, row.confidence = several[k], span, 0.7
        return
    for row in rows:
        row.candidates += [
            Candidate(
                "outcome",
                line.say(c[1], c[2]),
                line.items[c[1]].start,
                line.items[c[2] - 1].end,
                c[0],
                round(w, 2),
                best is not None and c is best[2],
            )
            for w, _, c in scored
        ]
        if best is not None:
            _take(case, row, best[2])
            if row.outcome_range is not None and (term := spelled_in_bracket(line, row.outcome_range)) is not None:
                row.outcome, row.outcome_range = line.say(*term), term
            row.confidence = min(1.0, 0.5 + 0.4 * best[0])
        elif case.carried is not None:
            row.outcome, row.outcome_range = case.carried
            row.confidence = 0.5


def _several(case: _Case, best: tuple[float, int, tuple[str, int, int, float]] | None) -> list[str]:
    """As many outcomes as numbers, in order; empty where the numbers have one."""
    several = _coordinated(case.line, best[2][1:3] if best is not None else None, case.carried, len(case.rows))
    if several or len(case.rows) < 2 or (best is not None and best[0] >= 0.7):
        return several
    again = any(case.line.word(k) in ("corresponding", "respective") for k in range(case.edge, case.first))
    near = [r.outcome for r in case.before if r.outcome and (again or r.group == case.before[-1].group)]
    recent = list(dict.fromkeys(near or case.line.carried.outcomes))
    return recent if len(recent) == len(case.rows) else []


def _take(case: _Case, row: Linked, chosen: tuple[str, int, int, float]) -> None:
    """Give a row the chosen candidate as its outcome: a span of time by its name, a cause as a death from it."""
    line, inside = case.line, case.line.open_bracket(case.first, case.edge)
    source, start, _, _ = chosen
    row.outcome_range = chosen[1:3]
    row.outcome = line.say(*row.outcome_range)
    if row.draft.shape == "time":
        row.outcome = _span_of(line, row.outcome_range, row.draft, case.about)
    led_by = ("from", "to", "of") if source == "cause" else ("from",)
    if source in ("cause", "noun after number") and line.word(start - 1) in led_by:
        earlier = [r.outcome or "" for r in case.before] + [case.about or ""]
        died = not _DEATH.isdisjoint(line.words[: case.first])
        if died or any(_SAYS_DEATH.search(o) for o in earlier):
            row.outcome = f"death from {row.outcome}"
            if row.draft.shape == "value":
                row.draft.shape = "count"
    elif row.draft.shape == "count" and inside is not None and _lists_causes(line, inside):
        row.outcome = row.outcome if _DIED.search(row.outcome or "") else f"death from {row.outcome}"


_SAYS_DEATH = re.compile(r"\b(?:death|died|fatal)", re.I)
_DIED = re.compile(r"death|died|fatal", re.I)


def _one_of_each(line: Line, draft: Draft) -> bool:
    """ "in one each", "in 2 patients each": so many for every name before it."""
    k = draft.last + (line.word(draft.last) in line.sets["people"])
    return line.word(k) == "each" and line.word(k + 1) in ("", ".", ",", ";", ")", "and")


_SIDES = frozenset(("after", "with", "to", "following", "on", "in", "for", "under", "during", "without", "before"))


def _opens_clause(line: Line, first: int) -> bool:
    """ "and one relapsed", ", and only one had fever"."""
    k = first - 1
    while line.word(k) in ("only", "just", "another", "further", "remaining", "other", "the"):
        k -= 1
    return line.word(k) in ("and", ",", "but", ":", ";")


def _told_of_host(line: Line, inside: int, first: int, before: list[Linked]) -> Linked | None:
    """ "Three withdrew consent (2 A, 1 B)": the count whose outcome ends where the bracket of its arms opens."""
    host = next((r for r in reversed(before) if r.draft.last <= inside and not r.draft.depth), None)
    if host is None or host.outcome_range is None or host.outcome_range[1] != inside or not host.outcome:
        return None
    if not any(k in line.arm_at for k in range(inside, first + 3)):
        return None
    return host if line.bare(inside + 1, first) else None


def _has_its_own(line: Line, group: list[Draft]) -> bool:
    """ "… in 8 of 9, and all nine became transfusion independent": a known outcome behind a verb of its own."""
    k = group[-1].last
    if line.word(k) not in line.sets["did"] | line.sets["have"] | line.sets["copula"] or len(group) > 1:
        return False
    if group[0].shape not in ("count", "fraction", "percent", "all"):
        return False
    drug = k + 1 in line.arm_at or vocabulary.is_drug(line.word(k + 1))
    if line.word(k) in line.sets["have"] and drug and group[0].shape == "count":
        return True  # "…, and two had tocilizumab"
    if line.word(k) in line.sets["copula"] and line.word(k + 1) in ("given", "treated", "switched"):
        return bool(candidates_right(line, group))  # "…, and one of these was given tocilizumab"
    right = candidates_right(line, group)
    if (
        group[0].shape == "count"
        and line.word(k) in line.sets["copula"]
        and line.word(k + 1) in FOUND - {"present", "absent"}
    ):
        return bool(right)  # "… and three patients were put on replacement"
    return any(vocabulary.outcome(line.say(c[1], c[2])) is not None for c in right)


def _on_both_sides(line: Line, n: int, before: list[Linked]) -> bool:
    """ "15.9 after iron and 20.4 after saline": the words between two numbers say under what the first was found, as
    those behind the second do by the same preposition.
    """
    last, draft = before[-1], line.groups[n][-1]
    start = max(last.draft.last, last.outcome_range[1] if last.outcome_range else 0)
    k = start
    while line.word(k) in line.sets["people"] | {")", "]"} or line.items[min(k, len(line.items) - 1)].kind == "P":
        k += 1
    behind = draft.last + (line.word(draft.last) in line.sets["people"])
    if k >= draft.first or line.word(k) not in _SIDES or line.word(behind) != line.word(k) or not last.outcome:
        return False
    join = next(
        (m for m in range(k + 1, draft.first) if line.word(m) in ("and", "versus", "vs", "v", ",", "but")), None
    )
    if join is None or join - k > 6 or not line.bare(join, draft.first):
        return False
    return not any(line.word(m) in line.verbs for m in range(k, join))


def _of_other_people(line: Line, n: int, before: list[Linked]) -> bool:
    """ "Response was seen in 7 of 12 with primary and 8 of 11 with secondary disease": one outcome, told of several
    groups of people; what was told first stood before its number.
    """
    last, draft = before[-1], line.groups[n][-1]
    told = last.outcome_range is not None and last.outcome_range[0] < last.draft.first
    if (
        not last.outcome
        or not told
        or draft.shape not in ("count", "fraction", "percent", "effect", "value", "all", "zero")
    ):
        return False
    if (draft.shape == "effect") != (last.draft.shape == "effect") or draft.named is not None:
        return False
    if line.word(draft.last) in line.sets["did"] | line.sets["have"] | line.sets["copula"] - {"took"}:
        return False
    return past_people(line, n) is not None


def _tells_its_own(line: Line, draft: Draft, inside: int | None) -> bool:
    """ "… with 33 deaths in A", "(4 withdrew, 3 had fibrosis)": a count with its own event behind it, in a part of the
    sentence that it opens; what stands before it is another's.
    """
    before, behind = line.word(draft.first - 1), line.word(draft.last)
    if draft.shape != "count":
        return False
    own_event = draft.noun in line.sets["events"] - {"event", "events", "case", "cases", "episode", "episodes"}
    if own_event and (before == "with" or (inside is None and before in (",", ":", ";", "and"))):
        return True  # "…, 24 relapses, and six deaths in remission"
    own = inside is not None and before in ("(", "[", ",", "and", ";")
    return own and draft.noun is None and behind in line.sets["did"] | {"had", "did", "were", "was"}


def _behind_whom(line: Line, draft: Draft) -> bool:
    """ "12 of whom (67%) received immunoglobulin": a count that points back with a clause of its own behind it."""
    back = line.word(draft.first + 1) == "of" and line.word(draft.first + 2) in ("whom", "which", "them", "these")
    k = draft.last + 2 if line.word(draft.last) == "of" else draft.last
    back = back or (line.word(draft.last) == "of" and line.word(k - 1) in ("whom", "which", "them", "these"))
    return back and line.word(k) in line.sets["did"] | line.sets["have"] | line.sets["treated_by"] | _NEEDED


_NEEDED = frozenset(("needed", "required", "developed", "achieved", "underwent", "reached", "received"))


def _is_subgroup(line: Line, group: list[Draft], candidate: tuple[str, int, int, float]) -> bool:
    """ "… and in 62 of 74 without POD24": the people of whom so many had what was said before."""
    source, first, _, _ = candidate
    k = group[-1].last
    if source == "predicate" and line.word(k) == "who" and line.word(k + 1) in line.sets["treated_by"]:
        return True  # "compared with 461 (90%) who received placebo"
    if source != "noun after number" or group[0].shape not in ("fraction", "percent"):
        return False
    return line.word(first - 1) in ("with", "without") and first - 1 >= group[-1].last


_EVENT_OF_RATE = re.compile(r"^[<>≤≥]?\s?[\d.,·]+\s+((?:[^\W\d]|[- ])+?)\s+per\b")
_ANY_EVENT = frozenset(("events", "event", "cases", "episodes", "times"))


def _event_of_rate(line: Line, draft: Draft) -> str | None:
    """ "0.11 severe crises per patient-year": the event that a rate counts, printed inside it."""
    m = _EVENT_OF_RATE.match(line.text[draft.start : draft.end])
    return m.group(1) if m is not None and m.group(1) not in _ANY_EVENT else None


def _lists_causes(line: Line, inside: int) -> bool:
    """ "46 patients died in the A arm (relapse, n = 22; infection, n = 10)": a bracket of causes of death."""
    start = next((k for k in range(inside - 1, -1, -1) if line.word(k) in (";", ")", "]") or k in line.result_at), -1)
    near = [line.word(k) for k in range(max(0, start - 3), inside)]
    return bool({"died", "deaths", "death"} & set(near)) and any(
        line.word(k) in (";", ",") for k in range(inside, inside + 6)
    )


def _span_of(line: Line, span: tuple[int, int], draft: Draft, before: str | None) -> str:
    """A span of time that a verb tells: "B-cell aplasia lasted", "and lasted", "it began at a median of 2 days"."""
    phrase = line.say(*span)
    before = re.sub(
        r"^(?:duration|onset|(?:median |mean )?time to (?:first )?(?:onset|resolution)) of ", "", before or ""
    )
    began = any(
        line.word(k) in ("began", "started", "begun", "starting", "beginning", "appeared")
        for k in range(max(0, draft.first - 6), draft.first)
    )
    if began and before and vocabulary.outcome(phrase) is None:
        return f"onset of {before}"
    what, verb, _ = phrase.rpartition("lasted")
    if not verb or not phrase.endswith("lasted") or span[0] >= draft.last:
        return phrase
    what = re.sub(r"\band$", "", what.strip()).strip()
    what = what if vocabulary.outcome(what) is not None else before or what
    return f"duration of {what}" if what else phrase


def _coordinated(
    line: Line, span: tuple[int, int] | None, carried: tuple[str | None, tuple[int, int] | None] | None, size: int
) -> list[str]:
    """ "DOR, PFS and OS were 71.5%, 50.9% and 56.7%": as many known outcomes as numbers, in order; else empty."""
    phrase = line.say(*span) if span else (carried[0] if carried else None)
    if size < 2 or not phrase:
        return []
    parts = [p for p in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", phrase) if p and " or " not in phrase]
    if any(_SEVERITY.fullmatch(p) for p in parts):
        return []  # "mild or moderate rash"
    if len(parts) == size and " " in parts[-1]:
        head = parts[-1].rsplit(" ", 1)[1]
        parts = [p if vocabulary.outcome(p) else f"{p} {head}" for p in parts]
    if len(parts) != size or not all(vocabulary.outcome(p) for p in parts):
        return []
    return [_LEADS.sub("", p) for p in parts]


_SEVERITY = re.compile(r"(?:any|mild|moderate|severe|serious|fatal|life-threatening|nonserious|non-serious)", re.I)
_LEADS = re.compile(
    r"^(?:(?:median|mean|the)\s+|grades?\s+(?:[0-5]|iv|v|i{1,3})(?:\s?(?:[-–/]|or|to|and)\s?(?:[1-5]|iv|v|i{1,3}))?\s+)+",
    re.I,
)


def _carried_over(line: Line, n: int, before: list[Linked]) -> tuple[str | None, tuple[int, int] | None] | None:
    if before:
        draft = line.groups[n][0]
        again = draft.noun is None and line.word(draft.first - 1) not in line.sets["versus"]
        host = next((r for r in reversed(before) if again and r.draft.depth <= draft.depth), before[-1])
        return host.outcome, host.outcome_range  # "5 deaths (3 infections, 2 bleeds) and 9 in the other group"
    if line.word(0) in ("it", "they", "these", "this", "that"):
        # "It was of grade 1 in 12": what the sentence before was about
        known = next((o for o in line.carried.outcomes if vocabulary.outcome(o) is not None), None)
        if known is not None:
            return known, None
    return (line.carried.outcome, None) if line.carried.outcome else None


_WENT_ON = frozenset(
    ("come", "came", "remained", "persisted", "returned", "recovered", "resolved", "disappeared", "reappeared",
     "subsided", "recurred", "followed", "began", "occurred", "developed", "appeared", "arose", "peaked", "affected")
)  # fmt: skip


def _goes_on(line: Line, first: int) -> bool:
    """Whether the sentence only tells how it went on: "They | came back", "It | resolved"."""
    return any(line.word(k) in _WENT_ON for k in range(1, min(5, first)))


def _adjusted_for(line: Line, candidate: tuple[str, int, int, float]) -> bool:
    """ "… in a model that included age and sex (HR 0.6)": what an effect was adjusted for is not what it is on."""
    words = {line.word(k) for k in range(candidate[1], candidate[2])} - {"", "and", ",", "or", "the"}
    return bool(words) and words <= line.sets["demographic"]


_DEATH = DIED | {"death", "fatal"}


def _follows_number(line: Line, before: Linked, first: int) -> bool:
    """Whether the group before took its outcome from behind its number: then a list goes "two died, one relapsed"."""
    span = before.outcome_range
    return (
        span is not None
        and before.draft.last <= span[0] < span[1] <= first
        and before.draft.shape in ("count", "fraction", "percent")
    )


def _last_of_run(line: Line, n: int) -> list[Draft]:
    """The last group of a run that only connectors and arms part: "two (4%) in A and one (2%) in B discontinued"."""
    m = n
    while (
        m + 1 < len(line.groups)
        and line.groups[m][-1].shape != "effect"
        and not clause_between(line, line.groups[m][-1], line.groups[m + 1][0])
        and not any(
            line.word(k) in ("which", "whom")
            for k in range(line.groups[m][-1].last, min(line.groups[m + 1][0].first + 4, len(line.items)))
        )
        and line.bare(line.groups[m][-1].last, line.groups[m + 1][0].first)
    ):
        m += 1
    return line.groups[m]


def state_rows(line: Line, row: Linked) -> list[Linked]:
    """ "Median DOR, PFS and OS were not reached", "haematoma and stroke in one each": a row for each outcome of the
    coordination.
    """
    if row.draft.shape == "count" and row.outcome and _one_of_each(line, row.draft):
        each = [p for p in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", row.outcome) if p]
        if 1 < len(each) < 5 and all(len(p.split()) < 5 for p in each):
            start = row.outcome_range or (0, 0)
            return [replace(row, outcome=p, outcome_range=(start[0] + n, start[1])) for n, p in enumerate(each)]
        return [row]
    if row.draft.shape not in ("state", "all") or not row.outcome or row.outcome_range is None:
        return [row]
    k = row.draft.last
    if (
        line.word(k) == ","
        and line.word(k + 1) == "nor"
        and (span := noun_phrase(line, k + 2, np_end(line, k + 4) if line.word(k + 2) in ("was", "were") else k + 2))
    ):
        return [row, replace(row, outcome=line.say(*span), outcome_range=span)]
    parts = [p for p in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+", row.outcome) if p]
    if len(parts) < 2 or not all(vocabulary.outcome(p) for p in parts):
        return [row]
    return [
        replace(
            row,
            outcome=re.sub(r"^(?:median|mean|the)\s+", "", p, flags=re.I),
            outcome_range=(row.outcome_range[0] + k, row.outcome_range[1]),
        )
        for k, p in enumerate(parts)
    ]
