"""Ways of writing results, with look-alikes: what is said behind a number, in brackets, by order and in headings."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import extract

RULES = rules.load()
TRIAL = "Patients were randomly assigned to dolmirin or placebo.\n\n"


def _read(text: str):
    (document,) = readers.read(f"# Results\n\n{TRIAL}{text}".encode(), "x.md")
    return document, RULES


def told(text: str) -> list[tuple[str, str, str]]:
    """(quotation, outcome, arm) of each finding that is no enrolment."""
    (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
    findings = extract(document, RULES).findings
    return [
        (document.text[f.measure.start : f.measure.end], f.outcome or "", f.arm or "")
        for f in findings
        if not f.enrollment
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # the outcome behind a change, not the subject before it
            "Dolmirin was associated with a 50% increase in heart rate.",
            [("50%", "increase in heart rate")],
        ),
        ("All nodules were firm and 12 mm in diameter.", [("12 mm", "diameter")]),
        (
            "There was no effect on overall survival (30 months vs 29 months).",
            [("30 months", "overall survival"), ("29 months", "overall survival")],
        ),
        (
            "Three deaths were attributed to treatment (two from pneumonia, one from sepsis).",
            [("Three", "deaths"), ("two", "death from pneumonia"), ("one", "death from sepsis")],
        ),
        (  # verbs that tell a span of time
            "Fever was seen in 5 patients (5%). It lasted a median of 8 days.",
            [("5 patients (5%)", "Fever"), ("8 days", "duration of Fever")],
        ),
        ("Complete response occurred in all patients.", [("all patients", "Complete response")]),
        ("Samples were taken in all patients.", []),
        ("Neither death nor relapse occurred.", [("Neither death", "death"), ("relapse", "relapse")]),
        (  # what a treatment did something to, not the treatment
            "Magnesium reduced the core temperature (36.3 °C vs 36.6 °C, P = 0.04).",
            [("36.3 °C", "core temperature"), ("36.6 °C", "core temperature")],
        ),
        ("Infusion of dolmirin increased the mean cost by 1108 euros.", [("1108 euros", "cost")]),
        ("Patients with prolonged cytopenia had fever (12%).", [("12%", "fever")]),
        (  # the name of a trial is no outcome
            "Dolmirin prolonged the median progression-free survival (SAPHYR-2: 25.4 vs 13.7 months).",
            [("25.4", "progression-free survival"), ("13.7 months", "progression-free survival")],
        ),
        ("COVID-19 (12%) was seen.", [("12%", "COVID-19")]),
        ("Relapse was rare, whereas specificity was high (98%).", [("98%", "specificity")]),
        (
            "Median overall and progression-free survival were 12 and 6 months.",
            [("12", "overall survival"), ("6 months", "progression-free survival")],
        ),
    ],
)
def test_outcome(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(quote, outcome) for quote, outcome, _ in told(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Relapse was seen in 15% (induction) and 30% (no induction) of patients.", ["induction", "no induction"]),
        ("Median time to relapse was 9 and 4 months for dolmirin and placebo, respectively.", ["dolmirin", "placebo"]),
        ("There were three deaths with dolmirin and eight deaths with placebo.", ["dolmirin", "placebo"]),
        (
            "The response rate with dolmirin was 43%, as compared with 28% with placebo.",
            ["dolmirin", "placebo"],
        ),
    ],
)
def test_arm(text: str, expected: list[str]) -> None:
    assert [arm for _, _, arm in told(TRIAL + text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # the arm compared with comes first, and its value last
            "Compared with placebo, dolmirin had a lower relapse rate (15.8% vs 28.5%).",
            [("15.8%", "dolmirin"), ("28.5%", "placebo")],
        ),
        (
            "Response occurred in 82.7% (25.3% complete) with dolmirin versus 59.2% (14.1% complete).",
            [("82.7%", "dolmirin"), ("25.3%", "dolmirin"), ("59.2%", "placebo"), ("14.1%", "placebo")],
        ),
        (  # names in a bracket that is closed are not those of what follows
            "Of 47 patients (25 dolmirin, 22 placebo), two responses were seen with dolmirin.",
            [("two", "dolmirin")],
        ),
        (
            "More patients on dolmirin had relief at 6 and 12 months than patients on placebo (66% and 64% versus 12% "
            "and 7%).",
            [("66%", "dolmirin"), ("64%", "dolmirin"), ("12%", "placebo"), ("7%", "placebo")],
        ),
        (
            "Forty-six patients died in the dolmirin group (relapse, n = 22; infection, n = 10).",
            [
                ("Forty-six", "dolmirin"),
                ("n = 22", "dolmirin"),
                ("n = 10", "dolmirin"),
            ],
        ),
        ("Nausea was rare (2.0%, dolmirin; 1.4%, placebo).", [("2.0%", "dolmirin"), ("1.4%", "placebo")]),
        (
            "There were 28 relapses, 11 with dolmirin and 17 with placebo.",
            [("28", "overall"), ("11", "dolmirin"), ("17", "placebo")],
        ),
        (
            "Pain fell in the dolmirin group (44.1 ± 3.6 to 35.2 ± 3.2 mm).",
            [("44.1 ± 3.6", "dolmirin"), ("35.2 ± 3.2 mm", "dolmirin")],
        ),
    ],
)
def test_whose_a_number_is(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(quote, arm) for quote, _, arm in told(TRIAL + text)]
    assert [pair for pair in found if pair in expected or pair[0] in dict(expected)] == expected


def rows(text: str) -> list[tuple[str, float | None, float | None, float | None, str | None]]:
    """(quotation, events, total, percent, grade) of each finding that is no enrolment."""
    (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
    return [
        (
            document.text[f.measure.start : f.measure.end],
            f.measure.events,
            f.measure.total,
            f.measure.percent,
            f.grade,
        )
        for f in extract(document, RULES).findings
        if not f.enrollment
    ]


def test_events_among_patients_with_their_share() -> None:
    assert rows("There were 83 deaths among 335 patients (24.8%).") == [
        ("83 deaths among 335 patients (24.8%)", 83, 335, 24.8, None)
    ]


def test_grades_in_a_bracket_are_rows_of_their_own() -> None:
    text = "Cytokine release syndrome occurred in 68 (52%) patients (grade 1 in 51 [39%], grade 2 in 16 [12%])."
    assert [(events, percent, grade) for _, events, _, percent, grade in rows(text)] == [
        (68, 52, None), (51, 39, "1"), (16, 12, "2"),
    ]  # fmt: skip


def test_a_count_that_points_back_has_its_denominator() -> None:
    found = rows("There were 17 deaths, 14 of them from infection.")
    assert [(events, total) for _, events, total, _, _ in found] == [(17, None), (14, 17)]


def test_a_time_stops_before_the_next_value() -> None:
    text = "The share of edited cells was 84.6% at month 6 and 85.1% at month 24."
    assert [percent for _, _, _, percent, _ in rows(text)] == [84.6, 85.1]


def test_an_interval_in_square_brackets_is_no_citation() -> None:
    (document,) = readers.read(b"# Results\n\nThe odds of relapse were lower (OR 0.15 [0.02-1.31], P = 0.08).", "x.md")
    (measure,) = [f.measure for f in extract(document, RULES).findings]
    assert (measure.value, measure.ci_low, measure.ci_high) == (0.15, 0.02, 1.31)


def test_groups_compared_by_a_number_of_no_name() -> None:
    """Times to an event by their median, scores by their mean, people by their count; marked as derived."""
    text = TRIAL + "Progression-free survival was longer (6.1 v 4.0 months), pain scores lower (1.2 vs 3.4, P = 0.01)."
    (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
    found = [(f.measure.statistic, "statistic" in f.derived) for f in extract(document, RULES).findings]
    assert [row for row in found if row[1]] == [("median", True)] * 2 + [("mean", True)] * 2


def test_an_outcome_that_points_back_takes_the_one_before() -> None:
    text = "Cytokine release syndrome was seen in 14 patients. It was of grade 1 in 12 patients."
    assert [outcome for _, outcome, _ in told(text)] == ["Cytokine release syndrome"] * 2


def test_an_outcome_before_a_colon() -> None:
    found = told(TRIAL + "Discontinuation due to adverse events: dolmirin 8 (10%), placebo 4 (5%).")
    assert [outcome for _, outcome, _ in found] == ["Discontinuation due to adverse events"] * 2


def test_an_outcome_is_no_arm() -> None:
    assert {arm for _, _, arm in told(TRIAL + "Dolmirin was better than placebo for pain control (43% vs 28%).")} == {
        "dolmirin",
        "placebo",
    }


@pytest.mark.parametrize(
    ("text", "statistic", "percent"),
    [
        ("Bone mineral density changed by -4.0% with dolmirin.", "mean", None),
        ("Mortality was 13.5% lower with dolmirin.", "other", None),
        ("Mortality was 13.5% with dolmirin.", "proportion", 13.5),
    ],
)
def test_a_percentage_that_is_no_share_of_patients(text: str, statistic: str, percent: float | None) -> None:
    (document,) = readers.read(f"# Results\n\n{TRIAL}{text}".encode(), "x.md")
    measures = [f.measure for f in extract(document, RULES).findings if not f.enrollment]
    assert [(m.statistic, m.percent) for m in measures] == [(statistic, percent)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Infection was the source of shock in 48 patients (36%).", "baseline"),
        ("Relapse had come after a median of 8 months before the cells were given.", "baseline"),
        ("Ninety patients took part (70% female; age 38 years, haemoglobin 9 g/dL).", "baseline"),
    ],
)
def test_who_the_patients_were(text: str, reason: str) -> None:
    (document,) = readers.read(f"# Results\n\n## Enrollment\n\n{text}".encode(), "x.md")
    extraction = extract(document, RULES)
    assert [f for f in extraction.findings if not f.enrollment] == []
    assert reason in {number.reason for number in extraction.numbers}


def test_a_share_under_another_heading_is_a_result() -> None:
    (document,) = readers.read(b"# Results\n\n## Safety\n\nPneumonia occurred in 48 patients (36%).", "x.md")
    assert len(extract(document, RULES).findings) == 1


def test_a_size_said_of_two_arms_is_the_size_of_neither() -> None:
    both = "In all, 225 patients were randomly assigned to dolmirin or placebo. "
    both += "Fever occurred in 20% with dolmirin and 10% with placebo."
    own = both.replace("dolmirin or placebo.", "dolmirin (n = 112) or placebo (n = 113).")
    for text, sizes in ((both, [None, None]), (own, [112, 113])):
        (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
        assert [arm.n for arm in extract(document, RULES).arms] == sizes


def test_a_number_in_a_p_value_is_that_of_its_finding() -> None:
    (document,) = readers.read(f"# Results\n\n{TRIAL}Fever was rarer (12% vs 20%, P = 0.03).".encode(), "x.md")
    extraction = extract(document, RULES)
    assert {f.measure.p_value for f in extraction.findings if not f.enrollment} == {0.03}
    (fate,) = {n.fate for n in extraction.numbers if document.text[n.start : n.end] == "P = 0.03"}
    assert fate == "extracted"


def counted(text: str) -> list[tuple[str, str | None, float | None, float | None]]:
    """(outcome, arm, events, total) of each finding of a text."""
    (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
    return [(f.outcome or "", f.arm, f.measure.events, f.measure.total) for f in extract(document, RULES).findings]


def test_parts_that_add_up_have_the_whole_as_denominator() -> None:
    text = "Of the 15 deaths, eight were due to infection, two to bleeding, two to cancer, and three to other causes."
    assert counted(text) == [
        ("deaths", "overall", 15, None), ("death from infection", "overall", 8, 15),
        ("death from bleeding", "overall", 2, 15),
        ("death from cancer", "overall", 2, 15), ("death from other causes", "overall", 3, 15),
    ]  # fmt: skip


def test_sizes_of_arms_that_add_up_are_no_parts() -> None:
    told = counted(TRIAL + "Of 356 patients enrolled, 173 received dolmirin and 183 received placebo.")
    assert {(arm, total) for _, arm, _, total in told if arm in ("dolmirin", "placebo")} == {
        ("dolmirin", None), ("placebo", None),
    }  # fmt: skip


def test_a_response_in_so_many_of_a_subgroup() -> None:
    text = "Among the 12 patients with nephritis, a complete response was observed in 8 and a partial response in 3."
    assert [(events, total) for _, _, events, total in counted(text)][-2:] == [(8, 12), (3, 12)]


def test_a_number_of_every_arm_is_a_row_each() -> None:
    text = TRIAL + "Results: Pain fell by 0.5 points in every group. Nausea occurred in three patients in each group."
    assert [(outcome, arm) for outcome, arm, _, _ in counted(text)] == [
        ("Pain", "dolmirin"), ("Pain", "placebo"), ("Nausea", "dolmirin"), ("Nausea", "placebo"),
    ]  # fmt: skip


def test_three_arms_keep_the_order_in_which_they_were_named() -> None:
    text = (
        "Patients were randomly assigned to ROM, RTX or MMF. Response was 40%, 30% and 20% in the ROM, RTX and MMF "
        "arms, respectively. Bleeds occurred in 4, 11 and 9 patients."
    )
    bleeds = [(arm, f) for outcome, arm, f, _ in counted(text) if outcome == "Bleeds"]
    assert [arm for arm, _ in bleeds] == ["ROM", "RTX", "MMF"]


def test_the_event_of_a_rate_is_its_outcome() -> None:
    assert [row[0] for row in counted("After infusion there were 0.11 severe crises per patient-year.")] == [
        "severe crises"
    ]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("First flatus was noted after 20.4 ± 5.9 h.", "h"),
        ("Median time to work was 10 (i.q.r. 6–15) days.", "days"),
        ("Active flexion was 31.5 ± 12.2°.", "°"),
        ("Consumption of the factor came down from 3112 to 121 IU/kg per year.", "IU/kg per year"),
        ("The mean age was 68 (36-89) y; the response rate was 40%.", "%"),
    ],
)
def test_units_behind_a_spread(text: str, unit: str) -> None:
    (document,) = readers.read(f"# Results\n\n{text}".encode(), "x.md")
    assert [f.measure.unit for f in extract(document, RULES).findings] == [unit]


def test_a_count_whose_own_event_stands_behind_it() -> None:
    text = "In all 38 were dosed (4 withdrew, 3 had fibrosis). Survival data were immature, with 33 deaths."
    assert [row[0] for row in counted(text)][-1] == "deaths"
    assert "withdrew" in [row[0] for row in counted(text)]


def test_an_interval_about_its_number_is_what_the_one_before_was_said_to_be() -> None:
    found = extract(*_read("Sensitivity was higher with dolmirin than with placebo (91%, 95% CI 87-95 vs 77%, 70-84), "
                           "whereas specificity was lower (88%, 87-89 vs 91%, 90-92).")).findings  # fmt: skip
    assert [(f.arm, f.measure.percent, f.measure.ci_low, f.measure.ci_high) for f in found] == [
        ("dolmirin", 91, 87, 95), ("placebo", 77, 70, 84), ("dolmirin", 88, 87, 89), ("placebo", 91, 90, 92),
    ]  # fmt: skip


def test_initials_are_no_verb() -> None:
    found = told("Pain was seen in 4 (20%) of the LED treatment group and 9 (45%) of the sham group.")
    assert [arm for *_, arm in found] == ["LED treatment", "sham"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Relapses overall, 6. ICANS 2, both grade 1; CR/CRi 20; deaths: 3.",
         [("6", "Relapses overall"), ("2", "ICANS"), ("20", "CR/CRi"), ("3", "deaths")]),
        ("Viral reactivation in 13 (HHV-6 8, CMV 6, ADV 3; some had more than one).",
         [("13", "Viral reactivation"), ("8", "HHV-6"), ("6", "CMV"), ("3", "ADV")]),
        ("Haemoglobin 9, platelets 45. ECOG 2.", []),  # values, and a scale
        ("Rash occurred in week 12, fever 5 days later.", []),
    ],
)  # fmt: skip
def test_numbers_right_behind_the_name_of_what_they_count(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(quote, outcome) for quote, outcome, _ in told(text)] == expected
