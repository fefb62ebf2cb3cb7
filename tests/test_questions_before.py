"""Questions that compare an arm with what was before: the baseline beside the later value, and whose size it is."""

from __future__ import annotations

import pytest

from test_questions import asked, cell, document, numbers
from trialtab import questions
from trialtab.questions import pairs, times
from trialtab.questions.sides import BEFORE, Sides, phase

ARMS = [
    {"label": "iron", "n": 30, "n_start": 0, "n_end": 1, "intervention": "iron", "role": "intervention"},
    {"label": "placebo", "n": 29, "n_start": 0, "n_end": 1, "intervention": "placebo", "role": "control"},
]


def table(head, *body, rows=(), arms=ARMS):
    """An index of one table of lines of cells parted by "|", with rows whose quotations stand in it."""
    text = "\n".join(line.replace(" | ", "\t").replace("| ", "\t") for line in (*head, *body))
    return document(("caption", "table", "Table 1. Results"), ("table", "table", text), rows=rows, arms=arms)


def later(quote, value, column="Iron > 6 months", path="Ferritin", **given):
    """A later value of a table, as mean ± SD."""
    return cell(quote, column, path, value=value, plus_minus=3.0, arm="iron", arm_id="a", arm_role="intervention",
                timepoint="6 months", timepoint_value=6.0, timepoint_unit="month", **given)  # fmt: skip


def ask(outcome="ferritin", intervention="iron", comparator="baseline", kind="continuous"):
    return asked(outcome, intervention, comparator, kind)


@pytest.mark.parametrize(
    ("name", "said"),
    [("baseline", BEFORE), ("At baseline", BEFORE), ("T0", BEFORE), ("week 0", BEFORE), ("Preoperative", BEFORE),
     ("T10", ""), ("week 8", ""), ("Initialised pump", "")],
)  # fmt: skip
def test_a_name_may_say_that_it_was_before(name, said):
    assert phase(name) == said


HEAD = ("| Iron | Placebo", "| Baseline | 6 months | Baseline | 6 months")


def test_the_baseline_stands_in_the_column_left_of_the_later_one_below_the_same_arm():
    index = table(
        HEAD, "Ferritin | 20.1 ± 4.0 | 41.5 ± 3.0 | 22.2 ± 4.1 | 25.0 ± 3.3", rows=[later("41.5 ± 3.0", 41.5)]
    )
    answer = questions.answer(ask(), index)
    found = numbers(answer)
    assert (found["intervention_mean"], found["comparator_mean"]) == (41.5, 20.1)
    assert (found["intervention_standard_deviation"], found["comparator_standard_deviation"]) == (3.0, 4.0)
    said = answer.amounts["comparator_mean"]
    assert said.finding_id is None and index.text[said.start : said.end] == "20.1 ± 4.0"


def test_the_arm_is_that_of_the_question():
    rows = [
        later("41.5 ± 3.0", 41.5),
        {**later("25.0 ± 3.3", 25.0, "Placebo > 6 months"), "arm": "placebo", "arm_id": "b", "arm_role": "control"},
    ]
    index = table(HEAD, "Ferritin | 20.1 ± 4.0 | 41.5 ± 3.0 | 22.2 ± 4.1 | 25.0 ± 3.3", rows=rows)
    found = numbers(questions.answer(ask(intervention="placebo"), index))
    assert (found["intervention_mean"], found["comparator_mean"]) == (25.0, 22.2)


def test_the_size_is_that_of_one_arm_for_both_times():
    index = table(
        HEAD, "Ferritin | 20.1 ± 4.0 | 41.5 ± 3.0 | 22.2 ± 4.1 | 25.0 ± 3.3", rows=[later("41.5 ± 3.0", 41.5)]
    )
    found = numbers(questions.answer(ask(), index))
    assert (found["intervention_group_size"], found["comparator_group_size"]) == (30, 30)


def test_a_column_that_prints_its_own_size_keeps_it():
    head = ("| Baseline (n = 46) | 6 months (n = 40)",)
    row = later("41.5 ± 3.0", 41.5, "6 months", total=40.0, total_source="header")
    index = table(head, "Ferritin | 20.1 ± 4.0 | 41.5 ± 3.0", rows=[row], arms=ARMS[:1])
    found = numbers(questions.answer(ask(), index))
    assert (found["intervention_group_size"], found["comparator_group_size"]) == (40, 46)


def test_the_baseline_may_stand_in_a_row_above():
    index = table(
        ("| Iron | Placebo",), "Ferritin", "Baseline | 20.1 ± 4.0 | 22.2 ± 4.1", "6 months | 41.5 ± 3.0 | 25.0 ± 3.3",
        rows=[later("41.5 ± 3.0", 41.5, "Iron", "Ferritin > 6 months")],
    )  # fmt: skip
    assert numbers(questions.answer(ask(), index))["comparator_mean"] == 20.1


def test_a_sentence_may_say_what_was_before():
    text = "With iron ferritin rose from 20.1 ± 4.0 ng/ml at baseline to 41.5 ± 3.0 ng/ml."
    row = {"quote": "41.5 ± 3.0 ng/ml", "statistic": "mean", "value": 41.5, "plus_minus": 3.0, "arm": "iron",
           "arm_role": "intervention", "outcome": "ferritin"}  # fmt: skip
    found = numbers(questions.answer(ask(), document(("paragraph", "results", text), rows=[row], arms=ARMS)))
    assert (found["intervention_mean"], found["comparator_mean"]) == (41.5, 20.1)


