"""Pooling of proportions over studies: a logit-normal model on the counts, and the double arcsine as an option.

numpy and scipy are imported where they are needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trialtab.errors import QuestionError
from trialtab.statistics.intervals import Interval, check_proportion, quantile
from trialtab.statistics.means import t_quantile
from trialtab.statistics.pooling import pool

NODES = 51
"""Points of the Gauss-Hermite quadrature for each study: three digits of the likelihood up to MOST_TAU."""

MOST_TAU = 4.0
"""Logits that vary more than this (from 0.0004 to 0.9996 in studies alike) have no mean worth printing."""

_UNLIKE = "the studies are too few or too unlike for the model of their logits: take freeman-tukey"

PROPORTION_METHODS = ("glmm", "freeman-tukey")


@dataclass(frozen=True, slots=True)
class PooledProportion:
    """What several studies say of one proportion; all but tau2 as fractions.

    tau2: variance between studies on the scale of the model (logit, or double arcsine); prediction: where the
    proportion of a further study is expected, None for fewer than 3 studies; i2: percent of variation between studies,
    None where the model has no such figure.
    """

    method: str
    estimate: float
    low: float
    high: float
    level: float
    tau2: float
    studies: int
    prediction: Interval | None = None
    i2: float | None = None


def pool_proportions(
    events: Sequence[float], totals: Sequence[float], *, method: str = "glmm", level: float = 0.95
) -> PooledProportion:
    """Pool proportions: "glmm" (binomial counts, normal logits) or "freeman-tukey" (double arcsine, REML).

    glmm: the mean is that of the logits (the median study), by maximum likelihood; source: Hamza TH, van Houwelingen
    HC, Stijnen T, J Clin Epidemiol 2008;61:41-51, integrals by adaptive Gauss-Hermite quadrature (Pinheiro JC, Bates
    DM, J Comput Graph Stat 1995;4:12-35). freeman-tukey: Freeman MF, Tukey JW, Ann Math Stat 1950;21:607-611, turned
    back by Miller JJ, Am Stat 1978;32:138 with the harmonic mean of the totals, which misleads where sizes differ much
    (Schwarzer G et al., Res Synth Methods 2019;10:476-483): an option, not the default. Where no one or everyone had
    the outcome in all studies, glmm has the exact interval of the summed counts. Raises QuestionError for an unknown
    method, no study, counts that are no proportion, or studies too few or too unlike (glmm).
    """
    if method not in PROPORTION_METHODS:
        raise QuestionError(f"no method {method!r}; there are {', '.join(PROPORTION_METHODS)}")
    if not events or len(events) != len(totals):
        raise QuestionError("no study to pool" if not events else f"{len(events)} counts and {len(totals)} totals")
    for x, n in zip(events, totals, strict=True):
        check_proportion(x, n)
    return (_glmm if method == "glmm" else _freeman_tukey)(list(events), list(totals), level)


# ---- double arcsine --------------------------------------------------------------------------------------------


def _freeman_tukey(events: list[float], totals: list[float], level: float) -> PooledProportion:
    effects = [
        (math.asin(math.sqrt(x / (n + 1))) + math.asin(math.sqrt((x + 1) / (n + 1)))) / 2
        for x, n in zip(events, totals, strict=True)
    ]
    found = pool(effects, [math.sqrt(1 / (4 * n + 2)) for n in totals], method="reml", level=level)
    harmonic = len(totals) / math.fsum(1 / n for n in totals)

    def back(effect: float) -> float:
        return _untwist(effect, harmonic)

    prediction = None if found.prediction is None else (back(found.prediction[0]), back(found.prediction[1]))
    return PooledProportion(
        "freeman-tukey", back(found.estimate), back(found.low), back(found.high), level, found.tau2, len(events),
        prediction, found.i2,
    )  # fmt: skip


def _untwist(effect: float, n: float) -> float:
    """Miller's inverse of the double arcsine; what lies beyond 0 or 1 of n is 0 or 1."""
    lowest = math.asin(math.sqrt(1 / (n + 1))) / 2
    highest = (math.asin(math.sqrt(n / (n + 1))) + math.pi / 2) / 2
    if effect <= lowest:
        return 0.0
    if effect >= highest:
        return 1.0
    sine, cosine = math.sin(2 * effect), math.cos(2 * effect)
    inner = 1 - (sine + (sine - 1 / sine) / n) ** 2
    return 0.5 * (1 - math.copysign(math.sqrt(max(0.0, inner)), cosine))


# ---- logit-normal model ----------------------------------------------------------------------------------------


