"""Bare whole numbers that count: events before a ratio of their risks, events by their name, people of an arm."""

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
    listed = [d for host in line.results for d in _listed_under(line, host)]
    for draft in (*named, *beside, *people, *labelled, *listed):
        draft.shape = "count"


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
