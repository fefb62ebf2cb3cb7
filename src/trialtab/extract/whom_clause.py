"""The arm of a number by the clause that it stands in: its lead-in, its subject, the host of its list."""

from trialtab.extract.line import Line, Linked
from trialtab.extract.measures import Draft
from trialtab.extract.mentions import Mention
from trialtab.extract.whom_contrast import compared_with
from trialtab.extract.whom_near import distinct

_NEW_CLAUSE = frozenset((";", "while", "whereas", "but"))


def named_in_clause(line: Line, draft: Draft) -> bool:
    """Whether an arm is named before a number, in the clause of that number."""
    start, depth = -1, draft.depth
    for k in range(draft.first - 1, -1, -1):
        depth += (line.word(k) in (")", "]")) - (line.word(k) in ("(", "["))
        if depth <= 0 and line.word(k) in _NEW_CLAUSE:
            start = k
            break
    return any(start < m.first and m.last <= draft.first and not closed_before(line, m, draft) for m in line.arms)


def governing(line: Line, row: Linked, edge: int, rows: list[Linked]) -> Mention | None:
    """The arm of the clause: its lead-in ("In the A group, …") or its subject; else the only arm behind it."""
    draft = row.draft
    left = [m for m in line.arms if m.last <= draft.first and not closed_before(line, m, draft)]
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
            and not any(_parts(line, k) for k in range(taken.draft.last, draft.first))
        ):
            if (own := _closes_the_series(line, row, taken, rows)) is not None:
                return own
            intro = left[0] if left[0].first <= 4 and line.word(0) in ("in", "among", "for", "with") else None
            if intro is not None or taken.arm is left[-1]:
                return taken.arm
        if left[0].first <= 4 and line.word(0) in ("in", "among", "for", "with") and len(distinct(left)) == 1:
            return left[0]
    right = [m for m in line.arms if m.first >= draft.last and m.strength >= 3]
    if right and not left and compared_with(line, right[0]):
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


def _closes_the_series(line: Line, row: Linked, taken: Linked, rows: list[Linked]) -> Mention | None:
    """ "5.1 at 3 and 4.8 at 6 months in A and 4.2 at 3 and 4.0 at 6 months in B": the next arm, where each one stands
    behind the last of as many numbers.
    """
    if taken.arm is None or row.draft.depth:
        return None
    begins = taken.draft.last <= taken.arm.first and taken.arm.last <= row.draft.first and not any(
        line.word(k) in line.verbs for k in range(taken.arm.last, row.draft.first)
    )  # fmt: skip
    later = next((m for m in line.arms if m.first >= row.draft.last and m.strength >= 3), None)
    if later is None or any(line.word(k) in _NEW_CLAUSE | line.verbs for k in range(row.draft.last, later.first)):
        return None
    if taken.arm is later:
        return later  # the number before was already given the arm behind
    at = rows.index(row)
    own = [r for r in rows[:at] if r.draft.last <= taken.arm.first]
    rest = [r for r in rows[at:] if r.draft.last <= later.first]
    as_many = len(own) == len(rest) > 1 and len({r.draft.shape for r in (*own, *rest)}) == 1
    return later if begins and as_many and later.key != taken.arm.key else None


def _parts(line: Line, k: int) -> bool:
    """Whether a new clause begins there, of something else: "; it was severe in five" goes on about the same."""
    return line.word(k) in ("whereas", "while") or (line.word(k) == ";" and line.word(k + 1) not in _SAME)


_SAME = frozenset(("it", "they", "these", "which", "all"))


def _behind_its_verb(line: Line, draft: Draft) -> Mention | None:
    """ "…, while 31 partial responses occurred with B": the arm behind the verb, in a clause that names no other."""
    if draft.depth or named_in_clause(line, draft):
        return None
    stop = next((k for k in range(draft.last, len(line.items)) if line.word(k) in _NEW_CLAUSE), len(line.items))
    stop = next((k for k in range(draft.last, stop) if line.word(k) == "than"), stop)
    own = [m for m in line.arms if draft.last <= m.first < stop and m.strength >= 3]
    if len({m.key for m in own}) != 1 or not any(line.word(k) in line.verbs for k in range(draft.last, own[0].first)):
        return None
    return own[0]


def closed_before(line: Line, mention: Mention, draft: Draft) -> bool:
    """Whether a name stands in a bracket that is closed before the number: "(25 A, 22 B), two responses"."""
    depth = 0
    for k in range(mention.last, draft.first):
        depth += (line.word(k) in ("(", "[")) - (line.word(k) in (")", "]"))
        if depth < 0:
            return True
    return False


