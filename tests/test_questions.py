"""A reviewer's questions: matched, both arms together, answered with a place, or empty with a reason."""

from __future__ import annotations

import csv

import pytest
from click.testing import CliRunner

from clock import grows_as_its_size
from trialtab import cli, questions, run
from trialtab.errors import QuestionError
from trialtab.model import evidence_columns
from trialtab.questions import amounts, direction, letters, pairs, sizes, table_rows, words
from trialtab.questions.passages import Index
from trialtab.questions.records import AMOUNTS, Question
from trialtab.questions.sides import Sides, naming
from trialtab.questions.words import Asked, Weights

# ---- small documents -------------------------------------------------------------------------------------------


def document(*blocks, rows=(), arms=()):
    """An index of blocks (kind, section, text) and of rows given as mappings of what is not null."""
    text, told = "", []
    for kind, section, said in blocks:
        start = len(text)
        text += said + "\n\n"
        told.append({"kind": kind, "section": section, "part": "", "start": start, "end": start + len(said)})
    return Index("report.xml", text, told, [row(text, **given) for given in rows], list(arms), [])


def row(text, quote, statistic, **given):
    """A row of the evidence table whose quotation stands in the text."""
    blank = dict.fromkeys((*evidence_columns(), "status"))
    start = text.index(quote)
    return {**blank, "finding_id": f"{start:032x}", "source": "text", "total_source": "none", "confidence": 0.9,
            "quote": quote, "start": start, "end": start + len(quote), "statistic": statistic, "serious": 0,
            "negated": 0, **given}  # fmt: skip


def cell(quote, column, row_path, statistic="mean", **given):
    """A row of the evidence table that stands in a table."""
    return {"quote": quote, "statistic": statistic, "source": "table", "table_label": "Table 1", "row_path": row_path,
            "column_path": column, "outcome": row_path.split(" > ")[-1], **given}  # fmt: skip


def asked(outcome, intervention="iron", comparator="placebo", kind="", **given):
    """A question of one document."""
    return Question(id="1", document="report", outcome=outcome, intervention=intervention, comparator=comparator,
                    outcome_type=kind, **given)  # fmt: skip


def numbers(answer):
    """The numbers of an answer, those that are there."""
    return {column: amount.value for column, amount in answer.amounts.items()}


def which_way(sentence, outcome, intervention="iron", comparator="placebo"):
    """What a sentence says of an outcome; None where it says nothing."""
    said = direction.of_sentence(sentence, Asked(outcome, Weights([]), {}), Sides(intervention, comparator, {}))
    return said and said.direction


# ---- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("Improvements", "improved", True), ("haemorrhages", "hemorrhage", True), ("IL6", "IL-6", True),
     ("pain", "paint", False), ("rat", "rate", False)],
)  # fmt: skip
def test_words_are_compared_by_their_stems(one, other, alike):
    assert (words.stems(one) == words.stems(other)) is alike


def test_abbreviations_are_read_where_the_text_spells_them_out():
    text = "Blood urea nitrogen (BUN) rose. Notes\nSBP, systolic blood pressure; (OR) nothing before it."
    assert words.abbreviations(text) == {"bun": ("blood", "urea", "nitrogen"), "sbp": ("systol", "blood", "pressur")}


def test_abbreviations_are_expanded_both_ways():
    short = {"bun": words.stems("blood urea nitrogen")}
    spelled = words.expand(frozenset(words.stems("BUN at week 4")), short)
    weights = Weights([])
    assert Asked("blood urea nitrogen", weights, {}).coverage(spelled) == 1.0
    assert Asked("BUN", weights, short).coverage(frozenset(words.stems("blood urea nitrogen"))) == 1.0


def test_rare_words_weigh_more_than_words_of_any_outcome():
    weights = Weights([frozenset(words.stems(t)) for t in ("pain score", "pain score", "nausea score", "sleep")])
    of = Asked("nausea score", weights, {})
    assert of.coverage(frozenset(words.stems("nausea"))) > 0.7 > 0.3 > of.coverage(frozenset(words.stems("score")))


@pytest.mark.parametrize(
    ("outcome", "label", "excluded"),
    [("onset of sensory block", "duration of sensory block", True), ("systolic pressure", "diastolic pressure", True),
     ("pain in the left knee", "right knee", True), ("pain", "right knee", False),
     ("left and right grip", "left grip", False), ],
)  # fmt: skip
def test_opposed_words_are_hard_constraints(outcome, label, excluded):
    assert Asked(outcome, Weights([]), {}).excludes(frozenset(words.stems(label))) is excluded


