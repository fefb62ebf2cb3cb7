"""Drawn lines of a PDF page: the rules of its tables, also those inside form XObjects.

A rule is a stroked line, an edge of a stroked rectangle, or a filled rectangle as thin as a line. Frame: the page as
its words were read (`_pdf_pages`), points, origin at the top left.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2.raw as raw

from trialtab.readers._pdf_native import frame_of, native, shown

MAX_OBJECTS = 5_000  # objects of a page that are looked at; a plot of a million points is no table
MAX_SEGMENTS = 200  # of one path: a rule has few, a drawn curve has thousands
MAX_DEPTH = 3  # forms in forms
THIN = 2.5  # points: a filled rectangle no thicker is a line
SHORTEST = 6.0  # points: a shorter stroke is a tick, a sign or a piece of a letter

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
_object = native("FPDFPage_GetObject", _POINTER, _INT, gives=_POINTER)
_within = native("FPDFFormObj_GetObject", _POINTER, ctypes.c_ulong, gives=_POINTER)
_type = native("FPDFPageObj_GetType", _POINTER)
_bounds = native("FPDFPageObj_GetBounds", _POINTER, _POINTER, _POINTER, _POINTER, _POINTER)
_matrix = native("FPDFPageObj_GetMatrix", _POINTER, _POINTER)
_count_segments = native("FPDFPath_CountSegments", _POINTER)
_segment = native("FPDFPath_GetPathSegment", _POINTER, _INT, gives=_POINTER)
_point = native("FPDFPathSegment_GetPoint", _POINTER, _POINTER, _POINTER)
_segment_type = native("FPDFPathSegment_GetType", _POINTER)
_closes = native("FPDFPathSegment_GetClose", _POINTER)
_draw_mode = native("FPDFPath_GetDrawMode", _POINTER, _POINTER, _POINTER)

Matrix = tuple[float, float, float, float, float, float]
PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """A drawn line: `at` is its height (or its x, for a vertical one), from start to end along the other axis."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a page, from top to bottom and from left to right."""

    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, l = outer  # noqa: E741
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l


def _own_matrix(thing: int) -> Matrix:
    six = (ctypes.c_float * 6)()
    if not _matrix(thing, ctypes.addressof(six)):
        return PLAIN
    a, b, c, d, e, f = six
    return a, b, c, d, e, f


def _edges(path: int, matrix: Matrix) -> list[tuple[float, float, float, float]]:
    """The straight strokes of a path, in page units; the middle line of a thin filled box."""
    x, y = ctypes.c_float(), ctypes.c_float()
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not _draw_mode(path, ctypes.addressof(fill), ctypes.addressof(stroke)):
        return []
    many = _count_segments(path)
    if not 2 <= many <= MAX_SEGMENTS or not (fill.value or stroke.value):
        return []
    a, b, c, d, e, f = matrix
    outlines: list[list[tuple[float, float]]] = []
    for k in range(many):
        segment = _segment(path, k)
        if not segment or not _point(segment, ctypes.addressof(x), ctypes.addressof(y)):
            return []
        at = a * x.value + c * y.value + e, b * x.value + d * y.value + f
        kind = _segment_type(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO or not outlines:
            outlines.append([at])
        elif kind == raw.FPDF_SEGMENT_LINETO:
            outlines[-1].append(at)
        else:
            return []  # a curve
        if _closes(segment) and len(outlines[-1]) > 2:
            outlines[-1].append(outlines[-1][0])
    found = []
    for points in outlines:
        xs, ys = [p for p, _ in points], [p for _, p in points]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        if min(x1 - x0, y1 - y0) <= THIN:
            flat = y1 - y0 <= x1 - x0
            middle = (y0 + y1) / 2 if flat else (x0 + x1) / 2
            found.append((x0, middle, x1, middle) if flat else (middle, y0, middle, y1))
        elif stroke.value:
            for (p, q), (r, s) in pairwise(points):
                if abs(p - r) < 0.5 or abs(q - s) < 0.5:
                    found.append((min(p, r), min(q, s), max(p, r), max(q, s)))
    return found


def _merged(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Rules at one height that touch are one."""
    out: list[Rule] = []
    shelf: list[Rule] = []

    def put() -> None:
        for rule in sorted(shelf, key=lambda rule: rule.start):
            if out and out[-1].at == shelf[0].at and rule.start <= out[-1].end + 1.0:
                out[-1] = Rule(out[-1].at, out[-1].start, max(out[-1].end, rule.end))
            else:
                out.append(Rule(shelf[0].at, rule.start, rule.end))

    for rule in sorted(rules):
        if shelf and rule.at - shelf[0].at > 1.2:
            put()
            shelf = []
        shelf.append(rule)
    if shelf:
        put()
    return tuple(rule for rule in out if rule.end - rule.start >= SHORTEST)


def drawn_rules(document: Any, number: int) -> Rules:
    """The rules of page `number` (from 1) of a document whose words were read (a page turned for that stays so)."""
    page = raw.FPDF_LoadPage(document.raw, number - 1)
    if not page:
        return Rules()
    try:
        return rules_of(page)
    finally:
        raw.FPDF_ClosePage(page)


def rules_of(page: Any) -> Rules:
    """The rules of an open page."""
    frame = frame_of(page)
    edges: list[tuple[float, float, float, float]] = []
    room = MAX_OBJECTS
    handle = ctypes.cast(page, ctypes.c_void_p).value
    many = min(raw.FPDFPage_CountObjects(page), room)
    waiting = [(_object(handle, k), PLAIN, 0) for k in range(many - 1, -1, -1)]
    while waiting and room > 0:
        thing, matrix, depth = waiting.pop()
        room -= 1
        kind = _type(thing) if thing else 0
        if kind == raw.FPDF_PAGEOBJ_PATH:
            edges += _edges(thing, _times(_own_matrix(thing), matrix))
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            inside = ctypes.cast(thing, raw.FPDF_PAGEOBJECT)
            inner = _times(_own_matrix(thing), matrix)
            count = min(max(raw.FPDFFormObj_CountObjects(inside), 0), room)
            waiting += [(_within(thing, k), inner, depth + 1) for k in range(count - 1, -1, -1)]
    if not edges:
        return Rules()
    sides = [[edge[k] for edge in edges] for k in (0, 3, 2, 1)]  # left, top, right, bottom
    across, down = [], []
    for x0, top, x1, bottom in zip(*shown(frame, sides), strict=True):
        if x1 - x0 >= bottom - top:
            across.append(Rule((top + bottom) / 2, x0, x1))
        else:
            down.append(Rule((x0 + x1) / 2, top, bottom))
    return Rules(_merged(across), _merged(down))
