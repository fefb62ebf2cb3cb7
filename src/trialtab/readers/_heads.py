"""Heads inside paragraphs ("RESULTS:", "Study Rundown:"), and lines that are furniture, notes or levels of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from trialtab.readers._sections import section_of
from trialtab.readers._tidy import blank

_FURNITURE_HEAD = (
    r"Relevant Readings?|Image(?: Credit)?|Photo(?: Credit)?|Evidence Rating Level|Evidence [Ll]evel"
    r"|Evidence [Rr]ating|Level of [Ee]vidence|LEVEL OF EVIDENCE|Disclaimer|Disclosures?"
)
_LEVEL = re.compile(
    r"(?:Evidence Rating Level|Evidence level|Evidence rating|Level of evidence)(?:\*\*|__)?:(?:\*\*|__)?[ \t]*"
    r"((?:\d{1,2}[a-c]?|[IV]{1,3})\b(?:[ \t]*\([A-Za-z ]{1,40}\))?)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:(?:relevant reading|image(?: credit)?|photo(?: credit)?)s?\**:"
    r"|click (?:here )?(?:to|for) (?:read|view|access|the full)|read the (?:full )?(?:study|article) in"
    r"|©|\(c\) ?\d{4}|copyright(?=\s*(?:©|\(c\)|\d{4}|by\b|notice|[:.]|\Z))|all rights reserved"
    r"|no works may be reproduced|\d{4} 2 minute medicine"
    r"|advertisement\b|share this\b|(?:evidence (?:rating )?level|evidence rating|level of evidence)\**:"
    r"|creative commons\b|cc[ -]by\b"
    r"|licen[sc]ed? under\b|distributed under\b|this is an open[- ]access (?:article|work)\b"
    r"|this (?:article|work|text|summary|abstract|digest) (?:is|was|may be)\b"
    r"|(?:text|licence|license): cc|(?:pmid|pmcid|doi) ?:"
    r"|licen[sc]e(?:e\b|:|\.|\Z))",
    re.IGNORECASE,
)
_LICENCE_WORDS = re.compile(
    r"licen[sc]|creative commons|permission|rights|reproduc|reuse|\bcc|public domain", re.IGNORECASE
)


def is_furniture(text: str) -> bool:
    """Licence, copyright, picture credit, "Relevant reading": printed on the page, no evidence."""
    start = text.lstrip(" \t*_>[")[:400]
    found = _FURNITURE.match(start)
    if found is None:
        return False
    # "This summary is …" may also begin a sentence of the report's own: ask for a second sign.
    if found.group().casefold().startswith("this "):
        return bool(_LICENCE_WORDS.search(start[found.end() :]))
    return True


_TABLE_NOTE = re.compile(
    r"\^?[a-h]\)?[ ](?=[A-Z0-9])|[*†‡§¶#‖]{1,3}[ ]?(?=[A-Za-z0-9])|\^[a-z0-9*†‡§]{1,3}[ ]"
    r"|(?i:abbreviations?\b|notes?[.:]|(?:data|values|results|numbers|figures) are\b)"
    r"|[A-Z][A-Za-z-]{1,8}[,:=] ?[a-z -]{3,60};"
)


def is_table_note(text: str) -> bool:
    """The start of a table's footnote ("a One patient …", "* P < 0.05", "Abbreviations: …").

    Only to be asked of text that stands right under a table.
    """
    return len(text) < 1500 and bool(_TABLE_NOTE.match(text))


def evidence_level(text: str) -> str:
    """The "2 (Good)" of an "Evidence Rating Level: 2 (Good)" line; "" where there is none."""
    found = _LEVEL.search(text)
    return blank(found.group(1)).strip() if found else ""


_CORE = (
    "background", "introduction", "objective", "objectives", "aim", "aims", "purpose", "method", "methods", "result",
    "results", "finding", "findings", "discussion", "conclusion", "conclusions", "interpretation", "importance",
    "context", "design", "setting", "patients and methods", "materials and methods", "research design and methods",
    "subjects and methods", "conclusions and relevance", "main outcomes and measures", "interventions", "intervention",
    "participants", "funding", "trial registration", "methods and results", "methods and findings",
)  # fmt: skip


# Heads of structured abstracts that are cut off their paragraph. Names that may be the outcome or the subject of the
# sentence ("Response: 81 of 120", "Safety: …", "Patients: 120 adults") are not among them: cutting would part the name
# from its number.
_RUN_IN_NAMES = """
    abstract; background; background and aim; background and aims; background and objective; background and
    objectives; background and purpose; background/aim; background/aims; background/objective;
    background/objectives; introduction; introduction and aims; objective; objectives; aim; aims; aim of the study;
    aims of the study; objective of the study; study objective; study objectives; purpose; purpose of the study;
    aims and objectives; aim and objectives; aims/hypothesis; rationale; context; context and objective;
    context and objectives;
    importance; hypothesis; why was this study done; method; methods; methodology; materials and methods; material
    and methods; methods and materials; material/methods; patients and methods; subjects and methods; participants
    and methods; patients/methods; methods/patients; methods/design; methods and design; method/design; methods and
    analysis; research design and methods; design and methods; experimental design; design; study design; trial
    design; design and setting; setting; settings; setting and design; settings and design; design, setting, and
    participants; design, setting and participants; design, setting, participants; study design and setting; study
    population and methods; participants; interventions; intervention; measurements; main outcome measure; main
    outcome measures; outcome measure; outcome measures; main outcomes and measures; main measures; measurements and
    main results; primary and secondary outcome measures; statistical analysis; statistical analysis used; data
    sources; study selection; data extraction; data collection; result; results; finding; findings; main results;
    key results; main findings; key findings; principal findings; principal results; methods and results; methods
    and findings; methodology/principal findings; results and discussion; results and conclusion; results and
    conclusions; discussion; discussion and conclusion; discussion and conclusions; conclusion; conclusions;
    conclusions and relevance; conclusion and relevance; interpretation; limitations; conclusions/significance;
    conclusion/significance; conclusions and clinical importance; conclusions/interpretation; conclusions and
    implications; implications; funding; trial registration; trial registrations; clinical trial registration; trial
    registration number; clinicaltrials.gov identifier; what this study adds; what this paper adds; take-home
    message; what is already known on this topic; what is new; what did the researchers do and find; what do these
    findings mean; clinical relevance; clinical significance; bottom line; the bottom line
