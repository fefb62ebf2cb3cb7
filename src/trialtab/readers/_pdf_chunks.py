"""Lines that stand together: chunks of a page, and what their first words say of them (caption, heading, footnote)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialtab.readers._pdf_grid import Grid
from trialtab.readers._pdf_lines import LIST_HEAD, Type
from trialtab.readers._pdf_pages import Line, Pages
from trialtab.readers._sections import normal_heading

# ---- what text looks like ------------------------------------------------------------------------------------------


SENTENCE_END = re.compile(
    r"(?:[.?!:;…]['\"’”)\]*†‡§]*|(?<![\d·])[.?!;]['\"’”)\]]*[ ]?\[?\d{1,3}(?:[,–-] ?\d{1,3})*\]?['\"’”)\]]*)\Z"
)
_CAPTION = re.compile(
    r"(?:(?:supplement(?:ary|al) |extended data |appendix |online |e)?"
    r"(?P<kind>table|figure|fig|box|scheme|chart|plate|panel)s?\.? ?[-–]?\s?"
    r"(?P<number>[A-Z]?\d{1,3}[a-z]?|[ivx]{1,5}\b|[a-z]\b)"
    r"(?P<after>\s*(?:[.:|(–—-]|\Z)|\s+(?=[A-Z0-9(“\"'α-ω])|\s+[a-h][ ,.)]))",
    re.IGNORECASE,
)
# "Table 2 Shows" never happens, "Table 2 shows" does: what follows a bare number must not be a small word.
_BARE = re.compile(r"\s+(?:[a-z]{2,}|\()")
ITEM = re.compile(r"[•●▪◦■]|\(?\d{1,2}[.)]\s")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MARKER = re.compile(r"(?:\[?\d{1,3}[.)\]]|[•●▪◦■·–*-]|\([a-z0-9ivx]{1,4}\)|[a-z]\)|\d{1,3}(?=\s))\s*", re.IGNORECASE)
ENTRY = re.compile(r"\[?(\d{1,3})[\].)]?(?=[\s A-Z]|\Z)")
# Headings that open a section wherever they stand; other known names ("Patients", "Safety") open one only where they
# are set like these, for under "Methods" they are subheadings.
_MAJOR_NAMES = (
    "abstract; summary; background; introduction; methods; method; materials and methods; "
    "material and methods; methodology; patients and methods; subjects and methods; participants and methods; "
    "methods and materials; research design and methods; design and methods; experimental; "
    "experimental section; online methods; methods and analysis; results; findings; results and discussion; "
    "discussion; comment; discussion and conclusion; discussion and conclusions; conclusion; conclusions; "
    "concluding remarks; references; bibliography; literature cited; literature; acknowledgements; "
    "acknowledgments; acknowledgement; acknowledgment; funding; competing interests; conflict of interest; "
    "conflicts of interest; declaration of interests; declaration of competing interest; author contributions; "
    "authors' contributions; contributors; data availability; data availability statement; data sharing; "
    "data sharing statement; supplementary material; supplementary materials; supplementary data; "
    "supplementary information; supporting information; supplemental materials; additional information; "
    "additional files; disclosures; disclosure; sources of funding; abbreviations; appendix; "
    "author information; author details; declarations; article information; footnotes; "
    "conflict of interest statement; ethics declarations; publisher's note; informed consent statement; "
    "institutional review board statement; materials and methods/experimental; case report; case presentation; "
    "aims; objectives; objective; aim; keywords; key words; about this article; endnotes; what is known; "
    "what the study adds; availability of data and materials; author affiliations; affiliations; received; "
    "online content; reporting summary; peer review information; sponsor"
)
MAJOR = frozenset(_MAJOR_NAMES.split("; "))
NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,4}\.)\s*[|│]?\s*(?=[A-Z])")
FOOT = re.compile(
    r"(?:[*†‡§¶∗]|\d{1,2}\s?(?-i:[A-Z])|from the |correspond|address (?:for |reprint|correspond)|e-?mails?\b"
    r"|received\b|accepted\b|academic editor|citation:|cite this|how to cite|abbreviations?\b|author affiliations"
    r"|full list of author|supplementa(?:ry|l) |key ?words|freeform/key|published\b|trial registration|editor)",
    re.IGNORECASE,
)


# What kind of article it is, printed on its first page; some journals space the letters out.
LABEL = re.compile(
    r"(?:r\s?e\s?s\s?e\s?a\s?r\s?c\s?h|open access|open|article|clinical trial|original contribution|review"
    r"|(?:original|review|clinical|research|short|brief) (?:research )?"
    r"(?:article|report|investigation|paper|communication)"
    r"|(?:r\s?e\s?s\s?e\s?a\s?r\s?c\s?h )?a\s?r\s?t\s?i\s?c\s?l\s?e(?: open access)?)\Z",
    re.IGNORECASE,
)
ADVERT = re.compile(
    r"(?:ready to submit|submit your (?:next )?(?:manuscript|research)|choose bmc and|at bmc, research"
    r"|• ?(?:fast, convenient|thorough peer review|rapid publication|support for research data|gold open access"
    r"|maximum visibility)|learn more biomed|publish with biomed)",
    re.IGNORECASE,
)


def plain_name(text: str) -> str:
    return normal_heading(NUMBERED.sub("", text, count=1)) if len(text) < 160 else ""


_LITTLE = frozenset(
    [
        "the",
        "of",
        "and",
        "in",
        "to",
        "a",
        "was",
        "were",
        "with",
        "for",
        "that",
        "by",
        "is",
        "are",
        "we",
        "or",
        "from",
        "this",
        "on",
        "as",
        "at",
        "be",
    ]
)


def reads(text: str) -> bool:
    """Sentences, not a list of names or addresses: one word in eight is a little word."""
    words = text.casefold().split()
    return 8 * sum(word in _LITTLE for word in words) >= len(words)


# Of a text in ASCII a table of bytes drops what is not asked for, ten times as fast as an expression finds the rest.
_LETTERS, _NOT_ALNUM, _BEYOND_ASCII = re.compile(r"[^\W\d_]+"), re.compile(r"[\W_]+"), re.compile(r"[^\x00-\x7f]+")
_ASCII_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_ASCII_NOT_ALNUM = bytes(code for code in range(128) if not chr(code).isalnum())


def has_letters(text: str, more_than: float) -> bool:
    """Whether more of its characters than that many are letters."""
    plain = len(text.encode("ascii", "ignore").translate(None, _ASCII_NO_LETTERS))
    if plain > more_than or text.isascii():
        return plain > more_than
    return plain + sum(map(len, _LETTERS.findall("".join(_BEYOND_ASCII.findall(text))))) > more_than


def letters_and_figures(text: str) -> str:
    """Its letters and figures, in small letters."""
    kept = text.encode().translate(None, _ASCII_NOT_ALNUM).decode()
    return (kept if kept.isascii() else _NOT_ALNUM.sub("", kept)).casefold()


# ---- lines to chunks -----------------------------------------------------------------------------------------------


class Chunk:
    """Lines that stand together on one page, and what they are taken for."""

    __slots__ = (
        "bold", "carried", "cells", "em", "font", "grid", "heading", "kind", "lines", "page", "part", "prose",
        "section", "text",
    )  # fmt: skip

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.page = lines[0].page
        self.kind = self.section = self.part = self.heading = ""
        self.grid: Grid | None = None  # of a table that was read cell by cell
        self.carried: list[int] = []  # further pages of that table
        self.describe()

    def describe(self) -> None:
        lines = self.lines
        self.text = " ".join([line.text for line in lines])
        middle = lines[0] if len(lines) < 3 else lines[len(lines) // 2]
        self.em, self.font = middle.em, middle.font
        self.bold = all(line.bold for line in lines)
        words = self.text.count(" ") + 1
        wide = sum([line.gap >= 1.2 for line in lines])
        self.cells = wide > 0.34 * len(lines)
        self.prose = (
            not self.cells
            and (words >= 12 or (words >= 7 and len(lines) >= 2))
            and words >= 4 * len(lines)
            and not lines[0].sideways
            and has_letters(self.text, 0.62 * (len(self.text) - words + 1))
        )

    @property
    def x0(self) -> float:
        return min([line.x0 for line in self.lines])

    @property
    def x1(self) -> float:
        return max([line.x1 for line in self.lines])

    @property
    def top(self) -> float:
        return min([line.top for line in self.lines])

    @property
    def bottom(self) -> float:
        return max([line.bottom for line in self.lines])


def caption_of(line: Line) -> re.Match[str] | None:
    """A line that begins a caption ("Table 2. Adverse events", "Fig. 1 Trial profile"), not a sentence about one."""
    text = line.text
    if text[:1] not in "TtFfBbSsEeAaOoCcPp":
        return None
    found = _CAPTION.match(text)
    if found is None or not (text[0].isupper() or text[0] == "e"):
        return None
    after = found["after"]
    if not after.strip():
        rest = text[found.end() :].lstrip()
        if rest and rest[0].islower() and not re.match(r"[a-h][ ,.)]", rest):
            return None
        if after and rest and not line.lead_bold and re.match(r"(?:[A-Z][a-z]+ )?(?:and|to|or)\b", rest):
            return None
    elif after.strip() == "(":
        return found if line.lead_bold else None
    elif after.strip() in ("-", "–"):
        return found if text[found.end() :].lstrip()[:1].isupper() else None
    return found


def _join(
    block: list[Line], before: Line, line: Line, body: Type, columns: Sequence[tuple[float, float]], width: list[float]
) -> bool:
    """Whether `line` carries on the paragraph that `before` ends so far. `width`: x0 of each word, then x1."""
    if before.sideways or line.sideways:
        near = before.sideways and line.sideways and abs(line.x0 - before.x0) < 3 * line.em
        return near and caption_of(line) is None
    em = max(before.em, line.em)
    dy = line.mid - before.mid
    if abs(dy) < 0.4 * em:
        return -0.5 * em < line.x0 - before.x1 < 1.2 * em
    lead = body.lead(before)
    if before.font != line.font:
        lead = max(lead, 1.2 * em)
    elif before.em != line.em:
        lead = max(lead, body.lead(line))
    if dy <= 0 or dy > 1.32 * lead or dy > 2.4 * em or min(before.x1, line.x1) <= max(before.x0, line.x0):
        return False
    if before.hyphen:
        return True
    if len(line.text) < 24 and LIST_HEAD.match(line.text):
        return False
    final = before.text[-1]
    open_end = final.isalpha() or final in ",-–(" or not SENTENCE_END.search(before.text[-24:])
    first = line.text[0]
    carries = open_end and first.islower()
    if (
        carries
        and before.em == line.em
        and before.bold == line.bold
        and abs(line.x0 - before.x0) < 0.5 * em
        and max(line.gap, before.gap) < 1.2
    ):
        return True
    found = caption_of(line)
    if found and (not open_end or ((before.font != line.font or line.lead_bold) and len(line.text) > found.end() + 3)):
        return False
    if abs(before.em - line.em) > 0.12 * em:
        return carries and abs(before.em - line.em) < 0.35 * em and abs(dy - lead) < 0.5 * em
    if max(line.gap, before.gap) > 2.5 and min(line.gap, before.gap) <= 1.2:
        return False  # cells above or below words
    if line.gap > 1.2 and before.gap <= 1.2 and caption_of(block[0]):
        return False  # the head of a table under its caption
    apart = len(block) == 1 and len(before.text) < 40 and (before.lead_bold or before.font != body.font)
    if apart and plain_name(before.text) in MAJOR:
        return False
    if len(block) == 1 and len(before.text) < 24 and LIST_HEAD.match(before.text):
        return False
    if before.bold != line.bold:
        if before.bold and not carries and all(x.bold for x in block):
            return False
        if line.bold and not open_end:
            return False
    right, edge = before.x1, -1.0
    for left, end in columns:
        if left - 3 <= before.x0 < end:
            edge, right = left, end if before.x1 <= end + 3 else max(before.x1, columns[-1][1])
    right = max(right, *[x.x1 for x in block[-4:]], line.x1 if len(block) < 4 else 0.0)
    slack = right - before.x1
    centred = abs((before.x0 + before.x1) - (line.x0 + line.x1)) < 0.8 * em
    indent = line.x0 - before.x0
    aligned = edge >= 0 and not centred and 0.6 * em < line.x0 - edge < 4 * em and abs(indent) < 0.3 * em
    if aligned and not open_end and len(block) < 3 and not _MARKER.match(block[0].text):
        return False  # two first lines one after the other
    if indent > 0.6 * em and not centred:
        if len(block) == 1 and slack < 3 * em and (_MARKER.match(before.text) or slack < 0.5 * em):
            return indent < 6 * em and (open_end or bool(_MARKER.match(before.text)))
        if not open_end or slack > 2 * em:
            return False
    elif indent < -0.6 * em and not centred and len(block) > 1:
        return carries or (open_end and edge >= 0 and abs(line.x0 - edge) < 0.4 * em and slack < 3 * em)
    if first.isupper() or first.isdigit() or first in "•●▪(":
        fits = slack > width[1] - width[0] + 0.4 * em
        if fits and not open_end and slack > 0.08 * (right - before.x0):
            return False
        if fits and (before.font != line.font or (len(block) < 3 and caption_of(block[0]))) and len(block) < 4:
            return centred and before.font == line.font
        if fits and slack > 0.3 * (right - before.x0) and not before.text.endswith((",", "-", "–")):
            return centred and before.bold == line.bold and before.em > body.em
    return True


def overlaid(page: Sequence[Chunk]) -> bool:
    """Text lies over other text in several places of the page."""
    lines = sorted((line for block in page for line in block.lines if not line.sideways), key=lambda line: line.mid)
    found = 0
    for i, line in enumerate(lines):
        for other in lines[i + 1 : i + 12]:
            if other.mid - line.mid > 0.7 * max(line.em, other.em):
                break
            found += min(line.x1, other.x1) - max(line.x0, other.x0) > 3 * line.em
    return found > 6


def local_blocks(
    pages: Pages, lines: Sequence[Line], body: Type, columns: Sequence[tuple[float, float]]
) -> list[Chunk]:
    blocks: list[Chunk] = []
    current: list[Line] = []
    x0, x1 = pages.x0, pages.x1
    for line in lines:
        if current and not _join(current, current[-1], line, body, columns, [x0[line.first], x1[line.first]]):
            blocks.append(Chunk(current))
            current = []
        current.append(line)
    if current:
        blocks.append(Chunk(current))
    return blocks
