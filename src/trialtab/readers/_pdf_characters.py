"""What pdfium knows of single characters of a page: boxes, sizes, matrices, baselines, colours, fonts.

Each of these is a call of its own from Python. So they are asked in rows, and what a call needs besides the character
(the memory that pdfium writes to, a pointer to each record in it) is made once and used page after page.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as raw

from trialtab.readers._pdf_native import Numbers, bare, native

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
loose_box = bare("FPDFText_GetLooseCharBox")
origin = bare("FPDFText_GetCharOrigin")
_matrix = bare("FPDFText_GetMatrix")
_fill = bare("FPDFText_GetFillColor")
_font_size = bare("FPDFText_GetFontSize", ctypes.c_double)
_text_object = bare("FPDFText_GetTextObject", _POINTER)
_font_info = native("FPDFText_GetFontInfo", _POINTER, _INT, _POINTER, ctypes.c_ulong, _POINTER)
_font_of = native("FPDFTextObj_GetFont", _POINTER, gives=_POINTER)
_render_mode = native("FPDFTextObj_GetTextRenderMode", _POINTER)

_NAME = 96  # bytes for a font name; pdfium writes nothing where it is longer
_EXTRA = re.compile(r"\+[0-9a-f]{2}\Z")  # "AdvOT1ef757c0+fb": the ligatures of AdvOT1ef757c0
_STYLE = re.compile(
    r"[-,_ ]?(?:semi|demi|extra|ultra)?(?:bold|black|heavy|medium|italic|oblique|roman|regular|light|book)", re.I
)
_BOLD = re.compile(r"bold|black|heavy|[-,]b(?:d|i|o)?\b|-bd|medi(?:um)?\b|\.b(?:i)?$|\bb$", re.I)


@cache
def _font(name: bytes) -> tuple[str, bool]:
    """Family and boldness of a font's PostScript name ("ABCDEF+Minion-BoldIt" -> ("minion", True))."""
    text = name.split(b"\0", 1)[0].decode("latin-1")
    if len(text) > 7 and text[6] == "+":
        text = text[7:]
    text = _EXTRA.sub("", text)
    cut = _STYLE.search(text)
    family = text[: cut.start()] if cut and cut.start() > 2 else text
    return re.split(r"[-,]", family)[0].casefold() or family.casefold(), bool(_BOLD.search(text))


MOST_KEPT = 16_384
"""Records that stay for the next page: a dense page asks 4,000; what a larger one needs is given back after it."""


class _Room:
    """Records of numbers that pdfium fills, one a call; apart: each number of a record has a pointer of its own."""

    def __init__(self, kind: type[ctypes._SimpleCData[Any]], width: int, many: int, *, apart: bool = False) -> None:
        self._kind, self._width, self._apart = kind, width, apart
        self._grow(many)

    def _grow(self, many: int) -> None:
        self._many = many
        self._block = (self._kind * (self._width * many))()
        size = ctypes.sizeof(self._kind)
        first = range(self._width if self._apart else 1)
        whole = range(0, size * self._width * many, size * self._width)
        self._pointers = [[ctypes.byref(self._block, at + size * k) for at in whole] for k in first]

    def filled(self, function: Callable[..., Any], handle: Any, characters: Sequence[int]) -> ctypes.Array[Any]:
        """The memory with the numbers of all characters, record after record; zeros where pdfium has none."""
        many = len(characters)
        if many > MOST_KEPT >= self._many:
            return _Room(self._kind, self._width, many, apart=self._apart).filled(function, handle, characters)
        if many > self._many:
            self._grow(min(2 * many, MOST_KEPT))
        ctypes.memset(self._block, 0, ctypes.sizeof(self._kind) * self._width * many)
        deque(map(function, repeat(handle), characters, *self._pointers), 0)
        return self._block

    def ask(self, function: Callable[..., Any], handle: Any, characters: Sequence[int]) -> list[Any]:
        """These numbers as a list."""
        found: list[Any] = self.filled(function, handle, characters)[: self._width * len(characters)]
        return found


