"""What stands around the numbers of a table cell without changing them: currency, plus signs, a second value."""

import re

_AROUND = re.compile(
    r"[€£¥]|(?:(?<=\A)|(?<=[,;])|(?<=\bto)|(?<=[,;]\s)|(?<=\bto\s))\+\s?(?=[\d.])"
    r"|(?<=[(\[])\+\s?(?=\d[\d.·]*\s?(?:to\b|[,;]))"
)
"""A lone number in brackets keeps its plus: it is a change, not a spread."""

_TWO_VALUES = re.compile(
    r"(?P<first>\s*[-\u2212–]?\d[\d.,·]*\s?±\s?\d[\d.,·]*)[*†‡§#^a-c]{0,3}\s*[(\[][^()\[\]]*±[^()\[\]]*[)\]]\W{0,3}\Z"
)
_WORDS_IN_BRACKET = re.compile(
    r"(?P<first>\s*\d[\d,]*\s?\(\s?\d+(?:[.·]\d+)?\s?%)\s?[;,:]\s?(?=[^()]*[a-zA-Z]{3})[^()=<>±]*\)\W{0,3}\Z"
)


def plain(text: str) -> str:
    """A cell's text with blanks for currency and plus signs, character for character in place: "€12 (+3)"."""
    return _AROUND.sub(lambda m: " " * len(m.group()), text) if "+" in text or not text.isascii() else text


def first_value(text: str) -> str | None:
    """The first of two values, or a share without the words in its bracket; None where a cell holds neither.

    "70.7 ± 8.0 (0.7 ± 1.0)" -> "70.7 ± 8.0"; "8 (6%; two had pain)" -> "8 (6%)".
    """
    if m := _TWO_VALUES.match(text):
        return m["first"]
    if m := _WORDS_IN_BRACKET.match(text):
        return f"{m['first']})"
    return None


__all__ = ["first_value", "plain"]
