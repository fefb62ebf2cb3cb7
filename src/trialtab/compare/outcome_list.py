"""One outcome over all studies: an entry for each study arm, on lines by measure, grade and timepoint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trialtab.compare.cells import Row, fold
from trialtab.compare.contrast import what_text
from trialtab.compare.grid import asked_outcome, everyone
from trialtab.compare.lines import (
    CLASSES,
    Entry,
    Like,
    Placed,
    comparable,
    entries_of,
    group_lines,
    outcome_key,
    outcome_name,
    place_rows,
)
from trialtab.compare.sides import Side, conditions_of, resolve
from trialtab.model import Evidence


@dataclass(frozen=True, slots=True)
class Listed:
    """What one study arm says of an outcome. what: measure, grade and time in words; side: the name it was asked by,
    "" where none was; row: the row whose figures are shown."""

    outcome: str
    outcome_id: str | None
    what: str
    like: Like
    side: str
    intervention: str | None
    entry: Entry
    row: Row


def place(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row], asked: Sequence[str] = ()
) -> tuple[list[Placed], tuple[Side, ...]]:
    """Comparable rows with the study and arm they speak of; asked: only arms of these sides, in their order.

    Raises QuestionError where a side means nothing.
    """
    kept = comparable(rows)
    sides = tuple(resolve(name, arms, documents) for name in asked)
    if not sides:
        sides = (Side("", "all", tuple(everyone(arms, documents)), tuple(conditions_of(documents).items())),)
    return [one for number, side in enumerate(sides) for one in place_rows(kept, side, number)], sides


def listing(
    rows: Iterable[Row | Evidence], arms: Sequence[Row], documents: Sequence[Row], outcomes: Sequence[str],
    asked: Sequence[str] = (),
) -> tuple[Listed, ...]:  # fmt: skip
    """What every study arm says of some outcomes (ids, names or phrases), in the order asked; asked: only these sides.

    Raises QuestionError where an outcome is in no row, with the nearest names, or a side means nothing.
    """
    placed, sides = place(rows, arms, documents, asked)
    names = {outcome_key(one.row): outcome_name(one.row["outcome_id"], one.row["outcome"]) for one in placed}
    wanted = dict.fromkeys(asked_outcome(name, names) for name in outcomes)
    by_outcome: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        if (key := outcome_key(one.row)) in wanted:
            by_outcome[key].append(one)
    found: list[Listed] = []
    for key in wanted:
        for like, group in group_lines(by_outcome[key]).items():
            found.extend(_listed(like, group, sides, names[key]))
    return tuple(found)


def _listed(like: Like, group: Sequence[Placed], sides: Sequence[Side], name: str) -> Iterable[Listed]:
    what = what_text(like, group)
    by_id = {one.row["finding_id"]: one.row for one in group}
    given = interventions(sides)
    for number, side in enumerate(sides):
        ranks = {study: rank for rank, study in enumerate(sorted(side.studies, key=fold))}
        for entry in entries_of([one for one in group if one.side == number], None, ranks):
            row = by_id[entry.finding_id]
            drug = given.get((entry.study, fold(entry.arm)))
            yield Listed(name, row["outcome_id"], what, like, side.asked, drug, entry, row)


def interventions(sides: Sequence[Side]) -> Mapping[tuple[str, str], str]:
    """(study, arm) -> what was given, where it is known."""
    return {
        (member.study, fold(member.label)): member.intervention
        for side in sides
        for member in side.members
        if member.intervention
    }


def class_rank(name: str | None) -> int:
    """Place of a class of outcomes in every table; unknown ones stand last."""
    return CLASSES.index(name) if name in CLASSES else len(CLASSES)


__all__ = ["Listed", "class_rank", "interventions", "listing", "place"]
