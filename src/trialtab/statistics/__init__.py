"""Intervals, tests, effect measures and pooling: thin over scipy, each formula with its source.

Proportions stand as fractions (0.31, not 31 %), ratios are pooled on the natural log scale. numpy and scipy are
imported inside the functions that need them, since every document is checked and few are pooled.
"""

from __future__ import annotations

from trialtab.statistics.intervals import (
    Estimate,
    Interval,
    clopper_pearson,
    estimate_from_interval,
    estimate_of,
    log_standard_error,
    p_from_interval,
    p_of_z,
    quantile,
    standard_error,
    wilson,
    z_of_p,
)
from trialtab.statistics.means import (
    Mean,
    hedges_g,
    mean_difference,
    mean_from_five_numbers,
    mean_from_quartiles,
    mean_from_range,
    ratio_of_medians,
    sd_from_interval,
    sd_from_standard_error,
    t_quantile,
)
from trialtab.statistics.pooling import METHODS, Pooled, mantel_haenszel, pool
from trialtab.statistics.proportions import PROPORTION_METHODS, PooledProportion, pool_proportions
from trialtab.statistics.two_groups import (
    MOST_TABLES,
    Table2x2,
    barnard,
    boschloo,
    chi_square,
    difference,
    fisher,
    miettinen_nurminen,
    newcombe,
    odds_ratio,
    risk_difference,
    risk_ratio,
)

__all__ = [
    "METHODS", "MOST_TABLES", "PROPORTION_METHODS", "Estimate", "Interval", "Mean", "Pooled", "PooledProportion",
    "Table2x2", "barnard", "boschloo", "chi_square", "clopper_pearson", "difference", "estimate_from_interval",
    "estimate_of", "fisher", "hedges_g", "log_standard_error", "mantel_haenszel", "mean_difference",
    "mean_from_five_numbers", "mean_from_quartiles", "mean_from_range", "miettinen_nurminen", "newcombe", "odds_ratio",
    "p_from_interval", "p_of_z", "pool", "pool_proportions", "quantile", "ratio_of_medians", "risk_difference",
    "risk_ratio", "sd_from_interval", "sd_from_standard_error", "standard_error", "t_quantile", "wilson", "z_of_p",
]  # fmt: skip
