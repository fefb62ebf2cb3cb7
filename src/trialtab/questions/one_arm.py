"""Events that all befell one arm: "three patients relapsed, all in the placebo group" says none of the other arm."""

from __future__ import annotations

import re
from collections.abc import Callable

from trialtab.questions import labels
from trialtab.questions.pairs import Pair
from trialtab.questions.passages import Index, Row
from trialtab.questions.sides import COMPARATOR, INTERVENTION, LEAST, Sides, naming
from trialtab.questions.words import Asked

RULE = "none of the other arm"
"""The rule of a row that stands for the arm without events."""

_ALL_IN = re.compile(
    r"[^.;]{0,60}?\b(?:all|both)\b(?:\s+of\s+(?:them|whom|which))?(?:\s+(?:were|was|had|occurred|patients|cases|events))*"
    r"\s+(?:in|from|on|with|received|receiving|taking|treated|given|assigned|allocated|randomi[sz]ed)\b(?P<arm>[^.;,()]{3,60})"
)


def found(index: Index, fits: Callable[[Row], bool], outcome: Asked, sides: Sides) -> list[Pair]:
    """Pairs of a row that counts all events of one arm and of a row that counts none of the other, the likeliest first.

    The row of none is the same row with the events 0; its rule is RULE.
    """
    told = []
    for row in index.rows_by_start:
        if row["source"] == "table" or not row["events"] or not fits(row):
            continue
        at = index.passage_at(row["start"])
        passage = index.passages[at] if at >= 0 else None
        said = _ALL_IN.match(passage.text, row["end"] - passage.start) if passage is not None else None
        if said is None:
            continue
        named = naming(said["arm"], index.short)
        side = next((s for s in (INTERVENTION, COMPARATOR) if sides.score(s, named) >= LEAST), None)
        if side is None and sides.general(COMPARATOR, named):
            side = COMPARATOR
        like = labels.likeness(labels.label(index, row), outcome)
        if side is None or like < labels.LEAST_OUTCOME:
            continue
        mine = {**row, "total": None, "total_source": "none", "percent": None}
        none = {**mine, "events": 0.0, "value": 0.0, "rule": RULE}
        both = (mine, none) if side == INTERVENTION else (none, mine)
        told.append(Pair(*both, like, "all of them in one arm", 1.0))
    return sorted(told, key=lambda pair: (-pair.likeness, pair.rows[0]["start"]))


__all__ = ["RULE", "found"]
