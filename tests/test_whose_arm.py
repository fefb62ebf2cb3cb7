"""Which arm a number belongs to: names in turn, one verb for two numbers, pairs across brackets, and roles."""

from __future__ import annotations

import pytest

from trialtab import run
from trialtab.model import Record

TRIAL = "# Results\n\nPatients were randomly assigned to dolmirin or placebo.\n\n"


def record(text: str) -> Record:
    (found,) = run.records(text.encode(), "trial.md")
    return found


def arms(text: str) -> list[tuple[str, str | None]]:
    """(quotation, arm) of the rows of a text in a trial of dolmirin against placebo."""
    found = record(TRIAL + text)
    begins = found.document.text.index(text[:20])
    return [(row.quote, row.arm) for row in found.rows if row.start >= begins and row.statistic != "p_value"]


def of(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    short = {"d": "dolmirin", "p": "placebo", "-": "overall"}
    return [(quote, short[arm]) for quote, arm in pairs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # two numbers of the subject of one verb, in two clauses
            "Six (7%) complete responses and 31 (36%) partial responses occurred with dolmirin, while 4 (4%) complete "
            "responses and 28 (31%) partial responses occurred with placebo.",
            of(("Six (7%)", "d"), ("31 (36%)", "d"), ("4 (4%)", "p"), ("28 (31%)", "p")),
        ),
        (  # what a list in brackets parts are no clauses
            "Forty deaths occurred in the dolmirin group (relapse, n = 22; sepsis, n = 10; stroke, n = 8) and 65 "
            "in the placebo group (relapse, n = 45; sepsis, n = 20).",
            of(("Forty", "d"), ("n = 22", "d"), ("n = 10", "d"), ("n = 8", "d"), ("65", "p"), ("n = 45", "p"),
               ("n = 20", "p")),
        ),
        (  # numbers with brackets of their own, and as many names behind the last
            "Overall survival at 10 years was 67% (95% CI, 62 to 72) and 61% (95% CI, 55 to 66) in the dolmirin and "
            "placebo groups.",
            of(("67% (95% CI, 62 to 72)", "d"), ("61% (95% CI, 55 to 66)", "p")),
        ),
        (  # before and after in the arm that is named, then in the other
            "The diameter rose less in the dolmirin group (44.1 ± 3.6 mm to 45.2 ± 3.2 mm vs. 44.9 ± 3.5 mm to 46.4 ± "
            "4.0 mm).",
            of(("44.1 ± 3.6 mm", "d"), ("45.2 ± 3.2 mm", "d"), ("44.9 ± 3.5 mm", "p"), ("46.4 ± 4.0 mm", "p")),
        ),
        (  # a word that compares, and a test: the second value is that of the other arm
            "The mean pain score was lower in the dolmirin group (1.3 and 2.9, P = 0.03).",
            of(("1.3", "d"), ("2.9", "p")),
        ),
        (
            "The mean scores for pain and itching in the dolmirin group were low (1.3 and 2.9).",
            of(("1.3", "d"), ("2.9", "d")),
        ),
        (  # set against each other across their brackets; what a bracket holds is of its host
            "Dolmirin lowered the rate of stroke (27 strokes [0.16% of patients] v 61 strokes [0.24% of patients]).",
            of(("27", "d"), ("0.16%", "d"), ("61", "p"), ("0.24%", "p")),
        ),
        (  # an arm that opens a sentence, up to the next that one opens with
            "In the dolmirin group, fever occurred in 7 patients. Rash occurred in 6 patients, and headache in 4 "
            "patients. In the placebo group, fever occurred in 3 patients.",
            of(("7", "d"), ("6", "d"), ("4", "d"), ("3", "p")),
        ),
        (
            "In the dolmirin group, fever of grade 1, 2 and 3 was seen in one, 12 and 14 patients, respectively; and "
            "rash of grade 1, 2 and 3 in 11, 12 and two patients.",
            of(*((n, "d") for n in ("one", "12", "14", "11", "12", "two"))),
        ),
        (  # a contrast within each pair, and none between them
            "Fever and rash were commoner in the dolmirin group (52% vs. 10% and 34% vs. 2%, respectively).",
            of(("52%", "d"), ("10%", "p"), ("34%", "d"), ("2%", "p")),
        ),
        (  # the clause behind "versus" has its own name
            "Survival and remission rates were 97% and 87% for dolmirin versus 96% and 88%, respectively, for placebo.",
            of(("97%", "d"), ("87%", "d"), ("96%", "p"), ("88%", "p")),
        ),
    ],
)  # fmt: skip
def test_the_arm_of_each_number(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(quote.split(" [")[0], arm) for quote, arm in arms(text)]
    for (quote, arm), (start, wanted) in zip(found, expected, strict=True):
        assert quote.startswith(start)
        assert arm == wanted, quote


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("There were 60 new cancers in the dolmirin group versus 48 with placebo (HR = 1.3).", [60, 48]),
        ("Stroke was rarer with dolmirin (35 vs 89, odds ratio 0.39, 95% CI 0.27-0.57).", [35, 89]),
        ("After a median follow-up of 9.9 years, 10 relapses were seen with dolmirin and 31 with placebo.", [10, 31]),
        ("The score was lower with dolmirin (35 vs 89; P = 0.01).", []),  # no ratio of risks
    ],
)
def test_counts_that_a_ratio_or_a_follow_up_stands_beside(text: str, expected: list[int]) -> None:
    found = record(TRIAL + text)
    counts = [row for row in found.rows if row.statistic == "count" and row.outcome_class != "enrollment"]
    assert [row.events for row in counts] == expected
    if expected:
        assert [row.arm for row in counts] == ["dolmirin", "placebo"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # a name that all groups share is none of theirs; one by itself is, where the others add to it
            "Women were randomised to receive either zelanib alone or zelanib in combination with tolmirin. The "
            "response rate was 54% for combination therapy and 40% for monotherapy.",
            {("54%", "intervention"), ("40%", "control")},
        ),
        (  # what those were called who were given nothing
            "Women in remission were randomised to zelanib or to no further therapy. Relapse occurred in 10% of those "
            "randomized to observation and in 6% of those randomized to zelanib.",
            {("10%", "control"), ("6%", "intervention")},
        ),
        (  # a long form that says control
            "We compared conventionally fractionated radiotherapy (CFR) vs hypofractionated radiotherapy (HFR). Rash "
            "occurred in 36% with HFR and in 69% with CFR.",
            {("36%", "intervention"), ("69%", "control")},
        ),
        (  # an abbreviation with a letter more, and names behind their numbers of patients
            "A randomized and open-label phase II trial of lobaplatin. We report 63 TE and 62 TEL patients. "
            "Remission was commoner in the TEL group (38.7% vs. 12.7%, P = 0.001).",
            {("38.7%", "intervention"), ("12.7%", "control")},
        ),
        (  # the name behind the word group, and who was not given it
            "Patients were randomised (45 in the control group and 22 in the group Zelafix). Seroma occurred in 28% "
            "without Zelafix and 12% with Zelafix.",
            {("28%", "control"), ("12%", "intervention")},
        ),
        (  # a study group of people at work is no arm
            "Epirubicin: results of the French Study Group 03 trial. Patients were randomised to no systemic treatment "
            "(control, n = 161) or epirubicin (n = 167). Relapse occurred in 24% versus 18%, respectively.",
            {("24%", "control"), ("18%", "intervention")},  # in the order of the sentence of allocation
        ),
        (
            "Patients were randomised to no systemic treatment (control, n = 161), or zelanib 50 mg, tolmirin 50 mg, "
            "and dolmirin 5 mg (ZTD, n = 167). Relapse occurred in 24% versus 18%.",
            {("24%", "intervention"), ("18%", "control")},
        ),
    ],
)
def test_roles_of_names(text: str, expected: set[tuple[str, str]]) -> None:
    found = record(f"# Results\n\n{text}")
    assert {(row.quote, row.arm_role) for row in found.rows if "%" in row.quote} == expected