def _glmm(events: list[float], totals: list[float], level: float) -> PooledProportion:
    import numpy as np

    if sum(events) in (0, sum(totals)):
        from trialtab.statistics.intervals import clopper_pearson

        low, high = clopper_pearson(sum(events), sum(totals), level)
        return PooledProportion("glmm", sum(events) / sum(totals), low, high, level, 0.0, len(events))
    if all(x in (0, n) for x, n in zip(events, totals, strict=True)):
        raise QuestionError(_UNLIKE)
    model = _LogitNormal(np.asarray(events, float), np.asarray(totals, float))
    mean, tau = model.fit()
    error = model.standard_error(mean, tau)
    width = quantile(level) * error
    prediction = None
    if len(events) > 2:
        half = t_quantile(len(events) - 2, level) * math.sqrt(tau * tau + error * error)
        prediction = (_expit(mean - half), _expit(mean + half))
    return PooledProportion(
        "glmm", _expit(mean), _expit(mean - width), _expit(mean + width), level, tau * tau, len(events), prediction
    )


def _expit(logit: float) -> float:
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))


class _LogitNormal:
    """The likelihood of counts whose logits are normal with mean `mean` and standard deviation `tau`."""

    def __init__(self, events: Any, totals: Any) -> None:
        import numpy as np

        self.events, self.totals = events, totals
        self.nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        # The nodes' own normal weight is taken out: the integrand brings the one that is meant.
        self.log_weights = np.log(weights) + self.nodes**2 / 2 - 0.5 * math.log(2 * math.pi)

    def log_likelihood(self, mean: float, tau: float) -> float:
        """Sum over studies of the log of the integral; nodes stand where each integrand has its peak."""
        import numpy as np

        if tau < 1e-6:
            return float(self._binomial(np.full(len(self.events), mean)).sum())
        peak, scale = self._peaks(mean, tau)
        z = peak[:, None] + scale[:, None] * self.nodes[None, :]
        logs = self._binomial(mean + tau * z.T).T - z * z / 2 + self.log_weights
        top = logs.max(axis=1)
        return float((top + np.log(np.exp(logs - top[:, None]).sum(axis=1)) + np.log(scale)).sum())

    def _binomial(self, logits: Any) -> Any:
        """Log of the binomial probability, but for its coefficient; logits: studies along the last axis."""
        import numpy as np

        return self.events * logits - self.totals * np.logaddexp(0.0, logits)

    def _peaks(self, mean: float, tau: float) -> tuple[Any, Any]:
        """Where the integrand of each study peaks, and its width there: Newton's steps, held in by bisection."""
        import numpy as np
        from scipy.special import expit

        below, above = tau * (self.events - self.totals), tau * self.events
        z = np.clip(0.0, below, above)
        for _ in range(200):
            p = expit(mean + tau * z)
            slope = tau * (self.events - self.totals * p) - z
            curve = tau * tau * self.totals * p * (1 - p) + 1
            below, above = np.where(slope > 0, z, below), np.where(slope > 0, above, z)
            newton = z + slope / curve
            new = np.where((newton >= below) & (newton <= above), newton, (below + above) / 2)
            done = np.abs(new - z).max() < 1e-10
            z = new
            if done:
                break
        p = expit(mean + tau * z)
        return z, 1 / np.sqrt(tau * tau * self.totals * p * (1 - p) + 1)

    def fit(self) -> tuple[float, float]:
        """Mean and tau of the greatest likelihood. Raises QuestionError where tau has no end."""
        from scipy.optimize import minimize

        start = math.log((self.events.sum() + 0.5) / (self.totals.sum() - self.events.sum() + 0.5))
        found = [
            minimize(
                lambda x: -self.log_likelihood(float(x[0]), abs(float(x[1]))), (start, tau), method="Nelder-Mead",
                bounds=((-40.0, 40.0), (0.0, MOST_TAU)),
                options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000},
            )
            for tau in (0.1, 1.0)
        ]  # fmt: skip
        best = min(found, key=lambda one: one.fun)
        mean, tau = float(best.x[0]), abs(float(best.x[1]))
        alike = float(self.events.sum() / self.totals.sum())
        alone = math.log(alike / (1 - alike))
        if self.log_likelihood(alone, 0.0) >= -best.fun - 1e-9:
            return alone, 0.0
        if tau > 0.99 * MOST_TAU:
            raise QuestionError(_UNLIKE)
        return mean, tau

    def standard_error(self, mean: float, tau: float) -> float:
        """Of the mean: from the curvature of the likelihood in both parameters (in one where tau is next to 0)."""
        step = 1e-3

        def at(i: float, j: float) -> float:
            return self.log_likelihood(mean + i * step, tau + j * step)

        along = -(at(1, 0) - 2 * at(0, 0) + at(-1, 0)) / step**2
        if tau < 0.05:
            return 1 / math.sqrt(along)
        across = -(at(0, 1) - 2 * at(0, 0) + at(0, -1)) / step**2
        mixed = -(at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * step**2)
        determinant = along * across - mixed * mixed
        if across <= 0 or determinant <= 0:
            raise QuestionError(_UNLIKE)
        return math.sqrt(across / determinant)
