"""Results as congress abstracts and letters write them: short labels, slashes, grades in short, groups with names of
their own, times that open a passage.
"""

from __future__ import annotations

import pytest

from trialtab import run
from trialtab.model import Evidence

COHORT = "Results. Twenty-three patients were infused. "
LEVELS = "Results. Nineteen patients were treated (DL1, 3; DL2, 10; DL3, 6). "


def rows(text: str, name: str = "abstract.txt") -> list[Evidence]:
    (record,) = run.records(text.encode(), name)
    return list(record.rows)


def told(text: str, opening: str = COHORT) -> list[tuple[str, str | None]]:
    """(quotation, outcome) of the rows behind the opening."""
    return [(row.quote, row.outcome) for row in rows(opening + text) if row.start >= len(opening)]


def of_arms(text: str) -> list[tuple[str, str | None]]:
    """(quotation, arm) of the rows that are no enrolment."""
    return [(row.quote, row.arm) for row in rows(text) if row.outcome_class != "enrollment"]


# ---- numbers that count ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Neutrophils were <0.5 in nine, platelets <50 in ten.", [("nine", "Neutrophils"), ("ten", "platelets")]),
        ("IgG sank below 5 g/L in three, who are given more.", [("three", "IgG sank below 5 g/L")]),
        ("Grade >=3 infections, 8 pts (35%): bacterial 5, fungal 2, viral 1.",
         [("8 pts (35%)", "infections"), ("5", "bacterial"), ("2", "fungal"), ("1", "viral")]),
        ("Stopped for toxicity: 3.", [("3", "Stopped for toxicity")]),
        ("Prednisolone could be withdrawn by month 3 in seven patients.",
         [("seven", "Prednisolone could be withdrawn")]),
        ("Insomnia: 5 / 9 / 7.", [("5", "Insomnia"), ("9", "Insomnia"), ("7", "Insomnia")]),
        ("Antibodies had a titre below 1 in 5.", []),
        ("Table 2.", []),
    ],
)  # fmt: skip
def test_numbers_that_count(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("Infections: any 14 (61%), G3 7 (30%), G5 2.", [None, "3", "5"]),
        ("CRS: G1 5 (22%), G2 1 (4%), G≥3 none.", ["1", "2", ">=3"]),
        ("G>=3 infection by day 100, 8 (35%).", [">=3"]),
        ("Blood, G3–4: neutropenia 13 (57%).", ["3-4"]),
    ],
)
def test_grades_in_short(text: str, grades: list[str | None]) -> None:
    assert [row.grade for row in rows(COHORT + text)[1:]] == grades


def test_days_on_which_something_fell_are_shared_out() -> None:
    found = [row for row in rows(LEVELS + "Median onset of CRS came on day 6, day 4 and day 2.5.") if row.unit == "d"]
    assert [(row.value, row.statistic, row.arm) for row in found] == [
        (6, "median", "DL1"), (4, "median", "DL2"), (2.5, "median", "DL3")
    ]  # fmt: skip


def test_a_statistic_before_a_colon_holds_for_all_that_is_listed() -> None:
    found = rows(LEVELS + "Peak expansion (cells/µL, median [IQR]): DL1 18 [9–31]; DL2 64 [40–118]; DL3 71 [38–160].")[
        4:
    ]
    assert [(row.outcome, row.value, row.q1, row.q3, row.arm) for row in found] == [
        ("Peak expansion", 18, 9, 31, "DL1"),
        ("Peak expansion", 64, 40, 118, "DL2"),
        ("Peak expansion", 71, 38, 160, "DL3"),
    ]


# ---- groups with names of their own ----------------------------------------------------------------------------


def test_labels_with_their_sizes_are_groups() -> None:
    text = (
        "How: Tandem, 2 x 10^6/kg; mono, per label.\n\nResults. Tandem n = 29, mono n = 33; all had failed twice. "
        "ORR 24/29 (83%) v 24/33 (73%). PFS at 12 months was 58% after tandem and 39% after mono."
    )
    assert of_arms(text)[:2] == [("24/29 (83%)", "tandem"), ("24/33 (73%)", "mono")]
    assert of_arms(text)[2:] == [("58%", "tandem"), ("39%", "mono")]


