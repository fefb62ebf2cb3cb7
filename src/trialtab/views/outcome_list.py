"""One outcome over all studies, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from trialtab import compare
from trialtab.views.base import SHORT_ID, Cell, Footnotes, Table, Value, plain, without_empty_columns

GUESSED = "the denominator is the size of the arm, not printed with the number of events"
COMPUTED = "the percentage is computed here from n and N"
OTHER_FIGURE = "the study prints another figure elsewhere"
WILSON = "Wilson 95% interval of n/N, computed here"
CONVERTED = "converted by 30.4375 days a month"

_NUMBERS = ("value", "unit", "qualifier", "events", "total", "percent", "q1", "q3", "range_low", "range_high", "sd",
            "se", "ci_level", "ci_low", "ci_high")  # fmt: skip


def marks_of(entry: compare.Entry, row: compare.Row, notes: Footnotes, *, percent: bool = True) -> str:
    """Superscript letters of what a reader must know of a figure."""
    meanings = []
    if percent and "percent" in (row["derived"] or "").split(","):
        meanings.append(COMPUTED)
    if entry.guessed_total:
        meanings.append(GUESSED)
    if entry.differing:
        meanings.append(OTHER_FIGURE)
    return notes.mark(*meanings)


def one_outcome(found: Sequence[compare.Listed], *, for_machines: bool = False) -> Table:
    """What every study arm says of an outcome, lines of one measure, grade and time together."""
    return _for_machines(found) if for_machines else _for_people(found)


def _for_people(found: Sequence[compare.Listed]) -> Table:
    notes = Footnotes()
    rows: list[tuple[Cell, ...]] = []
    groups = []
    several = len({one.outcome for one in found}) > 1
    for (outcome, what), lines in groupby(found, key=lambda one: (one.outcome, one.what)):
        together = list(lines)
        groups.append(len(together))
        for number, one in enumerate(together):
            entry, ids = one.entry, one.entry.finding_ids
            said = what.replace("other", "single figures", 1) if one.like.measure == "other" else what
            head = (f"{outcome}, {said}" if several else said) if number == 0 else ""
            wilson = notes.mark(WILSON) if entry.interval else ""
            arm = entry.arm or one.intervention or ""
            texts = (
                head, one.side, entry.study, entry.condition or "", arm,
                entry.text + marks_of(entry, one.row, notes), f"{entry.interval}{wilson}", entry.timepoint or "",
                "; ".join(filter(None, (entry.population, entry.definition))), entry.finding_id[:SHORT_ID],
            )  # fmt: skip
            values: tuple[Value, ...] = (*texts[:5], entry.text, entry.interval or None, *texts[7:])
            rows.append(tuple(Cell(v or None, t, ids) for v, t in zip(values, texts, strict=True)))
    columns = ("measure", "side", "study", "condition", "arm", "result", "95% CI", "timepoint",
               "population, definition", "finding")  # fmt: skip
    title = ", ".join(dict.fromkeys(one.outcome for one in found))
    conditions = {one.entry.condition for one in found}
    told = ("conditions differ between studies: nothing is pooled",) if len(conditions) > 1 else ()
    made = Table(columns, tuple(rows), title[:1].upper() + title[1:], told, notes.keys(), tuple(groups))
    return without_empty_columns(made)


def _for_machines(found: Sequence[compare.Listed]) -> Table:
    columns = ("outcome", "outcome_id", "measure", "side", "study", "condition", "arm", "intervention", "result",
               "statistic", *_NUMBERS, "wilson_95", "timepoint", "grade", "population", "definition", "total_source",
               "derived", "finding_id", "finding_ids")  # fmt: skip
    rows = []
    for one in found:
        entry, row = one.entry, one.row
        values: tuple[Value, ...] = (
            one.outcome, one.outcome_id, one.what, one.side or None, entry.study, entry.condition, entry.arm or None,
            one.intervention, entry.text, row["statistic"], *(row[name] for name in _NUMBERS), entry.interval or None,
            entry.timepoint, entry.grade, entry.population, entry.definition, row["total_source"], row["derived"],
            entry.finding_id, " ".join(entry.finding_ids),
        )  # fmt: skip
        rows.append(tuple(plain(value, entry.finding_ids) for value in values))
    return Table(columns, tuple(rows), ", ".join(dict.fromkeys(one.outcome for one in found)))
