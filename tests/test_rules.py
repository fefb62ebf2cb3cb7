"""The rule engine: what its language says, what it refuses, and a proof against a matcher that needs no proof."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialtab import language, rules, values
from trialtab.errors import RuleFileError, TrialtabError

HEAD = 'field = "test"\nabout = "For the engine."\n'
EXAMPLE = '  [[rule.example]]\n  text = "{x:4}"\n'
SETS = '[sets]\nperson = ["patient", "Patients"]\nname = ["hr", "ahr"]\n'
PARTS = '[parts]\ninterval = "NUM:low to NUM:high"\nbracket = "( <interval> )"\n'


def rule(pattern: str | list[str], id: str = "r", kind: str = "N", more: str = "") -> str:
    patterns = [pattern] if isinstance(pattern, str) else pattern
    listed = ", ".join(f"'''{p}'''" for p in patterns)
    return f'[[rule]]\nid = "{id}"\nkind = "{kind}"\npatterns = [{listed}]\n{more}\n{EXAMPLE}'


def load(*tables: str, head: str = HEAD, name: str = "test.toml") -> rules.RuleSet:
    """The rules of a fresh folder that holds one file of these tables."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(head + "\n".join(tables), "utf-8")
        return rules.load(Path(folder))


def hits(found: rules.RuleSet, text: str) -> list[tuple[str, str, dict[str, str]]]:
    """(rule, its text, its captures as text) of each hit."""
    sentence = language.sentence(text, 0, len(text))
    return [
        (
            hit.rule.id,
            sentence.text(text, hit.first, hit.last),
            {n: sentence.text(text, a, b) for n, a, b in hit.captures},
        )
        for hit in found.match(sentence)
    ]


def captured(pattern: str, text: str) -> list[dict[str, str]]:
    return [names for _, _, names in hits(load(SETS, PARTS, rule(pattern)), text)]


def matched(pattern: str, text: str) -> list[str]:
    return [whole for _, whole, _ in hits(load(SETS, PARTS, rule(pattern)), text)]


# ---- what the language of patterns says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        # words, signs, alternatives: case does not count
        ("relapse", "Relapse and RELAPSE, no relapses", ["Relapse", "RELAPSE"]),
        ("relapse|death", "a relapse or a death", ["relapse", "death"]),
        ("( NUM )", "a (4) and [4] and (a)", ["(4)"]),
        ("(|[ NUM )|]", "a (4) and [4] and (a)", ["(4)", "[4]"]),
        ("; NUM :|= NUM", "x; 4: 5; 4 = 5; 4, 5", ["; 4: 5", "; 4 = 5"]),
        # exact case, alone and as an alternative
        ("=HR NUM", "HR 78, hr 78, Hr 78", ["HR 78"]),
        ("=HR|ahr NUM", "HR 1, hr 1, AHR 1, ahr 1", ["HR 1", "AHR 1", "ahr 1"]),
        ("=", "n = 4", ["="]),
        # sets
        ("NUM $person", "4 patients, eleven PATIENT, 4 people", ["4 patients", "eleven PATIENT"]),
        # regular expressions: the whole token, case ignored
        ("~(?:cd) ~(?:cd\\d+)?", "cd19 cd, cd cd3", ["cd", "cd cd3"]),
        ("~(?:cd\\d+)", "CD19, cd3, CD, acd19", ["CD19", "cd3"]),
        ("~(?:un)?treated", "treated Untreated retreated", ["treated", "Untreated"]),
        ("~(?:(?:cd|il)-?\\d+) NUM", "IL-6 4 and CD19 5", ["IL-6 4", "CD19 5"]),
        ("of|~(?:(?:with|in).*)", "of within with inside off", ["of", "within", "with", "inside"]),
        # types of tokens
        ("FIG", "4 eleven 1,204 12·4 CD19", ["4", "1,204", "12·4"]),
        ("WORDNUM", "4 eleven forty-two someone", ["eleven", "forty-two"]),
        ("NUM PCT", "36% 36 per cent 36", ["36%", "36 per cent"]),
        ("NUM PM NUM", "6.7 ± 0.4, 19.8+/-9.5", ["6.7 ± 0.4", "19.8+/-9.5"]),
        ("CMP NUM", "≥3, > or = 4, = 5", ["≥3", "> or = 4", "= 5"]),
        ("OPEN NUM DASH NUM CLOSE", "(5-13) [5–13] 5-13", ["(5-13)", "[5–13]"]),
        ("NUM SLASH NUM", "4/11", ["4/11"]),
        ("NUM ANY NUM", "4 of 11, 4 out of 11", ["4 of 11"]),
        # how often
        ("a b? c", "a c, a b c, a b b c", ["a c", "a b c"]),
        ("a b* c", "a c, a b c, a b b c", ["a c", "a b c", "a b b c"]),
        ("a b+ c", "a c, a b c, a b b c", ["a b c", "a b b c"]),
        ("a NUM|,* b", "a 4 b, a , , b, a b", ["a , , b", "a b"]),
        # pieces
        ("ci <bracket>", "CI (2 to 3), ci 2 to 3", ["CI (2 to 3)"]),
    ],
)
def test_what_matches(pattern, text, expected):
    assert matched(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("NUM:events of NUM:total", "4 of 11", [{"events": "4", "total": "11"}]),
        ("<bracket>", "(2 to 3)", [{"low": "2", "high": "3"}]),
        ("a b+:many c", "a b b b c", [{"many": "b b b"}]),
        ("a b*:many c", "a b b c; a c", [{"many": "b b"}, {}]),
        ("a NUM?:one c", "a 4 c; a c", [{"one": "4"}, {}]),
        ("hr|=OR:name NUM:value", "HR 2, OR 3, or 4", [{"name": "HR", "value": "2"}, {"name": "OR", "value": "3"}]),
        ("~(?:cd\\d+):marker +", "CD19+ CD19", [{"marker": "CD19"}]),
        ("~(?:un)?treated:word NUM:n", "untreated 4; 5", [{"word": "untreated", "n": "4"}]),
        ("~(?:treated)?:word NUM:n", "treated 4; 5", [{"word": "treated", "n": "4"}, {"n": "5"}]),
    ],
)
def test_what_is_captured(pattern, text, expected):
    assert captured(pattern, text) == expected


