"""Intervals and tests for the numbers of one row: thin over scipy, each formula with its source.

Proportions stand as fractions (0.31, not 31 %). scipy takes half a second to import, its stats a second and more, and
every document is checked: the normal tail is therefore the standard library's, which is exact to 15 digits, and scipy
is imported inside the two functions that need it. Pooling over studies is no part of this room yet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from trialtab.errors import QuestionError

Interval = tuple[float, float]

_NORMAL = NormalDist()


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
        _check_proportion(self.events_a, self.total_a)
        _check_proportion(self.events_b, self.total_b)


def _check_proportion(events: float, total: float) -> None:
    if not (math.isfinite(events) and math.isfinite(total) and total > 0 and 0 <= events <= total):
        raise QuestionError(f"no proportion: {events:g} of {total:g} (events must lie between 0 and the total)")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise QuestionError(f"confidence level {level:g} is not between 0 and 1 (95 % is 0.95)")


def quantile(level: float = 0.95) -> float:
    """Two-sided standard normal quantile of a confidence level: 1.95996… for 0.95."""
    _check_level(level)
    return _NORMAL.inv_cdf(0.5 + level / 2)


def wilson(events: float, total: float, level: float = 0.95) -> Interval:
    """Wilson score interval of a proportion, without continuity correction, as fractions (low, high).

    Source: Wilson EB, J Am Stat Assoc 1927;22:209-212; method 3 of Newcombe RG, Stat Med 1998;17:857-872.
    Raises QuestionError where events do not lie between 0 and a positive total.
    """
    _check_proportion(events, total)
    z = quantile(level)
    p = events / total
    scale = 1 + z * z / total
    centre = (p + z * z / (2 * total)) / scale
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / scale
    low = 0.0 if events == 0 else max(0.0, centre - half)
    high = 1.0 if events == total else min(1.0, centre + half)
    return low, high


def clopper_pearson(events: float, total: float, level: float = 0.95) -> Interval:
    """Exact (Clopper-Pearson) interval of a proportion, as fractions (low, high).

    Source: Clopper CJ, Pearson ES, Biometrika 1934;26:404-413, in the form of beta quantiles.
    Raises QuestionError where events do not lie between 0 and a positive total.
    """
    from scipy.special import betaincinv

    _check_proportion(events, total)
    _check_level(level)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, total - events + 1, tail))
    high = 1.0 if events == total else float(betaincinv(events + 1, total - events, 1 - tail))
    return low, high


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


def log_standard_error(low: float, high: float, level: float = 0.95) -> float:
    """Standard error of a ratio on the natural log scale, from the limits of its confidence interval.

    Source: Cochrane Handbook 6.5, section 6.3.2: (ln high - ln low) / (2 z). Raises QuestionError unless
    0 < low < high.
    """
    if not 0 < low < high:
        raise QuestionError(f"no ratio interval: {low:g} to {high:g} (needs 0 < low < high)")
    return math.log(high / low) / (2 * quantile(level))


def standard_error(low: float, high: float, level: float = 0.95) -> float:
    """Standard error of a difference from the limits of its confidence interval, normal approximation.

    Source: Cochrane Handbook 6.5, section 6.3.1: (high - low) / (2 z). Raises QuestionError unless low < high.
    """
    if not low < high:
        raise QuestionError(f"no interval: {low:g} to {high:g} (needs low < high)")
    return (high - low) / (2 * quantile(level))


def p_of_z(z: float) -> float:
    """Two-sided p of a standard normal deviate."""
    return math.erfc(abs(z) / math.sqrt(2))


def z_of_p(p: float) -> float:
    """Absolute standard normal deviate of a two-sided p; infinite for p = 0."""
    if not 0 <= p <= 1:
        raise QuestionError(f"p = {p:g} is not between 0 and 1")
    return -_NORMAL.inv_cdf(p / 2) if p / 2 > 0 else math.inf


def p_from_interval(estimate: float, low: float, high: float, level: float = 0.95, *, ratio: bool) -> float:
    """Two-sided p of an estimate from its confidence interval: log scale and no effect at 1 for ratios, else 0.

    Source: Altman DG, Bland JM, BMJ 2011;343:d2304 (the normal tail itself, not its approximation).
    Raises QuestionError where a ratio or its limits are not positive.
    """
    if not ratio:
        return p_of_z(estimate / standard_error(low, high, level))
    if estimate <= 0:
        raise QuestionError(f"a ratio of {estimate:g} is not positive")
    return p_of_z(math.log(estimate) / log_standard_error(low, high, level))


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
