"""Tables of a PDF: the place of each table beside its caption, its grid, its footnotes.

Only pages with a table's caption, or with what the layout took for the rest of a table, are looked at. The words of a
grid leave the chunks in which the layout had them and are written cell by cell at the table's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from trialtab.readers._pdf_columns import Word
from trialtab.readers._pdf_grid import Grid, make_grid
from trialtab.readers._pdf_layout import Chunk, Reading, part_of_line
from trialtab.readers._pdf_pages import Line, Pages
from trialtab.readers._pdf_rules import Rule, Rules, drawn_rules

MAX_WORDS = 12_000  # of one table on one page; a dense page has 2,000
_LABEL = re.compile(r"(?P<kind>\w+)\.?\s?[-–]?\s?(?P<number>\S+?)[.:|,]*(?:\s|\Z)")


@dataclass(slots=True)
class Place:
    """Where a table stands: its edges in the frame in which it is upright, and the chunks that hold its words."""

    x0: float
    top: float
    x1: float
    bottom: float
    chunks: list[Chunk]
    low: float  # the rule on which the table ends; what stands below it is a footnote


def label_of(caption: str) -> str:
    """The label as printed, in one form: "TABLE 2." -> "Table 2"."""
    found = _LABEL.match(caption)
    return f"{found['kind'].capitalize()} {found['number'].rstrip('.:|,')}" if found else ""


def _words(pages: Pages, lines: Iterable[Line]) -> list[Word]:
    out: list[Word] = []
    text, x0, top, x1, bottom = pages.text, pages.x0, pages.top, pages.x1, pages.bottom
    for line in lines:
        for i in range(line.first, line.last):
            out.append(Word(i, text[i], x0[i], top[i], x1[i], bottom[i], line.mid, line.em, line.bold, line))
    return out


class Tables:
    """Finds and reads the tables of a document laid out by `Reading`; call `read` between its roles and its order."""

    def __init__(self, document: Any, reading: Reading) -> None:
        self.document = document
        self.reading = reading
        self.pages = reading.pages
        self.notices: list[str] = []

    def read(self) -> None:
        """Put a chunk with a grid in the place of each table that can be read; a notice for each that cannot."""
        for number, page in enumerate(self.reading.by_page, 1):
            captions = [b for b in page if b.kind == "caption" and b.heading.startswith("t")]
            loose = [b for b in page if b.kind == "table" and not b.heading]
            if not captions and not loose:
                continue
            rules = drawn_rules(self.document, number, self.pages.turned.get(number, 0))
            for caption in captions:
                if not self.caption(page, number, caption, rules):
                    self.notices.append(f"{label_of(caption.text)} on page {number}: no grid found")

    def caption(self, page: list[Chunk], number: int, caption: Chunk, rules: Rules) -> bool:
        """Read the table of one caption; False where there is none to be read."""
        place = self.place(page, caption, rules)
        if place is None:
            return False
        return self.take(page, place, caption, rules)

    def place(self, page: Sequence[Chunk], caption: Chunk, rules: Rules) -> Place | None:
        """Where the table of a caption stands: what the layout gave to it, and the rules that enclose that."""
        rows = [b for b in page if b.kind == "table" and b.heading == caption.heading]
        if not rows:
            return None
        em = median(b.em for b in rows)
        x0, x1 = min(b.x0 for b in rows), max(b.x1 for b in rows)
        top, bottom = min(b.top for b in rows), max(b.bottom for b in rows)
        below = (top + bottom) / 2 > caption.lines[0].mid
        if below:
            top = max(top, caption.bottom - 1)
        else:
            bottom = min(bottom, caption.top + 1)
        mine = [
            rule for rule in rules.across
            if (caption.bottom - 2 if below else top - 3 * em) <= rule.at <= (bottom + 2.5 * em if below else caption.top + 2)
            and min(rule.end, x1) - max(rule.start, x0) >= 0.5 * min(rule.end - rule.start, x1 - x0)
        ]  # fmt: skip
        others = [b for b in page if b.kind in ("caption", "heading") or self.reading.flows(b)]
        for rule in mine:
            wider = min(rule.start, x0), max(rule.end, x1)
            if not any(
                b is not caption and b.kind not in ("table",) and b.top < bottom and b.bottom > top
                and b.x0 < wider[1] and b.x1 > wider[0] and not (b.x0 < x1 and b.x1 > x0)
                for b in others
            ):  # fmt: skip
                x0, x1 = wider
        long = [rule.at for rule in mine if rule.end - rule.start >= 0.8 * (x1 - x0)]
        low = max(long, default=0.0)
        if below:
            bottom = max(bottom, low)
        else:
            top = min([top, *long])
        return Place(x0, top, x1, bottom, list(page), low)

    def take(self, page: list[Chunk], place: Place, caption: Chunk, rules: Rules) -> bool:
        """Make the grid of what stands at a place and put it on the page; False where it shows no grid."""
        chosen: list[Line] = []
        for chunk in place.chunks:
            if chunk.grid is not None or chunk.kind in ("caption", "furniture", "title"):
                continue
            apart = chunk.kind != "table" or chunk.heading != caption.heading
            enclosed = chunk.top >= place.top - 1 and chunk.bottom <= place.low + 1
            if apart and chunk.kind in ("item", "footnote", "reference", "paragraph") and not enclosed:
                continue
            if apart and self.reading.flows(chunk) and not enclosed:
                continue
            chosen += chunk.lines
        words = [
            word for word in _words(self.pages, chosen)
            if place.x0 - 1 <= (word.x0 + word.x1) / 2 <= place.x1 + 1
            and place.top - 1 <= word.mid - 0.3 * word.em and word.mid - 0.3 * word.em <= place.bottom + 1
        ]  # fmt: skip
        if not 4 <= len(words) <= MAX_WORDS:
            return False
        inside = [
            Rule(rule.at, max(rule.start, place.x0), min(rule.end, place.x1))
            for rule in rules.across
            if place.top - 3 <= rule.at <= place.bottom + 3 and rule.start < place.x1 and rule.end > place.x0
        ]
        height = place.bottom - place.top
        ends = [
            rule.at for rule in rules.down
            if place.x0 + 4 < rule.at < place.x1 - 4
            and min(rule.end, place.bottom) - max(rule.start, place.top) > 0.1 * height
        ]  # fmt: skip
        reach = {
            x: sum(min(r.end, place.bottom) - max(r.start, place.top) for r in rules.down if abs(r.at - x) < 1)
            for x in ends
        }
        down = sorted(x for x in reach if reach[x] >= 0.6 * height)
        grid = make_grid(words, inside, down, place.x0, place.x1)
        if grid is None:
            return False
        self.put(page, grid, caption)
        return True

    def put(self, page: list[Chunk], grid: Grid, caption: Chunk) -> None:
        """Take the grid's words out of the page's chunks and put a chunk with the grid in their place."""
        taken = {word.index for cell in grid.cells for line in cell.lines for word in line}
        at = None
        for chunk in list(page):
            if chunk.grid is not None or chunk.kind == "caption" or not any(
                i in taken for line in chunk.lines for i in (line.first, line.last - 1)
            ):  # fmt: skip
                continue
            kept: list[Line] = []
            for line in chunk.lines:
                kept += self.rest(line, taken)
            where = page.index(chunk)
            at = where if at is None else at
            if kept:
                chunk.lines = kept
                chunk.describe()
            else:
                page.remove(chunk)
        lines = [part for cell in grid.cells for part in cell_lines(self.pages, cell.lines)]
        table = Chunk(lines)
        table.kind, table.section, table.heading, table.grid = "table", "table", caption.heading, grid
        page.insert(page.index(caption) + 1 if at is None else min(at, len(page)), table)
        noted = {word.index for row in grid.notes for word in row}
        for chunk in page:
            if chunk.kind == "table" and chunk.grid is None and chunk.heading == caption.heading:
                if all(i in noted for line in chunk.lines for i in (line.first, line.last - 1)):
                    chunk.kind = "footnote"

    def rest(self, line: Line, taken: set[int]) -> list[Line]:
        """What is left of a line when the words of a grid are taken out of it."""
        left = [i for i in range(line.first, line.last) if i not in taken]
        if len(left) == line.last - line.first:
            return [line]
        out: list[Line] = []
        while left:
            end = 1
            while end < len(left) and left[end] == left[end - 1] + 1:
                end += 1
            out.append(part_of_line(self.pages, line, left[0], left[end - 1] + 1))
            left = left[end:]
        return out


def cell_lines(pages: Pages, printed: Sequence[Sequence[Word]]) -> list[Line]:
    """The lines of a cell: words of one line that follow each other are one piece."""
    out: list[Line] = []
    for row in printed:
        start = 0
        for k in range(1, len(row) + 1):
            if k == len(row) or row[k].line is not row[start].line or row[k].index != row[k - 1].index + 1:
                out.append(part_of_line(pages, row[start].line, row[start].index, row[k - 1].index + 1))
                start = k
    return out
