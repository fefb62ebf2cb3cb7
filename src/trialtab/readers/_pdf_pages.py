"""The pages of a PDF as pdfium gives them: words with boxes in content order, and printed lines.

One text call a page and two box calls a word, no call per character; raised figures (citations, powers) and old
ligatures are told apart here, where their boxes are known. Frame of all boxes: the page as it is shown (its /Rotate
applied), points, origin at the top left.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, compress, repeat
from math import hypot
from statistics import median
from typing import Any

import numpy as np
import pypdfium2.raw as raw

from trialtab.errors import ReadError
from trialtab.readers._pdf_characters import Characters, first_and_last, loose_box
from trialtab.readers._pdf_native import Numbers, Thing, bare, frame_of, object_type, page_object, shown
from trialtab.readers._pdf_raised import part_raised, raised_figures, raised_marks
from trialtab.readers._pdf_rules import Rules, rules_of

MAX_PAGES = 2000
MAX_PAGE_CHARACTERS = 200_000  # a dense page has 10,000
MAX_CHARACTERS = 20_000_000
MAX_LINE = 6.0  # times the height of its words: what is higher is no line

# ---- words and lines of the pages ----------------------------------------------------------------------------------


class Line:
    """One printed line, or one cell of it: words first <= i < last; em: type size; mid: height of the baseline.

    Size, baseline and font are those of the longest word, so that a sign or a raised figure does not decide them.
    """

    __slots__ = (
        "bold", "bottom", "em", "first", "font", "gap", "hidden", "hyphen", "last", "lead_bold", "mid", "page",
        "quarter", "sideways", "text", "top", "x0", "x1",
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
    quarter: int  # quarter turns to the left from upright, on the page as it is read
    text: str


@dataclass(slots=True)
class Pages:
    """All words of a document (parallel lists and arrays, content order) and its lines page by page."""

    text: list[str] = field(default_factory=list)
    page: array[int] = field(default_factory=lambda: array("l"))
    x0: array[float] = field(default_factory=lambda: array("d"))
    top: array[float] = field(default_factory=lambda: array("d"))
    x1: array[float] = field(default_factory=lambda: array("d"))
    bottom: array[float] = field(default_factory=lambda: array("d"))
    glue: set[int] = field(default_factory=set)  # words that follow the one before without a space
    lines: list[list[Line]] = field(default_factory=list)
    sizes: list[tuple[float, float]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    raised: dict[int, str] = field(default_factory=dict)  # words printed high: "cite" or "power"
    scanned: list[int] = field(default_factory=list)  # pages of pictures without a character
    turned: dict[int, int] = field(
        default_factory=dict
    )  # pages read upright: quarter turns clockwise to the page as shown
    invisible: int = 0  # lines in render mode 3
    white: list[int] = field(default_factory=list)  # pages with white text on no ground
    rules: dict[int, Rules] = field(default_factory=dict)  # of pages with the caption of a table


# A line ends at a line break; pdfium puts U+FFFE (older versions U+0002) for a line-end hyphen and drops the break.
_LINE = re.compile("[^\r\n\ufffe\x02]+")
# What parts words: every blank but the space itself, control characters, unseen signs.
_ODD_BLANK = re.compile(
    "[\x00-\x1f\x7f-\xa0\u1680\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\ufffe\uffff]"
)
# One thing printed, one way to write it. Words with these are rewritten as the text is built, never afterwards.
_SIGNS = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    0x00AD: "-", 0x2010: "-", 0x2011: "-", 0x200C: None, 0x200D: None,  # U+00AD: what is drawn is a hyphen
}  # fmt: skip
_ODD_SIGN = re.compile("[" + "".join(map(chr, _SIGNS)) + "]")
# Old fonts print an accent as a sign of its own, after its letter or before it ("Wu¨rzburg", "W¨urzburg").
_ACCENTS = {"¨": "\u0308", "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "˜": "\u0303", "¸": "\u0327"}
_ACCENT_SIGN = re.compile(f"[{''.join(_ACCENTS)}]")
_ACCENT = re.compile(r"([aceinosuyzACEINOSUYZ])([¨´`ˆ˜¸])|([¨´`ˆ˜¸])([aceinosuyzACEINOSUYZ])")


def _accented(found: re.Match[str]) -> str:
    """A letter and its accent as one sign, where there is such a sign; else as printed."""
    letter, accent = found[1] or found[4], found[2] or found[3]
    whole = unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    return whole if len(whole) == 1 else found[0]


_object_bounds = bare("FPDFPageObj_GetBounds")
_FOUR_FLOATS = ctypes.c_float * 4


def words_of(text: str) -> tuple[list[str], list[int]]:
    """The words of a page's text and where each begins: what stands between blanks, line ends and unseen signs."""
    blank = text.replace("\r", " ").replace("\n", " ").replace("\ufffe", " ")
    if _ODD_BLANK.search(blank):
        blank = _ODD_BLANK.sub(" ", blank)  # one for one: places hold
    parts = blank.split(" ")
    starts = accumulate([len(part) + 1 for part in parts], initial=0)
    return list(filter(None, parts)), list(compress(starts, parts))


