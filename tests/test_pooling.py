"""Pooling against the figures that metafor's own tests and documentation print for its data sets."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialtab import statistics
from trialtab.errors import QuestionError
from trialtab.statistics import Table2x2

# dat.bcg: positive and negative, vaccinated and not (Colditz GA et al., JAMA 1994;271:698-702)
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
]  # fmt: skip
TABLES = [Table2x2(a, a + b, c, c + d) for a, b, c, d in BCG]
RATIOS = [statistics.risk_ratio(table) for table in TABLES]
LOGS, ERRORS = [one.effect for one in RATIOS], [one.standard_error for one in RATIOS]

# Raudenbush 1985: standardised differences and their standard errors
RAUDENBUSH = [
    (0.03, 0.125), (0.12, 0.147), (-0.14, 0.167), (1.18, 0.373), (0.26, 0.369), (-0.06, 0.103), (-0.02, 0.103),
    (-0.32, 0.220), (0.27, 0.164), (0.80, 0.251), (0.54, 0.302), (0.18, 0.223), (-0.02, 0.289), (0.23, 0.290),
    (-0.18, 0.159), (-0.06, 0.167), (0.30, 0.139), (0.07, 0.094), (-0.07, 0.174),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "estimate", "low", "high", "tau2"),
    [
        ("dersimonian-laird", -0.7141, -1.0644, -0.3638, 0.3088),
        ("reml", -0.7145, -1.0669, -0.3622, 0.3132),
        ("paule-mandel", -0.7150, -1.0695, -0.3604, 0.3181),
        ("fixed", -0.4303, -0.5097, -0.3509, 0.0),
    ],
)
def test_risk_ratios_of_bcg(method, estimate, low, high, tau2):
    found = statistics.pool(LOGS, ERRORS, method=method)
    assert (found.estimate, found.low, found.high, found.tau2) == pytest.approx((estimate, low, high, tau2), abs=5e-5)
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.q_p < 1e-25
    assert sum(found.weights) == pytest.approx(100)


def test_heterogeneity_and_prediction_of_bcg():
    found = statistics.pool(LOGS, ERRORS)
    assert found.i2 == pytest.approx(92.22, abs=5e-3)
    assert statistics.pool(LOGS, ERRORS, method="dersimonian-laird").i2 == pytest.approx(92.12, abs=5e-3)
    assert found.p == pytest.approx(7.05e-5, rel=1e-3)
    low, high = found.prediction
    half = 2.200985 * math.sqrt(found.tau2 + found.standard_error**2)  # Student's t with 11 degrees of freedom
    assert (low, high) == pytest.approx((found.estimate - half, found.estimate + half), rel=1e-6)


def test_hartung_knapp_of_raudenbush():
    effects, errors = zip(*RAUDENBUSH, strict=True)
    found = statistics.pool(effects, errors, method="dersimonian-laird", knapp_hartung=True)
    # The errors are printed to three digits: the fourth decimal of a limit may differ by one.
    assert (found.estimate, found.low, found.high) == pytest.approx((0.0893, -0.0442, 0.2229), abs=1e-4)
    reml = statistics.pool(effects, errors)
    assert (reml.tau2, reml.estimate, reml.standard_error) == pytest.approx((0.0188, 0.0837, 0.0516), abs=1e-4)
    assert (found.q, found.q_p) == pytest.approx((35.83, 0.0074), abs=5e-3)


def test_mantel_haenszel_of_bcg():
    risk = statistics.mantel_haenszel(TABLES, "risk_ratio")
    assert (risk.estimate, risk.low, risk.high) == pytest.approx((-0.4537, -0.5308, -0.3766), abs=5e-5)
    odds = statistics.mantel_haenszel(TABLES, "odds_ratio")
    assert (odds.estimate, odds.low, odds.high) == pytest.approx((-0.4734, -0.5538, -0.3930), abs=5e-5)
    assert odds.q == pytest.approx(163.9426, abs=5e-5)
    gap = statistics.mantel_haenszel(TABLES, "risk_difference")
    assert (gap.estimate, gap.low, gap.high) == pytest.approx((-0.0033, -0.0039, -0.0027), abs=5e-5)
    assert gap.q == pytest.approx(386.7759, abs=5e-5)


def test_mantel_haenszel_of_one_table_is_that_table():
    table = Table2x2(12, 50, 6, 48)
    for measure, single in (("risk_ratio", statistics.risk_ratio), ("odds_ratio", statistics.odds_ratio)):
        assert statistics.mantel_haenszel([table], measure).estimate == pytest.approx(single(table).effect)
    assert statistics.mantel_haenszel([table], "risk_difference").estimate == pytest.approx(
        statistics.difference(table)
    )


def test_a_study_without_events_has_no_part_in_a_pooled_ratio():
    tables = [Table2x2(12, 50, 6, 48), Table2x2(3, 20, 5, 22)]
    with_empty = statistics.mantel_haenszel([*tables, Table2x2(0, 10, 0, 12)])
    without = statistics.mantel_haenszel(tables)
    assert (with_empty.estimate, with_empty.q) == pytest.approx((without.estimate, without.q))
    assert with_empty.weights[2] == 0
    with pytest.raises(QuestionError, match="no ratio can be pooled"):
        statistics.mantel_haenszel([Table2x2(0, 10, 0, 12)])


def test_one_study_gives_itself_back():
    for method in statistics.METHODS:
        found = statistics.pool([0.3], [0.1], method=method, knapp_hartung=True)
        assert (found.estimate, found.standard_error, found.tau2, found.i2) == pytest.approx((0.3, 0.1, 0.0, 0.0))
        assert found.prediction is None and found.weights == (100.0,)


def test_like_studies_have_no_variance_between_them():
    for method in statistics.METHODS:
        found = statistics.pool([0.2, 0.2, 0.2], [0.1, 0.2, 0.3], method=method)
        assert found.tau2 == pytest.approx(0, abs=1e-12)
        assert found.estimate == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("effects", "errors", "said"),
    [
        ([], [], "no study"), ([1.0], [0.0], "cannot be pooled"), ([math.nan], [1.0], "cannot be pooled"),
        ([1.0, 2.0], [1.0], "standard errors"), ([1.0], [math.inf], "cannot be pooled"),
    ],
)  # fmt: skip
def test_what_cannot_be_pooled_is_refused(effects, errors, said):
    with pytest.raises(QuestionError, match=said):
        statistics.pool(effects, errors)


def test_unknown_methods_are_refused_with_those_there_are():
    with pytest.raises(QuestionError, match="paule-mandel"):
        statistics.pool([1.0], [1.0], method="bayes")
    with pytest.raises(QuestionError, match="risk_difference"):
        statistics.mantel_haenszel(TABLES, "hazard_ratio")
    with pytest.raises(QuestionError, match="freeman-tukey"):
        statistics.pool_proportions([1], [2], method="mean")


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.01, 5)), min_size=2, max_size=12))
def test_reml_is_no_less_likely_than_its_rivals(studies):
    from trialtab.statistics import pooling

    effects, errors = map(list, zip(*studies, strict=True))
    variances = [error**2 for error in errors]
    found = statistics.pool(effects, errors)
    assert min(effects) - 1e-9 <= found.estimate <= max(effects) + 1e-9
    best = pooling._restricted(effects, variances, found.tau2)
    for other in ("fixed", "dersimonian-laird", "paule-mandel"):
        rival = statistics.pool(effects, errors, method=other).tau2
        assert pooling._restricted(effects, variances, rival) <= best + 1e-6


# ---- proportions -----------------------------------------------------------------------------------------------

EVENTS, TOTALS = [11, 5, 8, 14, 3], [20, 24, 10, 40, 31]


def brute(mean, tau, events, totals):
    """The same likelihood by scipy's general quadrature."""
    from scipy.integrate import quad
    from scipy.stats import norm

    total = 0.0
    for x, n in zip(events, totals, strict=True):

        def integrand(z, x=x, n=n):
            p = 1 / (1 + math.exp(-(mean + tau * z)))
            return p**x * (1 - p) ** (n - x) * norm.pdf(z) * 1e6

        total += math.log(quad(integrand, -9, 9, epsabs=1e-30, epsrel=1e-11, limit=400)[0]) - math.log(1e6)
    return total


