"""Grades printed as bare figures ("the maximum grade was 1 in 19 patients, 2 in 8 and 3 in 3") and in lists
("G1/G2/G3: 17/9/1").
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialtab.extract.measures import Item

_SAYS_GRADE = frozenset(("grade", "grades"))
_IS = frozenset(("was", "were", "is", "being", ":", "of"))
_ENDS = frozenset((";", "."))
_FIGURES = frozenset(("1", "2", "3", "4", "5"))
_COUNT_SIGN = frozenset((",", ":", "=", "×", "x"))
_PEOPLE_COUNTED = frozenset(("N", "FRAC", "PCT"))


def bare_grades(row: "list[Item]", words: Sequence[str]) -> "list[Item]":
    """The items of a sentence, figures that only name a grade typed as such: each stands before "in" and a number,
    the first behind "grade was". words: the tokens as printed, in lower case.
    """
    start = next((k for k in range(len(row) - 3) if _opens(row, k)), None)
    if start is None:
        return row
    out = list(row)
    for k in range(start, len(row) - 2):
        if row[k].text in _ENDS:
            break
        if (
            _counted(row, k)
            and words[row[k].first] in _FIGURES
            and (k == start or row[k - 1].text in (",", "and", "or"))
        ):
            out[k] = replace(row[k], kind="GRADE", rule="grade", text=words[row[k].first])
    return out


def short_grades(row: "list[Item]", words: Sequence[str]) -> "list[Item]":
    """The items of a sentence, "G1" and "G2" typed as grades where a count or another grade says that they are none
    else: "CRS in 54: G1, 39; G2, 14", "G1 × 9", "never above G1".
    """
    out = list(row)
    for k, item in enumerate(row):
        if item.kind != "W" or item.text not in _SHORT or words[item.first] != item.text:
            continue
        signed = k + 2 < len(row) and row[k + 1].text in _COUNT_SIGN and row[k + 2].kind in _PEOPLE_COUNTED
        above = k > 0 and row[k - 1].text in ("above", "beyond", "exceeded", "exceeding", "all", "only")
        if signed or above or _before_its_share(row, k):
            out[k] = replace(item, kind="GRADE", rule="grade", text="")
    return out


def _before_its_share(row: "Sequence[Item]", k: int) -> bool:
    """ "CRS: G1 5 (21%), G2 1 (4%)": a count with its percentage stands behind the grade, which opens an entry."""
    if k and row[k - 1].text not in (":", ",", ";", "(", "["):
        return False
    behind = row[k + 1 : k + 4]
    return len(behind) == 3 and behind[0].kind == "N" and behind[1].text == "(" and behind[2].kind == "PCT"


_AT_LEAST = frozenset((">=", "≥", "⩾", "≤", "<="))
_DASHES = frozenset(("-", "–"))


def signed_grades(row: "list[Item]", words: Sequence[str]) -> "list[Item]":
    """The items of a sentence, "G≥3", "gr >=3" and "G3–4" joined to one grade each. words: the tokens as printed; a
    small "g" is a gram.
    """
    out: list[Item] = []
    k = 0
    while k < len(row):
        item, behind = row[k], row[k + 1 : k + 3]
        figure = behind[1] if len(behind) == 2 and behind[1].kind == "N" and behind[1].text in _FIGURES else None
        sign = behind[0].text if figure is not None else ""
        opens = item.kind == "W" and words[item.first] in ("G", "Gr", "gr") and sign in _AT_LEAST
        tight = figure is not None and figure.start - item.end == len(sign)  # "G1 – 3" is a label and a number
        goes_on = item.kind == "GRADE" and sign in _DASHES and item.end - item.start < 4 and tight
        if figure is not None and (opens or goes_on):
            out.append(replace(item, kind="GRADE", rule="grade", text="", last=figure.last, end=figure.end))
            k += 3
        else:
            out.append(item)
            k += 1
    return out


def counts_a_grade(row: "Sequence[Item]", k: int) -> bool:
    """Whether the number k counts those of the grade before it: "G1, 39; G2, 14", "grade 1, 2; grade 2, 0"."""
    if k < 2 or row[k - 1].text not in _COUNT_SIGN or row[k - 2].kind != "GRADE":
        return False
    behind = row[k + 1].text if k + 1 < len(row) else "."
    if behind in (";", ".", ")", "]"):
        return True
    return (
        behind in (",", "and") and k + 2 < len(row) and "GRADE" in (row[k + 2].kind, row[min(k + 3, len(row) - 1)].kind)
    )


def joined_grades(row: "list[Item]") -> "list[Item]":
    """The items of a sentence, grades that slashes join as one: "G1/G2/G3"."""
    out: list[Item] = []
    for item in row:
        if item.kind == "GRADE" and len(out) > 1 and out[-1].text == "/":
            first = len(out) - 1
            while first > 0 and out[first].text == "/" and out[first - 1].text.lower() in _SHORT:
                first -= 2
            first += 1
            if first < len(out) - 1:
                item = replace(item, first=out[first].first, start=out[first].start)
                del out[first:]
        out.append(item)
    return out


def one_of_a_grade(row: "Sequence[Item]", k: int) -> bool:
    """ "20 had one of grade 3 or 4": a "one" that stands for the event and counts nothing."""
    return (
        0 < k < len(row) - 2
        and row[k].values.get("value") == 1
        and row[k - 1].text in ("had", "have", "having")
        and row[k + 1].text == "of"
        and row[k + 2].kind == "GRADE"
    )


_SHORT = frozenset(("g1", "g2", "g3", "g4", "g5"))


def _opens(row: "list[Item]", k: int) -> bool:
    return k > 1 and row[k - 1].text in _IS and row[k - 2].text in _SAYS_GRADE and _counted(row, k)


def _counted(row: "list[Item]", k: int) -> bool:
    return row[k].kind == "N" and row[k + 1].text == "in" and row[k + 2].kind in _PEOPLE_COUNTED


__all__ = ["bare_grades", "counts_a_grade", "joined_grades", "one_of_a_grade", "short_grades"]
