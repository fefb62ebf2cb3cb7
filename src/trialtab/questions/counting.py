"""What a document's sentences say of numbers of people: how many in which arm, in each group, and in all.

Sentences that plan a sample size count nobody, and those that tell who was lost, who fell ill or who answered count
only a part; they are marked so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from trialtab import values
from trialtab.prefilter import Prefiltered
from trialtab.questions.passages import KEPT, Index
from trialtab.questions.sides import naming

LEAST, MOST = 2, 1_000_000
"""Sizes of an arm that are believed."""

LEAST_WHOLE = 4
"""The fewest people of whom a comparison is made."""

PEOPLE = (
    "patients?|participants?|subjects?|women|men|children|infants|individuals|adults|volunteers|students|eyes|knees|teeth|"
    "people|persons|mothers|neonates|newborns|adolescents|girls|boys|cases|families|animals|rats|mice|lambs|sites|hips|"
    "veterans|athletes|players|residents|nurses|respondents|couples|pregnancies|practices|clinics|schools|males|females|"
    "dogs|pigs|sheep|rabbits|cyclists|runners|workers|specimens|interns|physicians|smokers|goats|horses|cows|calves"
)
N_IS = re.compile(r"[nN](?<!\w.)\s*[=:]\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?!\d|\s*%)(?!\.\d)")
_SOME = (
    r"(?=[\defnostz])(?:\d{1,3}(?:[,\u2009\u202f\xa0]\d{3})+|\d{1,2} \d{3}(?= [a-z])|\d{1,9}"
    rf"|{values.NUMBER_WORDS})"
)
_COUNT = re.compile(rf"[^\w–—-](?P<n>{_SOME})\s+(?:\([\d.]+\s?%\)\s*)?(?:[\w’'-]+\s+){{0,3}}?(?:{PEOPLE})\b", re.I)
"""A number and the people it counts. It begins with the sign before the number, so that the search may skip to one."""

_BARE = re.compile(
    r"[,;:(awtorAWTOR](?:(?<=[,;:(])\s*|(?<!\w.)(?i:(?<=a)nd|(?<=w)hile|(?<=w)hereas|(?<=t)o|(?<=w)ith|(?<=o)f whom|"
    rf"(?<=r)emaining|(?<=o)ther|(?<=o)r)\s+)(?i:(?P<n>{_SOME})\s+"
    r"(?=(?:were\s+|was\s+)?(?:(?:randomly\s+)?(?:assigned|allocated|randomi[sz]ed)\b|(?:were|was)\s+(?:given|treated)\b|"
    r"of whom\b|to\b|in(?:to)?\s+the\b|received\b|used\b|underwent\b|on\b|"
    r"with\b|study\b|controls?\b)))"
)
"""A number without its noun, which the sentence has named before: "925 patients, 475 to A and 450 to B"."""

_OF_GROUP = re.compile(
    r"\b(?:groups?|arms?)\s+(?:(?:consisted|was composed|comprised|was made up)\s+of|of|comprised|included|contained|"
    r"had|with)\s+(?:a total of\s+)?\Z",
    re.I,
)
"""What stands before a number that its arm is named before: "the iron group consisted of 50 patients"."""

_AFTER_COLON = re.compile(r"[(,;]\s?[^\W\d][\w +/-]{1,40}:\s?(\d[\d,]{0,8})(?=\s?[,;)])", re.I)
"""(iron: 50, placebo: 48)"""

_AFTER_NAME = Prefiltered(r"\b(?:(?:groups?|arms?)\s?[:,]\s?|(?:group|arm)\s+of\s+)(\d[\d,]{0,8})\b(?!\s?%|\.\d)", re.I)
_RESPECTIVE = re.compile(
    rf"\b(?P<list>{_SOME}(?:(?:,|,? and|,? &)\s{_SOME}){{1,5}})\s+(?:\w+\s+){{0,3}}?(?:{PEOPLE})\b"
    r"(?P<names>[^.;]{4,200}?),?\s+respectively",
    re.I,
)
_EACH = re.compile(
    rf"\b(?:two|three|four|five|six|[2-6])\s+(?:[\w-]+\s+){{0,2}}?(?:groups|arms)\s*(?:of|\(\s*n\s*=)\s*(?P<a>{_SOME})\b"
    rf"|\bgroups\s+of\s+(?P<f>{_SOME})(?=\s*(?:[.,;)]|{PEOPLE}|each))"
    r"|\bn\s*=\s*(?P<b>\d[\d,]*)\s*(?:,\s*)?(?:(?:in|for)?\s*(?:each|every|both)\b|per\s+(?:group|arm))"
    rf"|(?<![\d–—-])\b(?P<c>{_SOME})\s+(?:(?:{PEOPLE})\s+)?(?:(?:were\s+)?(?:assigned|allocated|included)\s+)?"
    r"(?:(?:in|to|into)\s+(?:each|either)|per)\s+(?:of the )?(?:\w+\s+)?(?:groups?|arms?)\b"
    rf"|\b(?:each|both|every)\s+(?:groups?|arms?)\s+(?:\w+\s+){{0,3}}?(?:of|with|included|comprised|contained|had)\s+"
    rf"(?P<d>{_SOME})\s+(?:{PEOPLE})\b"
    rf"|\bgroups?\s*\(\s*(?P<e>\d+)\s+(?:{PEOPLE}\s+)?(?:each|per group)",
    re.I,
)
_PLANNED = Prefiltered(
    r"\bpower\b|sample size|\brequired\b|would be|were needed|at least \d+ (?:patients|participants|subjects)|"
    r"estimated that|to detect|calculated|a difference of",
    re.I,
)
_LOST = re.compile(
    r"\bexclu|\bmissing\b|\bwithdr|\bdiscontinu|\blost to\b|\bdrop|\bdeclin|\brefus|\bdied\b|\bdeaths?\b|\bdevelop|"
    r"\breport|\brespon|\bshow|\bachiev|\bexperienc|\boccur|\bobserved in\b|\bhad\b|\bimprove|\bsuffer|\bwere male|"
    r"\bsuccessful|\bin error\b|\badditional\b|\bsmok|\bfail|\bsubgroup"
)
"""Looked for in small letters: a quarter of the time of a search that ignores case."""

_TOLD_IN = frozenset({"abstract", "summary", "methods", "results", "other", "caption", "title"})
_FIGURE = re.compile(r"\d")
_NUMBER_WORD = re.compile(rf"\b(?:{values.NUMBER_WORDS})\b", re.I)
_ALLOCATED = Prefiltered(
    r"\brandom(?:i[sz]ed|ly)\b|\bassigned\b|\ballocat|\bdivided\b|\bsplit\b|\bseparated\b|\bconsisted of\b|\bcompris",
    re.I,
)
_CROSSOVER = Prefiltered(
    r"\bcross-?over\b|\bwithin-subjects?\b(?![ -](?:factor|effect|variable))|"
    r"\brandom(?:i[sz]ed)? (?:order|sequence)\b|\border of [^.;]{0,60}\brandom|"
    r"\brepeated-measures design|\bcounterbalanced (?:order|design)|\bin (?:a )?counterbalanced",
    re.I,
)
TO_VERB = 140
"""Characters between a number of people and the word that says that they took part."""

_NO_SHARE = r"(?!\s*%)"
_WHOLE = re.compile(
    rf"\b(?P<a>{_SOME}){_NO_SHARE}\s+(?:[\w-]+\s+){{0,4}}?(?:{PEOPLE})\b[^.;]{{0,{TO_VERB}}}?\b"
    r"(?P<how>randomi[sz]ed|enrolled|recruited|included|participated|volunteered|took part|randomly)\b"
    rf"|\btotal (?:sample )?of (?P<b>{_SOME}){_NO_SHARE}\b"
    rf"|\b(?P<d>{_SOME}){_NO_SHARE}\s+(?P<how3>randomi[sz]ed|enrolled)\s+(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE})\b"
    rf"|\b(?P<how2>randomi[sz]ed|enrolled|recruited|included|studied) (?P<c>{_SOME}){_NO_SHARE}\s+(?:[\w-]+\s+){{0,4}}?"
    rf"(?:{PEOPLE})\b",
    re.I,
)
_CLUSTERS = re.compile(r"\b(?:sites|practices|clinics|schools)\b", re.I)
"""Places where people are found: of them a study tells how many took part as well."""

_TO_BEGIN = re.compile(rf"\s*(?P<a>{_SOME})\s+(?:[\w-]+\s+){{0,4}}?(?:{PEOPLE})\b", re.I)
"""How a section on participants begins: "Eight healthy men …"."""

_EQUAL = re.compile(
    r"\b(?:random\w*|divided|assigned|allocated|separated|split)\b[^.;]{0,40}?\b"
    r"(?P<parts>two|three|four|five|six|[2-6]) (?:\w+ )?equal (?:\w+ )?(?:groups|arms)\b"
    r"|\bequally (?:\w+ ){0,2}(?:in)?to (?:the )?(?P<parts2>two|three|four|five|six|[2-6]) (?:\w+ ){0,2}"
    r"(?:groups|arms)\b",
    re.I,
)
"""Equal groups of people whom another sentence counts: "children were allocated to one of three equal groups"."""

_DIVIDED = re.compile(
    rf"\b({_SOME})\s+(?:[\w'’-]+\s+){{1,8}}?(?:randomly |equally )?"
    r"(?:divided|randomi[sz]ed|assigned|allocated|separated|split)[^.;\d]{0,40}?"
    r"\b(?:in)?to (two|three|four|five|six|[2-6])"
    r" ?(?:(?:equal|treatment|study|parallel) ){0,2}(?:groups|arms)\b",
    re.I,
)
_RATIO = re.compile(
    rf"\b({_SOME})\s+(?:[\w'’-]+\s+){{0,6}}?(?:{PEOPLE})\b[^.;]{{0,120}}?\b1 ?: ?1((?: ?: ?1){{0,3}})(?!\d)", re.I
)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of an arm: n, where it was read (start, end in the text; None where a row has it) and how."""

    n: float
    source: str
    start: int | None = None
    end: int | None = None
    finding_id: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that counts: (n, stems that name it) of each count, sizes "in each group", and its place.

    allocates: it tells who was put where; lost: it tells who was lost or what befell them.
    """

    named: tuple[tuple[float, frozenset[str]], ...]
    each: tuple[tuple[float, int, int], ...]
    allocates: bool
    lost: bool
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Heads:
    """What the sentences of a document say of numbers of people. equal: the share of each of equal groups."""

    told: tuple[Told, ...]
    whole: Size | None
    crossover: bool
    equal: Size | None


def believed(printed: str) -> float | None:
    """A printed number as a size; None where it cannot be one."""
    n = values.number(printed)
    return n if n is not None and LEAST <= n <= MOST and n == int(n) else None


@lru_cache(maxsize=KEPT)
def heads(index: Index) -> Heads:
    """What the sentences of a document count; worked out once."""
    votes: Counter[float] = Counter()
    places: dict[float, tuple[int, int]] = {}
    told = []
    equal: Size | None = None
    ratio: Size | None = None
    parts: float | None = None
    for start, end, section in _sentences(index):
        text = index.text[start:end]
        counted = _named_counts(text)
        telling = _any(text, _OF_EACH)
        if not counted and not telling and not _any(text, _TAKES_IN):
            continue
        lost, allocates = _LOST.search(text.lower()) is not None, _ALLOCATED.search(text) is not None
        if section == "caption":  # "(n = 6 per dose) or placebo (n = 14)" under a figure: whoever reported what
            lost, allocates = False, len(N_IS.findall(text)) > 1
        each_of = [(m, n) for m in (_EACH.finditer(text) if telling else ())
                   if (n := believed(next(filter(None, m.groups())))) is not None and n >= LEAST_WHOLE]  # fmt: skip
        begun = _TO_BEGIN.match(text) if section == "methods" and len(counted) == 1 else None
        whole_said = _WHOLE.finditer(text) if _any(text, _TAKES_IN) else ()
        for m in (*whole_said, *([begun] if begun else [])):
            found = m.groupdict()
            n = believed(next(filter(None, (found[k] for k in "abcd" if k in found))))
            how = (found.get("how") or found.get("how2") or found.get("how3") or "").lower()
            if any(m.start() < one.end() and one.start() < m.end() for one, _ in each_of):
                continue  # "we included fifty patients per group"
            if n is not None and n >= LEAST_WHOLE and not (lost and not how.startswith("random")):
                votes[n] += 0 if _CLUSTERS.search(m.group()) else 2 if how.startswith("random") else 1
                places.setdefault(n, (start + m.start(), start + m.end()))
        if equal is None and not lost and "to " in text and allocates and (divided := _DIVIDED.search(text)):
            equal = _share(divided, start)
        if parts is None and "equal" in text and (evenly := _EQUAL.search(text)):
            parts = values.number(evenly["parts"] or evenly["parts2"])
        if ratio is None and _any(text, ("1:1", "1 : 1")) and (shared := _RATIO.search(text)):
            ratio = _by_ratio(shared, start)
        named = tuple((n, naming(label, index.short)) for n, label in counted)
        each = tuple((n, start + m.start(), start + m.end()) for m, n in each_of)
        if named or each:
            told.append(Told(named, each, allocates, lost, (start, end)))
    largest = max((n for one in told if one.allocates and not one.lost and len(one.named) > 1 for n, _ in one.named),
                  default=0.0)  # fmt: skip
    most = max((n for n in votes if n >= largest), key=lambda value: (votes[value], value), default=None)
    whole = None if most is None else Size(most, "whole sample", *places[most])
    if equal is None and parts and most and most % parts == 0:
        equal = Size(most / parts, f"{most:g} in {parts:g} equal groups", *places[most])
    designed = " ".join(
        index.text[b["start"] : b["end"]] for b in index.blocks if b["section"] in ("title", "abstract", "methods")
    )
    return Heads(tuple(told), whole, _CROSSOVER.search(designed) is not None, equal or ratio)


_TAKES_IN = ("andom", "nrolled", "ecruited", "ncluded", "articipated", "olunteered", "took part", "otal", "tudied")
_OF_EACH = ("each", "either", "both", "every", "per ", "groups", "arms", "Each", "Both")


def _any(text: str, hints: tuple[str, ...]) -> bool:
    """Does a text hold one of some strings? Spares it a slow pattern."""
    for hint in hints:  # noqa: SIM110 - a generator would cost more than the look
        if hint in text:
            return True
    return False


def _share(m: re.Match[str], start: int) -> Size | None:
    """The size of each of equal groups: "32 goats were divided into four groups" gives 8; None where it is no whole."""
    whole, parts = values.number(m[1]), values.number(m[2])
    if not whole or not parts or whole % parts:
        return None
    return Size(whole / parts, f"{whole:g} in {parts:g} equal groups", start + m.start(), start + m.end())


def _by_ratio(m: re.Match[str], start: int) -> Size | None:
    """The size of each arm by a ratio of equal parts: "46 patients, randomised 1:1" gives 23."""
    whole, parts = believed(m[1]), 2 + m[2].count(":")
    if not whole or whole % parts or whole / parts < LEAST:
        return None
    return Size(whole / parts, f"{whole:g} in {parts:g} equal arms by ratio", start + m.start(), start + m.end())


def _sentences(index: Index) -> Iterator[tuple[int, int, str]]:
    for block in index.blocks:
        if block["section"] in _TOLD_IN and block["kind"] not in ("table", "heading", "reference", "footnote"):
            for start, end in index.split(block["start"], block["end"]):
                text = index.text[start:end]
                if (_FIGURE.search(text) or _NUMBER_WORD.search(text)) and not _PLANNED.search(text):
                    yield start, end, block["section"]


_LETTER = re.compile(r"\b(?:groups?|arms?)\s+(?:[A-Z]|[IV]{1,3}|\d)\W*\Z", re.I)


def _named_before(text: str, start: int, end: int) -> bool:
    """Is a count named by what stands before it: "group I (50 patients)", "the iron group of 50 patients"?"""
    bracketed = text[start - 1 : start] == "(" and text[end : end + 1] == ")"
    return bracketed or _OF_GROUP.search(text, 0, start) is not None


def _named_counts(text: str) -> list[tuple[float, str]]:
    """Counts of a sentence, each with the words that may name its arm: n and label; in text order.

    "iron (n = 30)" is named by what stands before it, "30 patients received iron" by what follows, "30, 31 and 29
    patients in A, B and C, respectively" in the order of the names.
    """
    if "respectively" in text and (listed := _RESPECTIVE.search(text)) is not None:
        numbers = [believed(n) for n in re.findall(_SOME, listed["list"], re.I)]
        names = re.split(r",? (?:and|or|vs\.?) |, ", listed["names"])
        if len(numbers) == len(names):
            return [(n, name) for n, name in zip(numbers, names, strict=True) if n is not None]
    marks = [(m.start(), m.end(), m[1], True) for p in (N_IS, _AFTER_NAME) for m in p.finditer(text)]
    marks += [(m.start(1), m.end(1), m[1], True) for m in _AFTER_COLON.finditer(text)]
    for m in _COUNT.finditer(f" {text}"):
        start, end = m.start("n") - 1, m.end() - 1
        marks.append((start, end, m["n"], _named_before(text, start, end)))
    if marks:
        starts = {m[2] for m in marks}
        marks += [(m.start("n"), m.end("n"), m["n"], False) for m in _BARE.finditer(text) if m["n"] not in starts]
    elif _ALLOCATED.search(text):  # "of 389 dentists, 195 were randomised to A and 194 were to receive B"
        bare = [(m.start("n"), m.end("n"), m["n"], False) for m in _BARE.finditer(text)]
        marks = bare if len(bare) > 1 else []
    found = []
    marks.sort()
    for at, (start, end, printed, named_before) in enumerate(marks):
        n = believed(printed)
        if n is None:
            continue
        low = marks[at - 1][1] if at else 0
        high = marks[at + 1][0] if at + 1 < len(marks) else len(text)
        if named_before:
            label = re.split(r"\bwhile\b|\bwhereas\b", text[max(low, start - 120) : start])[-1]
            if (letter := _LETTER.search(label)) is not None:
                label = letter.group()  # "received iron and group B (": what A received is no name of B
        else:
            after = re.split(r"[;.)]|,? and \d|, \d|\bwhile\b|\bwhereas\b", text[end : min(high, end + 120)])[0]
            label = f"{text[start:end]} {after}"
        found.append((n, label))
    return found


__all__ = ["LEAST", "MOST", "N_IS", "PEOPLE", "Heads", "Size", "Told", "believed", "heads"]
