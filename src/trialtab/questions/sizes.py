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

from trialtab.questions import table_rows
from trialtab.questions.counting import N_IS, PEOPLE, Size, believed, heads
from trialtab.questions.passages import KEPT, TABLE_LABEL, Index, Passage
from trialtab.questions.sides import COMPARATOR, INTERVENTION, LEAST, Sides, naming
from trialtab.questions.words import stems

_ROW_OF_N = re.compile(
    rf"(?:n|no\.?|number|total|sample size|(?:{PEOPLE}))"
    rf"(?:[ ,(]{{1,3}}(?:n|of|no\.?|number|randomi[sz]ed|analy[sz]ed|{PEOPLE})\)?){{0,5}}\s*$",
    re.I,
)
MOST_NAMES = 24
"""Labels with a size that one table is believed to have: with more, they are not those of arms."""

EVERYONE = frozenset(stems("all total overall p value"))

Pair = tuple[Size | None, Size | None]


def both(first: int | None, second: int | None) -> tuple[int | None, int | None]:
    """Of two arms of which one is named: the other is the other one, whatever it is called."""
    if (first is None) == (second is None):
        return first, second
    return (first, 1 - first) if first is not None else (1 - (second or 0), second)


def of_arms(index: Index, sides: Sides) -> Pair:
    """From the inventory of the document's arms."""
    known = [arm for arm in index.arms if arm["n"] is not None]
    labels = [naming(" ".join(filter(None, (a["label"], a["intervention"]))), index.short) for a in known]
    at = sides.assign(labels)
    found = [
        Size(float(known[k]["n"]), "arm", known[k]["n_start"], known[k]["n_end"]) if k is not None else None for k in at
    ]
    whole = heads(index).whole
    if whole is not None and found[0] and found[1] and sum(a["n"] for a in known) < whole.n / 2:
        return None, None  # parts of a few, not arms of all
    return found[0], found[1]


def of_one(index: Index, sides: Sides, side: int, answered: bool) -> Size | None:
    """The size of one arm at two times: of the arm that the side names, of each group, or of everyone.

    answered: values were found; without any, everyone is not taken for one of several arms.
    """
    known = [arm for arm in index.arms if arm["role"] != "overall" and arm["n"] is not None]
    sized = [(naming(a["label"], index.short), Size(float(a["n"]), "arm", a["n_start"], a["n_end"])) for a in known]
    for line in counts(index).lines:
        sized += [(name, Size(n, "header", *line.place)) for name, n in zip(line.names, line.sizes, strict=True)]
    for told in heads(index).told:
        if told.allocates and not told.lost:
            sized += [(name, Size(n, "text", *told.place)) for n, name in told.named]
    fits = [(sides.score(side, name), size) for name, size in sized]
    whole = heads(index).whole
    of_arm = not sides.phases[side]  # "after the programme" against "before" is asked of all who were in it
    several = of_arm and not answered and len([arm for arm in index.arms if arm["role"] != "overall"]) > 1
    fits = [fit for fit in fits if fit[0] >= LEAST and not (several and whole and fit[1].n >= whole.n)]
    if fits:
        return max(fits, key=lambda fit: fit[0])[1]
    same = of_each(index)[0] or of_equal_groups(index)[0]
    return same or (None if several else whole)


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
            if len(line.names) == 2 and not any(name & EVERYONE for name in line.names):
                first, second = both(first, second)
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
            sized = [(i, n) for i, cell in enumerate(line) if (m := N_IS.search(cell)) and (n := believed(m[1]))]
            if len(sized) < 2:
                continue
            above = [passage.header[at - 1]] if at and len(passage.header[at - 1]) == len(line) else []
            for names in (line, *above):
                said = [naming(N_IS.sub(" ", names[i]), index.short) for i, _ in sized]
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
        believed(m[1]) if (m := re.match(r"(\d[\d,]*)\s*(?:\(100\s?%?\))?$", said[k])) else None
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
class Counts:
    """What the tables of a document say of numbers of people, whatever the question: worked out once."""

    lines: tuple[_Line, ...]
    rows: tuple[Passage, ...]


@lru_cache(maxsize=KEPT)
def counts(index: Index) -> Counts:
    """Header lines with sizes, and rows that count people."""
    rows = tuple(p for p in index.passages if p.kind == "row" and _ROW_OF_N.match(p.label.rsplit(" > ", 1)[-1]))
    lines = tuple(_lines(index))
    known = {line.caption for line in lines}
    return Counts((*lines, *(line for line in _paths(index) if line.caption not in known)), rows)


