"""What the readers share: decoding, tidy text, section names, in-paragraph heads, grids, and the text builder.

Readers of marked-up formats build their text from elements. How superscripts come out, so that no two numbers
glue (`tidy`):

- an exponent or a footnote mark of letters or digits stands after "^": "10^9/L", "kg/m^2", "12.5^a";
- a numeric citation stands in square brackets of its own, set off by a space: "survival [12–15]"; inside printed
  square brackets it stays as printed; so a bracketed list of whole numbers that follows a word is a citation;
- ordinals, ions and signs are glued as printed: "4th", "Ca2+", "CD4+", "45*", "Kymriah®";
- a subscript is glued ("H2O", "HbA1c") unless two numbers would meet ("12_2") or a p would swallow it ("P_trend").
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from trialtab import vocabulary
from trialtab.errors import ReadError
from trialtab.model import Block, Cell, Document, Source, Span, Table
from trialtab.readers._table_notices import table_notices

MAX_DEPTH = 200
"""Elements nested deeper than this are no article; it also keeps every recursion of the readers shallow."""

# ---- bytes to characters -----------------------------------------------------------------------------------------

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Only plain character sets may be declared: Python also knows codecs such as "unicode_escape" or "zip".
_CHARSET = re.compile(
    r"(?:utf-?(?:8|16|32)(?:-?[lb]e)?|us-?ascii|ascii|latin-?1|iso-?8859-?\d{1,2}|(?:windows|cp)-?125\d|macintosh"
    r"|gb2312|gbk|gb18030|big5|shift[-_]?jis|euc-?(?:jp|kr)|koi8-?[ru])\Z",
    re.IGNORECASE,
)
_DECLARED = re.compile(
    rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']|<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
_CONTROLS = {c: " " for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (0x09, 0x0A, 0x0D)}
_CONTROL = re.compile(f"[{re.escape(''.join(map(chr, _CONTROLS)))}]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The characters of a file, without its byte order mark; notices say what had to be guessed."""

    text: str
    encoding: str
    notices: tuple[str, ...] = ()


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark shows as NUL at every other byte of Latin text."""
    sample = data[:4096]
    if len(sample) < 4 or len(data) % 2 or sample.count(0) < len(sample) // 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if len(data) % 4 == 0 and sample[2::4].count(0) == sample[3::4].count(0) == half // 2 and odd >= half * 0.9:
        return "utf-32-le"
    if odd >= half * 0.7 and even <= half * 0.1:
        return "utf-16-le"
    if even >= half * 0.7 and odd <= half * 0.1:
        return "utf-16-be"
    return None


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:2048])
    return (found.group(1) or found.group(2)).decode("ascii") if found else None


def _guess(data: bytes) -> tuple[str, str]:
    """Text and encoding of bytes that are neither UTF-8 nor marked.

    UTF-8 with a few broken bytes keeps UTF-8. Mostly ASCII text is Windows-1252, whose bytes for ± · – é are those
    of the other Western sets too; only text full of other letters is worth a statistical guess.
    """
    loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    if len(loose) - loose.count("\ufffd") - sum(b < 0x80 for b in data) > broken:
        return loose, "utf-8"
    high = sum(b >= 0x80 for b in data[:65536])
    if high > max(50, 0.15 * len(data[:65536])):
        from charset_normalizer import from_bytes

        best = from_bytes(data[:65536]).best()
        if best is not None:
            return data.decode(best.encoding, "replace"), best.encoding
    return data.decode("cp1252", "replace"), "windows-1252"


def decode(data: bytes, *, markup: bool = False) -> Decoded:
    """Bytes to characters: byte order mark, then (markup) the declared charset, then UTF-8, then a guess.

    Never raises. A guess, a wrong declaration or a replaced byte is told in `notices`.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            body = data[len(bom) :]
            try:
                return Decoded(body.decode(name), name)
            except UnicodeDecodeError:
                if name == "utf-8":
                    text, guessed = _guess(body)
                    return Decoded(text, guessed, (f"not the UTF-8 that its mark says: read as {guessed}",))
                if name.startswith("utf-16") and b"\0" not in body[:64]:
                    break  # two stray bytes before 8-bit text, not UTF-16
                return Decoded(body.decode(name, "replace"), name, (f"damaged {name}: broken characters replaced",))
    wide = _wide(data)
    if wide:
        return Decoded(data.decode(wide, "replace"), wide, (f"encoding guessed: {wide}, no byte order mark",))
    declared = _declared(data) if markup else None
    if declared is not None and _CHARSET.match(declared) and not declared.lower().startswith(("utf-16", "utf-32")):
        try:
            # A text that is valid UTF-8 beyond ASCII is UTF-8, whatever single-byte set it claims.
            return Decoded(data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            pass
        try:
            return Decoded(data.decode(declared), declared.lower())
        except (UnicodeDecodeError, LookupError):
            text, guessed = _guess(data)
            return Decoded(text, guessed, (f"not the {declared} that it declares: read as {guessed}",))
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        text, guessed = _guess(data)
        replaced = ", broken bytes replaced" if "\ufffd" in text else ""
        return Decoded(text, guessed, (f"encoding guessed: {guessed}{replaced}",))


def clean(text: str) -> str:
    """Control characters (but tab and line ends) replaced one for one by a space: offsets hold."""
    return text.translate(_CONTROLS) if _CONTROL.search(text) else text


def is_binary(text: str) -> bool:
    """More than one character in ten of the first 100,000 is a control character or could not be decoded.

    A few NULs or broken bytes in a text do not make it binary.
    """
    sample = text[:100_000]
    bad = len(_BINARY.findall(sample))
    return bad > 4 and bad * 10 > len(sample)


# ---- the start of an XML file ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prolog:
    """What stands before an XML root: the internal DTD subset, and the root's local name ("" where none is)."""

    doctype: str | None
    subset: str
    root: str
    declared: bool


_NAME = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?)([A-Za-z_][\w.-]*)")


