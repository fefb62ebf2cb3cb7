"""Pooling over studies: inverse-variance fixed and random effects, Mantel-Haenszel, and how much the studies differ.

Effects are differences or natural logs of ratios; whoever pools ratios gives their logs and takes the exponential of
what comes back. Methods are those that Cochrane's Handbook and the R package metafor name so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trialtab.errors import QuestionError
from trialtab.statistics.intervals import Interval, p_of_z, quantile
from trialtab.statistics.means import t_quantile
from trialtab.statistics.two_groups import Table2x2

METHODS = ("fixed", "dersimonian-laird", "reml", "paule-mandel")


@dataclass(frozen=True, slots=True)
class Pooled:
    """What several studies say together, on the scale of their effects.

    weights: percent of each study, in the order given; tau2: variance between studies; q, q_p: Cochran's Q and its p;
    i2: percent of the variation that lies between studies; prediction: where the effect of a further study is expected
    (None: fixed effect or fewer than 3 studies); knapp_hartung: was the interval so made?
    """

    method: str
    estimate: float
    standard_error: float
    low: float
    high: float
    level: float
    p: float
    tau2: float
    q: float
    q_p: float
    i2: float
    weights: tuple[float, ...]
    prediction: Interval | None = None
    knapp_hartung: bool = False

    @property
    def studies(self) -> int:
        """How many studies were pooled."""
        return len(self.weights)


def pool(
    effects: Sequence[float], standard_errors: Sequence[float], *, method: str = "reml", knapp_hartung: bool = False,
    level: float = 0.95,
) -> Pooled:  # fmt: skip
    """Pool effects by inverse variance; one study gives itself back.

    method: "fixed"; "dersimonian-laird" (DerSimonian R, Laird N, Control Clin Trials 1986;7:177-188); "reml"
    (Viechtbauer W, J Educ Behav Stat 2005;30:261-293); "paule-mandel" (Paule RC, Mandel J, J Res Natl Bur Stand
    1982;87:377-385). knapp_hartung: interval by Student's t with the variance of Hartung J, Knapp G, Stat Med
    2001;20:3875-3889 and Sidik K, Jonkman JN, Stat Med 2002;21:3153-3159. I2: Higgins JPT, Thompson SG, Stat Med
    2002;21:1539-1558. Prediction interval: Higgins JPT, Thompson SG, Spiegelhalter DJ, J R Stat Soc A 2009;172:137-159
    (Student's t, k - 2 degrees of freedom). Raises QuestionError for an unknown method, no study, or an effect or error
    that is not finite and positive.
    """
    if method not in METHODS:
        raise QuestionError(f"no method {method!r}; there are {', '.join(METHODS)}")
    _check(effects, standard_errors)
    variances = [error * error for error in standard_errors]
    count = len(effects)
    q = _q(effects, variances, 0.0)
    tau2 = 0.0 if count == 1 else _TAU2[method](effects, variances)
    weights = [1 / (v + tau2) for v in variances]
    total = math.fsum(weights)
    mean = _mean(effects, weights)
    variance = 1 / total
    hartung = knapp_hartung and count > 1
    if hartung:
        variance = _q(effects, variances, tau2) / ((count - 1) * total)
    error = math.sqrt(variance)
    width = t_quantile(count - 1, level) if hartung else quantile(level)
    prediction = None
    if method != "fixed" and count > 2:
        half = t_quantile(count - 2, level) * math.sqrt(tau2 + variance)
        prediction = (mean - half, mean + half)
    return Pooled(
        method, mean, error, mean - width * error, mean + width * error, level,
        p=_p(mean, error, count - 1 if hartung else None), tau2=tau2, q=q, q_p=_chi2_tail(q, count - 1),
        i2=_i2(q, tau2, variances, method), weights=tuple(100 * w / total for w in weights), prediction=prediction,
        knapp_hartung=hartung,
    )  # fmt: skip


def _check(effects: Sequence[float], standard_errors: Sequence[float]) -> None:
    if not effects:
        raise QuestionError("no study to pool")
    if len(effects) != len(standard_errors):
        raise QuestionError(f"{len(effects)} effects and {len(standard_errors)} standard errors")
    for effect, error in zip(effects, standard_errors, strict=True):
        if not (math.isfinite(effect) and math.isfinite(error) and error > 0):
            raise QuestionError(f"cannot be pooled: effect {effect:g}, standard error {error:g}")


def _mean(effects: Sequence[float], weights: Sequence[float]) -> float:
    return math.fsum(w * y for w, y in zip(weights, effects, strict=True)) / math.fsum(weights)


def _q(effects: Sequence[float], variances: Sequence[float], tau2: float) -> float:
    """Cochran's Q (tau2 = 0; Cochran WG, Biometrics 1954;10:101-129), or its generalised form."""
    weights = [1 / (v + tau2) for v in variances]
    mean = _mean(effects, weights)
    return math.fsum(w * (y - mean) ** 2 for w, y in zip(weights, effects, strict=True))


def _p(mean: float, error: float, freedom: int | None) -> float:
    if error == 0:
        return 1.0 if mean == 0 else 0.0
    if freedom is None:
        return p_of_z(mean / error)
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(mean / error)))


