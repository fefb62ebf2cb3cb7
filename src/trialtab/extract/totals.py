"""Which totals go with which counts: "12 of 40", "(n = 40)", and the totals that a sentence gives before its counts."""

from itertools import takewhile

from trialtab.extract.enrolment import takes_part
from trialtab.extract.line import Linked, beside
from trialtab.extract.measures import Draft
from trialtab.extract.reading import Read

_SENT = frozenset(("randomized", "randomised", "assigned", "allocated", "enrolled"))


def _is_size_of(x: Linked, r: Read) -> bool:
    """ "453 were randomised (A, n = 182; B, n = 180)": the size of an arm, and no part of those before the bracket."""
    opening = next((k for k in range(x.draft.first - 1, -1, -1) if r.row[k].text in ("(", "[")), 0)
    sent = any(r.row[k].text in _SENT for k in range(max(0, opening - 3), opening))
    opens = r.row[0].text in ("of", "among") and opening <= 6 and beside(x)
    return (sent and bool(x.draft.fields.get("n_equals"))) or opens


def _by_arm(x: Linked, parent: Linked, r: Read) -> bool:
    """ "Three withdrew consent (2 A, 1 B)": how many of each arm, and no part of those before the bracket."""
    behind = r.linked[r.linked.index(parent) + 1 :] if parent in r.linked else []
    own = list(takewhile(lambda y: y.draft.depth > parent.draft.depth, behind))
    arms = {y.arm.key for y in own if y.arm is not None and beside(y) and y.arm.first > parent.draft.last}
    return x.arm is not None and x.arm.key in arms and len(arms) > 1


def _share_of_count(last: Linked, x: Linked, r: Read) -> bool:
    """ "Ten patients achieved CR (67%)": a share in a bracket right behind the outcome of a count."""
    a, b = last.draft, x.draft
    if a.shape != "count" or b.shape != "percent" or b.depth != a.depth + 1 or a.fields.keys() - {"value"}:
        return False
    if (
        not x.outcome
        or not (last.outcome or "").endswith(x.outcome)
        or b.first - a.last > 8
        or r.row[b.first - 1].text not in ("(", "[")
    ):
        return False
    ranged = last.outcome_range is not None and a.last <= last.outcome_range[0] < last.outcome_range[1] <= b.first
    alone = b.last < len(r.row) and r.row[b.last].text in (")", "]")
    between = r.row[a.last : b.first - 1]
    return ranged and alone and all(i.kind in ("W", "GRADE") and i.text not in (",", ";", "and") for i in between)


