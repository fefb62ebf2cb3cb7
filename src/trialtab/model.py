"""The records that pass between the rooms: frozen, plain, standard library only.

Offsets are half-open character positions in `Document.text`. The text is built once, by its reader, and never
edited: `document.text[start:end]` is the quotation, for every record that has a start and an end.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

# ---- where something stands ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a document's text, half-open."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle on a page: page from 1, points, origin at the top left."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Words:
    """Where each word of a PDF stands: parallel arrays in text order, one entry a word.

    starts, ends: offsets in Document.text; pages: from 1; x0, top, x1, bottom: points, origin top left;
    line: running number of the printed line, so that words of one line share a box.
    """

    starts: array[int]
    ends: array[int]
    pages: array[int]
    lines: array[int]
    x0: array[float]
    top: array[float]
    x1: array[float]
    bottom: array[float]

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """One box for each printed line that text[start:end] touches, in text order."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        found: dict[int, Box] = {}
        for i in range(first, last):
            old = found.get(self.lines[i])
            new = Box(self.pages[i], self.x0[i], self.top[i], self.x1[i], self.bottom[i])
            found[self.lines[i]] = (
                new
                if old is None
                else Box(
                    old.page,
                    min(old.x0, new.x0),
                    min(old.top, new.top),
                    max(old.x1, new.x1),
                    max(old.bottom, new.bottom),
                )
            )
        return tuple(found.values())


# ---- a document ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """What a document says of itself. Empty string or empty tuple where it does not say."""

    title: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    nct: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    authors: tuple[str, ...] = ()
    evidence_level: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, caption … in reading order; blocks do not overlap.

    kind:    title | heading | paragraph | item | caption | table | footnote | reference | furniture
             (furniture: running heads, page numbers, licence lines, "Relevant reading": never evidence)
    section: title | abstract | summary | background | methods | results | discussion | conclusion | references |
             caption | table | back | other: the place that a reader would name
    part:    background | methods | results | discussion | conclusion | "" : the role of the text, also inside
             an abstract or summary ("RESULTS:" in an abstract gives section "abstract", part "results")
    heading: the nearest heading as printed; path: XPath for JATS and HTML, "" elsewhere
    """

    kind: str
    section: str
    part: str
    start: int
    end: int
    heading: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table grid; spans are at least 1; its text is document.text[start:end]."""

    row: int
    column: int
    row_span: int
    column_span: int
    start: int
    end: int
    header: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a grid. `rows` and `columns` count grid lines after spans are laid out."""

    label: str
    start: int
    end: int
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    caption: Span | None = None
    footnotes: tuple[Span, ...] = ()
    path: str = ""


# ---- what a trial registry holds in types -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredArm:
    """An arm as registered. kind: the registry's type ("EXPERIMENTAL", "PLACEBO_COMPARATOR"); start, end: its label."""

    label: str
    kind: str
    interventions: tuple[str, ...] = ()
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One posted result: values and types as the registry holds them, "" where it holds none, and their place.

    kind:  flow (participants at a milestone) | left (who left, and why) | measure (an outcome in one group) |
           analysis (a comparison of groups) | deaths | serious | other (adverse events in all) | event (one term)
    start, end: where the reader printed it; path: JSON pointer into the file
    group: title of its group; groups: of an analysis, all that it compares
    outcome: title of the measure, term of the event, or milestone; class_title, category: the row of its table
    value, spread, low, high: as posted ("NA" among them); total: the denominator; count: of events in `value` patients
    param, dispersion: types of value and spread ("MEDIAN", "95% Confidence Interval"); unit: as posted
    p_value: as posted ("<0.001"); level: of an analysis's interval, percent
    table_label, row_path, column_path: of its table; sole: the only row of its table
    """

    kind: str
    start: int
    end: int
    path: str
    outcome: str
    group: str = ""
    groups: tuple[str, ...] = ()
    class_title: str = ""
    category: str = ""
    value: str = ""
    spread: str = ""
    low: str = ""
    high: str = ""
    total: str = ""
    count: str = ""
    param: str = ""
    dispersion: str = ""
    unit: str = ""
    p_value: str = ""
    level: str = ""
    comment: str = ""
    time_frame: str = ""
    population: str = ""
    organ_system: str = ""
    serious: bool = False
    table_label: str = ""
    row_path: str = ""
    column_path: str = ""
    sole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a registry record says in types, beside its text; phases, allocation, assignment as the registry codes them.

    enrolment: participants enrolled, (number, start, end); None where it is only planned or not posted.
    """

    arms: tuple[RegisteredArm, ...] = ()
    results: tuple[Posted, ...] = ()
    study_type: str = ""
    phases: tuple[str, ...] = ()
    allocation: str = ""
    assignment: str = ""
    conditions: tuple[str, ...] = ()
    enrolment: tuple[int, int, int] | None = None


