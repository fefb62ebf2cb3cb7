"""Two groups and one yes-or-no outcome: differences, ratios and tests of a 2x2 table.

Proportions and their differences stand as fractions. An estimate of a ratio has its standard error on the natural log
scale, its interval on the scale of the ratio.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trialtab.errors import QuestionError
from trialtab.statistics.intervals import (
    Estimate,
    Interval,
    check_proportion,
    estimate_of,
    p_of_z,
    quantile,
    wilson,
)

MOST_TABLES = 20_000
"""Tables with given margins over which Fisher's test is summed."""


@dataclass(frozen=True, slots=True)
class Table2x2:
    """Two groups and one yes-or-no outcome: events and group sizes."""

    events_a: int
    total_a: int
    events_b: int
    total_b: int

    def __post_init__(self) -> None:
        check_proportion(self.events_a, self.total_a)
        check_proportion(self.events_b, self.total_b)


def difference(table: Table2x2) -> float:
    """Difference of two proportions, a - b, as a fraction."""
    return table.events_a / table.total_a - table.events_b / table.total_b


def newcombe(table: Table2x2, level: float = 0.95) -> Interval:
    """Hybrid score interval of a difference of independent proportions, a - b, as fractions (low, high).

    Source: Newcombe RG, Stat Med 1998;17:873-890, method 10 (Wilson limits, no continuity correction).
    """
    p_a, p_b = table.events_a / table.total_a, table.events_b / table.total_b
    low_a, high_a = wilson(table.events_a, table.total_a, level)
    low_b, high_b = wilson(table.events_b, table.total_b, level)
    gap = p_a - p_b
    return gap - math.hypot(p_a - low_a, high_b - p_b), gap + math.hypot(high_a - p_a, p_b - low_b)


def fisher(table: Table2x2) -> float:
    """Two-sided p of Fisher's exact test (sum of all tables no more probable than the one seen).

    Where there are more than MOST_TABLES such tables, Yates' chi-square, from which it no longer differs.
    Source: Fisher RA, J R Stat Soc 1935;98:39-82. Worked out here: loading scipy takes longer than reading ten
    articles, and its fisher_exact is what the tests hold this against.
    """
    first, second = int(table.total_a), int(table.total_b)
    events = int(table.events_a + table.events_b)
    if min(first, second, events) > MOST_TABLES:
        return chi_square(table, corrected=True)

    def ways(n: int, k: int) -> float:
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    every = ways(first + second, events)
    seen = ways(first, int(table.events_a)) + ways(second, events - int(table.events_a)) - every
    possible = (
        ways(first, k) + ways(second, events - k) - every
        for k in range(max(0, events - second), min(first, events) + 1)
    )
    return min(1.0, math.fsum(math.exp(one) for one in possible if one <= seen + 1e-7))


def chi_square(table: Table2x2, *, corrected: bool = False) -> float:
    """p of Pearson's chi-square test of a 2x2 table; `corrected` takes Yates' continuity correction.

    1.0 where no one or everyone had the outcome. Source: Pearson K, Phil Mag 1900;50:157-175; Yates F, Suppl J R Stat
    Soc 1934;1:217-235.
    """
    a, c = table.events_a, table.events_b
    b, d = table.total_a - a, table.total_b - c
    n = table.total_a + table.total_b
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 1.0
    cross = max(0.0, abs(a * d - b * c) - (n / 2 if corrected else 0.0))
    return p_of_z(math.sqrt(n * cross * cross / margins))


def miettinen_nurminen(table: Table2x2, level: float = 0.95) -> Interval:
    """Asymptotic score interval of a difference of independent proportions, a - b, as fractions (low, high).

    Source: Miettinen O, Nurminen M, Stat Med 1985;4:213-226 (variance times N / (N - 1)); the restricted estimates by
    the closed form of Farrington CP, Manning G, Stat Med 1990;9:1447-1454; the limits by root finding.
    """
    from scipy.optimize import brentq

    wanted, seen = quantile(level), difference(table)
    edge = 1e-12

    def low_side(gap: float) -> float:
        return _score(table, gap) - wanted

    def high_side(gap: float) -> float:
        return _score(table, gap) + wanted

    low, high = -1.0, 1.0
    if seen - edge > -1 and low_side(-1 + edge) > 0:
        low = float(brentq(low_side, -1 + edge, seen, xtol=1e-13))
    if seen + edge < 1 and high_side(1 - edge) < 0:
        high = float(brentq(high_side, seen, 1 - edge, xtol=1e-13))
    return low, high


