"""Findings -> rows: names, denominators, ids, quotations, the ledger, duplicates and conflicts."""

from __future__ import annotations

import json
from array import array
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bundled
from by_hand import OVERALL, TEXT, document, finding, findings, record
from trialtab import evidence
from trialtab.model import Arm, Candidate, Extraction, Link, Measure, Number, Words, changed


def one(text, quote, statistic="count", *, arms=(OVERALL,), others=(), **given):
    """The row of a single finding among others."""
    made = finding(text, quote, statistic, **{"arm": "overall", "arm_role": "overall", **given})
    rows = record(text, found=(made, *others), arms=arms).rows
    start = made.measure.start
    return next(row for row in rows if row.start >= start)


def test_a_row_carries_its_quotation_names_and_block():
    rows = record().rows
    assert [row.quote for row in rows] == [
        "11 of 11 patients (100%)", "median of 45 days (range, 21-153)", "4 patients", "11 of 11",
    ]  # fmt: skip
    for row in rows:
        assert TEXT[row.start : row.end] == row.quote
    response, time, neutropenia, _ = rows
    assert (response.outcome_id, response.outcome_class) == ("complete_response", "efficacy_response")
    assert (response.statistic, response.value, response.unit, response.total_source) == (
        "proportion", 100.0, "%", "explicit",
    )  # fmt: skip
    assert (time.unit, time.range_low, time.range_high) == ("d", 21.0, 153.0)
    assert neutropenia.outcome_class == "adverse_event"
    assert {row.arm_id for row in rows} == {"a1"} and {row.arm_role for row in rows} == {"overall"}


def test_the_condition_comes_from_the_text_where_the_extraction_has_none():
    assert record("CAR T cells in multiple myeloma.\n\nIn 4 patients.", found=()).condition == "multiple myeloma"
    assert record(found=(), condition="lupus").condition == "lupus"
    assert record("Nothing is named here.", found=()).condition is None


def test_an_arm_without_a_class_is_given_one():
    (arm,) = record().arms
    assert arm.intervention_class and "CD19" in arm.intervention_class


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("at 12 months", 12.0, "month"),
        ("6-month", 6.0, "month"),
        ("day 28", 28.0, "day"),
        ("week 48", 48.0, "week"),
        ("one year", 1.0, "year"),
        ("1 yr", 1.0, "year"),
        ("at discharge", None, None),
    ],
)
def test_timepoints_are_parsed_and_kept_as_printed(printed, value, unit):
    row = one("The rate was 30% then.", "30%", "proportion", percent=30.0, outcome="survival", timepoint=printed)
    assert (row.timepoint, row.timepoint_value, row.timepoint_unit) == (printed, value, unit)


# ---- denominators ----------------------------------------------------------------------------------------------


def test_n_comes_from_the_arm_and_the_percent_is_named_as_derived():
    row = one("Neutropenia occurred in 4 patients.", "4 patients", events=4.0, outcome="neutropenia")
    assert (row.total, row.total_source, row.percent, row.derived) == (11.0, "arm", 36.4, "percent")
    assert (row.statistic, row.value) == ("proportion", 4.0)


def test_a_computed_percent_is_rounded_as_people_round():
    assert one("In 9 of 16.", "9 of 16", events=9.0, total=16.0, outcome="response").percent == 56.3
    assert one("In 1 of 3000.", "1 of 3000", events=1.0, total=3000.0, outcome="response").percent == 0.03


def test_a_printed_percent_is_the_value_even_where_n_leads():
    row = one("It was seen in 4 (36%).", "4 (36%)", events=4.0, percent=36.0, outcome="neutropenia")
    assert (row.statistic, row.value, row.unit, row.percent, row.derived) == ("proportion", 36.0, "%", 36.0, None)
    assert (row.total, row.total_source) == (11.0, "arm")


def test_no_n_where_no_whole_number_gives_the_printed_percent():
    assert one("It was 40%.", "40%", "proportion", percent=40.0, outcome="neutropenia").total is None
    assert one("It was 36%.", "36%", "proportion", percent=36.0, outcome="neutropenia").total == 11.0
    assert one("It was 36.0%.", "36.0%", "proportion", percent=36.0, outcome="neutropenia").total is None


