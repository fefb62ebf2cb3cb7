"""Groups that differ in how often or how long something is given: "weekly or every 3 weeks", "6 versus 12 months of X".

A schedule is known by what it says, however it is spelled: "every 3 weeks", "3-weekly", "once-every-3-weeks" and "q3w"
are one. A length of treatment is a name only where a word such as "group" or "course" follows: "the 12-month group" is
an arm, "at 12 months" is a time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from trialtab import values
from trialtab.extract.design_groups import Group
from trialtab.extract.measures import Item
from trialtab.extract.mentions import Mention

Schedule = tuple[str, float, str]
"""("every", 3, "week"), ("daily", 2, "day") for twice a day, ("long", 12, "month")."""

_NUMBER = r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_UNIT = r"(?:hour|day|week|month|year|cycle|fraction|session|course)s?"
_OFTEN = (
    rf"(?:(?:once|twice|thrice|{_NUMBER} times)[- ])?(?:(?:{_NUMBER}[- ])?(?:daily|weekly|monthly)|biweekly|"
    rf"fortnightly|every[- ](?:(?:other|second)[- ]|{_NUMBER}[- ])?{_UNIT}|q{_NUMBER}w)"
)
_BRACKET = r"(?:\s?\([^()]{0,60}\))?"
_MANNER = r"(?:[ -](?:schedules?|regimens?|dosing|administration|treatment|infusions?|courses?))?"
_OR = r",?\s(?:or|versus|vs\.?|v\.?|against|compared (?:with|to))\s+(?:either |an? |the |on |\d[\d.]*\s?mg\S* )*"
_EITHER = re.compile(r"\s(?:or|vs?|versus|against|compared)\b", re.I)
"""What stands between two schedules, whatever they are: most sentences hold none."""
_TWO_OFTEN = re.compile(
    rf"(?<![\w-])(?P<a>{_OFTEN}|every[- ]{_NUMBER}){_BRACKET}{_MANNER}{_OR}"
    rf"(?P<b>{_OFTEN}|{_NUMBER}[- ]{_UNIT})(?![\w-])",
    re.I,
)
_TWO_LONG = re.compile(
    rf"(?<![\w-])(?P<a>{_NUMBER})(?:[- ]{_UNIT})?{_MANNER}{_OR}(?P<b>{_NUMBER})[- ]?(?P<unit>{_UNIT})(?!\w)", re.I
)
_ALLOCATES = re.compile(r"\brandomi[sz]|\brandomly|\bassigned|\ballocated|\bcompar(?:e|ed|ing)\b", re.I)
_NO_LENGTH = re.compile(
    r"\b(?:at|after|ages?|aged|survival|follow-up|within|than|every|was|were|of)\s(?:either\s)?\Z", re.I
)
_AGAINST_A_THIRD = re.compile(
    r"\b(?:with|versus|vs|or|to)\s(?:\w+\s)?(?:observation|placebo|controls?|no|nothing|standard|usual|sham)\b", re.I
)
_ONE_OFTEN = re.compile(rf"(?<![\w-]){_OFTEN}(?![\w-])", re.I)
_GROUP_NOUN = (
    r"(?:groups?|arms?|cohorts?|regimens?|courses?|schedules?|treatments?|therapy|dosing|patients|recipients|"
    r"program(?:me)?s?)"
)
_ONE_LONG = re.compile(rf"(?<![\w-])(?P<n>{_NUMBER})[- ](?P<unit>{_UNIT})(?=[- ](?:\w+[- ])?{_GROUP_NOUN}\b)", re.I)
_TWO_OF_ONE_NOUN = re.compile(
    rf"(?<![\w-])(?P<first>{_NUMBER})-?\s(?:and|or|versus|vs)\s{_NUMBER}[- ](?P<unit>{_UNIT})(?=[- ]{_GROUP_NOUN}\b)",
    re.I,
)
_SEVERAL_LONG = re.compile(
    rf"(?P<first>{_NUMBER})-?\s(?:and|or|versus|vs)\s(?P<last>{_NUMBER}[- ](?P<unit>{_UNIT}))\Z", re.I
)


def of_words(printed: str) -> Schedule | None:
    """What a schedule says; None where it says no interval ("once")."""
    said = re.sub(r"[- ]+", " ", printed.lower())
    number = re.search(rf"\b{_NUMBER}\b", said)
    n = values.number(number.group()) if number else None
    if (q := re.fullmatch(rf"q({_NUMBER})w", said)) is not None:
        return ("every", float(values.number(q.group(1)) or 1), "week")
    if "every" in said or said.endswith("weekly"):
        unit = re.search(_UNIT.removesuffix("s?"), said)
        apart = 2.0 if "other" in said or "second" in said or said == "biweekly" else n or 1.0
        often = {"twice": 2.0, "thrice": 3.0}.get(said.split()[0])
        if often is not None or " times " in said:
            return ("weekly", often or n or 1.0, "week")
        return ("every", apart, unit.group() if unit else "week")
    if said.endswith("fortnightly"):
        return ("every", 2.0, "week")
    if said.endswith("monthly"):
        return ("every", n or 1.0, "month")
    return ("daily", {"twice": 2.0, "thrice": 3.0}.get(said.split()[0], n or 1.0), "day")


def of_length(number: str, unit: str) -> Schedule:
    """The length that a number and its unit say, however they are written."""
    return ("long", float(values.number(number) or 0), unit.lower().rstrip("s"))


def schedule_groups(text: str, start: int, end: int, *, title: bool) -> list[Group]:
    """The two groups of a sentence that differ in schedule alone, in its order; empty where it tells none.

    Groups that differ in length are read in titles and behind words of allocation and comparison.
    """
    if _EITHER.search(text, start, end) is None:
        return []
    for m in _TWO_OFTEN.finditer(text, start, end):
        a, b = m.group("a"), m.group("b")
        if not _ONE_OFTEN.fullmatch(b):
            if _ONE_OFTEN.fullmatch(a):
                continue  # "weekly or 12 weeks"
            b = f"every {b}"  # "every 12 vs 4 weeks"
        if re.fullmatch(rf"every[- ]{_NUMBER}", a, re.I):
            last = re.search(rf"{_UNIT}\Z", b, re.I)
            a = f"{a} {last.group()}" if last else a
        first, second = of_words(a), of_words(b)
        if first is not None and second is not None and first != second:
            return [_group(a, m.start("a"), m.end("a")), _group(b, m.start("b"), m.end("b"))]
    for long in _TWO_LONG.finditer(text, start, end):
        before = text[start : long.start()]
        if not (title or _ALLOCATES.search(before)) or _NO_LENGTH.search(before):
            continue
        if _AGAINST_A_THIRD.search(text, long.end(), end):
            continue
        unit = long.group("unit")
        if of_length(long.group("a"), unit) != of_length(long.group("b"), unit):
            return [
                _group(f"{long.group('a')} {unit}", long.start("a"), long.end("a")),
                _group(f"{long.group('b')} {unit}", long.start("b"), long.end("b")),
            ]
    return []


def _group(phrase: str, start: int, end: int) -> Group:
    return Group(phrase, start, end, frozenset((phrase.lower(),)), [phrase])


def of_phrase(phrase: str) -> Schedule | None:
    """The schedule that a group's phrase is; None where it is another name."""
    if _ONE_OFTEN.fullmatch(phrase):
        return of_words(phrase)
    length = re.fullmatch(rf"(?P<n>{_NUMBER})[- ](?P<unit>{_UNIT})", phrase, re.I)
    return of_length(length.group("n"), length.group("unit")) if length else None


