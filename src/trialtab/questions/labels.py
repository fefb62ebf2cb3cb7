"""What a row of the evidence says of a question: its own words, those around it, its times; and how well they fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from trialtab import vocabulary
from trialtab.questions import populations
from trialtab.questions.passages import KEPT, Index, Row
from trialtab.questions.words import REST, Asked, canonical, expand, light, names_rest, stems

SEPARATOR = " > "
"""What stands between the elements of a row path or column path."""

LEAST_OUTCOME = 0.5
"""Share of the outcome's weight that a row's labels must have: half, so that its telling words are there."""

PRECISION = 0.35
"""How much of a label's fit is that it says little else than the outcome; the rest is how much of it it says."""

OTHER_NAME = 0.8
"""What a row is worth whose outcome is the asked one by another name: "died" where mortality is asked for."""

PART = 0.8
"""What remains of a row's fit where only the heading above it says the outcome: "Reactions > Erythema" is a part."""

SAME_SET = 0.05
"""What a row gains that names the analysis set that the outcome names."""

BESIDE = 0.5
"""What a word of the outcome counts where it stands in the caption or a column and not in the row's own label."""

BASELINE = frozenset(stems("baseline before pre preoperative pretreatment pretest admission screening enrolment"))
CHANGE = frozenset(stems("change difference delta decrease increase reduction improvement gain"))
FOLLOW_UP = frozenset(stems("follow followup"))
EVERYONE = frozenset(stems("all total overall any"))

TIME = 0.2
"""What having the asked time, word by word, adds to a pair's likeness."""

NOT_ASKED = 0.35
"""What a baseline takes from a pair's likeness where it is not asked for; a third where it is asked for and missing."""

CHANGE_NOT_ASKED = 0.25
"""What a change takes where it is not asked for: where nothing else is reported, the change is the answer."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a row or a set of rows is about, as stems: its own words, those of its columns and caption, its times.

    sets: the analysis sets that it names, see words.analysis_sets; named: the words of the outcome that the row was
    read to have, without those above it; cause: the outcome is only named as the cause of something else;
    canonical: the outcome by its canonical name.
    """

    own: frozenset[str]
    beside: frozenset[str]
    times: frozenset[str]
    sets: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    cause: bool = False
    canonical: str | None = None


_BRACKETED = re.compile(r"[(\[]\s*([^()\[\]]{1,16}?)\s*[)\]]")
_SIZE = re.compile(r"\(?\b[nN]\s*=\s*[\d,]+\)?")


def _unsized(part: str) -> str:
    return _SIZE.sub("", part) if "=" in part else part


@lru_cache(maxsize=1 << 13)
def _named(part: str) -> str:
    """A label without the unit in its brackets: "Squat jump (m)", whose m is no word of an outcome."""
    return _BRACKETED.sub(lambda m: " " if vocabulary.unit(m[1].removeprefix("in ")) is not None else m[0], part)


