"""Results that are easily passed over: lists of grades, days, zeros said in words, spreads behind a time."""

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
        ("CRS was seen in 54 patients (90.0%): G1, 39; G2, 14; G3, 1.", [(54, None), (39, "1"), (14, "2"), (1, "3")]),
        ("CRS developed in 13/15 patients (G1 × 9, G2 × 3, G3 × 1).", [(13, None), (9, "1"), (3, "2"), (1, "3")]),
        ("Neurotoxicity: grade 1, 2; grade 2, 0; grade 3, 1.", [(2, "1"), (0, "2"), (1, "3")]),
        ("Three patients had ICANS, never above G1.", [(3, None), (0, ">=2")]),
    ],
)
def test_a_list_of_grades_counts_each(text: str, expected: list[tuple[float, str | None]]) -> None:
    assert [(r.events, r.grade) for r in rows(text)] == expected


def test_a_letter_and_a_figure_may_be_a_group() -> None:
    assert all(r.grade is None for r in rows("Infection occurred in 12 patients of G1 and in 8 of G2."))


@pytest.mark.parametrize(
    ("text", "value", "outcome"),
    [
        ("CRS started on day 7 (IQR, 6-9).", 7, "CRS"),
        ("Tmax was Day 9 in both groups.", 9, "Tmax"),
        ("The expansion peak was reached on day 14.", 14, "expansion peak"),
        ("ICANS was rare; the onset of CRS was on day 3 (median; range, 1-8).", 3, "onset of CRS"),
    ],
)
def test_the_day_that_something_fell_on(text: str, value: float, outcome: str) -> None:
    found = [(r.value, r.unit, r.outcome) for r in rows(text) if r.unit == "d"]
    assert found == [(value, "d", outcome)]


def test_a_day_on_which_something_was_measured_is_a_time() -> None:
    assert [(r.value, r.timepoint) for r in rows("CAR T cells were seen in 12 patients on day 9.")] == [(12, "day 9")]


@pytest.mark.parametrize(
    ("text", "quote", "outcome"),
    [
        ("ICANS was not observed in this cohort, and CRS was seen in 4 patients.", "was not observed", "ICANS"),
        ("Tumour lysis syndrome did not occur with dolmirin.", "did not occur", "Tumour lysis syndrome"),
        ("Five infections were seen and not one reactivation of CMV.", "not one reactivation", "reactivation"),
    ],
)  # fmt: skip
def test_what_did_not_occur_is_zero(text: str, quote: str, outcome: str) -> None:
    zeros = [r for r in rows(text) if r.events == 0]
    assert [r.negated for r in zeros] == [True]
    assert quote in zeros[0].quote
    assert outcome in (zeros[0].outcome or "")


@pytest.mark.parametrize(
    "text",
    [
        "A difference in survival was not observed.",
        "CRS was not seen in 12 of 13 patients.",
        "Infections did not occur more often with dolmirin.",
    ],
)
def test_no_zero(text: str) -> None:
    assert not any(r.events == 0 for r in rows(text))


def test_what_occurred_once() -> None:
    (row,) = [r for r in rows("Sepsis was seen in 3 with placebo; it occurred once with dolmirin.") if r.events == 1]
    assert row.quote == "once"


@pytest.mark.parametrize(
    ("text", "value", "spread", "timepoint"),
    [
        ("Overall survival was 58% at 12 months (95% CI, 40-70).", 58, (40, 70, None), "at 12 months"),
        ("Event-free survival was 66.7% at month 6 (SE 15.7).", 66.7, (None, None, 15.7), "at month 6"),
    ],
)
def test_a_spread_behind_the_time_of_a_share(
    text: str, value: float, spread: tuple[float | None, float | None, float | None], timepoint: str
) -> None:
    (row,) = rows(text)
    assert (row.value, row.statistic, row.timepoint) == (value, "proportion", timepoint)
    assert (row.ci_low, row.ci_high, row.se) == spread


def test_a_share_on_a_curve_with_its_standard_error_is_no_mean() -> None:
    (row,) = rows("One-year EFS: 47.1% ± 10.9%.")
    assert (row.statistic, row.percent) == ("proportion", 47.1)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("CK was 412 (190-880) U/L at Week 12 and 160 (96-238) U/L at Week 48.", [412, 160]),
        ("On day 28, 4/5 (80%) were in complete remission.", [80]),
        ("Median CD4 at day 100 was 214 and 149 cells/uL; at day 180, 301 and 266 cells/uL.", [214, 149, 301, 266]),
        ("The variant allele frequency did not change: 36% at baseline, 35% at week 24.", [35]),
        ("NK cells recovered to 50/uL or more in 14 patients.", [14]),
    ],
)  # fmt: skip
def test_numbers_behind_a_time_or_a_limit(text: str, values: list[float]) -> None:
    assert [r.value for r in rows(text)] == values