def test_the_longest_match_wins_wherever_it_begins():
    found = load(rule("NUM of NUM", "short"), rule("in NUM of NUM patients", "long"))
    assert [(id, whole) for id, whole, _ in hits(found, "seen in 4 of 11 patients, 3 of 11 women")] == [
        ("long", "in 4 of 11 patients"),
        ("short", "3 of 11"),
    ]


def test_what_overlaps_a_longer_match_at_either_end_is_no_match():
    found = load(rule("a b c", "left"), rule("f g h", "right"), rule("c d e f", "middle"))
    assert [id for id, *_ in hits(found, "a b c d e f g h")] == ["middle"]
    assert [id for id, *_ in hits(found, "a b c; f g h")] == ["left", "right"]


def test_tokens_that_were_never_met_find_their_rules():
    """A token that meets two regular expressions is of a kind that no rule foretells: the rules have to learn it."""
    found = load(rule("NUM ~(?:cd\\d+)?", "marker"), rule("~(?:\\w\\w\\d+) PCT", "code"))
    assert [whole for _, whole, _ in hits(found, "4, il6 %")] == ["4", "il6 %"]
    assert [whole for _, whole, _ in hits(found, "4 cd19, cd19 %, 4 il6")] == ["4 cd19", "cd19 %", "4"]


def test_file_order_breaks_ties_and_files_are_read_by_name():
    assert [id for id, *_ in hits(load(rule("NUM of NUM", "a"), rule("NUM of FIG", "b")), "4 of 11")] == ["a"]
    assert [id for id, *_ in hits(load(rule("NUM of FIG", "b"), rule("NUM of NUM", "a")), "4 of 11")] == ["b"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "b.toml").write_text(HEAD + rule("NUM", "of_b"), "utf-8")
        (Path(folder) / "a.toml").write_text(HEAD + rule("NUM", "of_a"), "utf-8")
        found = rules.load(Path(folder))
    assert [r.id for r in found.rules] == ["of_a", "of_b"]
    assert [id for id, *_ in hits(found, "4")] == ["of_a"]


def test_of_several_patterns_of_a_rule_the_longest_wins():
    assert hits(load(rule(["NUM:n", "NUM:n patients", "the NUM:n"])), "4 women, the 5, 6 patients") == [
        ("r", "4", {"n": "4"}),
        ("r", "the 5", {"n": "5"}),
        ("r", "6 patients", {"n": "6"}),
    ]


