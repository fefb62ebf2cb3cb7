"""Rows -> a table of cells, each cell knowing its finding ids: what every command shows and every export writes.

A view decides what is shown, not how: columns, order and cell texts are here, borders and quoting in export/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialtab import lazy

if TYPE_CHECKING:
    from trialtab.views.base import (
        SHORT_ID,
        SUPERSCRIPTS,
        Cell,
        Footnotes,
        Reference,
        Row,
        Table,
        Value,
        of_rows,
        place,
        plain,
        reference,
        table,
        with_columns,
        with_references,
        without_empty_columns,
    )
    from trialtab.views.check_list import VERDICTS, agreement, check_counts, check_report, checks
    from trialtab.views.contrast import COMPARISON_COLUMNS, UNLIKE, comparison, comparison_entries
    from trialtab.views.direction_table import directions, studies
    from trialtab.views.event_terms import MOST_ARMS, adverse_events
    from trialtab.views.findings import patients, summary_of_findings
    from trialtab.views.grid import outcomes, outcomes_at_a_glance
    from trialtab.views.judgements import Judgements, read_judgements, with_judgements
    from trialtab.views.outcome_list import one_outcome
    from trialtab.views.pooled import heterogeneity, interval, meta_analysis, method_of, number, title_of
    from trialtab.views.printed_effects import effects
    from trialtab.views.registry_rows import registry_rows
    from trialtab.views.rows import evidence, evidence_at_a_glance
    from trialtab.views.study_arms import characteristics

_HOMES = {
    "base": (
        "SHORT_ID",
        "SUPERSCRIPTS",
        "Cell",
        "Footnotes",
        "Reference",
        "Row",
        "Table",
        "Value",
        "of_rows",
        "place",
        "plain",
        "reference",
        "table",
        "with_columns",
        "with_references",
        "without_empty_columns",
    ),
    "check_list": ("VERDICTS", "agreement", "check_counts", "check_report", "checks"),
    "contrast": ("COMPARISON_COLUMNS", "UNLIKE", "comparison", "comparison_entries"),
    "direction_table": ("directions", "studies"),
    "event_terms": ("MOST_ARMS", "adverse_events"),
    "findings": ("patients", "summary_of_findings"),
    "grid": ("outcomes", "outcomes_at_a_glance"),
    "judgements": ("Judgements", "read_judgements", "with_judgements"),
    "pooled": ("heterogeneity", "interval", "meta_analysis", "method_of", "number", "title_of"),
    "outcome_list": ("one_outcome",),
    "printed_effects": ("effects",),
    "registry_rows": ("registry_rows",),
    "rows": ("evidence", "evidence_at_a_glance"),
    "study_arms": ("characteristics",),
}
__getattr__ = lazy.names(__name__, _HOMES)


__all__ = [
    "COMPARISON_COLUMNS", "MOST_ARMS", "SHORT_ID", "SUPERSCRIPTS", "UNLIKE", "VERDICTS", "Cell", "Footnotes",
    "Judgements", "Reference", "Row", "Table", "Value", "adverse_events", "agreement", "characteristics",
    "check_counts", "check_report", "checks", "comparison", "comparison_entries", "directions", "effects", "evidence",
    "evidence_at_a_glance", "heterogeneity", "interval", "meta_analysis", "method_of", "number", "of_rows",
    "one_outcome", "outcomes", "outcomes_at_a_glance", "patients", "place", "plain", "read_judgements", "reference",
    "registry_rows", "studies", "summary_of_findings", "table", "title_of", "with_columns", "with_judgements",
    "with_references", "without_empty_columns",
]  # fmt: skip