def test_group_letters_are_told_by_the_text():
    told = letters.groups("Group A received iron daily. Patients on placebo (group B) took none.", words.stems)
    assert set(told) == {"xgroupa", "xgroupb"}
    assert "iron" in told["xgroupa"] and "placebo" in told["xgroupb"]


# ---- both arms together ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("intervention", "comparator", "labels", "chosen"),
    [
        ("oral iron", "placebo", ["P value", "Placebo", "Iron"], (2, 1)),
        ("aspirin plus heparin", "aspirin", ["Aspirin", "Aspirin + heparin", "P value"], (1, 0)),
        ("bilateral training", "unilateral training", ["Unilateral", "Bilateral"], (1, 0)),
        ("phone calls", "no phone calls", ["No phone calls", "Phone calls"], (1, 0)),
        ("yoga", "waiting list", ["Intervention group", "Control group"], (0, 1)),
        ("iron 60 mg", "placebo", ["Iron 30 mg", "Iron 60 mg", "Placebo"], (1, 2)),
        ("iron", "placebo", ["Boys", "Girls"], (None, None)),
        ("iron", "placebo", [], (None, None)),
    ],
)
def test_both_arms_are_mapped_jointly(intervention, comparator, labels, chosen):
    sides = Sides(intervention, comparator, {})
    assert sides.assign([naming(label, {}) for label in labels]) == chosen


def test_a_group_letter_stands_for_its_arm():
    sides = Sides("iron", "placebo", {}, {"xgroupa": ("placebo",), "xgroupb": ("iron",)})
    assert sides.assign([naming("Group A", {}), naming("Group B", {})]) == (1, 0)


# ---- which way -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "way"),
    [
        ("Pain was significantly lower with iron than with placebo (p = 0.01).", "decreased"),
        ("Pain was significantly higher in the placebo group (p = 0.01).", "decreased"),
        ("Compared with placebo, iron increased pain (p < 0.001).", "increased"),
        ("Pain did not differ between iron and placebo.", "no difference"),
        ("Pain was lower with iron than with placebo (p = 0.21).", "no difference"),
        ("Pain was similar in both groups.", "no difference"),
        ("Iron reduced fatigue, whereas pain did not change.", "no difference"),
        ("Iron, but not placebo, reduced pain significantly.", "decreased"),
        ("Pain was 12.5 with iron and 18.0 with placebo, a significant difference (p = 0.02).", "decreased"),
        ("There was a greater reduction in pain with iron than with placebo (p = 0.02).", "decreased"),
        ("Pain improved more with iron than with placebo (p = 0.03).", "decreased"),
        ("Pain was measured with a scale.", None),
    ],
)
def test_a_sentence_says_which_way_an_outcome_went(sentence, way):
    assert which_way(sentence, "pain") == way


def test_a_reduction_that_is_asked_for_is_increased_by_a_greater_one():
    said = "There was a greater reduction in pain with iron than with placebo (p = 0.02)."
    assert which_way(said, "reduction in pain") == "increased"
    assert which_way(said, "pain", "placebo", "iron") == "increased"


@pytest.mark.parametrize(
    ("text", "found"),
    [("(P<0.001)", ("<", 0.001)), ("p = .04", ("=", 0.04)), ("p ≥ 0.05", (">", 0.05)), ("(P=NS)", ("=", 1.0))],
)
def test_p_values_are_read_in_all_their_forms(text, found):
    assert [p[:2] for p in direction.p_values(text)] == [found]


@pytest.mark.parametrize(
    ("sign", "value", "meant"),
    [("=", 0.05, False), ("=", 0.049, True), ("<", 0.05, True), (">", 0.05, False), ("<", 0.5, None)],
)
def test_a_p_value_is_a_difference_below_its_level(sign, value, meant):
    assert direction.significant(sign, value) is meant


TABLE = "\tIron\tPlacebo\tP value\nPain score\t12.5 (3.1)\t18.0 (4.2)\t0.01\nSleep\t7.0\t7.1\t0.60\nAge\t50\t51\t"


@pytest.mark.parametrize(("label", "way"), [("Pain score", "decreased"), ("Sleep", "no difference"), ("Age", None)])
def test_a_table_row_says_which_way_by_its_p_value(label, way):
    of = document(("caption", "caption", "Table 1. Results"), ("table", "table", TABLE))
    (passage,) = [p for p in of.passages if p.label == label]
    said = table_rows.of_row(passage, Sides("iron", "placebo", {}), {})
    assert (said and said.direction) == way