def _chi2_tail(q: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, q)) if freedom > 0 else 1.0


def _i2(q: float, tau2: float, variances: Sequence[float], method: str) -> float:
    """Percent of the variation between studies: from Q for a fixed effect, else from tau2 and the typical variance."""
    freedom = len(variances) - 1
    if freedom == 0:
        return 0.0
    if method == "fixed":
        return 100 * max(0.0, (q - freedom) / q) if q > 0 else 0.0
    weights = [1 / v for v in variances]
    spread = math.fsum(weights) ** 2 - math.fsum(w * w for w in weights)
    return 100 * tau2 / (tau2 + freedom * math.fsum(weights) / spread)


# ---- the variance between studies ------------------------------------------------------------------------------


def _dersimonian_laird(effects: Sequence[float], variances: Sequence[float]) -> float:
    weights = [1 / v for v in variances]
    total = math.fsum(weights)
    scale = total - math.fsum(w * w for w in weights) / total
    return max(0.0, (_q(effects, variances, 0.0) - (len(effects) - 1)) / scale)


def _paule_mandel(effects: Sequence[float], variances: Sequence[float]) -> float:
    from scipy.optimize import brentq

    freedom = len(effects) - 1

    def excess(tau2: float) -> float:
        return _q(effects, variances, tau2) - freedom

    if excess(0.0) <= 0:
        return 0.0
    return float(brentq(excess, 0.0, _beyond(effects), xtol=1e-14, rtol=1e-12))


def _beyond(effects: Sequence[float]) -> float:
    """A variance between studies that none of the estimators exceeds: the generalised Q is below k - 1 there."""
    mean = math.fsum(effects) / len(effects)
    return math.fsum((y - mean) ** 2 for y in effects) + 1e-12


def _reml(effects: Sequence[float], variances: Sequence[float]) -> float:
    """The restricted likelihood may have several peaks: the best of a grid is refined by the root of its slope."""
    from scipy.optimize import brentq

    top = 2 * _beyond(effects)
    grid = [0.0, *(top * 10 ** (power / 12) for power in range(-96, 1))]
    best = max(range(len(grid)), key=lambda i: _restricted(effects, variances, grid[i]))
    below, above = grid[max(0, best - 1)], grid[min(len(grid) - 1, best + 1)]

    def slope(tau2: float) -> float:
        weights = [1 / (v + tau2) for v in variances]
        mean = _mean(effects, weights)
        squares = math.fsum(w * w for w in weights)
        fit = math.fsum((w * (y - mean)) ** 2 for w, y in zip(weights, effects, strict=True))
        return fit - math.fsum(weights) + squares / math.fsum(weights)

    if slope(below) <= 0 or slope(above) >= 0:
        return grid[best]
    return float(brentq(slope, below, above, xtol=1e-14, rtol=1e-12))


def _restricted(effects: Sequence[float], variances: Sequence[float], tau2: float) -> float:
    """Restricted log-likelihood of a variance between studies, but for a constant."""
    weights = [1 / (v + tau2) for v in variances]
    return -0.5 * (
        math.fsum(math.log(v + tau2) for v in variances) + math.log(math.fsum(weights)) + _q(effects, variances, tau2)
    )


_TAU2: dict[str, Callable[[Sequence[float], Sequence[float]], float]] = {
    "fixed": lambda effects, variances: 0.0,
    "dersimonian-laird": _dersimonian_laird,
    "reml": _reml,
    "paule-mandel": _paule_mandel,
}


# ---- Mantel and Haenszel ---------------------------------------------------------------------------------------


