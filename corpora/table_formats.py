"""Reports with tables (`table_sources`) set as JATS, as HTML and as PDF.

The `pdf` of a source says how its PDF is set, so that the corpus has what journals do:

    place   column: in a column of two | across (the default): over both | sideways: turned on an upright page |
            lying: upright on a lying page | beside: two tables side by side
    rules   three (the default): above and below the header and at the end | all: around each cell | none
    valign  top | middle | bottom;  align: left | center
    font    serif | sans;  size: of the cells, in points
    carry   rows on the first page, of a table that goes on on the next (its header is printed again)
    first   share of the width that the first column takes
"""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import Any

from table_sources import MARK, Report, SourceCell, SourceTable

from trialtab.errors import GoldError

CONDUCT = (
    "Visits took place at the trial sites and by telephone. Outcomes were assessed by staff who did not know the "
    "assigned treatment, and forms were checked against the source records by a monitor who was not employed by the "
    "sponsor. Missing forms were asked for again before the database was locked.",
    "The protocol was approved by the ethics committee of each site, and all participants gave written consent. An "
    "independent committee looked at safety while the trial was running and saw no reason to change it.",
)
MEANING = (
    "What the table shows should be read with the limits of the trial in mind. The sites were chosen for their "
    "experience, care outside the trial was left to the treating physicians, and people who could not travel are "
    "hardly represented. Whether the findings hold elsewhere must be shown by others.",
    "Longer observation of the same participants is under way, and the forms of the trial are kept so that they can "
    "be joined with those of similar work.",
)


def _sections(report: Report) -> list[tuple[str, list[str]]]:
    return [
        ("Methods", [*report.methods, *CONDUCT]),
        ("Results", report.results),
        ("Discussion", list(MEANING)),
    ]


def _marked(text: str, line_break: str) -> str:
    """Text with its raised marks and line breaks as tags."""
    escaped = html.escape(text, quote=False).replace(" // ", line_break)
    return MARK.sub(r"<sup>\1</sup>", escaped)


def _spans(cell: SourceCell) -> str:
    spans = [("rowspan", cell.row_span), ("colspan", cell.column_span)]
    return "".join(f' {name}="{n}"' for name, n in spans if n > 1)


# ---- JATS ------------------------------------------------------------------------------------------------------


def _jats_rows(table: SourceTable, rows: range) -> list[str]:
    lines = []
    for row in rows:
        cells = []
        for cell in sorted((c for c in table.cells if c.row == row), key=lambda c: c.column):
            tag = "th" if cell.header else "td"
            text = "\u2003" * cell.indent + _marked(cell.text, "<break/>")
            cells.append(f"<{tag}{_spans(cell)}>{text}</{tag}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return lines


def jats(report: Report) -> str:
    """The report as a JATS article."""
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>', '<article article-type="research-article">', "<front><article-meta>",
        f"<title-group><article-title>{html.escape(report.title, quote=False)}</article-title></title-group>",
        "</article-meta></front>", "<body>",
    ]  # fmt: skip
    for title, paragraphs in _sections(report):
        out.append(f"<sec><title>{title}</title>")
        out += [f"<p>{_marked(p, ' ')}</p>" for p in paragraphs]
        for k, table in enumerate(report.tables if title == "Results" else [], 1):
            out += [
                f'<table-wrap id="t{k}"><label>{table.label}</label>'
                f"<caption><title>{_marked(table.caption, ' ')}</title></caption>",
                "<table><thead>", *_jats_rows(table, range(table.head_rows)), "</thead><tbody>",
                *_jats_rows(table, range(table.head_rows, table.rows)), "</tbody></table>",
            ]  # fmt: skip
            if table.notes:
                notes = "".join(f"<fn><p>{_marked(note, ' ')}</p></fn>" for note in table.notes)
                out.append(f"<table-wrap-foot>{notes}</table-wrap-foot>")
            out.append("</table-wrap>")
        out.append("</sec>")
    return "\n".join([*out, "</body>", "</article>", ""])


# ---- HTML ------------------------------------------------------------------------------------------------------


