"""PDF to a Document: pdfium's words in content order, with boxes; paragraphs, sections, captions, tables as text.

The way of a file:

1. pages -> words and printed lines (`_Pages`): one text call a page and two box calls a word, no call per character;
2. lines -> column repair (guarded), running heads set aside;
3. lines -> local blocks, by leading, indent, type size, short last lines (`_Layout.blocks`);
4. blocks -> roles: title, heading, paragraph, caption, table, footnote, reference, furniture (`_roles`);
5. paragraphs that run over a column or page are stitched; what stood in between follows them; sections are named;
6. the text is built once, word by word, with the place of each word (`_Text`).

A publisher's content order is already reading order: geometry decides only where a page hops between its columns.
Frame of all boxes: the page as it is shown (its /Rotate applied), points, origin at the top left of the page.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
from array import array
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, repeat
from math import hypot
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from trialtab.errors import ReadError
from trialtab.model import Block, Document, Source, Words
from trialtab.readers._common import (
    first_doi,
    first_pmcid,
    first_pmid,
    is_furniture,
    nct_numbers,
    normal_heading,
    pieces,
    section_of,
)

MAX_PAGES = 2000
MAX_PAGE_CHARACTERS = 200_000  # a dense page has 10,000
MAX_CHARACTERS = 20_000_000
MAX_SIDE = 20_000.0  # points; Acrobat's own limit is 14,400

# ---- words and lines of the pages ----------------------------------------------------------------------------------


class _Line:
    """One printed line, or one cell of it: words first <= i < last; em: type size; mid: height of the baseline.

    Size, baseline and font are those of the longest word, so that a sign or a raised figure does not decide them.
    """

    __slots__ = (
        "bold", "bottom", "em", "first", "font", "gap", "hidden", "hyphen", "last", "lead_bold", "mid", "page",
        "sideways", "text", "top", "x0", "x1",
    )  # fmt: skip

    page: int
    first: int
    last: int
    x0: float
    top: float
    x1: float
    bottom: float
    mid: float
    em: float
    font: str
    bold: bool
    lead_bold: bool
    gap: float
    hyphen: bool
    sideways: bool
    hidden: bool
    text: str


@dataclass(slots=True)
class _Pages:
    """All words of a document (parallel lists, content order) and its lines page by page."""

    text: list[str] = field(default_factory=list)
    page: list[int] = field(default_factory=list)
    x0: list[float] = field(default_factory=list)
    top: list[float] = field(default_factory=list)
    x1: list[float] = field(default_factory=list)
    bottom: list[float] = field(default_factory=list)
    glue: set[int] = field(default_factory=set)  # words that follow the one before without a space
    lines: list[list[_Line]] = field(default_factory=list)
    sizes: list[tuple[float, float]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    raised: dict[int, str] = field(default_factory=dict)  # words printed high: "cite" or "power"
    scanned: list[int] = field(default_factory=list)  # pages of pictures without a character
    turned: dict[int, int] = field(default_factory=dict)  # pages read upright: quarter turns clockwise to the page as shown
    invisible: int = 0  # lines in render mode 3
    white: list[int] = field(default_factory=list)  # pages with white text on no ground


# A line ends at a line break; pdfium puts U+FFFE (older versions U+0002) for a line-end hyphen and drops the break.
_LINE = re.compile("[^\r\n\ufffe\x02]+")
_WORD = re.compile("[^\\s\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]+")
# One thing printed, one way to write it. Words with these are rewritten as the text is built, never afterwards.
_SIGNS = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    0x00AD: None, 0x2010: "-", 0x2011: "-", 0x200C: None, 0x200D: None,
}  # fmt: skip
_STYLE = re.compile(r"[-,_ ]?(?:semi|demi|extra|ultra)?(?:bold|black|heavy|medium|italic|oblique|roman|regular|light|book)", re.I)
_BOLD = re.compile(r"bold|black|heavy|[-,]b(?:d|i|o)?\b|-bd|medi(?:um)?\b|\.b(?:i)?$|\bb$", re.I)


@cache
def _font(name: bytes) -> tuple[str, bool]:
    """Family and boldness of a font's PostScript name ("ABCDEF+Minion-BoldIt" -> ("minion", True))."""
    text = name.split(b"\0", 1)[0].decode("latin-1")
    if len(text) > 7 and text[6] == "+":
        text = text[7:]
    cut = _STYLE.search(text)
    family = text[: cut.start()] if cut and cut.start() > 2 else text
    return re.split(r"[-,]", family)[0].casefold() or family.casefold(), bool(_BOLD.search(text))


# A raised figure after a word is a citation ("survival.1,2"), after a unit or a symbol a power ("kg/m2", "χ2").
_HIGH = re.compile(r"\d{1,3}(?:[,–-]\d{1,3})*(?=[.,;:)\]/]*(?:\s|\Z|\ufffe))")
_TEN = re.compile(r"(?<![\d.,])10[-−–]?\d{1,2}(?=[/\s)])")
_BEFORE_HIGH = frozenset(".,;:)]%”’'")
_POWER = re.compile(r"(?:\A|[^A-Za-zµμ])(?:[cmkdnµμ]?m|in|ft|sec|[sh]|[A-Za-zχηρωεβλσ])\Z|\d\Z")


