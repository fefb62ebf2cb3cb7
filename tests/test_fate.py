"""The ledger: every number of a text has a fate, and the fate has a reason."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialtab import language, readers, rules, run
from trialtab.extract import extract
from trialtab.extract.fate import cites, sentence_reason
from trialtab.extract.measures import items
from trialtab.model import Document, Extraction

RULES = rules.load()


def read(text: str) -> tuple[Document, Extraction]:
    (document,) = readers.read(text.encode(), "x.txt")
    return document, extract(document, RULES)


def ledger(text: str) -> dict[str, tuple[str, str]]:
    """Printed number -> (fate, reason)."""
    document, extraction = read(text)
    return {document.text[n.start : n.end]: (n.fate, n.reason) for n in extraction.numbers}


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("Patients received 5 mg/kg every 3 weeks.", "5 mg/kg", "dose"),
        ("Patients received 5 mg/kg every 3 weeks.", "every 3 weeks", "schedule or exposure"),
        ("Dolmirin was given at a dose of 150 mg twice daily.", "150 mg", "dose"),
        ("Visits took place at weeks 4, 8 and 12.", "weeks 4, 8 and 12", "timepoint or duration"),
        ("Blood was drawn 30 minutes before each dose.", "30 minutes", "timepoint or duration"),
        ("It ended on 12 March 2019.", "12 March 2019", "date"),
        ("The study was done at 14 centres in 6 countries.", "14 centres", "number of places or studies"),
        ("Patients aged 18 to 75 years were eligible.", "aged 18 to 75", "age"),
        ("At baseline, the mean score was 34.2 (SD 6.1).", "34.2", "baseline"),
        ("At baseline, 12 of 40 patients (30%) had diabetes.", "12 of 40", "baseline"),
        ("A response was defined as a fall of at least 50% in the score.", "50%", "threshold"),
        ("Hemoglobin of at least 11 g/dl was required for a complete response.", "11 g/dl", "threshold"),
        ("The cutoff was 2.5 ng/ml.", "2.5 ng/ml", "threshold"),
        ("Patients were randomised in a 2:1 ratio.", "2:1", "allocation ratio"),
        ("The groups differed (t = 2.31, df = 48).", "t = 2.31", "test statistic"),
        ("The model gave F(2, 57) = 4.11.", "F(2, 57) = 4.11", "test statistic"),
        ("The analysis was by chi-square (χ2 = 6.2).", "χ2 = 6.2", "test statistic"),
        ("The sample size was 120 patients, to give 80% power.", "120", "sample-size assumption"),
        ("This phase 2 trial was open-label.", "phase 2", "label or number of a part"),
        ("See Table 2.", "Table 2", "label or number of a part"),
        ("ClinicalTrials.gov number, NCT01234567.", "NCT01234567", "identifier"),
        ("Relapse is common after transplantation [12,13].", "[12,13]", "citation"),
        ("The 95% confidence intervals were computed.", "95% confidence intervals", "level of an interval"),
        ("In another study, 45% of patients had a response.", "45%", "another study's result"),
        ("In a previous study, 45% of patients had a response.", "45%", "another study's result"),
        ("Grade 3 or 4 events were recorded.", "Grade 3 or 4", "grade"),
        ("There were 12 episodes of fever in 9 patients.", "9", "denominator"),
        ("Group A had 4 deaths.", "Group A", "part of an arm's name"),
        ("From 02/2019 to 11/2022, 40 patients were treated.", "02/2019", "date"),
        ("We reviewed all patients who were treated from 2011 to 2020.", "from 2011 to 2020", "date"),
        ("A 34-year-old woman had a relapse.", "34-year-old", "age"),
        ("A man of 71 died.", "man of 71", "age"),
        ("A second trial, in 450 people, will report in 2026.", "450", "planned"),
        ("A follow-up of 3 years is planned.", "3 years", "planned"),
        ("The score, which runs from 32 to 224, was used.", "from 32 to 224", "bounds of a scale"),
        ("The response was complete in 40 of 50 patients (80%; P < 0.001 against 50%).", "50%", "threshold"),
        ("About 15% of patients will relapse.", "15%", "true in general, not a result of this report"),
        ("The disease affects about 1 in 230 people.", "1", "true in general, not a result of this report"),
        ("Of those, 10% of patients have a relapse.", "10%", "true in general, not a result of this report"),
        ("Haemoglobin rose to 12.9 g/dL, against 8.8 g/dL before treatment.", "8.8 g/dL", "baseline"),
        ("The ratio fell from a median of 2.4 (IQR, 1.5 to 4.1) to 0.4 (IQR, 0.2 to 0.8).", "2.4", "baseline"),
        ("More patients had a fall of 2 mmHg (79% vs 51%).", "2", "threshold"),
        ("Pressure was less than 12 mmHg in 60% of eyes.", "12", "threshold"),
        ("The level, measured in 12 patients, averaged 2.4 ± 0.6 μg/ml.", "12", "denominator"),
        ("Needling was done with 0.25 × 40 mm needles.", "0.25", "size of a thing"),
        ("The eta-squared was large, η2 = 0.26.", "η2 = 0.26", "test statistic"),
        ("The 12-month survival was 52%.", "12-month", "timepoint or duration"),
    ],
)
def test_what_is_left_out_says_why(text, number, reason):
    assert ledger(text)[number] == ("ignored", reason)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Relapse occurred in 4 of 11 patients.", ["4 of 11"]),
        ("Relapse occurred in 4 patients (36%).", ["4", "36%"]),
        ("The median time to response was 45 days (range, 21-153).", ["45 days", "range, 21-153"]),
        ("The risk of death was lower (HR 0.78, 95% CI 0.65-0.94).", ["HR 0.78", "95% CI 0.65-0.94"]),
        ("Two patients had fever.", ["Two"]),
        ("Fever was seen in 40% vs 20% (P = 0.03).", ["40%", "20%", "P = 0.03"]),
    ],
)
def test_every_part_of_a_row_is_extracted(text, numbers):
    assert ledger(text) == dict.fromkeys(numbers, ("extracted", ""))


def test_what_nothing_claims_is_shown():
    """A number that is neither used nor understood is not hidden."""
    assert ("unresolved", "nothing claims it") in ledger("The value was SD 4 and IQR, 3 to 8.").values()


# ---- every number ----------------------------------------------------------------------------------------------

SENTENCES = [
    "Relapse occurred in 4 of 11 patients (36%).", "Patients received 5 mg/kg every 3 weeks.",
    "The median age was 61 years (range, 34 to 82).",
    "The median time to response was 45 days (IQR, 21 to 153).", "Nausea (23% vs 11%) and rash (4% vs 1%) were seen.",
    "Eleven patients were enrolled.",
    "Death was rarer with dolmirin (HR 0.78; 95% CI, 0.65 to 0.94).", "No deaths occurred.",
    "Grade 3 fever occurred in 2 patients at week 12.",
    "The trial ran from 2019 to 2021 at 14 centres.", "The groups differed (t = 2.31).",
    "A response was a fall of at least 50%.", "It was 4 and 5 or 6.",
    "The mean pain score was 3.4 ± 1.2 with dolmirin and 5.1 ± 1.6 with placebo.", "See [12].",
    "One of the most common was fever.",
]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6, unique=True))
def test_every_figure_of_the_results_has_one_fate(sentences):
    """A number in figures stands under exactly one line of the ledger."""
    document, extraction = read(" ".join(sentences))
    lines = sorted((n.start, n.end) for n in extraction.numbers)
    assert all(a[1] <= b[0] for a, b in pairwise(lines))
    for n in extraction.numbers:
        assert n.fate in ("extracted", "ignored", "unresolved")
        assert bool(n.reason) == (n.fate != "extracted")
    for word, start, end, tag in language.tokens(document.text):
        if tag == "FIG":
            assert sum(a <= start and end <= b for a, b in lines) == 1, word


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6, unique=True))
def test_a_row_and_the_ledger_tell_the_same(sentences):
    """The first number of each row is told as extracted, and nothing is told as extracted outside of all rows."""
    document, extraction = read(" ".join(sentences))
    rows = [(f.measure.start, f.measure.end) for f in extraction.findings]
    for n in extraction.numbers:
        if n.fate == "extracted":
            assert any(a < n.end and n.start < b for a, b in rows), document.text[n.start : n.end]
        elif n.reason in ("dose", "date", "baseline", "threshold", "citation"):
            assert not any(a <= n.start and n.end <= b for a, b in rows), document.text[n.start : n.end]


# ---- whole sentences -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "part", "title", "reason"),
    [
        ("The trial had 80% power to detect a difference of 15%.", "methods", "", "sample-size assumption"),
        ("We assumed a response rate of 40%.", "methods", "", "sample-size assumption"),
        ("Smith et al. reported a response rate of 40%.", "results", "", "another study's result"),
        ("In another trial, the response rate was 40%.", "results", "", "another study's result"),
        ("In an earlier trial, the response rate was 40%.", "results", "", "another study's result"),
        ("In ZUMA-1, the response rate was 82%.", "results", "A registry study", "another study's result"),
        ("In ZUMA-1, the response rate was 82%.", "results", "Outcomes of ZUMA-1", None),
        ("The response rate was 82% (Table-2).", "results", "A registry study", None),
        ("The PASAT-3 score was 8.2 points higher.", "results", "A registry study", None),
        ("In another study the rate was 40%, and in our study it was 52%.", "results", "", None),
        ("The response rate was 40%.", "results", "", None),
        ("In another study the rate was 40%.", "discussion", "", "not a result of this report"),
    ],
)
def test_sentence_reason(sentence, part, title, reason):
    assert sentence_reason(sentence, part, title) == reason


@pytest.mark.parametrize(
    ("text", "expected"), [("It is common [12,13].", True), ("It is common.", False), ("It was 4 (36%).", False)]
)
def test_cites(text, expected):
    assert cites(items(language.sentence(text, 0, len(text)), RULES)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "The median hemoglobin level at screening was 7.9 g/dL (range, 5.1-9.8).",
        "Eleven patients (55%) were refractory to rituximab.",
        "Nine patients (45%) had ECOG performance status 1.",
        "High-risk cytogenetics were present in 6 of 19 patients (32%).",
        "The mean duration of diabetes was 9.2 years.",
        "Most patients (90%) received bridging therapy with prednisone.",
        "Dose reductions were allowed to 75% of the planned dose.",
        "The interrater agreement was 0.85 (95% CI, 0.80 to 0.90).",
        "Dolmirin has a half-life of 12 hours and a bioavailability of 60%.",
        "Participants consumed 200 mL of juice.",
        "Patients were followed every 3 months for 2 years.",
        "A response in 70% of patients was reported by Jones and colleagues.",
        "The disease has an incidence of 3 per 100,000 persons per year.",
        "Survival was estimated by the Kaplan-Meier method, and P<0.05 was considered significant.",
        "The groups did not differ in age (P=0.45) or sex (P=0.33).",
    ],
)
def test_numbers_that_look_like_results(text: str) -> None:
    before = "Response was seen in 30 of 60 patients (50%) and 20 of 60 (33%).\n\n"
    (document,) = readers.read(f"# Results\n\n{before}{text}".encode(), "x.md")
    told = [f for f in extract(document, RULES).findings if f.measure.start > document.text.index(text)]
    assert [document.text[f.measure.start : f.measure.end] for f in told] == []


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("The mean score was 120 with dolmirin and 115 with placebo, of a possible 148.", "148", "bounds of a scale"),
        ("Dolmirin is given as infusions of 30 g.", "30", "dose"),
        (
            "Excluding the 58 patients with delayed treatment gave an odds ratio of 0.57 (0.36-0.90).",
            "58",
            "denominator",
        ),
        ("In the first two patients the dose was halved.", "two", "denominator"),
        ("Among those with fever (n=10), 9 responded.", "10", "denominator"),
        ("Of the 27 patients on prednisone, 21 recovered.", "27", "denominator"),
        ("A trial against standard treatment (2:1, 66 patients) opens in 2027.", "66", "planned"),
        ("Each participant was to treat up to eight attacks: four with dolmirin.", "four", "planned"),
        ("They had much before; belimumab had been tried in eight and rituximab in seven.", "seven", "baseline"),
        ("There were nine women and one man, aged 20 to 40 years.", "nine", "baseline"),
    ],
)
def test_numbers_of_parts_scales_and_doses_are_no_findings(text, number, reason):
    report = "# Results\n\nPatients were randomly assigned to dolmirin or placebo. " + text + "\n"
    (record,) = run.records(report.encode(), "trial.md")
    begins = record.document.text.index(text[:12])
    told = {
        record.document.text[n.start : n.end]: n.reason
        for n in record.numbers
        if n.start >= begins and n.fate != "extracted"
    }
    assert any(number in printed and why == reason for printed, why in told.items()), told


def test_shares_told_of_the_table_of_characteristics_are_baseline():
    report = (
        "# Results\n\nPatients were randomly assigned to dolmirin or placebo. A mutation was found in 52 patients "
        "(37%), and 58% had large tumours (Table 1). Nausea was seen in 12 patients (9%; Table 2).\n\n"
        "Table 1. Baseline characteristics\n"
    )
    (record,) = run.records(report.encode(), "trial.md")
    assert [(row.quote, row.outcome) for row in record.rows] == [("12 patients (9%; Table 2)", "Nausea")]
    assert {n.reason for n in record.numbers if record.document.text[n.start : n.end] in ("52", "37%", "58%")} == {
        "baseline"
    }
