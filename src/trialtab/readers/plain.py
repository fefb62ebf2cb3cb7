"""Plain text and Markdown. The document's text is the decoded file, character for character.

Only the byte order mark goes, and control characters become a space each, so that every offset is an offset in the
file as decoded; line ends stay as they are. Blocks are stretches of it: marks of headings, lists and bold lines stand
in the text but outside the blocks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trialtab.errors import ReadError
from trialtab.model import Block, Cell, Document, Source, Span, Table
from trialtab.readers import _characters, _heads, _identifiers, _outline, _sections
from trialtab.readers._outline import Unit
from trialtab.readers._table_notices import table_notices

MAX_BYTES = 5_000_000
"""A book is 3 MB; what is longer is no report, and one paragraph of that size would hold up everything after it."""
MAX_LINES = 200_000

# ---- lines and chunks --------------------------------------------------------------------------------------------

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_ATX = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(?=\S)")
_RULE = re.compile(r"[ ]{0,3}(?:=+|-{2,}|[*_-](?:[ \t]*[*_-]){2,})[ \t]*\Z")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,120})(?:\1)[ \t]*[:.]?\Z")
_HEAD_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s+[A-Z]")
_SUBHEAD = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+[A-Z][^.!?;:]{2,80}\Z")
"""A heading with its number, "3.2 Engraftment": a part of what "3. Results" opened."""
_LABEL = re.compile(
    r"(TITLE|ABSTRACT|BODY)(?:\.([A-Z][A-Za-z0-9 ,&/()'’-]{0,100}))?[ \t]{0,3}[:.]?[ \t]{0,3}\Z"
)  # labels of a corpus export: "ABSTRACT.RESULTS:"
_BULLET = re.compile(r"[ \t]{0,12}(?:[-*+•‣▪●◦·–—][ \t]+|\((?:\d{1,2}|[a-z])\)[ \t]+|[a-z]\)[ \t]+)(?=\S)")
_NUMBERED = re.compile(r"[ \t]{0,12}(\d{1,2})[.)][ \t]+(?=\S)")
_CAPTION = re.compile(
    r"(?:\*\*|__)?((?:(?:Supplementary|Supplemental|Extended Data)[ ])?(?:Table|TABLE|Figure|FIGURE|Fig\.?|FIG\.?|Box)"
    r"[ \u00a0](?:S?\d{1,3}[A-Z]?|[IVX]{1,5})|(?:Table|TABLE)(?=[.:*_]{1,3}[ \t]+[A-Z]))"
    r"(?:\*\*|__)?(?:[.:|]|[ \t]+[-–—][ \t]|[ \t]*\Z|[ \t]+(?=[A-Z]))"
)  # a report's only table may go without a number: "Table. Adverse events"
_SEPARATOR = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
_REFERENCE = re.compile(r"[ \t]{0,4}(?:\[\d{1,3}\]|\d{1,3}[.)])[ \t]+")
_FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n|\r|\n)((?:[^\r\n-][^\r\n]*(?:\r\n|\r|\n)){1,60})---[ \t]*(?=[\r\n]|\Z)")
_FRONT_TITLE = re.compile(r"(?:\A|[\r\n])title:[ \t]*[\"']?([^\r\n\"']{1,300})")
_RECORD = re.compile(r"\d{1,3}\. \S[^\r\n]{2,120}?[.] (?:19|20)\d{2}\b[^\r\n]{0,80}(?:;|doi:)")
_ADDRESSES = re.compile(r"(?:Author information|Collaborators|Erratum in|Comment in|Update of|Comment on):")
_ENDS = (".", "!", "?", ";", ",")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without its end: offsets in the text."""

    start: int
    end: int
    text: str

    @property
    def empty(self) -> bool:
        return not self.text.strip()


def _lines(text: str) -> Iterator[_Line]:
    for found in _LINE.finditer(text):
        line = found.group().rstrip("\r\n")
        if found.end() > found.start():
            yield _Line(found.start(), found.start() + len(line), line)


