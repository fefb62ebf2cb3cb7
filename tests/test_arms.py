"""The arms of a document: inventory, abbreviations, sizes and roles."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialtab import readers, rules, values
from trialtab.extract import extract
from trialtab.extract.arm_roles import roles
from trialtab.extract.arms import Entry, abbreviations, inventory, records
from trialtab.extract.mentions import Mention, key
from trialtab.model import Arm

RULES = rules.load()
CONTROL_WORDS = RULES.sets["control_name"]


def arms(text: str) -> list[Arm]:
    (document,) = readers.read(text.encode(), "x.txt")
    found = extract(document, RULES).arms
    for arm in found:
        if arm.start is not None:
            assert document.text[arm.start : arm.end].strip()
        if arm.n is not None:
            printed = document.text[arm.n_start : arm.n_end]
            assert values.number(printed.removeprefix("n = ")) == arm.n, printed
    return list(found)


# ---- abbreviations ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("progressive muscle relaxation (PMR) was taught", {"PMR": "progressive muscle relaxation"}),
        ("It was usual care (UC).", {"UC": "usual care"}),
        ("chimeric antigen receptor (CAR) T cells", {"CAR": "chimeric antigen receptor"}),
        ("cytokine release syndrome (CRS) and overall survival (OS)",
         {"CRS": "cytokine release syndrome", "OS": "overall survival"}),
        ("the first saying counts: usual care (UC), ulcerative colitis (UC)", {"UC": "usual care"}),
        ("diffuse large B-cell lymphoma (DLBCL)", {"DLBCL": "diffuse large B-cell lymphoma"}),
        ("usual care (n = 40), usual care (see below)", {}),
        ("usual care (XY)", {}),
        ("(UC)", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_abbreviations(text, expected):
    assert abbreviations(text) == expected


@given(st.text())
def test_any_text_may_be_searched_for_abbreviations(text):
    for short, long_form in abbreviations(text + " (AB) (X1)").items():
        assert len(long_form) > len(short)


def test_cells_in_short_are_the_same_arm_as_in_full():
    found = arms(
        "We compared axicabtagene ciloleucel (axi-cel) with tisagenlecleucel (tisa-cel).\n\nResponse was 61% with "
        "axi-cel and 52% with tisa-cel. Severe ICANS was seen in 19% with axi-cel and 1% with tisa-cel."
    )
    assert [arm.label for arm in found if arm.role != "overall"] == ["axicabtagene ciloleucel", "tisagenlecleucel"]


def test_sizes_before_their_names():
    found = arms(
        "Patients were randomized to placebo, etoricoxib or naproxen. In all 891 were randomized (n = 357 for placebo, "
        "n = 353 for etoricoxib, and n = 181 for naproxen)."
    )
    assert {arm.label: arm.n for arm in found if arm.role != "overall"} == {
        "placebo": 357, "etoricoxib": 353, "naproxen": 181,
    }  # fmt: skip


def test_a_name_that_any_trial_has_gives_way_to_one_that_says_what_was_given():
    entry = Entry("whole breast", "controls", mention("controls", 0)[0])
    entry.texts.update({"controls": 6, "whole-breast": 3, "40 Gy": 1})
    entry.name_as_in_results()
    assert entry.label == "whole-breast"
    entry.texts = Counter({"controls": 6, "40 Gy": 1})  # said once: no name of it
    entry.name_as_in_results()
    assert entry.label == "controls"


# ---- inventory and roles, from mentions ------------------------------------------------------------------------


def mention(label: str, at: int, source: str = "head noun") -> tuple[Mention, bool]:
    return Mention("arm", at, at + 1, at, at + len(label), label, source, key(label)), False


def test_the_inventory_keeps_what_is_named_often_or_strongly_in_order_of_first_mention():
    seen = [
        mention("placebo", 50, "control name"), mention("dolmirin", 10, "known name"), mention("dolmirin", 90),
        mention("placebo", 120), mention("bystander", 70, "slot"),
    ]  # fmt: skip
    found = inventory(seen, "", Counter(), {})
    assert [entry.key for entry in found.arms] == ["dolmirin", "placebo"]
    assert found.find("placebo").mentions == 2
    assert found.find("bystander") is None
    assert found.known() == {"dolmirin": "dolmirin", "placebo": "placebo"}


def test_a_short_form_is_the_arm_of_its_long_form():
    text = "Patients had progressive muscle relaxation (PMR) or usual care (UC)."
    seen = [
        mention("progressive muscle relaxation", 13),
        mention("usual care", 55),
        mention("PMR", 80),
        mention("UC", 90),
    ]
    found = inventory(seen, text, Counter(), {})
    assert len(found.arms) == 2
    assert found.find(key("progressive muscle relaxation")) is found.find("pmr")
    assert found.find(key("usual care")) is found.find("uc")


def test_sizes_and_pairs_are_kept_with_their_arms():
    seen = [mention("dolmirin", 10), mention("placebo", 40)]
    found = inventory(seen, "", Counter({("dolmirin", "placebo"): 2}), {"placebo": (118.0, 48, 55)})
    entry = found.find("placebo")
    assert (entry.n, entry.n_place) == (118.0, (48, 55))
    assert found.find("dolmirin").n is None
    assert [(a.label, a.n, a.n_start) for a in records(found, {}, "")] == [
        ("dolmirin", None, None),
        ("placebo", 118, 48),
    ]


@pytest.mark.parametrize(
    ("labels", "control"),
    [
        (("dolmirin", "placebo"), "placebo"),
        (("placebo", "dolmirin"), "placebo"),
        (("exercise", "usual care"), "usual care"),
        (("chemotherapy", "chemotherapy plus dolmirin"), "chemotherapy"),
        (("chemotherapy alone", "dolmirin"), "chemotherapy alone"),
        (("sham", "stimulation"), "sham"),
        (("matched controls", "infusion"), "matched controls"),
        (("dolmirin", "zelanib"), "zelanib"),  # nothing says it: the arm named first is the intervention
    ],
)
def test_roles_are_decided_once(labels, control):
    a, b = labels
    pairs = Counter({(key(a), key(b)): 1})
    found = inventory([mention(a, 10), mention(b, 60)], "", pairs, {}, [{key(a), key(b)}])
    assert [entry.label for entry in found.arms] == [a, b]
    role_of = roles(found, pairs, CONTROL_WORDS)
    assert {name: role_of[key(name)] for name in labels} == {
        name: "control" if name == control else "intervention" for name in labels
    }


@pytest.mark.parametrize(
    ("results", "control"),
    [
        ("Fever occurred in 12% with dolmirin and 20% with zelanib.", "zelanib"),
        # the title names them in the other order than the results do: so does what is compared with
        (
            "Fever occurred in 20% with zelanib and 12% with dolmirin. Pain was rarer with zelanib than with dolmirin "
            "(5% vs 9%).",
            "dolmirin",
        ),
        (
            "Fever occurred in 20% with zelanib and 12% with dolmirin. Pain was rarer with dolmirin than with zelanib "
            "(5% vs 9%).",
            "zelanib",
        ),
    ],
)
def test_results_tell_the_control_where_no_name_does(results, control):
    found = arms(f"We compared dolmirin with zelanib. Patients were randomly assigned to each drug. {results}")
    assert {arm.label for arm in found if arm.role == "control"} == {control}


def test_no_arms_no_roles():
    assert roles(inventory([], "", Counter(), {}), Counter(), CONTROL_WORDS) == {}


# ---- the arms of a whole document ------------------------------------------------------------------------------

TWO = "Patients were randomly assigned to dolmirin (n = 120) or placebo (n = 118). "


def test_two_arms_with_sizes_and_roles():
    first, second = arms(TWO + "Relapse occurred in 12 patients in the dolmirin group and 20 in the placebo group.")
    assert (first.label, first.role, first.n) == ("dolmirin", "intervention", 120)
    assert (second.label, second.role, second.n) == ("placebo", "control", 118)
    assert first.arm_id != second.arm_id


def test_the_control_is_the_control_also_where_it_is_named_first():
    found = arms(
        "Patients were randomly assigned to placebo or dolmirin. "
        "Relapse occurred in 20 patients in the placebo group and 12 "
        "in the dolmirin group. Death occurred in 4 patients in the placebo group and 3 in the dolmirin group."
    )
    assert {arm.label: arm.role for arm in found} == {"placebo": "control", "dolmirin": "intervention"}


def test_short_names_are_no_third_arm():
    found = arms(
        "Patients were randomly assigned to progressive muscle relaxation (PMR) or usual care (UC). "
        "Pain was 3.1 in the PMR "
        "group and 4.5 in the UC group. Sleep was 7.1 hours in the PMR group and 5.9 hours in the UC group."
    )
    assert sorted(arm.label for arm in found) == ["PMR", "UC"], "as the results call them"
    assert {arm.label: arm.role for arm in found}["UC"] == "control"


@pytest.mark.parametrize(
    "text",
    [
        "Relapse occurred in 4 of 11 patients.",
        "This was a single-arm phase 2 trial. Sixty patients received dolmirin. The response rate was 43%.",
        "We treated 10 patients with teclistamab. Median B-cell aplasia was 157 days.",
        "In this case series, 5 patients were given teclistamab. All five patients had a complete response.",
        "Nothing is said here.",
    ],
)
def test_a_document_that_compares_nothing_has_the_one_arm_overall(text):
    (arm,) = arms(text)
    assert (arm.label, arm.role) == ("overall", "overall")


def test_the_overall_arm_knows_its_treatment_and_its_size():
    (arm,) = arms("We treated 10 patients with teclistamab. Median B-cell aplasia was 157 days.")
    assert (arm.n, arm.intervention, arm.intervention_class) == (10, "teclistamab", "BCMA x CD3 engager")


def test_a_size_with_its_parts_in_a_bracket_is_the_whole():
    (arm,) = arms("RESULTS: n = 15 (lupus, n = 8; myositis, n = 7). All 15 patients given CD19 CAR T cells responded.")
    assert arm.n == 15
