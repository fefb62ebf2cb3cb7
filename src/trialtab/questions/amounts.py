"""The numbers of an answer: events, means, SDs and hazard ratios from the best pair of rows, sizes from the arms.

Printed numbers come first. What is computed is exact and named: events from a percentage, an SD from a standard error
or an interval.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from trialtab.questions import before, one_arm, pairs, sizes
from trialtab.questions.couples import SPREADS
from trialtab.questions.labels import of_outcome
from trialtab.questions.pairs import Pair
from trialtab.questions.passages import Index, Row
from trialtab.questions.records import ASKED_FOR, Amount, Considered, Question
from trialtab.questions.sides import COMPARATOR, INTERVENTION, Sides, naming
from trialtab.questions.words import Asked, timed

SIDES = ("intervention", "comparator")
SHOWN = 6
"""Pairs that `explain` shows as passed over."""


@dataclass
class Found:
    """Numbers by column, reasons for the empty ones, what was weighed, and the rows that answer."""

    amounts: dict[str, Amount] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    considered: list[Considered] = field(default_factory=list)
    rows: tuple[Row, ...] = ()


def find(question: Question, index: Index, outcome: Asked, sides: Sides) -> Found:
    """The numbers that a question asks for; with no outcome_type, of the first type that the rows answer.

    A time that stands in the outcome ("pain at 12 weeks") is asked for as the question's time.
    """
    phrase, time = timed(question.outcome)
    if time and not question.timepoint:
        question, outcome = replace(question, timepoint=time), Asked(phrase, index.weights, index.short)
    if question.outcome_type:
        found = _of_type(question.outcome_type, question, index, outcome, sides)
        _say_why(found, question.outcome_type, index, outcome)
        return found
    for kind in FITS:
        found = _of_type(kind, question, index, outcome, sides)
        if found.rows:
            return found
    return Found()


def _of_type(kind: str, question: Question, index: Index, outcome: Asked, sides: Sides) -> Found:
    found = Found()
    fits = FITS[kind]
    if kind == "time-to-event":
        _hazard(found, index, outcome, sides)
        if found.rows or question.outcome_type:
            _sizes(found, None, index, sides)
        return found
    ranked = pairs.find(index, fits, outcome, sides, question.timepoint)
    if pairs.against_before(index, sides):
        ranked = [*before.found(index, fits, outcome, sides, question.timepoint), *ranked]
    if kind == "binary" and not (ranked and ranked[0].likeness >= pairs.LEAST_OUTCOME):
        ranked = [*one_arm.found(index, fits, outcome, sides), *pairs.nobody(index, fits, outcome), *ranked]
    chosen = ranked[0] if ranked and ranked[0].likeness >= pairs.LEAST_OUTCOME else None
    if chosen is not None and kind == "binary":
        chosen = _with_counts(chosen, ranked)
    found.considered.extend(_considered(pair, pair is chosen, kind) for pair in ranked[:SHOWN])
    found.rows = chosen.rows if chosen else ()
    if chosen is not None or question.outcome_type:
        _sizes(found, chosen, index, sides)
    if chosen is not None:
        (_binary if kind == "binary" else _continuous)(found, chosen)
    return found


def _with_counts(chosen: Pair, ranked: Sequence[Pair]) -> Pair:
    """Where only percentages are said: the pair that says the same percentages with their counts, if there is one."""
    shares = [row["percent"] for row in chosen.rows]
    if None in shares or any(row["events"] is not None for row in chosen.rows):
        return chosen
    for pair in ranked:
        if len(pair.rows) == len(shares) and all(
            row["events"] is not None
            and row["percent"] is not None
            and abs(row["percent"] - share) <= _half_step(share)
            for row, share in zip(pair.rows, shares, strict=True)
        ):
            return pair
    return chosen


def _half_step(percent: float) -> float:
    """Half of the last printed place of a percentage."""
    return 0.5 * 10.0 ** -_decimals(percent) + 1e-6


def counts_people(row: Row) -> bool:
    """Can a row hold the events of a binary outcome? Events counted one by one are not people, but one or none is."""
    if row["statistic"] not in ("count", "proportion"):
        return False
    return row["count_of"] in (None, "patients") or row["events"] in (0, 1)


_TIME_UNITS = frozenset({"ms", "s", "min", "h", "d", "wk", "mo", "a"})
_OF_TIME = re.compile(
    r"\b(?:time|timing|duration|length|stay|days?|hours?|minutes?|seconds?|weeks?|months?|years?|survival|age|latency|delay|"
    r"onset|interval|period|hospitali[sz]ation|recovery|healing)",
    re.I,
)


def is_mean(row: Row) -> bool:
    """Does a row hold a mean? A bare time is one of an outcome of time alone, not "haemoglobin, at 32 weeks"."""
    if row["statistic"] != "mean" or row["value"] is None:
        return False
    if row["source"] == "table" or row["unit"] not in _TIME_UNITS or any(row[name] is not None for name in SPREADS):
        return True
    return _OF_TIME.search(row["outcome"] or "") is not None


def is_hazard_ratio(row: Row) -> bool:
    """Does a row hold a hazard ratio?"""
    return bool(row["statistic"] == "hazard_ratio" and row["value"] is not None)


FITS: dict[str, Callable[[Row], bool]] = {
    "binary": counts_people, "continuous": is_mean, "time-to-event": is_hazard_ratio,
}  # fmt: skip
"""Type of outcome -> which rows may answer it. Medians never stand for means."""


# ---- sizes -----------------------------------------------------------------------------------------------------


def _sizes(found: Found, pair: Pair | None, index: Index, sides: Sides) -> None:
    """Sizes by the answering rows, then by their table, then by what else the document says; arithmetic has its say."""
    rows = (pair.intervention, pair.comparator) if pair else (None, None)
    own = [_total(row, ("explicit", "header")) for row in rows]
    if pairs.against_before(index, sides):  # the sizes of two arms are not those of one at two times
        same = sizes.of_one(index, sides, INTERVENTION, pair is not None)
        own = [size or same for size in own]
    if _of_one_whole(rows):
        own = [None, None]
    if None in own:
        table = pair.rows[0]["table_label"] if pair else None
        arms = _total(rows[0], ("arm",)), _total(rows[1], ("arm",))
        told = chain(
            sizes.headers(index, sides, table) if table else (),
            [arms] if None not in arms else (),
            sizes.of_question(index, sides),
        )
        once = pairs.against_before(index, sides)
        fitting = (
            sized
            for sized in told
            if all(map(_agrees, rows, sized)) and not (once and _size_of(sized[0]) != _size_of(sized[1]))
        )
        own = _beside(own, fitting)
    for side, name in enumerate(SIDES):
        size = own[side]
        if size is not None:
            found.amounts[f"{name}_group_size"] = Amount(
                size.n, size.finding_id, size.start, size.end, place=f"size by {size.source}",
                confidence=0.9 if size.source == "row" else 0.7,
                derived=size.source if "equal" in size.source else "",
            )  # fmt: skip


def _size_of(size: sizes.Size | None) -> float | None:
    return size.n if size is not None else None


def _of_one_whole(rows: tuple[Row | None, Row | None]) -> bool:
    """Do two rows part one number among the arms: "13 withdrew (five with A, eight with B)"? 13 is no size then."""
    one, other = rows
    if one is None or other is None or one["total"] != other["total"] or None in (one["total"], one["events"]):
        return False
    return bool(one["events"] + (other["events"] or 0) == one["total"])


def _beside(own: list[sizes.Size | None], fitting: Iterator[sizes.Pair]) -> list[sizes.Size | None]:
    """Both sizes, where one may be known: the first pair that has the known one; else of the first pair the other."""
    if own == [None, None]:
        return list(next(fitting, (None, None)))
    mine = 0 if own[0] is None else 1
    known = own[1 - mine]
    first: sizes.Pair | None = None
    for sized in fitting:
        first = first or sized
        if known is not None and _same(sized[1 - mine], known):
            first = sized
            break
    both = list(own)
    both[mine] = first[mine] if first else None
    return both


def _same(size: sizes.Size | None, other: sizes.Size) -> bool:
    return size is not None and size.n == other.n


def _agrees(row: Row | None, size: sizes.Size | None) -> bool:
    """Can a row's percentage come from a whole number of people in a group of this size? True where it has none."""
    if row is None or size is None or row["percent"] is None or row["statistic"] != "proportion":
        return True
    if "percent" in (row["derived"] or "") and row["events"] is not None:
        return bool(row["events"] <= size.n)
    tolerance = _half_step(row["percent"])
    events = row["events"] if row["events"] is not None else round(row["percent"] * size.n / 100)
    return bool(events <= size.n and abs(100 * events / size.n - row["percent"]) <= tolerance)