def prolog(text: str) -> Prolog:
    """Scan declaration, comments, processing instructions and DOCTYPE up to the root element. Linear."""
    i, n = 0, len(text)
    doctype: str | None = None
    subset = ""
    declared = False
    while i < n:
        if text[i].isspace() or text[i] == "\ufeff":
            i += 1
        elif text.startswith("<?", i):
            declared = declared or text.startswith("<?xml", i)
            end = text.find("?>", i)
            i = n if end < 0 else end + 2
        elif text.startswith("<!--", i):
            end = text.find("-->", i + 4)
            i = n if end < 0 else end + 3
        elif text[i : i + 9].upper() == "<!DOCTYPE":
            end, inner = _doctype_end(text, i + 9)
            doctype, subset = text[i:end], inner
            i = end
        else:
            break
    named = _NAME.match(text, i)
    return Prolog(doctype, subset, named.group(2) if named else "", declared)


def _doctype_end(text: str, i: int) -> tuple[int, str]:
    """End of a DOCTYPE that began before `i`, and its internal subset; quotes and comments are stepped over."""
    start, n, depth = -1, len(text), 0
    inner = ""
    step = re.compile(r"""["'\[\]<>]|<!--""")
    while True:
        found = step.search(text, i)
        if found is None:
            return n, text[start:n] if start >= 0 else inner
        i, sign = found.end(), found.group()
        if sign in "\"'":
            end = text.find(sign, i)
            i = n if end < 0 else end + 1
        elif text.startswith("<!--", found.start()):
            end = text.find("-->", i)
            i = n if end < 0 else end + 3
        elif sign == "[" and start < 0:
            start = i
        elif sign == "]" and start >= 0 and depth == 0:
            inner, start = text[start : i - 1], -1
        elif sign == "<":
            depth += 1
        elif sign == ">":
            if depth == 0:
                return i, inner if start < 0 else text[start : i - 1]
            depth -= 1


# ---- tidy text ---------------------------------------------------------------------------------------------------

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


# ---- section names -----------------------------------------------------------------------------------------------

# Names that patterns/sections.toml does not hold: journals' own wordings, met in articles. (section, part, names)
_MORE: tuple[tuple[str, str, str], ...] = (
    (
        "abstract",
        "",
        "abstract summary",
    ),
    (
        "summary",
        "",
        "what is new; author summary; article focus; the bottom line; why this matters; 2 minute medicine; "
        "plain english summary",
    ),
    (
        "summary",
        "results",
        "what this paper adds; what did the researchers do and find",
    ),
    (
        "background",
        "background",
        "background/objective; background/objectives; context and objective; context and objectives; "
        "objectives/hypothesis; introduction and objectives; problem; why was this study done; literature "
        "review; statement of problem",
    ),
    (
        "methods",
        "methods",
        "methods/design; methods and design; method/design; methods/patients; experimental; setting and "
        "patients; population; design, setting, participants; animals; patients and participants; primary and "
        "secondary outcome measures; statistical analysis used; oversight; subjects and materials; patients "
        "and materials; follow-up procedures; methods and trial design; settings and design; main measures; "
        "outcomes and measures",
    ),
    (
        "results",
        "results",
        "methods and results; methods and findings; methodology/principal findings; methods/results; "
        "principal results; methodology and principal findings; results and conclusions; results and "
        "conclusion; experimental results; research findings; results and interpretation; evidence synthesis; "
        "mortality; results/findings; observations; main results and the role of chance; results and "
        "discussion",
    ),
    (
        "discussion",
        "discussion",
        "discussion/conclusion; commentary; perspective",
    ),
    (
        "conclusion",
        "conclusion",
        "conclusions/significance; conclusion/significance; conclusions and clinical importance; "
        "conclusions/interpretation; what do these findings mean; conclusions and future directions; final "
        "remarks; relevance; conclusions and relevance; summary/conclusion; summary/conclusions",
    ),
    (
        "back",
        "",
        "sponsor; contributorship; contribution to authorship; additional information; list of abbreviations "
        "used; trial status; current study status; endnotes; footnotes; about this article; ethics and "
        "dissemination; notes; role of the study sponsor; description of additional files; orcid",
    ),
)
# Names that open a main section of an article; other known names may stand under any of them.
_MAIN = frozenset((
    "abstract", "summary", "background", "introduction", "objective", "objectives", "aim", "aims", "purpose", "methods",
    "method", "materials and methods", "material and methods", "patients and methods", "subjects and methods",
    "participants and methods", "methods and materials", "research design and methods", "design and methods",
    "methodology", "results", "result", "findings", "results and discussion", "methods and results",
    "methods and findings", "discussion", "comment", "discussion and conclusion", "discussion and conclusions",
    "conclusion", "conclusions", "interpretation", "conclusions and relevance", "references", "bibliography",
    "acknowledgements", "acknowledgments", "funding", "study rundown", "in-depth", "in depth", "key points",
    "competing interests", "conflict of interest", "conflicts of interest", "supplementary material", "abbreviations",
    "trial registration", "case report", "case series", "importance", "main outcomes and measures",
))  # fmt: skip
_RUNDOWN = frozenset(("study rundown", "in-depth", "in depth", "key points", "2 minute medicine"))
_NUMBERING = re.compile(
    r"(?:\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[ivxIVX]{1,5}|[A-Ha-h])[.):]\s*|\d{1,2}(?:\.\d{1,2}){0,4}\s+)"
)
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]{0,100}[)\]]\s*")
_TRIM = " \t\r\n.:;,-–—*_#|"


