"""The arithmetic of rows: what must fail, what must pass, and above all what must not be convicted."""

import math
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trialtab import checks, statistics
from trialtab.model import Arm, Evidence

_ids = count(1)


def row(**columns) -> Evidence:
    """An evidence row with sensible defaults; `finding_id` runs on."""
    defaults = {
        "finding_id": f"f{next(_ids):04}",
        "document": "a.txt",
        "document_id": "d1",
        "study": "A",
        "section": "results",
        "source": "text",
        "statistic": "proportion",
        "outcome": "complete response",
        "outcome_id": "complete_response",
        "outcome_class": "efficacy_response",
        "quote": "",
        "start": 0,
        "end": 0,
        "rule": "hazard_ratio",
        "confidence": 0.9,
    }
    return Evidence(**(defaults | columns))


def share(events, total, percent, quote=None, **columns) -> Evidence:
    columns = {"total_source": "explicit"} | columns
    quote = f"{events}/{total} ({percent}%)" if quote is None else quote
    return row(events=events, total=total, percent=percent, value=percent, quote=quote, **columns)


def ratio(value, low, high, **columns) -> Evidence:
    columns = {"statistic": "hazard_ratio", "quote": f"{value} (95% CI {low}-{high})", "ci_level": 95} | columns
    return row(value=value, ci_low=low, ci_high=high, outcome="overall survival", outcome_class="survival", **columns)


def result(rows, name, arms=(), text="") -> str | None:
    """The result of one check on the first row; None where it leaves no line."""
    rows = [rows] if isinstance(rows, Evidence) else rows
    lines = {(line.finding_id, line.check): line.result for line in checks.check(rows, arms, text)}
    return lines.get((rows[0].finding_id, name))


# ---- printed precision


@pytest.mark.parametrize(
    ("value", "quote", "decimals"),
    [
        (36.4, "4/11 (36.4%)", 1),
        (36.0, "4/11 (36%)", 0),
        (36.0, "36.0% (4/11)", 1),
        (54.0, "54/100 (54.0%)", 1),
        (54.0, "54.0% (54/100)", 1),
        (12.4, "12·4 months", 1),
        (36.4, "36,4%", 1),
        (1204, "1,204 patients", 0),
        (11, "eleven patients", 0),
        (0.78, "", 2),
        (7.5, "4 (7·50 per cent)", 2),
    ],
)
def test_decimals_are_those_of_the_quote(value, quote, decimals):
    assert checks.printed(value, quote).decimals == decimals


# ---- percent of total


@pytest.mark.parametrize(
    ("events", "total", "percent", "quote"),
    [
        (4, 11, 36, None),
        (4, 11, 36.4, None),
        (4, 11, 36.3, "4/11 (36.3%)"),  # cut off
        (1, 8, 12, "1/8 (12%)"),  # half to even
        (1, 8, 13, "1/8 (13%)"),
        (2, 3, 66.6, None),
        (75, 123, 61.0, "61.0% (75)"),
        (11, 11, 100, None),
        (0, 15, 0, None),
    ],
)
def test_percent_that_fits(events, total, percent, quote):
    assert result(share(events, total, percent, quote), "percent_of_total") == "pass"


@pytest.mark.parametrize(
    ("events", "total", "percent", "quote"),
    [(4, 11, 38, None), (4, 11, 36.5, None), (4, 11, 36.2, "36.2% (4/11)"), (75, 123, 16.0, None), (1, 8, 14, None)],
)
def test_percent_that_does_not_fit(events, total, percent, quote):
    one = share(events, total, percent, quote)
    (line,) = [line for line in checks.check([one], []) if line.check == "percent_of_total"]
    assert line.result == "fail"
    assert line.expected.startswith(f"{100 * events / total:.0f}"[:1])
    assert line.observed.endswith("%")
    assert line.tolerance


@pytest.mark.parametrize(
    "columns",
    [
        {"total_source": "arm"},
        {"total_source": "none"},
        {"count_of": "events"},
        {"qualifier": "<"},
        {"outcome_class": "survival"},
        {"outcome_class": "survival", "timepoint": "at 12 months"},
        {"outcome_class": "mortality", "timepoint": "at 12 months"},
        {"derived": "events"},
    ],
)
def test_percent_that_nothing_convicts(columns):
    assert result(share(4, 11, 80, **columns), "percent_of_total") == "not_checkable"


def test_derived_percent_is_not_checked():
    assert result(share(4, 11, 36.36, derived="percent"), "percent_of_total") is None


# ---- n within N


