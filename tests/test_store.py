"""The database: what is saved comes back, nothing is lost, reviews stay, and nobody writes through a question."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from by_hand import TEXT, finding, findings, record
from trialtab import checks, store, store_schema
from trialtab.errors import QuestionError, StoreError
from trialtab.model import Check, Number, Statement, evidence_columns
from trialtab.store import Store

COLUMNS = (
    "finding_id", "document", "document_id", "study", "section", "source", "ocr", "outcome", "outcome_id",
    "outcome_class", "statistic", "value", "unit", "qualifier", "events", "total", "percent", "total_source", "sd",
    "se", "plus_minus", "q1", "q3", "iqr_width", "range_low", "range_high", "ci_level", "ci_low", "ci_high",
    "p_relation", "p_value", "arm", "arm_id", "arm_role", "comparator", "timepoint", "timepoint_value",
    "timepoint_unit", "definition", "count_of", "grade", "grade_scale", "serious", "population", "negated", "derived",
    "quote", "start", "end", "page", "x0", "top", "x1", "bottom", "boxes", "path", "table_label", "row_path",
    "column_path", "rule", "confidence", "checks", "status", "reviewer", "reviewed_at", "note",
)  # fmt: skip
"""The public contract. A change here is a change of what other people's queries rely on."""


@pytest.fixture
def filled(db):
    """A store with one document of four findings."""
    with Store(db) as opened:
        opened.save(record())
        yield opened


def ids(rows):
    return [row["finding_id"] for row in rows]


# ---- the contract ----------------------------------------------------------------------------------------------


def test_the_view_has_exactly_the_public_columns(filled):
    columns, rows = filled.sql("SELECT * FROM evidence")
    assert columns == COLUMNS == store.EVIDENCE_COLUMNS
    assert len(rows) == 4


def test_the_public_columns_are_those_of_the_design(shared):
    lines = (shared / "design" / "evidence.md").read_text("utf-8").split("## Columns")[1].split("\n## ")[0].splitlines()
    told = [c.strip() for line in lines if line.startswith("| ") for c in re.split(r"[,;]", line.split("|")[1])]
    told = [c for c in told if c not in ("column", "---", "")]
    assert [c for c in COLUMNS if c not in ("ocr", "total_source")] == [c for c in told if c in COLUMNS]
    assert set(told) <= set(COLUMNS)


def test_a_row_comes_back_as_it_went_in(filled):
    made = record()
    for row, stored in zip(made.rows, filled.select(), strict=True):
        assert {c: stored[c] for c in evidence_columns() if c in stored} == {
            c: getattr(row, c) for c in evidence_columns() if c in stored
        }
        assert stored["status"] == "proposed" and stored["reviewer"] is None


def test_everything_of_a_record_is_stored(db):
    made = record(
        numbers=(Number(0, 1, "results", "ignored", "date"),), condition="anaemia", design="cohort",
        statements=(Statement(start=0, end=7, section="results", outcome="pain", arm="A", comparator="B",
                              direction="increased", rule="x"),),
    )  # fmt: skip
    lines = [Check(finding_id=made.rows[0].finding_id, check="grim", result="pass")]
    with Store(db) as opened:
        opened.save(replace(made, checks=tuple(lines), rows=checks.mark(made.rows, lines)))
        (document,) = opened.documents()
        assert (document["condition"], document["design"], document["findings"]) == ("anaemia", "cohort", 4)
        assert "text" not in document and opened.documents(text=True)[0]["text"] == TEXT
        assert [a["label"] for a in opened.arms()] == ["anti-CD19 CAR T cells"]
        assert [(s["quote"], s["direction"]) for s in opened.statements()] == [("Results", "increased")]
        assert [(n["number"], n["fate"], n["reason"]) for n in opened.ledger("report")] == [("R", "ignored", "date")]
        assert [c["name"] for c in opened.checks()] == ["grim"]
        assert [link["kind"] for link in opened.links()] == ["same"]


