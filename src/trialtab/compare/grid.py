"""Study arms by outcomes: what each reports, in one cell each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trialtab import vocabulary
from trialtab.compare.cells import Row, fold
from trialtab.compare.lines import (
    CLASSES,
    Entry,
    Like,
    Placed,
    comparable,
    entry_of,
    group_lines,
    outcome_key,
    outcome_name,
    place_rows,
    settings_of,
    timepoint_text,
)
from trialtab.compare.sides import Key, Member, Side, conditions_of, key_of, members_of, nearest_names, one_study
from trialtab.errors import QuestionError
from trialtab.model import Evidence


@dataclass(frozen=True, slots=True)
class GridCell:
    """What one study arm says of one outcome: a few texts, and every finding behind them."""

    texts: tuple[str, ...]
    finding_ids: tuple[str, ...]
    more: int = 0

    @property
    def text(self) -> str:
        """All in one line: "58% any grade; 13% grade >=3; +2 more"."""
        return "; ".join((*self.texts, *([f"+{self.more} more"] if self.more else [])))


@dataclass(frozen=True, slots=True)
class GridRow:
    """One arm of one study."""

    study: str
    arm: str
    intervention: str | None
    condition: str | None
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Studies by outcomes. outcomes: (canonical id, name) of each column; left_out: outcomes that found no column."""

    outcomes: tuple[tuple[str, str], ...]
    rows: tuple[GridRow, ...]
    left_out: int = 0


def outcomes_table(
    rows: Iterable[Row | Evidence],
    arms: Sequence[Row],
    documents: Sequence[Row],
    *,
    outcomes: Sequence[str] = (),
    columns: int = 8,
    texts: int = 2,
) -> Grid:
    """Study arms by outcomes: the outcomes asked for (id, name or phrase), else those that most studies report.

    columns: how many outcomes, where none are asked for; texts: how many figures (grades, timepoints, statistics) a
    cell prints before it counts the rest. An empty cell means that nothing was found. Raises QuestionError where an
    outcome asked for is in no row, with the nearest names.
    """
    kept = [row for row in comparable(rows) if row["outcome_id"] or outcomes]
    everything = Side("", "all", tuple(everyone(arms, documents)), tuple(conditions_of(documents).items()))
    placed = list(place_rows(kept, everything, 0))
    names = {outcome_key(o.row): outcome_name(o.row["outcome_id"], o.row["outcome"]) for o in placed}
    chosen = [asked_outcome(name, names) for name in outcomes] if outcomes else _most_reported(placed, columns)
    chosen = list(dict.fromkeys(chosen))
    interventions = {
        (m.study, vocabulary.normal(m.label)): m.intervention for m in everything.members if m.intervention
    }
    by_row: dict[tuple[str, str], list[Placed]] = defaultdict(list)
    for one in placed:
        by_row[(one.study, vocabulary.normal(one.arm))].append(one)
    grid = []
    for (study, arm), found in sorted(by_row.items(), key=lambda item: (fold(item[0][0]), item[0][1])):
        by_outcome: dict[str, list[Placed]] = defaultdict(list)
        for one in found:
            by_outcome[outcome_key(one.row)].append(one)
        cells = tuple(_grid_cell(by_outcome.get(outcome, []), texts) for outcome in chosen)
        if any(cell.finding_ids for cell in cells):
            first = found[0]
            grid.append(GridRow(study, first.arm, interventions.get((study, arm)), first.condition, cells))
    return Grid(tuple((key, names[key]) for key in chosen), tuple(grid), len(names) - len(chosen))


def everyone(arms: Sequence[Row], documents: Sequence[Row]) -> Iterable[Member]:
    by_document: dict[Key, list[Row]] = defaultdict(list)
    for arm in arms:
        by_document[key_of(arm)].append(arm)
    named = one_study(documents)
    for document in documents:
        arms_of_it = by_document.get(key_of(document), [])
        yield from members_of(document, arms_of_it, lambda document, arm: True, named[key_of(document)])


def _most_reported(placed: Sequence[Placed], columns: int) -> list[str]:
    """Canonical outcomes by the number of studies, then of rows; shown in the order of classes."""
    studies: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    classes: dict[str, str] = {}
    for one in placed:
        if not one.row["outcome_id"] or one.row["outcome_class"] in ("enrollment", "follow_up"):
            continue
        key = one.row["outcome_id"]
        studies[key].add(one.study)
        counts[key] += 1
        classes.setdefault(key, one.row["outcome_class"] or "other")
    best = sorted(studies, key=lambda key: (-len(studies[key]), -counts[key], key))[:columns]
    return sorted(best, key=lambda key: (CLASSES.index(classes[key]) if classes[key] in CLASSES else len(CLASSES), key))


def outcome_keys(rows: Iterable[Row], asked: Iterable[str]) -> set[str]:
    """The keys of outcomes asked for by id, name or phrase. Raises QuestionError for one that is in no row."""
    names = {outcome_key(row): outcome_name(row["outcome_id"], row["outcome"]) for row in rows if outcome_key(row)}
    return {asked_outcome(name, names) for name in asked}


def asked_outcome(asked: str, names: Mapping[str, str]) -> str:
    """The outcome key that a name means, among those of the rows."""
    wanted = asked.strip()
    if wanted in names:
        return wanted
    for key, name in names.items():
        if fold(name) == fold(wanted):
            return key
    found = vocabulary.outcome(wanted)
    for key in (found.term.id if found else "", f"'{vocabulary.normal(wanted)}"):
        if key in names:
            return key
    near = nearest_names(asked, sorted(set(names.values())))
    hint = f"; did you mean {' or '.join(repr(name) for name in near)}?" if near else ""
    raise QuestionError(f"no row reports the outcome {asked!r}{hint}")


def _grid_cell(found: Sequence[Placed], most: int) -> GridCell:
    """The figures of one study arm for one outcome: results without a grade or time first, each with its own words."""
    shown: list[str] = []
    ids: list[str] = []
    more = 0
    for like, group in group_lines(found).items():
        for setting in settings_of(group):
            entry = entry_of(setting, None)
            ids.extend(entry.finding_ids)
            if len(shown) < most:
                shown.append(_with_words(entry, like, setting[0].row))
            else:
                more += 1
    return GridCell(tuple(shown), tuple(dict.fromkeys(ids)), more)


def _with_words(entry: Entry, like: Like, row: Row) -> str:
    words = []
    if like.serious:
        words.append("serious")
    if entry.grade:
        words.append(entry.grade if entry.grade[0].isalpha() else f"grade {entry.grade}")
    if like.time:
        words.append(timepoint_text(row))
    if entry.population:
        words.append(f"[{entry.population}]")
    return " ".join((entry.text, *words))