def test_another_arm_is_not_what_was_before():
    rows = [
        later("41.5 ± 3.0", 41.5, "Iron"),
        {**later("25.0 ± 3.3", 25.0, "Placebo"), "arm": "placebo", "arm_id": "b", "arm_role": "control"},
    ]
    index = table(("| Iron | Placebo",), "Ferritin | 41.5 ± 3.0 | 25.0 ± 3.3", rows=rows)
    answer = questions.answer(ask(), index)
    assert "comparator_mean" not in answer.amounts and answer.reasons["comparator_mean"]


@pytest.mark.parametrize(
    ("comparator", "arms", "told"),
    [("baseline", ARMS, True), ("placebo", ARMS, False), ("before the training", ARMS, True),
     ("preoperative iron", [*ARMS, {**ARMS[0], "label": "preoperative iron"}], False)],
)  # fmt: skip
def test_a_time_before_is_no_arm_that_is_called_so(comparator, arms, told):
    index = document(("paragraph", "results", "Ferritin rose."), arms=arms)
    assert pairs.against_before(index, Sides("postoperative iron", comparator, {})) is told


@pytest.mark.parametrize(
    ("label", "when"),
    [("12 w", ("day", 84.0)), ("24 h", ("day", 1.0)), ("T2", ("visit", 2.0)), ("Time point 3", ("visit", 3.0)),
     ("second evaluation", ("visit", 2.0)), ("at 6 weeks", ("day", 42.0)), ("Group 2", None), ("T-cells", None)],
)  # fmt: skip
def test_a_time_is_read_from_the_label_of_a_row(label, when):
    assert times.said(label) == (None if when is None else times.When(*when))


def test_the_latest_of_numbered_visits_answers():
    rows = [
        cell(quote, f"{arm} > {visit}", "Mood", value=float(quote[:4]), plus_minus=1.0, arm=arm, arm_role=role,
             arm_id=arm, timepoint=visit)
        for arm, role, one, other in (("iron", "intervention", "31.1 ± 1.0", "11.1 ± 1.0"),
                                      ("placebo", "control", "32.2 ± 1.0", "22.2 ± 1.0"))
        for visit, quote in (("T1", one), ("T2", other))
    ]  # fmt: skip
    text = "\n".join(row["quote"] for row in rows)
    found = numbers(questions.answer(asked("mood", kind="continuous"), document(("table", "table", text), rows=rows)))
    assert (found["intervention_mean"], found["comparator_mean"]) == (11.1, 22.2)


# ---- what is no result of two arms -------------------------------------------------------------------------------


def prose(text, *rows, arms=ARMS):
    return document(("paragraph", "results", text), rows=rows, arms=arms)


def said(quote, arm, value, **given):
    role = {"iron": "intervention", "placebo": "control"}.get(arm, "intervention")
    return {"quote": quote, "statistic": "mean", "value": value, "arm": arm, "arm_id": arm, "arm_role": role, **given}


def test_two_units_of_one_sentence_are_two_measures_of_one_arm():
    text = "Weight loss was greater with iron (4.5 ± 6.2 %, 4.07 ± 6.01 kg) than with placebo."
    given = {"outcome": "weight loss", "plus_minus": 6.0}
    rows = (
        said("4.5 ± 6.2 %", "iron", 4.5, unit="%", **given),
        said("4.07 ± 6.01 kg", "placebo", 4.07, unit="kg", **given),
    )
    assert "intervention_mean" not in numbers(
        questions.answer(ask("weight loss", comparator="placebo"), prose(text, *rows))
    )


def test_a_bare_time_is_no_mean_of_an_outcome_without_time():
    text = "With iron haemoglobin fell from week 26, with placebo 32 weeks after birth."
    rows = (said("26", "iron", 26.0, unit="wk", outcome="haemoglobin"),
            said("32 weeks", "placebo", 32.0, unit="wk", outcome="haemoglobin"))  # fmt: skip
    assert "intervention_mean" not in numbers(
        questions.answer(ask("haemoglobin", comparator="placebo"), prose(text, *rows))
    )
    text = "The hospital stay was 26 days with iron and 32 days with placebo."
    rows = (said("26 days", "iron", 26.0, unit="d", outcome="hospital stay"),
            said("32 days", "placebo", 32.0, unit="d", outcome="hospital stay"))  # fmt: skip
    found = numbers(questions.answer(ask("hospital stay", comparator="placebo"), prose(text, *rows)))
    assert (found["intervention_mean"], found["comparator_mean"]) == (26.0, 32.0)


@pytest.mark.parametrize(("more", "answered"), [((), True), (({**ARMS[0], "label": "zinc"},), False)])
def test_the_other_arm_of_a_sentence_is_the_other_side_where_the_document_has_two(more, answered):
    text = "Ferritin was 41.5 ± 3.0 with iron. It was 25.0 ± 3.3 in the others."
    rows = (said("41.5 ± 3.0", "iron", 41.5, outcome="ferritin", plus_minus=3.0),
            said("25.0 ± 3.3", "the others", 25.0, outcome="ferritin", plus_minus=3.3))  # fmt: skip
    found = numbers(questions.answer(ask(comparator="dextrose"), prose(text, *rows, arms=[*ARMS, *more])))
    assert ("comparator_mean" in found) is answered


def test_a_value_that_was_reached_answers_where_its_change_is_asked():
    rows = [
        cell(
            quote, arm, "Squat jump height", value=float(quote[:4]), plus_minus=1.0, arm=arm, arm_role=role, arm_id=arm
        )
        for arm, role, quote in (("iron", "intervention", "31.1 ± 1.0"), ("placebo", "control", "22.2 ± 1.0"))
    ]
    text = "\n".join(row["quote"] for row in rows)
    index = document(("table", "table", text), rows=rows)
    found = numbers(questions.answer(ask("improvement of jump height in athletes", comparator="placebo"), index))
    assert (found["intervention_mean"], found["comparator_mean"]) == (31.1, 22.2)