def _native(name: str, *arguments: Any) -> Callable[..., int]:
    """A pdfium function called without ctypes' argument objects: twice as fast, and it is called twice a word."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    assert address is not None
    return ctypes.PYFUNCTYPE(ctypes.c_int, *arguments)(address)


_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_loose_box = _native("FPDFText_GetLooseCharBox", _POINTER, _INT, _POINTER)
_font_info = _native("FPDFText_GetFontInfo", _POINTER, _INT, _POINTER, ctypes.c_ulong, _POINTER)
_matrix = _native("FPDFText_GetMatrix", _POINTER, _INT, _POINTER)
_origin = _native("FPDFText_GetCharOrigin", _POINTER, _INT, _POINTER, _POINTER)
_ink_box = _native("FPDFText_GetCharBox", _POINTER, _INT, _POINTER, _POINTER, _POINTER, _POINTER)
_text_object = ctypes.PYFUNCTYPE(_POINTER, _POINTER, _INT)(ctypes.cast(raw.FPDFText_GetTextObject, _POINTER).value)
_render_mode = _native("FPDFTextObj_GetTextRenderMode", _POINTER)
_font_size = ctypes.PYFUNCTYPE(ctypes.c_double, _POINTER, _INT)(ctypes.cast(raw.FPDFText_GetFontSize, _POINTER).value)
_fill = _native("FPDFText_GetFillColor", _POINTER, _INT, _POINTER, _POINTER, _POINTER, _POINTER)


def _frame(page: Any) -> tuple[float, float, float, float, int]:
    """left, bottom, right, top of the visible page in its own units, and its rotation in quarter turns."""
    box = raw.FS_RECTF()
    found = raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    left, right = sorted((box.left, box.right))
    bottom, top = sorted((box.bottom, box.top))
    if not found or not (1 <= right - left <= MAX_SIDE and 1 <= top - bottom <= MAX_SIDE):
        left, bottom, right, top = 0.0, 0.0, 612.0, 792.0  # absurd or missing: US Letter, the format's default
    return left, bottom, right, top, raw.FPDFPage_GetRotation(page) % 4


def _shown(frame: tuple[float, float, float, float, int], boxes: Sequence[Sequence[float]]) -> Sequence[list[float]]:
    """Boxes (lists of left, top, right, bottom in page units) to x0, top, x1, bottom as the page is shown."""
    left, bottom, right, top, turn = frame
    x0, y1, x1, y0 = boxes
    if turn == 0:
        xs0 = [x - left for x in x0] if left else list(x0)
        xs1 = [x - left for x in x1] if left else list(x1)
        return xs0, [top - y for y in y1], xs1, [top - y for y in y0]
    if turn == 1:
        return [y - bottom for y in y0], [x - left for x in x0], [y - bottom for y in y1], [x - left for x in x1]
    if turn == 2:
        return [right - x for x in x1], [y - bottom for y in y0], [right - x for x in x0], [y - bottom for y in y1]
    return [top - y for y in y1], [right - x for x in x1], [top - y for y in y0], [right - x for x in x0]


def _characters(text_page: Any, count: int) -> str:
    """The page's characters so that text[i] is pdfium's character i."""
    buffer = (ctypes.c_ushort * (count * 2 + 2))()
    got = raw.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer)[: max(0, got - 1) * 2].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    # Characters without Unicode or beyond the first plane: positions differ, ask one by one.
    code = raw.FPDFText_GetUnicode
    return "".join(chr(c) if 0 < c < 0x110000 and not 0xD800 <= c < 0xE000 else " " for c in (code(text_page, i) for i in range(count)))


def _raised(text: str, handle: int | None) -> dict[int, int]:
    """Figures printed high above their baseline: first character -> end, as positions in text."""
    found: dict[int, int] = {}
    ink, where = (ctypes.c_double * 4)(), (ctypes.c_double * 2)()
    sides = [ctypes.addressof(ink) + 8 * k for k in range(4)]  # left, right, bottom, top
    x_at, y_at = ctypes.addressof(where), ctypes.addressof(where) + 8
    places = [(figure.start(), figure.end()) for figure in _HIGH.finditer(text)]
    places = [(at, end) for at, end in places if at and (text[at - 1].isalpha() or text[at - 1] in _BEFORE_HIGH)]
    places += [(ten.start() + 2, ten.end()) for ten in _TEN.finditer(text)]  # "× 109/L" is 10^9
    for at, end in places:
        if _origin(handle, at - 1, x_at, y_at) and _ink_box(handle, at, *sides):
            # An upright figure stands on the baseline; 0.3 of its own height above it is raised.
            if ink[2] - where[1] > 0.3 * (ink[3] - ink[2]) > 0:
                found[at] = end
    return found


def _steps(block: ctypes.Array[Any], size: int, count: int, offset: int = 0) -> range:
    """Addresses of `count` records of `size` bytes in a block of memory."""
    start = ctypes.addressof(block) + offset
    return range(start, start + size * count, size)


_NAME = 96  # bytes for a font name; pdfium writes nothing where it is longer


def _fonts(handle: int | None, characters: Sequence[int]) -> list[tuple[str, bool]]:
    """Family and boldness of the font of each character."""
    names, flags = ctypes.create_string_buffer(_NAME * len(characters)), ctypes.c_int()
    places = _steps(names, _NAME, len(characters))
    deque(map(_font_info, repeat(handle), characters, places, repeat(_NAME), repeat(ctypes.addressof(flags))), 0)
    found = names.raw
    return [_font(found[k : k + _NAME]) for k in range(0, len(found), _NAME)]


def _read_page(pages: _Pages, number: int, page: Any, text_page: Any, room: int) -> None:
    """Append one page's words and lines. `room`: characters still allowed."""
    frame = _frame(page)
    left, bottom, right, top, turn = frame
    width, height = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)
    pages.sizes.append((width, height))
    lines: list[_Line] = []
    pages.lines.append(lines)
    count = raw.FPDFText_CountChars(text_page)
    if count > min(room, MAX_PAGE_CHARACTERS):
        count = min(room, MAX_PAGE_CHARACTERS)
        pages.notices.append(f"page {number}: only the first {count:,} characters read")
    if count <= 0:
        return
    text = _characters(text_page, count)
    base = len(pages.text)
    printed: list[tuple[int, int, int, int]] = []  # first word, last word, start and end of the line in text
    ends: list[int] = []  # first and last character of each word, in turns
    words: list[str] = []
    handle = ctypes.cast(text_page, ctypes.c_void_p).value
    raised = _raised(text, handle) if turn == 0 else {}  # the ink boxes of a turned page stand in another frame
    cuts = sorted(raised)
    cuts.append(len(text))
    cut = 0
    for line in _LINE.finditer(text):
        first = len(words)
        for word in _WORD.finditer(text, line.start(), line.end()):
            start, end = word.span()
            while cuts[cut] < end:
                # The word, its raised figure, and what stands after it: three words without a space.
                high, low = cuts[cut], raised[cuts[cut]]
                cut += 1
                if high <= start or low > end:
                    continue
                ends += (start, high - 1, high, low - 1)
                pages.raised[base + len(words) + 1] = "power" if _POWER.search(text[start:high]) else "cite"
                words += (text[start:high], text[high:low])
                start = low
                if low < end:
                    pages.glue.add(base + len(words))
            if start < end:
                ends += (start, end - 1)
                words.append(text[start:end])
        if len(words) > first:
            printed.append((first, len(words), line.start(), line.end()))
    if not words:
        return
    rectangles = (ctypes.c_float * (4 * len(ends)))()
    at = ctypes.addressof(rectangles)
    deque(map(_loose_box, repeat(handle), ends, range(at, at + 16 * len(ends), 16)), 0)
    numbers = rectangles[:]
    # The box of a word is that of its first and last character: left, top, right, bottom of both, in page units.
    edges = [numbers[k::8] for k in range(8)]
    if turn % 2 == 0 and any(map(float.__gt__, edges[0], edges[6])):  # right to left, or upside down
        edges[0], edges[6] = list(map(min, edges[0], edges[4])), list(map(max, edges[2], edges[6]))
    elif turn % 2:
        edges[0], edges[6] = list(map(min, edges[0], edges[4])), list(map(max, edges[2], edges[6]))
    high, low = list(map(max, edges[1], edges[5])), list(map(min, edges[3], edges[7]))
    x0, tops, x1, bottoms = _shown(frame, (edges[0], high, edges[6], low))
    pages.text += [w if w.isascii() else w.translate(_SIGNS) or "-" for w in words]
    pages.page += [number] * len(words)
    pages.x0 += x0
    pages.top += tops
    pages.x1 += x1
    pages.bottom += bottoms
    # Of each line: its longest word, and of that word's first character the size, baseline, font, ink.
    lengths = list(map(len, words))
    longest = [max(range(first, last), key=lengths.__getitem__) for first, last, _, _ in printed]
    asked = [ends[2 * k] for k in longest]
    many = len(asked)
    sizes = list(map(_font_size, repeat(handle), asked))
    matrices, origins = (ctypes.c_float * (6 * many))(), (ctypes.c_double * (2 * many))()
    deque(map(_matrix, repeat(handle), asked, _steps(matrices, 24, many)), 0)
    deque(map(_origin, repeat(handle), asked, _steps(origins, 16, many), _steps(origins, 16, many, 8)), 0)
    colours = (ctypes.c_uint * (4 * many))()
    deque(map(_fill, repeat(handle), asked, *[_steps(colours, 16, many, 4 * k) for k in range(4)]), 0)
    modes = list(map(_render_mode, map(_text_object, repeat(handle), asked)))
    fonts = _fonts(handle, asked)
    leads = _fonts(handle, [ends[2 * first] for first, _, _, _ in printed])
    shears = list(map(hypot, matrices[2::6], matrices[3::6]))
    xs, ys = origins[0::2], origins[1::2]
    baselines = (
        [top - y for y in ys] if turn == 0 else [x - left for x in xs] if turn == 1
        else [y - bottom for y in ys] if turn == 2 else [right - x for x in xs]
    )  # fmt: skip
    reds, greens, blues = colours[0::4], colours[1::4], colours[2::4]
    white: list[_Line] = []
    for k, (first, last, start, end) in enumerate(printed):
        word = longest[k]
        line_ = _Line()
        line_.page, line_.first, line_.last = number, base + first, base + last
        line_.x0, line_.x1 = min(x0[first:last]), max(x1[first:last])
        line_.top, line_.bottom = min(tops[first:last]), max(bottoms[first:last])
        tall = bottoms[word] - tops[word]
        line_.sideways = lengths[word] > 2 and tall > 1.6 * (x1[word] - x0[word])
        size = sizes[k] * shears[k]
        line_.em = size if 0.5 < size < 4 * tall else max(0.8 * tall, 0.5)
        line_.mid = baselines[k]
        line_.gap = max(map(float.__sub__, x0[first + 1 : last], x1[first : last - 1]), default=0.0) / line_.em
        line_.text = text[start:end].strip() if last - first > 1 else words[first]
        line_.hyphen = end < count and text[end] in "\ufffe\x02"
        line_.font, line_.bold = fonts[k]
        line_.lead_bold = leads[k][1]
        if line_.bold and last - first > 1:
            # A bold head that runs into its paragraph ends within the line.
            line_.bold = _fonts(handle, [ends[2 * last - 1]])[0][1]
        line_.hidden = modes[k] == 3
        if line_.hidden:
            pages.invisible += 1
        elif reds[k] == greens[k] == blues[k] == 255:
            white.append(line_)
        _mend_ligatures(pages, line_)
        if lines and _same_row(pages, lines[-1], line_, text[start].isspace()):
            continue
        lines.append(line_)
    if white:
        _look_behind(pages, number, page, frame, white)


def _mend_ligatures(pages: _Pages, line: _Line) -> None:
    """Old fonts set "fi" as one sign that pdfium follows with a space ("diff erence"): no ink gap, no space."""
    for i in range(line.first, line.last - 1):
        word = pages.text[i]
        if word[-1] in "fil" and word[-2:] in ("ff", "fi", "fl", "ffi", "ffl") and pages.text[i + 1][0].islower():
            if pages.x0[i + 1] - pages.x1[i] < 0.06 * line.em:
                pages.glue.add(i + 1)


def _same_row(pages: _Pages, before: _Line, line: _Line, spaced: bool) -> bool:
    """Join a fragment to the line before it where a raised or lowered sign made pdfium break the line."""
    em = max(before.em, line.em)
    gap = line.x0 - before.x1
    if (
        before.sideways or line.sideways or abs(before.mid - line.mid) > 0.4 * em or not -0.3 * em < gap < 0.45 * em
    ):
        return False
    glued = gap < 0.12 * em and not spaced
    if glued:
        pages.glue.add(line.first)
    if line.last - line.first > before.last - before.first:
        before.em, before.mid, before.font, before.bold = line.em, line.mid, line.font, line.bold
    before.last = line.last
    before.x1, before.top, before.bottom = max(before.x1, line.x1), min(before.top, line.top), max(before.bottom, line.bottom)
    before.text += ("" if glued else " ") + line.text
    before.gap, before.hyphen = max(before.gap, line.gap), line.hyphen
    return True


def _look_behind(pages: _Pages, number: int, page: Any, frame: tuple[float, float, float, float, int], white: list[_Line]) -> None:
    """White text is hidden where no picture or painted path lies behind it; headings on a dark bar are not."""
    grounds: list[tuple[float, float, float, float]] = []
    bounds = (ctypes.c_float * 4)()
    sides = [ctypes.cast(ctypes.byref(bounds, 4 * k), ctypes.POINTER(ctypes.c_float)) for k in range(4)]
    for k in range(min(raw.FPDFPage_CountObjects(page), 50_000)):
        thing = raw.FPDFPage_GetObject(page, k)
        if raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_TEXT:
            continue
        if raw.FPDFPageObj_GetBounds(thing, *sides):
            x0, top, x1, bottom = _shown(frame, [[bounds[0]], [bounds[3]], [bounds[2]], [bounds[1]]])
            grounds.append((x0[0], top[0], x1[0], bottom[0]))
    bare = 0
    for line in white:
        x, y = (line.x0 + line.x1) / 2, line.mid
        if not line.hidden and not any(a <= x <= c and b <= y <= d for a, b, c, d in grounds):
            line.hidden = True
            bare += 1
    if bare:
        pages.white.append(number)


