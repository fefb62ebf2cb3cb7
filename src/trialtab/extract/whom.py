"""The arm of each number: by its side, by order ("respectively"), or by the clause that it stands in; and the
comparator.
"""

from collections.abc import Mapping
from itertools import pairwise

from trialtab.extract.clauses import clause_between
from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import Draft
from trialtab.extract.mentions import Mention
from trialtab.extract.whom_across import give_across
from trialtab.extract.whom_clause import (
    governing,
    host_of_list,
    in_each,
    named_in_clause,
    of_someone_else,
    of_the_others,
    one_subject,
    set_against,
    shared_out,
    without,
)
from trialtab.extract.whom_contrast import contrasted, from_to
from trialtab.extract.whom_groups import give_to_group
from trialtab.extract.whom_near import arm_after, arm_before, distinct, left_edge, series_from


def give_arms(line: Line, rows: list[Linked]) -> None:
    after = {id(r): arm_after(line, r.draft) for r in rows}
    before = {id(r): arm_before(line, r.draft) for r in rows}
    _of_one_arm_each(rows, after)
    plain = [r for r in rows if r.draft.shape != "effect"]
    for a, b in pairwise(plain):
        if before[id(b)] is not None and before[id(b)] is after[id(a)]:
            before[id(b)] = None  # the arm behind one result is not the arm before the next
    in_turn = _in_turn(line, plain, after)
    across = give_across(line, plain, after)
    follow = sum(after[id(r)] is not None for r in plain)
    lead = sum(before[id(r)] is not None for r in plain)
    by_group: dict[int, list[Linked]] = {}
    for row in rows:
        by_group.setdefault(row.group, []).append(row)
    for n, group in by_group.items():
        if group[0].draft.shape == "effect":
            continue
        edge = left_edge(line, n)
        if len(group) > 1 and from_to(line, group):
            arm = after[id(group[-1])] or before[id(group[0])] or governing(line, group[0], edge, rows)
            for row in group:
                row.arm = arm
        elif len(group) > 1:
            give_to_group(line, n, group, rows, after, before)
        elif id(group[0]) in across:
            continue
        elif id(group[0]) in in_turn:
            group[0].arm = in_turn[id(group[0])]
        else:
            behind, ahead = after[id(group[0])], before[id(group[0])]
            _give_to_one(line, group[0], rows, edge, (behind, ahead), follow - lead)
    _share(line, rows, after)
    for row in rows:
        if (
            row.arm is None
            and row.other_than is None
            and row.arm_by_order is None
            and row.draft.depth
            and row.draft.shape != "effect"
        ):
            row.arm = host_of_list(line, row.draft)
        row.each = in_each(line, row.draft)
    _comparators(line, rows)


def _give_to_one(
    line: Line,
    row: Linked,
    rows: list[Linked],
    edge: int,
    beside: tuple[Mention | None, Mention | None],
    follow: int,
) -> None:
    """The arm of a number that stands alone: the one beside it, else that of its host or its clause.

    beside: the arm behind it and the arm before it; follow: how many more numbers of the sentence have an arm behind
    them than before them.
    """
    behind, ahead = beside
    other = without(line, row, rows) or of_the_others(line, row, rows)
    if behind is None and other is not None:
        row.other_than = other.key
        return
    if behind is not None and ahead is not None:
        row.arm = behind if follow > 0 or (follow == 0 and behind.strength >= ahead.strength) else ahead
        if follow == 0 and line.word(ahead.last) in (",", ":", "(", "["):
            row.arm = ahead
        return
    row.arm = behind or ahead
    host = rows[rows.index(row) - 1] if rows.index(row) else None
    if row.arm is None and host is not None and host.draft.depth < row.draft.depth and (
        line.word(row.draft.first - 1) in ("(", "[") and row.draft.first - host.draft.last <= 1
    ):  # fmt: skip
        row.arm, row.other_than = host.arm, host.other_than  # "59% (14% complete)"
    elif row.arm is None and (other := set_against(line, row, rows)) is not None:
        row.other_than = other.key
    elif row.arm is None:
        row.arm = governing(line, row, edge, rows)


