"""Effect measures of two groups and means from what is printed in their place: against published worked examples."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialtab import statistics
from trialtab.errors import QuestionError
from trialtab.statistics import Mean, Table2x2

# ---- ratios ----------------------------------------------------------------------------------------------------


def test_risk_ratio_and_odds_ratio_of_the_first_trial_of_bcg():
    # dat.bcg of metafor, Aronson 1948: log risk ratio -0.8893, variance 0.3256; log odds ratio -0.9387, 0.3571
    table = Table2x2(4, 123, 11, 139)
    risk, odds = statistics.risk_ratio(table), statistics.odds_ratio(table)
    assert (risk.effect, risk.standard_error**2) == pytest.approx((-0.8893, 0.3256), abs=5e-5)
    assert (odds.effect, odds.standard_error**2) == pytest.approx((-0.9387, 0.3571), abs=5e-5)
    assert risk.is_ratio and risk.note == ""
    assert math.log(risk.high / risk.low) == pytest.approx(2 * 1.959964 * risk.standard_error, rel=1e-6)


def test_zero_cells_are_corrected_and_named():
    table = Table2x2(5, 56, 0, 29)
    risk = statistics.risk_ratio(table)
    assert risk.value == pytest.approx((5.5 / 57) / (0.5 / 30))
    assert statistics.odds_ratio(table).value == pytest.approx(5.5 * 29.5 / (51.5 * 0.5))
    assert risk.note == "0.5 added to each cell"
    with pytest.raises(QuestionError, match="nothing may be added"):
        statistics.risk_ratio(table, added=0)


@pytest.mark.parametrize("counts", [(0, 10, 0, 20), (10, 10, 20, 20)])
@pytest.mark.parametrize("measure", [statistics.risk_ratio, statistics.odds_ratio])
def test_no_ratio_is_told_where_there_is_none(measure, counts):
    with pytest.raises(QuestionError, match="no ratio"):
        measure(Table2x2(*counts))


def test_risk_difference_has_its_own_interval_and_an_error_even_where_no_one_had_it():
    found = statistics.risk_difference(Table2x2(0, 10, 0, 20))
    assert found.value == 0 and found.standard_error > 0 and "0.5 added" in found.note
    assert (found.low, found.high) == statistics.newcombe(Table2x2(0, 10, 0, 20))


def test_barnard_and_boschloo():
    # Mehta and Senchaudhuri 2003: 7 of 15 against 12 of 15, one-sided p 0.0341 by Barnard, 0.0641 by Fisher
    table = Table2x2(7, 15, 12, 15)
    assert statistics.barnard(table) == pytest.approx(2 * 0.0341, abs=1e-4)
    assert statistics.fisher(table) == pytest.approx(2 * 0.0641, abs=1e-4)
    assert statistics.boschloo(table) < statistics.fisher(table)
    assert statistics.barnard(Table2x2(0, 5, 0, 6)) == statistics.boschloo(Table2x2(5, 5, 6, 6)) == 1.0


@pytest.mark.parametrize("counts", [(7, 15, 12, 15), (1, 6, 5, 7), (0, 8, 4, 8), (3, 10, 9, 12)])
def test_boschloo_by_its_definition(counts):
    """Twice the largest chance, over one common risk, of a table with no greater one-sided Fisher p than that seen."""
    from scipy.stats import binom, hypergeom

    a, n, c, m = counts

    def one_sided(x, y):
        return hypergeom(n + m, x + y, n).cdf(x)

    seen = one_sided(a, c)
    extreme = [(x, y) for x in range(n + 1) for y in range(m + 1) if one_sided(x, y) <= seen * (1 + 1e-9)]
    risks = [i / 2000 for i in range(1, 2000)]
    largest = max(sum(binom.pmf(x, n, p) * binom.pmf(y, m, p) for x, y in extreme) for p in risks[::10])
    assert statistics.boschloo(Table2x2(*counts)) == pytest.approx(min(1, 2 * largest), rel=5e-3)


def test_an_estimate_from_its_interval():
    found = statistics.estimate_from_interval("hazard_ratio", 0.78, 0.65, 0.94)
    assert found.effect == pytest.approx(-0.24846, abs=1e-5)
    assert found.standard_error == pytest.approx(0.09411, abs=1e-5)
    plain = statistics.estimate_from_interval("mean_difference", -2.0, -3.96, -0.04)
    assert (plain.effect, plain.standard_error) == pytest.approx((-2.0, 1.0), abs=1e-4)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [((1.2, 0.5, 0.9), "outside"), ((1.0, 0.0, 2.0), "interval"), ((1.0, 0.5, math.inf), "not finite")],
)
def test_what_is_no_estimate_is_refused(numbers, said):
    with pytest.raises(QuestionError, match=said):
        statistics.estimate_from_interval("hazard_ratio", *numbers)


# ---- means -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "g", "variance"),
    [
        # dat.normand1999 of metafor: Edinburgh, Orpington-Mild, Montreal-like sizes; SMD and its variance
        ((55, 47, 155), (75, 64, 156), -0.3552, 0.0131),
        ((27, 7, 31), (29, 4, 32), -0.3479, 0.0645),
    ],
)
def test_hedges_g(a, b, g, variance):
    found = statistics.hedges_g(Mean(*a), Mean(*b))
    assert (found.value, found.standard_error**2) == pytest.approx((g, variance), abs=5e-5)


def test_mean_difference():
    found = statistics.mean_difference(Mean(55, 47, 155), Mean(75, 64, 156))
    assert (found.value, found.standard_error**2) == pytest.approx((-20, 40.5080), abs=5e-5)
    with pytest.raises(QuestionError, match="both standard deviations"):
        statistics.mean_difference(Mean(5, 0, 10), Mean(4, 0, 10))
    with pytest.raises(QuestionError, match="standard deviations are 0"):
        statistics.hedges_g(Mean(5, 0, 10), Mean(4, 0, 10))


def test_standard_deviations_from_errors_and_intervals():
    assert statistics.sd_from_standard_error(2.0, 25) == pytest.approx(10.0)
    # Cochrane Handbook 6.5.2.2: 25 patients, 30.0 to 34.2 -> t 2.0639, SD 5.09; 100 patients -> 3.92
    assert statistics.sd_from_interval(30.0, 34.2, 25) == pytest.approx(5.09, abs=5e-3)
    assert statistics.sd_from_interval(30.0, 34.2, 100) == pytest.approx(10 * 4.2 / 3.92, abs=5e-3)
    with pytest.raises(QuestionError):
        statistics.sd_from_interval(3, 2, 20)
    with pytest.raises(QuestionError):
        statistics.sd_from_standard_error(-1, 20)


def test_mean_and_sd_from_quartiles():
    found = statistics.mean_from_quartiles(4, 6, 10, 20)
    assert (found.mean, found.sd) == pytest.approx((6.7195, 4.7871), abs=5e-5)
    assert found.source == "mean and SD from median and IQR"


def test_mean_and_sd_from_range_and_from_five_numbers_of_normal_values():
    """Expected order statistics of a normal sample give back its mean and, nearly, its SD."""
    from scipy.stats import norm

    n = 101
    at = [10 + 2 * float(norm.ppf((i - 0.375) / (n + 0.25))) for i in (1, 26, 51, 76, 101)]
    by_range = statistics.mean_from_range(at[0], at[2], at[4], n)
    by_five = statistics.mean_from_five_numbers(*at, n)
    assert (by_range.mean, by_range.sd) == pytest.approx((10, 2), abs=0.01)
    assert (by_five.mean, by_five.sd) == pytest.approx((10, 2), abs=0.05)


def test_mean_of_luo_by_hand():
    """16 patients, whose weights can be worked out on paper: 16 ** 0.75 is 8."""
    assert statistics.mean_from_range(0, 3, 12, 16).mean == pytest.approx(6 / 3 + 2 * 3 / 3)
    second = 0.7 - 0.72 / 16**0.55
    by_five = 2.2 / 10.2 * 6 + second * 5 + (1 - 2.2 / 10.2 - second) * 4
    assert (
        statistics.mean_from_five_numbers(0, 2, 4, 8, 12, 16).mean
        == pytest.approx(by_five)
        == pytest.approx(4.9747, abs=5e-5)
    )


@pytest.mark.parametrize(("n", "expected"), [(10, 3.078), (25, 3.931), (50, 4.498)])
def test_sd_of_wan_by_the_expected_range_of_a_normal_sample(n, expected):
    """The expected range of n normal values in standard deviations, as tabled; the formula comes near it."""
    assert statistics.mean_from_range(-1, 0, 1, n).sd == pytest.approx(2 / expected, rel=0.01)


def test_skew_moves_the_mean_towards_its_tail():
    assert statistics.mean_from_range(0, 5, 30, 40).mean > 5
    assert statistics.mean_from_five_numbers(0, 3, 5, 9, 30, 40).mean > 5


@pytest.mark.parametrize("numbers", [(10, 6, 4), (4, 6, math.inf), (4, math.nan, 6)])
def test_quantiles_out_of_order_are_refused(numbers):
    with pytest.raises(QuestionError, match="not in order"):
        statistics.mean_from_quartiles(*numbers, 20)
    with pytest.raises(QuestionError, match="quantiles of 3"):
        statistics.mean_from_quartiles(1, 2, 3, 3)


def test_ratio_of_medians_is_a_number_and_nothing_more():
    assert statistics.ratio_of_medians(141, 69) == pytest.approx(2.0435, abs=5e-5)
    with pytest.raises(QuestionError, match="positive"):
        statistics.ratio_of_medians(0, 69)


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=5).map(sorted), st.integers(4, 10_000)
)  # fmt: skip
def test_means_lie_within_the_values(numbers, n):
    low, q1, median, q3, high = numbers
    for found, (below, above) in (
        (statistics.mean_from_range(low, median, high, n), (low, high)),
        (statistics.mean_from_quartiles(q1, median, q3, n), (q1, q3)),
    ):
        assert below - 1e-6 <= found.mean <= above + 1e-6
        assert found.sd >= 0
