"""Studies: which documents are one, by the tool and by people, and that what people decide is kept."""

from __future__ import annotations

import sqlite3

import pytest
from click.testing import CliRunner

import bundled
from trialtab import cli, compare, run, studies
from trialtab.errors import QuestionError, StoreError
from trialtab.store import Store


def doc(name, **told):
    return {"document": name, "document_id": name.ljust(64, "0"), "study": name.split(".")[0], "nct": None, "doi": None,
            "pmid": None, "title": None, "authors": None, "condition": None, "grouping": None, **told}  # fmt: skip


def grouped(*documents):
    """The sets of documents that count as one study."""
    named = compare.one_study(documents)
    found = {}
    for (document, _), study in named.items():
        found.setdefault(study, set()).add(document)
    return sorted(map(sorted, found.values()))


TITLE = "Verinostat against allopurinol in gout: a randomised trial"
OTHER = "Verinostat against allopurinol in gout: the randomised KESTREL trial"
AUTHORS = "Okonjo, Tamsin; Veld, Pieter"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ({"nct": "NCT00000001"}, {"nct": "nct00000001"}, True),
        ({"nct": "NCT00000001"}, {"nct": "NCT00000001, NCT00000002"}, False),
        ({"doi": "10.5555/A"}, {"doi": "10.5555/a"}, True),
        ({"pmid": "99000411"}, {"pmid": "99000411"}, True),
        ({"pmid": "99000411"}, {"pmid": "99000412"}, False),
        ({"title": TITLE, "authors": AUTHORS}, {"title": OTHER, "authors": "Okonjo T"}, True),
        ({"title": TITLE, "authors": AUTHORS}, {"title": OTHER, "authors": "Veld P"}, True),
        ({"title": TITLE, "authors": AUTHORS}, {"title": OTHER, "authors": "Marsh, Ada"}, False),
        ({"title": TITLE, "authors": AUTHORS}, {"title": TITLE.upper(), "authors": None}, True),
        ({"title": TITLE, "authors": AUTHORS}, {"title": OTHER, "authors": None}, False),
        ({"title": TITLE, "authors": AUTHORS, "nct": "NCT00000001"},
         {"title": TITLE, "authors": AUTHORS, "nct": "NCT00000002"}, False),
        ({"title": "A phase 2 study of dolmirin in gout", "authors": AUTHORS},
         {"title": "A phase 3 study of dolmirin in gout", "authors": AUTHORS}, False),
        ({"title": "Dolmirin in severe gout: 1-year results of TAMAR", "authors": AUTHORS},
         {"title": "Dolmirin in severe gout: 2-year results of TAMAR", "authors": AUTHORS}, True),
        ({"title": "Multiple myeloma", "authors": AUTHORS}, {"title": "Multiple myeloma", "authors": AUTHORS}, False),
        ({"title": TITLE, "authors": AUTHORS},
         {"title": "Febuxostat in gout after a transplant: a cohort study", "authors": AUTHORS}, False),
    ],
)  # fmt: skip
def test_two_documents_are_one_study_by_identifier_or_by_title_and_author(one, other, together):
    found = grouped(doc("a.pdf", **one), doc("b.pdf", **other))
    assert (found == [["a.pdf", "b.pdf"]]) is together


def test_titles_of_different_studies_of_the_corpora_are_never_alike():
    """Only a report and its own abstract are alike, and the three formats of each report of the corpus of tables."""
    documents = []
    for path, record in bundled.all_records():
        source = record.document.source
        documents.append(doc(
            path.name, document_id=record.document.document_id, study=record.study, title=source.title,
            authors="; ".join(source.authors), nct=", ".join(source.nct), doi=source.doi, pmid=source.pmid,
            condition=record.condition,
        ))  # fmt: skip
    alike = [(a["document"], b["document"]) for a, b in compare.grouping.like_titles(documents)]
    tables = [pair for pair in alike if len({name.rpartition("_")[0] for name in pair}) == 1]
    assert len(tables) > 20
    assert {frozenset(pair) for pair in alike if pair not in tables} <= {
        frozenset(("reg_gout_pubmed.xml", "reg_kestrel_gout_report.docx"))
    }


