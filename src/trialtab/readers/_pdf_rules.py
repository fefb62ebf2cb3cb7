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

import numpy as np
import pypdfium2.raw as raw

from trialtab.readers._pdf_native import Thing, bare, frame_of, native, object_type, page_object, shown

MAX_OBJECTS = 5_000  # objects of a page that are looked at; a plot of a million points is no table
MAX_SEGMENTS = 200  # of one path: a rule has few, a drawn curve has thousands
MAX_DEPTH = 3  # forms in forms
THIN = 2.5  # points: a filled rectangle no thicker is a line
SHORTEST = 6.0  # points: a shorter stroke is a tick, a sign or a piece of a letter


_within = native("FPDFFormObj_GetObject", Thing, ctypes.c_ulong, gives=Thing)
_matrix = bare("FPDFPageObj_GetMatrix")
_count_segments = bare("FPDFPath_CountSegments")
_segment = bare("FPDFPath_GetPathSegment", Thing)
_point = bare("FPDFPathSegment_GetPoint")
_segment_type = bare("FPDFPathSegment_GetType")
_closes = bare("FPDFPathSegment_GetClose")
_draw_mode = bare("FPDFPath_GetDrawMode")

_SIX_FLOATS = ctypes.c_float * 6
Matrix = tuple[float, float, float, float, float, float]
Edge = tuple[float, float, float, float]  # x0, y0, x1, y1
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


def _own_matrix(thing: Thing) -> Matrix:
    six = _SIX_FLOATS()
    if not _matrix(thing, ctypes.byref(six)):
        return PLAIN
    a, b, c, d, e, f = six
    return a, b, c, d, e, f


def _edges(path: Thing, outer: Matrix) -> list[Edge]:
    """The straight strokes of a path, in page units; the middle line of a thin filled box. outer: of what it is in."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not _draw_mode(path, ctypes.byref(fill), ctypes.byref(stroke)):
        return []
    many = _count_segments(path)
    if not 2 <= many <= MAX_SEGMENTS or not (fill.value or stroke.value):
        return []
    a, b, c, d, e, f = _times(_own_matrix(path), outer)
    x, y = ctypes.c_float(), ctypes.c_float()
    x_at, y_at = ctypes.byref(x), ctypes.byref(y)
    outlines: list[list[tuple[float, float]]] = []
    for k in range(many):
        segment = _segment(path, k)
        if not segment or not _point(segment, x_at, y_at):
            return []
        at = a * x.value + c * y.value + e, b * x.value + d * y.value + f
        kind = _segment_type(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO or not outlines:
            outlines.append([at])
        elif kind == raw.FPDF_SEGMENT_LINETO:
            outlines[-1].append(at)
        else:
            return []  # a curve
        if stroke.value and len(outlines[-1]) > 2 and _closes(segment):  # of a filled shape only its outer edges count
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


def _collect(things: Sequence[Thing], outer: Matrix, depth: int, room: int, edges: list[Edge]) -> int:
    """Add the edges of some page objects. room: how many may still be looked at, given back less those that were."""
    for thing, kind in zip(things, map(object_type, things), strict=True):
        if room <= 0:
            break
        room -= 1
        if kind == raw.FPDF_PAGEOBJ_PATH:
            edges += _edges(thing, outer)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < MAX_DEPTH:
            inner = _times(_own_matrix(thing), outer)
            count = min(max(raw.FPDFFormObj_CountObjects(ctypes.cast(thing, raw.FPDF_PAGEOBJECT)), 0), room)
            room = _collect([_within(thing, k) for k in range(count)], inner, depth + 1, room, edges)
    return room


def rules_of(page: Any) -> Rules:
    """The rules of an open page."""
    frame = frame_of(page)
    handle = Thing.from_param(ctypes.cast(page, ctypes.c_void_p).value)
    many = min(raw.FPDFPage_CountObjects(page), MAX_OBJECTS)
    edges: list[Edge] = []
    _collect([page_object(handle, k) for k in range(many)], PLAIN, 0, MAX_OBJECTS, edges)
    if not edges:
        return Rules()
    sides = np.array(edges).T[[0, 3, 2, 1]]  # left, top, right, bottom
    across, down = [], []
    for x0, top, x1, bottom in np.transpose(shown(frame, tuple(sides))).tolist():
        if x1 - x0 >= bottom - top:
            across.append(Rule((top + bottom) / 2, x0, x1))
        else:
            down.append(Rule((x0 + x1) / 2, top, bottom))
    return Rules(_merged(across), _merged(down))
