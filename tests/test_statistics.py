"""Intervals and tests against published figures, against each other, and against scipy where it has its own."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialtab import statistics
from trialtab.errors import QuestionError
from trialtab.statistics import Table2x2


@pytest.mark.parametrize(
    ("method", "events", "total", "low", "high"),
    [
        # 81 of 263: Newcombe 1998, Stat Med 17:857, Table I
        (statistics.wilson, 81, 263, 0.2553, 0.3662),
        (statistics.clopper_pearson, 81, 263, 0.2527, 0.3676),
        # 15 of 148, 0 of 20, 1 of 29: the same table
        (statistics.wilson, 15, 148, 0.0624, 0.1605),
        (statistics.wilson, 0, 20, 0.0, 0.1611),
        (statistics.wilson, 1, 29, 0.0061, 0.1718),
        (statistics.clopper_pearson, 15, 148, 0.0578, 0.1617),
        (statistics.clopper_pearson, 0, 20, 0.0, 0.1684),
        (statistics.clopper_pearson, 1, 29, 0.0009, 0.1776),
        # all of eleven: 11 / (11 + 1.96^2), and the 11th root of 0.025
        (statistics.wilson, 11, 11, 0.7412, 1.0),
        (statistics.clopper_pearson, 11, 11, 0.7151, 1.0),
    ],
)
def test_interval_of_a_proportion(method, events, total, low, high):
    assert method(events, total) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        # Newcombe 1998, Stat Med 17:873, Table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_interval_of_a_difference(a, b, low, high):
    table = Table2x2(*a, *b)
    assert statistics.newcombe(table) == pytest.approx((low, high), abs=5e-5)
    assert low <= statistics.difference(table) <= high


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        # Newcombe 1998, Stat Med 17:873, Table II, method 6
        ((56, 70), (48, 80), 0.0528, 0.3382),
        ((9, 10), (3, 10), 0.1700, 0.8406),
        ((6, 7), (2, 7), 0.0342, 0.8534),
        ((5, 56), (0, 29), -0.0326, 0.1933),
        ((0, 10), (0, 20), -0.1658, 0.2844),
        ((0, 10), (0, 10), -0.2879, 0.2879),
        ((10, 10), (0, 20), 0.7156, 1.0),
        ((10, 10), (0, 10), 0.6636, 1.0),
    ],
)
def test_miettinen_nurminen_interval_of_a_difference(a, b, low, high):
    table = Table2x2(*a, *b)
    assert statistics.miettinen_nurminen(table) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40))
def test_score_interval_holds_its_difference_and_mirrors(a, n, b, m):
    table = Table2x2(min(a, n), n, min(b, m), m)
    low, high = statistics.miettinen_nurminen(table)
    assert -1 <= low <= statistics.difference(table) <= high <= 1
    mirrored = statistics.miettinen_nurminen(Table2x2(table.events_b, m, table.events_a, n))
    assert (low, high) == pytest.approx((-mirrored[1], -mirrored[0]), abs=1e-8)


def test_level_widens_the_interval():
    narrow, wide = statistics.wilson(4, 11, 0.90), statistics.wilson(4, 11, 0.99)
    assert wide[0] < narrow[0] < 4 / 11 < narrow[1] < wide[1]


def test_wilson_agrees_with_scipy():
    from scipy.stats import binomtest

    for events, total in [(0, 7), (3, 7), (7, 7), (120, 1204)]:
        for method, function in [("wilson", statistics.wilson), ("exact", statistics.clopper_pearson)]:
            interval = binomtest(events, total).proportion_ci(method=method)
            assert function(events, total) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_normal_tail_agrees_with_scipy():
    from scipy.special import ndtr, ndtri

    for z in (0.0, 0.3, 1.96, 5.0, 12.0):
        assert statistics.p_of_z(z) == pytest.approx(2 * ndtr(-z), rel=1e-12)
    for p in (0.9, 0.05, 1e-6, 1e-200):
        assert statistics.z_of_p(p) == pytest.approx(-ndtri(p / 2), rel=1e-12)


def test_standard_errors_from_intervals():
    assert statistics.log_standard_error(0.65, 0.94) == pytest.approx(0.09411, abs=1e-5)
    assert statistics.standard_error(-1.96, 1.96) == pytest.approx(1.0, abs=1e-4)


def test_p_from_interval():
    # Altman and Bland 2011, worked example: a risk ratio of 0.81 (0.70 to 0.94) gives z = 2.79, p = 0.005
    assert statistics.p_from_interval(0.81, 0.70, 0.94, ratio=True) == pytest.approx(0.005, abs=5e-4)
    assert statistics.p_from_interval(0.0, -1.0, 1.0, ratio=False) == pytest.approx(1.0)
    assert statistics.p_from_interval(1.96, 0.0, 3.92, ratio=False) == pytest.approx(0.05, abs=1e-4)


def test_p_and_z_are_inverse():
    for p in (1.0, 0.5, 0.05, 1e-8):
        assert statistics.p_of_z(statistics.z_of_p(p)) == pytest.approx(p)
    assert statistics.z_of_p(0.0) == statistics.z_of_p(5e-324) == math.inf


def test_fisher_and_chi_square():
    tea = Table2x2(3, 4, 1, 4)  # the lady tasting tea: 34/70
    assert statistics.fisher(tea) == pytest.approx(34 / 70)
    table = Table2x2(30, 100, 15, 100)
    from scipy.stats import chi2_contingency

    counts = [[30, 70], [15, 85]]
    assert statistics.chi_square(table) == pytest.approx(chi2_contingency(counts, correction=False)[1])
    assert statistics.chi_square(table, corrected=True) == pytest.approx(chi2_contingency(counts, correction=True)[1])


@pytest.mark.parametrize(
    "counts", [(3, 9, 1, 11), (0, 40, 7, 38), (120, 600, 95, 610), (999, 1000, 990, 1000), (1, 1, 0, 3)]
)
def test_fisher_is_that_of_scipy(counts):
    from scipy.stats import fisher_exact

    a, n, c, m = counts
    assert statistics.fisher(Table2x2(*counts)) == pytest.approx(fisher_exact([[a, n - a], [c, m - c]])[1], rel=1e-9)


def test_fisher_of_very_many_tables_is_that_of_chi_square():
    table = Table2x2(200_000, 1_000_000, 201_000, 1_000_000)
    assert statistics.fisher(table) == statistics.chi_square(table, corrected=True)


def test_chi_square_of_an_empty_margin_is_one():
    assert statistics.chi_square(Table2x2(0, 10, 0, 12)) == 1.0
    assert statistics.fisher(Table2x2(0, 10, 0, 12)) == pytest.approx(1.0)


@pytest.mark.parametrize(("events", "total"), [(12, 11), (-1, 11), (0, 0), (1, -1), (math.nan, 3), (1, math.inf)])
def test_what_is_no_proportion_is_refused(events, total):
    for method in (statistics.wilson, statistics.clopper_pearson):
        with pytest.raises(QuestionError, match="no proportion"):
            method(events, total)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.1])
def test_what_is_no_level_is_refused(level):
    with pytest.raises(QuestionError, match="confidence level"):
        statistics.wilson(1, 2, level)
    with pytest.raises(QuestionError, match="confidence level"):
        statistics.clopper_pearson(1, 2, level)


def test_what_is_no_interval_is_refused():
    with pytest.raises(QuestionError, match="ratio interval"):
        statistics.log_standard_error(0.0, 0.9)
    with pytest.raises(QuestionError, match="no interval"):
        statistics.standard_error(2, 1)
    with pytest.raises(QuestionError, match="not positive"):
        statistics.p_from_interval(-0.5, 0.2, 0.9, ratio=True)
    with pytest.raises(QuestionError, match="between 0 and 1"):
        statistics.z_of_p(1.5)


@given(st.integers(1, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_intervals_hold_their_proportion_and_mirror(counts):
    events, total = counts
    for method in (statistics.wilson, statistics.clopper_pearson):
        low, high = method(events, total)
        assert 0 <= low <= events / total <= high <= 1
        mirrored = method(total - events, total)
        assert (low, high) == pytest.approx((1 - mirrored[1], 1 - mirrored[0]), abs=1e-9)


def test_checking_a_document_does_not_wait_for_scipy():
    code = (
        "import sys; from trialtab import statistics as s; s.wilson(1, 2); s.p_from_interval(1, 0.7, 2, ratio=True);"
        "s.chi_square(s.Table2x2(1, 5, 2, 5)); assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
