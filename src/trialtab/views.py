"""Rows -> a table of cells, each cell knowing its finding ids: what every command shows and every export writes.

A view decides what is shown, not how: columns, order and cell texts are here, borders and quoting in export/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trialtab import compare

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
    """A table. notes: what a reader must know, above it; every row has one cell for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    notes: tuple[str, ...] = ()

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


# ---- evidence --------------------------------------------------------------------------------------------------


def evidence(rows: Sequence[Row], columns: Sequence[str]) -> Table:
    """Rows of the view `evidence`, all columns: for machines."""
    return of_rows(rows, columns)


def evidence_at_a_glance(rows: Sequence[Row]) -> Table:
    """Rows of the view `evidence` as a person reads them: numbers in one cell, place in one cell."""

    def cells(row: Row) -> tuple[Cell, ...]:
        ids = (str(row["finding_id"]),)
        outcome = row["outcome"] or compare.outcome_name(row["outcome_id"])
        if row["grade"]:
            outcome += f", grade {row['grade']}" if str(row["grade"])[-1:].isdigit() else f", {row['grade']}"
        state = "" if row["status"] == "proposed" else str(row["status"])
        marks = ", ".join(filter(None, (state, f"fails {row['checks']}" if row["checks"] else "")))
        shown = (
            row["study"], outcome, compare.cell_text(row), row["arm"] or "", row["timepoint"] or "", place(row), marks,
            str(row["finding_id"])[:SHORT_ID],
        )  # fmt: skip
        return tuple(Cell(text, text, ids) for text in shown)

    columns = ("study", "outcome", "result", "arm", "timepoint", "place", "marks", "finding")
    return Table(columns, tuple(map(cells, rows)))


def place(row: Row) -> str:
    """Where a row stands: "results, p. 4", "Table 2"."""
    where = row["table_label"] or row["section"]
    return f"{where}, p. {row['page']}" if row["page"] else str(where)


# ---- comparison ------------------------------------------------------------------------------------------------


def comparison(found: compare.Comparison, *, one_sided: bool = False) -> Table:
    """A comparison as a person reads it: one line an outcome, what each side says in one cell, marks in the last.

    one_sided: also the outcomes that one side alone reports; else they are counted in the notes.
    """
    lines = [*found.lines, *(found.only_left if one_sided else ()), *(found.only_right if one_sided else ())]
    rows = tuple(
        (
            _named(line.outcome, line),
            _named(line.what, line),
            _side(line.left),
            _side(line.right),
            _named("; ".join(line.marks), line),
        )
        for line in lines
    )
    columns = ("outcome", "measure", found.left.asked, found.right.asked, "marks")
    notes = [
        f"{side.asked}: " + ", ".join(f"{study} ({c or 'condition not known'})" for study, c in side.conditions)
        for side in (found.left, found.right)
    ]
    notes += found.notes
    if not one_sided:
        alone = [
            f"{len({line.outcome for line in only})} by {side.asked} alone"
            for side, only in ((found.left, found.only_left), (found.right, found.only_right))
            if only
        ]
        notes += [f"further outcomes are reported {' and '.join(alone)}"] if alone else []
    title = f"{found.left.asked} against {found.right.asked}: {found.label}"
    return Table(columns, rows, title, tuple(notes))


def _named(text: str, line: compare.Line) -> Cell:
    ids = tuple(dict.fromkeys(f for entry in (*line.left, *line.right) for f in entry.finding_ids))
    return Cell(text, text, ids)


def _side(entries: Sequence[compare.Entry]) -> Cell:
    texts = []
    for entry in entries:
        text = entry.text
        if entry.interval:
            text += f", Wilson 95% CI {entry.interval}" + (" (N of the arm)" if entry.guessed_total else "")
        if entry.converted:
            text += f" {entry.converted}"
        who = ", ".join(filter(None, (entry.study, entry.arm, entry.population)))
        ids = f"[{entry.finding_id[:SHORT_ID]}]" + (f" and {entry.others} more" if entry.others else "")
        texts.append(f"{text} ({who}) {ids}" + (" DIFFERS elsewhere" if entry.differing else ""))
    ids_of_all = tuple(dict.fromkeys(f for entry in entries for f in entry.finding_ids))
    text = "\n".join(texts)
    return Cell(text or None, text, ids_of_all)


COMPARISON_COLUMNS = (
    "outcome", "outcome_id", "outcome_class", "measure", "side", "asked", "study", "arm", "condition", "population",
    "definition", "timepoint", "grade", "result", "interval", "guessed_total", "converted", "basis", "marks",
    "finding_id", "finding_ids", "differing",
)  # fmt: skip


def comparison_entries(found: compare.Comparison) -> Table:
    """A comparison for machines: one row for what one study says on one line; finding_ids are separated by blanks."""
    rows = []
    for line in (*found.lines, *found.only_left, *found.only_right):
        for name, side, entries in (("left", found.left, line.left), ("right", found.right, line.right)):
            for entry in entries:
                values: tuple[Value, ...] = (
                    line.outcome, line.outcome_id, line.outcome_class, line.what, name, side.asked, entry.study,
                    entry.arm or None, entry.condition, entry.population, entry.definition, entry.timepoint,
                    entry.grade, entry.text, entry.interval or None, int(entry.guessed_total), entry.converted or None,
                    line.basis or None, "; ".join(line.marks) or None, entry.finding_id, " ".join(entry.finding_ids),
                    " ".join(entry.differing) or None,
                )  # fmt: skip
                rows.append(tuple(plain(value, entry.finding_ids) for value in values))
    return Table(
        COMPARISON_COLUMNS, tuple(rows), f"{found.left.asked} against {found.right.asked}", (found.label, *found.notes)
    )


# ---- studies by outcomes ---------------------------------------------------------------------------------------


def outcomes(grid: compare.Grid) -> Table:
    """Studies by outcomes: a line for each study arm, a column for each outcome, empty where nothing was found."""

    def cell(found: compare.GridCell) -> Cell:
        ids = " ".join(f"[{f[:SHORT_ID]}]" for f in found.finding_ids[:1])
        text = f"{found.text} {ids}".strip()
        return Cell(found.text or None, text, found.finding_ids)

    rows = tuple(
        (
            *(plain(value or None) for value in (row.study, row.arm, row.intervention, row.condition)),
            *map(cell, row.cells),
        )
        for row in grid.rows
    )
    columns = ("study", "arm", "intervention", "condition", *(name for _, name in grid.outcomes))
    notes = (f"{grid.left_out} further outcomes found no column",) if grid.left_out else ()
    return Table(columns, rows, "", notes)


__all__ = [
    "COMPARISON_COLUMNS", "SHORT_ID", "Cell", "Row", "Table", "Value", "comparison", "comparison_entries", "evidence",
    "evidence_at_a_glance", "of_rows", "outcomes", "place", "plain", "table",
]  # fmt: skip