def test_the_likelihood_of_proportions_is_that_of_general_quadrature():
    import numpy as np

    from trialtab.statistics.proportions import _LogitNormal

    model = _LogitNormal(np.asarray(EVENTS, float), np.asarray(TOTALS, float))
    for mean, tau in ((-0.5, 0.9), (0.2, 0.3), (-1.0, 2.0)):
        assert model.log_likelihood(mean, tau) == pytest.approx(brute(mean, tau, EVENTS, TOTALS), abs=1e-6)
    steep = _LogitNormal(np.asarray([3.0, 50.0, 0.0]), np.asarray([36.0, 60.0, 9.0]))
    for mean, tau in ((-2.0, 3.0), (-2.5, 4.0)):  # Newton's steps alone do not find these peaks
        assert steep.log_likelihood(mean, tau) == pytest.approx(brute(mean, tau, [3, 50, 0], [36, 60, 9]), abs=1e-5)


def test_proportions_by_the_logit_normal_model():
    from scipy.optimize import minimize

    found = statistics.pool_proportions(EVENTS, TOTALS)
    best = minimize(lambda x: -brute(x[0], abs(x[1]), EVENTS, TOTALS), (-0.3, 0.8), method="Nelder-Mead").x
    assert math.log(found.estimate / (1 - found.estimate)) == pytest.approx(best[0], abs=1e-3)
    assert math.sqrt(found.tau2) == pytest.approx(abs(best[1]), abs=1e-3)
    assert found.low < found.estimate < found.high
    assert found.prediction[0] < found.low < found.high < found.prediction[1]


