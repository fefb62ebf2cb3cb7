"""Which rows may be contrasted, and the contrast: two sides, outcome by outcome; and studies by outcomes.

A side is a class of interventions ("CD19 CAR T"), an intervention or a study. Nothing is pooled and nothing unlike is
merged: other timepoints, grades, units and ways of counting stand on lines of their own, other populations and
definitions are entries of their own, other conditions are marked. Every entry carries the ids of the findings it
shows and of those it stands for.

Rows, arms and documents are mappings with the columns of the evidence table, as the store gives them; `from_records`
makes them from what was read, without a database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from trialtab.compare.cells import (
    MEASURE_NAMES,
    RATIO_NAMES,
    TIME_UNITS,
    Row,
    cell_text,
    converted_text,
    days,
    interval_text,
    number_text,
    off_a_curve,
    unit_text,
    wilson_text,
)
from trialtab.compare.contrast import NAIVE, RANDOMISED, WITHIN, Comparison, Line, compare
from trialtab.compare.effect_directions import Direction, DirectionTable, directions, of_effect
from trialtab.compare.event_terms import BINS, EventArm, EventCell, EventLine, EventTable, adverse_events
from trialtab.compare.grid import Grid, GridCell, GridRow, asked_outcome, outcome_keys, outcomes_table
from trialtab.compare.grouping import key_of, one_study
from trialtab.compare.lines import CLASSES, Entry, Like, outcome_key, outcome_name
from trialtab.compare.meta_analysis import Group, Options, Summary, Synthesis, by_reason, synthesis
from trialtab.compare.outcome_list import Listed, class_rank, listing
from trialtab.compare.patient_lines import Patient, PatientCell, Patients, patient_number, patients
from trialtab.compare.point import MEASURES, LeftOut, Point, Wanted
from trialtab.compare.points import counts_of, mean_of
from trialtab.compare.printed_effects import EFFECTS, Effect, effects
from trialtab.compare.registry_rows import (
    AGREES,
    DIFFERS,
    REGISTRY_ONLY,
    REPORT_ONLY,
    Confronted,
    confront,
    only_both,
)
from trialtab.compare.reports import KINDS, Overlap, Report, overlaps, report_of, why_first
from trialtab.compare.sides import Member, Side, nearest_names, resolve
from trialtab.compare.studies_of import StudyDocument, StudyGroup, study_groups
from trialtab.compare.study_arms import FACTS, Facts, StudyArm, characteristics
from trialtab.compare.summary_lines import Absolute, SummaryLine, SummaryOfFindings, summary_of_findings
from trialtab.model import Record


def from_records(records: Iterable[Record]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows, arms and documents of what was read, in the form that the functions of this room take."""
    rows: list[dict[str, Any]] = []
    arms: list[dict[str, Any]] = []
    documents: list[dict[str, Any]] = []
    for record in records:
        key = {"study": record.study, "document": record.document.name, "document_id": record.document.document_id}
        rows.extend(asdict(row) for row in record.rows)
        arms.extend({**asdict(arm), **key} for arm in record.arms)
        documents.append({**key, "condition": record.condition, "design": record.design})
    return rows, arms, documents


__all__ = [
    "AGREES", "BINS", "CLASSES", "DIFFERS", "EFFECTS", "FACTS", "KINDS", "MEASURES", "MEASURE_NAMES", "NAIVE",
    "RANDOMISED", "RATIO_NAMES", "REGISTRY_ONLY", "REPORT_ONLY", "TIME_UNITS", "WITHIN", "Absolute", "Comparison",
    "Confronted", "Direction", "DirectionTable", "Effect", "Entry", "EventArm", "EventCell", "EventLine",
    "EventTable", "Facts", "Grid", "GridCell", "GridRow", "Group", "LeftOut", "Like", "Line", "Listed", "Member",
    "Options", "Overlap", "Patient", "PatientCell", "Patients", "Point", "Report", "Row", "Side", "StudyArm",
    "StudyDocument", "StudyGroup", "Summary", "SummaryLine", "SummaryOfFindings", "Synthesis", "Wanted",
    "adverse_events", "asked_outcome", "by_reason", "cell_text", "characteristics", "class_rank", "compare",
    "confront", "converted_text", "counts_of", "days", "directions", "effects", "from_records", "interval_text",
    "key_of", "listing", "mean_of", "nearest_names", "number_text", "of_effect", "off_a_curve", "one_study",
    "only_both", "outcome_key", "outcome_keys", "outcome_name", "outcomes_table", "overlaps", "patient_number",
    "patients", "report_of", "resolve", "study_groups", "summary_of_findings", "synthesis", "unit_text",
    "why_first", "wilson_text",
]  # fmt: skip
