"""Which time, outcome and arm a number belongs to where a sentence opens, goes on or points back."""

from __future__ import annotations

import pytest

from trialtab import run
from trialtab.model import Evidence

TRIAL = (
    "# Results\n\nPatients were randomly assigned to dolmirin or placebo. Response was seen in 30 of 60 patients with \
dolmirin and 20 of 61 patients with placebo.\n\n"
)
COHORT = "# Results\n\nIn this single-arm phase 1 study, twenty patients were infused with CAR T cells.\n\n"


def rows(text: str, opening: str = TRIAL) -> list[Evidence]:
    (record,) = run.records((opening + text).encode(), "report.md")
    return [row for row in record.rows if row.start >= len(opening) - 2]


def test_a_time_behind_a_comma_is_that_of_the_numbers_behind_it():
    found = rows("Weakness was found at 6 h in 6 of 40 (15%) and 21 of 38 (55%) patients, at 24 h in one and four.")
    assert [(row.events, row.timepoint) for row in found] == [
        (6, "at 6 h"),
        (21, "at 6 h"),
        (1, "at 24 h"),
        (4, "at 24 h"),
    ]


def test_a_pair_of_words_counts_like_the_pair_before():
    found = rows("Response occurred in 15 of 33 versus 6 of 31 patients and remission in ten versus three.")
    assert [(row.events, row.total, row.arm) for row in found[2:]] == [(10, None, "dolmirin"), (3, None, "placebo")]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (
            "Two weeks after the end of treatment the score on the Hamilton scale had dropped by 12.1 (SD 6.2) points.",
            "score on the Hamilton scale",
        ),
        ("The score fell from 24.1 to 12.3. One month after the infusion it was 10.2 (SD 3.1).", "score"),
        ("On the first day 78% got out of bed.", "got out of bed"),
        ("Hypogammaglobulinemia below 4 g/L developed in eight, all of whom received immunoglobulins.",
         "Hypogammaglobulinemia below 4 g/L"),
        ("12-month survival was 72% with a score above 14 and 44% if it was impaired.", "survival"),
        ("Scalp discomfort was mentioned by 14 and fatigue by seven participants.", "fatigue"),
    ],
)  # fmt: skip
def test_outcome_of_the_last_number(text, outcome):
    assert rows(text, COHORT)[-1].outcome == outcome


def test_either_of_two_events_is_one_outcome():
    found = rows(
        "The composite of death or hospitalisation for heart failure occurred in 38 (25.2%) and 56 patients (37.1%)."
    )
    assert {row.outcome for row in found} == {"composite of death or hospitalisation for heart failure"}


def test_a_cause_behind_the_arm():
    found = rows(
        "Two patients died: one in the placebo group of haemorrhage, and one in the dolmirin group of lung cancer."
    )
    assert [(row.arm, row.outcome) for row in found[1:]] == [
        ("placebo", "death from haemorrhage"),
        ("dolmirin", "death from lung cancer"),
    ]


def test_the_time_of_the_primary_end_point_where_its_result_names_none():
    text = "The primary end point was treatment failure within 90 days. Treatment failed in 15 of 139 patients with \
dolmirin and 17 of 139 with placebo. Fever was seen in 3 of 139 patients."
    assert [row.timepoint for row in rows(text)] == ["within 90 days", "within 90 days", None]


def test_an_arm_is_called_as_its_results_call_it():
    text = (
        "# Results\n\nInfants were randomly assigned to high-flow nasal oxygen or standard low-flow oxygen. Care was \
escalated in 27 of 209 on high flow and 48 of 206 on standard oxygen. Stay was 2.9 days on high flow and 3.0 days on \
standard oxygen. Six infants on high flow and none on standard oxygen had sores.\n"
    )
    (record,) = run.records(text.encode(), "report.md")
    assert [arm.label for arm in record.arms] == ["high flow", "standard oxygen"]


def test_the_former_and_the_latter_are_the_two_named_before():
    found = rows(
        "Response was seen in 30 of 60 in the dolmirin group and 20 of 61 in the placebo group. Oxygen uptake rose by "
        "1.9 (SD 4.0) mL in the former and by 0.3 (SD 3.8) mL in the latter."
    )
    assert [row.arm for row in found[2:]] == ["dolmirin", "placebo"]


