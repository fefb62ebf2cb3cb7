"""Arms that a sentence does not name: by the order of the sentences before it, of both arms, of the only arm."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from trialtab import vocabulary
from trialtab.extract import arms as arms_of
from trialtab.extract.arm_roles import values_first
from trialtab.extract.design_parts import Whole
from trialtab.extract.findings import PERCENT_MEASURED
from trialtab.extract.line import Linked
from trialtab.extract.measures import Draft
from trialtab.extract.mentions import Mention, key
from trialtab.extract.reading import Read


def one_arm(read: list[Read]) -> None:
    """In a study of one group a name is seldom an arm: it stays where two treatments of the vocabulary are compared."""
    for r in read:
        r.linked = [
            x if x.arm and x.comparator and _treated(x.arm) and _treated(x.comparator)
            else replace(x, arm=None, comparator=None)
            for x in r.linked
        ]  # fmt: skip


def _treated(name: Mention) -> bool:
    return vocabulary.intervention(name.text) is not None


def one_row_each(x: Linked, found: arms_of.Inventory, main: list[arms_of.Entry]) -> list[Linked]:
    """A number said of every arm ("three in each group") gives a row an arm; a share that went from one value to
    another two rows.
    """
    draft = x.draft
    if draft.before is not None and draft.fields.get("unit") == "%" and not PERCENT_MEASURED.search(x.outcome or ""):
        pair = []
        for value in (draft.before, draft.fields["value"]):
            fields = {**draft.fields, "percent": value, "value": None, "unit": None, "changed": None}
            pair.append(replace(x, draft=replace(draft, shape="percent", statistic=None, fields=fields, before=None)))
        return pair
    if not x.each or len(main) < 2:
        return [x]
    every = found.arms if found.design is not None else main
    return [replace(x, arm=entry.first, comparator=None, each=False, settled=True) for entry in every]


def pairs_of_arms(read: list[Read], found: arms_of.Inventory) -> Counter[tuple[str, str]]:
    """How often two arms of the document receive values together, in the order in which they do."""
    pairs: Counter[tuple[str, str]] = Counter()
    for r in read:
        for x in r.linked:
            if x.arm and x.comparator and x.draft.shape != "effect":
                a, b = found.find(x.arm.key), found.find(x.comparator.key)
                if a and b and a is not b:
                    pair = (a.key, b.key) if a.first.start <= b.first.start else (b.key, a.key)
                    pairs[pair] += 1
    return pairs


def told_side_by_side(read: list[Read], found: arms_of.Inventory) -> set[str]:
    """Keys of arms of which three or more have values of one outcome in a sentence: "2/3 at DL1, 4/6 at DL2 …"."""
    told: set[str] = set()
    for r in read:
        of_outcome: dict[str | None, set[str]] = {}
        for x in r.linked:
            if x.arm and x.draft.shape != "effect" and (entry := found.find(x.arm.key)) is not None:
                of_outcome.setdefault(x.outcome, set()).add(entry.key)
        told.update(*(keys for keys in of_outcome.values() if len(keys) > 2))
    return told


def arms_by_order(
    read: list[Read],
    found: arms_of.Inventory,
    pairs: Counter[tuple[str, str]],
    role_of: dict[str, str],
    *,
    cohorts: bool = False,
) -> list[arms_of.Entry]:
    """ "x vs y" without names: the document's arms in their order, where there are as many arms as numbers.

    cohorts: the arms are cohorts of one treatment, and a pair of numbers goes by them only where both tell the same
    outcome. Returns the two arms that are compared most, the intervention first.
    """
    if len(found.arms) < 2:
        return []
    if cohorts:
        for r in read:
            _of_one_outcome(r.linked)
    best = pairs.most_common(1)
    order = [entry for k in (best[0][0] if best else ()) if (entry := found.find(k)) is not None]
    if len(order) < 2:
        strongest = sorted(found.arms, key=lambda a: -a.score)[:2]
        order = sorted(strongest, key=lambda a: a.first.start)
        order.sort(key=lambda a: role_of.get(a.key) == "control")
    if role_of.get(order[0].key) == "control" and role_of.get(order[1].key) == "intervention":
        order.reverse()
    main = list(order)
    if values_first(found, read, order[0].key, order[1].key) < -1:
        order.reverse()  # as the values that are named come
    told: list[arms_of.Entry] = []
    if not best and found.design is not None and len(found.design.groups) == 2:
        told = [entry for g in found.design.groups if (entry := found.find(key(g.phrase))) is not None]
    longer: dict[int, list[arms_of.Entry]] = {}
    for r in read:
        if len(told) == 2 and any(item.text == "respectively" for item in r.row):
            order = told  # "64% and 71%, respectively": as the sentence of allocation names them
        named = [
            (a, b)
            for a, b in zip(r.linked, r.linked[1:], strict=False)
            if a.group == b.group and a.arm and b.arm and a.arm.key != b.arm.key
        ]
        for a, b in named:
            first, second = (found.find(m.arm.key) if m.arm else None for m in (a, b))
            if first in order and second in order and first and second and first is not second:
                order = [first, second]
        for size in (3, 4):
            for at in range(len(r.linked) - size + 1):
                run = r.linked[at : at + size]
                entries = [e for x in run if x.arm and (e := found.find(x.arm.key)) is not None]
                opens = at == 0 or r.linked[at - 1].outcome != run[0].outcome
                if (
                    (opens or len({x.group for x in run}) == 1)
                    and len(entries) == len({e.key for e in entries}) == size
                    and len({x.outcome for x in run}) == 1
                ):
                    longer[size] = entries
        effects = [x for x in r.linked if x.draft.shape == "effect" and x.outcome]
        treated = [a for a in found.arms if role_of.get(a.key) == "intervention"]
        control = next((a for a in found.arms if role_of.get(a.key) == "control"), None)
        if (
            len(effects) == len(treated) > 1
            and control is not None
            and len({x.arm.key if x.arm else "" for x in effects}) == 1
        ):
            for x, entry in zip(effects, treated, strict=True):
                x.arm, x.comparator = entry.first, control.first
        for x in r.linked:
            if x.draft.shape == "effect" and x.arm and x.comparator:
                roles = [role_of.get(e.key) if (e := found.find(m.key)) else None for m in (x.arm, x.comparator)]
                if roles == ["control", "intervention"]:
                    x.arm, x.comparator = x.comparator, x.arm  # the values came in the other order
            if x.draft.shape == "effect" and x.arm is None and order[0] is not None and order[-1] is not None:
                x.arm, x.comparator = order[0].first, order[-1].first
            if x.arm is None and x.other_than is not None:
                known = found.find(x.other_than)
                if known is not None and known in order:
                    other_arm = order[1 - order.index(known)]
                    x.arm = other_arm.first if other_arm else None
                continue
            if x.arm is not None or x.arm_by_order is None:
                continue
            chosen = (
                order
                if x.arm_count == 2
                else longer.get(x.arm_count) or (list(found.arms) if x.arm_count == len(found.arms) else [])
            )
            if chosen:
                x.arm = chosen[x.arm_by_order].first
                x.comparator = chosen[1 - x.arm_by_order].first if x.arm_count == 2 else None
        for a, b in pairwise(r.linked):
            _by_their_sizes(a, b, order)
    return main


def sizes_of_the_parts(
    read: list[Read], found: arms_of.Inventory, wholes: Sequence[Whole], sets: Sequence[tuple[int, int]]
) -> None:
    """Gives the numbers that make up a whole to the groups that they count, and the whole to none; those of analysis
    sets, which come in pairs, to the two arms by order.
    """
    in_turn = {start: k % 2 for k, (start, _) in enumerate(sets)}
    whole_at = {w.start for w in wholes if w.n is not None}
    part_at = {g.n_place[0]: g for w in wholes for g in w.groups if g.n_place}
    for x in (x for r in read for x in r.linked):
        at = x.draft.start
        if at in part_at:
            _as_a_size(x.draft)
        if at in whole_at:
            x.arm, x.arm_by_order, x.settled = None, None, True
        elif at in part_at and (entry := found.find(key(part_at[at].phrase))) is not None:
            x.arm, x.arm_by_order, x.comparator, x.settled = entry.first, None, None, True
        elif at in in_turn:
            x.arm, x.other_than, x.arm_by_order, x.arm_count, x.settled = None, None, in_turn[at], 2, True


def _as_a_size(draft: Draft) -> None:
    """The size of a group is no share of the whole that it is a part of."""
    f = draft.fields
    if draft.shape == "fraction" and f.get("percent") is None and isinstance(f.get("events"), float):
        draft.shape, f["value"] = "count", f.pop("events")
        f.pop("total", None)
        draft.captures = [("value" if n == "events" else n, a, b) for n, a, b in draft.captures if n != "total"]


def of_the_arm_told_before(read: list[Read]) -> None:
    """ "In the A group, … . Fever occurred in 7 … . In the B group, …": a sentence between two that open with an arm
    each, and that names none, is still about the first.
    """
    opens = [(k, arm) for k, r in enumerate(read) if (arm := _opens_with(r)) is not None]
    for (k, arm), (stop, other) in pairwise(opens):
        between = read[k + 1 : stop]
        if arm.key == other.key or stop - k > 5 or read[k].block is not read[stop].block:
            continue
        if any(r.arms or any(x.arm_by_order is not None for x in r.linked) for r in between):
            continue
        for x in (x for r in between for x in r.linked):
            x.arm = arm


def _opens_with(r: Read) -> Mention | None:
    """The arm of "In the A group, …", where the sentence names no other."""
    if r.row[0].text not in ("in", "among", "for", "with") or len({m.key for m in r.arms}) != 1:
        return None
    return r.arms[0] if r.arms[0].first <= 4 and r.linked else None


def of_the_arm_of_that_size(read: list[Read], found: arms_of.Inventory) -> None:
    """ "Of the 152 patients, 19 had …": about the one arm of that size, where the sentence names none."""
    sizes = Counter(arm.n for arm in found.arms if arm.n is not None)
    for r in read:
        if len(found.arms) < 2 or not r.linked or r.arms or r.row[0].text not in ("of", "among", "in"):
            continue
        head = r.linked[0].draft
        n = head.fields.get("value")
        if head.shape != "count" or head.first > 2 or not isinstance(n, float) or n < 10 or sizes[n] != 1:
            continue
        arm = next(entry for entry in found.arms if entry.n == n)
        for x in r.linked[1:]:
            if x.arm is None and x.arm_by_order is None:
                x.arm = arm.first


def of_the_arm_whose_share_it_is(read: list[Read], found: arms_of.Inventory) -> None:
    """ "19 patients (79%)" in a sentence that names no arm: of the one arm whose size gives that share, where neither
    another arm nor all together do; "20 of 24" by the size alone. What else the sentence tells is of that arm, too.
    """
    sizes = [arm.n for arm in found.arms]
    if len(sizes) < 2 or None in sizes:
        return
    known = [float(n or 0) for n in sizes]
    for r in read:
        free = [x for x in r.linked if x.arm is None and x.arm_by_order is None and x.other_than is None]
        if r.arms or len(free) < len(r.linked) or any(x.each or x.settled for x in r.linked):
            continue
        told = sorted({k for x in free if (k := _fitting(x, [*known, sum(known)])) is not None})
        if len(told) == 1 and told[0] < len(known):
            for x in free:
                of_other = len(known) == 2 and _in_the_other(x, r)
                x.arm = found.arms[1 - told[0] if of_other else told[0]].first


def _in_the_other(x: Linked, r: Read) -> bool:
    """ "20 of 24; none in the other arm"."""
    return [i.text for i in r.row[x.draft.last : x.draft.last + 3]] == ["in", "the", "other"]


def _fitting(x: Linked, sizes: Sequence[float]) -> int | None:
    """The place of the one size that a count and its share, or its denominator, fit; None where none or several do."""
    f = x.draft.fields
    events, total, percent = f.get("events"), f.get("total"), f.get("percent")
    if not isinstance(events, float) or events < LEAST_EVENTS:
        return None
    if isinstance(total, float):
        fits = [k for k, n in enumerate(sizes) if n == total]
    elif isinstance(percent, float):
        fits = [k for k, n in enumerate(sizes) if n >= events and abs(100 * events / n - percent) <= 0.5]
    else:
        return None
    return fits[0] if len(fits) == 1 else None


LEAST_EVENTS = 5
"""Fewer events fit a share of too many sizes."""


def _by_their_sizes(a: Linked, b: Linked, order: list[arms_of.Entry]) -> None:
    """ "by all 18 patients and by 18 of 22": two shares of one outcome whose denominators are the sizes of the arms."""
    if a.arm is not None or b.arm is not None or a.outcome != b.outcome:
        return
    totals = [x.draft.fields.get("total") for x in (a, b)]
    sized = {entry.n: entry for entry in order if entry.n is not None}
    if len(sized) == 2 and set(totals) == set(sized):
        first, second = (sized[float(str(n))] for n in totals)
        a.arm, a.comparator = first.first, second.first
        b.arm, b.comparator = second.first, first.first


def _of_one_outcome(rows: Sequence[Linked]) -> None:
    """Takes the order from numbers of a group that tell different outcomes or grades: "PFS 74% and OS 87%"."""
    told: dict[int, set[tuple[str | None, str | None]]] = {}
    for x in rows:
        told.setdefault(x.group, set()).add((x.outcome, x.grade))
    for x in rows:
        if x.arm_by_order is not None and len(told[x.group]) > 1:
            x.arm_by_order = None