def normal_heading(heading: str) -> str:
    """A heading without numbering, bracketed asides, markup and end signs, in small letters."""
    text = blank(heading[:300]).strip(_TRIM + "?")
    numbered = _NUMBERING.match(text)
    if numbered and numbered.end() < len(text):
        text = text[numbered.end() :]
    text = _ASIDE.sub(" ", text).strip(_TRIM + "?").casefold()
    if "&" in text:
        text = " ".join(text.replace("&", " and ").split())
    return text.replace("’", "'").replace(" / ", "/").replace("‐", "-").replace("‑", "-")


@cache
def _more() -> dict[str, tuple[str, str]]:
    return {name.strip(): (section, part) for section, part, names in _MORE for name in names.split(";")}


@lru_cache(maxsize=8192)
def named_section(heading: str) -> tuple[str, str]:
    """(section, part) where the whole heading is a known name, else ("", ""). patterns/sections.toml goes first."""
    name = normal_heading(heading)
    if not name:
        return "", ""
    return vocabulary.section_of(name) or _more().get(name, ("", ""))


# Where the whole heading is unknown, the first of these words decides ("Results of the extension study").
_FIRST_WORD = (
    (re.compile(r"(?:materials?|patients?|subjects?|participants?|statistical|study) .{0,30}methods?\b"), "methods"),
    (re.compile(r"methods?\b|methodolog|statistical (?:analys|method)|study design|trial design"), "methods"),
    (
        re.compile(
            r"results?\b|findings?\b|adverse (?:events?|effects?|reactions?)\b|harms?\b|side effects?\b|toxicit"
        ),
        "results",
    ),
    (re.compile(r"discussions?\b"), "discussion"),
    (re.compile(r"conclusions?\b|concluding"), "conclusion"),
    (re.compile(r"introduction\b|background\b|aims? (?:of|and)\b|objectives? (?:of|and)\b"), "background"),
)
_WHOLE_BACK = re.compile(
    r"(?:competing|conflicts? of) interests?\b|acknowledge?ments?\b|(?:author|authors') contributions?\b|funding\b"
    r"|supplement(?:al|ary)\b|supporting information\b|data availability\b|trial registration\b|disclosures?\b"
)


@lru_cache(maxsize=8192)
def section_of(heading: str) -> tuple[str, str]:
    """(section, part) that a heading names, ("", "") where it names none. See model.Block for the values.

    "2.1 Patients and methods" -> ("methods", "methods"); "Adverse events" -> ("results", "results").
    """
    known = named_section(heading)
    if known[0]:
        return known
    name = normal_heading(heading)
    if name and len(name) <= 60:
        if _WHOLE_BACK.match(name):
            return "back", ""
        for pattern, section in _FIRST_WORD:
            if pattern.match(name):
                return section, section
    return "", ""


_SEC_TYPES = {
    "intro": "background", "introduction": "background", "background": "background", "objective": "background",
    "methods": "methods", "materials": "methods", "material": "methods", "method": "methods", "subjects": "methods",
    "materials and methods": "methods", "results": "results", "findings": "results", "cases": "results",
    "discussion": "discussion", "discussions": "discussion", "conclusion": "conclusion", "conclusions": "conclusion",
}  # fmt: skip
_BACK_TYPES = re.compile(
    r"supplementary-material|coi|conflict|ack|funding|disclosure|contribution|data-availability|display-objects|abbrev"
)


