"""Which number a p-value belongs to, and the rows of p-values that stand without one."""

from trialtab.extract.clauses import clause_start
from trialtab.extract.event_counts import is_bare
from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import Draft, Item
from trialtab.extract.outcome_candidates import candidates_left
from trialtab.extract.outcome_elsewhere import of_a_model
from trialtab.extract.outcome_weights import weigh
from trialtab.extract.whom_near import distinct


def row_of_p(line: Line, k: int, rows: list[Linked]) -> Linked | None:
    """A p-value without an estimate: "did not differ between the groups (P = 0.65)" is a row of its own."""
    item = line.items[k]
    draft = Draft("p", k, k + 1, item.start, item.end, statistic="p_value", rules=[item.rule])
    row = Linked(draft, -1)
    edge = max(
        [r.draft.last for r in rows if r.draft.last <= k] + [m + 1 for m in range(k) if line.items[m].kind == "P"],
        default=0,
    )
    opening = line.open_bracket(k, edge)
    stop = opening if opening is not None and opening >= edge else k
    start = clause_start(line, edge, stop)
    candidates = sorted(
        candidates_left(line, start, stop, bracket=opening is not None), key=lambda c: -weigh(line, c, False)
    )
    if (modelled := of_a_model(line, k)) is not None:
        row.outcome_range, row.outcome = modelled, line.say(*modelled)
    elif candidates and weigh(line, candidates[0], False) > 0.2:
        row.outcome_range = candidates[0][1:3]
        row.outcome = line.say(*row.outcome_range)
    elif rows and rows[-1].outcome:
        row.outcome, row.outcome_range = rows[-1].outcome, rows[-1].outcome_range
    elif start and not rows and (told := _told_at_the_opening(line, start)):
        row.outcome, row.outcome_range = line.say(*told), told
    arms = distinct([m for m in line.arms if edge <= m.first < k and m.strength >= 2]) or distinct(
        [m for m in line.arms if m.strength >= 3]
    )
    if arms:
        row.arm = arms[0]
        row.comparator = arms[1] if len(arms) == 2 else None
    row.p = (_relation(item), item.values["value"], k) if "value" in item.values else None
    return row if row.p is not None else None


def _told_at_the_opening(line: Line, start: int) -> tuple[int, int] | None:
    """ "There was a difference in troponin levels over time, with lower levels in A (p = 0.003)": what the sentence
    told before the clause of the p-value.
    """
    found = candidates_left(line, 0, start, bracket=False)
    best = max(found, key=lambda c: weigh(line, c, False), default=None)
    if best is None or weigh(line, best, False) <= LEAST_TOLD:
        return None
    return best[1], best[2]


LEAST_TOLD = 0.2
"""What a candidate weighs at least that may be an outcome."""


def _is_of_its_verb(line: Line, rows: list[Linked], k: int) -> bool:
    """ "low peak torque in set 2 was improved (p < 0.01)": a bare number, and a verb between it and the p-value."""
    last = max((r for r in rows if r.draft.last <= k), key=lambda r: r.draft.last, default=None)
    if last is None or not is_bare(last.draft) or line.word(last.draft.first - 1) in line.verbs:
        return False
    return any(line.word(m) in line.verbs for m in range(last.draft.last, k))


def give_p_values(line: Line, rows: list[Linked]) -> list[int]:
    """A p-value belongs to the group that it follows; two in one bracket belong to two groups in order.

    Returns the items of the p-values that belong to no estimate.
    """
    alone = []
    spread = _p_series(line, rows)
    for k, item in enumerate(line.items):
        if item.kind != "P":
            continue
        owners = [r for r in rows if r.draft.p_item == k]
        groups = sorted({r.group for r in rows if r.draft.last <= k or r.draft.p_item == k})
        if not groups:
            alone.append(k)
            continue
        taken = False
        if (
            not owners
            and line.word(k - 1) != ";"
            and any(
                line.word(m) == ";" and not line.inside(m, 0)
                for m in range(max(r.draft.last for r in rows if r.draft.last <= k), k)
            )
        ):
            alone.append(k)
            continue
        if not owners and _is_of_its_verb(line, rows, k):
            alone.append(k)
            continue
        if k in spread:
            for r, p in spread[k]:
                r.p = p
            continue
        several = [item.values[n] for n in ("value", "second", "third") if n in item.values]
        relation = _relation(item)
        last = owners[0].group if owners else groups[-1]
        for offset, value in enumerate(several):
            target = last - (len(several) - 1 - offset)
            mates = [r for r in rows if r.group == target]
            if not mates:
                continue
            of_effect = mates[0].draft.shape == "effect" and len(several) == 1
            if not of_effect and len(mates) == 1 and (other := _set_against(line, rows, mates[0], k)) is not None:
                mates.append(other)
            elif of_effect or (len(mates) == 1 and mates[0].arm is not None):
                seen = {(r.arm.key, r.draft.shape) for r in mates if r.arm is not None and not of_effect}
                about = mates[0].outcome_range
                nearest = next((r for r in reversed(rows) if r.group < target and r.draft.shape != "effect"), None)
                if of_effect and nearest is not None and (
                    mates[0].draft.depth > nearest.draft.depth or mates[0].draft.first - nearest.draft.last <= 8
                ):  # fmt: skip
                    about = nearest.outcome_range  # "45% v 38% (HR for death, 0.82; P = .2)"
                for r in reversed([r for r in rows if r.group < target]):
                    if (
                        r.outcome_range != about
                        or r.p is not None
                        or (r.arm is not None and (r.arm.key, r.draft.shape) in seen)
                    ):
                        break
                    if r.draft.shape == "effect":
                        continue
                    if r.arm is not None:
                        seen.add((r.arm.key, r.draft.shape))
                    mates.append(r)
            for r in mates:
                if r.p is None:
                    r.p = (relation, value, k)
                    taken = True
        if line.word(k + 1) in ("for", "in") and line.word(k + 2) in ("each", "all", "both", "every"):
            for r in rows:
                if r.p is None and r.draft.last <= k and r.group >= last - 3:
                    r.p = (relation, several[-1], k)
        for r in _of_all_before(line, rows, k):
            if r.p is None:
                r.p = (relation, several[-1], k)
        if not taken:
            alone.append(k)
    for r in rows:
        if r.draft.shape == "effect" and r.p is None and r.draft.depth:
            _of_its_bracket(line, r, rows)
    return alone


