"""Records made by hand, for tests that need rows and no rules."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from trialtab import evidence
from trialtab.model import Arm, Block, Document, Extraction, Finding, Measure, Record

TEXT = (
    "Results\n\n"
    "Eleven patients received anti-CD19 CAR T cells. A complete response was seen in 11 of 11 patients (100%), after a "
    "median of 45 days (range, 21-153). Neutropenia occurred in 4 patients.\n\n"
    "Discussion\n\n"
    "All patients had a complete response (11 of 11)."
)
"""A report in small: three paragraphs of results, the complete response said twice."""


def document(text: str = TEXT, name: str = "report.txt") -> Document:
    """A plain document: one block a paragraph, headings by their shortness."""
    blocks, start, section = [], 0, "other"
    for part in text.split("\n\n"):
        kind = "heading" if len(part) < 20 else "paragraph"
        section = part.lower() if kind == "heading" else section
        blocks.append(Block(kind, section, "", start, start + len(part)))
        start += len(part) + 2
    return Document(name, sha256(text.encode()).hexdigest(), "text", text, tuple(blocks))


def finding(text: str, quote: str, statistic: str = "count", *, nth: int = 0, **given: Any) -> Finding:
    """A finding whose measure is the nth occurrence of `quote`; other names go to the measure or to the finding."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(quote, start + 1)
    of_measure = {k: given.pop(k) for k in list(given) if k in Measure.__dataclass_fields__}
    measure = Measure(start=start, end=start + len(quote), statistic=statistic, rule="by_hand", **of_measure)
    return Finding(measure=measure, section=given.pop("section", "results"), **given)


def findings(text: str = TEXT) -> tuple[Finding, ...]:
    """What TEXT reports."""
    arm = {"arm": "overall", "arm_role": "overall"}
    found = [
        finding(text, "11 of 11 patients (100%)", "proportion", events=11.0, total=11.0, percent=100.0,
                outcome="complete response", confidence=0.9, **arm),
        finding(text, "median of 45 days (range, 21-153)", "median", value=45.0, unit="days", range_low=21.0,
                range_high=153.0, outcome="time to complete response", confidence=0.8, **arm),
        finding(text, "4 patients", events=4.0, outcome="neutropenia", confidence=0.4, **arm),
    ]  # fmt: skip
    if "11 of 11)" in text:
        found.append(
            finding(text, "11 of 11", nth=1, events=11.0, total=11.0, outcome="complete response",
                    section="discussion", confidence=0.7, **arm)
        )  # fmt: skip
    return tuple(found)


OVERALL = Arm(arm_id="a1", label="anti-CD19 CAR T cells", role="overall", n=11, start=0, end=1)


def record(
    text: str = TEXT, name: str = "report.txt", *, found: tuple[Finding, ...] | None = None,
    arms: tuple[Arm, ...] = (OVERALL,),
    study: str = "Trial A", rules_digest: str = "rules 1", version: str = "0.1.0", **extraction: Any,
) -> Record:  # fmt: skip
    """A record as run.py makes it of TEXT, without checks."""
    made = Extraction(findings=findings(text) if found is None else found, arms=arms, **extraction)
    return evidence.rows(document(text, name), made, study=study, rules_digest=rules_digest, version=version)
