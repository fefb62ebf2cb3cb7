"""DOCX: headings as sections, tables with spans, what a reviser did, and parts that are hostile."""

from __future__ import annotations

import io
import zipfile

import pytest

import bundled
from clock import within
from document_promises import check_promises
from trialtab import run
from trialtab.errors import ReadError
from trialtab.readers import kind_of, read
from trialtab.readers.docx import read_docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = (
    f'<w:styles {W}><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Own"><w:name w:val="My heading"/><w:basedOn w:val="H1"/></w:style>'
    '<w:style w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>'
)


def p(text: str, style: str = "", run: str = "") -> str:
    told = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{told}<w:r>{f'<w:rPr>{run}</w:rPr>' if run else ''}<w:t>{text}</w:t></w:r></w:p>"


def docx(body: str, **parts: str) -> bytes:
    """A DOCX of this body; parts: further members by their name, "styles" as word/styles.xml."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in {"styles": STYLES, **parts}.items():
            archive.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def one(data: bytes):
    (document,) = read_docx(data, "report.docx")
    check_promises(document)
    return document


def cells(document, table: int = 0) -> list[tuple[str, int, int, int, int, bool]]:
    return [
        (document.text[c.start : c.end], c.row, c.column, c.row_span, c.column_span, c.header)
        for c in document.tables[table].cells
    ]


def test_headings_make_the_sections_also_by_a_style_that_is_based_on_one():
    document = one(docx(
        p("A trial of dolmirin in gout", "T") + p("Introduction", "H1") + p("Gout hurts.") + p("Methods", "Own")
        + p("We gave 20 mg.") + p("Results", "Own") + p("Pain fell in 12 of 20 patients.") + p("Discussion", "H1")
    ))  # fmt: skip
    found = {document.text[b.start : b.end]: (b.kind, b.section) for b in document.blocks}
    assert found["A trial of dolmirin in gout"] == ("title", "title")
    assert found["We gave 20 mg."] == ("paragraph", "methods")
    assert found["Pain fell in 12 of 20 patients."] == ("paragraph", "results")
    assert document.source.title == "A trial of dolmirin in gout"
    assert document.format == "docx"


def test_a_short_bold_paragraph_is_a_heading_that_was_set_by_hand():
    bold = "<w:b/>"
    document = one(docx(
        p("Introduction", run=bold) + p("Why.") + p("Results", run=bold) + p("Death: 3 of 9.")
        + p("Discussion", run=bold) + p("All of it bold, but a sentence of its own.", run=bold)
    ))  # fmt: skip
    kinds = {document.text[b.start : b.end]: (b.kind, b.section) for b in document.blocks}
    assert kinds["Results"][0] == "heading"
    assert kinds["Death: 3 of 9."] == ("paragraph", "results")
    assert kinds["All of it bold, but a sentence of its own."][0] == "paragraph"


def tc(text: str, told: str = "") -> str:
    return f"<w:tc><w:tcPr>{told}</w:tcPr>{p(text)}</w:tc>"


def test_spans_across_and_down_come_into_the_one_table_model():
    span, start, on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    document = one(docx(
        p("Table 1. Harms") + "<w:tbl>"
        f'<w:tr><w:trPr><w:tblHeader/></w:trPr>{tc("Event", start)}{tc("Any grade", span)}</w:tr>'
        f'<w:tr><w:trPr><w:tblHeader/></w:trPr>{tc("", on)}{tc("A (n=20)")}{tc("B (n=21)")}</w:tr>'
        f'<w:tr>{tc("Nausea")}{tc("3 (15)")}{tc("1 (5)")}</w:tr></w:tbl>' + p("Data are n (%).")
    ))  # fmt: skip
    assert cells(document) == [
        ("Event", 0, 0, 2, 1, True), ("Any grade", 0, 1, 1, 2, True), ("A (n=20)", 1, 1, 1, 1, True),
        ("B (n=21)", 1, 2, 1, 1, True), ("Nausea", 2, 0, 1, 1, False), ("3 (15)", 2, 1, 1, 1, False),
        ("1 (5)", 2, 2, 1, 1, False),
    ]  # fmt: skip
    table = document.tables[0]
    assert table.label == "Table 1"
    assert [document.text[f.start : f.end] for f in table.footnotes] == ["Data are n (%)."]


def test_bold_first_rows_are_headers_where_none_is_marked():
    rows = "".join(f"<w:tr><w:tc>{cell}</w:tc></w:tr>" for cell in (p("Arm", run="<w:b/>"), p("A")))
    assert [c[5] for c in cells(one(docx(p("x 1") + f"<w:tbl>{rows}</w:tbl>")))] == [True, False]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:r><w:t>12 of </w:t></w:r><w:del><w:r><w:delText>19</w:delText></w:r></w:del><w:ins><w:r><w:t>20"
         "</w:t></w:r></w:ins></w:p>", "12 of 20"),
        ("<w:p><w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>9</w:t></w:r><w:r>"
         "<w:t>/L</w:t></w:r></w:p>", "10^9/L"),
        ("<w:p><w:r><w:t>HR</w:t><w:noBreakHyphen/><w:t>QoL</w:t><w:tab/><w:t>7</w:t></w:r></w:p>", "HR-QoL 7"),
        ("<w:p><w:r><w:t>age </w:t><w:sym w:font='Symbol' w:char='F0B3'/><w:t> 18</w:t></w:r></w:p>", "age ≥ 18"),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden </w:t></w:r><w:r><w:t>seen</w:t></w:r></w:p>", "seen"),
        ("<w:p><w:r><w:fldChar/><w:instrText>ADDIN EN.CITE 99</w:instrText></w:r><w:r><w:t>cited</w:t></w:r></w:p>",
         "cited"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + p("in a control") + "</w:sdtContent></w:sdt>", "in a control"),
    ],
)  # fmt: skip
def test_runs_come_out_as_a_reader_sees_them(body, text):
    assert one(docx(body)).text == text


def test_footnotes_stand_behind_the_text():
    line, note = f'<w:footnote w:type="separator">{p("--")}</w:footnote>', f"<w:footnote>{p('One died.')}</w:footnote>"
    document = one(docx(p("Ten lived."), footnotes=f"<w:footnotes {W}>{line}{note}</w:footnotes>"))
    assert document.text == "Ten lived.\n\nOne died."
    assert document.blocks[-1].kind == "footnote"


# ---- hostile -----------------------------------------------------------------------------------------------------


def refused(data: bytes) -> str:
    with within(1), pytest.raises(ReadError) as raised:
        read(data, "x.docx")
    assert "\n" not in str(raised.value)
    return str(raised.value)


LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (docx(""), "no text"),
        (docx(p(" ")), "no text"),
        (docx(p("x"), styles=LAUGHS + STYLES), "document type in word/styles.xml: refused"),
        (docx(p("x")[:-5]), "damaged DOCX, word/document.xml"),
        (docx("<w:sdt>" * 400 + "</w:sdt>" * 400), "deep"),
        (docx(p("x"))[:-40], "damaged"),
    ],
    ids=["empty", "blank", "entities", "cut part", "deep", "cut archive"],
)
def test_a_hostile_or_damaged_file_is_one_line(data, words):
    assert words in refused(data)


def test_an_external_entity_is_never_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("3 of 9 died")
    declared = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file://{secret}">]>'
    bad = f"{declared}<w:document {W}><w:body>{p('&x;')}</w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", bad)
    assert "document type" in refused(out.getvalue())


def test_a_part_that_unpacks_to_gigabytes_is_never_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * 60_000_000)
    assert "ZIP bomb" in refused(out.getvalue())


def test_the_reports_of_the_corpus_give_their_findings():
    (path,) = [path for path in bundled.DOCUMENTS if path.name == "reg_kestrel_gout_report.docx"]
    assert kind_of(path.read_bytes()) == "docx"
    (record,) = run.records(path.read_bytes(), path.name)
    cells = {row.quote: (row.events, row.total, row.percent, row.arm) for row in record.rows if row.source == "table"}
    assert cells["41 (34)"] == (41, 121, 34, "verinostat")
    assert cells["17 (14)"] == (17, 121, 14, "allopurinol"), "a row whose first cell goes on from the one above"
