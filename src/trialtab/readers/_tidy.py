"""Text of elements made tidy: blanks, control signs, superscripts and subscripts.

Readers of marked-up formats build their text from elements. How superscripts come out, so that no two numbers
glue (`tidy`):

- an exponent or a footnote mark of letters or digits stands after "^": "10^9/L", "kg/m^2", "12.5^a";
- a numeric citation stands in square brackets of its own, set off by a space: "survival [12–15]"; inside printed
  square brackets it stays as printed; so a bracketed list of whole numbers that follows a word is a citation;
- ordinals, ions and signs are glued as printed: "4th", "Ca2+", "CD4+", "45*", "Kymriah®";
- a subscript is glued ("H2O", "HbA1c") unless two numbers would meet ("12_2") or a p would swallow it ("P_trend").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialtab.readers._characters import clean

SUP, SUP_END, SUB, SUB_END, CITE, CITE_END = "\x01", "\x02", "\x03", "\x04", "\x05", "\x06"
"""Marks that a reader puts around superscripts, subscripts and citations before `tidy` settles them."""

_BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_OTHER_SPACE = re.compile(r"[\x1c-\x1f\x85]")  # what str.split also parts at
_THOUSAND = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_ODD = re.compile(r"[\u00a0\u2009\u202f]")
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))
_UNSEEN_SIGN = re.compile(r"[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_MARKS = re.compile(r"([\x01-\x06])")
_ORDINAL = frozenset(("st", "nd", "rd", "th", "ST", "ND", "RD", "TH"))
_CITED = re.compile(r"[\[(]?\s*\d{1,3}[a-z]?(?:\s*[,;–—−‐-]\s*\d{1,3}[a-z]?)*\s*[,;]?\s*[\])]?\Z")
_ION = re.compile(r"\d?[+−–-]+\Z")
_ISOTOPE = re.compile(r"\d{1,3}m?\Z")
_TIN = "\x0e"  # holds the place of a thin space between thousands while blanks collapse


def blank(text: str) -> str:
    """Runs of blanks to one space; unseen characters (soft hyphen, zero width) dropped.

    A thin or no-break space between thousands ("12 345") stays: it is part of the number.
    """
    if _UNSEEN_SIGN.search(text):
        text = text.translate(_UNSEEN)
    if _ODD.search(text):
        parts = _THOUSAND.split(text)
        if len(parts) > 1:
            signs = [m.group() for m in _THOUSAND.finditer(text)]
            text = _collapsed(_TIN.join(parts))
            pieces = text.split(_TIN)
            return "".join(a + b for a, b in zip(pieces, [*signs, ""], strict=True))
    return _collapsed(text)


def _collapsed(text: str) -> str:
    """Runs of blanks to one space."""
    if not text or _OTHER_SPACE.search(text):
        return _BLANKS.sub(" ", text)
    # The same by str.split, five times as fast: most runs are one space and need no change.
    inner = " ".join(text.split())
    if not inner:
        return " "
    return f"{' ' * text[0].isspace()}{inner}{' ' * text[-1].isspace()}"


def tidy(raw: str) -> str:
    """Raw element text with SUP, SUB and CITE marks to text as described in the module's docstring."""
    text = blank(raw)
    if not _MARKS.search(text):
        return clean(text).strip()
    return clean(_settle(_MARKS.split(text))).strip()


class _Level:
    """One open mark while `_settle` walks: its kind, text so far, and whether a citation stands in it."""

    __slots__ = ("cited", "kind", "parts")

    def __init__(self, kind: str) -> None:
        self.kind, self.parts, self.cited = kind, list[str](), kind == CITE


class _Flow:
    """The settled text, with its last character and the count of open square brackets."""

    __slots__ = ("apart", "last", "open", "parts")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.last, self.open, self.apart = "", 0, ""

    def put(self, text: str) -> None:
        if not text:
            return
        if self.apart and (text[0].isdigit() or (self.apart == "word" and text[0].isalpha())):
            self.parts.append(" ")
        self.apart = ""
        self.parts.append(text)
        self.last = text[-1]
        self.open = max(0, self.open + text.count("[") - text.count("]"))

    def cite(self, text: str) -> None:
        if self.last and not self.last.isspace() and self.last not in "[(-–—":
            self.put(" ")
        self.put(text if text[0] in "[(" else f"[{text}]")
        self.apart = "word"


def _settle(tokens: Sequence[str]) -> str:
    flow, stack = _Flow(), list[_Level]()
    for i, token in enumerate(tokens):
        if token in (SUP, SUB, CITE):
            stack.append(_Level(token))
        elif token in (SUP_END, SUB_END, CITE_END):
            if not stack:
                continue
            level = stack.pop()
            text = "".join(level.parts).strip()
            if stack:
                stack[-1].parts.append(text)
                stack[-1].cited = stack[-1].cited or level.cited
                if level.kind == SUP and stack[-1].kind == CITE:
                    stack[-1].kind = SUP  # a citation printed high
            elif text:
                following = next((t for t in tokens[i + 1 : i + 4] if t and t not in _ENDS), "")
                _place(flow, level, text, following[:1])
        elif stack:
            stack[-1].parts.append(token)
        else:
            flow.put(token)
    for level in stack:  # a reader closes what it opens; damaged input may not
        flow.put("".join(level.parts))
    return "".join(flow.parts)


_ENDS = frozenset((SUP, SUP_END, SUB, SUB_END, CITE, CITE_END))


def _place(flow: _Flow, level: _Level, text: str, following: str) -> None:
    if level.kind == SUB:
        swallows = flow.last in ("p", "P") and len(text) > 2 and text.isalpha() and _lone(flow)
        if swallows or (flow.last.isdigit() and text[0].isdigit()):
            flow.put("_")
        flow.put(text)
        flow.apart = "digit" if text[-1].isdigit() else ""
    elif level.cited and _CITED.match(text):
        if level.kind != SUP and flow.open:
            flow.put(text)
        else:
            flow.cite(text)
    elif level.kind == CITE or _glued(flow.last, text, following):
        flow.put(text)
    elif len(text) > 12 and " " in text:
        flow.put(text if flow.last in ("", " ") else " " + text)
        flow.apart = "word"
    else:
        flow.apart = ""
        flow.put("^" + text.replace(" ", ""))
        flow.apart = "word"


def _glued(last: str, text: str, following: str) -> bool:
    """A superscript printed right at its word: a sign, an ordinal, an ion, the mass number of an isotope (18F)."""
    if not any(c.isalnum() for c in text) or text in _ORDINAL or text == "TM":
        return True
    if last.isalpha() and _ION.match(text):
        return True
    opens = not last.isalnum() and last not in tuple(")]%")
    return opens and bool(_ISOTOPE.match(text)) and following.isalpha()


def _lone(flow: _Flow) -> bool:
    """The last character is a word of one letter."""
    piece = flow.parts[-1]
    return len(piece) < 2 or not piece[-2].isalnum()
