"""What the parts of the PDF reader share of pdfium: quick calls, and the frame in which a page is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as raw

Numbers = npt.NDArray[np.float64]

MAX_SIDE = 20_000.0  # points; Acrobat's own limit is 14,400


def native(name: str, *arguments: Any, gives: Any = ctypes.c_int) -> Callable[..., Any]:
    """A pdfium function called without ctypes' argument objects: twice as fast, and it is called twice a word."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    assert address is not None
    return ctypes.PYFUNCTYPE(gives, *arguments)(address)


def bare(name: str, gives: Any = ctypes.c_int) -> Callable[..., Any]:
    """The same without the types of its arguments, which halves a call once more: whole numbers go as C's int.

    So a pointer must not be given as a number (its upper half would be lost) but as `byref` or `from_param` make it.
    """
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    assert address is not None
    return ctypes.PYFUNCTYPE(gives)(address)


class Thing(ctypes.c_void_p):
    """A pointer of pdfium's that can be handed back to it as it is."""


page_object = bare("FPDFPage_GetObject", Thing)
object_type = bare("FPDFPageObj_GetType")


def frame_of(page: Any) -> tuple[float, float, float, float, int]:
    """left, bottom, right, top of the visible page in its own units, and its rotation in quarter turns."""
    box = raw.FS_RECTF()
    found = raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    left, right = sorted((box.left, box.right))
    bottom, top = sorted((box.bottom, box.top))
    if not found or not (1 <= right - left <= MAX_SIDE and 1 <= top - bottom <= MAX_SIDE):
        left, bottom, right, top = 0.0, 0.0, 612.0, 792.0  # absurd or missing: US Letter, the format's default
    return left, bottom, right, top, raw.FPDFPage_GetRotation(page) % 4


def shown(frame: tuple[float, float, float, float, int], boxes: Sequence[Numbers]) -> tuple[Numbers, ...]:
    """Boxes (arrays of left, top, right, bottom in page units) to x0, top, x1, bottom as the page is shown."""
    left, bottom, right, top, turn = frame
    x0, y1, x1, y0 = boxes
    if turn == 0:
        return x0 - left, top - y1, x1 - left, top - y0
    if turn == 1:
        return y0 - bottom, x0 - left, y1 - bottom, x1 - left
    if turn == 2:
        return right - x1, y0 - bottom, right - x0, y1 - bottom
    return top - y1, right - x1, top - y0, right - x0
