"""Who was set against whom: the groups that titles, aims and sentences of allocation name, and the way to them."""

from __future__ import annotations

import pytest

from trialtab import readers, rules
from trialtab.extract import arms as arms_of
from trialtab.extract import design as design_of
from trialtab.extract import extract, reading
from trialtab.extract.measures import announced

RULES = rules.load()


def told(text: str, title: str = "") -> list[design_of.Group]:
    """The groups of the best statement of a text."""
    (document,) = readers.read((f"# {title}\n\n{text}" if title else text).encode(), "x.md" if title else "x.txt")
    said = announced(document.text)
    read = [r for b in reading.blocks(document) for r in reading.sentences(document.text, b, RULES, said)]
    reading.arm_mentions(document.text, read, RULES, {})
    statements = design_of.statements_of_design(document.text, read, RULES.sets)
    return statements[0] if statements else []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Patients were randomly assigned (1:1) to receive dolmirin 50 mg once daily or placebo for 12 weeks.",
            [{"dolmirin"}, {"placebo"}],
        ),
        (
            "Women were randomised to upfront (274 patients) or delayed (277 patients) zoledronic acid.",
            [{"upfront"}, {"delayed", "zoledronic", "acid"}],
        ),
        (
            "Participants were randomly allocated to exercise (n = 50), education (n = 51), or usual care (n = 49).",
            [{"exercise"}, {"education"}, {"usual", "care"}],
        ),
        (
            "We compared dolmirin versus placebo, tolmirin, and narvamab in adults with hypertension.",
            [{"dolmirin"}, {"placebo"}, {"tolmirin"}, {"narvamab"}],
        ),
        (
            "We compared dolmirin versus tolmirin, narvamab, and prednisone in adults with lymphoma.",
            [{"dolmirin"}, {"tolmirin", "narvamab", "prednisone"}],
        ),
        ("Of 181 patients, 89 were randomly assigned to the CP arm and 92 to the CQ arm.", [{"cp"}, {"cq"}]),
        (
            "They were randomly assigned to surgery plus tamoxifen or tamoxifen alone.",
            [{"surgery", "tamoxifen"}, {"tamoxifen", "alone"}],
        ),
        ("We compared the safety and efficacy of dolmirin with tolmirin in adults.", [{"dolmirin"}, {"tolmirin"}]),
        ("They were randomized to one of two groups: the ABC group or the XYZ group.", [{"abc"}, {"xyz"}]),
        (  # clauses between the word of allocation and the groups
            "The trial randomly assigned women who were receiving tolmirin to dolmirin (n = 30) versus rest (n = 31).",
            [{"dolmirin"}, {"rest"}],
        ),
        (
            "We assigned 516 patients in whom the lump was no more than 2 cm wide either to dolmirin or to rest.",
            [{"dolmirin"}, {"rest"}],
        ),
        ("Patients were randomly administered dolmirin or placebo.", [{"dolmirin"}, {"placebo"}]),
        (  # what the groups are called, and what they receive
            "They were randomised to the test group (n = 85) receiving dolmirin or the control group receiving rest.",
            [{"test", "dolmirin"}, {"control", "rest"}],
        ),
        (
            "Women were randomised to treatment with dolmirin (Dol) or without (no-Dol).",
            [{"dolmirin"}, {"dolmirin", "without"}],
        ),
        (
            "Children were randomly assigned to 3 cycles or 6 cycles of dolmirin.",
            [{"3 cycles"}, {"6 cycles"}],
        ),
        (
            "Patients were randomly assigned to A1 (dolmirin 20 mg) or B1 (dolmirin 40 mg).",
            [{"a1"}, {"b1"}],
        ),
        (
            "Patients were randomly assigned to 30 mg dolmirin, 60 mg of dolmirin or placebo in blocks.",
            [{"dolmirin", "30"}, {"dolmirin", "60"}, {"placebo"}],
        ),
        (
            "Patients were randomly assigned to dolmirin 30 mg, tolmirin 5 mg and rest or to placebo.",
            [{"dolmirin", "tolmirin", "rest"}, {"placebo"}],
        ),
        ("A randomised trial compared response rates and survival with toxicity.", []),
        ("Randomisation was stratified by centre or stage.", []),
        ("Treatment went on until progressive disease or unacceptable toxicity.", []),
        ("Nothing was compared.", []),
        ("The eyes were divided into three groups (A, B and C).", [{"a"}, {"b"}, {"c"}]),
        ("Values were compared with the chi-square test or Fisher's exact test.", []),
        (
            "Group A (n = 20) received dolmirin 5 mg. Group B (n = 21) was treated with tolmirin 5 mg.",
            [{"dolmirin"}, {"tolmirin"}],
        ),
    ],
)
def test_the_groups_of_a_sentence(text: str, words: list[set[str]]):
    assert [set(group.words) for group in told(text)] == words


def test_a_title_names_groups():
    groups = told("Adults took part.", "Dolmirin plus tolmirin versus dolmirin alone for gout: a randomised trial")
    assert [group.phrase for group in groups] == ["Dolmirin plus tolmirin", "dolmirin alone"]


def test_with_or_without_makes_two_groups():
    groups = told("Adults took part.", "Tamoxifen with or without irradiation in older women")
    assert [group.names for group in groups] == [
        ["Tamoxifen irradiation"], ["Tamoxifen", "Tamoxifen alone"],
    ] or [group.alone for group in groups] == [False, True]  # fmt: skip