def test_the_direction_comes_with_its_passages_word_for_word():
    of = document(("paragraph", "results", "Pain was lower with iron than with placebo (p = 0.01). Sleep was similar."))
    told = questions.answer(asked("pain"), of)
    assert told.direction == "decreased"
    assert told.evidence[0] == "Pain was lower with iron than with placebo (p = 0.01)."
    assert all(len(passage) < 600 and passage in of.text for passage in told.evidence)


def test_no_direction_is_given_with_a_reason():
    of = document(("paragraph", "results", "Pain was measured with a scale of ten points in every patient."))
    told = questions.answer(asked("nausea"), of)
    assert told.direction == "" and "direction" in told.reasons


# ---- numbers ---------------------------------------------------------------------------------------------------

MEANS = (
    cell("12.5 (3.1)", "Iron (n = 40) > Week 12", "Pain score", value=12.5, sd=3.1, total=40.0, total_source="header"),
    cell("18.0 (4.2)", "Placebo (n = 38) > Week 12", "Pain score", value=18.0, sd=4.2, total=38.0,
         total_source="header"),
    cell("20.1 (5.0)", "Iron (n = 40) > Baseline", "Pain score", value=20.1, sd=5.0, total=40.0, total_source="header"),
    cell("20.2 (5.1)", "Placebo (n = 38) > Baseline", "Pain score", value=20.2, sd=5.1, total=38.0,
         total_source="header"),
    cell("7.5 (1.0)", "Iron (n = 40) > Week 12", "Sleep quality", value=7.5, sd=1.0, total=40.0, total_source="header"),
    cell("7.1 (1.1)", "Placebo (n = 38) > Week 12", "Sleep quality", value=7.1, sd=1.1, total=38.0,
         total_source="header"),
)  # fmt: skip


def means(*more):
    """A document whose table has pain and sleep of two arms."""
    printed = " ".join(given["quote"] for given in (*MEANS, *more))
    return document(("paragraph", "other", printed), rows=(*MEANS, *more))


def test_means_come_from_the_row_and_the_columns_that_are_asked_for():
    told = questions.answer(asked("pain score", kind="continuous"), means())
    assert numbers(told) == {
        "intervention_group_size": 40, "comparator_group_size": 38, "intervention_mean": 12.5,
        "intervention_standard_deviation": 3.1, "comparator_mean": 18.0, "comparator_standard_deviation": 4.2,
    }  # fmt: skip
    assert told.reasons.keys() == {"direction"}
    assert told.amounts["intervention_mean"].place == "Table 1 | Pain score | Iron (n = 40) > Week 12"
    assert len(told.amounts["intervention_mean"].finding_id) == 32


def test_the_arms_may_be_asked_the_other_way_round():
    told = questions.answer(asked("sleep quality", "placebo", "iron", "continuous"), means())
    assert (told.amounts["intervention_mean"].value, told.amounts["comparator_mean"].value) == (7.1, 7.5)


def test_a_baseline_value_is_given_only_where_it_is_asked():
    told = questions.answer(asked("pain score at baseline", kind="continuous"), means())
    assert told.amounts["intervention_mean"].value == 20.1


def test_the_time_that_is_asked_comes_first():
    later = (cell("11.0 (2.9)", "Iron (n = 40) > Week 24", "Pain score", value=11.0, sd=2.9),
             cell("17.0 (4.0)", "Placebo (n = 38) > Week 24", "Pain score", value=17.0, sd=4.0))  # fmt: skip
    told = questions.answer(asked("pain score", kind="continuous", timepoint="week 24"), means(*later))
    assert (told.amounts["intervention_mean"].value, told.amounts["comparator_mean"].value) == (11.0, 17.0)


def test_an_outcome_that_is_not_there_stays_empty_and_says_so():
    told = questions.answer(asked("grip strength", kind="continuous"), means())
    assert not any(column.endswith(("mean", "deviation")) for column in told.amounts)
    assert told.reasons["intervention_mean"] == "not reported"


def test_a_median_never_stands_for_a_mean():
    median = [cell("12", "Iron", "Pain score", "median", value=12.0), cell("18", "Placebo", "Pain score", "median")]
    of = document(("paragraph", "other", "12 18"), rows=median)
    told = questions.answer(asked("pain score", kind="continuous"), of)
    assert told.amounts == {}
    assert told.reasons["intervention_mean"] == "median reported, mean asked"


