"""What speaks for a phrase as the outcome of a number, as additive weights."""

import re
from functools import lru_cache

from trialtab import values, vocabulary
from trialtab.extract.line import MAX_PHRASE, Line, once

WEIGHTS = {
    "subject": 1.0,
    "people": 0.5,
    "cause": 1.4,
    "told behind": 1.4,
    "object": 0.95,
    "list item": 0.9,
    "inside bracket": 1.3,
    "predicate": 0.9,
    "noun after number": 0.85,
    "carried over": 0.5,
    "known term": 0.35,
    "too long": -0.5,
    "too generic": -1.3,
}


@lru_cache(maxsize=8)
def _empty(
    alone: frozenset[str], people: frozenset[str], determiner: frozenset[str], preposition: frozenset[str]
) -> frozenset[str]:
    """Words that name no outcome by themselves."""
    return alone | (people - {"responder", "responders", "survivors", "completers"}) | determiner | preposition


_DIFFER_IN_NOTHING = frozenset(("favor", "favour", "groups", "arms", "therapies", "after", "no", "clear", "marked"))


_A_TRIAL = re.compile(r"(?=[A-Za-z]*[A-Z]{3})[A-Za-z]{4,}(?:-[A-Z]{2,})?-\d{1,2}")
"""A trial by its name: "(PALOMA-2: 25.4 v 13.7 months)" says where, and not what."""


@once
def weigh(line: Line, candidate: tuple[str, int, int, float], counted: bool) -> float:
    source, first, last, weight = candidate
    phrase = line.say(first, last)
    words = phrase.lower().split()
    if sum(w[:1].isalnum() for w in words) > MAX_PHRASE:
        weight += WEIGHTS["too long"]
    empty = _empty(
        line.sets["no_outcome_alone"], line.sets["people"], line.sets["determiner"], line.sets["preposition"]
    )
    own = " ".join(
        line.printed(k, k + 1)
        for k in range(first, last)
        if line.items[k].kind != "GROUP" and not (k in line.arm_at and line.arm_at[k].strength >= 4)
    )
    content = [
        w
        for w in own.lower().split()
        if w[:1].isalpha() and (bare := w.strip(",.")) not in empty and values.time_unit(bare) is None
    ]
    if "between" in words and words[-1] in ("favor", "favour", "groups", "arms", "treatments", "group"):
        content = [w for w in content if w.strip(",.") not in _DIFFER_IN_NOTHING]
    pointing = (
        len(words) > 2
        and set(words[:2]) & {"corresponding", "figures", "values", "results"}
        and set(words[1:4]) & {"among", "for", "in", "with", "at"}
    )
    points_back = words[:1] in (["it"], ["they"]) and len(words) < 8 and (
        source == "subject" or (source == "list item" and words[1:2] not in (["lasted"], ["began"], ["started"]))
    )  # fmt: skip
    compared = words[:1] in (["more"], ["less"]) and words[1:2] in (["often"], ["frequently"], ["commonly"], ["rarely"])
    if words == ["sensitivity"]:
        content = words  # of a test; "sensitivity analysis" is none
    if not content or pointing or points_back or compared:
        weight += WEIGHTS["too generic"]
    elif (match := vocabulary.outcome(phrase)) is not None:
        weight += WEIGHTS["known term"]
        if match.term.category == "follow_up" and counted:
            weight += WEIGHTS["too generic"]
    elif _A_TRIAL.fullmatch(phrase) or (source == "subject" and all(k in line.arm_at for k in range(first, last))):
        weight += WEIGHTS["too generic"]
    return weight