def test_those_with_and_those_without_are_groups() -> None:
    text = (
        "Results: 171 patients were infused, 129 bridged (low intensity 88, high intensity 41) and 42 not bridged.\n\n"
        "CR was documented in 112/129 (87%) of the bridged and 41/42 (98%) of the not bridged patients. CRS of grade 3 "
        "was seen in 18 (14%) of the bridged, 2 (5%) of the others. At 12 months, bridged first: EFS 51% and 69%."
    )
    expected = ["bridged", "not bridged"] * 3
    assert [arm for quote, arm in of_arms(text) if quote not in ("88", "41")] == expected


def test_sizes_with_short_names_are_groups() -> None:
    text = (
        "Adults (n=104) were infused; 61 got the CD28-costimulated product (28z) and 43 the 4-1BB-costimulated "
        "one (BBz)."
        "\n\nRemission was seen in 50 of 61 and 34 of 43. One relapse followed 28z, none BBz. ICANS was rarer with BBz "
        "than with 28z. Cells lasted longer with BBz."
    )
    assert of_arms(text)[:2] == [("50 of 61", "28z"), ("34 of 43", "BBz")]


def test_an_order_said_once_holds_for_all_numbers() -> None:
    text = (
        "Methods. Patients took placebo, a low dose (200 mg) or a high dose (400 mg) for 52 weeks.\n\nResults. "
        "All results "
        "in the order placebo / low dose / high dose. Crises stayed away in 14 (16%) / 19 (21%) / 27 (30%)."
    )
    assert of_arms(text) == [("14 (16%)", "placebo"), ("19 (21%)", "low dose"), ("27 (30%)", "high dose")]


@pytest.mark.parametrize(
    "design",
    [
        "Patients received dolmirin (n = 144), placebo (n = 75), or sorvelib (n = 145).",
        "We compared dolmirin versus placebo and sorvelib in osteoarthritis.",
    ],
)
def test_three_groups_with_placebo_among_them(design: str) -> None:
    text = (
        f"Methods. {design}\n\nResults. Complete relief was reported by 13.9% with dolmirin versus 5.5% and 5.3% of "
        "sorvelib and placebo recipients, respectively."
    )
    assert of_arms(text) == [("13.9%", "dolmirin"), ("5.5%", "sorvelib"), ("5.3%", "placebo")]


def test_numbers_in_the_order_of_two_times_are_of_one_arm() -> None:
    text = (
        "Patients were randomised to a stent or control. The mean pressure was stable between 12 months and 24 "
        "months (17.0 ± 2.8 "
        "and 17.1 ± 2.9 mm Hg, respectively) in the stent group."
    )
    assert [(row.arm, row.timepoint) for row in rows(text)][-2:] == [("stent", "12 months"), ("stent", "24 months")]


# ---- times that open a passage ---------------------------------------------------------------------------------


def test_a_time_that_opens_a_passage_holds_for_the_next_sentences() -> None:
    found = rows(
        "Results. Thirteen adults were treated. At week 12, eleven of 13 had responded. The response was "
        "complete in seven "
        "(54%). Cytokine release syndrome occurred in eight (62%)."
    )
    by_quote = {row.quote: row.timepoint for row in found}
    assert (
        by_quote["eleven of 13"]
        == by_quote["seven\n(54%)" if "seven\n(54%)" in by_quote else "seven (54%)"]
        == "At week 12"
    )
    assert by_quote["eight (62%)"] is None  # harms are told of the whole course


def test_a_time_of_its_own_ends_the_passage() -> None:
    found = rows(
        "Results. Thirteen adults were treated. At week 12, eleven of 13 had responded. At month 6, nine of 13 "
        "had. Remission "
        "was complete in seven (54%)."
    )
    assert found[-1].timepoint == "At month 6"