def _decimals(value: float) -> int:
    return len(f"{value:g}".partition(".")[2])


def _total(row: Row | None, sources: Sequence[str]) -> sizes.Size | None:
    if row is None or row["total"] is None or row["total_source"] not in sources:
        return None
    return sizes.Size(row["total"], "row", row["start"], row["end"], row["finding_id"])


# ---- events and means ------------------------------------------------------------------------------------------


def _binary(found: Found, pair: Pair) -> None:
    for name, row in zip(SIDES, (pair.intervention, pair.comparator), strict=True):
        if row is None:
            continue
        size = found.amounts.get(f"{name}_group_size")
        if row["events"] is not None:
            how = one_arm.RULE if row["rule"] == one_arm.RULE else ""
            found.amounts[f"{name}_events"] = _amount(row, row["events"], how)
        elif row["percent"] is not None and size is not None:
            how = f"{row['percent']:g}% of {size.value:g}"
            found.amounts[f"{name}_events"] = _amount(row, float(round(row["percent"] * size.value / 100)), how)


def _continuous(found: Found, pair: Pair) -> None:
    for name, row in zip(SIDES, (pair.intervention, pair.comparator), strict=True):
        if row is None:
            continue
        found.amounts[f"{name}_mean"] = _amount(row, row["value"])
        size = found.amounts.get(f"{name}_group_size")
        sd, how = standard_deviation(row, size.value if size else None)
        if sd is not None:
            found.amounts[f"{name}_standard_deviation"] = _amount(row, sd, how)


