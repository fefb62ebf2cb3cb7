"""How many people were in each arm of a question, by the first source that says so.

Sources in their order: the denominators of the rows that answer; the header of their table ("Placebo (n = 40)");
headers of other tables; sentences that count both arms ("40 received iron and 41 placebo", "30 in each group"); the
arms of the document; equal shares of everyone; in a crossover, everyone. Sentences that plan a sample size are left
out, and so is a size that cannot give the printed percentage (see amounts).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from trialtab import language, values
from trialtab.questions import table_rows
from trialtab.questions.passages import KEPT, Index, Passage
from trialtab.questions.sides import Sides, naming

LEAST, MOST = 2, 1_000_000
"""Sizes of an arm that are believed."""

_PEOPLE = (
    "patients?|participants?|subjects?|women|men|children|infants|individuals|adults|volunteers|students|eyes|knees|teeth|"
    "people|persons|mothers|neonates|newborns|adolescents|girls|boys|cases|families|animals|rats|mice|lambs|sites|hips|"
    "veterans|athletes|players|residents|nurses|respondents|couples|pregnancies|practices|clinics|schools|males|females|"
    "dogs|pigs|sheep|rabbits|cyclists|runners|workers|specimens"
)
_N_IS = re.compile(r"\b[nN]\s*[=:]\s*(\d[\d,]{0,8})(?!\s*%)(?!\.\d)")
_COUNT = re.compile(
    rf"\b(?P<n>\d[\d,]{{0,8}}|{values.NUMBER_WORDS})\s+(?:\([\d.]+\s?%\)\s*)?(?:\w+\s+){{0,3}}?(?:{_PEOPLE})\b", re.I
)
_EACH = re.compile(
    rf"(?:\b(?:groups?|arms?)\s+(?:of|with)\s+(?P<a>\d[\d,]*|{values.NUMBER_WORDS})\b)"
    r"|(?:\b(?:two|three|four|both|2|3|4)\s+(?:\w+\s+){0,2}?(?:groups|arms)\s*\(\s*n\s*=\s*(?P<b>\d[\d,]*)\b)"
    r"|(?:\bn\s*=\s*(?P<c>\d[\d,]*)\s*(?:,\s*)?(?:(?:in|for)?\s*(?:each|every|both)|per)\b)"
    rf"|(?:\b(?P<d>\d[\d,]*|{values.NUMBER_WORDS})\s+(?:\w+\s+){{0,2}}?(?:(?:in|for)\s+(?:each|either|both|every)|per)\s+"
    r"(?:of the )?(?:\w+\s+)?(?:groups?|arms?)\b)",
    re.I,
)
_PLANNED = re.compile(
    r"\bpower\b|sample size|\brequired\b|would be|were needed|at least \d+ (?:patients|participants|subjects)|"
    r"estimated that|to detect|calculated|a difference of",
    re.I,
)
_TOLD_IN = frozenset({"abstract", "summary", "methods", "results", "other", "caption", "title"})
_COUNTS = re.compile(rf"\b(?:{_PEOPLE}|groups?|arms?|[nN] ?[=:]|total)", re.I)
_ALLOCATED = re.compile(r"\brandom|\bassign|\ballocat|\breceiv|\bgroups?\b", re.I)
_CROSSOVER = re.compile(
    r"\bcross-?over\b|\bwithin-subjects?\b|\brandom(?:i[sz]ed)? (?:order|sequence)\b|\border of [^.;]{0,60}\brandom|"
    r"\brepeated-measures design|\bcounterbalanced (?:order|design)|\bin (?:a )?counterbalanced",
    re.I,
)
_ROW_OF_N = re.compile(
    rf"(?:n|no\.?|number|total|sample size|(?:{_PEOPLE}))"
    rf"(?:[ ,(]{{1,3}}(?:n|of|no\.?|number|randomi[sz]ed|analy[sz]ed|{_PEOPLE})\)?){{0,5}}\s*$",
    re.I,
)
_SOME = rf"(\d[\d,]{{0,8}}|{values.NUMBER_WORDS})"
_WHOLE = re.compile(
    rf"\b{_SOME}\s+(?:\w+\s+){{0,4}}?(?:{_PEOPLE})\b[^.;]{{0,60}}?\b"
    r"(?:randomi[sz]ed|enrolled|recruited|included|participated|volunteered|took part|randomly)\b"
    rf"|\btotal (?:sample )?of {_SOME}\b"
    rf"|\b(?:randomi[sz]ed|enrolled|recruited|included|studied) {_SOME}\s+(?:\w+\s+){{0,4}}?(?:{_PEOPLE})\b",
    re.I,
)
_TO_BEGIN = re.compile(rf"\s*{_SOME}\s+(?:[\w-]+\s+){{0,4}}?(?:{_PEOPLE})\b", re.I)
"""How a section on participants begins: "Eight healthy men …"."""

_DIVIDED = re.compile(
    rf"\b{_SOME}\s+(?:[\w'’-]+\s+){{1,8}}?(?:randomly |equally )?"
    r"(?:divided|randomi[sz]ed|assigned|allocated|separated|split)[^.;\d]{0,40}?"
    r"\b(?:in)?to (two|three|four|five|six|[2-6])"
    r" ?(?:(?:equal|treatment|study|parallel) ){0,2}(?:groups|arms)\b",
    re.I,
)
_AFTER_NAME = re.compile(r"\b(?:groups?|arms?)\s?[:,]\s?(\d[\d,]{0,8})\b(?!\s?%|\.\d)", re.I)


@dataclass(frozen=True, slots=True)
class Size:
    """The size of an arm: n, where it was read (start, end in the text; None where a row has it) and how."""

    n: float
    source: str
    start: int | None = None
    end: int | None = None
    finding_id: str | None = None


Pair = tuple[Size | None, Size | None]


def _believed(printed: str) -> float | None:
    n = values.number(printed)
    return n if n is not None and LEAST <= n <= MOST and n == int(n) else None


def of_arms(index: Index, sides: Sides) -> Pair:
    """From the inventory of the document's arms."""
    known = [arm for arm in index.arms if arm["n"] is not None]
    labels = [naming(" ".join(filter(None, (a["label"], a["intervention"]))), index.short) for a in known]
    at = sides.assign(labels)
    found = [
        Size(float(known[k]["n"]), "arm", known[k]["n_start"], known[k]["n_end"]) if k is not None else None for k in at
    ]
    return found[0], found[1]