def test_elliptic_times_with_their_results_in_brackets() -> None:
    found = rows(
        "Methods. Adults were randomised to dolmirin or placebo.\n\nResults. With dolmirin, physical activity "
        "rose at 3 (mean "
        "change 6.8 min/day, 95% CI 3.9 to 9.6) and 12 months (3.8 min/day, 95% CI 0.5 to 7.0)."
    )
    assert [(row.value, row.unit, row.ci_low, row.ci_high) for row in found] == [
        (6.8, "min/d", 3.9, 9.6), (3.8, "min/d", 0.5, 7.0)
    ]  # fmt: skip


# ---- forms of numbers ------------------------------------------------------------------------------------------


def test_units_with_exponents() -> None:
    found = rows(COHORT + "Hemoglobin averaged 12.9 ± 1.5 g dl−1. Neutrophils had a mean of 3.4 (SD 0.8) × 10(9)/l.")
    assert [row.unit for row in found[1:]] == ["g/dL", "10*9/L"]


def test_what_a_loss_is_set_against_is_a_change_too() -> None:
    found = rows(
        "Adults were randomised to dolmirin or placebo. Dolmirin lowered plasma CXCL7 (–12.3% vs. 4.2%, P = 0.001)."
    )
    assert [(row.value, row.statistic) for row in found] == [(-12.3, "mean"), (4.2, "mean")]


def test_a_regression_coefficient_is_an_effect() -> None:
    (row,) = rows("Results. Adherence was tied to less fatigue (β = −4.3, 95% CI −7.2 to −1.3).")
    assert (row.value, row.statistic, row.ci_low) == (-4.3, "other", -7.2)


def test_a_count_whose_kinds_stand_in_brackets() -> None:
    found = rows("Methods. 504 (328 women, 176 men) inactive adult participants were randomly allocated to A or B.")
    assert (found[0].value, found[0].outcome_class) == (504, "enrollment")


def test_an_interval_behind_count_and_share_is_that_of_the_share() -> None:
    (row,) = [row for row in rows(COHORT + "CMR 16 (71%; 55–84).") if row.percent == 71]
    assert (row.events, row.ci_low, row.ci_high) == (16, 55, 84)


def test_short_forms_tell_what_an_outcome_is() -> None:
    found = rows(
        "Background: endometrial thickness (ET) matters.\n\nResults: ET was 5.1 mm (SD 1.2) with dolmirin and "
        "3.2 mm (SD 1.0) "
        "with placebo.",
    )
    assert {row.outcome for row in found} == {"ET"}
    assert {row.outcome_class for row in found} == {"biomarker"}


# ---- sizes and names at the head of a list ---------------------------------------------------------------------


def test_groups_behind_a_colon_that_add_up_to_all() -> None:
    found = rows("Results. Sixteen treated: DL-1, 5; DL1, 8; DL2, 3. Two relapsed.")
    assert [(row.arm, row.value) for row in found[:4]] == [("overall", 16), ("DL-1", 5), ("DL1", 8), ("DL2", 3)]
    assert {row.outcome_class for row in found[:4]} == {"enrollment"}


def test_kinds_of_an_event_are_counted() -> None:
    assert told("Viral reactivation: CMV 8, ADV 4, BKV 3.") == [("8", "CMV"), ("4", "ADV"), ("3", "BKV")]


def test_numbers_behind_a_rate_are_rates() -> None:
    text = (
        "Methods. Patients took placebo, a low dose (200 mg) or a high dose (400 mg).\n\nResults. Crises per "
        "patient-year: "
        "3.12 / 2.60 / 1.97."
    )
    assert [(row.statistic, row.value, row.unit, row.arm) for row in rows(text)] == [
        ("rate", 3.12, "/({patient}.a)", "placebo"),
        ("rate", 2.6, "/({patient}.a)", "low dose"),
        ("rate", 1.97, "/({patient}.a)", "high dose"),
    ]


def test_a_p_value_behind_a_verb_is_not_that_of_a_bare_number() -> None:
    found = rows("Results. Low peak torque in set 2 was significantly improved (p < 0.01).")
    assert [(row.statistic, row.p_value) for row in found] == [("p_value", 0.01)]
