"""What is written for Excel and Word, opened by LibreOffice: text stays text, pages come out clean.

Needs Debian's libreoffice-calc-nogui, libreoffice-writer-nogui and poppler-utils. .ci/run installs them and then sets
TRIALTAB_OFFICE=1: from there on a missing program is a failure and no reason to skip.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess

import pytest

from test_export import DATA, NASTY, TABLE
from test_tables import TWO, call
from trialtab import export

PLACED = "TRIALTAB_OFFICE"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Converts a file with LibreOffice: (file, form) -> the file made of it."""
    programs = {name: shutil.which(name) for name in ("soffice", "pdftotext", "pdftoppm")}
    missing = [name for name, found in programs.items() if found is None]
    if missing and not os.environ.get(PLACED):
        pytest.skip(f"not here: {', '.join(missing)}")
    assert not missing, f"{PLACED} says that LibreOffice is here, and there is no {', '.join(missing)}"
    home = tmp_path_factory.mktemp("office")

    def convert(path, form):
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--convert-to", form, "--outdir",
             str(path.parent), str(path)],
            capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        made = path.with_suffix(f".{form.partition(':')[0]}")
        assert made.exists(), done.stdout + done.stderr
        return made

    return convert


def text_of(path):
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


def test_a_workbook_opens_and_nothing_in_it_is_a_formula(office, tmp_path):
    """A sheet of formulas would be shown by their results: every text comes out as it went in."""
    (tmp_path / "t.xlsx").write_bytes(export.document(TABLE, "xlsx", DATA))
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    office(tmp_path / "t.xlsx", "ods")
    subprocess.run(["soffice", f"-env:UserInstallation={(tmp_path / 'u').as_uri()}", "--headless", "--convert-to",
                    every_sheet, "--outdir", str(tmp_path), str(tmp_path / "t.xlsx")], check=True, timeout=180,
                   capture_output=True)  # fmt: skip
    sheets = {path.stem.rpartition("-")[2]: list(csv.reader(path.open(encoding="utf-8", newline="")))
              for path in tmp_path.glob("t-*.csv")}  # fmt: skip
    assert set(sheets) == {"Table", "Data", "Provenance"}
    shown = [cell for row in sheets["Table"] for cell in row]
    assert NASTY.replace("\x1b", " ") in shown and "4/11 (36%)ᵃ" in shown
    assert ["=1+1", "", "0"] in sheets["Data"] and not any(cell == "2" for row in sheets["Data"] for cell in row)
    assert not any(cell.startswith(("#", "Err:")) for rows in sheets.values() for row in rows for cell in row)


@pytest.mark.parametrize(
    "words", [("adverse-events", *TWO), ("characteristics",), ("outcomes", "--outcome", "B-cell aplasia")], ids=" ".join
)
def test_a_document_becomes_pages_with_all_of_its_table(office, library, tmp_path, words):
    call("table", *words, "--db", library, "-o", tmp_path / "t.docx")
    pages = text_of(office(tmp_path / "t.docx", "pdf"))
    assert pages.startswith("Table 1.") or "Table 1." in pages.splitlines()[0]
    assert "Where each figure stands" in pages
    lines = call("table", *words, "--db", library, "--format", "json").output
    assert lines.count('"study"') > 5
    for name in ("aiha_cd19_cart", "bcma_engager_aiha_cases"):
        assert name in "".join(pages.split()), "a long name may be broken, but is all there"


def test_no_number_is_broken_across_lines(office, library, tmp_path):
    """A narrow column once had a digit of N a line."""
    call("table", "characteristics", "--db", library, "-o", tmp_path / "t.docx")
    words = text_of(office(tmp_path / "t.docx", "pdf")).split()
    assert {"2611", "2607", "NCT02348216"} <= set(words)


def test_a_page_is_no_blank(office, library, tmp_path):
    from PIL import Image

    call("table", "adverse-events", *TWO, "--db", library, "-o", tmp_path / "t.docx")
    made = office(tmp_path / "t.docx", "pdf")
    subprocess.run(["pdftoppm", "-r", "50", "-png", made, tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert pages
    for page in pages:
        with Image.open(page) as image:
            dark = sum(image.convert("L").histogram()[:128])
            assert dark > 200, f"{page.name} is blank"
            assert image.width > image.height, "a wide table lies on its side"
