"""Numbers that the words right beside them tell to be no results: exposure, prices, plans, times before, others'."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import extract
from trialtab.extract.fate import of_the_trial_that_opens

RULES = rules.load()


def ledger(text: str) -> dict[str, tuple[str, str]]:
    """Printed number -> (fate, reason)."""
    (document,) = readers.read(text.encode(), "x.txt")
    return {document.text[n.start : n.end]: (n.fate, n.reason) for n in extract(document, RULES).numbers}


@pytest.mark.parametrize(
    ("text", "number", "reason"),
    [
        ("A median of 7 (IQR 3-13) cycles was given, and 40 of 60 patients responded.", "7", "schedule or exposure"),
        ("Median number of\ncycles: 5 [IQR 2-8]. Of 60 patients 40 responded.", "5", "schedule or exposure"),
        ("It was free of charge in three of the five centres.", "three of the five", "number of places or studies"),
        ("Each infusion costs 310,000 euros, and 8 of 20 patients relapsed.", "310,000", "price"),
        ("Survival was longer (HR 0.70; P=.02, below the boundary of 0.048).", "0.048", "threshold"),
        ("The platelets of all exceeded 50 × 10^9/L, at a median of 20 days.", "50 × 10^9/L", "threshold"),
        ("Neutrophils took 11.3 ± 4.8 days to exceed 1.0 × 10^9/L.", "1.0 × 10^9/L", "threshold"),
        ("All 12 were MRD-negative by flow cytometry (<0.01%).", "0.01%", "threshold"),
        ("Events of grade 3 seen in more than two patients were neutropenia (7 of 40).", "two", "threshold"),
        ("Changes from baseline HbA1c (8.06%) were +0.02% with placebo.", "8.06%", "baseline"),
        ("The trial (planned enrollment: 700 patients) was stopped after 482.", "700", "planned"),
        ("Pain relief lasted 30 days with 5% KNO3 in 12 of 20.", "5%", "dose"),
        ("Day 90, with 22 evaluable: nine remissions had held.", "22", "denominator"),
        ("The mean ESSDAI of 10.6 (SD 3.9) declined to 6.2 (SD 3.3) at week 12.", "10.6", "baseline"),
        ("Median proteinuria fell to 0.4 g/g (IQR, 0.2-0.7) from 3.2 g/g (IQR, 1.9-4.6).", "3.2 g/g", "baseline"),
        ("Ten were taking steroids at the start of the study; seven of the ten could stop.", "Ten", "baseline"),
        ("IgG, whose median was 8.9 g/L at\nthe beginning, fell to 5.6 g/L.", "8.9 g/L", "baseline"),
        ("Emergency treatment, given to 14 people in the 3 months before the study, was rare.", "14", "baseline"),
        (
            "Of 227 patients, 139 were infused with axi-cel and 88 with tisa-cel. Tisa-cel recipients were older "
            "(median 66 vs 60 years).", "66", "baseline",
        ),
        ("There were 23 infused patients: 14 boys and 9 girls.", "14", "baseline"),
        ("Regarding the 9 patients with bulky disease, 5 obtained a complete response.", "9", "denominator"),
        ("Five patients relapsed; biopsies in 4 showed loss of both antigens in 1.", "4", "denominator"),
        ("A trial that will enroll 24 children has begun.", "24", "planned"),
        ("Remission was frequent; a phase 2 study with 30 participants is ongoing.", "30", "planned"),
        ("80 mg has been chosen for a placebo-controlled trial in 171 patients.", "171", "planned"),
        ("The total dose was split into 10%, 30% and 60%, given on days 0, 3 and 7.", "30%", "dose"),
        ("For context, the 1-year survival in the BMT CTN 1703 trial was 52.7%.", "52.7%", "another study's result"),
        ("A Chinese phase I trial described remission in 18 of 20 recipients.", "18 of 20", "another study's result"),
        ("Three patients responded (text CC BY 4.0).", "4.0", "licence"),
    ],
)  # fmt: skip
def test_what_says_against_a_number(text: str, number: str, reason: str) -> None:
    found = ledger(text)
    told = {printed: why for printed, (_, why) in found.items() if number in printed or printed in number}
    assert reason in told.values(), found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("A response was seen in 12 patients, at a median of 20 days.", "12"),
        ("Costs were 4,300 euros with dolmirin versus 5,100 euros with placebo (P=0.02).", "5,100"),
        ("Haemoglobin rose from 7.4 g/dL to 12.1 g/dL.", "12.1 g/dL"),
        ("Nausea was seen in more than two thirds (40 of 55).", "40 of 55"),
        ("MRD negativity was reached in 45% of patients.", "45%"),
        ("For comparison, 129 matched patients had a complete response in 24.8%.", "24.8%"),
    ],
)
def test_results_that_look_like_them(text: str, number: str) -> None:
    found = ledger(text)
    assert any(fate == "extracted" for printed, (fate, _) in found.items() if number in printed), found


LETTER = (
    "Leukaemia that relapses after transplantation is rapidly fatal; with nelarabine, the remission rate is 31% "
    "and survival at one year 28%. We report on five patients. On day 28, "
    "remission was seen in 4 of 5 patients, and one year later survival was 60%."
)


def test_what_a_letter_tells_before_its_own_work_is_background() -> None:
    found = ledger(LETTER)
    assert [found[n][0] for n in ("31%", "28%")] == ["ignored"] * 2
    assert found["60%"][0] == "extracted"


def test_a_sentence_that_opens_with_another_trial_is_its_own_up_to_our_own() -> None:
    head = "Talvecatamab once a month"
    opens = "In MonumenTAL-1 around 70% had taste changes, and in our cohort 40%."
    assert of_the_trial_that_opens(opens, opens.index("70%"), head, frozenset()) == "another study's result"
    assert of_the_trial_that_opens(opens, opens.index("40%"), head, frozenset()) is None
    assert of_the_trial_that_opens(opens, opens.index("70%"), "MonumenTAL-1", frozenset()) is None
