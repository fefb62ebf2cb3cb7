"""Findings of one document -> rows of the evidence table: canonical names, denominators, ids, duplicates, conflicts.

Numbers stay as printed. What is computed here is named in the row's `derived`; a denominator taken from the arm is
named by `total_source`. The checks are not run here: they look at finished rows (checks.py), and run.py joins both.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from operator import attrgetter

from trialtab import confidence, values, vocabulary
from trialtab.model import (
    MEASURED,
    Arm,
    Block,
    Document,
    Evidence,
    Extraction,
    Finding,
    Link,
    Number,
    Record,
    changed,
    filled,
)
from trialtab.outcome_classes import class_of_measured, is_treatment

LONGEST_QUOTE = 250
"""Characters; a quotation is the measure, never the sentence."""

ID_LENGTH = 16
"""Hexadecimal digits of a finding id: 64 bits, no collision to be expected below a thousand million rows."""

ABSTRACT = 4000
"""Characters that tell what a report is about, where it has no abstract."""

NOT_PATIENTS = frozenset({"events", "episodes"})
CURVES = frozenset({"survival", "remission_duration", "time_to_event"})
"""Classes whose percentages come from a curve (Kaplan-Meier, cumulative incidence): no whole n needs to give them."""

ANALYSIS_SET_SHARE = 0.6
"""A denominator this near to the arm's own, and different, is another analysis set; a smaller one is a subgroup.

