"""Readers: bytes to Documents. Which reader is decided by what the bytes are, never by the file's name.

Every reader is a pure function `read_x(data, name) -> list[Document]` and is imported only when its format turns up.
"""

from __future__ import annotations

import re

from trialtab.errors import ReadError
from trialtab.garbage import collected_seldom
from trialtab.model import Document
from trialtab.readers import _characters, _zipped
from trialtab.readers._signs import looks_like_json, tagged_kind

__all__ = ["MAX_BYTES", "kind_of", "read"]

MAX_BYTES = 500_000_000
"""Larger files are refused unread, whatever they are; each reader has its own, lower limit."""

_PDF = re.compile(rb"%PDF-\d")
_PDF_OBJECT = re.compile(rb"(?<![^\s])\d{1,7} \d{1,5} obj\b")
_SAMPLE = 65_536
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG image, not a report"),
    (b"\xff\xd8\xff", "JPEG image, not a report"),
    (b"GIF87a", "GIF image, not a report"),
    (b"GIF89a", "GIF image, not a report"),
    (b"II*\0", "TIFF image, not a report"),
    (b"MM\0*", "TIFF image, not a report"),
    (b"BM\0\0", "BMP image, not a report"),
    (b"\0\0\x01\0", "icon image, not a report"),
    (b"AT&TFORM", "DjVu is not read: save it as PDF"),
    (b"%!PS", "PostScript is not read: save it as PDF"),
    (b"{\\rtf", "RTF is not read yet: save it as PDF or HTML"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word, Excel or PowerPoint file: save it as PDF or HTML"),
    (b"\x1f\x8b", "gzip archive: unpack it first"),
    (b"BZh", "bzip2 archive: unpack it first"),
    (b"\xfd7zXZ\0", "xz archive: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd archive: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive: unpack it first"),
    (b"Rar!\x1a\x07", "RAR archive: unpack it first"),
    (b"SQLite format 3\0", "SQLite database, not a report"),
    (b"\x7fELF", "program, not a report"),
    (b"OggS", "sound or video, not a report"),
    (b"ID3", "sound, not a report"),
    (b"fLaC", "sound, not a report"),
    (b"PAR1", "Parquet data, not a report"),
    (b"\xca\xfe\xba\xbe", "program, not a report"),
    (b"\xcf\xfa\xed\xfe", "program, not a report"),
)
_OFFICE = (
    ("xl/", "XLSX is not read: save the report as PDF or HTML"),
    ("ppt/", "PPTX is not read: save it as PDF"),
)
_TYPES = {
    "application/epub+zip": "EPUB is not read: save it as PDF or HTML",
    "application/vnd.oasis.opendocument.text": "ODT is not read: save it as PDF or HTML",
}
_JATS_ROOTS = frozenset(("article", "pmc-articleset", "articles", "OAI-PMH", "records", "collection"))
_PUBMED_ROOTS = frozenset(("PubmedArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet"))
_XML_TOLD = {
    "TEI": "TEI XML is not read: save the article as JATS, PDF or HTML",
    "svg": "SVG image, not a report",
    "clinical_study": "registry record as XML, which ClinicalTrials.gov no longer gives: fetch it as JSON",
}
# Tags that only HTML has; one at the start of a file, or several in its first part, make it HTML.
_HTML_START = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|div|p|table|h[1-6]|ul|ol|span|main"
    r"|article|section|header|script|style|link|b|i|a|img|br|hr|center|font)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(r"</(?:p|div|h[1-6]|table|tr|td|li|ul|span|body|html|head|section|article)\s*>", re.IGNORECASE)
_ROOT_OF_HTML = frozenset(("html", "HTML", "Html"))


def kind_of(data: bytes) -> str:
    """What the bytes are: "pdf", "docx", "jats", "pubmed", "medline", "ris", "registry", "html" or "plain".

    Raises ReadError with one line for everything else: empty, an image, an archive, XML of an unknown kind, binary.
    """
    if not data:
        raise ReadError("empty file")
    if len(data) > MAX_BYTES:
        raise ReadError(f"file of {len(data) // 1_000_000} MB: over the limit of {MAX_BYTES // 1_000_000} MB")
    head = data[:1024]
    if _PDF.search(head):
        return "pdf"
    if _zipped.is_zip(head):
        return _kind_of_zip(data)
    _refuse_signature(head)
    if not data[:4096].strip(b"\0 \t\r\n\f\v") and not data.strip(b"\0 \t\r\n\f\v"):
        raise ReadError("empty file: nothing but blanks")
    if b"endobj" in data and _PDF_OBJECT.search(data[:_SAMPLE]) and (b"/Type" in data or b"startxref" in data):
        return "pdf"  # its header line is lost or far down, its objects are there
    # What kind of text it is shows in its beginning; an odd cut cannot hurt, nothing of this sample is kept.
    sample = _characters.decode(data[:_SAMPLE], markup=True).text
    if _characters.is_binary(sample):
        raise ReadError("binary data, not text")
    start = _characters.prolog(sample)
    if not start.root and (start.doctype or start.declared) and len(data) > _SAMPLE:
        start = _characters.prolog(_characters.decode(data[: 16 * _SAMPLE], markup=True).text)
    return _kind_of_text(sample, start)


