"""The arm of each number: by its side, by order ("respectively"), or by the clause that it stands in; and the
comparator.
"""

from collections.abc import Mapping
from itertools import pairwise

from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import SPREAD_KINDS, Draft
from trialtab.extract.mentions import Mention
from trialtab.extract.whom_across import give_across


def left_edge(line: Line, n: int) -> int:
    """Where the words that may name the outcome of group n begin: behind the group before it, and what belongs to
    that.
    """
    if n == 0:
        return 0
    before = line.groups[n - 1][-1]
    edge = before.last
    if before.noun_item is not None and before.noun_item < line.groups[n][0].first:
        edge = max(edge, before.noun_item + 1)
    arm = _arm_after(line, before)
    if arm is not None and line.word(arm.last) in line.sets["versus"] and line.names_arm(arm.last + 1):
        arm = None  # "grade 2-3 in arm A vs B, 43% and 51%"
    if arm is not None and arm.last <= line.groups[n][0].first:
        edge = arm.last
        while line.word(edge) in line.sets["group_noun"] | line.sets["people"]:
            edge += 1
    return edge


_OTHER_PEOPLE = frozenset(("younger", "older", "men", "women", "boys", "girls", "males", "females", "those", "other"))


def _of_subgroups(line: Line, group: list[Linked]) -> bool:
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


def _arm_after(line: Line, draft: Draft) -> Mention | None:
    """The arm that follows a result directly: "x in the A group"."""
    inside = next((line.arm_at[m] for m in range(draft.first, draft.last) if m in line.arm_at), None)
    if inside is not None:
        return inside
    k, steps = draft.last, 0
    while k < len(line.items) and steps < 9:
        if k in line.arm_at:
            return line.arm_at[k]
        if k in line.result_at:
            return None
        item = line.items[k]
        if item.kind in ("TIME", "POINT", "P", *SPREAD_KINDS):
            k += 1
            continue
        if draft.depth and line.word(k) in (";", ",") and line.word(k + 2) in (")", "]") and (
            line.items[k + 1].kind == "P"
        ):  # fmt: skip
            k += 2  # "(43% to 56%; P = 0.01) were observed in the A group"
            continue
        if line.word(k) == "," == line.word(k + 2) and line.word(k + 1) == "respectively":
            k += 3
            continue
        if line.word(k) == "," and draft.depth and (label := line.arm_at.get(k + 1)) is not None:
            # "(2.0%, A; 1.4%, B; P = .39)"
            return label if line.word(label.last) in (";", ")", "]") else None
        if line.word(k) in ("(", "[") and (close := _close(line, k)) is not None:
            labels = [line.arm_at[m] for m in range(k, close) if m in line.arm_at]
            if labels:
                return labels[0] if close - k < 7 and len({m.key for m in labels}) == 1 else None
            k = close + 1
            continue
        observed = item.text in line.sets["occur"] and line.word(k - 1) in ("was", "were", "been")
        if item.text not in line.sets["up_to_its_arm"] and item.text not in line.sets["people"] and not observed:
            return _arm_of_events(line, draft)
        if item.text in ("and",):
            return None
        k += 1
        steps += 1
    return None


def _close(line: Line, k: int) -> int | None:
    """Where a short bracket closes."""
    return next((m for m in range(k + 1, min(k + 14, len(line.items))) if line.word(m) in (")", "]")), None)


def _arm_of_events(line: Line, draft: Draft) -> Mention | None:
    """The arm behind what was counted: "eight major bleeding events in the A group", "-0.10 (SE) for B"."""
    k = draft.last
    if line.word(k) in ("(", "[") and (close := _close(line, k)) is not None:
        k = close + 1
    for m in range(k, min(k + 7, len(line.items))):
        if (
            m in line.arm_at
            or line.items[m].kind != "W"
            or not line.word(m)[:1].isalpha()
            or line.word(m) in line.verbs
        ):
            return None
        if line.word(m) in line.sets["conjunction"] - {"of"} or line.word(m) == "than":
            return None  # "a 32% lower risk of death than those on placebo"
        if line.word(m) in ("in", "for", "with", "among", "on", "under", "after"):
            m += 1
            while line.word(m) in line.sets["determiner"] | line.sets["people"] | {"receiving", "given", "who", "on"}:
                m += 1
            return line.arm_at.get(m)
    return None