def test_a_set_of_the_file_goes_before_one_of_the_same_name_elsewhere():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.toml").write_text(
            HEAD + '[sets]\nunit = ["mg"]\nother = ["x"]\n' + rule("NUM $unit", "a"), "utf-8"
        )
        (Path(folder) / "b.toml").write_text(
            HEAD + '[sets]\nunit = ["days"]\n' + rule("NUM $unit $other", "b"), "utf-8"
        )
        found = rules.load(Path(folder))
    assert [(id, whole) for id, whole, _ in hits(found, "4 mg; 4 mg x; 4 days; 4 days x")] == [
        ("a", "4 mg"), ("a", "4 mg"), ("b", "4 days x")
    ]  # fmt: skip
    assert found.sets["other"] == {"x"}


def test_a_rule_keeps_what_its_file_says():
    found = load(rule("NUM:x", "m", "MASK", 'reason = "dose"\nset = {statistic = "mean", n = 1}\nabout = "Own."'))
    one = found.get("m")
    assert one is not None
    assert (one.field, one.kind, one.about, one.file, one.reason) == ("test", "MASK", "Own.", "test.toml", "dose")
    assert dict(one.constants) == {"statistic": "mean", "n": 1}
    assert found.get("none such") is None
    assert load(rule("NUM:x")).rules[0].about == "For the engine."


def test_the_digest_follows_the_content_and_not_the_place():
    assert load(rule("NUM:x")).digest == load(rule("NUM:x")).digest
    assert load(rule("NUM:x")).digest != load(rule("FIG:x")).digest
    assert load(rule("NUM:x")).digest != load(rule("NUM:x"), name="other.toml").digest


# ---- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ([rule("NUM", more="remark = 1")], "rule r: unknown key 'remark'; known: about, example, id, kind"),
        (["[set]\na = []", rule("NUM")], "unknown key 'set'"),
        ([rule("NUM"), "  remark = 1"], "unknown key 'remark'; known: because, gives, text"),
        ([SETS, rule("NUM $persons")], "rule r: unknown set $persons; known: name, person"),
        ([PARTS, rule("<intervall>")], "rule r: unknown part <intervall>; known: bracket, interval"),
        ([rule("<interval>")], "unknown part <interval>; known: none"),
        ([rule("NUM:n of NUM:n")], "rule r: 'n' is captured twice in 'NUM:n of NUM:n'"),
        ([PARTS, rule("<interval> ( <interval> )")], "'low' is captured twice"),
        ([rule("NUM? ANY*")], "rule r: 'NUM? ANY*' would match nothing at all"),
        ([rule("")], "would match nothing at all"),
        ([rule("~[a-")], "rule r: '~[a-' is no regular expression"),
        ([rule("~un|treated+:x")], "in (?:…)"),
        ([rule("NUM:n? of")], "rule r: in 'NUM:n?' the operator stands before the name: FIG?:name"),
        ([rule("NUM", "r", "MASK")], "rule r: a MASK rule says its reason"),
        ([rule("NUM"), rule("FIG")], "id 'r' is given twice"),
        ([rule("NUM").replace(EXAMPLE, "")], "rule r: a rule needs an example"),
        ([rule("NUM").replace("{x:4}", "4")], "rule r: the example '4' marks nothing; write {name:printed}"),
        ([rule("NUM"), '  [[rule.rejects]]\n  text = "a"'], "rule r: the look-alike 'a' says no `because`"),
        ([rule("NUM").replace('id = "r"\n', "")], "rule (no id): 'id' is missing"),
        ([rule("NUM").replace('kind = "N"\n', "")], "rule r: 'kind' is missing"),
        ([rule([])], "rule r: 'patterns' is missing"),
        (["[[rule]"], "test.toml: "),
        (['[[construction]]\nid = "c"', rule("NUM")], "construction c: a construction needs an example"),
        ([], "no rule files"),
    ],
)  # fmt: skip
def test_what_is_refused_names_the_file_and_the_fault(tables, says):
    with pytest.raises(RuleFileError) as error:
        load(*tables)
    assert isinstance(error.value, TrialtabError)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert "test.toml" in str(error.value) or says == "no rule files"


