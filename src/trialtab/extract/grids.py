"""Tables -> findings: the same rows as prose, from the cells of every table of a document.

    layouts (table_layout) -> arms (table_arms) -> typed columns and rows (table_columns) -> cells -> findings

A table that was not read is named in `notices`; every number of a cell gets its line in the ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialtab import vocabulary
from trialtab.extract.arms import Inventory
from trialtab.extract.cell_meaning import Meaning, Said, add_spread, meaning
from trialtab.extract.cell_shapes import Figure, Shape, shape
from trialtab.extract.findings import PERCENT_MEASURED
from trialtab.extract.group_sizes import equal_size
from trialtab.extract.measures import Announced
from trialtab.extract.mentions import key
from trialtab.extract.table_arms import Resolver, add, evidence, legend_names, match
from trialtab.extract.table_columns import Column, Named, Told, columns, told
from trialtab.extract.table_kinds import (
    DEMOGRAPHIC,
    count_of,
    counts_people,
    is_serious,
    is_size,
    kind_of,
    legend,
    subject_of,
    tells_results,
)
from trialtab.extract.table_labels import EFFECTS, SPREADS, Label, Spec, clean, label
from trialtab.extract.table_layout import MAX_GRID, Layout, Row, lay_out, sizes_of
from trialtab.model import Document, Finding, Measure, Number, Statement, Table
from trialtab.rules import RuleSet

ARM_EVIDENCE = 0.8
"""What must speak for the labels of a header row, on average, for them to be arms: see table_arms.evidence."""

MOST_ROW_LABELS = 40
"""Different labels at one depth of the row paths that are tried as arms."""

_TIME_CODES = frozenset(("d", "mo", "wk", "a", "h", "min", "s"))
_WEAK_NAMES = frozenset((
    "yes", "no", "total", "any", "all", "other", "others", "events", "event", "patients", "none", "unknown", "score",
    "number", "value", "values", "overall", "rate", "mean", "n", "present", "absent", "positive", "negative", "right",
    "left", "males", "females", "cases", "severity", "incidence", "estimate", "both", "exact", "subjects",
    "participants", "scores", "number of events",
))  # fmt: skip


@dataclass(slots=True)
class Grid:
    """A table on its way: laid out, its kind known, its arms found. axis: column | row | "" (no arms).

    sure: its labels were recognised as arms; sized: how many of them print the size of their arm.
    """

    table: Table
    layout: Layout
    caption: str
    kind: str
    legend: tuple[Spec, ...]
    axis: str = ""
    arms: dict[str, Named] = field(default_factory=dict)
    sure: bool = False
    sized: int = 0

    def arm_of(self, text: str) -> Named | None:
        """The arm that a label of this table stands for."""
        return self.arms.get(text)


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
        grid = Grid(table, layout, caption, kind_of(caption), legend(caption, notes))
        if grid.kind in ("results", "subgroup"):
            first = [label(row.path[-1]).name for row in layout.rows[:12] if row.path]
            if sum(1 for name in first if name and DEMOGRAPHIC.match(name)) >= 2:
                grid.kind = "mixed" if out.grids or grid.kind == "subgroup" or tells_results(caption) else "baseline"
        out.grids.append(grid)
    return out


# ---- arms ------------------------------------------------------------------------------------------------------


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
    for k in order:
        grid = tables.grids[k]
        if grid.kind == "none":
            continue
        labels, score = _best_header(grid, resolver)
        row_labels, row_score = _best_rows(grid, resolver)
        named = any(resolver.find(label(t).name)[0] is not None for t in labels)
        if labels and score >= ARM_EVIDENCE and (named or row_score < ARM_EVIDENCE or score > row_score):
            _settle(document, grid, "column", labels, resolver, role_of, rules, sure=True)
        elif row_labels and row_score >= ARM_EVIDENCE:
            _settle(document, grid, "row", row_labels, resolver, role_of, rules, sure=True)
        elif len(labels) > 1 and score > -0.2 and grid.kind != "model":
            _settle(document, grid, "column", labels, resolver, role_of, rules, sure=False)


def _best_header(grid: Grid, resolver: Resolver) -> tuple[list[str], float]:
    """The header row whose labels look most like arms: the distinct labels, and what speaks for them."""
    layout = grid.layout
    cells = layout.table.cells
    levels: dict[int, list[str]] = {}
    headed: set[int] = set()
    for head in layout.heads:
        for path in head.paths[layout.stubs :]:
            for k in path:
                text = layout.texts[k]
                one = label(text)
                if one.name and not (
                    one.p or one.whole or one.population or one.effect or one.grade or (one.time and not one.n)
                ):
                    at = levels.setdefault(cells[k].row, [])
                    above = [layout.texts[u] for u in path if cells[u].row < cells[k].row]
                    if above and _says_group(above[-1]) and resolver.find(label(above[-1]).name)[1] < 1:
                        headed.add(cells[k].row)
                    if text not in at and len(at) < 24:
                        at.append(text)
    best: tuple[list[str], float] = ([], -9.0)
    for level in sorted(levels):
        texts = levels[level]
        score = evidence([label(t) for t in texts], resolver)
        if level in headed:
            score += 1.0
        if len(texts) < 2 and score < 1.5:
            score = min(score, -0.5)
        if score > best[1] + 0.01:
            best = (texts, score)
    return best


def _best_rows(grid: Grid, resolver: Resolver) -> tuple[list[str], float]:
    """The depth of the row paths whose labels look most like arms."""
    layout = grid.layout
    best: tuple[list[str], float] = ([], -9.0)
    headed = any(_says_group(text) for text in layout.corner)
    for depth in (-1, 0, -2, 1):
        texts: list[str] = []
        for row in layout.rows:
            if -len(row.path) <= depth < len(row.path):
                text = row.path[depth]
                if text not in texts:
                    texts.append(text)
                    if len(texts) > MOST_ROW_LABELS:
                        break
        labels = [(t, label(t)) for t in texts]
        labels = [
            (t, one)
            for t, one in labels
            if one.name and not (one.p or one.whole or one.effect or one.time or one.population)
        ]
        if not labels or len(texts) > MOST_ROW_LABELS:
            continue
        matched = [t for t, one in labels if resolver.find(one.name)[1] >= 0.5]
        entries = {id(resolver.find(label(t).name)[0]) for t in matched}
        if len(entries) < 2 and not (headed and 2 <= len(labels) <= 6):
            continue
        if 2 * len(matched) < len(labels) and not (headed and len(labels) <= 6):
            continue
        score = evidence([one for _, one in labels], resolver) + (0.8 if headed else 0.0)
        if score > best[1] + 0.01:
            best = ([t for t, _ in labels], score)
    return best


_GROUP_HEADS = frozenset(("group", "treatment", "arm", "intervention", "regimen", "condition", "dose", "allocation"))
_NOT_HEADS = frozenset((
    "effect", "difference", "outcome", "characteristic", "duration", "response", "failure", "before", "after", "during",
))  # fmt: skip


def _says_group(text: str) -> bool:
    """Whether a header says that arms stand below or beside it: "Group", "Study arm and stratum", "Dose (mg)"."""
    words = [w.strip(" (),:").rstrip("s") for w in clean(text).lower().split()]
    return len(words) <= 5 and any(w in _GROUP_HEADS for w in words) and not any(w in _NOT_HEADS for w in words)


def _settle(
    document: Document, grid: Grid, axis: str, texts: Sequence[str], resolver: Resolver, role_of: dict[str, str],
    rules: RuleSet, *, sure: bool,
) -> None:  # fmt: skip
    grid.axis, grid.sure = axis, sure
    labels = [label(t) for t in texts]
    entries = match(labels, resolver)
    full = resolver.found.trusted and len({id(e) for e in entries if e is not None}) == len(resolver.found.arms)
    many = sum(one.n is not None or _names_group(one) for one in labels) >= 2 or any(e is not None for e in entries)
    for text, one, entry in zip(texts, labels, entries, strict=True):
        cell = _cell_of(grid.layout, text)
        if (
            entry is None
            and sure
            and many
            and not full
            and not one.specs
            and (one.n is not None or _names_group(one) or len(labels) <= 4)
        ):
            place = (grid.table.cells[cell].start, grid.table.cells[cell].end) if cell >= 0 else (0, 0)
            if not _is_outcome(one.name):
                entry = add(one, place, resolver, role_of, rules.sets["control_name"])
            if entry is not None:
                resolver.refresh()
        grid.arms[text] = Named(entry.label if entry is not None else one.name, entry)
        if one.n is not None and entry is not None:
            grid.sized += 1
            if grid.kind in ("baseline", "mixed"):
                entry.table_n = entry.table_n or float(one.n)
        if entry is not None and entry.n is None and one.n is not None and cell >= 0:
            start = document.text.find(text, grid.table.cells[cell].start)
            entry.n, entry.n_place = float(one.n), (start + one.n_start, start + one.n_end)
    if axis == "column":
        _sizes_below(document, grid)


def _sizes_below(document: Document, grid: Grid) -> None:
    """ "Control" over "(n = 78)": the size of an arm in a header row below its name."""
    layout = grid.layout
    for head in layout.heads:
        for path in head.paths[layout.stubs :]:
            named = next((grid.arms[layout.texts[k]] for k in path if layout.texts[k] in grid.arms), None)
            if named is None or named.entry is None or named.entry.n is not None:
                continue
            others = [label(layout.texts[k]) for k in path]
            sized = next((k for k in path if label(layout.texts[k]).n is not None), None)
            if sized is not None and not any(o.population or (o.time and o.n is None) for o in others):
                one = label(layout.texts[sized])
                start = document.text.find(layout.texts[sized], grid.table.cells[sized].start)
                if one.n is not None:
                    named.entry.n, named.entry.n_place = float(one.n), (start + one.n_start, start + one.n_end)


def _names_group(one: Label) -> bool:
    low = one.name.lower()
    return any(word in low for word in ("group", "arm", "cohort", "placebo", "control"))


def _is_outcome(name: str) -> bool:
    found = vocabulary.outcome(name) if len(name) < 60 else None
    return found is not None and found.method == "exact"


def _cell_of(layout: Layout, text: str) -> int:
    return next((k for k, t in enumerate(layout.texts) if t == text), -1)


# ---- rows ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Draft:
    """A value of a cell before its p-value, spread and size are all known."""

    cell: int
    column: Column
    row: Row
    known: Told
    found: Meaning
    start: int
    end: int
    outcome: str
    captures: list[tuple[str, int, int]]
    total_source: str = "none"
    p: tuple[str, float] | None = None
    arm: Named | None = None
    comparator: Named | None = None
    time: str | None = None
    population: str | None = None
    unit: str | None = None
    counted: str = "patients"


@dataclass(slots=True)
class _State:
    """What the rows read so far leave behind: sizes by path prefix and column, drafts that still may grow."""

    sizes: dict[tuple[str, ...], dict[int, int]] = field(default_factory=dict)
    pending: list[Draft] = field(default_factory=list)
    block: list[Draft] = field(default_factory=list)
    done: list[Draft] = field(default_factory=list)


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
        reader = _Reader(document, grid, found, role_of, said, single=single)
        reader.read()
        tables.findings += reader.findings
        tables.numbers += reader.numbers
        tables.statements += reader.statements


class _Reader:
    """Reads one table."""

    def __init__(
        self,
        document: Document,
        grid: Grid,
        found: Inventory,
        role_of: Mapping[str, str],
        said: Announced,
        *,
        single: bool,
    ) -> None:
        self.document, self.grid, self.inventory, self.role_of, self.said = document, grid, found, role_of, said
        self.single = single
        self.text = document.text
        self.layout = grid.layout
        self.cells = grid.table.cells
        self.findings: list[Finding] = []
        self.numbers: list[Number] = []
        self.statements: list[Statement] = []
        self.alone: list[Draft] = []
        self.heads = [
            columns(
                [(c, self.layout.column_path(h, c)) for c in range(self.layout.stubs, grid.table.columns)], grid.arm_of
            )
            for h in range(len(self.layout.heads))
        ]
        corner = tuple(
            spec for text in self.layout.corner for spec in label(text).specs if spec.lead not in ("p", "test")
        )
        self.around = (*corner, *grid.legend)
        self.subject = subject_of(grid.caption) if grid.caption else None
        self.caption = label(clean(grid.caption)[:200]) if grid.caption else Label("", "")
        self.serious = is_serious(grid.caption)
        self.known: dict[tuple[str, ...], Told] = {}
        self.shared = self._shared_names()

    def _shared_names(self) -> frozenset[str]:
        """Names that stand above every column of values: they tell no column from another."""
        values = [c.told.names for head in self.heads for c in head if c.role == "value" and c.told.arm is not None]
        return frozenset.intersection(*map(frozenset, values)) if len(values) > 1 else frozenset()

    # -- the table

    def read(self) -> None:
        """All rows in order."""
        state = _State()
        for row in self.layout.rows:
            if row.section:
                self._flush(state)
                state.block = []
                if sizes := sizes_of(row.cells, self.layout.stubs, self.layout.texts):
                    state.sizes[row.path] = sizes
                for c in dict.fromkeys(row.cells[self.layout.stubs :]):
                    if c >= 0:
                        self._ledger(c, "ignored", "label")
                continue
            self._row(row, state)
        self._flush(state)
        self.findings = [self._finding(draft) for draft in (*state.done, *self.alone)]

    def _flush(self, state: _State) -> None:
        state.done += state.pending
        state.pending = []

    def _told(self, path: tuple[str, ...]) -> Told:
        known = self.known.get(path)
        if known is None:
            known = self.known[path] = told(path, self.grid.arm_of)
        return known

    def _row(self, row: Row, state: _State) -> None:
        heads = self.heads[row.head]
        known = self._told(row.path)
        own = known.labels[-1] if known.labels else Label("", "")
        shapes = {c.number: shape(self.layout.texts[row.cells[c.number]]) for c in heads if row.cells[c.number] >= 0}
        live = [(c, shapes[c.number]) for c in heads if c.number in shapes and shapes[c.number].kind not in ("empty",)]
        live = [(c, s) for c, s in live if s.kind != "text" or s.figures]
        if not live:
            return
        reason = self._left_out(row, known, own)
        if own.p or (own.lead == "test" and not own.name):
            self._p_row(row, live, state, own)
            return
        if reason is None and self._goes_on(row, own, live, state):
            return
        if self._is_size_row(own, live):
            self._sizes(row, known, live, state)
            return
        self._flush(state)
        if reason is not None:
            for c, _ in live:
                self._ledger(row.cells[c.number], "ignored", reason)
            return
        drafts = self._values(row, known, own, heads, shapes, state)
        self._p_values(row, known, heads, shapes, drafts)
        state.pending = drafts
        state.block += drafts

    def _left_out(self, row: Row, known: Told, own: Label) -> str | None:
        """Why no number of a row is a finding; None where they may be."""
        kind = self.grid.kind
        if kind == "none":
            return "a table without results"
        if kind == "baseline" and not is_size(own.name):
            return "baseline"
        if known.baseline:
            return "baseline"
        if kind == "model" and not (known.arm or any(e for e in self.grid.arms.values() if e.entry)):
            return "a model's estimate"
        names = known.names
        if (
            names
            and kind in ("mixed", "results", "harms")
            and not known.time
            and DEMOGRAPHIC.match(names[-1] if kind != "mixed" else names[0])
        ):
            return "baseline"
        return None

    # -- rows that belong to others

    def _goes_on(self, row: Row, own: Label, live: Sequence[tuple[Column, Shape]], state: _State) -> bool:
        """Whether a row only goes on with the values above it: "(SD)", "95% CI", "(2-9)"; its numbers are added."""
        if not state.pending:
            return False
        brackets = [s for _, s in live if s.kind == "bracket"]
        typed = not own.name and own.lead in SPREADS and not row.continued
        percents = (
            not own.name
            and own.lead == "percent"
            and all(d.found.statistic == "count" for d in state.pending)
            and not own.change
        )
        others = [s for c, s in live if c.role not in ("p", "skip")]
        if not (typed or percents or (brackets and len(brackets) >= len([s for s in others if s.kind != "text"]))):
            return False
        kinds = [spec.lead for spec in own.specs] + [k for spec in self.around for k in (spec.spread, spec.lead)]
        by_column = {draft.column.number: draft for draft in state.pending}
        for c, s in live:
            cell = row.cells[c.number]
            draft = by_column.get(c.number)
            if draft is None or self.cells[cell].row != row.number:
                self._ledger(cell, "unresolved", "a spread without its value")
                continue
            before = [spec.spread for spec in (*draft.column.told.near, *draft.known.near, *draft.column.told.far)]
            taken = add_spread(
                draft.found, s, ["percent", *kinds] if percents else [*kinds, *before] if typed else [*before, *kinds]
            )
            if s.n is not None and "total" not in draft.found.fields:
                draft.found.fields["total"] = s.n.value
                draft.total_source = "explicit"
                taken.append(("total", s.n))
            self._took(draft, cell, taken)
        return True

    def _took(self, draft: Draft, cell: int, taken: Sequence[tuple[str, Figure]]) -> None:
        at = self._at(cell)
        draft.captures += [(name, at + figure.start, at + figure.end) for name, figure in taken]
        if taken:
            self._ledger(cell, "extracted", "")
        else:
            self._ledger(cell, "unresolved", "a spread without its value")

    def _p_row(self, row: Row, live: Sequence[tuple[Column, Shape]], state: _State, own: Label) -> None:
        """A row of p-values below the arms that they compare."""
        for c, s in live:
            cell = row.cells[c.number]
            p = _p_of(s)
            mates = [d for d in state.block if d.column.number == c.number] if own.p else []
            if p is None or not mates:
                self._ledger(
                    cell,
                    "ignored" if not own.p else "unresolved",
                    "test statistic" if not own.p else "a p-value of nothing",
                )
                continue
            figure = s.p or s.main
            for draft in mates:
                if draft.p is None and figure is not None:
                    draft.p = p
                    at = self._at(cell)
                    draft.captures.append(("p_value", at + figure.start, at + figure.end))
            self._ledger(cell, "extracted", "")
        state.block = []

    def _is_size_row(self, own: Label, live: Sequence[tuple[Column, Shape]]) -> bool:
        bare = not own.name and own.lead == "n" and not own.specs[0].spread and self.grid.kind != "harms"
        if not (bare or (own.name and is_size(own.name) and own.lead in ("", "n"))):
            return False
        values = [s for c, s in live if c.role == "value"]
        return bool(values) and all(
            s.kind == "value" and s.main is not None and s.main.whole and s.main.value >= 0 for s in values
        )

    def _sizes(self, row: Row, known: Told, live: Sequence[tuple[Column, Shape]], state: _State) -> None:
        """ "No. of patients": the sizes of the columns below, and enrolment where the arm had none yet."""
        prefix = row.path[:-1]
        here = state.sizes.setdefault(prefix, {})
        for c, s in live:
            cell = row.cells[c.number]
            if c.role != "value" or s.main is None:
                self._ledger(cell, "ignored", "size of a group")
                continue
            here[c.number] = int(s.main.value)
            named = c.told.arm or known.arm
            entry = named.entry if named else None
            first = self.grid.kind in ("baseline", "mixed") and not c.told.time and not known.time and s.main.value > 0
            if entry is not None and entry.n is None and first:
                at = self._at(cell)
                entry.n, entry.n_place = s.main.value, (at + s.main.start, at + s.main.end)
                found = Meaning(
                    "count", "table.size", {"value": s.main.value, "events": s.main.value}, [("events", s.main)]
                )
                draft = self._draft(row, c, known, s, found, "patients enrolled")
                draft.arm = named
                state.done.append(draft)
                self._ledger(cell, "extracted", "")
            else:
                self._ledger(cell, "ignored", "size of a group named before" if entry else "size of a group")

    # -- values

    def _values(
        self, row: Row, known: Told, own: Label, heads: Sequence[Column], shapes: Mapping[int, Shape], state: _State
    ) -> list[Draft]:
        drafts: list[Draft] = []
        by_column: dict[int, Draft] = {}
        effect_row = own.effect or next((one.effect for one in reversed(known.labels) if one.effect), "")
        for column in heads:
            s = shapes.get(column.number)
            if s is None or s.kind == "empty" or column.role == "p":
                continue
            cell = row.cells[column.number]
            if column.role == "skip" or self.cells[cell].row != row.number:
                self._ledger(cell, "ignored", "test statistic" if column.role == "skip" else "told in the row above")
                continue
            if column.role in ("spread", "percent", "twin", "size") and column.main is not None:
                draft = by_column.get(column.main)
                if draft is not None and draft.cell == cell:
                    continue  # one cell over both columns: read as a whole
                if draft is not None and column.role != "size":
                    kinds = [spec.lead for spec in column.told.near]
                    kinds += [
                        spec.spread
                        for spec in (*draft.column.told.near, *known.near, *draft.column.told.far, *self.around)
                    ]
                    if (
                        column.role == "twin"
                        and s.kind == "value"
                        and not (s.main and s.main.percent)
                        and not any(kinds)
                    ):
                        self._ledger(cell, "unresolved", "two columns below one header")
                        continue
                    self._took(draft, cell, add_spread(draft.found, s, kinds))
                    continue
            if column.role == "size":
                self._ledger(cell, "ignored", "size of a group")
                continue
            if column.told.baseline and not own.change:
                self._ledger(cell, "ignored", "baseline")
                continue
            if column.role in ("spread",):
                self._ledger(cell, "unresolved", "a spread without its value")
                continue
            draft = self._value(row, known, own, column, s, cell, shapes, state, effect_row)
            if draft is not None:
                drafts.append(draft)
                by_column[column.number] = draft
        return drafts

    def _value(
        self, row: Row, known: Told, own: Label, column: Column, s: Shape, cell: int, shapes: Mapping[int, Shape],
        state: _State, effect_row: str,
    ) -> Draft | None:  # fmt: skip
        outcome, population = self._outcome(known, column)
        if outcome is None:
            self._ledger(cell, "unresolved", "no outcome named")
            return None
        n, source = self._size(row, known, column, shapes, state)
        near, far = self._specs(known, column)
        measured = PERCENT_MEASURED.search(outcome) is not None
        unit = own.unit or known.unit or column.told.unit
        effect = column.told.effect or effect_row
        if effect and column.told.arm is not None and effect == "mean_difference" and column.role == "effect":
            near = tuple(spec for spec in near if spec.lead != effect)  # a difference within one arm is a change
            effect = ""
        if not effect:
            near = tuple(spec for spec in near if spec.lead not in EFFECTS)
        far = tuple(spec for spec in far if spec.lead not in EFFECTS) if not effect else far
        lasts = unit is not None and vocabulary.unit(unit) in _TIME_CODES
        said = Said(near, far, n, self.said.plus_minus, self.said.median_pair, False, measured, lasts)
        if s.kind == "value" and not any(spec.lead in ("mean", "median", "percent", "n") for spec in said.all):
            said = Said(
                near, far, n, self.said.plus_minus, self.said.median_pair, self._counts(outcome, s), measured, said.time
            )
        if effect and not any(spec.lead in EFFECTS for spec in said.near):
            said = Said((Spec(effect), *said.near), said.far, n, said.plus, said.pair, said.counts, measured, said.time)
        found = meaning(s, said)
        if isinstance(found, str):
            self._ledger(cell, "unresolved", found if s.kind != "text" else "a cell of words")
            return None
        draft = self._draft(row, column, known, s, found, outcome)
        if draft.arm is None and self.grid.axis and self.grid.sure and not effect:
            if self.grid.axis == "row" and not own.name and state.done:
                draft.arm = state.done[-1].arm  # "(Δ)" below the values of an arm
            elif not (known.whole or column.told.whole):
                self._ledger(cell, "unresolved", "a row or column of no arm")
                return None
        draft.population = population
        draft.unit = unit
        if s.unit is not None and unit is None and found.statistic in ("mean", "median"):
            words = self.layout.texts[cell][s.unit[0] : s.unit[1]]
            draft.unit = words if vocabulary.unit(words) is not None else None
        if not self._arms_of(draft, effect):
            self._ledger(cell, "unresolved", "a ratio or difference of unknown arms")
            return None
        if p := _p_of(s, only=True):
            draft.p = p
        self._total(draft, n, source)
        self._ledger(cell, "extracted", "")
        return draft

    def _draft(self, row: Row, column: Column, known: Told, s: Shape, found: Meaning, outcome: str) -> Draft:
        cell = row.cells[column.number]
        at = self._at(cell)
        captures = [(name, at + figure.start, at + figure.end) for name, figure in found.figures]
        return Draft(
            cell, column, row, known, found, at + s.start, at + s.end, outcome, captures,
            arm=known.arm or column.told.arm, counted=count_of(outcome),
        )  # fmt: skip

    def _specs(self, known: Told, column: Column) -> tuple[tuple[Spec, ...], tuple[Spec, ...]]:
        """What is said of a cell, near and far: row label, leaf header; sections, headers above, corner, legend."""
        near = tuple(s for s in (*known.near, *column.told.near) if s.lead not in ("p", "test"))
        far = tuple(s for s in (*known.far, *column.told.far, *self.around) if s.lead not in ("p", "test"))
        return near, far

    def _counts(self, outcome: str, s: Shape) -> bool:
        if s.main is None or not s.main.whole:
            return False
        if self.grid.kind == "harms" or counts_people(outcome):
            return True
        return vocabulary.outcome_class(outcome) in ("adverse_event", "mortality", "relapse")

    def _outcome(self, known: Told, column: Column) -> tuple[str | None, str | None]:
        """The outcome and the population of a cell, from the names of its two paths; caption last."""
        names = list(known.names)
        across = [name for name in column.told.names if name not in self.shared or not names]
        population = known.population or column.told.population
        if self.grid.kind == "subgroup" and self.grid.axis != "row" and (self.subject or across):
            rows = ": ".join(names)
            if rows and not _is_known(names[-1]):
                population, names = rows, []
        if self.grid.axis == "row" or not names:
            names, across = (
                (across, names)
                if across and self.grid.axis == "row"
                else (names or across, [] if not names else across)
            )
        outcome: str | None
        if not names:
            outcome = self.subject
        else:
            outcome = names[-1]
            if len(names) > 1 and _is_weak(outcome):
                outcome = f"{names[-2]}, {outcome}"
            elif _is_weak(outcome) and self.subject is not None:
                outcome = (
                    f"{self.subject}, {outcome}" if not outcome.lower().startswith(self.subject.lower()) else outcome
                )
        if across and outcome is not None:
            if self.grid.axis == "row":
                outcome = f"{outcome}, {across[-1]}"
            elif population is None:
                population = across[-1]
        change = column.told.change
        if change and outcome is not None and "change" not in outcome.lower():
            outcome = f"{change} in {outcome}"
        return outcome, population

    def _size(
        self, row: Row, known: Told, column: Column, shapes: Mapping[int, Shape], state: _State
    ) -> tuple[int | None, str]:
        """The size of the group that a cell speaks of: its row's n, the section's n, the column's N, the arm's."""
        if column.main is not None and column.role in ("value", "effect"):
            beside = shapes.get(column.main)
            if beside is not None and beside.main is not None and beside.main.whole:
                return int(beside.main.value), "header"
        if known.arm is not None and known.n is not None:
            return known.n, "header"
        for length in range(len(row.path), -1, -1):
            sizes = state.sizes.get(row.path[:length])
            if sizes and column.number in sizes:
                return sizes[column.number], "header"
        if column.told.n is not None and (column.told.arm is not None or column.told.whole or known.arm is None):
            return column.told.n, "header"
        named = known.arm or column.told.arm
        subset = column.told.population or known.population
        if named is not None and named.entry is not None and not subset:
            size = named.entry.table_n or named.entry.n
            return (int(size), "arm") if size is not None else (None, "none")
        return None, "none"

    def _total(self, draft: Draft, n: int | None, source: str) -> None:
        fields = draft.found.fields
        if "total" in fields:
            draft.total_source = "explicit"
            return
        if n is None or draft.found.statistic in EFFECTS or draft.counted != "patients":
            return
        if draft.found.statistic in ("count", "proportion") and (source == "arm" or fields.get("events", 0) > n):
            return  # evidence.py decides on sizes of arms for counts
        fields["total"] = float(n)
        draft.total_source = source

    def _arms_of(self, draft: Draft, effect: str) -> bool:
        """Fills in arm and comparator; False for an effect in a table of covariates."""
        if not effect:
            return True
        sides = draft.column.told.against or draft.known.against
        pair: list[Named] = []
        if sides is not None:
            pair = [self._side(side) for side in sides]
        else:
            arms = list({id(n.entry): n for n in self.grid.arms.values() if n.entry is not None}.values())
            if len(arms) != 2 and len(self.inventory.arms) == 2:
                arms = [Named(e.label, e) for e in self.inventory.arms]
            if len(arms) == 2:
                arms.sort(key=lambda n: self.role_of.get(n.entry.key if n.entry else "", "") == "control")
                pair = arms
            elif draft.arm is not None:
                controls = [e for e in self.inventory.arms if self.role_of.get(e.key) == "control"]
                if len(controls) == 1 and controls[0] is not draft.arm.entry:
                    pair = [draft.arm, Named(controls[0].label, controls[0])]
        if len(pair) == 2:
            draft.arm, draft.comparator = pair
        elif self.grid.kind == "model":
            return False
        return True

    def _side(self, name: str) -> Named:
        for text, named in self.grid.arms.items():
            if name.lower() in (label(text).name.lower(), text.lower(), named.name.lower()):
                return named
        own = [n for n in self.grid.arms.values() if name.lower() in n.name.lower()]
        if len(own) == 1:
            return own[0]
        entry = self.inventory.find(key(name))
        return Named(entry.label if entry else name, entry)

    # -- p-values

    def _p_values(
        self, row: Row, known: Told, heads: Sequence[Column], shapes: Mapping[int, Shape], drafts: Sequence[Draft]
    ) -> None:
        between = [c for c in heads if c.role == "p" and not _is_other_p(c)]
        for column in heads:
            s = shapes.get(column.number)
            if column.role != "p" or s is None or s.kind == "empty":
                continue
            cell = row.cells[column.number]
            if s.kind == "ns":
                self._not_significant(row, known, column, s, cell)
                continue
            p = _p_of(s)
            figure = s.p or s.main
            if p is None or figure is None or _is_other_p(column) or column.told.arm is not None:
                self._ledger(
                    cell, "ignored" if p else "unresolved", "p-value of another comparison" if p else "no p-value"
                )
                continue
            context = _context(column)
            mates = [d for d in drafts if context == _NO_CONTEXT or _context(d.column) == context]
            before = [d for d in mates if d.column.number < column.number]
            nearest = max((d.column.number for d in before), default=-1)
            if column.told.against is not None:
                sides = {named.name for named in map(self._side, column.told.against)}
                chosen = [
                    d
                    for d in mates
                    if d.comparator is not None and {d.arm.name if d.arm else "", d.comparator.name} == sides
                ]
                if not chosen and len(between) == 1:
                    chosen = mates
            elif len(between) > 1 and any(d.column.number == nearest and d.comparator for d in before):
                chosen = [d for d in before if d.column.number == nearest]
            elif len([c for c in between if _context(c) == context]) == 1:
                chosen = mates
            else:
                chosen = []
            if chosen:
                for draft in chosen:
                    if draft.p is None:
                        draft.p = p
                        at = self._at(cell)
                        draft.captures.append(("p_value", at + figure.start, at + figure.end))
                self._ledger(cell, "extracted", "")
                continue
            self._lone_p(row, known, column, s, cell, p)

    def _lone_p(self, row: Row, known: Told, column: Column, s: Shape, cell: int, p: tuple[str, float]) -> None:
        """A p-value without the values that it compares, or of two of many arms: a row of its own."""
        outcome, population = self._outcome(known, column)
        if outcome is None or self.grid.kind == "model":
            self._ledger(cell, "unresolved", "no outcome named")
            return
        figure = s.p or s.main
        found = Meaning("p_value", "table.p_value", {}, [("p_value", figure)] if figure else [])
        draft = self._draft(row, column, known, s, found, outcome)
        draft.p, draft.population, draft.arm = p, population, None
        if column.told.against is not None:
            draft.arm, draft.comparator = map(self._side, column.told.against)
        self.alone.append(draft)
        self._ledger(cell, "extracted", "")

    def _not_significant(self, row: Row, known: Told, column: Column, s: Shape, cell: int) -> None:
        outcome, _ = self._outcome(known, column)
        at = self._at(cell)
        if (
            outcome is not None
            and not _is_other_p(column)
            and column.told.arm is None
            and self.grid.kind not in ("baseline", "model")
        ):
            pair = (None, None)
            if column.told.against is not None:
                a, b = map(self._side, column.told.against)
                pair = (a.name, b.name)  # type: ignore[assignment]
            self.statements.append(
                Statement(
                    start=at + s.start, end=at + s.end, section="table", outcome=outcome, arm=pair[0],
                    comparator=pair[1],
                    direction="no difference", rule="table.not_significant",
                )
            )  # fmt: skip

    # -- rows of the evidence table

    def _finding(self, draft: Draft) -> Finding:
        f, found = draft.found.fields, draft.found
        statistic, derived = found.statistic, list(found.derived)
        value: float | None = f.get("value")
        unit = draft.unit
        enrolled = found.rule == "table.size"
        if statistic in ("count", "proportion"):
            percent, events, total = f.get("percent"), f.get("events"), f.get("total")
            if percent is None and events is not None and total:
                percent = round(100 * events / total, 1)
                derived.append("percent")
            statistic = "proportion" if f.get("percent") is not None or total else "count"
            value = f.get("percent", events)
            unit = "%" if "percent" in f else "patients" if draft.counted == "patients" else draft.counted
            f = {**f, "percent": percent} if percent is not None else f
        arm, comparator, population = draft.arm, draft.comparator, draft.population
        name = arm.name if arm else None
        if self.single and not comparator:
            if name and population is None:
                population = name
            name, arm = "overall", None
        known, column = draft.known, draft.column.told
        grade = known.grade or column.grade or (None if known.any_grade or column.any_grade else self.caption.grade)
        is_effect = statistic in EFFECTS
        if name is None and not is_effect and statistic != "p_value":
            name = "overall"
        measure = Measure(
            start=draft.start, end=draft.end, statistic=statistic, value=value,
            unit=None if is_effect and statistic not in ("mean_difference", "risk_difference") else unit,
            events=f.get("events"), total=f.get("total"), percent=f.get("percent"), sd=f.get("sd"), se=f.get("se"),
            plus_minus=f.get("plus_minus"), q1=f.get("q1"), q3=f.get("q3"), iqr_width=f.get("iqr_width"),
            range_low=f.get("range_low"), range_high=f.get("range_high"),
            ci_level=f.get("ci_level", 95.0 if "ci_low" in f else None), ci_low=f.get("ci_low"),
            ci_high=f.get("ci_high"),
            p_relation=draft.p[0] if draft.p else None, p_value=draft.p[1] if draft.p else None,
            negated=statistic in ("count", "proportion") and (f.get("events") == 0 or value == 0),
            count_of=draft.counted if statistic in ("count", "proportion") else None,
            rule=found.rule, captures=tuple(draft.captures),
        )  # fmt: skip
        harms = self.grid.kind == "harms"
        return Finding(
            measure=measure,
            section="table",
            source="table",
            outcome=draft.outcome,
            arm=name,
            arm_role=(self.role_of.get(arm.entry.key) if arm and arm.entry else None)
            or ("overall" if name == "overall" else None),
            comparator=comparator.name if comparator else None,
            timepoint=None if enrolled else known.time or column.time or self.caption.time,
            grade=grade,
            serious=known.serious or column.serious or self.serious,
            population=population,
            total_source=draft.total_source,
            derived=tuple(derived),
            path=self.cells[draft.cell].path,
            table_label=self.grid.table.label or None,
            row_path=" > ".join(clean(t) for t in draft.row.path) or None,
            column_path=" > ".join(clean(t) for t in draft.column.told.path) or None,
            confidence=self._confidence(draft),
            enrollment=enrolled,
            outcome_class="adverse_event" if harms else None,
        )

    def _confidence(self, draft: Draft) -> float:
        """By how much was said: an arm of the document, a statistic that labels name."""
        score = 0.9
        if draft.arm is None or draft.arm.entry is None:
            score -= 0.15 if self.grid.sure else 0.3
        if "statistic" in draft.found.derived:
            score -= 0.2
        return round(max(0.2, score), 2)

    # -- places

    def _at(self, cell: int) -> int:
        """Where a cell's stripped text begins in the document."""
        found = self.cells[cell]
        printed = self.text[found.start : found.end]
        return found.start + len(printed) - len(printed.lstrip())

    def _ledger(self, cell: int, fate: str, reason: str) -> None:
        at = self._at(cell)
        for figure in shape(self.layout.texts[cell]).figures:
            self.numbers.append(Number(at + figure.start, at + figure.end, "table", fate, reason))


