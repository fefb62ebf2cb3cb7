"""Columns whose cells hold two arms: "13.2±1.4 (13.8±1.1)" below "Post-test; Intervention (control)".

A header that names two arms, one in brackets or behind a slash, over cells that are two values set the same way: each
such column becomes two, with the names as a header row of their own. All cells keep their places in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialtab.extract.cell_shapes import shape
from trialtab.extract.table_labels import clean, label
from trialtab.model import Cell, Table

_ARM = r"[A-Za-z][\w+.-]*(?: [\w+.-]+){0,3}"
_BRACKETED = re.compile(rf"(?P<lead>(?:.*[;:,–—]\s*)?)(?P<a>{_ARM})\s*\((?P<b>{_ARM})\)\W*\Z", re.S)
_SLASHED = re.compile(rf"(?P<lead>.*?)[(\[]\s*(?P<a>{_ARM})\s*/\s*(?P<b>{_ARM})\s*[)\]]\W*\Z", re.S)
_NAMES_ARM = re.compile(
    r"\b(?:controls?|placebo|sham|usual care|comparison|comparator|groups?|arms?|intervention|experimental|cohorts?)\b",
    re.IGNORECASE,
)
LEAST = 2
"""Cells of two values that a column must have to be two columns, and nearly all of its cells must be so."""

MOST_HEADER_ROWS = 5
LONGEST = 120
"""Characters of a header, and of a cell, that are tried."""


@dataclass(frozen=True, slots=True)
class _Dual:
    """A column of two: its header cell, where in the cell's text the lead ends and both names stand; slashed cells?"""

    header: Cell
    lead: int
    a: tuple[int, int]
    b: tuple[int, int]
    slashed: bool


def split_duals(table: Table, text: str) -> Table:
    """The table with each column of two arms as two columns; the table itself where it has none. Raises nothing."""
    headers: dict[int, list[Cell]] = {}
    bodies: dict[int, list[Cell]] = {}
    for cell in table.cells:
        if cell.column_span == 1 and cell.column > 0 and cell.end > cell.start:
            (headers if cell.row < MOST_HEADER_ROWS and _is_head(cell, text) else bodies).setdefault(
                cell.column, []
            ).append(cell)
    found: dict[int, _Dual] = {}
    for column, heads in headers.items():
        dual = _dual(max(heads, key=lambda c: c.row), text)
        if dual is not None and _of_two(bodies.get(column, ()), text, slashed=dual.slashed):
            found[column] = dual
    rows = {dual.header.row + dual.header.row_span for dual in found.values()}
    return _split(table, text, found, rows.pop()) if len(rows) == 1 else table


def _is_head(cell: Cell, text: str) -> bool:
    said = text[cell.start : cell.end]
    return cell.header or (len(said) <= LONGEST and said.strip()[:1].isalpha() and "(" in said + "/")


def _dual(cell: Cell, text: str) -> _Dual | None:
    said = text[cell.start : cell.end]
    if len(said) > LONGEST:
        return None
    for pattern, slashed in ((_BRACKETED, False), (_SLASHED, True)):
        m = pattern.match(said)
        if m is None:
            continue
        names = [label(clean(m[side])) for side in "ab"]
        if all(n.name and not n.specs and not n.unit for n in names) and any(_NAMES_ARM.search(m[s]) for s in "ab"):
            lead = len(m["lead"].rstrip(" ;:,–—("))
            return _Dual(cell, lead, m.span("a"), m.span("b"), slashed)
    return None


def _of_two(cells: Sequence[Cell], text: str, *, slashed: bool) -> bool:
    filled = [c for c in cells if shape(text[c.start : c.end].strip()).kind != "empty"]
    two = [c for c in filled if _parts(text[c.start : c.end], slashed=slashed) is not None]
    return len(two) >= LEAST and 5 * len(two) >= 4 * len(filled)


def _parts(said: str, *, slashed: bool) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Places of the two values of a cell; None where it is no two values of one form."""
    if len(said) > LONGEST:
        return None
    if slashed:
        cut = said.find("/")
        if cut < 0 or said.count("/") != 1:
            return None
        places = (0, cut), (cut + 1, len(said))
    else:
        cut, end = said.find("("), said.rfind(")")
        if cut < 0 or end < cut or said[:cut].count("(") or said[end + 1 :].strip(" *†‡§#"):
            return None
        places = (0, cut), (cut + 1, end)
    one, other = (shape(said[start:end].strip()) for start, end in places)
    return places if one.kind == other.kind == "value" and one.printed == other.printed else None


def _split(table: Table, text: str, duals: dict[int, _Dual], row: int) -> Table:
    """row: where the header row of the names is put in."""

    def shifted(column: int) -> int:
        return column + sum(1 for dual in duals if dual < column)

    cells: list[Cell] = []
    for cell in table.cells:
        last = cell.column + cell.column_span - 1
        down = cell.row + (cell.row >= row)
        row_span = cell.row_span + (cell.row < row < cell.row + cell.row_span)
        column = shifted(cell.column)
        moved = replace(cell, row=down, row_span=row_span, column=column, column_span=shifted(last + 1) - column)
        dual = duals.get(cell.column) if cell.column_span == 1 else None
        said = text[cell.start : cell.end]
        if dual is None:
            cells.append(moved)
        elif cell is dual.header:
            cells.append(replace(moved, end=cell.start + dual.lead))
            cells += [
                replace(moved, row=row, row_span=1, column=column + k, column_span=1, start=cell.start + start,
                        end=cell.start + end)
                for k, (start, end) in enumerate((dual.a, dual.b))
            ]  # fmt: skip
        elif cell.row >= row and (parts := _parts(said, slashed=dual.slashed)) is not None:
            cells += [
                replace(moved, column=column + k, column_span=1, start=cell.start + start, end=cell.start + end)
                for k, (start, end) in enumerate(parts)
            ]
        else:
            cells.append(moved)
    cells.sort(key=lambda c: (c.row, c.column))
    return replace(table, rows=table.rows + 1, columns=table.columns + len(duals), cells=tuple(cells))


__all__ = ["split_duals"]
