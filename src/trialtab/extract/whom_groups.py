"""The arms of numbers that stand side by side ("12 vs 15", "6.0 and 5.9"): a group of them is shared out as a whole."""

from collections.abc import Mapping

from trialtab.extract.line import Line, Linked
from trialtab.extract.mentions import Mention
from trialtab.extract.whom_clause import opening_arm
from trialtab.extract.whom_contrast import (
    as_the_pair_before,
    compared_first,
    compared_with,
    contrasted,
    give,
    give_in_pairs,
    halves,
    in_pairs,
    last_series,
    less_or_more,
    next_group_between,
    tested,
)
from trialtab.extract.whom_near import distinct, left_edge, series_from
from trialtab.extract.whom_people import of_subgroups


def _labelled_pair(line: Line, n: int, group: list[Linked]) -> Mention | None:
    """ "(A, 17% versus 6%; B, 11% versus 6%)": the label of a pair that sets other people than the arms against each
    other, where the pair beside it has another one.
    """

    def label(first: int) -> Mention | None:
        mention = next((line.arm_at[k] for k in range(max(0, first - 4), first - 1) if k in line.arm_at), None)
        if mention is None or mention.last != first - 1 or line.word(first - 1) not in (",", ":"):
            return None
        return mention if line.word(mention.first - 1) in ("(", "[", ";", ",") else None

    own = label(group[0].draft.first)
    if own is None or not contrasted(line, group):
        return None
    beside = [line.groups[k] for k in (n - 1, n + 1) if 0 <= k < len(line.groups)]
    others = [label(drafts[0].first) for drafts in beside if len(drafts) == 2]
    return own if any(other is not None and other.key != own.key for other in others) else None


def _by_times(line: Line, group: list[Linked]) -> Mention | None:
    """ "between 12 and 24 months (17.0 and 17.1, respectively) in A": the arm behind a bracket that holds a number for
    each of the times before it.
    """
    opening, last = line.open_bracket(group[0].draft.first, 0), group[-1].draft.last
    if opening is None or [line.word(last + k) for k in (0, 1, 2)] != [",", "respectively", ")"]:
        return None
    k, times = opening - 1, 0
    while k >= 0 and (line.items[k].kind in ("TIME", "POINT") or line.word(k) in ("and", ",")):
        times += line.items[k].kind != "W"
        k -= 1
    behind = last + 3
    while line.word(behind) in ("in", "with", "for", "the", "on"):
        behind += 1
    return line.arm_at.get(behind) if times == len(group) else None


def _of_its_clause(line: Line, arms: list[Mention], first: int) -> list[Mention]:
    """The arms that are named behind the last semicolon before item `first`; all where there is none."""
    breaks = [k for k in range(first) if line.word(k) == ";" and not line.inside(k, 0)]
    return [m for m in arms if not breaks or m.first > breaks[-1]]


