"""Pairs of evidence rows that say one result of both sides of a question, the likeliest first.

In a table the two cells of an answer differ in exactly one element of their row and column paths, and that element
names the arms; in prose the two rows stand in one sentence and have one outcome. Both arms are mapped together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from trialtab.questions import couples, populations
from trialtab.questions.labels import (
    BASELINE,
    LEAST_OUTCOME,
    SEPARATOR,
    Label,
    label,
    likeness,
    paths,
    timed,
)
from trialtab.questions.passages import KEPT, Index, Row
from trialtab.questions.sides import BEFORE, COMPARATOR, INTERVENTION, LEAST, Sides, naming, phase, stemmed
from trialtab.questions.times import When
from trialtab.questions.times import of_row as time_of
from trialtab.questions.words import Asked, analysis_sets, stems

LEAST_NOBODY = 0.7
"""What a "none" said of everyone must have: more than a pair, as no arm bears it out."""

PRINTED = 0.1
"""What printed events add for a pair against one of bare percentages."""

APART = 0.05
"""What it takes from a pair that its rows stand in two sentences."""

ALIKE = 0.03
"""Pairs nearer than this say one thing of several sets of people: the largest set is the whole, the rest subgroups."""

NO_ARM = frozenset(
    stems("all total overall difference estimate covariance effect ratio adjusted interaction change p ci")
)


@dataclass(frozen=True, slots=True)
class Pair:
    """The rows of both sides (one may be None), how well they fit the question (0-1), and in what words.

    said: the words of the question that stand in their labels or around them.
    """

    intervention: Row | None
    comparator: Row | None
    likeness: float
    why: str
    arms: float
    said: frozenset[str] = frozenset()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that are there."""
        return tuple(row for row in (self.intervention, self.comparator) if row is not None)


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that differ in one thing only, which may be the arm. how: text | near | table; context: see _context.

    phases: of each member, see sides.phase; none where no member has one.
    """

    how: str
    label: Label
    context: frozenset[str]
    members: tuple[tuple[frozenset[str], Row], ...]
    phases: tuple[str, ...] = ()


def _kind(row: Row) -> str:
    """What a row is compared as: a bare 0 stands beside "3 (6%)"."""
    return "people" if row["statistic"] in ("count", "proportion") else str(row["statistic"])


@lru_cache(maxsize=4 * KEPT)
def groups(index: Index, fits: Callable[[Row], bool]) -> tuple[_Group, ...]:
    """The groups of a document's rows of one kind, whatever the question; see the module."""
    found: dict[tuple[object, ...], list[tuple[str, Row]]] = defaultdict(list)
    parts: dict[tuple[object, ...], tuple[tuple[str, ...], tuple[str, ...], int]] = {}
    for row in index.rows_by_start:
        if not fits(row):
            continue
        if row["source"] != "table":
            if row["arm"]:
                at, what = (
                    index.passage_at(row["start"]),
                    (row["statistic"], row["grade"], populations.of_row(index, row)),
                )
                found["text", at, row["outcome"], row["timepoint"], *what].append((row["arm"], row))
                for window in (at, at - 1):  # the other arm may have the next sentence
                    found["near", window, *what].append((row["arm"], row))
            continue
        rows, columns = paths(row)
        both = (*rows, "|", *columns)
        for k, element in enumerate(both):
            if element != "|":
                key: tuple[object, ...] = (
                    "table",
                    row["table_label"],
                    (*both[:k], "", *both[k + 1 :]),
                    _kind(row),
                )
                found[key].append((element, row))
                if key not in parts:
                    parts[key] = rows, columns, k
    made = []
    words: dict[str, frozenset[str]] = {}
    for group, members in found.items():
        first: dict[str, Row] = {}
        for name, row in members:
            first.setdefault(name, row)
        if len(first) < 2:
            continue
        rest, beside, context = _without(*parts[group]) if group in parts else ((), (), "")
        sample = members[0][1]
        for name in first:
            if name not in words:
                words[name] = naming(name, index.short)
        named = tuple((words[name], row) for name, row in first.items())
        over = naming(context, index.short) if context else frozenset()
        phases = tuple(map(phase, first)) if group[0] == "table" else ()
        made.append(
            _Group(str(group[0]), label(index, sample, rest, beside), over, named, phases if any(phases) else ())
        )
    return tuple(made)


