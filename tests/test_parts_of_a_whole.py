"""Groups told by sizes that make up a whole: where one ends and the next begins, their names, and what counts them."""

from __future__ import annotations

import pytest

from trialtab import readers, rules, run
from trialtab.extract import design_parts, reading
from trialtab.extract.measures import announced
from trialtab.model import Record

RULES = rules.load()


def parts(text: str) -> list[tuple[str, list[str], float | None]]:
    """Phrase, further names and size of each group of the first whole of a text."""
    (document,) = readers.read(text.encode(), "x.txt")
    said = announced(document.text)
    read = [r for b in reading.blocks(document) for r in reading.sentences(document.text, b, RULES, said)]
    wholes = design_parts.parts_of_wholes(document.text, read, {})
    return [(g.phrase, g.names[1:], g.n) for g in wholes[0].groups] if wholes else []


def record(text: str) -> Record:
    (found,) = run.records(text.encode(), "trial.md")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # each part is a list of its own
            "We randomised 201: 101 to dolmirin, tolmirin and narvamab (triplet) and 100 to dolmirin, tolmirin and "
            "placebo (doublet). Relapse was rarer with the triplet than with the doublet.",
            [
                ("dolmirin, tolmirin and narvamab", ["triplet"], 101),
                ("dolmirin, tolmirin and placebo", ["doublet"], 100),
            ],
        ),
        (  # dose levels
            "In all, 21 had been infused: 3 at DL1, 6 at DL2 and twelve at DL3.",
            [("DL1", [], 3), ("DL2", [], 6), ("DL3", [], 12)],
        ),
        (  # the share and the people stand before the name
            "A total of 40 patients were enrolled, 22 (55%) of them in the 10 mg cohort and 18 (45%) in the 20 mg one.",
            [("10 mg", [], 22), ("20 mg", [], 18)],
        ),
        (  # names in short alone
            "Ninety people were dosed, 50 of them every other week (Q2W) and 40 less often (Q4W). Fever was seen in 9 "
            "on Q2W and in 3 on Q4W.",
            [("every other week", ["Q2W"], 50), ("less often", ["Q4W"], 40)],
        ),
        (
            "Altogether 90 patients (DOL, n = 50; TOL, n = 40) were analysed.",
            [("DOL", [], 50), ("TOL", [], 40)],
        ),
        (
            "In sum, 90 patients were randomised (10 mg: 31; 20 mg: 30; placebo: 29).",
            [("10 mg", [], 31), ("20 mg", [], 30), ("placebo", [], 29)],
        ),
        ("Of 80 treated patients, 50 had a response, 30 of them with fever and 20 with a rash.", []),
        ("We enrolled 30 patients, 18 with lymphoma and 12 with myeloma.", []),
        ("Of the 30 patients enrolled (men, 18; women, 12), all were treated.", []),
        ("We enrolled 60 patients at 12 sites, 30 to 35 years old, and 25 to 30 years old.", []),
        ("Dolmirin was given to 30 patients: 20 to 25 mg in 17 and more in 13.", []),
    ],
)  # fmt: skip
def test_sizes_that_add_up_part_the_groups(text: str, expected: list[tuple[str, list[str], float]]) -> None:
    assert parts(text) == expected


LEVELS = (
    "# Results\n\nThis was a single-arm trial of velma-cel. Nine patients were infused: three at DL1 and six at DL2, "
    "and none was lost.\n\nFever was seen in 1/3 at DL1 and in 4/6 at DL2."
)


def test_the_parts_are_enrolled_and_the_whole_is_of_all() -> None:
    found = record(LEVELS)
    enrolled = [(r.quote, r.arm) for r in found.rows if r.outcome_class == "enrollment"]
    assert enrolled == [("Nine", "overall"), ("three", "DL1"), ("six", "DL2")]
    assert {a.label: a.n for a in found.arms} == {"overall": 9, "DL1": 3, "DL2": 6}


def test_three_cohorts_told_side_by_side_are_arms_of_a_single_arm_trial() -> None:
    text = (
        "# Results\n\nIn this single-arm trial of velma-cel, toxicity occurred in 0/3, 1/6 and 2/6 patients at DL1, "
        "DL2 and DL3, respectively.\n\nPeak levels were 5.1 (DL1), 7.2 (DL2) and 9.9 (DL3) ng/mL."
    )
    assert [r.arm for r in record(text).rows] == ["DL1", "DL2", "DL3"] * 2


