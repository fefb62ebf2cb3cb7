"""A meta-analysis of one outcome: its points in groups that may stand together, each group pooled, nothing hidden."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from trialtab import statistics
from trialtab.compare.cells import Row, fold
from trialtab.compare.contrast import overlap_notes
from trialtab.compare.grid import asked_outcome
from trialtab.compare.lines import comparable, outcome_key, outcome_name
from trialtab.compare.outcome_list import place
from trialtab.compare.point import LeftOut, Point, Wanted
from trialtab.compare.points import given_by, points
from trialtab.compare.printed_effects import effects
from trialtab.compare.sides import resolve
from trialtab.errors import QuestionError
from trialtab.model import Evidence
from trialtab.statistics import Interval, Pooled

ACROSS = "pooled over unlike {}"
"""What is said of a summary that the options allowed to be made of unlike studies."""

NAIVE_SIDES = "the sides are groups of different studies: their difference is naive and unadjusted"


@dataclass(frozen=True, slots=True)
class Options:
    """How to pool. method: of ratios and differences one of statistics.METHODS or "mantel-haenszel" (counts only), of
    proportions one of statistics.PROPORTION_METHODS; None: REML, and the logit-normal model."""

    method: str | None = None
    knapp_hartung: bool = False
    level: float = 0.95
    across_conditions: bool = False
    across_comparisons: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What the points of a group say together, on the scale on which they are printed; tau2 on that of the model."""

    method: str
    value: float
    low: float
    high: float
    studies: int
    patients: int | None
    tau2: float
    i2: float | None = None
    q: float | None = None
    q_p: float | None = None
    p: float | None = None
    prediction: Interval | None = None
    weights: tuple[float, ...] = ()
    knapp_hartung: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Points that may be pooled: of one side and condition. summary None: `why` says why."""

    name: str
    side: str
    condition: str | None
    points: tuple[Point, ...]
    summary: Summary | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Synthesis:
    """One outcome by one measure. what: the line of the points in words; left_out: what is not among them, and why."""

    outcome: str
    outcome_id: str | None
    measure: str
    what: str
    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    options: Options = field(default_factory=Options)

    @property
    def is_ratio(self) -> bool:
        """Does no effect stand at 1, on a log scale?"""
        return self.measure.endswith("_ratio")


def synthesis(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row], outcome: str, wanted: Wanted,
    asked: Sequence[str] = (), options: Options | None = None,
) -> Synthesis:  # fmt: skip
    """Points of an outcome in groups, each pooled where it has two or more studies.

    asked: of proportions the sides whose arms are shown, of comparisons the intervention and its comparator. Studies in
    unlike conditions, and unlike interventions or comparisons where none is asked for, are pooled apart, unless options
    say otherwise. Raises QuestionError for an outcome, side, measure or method that is not there, and where no study
    has a point (with the reasons).
    """
    options = options or Options()
    of_proportions = wanted.measure == "proportion"
    _check_method(options.method, of_proportions)
    kept = comparable(rows)
    placed, sides = place(kept, arms, documents, asked if of_proportions else ())
    if not of_proportions:
        sides = tuple(resolve(name, arms, documents) for name in asked)
    shown = [one.row for one in placed] if of_proportions else kept
    names = {outcome_key(row): outcome_name(row["outcome_id"], row["outcome"]) for row in shown}
    key = asked_outcome(outcome, names)
    own = [row for row in shown if outcome_key(row) == key]
    of_it = [one for one in placed if outcome_key(one.row) == key]
    found, left, what = points(of_it, effects(own, documents), given_by(arms), sides, wanted)
    if not found:
        reasons = "; ".join(f"{why}: {whose}" for why, whose in by_reason(left, 3)) or "no row has these figures"
        raise QuestionError(f"{names[key]}: nothing to pool as {wanted.measure.replace('_', ' ')} ({reasons})")
    side_names = tuple(side.asked for side in sides) if of_proportions else ()
    groups = groups_of(found, side_names, options if not asked else replace(options, across_comparisons=True))
    notes = []
    if len({group.side for group in groups}) > 1:
        notes.append(NAIVE_SIDES)
    given = "interventions" if of_proportions else "comparisons"
    for group in groups:
        conditions = {point.condition or "condition not known" for point in group.points}
        comparisons = set() if asked else {point.comparison for point in group.points}
        for kind, unlike in (("conditions", conditions), (given, comparisons)):
            if len(unlike) > 1 and group.summary is not None:
                notes.append(f"{ACROSS.format(kind)}: {'; '.join(sorted(unlike, key=fold))}")
    pooled = {point.study for group in groups if group.summary is not None for point in group.points}
    notes += overlap_notes(pooled, documents, arms)
    return Synthesis(
        names[key], own[0]["outcome_id"], wanted.measure, what, groups, tuple(left), tuple(dict.fromkeys(notes)),
        options,
    )  # fmt: skip


def by_reason(left: Sequence[LeftOut], most: int = 12) -> list[tuple[str, str]]:
    """Reasons for which something was left out, each with the studies; of more than `most` the number is told."""
    found: dict[str, dict[str, None]] = {}
    for one in left:
        found.setdefault(one.why, {})[f"{one.study}{f', {one.label}' if one.label else ''}"] = None
    reasons = []
    for why, names in found.items():
        more = f" and {len(names) - most} more" if len(names) > most else ""
        reasons.append((why, f"{'; '.join(list(names)[:most])}{more}"))
    return reasons


def _check_method(method: str | None, of_proportions: bool) -> None:
    known = statistics.PROPORTION_METHODS if of_proportions else (*statistics.METHODS, "mantel-haenszel")
    if method is not None and method not in known:
        raise QuestionError(f"no method {method!r} here; there are {', '.join(known)}")


def groups_of(found: Sequence[Point], sides: Sequence[str], options: Options) -> tuple[Group, ...]:
    """Points by side, condition and comparison, each group pooled where it can be; sides: names, of proportions."""
    keys: dict[tuple[int, str, str], list[Point]] = {}
    for point in found:
        condition = "" if options.across_conditions else fold(point.condition) or "condition not known"
        comparison = "" if options.across_comparisons else fold(point.comparison)
        keys.setdefault((point.side, condition, comparison), []).append(point)
    several = len(keys) > 1
    groups = []
    for (side, condition, comparison), those in sorted(
        keys.items(), key=lambda item: (item[0][0], -len(item[1]), item[0])
    ):
        asked = sides[side] if sides else ""
        named = (those[0].condition or "condition not known") if condition else ""
        name = ", ".join(filter(None, (asked, named, those[0].comparison if comparison else "")))
        studies = {point.study for point in those}
        summary, why = None, "one study alone"
        if len(studies) > 1 and not sides and those[0].estimate.measure == "proportion" and _mixed(those):
            why = "several arms of one study: name a class or an intervention to pool"
        elif len(studies) > 1:
            summary, why = _summary(those, options)
        groups.append(Group(name if several or asked else "", asked, named or None, tuple(those), summary, why))
    return tuple(groups)


def _mixed(those: Sequence[Point]) -> bool:
    return len({point.study for point in those}) < len(those)


def _summary(those: Sequence[Point], options: Options) -> tuple[Summary | None, str]:
    try:
        if those[0].estimate.measure == "proportion":
            return _of_proportions(those, options), ""
        return _of_effects(those, options), ""
    except QuestionError as error:
        return None, str(error)


def _of_proportions(those: Sequence[Point], options: Options) -> Summary:
    events, totals = ([point.counts[i] for point in those] for i in (0, 1))
    found = statistics.pool_proportions(events, totals, method=options.method or "glmm", level=options.level)
    return Summary(
        found.method, found.estimate, found.low, found.high, found.studies, int(sum(totals)), found.tau2, found.i2,
        prediction=found.prediction,
    )  # fmt: skip


def _of_effects(those: Sequence[Point], options: Options) -> Summary:
    measure = those[0].estimate.measure
    sizes = [_patients(point) for point in those]
    patients = sum(size for size in sizes if size is not None) if None not in sizes else None
    if options.method == "mantel-haenszel":
        if any(len(point.counts) != 4 for point in those):
            raise QuestionError("Mantel and Haenszel's method needs the counts of both arms in every study")
        tables = [statistics.Table2x2(*map(int, point.counts)) for point in those]
        found = statistics.mantel_haenszel(tables, measure, level=options.level)
    else:
        found = statistics.pool(
            [point.estimate.effect for point in those], [point.estimate.standard_error for point in those],
            method=options.method or "reml", knapp_hartung=options.knapp_hartung, level=options.level,
        )  # fmt: skip
    return _printed_scale(found, measure.endswith("_ratio"), patients)


def _patients(point: Point) -> int | None:
    if len(point.counts) == 4:
        return int(point.counts[1] + point.counts[3])
    return int(point.counts[2] + point.counts[5]) if len(point.counts) == 6 else None


def _printed_scale(found: Pooled, is_ratio: bool, patients: int | None) -> Summary:
    def scale(value: float) -> float:
        return math.exp(value) if is_ratio else value

    prediction = None if found.prediction is None else (scale(found.prediction[0]), scale(found.prediction[1]))
    return Summary(
        found.method, scale(found.estimate), scale(found.low), scale(found.high), found.studies, patients, found.tau2,
        found.i2, found.q, found.q_p, found.p, prediction, found.weights, found.knapp_hartung,
    )  # fmt: skip


__all__ = ["ACROSS", "NAIVE_SIDES", "Group", "Options", "Summary", "Synthesis", "by_reason", "groups_of", "synthesis"]
