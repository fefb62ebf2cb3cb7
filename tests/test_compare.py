"""Two sides, outcome by outcome: what is paired, what is held apart, and that every figure reaches its findings."""

from dataclasses import asdict
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialtab import compare
from trialtab.errors import QuestionError
from trialtab.model import Arm, Document, Evidence, Record

_ids = count(1)

CR = {"outcome": "complete response", "outcome_id": "complete_response", "outcome_class": "efficacy_response"}
PFS = {"outcome": "PFS", "outcome_id": "progression_free_survival", "outcome_class": "survival"}
OS = {"outcome": "overall survival", "outcome_id": "overall_survival", "outcome_class": "survival"}
CRS = {"outcome": "CRS", "outcome_id": "cytokine_release_syndrome", "outcome_class": "adverse_event"}
APLASIA = {"outcome": "B-cell aplasia", "outcome_id": "x_aplasia", "outcome_class": "biomarker"}


def row(**columns) -> dict:
    """A row as the store gives it."""
    defaults = {
        "finding_id": f"f{next(_ids):04}",
        "document": "a.txt",
        "document_id": "a",
        "study": "A",
        "section": "results",
        "source": "text",
        "statistic": "proportion",
        "quote": "",
        "start": 0,
        "end": 0,
        "rule": "r",
        "confidence": 0.9,
        "arm_role": "overall",
    }
    return asdict(Evidence(**(defaults | columns))) | {"status": columns.get("status", "proposed")}


def share(events, total, percent, **columns) -> dict:
    quote = f"{events}/{total} ({percent}%)"
    common = {"events": events, "total": total, "percent": percent, "value": percent, "total_source": "explicit"}
    return row(**(common | {"quote": quote, "unit": "%"} | columns))


def median(value, unit="d", **columns) -> dict:
    return row(**({"statistic": "median", "value": value, "unit": unit, "quote": f"{value}"} | APLASIA | columns))


def study(name, intervention_class, *, intervention=None, condition="lupus", design=None, roles=("intervention",)):
    """Arms and document of one study; its rows need only name the study."""
    key = {"study": name, "document": f"{name}.txt", "document_id": name}
    blank = {"arm_id": "1", "label": "arm 1", "role": "intervention"}
    arms = [asdict(Arm(**blank)) | key | {"intervention_class": intervention_class, "intervention": intervention}]
    if roles == ("overall",):
        arms[0] |= {"role": "overall"}
    return arms, {**key, "condition": condition, "design": design}


def of(name, one: dict, **columns) -> dict:
    return one | {"study": name, "document": f"{name}.txt", "document_id": name} | columns


CD19, BCMA = "CD19 CAR T cells", "BCMA x CD3 engager"
LEFT, RIGHT = study("A", CD19), study("B", BCMA)
ARMS, DOCUMENTS = [*LEFT[0], *RIGHT[0]], [LEFT[1], RIGHT[1]]


def contrast(*rows, arms=ARMS, documents=DOCUMENTS, left="A", right="B"):
    return compare.compare(rows, arms, documents, left, right)


# ---- cell texts


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (share(11, 11, 100), "11/11 (100%)"),
        (share(11, 11, 100.0, derived="percent", quote="11/11"), "11/11 (100%)"),
        (share(4, 11, 36.4, derived="percent", quote="4/11"), "4/11 (36.4%)"),
        (share(75, 123, 61.0, quote="61.0% (75)"), "75/123 (61.0%)"),
        (share(11, None, 36, quote="11 (36%)"), "11 (36%)"),
        (row(statistic="count", events=67, value=67, count_of="events", quote="67 adverse events"), "67 events"),
        (row(statistic="count", events=2, value=2, quote="two relapses"), "2"),
        (row(percent=30, value=30, quote="30%", ci_low=25, ci_high=36, ci_level=95), "30% (95% CI 25-36)"),
        (row(percent=30, value=30, quote="30%", ci_low=25, ci_high=36, ci_level=0.9), "30% (90% CI 25-36)"),
        (row(percent=30, value=30, quote="30%", ci_low=25, ci_high=36), "30% (CI 25-36)"),
        (row(percent=69.9, value=69.9, total=123, quote="69.9%"), "69.9% of 123"),
        (row(percent=50.9, value=50.9, total=123, quote="50.9%", **PFS), "50.9%"),
        (row(percent=5, value=5, qualifier="<", quote="<5%"), "<5%"),
        (median(68, q1=39.5, q3=128.8, quote="68 days (39.5 to 128.8)"), "median 68 d (IQR 39.5-128.8)"),
        (median(45, range_low=21, range_high=153, quote="45 (21-153)"), "median 45 d (range 21-153)"),
        (
            median(45, q1=30, q3=60, range_low=21, range_high=153, quote="45, 30, 60, 21, 153"),
            "median 45 d (IQR 30-60; range 21-153)",
        ),
        (median(None, "mo", qualifier="not reached"), "median not reached"),
        (
            median(None, "mo", qualifier="not reached", ci_low=12.1, ci_level=95, quote="NR (12.1-NR)"),
            "median not reached (95% CI 12.1-NR)",
        ),
        (median(2, "mo", qualifier="<", quote="under two months"), "median <2 mo"),
        (median(11.5, "mo"), "median 11.5 mo"),
        (median(2, "a"), "median 2 y"),
        (median(7, "d", q1=-3, q3=9, quote="7 (-3 to 9)"), "median 7 d (IQR -3 to 9)"),
        (row(statistic="mean", value=112, plus_minus=47, unit="d", quote="112 ± 47"), "mean 112 ± 47 d"),
        (row(statistic="mean", value=6.7, sd=0.4, unit="{score}", quote="6.7 (0.4)"), "mean 6.7 score (SD 0.4)"),
        (
            row(statistic="hazard_ratio", value=0.41, ci_low=0.23, ci_high=0.73, ci_level=95, p_relation="=",
                p_value=0.004, quote="0.41 (0.23-0.73)"),
            "HR 0.41 (95% CI 0.23-0.73), p=0.004",
        ),
        (
            row(statistic="mean_difference", value=-4.5, ci_low=-6.0, ci_high=-3.0, ci_level=95, unit="mm[Hg]",
                quote="-4.5 (-6.0 to -3.0)"),
            "difference -4.5 mmHg (95% CI -6.0 to -3.0)",
        ),
        (row(statistic="rate", value=17, unit="{1000 person-years}", quote="17"), "rate 17 per 1000 person-years"),
        (row(statistic="rate", value=9, unit="/(1000.{patient}.a)", quote="9"), "rate 9 per 1000 patient-years"),
        (row(statistic="rate", value=9, unit="/({patient}.a)", quote="9"), "rate 9 per patient-year"),
        (median(4, "umol/L"), "median 4 µmol/L"),
        (median(4, "u[IU]/mL"), "median 4 µIU/mL"),
        (median(4, "mL/min/{1.73_m2}"), "median 4 mL/min/1.73 m2"),
        (median(4, "10*9/L"), "median 4 10^9/L"),
        (row(statistic="p_value", p_relation="<", p_value=0.001), "p<0.001"),
        (row(statistic="count", value=30, qualifier="maximum", events=None, quote="30", unit="d"), "30 d"),
        (row(statistic="other"), "no value"),
        (row(statistic="other", range_low=7, range_high=8, unit="mo", quote="7 to 8 months"), "range 7-8 mo"),
    ],
)  # fmt: skip
def test_cell_text(one, text):
    assert compare.cell_text(one) == text
    assert "\n" not in text


