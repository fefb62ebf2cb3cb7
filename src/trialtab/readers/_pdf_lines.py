"""Printed lines before they are text: running heads, the body type, columns, and lines put right by their geometry.

A publisher's content order is already reading order: geometry decides only where a page hops between its columns.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from trialtab.readers._pdf_pages import Line, Pages

_DIGITS = re.compile(r"[\divxl]*\d[\d.,:;/()–-]*")
_MARGIN = re.compile(
    r"(?:page )?\d{1,5}(?: (?:of|/) \d{1,4})?\Z|(?:https?://|www\.)|(?:https?://(?:dx\.)?)?doi(?:\.org/|:)"
    r"|©|copyright\b|downloaded from|for personal use|all rights reserved|\S{2,40} et al\b|available online"
    r"|open access|research article\Z|original (?:article|research)|(?:received|accepted|published)[: ]"
    r"|issn\b|to cite this|cite this article|e-?mail",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"(?:19|20)\d{2}\s?;\s?\d|\bvol(?:ume)?\.? ?\d|\(\d{4}\) \d+|\b\d{4},? \d+[,(:]", re.IGNORECASE)


def furniture(pages: Pages) -> set[int]:
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
                key = "#".join(_DIGITS.split(line.text[:200])).casefold()
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
    told: dict[float, bool] = field(default_factory=dict)  # what was asked of a size before

    def is_body(self, em: float) -> bool:
        known = self.told.get(em)
        if known is None:
            known = self.told[em] = any(abs(em - size) <= 0.07 * size for size in self.sizes)
        return known

    def lead(self, line: Line) -> float:
        return self.leading.get((line.font, round(2 * line.em)), 1.25 * line.em)


LIST_HEAD = re.compile(
    r"(?:\d{1,2}\.? ?)?(?:references?|bibliography|literature(?: cited)?|works cited)\W{0,3}\Z", re.IGNORECASE
)


def body_type(pages: Pages, out: set[int]) -> Type:
    """The type in which most running text is set: lines of words (not cells), counted in characters."""
    weight: Counter[tuple[str, int]] = Counter()
    steps: defaultdict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    listed = False  # a reference list may be longer than the paper
    for lines in pages.lines:
        before: Line | None = None
        for line in lines:
            if len(line.text) < 24 and weight and LIST_HEAD.match(line.text):
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
                    steps[key][round(4 * dy)] += 1
            before = line
    leading = {key: found.most_common(1)[0][0] / 4 for key, found in steps.items()}
    if not weight:
        return Type("", 10.0, (10.0,), leading)
    (font, half), most = weight.most_common(1)[0]
    sizes = tuple(size / 2 for (family, size), n in weight.most_common(6) if family == font and 2 * n >= most)
    return Type(font, half / 2, sizes, leading)


def columns_of(lines: Sequence[Line], body: Type, width: float) -> list[tuple[float, float]]:
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


def unjoined(pages: Pages, lines: list[Line], width: float) -> list[Line]:
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


def apart(pages: Pages, lines: list[Line]) -> list[Line]:
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


def repaired(lines: list[Line], columns: Sequence[tuple[float, float]], body: Type) -> list[Line] | None:
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
