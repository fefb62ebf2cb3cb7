"""Timepoint, grade and unit of each row."""

import re
from dataclasses import replace
from itertools import pairwise

from trialtab import values, vocabulary
from trialtab.extract.grades import one_of_a_grade
from trialtab.extract.line import CLOSERS, Line, Linked
from trialtab.extract.measures import OPENERS, Draft, Item
from trialtab.extract.mentions import Mention
from trialtab.model import Candidate

_LASTING_NOUNS = frozenset((
    "walk", "walking", "test", "infusion", "course", "courses", "interval", "intervals", "regimen", "washout", "window",
    "cycle", "cycles", "run-in", "lead-in", "old", "period", "sit-to-stand", "step",
))  # fmt: skip


_LASTED = frozenset(("lasted", "lasting", "persisted", "persisting"))


def give_times(line: Line, rows: list[Linked]) -> None:
    points: list[Mention] = []
    claimed = {k for r in rows for k in range(r.draft.first, r.draft.last)}
    for k, item in enumerate(line.items):
        if item.kind not in ("TIME", "POINT") or k in claimed:
            continue
        if item.kind == "TIME" and item.last - item.first > 2 and line.word(k + 1) in _LASTING_NOUNS:
            continue  # "six-minute walk distance"
        first = k
        while (
            line.word(first - 1) in ("the", "up", "of", "end", "study")
            and first - 1 not in claimed
            and first - 1 > 0
            and line.word(first - 1) != "of"
        ):
            first -= 1
        if line.word(first - 1) in (
            "at",
            "after",
            "by",
            "through",
            "during",
            "within",
            "until",
            "before",
            "to",
            "over",
            "from",
        ):
            first -= 1
        points.append(
            Mention("timepoint", first, k + 1, line.items[first].start, item.end, line.say(first, k + 1), item.rule)
        )
    for row in rows:
        if (within := _time_within(line, row.draft)) is not None:
            row.time = within
            row.candidates.append(
                Candidate("timepoint", within.text, within.start, within.end, within.source, 1.0, True)
            )
            continue
        if not points or (row.draft.shape == "time" and row.draft.statistic is None):
            continue
        row.time = _nearest_time(line, row, points, rows)
        if row.draft.depth and not any(row.draft.last <= p.first < _close_of(line, row.draft) for p in points):
            host = next((r for r in reversed(rows) if r.draft.last <= row.draft.first and not r.draft.depth), None)
            if host is not None and host.time is not None and host.outcome_range == row.outcome_range:
                row.time = host.time
        if row.time is not None:
            row.time = _own_time(line, row, row.time, rows)
            row.candidates.append(
                Candidate("timepoint", row.time.text, row.time.start, row.time.end, row.time.source, 1.0, True)
            )


def _time_within(line: Line, draft: Draft) -> Mention | None:
    """The time between a share and its spread: "58% at 12 months (95% CI, 40-70)"."""
    if draft.shape not in ("percent", "value"):
        return None
    for k in range(draft.first + 2, draft.last):
        item = line.items[k]
        if item.kind in ("TIME", "POINT") and line.word(k - 1) in ("at", "after", "by", "in", "on"):
            words = line.say(k - 1, k + 1)
            return Mention("timepoint", k - 1, k + 1, line.items[k - 1].start, item.end, words, item.rule)
    return None


def _close_of(line: Line, draft: Draft) -> int:
    """Where the bracket closes that a number stands in."""
    return next((k for k in range(draft.last, len(line.items)) if line.word(k) in CLOSERS), len(line.items))


def _own_time(line: Line, row: Linked, time: Mention, rows: list[Linked]) -> Mention:
    """ "at 6, 12 and 24 h were 2, 3 and 4": as many times as numbers, in order."""
    item = line.items[time.last - 1]
    marks = [item.printed[n] for n in ("value", "second", "third", "fourth") if n in item.printed]
    mates = [r for r in rows if r.group == row.group]
    if len(marks) < 2 or len(marks) != len(mates) or len({r.arm.key for r in mates if r.arm}) > 1:
        return time
    for mate in mates:
        mate.arm_by_order = None
    start, end = marks[mates.index(row)]
    unit = next(
        (w for w in reversed(re.findall(r"[A-Za-z]+", line.text[item.start : item.end])) if values.time_unit(w)), ""
    )
    if line.text[start:end] == "1":
        unit = unit.removesuffix("s")
    return replace(time, text=f"{line.text[start:end]} {unit}".strip(), start=start, end=end)