def test_events_above_the_total():
    assert result(share(12, 11, 109), "n_within_total") == "fail"  # percent above 100
    over = row(statistic="count", events=12, total=11, total_source="explicit", quote="12 of 11")
    assert result(over, "n_within_total") == "fail"
    assert result(replace(over, quote="12 in 11"), "n_within_total") == "not_checkable"  # episodes in patients
    assert result(replace(over, events=11), "n_within_total") == "pass"
    assert result(replace(over, total_source="arm"), "n_within_total") == "not_checkable"
    assert result(replace(over, events=67, count_of="events"), "n_within_total") == "not_checkable"
    assert result(row(events=3), "n_within_total") is None


# ---- denominators that stand elsewhere


def column(*printed, total=47.0, **columns):
    """Rows of one column of a table: (n, percent) each."""
    common = {
        "total_source": "header",
        "table_label": "Table 2",
        "column_path": "Arm A (N=47), n (%)",
        "source": "table",
    }
    return [
        share(n, total, percent, f"{n} ({percent})", row_path=f"Event {i}", **(common | columns))
        for i, (n, percent) in enumerate(printed)
    ]


FITTING = ((16, 34.04), (9, 19.15), (3, 6.38))


def test_a_heading_convicts_where_the_rows_beside_fit_it():
    assert result(column((2, 44.68), *FITTING), "percent_of_total") == "fail"
    assert result(column((2, 44.68), *FITTING[:2]), "percent_of_total") == "not_checkable"
    assert result(column((2, 44.68), (3, 21.2), (4, 8.9), *FITTING), "percent_of_total") == "not_checkable"


def test_missing_data_explain_a_percent_that_is_a_little_high():
    assert result(column((9, 20.0), *FITTING), "percent_of_total") == "not_checkable"  # 9/45
    (line, *_) = [one for one in checks.check(column((9, 20.0), *FITTING), []) if one.check == "percent_of_total"]
    assert "45" in line.note


def test_a_denominator_that_two_rows_share_explains_both():
    """Of 11 with an event: 2 (18) and 6 (55), under a heading that counts 47."""
    rows = column((2, 18), (6, 55), (16, 34), (9, 19), (3, 6))
    assert result(rows, "percent_of_total") == "not_checkable"


def test_a_row_of_a_part_of_the_group_is_not_held_against_its_whole():
    rows = column((2, 44.68), *FITTING)
    assert result([replace(rows[0], population="women"), *rows[1:]], "percent_of_total") == "not_checkable"


@pytest.mark.parametrize(
    "quote",
    ["22 (50)/22 (50)", "2 (<45)", "2 (44.68) and 7", "2 of these) and (44.68)"],
)
def test_a_quotation_with_more_in_it_convicts_nobody(quote):
    rows = column((2, 44.68), *FITTING)
    assert result([replace(rows[0], quote=quote), *rows[1:]], "percent_of_total") == "not_checkable"


def test_rounded_twice_or_padded_is_no_slip():
    assert result(share(18, 103, 18, "18 of 103 (18%)"), "percent_of_total") == "pass"  # 17.476, 17.5, 18
    assert result(share(56, 208, 27.0, "56/208 (27.0%)"), "percent_of_total") == "not_checkable"  # 26.9, 27, 27.0


def test_a_share_beyond_all_numbers_is_no_rounding():
    assert not checks.printed(12.5, "12.5%").rounds_from(1.7e308)
    assert not checks.printed(12.5, "12.5%").rounds_from(math.inf)


def test_a_number_that_begins_before_its_quotation_convicts_nobody():
    text = "was 199/42 (44%)"
    one = share(99, 142, 44, "99/142 (44%)", start=4, end=16)
    assert {c.result for c in checks.check([one], [], "was 99/142 (44%)")} >= {"fail"}
    one = replace(one, start=text.index("99"))
    assert "fail" not in {c.result for c in checks.check([one], [], text)}


# ---- GRIM


@pytest.mark.parametrize(
    ("percent", "total", "expected"),
    [
        (36, 11, "pass"),
        (36.4, 11, "pass"),
        (40, 11, "fail"),
        (37.5, 11, "fail"),
        (33.3, 15, "pass"),
        (33.0, 15, "pass"),  # "33%"
        (52, 101, "not_checkable"),  # every whole percent can occur
        (52.3, 101, "fail"),
        (52.4, 101, "pass"),  # 53/101 = 52.475, cut off
        (52.8, 101, "fail"),
        (52.5, 101, "pass"),
    ],
)
def test_grim_of_percents(percent, total, expected):
    quote = f"{percent:g}% of {total}"
    one = row(percent=percent, value=percent, total=total, total_source="explicit", quote=quote)
    assert result(one, "grim") == expected


