"""Rows -> the points of a meta-analysis: one for each study arm (proportions) or comparison (ratios, differences).

A study counts once. What cannot stand with the others (another grade or timepoint, a figure off a curve, a denominator
that is not known, several arms against one control) is left out and named with its reason, never dropped in silence.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from trialtab import statistics, values
from trialtab.compare.cells import (
    Row,
    days,
    fold,
    off_a_curve,
    only_count,
    unit_text,
)
from trialtab.compare.contrast import what_text
from trialtab.compare.lines import Like, Placed, group_lines, settings_of, shown_first, time_of
from trialtab.compare.point import COUNTED, GUESSED, MEASURES, LeftOut, Point, Wanted
from trialtab.compare.printed_effects import Effect
from trialtab.compare.printed_points import level_of, printed_points
from trialtab.compare.sides import Side
from trialtab.errors import QuestionError
from trialtab.statistics import Estimate, Mean, Table2x2

_OF_COUNTS: Mapping[str, Callable[[Table2x2], Estimate]] = {
    "risk_ratio": statistics.risk_ratio,
    "odds_ratio": statistics.odds_ratio,
    "risk_difference": statistics.risk_difference,
}
_OF_MEANS: Mapping[str, Callable[[Mean, Mean], Estimate]] = {
    "mean_difference": statistics.mean_difference,
    "standardized_mean_difference": statistics.hedges_g,
}

Given = Mapping[tuple[str, str], str]
"""What the arms of each document were given, as `given_by` says."""

_Found = tuple[list[Point], list[LeftOut], str]


def points(
    placed: Sequence[Placed], printed: Sequence[Effect], given: Given, sides: Sequence[Side], wanted: Wanted
) -> _Found:  # fmt: skip
    """Points of one outcome's rows, what was left out, and the line they stand on in words ("patients, grade >=3").

    placed: rows of the outcome with study and arm (of proportions: of the sides asked for; else of all arms); printed:
    the effects that reports print of the outcome; given: what `given_by` makes of the arms.
    Raises QuestionError for an unknown measure, or where no row is of the grade or timepoint asked for.
    """
    if wanted.measure not in MEASURES:
        raise QuestionError(f"no measure {wanted.measure!r} to pool; there are {', '.join(MEASURES)}")
    rows = (*(one.row for one in placed), *(effect.row for effect in printed))
    document_of = {row["finding_id"]: row["document"] for row in rows}

    def compared(found: Sequence[Point]) -> list[Point]:
        return [replace(p, comparison=_comparison(p, document_of.get(p.finding_ids[0], ""), given)) for p in found]

    if wanted.measure == "proportion":
        of_arms, left_out, line = _proportions(placed, wanted)
        return compared(of_arms), left_out, line
    found: list[Point] = []
    left: list[LeftOut] = []
    what = ""
    if wanted.measure in _OF_COUNTS or wanted.measure in _OF_MEANS:
        found, left, what = _of_two_arms(placed, sides, wanted)
    met = {point.study for point in found}
    of_effects, more, said = printed_points(printed, sides, wanted, met)
    found += of_effects
    if wanted.measure == "mean_difference":
        found, unlike = _one_unit(found)
        more = [*more, *unlike]
    answered = {point.study for point in found}
    left = [one for one in left if one.study not in answered] + more
    return sorted(compared(found), key=lambda p: (fold(p.study), fold(p.label))), left, what or said


def _one_unit(found: Sequence[Point]) -> tuple[list[Point], list[LeftOut]]:
    """Points in the unit that most of them have; other times are converted, other units left out."""
    counted = Counter(point.unit for point in found)
    unit = min(counted, key=lambda name: (-counted[name], name), default="")
    kept: list[Point] = []
    left: list[LeftOut] = []
    for point in found:
        here, there = days(1.0, point.unit), days(1.0, unit)
        if point.unit == unit:
            kept.append(point)
        elif here is not None and there is not None:
            kept.append(_scaled(point, here / there, unit))
        else:
            why = f"in {point.unit or 'no unit'}: not pooled with {unit or 'no unit'}"
            left.append(LeftOut(point.study, point.label, why, point.finding_ids))
    return kept, left


def _scaled(point: Point, factor: float, unit: str) -> Point:
    one = point.estimate
    estimate = replace(
        one, value=factor * one.value, low=factor * one.low, high=factor * one.high,
        standard_error=factor * one.standard_error,
    )  # fmt: skip
    counts = tuple(n if at % 3 == 2 else factor * n for at, n in enumerate(point.counts))
    note = f"converted from {point.unit} to {unit} by 30.4375 days a month"
    return replace(point, estimate=estimate, counts=counts, notes=(*point.notes, note), unit=unit)


def given_by(arms: Sequence[Row]) -> Given:
    """(document, arm as printed or what was given) -> class of what was given, else its name; "" is the whole."""
    found: dict[tuple[str, str], str] = {}
    for arm in sorted(arms, key=lambda arm: arm["role"] != "overall"):
        name = arm["intervention_class"] or arm["intervention"] or arm["label"]
        found.setdefault((arm["document"], ""), name)
        for spelling in (arm["label"], arm["intervention"]):
            if spelling:
                found.setdefault((arm["document"], fold(spelling)), name)
    return found


def _comparison(point: Point, document: str, given: Given) -> str:
    return " vs ".join(given.get((document, fold(name)), name) for name in point.label.split(" vs "))


# ---- the line that most studies stand on -----------------------------------------------------------------------


def _line(placed: Sequence[Placed], wanted: Wanted, left: list[LeftOut]) -> tuple[list[Placed], str]:
    """The rows of one measure, grade and time: those asked for, else those of most studies; the others are left out."""
    lines = {like: group for like, group in group_lines(placed).items() if not like.serious}
    if not lines:
        return [], ""
    fitting = {
        like: group for like, group in lines.items() if _is_grade(like, wanted.grade) and _is_time(group, wanted)
    }
    if not fitting:
        asked = " ".join(filter(None, (f"grade {wanted.grade}" if wanted.grade else "", wanted.timepoint)))
        there = "; ".join(dict.fromkeys(what_text(like, group) for like, group in lines.items()))
        raise QuestionError(f"no figures of {asked}; there are: {there}")

    def rank(like: Like) -> tuple[int, bool, bool, str, int]:
        studies = {one.study for one in fitting[like]}
        return -len(studies), bool(like.grade), bool(like.time), like.grade, like.time

    best = min(fitting, key=rank)
    what = what_text(best, fitting[best])
    met = {one.study for one in fitting[best]}
    for like, group in lines.items():
        if like == best:
            continue
        by_study: dict[str, list[Placed]] = defaultdict(list)
        for one in group:
            if one.study not in met:
                by_study[one.study].append(one)
        said = what_text(like, group)
        for study, those in sorted(by_study.items()):
            ids = tuple(sorted({one.row["finding_id"] for one in those}))
            left.append(LeftOut(study, "", f"{said}: not pooled with {what}", ids))
    return fitting[best], what


def _is_grade(like: Like, grade: str | None) -> bool:
    return grade is None or like.grade == ("" if fold(grade) in ("any", "any grade", "") else fold(grade))


def _is_time(group: Sequence[Placed], wanted: Wanted) -> bool:
    if wanted.timepoint is None:
        return True
    parsed = values.timepoint(wanted.timepoint)
    asked = days(*parsed) if parsed else None
    for one in group:
        time = time_of(one.row)
        if asked is not None and isinstance(time, float):
            return math.isclose(time, asked, rel_tol=0.02)
        if fold(one.row["timepoint"]) == fold(wanted.timepoint):
            return True
    return False


# ---- proportions -----------------------------------------------------------------------------------------------


def _proportions(placed: Sequence[Placed], wanted: Wanted) -> _Found:
    counted = [
        one for one in placed
        if one.row["statistic"] in ("count", "proportion") and one.row["count_of"] in (None, "patients")
    ]  # fmt: skip
    left: list[LeftOut] = []
    curves = [one for one in counted if off_a_curve(one.row)]
    for study in sorted({one.study for one in curves}):
        ids = tuple(sorted({one.row["finding_id"] for one in curves if one.study == study}))
        left.append(LeftOut(study, "", "read off a curve: no n of N", ids))
    chosen, what = _line([one for one in counted if not off_a_curve(one.row)], wanted, left)
    found: list[Point] = []
    for (study, _, side), group in _by_arm(chosen).items():
        point, others = _proportion(group, study, side)
        left.extend(others)
        if point is not None:
            found.append(point)
    return sorted(found, key=lambda p: (p.side, fold(p.study), fold(p.label))), left, what


def _by_arm(placed: Iterable[Placed]) -> dict[tuple[str, str, int], list[Placed]]:
    found: dict[tuple[str, str, int], list[Placed]] = defaultdict(list)
    for one in placed:
        found[(one.study, fold(one.arm), one.side)].append(one)
    return dict(sorted(found.items()))


def _whole_first(group: Sequence[Placed]) -> list[list[Row]]:
    """Sayings of one arm, those of all its patients first; in each the row to be shown first."""
    settings = [sorted(setting, key=shown_first) for setting in settings_of(group)]
    settings.sort(key=lambda found: (bool(found[0].row["population"]), shown_first(found[0])))
    return [[one.row for one in setting] for setting in settings]


MOST_PATIENTS = 1e10
"""More than there are people: beyond it a number is none of patients."""


def counts_of(row: Row) -> tuple[int, int, tuple[str, ...]] | str:
    """Events, total and notes of a row of counted patients; else why there are none."""
    total = row["total"]
    if row["qualifier"] is not None:
        return f"a bound and no number: {row['qualifier']}"
    if total is None or total <= 0 or not float(total).is_integer():
        return "no denominator"
    if total > MOST_PATIENTS:
        return f"{total:g} is no number of patients"
    notes = [GUESSED] if row["total_source"] == "arm" else []
    events = row["events"]
    if events is None:
        events = only_count(row)
        notes.append(COUNTED)
    if events is None:
        return "a percentage that fits no one number of patients"
    if not 0 <= events <= total or not float(events).is_integer():
        return f"{events:g} of {total:g} is no proportion"
    return int(events), int(total), tuple(notes)


def _proportion(group: Sequence[Placed], study: str, side: int) -> tuple[Point | None, list[LeftOut]]:
    first = group[0]
    left: list[LeftOut] = []
    point = None
    for rows in _whole_first(group):
        ids = tuple(row["finding_id"] for row in rows)
        counts = next((c for c in map(counts_of, rows) if not isinstance(c, str)), None)
        if counts is None:
            why = str(counts_of(rows[0]))
        elif point is None:
            events, total, notes = counts
            low, high = statistics.wilson(events, total)
            share = events / total
            error = math.sqrt(share * (1 - share) / total)
            point = Point(
                study, first.arm, first.condition, side, f"{events}/{total}", (events, total),
                Estimate("proportion", share, low, high, error), ids, notes,
            )  # fmt: skip
            continue
        else:
            who = rows[0]["population"] or rows[0]["definition"] or "another figure"
            why = f"{who}: the arm counts once"
        left.append(LeftOut(study, first.arm, why, ids))
    return point, left


# ---- two arms of one study -------------------------------------------------------------------------------------


def _of_two_arms(placed: Sequence[Placed], sides: Sequence[Side], wanted: Wanted) -> _Found:
    left: list[LeftOut] = []
    if wanted.measure in _OF_COUNTS:
        usable = [
            one for one in placed
            if one.row["statistic"] in ("count", "proportion") and one.row["count_of"] in (None, "patients")
            and not off_a_curve(one.row)
        ]  # fmt: skip
    else:
        kinds = ("mean", "median") if wanted.from_medians else ("mean",)
        usable = [one for one in placed if one.row["statistic"] in kinds]
    usable = [one for one in usable if one.row["arm_role"] in ("intervention", "control") and one.row["arm_id"]]
    chosen, what = _line(usable, wanted, left)
    by_study: dict[str, dict[tuple[str, str], list[Placed]]] = defaultdict(lambda: defaultdict(list))
    for one in chosen:
        by_study[one.study][(one.row["document"], one.row["arm_id"])].append(one)
    found: list[Point] = []
    for study, arms in sorted(by_study.items()):
        pair, why = _pair(arms, sides)
        if pair is None:
            ids = tuple(sorted({one.row["finding_id"] for group in arms.values() for one in group}))
            left.append(LeftOut(study, "", why, ids))
            continue
        made = _contrast(study, arms[pair[0]], arms[pair[1]], wanted)
        if isinstance(made, Point):
            found.append(made)
        else:
            left.append(made)
    return found, left, what


_ArmKey = tuple[str, str]


def _pair(
    arms: Mapping[_ArmKey, Sequence[Placed]], sides: Sequence[Side]
) -> tuple[tuple[_ArmKey, _ArmKey] | None, str]:
    """The two arms of a study that are held against each other: by the sides asked for, else by their roles."""
    roles = {key: group[0].row["arm_role"] for key, group in arms.items()}
    of_side = [
        {(m.document, m.arm_id) for m in side.members if m.arm_id is not None and (m.document, m.arm_id) in arms}
        for side in sides
    ]
    controls = sorted(key for key, role in roles.items() if role == "control")
    given = sorted(key for key, role in roles.items() if role == "intervention")
    if of_side:
        given = sorted(of_side[0])
    if len(of_side) > 1:
        controls = sorted(of_side[1] - of_side[0])
    # Reports of one trial may each tell both arms: the document with both comes first by name.
    for document in sorted({key[0] for key in arms}):
        a, b = ([key for key in keys if key[0] == document] for keys in (given, controls))
        b = [key for key in b if key not in a]
        if len(a) == 1 and len(b) == 1:
            return (a[0], b[0]), ""
    if not given or not controls:
        return None, "only one arm tells it"
    return None, "several arms against one control: name one with --arm"


def _contrast(study: str, group_a: Sequence[Placed], group_b: Sequence[Placed], wanted: Wanted) -> Point | LeftOut:
    pair = [_whole_first(group)[0] for group in (group_a, group_b)]
    ids = tuple(row["finding_id"] for rows in pair for row in rows)
    label = " vs ".join(
        str(rows[0]["arm"] or group[0].arm) for rows, group in zip(pair, (group_a, group_b), strict=True)
    )
    read = [_figures(rows, wanted) for rows in pair]
    for one in read:
        if isinstance(one, str):
            return LeftOut(study, label, one, ids)
    units = {unit_text(rows[0]["unit"]) for rows in pair}
    if wanted.measure in _OF_MEANS and len(units) > 1:
        return LeftOut(study, label, f"the two arms are told in unlike units: {', '.join(sorted(units))}", ids)
    (a, notes_a), (b, notes_b) = (one for one in read if not isinstance(one, str))
    try:
        if isinstance(a, Mean) and isinstance(b, Mean):
            estimate = _OF_MEANS[wanted.measure](a, b)
            counts: tuple[float, ...] = (a.mean, a.sd, a.n, b.mean, b.sd, b.n)
            shown = f"{a.mean:.4g} (SD {a.sd:.3g}; {a.n}) v {b.mean:.4g} (SD {b.sd:.3g}; {b.n})"
        elif isinstance(a, tuple) and isinstance(b, tuple):
            counts = (*a, *b)
            estimate = _OF_COUNTS[wanted.measure](Table2x2(a[0], a[1], b[0], b[1]))
            shown = f"{a[0]}/{a[1]} v {b[0]}/{b[1]}"
        else:
            return LeftOut(study, label, "the two arms are told by unlike statistics", ids)
    except QuestionError as error:
        return LeftOut(study, label, str(error), ids)
    notes = tuple(dict.fromkeys((*notes_a, *notes_b, *([estimate.note] if estimate.note else []))))
    unit = unit_text(pair[0][0]["unit"])
    return Point(study, label, group_a[0].condition, 0, shown, counts, estimate, ids, notes, unit=unit)


_Figures = tuple[tuple[int, int] | Mean, tuple[str, ...]]


def _figures(rows: Sequence[Row], wanted: Wanted) -> _Figures | str:
    """What one arm brings: its counts, or its mean; else why not."""
    why = ""
    for row in rows:
        if wanted.measure in _OF_COUNTS:
            counts = counts_of(row)
            if not isinstance(counts, str):
                return (counts[0], counts[1]), counts[2]
            why = why or counts
        else:
            mean = mean_of(row, from_medians=wanted.from_medians)
            if not isinstance(mean, str):
                return mean, tuple(filter(None, (mean.source,)))
            why = why or mean
    return why


def mean_of(row: Row, *, from_medians: bool = False) -> Mean | str:
    """Mean, SD and n of a row, the SD also from an SE or a CI, both from a median where that is asked; else why not."""
    n = row["total"]
    if n is None or n < 1:
        return "no number of patients"
    n = int(n)
    try:
        if row["statistic"] == "mean" and row["value"] is not None:
            if row["sd"] is not None:
                return Mean(row["value"], row["sd"], n)
            if row["se"] is not None:
                return Mean(row["value"], statistics.sd_from_standard_error(row["se"], n), n, "SD from SE")
            if row["ci_low"] is not None and row["ci_high"] is not None:
                sd = statistics.sd_from_interval(row["ci_low"], row["ci_high"], n, level_of(row))
                return Mean(row["value"], sd, n, "SD from CI")
            if row["plus_minus"] is not None:
                return "a ± of which is not said whether it is SD or SE"
            return "no SD"
        if row["statistic"] == "median" and row["value"] is not None and from_medians:
            quartiles = row["q1"] is not None and row["q3"] is not None
            ends = row["range_low"] is not None and row["range_high"] is not None
            five = (row["range_low"], row["q1"], row["value"], row["q3"], row["range_high"])
            if quartiles and ends:
                return statistics.mean_from_five_numbers(*five, n)
            if quartiles:
                return statistics.mean_from_quartiles(*five[1:4], n)
            if ends:
                return statistics.mean_from_range(five[0], five[2], five[4], n)
            return "a median without quartiles or range"
    except QuestionError as error:
        return str(error)
    return "no mean"


__all__ = ["Given", "counts_of", "given_by", "mean_of", "points"]