def _run_together(handle: Any, ends: Sequence[int], boxes: Sequence[float], turned: int) -> list[int]:
    """Characters with which a word begins that pdfium ran into the end of the line before: they stand elsewhere.

    ends, boxes: of the first and last character of each word; turned: 1 where the page's lines run up or down it.
    """
    low, high = (0, 2) if turned else (3, 1)
    box = _FOUR_FLOATS()
    at = ctypes.byref(box)
    found: list[int] = []
    for k in range(0, len(ends), 2):
        here, there = boxes[4 * k : 4 * k + 4], boxes[4 * k + 4 : 4 * k + 8]
        tall = max(here[high] - here[low], there[high] - there[low])
        if abs(here[low] + here[high] - there[low] - there[high]) / 2 <= tall:
            continue
        for i in range(ends[k], min(ends[k + 1], ends[k] + 200)):
            if not (loose_box(handle, i + 1, at) and abs(box[low] + box[high] - here[low] - here[high]) / 2 > tall):
                continue
            found.append(i + 1)
            here = box[:]
    return found


def _stretches(spans: Sequence[tuple[int, int]], starts: Sequence[int]) -> list[tuple[int, int, int]]:
    """Of each start: itself, the end of the word it stands in, and the next start."""
    ends = [end for _, end in spans]
    return [
        (at, ends[bisect_right(ends, at)], starts[k + 1] if k + 1 < len(starts) else ends[-1])
        for k, at in enumerate(starts)
    ]


Printed = list[tuple[int, int, int, int]]  # first word, last word, start and end of a line in the page's text


def _by_height(printed: Printed, starts: Sequence[int], lengths: Sequence[int], places: Places) -> Printed:
    """Lines parted where the next word stands higher or lower: pdfium may run a turned page into one line."""
    tops, bottoms = places.top.tolist(), places.bottom.tolist()
    out: Printed = []
    for first, last, start, end in printed:
        tall = max(map(float.__sub__, bottoms[first:last], tops[first:last]))
        whole = max(bottoms[first:last]) - min(tops[first:last]) <= MAX_LINE * tall  # it may hold cells of a few lines
        for k in range(first + 1, last if not whole else 0):
            step = abs(tops[k] + bottoms[k] - tops[k - 1] - bottoms[k - 1]) / 2
            if step > 0.6 * max(bottoms[k] - tops[k], bottoms[k - 1] - tops[k - 1]):
                out.append((first, k, start, starts[k - 1] + lengths[k - 1]))
                first, start = k, starts[k]
        out.append((first, last, start, end))
    return out


class Places:
    """Where the words of a page stand on it as it is shown: arrays of x0, top, x1, bottom in points."""

    def __init__(self, frame: tuple[float, float, float, float, int], edges: Numbers) -> None:
        """edges: left, top, right, bottom of the first and of the last character of each word, in page units."""
        left, right = edges[:, 0], edges[:, 6]
        if frame[4] % 2 or (left > right).any():  # turned, right to left, or upside down
            left, right = np.minimum(left, edges[:, 4]), np.maximum(edges[:, 2], right)
        high, low = np.maximum(edges[:, 1], edges[:, 5]), np.minimum(edges[:, 3], edges[:, 7])
        self.x0, self.top, self.x1, self.bottom = shown(frame, (left, high, right, low))

    def of_lines(self, firsts: Sequence[int]) -> list[list[float]]:
        """x0, top, x1, bottom and the widest gap between words of each line, whose first word is given."""
        at = np.array(firsts)
        behind = np.append(self.x0[1:], 0.0) - self.x1
        behind[at - 1] = -np.inf  # behind the last word of a line (-1: of the page) there is none
        sides = (
            np.minimum.reduceat(self.x0, at), np.minimum.reduceat(self.top, at),
            np.maximum.reduceat(self.x1, at), np.maximum.reduceat(self.bottom, at),
        )  # fmt: skip
        gaps = np.maximum.reduceat(behind, at)
        return [side.tolist() for side in (*sides, np.where(np.isneginf(gaps), 0.0, gaps))]