def _html_rows(table: SourceTable, rows: range) -> list[str]:
    lines = []
    for row in rows:
        cells = []
        for cell in sorted((c for c in table.cells if c.row == row), key=lambda c: c.column):
            tag = "th" if cell.header else "td"
            indent = f' style="padding-left: {cell.indent}em"' if cell.indent else ""
            cells.append(f"<{tag}{_spans(cell)}{indent}>{_marked(cell.text, '<br>')}</{tag}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return lines


def web_page(report: Report) -> str:
    """The report as a web page."""
    title = html.escape(report.title, quote=False)
    out = [
        "<!DOCTYPE html>", '<html lang="en">', f'<head><meta charset="utf-8"><title>{title}</title></head>', "<body>",
        "<article>", f"<h1>{title}</h1>",
    ]  # fmt: skip
    for name, paragraphs in _sections(report):
        out.append(f"<h2>{name}</h2>")
        out += [f"<p>{_marked(p, ' ')}</p>" for p in paragraphs]
        for table in report.tables if name == "Results" else []:
            out += [
                "<table>", f"<caption>{table.label}. {_marked(table.caption, ' ')}</caption>", "<thead>",
                *_html_rows(table, range(table.head_rows)), "</thead>", "<tbody>",
                *_html_rows(table, range(table.head_rows, table.rows)), "</tbody>",
            ]  # fmt: skip
            if table.notes:
                notes = "<br>".join(_marked(note, " ") for note in table.notes)
                out.append(f'<tfoot><tr><td colspan="{table.columns}">{notes}</td></tr></tfoot>')
            out.append("</table>")
    return "\n".join([*out, "</article>", "</body>", "</html>", ""])


# ---- PDF -------------------------------------------------------------------------------------------------------

LAYOUT = "1"  # raise when the look of these PDFs changes, so that `make.py --check` asks for new ones
PAGE = (595.28, 841.89)
MARGIN, GUTTER, TOP, BOTTOM = 48.0, 18.0, 56.0, 52.0


def _letters(font: str, text: str) -> str:
    """Tags of the typesetter; signs that the standard fonts lack are set in Vera."""
    text = html.escape(text, quote=False).replace(" // ", "<br/>")
    text = MARK.sub(r'<super rise="3" size="5.5">\1</super>', text)
    if font == "sans":
        return text
    return re.sub(r"[^\x00-\xff–—‘’“”†‡•…€]+", lambda m: f'<font name="Vera" size="7">{m.group()}</font>', text)


def pdf(report: Report, keywords: str) -> bytes:
    """The report as a PDF; the same report and keywords give the same bytes. Raises GoldError without reportlab."""
    try:
        from reportlab import platypus
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
    except ImportError as error:
        raise GoldError(f'{report.name}: a PDF needs reportlab: pip install "trialtab[corpora]"') from error

    for face, file in (("Vera", "Vera"), ("Vera-Bold", "VeraBd")):
        if face not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face, f"{file}.ttf"))
    pdfmetrics.registerFontFamily("Vera", "Vera", "Vera-Bold", "Vera", "Vera-Bold")
    how = {"place": "across", "rules": "three", "valign": "top", "align": "left", "font": "serif", "size": 8.0,
           "carry": 0, "first": 0.0} | report.pdf  # fmt: skip
    font = str(how["font"])
    plain, bold = ("Times-Roman", "Times-Bold") if font == "serif" else ("Vera", "Vera-Bold")
    body = 9.4 if font == "serif" else 7.8

    def style(name: str, size: float, **keys: Any) -> Any:
        return ParagraphStyle(name, **({"fontName": plain, "fontSize": size, "leading": size * 1.2} | keys))

    cell_size = float(how["size"])
    styles = {
        "title": style("title", body * 1.7, fontName=bold, spaceAfter=8),
        "head": style("head", body * 1.15, fontName=bold, spaceBefore=6, spaceAfter=3, keepWithNext=1),
        "text": style("text", body, alignment=4, spaceAfter=4),
        "caption": style("caption", cell_size * 1.08, fontName=bold, spaceAfter=3),
        "note": style("note", cell_size * 0.9, spaceAfter=1),
        "stub": style("stub", cell_size, leading=cell_size * 1.15),
        "cell": style("cell", cell_size, leading=cell_size * 1.15, alignment=how["align"] == "center"),
    }

    def paragraph(text: str, kind: str, **keys: Any) -> Any:
        shown = style("own", cell_size, leading=cell_size * 1.15, **keys) if keys else styles[kind]
        return platypus.Paragraph(_letters(font, text), shown)

    class Ruled(platypus.Table):  # type: ignore[misc]
        """A table with short rules under the header cells that span columns."""

        under: tuple[SourceCell, ...] = ()

        def draw(self) -> None:
            super().draw()
            self.canv.setLineWidth(0.4)
            for cell in self.under:
                y = self._rowpositions[cell.row + cell.row_span]
                x0, x1 = self._colpositions[cell.column], self._colpositions[cell.column + cell.column_span]
                self.canv.line(x0 + 3, y, x1 - 5, y)

    class Turned(platypus.Flowable):  # type: ignore[misc]
        """What it holds, a quarter turn to the left."""

        def __init__(self, parts: list[Any], wide: float, high: float) -> None:
            super().__init__()
            self.parts, self.wide, self.high = parts, wide, high

        def wrap(self, *_: float) -> tuple[float, float]:
            return self.high, self.wide

        def draw(self) -> None:
            self.canv.rotate(90)
            y = 0.0
            for part in self.parts:
                _, tall = part.wrapOn(self.canv, self.wide, self.high)
                y -= tall + part.getSpaceBefore()
                part.drawOn(self.canv, 0, y)
                y -= part.getSpaceAfter()

    def widths(table: SourceTable, room: float) -> list[float]:
        """Each column as wide as its longest word at least, else as its longest line, shrunk to the room there is."""
        most, least = [24.0] * table.columns, [12.0] * table.columns
        for cell in table.cells:
            if cell.column_span == 1:
                face = bold if cell.header else plain
                lines = [MARK.sub(r"\1", line) for line in cell.text.split(" // ")]
                wide = max(pdfmetrics.stringWidth(line, face, cell_size) for line in lines)
                word = max(
                    (pdfmetrics.stringWidth(w, face, cell_size) for line in lines for w in line.split()), default=0
                )
                most[cell.column] = max(most[cell.column], min(wide, 0.42 * room) + 9 + 7 * cell.indent)
                least[cell.column] = max(least[cell.column], word + 9 + 7 * cell.indent)
        if how["first"]:
            most[0] = max(least[0], float(how["first"]) * room)
        if sum(most) > room:
            spare = max(0.0, room - sum(least))
            want = sum(m - k for m, k in zip(most, least, strict=True)) or 1.0
            return [k + spare * (m - k) / want for m, k in zip(most, least, strict=True)]
        return [m + (room - sum(most)) / len(most) for m in most]

    def grid(table: SourceTable, rows: range, room: float) -> Any:
        """Some rows of a table, its header above them."""
        shown = [*range(table.head_rows), *rows]
        data = [[""] * table.columns for _ in shown]
        commands: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), str(how["valign"]).upper()), ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3), ("TOPPADDING", (0, 0), (-1, -1), 1.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6), ("FONTSIZE", (0, 0), (-1, -1), cell_size),
            ("LEADING", (0, 0), (-1, -1), cell_size * 1.15),
        ]  # fmt: skip
        if how["rules"] == "three":
            commands += [("LINEABOVE", (0, 0), (-1, 0), 0.8, "black"), ("LINEBELOW", (0, -1), (-1, -1), 0.8, "black"),
                         ("LINEBELOW", (0, table.head_rows - 1), (-1, table.head_rows - 1), 0.5, "black")]  # fmt: skip
        elif how["rules"] == "all":
            commands.append(("GRID", (0, 0), (-1, -1), 0.4, "black"))
        for cell in table.cells:
            if cell.row not in shown:
                continue
            at = shown.index(cell.row)
            face = {"fontName": bold} if cell.header or cell.column_span == table.columns else {}
            if cell.column == 0:
                content = paragraph(cell.text, "stub", leftIndent=7 * cell.indent, **face)
            else:
                content = paragraph(cell.text, "cell", alignment=how["align"] == "center", **face)
            data[at][cell.column] = content if cell.text else ""
            if cell.row_span > 1 or cell.column_span > 1:
                end = (cell.column + cell.column_span - 1, at + cell.row_span - 1)
                commands.append(("SPAN", (cell.column, at), end))
        made = Ruled(data, colWidths=widths(table, room), style=platypus.TableStyle(commands), hAlign="LEFT")
        if how["rules"] == "three":
            made.under = tuple(c for c in table.cells if c.header and 1 < c.column_span < table.columns)
        return made

    def parts(table: SourceTable, room: float, rows: range, again: bool = False, last: bool = True) -> list[Any]:
        """The caption, some rows and, after the last of them, the notes of a table."""
        title = f"{table.label} (continued)" if again else f"{table.label}. {table.caption}"
        found = [paragraph(title, "caption"), grid(table, rows, room), platypus.Spacer(1, 3)]
        return found + ([paragraph(note, "note") for note in table.notes] if last else [])

    width, height = PAGE
    room = width - 2 * MARGIN
    column = (room - GUTTER) / 2
    full = height - TOP - BOTTOM
    place = how["place"]
    all_rows = [range(table.head_rows, table.rows) for table in report.tables]

    def furniture(canvas: Any, doc: Any) -> None:
        canvas.saveState()
        canvas.setFont(plain, body * 0.85)
        if place != "lying" or doc.page != 2:
            canvas.drawString(MARGIN, height - 36, "Reports of invented trials")
            canvas.drawRightString(width - MARGIN, height - 36, str(doc.page))
        canvas.restoreState()

    def frame(x: float, y: float, wide: float, high: float) -> Any:
        return platypus.Frame(x, y, wide, high, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    sections = _sections(report)
    before = [(name, text) for name, text in sections if name != "Discussion"]
    text: list[Any] = []
    for name, paragraphs in before:
        text += [platypus.FrameBreak()] if text and place != "column" else []  # both columns of the first page
        text += [paragraph(name, "head"), *(paragraph(p, "text") for p in paragraphs)]
    after: list[Any] = [paragraph("Discussion", "head")]
    for p in sections[-1][1]:
        after += [*([platypus.FrameBreak()] if len(after) == 2 and place != "column" else []), paragraph(p, "text")]

    title = paragraph(report.title, "title")
    lead = title.wrap(room, height)[1] + 14
    two = [frame(MARGIN, BOTTOM, column, full), frame(MARGIN + column + GUTTER, BOTTOM, column, full)]
    templates = [
        platypus.PageTemplate("first", [
            frame(MARGIN, height - TOP - lead, room, lead), frame(MARGIN, BOTTOM, column, full - lead),
            frame(MARGIN + column + GUTTER, BOTTOM, column, full - lead),
        ], onPage=furniture),
        platypus.PageTemplate("text", two, onPage=furniture),
        platypus.PageTemplate("lying", [frame(TOP, MARGIN, height - TOP - BOTTOM, width - 2 * MARGIN)],
                              onPage=furniture, pagesize=(height, width)),
    ]  # fmt: skip
    story: list[Any] = [title, platypus.FrameBreak()]
    if place == "column":
        for table, rows in zip(report.tables, all_rows, strict=True):
            text += [
                platypus.Spacer(1, 6),
                platypus.KeepTogether(parts(table, column - 2, rows)),
                platypus.Spacer(1, 8),
            ]
        story += [platypus.NextPageTemplate("text"), *text, platypus.FrameBreak(), *after]
    else:
        pages: list[tuple[str, list[Any]]] = []
        if place == "beside":
            half = (room - GUTTER) / 2
            cells = [parts(table, half - 2, rows) for table, rows in zip(report.tables, all_rows, strict=True)]
            both = platypus.Table(
                [cells], colWidths=[half + GUTTER / 2, half + GUTTER / 2],
                style=platypus.TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
                                           ("RIGHTPADDING", (0, 0), (-1, -1), GUTTER / 2)]),
            )  # fmt: skip
            pages.append(("wide0", [both]))
        for table, rows in zip(report.tables, all_rows, strict=True) if place != "beside" else ():
            if place == "sideways":
                turned = Turned(parts(table, full - 10, rows), full - 10, room)
                pages.append(("whole", [turned]))
            elif place == "lying":
                pages.append(("lying", parts(table, height - TOP - BOTTOM, rows)))
            elif how["carry"]:
                cut = rows.start + int(how["carry"])
                pages.append(("whole", parts(table, room, range(rows.start, cut), last=False)))
                pages.append((f"wide{len(pages)}", parts(table, room, range(cut, rows.stop), again=True)))
            else:
                pages.append((f"wide{len(pages)}", parts(table, room, rows)))
        templates.append(platypus.PageTemplate("whole", [frame(MARGIN, BOTTOM, room, full)], onPage=furniture))
        for name, flow in pages:
            if name.startswith("wide"):
                high = sum(part.wrap(room, full)[1] + part.getSpaceAfter() for part in flow) + 16
                below = full - high
                templates.append(platypus.PageTemplate(name, [
                    frame(MARGIN, height - TOP - high, room, high), frame(MARGIN, BOTTOM, column, below),
                    frame(MARGIN + column + GUTTER, BOTTOM, column, below),
                ], onPage=furniture))  # fmt: skip
        story += [platypus.NextPageTemplate(pages[0][0]), *text]
        for k, (name, flow) in enumerate(pages):
            following = pages[k + 1][0] if k + 1 < len(pages) else "text"
            story += [platypus.PageBreak(name), platypus.NextPageTemplate(following), *flow]
            if k + 1 == len(pages):
                story += [platypus.FrameBreak() if name.startswith("wide") else platypus.PageBreak("text"), *after]
    made = io.BytesIO()
    doc = platypus.BaseDocTemplate(
        made, pagesize=PAGE, invariant=1, title=report.title, subject="trialtab corpora", keywords=keywords,
        lang="en",
    )  # fmt: skip
    doc.addPageTemplates(templates)
    doc.build(story)
    return made.getvalue()


# ---- one source, three documents -------------------------------------------------------------------------------


def text_documents(report: Report, folder: Path) -> dict[Path, str]:
    """The JATS and the HTML document of a report, as they should be."""
    return {
        folder / f"{report.name}_jats.nxml": jats(report),
        folder / f"{report.name}_html.html": web_page(report),
    }