188 evaluable of 210 treated bars N = 210 from efficacy rows; the 50 of 123 who changed schedule do not."""


def rows(
    document: Document, extraction: Extraction, *, study: str, rules_digest: str, version: str, calibrate: bool = True
) -> Record:
    """The record of one document: its findings as rows in text order, with arms, ledger, statements and links.

    calibrate: a row's confidence is its chance of being right (confidence.py), not the extraction's own score.

    A finding without any text in its span is left out and named in the document's notices: a row without a
    quotation would break the promise that every number can be looked up. Raises nothing of its own.
    """
    arms = tuple(map(_named_arm, extraction.arms))
    starts = [block.start for block in document.blocks]
    told: list[tuple[Finding, Evidence]] = []
    lost: list[str] = []
    for finding in extraction.findings:
        start, end = quotation(document.text, finding)
        if start >= end:
            lost.append(finding.measure.rule or "no rule")
            continue
        block = _block_at(document.blocks, starts, start)
        row = _counted(_row(document, finding, start, end, arms, block, study), finding)
        told.append((finding, _of_safety(row) if block is not None and _SAFETY.search(block.heading) else row))
    told = _with_class_of_list(document.text, told)
    sized = _with_totals(told, {arm.arm_id: arm for arm in arms}, document.text)
    finished = sorted(_with_ids(map(_finished, sized)), key=lambda row: (row.start, row.end, row.finding_id))
    if calibrate:
        finished = confidence.calibrated(finished, arms)
    if extraction.notices:
        document = replace(document, notices=(*document.notices, *extraction.notices))
    if lost:
        notice = f"{len(lost)} finding(s) without a quotation left out (rules: {', '.join(sorted(set(lost)))})"
        document = replace(document, notices=(*document.notices, notice))
    return Record(
        document=document,
        study=study,
        rows=tuple(finished),
        arms=arms,
        numbers=_ledger(extraction.numbers, finished),
        statements=extraction.statements,
        links=tuple(links(finished, document)),
        design=extraction.design,
        condition=extraction.condition or condition_of(document),
        data_cutoff=extraction.data_cutoff,
        rules_digest=rules_digest,
        version=version,
    )


_SAFETY = re.compile(r"\b(?:safety|adverse|toxicit|side[- ]effects?|tolerability)", re.IGNORECASE)


def _of_safety(row: Evidence) -> Evidence:
    """Under a heading on safety, patients with an outcome of unknown class had an adverse event."""
    counted = row.statistic in ("count", "proportion") or (row.statistic == "other" and row.events is not None)
    if row.outcome_class != "other" or not counted or not row.outcome or vocabulary.outcome_class(row.outcome):
        return row
    if is_treatment(row.outcome):
        return row
    return changed(row, outcome_class="adverse_event")


_SENTENCE_END = re.compile(r"[.!?]\s|\n")


def _with_class_of_list(text: str, told: list[tuple[Finding, Evidence]]) -> list[tuple[Finding, Evidence]]:
    """An outcome of unknown class in a list of adverse events is one: "fever (20%), dysgeusia (12%) and rash (10%)"."""
    order = sorted(range(len(told)), key=lambda k: told[k][1].start)
    out = list(told)
    for before, k in pairwise(order):
        (_, last), (finding, row) = out[before], out[k]
        between = text[last.end : row.start]
        if (
            row.outcome_class == "other"
            and last.outcome_class == "adverse_event"
            and row.statistic in ("count", "proportion", "other")
            and row.statistic == last.statistic
            and row.outcome
            and vocabulary.outcome_class(row.outcome) is None
            and not is_treatment(row.outcome)
            and len(between) < 80
            and not _SENTENCE_END.search(between)
        ):
            out[k] = (finding, changed(row, outcome_class="adverse_event"))
    return out


def condition_of(document: Document) -> str | None:
    """The condition that a report is about, by its canonical name: from title and abstract, else from its beginning."""
    text, blocks = document.text, document.blocks
    title = document.source.title or next((text[b.start : b.end] for b in blocks if b.kind == "title"), "")
    told = [text[b.start : b.end] for b in blocks if b.section in ("abstract", "summary") and b.kind != "furniture"]
    if not told:
        told = [
            text[b.start : b.end] for b in blocks if b.kind in ("heading", "paragraph") and b.section != "references"
        ]
    match = vocabulary.condition(f"{title}\n{' '.join(told)[:ABSTRACT]}")
    return match.term.name if match is not None else None


# ---- one row ---------------------------------------------------------------------------------------------------


def quotation(text: str, finding: Finding) -> tuple[int, int]:
    """Start and end of the quotation: the measure without white space at its ends, at most LONGEST_QUOTE long.

    A longer measure is narrowed to its captures; if they alone are too long, it is cut after a whole word.
    """
    measure = finding.measure
    start, end = _trimmed(text, max(0, measure.start), min(len(text), measure.end))
    if end - start > LONGEST_QUOTE and measure.captures:
        inside = [(a, b) for _, a, b in measure.captures if start <= a < b <= end]
        if inside:
            start, end = _trimmed(text, min(a for a, _ in inside), max(b for _, b in inside))
    if end - start > LONGEST_QUOTE:
        cut = start + LONGEST_QUOTE
        if not text[cut].isspace():
            space = max(text.rfind(mark, start, cut) for mark in " \t\n\u00a0")
            cut = space if space > start else cut
        start, end = _trimmed(text, start, cut)
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _block_at(blocks: Sequence[Block], starts: Sequence[int], position: int) -> Block | None:
    at = bisect_right(starts, position) - 1
    return blocks[at] if at >= 0 and position < blocks[at].end else None


_PRINTED = tuple(name for name in MEASURED if name not in ("unit", "negated"))
_printed = attrgetter(*_PRINTED)


def _row(
    document: Document, finding: Finding, start: int, end: int, arms: Sequence[Arm], block: Block | None, study: str
) -> Evidence:
    measure = finding.measure
    boxes = document.boxes(start, end)
    here = [box for box in boxes if box.page == boxes[0].page]
    outcome_id, outcome_class = _outcome(finding, document.text[max(0, start - 40) : measure.start])
    arm = arm_of(finding, arms)
    time = values.timepoint(finding.timepoint) if finding.timepoint and not finding.time_window else None
    return Evidence(
        finding_id="",
        document=document.name,
        document_id=document.document_id,
        study=study,
        section=finding.section,
        source=finding.source,
        ocr=int(document.ocr),
        outcome=finding.outcome,
        outcome_id=outcome_id,
        outcome_class=outcome_class,
        **dict(zip(_PRINTED, _printed(measure), strict=True)),
        unit=_unit(measure.unit),
        negated=int(measure.negated),
        total_source=_total_source(finding),
        arm=finding.arm,
        arm_id=arm.arm_id if arm else None,
        arm_role=finding.arm_role or (arm.role if arm else None),
        comparator=finding.comparator,
        timepoint=finding.timepoint,
        timepoint_value=time[0] if time else None,
        timepoint_unit=time[1] if time else None,
        definition=finding.definition,
        grade=finding.grade,
        grade_scale=finding.grade_scale,
        serious=int(finding.serious),
        population=finding.population,
        derived=",".join(finding.derived) or None,
        quote=document.text[start:end],
        start=start,
        end=end,
        page=boxes[0].page if boxes else None,
        x0=round(min(box.x0 for box in here), 2) if here else None,
        top=round(min(box.top for box in here), 2) if here else None,
        x1=round(max(box.x1 for box in here), 2) if here else None,
        bottom=round(max(box.bottom for box in here), 2) if here else None,
        boxes=_json(
            [
                {"page": b.page, "x0": round(b.x0, 2), "top": round(b.top, 2), "x1": round(b.x1, 2),
                 "bottom": round(b.bottom, 2)}
                for b in boxes
            ]
        )
        if boxes
        else None,
        path=finding.path or (block.path if block else "") or None,
        table_label=finding.table_label,
        row_path=finding.row_path,
        column_path=finding.column_path,
        rule=measure.rule,
        confidence=round(min(1.0, max(0.0, finding.confidence)), 4),
        captures=_json([list(capture) for capture in measure.captures]) if measure.captures else None,
        candidates=_json(
            [
                {"role": c.role, "text": c.text, "start": c.start, "end": c.end, "source": c.source,
                 "weight": round(c.weight, 4), "chosen": c.chosen}
                for c in finding.candidates
            ]
        )
        if finding.candidates
        else None,
    )  # fmt: skip


def _unit(printed: str | None) -> str | None:
    """UCUM where a unit exists; what UCUM can only annotate ("{score}") stays as printed, but for what is counted."""
    code = vocabulary.unit(printed) if printed else None
    return printed if code is None or (code.startswith("{") and code not in _COUNTED) else code


def _counted(row: Evidence, finding: Finding) -> Evidence:
    """ "351 patients", "67 events" without a word of statistics: counts, of patients or of what their unit says."""
    if row.statistic != "other" or row.unit not in _COUNTED or row.events is not None or row.value is None:
        return row
    if row.value < 0 or not row.value.is_integer():
        return row
    printed = (finding.measure.unit or "").casefold()
    kind = next((kind for kind in sorted(NOT_PATIENTS) if printed.startswith(kind[:-1])), None)
    return changed(row, statistic="count", events=row.value, count_of=row.count_of or kind)


_COUNTED = frozenset({"{patients}", "{events}", "{episodes}"})


def _outcome(finding: Finding, before: str) -> tuple[str | None, str]:
    """Canonical id and class. "The primary end point" is named by its definition, where the document spells it out.

    A class that the place of a finding tells holds where its phrase names no outcome of another class.
    """
    for phrase in (finding.outcome, finding.outcome_in_full, finding.definition):
        match = vocabulary.outcome(phrase) if phrase else None
        if match is None and phrase and finding.enrollment:
            match = vocabulary.outcome(phrase.partition(" ")[2])  # "nurses randomized" are patients enrolled
        if match is not None:
            sure = match.method == "exact"
            counted = finding.measure.statistic in ("count", "proportion")
            if finding.outcome_class == "mortality" or (
                finding.outcome_class
                and (not sure or (counted and match.term.category == "biomarker"))
                and match.term.category in ("other", "biomarker")
            ):
                return match.term.id, finding.outcome_class
            if finding.enrollment:
                return match.term.id, "enrollment"
            return match.term.id, class_of_measured(finding, match.term.category, before, sure)
        if phrase == finding.outcome and finding.outcome and not _POINTING.search(finding.outcome):
            break
    if finding.enrollment:
        return None, "enrollment"
    phrases = [phrase for phrase in (finding.outcome, finding.outcome_in_full) if phrase]
    named = next((c for c in map(vocabulary.outcome_class, phrases) if c not in (None, "other")), None)
    if named is None and finding.definition and _POINTING.search(finding.outcome or ""):
        named = vocabulary.outcome_class(finding.definition)
    if finding.outcome_class and (named in (None, "other", "biomarker") or finding.outcome_class == "mortality"):
        named = finding.outcome_class
    return None, class_of_measured(finding, named or "other", before)


_POINTING = re.compile(r"\b(?:end\s?-?points?|outcomes?)\b", re.IGNORECASE)


def _total_source(finding: Finding) -> str:
    if finding.measure.total is None:
        return "none"
    return finding.total_source if finding.total_source != "none" else "explicit"


def arm_of(finding: Finding, arms: Sequence[Arm]) -> Arm | None:
    """The document's arm that a finding speaks of: by label or id, else the only arm with its role."""
    if finding.arm:
        name = _plain(finding.arm)
        for arm in arms:
            if finding.arm in (arm.arm_id, arm.label) or name == _plain(arm.label):
                return arm
        if name != "overall":
            return None
    role = finding.arm_role or ("overall" if finding.arm else None)
    same = [arm for arm in arms if arm.role == role] if role else []
    return same[0] if len(same) == 1 else None


