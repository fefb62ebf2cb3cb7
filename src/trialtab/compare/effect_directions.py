"""The direction of effects, study by outcome, where no estimate can be pooled.

Cochrane Handbook 6.5, section 12.4; Thomson HJ, Thomas S, Res Synth Methods 2013;4:95-101.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialtab.compare.cells import Row, fold
from trialtab.compare.lines import comparable, outcome_key, outcome_name
from trialtab.compare.outcome_list import class_rank
from trialtab.compare.printed_effects import Effect, effects
from trialtab.compare.sides import key_of, one_study
from trialtab.model import Evidence

UP, DOWN, NEITHER, CONFLICT = "up", "down", "no difference", "conflicting"

_SAID = {"increased": UP, "decreased": DOWN, "no difference": NEITHER}


@dataclass(frozen=True, slots=True)
class Direction:
    """What one study says of one outcome: up, down or no difference in the first arm, or conflicting.

    why: the effect as printed, or the words; finding_ids: of printed effects; place: (document, start, end) of words.
    """

    direction: str
    why: str
    finding_ids: tuple[str, ...]
    places: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DirectionTable:
    """Studies by outcomes; outcomes: (key, name) of the columns; cells: one for each, None where nothing is said."""

    outcomes: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, int | None, tuple[Direction | None, ...]], ...]


def of_effect(effect: Effect) -> str | None:
    """The direction of a printed effect by its interval, else by its p below 0.05; None where neither is printed."""
    row = effect.row
    null = 1.0 if effect.measure.endswith("_ratio") else 0.0
    if row["ci_low"] is not None and row["ci_high"] is not None:
        if row["ci_low"] <= null <= row["ci_high"]:
            return NEITHER
        return UP if row["value"] > null else DOWN
    if row["p_value"] is None:
        return None
    below = row["p_value"] < 0.05 or (row["p_value"] == 0.05 and row["p_relation"] == "<")
    if row["p_relation"] == ">" or not below:
        return NEITHER if row["p_relation"] != "<" else None
    return UP if row["value"] > null else DOWN if row["value"] < null else NEITHER


def directions(
    rows: Iterable[Row | Evidence], statements: Sequence[Row], arms: Sequence[Row], documents: Sequence[Row], *,
    outcomes: Sequence[str] = (), columns: int = 8,
) -> DirectionTable:  # fmt: skip
    """The direction that each study tells for each outcome, by its printed effects, else by its words.

    outcomes: keys (as `outcome_keys` gives them); default those that most studies tell. statements: as the store gives
    them. Effects and words that disagree are called conflicting.
    """
    kept = comparable(rows)
    named = one_study(documents)
    cells: dict[tuple[str, str], list[Direction]] = defaultdict(list)
    names: dict[str, tuple[int, str]] = {}
    for effect in effects(kept, documents):
        key = outcome_key(effect.row)
        direction = of_effect(effect)
        if direction is not None:
            names.setdefault(key, (class_rank(effect.outcome_class), effect.outcome))
            against = " vs ".join(filter(None, (effect.arm, effect.comparator)))
            cells[(effect.study, key)].append(Direction(direction, against, effect.finding_ids))
    phrases = {fold(row["outcome"]): row for row in reversed(kept) if row["outcome"]}
    for said in statements:
        row = phrases.get(fold(said["outcome"]))
        if row is None or said["direction"] not in _SAID:
            continue
        key, study = outcome_key(row), str(named.get(key_of(said), said["study"]))
        if any(one.finding_ids for one in cells.get((study, key), [])):
            continue
        names.setdefault(key, (class_rank(row["outcome_class"]), outcome_name(row["outcome_id"], row["outcome"])))
        place = (said["document"], said["start"], said["end"])
        cells[(study, key)].append(Direction(_SAID[said["direction"]], " ".join(said["quote"].split()), (), (place,)))
    counts = Counter(key for _, key in cells)
    chosen = [key for key in outcomes if key in names] or sorted(
        sorted(names, key=lambda key: (-counts[key], names[key]))[:columns], key=lambda key: names[key]
    )
    sizes = _sizes(arms, documents)
    studies = sorted({study for study, key in cells if key in chosen}, key=fold)
    return DirectionTable(
        tuple((key, names[key][1]) for key in chosen),
        tuple(
            (study, sizes.get(study), tuple(_together(cells.get((study, key), [])) for key in chosen))
            for study in studies
        ),
    )


def _together(found: Sequence[Direction]) -> Direction | None:
    if not found:
        return None
    told = {one.direction for one in found}
    decided = told - {NEITHER}
    if len(told) == 1:
        direction = found[0].direction
    elif len(decided) > 1 or NEITHER in told:
        direction = CONFLICT
    else:
        direction = next(iter(decided))
    return Direction(
        direction, "; ".join(dict.fromkeys(one.why for one in found)),
        tuple(dict.fromkeys(f for one in found for f in one.finding_ids)),
        tuple(dict.fromkeys(place for one in found for place in one.places)),
    )  # fmt: skip


def _sizes(arms: Sequence[Row], documents: Sequence[Row]) -> dict[str, int]:
    """Patients of each study: of its whole, else of its arms together, by the document that tells most."""
    named = one_study(documents)
    by_document: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for arm in arms:
        by_document[key_of(arm)].append(arm)
    found: dict[str, int] = {}
    for key, those in by_document.items():
        if key not in named:
            continue
        whole = [arm["n"] for arm in those if arm["role"] == "overall" and arm["n"]]
        parts = [arm["n"] for arm in those if arm["role"] != "overall"]
        n = whole[0] if whole else sum(parts) if parts and None not in parts else None
        if n is not None:
            found[named[key]] = max(n, found.get(named[key], 0))
    return found


__all__ = ["CONFLICT", "DOWN", "NEITHER", "UP", "Direction", "DirectionTable", "directions", "of_effect"]
