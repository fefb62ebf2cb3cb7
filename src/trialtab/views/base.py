"""A table of cells, each cell knowing its finding ids: what is shown and exported everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Row = Mapping[str, Any]
Value = str | float | int | None

SHORT_ID = 8
"""Characters of a finding id shown to people; `explain` takes them as long as they begin one finding only."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its value (for machines), its text (for people) and the ids of the findings it was made of."""

    value: Value
    text: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table. notes: what a reader must know, above it; keys: what its signs mean, below it.

    Every row has one cell for each column. groups: how many rows belong together, from the top; empty where none do.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells under {len(self.columns)} columns")

    def findings(self) -> tuple[str, ...]:
        """Ids of all findings in the table, each once, in reading order."""
        return tuple(dict.fromkeys(f for row in self.rows for cell in row for f in cell.findings))


def plain(value: Value, findings: Iterable[str] = ()) -> Cell:
    """A cell that shows its value: whole numbers without a point, nothing for None."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return Cell(value, "" if value is None else str(value), tuple(findings))


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Value]], *, title: str = "", notes: Sequence[str] = ()
) -> Table:
    """Any columns and rows, as of an SQL query; a column finding_id gives its row's cells their finding."""
    at = list(columns).index("finding_id") if "finding_id" in columns else None

    def row_of(row: Sequence[Value]) -> tuple[Cell, ...]:
        ids = (str(row[at]),) if at is not None and row[at] is not None else ()
        return tuple(plain(value, ids) for value in row)

    return Table(tuple(columns), tuple(map(row_of, rows)), title, tuple(notes))


def of_rows(rows: Sequence[Row], columns: Sequence[str] | None = None, *, title: str = "") -> Table:
    """Mappings as a table; columns: default those of the first row."""
    shown = tuple(columns) if columns is not None else tuple(rows[0]) if rows else ()
    return table(shown, [[row[c] for c in shown] for row in rows], title=title)


def without_empty_columns(of: Table) -> Table:
    """A table without the columns that show nothing; one without rows keeps them all."""
    kept = [i for i in range(len(of.columns)) if not of.rows or any(row[i].text for row in of.rows)]
    columns = tuple(of.columns[i] for i in kept)
    return replace(of, columns=columns, rows=tuple(tuple(row[i] for i in kept) for row in of.rows))
