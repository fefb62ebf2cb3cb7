"""Lettered groups, times of outcomes, legends, couples of results in a sentence, and sentences that count people."""

from __future__ import annotations

import pytest

from clock import grows_as_its_size
from test_questions import asked, document, numbers
from trialtab import questions
from trialtab.questions import amounts, counting, couples, direction, letters, pairs, sizes, ways, words
from trialtab.questions.sides import Sides, naming
from trialtab.questions.words import Asked, Weights


def paragraph(text, *rows, section="results"):
    """An index of one paragraph, with rows whose quotations stand in it."""
    return document(("paragraph", section, text), rows=rows)


def row(quote, arm, outcome, statistic="proportion", **given):
    """A row of prose."""
    return {"quote": quote, "statistic": statistic, "arm": arm, "outcome": outcome, **given}


# ---- letters ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("in group L and group K", "in xgroupl and xgroupk"),
        ("groups I and II", "xgroupone xgrouptwo"),
        ("Groups A, B, and C", "xgroupa xgroupb xgroupc"),
        ("the C group", "the xgroupc group"),
        ("Group D0.15 and group D0.3", "xgroupdzeropointonefive and xgroupdzeropointthree"),
        ("group Mean values, a group of 5", "group Mean values, a group of 5"),
        ("group 12% lower", "group 12% lower"),
        ("vitamin C", "vitamin C"),
    ],
)
def test_groups_that_are_called_by_a_letter_are_one_word(text, joined):
    assert letters.lettered(text) == joined


def test_the_word_for_a_lettered_group_keeps_its_ending():
    assert naming("group I", {}) == {"xgroupone"} and naming("group S", {}) == {"xgroups"}


@pytest.mark.parametrize(
    ("text", "name", "word"),
    [
        ("Group L received 40 mg of lidocaine. Group N received saline.", "xgroupl", "lidocain"),
        ("They were given nalbuphine 0.2 mg/kg (group N, n = 30) or pentazocine (group P).", "xgroupn", "nalbuphin"),
        ("In Group A, paste was used as medicament.", "xgroupa", "past"),
        ("Group 1: debridement, Group 2: irrigation.", "xgrouptwo", "irrig"),
        ("(Group C) received saline, (Group P) received propofol.", "xgroupp", "propofol"),
    ],
)
def test_the_text_says_what_a_lettered_group_is(text, name, word):
    assert word in letters.groups(text, words.stems)[name]


@pytest.mark.parametrize(
    "text", ["Pain was lower (group A: 5%, p < 0.05).", "They were divided into two groups (Group A and Group B)."]
)
def test_results_and_mere_divisions_do_not_say_what_a_group_is(text):
    assert letters.groups(text, words.stems) == {}


# ---- times and legends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "outcome", "when"),
    [
        ("pain at 12 weeks", "pain", "at 12 weeks"),
        ("haemoglobin between 26 and 35 wk", "haemoglobin", "between 26 and 35 wk"),
        ("intensity as time elapsed (at time 10)", "intensity as time elapsed", "at time 10"),
        ("weight after three months", "weight", "after three months"),
        ("response rate for 500 Hz frequency", "response rate for 500 Hz frequency", ""),
        ("bending for the C2-C4 segments", "bending for the C2-C4 segments", ""),
        ("at 6 months", "at 6 months", ""),
    ],
)
def test_the_time_in_an_outcome_is_asked_for_as_a_time(phrase, outcome, when):
    assert words.timed(phrase) == (outcome, when)


def test_a_legend_tells_short_forms_by_their_place():
    told = words.legend(
        ["Abbreviations: COD, modified agility test; 1RM_KE, one-repetition maximum in knee extensors."]
    )
    assert told["cod"] == words.stems("modified agility test")
    assert "knee" in told["1 rm ke"]
    compounds = [(frozenset(short.split()), long) for short, long in told.items() if " " in short]
    assert "knee" in words.expand(frozenset(words.stems("1RM_KE (kg)")), told, compounds)


# ---- couples ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "arms", "events"),
    [
        ("Remission was seen in 25/75 (33%) with iron and 9/79 (11%) with placebo.", "25/75 (33%)",
         (None, None), (25, 9)),
        ("Remission was commoner with placebo than with iron (25/75 (33%) vs 9/79 (11%)).", "25/75 (33%)",
         (None, None), (9, 25)),
        ("Remission: placebo 25/75 (33%), iron 9/79 (11%).", "25/75 (33%)", ("iron", "placebo"), (9, 25)),
    ],
)  # fmt: skip
def test_two_results_of_a_sentence_are_the_two_sides(text, first, arms, events):
    index = paragraph(
        text,
        row(first, arms[0], "seen", events=25, total=75, percent=33, total_source="explicit"),
        row("9/79 (11%)", arms[1], "seen", events=9, total=79, percent=11, total_source="explicit"),
    )
    given = numbers(questions.answer(asked("remission", kind="binary"), index))
    assert (given["intervention_events"], given["comparator_events"]) == events