_DROPPED = re.compile(r"\b(?:the|groups?|arms?|patients?|cohorts?|treatment)\b")


def _plain(label: str) -> str:
    folded = label.casefold()
    return " ".join(_DROPPED.sub(" ", folded).split()) or folded.strip()


def _named_arm(arm: Arm) -> Arm:
    if arm.intervention is None:
        match = vocabulary.intervention(arm.label)
        if match is not None:
            arm = replace(arm, intervention=match.term.name)
    if arm.intervention_class is None:
        kind = vocabulary.intervention_class(arm.intervention or arm.label)
        if kind is not None:
            arm = replace(arm, intervention_class=kind)
    return arm


# ---- denominators ----------------------------------------------------------------------------------------------

_SETS = (
    ("safety", re.compile(r"\bsafety\b|\bas[- ]treated\b", re.IGNORECASE)),
    ("efficacy", re.compile(r"\befficacy\b|\bevalua\w+|\bassess\w+|\bper[- ]protocol\b|\bcompleters?\b|\bPP\b", re.I)),
    (
        "all",
        re.compile(
            r"\bm?ITT\b|\bintent\w*[- ]to[- ]treat\b|\brandomi[sz]ed\b|\bfull analysis\b|\ball (?:\w+ )?patients\b"
            r"|\benrol\w+|\btreated\b|\binfused\b|\bdosed\b",
            re.IGNORECASE,
        ),
    ),
)


