"""PDF to a Document: words with boxes, paragraphs in reading order, sections, captions, tables as grids.

The way of a file:

1. pages (`_pdf_open`) -> words and printed lines (`_pdf_pages`), what is printed high told apart (`_pdf_raised`);
2. lines (`_pdf_lines`) -> chunks (`_pdf_chunks`) with a role (`_pdf_front`, `_pdf_layout`): title, heading, paragraph,
   caption, table, footnote, reference, furniture;
3. captions -> grids (`_pdf_tables`): the place of each table beside its caption, drawn rules (`_pdf_rules`), columns
   (`_pdf_columns`), logical rows (`_pdf_rows`), header and spans (`_pdf_grid`);
4. chunks -> reading order (`_pdf_order`): paragraphs that run over a column or a page are stitched, what stood in
   between follows them;
5. the text is built once, word by word, a table cell by cell, with the place of each word (`_pdf_text`);
6. sections are named along the text (`Sections`).

Frame of all boxes: the page as it is shown (its /Rotate applied), points, origin at the top left of the page.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

from trialtab.model import Block, Cell, Document, Source, Span, Table
from trialtab.readers._heads import Piece, pieces
from trialtab.readers._identifiers import first_doi, first_pmcid, first_pmid, nct_numbers
from trialtab.readers._pdf_chunks import ITEM, MAJOR, NUMBERED, Chunk, plain_name, reads
from trialtab.readers._pdf_front import front_page
from trialtab.readers._pdf_layout import Reading
from trialtab.readers._pdf_open import open_pdf, torn_streams
from trialtab.readers._pdf_order import flow, gather
from trialtab.readers._pdf_pages import plural, read_pages, thin_pages
from trialtab.readers._pdf_tables import Tables, label_of
from trialtab.readers._pdf_text import Text
from trialtab.readers._sections import section_of

# ---- sections ------------------------------------------------------------------------------------------------------

_RUN_IN = re.compile(
    r"(?P<head>Background|Introduction|Objectives?|Aims?|Purpose|Importance|Context|Methods?|Design|Setting|Participants"
    r"|Patients|Interventions?|Main outcome measures?|Measurements|Results?|Findings|Main results|Conclusions?"
    r"|Interpretation|Discussion|Funding|Trial registration)\s+(?=[A-Z0-9])"
)
_SUPPORT = re.compile(
    r"(?:supported by|disclosure forms|we thank|the authors thank|a data sharing statement"
    r"|all authors (?:had|have|read|meet|contributed|approved)|no (?:other )?potential conflict"
    r"|the (?:trial|study) was (?:funded|supported) by|this (?:work|study|trial|research) was (?:funded|supported)"
    r"|funding (?:was|for this))",
    re.IGNORECASE,
)


_KEYWORDS = re.compile(r"(?:freeform/)?key ?words?(?: and phrases)?\s?[:.—–-]", re.IGNORECASE)
_LEAD = re.compile(r"((?:\d{1,2}(?:\.\d{1,2}){0,3}\.? )?[A-Z][^.:]{2,100}?)[.:] ?(?=[A-Z0-9])")
_BACK_START = re.compile(
    r"(?:funding|acknowledge?ments?|competing interests?|conflicts? of interests?|disclosures?|author contributions"
    r"|authors['’] contributions|contributors?|ethic(?:al|s) (?:approval|consideration|statement)"
    r"|data (?:availability|sharing)[a-z ]{0,10}|provenance and peer review|informed consent statement"
    r"|institutional review board statement|abbreviations|supplementary (?:material|information)s?|sponsors?"
    r"|transparency|copyright|open access|conflict of interest statement|consent for publication"
    r"|declaration of (?:competing )?interests?)\s?[:.]",
    re.IGNORECASE,
)
_ABSTRACT_NAMES = (
    "trial registration; registration; clinical trial registration; trial registration number; funding; keywords; "
    "key words; abbreviations"
)
_IN_ABSTRACT = frozenset(_ABSTRACT_NAMES.split("; "))
# Boxes beside the text, and the headings inside them.
_BOX = frozenset(("research in context", "clinical perspective", "what is new", "key learning points", "key points"))
_IN_BOX = re.compile(
    r"(?:evidence before this study|added value of this study|implications of all the available evidence"
    r"|what (?:are the clinical implications|is new|is known|the study adds|was known)|this study adds"
    r"|potential impact)\b"
)


class Sections:
    """Walks the blocks in reading order and names their sections and parts."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.section, self.part, self.heading = "other", "", ""
        self.parts_seen: set[str] = set()
        self.abstract_page = 0
        self.abstract_words = 0
        self.abstract: Chunk | None = None
        self.aside: tuple[str, str] | None = None  # the section that a box ("What is new?") interrupts
        self.styles: set[tuple[str, int, bool]] = set()
        self.common = {
            style for style, n in Counter(self.style(b) for b in reading.order if b.kind == "heading").items() if n > 3
        }
        for block in reading.order:
            if block.kind == "heading" and plain_name(block.text) in MAJOR and section_of(block.text)[0] in (
                "background", "methods", "results", "discussion", "conclusion", "references",
            ):  # fmt: skip
                self.styles.add(self.style(block))
        self.has_abstract = any(
            b.kind == "heading" and plain_name(b.text) in ("abstract", "summary") for b in reading.order
        )

    @staticmethod
    def style(block: Chunk) -> tuple[str, int, bool]:
        return block.font, round(2 * block.em), block.bold

    def open_heading(self, block: Chunk, text: str) -> None:
        name = plain_name(text)
        section, part = section_of(NUMBERED.sub("", text, count=1))
        self.heading = text
        if name in ("abstract", "summary") and block.page <= 3:
            self.section, self.part = "abstract", ""
            self.abstract_page = block.page
            return
        if not section:
            if self.aside is not None and not _IN_BOX.match(name) and self.style(block) in self.common:
                (self.section, self.part), self.aside = self.aside, None
            return
        if self.section == "abstract":
            again = (part in self.parts_seen and part not in ("", "methods")) or (
                part == "methods" and "results" in self.parts_seen
            )
            structured = part and name not in ("introduction",) and not again and block.page <= self.abstract_page + 1
            if structured and not (self.abstract_words > 120 and not self.parts_seen and name == "background"):
                self.part = part
                self.parts_seen.add(part)
                return
            if (
                section == "back"
                and (not self.parts_seen or not part)
                and block.page <= self.abstract_page
                and name in _IN_ABSTRACT
            ):
                self.part = ""
                return
        sub = re.match(r"\d{1,2}\.\d", text)
        if self.aside is not None and _IN_BOX.match(name):
            return
        if name in _BOX:
            section, part = "summary", ""
        if self.aside is not None and section != "summary":
            self.section, self.part = self.aside
            self.aside = None
        if section == "summary" and name not in MAJOR and self.section in ("discussion", "results", "conclusion"):
            return
        if section == "summary" and name not in MAJOR:
            if self.aside is None and self.section not in ("other", "abstract", "summary"):
                self.aside = self.section, self.part
            self.section, self.part = section, part
            return
        free = self.section in ("other", "abstract", "summary", "background")
        if name in MAJOR or (free and self.style(block) in self.styles and not sub):
            self.section, self.part = section, part

    def blocks(self, block: Chunk, text: str, start: int, end: int) -> list[Block]:
        """The final blocks of one block in order, whose text is text[start:end]."""
        kind = block.kind
        shown = text[start:end]
        if kind == "title":
            return [Block("title", "title", "", start, end)]
        if kind == "heading":
            self.open_heading(block, shown)
            return [Block("heading", self.section, self.part, start, end, shown)]
        if kind == "caption":
            return [Block("caption", "caption", self.part, start, end, self.heading)]
        if kind == "table":
            return [Block("table", "table", self.part, start, end, block.heading.capitalize())]
        if kind == "reference":
            return [Block("reference", "references", "", start, end, self.heading)]
        if kind in ("furniture", "footnote"):
            return [Block(kind, block.section or "other", "", start, end)]
        if kind == "item":
            return [Block("item", block.section or "other", "", start, end, block.heading.capitalize())]
        return self.paragraph(block, shown, start, end)

    def paragraph(self, block: Chunk, shown: str, start: int, end: int) -> list[Block]:
        if block.section == "other":
            return [Block("paragraph", "other", "", start, end)]
        if block.section == "abstract":
            self.section, self.part, self.heading, self.abstract_page = "abstract", "", "", block.page
        found = pieces(shown) if self.section in ("abstract", "other") and block.page <= 3 else []
        headed = bool(found) and found[0].kind == "heading"
        if self.section == "other" and headed and found[0].section in ("background", "methods", "abstract"):
            if not self.has_abstract or found[0].section == "abstract":
                self.section, self.part, self.abstract_page = "abstract", "", block.page
        elif self.section == "other" and self.running(block, shown) and len(shown) > 350:
            # Running text without a heading before it: the introduction, or an abstract set in a type of its own.
            self.section = self.part = "background"
        if self.section == "abstract":
            if self.leaves_abstract(block, shown, headed):
                self.section, self.part, self.heading = "background", "background", ""
            else:
                return self.in_abstract(block, shown, start, end, found)
        if _KEYWORDS.match(shown):
            return [Block("paragraph", "other", "", start, end)]
        section, part = self.section, self.part
        if section in ("discussion", "conclusion", "back", "results") and (
            _BACK_START.match(shown) or _SUPPORT.match(shown)
        ):
            section, part = "back", ""
            if self.section in ("discussion", "conclusion", "back"):
                self.section, self.part = "back", ""
        heading = self.heading
        if block.lines[0].lead_bold and not block.bold:
            run_in = _LEAD.match(shown)
            if run_in:
                heading = run_in[1]
        kind = "item" if ITEM.match(shown) else "paragraph"
        return [Block(kind, section, part, start, end, heading)]

    def running(self, block: Chunk, shown: str) -> bool:
        return block.prose and self.reading.flows(block) and reads(shown)

    def leaves_abstract(self, block: Chunk, shown: str, headed: bool) -> bool:
        """A long paragraph of running text after an abstract that has come to its end: the introduction, unheaded."""
        if self.abstract is None or len(shown) <= 200 or not self.running(block, shown):
            return False
        done = "conclusion" in self.parts_seen or "results" in self.parts_seen
        other_type = abs(block.em - self.abstract.em) > 0.05 * block.em or block.font != self.abstract.font
        return (done and block.page > self.abstract_page) or (other_type and self.abstract_words > 50 and not headed)

    def in_abstract(self, block: Chunk, shown: str, start: int, end: int, found: Sequence[Piece]) -> list[Block]:
        """A paragraph of the abstract, cut at its heads: "RESULTS: …", "Findings Between May …", "Methods. We …"."""
        if block.prose:
            self.abstract = self.abstract or block
            self.abstract_page = max(self.abstract_page, block.page)
            self.abstract_words += shown.count(" ") + 1
        headed = bool(found) and found[0].kind == "heading"
        run_in = None
        if block.lines[0].lead_bold and not headed:
            run_in = _LEAD.match(shown)
            if run_in is None or run_in[1].count(" ") > 4 or not section_of(run_in[1])[0]:
                run_in = _RUN_IN.match(shown)
        if run_in:
            head = run_in[1]
            section, part = section_of(head)
            self.part = part if section != "back" else ""
            self.heading = head
            self.parts_seen.add(part)
            return [
                Block("heading", "abstract", self.part, start, start + len(head), head),
                Block("paragraph", "abstract", self.part, start + run_in.end(), end, head),
            ]
        out = []
        for piece in found:
            if piece.kind == "heading":
                self.part, self.heading = piece.part, piece.head
                self.parts_seen.add(piece.part)
            kind = piece.kind if piece.kind != "furniture" else "paragraph"
            out.append(Block(kind, "abstract", self.part, start + piece.start, start + piece.end, self.heading))
        return out or [Block("paragraph", "abstract", self.part, start, end, self.heading)]