def section_of_type(sec_type: str) -> tuple[str, str]:
    """(section, part) of a JATS sec-type ("materials|methods"); ("", "") where it says nothing."""
    kinds = [kind.strip() for kind in sec_type.casefold().split("|")]
    for kind in ("results", *kinds):
        if kind in kinds and kind in _SEC_TYPES:
            return _SEC_TYPES[kind], _SEC_TYPES[kind]
    return ("back", "") if _BACK_TYPES.match(sec_type.casefold()) else ("", "")


# ---- heads inside paragraphs -------------------------------------------------------------------------------------

_FURNITURE_HEAD = (
    r"Relevant Readings?|Image(?: Credit)?|Photo(?: Credit)?|Evidence Rating Level|Evidence [Ll]evel"
    r"|Evidence [Rr]ating|Level of [Ee]vidence|LEVEL OF EVIDENCE|Disclaimer|Disclosures?"
)
_LEVEL = re.compile(
    r"(?:Evidence Rating Level|Evidence level|Evidence rating|Level of evidence)(?:\*\*|__)?:(?:\*\*|__)?[ \t]*"
    r"((?:\d{1,2}[a-c]?|[IV]{1,3})\b(?:[ \t]*\([A-Za-z ]{1,40}\))?)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:(?:relevant reading|image(?: credit)?|photo(?: credit)?)s?\**:"
    r"|click (?:here )?(?:to|for) (?:read|view|access|the full)|read the (?:full )?(?:study|article) in"
    r"|©|\(c\) ?\d{4}|copyright(?=\s*(?:©|\(c\)|\d{4}|by\b|notice|[:.]|\Z))|all rights reserved"
    r"|no works may be reproduced|\d{4} 2 minute medicine"
    r"|advertisement\b|share this\b|(?:evidence (?:rating )?level|evidence rating|level of evidence)\**:"
    r"|creative commons\b|cc[ -]by\b"
    r"|licen[sc]ed? under\b|distributed under\b|this is an open[- ]access (?:article|work)\b"
    r"|this (?:article|work|text|summary|abstract|digest) (?:is|was|may be)\b"
    r"|(?:text|licence|license): cc|(?:pmid|pmcid|doi) ?:"
    r"|licen[sc]e(?:e\b|:|\.|\Z))",
    re.IGNORECASE,
)
_LICENCE_WORDS = re.compile(
    r"licen[sc]|creative commons|permission|rights|reproduc|reuse|\bcc|public domain", re.IGNORECASE
)


def is_furniture(text: str) -> bool:
    """Licence, copyright, picture credit, "Relevant reading": printed on the page, no evidence."""
    start = text.lstrip(" \t*_>[")[:400]
    found = _FURNITURE.match(start)
    if found is None:
        return False
    # "This summary is …" may also begin a sentence of the report's own: ask for a second sign.
    if found.group().casefold().startswith("this "):
        return bool(_LICENCE_WORDS.search(start[found.end() :]))
    return True


_TABLE_NOTE = re.compile(
    r"\^?[a-h]\)?[ ](?=[A-Z0-9])|[*†‡§¶#‖]{1,3}[ ]?(?=[A-Za-z0-9])|\^[a-z0-9*†‡§]{1,3}[ ]"
    r"|(?i:abbreviations?\b|notes?[.:]|(?:data|values|results|numbers|figures) are\b)"
    r"|[A-Z][A-Za-z-]{1,8}[,:=] ?[a-z -]{3,60};"
)


def is_table_note(text: str) -> bool:
    """The start of a table's footnote ("a One patient …", "* P < 0.05", "Abbreviations: …").

    Only to be asked of text that stands right under a table.
    """
    return len(text) < 1500 and bool(_TABLE_NOTE.match(text))


def evidence_level(text: str) -> str:
    """The "2 (Good)" of an "Evidence Rating Level: 2 (Good)" line; "" where there is none."""
    found = _LEVEL.search(text)
    return blank(found.group(1)).strip() if found else ""


_CORE = (
    "background", "introduction", "objective", "objectives", "aim", "aims", "purpose", "method", "methods", "result",
    "results", "finding", "findings", "discussion", "conclusion", "conclusions", "interpretation", "importance",
    "context", "design", "setting", "patients and methods", "materials and methods", "research design and methods",
    "subjects and methods", "conclusions and relevance", "main outcomes and measures", "interventions", "intervention",
    "participants", "funding", "trial registration", "methods and results", "methods and findings",
)  # fmt: skip


