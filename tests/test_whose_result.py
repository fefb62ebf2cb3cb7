"""Whose a result is, what it is of and when it was: constructions of one or two sentences, read whole."""

from __future__ import annotations

import pytest

from trialtab import run
from trialtab.model import Evidence

TRIAL = "# Results\n\nPatients were randomly assigned to dolmirin or placebo.\n\n"


def rows(text: str) -> list[Evidence]:
    """The rows of a text in a trial of dolmirin against placebo."""
    (record,) = run.records((TRIAL + text).encode(), "trial.md")
    assert all(record.document.text[row.start : row.end] == row.quote for row in record.rows)
    begins = record.document.text.index(text[:20])
    return [row for row in record.rows if row.start >= begins]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Of the patients with measurable lesions, 9 of 51 (17.6%) and 15 of 50 (30.0%), "
            "respectively, had a partial remission.",
            [("9 of 51 (17.6%)", "partial remission"), ("15 of 50 (30.0%)", "partial remission")],
        ),
        (
            "101 (82%) patients given dolmirin and 80 (65%) given placebo reached transfusion independence.",
            [("101 (82%)", "transfusion independence"), ("80 (65%)", "transfusion independence")],
        ),
        (
            "Response was seen in 7 of 12 patients with primary disease (58%), 8 of 11 with "
            "secondary disease (73%) and 4/4 with a genetic cause.",
            [
                ("7 of 12 patients with primary disease (58%", "Response"),
                ("8 of 11 with secondary disease (73%", "Response"),
                ("4/4", "Response"),
            ],
        ),
        (
            "The hazard ratio for death was 0.61 (0.40 to 0.93) in patients with TP53 "
            "mutation and 0.90 (0.52 to 1.55) in those without it.",
            [("0.61 (0.40 to 0.93)", "death"), ("0.90 (0.52 to 1.55)", "death")],
        ),
        (
            "After the second infusion the median time to onset was 30 h (IQR 20-44).",
            [("30 h (IQR 20-44)", "time to onset")],
        ),
        (
            "Patients spent a median of 12 days in the hospital (IQR, 9-15).",
            [("12 days in the hospital (IQR, 9-15)", "time in the hospital")],
        ),
        ("Taken together, six of the nine patients responded.", [("six of the nine", "responded")]),
        (
            "The mean HAQ score fell from 1.4 (SD 0.6) at the start to 0.7 (SD 0.5) at week 24.",
            [("0.7 (SD 0.5)", "HAQ score")],
        ),
        (
            "Immunoglobulins were replaced in four patients, and G-CSF was given to 12 (20%).",
            [("four", "Immunoglobulins were replaced"), ("12 (20%)", "G-CSF was given")],
        ),
        (
            "Nine (15%) took prednisone, for a median of 30 days (range 10-60).",
            [("Nine (15%)", "prednisone"), ("30 days (range 10-60)", "duration of prednisone")],
        ),
        ("Response was maintained for a median of 14.2 months.", [("14.2 months", "duration of Response")]),
        ("At the data cutoff, 22 of 45 responses were ongoing.", [("22 of 45", "responses were ongoing")]),
        ("No patient discontinued because of toxicity.", [("No patient", "discontinued because of toxicity")]),
        ("Of 60 patients, 12 had progressed or died.", [("60", "patients enrolled"), ("12", "progressed or died")]),
        (
            "Toxicity was more frequent with dolmirin: grade 3 neutropenia, 45% v 20%; febrile neutropenia, 12% v 4%.",
            [
                ("45%", "neutropenia"),
                ("20%", "neutropenia"),
                ("12%", "febrile neutropenia"),
                ("4%", "febrile neutropenia"),
            ],
        ),
        (
            "The IOP reduction was significant, with a mean IOP of 16.0 and 16.5 mm Hg.",
            [("16.0", "IOP"), ("16.5 mm Hg", "IOP")],
        ),
        (
            "IRLS scores averaged 15.9 after iron and 20.4 after saline.",
            [("15.9", "IRLS scores"), ("20.4", "IRLS scores")],
        ),
    ],
)
def test_outcome(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(row.quote, row.outcome) for row in rows(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Responders had less pain for VAS (0.1 versus 1.4) with dolmirin.", [("0.1", "dolmirin"), ("1.4", "placebo")]),
        (
            "Patients on dolmirin had less nausea (10% vs 25%) and less vomiting (4% vs 15%).",
            [("10%", "dolmirin"), ("25%", "placebo"), ("4%", "dolmirin"), ("15%", "placebo")],
        ),
        ("The response rate was better (41.4% v 26.2%) on dolmirin.", [("41.4%", "dolmirin"), ("26.2%", "placebo")]),
        (
            "More nausea occurred with dolmirin (71% v 49%), whereas vomiting was more "
            "common with placebo (31% v 25% with dolmirin).",
            [("71%", "dolmirin"), ("49%", "placebo"), ("31%", "placebo"), ("25%", "dolmirin")],
        ),
        (
            "The relapse rate was 0.4% with something plus surgery and 5.9% with placebo.",
            [("0.4%", "dolmirin"), ("5.9%", "placebo")],
        ),
        (
            "Patients aged 65 or older had a response rate of 40%, as compared with 62% of younger patients.",
            [("40%", "overall"), ("62%", "overall")],
        ),
        (
            "The mean change was -0.34 (SE 0.17) for dolmirin and -0.10 (SE 0.18) for placebo.",
            [("-0.34 (SE 0.17)", "dolmirin"), ("-0.10 (SE 0.18)", "placebo")],
        ),
        ("Dolmirin reduced weight by 4.4 kg as compared with placebo.", [("4.4 kg", "dolmirin")]),
    ],
)
def test_arm(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(row.quote, row.arm) for row in rows(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Febrile neutropenia in cycle 1: 41.9% vs 59.6%.", [("41.9%", "cycle 1"), ("59.6%", "cycle 1")]),
        (
            "On the first day after operation patients rated their pain 5.9 (SD 2.1) with "
            "dolmirin and 5.1 (SD 2.0) with placebo.",
            [
                ("5.9 (SD 2.1)", "On the first day after operation"),
                ("5.1 (SD 2.0)", "On the first day after operation"),
            ],
        ),
        (
            "Overall survival was high, with 12-month and 18-month estimates of 70.2% "
            "(61.6-77.3) and 62.8% (53.6-70.6), respectively.",
            [("70.2% (61.6-77.3)", "12-month"), ("62.8% (53.6-70.6)", "18-month")],
        ),
        ("Survival at 1 and 2 years was 80% and 65%, respectively.", [("80%", "1 year"), ("65%", "2 years")]),
        (
            "HbA1c fell by 1.2% with dolmirin and 0.4% with placebo at week 26, and by 1.1% and 0.3% at week 52.",
            [("1.2%", "at week 26"), ("0.4%", "at week 26"), ("1.1%", "at week 52"), ("0.3%", "at week 52")],
        ),
        (
            "The LVEF increased from 49.9% to 55.2% (+5.3%) at 6 months.",
            [("from 49.9% to 55.2%", "at 6 months"), ("+5.3%", "at 6 months")],
        ),
        ("Improvement in the six-minute walk distance was 48 m.", [("48 m", None)]),
        (
            "It fell to 2 (IQR, 0 to 4) at week 12 and 0 (IQR, 0 to 2) at week 24.",
            [("2 (IQR, 0 to 4)", "at week 12"), ("0 (IQR, 0 to 2)", "at week 24")],
        ),
    ],
)
def test_timepoint(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(row.quote, row.timepoint) for row in rows(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Causes of death were infection in four, relapse in three and haemorrhage in one.",
            [("four", "death from infection"), ("three", "death from relapse"), ("one", "death from haemorrhage")],
        ),
        (
            "There were 11 deaths (relapse, 6; infection, 3; organ failure, 2).",
            [
                ("11", "deaths"),
                ("6", "death from relapse"),
                ("3", "death from infection"),
                ("2", "death from organ failure"),
            ],
        ),
        (
            "Relapse was the cause of death in 10 patients and infection in 4.",
            [("10", "death from Relapse"), ("4", "death from infection")],
        ),
        (
            "Deaths were attributed to relapse in 12 and 18 patients, and to infection in 5 and 4.",
            [
                ("12", "death from relapse"),
                ("18", "death from relapse"),
                ("5", "death from infection"),
                ("4", "death from infection"),
            ],
        ),
        ("Of the 14 deaths, 9 were from relapse.", [("14", "deaths"), ("9", "death from relapse")]),
        (
            "Six patients in the dolmirin group died (infection in four, stroke in two).",
            [("Six", "died"), ("four", "death from infection"), ("two", "death from stroke")],
        ),
        ("The rate of death from vascular causes was 3.2%.", [("3.2%", "rate of death from vascular causes")]),
    ],
)
def test_what_people_died_of_is_a_death(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(row.quote, row.outcome) for row in rows(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Of the 31 treated, 4 were in remission and three were not treated.",
            [("4", "remission"), ("three", "not treated")],
        ),
        (
            "Tocilizumab was given to 5 patients (26%) and dexamethasone to 1.",
            [("5 patients (26%)", "Tocilizumab was given"), ("1", "dexamethasone")],
        ),
        (
            "The reasons were progression (in 39 patients), adverse events (in ten), and transplantation (in seven).",
            [("39", "progression"), ("ten", "adverse events"), ("seven", "transplantation")],
        ),
        ("No one died.", [("No one", "died")]),
        ("The single case of encephalitis was of grade 1.", [("The single", "encephalitis")]),
        (
            "There were 31 infections in 15 patients, five of which were of grade 3 and three required admission.",
            [("31", "infections"), ("15", "infections"), ("five", "infections"), ("three", "admission")],
        ),
    ],
)
def test_people_are_counted(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(row.quote, row.outcome) for row in rows(text)] == expected