def count_totals(r: Read) -> None:
    """Denominators told in the same sentence, by arithmetic: "111 were enrolled, and 101 (91%) were treated"; and
    repeats.

    A count is the denominator of a later "n (%)" where it gives the printed percent; a percentage takes the
    denominator of the percentage before it where some whole n gives it and both are said of the same people. A
    bracket that only says a fraction again ("six of the seven had a response (6/7, 85.7%)") is folded into the
    first saying.
    """
    sizes: list[float] = []
    by_arm: dict[str, float] = {}
    last: Linked | None = None
    kept: list[Linked] = []
    for x in r.linked:
        f = x.draft.fields
        events, total, percent = f.get("events"), f.get("total"), f.get("percent")
        whole = last.draft.fields if last is not None else {}
        if (
            isinstance(percent, float)
            and events is None
            and x.draft.depth
            and whole.get("percent") is None
            and isinstance(whole.get("events"), float)
            and isinstance(whole.get("total"), float)
            and last is not None
            and len(kept)
            and kept[-1] is last
            and (abs(100 * float(str(whole["events"])) / float(str(whole["total"])) - percent) < 0.6)
        ):
            for name in ("percent", "ci_level", "ci_low", "ci_high"):
                if f.get(name) is not None:
                    whole[name] = f[name]
            last.draft.captures += [c for c in x.draft.captures if c[0] in whole]
            if x.draft.end - last.draft.start <= 160:
                last.draft.end = x.draft.end
            last.p = last.p or x.p
            continue
        if kept and _share_of_count(kept[-1], x, r):
            count = kept[-1].draft
            count.fields["events"], count.fields["percent"] = count.fields.pop("value"), percent
            count.captures = [("events" if n == "value" else n, a, b) for n, a, b in count.captures]
            count.captures += [c for c in x.draft.captures if c[0] == "percent"]
            count.shape, count.end = "fraction", x.draft.end
            kept[-1].p = kept[-1].p or x.p
            continue
        if (
            last is not None
            and events is not None
            and total is not None
            and x.draft.depth
            and (last.draft.fields.get("events"), last.draft.fields.get("total")) == (events, total)
        ):
            last.draft.fields["percent"] = last.draft.fields.get("percent") or percent
            continue
        if isinstance(events, float) and isinstance(percent, float) and total is None:
            own = by_arm.get(x.arm.key) if x.arm else None
            pool = [own] if own is not None else [] if by_arm and x.arm else sizes
            fits = [n for n in pool if n >= events and abs(100 * events / n - percent) <= 0.6]
            if len(set(fits)) == 1:
                f["total"] = fits[-1]
        elif (
            isinstance(percent, float)
            and events is None
            and total is None
            and last is not None
            and isinstance(last.draft.fields.get("total"), float)
        ):
            n = float(str(last.draft.fields["total"]))
            same_people = (x.arm.key if x.arm else None) == (last.arm.key if last.arm else None)
            if same_people and x.time is last.time and abs(round(n * percent / 100) * 100 / n - percent) <= 0.55:
                f["total"] = n
        elif last is not None and _of_so_many_more(x, last, r):
            f["events"], f["total"], x.draft.shape = f.pop("value"), last.draft.fields["total"], "fraction"
            x.draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in x.draft.captures]
        parent = next((y for y in reversed(kept) if y.draft.depth < x.draft.depth), None)
        if (
            x.draft.shape == "count"
            and x.draft.depth
            and parent is not None
            and parent.draft.shape in ("count", "fraction")
            and total is None
        ):
            whole_n, part = parent.draft.fields.get("value", parent.draft.fields.get("events")), f.get("value")
            closed = any(i.kind == "W" and i.text in (")", "]") for i in r.row[parent.draft.last : x.draft.first])
            if (
                isinstance(whole_n, float)
                and isinstance(part, float)
                and part <= whole_n
                and (x.draft.last >= len(r.row) or r.row[x.draft.last].text not in ("to", "received", "given"))
                and not closed
                and not (
                    x.arm is not None and (_is_size_of(x, r) or takes_part(parent.draft, r) or _by_arm(x, parent, r))
                )
                and whole_n > 1
            ):
                f["events"], f["total"] = f.pop("value"), whole_n
                x.draft.shape = "fraction"
                x.draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in x.draft.captures]
        if x.arm is not None and isinstance(f.get("total"), float):
            by_arm[x.arm.key] = float(str(f["total"]))
        if x.draft.shape == "count" and isinstance(f.get("value"), float):
            sizes.append(float(str(f["value"])))
        elif isinstance(f.get("total"), float) and x.draft.shape in ("fraction", "percent"):
            sizes.append(float(str(f["total"])))
        last = x if x.draft.shape in ("fraction", "percent") else last
        kept.append(x)
    r.linked = kept


def _of_so_many_more(x: Linked, last: Linked | None, r: Read) -> bool:
    """ "Haptoglobin normalised in 9 of 11 patients, LDH in 8 and bilirubin in 10": counts of the same people."""
    counted = x.draft.fields.get("value")
    total = last.draft.fields.get("total") if last is not None else None
    if last is None or x.draft.shape != "count" or not isinstance(counted, float) or not isinstance(total, float):
        return False
    between = [i.text for i in r.row[last.draft.last : x.draft.first]]
    return (
        counted <= total
        and last.draft.depth == x.draft.depth == 0
        and between[-1:] == ["in"]
        and (x.arm.key if x.arm else None) == (last.arm.key if last.arm else None)
        and x.arm_by_order == last.arm_by_order
        and not {";", "."} & set(between)
        and not any(i.kind in ("POINT", "TIME") for i in r.row[last.draft.last : x.draft.first])
    )


_POINTS_BACK = (("of", "them"), ("of", "whom"), ("of", "these"), ("of", "which"), ("of", "those"))