def _lies(lines: Sequence[_Line]) -> bool:
    """A page whose text runs up or down it: a landscape table on a portrait page, or a page turned as a whole."""
    aside = sum(line.last - line.first for line in lines if line.sideways)
    return aside >= 20 and aside > 0.6 * sum(line.last - line.first for line in lines)


def _read_upright(pages: _Pages, number: int, page: Any, text_page: Any, room: int, before: int) -> Any:
    """Read a sideways page again, turned so that its text stands upright; gives the text page now open.

    pdfium orders lines in the frame of the page, so a turned frame gives rows and columns as the eye sees them. The
    boxes are brought back to the page as shown when the text is built.
    """
    shown = raw.FPDFPage_GetRotation(page) % 4
    for turn in ((shown + 1) % 4, (shown + 3) % 4):
        _forget(pages, before)
        raw.FPDFText_ClosePage(text_page)
        raw.FPDFPage_SetRotation(page, turn)
        text_page = raw.FPDFText_LoadPage(page)
        _read_page(pages, number, page, text_page, room)
        lines = pages.lines[-1]
        forward = sum(1 if pages.x0[line.last - 1] > pages.x0[line.first] else -1 for line in lines if line.last - line.first > 2)
        if forward > 0 and not _lies(lines):
            break
    pages.turned[number] = (shown - turn) % 4
    return text_page


def _forget(pages: _Pages, before: int) -> None:
    """Take back the page read last: its words are those from `before` on."""
    hidden = sum(line.hidden for line in pages.lines.pop())
    pages.invisible -= min(hidden, pages.invisible)
    pages.sizes.pop()
    for values in (pages.text, pages.page, pages.x0, pages.top, pages.x1, pages.bottom):
        del values[before:]
    pages.glue = {i for i in pages.glue if i < before}
    pages.raised = {i: kind for i, kind in pages.raised.items() if i < before}


def _is_scan(page: Any) -> bool:
    """A page without a character that shows a picture."""
    for k in range(min(raw.FPDFPage_CountObjects(page), 200)):
        if raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, k)) in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            return True
    return False


def _pages(document: Any) -> _Pages:
    """Read every page. Raises ReadError where there are none, or more than MAX_PAGES."""
    count = len(document)
    if count <= 0:
        raise ReadError("no pages")
    if count > MAX_PAGES:
        raise ReadError(f"more than {MAX_PAGES} pages ({count}): split the file")
    pages, lost, room = _Pages(), list[int](), MAX_CHARACTERS
    for i in range(count):
        page = raw.FPDF_LoadPage(document.raw, i)
        text_page = raw.FPDFText_LoadPage(page) if page else None
        if not text_page:
            lost.append(i + 1)
            pages.lines.append([])
            pages.sizes.append((612.0, 792.0))
            if page:
                raw.FPDF_ClosePage(page)
            continue
        before = len(pages.text)
        try:
            _read_page(pages, i + 1, page, text_page, room)
            if _lies(pages.lines[-1]):
                text_page = _read_upright(pages, i + 1, page, text_page, room, before)
            if len(pages.text) == before and _is_scan(page):
                pages.scanned.append(i + 1)
        finally:
            raw.FPDFText_ClosePage(text_page)
            raw.FPDF_ClosePage(page)
        room -= sum(map(len, pages.text[before:])) + len(pages.text) - before
        if room <= 0 and i + 1 < count:
            pages.notices.append(f"more than {MAX_CHARACTERS:,} characters: pages {i + 2} to {count} cut")
            break
    if len(lost) == count:
        raise ReadError(f"damaged: none of its {count} pages can be read")
    if lost:
        pages.notices.append(f"damaged: {_plural(lost)} could not be read")
    if not pages.text:
        kind = f"{count} scanned pages" if count > 1 else "1 scanned page"
        if not pages.scanned:
            raise ReadError(f"no text layer: {count} page{'s' * (count > 1)} with neither text nor pictures, blank or damaged")
        raise ReadError(f"no text layer: {kind}, OCR {'them' if count > 1 else 'it'} first")
    return pages


def _plural(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}"


# ---- opening -------------------------------------------------------------------------------------------------------

_OTHER_KINDS = (
    (b"PK\x03\x04", "zip or Office file"), (b"\x89PNG", "PNG picture"), (b"\xff\xd8\xff", "JPEG picture"),
    (b"{\\rtf", "RTF file"), (b"\xd0\xcf\x11\xe0", "old Office file"), (b"%!PS", "PostScript file"),
    (b"\x1f\x8b", "gzip file"), (b"II*\0", "TIFF picture"), (b"MM\0*", "TIFF picture"), (b"GIF8", "GIF picture"),
)  # fmt: skip
_OBJECT = re.compile(rb"\b\d{1,7} \d{1,5} obj\b")
_NO_KIDS = re.compile(rb"/Kids\s{0,8}\[\s{0,8}\]\s{0,8}/Count\s{1,8}0\b|/Count\s{1,8}0\s{0,8}/Kids\s{0,8}\[\s{0,8}\]")
_START = re.compile(rb"startxref\s{1,8}(\d{1,15})")


def _not_pdf(data: bytes) -> str:
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic):
            return f"{kind}, not a PDF"
    start = data[:1024].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "HTML page, not a PDF"
    return "XML file, not a PDF" if start.startswith(b"<?xml") else "not a PDF"


def _mended(data: bytes) -> str:
    """A notice where the file's own table of contents does not hold and pdfium had to rebuild it; else ""."""
    header = data.find(b"%PDF-", 0, 1024)
    if b"%%EOF" not in data[-2048:]:
        return "damaged and repaired: the end of the file is missing, text may be incomplete"
    starts = _START.findall(data[-2048:])
    at = int(starts[-1]) + max(header, 0) if starts else -1
    if not (0 <= at < len(data)) or not re.match(rb"\s{0,8}(?:xref|\d{1,10}\s+\d{1,5}\s+obj)", data[at : at + 40]):
        return "damaged and repaired: its cross-reference table was rebuilt"
    if header > 0:
        return f"{header} bytes of other data before the PDF itself"
    return ""


_INFLATED = 64_000_000  # bytes; what is looked at to tell a damaged file


def _torn(data: bytes) -> tuple[int, int]:
    """How many of the file's deflated streams break off, of how many: pdfium drops the rest of such a page unsaid."""
    import zlib

    at, torn, all_streams, room = 0, 0, 0, _INFLATED
    while room > 0 and (at := data.find(b"stream", at)) >= 0:
        begin = at + 6
        at = begin
        if data[begin - 9 : begin - 6] == b"end" or b"FlateDecode" not in data[max(0, begin - 400) : begin]:
            continue
        begin += 2 if data[begin : begin + 2] == b"\r\n" else 1
        at = data.find(b"endstream", begin)
        if at < 0:
            at = len(data)
        all_streams += 1
        inflater = zlib.decompressobj()
        packed = data[begin:at]
        try:
            while packed and room > 0:
                room -= len(inflater.decompress(packed, 1_000_000))
                packed = inflater.unconsumed_tail
        except zlib.error:
            torn += 1
    return torn, all_streams


def _thin(pages: _Pages) -> bool:
    """A page before the last holds far fewer words than its fellows."""
    counts = Counter(pages.page)
    held = [counts.get(number, 0) for number in range(1, len(pages.lines) + 1)]
    return len(held) > 2 and min(held[:-1]) < 0.5 * median(held)


def _rescued(data: bytes) -> bytes | None:
    """The file as pikepdf can rebuild it, or None where pikepdf is not installed or finds no page."""
    try:
        import pikepdf
    except ImportError:
        return None
    import io
    import logging

    logging.getLogger("pikepdf").setLevel(logging.ERROR)  # qpdf tells each broken object: one notice is enough
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as broken:
            if not len(broken.pages):
                return None
            whole = io.BytesIO()
            broken.save(whole)
            return whole.getvalue()
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError, KeyError, TypeError):
        return None


def _open(data: bytes) -> tuple[Any, list[str]]:
    """A pdfium document and notices. Raises ReadError with the reason why there is none."""
    if not data:
        raise ReadError("empty file")
    notices: list[str] = []
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == raw.FPDF_ERR_PASSWORD:
            raise ReadError("encrypted: password needed") from error
        if code == raw.FPDF_ERR_SECURITY:
            raise ReadError("encrypted: unsupported kind of encryption") from error
        kind = _not_pdf(data)
        if b"%PDF" not in data and (kind != "not a PDF" or not _OBJECT.search(data)):
            raise ReadError(kind) from error
        if _NO_KIDS.search(data):
            raise ReadError("no pages") from error
        whole = _rescued(data)
        if whole is None:
            left = "no readable page in it" if b"%%EOF" in data[-2048:] else "its end is missing, and no page can be read without it"
            raise ReadError(f"damaged PDF: {left}") from error
        try:
            document = pdfium.PdfDocument(whole)
        except pdfium.PdfiumError as second:
            raise ReadError("damaged PDF: no readable page in it") from second
        notices.append("damaged and repaired: rebuilt from what was left of it, pages may be missing")
    else:
        mended = _mended(data)
        if mended:
            notices.append(mended)
    if raw.FPDF_GetSecurityHandlerRevision(document.raw) >= 0:
        if raw.FPDF_GetDocPermissions(document.raw) & 0x10 == 0:
            notices.append("owner password: its permission flags do not allow copying of text")
    return document, notices


# ---- running heads and column order --------------------------------------------------------------------------------