# ---- the document as a whole ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """One report, as its reader built it. Promise: text is never edited after the reader returns."""

    name: str
    document_id: str
    format: str
    text: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...] = ()
    source: Source = Source()
    notices: tuple[str, ...] = ()
    words: Words | None = None
    pages: int | None = None
    ocr: bool = False
    registration: Registration | None = None

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Page boxes of a stretch of text, one a printed line; empty where the format has no pages."""
        return self.words.boxes(start, end) if self.words else ()

    def without_places(self) -> Document:
        """The document without what only its extraction needs: it travels lighter between processes."""
        return replace(self, words=None, registration=None)


# ---- what is read out of it ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A printed result before it is known what it belongs to. Numbers as printed; None where not printed."""

    start: int
    end: int
    statistic: str
    value: float | None = None
    unit: str | None = None
    qualifier: str | None = None
    events: float | None = None
    total: float | None = None
    percent: float | None = None
    sd: float | None = None
    se: float | None = None
    plus_minus: float | None = None
    q1: float | None = None
    q3: float | None = None
    iqr_width: float | None = None
    range_low: float | None = None
    range_high: float | None = None
    ci_level: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_relation: str | None = None
    p_value: float | None = None
    negated: bool = False
    count_of: str | None = None
    rule: str = ""
    captures: tuple[tuple[str, int, int], ...] = ()


MEASURED = tuple(f.name for f in fields(Measure) if f.name not in ("start", "end", "rule", "captures"))
"""The fields of a Measure that a Finding's row carries over unchanged."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing a measure might belong to, kept so that the choice can be explained.

    role: outcome | arm | timepoint | grade | population; source: the rule or construction that proposed it.
    """

    role: str
    text: str
    start: int
    end: int
    source: str
    weight: float
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A measure tied to what it belongs to, phrases as printed.

    outcome_class: the class that the place of the finding tells (a row of an adverse-event table); None: its phrase
    alone tells it. outcome_in_full: with the short forms spelled out that the document defines. time_window:
    `timepoint` is a time during which something was collected, and no point in time.
    """

    measure: Measure
    section: str
    source: str = "text"
    outcome: str | None = None
    arm: str | None = None
    arm_role: str | None = None
    comparator: str | None = None
    timepoint: str | None = None
    time_window: bool = False
    grade: str | None = None
    grade_scale: str | None = None
    serious: bool = False
    population: str | None = None
    definition: str | None = None
    total_source: str = "none"
    derived: tuple[str, ...] = ()
    path: str = ""
    table_label: str | None = None
    row_path: str | None = None
    column_path: str | None = None
    confidence: float = 0.5
    candidates: tuple[Candidate, ...] = ()
    enrollment: bool = False
    outcome_class: str | None = None
    outcome_in_full: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """An arm of a document. role: intervention | control | overall; start and end: where its name was read; dose: as
    printed beside its name, None where it is not told or not clear whose it is."""

    arm_id: str
    label: str
    role: str
    intervention: str | None = None
    intervention_class: str | None = None
    n: int | None = None
    start: int | None = None
    end: int | None = None
    n_start: int | None = None
    n_end: int | None = None
    source: str = ""
    dose: str | None = None
    dose_start: int | None = None
    dose_end: int | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A line of the ledger: a number of the text and its fate.

    fate: extracted | ignored | unresolved; reason: the finding's id, or why it was left out ("dose", "date", …).
    """

    start: int
    end: int
    section: str
    fate: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A result said without a number. direction: increased | decreased | no difference."""

    start: int
    end: int
    section: str
    outcome: str | None
    arm: str | None
    comparator: str | None
    direction: str
    rule: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that is read out of one document, before names are made canonical."""

    findings: tuple[Finding, ...] = ()
    arms: tuple[Arm, ...] = ()
    statements: tuple[Statement, ...] = ()
    numbers: tuple[Number, ...] = ()
    design: str | None = None
    condition: str | None = None
    data_cutoff: str | None = None
    notices: tuple[str, ...] = ()


