"""How many people were in each arm of a question, by the first source that says so.

Sources in their order: the denominators of the rows that answer; the header of their table ("Placebo (n = 40)"); the
arms of the document; denominators that the document's other rows have for the arm; the text ("40 patients received
placebo", "30 in each group"). Sentences that plan a sample size are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trialtab import language, values
from trialtab.questions.passages import Index, Row
from trialtab.questions.sides import Sides
from trialtab.questions.words import expand, stems

LEAST, MOST = 2, 1_000_000
"""Sizes of an arm that are believed."""

_PEOPLE = (
    "patients|participants|subjects|women|men|children|infants|individuals|adults|volunteers|students|eyes|knees|teeth|"
    "people|persons|mothers|neonates|newborns|adolescents|girls|boys|cases|families|animals|rats|mice|lambs|sites|hips|"
    "patients?|veterans|athletes|players|residents|nurses|respondents|couples|pregnancies|practices|clinics|schools"
)
_N_IS = re.compile(r"\b[nN]\s*[=:]\s*(\d[\d,]{0,8})(?!\s*%)(?!\.\d)")
_COUNT = re.compile(
    rf"\b(?P<n>\d[\d,]{{0,8}}|{values.NUMBER_WORDS})\s+(?:\([\d.]+\s?%\)\s*)?(?:\w+\s+){{0,3}}?(?:{_PEOPLE})\b", re.I
)
_EACH = re.compile(
    rf"(?:\b(?:groups?|arms?)\s+(?:of|with)\s+(?P<a>\d[\d,]*|{values.NUMBER_WORDS})\b)"
    r"|(?:\bn\s*=\s*(?P<b>\d[\d,]*)\s*(?:,\s*)?(?:in|for|per|each)\s*(?:each|every|group|both)?)"
    rf"|(?:\b(?P<c>\d[\d,]*|{values.NUMBER_WORDS})\s+(?:\w+\s+){{0,2}}?(?:in|per|for)\s+"
    r"(?:each|either|both|every|the two)?\s*(?:of the )?(?:\w+\s+)?(?:groups?|arms?)\b)",
    re.I,
)
_PLANNED = re.compile(
    r"\bpower\b|sample size|\brequired\b|would be|were needed|at least \d+ (?:patients|participants|subjects)|"
    r"estimated that|to detect|calculated",
    re.I,
)
_TOLD_IN = frozenset({"abstract", "summary", "methods", "results", "other", "caption", "title"})
_BREAK = re.compile(r"[;,.]|\band\b|\bor\b|\bwhile\b|\bwhereas\b")


@dataclass(frozen=True, slots=True)
class Size:
    """The size of an arm: n, where it was read (start, end in the text; None where a row has it) and how."""

    n: float
    source: str
    start: int | None = None
    end: int | None = None
    finding_id: str | None = None


Pair = tuple[Size | None, Size | None]


def _believed(printed: str) -> float | None:
    n = values.number(printed)
    return n if n is not None and LEAST <= n <= MOST and n == int(n) else None


def of_arms(index: Index, sides: Sides) -> Pair:
    """From the inventory of the document's arms."""
    known = [arm for arm in index.arms if arm["n"] is not None]
    labels = [frozenset(stems(" ".join(filter(None, (a["label"], a["intervention"]))))) for a in known]
    at = sides.assign([expand(words, index.short) for words in labels])
    found = [
        Size(float(known[k]["n"]), "arm", known[k]["n_start"], known[k]["n_end"]) if k is not None else None for k in at
    ]
    return found[0], found[1]


def of_rows(rows: Sequence[Row], index: Index, sides: Sides) -> Pair:
    """From the totals of evidence rows: for each side the total that most of its rows have."""
    by_arm: dict[str, Counter[float]] = {}
    first: dict[tuple[str, float], Row] = {}
    for row in rows:
        n = row["total"]
        if row["outcome_class"] == "enrollment" and n is None:
            n = row["events"] if row["events"] is not None else row["value"]
        label = row["arm"] or ""
        if n is None or not label or row["arm_role"] == "overall" or row["population"] or n < LEAST:
            continue
        by_arm.setdefault(label, Counter())[n] += 1
        first.setdefault((label, n), row)
    labels = sorted(by_arm)
    at = sides.assign([expand(frozenset(stems(label)), index.short) for label in labels])
    found: list[Size | None] = []
    for k in at:
        if k is None:
            found.append(None)
            continue
        counted = by_arm[labels[k]]
        n = max(sorted(counted), key=lambda value: (counted[value], value))
        row = first[labels[k], n]
        found.append(Size(n, "row", row["start"], row["end"], row["finding_id"]))
    return found[0], found[1]


