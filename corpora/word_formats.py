"""DOCX documents of a corpus, set from `sources/STEM.docx.md` with python-docx.

The form: `% Title`; `#`, `##` headings; paragraphs parted by blank lines; **bold**; ^2^ raised; `- ` items of a list; a
table is a line `Table 1. ...`, lines `| a | b |`, the first of them (and those before a line `|---|`) its head, and an
optional note `: ...`. A cell `^` goes on from the one above it, a cell `<` from the one at its left.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LAYOUT = "1"  # raise when the look of the files changes, so that --check asks for new ones
_RUN = re.compile(r"\*\*(.+?)\*\*|\^(\w+?)\^")


def docx(source: Path, digest: str) -> bytes:
    """The document that a source describes; digest: kept among its keywords. The same bytes at every run."""
    from docx import Document

    document = Document()
    document.core_properties.keywords = digest
    document.core_properties.author = "trialtab"
    for kind, content in _parts(source.read_text(encoding="utf-8")):
        if kind == "table":
            _table(document, content)
        elif kind == "title":
            document.add_paragraph(content, style="Title")
            document.core_properties.title = content
        elif kind.startswith("heading"):
            document.add_heading(content, level=int(kind[-1]))
        else:
            style = {"item": "List Bullet", "caption": "Caption"}.get(kind)
            _runs(document.add_paragraph(style=style), content)
    out = io.BytesIO()
    document.save(out)
    return _settled(out.getvalue())


def digest_of(path: Path) -> str:
    """The digest that a document made here carries; "" for none."""
    with zipfile.ZipFile(path) as archive:
        core = archive.read("docProps/core.xml").decode("utf-8")
    found = re.search(r"<cp:keywords>([^<]*)", core)
    return found.group(1) if found else ""


def _parts(text: str) -> Iterator[tuple[str, Any]]:
    """(kind, content) of each block, in order."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        head = re.match(r"(%|#{1,3}) +(.+)", lines[0])
        if head:
            yield ("title" if head.group(1) == "%" else f"heading{len(head.group(1))}"), head.group(2)
            lines = lines[1:]
        if lines and re.match(r"(?:Table|Figure) \d", lines[0]):
            yield "caption", lines.pop(0)
        rows = [line for line in lines if line.startswith("|")]
        if rows:
            yield "table", rows
        rest = [line for line in lines if not line.startswith("|")]
        for line in [line for line in rest if line.startswith(("- ", ": "))]:
            yield ("item" if line[0] == "-" else "note"), line[2:]
        plain = " ".join(line for line in rest if not line.startswith(("- ", ": ")))
        if plain:
            yield "paragraph", plain


def _table(document: Any, lines: list[str]) -> None:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    ruled = next((i for i, row in enumerate(rows) if all(re.fullmatch(r":?-+:?", c) for c in row)), None)
    heads = 1 if ruled is None else ruled
    rows = [row for i, row in enumerate(rows) if i != ruled]
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text not in ("^", "<"):
                _runs(table.cell(r, c).paragraphs[0], f"**{text}**" if r < heads and text else text)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("^", "<"):
                continue
            down, across = r, c
            while down + 1 < len(rows) and rows[down + 1][c] == "^":
                down += 1
            while across + 1 < len(row) and row[across + 1] == "<":
                across += 1
            if (down, across) != (r, c):
                kept = table.cell(r, c).text
                merged = table.cell(r, c).merge(table.cell(down, across))
                for paragraph in merged.paragraphs[1:]:
                    if not paragraph.text:
                        paragraph._p.getparent().remove(paragraph._p)
                assert merged.text == kept
    for row in table.rows[:heads]:
        mark = row._tr.get_or_add_trPr()
        mark.append(mark.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tblHeader", {}))


def _runs(paragraph: Any, text: str) -> None:
    at = 0
    for found in _RUN.finditer(text):
        paragraph.add_run(text[at : found.start()])
        if found.group(1):
            paragraph.add_run(found.group(1)).bold = True
        else:
            paragraph.add_run(found.group(2)).font.superscript = True
        at = found.end()
    paragraph.add_run(text[at:])


def _settled(data: bytes) -> bytes:
    """The archive without the hour at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(W3CDTF\">)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            if name.startswith("docProps/thumbnail"):
                content = b""
            made.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