def test_cell_text_takes_evidence_too():
    one = Evidence(**{k: v for k, v in share(4, 11, 36).items() if k != "status"})
    assert compare.cell_text(one) == "4/11 (36%)"
    assert compare.wilson_text(one) == compare.wilson_text(share(4, 11, 36))


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (share(11, 11, 100), "74.1-100.0%"),
        (share(81, 263, 31), "25.5-36.6%"),
        (row(percent=69.9, value=69.9, total=123, quote="69.9%"), "61.3-77.3%"),  # only 86 of 123 gives 69.9
        (row(percent=70, value=70, total=1230, quote="70%"), ""),  # many counts give 70
        (share(50, 100, 50, **PFS), ""),  # read from a curve
        (share(3, 10, 30, count_of="events"), ""),
        (share(12, 11, 109), ""),
        (row(events=3, value=3, statistic="count"), ""),
        (row(events=3, total=0, statistic="count"), ""),
        (share(3, 10, 30, qualifier="<"), ""),
        (median(3), ""),
    ],
)
def test_wilson_text(one, text):
    assert compare.wilson_text(one) == text


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "text"),
    [
        (2, "wk", "d", "= 14 d"),
        (14, "d", "wk", "= 2 wk"),
        (11.5, "mo", "d", "≈ 350 d"),
        (1, "a", "mo", "= 12 mo"),
        (18, "mo", "y", "= 1.5 y"),
        (10, "d", "wk", "≈ 1.43 wk"),
        (10, "d", "d", ""),
        (10, "mg", "d", ""),
    ],
)
def test_converted_text(value, unit, wanted, text):
    assert compare.converted_text(median(value, unit), wanted) == text


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20), st.sampled_from(["median", "mean", "count"])
)
def test_any_number_has_a_text(value, quote, statistic):
    one = row(value=value, statistic=statistic, quote=quote, unit="d")
    assert compare.cell_text(one)


# ---- sides


def test_a_side_may_be_a_study_an_intervention_or_a_class():
    arms, document = study("C", CD19, intervention="axicabtagene ciloleucel")
    every = [*ARMS, *arms], [*DOCUMENTS, document]
    assert compare.resolve("a", *every).kind == "study"
    assert compare.resolve("axi-cel", *every).studies == ("C",)
    assert compare.resolve("CD19 CAR T", *every).studies == ("A", "C")
    assert compare.resolve("BCMA engager", *every).studies == ("B",)
    assert compare.resolve("CD19 CAR T", *every).kind == "class"


def test_a_class_takes_its_products_and_those_that_name_the_class_only():
    named, document = study("C", BCMA, intervention="teclistamab")
    generic, other = study("D", BCMA, intervention="BCMA x CD3 engager")
    broad, third = study("E", "T-cell engager")
    every = [*ARMS, *named, *generic, *broad], [*DOCUMENTS, document, other, third]
    assert compare.resolve("BCMA engager", *every).studies == ("B", "C", "D")
    assert compare.resolve("teclistamab", *every).studies == ("C",)
    assert compare.resolve("T-cell engager", *every).studies == ("B", "C", "D", "E")


@pytest.mark.parametrize("asked", ["CD91 CAR T cels", "", "   ", "warfarine"])
def test_a_side_that_means_nothing_names_what_there_is(asked):
    with pytest.raises(QuestionError) as error:
        compare.resolve(asked, ARMS, DOCUMENTS)
    message = str(error.value)
    assert CD19 in message
    assert BCMA in message
    assert "studies: A, B" in message
    assert "\n" not in message


def test_near_names_are_proposed():
    with pytest.raises(QuestionError, match="did you mean 'CD19 CAR T cells'"):
        compare.resolve("CD91 CAR T", ARMS, DOCUMENTS)


def test_an_empty_table_says_so():
    with pytest.raises(QuestionError, match="no document"):
        compare.resolve("CD19 CAR T", [], [])