_DIGITS = re.compile(r"[\divxl]*\d[\d.,:;/()–-]*")
_MARGIN = re.compile(
    r"(?:page )?\d{1,5}(?: (?:of|/) \d{1,4})?\Z|(?:https?://|www\.)|(?:https?://(?:dx\.)?)?doi(?:\.org/|:)|©|copyright\b|downloaded from"
    r"|for personal use|all rights reserved|\S{2,40} et al\b|available online|open access|research article\Z|original (?:article|research)"
    r"|(?:received|accepted|published)[: ]|issn\b|to cite this|cite this article|e-?mail",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"(?:19|20)\d{2}\s?;\s?\d|\bvol(?:ume)?\.? ?\d|\(\d{4}\) \d+|\b\d{4},? \d+[,(:]", re.IGNORECASE)


def _furniture(pages: _Pages) -> set[int]:
    """Ids of lines that are running heads, feet, page numbers and margin stamps.

    Text repeated at the same height on three or more pages, digits aside; and, in the outermost bands of a page,
    what reads like a page number, an issue line or a link, or repeats such a text at another height.
    """
    seen: dict[tuple[str, int], set[int]] = {}
    candidates: list[tuple[_Line, str, bool]] = []
    for lines, (width, height) in zip(pages.lines, pages.sizes, strict=True):
        for line in lines:
            edge = line.top < 0.09 * height or line.bottom > 0.91 * height or line.sideways or line.x0 > 0.96 * width
            if edge or line.top < 0.14 * height or line.bottom > 0.86 * height:
                key = _DIGITS.sub("#", line.text[:200]).casefold()
                candidates.append((line, key, edge))
                place = int(line.mid if not line.sideways else line.x0) // 6
                for shelf in (place, place + 1):
                    seen.setdefault((key, shelf), set()).add(line.page)
    repeated = {key for key, found in seen.items() if len(found) >= 3}
    names = {key for key, _ in repeated}
    out: set[int] = set()
    for line, key, edge in candidates:
        place = int(line.mid if not line.sideways else line.x0) // 6
        if (
            (key, place) in repeated
            or (key, place + 1) in repeated
            or (edge and key in names)
            or (edge and not line.sideways and (_MARGIN.match(line.text) or _ISSUE.search(line.text)) and len(line.text) < 200)
            or (line.sideways and _MARGIN.match(line.text))
        ):
            out.add(id(line))
    return out


@dataclass(frozen=True, slots=True)
class _Type:
    """The body type of a document: font family, size, and distance of lines for each (font, size)."""

    font: str
    em: float
    leading: dict[tuple[str, int], float]

    def is_body(self, line: _Line) -> bool:
        return abs(line.em - self.em) <= 0.07 * self.em

    def lead(self, line: _Line) -> float:
        return self.leading.get((line.font, round(2 * line.em)), 1.25 * line.em)


_LIST_HEAD = re.compile(r"(?:\d{1,2}\.? ?)?(?:references?|bibliography|literature(?: cited)?|works cited)\W{0,3}\Z", re.IGNORECASE)


def _type(pages: _Pages, out: set[int]) -> _Type:
    """The type in which most running text is set: lines of words (not cells), counted in characters."""
    weight: Counter[tuple[str, int]] = Counter()
    steps: dict[tuple[str, int], Counter[int]] = {}
    listed = False  # a reference list may be longer than the paper
    for lines in pages.lines:
        before: _Line | None = None
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
        return _Type("", 10.0, leading)
    (font, half), _ = weight.most_common(1)[0]
    return _Type(font, half / 2, leading)


def _columns(lines: Sequence[_Line], body: _Type, width: float) -> list[tuple[float, float]]:
    """(left, right) of each text column of a page, left to right; empty where it holds too little running text."""
    prose = [line for line in lines if body.is_body(line) and not line.sideways and line.gap < 1.5]
    if len(prose) < 4:
        return []
    lefts: list[list[_Line]] = []
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


def _side(line: _Line, columns: Sequence[tuple[float, float]]) -> int:
    """Index of the column a line lies in, -1 where it reaches over several or into a gutter."""
    for i, (left, right) in enumerate(columns):
        if line.x0 >= left - 3 and line.x1 <= right + 3:
            return i
    return -1


def _repaired(lines: list[_Line], columns: Sequence[tuple[float, float]], body: _Type) -> list[_Line] | None:
    """A page whose content hops between columns, put into column order; None where content order may stand.

    Only where a gutter exists, both sides are prose-wide, and the content changes sides often.
    """
    if len(columns) < 2 or any(right - left < 12 * body.em for left, right in columns):
        return None
    sides = [(line, _side(line, columns)) for line in lines if body.is_body(line) and line.gap < 1.5]
    inside = [(line, side) for line, side in sides if side >= 0]
    if len(inside) < 12 or any(sum(side == k for _, side in inside) < 6 for k in range(len(columns))):
        return None
    hops = sum(1 for (a, s), (b, t) in pairwise(inside) if s != t and abs(a.mid - b.mid) < 3 * body.em)
    if hops < max(6, 0.3 * len(inside)):
        return None
    order = sorted(lines, key=lambda line: (line.mid, line.x0))
    out: list[_Line] = []
    band: list[list[_Line]] = [[] for _ in columns]
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


class _Block:
    """Lines that stand together on one page, and what they are taken for."""

    __slots__ = ("bold", "cells", "em", "font", "heading", "kind", "lines", "page", "part", "prose", "section", "text")

    def __init__(self, lines: list[_Line]) -> None:
        self.lines = lines
        self.page = lines[0].page
        self.kind = self.section = self.part = self.heading = ""
        self.describe()

    def describe(self) -> None:
        lines = self.lines
        self.text = " ".join([line.text for line in lines])
        middle = lines[0] if len(lines) < 3 else lines[len(lines) // 2]
        self.em, self.font = middle.em, middle.font
        self.bold = all(line.bold for line in lines)
        letters = sum(map(str.isalpha, self.text))
        words = self.text.count(" ") + 1
        wide = sum(line.gap >= 1.2 for line in lines)
        self.cells = wide > 0.34 * len(lines)
        self.prose = (
            not self.cells
            and letters > 0.62 * (len(self.text) - words + 1)
            and (words >= 12 or (words >= 7 and len(lines) >= 2))
            and words >= 4 * len(lines)
            and not lines[0].sideways
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


_SENTENCE_END = re.compile(r"(?:[.?!:;…]['\"’”)\]*†‡§]*|(?<![\d·])[.?!;]['\"’”)\]]*[ ]?\[?\d{1,3}(?:[,–-] ?\d{1,3})*\]?['\"’”)\]]*)\Z")
_CAPTION = re.compile(
    r"(?:(?:supplement(?:ary|al) |extended data |appendix |online |e)?(?P<kind>table|figure|fig|box|scheme|chart|plate|panel)s?"
    r"\.? ?[-–]?\s?(?P<number>[A-Z]?\d{1,3}[a-z]?|[ivx]{1,5}\b|[a-z]\b)(?P<after>\s*(?:[.:|(–—-]|\Z)|\s+(?=[A-Z0-9(“\"'α-ω])|\s+[a-h][ ,.)]))",
    re.IGNORECASE,
)
# "Table 2 Shows" never happens, "Table 2 shows" does: what follows a bare number must not be a small word.
_BARE = re.compile(r"\s+(?:[a-z]{2,}|\()")
_ALNUM = re.compile(r"[\W_]+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MARKER = re.compile(r"(?:\[?\d{1,3}[.)\]]|[•●▪◦■·–*-]|\([a-z0-9ivx]{1,4}\)|[a-z]\)|\d{1,3}(?=\s))\s*", re.IGNORECASE)


def _caption(line: _Line) -> re.Match[str] | None:
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


def _join(block: list[_Line], before: _Line, line: _Line, body: _Type, columns: Sequence[tuple[float, float]], width: list[float]) -> bool:
    """Whether `line` carries on the paragraph that `before` ends so far. `width`: x0 of each word, then x1."""
    if before.sideways or line.sideways:
        return before.sideways and line.sideways and abs(line.x0 - before.x0) < 3 * line.em
    em = max(before.em, line.em)
    dy = line.mid - before.mid
    if abs(dy) < 0.4 * em:
        return -0.5 * em < line.x0 - before.x1 < 1.2 * em
    lead = max(body.lead(before), body.lead(line)) if before.font == line.font else max(body.lead(before), 1.2 * em)
    if dy <= 0 or dy > 1.32 * lead or dy > 2.4 * em or min(before.x1, line.x1) <= max(before.x0, line.x0):
        return False
    if before.hyphen:
        return True
    final = before.text[-1]
    open_end = final.isalpha() or final in ",-–(" or not _SENTENCE_END.search(before.text[-24:])
    first = line.text[0]
    carries = open_end and first.islower()
    if carries and before.em == line.em and before.bold == line.bold and abs(line.x0 - before.x0) < 0.5 * em and max(line.gap, before.gap) < 1.2:
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
    if edge >= 0 and not centred and 0.6 * em < line.x0 - edge < 4 * em and abs(indent) < 0.3 * em and not open_end:
        if len(block) < 3 and not _MARKER.match(block[0].text):
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


def _overlaid(page: Sequence[_Block]) -> bool:
    """Text lies over other text in several places of the page."""
    lines = sorted((line for block in page for line in block.lines if not line.sideways), key=lambda line: line.mid)
    found = 0
    for i, line in enumerate(lines):
        for other in lines[i + 1 : i + 12]:
            if other.mid - line.mid > 0.7 * max(line.em, other.em):
                break
            found += min(line.x1, other.x1) - max(line.x0, other.x0) > 3 * line.em
    return found > 6


def _local_blocks(pages: _Pages, lines: Sequence[_Line], body: _Type, columns: Sequence[tuple[float, float]]) -> list[_Block]:
    blocks: list[_Block] = []
    current: list[_Line] = []
    x0, x1 = pages.x0, pages.x1
    for line in lines:
        if current and not _join(current, current[-1], line, body, columns, [x0[line.first], x1[line.first]]):
            blocks.append(_Block(current))
            current = []
        current.append(line)
    if current:
        blocks.append(_Block(current))
    return blocks


# ---- blocks to roles -----------------------------------------------------------------------------------------------

# Headings that open a section wherever they stand; other known names ("Patients", "Safety") open one only where they
# are set like these, for under "Methods" they are subheadings.
_MAJOR = frozenset(
    """abstract;summary;background;introduction;methods;method;materials and methods;material and methods;methodology;
    patients and methods;subjects and methods;participants and methods;methods and materials;research design and methods;
    design and methods;experimental;experimental section;online methods;methods and analysis;results;findings;
    results and discussion;discussion;comment;discussion and conclusion;discussion and conclusions;conclusion;conclusions;
    concluding remarks;references;bibliography;literature cited;literature;acknowledgements;acknowledgments;
    acknowledgement;acknowledgment;funding;competing interests;conflict of interest;conflicts of interest;
    declaration of interests;declaration of competing interest;author contributions;authors' contributions;contributors;
    data availability;data availability statement;data sharing;data sharing statement;supplementary material;
    supplementary materials;supplementary data;supplementary information;supporting information;supplemental materials;
    additional information;additional files;disclosures;disclosure;sources of funding;abbreviations;appendix;
    author information;author details;declarations;article information;footnotes;conflict of interest statement;
    ethics declarations;publisher's note;informed consent statement;institutional review board statement;
    materials and methods/experimental;case report;case presentation;aims;objectives;objective;aim;keywords;key words;
    about this article;endnotes;what is known;what the study adds;availability of data and materials;
    author affiliations;affiliations;received;online content;reporting summary;peer review information;sponsor""".replace("\n    ", "").split(";")
)
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,4}\.)\s*[|│]?\s*(?=[A-Z])")
_BACK_START = re.compile(
    r"(?:funding|acknowledge?ments?|competing interests?|conflicts? of interests?|disclosures?|author contributions|authors['’] contributions"
    r"|contributors?|ethic(?:al|s) (?:approval|consideration|statement)|data (?:availability|sharing)[a-z ]{0,10}|provenance and peer review|informed consent statement"
    r"|institutional review board statement|abbreviations|supplementary (?:material|information)s?|sponsors?|transparency|copyright|open access"
    r"|conflict of interest statement|consent for publication|data availability statement|declaration of (?:competing )?interests?)\s?[:.]",
    re.IGNORECASE,
)
_FOOT = re.compile(
    r"(?:[*†‡§¶∗]|\d{1,2}\s?(?-i:[A-Z])|from the |correspond|address (?:for |reprint|correspond)|e-?mails?\b|received\b|accepted\b|academic editor|citation:|cite this|how to cite"
    r"|abbreviations?\b|author affiliations|full list of author|supplementa(?:ry|l) |key ?words|freeform/key|published\b|trial registration|editor)",
    re.IGNORECASE,
)