def test_deaths_by_cause_are_of_the_class_mortality() -> None:
    told = rows("There were 11 deaths (relapse, 6; infection, 3; organ failure, 2).")
    assert [(row.outcome_class, row.events, row.total) for row in told] == [
        ("mortality", 11, None), ("mortality", 6, 11), ("mortality", 3, 11), ("mortality", 2, 11),
    ]  # fmt: skip


def test_a_reduced_risk_is_no_share_of_patients() -> None:
    (reduced, ratio) = rows("Dolmirin reduced the risk of stroke by 32% (hazard ratio 0.68; 95% CI 0.51 to 0.90).")
    assert (reduced.statistic, reduced.value, reduced.unit, reduced.percent) == ("other", 32, "%", None)
    assert (ratio.statistic, ratio.value) == ("hazard_ratio", 0.68)


def test_a_p_value_in_the_bracket_of_the_second_arm_is_that_of_both() -> None:
    told = rows(
        "Remission was seen in 46 of the 74 patients on dolmirin (62.2%) and in 98 of "
        "the 151 on placebo (64.9%; P = .69)."
    )
    assert [(row.arm, row.percent, row.p_value) for row in told] == [("dolmirin", 62.2, 0.69), ("placebo", 64.9, 0.69)]


def test_rates_with_an_interval_and_an_effect_in_one_bracket() -> None:
    told = rows(
        "Stroke occurred in 46 patients in the dolmirin group (3.1 per 100 person-years, 95% CI 2.3-4.1) and in 119 in "
        "the placebo group (3.9 per 100 person-years, 3.2-4.7; HR 0.82, 95% CI 0.58-1.15; p=0.25)."
    )
    rates = [(row.arm, row.value, row.ci_low, row.ci_high, row.p_value) for row in told if row.statistic == "rate"]
    assert rates == [("dolmirin", 3.1, 2.3, 4.1, 0.25), ("placebo", 3.9, 3.2, 4.7, 0.25)]