def arm_before(line: Line, draft: Draft) -> Mention | None:
    """The arm that a result follows directly: "arm A, 45%", "A (45%)", "A had 45%"."""
    k, steps = draft.first - 1, 0
    while k >= 0 and steps < 7:
        if k in line.arm_at:
            return line.arm_at[k]
        if k in line.result_at:
            return None
        item = line.items[k]
        if item.kind in ("TIME", "POINT", "GRADE"):
            k -= 1
            continue
        if item.text not in line.sets["from_its_arm"] and not item.text.endswith("ly"):
            return None
        k -= 1
        steps += 1
    return None


def _series_from(line: Line, k: int) -> list[Mention]:
    """The coordinated arms that begin at item k: "A and B", "A, B, and C", "A versus B"."""
    found: list[Mention] = []
    while k < len(line.items):
        mention = line.arm_at.get(k)
        if mention is not None:
            found.append(mention)
            k = mention.last
            continue
        text = line.word(k)
        if (
            found
            and text
            in (
                ",",
                "and",
                "or",
                "vs",
                "versus",
                "v",
                "the",
                "/",
                "&",
                "-",
                "with",
                "in",
                "for",
                "treated",
                "compared",
                "to",
                "than",
            )
        ) or text in (line.sets["group_noun"] | line.sets["people"]):
            k += 1
            continue
        break
    return found