@pytest.mark.parametrize(
    "columns",
    [
        {"total_source": "arm"},
        {"outcome_class": "survival", "timepoint": "at 6 months"},
        {"outcome_class": "remission_duration", "timepoint": "15-month"},
        {"outcome_class": "relapse", "timepoint": "at 1 year"},
        {"qualifier": "~"},
        {"count_of": "episodes"},
    ],
)
def test_grim_convicts_no_curve_and_no_guess(columns):
    one = row(**({"percent": 40, "value": 40, "total": 11, "total_source": "explicit", "quote": "40%"} | columns))
    assert result(one, "grim") == "not_checkable"


def test_grim_leaves_printed_counts_to_percent_of_total():
    assert result(share(4, 11, 40), "grim") is None


@pytest.mark.parametrize(
    ("mean", "total", "unit", "expected"),
    [
        (2.55, 20, "{events}", "pass"),
        (2.53, 10, "{events}", "fail"),
        (2.53, 10, "points", "not_checkable"),
        (2.55, 20, "points", "pass"),
        (2.5, 10, "{events}", "not_checkable"),
        (2.53, 10, "mg", None),
        (2.53, 200, "{events}", "not_checkable"),
    ],
)
def test_grim_of_means(mean, total, unit, expected):
    one = row(statistic="mean", value=mean, total=total, unit=unit, total_source="explicit", quote=f"{mean} in {total}")
    assert result(one, "grim") == expected


# ---- intervals


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [(0.78, 0.65, 0.94, "pass"), (0.98, 0.65, 0.94, "fail"), (0.6, 0.61, 0.94, "pass"), (0.5, 0.61, 0.94, "fail")],
)
def test_estimate_in_ci(value, low, high, expected):
    # 0.6 may be 0.649: the coarser number decides
    assert result(ratio(value, low, high), "estimate_in_ci") == expected


def test_percent_with_an_interval_printed_as_a_fraction():
    one = row(value=30, percent=30, ci_low=0.22, ci_high=0.40, quote="30% (95% CI 0.22-0.40)")
    assert result(one, "estimate_in_ci") == "pass"
    assert result(replace(one, percent=50.0, value=50.0, quote="50% (95% CI 0.22-0.40)"), "estimate_in_ci") == "fail"


def test_a_decrease_in_words_beside_an_interval_with_a_sign():
    quote = "6.0 (95% CI, -10.8 to -1.2) mL"
    one = ratio(6.0, -10.8, -1.2, statistic="mean_difference", quote=quote)
    assert result(one, "estimate_in_ci") == "not_checkable"
    assert result(replace(one, value=16.0, quote=quote.replace("6.0", "16.0")), "estimate_in_ci") == "fail"


def test_not_reached_has_no_estimate_to_check():
    one = row(statistic="median", qualifier="not reached", ci_low=12.1, ci_high=20.0, quote="NR (12.1-20.0)")
    assert result(one, "estimate_in_ci") == "not_checkable"


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (0.78, 0.65, 0.94, "pass"),
        (0.87, 0.65, 0.94, "fail"),
        (0.41, 0.23, 0.73, "pass"),
        (0.14, 0.23, 0.73, "not_checkable"),  # outside: estimate_in_ci speaks
        (2.1, 1.2, 3.7, "pass"),
        (2.9, 1.2, 3.7, "fail"),
        (0.1, 0.0, 0.8, "not_checkable"),
        (0.1, 0.04, 0.4, "pass"),  # rounding of 0.1 covers the gap
    ],
)
def test_ci_symmetry(value, low, high, expected):
    assert result(ratio(value, low, high), "ci_symmetry") == expected


def test_symmetry_is_asked_of_ratios_only():
    assert result(ratio(5.0, 4.9, 9.0, statistic="mean_difference"), "ci_symmetry") is None


@given(
    st.floats(-3, 3).map(lambda x: 2.718**x),
    st.floats(0.05, 1.5),
    st.integers(1, 3),
)
def test_no_true_interval_is_convicted(estimate, width, decimals):
    value, low, high = (round(x, decimals) for x in (estimate, estimate * 2.718**-width, estimate * 2.718**width))
    one = ratio(value, low, high, quote=f"{value:.{decimals}f} ({low:.{decimals}f}-{high:.{decimals}f})")
    assert result(one, "ci_symmetry") != "fail"
    assert result(one, "estimate_in_ci") != "fail"


def test_a_very_wide_interval_may_be_an_exact_one():
    assert result(ratio(0.12, 0.002, 1.05, statistic="risk_ratio"), "ci_symmetry") == "not_checkable"


