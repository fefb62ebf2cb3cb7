"""What is said of those who took part: "children randomly assigned", "patients infused", "per-protocol analysis"."""

from __future__ import annotations

import re

from trialtab.extract.measures import Draft
from trialtab.prefilter import Prefiltered

CUSTOMARY = "patients enrolled"
"""The name of a size where the sentence does not say how its people came into the study."""

_SAID = Prefiltered(
    r"\b(?P<set>(?:per[- ]protocol|intention[- ]to[- ]treat|modified intention[- ]to[- ]treat|safety|efficacy|"
    r"(?:full|primary) analysis) (?:analys[ei]s|population|set|sample))\b|"
    r"\b(?P<did>(?:underwent|started|completed|entered|began|received) (?:the |an? )?(?:\w[\w/-]*)"
    r"(?: (?!and|or|to|in|with|of|at|for|after|before|but)\w[\w/-]*)?)|"
    r"\b(?P<were>(?:randomly )?(?:assigned|allocated|divided)|(?:randomly )?randomi[sz]ed|enrol+ed|recruited|included|"
    r"screened|referred|approached|assessed|registered|consented|identified|treated|infused|dosed|apheresed|"
    r"leukapheresed|transplanted|analy[sz]ed|evaluated|evaluable|assessable|eligible|exposed|matched|studied|"
    r"vaccinated|accrued|operated|pooled)\b",
    re.I,
)
_PARTED = re.compile(r"[;:()\[\]]|[.,] |\d|\b(?:and|or|who|whom|which|but|while|whereas)\b")
"""What parts a number from a verb that is said of something else."""
_PUT_INTO = re.compile(r"[ \w]{0,12}\b(?:in|for|into)(?: the| an?)? ")
_PEOPLE = re.compile(
    r"\b(patients|participants|adults|children|women|men|infants|people|persons|subjects|individuals|adolescents|"
    r"pts|volunteers|nurses|students|girls|boys|newborns|neonates|mothers|survivors|recipients|couples|families|"
    r"veterans|residents|smokers|eyes)\b",
    re.I,
)


def enrolled_as(draft: Draft, sentence: str, start: int) -> str:
    """Words for a size, as the sentence prints them; start: where the sentence begins in the document.

    The verb behind the number in its own clause comes first ("63 were randomised to A"), then the nearest one before
    it ("randomised to A (n = 63)"), then the next one behind ("63 to A and 62 to B were analysed").
    """
    low, high = draft.start - start, draft.end - start
    told = list(_SAID.finditer(sentence))
    behind = [m for m in told if m.start() >= low]
    close = next((m for m in behind if not _PARTED.search(sentence[high : m.start()])), None)
    before = [m for m in told if m.end() <= low]
    said = close or (before[-1] if before else None) or (behind[0] if behind else None)
    if said is None:
        return CUSTOMARY
    into = next((m for m in behind if m["set"] and _PUT_INTO.fullmatch(sentence, said.end(), m.start())), None)
    said = into or said  # "were included in the safety population"
    phrase = said.group().lower()
    if said.lastgroup == "set":
        return phrase
    who = draft.noun if draft.noun and _PEOPLE.fullmatch(draft.noun) else _people(sentence, low)
    return f"{who} who {phrase}" if said.lastgroup == "did" else f"{who} {phrase}"


def _people(sentence: str, low: int) -> str:
    """The people named last before an offset, else the first named behind it."""
    named = list(_PEOPLE.finditer(sentence))
    before = [m for m in named if m.end() <= low]
    return (before[-1] if before else named[0]).group().lower() if named else "patients"


__all__ = ["CUSTOMARY", "enrolled_as"]
