"""Noun phrases: where they begin and end, what is trimmed off them, and whether they name people or a finding."""

from trialtab import vocabulary
from trialtab.extract.line import CLOSERS, Line, either, once
from trialtab.extract.measures import OPENERS

_OF_PEOPLE = ("preposition", "determiner", "people", "group_noun", "comparative", "treated_by")
_PEOPLE_JOINERS = frozenset(("-", "and", ",", "treated", ">", "<", "≥", "≤"))


_SO_MANY = frozenset(("nearly", "almost", "virtually", "all", "most", "some", "many", "few", "half", "none", "both"))


@once
def is_people(line: Line, first: int, last: int) -> bool:
    """A subject that names patients or an arm and not an outcome."""
    plain = either(*(line.sets[name] for name in _OF_PEOPLE), _PEOPLE_JOINERS, _SO_MANY)
    if all(k in line.arm_at or line.word(k) in plain for k in range(first, last)):
        return True
    head = next((line.word(k) for k in range(last - 1, first - 1, -1) if line.word(k)), "")
    words = [line.word(k) for k in range(first, last)]
    cut = next(
        (
            n
            for n, w in enumerate(words)
            if w in ("who", "with", "in", "of", "receiving", "treated", "assigned", "from")
        ),
        len(words),
    )
    measured = words[cut : cut + 1] == ["of"] and vocabulary.outcome(line.say(first, first + cut)) is not None
    if measured and cut > 0:
        return False  # "CK of all patients"
    return (bool(words[:cut]) and words[:cut][-1] in line.sets["people"] | line.sets["group_head"]) or (
        head in line.sets["people"] and not any(w in line.sets["rate_noun"] for w in words)
    )


def noun_phrase(
    line: Line, start: int, stop: int, *, from_right: bool = False, objects: bool = False
) -> tuple[int, int] | None:
    """The noun phrase of row[start:stop], arms and times at its ends cut off; None where no word of content is left."""
    first, last = start, stop
    if objects or from_right:
        for k in range(stop - 1, start - 1, -1):
            text = line.word(k)
            if line.items[k].kind == "GRADE" and not any(
                line.word(m)[:1].isalpha() and line.word(m) not in line.sets["never_last"] for m in range(k + 1, stop)
            ):
                last = k
                continue
            if text == ":" and not any(line.word(m)[:1].isalpha() for m in range(k + 1, last)):
                last = k
                continue
            if (
                k in line.result_at
                or text in (";",)
                or (text == ":" and k < stop - 1)
                or (text in line.sets["subordinator"] - {"with"} and k < stop - 1)
                or (text == "," and k < stop - 1 and not _list_comma(line, k, stop))
                or (line.items[k].kind == "GRADE" and k < stop - 1)
            ):
                first = k + 1
                break
    middle = either(line.sets["average"], line.sets["median"])
    groups = either(line.sets["group_noun"], line.sets["people"])
    changed = True
    while changed and first < last:
        changed = False
        text, item = line.word(first), line.items[first]
        if text in OPENERS:
            close = next((k for k in range(first, last) if line.word(k) in CLOSERS), None)
            if close is not None:
                first = close + 1
                changed = True
                continue
        if text in ("squares", "square", "ls", "geometric", "adjusted") and line.word(first + 1) in line.sets[
            "average"
        ] | {"squares"}:
            first += 1
            changed = True
            continue
        if text in line.sets["people"] and line.word(first + 1) in ("and", "or", ",") and first + 2 < last:
            first += 2  # "(75% of) patients and CRS of grade 3 in 5%"
            changed = True
            continue
        if (
            text in line.sets["never_first"]
            or text in middle
            or (text in line.sets["comparative"] and objects)
            or (
                text in line.sets["comparative"]
                and text
                not in (
                    "no",
                    "not",
                    "reduced",
                    "increased",
                    "decreased",
                    "improved",
                    "more",
                    "less",
                    "additional",
                    "different",
                    "lowest",
                    "highest",
                )
            )
            or text in CLOSERS
        ):
            first += 1
            changed = True
        elif item.kind == "TIME" and line.word(first + 1) in ("walk", "walking") and item.last - item.first > 2:
            break  # "six-minute walk distance"
        elif item.kind in ("TIME", "POINT", "GRADE", "MASK", "P"):
            first += 1
            if line.word(first) in ("-",):
                first += 1
            changed = True
        elif first in line.arm_at and line.arm_at[first].strength >= 2 and not _modifies(line, first):
            first = min(last, line.arm_at[first].last)
            while first < last and line.word(first) in line.sets["group_noun"] | line.sets["people"] | {
                "-",
                "treated",
            }:
                first += 1
            changed = True
        if first >= last:
            break
        text, item = line.word(last - 1), line.items[last - 1]
        if (
            text in line.sets["never_last"]
            or text in middle
            or (text.endswith("ly") and len(text) > 4 and text not in ("family", "early", "only"))
        ):
            last -= 1
            changed = True
        elif item.kind in ("TIME", "POINT", "P", "MASK", "GRADE", "CI", "IQR", "RANGE", "SD", "SE", "N", "IVAL"):
            if item.kind == "N" and line.word(last - 2) in ("<", ">", "≥", "≤"):
                break
            last -= 1
            changed = True
        elif last - 1 in line.arm_at and line.arm_at[last - 1].strength >= 2:
            last = max(first, line.arm_at[last - 1].first)
            changed = True
        elif text in groups and any(k in line.arm_at for k in range(max(first, last - 4), last - 1)):
            last -= 1
            changed = True
    for k in range(first, min(first + 3, last)):
        if line.items[k].kind == "EFFECTNAME" and line.word(k + 1) in ("for", "of", "in"):
            first = k + 2
            while first < last and line.word(first) in line.sets["never_first"]:
                first += 1
            break
    for k in range(first, min(first + 4, last - 2)):
        if (
            line.word(k)
            in (
                "case",
                "cases",
                "instance",
                "instances",
                "episode",
                "episodes",
                "report",
                "reports",
                "occurrence",
                "number",
                "evidence",
                "signs",
            )
            and line.word(k + 1) == "of"
        ):
            first = k + 2
            break
    for k in range(first, last - 2):
        if line.word(k) in ("difference", "differences", "trend", "trends") and line.word(k + 1) in (
            "in",
            "for",
            "towards",
            "toward",
            "of",
        ):
            first = k + 2
    cut = _cut_tail(line, first, last)
    if cut <= first:
        return None
    if not any(line.word(k)[:1].isalpha() and line.word(k) not in line.sets["preposition"] for k in range(first, cut)):
        return None
    return first, cut