# Heads of structured abstracts that are cut off their paragraph. Names that may be the outcome or the subject of the
# sentence ("Response: 81 of 120", "Safety: …", "Patients: 120 adults") are not among them: cutting would part the name
# from its number.
_RUN_IN_NAMES = """
    abstract; background; background and aim; background and aims; background and objective; background and
    objectives; background and purpose; background/aim; background/aims; background/objective;
    background/objectives; introduction; introduction and aims; objective; objectives; aim; aims; aim of the study;
    aims of the study; objective of the study; study objective; study objectives; purpose; purpose of the study;
    aims and objectives; aim and objectives; rationale; context; context and objective; context and objectives;
    importance; hypothesis; why was this study done; method; methods; methodology; materials and methods; material
    and methods; methods and materials; material/methods; patients and methods; subjects and methods; participants
    and methods; patients/methods; methods/patients; methods/design; methods and design; method/design; methods and
    analysis; research design and methods; design and methods; experimental design; design; study design; trial
    design; design and setting; setting; settings; setting and design; settings and design; design, setting, and
    participants; design, setting and participants; design, setting, participants; study design and setting; study
    population and methods; participants; interventions; intervention; measurements; main outcome measure; main
    outcome measures; outcome measure; outcome measures; main outcomes and measures; main measures; measurements and
    main results; primary and secondary outcome measures; statistical analysis; statistical analysis used; data
    sources; study selection; data extraction; data collection; result; results; finding; findings; main results;
    key results; main findings; key findings; principal findings; principal results; methods and results; methods
    and findings; methodology/principal findings; results and discussion; results and conclusion; results and
    conclusions; discussion; discussion and conclusion; discussion and conclusions; conclusion; conclusions;
    conclusions and relevance; conclusion and relevance; interpretation; limitations; conclusions/significance;
    conclusion/significance; conclusions and clinical importance; conclusions/interpretation; conclusions and
    implications; implications; funding; trial registration; trial registrations; clinical trial registration; trial
    registration number; clinicaltrials.gov identifier; what this study adds; what this paper adds; take-home
    message; what is already known on this topic; what is new; what did the researchers do and find; what do these
    findings mean; clinical relevance; clinical significance; bottom line; the bottom line
"""
_RUN_IN = tuple(name.strip() for name in _RUN_IN_NAMES.split(";"))


@cache
def _head_pattern() -> re.Pattern[str]:
    def either(names: Iterable[str]) -> str:
        parts = (re.escape(name).replace("\\ ", "[ ]").replace("/", "[ ]?/[ ]?") for name in names)
        return "|".join(parts).replace("[ ]and[ ]", "[ ](?:and|&)[ ]").replace("'", "['’]")

    longest = sorted(_RUN_IN, key=len, reverse=True)
    core = sorted(_CORE, key=len, reverse=True)
    bracket = r"(?:[ ]?\[[^\[\]\r\n]{1,80}\]|[ ]?\([^()\r\n]{1,60}\))?"
    colon = r"(?=(?:\*\*|__)?[ ]?:)"
    return re.compile(
        # After any blank: heads and lines that only summaries have.
        r"(?:(?<!\S)(?P<open>(?:\*\*|__)?)(?P<head>"
        rf"(?P<aside>{_FURNITURE_HEAD}){colon}|(?P<click>Click[ ](?:here[ ])?to[ ](?:read|view)[ ]|©[ ]?(?=\d{{4}}))"
        rf"|(?:Study[ ]Rundown|In[- ]Depth|Key[ ]Points?){bracket}{colon})"
        # At the start, after a sentence or on a new line: names of sections.
        r"|(?:\A|(?<=[.!?)\]”\"%*]\s)|(?<=[\r\n]))[ \t]{0,3}(?P<open2>(?:\*\*|__)?)(?P<head2>(?=[A-Z2])(?:"
        rf"(?i:{either(longest)}){bracket}{colon}"
        rf"|(?i:{either(core)})(?=(?:\*\*|__)?[ ][-–—][ ]|—)"
        rf"|(?:{either(name.upper() for name in core)})(?=\.?(?:\*\*|__)?[ ]+[A-Z0-9])"
        rf"|(?i:{either(core)})(?=\.(?:\*\*|__))"
        r")))(?P<sign>(?:\*\*|__)?(?:[ ]?:|[ ][-–—](?=[ ])|—|\.)?(?:\*\*|__)?)"
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph: kind heading, paragraph or furniture, with the in-paragraph head it stands under.

    start and end are offsets in the paragraph, blanks trimmed; section and part are those of the head ("" without).
    """

    kind: str
    start: int
    end: int
    head: str = ""
    section: str = ""
    part: str = ""


def _piece(
    kind: str, text: str, start: int, end: int, head: str = "", section: str = "", part: str = ""
) -> list[Piece]:
    """The stretch as a piece, blanks trimmed; none where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Piece(kind, start, end, head, section, part)] if start < end else []


_LINE_END = re.compile(r"[\r\n]")