def opening_arm(line: Line) -> Mention | None:
    """ "In the A group, …; and …": the arm that a sentence opens with, where it names no other."""
    alone = len({m.key for m in line.arms}) == 1
    opens = line.word(0) in ("in", "among", "for", "with") and bool(line.arms) and line.arms[0].first <= 4
    return line.arms[0] if alone and opens else None


def one_subject(line: Line, row: Linked, nxt: Linked) -> bool:
    """ "6 (7%) complete and 31 (36%) partial responses occurred with A": two numbers of the subject of one verb."""
    if nxt.arm is None or nxt.arm.first < nxt.draft.last or row.draft.depth:
        return False
    between = [line.word(k) for k in range(row.draft.last, nxt.draft.first) if line.items[k].kind == "W"]
    if not {"and", ",", "or"} & set(between) or line.verbs & set(between) or {";", "while", "whereas"} & set(between):
        return False
    return any(line.word(k) in line.verbs for k in range(nxt.draft.last, nxt.arm.first))


def of_someone_else(line: Line, a: Draft, b: Draft) -> bool:
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


def host_of_list(line: Line, draft: Draft) -> Mention | None:
    """ "46 died in the A arm (relapse, n = 22; infection, n = 10)": the arm before a bracket is that of its list."""
    inside = line.open_bracket(draft.first, 0)
    if inside is None:
        return None
    k = inside - 1
    while line.word(k) in line.sets["group_noun"] | line.sets["people"]:
        k -= 1
    return line.arm_at.get(k)


def shared_out(row: Linked, behind: list[Linked]) -> bool:
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


def without(line: Line, row: Linked, rows: list[Linked]) -> Mention | None:
    """ "5% with A and 11% without": the arm that the value has not; the value before it is that arm's."""
    k = row.draft.last
    if line.word(k) == "without" and (own := line.arm_at.get(k + 1)) is not None:
        return own  # "6 of 21 without compression"
    if line.word(k) != "without" or line.word(k + 1) not in (".", ",", ";", ")", "", "it", "(", "["):
        return None
    before = rows[rows.index(row) - 1] if rows.index(row) else None
    return before.arm if before is not None else None


_OTHERS = frozenset(("others", "rest", "remainder"))


def of_the_others(line: Line, row: Linked, rows: list[Linked]) -> Mention | None:
    """ "18 of the bridged, 2 of the others": those whom the arm before it leaves."""
    k = row.draft.last
    if line.word(k) not in ("of", "in", "among") or line.word(k + 1) != "the" or line.word(k + 2) not in _OTHERS:
        return None
    before = rows[rows.index(row) - 1] if rows.index(row) else None
    return before.arm if before is not None else None


def set_against(line: Line, row: Linked, rows: list[Linked]) -> Mention | None:
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


def in_each(line: Line, draft: Draft) -> bool:
    """ "in each group", "in either arm": a number said of every arm, not of all together ("at most 3% in all")."""
    k = draft.last
    bound = draft.fields.get("qualifier") in ("<", "<=", ">", ">=")
    if draft.noun_item is not None and k <= draft.noun_item < k + 4:
        k = draft.noun_item + 1
    for m in range(k, min(k + 7, len(line.items))):
        if (m in line.result_at and m >= draft.last) or line.word(m) in (",", ";", ".", "who", "which"):
            break
        every = line.word(m) == "in" and _of_every(line, m + 1, bound=bound)
        if every or (line.word(m), line.word(m + 1)) == ("to", "each"):
            k = m
            break
    if line.word(k) not in ("in", "to", "for", "per", "with", "of", "on", "at", "from"):
        return False
    if line.word(k) == "per":
        return line.word(k + 1) in ("group", "arm")
    words = [line.word(m) for m in range(k + 1, k + 6)]
    return _of_every(line, k + 1, bound=bound) and (
        any(w in line.sets["group_noun"] for w in words[1:5]) or words[1] in (",", ".", ")", "")
    )


def _of_every(line: Line, k: int, *, bound: bool) -> bool:
    """ "each", "both", "every", "all three", "the two" of a phrase that names no arm."""
    if line.word(k) in ("each", "either", "both", "neither", "every"):
        return True
    groups = any(line.word(m) in ("groups", "arms", "cohorts") for m in (k + 1, k + 2))
    return not bound and k < len(line.items) and groups and (line.items[k].kind == "ALL" or line.word(k) == "all")