def _words(pages: Pages, characters: Characters, turn: int, upright: bool) -> tuple[list[str], list[int], Numbers]:
    """The page's words, where each begins, and the boxes of their first and last characters."""
    text = characters.text
    words, starts = words_of(text)
    ends = first_and_last(words, starts)
    edges = characters.edges(ends)
    if upright and (cuts := _run_together(characters.handle, ends, edges.ravel().tolist(), turn % 2)):
        starts = sorted([*starts, *cuts])
        spans = [(at, end + 1) for at, end in zip(ends[0::2], ends[1::2], strict=True)]
        words = [text[at : min(text_end, following)] for at, text_end, following in _stretches(spans, starts)]
        edges = characters.edges(first_and_last(words, starts))
    if turn == 0:  # the ink boxes of a turned page stand in another frame
        raised = raised_figures(text, characters.handle) | raised_marks(characters.handle, words, starts, edges)
        if raised:
            words, starts, whole = part_raised(pages, text, words, starts, raised)
            parts = [i for i, old in enumerate(whole) if old < 0]
            edges = edges[whole]  # right for the words that are whole still
            edges[parts] = characters.edges(first_and_last([words[i] for i in parts], [starts[i] for i in parts]))
    return words, starts, edges


def _read_page(pages: Pages, number: int, page: Any, text_page: Any, room: int, upright: bool = False) -> None:
    """Append one page's words and lines. room: characters still allowed; upright: the page was turned to be read."""
    frame = frame_of(page)
    left, bottom, right, top, turn = frame
    width, height = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)
    pages.sizes.append((width, height))
    lines: list[Line] = []
    pages.lines.append(lines)
    count = raw.FPDFText_CountChars(text_page)
    if count > min(room, MAX_PAGE_CHARACTERS):
        count = min(room, MAX_PAGE_CHARACTERS)
        pages.notices.append(f"page {number}: only the first {count:,} characters read")
    if count <= 0:
        return
    characters = Characters(text_page, count)
    text, base = characters.text, len(pages.text)
    words, starts, edges = _words(pages, characters, turn, upright)
    if not words:
        return
    printed: Printed = []
    last = 0
    for line in _LINE.finditer(text):
        first, last = last, bisect_left(starts, line.end(), last)
        if last > first:
            printed.append((first, last, line.start(), line.end()))
    lengths = list(map(len, words))
    places = Places(frame, edges)
    if upright:
        printed = _by_height(printed, starts, lengths, places)
    odd_signs = _ODD_SIGN.search(text) is not None
    if odd_signs:
        words = [w.translate(_SIGNS) or "-" for w in words]
    if _ACCENT_SIGN.search(text):
        words = [_ACCENT.sub(_accented, w) for w in words]
    pages.text += words
    pages.page.extend(array("l", [number]) * len(words))
    pages.x0.frombytes(places.x0.tobytes())
    pages.top.frombytes(places.top.tobytes())
    pages.x1.frombytes(places.x1.tobytes())
    pages.bottom.frombytes(places.bottom.tobytes())
    # Of each line: its longest word, and of that word's middle character (the first may be a drop capital) the size,
    # baseline, font, ink.
    longest = [lengths.index(max(lengths[first:last]), first) for first, last, _, _ in printed]
    asked = [starts[k] + (lengths[k] - 1) // 2 for k in longest]
    sizes, modes = characters.sizes(asked), characters.render_modes(asked)
    matrices, origins, colours = characters.matrices(asked), characters.origins(asked), characters.colours(asked)
    fonts = characters.fonts(asked)
    leads = characters.fonts([starts[first] for first, _, _, _ in printed])
    # A bold head that runs into its paragraph ends within the line.
    heads = [k for k, (first, last, _, _) in enumerate(printed) if fonts[k][1] and last - first > 1]
    tails = [True] * len(asked)
    lasts = [printed[k][1] - 1 for k in heads]
    for k, (_, bold) in zip(heads, characters.fonts([starts[i] + lengths[i] - 1 for i in lasts]), strict=True):
        tails[k] = bold
    shears = list(map(hypot, matrices[2::6], matrices[3::6]))
    xs, ys = origins[0::2], origins[1::2]
    baselines = (
        [top - y for y in ys] if turn == 0 else [x - left for x in xs] if turn == 1
        else [y - bottom for y in ys] if turn == 2 else [right - x for x in xs]
    )  # fmt: skip
    reds, greens, blues = colours[0::4], colours[1::4], colours[2::4]
    talls = (places.bottom - places.top)[longest].tolist()
    sides = zip(*places.of_lines([first for first, _, _, _ in printed]), strict=True)
    white: list[Line] = []
    ligatures = _LIGATURE.search(text) is not None
    for k, ((first, last, start, end), (x0, y0, x1, y1, gap)) in enumerate(zip(printed, sides, strict=True)):
        line_ = Line()
        line_.page, line_.first, line_.last = number, base + first, base + last
        line_.x0, line_.top, line_.x1, line_.bottom = x0, y0, x1, y1
        tall = talls[k]
        across, up = matrices[6 * k], matrices[6 * k + 1]  # the way the line runs, in page units
        quarter = (0 if across >= 0 else 2) if abs(across) >= abs(up) else (1 if up > 0 else 3)
        line_.quarter = (quarter - turn) % 4
        line_.sideways = line_.quarter % 2 == 1
        size = sizes[k] * shears[k]
        line_.em = size if 0.5 < size < 4 * tall else max(0.8 * tall, 0.5)
        line_.mid = baselines[k]
        line_.gap = gap / line_.em
        line_.text = text[start:end].strip() if last - first > 1 else words[first]
        line_.hyphen = end < count and text[end] in "\ufffe\x02"
        line_.font, line_.bold = fonts[k]
        line_.lead_bold = leads[k][1]
        line_.bold = line_.bold and tails[k]
        line_.hidden = modes[k] == 3
        if line_.hidden:
            pages.invisible += 1
        elif reds[k] == greens[k] == blues[k] == 255:
            white.append(line_)
        if ligatures:
            _mend_ligatures(pages, line_)
        if lines and _same_row(pages, lines[-1], line_, text[start].isspace()):
            continue
        lines.append(line_)
    if white:
        _look_behind(pages, number, page, frame, white)


_LIGATURE = re.compile(r"f[fil]\s+[^\W\d_]")


def _mend_ligatures(pages: Pages, line: Line) -> None:
    """Old fonts set "fi" as one sign that pdfium follows with a space ("diff erence"): no ink gap, no space."""
    for i in range(line.first, line.last - 1):
        word = pages.text[i]
        ligature = word[-1] in "fil" and word[-2:] in ("ff", "fi", "fl")
        if ligature and pages.text[i + 1][0].islower() and pages.x0[i + 1] - pages.x1[i] < 0.06 * line.em:
            pages.glue.add(i + 1)


def _same_row(pages: Pages, before: Line, line: Line, spaced: bool) -> bool:
    """Join a fragment to the line before it where a raised or lowered sign made pdfium break the line."""
    em = max(before.em, line.em)
    gap = line.x0 - before.x1
    if before.sideways or line.sideways or abs(before.mid - line.mid) > 0.4 * em or not -0.3 * em < gap < 0.45 * em:
        return False
    glued = gap < 0.12 * em and not spaced
    if glued:
        pages.glue.add(line.first)
    if line.last - line.first > before.last - before.first:
        before.em, before.mid, before.font, before.bold = line.em, line.mid, line.font, line.bold
    before.last = line.last
    before.x1, before.top, before.bottom = (
        max(before.x1, line.x1),
        min(before.top, line.top),
        max(before.bottom, line.bottom),
    )
    before.text += ("" if glued else " ") + line.text
    before.gap, before.hyphen = max(before.gap, line.gap), line.hyphen
    return True


def _look_behind(
    pages: Pages, number: int, page: Any, frame: tuple[float, float, float, float, int], white: list[Line]
) -> None:
    """White text is hidden where no picture or painted path lies behind it; headings on a dark bar are not."""
    left, bottom, right, top, turn = frame
    waiting: list[tuple[float, float, Line]] = []  # x, y of its middle in page units
    for line in white:
        if not line.hidden:
            across, down = (line.x0 + line.x1) / 2, line.mid
            x, y = (
                (left + across, top - down), (left + down, bottom + across), (right - across, bottom + down),
                (right - down, top - across),
            )[turn]  # fmt: skip
            waiting.append((x, y, line))
    box = _FOUR_FLOATS()  # left, bottom, right, top
    sides = [ctypes.byref(box, 4 * k) for k in range(4)]
    handle = Thing.from_param(ctypes.cast(page, ctypes.c_void_p).value)
    for thing in map(page_object, repeat(handle), range(min(raw.FPDFPage_CountObjects(page), 50_000))):
        if not waiting:
            return
        if object_type(thing) != raw.FPDF_PAGEOBJ_TEXT and _object_bounds(thing, *sides):
            x0, y0, x1, y1 = box
            waiting = [(x, y, line) for x, y, line in waiting if not (x0 <= x <= x1 and y0 <= y <= y1)]
    for _, _, line in waiting:
        line.hidden = True
    if waiting:
        pages.white.append(number)


def _lies(lines: Sequence[Line]) -> bool:
    """A page whose text runs up or down it: a landscape table on a portrait page, or a page turned as a whole."""
    aside = sum(line.last - line.first for line in lines if line.sideways)
    return aside >= 20 and aside > 0.6 * sum(line.last - line.first for line in lines)


def _read_upright(pages: Pages, number: int, page: Any, text_page: Any, room: int, before: int) -> Any:
    """Read a sideways page again, turned so that its text stands upright; gives the text page now open.

    pdfium orders lines in the frame of the page, so a turned frame gives rows and columns as the eye sees them. The
    boxes are brought back to the page as shown when the text is built.
    """
    shown = raw.FPDFPage_GetRotation(page) % 4
    quarters = Counter[int]()
    for line in pages.lines[-1]:
        quarters[line.quarter] += line.last - line.first
    turn = (shown + quarters.most_common(1)[0][0]) % 4
    _forget(pages, before)
    raw.FPDFText_ClosePage(text_page)
    raw.FPDFPage_SetRotation(page, turn)
    text_page = raw.FPDFText_LoadPage(page)
    _read_page(pages, number, page, text_page, room, upright=True)
    pages.turned[number] = (shown - turn) % 4
    return text_page


def _forget(pages: Pages, before: int) -> None:
    """Take back the page read last: its words are those from `before` on."""
    hidden = sum(line.hidden for line in pages.lines.pop())
    pages.invisible -= min(hidden, pages.invisible)
    pages.sizes.pop()
    del pages.text[before:], pages.page[before:]
    for side in (pages.x0, pages.top, pages.x1, pages.bottom):
        del side[before:]
    pages.glue = {i for i in pages.glue if i < before}
    pages.raised = {i: kind for i, kind in pages.raised.items() if i < before}


def _is_scan(page: Any) -> bool:
    """A page without a character that shows a picture."""
    for k in range(min(raw.FPDFPage_CountObjects(page), 200)):
        if raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, k)) in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            return True
    return False