def _list_comma(line: Line, k: int, stop: int) -> bool:
    """A comma inside a coordination that ends in "and" or "or" before the number."""
    return any(line.word(m) in ("and", "or") for m in range(k, stop)) and not any(
        line.word(m) in line.verbs for m in range(k, stop)
    )


def _modifies(line: Line, k: int) -> bool:
    """An arm's name that is only the first word of the outcome ("placebo response rate")."""
    m = line.arm_at[k].last
    return (
        bool(line.word(m))
        and line.word(m)[:1].isalpha()
        and line.word(m)
        not in (
            line.sets["preposition"]
            | line.sets["group_noun"]
            | line.sets["people"]
            | line.verbs
            | line.sets["conjunction"]
            | {"treated"}
        )
    )


_BY_WHAT_THEY_GOT = frozenset((
    "randomly", "randomized", "randomised", "assigned", "allocated", "treated", "receiving", "given", "taking",
))  # fmt: skip


def _cut_tail(line: Line, first: int, last: int) -> int:
    """Cut what follows the outcome: "… in the placebo group", "… among patients who …", a relative clause."""
    for k in range(first + 1, last):
        text = line.word(k)
        if text in OPENERS and not _names_abbreviation(line, k, last):
            return k
        if (
            text == "than"
            and line.word(k - 1) in ("more", "less", "greater", "higher", "lower", "fewer")
            and line.items[k + 1].kind != "W"
        ):
            continue
        if text in (
            "compared",
            "versus",
            "vs",
            "than",
            "relative",
            "according",
            "defined",
            "measured",
            "assessed",
            "using",
            "adjusted",
        ):
            return k - 1 if line.word(k - 1) in (",", "as", "when") else k
        if text in ("for", "in", "among") and line.word(k + 1) in line.sets["people"] and (
            line.word(k + 2) in _BY_WHAT_THEY_GOT
        ):  # fmt: skip
            return k
        if text in ("who", "which", "whose", "whom", "that", "when", "whereas", "while"):
            return k - 1 if line.word(k - 1) == "," else k
        if text in ("in", "for", "with", "of", "among", "between", "on", "from") and any(
            m in line.arm_at and line.arm_at[m].strength >= 2 for m in range(k + 1, min(k + 4, last))
        ):
            m = k + 1
            while m < last and m not in line.arm_at:
                m += 1
            rest = line.arm_at[m].last if m in line.arm_at else m
            tail_words = [line.word(x) for x in range(rest, last)]
            if all(
                w in line.sets["group_noun"] | line.sets["people"] | {"and", "or", ",", "-", "the", ""}
                or x in line.arm_at
                for x, w in zip(range(rest, last), tail_words, strict=True)
            ):
                return k
    return last


