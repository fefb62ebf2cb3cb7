"""DOCX (Office Open XML, ISO/IEC 29500): paragraphs with headings as sections, lists, tables with spans, footnotes.

Read with zipfile and lxml alone. No part is unpacked beyond its declared and allowed size; a part with a document type
is refused, as the standard forbids one, so that no entity is ever declared. Pictures, links and embedded files are
never opened. Text that a reviser deleted is left out, text that one inserted is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from trialtab.errors import ReadError
from trialtab.model import Document, Source, Span
from trialtab.readers import _heads, _identifiers, _outline, _raw_grid, _sections, _tidy
from trialtab.readers._builder import Builder
from trialtab.readers._characters import MAX_DEPTH
from trialtab.readers._outline import Unit
from trialtab.readers._raw_grid import RawCell
from trialtab.readers._tidy import SUB, SUB_END, SUP, SUP_END
from trialtab.readers._xml import Element, local, parser, reason_of
from trialtab.readers._zipped import listed, unpacked

MAX_PART = 100_000_000
"""Bytes of one unpacked part of the file."""

# ---- parts -------------------------------------------------------------------------------------------------------

_BODY = re.compile(r"(?:.*/)?document\d*\.xml")


def _part(data: bytes, name: str) -> Element:
    content = unpacked(data, name, MAX_PART)
    if (
        b"<!DOCTYPE" in content
        or "<!DOCTYPE".encode("utf-16-le") in content
        or "<!DOCTYPE".encode("utf-16-be") in content
    ):
        raise ReadError(f"DOCX with a document type in {name}: refused, the format has none")
    try:
        return etree.fromstring(content, parser(recover=False))
    except etree.XMLSyntaxError as error:
        reason = reason_of(error)
        if "depth" in reason.casefold():
            raise ReadError(f"DOCX nested too deep to be a report ({name})") from error
        raise ReadError(f"damaged DOCX, {name}: {reason}") from error
    except ValueError as error:
        raise ReadError(f"damaged DOCX, {name}: {error}") from error


def _attribute(element: Element | None, name: str) -> str:
    """An attribute by its local name: w:val, or val where a writer left the namespace out."""
    if element is None:
        return ""
    return next((str(v) for k, v in element.attrib.items() if str(k).rpartition("}")[2] == name), "")


def _at(element: Element | None, *names: str) -> Element | None:
    for name in names:
        element = None if element is None else next((child for child in element if local(child) == name), None)
    return element


def _on(element: Element | None) -> bool:
    """A toggle such as <w:b/>: on unless it says otherwise."""
    return element is not None and _attribute(element, "val") not in ("0", "false", "none", "off")


# ---- styles ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style. level: of a heading, 1 outermost, 0 for none."""

    name: str = ""
    level: int = 0
    bold: bool = False
    listed: bool = False


_HEADING_NAME = re.compile(r"heading ([1-9])\b")


def _styles(root: Element) -> dict[str, _Style]:
    """Style id -> style, what a style leaves unsaid taken from the one it is based on."""
    raw: dict[str, tuple[str, str, _Style]] = {}
    for element in root:
        if local(element) != "style":
            continue
        name = _attribute(_at(element, "name"), "val").casefold()
        told = _HEADING_NAME.match(name)
        outline = _attribute(_at(element, "pPr", "outlineLvl"), "val")
        level = int(told.group(1)) if told else int(outline) + 1 if outline in set("012345678") else 0
        style = _Style(name, level, _on(_at(element, "rPr", "b")), _at(element, "pPr", "numPr") is not None)
        raw[_attribute(element, "styleId")] = (name, _attribute(_at(element, "basedOn"), "val"), style)
    found: dict[str, _Style] = {}
    for key, (name, base, style) in raw.items():
        seen = {key}
        while base in raw and base not in seen:
            seen.add(base)
            _, above, parent = raw[base]
            style = _Style(name, style.level or parent.level, style.bold or parent.bold, style.listed or parent.listed)
            base = above
        found[key] = style
    return found


# ---- paragraphs --------------------------------------------------------------------------------------------------

