"""The bundled corpora: in order, and extracted at least as well as ever.

python tests/test_corpora.py                        measure and show
python tests/test_corpora.py --update               ... and pin; refuses to lower a floor
python tests/test_corpora.py --update --allow-regression
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))

import bundled
import floors
import tables_corpus
from trialtab import readers, score
from trialtab.errors import GoldError
from trialtab.store import Store

COMMAND = "python tests/test_corpora.py --update"
KEPT_OUT = "kept out of development: nobody reads its documents or errors, it is only scored"
corpora = pytest.mark.parametrize("corpus", bundled.CORPORA, ids=lambda path: path.name)


def digest(corpus: Path) -> str:
    """Of what the floors were measured on: documents, gold and traps."""
    documents = [path for path in bundled.DOCUMENTS if path.parent.parent == corpus]
    cells = [path for path in [corpus / "cells.jsonl"] if path.exists()]
    return score.digest([corpus / "gold.jsonl", corpus / "traps.jsonl", *cells, *documents])


def figures(corpus: Path) -> dict[str, float]:
    """What is pinned: rows against gold, and for the corpus of tables both rows and cells by format."""
    by_format = tables_corpus.figures() if corpus == tables_corpus.CORPUS else {}
    return {**bundled.scored(corpus).figures(), **by_format}


def measured(corpus: Path) -> dict[str, float | str]:
    about = {"about": KEPT_OUT} if corpus.name.startswith("unseen_") else {}
    return {**about, "digest": digest(corpus), **figures(corpus)}


# ---- in order --------------------------------------------------------------------------------------------------


def test_there_are_corpora_of_both_kinds_of_documents():
    kinds = Counter(path.suffix for path in bundled.DOCUMENTS)
    assert len(bundled.CORPORA) >= 6
    assert len(bundled.DOCUMENTS) >= 60
    unseen = [path for path in bundled.DOCUMENTS if path.parent.parent.name.startswith("unseen_")]
    assert len(unseen) >= 15
    assert all(floors.read(corpus / "floors.json")["about"] == KEPT_OUT for corpus in {p.parent.parent for p in unseen})
    assert {".txt", ".md", ".html", ".pdf", ".nxml", ".docx", ".xml", ".nbib", ".ris", ".json"} <= set(kinds), kinds


def test_stems_are_distinct_over_all_corpora():
    twice = [stem for stem, n in Counter(path.stem for path in bundled.DOCUMENTS).items() if n > 1]
    assert not twice, "gold rows name a document by its stem"


@corpora
def test_each_corpus_says_where_it_comes_from(corpus):
    about = (corpus / "README.md").read_text("utf-8")
    assert re.search(r"licen[cs]e", about, re.IGNORECASE)
    documents = [path.name for path in bundled.DOCUMENTS if path.parent.parent == corpus]
    assert documents
    assert [name for name in documents if name not in about] == [], "name and describe every document"


@corpora
def test_gold_and_traps_stand_where_they_say(corpus):
    texts = {}
    for path in bundled.DOCUMENTS:
        if path.parent.parent == corpus:
            for document in readers.read(path.read_bytes(), path.name):
                texts[path.stem, document.document_id[65:]] = document.text
    entries = score.load(corpus / "gold.jsonl") + score.load(corpus / "traps.jsonl")
    assert {(entry["doc"], entry.get("record", "")) for entry in entries} == set(texts)
    moved = [e for e in entries if texts[e["doc"], e.get("record", "")][e["start"] : e["end"]] != e["quote"]]
    assert moved == [], "re-make them: python corpora/make.py"


def test_made_files_are_up_to_date():
    check = subprocess.run(
        [sys.executable, str(bundled.ROOT / "corpora" / "make.py"), "--check"], capture_output=True, text=True
    )
    assert check.returncode == 0, check.stdout + check.stderr


# ---- as well as ever -------------------------------------------------------------------------------------------


@corpora
def test_the_floors_are_those_of_these_documents(corpus):
    pinned = floors.read(corpus / "floors.json").get("digest")
    assert digest(corpus) == pinned, f"documents or gold were edited; re-measure and re-pin: {COMMAND}"


@corpora
def test_scores_do_not_fall(corpus):
    floors.assert_held(figures(corpus), floors.read(corpus / "floors.json"), COMMAND)


# ---- the scorer agrees with the one of the development data ----------------------------------------------------


@corpora
def test_our_scorer_agrees_with_the_other(corpus, shared, tmp_path):
    db = tmp_path / "evidence.db"
    with Store(db) as store:
        for path, records in groupby(bundled.records(corpus), key=lambda pair: pair[0]):
            store.save(*(record for _, record in records), file=path)
    said = subprocess.run(
        [sys.executable, str(shared / "bench" / "score.py"), "findings", str(db), str(corpus / "gold.jsonl"),
         "--traps", str(corpus / "traps.jsonl")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    ours = bundled.scored(corpus)
    assert float(re.search(r"found \(numbers\)\s+F1 ([\d.]+)", said)[1]) == pytest.approx(ours.found.f1, abs=0.01)
    assert float(re.search(r"whole row right\s+F1 ([\d.]+)", said)[1]) == pytest.approx(ours.whole.f1, abs=0.01)
    assert int(re.search(r"fell into a trap\s+(\d+)", said)[1]) == len(ours.trapped)
    others = {name: float(share) for name, share in re.findall(r"^  (\w+)\s+([\d.]+) \(of \d+ found\)", said, re.M)}
    assert others.keys() == ours.fields.keys()
    for name, share in others.items():
        assert share == pytest.approx(ours.fields[name].recall, abs=0.03), name


# ---- the scorer, by hand ---------------------------------------------------------------------------------------

GOLD = {"doc": "a", "start": 10, "end": 18, "quote": "4 (7.5%)", "outcome": "severe anaemia", "n": 4, "N": None,
        "outcome_class": "adverse_event", "statistic": "proportion", "value": 7.5, "percent": 7.5, "unit": "%",
        "arm": "placebo", "timepoint": "at 4 years", "grade": "III-IV", "p_value": "<0.001"}  # fmt: skip
ROW = {"document": "a.txt", "start": 10, "end": 18, "quote": "4 (7.5%)", "outcome": "anaemia", "statistic": "count",
       "outcome_class": "adverse_event", "value": 7.5, "events": 4.0, "percent": 7.5, "arm": "placebo",
       "timepoint": "4-year", "grade": "3-4", "p_value": 0.001, "finding_id": "x"}  # fmt: skip


@pytest.mark.parametrize(
    ("gold", "row", "wrong"),
    [
        ({}, {}, set()),
        ({}, {"grade": "3"}, {"grade"}),
        ({"grade": ">=3"}, {"grade": "3-5"}, set()),
        ({"grade": "mild to moderate"}, {"grade": "mild"}, {"grade"}),
        ({"grade": "any"}, {"grade": None}, set()),
        ({}, {"timepoint": "at 4 months"}, {"timepoint"}),
        ({}, {"arm": "dolmirin"}, {"arm"}),
        ({"arm": "overall"}, {"arm": None}, set()),
        ({}, {"statistic": "median"}, {"statistic"}),
        ({"statistic_also": ["median"]}, {"statistic": "median"}, set()),
        ({"outcome": "progression-free survival"}, {"outcome": "PFS"}, set()),
        ({"outcome": "PFS"}, {"outcome": "progression-free survival"}, set()),
        ({"outcome": "cytokine release syndrome"}, {"outcome": None, "outcome_id": "cytokine_release_syndrome"}, set()),
        ({}, {"outcome": "a very long clause that happens to end, as it must sooner or later, in severe anaemia"},
         {"outcome"}),
        ({"outcome_class": "survival"}, {"outcome_class": "mortality"}, set()),
        ({"outcome_class": "relapse"}, {"outcome_class": "survival"}, {"class"}),
        ({"N": 53}, {}, {"total"}),
        ({"N": 53}, {"total": 53.0}, set()),
        ({"p_value": "=.03"}, {}, {"p_value"}),
        ({"negated": True}, {}, {"negated"}),
        ({"dispersion": {"type": "ci", "low": 2.1, "high": None}}, {"ci_low": 2.1, "ci_high": 9.0}, set()),
        ({"dispersion": {"type": "sd", "value": 2.0}}, {"plus_minus": 2.0}, set()),
        ({"dispersion": {"type": "iqr", "low": 1, "high": 2}}, {"range_low": 1.0, "range_high": 2.0}, {"dispersion"}),
        ({"statistic": "mean", "unit": "days"}, {"statistic": "mean", "unit": "d"}, set()),
        ({"statistic": "mean", "unit": "days"}, {"statistic": "mean", "unit": "mo"}, {"unit"}),
    ],
)  # fmt: skip
def test_a_field_is_right_as_a_reader_would_say(gold, row, wrong):
    marks = score.agreement({**GOLD, **gold}, {**ROW, **row})
    assert {name for name, right in marks.items() if not right} == wrong


@pytest.mark.parametrize("row", [{"start": 18, "end": 22}, {"value": 9.0, "events": 9.0, "percent": 9.0}, {"end": 300}])
def test_a_row_elsewhere_or_with_other_numbers_or_too_long_finds_nothing(row):
    assert score.agreement(GOLD, {**ROW, **row}) is None


def test_each_row_and_finding_is_used_once_and_free_ones_cost_nothing():
    other = {**GOLD, "start": 30, "end": 38}
    result = score.score([ROW, ROW], [GOLD, other, {**other, "optional": True}, {**GOLD, "repeat": True}])
    assert (result.found.right, result.found.given, result.found.wanted) == (1, 1, 2)
    assert result.missed == (other,)
    assert result.found.f1 == pytest.approx(2 / 3)


def test_a_row_on_a_trap_and_on_no_finding_is_trapped():
    trap = {"doc": "a", "start": 40, "end": 50, "why": "dose", "quote": ""}
    fallen = {**ROW, "start": 45, "end": 47}
    assert score.score([fallen], [GOLD], [trap]).trapped == ((fallen, trap),)
    assert score.score([fallen], [GOLD, {**GOLD, "start": 46, "end": 49, "value": 1, "n": 1, "percent": 1}],
                       [trap]).trapped == ()  # fmt: skip
    assert score.score([ROW], [GOLD], [{**trap, "start": 0}]).trapped == ()


def test_a_row_finds_only_findings_of_its_own_record():
    of_record = {**GOLD, "record": "7"}
    row = {**ROW, "document_id": "0" * 64 + "#7"}
    assert score.score([row], [of_record]).found.right == 1
    assert score.score([{**row, "document_id": "0" * 64 + "#8"}], [of_record]).found.right == 0


def test_as_many_findings_as_possible_are_found():
    # The first row fits both findings and better than the second; the second fits only the wide one.
    wide = {**GOLD, "end": 40, "arm": "overall", "timepoint": None, "grade": None}
    second = {**ROW, "start": 30, "end": 38}
    assert score.score([ROW, second], [wide, GOLD]).found.right == 2


@pytest.mark.parametrize("text", ["{", "[1]", "{}", '{"doc": "a"}'])
def test_a_malformed_gold_file_is_named_with_its_line(tmp_path, text):
    path = tmp_path / "gold.jsonl"
    path.write_text(f"\n{text}\n")
    with pytest.raises(GoldError, match=r"gold\.jsonl, line 2"):
        score.load(path)


def test_a_floor_is_lowered_only_by_saying_so():
    old = {"digest": "x", "found_f1": 0.9, "traps_max": 2}
    assert score.short_of({"found_f1": 0.8996, "traps_max": 2}, old) == []
    assert len(score.short_of({"found_f1": 0.89, "traps_max": 3}, old)) == 2
    assert score.short_of({"found_f1": 0.95}, {"found_f1": 0.9, "whole_row_f1": 0.5}) == [
        "whole_row_f1: pinned at 0.5, not measured"
    ]
    assert score.short_of({"new": 1.0}, {}) == ["new 1 has no floor"]
    assert score.pinned({"found_f1": 0.95, "traps_max": 0}, old) == {"found_f1": 0.95, "traps_max": 0}
    with pytest.raises(GoldError, match="--allow-regression"):
        score.pinned({"found_f1": 0.8, "traps_max": 2}, old)
    assert score.pinned({"found_f1": 0.8}, old, allow_regression=True) == {"found_f1": 0.8}


def test_updating_refuses_to_lower_a_floor_in_silence(tmp_path, monkeypatch, capsys):
    path = tmp_path / "floors.json"
    monkeypatch.setattr(floors, "README", tmp_path / "README.md")
    floors.README.write_text("<!-- figures -->\n<!-- end of figures -->\n")

    def update(*words, **figures):
        monkeypatch.setattr(sys, "argv", ["test_corpora.py", *words])
        return floors.update(lambda: {path: {"digest": "d", **figures}}, "")

    assert update(found_f1=0.5) == 0 and not path.exists(), "without --update nothing is written"
    assert update("--update", found_f1=0.5) == 0
    assert update("--update", found_f1=0.4) == 1
    assert "--allow-regression" in capsys.readouterr().err
    assert json.loads(path.read_text()) == {"digest": "d", "found_f1": 0.5}
    assert update("--update", "--allow-regression", found_f1=0.4) == 0
    assert json.loads(path.read_text())["found_f1"] == 0.4
    assert floors.table() in floors.README.read_text()


if __name__ == "__main__":
    sys.exit(floors.update(lambda: {c / "floors.json": measured(c) for c in bundled.CORPORA}, __doc__))
