"""Rows of the evidence table, whole for machines and at a glance for people."""

from __future__ import annotations

from collections.abc import Sequence

from trialtab import compare
from trialtab.views.base import SHORT_ID, Cell, Row, Table, of_rows, place, without_empty_columns


def evidence(rows: Sequence[Row], columns: Sequence[str]) -> Table:
    """Rows of the view `evidence`, all columns: for machines."""
    return of_rows(rows, columns)


def evidence_at_a_glance(rows: Sequence[Row]) -> Table:
    """Rows of the view `evidence` as a person reads them: numbers in one cell, place in one cell."""

    def cells(row: Row) -> tuple[Cell, ...]:
        ids = (str(row["finding_id"]),)
        outcome = compare.outcome_name(row["outcome_id"], row["outcome"])
        if row["grade"]:
            outcome += f", grade {row['grade']}" if str(row["grade"])[-1:].isdigit() else f", {row['grade']}"
        state = "" if row["status"] == "proposed" else str(row["status"])
        marks = ", ".join(filter(None, (state, f"fails {row['checks']}" if row["checks"] else "")))
        arm = "; ".join(filter(None, (row["arm"] if row["arm"] != "overall" else "", row["population"])))
        shown = (
            row["study"], outcome, compare.cell_text(row), arm, row["timepoint"] or "", place(row), marks,
            str(row["finding_id"])[:SHORT_ID],
        )  # fmt: skip
        return tuple(Cell(text, text, ids) for text in (" ".join(part.split()) for part in shown))

    columns = ("study", "outcome", "result", "arm", "timepoint", "place", "marks", "finding")
    return without_empty_columns(Table(columns, tuple(map(cells, rows))))