def headers(index: Index, sides: Sides, label: str | None = None) -> list[Pair]:
    """From table headers that print a size beside a name, and rows that count people; label: only of that table.

    The pair that most tables have first; of several, in their order.
    """
    pairs: Counter[tuple[float, float]] = Counter()
    places: dict[tuple[float, float], tuple[int, int]] = {}
    known = counts(index)
    found: list[tuple[tuple[float, float], tuple[int, int]]] = []
    for line in known.lines:
        if not label or line.caption.startswith(label):
            first, second = sides.assign(line.names)
            if first is not None and second is not None:
                found.append(((line.sizes[first], line.sizes[second]), line.place))
    for passage in known.rows:
        if not label or passage.caption.startswith(label):
            pair = _counted(passage, sides, index)
            if pair is not None:
                found.append((pair, (passage.start, passage.end)))
    for pair, place in found:
        pairs[pair] += 1
        places[pair] = min(place, places.get(pair, place))
    ranked = sorted(pairs, key=lambda pair: (-pairs[pair], places[pair]))
    return [(Size(a, "header", *places[a, b]), Size(b, "header", *places[a, b])) for a, b in ranked]


def _lines(index: Index) -> Iterator[_Line]:
    """The header lines of a document that print a size beside, or right under, several names; each once."""
    seen: set[tuple[tuple[str, ...], ...]] = set()
    for passage in index.passages:
        if passage.kind != "row" or passage.header in seen:
            continue
        seen.add(passage.header)
        for at, line in enumerate(passage.header):
            sized = [(i, n) for i, cell in enumerate(line) if (m := _N_IS.search(cell)) and (n := _believed(m[1]))]
            if len(sized) < 2:
                continue
            above = [passage.header[at - 1]] if at and len(passage.header[at - 1]) == len(line) else []
            for names in (line, *above):
                said = [naming(_N_IS.sub(" ", names[i]), index.short) for i, _ in sized]
                largest: dict[frozenset[str], float] = {}
                for label, (_, n) in zip(said, sized, strict=True):
                    largest[label] = max(n, largest.get(label, 0.0))  # one name over several columns: parts and all
                if any(said):
                    sizes = tuple(largest[label] for label in said)
                    yield _Line(passage.caption, tuple(said), sizes, (passage.start, passage.end))