def _is_attribute(line: Line, p: Mention) -> bool:
    """ "6-month", "12-week": a span that qualifies the noun behind it."""
    item = line.items[p.last - 1]
    return item.kind == "TIME" and item.last - item.first > 2


def _behind(line: Line, draft: Draft, points: list[Mention]) -> Mention | None:
    """The time right behind a number, before the next one."""
    next_result = min(
        (
            d.first
            for d in line.drafts
            if (d in line.results or d.reason == "baseline") and d.first >= draft.last and d.depth <= draft.depth
        ),
        default=len(line.items),
    )  # "55.2% (+5.3%; n = 10) at 6 months": what its bracket holds does not part a number from its time
    for p in points:
        if _is_attribute(line, p):
            continue  # "13.9 months and the 6-month rate"
        if line.inside(p.first, draft.last) and any(draft.last <= d.first < p.first for d in line.results):
            continue
        if (
            line.word(p.first - 1) == ","
            and any(q.last <= draft.first for q in points)
            and any(d.first >= p.last for d in line.results)
        ):
            continue  # "at 6 h in 12 and 8 patients, at 24 h in 15 and 9": the time of the next numbers
        if (
            draft.last <= p.first < next_result
            and sum(not line.inside(k, draft.last) for k in range(draft.last, p.first)) <= 10
            and not any(
                line.word(k) in (";", ",") and k + 1 < p.first and not line.inside(k, draft.last)
                for k in range(draft.last, p.first)
            )
        ):
            return p
    return None


def _in_turn(line: Line, row: Linked, last: Mention, points: list[Mention], rows: list[Linked]) -> Mention | None:
    """ "with 12-month and 18-month estimates of 70% and 63%": the times before a group, one for each of its numbers."""
    run = [last]
    for p in reversed(points[: points.index(last)]):
        if any(line.word(k) not in (",", "and", "or", "the", "at", "-") for k in range(p.last, run[0].first)):
            break
        run.insert(0, p)
    mates = [r for r in rows if r.group == row.group]
    if len(run) < 2 or len(run) != len(mates) or len({r.arm.key for r in mates if r.arm}) > 1:
        return None
    for mate in mates:
        mate.arm_by_order = None
    return run[mates.index(row)]


def _nearest_time(line: Line, row: Linked, points: list[Mention], rows: list[Linked]) -> Mention | None:
    draft = row.draft
    if (behind := _behind(line, draft, points)) is not None:
        return behind
    left = [p for p in points if p.last <= draft.first]
    if line.word(draft.first - 1) == "to":
        start = line.sets["baseline"]  # "from 24.6 at baseline to 17.2": the time of the first
        left = [p for p in left if p.last < draft.first - 1 and start.isdisjoint(p.text.lower().split())]
    if draft.shape == "time" and any(line.word(k) in _LASTED for k in range(max(0, draft.first - 6), draft.first)):
        left = []  # "seen by day 10 and lasted a median of 112 days"
    clause = [p for p in left if not any(line.word(k) == ";" for k in range(p.last, draft.first))]
    if clause and (turn := _in_turn(line, row, clause[-1], points, rows)) is not None:
        return turn
    mates = [r.draft for r in rows if r.group == row.group and r.draft.first >= draft.last]
    if mates and line.bare(draft.last, mates[0].first) and (shared := _behind(line, mates[-1], points)) is not None:
        return shared  # "by 1.1% and 0.3% at week 52"
    if clause:
        return clause[-1]
    if left:
        return left[-1]
    later = [
        p for p in points if p.first >= draft.last and not any(line.word(k) == ";" for k in range(draft.last, p.first))
    ]
    return (
        later[0]
        if later and line.word(later[0].first) in ("at", "after", "by", "through", "within", "until", "during", "over")
        else None
    )