@pytest.mark.parametrize(
    ("given", "n", "sd", "how"),
    [
        ({"sd": 3.1}, None, 3.1, ""),
        ({"se": 0.5}, 16.0, 2.0, "standard error 0.5 times the root of 16"),
        ({"se": 0.5}, None, None, ""),
        ({"plus_minus": 1.2}, 16.0, 1.2, "± 1.2 of unsaid kind taken as SD"),
        ({"ci_low": 9.02, "ci_high": 10.98, "ci_level": 95.0}, 16.0, 2.0, "95% interval 9.02 to 10.98 and n 16"),
        ({}, 16.0, None, ""),
    ],
)
def test_a_standard_deviation_is_printed_or_computed_and_says_how(given, n, sd, how):
    found, told = amounts.standard_deviation(row("x", "x", "mean", **given), n)
    assert found == pytest.approx(sd, rel=1e-3) if sd is not None else found is None
    assert told == how


EVENTS = (
    {"quote": "Nausea occurred in 12 of 40", "statistic": "proportion", "outcome": "nausea", "arm": "iron",
     "events": 12.0, "total": 40.0, "total_source": "explicit", "percent": 30.0},
    {"quote": "5 of 38 had it on placebo", "statistic": "proportion", "outcome": "nausea", "arm": "placebo",
     "events": 5.0, "total": 38.0, "total_source": "explicit", "percent": 13.2},
)  # fmt: skip


def test_events_come_from_a_sentence_with_both_arms():
    of = document(("paragraph", "results", "Nausea occurred in 12 of 40 and 5 of 38 had it on placebo"), rows=EVENTS)
    told = questions.answer(asked("nausea", kind="binary"), of)
    assert numbers(told) == {
        "intervention_events": 12, "intervention_group_size": 40, "comparator_events": 5, "comparator_group_size": 38,
    }  # fmt: skip


def test_events_are_computed_from_a_percentage_that_the_size_allows():
    rows = [{"quote": f"{percent:.1f}%", "statistic": "proportion", "outcome": "nausea", "arm": arm, "percent": percent}
            for arm, percent in (("iron", 30.0), ("placebo", 13.2))]  # fmt: skip
    said = "Nausea was seen in 30.0% with iron and 13.2% with placebo."
    of = document(("paragraph", "methods", "40 patients received iron and 38 patients received placebo."),
                  ("paragraph", "results", said), rows=rows)  # fmt: skip
    told = questions.answer(asked("nausea", kind="binary"), of)
    assert numbers(told)["intervention_events"] == 12 and numbers(told)["comparator_events"] == 5
    assert told.amounts["comparator_events"].derived == "13.2% of 38"
    other = document(("paragraph", "methods", "41 patients received iron and 37 patients received placebo."),
                     ("paragraph", "results", said), rows=rows)  # fmt: skip
    assert numbers(questions.answer(asked("nausea", kind="binary"), other)) == {}


def test_none_of_everyone_is_none_in_each_arm():
    rows = [{"quote": "No deaths occurred", "statistic": "count", "outcome": "deaths", "arm": "overall",
             "arm_role": "overall", "events": 0.0, "negated": 1}]  # fmt: skip
    told = questions.answer(asked("deaths", kind="binary"), document(("paragraph", "results", "No deaths occurred."),
                                                                      rows=rows))  # fmt: skip
    assert numbers(told) == {"intervention_events": 0, "comparator_events": 0}


def test_of_subgroups_and_all_the_whole_is_taken():
    rows = [
        cell(f"{n} of {total}", f"{who} > {arm}", "Cure", "proportion", events=float(n), total=float(total),
             total_source="header", percent=100 * n / total)
        for who, arm, n, total in (("Children", "Iron", 3, 10), ("Children", "Placebo", 2, 11),
                                   ("All ages", "Iron", 13, 40), ("All ages", "Placebo", 12, 38))
    ]  # fmt: skip
    of = document(("paragraph", "other", " ".join(given["quote"] for given in rows)), rows=rows)
    told = questions.answer(asked("cure", kind="binary"), of)
    assert numbers(told)["intervention_events"] == 13 and numbers(told)["comparator_group_size"] == 38