def test_the_same_side_twice_is_refused():
    with pytest.raises(QuestionError, match="same arms"):
        contrast(share(1, 2, 50, **CR), left="A", right="A")


def test_the_narrower_side_keeps_what_it_names():
    arms, document = study("C", CD19, intervention="axicabtagene ciloleucel")
    rows = [of("A", share(1, 10, 10, **CR)), of("C", share(9, 10, 90, **CR))]
    found = contrast(*rows, arms=[*ARMS, *arms], documents=[*DOCUMENTS, document], left="CD19 CAR T", right="axi-cel")
    (line,) = found.lines
    assert [e.study for e in line.left] == ["A"]
    assert [e.study for e in line.right] == ["C"]
    assert any("left out" in note for note in found.notes)


# ---- pairing


def test_one_line_for_an_outcome_that_both_report():
    left = of("A", share(11, 11, 100, **CR))
    right = of("B", share(35, 100, 35, **CR))
    found = contrast(left, right)
    (line,) = found.lines
    assert (line.outcome_id, line.outcome, line.what) == ("complete_response", "complete response", "patients")
    assert [e.text for e in (*line.left, *line.right)] == ["11/11 (100%)", "35/100 (35%)"]
    assert line.left[0].interval == "74.1-100.0%"
    assert line.left[0].finding_ids == (left["finding_id"],)
    assert line.right[0].finding_ids == (right["finding_id"],)
    assert line.basis == found.label == compare.NAIVE
    assert line.marks == ()


def test_b_cell_aplasia_of_the_demonstration():
    found = contrast(
        of("A", median(69, q1=51, q3=90, quote="69 days (IQR, 51 to 90)")),
        of("B", median(157, quote="157 days")),
    )
    (line,) = found.lines
    assert (line.left[0].text, line.right[0].text) == ("median 69 d (IQR 51-90)", "median 157 d")


def test_unlike_conditions_are_marked():
    arms, document = study("B", BCMA, condition="multiple myeloma")
    found = contrast(
        of("A", share(1, 2, 50, **CR)), of("B", share(1, 2, 50, **CR)),
        arms=[*LEFT[0], *arms], documents=[LEFT[1], document],
    )  # fmt: skip
    assert found.lines[0].marks == ("conditions differ",)
    assert "the two sides were studied in unlike conditions" in found.notes
    assert found.lines[0].right[0].condition == "multiple myeloma"


def test_unknown_condition_is_marked_and_not_called_unlike():
    arms, document = study("B", BCMA, condition=None)
    found = contrast(
        of("A", share(1, 2, 50, **CR)), of("B", share(1, 2, 50, **CR)),
        arms=[*LEFT[0], *arms], documents=[LEFT[1], document],
    )  # fmt: skip
    assert "condition not known" in found.lines[0].marks
    assert found.notes[0] == "condition not known: B"


def test_other_timepoints_stand_on_lines_of_their_own():
    year = {"timepoint": "at 12 months", "timepoint_value": 12, "timepoint_unit": "month"}
    half = {"timepoint": "at 6 months", "timepoint_value": 6, "timepoint_unit": "month"}
    found = contrast(
        of("A", row(percent=30, value=30, quote="30%", **PFS, **year)),
        of("B", row(percent=53, value=53, quote="53%", **PFS, **half)),
    )
    assert [(len(line.left), len(line.right)) for line in found.lines] == [(0, 1), (1, 0)]
    at_6 = "at 6 months v at 12 months: not pooled; the left side has patients, at 12 months"
    at_12 = "at 12 months v at 6 months: not pooled; the right side has patients, at 6 months"
    assert at_6 in found.lines[0].marks
    assert at_12 in found.lines[1].marks
    assert not found.only_left
    assert not found.only_right


def test_comparable_timepoints_are_paired_and_marked():
    year = {"timepoint": "at 1 year", "timepoint_value": 1, "timepoint_unit": "year"}
    weeks = {"timepoint": "at week 52", "timepoint_value": 52, "timepoint_unit": "week"}
    found = contrast(
        of("A", row(percent=30, value=30, quote="30%", **PFS, **year)),
        of("B", row(percent=53, value=53, quote="53%", **PFS, **weeks)),
    )
    (line,) = found.lines
    assert line.paired
    assert line.marks == ("timepoints: at 1 year / at week 52",)


@pytest.mark.parametrize(
    ("unlike", "told"),
    [
        ({"grade": "3-4"}, "any grade or none v grade 3-4"),
        ({"serious": 1}, "not called serious v serious"),
        ({"count_of": "events", "percent": None, "total": None}, "patients v events"),
        ({"statistic": "mean", "unit": "d"}, "patients v mean, no unit v time"),
    ],
)
def test_unlike_figures_of_one_outcome_are_never_paired(unlike, told):
    found = contrast(of("A", share(5, 10, 50, **CRS)), of("B", share(5, 10, 50, **CRS), **unlike))
    assert len(found.lines) == 2
    assert not any(line.paired for line in found.lines)
    assert all(": not pooled; the " in line.marks[0] for line in found.lines)
    assert any(line.marks[0].startswith(f"{told}: not pooled; the right side has ") for line in found.lines)


def test_any_grade_and_no_grade_are_paired_and_marked():
    found = contrast(of("A", share(5, 10, 50, **CRS)), of("B", share(5, 10, 50, **CRS), grade="any"))
    assert found.lines[0].paired
    assert found.lines[0].marks == ("grades differ: not stated / any",)


def test_unlike_populations_and_definitions_are_marked():
    found = contrast(
        of("A", share(5, 10, 50, **CR), population="infused"),
        of("B", share(5, 10, 50, **CR), population="ITT", definition="Lugano 2014"),
    )
    assert found.lines[0].marks == (
        "populations differ: infused / ITT",
        "definitions differ: not stated / Lugano 2014",
    )