def analysis_set(population: str | None) -> str | None:
    """What kind of analysis set a printed population is: safety | efficacy | all; None: a subgroup or nothing."""
    return next((kind for kind, words in _SETS if words.search(population)), None) if population else None


def _side(row: Evidence) -> str:
    return "safety" if row.outcome_class == "adverse_event" or row.serious else "efficacy"


NEAR_IT = 600
"""Characters within which "of the 82" means the 82 who had an event; anywhere in a report of one group."""


def _with_totals(told: Sequence[tuple[Finding, Evidence]], arms: dict[str, Arm], text: str) -> Iterator[Evidence]:
    """N from the arm where the sentence has none and no other analysis set is in play.

    Never into a subgroup, never from an efficacy set into safety rows, never where no whole n gives the printed
    percent (percentages read from a curve are exempt: they carry N and are no n/N).
    """
    sets: dict[tuple[str, str], list[float]] = defaultdict(list)
    of_all = _arm_of_all([row for finding, row in told if finding.enrollment], list(arms.values()))
    had_it: dict[tuple[str | None, float], list[int]] = defaultdict(list)
    for finding, row in told:
        if row.events is not None and row.percent is not None and not finding.enrollment:
            had_it[row.arm_id, row.events].append(row.start)
    treated = {
        row.arm_id: int(row.events)
        for finding, row in told
        if finding.enrollment and row.arm_id and row.events and _SAFETY_SET.search(row.outcome or "")
    }
    for finding, row in told:
        if row.arm_id is None:
            continue
        kind = analysis_set(row.population)
        size = (row.events if row.events is not None else row.value) if finding.enrollment else row.total
        if size is None or row.count_of in NOT_PATIENTS:
            continue
        n = arms[row.arm_id].n
        near = n is not None and size >= ANALYSIS_SET_SHARE * n
        if kind == "all" and near:
            sets[row.arm_id, "safety"].append(size)
            sets[row.arm_id, "efficacy"].append(size)
        elif kind in ("safety", "efficacy"):
            sets[row.arm_id, kind] += [size, size]
        elif any(len(arms) == 1 or abs(row.start - at) <= NEAR_IT for at in had_it.get((row.arm_id, size), ())):
            continue  # "81 of the 82": of those who had the event
        elif row.population is None and near and not finding.enrollment and row.total_source in ("explicit", "header"):
            sets[row.arm_id, _side(row)].append(size)
    printed: dict[str | None, list[tuple[int, float]]] = defaultdict(list)
    for finding, row in told:
        size = (row.events if row.events is not None else row.value) if finding.enrollment else row.total
        if size is not None and float(size).is_integer() and row.count_of not in NOT_PATIENTS:
            printed[row.arm_id].append((row.start, size))
    before: Evidence | None = None
    for finding, row in told:
        arm = arms.get(row.arm_id) if row.arm_id else of_all if row.arm_role == "overall" else None
        said, before = before, row if row.total_source == "explicit" and row.total else before
        others = arm is not None and _in_play(sets[arm.arm_id, _side(row)], arm.n)
        if arm is not None and _side(row) == "safety" and arm.arm_id in treated:
            arm, others = replace(arm, n=treated[arm.arm_id]), False
        if arm is not None and not others and _takes_total(finding, row, arm):
            yield changed(row, total=float(arm.n or 0), total_source="arm")
        elif (size := _size_that_gives(finding, row, printed[row.arm_id])) is not None:
            yield changed(row, total=size, total_source="arm")
        elif said is not None and _fits(finding, row, said, text):
            yield changed(row, total=said.total, total_source="header")
        else:
            yield row


