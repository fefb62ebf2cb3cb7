"""Which reader takes a file, what is refused and in which words; the helpers that the readers share."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clock import within
from document_promises import check_promises
from trialtab.errors import ReadError, TrialtabError
from trialtab.readers import _characters, _heads, _identifiers, _raw_grid, _sections, _tidy, kind_of, read

JATS = b"<article><front/><body><sec><title>Results</title><p>Response in 12 of 20.</p></sec></body></article>"


@pytest.fixture
def hostile(shared: Path) -> Path:
    return shared / "pdf" / "hostile"


# ---- by content, not by name -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj", "pdf"),
        (b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n%PDF-1.4\n", "pdf"),
        (b"%\xe2\xe3\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\nstartxref\n9\n%%EOF", "pdf"),
        (JATS, "jats"),
        (b"<?xml version='1.0'?>\n<!-- a note -->\n" + JATS, "jats"),
        (b'<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "JATS.dtd">' + JATS, "jats"),
        (b"<pmc-articleset>" + JATS + b"</pmc-articleset>", "jats"),
        ("<?xml version='1.0' encoding='utf-16'?>".encode("utf-16") + JATS.decode().encode("utf-16-le"), "jats"),
        (b"<!DOCTYPE html><html><body><p>x</p></body></html>", "html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "html"),
        (b"\xef\xbb\xbf \n<div>Some <b>text</b></div>", "html"),
        (b"<article><h1>A page</h1><div>by tag names of HTML</div></article>", "html"),
        (b"# Results\n\n12 of 20", "plain"),
        (b"Response rate was < 5% and > 3%", "plain"),
        ("Hazard ratio 0.71".encode("utf-16-le"), "plain"),
    ],
)
def test_the_kind_is_read_off_the_bytes(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


def test_a_page_named_pdf_is_read_as_html_and_xml_named_txt_as_jats() -> None:
    page = b"<html><body><article><h1>T</h1><p>Response in 12 of 20 patients.</p></article></body></html>"
    assert read(page, "report.pdf")[0].format == "html"
    assert read(JATS, "report.txt")[0].format == "jats"
    assert read(b"Response in 12 of 20.", "report.xml")[0].format == "text"


def office(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty file"),
        (b" \r\n\t\0\0 ", "nothing but blanks"),
        (b"\x89PNG\r\n\x1a\n....", "PNG image, not a report"),
        (b"\xff\xd8\xff\xe0....", "JPEG image"),
        (b"GIF89a....", "GIF image"),
        (office("[Content_Types].xml", "word/document.xml"), "damaged DOCX, word/document.xml"),
        (office("[Content_Types].xml", "word/styles.xml"), "DOCX without a document in it"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "XLSX"),
        (office("a.txt", "b.txt"), "ZIP archive of 2 files"),
        (b"PK\x03\x04 cut short", "ZIP archive, damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old Word"),
        (b"{\\rtf1 text}", "RTF"),
        (b"\x1f\x8b\x08....", "gzip"),
        (b"SQLite format 3\0....", "SQLite"),
        (bytes(range(256)) * 40, "binary data, not text"),
        (b"%", "no text"),
        (b"*** --- ***", "no text"),
        (b"<?xml version='1.0'?><recipe><step/></recipe>", "XML of an unknown kind (root element <recipe>)"),
        (b"<?xml version='1.0'?><PubmedArticleSet/>", "PubMed XML without a record"),
        (b"<?xml version='1.0'?><clinical_study/>", "fetch it as JSON"),
        (b'{"name": "x"}', "JSON, but no record of ClinicalTrials.gov"),
        (b'{"studies": []}', "JSON, but no record of ClinicalTrials.gov"),
        (b'{"protocolSection": {', "damaged JSON: "),
        (b'{"FullStudy": {}}', "fetch it by API version 2"),
        (b"AU  - Smith, J\nTI  - A title\n", "RIS file without a record"),
        (b"TY  - JOUR\nER  - \n", "no record with a title or an abstract"),
        (b"<?xml version='1.0'?>", "XML without a root element"),
        (b"<html><title>Sign in</title><p>Please log in to read on.</p></html>", "login or paywall"),
        (b"<html><body></body></html>", "HTML page without"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(ReadError) as raised:
        read(data, "x.pdf")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_zip_bomb_is_never_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bin", b"\0" * 50_000_000)
    with within(0.5), pytest.raises(ReadError, match=r"ZIP archive of 1 file: trialtab extract reads"):
        read(out.getvalue(), "report.zip")


def test_fifty_megabytes_on_one_line_are_refused_with_the_reason() -> None:
    line = b"HR 0.71 (95% CI 0.50 to 0.90). " * 1_614_517
    with within(2), pytest.raises(ReadError, match=r"text of 50 MB: over the limit of \d+ MB"):
        read(line, "one_line.txt")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda s: s.encode("utf-8", "surrogatepass"))))
def test_any_bytes_give_documents_or_a_read_error(data: bytes) -> None:
    if kind_or_none(data) == "pdf":
        return  # tested with its reader
    try:
        documents = read(data, "x")
    except ReadError as error:
        assert "\n" not in str(error)
        return
    for document in documents:
        check_promises(document)


def kind_or_none(data: bytes) -> str | None:
    try:
        return kind_of(data)
    except ReadError:
        return None


NOT_PDF = {
    "billion_laughs.xml": "entity expansion",
    "quadratic_blowup.xml": "entity expansion",
    "xxe_file.xml": "external entity",
    "xxe_http.xml": "external entity",
    "xinclude.xml": "without text",
    "deep_xml.xml": "unknown kind",
    "zip_renamed.pdf": "ZIP archive",
    "zip_bomb_100MB.zip": "ZIP archive",
    "html_login_page.pdf": "HTML page, login or paywall",
    "random_64k.pdf": "binary data",
    "zero.pdf": "empty file",
    "one_byte.pdf": "no text",
}
READ = {
    "report.docx": "",
    "docx_renamed.pdf": "",
    "truncated_jats.xml": "incomplete",
    "wrong_decl_encoding.xml": "read as",
    "utf16_bom.xml": "",
    "html_junk.html": "",
    "latin1.txt": "encoding guessed",
    "utf16le_nobom.txt": "encoding guessed",
    "nul_bytes.txt": "control characters",
    "invalid_utf8.txt": "encoding guessed",
    "redos.txt": "",
    "bidi_zero_width.txt": "",
}


@pytest.mark.parametrize(("name", "words"), NOT_PDF.items())
def test_hostile_files_are_refused_fast(hostile: Path, name: str, words: str) -> None:
    with within(1):
        with pytest.raises(ReadError) as raised:
            read((hostile / name).read_bytes(), name)
        assert words in str(raised.value)


@pytest.mark.parametrize(("name", "notice"), READ.items())
def test_hostile_files_that_hold_text_are_read(hostile: Path, name: str, notice: str) -> None:
    with within(3):
        (document,) = read((hostile / name).read_bytes(), name)
    check_promises(document)
    assert any(notice in told for told in document.notices) if notice else True
    assert "root:x:" not in document.text


def test_hostile_files_keep_what_they_say(hostile: Path) -> None:
    def text(name: str) -> str:
        return read((hostile / name).read_bytes(), name)[0].text

    assert "0·71–0·98, naïve" in text("wrong_decl_encoding.xml")
    assert text("utf16_bom.xml") == "HR 0.71"
    assert "HR 0.71 (95% CI 0.5-0.9" in text("html_junk.html")
    assert "0,50–0,90) – naïve café ± 2" in text("latin1.txt")
    assert text("utf16le_nobom.txt") == "Hazard ratio 0.71"
    assert "0·50–0·90" in text("bidi_zero_width.txt")
    assert kind_of((hostile / "pdf_named.xml").read_bytes()) == "pdf"
    assert kind_of((hostile / "junk_prefix.pdf").read_bytes()) == "pdf"
    assert kind_of((hostile / "pdfjs_bug1606566.pdf").read_bytes()) == "pdf"


# ---- characters --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Rémission 12·4 months, 95% CI 8.8–41.0, ± 3"
    decoded = _characters.decode(text.encode(encoding))
    assert decoded.text == text
    assert bool(decoded.notices) == (encoding in ("utf-16-le", "utf-16-be", "cp1252"))


def test_a_cyrillic_text_is_guessed_by_its_letters() -> None:
    text = "Частота полного ответа составила 60% в основной группе и 30% в контрольной группе пациентов. " * 5
    decoded = _characters.decode(text.encode("cp1251"))
    assert decoded.text == text
    assert "guessed" in decoded.notices[0]


def test_a_declared_charset_counts_only_in_markup_and_only_if_true() -> None:
    cut = '<?xml version="1.0" encoding="{}"?><p>0·71–0·98</p>'
    assert "0·71–0·98" in _characters.decode(cut.format("windows-1252").encode("cp1252"), markup=True).text
    wrong = _characters.decode(cut.format("utf-8").encode("cp1252"), markup=True)
    assert "0·71–0·98" in wrong.text and "not the utf-8 that it declares" in wrong.notices[0]
    utf8 = _characters.decode(cut.format("iso-8859-1").encode("utf-8"), markup=True)
    assert "0·71–0·98" in utf8.text
    odd = _characters.decode(cut.format("unicode_escape").encode("utf-8"), markup=True)  # no codec that computes
    assert "0·71–0·98" in odd.text


def test_control_characters_become_spaces_one_for_one() -> None:
    assert _characters.clean("a\0b\x1bc\x85d\te\r\nf") == "a b c d\te\r\nf"


# ---- superscripts and citations ----------------------------------------------------------------------------------


def marked(text: str) -> str:
    """ "10{9}" with {} for superscript, <> for citation, [] stays."""
    for sign, mark in zip("{}<>«»", "\x01\x02\x05\x06\x03\x04", strict=True):
        text = text.replace(sign, mark)
    return _tidy.tidy(text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("10{9}/L", "10^9/L"),
        ("kg/m{2}, n=5", "kg/m^2, n=5"),
        ("s{−1}", "s^−1"),
        ("10{9}5 cells", "10^9 5 cells"),
        ("m{2}per day", "m^2 per day"),
        ("survival.{<12>–<15>} The", "survival. [12–15] The"),
        ("in 45{<12>}.", "in 45 [12]."),
        ("in 45{<12>}The", "in 45 [12] The"),
        ("45<{12}> x", "45 [12] x"),
        ("shown [<1>, <2>]", "shown [1, 2]"),
        ("shown (<1>)", "shown ([1])"),
        ("shown <1>-<4>.", "shown [1]-[4]."),
        ("Smith <2013>", "Smith 2013"),
        ("(<Smith, 2013>)", "(Smith, 2013)"),
        ("45.2{a}", "45.2^a"),
        ("45.2{a, b}", "45.2^a,b"),
        ("45.2{*}", "45.2*"),
        ("{a}Values", "^a Values"),
        ("4{th} line", "4th line"),
        ("Ca{2+} and CD4{+} cells", "Ca2+ and CD4+ cells"),
        ("{18}F-FDG and {99m}Tc", "18F-FDG and 99mTc"),
        ("H«2»O, HbA«1c», VO«2max»", "H2O, HbA1c, VO2max"),
        ("12«2»", "12_2"),
        ("P«trend» = 0.03", "P_trend = 0.03"),
        ("a \n\t b", "a b"),
        ("12\u2009345 of 3\u00a0days", "12\u2009345 of 3 days"),
        ("co\u00adop\u200berate", "cooperate"),
    ],
)
def test_no_two_numbers_glue(raw: str, text: str) -> None:
    assert marked(raw) == text


@given(st.text(alphabet="a1 .[(\x01\x02\x03\x04\x05\x06\u00a0", max_size=60))
def test_any_marks_settle(raw: str) -> None:
    text = _tidy.tidy(raw)
    assert not set(text) & set("\x01\x02\x03\x04\x05\x06\x0e")
    assert text == text.strip()


# ---- headings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "section", "part"),
    [
        ("Results", "results", "results"),
        ("3. RESULTS", "results", "results"),
        ("2.1 Patients and methods", "methods", "methods"),
        ("Materials & Methods:", "methods", "methods"),
        ("Statistical analysis", "methods", "methods"),
        ("Adverse events", "results", "results"),
        ("Findings", "results", "results"),
        ("Interpretation", "conclusion", "conclusion"),
        ("Efficacy", "results", "results"),
        ("In-Depth [prospective cohort]", "summary", "results"),
        ("Study Rundown", "summary", ""),
        ("Results of the extension study", "results", "results"),
        ("Conclusions and relevance", "conclusion", "conclusion"),
        ("References", "references", ""),
        ("Authors’ contributions", "back", ""),
        ("Competing interests", "back", ""),
        ("Epigenetic changes", "", ""),
        ("", "", ""),
    ],
)
def test_section_names(heading: str, section: str, part: str) -> None:
    assert _sections.section_of(heading) == (section, part)


def heads(text: str) -> list[tuple[str, str, str]]:
    return [(p.kind, p.part, text[p.start : p.end]) for p in _heads.pieces(text)]


def test_an_abstract_in_one_paragraph_is_cut_at_its_heads() -> None:
    text = "Background: Few choices. Patients and methods - We gave it. RESULTS: 12 of 20. Conclusions: It works."
    assert heads(text) == [
        ("heading", "background", "Background"),
        ("paragraph", "background", "Few choices."),
        ("heading", "methods", "Patients and methods"),
        ("paragraph", "methods", "We gave it."),
        ("heading", "results", "RESULTS"),
        ("paragraph", "results", "12 of 20."),
        ("heading", "conclusion", "Conclusions"),
        ("paragraph", "conclusion", "It works."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Response: 12 of 20 patients.",
        "It was well borne. Safety: 3 patients had fever.",
        "The results: nothing new.",
        "We report results - twelve of them - below.",
        "Copyright holders were asked first.",
    ],
)
def test_what_only_looks_like_a_head_stays_in_its_paragraph(text: str) -> None:
    assert heads(text) == [("paragraph", "", text)]


def test_furniture_inside_a_paragraph_ends_where_a_head_begins() -> None:
    text = "It ends. Relevant Reading: Another trial of 15 In-Depth [cohort study]: 11 patients. Image: PD"
    assert heads(text) == [
        ("paragraph", "", "It ends."),
        ("furniture", "", "Relevant Reading: Another trial of 15"),
        ("heading", "results", "In-Depth [cohort study]"),
        ("paragraph", "results", "11 patients."),
        ("furniture", "results", "Image: PD"),
    ]


@given(st.text(alphabet="Results: In-Depth[x]Image.\nRelevant Reading: 12*©2020 ", max_size=120))
def test_pieces_are_in_order_and_lose_nothing_but_signs(text: str) -> None:
    at = 0
    for piece in _heads.pieces(text):
        assert at <= piece.start < piece.end <= len(text)
        assert not any(c.isdigit() for c in text[at : piece.start])
        at = piece.end
    assert not any(c.isdigit() for c in text[at:])


def test_in_paragraph_heads_are_found_in_linear_time() -> None:
    with within(6):
        for hard in ("Image: " * 60_000, "In-Depth [" * 60_000, "RESULTS " * 60_000, "Results: " * 60_000):
            _heads.pieces(hard)


# ---- grids -------------------------------------------------------------------------------------------------------


def cells(*row: str, header: bool = False) -> list[_raw_grid.RawCell]:
    """ "a:2x3": text a, two rows, three columns."""
    made = []
    for one in row:
        text, _, spans = one.partition(":")
        down, _, across = spans.partition("x")
        made.append(_raw_grid.RawCell(text, int(down or 1), int(across or 1), header))
    return made


def test_spans_are_laid_out() -> None:
    grid = _raw_grid.lay_out([[cells("o:2x1", "g:1x2"), cells("a", "b")], [cells("r", "1", "2")]])
    assert [(c.raw.text, c.row, c.column, c.row_span, c.column_span) for c in grid.cells] == [
        ("o", 0, 0, 2, 1),
        ("g", 0, 1, 1, 2),
        ("a", 1, 1, 1, 1),
        ("b", 1, 2, 1, 1),
        ("r", 2, 0, 1, 1),
        ("1", 2, 1, 1, 1),
        ("2", 2, 2, 1, 1),
    ]
    assert (grid.rows, grid.columns, grid.notices) == (3, 3, ())


def test_a_span_ends_with_its_table_and_an_absurd_one_is_told() -> None:
    grid = _raw_grid.lay_out([[cells("a:10000x1", "b:1x10000"), cells("c")]])
    assert [(c.raw.text, c.row_span, c.column, c.column_span) for c in grid.cells] == [
        ("a", 2, 0, 1),
        ("b", 1, 1, 1),
        ("c", 1, 1, 1),
    ]
    assert grid.notices == ("a span larger than the table was cut to it",)
    assert _raw_grid.lay_out([[cells("a:2x1"), []]]).notices == ()
    assert _raw_grid.lay_out([]).cells == ()


def test_a_flood_of_spans_costs_no_time() -> None:
    flood = [cells("x:9999x500") for _ in range(3_000)]
    with within(3):
        grid = _raw_grid.lay_out([flood])
    assert len(grid.cells) == 3_000
    assert "later spans ignored" in " ".join(grid.notices)


@pytest.mark.parametrize(
    ("value", "span"),
    [(None, 1), ("", 1), ("3", 3), (" 2 ", 2), ("0", 0), ("-1", 1), ("1e9", 1), ("²", 1), ("99999999999", 1)],
)
def test_span_attributes(value: str | None, span: int) -> None:
    assert _raw_grid.span_of(value) == span


# ---- identifiers -------------------------------------------------------------------------------------------------


def test_identifiers_in_text() -> None:
    text = "Trial NCT01234567 and nct 76543210 (NCT01234567); doi:10.1000/ab(c)1.2). PMID: 12345678, PMC1234567, 2021."
    assert _identifiers.nct_numbers(text) == ("NCT01234567", "NCT76543210")
    assert _identifiers.first_doi(text) == "10.1000/ab(c)1.2"
    assert _identifiers.first_pmid(text) == "12345678"
    assert _identifiers.first_pmcid(text) == "PMC1234567"
    assert _identifiers.first_year("on 3 May 2021, not 2020") == 2021
    assert _identifiers.nct_numbers("NCT0123456 NCT012345678") == ()


def test_read_errors_are_trialtab_errors() -> None:
    assert issubclass(ReadError, TrialtabError)


@given(st.text(alphabet="ab1 \t\n\r\f\v\x1c\x1f\x85\u00a0\u1680\u2000\u2009\u2028\u202f\u3000\ufeff\x0e\x01"))
def test_runs_of_blanks_become_one_space_and_nothing_else_changes(text: str) -> None:
    assert _tidy._collapsed(text) == _tidy._BLANKS.sub(" ", text)