def test_times_in_other_units_are_converted_and_marked():
    found = contrast(of("A", median(69)), of("B", median(5, "mo")))
    (line,) = found.lines
    assert (line.left[0].converted, line.right[0].converted) == ("", "≈ 152 d")
    assert "converted by 30.4375 days a month" in line.marks


def test_exact_conversion_is_not_marked_as_inexact():
    found = contrast(of("A", median(69)), of("B", median(2, "wk")))
    assert found.lines[0].right[0].converted == "= 14 d"
    assert found.lines[0].marks == ()


@pytest.mark.parametrize(
    ("left", "right", "shown", "mark"),
    [
        ((0.052, "1"), (4.8, "%"), "= 5.2%", "converted: a fraction of 1 is 100%"),
        ((0.052, None), (4.8, "%"), "= 5.2%", "converted: a fraction of 1 is 100%"),
        ((5.2, None), (4.8, "%"), "", None),
    ],
)
def test_fractions_and_percent_are_one_unit(left, right, shown, mark):
    def difference(of_value):
        return row(statistic="risk_difference", value=of_value[0], unit=of_value[1], quote=str(of_value[0]), **CR)

    found = contrast(of("A", difference(left)), of("B", difference(right)))
    (line,) = found.lines
    assert (line.left[0].converted, line.right[0].converted) == (shown, "")
    assert (mark in line.marks) == (mark is not None)


def test_rates_for_other_numbers_of_patient_years_are_converted_exactly():
    def rate(value, unit):
        return row(statistic="rate", value=value, unit=unit, quote=str(value), **CRS)

    found = contrast(of("A", rate(0.12, "/({patient}.a)")), of("B", rate(9, "/(100.{patient}.a)")))
    (line,) = found.lines
    assert line.paired
    assert {entry.converted for entry in (*line.left, *line.right)} == {"", "= 0.09 per patient-year"}


def test_a_rate_for_something_else_stands_alone():
    def rate(value, unit):
        return row(statistic="rate", value=value, unit=unit, quote=str(value), **CRS)

    found = contrast(of("A", rate(0.12, "/({patient}.a)")), of("B", rate(9, "/d")))
    assert not any(line.paired for line in found.lines)


def test_a_guessed_denominator_is_marked():
    found = contrast(of("A", share(5, 10, 50, **CR), total_source="arm"), of("B", share(5, 10, 50, **CR)))
    assert found.lines[0].marks == ("N is the arm's, not printed with n",)


def test_outcomes_of_one_side_stand_after_the_paired_ones():
    found = contrast(
        of("A", share(5, 10, 50, **CR)), of("B", share(5, 10, 50, **CR)),
        of("A", share(1, 10, 10, **CRS)), of("B", row(percent=50, value=50, **OS)),
    )  # fmt: skip
    assert [line.outcome_id for line in found.lines] == ["complete_response"]
    assert [line.outcome_id for line in found.only_left] == ["cytokine_release_syndrome"]
    assert [line.outcome_id for line in found.only_right] == ["overall_survival"]
    assert found.only_left[0].basis == ""


def test_order_is_by_class_then_name():
    outcomes = [CRS, APLASIA, PFS, OS, CR]
    rows = [of(name, share(5, 10, 50, **one)) for one in outcomes for name in "AB"]
    found = contrast(*rows)
    assert [line.outcome_class for line in found.lines] == [
        "efficacy_response", "survival", "survival", "biomarker", "adverse_event",
    ]  # fmt: skip
    assert [line.outcome_id for line in found.lines[1:3]] == ["overall_survival", "progression_free_survival"]


def test_printed_phrases_without_a_canonical_name_pair_only_when_alike():
    odd = {"outcome_id": None, "outcome_class": "other"}
    found = contrast(
        of("A", share(5, 10, 50, outcome="wearing of Red Hats", **odd)),
        of("B", share(5, 10, 50, outcome="Wearing of red hat", **odd)),
        of("B", share(5, 10, 50, outcome="wearing of green hats", **odd)),
    )
    assert [line.paired for line in found.lines] == [True]
    assert [line.outcome for line in found.only_right] == ["wearing of green hats"]


def test_rejected_rows_bare_p_values_and_rows_without_outcome_are_left_out():
    found = contrast(
        of("A", share(5, 10, 50, **CR), status="rejected"),
        of("A", row(statistic="p_value", p_value=0.1, **CR)),
        of("A", share(5, 10, 50)),
    )
    assert (found.lines, found.only_left, found.only_right) == ((), (), ())


# ---- one study, said twice


def test_the_report_is_shown_and_the_summary_counted():
    summary = of("A", share(11, 11, 100, **CR, section="summary"), document="s.txt", document_id="s")
    abstract = of("A", share(11, 11, 100, **CR, section="abstract", confidence=0.99))
    results = of("A", share(11, 11, 100, **CR, section="results", confidence=0.6))
    arms, document = study("A", CD19)
    other = [arm | {"document": "s.txt", "document_id": "s"} for arm in arms]
    found = contrast(
        summary, abstract, results, of("B", share(1, 2, 50, **CR)),
        arms=[*ARMS, *other], documents=[*DOCUMENTS, document | {"document": "s.txt", "document_id": "s"}],
    )  # fmt: skip
    (entry,) = found.lines[0].left
    assert entry.finding_ids == tuple(one["finding_id"] for one in (results, abstract, summary))
    assert entry.others == 2
    assert entry.differing == ()