def pieces(text: str) -> list[Piece]:
    """Cut a paragraph at its in-paragraph heads ("RESULTS:", "In-Depth [cohort study]:", "Relevant Reading:").

    A paragraph without any comes back as one piece. Pieces are in order and do not overlap.
    """
    pattern = _head_pattern()
    if is_furniture(text) and not pattern.match(text):
        return _piece("furniture", text, 0, len(text))
    out: list[Piece] = []
    at, line_end, head, section, part = 0, -1, "", "", ""
    kind = "paragraph"
    for found in pattern.finditer(text):
        which = "head" if found["head"] is not None else "head2"
        start = found.start("open" if which == "head" else "open2")
        if start < at:
            continue
        if kind == "furniture":
            # A credit ends with its line; "Relevant Reading" and what follows it, only where a head begins.
            out += _piece(kind, text, at, min(start, line_end), head, section, part)
            out += _piece("paragraph", text, min(start, line_end), start, head, section, part)
        else:
            out += _piece(kind, text, at, start, head, section, part)
        kind, at = "paragraph", start
        if found["aside"] or found["click"]:
            aside = found["aside"] or ""
            level = _LEVEL.match(text, found.start(which)) if "vidence" in aside.casefold() else None
            if level:
                out += _piece("furniture", text, start, level.end(), head, section, part)
                at = level.end()
                continue
            kind = "furniture"
            if aside.startswith(("Relevant", "Discl")):
                line_end = len(text)
            elif line_end < found.end():  # looked for once a line, or a long line of credits would be quadratic
                line = _LINE_END.search(text, found.end())
                line_end = line.start() if line else len(text)
        else:
            head = text[found.start(which) : found.end(which)].strip()
            section, part = section_of(head)
            out += _piece("heading", text, found.start(which), found.end(which), head, section, part)
            at = found.end()
    if kind == "furniture":
        out += _piece(kind, text, at, line_end, head, section, part)
        at = line_end
    return out + _piece("paragraph", text, at, len(text), head, section, part)


