"""The class of an outcome, by what was measured of it and by the words beside its name."""

from __future__ import annotations

import pytest

from trialtab import evidence, readers, rules
from trialtab.extract import extract
from trialtab.model import Evidence

RULES = rules.load()


def rows(text: str) -> list[Evidence]:
    (document,) = readers.read(text.encode(), "x.txt")
    return list(evidence.rows(document, extract(document, RULES), study="s", rules_digest="x", version="x").rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # what is given because of an adverse event, in a list and under a heading
            "Safety\n\nTocilizumab was used in 41.7%, steroids in 20.0%, and anakinra in 3 patients.",
            ["other", "other", "other"],
        ),
        ("Immunoglobulin was supplemented in 71.2% of patients.", ["other"]),
        ("Low levels of protective antibodies: 8 patients (44%).", ["adverse_event"]),
        ("ALT above three times the upper limit: 9 patients.", ["adverse_event"]),
        ("The direct antiglobulin test became negative in 8/15.", ["biomarker"]),
        ("Haptoglobin normalised in 12/13 patients.", ["biomarker"]),
        ("Venous thromboembolism recurred in 2.5% of patients.", ["relapse"]),
        ("Neutrophils recovered at a median of 16 days (IQR, 14-18).", ["time_to_event"]),
        ("B cells returned at a median of 112 days (range, 64-201).", ["biomarker"]),
        ("CRS appeared with a latency of 5.6 ± 2.2 days.", ["time_to_event"]),
        (  # causes of death, with words between
            "Five deaths not due to progression were notified: COVID-19 (3), sepsis (1) and delirium (1).",
            ["mortality"] * 4,
        ),
        (
            "Six deaths without relapse were attributed to infection (n = 4), bleeding (n = 1) and stroke (n = 1).",
            ["mortality"] * 4,
        ),
    ],
)  # fmt: skip
def test_class(text: str, expected: list[str]) -> None:
    assert [r.outcome_class for r in rows(text)] == expected