_SENTENCE_ENDS = re.compile(r"[.;:]\s")


def _fits(finding: Finding, row: Evidence, said: Evidence, text: str) -> bool:
    """ "8 (24%) of the 33 patients on A, 2 (6%) on B": whether the size told before in the sentence gives a percent."""
    if row.total is not None or row.events is None or row.percent is None or not said.total or finding.enrollment:
        return False
    if "percent" in (row.derived or "") or row.count_of in NOT_PATIENTS or row.source != "text" or row.events < 1:
        return False
    if not 0 <= row.start - said.end < 200 or _SENTENCE_ENDS.search(text, said.end, row.start):
        return False
    digits = printed_decimals(row.percent, row.quote)
    return row.events <= said.total and rounds_to(100 * row.events / said.total, row.percent, digits)


def _in_play(sizes: Sequence[float], n: float | None) -> bool:
    """Whether another analysis set than the arm of n is: several sizes, each printed once ("9 of 131 at the first dose,
    25 of 130 at the second, 44 of 128 at the third"), are those still treated.
    """
    others = [size for size in sizes if size != n]
    return bool(others) and not (len(others) > 1 and len(set(others)) == len(others))


_SAFETY_SET = re.compile(r"\bsafety\b|\bas[- ]treated\b", re.IGNORECASE)


def _arm_of_all(enrolled: Iterable[Evidence], arms: Sequence[Arm]) -> Arm | None:
    """All patients of a study of several arms, as one: where the sizes of the arms make up a number enrolled."""
    if len(arms) < 2 or any(arm.n is None or arm.role == "overall" for arm in arms):
        return None
    n = sum(arm.n or 0 for arm in arms)
    whole = any(row.events == n and row.arm_role == "overall" for row in enrolled)
    return replace(arms[0], arm_id="", label="overall", role="overall", n=n) if whole else None


def _size_that_gives(finding: Finding, row: Evidence, sizes: Iterable[tuple[int, float]]) -> float | None:
    """The one size of the arm printed before a row that its n and its percent fit: 61 for "21 (34%)".

    None where several fit or none.
    """
    if row.total is not None or row.events is None or row.percent is None or finding.enrollment or row.events < 3:
        return None
    if row.statistic not in ("count", "proportion") or row.count_of in NOT_PATIENTS or "percent" in (row.derived or ""):
        return None
    digits, n = printed_decimals(row.percent, row.quote), row.events
    fits = {
        size for at, size in sizes
        if at < row.start and size >= n and rounds_to(100 * n / size, row.percent, digits)
    }  # fmt: skip
    return fits.pop() if len(fits) == 1 else None