"""
_RUN_IN = tuple(name.strip() for name in _RUN_IN_NAMES.split(";"))


@cache
def _head_pattern() -> re.Pattern[str]:
    def either(names: Iterable[str]) -> str:
        parts = (re.escape(name).replace("\\ ", "[ ]").replace("/", "[ ]?/[ ]?") for name in names)
        return "|".join(parts).replace("[ ]and[ ]", "[ ](?:and|&)[ ]").replace("'", "['’]")

    longest = sorted(_RUN_IN, key=len, reverse=True)
    core = sorted(_CORE, key=len, reverse=True)
    bracket = r"(?:[ ]?\[[^\[\]\r\n]{1,80}\]|[ ]?\([^()\r\n]{1,60}\))?"
    colon = r"(?=(?:\*\*|__)?[ ]?:)"
    return re.compile(
        # After any blank: heads and lines that only summaries have.
        r"(?:(?<!\S)(?P<open>(?:\*\*|__)?)(?P<head>"
        rf"(?P<aside>{_FURNITURE_HEAD}){colon}|(?P<click>Click[ ](?:here[ ])?to[ ](?:read|view)[ ]|©[ ]?(?=\d{{4}}))"
        rf"|(?:Study[ ]Rundown|In[- ]Depth|Key[ ]Points?){bracket}{colon})"
        # At the start, after a sentence or on a new line: names of sections.
        r"|(?:\A|(?<=[.!?)\]”\"%*]\s)|(?<=[\r\n]))[ \t]{0,3}(?P<open2>(?:\*\*|__)?)(?P<head2>(?=[A-Z2])(?:"
        rf"(?i:{either(longest)}){bracket}{colon}"
        rf"|(?i:{either(core)})(?=(?:\*\*|__)?[ ][-–—][ ]|—)"
        rf"|(?:{either(name.upper() for name in core)})(?=\.?(?:\*\*|__)?[ ]+[A-Z0-9])"
        rf"|(?i:{either(core)})(?=\.(?:\*\*|__))"
        rf"|(?<=\*\*)(?i:{either(longest)})(?=\*\*[ ])"  # "**Results** Of 412 …"
        r")))(?P<sign>(?:\*\*|__)?(?:[ ]?:|[ ][-–—](?=[ ])|—|\.)?(?:\*\*|__)?)"
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph: kind heading, paragraph or furniture, with the in-paragraph head it stands under.

    start and end are offsets in the paragraph, blanks trimmed; section and part are those of the head ("" without).
    """

    kind: str
    start: int
    end: int
    head: str = ""
    section: str = ""
    part: str = ""


def _piece(
    kind: str, text: str, start: int, end: int, head: str = "", section: str = "", part: str = ""
) -> list[Piece]:
    """The stretch as a piece, blanks trimmed; none where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Piece(kind, start, end, head, section, part)] if start < end else []


_LINE_END = re.compile(r"[\r\n]")


def pieces(text: str) -> list[Piece]:
    """Cut a paragraph at its in-paragraph heads ("RESULTS:", "In-Depth [cohort study]:", "Relevant Reading:").

    A paragraph without any comes back as one piece. Pieces are in order and do not overlap.
    """
    pattern = _head_pattern()
    if is_furniture(text) and not pattern.match(text):
        return _piece("furniture", text, 0, len(text))
    out: list[Piece] = []
    at, line_end, head, section, part = 0, -1, "", "", ""
    kind = "paragraph"
    for found in pattern.finditer(text):
        which = "head" if found["head"] is not None else "head2"
        start = found.start("open" if which == "head" else "open2")
        if start < at:
            continue
        if kind == "furniture":
            # A credit ends with its line; "Relevant Reading" and what follows it, only where a head begins.
            out += _piece(kind, text, at, min(start, line_end), head, section, part)
            out += _piece("paragraph", text, min(start, line_end), start, head, section, part)
        else:
            out += _piece(kind, text, at, start, head, section, part)
        kind, at = "paragraph", start
        if found["aside"] or found["click"]:
            aside = found["aside"] or ""
            level = _LEVEL.match(text, found.start(which)) if "vidence" in aside.casefold() else None
            if level:
                out += _piece("furniture", text, start, level.end(), head, section, part)
                at = level.end()
                continue
            kind = "furniture"
            if aside.startswith(("Relevant", "Discl")):
                line_end = len(text)
            elif line_end < found.end():  # looked for once a line, or a long line of credits would be quadratic
                line = _LINE_END.search(text, found.end())
                line_end = line.start() if line else len(text)
        else:
            head = text[found.start(which) : found.end(which)].strip()
            section, part = section_of(head)
            out += _piece("heading", text, found.start(which), found.end(which), head, section, part)
            at = found.end()
    if kind == "furniture":
        out += _piece(kind, text, at, line_end, head, section, part)
        at = line_end
    return out + _piece("paragraph", text, at, len(text), head, section, part)