def test_a_document_of_the_third_source_joins_both_others():
    assert grouped(doc("a", nct="NCT00000001"), doc("b", doi="10.5/x"), doc("c", nct="NCT00000001", doi="10.5/x")) == [
        ["a", "b", "c"]
    ]


def test_what_people_decide_goes_before_what_documents_say():
    put = {"study": "X", "grouping": "together"}
    assert grouped(doc("a", **put), doc("b", **put), doc("c")) == [["a", "b"], ["c"]]
    apart = {"nct": "NCT00000001", "grouping": "apart"}
    assert grouped(doc("a", **apart), doc("b", nct="NCT00000001"), doc("c", nct="NCT00000001")) == [["a"], ["b", "c"]]
    two = [doc(name, study=label, grouping="together", nct="NCT00000001") for name, label in (("a", "X"), ("b", "Y"))]
    assert grouped(*two) == [["a"], ["b"]], "two studies that people named are never joined"
    assert grouped(*two[:1], doc("c", nct="NCT00000001")) == [["a", "c"]], "a new report joins a study that has a name"


# ---- decisions in the database -----------------------------------------------------------------------------------

REPORT, RECORD, LONE = "pelham_itp.nxml", "reg_pelham_itp_record.json", "tessel_arthritis.md"


@pytest.fixture
def files(tmp_path):
    place = tmp_path / "reports"
    place.mkdir()
    for path in bundled.DOCUMENTS:
        if path.name in (REPORT, RECORD, LONE):
            (place / path.name).write_bytes(path.read_bytes())
    return place


@pytest.fixture
def db(files, tmp_path):
    run.extract([files], tmp_path / "evidence.db", workers=1)
    return tmp_path / "evidence.db"


def call(db, *words, code=0):
    result = CliRunner().invoke(cli.main, ["studies", *words, "--db", str(db)])
    assert result.exit_code == code, result.output
    return result.output


def listed(db):
    with Store(db) as store:
        return grouped(*store.documents())


def test_a_wrong_grouping_is_undone_by_one_command_and_stays_undone(db, files):
    assert listed(db) == [[REPORT, RECORD], [LONE]]
    assert call(db, "split", "pelham_itp") == f"pelham_itp: {REPORT}\nreg_pelham_itp_record: {RECORD}\n"
    assert listed(db) == [[REPORT], [RECORD], [LONE]]
    assert "taken apart by hand" in call(db, "--format", "csv")
    (files / REPORT).write_bytes((files / REPORT).read_bytes() + b"\n<!-- corrected -->")
    assert {o.state for o in run.extract([files], db)} == {"extracted", "unchanged"}
    assert listed(db) == [[REPORT], [RECORD], [LONE]], "what a person decided survives re-extraction"
    call(db, "undo")
    assert listed(db) == [[REPORT, RECORD], [LONE]]
    assert "nothing to undo" in call(db, "undo", code=1)


def test_a_merged_study_counts_once_and_keeps_its_name(db, files):
    assert call(db, "merge", "pelham_itp", LONE, "--as", "Both").startswith("Both: ")
    assert listed(db) == [[REPORT, RECORD, LONE]]
    run.extract([files], db)
    with Store(db) as store:
        rows, arms, documents = store.select(), store.arms(), store.documents()
        assert {study for _, study in compare.one_study(documents).items()} == {"Both"}
        assert {arm.study for arm in compare.characteristics(rows, arms, documents)} == {"Both"}
        assert store.select(study="Both")
        named = {d["document"]: (d["study"], d["study_read"]) for d in documents}
    assert named[LONE] == ("Both", "tessel_arthritis")
    assert named[RECORD] == ("Both", "reg_pelham_itp_record")


