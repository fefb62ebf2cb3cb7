"""Arms in a sentence: each construction that names one, what only looks like one, and names that a document knows."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialtab import language, rules
from trialtab.extract.measures import WordAt, announced, items, measures
from trialtab.extract.mentions import STRENGTH, Finder, Mention, key

RULES = rules.load()


def mentions(text: str, known: Mapping[str, str] | None = None) -> list[Mention]:
    row = items(language.sentence(text, 0, len(text)), RULES)
    return Finder(text, row, WordAt(row), measures(row, RULES, announced(text)), RULES.sets, known or {}).arms()


def named(text: str, known: Mapping[str, str] | None = None) -> list[str]:
    """The names of a sentence's arms, each once, in the order in which they are first met."""
    return list(dict.fromkeys(m.text for m in mentions(text, known)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a head noun
        ("Fever occurred in 4 patients in the dolmirin group and 9 in the placebo group.", ["dolmirin", "placebo"]),
        ("Fever was seen in the usual-care arm.", ["usual-care"]),
        ("Fever occurred in 4% of the dolmirin and placebo groups.", ["dolmirin", "placebo"]),
        ("Pain was 3.1 in the exercise group and 4.5 in the control group.", ["exercise", "control"]),
        ("Fever occurred in 23%, 17% and 11% in the 50 mg, 100 mg and placebo groups.", ["50 mg", "100 mg", "placebo"]),
        # a letter
        ("Group A had 4 deaths and group B had 9.", ["Group A", "group B"]),
        ("Arm A: 12/40 responded; arm B: 20/41 responded.", ["Arm A", "arm B"]),
        ("Deaths were 4 in groups A and B.", ["group A", "B"]),
        # a participle
        ("Nausea was seen in 23% of dolmirin-treated and 11% of placebo-treated patients.", ["dolmirin", "placebo"]),
        ("Of patients receiving dolmirin, 23% had nausea.", ["dolmirin"]),
        ("Patients were treated with dolmirin or zelanib.", ["dolmirin", "zelanib"]),
        ("Patients were randomly assigned to dolmirin (n = 120) or placebo (n = 118).", ["dolmirin", "placebo"]),
        ("Patients were randomised to receive either surgery or radiotherapy.", ["surgery", "radiotherapy"]),
        ("Women were allocated to exercise, relaxation or usual care.", ["exercise", "relaxation", "usual care"]),
        ("Patients given dolmirin had less pain than those given placebo.", ["dolmirin", "placebo"]),
        # a name of a control, a name of the vocabulary
        ("There were 4 deaths with placebo and 3 with sham.", ["placebo", "sham"]),
        ("There were 4 deaths with methotrexate and 3 with prednisone.", ["methotrexate", "prednisone"]),
        # two sides of a comparison
        ("The response rate was 43% with dolmirin versus 28% with zelanib.", ["dolmirin", "zelanib"]),
        ("Pain was less with dolmirin than with zelanib (3.1 vs 4.5).", ["dolmirin", "zelanib"]),
        ("Pain was less with dolmirin compared with zelanib.", ["dolmirin", "zelanib"]),
        ("Recurrence was 4% after surgery and 9% after radiotherapy.", ["surgery", "radiotherapy"]),
    ],
)
def test_arms(text, expected):
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Fever occurred in 4 of 11 patients.",
        "The response rate was 43% in the study.",
        "Fever occurred in 23% of women and headache in 11%.",
        "The two groups did not differ.",
        "Both groups had 4 deaths.",
        "Each group had 4 deaths.",
        "Fever was seen in 4% at 6 months and in 9% at 12 months.",
        "Patients were assigned to one of two groups.",
        "The age group of 18 to 30 years had 4 deaths.",
        "The Cooperative Oncology Group scale was used.",
        "No deaths occurred.",
        "",
    ],
)
def test_what_is_no_arm(text):
    assert named(text) == []


def test_arms_that_the_document_knows_are_found_where_nothing_else_tells():
    text = "PMR gave 3.1 points and usual care 4.5."
    assert named(text, {"pmr": "PMR", "usual care": "usual care"}) == ["PMR", "usual care"]
    assert {m.source for m in mentions(text, {"pmr": "PMR", "usual care": "usual care"})} == {"inventory"}


def test_the_stronger_construction_gives_its_name_to_a_place():
    """ "placebo" is a control name wherever it stands; behind "the" and before "group" the head noun says more."""
    (weak,) = mentions("There were 4 deaths with placebo.")
    (strong,) = mentions("There were 4 deaths in the placebo group.")
    assert (weak.source, strong.source) == ("control name", "head noun")
    assert (weak.text, weak.key) == (strong.text, strong.key) == ("placebo", "placebo")
    assert strong.strength > weak.strength
    assert {weak.source, strong.source} <= set(STRENGTH)


@pytest.mark.parametrize(
    "labels",
    [
        ("placebo", "the placebo group", "Placebo-treated patients", "placebo arm", "patients receiving placebo",
         "the Placebo Group"),
        ("dolmirin plus chemotherapy", "the dolmirin plus chemotherapy group", "Dolmirin plus chemotherapy arm"),
        ("usual care", "usual-care group", "the Usual Care arm", "patients assigned to usual care"),
        ("control", "controls", "the control group", "Control patients"),
    ],
)  # fmt: skip
def test_spellings_of_one_arm_have_one_key(labels):
    assert len({key(label) for label in labels}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("group A", "group B"), ("50 mg", "100 mg"), ("dolmirin", "dolmirin plus zelanib"), ("CD4+", "CD4")],
)
def test_different_arms_have_different_keys(one, other):
    assert key(one) != key(other)


PIECES = [
    "dolmirin", "placebo", "group", "groups", "arm", "A", "B", "and", "or", "versus", "vs", "than", "compared", "with",
    "in", "the", "of", "to",
    "patients", "treated", "-", "assigned", "receiving", "(", ")", ",", ";", "4", "11", "23%", "12 (10%)", "mg", "was",
    "higher", "respectively",
    "median", "each", "both", "no", "deaths", "usual", "care", "(n = 4)", "P<0.001",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
def test_mentions_stand_where_they_say_apart_and_in_order(text):
    end = 0
    for mention in mentions(text, {"usual care": "usual care"}):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.text
        assert mention.text.lower() in text[mention.start : mention.end].lower() or mention.source == "letter"
        assert mention.key
        end = mention.end
