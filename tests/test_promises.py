"""What trialtab promises whoever relies on a number, each promise as one test or a few.

1. The text of a document is never edited: text[start:end] is the quotation, for every row.
2. Every cell that is shown reaches its quotation: cell -> finding -> document, and page and box or path.
3. The same bytes and rules give the same rows, byte for byte, in any order and with any number of workers.
4. Any string may be read without an error, in time that grows with its length and no faster.
5. A run that is killed loses no finished document and repeats none.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import bundled
import once
from clock import grows_as_its_size
from trialtab import cli, compare, readers, rules, run, score, views
from trialtab.errors import ReadError
from trialtab.store import EVIDENCE_COLUMNS, Store

documents = pytest.mark.parametrize("path", bundled.DOCUMENTS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The bundled corpora in a database, read by one worker in the order of their names."""
    place = tmp_path_factory.mktemp("promises")
    return once.copied(once.folder_of_the_run(tmp_path_factory), "bundled", bundled.DOCUMENTS, place, workers=1)


def jsonl(db):
    """All rows, as `trialtab query` prints them."""
    result = CliRunner().invoke(cli.main, ["query", "--db", str(db), "--format", "jsonl", "--limit", "0"])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


# ---- 1. the text is never edited -------------------------------------------------------------------------------


@documents
def test_every_row_stands_in_its_text(path):
    found = [record for at, record in bundled.all_records() if at == path]
    assert found
    for record in found:
        text = record.document.text
        assert record.rows, "a document of the corpora without a single row"
        for row in record.rows:
            assert text[row.start : row.end] == row.quote
            assert 0 < len(row.quote) <= 250
        for number in record.numbers:
            assert any(c.isalnum() for c in text[number.start : number.end])
        for arm in record.arms:
            assert arm.start is None or text[arm.start : arm.end]
        read = {document.document_id: document.text for document in readers.read(path.read_bytes(), path.name)}
        assert read[record.document.document_id] == text, "the text is what the reader gives"


def test_a_plain_text_is_the_decoded_file_character_for_character():
    plain = [(path, record) for path, record in bundled.all_records() if path.suffix in (".txt", ".md")]
    assert len(plain) >= 8
    for path, record in plain:
        assert record.document.text == path.read_bytes().decode("utf-8-sig"), path.name


# ---- 2. from a cell to its place -------------------------------------------------------------------------------


def letters(text):
    return re.sub(r"[^a-z0-9]", "", text.lower())


def test_every_cell_that_is_shown_reaches_its_quotation(database):
    with Store(database, write=False) as store:
        rows, arms, stored = store.select(), store.arms(), store.documents(text=True)
        texts = {row["document_id"]: row["text"] for row in stored}
        known = {row["finding_id"]: row for row in rows}
        assert len(known) == len(rows), "an id names one finding"
        tables = {
            "evidence": views.evidence(rows, EVIDENCE_COLUMNS),
            "at a glance": views.evidence_at_a_glance(rows),
            "outcomes": views.outcomes(compare.outcomes_table(rows, arms, stored)),
            "comparison": views.comparison(compare.compare(rows, arms, stored, *cli.DEMO_SIDES), one_sided=True),
        }
        reached = set()
        for name, table in tables.items():
            assert table.rows, name
            shown = 0
            for line in table.rows:
                for column, cell in zip(table.columns, line, strict=True):
                    if name == "outcomes" and column in ("study", "arm", "intervention", "condition"):
                        continue  # what the line is about; its results stand in the other cells
                    if cell.text:
                        assert cell.findings, f"{name}: {column}: {cell.text!r} leads nowhere"
                        shown += 1
                    reached.update(cell.findings)
            assert shown, name
        for finding in reached:
            row = known[finding]
            assert texts[row["document_id"]][row["start"] : row["end"]] == row["quote"]
        some = store.finding(sorted(reached)[0])
        assert some["row"]["quote"] in some["before"] + some["row"]["quote"] + some["after"]


