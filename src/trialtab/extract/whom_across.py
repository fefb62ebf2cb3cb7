"""Numbers that are set against each other across brackets: "238 cases (0.30% a year) vs 296 cases (0.37%)"."""

from collections.abc import Mapping

from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import Draft
from trialtab.extract.mentions import Mention
from trialtab.extract.whom_contrast import compared_with


def give_across(line: Line, plain: list[Linked], after: Mapping[int, Mention | None]) -> set[int]:
    """Give both numbers of such a pair their arms, and what stands in the bracket of each the same; returns the ids of
    the rows that are settled.

    The arms are the two names before the pair in its clause, or the one name and the other arm; without a name they
    are those of the document, by order.
    """
    settled: set[int] = set()
    for k, a in enumerate(plain):
        if a.group_size > 1 or id(a) in settled or a.draft.shape not in ("count", "fraction", "percent", "value"):
            continue
        deeper = _deeper(plain, k)
        n = k + 1 + len(deeper)
        if not deeper or n >= len(plain):
            continue
        b = plain[n]
        if b.group_size > 1 or b.draft.shape != a.draft.shape or not _versus_between(line, a.draft, b.draft):
            continue
        if _behind_bracket(line, b.draft) in line.arm_at or after[id(b)] is not None:
            continue
        first = [a, *deeper]
        second = [b, *_deeper(plain, n)]
        _give_both(line, first, second)
        settled |= {id(row) for row in (*first, *second)}
    return settled


def _deeper(plain: list[Linked], k: int) -> list[Linked]:
    """The rows behind row k that stand in a bracket of its."""
    found = []
    for row in plain[k + 1 :]:
        if row.draft.depth <= plain[k].draft.depth:
            break
        found.append(row)
    return found


def _give_both(line: Line, first: list[Linked], second: list[Linked]) -> None:
    start = first[0].draft.first
    opens = next((m for m in range(start - 1, -1, -1) if line.word(m) in (";", "whereas", "while")), -1)
    named = list({m.key: m for m in line.arms if opens < m.first and m.last <= start}.values())
    last = bool(named) and compared_with(line, named[-1])
    for at, rows in enumerate((second, first) if last and len(named) == 1 else (first, second)):
        for row in rows:
            if len(named) == 2:
                row.arm = named[at]
            elif len(named) == 1 and named[0].strength > 2:
                row.arm, row.other_than = (None, named[0].key) if at else (named[0], None)
            else:
                row.arm_by_order, row.arm_count = at, 2


def _versus_between(line: Line, a: Draft, b: Draft) -> bool:
    """Whether "vs" or "compared with" stands between two numbers, with nothing beside it but brackets and a noun."""
    if a.depth != b.depth:
        return False
    depth, said = 0, []
    for k in range(a.last, b.first):
        word = line.word(k)
        depth += (word in ("(", "[")) - (word in (")", "]"))
        if depth == 0 and word not in (")", "]"):
            if k in line.arm_at or line.items[k].kind != "W":
                return False
            said.append(word)
    nouns = line.sets["people"] | line.sets["events"]
    said = [word for word in said if word not in nouns]
    return said in (["vs"], ["v"], ["versus"], ["vs", "."], ["compared", "with"], ["compared", "to"])


def _behind_bracket(line: Line, draft: Draft) -> int:
    """The first item behind a number, its noun and its bracket, and the preposition and article there."""
    k = draft.last
    while line.word(k) in line.sets["people"] | line.sets["events"]:
        k += 1
    if line.word(k) in ("(", "["):
        depth = 0
        for m in range(k, len(line.items)):
            depth += (line.word(m) in ("(", "[")) - (line.word(m) in (")", "]"))
            if depth == 0:
                k = m + 1
                break
    while line.word(k) in line.sets["preposition"] | line.sets["determiner"]:
        k += 1
    return k
