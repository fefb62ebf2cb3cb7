"""A table row read for a question: which cells are the two sides, which is the p-value, and which way they say.

The header line that has as many cells as the row names its columns; where no line has, nothing is said of columns.
"""

from __future__ import annotations

import re

from trialtab import values
from trialtab.questions.direction import DOWN, SAME, UP, Verdict, significant
from trialtab.questions.passages import Passage
from trialtab.questions.sides import Sides, naming
from trialtab.questions.words import Stems

_P_HEADER = re.compile(r"^\s*\*?p\b(?![a-z])|\bp[- ]?values?\b|\bp\s*[<=]|significance|\bsig\.?$", re.I)
_P_CELL = re.compile(r"^\s*p?\s*(?P<sign>[=<>≤≥⩽⩾]?)\s*(?P<value>\d*[.·]\d+|0|1)\s*[*†‡§¶#a-e^]*\s*$", re.I)
_NS = re.compile(r"^\s*n\.?\s?s\.?\s*$", re.I)
_LEADING = re.compile(r"[-−–]?\d+(?:,\d{3})*(?:[.·]\d+)?")
_PERCENT = re.compile(r"(\d+(?:[.·]\d+)?)\s?%|\(\s*(\d+(?:[.·]\d+)?)\s*\)")


def header_of(passage: Passage) -> tuple[str, ...]:
    """The names of a row's columns, cell by cell; () where no header line has the row's number of cells.

    A name of an upper line that has the same number of cells stands before that of the lower one.
    """
    fitting = [line for line in passage.header if len(line) == len(passage.cells)]
    if not fitting:
        return ()
    return tuple(" ".join(filter(None, (line[i] for line in fitting))) for i in range(len(passage.cells)))


def cell_texts(passage: Passage) -> tuple[str, ...]:
    """The cells of a row as printed."""
    return tuple(passage.text[start - passage.start : end - passage.start].strip() for start, end in passage.cells)


def columns_of(passage: Passage, sides: Sides, short: dict[str, Stems]) -> tuple[int | None, int | None]:
    """The columns of the intervention and of the comparator; None where there is none."""
    header = header_of(passage)
    labels = [naming(name, short) if i else frozenset[str]() for i, name in enumerate(header)]
    return sides.assign(labels)


def p_of(passage: Passage) -> tuple[str, float] | None:
    """The p-value of a row: its only p column, or its only cell "NS"; None where there are several or none."""
    header, said = header_of(passage), cell_texts(passage)
    marked = [i for i, name in enumerate(header) if i and _P_HEADER.search(name)]
    if not marked:
        marked = [i for i in range(1, len(said)) if _NS.match(said[i]) or re.match(r"\s*p\s*[=<>]", said[i], re.I)]
    if not marked and not header and passage.header and any(_P_HEADER.search(n) for n in passage.header[-1][-1:]):
        marked = [len(said) - 1]
    found = []
    for i in marked:
        if _NS.match(said[i]):
            found.append(("=", 1.0))
        elif m := _P_CELL.match(said[i]):
            value = values.number(m["value"])
            if value is not None and 0 <= value <= 1:
                found.append(({"≤": "<", "⩽": "<", "≥": ">", "⩾": ">"}.get(m["sign"], m["sign"]) or "=", value))
    return found[0] if len(found) == 1 else None


def main_number(cell: str) -> float | None:
    """What a cell is compared by: its percentage where it has one, else its first number."""
    m = _PERCENT.search(cell) if "%" in cell else None
    if m is None:
        m = _LEADING.search(cell)
        return values.number(m.group()) if m else None
    return values.number(m[1] or m[2])


def of_row(passage: Passage, sides: Sides, short: dict[str, Stems]) -> Verdict | None:
    """Which way a table row says, from its p-value and the cells of the two sides; None without a p-value."""
    p = p_of(passage)
    if p is None:
        return None
    differs = significant(*p)
    if differs is None:
        return None
    if not differs:
        return Verdict(SAME, 0.8, f"p {p[0]} {p[1]:g} in the row")
    first, second = columns_of(passage, sides, short)
    if first is None or second is None:
        return None
    said = cell_texts(passage)
    a, b = main_number(said[first]), main_number(said[second])
    if a is None or b is None or a == b:
        return None
    return Verdict(UP if a > b else DOWN, 0.8, f"p {p[0]} {p[1]:g}, {said[first]} against {said[second]}")


__all__ = ["cell_texts", "columns_of", "header_of", "main_number", "of_row", "p_of"]
