"""Two results that stand beside each other in one sentence, read for a question by the sentence itself.

"Remission was reached by 25/75 (33%) with adalimumab and 9/79 (11%) with placebo", "higher in A than B (5.4 vs 4.0)":
two numbers of a kind with no third between them are a couple. Its outcome is what is said before it, back to the
couple before; its sides are the arms of its rows, or else the order in which the sentence names them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from trialtab.questions.letters import lettered
from trialtab.questions.passages import KEPT, TOLD_IN, Index, Passage, Row
from trialtab.questions.sides import COMPARATOR, INTERVENTION, LEAST, Sides, naming
from trialtab.questions.words import Asked, canonical, expand, stem, stems

MOST_BETWEEN = 160
"""Characters between the two numbers of a couple: more, and they speak of two things."""

TRUST = 0.85
"""What a couple is worth against a labelled row that says the same words: a sentence says more than its outcome."""

FROM_AFAR = 0.85
"""What remains where the words of the outcome stand in the sentence and not right before the couple."""

BY_ORDER = 0.95
"""What remains where the sides are told by the order in which the sentence names them."""

OTHER_DOSE = 0.85
"""What remains where the arm of a row prints another dose, or another duration, than the side."""

OTHER_NAME = 0.8
"""What a couple is worth whose outcome is the asked one by another name."""

LEAST_WORDS = 0.5
"""Share of the outcome's weight that must be said before a couple, or in its sentence."""

NO_OUTCOME = ("enrollment", "follow_up")
"""Classes of numbers that a question of an outcome does not ask for, unless they are shares."""

SPREADS = ("sd", "se", "plus_minus", "q1", "range_low", "ci_low")

NEXT_TO = 70
"""Characters around a number in which the name of its arm stands."""

_TOKEN = re.compile(r"[^\W_]+")
_THAN = frozenset(map(stem, ("than", "compared", "versus", "relative", "against")))
_APART = re.compile(r"\bfrom\b[^.;]{0,30}\Z|\A\W*to\W*\Z|\A\W*(?:at|after|before)\b|\bbaseline\b", re.I)
"""Between, or before, numbers that are two times of one arm: "from 68 to 63"."""


_VERSUS = re.compile(r"[\W%a-zA-Z]{0,12}?,?\s*(?:vs\.?|versus|v\.?|against|compared (?:with|to))\s*", re.I)
"""What stands between two bare numbers of a couple: "(5 vs. 3)"."""


@dataclass(frozen=True, slots=True)
class Couple:
    """Two rows of one sentence. own: stems said since the couple before; first: no couple stands before it.

    words: the sentence as stems; around: the stems before the first number, between the two, and after the second;
    versus: nothing but "vs." stands between the numbers; reach: how many words stand before the first.
    """

    passage: Passage
    rows: tuple[Row, Row]
    own: frozenset[str]
    first: bool
    words: tuple[str, ...]
    around: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    versus: bool
    reach: int


@lru_cache(maxsize=4 * KEPT)
def couples(index: Index, fits: Callable[[Row], bool]) -> tuple[Couple, ...]:
    """All couples of a document's sentences, in text order."""
    by_passage: dict[int, list[Row]] = {}
    for row in index.rows_by_start:
        if row["source"] != "table" and fits(row) and (row["outcome_class"] not in NO_OUTCOME or _printed(row)):
            by_passage.setdefault(index.passage_at(row["start"]), []).append(row)
    found = []
    for at, rows in sorted(by_passage.items()):
        passage = index.passages[at] if at >= 0 else None
        if passage is None or passage.kind != "sentence" or len(rows) < 2:
            continue
        rows = [row for at_row, row in enumerate(rows) if not _sums(row, rows[at_row + 1 : at_row + 3])]
        said_from = passage.start
        first, taken = True, -1
        for one, other in pairwise(rows):
            if one["start"] < taken or _form(one) is None or _form(one) != _form(other) or one["end"] > other["start"]:
                continue
            if one["unit"] and other["unit"] and one["unit"] != other["unit"]:
                continue  # "-4.5 %, -4.07 kg" are two measures of one arm
            between = index.text[one["end"] : other["start"]]
            before = index.text[max(passage.start, one["start"] - 40) : one["start"]]
            if len(between) > MOST_BETWEEN or ";" in between or (_APART.search(between) or _APART.search(before)):
                continue
            said = expand(frozenset(stems(index.text[said_from : other["end"]])), index.short)
            before = index.text[max(said_from, one["start"] - NEXT_TO) : one["start"]]
            after = index.text[other["end"] : min(passage.end, other["end"] + NEXT_TO)].partition(";")[0]
            around = _tokens(before), _tokens(between), _tokens(after)
            reach = len(_tokens(index.text[passage.start : one["start"]]))
            versus = _VERSUS.fullmatch(between) is not None
            found.append(Couple(passage, (one, other), said, first, _tokens(passage.text), around, versus, reach))
            said_from, first, taken = other["end"], False, other["end"]
    return tuple(found)