def _score(table: Table2x2, gap: float) -> float:
    """Standardised distance of the seen difference from `gap`, variance under `gap`; falls as `gap` grows."""
    n_a, n_b = table.total_a, table.total_b
    p_a, p_b = table.events_a / n_a, table.events_b / n_b
    numerator = p_a - p_b - gap
    if numerator == 0:
        return 0.0
    ratio = n_b / n_a
    a = 1 + ratio
    b = -(1 + ratio + p_a + ratio * p_b + gap * (ratio + 2))
    c = gap * gap + gap * (2 * p_a + ratio + 1) + p_a + ratio * p_b
    d = -p_a * gap * (1 + gap)
    v = b**3 / (3 * a) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = math.copysign(math.sqrt(max(0.0, b * b / (3 * a) ** 2 - c / (3 * a))), v)
    turn = 0.0 if u == 0 else min(1.0, max(-1.0, v / u**3))
    held_a = 2 * u * math.cos((math.pi + math.acos(turn)) / 3) - b / (3 * a)
    held_a = min(1.0, 1 + gap, max(0.0, gap, held_a))
    held_b = min(1.0, max(0.0, held_a - gap))
    total = n_a + n_b
    variance = (held_a * (1 - held_a) / n_a + held_b * (1 - held_b) / n_b) * total / (total - 1)
    return math.copysign(math.inf, numerator) if variance <= 0 else numerator / math.sqrt(variance)


def risk_difference(table: Table2x2, level: float = 0.95) -> Estimate:
    """Difference of two proportions, a - b, with Newcombe's interval and the Wald standard error (for weights).

    The standard error is null-proof: where a group has no event, or only events, 0.5 goes to each cell for it alone.
    Source: Cochrane Handbook 6.5, section 6.4.1.5; the interval: see `newcombe`.
    """
    a, b, c, d, note = _cells(table, 0.5, "for the standard error")
    error = math.sqrt(a * b / (a + b) ** 3 + c * d / (c + d) ** 3)
    low, high = newcombe(table, level)
    return Estimate("risk_difference", difference(table), low, high, error, level, note)


def risk_ratio(table: Table2x2, level: float = 0.95, *, added: float = 0.5) -> Estimate:
    """Ratio of two proportions, a / b, with its log-normal interval.

    added: what each of the four cells gets where one of them is 0 (named in the note; 0: nothing, and a zero is
    refused). Source: Katz D et al., Biometrics 1978;34:469-474; zero cells: Cochrane Handbook 6.5, section 10.4.4.1.
    Raises QuestionError where neither or both groups are all zero, since no ratio can be told.
    """
    _refuse_empty(table)
    a, b, c, d, note = _cells(table, added)
    effect = math.log(a / (a + b)) - math.log(c / (c + d))
    error = math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    return estimate_of("risk_ratio", effect, error, level, note)


def odds_ratio(table: Table2x2, level: float = 0.95, *, added: float = 0.5) -> Estimate:
    """Ratio of two odds, a / b, with Woolf's interval.

    added: as for `risk_ratio`. Source: Woolf B, Ann Hum Genet 1955;19:251-253; zero cells: Gart JJ, Zweifel JR,
    Biometrika 1967;54:181-187. Raises QuestionError as `risk_ratio` does.
    """
    _refuse_empty(table)
    a, b, c, d, note = _cells(table, added)
    error = math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return estimate_of("odds_ratio", math.log(a * d / (b * c)), error, level, note)


def _refuse_empty(table: Table2x2) -> None:
    """No ratio of two groups without an event, or of two in which everyone had it."""
    if table.events_a == 0 == table.events_b:
        raise QuestionError(f"no ratio: no events in 0/{table.total_a:g} against 0/{table.total_b:g}")
    if table.events_a == table.total_a and table.events_b == table.total_b:
        raise QuestionError(f"no ratio: everyone had the event, {table.total_a:g} and {table.total_b:g}")


def _cells(table: Table2x2, added: float, why: str = "") -> tuple[float, float, float, float, str]:
    """The four cells, each with `added` where one of them is 0, and a note that says so."""
    cells = (table.events_a, table.total_a - table.events_a, table.events_b, table.total_b - table.events_b)
    if min(cells) > 0:
        return *cells, ""
    if added <= 0:
        raise QuestionError("a cell of the 2x2 table is 0, and nothing may be added to it")
    a, b, c, d = (cell + added for cell in cells)
    return a, b, c, d, " ".join(filter(None, (f"{added:g} added to each cell", why)))


def barnard(table: Table2x2) -> float:
    """Two-sided p of Barnard's unconditional exact test (Wald statistic, pooled variance).

    Source: Barnard GA, Biometrika 1947;34:123-138, by scipy.stats.barnard_exact. 1.0 where no one or everyone had the
    outcome.
    """
    from scipy.stats import barnard_exact

    return _unconditional(table, barnard_exact)


def boschloo(table: Table2x2) -> float:
    """Two-sided p of Boschloo's exact test, uniformly more powerful than Fisher's.

    Source: Boschloo RD, Stat Neerl 1970;24:1-9, by scipy.stats.boschloo_exact. 1.0 where no one or everyone had the
    outcome.
    """
    from scipy.stats import boschloo_exact

    return _unconditional(table, boschloo_exact)


def _unconditional(table: Table2x2, test: Callable[..., Any]) -> float:
    a, c = int(table.events_a), int(table.events_b)
    if a + c in (0, table.total_a + table.total_b):
        return 1.0
    return min(1.0, float(test([[a, c], [int(table.total_a) - a, int(table.total_b) - c]]).pvalue))