_LABEL = re.compile(
    r"(?:r\s?e\s?s\s?e\s?a\s?r\s?c\s?h|open access|open|article|(?:original|review|clinical|research|short|brief) (?:research )?(?:article|report|investigation|paper|communication)"
    r"|clinical trial|original contribution|review|(?:r\s?e\s?s\s?e\s?a\s?r\s?c\s?h )?a\s?r\s?t\s?i\s?c\s?l\s?e(?: open access)?)\Z",
    re.IGNORECASE,
)
_ADVERT = re.compile(
    r"(?:ready to submit|submit your (?:next )?(?:manuscript|research)|choose bmc and|at bmc, research|• ?(?:fast, convenient|thorough peer review"
    r"|rapid publication|support for research data|gold open access|maximum visibility)|learn more biomed|publish with biomed)",
    re.IGNORECASE,
)


def _plain_name(text: str) -> str:
    return normal_heading(_NUMBERED.sub("", text, count=1)) if len(text) < 160 else ""


_LITTLE = frozenset("the of and in to a was were with for that by is are we or from this on as at be".split())


def _reads(text: str) -> bool:
    """Sentences, not a list of names or addresses: one word in eight is a little word."""
    words = text.casefold().split()
    return 8 * sum(word in _LITTLE for word in words) >= len(words)


