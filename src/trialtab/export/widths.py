"""How wide the columns of a printed table are: no word is broken where there is room, long cells get the rest."""

from __future__ import annotations

import re

from trialtab.views import Table

LEAST = 3
"""Characters of the narrowest column."""

MOST = 44
"""Characters beyond which a cell is wrapped, however much room there is."""


def shares(table: Table, room: float, gap: float, breaks: str = "") -> list[float]:
    """Each column's share of a line, together 1; room: characters of the line, gap: those between two columns.

    A column first gets its longest word, then of what is left a part that goes by its longest line; where not even the
    words fit, those of the widest columns are broken. breaks: characters
    behind which a line may end as well as at a blank.
    """
    word_end = re.compile(rf"[\s{re.escape(breaks)}]+")
    least, wanted = [], []
    for at, name in enumerate(table.heads or table.columns):
        lines = [line for row in table.rows for line in row[at].text.split("\n")]
        words = [word for text in (name, *lines) for word in word_end.split(text)]
        longest = max([LEAST, *map(len, words)])
        least.append(min(MOST, longest) + gap)
        wanted.append(min(MOST, max([longest, *map(len, lines)])) + gap)
    left = room - sum(least)
    if left <= 0:
        most = _level(least, room)
        kept = [min(one, most) for one in least]
        return [one / sum(kept) for one in kept]
    more = [want - need for want, need in zip(wanted, least, strict=True)]
    part = min(1.0, left / sum(more)) if sum(more) else 0.0
    made = [need + part * extra for need, extra in zip(least, more, strict=True)]
    return [one / sum(made) for one in made]


def _level(widths: list[float], room: float) -> float:
    """The width to which the widest must be cut so that all fit: numbers stay whole, long names give way."""
    narrow = sorted(widths)
    for at, one in enumerate(narrow):
        level = (room - sum(narrow[:at])) / (len(narrow) - at)
        if level <= one:
            return level
    return narrow[-1]


def longest_lines(table: Table) -> list[int]:
    """Characters of the longest line of each column, its heading wrapped."""
    found = []
    for at, name in enumerate(table.heads or table.columns):
        lines = [line for row in table.rows for line in row[at].text.split("\n")]
        found.append(min(MOST, max([LEAST, *map(len, name.split()), *map(len, lines)])))
    return found


__all__ = ["LEAST", "MOST", "longest_lines", "shares"]
