"""The table of effects: what reports print of hazard, odds, risk and rate ratios and of differences."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from trialtab import compare
from trialtab.views.base import SHORT_ID, Cell, Footnotes, Table, Value, plain, without_empty_columns

SEVERAL = "the study prints more than one figure for this measure and comparison: each has a line of its own"
NO_LEVEL = "the level of the interval is not printed with it; 95% is usual"
NOT_RANDOMISED = "the document does not say that patients were allocated at random"
_INTERVAL = ("ci_level", "ci_low", "ci_high")


def effects(found: Sequence[compare.Effect], *, for_machines: bool = False) -> Table:
    """Effects by outcome and measure, each with its comparison, interval and p-value."""
    return _for_machines(found) if for_machines else _for_people(found)


def _percent(level: float) -> float:
    return 100 * level if level <= 1 else level


def _for_people(found: Sequence[compare.Effect]) -> Table:
    notes = Footnotes()
    rows: list[tuple[Cell, ...]] = []
    groups = []
    for outcome, lines in groupby(found, key=lambda one: (one.outcome_id, one.outcome)):
        before = len(rows)
        for one in lines:
            row = one.row
            marks = [SEVERAL] if one.others else []
            marks += [] if one.randomised else [NOT_RANDOMISED]
            if row["ci_low"] is not None and row["ci_level"] is None:
                marks.append(NO_LEVEL)
            name = compare.MEASURE_NAMES.get(one.measure, one.measure)
            shown = compare.number_text(row["value"], row["quote"])
            unit = compare.unit_text(row["unit"])
            unit = unit if unit == "%" else f" {unit}" if unit else ""
            p = "" if row["p_value"] is None else f"{row['p_relation'] or '='}{row['p_value']:g}".removeprefix("=")
            against = " vs ".join(filter(None, (one.arm, one.comparator)))
            texts = (
                outcome[1] if len(rows) == before else "", one.study, against, name,
                f"{shown}{unit}{compare.interval_text(row)}{notes.mark(*marks)}", p, row["timepoint"] or "",
                row["population"] or "", row["finding_id"][:SHORT_ID],
            )  # fmt: skip
            values: tuple[Value, ...] = (*texts[:4], row["value"], p, *texts[6:])
            rows.append(
                tuple(Cell(v if v != "" else None, t, one.finding_ids) for v, t in zip(values, texts, strict=True))
            )
        groups.append(len(rows) - before)
    columns = ("outcome", "study", "comparison", "measure", "estimate (CI)", "p", "timepoint", "population", "finding")
    return without_empty_columns(
        Table(columns, tuple(rows), "Effects as the reports print them", (), notes.keys(), tuple(groups))
    )


def _for_machines(found: Sequence[compare.Effect]) -> Table:
    columns = ("outcome", "outcome_id", "outcome_class", "study", "condition", "randomised", "arm", "comparator",
               "measure", "estimate", "unit", *_INTERVAL, "p_relation", "p_value", "timepoint", "grade", "population",
               "definition", "other_figures", "finding_id", "finding_ids")  # fmt: skip
    rows = []
    for one in found:
        row = one.row
        values: tuple[Value, ...] = (
            one.outcome, one.outcome_id, one.outcome_class, one.study, one.condition, int(one.randomised),
            one.arm or None, one.comparator or None, one.measure, row["value"], row["unit"],
            *(row[name] for name in _INTERVAL), row["p_relation"], row["p_value"], row["timepoint"], row["grade"],
            row["population"], row["definition"], one.others, row["finding_id"], " ".join(one.finding_ids),
        )  # fmt: skip
        rows.append(tuple(plain(value, one.finding_ids) for value in values))
    return Table(columns, tuple(rows), "Effects as the reports print them")
