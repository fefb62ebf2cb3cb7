"""The PDF reader on small PDFs written here by hand, and its gate on the development data."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pdf_by_hand import PROSE, Printed, block_with, keeps_words, lines, make_pdf, of_kind, read
from trialtab.errors import ReadError
from trialtab.readers import _pdf_chunks as chunks
from trialtab.readers import _pdf_pages as pdf_pages
from trialtab.readers import pdf as reader
from trialtab.readers.pdf import read_pdf

# ---- words and lines -----------------------------------------------------------------------------------------------


def test_words_have_their_text_and_their_place() -> None:
    document = read([[(50, 100, "Mortality was 12.3% versus 15.1%; P = 0.03.")]])
    assert document.text == "Mortality was 12.3% versus 15.1%; P = 0.03."
    start = document.text.index("12.3%")
    (box,) = document.boxes(start, start + 5)
    assert box.page == 1
    assert 50 < box.x0 < box.x1 < 200
    assert 88 < box.top < 95 and 99 < box.bottom < 106


@pytest.mark.parametrize(
    ("first", "second", "elsewhere", "text"),
    [
        ("was a random-", "ised trial", "", "was a randomised trial"),
        ("was a placebo-", "controlled trial", "placebo-controlled", "was a placebo-controlled trial"),
        ("in the COVID-", "Net study", "", "in the COVID-Net study"),
        ("for a 12-", "month period", "", "for a 12-month period"),
        ("intention-to-", "treat set", "to treat the intention", "intention-to-treat set"),
        ("between 2010\u2013", "2015 there", "", "between 2010\u20132015 there"),
    ],
)
def test_line_end_hyphens(first: str, second: str, elsewhere: str, text: str) -> None:
    document = read([lines(50, 100, [f"This {first}", f"{second} of some weight", f"and {elsewhere} was said."])])
    assert f"This {text} of some weight" in document.text


def test_a_word_cut_at_the_line_end_has_a_box_on_both_lines() -> None:
    document = read([lines(50, 100, ["It was a random-", "ised trial of two drugs in many patients."])])
    start = document.text.index("randomised")
    upper, lower = document.boxes(start, start + len("randomised"))
    assert upper.top < lower.top and lower.x0 < upper.x0


def test_raised_figures_are_citations_or_powers() -> None:
    document = read(
        [
            [
                (50, 100, "Survival was longer in older patients.", {"raised": "12,13", "after": " They had"}),
                (50, 112, "a surface of 1.73 m", {"raised": "2", "after": " and 14.6 events."}),
            ]
        ]
    )
    assert "older patients. [12,13] They had a surface of 1.73 m^2 and 14.6 events." in document.text


def test_raised_letters_are_marks_and_ordinals_are_none() -> None:
    document = read(
        [
            [
                *lines(50, 60, PROSE),
                (50, 140, "a level of 7.56", {"raised": "a,b", "after": " after the 4"}),
                (50, 152, "on the 4", {"raised": "th", "after": " day, with a count of 10–20/L for an"}),
                (50, 164, "index of Fever", {"raised": "c", "after": " and of 2 b units."}),
            ]
        ]
    )
    assert "7.56^a,b after" in document.text
    assert "4th day, with a count of 10–20/L" in document.text
    assert "Fever^c and of 2 b units" in document.text


def test_a_sideways_page_is_read_upright_and_its_boxes_stay_on_the_page() -> None:
    rows = [(100 + 14 * k, 700, f"Row number {k} of the table holds some words", {"up": True}) for k in range(8)]
    document = read([rows])
    assert re.findall(r"number (\d)", document.text) == list("01234567")
    start = document.text.index("number 3")
    (box,) = document.boxes(start, start + 8)
    assert 130 < box.x0 < box.x1 < 150 and box.bottom - box.top > 20


def test_a_turned_page_has_its_boxes_in_the_frame_in_which_it_is_shown() -> None:
    page = lines(50, 100, PROSE)
    upright, turned = read([page]), read([page], rotate=90)
    assert turned.text == upright.text
    box, other = upright.boxes(0, 3)[0], turned.boxes(0, 3)[0]
    assert other.x0 == pytest.approx(800 - box.bottom) and other.x1 == pytest.approx(800 - box.top)
    assert other.top == pytest.approx(box.x0) and other.bottom == pytest.approx(box.x1)


@pytest.mark.parametrize("box", ["0 0 1e12 1e12", "600 800 0 0", "0 0 0 0", "0 0 /A /B"])
def test_absurd_page_boxes(box: str) -> None:
    assert read([[(50, 100, "Mortality was 12.3%.")]], box=box).text == "Mortality was 12.3%."


def test_control_characters_do_not_reach_the_text() -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", read([[(50, 100, "P = 0.03 \x1b[31m and more\x07")]]).text)


def test_a_page_beyond_the_cap_is_cut_with_a_notice() -> None:
    document = read([lines(50, 100, ["word " * 5_000] * 10, size=1)])
    assert any("only the first 200,000 characters" in notice for notice in document.notices)
    assert len(document.text) <= 200_000


# ---- reading order -------------------------------------------------------------------------------------------------


def test_running_heads_and_page_numbers_are_furniture() -> None:
    pages = [
        [(50, 30, f"Journal of Small Trials 2024;{k}"), *lines(50, 150, PROSE), (300, 785, f"Page {k} of 4")]
        for k in range(1, 5)
    ]
    document = read(pages)
    assert len(of_kind(document, "furniture")) == 8
    flow = document.text[: document.text.index("Journal of Small Trials")]
    assert "Page 1 of 4" not in flow and flow.count("longer time to relapse") == 4


def test_a_paragraph_over_a_page_break_is_one_block() -> None:
    document = read(
        [
            [(50, 40, "Small Trials 12"), *lines(50, 600, PROSE[:3])],
            [(50, 40, "Small Trials 13"), *lines(50, 150, PROSE[3:])],
            [(50, 40, "Small Trials 14"), (50, 150, "Nothing else was said on this page.")],
        ]
    )
    block = block_with(document, "each of the groups that had been named")
    assert block.kind == "paragraph"
    assert {box.page for box in document.boxes(block.start, block.end)} == {1, 2}


def two_columns(side_by_side: bool) -> list[Printed]:
    left = lines(50, 100, [f"left line {k} holds some words of the first column" for k in range(20)], size=9)
    right = lines(320, 100, [f"right line {k} holds some words of the second part" for k in range(20)], size=9)
    return [line for pair in zip(left, right, strict=True) for line in pair] if side_by_side else [*left, *right]


def test_columns_in_content_order_are_left_alone() -> None:
    document = read([two_columns(side_by_side=False)])
    assert document.text.index("left line 19") < document.text.index("right line 0")
    assert not document.notices


def test_columns_printed_side_by_side_are_put_in_order_with_a_notice() -> None:
    document = read([two_columns(side_by_side=True)])
    order = re.findall(r"(left|right) line (\d+)", document.text)
    assert order == [("left", str(k)) for k in range(20)] + [("right", str(k)) for k in range(20)]
    assert any("columns reordered on page 1" in notice for notice in document.notices)


REPORT = [
    [
        (50, 80, "Two drugs for a rare anaemia: a randomised trial", {"size": 18, "bold": True}),
        (50, 130, "Abstract", {"size": 12, "bold": True}),
        *lines(50, 150, ["BACKGROUND: " + PROSE[0], *PROSE[1:3], "that were studied here."]),
        *lines(
            50, 210, ["RESULTS: Of 40 patients, 12 (30%) had a relapse in the new group and", "20 (50%) in the old."]
        ),
        (50, 250, "Introduction", {"size": 12, "bold": True}),
        *lines(50, 270, PROSE),
        (50, 350, "2. Methods", {"size": 12, "bold": True}),
        *lines(50, 370, PROSE),
        (50, 440, "Outcomes", {"bold": True}),
        *lines(50, 455, PROSE),
    ],
    [
        (50, 80, "3. Results", {"size": 12, "bold": True}),
        *lines(50, 100, PROSE[:4]),
        *lines(50, 160, ["Table 1. Adverse events in the two groups"], bold=True, size=9),
        *[
            entry
            for k, row in enumerate([("Event", "New", "Old"), ("Anaemia", "3 (7.5%)", "5 (12%)"), ("Fever", "1", "2")])
            for entry in [(50 + 120 * c, 180 + 12 * k, cell, {"size": 8}) for c, cell in enumerate(row)]
        ],
        (50, 230, "Data are n (%). The counts are of patients, not of events, in each of the groups.", {"size": 7}),
        *lines(50, 270, ["Both groups had the same number of infections, and no patient of", *PROSE[1:]]),
        (50, 360, "Discussion", {"size": 12, "bold": True}),
        *lines(50, 380, PROSE),
        (50, 460, "References", {"size": 12, "bold": True}),
        *lines(
            50, 480, [f"{k}. Author A. A paper of some kind. J Trials 20{10 + k}; 3: 1-9." for k in range(1, 6)], size=8
        ),
    ],
]


def test_sections_captions_tables_and_references() -> None:
    document = read(REPORT)
    assert document.source.title == "Two drugs for a rare anaemia: a randomised trial"
    assert document.blocks[0].kind == "title"
    results = block_with(document, "12 (30%) had a relapse")
    assert (results.section, results.part) == ("abstract", "results")
    headings = {document.text[b.start : b.end]: b.section for b in document.blocks if b.kind == "heading"}
    assert headings["Introduction"] == "background"
    assert headings["2. Methods"] == "methods"
    assert headings["Outcomes"] == "methods"
    assert headings["3. Results"] == "results"
    assert headings["Discussion"] == "discussion"
    (caption,) = of_kind(document, "caption")
    assert caption == "Table 1. Adverse events in the two groups"
    (table,) = of_kind(document, "table")
    assert table == "Event\tNew\tOld\nAnaemia\t3 (7.5%)\t5 (12%)\nFever\t1\t2"
    assert block_with(document, "Anaemia\t3").section == "table"
    note = block_with(document, "Data are n (%).")
    assert (note.kind, note.section) == ("footnote", "table")
    prose = block_with(document, "no patient of")
    assert (prose.kind, prose.section) == ("paragraph", "results")
    entries = of_kind(document, "reference")
    assert len(entries) == 5 and entries[4].startswith("5. Author")
    (grid,) = document.tables
    assert (grid.label, grid.rows, grid.columns) == ("Table 1", 3, 3)


def test_a_sentence_about_a_table_is_no_caption() -> None:
    document = read([lines(50, 100, [*PROSE, "Table 2 shows that the groups were alike at the start of the trial."])])
    assert not of_kind(document, "caption")


def test_identifiers() -> None:
    page = [
        (50, 30, "Small Trials (2023) 12:34  doi: 10.1234/st.5678"),
        *lines(50, 100, PROSE),
        (50, 200, "The trial is registered as NCT01234567."),
    ]
    source = read([page]).source
    assert (source.doi, source.nct, source.journal, source.year) == (
        "10.1234/st.5678",
        ("NCT01234567",),
        "Small Trials",
        2023,
    )


# ---- what cannot be read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty file"),
        (b"x", "not a PDF"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML page, not a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG picture, not a PDF"),
        (b"%PDF-1.7\n", "damaged PDF"),
        (make_pdf([[(50, 100, "secret")]], lock="user"), "encrypted: password needed"),
        (make_pdf([[], []], image=True), "no text layer: 2 scanned pages, OCR them first"),
        (make_pdf([[]]), "no text layer: 1 page with neither text nor pictures"),
        (make_pdf([]), "no pages"),
        (make_pdf([[(50, 100, "a")]] * 2001), r"more than 2000 pages \(2001\)"),
    ],
    ids=["empty", "byte", "html", "png", "header", "encrypted", "scan", "blank", "no pages", "too many pages"],
)
def test_refusals_say_why_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message) as caught:
        read_pdf(data, "bad.pdf")
    assert "\n" not in str(caught.value)


def test_an_owner_password_is_no_hindrance_but_noted() -> None:
    document = read([[(50, 100, "Mortality was 12.3%.")]], lock="owner")
    assert document.text == "Mortality was 12.3%."
    assert any("permission flags" in notice for notice in document.notices)


def test_hidden_text_is_kept_and_noted() -> None:
    document = read(
        [[*lines(50, 100, PROSE), (50, 300, "A hidden line", {"colour": "1 1 1"}), (50, 320, "Unseen", {"mode": 3})]]
    )
    assert "A hidden line" in document.text and "Unseen" in document.text
    assert any("white" in notice for notice in document.notices)
    assert any("invisible" in notice for notice in document.notices)


def test_a_recognised_scan_says_that_it_is_one() -> None:
    document = read([lines(50, 100, PROSE, mode=3)])
    assert document.ocr
    assert any("recognised" in notice for notice in document.notices)


def test_a_broken_table_of_contents_is_noted() -> None:
    data = make_pdf([[(50, 100, "Mortality was 12.3%.")]])
    document = read_pdf(re.sub(rb"startxref\n\d+", b"startxref\n7", data), "x.pdf")[0]
    assert document.text == "Mortality was 12.3%."
    assert any("damaged and repaired" in notice for notice in document.notices)


def test_same_bytes_same_document() -> None:
    data = make_pdf(REPORT)
    assert read_pdf(data, "a.pdf") == read_pdf(data, "a.pdf")
    assert read_pdf(data, "a.pdf")[0].document_id == hashlib.sha256(data).hexdigest()


# ---- the development data ------------------------------------------------------------------------------------------


def test_gate_runs_and_order(shared: Path, tmp_path: Path) -> None:
    pairs = shared / "pdf" / "pairs"
    for path in sorted(pairs.glob("*.pdf")):
        (document,) = read_pdf(path.read_bytes(), path.name)
        keeps_words(document)
        (tmp_path / f"{path.stem}.json").write_text(json.dumps({"text": document.text, "tables": []}), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, str(shared / "pdf" / "score_pdf.py"), str(tmp_path), str(pairs)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    runs, order = (float(re.search(rf"^{name}\s+([\d.]+)", told, re.MULTILINE)[1]) for name in ("runs", "order"))  # type: ignore[index]
    assert runs >= 0.975, told
    assert order >= 0.995, told


def test_trials_have_their_sections(shared: Path) -> None:
    for path in sorted((shared / "pdf" / "trials").glob("*.pdf")):
        (document,) = read_pdf(path.read_bytes(), path.name)
        keeps_words(document)
        assert document.source.title and document.source.doi, path.name
        size = dict.fromkeys(("abstract", "background", "methods", "results", "discussion"), 0)
        for block in document.blocks:
            if block.kind in ("paragraph", "item") and block.section in size:
                size[block.section] += block.end - block.start
        assert min(size.values()) > 500, (path.name, size)
        assert sum(block.kind == "reference" for block in document.blocks) >= 10, path.name
        assert any(block.kind == "table" for block in document.blocks), path.name


HOSTILE = {
    "zero.pdf": "empty file",
    "one_byte.pdf": "not a PDF",
    "random_64k.pdf": "not a PDF",
    "html_login_page.pdf": "HTML page, not a PDF",
    "no_pages.pdf": "no pages",
    "enc_user_aes256.pdf": "encrypted: password needed",
    "pdfminer_aes-256-r6.pdf": "encrypted: password needed",
    "pages_50000.pdf": "more than 2000 pages",
    "enc_owner_only.pdf": "permission flags",
    "junk_prefix.pdf": "bytes of other data before",
    "bitflip.pdf": "damaged",
    "white_text.pdf": "hidden text kept",
    "one_million_chars_page.pdf": "only the first 200,000 characters",
    "trunc_50pct.pdf": "damaged",
    "ok_minimal.pdf": "Mortality was 12.3%",
    "huge_mediabox.pdf": "Mortality was 12.3%",
    "js_and_launch.pdf": "Mortality was 12.3%",
    "prompt_injection.pdf": "hazard ratio of 0.10",
}
# These two are for the limits of a worker process: pdfium aborts on the one and inflates the other for seconds.
BOMBS = {"form_xobject_bomb.pdf", "flate_bomb_nested_1GB.pdf"}

READ_ALL = """
import sys
from pathlib import Path
from trialtab.errors import ReadError
from trialtab.readers.pdf import read_pdf
for name in sys.argv[1:]:
    try:
        d = read_pdf(Path(name).read_bytes(), name)[0]
        told = " | ".join((*d.notices, d.text[:200].replace("\\n", " ")))
    except ReadError as error:
        told = f"ReadError: {error}"
    print(Path(name).name, told.encode("ascii", "replace").decode(), sep="\\t", flush=True)
