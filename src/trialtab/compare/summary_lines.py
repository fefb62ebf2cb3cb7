"""A summary of findings: a few outcomes of one comparison, each with its relative and its absolute effect."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trialtab.compare.cells import Row, fold
from trialtab.compare.contrast import randomised_studies
from trialtab.compare.grid import asked_outcome
from trialtab.compare.lines import Placed, comparable, outcome_key, outcome_name
from trialtab.compare.meta_analysis import Group, Options, groups_of
from trialtab.compare.outcome_list import class_rank, place
from trialtab.compare.point import LeftOut, Point, Wanted
from trialtab.compare.points import Given, given_by, points
from trialtab.compare.printed_effects import Effect, effects
from trialtab.compare.sides import Side, resolve
from trialtab.errors import QuestionError
from trialtab.model import Evidence

MOST = 7
"""Outcomes of a summary of findings: Cochrane Handbook 6.5, section 14.1.3."""

_MEASURES = (
    "risk_ratio",
    "hazard_ratio",
    "mean_difference",
    "standardized_mean_difference",
    "odds_ratio",
    "rate_ratio",
)
_NOT_OUTCOMES = frozenset({"enrollment", "follow_up", "other"})


@dataclass(frozen=True, slots=True)
class Absolute:
    """Patients of a thousand: with the comparator, and with the intervention (low and high by the relative effect)."""

    comparator: float
    intervention: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One outcome of a comparison. value, low, high: the relative effect or the difference, pooled where several
    studies tell it; absolute None: no counts, or no event with the comparator; participants None: not told by all
    of the studies."""

    outcome: str
    outcome_id: str | None
    what: str
    condition: str | None
    comparison: str
    measure: str
    value: float
    low: float
    high: float
    absolute: Absolute | None
    participants: int | None
    studies: tuple[str, ...]
    randomised: bool
    finding_ids: tuple[str, ...]
    why: str = ""


@dataclass(frozen=True, slots=True)
class SummaryOfFindings:
    """Lines of at most MOST outcomes; left_out: by outcome, what is not in them and why; further: how many more
    outcomes the studies tell."""

    lines: tuple[SummaryLine, ...]
    left_out: tuple[tuple[str, LeftOut], ...]
    further: int = 0


def summary_of_findings(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row], *, outcomes: Sequence[str] = (),
    asked: Sequence[str] = (), options: Options | None = None,
) -> SummaryOfFindings:  # fmt: skip
    """Outcomes asked for, else those that most studies tell, each by the first measure that its figures allow.

    asked: the intervention, and its comparator. A risk ratio comes from the counts of both arms, and with it the
    absolute effect: the comparator's risk is that of all its patients, the intervention's is that times the ratio.
    Raises QuestionError where a name is not known, more than MOST outcomes are asked for, or nothing can be told.
    """
    if len(outcomes) > MOST:
        raise QuestionError(f"a summary of findings has at most {MOST} outcomes, not {len(outcomes)}")
    options = options or Options()
    kept = [row for row in comparable(rows) if row["outcome_class"] not in _NOT_OUTCOMES or outcomes]
    placed, _ = place(kept, arms, documents)
    sides = tuple(resolve(name, arms, documents) for name in asked)
    names = {outcome_key(row): outcome_name(row["outcome_id"], row["outcome"]) for row in kept}
    by_outcome: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        by_outcome[outcome_key(one.row)].append(one)
    printed: dict[str, list[Effect]] = defaultdict(list)
    for effect in effects(kept, documents):
        printed[outcome_key(effect.row)].append(effect)
    classes: dict[str, Counter[str | None]] = defaultdict(Counter)
    for row in kept:
        classes[outcome_key(row)][row["outcome_class"]] += 1
    wanted = list(dict.fromkeys(asked_outcome(name, names) for name in outcomes)) or sorted(
        (key for key in names if not key.startswith("'")), key=lambda key: (fold(names[key]), key)
    )
    given = given_by(arms)
    found = {key: _told(by_outcome[key], printed[key], given, sides) for key in wanted}
    told = {key: those for key, those in found.items() if those is not None}
    if not told:
        raise QuestionError("no outcome of these studies has figures of two arms, or an effect with its interval")
    chosen = list(told)
    if not outcomes:
        ranks = {key: _class(classes[key]) for key in told}
        best = sorted(told, key=lambda key: (-len({point.study for point in told[key].points}), ranks[key], key))
        chosen = sorted(best[:MOST], key=lambda key: (ranks[key], fold(names[key]), key))
    randomised = randomised_studies(documents)
    pooled = replace(options, method=None, across_comparisons=bool(sides))
    return SummaryOfFindings(
        tuple(
            _line(group, names[key], told[key], randomised)
            for key in chosen
            for group in groups_of(told[key].points, (), pooled)
        ),
        tuple((names[key], left) for key in chosen for left in told[key].left_out),
        len(told) - len(chosen),
    )


def _class(counted: Counter[str | None]) -> int:
    return min(class_rank(name) for name, n in counted.items() if n == max(counted.values()))


@dataclass(frozen=True, slots=True)
class _Told:
    """The points of one outcome by the first measure that has any."""

    outcome_id: str | None
    measure: str
    what: str
    points: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]


def _told(
    placed: Sequence[Placed], printed: Sequence[Effect], given: Given, sides: Sequence[Side]
) -> _Told | None:  # fmt: skip
    for measure in _MEASURES:
        found, left, what = points(placed, printed, given, sides, Wanted(measure))
        if found:
            outcome_id = (*(one.row for one in placed), *(one.row for one in printed))[0]["outcome_id"]
            return _Told(outcome_id, measure, what, tuple(found), tuple(left))
    return None


def _line(group: Group, name: str, told: _Told, randomised: set[str]) -> SummaryLine:
    measure = told.measure
    summary = group.summary
    one = group.points[0].estimate
    value, low, high = (summary.value, summary.low, summary.high) if summary else (one.value, one.low, one.high)
    shown = group.points if summary else group.points[:1]
    counts = [point.counts for point in shown]
    absolute = None
    if measure == "risk_ratio" and all(len(count) == 4 for count in counts):
        risk = 1000 * sum(count[2] for count in counts) / sum(count[3] for count in counts)
        if risk > 0:  # a multiple of no risk tells nothing
            absolute = Absolute(risk, *(min(1000.0, risk * ratio) for ratio in (value, low, high)))
    participants: int | None = None
    if all(len(count) in (4, 6) for count in counts):
        participants = int(sum(c[1] + c[3] if len(c) == 4 else c[2] + c[5] for c in counts))
    studies = tuple(dict.fromkeys(point.study for point in shown))
    ids = tuple(dict.fromkeys(f for point in shown for f in point.finding_ids))
    why = "" if summary or len(group.points) == 1 else group.why
    return SummaryLine(
        name, told.outcome_id, told.what, group.condition, group.points[0].label, measure, value, low, high, absolute,
        participants, studies, all(study in randomised for study in studies), ids, why,
    )  # fmt: skip


__all__ = ["MOST", "Absolute", "SummaryLine", "SummaryOfFindings", "summary_of_findings"]
