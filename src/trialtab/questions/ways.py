"""The direction of a question: the passages that speak of its outcome, what each says, and what they say together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from trialtab.questions import direction, table_rows
from trialtab.questions.direction import Verdict
from trialtab.questions.passages import TOLD_IN, Index, Passage, Row
from trialtab.questions.sides import COMPARATOR, INTERVENTION, LEAST, Sides, naming
from trialtab.questions.words import Asked, stems

CANDIDATES = 8
"""Passages that are read for one question: the likeliest ones; more only repeats them."""

LEAST_COVERAGE = 0.34
"""Share of the outcome's weight that a passage must have to be taken for it: a third, below which the shared words are
those of any outcome."""

NAMED_ARMS = 0.2
"""What naming both arms adds to a passage's likeness, against 1 for naming the outcome whole."""

CLOSE = 0.75
"""Passages at least this near to the best one have a say."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A passage, how well it fits the question (0-1 and a little), and what it says."""

    passage: Passage
    likeness: float
    verdict: Verdict | None


def likeness(passage: Passage, outcome: Asked, sides: Sides) -> float:
    """How well a passage fits a question: coverage of the outcome, and a little for the arms and the section."""
    if outcome.every.isdisjoint(passage.stems):
        return 0.0
    covered = outcome.coverage(passage.stems)
    if covered < LEAST_COVERAGE or outcome.excludes(passage.stems):
        return 0.0
    arms = sum(bool(passage.stems & (sides.own[s] | sides.heads[s])) for s in (INTERVENTION, COMPARATOR)) / 2
    if passage.kind == "row":
        precision = len(passage.stems & outcome.every) / max(1, len(passage.stems))
        return covered * (0.85 + 0.15 * precision) + NAMED_ARMS / 2
    return covered * TOLD_IN[passage.section] + NAMED_ARMS * arms


def hear(index: Index, outcome: Asked, sides: Sides) -> list[Heard]:
    """The passages that may answer a question, the likeliest first, each with what it says."""
    apart = outcome.every.isdisjoint
    near = [(i, p) for i, p in enumerate(index.passages) if not apart(p.stems)]
    scored = [(likeness(p, outcome, sides), -i, p) for i, p in near]
    top = sorted((entry for entry in scored if entry[0] > 0), key=lambda e: (-e[0], -e[1]))[:CANDIDATES]
    return [Heard(p, score, _verdict(p, outcome, sides, index)) for score, _, p in top]


def _verdict(passage: Passage, outcome: Asked, sides: Sides, index: Index) -> Verdict | None:
    if passage.kind == "row":
        return table_rows.of_row(passage, sides, index.short)
    return direction.of_sentence(passage.text, outcome, sides) or _stated(passage, outcome, sides, index)


def _stated(passage: Passage, outcome: Asked, sides: Sides, index: Index) -> Verdict | None:
    """What a stored statement in the passage says, where the sentence itself gave nothing."""
    for said in index.statements:
        if passage.start <= said["start"] < passage.end and said["outcome"]:
            if outcome.coverage(frozenset(stems(said["outcome"]))) < LEAST_COVERAGE:
                continue
            turned = bool(said["arm"]) and sides.score(COMPARATOR, naming(said["arm"], index.short)) > LEAST
            way = direction.OTHER[said["direction"]] if turned else said["direction"]
            return Verdict(way, 0.6, f"the statement {' '.join(said['quote'].split())[:60]!r}")
    return None


def of_rows(rows: Sequence[Row]) -> Verdict | None:
    """What the numbers of an answer say with the p-value printed beside them; None without one that decides."""
    if len(rows) != 2:
        return None
    printed = {(row["p_relation"] or "=", row["p_value"]) for row in rows if row["p_value"] is not None}
    values = [row["percent"] if row["percent"] is not None else row["value"] for row in rows]
    if len(printed) != 1 or None in values:
        return None
    relation, p = printed.pop()
    differs = direction.significant(relation, p)
    if differs is None or (differs and values[0] == values[1]):
        return None
    if not differs:
        return Verdict(direction.SAME, 0.7, f"p {relation} {p:g}")
    return Verdict(direction.UP if values[0] > values[1] else direction.DOWN, 0.7, f"p {relation} {p:g}")


def decide(heard: list[Heard]) -> tuple[str, float, list[Heard]] | None:
    """What the passages say together: direction, confidence, and the passages that said it; None where none says."""
    speaking = [h for h in heard if h.verdict is not None]
    if not speaking:
        return None
    best = speaking[0].likeness
    votes: dict[str, float] = defaultdict(float)
    for h in speaking:
        if h.verdict is not None and h.likeness >= CLOSE * best:
            votes[h.verdict.direction] += h.verdict.strength * (h.likeness / best) ** 4
    way = max(sorted(votes), key=lambda w: votes[w])
    return way, votes[way] / sum(votes.values()), [h for h in speaking if h.verdict and h.verdict.direction == way]


__all__ = ["CANDIDATES", "CLOSE", "LEAST_COVERAGE", "NAMED_ARMS", "Heard", "decide", "hear", "likeness", "of_rows"]
