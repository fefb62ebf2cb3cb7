"""Groups that a document calls by a letter or a figure, and what it says that each of them is.

"Group A", "groups I and II", "the C group" become one word each (xgroupa, xgroupone xgrouptwo, xgroupc), so that they
are compared as names; what a letter stands for is read where the text says it: in brackets beside the letter, after a
colon, or behind the verb by which a group gets its treatment.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Stems = tuple[str, ...]

MARK = "xgroup"
"""How the word for a lettered group begins."""

_NAME = r"(?:[A-Z](?:\d(?:\.\d{1,2})?)?|\d{1,2}|I{2,3}|I?V|V?I{1,3})(?![\w%]|\.\d|-[a-z])"
# Each begins with a set of letters, so that the search may skip to one; (?<!\w.) behind it is \b before it.
_HEAD = r"[GgAaCc](?<!\w.)(?:(?<=[Gg])roup|(?<=G)ROUP|(?<=[Aa])rm|(?<=A)RM|(?<=[Cc])o(?:hort|ndition))"
_LETTERED = re.compile(rf"{_HEAD}(?:s|S)?[ -]({_NAME})((?:,? ?(?:and|or|vs\.?|versus|&|,) ?{_NAME})*)")
_BEFORE = re.compile(r"([B-Z](?<!\w.)(?:(?<!I)|(?<=I)I{1,2}|(?<=I)V)) (?=(?:[Gg]roup|[Aa]rm)s?\b)")
_EACH = re.compile(_NAME)
_SPELLED = {"i": "one", "ii": "two", "iii": "three", "iv": "four", "v": "five", "vi": "six"}
_FIGURES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPOKEN = {"0": "zero", ".": "point"} | {str(figure): word for figure, word in enumerate(_FIGURES, 1)}
_SPELLED |= {str(figure): word for figure, word in enumerate(_FIGURES, 1)}


_HINTS = ("roup", "ROUP", "arm ", "arms ", "Arm ", "Arms ", "ARM ", "ohort", "ondition")
"""What every text with a group letter holds: most texts hold none of it and are left as they are at once."""


def lettered(text: str) -> str:
    """Group letters as one word each: "Group A", "groups I and II" -> "xgroupa", "xgroupone xgrouptwo"."""
    for hint in _HINTS:
        if hint in text:
            break
    else:
        return text
    return _BEFORE.sub(lambda m: f"{_word(m[1])} ", _LETTERED.sub(_words, text))


def _words(m: re.Match[str]) -> str:
    return " ".join([_word(m[1]), *map(_word, _EACH.findall(m[2]))])


def _word(letter: str) -> str:
    low = letter.lower()
    return MARK + (_SPELLED.get(low) or "".join(_SPOKEN.get(c, c) for c in low))


# ---- what a group is ---------------------------------------------------------------------------------------------

_MENTION = re.compile(rf"{MARK}(?<!\w.{{6}})\w{{1,20}}\b")
_N = r"(?:\s?[(\[,]?\s?(?:[nN]\s?=\s?\d+|\d+ \w+)\s?[)\],]?)?"
_WHO = r"(?: ?(?:patients?|participants?|subjects?|women|children|cases|rats|mice|animals|group|who))*"
_VERB = (
    r"received|receiving|underwent|undergoing|took|taking|used|using|treated|given|consumed|performed|followed|ingested|"
    r"drank|wore|practi[sc]ed|completed|trained|instructed|applied"
)
_BE = r"had|was|were|is|are|got|consisted of|included|served|comprised"
_SAID = r"(?:[^.;:]|\.(?=\d))"
_IS = re.compile(rf"{_N}\s?(?:[:=–—]|-\s)\s?(?!\s*[\d<>])(?P<said>{_SAID}{{3,90}})")
_IN_BRACKETS = re.compile(r"\s?[(\[](?!\s*(?:[nN]\s?=|[pP]\s?[=<>]|\d))(?P<said>[^()\[\]]{3,90})[)\]]")
_DOES = re.compile(
    rf"{_N}[)\]]?{_WHO}\s?(?:also |only |each |was |were |that |and )*(?:{_VERB})\b(?P<said>{_SAID}{{4,110}})"
)
_BEING = re.compile(rf"{_N}[)\]]?{_WHO}\s?(?:{_BE})\b(?P<said>{_SAID}{{4,110}})")
_IN_WHICH = re.compile(
    rf"{_N}[)\]]?,\s?(?P<said>{_SAID}{{4,110}}?\b(?:used|given|administered|applied|performed|received|added)\b)"
)
_COMMA = re.compile(rf"{_N},\s?(?P<said>[^.;:,]{{4,60}})(?=[,;.]|\band\b)")
_NEXT = re.compile(rf"(?:,? (?:and|while|whereas|or) (?:the |in |patients in )*)?{MARK}")
_NAMED = re.compile(r"[;:,()]|\.(?!\d)|\band\b(?= (?:the |\w+ )?(?:other|\d))|\bor (?:an? |the )")
_RESULT = re.compile(
    r"[<>=%]|\b(?:divided|groups|equal|signific\w+|higher|lower|compared|than|p-values?|respectively|years|mean|similar)\b"
)
_JOINED = re.compile(r"(?:^|\s)(?:or|and|versus|vs\.?)\s*\Z")
_REACH = 160
"""Characters around a group's letter in which the text says what the group is."""

_KINDS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (4, _DOES), (3, _IS), (3, _IN_BRACKETS), (2, _IN_WHICH), (1, _BEING), (1, _COMMA),
)  # fmt: skip


def groups(text: str, stems: Callable[[str], Stems]) -> dict[str, Stems]:
    """Group word -> stems of what the text says its group is: "Group A received iron", "iron (group A)".

    The plainest saying counts: a letter's own bracket, colon or verb before a mere neighbour; of equals the first.
    """
    best: dict[str, tuple[int, Stems]] = {}
    joined = lettered(text)
    for m in _MENTION.finditer(joined):
        for strength, told_so in _sayings(joined, m):
            said = _NEXT.split(told_so)[0]
            if best.get(m.group(), (0, ()))[0] >= strength or _RESULT.search(said):
                continue
            told = tuple([w for w in stems(said) if not w.startswith(MARK)][:9])
            if any(w.isalpha() and len(w) > 2 for w in told):
                best[m.group()] = strength, told
    return {name: told for name, (_, told) in sorted(best.items())}


def _sayings(joined: str, m: re.Match[str]) -> list[tuple[int, str]]:
    found = []
    before = joined[max(0, m.start() - _REACH) : m.start()]
    if before.rstrip()[-1:] in ("(", "["):  # "an irsogladine group (Group I; n = 16)"
        said = _NAMED.split(before.rstrip()[:-1])[-1]
        if not _JOINED.search(said):
            found.append((3, " ".join(said.split()[-8:])))
    for strength, pattern in _KINDS:
        if after := pattern.match(joined, m.end(), m.end() + _REACH):
            between = joined[m.end() : after.start("said")]
            outside = pattern is _DOES and between.count(")") > between.count("(")  # its verb may be another's
            found.append((2 if outside else strength, after["said"]))
    return found


__all__ = ["MARK", "groups", "lettered"]