def _without(rows: tuple[str, ...], columns: tuple[str, ...], k: int) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The paths of a row less the element that tells its arm, the k-th of both with a bar between them, and what
    stands over it.
    """
    bar = len(rows)
    rest = rows[:k] + rows[k + 1 :]
    beside = columns if k < bar else columns[: k - bar - 1] + columns[k - bar :]
    return rest, beside, " ".join(rest if k < bar else beside)


def find(index: Index, fits: Callable[[Row], bool], outcome: Asked, sides: Sides, asked_time: str = "") -> list[Pair]:
    """All pairs of rows of one kind that fit a question, the likeliest first; of several alike that of most people."""
    found: list[Pair] = []
    known: dict[tuple[frozenset[str], ...], float] = {}
    every, named = outcome.every, outcome.canonical
    for group in groups(index, fits):
        of = group.label
        if of.own.isdisjoint(every) and (named is None or of.canonical != named):
            continue  # most are of something else
        key = of.own, of.beside, of.sets, of.named
        if key not in known:
            known[key] = likeness(of, outcome)
        if known[key] >= LEAST_OUTCOME:
            pair = _pair(group, known[key], outcome, sides, asked_time, index)
            if pair is not None:
                found.append(pair)
    earlier = against_before(index, sides)
    for couple in couples.couples(index, fits):
        if earlier and not couple.own & BASELINE:
            continue
        like = couples.fit(couple, outcome)
        if like >= LEAST_OUTCOME and (told := couples.sided(couple, sides, index)) is not None:
            found.append(_of_couple(couple, told, like, outcome, asked_time, index))
    ranked = sorted(found, key=lambda p: (-p.likeness, [(r["start"], r["end"]) for r in p.rows]))
    once: dict[tuple[str, ...], Pair] = {}
    for pair in ranked:
        once.setdefault(tuple(row["finding_id"] for row in pair.rows), pair)
    ranked = list(once.values())
    close = [
        pair for pair in ranked if pair.likeness >= ranked[0].likeness - ALIKE and pair.said >= ranked[0].said
    ]  # fmt: skip
    close = close if asked_time else _latest(close)
    whole = max(close, key=lambda pair: (-_parts(pair, outcome), _counted(pair)), default=None)
    return [whole, *(pair for pair in ranked if pair is not whole)] if whole is not None else []


def _counted(pair: Pair) -> float:
    """How many people both rows count, as far as the rows themselves or their headers say it."""
    return sum(row["total"] or 0.0 for row in pair.rows if row["total_source"] != "arm")


def _parts(pair: Pair, outcome: Asked) -> int:
    """The rows of a pair that count a part of the people that was not asked for: "Public" clinics, "Children"."""
    return sum(
        bool(row["population"])
        and not analysis_sets(row["population"])
        and outcome.every.isdisjoint(stems(row["population"]))
        for row in pair.rows
    )


def _latest(close: list[Pair]) -> list[Pair]:
    """Of pairs that differ in their time alone, those of the latest: what a treatment led to in the end."""
    found = [_when(pair) for pair in close]
    if len({when.kind if when else "" for when in found}) != 1 or len(set(found)) < 2:
        return close
    last = max(when for when in found if when)
    return [pair for pair, when in zip(close, found, strict=True) if when == last]


def latest_first(ranked: list[Pair]) -> list[Pair]:
    """Ranked pairs with the one of the latest time first among those that fit as well as the best."""
    close = [pair for pair in ranked if pair.likeness >= ranked[0].likeness - ALIKE] if ranked else []
    last = _latest(close)[:1]
    return [*last, *(pair for pair in ranked if pair not in last)]


def _when(pair: Pair) -> When | None:
    """The time of both rows of a pair; None where it is not said, or not the same."""
    found = set(map(time_of, pair.rows))
    return found.pop() if len(found) == 1 else None


def _of_couple(
    couple: couples.Couple, told: tuple[Row, Row, float], like: float, outcome: Asked, asked_time: str, index: Index
) -> Pair:
    one, other, sure = told
    of = label(index, one)
    like, why = timed(Label(couple.own, couple.own, of.times | couple.own & BASELINE), like * sure, outcome, asked_time)
    if one["events"] is not None and other["events"] is not None:
        like += PRINTED
    return Pair(one, other, like, why, sure)


def nobody(index: Index, fits: Callable[[Row], bool], outcome: Asked) -> list[Pair]:
    """ "No serious adverse events occurred": said of everyone it is none in either arm. The likeliest first."""
    found = []
    for row in index.rows_by_start:
        if row["negated"] and row["events"] == 0 and fits(row) and (not row["arm"] or row["arm_role"] == "overall"):
            like = likeness(label(index, row), outcome)
            if like >= LEAST_NOBODY:
                found.append(Pair(row, row, like, "none of everyone is none in each arm", 0.0))
    return sorted(found, key=lambda p: (-p.likeness, p.rows[0]["start"]))


def _pair(
    group: _Group, like: float, outcome: Asked, sides: Sides, asked_time: str, index: Index
) -> Pair | None:  # fmt: skip
    labels = [name for name, _ in group.members]
    at = sides.assign(labels, group.context)
    if group.how == "table" and None in at:
        labels = [name | _arm(row, index) for name, row in group.members]
        at = sides.assign(labels)
    if (at[0] is None) != (at[1] is None):
        at = _partner(group, at, labels, index)
    if group.phases and (None in at or all(sides.phases)):
        at = sides.by_phase(group.phases, controlled(index))
        if None not in at:
            group = replace(group, label=replace(group.label, times=group.label.times - BASELINE))
    elif (
        against_before(index, sides)
        and at[1] is not None
        and sides.score(COMPARATOR, labels[at[1]]) < LEAST
        and (not group.phases or group.phases[at[1]] != BEFORE)
    ):
        return None  # what was before is no other arm, unless one is called so
    if at[0] is None or at[1] is None:
        return None
    named = [
        sides.score(side, group.members[k][0]) >= LEAST for side, k in ((INTERVENTION, at[0]), (COMPARATOR, at[1]))
    ]
    if (
        group.how == "table"
        and not all(named)
        and not group.phases
        and _one_arm(group.members[at[0]][1], group.members[at[1]][1])
    ):
        return None
    fit = (sides.score(INTERVENTION, labels[at[0]]) + sides.score(COMPARATOR, labels[at[1]])) / 2
    if group.how == "near":
        like -= APART
    like, why = timed(group.label, like, outcome, asked_time)
    two = group.members[at[0]][1], group.members[at[1]][1]
    if group.how != "table" and len({row["unit"] for row in two} - {None}) > 1:
        return None  # "51.6 at 90 days" and 90 days
    spans = [(row["start"], row["end"]) for row in two]
    if spans[0] != spans[1] and spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]:
        return None  # "from 26 to 32 weeks" is no result of two arms
    if all(row["events"] is not None for row in two):
        like += PRINTED
    said = outcome.every & group.label.beside
    return Pair(*two, like * (0.8 + 0.2 * min(1.0, fit)), why, fit, said)


def against_before(index: Index, sides: Sides) -> bool:
    """Is the comparator a time before the treatment? Not where an arm is called so: "preoperative radiotherapy"."""
    return sides.phases[COMPARATOR] == BEFORE and not any(
        sides.score(COMPARATOR, naming(arm["label"], index.short)) >= LEAST for arm in index.arms
    )


@lru_cache(maxsize=KEPT)
def controlled(index: Index) -> bool:
    """Has the document an arm that is called a control?"""
    return any(stemmed("ask_control") & naming(arm["label"], index.short) for arm in index.arms)


def _one_arm(one: Row, other: Row) -> bool:
    """Are two cells of a table those of one arm, by the arm that the table was read to give them?"""
    return one["arm_id"] is not None and one["arm_id"] == other["arm_id"] and one["arm_role"] in SIDE_ROLES


SIDE_ROLES = ("intervention", "control")


def _partner(
    group: _Group, at: tuple[int | None, int | None], labels: Sequence[frozenset[str]], index: Index
) -> tuple[int | None, int | None]:
    """The other arm where one is named and the document has just two here: what it is called does not matter."""
    known = next(k for k in at if k is not None)
    arm = group.members[known][1]["arm_id"]
    others = [
        k
        for k, (_, row) in enumerate(group.members)
        if k != known and row["arm_id"] and row["arm_id"] != arm and not labels[k] & NO_ARM
    ]
    if not arm or len(others) != 1 or group.members[others[0]][1]["arm_role"] == "overall":
        return at
    if group.how != "table" and sum(one["role"] in SIDE_ROLES for one in index.arms) > 2:
        return at  # a sentence may speak of two arms of three
    return (known, others[0]) if at[0] is not None else (others[0], known)


def _arm(row: Row, index: Index) -> frozenset[str]:
    return naming(row["arm"], index.short) if row["arm"] and row["arm_role"] != "overall" else frozenset()


__all__ = [
    "LEAST_OUTCOME",
    "SEPARATOR",
    "Label",
    "Pair",
    "find",
    "groups",
    "label",
    "likeness",
    "nobody",
    "paths",
    "timed",
]
