"""Small PDFs written by hand for the tests of the PDF reader, and what each Document read from them keeps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from document_promises import check_promises
from trialtab.model import Block, Document
from trialtab.readers.pdf import read_pdf

Printed = tuple[float, float, str] | tuple[float, float, str, dict[str, object]]
"""x and distance from the top in points, text, and: size, bold, colour (r g b), mode, rise of a raised second part, up
(text that runs up the page), way (up or down), to (no text: a rule to that x and distance from the top)."""

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


WAYS = {"": "1 0 0 1", "up": "0 1 -1 0", "down": "0 -1 1 0"}


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "()\\" else c for c in text)


def _content(printed: Iterable[Printed], height: float) -> bytes:
    out = []
    for x, top, text, *rest in printed:
        how = rest[0] if rest else {}
        if "to" in how:
            continue
        size = how.get("size", 10)
        out.append(
            f"BT {how.get('colour', '0 0 0')} rg {how.get('mode', 0)} Tr /F{2 if how.get('bold') else 1} {size} Tf "
            f"{WAYS[how.get('way', 'up' if how.get('up') else '')]} {x} {height - top} Tm ({_escaped(text)}) Tj"
        )
        if how.get("raised"):
            out.append(f"{0.35 * size} Ts /F1 {0.6 * size} Tf ({_escaped(how['raised'])}) Tj 0 Ts /F1 {size} Tf")
            out.append(f"({_escaped(how.get('after', ''))}) Tj")
        out.append("ET")
    return "\n".join(out).encode("cp1252")


def _drawn(printed: Iterable[Printed], height: float) -> bytes:
    """The rules among what is printed: entries whose `to` is the other end."""
    out = []
    for x, top, _, *rest in printed:
        if rest and "to" in rest[0]:
            x1, bottom = rest[0]["to"]
            out.append(f"0.5 w {x} {height - top} m {x1} {height - bottom} l S")
    return "\n".join(out).encode()


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def make_pdf(
    pages: Sequence[Iterable[Printed]],
    *,
    box: str = "0 0 600 800",
    rotate: int = 0,
    image: bool = False,
    lock: str = "",
    form: bool = False,
) -> bytes:
    """A PDF with one content stream a page. lock: "user" (a password is needed) or "owner" (copying not allowed).

    form: rules are drawn inside a form XObject, moved by its matrix.
    """
    height = 800.0
    kids = " ".join(f"{10 + 2 * k} 0 R" for k in range(len(pages)))
    objects: dict[int, tuple[bytes, bytes | None]] = {
        1: (b"<</Type/Catalog/Pages 2 0 R>>", None),
        2: (f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(), None),
        3: (b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>", None),
        4: (b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>", None),
        5: (
            b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>",
            b"\x80",
        ),
    }
    for k, page in enumerate(pages):
        page = list(page)
        drawn = _drawn(page, height)
        content = b"q 600 0 0 800 0 0 cm /I Do Q" if image else _content(page, height)
        if drawn and form:
            # Drawn 100 points too low and brought up by the form's matrix.
            objects[1000 + k] = (
                b"<</Type/XObject/Subtype/Form/BBox[0 -100 600 800]/Matrix[1 0 0 1 0 100]/Length %d>>"
                % len(drawn := b"1 0 0 1 0 -100 cm " + drawn),
                drawn,
            )
            content += b"\n/X Do"
        elif drawn:
            content += b"\n" + drawn
        form_at = f"/X {1000 + k} 0 R" if drawn and form else ""
        resources = f"<</Font<</F1 3 0 R/F2 4 0 R>>/XObject<</I 5 0 R{form_at}>>>>"
        objects[10 + 2 * k] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Rotate {rotate}/Contents {11 + 2 * k} 0 R"
            f"/Resources{resources}>>".encode(),
            None,
        )
        objects[11 + 2 * k] = (f"<</Length {len(content)}>>".encode(), content)
    trailer = b""
    key = b""
    if lock:
        owner, allowed, name = bytes(range(32)), -64, b"0123456789abcdef"
        key = hashlib.md5(_PADDING + owner + (allowed & 0xFFFFFFFF).to_bytes(4, "little") + name).digest()[:5]
        user = _rc4(key, _PADDING) if lock == "owner" else bytes(32)
        objects[6] = (
            f"<</Filter/Standard/V 1/R 2/O<{owner.hex()}>/U<{user.hex()}>/P {allowed}>>".encode(),
            None,
        )
        trailer = b"/Encrypt 6 0 R/ID[<%s><%s>]" % (name.hex().encode(), name.hex().encode())
    out, places = bytearray(b"%PDF-1.4\n"), {}
    for number, (dictionary, stream) in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\n" % (number, dictionary)
        if stream is not None:
            if lock:
                stream = _rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], stream)
            out += b"stream\n" + stream + b"\nendstream\n"
        out += b"endobj\n"
    start, last = len(out), max(objects)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number in sorted(places):
        out += b"%d 1\n%010d 00000 n \n" % (number, places[number])
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (last + 1, trailer, start)
    return bytes(out)


def read(pages: Sequence[Iterable[Printed]], **given: object) -> Document:
    """The one document of a PDF written here, its promises checked."""
    (document,) = read_pdf(make_pdf(pages, **given), "made.pdf")  # type: ignore[arg-type]
    keeps_words(document)
    return document


def keeps_words(document: Document) -> None:
    """Each word of the arrays is a word of the text, in order, on a page, with a box."""
    check_promises(document)
    words = document.words
    assert words is not None and document.pages is not None
    end = 0
    for i, start in enumerate(words.starts):
        assert end <= start < words.ends[i]
        end = words.ends[i]
        assert not re.search(r"\s", document.text[start:end])
        assert 1 <= words.pages[i] <= document.pages
        assert words.x0[i] <= words.x1[i] and words.top[i] <= words.bottom[i]
    gone = list(document.text)
    for start, stop in zip(words.starts, words.ends, strict=True):
        gone[start:stop] = [" "] * (stop - start)
    assert set("".join(gone)) <= set(" \n\t[]^"), "only what stands between words is no word"


def of_kind(document: Document, kind: str) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind == kind]


def block_with(document: Document, text: str) -> Block:
    return next(b for b in document.blocks if text in document.text[b.start : b.end])


def lines(x: float, top: float, texts: Iterable[str], step: float = 12, **how: object) -> list[Printed]:
    return [(x, top + k * step, text, how) for k, text in enumerate(texts)]


PROSE = (
    "The patients who were assigned to the new treatment had a",
    "longer time to relapse than those who were assigned to the",
    "old one, and the difference was seen in each of the groups",
    "that had been named before the trial began. The number of",
    "infections was the same in both groups of the trial.",
)
