"""A point of a meta-analysis, what is left out of it, and what is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from trialtab.statistics import Estimate

MEASURES = ("proportion", "risk_ratio", "odds_ratio", "risk_difference", "hazard_ratio", "rate_ratio",
            "mean_difference", "standardized_mean_difference")  # fmt: skip
"""What can be pooled."""

GUESSED = "N is the arm's, not printed with n"
COUNTED = "n worked out from the percentage and N"
PRINTED = "as printed"
NO_LEVEL = "the level of its interval is not printed: taken as 95%"


@dataclass(frozen=True, slots=True)
class Point:
    """One study's part in a meta-analysis.

    label: the arm, or "A vs B"; shown: its figures as text; counts: what they were (events and total of one arm or of
    two; mean, SD and n of two arms; empty where a printed estimate was taken); side: 0 for the first name asked for;
    comparison: what was given, of two arms in each, by class where it is known ("PD-1 inhibitor vs chemotherapy");
    unit: of a mean difference, as readers write it.
    """

    study: str
    label: str
    condition: str | None
    side: int
    shown: str
    counts: tuple[float, ...]
    estimate: Estimate
    finding_ids: tuple[str, ...]
    notes: tuple[str, ...] = ()
    comparison: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not in a meta-analysis, and why."""

    study: str
    label: str
    why: str
    finding_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an outcome. grade: as printed (">=3"; "any"), None: what most studies report; timepoint: "12
    months", None likewise; from_medians: take means and SDs from medians where they are not printed."""

    measure: str
    grade: str | None = None
    timepoint: str | None = None
    from_medians: bool = False


__all__ = ["COUNTED", "GUESSED", "MEASURES", "NO_LEVEL", "PRINTED", "LeftOut", "Point", "Wanted"]
