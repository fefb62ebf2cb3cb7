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
