"""Adverse events: each term by study arm, in any grade, in grade 3 or more, and serious ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trialtab.compare.cells import Row, fold
from trialtab.compare.lines import (
    Entry,
    Like,
    Placed,
    entry_of,
    group_lines,
    outcome_key,
    outcome_name,
    settings_of,
)
from trialtab.compare.outcome_list import place
from trialtab.compare.sides import Side, key_of
from trialtab.model import Evidence

ANY, HIGH, SERIOUS, OTHER = "any grade", "grade ≥3", "serious", "other grades"
BINS = (ANY, HIGH, SERIOUS, OTHER)

_HIGH = frozenset({">=3", "3-4", "3-5", "3", "4", "5", "4-5", ">=4", "severe", "life-threatening", "fatal"})
_WHOLE = frozenset({">=3", "3-4", "3-5"})
"""Grades that stand for 3 or more by themselves (grade 5 is counted as death in many reports); the others are named."""


@dataclass(frozen=True, slots=True)
class EventArm:
    """A study arm that reports adverse events. side: the name it was asked by; n: its size, None where not known."""

    side: str
    study: str
    arm: str
    n: int | None


@dataclass(frozen=True, slots=True)
class EventCell:
    """What an arm says of a term in one bin: the entry shown, its row, the words it needs, and how many more there are.

    label: grade, time or population, where the bin's heading does not say them; finding_ids: of all of them.
    """

    entry: Entry
    row: Row
    label: str
    more: int
    finding_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One term: for each arm (in the order of the table) its cells by bin."""

    term: str
    outcome_id: str | None
    cells: tuple[Mapping[str, EventCell], ...]


@dataclass(frozen=True, slots=True)
class EventTable:
    """Terms by arms; terms that most arms report first, then the more frequent ones."""

    arms: tuple[EventArm, ...]
    lines: tuple[EventLine, ...]

    @property
    def bins(self) -> tuple[str, ...]:
        """The bins that occur."""
        return tuple(name for name in BINS if any(name in cells for line in self.lines for cells in line.cells))


def adverse_events(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row], asked: Sequence[str] = ()
) -> EventTable:
    """Adverse events of all study arms, or of the sides asked for.

    Patients with an event stand before numbers of events, which are so called. Raises QuestionError where a side means
    nothing.
    """
    placed, sides = place(rows, arms, documents, asked)
    placed = [
        one for one in placed
        if one.row["outcome_class"] == "adverse_event" and one.row["statistic"] in ("count", "proportion")
    ]  # fmt: skip
    sizes = _sizes(arms, sides)
    columns: dict[tuple[int, str, str], EventArm] = {}
    by_term: dict[str, dict[tuple[int, str, str], list[Placed]]] = defaultdict(lambda: defaultdict(list))
    names: dict[str, tuple[str, str | None]] = {}
    for one in placed:
        key = (one.side, one.study, fold(one.arm))
        asked_as = sides[one.side].asked
        columns.setdefault(key, EventArm(asked_as, one.study, one.arm, sizes.get((one.study, fold(one.arm)))))
        term = outcome_key(one.row)
        names.setdefault(term, (outcome_name(one.row["outcome_id"], one.row["outcome"]), one.row["outcome_id"]))
        by_term[term][key].append(one)
    order = sorted(columns, key=lambda key: (key[0], fold(key[1]), key[2]))
    lines = [
        EventLine(*names[term], tuple(_bins(found[key]) if key in found else {} for key in order))
        for term, found in by_term.items()
    ]
    return EventTable(tuple(columns[key] for key in order), tuple(sorted(lines, key=_rank)))


def _sizes(arms: Sequence[Row], sides: Sequence[Side]) -> dict[tuple[str, str], int]:
    """(study, arm) -> its size, where an arm of one of the study's documents has one."""
    by_id = {(key_of(arm), arm["arm_id"]): arm["n"] for arm in arms}
    whole = {key_of(arm): arm["n"] for arm in arms if arm["role"] == "overall"}
    found: dict[tuple[str, str], int] = {}
    for side in sides:
        for member in side.members:
            key = (member.document, member.document_id)
            n = whole.get(key) if member.arm_id is None else by_id.get((key, member.arm_id))
            if n is not None:
                found.setdefault((member.study, fold(member.label)), n)
    return found


def _rank(line: EventLine) -> tuple[int, float, str, str]:
    shares = [_share(cells[name].row) for cells in line.cells for name in (ANY, HIGH) if name in cells]
    return -sum(bool(cells) for cells in line.cells), -max(shares, default=0.0), fold(line.term), line.outcome_id or ""


def _share(row: Row) -> float:
    if row["percent"] is not None:
        return float(row["percent"])
    if row["events"] is not None and row["total"]:
        return float(100 * row["events"] / row["total"])
    return 0.0


def _bins(placed: Sequence[Placed]) -> Mapping[str, EventCell]:
    """The cells of one arm and term: of several figures in a bin the one that its heading fits best is shown."""
    found: dict[str, list[tuple[tuple[int, ...], EventCell]]] = defaultdict(list)
    for like, group in group_lines(placed).items():
        for setting in settings_of(group):
            entry = entry_of(setting, None)
            row = next(one.row for one in setting if one.row["finding_id"] == entry.finding_id)
            name, label = _bin(like, entry)
            worse = (like.measure != "patients", bool(label), like.time, bool(entry.population))
            found[name].append((tuple(map(int, worse)), EventCell(entry, row, label, 0, entry.finding_ids)))
    cells: dict[str, EventCell] = {}
    for name in BINS:
        if not (options := sorted(found.get(name, []), key=lambda one: (one[0], one[1].entry.finding_id))):
            continue
        best = options[0][1]
        ids = tuple(dict.fromkeys(f for _, option in options for f in option.finding_ids))
        cells[name] = EventCell(best.entry, best.row, best.label, len(options) - 1, ids)
    return cells


def _bin(like: Like, entry: Entry) -> tuple[str, str]:
    """The bin of a figure, and the words that its heading leaves to be said."""
    words = []
    if like.serious:
        name = SERIOUS
        words += [_grade_words(like.grade)] if like.grade else []
    elif not like.grade:
        name = ANY
    elif like.grade in _HIGH:
        name = HIGH
        words += [] if like.grade in _WHOLE else [_grade_words(like.grade)]
    else:
        name = OTHER
        words.append(_grade_words(like.grade))
    if like.time and entry.timepoint:
        words.append(entry.timepoint)
    if entry.population:
        words.append(f"[{entry.population}]")
    return name, ", ".join(words)


def _grade_words(grade: str) -> str:
    return grade if grade[0].isalpha() else f"grade {grade}"
