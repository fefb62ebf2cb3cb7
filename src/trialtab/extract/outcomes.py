"""The outcome of a group of numbers: candidates to the left, to the right and in front of a bracket, weighed."""

import re
from dataclasses import replace
from functools import lru_cache

from trialtab import values, vocabulary
from trialtab.extract.clauses import behind_adverbial, clause_start, host_edge, lead_in, starts_clause
from trialtab.extract.line import MAX_PHRASE, Line, Linked
from trialtab.extract.measures import Draft
from trialtab.extract.phrases import is_people, noun_phrase, np_end, predicate
from trialtab.extract.spans import name_span
from trialtab.extract.whom_near import left_edge
from trialtab.extract.whom_people import past_people
from trialtab.model import Candidate

WEIGHTS = {
    "subject": 1.0,
    "people": 0.5,
    "cause": 1.4,
    "told behind": 1.4,
    "object": 0.95,
    "list item": 0.9,
    "inside bracket": 1.3,
    "predicate": 0.9,
    "noun after number": 0.85,
    "carried over": 0.5,
    "known term": 0.35,
    "too long": -0.5,
    "too generic": -1.3,
}


def outcome_of(line: Line, n: int, group: list[Draft], rows: list[Linked], before: list[Linked]) -> None:
    """Give the rows of group n their outcome; before: the rows of the groups to its left."""
    _choose(line, n, group, rows, before)
    for row in rows:
        name_span(line, row, before)


