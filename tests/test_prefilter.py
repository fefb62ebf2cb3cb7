"""Expressions that are tried only where they can match: what they need is in all that they match."""

import pkgutil
import re
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialtab import checks, extract, questions, values
from trialtab.extract import fate, measures, named_trials, table_axis, table_labels
from trialtab.extract.measures import announcements
from trialtab.prefilter import Prefiltered, needed

MODULES = [
    import_module(f"{room.__name__}.{found.name}")
    for room in (extract, measures, questions)
    for found in pkgutil.iter_modules(room.__path__)
] + [checks]
USED = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Prefiltered)
}


@pytest.mark.parametrize(
    ("pattern", "strings"),
    [
        (r"\b(?:previous(?:ly)?|et al\.?)\b", {"previous", "et al"}),
        (r"(?:\w+ ){0,2}GROUPS?\b", {"group"}),
        (r"in (?:preparation|progress)", {"preparation", "progress"}),
        (r"(?:were )?(?:planned)?", None),
        (r"(?:with|from) [a-z]+", None),
        (r"(?!never)\d+ (?=patients)", {"patients"}),
        (r"plann?ed|planned with", {"pla", "planned with"}),
    ],
)
def test_what_an_expression_needs(pattern: str, strings: set[str] | None) -> None:
    found = needed(pattern, re.I)
    assert (found is None) == (strings is None)
    if strings is not None:
        assert found is not None
        assert all(any(one in string or string in one for one in found) for string in strings)


@pytest.mark.parametrize("name", sorted(USED))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_all_that_an_expression_matches_holds_what_it_needs(name: str, data: st.DataObject) -> None:
    of = USED[name]
    assert of.needs, f"{name} needs nothing: it is a plain expression"
    text = data.draw(st.from_regex(of.regex, alphabet=st.characters(max_codepoint=0x24F, exclude_characters="İıſ")))
    assert of.may_match(text)
    assert of.search(text) is not None


def test_a_text_without_it_is_not_tried() -> None:
    of = Prefiltered(r"\b(?:previous|earlier) stud(?:y|ies)\b", re.I)
    assert of.search("Seen in PREVIOUS studies.") is not None
    assert of.search("Seen in 4 of 11 patients.") is None
    told = "an earlier study, previous studies"
    assert [m.group() for m in of.finditer(told, 3)] == ["earlier study", "previous studies"]
    assert list(of.finditer(told, 0, 9)) == []


@settings(max_examples=50)
@given(st.from_regex(table_axis._SIZE_IN_NOTE))
def test_a_size_in_a_note_has_the_sign_that_is_looked_for_first(text: str) -> None:
    assert "=" in text


@settings(max_examples=50)
@given(st.from_regex(table_labels.MARK))
def test_a_footnote_mark_has_a_sign_that_is_looked_for_first(text: str) -> None:
    assert table_labels._MARK_SIGN.search(text) is not None


@settings(max_examples=50)
@given(st.from_regex(values._ZERO_COMMA))
def test_a_comma_behind_a_lone_zero_is_looked_for_first(text: str) -> None:
    assert values.with_points(text) == values._ZERO_COMMA.sub(r"\1.", text) != text


@settings(max_examples=50)
@given(st.from_regex(announcements._MEDIANS_LEAD, fullmatch=True))
def test_what_leads_to_announced_medians_fits_where_it_is_looked_for(text: str) -> None:
    assert len(text) <= announcements._LONGEST_LEAD


@settings(max_examples=50)
@given(st.from_regex(named_trials._CALLED, fullmatch=True))
def test_what_calls_a_trial_fits_where_it_is_looked_for(text: str) -> None:
    assert len(text) <= named_trials.LONGEST_CALL


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("in ZUMA-1, KarMMa-3 and MajesTEC-1", ["ZUMA-1", "KarMMa-3", "MajesTEC-1"]),
        ("TABLE-2, FIGURE-1 and Week-4", []),
        ("TABLET-2 and PASAT-3 scores", []),
        ("xZUMA-1 and ZUMA-12", []),
        ("FLAIR-2 of the TRAIL-9 trial", ["FLAIR-2", "TRAIL-9"]),
    ],
)
def test_names_of_trials(text: str, names: list[str]) -> None:
    assert [m[1] for m in fate._TRIAL_NAME.finditer(text)] == names