def test_a_reviewed_row_is_preferred():
    results = of("A", share(11, 11, 100, **CR))
    accepted = of("A", share(11, 11, 100, **CR, section="abstract"), status="accepted")
    found = contrast(results, accepted, of("B", share(1, 2, 50, **CR)))
    assert found.lines[0].left[0].finding_id == accepted["finding_id"]


def test_other_figures_of_the_same_study_are_marked():
    results = of("A", share(10, 11, 91, **CR))
    abstract = of("A", share(11, 11, 100, **CR, section="abstract"))
    found = contrast(results, abstract, of("B", share(1, 2, 50, **CR)))
    (entry,) = found.lines[0].left
    assert entry.differing == (abstract["finding_id"],)
    assert "A also prints other figures" in found.lines[0].marks


def test_rounding_is_no_other_figure():
    rows = [of("A", share(4, 11, 36.4, **CR)), of("A", share(4, 11, 36, **CR, section="abstract"))]
    found = contrast(*rows, of("B", share(1, 2, 50, **CR)))
    assert found.lines[0].left[0].differing == ()


def test_populations_of_one_study_are_entries_of_their_own():
    found = contrast(
        of("A", share(5, 10, 50, **CR), population="infused"),
        of("A", share(5, 20, 25, **CR), population="ITT"),
        of("A", share(5, 20, 25, **CR)),
        of("B", share(1, 2, 50, **CR)),
    )
    assert [(e.population, e.text) for e in found.lines[0].left] == [
        (None, "5/20 (25%)"),
        ("infused", "5/10 (50%)"),
        ("ITT", "5/20 (25%)"),
    ]


def test_an_abstract_that_names_no_population_joins_the_one_that_is_named():
    found = contrast(
        of("A", share(5, 10, 50, **CR), population="infused"),
        of("A", share(5, 10, 50, **CR, section="abstract")),
        of("B", share(1, 2, 50, **CR)),
    )
    (entry,) = found.lines[0].left
    assert (entry.population, entry.others) == ("infused", 1)


# ---- one study in several documents


def papers(*facts):
    """Documents, from (file name, further columns)."""
    return [
        {"document": name, "document_id": name, "study": name.rpartition(".")[0], "condition": None} | columns
        for name, columns in facts
    ]


@pytest.mark.parametrize(
    ("documents", "studies"),
    [
        (papers(("x_report.pdf", {}), ("x_summary.txt", {}), ("y.pdf", {})), ["x", "x", "y"]),
        (papers(("x_report.pdf", {}), ("y_summary.txt", {})), ["x_report", "y_summary"]),
        (papers(("a.pdf", {"nct": "NCT1"}), ("b.txt", {"nct": "NCT1"})), ["a", "a"]),
        (papers(("a.pdf", {"doi": "10.1/x"}), ("b.txt", {"doi": "10.1/X"})), ["a", "a"]),
        (papers(("a.pdf", {"nct": "NCT1, NCT2"}), ("b.txt", {"nct": "NCT1"})), ["a", "b"]),  # names other trials
        (papers(("x_report.pdf", {"nct": "NCT1"}), ("x_summary.txt", {"nct": "NCT2"})), ["x_report", "x_summary"]),
        (
            papers(("x_page.pdf", {"condition": "lupus"}), ("x_letter.txt", {"condition": "gout"})),
            ["x_page", "x_letter"],
        ),
        (papers(("1.pdf", {"study": "x_report"}), ("2.pdf", {"study": "x_summary"})), ["x_report", "x_summary"]),
        (papers(("a.pdf", {"study": "S"}), ("b.txt", {"study": "S"})), ["S", "S"]),
    ],
)
def test_documents_of_one_study_count_as_one(documents, studies):
    named = compare.one_study(documents)
    assert [named[(d["document"], d["document_id"])] for d in documents] == studies
    assert compare.one_study(documents[::-1]) == named


def test_a_report_and_its_summary_are_one_entry():
    documents = papers(("x_report.pdf", {}), ("x_summary.txt", {}))
    key = [{name: d[name] for name in ("study", "document", "document_id")} for d in documents]
    arm = asdict(Arm(arm_id="1", label="all", role="overall", intervention_class=CD19))
    rows = [share(5, 10, 50, **CR) | key[0], share(5, 10, 50, **CR, section="summary") | key[1]]
    every = [arm | key[0], arm | key[1], *RIGHT[0]], [*documents, RIGHT[1]]
    for left in (CD19, "x"):
        found = contrast(*rows, of("B", share(1, 2, 50, **CR)), arms=every[0], documents=every[1], left=left)
        (entry,) = found.lines[0].left
        assert (entry.study, entry.others) == ("x", 1)
        assert found.left.documents("x") == ("x_report.pdf", "x_summary.txt")
    assert compare.resolve("x_summary", *every).documents("x") == ("x_summary.txt",)


# ---- which report of a study is shown, and why


def reports(*facts):
    """Documents of study S with a row each of the same outcome: 1/10, 2/10 …; what is shown of S, and the documents."""
    documents = [
        {"study": "S", "document": name, "document_id": name, "condition": None} | columns for name, columns in facts
    ]
    key = [{name: d[name] for name in ("study", "document", "document_id")} for d in documents]
    arm = asdict(Arm(arm_id="1", label="all", role="overall", intervention_class=CD19))
    rows = [share(n, 10, 10 * n, **CR) | key[n - 1] for n in range(1, len(documents) + 1)]
    found = contrast(
        *rows, of("B", share(1, 2, 50, **CR)), arms=[*(arm | one for one in key), *RIGHT[0]],
        documents=[*documents, RIGHT[1]], left="S",
    )  # fmt: skip
    (entry,) = found.lines[0].left
    return entry, found


