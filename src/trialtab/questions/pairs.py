"""Pairs of evidence rows that say one result of both sides of a question, the likeliest first.

In a table the two cells of an answer differ in exactly one element of their row and column paths, and that element
names the arms; in prose the two rows stand in one sentence and have one outcome. Both arms are mapped together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialtab.questions.passages import Index, Row
from trialtab.questions.sides import COMPARATOR, INTERVENTION, Sides, naming
from trialtab.questions.words import Asked, expand, light, opposed, stems

SEPARATOR = " > "
"""What stands between the elements of a row path or column path."""

LEAST_OUTCOME = 0.4
"""Share of the outcome's weight that a row's labels must have: half, so that its telling words are there."""

LEAST_NOBODY = 0.7
"""What a "none" said of everyone must have: more than a pair, as no arm bears it out."""

PRINTED = 0.15
"""What printed events add for a pair against one of bare percentages."""

APART = 0.05
"""What it takes from a pair that its rows stand in two sentences."""

ALIKE = 0.03
"""Pairs nearer than this say one thing of several sets of people: the largest set is the whole, the rest subgroups."""

PRECISION = 0.35
"""How much of a label's fit is that it says little else than the outcome; the rest is how much of it it says."""

BESIDE = 0.5
"""What a word of the outcome counts where it stands in the caption or a column and not in the row's own label."""

BASELINE = frozenset(stems("baseline before pre preoperative pretreatment pretest admission screening enrolment"))
CHANGE = frozenset(stems("change difference delta decrease increase reduction improvement gain"))
FOLLOW_UP = frozenset(stems("follow followup"))
EVERYONE = frozenset(stems("all total overall any"))
NOT_ASKED = 0.35
"""What a baseline or a change takes from a pair's likeness where it is not asked for, or is asked for and missing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The rows of both sides (one may be None), how well they fit the question (0-1), and in what words."""

    intervention: Row | None
    comparator: Row | None
    likeness: float
    why: str
    arms: float

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that are there."""
        return tuple(row for row in (self.intervention, self.comparator) if row is not None)


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A row with the elements of its paths; caption: stems of its table's caption."""

    row: Row
    elements: tuple[str, ...]
    table: str | None
    caption: frozenset[str]


_SIZE = re.compile(r"\(?\b[nN]\s*=\s*[\d,]+\)?")


def labelled(index: Index, row: Row) -> _Labelled:
    """A row with its labels taken apart."""
    if row["source"] != "table":
        return _Labelled(row, (row["arm"] or "",), None, frozenset())
    rows, columns = (
        tuple(kept for part in (row[path] or "").split(SEPARATOR) if (kept := _SIZE.sub("", part).strip(" ,;:")))
        for path in ("row_path", "column_path")
    )
    table = row["table_label"] or ""
    return _Labelled(row, (*rows, "|", *columns), table, index.captions.get(table, frozenset()))


def find(index: Index, rows: Iterable[Row], outcome: Asked, sides: Sides, asked_time: str = "") -> list[Pair]:
    """All pairs of these rows that fit the question, the likeliest first; of several alike that of most people."""
    groups: dict[tuple[object, ...], list[tuple[str, _Labelled]]] = defaultdict(list)
    known: dict[str, float] = {}
    for row in rows:
        one = labelled(index, row)
        if one.table is None:
            if row["arm"] and _likeness(index, one, (), outcome, known) >= LEAST_OUTCOME:
                at = index.passage_at(row["start"])
                what = row["statistic"], row["grade"], row["population"]
                groups["text", at, row["outcome"], row["timepoint"], *what].append((row["arm"], one))
                for window in (at, at - 1):  # the other arm may have the next sentence
                    groups["near", window, *what].append((row["arm"], one))
            continue
        for k, element in enumerate(one.elements):
            if element != "|":
                rest = (*one.elements[:k], "", *one.elements[k + 1 :])
                context = _context(one.elements, k)
                groups["table", one.table, rest, context, row["statistic"]].append((element, one))
    found: list[Pair] = []
    for group, members in groups.items():
        if len({name for name, _ in members}) >= 2:
            pair = _pair(index, group, members, outcome, sides, asked_time, known)
            if pair is not None:
                found.append(pair)
    ranked = sorted(found, key=lambda p: (-p.likeness, [(r["start"], r["end"]) for r in p.rows]))
    close = [pair for pair in ranked if pair.likeness >= ranked[0].likeness - ALIKE] if ranked else []
    whole = max(close, key=lambda p: sum(row["total"] or 0 for row in p.rows), default=None)
    return [whole, *(pair for pair in ranked if pair is not whole)] if whole is not None else []