def test_every_row_of_a_pdf_has_page_and_boxes_and_they_hold_its_quotation():
    import pdfplumber

    looked_at = 0
    for path, record in bundled.all_records():
        if path.suffix != ".pdf":
            continue
        with pdfplumber.open(path) as pdf:
            middles = [[((c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2, c["text"]) for c in page.chars]
                       for page in pdf.pages]  # fmt: skip
            for row in record.rows:
                assert row.page is not None and row.boxes, f"{path.name}: {row.quote!r} has no place on its page"
                boxes = json.loads(row.boxes)
                assert {"page": row.page, "x0": row.x0, "top": row.top, "x1": row.x1}.items() <= {
                    "page": boxes[0]["page"], "x0": min(b["x0"] for b in boxes if b["page"] == row.page),
                    "top": boxes[0]["top"], "x1": max(b["x1"] for b in boxes if b["page"] == row.page),
                }.items()  # fmt: skip
                held = ""
                for box in boxes:
                    held += "".join(
                        text for x, y, text in middles[box["page"] - 1]
                        if box["x0"] - 1 <= x <= box["x1"] + 1 and box["top"] - 2 <= y <= box["bottom"] + 2
                    )  # fmt: skip
                assert letters(row.quote) in letters(held), f"{path.name}: {row.quote!r} is not in its boxes"
                looked_at += 1
    assert looked_at > 50


def test_every_row_of_jats_and_html_has_a_path_to_an_element_that_holds_its_quotation():
    from lxml import etree, html

    looked_at = 0
    for path, record in bundled.all_records():
        if path.suffix not in (".nxml", ".html"):
            continue
        tree = html.fromstring(path.read_bytes()) if path.suffix == ".html" else etree.fromstring(path.read_bytes())
        root = tree.getroottree()
        for row in record.rows:
            assert row.path, f"{path.name}: {row.quote!r} has no path"
            elements = root.xpath(row.path)
            assert len(elements) == 1, f"{path.name}: {row.path} leads to {len(elements)} elements"
            assert letters(row.quote) in letters("".join(elements[0].itertext())), f"{path.name}: {row.path}"
            looked_at += 1
    assert looked_at > 100


# ---- 3. the same bytes, the same rows --------------------------------------------------------------------------


def test_order_and_number_of_workers_change_no_byte(database, tmp_path):
    other = tmp_path / "other.db"
    half = len(bundled.DOCUMENTS) // 2
    for part in (bundled.DOCUMENTS[half:][::-1], bundled.DOCUMENTS[:half][::-1]):
        assert all(outcome.ok for outcome in run.extract(part, other, workers=2))
    assert jsonl(database).count(b"\n") > 300
    assert jsonl(other) == jsonl(database)


def test_a_second_run_changes_no_byte(database):
    before = jsonl(database)
    assert {outcome.state for outcome in run.extract(bundled.DOCUMENTS, database)} == {"unchanged"}
    assert jsonl(database) == before


# ---- 4. any string, in linear time -----------------------------------------------------------------------------

PIECES = (
    "Results", ":", " ", "\n", "\n\n", ".", ". ", ", ", "; ", "(", ")", "[", "]", "%", "/", "-", "–", "−", "·", "±",
    "=", "<", ">", "≥", "n=", "N = ", "0", "7", "11", "36", "1,204", "12·4", "0.001", ".03", "-0.3", "1e9",
    "9" * 40, "eleven", "none", "all", "both", "one", "no ", "of ", "the ", "patients ", "events ", "median ",
    "mean ", "(range, ", "IQR ", "95% CI ", "HR ", "odds ratio ", "P", "p<", " vs ", " versus ", "respectively",
    "grade 3-4 ", "grade ≥3 ", "severe ", "placebo ", "the treatment group ", "randomised to ", "or ", "and ",
    "neutropenia ", "complete response ", "overall ", "progression-free survival ", "at 12 months ", "day 28 ",
    "not reached", "\u00a0", "\u2009", "\x00", "\ufeff", "é", "日本", "🧪", "\ud7ff", "et al. ", "Fig. 1", "| ", "# ",
    "<p>", "&amp;", "Table 1. ",
)  # fmt: skip
prose = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
anything = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)

