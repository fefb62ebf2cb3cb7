"""A table as a Word document: a real table with a caption, its notes, and on a further page the quotations."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any

from trialtab.errors import QuestionError
from trialtab.export.text import clean
from trialtab.export.widths import longest_lines, shares
from trialtab.views import SHORT_ID, Table

_WHEN = datetime(2000, 1, 1)
_ZIPPED = (1980, 1, 1, 0, 0, 0)

WIDE = 88
"""Characters of the longest lines of all columns together beyond which the page lies on its side."""

A4 = (21.0, 29.7)
MARGIN = 2.0

_CHARACTER, _PADDING = 0.16, 0.4
"""Centimetres of a character of a table, and of the white of a cell on its left and right."""


def docx(table: Table) -> bytes:
    """A document of one table. Raises QuestionError where python-docx is not installed."""
    try:
        import docx as library
    except ImportError as error:
        raise QuestionError("docx needs python-docx: pip install 'trialtab[report]'") from error
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt, RGBColor

    made: Any = library.Document()
    core = made.core_properties
    core.title, core.author, core.comments = clean(table.title), "trialtab", ""
    core.created = core.modified = _WHEN
    core.revision = 1
    section = made.sections[0]
    wide = sum(longest_lines(table)) > WIDE
    width, height = (A4[1], A4[0]) if wide else A4
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(MARGIN))
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(9)
    made.styles["Caption"].font.color.rgb = RGBColor(0, 0, 0)
    _caption(made, clean(table.title))
    for note in table.notes:
        _small(made, note, Pt(8), italic=True)
    _body(made, table, width - 2 * MARGIN, Pt(8.5))
    for key in table.keys:
        _small(made, key, Pt(8))
    if table.references:
        made.add_page_break()
        heading = made.add_paragraph()
        heading.add_run("Where each figure stands").bold = True
        for one in table.references:
            said = ", ".join(filter(None, (one.outcome, one.arm if one.arm != "overall" else "")))
            marks = f" ({one.marks})" if one.marks else ""
            quote = " ".join(one.quote.split())
            _small(made, f"{one.finding_id[:SHORT_ID]}  “{quote}” {said}. {one.document}, {one.place}{marks}", Pt(8))
    buffer = BytesIO()
    made.save(buffer)
    return _without_clock(buffer.getvalue())


def _caption(made: Any, title: str) -> None:
    """ "Table 1. …" in Word's caption style, its number a field that Word counts."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    paragraph = made.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = True

    def say(text: str, *, bold: bool) -> Any:
        run = paragraph.add_run(text)
        run.bold, run.font.size, run.font.color.rgb = bold, Pt(10), RGBColor(0, 0, 0)
        return run

    say("Table ", bold=True)
    run = say("", bold=True)
    for kind in ("begin", None, "separate", "text", "end"):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = " SEQ Table \\* ARABIC "
        elif kind == "text":
            part = OxmlElement("w:t")
            part.text = "1"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
    say(". ", bold=True)
    say(title, bold=False)


def _small(made: Any, text: str, size: Any, *, italic: bool = False) -> None:
    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_after = 0
    run = paragraph.add_run(clean(text))
    run.font.size, run.italic = size, italic


def _body(made: Any, table: Table, room: float, size: Any) -> None:
    from docx.shared import Cm

    count, heads = len(table.columns), 2 if table.spans else 1
    drawn = made.add_table(rows=heads + max(1, len(table.rows)), cols=count)
    drawn.autofit = False
    widths = [Cm(room * share) for share in shares(table, room / _CHARACTER, _PADDING / _CHARACTER)]
    for column, width in zip(drawn.columns, widths, strict=True):
        column.width = width
    lines = [list(row.cells) for row in drawn.rows]  # cells are looked up once: the library is slow at it
    for line in lines:
        for cell, width in zip(line, widths, strict=True):
            cell.width = width
    if table.spans:
        at = 0
        for name, n in table.spans:
            merged = lines[0][at].merge(lines[0][at + n - 1]) if n > 1 else lines[0][at]
            _fill(merged, name, size, bold=True)
            at += n
    for cell, name in zip(lines[heads - 1], table.heads or table.columns, strict=True):
        _fill(cell, name, size, bold=True)
    for line, row in zip(lines[heads:], table.rows, strict=False):
        for cell, shown in zip(line, row, strict=True):
            _fill(cell, shown.text, size)
    if not table.rows:
        _fill(lines[heads][0], "Nothing was found.", size)
    _rules(drawn, lines, heads, table)


def _fill(cell: Any, text: str, size: Any, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = 0
    for number, line in enumerate(clean(text).split("\n")):
        run = paragraph.add_run(line)
        run.bold, run.font.size = bold, size
        if number < text.count("\n"):
            run.add_break()


def _rules(drawn: Any, lines: list[list[Any]], heads: int, table: Table) -> None:
    """Rules as journals set them: above, under the head, below, and a hair between groups; the head is repeated."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    def rule(row: int, side: str, weight: int, columns: range | None = None) -> None:
        for at, cell in enumerate(lines[row]):
            if columns is not None and at not in columns:
                continue
            properties = cell._tc.get_or_add_tcPr()
            borders = properties.find(qn("w:tcBorders"))
            if borders is None:
                borders = OxmlElement("w:tcBorders")
                properties.append(borders)
            if borders.find(qn(f"w:{side}")) is not None:
                continue
            edge = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", str(weight)), ("space", "0"), ("color", "000000")):
                edge.set(qn(f"w:{name}"), value)
            # the schema wants top before bottom
            borders.insert(0, edge) if side == "top" else borders.append(edge)

    rule(0, "top", 12)
    if table.spans:
        at = 0
        for name, n in table.spans:
            if name:
                rule(0, "bottom", 4, range(at, at + n))
            at += n
    rule(heads - 1, "bottom", 8)
    total = 0
    for size in table.groups[:-1]:
        total += size
        rule(heads + total - 1, "bottom", 2)
    rule(len(lines) - 1, "bottom", 12)
    for row in drawn.rows[:heads]:
        properties = row._tr.get_or_add_trPr()
        repeat = OxmlElement("w:tblHeader")
        repeat.set(qn("w:val"), "true")
        properties.append(repeat)


def _without_clock(data: bytes) -> bytes:
    """The same archive with one date for all its parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, _ZIPPED)
            part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(part, old.read(name))
    return buffer.getvalue()