def test_so_many_each_is_a_row_for_each():
    found = rows("Tamponade occurred in two, and nerve palsy and transient ischaemic attack in one each.", COHORT)
    assert sorted((row.outcome, row.events) for row in found) == [
        ("Tamponade", 2),
        ("nerve palsy", 1),
        ("transient ischaemic attack", 1),
    ]


def test_a_limit_belongs_to_the_outcome_of_those_who_passed_it():
    found = rows("Neutrophils fell below 0.5 × 10^9/l in two (grade 4).", COHORT)
    assert [(row.outcome, row.outcome_class, row.events) for row in found] == [
        ("Neutrophils fell below 0.5 × 10^9/l", "adverse_event", 2)
    ]
    found = rows("Platelets rose above 100 × 10^9/l in 9 of 12 patients.", COHORT)
    assert [(row.outcome_class, row.events) for row in found] == [("efficacy_response", 9)]


def test_neither_of_two_that_were_looked_for():
    found = rows("Neither vascular puncture nor local toxicity was observed.", COHORT)
    assert [(row.outcome, row.events) for row in found] == [("vascular puncture", 0), ("local toxicity", 0)]


def test_numbers_of_doses_open_no_result():
    found = rows("At the two recommended doses, cytokine release syndrome occurred in 74% and 80%.", COHORT)
    assert {row.outcome for row in found} == {"cytokine release syndrome"}


def test_over_a_median_of_so_many_years_is_the_follow_up():
    found = rows("Over a median of 2.6 years, relapse occurred in 8 patients.", COHORT)
    assert [(row.outcome_class, row.value) for row in found] == [("follow_up", 2.6), ("relapse", 8)]


def test_a_trial_without_random_allocation_has_one_arm():
    text = "# A non-randomised phase 2 trial\n\n## Methods\n\nPatients received rilvetamab with lenalidomide in this \
non-randomised phase 2 trial.\n\n## Results\n\nLenalidomide was reduced in 31 patients and rilvetamab stopped in five. \
Lenalidomide and rilvetamab were both stopped in two. Response was seen in 60 of 87 patients.\n"
    (record,) = run.records(text.encode(), "report.md")
    assert [arm.label for arm in record.arms] == ["overall"]


def test_square_metres_are_no_month_and_a_flow_of_oxygen_is_no_dose():
    found = rows("Body mass index fell by 2.1 kg/m2 (SD 1.2) with dolmirin and 0.4 (SD 1.0) with placebo.")
    assert [(row.value, row.unit, row.sd, row.timepoint) for row in found] == [
        (2.1, "kg/m2", 1.2, None),
        (0.4, "kg/m2", 1.0, None),
    ]
    found = rows("Peak oxygen uptake rose by 1.9 mL/kg/min (SD 4.0) with dolmirin and 0.3 (SD 3.8) with placebo.")
    assert [(row.value, row.arm) for row in found] == [(1.9, "dolmirin"), (0.3, "placebo")]
    assert rows("Dopamine was given at 2 mL/kg/min.") == []


def test_a_walk_of_six_minutes_is_the_name_of_the_test():
    found = rows("Six-minute walk distance increased by 34 m (SD 50) with dolmirin and 12 m (SD 48) with placebo.")
    assert {row.outcome for row in found} == {"Six-minute walk distance"}


def test_a_share_below_a_limit_is_a_proportion():
    found = rows("HbA1c below 7% was reached by 64% and 36%.")
    assert [(row.outcome, row.statistic, row.percent) for row in found] == [
        ("HbA1c below 7%", "proportion", 64),
        ("HbA1c below 7%", "proportion", 36),
    ]
    found = rows("Body weight fell by at least 10% in 7 patients (35%).", COHORT)
    assert [(row.outcome, row.events, row.percent) for row in found] == [("Body weight fell by at least 10%", 7, 35)]


def test_causes_of_death_in_the_brackets_of_two_arms():
    found = rows(
        "There were 5 deaths in the dolmirin group (3 infections, 2 hemorrhages) and 9 in the placebo group (5 "
        "infections, 4 disease progression)."
    )
    assert [(row.events, row.arm) for row in found] == [
        (5, "dolmirin"), (3, "dolmirin"), (2, "dolmirin"), (9, "placebo"), (5, "placebo"), (4, "placebo"),
    ]  # fmt: skip
    assert {row.outcome_class for row in found} == {"mortality"}
    assert found[3].outcome == "deaths"


