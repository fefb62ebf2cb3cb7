"""Which of several results answers a question: harms under any name, rows of the rest, one arm twice, times, counts."""

from __future__ import annotations

import pytest

from test_questions import asked, cell, document, numbers
from trialtab import questions
from trialtab.questions import counting, sizes, words
from trialtab.questions.sides import Sides, naming
from trialtab.questions.words import Asked, Weights

ARMS = {"Iron (n = 50)": ("iron", "intervention"), "Placebo (n = 48)": ("placebo", "control")}


def line(path, *events, time="", **given):
    """The cells of a table row of counts, one of each arm."""
    columns = [f"{time} > {name}" if time else name for name in ARMS]
    return [
        cell(f"{n} of {path}{time}", column, path, "count", events=n, value=n, arm=arm, arm_id=arm, arm_role=role,
             count_of="patients", **given)
        for n, column, (arm, role) in zip(events, columns, ARMS.values(), strict=True)
    ]  # fmt: skip


def table(*rows):
    """An index of one table that prints these cells."""
    text = "\n".join(given["quote"] for given in rows)
    return document(("table", "table", text), rows=rows)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("adverse events", "Side effects", True), ("serious AEs", "serious adverse reactions", True),
     ("adverse drug reactions", "adverse events", True), ("side effects", "side of the knee", False),
     ("adverse events", "events", False)],
)  # fmt: skip
def test_harms_have_many_names(one, other, alike):
    assert (words.stems(one) == words.stems(other)) is alike


@pytest.mark.parametrize(
    ("asked_for", "label", "taken"),
    [("adverse events", "Others", False), ("adverse events", "Any", True), ("smoking", "No", False),
     ("smoking", "Not reported", False), ("other adverse events", "Other", True), ("no pain", "None", True),
     ("nodules", "Nodules", True),
     ("side effects", "No side effects", False), ("side effects", "Without any", False), ("falls", "No of falls", True),
     ("no relapse", "No relapse", True)],
)  # fmt: skip
def test_what_is_left_over_is_not_the_whole(asked_for, label, taken):
    own = frozenset({words.REST}) if words.names_rest(label) else frozenset()
    assert Asked(asked_for, Weights([]), {}).excludes(own) is not taken


def test_others_are_no_answer_for_all():
    index = table(*line("Adverse events > Others", 3, 2), *line("Adverse events > Any", 20, 11))
    answer = questions.answer(asked("adverse events", kind="binary"), index)
    assert (numbers(answer)["intervention_events"], numbers(answer)["comparator_events"]) == (20, 11)


def test_two_rows_of_one_arm_are_no_comparison():
    rows = [
        cell(f"{n} in {phase}", "Iron", f"Relapse > {phase}", "count", events=n, arm="iron", arm_id="iron",
             arm_role="intervention", count_of="patients")
        for n, phase in ((4, "Iron early"), (7, "Placebo run-in"))
    ]  # fmt: skip
    answer = questions.answer(asked("relapse", "iron early", "late", "binary"), table(*rows))
    assert "intervention_events" not in numbers(answer)


def test_of_results_at_two_times_the_later_is_the_answer():
    first = {"timepoint": "Week 24", "timepoint_value": 24, "timepoint_unit": "week"}
    last = {"timepoint": "Month 12", "timepoint_value": 12, "timepoint_unit": "month"}
    early = line("Metabolic syndrome", 7, 11, time="Week 24", **first)
    late = line("Metabolic syndrome", 9, 12, time="Month 12", **last)
    found = numbers(questions.answer(asked("metabolic syndrome", kind="binary"), table(*early, *late)))
    assert (found["intervention_events"], found["comparator_events"]) == (9, 12)
    question = asked("metabolic syndrome", kind="binary", timepoint="week 24")
    assert numbers(questions.answer(question, table(*early, *late)))["intervention_events"] == 7


def test_a_percentage_takes_its_counts_from_the_row_that_says_the_same():
    said = [
        {"quote": f"{percent}%", "statistic": "proportion", "arm": arm, "arm_id": arm, "arm_role": role,
         "outcome": "response rate", "percent": percent, "value": percent}
        for percent, (arm, role) in zip((78.2, 62.6), ARMS.values(), strict=True)
    ]  # fmt: skip
    counted = [
        cell(f"{n}/{total}", "Responders", f"Response > {name}", "proportion", events=n, total=total,
             value=100 * n / total, percent=round(100 * n / total, 1), total_source="explicit", arm=name, arm_id=name,
             arm_role=role)
        for n, total, (name, role) in zip((79, 62), (101, 99), ARMS.values(), strict=True)
    ]  # fmt: skip
    index = document(
        ("paragraph", "results", "The response rate was 78.2% with iron and 62.6% with placebo."),
        ("table", "table", "79/101\t62/99"),
        rows=[*said, *counted],
    )
    found = questions.answer(asked("response rate", kind="binary"), index)
    assert numbers(found) == {
        "intervention_events": 79, "intervention_group_size": 101, "comparator_events": 62, "comparator_group_size": 99,
    }  # fmt: skip
    assert found.amounts["intervention_events"].derived == ""