# ---- an outline from headings ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """A block before it has a section, for formats whose sections must be read off the headings.

    level: of a heading, 1 outermost, 0 where the format has no levels; run_in: the heading stood inside a paragraph;
    place: (section, part) where the file says it outright ("ABSTRACT.RESULTS:").
    """

    kind: str
    text: str = ""
    level: int = 0
    run_in: bool = False
    place: tuple[str, str] | None = None


_WHOLE = frozenset(("abstract", "introduction", "discussion", "references", "bibliography", "acknowledgements"))
_ABSTRACT_LENGTH = 6_000  # characters: a longer text with headings is no mere abstract
_BODY = frozenset(("background", "methods", "results", "discussion", "conclusion"))


@dataclass(slots=True)
class _Outline:
    """The headings in force, outermost first: (level, section, part, heading)."""

    root: tuple[str, str]
    closed: bool = False  # nothing but references and back matter leaves the root
    stack: list[tuple[int, str, str, str]] = field(default_factory=list)
    bare: bool = False  # an "Abstract" heading without text of its own yet
    seen: set[str] = field(default_factory=set)  # names met as parts of that abstract
    article: bool = False  # a main section has been entered: text under an unknown heading is no longer the abstract

    @property
    def now(self) -> tuple[str, str, str]:
        return self.stack[-1][1:] if self.stack else (*self.root, "")

    def enter(self, unit: Unit) -> None:
        section, part = unit.place or section_of(unit.text)
        main = normal_heading(unit.text) in _MAIN or section in ("discussion", "conclusion", "references", "back")
        level = unit.level or (1 if main or unit.place else 2)
        over = [entry for entry in self.stack if entry[0] < level]
        abstract = next((e for e in self.stack if e[1] == "abstract" and e[0] == level), None)
        if unit.place is None and abstract and self.bare and section in _BODY and section not in self.seen:
            # "Abstract", then at the same level "Methods", "Results" …: its parts, up to the first repetition.
            self.seen.add(section)
            self.stack = [*over, abstract, (level + 1, "abstract", part, unit.text)]
            return
        self.stack = over
        up_section, up_part, _ = self.now
        if not self.stack or up_section in ("other", "") or section in ("references", "back") or unit.place:
            unknown = ("other", "") if self.article and self.root[0] == "abstract" else self.root
            here = (section, part) if section else unknown if not self.stack else (up_section, up_part)
        elif up_section in ("abstract", "summary"):
            here = (up_section, part or up_part)
        else:
            here = (up_section, up_part)
        if self.closed and here[0] not in ("references", "back", "title"):
            here = (self.root[0], part)
        self.stack.append((level, *here, unit.text))
        self.article = self.article or here[0] in _BODY
        self.bare = here[0] == "abstract" and section == "abstract"
        self.seen = set() if self.bare else self.seen


def outline(units: Sequence[Unit], default: str) -> list[tuple[str, str, str]]:
    """(section, part, heading) of every unit, from the headings before it.

    Heads of a summary ("Study Rundown:", "In-Depth [cohort]:", "Bottom line") make all of it a summary; in-paragraph
    heads ("RESULTS:") an abstract, and so do heading lines in a short text without introduction, discussion or
    references. Otherwise heading lines make the sections of an article; text under no heading is then the abstract
    (before an introduction) or "other". Without any of these it is of section `default`.
    """
    names = [normal_heading(u.text) if u.kind == "heading" else "" for u in units]
    lines = [u.place or section_of(u.text) for u in units if u.kind == "heading" and not u.run_in]
    main = [n for u, n in zip(units, names, strict=True) if not u.run_in and n in _MAIN]
    run_in = any(u.run_in and section_of(u.text)[0] in _BODY for u in units)
    whole = any(n in _WHOLE for n in names) or any(
        u.place for u in units
    )  # has the parts that only whole articles have
    rundown = any(n in _RUNDOWN for n in names) or any(u.text.startswith("Evidence Rating") for u in units)
    if rundown or (not whole and any(section == "summary" for section, _ in lines)):
        root, closed = "summary", True
    elif main and not whole and sum(len(u.text) for u in units) < _ABSTRACT_LENGTH:
        root, closed = "abstract", True
    elif not main:
        root, closed = "abstract" if run_in else default, default == "summary"
    else:
        root = "abstract" if run_in or section_of(main[0])[0] == "background" else "other"
        closed = False
    state = _Outline((root, ""), closed)
    places: list[tuple[str, str, str]] = []
    head, head_part = "", ""
    for unit in units:
        if unit.kind == "title":
            places.append(("title", "", ""))
            continue
        if unit.kind == "heading" and unit.run_in:
            head, head_part = unit.text, section_of(unit.text)[1]
            if head_part and state.now[0] == "back":
                # "Author information", "Keywords" … and then "METHODS: …": the abstract goes on behind them
                state.stack = [entry for entry in state.stack if entry[1] != "back"]
        elif unit.kind == "heading":
            state.enter(unit)
            head, head_part = "", ""
        elif unit.kind in ("paragraph", "item") and state.now[0] == "abstract" and not state.seen:
            state.bare = False
        section, part, heading = state.now
        if head:
            part = head_part if section in ("abstract", "summary", "other") else part
        if unit.kind in ("caption", "table"):
            section = unit.kind
        places.append((section, part, head or heading))
    return places


# ---- identifiers -------------------------------------------------------------------------------------------------

_NCT = re.compile(r"[Nn](?<!\w.)[Cc][Tt][ \u00a0:#-]{0,2}(\d{8})(?!\d)")  # begins with a set: a search skips to it
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]{1,200}")
_PMID = re.compile(r"\b(?:PMID|PubMed ID)[ \t]{0,3}:?[ \t]{0,3}(\d{5,8})\b")
_PMCID = re.compile(r"\bPMC\d{5,9}\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


def nct_numbers(text: str) -> tuple[str, ...]:
    """ClinicalTrials.gov numbers, in order of first sight, each once: NCT and eight digits."""
    return tuple(dict.fromkeys("NCT" + m.group(1) for m in _NCT.finditer(text)))


def first_doi(text: str) -> str:
    """The first DOI of a text, without the sentence's own end signs."""
    found = _DOI.search(text)
    if not found:
        return ""
    doi = found.group().rstrip(".,;:'’”")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def first_pmid(text: str) -> str:
    found = _PMID.search(text)
    return found.group(1) if found else ""


def first_pmcid(text: str) -> str:
    found = _PMCID.search(text)
    return found.group() if found else ""


def first_year(text: str) -> int | None:
    """The first four-digit year from 1900 on; None where there is none."""
    found = _YEAR.search(text)
    return int(found.group()) if found else None


# ---- grids -------------------------------------------------------------------------------------------------------

MAX_COLUMN_SPAN = 1000  # what the HTML standard allows
GRID_WORK = 2_000_000  # grid positions looked at before spans are no longer believed


class RawCell(NamedTuple):
    """A cell before it has a place: text, spans as declared (row_span 0: to the end of its group), header, path."""

    text: str
    row_span: int = 1
    column_span: int = 1
    header: bool = False
    path: str = ""


class Placed(NamedTuple):
    """A cell with its place in the grid."""

    raw: RawCell
    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class Grid:
    rows: int
    columns: int
    cells: tuple[Placed, ...]
    notices: tuple[str, ...] = ()