def test_two_intervals_of_one_line_that_are_not_symmetric_are_of_another_kind():
    one = ratio(2.9, 1.2, 3.7, table_label="Table 3", row_path="Interaction")
    other = replace(one, finding_id="other", column_path="12 months")
    assert result(one, "ci_symmetry") == "fail"
    assert result([one, other], "ci_symmetry") == "not_checkable"


@pytest.mark.parametrize(
    "quote",
    ["31.4 cm^2 (95% CI 56.5 to 2.0)", "0.98 or 0.65 to 0.94 of 7", "0.98 = a, 0.65 = b, 0.94 = c", "0.98"],
)
def test_an_interval_that_is_not_the_estimates_convicts_nobody(quote):
    assert result(ratio(0.98, 0.65, 0.94, quote=quote), "estimate_in_ci") == "not_checkable"


def test_the_dash_of_a_range_is_no_sign():
    one = row(statistic="mean", value=390, ci_low=301, ci_high=-478, quote="390 (301 -478)")
    assert result(one, "estimate_in_ci") == "not_checkable"
    assert result(replace(one, value=990, quote="990 (301 -478)"), "estimate_in_ci") == "fail"


@pytest.mark.parametrize("columns", [{"value": 391, "total": 391, "quote": "391, 4 (2-8)", "sd": 4},
                                     {"value": 2, "quote": "< 2 [59, 60]", "ci_low": 59, "ci_high": 60}])  # fmt: skip
def test_a_group_size_or_a_bound_is_no_estimate(columns):
    one = row(**{"statistic": "mean", "ci_low": 2, "ci_high": 8, "source": "table"} | columns)
    assert result(one, "estimate_in_ci") == "not_checkable"
    assert result(replace(one, value=400, total=None, sd=None, quote="400 (2-8)", ci_low=2, ci_high=8),
                  "estimate_in_ci") == "fail"  # fmt: skip


# ---- p against CI


@pytest.mark.parametrize(
    ("value", "low", "high", "relation", "p", "expected"),
    [
        (0.78, 0.65, 0.94, "=", 0.01, "pass"),
        (0.78, 0.65, 0.94, "<", 0.05, "pass"),
        (0.78, 0.65, 0.94, "=", 0.004, "pass"),  # one-sided
        (0.78, 0.65, 0.94, "=", 0.5, "fail"),
        (0.41, 0.23, 0.73, "<", 0.001, "pass"),
        (0.95, 0.80, 1.13, "=", 0.001, "fail"),
        (0.81, 0.62, 1.05, "=", 0.03, "not_checkable"),  # log-rank against Wald
        (0.8, 0.62, 1.05, "=", 0.03, "pass"),  # 0.8 may be 0.75
        (0.95, 0.80, 1.13, ">", 0.05, "pass"),
        (0.50, 0.40, 0.62, ">", 0.05, "fail"),
        (0.50, 0.40, 0.62, "=", 0, "pass"),  # "p = 0.000"
    ],
)
def test_p_against_ci(value, low, high, relation, p, expected):
    assert result(ratio(value, low, high, p_relation=relation, p_value=p), "p_against_ci") == expected


def test_differences_are_held_against_zero():
    apart = ratio(-4.5, -6.0, -3.0, statistic="mean_difference", p_relation="=", p_value=0.6)
    assert result(apart, "p_against_ci") == "fail"
    assert result(replace(apart, p_relation="<", p_value=0.001), "p_against_ci") == "pass"


def test_non_inferiority_explains_a_small_p():
    one = ratio(0.98, 0.85, 1.12, p_relation="<", p_value=0.001)
    assert result(one, "p_against_ci") == "fail"
    assert result(replace(one, outcome="death (noninferiority)"), "p_against_ci") == "not_checkable"

    text = "It was tested for non-inferiority. The hazard ratio was 0.98 (95% CI 0.85-1.12), p<0.001."
    start = text.index("0.98")
    placed = replace(one, start=start, end=start + len(one.quote))
    assert result(placed, "p_against_ci", text=text) == "not_checkable"
    assert result(placed, "p_against_ci", text=text.replace("non-inferiority", "superiority, p.")) == "fail"


@pytest.mark.parametrize(("behind", "expected"), [
    (" (P = 0.92)", "fail"),
    (", with no significant heterogeneity by the concentration of urate at randomisation (P = 0.92)", "not_checkable"),
])  # fmt: skip
def test_what_stands_before_a_p_tells_whose_it_is(behind, expected):
    quote = "0.71 (95% CI 0.62-0.81)"
    one = ratio(0.71, 0.62, 0.81, p_relation="=", p_value=0.92, start=3, end=3 + len(quote))
    assert result(one, "p_against_ci", text=f"HR {quote}{behind} {'in all of the centres. ' * 5}") == expected


