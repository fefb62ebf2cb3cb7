"""Landmarks of survival that a text names once: "the 5-year event-free survival was 71%. EFS was 79% in boys"."""

from collections.abc import Sequence
from dataclasses import replace

from trialtab import vocabulary
from trialtab.model import Finding

FAR = 1500
"""Characters over which a landmark is carried to a later figure."""


def carry_landmarks(findings: Sequence[Finding]) -> list[Finding]:
    """Survival at an unnamed time takes the landmark that the same section named last, shortly before.

    Only proportions without a count of people are read off a curve; "12 of 40 were alive" has no landmark. Raises
    nothing; the order of the findings stays.
    """
    out = list(findings)
    last: dict[str, tuple[int, str]] = {}
    for k in sorted(range(len(out)), key=lambda k: out[k].measure.start):
        finding = out[k]
        if finding.source != "text" or not _off_a_curve(finding):
            continue
        place = finding.measure.start
        if finding.timepoint is not None:
            last[finding.section] = place, finding.timepoint
        elif finding.section in last and place - last[finding.section][0] <= FAR:
            out[k] = replace(finding, timepoint=last[finding.section][1])
            last[finding.section] = place, last[finding.section][1]
    return out


def _off_a_curve(finding: Finding) -> bool:
    measure = finding.measure
    if measure.statistic != "proportion" or measure.percent is None or measure.events is not None:
        return False
    match = vocabulary.outcome(finding.outcome) if finding.outcome else None
    return match is not None and match.term.category == "survival"


__all__ = ["FAR", "carry_landmarks"]
