"""Studies by outcomes: a line for each study arm, a column for each outcome."""

from __future__ import annotations

from trialtab import compare
from trialtab.views.base import SHORT_ID, Cell, Table, plain


def outcomes(grid: compare.Grid) -> Table:
    """Studies by outcomes: a line for each study arm, a column for each outcome, empty where nothing was found."""

    def cell(found: compare.GridCell) -> Cell:
        ids = " ".join(f"[{f[:SHORT_ID]}]" for f in found.finding_ids[:1])
        text = f"{found.text} {ids}".strip()
        return Cell(found.text or None, text, found.finding_ids)

    rows = tuple(
        (
            *(plain(value or None) for value in (row.study, row.arm, row.intervention, row.condition)),
            *map(cell, row.cells),
        )
        for row in grid.rows
    )
    columns = ("study", "arm", "intervention", "condition", *(name for _, name in grid.outcomes))
    notes = (f"{grid.left_out} further outcomes found no column",) if grid.left_out else ()
    return Table(columns, rows, "", notes)


def outcomes_at_a_glance(grid: compare.Grid) -> Table:
    """Studies by outcomes as a person reads them: what an arm is in one cell, a figure a line in the others."""

    def cell(found: compare.GridCell) -> Cell:
        more = [f"+{found.more} more"] if found.more else []
        ids = [f"[{found.finding_ids[0][:SHORT_ID]}]"] if found.finding_ids else []
        text = "\n".join((*found.texts, *more, *ids))
        return Cell(found.text or None, text, found.finding_ids)

    rows, groups, last = [], [], None
    for row in grid.rows:
        arm = row.arm or row.intervention or ""
        head = f"· {arm or 'all'}" if row.study == last else "\n".join(filter(None, (row.study, row.condition, arm)))
        ids = tuple(dict.fromkeys(f for one in row.cells for f in one.finding_ids))
        rows.append((Cell(head, head, ids), *map(cell, row.cells)))
        if row.study == last:
            groups[-1] += 1
        else:
            groups.append(1)
        last = row.study
    left = f"{grid.left_out} further outcomes have no column: name them with --outcome, or see --columns"
    notes = (left,) if grid.left_out else ()
    return Table(("study", *(name for _, name in grid.outcomes)), tuple(rows), "", notes, groups=tuple(groups))