def test_an_arms_own_interval_is_not_held_against_the_p_between_arms():
    one = row(value=50, percent=50, ci_low=40, ci_high=60, p_relation="=", p_value=0.9, quote="50% (40-60)")
    assert result(one, "p_against_ci") is None


@given(st.floats(-1.5, 1.5), st.floats(0.03, 0.8), st.integers(1, 3), st.integers(1, 4), st.sampled_from([1, 2]))
def test_no_true_p_is_convicted_by_its_interval(log_ratio, error, decimals, p_decimals, sides):
    value, low, high = (math.exp(log_ratio + step * 1.959964 * error) for step in (0, -1, 1))
    p = round(statistics.p_of_z(log_ratio / error) / sides, p_decimals)
    assume(p > 0 or p_decimals > 1)  # nobody prints "p = 0.0"
    quote = f"{value:.{decimals}f} (95% CI {low:.{decimals}f}-{high:.{decimals}f})"
    shown = [round(number, decimals) for number in (value, low, high)]
    one = ratio(*shown, quote=quote, p_relation="=", p_value=p)
    assert result(one, "p_against_ci") != "fail"


# ---- p against table


def pair(a, b, p, relation="=", **columns):
    common = {"p_value": p, "p_relation": relation, "outcome_class": "adverse_event"} | columns
    return [
        share(a[0], a[1], round(100 * a[0] / a[1]), arm_id="1", arm="A", **common),
        share(b[0], b[1], round(100 * b[0] / b[1]), arm_id="2", arm="B", **common),
    ]


@pytest.mark.parametrize(
    ("a", "b", "relation", "p", "expected"),
    [
        ((30, 100), (15, 100), "=", 0.01, "pass"),
        ((30, 100), (15, 100), "=", 0.018, "pass"),  # corrected
        ((30, 100), (15, 100), "=", 0.81, "fail"),
        ((10, 50), (11, 50), "<", 0.001, "fail"),
        ((10, 50), (11, 50), "=", 0.81, "pass"),
        ((10, 50), (16, 50), "=", 0.04, "not_checkable"),  # an adjusted p may
        ((0, 50), (0, 50), "=", 1.0, "pass"),
    ],
)
def test_p_against_table(a, b, relation, p, expected):
    rows = pair(a, b, p, relation)
    assert [result(rows, "p_against_table"), result(rows[::-1], "p_against_table")] == [expected, expected]


counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, counts, st.sampled_from(["fisher", "chi-square", "corrected"]), st.integers(1, 4))
def test_no_true_p_is_convicted_by_its_table(a, b, test, decimals):
    table = statistics.Table2x2(*a, *b)
    p = {
        "fisher": statistics.fisher(table),
        "chi-square": statistics.chi_square(table),
        "corrected": statistics.chi_square(table, corrected=True),
    }[test]
    assume(round(p, decimals) > 0 or decimals > 1)
    assert result(pair(a, b, round(p, decimals)), "p_against_table") != "fail"


@pytest.mark.parametrize(
    "columns",
    [{"total_source": "arm"}, {"outcome_class": "survival"}, {"count_of": "events"}],
)
def test_table_that_is_none(columns):
    assert result(pair((30, 100), (15, 100), 0.81, **columns), "p_against_table") == "not_checkable"


def test_rows_of_other_timepoints_make_no_table():
    a, b = pair((30, 100), (15, 100), 0.81)
    assert result([a, replace(b, timepoint="at 12 months")], "p_against_table") is None


def test_three_arms_make_no_table():
    a, b = pair((30, 100), (15, 100), 0.81)
    c = replace(b, finding_id="third", arm_id="3")
    assert result([a, b, c], "p_against_table") == "not_checkable"


def table_pair(p, **columns):
    return [
        replace(one, table_label="Table 2", source="table", row_path="Relapse", column_path=name, **columns)
        for one, name in zip(pair((30, 100), (15, 100), p), ("A, n (%)", "B, n (%)"), strict=True)
    ]


def test_a_p_of_a_table_that_may_be_of_something_else():
    rows = table_pair(0.81)
    assert result(rows, "p_against_table") == "fail"
    effect = ratio(2.0, 0.5, 8.0, table_label="Table 2", row_path="Relapse", column_path="RR (95% CI)")
    assert result([*rows, effect], "p_against_table") == "not_checkable"
    third = replace(rows[1], finding_id="third", column_path="C, n (%)", p_value=None)
    assert result([*rows, third], "p_against_table") == "not_checkable"
    clusters = [replace(one, column_path=f"{one.column_path} clusters") for one in rows]
    assert result(clusters, "p_against_table") == "not_checkable"
    under = [replace(one, row_path="Outcome > Relapse") for one in rows]
    sibling = replace(under[0], finding_id="sibling", row_path="Outcome > None", outcome_id="other", p_value=None)
    assert result([*under, sibling], "p_against_table") == "not_checkable"


