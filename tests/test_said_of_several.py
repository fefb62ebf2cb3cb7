"""What is said once of several numbers: a p-value, a grade, the kind of an average."""

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
        ("Response was seen in 31.9% of those treated before against 24.5% of the others (P = 0.34).", [0.34] * 2),
        ("Remission was seen in 13/14 with few blasts and in 6/9 with more (p = 0.26, Fisher).", [0.26] * 2),
        (
            "Data are presented as median (IQR). The SLEDAI-2K score was 4 (2, 6) at month 1, 2 (0, 4) at month 3 and "
            "0 (0, 2) at month 6 (all P<0.001).",
            [0.001] * 3,
        ),
        ("Fever was seen in 31.9% of patients, and relapse in 24.5% (P = 0.34).", [None, 0.34]),
    ],
)  # fmt: skip
def test_a_p_value_of_several(text: str, expected: list[float | None]) -> None:
    assert [r.p_value for r in rows(text)] == expected


def test_a_grade_of_a_whole_list() -> None:
    found = rows("On-target toxicities were seen: dysgeusia 18%, nail changes 25%, rash 14%, all grade 1-2.")
    assert [r.grade for r in found] == ["1-2"] * 3


def test_a_grade_of_one_is_not_that_of_the_others() -> None:
    found = rows("Dysgeusia was seen in 18% of patients, fever in 25%, and rash of grade 3 in 14%.")
    assert [r.grade for r in found] == [None, None, "3"]


def test_medians_said_behind() -> None:
    found = rows("Time to first response, 1.0 months; time to best response, 4.2 months (medians).")
    assert [(r.value, r.statistic) for r in found] == [(1.0, "median"), (4.2, "median")]


def test_nobody_above_a_grade() -> None:
    found = rows("CRS: any grade in 45 (78%), nobody above grade 2.")
    assert [(r.events, r.grade) for r in found] == [(45, None), (0, ">=3")]


def test_a_part_of_a_marker_is_no_proportion_of_patients() -> None:
    (row,) = rows("At month 6, class-switched memory B cells made up 2.3% of the total.")
    assert (row.statistic, row.value, row.percent) == ("other", 2.3, None)


TABLE = """# Low-dose mosunetuzumab

Nineteen patients were treated: 11 with Sjögren's disease (SjD) and 8 with cold agglutinin disease (CAD).

Table 1. Adverse events

| Event, n (%) | SjD (n=11), any grade | SjD (n=11), grade ≥3 | CAD (n=8), any grade | CAD (n=8), grade ≥3 |
| --- | --- | --- | --- | --- |
| Neutropenia | 2 (18) | 1 (9) | 2 (25) | 1 (13) |
| CRS | 5 (45) | 0 | 3 (38) | 0 |
"""


def test_an_arm_may_have_a_column_for_each_grade() -> None:
    (document,) = readers.read(TABLE.encode(), "x.md")
    told = evidence.rows(document, extract(document, RULES), study="s", rules_digest="x", version="x").rows
    found = [(r.outcome, r.arm, r.grade, r.events) for r in told if r.table_label]
    assert found == [
        ("Neutropenia", "SjD", None, 2),
        ("Neutropenia", "SjD", ">=3", 1),
        ("Neutropenia", "CAD", None, 2),
        ("Neutropenia", "CAD", ">=3", 1),
        ("CRS", "SjD", None, 5),
        ("CRS", "SjD", ">=3", 0),
        ("CRS", "CAD", None, 3),
        ("CRS", "CAD", ">=3", 0),
    ]


def test_an_effect_named_once() -> None:
    found = rows("Survival was longer in men (hazard ratio 0.57, 0.38-0.84) and not in women (0.94, 0.61-1.45).")
    assert [(r.statistic, r.value, r.ci_low, r.ci_high) for r in found] == [
        ("hazard_ratio", 0.57, 0.38, 0.84),
        ("hazard_ratio", 0.94, 0.61, 1.45),
    ]


def test_an_interval_without_an_upper_limit_and_without_its_name() -> None:
    found = rows("Median PFS was 8.9 months (95% CI 6.4 to 11.2) with A and 9.4 months (6.1 to not estimable) with B.")
    assert [(r.value, r.ci_low, r.ci_high) for r in found] == [(8.9, 6.4, 11.2), (9.4, 6.1, None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Median CD4 counts (cells/uL) were 214 (IQR, 118-330).", [(214, "cells/uL")]),
        ("Time to first relapse, median (weeks): 13.1.", [(13.1, "wk")]),
    ],
)  # fmt: skip
def test_a_unit_behind_the_name_of_what_was_measured(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(r.value, r.unit) for r in rows(text)] == expected
