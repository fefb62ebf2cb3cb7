"""A table of cells, each cell knowing its finding ids: what is shown and exported everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from trialtab.errors import QuestionError

Row = Mapping[str, Any]
Value = str | float | int | None

SUPERSCRIPTS = "ᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
"""Letters of footnotes; i is left out, which is taken for a dot or a one."""

SHORT_ID = 8
"""Characters of a finding id shown to people; `explain` takes them as long as they begin one finding only."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its value (for machines), its text (for people) and the ids of the findings it was made of."""

    value: Value
    text: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a finding stands: what a cell links to. place: section or table, and page; marks: status, failed checks."""

    finding_id: str
    study: str
    document: str
    place: str
    quote: str
    outcome: str
    arm: str
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. notes: what a reader must know, above it; keys: what its signs mean, below it.

    Every row has one cell for each column. groups: how many rows belong together, from the top; empty where none do.
    spans: (heading, columns) above the column names, which `heads` then gives without that heading. references: the
    places of the findings in it, in reading order.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    notes: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    spans: tuple[tuple[str, int], ...] = ()
    heads: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells under {len(self.columns)} columns")
        if self.spans and (sum(n for _, n in self.spans) != len(self.columns) or len(self.heads) != len(self.columns)):
            raise ValueError(f"headings over {sum(n for _, n in self.spans)} of {len(self.columns)} columns")

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
    return _with_columns(of, [i for i in range(len(of.columns)) if not of.rows or any(row[i].text for row in of.rows)])


def with_columns(of: Table, wanted: Sequence[str]) -> Table:
    """A table with the columns asked for, in that order. Raises QuestionError for one that it does not have."""
    names = [name.casefold() for name in of.columns]
    for name in wanted:
        if name.casefold() not in names:
            raise QuestionError(f"no column {name!r}; there are: {', '.join(of.columns)}")
    return _with_columns(of, [names.index(name.casefold()) for name in dict.fromkeys(wanted)])


def _with_columns(of: Table, kept: Sequence[int]) -> Table:
    over = [span for span, (_, n) in enumerate(of.spans) for _ in range(n)]
    spans = tuple((of.spans[span][0], len(list(run))) for span, run in groupby(over[i] for i in kept)) if over else ()
    return replace(
        of,
        columns=tuple(of.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in of.rows),
        spans=spans,
        heads=tuple(of.heads[i] for i in kept) if over else (),
    )


def with_references(of: Table, rows: Iterable[Row]) -> Table:
    """A table that knows where each of its findings stands; rows: those of the evidence table it was made of."""
    wanted = dict.fromkeys(of.findings())
    by_id: dict[str, Row] = {}
    for row in rows:
        if row["finding_id"] in wanted:
            by_id.setdefault(row["finding_id"], row)
    return replace(of, references=tuple(reference(by_id[one]) for one in wanted if one in by_id))


def reference(row: Row) -> Reference:
    """Where a row of the evidence table stands."""
    from trialtab import compare

    state = row.get("status") or "proposed"
    failed = f"fails {row['checks']}" if row["checks"] else ""
    return Reference(
        row["finding_id"], row["study"], row["document"], place(row), row["quote"],
        compare.outcome_name(row["outcome_id"], row["outcome"]), row["arm"] or "",
        ", ".join(filter(None, (state if state != "proposed" else "", failed))),
    )  # fmt: skip


def place(row: Row) -> str:
    """Where a row stands: "results, p. 4", "Table 2"."""
    where = row["table_label"] or row["section"]
    return f"{where}, p. {row['page']}" if row["page"] else str(where)


class Footnotes:
    """Superscript letters in order of their first use, and what they mean."""

    def __init__(self) -> None:
        self._meanings: dict[str, str] = {}

    def mark(self, *meanings: str) -> str:
        """The letters of some meanings, as they stand behind a cell's text."""
        for meaning in meanings:
            if meaning not in self._meanings:
                number = len(self._meanings)
                turn, letter = divmod(number, len(SUPERSCRIPTS))
                self._meanings[meaning] = SUPERSCRIPTS[letter] * (turn + 1)
        return "".join(letter for meaning, letter in self._meanings.items() if meaning in meanings)

    def keys(self) -> tuple[str, ...]:
        """One line for each letter."""
        return tuple(f"{letter} {meaning}" for meaning, letter in self._meanings.items())
