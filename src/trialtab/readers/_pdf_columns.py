"""The columns of a table on a page: strips of white that run down its rows.

Journal tables have three horizontal rules and no vertical ones, so a column is where no word stands in (nearly) all
rows. A strip is held for a gutter only where the words on its two sides stand clearly apart: the blank between two
words of a text may by chance lie above another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from trialtab.readers._pdf_pages import Line

WIDE = 0.6  # of the type size: a gap that no blank makes
BLANK = 0.45  # of the type size: a gap that a blank makes
MAX_STRIPS = 200


@dataclass(slots=True)
class Word:
    """A word in the frame in which its table stands upright. index: its place in `Pages`; line: where it is printed."""

    index: int
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    mid: float
    em: float
    bold: bool
    line: Line


Row = list[Word]
"""Words of one printed height, left to right."""


def printed_rows(words: Sequence[Word]) -> list[Row]:
    """Words to printed rows, top to bottom: what stands at one baseline, raised and lowered signs with it."""
    rows: list[Row] = []
    level = 0.0
    for word in sorted(words, key=lambda word: (word.mid, word.x0)):
        if rows and word.mid - level <= 0.42 * word.em:
            rows[-1].append(word)
        else:
            rows.append([word])
            level = word.mid
    for row in rows:
        row.sort(key=lambda word: (word.x0, word.index))
    return rows


def gaps(row: Row) -> list[float]:
    """White between each word and the next, as a share of the type size."""
    return [(b.x0 - a.x1) / max(a.em, b.em) for a, b in pairwise(row)]


def is_open(row: Row, gutters: Sequence[float] = ()) -> bool:
    """Whether a row holds more than one cell: it has a gap that no blank makes, or words on both sides of a gutter."""
    return any(gap >= WIDE for gap in gaps(row)) or any(
        a.x1 <= x + 1 and b.x0 >= x - 1 for x in gutters for a, b in pairwise(row)
    )


def _strips(rows: Sequence[Row], allowed: int) -> list[tuple[float, float]]:
    """Strips of x between the outermost words in which at most `allowed` rows have a word."""
    steps: list[tuple[float, int]] = []
    for row in rows:
        for word in row:
            inset = min(0.05 * word.em, (word.x1 - word.x0) / 4)
            steps += ((word.x0 + inset, 1), (word.x1 - inset, -1))
    steps.sort()
    strips: list[tuple[float, float]] = []
    covered, opened = 0, None
    for x, step in steps:
        covered += step
        if covered <= allowed and opened is None:
            opened = x
        elif covered > allowed and opened is not None:
            if strips and strips[-1][1] >= opened - 0.01:
                strips[-1] = strips[-1][0], x
            elif x > opened:
                strips.append((opened, x))
            opened = None
    return strips[1:] if strips and allowed and steps and strips[0][0] <= steps[0][0] else strips


def _weigh(rows: Sequence[Row], left: float, strip: tuple[float, float], right: float) -> tuple[float, float]:
    """Rows that speak for a gutter, and rows that speak against it, among those with words on both sides of it.

    left and right: where the columns beside the strip begin and end.
    """
    speaks, against = 0.0, 0.0
    middle = (strip[0] + strip[1]) / 2
    for row in rows:
        before = after = None
        for word in row:
            centre = (word.x0 + word.x1) / 2
            if left <= centre < middle:
                before = word
            elif middle <= centre < right:
                after = word
                break
        if before is None or after is None:
            continue
        gap = (after.x0 - before.x1) / max(before.em, after.em)
        if gap >= WIDE:
            speaks += 1
        elif gap <= BLANK:
            against += 1 if before.line is after.line else 0.5
        else:
            speaks += 0.5
            against += 0.2
    return speaks, against


def gutters(rows: Sequence[Row], heads: Sequence[Row], drawn: Sequence[float], em: float) -> list[float]:
    """Where one column ends and the next begins: x of each gutter, left to right.

    rows: printed rows of the body; heads: of the header; drawn: x of vertical rules that run down the table.
    """
    open_rows = [row for row in rows if is_open(row, drawn)] or list(rows)
    if not open_rows:
        return []
    strips = _strips(open_rows, max(len(open_rows) // 12, int(len(open_rows) >= 6)))  # a line may run over them
    strips = [strip for strip in strips if strip[1] - strip[0] >= 0.12 * em]
    if len(strips) > MAX_STRIPS:
        strips = sorted(sorted(strips, key=lambda strip: strip[0] - strip[1])[:MAX_STRIPS])
    ruled = [any(a - 1 <= x <= b + 1 for x in drawn) for a, b in strips]
    # The narrowest doubtful strip goes first: its two sides are one column to the next.
    doubts: list[float | None] = [None] * len(strips)
    stale = set(range(len(strips)))
    while True:
        for k in stale:
            before = (strips[k - 1][0] + strips[k - 1][1]) / 2 if k else -1e9
            after = (strips[k + 1][0] + strips[k + 1][1]) / 2 if k + 1 < len(strips) else 1e9
            width = strips[k][1] - strips[k][0]
            speaks, against = _weigh(open_rows, before, strips[k], after)
            clear = speaks >= 1.5 * against if against else speaks > 0 or width >= 0.6 * em
            doubts[k] = None if clear or ruled[k] else width
        doubtful = [(width, k) for k, width in enumerate(doubts) if width is not None]
        if not doubtful:
            break
        _, worst = min(doubtful)
        del strips[worst], ruled[worst], doubts[worst]
        stale = {k for k in (worst - 1, worst) if 0 <= k < len(strips)}
    found = [_free_middle(strip, heads[-1:]) for strip in strips]
    found += (x for x in drawn if not any(abs(x - y) < 0.8 * em for y in found))
    edges = _held(rows, sorted(found))
    return sorted([*edges, *_told_by_header(open_rows, heads, edges, em)])


def _free_middle(strip: tuple[float, float], rows: Sequence[Row]) -> float:
    """The middle of the widest part of a strip over which no word of some rows stands; else that of the strip."""
    left, right = strip
    words = sorted((w.x0, w.x1) for row in rows for w in row if w.x1 > left and w.x0 < right)
    best, at = (0.0, 0.0), left
    for x0, x1 in [*words, (right, right)]:
        best = max(best, (x0 - at, (x0 + at) / 2))
        at = max(at, x1)
    return best[1] if best[0] > 0 else (left + right) / 2


def _told_by_header(rows: Sequence[Row], heads: Sequence[Row], known: Sequence[float], em: float) -> list[float]:
    """Gutters that the body alone does not show, its columns being nearly empty: white between two names of the header
    that goes down through the body, where no word stands close to another over it."""
    words = sorted((word.x0, word.x1) for row in rows for word in row)
    found: list[float] = []
    room = MAX_STRIPS
    for head in heads:
        for before, after in pairwise(clear_runs(head)):
            edges = sorted([-1e9, *known, *found, 1e9])
            a, b = before[-1].x1, after[0].x0
            one, two = ((run[0].x0 + run[-1].x1) / 2 for run in (before, after))
            if any(a <= x <= b or one < x < two for x in edges):
                continue  # they stand in two columns already
            if room <= 0:
                return found
            room -= 1
            strips, at = list[tuple[float, float]](), a
            for x0, x1 in [*words, (b, b)]:
                if x1 > a and x0 <= b:
                    if x0 - at >= 0.3 * em:
                        strips.append((at, x0))
                    at = max(at, x1)
            for strip in strips:
                middle = (strip[0] + strip[1]) / 2
                left = max(x for x in edges if x < middle)
                right = min(x for x in edges if x > middle)
                if not _weigh(rows, left, strip, right)[1]:
                    found.append(middle)
                    break
    return found


def _held(rows: Sequence[Row], edges: list[float]) -> list[float]:
    """Gutters without those between which nothing stands: of two such, the one that fewer words lie over is kept."""
    middles = sorted((word.x0 + word.x1) / 2 for row in rows for word in row)
    k = 1
    while k < len(edges):
        if bisect_left(middles, edges[k]) > bisect_left(middles, edges[k - 1]):
            k += 1
            continue
        over = [sum(word.x0 < x < word.x1 for row in rows for word in row) for x in edges[k - 1 : k + 1]]
        del edges[k if over[0] <= over[1] else k - 1]
    return edges


# ---- printed rows to the parts that stand in columns ----------------------------------------------------------------


@dataclass(slots=True)
class Part:
    """Words of one printed row that belong to one cell, over the columns first <= column <= last."""

    words: list[Word]
    first: int
    last: int

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)


Parts = list[Part]


def _column(x: float, edges: Sequence[float]) -> int:
    return sum(x > edge for edge in edges)


def clear_runs(row: Row) -> list[list[Word]]:
    """A printed row parted at gaps that no blank makes."""
    runs: list[list[Word]] = [[row[0]]]
    for a, b in pairwise(row):
        if (b.x0 - a.x1) / max(a.em, b.em) >= WIDE:
            runs.append([])
        runs[-1].append(b)
    return runs


def _reach(words: Sequence[Word], edges: Sequence[float]) -> tuple[int, int]:
    """The columns over which some words stand; a short text over a gutter stands in the column of its middle."""
    x0, x1, em = words[0].x0, max(word.x1 for word in words), words[0].em
    slack = min(0.5 * em, 0.3 * (x1 - x0))
    first, last = _column(x0 + slack, edges), _column(x1 - slack, edges)
    if first != last and x1 - x0 < 3 * em:
        first = last = _column((x0 + x1) / 2, edges)
    return first, last


def cut(row: Row, edges: Sequence[float], lefts: Sequence[float] = ()) -> Parts:
    """A printed row to the parts that stand in its columns. A part that runs over a gutter spans columns.

    lefts: for a row of the header, where the text of each column begins in the body. A name of the header may span
    columns: it is cut at a mere blank only where what follows begins like its column.
    """
    runs = clear_runs(row)
    reach = [_reach(run, edges) for run in runs]
    parts: Parts = []
    for k, run in enumerate(runs):
        first, last = reach[k]
        # Text that runs into the next column leaves it to what stands there.
        while last > first and k + 1 < len(runs) and reach[k + 1][0] <= last:
            last -= 1
        pieces = [run]
        if last > first:
            least = BLANK if lefts or len(runs) == 1 else 0.12
            pieces = [[run[0]]]
            for a, b in pairwise(run):
                em = max(a.em, b.em)
                gap = (b.x0 - a.x1) / em
                for c in range(first, last):
                    between = a.x1 - 0.25 * em <= edges[c] <= b.x0 + 0.25 * em
                    begins = bool(lefts) and gap >= 0.12 and abs(b.x0 - lefts[c + 1]) <= 0.3 * em
                    if between and (gap >= least or begins):
                        pieces.append([])
                        break
                pieces[-1].append(b)
        for n, words in enumerate(pieces):
            if len(pieces) > 1:
                first, last = _reach(words, edges)
                if n + 1 < len(pieces):
                    last = min(last, max(first, _reach(pieces[n + 1], edges)[0] - 1))
            if parts and parts[-1].last >= first:
                parts[-1].words += words
                parts[-1].last = max(parts[-1].last, last)
            else:
                parts.append(Part(list(words), first, last))
    return parts
