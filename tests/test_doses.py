"""The dose of each arm, as the report prints it: beside the arm's own name, or none."""

from __future__ import annotations

import pytest

from by_hand import finding, record
from trialtab import compare, run, views
from trialtab.model import Arm


def doses(text):
    """Label of each arm -> its dose; the dose is what stands at its place."""
    (made,) = run.records(f"# A randomised trial\n\n## Results\n\n{text}".encode(), "trial.md")
    for arm in made.arms:
        assert arm.dose is None or " ".join(made.document.text[arm.dose_start : arm.dose_end].split()) == arm.dose
    return {arm.label: arm.dose for arm in made.arms}


SEEN = " A response was seen in 40 of 100 patients with dolmirin and 20 of 100 with placebo."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We randomised 200 patients to dolmirin 15 mg twice daily (n=100) or placebo (n=100)." + SEEN,
         {"dolmirin": "15 mg twice daily", "placebo": None}),
        ("We randomised 200 patients to dolmirin, given at a dose of 2 mg/kg every 3 weeks (n=100), or placebo (n=100)."
         + SEEN, {"dolmirin": "2 mg/kg every 3 weeks", "placebo": None}),
        ("We randomised 300 patients to dolmirin 50 mg (n=100), dolmirin 100 mg (n=100) or placebo (n=100). A response "
         "was seen in 40 of 100 with dolmirin 50 mg, 50 of 100 with dolmirin 100 mg and 20 of 100 with placebo.",
         {"dolmirin 50 mg": "50 mg", "dolmirin 100 mg": "100 mg", "placebo": None}),
        ("We randomised 200 patients to dolmirin (n=100) or placebo (n=100), and all took aspirin 81 mg daily." + SEEN,
         {"dolmirin": None, "placebo": None}),
        ("Eleven patients received an infusion of CD19 CAR T cells at a dose of 1×10^6 CAR T cells per kg after "
         "fludarabine 30 mg/m2. A complete response was seen in 9 of 11 patients.",
         {"overall": "1×10^6 CAR T cells per kg"}),
    ],
    ids=["beside its name", "at a dose of", "doses of one drug", "another drug's", "cells"],
)  # fmt: skip
def test_a_dose_is_that_of_the_name_beside_it(text, expected):
    assert doses(text) == expected


def test_the_table_of_characteristics_shows_it():
    text = "Results\n\nThere was a response in 4 patients."
    one = Arm(arm_id="A1", label="overall", role="overall", intervention="dolmirin", dose="15 mg daily")
    made = record(text, "a.txt", found=(finding(text, "4 patients", events=4.0),), arms=(one,))
    arms = compare.characteristics(*compare.from_records([made]))
    for for_machines in (False, True):
        table = views.characteristics(arms, for_machines=for_machines)
        (row,) = table.rows
        assert dict(zip(table.columns, (cell.text for cell in row), strict=True))["dose"] == "15 mg daily"
