"""How a document defines its outcomes: "the primary end point was X at week 24", "response, defined as a fall of …",
and by which criteria they were judged.

`definitions(document)` reads them, `define` gives them to findings. A definition never changes the printed outcome of a
finding; a primary end point takes the time that its definition names where no other was told.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trialtab import language, vocabulary
from trialtab.model import Document, Finding
from trialtab.prefilter import Prefiltered

MOST = 240
"""Characters of a definition that are kept."""

_SECTIONS = frozenset(("abstract", "summary", "methods", "results", "background", "other", "caption"))
_POINT = r"(?:efficacy |safety |study |composite |clinical )?(?:end[ -]?points?|outcomes?)(?: measures?| variables?)?"
_PRIMARY = Prefiltered(
    rf"\b(?P<rank>(?:co-?)?primary|key secondary) {_POINT}"
    r"(?: (?:of|for|in) (?:the|this|our) (?:study|trial|analysis|phase \w+ (?:trial|study)))?"
    r"(?: was defined as| were defined as| was| is| were|:) "
    r"(?!met\b|not\b|reached|achieved|analy|assess|evaluat|signific|tested|similar|observed|available|missing|seen|"
    r"compar|the same|higher|lower|better|also|attained|in favou?r|calculated|measured|obtained|known|recorded)"
    r"(?P<what>[^;]{8,400})",
    re.I,
)
_SAYS = Prefiltered(r"(?P<open>\()?\b(?:defined as|meaning|that is,) ")
_BEFORE = re.compile(
    r"(?<![\w-])(?P<name>[A-Za-z][\w’'/ -]{2,70}?)(?: \([^()]{2,40}\))?,?(?: was| were| is| are)?(?: \w+ly)? ?$"
)
_JUDGED = Prefiltered(
    r"\b(?P<name>responses?|remissions?|toxicit(?:y|ies)|adverse events|CRS|ICANS|GVHD|"
    r"cytokine[- ]release syndrome|neurotoxicity|progression|disease (?:status|activity)|relapse)\b[^.;]{0,70}?"
    r"\b(?:assessed|graded|evaluated|defined|scored|classified|determined|judged|categori[sz]ed)\b[^.;]{0,30}?"
    r"\b(?:according to|by|per|with|using|following|on the basis of) (?:the )?"
    r"(?P<what>[^.;,]{0,80}?(?:\b(?:criteria|Classification|consensus|guidelines?|recommendations|definitions?|grading|"
    r"CTCAE|RECIST|IMWG|iwCLL|ASTCT|EULAR|Lugano|Cheson|NCI)\b)(?:[^.;,()]|\.\d){0,90}?)"
    r"(?=[.;,()]|$| (?:and|in|at|before|after)\b)",
    re.I,
)
_ENDS = re.compile(
    r"\s*(?:,? (?:and|while|whereas|with) (?:the )?(?:main |key )?secondary|, (?:as )?(?:assessed|measured|evaluated|"
    r"analy[sz]ed|determined|judged|tested)\b|"
    r", (?:was|were|is|occurred|developed|had|in|affected|appeared)\b| \((?:primary|main)\b|"
    r", and (?:was|were|it|we|the)\b|\.\s*$)",
    re.I,
)
_HINTS = ("primary", "key secondary", "defined as", "meaning", "criteria", "ctcae", "astct", "lugano", "graded")
_NAMES_PRIMARY = Prefiltered(
    r"\b(?P<rank>(?:co-?)?primary|key secondary)\b.{0,20}\b(?:end[ -]?points?|outcomes?)", re.I
)
_WHEN = re.compile(
    r"\b(?:(?:at|by|within|after|to|through|until|on) (?:the )?)?(?:(?:week|day|month|year|cycle)s? \d{1,3}\b|"
    r"\d{1,3}(?:[- ](?:weeks?|days?|months?|years?|hours?|h)\b))",
    re.I,
)
_GRADED = frozenset(("adverse_event",))
_IN_TIME = frozenset(("time_to_event", "remission_duration", "survival", "follow_up", "adverse_event", "mortality"))
"""Classes whose results have their own times, whatever the end point was."""
_AT_A_TIME = frozenset(
    ("count", "proportion", "mean", "risk_difference", "risk_ratio", "odds_ratio", "mean_difference")
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as printed. rank: of an end point that is named by its rank ("primary"); outcome: the phrase that is
    defined, outcome_id and category: what the vocabulary makes of it; criteria: by which a class was judged.
    """

    text: str
    rank: str = ""
    outcome: str = ""
    outcome_id: str | None = None
    category: str | None = None
    criteria: bool = False


