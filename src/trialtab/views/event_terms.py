"""The table of adverse events: terms by arms where there are few arms, else one line for each term and arm."""

from __future__ import annotations

from trialtab import compare
from trialtab.views.base import Cell, Footnotes, Table, Value, plain, without_empty_columns
from trialtab.views.outcome_list import marks_of

MOST_ARMS = 6
"""Arms that stand side by side; more are listed below each other."""

EMPTY = "an empty cell means that nothing was found in the report, not that no event occurred"


def adverse_events(
    found: compare.EventTable, *, for_machines: bool = False, most_arms: int = MOST_ARMS, terms: int | None = None
) -> Table:
    """Adverse events; terms: how many, of those that most arms report (None: all)."""
    lines = found.lines if terms is None else found.lines[:terms]
    if for_machines:
        return _for_machines(found, lines)
    left = len(found.lines) - len(lines)
    said = (f"{left} further terms: --terms 0 shows all",) if left else ()
    notes = Footnotes()
    if len(found.arms) <= most_arms:
        return _side_by_side(found, lines, notes, said)
    return _below_each_other(found, lines, notes, said)


_Lines = tuple[compare.EventLine, ...]


def _cell(cell: compare.EventCell | None, notes: Footnotes) -> Cell:
    if cell is None:
        return Cell(None, "")
    label = f" {cell.label}" if cell.label else ""
    more = f" +{cell.more} more" if cell.more else ""
    text = f"{cell.entry.text}{label}"
    return Cell(text, f"{text}{marks_of(cell.entry, cell.row, notes)}{more}", cell.finding_ids)


def _head(arm: compare.EventArm, *, alone: bool = False) -> str:
    """ "Study, arm (N=11)"; alone: the only study, which the title names."""
    size = f" (N={arm.n})" if arm.n is not None else ""
    names = (arm.arm or "not by arm",) if alone else (arm.study, arm.arm)
    return f"{', '.join(filter(None, names))}{size}"


def _side(arm: compare.EventArm) -> str:
    """The name that an arm was asked by, where it says more than its study does."""
    return "" if arm.side.casefold() == arm.study.casefold() else arm.side


def _title(found: compare.EventTable) -> str:
    studies = {arm.study for arm in found.arms}
    return f"Adverse events: {studies.pop()}" if len(studies) == 1 and len(found.arms) > 1 else "Adverse events"


def _side_by_side(found: compare.EventTable, lines: _Lines, notes: Footnotes, said: tuple[str, ...]) -> Table:
    bins = {at: [name for name in found.bins if any(name in line.cells[at] for line in lines)]
            for at in range(len(found.arms))}  # fmt: skip
    shown = [(at, name) for at in range(len(found.arms)) for name in bins[at]]
    rows = []
    for line in lines:
        cells = [_cell(line.cells[at].get(name), notes) for at, name in shown]
        if any(cell.findings for cell in cells):
            ids = tuple(dict.fromkeys(f for cell in cells for f in cell.findings))
            rows.append((Cell(line.term, line.term, ids), *cells))
    title = _title(found)
    arms = [
        f"{f'{_side(arm)}: ' if _side(arm) else ''}{_head(arm, alone=title != 'Adverse events')}" for arm in found.arms
    ]
    columns = ("adverse event", *(f"{arms[at]}: {name}" for at, name in shown))
    spans = (("", 1), *((arms[at], len(names)) for at, names in bins.items() if names))
    heads = ("adverse event", *(name for _, name in shown))
    return Table(columns, tuple(rows), title, said, (*notes.keys(), EMPTY) if rows else (), spans=spans, heads=heads)


def _below_each_other(found: compare.EventTable, lines: _Lines, notes: Footnotes, said: tuple[str, ...]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    groups = []
    for line in lines:
        before = len(rows)
        for arm, by_bin in zip(found.arms, line.cells, strict=True):
            if not by_bin:
                continue
            cells = [_cell(by_bin.get(name), notes) for name in compare.BINS]
            ids = tuple(dict.fromkeys(f for cell in cells for f in cell.findings))
            term = line.term if len(rows) == before else ""
            rows.append((*(Cell(t or None, t, ids) for t in (term, _side(arm), _head(arm))), *cells))
        groups.append(len(rows) - before)
    columns = ("adverse event", "side", "study arm", *compare.BINS)
    keys = (*notes.keys(), EMPTY) if rows else ()
    return without_empty_columns(Table(columns, tuple(rows), "Adverse events", said, keys, tuple(groups)))


def _for_machines(found: compare.EventTable, lines: _Lines) -> Table:
    columns = ("term", "outcome_id", "side", "study", "arm", "arm_n", "bin", "result", "events", "total", "percent",
               "total_source", "derived", "count_of", "grade", "timepoint", "population", "finding_id",
               "finding_ids")  # fmt: skip
    rows = []
    for line in lines:
        for arm, by_bin in zip(found.arms, line.cells, strict=True):
            for name, cell in by_bin.items():
                row = cell.row
                values: tuple[Value, ...] = (
                    line.term, line.outcome_id, arm.side or None, arm.study, arm.arm or None, arm.n, name,
                    cell.entry.text, row["events"], row["total"], row["percent"], row["total_source"], row["derived"],
                    row["count_of"], row["grade"], row["timepoint"], row["population"], cell.entry.finding_id,
                    " ".join(cell.finding_ids),
                )  # fmt: skip
                rows.append(tuple(plain(value, cell.finding_ids) for value in values))
    return Table(columns, tuple(rows), "Adverse events")
