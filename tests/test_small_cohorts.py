"""How reports of small cohorts in haematology write: grades, responses, medians that were not reached, landmarks."""

from __future__ import annotations

import pytest

from trialtab import run
from trialtab.model import Evidence

COHORT = "# Results\n\nIn this single-arm phase 1 study, twenty patients were infused with CAR T cells.\n\n"


def rows(text: str) -> list[Evidence]:
    (record,) = run.records((COHORT + text).encode(), "cohort.md")
    return [row for row in record.rows if row.start >= len(COHORT) - 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ICANS was recorded in 13 patients (65%): seven had grade 1, four grade 2, and two grade 3.",
            [(13, None), (7, "1"), (4, "2"), (2, "3")],
        ),
        ("CRS occurred in 17 (85%) patients (G1/G2/G3: 12/4/1).", [(17, None), (12, "1"), (4, "2"), (1, "3")]),
        ("CRS gr 1/2/3/4: 9/6/2/0 pts.", [(9, "1"), (6, "2"), (2, "3"), (0, "4")]),
        ("ICANS grade 1-2/3-4: 5/2 patients.", [(5, "1-2"), (2, "3-4")]),
        ("Neutropenia gr. 3 in 8 pts, gr. 4 in 5 pts.", [(8, "3"), (5, "4")]),
        (
            "Grade 1 CRS occurred in 6, grade 2 in 3 and grade 3 in one; ICANS in two (both grade 1).",
            [(6, "1"), (3, "2"), (1, "3"), (2, "1")],
        ),
        (
            "Nine of the eleven infections were mild (grade 1-2); one herpes zoster and one pneumonia, both grade 3, "
            "led to admission.",
            [(9, "1-2"), (1, "3"), (1, "3")],
        ),
        (
            "CRS was seen in 17, with 4 cases (20%) of grade 3 and none of grade 4 or 5.",
            [(17, None), (4, "3"), (0, "4-5")],
        ),
        ("Twelve patients had an infection, of whom 5 (25%) had one of grade 3 or 4.", [(12, None), (5, "3-4")]),
    ],
)
def test_each_count_has_the_grade_that_is_said_of_it(text, expected):
    assert [(row.events, row.grade) for row in rows(text)] == expected


def test_grades_beside_each_other_are_of_all_patients():
    found = rows("Grade 1 CRS occurred in 6, grade 2 in 3 and grade 3 in three.")
    assert [(row.events, row.total) for row in found] == [(6, 20), (3, 20), (3, 20)]


def test_a_list_of_the_most_frequent_has_the_grade_of_the_sentence_before():
    found = rows(
        "Toxicity of grade 3 or higher was observed in 15 of 20 patients. Neutropenia topped the list (60%), followed "
        "by mucositis (15%) and sepsis (10%)."
    )
    assert [row.grade for row in found] == [">=3"] * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The overall response rate was 45% (9/20): 6 CR and 3 PR.",
            [("overall response rate", 9), ("CR", 6), ("PR", 3)],
        ),
        (
            "Eleven of twelve responded, including 8 complete (67%) and 3 partial (25%) responses.",
            [("responded", 11), ("complete", 8), ("partial", 3)],
        ),
    ],
)
def test_responses_by_their_short_names_are_counted(text, expected):
    assert [(row.outcome, row.events) for row in rows(text)] == expected


@pytest.mark.parametrize("text", ["mPFS: NR.", "mOS was not reached.", "Median PFS and DOR: NR."])
def test_a_median_that_was_not_reached_is_a_row_without_a_value(text):
    found = rows(text)
    assert found and all((row.statistic, row.value, row.qualifier) == ("median", None, "not reached") for row in found)


def test_survival_takes_the_landmark_named_before():
    found = rows(
        "The 5-year event-free survival was 71.2% (95% CI 62.2-78.4). Event-free survival in boys was 78.5% "
        "(68.0-86.0) and overall survival was 90.1%. Twelve of 20 were alive at last contact."
    )
    assert [row.timepoint for row in found if row.outcome_class == "survival"][:3] == ["5-year"] * 3
    assert all(row.timepoint != "5-year" for row in found if row.events == 12)


def test_what_was_reached_after_so_long_is_a_time_to_it():
    found = rows("Prednisone was stopped in 10 of 11 after a median of 45 days (21-153).")
    assert [(row.outcome_class, row.value) for row in found][1] == ("time_to_event", 45)


def test_how_long_it_lasted_is_the_duration_of_the_event_and_not_of_its_onset():
    found = rows("The median time to onset of CRS was 2 days (range 1-9) and it lasted a median of 3 days (IQR 2-5).")
    assert [row.outcome for row in found] == ["time to onset of CRS", "duration of CRS"]


def test_the_value_that_the_one_before_treatment_became_is_a_result():
    found = rows(
        "Haemoglobin rose from a median of 7.1 g/dl (range 5.2-8.9) before treatment to 12.3 g/dl (10.1-14.2)."
    )
    assert [(row.value, row.range_low, row.range_high) for row in found][-1][0] == 12.3
    assert 7.1 not in [row.value for row in found]