def test_a_file_that_is_no_utf_8_is_refused(tmp_path):
    (tmp_path / "test.toml").write_bytes(HEAD.encode() + b'about = "\xff"')
    with pytest.raises(RuleFileError, match=r"^test\.toml: "):
        rules.load(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(RuleFileError, match="no rule files"):
        rules.load(tmp_path)


# ---- examples --------------------------------------------------------------------------------------------------


def test_unmark_gives_the_plain_text_and_where_the_marks_stand():
    plain, marks = rules.unmark("HR {value:0.78} (95% CI {low:0.65} to {high:0.94})")
    assert plain == "HR 0.78 (95% CI 0.65 to 0.94)"
    assert [(name, plain[a:b]) for name, a, b in marks] == [("value", "0.78"), ("low", "0.65"), ("high", "0.94")]
    assert rules.unmark("nothing") == ("nothing", [])


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_characters="{}")), st.text(st.characters(exclude_characters="{}")))
    )
)
def test_unmark_undoes_any_marks(pieces):
    marked = "".join(f"{before}{{x:{inside}}}" for before, inside in pieces)
    plain, marks = rules.unmark(marked)
    assert plain == "".join(before + inside for before, inside in pieces)
    assert [plain[a:b] for _, a, b in marks] == [inside for _, inside in pieces]


# ---- the proof -------------------------------------------------------------------------------------------------
#
# The engine writes tokens as characters and patterns as regular expressions over them. The reference below does none of
# that: it tries each element on each token and steps back where it fails.

WORDS = [
    "a",
    "A",
    "b",
    "B",
    "of",
    "4",
    "11",
    "eleven",
    "%",
    "(",
    ")",
    ",",
    "=",
    "±",
    "HR",
    "hr",
    "cd19",
    "CD3",
    "z",
    "zz",
    "+",
]
TESTS = [
    "a", "b", "a|of", "=HR", "=A", "=A|b", "$pair", "NUM", "FIG", "WORDNUM", "PCT", "PM", "CMP", "OPEN", "CLOSE", "ANY",
    "~(?:cd\\d+)", "~(?:.)", "~(?:z+)", "~(?:\\w+)", "(", ")|,", "hr|~(?:z+)", "=",
]  # fmt: skip
PAIR = ["b", "HR"]

Pattern = list[tuple[str, str, bool]]
"""A pattern as (test, operator, whether it is captured)."""
Book = list[list[Pattern]]
"""A rule file: patterns of rules."""


@st.composite
def cases(draw: st.DrawFn) -> tuple[Book, list[str]]:
    """Rules and lines made of few tests and few words, so that matches are frequent, long and in each other's way."""
    some = draw(st.lists(st.sampled_from(TESTS), min_size=1, max_size=5, unique=True))
    element = st.tuples(st.sampled_from(some), st.sampled_from(["", "", "", "?", "*", "+"]), st.booleans())
    pattern = st.lists(element, min_size=1, max_size=4).filter(lambda row: any(op in ("", "+") for _, op, _ in row))
    book = draw(st.lists(st.lists(pattern, min_size=1, max_size=2), min_size=1, max_size=3))
    words = [word for word in WORDS if any(meets(test, word, language.tokens(word)[0][3]) for test in some)] or WORDS
    line = st.lists(st.one_of(st.sampled_from(words), st.sampled_from(WORDS)), max_size=14).map(" ".join)
    return book, draw(st.lists(line, min_size=1, max_size=4))


def written(row: Pattern) -> str:
    return " ".join(f"{test}{op}{f':n{i}' if named else ''}" for i, (test, op, named) in enumerate(row))


def meets(test: str, word: str, tag: str) -> bool:
    """Whether a token meets a test: the rule language, written as its documentation says it."""
    if test == "ANY":
        return True
    if test == "NUM":
        return tag in ("FIG", "WORDNUM")
    if test in language.TAGS:
        return tag == test
    if test == "$pair":
        return word.lower() in [w.lower() for w in PAIR]
    for option in re.split(r"\|(?![^(]*\))", test) if len(test) > 1 else [test]:
        if len(option) > 1 and option[0] == "=":
            if word == option[1:]:
                return True
        elif len(option) > 1 and option[0] == "~":
            if re.fullmatch(option[1:], word, re.IGNORECASE):
                return True
        elif word.lower() == option.lower():
            return True
    return False


Span = tuple[int, int]


def ways(row: Pattern, fits: Callable[[str, int], bool], at: int) -> Iterator[list[Span]]:
    """All ways in which the elements of a pattern can lie on the tokens from `at`, the greediest first."""
    if not row:
        yield []
        return
    test, op, _ = row[0]
    most = 0
    while fits(test, at + most) and (op in ("*", "+") or most < 1):
        most += 1
    least = 0 if op in ("?", "*") else 1
    for taken in range(most, least - 1, -1):
        for rest in ways(row[1:], fits, at + taken):
            yield [(at, at + taken), *rest]


