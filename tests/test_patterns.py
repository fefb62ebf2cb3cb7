"""Every rule file is its own test; and what a rule file may not do is refused with file, rule and key."""

from __future__ import annotations

import tomllib

import pytest
from click.testing import CliRunner

import bundled
from clock import grows_as_its_size, within
from trialtab import cli, confidence, language, rules, score, vocabulary
from trialtab.errors import RuleFileError

PATTERNS = bundled.ROOT / "patterns"
FILES = sorted(PATTERNS.glob("*.toml"))
RULES = rules.load()

RULE = """
field = "count"
about = "Counts."

[sets]
person = ["patients"]

[[rule]]
id = "so_many"
kind = "COUNT"
patterns = ["NUM:events $person"]
  [[rule.example]]
  text = "{events:4} patients"
  gives = { events = 4 }
  [[rule.rejects]]
  text = "4 mg"
  because = "a dose"
"""
CONSTRUCTION = """
[[construction]]
id = "percent_in_brackets"
about = "A percent in brackets belongs to the count before it."
  [[construction.example]]
  text = "A response was seen in 8 of 12 patients (67%)."
  rows = [{ outcome = "response", statistic = "proportion", events = 8, total = 12, percent = 67 }]
  [[construction.example]]
  text = "Patients were seen every 4 weeks."
  none = true
"""


def load(place, text, name="count.toml"):
    """The rules of a folder with this one file."""
    (place / name).write_text(text, "utf-8")
    return rules.load(place)


# ---- the files as they are -------------------------------------------------------------------------------------


def test_every_rule_finds_what_its_examples_mark_and_leaves_its_look_alikes():
    assert RULES.check() == []


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_every_rule_has_an_example_and_says_what_it_is_about(rule):
    assert rule.examples
    assert rule.about
    assert all(look_alike.because for look_alike in rule.rejects)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_used(path):
    """A file without rules, words or terms, or of an unknown form, would be passed over in silence."""
    content = tomllib.loads(path.read_text("utf-8"))
    scale = path.name == confidence.FILE and set(confidence.SOURCES) <= set(content)
    assert content.get("field") or content.get("vocabulary") or "sets" in content or scale, path.name
    assert content.get("about") or content.get("source") or content.get("sources"), f"{path.name} says what it is"


def test_constructions_give_their_rows_and_no_others():
    assert RULES.constructions
    failures = score.check_constructions(RULES)
    assert failures == [], "\n".join(failures)


def test_the_constructions_show_enough():
    examples = [example for construction in RULES.constructions for example in construction.examples]
    assert len(examples) >= 25
    assert all(construction.about for construction in RULES.constructions)
    texts = [example["text"] for example in examples]
    assert len(set(texts)) == len(texts)


def test_rules_test_runs_both_kinds_of_examples():
    result = CliRunner().invoke(cli.main, ["rules", "test"])
    assert result.exit_code == 0, result.output
    assert f"{len(RULES.constructions)} constructions" in result.output


def test_vocabularies_load_and_hold_what_they_promise():
    assert len(vocabulary.vocabulary("outcomes").terms) >= 200
    assert len(vocabulary.vocabulary("adverse_events").terms) >= 300
    assert vocabulary.outcome("CRS").term.id == "cytokine_release_syndrome"
    assert vocabulary.intervention_class("teclistamab") == "BCMA x CD3 engager"
    assert vocabulary.condition("refractory autoimmune haemolytic anaemia") is not None


# ---- what is refused -------------------------------------------------------------------------------------------


