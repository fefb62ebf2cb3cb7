"""Effects as reports print them: hazard, odds, risk and rate ratios, differences of means and of risks."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from trialtab import checks
from trialtab.compare.cells import MEASURE_NAMES, Row, fold
from trialtab.compare.contrast import randomised_studies
from trialtab.compare.grid import asked_outcome
from trialtab.compare.lines import comparable, grade_of, outcome_key, outcome_name, preference, time_of
from trialtab.compare.outcome_list import class_rank
from trialtab.compare.sides import key_of, one_study
from trialtab.model import Evidence

EFFECTS = checks.EFFECTS
"""Statistics that are effects: ratios, differences and correlations."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect of one study; row: the one shown; finding_ids: it, then those that say the same; others: how many
    other figures the study prints for this measure and comparison (each is an effect of its own)."""

    study: str
    condition: str | None
    randomised: bool
    outcome: str
    outcome_id: str | None
    outcome_class: str
    measure: str
    arm: str
    comparator: str
    row: Row
    finding_ids: tuple[str, ...]
    others: int = 0


def effects(
    rows: Iterable[Row | Evidence], documents: Sequence[Row], *, outcomes: Sequence[str] = (),
    measures: Sequence[str] = (),
) -> tuple[Effect, ...]:  # fmt: skip
    """Printed effects by outcome, measure and study; what a study says in two places with one figure is one.

    outcomes: ids, names or phrases; measures: hazard_ratio, HR …; default all. Raises QuestionError for an outcome that
    no effect speaks of, with the nearest names.
    """
    kept = [row for row in comparable(rows) if row["statistic"] in checks.EFFECTS and _has_estimate(row)]
    if outcomes:
        names = {outcome_key(row): outcome_name(row["outcome_id"], row["outcome"]) for row in kept}
        wanted = {asked_outcome(name, names) for name in outcomes}
        kept = [row for row in kept if outcome_key(row) in wanted]
    if measures:
        asked = {fold(name) for name in measures}
        kept = [r for r in kept if {r["statistic"], fold(MEASURE_NAMES.get(r["statistic"]))} & asked]
    named = one_study(documents)
    conditions = {named[key_of(d)]: d.get("condition") for d in reversed(documents) if d.get("condition")}
    randomised = randomised_studies(documents)
    together: dict[tuple[Hashable, ...], list[Row]] = defaultdict(list)
    for row in kept:
        study = named.get(key_of(row), row["study"])
        together[
            (study, outcome_key(row), row["statistic"], fold(row["arm"]), fold(row["comparator"]), grade_of(row))
        ].append(row)
    found: list[Effect] = []
    for key, group in together.items():
        study = str(key[0])
        sayings = _sayings(group)
        for saying in sayings:
            row = saying[0]
            found.append(
                Effect(
                    study, conditions.get(study), study in randomised,
                    outcome_name(row["outcome_id"], row["outcome"]), row["outcome_id"],
                    row["outcome_class"] or "other", row["statistic"], row["arm"] or "", row["comparator"] or "", row,
                    tuple(one["finding_id"] for one in saying), len(sayings) - 1,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=_order))


def _has_estimate(row: Row) -> bool:
    return row["value"] is not None and math.isfinite(row["value"])


def _sayings(group: Sequence[Row]) -> list[list[Row]]:
    """Rows of one study, comparison and measure, together where they print the same figures for the same people."""
    sayings: list[list[Row]] = []
    for row in sorted(group, key=preference):
        for saying in sayings:
            if all(_same(row, saying[0], name) for name in ("value", "ci_low", "ci_high")) and all(
                not mine or not its or mine == its
                for mine, its in (
                    (time_of(row), time_of(saying[0])), (fold(row["population"]), fold(saying[0]["population"])),
                )
            ):  # fmt: skip
                saying.append(row)
                break
        else:
            sayings.append([row])
    return sayings


def _same(a: Row, b: Row, name: str) -> bool:
    return a[name] is None or b[name] is None or math.isclose(a[name], b[name], rel_tol=1e-9, abs_tol=1e-12)


_MEASURES = ("hazard_ratio", "risk_ratio", "odds_ratio", "rate_ratio", "risk_difference", "mean_difference",
             "standardized_mean_difference")  # fmt: skip


def _order(effect: Effect) -> tuple[Hashable, ...]:
    rank = _MEASURES.index(effect.measure) if effect.measure in _MEASURES else len(_MEASURES)
    return (
        class_rank(effect.outcome_class), fold(effect.outcome), effect.outcome_id or "", rank, fold(effect.study),
        preference(effect.row),
    )  # fmt: skip


__all__ = ["EFFECTS", "Effect", "effects"]