@pytest.mark.parametrize(
    ("text", "single"),
    [
        ("Limitations include the lack of a control group.", True),
        ("In the control group, fever was seen in 12 of 40 patients, and in the zelanib group in 3 of 40.", False),
    ],
)
def test_a_control_group_is_none_where_it_was_missing(text: str, single: bool) -> None:
    (found,) = run.records(
        f"# Results\n\nIn this retrospective cohort fever was seen in 20% of patients given zelanib. {text}".encode(),
        "x.md",
    )
    assert (len(found.arms) == 1) is single


def test_drugs_of_the_past_are_no_arm():
    found = record(
        TRIAL + "Among patients who received prior zelanib, relapse occurred in 12% with dolmirin and 20% with placebo."
    )
    assert {arm.label for arm in found.arms} == {"dolmirin", "placebo"}


def arms_of(text: str) -> list[tuple[str, str | None, str | None]]:
    """(quotation, outcome, arm) of the rows of a sentence in a trial of dolmirin against placebo, sizes left out."""
    found = record(TRIAL + text)
    begins = found.document.text.index(text[:20])
    return [(r.quote, r.outcome, r.arm) for r in found.rows if r.start >= begins and r.outcome_class != "enrollment"]


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        (  # as many numbers before each name as behind the other: each name closes its series
            "Mean pressure was 13.7 mmHg at 3 months and 14.9 mmHg at 6 months in the dolmirin group and 12.1 mmHg at "
            "3 months and 14.1 mmHg at 6 months in the placebo group.",
            ["dolmirin", "dolmirin", "placebo", "placebo"],
        ),
        (  # the subject of a verb keeps its number
            "In all, 8 (20%) patients on dolmirin reported 21 falls, and 9 (22%) on placebo reported 30 falls.",
            ["dolmirin", "dolmirin", "placebo", "placebo"],
        ),
        (  # a label before a pair: other people than the arms are compared
            "Delays were commoner in older patients (dolmirin, 17% versus 6%; placebo, 11% versus 5%).",
            ["dolmirin", "dolmirin", "placebo", "placebo"],
        ),
        ("Survival was similar (8.6 months in the placebo arm v 8.1 months in the dolmirin arm).",
         ["placebo", "dolmirin"]),
        ("The commonest adverse events with dolmirin were rash (57%; placebo, 9%) and fever (20%; placebo, 7%).",
         ["dolmirin", "placebo", "dolmirin", "placebo"]),
        ("Response was 77% in vaccinated patients (n = 76) versus 66% in placebo patients (n = 78).",
         ["dolmirin", "placebo"]),
        ("The END score fell (END: 4.8 vs 0.9).", ["dolmirin", "placebo"]),  # what was measured, and no arm
    ],
)  # fmt: skip
def test_series_labels_and_v(text: str, arms: list[str]) -> None:
    assert [arm for _, _, arm in arms_of(text)] == arms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fifty-one (65%) of these adverse events occurred in patients on dolmirin.", [("51", "adverse events")]),
        ("Twenty-eight (30%) patients (dolmirin 9 of 45, placebo 19 of 47) developed a seroma.",
         [("28", "seroma"), ("9", "seroma"), ("19", "seroma")]),
        ("Patients on dolmirin had an increase with regard to exercise (62 minutes vs 46 minutes).",
         [(None, "exercise")] * 2),
        ("Attended breast screening: dolmirin 16.5%, placebo 6.9%.", [(None, "Attended breast screening")] * 2),
        ("Response rates for patients randomly assigned to receive dolmirin and placebo were 42% and 37%.",
         [(None, "Response rates")] * 2),
        ("With dolmirin 17 of 32 (53%) patients with plaques at baseline suffered a stroke.", [("17", "stroke")]),
    ],
)  # fmt: skip
def test_what_the_number_is_of(text: str, expected: list[tuple[str | None, str]]) -> None:
    found = record(TRIAL + text)
    rows = [r for r in found.rows if r.start >= found.document.text.index(text[:20])]
    assert [(r.events and f"{r.events:.0f}", r.outcome) for r in rows] == expected