def parts_of_counts(read: list[Read]) -> None:
    """ "17 deaths, 14 of them from infection", "330 were randomized, of whom 3 withdrew", "Of these, 25 were never
    infused": a count that points back at the one before has it as its denominator.
    """
    whole: float | None = None
    for r in read:
        counts = [x for x in r.linked if x.draft.shape in ("count", "fraction", "value")]
        for x in counts:
            f = x.draft.fields
            behind = tuple(i.text for i in r.row[x.draft.last : x.draft.last + 2])
            before = [
                i.text
                for i in r.row[max(0, x.draft.first - 3) : x.draft.first]
                if i.text not in (",", "only", "another")
            ]
            part = f.get("events", f.get("value"))
            inside = tuple(i.text for i in r.row[x.draft.first + 1 : x.draft.first + 3])
            points = behind in _POINTS_BACK or inside in _POINTS_BACK or tuple(before[-2:]) in _POINTS_BACK
            if (
                points
                and whole is not None
                and isinstance(part, float)
                and part % 1 == 0
                and 1 <= part <= whole
                and f.get("total") is None
                and x.draft.statistic is None
                and f.get("unit") is None
                and not takes_part(x.draft, r)
            ):
                percent = f.get("percent")
                if isinstance(percent, float) and abs(100 * part / whole - percent) > 0.6:
                    continue
                if "events" not in f:
                    f["events"] = f.pop("value")
                    x.draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in x.draft.captures]
                f["total"], x.draft.shape = whole, "fraction"
                continue
            if isinstance(part, float) and part % 1 == 0 and x.draft.shape != "value":
                whole = part


def _grade_before(r: Read, draft: Draft) -> bool:
    return any(item.kind == "GRADE" for item in r.row[max(0, draft.first - 5) : draft.first])


def parts_that_add_up(r: Read) -> None:
    """ "19 had died: nine of lymphoma, six of infection, and four of other causes": counts that follow a count and add
    up to it are parts of it, unless each is another arm's.
    """
    counts = [
        x for x in r.linked
        if x.draft.shape in ("count", "fraction")
        or (x.draft.shape == "value" and x.draft.statistic is None and _is_whole(x))
    ]  # fmt: skip
    counts = [x for x in counts if x.draft.counted() is not None]
    for k, head in enumerate(counts):
        if head.draft.shape == "fraction":
            continue
        whole = head.draft.counted() or 0.0
        parts: list[Linked] = []
        left = whole
        for x in counts[k + 1 :]:
            value = x.draft.counted() or 0.0
            if x.draft.shape == "fraction" and x.draft.fields.get("total") != whole:
                break
            if x.draft.fields.get("unit") is not None or value > left or x.draft.fields.get("n_equals_size"):
                break
            if any(0 <= m.first - x.draft.last <= 3 or 0 <= x.draft.first - m.last <= 1 for m in r.arms):
                break  # the sizes of arms
            if _grade_before(r, head.draft) and _grade_before(r, x.draft):
                break  # "grade 1 in 6, grade 2 in 3": grades stand side by side
            parts.append(x)
            left -= value
            if not left:
                break
        arms = {x.arm.key for x in parts if x.arm is not None}
        own = head.arm.key if head.arm is not None else None
        if left or len(parts) < 2 or whole < 3 or arms - {own}:
            continue
        for x in parts:
            f = x.draft.fields
            if x.draft.shape != "fraction":
                f["events"], f["total"], x.draft.shape = f.pop("value"), whole, "fraction"
                x.draft.captures = [("events" if n == "value" else n, a, b) for n, a, b in x.draft.captures]
        return


_GIVEN = frozenset(("received", "given", "took", "underwent", "assigned", "were", "to", "had"))


def _is_whole(x: Linked) -> bool:
    """A whole number with no unit and no spread."""
    f = x.draft.fields
    return float(str(f.get("value", 0.5))) % 1 == 0 and f.get("unit") is None and f.keys() <= {"value"}