def test_one_document_is_taken_out_and_the_others_stay_together(db):
    call(db, "merge", REPORT, RECORD, LONE, "--as", "All")
    call(db, "split", "All", LONE)
    assert listed(db) == [[REPORT, RECORD], [LONE]]
    assert "did you mean" in call(db, "split", "All", "pelham_itp.pdf", code=1)


def test_a_study_is_renamed_everywhere_and_a_label_is_not_given_twice(db, files):
    call(db, "rename", "pelham_itp", "Tanabe 2023")
    with Store(db) as store:
        assert {row["document"] for row in store.select(study="Tanabe 2023")} == {REPORT, RECORD}
    (files / REPORT).touch()
    run.extract([files], db, study="given")
    assert "Tanabe 2023" in call(db, "--format", "csv")
    assert "another study is called" in call(db, "rename", LONE, "tanabe 2023", code=1)


def test_a_split_study_that_is_renamed_stays_apart(db):
    call(db, "split", "pelham_itp")
    call(db, "rename", RECORD, "The record")
    assert listed(db) == [[REPORT], [RECORD], [LONE]]


def test_every_decision_is_on_record_and_none_can_be_changed(db):
    call(db, "merge", REPORT, LONE, "--by", "Ada")
    call(db, "undo", "--by", "Grace")
    with Store(db) as store:
        first, second = store.study_decisions()
    assert (first["kind"], first["reviewer"], first["in_force"], sorted(first["documents"])) == (
        "merge", "Ada", 0, [REPORT, LONE],
    )  # fmt: skip
    assert (second["kind"], second["reviewer"], second["undoes"]) == ("undo", "Grace", first["id"])
    assert "Grace" in call(db, "decisions", "--format", "csv")
    with sqlite3.connect(db) as connection:
        for statement in ("DELETE FROM study_decisions", "UPDATE study_decision_documents SET label = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_a_decision_follows_a_file_that_is_renamed(db, files):
    call(db, "rename", LONE, "Tessel")
    (files / LONE).rename(files / "renamed.md")
    with Store(db) as store:
        store.drop(LONE)
    run.extract([files], db)
    with Store(db) as store:
        assert [d["study"] for d in store.documents() if d["document"] == "renamed.md"] == ["Tessel"]


def test_decisions_that_cannot_stand_are_refused(db):
    with Store(db) as store:
        for call_of in (
            lambda: studies.merge_studies(store, ["pelham_itp.nxml"], None, "Ada"),
            lambda: studies.merge_studies(store, ["nobody", "pelham_itp"], None, "Ada"),
            lambda: studies.split_study(store, "tessel_arthritis", (), "Ada"),
            lambda: studies.rename_study(store, "tessel_arthritis", "  ", "Ada"),
        ):
            with pytest.raises(QuestionError):
                call_of()
        with pytest.raises(StoreError, match="who decided"):
            studies.rename_study(store, "tessel_arthritis", "x", " ")
        assert store.study_decisions() == []


def test_the_database_may_be_named_before_or_behind_the_subcommand(db):
    result = CliRunner().invoke(cli.main, ["studies", "--db", str(db), "rename", "tessel_arthritis", "T"])
    assert result.exit_code == 0, result.output
    assert "T,tessel_arthritis.md" in call(db, "--format", "csv")


def test_registry_against_report_by_the_command(db):
    def told(*words, code=0):
        result = CliRunner().invoke(cli.main, ["compare", "--registry", *words, "--db", str(db)])
        assert result.exit_code == code, result.output
        return result.output

    text = told("--format", "table")
    assert "2 differ" in text and "≠ DIFFERS" in text
    lines = told("NCT09900655", "--format", "csv").splitlines()
    assert [line for line in lines if ",differs," in line and "88/134" in line]
    assert "only in the registry" in told("--format", "md")
    assert "no trial of 'tessel_arthritis'" in told("tessel_arthritis", code=1)
    call(db, "split", "pelham_itp")
    assert "no trial with both" in told(code=1), "a person said that they are two studies"
    assert "Two sides, or --registry" in CliRunner().invoke(cli.main, ["compare", "--db", str(db)]).output
