"""A review's protocol and its form: refused in one line, or filled with numbers that stand in the documents."""

from __future__ import annotations

import csv

import pytest
from click.testing import CliRunner

from bundled import ROOT
from test_questions import document
from trialtab import cli, run
from trialtab.errors import QuestionError
from trialtab.questions import form
from trialtab.store import Store

PROTOCOL = ROOT / "corpora" / "cellular_immunotherapy" / "protocol.toml"
GOOD = '[[arm]]\nname = "iron"\n[[outcome]]\nname = "complete response"\nkind = "binary"\n'


def arm(label, number, **given):
    """An arm of a document."""
    return {"label": label, "arm_id": f"A{number}", "role": "", "intervention": None, "intervention_class": None,
            "n": None, "n_start": None, "n_end": None, **given}  # fmt: skip


def filled(text, rows, arms, protocol=GOOD):
    """The wide rows of one document."""
    of = form.protocol(protocol.encode(), "p.toml")
    index = document(("paragraph", "results", text), rows=rows, arms=arms)
    return form.wide(of, form.entries(of, [("study", index)]))[1]


# ---- protocols -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("arm = [", "not TOML"),
        (GOOD.replace("[[arm]]", "[[arms]]"), "unknown key 'arms'"),
        (GOOD.replace("kind", "type"), "unknown key 'type'"),
        (GOOD.replace("binary", "ordinal"), "not 'ordinal'"),
        (GOOD.replace('"iron"', '""'), "arm 1: name"),
        (GOOD.replace('"iron"', "3"), "arm 1: name"),
        (GOOD + "synonyms = 'x'\n", "synonyms is a list"),
        ('[[arm]]\nname = "iron"\n', "at least one [[outcome]]"),
        (GOOD + '[[outcome]]\nname = "complete response"\nkind = "binary"\n', "stands there twice"),
    ],
)
def test_a_protocol_that_cannot_be_read_is_refused_in_one_line(text, said):
    with pytest.raises(QuestionError) as refused:
        form.protocol(text.encode(), "p.toml")
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_protocol_that_is_no_text_is_refused():
    with pytest.raises(QuestionError, match="not UTF-8"):
        form.protocol(b"\xff\xfe\x00", "p.toml")


# ---- what is taken ---------------------------------------------------------------------------------------------


def test_each_arm_gives_its_own_numbers():
    text = "A complete response was seen in 7 of 10 on iron and 2 of 11 on placebo."
    rows = [{"quote": quote, "statistic": "proportion", "outcome": "complete response", "arm": label, "arm_id": number,
             "events": events, "total": total, "percent": 0.0}
            for quote, label, number, events, total in (("7 of 10", "iron", "A1", 7, 10),
                                                        ("2 of 11", "placebo", "A2", 2, 11))]  # fmt: skip
    (row,) = filled(text, rows, [arm("iron", 1, n=10), arm("placebo", 2, n=11)])
    assert (row["complete response: events"], row["complete response: total"]) == (7, 10)
    assert row["complete response: quote"] == text


@pytest.mark.parametrize(
    ("given", "events"),
    [
        ({"outcome": "complete response", "outcome_id": "complete_response"}, 7),
        ({"outcome": "overall response", "outcome_id": "overall_response"}, None),
        ({"outcome": "response"}, None),
        ({"outcome": "complete response", "population": "responders", "grade": "3"}, 7),
    ],
)
def test_a_finding_of_another_outcome_is_not_taken(given, events):
    row = {
        "quote": "7 of 10",
        "statistic": "proportion",
        "arm": "iron",
        "arm_id": "A1",
        "events": 7,
        "total": 10,
        **given,
    }
    (found,) = filled("There were 7 of 10 on iron.", [row], [arm("iron", 1)])
    assert found["complete response: events"] == events


def test_a_class_of_interventions_names_an_arm():
    reported = arm("overall", 1, intervention="teclistamab", intervention_class="BCMA x CD3 engager")
    rows = filled("Nothing.", [], [reported], GOOD.replace('"iron"', '"BCMA engager"'))
    assert [row["reported_as"] for row in rows] == ["overall"]
    assert filled("Nothing.", [], [arm("placebo", 1)]) == []


# ---- the command -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("form")
    run.extract([PROTOCOL.parent / "documents"], folder / "evidence.db")
    return folder


def test_every_number_of_the_form_stands_in_its_finding(place):
    given = CliRunner().invoke(cli.main, ["form", str(PROTOCOL), "--db", str(place / "evidence.db"), "-o",
                                          str(place / "form.csv")])  # fmt: skip
    assert given.exit_code == 0, given.output
    with (place / "form.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["arm"] for row in rows} == {"CD19 CAR T", "BCMA engager"}
    with Store(place / "evidence.db", write=False) as store:
        findings = {row["finding_id"]: row for row in store.select()}
    shown = 0
    for row in rows:
        for outcome in ("complete response", "cytokine release syndrome", "infections"):
            if not row[f"{outcome}: finding"]:
                assert row[f"{outcome}: events"] == row[f"{outcome}: percent"] == ""
                continue
            finding = findings[row[f"{outcome}: finding"]]
            assert finding["document"] == row["document"]
            assert row[f"{outcome}: events"] == ("" if finding["events"] is None else f"{finding['events']:g}")
            assert " ".join(finding["quote"].split()) in row[f"{outcome}: quote"]
            shown += 1
    assert shown >= 10


def test_a_workbook_links_each_value_to_its_quotation(place):
    pytest.importorskip("xlsxwriter")
    read = pytest.importorskip("openpyxl")
    given = CliRunner().invoke(cli.main, ["form", str(PROTOCOL), "--db", str(place / "evidence.db"), "-o",
                                          str(place / "form.xlsx")])  # fmt: skip
    assert given.exit_code == 0, given.output
    book = read.load_workbook(place / "form.xlsx")
    assert book.sheetnames == ["Studies", "complete response", "cytokine release syndrome", "infections", "Quotations"]
    sheet = book["complete response"]
    titles = [cell.value for cell in sheet[1]]
    (linked,) = [cell for cell in sheet[2] if titles[cell.column - 1] == "complete response: total"]
    at = linked.hyperlink.location.rpartition("!")[2]
    assert str(int(linked.value)) in book["Quotations"][at].value or "All" in book["Quotations"][at].value


@pytest.mark.parametrize(
    ("name", "said"), [("form.txt", "as .csv or .xlsx"), ("nowhere/form.csv", "No such file")]
)  # fmt: skip
def test_a_form_that_cannot_be_written_says_so(place, name, said):
    given = CliRunner().invoke(cli.main, ["form", str(PROTOCOL), "--db", str(place / "evidence.db"), "-o",
                                          str(place / name)])  # fmt: skip
    assert given.exit_code == 2 and said in given.output


def test_a_workbook_without_its_library_says_what_to_install(place, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    given = CliRunner().invoke(cli.main, ["form", str(PROTOCOL), "--db", str(place / "evidence.db"), "-o",
                                          str(place / "form.xlsx")])  # fmt: skip
    assert given.exit_code == 2 and "XlsxWriter" in given.output