def definitions(document: Document) -> tuple[Definition, ...]:
    """The definitions of a document in reading order; linear in the text, raises nothing."""
    found: list[Definition] = []
    for sentence in _sentences(document):
        found += _of_rank(sentence)
        found += _by_name(sentence)
        found += _criteria(sentence)
    return tuple(dict.fromkeys(found))


def define(findings: Sequence[Finding], known: Sequence[Definition]) -> list[Finding]:
    """The findings with the definitions of their outcomes."""
    if not known:
        return list(findings)
    return [_defined(finding, known) for finding in findings]


def _sentences(document: Document) -> Iterator[str]:
    text = document.text
    for block in document.blocks:
        if block.kind not in ("paragraph", "item", "caption") or block.section not in _SECTIONS:
            continue
        if not _hints(text[block.start : block.end]):
            continue
        for start, end in language.split(text, block.start, block.end):
            if end - start < 1500 and _hints(text[start:end]):
                yield " ".join(text[start:end].split())


def _hints(text: str) -> bool:
    low = text.lower()
    return any(hint in low for hint in _HINTS)


def _of_rank(sentence: str) -> Iterator[Definition]:
    for m in _PRIMARY.finditer(sentence):
        if what := _cut(m["what"]):
            rank = m["rank"].lower().replace("co-", "").replace("coprimary", "primary")
            yield Definition(what, rank=rank, outcome_id=_measured_at(what))


def _measured_at(what: str) -> str | None:
    """The outcome of an end point that has its own time: "treatment failure within 90 days"."""
    when = _WHEN.search(what)
    match = vocabulary.outcome(what[: when.start()].strip(" ,(")) if when and when.start() < 90 else None
    return match.term.id if match is not None and match.term.category not in _IN_TIME else None


def _by_name(sentence: str) -> Iterator[Definition]:
    for m in _SAYS.finditer(sentence):
        before = re.split(r"[:;]|, | and | as ", sentence[max(0, m.start() - 90) : m.start()].removesuffix(", "))[-1]
        named = _BEFORE.search(before)
        if named is None:
            continue
        name = re.sub(r"^(?:the|an?|any|all|which|that|of|for) ", "", named["name"].strip(), flags=re.I)
        match = vocabulary.outcome(name)
        behind = sentence[m.end() : m.end() + 400].split(";")[0]
        what = _cut(behind.split(")")[0] if m["open"] else behind)
        if what and match is not None:
            yield Definition(what, outcome=name.lower(), outcome_id=match.term.id)


def _criteria(sentence: str) -> Iterator[Definition]:
    for m in _JUDGED.finditer(sentence):
        match = vocabulary.outcome(m["name"])
        kind = vocabulary.outcome_class(m["name"])
        whole = match.term.id if match is not None and kind != "efficacy_response" else None
        if m["name"].lower().startswith(("adverse", "toxicit")):
            whole = None
        if what := _cut(m["what"]):
            yield Definition(what, outcome_id=whole, category=kind, criteria=True)


def _cut(what: str) -> str:
    """A definition up to where the sentence goes on to other things."""
    end = _ENDS.search(what)
    what = what[: end.start()] if end else what
    return what.strip(" .,:") if len(what) <= MOST else ""


def _defined(finding: Finding, known: Sequence[Definition]) -> Finding:
    if finding.definition or finding.enrollment or not finding.outcome:
        return finding
    named = _NAMES_PRIMARY.search(finding.outcome)
    if named:
        rank = named["rank"].lower().replace("co-", "").replace("coprimary", "primary")
        told = [d for d in known if d.rank == rank]
        if not told:
            return finding
        when = _WHEN.search(told[0].text) if finding.timepoint is None else None
        return replace(finding, definition=told[0].text, timepoint=when.group() if when else finding.timepoint)
    match = vocabulary.outcome(finding.outcome)
    if match is None:
        return finding
    for d in known:
        if not d.criteria and not d.rank and d.outcome_id == match.term.id:
            return replace(finding, definition=d.text)
    for d in known:
        if d.rank == "primary" and d.outcome_id == match.term.id and finding.timepoint is None:
            when = _WHEN.search(d.text)
            return (
                replace(finding, timepoint=when.group())
                if when and finding.measure.statistic in _AT_A_TIME
                else finding
            )
    for d in known:
        if d.criteria and (d.outcome_id == match.term.id or (d.outcome_id is None and _is_judged(finding, d, match))):
            return replace(finding, definition=d.text)
    return finding


def _is_judged(finding: Finding, d: Definition, match: vocabulary.Match) -> bool:
    """Whether criteria for a class of outcomes hold for a finding: those of harms only where it has a grade."""
    if d.category != match.term.category:
        return False
    return d.category not in _GRADED or finding.grade is not None


__all__ = ["Definition", "define", "definitions"]
