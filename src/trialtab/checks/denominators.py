"""Is the N of a row the denominator of its percent? What must be known before a percent that does not fit convicts.

An N printed with the numbers ("4/11 (36%)") is. An N of a column's heading, or of a sentence before, counts the
patients of the group, and a row of it may be of fewer: those with data, a subgroup, those who had an event. So it
convicts only where the column's other rows fit it and no smaller number explains the percent.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trialtab.checks.about import derived, guessed_total
from trialtab.checks.printed import TINY, Printed, printed, read_off
from trialtab.checks.reading import why_not_read
from trialtab.model import Evidence

MISSING_SHARE = 0.8
"""A row may leave out those with missing data, down to this share of N.

Below it a reader would expect the smaller denominator to be printed."""

FITTING = 3
"""Rows of a column that must fit its N before one row of it is convicted by that N."""

_PERCENT = re.compile(r"%|\bper\s?cent", re.IGNORECASE)
_ABOUT = re.compile(r"[<>≤≥~≈]|\b(?:almost|nearly|about|approximately|around|roughly|over|under|less|more)\b", re.I)
_BESIDE = re.compile(r"%[\s,;(]*n\s*=")
Place = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Denominators:
    """What the rows of a document tell of the denominators of its tables.

    fits: rows of a column whose n and percent fit the column's N, and those that do not; others: a denominator that
    two or more of those share; blocks: all events under one heading of a column ("Yes" and "No" together).
    """

    fits: Mapping[Place, tuple[int, int]] = field(default_factory=dict)
    others: Mapping[Place, frozenset[int]] = field(default_factory=dict)
    blocks: Mapping[Place, float] = field(default_factory=dict)

    def hold(self, row: Evidence) -> bool:
        """The N of the row's column is the denominator of its rows: FITTING fit it, and more than do not."""
        fit, misfit = self.fits.get(_column(row), (0, 0))
        return fit >= FITTING and fit > misfit


def denominators(rows: Sequence[Evidence]) -> Denominators:
    fits: dict[Place, list[int]] = defaultdict(lambda: [0, 0])
    misfits: dict[Place, list[frozenset[int]]] = defaultdict(list)
    blocks: dict[Place, float] = defaultdict(float)
    for row in rows:
        if row.table_label is None or row.percent is None or not row.events or not row.total or row.qualifier:
            continue
        if {"percent", "events", "total"} & derived(row):
            continue
        blocks[_block(row)] += row.events
        shown = printed(row.percent, row.quote)
        fit = shown.rounds_from(100 * row.events / row.total)
        fits[_column(row)][not fit] += 1
        if not fit:
            misfits[_column(row)].append(frozenset(_denominators_of(row.events, shown)))
    others = {place: _shared(sets) for place, sets in misfits.items()}
    return Denominators({place: (fit, not_fit) for place, (fit, not_fit) in fits.items()}, others, dict(blocks))


def _column(row: Evidence) -> Place:
    return row.table_label, row.column_path, row.total


def _block(row: Evidence) -> Place:
    return row.table_label, row.column_path, (row.row_path or "").rpartition(" > ")[0]


def _denominators_of(events: float, shown: Printed) -> Iterable[int]:
    """The whole numbers of which `events` is the printed percent."""
    if shown.high <= 0:
        return ()
    low, high = 100 * events / (shown.value + shown.unit), 100 * events / max(shown.low, TINY)
    near = range(max(1, math.floor(low)), min(math.ceil(high), math.floor(low) + 1000) + 1)
    return (total for total in near if shown.rounds_from(100 * events / total))


def _shared(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    """Numbers that stand in two sets or more."""
    seen: set[int] = set()
    twice: set[int] = set()
    for one in sets:
        twice |= seen & one
        seen |= one
    return frozenset(twice)


def own_total(row: Evidence) -> bool:
    """N is printed in the row's own quotation: "4/11 (36%)", "4 (36%) of 11"."""
    return row.total_source == "explicit" and read_off(row.quote, (row.events, row.percent, row.total))[0]


def why_not_its_denominator(row: Evidence, known: Denominators, text: str) -> str:
    """Why a percent that does not fit its N convicts nobody; empty where it does."""
    if reason := why_not_read(row, text):
        return reason
    shown = printed(row.percent or 0.0, row.quote)
    if not read_off(row.quote, (row.percent,))[0] or _ABOUT.search(row.quote) or not _balanced(row.quote):
        return "the percent is not printed plainly with the number"
    padded = shown.decimals > 0 and shown.value.is_integer() and row.events is not None and row.total is not None
    if padded and Printed(shown.value, 0).rounds_from(100 * (row.events or 0) / (row.total or 1)):
        return "right to the whole percent"
    if row.events is not None and row.total is not None and row.events > row.total:
        return "more than N: not patients of N, or another N"
    if own_total(row):
        if row.events is None and _BESIDE.search(row.quote):
            return "the n beside the percent may be the events"
        said = _PERCENT.search(" ".join(filter(None, (row.quote, row.column_path, row.row_path))))
        return "" if said or known.hold(row) else "nothing says that the second figure is a percent"
    if guessed_total(row):
        return "the denominator is not printed with the number"
    if row.population and row.population not in (row.column_path or ""):
        return "N is of the whole group, the row of a part of it"
    if (smaller := _explained(row, shown, known)) is not None:
        return f"right with {smaller:g} for the denominator, as with missing data or in a part of the group"
    if not known.hold(row):
        return "N stands elsewhere, and the rows beside do not show that it is the denominator"
    return ""


def _balanced(quote: str) -> bool:
    """No bracket is closed that was not opened: "58/1740 patients) against (3.5%" runs over two groups."""
    depth = 0
    for sign in quote:
        depth += (sign in "([") - (sign in ")]")
        if depth < 0:
            return False
    return depth == 0


def _explained(row: Evidence, shown: Printed, known: Denominators) -> float | None:
    """A denominator other than N with which the printed percent is right; None: there is none.

    From MISSING_SHARE of N up to N; or of all patients under the row's heading; or one that another row shares.
    """
    total = row.total or 0.0
    if row.events is None:
        for smaller in range(int(total), max(1, math.ceil(MISSING_SHARE * total)) - 1, -1):
            if any(shown.rounds_from(100 * k / smaller) for k in neighbours(shown.value * smaller / 100)):
                return float(smaller)
        return None
    possible = set(_denominators_of(row.events, shown))
    inside = [n for n in possible if MISSING_SHARE * total <= n <= total]
    shared = possible & known.others.get(_column(row), frozenset())
    block = known.blocks.get(_block(row), 0.0)
    if row.row_path and " > " in row.row_path and int(block) in possible:
        return block
    return float(max(inside)) if inside else (float(min(shared)) if shared else None)


def neighbours(exact: float) -> tuple[int, int]:
    """The two whole numbers around a number."""
    below = math.floor(exact + TINY)
    return below, below + 1
