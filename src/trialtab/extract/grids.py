"""Tables -> findings: the same rows as prose, from the cells of every table of a document.

    rows, columns, paths (table_layout, table_columns) -> arms (table_axis, table_arms) -> rows (table_rows)
    -> cells (cell_shapes, cell_meaning, table_cells) -> findings

Labels are typed in table_labels, kinds of tables told in table_kinds. A table that was not read is named in
`notices`; every number of a cell gets its line in the ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trialtab.extract.arms import Inventory
from trialtab.extract.group_sizes import equal_size
from trialtab.extract.measures import Announced
from trialtab.extract.table_arms import Resolver, legend_names
from trialtab.extract.table_axis import Grid, settle_arms
from trialtab.extract.table_cells import TableText
from trialtab.extract.table_kinds import DEMOGRAPHIC, kind_of, legend, tells_results
from trialtab.extract.table_labels import label
from trialtab.extract.table_layout import MAX_GRID, lay_out
from trialtab.extract.table_rows import RowReader
from trialtab.model import Document, Finding, Number, Statement
from trialtab.rules import RuleSet


@dataclass(slots=True)
class Tables:
    """What the tables of a document give."""

    findings: list[Finding] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)


def lay_out_tables(document: Document) -> Tables:
    """The tables of a document laid out, with a notice for each that cannot be read. Raises nothing."""
    out = Tables()
    text = document.text
    for table in document.tables:
        layout = lay_out(table, text)
        if layout is None:
            name = table.label or "a table"
            if not table.cells:
                out.notices.append(f"{name}: no cells")
            elif table.rows * table.columns > MAX_GRID:
                out.notices.append(
                    f"{name}: {table.rows} x {table.columns} places are more than the {MAX_GRID} that are read"
                )
            else:
                out.notices.append(f"{name}: no row below its header")
            continue
        caption = text[table.caption.start : table.caption.end] if table.caption else ""
        notes = [text[span.start : span.end] for span in table.footnotes]
        whole = (caption, *(note for note in notes if not note.startswith(("^", "*", "†"))))
        grid = Grid(layout.table, layout, caption, kind_of(caption), legend(caption, notes), notes=whole)
        if grid.kind == "baseline" and (_has_later_times(grid) or _compares(grid)):
            grid.kind = "mixed"
        if grid.kind in ("results", "subgroup"):
            first = [label(row.path[-1]).name for row in layout.rows[:12] if row.path]
            if sum(1 for name in first if name and DEMOGRAPHIC.match(name)) >= 2:
                grid.kind = _of_who_they_were(grid, first_table=not out.grids)
        out.grids.append(grid)
    return out


def _compares(grid: Grid) -> bool:
    """Whether columns give a ratio of arms that the table counts: it tells results, whatever it says of baseline."""
    layout = grid.layout
    heads = [label(layout.texts[k]) for head in layout.heads for path in head.paths[layout.stubs :] for k in path]
    return any(one.effect in RATIOS for one in heads) and sum(one.lead in COUNTED for one in heads) > 1


RATIOS = frozenset({"odds_ratio", "risk_ratio", "hazard_ratio", "rate_ratio"})
COUNTED = frozenset({"n", "percent"})
"""What stands first in the name of a column that counts people."""


def _has_later_times(grid: Grid) -> bool:
    """Whether the columns of a table of who took part are of baseline and of a later time."""
    layout = grid.layout
    heads = [label(layout.texts[k]) for head in layout.heads for path in head.paths[layout.stubs :] for k in path]
    return any(one.baseline for one in heads) and any(one.time and not one.baseline for one in heads)


def _of_who_they_were(grid: Grid, *, first_table: bool) -> str:
    """The kind of a table with rows of age, sex and the like: subgroups where it compares them, else who took part."""
    layout = grid.layout
    heads = [label(layout.texts[k]) for head in layout.heads for path in head.paths[layout.stubs :] for k in path]
    if any(one.effect for one in heads) or grid.kind == "subgroup":
        return "subgroup"
    return "mixed" if not first_table or tells_results(grid.caption) else "baseline"


def find_arms(
    document: Document,
    tables: Tables,
    found: Inventory,
    role_of: dict[str, str],
    short: Mapping[str, str],
    rules: RuleSet,
) -> None:
    """Maps the labels of all tables to the arms of the document; names and sizes that only tables give are added."""
    text = document.text
    notes = [
        text[s.start : s.end] for t in document.tables for s in (*((t.caption,) if t.caption else ()), *t.footnotes)
    ]
    resolver = Resolver(found, role_of, {**legend_names(notes), **short})
    resolver.refresh()
    order = sorted(range(len(tables.grids)), key=lambda k: (tables.grids[k].kind != "baseline", k))
    for grid in (tables.grids[k] for k in order):
        if grid.kind != "none":
            settle_arms(document, grid, resolver, role_of, rules)


def compares(tables: Tables) -> bool:
    """Whether a table sets arms with their sizes side by side: such a document has more than one arm."""
    return any(grid.sure and grid.sized > 1 for grid in tables.grids)


def sizes_of_all(document: Document, found: Inventory) -> None:
    """Gives arms without a size the one that the document says of each group, where no arm is known to differ."""
    if len(found.arms) < 2 or all(arm.n is not None for arm in found.arms):
        return
    said = equal_size(document)
    if said is None or any(arm.n is not None and int(arm.n) != said[0] for arm in found.arms):
        return
    for arm in found.arms:
        if arm.n is None:
            arm.n, arm.n_place = float(said[0]), (said[1], said[2])


def read_tables(
    document: Document, tables: Tables, found: Inventory, role_of: Mapping[str, str], said: Announced, *, single: bool
) -> None:
    """Reads the cells of laid-out tables: findings, ledger lines and statements are added to `tables`.

    said: what the document announces of its spreads; single: the document compares nothing, so that what a table sets
    side by side are populations of the one arm.
    """
    for grid in tables.grids:
        reader = RowReader(TableText(document, grid, found, role_of, single=single), said)
        reader.read()
        tables.findings += reader.findings
        tables.numbers += reader.numbers
        tables.statements += reader.statements


__all__ = ["Grid", "Tables", "compares", "find_arms", "lay_out_tables", "read_tables", "sizes_of_all"]