def give_to_group(
    line: Line,
    n: int,
    group: list[Linked],
    rows: list[Linked],
    after: Mapping[int, Mention | None],
    before: Mapping[int, Mention | None],
) -> None:
    """Give the numbers of group n their arms: by the names inside it, behind it or before it, as many as there are
    numbers; else by order. `after` and `before`: id of a row -> the arm next to it on that side.
    """
    size, last, edge = len(group), group[-1].draft, left_edge(line, n)
    own = [m for r in group if (m := after[id(r)]) is not None]
    if len({m.key for m in own}) == size:
        give(line, group, own)
        return
    inner = [r for r in group if after[id(r)] is not None]
    trailing = after[id(group[-1])]
    if (of_all_times := _by_times(line, group)) is not None:
        give(line, group, [of_all_times] * size)
        return
    series = distinct(series_from(line, trailing.first)) if trailing is not None else []
    if len(series) == size:
        give(line, group, series)
        return
    if size == 2 and (label := _labelled_pair(line, n, group)) is not None:
        give(line, group, [label, label])
        return
    leading = distinct([m for m in line.arms if edge <= m.first and m.last <= group[0].draft.first])
    beside = len(leading) == 1 and before[id(group[0])] is leading[0]
    if n and beside and trailing is None and not contrasted(line, group):
        give(line, group, leading * size)
        return
    if in_pairs(line, group) and trailing is None and len(leading) < 3:
        give_in_pairs(line, group, leading)
        return
    contrast = size == 2 and contrasted(line, group)
    if len(leading) > 1 and trailing is None and not contrasted(line, group):
        own_clause = _of_its_clause(line, leading, group[0].draft.first)
        if len(own_clause) == 1:
            give(line, group, own_clause * size)
            return
    if (
        not leading
        and (contrast or (size == 2 and tested(line, group)))
        and trailing is None
        and as_the_pair_before(line, n, group, rows)
    ):
        return
    sole = contrast and len(leading) == 1 and leading[0].strength >= 2 and n > 0
    if len(leading) < size and not sole:
        wider = distinct([m for m in line.arms if m.last <= group[0].draft.first])
        leading = wider if len(wider) >= size else leading
    if len(leading) > size:
        strong = [m for m in leading if m.strength >= 3]
        leading = strong if len(strong) >= size else leading
        series_lead = last_series(line, leading, size)
        leading = series_lead or leading[-size:]
    if size == 2 and len(leading) == 2 and trailing is None and compared_first(line, leading[0]):
        leading.reverse()
    if len(leading) == size and not (
        trailing is not None and trailing.strength > 2 and len(series) == 1 and not contrasted(line, group)
    ):
        give(line, group, leading)
        return
    if len(series) == 1 and line.word(group[0].draft.first - 1) in line.sets["versus"] and not contrasted(line, group):
        give(line, group, series * size)  # "… in A versus 96% and 88%, respectively, in B"
        return
    around = distinct([*leading, *series])
    if size == len(around) == 2 and len(leading) == 1 and contrasted(line, group):
        give(line, group, around)
        return
    if len(series) == 1 and not inner[:-1] and size != 2:
        give(line, group, series * size)
        return
    if size == 2 and len(series) == 1 and not leading and contrasted(line, group):
        closed = any(line.word(k) in (")", "]") for k in range(last.last, series[0].first))
        told = group[0] if last.depth and closed and not compared_with(line, series[0]) else group[1]
        told.arm, group[1 if told is group[0] else 0].other_than = series[0], series[0].key
        return  # "better (41% v 26%) on A"; "60%, compared with 40% on B"
    following = distinct([m for m in line.arms if m.first >= last.last])[:size]
    told_before = following and any(
        d.depth <= last.depth and last.last <= d.first < following[-1].first for d in line.drafts if d.shape == "effect"
    )  # "2.4, 2.0 and 2.8, i.e. rate ratios of 0.85 for A and 0.70 for B"
    if len(following) == size and not told_before and not next_group_between(line, n, following[-1]):
        give(line, group, following)
        return
    if len(series) == 1:
        give(line, group, series * size)
        return
    if size > 2 and len(around) == 2 and halves(line, group):
        if compared_first(line, around[0]):
            around.reverse()
        give(line, group, [around[0]] * (size // 2) + [around[1]] * (size // 2))
        return
    if size > 2 and len(leading) == 1 and halves(line, group) and leading[0].strength > 2:
        for k, row in enumerate(group):  # "in A (44 to 45 mm v 45 to 46 mm)"
            row.arm, row.other_than = (leading[0], None) if k < size // 2 else (None, leading[0].key)
        return
    if size == 2 and len(leading) == 1 and contrasted(line, group) and leading[0].strength >= 2:
        named = 1 if compared_with(line, leading[0]) else 0  # "no more often than with A (14% v 15%)"
        group[named].arm, group[1 - named].other_than = leading[0], leading[0].key
        return
    if size == 2 and len(leading) == 1 and leading[0].strength > 2 and less_or_more(line, leading[0], group):
        group[0].arm, group[1].other_than = leading[0], leading[0].key
        return
    if len(leading) == 1 and not contrasted(line, group):
        give(line, group, leading * size)
        return
    if not contrasted(line, group) and (opening := opening_arm(line)) is not None:
        give(line, group, [opening] * size)
        return
    earlier = distinct([r.arm for r in rows if r.arm is not None and r.group < n])
    if len(earlier) == size:
        give(line, group, earlier)
        return
    everywhere = distinct([m for m in line.arms if m.strength >= 2])
    if len(everywhere) != size:
        everywhere = distinct(line.arms)
    if len(everywhere) == size and not told_before:
        first_place = {m.key: m.first for m in reversed(line.arms)}
        give(line, group, sorted(everywhere, key=lambda m: first_place[m.key]))
        return
    if of_subgroups(line, group):
        return
    for k, row in enumerate(group):
        row.arm_by_order, row.arm_count = k, size
    return
