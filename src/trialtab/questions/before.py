"""A comparison with what was before: the baseline that stands in the table row of a later value, or in its sentence.

A baseline value is no finding, so a comparator such as "baseline" or "before the programme" has no row of its own. It
is read where the later value was: from the column of that arm that is named before the treatment, from the row above
that is, or from the words "from 25.9 ± 2.4 at baseline to". The row that stands for it is the later row with the
baseline's numbers and place; it has no finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from trialtab import values
from trialtab.questions import labels, pairs
from trialtab.questions.counting import N_IS, believed
from trialtab.questions.pairs import Pair
from trialtab.questions.passages import Index, Passage, Row
from trialtab.questions.sides import BEFORE, INTERVENTION, LEAST, Sides, naming, phase
from trialtab.questions.words import Asked

RULE = "before"
"""The rule of a row that holds what was before."""

_NUMBER = rf"[{values.MINUS_SIGNS}]?\d+(?:[.{values.DECIMAL_POINTS}]\d+)?"
_FROM = re.compile(
    rf"\bfrom\s+(?:an?\s+)?(?:(?:mean|median|average|baseline)\s+(?:\w+\s+){{0,2}})?(?P<main>{_NUMBER})(?P<percent>\s?%)?"
    rf"\s*(?:(?:±|\(\s*(?:SD\s*=?\s*)?)\s*(?P<spread>{_NUMBER})\s*\)?)?[^;.]{{0,60}}?\bto\b[^;.\d]{{0,20}}\Z",
    re.I,
)
"""What stands before a later value: "from 25.9 ± 2.4 dB at baseline to"."""

SPREADS = ("sd", "se", "plus_minus")


def found(index: Index, fits: Callable[[Row], bool], outcome: Asked, sides: Sides, asked_time: str) -> list[Pair]:
    """Pairs of a later row of the intervention and of what was before it, the likeliest first."""
    told = []
    for labelled in labels.of_rows(index):
        row = labelled.row
        if not fits(row) or not _of_arm(row, index, sides):
            continue
        of = labelled.label
        like = labels.likeness(of, outcome)
        if like < labels.LEAST_OUTCOME or of.times & (labels.BASELINE | labels.CHANGE):
            continue
        earlier = _before(index, row)
        if earlier is not None:
            like, _ = labels.timed(of, like, outcome, asked_time)
            told.append(Pair(row, earlier, like, "the baseline beside it", 1.0))
    ranked = sorted(told, key=lambda pair: (-pair.likeness, pair.rows[0]["start"]))
    return pairs.latest_first(ranked) if not asked_time else ranked


def _of_arm(row: Row, index: Index, sides: Sides) -> bool:
    """Is a row of the intervention, or of everyone in a study of one arm?"""
    arms = [arm for arm in index.arms if arm["role"] != "overall"]
    if len(arms) < 2:
        return True
    if row["arm"] is None or row["arm_role"] == "overall":
        return any(
            sides.score(INTERVENTION, naming(name, index.short)) >= LEAST for path in labels.paths(row) for name in path
        )
    name = naming(row["arm"], index.short)
    if sides.score(INTERVENTION, name) >= LEAST:
        return True
    return not sides.own[INTERVENTION] and row["arm_role"] == "intervention"


def _before(index: Index, row: Row) -> Row | None:
    """The row of what was before a later one; None where nothing says it, or more than one thing."""
    at = index.passage_at(row["start"])
    passage = index.passages[at] if at >= 0 else None
    if passage is None or row["start"] >= passage.end:
        return None
    if passage.kind == "sentence":
        m = _FROM.search(passage.text, 0, row["start"] - passage.start)
        if m is None or bool(m["percent"]) != (row["percent"] is not None):
            return None
        spread = values.number(m["spread"]) if m["spread"] else None
        return _earlier(row, values.number(m["main"]), spread, passage.start + m.start("main"), passage.start + m.end())
    mine = next((k for k, (start, end) in enumerate(passage.cells) if start <= row["start"] < end), None)
    if mine is None:
        return None
    place = _column(passage, mine)
    if place is not None:
        earlier = _of_cell(index, row, *passage.cells[place])
        n = next(filter(None, map(_size, names_over(passage, place))), None)
        return {**earlier, "total": n, "total_source": "header"} if earlier is not None and n else earlier
    above = _row_before(index, at)
    return _of_cell(index, row, *above.cells[mine]) if above is not None and mine < len(above.cells) else None


def _size(name: str) -> float | None:
    """The size that the name of a column prints: "n = 463"."""
    m = N_IS.search(name)
    return believed(m[1]) if m else None


def names_over(passage: Passage, column: int) -> list[str]:
    """The names over a column of a row, header line by header line."""
    count = len(passage.cells)
    return [line[column] for header in passage.header if (line := _over(header, count)) is not None]


def _column(passage: Passage, mine: int) -> int | None:
    """The column before the treatment that belongs to a later column: nearest to its left, below the same names."""
    count = len(passage.cells)
    names = [names_over(passage, k) for k in range(count)]
    before = [k for k in range(1, mine) if any(phase(name) == BEFORE for name in names[k])]
    if not before or any(phase(name) == BEFORE for name in names[mine]):
        return None
    arms = {k: tuple(n for n in names[k] if n and phase(n) != BEFORE) for k in before}
    shared = [k for k in before if set(arms[k]) & set(names[mine])]
    return max(shared or before)


def _over(line: tuple[str, ...], count: int) -> tuple[str, ...] | None:
    """A header line over a row of so many cells, each name over as many columns where it has fewer; None elsewhere."""
    if len(line) == count:
        return line
    names = line[1:] if not line[0] else line
    return (
        ("", *(name for name in names for _ in range((count - 1) // len(names))))
        if names and (count - 1) % len(names) == 0
        else None
    )


def _row_before(index: Index, at: int) -> Passage | None:
    """The nearest row above of the same section whose own label says that it was before."""
    section = index.passages[at].label.rpartition(" > ")[0]
    for passage in reversed(index.passages[max(0, at - 8) : at]):
        above, _, own = passage.label.rpartition(" > ")
        if passage.kind != "row" or above != section or passage.caption != index.passages[at].caption:
            return None
        if phase(own) == BEFORE:
            return passage
    return None


def _of_cell(index: Index, row: Row, start: int, end: int) -> Row | None:
    """What a cell says, if it is printed like the cell of the later row."""
    from trialtab.extract.cell_shapes import shape

    said = shape(index.text[start:end])
    if said.kind != "value" or said.main is None:
        return None
    spread = said.pm or said.second
    low = start + said.main.start
    return _earlier(row, said.main.value, spread.value if spread else None, low, start + said.end)


def _earlier(row: Row, main: float | None, spread: float | None, start: int, end: int) -> Row | None:
    """A later row with the numbers and the place of what was before; None where it is printed in another way."""
    kind = next((name for name in SPREADS if row[name] is not None), None)
    if main is None or (kind is not None) != (spread is not None and row["statistic"] == "mean"):
        return None
    changed: dict[str, object] = {"value": main, "start": start, "end": end, "rule": RULE, "finding_id": None}
    if kind is not None:
        changed[kind] = spread
    if row["events"] is not None and "events" not in (row["derived"] or ""):
        changed |= {"events": main, "percent": spread}
    elif row["percent"] is not None:
        changed |= {"events": None, "percent": main}
    whole = {"total_source": "header"} if row["total"] is not None else {}  # the same people, before
    return {**row, "ci_low": None, "ci_high": None, **whole, **changed}


__all__ = ["RULE", "found"]
