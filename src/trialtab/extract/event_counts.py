"""Bare whole numbers that count: events before a ratio of their risks, events by their name, people of an arm."""

from itertools import pairwise

from trialtab import vocabulary
from trialtab.extract.line import Line
from trialtab.extract.measures import Draft

_EVENTS = frozenset(("adverse_event", "mortality", "relapse"))
_PHRASE = 6


def count_events(line: Line) -> None:
    """Turn the bare whole numbers of `line.results` that count something into counts."""
    _events_behind_a_ratio(line)
    named = [d for d in line.results if is_bare(d) and _named(line, d, known=True)]
    beside = [d for d in line.results if named and is_bare(d) and _named(line, d, known=False)]
    people = [d for d in line.results if is_bare(d) and _of_people_of_an_arm(line, d)]
    labelled = [d for d in line.results if is_bare(d) and _behind_its_name(line, d)]
    listed = [d for host in line.results for d in (*_listed_under(line, host), *_listed_behind_colon(line, host))]
    listed += _listed_under_a_name(line)
    within = [d for d in line.results if is_bare(d) and _in_so_many(line, d)]
    for draft in (*named, *beside, *people, *labelled, *listed, *within):
        draft.shape = "count"
    for run in _slashed(line):
        for draft in run:
            draft.shape = "count" if is_bare(draft) else draft.shape
    for before, draft in pairwise(line.results):
        if is_bare(draft) and (_goes_on_as(line, before, draft) or _of_the_next_grade(line, before, draft)):
            draft.shape = "count"
    if len(line.results) == 1 and is_bare(line.results[0]) and _is_an_entry(line, line.results[0]):
        line.results[0].shape = "count"


def _named(line: Line, draft: Draft, *, known: bool) -> bool:
    """ "one deep vein thrombosis and two strokes with A": a number before the name of an event that is told of an arm
    or as having occurred; beside such a number, before any name.
    """
    ends = line.verbs | line.sets["preposition"] | {"and", "or"}
    k = draft.last
    while k < len(line.items) and k - draft.last < _PHRASE and k not in line.arm_at:
        word = line.word(k)
        if line.items[k].kind != "GRADE" and (word in ends or not (word[:1].isalpha() or word == "-")):
            break
        k += 1
    if k == draft.last or k == len(line.items) or not draft.fields.get("value"):
        return False
    event = vocabulary.outcome(line.say(draft.last, k)) if known else None
    if known and (event is None or event.term.category not in _EVENTS):
        return False
    told_of_arms = line.word(k) in ("in", "with", "on", "for", "among", "and", ",") and bool(line.arms)
    return told_of_arms or line.word(k) in line.sets["occur"]


def _of_people_of_an_arm(line: Line, draft: Draft) -> bool:
    """ "Two dolmirin and three placebo patients withdrew": numbers before the names of arms, and people behind them."""
    arm = line.arm_at.get(draft.last)
    if arm is None:
        return False
    behind = next((d for d in line.results if d.first == arm.last + 1), None)
    if line.word(arm.last) in ("and", "versus", "vs", ",") and behind is not None:
        arm = line.arm_at.get(behind.last, arm)
    return line.word(arm.last) in line.sets["people"]


_ENDS = frozenset((".", ";", ":", ",", ")", "]", "(", "[", ""))
_NAMES_A_COUNT = _EVENTS | {"efficacy_response", "enrollment"}


def _behind_its_name(line: Line, draft: Draft) -> bool:
    """ "ICANS 2, both grade 1; skin GVHD 5; relapses overall, 6": a number right behind the name of what it counts, in
    a style that leaves the verbs out.
    """
    if line.word(draft.last) not in _ENDS or (draft.last < len(line.items) and line.items[draft.last].kind != "W"):
        return False
    first = _label_at(line, draft)
    if first is None:
        return False
    known = vocabulary.outcome(line.say(first, draft.first - (line.word(draft.first - 1) == ",")))
    return known is not None and known.term.category in _NAMES_A_COUNT


def _label_at(line: Line, draft: Draft) -> int | None:
    """Where the words begin that are all of a clause before a number; None where they are no mere name."""
    k = draft.first - (line.word(draft.first - 1) == ",")
    end = k
    while k and end - k < _PHRASE and line.word(k - 1) not in _ENDS and k - 1 not in line.result_at:
        k -= 1
        word = line.word(k)
        if word in line.verbs | line.sets["preposition"] | line.sets["copula"] or k in line.arm_at:
            return None
        if line.items[k].kind not in ("W", "GRADE"):
            return None
    opens = k == 0 or (line.word(k - 1) in _ENDS and line.items[k - 1].kind == "W" and k - 1 not in line.result_at)
    return k if opens and k < end else None