@pytest.mark.parametrize(
    ("first", "second", "shown", "why"),
    [
        (("s_report.pdf", {}), ("s_summary.txt", {}), "s_report.pdf", "primary report before summary"),
        (("s_summary.txt", {}), ("s_paper.pdf", {}), "s_paper.pdf", "primary report before summary"),
        (("s_letter.txt", {}), ("s_abstract.txt", {}), "s_letter.txt", "letter or preprint before abstract"),
        (("1.txt", {"title": "Summary of the S trial"}), ("2.txt", {"title": "The trial"}), "2.txt", "before summary"),
        (
            ("s1.pdf", {"data_cutoff": "March 1, 2023"}), ("s2.pdf", {"data_cutoff": "14 October 2024"}), "s2.pdf",
            "data cut-off 2024-10-14 before 2023-03-01",
        ),
        (
            ("s_summary.txt", {"data_cutoff": "2025-01-01"}), ("s_report.pdf", {"data_cutoff": "2023-01-01"}),
            "s_report.pdf", "primary report before summary",
        ),
        (("s1.pdf", {}), ("s2.pdf", {"data_cutoff": "April 2021"}), "s2.pdf", "2021-04 before one that is not told"),
        (("s1.pdf", {}), ("s2.pdf", {}), "s1.pdf", "same kind of report"),
    ],
)  # fmt: skip
def test_which_report_is_shown_and_why(first, second, shown, why):
    for documents in ((first, second), (second, first)):
        entry, found = reports(*documents)
        assert entry.others == 1
        assert why in entry.why
        if "same kind" not in why:
            assert entry.report == shown
        assert any(mark.startswith(f"S: figures of {entry.report}, ") for mark in found.lines[0].marks)


def test_one_report_needs_no_reason():
    entry, found = reports(("s_summary.txt", {}))
    assert (entry.report, entry.why) == ("s_summary.txt", "")
    assert not any(mark.startswith("S: ") for mark in found.lines[0].marks)


