"""Checks between rows of one document: any grade against grade 3 and higher, the arms against the whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from trialtab.checks.about import Setting, arm_of, counts_patients, line, outcome_of, setting, unknown
from trialtab.checks.printed import numbers_in, printed
from trialtab.model import Arm, Check, Evidence

MOST_APART = 0.1
"""Share of the whole by which its parts may miss it and still be meant as its parts."""

_SENTENCE_END = re.compile(r"[.!?]\s|\n")
ONE_PASSAGE = 300
"""Characters within which the sizes of the arms and of the whole are told together."""


ANY_GRADE = frozenset({"any", "any grade", "all", "all grades", "1-5", "1-4", "0-5", ">=1"})
SEVERE = frozenset({">=3", "3-4", "3-5", "3", "4", "5", "4-5", ">=4", "severe"})


def any_grade_not_below_severe(rows: Sequence[Evidence]) -> Iterator[Check]:
    """An adverse event of any grade is at least as frequent as its grade 3 and higher, in one arm at one time.

    Compared by events where both print the same total or none, else by percent. A row without a grade convicts only
    in the very line of the severe row in a table: elsewhere it may be another subset; and text is not held against a
    table, which may count other patients.
    """
    name = "any_grade_not_below_severe"
    any_rows: dict[Setting, list[Evidence]] = defaultdict(list)
    severe_rows: dict[Setting, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.outcome_class != "adverse_event" or outcome_of(row) is None or not counts_patients(row):
            continue
        if row.statistic not in ("count", "proportion") or row.qualifier is not None:
            continue
        key = (*setting(row), arm_of(row))
        grade = row.grade.casefold().strip() if row.grade else None
        if grade in SEVERE:
            severe_rows[key].append(row)
        elif grade is None or grade in ANY_GRADE:
            any_rows[key].append(row)
    for key, severe in severe_rows.items():
        by_total, by_percent = _most_severe(severe)
        for row in any_rows.get(key, ()):
            if row.events is not None and row.total in by_total:
                worst = by_total[row.total]
                excess = (worst.events or 0.0) - row.events
            elif row.percent is not None and by_percent is not None and by_percent.percent is not None:
                worst = by_percent
                above = printed(by_percent.percent, worst.quote)
                excess = above.low - printed(row.percent, row.quote).high
            else:
                yield unknown(row, name, "no common scale: totals differ and percents are missing")
                continue
            expected, observed = f"at least {_amount(worst)} (grade {worst.grade})", _amount(row)
            if excess <= 0:
                yield line(row, name, "pass", expected, observed, "rounding")
            elif row.table_label != worst.table_label:
                yield unknown(row, name, "text and table may count other patients")
            elif row.grade is None and not (row.row_path and row.row_path == worst.row_path):
                yield unknown(row, name, "the row names no grade and may be another subset")
            else:
                yield line(row, name, "fail", expected, observed, "rounding", other=worst)


def _most_severe(severe: Iterable[Evidence]) -> tuple[dict[float | None, Evidence], Evidence | None]:
    """The severe rows with the most events, by their total, and the one with the highest percent."""
    by_total: dict[float | None, Evidence] = {}
    by_percent: Evidence | None = None
    for row in severe:
        if row.events is not None:
            old = by_total.get(row.total)
            if old is None or row.events > (old.events or 0.0):
                by_total[row.total] = row
        if row.percent is not None and (by_percent is None or row.percent > (by_percent.percent or 0.0)):
            by_percent = row
    return by_total, by_percent


def _amount(row: Evidence) -> str:
    parts = [] if row.events is None else [f"{row.events:g}" if row.total is None else f"{row.events:g}/{row.total:g}"]
    if row.percent is not None:
        parts.append(f"{row.percent:g}%")
    return " ".join(parts)


def arms_sum_to_total(rows: Sequence[Evidence], arms: Sequence[Arm], text: str = "") -> Iterator[Check]:
    """Enrolment of all arms of the document against the enrolment of the whole.

    Fails only where every arm prints one number for the same kind of enrolment and no arm is the union of others.
    """
    name = "arms_sum_to_total"
    parts = {arm.arm_id for arm in arms if arm.role != "overall"}
    if len(parts) < 2:
        return
    groups: dict[Setting, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.outcome_class == "enrollment" and _size(row) is not None and row.qualifier is None:
            groups[setting(row)].append(row)
    for group in groups.values():
        whole = [row for row in group if row.arm_id not in parts and _of_everyone(row)]
        sized = [row for row in group if row.arm_id in parts]
        sizes: dict[str | None, set[float | None]] = defaultdict(set)
        for row in sized:
            sizes[row.arm_id].add(_size(row))
        if not whole or not sized:
            continue
        alone = [size for found in sizes.values() for size in found if size is not None and len(found) == 1]
        united = sum(alone)
        added = f"{' + '.join(f'{size:g}' for size in alone)} = {united:g}"
        for row in whole:
            total = _size(row) or 0.0
            if set(sizes) != parts or len(alone) != len(parts):
                yield unknown(row, name, "not every arm prints one size")
            elif abs(united - total) < 0.5:
                yield line(row, name, "pass", added, f"{total:g}", "none")
            elif len({_size(one) for one in whole}) > 1:
                yield unknown(row, name, "several totals are printed")
            elif len(alone) > 2 and any(abs(2 * size - united) < 0.5 for size in alone):
                yield unknown(row, name, "an arm is the sum of the others")
            elif any(_apart(row, one, text) for one in sized):
                yield unknown(row, name, "told in different places: patients may have left in between")
            elif row.start > min(one.start for one in sized) or abs(united - total) > MOST_APART * total:
                yield unknown(row, name, "not told as the whole and its parts")
            elif united in (between := _beside(row, sized, text)):
                yield unknown(row, name, "the arms add up to another number that stands between: those treated")
            elif total - united in between:
                yield unknown(row, name, "what the arms lack stands between: those who left")
            elif row.outcome_id is None or any(_phrase(row) != _phrase(one) for one in sized):
                yield unknown(row, name, "the arms and the whole may be different sets: screened, enrolled, randomised")
            else:
                yield line(row, name, "fail", added, f"{total:g}", "none")


def _apart(row: Evidence, other: Evidence, text: str) -> bool:
    """Told in two sentences, or in two places of the document."""
    first, last = sorted((row, other), key=lambda one: one.start)
    return last.start - first.end > ONE_PASSAGE or bool(_SENTENCE_END.search(text[first.end : last.start]))


def _beside(row: Evidence, parts: Sequence[Evidence], text: str) -> set[float]:
    """The numbers that stand between the whole and the last of its parts."""
    return {value for value, *_ in numbers_in(text[row.end : max(one.start for one in parts)])}


def _of_everyone(row: Evidence) -> bool:
    """A row of the whole document, not of a group that found no place among its arms."""
    unplaced = row.arm_id is None and row.arm is not None and row.arm.casefold() != "overall"
    return row.arm_role in (None, "overall") and not unplaced


def _phrase(row: Evidence) -> str:
    return " ".join((row.outcome or "").casefold().split())


def _size(row: Evidence) -> float | None:
    return row.events if row.events is not None else row.value