def test_rows_are_ordered_by_study_document_and_place(db):
    with Store(db) as opened:
        for name, study in (("b.txt", "Z"), ("c.txt", "A"), ("a.txt", "Z")):
            opened.save(record(TEXT + name, name, found=findings(), study=study))
        keys = [(r["study"], r["document"], r["start"], r["end"], r["finding_id"]) for r in opened.select()]
    assert keys == sorted(keys) and len(keys) == 12


# ---- saving again ----------------------------------------------------------------------------------------------


def test_saving_the_same_again_changes_nothing(filled):
    before = filled.select(), filled.sql("SELECT * FROM documents")
    assert filled.save(record()) is False
    assert (filled.select(), filled.sql("SELECT * FROM documents")) == before
    assert filled.has(record().document.document_id, "rules 1", "0.1.0", "Trial A")
    assert not filled.has(record().document.document_id, "rules 2", "0.1.0", "Trial A")
    assert not filled.has(record().document.document_id, "rules 1", "0.1.0", "Trial B")


def test_a_changed_file_replaces_only_its_own_rows(filled):
    filled.save(record("Other. " + TEXT, "other.txt", study="Trial B"))
    kept = ids(filled.select(study="Trial B"))
    assert filled.save(record(TEXT.replace("4 patients", "4 patients, all mild"))) is True
    assert ids(filled.select(study="Trial B")) == kept
    assert len(filled.select(study="Trial A")) == 4
    for table in ("findings", "blocks", "arms", "links"):
        _, ((strays,),) = filled.sql(
            f"SELECT count(*) FROM {table} WHERE document_key NOT IN (SELECT key FROM documents)"
        )
        assert strays == 0, table


def test_records_of_one_file_are_saved_as_one_and_of_two_files_refused(filled):
    one, two = record("A" + TEXT, "many.xml"), record("B" + TEXT, "many.xml")
    filled.save(one, two)
    assert len(filled.select(document="many.xml")) == 8
    filled.save(one)
    assert len(filled.select(document="many.xml")) == 4
    with pytest.raises(StoreError, match="one file"):
        filled.save(one, record())


def test_a_save_that_fails_leaves_what_was_there(filled):
    before = filled.select()
    broken = record(TEXT + "!", found=findings())
    broken = replace(broken, rows=(*broken.rows, broken.rows[0]))  # the same id twice
    with pytest.raises(StoreError, match="UNIQUE"):
        filled.save(broken)
    assert filled.select() == before


def test_copies_of_one_file_under_two_names_are_both_kept(filled):
    filled.save(record(name="copy.txt"))
    assert sorted({row["document"] for row in filled.select()}) == ["copy.txt", "report.txt"]


def test_a_process_that_is_killed_leaves_whole_documents(db):
    script = (
        "import os, sys; sys.path.insert(0, sys.argv[2])\n"
        "from by_hand import record, TEXT, findings\nfrom trialtab.store import Store\n"
        "s = Store(sys.argv[1]); s.save(record())\n"
        "real = Store._attach\n"
        "Store._attach = staticmethod(lambda *a: os._exit(9))\n"
        "s.save(record(TEXT + '.', 'second.txt', found=findings()))\n"
    )
    here = str(__import__("pathlib").Path(__file__).parent)
    assert subprocess.run([sys.executable, "-c", script, str(db), here], check=False).returncode == 9
    with Store(db) as opened:
        assert {row["document"] for row in opened.select()} == {"report.txt"}
        assert opened.save(record(TEXT + ".", "second.txt", found=findings()))


# ---- reviews ---------------------------------------------------------------------------------------------------


def response(opened):
    return opened.select(outcome="complete response")[0]