def _grouped(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Runs of lines without an empty one among them."""
    chunk: list[_Line] = []
    for line in lines:
        if line.empty:
            if chunk:
                yield chunk
            chunk = []
        else:
            chunk.append(line)
    if chunk:
        yield chunk


# ---- blocks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Found:
    """A stretch of the text with its unit; of a table also its grid."""

    start: int
    end: int
    unit: Unit
    table: Table | None = None


def _trim(text: str, start: int, end: int, signs: str = "") -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in signs):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in signs):
        end -= 1
    return start, end


class _Reader:
    """One text on its way to blocks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[_Found] = []
        self.markdown = False
        self.title_next = False
        self.titled = False
        self.in_references = False
        self.next_number = 1

    def add(self, kind: str, start: int, end: int, *, signs: str = "", **unit: object) -> None:
        start, end = _trim(self.text, start, end, signs)
        if start < end:
            made = Unit(kind, self.text[start:end], **unit)  # type: ignore[arg-type]
            self.found.append(_Found(start, end, made))
            if kind == "heading" and not made.run_in:
                section = made.place[0] if made.place else _sections.section_of(made.text)[0]
                self.in_references = section == "references"

    def read(self) -> None:
        matter = _FRONT_MATTER.match(self.text)
        if matter:  # "---", keys and values, "---": what a Markdown file says of itself
            self.add("furniture", matter.start(1), matter.end(1))
            self.markdown = True
        begin = matter.end() if matter else 0
        chunks = list(_grouped(line for line in _lines(self.text) if line.start >= begin))
        record = bool(chunks) and len(chunks) > 2 and bool(_RECORD.match(chunks[0][0].text))
        for number, chunk in enumerate(chunks):
            if record and self._record(number, chunk):
                continue
            self._chunk(chunk, first=number == 0, last=number == len(chunks) - 1)

    def _record(self, number: int, chunk: list[_Line]) -> bool:
        """The head of a record saved from PubMed as text: citation, title, authors, their addresses."""
        start, end = chunk[0].start, chunk[-1].end
        if number == 1:
            self.titled = True
            self.add("title", start, end)
            return True
        if number in (0, 2) or _ADDRESSES.match(chunk[0].text):
            self.add("furniture", start, end)
            return True
        return False

    # -- one chunk, from its first line to its last

    def _chunk(self, chunk: list[_Line], *, first: bool, last: bool) -> None:
        if len(chunk) == 1 and self._lone(chunk[0], first=first, last=last):
            return
        open_line = 0  # first line of the paragraph or item that is still growing
        item: _Line | None = None
        i = 0
        while i < len(chunk):
            line = chunk[i]
            table_end = self._table_end(chunk, i)
            if table_end > i:
                self._flush(chunk[open_line:i], item)
                self._table(chunk[i:table_end])
                i = open_line = table_end
                item = None
                continue
            if i + 1 < len(chunk) and i == open_line and item is None and self._underlined(line, chunk[i + 1]):
                i = open_line = i + 2
                continue
            if _RULE.match(line.text) and not line.text.strip("=-*_ \t"):
                self._flush(chunk[open_line:i], item)
                item, open_line, i = None, i + 1, i + 1
                continue
            begins = i == 0 or (i == open_line and item is None) or len(chunk[i - 1].text) > 160
            if self._heading(line, alone=False, begins=begins, last=i == len(chunk) - 1):
                # `_heading` adds after what is still open, so flush first and let it add again in order.
                heading = self.found.pop()
                self._flush(chunk[open_line:i], item)
                self.found.append(heading)
                item, open_line, i = None, i + 1, i + 1
                continue
            if self._begins_item(line, within=item is not None or i == open_line):
                self._flush(chunk[open_line:i], item)
                item, open_line = line, i
            elif item is not None and self._begins_paragraph(line):
                self._flush(chunk[open_line:i], item)
                item, open_line = None, i
            elif item is None and i > open_line and self._breaks(chunk, i):
                self._flush(chunk[open_line:i], None)
                open_line = i
            i += 1
        self._flush(chunk[open_line:], item)

    def _lone(self, line: _Line, *, first: bool, last: bool) -> bool:
        """A chunk of one line: title, heading, label or rule. False where it is none of these."""
        if _RULE.match(line.text):
            return True
        if self.title_next:
            self.title_next = False
            if not _LABEL.match(line.text.strip()):
                self._title(line)
                return True
        if self._heading(line, alone=True, begins=True, last=last):
            return True
        words = line.text.split()
        if (
            first and not last and not self.titled and len(words) >= 2 and len(line.text) <= 300
            and not line.text.rstrip().endswith(_ENDS) and not _heads.pieces(line.text)[0].head
            and not self._begins_item(line, within=True) and "|" not in line.text and not self._furniture(line)
            and not _CAPTION.match(line.text)
        ):  # fmt: skip
            self._title(line)
            return True
        return False

    def _title(self, line: _Line) -> None:
        self.titled = True
        self.add("title", line.start, line.end, signs="*_#")

    def _underlined(self, line: _Line, under: _Line) -> bool:
        sign = under.text.strip()
        if len(sign) < 3 or (sign.strip("=") and sign.strip("-")) or "|" in line.text or len(line.text) > 300:
            return False
        self.markdown = True
        self._titled_or_heading(line.start, line.end, 1 if sign[0] == "=" else 2)
        return True

    def _titled_or_heading(self, start: int, end: int, level: int) -> None:
        start, end = _trim(self.text, start, end, "*_#")
        text = self.text[start:end]
        first = all(found.unit.kind == "furniture" for found in self.found)
        if level == 1 and not self.titled and first and not _sections.section_of(text)[0]:
            self.titled = True
            self.add("title", start, end)
        else:
            self.add("heading", start, end, level=level)

    def _heading(self, line: _Line, *, alone: bool, begins: bool, last: bool) -> bool:
        """Adds the heading that a line is; False where it is none. `alone`: nothing else in its chunk."""
        text = line.text.strip()
        if len(text) > 300:
            return False
        atx = _ATX.match(line.text)
        if atx:
            self.markdown = True
            self._titled_or_heading(line.start + atx.end(), line.end, len(atx.group(1)))
            return True
        label = _LABEL.match(text)
        if label:
            return self._label(line, label)
        bold = _BOLD.match(text)
        name = bold.group(2) if bold else text
        if len(name) > 120 or self._furniture(line):
            return False
        level = 3 if bold else 0
        if bold:
            self.markdown = True
        plain = name.rstrip(" :.")
        caps = plain.isupper() and sum(c.isalpha() for c in plain) >= 4 and sum(c.isdigit() for c in plain) <= 3
        known = ":" not in plain and bool(_sections.named_section(name)[0])
        numbered = _HEAD_NUMBER.match(plain)
        if (
            known and (plain[:1].isupper() or plain[:1].isdigit())
            and (alone or name.endswith(":") or caps or bold or (begins and not name.endswith(_ENDS)))
        ):  # fmt: skip
            level = numbered[1].count(".") + 1 if numbered else 0
            self.add("heading", line.start, line.end, signs="*_:", level=level)
            return True
        subhead = numbered and begins and not last and self.found and not self.in_references
        if subhead and numbered is not None and _SUBHEAD.match(plain):
            self.add("heading", line.start, line.end, signs="*_:", level=numbered[1].count(".") + 1)
            return True
        if (alone or begins) and not last and (caps or bold) and not name.endswith((",", ";")) and len(plain) <= 100:
            if self.found or bold:
                self.add("heading", line.start, line.end, signs="*_:", level=level)
                return True
            return False
        if (
            alone and not last and self.found and len(plain) <= 80 and len(plain.split()) <= 10
            and plain[:1].isupper() and not name.endswith((*_ENDS, ":"))
            and not any(c.isdigit() or c in ":,;" for c in plain) and not self.in_references
        ):  # fmt: skip
            self.add("heading", line.start, line.end, signs="*_", level=0)
            return True
        return False

    def _label(self, line: _Line, label: re.Match[str]) -> bool:
        outer, inner = label.group(1), (label.group(2) or "").strip()
        if not inner and not line.text.strip().endswith((":", ".")):
            return False  # the bare word "ABSTRACT" is an ordinary heading
        self.title_next = outer == "TITLE"
        part = _sections.section_of(inner)[1] if inner else ""
        if outer == "TITLE":
            place: tuple[str, str] | None = ("title", "")
        elif outer == "ABSTRACT":
            place = ("abstract", part)
        else:
            place = _sections.section_of(inner) if inner else ("other", "")
            place = place if place[0] else ("other", "")
        self.add("heading", line.start, line.end, signs=":.", level=1, place=place)
        return True

    def _furniture(self, line: _Line) -> bool:
        return _heads.is_furniture(line.text)

    def _begins_item(self, line: _Line, *, within: bool) -> bool:
        """A bullet, or a number in sequence. A wrapped line may begin with "12. " by chance: numbers must count up."""
        if self.in_references:
            return bool(_REFERENCE.match(line.text))
        if _BULLET.match(line.text):
            return within or line.text.lstrip()[0] in "-*+•‣▪●◦"
        number = _NUMBERED.match(line.text)
        if number is None:
            return False
        value = int(number.group(1))
        if value != self.next_number and value != 1:
            return False
        self.next_number = value + 1
        return True

    def _begins_paragraph(self, line: _Line) -> bool:
        head = _heads.pieces(line.text[:200])
        return bool(head and head[0].head) or bool(_CAPTION.match(line.text)) or self._furniture(line)

    def _breaks(self, chunk: list[_Line], i: int) -> bool:
        """A new block begins at line i of a paragraph: a caption, a credit, or a line that was never wrapped.

        Wrapped lines are of like length and short; a line above 160 characters is a paragraph of its own.
        """
        if _CAPTION.match(chunk[i].text) or self._furniture(chunk[i]):
            return True
        return len(chunk[i - 1].text) > 160 or len(chunk[i].text) > 160

    def _flush(self, lines: list[_Line], item: _Line | None) -> None:
        if not lines:
            return
        start, end = lines[0].start, lines[-1].end
        if item is not None:
            mark = (_REFERENCE.match(item.text) if self.in_references else None) or _BULLET.match(item.text)
            mark = mark or _NUMBERED.match(item.text)
            start += mark.end() if mark else 0
            self._pieces(start, end, "reference" if self.in_references else "item")
        elif self.title_next:
            self.title_next = False
            self.titled = True
            self.add("title", start, end)
        elif _CAPTION.match(lines[0].text):
            self.add("caption", start, end, signs="*_")
        else:
            self._pieces(start, end, "reference" if self.in_references else "paragraph")

    def _pieces(self, start: int, end: int, kind: str) -> None:
        cut = _heads.pieces(self.text[start:end]) if kind != "reference" else []
        if kind == "reference" or (kind == "item" and not any(p.kind == "furniture" for p in cut)):
            self.add(kind, start, end)  # "Results: …" as an item of a list is no head for what follows the list
            return
        for piece in cut:
            at, to = start + piece.start, start + piece.end
            if piece.kind == "heading":
                self.add("heading", at, to, signs="*_", run_in=True)
            else:
                self.add(kind if piece.kind == "paragraph" else piece.kind, at, to)

    # -- tables

    def _table_end(self, chunk: list[_Line], i: int) -> int:
        """Index after the table that begins at line i; i where none does."""
        text = chunk[i].text
        below = chunk[i + 1].text if i + 1 < len(chunk) else ""
        if "|" in text and "|" in below:  # asked of two lines first: a scan from every line would be quadratic
            ruled = "-" in below and bool(_SEPARATOR.match(below))
            framed = text.strip().startswith("|") and text.strip().endswith("|")
            if ruled or framed:
                end = i
                while end < len(chunk) and "|" in chunk[end].text:
                    end += 1
                return end
        if text.count("\t") >= 1 and "\t" in text.strip():
            end, tabs = i, text.count("\t")
            while end < len(chunk) and chunk[end].text.count("\t") == tabs:
                end += 1
            if end - i >= 2:
                return end
        return i

    def _table(self, lines: list[_Line]) -> None:
        start, end = lines[0].start, lines[-1].end
        pipes = "|" in lines[0].text and "\t" not in lines[0].text.strip()
        self.markdown = self.markdown or pipes
        ruled = pipes and len(lines) > 1 and bool(_SEPARATOR.match(lines[1].text))
        cells: list[Cell] = []
        row = columns = 0
        for line in lines:
            if pipes and _SEPARATOR.match(line.text):
                continue
            spans = list(_fields(line, "|" if pipes else "\t"))
            for column, (a, b) in enumerate(spans):
                cells.append(Cell(row, column, 1, 1, a, b, header=row == 0 and ruled))
            columns = max(columns, len(spans))
            row += 1
        start, end = _trim(self.text, start, end)
        self.found.append(_Found(start, end, Unit("table"), Table("", start, end, row, columns, tuple(cells))))


def _fields(line: _Line, sign: str) -> Iterator[tuple[int, int]]:
    """Offsets of a line's cells, blanks trimmed; an escaped bar (\\|) is part of its cell."""
    text = line.text
    a, b = 0, len(text)
    if sign == "|":
        a, b = _trim(text, 0, len(text))
        a += text.startswith("|", a)
        b -= b > a and text[b - 1] == "|" and not text.endswith("\\|", 0, b)
    start = a
    for i in range(a, b + 1):
        if i == b or (text[i] == sign and (i == 0 or text[i - 1] != "\\")):
            p, q = _trim(text, start, i)
            p, q = (start, start) if p >= q else (p, q)
            yield line.start + p, line.start + q
            start = i + 1


# ---- the door ----------------------------------------------------------------------------------------------------


def _starred(text: str, one: _Found) -> _Found:
    """Under a table "* P < 0.05" is a note with its star, not an item of a list."""
    star = text.rfind("*", max(0, one.start - 3), one.start)
    if one.unit.kind != "item" or star < 0:
        return one
    return replace(one, start=star, unit=replace(one.unit, kind="paragraph", text=text[star : one.end]))


def _captioned(text: str, found: list[_Found]) -> list[_Found]:
    """Tables with the label and caption of the caption before or just after them, and the notes right below."""
    out = list(found)
    used: set[int] = set()
    for i, one in enumerate(found):
        if one.table is None:
            continue
        notes: list[Span] = []
        for j in range(i + 1, len(found)):
            note = _starred(text, found[j])
            if note.unit.kind != "paragraph" or not _heads.is_table_note(note.unit.text):
                break
            out[j] = replace(note, unit=replace(note.unit, kind="footnote"))
            notes.append(Span(note.start, note.end))
        one = out[i] = replace(one, table=replace(one.table, footnotes=tuple(notes)))
        assert one.table is not None
        for j in (i - 1, i + 1):
            if 0 <= j < len(found) and j not in used and found[j].unit.kind == "caption":
                label = _CAPTION.match(found[j].unit.text)
                if label and "able" in label.group(1).casefold():
                    used.add(j)
                    span = Span(found[j].start, found[j].end)
                    out[i] = replace(one, table=replace(one.table, label=label.group(1), caption=span))
                    break
    return out


def _source(text: str, blocks: list[Block]) -> Source:
    own = [b for b in blocks if b.kind != "reference"]
    told = "\n".join(text[b.start : b.end] for b in own)
    matter = _FRONT_TITLE.search(told[:2000]) if own and own[0].kind == "furniture" else None
    title = next((text[b.start : b.end] for b in own if b.kind == "title"), matter.group(1) if matter else "")
    furniture = (text[b.start : b.end] for b in own if b.kind == "furniture")
    level = next((found for found in map(_heads.evidence_level, furniture) if found), "")
    return Source(
        title=" ".join(title.split()),
        doi=_identifiers.first_doi(told),
        pmid=_identifiers.first_pmid(told),
        pmcid=_identifiers.first_pmcid(told),
        nct=_identifiers.nct_numbers(told),
        evidence_level=level,
    )


def read_plain(data: bytes, name: str) -> list[Document]:
    """Read plain text (format "text") or Markdown ("markdown", where a Markdown heading or table stands in it).

    Gives one Document. Raises ReadError for an empty file, one without a letter or digit, one above MAX_BYTES, and
    binary data.
    """
    if len(data) > MAX_BYTES:
        raise ReadError(
            f"text of {len(data) / 1e6:.0f} MB: over the limit of {MAX_BYTES // 1_000_000} MB for one report"
        )
    if not data.strip(b"\0 \t\r\n\f\v"):
        raise ReadError("empty file" if not data else "empty file: nothing but blanks")
    decoded = _characters.decode(data)
    if _characters.is_binary(decoded.text):
        raise ReadError("binary data, not text")
    text = _characters.clean(decoded.text)
    if not any(c.isalnum() for c in text):
        raise ReadError("no text: not one letter or digit in it")
    lines = text.count("\n") + text.count("\r") - text.count("\r\n")
    if lines > MAX_LINES:
        raise ReadError(f"text of {lines} lines: over the limit of {MAX_LINES} for one report")
    notices = list(decoded.notices)
    if text != decoded.text:
        notices.append("control characters replaced by spaces")
    reader = _Reader(text)
    reader.read()
    found = _captioned(text, reader.found)
    places = _outline.outline([f.unit for f in found], "abstract")
    blocks: list[Block] = []
    tables: list[Table] = []
    for one, (section, part, heading) in zip(found, places, strict=True):
        section = "table" if one.unit.kind == "footnote" else section
        kind = "reference" if section == "references" and one.unit.kind in ("paragraph", "item") else one.unit.kind
        blocks.append(Block(kind, section, part, one.start, one.end, heading))
        if one.table is not None:
            tables.append(one.table)
    notices += table_notices(text, blocks, tables)
    if not blocks:  # every line is a rule or a mark
        raise ReadError("no text: nothing but rules and marks in it")
    return [
        Document(
            name=name,
            document_id=hashlib.sha256(data).hexdigest(),
            format="markdown" if reader.markdown else "text",
            text=text,
            blocks=tuple(blocks),
            tables=tuple(tables),
            source=_source(text, blocks),
            notices=tuple(notices),
        )
    ]