def test_a_lower_risk_is_of_the_arm_that_had_it():
    found = rows("Patients treated with dolmirin had a 32% lower risk of death than those on placebo.")
    assert [(row.value, row.arm, row.outcome, row.outcome_class) for row in found] == [
        (32, "dolmirin", "lower risk of death", "mortality")
    ]


def test_a_median_time_that_opens_a_sentence_of_counts_is_the_follow_up():
    found = rows(
        "After a median of 26.4 months, 31 (48%) patients with dolmirin and 48 (72%) with placebo had relapsed."
    )
    assert (found[0].outcome_class, found[0].value) == ("follow_up", 26.4)
    assert [row.outcome_class for row in rows("After a median of 28 days, response was seen.", COHORT)] != ["follow_up"]


def test_day_100_is_a_time_and_no_part_of_the_name():
    found = rows("Day-100 grade II-IV acute GVHD was 28% (95% CI, 20-36%) after dolmirin and 44% after placebo.")
    assert {(row.outcome, row.timepoint, row.grade) for row in found} == {("acute GVHD", "Day-100", "2-4")}


def test_zero_bleeds_in_so_many_counts_the_many():
    found = rows("Zero treated bleeds occurred in 58% of patients on dolmirin and 30% on placebo.")
    assert [row.percent for row in found] == [58, 30]


def test_an_annualized_bleeding_rate_is_a_rate():
    found = rows("Annualized bleeding rate: dolmirin 2.1 (95% CI, 1.6-2.8), placebo 9.8 (95% CI, 8.1-11.9).")
    assert [(row.statistic, row.arm) for row in found] == [("rate", "dolmirin"), ("rate", "placebo")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("All but 11 patients went home the same day.", [("not went home the same day", 11)]),
        ("ITP: 6/9 complete response, 2/9 response.", [("complete response", 6), ("response", 2)]),
        ("Neutropenia lasted a median of 9 days (range 4-21).", [("duration of Neutropenia", None)]),
        ("Prednisone could be tapered in eight patients.", [("Prednisone could be tapered", 8)]),
    ],
)
def test_what_a_cohort_report_says_in_short(text, expected):
    assert [(row.outcome, row.events) for row in rows(text, COHORT)] == expected


def test_a_verb_that_stands_alone_takes_the_subject_of_its_sentence():
    found = rows("B cells disappeared in 11 patients and reappeared after a median of 5.5 months (range 4-8).", COHORT)
    assert found[-1].outcome == "B cells reappeared"


def test_those_who_received_something_beside_a_result_are_no_group():
    found = rows("Serum IgG fell to 5.2 g/l (SD 1.1) at month 3, and four patients received substitution.", COHORT)
    assert "enrollment" not in {row.outcome_class for row in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leukocytes below 3 × 10^9/l were seen in 4% of patients.", "adverse_event"),
        ("Haemoglobin fell below 80 g/l in five patients.", "adverse_event"),
        ("Haemoglobin rose above 120 g/l in five patients.", "efficacy_response"),
        ("Body weight fell by at least 5% in five patients.", "biomarker"),
    ],
)
def test_what_falls_below_a_limit_is_harm_where_low_is_bad(text, expected):
    assert [row.outcome_class for row in rows(text, COHORT)] == [expected]


TABLE = (
    "\n\nTable 1: Response\n\n| | Dolmirin (n=20) | Placebo (n=20) |\n| :-- | --: | --: |\n"
    "| Response | 8 (40%) | 2 (10%) |\n"
)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("Forty patients were enrolled. Table 1 gives the responses at 24 weeks.", "at 24 weeks"),
        ("Forty patients were enrolled. Responses at 24 weeks are shown in Table 1.", "at 24 weeks"),
        ("Forty patients were enrolled. Table 1 gives the responses at 12 weeks and at 24 weeks.", None),
        ("Forty patients were enrolled. Table 2 gives the responses at 24 weeks.", None),
        ("Forty patients were enrolled. Relapses at 24 weeks were rare, and Table 1 lists the drugs.", None),
    ],
)
def test_the_time_that_the_text_gives_to_a_table(text: str, time: str | None) -> None:
    (found,) = run.records(f"# Results\n\n{text}{TABLE}".encode(), "trial.md")
    assert {r.timepoint for r in found.rows if r.source == "table"} == {time}