def test_a_hazard_ratio_is_given_with_its_interval_and_never_for_the_other_arm():
    ratio = {"quote": "0.70 (0.55-0.89)", "statistic": "hazard_ratio", "outcome": "overall survival", "value": 0.7,
             "ci_low": 0.55, "ci_high": 0.89, "arm": "iron", "comparator": "placebo"}  # fmt: skip
    of = document(("paragraph", "results", "The hazard ratio was 0.70 (0.55-0.89)."), rows=[ratio])
    told = questions.answer(asked("overall survival", kind="time-to-event"), of)
    assert {name: numbers(told).get(name) for name in ("hr", "ci_low", "ci_high")} == {
        "hr": 0.7, "ci_low": 0.55, "ci_high": 0.89,
    }  # fmt: skip
    turned = questions.answer(asked("overall survival", "placebo", "iron", "time-to-event"), of)
    assert "hr" not in turned.amounts


# ---- sizes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Patients were randomized to iron (n = 40) or placebo (n = 38).", (40, 38)),
        ("In all, 40 patients received iron and 38 patients received placebo.", (40, 38)),
        ("Iron or placebo was given, with 20 patients in each group.", (20, 20)),
        ("Thirty-two goats were randomly divided into four groups.", (8, 8)),
        ("In this crossover trial 12 volunteers were enrolled for iron and placebo.", (12, 12)),
        ("A sample size of 50 patients in each group was calculated to detect a difference.", None),
        ("Iron and placebo were given.", None),
    ],
)
def test_group_sizes_are_read_from_the_text(text, pair):
    found = next(sizes.of_question(document(("paragraph", "methods", text)), Sides("iron", "placebo", {})), None)
    assert (found and tuple(size.n for size in found)) == pair


def test_group_sizes_are_read_from_a_header():
    of = document(
        ("caption", "caption", "Table 1"), ("table", "table", "\tIron (n = 40)\tPlacebo (n = 38)\nAge\t50\t51")
    )
    ((first, second),) = sizes.headers(of, Sides("placebo", "iron", {}))
    assert (first.n, second.n, first.source) == (38, 40, "header")


def test_the_arms_of_the_document_give_their_sizes():
    arms = [{"label": label, "intervention": None, "n": n, "n_start": 0, "n_end": 1}
            for label, n in (("iron", 40), ("placebo", 38))]  # fmt: skip
    first, second = sizes.of_arms(document(("paragraph", "results", "x"), arms=arms), Sides("iron", "placebo", {}))
    assert (first.n, second.n) == (40, 38)


# ---- the form --------------------------------------------------------------------------------------------------