def test_a_share_in_a_bracket_within_a_bracket_is_not_that_of_the_group() -> None:
    told = rows("Among 118 randomized children (median age, 7 [IQR, 4-12] years; 53 [44.9%] girls), 60 relapsed.")
    assert (told[0].value, told[0].percent) == (118, None)


def test_severity_of_both_arms_and_of_an_apposition() -> None:
    told = rows("Moderate or severe chronic GVHD had developed in 26 (16.5%) and 24 (15.4%) patients.")
    assert [row.grade for row in told] == ["moderate or severe"] * 2
    assert [row.grade for row in rows("There were two infections, both mild (influenza and cystitis).")] == ["mild"]


def test_a_grade_said_of_one_number_is_not_that_of_the_next() -> None:
    told = rows("Infections were noted in 20 patients, five of which were of grade 3 and three required admission.")
    assert [(row.events, row.grade) for row in told] == [(20, None), (5, "3"), (3, None)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Pneumonia was seen (Fig. 1).", []),
        ("Patients were randomised 2:1 to the groups.", []),
        ("The level was 0.40 (95 per cent c.i. 0.17 to 0.97).", [0.40]),
        ("Median survival was 24.7 months (95% CI 19.3-not estimable).", [24.7]),
    ],
)
def test_signs_and_abbreviations(text: str, numbers: list[float]) -> None:
    assert [row.value for row in rows(text)] == numbers


