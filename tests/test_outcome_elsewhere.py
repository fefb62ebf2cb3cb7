"""Outcomes that stand in another part of the sentence than beside their number."""

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
        (  # the factors of a model
            "Bulky disease (HR 1.63 [1.1; 2.5]) and ECOG >1 (HR 2.21 [1.5; 3.4]) were associated with a shorter PFS.",
            ["PFS", "PFS"],
        ),
        (
            "Extramedullary disease (HR 2.74, 95% CI 1.58-4.77) was an independent risk factor for relapse, "
            "but age was not (HR 0.91, 95% CI 0.55-1.50).",
            ["relapse", "relapse"],
        ),
        ("Loss of B-cell aplasia predicted relapse (HR 6.3; 95% CI 1.2-32.8).", ["relapse"]),
        (  # an effect with an outcome of its own
            "Dolmirin was associated with longer PFS (HR 0.50, 95% CI 0.3-0.8) and OS (HR 0.60, 95% CI 0.4-0.9).",
            ["PFS", "OS"],
        ),
        (  # the head of a list of groups
            "Complete responses by subgroup: previous CAR T cells, 18/51 (35%); refractory, 22/72 (31%); "
            "relapsed, 34/61 (56%).",
            ["Complete responses"] * 3,
        ),
        ("ORR did not depend on the agent: CAR T cells, 80.4%; bispecific antibody, 71.0%.", ["ORR", "ORR"]),
        ("Adverse events were mild: rash, 12%; pruritus, 8%.", ["rash", "pruritus"]),
        (  # a topic, and a clause before a colon
            "IgG fell in 3 patients. As for infections, the incidence was 50.0% (3/6).",
            ["IgG", "infections"],
        ),
        (
            "Overall survival, the primary endpoint, was longer with dolmirin: the median was 24.3 months "
            "(95% CI 18.8-30.1).",
            ["Overall survival"],
        ),
        (
            "There was no significant difference between cohort A and cohort B in 12-month PFS "
            "(62.5% vs. 46.9%, P = 0.48).",
            ["PFS", "PFS"],
        ),
        ("CK of all patients decreased to 412 (190-880) U/L at week 12.", ["CK of all patients"]),
        ("With 16 months of median observation (IQR 10-22), two of the seven relapsed.", ["observation", "relapsed"]),
    ],
)  # fmt: skip
def test_outcome(text: str, expected: list[str]) -> None:
    assert [r.outcome for r in rows(text)] == expected


def test_a_list_begins_anew_behind_a_paragraph() -> None:
    text = "Survival of the series was 8 months in 5 patients.\n\n- CRS: all patients (5/5); grade 1-2 in four.\n"
    found = [r.outcome for r in rows(text) if r.events in (5, 4) and r.start > 50]
    assert found == ["CRS", "CRS"]