class _Rooms(threading.local):
    """The memory for the characters of a page, used page after page; each thread has its own."""

    def __init__(self) -> None:
        self.boxes = _Room(ctypes.c_float, 4, 2048)
        self.matrices = _Room(ctypes.c_float, 6, 128)
        self.origins = _Room(ctypes.c_double, 2, 128, apart=True)
        self.colours = _Room(ctypes.c_uint, 4, 128, apart=True)


_ROOMS = _Rooms()


class Characters:
    """The first `count` characters of a page. text[i] is pdfium's character i; places are in page units."""

    def __init__(self, text_page: Any, count: int) -> None:
        pointer = ctypes.cast(text_page, _POINTER).value
        self._pointer, self._rooms = pointer, _ROOMS
        self.handle = _POINTER.from_param(pointer)
        self.text = _text_of(text_page, count)
        self._of_object: dict[int | None, tuple[str, bool]] = {}
        self._of_font: dict[int | None, tuple[str, bool]] = {}

    def edges(self, ends: Sequence[int]) -> Numbers:
        """Left, top, right, bottom of the first and of the last character of each word (`first_and_last`): rows of 8.

        Each box is as high as its font and as wide as its sign.
        """
        found = self._rooms.boxes.filled(loose_box, self.handle, ends)
        return np.frombuffer(memoryview(found), np.float32, 4 * len(ends)).astype(np.float64).reshape(-1, 8)

    def matrices(self, characters: Sequence[int]) -> list[float]:
        """The six numbers of each one's matrix."""
        return self._rooms.matrices.ask(_matrix, self.handle, characters)

    def origins(self, characters: Sequence[int]) -> list[float]:
        """x and y of each one's place on its baseline."""
        return self._rooms.origins.ask(origin, self.handle, characters)

    def colours(self, characters: Sequence[int]) -> list[int]:
        """Red, green, blue and opacity, 0 to 255, with which each is filled."""
        return self._rooms.colours.ask(_fill, self.handle, characters)

    def sizes(self, characters: Sequence[int]) -> list[float]:
        """The font size of each, before its matrix."""
        return list(map(_font_size, repeat(self.handle), characters))

    def render_modes(self, characters: Sequence[int]) -> list[int]:
        """How each is drawn; 3: not at all."""
        return list(map(_render_mode, self._objects(characters)))

    def fonts(self, characters: Sequence[int]) -> list[tuple[str, bool]]:
        """Family and boldness of the font of each; each font of the page is asked for its name once."""
        known = self._of_object
        return [
            known[thing] if thing in known else self._learned(thing, character)
            for character, thing in zip(characters, self._objects(characters), strict=True)
        ]

    def _objects(self, characters: Sequence[int]) -> Iterator[int | None]:
        """The text object that each stands in."""
        return map(_text_object, repeat(self.handle), characters)

    def _learned(self, thing: int | None, character: int) -> tuple[str, bool]:
        font = _font_of(thing)
        if font not in self._of_font:
            name, flags = ctypes.create_string_buffer(_NAME), ctypes.c_int()
            _font_info(self._pointer, character, ctypes.addressof(name), _NAME, ctypes.addressof(flags))
            self._of_font[font] = _font(name.raw)
        self._of_object[thing] = self._of_font[font]
        return self._of_object[thing]


def _text_of(text_page: Any, count: int) -> str:
    """The page's characters so that text[i] is pdfium's character i."""
    buffer = bytearray(4 * count + 4)
    got = raw.FPDFText_GetText(text_page, 0, count, ctypes.byref(ctypes.c_ushort.from_buffer(buffer)))
    text = buffer[: max(0, got - 1) * 2].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    # Characters without Unicode or beyond the first plane: positions differ, ask one by one.
    code = raw.FPDFText_GetUnicode
    return "".join(
        chr(c) if 0 < c < 0x110000 and not 0xD800 <= c < 0xE000 else " "
        for c in (code(text_page, i) for i in range(count))
    )


def first_and_last(words: Sequence[str], starts: Sequence[int]) -> list[int]:
    """Positions of the first and the last character of each word, in turns."""
    ends = [0] * (2 * len(words))
    ends[0::2], ends[1::2] = starts, [end - 1 for end in map(int.__add__, starts, map(len, words))]
    return ends