def test_percentages_read_from_a_curve_carry_n_all_the_same():
    row = one("OS was 40%.", "40%", "proportion", percent=40.0, outcome="overall survival", timepoint="at 12 months")
    assert (row.total, row.total_source) == (11.0, "arm")


def test_all_and_none_of_an_unnamed_number_have_no_n():
    row = one("All responded.", "All", "proportion", percent=100.0, outcome="response")
    assert (row.statistic, row.value, row.percent, row.events, row.total) == ("proportion", 100.0, 100.0, None, None)


def test_a_subgroup_takes_no_n_of_the_arm():
    row = one("Of responders 4 relapsed.", "4", events=4.0, outcome="relapse", population="responders")
    assert (row.total, row.statistic, row.value, row.total_source) == (None, "count", 4.0, "none")


def test_another_analysis_set_bars_the_n_of_the_arm_on_its_side_only():
    text = "Response was seen in 7 of 9 evaluable. Relapse in 2. Neutropenia in 4."
    other = finding(text, "7 of 9", "proportion", events=7.0, total=9.0, outcome="response", arm="overall",
                    arm_role="overall", population="evaluable")  # fmt: skip
    assert one(text, "2", events=2.0, outcome="relapse", others=(other,)).total is None
    assert one(text, "4", events=4.0, outcome="neutropenia", others=(other,)).total == 11.0


def test_an_unnamed_denominator_near_to_n_is_another_set_and_a_small_one_a_subgroup():
    text = "Response in 6 of 10, of 4 of whom 3 had more. Later 5 relapsed."
    whole = {"arm": "overall", "arm_role": "overall"}
    near = finding(text, "6 of 10", "proportion", events=6.0, total=10.0, outcome="response", **whole)
    small = finding(text, "4 of whom 3", "proportion", events=3.0, total=4.0, outcome="response", **whole)
    assert one(text, "5", events=5.0, outcome="relapse", others=(near,)).total is None
    assert one(text, "5", events=5.0, outcome="relapse", others=(small,)).total == 11.0


def test_an_efficacy_set_gives_no_n_to_safety_rows():
    arms = (replace(OVERALL, source="efficacy set"),)
    assert one("Neutropenia in 4.", "4", events=4.0, outcome="neutropenia", arms=arms).total is None
    assert one("Relapse in 4.", "4", events=4.0, outcome="relapse", arms=arms).total == 11.0


def test_events_have_no_total_and_no_percent():
    row = one("67 adverse events among the 11", "67 adverse events", events=67.0, total=11.0, count_of="events",
              outcome="adverse events")  # fmt: skip
    assert (row.events, row.total, row.percent, row.statistic, row.value) == (67.0, None, None, "count", 67.0)


def test_more_events_than_patients_take_no_n():
    assert one("Infection in 14.", "14", events=14.0, outcome="infection").total is None


@pytest.mark.parametrize(("unit", "count_of"), [("patients", None), ("episodes", "episodes"), ("events", "events")])
def test_a_bare_number_of_patients_or_events_is_a_count(unit, count_of):
    row = one(f"Seen in 67 {unit}.", f"67 {unit}", "other", value=67.0, unit=unit, outcome="infection")
    assert (row.statistic, row.events, row.value, row.count_of, row.total) == ("count", 67.0, 67.0, count_of, None)


def test_enrolment_is_a_count_and_takes_no_n():
    row = one("We enrolled 11 patients.", "11 patients", events=11.0, value=11.0, outcome="patients", enrollment=True)
    assert (row.outcome_class, row.statistic, row.value, row.total) == ("enrollment", "count", 11.0, None)


