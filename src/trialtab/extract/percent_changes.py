"""Percentages that tell how much a measurement changed ("bone density fell by 2.1%"): means, and no shares of patients.

A change of a risk, a rate or an incidence is none of these: it tells of patients, and of two arms.
"""

import re

from trialtab import vocabulary
from trialtab.extract.line import Linked
from trialtab.extract.measures import Draft
from trialtab.extract.reading import Read
from trialtab.prefilter import Prefiltered

CHANGES = frozenset((
    "increase", "decrease", "decline", "reduction", "rise", "fall", "increased", "decreased", "declined", "reduced",
    "rose", "fell", "improved", "dropped", "increases", "decreases", "reductions", "improvement", "improvements",
    "declines", "gain", "gains", "loss", "change", "changed", "worsened", "diminished", "lowered", "raised", "drop",
))  # fmt: skip
_NOUNS = frozenset(
    ("increase", "decrease", "decline", "reduction", "rise", "fall", "improvement", "gain", "loss", "drop", "change")
)
_OF_PATIENTS = Prefiltered(
    r"\b(?:incidence|risks?|rates?|prevalence|proportions?|percentages? of|odds|hazards?|likelihood|mortality|deaths?|"
    r"uptake|use|survival|relapses?|recurrences?|patients|women|participants|events?|responses?|complications?|"
    r"attendance|adherence|screening)\b",
    re.I,
)
_OF_RISK = Prefiltered(
    r"\b(?:incidence|risks?|rates?|odds|hazards?|mortality|deaths?|relapses?|recurrences?|fractures?|likelihood|events?)\b",
    re.I,
)
_PERCENT_CHANGE = Prefiltered(
    r"(?:\bpercent(?:age)?|(?<!\d)%)(?: of)? (?:change|decrease|increase|reduction|decline|improvement|gain|loss)s?\b",
    re.I,
)
_MEASURED = ("biomarker", "score_change", "other")


def is_change(r: Read, x: Linked, text: str) -> bool:
    """Whether a percentage tells how much the measurement that is its outcome changed."""
    draft = x.draft
    if draft.noun is not None:
        return False  # "52% of participants"
    if _is_signed(draft, text) or _set_against_a_signed_one(r, x, text):
        return True
    effects = (item for item in r.row[draft.last : draft.last + 12] if item.kind == "EFFECT")
    if any(item.constants.get("statistic") != "standardized_mean_difference" for item in effects):
        return False  # "a 29% reduction in fractures (RR 0.71)"; "by 19% (d = 1.28)" is a measurement's
    near = text[max(r.start, draft.start - 60) : draft.end + 60]
    if _is_followed(r, draft) and not _OF_RISK.search(near):
        return True
    known = vocabulary.outcome(x.outcome) if x.outcome else None
    if (known is not None and known.term.category not in _MEASURED) or _OF_PATIENTS.search(x.outcome or ""):
        return False
    if any(_is_amount(r, mate) for mate in _with_those_before(r, x)):
        return True
    return _PERCENT_CHANGE.search(text[max(r.start, draft.start - 120) : draft.start]) is not None


def _is_signed(draft: Draft, text: str) -> bool:
    return text[draft.start : draft.end].lstrip("(")[:1] in "+-−–"


def _set_against_a_signed_one(r: Read, x: Linked, text: str) -> bool:
    """ "(–12.3% vs. 4.2%)": what a loss is set against is a change too."""
    return any(
        y.group == x.group and y.draft.shape == "percent" and y.draft is not x.draft and _is_signed(y.draft, text)
        for y in r.linked
    )


def _with_those_before(r: Read, x: Linked) -> list[Draft]:
    """A number, the first of its group, and the number that it is set against: "by 4.2% with A and 6.3% with B"."""
    group = [y.draft for y in r.linked if y.group == x.group]
    before = [y for y in r.linked if y.draft.last <= x.draft.first and y.draft.shape == x.draft.shape]
    partner = [y.draft for y in before[-1:] if x.comparator and y.arm and y.arm.key == x.comparator.key]
    return [x.draft, *group[:1], *partner]


_HEDGES = frozenset(
    ("about", "approximately", "only", "a", "an", "almost", "some", "around", "average", "mean", "median")
)


def _is_amount(r: Read, draft: Draft) -> bool:
    """ "fell 2.1%", "fell by 2.1%", "a decrease of 2.2%", "fell by 12% in A and by 4%", "fell by a mean of 8%"."""
    words = [item.text if item.kind == "W" else "" for item in r.row]
    before = words[max(0, draft.first - 18) : draft.first]
    if before[-1:] == ["of"] and before[-2:-1] and before[-2] in ("mean", "median", "average"):
        before.pop()  # "by a mean of"
    while before and before[-1] in _HEDGES:
        before.pop()
    if before[-1:] == ["by"] and ";" not in before:
        verb = next((word for word in reversed(before) if word in CHANGES or word.endswith("ed")), "")
        return verb in CHANGES
    told = before[-4:-1] if before[-1:] == ["of"] else before[-1:]
    return bool(CHANGES & set(told))


def _is_followed(r: Read, draft: Draft) -> bool:
    """ "a 2.9% increase", "a 2.9% (0.1 to 5.2) increase in bone density"."""
    words = [item.text if item.kind == "W" else "" for item in r.row]
    k = draft.last
    if words[k : k + 1] in (["("], ["["]):
        close = next((m for m in range(k, min(k + 12, len(words))) if words[m] in (")", "]")), None)
        k = close + 1 if close is not None else k
    return any(word in _NOUNS for word in words[k : k + 1])
