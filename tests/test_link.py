"""What a measure belongs to: outcome, arm, comparator, timepoint, grade and p-value, sentence by sentence."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from trialtab import readers, rules
from trialtab.extract import extract
from trialtab.model import Finding

RULES = rules.load()
TWO_ARMS = "Patients were randomly assigned to dolmirin (n = 120) or placebo (n = 118). "
A, B = "dolmirin", "placebo"


class Row(NamedTuple):
    """One expected finding: the number that it is about, and what that belongs to."""

    value: float | None
    outcome: str
    arm: str = "overall"
    comparator: str | None = None
    timepoint: str | None = None
    grade: str | None = None
    p: float | None = None


def found(text: str) -> list[Finding]:
    (document,) = readers.read(text.encode(), "x.txt")
    return [f for f in extract(document, RULES).findings if not f.enrollment]


def rows(text: str) -> list[Row]:
    return [
        Row(f.measure.value, f.outcome or "", f.arm or "", f.comparator, f.timepoint, f.grade, f.measure.p_value)
        for f in found(text)
    ]


def pair(outcome: str, a: float | None, b: float | None, **more: object) -> list[Row]:
    """The rows of a comparison of the two arms, the first arm's first."""
    return [Row(a, outcome, A, B, **more), Row(b, outcome, B, A, **more)]  # type: ignore[arg-type]


# ---- one group -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # where the outcome stands
        ("Relapse occurred in 36% of patients.", [Row(36, "Relapse")]),
        ("The response rate was 61%.", [Row(61, "response rate")]),
        ("Four patients had fever.", [Row(4, "fever")]),
        ("One patient died.", [Row(1, "died")]),
        ("There were two relapses.", [Row(2, "relapses")]),
        ("There was one case of pneumonia.", [Row(1, "pneumonia")]),
        ("Median overall survival was 14 months.", [Row(14, "overall survival")]),
        ("CR was 54%, PR was 28%.", [Row(54, "CR"), Row(28, "PR")]),
        (
            "The complete response rate was 54%, and the partial response rate was 28%.",
            [Row(54, "complete response rate"), Row(28, "partial response rate")],
        ),
        # lists and "respectively"
        ("Nausea and vomiting occurred in 23% and 11% of patients, respectively.",
         [Row(23, "Nausea"), Row(11, "vomiting")]),
        (
            "Nausea, vomiting and fever occurred in 23%, 11% and 5% of patients, respectively.",
            [Row(23, "Nausea"), Row(11, "vomiting"), Row(5, "fever")],
        ),
        (
            "The most common adverse events were nausea (23%), vomiting (11%) and fever (5%).",
            [Row(23, "nausea"), Row(11, "vomiting"), Row(5, "fever")],
        ),
        # grades: before, inside, behind, and carried through a list
        ("Grade 3 or higher neutropenia occurred in 78% of patients.", [Row(78, "neutropenia", grade=">=3")]),
        ("Grade III or IV neutropenia occurred in 78% of patients.", [Row(78, "neutropenia", grade="3-4")]),
        ("Severe neutropenia occurred in 78% of patients.", [Row(78, "Severe neutropenia", grade="severe")]),
        ("No severe neutropenia was seen.", [Row(0, "severe neutropenia", grade="severe")]),
        (
            "The most common grade 3-4 adverse events were anaemia (17%) and neutropenia (27%).",
            [Row(17, "anaemia", grade="3-4"), Row(27, "neutropenia", grade="3-4")],
        ),
        (
            "Cytokine release syndrome was grade 1 in 10 patients and grade 2 in 1.",
            [Row(10, "Cytokine release syndrome", grade="1"), Row(1, "Cytokine release syndrome", grade="2")],
        ),
        (
            "Any-grade and grade 3-4 infections occurred in 69.9% and 39.8% of patients, respectively.",
            [Row(69.9, "infections"), Row(39.8, "infections", grade="3-4")],
        ),
        (
            "Infections (any grade, 69.9%; grade 3-4, 39.8%) were common.",
            [Row(69.9, "Infections"), Row(39.8, "Infections", grade="3-4")],
        ),
        # timepoints
        ("The 12-month survival was 52%.", [Row(52, "survival", timepoint="12-month")]),
        ("Survival at 12 months was 52%.", [Row(52, "Survival", timepoint="at 12 months")]),
        ("Survival was 52% at 12 months.", [Row(52, "Survival", timepoint="at 12 months")]),
        ("At 24 weeks, 52% of patients were in remission.", [Row(52, "remission", timepoint="At 24 weeks")]),
        (
            "Relapse was seen in 10% at 6 months and 20% at 12 months.",
            [Row(10, "Relapse", timepoint="at 6 months"), Row(20, "Relapse", timepoint="at 12 months")],
        ),
        (
            "Progression-free survival at 12 months was 30%, and overall survival was 52%.",
            [
                Row(30, "Progression-free survival", timepoint="at 12 months"),
                Row(52, "overall survival", timepoint="at 12 months"),
            ],
        ),
        # zeros
        ("No neutropenia or leukopenia was seen.", [Row(0, "neutropenia"), Row(0, "leukopenia")]),
        ("There were no deaths, strokes or relapses.", [Row(0, "deaths"), Row(0, "strokes"), Row(0, "relapses")]),
        # states
        ("Median DOR, PFS and OS were not reached.", [Row(None, "DOR"), Row(None, "PFS"), Row(None, "OS")]),
    ],
)  # fmt: skip
def test_one_group(text, expected):
    assert rows(text) == expected


