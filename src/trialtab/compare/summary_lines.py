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
from trialtab.compare.point import LeftOut, Wanted
from trialtab.compare.points import points
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
    by_outcome: dict[str, tuple[list[Placed], list[Row]]] = defaultdict(lambda: ([], []))
    for one in placed:
        by_outcome[outcome_key(one.row)][0].append(one)
    for row in kept:
        by_outcome[outcome_key(row)][1].append(row)
    wanted = list(dict.fromkeys(asked_outcome(name, names) for name in outcomes)) or sorted(
        (key for key in by_outcome if not key.startswith("'")), key=lambda key: (fold(names[key]), key)
    )
    randomised = randomised_studies(documents)
    told: dict[str, tuple[list[SummaryLine], list[LeftOut]]] = {}
    for key in wanted:
        lines, left = _outcome(*by_outcome[key], names[key], arms, documents, sides, options, randomised)
        if lines:
            told[key] = (lines, left)
    if not told:
        raise QuestionError("no outcome of these studies has figures of two arms, or an effect with its interval")
    chosen = list(told)
    if not outcomes:
        classes = {key: _class(by_outcome[key][1]) for key in told}
        best = sorted(told, key=lambda key: (-sum(len(line.studies) for line in told[key][0]), classes[key], key))
        chosen = sorted(best[:MOST], key=lambda key: (classes[key], fold(names[key]), key))
    return SummaryOfFindings(
        tuple(line for key in chosen for line in told[key][0]),
        tuple((names[key], left) for key in chosen for left in told[key][1]),
        len(told) - len(chosen),
    )


def _class(rows: Sequence[Row]) -> int:
    counted = Counter(row["outcome_class"] for row in rows)
    return min(class_rank(name) for name, n in counted.items() if n == max(counted.values()))


def _outcome(
    placed: Sequence[Placed], rows: Sequence[Row], name: str, arms: Sequence[Row], documents: Sequence[Row],
    sides: Sequence[Side], options: Options, randomised: set[str],
) -> tuple[list[SummaryLine], list[LeftOut]]:  # fmt: skip
    for measure in _MEASURES:
        found, left, what = points(placed, rows, arms, documents, sides, Wanted(measure))
        if found:
            lines = [
                _line(group, name, rows[0]["outcome_id"], what, measure, randomised)
                for group in groups_of(found, (), replace(options, method=None, across_comparisons=bool(sides)))
            ]
            return lines, left
    return [], []


def _line(
    group: Group, name: str, outcome_id: str | None, what: str, measure: str, randomised: set[str]
) -> SummaryLine:  # fmt: skip
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
        name, outcome_id, what, group.condition, group.points[0].label, measure, value, low, high, absolute,
        participants, studies, all(study in randomised for study in studies), ids, why,
    )  # fmt: skip


__all__ = ["MOST", "Absolute", "SummaryLine", "SummaryOfFindings", "summary_of_findings"]