def test_the_view_shows_the_latest_review_and_the_proposal_stays(filled):
    finding_id = response(filled)["finding_id"]
    filled.add_review(finding_id, "corrected", "Ada", note="N is 10", corrections={"total": 10, "arm": None})
    row = response(filled)
    assert (row["status"], row["reviewer"], row["note"], row["total"], row["arm"]) == (
        "corrected",
        "Ada",
        "N is 10",
        10,
        None,
    )
    assert row["events"] == 11.0
    found = filled.finding(finding_id)
    assert found["proposal"]["total"] == 11.0 and found["row"]["total"] == 10
    filled.add_review(finding_id[:10], "accepted", "Bo")
    row = response(filled)
    assert (row["status"], row["reviewer"], row["total"], row["arm"]) == ("accepted", "Bo", 11.0, "overall")
    assert [r["status"] for r in filled.reviews(finding_id)] == ["corrected", "accepted"]


@pytest.mark.parametrize("statement", ["UPDATE reviews SET note = 'x'", "DELETE FROM reviews"])
def test_reviews_are_append_only(filled, statement):
    filled.add_review(response(filled)["finding_id"], "accepted", "Ada")
    with sqlite3.connect(filled.path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert len(filled.reviews()) == 1


@pytest.mark.parametrize(
    ("status", "reviewer", "corrections", "said"),
    [
        ("maybe", "Ada", None, "accepted, corrected or rejected"),
        ("accepted", " ", None, "name of its reviewer"),
        ("corrected", "Ada", None, "corrections go with"),
        ("accepted", "Ada", {"total": 10}, "corrections go with"),
        ("corrected", "Ada", {"quote": "x"}, "cannot be corrected"),
        ("corrected", "Ada", {"total": "ten"}, "takes a number"),
        ("corrected", "Ada", {"outcome": 3}, "takes text"),
    ],
)
def test_a_review_that_cannot_stand_is_refused(filled, status, reviewer, corrections, said):
    with pytest.raises(StoreError, match=said):
        filled.add_review(response(filled)["finding_id"], status, reviewer, corrections=corrections)
    assert filled.reviews() == []


def test_every_correctable_column_can_be_corrected(filled):
    finding_id = response(filled)["finding_id"]
    values = {c: "x" if c in store._TEXT else 1 for c in store.CORRECTABLE}
    filled.add_review(finding_id, "corrected", "Ada", corrections=values)
    row = next(r for r in filled.select() if r["finding_id"] == finding_id)
    assert {c: row[c] for c in values} == values


def test_reviews_follow_their_finding_into_a_changed_file(filled):
    for row in filled.select():
        filled.add_review(row["finding_id"], "accepted", "Ada")
    filled.save(record("A preface.\n\n" + TEXT))
    rows = filled.select()
    assert [row["status"] for row in rows] == ["accepted"] * 4
    assert filled.unattached_reviews() == []


def test_a_review_whose_numbers_changed_is_listed_and_not_dropped(filled):
    finding_id = filled.select(outcome="neutropenia")[0]["finding_id"]
    filled.add_review(finding_id, "accepted", "Ada")
    changed = TEXT.replace("4 patients", "5 patients")
    rest = tuple(f for f in findings(changed.replace("5 patients", "4 patients")) if f.outcome != "neutropenia")
    filled.save(record(changed, found=(*rest, finding(changed, "5 patients", events=5.0, outcome="neutropenia"))))
    assert filled.select(outcome="neutropenia")[0]["status"] == "proposed"
    assert [(r["quote"], r["finding_id"]) for r in filled.unattached_reviews()] == [("4 patients", finding_id)]
    filled.save(record())  # the old file is back, and so is its finding
    assert filled.select(outcome="neutropenia")[0]["status"] == "accepted"
    assert filled.unattached_reviews() == []


def test_a_review_that_fits_several_rows_is_left_unattached(filled):
    text = "Results\n\nA response was seen in 3 of 9."
    filled.save(record(text, "twice.txt", found=(finding(text, "3 of 9", events=3.0, total=9.0, outcome="response"),)))
    (row,) = filled.select(document="twice.txt")
    filled.add_review(row["finding_id"], "accepted", "Ada")
    twice = "Results\n\nThere, 3 of 9; and here, 3 of 9."
    made = tuple(finding(twice, "3 of 9", nth=n, events=3.0, total=9.0, outcome="response") for n in (0, 1))
    filled.save(record(twice, "twice.txt", found=made))
    assert [r["status"] for r in filled.select(document="twice.txt")] == ["proposed", "proposed"]
    assert len(filled.unattached_reviews()) == 1


def test_new_rules_keep_reviews_and_a_dropped_document_lists_them(filled):
    filled.add_review(response(filled)["finding_id"], "rejected", "Ada")
    filled.save(record(rules_digest="rules 2"))
    assert response(filled)["status"] == "rejected"
    assert filled.drop("report.txt") and not filled.drop("report.txt")
    assert filled.select() == [] and len(filled.unattached_reviews()) == 1
    filled.save(record(name="renamed.txt"))  # the same bytes: the decision holds
    assert response(filled)["status"] == "rejected"


# ---- questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"outcome": "complete_response"}, 2),
        ({"outcome": "Complete Response"}, 2),
        ({"outcome": "CR"}, 2),
        ({"outcome": "adverse event"}, 1),
        ({"outcome": ["neutropenia", "complete response"]}, 3),
        ({"outcome": "response"}, 3),
        ({"arm": "overall"}, 4),
        ({"arm": "CD19"}, 4),
        ({"study": "trial a"}, 4),
        ({"statistic": "median"}, 1),
        ({"document": "report"}, 4),
        ({"status": "proposed"}, 4),
        ({"limit": 3}, 3),
    ],
)
def test_select(filled, given, found):
    assert len(filled.select(**given)) == found


