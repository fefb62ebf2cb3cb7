"""Which arm a number belongs to within a sentence: pairs in a row, commas before an arm, labels, letters."""

from __future__ import annotations

import pytest

from trialtab import readers, rules, run
from trialtab.extract import extract

RULES = rules.load()


def told(
    text: str, trial: str = "Adults were randomly assigned to dolmirin or brutinol. "
) -> list[tuple[str, str | None]]:
    """(quotation, arm) of each result of a text in a trial of dolmirin against brutinol."""
    (document,) = readers.read((trial + text).encode(), "x.txt")
    return [
        (document.text[f.measure.start : f.measure.end], f.arm)
        for f in extract(document, RULES).findings
        if f.measure.start >= len(trial) and not f.enrollment and f.measure.statistic != "p_value"
    ]


D, B = "dolmirin", "brutinol"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # a third pair like the two before it, though more stands in its bracket
            "Brutinol was better in pain (2.1 and 3.4 points, P = 0.001), sleep (7.5 and 6.0 points, P = 0.02) and "
            "relapse (44.1% and 19.5% of 161 and 159 evaluable adults, P < 0.001).",
            [B, D, B, D, B, D],
        ),
        (  # a comma before the arm
            "Survival and remission rates were 91.2% and 80.3% for dolmirin versus 90.1% and 82.4%, for brutinol.",
            [D, D, B, B],
        ),
        (  # a comma before the arm of the next number
            "Fever was seen in 12% of those on brutinol, in the dolmirin group 30% had a rash.",
            [B, D],
        ),
        (  # two numbers of the subject of one verb, behind names in a bracket
            "Of those assessed (dolmirin 31, brutinol 28), four complete responses and five partial responses were "
            "seen with dolmirin.",
            [D, D],
        ),
        (  # the one name is that of what is compared with
            "The cure rate was significantly higher than with brutinol [54.3% (19/35) vs 22.2% (8/36), P = 0.006].",
            [D, B],
        ),
        (  # a dose between the number and its arm
            "Fever lasted a mean of 3.4 days in adults who received 5 mg/kg/day dolmirin and 5.1 days in adults "
            "who received 2 mg/kg/day brutinol.",
            [D, B],
        ),
        (  # those to whom something was allocated
            "Bone density showed a 2.3% increase for those allocated brutinol and a 0.7% increase for those allocated "
            "dolmirin.",
            [B, D],
        ),
    ],
)
def test_numbers_go_to_their_arms(text: str, expected: list[str]):
    assert [arm for _, arm in told(text)][-len(expected) :] == expected


def test_labels_in_brackets_behind_times_and_numbers():
    trial = "Adults were randomised to KX-12 (n = 64) or the reference product (n = 61). "
    assert told("The mean stay was 4.2 (KX-12) and 4.9 days (reference).", trial) == [
        ("4.2", "KX-12"), ("4.9 days", "reference product"),
    ]  # fmt: skip


def test_a_numbered_group_before_patients():
    trial = "Adults were randomised into Group 1 or Group 2. "
    assert told("Rash came in 31% of Group 2 vs. 17% of Group 1 patients (P = 0.03).", trial) == [
        ("31%", "Group 2"), ("17%", "Group 1"),
    ]  # fmt: skip
    assert ("16", "dolmirin") in told("In the dolmirin group 16 patients had a rash.")


def test_the_third_of_three_groups_that_were_given_something():
    trial = (
        "Adults were randomly divided into three groups: 21 patients received dolmirin (group A), 20 patients received "
        "brutinol (group B) and 22 patients were treated with dolmirin plus brutinol (group C). "
    )
    found = told("Relief was seen in 61%, 58% and 92% in groups A, B and C, respectively.", trial)
    assert found == [("61%", "group A"), ("58%", "group B"), ("92%", "group C")]


def rows_of(text: str):
    """The rows of a text in a trial of dolmirin against placebo, sizes left out."""
    (found,) = run.records(f"# Results\n\nPatients were randomised to dolmirin or placebo.\n\n{text}".encode(), "x.md")
    return [row for row in found.rows if row.outcome_class != "enrollment"]


def test_an_interval_behind_the_arm_is_that_of_the_number_before_it() -> None:
    found = rows_of(
        "The difference in FEV1 was -38 ml with dolmirin (95% CI, -81 to 5) and response was seen in 24.3% with "
        "dolmirin (95% CI 20 to 29) and 14% on placebo (95% CI 10 to 18)."
    )
    assert [(r.statistic, r.arm, r.ci_low, r.ci_high) for r in found] == [
        ("mean_difference", "dolmirin", -81, 5), ("proportion", "dolmirin", 20, 29), ("proportion", "placebo", 10, 18),
    ]  # fmt: skip


def test_cohens_d_in_a_bracket() -> None:
    found = rows_of("Mood was better (d = 0.70, 95% CI 0.40-1.00). Dolmirin increased peak power by 19.3% (d = 1.28).")
    assert [(r.statistic, r.value) for r in found] == [
        ("standardized_mean_difference", 0.7), ("mean", 19.3), ("standardized_mean_difference", 1.28),
    ]  # fmt: skip


def test_the_most_frequent_of_the_harms_is_the_outcome() -> None:
    found = rows_of("Nausea was the most frequent adverse event (dolmirin 12 [11.7%]; placebo 7 [6.8%]).")
    assert [row.outcome for row in found] == ["Nausea", "Nausea"]


def test_what_a_value_before_treatment_fell_to_is_no_baseline() -> None:
    found = rows_of("Pressure was 24.6 mm Hg before treatment and fell to 20.1 mm Hg on dolmirin.")
    assert [(row.value, row.arm) for row in found] == [(20.1, "dolmirin")]


def test_a_size_told_once_in_a_sentence_holds_where_the_percent_says_so() -> None:
    found = rows_of("Fever was noted in eight (24%) of the 33 patients on dolmirin, in two (6%) on placebo.")
    assert [(row.total, row.total_source) for row in found] == [(33, "explicit"), (33, "header")]
    other = rows_of("Fever was noted in eight (24%) of the 33 patients on dolmirin, in two (9%) on placebo.")
    assert [row.total for row in other] == [33, None]