FORM = "id,document,outcome_type,outcome,intervention,comparator\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (FORM.encode(), "no question"),
        (b"id,outcome,intervention\n1,x,y\n", "no column comparator"),
        (b"id,outcome,intervention,comparator\n1,pain,\xff,b\n", "not UTF-8"),
        ((FORM + "1,a,binary,x,y,z\n1,a,binary,x,y,z\n").encode(), "'1' stands there twice"),
        ((FORM + "1,a,ordinal,x,y,z\n").encode(), "outcome_type is"),
        ((FORM + "1,a,binary\n").encode(), "3 cells, the header 6"),
        ((FORM + ",a,binary,x,y,z\n").encode(), "question 1 has no id"),
        (b"id,id,outcome,intervention,comparator\n1,1,x,y,z\n", "'id' stands there twice"),
        (b"\x00\x01", "NUL"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_in_one_line(data, said):
    with pytest.raises(QuestionError, match=r"form\.csv") as refused:
        questions.read(data, "form.csv")
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_optional_columns_may_be_missing_and_others_are_kept():
    (one,) = questions.read("\ufeffid,outcome,intervention,comparator,mine\n7, pain ,a,b,kept\n".encode(), "form.csv")
    assert (one.id, one.outcome, one.document, one.timepoint, one.given["mine"]) == ("7", "pain", "", "", "kept")


# ---- the command -----------------------------------------------------------------------------------------------

REPORT = """<html><body><h1>Iron for tired people</h1><h2>Results</h2>
<p>Forty patients received iron and 38 patients received placebo. Fatigue was significantly lower with iron than with
placebo (p = 0.01).</p>
<table><caption>Table 1. Scores</caption>
<tr><th>Outcome</th><th>Iron (n = 40)</th><th>Placebo (n = 38)</th><th>P value</th></tr>
<tr><td>Fatigue score, mean (SD)</td><td>12.5 (3.1)</td><td>18.0 (4.2)</td><td>0.01</td></tr>
<tr><td>Nausea, n (%)</td><td>12 (30.0)</td><td>5 (13.2)</td><td>0.09</td></tr></table></body></html>"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a database of one report and a form of four questions."""
    folder = tmp_path_factory.mktemp("fill")
    (folder / "report.html").write_text(REPORT, "utf-8")
    assert [outcome.ok for outcome in run.extract([folder / "report.html"], folder / "evidence.db")] == [True]
    lines = ["1,report,continuous,fatigue score,iron,placebo", "2,report.html,binary,nausea,iron,placebo",
             "3,nothing.pdf,binary,nausea,iron,placebo", "4,,,fatigue,iron,placebo"]  # fmt: skip
    (folder / "form.csv").write_text(FORM + "\n".join(lines) + "\n", "utf-8")
    return folder


def command(place, *more):
    """`trialtab fill` on the form of a folder."""
    return CliRunner().invoke(cli.main, ["fill", str(place / "form.csv"), "--db", str(place / "evidence.db"), *more])


def test_fill_writes_the_answers_behind_the_questions(place):
    done = command(place, "-o", str(place / "filled.csv"))
    assert done.exit_code == 0, done.output
    with (place / "filled.csv").open(encoding="utf-8", newline="") as file:
        filled = {line["id"]: line for line in csv.DictReader(file)}
    assert list(filled["1"])[:6] == FORM.strip().split(",")
    assert [filled["1"][c] for c in ("intervention_mean", "intervention_standard_deviation", "comparator_mean",
                                     "comparator_standard_deviation", "direction")] == [
        "12.5", "3.1", "18", "4.2", "decreased",
    ]  # fmt: skip
    assert [filled["2"][c] for c in AMOUNTS[:4]] == ["12", "40", "5", "38"]
    assert filled["2"]["direction"] == "no difference"
    assert "Nausea" in filled["2"]["evidence"] and "Table 1" in filled["2"]["cell_path"]
    assert "no such document" in filled["3"]["reason"] and not filled["3"]["direction"]
    assert filled["4"]["document"] == "report.html" and filled["4"]["direction"] == "decreased"


def test_fill_is_the_same_twice_and_in_any_order(place):
    first, second = command(place), command(place)
    assert first.output == second.output
    form = questions.read((place / "form.csv").read_bytes(), "form.csv")
    from trialtab.store import Store

    with Store(place / "evidence.db", write=False) as store:
        library = questions.library(*store.library())
    told = {one.question.id: one for one in questions.fill(form, library)}
    assert {one.question.id: one for one in questions.fill(form[::-1], library)} == told


def test_fill_explains_what_it_chose_and_passed_over(place):
    done = command(place, "--explain", "--id", "1")
    assert done.exit_code == 0
    assert "chosen for mean" in done.output and "intervention_mean = 12.5" in done.output
    assert "4 report" not in done.output


@pytest.mark.parametrize(
    ("more", "said"), [(["--id", "99"], "no question with the id '99'"), (["-o", "/nowhere/x.csv"], "No such file")]
)
def test_fill_that_cannot_run_says_so_in_one_line(place, more, said):
    done = command(place, *more)
    assert done.exit_code == 2
    assert said in done.output and done.output.count("\n") == 1


def test_a_form_that_is_not_there_ends_with_code_2(place):
    done = CliRunner().invoke(cli.main, ["fill", str(place / "none.csv"), "--db", str(place / "evidence.db")])
    assert done.exit_code == 2 and "none.csv" in done.output


# ---- hostile input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        "p = ",
        "(",
        "[",
        "n = 3 ",
        "group A ",
        "12 patients ",
        "± 1 ",
        "lower than ",
        "12 of 13 (",
        "A (",
        "1/2 ",
        "but ",
    ],
)
def test_reading_takes_time_in_proportion_to_the_text(piece):
    def make(times):
        text = piece * times
        return document(("paragraph", "methods", text), ("table", "table", f"a\tb\n{text}\t1\t2"))

    grows_as_its_size(make, lambda of: questions.answer(asked("pain " + piece * 3), of), 1000, 8000)


def test_a_pair_is_chosen_by_its_outcome_and_the_rest_is_passed_over():
    sides = Sides("iron", "placebo", {})
    of = means()
    found = pairs.find(of, amounts.is_mean, Asked("pain score", of.weights, of.short), sides)
    assert found[0].rows[0]["quote"] == "12.5 (3.1)"
    assert [pair.rows[0]["quote"] for pair in found] == ["12.5 (3.1)", "20.1 (5.0)"]