# ---- two arms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # each number beside its arm
        (
            "Relapse occurred in 12% of patients in the dolmirin group and in 20% in the placebo group (P = 0.04).",
            pair("Relapse", 12, 20, p=0.04),
        ),
        ("The response rate was 43% with dolmirin versus 28% with placebo.", pair("response rate", 43, 28)),
        ("Nausea occurred in 23% of dolmirin-treated patients and 11% of placebo-treated patients.",
         pair("Nausea", 23, 11)),
        ("Relapse occurred in 12 patients given dolmirin and 20 given placebo.", pair("Relapse", 12, 20)),
        (
            "In the dolmirin group, 12 patients (30%) relapsed; in the placebo group, 20 (49%) did.",
            pair("relapsed", 30, 49),
        ),
        ("Mean pain was 3.4 ± 1.2 in the dolmirin group and 5.1 ± 1.6 in the placebo group.", pair("pain", 3.4, 5.1)),
        ("Complete response: 31/120 with dolmirin, 18/118 with placebo.", pair("Complete response", 31, 18)),
        # arms first, numbers in their order
        ("The response rate was higher with dolmirin than with placebo (43% vs 28%; P = 0.01).",
         pair("response rate", 43, 28, p=0.01)),
        ("The response rates in the dolmirin and placebo groups were 43% and 28%, respectively.",
         pair("response rates", 43, 28)),
        (
            "Complete response was reached by 31% and 18% of the patients in the dolmirin and placebo groups, "
            "respectively.",
            pair("Complete response", 31, 18),
        ),
        ("The response rate was lower with placebo than with dolmirin (28% vs 43%).",
         pair("response rate", 43, 28)[::-1]),
        # arms not named: the order of the document
        ("The response rate was 43% versus 28%.", pair("response rate", 43, 28)),
        (
            "Nausea (23% vs 11%, P = 0.02), headache (15% vs 14%, P = 0.80) and rash (4% vs 1%, P = 0.06) "
            "were reported.",
            [*pair("Nausea", 23, 11, p=0.02), *pair("headache", 15, 14, p=0.8), *pair("rash", 4, 1, p=0.06)],
        ),
        # units, statistics and times said once for both
        (
            "Median survival was 14.2 months with dolmirin and 9.8 months with placebo.",
            pair("survival", 14.2, 9.8),
        ),
        (
            "Mortality at 12 months was 10% in the dolmirin group and 18% in the placebo group.",
            pair("Mortality", 10, 18, timepoint="at 12 months"),
        ),
        # effects take both arms, and their p-value stands on the arms' rows too
        (
            "Mortality was 10% in the dolmirin group and 18% in the placebo group "
            "(hazard ratio, 0.54; 95% CI, 0.30 to 0.97; P = 0.04).",
            [*pair("Mortality", 10, 18, p=0.04), Row(0.54, "Mortality", A, B, p=0.04)],
        ),
        (
            "Weight loss was greater with dolmirin than placebo (mean difference, -3.2 kg; 95% CI, -4.1 to -2.3).",
            [Row(-3.2, "Weight loss", A, B)],
        ),
        # one number, one arm
        ("No deaths occurred in the dolmirin group.", [Row(0, "deaths", A)]),
        ("In the placebo group, median stay was 6 days (IQR 4-9).", [Row(6, "stay", B)]),
        ("Relapse occurred in 10% of the dolmirin group at 6 months.",
         [Row(10, "Relapse", A, timepoint="at 6 months")]),
        # a number said of every arm
        ("There were three deaths in each group.", [Row(3, "deaths", A), Row(3, "deaths", B)]),
        ("Infections occurred in 40% in both groups.", [Row(40, "Infections", A), Row(40, "Infections", B)]),
        # arms and times at once
        (
            "At 6 and 12 months, survival was 80% and 70% with dolmirin and 75% and 60% with placebo.",
            [
                Row(80, "survival", A, B, "6 months"), Row(70, "survival", A, B, "12 months"),
                Row(75, "survival", B, A, "6 months"), Row(60, "survival", B, A, "12 months"),
            ],
        ),
        # a pronoun carries on
        (
            "The median time to relapse was 11.5 months with dolmirin; it was not reached with placebo.",
            pair("time to relapse", 11.5, None),
        ),
        # a grade over both arms
        (
            "Grade 3 or 4 anaemia occurred in 25 patients (17%) given dolmirin and 32 (21%) given placebo.",
            pair("anaemia", 17, 21, grade="3-4"),
        ),
        (
            "The most common grade 3-4 adverse events were anaemia (25 [17%] vs 32 [21%]) "
            "and neutropenia (40 [27%] vs 12 [8%]).",
            [*pair("anaemia", 17, 21, grade="3-4"), *pair("neutropenia", 27, 8, grade="3-4")],
        ),
    ],
)  # fmt: skip
def test_two_arms(text, expected):
    assert rows(TWO_ARMS + text) == expected


