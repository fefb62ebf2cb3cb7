"""Ways of writing results, with look-alikes: what is said behind a number, in brackets, by order and in headings."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import extract

RULES = rules.load()
TRIAL = "Patients were randomly assigned to dolmirin or placebo.\n\n"


def told(text: str) -> list[tuple[str, str, str]]:
    """(quotation, outcome, arm) of each finding that is no enrolment."""
    (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
    findings = extract(document, RULES).findings
    return [
        (document.text[f.measure.start : f.measure.end], f.outcome or "", f.arm or "")
        for f in findings
        if not f.enrollment
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # the outcome behind a change, not the subject before it
            "Dolmirin was associated with a 50% increase in heart rate.",
            [("50%", "increase in heart rate")],
        ),
        ("All nodules were firm and 12 mm in diameter.", [("12 mm", "diameter")]),
        (
            "There was no effect on overall survival (30 months vs 29 months).",
            [("30 months", "overall survival"), ("29 months", "overall survival")],
        ),
        (
            "Three deaths were attributed to treatment (two from pneumonia, one from sepsis).",
            [("Three", "deaths"), ("two", "death from pneumonia"), ("one", "death from sepsis")],
        ),
        (  # verbs that tell a span of time
            "Fever was seen in 5 patients (5%). It lasted a median of 8 days.",
            [("5 patients (5%)", "Fever"), ("8 days", "duration of Fever")],
        ),
        ("Complete response occurred in all patients.", [("all patients", "Complete response")]),
        ("Samples were taken in all patients.", []),
        ("Neither death nor relapse occurred.", [("Neither death", "death"), ("relapse", "relapse")]),
        (
            "Median overall and progression-free survival were 12 and 6 months.",
            [("12", "overall survival"), ("6 months", "progression-free survival")],
        ),
    ],
)
def test_outcome(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(quote, outcome) for quote, outcome, _ in told(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Relapse was seen in 15% (induction) and 30% (no induction) of patients.", ["induction", "no induction"]),
        ("Median time to relapse was 9 and 4 months for dolmirin and placebo, respectively.", ["dolmirin", "placebo"]),
        ("There were three deaths with dolmirin and eight deaths with placebo.", ["dolmirin", "placebo"]),
        (
            "The response rate with dolmirin was 43%, as compared with 28% with placebo.",
            ["dolmirin", "placebo"],
        ),
    ],
)
def test_arm(text: str, expected: list[str]) -> None:
    assert [arm for _, _, arm in told(TRIAL + text)] == expected


def test_an_outcome_is_no_arm() -> None:
    assert {arm for _, _, arm in told(TRIAL + "Dolmirin was better than placebo for pain control (43% vs 28%).")} == {
        "dolmirin",
        "placebo",
    }


@pytest.mark.parametrize(
    ("text", "statistic", "percent"),
    [
        ("Bone mineral density changed by -4.0% with dolmirin.", "mean", None),
        ("Mortality was 13.5% lower with dolmirin.", "other", None),
        ("Mortality was 13.5% with dolmirin.", "proportion", 13.5),
    ],
)
def test_a_percentage_that_is_no_share_of_patients(text: str, statistic: str, percent: float | None) -> None:
    (document,) = readers.read(f"# Results\n\n{TRIAL}{text}".encode(), "x.md")
    measures = [f.measure for f in extract(document, RULES).findings if not f.enrollment]
    assert [(m.statistic, m.percent) for m in measures] == [(statistic, percent)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Infection was the source of shock in 48 patients (36%).", "baseline"),
        ("Relapse had come after a median of 8 months before the cells were given.", "baseline"),
        ("Ninety patients took part (70% female; age 38 years, haemoglobin 9 g/dL).", "baseline"),
    ],
)
def test_who_the_patients_were(text: str, reason: str) -> None:
    (document,) = readers.read(f"# Results\n\n## Enrollment\n\n{text}".encode(), "x.md")
    extraction = extract(document, RULES)
    assert [f for f in extraction.findings if not f.enrollment] == []
    assert reason in {number.reason for number in extraction.numbers}


def test_a_share_under_another_heading_is_a_result() -> None:
    (document,) = readers.read(b"# Results\n\n## Safety\n\nPneumonia occurred in 48 patients (36%).", "x.md")
    assert len(extract(document, RULES).findings) == 1


def test_a_size_said_of_two_arms_is_the_size_of_neither() -> None:
    both = "In all, 225 patients were randomly assigned to dolmirin or placebo. "
    both += "Fever occurred in 20% with dolmirin and 10% with placebo."
    own = both.replace("dolmirin or placebo.", "dolmirin (n = 112) or placebo (n = 113).")
    for text, sizes in ((both, [None, None]), (own, [112, 113])):
        (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
        assert [arm.n for arm in extract(document, RULES).arms] == sizes


def test_a_number_in_a_p_value_is_that_of_its_finding() -> None:
    (document,) = readers.read(f"# Results\n\n{TRIAL}Fever was rarer (12% vs 20%, P = 0.03).".encode(), "x.md")
    extraction = extract(document, RULES)
    assert {f.measure.p_value for f in extraction.findings if not f.enrollment} == {0.03}
    (fate,) = {n.fate for n in extraction.numbers if document.text[n.start : n.end] == "P = 0.03"}
    assert fate == "extracted"