def give_grades(line: Line, rows: list[Linked]) -> None:
    marks = [(k, item) for k, item in enumerate(line.items) if item.kind == "GRADE"]
    legend = _grade_legend(line, marks)
    bound = _bound_behind(line, rows)
    taken = {mark for mark, _ in bound.values()}
    for row in rows:
        if row.draft.shape == "effect":
            continue
        if id(row.draft) in bound:
            _take_grade(line, row, bound[id(row.draft)])
            continue
        low = row.outcome_range[0] if row.outcome_range else row.draft.first
        inside = [m for m in marks if low <= m[0] < (row.outcome_range[1] if row.outcome_range else low)]
        left = [
            m
            for m in marks
            if m[0] < row.draft.first
            and m[0] not in taken
            and not _closed_with_a_result(line, m[0], row.draft.first)
            and not _of_the_number_before(line, m[0])
            and not _of_a_label_before(line, m[0], row.draft.first)
        ]
        if row.draft.shape == "zero" and row.outcome and values.grade(line.printed(row.draft.first, row.draft.last)):
            left = []
        next_result = min((d.first for d in line.results if d.first >= row.draft.last), default=len(line.items))
        inside += [m for m in marks if row.draft.first <= m[0] < row.draft.last]
        right = [m for m in marks if row.draft.last <= m[0] < min(next_result, row.draft.last + 8)]
        if right and line.word(right[0][0] - 1) == "with" and line.word(right[0][0] - 2) == ",":
            right = []  # "56% of patients, with grade 3 or more in 22%": the next number's
        if (
            right
            and row.draft.last <= next_result - 2 < right[0][0] + 4
            and any(line.word(k) in OPENERS for k in range(row.draft.last, right[0][0]))
            and not any(line.word(k) in CLOSERS for k in range(right[0][0], next_result))
        ):
            right = []  # "68 (52%) patients (grade 1 in 51, ...)": that of the number in the bracket
        if right and _of_the_next(line, right[0][0]):
            right = []  # "15 patients: grade 1 in 9", "ten had neutropenia, which was grade 4 in seven"
        if right and row.draft.shape == "zero" and line.word(row.draft.last) in ("was", "were"):
            inside = right  # "no event was of grade 3 or higher"
        if right and line.word(row.draft.last) == "had" and right[0][0] <= row.draft.last + 2:
            inside = right  # "one had grade 2"
        chosen = inside[-1] if inside else left[-1] if left else right[0] if right else None
        mates = [r for r in rows if r.group == row.group]
        either = _either_severity(line, low, mates[0].draft.first)
        if either is not None and (chosen is None or chosen[0] < either[0]):
            row.grade = either[1]
            continue
        if (
            legend
            and not inside
            and row.draft.first > legend[-1][0]
            and len(mates) == len(legend)
            and (row.arm is None or len({r.arm.key for r in mates if r.arm}) < 2)
        ):
            chosen = legend[mates.index(row)]
            for mate in mates:
                mate.arm_by_order = None
        if chosen is not None:
            _take_grade(line, row, chosen)
            listed = _listed(line.printed(chosen[0], chosen[0] + 1)) if line.word(chosen[0] + 1) != "/" else []
            if len(mates) == len(listed) > 1 and len({r.arm.key for r in mates if r.arm and not r.arm_by_order}) < 2:
                row.grade = listed[mates.index(row)]  # "grades 1, 2 and 3 occurred in 40%, 30% and 5%"
                for mate in mates:
                    mate.arm_by_order = None
        elif (severity := _severity_before(line, row.draft)) is not None:
            row.grade = severity
        else:
            words = line.printed(row.draft.first, row.draft.last) + " " + (row.outcome or "")
            row.grade = values.grade(" ".join(w for w in words.split() if w.isalpha()))
    _grade_of_all(line, rows, marks)
    for row in rows:
        if row.draft.shape == "effect" and row.grade is None:
            same = [r for r in rows if r.draft.first < row.draft.first and r.draft.shape != "effect"]
            if same and same[-1].outcome_range == row.outcome_range:
                row.grade, row.any_grade = same[-1].grade, same[-1].any_grade
    for a, b in pairwise(rows):
        if b.draft.shape == "zero" and a.draft.shape == "zero" and b.draft.named and b.draft.first - a.draft.last <= 2:
            b.grade = a.grade
    for row in rows:
        if row.grade is None and not row.any_grade and line.carried.grade is not None and row.draft.shape != "effect":
            row.grade = line.carried.grade