def _sums(row: Row, parts: list[Row]) -> bool:
    """Does a count of everyone hold the two that follow: "three died, one with iron and two with placebo"?"""
    counts = [part["events"] for part in parts]
    return len(counts) == 2 and None not in counts and row["arm_role"] == "overall" and row["events"] == sum(counts)


def _form(row: Row) -> tuple[object, ...] | None:
    """How a result is printed: two of one couple are printed alike. None for a mean that stands without a spread."""
    spread = next((name for name in SPREADS if row[name] is not None), None)
    if row["statistic"] == "mean" and spread is None:
        return None
    printed = _printed(row)
    kind = "people" if row["statistic"] in ("count", "proportion") else row["statistic"]
    return kind, spread, printed, row["events"] is not None


def _printed(row: Row) -> bool:
    """Is a percentage printed?"""
    return row["percent"] is not None and "percent" not in (row["derived"] or "")


def _tokens(text: str) -> tuple[str, ...]:
    return tuple([stem(w.lower()) for w in _TOKEN.findall(lettered(text))])


def fit(couple: Couple, outcome: Asked) -> float:
    """How well a couple speaks of an outcome, 0-1; 0 where too few of its words are said or an opposite is."""
    covered = outcome.coverage(couple.own)
    if covered < LEAST_WORDS and couple.first:
        covered = outcome.coverage(couple.passage.stems) * FROM_AFAR
    if outcome.canonical is not None and any(
        canonical(row["outcome"] or "") == outcome.canonical for row in couple.rows
    ):
        covered = max(covered, OTHER_NAME)
    if covered < LEAST_WORDS or outcome.excludes(couple.own):
        return 0.0
    return covered * TRUST * TOLD_IN[couple.passage.section]


def _beside(couple: Couple, sides: Sides) -> int | None:
    """The side of the first number, by the names right beside both: "5 with A and 3 with B", "A 5 and B 3"."""
    before, between, after = (_named(words, sides) for words in couple.around)
    if len(between) != 1:
        return None
    (middle,) = between
    if after[:1] == (1 - middle,):
        return middle
    if before[-1:] == (1 - middle,):
        return 1 - middle
    return None


def _by_subject(couple: Couple, sides: Sides) -> int | None:
    """The side of the first number where the sentence names one side alone, and before the couple.

    "Times were longer with A (5 vs. 3)": the first number is that of A; "longer than with A (5 vs. 3)": the other's.
    """
    if not couple.versus:
        return None
    places = sides.places(couple.words)
    named = [side for side, at in enumerate(places) if at]
    if len(named) != 1 or max(places[named[0]]) >= couple.reach:
        return None
    against = any(word in _THAN for word in couple.words[: min(places[named[0]])])
    return 1 - named[0] if against else named[0]


def _named(words: tuple[str, ...], sides: Sides) -> tuple[int, ...]:
    """The sides that some words name, in their order, each once."""
    places = sides.places(words)
    return tuple(side for _, side in sorted((min(at), side) for side, at in enumerate(places) if at))


def sided(couple: Couple, sides: Sides, index: Index) -> tuple[Row, Row, float] | None:
    """The rows of a couple as intervention and comparator, and how surely; None where the sides are not told."""
    found = _sided(couple, sides, index)
    if found is None:
        return None
    for side, row in ((INTERVENTION, found[0]), (COMPARATOR, found[1])):
        said = frozenset(w for w in naming(row["arm"] or "", index.short) if w[0].isdigit())
        if said and sides.figures[side] and not said & sides.figures[side]:
            return found[0], found[1], found[2] * OTHER_DOSE
    return found


def _sided(couple: Couple, sides: Sides, index: Index) -> tuple[Row, Row, float] | None:
    one, other = couple.rows
    beside = _beside(couple, sides)
    if beside is not None:
        return (one, other, 1.0) if beside == INTERVENTION else (other, one, 1.0)
    subject = _by_subject(couple, sides)
    if subject is not None:
        return (one, other, BY_ORDER) if subject == INTERVENTION else (other, one, BY_ORDER)
    labels = [naming(row["arm"], index.short) if row["arm"] else frozenset[str]() for row in couple.rows]
    at = sides.assign(labels)
    if at == (0, 1):
        return one, other, 1.0
    if at == (1, 0):
        return other, one, 1.0
    places = sides.places(couple.words)
    if not places[INTERVENTION] and not places[COMPARATOR]:
        return None
    known = [s for s in (INTERVENTION, COMPARATOR) if any(sides.score(s, label) >= LEAST for label in labels)]
    if len(known) == 1 and at[known[0]] is not None and places[1 - known[0]]:
        mine = at[known[0]] == 0  # one side is known by its arm, the other is named in the sentence
        pair = (one, other) if mine == (known[0] == INTERVENTION) else (other, one)
        return *pair, BY_ORDER
    if places[INTERVENTION] and places[COMPARATOR]:
        earlier = min(places[INTERVENTION]) < min(places[COMPARATOR])
        return (one, other, BY_ORDER) if earlier else (other, one, BY_ORDER)
    return None


__all__ = ["Couple", "couples", "fit", "sided"]