class _Reading:
    """A document on its way from local blocks to blocks in reading order. `order` is that order when done."""

    def __init__(self, pages: _Pages) -> None:
        self.pages = pages
        self.notices: list[str] = []
        out = _furniture(pages)
        self.body = _type(pages, out)
        self.columns: list[list[tuple[float, float]]] = []
        self.by_page: list[list[_Block]] = []
        self.furniture: list[_Block] = []
        moved = []
        for number, lines in enumerate(pages.lines, 1):
            for line in lines:
                if id(line) in out:
                    block = _Block([line])
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
            self.notices.append(f"columns reordered on {_plural(moved)}: the file's own order hops between them")
        self.order: list[_Block] = []
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
                again = (caption and plain in labels) or (not caption and len(plain) > 60 and (plain in before or plain in here))
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
            self.notices.append(f"text that stands there twice set aside on {_plural(sorted(set(copied)))}")

    # -- tests on one block

    def in_body(self, block: _Block) -> bool:
        return abs(block.em - self.body.em) <= 0.08 * self.body.em

    def flows(self, block: _Block) -> bool:
        """Running text in the body type."""
        return block.prose and self.in_body(block) and (block.font == self.body.font or len(block.lines) > 2)

    def heading(self, page: Sequence[_Block], i: int) -> bool:
        block = page[i]
        if len(block.lines) > 3 or len(block.text) > 160 or block.lines[0].sideways or max(line.gap for line in block.lines) > 2.5:
            return False
        text = block.text
        if not (text[0].isupper() or text[0].isdigit() or text[0] in "■•▪") or sum(map(str.isalpha, text)) < 3:
            return False
        name = _plain_name(text)
        major = name in _MAJOR
        if text[-1] in ".,;" and not (major or section_of(text)[0]):
            return False
        if text.count(",") > 3 or re.search(r"\w,\d|key ?words?:", text, re.IGNORECASE):
            return False
        columns = self.columns[block.page - 1]
        if columns and not any(left - 6 <= block.x0 < right for left, right in columns):
            return False
        if _FOOT.match(text) and not major and not section_of(text)[0]:
            return False
        styled = (
            block.bold
            or block.em > 1.05 * self.body.em
            or block.font != self.body.font
            or (text.isupper() and len(text) > 6)
            or bool(_NUMBERED.match(text))
        )
        if block.em < 0.6 * self.body.em or (not styled and not major):
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
        if section_of(text)[0] == "back" and text[-1] not in ".," and len(text) < 70 and (block.bold or block.font != self.body.font):
            return True
        if following is None:
            return block.em >= 0.8 * self.body.em and bool(section_of(text)[0])
        if below and following.prose and (self.in_body(following) or len(following.lines) > 3):
            return block.em >= 0.72 * self.body.em
        if below and not following.cells and self.in_body(following) and following.font == self.body.font and not following.bold:
            return (block.bold or block.font != self.body.font) and block.em >= 0.8 * self.body.em and following.text.count(" ") > 6
        if below and len(following.lines) <= 2 and i + 2 < len(page) and not page[i + 2].kind and self.flows(page[i + 2]) and block.em >= 0.8 * self.body.em:
            return following.em <= block.em * 1.05
        return (
            following.top < block.top and self.flows(following) and (block.bold or block.em > self.body.em) and self.in_body(block)
        )

    # -- captions and tables

    def captions_and_tables(self) -> None:
        carried = listing = False
        style: _Block | None = None
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
                    elif listing and (_plain_name(block.text) in _MAJOR or section == "back"):
                        listing = False
                elif block is unnamed:
                    listing, style = True, block
                    block.kind = "reference"
                elif listing and not block.kind:
                    # Entries of the reference list look like cells (a number, a gap, a name): no caption may take them.
                    style = style or block
                    if abs(block.em - style.em) <= 0.08 * style.em:
                        block.kind = "reference"
        under = sum(self.under(page, i) for page in self.by_page for i, b in enumerate(page) if b.kind == "caption" and b.heading[0] == "t")
        for number, page in enumerate(self.by_page, 1):
            for i, block in enumerate(page):
                if block.kind == "caption" and block.heading.startswith("t"):
                    self.claim_near(page, i, above=under < 0)
            carried = self.claim_loose(page, number, carried)

    def unnamed_list(self) -> _Block | None:
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
            if number == expected and (number == 1 or at - last <= 10):
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
            rest = _Block(block.lines[k:])
            block.lines = block.lines[:k]
            block.describe()
            page.insert(page.index(block) + 1, rest)
            block = rest
        return block

    def mark_captions(self, page: list[_Block]) -> None:
        i = 0
        while i < len(page):
            block = page[i]
            found = _caption(block.lines[0]) if not block.kind else None
            if found is None or (self.flows(block) and len(block.lines) > 8 and not block.lines[0].lead_bold and block.font == self.body.font):
                i += 1
                continue
            block.kind = "caption"
            block.heading = f"{found['kind']} {found['number']}".casefold().replace("fig ", "figure ")
            # "Table 2" alone on its line: its title stands below or beside it.
            if len(block.text) < 16 and i + 1 < len(page):
                title = page[i + 1]
                near = abs(title.top - block.bottom) < 1.5 * block.em or abs(title.lines[0].mid - block.lines[0].mid) < block.em
                if not title.cells and near and not title.kind and _caption(title.lines[0]) is None and len(title.lines) < 12:
                    block.lines += title.lines
                    del page[i + 1]
                    block.describe()
            i += 1

    def under(self, page: Sequence[_Block], i: int) -> int:
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

    def claim_near(self, page: list[_Block], i: int, *, above: bool) -> None:
        """Give a table caption the cells below it (or above it), until running text begins."""
        caption = page[i]
        rows: list[_Block] = []
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
        if any(block.cells or sum(map(str.isdigit, block.text)) > 1 or len(rows) > 5 for block in rows if not block.prose):
            self.claim(rows, caption)

    def stray(self, block: _Block, before: _Block) -> bool:
        """A line of body type some way below the last row: text after the table, not a row."""
        return (
            not block.cells
            and not block.prose
            and self.in_body(block)
            and block.font == self.body.font
            and not any(c.isdigit() for c in block.text)
            and block.top - before.bottom > 0.8 * self.body.em
        )

    def in_table(self, block: _Block, rows: Sequence[_Block]) -> bool:
        """Prose in a cell: narrower than a column, beside other cells."""
        if not rows or len(block.lines) > 12:
            return False
        return any(
            other.top < block.bottom and other.bottom > block.top and (other.x1 < block.x0 or other.x0 > block.x1) for other in rows[-6:]
        )

    def claim(self, rows: Sequence[_Block], caption: _Block) -> None:
        table = caption.heading.startswith("t")
        last = max((i for i, block in enumerate(rows) if not block.prose), default=-1)
        low = max((block.bottom for block in rows if not block.prose), default=0.0)
        size = median(block.em for block in rows)
        for i, block in enumerate(rows):
            block.heading = caption.heading
            if not table:
                block.kind, block.section = "item", "other"
            elif block.prose and (i > last or block.top > low - 2 or block.em < 0.96 * size and _FOOT.match(block.text)):
                block.kind, block.section = "footnote", "table"
            else:
                block.kind, block.section = "table", "table"

    def claim_loose(self, page: list[_Block], number: int, carried: bool) -> bool:
        """Cells without a caption above them: the nearest caption of the page, or the table of the page before."""
        captions = [block for block in page if block.kind == "caption"]
        taken = {block.heading for block in page if block.kind == "table"}
        columns = self.columns[number - 1]
        runs: list[list[_Block]] = []
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
            best: tuple[float, _Block] | None = None
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
            if best is not None and best[0] < 5 * self.body.em:
                self.claim(run, best[1])
            elif cells >= 3 and digits >= 3 and carried and top < 0.35 * self.pages.sizes[number - 1][1]:
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

    def short_text(self, block: _Block, columns: Sequence[tuple[float, float]]) -> bool:
        """A short stretch of running text in the body type: a last line, a list item."""
        if block.cells or not self.in_body(block) or block.font != self.body.font:
            return False
        letters = sum(map(str.isalpha, block.text))
        return letters > 0.5 * len(block.text.replace(" ", "")) and any(
            left - 2 <= block.x0 < right and block.x1 <= right + 4 for left, right in columns
        )

    def settle(self, run: Sequence[_Block], number: int) -> None:
        """Loose blocks far from any caption: footnotes in small type, else text."""
        height = self.pages.sizes[number - 1][1]
        many = [block for block in run if not block.prose]
        for block in run:
            if is_furniture(block.text) and len(block.text) < 1500:
                block.kind, block.section = "furniture", "other"
            elif len(many) > 3 and (not block.prose or len(block.text) < 120) and block.em < 0.93 * self.body.em:
                block.kind, block.section = "item", "other"
            elif block.em < 0.93 * self.body.em and block.top > 0.55 * height and (_FOOT.match(block.text) or not block.prose):
                block.kind, block.section = "footnote", "other"
            elif block.lines[0].sideways:
                block.kind, block.section = "item", "other"
            elif len(block.text) > 30 and block.text[0].isupper() and block.text[-1] == "." and _reads(block.text) and not block.cells:
                block.kind = "paragraph"
            elif not block.prose and (block.em < 0.8 * self.body.em or block.em < 0.93 * self.body.em and len(block.text) < 40):
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
        start = next((i for i, b in enumerate(page) if _plain_name(b.text) in ("abstract", "summary")), -1)
        style: _Block | None = None
        if start >= 0:
            head = page[start]
            head.kind = "heading"
            under = [b for b in page if b is not head and b.top >= head.top - 2 and b.x0 < head.x1 + 200 and b.x1 > head.x0]
            style = next((b for b in sorted(under, key=lambda b: b.top) if b.prose and not b.kind), None)
            # Some files print the word "Abstract" after the abstract: put it where it stands on the page.
            earlier = next(
                (i for i, b in enumerate(page[:start]) if b in under and b.prose and style and abs(b.em - style.em) < 0.1 * b.em),
                start,
            )
            while 0 < earlier < start and page[earlier - 1].kind == "heading" and page[earlier - 1].top >= head.bottom - 2:
                earlier -= 1
            page.remove(head)
            page.insert(earlier, head)
        else:
            for b in page:
                found = pieces(b.text[:200])
                if b.prose and found and found[0].kind == "heading" and found[0].section in ("background", "methods", "abstract"):
                    style = b
                    break
            if style is None:
                style = next((b for b in page if self.unnamed_abstract(b, first)), None)
                if style is not None:
                    style.kind, style.section = "paragraph", "abstract"
        for i, b in enumerate(page):
            if b.kind or _LABEL.match(b.text):
                continue
            inside = style is not None and abs(b.em - style.em) < 0.2 * style.em and len(b.lines) == 1 and len(b.text) < 45
            if self.heading(page, i) or (inside and style and section_of(b.text)[0] and (b.bold or b.font != style.font)):
                b.kind = "heading"
        for b in page:
            if b.kind:
                continue
            if is_furniture(b.text) or _LABEL.match(b.text):
                b.kind, b.section = "furniture", "other"
            elif (
                style is not None
                and abs(b.em - style.em) <= 0.06 * style.em
                and (b.prose or b.font == style.font)
                and (b is style or self.flows(b) or not _FOOT.match(b.text))
            ):
                b.kind = "paragraph"
            elif (self.flows(b) and _reads(b.text)) or self.short_text(b, self.columns[first]):
                b.kind = "paragraph"
            elif b.em < 0.95 * self.body.em or _FOOT.match(b.text) or b.x1 - b.x0 < 0.3 * self.pages.sizes[first][0]:
                b.kind, b.section = "footnote", "other"
            else:
                b.kind, b.section = "paragraph", "other"
        if style is not None and first + 1 < len(self.by_page):
            self.rest_of_abstract(page, self.by_page[first + 1], style)

    def unnamed_abstract(self, block: _Block, number: int) -> bool:
        """A long paragraph in a type of its own on the first page: an abstract without the word."""
        width, height = self.pages.sizes[number]
        other = block.font != self.body.font or block.bold or abs(block.em - self.body.em) > 0.04 * self.body.em
        return (
            not block.kind and block.prose and other and block.text.count(" ") >= 60 and block.top < 0.75 * height
            and block.x1 - block.x0 > 0.35 * width and block.em > 0.8 * self.body.em and _reads(block.text)
        )  # fmt: skip

    def rest_of_abstract(self, page: list[_Block], following: list[_Block], style: _Block) -> None:
        """The end of an abstract on top of the second page, which some files print after that page's text."""
        for block in [b for b in following if b.font == style.font and abs(b.em - style.em) < 0.04 * style.em]:
            found = pieces(block.text[:120])
            if found and found[0].kind == "heading" and found[0].section in ("results", "conclusion", "back") and (
                style.font != self.body.font or abs(style.em - self.body.em) > 0.04 * self.body.em
            ):
                following.remove(block)
                block.kind = "paragraph"
                at = max(i for i, b in enumerate(page) if b is style or (b.kind == "paragraph" and b.font == style.font) or i == 0)
                page.insert(at + 1, block)

    def title(self, page: list[_Block], height: float) -> _Block | None:
        """The largest type near the top of the first page that reads like a title."""
        heads = {block.text.casefold() for block in self.furniture}
        lines = [line for b in page for line in b.lines if line.top < 0.6 * height and not line.sideways]
        best: list[_Line] = []
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
            if _is_title(run, heads):
                best = run
        if not best or best[0].em < 1.05 * self.body.em and not all(line.bold for line in best):
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
        title = _Block(best)
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

    def continuation(self, blocks: Sequence[_Block], i: int, block: _Block, used: set[int]) -> int:
        """Index of the block that carries on an unfinished paragraph; -1 where there is none."""
        last = block.lines[-1]
        if _SENTENCE_END.search(last.text[-24:]) and not last.hyphen or not block.prose and len(block.lines) < 2 and len(block.text) < 25:
            return -1
        ended = last.hyphen or last.text.endswith(("-", "–", ","))
        crossed = False  # a heading lies between: a box of its own, if at all
        for j in range(i + 1, min(i + 120, len(blocks))):
            other = blocks[j]
            if other.page > last.page + 2:
                return -1
            if id(other) in used or other.kind in ("caption", "table", "item", "footnote", "title"):
                continue
            first = other.lines[0]
            small = first.text[0].islower()
            alike = abs(other.em - block.em) <= 0.06 * block.em and (
                other.font == block.font or (small and not crossed and min(len(other.lines), len(block.lines)) == 1)
            )
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
            if (full or ended) and first.x0 - left < 0.6 * block.em and (ended or not _ITEM.match(first.text)):
                return j
            return -1
        return -1


    # -- tables and references as whole blocks

    def gather(self) -> None:
        """One block a table, its caption before it; the reference list cut into its entries."""
        order: list[_Block] = []
        for block in self.order:
            before = order[-1] if order else None
            if (
                before is not None
                and block.kind == before.kind
                and (block.kind == "table" or block.kind == "item" and block.section == "other")
                and block.page == before.page
                and block.heading == before.heading
            ):
                before.lines = before.lines + block.lines
                continue
            if block.kind == "caption":
                at = len(order)
                while at and order[at - 1].heading == block.heading and order[at - 1].page == block.page and order[at - 1].kind != "caption":
                    at -= 1
                order.insert(at, block)
                continue
            order.append(block)
        for block in order:
            if block.kind == "table":
                block.lines = _rows(block.lines)
        self.order = self.references(order)

    def references(self, order: Sequence[_Block]) -> list[_Block]:
        out: list[_Block] = []
        listing: list[_Block] = []
        inside = False
        for block in order:
            inside = inside or block.kind == "reference"
            if block.kind == "heading":
                name = _plain_name(block.text)
                section = section_of(block.text)[0]
                if section == "references":
                    out += _entries(listing)
                    listing, inside = [], True
                    out.append(block)
                    continue
                if inside and (name in _MAJOR or section in ("back", "methods")):
                    out += _entries(listing)
                    listing, inside = [], False
            if inside and (block.kind in ("reference", "paragraph", "heading") or block.kind == "footnote" and block.section != "table"):
                listing.append(block)
            elif inside:
                out += _entries(listing)
                listing = []
                out.append(block)
            else:
                out.append(block)
        return out + _entries(listing)