def _grade_of_all(line: Line, rows: list[Linked], marks: list[tuple[int, Item]]) -> None:
    """ "Dysgeusia 18%, nail changes 25%, rash 14%, all grade 1-2": the grade of the whole list before it."""
    for at, item in marks:
        k = at - 1
        while line.word(k) in ("of", "in", "were", "being"):
            k -= 1
        if line.word(k) != "all" or line.word(k - 1) not in (",", "(", "–", "-", ";"):
            continue
        start = next((m for m in range(k - 2, -1, -1) if line.word(m) in (";", ".")), 0)
        for row in rows:
            if start <= row.draft.first < k and row.draft.depth <= 1 and row.draft.shape != "effect" and not row.grade:
                _take_grade(line, row, (at, item))


def _take_grade(line: Line, row: Linked, mark: tuple[int, Item]) -> None:
    at, item = mark
    row.grade = values.grade(line.printed(at, at + 1)) if item.rule != "grade_any" else None
    if row.grade and row.grade.isdigit() and _above(line, at):
        row.grade = f">={int(row.grade) + 1}"  # "none above grade 2"
    row.any_grade = item.rule == "grade_any"
    row.grade_range = (at, at + 1)
    row.candidates.append(Candidate("grade", line.say(at, at + 1), item.start, item.end, item.rule, 1.0, True))


_LIST = re.compile(
    r"(?:gr(?:ades?)?\.?\s+|G(?=\d))?[1-5IV]+"
    r"(?:(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+|\s*/\s*)(?:grade\s+|G)?[1-5IV]+)+$",
    re.I,
)
_RANGES = re.compile(r"(?:gr(?:ades?)?\.?\s+|G)([0-5][-–][1-5])\s*/\s*(?:G)?([2-5][-–][3-5])$", re.I)


def _listed(printed: str) -> list[str]:
    """The grades of a list, in figures: "grades 1, 2 and 3", "G1/G2/G3", "grade 1-2/3-4"; of no list none."""
    ranges = _RANGES.match(printed.strip())
    if ranges is not None:
        return [values.grade(f"grade {one}") or one for one in ranges.groups()]
    m = _LIST.match(printed.strip())
    if m is None:
        return []
    each = re.findall(r"[1-5]|[IV]+", re.sub(r"GRADES?|GR|AND", "", m[0].upper()))
    return [values.grade(f"grade {one}") or one for one in each]


_BETWEEN_NUMBER_AND_GRADE = frozenset((
    "of", "had", "was", "were", "with", "which", "them", "these", "those", "whom", "being", "patients", "patient",
    "cases", "case", "events", "event", "episodes", "pts", "one", "(", ")", "%", "mild", "moderate", "severe",
    "serious", "low-grade",
))  # fmt: skip
_BEHIND_GRADE = frozenset((",", ";", ".", ")", "]", "and", "but", "or", "", "(", "while", "whereas"))