def _listed_under(line: Line, host: Draft) -> list[Draft]:
    """ "viral reactivation in 13 (HHV-6 8, CMV 6, ADV 3)": the numbers behind short names in the bracket of a count,
    two or more and none above it.
    """
    whole = host.counted()
    if whole is None or line.word(host.last) not in ("(", "["):
        return []
    found = []
    for draft in line.results:
        if draft.first <= host.last or draft.depth <= host.depth:
            continue
        if line.open_bracket(draft.first, 0) != host.last:
            break
        name = line.word(draft.first - 1)
        value = draft.fields.get("value")
        if not is_bare(draft) or not name[:1].isalpha() or not isinstance(value, float) or value > whole:
            return []
        if _label_at(line, draft) is None or line.word(draft.last) not in _ENDS:
            return []
        found.append(draft)
    return found if len(found) > 1 else []


def _listed_under_a_name(line: Line) -> list[Draft]:
    """ "Viral reactivation: CMV 8, ADV 4, BKV 3": the numbers behind short names that the name of an event heads, two
    or more.
    """
    colon = next((k for k, word in enumerate(line.words) if word == ":"), 0)
    start = next((k + 1 for k in range(colon - 1, -1, -1) if line.word(k) in (".", ";")), 0)
    known = vocabulary.outcome(line.say(start, colon)) if 0 < colon - start <= _PHRASE else None
    if known is None or known.term.category not in _EVENTS:
        return []
    found = []
    for draft in line.results:
        if draft.first < colon:
            continue
        first = _label_at(line, draft)
        if not is_bare(draft) or first is None or line.word(draft.last) not in _ENDS or draft.first - first > 3:
            break
        found.append(draft)
    return found if len(found) > 1 else []


def _listed_behind_colon(line: Line, host: Draft) -> list[Draft]:
    """ "infections of grade 3, 8 (35%): bacterial 5, fungal 2, viral 1": the numbers behind short names that a colon
    parts from their count, two or more and none above it.
    """
    whole = host.counted()
    if whole is None or line.word(host.last) != ":":
        return []
    found = []
    for draft in line.results:
        if draft.first <= host.last:
            continue
        value = draft.fields.get("value")
        first = _label_at(line, draft)
        if not is_bare(draft) or first is None or not isinstance(value, float) or value > whole:
            break
        if line.word(draft.last) not in _ENDS or any(line.word(k) == ";" for k in range(host.last, draft.first)):
            break
        found.append(draft)
    return found if len(found) > 1 else []


_OPEN_ENDS = _ENDS | {"and", "or", "but", "who", "whereas", "while", "of"}
_YEARS = 1900


def _in_so_many(line: Line, draft: Draft) -> bool:
    """ "disappeared by day 5 in eight and by day 12 in one", "platelets <50 in ten": an "in" with nothing but a number
    behind it says how many had what was told.
    """
    value = draft.fields.get("value")
    if line.word(draft.first - 1) != "in" or not isinstance(value, float) or value >= _YEARS:
        return False
    if line.word(draft.last) not in _OPEN_ENDS or draft.first < 3:
        return False
    if line.word(draft.last) == "of" and line.word(draft.last + 1) not in ("them", "these", "whom", "those"):
        return False
    before = line.items[draft.first - 2]
    if before.values.get("value") == 1 and before.kind == "N":
        return False  # "a titre below 1 in 5"
    if any(d.noun_item == draft.first - 2 for d in line.results):
        return False  # "7 responses in 10"
    told = before.kind in ("TIME", "POINT", "N", "QTY", "GRADE", "MASK") or line.word(draft.first - 2)[:1].isalpha()
    if not told or line.word(draft.first - 2) in _IN_SO_MANY_THINGS:
        return False
    start = next((k + 1 for k in range(draft.first - 2, -1, -1) if line.word(k) in _CLAUSES), 0)
    return vocabulary.outcome_class(line.say(start, draft.first - 1)) not in (None, "other")


_CLAUSES = frozenset((";", ":", ",", ".", "whereas", "while"))
_IN_SO_MANY_THINGS = frozenset(("phase", "stage", "table", "figure", "fig", "part", "divided", "split", "grouped"))


def _goes_on_as(line: Line, before: Draft, draft: Draft) -> bool:
    """ "Tocilizumab, 16 pts; steroids, 13; anakinra, 7": a label and a number in the form of the count before them."""
    if before.shape != "count" or before.depth or draft.depth or line.word(draft.last) not in (";", ".", "", ")"):
        return False
    end = before.noun_item + 1 if before.noun_item is not None and before.noun_item >= before.last else before.last
    return line.word(end) == ";" and _label_at(line, draft) == end + 1 and _label_at(line, before) is not None