def test_a_document_of_one_group_has_one_arm() -> None:
    text = (
        "# CAR T cells in lupus\n\n## Abstract\n\n"
        + "We treated 12 patients with lupus at one centre. " * 30
        + "\n\n## Results\n\nGlucocorticoids had been stopped in 9 of the 12 patients, and prednisone was resumed in 2."
    )
    (record,) = run.records(text.encode(), "cohort.md")
    assert {row.arm for row in record.rows} == {"overall"}
    assert [arm.label for arm in record.arms] == ["overall"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Nearly all had at least one adverse event (98.9% v 94.2%).",
            [("98.9%", "adverse event"), ("94.2%", "adverse event")],
        ),
        ("Nine of 11 remain in remission at last contact.", [("Nine of 11", "remain in remission")]),
        (
            "Nausea occurred in 12 patients. Twelve of the 15 had been in remission since week 12.",
            [("12", "Nausea"), ("Twelve of the 15", "remission")],
        ),
        (
            "Progression-free survival was longer in patients with HRD (15.2 v 7.1 months) than in those without HRD "
            "(8.6 v 6.7 months).",
            [
                ("15.2", "Progression-free survival"), ("7.1 months", "Progression-free survival"),
                ("8.6", "Progression-free survival"), ("6.7 months", "Progression-free survival"),
            ],
        ),
        (
            "Fourteen patients (7.7%) allocated to dolmirin and 12 (6.7%) allocated to placebo were readmitted.",
            [("Fourteen patients (7.7%)", "readmitted"), ("12 (6.7%)", "readmitted")],
        ),
    ],
)  # fmt: skip
def test_subjects_that_are_people_have_their_outcome_behind_them(text, expected):
    assert [(row.quote, row.outcome) for row in rows(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # the lead-in is no part of the outcome, and what fell since baseline is no baseline value
            "Compared with baseline, pain decreased by 29% with dolmirin and by 20% with placebo.",
            [("29%", "pain", "dolmirin", None), ("20%", "pain", "placebo", None)],
        ),
        (
            "Dolmirin lowered mean pressure by 6.8 mm Hg (27.2%) from baseline.",
            [("6.8 mm Hg (27.2%)", "pressure", "Dolmirin", None)],
        ),
        (  # the time before "to" is that of the first value
            "Pressure was reduced from 24.6 mm Hg at baseline to 17.2 mm Hg with dolmirin "
            "and from 24.1 mm Hg at baseline to 18.4 mm Hg with placebo.",
            [("17.2 mm Hg", "Pressure", "dolmirin", None), ("18.4 mm Hg", "Pressure", "placebo", None)],
        ),
        (  # hours of the day are times, in a list as well
            "The change in pressure measured at 8:00 AM, 12 noon, and 4:00 PM was -7.2 mm Hg with dolmirin.",
            [("-7.2 mm Hg", "change in pressure", "dolmirin", "at 8:00 AM, 12 noon, and 4:00 PM")],
        ),
        (
            "Mean pressure fell from 24.6 mm Hg at 8 am to 22.3 mm Hg at 4 pm with dolmirin.",
            [
                ("24.6 mm Hg", "pressure", "dolmirin", "at 8 am"),
                ("22.3 mm Hg", "pressure", "dolmirin", "at 4 pm"),
            ],
        ),
    ],
)
def test_changes_from_baseline_and_over_the_day(text: str, expected: list[tuple[str, str, str, str | None]]) -> None:
    said = [(row.quote, row.outcome, row.arm, row.timepoint) for row in rows(text)]
    assert [(q, o, (a or "").lower(), t) for q, o, a, t in said] == [(q, o, a.lower(), t) for q, o, a, t in expected]