def _is_title(lines: Sequence[_Line], heads: set[str]) -> bool:
    text = " ".join(line.text for line in lines)
    if len(text) < 20 or text.count(" ") < 2 or len(text) > 400 or len(lines) > 8:
        return False
    low = text.casefold()
    return not (
        low in heads
        or re.match(r"(?:the )?(?:\w+ ){0,4}journal\b", low)
        or re.match(r"(?:original|research|review|clinical|open access) ?(?:\w+ )?(?:article|research|paper|investigation)?\Z", low)
        or low.startswith(("http", "www.", "doi", "copyright", "©"))
    )


_ENTRY = re.compile(r"\[?(\d{1,3})[\].)]?(?=[\s A-Z]|\Z)")


def _entries(blocks: Sequence[_Block]) -> list[_Block]:
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
            if (b.x0 < a.x0 - 0.5 * b.em and a.page == b.page and b.mid > a.mid) or any(b is block.lines[0] for block in blocks) and _SENTENCE_END.search(a.text[-24:]):
                starts.append(i)
    if starts[0] != 0:
        starts.insert(0, 0)
    out = []
    for a, b in zip(starts, [*starts[1:], len(lines)], strict=True):
        entry = _Block(lines[a:b])
        entry.kind, entry.section = "reference", "references"
        out.append(entry)
    return out


def _rows(lines: list[_Line]) -> list[_Line]:
    """Lines of a table in row order. Content that already runs down the page stays; column by column is sorted."""
    if any(line.sideways for line in lines):
        return lines
    up = sum(1 for a, b in pairwise(lines) if a.page == b.page and b.mid < a.mid - 0.6 * a.em)
    if up <= 0.15 * len(lines):
        return lines
    tall = median(line.em for line in lines)
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=lambda line: (line.page, line.mid)):
        if rows and rows[-1][0].page == line.page and line.mid - rows[-1][0].mid < 0.5 * tall:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.x0)]


# ---- the text ------------------------------------------------------------------------------------------------------

_TAIL = re.compile(r"[^\W\d_]+\Z")
_HEAD = re.compile(r"[^\W\d_]+")
_APART = dict.fromkeys(map(ord, ".,;:()[]/“”\"'"), " ")


def _turn_back(pages: _Pages) -> None:
    """Boxes of pages that were read upright, brought to the page as shown."""
    for i, number in enumerate(pages.page):
        turn = pages.turned.get(number, 0)
        if turn:
            width, height = pages.sizes[number - 1]
            x0, top, x1, bottom = pages.x0[i], pages.top[i], pages.x1[i], pages.bottom[i]
            if turn == 1:
                x0, top, x1, bottom = height - bottom, x0, height - top, x1
            elif turn == 2:
                x0, top, x1, bottom = width - x1, height - bottom, width - x0, height - top
            else:
                x0, top, x1, bottom = top, width - x1, bottom, width - x0
            pages.x0[i], pages.top[i], pages.x1[i], pages.bottom[i] = x0, top, x1, bottom


class _Text:
    """The text under construction, with a place for each word."""

    def __init__(self, pages: _Pages) -> None:
        self.pages = pages
        self.odd = pages.glue | pages.raised.keys()
        self.parts: list[str] = []
        self.length = 0
        self.line = 0
        self.words: list[int] = []
        self.starts = array("l")
        self.ends = array("l")
        self.lines = array("l")
        whole = " ".join(pages.text).casefold().translate(_APART).split()
        # The halves of words broken at line ends are no words of the paper.
        halves = [
            half
            for lines in pages.lines
            for before, line in pairwise(lines)
            if before.hyphen
            for half in (pages.text[before.last - 1], pages.text[line.first])
        ]
        self.known = Counter(whole)
        self.known.subtract(" ".join(halves).casefold().translate(_APART).split())
        self.compounds: Counter[str] = Counter()
        for word, n in self.known.items():
            if "-" in word:
                for a, b in pairwise(word.split("-")):
                    self.compounds[f"{a}-{b}"] += n

    def broken(self, left: str, right: str) -> str:
        """What to write for the end of a line that a hyphen ties to the start of the next.

        Joined without the hyphen where the next letter is small, unless the paper itself writes the hyphenated form,
        or writes both halves as words and never the joined one ("placebo-" "controlled").
        """
        a, b = _TAIL.search(left), _HEAD.match(right)
        if a is None or b is None or not right[0].islower():
            return left + "-"
        first, second = a.group().casefold(), b.group().casefold()
        known = self.known
        hyphenated, joined = self.compounds.get(f"{first}-{second}", 0), known.get(first + second, 0)
        if hyphenated and hyphenated >= joined:
            return left + "-"
        if not hyphenated and joined <= 0 and known.get(first, 0) > 0 and known.get(second, 0) > 0:
            chained = left[: a.start()].endswith("-")
            compound = (len(first) > 2 or chained) and (len(second) > 2 or right[b.end() :].startswith("-"))
            return left + "-" if compound else left
        return left

    def put(self, lines: Sequence[_Line], table: bool = False) -> tuple[int, int]:
        """Append a block's lines; gives its start and end. Two line ends stand between blocks."""
        if self.length:
            self.parts.append("\n\n")
            self.length += 2
        begin = self.length
        text, glue, raised = self.pages.text, self.pages.glue, self.pages.raised
        odd = self.odd
        parts, words, starts, ends, numbers = self.parts, self.words, self.starts, self.ends, self.lines
        x0, x1 = self.pages.x0, self.pages.x1
        at = self.length
        before: _Line | None = None
        count = len(lines)
        for k, line in enumerate(lines):
            self.line += 1
            if before is not None:
                same = abs(line.mid - before.mid) < 0.5 * before.em and line.page == before.page and line.x0 > before.x0
                last = text[words[-1]] if words else ""
                if table:
                    parts.append("\t" if same else "\n")
                    at += 1
                elif not before.hyphen and not (last[-1:] in "-–/" and len(last) > 1 and not same):
                    parts.append(" ")
                    at += 1
            following = lines[k + 1] if k + 1 < count else None
            first, last = line.first, line.last
            printed = text[first:last]
            end = printed[-1]
            if line.hyphen or (end[-1] == "-" and len(end) > 1):
                stem = end if line.hyphen else end[:-1]
                printed[-1] = stem + "-" if following is None or table else self.broken(stem, text[following.first])
            words.extend(range(first, last))
            numbers.extend([self.line] * (last - first))
            if (table and line.gap >= 0.9) or not odd.isdisjoint(range(first, last)):
                for i, word in enumerate(printed, first):
                    if i > first:
                        if i in raised:
                            between = " [" if raised[i] == "cite" else "^"
                        elif i in glue:
                            between = ""
                        else:
                            between = "\t" if table and x0[i] - x1[i - 1] >= 0.9 * line.em else " "
                        parts.append(between)
                        at += len(between)
                    parts.append(word)
                    starts.append(at)
                    at += len(word)
                    ends.append(at)
                    if i > first and raised.get(i) == "cite":
                        parts.append("]")
                        at += 1
            else:
                parts.append(" ".join(printed))
                for word in printed:
                    starts.append(at)
                    at += len(word)
                    ends.append(at)
                    at += 1
                at -= 1
            before = line
        self.length = at
        return begin, at

    def finish(self) -> tuple[str, Words]:
        pages, words = self.pages, self.words
        if pages.turned:
            _turn_back(pages)
        return "".join(self.parts), Words(
            self.starts,
            self.ends,
            array("l", map(pages.page.__getitem__, words)),
            self.lines,
            array("d", map(pages.x0.__getitem__, words)),
            array("d", map(pages.top.__getitem__, words)),
            array("d", map(pages.x1.__getitem__, words)),
            array("d", map(pages.bottom.__getitem__, words)),
        )


# ---- sections ------------------------------------------------------------------------------------------------------

_RUN_IN = re.compile(
    r"(?P<head>Background|Introduction|Objectives?|Aims?|Purpose|Importance|Context|Methods?|Design|Setting|Participants|Patients|Interventions?"
    r"|Main outcome measures?|Measurements|Results?|Findings|Main results|Conclusions?|Interpretation|Discussion|Funding|Trial registration)"
    r"\s+(?=[A-Z0-9])"
)
_SUPPORT = re.compile(
    r"(?:supported by|disclosure forms|we thank|the authors thank|a data sharing statement|all authors (?:had|have|read|meet|contributed|approved)"
    r"|no (?:other )?potential conflict|the (?:trial|study) was (?:funded|supported) by|this (?:work|study|trial|research) was (?:funded|supported)|funding (?:was|for this))",
    re.IGNORECASE,
)


_LEAD = re.compile(r"((?:\d{1,2}(?:\.\d{1,2}){0,3}\.? )?[A-Z][^.:]{2,100}?)[.:] ?(?=[A-Z0-9])")
_ITEM = re.compile(r"[•●▪◦■]|\(?\d{1,2}[.)]\s")


_IN_ABSTRACT = frozenset(
    "trial registration;registration;clinical trial registration;funding;keywords;key words;abbreviations;trial registration number".split(";")
)
_IN_BOX = frozenset("evidence before this study;added value of this study;implications of all the available evidence".split(";"))


