"""Regular expressions that are tried only where they can match.

Python tries an expression that ignores case anew at every character of a text. Most of those that tell one kind of
sentence from all others need one of a few strings ("previous", "et al", "worldwide"), and whether a text holds one
of them costs a tenth of trying. The strings are read off the expression itself, so that they cannot grow apart.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LEAST = 3
"""Letters of a string that is worth looking for, if nothing else is said: shorter ones stand in most texts."""

_COMMON = frozenset(("with", "from", "were", "was", "had", "that", "than", "the", "and", "for", "this", "other"))
"""Words of so many sentences that it is no use to look for them."""

_GROUPS = {codes.SUBPATTERN: 3, codes.ATOMIC_GROUP: None}
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


class Prefiltered:
    """A compiled regular expression with the strings, in small letters, one of which every text that it matches holds.

    needs: empty where there are no such strings; then each text is tried. search and finditer give what those of the
    expression give.
    """

    __slots__ = ("needs", "regex")

    def __init__(self, pattern: str, flags: int = 0, *, least: int = LEAST) -> None:
        self.regex = re.compile(pattern, flags)
        self.needs = tuple(sorted(needed(pattern, flags, least) or ()))

    def may_match(self, text: str) -> bool:
        """Whether the text holds what the expression needs."""
        low = text.lower()
        for string in self.needs:
            if string in low:
                return True
        return not self.needs

    def search(self, text: str) -> re.Match[str] | None:
        return self.regex.search(text) if self.may_match(text) else None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        return self.regex.finditer(text, start, end) if self.may_match(text[start:end]) else iter(())


def needed(pattern: str, flags: int = 0, least: int = LEAST) -> frozenset[str] | None:
    """Strings in small letters, one of which is in every text that the pattern matches; None where none is found.

    least: the letters of the shortest string that is worth looking for.
    """
    found = _needed(parser.parse(pattern, flags), least)
    return found and frozenset(one for one in found if not any(other in one for other in found if other != one))


def _needed(sequence: Sequence[tuple[Any, Any]], least: int) -> frozenset[str] | None:
    """The best that one part of a sequence needs: that whose shortest string is longest."""
    found: list[frozenset[str]] = []
    run = ""
    for code, value in sequence:
        if code is codes.LITERAL:
            run += chr(value).lower()
            continue
        found += [frozenset((run,))] if _telling(run) >= least else []
        run = ""
        part = _part(code, value, least)
        found += [part] if part else []
    found += [frozenset((run,))] if _telling(run) >= least else []
    return max(found, key=lambda strings: (min(map(_telling, strings)), -len(strings)), default=None)


def _telling(string: str) -> int:
    """How much a string tells: its letters, none where it is a common word."""
    bare = string.strip()
    return 0 if bare in _COMMON else len(bare)


def _part(code: Any, value: Any, least: int) -> frozenset[str] | None:
    if code in _GROUPS:
        return _needed(value[_GROUPS[code]] if _GROUPS[code] is not None else value, least)
    if code in _REPEATS and value[0] > 0:
        return _needed(value[2], least)
    if code is codes.ASSERT and value[0] > 0:
        return _needed(value[1], least)
    if code is codes.BRANCH:
        options = [_needed(option, least) for option in value[1]]
        if all(options):
            return frozenset[str]().union(*(option for option in options if option))
    return None
