"""Definitions of outcomes as a document prints them, and the rows that they define."""

from __future__ import annotations

import pytest

from trialtab import run
from trialtab.model import Evidence

METHODS = "# Methods\n\nPatients were randomly assigned to dolmirin or placebo. {}\n\n# Results\n\n{}\n"


def rows(methods: str, results: str) -> list[Evidence]:
    (record,) = run.records(METHODS.format(methods, results).encode(), "trial.md")
    return [row for row in record.rows if row.outcome_class != "enrollment"]


@pytest.mark.parametrize(
    ("methods", "results", "definition", "timepoint"),
    [
        (
            "The primary end point was a SALT score of 20 or less at week 24.",
            "The primary end point was met by 30 of 60 patients with dolmirin.",
            "a SALT score of 20 or less at week 24",
            "at week 24",
        ),
        (
            "The primary outcome was clinical cure, assessed by masked raters; secondary outcomes were relapse.",
            "The primary outcome occurred in 30 of 60 patients with dolmirin.",
            "clinical cure",
            None,
        ),
        (
            "Complete response was defined as haemoglobin above 120 g/L without transfusion.",
            "A complete response was seen in 30 of 60 patients with dolmirin.",
            "haemoglobin above 120 g/L without transfusion",
            None,
        ),
        (
            "Responses were assessed according to the Lugano 2014 criteria.",
            "A partial response was seen in 30 of 60 patients with dolmirin.",
            "Lugano 2014 criteria",
            None,
        ),
        (
            "Cytokine release syndrome was graded by ASTCT consensus.",
            "Cytokine release syndrome occurred in 30 of 60 patients with dolmirin.",
            "ASTCT consensus",
            None,
        ),
    ],
)
def test_a_row_has_the_definition_of_its_outcome(methods, results, definition, timepoint):
    (row,) = rows(methods, results)
    assert (row.definition, row.timepoint) == (definition, timepoint)
    assert (row.events, row.total) == (30, 60)


def test_a_primary_end_point_is_of_the_class_of_its_definition():
    (row,) = rows(
        "The primary end point was death from any cause by day 28.",
        "The primary end point occurred in 12 of 60 patients with dolmirin.",
    )
    assert (row.outcome, row.outcome_class) == ("primary end point", "mortality")


@pytest.mark.parametrize(
    "methods",
    [
        "The primary end point was met in an earlier trial.",
        "The primary end point was analysed by intention to treat.",
        "Adverse events were graded by CTCAE version 5.0.",
    ],
)
def test_what_is_said_of_an_end_point_is_no_definition(methods):
    (row,) = rows(methods, "Death occurred in 12 of 60 patients with dolmirin.")
    assert row.definition is None
    (row,) = rows(methods, "The primary end point occurred in 12 of 60 patients with dolmirin.")
    assert row.definition is None
