"""Printed effects as points of a meta-analysis: one for each study, the others named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from trialtab import statistics
from trialtab.compare.cells import (
    MEASURE_NAMES,
    RATIO_NAMES,
    Row,
    fold,
    number_text,
    unit_text,
)
from trialtab.compare.point import NO_LEVEL, PRINTED, LeftOut, Point, Wanted
from trialtab.compare.printed_effects import Effect
from trialtab.compare.sides import Side
from trialtab.errors import QuestionError

_FROM_COUNTS = frozenset({"risk_ratio", "odds_ratio", "risk_difference"})
_Found = tuple[list[Point], list[LeftOut], str]


def level_of(row: Row) -> float:
    """The level of a row's interval as a fraction; 0.95 where it is not printed."""
    level = row["ci_level"]
    if level is None:
        return 0.95
    return float(level if level < 1 else level / 100)


def printed_points(printed: Sequence[Effect], sides: Sequence[Side], wanted: Wanted, met: set[str]) -> _Found:
    """Printed effects of an outcome, one for each study that has none yet; of the sides asked for, where any are."""
    found: list[Point] = []
    left: list[LeftOut] = []
    by_study: dict[str, list[tuple[Row, tuple[str, ...], str, str | None]]] = defaultdict(list)
    for effect in printed:
        if effect.measure != wanted.measure or effect.study in met or not _of_sides(effect.row, sides):
            continue
        label = " vs ".join(filter(None, (effect.arm, effect.comparator)))
        by_study[effect.study].append((effect.row, effect.finding_ids, label, effect.condition))
    what = MEASURE_NAMES.get(wanted.measure, wanted.measure)
    for study, those in sorted(by_study.items()):
        point: Point | None = None
        for row, ids, label, condition in sorted(those, key=lambda one: _main_first(one[0], wanted)):
            if point is not None:
                left.append(LeftOut(study, label, f"{number_text(row['value'], row['quote'])}: another figure", ids))
                continue
            made = _printed_point(row, ids, label, condition, study)
            if isinstance(made, Point):
                point = made
            else:
                left.append(made)
        if point is not None:
            found.append(point)
    return found, left, what


def _main_first(row: Row, wanted: Wanted) -> tuple[object, ...]:
    """The figure of all patients, at the time asked for, in the abstract before a subgroup's further on."""
    other_time = wanted.timepoint is not None and fold(row["timepoint"]) != fold(wanted.timepoint)
    interval = row["ci_low"] is None or row["ci_high"] is None
    return other_time, interval, bool(row["population"]), row["document"], row["start"], row["finding_id"]


def _of_sides(row: Row, sides: Sequence[Side]) -> bool:
    """Is the effect one of the first side (against the second)? Without sides every effect is."""
    if not sides:
        return True
    mine = {(m.document, m.arm_id) for m in sides[0].members} | {(m.document, fold(m.label)) for m in sides[0].members}
    if (row["document"], row["arm_id"]) not in mine and (row["document"], fold(row["arm"])) not in mine:
        return False
    if len(sides) == 1:
        return True
    theirs = {(m.document, fold(m.label)) for m in sides[1].members} | {
        (m.document, fold(m.intervention)) for m in sides[1].members
    }
    return (row["document"], fold(row["comparator"])) in theirs


def _in_percent(row: Row) -> bool:
    """Is a difference of risks printed in percent? By its unit, else since no fraction is beyond 1."""
    return "percent" in (row["unit"] or "") or row["unit"] == "%" or any(
        abs(row[name]) > 1 for name in ("value", "ci_low", "ci_high")
    )  # fmt: skip


def _printed_point(
    row: Row, ids: tuple[str, ...], label: str, condition: str | None, study: str
) -> Point | LeftOut:  # fmt: skip
    if row["ci_low"] is None or row["ci_high"] is None:
        return LeftOut(study, label, "no interval is printed", ids)
    if row["statistic"] == "risk_difference" and _in_percent(row):
        row = dict(row) | {name: row[name] / 100 for name in ("value", "ci_low", "ci_high")}
    try:
        estimate = statistics.estimate_from_interval(
            row["statistic"], row["value"], row["ci_low"], row["ci_high"], level_of(row)
        )
    except QuestionError as error:
        return LeftOut(study, label, str(error), ids)
    notes: tuple[str, ...] = (
        (PRINTED,) if row["statistic"] not in RATIO_NAMES or row["statistic"] in _FROM_COUNTS else ()
    )
    notes += (NO_LEVEL,) if row["ci_level"] is None else ()
    unit = unit_text(row["unit"])
    return Point(study, label, condition, 0, "", (), replace(estimate, level=0.95), ids, notes, unit=unit)


__all__ = ["level_of", "printed_points"]