# ---- the whole -----------------------------------------------------------------------------------------------------

_CITED_AS = re.compile(
    r"(?P<name>(?:the )?[A-Z][A-Za-z&.:\u2009\xa0 -]{2,60}?)[ ,.|]{1,3}"
    r"(?:\((?P<y1>(?:19|20)\d{2})\)[ ,]{0,2}\d|(?P<y2>(?:19|20)\d{2})\s?[;,]\s?\d)"
)
_AUTHORS = re.compile(r"\A.{1,40}? et al\.? |\A[A-Z][a-zé-]+ (?:and|&) [A-Z][a-zé-]+ (?=[A-Z])")
_TITLE_END = re.compile(r"\A(?:\S{1,40} ){3,12}\S{1,40}[.:] (?=[A-Z])")
_MONTHS = (
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_MONTH = re.compile(_MONTHS, re.IGNORECASE)
_YEARS = re.compile(
    r"(?:published|accepted|©|copyright|\(c\))[^\d]{0,60}(?:\d{1,2} \w+ )?((?:19|20)\d{2})"
    rf"|{_MONTHS} (?:\d{{1,2}}, )?((?:19|20)\d{{2}})",
    re.IGNORECASE,
)
# "https://doi.org/10.1000/" and "journal.1234" on two lines are one.
_DOI_CUT = re.compile(r"(10\.\d{4,9}/\S{0,80}[/.(-]|10\.\d{4,9}/)\s(?=[A-Za-z]{0,20}\d)")


def _source(document: Any, title: str, front: str, margin: str, flow: str) -> Source:
    """Identifiers as printed: DOI and journal from first page and running heads, trial numbers from the text."""
    joined = _DOI_CUT.sub(r"\1", margin + "\n" + front)
    journal, year = "", None
    for named in chain(_CITED_AS.finditer(margin), _CITED_AS.finditer(front)):
        name = _TITLE_END.sub("", _AUTHORS.sub("", named["name"].strip(" .,|:\u2009\xa0")))
        if not _MONTH.search(name):
            journal, year = name, int(named["y1"] or named["y2"])
            break
    if year is None:
        dated = _YEARS.search(margin) or _YEARS.search(front)
        year = int(dated[1] or dated[2]) if dated else None
    if not title:
        meta = document.get_metadata_value("Title").strip()
        title = meta if meta.count(" ") >= 3 and not meta.lower().startswith(("microsoft", "untitled")) else ""
    return Source(
        title=title,
        doi=first_doi(joined),
        pmid=first_pmid(front + margin),
        pmcid=first_pmcid(margin + front),
        nct=nct_numbers(flow),
        journal=journal,
        year=year,
    )


def _table(order: Sequence[Chunk], spans: Sequence[tuple[int, int]], block: Chunk, cells: tuple[Cell, ...]) -> Table:
    """The record of a table that was written cell by cell, with the caption and the footnotes of its page."""
    captions: dict[int, tuple[Span, str]] = {}  # page -> the first caption of this table there
    notes: list[Span] = []
    start = end = 0
    for other, (first, last) in zip(order, spans, strict=True):
        if other is block:
            start, end = first, last
        elif other.heading == block.heading and other.kind == "caption" and other.page <= block.page:
            captions.setdefault(other.page, (Span(first, last), label_of(other.text)))
        elif other.heading == block.heading and other.page in (block.page, *block.carried) and other.kind == "footnote":
            notes.append(Span(first, last))
    caption, label = captions[max(captions)] if captions else (None, "")
    grid = block.grid
    assert grid is not None
    return Table(label, start, end, grid.rows, grid.columns, cells, caption, tuple(notes))


def read_pdf(data: bytes, name: str) -> list[Document]:
    """Read a PDF: one Document with words and boxes, blocks in reading order, tables as grids.

    A table stands in a block of kind "table": its cells row by row, joined by a tab, rows by a line end. A table over
    several pages is one grid where the further parts have as many columns and the same header or none, else a grid a
    page, all with its label. Where no grid was found a notice says so, and the block holds the printed lines.
    Text that belongs to a figure is kind "item", section "other". Notices also tell of damage, repair, reordered
    columns, hidden text, scanned pages and permission flags.

    Raises ReadError with one line: empty file, encrypted, no text layer, no pages, too many pages, damaged, no PDF.
    A hostile file may exhaust memory or time inside pdfium: call it in a worker process with limits.
    """
    document, notices = open_pdf(data)
    try:
        pages = read_pages(document)
        reading = Reading(pages)
        front_page(reading)
        reading.captions_and_tables()
        found = Tables(document, reading)
        found.read()
        flow(reading)
        gather(reading)
        built = Text(pages)
        spans: list[tuple[int, int]] = []
        grids: list[tuple[Chunk, tuple[Cell, ...]]] = []
        for b in reading.order:
            if b.grid is not None:
                start, end, cells = built.put_grid(b.grid)
                grids.append((b, cells))
                spans.append((start, end))
            else:
                spans.append(built.put(b.lines, b.kind == "table" or (b.kind == "item" and b.section == "other")))
        margins = [built.put(b.lines) for b in reading.furniture]
        text, words = built.finish()
        tables = tuple(_table(reading.order, spans, block, cells) for block, cells in grids)
        sections = Sections(reading)
        blocks: list[Block] = []
        for block, (start, end) in zip(reading.order, spans, strict=True):
            blocks += sections.blocks(block, text, start, end)
        blocks += [Block("furniture", "other", "", start, end) for start, end in margins]
        title = next((text[b.start : b.end] for b in blocks if b.kind == "title"), "")
        front = "\n".join(text[s:e] for block, (s, e) in zip(reading.order, spans, strict=True) if block.page == 1)[
            :8000
        ]
        margin = "\n".join(
            text[s:e] for block, (s, e) in zip(reading.furniture, margins, strict=True) if block.page <= 2
        )
        running = "\n".join(text[b.start : b.end] for b in blocks if b.kind not in ("reference", "furniture"))
        source = _source(document, title, front, margin, running)
    finally:
        document.close()
    if pages.scanned:
        notices.append(f"no text layer on {plural(pages.scanned)}: scanned")
    if not any("damaged" in notice for notice in notices) and thin_pages(pages) and b"/Encrypt" not in data[-4096:]:
        torn, streams = torn_streams(data)
        if torn > 1:  # a single odd stream is often a picture or a font that nobody misses
            notices.append(f"damaged: {torn} of its {streams} packed streams break off, text may be missing")
    total = sum(map(len, pages.lines))
    ocr = bool(total) and pages.invisible > 0.5 * total
    if ocr:
        notices.append("text recognised from pictures (an invisible layer): check numbers against the page")
    elif pages.invisible:
        notices.append(f"hidden text kept: {pages.invisible} lines in an invisible mode")
    if pages.white:
        notices.append(f"hidden text kept: white on no ground, {plural(pages.white)}")
    return [
        Document(
            name, hashlib.sha256(data).hexdigest(), "pdf", text, tuple(blocks), tables, source,
            (*notices, *pages.notices, *reading.notices, *found.notices), words, len(pages.lines), ocr,
        )
    ]  # fmt: skip
