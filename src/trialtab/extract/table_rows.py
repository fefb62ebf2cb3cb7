"""The rows of a table read from top to bottom: values, the rows that go on with them, sizes, p-values, the ledger."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialtab import vocabulary
from trialtab.extract.cell_meaning import Meaning, Said, add_spread, meaning
from trialtab.extract.cell_shapes import Figure, Shape, shape
from trialtab.extract.findings import PERCENT_MEASURED
from trialtab.extract.measures import Announced
from trialtab.extract.table_cells import Draft, Sizes, TableText
from trialtab.extract.table_columns import Column, Told, told
from trialtab.extract.table_kinds import CHANGEABLE, DEMOGRAPHIC, is_size
from trialtab.extract.table_labels import EFFECTS, SPREADS, Label, Spec, clean
from trialtab.extract.table_layout import Row, sizes_of
from trialtab.model import Finding, Number, Statement

_BODY = re.compile(r"\W*(?:body\s+)?(?:weight|height|bmi|body mass index)\W*\Z", re.IGNORECASE)
_DOSE = re.compile(
    r"\W*(?:(?:daily|total|starting|initial|planned|assigned|given|infused|cumulative)\s+)?dos(?:es?|age)"
    r"(?:\s+(?:level|given|infused|administered|received))?\W*\Z",
    re.IGNORECASE,
)
_SAYING = frozenset(("mean", "median", "percent", "n"))
_TIME_CODES = frozenset(("d", "mo", "wk", "a", "h", "min", "s"))


@dataclass(slots=True)
class _State:
    """What the rows read so far leave behind: sizes by path prefix and column, drafts that still may grow."""

    sizes: Sizes = field(default_factory=dict)
    pending: list[Draft] = field(default_factory=list)
    block: list[Draft] = field(default_factory=list)
    done: list[Draft] = field(default_factory=list)


def _tells_the_dose(one: Label) -> bool:
    """Whether a label says what was given, not what came of it: "Dose (mg/kg)", "Infused dose"."""
    return bool(one.name) and one.n is None and _DOSE.match(one.name) is not None


class RowReader:
    """Reads one table. said: what the document announces of its spreads."""

    def __init__(self, table: TableText, said: Announced) -> None:
        self.table, self.said = table, said
        self.grid, self.layout, self.cells = table.grid, table.layout, table.cells
        self.findings: list[Finding] = []
        self.numbers: list[Number] = []
        self.statements: list[Statement] = []
        self.alone: list[Draft] = []
        self.heads = table.heads
        self.known: dict[tuple[str, ...], Told] = {}
        answers = {row.path[-1] for row in self.layout.rows if row.path}
        said_yes = any(text.lower() == "yes" for text in answers)
        letters = {text for text in answers if len(text) == 1 and text.isupper()}
        self.plain = frozenset(text for text in answers if said_yes and text in ("No", "NO", "no"))
        if {"A", "B"} <= letters:
            self.plain |= letters  # sites, classes or items: "B" is no coefficient here

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
        self.findings = [self.table.finding(draft) for draft in (*state.done, *self.alone)]

    def _flush(self, state: _State) -> None:
        state.done += state.pending
        state.pending = []

    def _told(self, path: tuple[str, ...]) -> Told:
        known = self.known.get(path)
        if known is None:
            known = self.known[path] = told(path, self.grid.arm_of, self.plain)
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
            and not (kind == "results" and CHANGEABLE.match(names[-1]))
        ):
            return "baseline"
        return None

    # -- rows that belong to others

    def _goes_on(self, row: Row, own: Label, live: Sequence[tuple[Column, Shape]], state: _State) -> bool:
        """Whether a row only goes on with the values above it: "(SD)", "95% CI", "(2-9)"; its numbers are added."""
        if not state.pending:
            return False
        brackets = [s for _, s in live if s.kind == "bracket"]
        whole = [s for _, s in live if s.kind == "value" and s.main is not None and s.low is not None]
        typed = not own.name and own.lead in SPREADS and not row.continued and not (own.change and whole)
        percents = (
            not own.name
            and own.lead == "percent"
            and all(d.found.statistic == "count" for d in state.pending)
            and not own.change
        )
        others = [s for c, s in live if c.role not in ("p", "skip")]
        if not (typed or percents or (brackets and len(brackets) >= len([s for s in others if s.kind != "text"]))):
            return False
        kinds = [spec.lead for spec in own.specs] + [k for spec in self.table.around for k in (spec.spread, spec.lead)]
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
        at = self.table.at(cell)
        draft.captures += [(name, at + figure.start, at + figure.end) for name, figure in taken]
        if taken:
            self._ledger(cell, "extracted", "")
        else:
            self._ledger(cell, "unresolved", "a spread without its value")

    def _p_row(self, row: Row, live: Sequence[tuple[Column, Shape]], state: _State, own: Label) -> None:
        """A row of p-values below the arms that they compare."""
        each = len({row.cells[c.number] for c, _ in live}) > 1 and not _compares(own.printed)
        for c, s in live:
            cell = row.cells[c.number]
            p = _p_of(s)
            if own.p and each and c.told.arm is not None:
                self._ledger(cell, "ignored", "p-value within an arm")
                continue
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
                    at = self.table.at(cell)
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
                at = self.table.at(cell)
                entry.n, entry.n_place = s.main.value, (at + s.main.start, at + s.main.end)
                found = Meaning(
                    "count", "table.size", {"value": s.main.value, "events": s.main.value}, [("events", s.main)]
                )
                draft = self.table.draft(row, c, known, s, found, "patients enrolled")
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
                        for spec in (*draft.column.told.near, *known.near, *draft.column.told.far, *self.table.around)
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
            if _tells_the_dose(own) or any(_tells_the_dose(one) for one in column.told.labels):
                self._ledger(cell, "ignored", "dose")
                continue
            if column.role in ("spread",):
                self._ledger(cell, "unresolved", "a spread without its value")
                continue
            draft = self._value(row, known, own, column, s, cell, shapes, state, effect_row)
            if draft is not None:
                drafts.append(draft)
                by_column[column.number] = draft
        shares = any(draft.found.statistic in ("count", "proportion") for draft in drafts)
        for draft in drafts:
            if shares and draft.found.statistic == "mean_difference":
                draft.found.statistic, draft.unit = "risk_difference", "%"
        return drafts

    def _value(
        self, row: Row, known: Told, own: Label, column: Column, s: Shape, cell: int, shapes: Mapping[int, Shape],
        state: _State, effect_row: str,
    ) -> Draft | None:  # fmt: skip
        if self.table.patients:
            return self._of_one_patient(row, known, column, s, cell)
        outcome, population = self.table.outcome(known, column, row.head, whole=column.role == "effect")
        if outcome is None:
            self._ledger(cell, "unresolved", "no outcome named")
            return None
        n, source = self.table.size(row, known, column, shapes, state.sizes)
        near, far = self.table.specs(known, column)
        measured = PERCENT_MEASURED.search(outcome) is not None
        unit = own.unit or known.unit or column.told.unit
        effect = s.effect or column.told.effect or effect_row
        if effect and column.told.arm is not None and effect == "mean_difference" and column.role == "effect":
            near = tuple(spec for spec in near if spec.lead != effect)  # a difference within one arm is a change
            effect = ""
        if effect_row and column.told.arm is not None and effect in _WITHIN and not _compares(own.printed):
            self._ledger(cell, "ignored", "an effect within one arm")
            return None
        if not effect:
            near = tuple(spec for spec in near if spec.lead not in EFFECTS)
        far = tuple(spec for spec in far if spec.lead not in EFFECTS) if not effect else far
        lasts = unit is not None and vocabulary.unit(unit) in _TIME_CODES
        said = Said(near, far, n, self.said.plus_minus, self.said.median_pair, False, measured, lasts)
        if s.kind == "value" and not any(spec.lead in _SAYING for spec in said.all):
            said = Said(
                near,
                far,
                n,
                self.said.plus_minus,
                self.said.median_pair,
                self.table.counts(outcome, s),
                measured,
                said.time,
            )
        if effect and not any(spec.lead in EFFECTS for spec in said.near):
            said = Said((Spec(effect), *said.near), said.far, n, said.plus, said.pair, said.counts, measured, said.time)
        found = meaning(s, said)
        if isinstance(found, str):
            self._ledger(cell, "unresolved", found if s.kind != "text" else "a cell of words")
            return None
        draft = self.table.draft(row, column, known, s, found, outcome)
        if draft.arm is None and self.grid.axis and self.grid.sure and not effect:
            if self.grid.axis == "row" and not own.name and state.done:
                draft.arm = state.done[-1].arm  # "(Δ)" below the values of an arm
            elif not (known.whole or column.told.whole):
                self._ledger(cell, "unresolved", "a row or column of no arm")
                return None
        draft.population = population
        draft.unit = unit or ("%" if any(spec.lead == "percent" and not spec.spread for spec in near) else None)
        if s.unit is not None and unit is None and found.statistic in ("mean", "median"):
            words = self.layout.texts[cell][s.unit[0] : s.unit[1]]
            draft.unit = words if vocabulary.unit(words) is not None else None
        if not self.table.arms_of(draft, effect):
            self._ledger(cell, "unresolved", "a ratio or difference of unknown arms")
            return None
        if p := _p_of(s, only=True):
            draft.p = p
        self.table.total(draft, n, source)
        self._ledger(cell, "extracted", "")
        return draft

    def _of_one_patient(self, row: Row, known: Told, column: Column, s: Shape, cell: int) -> Draft | None:
        """A value of one patient: statistic `other`, the patient as population."""
        name = column.told.names[-1] if column.told.names else None
        if name is None or s.main is None or s.kind != "value" or not row.path:
            self._ledger(cell, "unresolved", "no outcome named")
        elif "grade" in column.told.path[-1].lower() or DEMOGRAPHIC.match(name) or column.told.baseline:
            self._ledger(cell, "ignored", "baseline" if "grade" not in column.told.path[-1].lower() else "grade")
        else:
            found = Meaning("other", "table.one_patient", {"value": s.main.value}, [("value", s.main)])
            draft = self.table.draft(row, column, known, s, found, name)
            who = clean(row.path[0])
            draft.population = who if who.lower().startswith(("patient", "case")) else f"patient {who}"
            draft.unit = column.told.unit
            self._ledger(cell, "extracted", "")
            return draft
        return None

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
                sides = {named.name for named in map(self.table.side, column.told.against)}
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
                chosen = [d for d in before if d.column.number == nearest] if self.grid.axis == "row" else mates
            else:
                chosen = []
            if chosen:
                for draft in chosen:
                    if draft.p is None:
                        draft.p = p
                        at = self.table.at(cell)
                        draft.captures.append(("p_value", at + figure.start, at + figure.end))
                self._ledger(cell, "extracted", "")
                continue
            self._lone_p(row, known, column, s, cell, p)

    def _lone_p(self, row: Row, known: Told, column: Column, s: Shape, cell: int, p: tuple[str, float]) -> None:
        """A p-value without the values that it compares, or of two of many arms: a row of its own."""
        outcome, population = self.table.outcome(known, column, row.head)
        if outcome is None or self.grid.kind == "model":
            self._ledger(cell, "unresolved", "no outcome named")
            return
        figure = s.p or s.main
        found = Meaning("p_value", "table.p_value", {}, [("p_value", figure)] if figure else [])
        draft = self.table.draft(row, column, known, s, found, outcome)
        draft.p, draft.population, draft.arm = p, population, None
        if column.told.against is not None:
            draft.arm, draft.comparator = map(self.table.side, column.told.against)
        self.alone.append(draft)
        self._ledger(cell, "extracted", "")

    def _not_significant(self, row: Row, known: Told, column: Column, s: Shape, cell: int) -> None:
        outcome, _ = self.table.outcome(known, column, row.head)
        at = self.table.at(cell)
        if (
            outcome is not None
            and not _is_other_p(column)
            and column.told.arm is None
            and self.grid.kind not in ("baseline", "model")
        ):
            pair = (None, None)
            if column.told.against is not None:
                a, b = map(self.table.side, column.told.against)
                pair = (a.name, b.name)  # type: ignore[assignment]
            self.statements.append(
                Statement(
                    start=at + s.start, end=at + s.end, section="table", outcome=outcome, arm=pair[0],
                    comparator=pair[1],
                    direction="no difference", rule="table.not_significant",
                )
            )  # fmt: skip

    # -- the ledger

    def _ledger(self, cell: int, fate: str, reason: str) -> None:
        at = self.table.at(cell)
        for figure in shape(self.layout.texts[cell]).figures:
            self.numbers.append(Number(at + figure.start, at + figure.end, "table", fate, reason))


_WITHIN = frozenset(("mean_difference", "standardized_mean_difference"))


def _compares(text: str) -> bool:
    """Whether a label speaks of a comparison: "P vs placebo", "difference from control"."""
    return (
        re.search(r"\b(?:vs\.?|versus|between|compared|placebo|control|comparison)\b", text, re.IGNORECASE) is not None
    )


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


__all__ = ["RowReader"]