def test_a_larger_p_than_an_unadjusted_test_gives_must_lie_far_off():
    assert result(pair((46, 216), (47, 350), 0.5), "p_against_table") == "not_checkable"  # 0.014: clusters may
    assert result(pair((60, 216), (47, 350), 0.5), "p_against_table") == "fail"


def test_a_p_of_each_arm_is_not_the_p_between_them():
    a, b = pair((30, 100), (15, 100), 0.81)
    told = "30/100 (30%), P = 0.81 against the first image, and 15/100 (15%), P = 0.81"
    rows = [replace(a, start=0, end=12), replace(b, start=told.index("15/"), end=told.index("15/") + 12)]
    lines = {one.check: one.result for one in checks.check(rows, [], told)}
    assert lines["p_against_table"] == "not_checkable"
    lines = {one.check: one.result for one in checks.check(rows, [], told.replace("P = 0.81 against", "against"))}
    assert lines["p_against_table"] == "fail"


def test_a_p_that_two_effects_of_a_table_carry():
    common = {"table_label": "Table 2", "statistic": "mean_difference", "source": "table"}
    one = ratio(-4, -15, 6, p_relation="=", p_value=0.001, row_path="Symptoms", column_path="6 months", **common)
    other = replace(one, finding_id="other", column_path="12 months")
    assert result(one, "p_against_ci") == "fail"
    assert result([one, other], "p_against_ci") == "not_checkable"


# ---- order


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"value": 68, "q1": 39.5, "q3": 128.8}, "pass"),
        ({"value": 45, "range_low": 21, "range_high": 153}, "pass"),
        ({"value": 20, "range_low": 21, "range_high": 153, "quote": "20 days (range 21-153)"}, "fail"),
        ({"value": 20, "range_low": 21, "range_high": 153, "quote": "20 or, as 21 of 153 say"}, "not_checkable"),
        ({"value": 20, "range_low": 21, "range_high": 153}, "not_checkable"),  # not printed together
        ({"value": 68, "q1": 80, "q3": 90, "quote": "68 (80-90)"}, "fail"),
        ({"value": 68, "q1": 80, "q3": 90, "quote": "68 (80-90) against 12"}, "not_checkable"),
        (
            {"value": 68, "q1": 60, "q3": 90, "range_low": 65, "range_high": 99, "quote": "68 (60-90; range 65-99)"},
            "fail",
        ),
        ({"value": 7, "q1": 7.4, "q3": 9.0, "quote": "7 (7.4-9.0)"}, "pass"),  # 7 may be 7.4
        ({"value": 5, "q1": 9, "q3": 12, "qualifier": "<"}, "pass"),  # the value is a bound: only q1 and q3 count
        ({"value": 5}, None),
        ({"value": None, "range_low": 3}, "not_checkable"),
    ],
)
def test_quantile_order(columns, expected):
    assert result(row(statistic="median", **columns), "quantile_order") == expected


def test_mean_may_lie_outside_its_quartiles_but_not_outside_its_range():
    assert result(row(statistic="mean", value=30, q1=5, q3=20), "quantile_order") == "pass"
    outside = row(statistic="mean", value=30, range_low=5, range_high=20, quote="30 (range, 5 to 20)")
    assert result(outside, "quantile_order") == "fail"


# ---- grades


def graded(any_events, severe_events, total=100, **columns):
    common = {"outcome": "infection", "outcome_id": "infection", "outcome_class": "adverse_event"}
    first = share(any_events, total, any_events, **(common | {"grade": "any"} | columns))
    return [first, share(severe_events, total, severe_events, **common, grade=">=3")]


def test_any_grade_not_below_severe():
    assert result(graded(70, 40), "any_grade_not_below_severe") == "pass"
    assert result(graded(48, 48), "any_grade_not_below_severe") == "pass"
    assert result(graded(40, 70), "any_grade_not_below_severe") == "fail"
    assert result(graded(40, 70, grade=None), "any_grade_not_below_severe") == "not_checkable"
    assert result(graded(40, 70, serious=1), "any_grade_not_below_severe") is None
    assert result(graded(40, 70, arm_id="2"), "any_grade_not_below_severe") is None


def test_ungraded_row_counts_as_any_grade_in_the_same_line_of_a_table():
    rows = [replace(one, table_label="Table 2", row_path="Infection") for one in graded(40, 70, grade=None)]
    assert result(rows, "any_grade_not_below_severe") == "fail"
    rows = [rows[0], replace(rows[1], row_path="Events > Severe")]
    assert result(rows, "any_grade_not_below_severe") == "not_checkable"