def test_a_sound_file_is_taken(tmp_path):
    found = load(tmp_path, RULE + CONSTRUCTION)
    assert [rule.id for rule in found.rules] == ["so_many"]
    assert [construction.id for construction in found.constructions] == ["percent_in_brackets"]
    assert found.check() == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "COUNT"', 'kind = "COUNT"\nexmaple = 1', "unknown key 'exmaple'"),
        ("[sets]", "[sett]", "unknown key 'sett'"),
        ("because =", "becuase =", "unknown key 'becuase'"),
        ('because = "a dose"', "", "because"),
        ("{events:4} patients", "4 patients", "marks nothing"),
        ('  [[rule.example]]\n  text = "{events:4} patients"\n  gives = { events = 4 }\n', "", "needs an example"),
        ("NUM:events $person", "NUM:events $people", "unknown set"),
        ("NUM:events $person", "NUM:events <noun>", "unknown part"),
        ("NUM:events $person", "NUM? ANY*", "match nothing"),
        ("NUM:events $person", "NUM:events NUM:events", "captured twice"),
        ("NUM:events $person", "~[a-:events $person", "regular expression"),
        ('id = "so_many"', "", "'id' is missing"),
        ('kind = "COUNT"', 'kind = "MASK"', "reason"),
        ("about =", "about", "count.toml"),
    ],
)
def test_a_faulty_file_is_refused_and_named(tmp_path, old, new, says):
    assert old in RULE
    with pytest.raises(RuleFileError) as error:
        load(tmp_path, RULE.replace(old, new, 1))
    assert says in str(error.value)
    assert "count.toml" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("none = true", "", "expects nothing"),
        ("none = true", "non = true", "unknown key 'non'"),
        (CONSTRUCTION[CONSTRUCTION.index("  [[construction.example]]") :], "", "needs an example"),
    ],
)
def test_a_faulty_construction_is_refused_and_named(tmp_path, old, new, says):
    with pytest.raises(RuleFileError) as error:
        load(tmp_path, RULE + CONSTRUCTION.replace(old, new, 1))
    assert says in str(error.value)
    assert "count.toml" in str(error.value)


def test_an_empty_folder_and_a_folder_without_rules_are_refused(tmp_path):
    with pytest.raises(RuleFileError, match="no rule files"):
        rules.load(tmp_path)
    with pytest.raises(RuleFileError, match="no rule files"):
        load(tmp_path, 'field = "count"\n')


def test_an_id_given_twice_is_refused_also_over_two_files(tmp_path):
    (tmp_path / "other.toml").write_text(RULE, "utf-8")
    with pytest.raises(RuleFileError, match="so_many"):
        load(tmp_path, RULE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{events:4} patients and {events:5} more", "not found"),
        ("4 patients and {events:5} women", "not found"),
        ("{events:4} patients, 5 patients", "found but not marked"),
    ],
)
def test_an_example_that_does_not_hold_is_told(tmp_path, text, says):
    failures = load(tmp_path, RULE.replace("{events:4} patients", text).replace("gives = { events = 4 }", "")).check()
    assert failures
    assert all("so_many" in line for line in failures)
    assert any(says in line for line in failures)


def test_a_look_alike_that_matches_and_a_wrong_value_are_told(tmp_path):
    assert "look-alike" in load(tmp_path, RULE.replace("4 mg", "4 patients")).check()[0]
    other = tmp_path / "other"
    other.mkdir()
    assert "gives [4.0], not 5" in load(other, RULE.replace("events = 4", "events = 5")).check()[0]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("percent = 67", "percent = 66", "has percent = 67.0, not percent = 66"),
        ("percent = 67", "percnt = 67", "no column percnt"),
        ('rows = [{ outcome = "response", statistic = "proportion", events = 8, total = 12, percent = 67 }]',
         "none = true", "not expected: quote = '8 of 12 patients (67%)'"),
        ("none = true", "rows = [{ value = 4, unit = 'wk' }]", "not found: value = 4"),
        ("percent = 67 }", "percent = 67 }, {}", "states nothing"),
    ],
)  # fmt: skip
def test_a_construction_that_does_not_hold_is_told(old, new, says):
    assert old in CONSTRUCTION
    table = tomllib.loads(CONSTRUCTION.replace(old, new, 1))["construction"][0]
    construction = rules.Construction(table["id"], "count", table["about"], "count.toml", tuple(table["example"]))
    failures = list(score._differences(construction, RULES))
    assert len(failures) == 1
    assert failures[0].startswith("count.toml: percent_in_brackets: ")
    assert says in failures[0]


# ---- hostile input ---------------------------------------------------------------------------------------------

SENTENCES = {
    "numbers": "11 ", "words": "patients ", "fractions": "4/11 ", "opened": "(4 of [", "ratios": "HR 0.41 (95% CI ",
    "spread": "median 45 (21-153), ", "p-values": "P<0.001; ", "signs": "=<>±% ", "grades": "grade 3 or ",
    "number words": "one hundred and ", "one token": "x",
}  # fmt: skip


@pytest.mark.parametrize("unit", SENTENCES.values(), ids=SENTENCES)
def test_a_sentence_of_200_kb_is_matched_in_linear_time(unit):
    """Four times the length may take up to eight times as long; a quadratic step would take sixteen times."""
    with within(20):
        grows_as_its_size(
            lambda size: (unit * (size // len(unit) + 1))[:size],
            lambda text: RULES.match(language.sentence(text, 0, len(text))),
            50_000,
            200_000,
        )