class _Sections:
    """Walks the blocks in reading order and names their sections and parts."""

    def __init__(self, reading: _Reading) -> None:
        self.reading = reading
        self.section, self.part, self.heading = "other", "", ""
        self.parts_seen: set[str] = set()
        self.abstract_page = 0
        self.abstract_words = 0
        self.abstract: _Block | None = None
        self.aside: tuple[str, str] | None = None  # the section that a box ("What is new?") interrupts
        self.styles: set[tuple[str, int, bool]] = set()
        self.common = {
            style for style, n in Counter(self.style(b) for b in reading.order if b.kind == "heading").items() if n > 3
        }
        for block in reading.order:
            if block.kind == "heading" and _plain_name(block.text) in _MAJOR and section_of(block.text)[0] in (
                "background", "methods", "results", "discussion", "conclusion", "references",
            ):  # fmt: skip
                self.styles.add(self.style(block))
        self.has_abstract = any(b.kind == "heading" and _plain_name(b.text) in ("abstract", "summary") for b in reading.order)

    @staticmethod
    def style(block: _Block) -> tuple[str, int, bool]:
        return block.font, round(2 * block.em), block.bold

    def open_heading(self, block: _Block, text: str) -> None:
        name = _plain_name(text)
        section, part = section_of(_NUMBERED.sub("", text, count=1))
        self.heading = text
        if name in ("abstract", "summary") and block.page <= 3:
            self.section, self.part = "abstract", ""
            self.abstract_page = block.page
            return
        if not section:
            if self.aside is not None and name not in _IN_BOX and self.style(block) in self.common:
                (self.section, self.part), self.aside = self.aside, None
            return
        if self.section == "abstract":
            again = part in self.parts_seen and part not in ("", "methods") or (part == "methods" and "results" in self.parts_seen)
            structured = part and name not in ("introduction",) and not again and block.page <= self.abstract_page + 1
            if structured and not (self.abstract_words > 120 and not self.parts_seen and name == "background"):
                self.part = part
                self.parts_seen.add(part)
                return
            if section == "back" and (not self.parts_seen or not part) and block.page <= self.abstract_page and name in _IN_ABSTRACT:
                self.part = ""
                return
        sub = re.match(r"\d{1,2}\.\d", text)
        if self.aside is not None and name in _IN_BOX:
            return
        if self.aside is not None and section != "summary":
            self.section, self.part = self.aside
            self.aside = None
        if section == "summary" and name not in _MAJOR and self.section in ("discussion", "results", "conclusion"):
            return
        if section == "summary" and name not in _MAJOR:
            if self.aside is None and self.section not in ("other", "abstract", "summary"):
                self.aside = self.section, self.part
            self.section, self.part = section, part
            return
        free = self.section in ("other", "abstract", "summary", "background", "back", "references")
        if name in _MAJOR or (free and self.style(block) in self.styles and not sub):
            self.section, self.part = section, part

    def blocks(self, block: _Block, text: str, start: int, end: int) -> list[Block]:
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

    def paragraph(self, block: _Block, shown: str, start: int, end: int) -> list[Block]:
        if block.section == "other":
            return [Block("paragraph", "other", "", start, end)]
        if block.section == "abstract":
            self.section, self.part, self.heading, self.abstract_page = "abstract", "", "", block.page
        found = pieces(shown) if self.section in ("abstract", "other") and block.page <= 3 else []
        if self.section == "other" and found and found[0].kind == "heading" and found[0].section in ("background", "methods", "abstract"):
            if not (self.has_abstract and found[0].section != "abstract"):
                self.section, self.part, self.abstract_page = "abstract", "", block.page
        if self.section == "other" and block.prose and self.reading.flows(block) and len(shown) > 350 and _reads(shown):
            # Running text without a heading before it: the introduction, or an abstract set in a type of its own.
            self.section = self.part = "background"
        if self.section == "abstract":
            done = "conclusion" in self.parts_seen or "results" in self.parts_seen
            other_type = self.abstract is not None and (
                abs(block.em - self.abstract.em) > 0.05 * block.em or block.font != self.abstract.font
            )
            if block.prose and len(shown) > 200 and self.reading.flows(block) and _reads(shown) and (
                (done and block.page > self.abstract_page)
                or (other_type and self.abstract_words > 50 and not (found and found[0].kind == "heading"))
            ):
                self.section = self.part = "background"
                self.heading = ""
                return [Block("paragraph", "background", "background", start, end)]
            if block.prose:
                self.abstract = self.abstract or block
                self.abstract_page = max(self.abstract_page, block.page)
                self.abstract_words += shown.count(" ") + 1
            run_in = None
            if block.lines[0].lead_bold and not (found and found[0].kind == "heading"):
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
                    self.part = piece.part
                    self.heading = piece.head
                    self.parts_seen.add(piece.part)
                kind = piece.kind if piece.kind != "furniture" else "paragraph"
                out.append(Block(kind, "abstract", self.part, start + piece.start, start + piece.end, self.heading))
            return out or [Block("paragraph", "abstract", self.part, start, end, self.heading)]
        section, part = self.section, self.part
        if section in ("discussion", "conclusion", "back", "results") and (_BACK_START.match(shown) or _SUPPORT.match(shown)):
            section, part = "back", ""
            if self.section in ("discussion", "conclusion", "back"):
                self.section, self.part = "back", ""
        heading = self.heading
        if block.lines[0].lead_bold and not block.bold:
            run_in = _LEAD.match(shown)
            if run_in:
                heading = run_in[1]
        kind = "item" if _ITEM.match(shown) else "paragraph"
        return [Block(kind, section, part, start, end, heading)]


# ---- the whole -----------------------------------------------------------------------------------------------------

_CITED_AS = re.compile(
    r"(?P<name>(?:the )?[A-Z][A-Za-z&.:\u2009\xa0 -]{2,60}?)[ ,.|]{1,3}(?:\((?P<y1>(?:19|20)\d{2})\)[ ,]{0,2}\d|(?P<y2>(?:19|20)\d{2})\s?[;,]\s?\d)"
)
_YEARS = re.compile(r"(?:published|accepted|©|copyright|\(c\))[^\d]{0,60}(?:\d{1,2} \w+ )?((?:19|20)\d{2})|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:\d{1,2}, )?((?:19|20)\d{2})", re.I)


def _source(document: Any, title: str, front: str, margin: str, flow: str) -> Source:
    """Identifiers as printed: DOI and journal from the first page and the running heads, trial numbers from the text."""
    joined = re.sub(r"(10\.\d{4,9}/[^\s]*[/.(-]?)\s(?=[A-Za-z]*\d)", lambda m: m[1] if m[1][-1] in "/.(-" else m[0], margin + "\n" + front)
    journal, year = "", None
    named = _CITED_AS.search(margin) or _CITED_AS.search(front)
    if named:
        journal = named["name"].strip(" .,|:\u2009\xa0")
        year = int(named["y1"] or named["y2"])
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


def read_pdf(data: bytes, name: str) -> list[Document]:
    """Read a PDF: one Document with words and boxes, blocks in reading order, no grids.

    Text of tables stands in blocks of kind "table": cells joined by a tab, printed lines by a line end. Text that
    belongs to a figure is kind "item", section "other". Notices tell of damage, repair, reordered columns, hidden
    text, scanned pages and permission flags.

    Raises ReadError with one line: empty file, encrypted, no text layer, no pages, too many pages, damaged, no PDF.
    A hostile file may exhaust memory or time inside pdfium: call it in a worker process with limits.
    """
    document, notices = _open(data)
    try:
        pages = _pages(document)
        reading = _Reading(pages)
        reading.front()
        reading.captions_and_tables()
        reading.flow()
        reading.gather()
        built = _Text(pages)
        spans = [built.put(b.lines, b.kind == "table" or (b.kind == "item" and b.section == "other")) for b in reading.order]
        margins = [built.put(b.lines) for b in reading.furniture]
        text, words = built.finish()
        sections = _Sections(reading)
        blocks: list[Block] = []
        for block, (start, end) in zip(reading.order, spans, strict=True):
            blocks += sections.blocks(block, text, start, end)
        blocks += [Block("furniture", "other", "", start, end) for start, end in margins]
        title = next((text[b.start : b.end] for b in blocks if b.kind == "title"), "")
        front = "\n".join(text[s:e] for block, (s, e) in zip(reading.order, spans, strict=True) if block.page == 1)[:8000]
        margin = "\n".join(text[s:e] for block, (s, e) in zip(reading.furniture, margins, strict=True) if block.page <= 2)
        flow = "\n".join(text[b.start : b.end] for b in blocks if b.kind not in ("reference", "furniture"))
        source = _source(document, title, front, margin, flow)
    finally:
        document.close()
    if pages.scanned:
        notices.append(f"no text layer on {_plural(pages.scanned)}: scanned")
    if not any("damaged" in notice for notice in notices) and _thin(pages) and b"/Encrypt" not in data[-4096:]:
        torn, streams = _torn(data)
        if torn:
            notices.append(f"damaged: {torn} of its {streams} packed streams break off, text may be missing")
    total = sum(map(len, pages.lines))
    ocr = bool(total) and pages.invisible > 0.5 * total
    if ocr:
        notices.append("the text is an invisible layer over pictures, as text recognition leaves it: check numbers against the page")
    elif pages.invisible:
        notices.append(f"hidden text kept: {pages.invisible} lines in an invisible mode")
    if pages.white:
        notices.append(f"hidden text kept: white on no ground, {_plural(pages.white)}")
    return [
        Document(
            name, hashlib.sha256(data).hexdigest(), "pdf", text, tuple(blocks), (), source,
            tuple([*notices, *pages.notices, *reading.notices]), words, len(pages.lines), ocr,
        )
    ]  # fmt: skip