def standard_deviation(row: Row, n: float | None) -> tuple[float | None, str]:
    """The SD of a row and how it was computed ("" where it is printed); None where the row has none.

    A standard error times the root of n; the width of a confidence interval over twice its quantile, times the root of
    n; a ± of unsaid kind is taken as SD, and that is said.
    """
    if row["sd"] is not None:
        return row["sd"], ""
    if row["se"] is not None and n:
        return _rounded(row["se"] * math.sqrt(n)), f"standard error {row['se']:g} times the root of {n:g}"
    if row["plus_minus"] is not None:
        return row["plus_minus"], f"± {row['plus_minus']:g} of unsaid kind taken as SD"
    if row["ci_low"] is not None and row["ci_high"] is not None and n:
        from trialtab import statistics

        level = (row["ci_level"] or 95) / 100
        error = statistics.standard_error(row["ci_low"], row["ci_high"], level)
        said = f"{row['ci_low']:g} to {row['ci_high']:g}"
        return _rounded(error * math.sqrt(n)), f"{100 * level:g}% interval {said} and n {n:g}"
    return None, ""


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _hazard(found: Found, index: Index, outcome: Asked, sides: Sides) -> None:
    best: tuple[float, int, Row] | None = None
    for order, row in enumerate(filter(is_hazard_ratio, index.rows_by_start)):
        like = pairs.likeness(pairs.label(index, row, *pairs.paths(row)), outcome)
        arms = [naming(row[name] or "", index.short) for name in ("arm", "comparator")]
        turned = sides.score(COMPARATOR, arms[0]) > 0.3 and sides.score(INTERVENTION, arms[1]) > 0.3
        chosen = like >= pairs.LEAST_OUTCOME and not turned
        why = "the hazard of the other arm" if turned else "labels fit"
        found.considered.append(Considered("hr", False, like, why, row["quote"]))
        if chosen and (best is None or like > best[0]):
            best = (like, order, row)
    if best is None:
        return
    like, order, row = best
    found.considered[order] = Considered("hr", True, like, "labels fit", row["quote"])
    found.rows = (row,)
    for column, value in (("hr", row["value"]), ("ci_low", row["ci_low"]), ("ci_high", row["ci_high"])):
        if value is not None:
            found.amounts[column] = _amount(row, value)


