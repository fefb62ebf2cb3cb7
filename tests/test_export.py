"""Files that other programs open: typed cells, no formula made of text, links that lead somewhere, the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest

from trialtab import export, views
from trialtab.export.latex import escaped
from trialtab.export.widths import shares
from trialtab.views import Cell, Reference, Table

NASTY = '=HYPERLINK("http://x") <b>&\x1b 5 % of #1_{a} ~^\\ $x$'


def reference(number: int, quote: str = "4 of 11 patients (36%)") -> Reference:
    return Reference(f"{number:016x}", "A", "a.pdf", "results, p. 4", quote, "neutropenia", "overall")


TABLE = Table(
    ("study", "N", "drug: any grade", "drug: grade ≥3"),
    (
        (Cell("A", "A", (f"{1:016x}",)), Cell(11, "11", (f"{1:016x}",)),
         Cell("4/11 (36%)", "4/11 (36%)ᵃ", tuple(f"{n:016x}" for n in range(1, 6))), Cell(None, "")),
        (Cell(NASTY, NASTY, (f"{2:016x}",)), Cell(0.25, "0.25"), Cell("two\nlines", "two\nlines"), Cell(None, "")),
    ),
    "Adverse events", ("a note",), ("ᵃ computed",), (1, 1), (("", 2), ("drug (N=11)", 2)),
    ("study", "N", "any grade", "grade ≥3"), tuple(reference(n) for n in range(1, 6)),
)  # fmt: skip
DATA = views.table(("study", "n", "percent"), [("A", 11, 36.4), ("=1+1", None, 0.0)])


def text_of(form: str, table: Table = TABLE) -> str:
    out = io.StringIO()
    export.write(table, form, out)
    return out.getvalue()


# ---- text formats ----------------------------------------------------------------------------------------------


def test_tsv_has_one_line_a_row_and_no_formula():
    lines = text_of("tsv").splitlines()
    assert len(lines) == 3 and {line.count("\t") for line in lines} == {3}
    assert lines[2].startswith("'=HYPERLINK") and "two lines" in lines[2]


def test_html_is_safe_and_every_link_leads_somewhere():
    from lxml import html

    page = html.fromstring(text_of("html"))
    assert not page.xpath("//script | //link | //img"), "it needs no other file and runs nothing"
    assert not page.xpath("//td//b"), "markup of a document is text here"
    targets = set(page.xpath("//@id"))
    links = page.xpath("//a/@href")
    assert links and {link.removeprefix("#") for link in links} <= targets
    assert "4 of 11 patients (36%)" in page.xpath("string(//ol)") and "p. 4" in page.xpath("string(//ol)")
    assert page.xpath("//th[@colspan='2']/text()") == ["drug (N=11)"]
    assert page.xpath("string((//td[.//a])[3]/sup)") == "1, 2, 3 +2"
    first, size = page.xpath("//tbody[1]/tr/td")[:2]
    assert not first.xpath("sup") and size.xpath("string(sup)") == "1", "numbers once for cells of one finding"
    assert first.xpath("a") and len(page.xpath("//tbody")) == 2
    assert "\x1b" not in text_of("html")


def test_latex_escapes_what_it_would_run():
    assert escaped("5 % of #1_{a} & $x$ ~^\\") == (
        r"5 \% of \#1\_\allowbreak{}\{a\} \& \$x\$ \textasciitilde{}\textasciicircum{}\textbackslash{}"
    )
    assert escaped("≥3ᵃᵇ") == r"$\geq$3\textsuperscript{ab}"
    page = text_of("latex")
    assert page.count(r"\begin{longtable}") == page.count(r"\end{longtable}") == 1
    assert r"\multicolumn{2}{l}{drug (N=11)}" in page and r"\cmidrule(lr){3-4}" in page
    for line in page.splitlines():
        if line.startswith("A &"):
            assert len(re.split(r"(?<!\\)&", line)) == 4


def test_a_heading_over_columns_is_shown_on_a_terminal():
    shown = text_of("table")
    assert "drug (N=11)" in shown and "any grade" in shown


@pytest.mark.parametrize("form", ["html", "latex"])
def test_an_empty_table_says_so(form):
    assert "Nothing was found." in text_of(form, views.table(("x",), []))


# ---- Excel -----------------------------------------------------------------------------------------------------


def workbook(data: bytes):
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(data))


def test_a_workbook_has_typed_cells_and_no_formula():
    book = workbook(export.document(TABLE, "xlsx", DATA))
    assert book.sheetnames == ["Table", "Data", "Provenance"]
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type in ("s", "n"), f"{cell.coordinate} is {cell.data_type}: {cell.value}"
                assert cell.hyperlink is None
    data = book["Data"]
    assert [cell.value for cell in data[2]] == ["A", 11, 36.4]
    assert data["A3"].value == "=1+1" and data["A3"].data_type == "s" and data["B3"].value is None
    assert data.freeze_panes == "A2" and book["Table"].freeze_panes == "B5"
    assert book["Table"]["B5"].value == 11 and book["Table"]["C5"].value == "4/11 (36%)ᵃ"


def test_a_workbook_tells_where_every_figure_stands():
    book = workbook(export.document(TABLE, "xlsx"))
    assert book.sheetnames == ["Table", "Provenance"]
    lines = list(book["Provenance"].iter_rows(min_row=2, values_only=True))
    assert [line[0] for line in lines] == [one.finding_id for one in TABLE.references]
    assert lines[0][4] == "4 of 11 patients (36%)"
    for line in lines:
        for place in line[-1].split():
            assert book["Table"][place].value is not None
    assert lines[0][-1] == "A5 B5 C5"


def test_a_cell_of_excel_holds_so_much_and_no_more():
    long = views.table(("x",), [("a" * 40_000,)])
    value = workbook(export.document(long, "xlsx"))["Table"]["A2"].value
    assert len(value) == 32_767 and value.endswith("[...]")


# ---- Word ------------------------------------------------------------------------------------------------------


def word(data: bytes):
    import docx

    return docx.Document(io.BytesIO(data))


def test_a_word_document_is_a_real_table_with_a_caption():
    from docx.enum.section import WD_ORIENT

    made = word(export.document(TABLE, "docx"))
    (table,) = made.tables
    assert len(table.rows) == 4 and len(table.columns) == 4
    assert table.cell(0, 2).text == table.cell(0, 3).text == "drug (N=11)", "one heading over two columns"
    assert table.cell(2, 2).text == "4/11 (36%)ᵃ" and table.cell(3, 2).text == "two\nlines"
    caption = made.paragraphs[0]
    assert caption.style.name == "Caption" and "Adverse events" in caption.text
    assert "SEQ Table" in caption._p.xml and table.rows[0]._tr.xml.count("tblHeader") == 1
    assert made.sections[0].orientation == WD_ORIENT.PORTRAIT
    text = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert "ᵃ computed" in text and "“4 of 11 patients (36%)” neutropenia. a.pdf, results, p. 4" in text


def test_a_wide_table_lies_on_its_side():
    from docx.enum.section import WD_ORIENT

    wide = views.table([f"column {n}" for n in range(9)], [["some words in every cell"] * 9])
    section = word(export.document(wide, "docx")).sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE and section.page_width > section.page_height


def test_control_characters_break_no_document():
    nasty = views.table(("x\x00",), [("a\x00b\x0b\ufffe",)], title="t\x00")
    assert word(export.document(nasty, "docx")).tables[0].cell(1, 0).text == "a b \ufffe".replace("\ufffe", " ")
    assert workbook(export.document(nasty, "xlsx"))["Table"]["A3"].value.startswith("a b")


# ---- both ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", export.DOCUMENTS)
def test_the_same_table_gives_the_same_bytes(form, monkeypatch):
    import time

    first = export.document(TABLE, form, DATA)
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(1_900_000_000))
    assert export.document(TABLE, form, DATA) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}


def test_where_not_even_words_fit_long_names_give_way_and_numbers_stay_whole():
    columns = ("study", *(f"measure{n}" for n in range(6)), "N")
    wide = views.table(columns, [("a_study_with_a_very_long_name_of_its_own", *["percentages"] * 6, "5,218")])
    widths = [share * 80 for share in shares(wide, 80, 2)]
    assert sum(widths) == pytest.approx(80)
    assert widths[-1] >= len("5,218") + 2 and widths[0] == pytest.approx(widths[1]), "the longest alone are cut"
    roomy = [share * 300 for share in shares(wide, 300, 2)]
    assert roomy[0] > 40 and all(width >= len("percentages") + 2 for width in roomy[1:-1])


@pytest.mark.parametrize("form", export.DOCUMENTS)
def test_an_empty_table_is_a_document_too(form):
    assert export.document(replace(TABLE, rows=(), groups=()), form)[:2] == b"PK"


@pytest.mark.parametrize(("form", "library"), [("xlsx", "xlsxwriter"), ("docx", "docx")])
def test_a_missing_library_is_named(form, library, monkeypatch):
    import sys

    from trialtab.errors import QuestionError

    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(QuestionError, match=r"trialtab\[report\]"):
        export.document(TABLE, form)
