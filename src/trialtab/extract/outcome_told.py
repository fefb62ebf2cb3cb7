"""Outcomes that a sentence tells otherwise than as subject or object: before a list, behind the number, by a cause."""

from trialtab import vocabulary
from trialtab.extract.clauses import clause_start
from trialtab.extract.line import Line
from trialtab.extract.measures import Draft
from trialtab.extract.outcome_weights import WEIGHTS
from trialtab.extract.phrases import noun_phrase, np_end, predicate

_TOLD_FOR = frozenset(("adverse_event", "mortality", "relapse", "survival", "efficacy_response"))


_TOPICS = frozenset(
    (("as", "for"), ("as", "regards"), ("as", "to"), ("with", "respect", "to"), ("with", "regard", "to"))
)
"""What opens a sentence before its topic: "As for infections, the incidence was …"."""


def told_before(line: Line, edge: int, first: int) -> list[tuple[str, int, int, float]]:
    """ "For cancer deaths, there were 156 …": an outcome that a clause opens with."""
    start = clause_start(line, edge, first)
    if (span := _averaged(line, max(edge, start), first)) is not None:
        return [("list item", *span, WEIGHTS["told behind"])]
    comma = next((k for k in range(start, first) if line.word(k) == ","), None)
    if comma is None:
        return []
    topic = next((n for n in (3, 2) if tuple(line.word(start + m) for m in range(n)) in _TOPICS), 0)
    if not topic and line.word(start) not in ("for", "regarding", "concerning"):
        return []
    span = noun_phrase(line, start + max(topic, 1), comma)
    weight = WEIGHTS["told behind" if topic else "list item"]
    return [("list item", *span, weight)] if span and vocabulary.outcome(line.say(*span)) else []


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


def head_of_list(line: Line, edge: int, first: int) -> list[tuple[str, int, int, float]]:
    """ "Discontinuation due to AEs: A 8, B 4": what stands before a colon, where only names of arms stand behind it."""
    colon = next((k for k in range(first - 1, edge - 1, -1) if line.word(k) == ":"), None)
    if colon is None or any(
        k not in line.arm_at
        and line.word(k)
        not in line.sets["determiner"] | line.sets["people"] | {"(", "[", "in", "with", "for", "=", ":"}
        for k in range(colon + 1, first)
    ):
        return []
    start = next((k + 1 for k in range(colon - 1, edge - 1, -1) if line.word(k) in (";", ".", ":")), edge)
    if colon - start > 9 or any(line.word(k) in line.verbs for k in range(start, colon)):
        return []
    span = noun_phrase(line, start, colon)
    return [("list item", *span, WEIGHTS["told behind"])] if span else []


def share_who(line: Line, start: int, first: int) -> list[tuple[str, int, int, float]]:
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


_RELATIVE = frozenset(("lower", "higher", "reduced", "increased", "greater", "smaller"))
_CHANCES = frozenset(("risk", "odds", "hazard", "rate", "incidence", "likelihood", "mortality"))
"""A change of a chance right behind its percentage: "a 32% lower risk of death"."""


def told_behind(line: Line, draft: Draft, inside: int | None) -> list[tuple[str, int, int, float]]:
    """What is said right behind a number and outweighs all before it: "a 50% increase in O", "5 mm in diameter", and
    the verb of people whose number stands in a bracket, "more women (28%) discontinued due to O".
    """
    k = draft.last
    if line.word(k) in line.sets["change_noun"] and line.word(k + 1) in ("in", "of"):
        span = noun_phrase(line, k + 2, np_end(line, k + 2))
        return [("told behind", k, span[1], WEIGHTS["told behind"])] if span else []
    if line.word(k) in _RELATIVE and line.word(k + 1) in _CHANCES and draft.shape == "percent":
        span = noun_phrase(line, k + 1, np_end(line, k + 1))
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


DIED = frozenset(("died", "deaths"))
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
    died = not DIED.isdisjoint(line.words[: draft.first])
    if died and line.word(k) == "in" and (arm := line.arm_at.get(k + 1 + (line.word(k + 1) == "the"))) is not None:
        k = arm.last + (line.word(arm.last) in line.sets["group_head"])  # "one in the A group of lung cancer"
    if line.word(k) == "of" and died and line.word(k + 1) not in line.sets["determiner"] | _BACK:
        return k + 1  # "two died, one of sepsis and one of disease progression"
    if line.word(k) != "to" or k != draft.last or k + 1 in line.arm_at:
        return 0
    said = any(line.word(m) == "due" and line.word(m + 1) == "to" for m in range(draft.first))
    return k + 1 if said else 0