_CAPTION = re.compile(r"(?:\W|supplement\w* |extended data |e)?tab(?:le|\.)\W{0,2}\w", re.IGNORECASE)


def read_pages(document: Any) -> Pages:
    """Read every page. Raises ReadError where there are none, or more than MAX_PAGES."""
    count = len(document)
    if count <= 0:
        raise ReadError("no pages")
    if count > MAX_PAGES:
        raise ReadError(f"more than {MAX_PAGES} pages ({count}): split the file")
    pages, lost, room = Pages(), list[int](), MAX_CHARACTERS
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
            if any(_CAPTION.match(line.text) for line in pages.lines[-1]):
                pages.rules[i + 1] = rules_of(page)
        finally:
            raw.FPDFText_ClosePage(text_page)
            raw.FPDF_ClosePage(page)
        room -= len(" ".join(pages.text[before:])) + (len(pages.text) > before)
        if room <= 0 and i + 1 < count:
            pages.notices.append(f"more than {MAX_CHARACTERS:,} characters: pages {i + 2} to {count} cut")
            break
    if len(lost) == count:
        raise ReadError(f"damaged: none of its {count} pages can be read")
    if lost:
        pages.notices.append(f"damaged: {plural(lost)} could not be read")
    if not pages.text:
        kind = f"{count} scanned pages" if count > 1 else "1 scanned page"
        if not pages.scanned:
            raise ReadError(
                f"no text layer: {count} page{'s' * (count > 1)} with neither text nor pictures, blank or damaged"
            )
        raise ReadError(f"no text layer: {kind}, OCR {'them' if count > 1 else 'it'} first")
    return pages


def plural(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}"


def thin_pages(pages: Pages) -> bool:
    """A page before the last holds far fewer words than its fellows."""
    counts = Counter(pages.page)
    held = [counts.get(number, 0) for number in range(1, len(pages.lines) + 1)]
    return len(held) > 2 and min(held[:-1]) < 0.3 * median(held)