def _choose(line: Line, n: int, group: list[Draft], rows: list[Linked], before: list[Linked]) -> None:
    first = group[0].first
    edge = left_edge(line, n)
    carried = _carried_over(line, n, before)
    number_first = n > 0 and _follows_number(line, before[-1], first) and (
        _candidates_right(line, group) or _candidates_right(line, _last_of_run(line, n))
    )  # fmt: skip
    if number_first:
        edge = max(edge, before[-1].outcome_range[1] if before[-1].outcome_range else edge)
    named = group[0].named
    if named is not None:
        plain = {line.word(k) for k in range(*named)} <= {
            "episode",
            "episodes",
            "event",
            "events",
            "case",
            "cases",
            "",
        }
        if (
            plain
            and line.word(named[1]) == "of"
            and (of := noun_phrase(line, named[1] + 1, np_end(line, named[1] + 1)))
        ):
            for row in rows:  # "no cases of ICANS"
                row.outcome_range, row.outcome, row.confidence = of, line.say(*of), 0.85
            return
        if plain and carried is not None and carried[0]:
            for row in rows:
                row.outcome, row.outcome_range, row.confidence = carried[0], carried[1], 0.6
            return
        for row in rows:
            span = row.draft.named or named
            row.outcome_range = noun_phrase(line, *span) or span
            row.outcome, row.confidence = line.say(*row.outcome_range), 0.85
        return
    if group[0].shape == "rate" and (event := _event_of_rate(line, group[0])):
        for row in rows:
            row.outcome, row.outcome_range, row.confidence = event, None, 0.85
        return
    enrolled = (
        carried is not None
        and carried[0]
        and (m := vocabulary.outcome(carried[0])) is not None
        and m.term.category in (("enrollment", "follow_up") if group[0].shape != "time" else ("enrollment",))
    )
    anew = any(line.word(k) in (";", "whereas", "while", "but") for k in range(edge, first))
    if anew and line.bare(edge, first) and (right := _candidates_right(line, _last_of_run(line, n))):
        anew = any(weigh(line, c) >= 0.6 for c in right)
    else:
        anew = False
    whom = _behind_whom(line, group[-1])
    k = group[-1].last  # "… in 11, and seven received immunoglobulin"
    took = n and _opens_clause(line, first) and group[0].shape == "count" and line.word(k) in _TOOK_UP
    took = took and not line.names_arm(k) and line.open_bracket(first, edge) is None
    bare = (
        n
        and not took
        and not anew
        and not number_first
        and not whom
        and not (_opens_clause(line, first) and _has_its_own(line, group))
        and (line.bare(edge, first) or _of_other_people(line, n, before) or _on_both_sides(line, n, before))
    )
    if bare and carried is not None and carried[0] and not enrolled:
        for row in rows:
            row.outcome, row.outcome_range = carried
            row.confidence = 0.8
            row.whole = True
        return
    counted = group[0].shape in ("percent", "fraction", "count", "all", "zero")
    candidates: list[tuple[str, int, int, float]] = []
    inside = line.open_bracket(first, edge)
    if (
        group[0].shape == "count"
        and inside is not None
        and (host := _told_of_host(line, inside, first, before)) is not None
    ):
        for row in rows:
            row.outcome, row.outcome_range, row.confidence = host.outcome, host.outcome_range, 0.8
        return
    if inside is not None:
        within = noun_phrase(line, clause_start(line, max(inside + 1, edge), first), first)
        if within:
            weight = WEIGHTS["inside bracket"] if not is_people(line, *within) else 0.0
            candidates.append(("inside bracket", *within, weight))
        edge_of_host = host_edge(line, inside, n)
        candidates += candidates_left(line, edge_of_host, inside, bracket=True, counted=counted)
    else:
        candidates += candidates_left(line, clause_start(line, edge, first), first, bracket=False, counted=counted)
    candidates += _told_behind(line, group[-1], inside)
    candidates += _head_of_list(line, edge, first)
    candidates += _share_who(line, clause_start(line, edge, first), first)
    candidates += _told_before(line, edge, first)
    if (
        n
        and _opens_clause(line, first)
        and group[0].shape in ("count", "fraction", "percent")
        and inside is None
        and any(
            line.word(k) in line.sets["did"] | line.sets["have"] - {"received"}
            for k in (group[0].last - 1, group[0].last)
        )
    ):
        candidates = []  # "two died and one relapsed": a clause of its own
    if took:
        candidates = []
    if _tells_its_own(line, group[0], inside):
        candidates = []
    if whom:
        candidates = []
    died = not _DEATH.isdisjoint(line.words[:first])
    if group[0].shape == "effect":
        candidates = [c for c in candidates if not _adjusted_for(line, c)]
    if line.word(0) in ("they", "it", "these") and n == 0 and carried is not None and _goes_on(line, first):
        candidates = []  # "They have come back in eight": what the sentence before was about
    left_ok = any(weigh(line, c, counted=counted) >= 0.6 for c in candidates)
    if not left_ok or starts_clause(line, first, edge):
        candidates += _candidates_right(line, _last_of_run(line, n)) or _candidates_right(line, group)
    if before and before[-1].outcome:
        candidates = [c for c in candidates if not _is_subgroup(line, group, c)]
    scored = sorted(((weigh(line, c, counted=counted), -k, c) for k, c in enumerate(candidates)), reverse=True)
    best = scored[0] if scored and scored[0][0] > 0.2 else None
    if best is None and carried is None and scored and scored[0][0] > -0.6:
        best = scored[0]
    several = _coordinated(line, best[2][1:3] if best is not None else None, carried, len(rows))
    if not several and len(rows) > 1 and (best is None or best[0] < 0.7):
        again = any(line.word(k) in ("corresponding", "respective") for k in range(edge, first))
        near = [r.outcome for r in before if r.outcome and (again or r.group == before[-1].group)]
        recent = list(dict.fromkeys(near or line.carried.outcomes))
        several = recent if len(recent) == len(rows) else []
    for k, row in enumerate(rows):
        if several:
            row.outcome, row.outcome_range, row.confidence = (
                several[k],
                (best[2][1] + k, best[2][2]) if best else None,
                0.7,
            )
    if several:
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
            row.outcome_range = best[2][1:3]
            row.outcome = line.say(*row.outcome_range)
            if row.draft.shape == "time":
                row.outcome = _span_of(line, row.outcome_range, row.draft, carried[0] if carried else None)
            led_by = ("from", "to", "of") if best[2][0] == "cause" else ("from",)
            if best[2][0] in ("cause", "noun after number") and line.word(best[2][1] - 1) in led_by:
                earlier = [r.outcome or "" for r in before] + [carried[0] or "" if carried else ""]
                if any(re.search(r"\b(?:death|died|fatal)", o, re.I) for o in earlier) or died:
                    row.outcome = f"death from {row.outcome}"
                    if row.draft.shape == "value":
                        row.draft.shape = "count"
            elif row.draft.shape == "count" and inside is not None and _lists_causes(line, inside):
                row.outcome = (
                    f"death from {row.outcome}"
                    if not re.search(r"death|died|fatal", row.outcome or "", re.I)
                    else row.outcome
                )
            row.confidence = min(1.0, 0.5 + 0.4 * best[0])
        elif carried is not None:
            row.outcome, row.outcome_range = carried
            row.confidence = 0.5


_SIDES = frozenset(("after", "with", "to", "following", "on", "in", "for", "under", "during", "without", "before"))