def _amount(row: Row, value: float, derived: str = "") -> Amount:
    """A number of a row, as sure as the row is. How well the row's words fit the question says little of that."""
    path = " | ".join(filter(None, (row["table_label"], row["row_path"], row["column_path"])))
    return Amount(
        value, row["finding_id"], row["start"], row["end"], row["page"], path, row["confidence"], derived
    )  # fmt: skip


def _considered(pair: Pair, chosen: bool, kind: str) -> Considered:
    what = "events" if kind == "binary" else "mean"
    quote = " | ".join(f"{row['column_path'] or row['arm'] or ''}: {row['quote']}" for row in pair.rows)
    labels = pair.rows[0]["row_path"] or pair.rows[0]["outcome"] or ""
    return Considered(what, chosen, pair.likeness, pair.why, f"{labels}: {quote}")


# ---- why a cell is empty ---------------------------------------------------------------------------------------


def _say_why(found: Found, kind: str, index: Index, outcome: Asked) -> None:
    empty = [column for column in ASKED_FOR[kind] if column not in found.amounts]
    if not empty:
        return
    why = _why(kind, index, outcome)
    for column in empty:
        if column.endswith("group_size"):
            known = listed([arm["label"] for arm in index.arms])
            found.reasons[column] = "size of the arm not found" + (f"; arms of the document: {known}" if known else "")
        elif column.endswith("standard_deviation") and column.replace("standard_deviation", "mean") in found.amounts:
            found.reasons[column] = "no SD, SE or interval beside the mean"
        elif column.endswith("events") and any(row["percent"] is not None for row in found.rows):
            said = next(row["percent"] for row in found.rows if row["percent"] is not None)
            found.reasons[column] = f"{said:g}% reported, no size of the arm that gives it"
        else:
            found.reasons[column] = why


def _why(kind: str, index: Index, outcome: Asked) -> str:
    """Why no row answers: what the rows of the outcome have instead."""
    answering = of_outcome(index, outcome, pairs.LEAST_OUTCOME)
    if not answering:
        images = index.image_tables
        return "not reported" + (f"; {', '.join(images)} is an image" if images else "")
    if any(FITS[kind](row) for row in answering):
        known = listed(list(dict.fromkeys(row["arm"] for row in answering if row["arm"])))
        told = f": did you mean {known}?" if known else ""
        return f"the outcome is reported, not for both arms of the question{told}"
    kinds = sorted({row["statistic"] for row in answering})
    asked = {"binary": "events", "continuous": "mean", "time-to-event": "hazard ratio"}[kind]
    return f"{', '.join(k.replace('_', ' ') for k in kinds)} reported, {asked} asked"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are: "A, B, C, D and 2 more"."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


MOST_NAMED = 4
"""Arms that a reason names; the others are counted."""


__all__ = ["Found", "find", "listed", "standard_deviation"]