def give_arms(line: Line, rows: list[Linked]) -> None:
    after = {id(r): _arm_after(line, r.draft) for r in rows}
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
        size = len(group)
        last = group[-1].draft
        edge = left_edge(line, n)
        if size > 1 and _from_to(line, group):
            arm = after[id(group[-1])] or before[id(group[0])] or _governing(line, group[0], edge, rows)
            for row in group:
                row.arm = arm
            continue
        if size > 1:
            own = [m for r in group if (m := after[id(r)]) is not None]
            if len({m.key for m in own}) == size:
                _give(line, group, own)
                continue
            inner = [r for r in group if after[id(r)] is not None]
            trailing = after[id(group[-1])]
            series = distinct(_series_from(line, trailing.first)) if trailing is not None else []
            if len(series) == size:
                _give(line, group, series)
                continue
            leading = distinct([m for m in line.arms if edge <= m.first and m.last <= group[0].draft.first])
            beside = len(leading) == 1 and before[id(group[0])] is leading[0]
            if n and beside and trailing is None and not _contrast(line, group):
                _give(line, group, leading * size)
                continue
            if _in_pairs(line, group) and trailing is None and len(leading) < 3:
                _give_in_pairs(line, group, leading)
                continue
            contrast = size == 2 and _contrast(line, group)
            if (
                not leading
                and (contrast or (size == 2 and _tested(line, group)))
                and trailing is None
                and _as_the_pair_before(line, n, group, rows)
            ):
                continue
            sole = contrast and len(leading) == 1 and leading[0].strength >= 2 and n > 0
            if len(leading) < size and not sole:
                wider = distinct([m for m in line.arms if m.last <= group[0].draft.first])
                leading = wider if len(wider) >= size else leading
            if len(leading) > size:
                strong = [m for m in leading if m.strength >= 3]
                leading = strong if len(strong) >= size else leading
                series_lead = _last_series(line, leading, size)
                leading = series_lead or leading[-size:]
            if size == 2 and len(leading) == 2 and trailing is None and _compared_first(line, leading[0]):
                leading.reverse()
            if len(leading) == size and not (
                trailing is not None and trailing.strength > 2 and len(series) == 1 and not _contrast(line, group)
            ):
                _give(line, group, leading)
                continue
            if (
                len(series) == 1
                and line.word(group[0].draft.first - 1) in line.sets["versus"]
                and not _contrast(line, group)
            ):
                _give(line, group, series * size)  # "… in A versus 96% and 88%, respectively, in B"
                continue
            around = distinct([*leading, *series])
            if size == len(around) == 2 and len(leading) == 1 and _contrast(line, group):
                _give(line, group, around)
                continue
            if len(series) == 1 and not inner[:-1] and size != 2:
                _give(line, group, series * size)
                continue
            if size == 2 and len(series) == 1 and not leading and _contrast(line, group):
                closed = any(line.word(k) in (")", "]") for k in range(last.last, series[0].first))
                told = group[0] if last.depth and closed else group[1]
                told.arm, group[1 if told is group[0] else 0].other_than = series[0], series[0].key
                continue  # "better (41% v 26%) on A"; "60%, compared with 40% on B"
            following = distinct([m for m in line.arms if m.first >= last.last])[:size]
            if len(following) == size and not _next_group_between(line, n, following[-1]):
                _give(line, group, following)
                continue
            if len(series) == 1:
                _give(line, group, series * size)
                continue
            if size > 2 and len(around) == 2 and _halves(line, group):
                if _compared_first(line, around[0]):
                    around.reverse()
                _give(line, group, [around[0]] * (size // 2) + [around[1]] * (size // 2))
                continue
            if size > 2 and len(leading) == 1 and _halves(line, group) and leading[0].strength > 2:
                for k, row in enumerate(group):  # "in A (44 to 45 mm v 45 to 46 mm)"
                    row.arm, row.other_than = (leading[0], None) if k < size // 2 else (None, leading[0].key)
                continue
            if size == 2 and len(leading) == 1 and _contrast(line, group) and leading[0].strength >= 2:
                named = 1 if _compared_with(line, leading[0]) else 0  # "no more often than with A (14% v 15%)"
                group[named].arm, group[1 - named].other_than = leading[0], leading[0].key
                continue
            if size == 2 and len(leading) == 1 and leading[0].strength > 2 and _less_or_more(line, leading[0], group):
                group[0].arm, group[1].other_than = leading[0], leading[0].key
                continue
            if len(leading) == 1 and not _contrast(line, group):
                _give(line, group, leading * size)
                continue
            if not _contrast(line, group) and (opening := _opening_arm(line)) is not None:
                _give(line, group, [opening] * size)
                continue
            earlier = distinct([r.arm for r in rows if r.arm is not None and r.group < n])
            if len(earlier) == size:
                _give(line, group, earlier)
                continue
            everywhere = distinct([m for m in line.arms if m.strength >= 2])
            if len(everywhere) != size:
                everywhere = distinct(line.arms)
            if len(everywhere) == size:
                first_place = {m.key: m.first for m in reversed(line.arms)}
                _give(line, group, sorted(everywhere, key=lambda m: first_place[m.key]))
                continue
            if _of_subgroups(line, group):
                continue
            for k, row in enumerate(group):
                row.arm_by_order, row.arm_count = k, size
            continue
        row = group[0]
        if id(row) in across:
            continue
        if (turn := in_turn.get(id(row))) is not None:
            row.arm = turn
            continue
        behind, ahead = after[id(row)], before[id(row)]
        if behind is None and (other := _without(line, row, rows)) is not None:
            row.other_than = other.key
            continue
        if behind is not None and ahead is not None:
            row.arm = behind if follow > lead or (follow == lead and behind.strength >= ahead.strength) else ahead
            if follow == lead and line.word(ahead.last) in (",", ":", "(", "["):
                row.arm = ahead
            continue
        row.arm = behind or ahead
        host = rows[rows.index(row) - 1] if rows.index(row) else None
        if row.arm is None and host is not None and host.draft.depth < row.draft.depth and (
            line.word(row.draft.first - 1) in ("(", "[") and row.draft.first - host.draft.last <= 1
        ):  # fmt: skip
            row.arm, row.other_than = host.arm, host.other_than  # "59% (14% complete)"
        elif row.arm is None and (other := _set_against(line, row, rows)) is not None:
            row.other_than = other.key
        elif row.arm is None:
            row.arm = _governing(line, row, edge, rows)
    shared: set[int] = set()
    for k in range(len(rows) - 2, -1, -1):
        row, nxt = rows[k], rows[k + 1]
        if (
            row.arm is None
            and row.other_than is None
            and row.arm_by_order is None
            and nxt.arm is not None
            and (nxt.arm is after[id(nxt)] or id(nxt) in shared or _one_subject(line, row, nxt))
            and (row.draft.shape != "effect" and not _named_in_clause(line, row.draft))
            and not _clause_between(line, row.draft, nxt.draft)
            and not _shared_out(row, rows[k + 1 :])
        ):
            if _contrast(line, [row, nxt]) or _of_someone_else(line, row.draft, nxt.draft):
                row.other_than = nxt.arm.key  # "60%, compared with 40% on B"
            else:
                row.arm = nxt.arm
                shared.add(id(row))
    for row in rows:
        if (
            row.arm is None
            and row.other_than is None
            and row.arm_by_order is None
            and row.draft.depth
            and row.draft.shape != "effect"
        ):
            row.arm = _host_of_list(line, row.draft)
        row.each = _in_each(line, row.draft)
    _comparators(line, rows)


def _of_one_arm_each(rows: list[Linked], after: Mapping[int, Mention | None]) -> None:
    """ "The MD was -0.34 (SE 0.17) for A and -0.10 (SE 0.18) for B": means of the arms, and no differences between."""
    named = [r for r in rows if r.draft.statistic == "mean_difference" and after[id(r)] is not None]
    if len({m.key for r in named if (m := after[id(r)]) is not None}) > 1:
        for r in named:
            r.draft.shape, r.draft.statistic = "value", "mean"


def _opening_arm(line: Line) -> Mention | None:
    """ "In the A group, …; and …": the arm that a sentence opens with, where it names no other."""
    alone = len({m.key for m in line.arms}) == 1
    opens = line.word(0) in ("in", "among", "for", "with") and bool(line.arms) and line.arms[0].first <= 4
    return line.arms[0] if alone and opens else None


def _in_turn(line: Line, plain: list[Linked], after: Mapping[int, Mention | None]) -> dict[int, Mention]:
    """ "67% (CI, 62 to 72) and 66% (CI, 61 to 71) in the A and B groups": numbers with brackets of their own, and as
    many names behind the last.
    """
    found: dict[int, Mention] = {}
    for k, row in enumerate(plain):
        trailing = after[id(row)]
        if trailing is None or trailing.first < row.draft.last or row.group_size > 1:
            continue
        series = distinct(_series_from(line, trailing.first))
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


def _one_subject(line: Line, row: Linked, nxt: Linked) -> bool:
    """ "6 (7%) complete and 31 (36%) partial responses occurred with A": two numbers of the subject of one verb."""
    if nxt.arm is None or nxt.arm.first < nxt.draft.last or row.draft.depth:
        return False
    between = [line.word(k) for k in range(row.draft.last, nxt.draft.first) if line.items[k].kind == "W"]
    if not {"and", ",", "or"} & set(between) or line.verbs & set(between) or {";", "while", "whereas"} & set(between):
        return False
    return any(line.word(k) in line.verbs for k in range(nxt.draft.last, nxt.arm.first))


_NEW_CLAUSE = frozenset((";", "while", "whereas", "but"))


def _named_in_clause(line: Line, draft: Draft) -> bool:
    """Whether an arm is named before a number, in the clause of that number."""
    start, depth = -1, draft.depth
    for k in range(draft.first - 1, -1, -1):
        depth += (line.word(k) in (")", "]")) - (line.word(k) in ("(", "["))
        if depth <= 0 and line.word(k) in _NEW_CLAUSE:
            start = k
            break
    return any(start < m.first and m.last <= draft.first for m in line.arms)


def _of_someone_else(line: Line, a: Draft, b: Draft) -> bool:
    """ "0.4% with A plus B and 5.9% with A alone": behind a number stands a name, if none that is known."""
    k = a.last + (line.word(a.last) in line.sets["people"])
    if line.word(k) not in ("with", "in", "for", "on", "after", "from", "to", "receiving", "given") or b.first - k > 12:
        return False
    while line.word(k + 1) in line.sets["determiner"] | line.sets["people"]:
        k += 1
    named = line.word(k + 1)[:1].isalpha() and line.word(k + 1) not in line.bare_words
    if not named or any(line.word(m) in line.verbs | {";", ":"} for m in range(k + 1, b.first)):
        return False
    return any(line.word(m) in ("and", "versus", "vs", "v") for m in range(k + 2, b.first)) and (
        line.word(b.last + (line.word(b.last) in line.sets["people"]))
        == line.word(a.last + (line.word(a.last) in line.sets["people"]))
    )


def _host_of_list(line: Line, draft: Draft) -> Mention | None:
    """ "46 died in the A arm (relapse, n = 22; infection, n = 10)": the arm before a bracket is that of its list."""
    inside = line.open_bracket(draft.first, 0)
    if inside is None:
        return None
    k = inside - 1
    while line.word(k) in line.sets["group_noun"] | line.sets["people"]:
        k -= 1
    return line.arm_at.get(k)


def _clause_between(line: Line, a: Draft, b: Draft) -> bool:
    """Whether a semicolon outside all brackets parts two numbers."""
    depth = a.depth
    for k in range(a.last, b.first):
        depth += (line.word(k) in ("(", "[")) - (line.word(k) in (")", "]"))
        if line.word(k) == ";" and depth <= 0:
            return True
    return False


def _shared_out(row: Linked, behind: list[Linked]) -> bool:
    """ "28 relapses, 11 in A and 13 in B", "16 of 40: 12 of 20 in A and 4 of 20 in B": a count that the next ones, of
    different arms, are parts of.
    """
    counts = [n for r in behind[:2] if (n := r.draft.counted()) is not None]
    whole = row.draft.counted()
    return (
        len(counts) == 2
        and whole is not None
        and all(n < whole for n in counts)
        and sum(counts) <= whole
        and behind[0].arm is not None
        and behind[1].arm is not None
        and behind[0].arm.key != behind[1].arm.key
        and (behind[0].outcome == row.outcome or behind[0].draft.noun is None)
    )


def _without(line: Line, row: Linked, rows: list[Linked]) -> Mention | None:
    """ "5% with A and 11% without": the arm that the value has not; the value before it is that arm's."""
    k = row.draft.last
    if line.word(k) == "without" and (own := line.arm_at.get(k + 1)) is not None:
        return own  # "6 of 21 without compression"
    if line.word(k) != "without" or line.word(k + 1) not in (".", ",", ";", ")", "", "it", "(", "["):
        return None
    before = rows[rows.index(row) - 1] if rows.index(row) else None
    return before.arm if before is not None else None


def _set_against(line: Line, row: Linked, rows: list[Linked]) -> Mention | None:
    """ "82.7% (25.3% complete) in A versus 59.2% (14.1%)": the arm of the value before a "versus" that names none."""
    k = row.draft.first - 1
    if line.word(k) in ("with", "to") and line.word(k - 1) == "compared":
        k -= 1
    elif line.word(k) not in line.sets["versus"]:
        return None
    depth = 0
    for m in range(k - 1, -1, -1):
        depth += (line.word(m) in (")", "]")) - (line.word(m) in ("(", "["))
        if depth == 0 and m in line.result_at:
            return next((r.arm for r in rows if r.draft is line.result_at[m]), None)
    return None


def _in_each(line: Line, draft: Draft) -> bool:
    """ "in each group", "in either arm": a number said of every arm."""
    k = draft.last
    if draft.noun_item is not None and k <= draft.noun_item < k + 4:
        k = draft.noun_item + 1
    for m in range(k, min(k + 7, len(line.items))):
        if (m in line.result_at and m >= draft.last) or line.word(m) in (",", ";", ".", "who", "which"):
            break
        if (line.word(m) == "in" and _of_every(line, m + 1)) or (line.word(m), line.word(m + 1)) == ("to", "each"):
            k = m
            break
    if line.word(k) not in ("in", "to", "for", "per", "with", "of", "on", "at", "from"):
        return False
    if line.word(k) == "per":
        return line.word(k + 1) in ("group", "arm")
    words = [line.word(m) for m in range(k + 1, k + 6)]
    return _of_every(line, k + 1) and (
        any(w in line.sets["group_noun"] for w in words[1:5]) or words[1] in (",", ".", ")", "")
    )


def _of_every(line: Line, k: int) -> bool:
    """ "each", "both", "every", "all three", "the two" of a phrase that names no arm."""
    if line.word(k) in ("each", "either", "both", "neither", "every"):
        return True
    groups = any(line.word(m) in ("groups", "arms", "cohorts") for m in (k + 1, k + 2))
    return k < len(line.items) and groups and (line.items[k].kind == "ALL" or line.word(k) == "all")


def _give(line: Line, group: list[Linked], arms: list[Mention]) -> None:
    for row, arm in zip(group, arms, strict=True):
        row.arm = arm


def _contrast(line: Line, group: list[Linked]) -> bool:
    a, b = group[0].draft, group[-1].draft
    return any(line.word(k) in line.sets["versus"] or line.word(k) == "compared" for k in range(a.last, b.first))


def _in_pairs(line: Line, group: list[Linked]) -> bool:
    """ "52% vs 10% and 34% vs 2%": a contrast within each pair and none between them."""
    said = [_contrast(line, [a, b]) for a, b in pairwise(group)]
    return len(group) > 2 and len(group) % 2 == 0 and all(is_so == (k % 2 == 0) for k, is_so in enumerate(said))


def _give_in_pairs(line: Line, group: list[Linked], named: list[Mention]) -> None:
    """The arms of such pairs: the two that are named, the one that is named and the other, or both by order."""
    if len(named) == 2 and _compared_first(line, named[0]):
        named = named[::-1]
    own = 1 if len(named) == 1 and _compared_with(line, named[0]) else 0
    for k, row in enumerate(group):
        if len(named) == 2:
            row.arm = named[k % 2]
        elif len(named) == 1 and named[0].strength > 2:
            row.arm, row.other_than = (named[0], None) if k % 2 == own else (None, named[0].key)
        else:
            row.arm_by_order, row.arm_count = k % 2, 2


def _less_or_more(line: Line, arm: Mention, group: list[Linked]) -> bool:
    """ "pain was lower in A (1.3 and 0.9, P = 0.03)": two values, tested, of which a word says how they compare."""
    first = group[0].draft
    if not _tested(line, group):
        return False
    opening = line.open_bracket(first.first, 0) or first.first
    near = set(line.words[max(0, arm.first - 8) : opening])
    return bool(near & _COMPARES)


_COMPARES = frozenset((
    "less", "more", "lower", "higher", "fewer", "shorter", "longer", "greater", "better", "worse", "superiority",
    "superior", "inferior",
))  # fmt: skip


def _tested(line: Line, group: list[Linked]) -> bool:
    """Whether values stand in a bracket with the p-value of their comparison."""
    last = group[-1].draft
    near = range(last.last, min(last.last + 5, len(line.items)))
    return bool(group[0].draft.depth) and any(line.items[k].kind == "P" for k in near)


def _from_to(line: Line, group: list[Linked]) -> bool:
    """ "29.7 ± 3.4 to 33.4 ± 4.5": before and after in one arm, not two arms."""
    return all([line.word(k) for k in range(a.draft.last, b.draft.first)] == ["to"] for a, b in pairwise(group))


def _as_the_pair_before(line: Line, n: int, group: list[Linked], rows: list[Linked]) -> bool:
    """ "A had less pain (0.1 vs 1.4) and less nausea (2 vs 5)": a pair without names follows the pair before it."""
    earlier = [r for r in rows if r.group < n and r.draft.shape != "effect"]
    last = [r for r in earlier if r.group == max((x.group for x in earlier), default=-1)]
    if len(last) != 2 or last[0].arm is None or not (_contrast(line, last) or _tested(line, last)):
        return False
    if last[1].arm is not None:
        _give(line, group, [last[0].arm, last[1].arm])
        return True
    if last[1].other_than != last[0].arm.key:
        return False
    group[0].arm, group[1].other_than = last[0].arm, last[1].other_than
    return True


def _compared_first(line: Line, mention: Mention) -> bool:
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


def _halves(line: Line, group: list[Linked]) -> bool:
    """ "66.1% and 64.3% versus 12.1% and 6.8%": a contrast in the middle of the group and nowhere else."""
    between = [
        any(
            line.word(k) in line.sets["versus"] or line.word(k) == "compared"
            for k in range(a.draft.last, b.draft.first)
        )
        for a, b in pairwise(group)
    ]
    return sum(between) == 1 and len(group) % 2 == 0 and between[len(group) // 2 - 1]


def _last_series(line: Line, arms: list[Mention], size: int) -> list[Mention]:
    """The last coordinated run of `size` arms, if there is one."""
    for k in range(len(arms) - size, -1, -1):
        run = arms[k : k + size]
        if len(_series_from(line, run[0].first)) >= size or (
            run[0].series >= 0 and all(m.series == run[0].series for m in run)
        ):
            return run
    return []


def _next_group_between(line: Line, n: int, mention: Mention) -> bool:
    return n + 1 < len(line.groups) and line.groups[n + 1][0].first < mention.first


def _governing(line: Line, row: Linked, edge: int, rows: list[Linked]) -> Mention | None:
    """The arm of the clause: its lead-in ("In the A group, …") or its subject; else the only arm behind it."""
    draft = row.draft
    left = [m for m in line.arms if m.last <= draft.first and not _closed_before(line, m, draft)]
    clause = [m for m in left if m.first >= edge]
    if left and (own := _behind_its_verb(line, draft)) is not None:
        return own
    if clause:
        strong = [m for m in clause if m.strength >= 3] or clause
        return strong[-1]
    if left:
        taken = next((r for r in rows if r.group == row.group - 1), None)
        if (
            taken is not None
            and taken.arm is not None
            and not any(line.word(k) in (";", "whereas", "while") for k in range(taken.draft.last, draft.first))
        ):
            intro = left[0] if left[0].first <= 4 and line.word(0) in ("in", "among", "for", "with") else None
            if intro is not None or taken.arm is left[-1]:
                return taken.arm
        if left[0].first <= 4 and line.word(0) in ("in", "among", "for", "with") and len(distinct(left)) == 1:
            return left[0]
    right = [m for m in line.arms if m.first >= draft.last and m.strength >= 3]
    if right and not left and _compared_with(line, right[0]):
        row.other_than = right[0].key  # "A reduced it by 4.4% as compared with placebo"
        return None
    stop = next((d.first for d in line.results if d.first > draft.first), len(line.items))
    stop = next((k for k in range(draft.last, stop) if line.word(k) == ":"), stop)  # "16 of 40: A 12 of 20, B 4"
    right = [m for m in right if m.first < stop and m.first - draft.last < 25]
    if right and not left:
        return right[0]
    if left and len(distinct([m for m in line.arms if m.strength >= 3])) == 1:
        strong = [m for m in left if m.strength >= 3]
        return strong[-1] if strong else None
    return None


def _behind_its_verb(line: Line, draft: Draft) -> Mention | None:
    """ "…, while 31 partial responses occurred with B": the arm behind the verb, in a clause that names no other."""
    if draft.depth or _named_in_clause(line, draft):
        return None
    stop = next((k for k in range(draft.last, len(line.items)) if line.word(k) in _NEW_CLAUSE), len(line.items))
    stop = next((k for k in range(draft.last, stop) if line.word(k) == "than"), stop)
    own = [m for m in line.arms if draft.last <= m.first < stop and m.strength >= 3]
    if len({m.key for m in own}) != 1 or not any(line.word(k) in line.verbs for k in range(draft.last, own[0].first)):
        return None
    return own[0]


def _compared_with(line: Line, mention: Mention) -> bool:
    """Whether a name is what is compared with: "compared with the placebo", "than placebo", "relative to placebo"."""
    k = mention.first - 1
    while line.word(k) in line.sets["determiner"] | line.sets["people"] | {"in", "with", "to", "on", "receiving"}:
        k -= 1
    return line.word(k) in ("compared", "comparison", "than", "relative", "versus", "vs")


def _closed_before(line: Line, mention: Mention, draft: Draft) -> bool:
    """Whether a name stands in a bracket that is closed before the number: "(25 A, 22 B), two responses"."""
    depth = 0
    for k in range(mention.last, draft.first):
        depth += (line.word(k) in ("(", "[")) - (line.word(k) in (")", "]"))
        if depth < 0:
            return True
    return False


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


def distinct(mentions: list[Mention]) -> list[Mention]:
    """Mentions by key, the last place of each kept in order of that place."""
    last: dict[str, Mention] = {}
    for m in mentions:
        last.pop(m.key, None)
        last[m.key] = m
    return list(last.values())