def of_headers(index: Index, sides: Sides, label: str | None = None) -> Pair:
    """From table headers that print a size beside a name; label: only the table of that caption."""
    seen: set[tuple[tuple[str, ...], ...]] = set()
    for passage in index.passages:
        if passage.kind != "row" or passage.header in seen or (label and not passage.caption.startswith(label)):
            continue
        seen.add(passage.header)
        for at, line in enumerate(passage.header):
            for names, sizes in ((line, line), *(((passage.header[at - 1], line),) if at else ())):
                if len(names) != len(sizes):
                    continue
                sized = [(i, n) for i, cell in enumerate(sizes) if (m := _N_IS.search(cell)) and (n := _believed(m[1]))]
                if len(sized) < 2:
                    continue
                said = [frozenset(stems(_N_IS.sub(" ", names[i]))) for i, _ in sized]
                chosen = sides.assign([expand(words, index.short) for words in said])
                if None not in chosen:
                    pair = [Size(sized[k][1], "header", passage.start, passage.end) for k in chosen if k is not None]
                    return pair[0], pair[1]
    return None, None


def of_text(index: Index, sides: Sides) -> Pair:
    """From sentences: a count of people, or "n = 30", with the name of an arm in the same stretch of words."""
    votes: tuple[Counter[float], Counter[float]] = (Counter(), Counter())
    places: dict[tuple[int, float], tuple[int, int]] = {}
    each: Counter[float] = Counter()
    each_at: dict[float, tuple[int, int]] = {}
    for start, end in _sentences(index):
        text = index.text[start:end]
        for m in _EACH.finditer(text):
            n = _believed(next(filter(None, m.groups())))
            if n is not None:
                each[n] += 1
                each_at.setdefault(n, (start + m.start(), start + m.end()))
        for n, at, stop, label in _named_counts(text):
            words = expand(frozenset(stems(label)), index.short)
            scores = [sides.score(s, words) for s in (0, 1)]
            side = 0 if scores[0] > scores[1] else 1
            if scores[side] >= 0.3:
                votes[side][n] += 1
                places.setdefault((side, n), (start + at, start + stop))
    found: list[Size | None] = []
    for side in (0, 1):
        n = max(sorted(votes[side]), key=lambda v: (votes[side][v], v), default=None)
        found.append(None if n is None else Size(n, "text", *places[side, n]))
    if each and (found[0] is None or found[1] is None):
        n = max(sorted(each), key=lambda v: (each[v], v))
        found = [size or Size(n, "each group", *each_at[n]) for size in found]
    return found[0], found[1]


def _sentences(index: Index) -> Iterable[tuple[int, int]]:
    for block in index.blocks:
        if block["section"] in _TOLD_IN and block["kind"] not in ("table", "heading", "reference", "footnote"):
            for start, end in language.split(index.text, block["start"], block["end"]):
                if not _PLANNED.search(index.text, start, end):
                    yield start, end


def _named_counts(text: str) -> Iterable[tuple[float, int, int, str]]:
    """Counts of a sentence, each with the words that may name its arm: n, start, end, label."""
    for m in _N_IS.finditer(text):
        n = _believed(m[1])
        if n is not None:
            before = _BREAK.split(text[max(0, m.start() - 90) : m.start()])[-1]
            if len(before.split()) < 2:
                before = text[max(0, m.start() - 60) : m.start()]
            yield n, m.start(), m.end(), before
    marks = list(_COUNT.finditer(text))
    for at, m in enumerate(marks):
        n = _believed(m["n"])
        if n is None:
            continue
        stop = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        after = text[m.end() : min(stop, m.end() + 90)]
        yield n, m.start(), m.end(), m.group() + re.split(r"[;.]|\band \d|, \d|\bwhile\b|\bwhereas\b", after)[0]


def of_question(index: Index, sides: Sides, answering: Sequence[Row] = ()) -> Pair:
    """The sizes of both arms, by the first source that knows both; else what single sources know of one."""
    first: list[Size | None] = [None, None]
    for pair in (
        of_headers(index, sides),
        of_arms(index, sides),
        of_rows(index.rows, index, sides),
        of_text(index, sides),
    ):
        if pair[0] is not None and pair[1] is not None:
            return pair
        first = [kept or new for kept, new in zip(first, pair, strict=True)]
    return first[0], first[1]


__all__ = ["Pair", "Size", "of_arms", "of_headers", "of_question", "of_rows", "of_text"]
