"""Which columns and rows of a table are arms, and what their headers leave unsaid."""

from __future__ import annotations

import pytest

from test_grids import brief, html_table, rows
from trialtab.extract.cell_shapes import shape
from trialtab.extract.table_dual import LONGEST, split_duals
from trialtab.extract.table_labels import label
from trialtab.model import Cell, Table

THREE = "Patients were randomly assigned to group A (n = 41), group B (n = 35) or group C (n = 29)."


def test_a_letter_beside_letters_is_an_arm_and_no_coefficient():
    table = html_table(
        "Complications in the three groups",
        ["Variable|{3}Groups", "|A|B|C"],
        ["Chest pain, n (%)|3 (7.3)|3 (8.6)|4 (13.8)", "Hypotension, n (%)|0|1 (2.9)|3 (10.3)"],
    )
    found = rows(table, THREE)
    assert [(row.outcome, row.events) for row in found if row.arm and row.arm.endswith("B")] == [
        ("Chest pain", 3), ("Hypotension", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "time"),
    [("3 h group", "3 h group", None), ("12-week group (n = 30)", "12-week group", None), ("12 weeks", "", "12 weeks"),
     ("6-month pain", "pain", "6-month")],
)  # fmt: skip
def test_a_duration_that_names_a_group_is_no_time(text, name, time):
    found = label(text)
    assert (found.name, found.time) == (name, time)


@pytest.mark.parametrize(
    ("text", "p"),
    [("Intergroup P", True), ("Inter-group p value", True), ("Between-group P", True), ("Intergroup", False)],
)
def test_a_p_between_groups_is_no_arm(text, p):
    assert label(text).p is p


def test_durations_that_are_the_arms_of_the_document_are_arms_in_a_header():
    table = html_table(
        "Results", ["|5 days (n = 50)|10 days (n = 48)"], ["Cure, n (%)|40 (80.0)|36 (75.0)"]
    )  # fmt: skip
    found = rows(table, "Children were randomly assigned to dolmirin for 5 days (n = 50) or 10 days (n = 48).")
    assert [(row.events, row.total) for row in found] == [(40, 50), (36, 48)]


def test_a_header_that_names_nothing_keeps_the_arms_above_it():
    table = html_table(
        "Changes",
        ["|Dolmirin|Placebo", "|{2}Mean (SD) change at week 24"],
        ["Weight, kg|2.1 (1.0)|1.2 (0.9)", "|Number of patients (%) at week 24|Number of patients (%) at week 24",
         "Metabolic syndrome|7/71 (10%)|11/78 (14%)"],
    )  # fmt: skip
    found = [row for row in rows(table) if row.events is not None]
    assert [(row.arm, row.events, row.total) for row in found] == [("dolmirin", 7, 71), ("placebo", 11, 78)]


def test_the_corner_over_arms_in_rows_names_the_outcome():
    table = html_table("Outcomes", ["CGI-I response|Much improved (n/N)"], ["Dolmirin|79/101", "Placebo|62/99"])
    assert [(row.outcome, row.arm, row.events) for row in rows(table)] == [
        ("CGI-I response, Much improved", "dolmirin", 79), ("CGI-I response, Much improved", "placebo", 62),
    ]  # fmt: skip


def test_no_below_yes_is_a_row_of_its_own():
    table = html_table("Outcomes", ["|Dolmirin (n = 25)|Placebo (n = 22)"],
                       ["Relapse|", "Yes|18 (72.0)|11 (50.0)", "No|7 (28.0)|11 (50.0)"])  # fmt: skip
    assert [row.events for row in rows(table) if row.row_path and row.row_path.endswith("No")] == [7, 11]


@pytest.mark.parametrize(
    ("text", "effect", "main"),
    [("OR 2.25 (1.34-3.79)", "odds_ratio", 2.25), ("HR = 0.6 (95% CI 0.4 to 0.9)", "hazard_ratio", 0.6),
     ("MD −3.2 (−5.1 to −1.2)", "mean_difference", -3.2), ("2.25 (1.34-3.79)", "", 2.25)],
)  # fmt: skip
def test_a_cell_may_name_its_effect(text, effect, main):
    found = shape(text)
    assert found.main is not None
    assert (found.kind, found.effect, found.main.value) == ("value", effect, main)
    assert found.low is not None


def test_a_rate_of_breaths_is_no_risk_ratio():
    assert shape("RR 12").effect == ""


def test_an_effect_in_a_cell_is_a_row_of_its_own():
    table = html_table("Outcomes", ["|Dolmirin|Placebo|Comparison"], ["Cure, n/N|30/40|20/40|OR 3.0 (1.2-7.6)"])
    (effect,) = [row for row in rows(table) if row.statistic == "odds_ratio"]
    assert (effect.value, effect.ci_low, effect.ci_high) == (3.0, 1.2, 7.6)


def test_a_table_of_who_took_part_with_a_later_time_tells_results():
    table = html_table(
        "Participant characteristics",
        ["|{2}Dolmirin|{2}Placebo", "|Baseline|Week 12|Baseline|Week 12"],
        ["Weight, kg, mean (SD)|70.1 (8.0)|66.2 (7.5)|70.3 (8.1)|70.0 (8.2)"],
    )
    assert [row.value for row in rows(table)] == [66.2, 70.0]


# ---- two arms in one cell ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heads", "cells"),
    [
        ("|Post-test; Intervention (control)", ("10.8±2.0 (4.9±1.9)", "0.3±0.8 (0.4±1.0)")),
        ("|Post-test (Intervention group/Control group)", ("10.8±2.0/4.9±1.9", "0.3±0.8/0.4±1.0")),
    ],
)
def test_a_cell_of_two_arms_is_two_cells(heads, cells):
    table = html_table("Outcomes", [heads], [f"Enjoyment, mean ± SD|{cells[0]}", f"Boredom, mean ± SD|{cells[1]}"])
    found = rows(table, "Patients were randomly assigned to the intervention group or the control group.")
    assert [brief(row)[3] for row in found] == [10.8, 4.9, 0.3, 0.4]
    assert [row.arm_role for row in found] == ["intervention", "control"] * 2
    assert {row.timepoint for row in found} == {"Post-test"}
    assert found[1].quote == "4.9±1.9"


def test_a_bracket_that_holds_no_arm_leaves_the_column_whole():
    body = [
        "Pain, mean ± SD|3.1±1.0 (0.7±0.5)|4.1±1.1 (0.2±0.4)",
        "Sleep, mean ± SD|5.1±1.0 (0.4±0.5)|5.0±1.1 (0.1±0.4)",
    ]
    table = html_table("Outcomes", ["|Dolmirin (change)|Placebo (change)"], body)
    assert {row.arm for row in rows(table)} <= {"dolmirin", "placebo"}
    assert all("change" not in (row.column_path or "").split(" > ")[-1:] for row in rows(table))


@pytest.mark.parametrize("piece", ["(", "/", "a (b) ", "; ", "a/", "(a/b", "."])
def test_headers_are_tried_in_linear_time_and_nothing_is_raised(piece):
    text = piece * 20_000
    cells = tuple(Cell(r, c, 1, 1, 0, len(text), header=r == 0) for r in range(3) for c in range(3))
    table = Table("Table 1", 0, len(text), 3, 3, cells)
    assert split_duals(table, text) is table
    few = tuple(Cell(r, c, 1, 1, 0, LONGEST, r == 0) for r in range(3) for c in range(3))
    assert split_duals(Table("Table 1", 0, LONGEST, 3, 3, few), text) is not None