def _slashed(line: Line) -> list[list[Draft]]:
    """ "Insomnia: 5 / 9 / 17", "grade 3 in none / one / two": three numbers or more that slashes part count, where
    nothing says what else they are.
    """
    runs: list[list[Draft]] = []
    for draft in line.results:
        joined = runs and line.word(draft.first - 1) == "/" and _end_of(line, runs[-1][-1]) == draft.first - 1
        if joined:
            runs[-1].append(draft)
        else:
            runs.append([draft])
    plain = ("count", "zero", "value")
    return [run for run in runs if len(run) > 2 and all(d.shape in plain and not d.statistic for d in run)]


def _end_of(line: Line, draft: Draft) -> int:
    """Behind a number and the people that it counts."""
    counted = draft.noun_item is not None and draft.last <= draft.noun_item < draft.last + 2
    return (draft.noun_item or 0) + 1 if counted else draft.last


def _of_the_next_grade(line: Line, before: Draft, draft: Draft) -> bool:
    """ "any 25 (60%), G3 7 (17%), G5 2": a number behind a grade, the next in a list of them."""
    k = draft.first - 1
    counted = before.shape in ("count", "fraction") or "events" in before.fields
    behind = line.word(draft.last) in _ENDS or draft.last == len(line.items)
    return counted and behind and k > before.last and line.items[k].kind == "GRADE" and line.word(k - 1) in (",", ";")


_NUMBERED = frozenset((
    "table", "figure", "fig", "phase", "part", "cohort", "group", "arm", "day", "week", "month", "year", "cycle",
    "level", "dose", "page", "volume", "version", "grade", "stage", "type", "class", "score", "median", "mean",
    "centres", "step", "centers", "sites", "line", "lines", "patient", "case", "visit", "chapter", "appendix",
    "section", "number", "no", "age", "ecog", "dl", "ratio", "criterion", "question", "point", "period", "n",
    "session", "trial", "study",
))  # fmt: skip


def _is_an_entry(line: Line, draft: Draft) -> bool:
    """ "Immunoglobulin replacement 11.", "Stopped for toxicity: 3.": a sentence that is a name and a number, where the
    name is that of an event, or a colon stands before the number.
    """
    if line.word(draft.last) not in (".", "") or draft.last < len(line.items) - 1:
        return False
    end = draft.first - (line.word(draft.first - 1) in (":", ","))
    words = line.words[:end]
    if not 1 < len(words) <= _PHRASE or any(line.items[k].kind != "W" for k in range(end)):
        return False
    if not _NUMBERED.isdisjoint(words) or not all(w[:1].isalpha() for w in words):
        return False
    known = vocabulary.outcome(line.say(0, end))
    return line.word(end) == ":" or (known is not None and known.term.category in _NAMES_A_COUNT)


_RATIOS = frozenset(("hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio"))


def _events_behind_a_ratio(line: Line) -> None:
    """ "(35 vs 89, odds ratio 0.39)", "60 in A versus 48 in B (HR = 1.3)": two whole numbers that a ratio of their
    risks follows count who had the event.
    """
    for k in range(len(line.results) - 2):
        a, b, effect = line.results[k : k + 3]
        if effect.shape != "effect" or effect.statistic not in _RATIOS or effect.first - b.last > 14:
            continue
        counts = [is_bare(a), is_bare(b)]
        if all(counts) or (counts[0] and b.shape == "count") or (a.shape == "count" and counts[1]):
            if "ratio" in line.words[max(0, a.first - 6) : a.first] or not (
                _set_against(line, a, b) or _of_two_names(line, a, b)
            ):
                continue
            for draft in (a, b):
                draft.shape = "count"


def _set_against(line: Line, a: Draft, b: Draft) -> bool:
    between = [line.word(k) for k in range(a.last, b.first)]
    return (
        b.first - a.last < 16 and bool({*line.sets["versus"], "and", "compared"} & set(between)) and ";" not in between
    )


def _of_two_names(line: Line, a: Draft, b: Draft) -> bool:
    """ "(dolmirin 21, placebo 23, relative risk 0.91)": each behind the name of its arm."""
    one, other = (line.arm_at.get(draft.first - 1) for draft in (a, b))
    return one is not None and other is not None and one.key != other.key


def is_bare(draft: Draft) -> bool:
    """A whole number of which nothing is said."""
    value = draft.fields.get("value")
    bare = draft.shape == "value" and draft.statistic is None and draft.fields.get("unit") is None
    return bare and isinstance(value, float) and value % 1 == 0