def _share(line: Line, rows: list[Linked], after: Mapping[int, Mention | None]) -> None:
    """A number without an arm takes that of the next one where both belong to one phrase, or the other arm."""
    shared: set[int] = set()
    for k in range(len(rows) - 2, -1, -1):
        row, nxt = rows[k], rows[k + 1]
        if nxt.draft.fields.get("n_equals") and k + 2 < len(rows):
            nxt = rows[k + 2]  # "77% in those vaccinated (n = 76) versus 66% in controls"
        if row.arm is None and row.arm_by_order is None and (label := _labelled_behind(line, row, nxt)) is not None:
            row.other_than = label.key
        elif (
            row.arm is None
            and row.other_than is None
            and row.arm_by_order is None
            and nxt.arm is not None
            and (nxt.arm is after[id(nxt)] or id(nxt) in shared or one_subject(line, row, nxt))
            and (row.draft.shape != "effect" and not named_in_clause(line, row.draft))
            and not clause_between(line, row.draft, nxt.draft)
            and not shared_out(row, rows[k + 1 :])
        ):
            if contrasted(line, [row, nxt]) or of_someone_else(line, row.draft, nxt.draft):
                row.other_than = nxt.arm.key  # "60%, compared with 40% on B"
            else:
                row.arm = nxt.arm
                shared.add(id(row))


def _labelled_behind(line: Line, row: Linked, nxt: Linked) -> Mention | None:
    """The label of the second number of a bracket, where the first has none: "fever (20%; placebo, 7%)"."""
    a, b = row.draft, nxt.draft
    label = next((line.arm_at[k] for k in range(a.last, b.first) if k in line.arm_at), None)
    if label is None or not a.depth or a.depth != b.depth or row.other_than or line.word(a.first - 1) not in ("(", "["):
        return None
    between = [line.word(k) for k in range(a.last, b.first) if not label.first <= k < label.last]
    return label if between in ([";", ","], [";"], [",", ","], [";", ":"]) else None


def _of_one_arm_each(rows: list[Linked], after: Mapping[int, Mention | None]) -> None:
    """ "The MD was -0.34 (SE 0.17) for A and -0.10 (SE 0.18) for B": means of the arms, and no differences between."""
    named = [r for r in rows if r.draft.statistic == "mean_difference" and after[id(r)] is not None]
    if len({m.key for r in named if (m := after[id(r)]) is not None}) > 1:
        for r in named:
            r.draft.shape, r.draft.statistic = "value", "mean"


def _in_turn(line: Line, plain: list[Linked], after: Mapping[int, Mention | None]) -> dict[int, Mention]:
    """ "67% (CI, 62 to 72) and 66% (CI, 61 to 71) in the A and B groups": numbers with brackets of their own, and as
    many names behind the last.
    """
    found: dict[int, Mention] = {}
    for k, row in enumerate(plain):
        trailing = after[id(row)]
        if trailing is None or trailing.first < row.draft.last or row.group_size > 1:
            continue
        series = distinct(series_from(line, trailing.first))
        run = plain[k + 1 - len(series) : k + 1]
        if len(series) < 2 or len(run) < len(series) or any(r.group_size > 1 for r in run):
            continue
        alike = {r.draft.shape for r in run} <= {row.draft.shape} or {r.draft.shape for r in run} <= {
            "count",
            "fraction",
        }
        if alike and all(
            after[id(r)] in (None, trailing) and _beside(line, r.draft, s.draft) for r, s in pairwise(run)
        ):
            found |= {id(r): arm for r, arm in zip(run, series, strict=True)}
    return found


def _beside(line: Line, a: Draft, b: Draft) -> bool:
    """Whether nothing but brackets and a conjunction part two numbers of one depth."""
    if a.depth != b.depth:
        return False
    depth = 0
    joined = False
    for k in range(a.last, b.first):
        word = line.word(k)
        if word in ("(", "["):
            depth += 1
        elif word in (")", "]"):
            depth -= 1
        elif depth == 0 and word in ("and", "or", ",", "vs", "versus"):
            joined = True
        elif depth == 0 and word not in line.sets["people"]:
            return False
    return joined and depth == 0


def _comparators(line: Line, rows: list[Linked]) -> None:
    """The other arm of a two-arm comparison, within a group or between neighbours of one outcome; effects take both."""
    for k, row in enumerate(rows):
        if row.draft.shape == "effect":
            pair = _pair_for_effect(line, row, rows[:k])
            if pair:
                row.arm, row.comparator = pair
            continue
        mates = [
            r
            for r in rows
            if r is not row
            and r.arm is not None
            and row.arm is not None
            and r.arm.key != row.arm.key
            and r.draft.shape != "effect"
            and (r.group == row.group or (r.outcome_range == row.outcome_range and r.outcome))
        ]
        if mates and len({m.arm.key for m in mates if m.arm}) == 1:
            row.comparator = mates[0].arm


def _pair_for_effect(line: Line, row: Linked, before: list[Linked]) -> tuple[Mention, Mention] | None:
    values = [r for r in before if r.draft.shape != "effect" and r.arm is not None]
    if len(values) >= 2 and values[-1].arm and values[-2].arm and values[-1].arm.key != values[-2].arm.key:
        return values[-2].arm, values[-1].arm
    near = distinct([m for m in line.arms if m.strength >= 2])
    return (near[0], near[1]) if len(near) == 2 else None