def said_in(text: str, start: int, end: int) -> Iterator[tuple[int, int, Schedule]]:
    """The schedules that a sentence names as one names an arm: place and meaning of each."""
    for m in _ONE_OFTEN.finditer(text, start, end):
        if (said := of_words(m.group())) is not None:
            yield m.start(), m.end(), said
    for m in _ONE_LONG.finditer(text, start, end):
        yield m.start(), m.end(), of_length(m.group("n"), m.group("unit"))
    for m in _TWO_OF_ONE_NOUN.finditer(text, start, end):
        yield m.start("first"), m.end("first"), of_length(m.group("first"), m.group("unit"))


def name_schedules(
    text: str, row: Sequence[Item], arms: list[Mention], key_of: Mapping[Schedule, str]
) -> list[Mention]:
    """The mentions of a sentence with those of schedule arms, which stand for what overlaps them or stands beside them:
    in "weekly paclitaxel" and "paclitaxel every 3 weeks" the schedule is the arm.

    key_of: the schedule of each arm and its key.
    """
    if not row:
        return arms
    found = []
    for start, end, said in said_in(text, row[0].start, row[-1].end):
        if said not in key_of:
            continue
        inside = [i for i, item in enumerate(row) if item.start < end and start < item.end]
        found.append(Mention("arm", inside[0], inside[-1] + 1, start, end, text[start:end], "inventory", key_of[said]))
    if not found:
        return arms
    for s in found:
        s.first = min([s.first, *(m.first for m in arms if m.first < s.first <= m.last)])
    kept = [m for m in arms if not any(m.first <= s.last and s.first <= m.last for s in found)]
    kept = [m for m in kept if m.strength > 3 and m.source != "inventory"]
    return sorted([*kept, *found], key=lambda m: m.first)


def part_times(text: str, row: Sequence[Item], group_nouns: frozenset[str]) -> list[Item]:
    """A row in which "12- and 6-month" before "groups" is two items: two arms, and no timepoints."""
    out: list[Item] = []
    for i, item in enumerate(row):
        behind = row[i + 1].text if i + 1 < len(row) else ""
        m = None
        if item.kind in ("POINT", "TIME") and behind in group_nouns:
            m = _SEVERAL_LONG.search(text, item.start, item.end)
        if m is None:
            out.append(item)
            continue
        out.append(replace(item, end=m.end("first"), text=text[item.start : m.end("first")].lower()))
        out.append(replace(item, start=m.start("last"), text=m.group("last").lower()))
    return out
