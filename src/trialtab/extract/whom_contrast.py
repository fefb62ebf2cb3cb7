"""Numbers set against each other ("52% vs 10%"): how a group of them is shared out between arms."""

from itertools import pairwise

from trialtab.extract.line import Line, Linked
from trialtab.extract.mentions import Mention
from trialtab.extract.whom_near import series_from


def give(line: Line, group: list[Linked], arms: list[Mention]) -> None:
    for row, arm in zip(group, arms, strict=True):
        row.arm = arm


def contrasted(line: Line, group: list[Linked]) -> bool:
    a, b = group[0].draft, group[-1].draft
    return any(line.word(k) in line.sets["versus"] or line.word(k) in _SET_AGAINST for k in range(a.last, b.first))


_SET_AGAINST = frozenset(("compared", "opposed"))


def in_pairs(line: Line, group: list[Linked]) -> bool:
    """ "52% vs 10% and 34% vs 2%": a contrast within each pair and none between them."""
    said = [contrasted(line, [a, b]) for a, b in pairwise(group)]
    return len(group) > 2 and len(group) % 2 == 0 and all(is_so == (k % 2 == 0) for k, is_so in enumerate(said))


def give_in_pairs(line: Line, group: list[Linked], named: list[Mention]) -> None:
    """The arms of such pairs: the two that are named, the one that is named and the other, or both by order."""
    if len(named) == 2 and compared_first(line, named[0]):
        named = named[::-1]
    own = 1 if len(named) == 1 and compared_with(line, named[0]) else 0
    for k, row in enumerate(group):
        if len(named) == 2:
            row.arm = named[k % 2]
        elif len(named) == 1 and named[0].strength > 2:
            row.arm, row.other_than = (named[0], None) if k % 2 == own else (None, named[0].key)
        else:
            row.arm_by_order, row.arm_count = k % 2, 2


def less_or_more(line: Line, arm: Mention, group: list[Linked]) -> bool:
    """ "pain was lower in A (1.3 and 0.9, P = 0.03)": two values, tested, of which a word says how they compare."""
    first = group[0].draft
    if not tested(line, group):
        return False
    opening = line.open_bracket(first.first, 0) or first.first
    near = set(line.words[max(0, arm.first - 8) : opening])
    return bool(near & _COMPARES)


_COMPARES = frozenset((
    "less", "more", "lower", "higher", "fewer", "shorter", "longer", "greater", "better", "worse", "superiority",
    "superior", "inferior",
))  # fmt: skip


def tested(line: Line, group: list[Linked]) -> bool:
    """Whether values stand in a bracket with the p-value of their comparison."""
    last = group[-1].draft
    stop = min(last.last + 14, len(line.items))
    closed = next((k for k in range(last.last, stop) if line.word(k) in (")", "]")), last.last + 5)
    near = range(last.last, min(max(closed, last.last + 5), len(line.items)))
    return bool(group[0].draft.depth) and any(line.items[k].kind == "P" for k in near)


def from_to(line: Line, group: list[Linked]) -> bool:
    """ "29.7 ± 3.4 to 33.4 ± 4.5": before and after in one arm, not two arms."""
    return all([line.word(k) for k in range(a.draft.last, b.draft.first)] == ["to"] for a, b in pairwise(group))


def as_the_pair_before(line: Line, n: int, group: list[Linked], rows: list[Linked]) -> bool:
    """ "A had less pain (0.1 vs 1.4) and less nausea (2 vs 5)": a pair without names follows the pair before it."""
    earlier = [r for r in rows if r.group < n and r.draft.shape != "effect"]
    last = [r for r in earlier if r.group == max((x.group for x in earlier), default=-1)]
    if len(last) != 2 or last[0].arm is None or not (contrasted(line, last) or tested(line, last)):
        return False
    if last[1].arm is not None:
        give(line, group, [last[0].arm, last[1].arm])
        return True
    if last[1].other_than != last[0].arm.key:
        return False
    group[0].arm, group[1].other_than = last[0].arm, last[1].other_than
    return True


def compared_first(line: Line, mention: Mention) -> bool:
    """ "Compared with B, A had …": the arm that opens the clause is the one compared with."""
    k = mention.first - 1
    while line.word(k) in line.sets["determiner"] | line.sets["people"] | {
        "those",
        "in",
        "receiving",
        "who",
        "received",
    }:
        k -= 1
    return line.word(k) in ("with", "to") and line.word(k - 1) in ("compared", "relative", "contrast", "comparison")


def compared_with(line: Line, mention: Mention) -> bool:
    """Whether a name is what is compared with: "compared with the placebo", "than placebo", "relative to placebo"."""
    k = mention.first - 1
    while line.word(k) in line.sets["determiner"] | line.sets["people"] | {"in", "with", "to", "on", "receiving"}:
        k -= 1
    return line.word(k) in ("compared", "comparison", "than", "relative", "versus", "vs")


def halves(line: Line, group: list[Linked]) -> bool:
    """ "66.1% and 64.3% versus 12.1% and 6.8%": a contrast in the middle of the group and nowhere else."""
    between = [
        any(
            line.word(k) in line.sets["versus"] or line.word(k) in _SET_AGAINST
            for k in range(a.draft.last, b.draft.first)
        )
        for a, b in pairwise(group)
    ]
    return sum(between) == 1 and len(group) % 2 == 0 and between[len(group) // 2 - 1]


def last_series(line: Line, arms: list[Mention], size: int) -> list[Mention]:
    """The last coordinated run of `size` arms, if there is one."""
    for k in range(len(arms) - size, -1, -1):
        run = arms[k : k + size]
        if len(series_from(line, run[0].first)) >= size or (
            run[0].series >= 0 and all(m.series == run[0].series for m in run)
        ):
            return run
    return []


def next_group_between(line: Line, n: int, mention: Mention) -> bool:
    return n + 1 < len(line.groups) and line.groups[n + 1][0].first < mention.first