def span_of(value: str | None) -> int:
    """A rowspan or colspan attribute: 1 where absent or no number; 0 stays 0 (to the end of the group)."""
    text = (value or "").strip()
    return min(int(text), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def lay_out(groups: Sequence[Sequence[Sequence[RawCell]]]) -> Grid:
    """Rows of cells (in row groups: head, bodies, foot) to a grid, as HTML lays out tables.

    A row span ends with its group and a column span with the last column in which any cell begins; a cut of more
    than ten, and spans past GRID_WORK, give a notice. Linear in cells plus GRID_WORK.
    """
    placed: list[Placed] = []
    row, work, cut, trusted = 0, 0, 0, True
    for group in groups:
        last = row + len(group)
        taken: dict[int, int] = {}  # column -> first row in which it is free again
        for cells in group:
            column = 0
            for raw in cells:
                while trusted and taken.get(column, 0) > row:
                    column += 1
                    work += 1
                down = raw.row_span if raw.row_span > 0 else last - row
                cut = max(cut, down - (last - row), raw.column_span - MAX_COLUMN_SPAN)
                down = min(down, last - row)
                across = min(max(raw.column_span, 1), MAX_COLUMN_SPAN)
                if work + across > GRID_WORK:
                    trusted = False
                if not trusted:
                    down = across = 1
                elif down > 1:
                    work += across
                    for c in range(column, column + across):
                        taken[c] = row + down
                placed.append(Placed(raw, row, column, down, across))
                column += across
            row += 1
    columns = max((cell.column + 1 for cell in placed), default=0)
    fitted = []
    for cell in placed:
        across = min(cell.column_span, columns - cell.column)
        cut = max(cut, cell.column_span - across)
        fitted.append(Placed(cell.raw, cell.row, cell.column, cell.row_span, across))
    notices = []
    if cut > 10:
        notices.append("a span larger than the table was cut to it")
    if not trusted:
        notices.append("too many spanned positions: later spans ignored")
    return Grid(row, columns, tuple(fitted), tuple(notices))


def settle_headers(groups: list[list[list[RawCell]]]) -> list[list[list[RawCell]]]:
    """Where no head group is marked, only leading rows wholly of <th> are headers; a <th> at a row's start is its stub.

    Takes row groups whose cells of <thead> and all <th> are marked as headers; the first group counts as the head
    where all of its cells are headers.
    """
    settled: list[list[list[RawCell]]] = []
    leading = True
    for group in groups:
        rows: list[list[RawCell]] = []
        for row in group:
            whole = bool(row) and all(cell.header for cell in row)
            leading = leading and whole
            rows.append(row if leading else [c._replace(header=False) if c.header else c for c in row])
        settled.append(rows)
    return settled


# ---- the text under construction ---------------------------------------------------------------------------------

BETWEEN = "\n\n"


@dataclass(slots=True)
class Builder:
    """Builds a document's text once, block after block, two line ends between blocks."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def _put(self, text: str) -> int:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start

    def notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def add(
        self, kind: str, section: str, part: str, text: str, *, heading: str = "", path: str = "", lead: str = ""
    ) -> Span | None:
        """Append a block; empty text adds none. `lead` (a list number) enters the text but not the block."""
        if not text:
            return None
        if self.length:
            self._put(BETWEEN)
        if lead:
            self._put(lead)
        start = self._put(text)
        self.blocks.append(Block(kind, section, part, start, self.length, heading, path))
        return Span(start, self.length)

    def add_pieces(self, section: str, part: str, text: str, *, heading: str = "", path: str = "") -> str:
        """Append a paragraph cut at its in-paragraph heads, all in `section`; gives the part in force at its end."""
        for piece in pieces(text):
            part = piece.part if piece.head else part
            self.add(piece.kind, section, part, text[piece.start : piece.end], heading=piece.head or heading, path=path)
        return part

    def add_table(
        self, grid: Grid, label: str, part: str, *, heading: str = "", path: str = "", caption: Span | None = None
    ) -> int | None:
        """Append a grid: cells joined by tab, rows by line end. Gives its index in `tables`; None where it is empty."""
        if not any(cell.raw.text for cell in grid.cells):
            return None
        if self.length:
            self._put(BETWEEN)
        start, row = self.length, 0
        cells: list[Cell] = []
        first = True
        for cell in grid.cells:
            if cell.row != row:
                self._put("\n" * (cell.row - row))
                row = cell.row
            elif not first:
                self._put("\t")
            first = False
            raw, at = cell.raw, self._put(cell.raw.text)
            spans = (cell.row_span, cell.column_span)
            cells.append(Cell(cell.row, cell.column, *spans, at, self.length, raw.header, raw.path))
        self.blocks.append(Block("table", "table", part, start, self.length, heading or label, path))
        self.tables.append(Table(label, start, self.length, grid.rows, grid.columns, tuple(cells), caption, (), path))
        for notice in grid.notices:
            self.notice(f"{label or 'a table'}: {notice}")
        return len(self.tables) - 1

    def document(self, name: str, document_id: str, format: str, source: Source) -> Document:
        """The finished document. Raises ReadError where no text was built."""
        if not self.blocks:
            raise ReadError("no text found in it")
        text = "".join(self.parts)
        for notice in table_notices(text, self.blocks, self.tables):
            label = notice.partition(":")[0]
            if not any(known.startswith(f"{label} ") for known in self.notices):  # "Table 1 is an image: not read"
                self.notice(notice)
        return Document(
            name, document_id, format, text, tuple(self.blocks), tuple(self.tables), source, tuple(self.notices)
        )
