"""How sure a row is: the chance that the whole row is right, from what was known when it was read.

A row is described by features (its statistic, where outcome and arm were found, how many candidates there were, what
stands beside it); each has an additive weight on the log-odds scale, kept as data in patterns/confidence.toml: one
scale for rows of the text, one for those of tables. The weights are fitted by corpora/confidence.py on rows whose gold
is known; the level is set on documents that nobody developed on, since on others the extraction does better than it
will. "Right" means that every field which the gold states is right, as `trialtab score` counts it; of a table's row
all but the class of its outcome, which the gold of real articles does not state.
"""

from __future__ import annotations

import json
import math
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from trialtab.errors import RuleFileError
from trialtab.model import Arm, Evidence, changed
from trialtab.resources import folder

FILE = "confidence.toml"
NEAR = 150
"""Characters on either side within which other rows crowd a row of the text."""

LONG = 7
"""Words of an outcome from which on it is a clause and no name."""

_KINDS = {
    "count": "share", "proportion": "share", "mean": "average", "median": "average", "hazard_ratio": "effect",
    "odds_ratio": "effect", "risk_ratio": "effect", "rate_ratio": "effect", "mean_difference": "effect",
    "risk_difference": "effect", "standardized_mean_difference": "effect", "p_value": "p", "rate": "rate",
}  # fmt: skip
_SECTIONS = {"abstract": "abstract", "summary": "abstract", "results": "results", "table": "table"}


@dataclass(frozen=True, slots=True)
class Scale:
    """weights: of features, log-odds, fitted where the extraction was developed; slope and level bring their sum to
    what holds on unseen documents; most: the highest chance that is promised."""

    weights: Mapping[str, float]
    slope: float
    level: float
    most: float = 1.0

    def chance(self, features: Iterable[str]) -> float:
        """The chance that a row with these features is right, 0-1."""
        total = self.level + self.slope * self.score(features)
        return min(self.most, 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))))

    def score(self, features: Iterable[str]) -> float:
        return sum(self.weights.get(name, 0.0) for name in sorted(features))


SOURCES = ("text", "table")
"""What has a scale of its own; rows of other sources (a registry's tables) take that of tables."""


@cache
def scales() -> Mapping[str, Scale]:
    """The scales of patterns/confidence.toml by source. Raises RuleFileError where it is missing or is none."""
    path = folder("patterns") / FILE
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        return {source: _scale(told[source]) for source in SOURCES}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise RuleFileError(f"{FILE}: {error!r}; python corpora/confidence.py makes it anew") from error


def _scale(told: Mapping[str, Any]) -> Scale:
    weights = {str(name): float(weight) for name, weight in told["weights"].items()}
    return Scale(weights, float(told["slope"]), float(told["level"]), float(told["most"]))


def calibrated(rows: Sequence[Evidence], arms: Sequence[Arm]) -> list[Evidence]:
    """The rows of one document, each with its chance of being right in place of what the extraction gave it."""
    return [
        changed(row, confidence=round(chance(row.source, told), 2))
        for row, told in zip(rows, features(rows, arms), strict=True)
    ]


def chance(source: str, told: Iterable[str]) -> float:
    """The chance that a row from this source with these features is right, 0-1."""
    return scales()["text" if source == "text" else "table"].chance(told)


def features(rows: Sequence[Evidence], arms: Sequence[Arm]) -> list[frozenset[str]]:
    """What describes each row of one document, as names of features; rows carry the extraction's own score."""
    groups = sum(arm.role != "overall" for arm in arms)
    starts = sorted(row.start for row in rows if row.source == "text")
    return [frozenset(_of_row(row, groups, starts)) for row in rows]


def _of_row(row: Evidence, groups: int, starts: Sequence[int]) -> Iterable[str]:
    yield f"kind {_KINDS.get(row.statistic, 'other')}"
    yield f"source {row.source}"
    yield f"section {_SECTIONS.get(row.section, 'other')}"
    yield f"score {_step(row.confidence, (0.5, 0.65, 0.8, 0.88, 0.95))}"
    yield f"arms {min(groups, 4)}"
    yield f"total {row.total_source}"
    yield from _of_outcome(row)
    yield from _of_arm(row, groups)
    for name in ("timepoint", "population", "grade", "comparator", "p_value", "ci_low", "definition", "qualifier"):
        if getattr(row, name) is not None:
            yield f"has {name}"
    if row.negated:
        yield "negated"
    if "statistic" in (row.derived or ""):
        yield "statistic guessed"
    rules = row.rule.split("+")
    yield f"rule {rules[0]}"
    yield f"rules {min(len(rules), 3)}"
    if row.source == "text":
        crowd = bisect_right(starts, row.end + NEAR) - bisect_left(starts, row.start - NEAR)
        yield f"crowd {_step(crowd, (2, 3, 5, 8, 12))}"
    if not any(c.isdigit() for c in row.quote):
        yield "in words"


def _of_outcome(row: Evidence) -> Iterable[str]:
    yield f"class {row.outcome_class or 'none'}"
    if row.outcome is None:
        yield "no outcome"
        return
    words = len(row.outcome.split())
    yield f"outcome {'named' if row.outcome_id else 'unnamed'}"
    yield f"outcome words {'1' if words == 1 else '2-3' if words < 4 else '4-6' if words < LONG else 'many'}"
    told = [c for c in json.loads(row.candidates or "[]") if c["role"] == "outcome"]
    chosen = [c for c in told if c["chosen"]]
    if not chosen:
        yield "outcome carried"
        return
    yield f"outcome from {chosen[0]['source']}"
    rest = max((c["weight"] for c in told if not c["chosen"]), default=None)
    if rest is not None:
        yield f"outcome margin {_step(chosen[0]['weight'] - rest, (0.1, 0.3, 0.6))}"


def _of_arm(row: Evidence, groups: int) -> Iterable[str]:
    if row.arm_id is None and row.arm not in (None, "overall"):
        yield "arm not in document"
    elif row.arm in (None, "overall") and groups > 1:
        yield "arm overall of several"
    elif row.arm in (None, "overall"):
        yield "arm overall"
    else:
        yield f"arm {row.arm_role or 'without role'}"


def _step(number: float, steps: Sequence[float]) -> str:
    """The step of a ladder that a number stands on, from 0."""
    return str(bisect_right(steps, number))


__all__ = ["FILE", "SOURCES", "Scale", "calibrated", "chance", "features", "scales"]
