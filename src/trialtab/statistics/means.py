"""Two groups and one measured outcome: differences of means, and means and SDs from what reports print instead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from trialtab.errors import QuestionError
from trialtab.statistics.intervals import Estimate, check_level, estimate_of, quantile

_NORMAL = NormalDist()

SMALL_SAMPLE = 60
"""Below this many patients the standard error of a mean is read by Student's t and not by the normal quantile."""


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean, standard deviation and number of patients of one group; source: how they were got, "" where printed."""

    mean: float
    sd: float
    n: int
    source: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and math.isfinite(self.sd) and self.sd >= 0 and self.n >= 1):
            raise QuestionError(f"no mean: {self.mean:g}, SD {self.sd:g}, n {self.n}")


def mean_difference(a: Mean, b: Mean, level: float = 0.95) -> Estimate:
    """Difference of two means, a - b; each group with its own variance, normal interval.

    Source: Cochrane Handbook 6.5, section 6.5.1.1. Raises QuestionError where neither group varies.
    """
    error = math.sqrt(a.sd**2 / a.n + b.sd**2 / b.n)
    if error == 0:
        raise QuestionError("no interval of a difference: both standard deviations are 0")
    return estimate_of("mean_difference", a.mean - b.mean, error, level, _sources(a, b))


def hedges_g(a: Mean, b: Mean, level: float = 0.95) -> Estimate:
    """Standardised mean difference, a - b, with the exact correction for small samples (Hedges' g), normal interval.

    Source: Hedges LV, J Educ Stat 1981;6:107-128; its variance 1/n + 1/n + g^2 / (2 N). Raises QuestionError where the
    pooled standard deviation is 0 or there are fewer than 3 patients.
    """
    freedom = a.n + b.n - 2
    if freedom < 2:
        raise QuestionError("no standardised difference of fewer than 4 patients")
    pooled = math.sqrt(((a.n - 1) * a.sd**2 + (b.n - 1) * b.sd**2) / freedom)
    if pooled == 0:
        raise QuestionError("no standardised difference: both standard deviations are 0")
    correction = math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2)) / math.sqrt(freedom / 2)
    g = correction * (a.mean - b.mean) / pooled
    error = math.sqrt(1 / a.n + 1 / b.n + g * g / (2 * (a.n + b.n)))
    return estimate_of("standardized_mean_difference", g, error, level, _sources(a, b))


def _sources(a: Mean, b: Mean) -> str:
    return "; ".join(dict.fromkeys(filter(None, (a.source, b.source))))


def ratio_of_medians(a: float, b: float) -> float:
    """One median divided by another: a description. It has no interval here, since medians alone do not give one.

    Raises QuestionError unless both are positive and finite.
    """
    if not (0 < a < math.inf and 0 < b < math.inf):
        raise QuestionError(f"no ratio of medians: {a:g} and {b:g} (both must be positive)")
    return a / b


# ---- standard deviations -----------------------------------------------------------------------------------------


def sd_from_standard_error(standard_error: float, n: int) -> float:
    """Standard deviation of a group from the standard error of its mean: SE x sqrt(n).

    Source: Cochrane Handbook 6.5, section 6.5.2.2. Raises QuestionError for a negative error or no patients.
    """
    if not (0 <= standard_error < math.inf and n >= 1):
        raise QuestionError(f"no standard deviation: SE {standard_error:g}, n {n}")
    return standard_error * math.sqrt(n)


def sd_from_interval(low: float, high: float, n: int, level: float = 0.95) -> float:
    """Standard deviation of a group from the confidence interval of its mean: sqrt(n) (high - low) / (2 t).

    t is Student's with n - 1 degrees of freedom below SMALL_SAMPLE patients, else the normal quantile. Source: Cochrane
    Handbook 6.5, section 6.5.2.2. Raises QuestionError unless low <= high and n is at least 2.
    """
    if not (math.isfinite(low) and math.isfinite(high) and low <= high and n >= 2):
        raise QuestionError(f"no standard deviation: {low:g} to {high:g}, n {n}")
    width = quantile(level)
    if n < SMALL_SAMPLE:
        width = t_quantile(n - 1, level)
    return math.sqrt(n) * (high - low) / (2 * width)


def t_quantile(freedom: float, level: float = 0.95) -> float:
    """Two-sided quantile of Student's t: 2.2281… for 10 degrees of freedom and 0.95."""
    from scipy.special import stdtrit

    check_level(level)
    return float(stdtrit(freedom, 0.5 + level / 2))


# ---- from medians ------------------------------------------------------------------------------------------------


def mean_from_quartiles(q1: float, median: float, q3: float, n: int) -> Mean:
    """Mean and SD from the median and quartiles: (4, 6, 10; n = 20) gives 6.7195 and 4.7871.

    Source: the mean by Luo D et al., Stat Methods Med Res 2018;27:1785-1805, formula 15; the SD by Wan X et al., BMC
    Med Res Methodol 2014;14:135, formula 16. Both take the values to be near normal. Raises QuestionError where the
    numbers do not ascend or there are fewer than 4 patients.
    """
    _ascending(n, q1, median, q3)
    weight = 0.7 + 0.39 / n
    mean = weight * (q1 + q3) / 2 + (1 - weight) * median
    return Mean(mean, (q3 - q1) / (2 * _quartile_width(n)), n, "mean and SD from median and IQR")


def mean_from_range(low: float, median: float, high: float, n: int) -> Mean:
    """Mean and SD from the median and range.

    Source: the mean by Luo 2018 (see `mean_from_quartiles`), formula 7; the SD by Wan 2014, formula 9. Raises as there.
    """
    _ascending(n, low, median, high)
    weight = 4 / (4 + n**0.75)
    mean = weight * (low + high) / 2 + (1 - weight) * median
    return Mean(mean, (high - low) / (2 * _range_width(n)), n, "mean and SD from median and range")


def mean_from_five_numbers(low: float, q1: float, median: float, q3: float, high: float, n: int) -> Mean:
    """Mean and SD from minimum, quartiles, median and maximum.

    Source: the mean by Luo 2018 (see `mean_from_quartiles`), formula 19; the SD by Wan 2014, formula 13. Raises as
    there.
    """
    _ascending(n, low, q1, median, q3, high)
    of_range, of_quartiles = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    mean = of_range * (low + high) / 2 + of_quartiles * (q1 + q3) / 2 + (1 - of_range - of_quartiles) * median
    sd = (high - low) / (4 * _range_width(n)) + (q3 - q1) / (4 * _quartile_width(n))
    return Mean(mean, sd, n, "mean and SD from median, IQR and range")


def _range_width(n: int) -> float:
    return _NORMAL.inv_cdf((n - 0.375) / (n + 0.25))


def _quartile_width(n: int) -> float:
    return _NORMAL.inv_cdf((0.75 * n - 0.125) / (n + 0.25))


def _ascending(n: int, *numbers: float) -> None:
    if not all(map(math.isfinite, numbers)) or list(numbers) != sorted(numbers):
        raise QuestionError(f"not in order: {', '.join(f'{number:g}' for number in numbers)}")
    if n < 4:
        raise QuestionError(f"no mean from the quantiles of {n} patients")