def _counted(passage: Passage, sides: Sides, index: Index) -> tuple[float, float] | None:
    """The sizes in a table row that counts people: "Number of patients | 30 | 31"."""
    first, second = table_rows.columns_of(passage, sides, index.short)
    if first is None or second is None:
        return None
    said = table_rows.cell_texts(passage)
    whole = [
        _believed(m[1]) if (m := re.match(r"(\d[\d,]*)\s*(?:\(100\s?%?\))?$", said[k])) else None
        for k in (first, second)
    ]
    return (whole[0], whole[1]) if whole[0] is not None and whole[1] is not None else None


@dataclass(frozen=True, slots=True)
class _Line:
    """A header line: names of columns as stems, their sizes, and its place."""

    caption: str
    names: tuple[frozenset[str], ...]
    sizes: tuple[float, ...]
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence that counts: (n, stems that name it) of each count, sizes "in each group", and its place."""

    named: tuple[tuple[float, frozenset[str]], ...]
    each: tuple[tuple[float, int, int], ...]
    allocates: bool
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a document says of numbers of people, whatever the question: worked out once."""

    lines: tuple[_Line, ...]
    rows: tuple[Passage, ...]
    told: tuple[_Told, ...]
    whole: Size | None
    crossover: bool
    equal: Size | None


@lru_cache(maxsize=KEPT)
def counts(index: Index) -> Counts:
    """Header lines with sizes, rows and sentences that count people, and the whole sample of a document."""
    rows = tuple(p for p in index.passages if p.kind == "row" and _ROW_OF_N.match(p.label.rsplit(" > ", 1)[-1]))
    votes: Counter[float] = Counter()
    places: dict[float, tuple[int, int]] = {}
    told = []
    equal: Size | None = None
    for start, end, section in _sentences(index):
        text = index.text[start:end]
        counted = _named_counts(text)
        begun = _TO_BEGIN.match(text) if section == "methods" and len(counted) == 1 else None
        for m in (*_WHOLE.finditer(text), *([begun] if begun else [])):
            n = _believed(next(filter(None, m.groups())))
            if n is not None:
                votes[n] += 1
                places.setdefault(n, (start + m.start(), start + m.end()))
        if equal is None and (divided := _DIVIDED.search(text)):
            equal = _share(divided, start)
        named = tuple((n, naming(label, index.short)) for n, label in counted)
        each = tuple(
            (n, start + m.start(), start + m.end())
            for m in _EACH.finditer(text)
            if (n := _believed(next(filter(None, m.groups())))) is not None
        )
        if named or each:
            told.append(_Told(named, each, _ALLOCATED.search(text) is not None, (start, end)))
    most = max(votes, key=lambda value: (votes[value], value), default=None)
    whole = None if most is None else Size(most, "whole sample", *places[most])
    designed = " ".join(
        index.text[b["start"] : b["end"]] for b in index.blocks if b["section"] in ("title", "abstract", "methods")
    )
    crossover = _CROSSOVER.search(designed) is not None
    return Counts(tuple(_lines(index)), rows, tuple(told), whole, crossover, equal)


def _share(m: re.Match[str], start: int) -> Size | None:
    """The size of each of equal groups: "32 goats were divided into four groups" gives 8; None where it is no whole."""
    whole, parts = values.number(m[1]), values.number(m[2])
    if not whole or not parts or whole % parts:
        return None
    return Size(whole / parts, f"{whole:g} in {parts:g} equal groups", start + m.start(), start + m.end())