@pytest.mark.parametrize(
    ("printed", "date"),
    [
        ("March 1, 2023", (2023, 3, 1)), ("14 October 2022", (2022, 10, 14)), ("April 2021", (2021, 4, 0)),
        ("2023-03-01", (2023, 3, 1)), ("2023-03", (2023, 3, 0)), ("Sept. 9th, 2020", (2020, 9, 9)),
        ("03/04/2022", (2022, 0, 0)), ("spring", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_dates_of_data_cut_offs(printed, date):
    from trialtab.compare.reports import date_of

    assert date_of(printed) == date


@given(st.text(max_size=40))
def test_any_text_may_stand_for_a_date(text):
    from trialtab.compare.reports import date_of, date_text

    found = date_of(text)
    assert found is None or date_text(found).startswith(str(found[0]))


AUTHORS = "Reed, Ann; Holt, B; Lind, Carl M.; Voss, D"


def cohorts(one, other, second=CD19):
    """What is told of the overlap of two studies."""
    left = study("A", CD19)
    right = study("B", second)
    documents = [left[1] | one, right[1] | other]
    return compare.overlaps(documents, [*left[0], *right[0]], compare.one_study(documents))


def test_cohorts_that_may_share_patients_are_flagged():
    (pair,) = cohorts({"authors": AUTHORS}, {"authors": "Holt B; Lind CM; Voss D; Marsh E"})
    assert (pair.one, pair.other, pair.why) == ("A", "B", "same condition and intervention, 3 authors in common")
    (pair,) = cohorts({"nct": "NCT01, NCT02"}, {"nct": "NCT02, NCT03"})
    assert pair.why == "both name NCT02"


@pytest.mark.parametrize(
    ("n", "other_n", "numbers", "flagged"),
    [
        (123, 123, ("", ""), True), (123, 123, ("NCT01", ""), True), (123, 123, ("NCT01", "NCT02"), False),
        (123, 124, ("", ""), False), (11, 11, ("", ""), False),
    ],
)  # fmt: skip
def test_cohorts_of_one_size_condition_and_drug_may_be_one(n, other_n, numbers, flagged):
    given = {"intervention": "elranatamab", "roles": ("overall",)}
    left, right = study("A", BCMA, **given), study("B", BCMA, **given)
    arms = [arm | {"n": size} for each, size in ((left, n), (right, other_n)) for arm in each[0]]
    documents = [each[1] | {"nct": number} for each, number in zip((left, right), numbers, strict=True)]
    found = compare.overlaps(documents, arms, compare.one_study(documents))
    assert [pair.why for pair in found] == (["same condition, 123 patients given elranatamab in both"] * flagged)


@pytest.mark.parametrize(
    ("one", "other", "second"),
    [
        ({"authors": AUTHORS}, {"authors": "Holt B; Lind CM; Marsh E"}, CD19),
        ({"authors": AUTHORS}, {"authors": AUTHORS, "condition": "gout"}, CD19),
        ({"authors": AUTHORS}, {"authors": AUTHORS}, BCMA),
        ({"nct": "NCT01"}, {"nct": "NCT02"}, CD19),
        ({}, {}, CD19),
    ],
)
def test_cohorts_that_have_little_in_common_are_not(one, other, second):
    assert cohorts(one, other, second) == ()


def test_arms_of_two_trials_are_often_of_one_size():
    left, right = study("A", BCMA, intervention="elranatamab"), study("B", BCMA, intervention="elranatamab")
    arms = [arm | {"n": 100} for each in (left, right) for arm in each[0]]
    documents = [left[1], right[1]]
    assert compare.overlaps(documents, arms, compare.one_study(documents)) == ()


def test_a_comparison_says_which_cohorts_may_overlap():
    arms = [*LEFT[0], *RIGHT[0]]
    documents = [LEFT[1] | {"nct": "NCT01, NCT02"}, RIGHT[1] | {"nct": "NCT02, NCT03"}]
    found = contrast(of("A", share(1, 2, 50, **CR)), of("B", share(1, 2, 50, **CR)), arms=arms, documents=documents)
    assert "cohorts may overlap: A and B (both name NCT02)" in found.notes


def test_like_conditions_stand_first():
    arms, document = study("0", CD19, condition="multiple myeloma")
    other, second = study("1", CD19, condition="systemic lupus erythematosus")
    third, last = study("2", BCMA, condition="systemic lupus erythematosus")
    every = [*ARMS, *arms, *other, *third], [*DOCUMENTS, document, second, last]
    rows = [of(name, share(1, 2, 50, **CR)) for name in "AB012"]
    found = contrast(*rows, arms=every[0], documents=every[1], left=CD19, right=BCMA)
    assert found.left.studies == ("1", "A", "0")
    assert found.right.studies == ("2", "B")
    assert [e.study for e in found.lines[0].left] == ["1", "A", "0"]


def test_not_reached_stands_beside_the_median_of_the_others():
    reached = of("A", median(5.8, "mo", **PFS))
    found = contrast(reached, of("B", median(None, None, qualifier="not reached", **PFS)))
    (line,) = found.lines
    assert line.paired
    assert line.right[0].text == "median not reached"


# ---- arms


def test_an_arm_named_after_what_all_were_given_is_no_arm_of_its_own():
    arms, document = study("A", BCMA, intervention="teclistamab", roles=("overall",))
    printed = of("A", share(5, 10, 50, **CR), arm="Teclistamab", arm_role="intervention")
    found = contrast(printed, of("B", share(1, 2, 50, **CR)), arms=[*arms, *RIGHT[0]], documents=[document, RIGHT[1]])
    assert [e.arm for e in found.lines[0].left] == [""]


def two_arms(design, left_class=CD19, right_class=BCMA):
    key = {"study": "R", "document": "r.txt", "document_id": "R"}
    arms = [
        asdict(Arm(arm_id="1", label="X", role="intervention", intervention_class=left_class)) | key,
        asdict(Arm(arm_id="2", label="Y", role="control", intervention_class=right_class)) | key,
        asdict(Arm(arm_id="0", label="overall", role="overall")) | key,
    ]
    return arms, [{**key, "condition": "lupus", "design": design}]


def arm_row(arm_id, role, one):
    return one | {"study": "R", "document": "r.txt", "document_id": "R", "arm_id": arm_id, "arm_role": role}


@pytest.mark.parametrize(
    ("design", "basis"),
    [
        ("randomised controlled trial", compare.RANDOMISED),
        ("randomized, open-label", compare.RANDOMISED),
        ("non-randomised", compare.WITHIN),
        ("nonrandomized trial", compare.WITHIN),
        (None, compare.WITHIN),
    ],
)
def test_arms_of_one_document_are_a_comparison_within_it(design, basis):
    arms, documents = two_arms(design)
    rows = [
        arm_row("1", "intervention", share(5, 10, 50, **CR)),
        arm_row("2", "control", share(3, 10, 30, **CR)),
        arm_row("0", "overall", share(8, 20, 40, **CR)),
        arm_row(None, None, share(8, 20, 40, **CR)),
    ]
    found = contrast(*rows, arms=arms, documents=documents, left="CD19 CAR T", right="BCMA engager")
    (line,) = found.lines
    assert [e.text for e in line.left] == ["5/10 (50%)"]
    assert [e.text for e in line.right] == ["3/10 (30%)"]
    assert line.basis == found.label == basis


def test_within_and_naive_together_are_both_named():
    arms, documents = two_arms("randomised")
    rows = [
        arm_row("1", "intervention", share(5, 10, 50, **CR)),
        arm_row("2", "control", share(3, 10, 30, **CR)),
        of("A", share(11, 11, 100, **CR)),
    ]
    found = contrast(*rows, arms=[*arms, *ARMS], documents=[*documents, *DOCUMENTS], left=CD19, right=BCMA)
    assert found.lines[0].basis == f"{compare.RANDOMISED} in R; else {compare.NAIVE}"
    assert compare.NAIVE in found.label
    assert compare.RANDOMISED in found.label


def test_the_whole_of_a_document_counts_where_all_its_arms_are_on_the_side():
    arms, documents = two_arms(None, CD19, CD19)
    rows = [
        arm_row("0", "overall", share(8, 20, 40, **CR)),
        arm_row("1", "intervention", share(5, 10, 50, **CR)),
        of("B", share(1, 2, 50, **CR)),
    ]
    found = contrast(*rows, arms=[*arms, *RIGHT[0]], documents=[*documents, RIGHT[1]], left=CD19, right="B")
    assert [(e.arm, e.text) for e in found.lines[0].left] == [("", "8/20 (40%)"), ("X", "5/10 (50%)")]


def test_single_arm_documents_speak_for_their_one_intervention():
    for roles in (("intervention",), ("overall",)):
        arms, document = study("A", CD19, roles=roles)
        rows = [
            of("A", share(5, 10, 50, **CR), arm_id=None, arm_role=None),
            of("A", share(5, 10, 50, **CR), arm_id="1", arm_role=roles[0]),
            of("A", share(5, 10, 50, **CR), arm_id=None, arm_role="control", arm="historical controls"),
            of("B", share(1, 2, 50, **CR)),
        ]
        found = contrast(*rows, arms=[*arms, *RIGHT[0]], documents=[document, RIGHT[1]], left=CD19, right=BCMA)
        (entry,) = found.lines[0].left
        assert set(entry.finding_ids) == {one["finding_id"] for one in rows[:2]}


def test_rows_of_another_arm_are_not_those_of_the_whole():
    arms, document = study("A", "corticosteroid")
    whole = dict(arms[0], arm_id="0", label="overall", role="overall", intervention_class=CD19)
    rows = [
        of("A", share(5, 10, 50, **CR), arm_id="1", arm_role="intervention"),
        of("A", share(9, 10, 90, **CR), arm_id="0", arm_role="overall"),
        of("B", share(1, 2, 50, **CR)),
    ]
    found = contrast(*rows, arms=[*arms, whole, *RIGHT[0]], documents=[document, RIGHT[1]], left=CD19, right=BCMA)
    assert [e.text for e in found.lines[0].left] == ["9/10 (90%)"]


def test_effect_names_its_comparator():
    arms, documents = two_arms("randomised")
    effect = row(statistic="hazard_ratio", value=0.5, quote="0.5", comparator="Y", **PFS)
    found = contrast(arm_row("1", "intervention", effect), arms=arms, documents=documents, left=CD19, right=BCMA)
    assert found.only_left[0].left[0].text == "HR 0.5 vs Y"


def test_order_of_rows_changes_nothing():
    rows = [of(n, share(e, 10, 10 * e, **one)) for n in "AB" for one in (CR, CRS, OS) for e in (3, 5)]
    assert contrast(*rows) == contrast(*reversed(rows))


def test_every_finding_of_both_sides_is_reached():
    rows = [of(n, share(e, 10, 10 * e, **one)) for n in "AB" for one in (CR, CRS, OS) for e in (3, 5)]
    found = contrast(*rows, of("A", median(3)))
    lines = (*found.lines, *found.only_left, *found.only_right)
    ids = [i for line in lines for entry in (*line.left, *line.right) for i in entry.finding_ids]
    assert sorted(ids)[: len(rows)] == sorted(one["finding_id"] for one in rows)
    assert len(ids) == len(set(ids)) == len(rows) + 1


def test_from_records():
    one = Evidence(**{k: v for k, v in share(5, 10, 50, **CR).items() if k != "status"})
    document = Document(name="a.txt", document_id="a", format="text", text="", blocks=())
    arms = (Arm(arm_id="1", label="overall", role="overall", intervention_class=CD19),)
    record = Record(document=document, study="A", rows=(one,), arms=arms, condition="lupus")
    rows, arm_rows, documents = compare.from_records([record])
    found = compare.compare(
        [*rows, of("B", share(1, 2, 50, **CR))], [*arm_rows, *RIGHT[0]], [*documents, RIGHT[1]], "A", "B"
    )
    assert found.lines[0].left[0].text == "5/10 (50%)"


# ---- studies by outcomes


def test_outcomes_table():
    rows = [
        of("A", share(11, 11, 100, **CR)),
        of("B", share(35, 100, 35, **CR)),
        of("B", share(58, 100, 58, **CRS)),
        of("B", share(13, 100, 13, **CRS), grade=">=3"),
        of("B", share(1, 100, 1, **CRS), grade="4"),
        of("A", share(11, 11, 100, outcome="enrolled", outcome_id="enrolled", outcome_class="enrollment")),
    ]
    grid = compare.outcomes_table(rows, ARMS, DOCUMENTS)
    assert [key for key, _ in grid.outcomes] == ["complete_response", "cytokine_release_syndrome"]
    first, second = grid.rows
    assert (first.study, first.condition) == ("A", "lupus")
    assert [cell.text for cell in first.cells] == ["11/11 (100%)", ""]
    assert second.cells[1].text == "58/100 (58%); 1/100 (1%) grade 4; +1 more"
    assert len(second.cells[1].finding_ids) == 3


def test_outcomes_table_takes_the_outcomes_asked_for_in_their_order():
    rows = [of("A", share(11, 11, 100, **CR)), of("A", share(1, 11, 9, **CRS)), of("B", share(1, 9, 11, **OS))]
    grid = compare.outcomes_table(rows, ARMS, DOCUMENTS, outcomes=["CRS", "complete response"])
    assert [key for key, _ in grid.outcomes] == ["cytokine_release_syndrome", "complete_response"]
    assert [one.study for one in grid.rows] == ["A"]
    assert grid.left_out == 1


def test_outcomes_table_refuses_an_outcome_that_no_row_reports():
    with pytest.raises(QuestionError, match="did you mean 'complete response'"):
        compare.outcomes_table([of("A", share(1, 2, 50, **CR))], ARMS, DOCUMENTS, outcomes=["complete responce xx"])


def test_outcomes_table_has_a_row_for_each_arm():
    arms, documents = two_arms("randomised")
    rows = [
        arm_row("1", "intervention", share(5, 10, 50, **CR)),
        arm_row("2", "control", share(3, 10, 30, **CR)),
        arm_row("0", "overall", share(8, 20, 40, **CR)),
    ]
    grid = compare.outcomes_table(rows, arms, documents)
    assert [(one.arm, one.cells[0].text) for one in grid.rows] == [
        ("", "8/20 (40%)"), ("X", "5/10 (50%)"), ("Y", "3/10 (30%)"),
    ]  # fmt: skip


def test_outcomes_table_prefers_what_most_studies_report():
    rows = [of("A", share(1, 2, 50, **CR)), of("B", share(1, 2, 50, **CR))]
    rows += [of("A", share(1, 2, 50, **CRS), start=i) for i in range(5)]
    grid = compare.outcomes_table(rows, ARMS, DOCUMENTS, columns=1)
    assert [key for key, _ in grid.outcomes] == ["complete_response"]


def test_outcomes_table_of_nothing():
    assert compare.outcomes_table([], [], []) == compare.Grid((), ())