def paths(row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The elements of a table row's row path and column path, sizes left out."""
    rows, columns = (
        tuple(kept for part in (row[path] or "").split(SEPARATOR) if (kept := _unsized(part).strip(" ,;:")))
        for path in ("row_path", "column_path")
    )
    return rows, columns


def _own(index: Index, row: Row, rows: Sequence[str]) -> frozenset[str]:
    """The words of a row's outcome and of what stands above it."""
    said = frozenset(stems(f"{row['outcome'] or ''} {' '.join(map(_named, rows))}"))
    return expand(said, index.short, index.compounds)


def label(
    index: Index, row: Row, rows: Sequence[str] = (), columns: Sequence[str] = (), own: frozenset[str] | None = None
) -> Label:
    """The label of a row, with these elements of its paths; own: its own words, where they are known."""
    own = _own(index, row, rows) if own is None else own
    named = expand(frozenset(stems(row["outcome"] or "")), index.short, index.compounds)
    last = (rows[-1] if rows else "" if row["negated"] else row["outcome"] or "", *columns[-1:])
    if any(map(names_rest, last)):
        own |= {REST}
    beside = expand(frozenset(stems(" ".join(map(_named, columns)))), index.short)
    caption = index.captions.get(row["table_label"] or "", frozenset())
    times = frozenset(stems(" ".join((row["outcome"] or "", row["timepoint"] or "", *rows, *columns))))
    said = " ".join(filter(None, (row["outcome"], row["population"], *rows, *columns)))
    return Label(
        own,
        own | beside | caption,
        times,
        populations.sets_of(index, row, said),
        named,
        _is_cause(index, row),
        canonical(row["outcome"] or ""),
    )


_BECAUSE = re.compile(r"(?:because of|due to|owing to|as a result of|on account of) (?:the |their |its |an? )?\Z")


def _is_cause(index: Index, row: Row) -> bool:
    """Is the outcome of a sentence named only as a cause: "treatment was stopped because of side effects"?"""
    if row["source"] == "table" or not row["outcome"]:
        return False
    at = index.passage_at(row["start"])
    said = index.passages[at].text if at >= 0 else ""
    if " of " not in said and " to " not in said:
        return False
    place = said.find(row["outcome"])
    return place > 0 and said.count(row["outcome"]) == 1 and _BECAUSE.search(said, 0, place) is not None


class Labelled:
    """A row of a document with its label's own words; the whole label is worked out when it is first asked for."""

    def __init__(self, index: Index, row: Row) -> None:
        self.index, self.row = index, row
        self._paths = paths(row)
        self.own = _own(index, row, self._paths[0])

    @cached_property
    def label(self) -> Label:
        return label(self.index, self.row, *self._paths, self.own)


@lru_cache(maxsize=KEPT)
def of_rows(index: Index) -> tuple[Labelled, ...]:
    """All rows of a document in text order with their labels."""
    return tuple(Labelled(index, row) for row in index.rows_by_start)


def of_outcome(index: Index, outcome: Asked, least: float) -> list[Row]:
    """The rows of a document whose labels are at least so like an outcome (`least` > 0), in text order."""
    named = outcome.canonical
    return [
        one.row
        for one in of_rows(index)
        if (
            not one.own.isdisjoint(outcome.every)
            or (named is not None and canonical(one.row["outcome"] or "") == named)
        )
        and likeness(one.label, outcome) >= least
    ]


def likeness(of: Label, outcome: Asked) -> float:
    """Coverage of the outcome by a row's own labels, with a little for its caption, and the labels' precision: 0-1."""
    same = outcome.canonical is not None and of.canonical == outcome.canonical
    if not same and of.own.isdisjoint(outcome.every):
        return 0.0
    telling = of.own - light() - {REST}
    if not (telling & outcome.every or same) or outcome.excludes(of.own):
        return 0.0
    if outcome.sets and of.sets and not outcome.sets & of.sets:
        return 0.0
    covered = outcome.coverage(of.own)
    covered += BESIDE * (outcome.coverage(of.beside) - covered)
    precise = len(telling & outcome.every) / max(1, len(telling))
    if (named := of.named - light() - {REST}) and outcome.coverage(of.named) >= covered:
        precise = max(precise, len(named & outcome.every) / len(named))
    value = covered * (1 - PRECISION) + PRECISION * precise
    if same:
        value = max(value, OTHER_NAME)
    if outcome.sets & of.sets:
        value += SAME_SET
    if of.named - light() and not of.named & outcome.every:
        value *= PART
    if of.cause:
        value *= PART
    return value * 1.01 if of.own & EVERYONE else value  # "All" and "Total" first among repeated labels


def timed(of: Label, like: float, outcome: Asked, asked_time: str) -> tuple[float, str]:
    """A likeness less what the time takes: baseline and change only where asked; the asked time first."""
    times = frozenset(stems(asked_time))
    wanted = outcome.every | times
    reasons = []
    for name, words, taken in (("baseline", BASELINE, NOT_ASKED), ("change", CHANGE, CHANGE_NOT_ASKED)):
        if bool(of.times & words) != bool(wanted & words):
            if of.times & words:
                like -= taken
            elif name == "change":  # a value that was reached answers, though what is asked for is how it changed
                like -= max(0.0, min(NOT_ASKED / 3, like - LEAST_OUTCOME))
            else:
                like -= NOT_ASKED / 3
            reasons.append(f"{name} {'not asked' if of.times & words else 'asked'}")
    if of.times & FOLLOW_UP and not wanted & FOLLOW_UP:
        like -= 0.05
        reasons.append("follow-up")
    if asked_time:
        like += TIME * len(times & of.times) / max(1, len(times))
    return like, ", ".join(reasons) or "labels fit"


__all__ = [
    "BASELINE", "CHANGE", "EVERYONE", "LEAST_OUTCOME", "SEPARATOR", "Label", "label", "likeness", "of_outcome",
    "of_rows", "paths", "timed",
]  # fmt: skip
