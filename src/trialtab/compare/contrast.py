"""The contrast of two sides, outcome by outcome, with what is unlike named."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from trialtab import values
from trialtab.compare.cells import DAYS, MEASURE_NAMES, PATIENT_TIME, SHARE, TIME_UNITS, Row, fold, patient_years
from trialtab.compare.lines import (
    CLASSES,
    Entry,
    Like,
    Placed,
    comparable,
    entries_of,
    group_lines,
    outcome_name,
    place_rows,
    shown_first,
    timepoint_text,
)
from trialtab.compare.reports import overlaps
from trialtab.compare.sides import Member, Side, key_of, one_study, resolve
from trialtab.errors import QuestionError
from trialtab.model import Evidence

NAIVE = "naive, unadjusted, no common comparator"
RANDOMISED = "within one randomised trial"
WITHIN = "within one study, not randomised"


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome, one way of measuring it, one grade and timepoint; entries of both sides, either may be empty.

    what: measure, grade and timepoint in words; marks: what is unlike; basis: NAIVE, RANDOMISED or WITHIN, empty where
    only one side speaks.
    """

    outcome: str
    outcome_id: str | None
    outcome_class: str
    what: str
    left: tuple[Entry, ...]
    right: tuple[Entry, ...]
    marks: tuple[str, ...] = ()
    basis: str = ""

    @property
    def paired(self) -> bool:
        """Do both sides speak?"""
        return bool(self.left and self.right)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides, outcome by outcome.

    lines: outcomes that both sides report, the paired lines of an outcome before those that stand alone; only_left,
    only_right: outcomes that one side reports; label: what kind of comparison it is; notes: what a reader must know
    before the first line.
    """

    left: Side
    right: Side
    label: str
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    only_left: tuple[Line, ...] = field(default=())
    only_right: tuple[Line, ...] = field(default=())


def _line(like: Like, group: Sequence[Placed], randomised: set[str], ranks: Sequence[Mapping[str, int]]) -> Line:
    unit = _common_unit(like, group)
    left, right = (entries_of([one for one in group if one.side == side], unit, ranks[side]) for side in (0, 1))
    first = min(group, key=shown_first).row
    line = Line(
        outcome=outcome_name(first["outcome_id"], first["outcome"]),
        outcome_id=first["outcome_id"],
        outcome_class=first["outcome_class"] or "other",
        what=what_text(like, group),
        left=left,
        right=right,
    )
    return replace(line, marks=_marks(line), basis=_basis(line, randomised))


def _person_time(unit: str) -> float:
    """Patient-years that a unit of person-time stands for; 0 where it is none."""
    return patient_years(unit) or 0.0


def _common_unit(like: Like, group: Sequence[Placed]) -> str | None:
    """The unit in which a line's figures are held against each other; None where none is converted.

    Of times and rates the one that most studies print, of equals the shorter or smaller; of shares percent.
    """
    if like.unit == SHARE:
        return SHARE
    if like.unit == "time":
        printed = {(one.study, TIME_UNITS[one.row["unit"]]) for one in group if one.row["unit"] in TIME_UNITS}
        size: Callable[[str], float] = DAYS.__getitem__
    elif like.unit == PATIENT_TIME:
        printed = {(one.study, str(one.row["unit"])) for one in group}
        size = _person_time
    else:
        return None
    counted = Counter(unit for _, unit in printed)
    return min(counted, key=lambda unit: (-counted[unit], size(unit)), default=None)


def what_text(like: Like, group: Sequence[Placed]) -> str:
    """ "patients, grade >=3, at 12 months": how this line differs from its neighbours of the same outcome."""
    parts = [MEASURE_NAMES.get(like.measure, like.measure)]
    if like.unit and like.unit != "time":
        parts[0] += f" ({like.unit})"
    if like.serious:
        parts.append("serious")
    if like.grade:
        parts.append(like.grade if like.grade[0].isalpha() else f"grade {like.grade}")
    elif any(one.row["grade"] for one in group):
        parts.append("any grade")
    if like.time:
        parts.append(timepoint_text(min(group, key=shown_first).row))
    return ", ".join(parts)


def _texts(entries: Iterable[Entry], name: str) -> str:
    found = dict.fromkeys(str(getattr(entry, name) or "not stated") for entry in entries)
    return ", ".join(found)


def _unlike(line: Line, name: str) -> bool:
    return len({fold(getattr(entry, name)) for entry in (*line.left, *line.right)}) > 1


def _marks(line: Line) -> tuple[str, ...]:
    """What a reader must see before holding the entries of a line against each other."""
    marks = []
    both = (*line.left, *line.right)
    if line.paired:
        if any(entry.condition is None for entry in both):
            marks.append("condition not known")
        if _unlike(line, "condition"):
            marks.append("conditions differ")
        for name, title in (("population", "populations"), ("definition", "definitions"), ("grade", "grades")):
            if _unlike(line, name):
                marks.append(f"{title} differ: {_texts(line.left, name)} / {_texts(line.right, name)}")
        if _unlike(line, "timepoint") and len({_time_of(entry) for entry in both}) > 1:
            marks.append(f"timepoints: {_texts(line.left, 'timepoint')} / {_texts(line.right, 'timepoint')}")
    if any(entry.converted.startswith("=") and entry.converted.endswith("%") for entry in both):
        marks.append("converted: a fraction of 1 is 100%")
    if any("≈" in entry.converted for entry in both):
        marks.append("converted by 30.4375 days a month")
    for entry in both:
        if entry.why:
            marks.append(f"{entry.study}: figures of {entry.report}, {entry.why}")
    if any(entry.guessed_total for entry in both):
        marks.append("N is the arm's, not printed with n")
    for entry in both:
        if entry.differing:
            marks.append(f"{entry.study} also prints other figures")
    return tuple(dict.fromkeys(marks))


def _time_of(entry: Entry) -> Hashable:
    return values.timepoint(entry.timepoint) or fold(entry.timepoint) if entry.timepoint else None


def _basis(line: Line, randomised: set[str]) -> str:
    """What may be made of the difference between two sides of a line."""
    if not line.paired:
        return ""
    left, right = ({entry.study for entry in entries} for entries in (line.left, line.right))
    shared = left & right
    if not shared:
        return NAIVE
    within = RANDOMISED if shared <= randomised else WITHIN
    if left == right:
        return within
    return f"{within} in {', '.join(sorted(shared))}; else {NAIVE}"


def _alone(like: Like, own: Line, others: Sequence[tuple[Like, Line]], side: str) -> str:
    """Why a line of an outcome that both sides report has no partner: how the nearest line of the other side differs.

    "at 12 months v at 15 months: not pooled; the right side has patients, at 15 months".
    """

    def gaps(other: Like) -> list[str]:
        names = ("measure", "unit", "serious", "grade", "time")
        return [name for name in names if getattr(like, name) != getattr(other, name)]

    near, nearest = min(others, key=lambda other: len(gaps(other[0])))
    apart = ", ".join(f"{_of_like(name, like, own)} v {_of_like(name, near, nearest)}" for name in gaps(near))
    return f"{apart}: not pooled; the {side} side has {nearest.what}"


def _of_like(name: str, like: Like, line: Line) -> str:
    """One thing that parts two lines, in words."""
    if name == "measure":
        return MEASURE_NAMES.get(like.measure, like.measure).replace("_", " ")
    if name == "unit":
        return like.unit or "no unit"
    if name == "serious":
        return "serious" if like.serious else "not called serious"
    if name == "grade":
        return f"grade {like.grade}" if like.grade else "any grade or none"
    return (line.what.rsplit(", ", 1)[-1] if like.time else "no timepoint") or "no timepoint"


def compare(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row], left: str, right: str
) -> Comparison:
    """Two sides, outcome by outcome; rejected rows, rows without an outcome and bare p-values are left out.

    Raises QuestionError where a side means nothing (with the names there are), or both mean the same arms.
    """
    sides, notes = _apart(resolve(left, arms, documents), resolve(right, arms, documents))
    sides = _like_conditions_first(*sides)
    kept = comparable(rows)
    placed = [one for number, side in enumerate(sides) for one in place_rows(kept, side, number)]
    randomised = randomised_studies(documents)
    ranks = tuple({study: rank for rank, study in enumerate(side.studies)} for side in sides)
    lines = [(like, _line(like, group, randomised, ranks)) for like, group in group_lines(placed).items()]
    by_outcome: dict[str, list[tuple[Like, Line]]] = defaultdict(list)
    for like, line in lines:
        by_outcome[like.outcome].append((like, line))
    paired: list[Line] = []
    only: tuple[list[Line], list[Line]] = ([], [])
    for found in sorted(by_outcome.values(), key=_outcome_order):
        speaks = [[pair for pair in found if pair[1].left], [pair for pair in found if pair[1].right]]
        if all(speaks):
            paired.extend(line for _, line in found if line.paired)
            for like, line in found:
                if not line.paired:
                    others, side = (speaks[1], "right") if line.left else (speaks[0], "left")
                    paired.append(replace(line, marks=(_alone(like, line, others, side), *line.marks)))
        else:
            only[0 if speaks[0] else 1].extend(line for _, line in found)
    studies = {study for side in sides for study in side.studies}
    return Comparison(
        left=sides[0],
        right=sides[1],
        label=_label(sides, paired, randomised),
        notes=(*notes, *_condition_notes(sides), *overlap_notes(studies, documents, arms)),
        lines=tuple(paired),
        only_left=tuple(only[0]),
        only_right=tuple(only[1]),
    )


def _outcome_order(found: Sequence[tuple[Like, Line]]) -> tuple[int, str, str]:
    """By the class that most lines name, then by name: `other` where there is none."""
    classes = Counter(line.outcome_class for _, line in found)
    ranks = {name: CLASSES.index(name) if name in CLASSES else len(CLASSES) for name in classes}
    best = min(classes, key=lambda name: (-classes[name], ranks[name]))
    return ranks[best], found[0][1].outcome.casefold(), found[0][0].outcome


def _apart(left: Side, right: Side) -> tuple[tuple[Side, Side], list[str]]:
    """Two sides without an arm in common, and what was left out: the narrower side keeps what it names."""
    of_left, of_right = ({_identity(m) for m in side.members} for side in (left, right))
    shared = of_left & of_right
    if not shared:
        return (left, right), []
    if of_left == of_right:
        raise QuestionError(f"{left.asked!r} and {right.asked!r} mean the same arms: nothing to compare")
    studies = ", ".join(sorted({m.study for m in left.members if _identity(m) in shared}))
    if shared == of_right:
        return (_without(left, shared), right), [f"left out of {left.asked!r}, as they are {right.asked!r}: {studies}"]
    if shared == of_left:
        return (left, _without(right, shared)), [f"left out of {right.asked!r}, as they are {left.asked!r}: {studies}"]
    return (_without(left, shared), _without(right, shared)), [f"left out, as they belong to both sides: {studies}"]


def _like_conditions_first(left: Side, right: Side) -> tuple[Side, Side]:
    """Studies in the order in which they are read: first the conditions that both sides have, narrower ones (those of
    more words) before wider ones, then the others, by condition and name."""
    of_left, of_right = ({fold(condition) for _, condition in side.conditions} for side in (left, right))
    shared = of_left & of_right - {""}

    def order(one: tuple[str, str | None]) -> tuple[Hashable, ...]:
        condition = fold(one[1])
        return condition not in shared, not condition, -len(condition.split()), condition, fold(one[0])

    return (
        replace(left, conditions=tuple(sorted(left.conditions, key=order))),
        replace(right, conditions=tuple(sorted(right.conditions, key=order))),
    )


def _identity(member: Member) -> tuple[str, str, str | None]:
    return member.document, member.document_id, member.arm_id


def _without(side: Side, shared: set[tuple[str, str, str | None]]) -> Side:
    members = tuple(m for m in side.members if _identity(m) not in shared)
    studies = {m.study for m in members}
    return Side(side.asked, side.kind, members, tuple(c for c in side.conditions if c[0] in studies))


_NOT_RANDOMISED = re.compile(r"\bnon-?\s?random|\bnot random|\bun-?random")


def randomised_studies(documents: Sequence[Row]) -> set[str]:
    """Studies that a document calls randomised."""
    named = one_study(documents)
    designs = ((named[key_of(d)], fold(d.get("design"))) for d in documents)
    return {study for study, design in designs if "random" in design and not _NOT_RANDOMISED.search(design)}


def _label(sides: Sequence[Side], lines: Sequence[Line], randomised: set[str]) -> str:
    """What kind of comparison it is as a whole: that of its lines, where they agree; else each kind that occurs."""
    bases = list(dict.fromkeys(line.basis for line in lines if line.basis))
    if bases:
        return "; ".join(dict.fromkeys(part for basis in sorted(bases) for part in basis.split("; else ")))
    left, right = set(sides[0].studies), set(sides[1].studies)
    if left == right:
        return RANDOMISED if left <= randomised else WITHIN
    return NAIVE


def overlap_notes(studies: Set[str], documents: Sequence[Row], arms: Sequence[Row]) -> list[str]:
    """Which of some studies may have patients in common, and what speaks for it."""
    return [
        f"cohorts may overlap: {pair.one} and {pair.other} ({pair.why})"
        for pair in overlaps(documents, arms, one_study(documents))
        if {pair.one, pair.other} <= studies
    ]


def _condition_notes(sides: Sequence[Side]) -> list[str]:
    notes = []
    left, right = ({condition for _, condition in side.conditions} for side in sides)
    if None in left | right:
        unknown = sorted({study for side in sides for study, condition in side.conditions if condition is None})
        notes.append(f"condition not known: {', '.join(unknown)}")
    if {fold(c) for c in left - {None}} != {fold(c) for c in right - {None}}:
        notes.append("the two sides were studied in unlike conditions")
    return notes
