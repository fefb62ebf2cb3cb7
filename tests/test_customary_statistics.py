"""The statistic of a number of which a text names none: amounts of change, times to an event, measurements."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import extract

RULES = rules.load()
TRIAL = "Adults were randomly assigned to dolmirin or placebo. "


def told(text: str) -> list[tuple[float | None, str, float | None]]:
    """(value, statistic, percent) of each result."""
    (document,) = readers.read((TRIAL + text).encode(), "x.txt")
    return [
        (f.measure.value, f.measure.statistic, f.measure.percent)
        for f in extract(document, RULES).findings
        if not f.enrollment and f.measure.statistic != "p_value"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Plasma ferritin fell by 12.5% in the dolmirin group and 3.1% in the placebo group.",
            [(12.5, "mean", None), (3.1, "mean", None)],
        ),
        (
            "Bone mineral density showed a 2.4% increase with dolmirin and a 1.9% decrease with placebo.",
            [(2.4, "mean", None), (1.9, "mean", None)],
        ),
        (
            "There was a decrease of 8.1% in serum urate with dolmirin and of 1.5% with placebo.",
            [(8.1, "mean", None), (1.5, "mean", None)],
        ),
        (  # a share of patients
            "Headache had disappeared by week 4 in 40% of the dolmirin group and 22% of the placebo group.",
            [(40.0, "proportion", 40.0), (22.0, "proportion", 22.0)],
        ),
        (  # what was achieved by patients
            "A pain score below 3 was achieved by 61% with dolmirin and 42% with placebo.",
            [(61.0, "proportion", 61.0), (42.0, "proportion", 42.0)],
        ),
    ],
)
def test_an_amount_of_change_is_a_mean_and_no_share(text: str, expected: list[tuple[float, str, float | None]]):
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dolmirin was superior in TTP (9.1 and 6.4 months, P = 0.01).", ["median", "median"]),
        ("PFS was 9.1 months in the dolmirin group and 6.4 months in the placebo group.", ["median", "median"]),
        ("Time to extubation was shorter (dolmirin, 4.5 hours; placebo, 7.4 hours).", ["median", "median"]),
        ("Hospital stay was 6.5 days with dolmirin and 8.1 days with placebo.", ["mean", "mean"]),
    ],
)
def test_times_to_an_event_are_medians_and_other_measurements_means(text: str, expected: list[str]):
    assert [statistic for _, statistic, _ in told(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No mean differences in sleep were seen (dolmirin 6.1 vs. placebo 5.8, P = 0.71).", 0),
        ("The mean difference in pain between dolmirin and placebo was 0.8 (95% CI 0.2 to 1.4).", 1),
    ],
)
def test_what_is_set_against_another_number_is_no_difference(text: str, expected: int):
    assert [statistic for _, statistic, _ in told(text)].count("mean_difference") == expected


def counts(text: str) -> list[tuple[float | None, str | None]]:
    """(events, arm) of the counts of a text."""
    (document,) = readers.read((TRIAL + text).encode(), "x.txt")
    return [
        (f.measure.events, f.arm)
        for f in extract(document, RULES).findings
        if not f.enrollment and f.measure.statistic == "count"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "There was one stroke with dolmirin and two deep vein thromboses with placebo.",
            [(1, "dolmirin"), (2, "placebo")],
        ),
        (
            "Peritonitis was as frequent in both arms (dolmirin 21, placebo 23, relative risk 0.91, P = 0.8).",
            [(21, "dolmirin"), (23, "placebo")],
        ),
        (
            "Two dolmirin and three placebo patients stopped treatment because of rash.",
            [(2, "dolmirin"), (3, "placebo")],
        ),
        ("Pain scores were 34 with dolmirin and 36 with placebo.", []),
        ("Serum urate was similar (dolmirin 34, placebo 36, P = 0.8).", []),
    ],
)
def test_bare_numbers_that_count(text: str, expected: list[tuple[float, str]]):
    assert counts(text) == expected


def test_an_abstract_that_heads_no_results_tells_them_under_methods():
    text = (
        "BACKGROUND: Gout hurts.\nPATIENTS AND METHODS: Adults were randomly assigned to dolmirin or placebo. Flares "
        "were seen in 12% of the dolmirin group and 20% of the placebo group.\nCONCLUSION: Dolmirin works.\n"
    )
    (document,) = readers.read(text.encode(), "x.txt")
    assert [f.measure.percent for f in extract(document, RULES).findings if not f.enrollment] == [12, 20]


def test_methods_stay_methods_where_results_are_headed():
    text = (
        "BACKGROUND: Gout hurts.\nMETHODS: Adults were randomly assigned to dolmirin or placebo. Of these, 12% smoked "
        "and 20% drank.\nRESULTS: Flares were seen in 15% of the dolmirin group and 25% of the placebo group.\n"
    )
    (document,) = readers.read(text.encode(), "x.txt")
    assert [f.measure.percent for f in extract(document, RULES).findings if not f.enrollment] == [15, 25]