def test_select_by_confidence_alone_and_with_an_outcome(filled):
    rows = filled.select()
    sure = sorted(row["confidence"] for row in rows)[2]
    wanted = [row for row in rows if row["confidence"] >= sure]
    assert 0 < len(wanted) < len(rows) and filled.select(min_confidence=sure) == wanted
    of_one = [row for row in wanted if row["outcome"] == "neutropenia"]
    assert filled.select(outcome="neutropenia", min_confidence=sure) == of_one


def test_select_takes_classes_and_ids_as_they_stand(filled):
    rows = filled.select()
    classes = {row["outcome_class"] for row in rows}
    assert [row for row in rows if row["outcome_class"] == "adverse_event"] == filled.select(
        outcome_class=["adverse_event"]
    )
    assert filled.select(outcome_class=classes) == rows
    assert filled.select(finding_id=[rows[1]["finding_id"]]) == [rows[1]]
    assert filled.select(finding_id=[]) == filled.select(outcome_class=["no such class"]) == []
    assert filled.statistics() == sorted({row["statistic"] for row in rows})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcome": "nutropenia in blood cells"}, "neutropenia"),
        ({"arm": "CD91 car t"}, "CD19"),
        ({"study": "Trail A"}, "Trial A"),
        ({"statistic": "medain"}, "median"),
        ({"status": "acepted"}, "accepted"),
    ],
)
def test_an_unknown_name_offers_the_nearest(filled, given, said):
    with pytest.raises(QuestionError, match=said):
        filled.select(**given)


def test_words_are_found_in_quotations_and_in_the_paragraph_around(filled):
    assert len(filled.select(text="patients")) == 4
    assert [r["section"] for r in filled.select(text="had a complete")] == ["discussion"]
    assert len(filled.select(text='"complete response was"')) == 3
    assert filled.select(text='"was complete response"') == []
    assert len(filled.select(text="NEUTROPÉNIA")) == 3
    for odd in ('"', "a OR b*", "NEAR(", "quote:x", "-", ""):
        filled.select(text=odd)


def test_search_forgets_what_is_replaced(filled):
    assert filled.select(text="Eleven")
    filled.save(record(TEXT.replace("Eleven", "Twelve")))
    assert filled.select(text="Eleven") == [] and filled.select(text="Twelve")
    with sqlite3.connect(filled.path) as connection:
        connection.execute("INSERT INTO findings_fts (findings_fts) VALUES ('integrity-check')")