def _takes_total(finding: Finding, row: Evidence, arm: Arm) -> bool:
    if not arm.n or row.total is not None or finding.enrollment or row.outcome_class in ("enrollment", "follow_up"):
        return False
    if row.statistic not in ("count", "proportion") or row.count_of in NOT_PATIENTS:
        return False
    if row.population is not None and analysis_set(row.population) != "all":
        return False
    if _side(row) == "safety" and analysis_set(arm.source) == "efficacy":
        return False
    if row.events is not None and (row.events > arm.n or row.events != int(row.events)):
        return False
    if row.percent is None:
        return row.events is not None
    if row.events is None and row.percent in (0, 100) and not any(c.isdigit() for c in row.quote):
        return False  # "all", "none": of whom, the text does not say
    if row.qualifier is not None:
        return True
    on_curve = row.outcome_class in CURVES or (row.outcome_class in ("mortality", "relapse") and row.timepoint)
    if on_curve and row.events is None:
        return True
    digits = printed_decimals(row.percent, row.quote)
    if row.events is not None:
        return rounds_to(100 * row.events / arm.n, row.percent, digits)
    return possible(row.percent, arm.n, digits)


_NUMERAL = re.compile(rf"\d+(?:[.{values.DECIMAL_POINTS}]\d+)?|[.{values.DECIMAL_POINTS}]\d+")


def printed_decimals(number: float, quote: str) -> int:
    """Digits after the decimal point with which a number stands in its quotation: 61 in "61.0% (75)" -> 1."""
    for found in _NUMERAL.finditer(quote):
        if values.number(found.group()) == number:
            return values.decimals(found.group())
    return values.decimals(repr(float(number))) if number != int(number) else 0


def rounds_to(exact: float, printed: float, digits: int) -> bool:
    """Could `exact` have been printed as `printed`, rounded either way at the half, or cut off?"""
    unit = 10.0**-digits
    return abs(exact - printed) <= unit / 2 + 1e-9 or 0 <= exact - printed < unit


def possible(percent: float, total: int, digits: int) -> bool:
    """Does any whole number of `total` give the printed percent? (Brown and Heathers 2017, the GRIM test.)"""
    near = percent * total / 100
    whole = range(max(0, math.floor(near) - 1), min(total, math.ceil(near) + 1) + 1)
    return any(rounds_to(100 * n / total, percent, digits) for n in whole)


def _finished(row: Evidence) -> Evidence:
    """The kind of a count or proportion, its main value, and its percent where it can be computed."""
    if row.count_of in NOT_PATIENTS:
        row = changed(row, total=None, total_source="none")
    if row.statistic not in ("count", "proportion"):
        return row
    if row.percent is not None and "percent" not in (row.derived or ""):
        return changed(row, statistic="proportion", value=row.percent, unit="%")
    events, total = row.events, row.total
    if events is None:
        return row
    if total is None:
        return changed(row, statistic="count", value=events)
    row = changed(row, statistic="proportion", value=events)
    if total > 0 and 0 <= events <= total and row.percent is None:
        # One decimal below a thousand, two above: no finer than one patient.
        percent = half_up(100 * events / total, 1 if total < 1000 else 2)
        row = changed(row, percent=percent, derived=",".join(filter(None, (row.derived, "percent"))))
    return row


def half_up(number: float, digits: int) -> float:
    """A number that is not negative, rounded as people round: 56.25 -> 56.3 (round() gives 56.2)."""
    scale = 10.0**digits
    return math.floor(number * scale + 0.5 + 1e-9) / scale


# ---- ids -------------------------------------------------------------------------------------------------------


def _with_ids(given: Iterable[Evidence]) -> Iterator[Evidence]:
    """Each row with its id: the same document and findings give the same ids, and a renamed rule changes none."""
    seen: dict[tuple[object, ...], int] = defaultdict(int)
    for row in given:
        key = (row.document_id, row.start, row.end, row.arm, row.outcome, row.statistic, row.timepoint)
        digest = sha256(_json([*key, seen[key]]).encode()).hexdigest()
        seen[key] += 1
        yield filled(row, finding_id=digest[:ID_LENGTH])


# ---- the ledger ------------------------------------------------------------------------------------------------


def _ledger(numbers: Sequence[Number], finished: Sequence[Evidence]) -> tuple[Number, ...]:
    """Numbers in text order; the reason of an extracted one is the id of the finding that holds it.

    A capture names its number exactly; else the first quotation around it counts.
    """
    captured = {
        (start, end): row.finding_id for row in reversed(finished) for _, start, end in json.loads(row.captures or "[]")
    }
    starts = [row.start for row in finished]

    def holder(number: Number) -> str | None:
        if (number.start, number.end) in captured:
            return captured[number.start, number.end]
        at = bisect_right(starts, number.start)
        found = None
        while at > 0 and starts[at - 1] >= number.start - LONGEST_QUOTE:
            at -= 1
            if number.end <= finished[at].end:
                found = finished[at].finding_id
        return found

    return tuple(
        replace(number, reason=holder(number) or number.reason) if number.fate == "extracted" else number
        for number in sorted(numbers, key=lambda n: (n.start, n.end, n.fate, n.reason))
    )