def of_equal_groups(index: Index) -> Pair:
    """The same share of everyone, where the text divides them into groups and says no sizes."""
    equal = counts(index).equal
    return equal, equal


def of_crossover(index: Index) -> Pair:
    """In a crossover everyone is in both arms: the number of participants, twice; nothing in another design."""
    known = counts(index)
    return (known.whole, known.whole) if known.whole is not None and known.crossover else (None, None)


def of_text(index: Index, sides: Sides) -> Pair:
    """From sentences that count both arms ("30 received iron and 31 placebo", "iron (n = 30) or placebo (n = 31)").

    The pair most often said; one that adds up to the whole sample before others. Then "30 in each group".
    """
    known = counts(index)
    most = known.whole.n if known.whole is not None else float("inf")
    pairs: Counter[tuple[float, float]] = Counter()
    places: dict[tuple[float, float], tuple[int, int]] = {}
    each: Counter[float] = Counter()
    each_at: dict[float, tuple[int, int]] = {}
    for told in known.told:
        named = [(n, label) for n, label in told.named if n < most]
        first, second = sides.assign([label for _, label in named]) if len(named) > 1 else (None, None)
        if first is not None and second is not None:
            pair = named[first][0], named[second][0]
            pairs[pair] += 2 if told.allocates else 1
            if sum(pair) == most:
                pairs[pair] += 3
            places.setdefault(pair, told.place)
        for n, start, end in told.each:
            if n < most:
                each[n] += 1
                each_at.setdefault(n, (start, end))
    if pairs:
        one, other = max(pairs, key=lambda pair: (pairs[pair], -places[pair][0]))
        return Size(one, "text", *places[one, other]), Size(other, "text", *places[one, other])
    if each:
        n = max(each, key=lambda value: (each[value], -each_at[value][0]))
        size = Size(n, "each group", *each_at[n])
        return size, size
    return None, None


def _sentences(index: Index) -> Iterator[tuple[int, int, str]]:
    for block in index.blocks:
        if block["section"] in _TOLD_IN and block["kind"] not in ("table", "heading", "reference", "footnote"):
            for start, end in language.split(index.text, block["start"], block["end"]):
                if _COUNTS.search(index.text, start, end) and not _PLANNED.search(index.text, start, end):
                    yield start, end, block["section"]


def _named_counts(text: str) -> list[tuple[float, str]]:
    """Counts of a sentence, each with the words that may name its arm: n and label; in text order.

    "iron (n = 30)" is named by what stands before it, "30 patients received iron" by what follows, "30 (iron)" by both.
    """
    marks = sorted(
        [(m.start(), m.end(), _believed(m[1]), True) for p in (_N_IS, _AFTER_NAME) for m in p.finditer(text)]
        + [(m.start(), m.end(), _believed(m["n"]), False) for m in _COUNT.finditer(text)]
    )
    found = []
    for at, (start, end, n, named_before) in enumerate(marks):
        if n is None:
            continue
        low = marks[at - 1][1] if at else 0
        high = marks[at + 1][0] if at + 1 < len(marks) else len(text)
        if named_before:
            label = text[max(low, start - 120) : start]
        else:
            after = re.split(r"[;.)]|,? and \d|, \d|\bwhile\b|\bwhereas\b", text[end : min(high, end + 120)])[0]
            label = f"{text[start:end]} {after}"
        found.append((n, label))
    return found


def of_question(index: Index, sides: Sides) -> Iterator[Pair]:
    """The sizes of both arms by each source that knows both, the most trusted source first."""

    def sources() -> Iterator[Pair]:
        yield from headers(index, sides)
        yield of_text(index, sides)
        yield of_arms(index, sides)
        yield of_equal_groups(index)
        yield of_crossover(index)

    whole = counts(index).whole
    for first, second in sources():
        if first is None or second is None:
            continue
        if whole is not None and first.source != "whole sample":
            most = max(first.n, second.n)
            if most > whole.n or (most == whole.n and first.source != "header"):
                continue  # the whole sample is not the size of an arm
        yield first, second


__all__ = ["Counts", "Pair", "Size", "counts", "headers", "of_arms", "of_question", "of_text"]
