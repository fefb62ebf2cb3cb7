"""Times that open a passage: "At week 12, eleven had responded. The response was complete in seven."."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from trialtab import values, vocabulary
from trialtab.extract.reading import Read
from trialtab.model import Finding

SENTENCES = 3
"""Behind the sentence that names it, a time holds for so many more."""

_OPENINGS = frozenset(("at", "by", "on"))
_TIMES = frozenset(("POINT", "TIME", "TIMES"))
_LATER = re.compile(
    r"\b(?:follow(?:ed|[- ]up)|overall|during|until|throughout|since|eventually|later|ultimately|so far|thereafter|"
    r"lasted|median (?:time|duration)|adverse|toxicity|safety|died|deaths?|relapsed?)\b",
    re.I,
)
_ELSEWHERE = frozenset((
    "adverse_event", "mortality", "follow_up", "survival", "time_to_event", "remission_duration", "relapse",
    "enrollment",
))  # fmt: skip
"""Outcomes that have a time of their own or none: they are told of the whole course."""


def carry_opening_times(findings: Sequence[Finding], text: str, read: Sequence[Read]) -> list[Finding]:
    """The findings of the prose, those without a time given the one that opened their passage: the few sentences behind
    it in its paragraph, up to one that names another time or tells of the whole course. Raises nothing; linear.
    """
    told = _opening_times(text, read)
    starts = [r.start for r in read]
    found = []
    for finding in findings:
        at = bisect_right(starts, finding.measure.start) - 1
        time = told.get(at) if finding.source == "text" else None
        takes = time is not None and finding.timepoint is None and _may_take(finding)
        found.append(replace(finding, timepoint=time) if takes else finding)
    return found


def _opening_times(text: str, read: Sequence[Read]) -> dict[int, str]:
    """Sentence -> the time that a sentence before it opened their passage with."""
    told: dict[int, str] = {}
    time, left, block = "", 0, None
    for k, r in enumerate(read):
        if r.block is not block:
            time, left, block = "", 0, r.block
        opening = _opens_with(text, r)
        if opening:
            time, left = opening, SENTENCES
        elif not left or any(item.kind in _TIMES for item in r.row) or _LATER.search(text, r.start, r.end):
            left = 0
        else:
            told[k], left = time, left - 1
    return told


def _opens_with(text: str, r: Read) -> str:
    row = r.row
    at = row[0].text in _OPENINGS and len(row) > 2
    k = 1 if at else 0
    if row[k].kind not in ("POINT", "TIME") or (row[k].kind == "TIME" and not at) or "second" in row[k].values:
        return ""
    behind = row[k + 1].text if k + 1 < len(row) else ""
    return text[row[0].start : row[k].end] if behind in (",", ":") or at else ""


def _may_take(finding: Finding) -> bool:
    measure = finding.measure
    if finding.enrollment or measure.statistic not in ("count", "proportion", "mean", "median", "p_value", "other"):
        return False
    if values.time_unit(measure.unit or "") is not None or finding.grade is not None:
        return False
    known = vocabulary.outcome(finding.outcome) if finding.outcome else None
    category = known.term.category if known is not None else vocabulary.outcome_class(finding.outcome or "")
    return finding.outcome is not None and category not in _ELSEWHERE


__all__ = ["SENTENCES", "carry_opening_times"]
