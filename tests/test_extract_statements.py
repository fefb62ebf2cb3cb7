"""Results said without a number: every worked example of patterns/facts.toml, sections, offsets, hostile text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import grows_as_its_size
from trialtab import readers, rules
from trialtab.extract.said_words import MAX_QUOTE, said_triggers
from trialtab.extract.statements import statements
from trialtab.model import Block, Document, Statement

RULES = rules.load()
IDS = ("said_no_difference", "said_did_not_differ", "said_no_effect", "said_compared", "said_changed")
EXAMPLES = [(c.id, example) for c in RULES.constructions if c.id in IDS for example in c.examples]


def document(text: str, section: str = "results", part: str = "results", kind: str = "paragraph") -> Document:
    return Document("d.txt", "0" * 64, "text", text, (Block(kind, section, part, 0, len(text)),))


def said(text: str, **arms: str) -> list[Statement]:
    found = statements(document(text), RULES, arms)
    for statement in found:
        assert 0 <= statement.start < statement.end <= len(text)
        assert statement.end - statement.start <= MAX_QUOTE
    return list(found)


def test_every_kind_has_examples() -> None:
    assert {id for id, _ in EXAMPLES} == set(IDS)
    for id in IDS:
        own = [example for other, example in EXAMPLES if other == id]
        assert any(example.get("none") for example in own), f"{id} has no look-alike"
        assert any(example.get("rows") for example in own)


@pytest.mark.parametrize("example", [e for _, e in EXAMPLES], ids=[e["text"][:60] for _, e in EXAMPLES])
def test_worked_examples(example: dict) -> None:
    got = said(example["text"])
    if example.get("none"):
        assert got == []
        return
    for row in example["rows"]:
        assert any(all(getattr(s, name) == value for name, value in row.items()) for s in got), (row, got)
    assert len(got) == len(example["rows"]), got


def test_triggers_are_plain_words() -> None:
    triggers = said_triggers(RULES)
    assert {"differ", "higher", "reduced", "similar"} <= triggers
    assert sorted(word for word in triggers if not word.isalpha()) == []


def test_rule_is_the_construction_that_tells_it() -> None:
    for id, example in EXAMPLES:
        if example.get("rows"):
            assert id in {s.rule for s in said(example["text"])}


def test_the_other_of_two_arms_is_filled_in() -> None:
    (one,) = said("Pain was significantly lower in the block group.", block="block", sham="sham")
    assert (one.arm, one.comparator, one.direction) == ("block", "sham", "decreased")


def test_two_groups_are_the_documents_two_arms() -> None:
    (one,) = said("Mortality did not differ between the two groups.", drug="drug", placebo="placebo")
    assert (one.arm, one.comparator) == ("drug", "placebo")
    (bare,) = said("Mortality did not differ between the two groups.")
    assert (bare.arm, bare.comparator) == (None, None)


def test_a_known_arm_takes_its_label() -> None:
    (one,) = said(
        "Relapse was significantly less frequent in the azathioprine group than in the placebo group.",
        azathioprine="AZA",
    )
    assert (one.arm, one.comparator) == ("AZA", "placebo")


def test_improved_depends_on_what_improves() -> None:
    assert [s.direction for s in said("Survival improved significantly with drug A.")] == ["increased"]
    assert [s.direction for s in said("Headache improved significantly with drug A.")] == ["decreased"]


def test_brackets_are_stepped_over_and_left_out_of_the_outcome() -> None:
    (one,) = said("Overall survival (hazard ratio 0.98; 95% CI 0.8 to 1.2) did not differ between arms.")
    assert one.outcome == "Overall survival"


def test_a_sentence_with_numbers_may_hold_a_statement() -> None:
    text = (
        "Sleep lasted 372 and 365 min, with no significant difference in sleep latency between treatments (p = 0.65)."
    )
    (one,) = said(text)
    assert (one.outcome, one.direction) == ("sleep latency", "no difference")
    assert text[one.start : one.end].startswith("no significant difference in sleep latency")


@pytest.mark.parametrize(
    ("section", "part"),
    [("methods", "methods"), ("background", "background"), ("discussion", "discussion"), ("abstract", "methods"),
                          ("abstract", "conclusion"), ("references", "")]
)  # fmt: skip
def test_other_sections_say_nothing(section: str, part: str) -> None:
    text = "There was no significant difference in overall survival between the groups."
    assert statements(document(text, section, part), RULES, {}) == ()


def test_headings_and_furniture_say_nothing() -> None:
    assert statements(document("Mortality did not differ between groups.", kind="furniture"), RULES, {}) == ()


def test_corpora(repository_documents: list[Document]) -> None:
    by_name = {d.name: statements(d, RULES, {}) for d in repository_documents}
    for d in repository_documents:
        for s in by_name[d.name]:
            assert d.text[s.start : s.end].strip() == d.text[s.start : s.end] != ""
    registry = by_name["german_registry_cart.txt"]
    assert [(s.outcome, s.arm, s.direction) for s in registry] == [("NRM", "axi-cel", "increased")]
    assert ("Hospital admissions", "no difference") in {(s.outcome, s.direction) for s in by_name["steadier_falls.md"]}


@pytest.fixture(scope="module")
def repository_documents(request: pytest.FixtureRequest) -> list[Document]:
    folder = request.config.rootpath / "corpora"
    files = sorted(p for p in folder.glob("*/documents/*") if p.suffix in (".txt", ".md", ".nxml", ".html"))
    assert files
    return [d for p in files for d in readers.read(p.read_bytes(), p.name)]


ITS_OWN = """no not significant difference differ in of between and , ( ) than compared with was were did lower higher
reduced improved survival pain group groups patients the a as assessed by drug placebo similar to more likely
increase had showed . ; 12 5 % effect on"""
WORDS = st.sampled_from(ITS_OWN.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=60))
def test_any_row_of_its_own_words_is_read(words: list[str]) -> None:
    said(" ".join(words), drug="drug", placebo="placebo")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    said(text)


@pytest.mark.parametrize(
    "unit",
    [
        "no significant difference in pain, ",
        "and did not differ, as assessed by ",
        "pain was lower in ",
        "( ",
        "reduced the ",
        "between A and ",
    ],
)
def test_time_grows_with_length_only(unit: str) -> None:
    grows_as_its_size(lambda times: document(unit * times), lambda document: statements(document, RULES, {}), 400, 3200)
