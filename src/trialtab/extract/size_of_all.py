"""How many people a study is of: the number parted into arms, treated, or enrolled, and the one that its shares fit."""

import re
from collections.abc import Iterator, Sequence

from trialtab import values, vocabulary
from trialtab.extract.design_parts import Whole
from trialtab.model import Finding, Measure

ENOUGH = 3
"""Shares that must fit a number for it to be preferred to the one that the words tell."""

_TREATED_BEHIND = re.compile(r"[^.;\d]{0,45}\b(?:treated|infused|received|given)\b")
_TREATED_BEFORE = re.compile(r"\b(?:treated|infused)\W+$", re.I)
_PEOPLE = re.compile(
    rf"(?<![\w.,])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}}|{values.NUMBER_WORDS}) "
    r"(?:(?!of|in|with|had|were|who|and|or)[a-z-]+ )?"
    r"(?:patients|people|participants|adults|children|men|women|persons)\b",
    re.I,
)

Size = tuple[float, int, int]


def size_of_all(findings: Sequence[Finding], text: str, wholes: Sequence[Whole]) -> Size | None:
    """The size of a study and its place, None where nothing tells it.

    The number that is parted into the arms, else the group that was treated or enrolled first. Shares printed with
    their counts ("39 (68%)") decide where they fit another number of those who took part, or, if none was found, one
    number of people in the text.
    """
    for whole in wholes:
        if whole.n is not None:
            return whole.n, whole.start, whole.end
    enrolled = [f.measure for f in findings if f.enrollment or _tells_enrolment(f)]
    enrolled = [m for m in enrolled if not any(_of_two_groups(m, other, text) for other in enrolled)]
    sized = [(float(m.events or m.value or 0), m) for m in enrolled if m.events is not None or m.value is not None]
    treated = [
        (n, m)
        for n, m in sized
        if _TREATED_BEHIND.match(text, m.end) or _TREATED_BEFORE.search(text[max(0, m.start - 30) : m.start])
    ]
    told = [(n, m.start, m.end) for n, m in (*treated, *sized)]
    shares = list(_shares(findings))
    fitting = [sum(_fits(n, *share) for share in shares) for n, _, _ in told]
    if told and 2 * fitting[0] >= len(shares):
        return told[0]
    best = max(range(len(told)), key=fitting.__getitem__, default=None)
    if best is not None and fitting[best] >= ENOUGH and 2 * fitting[best] > len(shares):
        return told[best]
    return told[0] if told else _that_all_fit(text, shares)


def _shares(findings: Sequence[Finding]) -> Iterator[tuple[float, float]]:
    """Counts of patients of all with their percentages, where no denominator is printed."""
    for f in findings:
        m = f.measure
        if f.arm not in (None, "overall") or f.enrollment or m.count_of not in (None, "patients"):
            continue
        if m.total is None and m.events is not None and m.percent is not None:
            yield m.events, m.percent


def _fits(n: float, events: float, percent: float) -> bool:
    """Whether so many events of n give the percentage, in the digits with which it is printed."""
    unit = 10.0 ** -values.decimals(f"{percent:g}")
    return n >= events and abs(100 * events / n - percent) <= unit / 2 + 1e-9


def _that_all_fit(text: str, shares: Sequence[tuple[float, float]]) -> Size | None:
    """The number of people in a text that all the shares fit, if they are enough and no other does."""
    if len(shares) < ENOUGH:
        return None
    found: dict[float, Size] = {}
    for m in _PEOPLE.finditer(text):
        n = values.number(m["n"])
        if n and all(_fits(n, *share) for share in shares):
            found.setdefault(n, (n, m.start("n"), m.end("n")))
    return next(iter(found.values())) if len(found) == 1 else None


def _of_two_groups(one: Measure, other: Measure, text: str) -> bool:
    """ "0.5 million cells per kg (n = 6) or 1.0 million (n = 9)": sizes of parts, and not of the whole.

    Nor are "n = 15 (lupus, n = 8; myositis, n = 7)": the first is the whole of those in its bracket.
    """
    both = text[one.start] == "n" == text[other.start]
    if not both or one is other or abs(one.start - other.start) >= 90:
        return False
    first, last = sorted((one, other), key=lambda measure: measure.start)
    between = text[first.end : last.start]
    return between.count("(") <= between.count(")")


def _tells_enrolment(finding: Finding) -> bool:
    """ "101 (91%) were given the cells": a share of those enrolled that is a size as well."""
    known = vocabulary.outcome(finding.outcome) if finding.outcome else None
    return known is not None and known.term.category == "enrollment"


__all__ = ["size_of_all"]