def _names_abbreviation(line: Line, k: int, last: int) -> bool:
    """A bracket inside a phrase that is followed by more of it: "infusion (day 28) reactions"."""
    close = next((m for m in range(k + 1, last) if line.word(m) in CLOSERS), None)
    return close is not None and close + 1 < last


_BEFORE_ARM_OR_TIME = frozenset((
    "in", "with", "for", "on", "after", "at", "during", "within", "by", "as", "since", "until", "through",
))  # fmt: skip
_STATES = frozenset(("in", "on", "off", "without"))
_WENT = frozenset(("lost", "excluded", "withdrawn", "missing", "unavailable"))
_REMAINS = frozenset(("remain", "remained", "remains", "stayed"))


def predicate(line: Line, verb: int, stop: int) -> tuple[int, int] | None:
    last = verb
    while last < stop and (line.word(last) in line.verbs | line.sets["auxiliary"] or line.word(last).endswith("ly")):
        last += 1
    dropped = line.sets["have"] | line.sets["copula"] | {"occurred"}
    first = last if line.word(last - 1) in dropped - {"completed"} else last - 1
    end = last
    while end < stop:
        text = line.word(end)
        if text in (
            ",",
            ";",
            ":",
            "(",
            "[",
            ".",
            "while",
            "whereas",
            "but",
            "than",
            "versus",
            "vs",
            "compared",
            "when",
            "who",
            "which",
        ) or (text == "because" and line.word(end + 1) != "of"):
            break
        if text in _BEFORE_ARM_OR_TIME and (
            line.names_arm_next(end)
            or (end + 1 < len(line.items) and line.items[end + 1].kind in ("TIME", "POINT"))
            or (line.word(end + 1) == "the" and line.word(end + 2) in line.sets["group_noun"])
        ):
            break
        if text == "and" and line.word(end + 2) in ("other", "others", "remaining", "rest"):
            break  # "had a complete response and the other two a partial one"
        if text == "and" and (line.items[end + 1].kind not in ("W",) if end + 1 < len(line.items) else True):
            break
        if end - first > 14:
            break
        end += 1
    if end <= first:
        first = max(verb, last - 1)
        end = max(end, first + 1)
    if (
        line.word(last) in _STATES
        and line.word(last - 1) in _REMAINS | line.sets["copula"]
        and end > last + 1
        and not line.names_arm_next(last)
    ):
        times = ("at", "since", "by", "after", "until", "during")
        kinds = ("TIME", "POINT")
        timed = (k for k in range(last + 2, end) if line.word(k) in times or line.items[k].kind in kinds)
        end = next(timed, end)
        if line.word(last - 1) in _REMAINS:
            return last - 1, end  # "remain in remission"
        return (last + 1 if line.word(last) == "in" else last), end  # "had been in remission", "was on oxygen"
    if line.word(last - 1) in _WENT and end > last:
        return last - 1, end  # "were lost before the first visit"
    span = noun_phrase(line, first, end, objects=True)
    if span is None and line.word(verb) in line.sets["did"] | line.sets["change"] and end > verb:
        return verb, end
    return span


def np_end(line: Line, k: int) -> int:
    end = k
    while end < len(line.items) and end - k < 10:
        text = line.word(end)
        if (
            line.items[end].kind not in ("W", "GRADE")
            or end in line.result_at
            or text in line.verbs
            or text in (",", ";", ":", ".", "(", "[", ")", "]")
        ):
            break
        if text in line.sets["conjunction"] or (
            text in line.sets["preposition"] and (text != "of" or line.names_arm_next(end))
        ):
            break
        end += 1
    return end
