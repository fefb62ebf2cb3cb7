"""The arm that stands next to a number, before or behind it, and coordinated names that follow one another."""

from trialtab.extract.line import Line
from trialtab.extract.measures import SPREAD_KINDS, Draft
from trialtab.extract.mentions import Mention


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
    arm = arm_after(line, before)
    if arm is not None and line.word(arm.last) in line.sets["versus"] and line.names_arm(arm.last + 1):
        arm = None  # "grade 2-3 in arm A vs B, 43% and 51%"
    if arm is not None and arm.last <= line.groups[n][0].first:
        edge = arm.last
        while line.word(edge) in line.sets["group_noun"] | line.sets["people"]:
            edge += 1
    return edge


def arm_after(line: Line, draft: Draft) -> Mention | None:
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
        if item.kind in ("TIME", "POINT", "P", *SPREAD_KINDS) or item.rule == "dose":
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
        if line.word(k) == "receive" and k == draft.last + 1 and line.word(k - 1) == "to":
            k += 1  # "63 were assigned to A and 67 to receive B"
            continue
        if line.word(k) == "," and _ends_with_its_arm(line, k):
            k += 1
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


def _ends_with_its_arm(line: Line, k: int) -> bool:
    """ "71.3%, for the B group (n.s.)": a comma, and an arm that no number of its own follows."""
    if line.word(k + 1) not in ("for", "in", "with", "on") or not line.names_arm_next(k + 1):
        return False
    m = k + 2
    while m not in line.arm_at:
        m += 1
    end = line.arm_at[m].last
    while line.word(end) in line.sets["group_noun"] | line.sets["people"]:
        end += 1
    return line.word(end) in (".", ";", ")", "(", "and", "versus", "vs", "") and not any(
        x in line.result_at for x in range(end, end + 3)
    )


def _close(line: Line, k: int) -> int | None:
    """Where a short bracket closes."""
    return next((m for m in range(k + 1, min(k + 14, len(line.items))) if line.word(m) in (")", "]")), None)


_GIVEN = frozenset((
    "receiving", "given", "who", "on", "allocated", "assigned", "randomised", "randomized", "treated", "taking", "to",
    "with", "using", "received", "took",
))  # fmt: skip


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
            or (line.word(m) in line.verbs and line.word(m) not in line.sets["change_noun"])
        ):
            return None
        if line.word(m) in line.sets["conjunction"] - {"of"} or line.word(m) == "than":
            return None  # "a 32% lower risk of death than those on placebo"
        if line.word(m) in ("in", "for", "with", "among", "on", "under", "after"):
            m += 1
            while line.word(m) in line.sets["determiner"] | line.sets["people"] | _GIVEN:
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


def series_from(line: Line, k: int) -> list[Mention]:
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


def distinct(mentions: list[Mention]) -> list[Mention]:
    """Mentions by key, the last place of each kept in order of that place."""
    last: dict[str, Mention] = {}
    for m in mentions:
        last.pop(m.key, None)
        last[m.key] = m
    return list(last.values())