def _paths(index: Index) -> Iterator[_Line]:
    """For each table the labels that print a size in the paths of its rows, headers of several levels whole."""
    captions: dict[str, str] = {}
    for passage in index.passages:
        if passage.kind == "row" and (m := TABLE_LABEL.match(passage.caption)):
            captions.setdefault(m.group(), passage.caption)
    tables: dict[str, dict[frozenset[str], tuple[float, int, int]]] = {}
    for row in index.rows_by_start:
        if row["source"] != "table" or row["total"] is None or row["total_source"] != "header":
            continue
        for path in (row["column_path"], row["row_path"]):
            if path and any(believed(m[1]) == row["total"] for m in N_IS.finditer(path)):
                name = naming(N_IS.sub(" ", path), index.short) | naming(row["arm"] or "", index.short)
                known = tables.setdefault(row["table_label"] or "", {})
                known.setdefault(name, (row["total"], row["start"], row["end"]))
    for label, names in tables.items():
        if 2 <= len(names) <= MOST_NAMES:
            places = list(names.values())
            place = (places[0][1], places[-1][2])
            yield _Line(captions.get(label, label), tuple(names), tuple(n for n, _, _ in places), place)


def of_equal_groups(index: Index) -> Pair:
    """The same share of everyone, where the text divides them into groups and says no sizes."""
    equal = heads(index).equal
    return equal, equal


def of_crossover(index: Index) -> Pair:
    """In a crossover everyone is in both arms: the number of participants, twice; nothing in another design."""
    known = heads(index)
    return (known.whole, known.whole) if known.whole is not None and known.crossover else (None, None)


TOLD, SURE = 1, 3
"""Weight of a sentence that counts both arms, and the least at which it is believed before other sources."""

PLAIN = 2
"""What it adds that a sentence names both arms by their own words; what it takes that it names neither so."""


def of_text(index: Index, sides: Sides, least: int = SURE) -> Pair:
    """From sentences that count both arms ("30 received iron and 31 placebo", "iron (n = 30) or placebo (n = 31)").

    The pair most plainly and most often said; sentences that put people into arms, and counts that add up to the whole
    sample, weigh most; those that tell who was lost or what befell them count only where they add up.
    """
    known = heads(index)
    most = known.whole.n if known.whole is not None else None
    pairs: Counter[tuple[float, float]] = Counter()
    places: dict[tuple[float, float], tuple[int, int]] = {}
    for told in known.told:
        named = [(n, label) for n, label in told.named if most is None or n < most]
        if len(named) < 2:
            continue
        first, second = sides.assign([label for _, label in named])
        sums = most is not None and most == sum(n for n, _ in named)
        if len(named) == 2 and not told.lost and (told.allocates or sums):
            first, second = both(first, second)
        if first is None or second is None:
            continue
        pair = named[first][0], named[second][0]
        whole = sums or most == sum(pair)
        few = most is not None and 2 * sum(n for n, _ in named) < most
        if not whole and (told.lost or (few and not told.allocates)):
            continue
        plain = (sides.score(side, named[k][1]) >= LEAST for side, k in ((INTERVENTION, first), (COMPARATOR, second)))
        weight = (2 if told.allocates else 0) + (3 if whole else 0) + PLAIN * (sum(plain) - 1) + TOLD
        pairs[pair] = max(pairs[pair] + TOLD, weight)
        places.setdefault(pair, told.place)
    if not pairs:
        return None, None
    best = max(pairs, key=lambda pair: (pairs[pair], sum(pair), -places[pair][0]))
    if pairs[best] < least:
        return None, None
    return Size(best[0], "text", *places[best]), Size(best[1], "text", *places[best])


def of_each(index: Index) -> Pair:
    """From "30 in each group"; a number of which the whole sample is a multiple before others."""
    known = heads(index)
    most = known.whole.n if known.whole is not None else None
    each: Counter[float] = Counter()
    each_at: dict[float, tuple[int, int]] = {}
    for told in known.told:
        for n, start, end in told.each:
            if most is None or n < most:
                each[n] += 1 + 2 * told.allocates + 3 * (most is not None and most % n == 0)
                each_at.setdefault(n, (start, end))
    if not each:
        return None, None
    n = max(each, key=lambda value: (each[value], -each_at[value][0]))
    size = Size(n, "each group", *each_at[n])
    return size, size


def of_question(index: Index, sides: Sides) -> Iterator[Pair]:
    """The sizes of both arms by each source that knows both, the most trusted source first."""
    whole = heads(index).whole

    def sources() -> Iterator[Pair]:
        yield from headers(index, sides)
        yield of_text(index, sides)
        yield of_each(index)
        yield of_arms(index, sides)
        yield of_equal_groups(index)
        yield of_crossover(index)
        yield of_text(index, sides, TOLD)

    for first, second in sources():
        if first is None or second is None:
            continue
        if whole is not None and first.source != "whole sample":
            most = max(first.n, second.n)
            if first.source == "header" and whole.n == min(first.n, second.n) < most:
                yield first, second  # what was taken for everyone is one of two arms
                continue
            if most > whole.n or (most == whole.n and first.source != "header"):
                continue  # the whole sample is not the size of an arm
        yield first, second


__all__ = ["Counts", "Pair", "Size", "counts", "headers", "of_arms", "of_each", "of_question", "of_text"]
