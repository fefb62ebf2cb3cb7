"""The whole way from a document to findings, arms, statements and ledger: sections, denominators, promises, time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import grows_as_its_size
from trialtab import readers, rules
from trialtab.extract import extract
from trialtab.model import Document, Extraction, Finding

RULES = rules.load()


def read(text: str, name: str = "x.txt") -> tuple[Document, Extraction]:
    (document,) = readers.read(text.encode(), name)
    return document, extract(document, RULES)


def told(text: str) -> list[tuple[str, str | None, float | None, float | None, float | None]]:
    """(quotation, outcome, events, total, percent) of each finding."""
    document, extraction = read(text)
    return [
        (
            document.text[f.measure.start : f.measure.end],
            f.outcome,
            f.measure.events,
            f.measure.total,
            f.measure.percent,
        )
        for f in extraction.findings
    ]


# ---- sections --------------------------------------------------------------------------------------------------

REPORT = """# Dolmirin for relapse

# Introduction

Relapse occurs in 45% of patients.

# Methods

Patients received 5 mg daily. We compared 12% with 20% in a model.

# Results

Relapse occurred in 24 of 60 patients.

# Discussion

Relapse occurred in 41% of our patients.

# References

1. Hale A. Relapse in 46% of patients. J Med 2019;12:34-40.
"""


def test_results_are_read_from_results():
    document, extraction = read(REPORT, "x.md")
    (finding,) = extraction.findings
    assert document.text[finding.measure.start : finding.measure.end] == "24 of 60"
    assert finding.section == "results"


def test_what_stands_elsewhere_keeps_its_section_as_the_reason():
    document, extraction = read(REPORT, "x.md")
    why = {document.text[n.start : n.end]: n.reason for n in extraction.numbers}
    assert (why["45%"], why["41%"], why["5 mg"]) == ("section background", "section discussion", "dose")
    assert "46%" not in why  # a reference is not read at all


def test_an_abstract_is_read_by_its_heads():
    document, extraction = read(
        "BACKGROUND: Relapse occurs in 45% of patients. METHODS: Patients received 5 mg daily. "
        "RESULTS: Relapse occurred in 24 of 60 patients. CONCLUSIONS: Dolmirin is safe."
    )
    assert [document.text[f.measure.start : f.measure.end] for f in extraction.findings] == ["24 of 60"]
    assert all(f.section == "abstract" for f in extraction.findings)


def test_a_letter_without_sections_is_read_whole():
    assert [row[0] for row in told("Dear editor,\n\nrelapse occurred in 24 of 60 patients.\n\nYours")] == ["24 of 60"]


# ---- enrolment and denominators --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "outcome"),
    [
        ("Eleven patients were enrolled.", 11, "patients enrolled"),
        ("A total of 123 patients were enrolled.", 123, "patients enrolled"),
        ("The study enrolled 1,204 patients.", 1204, "patients enrolled"),
        ("We treated 10 patients with teclistamab.", 10, "patients treated"),
        ("Sixty patients were randomised.", 60, "patients randomised"),
    ],
)
def test_enrolment(text, n, outcome):
    _, extraction = read(text)
    (finding,) = extraction.findings
    assert finding.enrollment
    assert (finding.measure.statistic, finding.measure.value) == ("count", n)
    assert finding.outcome == outcome


def test_a_group_is_enrolled_once():
    rows = told(
        "Sixty patients were enrolled. Of the 60 patients, 24 (40%) relapsed. "
        "The 60 patients were enrolled in one year."
    )
    assert [row for row in rows if row[1] == "patients enrolled"] == [("Sixty", "patients enrolled", 60, None, None)]
    assert [row for row in rows if row[1] != "patients enrolled"] == [("24 (40%)", "relapsed", 24, 60, 40)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the head of the sentence, where the arithmetic holds
        ("Sixty patients were enrolled. Of the 60 patients, 24 (40%) relapsed and 6 (10%) died.",
         [("24 (40%)", "relapsed", 24, 60, 40), ("6 (10%)", "died", 6, 60, 10)]),
        # a count before it in the sentence
        ("A total of 111 patients were enrolled, and 101 (91%) were treated.",
         [("101 (91%)", "treated", 101, 111, 91)]),
        # no whole n of 60 gives 91%: it is of something else
        ("Sixty patients were enrolled, and 51 (91%) were treated.", [("51 (91%)", "treated", 51, None, 91)]),
        # items in brackets after a count take that count as total
        ("Adverse events occurred in 12 patients (nausea n = 5, fever n = 7).",
         [("12", "Adverse events", 12, None, None), ("n = 5", "nausea", 5, 12, 41.7), ("n = 7", "fever", 7, 12, 58.3)]),
        # deaths and patients have totals of their own; events have none
        ("Sixty patients were enrolled. There were 67 adverse events.", [("67", "adverse events", 67, None, None)]),
    ],
)  # fmt: skip
def test_denominators(text, expected):
    assert [row for row in told(text) if row[1] != "patients enrolled"] == expected


# ---- one arm, many arms, statements, facts ---------------------------------------------------------------------


def test_a_single_arm_report():
    document, extraction = read(
        "We treated 10 patients with teclistamab in this case series. "
        "A complete response was seen in 8 of 10 patients. Median "
        "B-cell aplasia was 157 days. Cytokine release syndrome was grade 1 in 5 patients and grade 2 in 1."
    )
    (arm,) = extraction.arms
    assert (arm.label, arm.role, arm.n, arm.intervention_class) == ("overall", "overall", 10, "BCMA x CD3 engager")
    assert {(f.arm, f.arm_role, f.comparator) for f in extraction.findings} == {("overall", "overall", None)}
    assert extraction.design == "case series"
    assert [f.measure.value for f in extraction.findings] == [10, 8, 157, 5, 1]
    assert document.text[arm.start : arm.end] == "teclistamab"


def test_a_two_arm_report():
    _, extraction = read(
        "In this randomised trial, patients were assigned to dolmirin (n = 120) or placebo (n = 118). "
        "Relapse occurred in 12 patients in the dolmirin group and 20 in the placebo group (hazard ratio, 0.58; "
        "95% CI, 0.30 to 0.97; P = 0.04)."
    )
    assert [(a.label, a.role, a.n) for a in extraction.arms] == [
        ("dolmirin", "intervention", 120),
        ("placebo", "control", 118),
    ]
    results = [f for f in extraction.findings if not f.enrollment]
    assert [(f.measure.statistic, f.measure.value, f.arm, f.comparator) for f in results] == [
        ("count", 12, "dolmirin", "placebo"), ("count", 20, "placebo", "dolmirin"),
        ("hazard_ratio", 0.58, "dolmirin", "placebo"),
    ]  # fmt: skip


def test_statements_are_results_without_a_number():
    document, extraction = read(
        "Patients were randomly assigned to dolmirin (n = 120) or placebo (n = 118). "
        "Pain did not differ between the groups. "
        "Sleep was better with dolmirin than with placebo."
    )
    assert [(s.outcome, s.direction) for s in extraction.statements] == [
        ("Pain", "no difference"),
        ("Sleep", "increased"),
    ]
    assert (extraction.statements[1].arm, extraction.statements[1].comparator) == ("dolmirin", "placebo")
    assert all(document.text[s.start : s.end].strip() for s in extraction.statements)
    assert all(f.enrollment for f in extraction.findings)


def test_facts_are_told_with_the_findings():
    _, extraction = read(
        "In this randomised trial, 120 patients with multiple myeloma were assigned to dolmirin or placebo. "
        "The data cutoff was 12 March 2023. Relapse occurred in 12% of the dolmirin group and 20% of the placebo group."
    )
    assert extraction.design is not None and "random" in extraction.design
    assert extraction.condition == "multiple myeloma"
    assert extraction.data_cutoff is not None and "2023" in extraction.data_cutoff


def test_a_document_without_numbers_gives_nothing():
    _, extraction = read("Dolmirin is a new drug. It is given by mouth.")
    assert extraction.findings == extraction.numbers == extraction.statements == ()


# ---- promises --------------------------------------------------------------------------------------------------

SENTENCES = [
    "Patients were randomly assigned to dolmirin (n = 120) or placebo (n = 118).",
    "Relapse occurred in 12 of 40 patients (30%).",
    "The response rate was 43% with dolmirin and 28% with placebo (P = 0.01).",
    "No deaths, strokes or relapses were seen.", "Median survival was not reached.",
    "Mean pain was 3.4 ± 1.2 in the dolmirin group and 5.1 ± 1.6 in the placebo group.",
    "All eleven patients responded.", "Patients received 5 mg daily.",
    "Grade 3-4 infections (40% vs 20%), fever (12% vs 4%) and rash (3% vs 1%) were seen.",
    "The median stay was 5 days (IQR, 3 to 8).", "RESULTS:", "\n\n", "# Results\n\n",
    "Infections fell from 58.6% to 46.6%.", "Pain did not differ.", "There were three deaths in each group.",
    "(4 of [", "95% CI", "respectively", "1.2.3", "−−3", "Dr.",
]  # fmt: skip
letters = st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t")
texts = st.one_of(st.text(letters, max_size=200), st.lists(st.sampled_from(SENTENCES), max_size=8).map(" ".join)).map(
    "Report. {}".format
)


def promised(document: Document, finding: Finding) -> None:
    m = finding.measure
    quote = document.text[m.start : m.end]
    assert 0 <= m.start < m.end <= len(document.text)
    assert quote == quote.strip()
    assert len(quote) <= 250
    assert m.statistic
    assert m.rule
    assert finding.section
    assert finding.arm
    assert 0 < finding.confidence <= 1
    for _, start, end in m.captures:
        assert 0 <= start < end <= len(document.text)
    for candidate in finding.candidates:
        assert 0 <= candidate.start < candidate.end <= len(document.text)
    if m.events is not None and m.total is not None:
        assert m.events <= m.total


@settings(max_examples=120, deadline=None)
@given(texts)
def test_any_text_is_extracted_and_every_place_is_real(text):
    document, extraction = read(text)
    for finding in extraction.findings:
        promised(document, finding)
    for place in (*extraction.numbers, *extraction.statements):
        assert 0 <= place.start < place.end <= len(document.text)
    assert len({arm.arm_id for arm in extraction.arms}) == len(extraction.arms)


@settings(max_examples=40, deadline=None)
@given(texts, texts)
def test_what_was_extracted_before_changes_nothing(text, other):
    first = read(text)
    read(other)
    assert read(text) == first


def test_a_long_report_takes_linear_time():
    """Many sentences: four times as many take about four times as long."""
    grows_as_its_size(
        lambda copies: "# Results\n\n" + "\n\n".join(" ".join(SENTENCES[:10]) for _ in range(copies)),
        lambda text: read(text, "x.md"),
        20,
        80,
    )


HOSTILE = {
    "numbers": "11 ", "words": "patients ", "fractions": "4/11 ", "opened": "(4 of [",
    "ratios": "HR 0.41 (95% CI 0.23-0.73) ",
    "spreads": "median 45 (21-153), ", "p-values": "P<0.001; ", "grades": "grade 3 or ", "zeros": "no deaths or ",
    "versus": "43% vs 28% with dolmirin versus placebo, ", "groups": "the dolmirin group and ",
    "shares": "response 43%, ",
    "respectively": "12, 13 and 14 respectively ", "one word": "x", "signs": "±", "blanks": "4 \n",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_one_long_sentence_takes_linear_time(unit):
    """Four times the length may take up to eight times as long; a quadratic step would take sixteen times."""
    grows_as_its_size(lambda size: "Report " + (unit * (size // len(unit) + 1))[:size], read, 3_000, 12_000)