def _bound_behind(line: Line, rows: list[Linked]) -> dict[int, tuple[int, Item]]:
    """Drafts (by id) with the grade that a number is said to be of, behind it and before the clause goes on: "seven had
    grade 1, four grade 2", "none of grade 4 or 5", "one zoster and one pneumonia, both grade 3".
    """
    found: dict[int, tuple[int, Item]] = {}
    counted = [
        row.draft
        for row in rows
        if row.draft.shape in ("count", "fraction", "zero", "percent", "value", "all")
        and not one_of_a_grade(line.items, row.draft.first)
    ]
    for n, draft in enumerate(counted):
        k = draft.last
        stop = counted[n + 1].first if n + 1 < len(counted) else len(line.items)
        while k < min(stop, draft.last + 7) and (
            line.word(k) in _BETWEEN_NUMBER_AND_GRADE or one_of_a_grade(line.items, k)
        ):
            k += 1
        if k >= len(line.items) or line.items[k].kind != "GRADE" or line.word(k + 1) not in _BEHIND_GRADE:
            continue
        if not _listed(line.printed(k, k + 1)) and not (line.word(k - 1) in OPENERS and _of_the_next(line, k)):
            found[id(draft)] = (k, line.items[k])
    for k in range(2, len(line.items) - 1):
        mark = k + 2 if line.word(k + 1) == "of" else k + 1
        if line.word(k) not in ("both", "all") or line.word(k - 1) != "," or mark >= len(line.items):
            continue
        before = [d for d in counted if d.last <= k and not any(line.word(m) == ";" for m in range(d.last, k))]
        if line.items[mark].kind == "GRADE" and before:
            two = line.word(k) == "both" and len(before) > 1 and before[-1].fields.get("value") == 1
            for draft in before[-2:] if two else before[-1:]:
                found[id(draft)] = (mark, line.items[mark])
    return found


def _closed_with_a_result(line: Line, mark: int, stop: int) -> bool:
    """ "14 (70%; grade ≥3, 12 [60%]), and anaemia in 9": was a grade said of a number in a closed bracket."""
    depth, told = 0, False
    for k in range(mark + 1, stop):
        depth += (line.word(k) in OPENERS) - (line.word(k) in CLOSERS)
        if depth < 0:
            return told
        told = told or k in line.result_at
    return False


def _above(line: Line, mark: int) -> int:
    """Where "above", "worse than", "exceeding" before a grade begins; 0 where nothing of the kind stands there."""
    if line.word(mark - 1) in ("above", "exceeding", "exceeded", "exceeds", "over", "beyond"):
        return mark - 1
    if line.word(mark - 1) == "than" and line.word(mark - 2) in ("higher", "worse", "greater", "more"):
        return mark - 2
    return 0


def _of_the_number_before(line: Line, mark: int) -> bool:
    """ "five were of grade 3 and three required admission": the grade that a number before it was of."""
    if line.word(mark - 1) in ("had", "was", "were") and mark - 2 in line.result_at:
        return True  # "one had grade 3; all events …"
    if (above := _above(line, mark)) and above - 1 in line.result_at:
        return True  # "none above grade 2, and no neurotoxicity"
    k = mark - 2
    if line.word(mark - 1) != "of" or line.word(k) not in line.sets["copula"]:
        return False
    k -= 1
    while line.word(k) in ("of", "which", "whom", "them", "these", "those"):
        k -= 1
    return k in line.result_at


def _of_a_label_before(line: Line, mark: int, first: int) -> bool:
    """ "grade 3 neutropenia, 45% v 20%; fever, 5%": a grade in the label of an item that a semicolon ends."""
    ends = next((k for k in range(mark, first) if line.word(k) == ";" and not line.inside(k, mark)), None)
    number = next((k for k in range(mark, first) if k in line.result_at), None)
    if ends is None or number is None or number > ends:
        return False
    return not any(line.word(k) in line.sets["copula"] | {":"} for k in range(mark, number))


def _of_the_next(line: Line, mark: int) -> bool:
    """Whether a grade stands right before the next number: "grade 1 in 9", "grade 1: 9", "grade 1, 9"."""
    behind = mark + 2 if line.word(mark + 1) in ("in", ",", ":", "=", "for") else mark + 1
    return behind in line.result_at


_SEVERITY = ("mild", "moderate", "severe")


def _either_severity(line: Line, low: int, first: int) -> tuple[int, str] | None:
    """ "moderate or severe chronic GVHD in 16.5%": item and grade of a pair of severity words at an outcome."""
    for k in range(min(low + 2, first - 1), max(-1, low - 4), -1):  # first: of the group's first number
        if (
            line.word(k) in _SEVERITY
            and line.word(k + 1) in ("or", "to", "and")
            and line.word(k + 2) in _SEVERITY
            and not any(m in line.result_at for m in range(k, first))
        ):
            return k, f"{line.word(k)} {line.word(k + 1)} {line.word(k + 2)}"
    return None


