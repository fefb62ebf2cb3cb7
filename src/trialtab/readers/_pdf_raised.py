"""What is printed high: figures (citations, powers) and the letters that mark footnotes, told by their boxes."""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from math import sin
from typing import TYPE_CHECKING, Any

import numpy as np

from trialtab.readers._pdf_characters import loose_box, origin
from trialtab.readers._pdf_native import Numbers, bare

if TYPE_CHECKING:
    from trialtab.readers._pdf_pages import Pages

_FOUR, _TWO, _BOX = ctypes.c_double * 4, ctypes.c_double * 2, ctypes.c_float * 4
_angle = bare("FPDFText_GetCharAngle", ctypes.c_float)
_ink_box = bare("FPDFText_GetCharBox")

# A raised figure after a word is a citation ("survival.1,2"), after a unit or a symbol a power ("kg/m2", "χ2").
# Both begin with what a search can skip to: a figure, "10".
_HIGH = re.compile(r"\d\d{0,2}(?:[,–-]\d{1,3}){0,30}(?=[.,;:)\]/]{0,6}(?:\s|\Z|\ufffe))")
_TEN = re.compile(r"10(?<![\d.,]10)[-−–]?\d{1,2}(?=[/\s)])")
_BEFORE_HIGH = frozenset(".,;:)]%”’'")
_POWER = re.compile(r"(?:\A|[^A-Za-zµμ])(?:[cmkdnµμ]?m|in|ft|m?sec|ms|[sh]|[A-Za-zχηρωεβλσ])\Z|\d\Z")


def raised_figures(text: str, handle: Any) -> dict[int, int]:
    """Figures printed high above their baseline: first character -> end, as positions in text."""
    found: dict[int, int] = {}
    ink, where = _FOUR(), _TWO()
    sides = [ctypes.byref(ink, 8 * k) for k in range(4)]  # left, right, bottom, top
    x_at, y_at = ctypes.byref(where), ctypes.byref(where, 8)
    places = [(figure.start(), figure.end()) for figure in _HIGH.finditer(text)]
    places = [(at, end) for at, end in places if at and (text[at - 1].isalpha() or text[at - 1] in _BEFORE_HIGH)]
    places += [(ten.start() + 2, ten.end()) for ten in _TEN.finditer(text)]  # "× 109/L" is 10^9
    for at, end in places:
        figure = at if text[at].isdigit() else at + 1  # a dash stands high on any line
        if origin(handle, at - 1, x_at, y_at) and _ink_box(handle, figure, *sides):
            # An upright figure stands on the baseline; 0.3 of its own height above it is raised.
            left, right, bottom, top = ink
            turn = _angle(handle, at)
            if abs(sin(turn)) < 0.5:
                height, rise = top - bottom, bottom - where[1]
            else:  # text that runs up the page rises to the left
                height = right - left
                rise = where[0] - right if sin(turn) < 0 else left - where[0]
            if rise > 0.3 * height > 0:
                found[at] = end
    return found


# Letters printed high after a number or a name are the marks of footnotes ("7.56a, b"); ordinals are not.
_MARK_TAIL = re.compile(r"[a-z](?:,?[a-z])*,?\Z")
_MARK = re.compile(r"[a-z]{1,2}(?:,[a-z]{1,2}){0,4},?\Z")
_LONE_MARK = re.compile(r"(?:[a-z](?:,[a-z]){0,4}|\d{1,2}),?\Z")
_MARKED = frozenset(")]%*†‡§.,")  # what else than letters and figures a mark may follow
_ORDINALS = frozenset(("th", "st", "nd", "rd"))


def raised_marks(handle: Any, words: Sequence[str], starts: Sequence[int], edges: Numbers) -> dict[int, int]:
    """Letters printed small and high, at the end of a word or after it: first character -> end, as positions in text.

    edges: left, top, right, bottom of the first and of the last character of each word, in page units.
    """
    found: dict[int, int] = {}
    box = _BOX()
    at = ctypes.byref(box)
    tall_first, tall_last = edges[:, 1] - edges[:, 3], edges[:, 5] - edges[:, 7]
    falling = np.flatnonzero(tall_last < 0.85 * tall_first).tolist()
    rising = np.flatnonzero(tall_first[1:] < 0.85 * tall_last[:-1]).tolist()
    if not falling and not rising:
        return found
    heights, lows, of = tall_first.tolist(), tall_last.tolist(), edges.item
    before: dict[int, tuple[float, float]] = {}  # word -> bottom and top of the character before its mark
    for k in falling:
        word, bottom = words[k], of(k, 7)
        across = of(k, 4) > of(k, 2) - 0.2 * heights[k]  # not a word that runs up the page
        if not across or not _MARK_TAIL.search(word):
            continue
        first = len(word) - 1
        while first > 0 and loose_box(handle, starts[k] + first - 1, at) and box[3] > bottom - 0.2 * lows[k]:
            first -= 1
        tall = box[1] - box[3]
        high = bottom > box[3] + 0.2 * tall and lows[k] < 0.85 * tall
        follows = first > 0 and (word[first - 1].isalnum() or word[first - 1] in _MARKED)
        if follows and high and _MARK.match(word, first):
            before[k] = box[3], box[1]
            if word[first:] not in _ORDINALS:
                found[starts[k] + first] = starts[k] + len(word)
    reached = 0  # words up to this one are looked at
    for k in sorted(before.keys() | set(rising)):
        if k < reached:
            continue
        low, top = before.get(k) or (of(k, 7), of(k, 5))
        reached = k + 1
        while reached < len(words) and len(words[reached]) < 10 and _LONE_MARK.match(words[reached]):
            bottom, gap = of(reached, 3), of(reached, 0) - of(reached - 1, 4)
            high = low + 0.2 * (top - low) < bottom < top and heights[reached] < 0.85 * (top - low)
            if not high or abs(gap) >= top - low:
                break
            found[starts[reached]] = starts[reached] + len(words[reached])
            reached += 1
    return found


def part_raised(
    pages: Pages, text: str, words: list[str], starts: list[int], raised: dict[int, int]
) -> tuple[list[str], list[int], list[int]]:
    """The page's words with each raised figure or mark a word of its own; `pages` learns which, and what is glued.

    Gives the words, where each begins, and which word each was before (-1: a part of one).
    """
    base, done = len(pages.text), 0
    parted, at, was = list[str](), list[int](), list[int]()
    cuts = deque(sorted(raised))
    while cuts:
        k = bisect_right(starts, cuts[0]) - 1  # the word it stands in: figures always stand in one
        start, end = starts[k], starts[k] + len(words[k])
        parted += words[done:k]
        at += starts[done:k]
        was += range(done, k)
        done = k + 1
        while cuts and cuts[0] < end:
            high = cuts.popleft()
            low = raised[high]
            if start == high == starts[k] and low == end:  # a mark parted from its word by a blank
                pages.raised[base + len(parted)] = "power" if text[high].isalpha() else "cite"
                continue
            if not start < high < low <= end:
                continue
            # The word, its raised figure, and what stands after it: three words without a space.
            power = text[high].isalpha() or _POWER.search(text[start:high])
            pages.raised[base + len(parted) + 1] = "power" if power else "cite"
            parted += (text[start:high], text[high:low])
            at += (start, high)
            start = low
            if low < end:
                pages.glue.add(base + len(parted))
        if start < end:
            parted.append(text[start:end])
            at.append(start)
        was += [-1] * (len(parted) - len(was))
    return parted + words[done:], at + starts[done:], [*was, *range(done, len(words))]