"""


def test_hostile_files_are_read_or_refused_in_one_line(shared: Path) -> None:
    paths = [p for p in sorted((shared / "pdf" / "hostile").glob("*.pdf")) if p.is_file() and p.name not in BOMBS]
    limits = 'ulimit -v 3000000; exec "$@"'
    done = subprocess.run(
        ["bash", "-c", limits, "bash", sys.executable, "-c", READ_ALL, *map(str, paths)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = dict(line.split("\t", 1) for line in done.stdout.splitlines())
    assert told.keys() == {p.name for p in paths}
    for name, words in HOSTILE.items():
        assert words in told[name], (name, told[name])


def test_the_reader_is_a_pure_function_of_bytes_and_name() -> None:
    assert reader.read_pdf.__annotations__ == {"data": "bytes", "name": "str", "return": "list[Document]"}


def test_letters_are_counted_and_kept_in_ascii_as_beyond_it():
    """A table of bytes may stand in for the expressions: they agree on every sign."""
    for code in [*range(0xD800), *range(0xE000, 0x20000)]:
        text = f"a1_ {chr(code)}Z-"
        letters = sum(map(len, re.findall(r"[^\W\d_]+", text)))
        assert chunks.has_letters(text, letters - 1) and not chunks.has_letters(text, letters), hex(code)
        assert chunks.letters_and_figures(text) == re.sub(r"[\W_]+", "", text).casefold(), hex(code)


def test_words_are_parted_at_each_blank_and_unseen_sign():
    """The words of a page stand between blanks, control characters and unseen signs, whatever the sign."""
    unseen = r"[^\s\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]+"
    for code in [*range(0xD800), *range(0xE000, 0x11000)]:
        text = f" a{chr(code)}b\r\n c{chr(code)}"
        found = [(word.group(), word.start()) for word in re.finditer(unseen, text)]
        assert list(zip(*pdf_pages.words_of(text), strict=True)) == found, hex(code)
