"""Cells with spans, laid out as a grid; which of its rows are header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_COLUMN_SPAN = 1000  # what the HTML standard allows
GRID_WORK = 2_000_000  # grid positions looked at before spans are no longer believed


class RawCell(NamedTuple):
    """A cell before it has a place: text, spans as declared (row_span 0: to the end of its group), header, path."""

    text: str
    row_span: int = 1
    column_span: int = 1
    header: bool = False
    path: str = ""


class Placed(NamedTuple):
    """A cell with its place in the grid."""

    raw: RawCell
    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class Grid:
    rows: int
    columns: int
    cells: tuple[Placed, ...]
    notices: tuple[str, ...] = ()


def span_of(value: str | None) -> int:
    """A rowspan or colspan attribute: 1 where absent or no number; 0 stays 0 (to the end of the group)."""
    text = (value or "").strip()
    return min(int(text), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def lay_out(groups: Sequence[Sequence[Sequence[RawCell]]]) -> Grid:
    """Rows of cells (in row groups: head, bodies, foot) to a grid, as HTML lays out tables.

    A row span ends with its group and a column span with the last column in which any cell begins; a cut of more
    than ten, and spans past GRID_WORK, give a notice. Linear in cells plus GRID_WORK.
    """
    placed: list[Placed] = []
    row, work, cut, trusted = 0, 0, 0, True
    for group in groups:
        last = row + len(group)
        taken: dict[int, int] = {}  # column -> first row in which it is free again
        for cells in group:
            column = 0
            for raw in cells:
                while trusted and taken.get(column, 0) > row:
                    column += 1
                    work += 1
                down = raw.row_span if raw.row_span > 0 else last - row
                cut = max(cut, down - (last - row), raw.column_span - MAX_COLUMN_SPAN)
                down = min(down, last - row)
                across = min(max(raw.column_span, 1), MAX_COLUMN_SPAN)
                if work + across > GRID_WORK:
                    trusted = False
                if not trusted:
                    down = across = 1
                elif down > 1:
                    work += across
                    for c in range(column, column + across):
                        taken[c] = row + down
                placed.append(Placed(raw, row, column, down, across))
                column += across
            row += 1
    columns = max((cell.column + 1 for cell in placed), default=0)
    fitted = []
    for cell in placed:
        across = min(cell.column_span, columns - cell.column)
        cut = max(cut, cell.column_span - across)
        fitted.append(Placed(cell.raw, cell.row, cell.column, cell.row_span, across))
    notices = []
    if cut > 10:
        notices.append("a span larger than the table was cut to it")
    if not trusted:
        notices.append("too many spanned positions: later spans ignored")
    return Grid(row, columns, tuple(fitted), tuple(notices))


def settle_headers(groups: list[list[list[RawCell]]]) -> list[list[list[RawCell]]]:
    """Where no head group is marked, only leading rows wholly of <th> are headers; a <th> at a row's start is its stub.

    Takes row groups whose cells of <thead> and all <th> are marked as headers; the first group counts as the head
    where all of its cells are headers.
    """
    settled: list[list[list[RawCell]]] = []
    leading = True
    for group in groups:
        rows: list[list[RawCell]] = []
        for row in group:
            whole = bool(row) and all(cell.header for cell in row)
            leading = leading and whole
            rows.append(row if leading else [c._replace(header=False) if c.header else c for c in row])
        settled.append(rows)
    return settled