def _is_weak(name: str) -> bool:
    """A row label that says nothing without the label above it: "Yes", "≥ 11", "Total"."""
    low = name.lower().strip(" .:")
    return low in _WEAK_NAMES or len(low) < 3 or not name[0].isalpha()


def _is_known(name: str) -> bool:
    return len(name) < 80 and vocabulary.outcome(name) is not None


_NO_CONTEXT: tuple[object, ...] = (None, None, ())


def _context(column: Column) -> tuple[object, ...]:
    """What a column says beside its arm: a p-value belongs to the values of the same context."""
    return (column.told.time, column.told.population, tuple(column.told.names))


def _is_other_p(column: Column) -> bool:
    leaf = column.told.labels[-1].printed.lower() if column.told.labels else ""
    return any(
        word in leaf for word in ("interaction", "heterogen", "trend", "time", "baseline", "within", "paired", "change")
    )


def _p_of(s: Shape, only: bool = False) -> tuple[str, float] | None:
    """The p-value of a cell: its relation and number. only: just one that the cell itself calls so."""
    if s.p is not None:
        return s.p_relation, s.p.value
    if only or s.kind != "value" or s.main is None or s.main.percent or not 0 <= s.main.value <= 1:
        return None
    return (s.relation or "="), s.main.value


__all__ = ["Grid", "Tables", "compares", "find_arms", "lay_out_tables", "read_tables", "sizes_of_all"]
