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
        "rule": "r",
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


def result(rows, name, arms=()) -> str | None:
    """The result of one check on the first row; None where it leaves no line."""
    rows = [rows] if isinstance(rows, Evidence) else rows
    lines = {(line.finding_id, line.check): line.result for line in checks.check(rows, arms)}
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
    [(4, 11, 38, None), (4, 11, 36.5, None), (4, 11, 36.0, "36.0% (4/11)"), (75, 123, 16.0, None), (1, 8, 14, None)],
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
    over = row(statistic="count", events=12, total=11, total_source="explicit")
    assert result(over, "n_within_total") == "fail"
    assert result(replace(over, events=11), "n_within_total") == "pass"
    assert result(replace(over, total_source="arm"), "n_within_total") == "not_checkable"
    assert result(replace(over, events=67, count_of="events"), "n_within_total") == "not_checkable"
    assert result(row(events=3), "n_within_total") is None


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
    one = row(statistic="mean", value=mean, total=total, unit=unit, total_source="explicit", quote=f"{mean}")
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
    assert result(replace(one, value=16.0), "estimate_in_ci") == "fail"


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


# ---- order


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"value": 68, "q1": 39.5, "q3": 128.8}, "pass"),
        ({"value": 45, "range_low": 21, "range_high": 153}, "pass"),
        ({"value": 20, "range_low": 21, "range_high": 153}, "fail"),
        ({"value": 68, "q1": 80, "q3": 90}, "fail"),
        ({"value": 68, "q1": 60, "q3": 90, "range_low": 65, "range_high": 99}, "fail"),
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
    assert result(row(statistic="mean", value=30, range_low=5, range_high=20), "quantile_order") == "fail"


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


def test_ungraded_row_of_the_same_table_counts_as_any_grade():
    rows = [replace(one, table_label="Table 2") for one in graded(40, 70, grade=None)]
    assert result(rows, "any_grade_not_below_severe") == "fail"


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


def test_a_group_without_an_arm_is_not_the_whole():
    parts = [enrolled(120, "1"), enrolled(120, "2")]
    stray = enrolled(30, None, arm="historical controls", arm_role=None)
    assert result([stray, *parts], "arms_sum_to_total", ARMS) is None


def test_pooled_arm_is_no_error():
    arms = [*ARMS, Arm(arm_id="3", label="any dose", role="intervention")]
    rows = [enrolled(300), enrolled(120, "1"), enrolled(120, "2"), enrolled(240, "3")]
    assert result(rows, "arms_sum_to_total", arms) == "not_checkable"


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