def test_three_arms_in_their_order():
    text = "Nausea occurred in 23%, 17% and 11% of patients in the 50 mg, 100 mg and placebo groups, respectively."
    assert [(r.value, r.outcome, r.arm) for r in rows(text)] == [
        (23, "Nausea", "50 mg"), (17, "Nausea", "100 mg"), (11, "Nausea", "placebo"),
    ]  # fmt: skip


def test_arms_by_letter():
    text = "Group A had 4 deaths and group B had 9 deaths. Arm A: 12/40 responded; arm B: 20/41 responded."
    assert [(r.value, r.arm[-1]) for r in rows(text)] == [(4, "A"), (9, "B"), (12, "A"), (20, "B")]


def test_sizes_are_enrolment_rows_of_their_arms():
    (document,) = readers.read((TWO_ARMS + "Relapse was seen in 12% vs 20%.").encode(), "x.txt")
    enrolled = [f for f in extract(document, RULES).findings if f.enrollment]
    assert [(f.measure.value, f.arm, f.arm_role) for f in enrolled] == [(120, A, "intervention"), (118, B, "control")]


@pytest.mark.parametrize(
    "text", ["The response rate was 43% with dolmirin and 28% with placebo.", "Relapse was seen in 12% vs 20%."]
)
def test_roles_stand_on_the_rows(text):
    assert [f.arm_role for f in found(TWO_ARMS + text)] == ["intervention", "control"]


def test_what_was_chosen_from_is_kept():
    text = "Relapse occurred in 12% of patients in the dolmirin group at 6 months."
    (document,) = readers.read((TWO_ARMS + text).encode(), "x.txt")
    (finding,) = [f for f in extract(document, RULES).findings if not f.enrollment]
    assert {c.role for c in finding.candidates} >= {"outcome", "timepoint"}
    for candidate in finding.candidates:
        assert document.text[candidate.start : candidate.end]
        assert candidate.source
    assert [c.text for c in finding.candidates if c.role == "outcome" and c.chosen] == ["Relapse"]
    assert 0 < finding.confidence <= 1