def _opens_clause(line: Line, first: int) -> bool:
    """ "and one relapsed", ", and only one had fever"."""
    k = first - 1
    while line.word(k) in ("only", "just", "another", "further"):
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
    if line.word(k) in line.sets["have"] and k + 1 in line.arm_at and group[0].shape == "count":
        return True  # "…, and two had tocilizumab"
    right = _candidates_right(line, group)
    if (
        group[0].shape == "count"
        and line.word(k) in line.sets["copula"]
        and line.word(k + 1) in _FOUND - {"present", "absent"}
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


_LEADS_TO_OTHERS = frozenset((
    ",", "and", "but", "than", "as", "whereas", "while", "compared", "with", "against", "in", "for", "among", "of", "v",
    "versus", "vs",
))  # fmt: skip


def _names_others(line: Line, start: int, stop: int) -> bool:
    """Whether the words between two results name other people alone: "than in those without HRD"."""
    k = start
    while k < stop and line.word(k) in _LEADS_TO_OTHERS:
        k += 1
    if line.word(k) not in line.sets["people"] | {"those", "these"} or line.word(k + 1) not in _MARK_PEOPLE:
        return False
    return not any(line.word(m) in line.verbs | line.sets["copula"] for m in range(k + 2, stop))


_MARK_PEOPLE = frozenset(("with", "without", "who", "whose", "aged", "on", "having"))


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
    parts = [p for p in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+", phrase) if p]
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
        return before[-1].outcome, before[-1].outcome_range
    if line.word(0) in ("it", "they", "these", "this", "that"):
        # "It was of grade 1 in 12": what the sentence before was about
        known = next((o for o in line.carried.outcomes if vocabulary.outcome(o) is not None), None)
        if known is not None:
            return known, None
    return (line.carried.outcome, None) if line.carried.outcome else None


@lru_cache(maxsize=8)
def _empty(
    alone: frozenset[str], people: frozenset[str], determiner: frozenset[str], preposition: frozenset[str]
) -> frozenset[str]:
    """Words that name no outcome by themselves."""
    return alone | (people - {"responder", "responders", "survivors", "completers"}) | determiner | preposition


_DIFFER_IN_NOTHING = frozenset(("favor", "favour", "groups", "arms", "therapies", "after", "no", "clear", "marked"))
_TOLD_FOR = frozenset(("adverse_event", "mortality", "relapse", "survival", "efficacy_response"))


def weigh(line: Line, candidate: tuple[str, int, int, float], *, counted: bool = False) -> float:
    source, first, last, weight = candidate
    phrase = line.say(first, last)
    words = phrase.lower().split()
    if sum(w[:1].isalnum() for w in words) > MAX_PHRASE:
        weight += WEIGHTS["too long"]
    empty = _empty(
        line.sets["no_outcome_alone"], line.sets["people"], line.sets["determiner"], line.sets["preposition"]
    )
    own = " ".join(
        line.printed(k, k + 1)
        for k in range(first, last)
        if line.items[k].kind != "GROUP" and not (k in line.arm_at and line.arm_at[k].strength >= 4)
    )
    content = [
        w
        for w in own.lower().split()
        if w[:1].isalpha() and (bare := w.strip(",.")) not in empty and values.time_unit(bare) is None
    ]
    if "between" in words and words[-1] in ("favor", "favour", "groups", "arms", "treatments", "group"):
        content = [w for w in content if w.strip(",.") not in _DIFFER_IN_NOTHING]
    pointing = (
        len(words) > 2
        and set(words[:2]) & {"corresponding", "figures", "values", "results"}
        and set(words[1:4]) & {"among", "for", "in", "with", "at"}
    )
    if not content or pointing:
        weight += WEIGHTS["too generic"]
    elif (match := vocabulary.outcome(phrase)) is not None:
        weight += WEIGHTS["known term"]
        if match.term.category == "follow_up" and counted:
            weight += WEIGHTS["too generic"]
    elif source == "subject" and all(k in line.arm_at for k in range(first, last)):
        weight += WEIGHTS["too generic"]
    return weight


_WENT_ON = frozenset(
    ("come", "came", "remained", "persisted", "returned", "recovered", "resolved", "disappeared", "reappeared",
     "subsided", "recurred")
)  # fmt: skip


def _goes_on(line: Line, first: int) -> bool:
    """Whether the sentence only tells how it went on: "They | came back", "It | resolved"."""
    return any(line.word(k) in _WENT_ON for k in range(1, min(5, first)))


_METHODS = frozenset(
    ("excluding", "including", "censoring", "adjusting", "counting", "imputing", "omitting", "restricting", "using",
     "treating", "considering", "ignoring")
)  # fmt: skip


def _adjusted_for(line: Line, candidate: tuple[str, int, int, float]) -> bool:
    """ "… in a model that included age and sex (HR 0.6)": what an effect was adjusted for is not what it is on."""
    words = {line.word(k) for k in range(candidate[1], candidate[2])} - {"", "and", ",", "or", "the"}
    return bool(words) and words <= line.sets["demographic"]


def candidates_left(
    line: Line, start: int, stop: int, *, bracket: bool, counted: bool = False
) -> list[tuple[str, int, int, float]]:
    """Candidates from the words left of a number (or of its bracket). counted: the number counts people."""
    edge = any(k < start for k in line.result_at)
    if line.word(start) in ("that", "those") and line.word(start + 1) == "of":
        start += 2  # "and that of nonrelapse mortality 5%"
    if line.word(start) in (
        "who",
        "which",
        "whose",
        "whom",
        "that",
        "undergoing",
        "receiving",
        "treated",
        "enrolled",
        "randomized",
        "randomised",
        "assigned",
    ):
        comma = next((k for k in range(start, stop) if line.word(k) == ","), None)
        if comma is None:
            return []
        start = comma + 1
    start = behind_adverbial(line, lead_in(line, start, stop), stop)
    if edge and _names_others(line, start, stop):
        return []  # "HR 0.49) than in those without HRD (8.6 …": other people, the outcome told before
    if line.word(start) in _METHODS:
        return []  # "Excluding early deaths gave an HR of 0.6": how it was analysed
    for k in range(start, stop - 2):
        if line.word(k) == "followed" and line.word(k + 1) == "by":
            start = k + 2  # "neutropenia (65%), followed by anaemia (30%)"
    while (
        stop > start
        and (
            line.word(stop - 1)
            in line.sets["versus"] | {"compared", "with", "to", "as", ",", "relative", "in", "for", "by"}
        )
        and any(line.word(k) in line.sets["versus"] | {"compared"} for k in range(max(start, stop - 5), stop))
    ):
        stop -= 1
    if edge and line.word(start) not in (",", "and", ";"):
        joined = next(
            (k for k in range(stop - 2, start, -1) if line.word(k) == "," and line.word(k + 1) == "and"), None
        )
        if joined is not None and stop - joined < 7:
            start = joined + 2  # "… in one patient biopsied at relapse, and | GPRC5D in three"
    verb = None
    for k in range(stop - 1, start - 1, -1):
        if k in line.arm_at or line.items[k].kind != "W":
            continue
        if line.items[k].text in line.verbs and not line.inside(k, start):
            verb = k
            break
    found: list[tuple[str, int, int, float]] = []
    if verb is None:
        span = noun_phrase(line, start, stop, from_right=True)
        if span:
            adverbial = (
                not bracket
                and line.word(start) in line.sets["preposition"]
                and vocabulary.outcome(line.say(*span)) is None
            )
            found.append(("list item", *span, WEIGHTS["list item"] - (0.5 if adverbial else 0.0)))
        return found
    if line.word(verb) == "differ" and line.word(verb - 1) == "not":
        verb -= 1
    group_start = verb
    while group_start > start and (
        line.word(group_start - 1) in line.verbs | line.sets["auxiliary"] or line.word(group_start - 1).endswith("ly")
    ):
        group_start -= 1
    tail = noun_phrase(line, verb + 1, stop, from_right=True, objects=True)
    if tail and line.word(verb) in _STOPPED and any(
        line.word(k) in ("because", "due", "owing", "for") for k in range(verb + 1, tail[0])
    ):  # fmt: skip
        tail = verb, tail[1]  # "discontinued treatment because of adverse events"
    if tail and line.word(verb) == "died" and line.word(verb + 1) in ("of", "from"):
        tail = verb, tail[1]  # "died from any cause"
    subject = noun_phrase(line, start, group_start)
    if line.word(group_start - 1) == "there":
        subject = None
    if subject and line.word(group_start - 1) in ("which", "that"):
        own = [k for k in range(*subject) if line.word(k) in line.sets["copula"] | line.sets["have"]]
        subject = (noun_phrase(line, own[-1] + 1, group_start - 1) or subject) if own else subject
    if line.word(verb) == "failed" and subject and subject[1] == group_start:
        subject = subject[0], verb + 1  # "treatment failed"
    given = line.word(verb) in _GIVEN
    if (
        given
        and subject is not None
        and subject[1] == group_start
        and line.word(group_start) in line.sets["copula"]
        and not is_people(line, *subject)
    ):
        subject = subject[0], verb + 1  # "immunoglobulins were replaced"
    if given and subject is None and group_start > start and all(k in line.arm_at for k in range(start, group_start)):
        found.append(("subject", start, verb + 1, WEIGHTS["subject"]))
    if subject and (told := _told_for(line, subject)):
        subject = told
    if subject and line.word(subject[0] - 2) in ("that", "those") and line.word(subject[0] - 1) == "of":
        found.append(("subject", *subject, WEIGHTS["told behind"]))
    if tail and (is_people(line, *tail) or _how_often(line, *tail)):
        tail = None
    if tail and (inner := _effect_on(line, tail)):
        found.append(("object", *inner, WEIGHTS["told behind"]))
    if tail and subject and line.word(tail[0]) == "fatal" and line.word(verb) in line.sets["copula"]:
        subject, tail = (subject[0], tail[1]), None
    if (
        tail
        and subject
        and tail[1] - tail[0] == 1
        and line.word(verb) in line.sets["copula"]
        and not is_people(line, *subject)
        and (vocabulary.outcome(line.say(*tail)) is None)
    ):
        tail = None
    if counted and not bracket and (said := _done_to(line, start, group_start, verb, stop)):
        subject, tail = said, None
    if subject:
        found.append(("subject", *subject, WEIGHTS["people" if is_people(line, *subject) else "subject"]))
    if tail:
        penalty = 0.0 if subject is None or is_people(line, *subject) else 0.3
        if bracket and subject is not None and not is_people(line, *subject):
            listed = (
                line.word(verb) in line.sets["copula"] | {"included", "comprised"}
                and vocabulary.outcome(line.say(*tail)) is not None
            )
            penalty = -0.3 if listed else 0.15
        if line.word(verb) in line.sets["have"]:
            penalty -= 0.2
        found.append(("object", *tail, WEIGHTS["object"] - penalty))
    vague = tail is None or weigh(line, ("object", *tail, 0.5)) < 0
    if subject and is_people(line, *subject) and vague and line.word(verb) in line.sets["did"] | line.sets["change"]:
        found.append(("predicate", verb, verb + 1, WEIGHTS["predicate"]))
    return found


def _behind_apposition(line: Line, k: int) -> int:
    """ "Three patients, two of them given A, | had graft failure": where the clause of a number goes on."""
    inner = line.result_at.get(k + 1) if line.word(k) == "," else None
    if inner is None or line.word(inner.last) != "of" or line.word(inner.last + 1) not in ("them", "whom", "these"):
        return k
    comma = next((m for m in range(inner.last + 2, min(inner.last + 10, len(line.items))) if line.word(m) == ","), None)
    return k if comma is None else comma + 1


_SUPPORT = frozenset(("immunoglobulin", "immunoglobulins", "antibiotics", "transfusion", "transfusions", "steroids"))


def _is_given(phrase: str) -> bool:
    """Whether a phrase names what is given to patients, and no marker."""
    return phrase.lower().split()[-1] in _SUPPORT or vocabulary.intervention(phrase) is not None


_TOOK_UP = frozenset(("received", "needed", "required"))


def _candidates_right(line: Line, group: list[Draft]) -> list[tuple[str, int, int, float]]:
    """Candidates from the words behind a number: "15% of patients achieved O", "24 deaths", "six women had O"."""
    draft = group[-1]
    found: list[tuple[str, int, int, float]] = []
    k = _behind_apposition(line, draft.last)
    noun = draft.noun if draft.noun_item is not None and draft.noun_item >= k - 1 else None
    if line.word(k) == "of" and line.word(k - 1) in ("case", "cases", "instances", "signs", "evidence"):
        span = noun_phrase(line, k + 1, np_end(line, k + 1))
        return [("noun after number", *span, WEIGHTS["noun after number"])] if span else []
    if noun in line.sets["events"] and draft.noun_item is not None:
        first = k if draft.noun_item >= k else draft.noun_item
        last = np_end(line, draft.noun_item + 1)
        span = noun_phrase(line, first, last)
        if span:
            if line.word(span[1]) in line.sets["copula"] and line.word(span[1] + 1) in _GOES_ON:
                span = span[0], span[1] + 2  # "22 responses were ongoing"
            found.append(("noun after number", *span, WEIGHTS["noun after number"]))
        return found
    if line.word(k) == "," and line.word(k + 1) in line.sets["respectively"]:
        k += 2 + (line.word(k + 2) == ",")
    stop = min(len(line.items), k + 34)
    for m in range(k, stop):
        if (m in line.result_at and m >= draft.last) or line.word(m) in (";",):
            stop = m
            break
    verb = given = None
    for m in range(k, stop):
        if m in line.arm_at:
            continue
        text = line.word(m)
        if text in line.verbs or (
            text.endswith("ed") and len(text) > 4 and text not in line.sets["treated_by"] and line.word(m - 1) != "-"
        ):
            if text in line.sets["treated_by"] and line.names_arm(m):
                given = m if given is None and text in ("received", "required", "needed", "used", "given") else given
                continue
            verb = m
            break
        if text in (",", ":") and m > k + 1 and not any(line.word(x) in line.sets["people"] for x in range(k, m)):
            break
    if verb is not None:
        subject = noun_phrase(line, k, verb) if line.word(k) in ("the", "a", "an", "their") else None
        span = predicate(line, verb, stop)
        if subject and not is_people(line, *subject):
            passive = line.word(verb) in line.sets["copula"] and span is not None and span[0] >= verb
            last = span[1] if passive and span else verb
            found.append(("noun after number", subject[0], last, WEIGHTS["predicate"] + (0.05 if passive else 0.0)))
        if span and line.word(verb) in _STOPPED and any(
            line.word(x) in ("because", "due", "owing", "for") for x in range(verb + 1, span[1])
        ):  # fmt: skip
            span = verb, span[1]
        if span and line.word(verb) in _TOOK_UP and _is_given(line.say(*span)):
            span = verb, span[1]  # "14 received immunoglobulin": what was given, and no marker
        if span and line.word(span[0]) not in ("those", "these"):
            if line.word(span[0] - 1) in ("not", "never", "no") and span[0] - 1 > verb - 1:
                span = span[0] - 1, span[1]  # "three were not treated"
            found.append(("predicate", *span, WEIGHTS["predicate"]))
        elif line.word(verb) in ("took", "needed", "required", "received", "got", "had") and verb + 1 in line.arm_at:
            found.append(("predicate", verb, line.arm_at[verb + 1].last, WEIGHTS["predicate"]))
    elif (
        given is not None
        and (arm := next((line.arm_at[x] for x in range(given, min(given + 6, stop)) if x in line.arm_at), None))
        and (group[-1].shape in ("percent", "fraction"))
    ):
        found.append(("predicate", given, arm.last, 0.8))
    elif (
        k < stop
        and line.word(k)[:1].isalpha()
        and line.word(k) not in line.sets["preposition"] | line.sets["conjunction"]
    ):
        span = noun_phrase(line, k, np_end(line, k))
        if span and not is_people(line, *span):
            found.append(("noun after number", *span, WEIGHTS["noun after number"]))
    elif (
        line.word(k) == "from"
        and line.word(k + 1) not in line.sets["baseline"]  # "lowered pressure by 6.8 mm Hg (27%) from baseline"
        and (span := noun_phrase(line, k + 1, np_end(line, k + 1)))
    ):
        found.append(("noun after number", *span, WEIGHTS["noun after number"] + 0.9))
    elif (
        line.word(k) == "in"
        and k + 1 not in line.arm_at
        and (span := noun_phrase(line, k + 1, np_end(line, k + 1)))
        and (vocabulary.outcome(line.say(*span)) is not None)
    ):
        found.append(("noun after number", *span, WEIGHTS["noun after number"]))
    elif line.word(k) == "with" or (line.word(k) in line.sets["people"] and line.word(k + 1) == "with"):
        start = k + 1 if line.word(k) == "with" else k + 2
        if start not in line.arm_at:
            span = noun_phrase(line, start, np_end(line, start))
            if span:
                found.append(("noun after number", *span, 0.5))
    return found


def _told_before(line: Line, edge: int, first: int) -> list[tuple[str, int, int, float]]:
    """ "For cancer deaths, there were 156 …": an outcome that a clause opens with."""
    start = clause_start(line, edge, first)
    if (span := _averaged(line, max(edge, start), first)) is not None:
        return [("list item", *span, WEIGHTS["told behind"])]
    comma = next((k for k in range(start, first) if line.word(k) == ","), None)
    if line.word(start) not in ("for", "regarding", "concerning") or comma is None:
        return []
    span = noun_phrase(line, start + 1, comma)
    return [("list item", *span, WEIGHTS["list item"])] if span and vocabulary.outcome(line.say(*span)) else []


def _averaged(line: Line, edge: int, first: int) -> tuple[int, int] | None:
    """ "…, with a mean IOP of 16.0": what the average right before a number is of."""
    if line.word(first - 1) != "of":
        return None
    middle = line.sets["median"] | line.sets["average"]
    k = next((m for m in range(first - 2, max(edge, first - 8) - 1, -1) if line.word(m) in middle), None)
    if k is None or k >= first - 2 or line.word(k - 1) not in ("a", "an", "with", "at") or k - 2 < edge:
        return None
    if any(line.items[m].kind != "W" or line.word(m) in line.verbs | {","} for m in range(k + 1, first - 1)):
        return None
    return noun_phrase(line, k + 1, first - 1)


def _head_of_list(line: Line, edge: int, first: int) -> list[tuple[str, int, int, float]]:
    """ "Discontinuation due to AEs: A 8, B 4": what stands before a colon, where only names of arms stand behind it."""
    colon = next((k for k in range(first - 1, edge - 1, -1) if line.word(k) == ":"), None)
    if colon is None or any(
        k not in line.arm_at and line.word(k) not in line.sets["determiner"] | {"(", "[", "in", "with", "for", "=", ":"}
        for k in range(colon + 1, first)
    ):
        return []
    start = next((k + 1 for k in range(colon - 1, edge - 1, -1) if line.word(k) in (";", ".", ":")), edge)
    if colon - start > 9 or any(line.word(k) in line.verbs for k in range(start, colon)):
        return []
    span = noun_phrase(line, start, colon)
    return [("list item", *span, WEIGHTS["told behind"])] if span else []


def _share_who(line: Line, start: int, first: int) -> list[tuple[str, int, int, float]]:
    """ "The proportions who proceeded to transplant were 90% and 65%": what the people of a proportion did."""
    head = next((k for k in range(start, first) if line.word(k) in line.sets["rate_noun"]), None)
    if head is None:
        return []
    who = next((k for k in range(head + 1, min(head + 6, first)) if line.word(k) in ("who", "that", "whom")), None)
    verb = next((k for k in range(first - 1, (who or first), -1) if line.word(k) in line.sets["copula"]), None)
    if who is None or verb is None or verb - who < 2:
        return []
    span = noun_phrase(line, who + 1, verb)
    return [("subject", *span, WEIGHTS["subject"] + 0.2)] if span else []


_FOUND = frozenset(("normal", "abnormal", "high", "low", "negative", "positive", "detectable", "undetectable", "lost",
                    "present", "absent", "withdrawn", "withheld", "cut", "put"))  # fmt: skip


_DONE = frozenset(("reduced", "lowered", "increased", "decreased", "elevated", "raised", "prolonged"))
_PLANNED = frozenset(("allowed", "permitted", "planned", "expected", "considered", "defined", "required", "scheduled"))
_BECAUSE = frozenset(("because", "due", "owing"))


def _done_to(line: Line, start: int, copula: int, verb: int, stop: int) -> tuple[int, int] | None:
    """Subject and predicate where a number counts the people to whom something was done or in whom it was found: "red
    cells were transfused", "creatinine was raised", "the drug was stopped because of toxicity".
    """
    k = verb + 1 if line.word(verb) in line.sets["copula"] else verb
    word = line.word(k)
    plain = line.sets["no_outcome_alone"] | line.sets["occur"] | line.sets["comparative"] | line.sets["treated_by"]
    if line.word(copula) not in line.sets["copula"] | {"had", "has", "have"} or k >= stop:
        return None
    other = word in plain | _PLANNED | (line.sets["did"] - _STOPPED)
    if word not in _FOUND | _DONE and (other or not word.endswith("ed") or len(word) < 6):
        return None
    subject = noun_phrase(line, start, copula)
    if subject is None and copula > start and all(m in line.arm_at for m in range(start, copula)):
        subject = start, copula
    if subject is not None and all(
        m in line.arm_at or line.word(m) in ("of", "or", "and", "the") for m in range(subject[1], copula)
    ):
        subject = subject[0], copula  # "the dose of A or B was reduced"
    if subject is None or subject[1] != copula:
        return None
    if is_people(line, *subject) and subject[0] not in line.arm_at:
        return None
    because = next((m for m in range(k + 1, stop) if line.word(m) in _BECAUSE), None)
    end = k + 1
    if because is not None:
        end = stop
        while end > because and line.word(end - 1) in line.sets["preposition"]:
            end -= 1
    return subject[0], end


_OFTEN = frozenset(("common", "frequent", "likely", "often", "prevalent", "pronounced", "severe", "higher", "lower"))


def _how_often(line: Line, first: int, last: int) -> bool:
    """ "less common in the group given A": how often something was, and not what."""
    compared = line.word(first) in ("more", "less", "least", "most", "equally", "similarly", "as")
    return (
        compared
        and line.word(first + 1) in _OFTEN
        and (last - first == 2 or line.word(first + 2) in ("in", "with", "after"))
    )


_GOES_ON = frozenset(("ongoing", "continuing", "maintained", "sustained"))
_STOPPED = frozenset(
    ("discontinued", "stopped", "withdrew", "withdrawn", "left", "excluded", "discontinuing", "stopping")
)
_GIVEN = frozenset(
    ("given", "used", "needed", "required", "administered", "received", "replaced", "prescribed", "started")
)
_FIGURES = frozenset(("numbers", "figures", "values", "rates", "proportions", "percentages", "results", "frequencies"))


def _told_for(line: Line, subject: tuple[int, int]) -> tuple[int, int] | None:
    """ "The corresponding numbers for hypotension were 15 and 6": what the figures are said of, unless it is an arm."""
    first, last = subject
    k = first + (line.word(first) in ("corresponding", "respective", "same"))
    if line.word(k) not in _FIGURES or line.word(k + 1) not in ("for", "of", "with") or k + 2 in line.arm_at:
        return None
    span = noun_phrase(line, k + 2, last)
    return span if span and not is_people(line, *span) else None


def _effect_on(line: Line, tail: tuple[int, int]) -> tuple[int, int] | None:
    """What "no effect on O", "an impact on O", "no difference in O" is said of."""
    for k in range(*tail):
        if line.word(k) in line.sets["effect_noun"] and line.word(k + 1) in ("on", "upon", "in"):
            return noun_phrase(line, k + 2, tail[1])
    return None


def _told_behind(line: Line, draft: Draft, inside: int | None) -> list[tuple[str, int, int, float]]:
    """What is said right behind a number and outweighs all before it: "a 50% increase in O", "5 mm in diameter", and
    the verb of people whose number stands in a bracket, "more women (28%) discontinued due to O".
    """
    k = draft.last
    if line.word(k) in line.sets["change_noun"] and line.word(k + 1) in ("in", "of"):
        span = noun_phrase(line, k + 2, np_end(line, k + 2))
        return [("told behind", k, span[1], WEIGHTS["told behind"])] if span else []
    if line.word(k) == "for" and k + 1 not in line.arm_at and len(line.groups) > 1:
        span = noun_phrase(line, k + 1, np_end(line, k + 1))
        if span and (known := vocabulary.outcome(line.say(*span))) and known.term.category in _TOLD_FOR:
            return [("told behind", *span, WEIGHTS["told behind"])]
    if draft.shape == "time" and (spent := _spent_at(line, draft)):
        return [("told behind", *spent, WEIGHTS["told behind"])]
    if line.word(k) == "in" and line.word(k + 1) in line.sets["dimension"]:
        return [("told behind", k + 1, k + 2, WEIGHTS["told behind"])]
    cause = _cause_at(line, draft)
    if (
        cause
        and draft.shape in ("count", "value", "fraction")
        and (span := noun_phrase(line, cause, np_end(line, cause)))
    ):
        return [("cause", *span, WEIGHTS["cause"])]
    if inside is None or line.word(inside - 1) not in line.sets["people"]:
        return []
    while k < len(line.items) and line.word(k) not in (")", "]"):
        k += 1
    verb = k + 1
    if line.word(verb) not in line.sets["did"] | line.sets["have"]:
        return []
    stop = next((m for m in range(verb, len(line.items)) if m in line.result_at), len(line.items))
    said = predicate(line, verb, stop)
    return [("predicate", *said, 1.2)] if said else []


_PLACES = frozenset(("hospital", "icu", "ward", "unit", "ventilator", "ventilation", "dialysis", "oxygen", "bed"))


def _spent_at(line: Line, draft: Draft) -> tuple[int, int] | None:
    """The unit of a span of time with the place that it is spent in: "days in the intensive care unit"."""
    k = next((m for m in range(draft.first, draft.last + 1) if line.word(m) in ("in", "on")), None)
    if k is None or line.items[k - 1].kind not in ("W", "TIME"):
        return None
    m = k + 1 + (line.word(k + 1) in line.sets["determiner"])
    last = next((x for x in range(m, m + 4) if line.word(x) in _PLACES), None)
    if last is None or any(line.items[x].kind != "W" or x in line.arm_at for x in range(m, last + 1)):
        return None
    return (k - 1 if line.items[k - 1].kind == "W" else k), last + 1


_DIED = frozenset(("died", "deaths"))
_DEATH = _DIED | {"death", "fatal"}
_BACK = frozenset(("them", "whom", "these", "those", "which", "the"))


def _cause_at(line: Line, draft: Draft) -> int:
    """Where a cause begins behind a number: "14 from infection", "eight were due to infection, two to bleeding".

    0 where none does.
    """
    k = draft.last
    if line.word(k) == "from":
        return 0 if line.word(k + 1) in line.sets["baseline"] else k + 1
    if line.word(k) in line.sets["copula"]:
        k += 1
    if line.word(k) in ("due", "attributed", "attributable", "owing") and line.word(k + 1) == "to":
        return k + 2
    died = not _DIED.isdisjoint(line.words[: draft.first])
    if line.word(k) == "of" and died and line.word(k + 1) not in line.sets["determiner"] | _BACK:
        return k + 1  # "two died, one of sepsis and one of disease progression"
    if line.word(k) != "to" or k != draft.last or k + 1 in line.arm_at:
        return 0
    said = any(line.word(m) == "due" and line.word(m + 1) == "to" for m in range(draft.first))
    return k + 1 if said else 0


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
        and not _clause_ends(line, line.groups[m][-1], line.groups[m + 1][0])
        and not any(
            line.word(k) in ("which", "whom")
            for k in range(line.groups[m][-1].last, min(line.groups[m + 1][0].first + 4, len(line.items)))
        )
        and line.bare(line.groups[m][-1].last, line.groups[m + 1][0].first)
    ):
        m += 1
    return line.groups[m]


def _clause_ends(line: Line, a: Draft, b: Draft) -> bool:
    """Whether a semicolon outside the brackets stands between two numbers."""
    depth = a.depth
    for k in range(a.last, b.first):
        depth += (line.word(k) in ("(", "[")) - (line.word(k) in (")", "]"))
        if line.word(k) == ";" and depth <= 0:
            return True
    return False


def state_rows(line: Line, row: Linked) -> list[Linked]:
    """ "Median DOR, PFS and OS were not reached": a row for each outcome of the coordination."""
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