def _refuse_signature(head: bytes) -> None:
    for signature, told in _SIGNATURES:
        if head.startswith(signature):
            raise ReadError(told)
    if head.startswith(b"RIFF") and head[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        raise ReadError({b"WEBP": "WebP image, not a report"}.get(head[8:12], "sound or video, not a report"))
    if head[4:8] == b"ftyp":
        raise ReadError("HEIF image or video, not a report")
    if head.startswith(b"MZ") and b"\0" in head:
        raise ReadError("program, not a report")


def is_archive(names: list[str]) -> bool:
    """Is a ZIP of these names a container of files, and no office document or book of its own?"""
    office = "[Content_Types].xml" in names or any(name.startswith("word/") for name in names)
    return not office and names[:1] != ["mimetype"]


def _kind_of_zip(data: bytes) -> str:
    """ "docx"; what else a ZIP archive is, is told by the names in its directory, and nothing is unpacked."""
    names = [entry.filename for entry in _zipped.listed(data)]
    if not is_archive(names):
        if any(name.startswith("word/") for name in names):
            return "docx"
        for start, told in _OFFICE:
            if any(name.startswith(start) for name in names):
                raise ReadError(told)
        for kind, told in _TYPES.items():
            if kind.encode() in data[:200]:
                raise ReadError(told)
    files = f"{len(names):,} file{'' if len(names) == 1 else 's'}"
    raise ReadError(f"ZIP archive of {files}: trialtab extract reads what is in it, one file at a time")


def _kind_of_text(sample: str, start: _characters.Prolog) -> str:
    if start.root in _ROOT_OF_HTML or (start.doctype or "").casefold().startswith("<!doctype html"):
        return "html"
    if start.root in _JATS_ROOTS and (start.declared or start.doctype or start.root != "article"):
        return "jats"
    if start.root in _PUBMED_ROOTS:
        return "pubmed"
    if start.root == "article":
        return "jats" if _looks_like_jats(sample) else "html"
    if start.declared or start.doctype:
        if start.root in _XML_TOLD:
            raise ReadError(_XML_TOLD[start.root])
        if not start.root:
            raise ReadError("XML without a root element: cut short or damaged")
        raise ReadError(f"XML of an unknown kind (root element <{start.root[:40]}>)")
    if _HTML_START.match(sample) or len(_HTML_TAG.findall(sample)) >= 5:
        return "html"
    return tagged_kind(sample) or ("registry" if looks_like_json(sample) else "plain")


_JATS_SIGN = re.compile(
    r"<(?:front|article-meta|back|sec|ref-list|table-wrap|journal-meta|sub-article|title)[\s>/]|<body>\s*<p>"
)


def _looks_like_jats(sample: str) -> bool:
    """<article> is a root of JATS and a tag of HTML: JATS has <front>, <sec>, <article-meta>, HTML has not."""
    return bool(_JATS_SIGN.search(sample)) or not re.search(r"<(?:div|h[1-6]|section|span|header)\b", sample)


@collected_seldom()
def read(data: bytes, name: str) -> list[Document]:
    """Read one file, whatever it is called: one Document for most formats, one an article for an article set.

    data: the file's bytes; name: becomes Document.name. The records of one file share it, and their document_id ends in
    "#key".
    Raises ReadError with one line that says why a file cannot be read.
    """
    kind = kind_of(data)
    if kind == "pdf":
        from trialtab.readers.pdf import read_pdf

        return read_pdf(data, name)
    if kind == "jats":
        from trialtab.readers.jats import read_jats

        return read_jats(data, name)
    if kind == "html":
        from trialtab.readers.html import read_html

        return read_html(data, name)
    if kind == "docx":
        from trialtab.readers.docx import read_docx

        return read_docx(data, name)
    if kind == "pubmed":
        from trialtab.readers.pubmed import read_pubmed

        return read_pubmed(data, name)
    if kind in ("medline", "ris"):
        from trialtab.readers.tagged import read_medline, read_ris

        return read_medline(data, name) if kind == "medline" else read_ris(data, name)
    if kind == "registry":
        from trialtab.readers.registry import read_registry

        return read_registry(data, name)
    from trialtab.readers.plain import read_plain

    return read_plain(data, name)
