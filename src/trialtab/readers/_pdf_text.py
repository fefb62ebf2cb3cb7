"""The text of a PDF, built once word by word, with the place of each word; words broken at line ends are mended."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from trialtab.model import Cell, Words
from trialtab.readers._pdf_grid import Grid
from trialtab.readers._pdf_pages import Line, Pages

_TAIL = re.compile(r"[^\W\d_]+\Z")
_HEAD = re.compile(r"[^\W\d_]+")


def _words_of(text: str) -> list[str]:
    """Words in small letters, parted at blanks and at signs: a replacement a sign is faster than one `translate`."""
    text = text.casefold()
    for sign in ".,;:()[]/“”\"'":
        text = text.replace(sign, " ")
    return text.split()


def _turn_back(pages: Pages) -> None:
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


# Second halves that hardly ever grow together with the word before them.
_SECOND_HALVES = frozenset(
    ("adjusted", "associated", "based", "blind", "blinded", "controlled", "dependent", "derived", "emergent", "induced",
     "label", "limiting", "matched", "mediated", "naive", "negative", "positive", "randomised", "randomized",
     "refractory", "related", "resistant", "sensitive", "specific", "treated")
)  # fmt: skip


class Text:
    """The text under construction, with a place for each word."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.odd = sorted(pages.glue | pages.raised.keys())
        self.parts: list[str] = []
        self.length = 0
        self.line = 0
        # Runs of words with one blank between them: how many, the first of them, where it starts, its printed line.
        self.runs: list[tuple[int, int, int, int]] = []
        self.lengths: list[int] = []  # of each word
        whole = _words_of(" ".join(pages.text))
        # The halves of words broken at line ends are no words of the paper.
        halves = [
            half
            for lines in pages.lines
            for before, line in pairwise(lines)
            if before.hyphen
            for half in (pages.text[before.last - 1], pages.text[line.first])
        ]
        self.known = Counter(whole)
        self.known.subtract(_words_of(" ".join(halves)))
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
        if (
            not hyphenated
            and joined <= 0
            and known.get(first, 0) > 0
            and (known.get(second, 0) > 0 or second in _SECOND_HALVES)
        ):
            chained = left[: a.start()].endswith("-")
            compound = (len(first) > 2 or chained) and (len(second) > 2 or right[b.end() :].startswith("-"))
            return left + "-" if compound else left
        return left

    def put(self, lines: Sequence[Line], table: bool = False) -> tuple[int, int]:
        """Append a block's lines; gives its start and end. Two line ends stand between blocks."""
        self.part_from_last()
        return self.write(lines, table)

    def part_from_last(self) -> None:
        """Two line ends between what stands so far and what follows."""
        if self.length:
            self.parts.append("\n\n")
            self.length += 2

    def put_grid(self, grid: Grid) -> tuple[int, int, tuple[Cell, ...]]:
        """Append a table cell by cell, cells joined by a tab, rows by a line end; gives its start, end and cells."""
        self.part_from_last()
        begin, row, first = self.length, 0, True
        cells: list[Cell] = []
        for cell in grid.cells:
            between = "\n" * (cell.row - row) if cell.row != row else "" if first else "\t"
            row, first = cell.row, False
            self.parts.append(between)
            self.length += len(between)
            start, end = self.write(cell.printed, False)
            cells.append(Cell(cell.row, cell.column, cell.row_span, cell.column_span, start, end, cell.header))
        return begin, self.length, tuple(cells)

    def write(self, lines: Sequence[Line], table: bool) -> tuple[int, int]:
        """Append lines; gives their start and end."""
        begin = at = self.length
        text, odd, many = self.pages.text, self.odd, len(self.odd)
        parts, runs, lengths = self.parts, self.runs, self.lengths
        before: Line | None = None
        count = len(lines)
        for k, line in enumerate(lines):
            self.line += 1
            if before is not None:
                same = abs(line.mid - before.mid) < 0.5 * before.em and line.page == before.page and line.x0 > before.x0
                end = text[before.last - 1]
                if table:
                    parts.append("\t" if same else "\n")
                    at += 1
                elif not before.hyphen and (same or len(end) == 1 or end[-1] not in "-–—/"):
                    parts.append(" ")
                    at += 1
            following = lines[k + 1] if k + 1 < count else None
            first, last = line.first, line.last
            printed = text[first:last]
            end = printed[-1]
            if line.hyphen or (end[-1] == "-" and len(end) > 1):
                stem = end if line.hyphen else end[:-1]
                printed[-1] = stem + "-" if following is None or table else self.broken(stem, text[following.first])
            at_odd = bisect_left(odd, first)
            lengths.extend(map(len, printed))
            if (table and line.gap >= 0.9) or (at_odd < many and odd[at_odd] < last):
                at = self.write_oddly(line, printed, at, table)
            else:
                whole = " ".join(printed)
                parts.append(whole)
                runs.append((last - first, first, at, self.line))
                at += len(whole)
            before = line
        self.length = at
        return begin, at

    def write_oddly(self, line: Line, printed: Sequence[str], at: int, table: bool) -> int:
        """Append a line with raised or glued words, or with cells, from position `at` on; gives where it ends."""
        parts, raised, glue, x0, x1 = self.parts, self.pages.raised, self.pages.glue, self.pages.x0, self.pages.x1
        first = line.first
        for i, word in enumerate(printed, first):
            if i > first:
                if i in raised:
                    marks = raised[i] == "power" == raised.get(i - 1) and i - 1 > first
                    between = " [" if raised[i] == "cite" else "" if marks else "^"
                elif i in glue:
                    between = ""
                else:
                    between = "\t" if table and x0[i] - x1[i - 1] >= 0.9 * line.em else " "
                parts.append(between)
                at += len(between)
            parts.append(word)
            self.runs.append((1, i, at, self.line))
            at += len(word)
            if i > first and raised.get(i) == "cite":
                parts.append("]")
                at += 1
        return at

    def finish(self) -> tuple[str, Words]:
        """The whole text, and where each of its words stands in it and on its page."""
        pages = self.pages
        if pages.turned:
            _turn_back(pages)
        counts, firsts, begins, lines = np.array(self.runs, np.int64).reshape(-1, 4).T
        lengths = np.array(self.lengths, np.int64)
        before = np.cumsum(lengths + 1) - (lengths + 1)  # characters before each word, were all one run
        of_run = np.cumsum(counts) - counts  # the first word of each run
        starts = before + np.repeat(begins - before[of_run], counts)
        words = np.arange(len(lengths)) + np.repeat(firsts - of_run, counts)
        sides = (_numbers("d", np.frombuffer(side)[words]) for side in (pages.x0, pages.top, pages.x1, pages.bottom))
        numbers = np.frombuffer(pages.page, _LONG)[words]
        return "".join(self.parts), Words(
            _numbers("l", starts), _numbers("l", starts + lengths), _numbers("l", numbers),
            _numbers("l", np.repeat(lines, counts)), *sides,
        )  # fmt: skip


_LONG = np.dtype("l")


def _numbers(code: str, values: npt.NDArray[Any]) -> array[Any]:
    found: array[Any] = array(code)
    found.frombytes(values.astype(np.dtype(code), copy=False).tobytes())
    return found