def test_the_size_parted_is_the_denominator_of_the_arm() -> None:
    text = (
        "# Results\n\nWe randomised 201: 101 to dolmirin, tolmirin and narvamab (triplet) and 100 to dolmirin, "
        "tolmirin and placebo (doublet).\n\nRelapse was seen in 20 (20%) with the triplet and in 40 (40%) with the "
        "doublet. Fever was seen in 30 (30%) of the triplet group and in 50 (50%) of the doublet group."
    )
    rows = [(r.arm, r.events, r.total) for r in record(text).rows if r.outcome_class != "enrollment"]
    assert rows == [("triplet", 20, 101), ("doublet", 40, 100), ("triplet", 30, 101), ("doublet", 50, 100)]


def test_a_bound_said_of_all_arms_is_said_once() -> None:
    start = "# Results\n\nPatients were randomly assigned to dolmirin or placebo.\n\n"
    assert [r.arm for r in record(f"{start}Fever occurred in ≤ 3% of patients in all arms.").rows] == ["overall"]
    each = record(f"{start}Fever occurred in 3% of patients in all arms.").rows
    assert sorted(str(r.arm) for r in each) == ["dolmirin", "placebo"]


@pytest.mark.parametrize("word", ["consecutive", "single", "matched"])
def test_words_that_say_nothing_of_a_treatment_name_no_arm(word: str) -> None:
    text = f"# Results\n\nIn the {word} cohort, fever occurred in 7 of 20 (35%) and rash in 3 of 20 (15%)."
    assert {r.arm for r in record(text).rows} == {"overall"}


def totals(text: str) -> list[tuple[str, float | None]]:
    """Quotation and denominator of the rows with a percentage."""
    return [(r.quote, r.total) for r in record(text).rows if r.percent is not None and r.outcome_class != "enrollment"]


TWO = (
    "# Results\n\nWe randomised 201: 101 to dolmirin and narvamab (doublet) and 100 to dolmirin and placebo (singlet), "
    "which left a safety set of 98 and 96.\n\n"
)


def test_a_safety_set_of_two_arms_is_the_denominator_of_harms() -> None:
    text = f"{TWO}Fever was seen in 49 (50%) of the doublet group and in 24 (25%) of the singlet group."
    sets = [(r.events, r.arm) for r in record(text).rows if r.outcome == "safety set"]
    assert sets == [(98, "doublet"), (96, "singlet")]
    assert totals(text) == [("49 (50%)", 98), ("24 (25%)", 96)]


def test_shares_of_all_patients_of_two_arms_have_all_as_their_denominator() -> None:
    text = f"{TWO}Overall, 67 patients (33%) died. The doublet group and the singlet group were alike in age."
    assert totals(text) == [("67 patients (33%)", 201)]


def test_sizes_listed_in_a_heading() -> None:
    text = (
        "# Dolmirin against narvamab\n\nAdults were randomised to dolmirin or narvamab.\n\n"
        "### Results (dolmirin, n=553; narvamab, n=551)\n\nMajor bleeding was seen in 12 (2.2%) with dolmirin and in "
        "31 (5.6%) with narvamab.\n"
    )
    assert totals(text) == [("12 (2.2%)", 553), ("31 (5.6%)", 551)]


def test_the_number_of_people_that_all_shares_fit_is_the_size() -> None:
    told = "# Results\n\n57 men had one infusion of velma-cel.\n\nHeadache was seen in 9 (16%), fever in 14 (25%) and "
    assert totals(f"{told}rash in 7 (12%).") == [("9 (16%)", 57), ("14 (25%)", 57), ("7 (12%)", 57)]
    assert {n for _, n in totals(f"{told}rash in 7 (20%).")} == {None}


def test_the_size_that_the_shares_fit_is_preferred_to_that_of_controls() -> None:
    text = (
        "# Results\n\nFor comparison, 129 matched patients were treated elsewhere. Efficacy was evaluated in 133 "
        "treated patients.\n\nHeadache was seen in 82 (61.7%), fever in 54 (40.6%), rash in 37 (27.8%) and cough in "
        "5 (3.8%)."
    )
    assert {n for _, n in totals(text)} == {133}


def test_those_who_had_an_event_are_no_analysis_set() -> None:
    text = (
        "# Results\n\nIn all, 133 patients were treated.\n\nFever was seen in 82 (61.7%) and resolved in 81 of the 82. "
        "Rash was seen in 2 (1.5%)."
    )
    assert ("2 (1.5%)", 133) in totals(text)


def test_groups_counted_in_a_bracket_each() -> None:
    text = (
        "Thirty-six patients were assigned 2:1 to one infusion of autologous cells (cellular arm, 24 patients) or to "
        "better standard therapy (conventional arm, 12 patients)."
    )
    assert parts(text) == [("cellular", [], 24), ("conventional", [], 12)]


def test_diseases_are_no_groups() -> None:
    assert parts("In sum, 14 patients (ITP, n = 8; AIHA, n = 6) were treated.") == []


def test_ages_are_no_groups() -> None:
    assert parts("In sum, 339 patients (children, n = 130; adolescents, n = 209) were included.") == []