def test_a_test_statistic_with_its_degrees_of_freedom_is_no_result() -> None:
    assert [q for q, *_ in arms_of("Attendance differed (χ(2)(3) = 9.8, p = .020; dolmirin 16%, placebo 7%).")] == [
        "p = .020", "16%", "7%",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # the names behind are those of the ratios
            "Crises came at a rate of 2.4, 2.0 and 2.8 a year, with rate ratios of 0.85 (95% CI, 0.64 to 1.13) with "
            "dolmirin 10 mg and 0.70 (95% CI, 0.52 to 0.94) with dolmirin 20 mg against placebo.",
            [("2.4", "dolmirin 10 mg"), ("2.0", "dolmirin 20 mg"), ("2.8 a year", "placebo")],
        ),
        (
            "Crises came at a rate of 2.4, 2.0 and 2.8 a year with dolmirin 10 mg, dolmirin 20 mg and placebo.",
            [("2.4", "dolmirin 10 mg"), ("2.0", "dolmirin 20 mg"), ("2.8 a year", "placebo")],
        ),
    ],
)
def test_names_behind_the_ratios_are_not_those_of_the_values(text: str, expected: list[tuple[str, str]]) -> None:
    start = (
        "# Results\n\nIn all, 90 patients were randomised (dolmirin 10 mg, n = 31; dolmirin 20 mg, n = 30; placebo, "
        "n = 29).\n\n"
    )
    rows = [(r.quote, r.arm) for r in record(start + text).rows if r.outcome_class != "enrollment"]
    assert rows[:3] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Survival at 2 years was 50.6% as opposed to 36.2%.", of(("50.6%", "d"), ("36.2%", "p"))),
        (  # none of both
            "Fever was seen in 45 (78%) v 33 (72%), nobody above grade 2.",
            of(("45 (78%)", "d"), ("33 (72%)", "p"), ("nobody above grade 2", "-")),
        ),
        (  # a pronoun goes on about the same arm
            "Fever was seen in 19 patients (13%) in the dolmirin group; it was severe in five and fatal in one.",
            of(("19 patients (13%)", "d"), ("five", "d"), ("one", "d")),
        ),
        (  # one arm in its clause
            "All fevers were of grade 1 in the placebo group; in the dolmirin group, 4 and 3 patients had fever and "
            "rash, respectively.",
            of(("4", "d"), ("3", "d")),
        ),
    ],
)
def test_arms_of_clauses_and_pairs(text: str, expected: list[tuple[str, str]]) -> None:
    assert [pair for pair in arms(text) if pair[0] != "All"] == expected


SIZED = "# Results\n\nWe assigned 36 adults, 24 to dolmirin and 12 to placebo.\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fever was seen in 19 patients (79%), and one had a rash.", ["dolmirin", "dolmirin"]),
        ("Fever was seen in 20 of 24; none in the other arm.", ["dolmirin", "placebo"]),
        ("Fever was seen in 18 patients (50%).", ["overall"]),
        ("Fever was seen in 9 patients (31%).", ["overall"]),
    ],
)
def test_the_arm_whose_size_gives_the_share(text: str, expected: list[str]) -> None:
    rows = [r for r in record(SIZED + text).rows if r.outcome_class != "enrollment"]
    assert [r.arm for r in rows] == expected
