"""Intervals of one proportion, and what a printed interval or p-value says of its estimate.

Proportions stand as fractions (0.31, not 31 %). The normal tail is the standard library's, exact to 15 digits: every
document is checked, and scipy takes half a second to import.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from trialtab.errors import QuestionError

Interval = tuple[float, float]

_NORMAL = NormalDist()


def check_proportion(events: float, total: float) -> None:
    if not (math.isfinite(events) and math.isfinite(total) and total > 0 and 0 <= events <= total):
        raise QuestionError(f"no proportion: {events:g} of {total:g} (events must lie between 0 and the total)")


def check_level(level: float) -> None:
    if not 0 < level < 1:
        raise QuestionError(f"confidence level {level:g} is not between 0 and 1 (95 % is 0.95)")


def quantile(level: float = 0.95) -> float:
    """Two-sided standard normal quantile of a confidence level: 1.95996… for 0.95."""
    check_level(level)
    return _NORMAL.inv_cdf(0.5 + level / 2)


def wilson(events: float, total: float, level: float = 0.95) -> Interval:
    """Wilson score interval of a proportion, without continuity correction, as fractions (low, high).

    Source: Wilson EB, J Am Stat Assoc 1927;22:209-212; method 3 of Newcombe RG, Stat Med 1998;17:857-872.
    Raises QuestionError where events do not lie between 0 and a positive total.
    """
    check_proportion(events, total)
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

    check_proportion(events, total)
    check_level(level)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, total - events + 1, tail))
    high = 1.0 if events == total else float(betaincinv(events + 1, total - events, 1 - tail))
    return low, high


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


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect of one study with its uncertainty, ready to be shown or pooled.

    measure: risk_ratio, mean_difference …; value, low, high: on the scale on which it is printed; standard_error: of
    `effect`, which is the natural log of a ratio; note: what was done to get it ("0.5 added to each cell").
    """

    measure: str
    value: float
    low: float
    high: float
    standard_error: float
    level: float = 0.95
    note: str = ""

    @property
    def is_ratio(self) -> bool:
        """Does no effect stand at 1, and is the scale of the errors logarithmic?"""
        return self.measure.endswith("_ratio")

    @property
    def effect(self) -> float:
        """The value on the scale of its standard error: the log of a ratio, else the value itself."""
        return math.log(self.value) if self.is_ratio else self.value


def estimate_of(measure: str, effect: float, standard_error: float, level: float = 0.95, note: str = "") -> Estimate:
    """An estimate with its normal interval, from the effect (of a ratio its log) and its standard error."""
    half = quantile(level) * standard_error
    value, low, high = effect, effect - half, effect + half
    if measure.endswith("_ratio"):
        value, low, high = (_exp(one) for one in (value, low, high))
    return Estimate(measure, value, low, high, standard_error, level, note)


def _exp(power: float) -> float:
    return math.exp(power) if power < 700 else math.inf


def estimate_from_interval(measure: str, value: float, low: float, high: float, level: float = 0.95) -> Estimate:
    """A printed estimate with its printed interval: the standard error comes from the interval, nothing else changes.

    A hazard, odds, risk or rate ratio on the log scale, any other measure on its own. Source: Cochrane Handbook 6.5,
    sections 6.3.1 and 6.3.2. Raises QuestionError where the interval is none, or does not hold its estimate.
    """
    if not all(map(math.isfinite, (value, low, high))):
        raise QuestionError(f"no estimate: {value:g} ({low:g} to {high:g}) is not finite")
    error = (log_standard_error if measure.endswith("_ratio") else standard_error)(low, high, level)
    if not low <= value <= high:
        raise QuestionError(f"no estimate: {value:g} lies outside {low:g} to {high:g}")
    return Estimate(measure, value, low, high, error, level)