def head_size(r: Read) -> tuple[Draft, bool] | None:
    """ "Of 101 treated patients, 82% responded and 54% …": the size that a sentence opens with.

    Returns its draft, and whether it is that of a part of the patients ("among the 37 with fever"). The percentages
    behind it are given that many as their denominator.
    """
    if not r.linked or not r.row or r.row[0].text not in ("of", "among", "in"):
        return None
    if len(r.row) > 1 and r.row[1].kind == "ALL":
        _told_of(r.row[1].values.get("total", 0.0), r.linked, None)
        return None
    head = r.linked[0].draft
    n = head.fields.get("value")
    if head.shape != "count" or not isinstance(n, float) or n < 2 or head.first > 3 or len(r.linked) < 2:
        return None
    comma = next((k for k in range(head.last, len(r.row)) if r.row[k].text == ","), head.last)
    arm = next((m.key for m in r.arms if head.last <= m.first < comma), None)
    _told_of(n, r.linked[1:], arm)
    for x in r.linked[1:]:
        draft, counted = x.draft, x.draft.fields.get("value")
        if draft.shape != "count" or not isinstance(counted, float) or counted > n or draft.fields.get("unit"):
            continue
        if x.settled:
            continue  # the size of a group
        if any(0 < m.first - draft.last <= 3 for m in r.arms) and r.row[draft.last].text in _GIVEN:
            continue  # "Of 356 enrolled, 173 received A and 183 received B": sizes of arms
        in_so_many = r.row[draft.first - 1].text in ("in", "by") and draft.noun is None
        goes_on = (
            r.row[draft.first - 1].text in ("and", ",", "but") and not draft.depth and draft.noun is None
            and draft.last < len(r.row) and r.row[draft.last].kind == "W" and r.row[draft.last].text[:1].isalpha()
            and r.row[draft.last].text not in ("of", "in", "with", "patients", "cases", "episodes")
            and not r.arms
        )  # fmt: skip
        if takes_part(draft, r):
            continue
        if draft.first != comma + 1 and not (in_so_many and not draft.depth) and not goes_on:
            continue  # "Of 40 patients, 12 died", "Among the 12 with nephritis, a response was observed in 8"
        draft.shape = "fraction"
        draft.fields["events"], draft.fields["total"] = draft.fields.pop("value"), n
        draft.captures = [("events" if name == "value" else name, a, b) for name, a, b in draft.captures]
    return head, _is_part(r, head)


_COUNTED_EVENTS = frozenset(("deaths", "events", "relapses", "episodes", "cases", "infections"))
_RESTRICTS = frozenset(("who", "whose", "with", "that", "without", "in", "whom", "for", "still", "alive", "aged"))
_OF_THE_STUDY = frozenset(
    ("trial", "study", "analysis", "group", "arm", "cohort", "series", "set", "population", "groups", "arms", "total",
     "all",     "database", "registry", "sample", "phase", "part")
)  # fmt: skip
_TAKEN_IN = frozenset(
    ("enrolled", "randomized", "randomised", "included", "treated", "infused", "recruited", "evaluable", "analysed",
     "analyzed", "eligible", "screened", "assigned", "allocated", "consecutive", "adult", "registered", "assessable",
     "evaluated", "apheresed", "study", "trial", "intention-to-treat", "invited", "approached", "identified",
     "were", "was")
)  # fmt: skip


def _is_part(r: Read, head: Draft) -> bool:
    """Whether a head speaks of a part of the patients: "the 26 in remission", "the 33 transplanted patients"."""
    if head.noun in _COUNTED_EVENTS:
        return False
    noun = head.noun_item or head.last
    between = [i.text for i in r.row[head.first + 1 : noun] if i.kind == "W" and i.text[:1].isalpha()]
    if noun > head.first + 1 and between and not _TAKEN_IN & set(between):
        return True
    behind = [i.text for i in r.row[noun + 1 : noun + 6]]
    if behind[:1] and behind[0] in ("who", "that", "whom") and _TAKEN_IN & set(behind[1:5]):
        return behind[0] == "who" and "not" in behind
    return (
        bool(behind)
        and behind[0] in _RESTRICTS
        and not (behind[0] in ("in", "for") and _OF_THE_STUDY & set(behind[1:4]))
    )


def _told_of(n: float, rows: list[Linked], arm: str | None) -> None:
    """Give n to the percentages without a denominator that some whole count of n rounds to."""
    if n < 2:
        return
    for x in rows:
        f = x.draft.fields
        percent, events = f.get("percent"), f.get("events")
        if f.get("total") is not None or not isinstance(percent, float) or (x.arm is not None and x.arm.key != arm):
            continue
        exact = 100 * events / n if isinstance(events, float) else 100 * round(n * percent / 100) / n
        if abs(exact - percent) <= 0.55:
            f["total"] = n
