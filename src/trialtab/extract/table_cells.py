"""One cell of a table, in the light of its paths: outcome, population, size, arms; and the finding that it becomes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trialtab import vocabulary
from trialtab.extract.arms import Inventory
from trialtab.extract.cell_meaning import Meaning
from trialtab.extract.cell_shapes import Shape
from trialtab.extract.findings import SPANS_OF
from trialtab.extract.mentions import key
from trialtab.extract.table_axis import Grid
from trialtab.extract.table_columns import Column, Named, Told, columns
from trialtab.extract.table_kinds import (
    count_of,
    counts_people,
    is_serious,
    is_size,
    subject_of,
    tells_causes_of_death,
    time_of,
    time_said_of,
)
from trialtab.extract.table_labels import EFFECTS, Label, Spec, clean, label
from trialtab.extract.table_layout import Layout, Row
from trialtab.model import Document, Finding, Measure

_WEAK_NAMES = frozenset((
    "yes", "no", "total", "any", "all", "other", "others", "events", "event", "patients", "none", "unknown", "score",
    "number", "value", "values", "overall", "rate", "mean", "n", "present", "absent", "positive", "negative", "right",
    "left", "males", "females", "cases", "severity", "incidence", "estimate", "both", "exact", "subjects",
    "participants", "scores", "number of events",
))  # fmt: skip


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


Sizes = dict[tuple[str, ...], dict[int, int]]
"""Sizes that rows print: path of the section -> column -> n."""


class TableText:
    """A table with all that its cells are read by."""

    def __init__(
        self, document: Document, grid: Grid, found: Inventory, role_of: Mapping[str, str], *, single: bool
    ) -> None:
        self.text, self.grid, self.inventory, self.role_of, self.single = document.text, grid, found, role_of, single
        self.layout = grid.layout
        self.cells = grid.table.cells
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
        self.patients = _lists_patients(self.layout)
        self.deaths = tells_causes_of_death(grid.caption)
        self.time = self.caption.time or time_of(grid.caption) or time_said_of(document.text, grid.caption)
        self.corners = [_corner_name(head.corner) for head in self.layout.heads]
        self.shared = self._shared_names()
        sides = list({named.name: named for named in grid.arms.values()}.values())
        self.sides = tuple(sides) if len(sides) == 2 else ()

    def _shared_names(self) -> frozenset[str]:
        """Names that stand above every column of values: they tell no column from another."""
        values = [c.told.names for head in self.heads for c in head if c.role == "value" and c.told.arm is not None]
        return frozenset.intersection(*map(frozenset, values)) if len(values) > 1 else frozenset()

    def draft(self, row: Row, column: Column, known: Told, s: Shape, found: Meaning, outcome: str) -> Draft:
        cell = row.cells[column.number]
        at = self.at(cell)
        captures = [(name, at + figure.start, at + figure.end) for name, figure in found.figures]
        return Draft(
            cell, column, row, known, found, at + s.start, at + s.end, outcome, captures,
            arm=known.arm or column.told.arm, counted=count_of(outcome),
        )  # fmt: skip

    def specs(self, known: Told, column: Column) -> tuple[tuple[Spec, ...], tuple[Spec, ...]]:
        """What is said of a cell, near and far: row label, leaf header; sections, headers above, corner, legend."""
        near = tuple(s for s in (*known.near, *column.told.near) if s.lead not in ("p", "test"))
        far = tuple(s for s in (*known.far, *column.told.far, *self.around) if s.lead not in ("p", "test"))
        return near, far

    def counts(self, outcome: str, s: Shape) -> bool:
        if s.main is None or not s.main.whole:
            return False
        if self.grid.kind == "harms" or counts_people(outcome):
            return True
        return vocabulary.outcome_class(outcome) in ("adverse_event", "mortality", "relapse")

    def outcome(self, known: Told, column: Column, head: int, *, whole: bool = False) -> tuple[str | None, str | None]:
        """The outcome and the population of a cell, from the names of its two paths; caption last.

        whole: the cell is of the outcome as such (a hazard ratio beside "Events"), not of what its row counts.
        """
        names = list(known.names)
        across = [n for n in column.told.names if (n not in self.shared or not names) and not is_size(n)]
        population = known.population or column.told.population
        if self.grid.kind == "subgroup" and self.grid.axis != "row" and (self.subject or across):
            rows = ": ".join(names)
            if rows and not _is_known(names[-1]):
                population, names = population or rows, []
        if not self.grid.axis and names and across and _is_outcome(across[-1]) and not _is_outcome(names[-1]):
            return across[-1], population or names[-1]  # groups of patients in rows, outcomes in columns
        if self.grid.axis == "row" or not names:
            names, across = (
                (across, names)
                if across and self.grid.axis == "row"
                else (names or across, [] if not names else across)
            )
        outcome: str | None
        if not names:
            outcome = self.corners[head] or self.subject
        else:
            outcome = names[-1]
            if len(names) > 1 and _is_weak(outcome) and whole:
                outcome = names[-2]
            elif len(names) > 1 and _is_weak(outcome):
                outcome = f"{names[-2]}, {outcome}"
            elif _is_weak(outcome) and self.subject is not None and not self.deaths:
                outcome = (
                    f"{self.subject}, {outcome}" if not outcome.lower().startswith(self.subject.lower()) else outcome
                )
        if across and outcome is not None:
            if self.grid.axis == "row":
                outcome = f"{outcome}, {across[-1]}"
            elif population is None:
                population = across[-1]
        corner = self.corners[head] if self.grid.axis == "row" else None
        if corner and outcome and corner.lower() not in outcome.lower():
            outcome = f"{corner}, {outcome}"  # "CGI-I response" over the arms, "Much improved (%)" beside it
        change = column.told.change
        if change and outcome is not None and "change" not in outcome.lower():
            outcome = f"{change} in {outcome}"
        return outcome, population

    def size(
        self, row: Row, known: Told, column: Column, shapes: Mapping[int, Shape], sizes_told: Sizes
    ) -> tuple[int | None, str]:
        """The size of the group that a cell speaks of: its row's n, the section's n, the column's N, the arm's."""
        if column.main is not None and column.role in ("value", "effect"):
            beside = shapes.get(column.main)
            if beside is not None and beside.main is not None and beside.main.whole:
                return int(beside.main.value), "header"
        if known.arm is not None and known.n is not None:
            return known.n, "header"
        for length in range(len(row.path), -1, -1):
            sizes = sizes_told.get(row.path[:length])
            if sizes and column.number in sizes:
                return sizes[column.number], "header"
        if column.told.n is not None and (column.told.arm is not None or column.told.whole or known.arm is None):
            return column.told.n, "header"
        whole = self._whole_beside(row, column, shapes)
        if whole is not None:
            return whole, "header"
        named = known.arm or column.told.arm
        subset = column.told.population or known.population
        if named is not None and self.grid.sizes and not subset:
            own = {*key(named.name).split(), *(named.entry.key.split() if named.entry else ())}
            noted = [n for name, n in self.grid.sizes.items() if own.issuperset(name.split())]
            if len(noted) == 1:
                return noted[0], "header"
        if named is not None and named.entry is not None and not subset:
            size = named.entry.table_n or named.entry.n
            return (int(size), "arm") if size is not None else (None, "none")
        if named is None and not self.grid.axis and self.caption.n is not None and not subset:
            return self.caption.n, "header"
        return None, "none"

    def _whole_beside(self, row: Row, column: Column, shapes: Mapping[int, Shape]) -> int | None:
        """The whole number beside a count with its percentage, below the same header, where it gives that percentage.

        "Samples taken | Samples rejected, n (%)" over "7557 | 60 (0.79)": 60 of 7557 is 0.79%.
        """
        s, upper = shapes[column.number], column.told.path[:-1]
        if s.main is None or s.second is None or not s.main.whole or not upper or s.word:
            return None
        text = self.layout.texts[row.cells[column.number]][s.second.start : s.second.end]
        tolerance = 0.5 * 10.0 ** -len(text.replace("·", ".").partition(".")[2].rstrip(" %)")) + 1e-9
        for other in self.heads[row.head]:
            near = abs(other.number - column.number) <= 2 and other.told.path[:-1] == upper
            beside = shapes.get(other.number) if near and other is not column else None
            if beside is None or beside.kind != "value" or beside.main is None or beside.second is not None:
                continue
            n = beside.main.value
            if beside.main.whole and n > s.main.value > 0 and abs(100 * s.main.value / n - s.second.value) <= tolerance:
                return int(n)
        return None

    def total(self, draft: Draft, n: int | None, source: str) -> None:
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

    def arms_of(self, draft: Draft, effect: str) -> bool:
        """Fills in arm and comparator; False for an effect in a table of covariates."""
        if not effect:
            return True
        sides = draft.column.told.against or draft.known.against
        pair: list[Named] = []
        if sides is not None:
            pair = [self.side(side) for side in sides]
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

    def side(self, name: str) -> Named:
        for text, named in self.grid.arms.items():
            if name.lower() in (label(text).name.lower(), text.lower(), named.name.lower()):
                return named
        own = [n for n in self.grid.arms.values() if name.lower() in n.name.lower()]
        if len(own) == 1:
            return own[0]
        entry = self.inventory.find(key(name))
        return Named(entry.label if entry else name, entry)

    # -- rows of the evidence table

    def finding(self, draft: Draft) -> Finding:
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
        if (
            unit is None
            and statistic in ("mean", "median", "other")
            and (spans := SPANS_OF.search(draft.outcome.lower()))
        ):
            unit = spans.group(1).lower()  # "Days to response"
        arm, comparator, population = draft.arm, draft.comparator, draft.population
        name = arm.name if arm else None
        if self.single and not comparator:
            if name and population is None:
                population = name
            name, arm = "overall", None
        elif arm is not None and comparator is None and self.sides and not enrolled:
            comparator = self.sides[0] if arm.name == self.sides[1].name else self.sides[1]
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
        said = "mortality" if self.deaths else "adverse_event" if self.grid.kind == "harms" else None
        return Finding(
            measure=measure,
            section="table",
            source="table",
            outcome=f"death from {draft.outcome}" if self.deaths and not enrolled else draft.outcome,
            arm=name,
            arm_role=(self.role_of.get(arm.entry.key) if arm and arm.entry else None)
            or ("overall" if name == "overall" else None),
            comparator=comparator.name if comparator else None,
            timepoint=None if enrolled else known.time or column.time or self.time,
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
            outcome_class=said,
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

    def at(self, cell: int) -> int:
        """Where a cell's stripped text begins in the document."""
        found = self.cells[cell]
        printed = self.text[found.start : found.end]
        return found.start + len(printed) - len(printed.lstrip())