def test_arms_are_known_by_label_id_or_role():
    arms = (
        Arm(arm_id="a1", label="drug A", role="intervention", n=50),
        Arm(arm_id="a2", label="Placebo group", role="control", n=48),
    )
    text = "Death in 3."
    assert one(text, "3", events=3.0, outcome="death", arm="the placebo group", arm_role=None, arms=arms).arm_id == "a2"
    assert one(text, "3", events=3.0, outcome="death", arm=None, arm_role="control", arms=arms).total == 48.0
    assert one(text, "3", events=3.0, outcome="death", arm="drug B", arm_role=None, arms=arms).arm_id is None


# ---- quotations ------------------------------------------------------------------------------------------------


def test_white_space_at_the_ends_is_no_part_of_a_quotation():
    row = one("In all  4 (36%) \n were seen.", "  4 (36%) \n", events=4.0, percent=36.0, outcome="neutropenia")
    assert row.quote == "4 (36%)"


def test_a_long_measure_is_narrowed_to_its_captures_and_never_over_250():
    text = "4 " + "and so on " * 40 + "36% end"
    captures = (("events", 0, 1), ("half", 2, 8))
    row = one(text, text, events=4.0, captures=captures, outcome="neutropenia")
    assert row.quote == "4 and so"[: row.end - row.start] and row.end == 8
    row = one(text, text, events=4.0, outcome="neutropenia")
    assert len(row.quote) <= evidence.LONGEST_QUOTE and not row.quote.endswith(" ") and text.startswith(row.quote)


@given(st.text(max_size=400), st.integers(-5, 420), st.integers(-5, 420))
def test_any_span_of_any_text_gives_a_quotation_or_none(text, start, end):
    made = replace(finding("4", "4"), measure=Measure(start=start, end=end, statistic="count", events=4.0))
    low, high = evidence.quotation(text, made)
    quote = text[low:high]
    assert high - low <= evidence.LONGEST_QUOTE
    assert low >= high or (quote == quote.strip() and max(0, start) <= low and high <= end)


def test_a_finding_without_text_is_left_out_and_said():
    made = replace(finding(TEXT, "4 patients"), measure=Measure(start=7, end=9, statistic="count", rule="empty_rule"))
    found = record(found=(made,))
    assert found.rows == ()
    assert "empty_rule" in found.document.notices[-1]


def test_boxes_of_a_page_are_joined_and_kept_a_line_each():
    text = "in 4 of 11"
    words = Words(
        array("l", [0, 3, 5, 8]), array("l", [2, 4, 7, 10]), array("l", [2] * 4), array("l", [1, 1, 1, 2]),
        array("d", [0, 10, 20, 0]), array("d", [5, 5, 5, 15]), array("d", [8, 18, 30, 9]), array("d", [12, 12, 12, 22]),
    )  # fmt: skip
    made = finding(text, "4 of 11", events=4.0, total=11.0, outcome="neutropenia")
    (row,) = evidence.rows(
        replace(document(text), words=words), Extraction(findings=(made,)), study="s", rules_digest="", version=""
    ).rows
    assert (row.page, row.x0, row.top, row.x1, row.bottom) == (2, 0, 5, 30, 22)
    assert [box["top"] for box in json.loads(row.boxes)] == [5, 15]


def test_captures_and_candidates_are_stored_as_json():
    made = finding(TEXT, "4 patients", events=4.0, outcome="neutropenia", captures=(("events", 5, 6),),
                   candidates=(Candidate("outcome", "neutropenia", 1, 2, "subject", 0.75, True),))  # fmt: skip
    (row,) = record(found=(made,)).rows
    assert json.loads(row.captures) == [["events", 5, 6]]
    assert json.loads(row.candidates)[0]["weight"] == 0.75


# ---- ids -------------------------------------------------------------------------------------------------------


def test_ids_are_the_same_again_and_distinct():
    first, second = record().rows, record().rows
    assert [row.finding_id for row in first] == [row.finding_id for row in second]
    assert len({row.finding_id for row in first}) == len(first)


def test_a_renamed_rule_changes_no_id_and_other_bytes_change_all():
    renamed = tuple(replace(f, measure=replace(f.measure, rule="another_name")) for f in findings())
    assert {r.finding_id for r in record(found=renamed).rows} == {r.finding_id for r in record().rows}
    other = record(TEXT + " ", found=findings())
    assert not {r.finding_id for r in other.rows} & {r.finding_id for r in record().rows}


