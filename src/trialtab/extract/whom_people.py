"""Numbers told of kinds of people ("62% of younger patients"): they part no arms."""

from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import Draft

_OTHER_PEOPLE = frozenset(("younger", "older", "men", "women", "boys", "girls", "males", "females", "those", "other"))


def of_subgroups(line: Line, group: list[Linked]) -> bool:
    """ "40%, as compared with 62% of younger patients": numbers of kinds of people, and not of the arms."""
    for row in group:
        k = row.draft.last
        if line.word(k) not in ("of", "in", "among", "for"):
            continue
        k += 1 + (line.word(k + 1) in ("the", "all"))
        if line.word(k) in _OTHER_PEOPLE - {"those"}:
            return True
        if line.word(k) in line.sets["people"] | {"those"} and line.word(k + 1) in _MARK_PEOPLE:
            return True
    return False


_MARK_PEOPLE = frozenset(("with", "without", "who", "whose", "aged", "younger", "older", "below", "above", "under"))
_JOINS = frozenset((",", ";", "and", "or", "but", "vs", "versus", "compared", "whereas", "while"))


def past_people(line: Line, n: int) -> int | None:
    """Where the people end of whom the number before group n is told, if nothing else stands before group n.

    "7 of 12 patients with primary disease (58%), | 8 of 11 with …", "61% in those younger than 60 and | 48% in …",
    "12 of 20 men and by | 14 of 22 women". None where no people are named there, or more is said behind them.
    """
    before, first = line.groups[n - 1][-1], line.groups[n][0].first
    k = before.last
    while k < first and (line.word(k) in (")", "]", ",") or line.items[k].kind == "P"):
        k += 1
    opening = first - 1 if line.word(first - 1) in ("(", "[") else None
    if opening is not None:
        return opening if _only_people(line, k, opening, before) else None
    join = next((m for m in range(first - 1, k - 1, -1) if line.word(m) in _JOINS and line.bare(m, first)), None)
    while join is not None and join > k and line.word(join - 1) in _JOINS:
        join -= 1
    return join if join is not None and _only_people(line, k, join, before) else None


def _only_people(line: Line, k: int, stop: int, before: Draft) -> bool:
    """Whether row[k:stop], behind a number, names people alone: "in patients with primary disease", "of 22 women"."""
    if stop - k > 14:
        return False
    lead = line.sets["preposition"] | line.sets["determiner"]
    m = k
    while m < stop and (line.word(m) in lead - _MARK_PEOPLE or line.items[m].kind == "N"):
        m += 1
    people = m < stop and line.word(m) in line.sets["people"]
    named = before.noun in line.sets["people"] and m == k
    m += people
    marked = m < stop and (line.word(m) in _MARK_PEOPLE or (people and line.word(m) in ("in", "on")))
    if not (marked or (people and m == stop)):
        return False
    if not people and not named and line.word(k) not in _MARK_PEOPLE | lead:
        return False
    who = any(line.word(x) in ("who", "whose") for x in range(m, stop))
    return who or not any(line.word(x) in line.verbs for x in range(m, stop))
