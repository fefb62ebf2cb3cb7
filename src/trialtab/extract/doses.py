"""The dose of each arm, as printed: "melzabrutinib 400 mg twice daily", "2×10^6 CAR T cells per kg"."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trialtab.model import Arm

if TYPE_CHECKING:
    from trialtab.extract.reading import Read

_WHERE = frozenset(("abstract", "summary", "methods", "results", "other"))
"""Sections that tell what was given here: not the background, not the discussion."""

_BETWEEN = re.compile(
    r"[\s,:(]*(?:(?:was|were)\s+)?(?:(?:given|infused|injected|administered|dosed)\s+)?"
    r"(?:(?:orally|subcutaneously|intravenously)\s+)?(?:at\s+|in\s+)?(?:an?\s+|the\s+)?"
    r"(?:(?:target|fixed|full|single|total|oral|intravenous|subcutaneous)\s+)*(?:doses?\s+of\s+)?"
)
"""What may stand between a name and its dose."""

_OPENS = re.compile(r"\s+(?:of\s+)?")
"""What stands between a dose and the name behind it: "15 mg of dorvexaban"."""

_HOW = re.compile(
    r"(?:\^\s?\d)?(?:\s?/\s?(?:kg|m2|m²|day|d)\b|\s+per\s+(?:kilogram|kg|square\s+met(?:re|er)|m2|m²)"
    r"(?:\s+of\s+body\s+weight)?)?"
    r"(?:,?\s+(?:(?:orally|subcutaneously|intravenously|intramuscularly|once|twice|thrice|three\s+times|daily|weekly"
    r"|monthly|QW|Q[234]W|BID|QD|TID)\b|(?:a|per|each|every)\s+(?:other\s+)?(?:day|week|month)\b"
    r"|every\s+\w+\s+(?:hours|days|weeks|months)\b))*",
    re.IGNORECASE,
)
"""What of a dose follows its unit: per what, which way, how often."""

_BEFORE = 90
"""Characters before a dose in which the name of what is given ends."""


def with_doses(text: str, read: "Sequence[Read]", arms: Sequence[Arm]) -> tuple[Arm, ...]:
    """The arms with the dose that is told first beside their own name; None stays where none is, or it is not clear
    whose it is. Cells need no name beside them where one arm alone was given cells."""
    told = [(item.start, item.end, r.start) for r in read if r.block.section in _WHERE for item in r.row
            if item.rule == "dose"]  # fmt: skip
    names = Counter(name for arm in arms for name in _names(arm))
    given_cells = [arm for arm in arms if _is_of_cells(arm)]
    out = []
    for arm in arms:
        own = [name for name in _names(arm) if names[name] == 1]
        place = next(
            (
                (start, end)
                for start, end, sentence in told
                if _stands_in(text[start:end], arm.label)
                or _beside(text, start, end, sentence, own)
                or (given_cells == [arm] and "cells" in text[start:end].casefold())
            ),
            None,
        )
        if place is None or (_tells_a_dose(arm.label) and not _stands_in(text[slice(*place)], arm.label)):
            out.append(arm)
            continue
        end = _end(text, place[1])
        out.append(replace(arm, dose=" ".join(text[place[0] : end].split()), dose_start=place[0], dose_end=end))
    return tuple(out)


def _names(arm: Arm) -> list[str]:
    """What an arm is called; a placebo has no dose."""
    found = (name.casefold() for name in (arm.label, arm.intervention) if name)
    return list(dict.fromkeys(name for name in found if name != "overall" and "placebo" not in name))


def _is_of_cells(arm: Arm) -> bool:
    return "cell" in (arm.intervention_class or "").casefold() or "cell" in (arm.intervention or "").casefold()


def _stands_in(dose: str, label: str) -> bool:
    return bool(re.search(rf"(?<![\d.,]){re.escape(dose.casefold())}(?!\w)", label.casefold()))


def _tells_a_dose(label: str) -> bool:
    return bool(re.search(r"\d\s?(?:mg|µg|μg|mcg|g|ml|units|iu)\b", label, re.IGNORECASE))


def _beside(text: str, start: int, end: int, sentence: int, names: Sequence[str]) -> bool:
    """ "dorvexaban 15 mg", "dorvexaban at a dose of 15 mg", "15 mg of dorvexaban"."""
    before = text[max(sentence, start - _BEFORE) : start].casefold()
    behind = text[end : end + _BEFORE].casefold()
    opened = _OPENS.match(behind)
    for name in names:
        at = before.rfind(name)
        if at >= 0 and _BETWEEN.fullmatch(before, at + len(name)):
            return True
        if opened is not None and behind.startswith(name, opened.end()):
            after = behind[opened.end() + len(name) :]
            if not after[:1].isalnum():
                return True
    return False


def _end(text: str, end: int) -> int:
    how = _HOW.match(text, end)
    return how.end() if how is not None else end


__all__ = ["with_doses"]