def test_text_and_table_may_count_other_patients():
    any_grade, severe = graded(40, 70)
    assert result([any_grade, replace(severe, table_label="Table 2")], "any_grade_not_below_severe") == "not_checkable"


def test_a_check_names_the_row_it_was_held_against():
    rows = graded(40, 70)
    (line,) = [one for one in checks.check(rows, []) if one.result == "fail"]
    assert line.other_id == rows[1].finding_id


def test_grades_by_percent_where_events_are_missing():
    rows = [replace(one, events=None, total=None) for one in graded(40, 70)]
    assert result(rows, "any_grade_not_below_severe") == "fail"


# ---- arms

ARMS = [Arm(arm_id="1", label="A", role="intervention"), Arm(arm_id="2", label="B", role="control")]


def enrolled(n, arm_id=None, **columns):
    role = "overall" if arm_id is None else "intervention"
    base = {"outcome": "patients enrolled", "outcome_id": "enrolled", "outcome_class": "enrollment"}
    return row(**(base | {"statistic": "count", "value": n, "events": n, "arm_id": arm_id, "arm_role": role} | columns))


def test_arms_sum_to_total():
    parts = [enrolled(120, "1"), enrolled(120, "2")]
    assert result([enrolled(240), *parts], "arms_sum_to_total", ARMS) == "pass"
    assert result([enrolled(250), *parts], "arms_sum_to_total", ARMS) == "fail"
    assert result([enrolled(250), enrolled(240), *parts], "arms_sum_to_total", ARMS) == "not_checkable"
    assert result([enrolled(240), parts[0]], "arms_sum_to_total", ARMS) == "not_checkable"
    assert result([enrolled(250, population="screened"), *parts], "arms_sum_to_total", ARMS) is None
    assert result([enrolled(240)], "arms_sum_to_total", ARMS) is None


def test_enrolled_and_randomised_are_not_held_against_each_other():
    parts = [enrolled(120, "1", outcome="randomised"), enrolled(120, "2", outcome="randomised")]
    assert result([enrolled(300), *parts], "arms_sum_to_total", ARMS) == "not_checkable"
    assert result([enrolled(240), *parts], "arms_sum_to_total", ARMS) == "pass"


def placed_in(text, whole, *parts):
    """The whole and the arms, each where its number stands in a text."""
    sizes = zip((whole, *parts), (None, "1", "2"), strict=True)
    return [enrolled(n, arm, start=text.index(str(n)), end=text.index(str(n)) + len(str(n))) for n, arm in sizes]


def test_those_who_left_and_are_told_are_not_missed():
    text = "212 patients were randomised; 4 withdrew consent, leaving 130 in group A and 78 in group B."
    assert result(placed_in(text, 212, 130, 78), "arms_sum_to_total", ARMS, text) == "not_checkable"
    other = text.replace("4 withdrew", "2 withdrew")
    assert result(placed_in(other, 212, 130, 78), "arms_sum_to_total", ARMS, other) == "fail"
    more = text.replace("78", "86")
    assert result(placed_in(more, 212, 130, 86), "arms_sum_to_total", ARMS, more) == "fail"


def test_arms_that_add_up_to_those_treated_are_not_held_against_those_enrolled():
    text = "Of 212 patients enrolled, 208 (A, 130; B, 78) were treated."
    placed = placed_in(text, 212, 130, 78)
    assert result(placed, "arms_sum_to_total", ARMS, text) == "not_checkable"
    assert result(placed, "arms_sum_to_total", ARMS, text.replace("208", "all")) == "fail"


def test_a_group_without_an_arm_is_not_the_whole():
    parts = [enrolled(120, "1"), enrolled(120, "2")]
    stray = enrolled(30, None, arm="historical controls", arm_role=None)
    assert result([stray, *parts], "arms_sum_to_total", ARMS) is None


def test_pooled_arm_is_no_error():
    arms = [*ARMS, Arm(arm_id="3", label="any dose", role="intervention")]
    rows = [enrolled(300), enrolled(120, "1"), enrolled(120, "2"), enrolled(240, "3")]
    assert result(rows, "arms_sum_to_total", arms) == "not_checkable"


def test_parts_that_miss_the_whole_by_far_are_not_its_parts():
    parts = [enrolled(45, "1"), enrolled(45, "2")]
    assert result([enrolled(180), *parts], "arms_sum_to_total", ARMS) == "not_checkable"  # mothers and infants
    apart = [replace(one, start=5000) for one in parts]
    assert result([enrolled(95), *apart], "arms_sum_to_total", ARMS) == "not_checkable"
    assert result([enrolled(95), *parts], "arms_sum_to_total", ARMS) == "fail"