def test_three_rows_of_one_shared_zero_have_an_id_each():
    text = "no A, B or C"
    shared = tuple(finding(text, "no", events=0.0, negated=True, outcome=None) for _ in range(3))
    assert len({row.finding_id for row in record(text, found=shared).rows}) == 3


# ---- ledger ----------------------------------------------------------------------------------------------------


def test_an_extracted_number_names_its_finding_and_others_keep_their_reason():
    at = TEXT.index("45 days")
    numbers = (Number(at, at + 2, "results", "extracted", ""), Number(0, 1, "results", "ignored", "date"))
    found = record(numbers=numbers)
    median = next(row for row in found.rows if row.statistic == "median")
    assert [n.reason for n in found.numbers] == ["date", median.finding_id]


# ---- duplicates and conflicts ----------------------------------------------------------------------------------


def test_one_result_said_twice_is_linked_as_the_same():
    rows = record()
    first, second = (row for row in rows.rows if row.outcome_id == "complete_response")
    assert rows.links == (Link(first.finding_id, second.finding_id, "same"),)


def test_a_rounded_number_is_the_same_and_another_number_a_conflict():
    text = "Abstract says neutropenia in 36%.\n\nTable says neutropenia 36.4%.\n\nLater 45% had neutropenia."
    found = tuple(
        finding(text, q, "proportion", percent=p, outcome="neutropenia", arm="overall", arm_role="overall")
        for q, p in (("36%", 36.0), ("36.4%", 36.4), ("45%", 45.0))
    )
    rows = record(text, found=found)
    a, b, c = (row.finding_id for row in rows.rows)
    assert set(rows.links) == {Link(a, b, "same"), Link(a, c, "conflict", "value")}


def test_many_values_for_one_question_are_many_questions():
    text = "\n\n".join(f"Neutropenia was {n}%." for n in range(10, 20))
    found = tuple(finding(text, f"{n}%", "proportion", percent=float(n), outcome="neutropenia") for n in range(10, 20))
    assert record(text, found=found).links == ()


def test_mild_in_one_place_and_grade_3_in_another_is_a_conflict_of_grade():
    text = "Infections were mild to moderate in 6.\n\nGrade 3 infections in 2."
    found = (
        finding(text, "6", events=6.0, outcome="infections", grade="mild to moderate"),
        finding(text, "2", events=2.0, outcome="infections", grade="3"),
    )
    rows = record(text, found=found)
    assert [(link.kind, link.column) for link in rows.links] == [("conflict", "grade")]


def test_a_row_with_a_percent_and_one_with_n_alone_may_agree():
    text = "It was 11 of 11 (100%).\n\nIt was 11 of 11 again."
    found = (
        finding(text, "11 of 11 (100%)", "proportion", events=11.0, total=11.0, percent=100.0, outcome="response"),
        finding(text, "11 of 11", nth=1, events=11.0, total=11.0, outcome="response"),
    )
    assert [link.kind for link in record(text, found=found).links] == ["same"]


@pytest.mark.parametrize(
    ("percent", "total", "digits", "fits"),
    [
        (36, 11, 0, True),
        (36.4, 11, 1, True),
        (36.3, 11, 1, True),
        (37, 11, 0, False),
        (0, 5, 0, True),
        (100, 5, 0, True),
    ],
)
def test_grim(percent, total, digits, fits):
    assert evidence.possible(percent, total, digits) is fits


# ---- a changed row ---------------------------------------------------------------------------------------------


def test_a_changed_row_is_what_replace_gives_and_the_old_one_stays():
    row = bundled.all_records()[0][1].rows[0]
    before = asdict(row)
    for columns in ({}, {"confidence": 0.5}, {"finding_id": "x", "value": None, "unit": "mo"}):
        assert changed(row, **columns) == replace(row, **columns)
    assert asdict(row) == before
    with pytest.raises(KeyError):
        changed(row, no_such_column=1)
