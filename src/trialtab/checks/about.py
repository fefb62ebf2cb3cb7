"""What a row is, as every check asks it, and the line that a check leaves."""

from __future__ import annotations

import math
from collections.abc import Hashable

from trialtab.model import Check, Evidence

RATIOS = frozenset({"hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio"})
DIFFERENCES = frozenset({"mean_difference", "risk_difference", "standardized_mean_difference"})
EFFECTS = RATIOS | DIFFERENCES

CURVE_CLASSES = frozenset({"survival", "time_to_event", "remission_duration", "relapse", "mortality"})
"""Classes whose percentage at a timepoint is read from a curve (Kaplan-Meier, cumulative incidence), not n/N."""

COUNT_UNITS = frozenset(
    {"count", "counts", "{count}", "{events}", "{episodes}", "event", "events", "episode", "episodes"}
)
POINT_UNITS = frozenset({"point", "points", "{score}", "{points}", "[score]", "score"})


def derived(row: Evidence) -> frozenset[str]:
    return frozenset(name.strip() for name in (row.derived or "").split(",") if name.strip())


def guessed_total(row: Evidence) -> bool:
    return row.total_source not in ("explicit", "header")


def off_a_curve(row: Evidence) -> bool:
    """A survival or cumulative-incidence percentage at a timepoint: its N is no denominator."""
    return row.outcome_class in CURVE_CLASSES and (row.timepoint is not None or row.outcome_class == "survival")


def counts_patients(row: Evidence) -> bool:
    return row.count_of in (None, "patients")


def whole(number: float | None) -> bool:
    return number is not None and math.isfinite(number) and number == int(number)


Setting = tuple[Hashable, ...]


def outcome_of(row: Evidence) -> str | None:
    return row.outcome_id or (row.outcome.casefold().strip() if row.outcome else None)


def arm_of(row: Evidence) -> str | None:
    return row.arm_id or (row.arm.casefold().strip() if row.arm else None)


def setting(row: Evidence) -> Setting:
    """What must agree, the arm apart, before two rows may be held against each other."""
    time: Hashable = (row.timepoint_value, row.timepoint_unit) if row.timepoint_value is not None else row.timepoint
    population = row.population.casefold() if row.population else None
    return (outcome_of(row), time, population, row.serious, row.definition)


def line(
    row: Evidence, check: str, result: str, expected: str = "", observed: str = "", tolerance: str = "",
    note: str = "", *, other: Evidence | None = None,
) -> Check:  # fmt: skip
    """A check's line about a row; other: the row that it was held against, where there is one."""
    return Check(
        finding_id=row.finding_id, check=check, result=result, expected=expected, observed=observed,
        tolerance=tolerance, note=note, other_id=other.finding_id if other else None,
    )  # fmt: skip


def unknown(row: Evidence, check: str, note: str) -> Check:
    return line(row, check, "not_checkable", note=note)


def show(number: float) -> str:
    return f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}"
