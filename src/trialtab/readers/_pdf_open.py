"""Opening a PDF: what it is where it is none, what can be rescued of a damaged one, and how that is told."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from trialtab.errors import ReadError

_OTHER_KINDS = (
    (b"PK\x03\x04", "zip or Office file"), (b"\x89PNG", "PNG picture"), (b"\xff\xd8\xff", "JPEG picture"),
    (b"{\\rtf", "RTF file"), (b"\xd0\xcf\x11\xe0", "old Office file"), (b"%!PS", "PostScript file"),
    (b"\x1f\x8b", "gzip file"), (b"II*\0", "TIFF picture"), (b"MM\0*", "TIFF picture"), (b"GIF8", "GIF picture"),
)  # fmt: skip
_OBJECT = re.compile(rb"\b\d{1,7} \d{1,5} obj\b")
_NO_KIDS = re.compile(rb"/Kids\s{0,8}\[\s{0,8}\]\s{0,8}/Count\s{1,8}0\b|/Count\s{1,8}0\s{0,8}/Kids\s{0,8}\[\s{0,8}\]")
_START = re.compile(rb"startxref\s{1,8}(\d{1,15})")


def _not_pdf(data: bytes) -> str:
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic):
            return f"{kind}, not a PDF"
    start = data[:1024].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "HTML page, not a PDF"
    return "XML file, not a PDF" if start.startswith(b"<?xml") else "not a PDF"


def _mended(data: bytes) -> str:
    """A notice where the file's own table of contents does not hold and pdfium had to rebuild it; else ""."""
    header = data.find(b"%PDF-", 0, 1024)
    if b"%%EOF" not in data[-2048:]:
        return "damaged and repaired: the end of the file is missing, text may be incomplete"
    starts = _START.findall(data[-2048:])
    at = int(starts[-1]) + max(header, 0) if starts else -1
    if not (0 <= at < len(data)) or not re.match(rb"\s{0,8}(?:xref|\d{1,10}\s+\d{1,5}\s+obj)", data[at : at + 40]):
        return "damaged and repaired: its cross-reference table was rebuilt"
    if header > 0:
        return f"{header} bytes of other data before the PDF itself"
    return ""


_FLATE = re.compile(rb"/Filter\s{0,4}\[?\s{0,4}/FlateDecode\s{0,4}[\]/>]")
_INFLATED = 16_000_000  # bytes; what is looked at to tell a damaged file


def torn_streams(data: bytes) -> tuple[int, int]:
    """How many of the file's deflated streams break off, of how many: pdfium drops the rest of such a page unsaid."""
    import zlib

    at, torn, all_streams, room = 0, 0, 0, _INFLATED
    while room > 0 and (at := data.find(b"stream", at)) >= 0:
        begin = at + 6
        at = begin
        dictionary = data[max(0, begin - 400) : begin - 6].rstrip()
        dictionary = dictionary[dictionary.rfind(b" obj") + 1 :]
        if not dictionary.endswith(b">>") or not _FLATE.search(dictionary) or b"/Image" in dictionary:
            continue
        begin += 2 if data[begin : begin + 2] == b"\r\n" else 1
        at = data.find(b"endstream", begin)
        if at < 0:
            at = len(data)
        all_streams += 1
        inflater = zlib.decompressobj()
        packed = data[begin:at]
        try:
            while packed and room > 0 and not inflater.eof:
                room -= len(inflater.decompress(packed, 1_000_000))
                packed = inflater.unconsumed_tail
        except zlib.error:
            torn += 1
    return torn, all_streams


def _rescued(data: bytes) -> bytes | None:
    """The file as pikepdf can rebuild it, or None where pikepdf is not installed or finds no page."""
    try:
        import pikepdf
    except ImportError:
        return None
    import io
    import logging

    logger = logging.getLogger("pikepdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # qpdf tells of each broken object: one notice is enough
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as broken:
            if not len(broken.pages):
                return None
            whole = io.BytesIO()
            broken.save(whole)
            return whole.getvalue()
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError, KeyError, TypeError):
        return None  # what pikepdf cannot rebuild either is told by the caller as damaged
    finally:
        logger.setLevel(level)


def open_pdf(data: bytes) -> tuple[Any, list[str]]:
    """A pdfium document and notices. Raises ReadError with the reason why there is none."""
    if not data:
        raise ReadError("empty file")
    notices: list[str] = []
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if _NO_KIDS.search(data):
            raise ReadError("no pages") from error
        if code == raw.FPDF_ERR_PASSWORD and b"/Encrypt" in data:  # else the code is that of a file opened before
            raise ReadError("encrypted: password needed") from error
        if code == raw.FPDF_ERR_SECURITY:
            raise ReadError("encrypted: unsupported kind of encryption") from error
        kind = _not_pdf(data)
        if b"%PDF" not in data and (kind != "not a PDF" or not _OBJECT.search(data)):
            raise ReadError(kind) from error
        whole = _rescued(data)
        if whole is None:
            left = (
                "no readable page in it"
                if b"%%EOF" in data[-2048:]
                else "its end is missing, and no page can be read without it"
            )
            raise ReadError(f"damaged PDF: {left}") from error
        try:
            document = pdfium.PdfDocument(whole)
        except pdfium.PdfiumError as second:
            raise ReadError("damaged PDF: no readable page in it") from second
        notices.append("damaged and repaired: rebuilt from what was left of it, pages may be missing")
    else:
        mended = _mended(data)
        if mended:
            notices.append(mended)
    copying = 0x10  # bit 5 of the permission flags
    if (
        raw.FPDF_GetSecurityHandlerRevision(document.raw) >= 0
        and not raw.FPDF_GetDocPermissions(document.raw) & copying
    ):
        notices.append("owner password: its permission flags do not allow copying of text")
    return document, notices
