"""Bytes to characters: which encoding, what is no text at all, and how an XML file begins."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

MAX_DEPTH = 200
"""Elements nested deeper than this are no article; it also keeps every recursion of the readers shallow."""

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