def test_two_times_of_one_arm_are_no_couple():
    text = "Pain fell from 68 ± 3 to 63 ± 4 with iron and placebo."
    index = paragraph(text, row("68 ± 3", "iron", "pain", "mean", value=68, plus_minus=3),
                      row("63 ± 4", "placebo", "pain", "mean", value=63, plus_minus=4))  # fmt: skip
    assert couples.couples(index, amounts.is_mean) == ()


def test_numbers_that_are_printed_in_different_ways_are_no_couple():
    text = "Side effects: 52 with iron, 19 patients (22%) with placebo."
    index = paragraph(text, row("52", "iron", "side effects", "count", events=52),
                      row("19 patients (22%)", "placebo", "side effects", events=19, percent=22))  # fmt: skip
    assert couples.couples(index, amounts.counts_people) == ()


def test_the_other_of_two_arms_needs_no_name():
    caption, cells = "Table 1. Pain", "\tControl\tNarrow path\nPain\t5 (1)\t3 (1)"
    printed = (("5 (1)", "Control", 5, "A1"), ("3 (1)", "Narrow path", 3, "A2"))
    rows = [{"quote": quote, "statistic": "mean", "source": "table", "table_label": "Table 1", "row_path": "Pain",
             "column_path": column, "outcome": "pain", "value": value, "sd": 1, "arm": column, "arm_id": arm}
            for quote, column, value, arm in printed]  # fmt: skip
    index = document(("caption", "caption", caption), ("table", "table", cells), rows=rows)
    (best, *_) = pairs.find(index, amounts.is_mean, Asked("pain", Weights([]), {}), Sides("yoga", "control", {}))
    assert [one["value"] for one in best.rows] == [3, 5]


# ---- counts of people ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("We randomised 925 patients, 475 to the iron group and 450 to the placebo group.", (475, 450)),
        ("There were 165, 171 and 160 patients assigned to placebo, iron and sham, respectively.", (171, 165)),
        ("Twenty residents received iron and 22 received placebo.", (20, 22)),
        ("In all, 46 patients were randomised in a 1:1 ratio to iron or placebo.", (23, 23)),
        ("60 patients were assigned to two groups: 30 in each group.", (30, 30)),
    ],
)  # fmt: skip
def test_sentences_count_both_arms(text, pair):
    index = paragraph(text, section="methods")
    first, second = next(sizes.of_question(index, Sides("iron", "placebo", {})))
    assert (first.n, second.n) == pair


@pytest.mark.parametrize(
    "text",
    [
        "The questionnaire took two hours in both groups.",
        "Response was 64% in each group.",
        "Three patients on iron and 12 patients on placebo developed hypertension.",
        "Seven patients randomised to iron and 3 patients randomised to placebo were excluded.",
        "The required sample size was 240 participants in each arm.",
    ],
)
def test_numbers_that_are_no_size_of_an_arm(text):
    index = paragraph(text, section="methods")
    assert list(sizes.of_question(index, Sides("iron", "placebo", {}))) == []


def test_a_few_are_not_the_arms_of_all():
    index = paragraph(
        "A total of 100 patients were randomised. There were 5 smokers on iron and 6 smokers on placebo.",
        section="methods",
    )
    assert counting.heads(index).whole.n == 100
    assert sizes.of_text(index, Sides("iron", "placebo", {}), sizes.TOLD) == (None, None)


@pytest.mark.parametrize(
    "piece", ["1 a ", "12 of 1, 2 and ", "group A, B, and C ", "1:1 ", "n = 1 in each ", "(Group A, "]
)
def test_counting_takes_time_in_proportion_to_the_text(piece):
    def work(index):
        counting.heads(index)
        letters.groups(index.text, words.stems)
        words.legend([index.text])

    grows_as_its_size(lambda times: paragraph(piece * times, section="methods"), work, 2000, 8000)


# ---- the way by numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "p", "way"),
    [((45, 24), 0.01, "increased"), ((24, 45), 0.01, "decreased"), ((45, 24), 0.3, "no difference"),
     ((45, 45), 0.01, None), ((45, 24), None, None)],
)  # fmt: skip
def test_the_p_value_beside_the_numbers_says_the_way(values, p, way):
    rows = [{"percent": None, "value": value, "p_relation": "=", "p_value": p} for value in values]
    found = ways.of_rows(rows)
    assert (found and found.direction) == way


