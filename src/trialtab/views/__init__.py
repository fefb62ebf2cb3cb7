"""Rows -> a table of cells, each cell knowing its finding ids: what every command shows and every export writes.

A view decides what is shown, not how: columns, order and cell texts are here, borders and quoting in export/.
"""

from __future__ import annotations

from trialtab.views.base import SHORT_ID, Cell, Row, Table, Value, of_rows, plain, table, without_empty_columns
from trialtab.views.contrast import COMPARISON_COLUMNS, comparison, comparison_entries
from trialtab.views.grid import outcomes, outcomes_at_a_glance
from trialtab.views.rows import evidence, evidence_at_a_glance, place

__all__ = [
    "COMPARISON_COLUMNS", "SHORT_ID", "Cell", "Row", "Table", "Value", "comparison", "comparison_entries", "evidence",
    "evidence_at_a_glance", "of_rows", "outcomes", "outcomes_at_a_glance", "place", "plain", "table",
    "without_empty_columns",
]  # fmt: skip