def mantel_haenszel(tables: Sequence[Table2x2], measure: str = "risk_ratio", *, level: float = 0.95) -> Pooled:
    """Pool 2x2 tables without correcting zero cells; the estimate is the log of a ratio, or a risk difference.

    measure: "risk_ratio" (Greenland S, Robins JM, Biometrics 1985;41:55-68), "odds_ratio" (Mantel N, Haenszel W, J Natl
    Cancer Inst 1959;22:719-748; variance by Robins J, Breslow N, Greenland S, Biometrics 1986;42:311-323) or
    "risk_difference" (variance by Sato T, Greenland S, Robins JM, Biometrics 1989;45:1323-1324). Q is of the studies
    that have an estimate of their own, 0.5 added to each cell of one with a zero; a study without events (or with
    nothing else) has no part in a ratio. Raises QuestionError for an unknown measure or where no ratio is left.
    """
    if measure not in _MANTEL_HAENSZEL:
        raise QuestionError(f"no measure {measure!r} to pool; there are {', '.join(_MANTEL_HAENSZEL)}")
    if not tables:
        raise QuestionError("no study to pool")
    estimate, error, weights = _MANTEL_HAENSZEL[measure](tables)
    width = quantile(level) * error
    q, count = _q_around(tables, measure, estimate)
    total = math.fsum(weights)
    return Pooled(
        "mantel-haenszel", estimate, error, estimate - width, estimate + width, level, p=_p(estimate, error, None),
        tau2=0.0, q=q, q_p=_chi2_tail(q, count - 1),
        i2=100 * max(0.0, (q - (count - 1)) / q) if q > 0 and count > 1 else 0.0,
        weights=tuple(100 * w / total for w in weights),
    )  # fmt: skip


def _q_around(tables: Sequence[Table2x2], measure: str, pooled: float) -> tuple[float, int]:
    from trialtab.statistics.two_groups import odds_ratio, risk_difference, risk_ratio

    single = {"risk_ratio": risk_ratio, "odds_ratio": odds_ratio, "risk_difference": risk_difference}[measure]
    terms = []
    for table in tables:
        try:
            found = single(table)
        except QuestionError:  # no ratio can be told of it: it has no part in the sum, as its docstring says
            continue
        terms.append(((found.effect - pooled) / found.standard_error) ** 2)
    return math.fsum(terms), len(terms)


_Sums = tuple[float, float, list[float]]


def _four(table: Table2x2) -> tuple[float, float, float, float, float, float, float]:
    """a, b, c, d, both group sizes and their sum."""
    a, c = table.events_a, table.events_b
    n, m = table.total_a, table.total_b
    return a, n - a, c, m - c, n, m, n + m


def _mh_risk_ratio(tables: Sequence[Table2x2]) -> _Sums:
    cells = [_four(table) for table in tables]
    r = math.fsum(a * m / t for a, _, _, _, _, m, t in cells)
    weights = [c * n / t for _, _, c, _, n, _, t in cells]
    s = math.fsum(weights)
    p = math.fsum((n * m * (a + c) - a * c * t) / t**2 for a, _, c, _, n, m, t in cells)
    _refuse_no_ratio(r, s)
    return math.log(r / s), math.sqrt(p / (r * s)), weights


def _mh_odds_ratio(tables: Sequence[Table2x2]) -> _Sums:
    cells = [_four(table) for table in tables]
    r_each = [a * d / t for a, _, _, d, _, _, t in cells]
    s_each = [b * c / t for _, b, c, _, _, _, t in cells]
    r, s = math.fsum(r_each), math.fsum(s_each)
    _refuse_no_ratio(r, s)
    p = [(a + d) / t for a, _, _, d, _, _, t in cells]
    q = [(b + c) / t for _, b, c, _, _, _, t in cells]
    variance = (
        math.fsum(x * y for x, y in zip(p, r_each, strict=True)) / (2 * r * r)
        + math.fsum(x * z + w * y for x, y, z, w in zip(p, r_each, s_each, q, strict=True)) / (2 * r * s)
        + math.fsum(w * z for w, z in zip(q, s_each, strict=True)) / (2 * s * s)
    )
    return math.log(r / s), math.sqrt(variance), s_each


def _mh_risk_difference(tables: Sequence[Table2x2]) -> _Sums:
    cells = [_four(table) for table in tables]
    weights = [n * m / t for *_, n, m, t in cells]
    total = math.fsum(weights)
    estimate = math.fsum(a * (m / t) - c * (n / t) for a, _, c, _, n, m, t in cells) / total
    first = math.fsum(
        c * (n / t) ** 2 - a * (m / t) ** 2 + (n / t) * (m / t) * (m - n) / 2 for a, _, c, _, n, m, t in cells
    )
    second = math.fsum(a * (m - c) / t + c * (n - a) / t for a, _, c, _, n, m, t in cells) / 2
    return estimate, math.sqrt(max(0.0, estimate * first + second)) / total, weights


_MANTEL_HAENSZEL: dict[str, Callable[[Sequence[Table2x2]], _Sums]] = {
    "risk_ratio": _mh_risk_ratio,
    "odds_ratio": _mh_odds_ratio,
    "risk_difference": _mh_risk_difference,
}


def _refuse_no_ratio(r: float, s: float) -> None:
    if r <= 0 or s <= 0:
        raise QuestionError("no ratio can be pooled: one of the groups has no events in any study, or nothing else")
