"""Numbers of a sentence -> measures: every construction by its sentence, look-alikes, and printed forms read back.

The sentences go the whole way, from bytes to findings,
and only the measure of each finding is looked at; what it belongs to
is the matter of test_link.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import grows_as_its_size
from trialtab import language, readers, rules
from trialtab.extract import extract
from trialtab.extract.measures import Announced, announced, items, measures
from trialtab.model import MEASURED, Finding

RULES = rules.load()
NUMBERS = [
    name for name in MEASURED if name not in ("statistic", "unit", "qualifier", "negated", "count_of", "p_relation")
]


def findings(text: str) -> list[tuple[str, Finding]]:
    """Each finding of a text with its quotation."""
    (document,) = readers.read(text.encode(), "x.txt")
    return [(document.text[f.measure.start : f.measure.end], f) for f in extract(document, RULES).findings]


# ---- what a row of the table says ------------------------------------------------------------------------------

Expected = dict[str, Any]


def of(quote: str, events: float, total: float, percent: float | None = None, **more: Any) -> Expected:
    """events of total; a percentage that is not printed is computed and says so."""
    if percent is None:
        more |= {"value": events, "percent": round(100 * events / total, 1), "derived": ("percent",)}
    else:
        more |= {"value": percent, "percent": percent, "unit": "%"}
    return {"quote": quote, "statistic": "proportion", "events": events, "total": total, **more}


def share(quote: str, percent: float, events: float | None = None, **more: Any) -> Expected:
    """A percentage, with or without its events."""
    return {
        "quote": quote,
        "statistic": "proportion",
        "value": percent,
        "percent": percent,
        "events": events,
        "unit": "%",
        **more,
    }


def count(quote: str, value: float, **more: Any) -> Expected:
    return {"quote": quote, "statistic": "count", "value": value, "events": value, **more}


def none(quote: str, **more: Any) -> Expected:
    return {"quote": quote, "statistic": "count", "value": 0, "events": 0, "negated": True, **more}


def median(quote: str, value: float | None, **more: Any) -> Expected:
    return {"quote": quote, "statistic": "median", "value": value, **more}


def mean(quote: str, value: float, **more: Any) -> Expected:
    return {"quote": quote, "statistic": "mean", "value": value, **more}


def iqr(low: float, high: float) -> Expected:
    return {"q1": low, "q3": high}


def span(low: float, high: float) -> Expected:
    return {"range_low": low, "range_high": high}


def ci(low: float | None, high: float | None, level: float | None = 95) -> Expected:
    return {"ci_low": low, "ci_high": high, "ci_level": level}


def p(value: float, relation: str = "=") -> Expected:
    return {"p_value": value, "p_relation": relation}


def effect(quote: str, statistic: str, value: float, *parts: Expected, **more: Any) -> Expected:
    for part in parts:
        more |= part
    return {"quote": quote, "statistic": statistic, "value": value, **more}


def differences(quote: str, finding: Finding, expected: Expected) -> dict[str, tuple[Any, Any]]:
    """What differs, as name: (got, expected). A number that the row does not name has to be absent."""
    got = {"quote": quote, "derived": finding.derived, **{name: getattr(finding.measure, name) for name in MEASURED}}
    wanted = {**dict.fromkeys(NUMBERS), "derived": (), "qualifier": None, "negated": False, **expected}
    return {name: (got[name], value) for name, value in wanted.items() if got[name] != value}


def check(text: str, expected: list[Expected]) -> None:
    found = findings(text)
    assert len(found) == len(expected), [(quote, f.measure) for quote, f in found]
    for (quote, finding), row in zip(found, expected, strict=True):
        assert differences(quote, finding, row) == {}, quote


COUNTS = [
    # n of N, in figures and words
    ("Fever occurred in 4/11 patients.", [of("4/11", 4, 11)]),
    ("Fever occurred in 4 of 11 patients.", [of("4 of 11", 4, 11)]),
    ("Fever occurred in 4 out of 11 patients.", [of("4 out of 11", 4, 11)]),
    ("Fever occurred in 4 of the 11 patients.", [of("4 of the 11", 4, 11)]),
    ("Four of the 11 patients had fever.", [of("Four of the 11", 4, 11)]),
    ("Two of the eleven had fever.", [of("Two of the eleven", 2, 11)]),
    ("Twenty-one of 60 patients had fever.", [of("Twenty-one of 60", 21, 60)]),
    # n of N with its percentage, in any order
    ("Fever occurred in 4/11 (36%).", [of("4/11 (36%)", 4, 11, 36)]),
    ("Fever occurred in 4 of 11 (36.4%) patients.", [of("4 of 11 (36.4%)", 4, 11, 36.4)]),
    ("Fever occurred in four of eleven patients (36%).", [of("four of eleven patients (36%)", 4, 11, 36)]),
    ("Fever occurred in 4 (36.4%) of 11 patients.", [of("4 (36.4%) of 11 patients", 4, 11, 36.4)]),
    ("Fever occurred in 4 (36.4%) of the 11 patients.", [of("4 (36.4%) of the 11 patients", 4, 11, 36.4)]),
    ("Fever occurred in 36.4% (4/11) of patients.", [of("36.4% (4/11)", 4, 11, 36.4)]),
    ("Fever occurred in 36·4% (4 of 11).", [of("36·4% (4 of 11)", 4, 11, 36.4)]),
    ("Fever occurred in 36.4% (n=4/11).", [of("36.4% (n=4/11)", 4, 11, 36.4)]),
    ("Fever occurred in 1,204 of 9,310 patients (12.9%).", [of("1,204 of 9,310 patients (12.9%)", 1204, 9310, 12.9)]),
    (
        "One hundred and five of 210 patients (50%) had fever.",
        [of("One hundred and five of 210 patients (50%)", 105, 210, 50)],
    ),
    (
        "Fever occurred in 4 of 11 (36.4%, 95% CI 12.4 to 68.4) patients.",
        [of("4 of 11 (36.4%, 95% CI 12.4 to 68.4)", 4, 11, 36.4, **ci(12.4, 68.4))],
    ),
    ("Fever occurred in 72 of 207, 34.8%.", [of("72 of 207, 34.8%", 72, 207, 34.8)]),
    # a percentage and one of the two
    ("Fever occurred in 4 (36%).", [share("4 (36%)", 36, 4)]),
    ("Fever occurred in 4 patients (36%).", [share("4 patients (36%)", 36, 4)]),
    ("Four patients (36%) had fever.", [share("Four patients (36%)", 36, 4)]),
    ("Fever occurred in 36.4% (n = 4).", [share("36.4% (n = 4)", 36.4, 4)]),
    ("Fever occurred in 36.4% (4 patients).", [share("36.4% (4 patients)", 36.4, 4)]),
    ("Fever occurred in 36.4% of the 11 patients.", [share("36.4% of the 11 patients", 36.4, total=11)]),
    # a percentage alone
    ("Fever occurred in 36% of patients.", [share("36%", 36)]),
    ("Fever occurred in 36 per cent of patients.", [share("36 per cent", 36)]),
    ("Fever occurred in 36 percent of patients.", [share("36 percent", 36)]),
    ("The response rates were 40, 67 and 50%.", [share("40", 40), share("67", 67), share("50%", 50)]),
    ("The response rate was 61% (95% CI, 52 to 70).", [share("61% (95% CI, 52 to 70)", 61, **ci(52, 70))]),
    (
        "The response rate was 61% (95% confidence interval, 52 to 70).",
        [share("61% (95% confidence interval, 52 to 70)", 61, **ci(52, 70))],
    ),
    ("The response rate was 61% [52–70%].", [share("61% [52–70%]", 61, **ci(52, 70, None))]),
    ("The response rate was 61% (52%-70%).", [share("61% (52%-70%)", 61, **ci(52, 70, None))]),
    (
        "The 12-month progression-free survival was 30% (95% CI, 25% to 35%).",
        [share("30% (95% CI, 25% to 35%)", 30, **ci(25, 35))],
    ),
    ("Survival was 73% (67-80) at 6 months.", [share("73% (67-80)", 73, **ci(67, 80, None))]),
    # qualified
    ("Fever occurred in less than 5% of patients.", [share("less than 5%", 5, qualifier="<")]),
    ("Fever occurred in <5% of patients.", [share("<5%", 5, qualifier="<")]),
    ("Fever occurred in more than 40% of patients.", [share("more than 40%", 40, qualifier=">")]),
    ("Fever occurred in at least 40% of patients.", [share("at least 40%", 40, qualifier=">=")]),
    ("Fever occurred in up to 40% of patients.", [share("up to 40%", 40, qualifier="<=")]),
    ("Fever occurred in about 40% of patients.", [share("about 40%", 40, qualifier="~")]),
    ("Fever occurred in ~40% of patients.", [share("~40%", 40, qualifier="~")]),
    # all
    ("All eleven patients had a complete response.", [of("All eleven", 11, 11)]),
    ("All 11 patients had a complete response.", [of("All 11", 11, 11)]),
    ("All of the 11 patients responded.", [of("All of the 11", 11, 11)]),
    ("All patients had a complete response.", [share("All patients", 100, unit=None)]),
    # counts
    ("Fever occurred in four patients.", [count("four", 4)]),
    ("One patient died.", [count("One", 1)]),
    ("A single patient died.", [count("A single", 1)]),
    ("One instance of pneumonia was reported.", [count("One", 1)]),
    ("Three deaths and two relapses were seen.", [count("Three", 3), count("two", 2)]),
    ("There were 67 adverse events.", [count("67", 67, count_of="events")]),
    ("There were 12 episodes of fever in 9 patients.", [count("12", 12, count_of="episodes")]),
    ("The responders (n = 4) were followed.", [count("n = 4", 4)]),
    (
        "Sixty-seven adverse events occurred among the 11 patients.",  # events have no denominator
        [count("Sixty-seven", 67, count_of="events")],
    ),
    # none
    ("None of the eleven patients had fever.", [of("None of the eleven", 0, 11, negated=True)]),
    ("None of 11 patients had fever.", [of("None of 11", 0, 11, negated=True)]),
    ("None had a relapse.", [none("None")]),
    ("None of the patients had a relapse.", [none("None of the patients")]),
    ("No patients relapsed.", [none("No patients")]),
    ("There were no relapses.", [none("no relapses")]),
    ("No relapse or death occurred.", [none("No relapse"), none("death")]),
    ("No neutropenia, anaemia or fever was seen.", [none("No neutropenia"), none("anaemia"), none("fever")]),
    ("No grade 3 or higher infections were seen.", [none("No grade 3 or higher infections")]),
]  # fmt: skip

MEDIANS = [
    # interquartile range
    (
        "The median duration was 68 days (interquartile range [IQR], 39.5 to 128.8 days).",
        [median("68 days (interquartile range [IQR], 39.5 to 128.8 days)", 68, unit="day", **iqr(39.5, 128.8))],
    ),
    ("The median duration was 69 days (IQR, 51 to 90).", [median("69 days (IQR, 51 to 90)", 69, **iqr(51, 90))]),
    ("The median duration was 69 days (IQR 51-90).", [median("69 days (IQR 51-90)", 69, **iqr(51, 90))]),
    ("The median duration was 69 days [IQR: 51–90].", [median("69 days [IQR: 51–90]", 69, **iqr(51, 90))]),
    ("The median duration was 69 days (IQR: 51, 90).", [median("69 days (IQR: 51, 90)", 69, **iqr(51, 90))]),
    ("The median duration was 69 (IQR, 51 to 90) days in all.", [median("69 (IQR, 51 to 90) days", 69, **iqr(51, 90))]),
    (
        "The median duration was 69 days (25th to 75th percentile, 51 to 90).",
        [median("69 days (25th to 75th percentile, 51 to 90)", 69, **iqr(51, 90))],
    ),
    (
        "The median duration was 69 days (quartiles 51 and 90).",
        [median("69 days (quartiles 51 and 90)", 69, **iqr(51, 90))],
    ),
    ("The median (IQR) stay was 5 (3 to 8) days in all.", [median("5 (3 to 8) days", 5, **iqr(3, 8))]),
    (
        "The median stay was 5 days (interquartile range 4).",
        [median("5 days (interquartile range 4)", 5, iqr_width=4)],
    ),
    # range
    ("The median time to response was 45 days (range 21-153).",
     [median("45 days (range 21-153)", 45, **span(21, 153))]),
    (
        "The median time to response was 45 days (range, 21 to 153 days).",
        [median("45 days (range, 21 to 153 days)", 45, unit="day", **span(21, 153))],
    ),
    (
        "The median time to response, 45 days [range 21 to 153], was short.",
        [median("45 days [range 21 to 153]", 45, **span(21, 153))],
    ),
    ("The median time to response was 45 days (21–153).", [median("45 days (21–153)", 45, **span(21, 153))]),
    ("The median time to response was 45 (21–153) days in all.", [median("45 (21–153) days", 45, **span(21, 153))]),
    (
        "The median level was 1,204 pg/ml (range, 88 to 9,310) at day 7.",
        [median("1,204 pg/ml (range, 88 to 9,310)", 1204, unit="pg/ml", **span(88, 9310))],
    ),
    # confidence interval
    (
        "Median survival was 29·7 months (95% CI 8·8–41·0).",
        [median("29·7 months (95% CI 8·8–41·0)", 29.7, unit="month", **ci(8.8, 41))],
    ),
    (
        "Median progression-free survival was 5.3 months (95% CI, 4.1 to NR).",
        [median("5.3 months (95% CI, 4.1 to NR)", 5.3, unit="month", **ci(4.1, None))],
    ),
    # qualified, open, not reached
    ("The median time to response was under two months.", [median("under two months", 2, qualifier="<", unit="month")]),
    ("The median duration was more than 12 months.", [median("more than 12 months", 12, qualifier=">", unit="month")]),
    ("Median survival was not reached.", [median("not reached", None, qualifier="not reached")]),
    ("Median duration of response was not estimable.", [median("not estimable", None, qualifier="not estimable")]),
    (
        "Median progression-free survival was not yet reached (95% CI, 11.2 months to not estimable).",
        [
            median(
                "not yet reached (95% CI, 11.2 months to not estimable)", None, qualifier="not reached",
                **ci(11.2, None)
            )
        ],
    ),
    ("Median DOR, PFS and OS were not reached.", [median("not reached", None, qualifier="not reached")] * 3),
]  # fmt: skip

MEANS = [
    ("The mean score was 6.7 ± 0.4.", [mean("6.7 ± 0.4", 6.7, plus_minus=0.4)]),
    ("The mean score was 6.7±0.4 at the end.", [mean("6.7±0.4", 6.7, plus_minus=0.4)]),
    ("The mean weight was 67.2+/-9.5 kg at the end.", [mean("67.2+/-9.5 kg", 67.2, plus_minus=9.5, unit="kg")]),
    ("The mean score was 6.7 (SD 0.4).", [mean("6.7 (SD 0.4)", 6.7, sd=0.4)]),
    (
        "The mean weight was 67.2 kg (standard deviation 9.5).",
        [mean("67.2 kg (standard deviation 9.5)", 67.2, sd=9.5, unit="kg")],
    ),
    ("The mean score was 6.7 (SE 0.4).", [mean("6.7 (SE 0.4)", 6.7, se=0.4)]),
    ("The mean (SD) score was 6.7 (0.4).", [mean("6.7 (0.4)", 6.7, sd=0.4)]),
    ("The mean (SE) score was 6.7 (0.4).", [mean("6.7 (0.4)", 6.7, se=0.4)]),
    ("The mean score (SD) was 6.7 (0.4).", [mean("6.7 (0.4)", 6.7, sd=0.4)]),
    ("The mean score (± SD) was 6.7 ± 0.4.", [mean("6.7 ± 0.4", 6.7, sd=0.4)]),
    ("The mean score was 6.7 (95% CI 6.1 to 7.3).", [mean("6.7 (95% CI 6.1 to 7.3)", 6.7, **ci(6.1, 7.3))]),
    (
        "The mean change was −1.4 points (95% CI, −2.0 to −0.8).",
        [mean("−1.4 points (95% CI, −2.0 to −0.8)", -1.4, unit="points", **ci(-2, -0.8))],
    ),
    ("HbA1c fell by 1.5% (95% CI 1.1 to 1.9).", [mean("1.5% (95% CI 1.1 to 1.9)", 1.5, unit="%", **ci(1.1, 1.9))]),
    ("The score fell from 7.1 to 4.2.", [mean("from 7.1 to 4.2", 4.2)]),
    (
        "The response rate rose from 49.9% to 55.2%.",
        [share("from 49.9% to 55.2%", 49.9), share("from 49.9% to 55.2%", 55.2)],
    ),
]

EFFECTS = [
    (
        "The risk of death was lower (HR 0.78 [95% CI 0.65-0.94; p=0.01]).",
        [effect("HR 0.78 [95% CI 0.65-0.94; p=0.01]", "hazard_ratio", 0.78, ci(0.65, 0.94), p(0.01))],
    ),
    (
        "Death was rarer (hazard ratio, 0.78; 95% CI, 0.65 to 0.94; P = 0.01).",
        [effect("hazard ratio, 0.78; 95% CI, 0.65 to 0.94", "hazard_ratio", 0.78, ci(0.65, 0.94), p(0.01))],
    ),
    (
        "The adjusted hazard ratio for death was 0·78 (95% CI 0·65–0·94).",
        [effect("0·78 (95% CI 0·65–0·94)", "hazard_ratio", 0.78, ci(0.65, 0.94))],
    ),
    (
        "Death was rarer (aHR 0.78, 95% CI 0.65, 0.94).",
        [effect("aHR 0.78, 95% CI 0.65, 0.94", "hazard_ratio", 0.78, ci(0.65, 0.94))],
    ),
    (
        "Death was rarer (OR, 0.66 [95% CI, 0.51-0.86]).",
        [effect("OR, 0.66 [95% CI, 0.51-0.86]", "odds_ratio", 0.66, ci(0.51, 0.86))],
    ),
    (
        "Death was rarer (RR 0.66; 95% CI 0.51 to 0.86; p < 0.001).",
        [effect("RR 0.66; 95% CI 0.51 to 0.86", "risk_ratio", 0.66, ci(0.51, 0.86), p(0.001, "<"))],
    ),
    (
        "The risk ratio for death was 1.20 (90% CI, 1.01 to 1.43).",
        [effect("1.20 (90% CI, 1.01 to 1.43)", "risk_ratio", 1.2, ci(1.01, 1.43, 90))],
    ),
    (
        "The incidence rate ratio for falls was 0.71 (95% CI 0.55–0.92).",
        [effect("0.71 (95% CI 0.55–0.92)", "rate_ratio", 0.71, ci(0.55, 0.92))],
    ),
    (
        "The mean difference in pain was −1.2 points (95% CI −2.0 to −0.4).",
        [effect("−1.2 points (95% CI −2.0 to −0.4)", "mean_difference", -1.2, ci(-2, -0.4), unit="points")],
    ),
    (
        "Pain was less (standardized mean difference, -0.35; 95% CI, -0.6 to -0.1).",
        [
            effect(
                "standardized mean difference, -0.35; 95% CI, -0.6 to -0.1",
                "standardized_mean_difference",
                -0.35,
                ci(-0.6, -0.1),
            )
        ],
    ),
    (
        "Relapse was rarer (absolute difference, −3.5%; 95% CI, −6.0 to −1.0).",
        [effect("absolute difference, −3.5%; 95% CI, −6.0 to −1.0", "risk_difference", -3.5, ci(-6, -1))],
    ),
    # events per person-time
    ("Falls occurred at a rate of 2.3 per 100 person-years.", [effect("2.3 per 100 person-years", "rate", 2.3)]),
    (
        "The rate of falls was 2.3 per 1,000 patient-years (95% CI 1.1 to 4.9).",
        [effect("2.3 per 1,000 patient-years (95% CI 1.1 to 4.9)", "rate", 2.3, ci(1.1, 4.9))],
    ),
    # p-values
    ("Fever was seen in 40% vs 20% (P = .03).", [share("40%", 40, **p(0.03)), share("20%", 20, **p(0.03))]),
    ("Fever was seen in 40% vs 20% (p=0·03).", [share("40%", 40, **p(0.03)), share("20%", 20, **p(0.03))]),
    ("Fever was seen in 40% vs 20% (P<0.001).", [share("40%", 40, **p(0.001, "<")), share("20%", 20, **p(0.001, "<"))]),
    ("Fever was seen in 40% vs 20% (P>0.05).", [share("40%", 40, **p(0.05, ">")), share("20%", 20, **p(0.05, ">"))]),
    (
        "Fever (40% vs 20%; P = 0.01) and rash (10% vs 4%; P = 0.03) were seen.",
        [
            share("40%", 40, **p(0.01)),
            share("20%", 20, **p(0.01)),
            share("10%", 10, **p(0.03)),
            share("4%", 4, **p(0.03)),
        ],
    ),
    (
        "Survival differed between the groups (P<0.001).",
        [effect("P<0.001", "p_value", None, p(0.001, "<"))],
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [*COUNTS, *MEDIANS, *MEANS, *EFFECTS], ids=lambda x: x[:60] if isinstance(x, str) else ""
)
def test_measures(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        # doses and schedules
        "Patients received 5 mg/kg every 3 weeks.",
        "Dolmirin was given at a dose of 150 mg twice daily.",
        "Tablets of 20 mg were taken for 6 weeks.",
        "Cyclophosphamide at 300 mg/m2 was given on days -5 to -3.",
        "Visits took place at weeks 4, 8 and 12.",
        "Blood was drawn 30 minutes before each dose.",
        # dates, places, parts, identifiers
        "The trial ran from 12 March 2019 to 4 May 2021.",
        "The study was done at 14 centres in 6 countries.",
        "See Table 2 and Figure 3.",
        "This phase 2 trial was open-label.",
        "ClinicalTrials.gov number, NCT01234567.",
        "CD19 and IL-6 were measured.",
        # who was eligible, and who came
        "The median age was 61 years (range, 34 to 82).",
        "The mean age was 57 years.",
        "Patients aged 18 to 75 years were eligible.",
        "At baseline, the mean score was 34.2 (SD 6.1).",
        "At baseline, 12 of 40 patients (30%) had diabetes.",
        "Patients had received a median of 4 previous lines of therapy.",
        # thresholds and definitions
        "A response was defined as a fall of at least 50% in the score.",
        "Hemoglobin of at least 11 g/dl was required for a complete response.",
        "Hemoglobin of at least 11 g/dl in women and 12 g/dl in men was required for a complete response.",
        "The cutoff was 2.5 ng/ml.",
        "A P value below 0.05 was considered significant.",
        "The 95% confidence intervals were computed.",
        "A two-sided test was used.",
        # design and tests
        "Patients were randomised in a 2:1 ratio.",
        "The sample size was 120 patients, to give 80% power to detect a difference of 15%.",
        "The groups differed (t = 2.31, df = 48).",
        "The model gave F(2, 57) = 4.11.",
        "The analysis was by chi-square (χ2 = 6.2).",
        # others
        "Relapse is common after transplantation [12,13].",
        "In another study, 45% of patients had a response.",
        "Grade 3 or 4 events were recorded.",
    ],
)
def test_look_alikes_give_no_row(text):
    assert findings(text) == []


# ---- printed forms, read back ----------------------------------------------------------------------------------

whole = st.integers(2, 9_999)
tenths = st.integers(0, 9_999).map(lambda n: n / 10)
dashes = st.sampled_from(["-", "–", " to ", " – "])
FRACTIONS = [
    "{n}/{N} patients", "{n} of {N} patients", "{n} out of {N} patients", "{n} of the {N} patients", "{p}% ({n}/{N})",
    "{p}% ({n} of {N})", "{n} ({p}%) of {N} patients", "{n} of {N} patients ({p}%)", "{n} of {N} ({p}%) patients",
]  # fmt: skip
SPREADS = [
    ("(IQR, {})", "q"), ("(IQR {})", "q"), ("(interquartile range, {})", "q"), ("[IQR: {}]", "q"),
    ("(range, {})", "range"), ("(range {})", "range"), ("[range: {}]", "range"), ("({})", "range"),
    ("(95% CI, {})", "ci"), ("[95% CI: {}]", "ci"), ("(95% confidence interval {})", "ci"),
]  # fmt: skip
RATIOS = [
    ("hazard ratio", "hazard_ratio"), ("HR", "hazard_ratio"), ("odds ratio", "odds_ratio"), ("OR", "odds_ratio"),
    ("relative risk", "risk_ratio"), ("RR", "risk_ratio"), ("rate ratio", "rate_ratio"),
]  # fmt: skip
INTERVALS = [
    "({name}, {v}; 95% CI, {c})", "({name} {v}, 95% CI {c})", "({name} = {v} [95% CI: {c}])",
    "({name} {v}; 95% confidence interval {c})",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(0, 999), whole).filter(lambda pair: 1 <= pair[0] <= pair[1]),
    st.sampled_from(FRACTIONS),
)
def test_any_n_of_any_total_is_read(pair, form):
    n, total = pair
    percent = round(100 * n / total, 1)
    ((quote, finding),) = findings(f"Fever occurred in {form.format(n=n, N=f'{total:,}', p=percent)}.")
    m = finding.measure
    assert (m.statistic, m.events, m.total, m.percent) == ("proportion", n, total, percent)
    assert m.value == (percent if "%" in form else n)
    assert finding.derived == (() if "%" in form else ("percent",))
    assert str(n) in quote


@settings(max_examples=60, deadline=None)
@given(
    st.lists(tenths, min_size=3, max_size=3).map(sorted),
    dashes,
    st.sampled_from(SPREADS),
    st.sampled_from([".", "·"]),
)  # fmt: skip
def test_any_median_with_any_spread_is_read(three, dash, form, point):
    low, value, high = three
    printed = [f"{number:.1f}".replace(".", point) for number in three]
    spread = form[0].format(printed[0] + dash + printed[2])
    ((quote, finding),) = findings(f"The median time to response was {printed[1]} days {spread}.")
    m = finding.measure
    pairs = {"q": (m.q1, m.q3), "range": (m.range_low, m.range_high), "ci": (m.ci_low, m.ci_high)}
    assert (m.statistic, m.value, m.unit) == ("median", value, "day")
    assert pairs == {**dict.fromkeys(pairs, (None, None)), form[1]: (low, high)}
    assert quote == f"{printed[1]} days {spread}"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 999).map(lambda n: n / 100), min_size=3, max_size=3).map(sorted),
    dashes,
    st.sampled_from(RATIOS),
    st.sampled_from(INTERVALS),
)
def test_any_ratio_with_its_interval_is_read(three, dash, name, form):
    low, value, high = (f"{number:.2f}" for number in three)
    text = f"Death was rarer with dolmirin {form.format(name=name[0], v=value, c=low + dash + high)}."
    ((_, finding),) = findings(text)
    m = finding.measure
    assert (m.statistic, m.value, m.ci_low, m.ci_high, m.ci_level) == (
        name[1],
        float(value),
        float(low),
        float(high),
        95,
    )


# ---- what a document announces ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Values are medians (IQR).", Announced(median_pair="iqr", medians=True)),
        ("Values are medians and ranges (range).", Announced(median_pair="range", medians=True)),
        ("Variables are summarised as medians with interquartile ranges.", Announced(median_pair="iqr", medians=True)),
        ("Data are shown as median (25th–75th percentile).", Announced(median_pair="iqr", medians=True)),
        ("Numbers in brackets are ranges.", Announced(median_pair="range")),
        ("Values are given as mean (SD) or median (IQR).", Announced("iqr", mean_single="sd", plus_minus="sd")),
        ("We report median follow-up (IQR).", Announced(median_pair="iqr")),
        ("Data are mean ± SD.", Announced(mean_single="sd", plus_minus="sd")),
        ("Data are mean (SD).", Announced(mean_single="sd", plus_minus="sd")),
        ("Data are mean ± SEM.", Announced(mean_single="se", plus_minus="se")),
        ("Data are n (%).", Announced(mean_single="percent")),
        ("Nothing is said.", Announced()),
    ],
)
def test_announced(text, expected):
    assert announced(text) == expected


def test_where_all_values_are_medians_a_change_with_its_quartiles_is_one():
    said = "Values are presented as medians with interquartile ranges. Haemoglobin increased by 41 g/l (33–52)."
    unsaid = "Haemoglobin increased by 41 g/l (33–52). The interquartile range of age was 12 years."
    assert [(f.measure.statistic, f.measure.q1) for _, f in findings(said)] == [("median", 33)]
    assert "mean" in [f.measure.statistic for _, f in findings(unsaid)]


def test_what_is_announced_once_holds_for_the_document():
    pain = findings("Data are mean ± SD.\n\nThe pain score was 6.7 ± 0.4 at the end.")
    assert [(f.measure.value, f.measure.sd, f.measure.plus_minus) for _, f in pain] == [(6.7, 0.4, None)]
    stay = findings("Data are medians (interquartile range).\n\nThe median stay was 5 days (3–8).")
    assert [(f.measure.value, f.measure.q1, f.measure.q3, f.measure.range_low) for _, f in stay] == [(5, 3, 8, None)]


# ---- any text --------------------------------------------------------------------------------------------------

PIECES = [
    "4", "11", "0.78", "36%", "(", ")", "[", "]", ",", ";", ".", ":", "=", "±", "+/-", "-", "–", "to", "of", "and",
    "vs", "versus", "no", "none",
    "all", "median", "mean", "IQR", "range", "SD", "95% CI", "HR", "p", "P<0.001", "patients", "deaths", "days", "mg",
    "grade 3", "fever",
    "not reached", "respectively", "n", "per 100 person-years", "the", "dolmirin", "placebo", "group", "was", "from",
    "eleven", "each",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)))
def test_items_cover_a_sentence_and_measures_do_not_overlap(text):
    sentence = language.sentence(text, 0, len(text))
    row = items(sentence, RULES)
    assert [item.first for item in row] == [0, *(item.last for item in row)][: len(row)]
    assert sum(item.last - item.first for item in row) == len(sentence)
    last = 0
    for draft in measures(row, RULES, announced(text)):
        assert last <= draft.first < draft.last <= len(row)
        assert 0 <= draft.start < draft.end <= len(text)
        assert all(draft.start <= start < end <= len(text) for _, start, end in draft.captures)
        last = draft.last


@pytest.mark.parametrize(
    "unit", ["patients ", "HR 0.41 (95% CI 0.23-0.73) ", "grade 3 or ", "no deaths or ", "(", "median ", "not "]
)
def test_a_long_sentence_takes_linear_time(unit):
    """Four times the length may take up to eight times as long; a quadratic step would take sixteen times."""
    grows_as_its_size(
        lambda size: (unit * (size // len(unit) + 1))[:size],
        lambda text: measures(items(language.sentence(text, 0, len(text)), RULES), RULES, announced(text)),
        5_000,
        20_000,
    )


def test_a_difference_of_shares_in_percentage_points_is_a_risk_difference():
    text = "Remission was reached by 36 (60%) and 20 (33%) patients (risk difference 26 percentage points, CI 9-44)."
    assert [f.measure.statistic for _, f in findings(text)] == ["proportion", "proportion", "risk_difference"]


def test_a_signed_change_with_its_interval_is_a_mean():
    text = "Gains in acuity were +9.8 letters (95% CI 8.1 to 11.5) with dolmirin and +4.1 (2.2 to 6.0) with placebo."
    assert [(f.measure.statistic, f.measure.ci_low) for _, f in findings(text)] == [("mean", 8.1), ("mean", 2.2)]
