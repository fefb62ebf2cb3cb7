"""Words of a table's place on a page to a grid: the header and its levels, the body's rows, spanning cells, footnotes.

What is known of how journals set tables: the header stands above a full rule; a short rule under a header cell spans
the columns below it; a line that runs over the gutters is a section's name or, below the last rule, a footnote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from statistics import median

from trialtab.readers._pdf_columns import Part, Parts, Row, Word, clear_runs, cut, gutters, is_open, printed_rows
from trialtab.readers._pdf_pages import Line
from trialtab.readers._pdf_rows import SIZE, VALUE, logical_rows
from trialtab.readers._pdf_rules import Rule, Rules

MAX_HEADER_ROWS = 12

_MARK = re.compile(
    r"[*†‡§¶#∥‖|]|\[?[a-z0-9]\]?(?=[ )A-Z])|https?:|(?:[A-Z][\w-]{0,11}|\S{1,8}) ?[=:] ?"
    r"|(?:(?:all )?(?:data|values?|results?|numbers?|percentages?)|abbreviations?|notes?|footnotes?|source)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[*†‡§¶]\s?[A-Za-z]|\S{1,12}\s?=\s?[A-Za-z]|(?:all )?(?:data|values) are\b|abbreviations?:", re.IGNORECASE
)

_SIZED = re.compile(rf"{SIZE.pattern}|=\s?\d+\s?\)", re.IGNORECASE)  # also where "(n" stands on the line above
# A time or a dose, which names a column rather than being a result in it.
_NAMED = re.compile(
    r"\d[\d.,·]*(?:\s?[-–]\s?\d[\d.,·]*)?\s?(?:hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?|mg|µg|μg|mcg|g"
    r"|mL|ml|IU|Gy)(?:/\S+)?(?:\s?\([A-Za-z][^()]*\))?\Z"
)


@dataclass(slots=True)
class GridCell:
    """A cell: rows and columns from 0, its words as printed lines from top to bottom. An empty cell has no lines."""

    row: int
    column: int
    row_span: int
    column_span: int
    lines: list[list[Word]]
    header: bool = False
    printed: list[Line] = field(default_factory=list)  # the same words as lines of the page, once they are taken


@dataclass(slots=True)
class Grid:
    """A table as it stands on a page, cells row by row. notes: printed rows below it, its footnotes."""

    rows: int
    columns: int
    header_rows: int
    cells: list[GridCell]
    notes: list[Row] = field(default_factory=list)

    def names(self) -> list[str]:
        """What the header says of the columns right of the first."""
        return [
            " ".join(word.text for line in cell.lines for word in line)
            for cell in self.cells
            if cell.header and cell.column and cell.lines
        ]

    def append(self, other: Grid) -> list[GridCell]:
        """Add the rows of another part of this table; gives its cells that print the header once more."""
        again = [cell for cell in other.cells if cell.header] if other.names() else []
        shift = self.rows - (other.header_rows if again else 0)
        for cell in other.cells[len(again) :]:
            cell.row += shift
            cell.header = False
            self.cells.append(cell)
        self.rows = shift + other.rows
        return [cell for cell in again if cell.lines]


# ---- where the header ends, where the footnotes begin --------------------------------------------------------------


def _bands(rows: Sequence[Row], full: Sequence[Rule]) -> list[list[Row]]:
    """Rows between one full rule and the next; empty bands are left out."""
    bands: list[list[Row]] = []
    k = 0
    current: list[Row] = []
    for row in rows:
        height = median(word.mid for word in row) - 0.25 * row[0].em
        crossed = False
        while k < len(full) and full[k].at < height:
            k += 1
            crossed = True
        if crossed and current:
            bands.append(current)
            current = []
        current.append(row)
    if current:
        bands.append(current)
    return bands


def _is_data(row: Row) -> bool:
    """A row of the body: text and then numbers that are no group sizes, times or doses, or cells of numbers only."""
    texts = [" ".join(word.text for word in run) for run in clear_runs(row)][1:]
    numbers = sum(bool(VALUE.match(text)) and not _NAMED.match(text) for text in texts)
    return numbers > 0 and numbers >= 0.5 * len(texts) and not all(_SIZED.match(text) for text in texts)


def _is_bold(row: Row) -> bool:
    """Whether most words of a row are bold; signs and numbers are often set in another font."""
    words = [word for word in row if word.text[0].isalpha()] or row
    return 2 * sum(word.bold for word in words) > len(words)


def header_size(rows: Sequence[Row], full: Sequence[Rule]) -> int:
    """How many of the printed rows stand in the header."""
    size = _header_size(rows, full)
    while size > 1 and is_open(rows[size - 2]) and not is_open(rows[size - 1]):
        # A line that begins at the left and runs over the next column is the name of the first section.
        runs, row = clear_runs(rows[size - 2]), rows[size - 1]
        if abs(row[0].x0 - rows[size - 2][0].x0) > row[0].em or row[-1].x1 < runs[1][0].x0:
            break
        size -= 1
    heights = [median(word.mid for word in row) for row in rows[: size + 1]]
    while 1 < size < len(rows) and not any(heights[size - 1] < rule.at < heights[size] for rule in full):
        # So is, where no rule ends the header, a name at the left that stands farther off than the lines of a cell do.
        row = rows[size - 1]
        far = heights[size - 1] - heights[size - 2] > 1.35 * row[0].em
        if not far or is_open(row) or row[0].x0 > min(other[0].x0 for other in rows) + row[0].em:
            break
        size -= 1
    return size


def _header_size(rows: Sequence[Row], full: Sequence[Rule]) -> int:
    bands = _bands(rows, full)
    if len(bands) >= 2:
        size, taken = len(bands[0]), 1
        while (
            taken + 1 < len(bands)
            and size <= 2
            and not any(is_open(row) for band in bands[:taken] for row in band)
            and len(bands[taken]) <= 4
        ):
            size += len(bands[taken])  # a spanning name above a full rule of its own
            taken += 1
        if size <= MAX_HEADER_ROWS and size < len(rows) and not all(_is_data(row) for row in rows[:size]):
            bold = [_is_bold(row) for row in rows[:size]]
            plain = bold.index(False) if False in bold else size
            if plain and not any(bold[plain:]) and any(map(_is_data, rows[plain : size + 1])):
                return plain  # shaded tables have a rule below their first row instead
            return size
    for k, row in enumerate(rows[: MAX_HEADER_ROWS // 2]):
        if _is_data(row):
            return k
    bold = [_is_bold(row) for row in rows]
    if bold[0] and not all(bold):
        return min(bold.index(False), MAX_HEADER_ROWS)
    return 1 if len(rows) > 1 and is_open(rows[0]) else 0


def _below_the_table(bands: Sequence[Sequence[Row]], em: float) -> bool:
    """Whether what stands below the last full rule is no row of the table but its footnotes."""
    last = bands[-1]
    if len(bands) < 2 or (len(bands) == 2 and sum(map(_is_data, bands[0])) < 2):
        return False  # the header and its body
    text = " ".join(word.text for word in last[0])
    runs = max(len(clear_runs(row)) for row in last)
    if not any(map(_is_data, last)):
        return (runs == 1 and len(last) + len(text) // 40 > 1) or (runs <= 2 and bool(_MARK.match(text)))
    # Running text stands over the gutters of the rows above it.
    rows = [row for band in bands[:-1] for row in band]
    edges = gutters(rows, (), (), em)
    over = sum(any(word.x0 + 1 < edge < word.x1 - 1 for edge in edges for word in row) for row in last)
    return len(last) > 1 and 2 * over >= len(last)


def _sentences(rows: Sequence[Row], edges: Sequence[float]) -> bool:
    """Whether a name in the first column ends like a sentence."""
    stubs = ([word for word in row if not edges or word.x1 <= edges[0] + 1] for row in rows)
    return any(len(stub) > 1 and stub[-1].text.endswith(".") for stub in stubs)


def trailing_notes(rows: Sequence[Row], edges: Sequence[float], left: float) -> int:
    """Index of the first printed row of the footnotes; len(rows) where there are none."""
    last = max((i for i, row in enumerate(rows) if is_open(row)), default=-1)
    for i in range(last + 1, len(rows)):
        row = rows[i]
        text = " ".join(word.text for word in row)
        if _NOTE.match(text):
            return i
        over = bool(edges) and row[-1].x1 > edges[0] + row[0].em and row[0].x0 < left + 3 * row[0].em
        if (
            len(row) > 3
            and row[-1].text.endswith(".")
            and i + 1 == len(rows)
            and not _sentences(rows[: last + 1], edges)
        ):
            return i
        if over and (_MARK.match(text) or len(rows) - i > 1 or row[-1].text[-1] in ".;"):
            return i
    return len(rows)


# ---- the whole -----------------------------------------------------------------------------------------------------


def _settle(placed: list[tuple[int, int, Part]], columns: int, first_row: int, header: bool) -> list[GridCell]:
    """Parts of one logical row (row, row span, part), in order of printing, to its cells; empty places too."""
    cells: list[GridCell] = []
    for row, down, part in placed:
        over = [c for c in cells if c.column <= part.last and part.first < c.column + c.column_span]
        if len(over) > 1:
            over[0].lines.append(part.words)  # a further line that is longer than its column is wide
        elif over:
            kept = over[0]
            last = max(part.last + 1, kept.column + kept.column_span)
            kept.column = min(part.first, kept.column)
            kept.column_span = last - kept.column
            kept.lines.append(part.words)
        else:
            cells.append(GridCell(first_row + row, part.first, down, part.last - part.first + 1, [part.words], header))
    return cells


def _body(groups: Sequence[Sequence[Parts]], columns: int, first_row: int) -> list[GridCell]:
    out: list[GridCell] = []
    for k, group in enumerate(groups):
        cells = _settle([(0, 1, part) for row in group for part in row], columns, first_row + k, False)
        held = {c for cell in cells for c in range(cell.column, cell.column + cell.column_span)}
        cells += [GridCell(first_row + k, c, 1, 1, []) for c in range(columns) if c not in held]
        out += sorted(cells, key=lambda cell: cell.column)
    return out


def _beginnings(rows: Sequence[Parts], columns: int) -> list[float]:
    """Where the text of each column begins in most rows of the body; infinite for an empty column."""
    found: list[list[float]] = [[] for _ in range(columns)]
    for row in rows:
        for part in row:
            found[part.first].append(part.x0)
    return [median(xs) if xs else inf for xs in found]


def _header(
    rows: Sequence[Row], edges: Sequence[float], partial: Sequence[Rule], lefts: Sequence[float], full: Sequence[Rule]
) -> list[GridCell]:
    """The header's cells: levels are parted by the short rules under spanning cells, else by cells that span.

    full: rules over the whole width; one that stands below a single name parts it from the columns it is the name of.
    """
    if not rows:
        return []
    columns = len(lefts)
    heights = [median(word.mid for word in row) for row in rows]
    spanners = [rule for rule in partial if heights[0] - 0.5 * rows[0][0].em < rule.at < heights[-1]]
    levels_at: list[float] = []
    for rule in sorted(spanners):
        if not levels_at or rule.at - levels_at[-1] > 3:
            levels_at.append(rule.at)
    parts = [cut(row, edges, lefts) for row in rows]
    repeats = None if levels_at else _repeating(parts, columns)
    if repeats is not None:
        levels_at = [(heights[repeats] + heights[repeats + 1]) / 2]
    elif not levels_at:
        wide = [i for i, row in enumerate(parts) if any(part.last > part.first for part in row)]
        if wide and wide[-1] + 1 < len(rows):
            levels_at = [(heights[wide[-1]] + heights[wide[-1] + 1]) / 2]
        elif len(parts[0]) == 1 and parts[0][0].first > 0 and len(rows) > 1:
            levels_at = [rule.at for rule in full if heights[0] < rule.at < heights[1]][:1]
            if levels_at:
                parts[0][0].first, parts[0][0].last = 1, columns - 1
    above = [sum(height - 0.25 * rows[0][0].em > at for at in levels_at) for height in heights]
    used = sorted(set(above))
    many = len(used)
    middles = _middles(rows, parts, edges, columns)
    grid: dict[tuple[int, int], GridCell] = {}  # (level, column) -> the cell there
    for number in used[:-1] if repeats is None else ():
        below = [rule for rule in spanners if abs(rule.at - levels_at[number]) <= 3]
        _span([part for row, n in zip(parts, above, strict=True) if n == number for part in row], below, middles, lefts)
    for i, row in enumerate(parts):
        level = used.index(above[i])
        for part in row:
            cell = next((grid[level, c] for c in range(part.first, part.last + 1) if (level, c) in grid), None)
            if cell is None:
                cell = GridCell(level, part.first, 1, 1, [], True)
            cell.lines.append(part.words)
            first = min(cell.column, part.first)
            last = max(cell.column + cell.column_span - 1, part.last)
            cell.column, cell.column_span = first, last - first + 1
            for c in range(first, last + 1):
                other = grid.get((level, c))
                if other is not None and other is not cell:
                    cell.lines += other.lines
                grid[level, c] = cell
    # A cell of one column that no spanning cell covers reaches over all levels; so does the text above and below it.
    cells: list[GridCell] = []
    for column in range(columns):
        stack = [grid.get((level, column)) for level in range(many)]
        here = [cell for cell in stack if cell is not None]
        if all(cell.column_span == 1 for cell in here):
            lines = [line for cell in here for line in cell.lines]
            cells.append(GridCell(0, column, many, 1, lines, True))
            continue
        for level, cell in enumerate(stack):
            if cell is None:
                cells.append(GridCell(level, column, 1, 1, [], True))
            elif cell.column == column:
                cells.append(cell)
    starts = sorted({cell.row for cell in cells})
    for cell in cells:  # a level in which no cell begins is none
        end = cell.row + cell.row_span
        cell.row_span = sum(cell.row <= row < end for row in starts)
        cell.row = starts.index(cell.row)
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _repeating(rows: Sequence[Parts], columns: int) -> int | None:
    """The last header row of a level whose names stand above columns that repeat ("Month 6, Month 12" twice).

    No rule and no cell over two columns tells of it: each name is set above the middle of its columns, or the first of
    them. Lets the names of the level reach over their columns; None where nothing repeats so.
    """
    for k in range(len(rows) - 1):
        below = [""] * columns
        for row in rows[k + 1 :]:
            for part in row:
                below[part.first] = f"{below[part.first]} {part.text}".strip()
        above = {part.first for row in rows[: k + 1] for part in row if part.first > 0}
        for many in range(2, columns // 2 + 1):
            groups, c = list[int](), 1
            while c + many <= columns and all(below[c : c + many]) and below[c : c + many] == below[1 : 1 + many]:
                groups.append(c)
                c += many
            held = [above & set(range(c, c + many)) for c in groups]
            if len(groups) < 2 or any(len(one) != 1 for one in held) or len(set(below[1 : 1 + many])) < many:
                continue
            for row in rows[: k + 1]:
                for part in row:
                    for c in groups:
                        if c <= part.first < c + many:
                            part.first, part.last = c, c + many - 1
                            break
            return k
    return None


def _span(parts: Parts, spanners: Sequence[Rule], middles: Sequence[float], lefts: Sequence[float]) -> None:
    """Let each part of a header level above others reach over the columns that the short rule below it covers.

    middles: of each column; lefts: where its text begins, infinite where it has none.
    """
    below: dict[Rule, Parts] = {}
    for part in parts:
        centre = (part.x0 + part.x1) / 2
        under = [rule for rule in spanners if rule.start - 2 <= centre <= rule.end + 2]
        if under:
            below.setdefault(min(under), []).append(part)
    for rule, above in below.items():
        covered = [c for c, (x, left) in enumerate(zip(middles, lefts, strict=True))
                   if rule.start - 3 <= (x if left == inf else left) <= rule.end]  # fmt: skip
        _share(above, covered, middles)
    if not spanners and len(parts) > 1 and any(part.last > part.first for part in parts):
        # No rules: names centred over their columns. The first column's name stands alone.
        _share([part for part in parts if part.first > 0], list(range(1, len(middles))), middles)


def _share(parts: Parts, over: Sequence[int], middles: Sequence[float]) -> None:
    """Give each column to the name whose middle is nearest to its own; parts above each other are lines of one name."""
    names: list[Parts] = []
    reach = -inf
    for part in sorted(parts, key=lambda part: (part.x0, part.x1)):
        if part.x0 >= reach:
            names.append([])
        names[-1].append(part)
        reach = max(reach, part.x1)
    centres = [(name[0].x0 + max(part.x1 for part in name)) / 2 for name in names]
    for name, centre in zip(names, centres, strict=True):
        mine = [c for c in over if not any(abs(other - middles[c]) < abs(centre - middles[c]) for other in centres)]
        for part in name if mine else ():
            part.first, part.last = mine[0], mine[-1]


def _middles(rows: Sequence[Row], parts: Sequence[Parts], edges: Sequence[float], columns: int) -> list[float]:
    """The middle of each column, between its gutters; the outer ones by the words that stand in them."""
    left = min(word.x0 for row in rows for word in row)
    right = max(word.x1 for row in rows for word in row)
    bounds = [min(left, edges[0]) if edges else left, *edges, max(right, edges[-1]) if edges else right]
    return [(a + b) / 2 for a, b in pairwise(bounds)]


def _long(down: Sequence[Rule], left: float, right: float, height: float) -> list[float]:
    """x of vertical rules inside a table that run down most of it, in one piece or in several."""
    reach: dict[float, float] = {}
    for rule in down:
        if left + 4 < rule.at < right - 4:
            at = next((x for x in reach if abs(x - rule.at) < 1.5), rule.at)
            reach[at] = reach.get(at, 0.0) + rule.end - rule.start
    return sorted(x for x, length in reach.items() if length >= 0.6 * height)


def _parted(rule: Rule, down: Sequence[Rule]) -> list[Rule]:
    """A horizontal rule parted at the vertical ones that stand on it: below each cell of a ruled header its own."""
    cuts = sorted(
        v.at for v in down if v.start < rule.at - 3 and v.end > rule.at - 2 and rule.start + 3 < v.at < rule.end - 3
    )
    ends = [rule.start, *cuts, rule.end]
    return [Rule(rule.at, a, b) for a, b in pairwise(ends)]


def make_grid(words: Sequence[Word], rules: Rules, left: float, right: float) -> Grid | None:
    """The grid of the words of one table (caption left out); None where they show no two columns or no two rows.

    rules: those that lie within the table; left and right: its outer edges.
    """
    rows = printed_rows(words)
    if len(rows) < 2 or right <= left:
        return None
    em = median(word.em for word in words)
    full, partial = list[Rule](), list[Rule]()
    for rule in rules.across:
        share, start = ((rule.end - rule.start) / (right - left), (rule.start - left) / (right - left))
        if share >= 0.8 and start <= 0.05:  # one that leaves out the first column stands under a header of levels
            full.append(rule)
        elif rule.end - rule.start >= 1.5 * em:
            partial += _parted(rule, rules.down)
    bands = _bands(rows, full)
    notes: list[Row] = []
    if _below_the_table(bands, em):
        notes = bands[-1]
        rows = rows[: len(rows) - len(notes)]
    size = header_size(rows, full)
    body = rows[size:]
    open_rows = sum(is_open(row) for row in body)
    height = rows[-1][0].bottom - rows[0][0].top
    down = _long(rules.down, left, right, height)
    edges = gutters(rows[max(0, size - 1) :] if open_rows < 2 else body, rows[:size], down, em)
    notes_at = trailing_notes(body, edges, left)
    notes, body = body[notes_at:] + notes, body[:notes_at]
    if not edges or not body:
        return None
    columns = len(edges) + 1
    parts = [cut(row, edges) for row in body]
    heads = _header(rows[:size], edges, partial, _beginnings(parts, columns), full)
    header_rows = max((cell.row + cell.row_span for cell in heads), default=0)
    in_band = [k for k, band in enumerate(_bands(body, full)) for _ in band]
    groups = logical_rows(parts, in_band, em, columns, len(down) >= 0.8 * len(edges))
    cells = heads + _body(groups, columns, header_rows)
    return Grid(header_rows + len(groups), columns, header_rows, cells, notes)
