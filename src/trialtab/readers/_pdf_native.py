"""What the parts of the PDF reader share of pdfium: quick calls, and the frame in which a page is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import pypdfium2.raw as raw

MAX_SIDE = 20_000.0  # points; Acrobat's own limit is 14,400


def native(name: str, *arguments: Any, gives: Any = ctypes.c_int) -> Callable[..., Any]:
    """A pdfium function called without ctypes' argument objects: twice as fast, and it is called twice a word."""
    address = ctypes.cast(getattr(raw, name), ctypes.c_void_p).value
    assert address is not None
    return ctypes.PYFUNCTYPE(gives, *arguments)(address)


def frame_of(page: Any) -> tuple[float, float, float, float, int]:
    """left, bottom, right, top of the visible page in its own units, and its rotation in quarter turns."""
    box = raw.FS_RECTF()
    found = raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    left, right = sorted((box.left, box.right))
    bottom, top = sorted((box.bottom, box.top))
    if not found or not (1 <= right - left <= MAX_SIDE and 1 <= top - bottom <= MAX_SIDE):
        left, bottom, right, top = 0.0, 0.0, 612.0, 792.0  # absurd or missing: US Letter, the format's default
    return left, bottom, right, top, raw.FPDFPage_GetRotation(page) % 4


def shown(frame: tuple[float, float, float, float, int], boxes: Sequence[Sequence[float]]) -> Sequence[list[float]]:
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
