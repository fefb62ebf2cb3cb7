"""Arms that differ in how often or how long something is given, and the other habits by which roles are decided."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import extract, reading, schedules

RULES = rules.load()


def roles(text: str) -> list[tuple[str, str | None]]:
    (document,) = readers.read(text.encode(), "x.txt")
    return sorted((arm.label, arm.role) for arm in extract(document, RULES).arms)


def given_to(text: str) -> list[tuple[str, str | None]]:
    """(quotation, role of its arm) of each result."""
    (document,) = readers.read(text.encode(), "x.txt")
    return [
        (document.text[f.measure.start : f.measure.end], f.arm_role)
        for f in extract(document, RULES).findings
        if not f.enrollment and f.measure.statistic != "p_value"
    ]


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("every 3 weeks", ("every", 3, "week")),
        ("3-weekly", ("every", 3, "week")),
        ("once-every-three-weeks", ("every", 3, "week")),
        ("q3w", ("every", 3, "week")),
        ("weekly", ("every", 1, "week")),
        ("every other day", ("every", 2, "day")),
        ("fortnightly", ("every", 2, "week")),
        ("twice daily", ("daily", 2, "day")),
        ("daily", ("daily", 1, "day")),
    ],
)
def test_a_schedule_is_one_however_it_is_spelled(printed: str, meant: schedules.Schedule):
    assert schedules.of_words(printed) == meant


@pytest.mark.parametrize(
    ("text", "title", "phrases"),
    [
        ("Infants were randomised to iron weekly or every other day.", False, ["weekly", "every other day"]),
        ("Lithium once daily versus twice daily in mania", True, ["once daily", "twice daily"]),
        ("Alirocumab every 2 vs 4 weeks in adults", True, ["every 2 weeks", "every 4 weeks"]),
        ("Adults were randomly assigned to receive 5 or 10 days of amoxicillin.", False, ["5 days", "10 days"]),
        ("Three versus six months of anticoagulation after thrombosis", True, ["Three months", "six months"]),
        ("Pain was measured at 6 or 12 weeks in those randomly assigned.", False, []),
        ("Children aged 2 or 3 years were enrolled.", False, []),
        ("We compared one or two years of imatinib with observation.", False, []),
    ],
)
def test_groups_that_differ_in_schedule_alone(text: str, title: bool, phrases: list[str]):
    found = schedules.schedule_groups(text, 0, len(text), title=title)
    assert [group.phrase for group in found] == phrases


def test_a_length_names_an_arm_only_before_a_word_for_groups():
    text = "Relapse fell at 12 months in the 12-month group, and in the 3- and 6-month courses."
    assert [meant[1] for _, _, meant in schedules.said_in(text, 0, len(text))] == [12, 6, 3]


def test_numbers_go_to_the_schedules_of_a_trial():
    text = (
        "Dolmirin every 8 vs 4 weeks in plaque psoriasis: a randomized trial. Biologics are costly. Adults were "
        "randomized to receive dolmirin every 4 or every 8 weeks. They were followed for one year. Relapses occurred "
        "in 14 patients (12.0%) in the every 4 weeks group and 17 patients (15.0%) in the dolmirin every 8 weeks group."
    )
    told = dict(given_to(text))
    assert told["14 patients (12.0%)"] == "control"
    assert told["17 patients (15.0%)"] == "intervention"


def test_numbers_go_to_the_lengths_of_a_trial():
    text = (
        "Seven versus 14 days of ceftriaxone for bacteraemia: a randomised trial. Courses are often long. Adults were "
        "randomised to 7 or 14 days of ceftriaxone. Mortality was the outcome. There were 20 (10.0%) and 24 (12.0%) "
        "deaths in the 7- and 14-day groups (P = 0.51)."
    )
    assert given_to(text)[-2:] == [("20 (10.0%)", "intervention"), ("24 (12.0%)", "control")]


def test_a_dosing_schedule_of_one_arm_makes_no_arms():
    text = (
        "Adults were randomly assigned to dolmirin or placebo. Dolmirin was given every 2 weeks or every 4 weeks. "
        "Fever was seen in 12% of the dolmirin group and 9% of the placebo group."
    )
    assert roles(text) == [("dolmirin", "intervention"), ("placebo", "control")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Dolmirin or brutinol for gout: a trial. Gout hurts. It is common. We studied 90 adults.", "title"),
        ("Dolmirin was better than brutinol. Gout hurts. It is common. We studied 90 adults.", "paragraph"),
        ("Fever in 12% of adults on dolmirin. Gout hurts. It is common. We studied 90 adults.", "paragraph"),
        ("Dolmirin or brutinol for gout: a trial. We studied 90 adults.", "paragraph"),
    ],
)
def test_a_title_may_open_the_paragraph(text: str, kind: str):
    (document,) = readers.read(text.encode(), "x.txt")
    assert reading.blocks(document)[0].kind == kind


def test_each_arm_with_the_placebo_of_the_other_is_no_control():
    text = (
        "Dolmirin or brutinol in migraine: a trial. Migraine is common. Adults received dolmirin plus brutinol placebo "
        "(n = 60) or brutinol plus dolmirin placebo (n = 62) at random. They were randomly assigned to dolmirin plus "
        "brutinol placebo or brutinol plus dolmirin placebo. Pain ended in 60% of the dolmirin group and 50% of the "
        "brutinol group."
    )
    assert [role for _, role in roles(text)] in (["control", "intervention"], ["intervention", "control"])
    assert given_to(text)[-2:] == [("60%", "intervention"), ("50%", "control")]


def test_a_monotherapy_is_what_a_combination_adds_to():
    text = (
        "Adults were randomly assigned to brutinol monotherapy or dolmirin plus brutinol. Pain ended in 30% of the "
        "combination group and 20% of the monotherapy group."
    )
    assert given_to(text)[-2:] == [("30%", "intervention"), ("20%", "control")]


def test_the_title_outweighs_the_sentence_of_allocation():
    text = (
        "Dolmirin versus brutinol for asthma in children: a randomised trial. Asthma is common. Children were randomly "
        "assigned to brutinol or dolmirin. Attacks were counted. Attacks were fewer with dolmirin (12%) than with "
        "brutinol (20%)."
    )
    assert given_to(text)[-2:] == [("12%", "intervention"), ("20%", "control")]


def test_what_is_approved_is_the_control():
    text = (
        "Adults were randomly assigned to dolmirin 20 mg or dolmirin 40 mg. We compared dolmirin 40 mg with the "
        "approved dose of dolmirin 20 mg. Pain ended in 31% of the 20 mg group and 44% of the 40 mg group."
    )
    assert given_to(text)[-2:] == [("31%", "control"), ("44%", "intervention")]


@pytest.mark.parametrize(
    ("text", "intervention"),
    [
        (  # what the effect of is told
            "We studied the effect of dolmirin on sleep. Adults were randomly assigned to brutinol or dolmirin. "
            "Sleep was good in 30% of the dolmirin group and 20% of the brutinol group.",
            "dolmirin",
        ),
        (  # what is called standard once
            "Adults were randomly assigned to dolmirin or brutinol. Standard brutinol was given at night. Sleep was "
            "good in 20% of the brutinol group and 30% of the dolmirin group. The usual brutinol dose was kept.",
            "dolmirin",
        ),
        (  # nothing but order
            "Adults were randomly assigned to brutinol or dolmirin. Sleep was good in 20% of the brutinol group and "
            "30% of the dolmirin group.",
            "brutinol",
        ),
    ],
)
def test_what_is_studied_is_the_intervention_and_what_is_standard_the_control(text: str, intervention: str):
    assert (intervention, "intervention") in roles(text)
    assert [role for _, role in roles(text)].count("intervention") == 1


def test_a_longer_interval_adds_nothing_to_a_shorter_one():
    text = (
        "Weekly docetaxel in older men: a trial. Cancer is common. They were randomized to weekly or 3-weekly "
        "docetaxel. Responses were seen in 31% of the weekly arm and 37% of the 3-weekly arm."
    )
    assert given_to(text)[-2:] == [("31%", "intervention"), ("37%", "control")]