def reference(book: Book, sentence: language.Sentence) -> list[tuple[int, int, int, dict[str, Span]]]:
    """(rule, first, last, captures) of each hit, by the slow and plain way."""

    def fits(test: str, at: int) -> bool:
        return at < len(sentence) and meets(test, sentence.words[at], sentence.tags[at])

    found = []
    for number, patterns in enumerate(book):
        for row in patterns:
            at = 0
            while at < len(sentence):
                spans = next(ways(row, fits, at), None)
                if spans is None:
                    at += 1
                    continue
                names = {f"n{i}": s for i, (s, e) in enumerate(zip(spans, row, strict=True)) if e[2] and s[1] > s[0]}
                found.append((number, at, spans[-1][1], names))
                at = spans[-1][1]
    kept: list[tuple[int, int, int, dict[str, Span]]] = []
    for hit in sorted(found, key=lambda h: (h[1] - h[2], h[0], h[1])):  # a stable sort: patterns stay in their order
        if all(hit[2] <= other[1] or other[2] <= hit[1] for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h[1])


def engine(found: rules.RuleSet, sentence: language.Sentence) -> list[tuple[int, int, int, dict[str, Span]]]:
    return [
        (int(hit.rule.id[1:]), hit.first, hit.last, {name: (a, b) for name, a, b in hit.captures})
        for hit in found.match(sentence)
    ]


def book_of(book: Book) -> rules.RuleSet:
    listed = [rule([written(row) for row in patterns], f"r{number}") for number, patterns in enumerate(book)]
    return load(f"[sets]\npair = {PAIR}\n", *listed)


@settings(max_examples=300, deadline=None)
@given(cases())
def test_the_engine_finds_what_the_reference_finds(case):
    """Over several sentences with one rule set, so that tokens which it meets for the first time are in it as well."""
    book, lines = case
    found = book_of(book)
    for text in lines:
        sentence = language.sentence(text, 0, len(text))
        assert engine(found, sentence) == reference(book, sentence), (text, [[written(row) for row in p] for p in book])


@settings(max_examples=60, deadline=None)
@given(cases(), st.lists(st.text(max_size=12), max_size=4))
def test_what_was_read_before_changes_nothing(case, before):
    book, (text, *others) = case
    used, fresh = book_of(book), book_of(book)
    for other in (*before, *others):
        used.match(language.sentence(other, 0, len(other)))
    sentence = language.sentence(text, 0, len(text))
    assert engine(used, sentence) == engine(fresh, sentence)


def test_the_reference_knows_what_it_is_for():
    """The proof is worth what its reference is: three cases worked out by hand."""
    text = "4 of 11 % b b"
    sentence = language.sentence(text, 0, len(text))
    assert reference([[[("NUM", "", True), ("of", "", False), ("NUM", "", True)]]], sentence) == [
        (0, 0, 3, {"n0": (0, 1), "n2": (2, 3)})
    ]
    assert reference([[[("b", "+", True)]]], sentence) == [(0, 4, 6, {"n0": (4, 6)})]
    assert reference([[[("NUM", "", False)]], [[("NUM", "", False), ("PCT", "", False)]]], sentence) == [
        (0, 0, 1, {}),
        (1, 2, 4, {}),
    ]


@given(st.text())
def test_the_bundled_rules_raise_nothing_and_keep_to_the_sentence(text):
    sentence = language.sentence(text, 0, len(text))
    last = 0
    for hit in rules.load().match(sentence):
        assert last <= hit.first < hit.last <= len(sentence)
        assert all(hit.first <= a < b <= hit.last for _, a, b in hit.captures)
        last = hit.last


def test_captures_of_the_bundled_rules_are_numbers_where_one_numeric_token_was_taken():
    text = "A response was seen in 4 of 11 patients (36%; 95% CI, 12 to 65) after a median of 45 days (range, 21-153)."
    sentence = language.sentence(text, 0, len(text))
    for hit in rules.load().match(sentence):
        for _, a, b in hit.captures:
            if b - a == 1 and sentence.tags[a] in language.NUMERIC:
                assert values.number(sentence.words[a]) is not None
