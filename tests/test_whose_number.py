"""Which arm a number belongs to within a sentence: pairs in a row, commas before an arm, labels, letters."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
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
