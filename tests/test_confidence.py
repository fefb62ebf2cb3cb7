"""Confidence: a row that is said to be right nine times in ten is, on documents that nobody developed on."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bundled
from trialtab import confidence, run
from trialtab.errors import RuleFileError

COMMAND = "the extraction has changed: fit the scale anew with python corpora/confidence.py"


@cache
def fitting():
    """corpora/confidence.py as a module."""
    spec = spec_from_file_location("fit_confidence", bundled.ROOT / "corpora" / "confidence.py")
    assert spec is not None and spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


SHARED = bundled.ROOT.parent / "shared"
"""Where it stands beside the checkout, its articles are judged with the corpora; the tests hold without it as well."""


@cache
def unseen_rows():
    names = ("tables", *sorted(path.name for path in (bundled.ROOT / "corpora").glob("unseen_*")))
    rows = [*fitting().all_rows(bundled.ROOT, names), *fitting().answered(SHARED, fitting().third)]
    return [row for row in rows if fitting().kept_out(row)]


@pytest.mark.parametrize("source", confidence.SOURCES)
def test_on_unseen_documents_each_bin_is_right_as_often_as_it_promises(source):
    """Each document by the level of all others. The Wilson intervals of the bins cover their promises."""
    rows = [row for row in unseen_rows() if row.source == source]
    chances = fitting().crosswise(rows, confidence.scales()[source].weights)
    bins = fitting().reliability(chances, rows)
    assert len(bins) >= 3 and all(one.rows >= 100 for one in bins)
    assert fitting().sound(bins), f"{COMMAND}\n{fitting().told(bins)}"


@pytest.mark.parametrize("source", confidence.SOURCES)
def test_the_level_is_the_one_that_the_unseen_documents_give(source):
    """Rows count as they do where the level is set. Tables of our own alone may be read better than those of articles
    and ours together."""
    rows = [row for row in unseen_rows() if row.source == source]
    counts = fitting().worth(rows)

    def mean(of):
        return sum(count * one for count, one in zip(counts, of, strict=True)) / sum(counts)

    near = 0.03 if source == "text" or SHARED.is_dir() else 0.1
    assert mean(fitting().of_scale(rows)) == pytest.approx(mean([row.right for row in rows]), abs=near), COMMAND


def test_tables_of_real_articles_keep_what_they_are_promised(shared):
    """Rows that answer a question, of articles of development and of unseen ones: no bin is far too low or too high."""
    rows = fitting().answered(shared)
    assert len(rows) > 150 and {row.source for row in rows} == {"table"}
    chances = fitting().of_scale(rows)
    assert min(chances) > 0.4
    bins = fitting().reliability(chances, rows)
    assert fitting().sound(bins), f"{COMMAND}\n{fitting().told(bins)}"


def test_confidence_tells_right_rows_from_wrong_ones():
    """A surer row is right more often: of two rows, one right and one wrong, the right one is mostly the surer."""
    rows = [row for row in unseen_rows() if row.source == "text"]
    chances = fitting().of_scale(rows)
    right = [chance for chance, row in zip(chances, rows, strict=True) if row.right]
    wrong = [chance for chance, row in zip(chances, rows, strict=True) if not row.right]
    pairs = sum((a > b) + (a == b) / 2 for a in right for b in wrong)
    assert pairs / (len(right) * len(wrong)) > 0.7, COMMAND


def test_the_unseen_teach_nothing():
    """No row of a document that reliability is taken on has a say in the weights."""
    rows = unseen_rows()
    assert rows and not any(fitting().teaches(row) for row in rows)


# ---- the arithmetic of fitting


def judged(doc, right, *features, corpus="a", source="text"):
    return fitting().Judged(corpus, doc, source, frozenset(features), right)


def test_a_feature_of_right_rows_weighs_more():
    rows = [judged(f"d{i}", i % 4 != 0, "good") for i in range(100)]
    rows += [judged(f"d{i}", i % 4 == 0, "bad") for i in range(100)]
    weights = fitting().fitted(rows)
    assert weights["good"] > 0 > weights["bad"]
    assert fitting().fitted(rows) == weights
    assert "rare" not in fitting().fitted([*rows, judged("d0", True, "rare")])


def test_a_feature_of_few_documents_has_no_weight():
    rows = [judged(f"d{i % 50}", i % 3 > 0, *(["of few"] if i % 50 < 5 else [])) for i in range(500)]
    assert sum("of few" in row.features for row in rows) >= fitting().LEAST and fitting().fitted(rows) == {}


def test_many_rows_of_one_table_are_worth_little_more_than_one():
    """Rows of a text are worth more. A large table moves weights, level and intervals no more than a small one does."""
    large = [judged("large", True, source="table") for _ in range(300)]
    small = [judged("small", False, source="table") for _ in range(3)]
    assert sum(fitting().worth([judged("a", True)] * 300)) > 2 * sum(fitting().worth(large))
    assert 1 < sum(fitting().worth(small)) < sum(fitting().worth(large)) < 2
    scale = fitting().levelled({}, [*large, *small])
    assert scale.chance([]) < 0.65
    (one,) = fitting().reliability([0.9] * 300, large)
    assert one.rows == 300 and one.worth < 2 and one.high - one.low > 0.5


def test_the_level_is_that_of_the_documents_it_is_set_on():
    rows = [judged(f"d{i % 9}", i % 5 < 2, *(["good"] if i % 2 else [])) for i in range(400)]
    scale = fitting().levelled({"good": 1.0}, rows)
    mean = sum(scale.chance(row.features) for row in rows) / len(rows)
    assert mean == pytest.approx(0.4, abs=0.01)


def test_no_document_is_judged_by_itself():
    """A document that is always right lifts the others, not itself."""
    rows = [judged("right", True) for _ in range(200)] + [judged("wrong", False) for _ in range(200)]
    chances = fitting().crosswise(rows, {})
    assert max(chances[:200]) < 0.1 and min(chances[200:]) > 0.8


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=400))
def test_bins_hold_every_row_once_and_are_large(rows):
    bins = fitting().reliability([chance for chance, _ in rows], [judged("a", right) for _, right in rows])
    assert sum(one.rows for one in bins) == len(rows)
    assert all(one.rows >= 100 for one in bins) or len(bins) == 1
    assert all(a.promised <= b.promised + 1e-9 for a, b in pairwise(bins))
    assert sum(one.right * one.rows for one in bins) == pytest.approx(sum(right for _, right in rows))


# ---- a row's confidence


@given(st.sets(st.sampled_from(sorted(confidence.scales()["text"].weights)) | st.text(max_size=5)))
def test_a_chance_is_a_chance_whatever_describes_the_row(told):
    for source in ("text", "table", "registry"):
        assert 0 <= confidence.chance(source, told) <= 0.95


@cache
def a_record():
    text = (
        "Of 42 patients, 30 received tovelimab and 12 received placebo. Complete response was seen in 15/30 (50%) with "
        "tovelimab and in 2/12 (17%) with placebo."
    )
    (record,) = run.records(text.encode(), "a.txt")
    return record


def test_a_row_that_says_less_is_less_sure():
    record = a_record()
    row = next(row for row in record.rows if row.percent == 50)
    poor = replace(row, outcome=None, outcome_id=None, outcome_class="other", arm=None, arm_id=None, candidates=None)
    (sure,), (unsure,) = (confidence.features([one], record.arms) for one in (row, poor))
    assert confidence.chance("text", sure) > confidence.chance("text", unsure)
    assert {"kind share", "outcome named", "arm intervention"} <= sure
    assert "no outcome" in unsure


def test_the_confidence_of_rows_is_that_of_the_scale_and_has_two_decimals():
    for row in a_record().rows:
        assert 0 < row.confidence <= 0.95 and row.confidence == round(row.confidence, 2)


@pytest.mark.parametrize("text", ["", "[text]\nslope = 1", "not toml at all [", "[text]\nslope = 'steep'"])
def test_a_broken_scale_is_one_clear_line(text, tmp_path, monkeypatch):
    (tmp_path / confidence.FILE).write_text(text, "utf-8")
    monkeypatch.setattr(confidence, "folder", lambda name: tmp_path)
    confidence.scales.cache_clear()
    try:
        with pytest.raises(RuleFileError, match=r"confidence\.toml") as raised:
            confidence.scales()
        assert "\n" not in str(raised.value)
    finally:
        monkeypatch.undo()
        confidence.scales.cache_clear()
