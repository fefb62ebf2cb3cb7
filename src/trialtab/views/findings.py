"""The summary of findings, and individual patients, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from trialtab import compare
from trialtab.views.base import Cell, Footnotes, Table, Value, plain, without_empty_columns
from trialtab.views.pooled import TITLES, interval, number

CERTAINTY = "the certainty of the evidence is a judgement for people: the column is left empty for it"
PER_THOUSAND = "patients of 1000 with the event: with the comparator as observed, with the intervention by the ratio"
NO_COUNTS = "no absolute effect: the counts of both arms are not told, or no event with the comparator"
NOT_RANDOMISED = "not all of these studies say that patients were allocated at random"


def summary_of_findings(
    found: compare.SummaryOfFindings, sides: Sequence[str] = (), *, for_machines: bool = False
) -> Table:
    """Outcomes of one comparison with relative and absolute effects; sides: their names, for the title."""
    if for_machines:
        return _for_machines(found)
    notes = Footnotes()
    rows = []
    for line in found.lines:
        said = "" if line.what in ("patients", "", compare.MEASURE_NAMES.get(line.measure)) else f" ({line.what})"
        marks = [] if line.randomised else [NOT_RANDOMISED]
        if line.absolute is None and line.measure.endswith("_ratio"):
            marks.append(NO_COUNTS)
        if line.why:
            marks.append(f"the first of several figures that could not be pooled: {line.why}")
        name = compare.MEASURE_NAMES.get(line.measure, TITLES[line.measure])
        effect = f"{name} {number(line.measure, line.value)} ({interval(line.measure, line.low, line.high)})"
        before = after = ""
        if line.absolute is not None:
            one = line.absolute
            before = f"{one.comparator:.0f} per 1000"
            after = f"{one.intervention:.0f} per 1000 ({one.low:.0f} to {one.high:.0f})"
        people = f"{line.participants:,} " if line.participants is not None else ""
        studies = f"{people}({len(line.studies)} {'study' if len(line.studies) == 1 else 'studies'})"
        texts = (
            f"{line.outcome}{said}", line.condition or "", line.comparison, f"{effect}{notes.mark(*marks)}", before,
            after, studies, "",
        )  # fmt: skip
        rows.append(tuple(Cell(text or None, text, line.finding_ids) for text in texts))
    columns = ("outcome", "condition", "comparison", "relative effect (95% CI)", "with comparator",
               "with intervention", "participants (studies)", "certainty")  # fmt: skip
    title = "Summary of findings" + (f": {' against '.join(sides)}" if sides else "")
    further = (f"{found.further} further outcomes: name them with --outcome",) if found.further else ()
    left = []
    for outcome in dict.fromkeys(line.outcome for line in found.lines):
        of_it = [one for name, one in found.left_out if name == outcome]
        left += [f"not among them, {outcome}, {why}: {whose}" for why, whose in compare.by_reason(of_it)]
    keys = (PER_THOUSAND, CERTAINTY, *notes.keys(), *left)
    return Table(columns, tuple(rows), title, further, keys)


def _for_machines(found: compare.SummaryOfFindings) -> Table:
    columns = ("outcome", "outcome_id", "line", "condition", "comparison", "measure", "estimate", "ci_low", "ci_high",
               "comparator_per_1000", "intervention_per_1000", "intervention_low", "intervention_high", "participants",
               "studies", "randomised", "certainty", "note", "finding_ids")  # fmt: skip
    rows = []
    for line in found.lines:
        one = line.absolute
        absolute = (one.comparator, one.intervention, one.low, one.high) if one else (None,) * 4
        values: tuple[Value, ...] = (
            line.outcome, line.outcome_id, line.what, line.condition, line.comparison, line.measure, line.value,
            line.low, line.high, *absolute, line.participants, "; ".join(line.studies), int(line.randomised), None,
            line.why or None, " ".join(line.finding_ids),
        )  # fmt: skip
        rows.append(tuple(plain(value, line.finding_ids) for value in values))
    return Table(columns, tuple(rows), "Summary of findings")


def patients(found: compare.Patients) -> Table:
    """Patients one by one: a column for each outcome."""
    rows: list[tuple[Cell, ...]] = []
    groups: list[int] = []
    last = None
    for patient in found.patients:
        ids = tuple(dict.fromkeys(f for cell in patient.cells for f in cell.finding_ids))
        first = patient.study != last
        last = patient.study
        groups[len(groups) if first else -1 :] = [1] if first else [groups[-1] + 1]
        head = (Cell(patient.study, patient.study, ids), Cell(patient.number, str(patient.number), ids))
        rows.append((*head, *(Cell(cell.text or None, cell.text, cell.finding_ids) for cell in patient.cells)))
    columns = ("study", "patient", *_distinct(found.outcomes))
    made = Table(columns, tuple(rows), "Patients one by one", (), (), tuple(groups))
    return without_empty_columns(made) if rows else made


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names of columns, each once: a second of the same name is numbered."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)