HOSTILE = (
    "", " ", "\x00", "(" * 500, ")" * 500, "1" * 5000, "1,111" * 500, "." * 1000, "-" * 1000, "4/0", "0/0 (0%)",
    "11/4 (275%)", "(36%)", "% (4/)", "median (IQR, to )", "HR (95% CI, )", "P<", "n=", "n=n=n=", "all of all of all",
    "none of none", "respectively", "A vs B vs C vs", "grade grade grade 3", "respectively, 1, 2, and 3, respectively",
    "one hundred thousand hundred thousand patients", "Results: Results: Results:", "95% CI 95% CI 95% CI 1 to",
    "1 to 2 to 3 to 4", "½ of ⅔ (5⁶%)", "٣ of ٤ patients", "IV/III/II/I grade", "4 (4 (4 (4 (4 (4))))))",
    "\u202e4/11\u202c", "a\u0301" * 300, "The HR was NaN (95% CI, inf to -inf)", "1e400 patients", "−−−3 patients",
    "x" * 5000, "no " * 500, "and " * 500, "median " * 300, "vs. " * 300, "\n" * 2000, "|" * 500, "#" * 500,
)  # fmt: skip
"""Strings that somebody will paste one day."""


def extracted(text):
    """The rows of a text the whole way with checks; none where the reader says in one line why it refuses."""
    try:
        found = run.records(text.encode("utf-8", "surrogatepass"), "any.txt")
    except ReadError as refusal:
        assert len(str(refusal).splitlines()) == 1
        return ()
    for record in found:
        for row in record.rows:
            assert record.document.text[row.start : row.end] == row.quote
    return tuple(row for record in found for row in record.rows)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(prose, anything, st.tuples(prose, anything, prose).map("".join)))
@example("Results: " + "".join(PIECES))
@example("".join(reversed(PIECES)))
def test_any_string_is_read_without_an_error(text):
    extracted(text)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_hostile_strings_are_read_without_an_error(text):
    extracted(text)
    extracted(f"Results\n\nA response was seen in 4 of 11 patients {text} (36%).")


UNITS = (
    "Response was seen in 4 of 11 patients (36%) in the placebo group. ",
    "HR 0.41 (95% CI, 0.23 to 0.73; P<0.001), ",
    "anaemia (25 [17%] vs 32 [21%]), ",
    "4 of 11 of ", "11, ", "95% CI 0.2 to ", "median of 45 (21-153) ", "(", "([", "9", "1,111,", "a", "no A or ",
    "p<0.001 ", "placebo or ", "one hundred ", "grade 3-", "vs ", "\n", " ", "respectively, ", "- ",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_time_grows_with_length_and_no_faster(unit):
    """Four times the length may take up to eight times as long: a quadratic step takes sixteen times."""
    extracted("Results\n\nAll 4 of 11 patients.")  # what is loaded when first used is no part of the slope
    grows_as_its_size(
        lambda length: f"Results\n\nAll {(unit * (length // len(unit) + 1))[:length]}.", extracted, 4_000, 16_000
    )


def test_a_long_document_in_linear_time():
    ruleset = rules.load()
    sentence = "Response was seen in 4 of 11 patients (36%) with placebo and in 8 of 12 (67%) with dolmirin. "
    grows_as_its_size(
        lambda count: "Results\n\n" + sentence * count, lambda text: score.rows_of(text, ruleset), 50, 200
    )
    assert len(score.rows_of("Results\n\n" + sentence * 200, ruleset)) >= 200


# ---- 5. a run that is killed -----------------------------------------------------------------------------------

KILLED = """
import sys
from trialtab import run
run.rules_digest = lambda: sys.argv[2]  # of this test run: who edits a rule meanwhile does not break it
run.extract(sys.argv[3:], sys.argv[1], workers=2, progress=lambda done, total, outcome: print(done, flush=True))
"""


def test_a_killed_run_loses_no_finished_document_and_repeats_none(database, tmp_path):
    db = tmp_path / "evidence.db"
    paths = [str(path) for path in bundled.DOCUMENTS]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(db), run.rules_digest(), *paths],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    told = 0
    assert process.stdout is not None
    for line in process.stdout:
        told = int(line)
        if told >= 7:
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Store(db, write=False) as store:
        finished = {row["document"] for row in store.documents()}
    assert told <= len(finished) < len(paths), "killed in the middle of its work"
    states = {outcome.document: outcome.state for outcome in run.extract(paths, db, workers=2)}
    assert {name for name, state in states.items() if state == "unchanged"} == finished
    assert {state for name, state in states.items() if name not in finished} == {"extracted"}
    assert jsonl(db) == jsonl(database)