# ---- duplicates and conflicts ----------------------------------------------------------------------------------

_COMPARED = (
    "value", "events", "total", "percent", "sd", "se", "plus_minus", "q1", "q3", "iqr_width", "range_low",
    "range_high", "ci_low", "ci_high",
)  # fmt: skip
_WHOLE = frozenset({"events", "total"})
MOST_SAYINGS = 4
"""More different values than this for one question are answers to questions that the columns do not tell apart."""

_MILD = frozenset({"mild", "moderate", "mild to moderate"})


def links(finished: Sequence[Evidence], document: Document) -> Iterator[Link]:
    """Rows that answer one question twice: `same` where their numbers agree, `conflict` where they do not.

    One question: the same outcome, arm, comparator of an effect, statistic, timepoint, grade, population and kind of
    count. Numbers agree when one is the other, rounded. A conflict is only told between different paragraphs or tables.
    An adverse event called mild or moderate in one place and grade 3 or more in another is a conflict of grade. A row
    of the text and a row of a table that share arm, numbers and a word of the outcome are the same also where the text
    leaves the timepoint or the canonical outcome open.
    """
    starts = [block.start for block in document.blocks]
    place = {row.finding_id: _place(row, document, starts) for row in finished}
    groups: dict[tuple[object, ...], list[Evidence]] = defaultdict(list)
    for row in finished:
        if row.outcome_id is not None and row.statistic != "p_value":
            kind = "n" if row.statistic in ("count", "proportion") else row.statistic
            groups[
                row.outcome_id, row.arm_id or _plain(row.arm or ""), _other(row), kind,
                row.timepoint_value, row.timepoint_unit, row.grade, row.population, row.count_of, row.serious,
            ].append(row)  # fmt: skip
    found = [link for group in groups.values() for link in _sayings(group, place)]
    found.extend(_text_and_table(finished, found))
    found.extend(_grades(finished, place))
    yield from sorted(found, key=lambda link: (link.finding_id, link.other_id, link.kind, link.column))


def _place(row: Evidence, document: Document, starts: Sequence[int]) -> tuple[str, int]:
    if row.table_label:
        return row.table_label, -1
    block = _block_at(document.blocks, starts, row.start)
    return row.source, block.start if block else -1


def _sayings(group: Sequence[Evidence], place: dict[str, tuple[str, int]]) -> list[Link]:
    first: list[Evidence] = []
    same: list[Link] = []
    conflicts: list[Link] = []
    for row in group:
        differs = None
        for known in first:
            differs, shared = _difference(known, row)
            if differs is None and shared:
                if place[known.finding_id] != place[row.finding_id]:
                    same.append(Link(known.finding_id, row.finding_id, "same"))
                break
        else:
            if first and differs and place[first[0].finding_id] != place[row.finding_id]:
                conflicts.append(
                    Link(first[0].finding_id, row.finding_id, "conflict", _difference(first[0], row)[0] or differs)
                )
            first.append(row)
            if len(first) > MOST_SAYINGS:
                return []
    return same + conflicts


def _text_and_table(finished: Sequence[Evidence], known: Sequence[Link]) -> Iterator[Link]:
    """A result told in the text and set out in a table: two numbers agree at least, or one that is no small count."""
    linked = {frozenset((link.finding_id, link.other_id)) for link in known}
    told: dict[tuple[object, ...], list[Evidence]] = defaultdict(list)
    for row in finished:
        if row.source == "text" and row.value is not None:
            told[_shared_key(row)].append(row)
    taken: set[str] = set()
    for row in finished:
        if row.source != "table" or row.value is None:
            continue
        for other in told.get(_shared_key(row), ())[:MOST_SAYINGS]:
            if other.finding_id in taken or frozenset((row.finding_id, other.finding_id)) in linked:
                continue
            if _one_saying(other, row):
                taken.add(other.finding_id)
                yield Link(other.finding_id, row.finding_id, "same")
                break


