"""When a row was measured, as far as its own words say it: days after the start, or a place in a series of visits."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from trialtab import values
from trialtab.questions.passages import Row

DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.25}
"""Days of a unit of time."""

_LETTERS = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}
_SHORT = re.compile(r"(?<![\w.])(?P<n>\d+(?:\.\d+)?)\s?(?P<unit>[hdwmy])\b", re.I)
"""How a table writes a time: "24 h", "8w"."""

_VISIT = re.compile(
    r"\W*(?:(?:t|time(?:\s?point)?|visit|session|assessment|evaluation|test|phase|wave)[ _-]?(?P<n>\d{1,2})"
    r"|(?P<word>first|second|third|fourth|fifth)\s+(?:visit|session|assessment|evaluation|test|phase|wave))\W*\Z",
    re.I,
)
"""A place in a series: "T2", "time point 3", "second evaluation"."""

_ORDER = {word: place for place, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)}


class When(NamedTuple):
    """A time that can be compared with others of its kind: days, or places in a series (visit)."""

    kind: str
    at: float


@lru_cache(maxsize=1 << 12)
def said(text: str) -> When | None:
    """The time that a label says: "12 w" is day 84, "T2" the second visit; None where it says none."""
    if found := values.timepoint(text):
        return When("day", found[0] * DAYS[found[1]]) if found[1] in DAYS else None
    if m := _SHORT.search(text):
        return When("day", float(m["n"]) * DAYS[_LETTERS[m["unit"].lower()]])
    if m := _VISIT.match(text):
        return When("visit", float(m["n"]) if m["n"] else float(_ORDER[m["word"].lower()]))
    return None


def of_row(row: Row) -> When | None:
    """The time of a row; None where none is said, or none that can be compared."""
    if row["timepoint_value"] is not None and row["timepoint_unit"] in DAYS:
        return When("day", row["timepoint_value"] * DAYS[row["timepoint_unit"]])
    return said(row["timepoint"]) if row["timepoint"] else None


__all__ = ["DAYS", "When", "of_row", "said"]
