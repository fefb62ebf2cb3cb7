"""Cohorts of one treatment as arms: dose levels, doses, the older and the younger; and a whole beside its parts."""

from __future__ import annotations

import pytest

from trialtab import readers, rules, run
from trialtab.extract import Extraction, extract

RULES = rules.load()


def read(text: str) -> tuple[str, Extraction]:
    (document,) = readers.read(text.encode(), "x.md")
    return document.text, extract(document, RULES)


def arm_of(text: str) -> dict[str, str | None]:
    """Quotation -> arm."""
    whole, found = read(text)
    return {whole[f.measure.start : f.measure.end]: f.arm for f in found.findings}


LEVELS = """# CAR T cells in T-cell leukaemia

## Methods

In this phase 1 dose-escalation study, patients received one of two dose levels.

## Results

Of 22 patients enrolled, 20 were infused (DL1, n=6; DL2, n=14). Complete remission was achieved in 16 of 20 patients
(80%): 4 of 6 at DL1 and 12 of 14 at DL2. Fever and rash were seen in 45% and 30%. The median follow-up was 9.3 months.
"""


def test_dose_levels_are_arms_beside_all_patients():
    text, found = read(LEVELS)
    assert [(a.label, a.role, a.n) for a in found.arms] == [
        ("overall", "overall", 20),
        ("DL1", "intervention", 6),
        ("DL2", "intervention", 14),
    ]
    arms = {text[f.measure.start : f.measure.end].replace("\n", " "): f.arm for f in found.findings}
    assert arms["16 of 20 patients (80%)"] == "overall"
    assert (arms["4 of 6"], arms["12 of 14"]) == ("DL1", "DL2")
    assert (arms["45%"], arms["30%"], arms["9.3 months"]) == ("overall", "overall", "overall")


DOSES = """# Subcutaneous amdivetamab in multiple myeloma

## Methods

In this phase 1b trial, adults with multiple myeloma received amdivetamab.

## Results

A total of 128 patients were treated. At the two recommended doses, the overall response rate was 69.6% (32/46) and
70.7% (29/41). Median follow-up was 13.7 months at 0.2 mg/kg and 8.9 months at 0.6 mg/kg. At 0.2 mg/kg, 14 patients had
a complete response, and at 0.6 mg/kg 10 patients. Infections were reported in 71 of 128 patients (55%).
"""


def test_doses_that_results_are_told_at_are_arms():
    arms = {" ".join(quote.split()): arm for quote, arm in arm_of(DOSES).items()}
    assert (arms["13.7 months"], arms["8.9 months"]) == ("0.2 mg/kg", "0.6 mg/kg")
    assert (arms["69.6% (32/46)"], arms["70.7% (29/41)"]) == ("0.2 mg/kg", "0.6 mg/kg")
    assert arms["71 of 128 patients (55%)"] == "overall"


def test_one_dose_alone_makes_no_cohorts():
    text = DOSES.replace("0.6 mg/kg", "0.2 mg/kg")
    assert set(arm_of(text).values()) == {"overall"}


AGES = """# CAR T cells in older patients with lymphoma: a registry study

## Results

Of 412 patients, 96 were 75 years or older. The response rate was 71% in the older and 73% in the younger group
(p = 0.67). Severe infections were more frequent in the older patients (18% versus 11%). Admission to intensive care was
necessary in 21 (22%) older and 51 (16%) younger patients.

Table 1. Toxicity, n (%)

| Event | ≥ 75 years (n = 96) | < 75 years (n = 316) |
| --- | --- | --- |
| CRS | 79 (82) | 262 (83) |
"""


def test_the_older_and_the_younger_of_a_registry_are_set_against_each_other():
    arms = arm_of(AGES)
    assert (arms["71%"], arms["73%"], arms["18%"], arms["11%"]) == ("older", "younger", "older", "younger")
    assert (arms["21 (22%)"], arms["51 (16%)"]) == ("older", "younger")
    assert (arms["79 (82)"], arms["262 (83)"]) == ("older", "younger")


PAIR = (
    "# Results\n\nPatients were randomly assigned to dolmirin or placebo. Relapse occurred in 9 of 20 patients "
    "with dolmirin and 2 of 20 with placebo.\n\n"
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Remission was achieved in 16 of 40 patients (40%): 12 of 20 with dolmirin and 4 of 20 with placebo.",
        "Remission was achieved in 16 of 40 patients (40%): dolmirin 12 of 20, placebo 4 of 20.",
        "Severe anaemia was seen in 16 patients (12 with dolmirin, 4 with placebo).",
    ],
)
def test_a_whole_is_of_neither_arm_that_shares_it(sentence):
    arms = {quote[:2].strip(): arm for quote, arm in arm_of(PAIR + sentence).items()}
    assert (arms["16"], arms["12"], arms["4"] if "4" in arms else arms["4 "]) == ("overall", "dolmirin", "placebo")


def test_a_name_that_is_never_set_against_the_two_arms_is_none():
    pairs = "".join(
        f"{outcome} occurred in {n} patients on dolmirin and {n + 2} patients on placebo. "
        for n, outcome in enumerate(("Nausea", "Headache", "Fever", "Rash"), start=3)
    )
    _, found = read(
        "# Dolmirin in heart failure: a randomised trial\n\n## Results\n\n"
        f"{pairs}The mean score was 31 in the contemporary group. In patients receiving multifactorial treatment the "
        "mean score was 28. The score of patients receiving multifactorial treatment was stable."
    )
    assert [arm.label for arm in found.arms if arm.role != "overall"] == ["dolmirin", "placebo"]


def test_doses_with_their_sizes_are_cohorts() -> None:
    (found,) = run.records(
        b"# Results\n\nThe engager was given with a top dose of 0.3 mg (n = 4), 1 mg (n = 6) or 3 mg (n = 6).\n\n"
        b"Fever was seen in none, three and five patients. No toxic effect occurred in the 0.3-mg and 1-mg groups, and "
        b"two of six patients in the 3-mg group had one.\n",
        "x.md",
    )
    assert [(arm.label, arm.n) for arm in found.arms if arm.role != "overall"] == [
        ("0.3 mg", 4),
        ("1 mg", 6),
        ("3 mg", 6),
    ]