_AGAINST = frozenset(("versus", "vs", "v", "against", "opposed", "compared"))


def _set_against(line: Line, rows: list[Linked], row: Linked, k: int) -> Linked | None:
    """ "31.9% in those treated before against 24.5% in the others (P = 0.34)": the number that one without an arm is
    set against, the p-value of both being item k.
    """
    if row.arm is not None:
        return None
    before = next((r for r in reversed(rows) if r.draft.last <= row.draft.first and r.draft.shape != "effect"), None)
    if before is None or before.p is not None or before.draft.shape != row.draft.shape or before.arm is not None:
        return None
    if row.draft.first - before.draft.last > 16 or before.outcome != row.outcome:
        return None
    between = [line.word(m) for m in range(before.draft.last, row.draft.first)]
    bracket = line.open_bracket(k, row.draft.last) is not None and "and" in between and ";" not in between
    return before if not _AGAINST.isdisjoint(between) or (bracket and row.draft.shape == "fraction") else None


def _of_all_before(line: Line, rows: list[Linked], k: int) -> list[Linked]:
    """ "4 (2, 6) at month 1 and 0 (0, 2) at month 6 (both P < 0.001)", "(p for trend 0.008)": the rows before that a
    p-value is of, of the outcome of the last of them.
    """
    at = k - 1
    while line.word(at) in ("*", "**", "with", ","):
        at -= 1
    trend = "trend" in line.printed(k, k + 1)
    if line.word(at) not in ("both", "all", "each") and not trend:
        return []
    before = [r for r in rows if r.draft.last <= k]
    like = [r for r in before if r.outcome == before[-1].outcome and r.draft.shape == before[-1].draft.shape]
    return like[-2:] if line.word(at) == "both" else like


def _of_its_bracket(line: Line, effect: Linked, rows: list[Linked]) -> None:
    """ "36% vs 24% (P = 0.03; odds ratio 2.2)": the p-value before an effect in its bracket is the effect's as well."""
    opening = line.open_bracket(effect.draft.first, 0)
    if opening is None:
        return
    for k in range(opening + 1, effect.draft.first):
        told = next((r.p for r in rows if r.p is not None and r.p[2] == k), None)
        if line.items[k].kind == "P" and told is not None:
            effect.p = told


def _p_series(line: Line, rows: list[Linked]) -> dict[int, list[tuple[Linked, tuple[str | None, float, int]]]]:
    """ "(p < 0.001, p = 0.004 and p = 0.68, respectively)": the i-th p-value for the i-th result of each group of
    that size.
    """
    marks = [k for k, item in enumerate(line.items) if item.kind == "P" and "value" in item.values]
    found: dict[int, list[tuple[Linked, tuple[str | None, float, int]]]] = {}
    run: list[int] = []
    for k in [*marks, -1]:
        if run and k > 0 and all(line.word(m) in (",", "and", ";") for m in range(run[-1] + 1, k)):
            run.append(k)
            continue
        if len(run) > 1:
            by_group: dict[int, list[Linked]] = {}
            for r in rows:
                if r.draft.last <= run[0]:
                    by_group.setdefault(r.group, []).append(r)
            pairs = [g for g in by_group.values() if len(g) > 1 and _contrasted(line, g)]
            if len(pairs) == len(run) == len(by_group):
                for mark, pair in zip(run, pairs, strict=True):
                    p = (_relation(line.items[mark]), line.items[mark].values["value"], mark)
                    found[mark] = [(r, p) for r in pair]
                run = [k]
                continue
            fitting = [g for g in by_group.values() if len(g) == len(run)]
            for i, mark in enumerate(run):
                p = (_relation(line.items[mark]), line.items[mark].values["value"], mark)
                found[mark] = [(g[i], p) for g in fitting[-2:]]
            if not fitting:
                for mark in run:
                    found.pop(mark, None)
        run = [k]
    return found


def _relation(item: Item) -> str:
    said = item.constants.get("relation", "=")
    return "<" if said[:1] in "<≤⩽" else ">" if said[:1] in ">≥⩾" else "="


def _contrasted(line: Line, group: list[Linked]) -> bool:
    """ "40% vs 20%": whether the results of a group stand against each other."""
    return any(line.word(k) in line.sets["versus"] for k in range(group[0].draft.last, group[-1].draft.first))
