"""The commands as a person meets them: documented, one line for each fault, clean output for machines."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import click
import pytest
from click.testing import CliRunner

from by_hand import OVERALL, TEXT, finding, record
from trialtab import __version__, cli, cli_common, cli_publish, compare, export, statistics, views
from trialtab.export import drawing
from trialtab.model import Arm, Number
from trialtab.store import EVIDENCE_COLUMNS, Store

NAMES = cli._command_names(cli.main)


def call(*words, code=0):
    """Run a command; its result, after a look at the exit code. A traceback is never an answer."""
    result = CliRunner().invoke(cli.main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def filled(db):
    """A database of two studies: CAR T cells by hand, and an engager."""
    made = record(numbers=(Number(0, 1, "results", "ignored", "date"), Number(1, 2, "results", "unresolved", "")))
    text = (
        "Results\n\nA complete response was seen in 5 of 10 patients (50%). B-cell aplasia lasted a median of 157 days."
    )
    arm = Arm(arm_id="a1", label="teclistamab", role="overall", intervention="teclistamab",
              intervention_class="BCMA x CD3 engager", n=10)  # fmt: skip
    found = (
        finding(text, "5 of 10 patients (50%)", "proportion", events=5.0, total=10.0, percent=50.0, arm="overall",
                arm_role="overall", outcome="complete response"),
        finding(text, "median of 157 days", "median", value=157.0, unit="days", outcome="B-cell aplasia",
                arm="overall", arm_role="overall"),
    )  # fmt: skip
    with Store(db) as store:
        store.save(replace(made, arms=(replace(OVERALL, intervention_class="CD19 CAR T cells"),)))
        store.save(record(text, "engager.txt", found=found, arms=(arm,), study="Trial B"))
    return db


# ---- help and version ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), *NAMES], ids=" ".join)
def test_every_command_shows_an_example_of_itself(words):
    text = call(*words, "--help").output
    assert "Example:" in text
    assert f"trialtab {' '.join(words)}".strip() in text.split("Example:")[1]


@pytest.mark.parametrize("words", NAMES, ids=" ".join)
def test_every_example_names_options_that_exist(words):
    command = cli.main
    for word in words:
        command = command.commands[word]
    for line in (command.help or "").split("Example:")[1].splitlines():
        called = line.split()
        if called[:1] != ["trialtab"]:
            continue
        group, rest = cli.main, called[1:]
        while rest and isinstance(group, click.Group) and rest[0] in group.commands:
            group, rest = group.commands[rest[0]], rest[1:]
        options = {o for p in group.params for o in p.opts}
        assert {word for word in rest if word.startswith("--")} <= options, line


def test_the_commands_are_all_there():
    expected = {
        "read", "extract", "query", "explain", "compare", "table outcomes", "ledger", "rules list", "rules show",
        "rules test", "demo",
    }  # fmt: skip
    assert expected <= {" ".join(words) for words in NAMES}


def test_the_version_is_told_without_heavy_imports():
    script = (
        "import sys; from trialtab.cli import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'spacy', 'lxml', 'scipy', 'rich', 'sqlite3', 'pydantic', 'pypdfium2'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert out.splitlines() == [f"trialtab {__version__}", "[]"]


# ---- extract ---------------------------------------------------------------------------------------------------


def test_extract_names_what_failed_and_goes_on(pretender, folder, db):
    place = folder(a="Good.", b="BROKEN", c="ABORT")
    result = call("extract", place, place / "none.txt", "--db", db, code=1)
    assert "4 files: 1 extracted, 3 failed; 1 new findings" in result.stdout
    failed = dict(line.split(": ", 1) for line in result.stderr.splitlines())
    assert {name.rsplit("/", 1)[-1]: reason for name, reason in failed.items()} == {
        "b.txt": "no text layer", "c.txt": "worker died (signal 6)", "none.txt": "no such file",
    }  # fmt: skip
    assert "1 unchanged" in call("extract", place / "a.txt", "--db", db).stdout
    assert call("extract", place / "a.txt", "--db", db, "--quiet").output == ""


def test_extract_again_gives_the_same_bytes(pretender, folder, db, tmp_path):
    place = folder(**{name: f"Report {name}." for name in "abcdef"})
    call("extract", place, "--db", db, "--workers", 1)
    first = call("query", "--db", db, "--format", "jsonl").stdout_bytes
    call("extract", place, "--db", db)
    assert call("query", "--db", db, "--format", "jsonl").stdout_bytes == first
    call("extract", *sorted(place.iterdir(), reverse=True), "--db", tmp_path / "other.db", "--workers", 3)
    assert call("query", "--db", tmp_path / "other.db", "--format", "jsonl").stdout_bytes == first


def test_bad_input_is_one_line_each_and_the_others_are_extracted(tmp_path, db):
    from test_readers_pdf import make_pdf

    whole = make_pdf([[(50, 100, "Results"), (50, 120, "A complete response was seen in 5 of 10 patients (50%).")]])
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bad = {
        "empty.txt": (b"", "empty file"),
        "empty.pdf": (b"", "empty file"),
        "cut.pdf": (whole[: len(whole) // 3], "damaged"),
        "picture.pdf": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200), "PNG"),
        "locked.pdf": (make_pdf([[(50, 100, "5 of 10 patients")]], lock="user"), "encrypted"),
        "laughs.xml": (
            f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]><article><body><p>&l9;</p></body></article>'.encode(),
            "entity expansion",
        ),
        "binary.txt": (b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20, "not a report"),
    }
    place = tmp_path / "reports"
    place.mkdir()
    for name, (data, _) in bad.items():
        (place / name).write_bytes(data)
    (place / "whole.pdf").write_bytes(whole)
    (place / "summary.txt").write_text(TEXT)
    result = call("extract", place, "--db", db, "--workers", 1, code=1)
    assert "9 files: 2 extracted, 7 failed" in result.stdout
    said = dict(line.rsplit("/", 1)[-1].split(": ", 1) for line in result.stderr.splitlines())
    assert set(said) == set(bad)
    for name, (_, reason) in bad.items():
        assert reason in said[name], name
    with Store(db, write=False) as store:
        assert [one["document"] for one in store.documents()] == ["summary.txt", "whole.pdf"]
        assert {row["document"] for row in store.select()} == {"summary.txt", "whole.pdf"}
        for table in ("blocks", "numbers", "arms", "checks", "links"):
            _, left = store.sql(f"select count(*) from {table} where document_key not in (select key from documents)")
            assert left == [(0,)], table
        assert store.sql("pragma foreign_key_list(findings)")[1]


def test_a_name_that_would_steer_the_terminal_does_not(pretender, tmp_path, db):
    path = tmp_path / "a\x1b[31mred\u202e.txt"
    path.write_text("BROKEN")
    assert "\x1b" not in call("extract", path, "--db", db, code=1).output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("extract",), 2, "Missing argument"),
        (("extract", "x", "--workers", "0"), 2, "--workers"),
        (("query", "--format", "xls"), 2, "--format"),
        (("query", "--sql", "select 1", "--outcome", "x"), 2, "--sql stands alone"),
        (("query", "--min-confidence", "2"), 2, "--min-confidence"),
        (("nonsense",), 2, "No such command"),
    ],
)
def test_misuse_is_exit_code_2(filled, words, code, said):
    extra = () if words[0] in ("nonsense",) else ("--db", filled)
    assert said in call(*words, *extra, code=code).output


# ---- query -----------------------------------------------------------------------------------------------------


def test_query_gives_all_columns_to_machines(filled):
    rows = [json.loads(line) for line in call("query", "--db", filled, "--format", "jsonl").stdout.splitlines()]
    assert tuple(rows[0]) == EVIDENCE_COLUMNS and len(rows) == 6
    assert json.loads(call("query", "--db", filled, "--format", "json").stdout) == rows
    table = list(csv.DictReader(io.StringIO(call("query", "--db", filled).stdout)))
    assert [row["quote"] for row in table] == [row["quote"] for row in rows]
    assert table[0]["events"] == "11" and table[0]["sd"] == ""


def test_query_for_people_has_one_cell_for_the_numbers_and_ids_that_explain_takes(filled):
    text = call(
        "query", "--db", filled, "--format", "md", "--outcome", "complete response", "--study", "Trial A"
    ).stdout
    assert "11/11 (100%)" in text
    short = text.splitlines()[2].split("|")[-2].strip()
    assert "complete response" in call("explain", short, "--db", filled).stdout
    assert "11/11 (100%)" in call("query", "--db", filled, "--format", "table").stdout


def test_query_filters_and_limits(filled):
    assert len(call("query", "--db", filled, "--statistic", "median").stdout.splitlines()) == 3
    assert len(call("query", "--db", filled, "--limit", 2).stdout.splitlines()) == 3
    assert len(call("query", "--db", filled, "--text", "aplasia").stdout.splitlines()) == 3
    assert len(call("query", "--db", filled, "--arm", "teclistamab", "--min-confidence", 0.1).stdout.splitlines()) == 3


def test_sql(filled):
    sql = "select study, count(*) as n from evidence group by study order by study"
    assert call("query", "--db", filled, "--sql", sql).stdout == "study,n\nTrial A,4\nTrial B,2\n"
    result = call("query", "--db", filled, "--sql", "delete from findings", code=1)
    assert result.stderr.strip() == "Error: only statements that read are run: begin with SELECT"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("query", "--outcome", "nutropenya of blood"), "neutropenia"),
        (("query", "--study", "Trial C"), "'Trial A'"),
        (("explain", "zzzz"), "no finding 'zzzz'"),
        (("compare", "CD19 CAR T", "aspirin for ever"), "aspirin for ever"),
        (("ledger", "raport.txt"), "report.txt"),
        (("table", "outcomes", "--outcome", "nutropenya of blood"), "eutropenia"),
    ],
)
def test_an_unknown_name_is_one_line_with_the_nearest(filled, words, said):
    result = call(*words, "--db", filled, code=1)
    assert said in result.stderr and len(result.stderr.strip().splitlines()) == 1


def test_a_database_that_is_not_there_is_one_line(tmp_path):
    for words in (("query",), ("explain", "x"), ("compare", "a", "b"), ("table", "outcomes"), ("ledger", "x")):
        result = call(*words, "--db", tmp_path / "none.db", code=1)
        assert "no such database" in result.stderr and len(result.stderr.splitlines()) == 1
        assert not (tmp_path / "none.db").exists()


# ---- explain, compare, table, ledger -----------------------------------------------------------------------------


def test_explain_shows_the_quotation_in_context_and_all_that_is_known(filled):
    with Store(filled) as store:
        row = store.select(outcome="complete response", study="Trial A")[0]
        store.add_review(row["finding_id"], "accepted", "Ada", note="read it")
    text = call("explain", row["finding_id"], "--db", filled).stdout
    for part in (
        ">>>11 of 11 patients (100%)<<<",
        "complete_response",
        "by_hand",
        "same",
        "accepted by Ada",
        "read it",
    ):
        assert part in text
    told = json.loads(call("explain", row["finding_id"], "--db", filled, "--format", "json").stdout)
    assert told["row"]["quote"] == "11 of 11 patients (100%)" and told["rule"]["id"] == "by_hand"
    assert call("explain", row["finding_id"], "--db", filled, "--format", "csv").stdout.startswith("column,value\n")


def test_compare_puts_both_sides_beside_each_other(filled):
    text = call("compare", "CD19 CAR T", "BCMA engager", "--db", filled, "--format", "md").stdout
    assert "naive" in text and "11/11 (100%)" in text and "5/10 (50%)" in text and "Wilson" in text
    rows = list(csv.DictReader(io.StringIO(call("compare", "CD19 CAR T", "BCMA engager", "--db", filled).stdout)))
    assert {row["side"] for row in rows} == {"left", "right"}
    for row in rows:
        assert call("explain", row["finding_id"], "--db", filled)
    one_sided = call("compare", "CD19 CAR T", "BCMA engager", "--db", filled, "--format", "table", "--all").stdout
    assert "157 d" in one_sided


def test_compare_for_people_is_a_line_an_outcome_with_numbered_studies(filled):
    text = call("compare", "CD19 CAR T", "BCMA engager", "--db", filled, "--format", "table").stdout
    lines = text.splitlines()
    assert any(line.startswith("A1  Trial A") for line in lines)
    assert any(line.startswith("B1  Trial B") for line in lines)
    (line,) = [line for line in lines if line.startswith("complete response")]
    assert "A1 11/11 (100%) W 74-100 [" in line and "B1 5/10 (50%) W 24-76 [" in line
    assert "W: Wilson 95% interval" in text


def test_a_comparison_says_what_is_not_alike_and_what_its_signs_mean():
    from test_compare import CR, CRS, contrast, of, share

    rows = [
        of("A", share(5, 10, 50, **CR), total_source="arm"), of("B", share(5, 10, 50, **CR, population="ITT")),
        of("A", share(5, 10, 50, **CRS), grade="3-4"), of("B", share(6, 10, 60, **CRS)),
    ]  # fmt: skip
    table = views.comparison(contrast(*rows))
    response, syndrome = table.rows
    assert response[1].text.endswith("]°") and "(ITT) [" in response[2].text and response[3].text == "P"
    assert syndrome[0].text == f"cytokine release syndrome, {views.UNLIKE}"
    assert ", grade 3-4 [" in syndrome[1].text and "grade" not in syndrome[2].text
    assert [key[:2] for key in table.keys] == ["W:", "° ", "P ", "no"]
    assert table.groups == (1, 1)


def test_query_for_people_leaves_out_empty_columns(filled):
    text = call("query", "--db", filled, "--format", "table").stdout
    assert "marks" not in text.splitlines()[0] and "finding" in text.splitlines()[0]
    assert max(map(len, text.splitlines())) <= 160


def test_explain_names_each_rule_of_a_finding_and_its_file():
    first, second = cli._rule_sources("duration+iqr")
    assert (first["id"], first["file"], second["file"]) == ("duration", "patterns/times.toml", "patterns/spread.toml")
    assert cli._rule_sources("no_such_rule")[0]["file"] == ""


def test_table_outcomes(filled):
    rows = list(csv.DictReader(io.StringIO(call("table", "outcomes", "--db", filled).stdout)))
    assert {row["study"] for row in rows} == {"Trial A", "Trial B"}
    assert any("11/11" in value for row in rows for value in row.values() if value)


def test_ledger(filled):
    rows = list(csv.DictReader(io.StringIO(call("ledger", "report.txt", "--db", filled).stdout)))
    assert "1 ignored" in call("ledger", "report.txt", "--db", filled, "--format", "table").stdout
    assert [(row["number"], row["fate"], row["reason"]) for row in rows] == [
        ("R", "ignored", "date"),
        ("e", "unresolved", ""),
    ]
    assert "2 numbers: 1 ignored, 1 unresolved" in call("ledger", "report", "--db", filled, "--format", "table").stdout
    assert len(call("ledger", "report", "--db", filled, "--fate", "ignored").stdout.splitlines()) == 2


def test_read(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(TEXT)
    told = json.loads(call("read", path, "--json").stdout)
    assert {"name", "document_id", "format", "text", "blocks", "tables", "source", "notices"} <= set(told)
    assert told["text"] == TEXT
    assert "Eleven patients" in call("read", path).stdout
    missing = call("read", tmp_path / "none.txt", code=1)
    assert missing.stderr.strip().endswith("none.txt: no such file")


def test_read_says_in_one_line_what_is_wrong(shared):
    for name in ("one_byte.pdf", "billion_laughs.xml", "enc_user_aes256.pdf", "random_64k.pdf"):
        result = call("read", shared / "pdf" / "hostile" / name, code=1)
        assert len(result.stderr.strip().splitlines()) == 1 and name in result.stderr


# ---- rules -----------------------------------------------------------------------------------------------------


def test_rules():
    rows = list(csv.DictReader(io.StringIO(call("rules", "list").stdout)))
    assert len(rows) > 5 and all(int(row["examples"]) for row in rows)
    name = rows[0]["id"]
    assert name in call("rules", "show", name).stdout
    assert "no rule" in call("rules", "show", name + "_x", code=1).stderr


# ---- what is written is safe where it is opened -------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_csv_holds_no_formula(text):
    out = io.StringIO()
    export.write(views.table((text,), [(text,)]), "csv", out)
    for row in csv.reader(io.StringIO(out.getvalue())):
        assert row[0].startswith("'") or row[0].startswith(" ")


@pytest.mark.parametrize("value", [-0.3, "-0.3", "+2", 5, None, "1e-5", "a=b", "36% (4/11)"])
def test_csv_leaves_numbers_and_words_alone(value):
    assert export.guarded(value) == value


@pytest.mark.parametrize("form", ["table", "csv", "md"])
def test_no_control_character_is_written(form):
    out = io.StringIO()
    nasty = "a\x1b[31mb\x07\u202ec\x9bd\u2066"
    export.write(views.table(("x",), [(nasty,)], title=nasty), form, out)
    assert not {"\x1b", "\x07", "\u202e", "\x9b", "\u2066"} & set(out.getvalue())


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_keeps_every_character_as_an_escape(form):
    out = io.StringIO()
    nasty = "a\x1b[31mb\x07\u202ec\x9bd\u2066 é ≥"
    export.write(views.table(("x",), [(nasty,)]), form, out)
    assert not {"\x1b", "\x07", "\u202e", "\x9b", "\u2066"} & set(out.getvalue()) and "é ≥" in out.getvalue()
    read = json.loads(out.getvalue())
    assert (read[0] if form == "json" else read)["x"] == nasty


def test_markup_in_a_cell_is_shown_as_it_stands():
    for form, shown in (("table", "[bold]x[/bold] |"), ("md", r"\[bold\]x\[/bold\] \|")):
        out = io.StringIO()
        export.write(views.table(("x",), [("[bold]x[/bold] |",)]), form, out)
        assert shown in out.getvalue()


@pytest.mark.parametrize("form", export.FORMATS)
def test_an_empty_table_is_written_in_every_format(form):
    out = io.StringIO()
    export.write(views.table(("x",), []), form, out)
    if form == "json":
        assert json.loads(out.getvalue()) == []


def test_the_formats_are_those_of_the_commands():
    assert cli_common.FORMATS == export.FORMATS and cli_common.DOCUMENTS == export.DOCUMENTS
    assert set(cli_common.SUFFIXES.values()) == {*export.FORMATS, *export.DOCUMENTS}
    assert cli_publish.PICTURES == export.PICTURES == drawing.FORMATS
    assert cli_publish.MEASURES == compare.MEASURES
    pooling = {*statistics.METHODS, *statistics.PROPORTION_METHODS, "mantel-haenszel"}
    assert set(cli_publish.POOLING) == pooling


def test_every_cell_of_a_comparison_reaches_its_findings(filled):
    from trialtab import compare

    with Store(filled, write=False) as store:
        found = compare.compare(store.select(), store.arms(), store.documents(), "CD19 CAR T", "BCMA engager")
        ids = {row["finding_id"] for row in store.select()}
    for table in (views.comparison(found, one_sided=True), views.comparison_entries(found)):
        assert table.rows and set(table.findings()) <= ids
        assert all(cell.findings for row in table.rows for cell in row if cell.text)


def test_a_comparison_goes_to_a_file_with_its_quotations(filled, tmp_path):
    words = ("compare", "CD19 CAR T", "BCMA engager", "--db", filled)
    page = tmp_path / "contrast.html"
    assert "findings" in call(*words, "-o", page).stdout
    text = page.read_text("utf-8")
    assert "naive, unadjusted, no common comparator" in text and "A1 11/11 (100%)" in text
    assert "outcome_id" not in text, "for people, a line an outcome"
    ids = re.findall(r'href="#(f-[0-9a-f]+)"', text)
    assert ids and all(f'<li id="{one}"><q>' in text for one in ids)
    assert "-o NAME.docx" in call(*words, "--format", "docx", code=2).stderr


def test_a_closed_pipe_is_no_traceback(filled):
    command = f"{sys.executable} -m trialtab.cli query --db {filled} --format jsonl | head -c 10"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert len(result.stdout) == 10 and "Traceback" not in result.stderr
