"""The corpus of tables: what its sources become, and that its measure can fail. Its floors: test_corpora.py."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest

import bundled
import floors
import tables_corpus
from trialtab import readers, score
from trialtab.errors import GoldError
from trialtab.model import Document

sys.path.insert(0, str(bundled.ROOT / "corpora"))

import table_formats
import table_sources

GOLD = score.load(tables_corpus.CORPUS / "gold.jsonl")
CELLS = score.load(tables_corpus.CORPUS / "cells.jsonl", required=("table", "label", "cells"))

SOURCE = """
title = "A trial"
results = "Table 1 shows it."

[[table]]
label = "Table 1"
caption = "What happened"
head = '''
Event | Drug (n=40) | < | P
^     | n | % | ^'''
body = '''
= Infections @ {population = "all"}
> Fever^a^ | 3 | 7.5 | <0.001
> Cough // or cold | 4 (10.0) | | @ {outcome = "cough", 1 = {twin = false, shape = "{n} ({percent})"}}
Age | 40 | | @ {trap = "baseline"}'''
shape = "{n} {percent}"
defaults = {outcome_class = "adverse_event", statistic = "proportion"}
columns = [{arm = "drug", N = 40, twin = true}, {skip = true}, {p_of = [1], shape = ["{p}", "<{p}"]}]
"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "made.table.toml"
    path.write_text(SOURCE, "utf-8")
    return table_sources.read_report(path)


# ---- the corpus ------------------------------------------------------------------------------------------------


def test_each_table_stands_in_three_formats_with_cells_and_rows():
    names = {entry["table"] for entry in CELLS}
    stems = {path.stem for path in bundled.DOCUMENTS if path.parent.parent == tables_corpus.CORPUS}
    assert stems == {f"{name}_{kind}" for name in names for kind in tables_corpus.FORMATS}
    assert len(CELLS) >= 20 and min(len(entry["cells"]) for entry in CELLS) >= 6
    assert sum(map(floors.unseen, names)) >= 6, "a third is kept unseen"


def test_the_three_formats_have_the_same_gold_rows():
    said = {
        kind: sorted(
            (tables_corpus.named(g["doc"])[0], str(g["outcome"]), str(g["value"]), str(g["arm"]), str(g["p_value"]))
            for g in GOLD
            if tables_corpus.named(g["doc"])[1] == kind
        )
        for kind in tables_corpus.FORMATS
    }
    assert said["pdf"] == said["jats"] == said["html"]
    assert len(said["pdf"]) > 400


# ---- what a source says ----------------------------------------------------------------------------------------


def test_cells_have_the_paths_of_the_source(report):
    (entry,) = table_sources.gold_cells(report)
    assert entry["cells"] == [
        [["Infections", "Fevera"], ["Drug (n=40)", "n"], "3"],
        [["Infections", "Fevera"], ["Drug (n=40)", "%"], "7.5"],
        [["Infections", "Fevera"], ["P"], "<0.001"],
        [["Infections", "Cough or cold"], ["Drug (n=40)", "n"], "4 (10.0)"],
        [["Infections", "Age"], ["Drug (n=40)", "n"], "40"],
    ]


def test_rows_say_what_the_annotator_wrote(report):
    fever, cough, age = (entry for *_, entry in table_sources.gold_entries(report))
    assert fever == {
        "outcome": "Fever", "outcome_class": "adverse_event", "statistic": "proportion", "arm": "drug", "N": 40,
        "population": "all", "n": 3, "percent": 7.5, "p_value": "<0.001", "cell": True,
    }  # fmt: skip
    assert (cough["outcome"], cough["n"], cough["percent"]) == ("cough", 4, 10)
    assert age == {"why": "baseline"}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"{n} {percent}"', '"{n} of {N}"', "none of the shapes"),
        ("Age | 40 | |", "Age | 40 |", "3 cells, not 4"),
        ('{trap = "baseline"}', "{trap}", "behind @"),
        ('title = "A trial"', 'titel = "A trial"', "unknown titel"),
    ],
)
def test_a_source_that_cannot_be_read_is_named(tmp_path, before, after, message):
    path = tmp_path / "wrong.table.toml"
    path.write_text(SOURCE.replace(before, after), "utf-8")
    with pytest.raises(GoldError, match=message):
        table_sources.gold_entries(table_sources.read_report(path))


def documents_of(report) -> dict[str, Document]:
    made = {"jats": table_formats.jats(report), "html": table_formats.web_page(report)}
    return {kind: readers.read(text.encode(), f"made_{kind}.{table_sources.FORMATS[kind]}")[0]
            for kind, text in made.items()}  # fmt: skip


def test_places_are_found_in_what_the_readers_give(report):
    for document in documents_of(report).values():
        places = table_sources.Places(report, document.text)
        spans = [places.of(table, row.number, a, b) for table, row, a, b, _ in table_sources.gold_entries(report)]
        assert [re.sub(r"\s+", " ", document.text[a:b]) for a, b in spans] == ["3 7.5", "4 (10.0)", "40"]
    gone = table_sources.Places(report, "Nothing of the kind.")
    assert gone.of(report.tables[0], 3, 1, 1) is None


def test_the_pdf_of_a_source_is_the_same_twice(report):
    pytest.importorskip("reportlab")
    assert table_formats.pdf(report, "x") == table_formats.pdf(report, "x") != table_formats.pdf(report, "y")


SEEN = sorted(p for p in (tables_corpus.CORPUS / "sources").glob("*.toml")
              if not floors.unseen(p.name.split(".")[0]))  # fmt: skip


@pytest.mark.parametrize("place", ["across", "sideways"])
@pytest.mark.parametrize(("rules", "valign"), [("three", "top"), ("all", "middle")])
def test_cells_are_read_however_the_table_is_set(place, rules, valign):
    pytest.importorskip("reportlab")
    pairs = []
    for source in SEEN:
        report = table_sources.read_report(source)
        if len(report.tables) > 1:
            continue
        report.pdf |= {"place": place, "rules": rules, "valign": valign, "align": "left", "carry": 0}
        (document,) = readers.read(table_formats.pdf(report, "made"), "made.pdf")
        pairs.append(tables_corpus.cells_of(document, table_sources.gold_cells(report), whole=False))
    assert len(pairs) > 12
    assert tables_corpus.f1(pairs) > 0.99


# ---- the measure -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [False, True])
def test_cells_out_of_place_are_counted(report, whole):
    entries = table_sources.gold_cells(report)
    for document in documents_of(report).values():
        right = tables_corpus.cells_of(document, entries, whole=whole)
        assert tables_corpus.f1([right]) == 1
        (table,) = document.tables
        moved = tuple(
            replace(cell, column=5 - cell.column) if cell.column in (2, 3) and cell.row > 1 else cell
            for cell in table.cells
        )
        wrong = replace(document, tables=(replace(table, cells=moved),))
        assert tables_corpus.f1([tables_corpus.cells_of(wrong, entries, whole=whole)]) < 0.8
        assert tables_corpus.f1([tables_corpus.cells_of(replace(document, tables=()), entries, whole=whole)]) == 0
