"""Many files: which, in which processes, under which limits; and that their number and order change no row."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from trialtab import run
from trialtab.errors import ReadError, StoreError, TrialtabError
from trialtab.store import Store


def reasons(outcomes):
    return {outcome.path.name: outcome.reason for outcome in outcomes if not outcome.ok}


# ---- which files -----------------------------------------------------------------------------------------------


def test_a_folder_gives_its_documents_and_nothing_else(tmp_path):
    for name in (
        "b.txt",
        "a.PDF",
        "README.md",
        "c.nxml",
        ".hidden.txt",
        "gold.jsonl",
        "floors.json",
        "data.csv",
        "x.docx",
        "y.xlsx",
    ):
        (tmp_path / name).write_text("x")
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "d.html").write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "e.txt").write_text("x")
    found, failed = run.files([tmp_path, tmp_path / "b.txt"])
    assert [str(p.relative_to(tmp_path)) for p in found] == [
        "README.md", "a.PDF", "b.txt", "c.nxml", "deep/er/d.html", "x.docx",
    ]  # fmt: skip
    assert failed == []


def test_a_named_file_is_taken_whatever_it_is_called(tmp_path):
    (tmp_path / "report").write_text("x")
    assert run.files([tmp_path / "report"])[0] == [tmp_path / "report"]


def test_what_cannot_be_read_is_said(tmp_path):
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    (tmp_path / "lost.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "back").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    found, failed = run.files([tmp_path, tmp_path / "missing.txt"])
    assert found == []
    assert reasons(failed) == {
        "folder.pdf": "a folder, not a file",
        "loop.txt": "a link that leads nowhere",
        "lost.txt": "a link that leads nowhere",
        "pipe.txt": "not a regular file",
        "missing.txt": "no such file",
    }


def test_two_files_of_one_name_have_two_document_names(tmp_path):
    a, b, c = (tmp_path / place / "x.txt" for place in ("a", "b", "c/b"))
    for path in (a, b, c):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    assert run.names([a, b, c], {}) == {a: "x.txt", b: "b/x.txt", c: "c/b/x.txt"}
    assert run.names([a, b], {"x.txt": str(b)}) == {a: "a/x.txt", b: "x.txt"}
    assert run.names([a], {"x.txt": str(tmp_path / "gone.txt")}) == {a: "x.txt"}


@pytest.mark.parametrize(
    ("name", "key", "label"),
    [
        ("Smith 2020.pdf", "", "Smith 2020"),
        ("b/x.nxml", "", "b/x"),
        ("v1.2 report", "", "v1.2 report"),
        ("many.xml", "0" * 64 + "#12345", "many 12345"),
    ],
)
def test_the_label_of_a_study_that_was_given_none(name, key, label):
    assert run.study_label(name, key) == label


# ---- rows do not depend on how they were made -------------------------------------------------------------------


def lines(db):
    with Store(db, write=False) as store:
        return store.select()


def test_order_and_workers_change_no_row(pretender, folder, tmp_path):
    place = folder(**{f"r{i}": f"Report {i}." for i in range(9)})
    paths = sorted(place.iterdir())
    run.extract([place], tmp_path / "one.db", workers=1)
    run.extract(reversed(paths), tmp_path / "two.db", workers=3)
    run.extract(paths[4:], tmp_path / "three.db", workers=2)
    run.extract(paths[:4], tmp_path / "three.db", workers=1)
    assert lines(tmp_path / "one.db") == lines(tmp_path / "two.db") == lines(tmp_path / "three.db")
    assert len(lines(tmp_path / "one.db")) == 9


def test_a_second_run_reads_nothing(pretender, folder, db):
    place = folder(a="One.", b="Two.")
    first = run.extract([place], db)
    assert [o.state for o in first] == ["extracted"] * 2
    before = lines(db)
    pretender.write_text("raise SystemExit('no worker is to be started')")
    assert [o.state for o in run.extract([place], db)] == ["unchanged"] * 2
    assert lines(db) == before


def test_a_changed_file_and_a_new_label_are_read_again(pretender, folder, db):
    place = folder(a="One.", b="Two.")
    run.extract([place], db, study="Trial")
    folder(b="Two, corrected.")
    assert [o.state for o in run.extract([place], db)] == ["unchanged", "extracted"]
    assert {row["study"] for row in lines(db)} == {"Trial"}, "a label that was given stays"
    assert [o.state for o in run.extract([place], db, study="Other")] == ["extracted"] * 2


def test_progress_is_told_file_by_file(pretender, folder, db):
    place = folder(a="One.", b="BROKEN")
    told = []
    run.extract([place, place / "none.txt"], db, progress=lambda done, total, o: told.append((done, total, o.state)))
    assert sorted(told) == [(1, 3, "failed"), (2, 3, told[1][2]), (3, 3, told[2][2])]


# ---- hostile files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_kills_or_hangs_its_worker_is_one_failed_file(pretender, folder, db, workers):
    place = folder(
        a="Good.", b="ABORT", c="Good too.", d="HANG", e="Good as well.", f="EXIT", g="HUNGRY", h="FAULT", i="BROKEN",
        j="NOTHING", k="Good again.",
    )  # fmt: skip
    began = time.monotonic()
    outcomes = run.extract([place], db, workers=workers, limits=run.Limits(seconds=2))
    assert time.monotonic() - began < 40
    failed = reasons(outcomes)
    assert failed.pop("h.txt").startswith("internal error, please report it: IndexError")
    assert failed == {
        "b.txt": "worker died (signal 6)",
        "d.txt": "stopped after 2 s",
        "f.txt": "worker died (exit code 3): the last words",
        "g.txt": "needs more than 4 GB of memory",
        "i.txt": "no text layer",
        "j.txt": "holds no document",
    }
    assert {row["document"] for row in lines(db)} == {"a.txt", "c.txt", "e.txt", "k.txt"}


def test_no_process_is_left_behind(pretender, folder, db):
    class Stop(Exception):
        pass

    def stop(*given):
        raise Stop

    place = folder(a="Good.", b="HANG", c="HANG")
    with pytest.raises(Stop):
        run.extract([place], db, workers=2, progress=stop)
    table = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(pretender) not in table


def test_a_worker_that_cannot_start_ends_the_run_with_its_reason(pretender, folder, db):
    pretender.write_text("raise SystemExit('no such module')")
    with pytest.raises(TrialtabError, match=r"could not be started.*no such module"):
        run.extract([folder(a="Good.")], db)


def test_a_database_that_cannot_be_opened_ends_the_run_before_it_begins(folder, tmp_path):
    with pytest.raises(StoreError):
        run.extract([folder(a="Good.")], tmp_path / "nowhere" / "x.db")


def test_a_pdf_that_aborts_the_reader_is_one_failed_file(shared):
    bomb = shared / "pdf" / "hostile" / "form_xobject_bomb.pdf"
    began = time.monotonic()
    try:
        run.read_file(bomb, limits=run.Limits(seconds=4))
    except ReadError as error:
        assert str(error).startswith(str(bomb)) and "\n" not in str(error)
    assert time.monotonic() - began < 15


def test_one_file_alone(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Results\n\nA response was seen in 4 of 11 patients (36%).")
    (document,) = run.read_file(path)
    assert document.name == "a.txt" and "4 of 11" in document.text
    with pytest.raises(ReadError, match="no such file"):
        run.read_file(tmp_path / "b.txt")
    with pytest.raises(ReadError, match="name one file"):
        run.read_file(tmp_path)


def test_the_digest_of_rules_is_the_same_in_every_process():
    run.rules_digest.cache_clear()
    script = "from trialtab import run; print(run.rules_digest())"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == run.rules_digest()


# ---- with the real readers and rules -----------------------------------------------------------------------------


def test_every_row_of_a_real_run_stands_in_its_text_whatever_the_order_and_workers(tmp_path):
    texts = {
        "a": "Results\n\nA complete response was seen in 4 of 11 patients (36%). Neutropenia occurred in 3 patients.",
        "b": "Results\n\nMedian overall survival was 9.5 months (95% CI, 7.1 to 12.3) with alpelisib and 7.0 months "
        "(95% CI, 5.0 to 9.9) with placebo (hazard ratio, 0.71; 95% CI, 0.55 to 0.92; P=0.01).",
        "c": "Results\n\nInfections occurred in 12 of 40 patients (30%); grade 3 anaemia in 5 (12.5%).",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text)
    paths = [tmp_path / f"{name}.txt" for name in texts]
    assert all(o.state == "extracted" for o in run.extract(paths, tmp_path / "one.db", workers=1))
    run.extract(reversed(paths), tmp_path / "two.db", workers=2)
    rows = lines(tmp_path / "one.db")
    assert rows == lines(tmp_path / "two.db") and {row["document"] for row in rows} == {"a.txt", "b.txt", "c.txt"}
    for row in rows:
        text = texts[row["study"]]
        assert text[row["start"] : row["end"]] == row["quote"]