def _is_weak(name: str) -> bool:
    """A row label that says nothing without the label above it: "Yes", "≥ 11", "Total"."""
    low = name.lower().strip(" .:")
    return low in _WEAK_NAMES or len(low) < 3 or not name[0].isalpha()


_NO_CORNER = re.compile(
    r"\b(?:variables?|outcomes?|parameters?|characteristics?|groups?|arms?|treatments?|interventions?|times?|weeks?|days?|"
    r"months?|visits?|measures?|measurements?|items?|scales?|periods?|phases?|subgroups?|categor\w+|end\s?-?points?|events?|"
    r"conditions?|dose|regimen|domains?|tests?|instruments?|names?|types?|no|number|n|patients?|features?|indicators?|"
    r"system organ class|description|assessments?|results?|component|factors?|study|site|question\w*|model)\b",
    re.IGNORECASE,
)


def _corner_name(corner: str) -> str | None:
    """The outcome that the header over the stub names, where the rows below are times or arms: "FSI"; else None."""
    name = label(corner).name if corner else ""
    return name if 1 < len(name) <= 60 and not _NO_CORNER.search(name) and any(c.isalpha() for c in name) else None


_PATIENT = re.compile(
    r"(?:patients?|cases?|subjects?|pts?\.?|participants?)"
    r"(?:\s*(?:no\.?|id|number|#|n))?\.?\Z",
    re.IGNORECASE,
)
_ONE_PATIENT = re.compile(r"(?:(?:patient|case|pt\.?|p|no\.?|#)\s*)?(?:\d{1,3}[a-z]?|[A-Z]{1,3})\Z", re.IGNORECASE)


def _lists_patients(layout: Layout) -> bool:
    """Whether each row is of one patient: "Patient" over 1, 2, 3."""
    if not layout.corner or not _PATIENT.match(clean(layout.corner[0])):
        return False
    named = [row.path[0] for row in layout.rows if row.path and not row.section]
    return len(named) > 1 and 2 * sum(_ONE_PATIENT.match(clean(name)) is not None for name in named) > len(named)


def _is_outcome(name: str) -> bool:
    found = vocabulary.outcome(name) if len(name) < 60 else None
    return found is not None and found.method == "exact"


def _is_known(name: str) -> bool:
    return len(name) < 80 and vocabulary.outcome(name) is not None


__all__ = ["Draft", "Sizes", "TableText"]