def test_an_analysis_set_chooses_among_rows_and_is_no_word_of_the_outcome():
    itt = line("Eradication, intention-to-treat", 71, 72, time="ITT")
    per_protocol = line("Eradication, per protocol", 70, 69, time="PP")
    index = table(*itt, *per_protocol)
    for phrase, events in (("eradication in ITT", 71), ("eradication (per-protocol population)", 70)):
        assert numbers(questions.answer(asked(phrase, kind="binary"), index))["intervention_events"] == events
    assert Asked("eradication in the ITT population", Weights([]), {}).stems == words.stems("eradication")
    assert words.analysis_sets("treatment failure by protocol violation") == frozenset()


# ---- sizes ------------------------------------------------------------------------------------------------------

SUBSETS = (
    "Patients were sorted by normal function (dolmirin n = 2094, placebo n = 1150) or impairment (mild: dolmirin n "
    "= 637, placebo n = 414; moderate: dolmirin n = 122, placebo n = 68)."
)


def test_a_size_before_a_comma_is_read():
    assert [n for n, _ in counting._named_counts(SUBSETS)] == [2094, 1150, 637, 414, 122, 68]


def test_the_sentence_that_names_both_arms_gives_their_sizes():
    given = "In all, 2869 patients received dolmirin and 1639 received placebo."
    index = document(("paragraph", "abstract", SUBSETS), ("paragraph", "methods", given))
    sides = Sides("dolmirin with normal function", "dolmirin with mild impairment", index.short)
    assert [size and size.n for size in sizes.of_text(index, sides)] == [2094, 637]


def test_of_two_doses_of_a_drug_none_is_the_placebo():
    labels = [naming(name, {}) for name in ("Placebo", "Dolmirin")]
    assert Sides("dolmirin 20 mg", "dolmirin 10 mg", {}).assign(labels) == (None, None)
    assert Sides("dolmirin", "saline", {}).assign(labels) == (1, 0)


def test_a_row_below_a_heading_that_says_the_outcome_is_a_part_of_it():
    part = line("Adverse reactions > Erythema", 15, 6)
    whole = line("Patients with any adverse event", 30, 22)
    found = numbers(questions.answer(asked("adverse events", kind="binary"), table(*part, *whole)))
    assert (found["intervention_events"], found["comparator_events"]) == (30, 22)


def test_a_result_of_another_dose_comes_after_that_of_the_asked_one():
    said = "Serious adverse events occurred in 4/79 with placebo, 3/83 with iron 30 mg and 5/80 with iron 60 mg."
    rows = [
        {"quote": quote, "statistic": "proportion", "events": int(quote[0]), "total": int(quote[2:]), "value": 5.0,
         "percent": 5.0, "total_source": "explicit", "arm": arm, "arm_id": arm, "arm_role": role,
         "outcome": "serious adverse events"}
        for quote, arm, role in (
            ("4/79", "placebo", "control"), ("3/83", "iron 30 mg", "intervention"),
            ("5/80", "iron 60 mg", "intervention"),
        )
    ]  # fmt: skip
    index = document(("paragraph", "results", said), rows=rows)
    for dose, events in (("30 mg", 3), ("60 mg", 5)):
        found = numbers(questions.answer(asked("serious adverse events", f"iron {dose}", kind="binary"), index))
        assert (found["intervention_events"], found["comparator_events"]) == (events, 4)


@pytest.mark.parametrize(
    ("asked_for", "label", "excluded"),
    [("overall survival", "Progression-free survival", True), ("progression-free survival", "Overall", False),
     ("overall survival", "Overall and progression-free survival", False)],
)  # fmt: skip
def test_overall_in_a_label_may_say_that_everyone_is_counted(asked_for, label, excluded):
    own = frozenset(words.stems(label))
    assert Asked(asked_for, Weights([]), {}).excludes(own) is excluded


@pytest.mark.parametrize(
    ("written", "meant"),
    [("techinque", "technique"), ("preferrence", "preference"), ("technique", "technique"), ("pian", "pian"),
     ("preterense", "preterense"),
     ("abductor", "abductor"), ("haemorrhage", "haemorrhage")],
)  # fmt: skip
def test_one_slip_in_a_long_word_of_a_question_leaves_no_doubt_of_it(written, meant):
    known = frozenset(words.stems("technique preference reference pain haemorrhage adductor deference"))
    weights = Weights([known])
    assert weights.meant(words.stem(written)) == words.stem(meant)


def test_what_is_only_a_cause_is_no_outcome_of_its_own():
    told = (
        "In 9 of 50 women given iron and in 8 of 48 given placebo, treatment was stopped because of side effects.",
        "Any side effects were reported by 34 of 50 women given iron and 18 of 48 given placebo.",
    )
    rows = [
        {"quote": f"{n} of {total}", "statistic": "proportion", "arm": arm, "outcome": outcome, "events": n,
         "total": total, "total_source": "explicit"}
        for outcome, n, total, arm in (("side effects", 9, 50, "iron"), ("side effects", 8, 48, "placebo"),
                                       ("Any side effects", 34, 50, "iron"), ("Any side effects", 18, 48, "placebo"))
    ]  # fmt: skip
    index = document(*(("paragraph", "results", text) for text in told), rows=rows)
    found = numbers(questions.answer(asked("side effects", kind="binary"), index))
    assert (found["intervention_events"], found["comparator_events"]) == (34, 18)