def _severity_before(line: Line, draft: Draft) -> str | None:
    """ "mild in nine patients and moderate in two", "none was severe": the severity word that stands at the number."""
    for k in range(draft.first - 1, max(-1, draft.first - 4), -1):
        if line.word(k) in ("mild", "moderate", "severe") and line.word(k + 1) in ("in", "for", ""):
            return line.word(k)
        if k in line.result_at:
            break
    k = draft.last
    if line.word(k) == "of" and line.word(k + 1) in ("them", "these", "which", "those"):
        k += 2
    if line.word(k) in ("was", "were", "being"):
        k += 1
    if draft.noun_item is not None and k <= draft.noun_item < k + 3 and line.word(draft.noun_item + 1) == ",":
        k = draft.noun_item + 1  # "two infections, both mild"
    k += 2 if line.word(k) == "," and line.word(k + 1) in ("both", "all", "each") else 0
    if line.word(k) in _SEVERITY and line.word(k + 1) in ("and", ",", ".", ";", ")", "(", ""):
        return line.word(k)  # "78 of them mild", "none severe"
    if (
        draft.shape == "zero"
        and line.word(draft.last) in ("was", "were")
        and line.word(draft.last + 1) in ("mild", "moderate", "severe")
    ):
        return line.word(draft.last + 1)
    return None


def _grade_legend(line: Line, marks: list[tuple[int, Item]]) -> list[tuple[int, Item]]:
    """ "(any grade; grade 3–4)", "any grade and grade 3–4:": grades that the pairs behind follow in order."""
    for a, b in pairwise(marks):
        between = [i.text for i in line.items[a[0] + 1 : b[0]]]
        if (
            len(between) == 1
            and between[0] in (";", "/", ",", "and")
            and not any(a[0] < d.first < b[0] for d in line.results)
        ):
            return [a, b]
    return []


def give_units(line: Line, rows: list[Linked]) -> None:
    """A unit printed for one arm is the unit of the other arm's value of the same outcome; whole numbers that stand
    against each other in a bracket, "neurotoxicity (eight v one)", count the patients with an event.
    """
    for row in rows:
        known = vocabulary.outcome(row.outcome) if row.outcome else None
        if known is not None and known.term.category in _EVENTS and _bare_pair(line, row):
            row.draft.shape, row.draft.noun = "count", "patients"
    for row in rows:
        if row.draft.shape in ("value", "effect") and row.draft.fields.get("unit") is None and row.outcome_range:
            twin = next(
                (
                    r
                    for r in rows
                    if r.outcome_range == row.outcome_range
                    and r.draft.shape in ("value", "time")
                    and (r.draft.fields.get("unit") is not None)
                ),
                None,
            )
            if twin is not None and (row.draft.shape == "value" or row.draft.statistic == "mean_difference"):
                row.draft.fields["unit"] = twin.draft.fields["unit"]
        if row.draft.shape in ("value", "time") and row.draft.statistic is None and row.outcome_range:
            like = next(
                (
                    r
                    for r in rows
                    if r.outcome_range == row.outcome_range and r.draft.shape == row.draft.shape and r.draft.statistic
                ),
                None,
            )
            if like is not None:
                row.draft.statistic = like.draft.statistic


_EVENTS = frozenset(("adverse_event", "mortality", "relapse"))


def _bare_pair(line: Line, row: Linked) -> bool:
    """Whether a row's number is whole, without unit or statistic, and beside "versus" in a bracket."""
    draft = row.draft
    value = draft.fields.get("value")
    return (
        draft.shape == "value"
        and draft.depth > 0
        and isinstance(value, float)
        and value % 1 == 0 <= value
        and draft.statistic is None
        and len(draft.fields) == 1
        and bool({line.word(draft.first - 1), line.word(draft.last)} & line.sets["versus"])
    )
