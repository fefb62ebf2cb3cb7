"""Printed lines to chunks in reading order: running heads, columns, paragraphs, captions, tables, references.

A publisher's content order is already reading order: geometry decides only where a page hops between its columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from trialtab.readers._common import is_furniture, normal_heading, pieces, section_of
from trialtab.readers._pdf_grid import Grid
from trialtab.readers._pdf_pages import Line, Pages, plural

# ---- running heads and column order --------------------------------------------------------------------------------

_DIGITS = re.compile(r"[\divxl]*\d[\d.,:;/()–-]*")
_MARGIN = re.compile(
    r"(?:page )?\d{1,5}(?: (?:of|/) \d{1,4})?\Z|(?:https?://|www\.)|(?:https?://(?:dx\.)?)?doi(?:\.org/|:)"
    r"|©|copyright\b|downloaded from|for personal use|all rights reserved|\S{2,40} et al\b|available online"
    r"|open access|research article\Z|original (?:article|research)|(?:received|accepted|published)[: ]"
    r"|issn\b|to cite this|cite this article|e-?mail",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"(?:19|20)\d{2}\s?;\s?\d|\bvol(?:ume)?\.? ?\d|\(\d{4}\) \d+|\b\d{4},? \d+[,(:]", re.IGNORECASE)


def _furniture(pages: Pages) -> set[int]:
    """Ids of lines that are running heads, feet, page numbers and margin stamps.

    Text repeated at the same height on three or more pages, digits aside (a head counts the pages: where more of its
    numbers differ it is the row of a table); and, in the outermost bands of a page, what reads like a page number, an
    issue line or a link, or repeats such a text at another height.
    """
    seen: dict[tuple[str, int], dict[int, list[str]]] = {}  # text and height -> page -> its numbers there
    candidates: list[tuple[Line, str, bool]] = []
    for lines, (width, height) in zip(pages.lines, pages.sizes, strict=True):
        for line in lines:
            edge = line.top < 0.09 * height or line.bottom > 0.91 * height or line.sideways or line.x0 > 0.96 * width
            if edge or line.top < 0.14 * height or line.bottom > 0.86 * height:
                key = _DIGITS.sub("#", line.text[:200]).casefold()
                candidates.append((line, key, edge))
                place = int(line.mid if not line.sideways else line.x0) // 6
                numbers = _DIGITS.findall(line.text[:200])
                for shelf in (place, place + 1):
                    seen.setdefault((key, shelf), {})[line.page] = numbers
    repeated = {
        key
        for key, found in seen.items()
        if len(found) >= 3 and sum(len(set(column)) > 1 for column in zip(*found.values(), strict=False)) <= 2
    }
    names = {key for key, _ in repeated}
    out: set[int] = set()
    for line, key, edge in candidates:
        place = int(line.mid if not line.sideways else line.x0) // 6
        if (
            (key, place) in repeated
            or (key, place + 1) in repeated
            or (edge and key in names)
            or (
                edge
                and not line.sideways
                and (_MARGIN.match(line.text) or _ISSUE.search(line.text))
                and len(line.text) < 200
            )
            or (line.sideways and _MARGIN.match(line.text))
        ):
            out.add(id(line))
    return out


@dataclass(frozen=True, slots=True)
class Type:
    """The body type of a document: font family, sizes, and distance of lines for each (font, size).

    em: the commonest size; sizes: all in which much of the text runs (some journals set methods or discussion smaller).
    """

    font: str
    em: float
    sizes: tuple[float, ...]
    leading: dict[tuple[str, int], float]

    def is_body(self, em: float) -> bool:
        return any(abs(em - size) <= 0.07 * size for size in self.sizes)

    def lead(self, line: Line) -> float:
        return self.leading.get((line.font, round(2 * line.em)), 1.25 * line.em)


_LIST_HEAD = re.compile(
    r"(?:\d{1,2}\.? ?)?(?:references?|bibliography|literature(?: cited)?|works cited)\W{0,3}\Z", re.IGNORECASE
)


def _type(pages: Pages, out: set[int]) -> Type:
    """The type in which most running text is set: lines of words (not cells), counted in characters."""
    weight: Counter[tuple[str, int]] = Counter()
    steps: dict[tuple[str, int], Counter[int]] = {}
    listed = False  # a reference list may be longer than the paper
    for lines in pages.lines:
        before: Line | None = None
        for line in lines:
            if len(line.text) < 24 and weight and _LIST_HEAD.match(line.text):
                listed = True
            if line.sideways:
                before = None
                continue
            key = (line.font, round(2 * line.em))
            if line.gap < 1.0 and len(line.text) > 25 and not listed and id(line) not in out:
                weight[key] += len(line.text)
            if before is not None and before.em - 0.5 <= line.em <= before.em + 0.5:
                dy = line.mid - before.mid
                if 0.6 * line.em < dy < 2.2 * line.em:
                    steps.setdefault(key, Counter())[round(4 * dy)] += 1
            before = line
    leading = {key: found.most_common(1)[0][0] / 4 for key, found in steps.items()}
    if not weight:
        return Type("", 10.0, (10.0,), leading)
    (font, half), most = weight.most_common(1)[0]
    sizes = tuple(size / 2 for (family, size), n in weight.most_common(6) if family == font and 2 * n >= most)
    return Type(font, half / 2, sizes, leading)


def _columns(lines: Sequence[Line], body: Type, width: float) -> list[tuple[float, float]]:
    """(left, right) of each text column of a page, left to right; empty where it holds too little running text."""
    prose = [line for line in lines if body.is_body(line.em) and not line.sideways and line.gap < 1.5]
    if len(prose) < 4:
        return []
    lefts: list[list[Line]] = []
    for line in sorted(prose, key=lambda line: line.x0):
        if lefts and line.x0 - lefts[-1][0].x0 <= 3.2 * body.em:
            lefts[-1].append(line)
        else:
            lefts.append([line])
    groups = [group for group in lefts if len(group) >= max(3, 0.12 * len(prose))]
    columns: list[tuple[float, float]] = []
    for i, group in enumerate(groups):
        left = min(line.x0 for line in group)
        ends = sorted(line.x1 for line in group)
        right = ends[int(0.9 * (len(ends) - 1))]
        following = min((line.x0 for line in groups[i + 1]), default=width) if i + 1 < len(groups) else width
        if right > following and len(groups) > 1:
            # Lines that begin here reach over the next column: full-width lines of a title page, or one column.
            inside = [x for x in ends if x <= following]
            if len(inside) < 0.3 * len(ends):
                return [(left, right)]
            right = inside[-1]
        columns.append((left, right))
    return columns


def part_of_line(pages: Pages, line: Line, first: int, last: int) -> Line:
    """The words first <= i < last of a line as a line of its own."""
    part = Line()
    part.page, part.first, part.last = line.page, first, last
    part.x0, part.x1 = pages.x0[first], pages.x1[last - 1]
    part.top, part.bottom, part.mid, part.em = line.top, line.bottom, line.mid, line.em
    part.font, part.bold, part.lead_bold = line.font, line.bold, line.lead_bold
    part.sideways, part.hidden, part.quarter = line.sideways, line.hidden, line.quarter
    part.text = " ".join(pages.text[first:last])
    part.hyphen = line.hyphen and last == line.last
    if last - first > 1:
        gaps = map(float.__sub__, pages.x0[first + 1 : last], pages.x1[first : last - 1])
        part.gap = max(gaps) / line.em
    else:
        part.gap = 0.0
    return part


def _unjoined(pages: Pages, lines: list[Line], width: float) -> list[Line]:
    """Lines that pdfium read straight across the gutter of two columns, cut there; other pages as they are.

    Only where one white strip in the middle of the page runs through most of its lines, with prose on both sides:
    tables have more than one strip, or short cells.
    """
    crossing: dict[int, int] = {}  # index of line -> word after the widest gap
    for k, line in enumerate(lines):
        if line.gap < 1.0 or line.sideways or line.last - line.first < 6:
            continue
        at = max(range(line.first + 1, line.last), key=lambda i: pages.x0[i] - pages.x1[i - 1])
        sides = pages.x1[at - 1] - line.x0, line.x1 - pages.x0[at]
        if 0.35 * width < pages.x0[at] < 0.65 * width and min(sides) > 12 * line.em:
            crossing[k] = at
    if len(crossing) < max(8, 0.4 * len(lines)):
        return lines
    middle = median(pages.x0[at] - 0.1 for at in crossing.values())
    out: list[Line] = []
    for k, line in enumerate(lines):
        found = crossing.get(k)
        if found is not None and pages.x1[found - 1] <= middle <= pages.x0[found]:
            out += (part_of_line(pages, line, line.first, found), part_of_line(pages, line, found, line.last))
        else:
            out.append(line)
    return out


def _apart(pages: Pages, lines: list[Line]) -> list[Line]:
    """Lines that hold the captions of two tables side by side, cut between them; other lines as they are."""
    out: list[Line] = []
    for line in lines:
        if line.gap >= 1.5 and not line.sideways and line.text[:5].casefold() == "table":
            for i in range(line.first + 2, line.last):
                wide = pages.x0[i] - pages.x1[i - 1] >= 1.5 * line.em
                if wide and pages.text[i].casefold() == pages.text[line.first].casefold():
                    out.append(part_of_line(pages, line, line.first, i))
                    line = part_of_line(pages, line, i, line.last)
                    break
        out.append(line)
    return out


def _side(line: Line, columns: Sequence[tuple[float, float]]) -> int:
    """Index of the column a line lies in, -1 where it reaches over several or into a gutter."""
    for i, (left, right) in enumerate(columns):
        if line.x0 >= left - 3 and line.x1 <= right + 3:
            return i
    return -1


def _repaired(lines: list[Line], columns: Sequence[tuple[float, float]], body: Type) -> list[Line] | None:
    """A page whose content hops between columns, put into column order; None where content order may stand.

    Only where a gutter exists, both sides are prose-wide, and the content changes sides often.
    """
    if len(columns) < 2 or any(right - left < 12 * body.em for left, right in columns):
        return None
    sides = [(line, _side(line, columns)) for line in lines if body.is_body(line.em) and line.gap < 1.5]
    inside = [(line, side) for line, side in sides if side >= 0]
    if len(inside) < 12 or any(sum(side == k for _, side in inside) < 6 for k in range(len(columns))):
        return None
    hops = sum(1 for (a, s), (b, t) in pairwise(inside) if s != t and abs(a.mid - b.mid) < 3 * body.em)
    if hops < max(6, 0.3 * len(inside)):
        return None
    order = sorted(lines, key=lambda line: (line.mid, line.x0))
    out: list[Line] = []
    band: list[list[Line]] = [[] for _ in columns]
    for line in order:
        side = _side(line, columns)
        if side < 0 and len(columns) == 2:
            middle = (columns[0][1] + columns[1][0]) / 2
            side = 0 if line.x1 <= middle else 1 if line.x0 >= middle else -1
        if side < 0:
            out += [x for column in band for x in column] + [line]
            band = [[] for _ in columns]
        else:
            band[side].append(line)
    return out + [x for column in band for x in column]


# ---- lines to local blocks -----------------------------------------------------------------------------------------


_LETTERS = re.compile(r"[^\W\d_]+")


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
        wide = sum(line.gap >= 1.2 for line in lines)
        self.cells = wide > 0.34 * len(lines)
        self.prose = (
            not self.cells
            and (words >= 12 or (words >= 7 and len(lines) >= 2))
            and words >= 4 * len(lines)
            and not lines[0].sideways
            and sum(map(len, _LETTERS.findall(self.text))) > 0.62 * (len(self.text) - words + 1)
        )

    @property
    def x0(self) -> float:
        return min(line.x0 for line in self.lines)

    @property
    def x1(self) -> float:
        return max(line.x1 for line in self.lines)

    @property
    def top(self) -> float:
        return min(line.top for line in self.lines)

    @property
    def bottom(self) -> float:
        return max(line.bottom for line in self.lines)


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
_ALNUM = re.compile(r"[\W_]+")
ITEM = re.compile(r"[•●▪◦■]|\(?\d{1,2}[.)]\s")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MARKER = re.compile(r"(?:\[?\d{1,3}[.)\]]|[•●▪◦■·–*-]|\([a-z0-9ivx]{1,4}\)|[a-z]\)|\d{1,3}(?=\s))\s*", re.IGNORECASE)


def _caption(line: Line) -> re.Match[str] | None:
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
        return near and _caption(line) is None
    em = max(before.em, line.em)
    dy = line.mid - before.mid
    if abs(dy) < 0.4 * em:
        return -0.5 * em < line.x0 - before.x1 < 1.2 * em
    lead = max(body.lead(before), body.lead(line)) if before.font == line.font else max(body.lead(before), 1.2 * em)
    if dy <= 0 or dy > 1.32 * lead or dy > 2.4 * em or min(before.x1, line.x1) <= max(before.x0, line.x0):
        return False
    if before.hyphen:
        return True
    if len(line.text) < 24 and _LIST_HEAD.match(line.text):
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
    found = _caption(line)
    if found and (not open_end or ((before.font != line.font or line.lead_bold) and len(line.text) > found.end() + 3)):
        return False
    if abs(before.em - line.em) > 0.12 * em:
        return carries and abs(before.em - line.em) < 0.35 * em and abs(dy - lead) < 0.5 * em
    if max(line.gap, before.gap) > 2.5 and min(line.gap, before.gap) <= 1.2:
        return False  # cells above or below words
    if line.gap > 1.2 and before.gap <= 1.2 and _caption(block[0]):
        return False  # the head of a table under its caption
    apart = len(block) == 1 and len(before.text) < 40 and (before.lead_bold or before.font != body.font)
    if apart and plain_name(before.text) in MAJOR:
        return False
    if len(block) == 1 and len(before.text) < 24 and _LIST_HEAD.match(before.text):
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
        if fits and (before.font != line.font or (len(block) < 3 and _caption(block[0]))) and len(block) < 4:
            return centred and before.font == line.font
        if fits and slack > 0.3 * (right - before.x0) and not before.text.endswith((",", "-", "–")):
            return centred and before.bold == line.bold and before.em > body.em
    return True


def _overlaid(page: Sequence[Chunk]) -> bool:
    """Text lies over other text in several places of the page."""
    lines = sorted((line for block in page for line in block.lines if not line.sideways), key=lambda line: line.mid)
    found = 0
    for i, line in enumerate(lines):
        for other in lines[i + 1 : i + 12]:
            if other.mid - line.mid > 0.7 * max(line.em, other.em):
                break
            found += min(line.x1, other.x1) - max(line.x0, other.x0) > 3 * line.em
    return found > 6


def _local_blocks(
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


# ---- blocks to roles -----------------------------------------------------------------------------------------------

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
_FOOT = re.compile(
    r"(?:[*†‡§¶∗]|\d{1,2}\s?(?-i:[A-Z])|from the |correspond|address (?:for |reprint|correspond)|e-?mails?\b"
    r"|received\b|accepted\b|academic editor|citation:|cite this|how to cite|abbreviations?\b|author affiliations"
    r"|full list of author|supplementa(?:ry|l) |key ?words|freeform/key|published\b|trial registration|editor)",
    re.IGNORECASE,
)


# What kind of article it is, printed on its first page; some journals space the letters out.
_LABEL = re.compile(
    r"(?:r\s?e\s?s\s?e\s?a\s?r\s?c\s?h|open access|open|article|clinical trial|original contribution|review"
    r"|(?:original|review|clinical|research|short|brief) (?:research )?"
    r"(?:article|report|investigation|paper|communication)"
    r"|(?:r\s?e\s?s\s?e\s?a\s?r\s?c\s?h )?a\s?r\s?t\s?i\s?c\s?l\s?e(?: open access)?)\Z",
    re.IGNORECASE,
)
_ADVERT = re.compile(
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


class Reading:
    """A document on its way from local blocks to blocks in reading order. `order` is that order when done."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.notices: list[str] = []
        pages.lines = [
            _apart(pages, _unjoined(pages, found, size[0]))
            for found, size in zip(pages.lines, pages.sizes, strict=True)
        ]
        out = _furniture(pages)
        self.body = _type(pages, out)
        self.columns: list[list[tuple[float, float]]] = []
        self.by_page: list[list[Chunk]] = []
        self.furniture: list[Chunk] = []
        moved = []
        for number, lines in enumerate(pages.lines, 1):
            for line in lines:
                if id(line) in out:
                    block = Chunk([line])
                    block.kind, block.section = "furniture", "other"
                    self.furniture.append(block)
            kept = [line for line in lines if id(line) not in out]
            columns = _columns(kept, self.body, pages.sizes[number - 1][0])
            repaired = _repaired(kept, columns, self.body)
            if repaired is not None:
                moved.append(number)
                kept = repaired
            self.columns.append(columns)
            self.by_page.append(_local_blocks(pages, kept, self.body, columns))
        if moved:
            self.notices.append(f"columns reordered on {plural(moved)}: the file's own order hops between them")
        self.order: list[Chunk] = []
        self.set_aside_copies()

    def set_aside_copies(self) -> None:
        """Running text that stands on a page, or on the page before, already: what a clipped figure hides.

        A figure cut out of a manuscript page may carry the whole page's text, of which only the picture is seen.
        """
        before, copied = "", list[int]()
        for number, page in enumerate(self.by_page, 1):
            here = ""
            labels: set[str] = set()
            overlaid: bool | None = None
            for block in page:
                caption = _caption(block.lines[0])
                if not caption and not (block.prose and self.in_body(block)):
                    continue
                plain = _ALNUM.sub("", block.text).casefold()
                again = (caption and plain in labels) or (
                    not caption and len(plain) > 60 and (plain in before or plain in here)
                )
                if again and overlaid is None:
                    overlaid = _overlaid(page)
                if again and overlaid:
                    block.kind, block.section = "furniture", "other"
                    copied.append(number)
                elif caption:
                    labels.add(plain)
                else:
                    here += plain + "\n"
            if copied and copied[-1] == number:
                once: set[str] = set()
                for block in page:
                    if block.kind or len(block.text) < 8:
                        continue
                    if block.text in once:
                        block.kind, block.section = "furniture", "other"
                    once.add(block.text)
            before = here
        if copied:
            self.notices.append(f"text that stands there twice set aside on {plural(sorted(set(copied)))}")

    # -- tests on one block

    def in_body(self, block: Chunk) -> bool:
        return self.body.is_body(block.em)

    def flows(self, block: Chunk) -> bool:
        """Running text in the body type."""
        return block.prose and self.in_body(block) and (block.font == self.body.font or len(block.lines) > 2)

    def heading(self, page: Sequence[Chunk], i: int) -> bool:
        block = page[i]
        if (
            len(block.lines) > 3
            or len(block.text) > 160
            or block.lines[0].sideways
            or max(line.gap for line in block.lines) > 2.5
        ):
            return False
        text = block.text
        if not (text[0].isupper() or text[0].isdigit() or text[0] in "■•▪") or sum(map(str.isalpha, text)) < 3:
            return False
        apart = block.bold or block.font != self.body.font
        styled = (
            apart or block.em > 1.05 * self.body.em or (text.isupper() and len(text) > 6) or bool(NUMBERED.match(text))
        )
        if block.em < 0.6 * self.body.em or (not styled and len(text) >= 60):
            return False
        if len(text) > 80 and not (block.bold or text.isupper()):
            return False
        major = plain_name(text) in MAJOR
        if not styled and not major:
            return False
        if text[-1] in ".,;" and not (major or section_of(text)[0]):
            return False
        if text.count(",") > 3 or re.search(r"\w,\d|key ?words?:", text, re.IGNORECASE):
            return False
        columns = self.columns[block.page - 1]
        if columns:  # not what stands in a margin beside the columns
            narrow = self.pages.sizes[block.page - 1][0] - columns[-1][1] < 0.3 * self.pages.sizes[block.page - 1][0]
            if block.x1 < columns[0][0] or (narrow and block.x0 >= columns[-1][1]):
                return False
        if _FOOT.match(text) and not major and not section_of(text)[0]:
            return False
        following = page[i + 1] if i + 1 < len(page) and page[i + 1].kind not in ("caption", "table", "item") else None
        if following is not None and following.text[0].islower() and not major:
            return False
        below = (
            following is not None
            and following.top < block.bottom + 3.0 * self.body.em
            and following.bottom > block.bottom
            and following.x0 < block.x1 + self.body.em
            and following.x1 > block.x0
        )
        if major and len(block.lines) == 1:
            return len(text) < 60
        if apart and len(text) < 70 and text[-1] not in ".," and section_of(text)[0] == "back":
            return True
        if following is None:
            return block.em >= 0.8 * self.body.em and bool(section_of(text)[0])
        if below and following.prose and (self.in_body(following) or len(following.lines) > 3):
            return block.em >= 0.72 * self.body.em
        if (
            below
            and not following.cells
            and self.in_body(following)
            and following.font == self.body.font
            and not following.bold
        ):
            return (
                (block.bold or block.font != self.body.font)
                and block.em >= 0.8 * self.body.em
                and following.text.count(" ") > 6
            )
        if (
            below
            and len(following.lines) <= 2
            and i + 2 < len(page)
            and not page[i + 2].kind
            and self.flows(page[i + 2])
            and block.em >= 0.8 * self.body.em
        ):
            return following.em <= block.em * 1.05
        return (
            following.top < block.top
            and self.flows(following)
            and (block.bold or block.em > self.body.em)
            and self.in_body(block)
        )

    # -- captions and tables

    def captions_and_tables(self) -> None:
        carried = listing = False
        style: Chunk | None = None
        for page in self.by_page:
            self.mark_captions(page)
        unnamed = self.unnamed_list()
        for page in self.by_page:
            for i, block in enumerate(page):
                if not block.kind and self.heading(page, i):
                    block.kind = "heading"
                if block.kind == "heading":
                    section = section_of(block.text)[0]
                    if section == "references":
                        listing, style = True, None
                    elif listing and (plain_name(block.text) in MAJOR or section == "back"):
                        listing = False
                elif block is unnamed:
                    listing, style = True, block
                    block.kind = "reference"
                elif listing and not block.kind:
                    # Entries of the reference list look like cells (a number, a gap, a name): no caption may take them.
                    style = style or block
                    if abs(block.em - style.em) <= 0.08 * style.em:
                        block.kind = "reference"
        under = sum(
            self.under(page, i)
            for page in self.by_page
            for i, b in enumerate(page)
            if b.kind == "caption" and b.heading[0] == "t"
        )
        for number, page in enumerate(self.by_page, 1):
            for i, block in enumerate(page):
                if block.kind == "caption" and block.heading.startswith("t"):
                    self.claim_near(page, i, above=under < 0)
            carried = self.claim_loose(page, number, carried)

    def unnamed_list(self) -> Chunk | None:
        """The first block of a reference list that no heading names: entries 1, 2, 3 … with years, to the end."""
        if any(section_of(b.text)[0] == "references" for page in self.by_page for b in page if len(b.text) < 30):
            return None
        lines = [(page, block, k) for page in self.by_page for block in page for k in range(len(block.lines))]
        start, expected, last, dated = -1, 1, 0, 0
        for at in range(len(lines) // 3, len(lines)):
            _, block, k = lines[at]
            text = block.lines[k].text
            dated += bool(_YEAR.search(text)) and expected > 1
            found = _ENTRY.match(text)
            if not found or len(found[1]) > 3:
                continue
            number = int(found[1])
            if expected <= number <= expected + (expected > 2) and (number == 1 or at - last <= 12):
                start = at if number == 1 else start
                dated = 0 if number == 1 else dated
                expected, last = number + 1, at
                if expected > 9 and dated >= 4:
                    break
            elif number == 1:
                start, expected, last, dated = at, 2, at, 0
        if expected <= 9 or start < 0:
            return None
        page, block, k = lines[start]
        if k:
            rest = Chunk(block.lines[k:])
            block.lines = block.lines[:k]
            block.describe()
            page.insert(page.index(block) + 1, rest)
            block = rest
        return block

    def mark_captions(self, page: list[Chunk]) -> None:
        i = 0
        while i < len(page):
            block = page[i]
            found = _caption(block.lines[0]) if not block.kind else None
            if found is None or (
                self.flows(block)
                and len(block.lines) > 8
                and not block.lines[0].lead_bold
                and block.font == self.body.font
            ):
                i += 1
                continue
            block.kind = "caption"
            block.heading = f"{found['kind']} {found['number']}".casefold().replace("fig ", "figure ")
            # "Table 2" alone on its line: its title stands below or beside it.
            if len(block.text) < 16 and i + 1 < len(page):
                title = page[i + 1]
                near = (
                    abs(title.top - block.bottom) < 1.5 * block.em
                    or abs(title.lines[0].mid - block.lines[0].mid) < block.em
                )
                if (
                    not title.cells
                    and near
                    and not title.kind
                    and _caption(title.lines[0]) is None
                    and len(title.lines) < 12
                ):
                    block.lines += title.lines
                    del page[i + 1]
                    block.describe()
            i += 1

    def under(self, page: Sequence[Chunk], i: int) -> int:
        """Does the table stand below its caption (1) or above it (-1)? 0: cannot tell."""
        caption = page[i]
        above = below = 9.0 * self.body.em
        for block in page:
            if block.kind or self.flows(block) or block.x1 < caption.x0 or block.x0 > caption.x1:
                continue
            if block.bottom <= caption.top + 3:
                above = min(above, caption.top - block.bottom)
            elif block.top >= caption.bottom - 3:
                below = min(below, block.top - caption.bottom)
        return (below < above) - (above < below)

    def claim_near(self, page: list[Chunk], i: int, *, above: bool) -> None:
        """Give a table caption the cells below it (or above it), until running text begins."""
        caption = page[i]
        rows: list[Chunk] = []
        edge = caption.top if above else caption.bottom
        for block in reversed(page[:i]) if above else page[i + 1 :]:
            if block.kind or (self.flows(block) and block.font == self.body.font and not self.in_table(block, rows)):
                break
            if above:
                if block.bottom > caption.bottom + 2 or block.bottom < edge - 14 * self.body.em:
                    break
                edge = min(edge, block.top)
            else:
                if block.top < caption.top - 2 or block.top > edge + 14 * self.body.em:
                    break
                edge = max(edge, block.bottom)
            rows.append(block)
        if above:
            rows.reverse()
        while len(rows) > 1 and self.stray(rows[-1], rows[-2]):
            rows.pop()
        if any(
            block.cells or sum(map(str.isdigit, block.text)) > 1 or len(rows) > 5 for block in rows if not block.prose
        ):
            self.claim(rows, caption)

    def stray(self, block: Chunk, before: Chunk) -> bool:
        """A line of body type some way below the last row: text after the table, not a row."""
        return (
            not block.cells
            and not block.prose
            and self.in_body(block)
            and block.font == self.body.font
            and not any(c.isdigit() for c in block.text)
            and block.top - before.bottom > 0.8 * self.body.em
        )

    def in_table(self, block: Chunk, rows: Sequence[Chunk]) -> bool:
        """Prose in a cell: narrower than a column, beside other cells."""
        if not rows or len(block.lines) > 12:
            return False
        return any(
            other.top < block.bottom and other.bottom > block.top and (other.x1 < block.x0 or other.x0 > block.x1)
            for other in rows[-6:]
        )

    def claim(self, rows: Sequence[Chunk], caption: Chunk) -> None:
        table = caption.heading.startswith("t")
        last = max((i for i, block in enumerate(rows) if not block.prose), default=-1)
        low = max((block.bottom for block in rows if not block.prose), default=0.0)
        size = median(block.em for block in rows)
        for i, block in enumerate(rows):
            block.heading = caption.heading
            if not table:
                block.kind, block.section = "item", "other"
            elif block.prose and (
                i > last or block.top > low - 2 or (block.em < 0.96 * size and _FOOT.match(block.text))
            ):
                block.kind, block.section = "footnote", "table"
            else:
                block.kind, block.section = "table", "table"

    def claim_loose(self, page: list[Chunk], number: int, carried: bool) -> bool:
        """Cells without a caption above them: the nearest caption of the page, or the table of the page before."""
        captions = [block for block in page if block.kind == "caption"]
        taken = {block.heading for block in page if block.kind == "table"}
        columns = self.columns[number - 1]
        runs: list[list[Chunk]] = []
        last = -2
        for i, block in enumerate(page):
            loose = not block.kind and not self.flows(block) and not self.short_text(block, columns)
            if number == 1 and not block.cells:
                loose = False
            if loose:
                if last == i - 1 and runs:
                    runs[-1].append(block)
                else:
                    runs.append([block])
                last = i
        for run in runs:
            top, bottom = min(b.top for b in run), max(b.bottom for b in run)
            x0, x1 = min(b.x0 for b in run), max(b.x1 for b in run)
            best: tuple[float, Chunk] | None = None
            for caption in captions:
                if caption.x0 > x1 or caption.x1 < x0:
                    continue
                away = max(0.0, top - caption.bottom, caption.top - bottom)
                if caption.heading.startswith("t") and caption.heading in taken and away > 2 * self.body.em:
                    continue
                if best is None or away < best[0]:
                    best = away, caption
            cells = sum(b.cells for b in run)
            digits = sum(any(c.isdigit() for c in b.text) for b in run)
            rows = sum(line.gap >= 1.2 and any(map(str.isdigit, line.text)) for b in run for line in b.lines)
            if best is not None and best[0] < 5 * self.body.em:
                self.claim(run, best[1])
            elif (
                max(cells, rows) >= 3
                and max(digits, rows) >= 3
                and carried
                and top < 0.35 * self.pages.sizes[number - 1][1]
            ):
                for block in run:
                    block.kind, block.section = "table", "table"
            elif best is not None and (not all(b.prose for b in run)):
                self.claim(run, best[1])
            elif cells >= 4 and digits >= 4:
                for block in run:
                    block.kind, block.section = "table", "table"
            else:
                self.settle(run, number)
        return any(block.kind == "table" and block.bottom > 0.6 * self.pages.sizes[number - 1][1] for block in page)

    def short_text(self, block: Chunk, columns: Sequence[tuple[float, float]]) -> bool:
        """A short stretch of running text in the body type: a last line, a list item."""
        if block.cells or not self.in_body(block) or block.font != self.body.font:
            return False
        letters = sum(map(str.isalpha, block.text))
        return letters > 0.5 * len(block.text.replace(" ", "")) and any(
            left - 2 <= block.x0 < right and block.x1 <= right + 4 for left, right in columns
        )

    def settle(self, run: Sequence[Chunk], number: int) -> None:
        """Loose blocks far from any caption: footnotes in small type, else text."""
        height = self.pages.sizes[number - 1][1]
        many = [block for block in run if not block.prose]
        for block in run:
            if is_furniture(block.text) and len(block.text) < 1500:
                block.kind, block.section = "furniture", "other"
            elif len(many) > 3 and (not block.prose or len(block.text) < 120) and block.em < 0.93 * self.body.em:
                block.kind, block.section = "item", "other"
            elif (
                block.em < 0.93 * self.body.em
                and block.top > 0.55 * height
                and (_FOOT.match(block.text) or not block.prose)
            ):
                block.kind, block.section = "footnote", "other"
            elif block.lines[0].sideways:
                block.kind, block.section = "item", "other"
            elif (
                len(block.text) > 30
                and block.text[0].isupper()
                and block.text[-1] == "."
                and reads(block.text)
                and not block.cells
            ):
                block.kind = "paragraph"
            elif not block.prose and (
                block.em < 0.8 * self.body.em or (block.em < 0.93 * self.body.em and len(block.text) < 40)
            ):
                block.kind, block.section = "item", "other"
            else:
                block.kind = "paragraph"

    # -- the first page

    def front(self) -> None:
        """Title, abstract, and the small print of the first page."""
        if not self.by_page:
            return
        first = next((i for i, page in enumerate(self.by_page) if len(page) > 2), 0)
        page = self.by_page[first]
        title = self.title(page, self.pages.sizes[first][1])
        if title is not None:
            page.remove(title)
            page.insert(0, title)
        start = next((i for i, b in enumerate(page) if plain_name(b.text) in ("abstract", "summary")), -1)
        style: Chunk | None = None
        if start >= 0:
            head = page[start]
            head.kind = "heading"
            under = [
                b for b in page if b is not head and b.top >= head.top - 2 and b.x0 < head.x1 + 200 and b.x1 > head.x0
            ]
            style = next((b for b in sorted(under, key=lambda b: b.top) if b.prose and not b.kind), None)
            # Some files print the word "Abstract" after the abstract: put it where it stands on the page.
            earlier = next(
                (
                    i
                    for i, b in enumerate(page[:start])
                    if b in under and b.prose and style and abs(b.em - style.em) < 0.1 * b.em
                ),
                start,
            )
            while (
                0 < earlier < start
                and section_of(page[earlier - 1].text)[0]
                and page[earlier - 1].top >= head.bottom - 2
            ):
                earlier -= 1
            page.remove(head)
            page.insert(earlier, head)
        else:
            for b in page:
                found = pieces(b.text[:200])
                if (
                    b.prose
                    and found
                    and found[0].kind == "heading"
                    and found[0].section in ("background", "methods", "abstract")
                ):
                    style = b
                    break
            if style is None:
                style = next((b for b in page if self.unnamed_abstract(b, first)), None)
                if style is not None:
                    style.kind, style.section = "paragraph", "abstract"
        for i, b in enumerate(page):
            if b.kind or _LABEL.match(b.text):
                continue
            inside = (
                style is not None and abs(b.em - style.em) < 0.2 * style.em and len(b.lines) == 1 and len(b.text) < 45
            )
            if self.heading(page, i) or (
                inside and style and section_of(b.text)[0] and (b.bold or b.font != style.font)
            ):
                b.kind = "heading"
        of_table = False
        for b in page:
            named = _caption(b.lines[0])
            of_table = (named is not None and named["kind"].casefold() == "table") or (of_table and not self.flows(b))
            if b.kind or of_table:  # the table of a report of one page is read with all others
                continue
            if is_furniture(b.text) or _LABEL.match(b.text):
                b.kind, b.section = "furniture", "other"
            elif b.text.count(",") > 5 and not reads(b.text):
                b.kind, b.section = "footnote", "other"  # names
            elif (
                (
                    style is not None
                    and abs(b.em - style.em) <= 0.06 * style.em
                    and (b.prose or b.font == style.font)
                    and (b is style or self.flows(b) or not _FOOT.match(b.text))
                )
                or (self.flows(b) and reads(b.text))
                or self.short_text(b, self.columns[first])
            ):
                b.kind = "paragraph"
            elif b.em < 0.95 * self.body.em or _FOOT.match(b.text) or b.x1 - b.x0 < 0.3 * self.pages.sizes[first][0]:
                b.kind, b.section = "footnote", "other"
            else:
                b.kind, b.section = "paragraph", "other"
        if style is not None and first + 1 < len(self.by_page):
            self.rest_of_abstract(page, self.by_page[first + 1], style)

    def unnamed_abstract(self, block: Chunk, number: int) -> bool:
        """A long paragraph in a type of its own on the first page: an abstract without the word."""
        width, height = self.pages.sizes[number]
        other = block.font != self.body.font or block.bold or abs(block.em - self.body.em) > 0.04 * self.body.em
        return (
            not block.kind and block.prose and other and block.text.count(" ") >= 60 and block.top < 0.75 * height
            and block.x1 - block.x0 > 0.35 * width and block.em > 0.8 * self.body.em and reads(block.text)
        )  # fmt: skip

    def rest_of_abstract(self, page: list[Chunk], following: list[Chunk], style: Chunk) -> None:
        """The end of an abstract on top of the second page, which some files print after that page's text."""
        for block in [b for b in following if b.font == style.font and abs(b.em - style.em) < 0.04 * style.em]:
            found = pieces(block.text[:120])
            if (
                found
                and found[0].kind == "heading"
                and found[0].section in ("results", "conclusion", "back")
                and (style.font != self.body.font or abs(style.em - self.body.em) > 0.04 * self.body.em)
            ):
                following.remove(block)
                block.kind = "paragraph"
                at = max(
                    i
                    for i, b in enumerate(page)
                    if b is style or (b.kind == "paragraph" and b.font == style.font) or i == 0
                )
                page.insert(at + 1, block)

    def title(self, page: list[Chunk], height: float) -> Chunk | None:
        """The largest type near the top of the first page that reads like a title."""
        heads = {block.text.casefold() for block in self.furniture}
        lines = [line for b in page for line in b.lines if line.top < 0.6 * height and not line.sideways]
        best: list[Line] = []
        for em in sorted({round(line.em, 1) for line in lines if line.em > 0.95 * self.body.em}, reverse=True)[:12]:
            found = sorted((line for line in lines if abs(line.em - em) < 0.04 * em), key=lambda line: line.mid)
            if best or not found:
                break
            run = [found[0]]
            for a, b in pairwise(found):
                if b.mid - a.mid > 2.0 * a.em:
                    if _is_title(run, heads):
                        break
                    run = []
                run.append(b)
            while len(run) > 1 and _LABEL.match(run[0].text):
                del run[0]
            if _is_title(run, heads):
                best = run
        if not best or (best[0].em < 1.05 * self.body.em and not all(line.bold for line in best)):
            return None
        chosen = set(map(id, best))
        for block in list(page):
            rest = [line for line in block.lines if id(line) not in chosen]
            if len(rest) == len(block.lines):
                continue
            if rest:
                block.lines = rest
                block.describe()
            else:
                page.remove(block)
        title = Chunk(best)
        title.kind = title.section = "title"
        page.insert(0, title)
        return title

    # -- reading order

    def flow(self) -> None:
        """Reading order: paragraphs that run over a column or a page are stitched, what stood between follows."""
        blocks = [block for page in self.by_page for block in page]
        for block in blocks:
            if not block.kind:
                block.kind = "paragraph"
            if block.kind in ("paragraph", "item", "footnote") and (
                (is_furniture(block.text) and len(block.text) < 1500) or _ADVERT.match(block.text)
            ):
                block.kind, block.section = "furniture", "other"
        self.furniture += [b for b in blocks if b.kind == "furniture"]
        blocks = [b for b in blocks if b.kind != "furniture"]
        used: set[int] = set()
        for i, block in enumerate(blocks):
            if id(block) in used:
                continue
            self.order.append(block)
            if block.kind != "paragraph":
                continue
            at = i
            while True:
                following = self.continuation(blocks, at, block, used)
                if following < 0:
                    break
                block.lines = block.lines + blocks[following].lines
                used.add(id(blocks[following]))
                at = following
            if at != i:
                block.describe()

    def continuation(self, blocks: Sequence[Chunk], i: int, block: Chunk, used: set[int]) -> int:
        """Index of the block that carries on an unfinished paragraph; -1 where there is none."""
        last = block.lines[-1]
        if (SENTENCE_END.search(last.text[-24:]) and not last.hyphen) or (
            not block.prose and len(block.lines) < 2 and len(block.text) < 25
        ):
            return -1
        ended = last.hyphen or last.text.endswith(("-", "–", ","))
        crossed = False  # a heading lies between: a box of its own, if at all
        for j in range(i + 1, min(i + 120, len(blocks))):
            other = blocks[j]
            below = j == i + 1 and other.page == last.page and 0 < other.lines[0].mid - last.mid < 2 * self.body.em
            if (
                below
                and other.kind == "paragraph"
                and other.text[0].islower()
                and other.prose
                and len(block.lines) == 1
            ):
                return j  # the first line of a paragraph, set in small capitals
            if other.page > last.page + 2:
                return -1
            if id(other) in used or other.kind in ("caption", "table", "item", "footnote", "title"):
                continue
            first = other.lines[0]
            small = first.text[0].islower()
            apart = abs(other.em - block.em) / block.em
            alike = apart <= 0.06 and (other.font == block.font or (small and not crossed and apart <= 0.03))
            if other.kind == "heading":
                crossed = True
                continue
            if not alike:
                continue
            if small or (last.hyphen and not crossed):
                return j
            if crossed:
                return -1
            if other.page == last.page and first.top > last.bottom and abs(first.x0 - last.x0) < 4 * block.em:
                return -1  # the next paragraph of the same column
            columns = self.columns[last.page - 1]
            right = max((end for left, end in columns if left - 3 <= last.x0 < end), default=last.x1)
            full = last.x1 > right - 2.5 * block.em
            left = min((x for x, end in self.columns[other.page - 1] if x - 3 <= first.x0 < end), default=first.x0)
            if (full or ended) and first.x0 - left < 0.6 * block.em and (ended or not ITEM.match(first.text)):
                return j
            return -1
        return -1

    # -- tables and references as whole blocks

    def gather(self) -> None:
        """One block a table, its caption before it; the reference list cut into its entries."""
        order: list[Chunk] = []
        for block in self.order:
            before = order[-1] if order else None
            if (
                before is not None
                and block.kind == before.kind
                and block.grid is None
                and before.grid is None
                and (block.kind == "table" or (block.kind == "item" and block.section == "other"))
                and block.page == before.page
                and block.heading == before.heading
            ):
                before.lines = before.lines + block.lines
                continue
            if block.kind == "caption":
                at = len(order)
                while (
                    at
                    and order[at - 1].heading == block.heading
                    and order[at - 1].page == block.page
                    and order[at - 1].kind != "caption"
                ):
                    at -= 1
                order.insert(at, block)
                continue
            order.append(block)
        for block in order:
            if block.kind == "table" and block.grid is None:
                block.lines = _rows(block.lines)
        self.order = self.references(order)

    def references(self, order: Sequence[Chunk]) -> list[Chunk]:
        out: list[Chunk] = []
        listing: list[Chunk] = []
        inside = False
        for block in order:
            inside = inside or block.kind == "reference"
            if block.kind == "heading":
                name = plain_name(block.text)
                section = section_of(block.text)[0]
                if section == "references":
                    out += _entries(listing)
                    listing, inside = [], True
                    out.append(block)
                    continue
                if inside and (name in MAJOR or section in ("back", "methods")):
                    out += _entries(listing)
                    listing, inside = [], False
            if inside and (
                block.kind in ("reference", "paragraph", "heading")
                or (block.kind == "footnote" and block.section != "table")
            ):
                listing.append(block)
            elif inside:
                out += _entries(listing)
                listing = []
                out.append(block)
            else:
                out.append(block)
        return out + _entries(listing)


def _is_title(lines: Sequence[Line], heads: set[str]) -> bool:
    text = " ".join(line.text for line in lines)
    if len(text) < 20 or text.count(" ") < 2 or len(text) > 400 or len(lines) > 8:
        return False
    low = text.casefold()
    return not (
        low in heads
        or re.match(r"(?:the )?(?:\w+ ){0,4}journal\b", low)
        or re.match(
            r"(?:original|research|review|clinical|open access) ?(?:\w+ )?(?:article|research|paper|investigation)?\Z",
            low,
        )
        or low.startswith(("http", "www.", "doi", "copyright", "©"))
    )


_ENTRY = re.compile(r"\[?(\d{1,3})[\].)]?(?=[\s A-Z]|\Z)")


def _entries(blocks: Sequence[Chunk]) -> list[Chunk]:
    """Lines of a reference list to one block an entry: by running numbers, else by hanging indent."""
    lines = [line for block in blocks for line in block.lines]
    if not lines:
        return []
    starts: list[int] = []
    expected = 0
    for i, line in enumerate(lines):
        found = _ENTRY.match(line.text)
        if found and (int(found[1]) == expected + 1 or (expected == 0 and int(found[1]) < 300)):
            starts.append(i)
            expected = int(found[1])
    if len(starts) < max(2, len(lines) / 14):
        starts = [0]
        for i, (a, b) in enumerate(pairwise(lines), 1):
            if (b.x0 < a.x0 - 0.5 * b.em and a.page == b.page and b.mid > a.mid) or (
                any(b is block.lines[0] for block in blocks) and SENTENCE_END.search(a.text[-24:])
            ):
                starts.append(i)
    if starts[0] != 0:
        starts.insert(0, 0)
    out = []
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        entry = Chunk(lines[first:end])
        entry.kind, entry.section = "reference", "references"
        out.append(entry)
    return out


def _rows(lines: list[Line]) -> list[Line]:
    """Lines of a table in row order. Content that already runs down the page stays; column by column is sorted."""
    if any(line.sideways for line in lines):
        return lines
    up = sum(1 for a, b in pairwise(lines) if a.page == b.page and b.mid < a.mid - 0.6 * a.em)
    if up <= 0.15 * len(lines):
        return lines
    tall = median(line.em for line in lines)
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.page, line.mid)):
        if rows and rows[-1][0].page == line.page and line.mid - rows[-1][0].mid < 0.5 * tall:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.x0)]