def test_a_finding_is_told_with_its_context(filled):
    row = response(filled)
    found = filled.finding(row["finding_id"][:8])
    assert found["before"].endswith("was seen in ") and found["after"].startswith(", after a median")
    assert found["block"]["section"] == "results"
    assert [link["row"]["section"] for link in found["links"]] == ["discussion"]
    with pytest.raises(QuestionError, match="no finding"):
        filled.finding("zzzz")
    with pytest.raises(QuestionError, match="no finding"):
        filled.finding("")


def test_a_cut_id_that_begins_several_findings_names_them(db):
    with Store(db) as opened:
        made = record()
        rows = [replace(row, finding_id=f"abc{i}") for i, row in enumerate(made.rows)]
        opened.save(replace(made, rows=tuple(rows), links=()))
        with pytest.raises(QuestionError, match="abc0, abc1"):
            opened.finding("abc")


# ---- SQL -------------------------------------------------------------------------------------------------------


def test_sql_answers(filled):
    columns, rows = filled.sql(
        "WITH x AS (SELECT outcome_class AS c FROM evidence) SELECT c, count(*) FROM x GROUP BY 1"
    )
    assert columns == ("c", "count(*)") and ("adverse_event", 1) in rows
    assert filled.sql("SELECT count(*) FROM findings_fts WHERE findings_fts MATCH 'patients'")[1] == [(2,)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM findings", "UPDATE documents SET study = 'x'", "DROP TABLE findings",
        "INSERT INTO links VALUES (1,2,3,4,5)",
        "ATTACH 'other.db' AS other", "PRAGMA user_version = 9", "PRAGMA writable_schema = ON", "VACUUM",
        "CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)", "BEGIN", "SELECT 1; DELETE FROM findings",
        "SELECT load_extension('x')", "", "nonsense", "SELECT nothing FROM evidence",
    ],
)  # fmt: skip
def test_sql_refuses_everything_but_one_reading_statement(filled, statement, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = filled.select()
    with pytest.raises(StoreError) as raised:
        filled.sql(statement)
    assert "\n" not in str(raised.value)
    assert filled.select() == before and not (tmp_path / "other.db").exists()


# ---- files and versions ----------------------------------------------------------------------------------------


DOSES = """ALTER TABLE arms DROP COLUMN dose; ALTER TABLE arms DROP COLUMN dose_start;
    ALTER TABLE arms DROP COLUMN dose_end; DELETE FROM migrations WHERE version = 6; PRAGMA user_version = 5;"""
INDEXES = """DROP INDEX findings_in_order; DROP INDEX findings_by_phrase; DROP INDEX findings_by_name;
    DROP INDEX findings_by_class; DROP INDEX findings_by_statistic; DROP INDEX findings_by_arm;
    DROP INDEX findings_by_role; DROP INDEX findings_by_population; DROP INDEX checks_by_result;
    DROP INDEX documents_in_order; CREATE INDEX findings_by_place ON findings (document_key, start);
    CREATE INDEX findings_by_outcome ON findings (outcome_id, statistic);
    CREATE INDEX documents_by_study ON documents (study, document);
    DELETE FROM migrations WHERE version = 5; PRAGMA user_version = 4;"""
STUDIES = """DROP VIEW study_decisions_in_force; DROP TABLE study_decision_documents; DROP TABLE study_decisions;
    ALTER TABLE documents DROP COLUMN study_read; ALTER TABLE documents DROP COLUMN grouping;
    DELETE FROM migrations WHERE version = 4; PRAGMA user_version = 3;"""
OTHER_SIDE = """ALTER TABLE checks DROP COLUMN other_id; DELETE FROM migrations WHERE version = 3;
    PRAGMA user_version = 2;"""
SEARCH = """DROP TRIGGER findings_ai; DROP TRIGGER findings_ad; DROP TRIGGER findings_au; DROP TABLE findings_fts;
    DROP TABLE block_search; DELETE FROM migrations WHERE version = 2; PRAGMA user_version = 1;"""


@pytest.mark.parametrize("taken_back", [1, 2, 3, 4, 5])
def test_an_older_database_is_brought_up_to_date_with_all_its_rows(db, taken_back):
    """An older file is made of a new one, by taking back what its schema did not have."""
    with Store(db) as old:
        old.save(record())
        old.add_review(old.select()[0]["finding_id"], "accepted", "Ada")
        before = old.select()
    with sqlite3.connect(db) as connection:
        connection.executescript("".join((DOSES, INDEXES, STUDIES, OTHER_SIDE, SEARCH)[:taken_back]))
    with Store(db, write=False) as new:  # a question upgrades as well
        assert new.version() == len(store_schema.MIGRATIONS)
        assert new.select() == before
        assert len(new.select(text="neutropenia")) == 3
        assert [d["study_read"] for d in new.documents()] == [d["study"] for d in new.documents()]
        assert [r["name"] for r in new._read("SELECT name FROM migrations ORDER BY version")] == [
            m.__name__ for m in store_schema.MIGRATIONS
        ]


def test_a_migration_that_fails_leaves_the_old_database(db, monkeypatch):
    with Store(db) as opened:
        opened.save(record())

    def m007_broken(connection):
        connection.execute("DELETE FROM findings")
        connection.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr(store_schema, "MIGRATIONS", (*store_schema.MIGRATIONS, m007_broken))
    with pytest.raises(StoreError, match="no_such_table"):
        Store(db)
    monkeypatch.undo()
    with Store(db) as opened:
        assert len(opened.select()) == 4


def test_a_newer_database_is_refused(db):
    Store(db).close()
    with sqlite3.connect(db) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer trialtab"):
        Store(db)


def test_other_files_are_refused_and_left_alone(tmp_path):
    with pytest.raises(StoreError, match="no such database"):
        Store(tmp_path / "none.db", write=False)
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(StoreError, match="no folder"):
        Store(tmp_path / "nowhere" / "x.db")
    text = tmp_path / "text.db"
    text.write_text("not a database, though long enough to be looked at as one" * 20)
    with pytest.raises(StoreError, match="not a database"):
        Store(text)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    bytes_before = other.read_bytes()
    with pytest.raises(StoreError, match="not one of trialtab"):
        Store(other)
    assert other.read_bytes() == bytes_before


def test_a_reader_and_a_writer_do_not_wait_for_each_other(filled):
    with Store(filled.path, write=False) as reader:
        assert len(reader.select()) == 4
        filled.save(record("New. " + TEXT, "new.txt"))
        assert len(reader.select()) == 8
        with pytest.raises(StoreError, match="readonly"):
            reader.drop("new.txt")


def test_a_writer_that_waits_too_long_says_so(filled, monkeypatch):
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(filled.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Store(filled.path) as second, pytest.raises(StoreError, match="another program is writing"):
        second.drop("report.txt")
    holder.close()


def test_the_columns_of_findings_hold_every_column_of_evidence(filled):
    held = {row["name"] for row in filled._read("PRAGMA table_info(findings)")}
    assert set(evidence_columns()) - {"document", "document_id", "study", "ocr"} <= held


def test_reading_and_saving_do_not_wait_for_sqlite_utils(db):
    """Migrations alone need it; its import takes longer than a question."""
    Store(db).close()
    script = (
        f"import sys; from trialtab.store import Store\nwith Store({str(db)!r}, write=False) as s: s.select()\n"
        "print('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "False\n"


def test_full_text_search_is_where_other_programs_look_for_it(filled):
    from sqlite_utils import Database

    with sqlite3.connect(filled.path) as connection:
        assert Database(connection)["findings"].detect_fts() == "findings_fts"


def test_a_migration_that_fails_after_making_an_index_leaves_none(db, monkeypatch):
    def broken(database):
        store_schema.m002_search(database)
        database.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr(store_schema, "MIGRATIONS", (store_schema.m001_initial, broken))
    with pytest.raises(StoreError, match="no_such_table"):
        Store(db)
    with sqlite3.connect(db) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE '%fts%'").fetchone() == (0,)