@pytest.mark.parametrize(
    ("sentence", "way"),
    [("Iron lowered the rate of falls, more so at 100 mg.", "decreased"),
     ("Iron more than halved the rate of falls.", "decreased"),
     ("Falls were more common with iron than placebo.", "increased")],
)  # fmt: skip
def test_a_degree_is_no_way(sentence, way):
    said = direction.of_sentence(sentence, Asked("falls", Weights([]), {}), Sides("iron", "placebo", {}))
    assert said is not None and said.direction == way


@pytest.mark.parametrize(
    ("sentence", "events"),
    [("Relapses were rarer with iron (5 of 40 vs. 9 of 41).", (5, 9)),
     ("Relapses were commoner than with placebo (9 of 40 versus 5 of 41).", (9, 5)),
     ("Relapses were rarer compared with placebo (5 of 40 vs 9 of 41).", (5, 9)),
     ("Relapses were rarer with placebo (5 of 40 vs. 9 of 41).", (9, 5))],
)  # fmt: skip
def test_a_bare_couple_begins_with_the_arm_that_its_sentence_names(sentence, events):
    shares = [(5, 40), (9, 41)] if "5 of 40" in sentence else [(9, 40), (5, 41)]
    rows = [row(f"{n} of {total}", "overall", "relapses", events=n, total=total) for n, total in shares]
    found = numbers(questions.answer(asked("relapses", kind="binary"), paragraph(sentence, *rows)))
    assert (found["intervention_events"], found["comparator_events"]) == events


# ---- whole samples and equal groups ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("We enrolled 7 466 women in 12 clinics.", 7466),
        ("A total of 46 patients were included. We have included 23 patients per group.", 46),
        ("Patients from nine participating sites were enrolled. We randomised 120 patients.", 120),
        ("Ninety-six children with a fever, aged two to ten years and undergoing an operation, were enrolled.", 96),
    ],
)
def test_a_whole_sample_is_of_people_and_of_all_of_them(text, whole):
    assert counting.heads(paragraph(text, section="methods")).whole.n == whole


def test_a_whole_sample_is_no_smaller_than_its_arms():
    text = (
        "We randomly assigned patients to iron (62 patients) or placebo (58 patients). "
        "Nine patients were enrolled in a sub-study, and nine patients were included from abroad."
    )
    known = counting.heads(paragraph(text, section="methods"))
    assert known.whole is None or known.whole.n >= 62


def test_equal_groups_may_be_of_people_whom_another_sentence_counts():
    text = "We enrolled 120 children. They were randomly allocated to one of three equal groups."
    assert counting.heads(paragraph(text, section="methods")).equal.n == 40


def test_numbers_without_a_noun_are_of_people_where_people_are_allocated():
    text = "Of the 389 dentists asked, 195 were randomised to receive iron and 194 were to receive placebo."
    found = sizes.of_text(paragraph(text), Sides("iron", "placebo", {}))
    assert [size.n for size in found] == [195, 194]


# ---- analysis sets told in order ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked_for", "totals"), [("cure in ITT", (85, 84)), ("cure per protocol", (81, 80))])
def test_two_analysis_sets_told_in_order_are_two_populations(asked_for, totals):
    text = (
        "Iron achieved 83.5% (71/85) and 87.7% (71/81) cure in the intention to treat (ITT) and per-protocol (PP) "
        "analyses, respectively. Placebo achieved 47.6% (40/84) and 50.0% (40/80) cure in the ITT and PP analyses, "
        "respectively."
    )
    told = [("83.5% (71/85)", "iron", 71, 85), ("87.7% (71/81)", "iron", 71, 81), ("47.6% (40/84)", "placebo", 40, 84),
            ("50.0% (40/80)", "placebo", 40, 80)]  # fmt: skip
    rows = [
        row(quote, arm, "cure", events=float(n), total=float(total), total_source="explicit", percent=float(quote[:4]))
        for quote, arm, n, total in told
    ]
    found = numbers(questions.answer(asked(asked_for, kind="binary"), paragraph(text, *rows)))
    assert (found["intervention_group_size"], found["comparator_group_size"]) == totals


@pytest.mark.parametrize(
    ("arms", "told"), [("AB", "A, B"), ("ABCD", "A, B, C, D"), ("ABCDEFG", "A, B, C, D and 3 more")]
)
def test_a_reason_names_some_arms_and_counts_the_others(arms, told):
    assert amounts.listed(list(arms)) == told