# ---- one result in two places


def told(section, *, source="text", **columns):
    return ratio(
        1.24,
        1.08,
        columns.pop("high", 1.43),
        section=section,
        source=source,
        outcome_id="abstinence",
        arm_id="1",
        **columns,
    )


def test_a_slip_between_abstract_and_body():
    rows = [told("abstract"), told("results", high=1.63)]
    assert result(rows, "abstract_against_body") == "fail"
    (line,) = [one for one in checks.check(rows, []) if one.check == "abstract_against_body"]
    assert (line.observed, line.expected, line.other_id) == ("ci_high 1.43", "ci_high 1.63", rows[1].finding_id)
    assert result([told("abstract"), told("results")], "abstract_against_body") == "pass"


def test_a_slip_between_text_and_table():
    rows = [told("results"), told("results", source="table", table_label="Table 2", high=1.63)]
    assert result(rows, "text_against_table") == "fail"
    assert result(rows, "abstract_against_body") is None


@pytest.mark.parametrize(
    "columns",
    [
        {"timepoint_value": 12, "timepoint_unit": "month"},
        {"arm_id": "2"},
        {"population": "per protocol"},
        {"grade": ">=3"},
        {"outcome_id": "other"},
    ],
)
def test_rows_that_answer_other_questions_are_not_held_against_each_other(columns):
    other = replace(told("results", high=1.63), **columns)
    assert result([told("abstract"), other], "abstract_against_body") is None


def test_numbers_that_share_too_little_are_two_results():
    other = replace(told("results"), value=1.9, ci_high=1.63, quote="1.9 (1.08-1.63)")
    assert result([told("abstract"), other], "abstract_against_body") is None


def test_a_number_rounded_in_the_abstract_is_no_slip():
    body = share(100, 138, 72.5, section="results", arm_id="1")
    assert result([share(100, 138, 72, section="abstract", arm_id="1"), body], "abstract_against_body") == "pass"
    assert result([share(100, 138, 75, section="abstract", arm_id="1"), body], "abstract_against_body") == "fail"


# ---- all together


def test_one_line_a_finding_and_check_in_the_order_of_rows():
    rows = [*pair((30, 100), (15, 100), 0.81), *graded(40, 70), ratio(0.87, 0.65, 0.94)]
    lines = checks.check(rows, [])
    keys = [(line.finding_id, line.check) for line in lines]
    assert len(keys) == len(set(keys))
    order = [one.finding_id for one in rows]
    assert [order.index(key[0]) for key in keys] == sorted(order.index(key[0]) for key in keys)
    assert {line.check for line in lines} <= set(checks.NAMES)
    assert {line.result for line in lines} <= {"pass", "fail", "not_checkable"}
    assert all(line.expected and line.observed and line.tolerance for line in lines if line.result == "fail")
    assert all(line.note for line in lines if line.result == "not_checkable")


def test_the_same_rows_give_the_same_lines():
    rows = [*pair((30, 100), (15, 100), 0.81), *graded(40, 70)]
    assert checks.check(rows, ARMS) == checks.check(list(rows), list(ARMS))


def test_mark_fills_the_column_checks():
    good, bad = share(4, 11, 36), share(4, 11, 38)
    marked = checks.mark([good, bad], checks.check([good, bad], []))
    assert [one.checks for one in marked] == [None, "percent_of_total"]


numbers = st.none() | st.floats(-1e6, 1e6) | st.integers(-5, 500).map(float)


@given(st.data())
def test_no_row_makes_a_check_raise(data):
    names = ("value", "events", "total", "percent", "q1", "q3", "range_low", "range_high", "ci_low", "ci_high",
             "ci_level", "p_value", "timepoint_value")  # fmt: skip
    rows = [
        row(
            **{name: data.draw(numbers, label=name) for name in names},
            statistic=data.draw(st.sampled_from(["proportion", "mean", "median", "hazard_ratio", "mean_difference"])),
            total_source=data.draw(st.sampled_from(["explicit", "arm"])),
            p_relation=data.draw(st.sampled_from([None, "=", "<", ">"])),
            grade=data.draw(st.sampled_from([None, "any", ">=3"])),
            arm_id=str(i),
            outcome_class="adverse_event",
            quote=data.draw(st.text(max_size=20)),
        )
        for i in range(2)
    ]
    rows[1] = replace(rows[1], p_value=rows[0].p_value, p_relation=rows[0].p_relation)
    for line in checks.check(rows, ARMS):
        assert line.finding_id in {one.finding_id for one in rows}