def test_like_proportions_are_those_of_their_sum():
    found = statistics.pool_proportions([5, 6, 7], [10, 12, 14])
    assert (found.estimate, found.tau2) == pytest.approx((0.5, 0.0))
    half = 1.959964 / math.sqrt(36 * 0.25)
    assert found.high == pytest.approx(1 / (1 + math.exp(-half)), abs=1e-5)


@pytest.mark.parametrize("events", [[0, 0], [10, 12]])
def test_where_no_one_or_everyone_had_it_the_interval_is_exact(events):
    found = statistics.pool_proportions(events, [10, 12])
    assert (found.low, found.high) == statistics.clopper_pearson(sum(events), 22)


def test_double_arcsine_gives_a_single_study_back():
    found = statistics.pool_proportions([12], [40], method="freeman-tukey")
    assert found.estimate == pytest.approx(0.3, abs=1e-9)
    assert 0 <= found.low < 0.3 < found.high <= 1
    assert statistics.pool_proportions([0, 0], [8, 9], method="freeman-tukey").low == 0.0


def test_studies_too_unlike_have_no_model():
    with pytest.raises(QuestionError, match="take freeman-tukey"):
        statistics.pool_proportions([0, 4], [1, 4])
    with pytest.raises(QuestionError, match="too unlike"):
        statistics.pool_proportions([39, 0], [42, 5])
    assert statistics.pool_proportions([0, 4], [1, 4], method="freeman-tukey").low >= 0


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(2, 60).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))), min_size=3, max_size=6)
)
def test_pooled_proportions_are_proportions(counts):
    events, totals = map(list, zip(*counts, strict=True))
    for method in statistics.PROPORTION_METHODS:
        found = statistics.pool_proportions(events, totals, method=method)
        assert 0 <= found.low <= found.estimate + 1e-12 and found.estimate - 1e-12 <= found.high <= 1
        if method == "glmm":  # the double arcsine of small, unlike sizes may leave the range, as its docstring warns
            assert min(x / n for x, n in counts) - 0.03 <= found.estimate <= max(x / n for x, n in counts) + 0.03
