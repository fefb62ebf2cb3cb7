"""Questions of before-after studies, of one of several sites, and of the whole against its parts."""

from __future__ import annotations

import pytest

from test_questions import asked, cell, document, numbers
from test_questions_choice import line, table
from trialtab import questions
from trialtab.questions import counting, labels, pairs, words
from trialtab.questions.sides import AFTER, BEFORE, Sides, phase


@pytest.mark.parametrize(
    ("name", "said"),
    [("Before the training, May", BEFORE), ("Pre-test", BEFORE), ("Preintervention phase", BEFORE),
     ("After training", AFTER), ("Post-intervention", AFTER), ("Prednisolone", ""), ("Training", "")],
)  # fmt: skip
def test_a_name_may_begin_with_its_phase(name, said):
    assert phase(name) == said


def phases(kind="Hospital"):
    """Rejected samples of two sites, before and after a training."""
    return [
        cell(f"{n} of {total}", f"{when} the training > Rejected n (%)", f"{kind} {site}", "proportion",
             events=float(n), total=float(total), total_source="header", percent=round(100 * n / total, 2),
             outcome="sample rejection")
        for site, when, n, total in (("A", "Before", 60, 7557), ("A", "After", 79, 10218), ("B", "Before", 45, 3973),
                                     ("B", "After", 48, 4114))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("intervention", "comparator", "site", "events"),
    [("training", "control", "A", (79, 60)), ("training", "control", "B", (48, 45)),
     ("after training", "before training", "B", (48, 45)), ("before training", "after training", "A", (60, 79))],
)  # fmt: skip
def test_what_was_before_is_the_control_of_a_study_without_one(intervention, comparator, site, events):
    question = asked(f"sample rejection: hospital {site}", intervention, comparator, "binary")
    found = numbers(questions.answer(question, table(*phases())))
    assert (found["intervention_events"], found["comparator_events"]) == events


def test_a_study_with_a_control_group_is_not_compared_with_itself():
    cells = phases()
    text = "\n".join(given["quote"] for given in cells)
    arms = [{"label": name, "n": None, "intervention": None} for name in ("training", "control")]
    answer = questions.answer(
        asked("sample rejection", "training", "control", "binary"),
        document(("table", "table", text), rows=cells, arms=arms),
    )
    assert "comparator_events" not in numbers(answer)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("clinic A", True), ("vitamin A (mg)", True), ("A", True), ("A total of falls", False), ("a fall", False)],
)
def test_the_letter_a_is_a_name_and_no_article_behind_a_word(text, kept):
    assert ("lettera" in words.stems(text)) is kept


@pytest.mark.parametrize(
    ("label", "other"), [("Squat jump (m)", "Squat jump"), ("Weight [kg]", "Weight"), ("Angle (in degrees)", "Angle")]
)
def test_a_unit_in_brackets_is_no_word_of_an_outcome(label, other):
    index = table(*line(label, 3, 2))
    (first,) = pairs.groups(index, lambda row: True)[:1]
    assert first.label.own - set(words.stems(f"{label} {other}")) == set()
    assert labels._named(label).strip() == other


def test_the_whole_comes_before_its_parts_whatever_size_their_arms_have():
    parts = line("Cure", 9, 8, time="Public", population="Public", total=60.0, total_source="arm")
    whole = line("Cure", 12, 14)
    found = numbers(questions.answer(asked("cure", kind="binary"), table(*parts, *whole)))
    assert found["intervention_events"] == 12
    found = numbers(questions.answer(asked("cure in public clinics", kind="binary"), table(*parts, *whole)))
    assert found["intervention_events"] == 9


@pytest.mark.parametrize(
    ("design", "crossover"),
    [("This was a within-subjects comparison of two drinks.", True),
     ("Time was entered as a within-subject factor.", False)],
)  # fmt: skip
def test_a_within_subject_factor_is_no_crossover(design, crossover):
    text = f"Twenty volunteers participated. {design}"
    assert counting.heads(document(("paragraph", "methods", text))).crossover is crossover


def test_the_side_without_a_name_is_general():
    assert Sides("training", "no training", {}).general_comparator is True
    assert Sides("training", "usual care", {}).general_comparator is False
    assert Sides("training", "control group", {}).general_comparator is True