_LEFT_OUT = frozenset((
    "del", "moveFrom", "instrText", "delText", "rPr", "pPr", "drawing", "pict", "object", "footnoteReference",
    "endnoteReference", "annotationRef", "footnoteRef", "endnoteRef", "sdtPr", "sdtEndPr", "Fallback",
    "commentReference", "fldChar", "bookmarkStart", "bookmarkEnd", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr",
    "ctrlPr",
))  # fmt: skip
_SIGNS = {"tab": " ", "ptab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-", "softHyphen": ""}
_RAISED = {"superscript": (SUP, SUP_END), "subscript": (SUB, SUB_END)}


@dataclass(slots=True)
class _Paragraph:
    """A paragraph on its way: its text with marks for `tidy`, whether all of it is bold, text boxes that hang on it."""

    parts: list[str] = field(default_factory=list)
    bold: bool = True
    boxes: list[Element] = field(default_factory=list)

    def text(self) -> str:
        return _tidy.tidy("".join(self.parts))


def _read_paragraph(element: Element, bold: bool = False) -> _Paragraph:
    """Runs to text; bold: of the paragraph's style."""
    found = _Paragraph()
    _walk(element, found, bold, 0)
    return found


def _walk(element: Element, into: _Paragraph, bold: bool, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ReadError(f"elements nested more than {MAX_DEPTH} deep: no report")
    for child in element:
        tag = local(child)
        if tag == "t":
            text = child.text or ""
            into.parts.append(text)
            into.bold = into.bold and (bold or not text.strip())
        elif tag == "r":
            _run(child, into, bold, depth)
        elif tag == "sym":
            into.parts.append(_symbol(child))
        elif tag in _SIGNS:
            into.parts.append(_SIGNS[tag])
        elif tag in ("sSup", "sSub"):  # of a formula: its base, then what is raised or lowered
            before, after = _RAISED["superscript" if tag == "sSup" else "subscript"]
            for part in child:
                raised = local(part) in ("sup", "sub")
                into.parts.append(before if raised else "")
                _walk(part, into, bold, depth + 1)
                into.parts.append(after if raised else "")
        elif tag == "f":  # a fraction
            for i, part in enumerate(p for p in child if local(p) in ("num", "den")):
                into.parts.append("/" if i else "")
                _walk(part, into, bold, depth + 1)
        elif tag == "txbxContent":
            into.boxes.append(child)
        elif tag in ("drawing", "pict"):
            into.boxes += list(child.iter("{*}txbxContent"))
        elif tag and tag not in _LEFT_OUT:
            _walk(child, into, bold, depth + 1)


def _run(element: Element, into: _Paragraph, bold: bool, depth: int) -> None:
    told = _at(element, "rPr")
    if _on(_at(told, "vanish")):
        return
    marked = _at(told, "b")
    marks = _RAISED.get(_attribute(_at(told, "vertAlign"), "val"))
    into.parts.append(marks[0] if marks else "")
    _walk(element, into, _on(marked) if marked is not None else bold, depth + 1)
    into.parts.append(marks[1] if marks else "")


_SYMBOLS = {"F0B3": "≥", "F0A3": "≤", "F0B1": "±", "F0B4": "×", "F06D": "μ", "F062": "β", "F061": "α", "F067": "γ",
            "F0B0": "°", "F0B7": "•", "F0D7": "·"}  # fmt: skip
"""Characters of the font Symbol that reports use."""


def _symbol(element: Element) -> str:
    code = _attribute(element, "char").upper()
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    number = int(code, 16) if re.fullmatch(r"[0-9A-F]{2,5}", code) else 0
    return chr(number) if 0x20 <= number < 0xD800 else " "


# ---- the body ----------------------------------------------------------------------------------------------------

_CAPTION = re.compile(
    r"((?:Supplement(?:al|ary)\s+)?(?:Table|Figure|Fig\.?|Scheme|Box)\s+[A-Z]?\d{1,3}[A-Z]?)\s*[.:|–—-]?\s*"
)
_SENTENCE_END = (".", ";", ",", "!", "?")
_MANUAL_HEADING = 80
"""Characters: a bold paragraph no longer than this, without a sentence's end, is a heading set by hand."""


@dataclass(slots=True)
class _Found:
    """A block before it has a section: its unit, and for a table its rows and path."""

    unit: Unit
    rows: list[list[RawCell]] = field(default_factory=list)


class _Body:
    """Walks the body once: paragraphs, lists and tables in reading order."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self.styles = styles
        self.found: list[_Found] = []

    def read(self, parent: Element, depth: int = 0) -> None:
        if depth > MAX_DEPTH:
            raise ReadError(f"elements nested more than {MAX_DEPTH} deep: no report")
        for element in parent:
            tag = local(element)
            if tag == "p":
                self._paragraph(element, depth)
            elif tag == "tbl":
                self.found.append(_Found(Unit("table"), list(self._rows(element, depth))))
            elif tag and tag not in _LEFT_OUT:  # content controls, insertions, custom XML
                self.read(element, depth + 1)

    def _style_of(self, element: Element) -> _Style:
        told = _at(element, "pPr")
        style = self.styles.get(_attribute(_at(told, "pStyle"), "val"), _Style())
        outline = _attribute(_at(told, "outlineLvl"), "val")
        return replace(style, level=int(outline) + 1) if outline in set("012345678") and not style.level else style

    def _paragraph(self, element: Element, depth: int) -> None:
        style = self._style_of(element)
        paragraph = _read_paragraph(element, style.bold)
        text = paragraph.text()
        if text:
            self._add(text, style, paragraph, _at(element, "pPr", "numPr") is not None or style.listed)
        for box in paragraph.boxes:
            self.read(box, depth + 1)

    def _add(self, text: str, style: _Style, paragraph: _Paragraph, item: bool) -> None:
        titled = any(one.unit.kind == "title" for one in self.found)
        if style.name == "title" and not titled:
            self.found.append(_Found(Unit("title", text)))
        elif style.name == "caption" or (_CAPTION.match(text) and (paragraph.bold or len(text) < 300)):
            self.found.append(_Found(Unit("caption", text)))
        elif style.level:
            self.found.append(_Found(Unit("heading", text, style.level)))
        elif self._set_by_hand(text, paragraph):
            kind = "title" if not self.found and not _sections.section_of(text)[0] else "heading"
            self.found.append(_Found(Unit(kind, text)))
        elif item:
            self.found.append(_Found(Unit("item", text)))
        else:
            self._pieces(text)

    @staticmethod
    def _set_by_hand(text: str, paragraph: _Paragraph) -> bool:
        known = bool(_sections.named_section(text)[0])
        short = len(text) <= _MANUAL_HEADING or (len(text) <= 250 and not text.endswith("."))
        if paragraph.bold and any(c.isalpha() for c in text):
            return short and (known or not text.endswith(_SENTENCE_END))
        return known and text == text.upper() and len(text) <= _MANUAL_HEADING

    def _pieces(self, text: str) -> None:
        for piece in _heads.pieces(text):
            kind = piece.kind
            self.found.append(_Found(Unit(kind, text[piece.start : piece.end], run_in=kind == "heading")))

    # -- tables

    def _rows(self, table: Element, depth: int) -> Iterator[list[RawCell]]:
        """Cells row by row. A cell that continues the one above is part of its span and none of its own."""
        grid: list[
            list[tuple[int, int, str, bool, str]]
        ] = []  # column, width, text, bold, continues: "" | restart | on
        heads: list[bool] = []
        for row in _children(table, "tr"):
            column = _whole(_attribute(_at(row, "trPr", "gridBefore"), "val"), 0)
            cells: list[tuple[int, int, str, bool, str]] = []
            for cell in _children(row, "tc"):
                told = _at(cell, "tcPr")
                width = max(1, _whole(_attribute(_at(told, "gridSpan"), "val"), 1))
                merge = _at(told, "vMerge")
                continues = "" if merge is None else "restart" if _attribute(merge, "val") == "restart" else "on"
                text, bold = self._cell(cell, depth)
                cells.append((column, width, text, bold, continues))
                column += width
            grid.append(cells)
            heads.append(_on(_at(row, "trPr", "tblHeader")))
        if not any(heads):
            heads = _leading_bold(grid)
        for at, cells in enumerate(grid):
            out: list[RawCell] = []
            column = 0
            for start, width, text, _, continues in cells:
                above = _above(grid, at, start) if continues == "on" else None
                if start > column:  # positions before the first cell that the row leaves out
                    out += [RawCell("")] * min(start - column, _raw_grid.MAX_COLUMN_SPAN)
                column = start + width
                if above is None:
                    down = _span_down(grid, at, start) if continues == "restart" else 1
                    out.append(RawCell(text, down, width, heads[at]))
            yield out

    def _cell(self, cell: Element, depth: int) -> tuple[str, bool]:
        """Text of a cell, its paragraphs and inner tables one after another; and whether all of it is bold."""
        if depth > MAX_DEPTH:
            raise ReadError(f"tables nested more than {MAX_DEPTH} deep: no report")
        told: list[str] = []
        bold = True
        for element in cell.iter("{*}p"):
            paragraph = _read_paragraph(element, self._style_of(element).bold)
            if text := paragraph.text():
                told.append(text)
                bold = bold and paragraph.bold
        return " ".join(told), bold


def _children(element: Element, name: str, depth: int = 0) -> Iterator[Element]:
    """Rows of a table, cells of a row: also those inside content controls and insertions."""
    for child in element:
        tag = local(child)
        if tag == name:
            yield child
        elif tag in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo") and depth < MAX_DEPTH:
            yield from _children(child, name, depth + 1)


def _whole(text: str, default: int) -> int:
    return min(int(text), _raw_grid.MAX_COLUMN_SPAN) if text.isascii() and text.isdigit() and len(text) < 7 else default


_Grid = list[list[tuple[int, int, str, bool, str]]]


def _above(grid: _Grid, row: int, column: int) -> str | None:
    """Does a cell that says it continues have one above it? Where it has none it stands for itself."""
    if row == 0:
        return None
    return next((text for start, _, text, _, continues in grid[row - 1] if start == column and continues), None)


def _span_down(grid: _Grid, row: int, column: int) -> int:
    down = 1
    while row + down < len(grid) and any(c[0] == column and c[4] == "on" for c in grid[row + down]):
        down += 1
    return down


def _leading_bold(grid: _Grid) -> list[bool]:
    """Where no row is marked as a header: leading rows that are wholly bold, at least one body row left."""
    heads = [False] * len(grid)
    for at, cells in enumerate(grid[:-1]):
        texts = [bold for _, _, text, bold, _ in cells if text]
        if not texts or not all(texts):
            break
        heads[at] = True
    return heads


# ---- the door ----------------------------------------------------------------------------------------------------


def _notes(data: bytes, names: set[str], build: Builder) -> None:
    """Footnotes and endnotes, behind the text."""
    for name in sorted(n for n in names if re.fullmatch(r"(?:.*/)?(?:foot|end)notes\d*\.xml", n)):
        for note in _part(data, name):
            if _attribute(note, "type") in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            text = " ".join(t for p in note.iter("{*}p") if (t := _read_paragraph(p).text()))
            build.add("footnote", "other", "", text)


def _laid_out(found: list[_Found]) -> Builder:
    """Blocks with their sections; a table takes the caption next to it and the notes right below it."""
    found = _with_notes(found)
    places = _outline.outline([one.unit for one in found], "other")
    build = Builder()
    spans: list[Span | None] = []
    made: dict[int, int] = {}
    for at, (one, (section, part, heading)) in enumerate(zip(found, places, strict=True)):
        unit = one.unit
        if unit.kind == "table":
            # The rows are a group each but for one that a span holds together: all of them one group.
            label = _label(found, at)
            index = build.add_table(_raw_grid.lay_out([one.rows]), label, part, heading=heading)
            if index is not None:
                made[at] = index
            spans.append(None)
            continue
        kind = "reference" if section == "references" and unit.kind in ("paragraph", "item") else unit.kind
        spans.append(build.add(kind, "table" if kind == "footnote" else section, part, unit.text, heading=heading))
    for at, index in made.items():
        table = build.tables[index]
        caption = _caption(found, at)
        notes = []
        below = at + 1 + (caption == at + 1)
        while below < len(found) and found[below].unit.kind == "footnote":
            notes.append(spans[below])
            below += 1
        span = spans[caption] if caption is not None else None
        build.tables[index] = replace(table, caption=span, footnotes=tuple(n for n in notes if n is not None))
    return build


def _with_notes(found: list[_Found]) -> list[_Found]:
    """Paragraphs right under a table, or under the caption below it, that are its notes."""
    out = list(found)
    for at, one in enumerate(found):
        if one.unit.kind != "table":
            continue
        below = at + 1 + (at + 1 < len(found) and _caption(found, at) == at + 1)
        while below < len(found) and found[below].unit.kind == "paragraph":
            if not _heads.is_table_note(found[below].unit.text):
                break
            out[below] = replace(found[below], unit=replace(found[below].unit, kind="footnote"))
            below += 1
    return out


def _caption(found: list[_Found], at: int) -> int | None:
    """The caption of the table at `at`: the one before it, else one after it that no other table stands before."""
    for near in (at - 1, at + 1):
        if 0 <= near < len(found) and found[near].unit.kind == "caption":
            told = _CAPTION.match(found[near].unit.text)
            if told is None or "able" in told.group(1):
                return near
    return None


def _label(found: list[_Found], at: int) -> str:
    caption = _caption(found, at)
    told = _CAPTION.match(found[caption].unit.text) if caption is not None else None
    return told.group(1) if told else ""


def _source(data: bytes, names: set[str], build: Builder) -> Source:
    text = "".join(build.parts)
    own = [b for b in build.blocks if b.kind != "reference"]
    told = "\n".join(text[b.start : b.end] for b in own)
    title = next((text[b.start : b.end] for b in own if b.kind == "title"), "")
    authors: tuple[str, ...] = ()
    if "docProps/core.xml" in names:
        core = _part(data, "docProps/core.xml")
        title = title or " ".join((getattr(_at(core, "title"), "text", "") or "").split())
    if not title:  # a report that begins with a heading of its own is called by it
        first = next((b for b in own if b.kind in ("heading", "paragraph", "item")), None)
        if first is not None and first.kind == "heading" and not _sections.section_of(text[first.start : first.end])[0]:
            title = text[first.start : first.end]
    level = next((found for found in (_heads.evidence_level(text[b.start : b.end]) for b in own) if found), "")
    return Source(
        title=title, doi=_identifiers.first_doi(told), pmid=_identifiers.first_pmid(told),
        pmcid=_identifiers.first_pmcid(told), nct=_identifiers.nct_numbers(told), authors=authors, evidence_level=level,
    )  # fmt: skip


def read_docx(data: bytes, name: str) -> list[Document]:
    """Read a DOCX report: one Document, format "docx", without pages (Word lays them out anew on every machine).

    Raises ReadError where the archive or a part is damaged, a part unpacks beyond MAX_PART or carries a document type,
    or no text is in it.
    """
    names = {entry.filename for entry in listed(data)}
    body_name = "word/document.xml" if "word/document.xml" in names else min(filter(_BODY.fullmatch, names), default="")
    if not body_name:
        raise ReadError("DOCX without a document in it")
    root = _part(data, body_name)
    body = _at(root, "body")
    if body is None:
        raise ReadError("DOCX without a body: damaged")
    styles = _styles(_part(data, "word/styles.xml")) if "word/styles.xml" in names else {}
    walker = _Body(styles)
    walker.read(body)
    build = _laid_out(walker.found)
    if not any(c.isalnum() for part in build.parts for c in part):
        raise ReadError("no text found in it")
    _notes(data, names, build)
    return [build.document(name, hashlib.sha256(data).hexdigest(), "docx", _source(data, names, build))]