def _shared_key(row: Evidence) -> tuple[object, ...]:
    kind = "n" if row.statistic in ("count", "proportion") else row.statistic
    return row.arm_id or _plain(row.arm or ""), _other(row), kind, row.value


_OF_ONE_ARM = frozenset({"count", "proportion", "rate", "mean", "median"})


def _other(row: Evidence) -> str:
    """The other arm of a comparison; what one arm had is the same whatever it is set against."""
    return "" if row.statistic in _OF_ONE_ARM else _plain(row.comparator or "")


def _one_saying(a: Evidence, b: Evidence) -> bool:
    if a.outcome_id is not None and b.outcome_id is not None and a.outcome_id != b.outcome_id:
        return False
    if any(x is not None and y is not None and x != y for x, y in (
        (a.timepoint_value, b.timepoint_value), (a.grade, b.grade), (a.population, b.population)
    )):  # fmt: skip
        return False
    differs, shared = _difference(a, b)
    if differs is not None or not shared:
        return False
    computed = {*(a.derived or "").split(","), *(b.derived or "").split(",")}
    both = [c for c in _COMPARED if getattr(a, c) is not None and getattr(b, c) is not None and c not in computed]
    telling = len({getattr(a, c) for c in both}) > 1 or (a.value is not None and _decimals(a.value) > 0)
    words = frozenset(vocabulary.normal(a.outcome or "").split()) & frozenset(
        vocabulary.normal(b.outcome or "").split()
    )
    return telling and ((a.outcome_id is not None and a.outcome_id == b.outcome_id) or any(len(w) > 3 for w in words))


def _difference(a: Evidence, b: Evidence) -> tuple[str | None, bool]:
    """The first column in which two rows differ (None: none), and whether they have any column in common."""
    computed = {*(a.derived or "").split(","), *(b.derived or "").split(",")}
    shared = False
    for column in _COMPARED:
        x, y = getattr(a, column), getattr(b, column)
        if x is None or y is None or column in computed:
            continue
        if column == "value" and (a.percent is None) != (b.percent is None):
            continue  # one leads with the percent, the other with n
        if column == "value" and "percent" in computed and a.statistic == "proportion":
            continue
        if column == "total" and "arm" in (a.total_source, b.total_source):
            continue
        shared = True
        if not (x == y if column in _WHOLE else _agree(x, y)):
            return column, True
    return None, shared


def _agree(x: float, y: float) -> bool:
    """Is one number the other, rounded half up to fewer decimals?"""
    digits = min(_decimals(x), _decimals(y))
    scale = 10.0**digits
    return bool(math.floor(x * scale + 0.5 + 1e-9) == math.floor(y * scale + 0.5 + 1e-9))


def _decimals(number: float) -> int:
    return 0 if number == int(number) else len(repr(float(number)).partition(".")[2])


def _grades(finished: Sequence[Evidence], place: dict[str, tuple[str, int]]) -> Iterator[Link]:
    """Called mild or moderate in one place, grade 3 or more in another: once for each outcome and arm."""
    mild: dict[tuple[str, str], Evidence] = {}
    for row in finished:
        if row.outcome_class == "adverse_event" and row.outcome_id and (row.grade or "").casefold() in _MILD:
            mild.setdefault((row.outcome_id, row.arm_id or _plain(row.arm or "")), row)
    told: set[tuple[str, str]] = set()
    for row in finished:
        if row.outcome_class != "adverse_event" or row.outcome_id is None or row.negated or row.events == 0:
            continue
        if not re.match(r"(?:>=)?[345]\b", row.grade or ""):
            continue
        key = (row.outcome_id, row.arm_id or _plain(row.arm or ""))
        other = mild.get(key)
        if other and key not in told and place[other.finding_id] != place[row.finding_id]:
            told.add(key)
            first, second = sorted((other, row), key=lambda r: (r.start, r.end, r.finding_id))
            yield Link(first.finding_id, second.finding_id, "conflict", "grade")


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _json(value: object) -> str:
    return _ENCODER.encode(value)


__all__ = [
    "ID_LENGTH", "LONGEST_QUOTE", "analysis_set", "arm_of", "links", "possible", "printed_decimals", "quotation",
    "rounds_to", "rows",
]  # fmt: skip