def test_brackets_give_names_sizes_and_roles():
    groups = told(
        "They were randomly allocated to physical exercise only (PE group, the control; n = 500) or massage "
        "(MLD group; n = 480)."
    )
    assert [group.names[1:] for group in groups] == [["PE group"], ["MLD group"]] or groups[0].said_control
    assert [group.n for group in groups] == [500, 480]


def design(text: str) -> design_of.Design:
    return design_of.Design([told(text)], arms_of.abbreviations(text), RULES.sets["control_name"])


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("tamoxifen", "tamoxifen alone"),
        ("surgery tamoxifen", "surgery plus tamoxifen"),
        ("surgery", "surgery plus tamoxifen"),
        ("control", "tamoxifen alone"),
        ("radiotherapy", None),
    ],
)
def test_the_way_from_a_name_to_its_group(name: str, phrase: str | None):
    found = design("They were randomly assigned to surgery plus tamoxifen or tamoxifen alone.").group_of(name)
    assert (found.phrase if found else None) == phrase


def test_an_abbreviation_is_its_long_form():
    made = design("They were randomly assigned to deferoxamine (DFO) or deferiprone (DFP).")
    group = made.group_of("dfo")
    assert group is not None and group.phrase == "deferoxamine"
    assert made.group_of("deferoxamine") is group


def arms(text: str) -> dict[str, str | None]:
    (document,) = readers.read(text.encode(), "x.txt")
    return {arm.label: arm.role for arm in extract(document, RULES).arms}


def test_the_control_is_who_says_so_wherever_it_stands():
    text = (
        "Patients were randomly assigned to placebo or dolmirin. Results: Response occurred in 12 of 40 patients in "
        "the placebo group and 25 of 41 patients in the dolmirin group."
    )
    assert arms(text) == {"placebo": "control", "dolmirin": "intervention"}


def test_of_two_treatments_the_one_named_first_is_tested():
    text = (
        "Dolmirin is new. Patients were randomly assigned to tolmirin or dolmirin. Results: Response occurred in "
        "25 of 41 patients in the dolmirin group and 12 of 40 patients in the tolmirin group."
    )
    assert arms(text) == {"tolmirin": "control", "dolmirin": "intervention"}


def test_letters_follow_the_order_of_allocation():
    text = (
        "Patients were randomly assigned to dolmirin or placebo. Results: Response occurred in 12 of 40 patients in "
        "group A and 25 of 41 patients in group B. Relapse occurred in 3 patients in group A and 9 in group B."
    )
    assert arms(text) == {"group A": "intervention", "group B": "control"}


def test_a_name_of_no_group_is_no_arm():
    text = (
        "Patients were randomly assigned to dolmirin or placebo. Results: The response rate was 40% with dolmirin and "
        "20% with placebo. In the low-risk group, it was 60% vs 30%."
    )
    (document,) = readers.read(text.encode(), "x.txt")
    found = [(f.measure.percent, f.arm) for f in extract(document, RULES).findings if not f.enrollment]
    assert found == [(40, "dolmirin"), (20, "placebo"), (60, "dolmirin"), (30, "placebo")]


def test_a_treatment_given_as_a_control_says_so():
    groups = told("Women were randomised to receive dolmirin vaccine or hepatitis vaccine as control.")
    assert [g.said_control for g in groups] == [False, True]


def test_a_name_said_once_in_a_long_report_is_no_arm():
    """Without a sentence of allocation, names that stand far less often than the others are none of the arms."""
    often = "Pain was 3.2 in the active group and 5.1 in the sham group. "
    text = "This was a randomised trial. " + often * 12 + "Pain was 4.4 in the logging group."
    (document,) = readers.read(text.encode(), "x.txt")
    found = extract(document, RULES)
    assert {a.label for a in found.arms} == {"active", "sham"}
    assert found.findings[-1].arm not in ("logging", "logging group")


def test_an_analysis_set_is_no_arm():
    text = (
        "Patients were randomised to dolmirin or tolmirin. Cure was seen in 80% (40/50) and 85% (39/46) with dolmirin "
        "in the ITT and PP analyses, and in 70% (35/50) and 74% (34/46) with tolmirin. The ITT group and the PP group "
        "were alike. Cure in the ITT group versus the PP group was 75% versus 79%."
    )
    (document,) = readers.read(text.encode(), "x.txt")
    labels = {arm.label.lower() for arm in extract(document, RULES).arms}
    assert not {label for label in labels if "itt" in label.split() or "pp" in label.split()}
    assert any("dolmirin" in label for label in labels)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "From each pair of twins one child was randomly allocated to a mat group and the other to a drug group.",
            ["mat", "drug"],
        ),
        (
            "This was a controlled trial with three arms: yoga, dance, and no exercise.",
            ["yoga", "dance", "no exercise"],
        ),
        ("Half of the adults were randomly assigned to yoga and the others received dance.", ["yoga", "dance"]),
        ("Blood was drawn in three groups: before breakfast, after lunch and at night.", []),
        ("One child was randomly allocated to a mat group and the other child was well.", []),
    ],
)
def test_groups_told_in_two_steps_or_as_a_list(text: str, names: list[str]):
    assert [group.phrase for group in told(text)] == names


def test_initials_stand_for_a_group():
    made = design("They were randomly assigned to usual care (n = 80), resistance exercise or dance therapy.")
    assert {name: (g.phrase if (g := made.group_of(name)) else None) for name in ("uc", "dt", "xy")} == {
        "uc": "usual care", "dt": "dance therapy", "xy": None,
    }  # fmt: skip
