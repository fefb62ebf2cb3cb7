"""What a heading says of the section under it: its section and its part."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from trialtab import vocabulary
from trialtab.readers._tidy import blank

# Names that patterns/sections.toml does not hold: journals' own wordings, met in articles. (section, part, names)
_MORE: tuple[tuple[str, str, str], ...] = (
    (
        "abstract",
        "",
        "abstract summary",
    ),
    (
        "summary",
        "",
        "what is new; author summary; article focus; the bottom line; why this matters; 2 minute medicine; "
        "plain english summary",
    ),
    (
        "summary",
        "results",
        "what this paper adds; what did the researchers do and find",
    ),
    (
        "background",
        "background",
        "background/objective; background/objectives; context and objective; context and objectives; "
        "objectives/hypothesis; introduction and objectives; problem; why was this study done; literature "
        "review; statement of problem; why; what was known; what is known; what we knew; what was known before; "
        "why this study; why it was done; why we did it; setting the scene",
    ),
    (
        "methods",
        "methods",
        "methods/design; methods and design; method/design; methods/patients; experimental; setting and "
        "patients; population; design, setting, participants; animals; patients and participants; primary and "
        "secondary outcome measures; statistical analysis used; oversight; subjects and materials; patients "
        "and materials; follow-up procedures; methods and trial design; settings and design; main measures; "
        "outcomes and measures; how; what we did; what they did; what was done; how it was done; how we did it; "
        "who and how",
    ),
    (
        "results",
        "results",
        "methods and results; methods and findings; methodology/principal findings; methods/results; "
        "principal results; methodology and principal findings; results and conclusions; results and "
        "conclusion; experimental results; research findings; results and interpretation; evidence synthesis; "
        "mortality; results/findings; observations; main results and the role of chance; results and "
        "discussion; what we found; what they found; what was found; what happened; what we saw; what was seen; "
        "the findings",
    ),
    (
        "discussion",
        "discussion",
        "discussion/conclusion; commentary; perspective",
    ),
    (
        "conclusion",
        "conclusion",
        "conclusions/significance; conclusion/significance; conclusions and clinical importance; "
        "conclusions/interpretation; what do these findings mean; conclusions and future directions; final "
        "remarks; relevance; conclusions and relevance; summary/conclusion; summary/conclusions; our reading; "
        "what it means; what this means; take-home; take-home message; "
        "take home message; in sum; our view",
    ),
    (
        "back",
        "",
        "sponsor; contributorship; contribution to authorship; additional information; list of abbreviations "
        "used; trial status; current study status; endnotes; footnotes; about this article; ethics and "
        "dissemination; notes; role of the study sponsor; description of additional files; orcid",
    ),
)
# Names that open a main section of an article; other known names may stand under any of them.
MAIN = frozenset((
    "abstract", "summary", "background", "introduction", "objective", "objectives", "aim", "aims", "purpose", "methods",
    "method", "materials and methods", "material and methods", "patients and methods", "subjects and methods",
    "participants and methods", "methods and materials", "research design and methods", "design and methods",
    "methodology", "results", "result", "findings", "results and discussion", "methods and results",
    "methods and findings", "discussion", "comment", "discussion and conclusion", "discussion and conclusions",
    "conclusion", "conclusions", "interpretation", "conclusions and relevance", "references", "bibliography",
    "acknowledgements", "acknowledgments", "funding", "study rundown", "in-depth", "in depth", "key points",
    "competing interests", "conflict of interest", "conflicts of interest", "supplementary material", "abbreviations",
    "trial registration", "case report", "case series", "importance", "main outcomes and measures",
))  # fmt: skip
RUNDOWN = frozenset(("study rundown", "in-depth", "in depth", "key points", "2 minute medicine"))
_NUMBERING = re.compile(
    r"(?:\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[ivxIVX]{1,5}|[A-Ha-h])[.):]\s*|\d{1,2}(?:\.\d{1,2}){0,4}\s+)"
)
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]{0,100}[)\]]\s*")
_TRIM = " \t\r\n.:;,-–—*_#|"


def normal_heading(heading: str) -> str:
    """A heading without numbering, bracketed asides, markup and end signs, in small letters."""
    text = blank(heading[:300]).strip(_TRIM + "?")
    numbered = _NUMBERING.match(text)
    if numbered and numbered.end() < len(text):
        text = text[numbered.end() :]
    text = _ASIDE.sub(" ", text).strip(_TRIM + "?").casefold()
    if "&" in text:
        text = " ".join(text.replace("&", " and ").split())
    return text.replace("’", "'").replace(" / ", "/").replace("‐", "-").replace("‑", "-")


@cache
def _more() -> dict[str, tuple[str, str]]:
    return {name.strip(): (section, part) for section, part, names in _MORE for name in names.split(";")}


@lru_cache(maxsize=8192)
def named_section(heading: str) -> tuple[str, str]:
    """(section, part) where the whole heading is a known name, else ("", ""). patterns/sections.toml goes first."""
    name = normal_heading(heading)
    if not name:
        return "", ""
    return vocabulary.section_of(name) or _more().get(name, ("", ""))


# Where the whole heading is unknown, the first of these words decides ("Results of the extension study").
_FIRST_WORD = (
    (re.compile(r"(?:materials?|patients?|subjects?|participants?|statistical|study) .{0,30}methods?\b"), "methods"),
    (re.compile(r"methods?\b|methodolog|statistical (?:analys|method)|study design|trial design"), "methods"),
    (
        re.compile(
            r"results?\b|findings?\b|adverse (?:events?|effects?|reactions?)\b|harms?\b|side effects?\b|toxicit"
        ),
        "results",
    ),
    (re.compile(r"discussions?\b"), "discussion"),
    (re.compile(r"conclusions?\b|concluding"), "conclusion"),
    (re.compile(r"introduction\b|background\b|aims? (?:of|and)\b|objectives? (?:of|and)\b"), "background"),
)
_WHOLE_BACK = re.compile(
    r"(?:competing|conflicts? of) interests?\b|acknowledge?ments?\b|(?:author|authors') contributions?\b|funding\b"
    r"|supplement(?:al|ary)\b|supporting information\b|data availability\b|trial registration\b|disclosures?\b"
)


@lru_cache(maxsize=8192)
def section_of(heading: str) -> tuple[str, str]:
    """(section, part) that a heading names, ("", "") where it names none. See model.Block for the values.

    "2.1 Patients and methods" -> ("methods", "methods"); "Adverse events" -> ("results", "results").
    """
    known = named_section(heading)
    if known[0]:
        return known
    name = normal_heading(heading)
    if name and len(name) <= 60:
        if _WHOLE_BACK.match(name):
            return "back", ""
        for pattern, section in _FIRST_WORD:
            if pattern.match(name):
                return section, section
    return "", ""


_SEC_TYPES = {
    "intro": "background", "introduction": "background", "background": "background", "objective": "background",
    "methods": "methods", "materials": "methods", "material": "methods", "method": "methods", "subjects": "methods",
    "materials and methods": "methods", "results": "results", "findings": "results", "cases": "results",
    "discussion": "discussion", "discussions": "discussion", "conclusion": "conclusion", "conclusions": "conclusion",
}  # fmt: skip
_BACK_TYPES = re.compile(
    r"supplementary-material|coi|conflict|ack|funding|disclosure|contribution|data-availability|display-objects|abbrev"
)


def section_of_type(sec_type: str) -> tuple[str, str]:
    """(section, part) of a JATS sec-type ("materials|methods"); ("", "") where it says nothing."""
    kinds = [kind.strip() for kind in sec_type.casefold().split("|")]
    for kind in ("results", *kinds):
        if kind in kinds and kind in _SEC_TYPES:
            return _SEC_TYPES[kind], _SEC_TYPES[kind]
    return ("back", "") if _BACK_TYPES.match(sec_type.casefold()) else ("", "")
