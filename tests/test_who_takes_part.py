"""What all who take part are given is no arm; what a sentence sets against something else is."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import extract

RULES = rules.load()


def arms(text: str) -> set[str]:
    (document,) = readers.read(text.encode(), "x.txt")
    return {arm.label.lower() for arm in extract(document, RULES).arms}


TRIAL = (
    "They were randomly assigned to yoga or a control group. Fatigue fell in 30% of the yoga group and 20% of the "
    "control group."
)


@pytest.mark.parametrize(
    "text",
    [
        "Yoga in adults undergoing haemodialysis: a trial. Fatigue is common. " + TRIAL,
        "Yoga for women receiving chemotherapy: a trial. Fatigue is common. " + TRIAL,
        "Veterans treated with methadone were randomly assigned to yoga or a control group. " + TRIAL,
        "Men who were receiving bicalutamide were enrolled and stratified by age. " + TRIAL,
    ],
)
def test_what_all_are_given_is_no_arm(text: str):
    assert arms(text) == {"yoga", "control"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Nausea in patients receiving dolmirin or brutinol: a randomized trial. Nausea is common. They got either. "
            "Nausea was seen in 30% of patients receiving dolmirin and 20% of patients receiving brutinol.",
            {"dolmirin", "brutinol"},
        ),
        (
            "In a randomized trial, patients receiving dolmirin were compared with those on brutinol. Nausea was "
            "seen in 30% of patients receiving dolmirin and 20% of those on brutinol.",
            {"dolmirin", "brutinol"},
        ),
    ],
)
def test_what_is_set_against_another_is_an_arm(text: str, expected: set[str]):
    assert arms(text) == expected


@pytest.mark.parametrize("word", ["prospective", "heterogeneous", "random", "similar"])
def test_a_word_for_any_group_names_none(word: str):
    assert arms(f"This {word} group was studied. {TRIAL}") == {"yoga", "control"}