def nobody(index: Index, rows: Iterable[Row], outcome: Asked) -> list[Pair]:
    """ "No serious adverse events occurred": said of everyone it is none in either arm. The likeliest first."""
    known: dict[str, float] = {}
    found = []
    for row in rows:
        if row["negated"] and row["events"] == 0 and (row["arm"] is None or row["arm_role"] == "overall"):
            like = _likeness(index, labelled(index, row), (), outcome, known)
            if like >= LEAST_NOBODY:
                found.append(Pair(row, row, like, "none of everyone is none in each arm", 0.0))
    return sorted(found, key=lambda p: (-p.likeness, p.rows[0]["start"]))


def _context(elements: tuple[str, ...], k: int) -> str:
    """The other elements of the path in which an element stands: "Treatment (mg drug) > 25" is told by both."""
    bar = elements.index("|") if "|" in elements else len(elements)
    path = range(bar) if k < bar else range(bar + 1, len(elements))
    return " ".join(elements[i] for i in path if i != k)


def _pair(
    index: Index, key: tuple[object, ...], members: Sequence[tuple[str, _Labelled]], outcome: Asked, sides: Sides,
    asked_time: str, known: dict[str, float],
) -> Pair | None:  # fmt: skip
    first: dict[str, _Labelled] = {}
    for name, one in members:
        first.setdefault(name, one)
    sample = members[0][1]
    rest = key[2] if key[0] == "table" else ()
    like = _likeness(index, sample, rest, outcome, known)
    if like < LEAST_OUTCOME:
        return None
    names = list(first)
    context = key[3] if key[0] == "table" else ""
    labels = [naming(name, index.short) for name in names]
    at = sides.assign(labels, naming(str(context), index.short) if context else frozenset())
    if key[0] == "table" and None in at:
        labels = [naming(_named(name, first[name].row), index.short) for name in names]
        at = sides.assign(labels)
    if at[0] is None or at[1] is None:
        return None
    fit = (sides.score(INTERVENTION, labels[at[0]]) + sides.score(COMPARATOR, labels[at[1]])) / 2
    if key[0] == "near":
        like -= APART
    like, why = _timed(sample, rest, like, outcome, asked_time)
    if all(row["events"] is not None for row in (first[names[at[0]]].row, first[names[at[1]]].row)):
        like += PRINTED
    two = first[names[at[0]]].row, first[names[at[1]]].row
    return Pair(*two, like * (0.8 + 0.2 * min(1.0, fit)), why, fit)


def _named(name: str, row: Row) -> str:
    return f"{name} {row['arm']}" if row["arm"] and row["arm_role"] != "overall" else name


def _likeness(index: Index, one: _Labelled, rest: object, outcome: Asked, known: dict[str, float]) -> float:
    """Coverage of the outcome by a row's own labels, with a little for its caption, times the labels' precision."""
    elements = rest if isinstance(rest, tuple) else ()
    cut = elements.index("|") if "|" in elements else len(elements)
    own = f"{one.row['outcome'] or ''} {' '.join(elements[:cut])}"
    beside = " ".join(elements[cut + 1 :])
    key = f"{own}|{beside}|{one.table}"
    if key in known:
        return known[key]
    words = expand(frozenset(stems(own)), index.short)
    more = words | expand(frozenset(stems(beside)), index.short) | one.caption
    covered = outcome.coverage(words)
    covered += BESIDE * (outcome.coverage(more) - covered)
    telling = words - light()
    precision = len(telling & outcome.every) / len(telling) if telling else 0.0
    value = (
        0.0
        if opposed(outcome.every, words) or not telling & outcome.every
        else covered * (1 - PRECISION) + PRECISION * precision
    )
    if words & EVERYONE:
        value *= 1.01  # "All" and "Total" first among repeated labels
    known[key] = value
    return value


def _timed(one: _Labelled, rest: object, like: float, outcome: Asked, asked_time: str) -> tuple[float, str]:
    """A likeness less what the time takes: baseline and change only where asked; the asked time first."""
    elements = rest if isinstance(rest, tuple) else ()
    said = frozenset(stems(" ".join((*elements, one.row["timepoint"] or "", one.row["outcome"] or ""))))
    wanted = outcome.every | frozenset(stems(asked_time))
    reasons = []
    for name, words in (("baseline", BASELINE), ("change", CHANGE)):
        if bool(said & words) != bool(wanted & words):
            like -= NOT_ASKED if said & words else NOT_ASKED / 3
            reasons.append(f"{name} {'not asked' if said & words else 'asked'}")
    if said & FOLLOW_UP and not wanted & FOLLOW_UP:
        like -= 0.05
        reasons.append("follow-up")
    if asked_time:
        times = frozenset(stems(asked_time))
        like += 0.1 * len(times & said) / max(1, len(times))
    return like, ", ".join(reasons) or "labels fit"


__all__ = ["BESIDE", "LEAST_OUTCOME", "SEPARATOR", "Pair", "find", "labelled", "nobody"]