# ---- what is stored --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One row of the evidence table as the tool proposes it; columns and their meaning: README, "The evidence table".

    The review columns (status, reviewer, reviewed_at, note) are added by the store.
    """

    finding_id: str
    document: str
    document_id: str
    study: str
    section: str
    source: str
    ocr: int = 0
    outcome: str | None = None
    outcome_id: str | None = None
    outcome_class: str | None = None
    statistic: str
    value: float | None = None
    unit: str | None = None
    qualifier: str | None = None
    events: float | None = None
    total: float | None = None
    percent: float | None = None
    total_source: str = "none"
    sd: float | None = None
    se: float | None = None
    plus_minus: float | None = None
    q1: float | None = None
    q3: float | None = None
    iqr_width: float | None = None
    range_low: float | None = None
    range_high: float | None = None
    ci_level: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_relation: str | None = None
    p_value: float | None = None
    arm: str | None = None
    arm_id: str | None = None
    arm_role: str | None = None
    comparator: str | None = None
    timepoint: str | None = None
    timepoint_value: float | None = None
    timepoint_unit: str | None = None
    definition: str | None = None
    count_of: str | None = None
    grade: str | None = None
    grade_scale: str | None = None
    serious: int = 0
    population: str | None = None
    negated: int = 0
    derived: str | None = None
    quote: str
    start: int
    end: int
    page: int | None = None
    x0: float | None = None
    top: float | None = None
    x1: float | None = None
    bottom: float | None = None
    boxes: str | None = None
    path: str | None = None
    table_label: str | None = None
    row_path: str | None = None
    column_path: str | None = None
    rule: str
    confidence: float
    checks: str | None = None
    captures: str | None = None
    candidates: str | None = None


_EVIDENCE = tuple(field.name for field in fields(Evidence))
_PUT = {name: getattr(Evidence, name).__set__ for name in _EVIDENCE}
_READ = attrgetter(*_EVIDENCE)


def changed(row: Evidence, **columns: Any) -> Evidence:
    """The row with other values in some columns: `dataclasses.replace` in a third of its time, for each row takes some.

    Raises KeyError where a row has no such column.
    """
    new = object.__new__(Evidence)
    for put, value in zip(_PUT.values(), _READ(row), strict=True):
        put(new, value)
    for name, value in columns.items():
        _PUT[name](new, value)
    return new


def filled(row: Evidence, **columns: Any) -> Evidence:
    """The row itself with other values in some columns: for a row that nobody but its maker holds yet.

    Raises KeyError where a row has no such column.
    """
    for name, value in columns.items():
        _PUT[name](row, value)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One arithmetic check on one row. result: pass | fail | not_checkable; other_id: what it was held against."""

    finding_id: str
    check: str
    result: str
    expected: str = ""
    observed: str = ""
    tolerance: str = ""
    note: str = ""
    other_id: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Two rows of one document that say one result. kind: same | conflict; column: where they differ."""

    finding_id: str
    other_id: str
    kind: str
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything one document gives the database: saved in one transaction, replaced as one."""

    document: Document
    study: str
    rows: tuple[Evidence, ...] = ()
    arms: tuple[Arm, ...] = ()
    checks: tuple[Check, ...] = ()
    numbers: tuple[Number, ...] = ()
    statements: tuple[Statement, ...] = ()
    links: tuple[Link, ...] = ()
    design: str | None = None
    condition: str | None = None
    data_cutoff: str | None = None
    rules_digest: str = ""
    version: str = ""


def evidence_columns() -> tuple[str, ...]:
    """Names of the Evidence columns, in order."""
    return tuple(f.name for f in fields(Evidence))


__all__ = [
    "MEASURED",
    "Arm",
    "Block",
    "Box",
    "Candidate",
    "Cell",
    "Check",
    "Document",
    "Evidence",
    "Extraction",
    "Finding",
    "Link",
    "Measure",
    "Number",
    "Posted",
    "Record",
    "RegisteredArm",
    "Registration",
    "Source",
    "Span",
    "Statement",
    "Table",
    "Words",
    "changed",
    "evidence_columns",
    "filled",
]