def test_a_time_ends_before_the_next_count():
    found = rows("Two patients died, one of sepsis on day 34 and one of progressive disease at 7 months.")
    assert [(row.outcome, row.timepoint) for row in found][1:] == [
        ("death from sepsis", "day 34"), ("death from progressive disease", "at 7 months"),
    ]  # fmt: skip


def test_who_received_something_because_of_it_did_not_have_it_again():
    found = rows("Hypogammaglobulinaemia developed in 11 (55%), and 7 received immunoglobulin.")
    assert [(row.outcome, row.outcome_class) for row in found][1][1] == "other"


@pytest.mark.parametrize(
    "text",
    [
        "The reticulocyte count passed 30 × 10^9/l at a median of 18 days (IQR 13-25).",
        "Neutrophils recovered to 1.0 × 10^9/l after a median of 18 days (IQR 13-25).",
        "Platelets rose above 50 × 10^9/l within a median of 18 days (IQR 13-25).",
    ],
)
def test_what_was_passed_is_a_threshold_and_when_the_result(text):
    assert [row.value for row in rows(text)] == [18]


def test_what_was_reached_is_a_result_where_no_time_follows():
    assert [row.value for row in rows("Haemoglobin rose to 12.1 g/dl (SD 1.4) at month 3.")] == [12.1]


def test_a_value_at_the_outset_is_baseline():
    found = rows("Median haemoglobin, 71 g/l at the outset, was 104 g/l (IQR 96-118) at month 3.")
    assert [row.value for row in found] == [104]


def test_a_historical_threshold_leaves_the_result_before_it():
    found = rows(
        "By week 24, 69 of 87 patients (79.3%, 95% CI 69.3% to 87.3%) had a complete response, exceeding the "
        "historical threshold of 50%."
    )
    assert [(row.events, row.percent) for row in found] == [(69, 79.3)]


@pytest.mark.parametrize(
    "text",
    [
        "Patients previously given CAR T cells responded less often (12 of 22, 54.5%) than others (49 of 65).",
        "Patients with a high tumour burden responded more often (8/12 vs 2/8; P = 0.04).",
    ],
)
def test_people_do_what_the_verb_says(text):
    assert {row.outcome for row in rows(text)} == {"responded"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Adverse events were mucositis in 8, anaemia in 6 and raised transaminases in four.",
            [(8, "mucositis"), (6, "anaemia"), (4, "raised transaminases")],
        ),
        ("CRS developed in seven patients, and two had tocilizumab.", [(7, "CRS"), (2, "had tocilizumab")]),
        (
            "CRS occurred in 12 patients. It followed the first dose in nine and the second dose in three.",
            [(12, "CRS"), (9, "CRS"), (3, "CRS")],
        ),
        ("AEs led to dose reduction in 8 patients.", [(8, "AEs led to dose reduction")]),
    ],
)
def test_what_each_count_is_of(text, expected):
    assert [(row.events, row.outcome) for row in rows(text)] == expected


def test_a_laboratory_value_that_was_raised_is_an_adverse_event():
    found = rows("The most frequent events were rash (33%), elevated creatinine (9%) and increased ALT level (7%).")
    assert [(row.outcome, row.outcome_class) for row in found] == [
        ("rash", "adverse_event"),
        ("elevated creatinine", "adverse_event"),
        ("increased ALT level", "adverse_event"),
    ]


def test_at_the_data_cut_off_is_a_time_and_no_threshold():
    found = rows("At the data cut-off 12 were still in remission.")
    assert [(row.events, row.outcome) for row in found] == [(12, "still in remission")]


def test_the_p_value_against_a_historical_rate_is_that_of_the_result():
    found = rows("Complete responses were seen in 12 (60%), exceeding the historical rate of 30% (p<0.001).")
    assert [(row.events, row.p_value) for row in found] == [(12, 0.001)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "With a data cutoff of March 1, 2024, 31 patients had received talquetamab for a median of 6.3 months.",
            [(31, "patients who received talquetamab")],
        ),
        ("At the data cut-off of 12 May, 18 patients (60%) remained on treatment.", [(18, "remained on treatment")]),
        (
            "Thirteen achieved a response, including 9 (60%) complete and 4 (27%) partial responses.",
            [(13, "response"), (9, "complete responses"), (4, "partial responses")],
        ),
        ("MRD negativity (10-5) was achieved in 16 (73%).", [(16, "MRD negativity")]),
        (
            "Platelet counts ≥50 × 10⁹/L without rescue were maintained for ≥4 weeks in 12/20 (60%).",
            [(12, "Platelet counts ≥50 × 10⁹/L")],
        ),
    ],
)
def test_cut_offs_powers_and_shared_nouns(text, expected):
    assert [(row.events, row.outcome) for row in rows(text)] == expected
