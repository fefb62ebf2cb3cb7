"""Printed rows of a table's body to its logical rows: which printed row carries on the cells of the one above it.

Told by distance where a cell's lines are set tighter than rows are; by the rules between rows; by half steps where
cells are centred in height; else by what stands in the row: a number below a number is another row's, what opens with
a bracket or would not have fitted on the line above is the same cell's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from trialtab.readers._pdf_columns import Part, Parts

NEAR = 0.75  # of the type size: printed rows so close are halves of one row whose cells are centred

NUMBER = re.compile(r"[<>≤≥=~±+−–-]?\s?[$€£¥]?\s?\d")
VALUE = re.compile(rf"(?:{NUMBER.pattern}|(?:[-–—+]+|N[/.]?[ARED]\.?|ND)\Z)", re.IGNORECASE)
SIZE = re.compile(r"\(?\s?n\s?[=,]|\(?%|\(?no?\.?\b", re.IGNORECASE)
_OPEN_END = re.compile(
    r"(?:[-–—,/(+&×=<>≤≥±]|\s(?:and|or|of|the|with|in|to|for|by|at|on|per|vs\.?|from|than|an?))\Z", re.IGNORECASE
)
_GOES_ON = re.compile(r"[a-z(\[±)%,;/–-]")


def _tight(rows: Sequence[Parts], heights: Sequence[float], em: float, ends: Sequence[float]) -> float | None:
    """The largest distance at which a printed row carries on the one above; None where distances do not tell."""
    steps = [(b - a) / em for a, b in pairwise(heights)]
    known = sorted(step for step in steps if NEAR < step < 3.2)
    few = len(known) // 10  # a step or two may be off by a raised sign
    known = known[few : len(known) - few]
    steepest, limit, best = 0.0, None, 0
    for a, b in pairwise(known):
        even = a <= 1.03 * known[0]  # the lines of a cell are set evenly
        if a > 1.7 or b / a < (1.05 if even else 1.12):
            continue
        at = (a + b) / 2
        lower = [_starts_row(rows[i], rows[i + 1], ends) for i, step in enumerate(steps) if NEAR < step <= at]
        starts = sum(lower)
        # Of several jumps the one below which most rows carry on and few start.
        gain = len(lower) - 3 * starts
        if starts <= 0.34 * len(lower) and (gain, b / a) > (best, steepest):
            steepest, limit, best = b / a, at, gain
    return limit


def _open_end(text: str) -> bool:
    """Whether a text cannot end here: a joining word or sign, a bracket that is not closed."""
    return (len(text) > 2 and bool(_OPEN_END.search(text))) or text.count("(") > text.count(")")


def _fits(name: Part, row: Part, ends: Sequence[float]) -> bool:
    """Whether the first word of a line would have found room on the line above it."""
    word = row.words[0]
    return name.last > name.first or name.x1 + 0.25 * word.em + (word.x1 - word.x0) < ends[name.first] - 0.1 * word.em


def _starts_row(above: Parts, row: Parts, ends: Sequence[float]) -> bool:
    """Whether a printed row right below another looks like a row of its own, its cells beside those above them.

    A number below a number is another row's; what opens with a bracket, goes on in small letters or follows an open
    end is the same cell's. A name's first line stands above its numbers or beside them, so that a row below numbers
    without a name is no row of its own.
    """
    if row[0].first == 0 and above[0].first > 0:
        # Numbers that stand below brackets ("87" below "(40.7)" or below "to 1.2)") are another row's.
        brackets = {p.first for p in above if p.text[0] in "([" or p.text.count(")") > p.text.count("(")}
        return len(brackets) == len(above) and any(p.first in brackets and VALUE.match(p.text) for p in row)
    if len(row) == 1 and row[0].first == 0:
        name = above[0]
        return _fits(name, row[0], ends) and not (_GOES_ON.match(row[0].text) or _open_end(name.text))
    upper = {part.first: part.text for part in above}
    fresh = same = 0
    for part in row:
        text, before = part.text, upper.get(part.first)
        if before is None:
            continue
        if _open_end(before):
            same += 1
        elif part.first > 0 and VALUE.match(text):
            fresh += 1
        elif _GOES_ON.match(text):
            same += not _GOES_ON.match(before)
        elif part.first > 0 and text[0].isupper():
            fresh += 1
    numbers = [c for c, text in upper.items() if c > 0 and VALUE.match(text)]
    mine = {part.first for part in row}
    if numbers and not mine.intersection(numbers):
        same += 1
    if row[0].first > 0:
        return fresh >= 2 and fresh > same
    if len(above) == 1 and len(row) > 1:
        return not same and _fits(above[0], row[0], ends)  # the name of a section; else a name of two lines
    return fresh > same or (len(row) > 1 and mine >= upper.keys() and fresh == same)


def _numbers(row: Parts) -> int:
    return sum(part.first > 0 and bool(NUMBER.match(part.text)) for part in row)


def _carries_on(above: Parts, row: Parts, below: Parts | None, ends: Sequence[float], whole: bool) -> bool:
    """Whether a printed row is a further line of the cells above it, told by what stands in it.

    whole: the rows above so far hold numbers; ends: right edge of each column's text.
    """
    stub = next((part for part in row if part.first == 0), None)
    name = next((part for part in above if part.first == 0), None)
    if stub is None:
        held = {part.first for part in above}
        mine = {part.first for part in row}
        if all(_GOES_ON.match(part.text) for part in row):
            return True
        if mine < held and not _starts_row(above, row, ends):
            return True
        return any(_open_end(part.text) for part in above if part.first in mine)
    if name is None and not any(part.first == 0 for part in above):
        # Cells that stand on the last line of their name: a number, then its interval beside the name.
        upper = {part.first: part.text for part in above}
        under = [part for part in row if part.first in upper]
        return bool(under) and all(_open_end(upper[part.first]) or part.text[0] in "([" for part in under)
    if name is None or name.last > 0 or stub.last > 0:
        return False
    first = stub.words[0]
    fits, open_end = _fits(name, stub, ends), _open_end(name.text)
    small = bool(_GOES_ON.match(stub.text))
    indent = stub.x0 - name.x0 > 0.3 * first.em
    if len(row) > 1:
        if whole:
            return (open_end or small) and all(_GOES_ON.match(part.text) for part in row if part.first > 0)
        # The numbers stand beside the last line of the name.
        return len(above) == 1 and (open_end or (small and not fits)) and not SIZE.match(stub.text)
    if open_end or name.words[-1].text.endswith("-"):
        return True
    if fits:
        return False
    if small:
        return True
    deeper = below is not None and below[0].first == 0 and below[0].x0 - stub.x0 > 0.3 * first.em
    return indent and not deeper and whole


def logical_rows(
    rows: Sequence[Parts], bands: Sequence[int], em: float, columns: int, gridded: bool
) -> list[list[Parts]]:
    """Printed rows of the body gathered to rows of the table.

    bands: which full-rule band each printed row lies in; gridded: whether vertical rules part the columns too.
    """
    if not rows:
        return []
    heights = [median(word.mid for part in row for word in part.words) for row in rows]
    many = len(set(bands))
    ends = [max((p.x1 for row in rows for p in row if p.first == p.last == c), default=0.0) for c in range(columns)]
    limit = _tight(rows, heights, em, ends)
    # Rules between all rows: the further printed rows of a band do not look like rows of their own.
    alone = [
        not _starts_row(a, b, ends) for (a, b), (m, n) in zip(pairwise(rows), pairwise(bands), strict=True) if m == n
    ]
    ruled = (many >= 3 and (sum(alone) >= 0.7 * len(alone) or (gridded and len(rows) <= 3 * many))) or (
        many >= 2 and not alone
    )
    if sum(b - a <= NEAR * em for a, b in pairwise(heights)) >= 2 and not ruled:
        return _centred(rows, heights, em, ends)
    out: list[list[Parts]] = [[rows[0]]]
    for i in range(1, len(rows)):
        row, group = rows[i], out[-1]
        step = (heights[i] - heights[i - 1]) / em
        whole = any(_numbers(one) for one in group)
        if bands[i] != bands[i - 1]:
            joins = False
        elif step <= NEAR:
            joins = True
        elif ruled:
            joins = gridded or not (_starts_row(rows[i - 1], row, ends) and _numbers(row) > 0 and whole)
        elif limit is not None:
            joins = step <= limit
        else:
            below = rows[i + 1] if i + 1 < len(rows) else None
            joins = step < 1.9 and _carries_on(
                group[-1] if len(group[-1]) > 1 else _merged(group), row, below, ends, whole
            )
        if joins:
            group.append(row)
        else:
            out.append([row])
    return out


def _centred(rows: Sequence[Parts], heights: Sequence[float], em: float, ends: Sequence[float]) -> list[list[Parts]]:
    """Rows whose cells are centred in height: the lines of a cell stand as far above the row's middle as below it.

    Printed rows half a line apart are the middle of one row. What stands a whole line away from it belongs to the row
    above or below: it is shared out so that each middle has as many lines of a column below it as above.
    """
    units: list[list[Parts]] = [[rows[0]]]
    for i in range(1, len(rows)):
        if heights[i] - heights[i - 1] <= NEAR * em:
            units[-1].append(rows[i])
        else:
            units.append([rows[i]])
    alone = [unit[0] if len(unit) == 1 else [] for unit in units]

    def is_name(k: int) -> bool:
        """Whether a name without numbers is one by itself (a section), not the first or last line of one."""
        if _GOES_ON.match(alone[k][0].text):
            return False
        above = alone[k - 1] if k and alone[k - 1] and alone[k - 1][0].first == 0 else None
        below = alone[k + 1] if k + 1 < len(units) and alone[k + 1] and alone[k + 1][0].first == 0 else None
        return (above is None or _fits(above[0], alone[k][0], ends)) and (
            below is None or _fits(alone[k][0], below[0], ends)
        )

    anchors = [k for k, row in enumerate(alone) if not row or (row[0].first == 0 and (len(row) > 1 or is_name(k)))]
    if not anchors:
        return [list(rows)]

    def held(first: int, end: int) -> Counter[int]:
        return Counter(part.first for unit in units[first:end] for row in unit for part in row)

    out = [list(units[k]) for k in anchors]
    out[0] = [row for unit in units[: anchors[0]] for row in unit] + out[0]
    above = held(0, anchors[0])
    for n, at in enumerate(anchors):
        end = anchors[n + 1] if n + 1 < len(anchors) else len(units)
        taken = at + 1
        while taken < end and (
            n + 1 == len(anchors) or 2 * sum(above[p.first] > 0 for p in units[taken][0]) >= len(units[taken][0])
        ):
            above.subtract(part.first for part in units[taken][0])
            out[n] += units[taken]
            taken += 1
        if n + 1 < len(anchors):
            out[n + 1] = [row for unit in units[taken:end] for row in unit] + out[n + 1]
        above = held(taken, end)
    return out


def _merged(group: Sequence[Parts]) -> Parts:
    """The last printed part of each column of a row."""
    last: dict[int, Part] = {}
    for row in group:
        for part in row:
            last[part.first] = part
    return [last[column] for column in sorted(last)]
