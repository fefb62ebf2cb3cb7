"""Tables of a PDF: the place of each table beside its caption, its grid, its footnotes.

Only pages with a table's caption, or with what the layout took for the rest of a table, are looked at. The words of a
grid leave the chunks in which the layout had them and are written cell by cell at the table's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from trialtab.readers._pdf_chunks import Chunk
from trialtab.readers._pdf_columns import Word
from trialtab.readers._pdf_grid import Grid, make_grid
from trialtab.readers._pdf_layout import Reading
from trialtab.readers._pdf_lines import part_of_line
from trialtab.readers._pdf_pages import Line, Pages
from trialtab.readers._pdf_rules import Rule, Rules, drawn_rules

MAX_WORDS = 12_000  # of one table on one page; a dense page has 2,000
MAX_CAPTIONS = 20  # of one page; a page of captions is a list of tables
MAX_STEP = 60.0  # points from one rule of a table to the next, where the layout saw no table
_LABEL = re.compile(r"(?P<kind>\w+)\.?\s?[-–]?\s?(?P<number>\S+?)[.:|,]*(?:\s|\Z)")
_CONTINUED = re.compile(r"\bcont(?:inued|['’]?d|\.)", re.IGNORECASE)
_SUPPLEMENT = re.compile(r" [Ss]\d")  # "Table S3" is named in an article but stands elsewhere


@dataclass(slots=True)
class Place:
    """Where a table stands: its edges in the frame in which it is upright."""

    x0: float
    top: float
    x1: float
    bottom: float
    low: float  # the rule on which the table ends; what stands below it is a footnote


def carries_on(first: Grid, grid: Grid, caption: Chunk | None) -> bool:
    """Whether a grid is a further part of a table: said to be, of as many columns, with its header again or none."""
    if grid.columns != first.columns or not (caption is None or _CONTINUED.search(caption.text)):
        return False
    return not grid.names() or grid.names() == first.names()


def label_of(caption: str) -> str:
    """The label as printed, in one form: "TABLE 2." -> "Table 2"."""
    found = _LABEL.match(caption)
    return f"{found['kind'].capitalize()} {found['number'].rstrip('.:|,')}" if found else ""


Corners = tuple[float, float, float, float]


def _upright(quarter: int, size: tuple[float, float], box: Corners) -> Corners:
    """A box (x0, top, x1, bottom) of the page in the frame in which text that runs up (1) or down (3) is upright."""
    x0, top, x1, bottom = box
    width, height = size
    return (height - bottom, x0, height - top, x1) if quarter == 1 else (top, width - x1, bottom, width - x0)


def _upright_rules(quarter: int, size: tuple[float, float], rules: Rules) -> Rules:
    width, height = size
    if quarter == 1:
        across = [Rule(rule.at, height - rule.end, height - rule.start) for rule in rules.down]
        down = [Rule(height - rule.at, rule.start, rule.end) for rule in rules.across]
    else:
        across = [Rule(width - rule.at, rule.start, rule.end) for rule in rules.down]
        down = [Rule(rule.at, width - rule.end, width - rule.start) for rule in rules.across]
    return Rules(tuple(sorted(across)), tuple(sorted(down)))


def _words(pages: Pages, lines: Iterable[Line], quarter: int = 0) -> list[Word]:
    """The words of some lines, in the frame in which they are upright.

    Cells that are set higher or lower than their neighbours may share a line of pdfium's: what stands off the line's
    baseline by more than a raised sign has a height of its own.
    """
    out: list[Word] = []
    for line in lines:
        first, last = line.first, line.last
        sides = (pages.x0[first:last], pages.top[first:last], pages.x1[first:last], pages.bottom[first:last])
        boxes = list(zip(*sides, strict=True))
        if quarter:
            boxes = [_upright(quarter, pages.sizes[line.page - 1], box) for box in boxes]
        feet = [box[3] for box in boxes]
        if min(feet) == max(feet):  # most lines are level
            mid = feet[0] - 0.2 * line.em
            out += [Word(i, pages.text[i], *box, mid, line.em, line.bold, line) for i, box in enumerate(boxes, first)]
            continue
        foot, tall = median(feet), median([box[3] - box[1] for box in boxes])
        for i, (x0, top, x1, bottom) in enumerate(boxes, first):
            off, alike = bottom - foot, abs(bottom - top - tall) < 0.12 * tall  # a sign of another font has another box
            mid = foot - 0.2 * line.em + (off if alike and abs(off) > 0.45 * line.em else 0.0)
            out.append(Word(i, pages.text[i], x0, top, x1, bottom, mid, line.em, line.bold, line))
    return out


def _one_side(rows: list[Chunk], caption: Chunk) -> list[Chunk]:
    """Of what was given to a table above and below its caption the side with more words."""
    middle = (caption.top + caption.bottom) / 2
    sides = [b for b in rows if b.top < middle], [b for b in rows if b.top >= middle]
    above, below = (sum(line.last - line.first for b in side for line in b.lines) for side in sides)
    return sides[0] if above > below else sides[1]


def _covered(chunks: Sequence[Chunk], top: float, bottom: float) -> bool:
    """Whether chunks stand below one another from top to bottom with no more than blank lines between them."""
    at = top
    for b in sorted(chunks, key=lambda b: b.top):
        if b.top - at > 2.5 * b.em:
            return False
        at = max(at, b.bottom)
    return bool(chunks) and bottom - at <= 2.5 * chunks[0].em


class Tables:
    """Finds and reads the tables of a document laid out by `Reading`; call `read` between its roles and its order."""

    def __init__(self, document: Any, reading: Reading) -> None:
        self.document = document
        self.reading = reading
        self.pages = reading.pages
        self.notices: list[str] = []
        self.first: dict[str, Chunk] = {}  # heading -> the first part of its table

    def read(self) -> None:
        """Put a chunk with a grid in the place of each table that can be read; a notice for each that cannot."""
        done: set[tuple[str, int]] = set()
        heading, last = "", 0  # the table read last, and its page
        for number, page in enumerate(self.reading.by_page, 1):
            captions = [b for b in page if b.kind == "caption" and b.heading.startswith("t")]
            loose = [b for b in page if b.kind == "table" and not b.heading]
            carried = bool(loose) and last == number - 1
            if not captions and not carried:
                continue
            rules = self.pages.rules.get(number) or drawn_rules(self.document, number)
            if carried:
                for block in loose:
                    block.heading = heading
                if self.take_near(page, heading, None, rules):
                    last = number
            if len(captions) > MAX_CAPTIONS:
                self.notices.append(f"page {number}: more than {MAX_CAPTIONS} captions, only the first are looked at")
            for caption in captions[:MAX_CAPTIONS]:
                heading = caption.heading
                self.part_header(page, caption, rules)
                aside = caption.lines[0].sideways
                read = self.take_aside(page, caption, rules) if aside else self.take_near(page, heading, caption, rules)
                label = label_of(caption.text)
                if read:
                    last = number
                    done.add((label, number))
                elif (label, number) not in done and not _SUPPLEMENT.search(label):
                    self.notices.append(f"{label} on page {number}: no grid found")

    def take_aside(self, page: list[Chunk], caption: Chunk, rules: Rules) -> bool:
        """Read a table that lies on its side on an upright page; False where there is none to be read."""
        quarter, size = caption.lines[0].quarter, self.pages.sizes[caption.page - 1]
        if quarter not in (1, 3):
            return False
        self.part_title(page, caption)
        chunks = [b for b in page if b.lines[0].sideways and b.kind != "furniture" and b.grid is None]
        lines = [line for b in chunks if b is not caption for line in b.lines if line.quarter == quarter]
        heads = [word for b in chunks if b.kind == "caption" for word in _words(self.pages, b.lines[:1], quarter)]
        title = _words(self.pages, caption.lines, quarter)
        foot = max(word.bottom for word in title)
        end = min((word.top for word in heads if word.top > foot), default=1e9)
        words = [word for word in _words(self.pages, lines, quarter) if foot < word.mid < end]
        if not words:
            return False
        turned = _upright_rules(quarter, size, rules)
        x0, x1 = min(word.x0 for word in words), max(word.x1 for word in words)
        bottom = max(word.bottom for word in words)
        for rule in turned.across:
            if foot - 2 <= rule.at <= bottom + 10 and rule.start < x1 and rule.end > x0:
                x0, x1, bottom = min(x0, rule.start), max(x1, rule.end), max(bottom, rule.at)
        return self.take(page, Place(x0, foot - 1, x1, bottom, bottom), words, turned, caption.heading, caption)

    def part_title(self, page: list[Chunk], caption: Chunk) -> None:
        """Part the lines of a table from its caption, where all stand in one chunk: the caption is set in one type."""
        first = caption.lines[0]
        many = 1
        for before, line in pairwise(caption.lines):
            near = abs(line.x0 - before.x0) <= 1.6 * first.em
            if not near or line.bold != first.bold or line.font != first.font or abs(line.em - first.em) > 0.5:
                break
            many += 1
        self.cut(page, caption, many)

    def part_header(self, page: list[Chunk], caption: Chunk, rules: Rules) -> None:
        """Part the first row of a header from its caption, where both stand in one chunk: cells, with a rule above."""
        for k, (before, line) in enumerate(pairwise(caption.lines), 1):
            ruled = any(before.mid < rule.at < line.mid and rule.start < line.x1 and rule.end > line.x0
                        for rule in rules.across)  # fmt: skip
            other = abs(line.em - before.em) > 0.3 or abs(line.x0 - before.x0) > 2 * line.em
            if line.gap >= (1.2 if ruled else 2.5) or (ruled and other):
                self.cut(page, caption, k)
                return
            if before.gap >= 1.2:
                return

    def cut(self, page: list[Chunk], caption: Chunk, many: int) -> None:
        """Leave a caption its first lines; the others become cells below it."""
        if many < len(caption.lines):
            rest = Chunk(caption.lines[many:])
            rest.kind, rest.section, rest.heading = "table", "table", caption.heading
            caption.lines = caption.lines[:many]
            caption.describe()
            page.insert(page.index(caption) + 1, rest)

    def take_near(self, page: list[Chunk], heading: str, caption: Chunk | None, rules: Rules) -> bool:
        """Read the table of one caption, or what carries on the table of a page before; False where there is none."""
        place = self.place(page, heading, caption, rules)
        if place is None:
            return False
        chosen: list[Line] = []
        heads = [b for b in self.reading.furniture if b.page == page[0].page and not b.lines[0].sideways]
        for chunk in heads:  # the header of a table over several pages looks like a running head
            if (
                place.top - 1 <= chunk.top
                and chunk.lines[-1].mid <= place.low + 1
                and place.x0 - 2 <= chunk.x0 < place.x1
            ):
                chosen += chunk.lines
        for chunk in page:
            if chunk.grid is not None or chunk.kind in ("caption", "furniture", "title"):
                continue
            apart = chunk.kind != "table" or chunk.heading not in ("", heading)
            enclosed = chunk.top >= place.top - 1 and chunk.lines[-1].mid <= place.low + 1
            if apart and chunk.kind in ("item", "footnote", "reference", "paragraph") and not enclosed:
                continue
            if apart and self.reading.flows(chunk) and not enclosed:
                continue
            chosen += chunk.lines
        words = [
            word for word in _words(self.pages, chosen)
            if place.x0 - 1 <= (word.x0 + word.x1) / 2 <= place.x1 + 1
            and place.top - 1 <= word.mid - 0.3 * word.em <= place.bottom + 1
        ]  # fmt: skip
        return self.take(page, place, words, rules, heading, caption)

    def place(self, page: Sequence[Chunk], heading: str, caption: Chunk | None, rules: Rules) -> Place | None:
        """Where the table of a caption stands: what the layout gave to it, and the rules that enclose that."""
        pages = self.pages
        rows = [b for b in page if b.kind == "table" and b.heading == heading and b.grid is None]
        left, right = -1e9, 1e9
        if not rows and caption is not None:
            beside = [b.heading for b in page if b.kind == "caption" and abs(b.top - caption.top) < 3 * caption.em]
            rows = [b for b in page if b.kind == "table" and b.heading in beside and b.grid is None]
        if rows and caption is not None:
            left, right = self.between(page, rows, caption)
            if left > 0 or right < 1e9:
                rows = [b for b in page if b.kind == "table" and b.grid is None]
        if caption is not None:
            rows = self.grown(page, _one_side(rows, caption), heading)
        boxes = [
            (pages.x0[i], line.top, pages.x1[i], line.bottom)
            for b in rows
            for line in b.lines
            for i in range(line.first, line.last)
            if left < (pages.x0[i] + pages.x1[i]) / 2 < right
        ]
        if not boxes:
            return None
        em = median(b.em for b in rows)
        x0, x1 = min(box[0] for box in boxes), max(box[2] for box in boxes)
        top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
        below = caption is None or (top + bottom) / 2 > caption.lines[0].mid
        start = top - 6 * em if caption is None else caption.bottom - 2 if below else top - 3 * em
        end = bottom + 2.5 * em if caption is None or below else caption.top + 2
        if caption is None:
            pass
        elif below:
            near = any(
                caption.bottom - 2 <= rule.at <= top + 2 and rule.start < x1 and rule.end > x0 for rule in rules.across
            )
            top = caption.bottom - 1 if near or top - caption.bottom < 5 * em else max(top, caption.bottom - 1)
        else:
            bottom = min(bottom, caption.top + 1)
        mine = [
            rule
            for rule in rules.across
            if start <= rule.at <= end
            and left < (rule.start + rule.end) / 2 < right
            and min(rule.end, x1) - max(rule.start, x0) >= 0.5 * min(rule.end - rule.start, x1 - x0)
        ]
        others = [b for b in page if b.kind in ("caption", "heading") or self.reading.flows(b)]
        for rule in mine:
            wider = max(min(rule.start, x0), left), min(max(rule.end, x1), right)
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
            last = self.reach(page, heading, (x0, bottom, x1), rules)
            if last > bottom:
                bottom = low = last
        else:
            top = min([top, *long])
        if caption is None and long:
            top = min(top, *long)
        if not below:
            low = max(low, bottom)
        return Place(x0, top, x1, bottom, low)

    def grown(self, page: Sequence[Chunk], rows: list[Chunk], heading: str) -> list[Chunk]:
        """What the layout gave to a table, and what stands right below it: loose cells, and names of sections that the
        layout took for headings, as long as loose cells follow."""
        if not rows:
            return rows
        em = median(b.em for b in rows)
        x0, x1, bottom = min(b.x0 for b in rows), max(b.x1 for b in rows), max(b.bottom for b in rows)
        known = set(map(id, rows))
        found = [
            b
            for b in page
            if id(b) not in known and b.grid is None and b.top >= bottom - em and b.x0 < x1 and b.x1 > x0
        ]
        waiting: list[Chunk] = []
        for b in sorted(found, key=lambda b: b.top):
            loose = b.kind == "table" and not b.heading
            if b.top - bottom > 2.5 * em or not (
                loose or (b.kind == "heading" and b.em <= 1.05 * em and b.x0 >= x0 - em)
            ):
                break
            waiting.append(b)
            bottom = max(bottom, b.bottom)
            if loose:
                rows = rows + waiting
                waiting = []
        return rows

    def reach(self, page: Sequence[Chunk], heading: str, edge: tuple[float, float, float], rules: Rules) -> float:
        """The last rule of a table whose rules go on below what the layout gave to it; 0 where there is none.

        edge: x0, bottom, x1 of the table so far. A rule as wide as the table carries it on, unless a caption, a
        paragraph or a blank stands before it: a name in a table may have been taken for a heading of the paper. Text of
        a paragraph's kind with text beside it is a cell.
        """
        x0, bottom, x1 = edge
        last = 0.0
        for rule in rules.across:
            if rule.at <= bottom + 1 or abs(rule.start - x0) > 4 or abs(rule.end - x1) > 4:
                continue
            between = [b for b in page if b.bottom > bottom + 1 and b.top < rule.at - 1 and b.x0 < x1 and b.x1 > x0]
            if (rule.at - bottom > MAX_STEP and not _covered(between, bottom, rule.at)) or any(
                b.kind == "caption" or (b.kind == "table" and b.heading not in ("", heading)) for b in between
            ):
                break
            if any(
                self.reading.flows(b)
                and not any(o.top < b.bottom and o.bottom > b.top and (o.x0 > b.x1 or o.x1 < b.x0) for o in between)
                for b in between
            ):
                break
            last = bottom = rule.at
        return last

    def between(self, page: Sequence[Chunk], rows: Sequence[Chunk], caption: Chunk) -> tuple[float, float]:
        """Left and right limit of a table that stands beside another: that one's caption is beside its rows."""
        left, right = -1e9, 1e9
        top = min(caption.top, min(b.top for b in rows))
        bottom = max(caption.bottom, max(b.bottom for b in rows))
        for other in page:
            if other.kind == "caption" and other is not caption and top - 2 <= other.top <= bottom:
                if other.x0 > caption.x1:
                    right = min(right, other.x0 - 2)
                elif other.x1 < caption.x0:
                    left = max(left, caption.x0 - 4)
        return left, right

    def take(
        self, page: list[Chunk], place: Place, words: Sequence[Word], rules: Rules, heading: str, caption: Chunk | None
    ) -> bool:
        """Make the grid of the words at a place and put it on the page; False where they show no grid."""
        if not 4 <= len(words) <= MAX_WORDS:
            return False
        inside = [
            Rule(rule.at, max(rule.start, place.x0), min(rule.end, place.x1))
            for rule in rules.across
            if place.top - 3 <= rule.at <= place.bottom + 3 and rule.start < place.x1 and rule.end > place.x0
        ]
        down = [
            rule for rule in rules.down
            if place.x0 - 2 < rule.at < place.x1 + 2 and rule.start < place.bottom and rule.end > place.top
        ]  # fmt: skip
        grid = make_grid(words, Rules(tuple(inside), tuple(down)), place.x0, place.x1)
        if grid is None:
            return False
        self.put(page, grid, heading, caption)
        return True

    def put(self, page: list[Chunk], grid: Grid, heading: str, caption: Chunk | None) -> None:
        """Take the grid's words out of the page's chunks and put a chunk with the grid in their place.

        What carries on a table of a page or column before becomes rows of that table.
        """
        taken = {word.index for cell in grid.cells for line in cell.lines for word in line}
        at = None
        self.reading.furniture = [
            b for b in self.reading.furniture if taken.isdisjoint(range(b.lines[0].first, b.lines[0].last))
        ]
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
        for cell in grid.cells:
            cell.printed = cell_lines(self.pages, cell.lines)
        first = self.first.get(heading)
        if first is not None and first.grid is not None and carries_on(first.grid, grid, caption):
            again = first.grid.append(grid)
            if again:
                chunk = Chunk([part for cell in again for part in cell.printed])
                chunk.kind, chunk.section = "furniture", "other"
                self.reading.furniture.append(chunk)
            first.carried.append(self.pages.page[min(taken)])
        else:
            table = Chunk([part for cell in grid.cells for part in cell.printed])
            table.kind, table.section, table.heading, table.grid = "table", "table", heading, grid
            page.insert(len(page) if at is None else min(at, len(page)), table)
            self.first.setdefault(heading, table)
        noted = {word.index for row in grid.notes for word in row}
        for chunk in page:
            if (
                chunk.kind == "table"
                and chunk.grid is None
                and chunk.heading == heading
                and all(i in noted for line in chunk.lines for i in (line.first, line.last - 1))
            ):
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
