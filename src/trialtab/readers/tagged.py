"""MEDLINE records as PubMed saves them (.nbib) and RIS: lines with a tag before each field, many records in one file.

The text of a document is the file, character for character (its stretch of it where the file has many records): fields
other than title and abstract are furniture. The formats: the MEDLINE/PubMed data element descriptions of the NLM, and
the RIS format specification.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from trialtab.errors import ReadError
from trialtab.model import Block, Document, Source
from trialtab.readers import _characters, _heads, _identifiers, _tidy
from trialtab.readers._bibliography import fits, keys, with_empty_ones

_MEDLINE_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_RIS_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*$)")


@dataclass(slots=True)
class _Field:
    """One field: its tag, and where its value stands, over all of its lines."""

    tag: str
    start: int
    end: int


@dataclass(slots=True)
class _Record:
    """The fields of a record, in order; start, end: its stretch of the text."""

    start: int
    end: int
    fields: list[_Field] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Told:
    """The values of a record by tag, tidied."""

    values: dict[str, list[str]]

    def first(self, *tags: str) -> str:
        return next((value for tag in tags for value in self.values.get(tag, ()) if value), "")

    def all(self, *tags: str) -> list[str]:
        return [value for tag in tags for value in self.values.get(tag, ()) if value]


def read_medline(data: bytes, name: str) -> list[Document]:
    """Read MEDLINE records: one Document a record, format "medline". A record begins at its PMID.

    Raises ReadError where no record has a title or an abstract.
    """
    text, notices = _text(data)
    records: list[_Record] = []
    last: _Field | None = None
    for start, end in _lines(text):
        found = _MEDLINE_TAG.match(text, start, end)
        if found is None:
            if last is not None and text[start].isspace():
                last.end = records[-1].end = end
            continue
        if found.group(1) == "PMID" or not records:
            records.append(_Record(start, end))
        last = _Field(found.group(1), found.start(2), end)
        records[-1].fields.append(last)
        records[-1].end = end
    if not records:
        raise ReadError("MEDLINE file without a record")
    return _documents(data, name, "medline", text, records, _of_medline, (("TI", "BTI"), ("AB",)), notices)


def read_ris(data: bytes, name: str) -> list[Document]:
    """Read RIS, as reference managers and databases export it: one Document a record, format "ris".

    A record lies between TY and ER. Raises ReadError where there is none, or none has a title or an abstract.
    """
    text, notices = _text(data)
    records: list[_Record] = []
    within = False
    last: _Field | None = None
    for start, end in _lines(text):
        found = _RIS_TAG.match(text, start, end)
        tag = found.group(1) if found else ""
        if tag == "TY":
            records.append(_Record(start, end))
            within, last = True, None
        elif tag == "ER":
            within, last = False, None
        elif found is not None and within:
            last = _Field(tag, found.start(2) if found.group(2) is not None else end, end)
            records[-1].fields.append(last)
        elif last is not None:
            last.end = end  # a long abstract goes on in lines without a tag
        if within:
            records[-1].end = end
    if not records:
        raise ReadError("RIS file without a record: none begins with TY")
    titles = ("TI", "T1", "CT", "BT")
    return _documents(data, name, "ris", text, records, _of_ris, (titles, ("AB", "N2")), notices)


def _text(data: bytes) -> tuple[str, list[str]]:
    fits(data)
    decoded = _characters.decode(data)
    text = _characters.clean(decoded.text)
    changed = ["control characters replaced by spaces"] if text != decoded.text else []
    return text, [*decoded.notices, *changed]


def _lines(text: str) -> list[tuple[int, int]]:
    """Start and end of each line that is not blank, its end signs left out."""
    return [found.span() for found in re.finditer(r"[^\r\n]*[^\s][^\r\n]*", text)]


# ---- a record ----------------------------------------------------------------------------------------------------


def _documents(
    data: bytes, name: str, form: str, text: str, records: Sequence[_Record], told_by: Callable[[_Told], Source],
    tags: tuple[tuple[str, ...], tuple[str, ...]], notices: Sequence[str],
) -> list[Document]:  # fmt: skip
    """One Document a record with a title or an abstract; tags: of title and of abstract, the first that is there."""
    digest = hashlib.sha256(data).hexdigest()
    sources = [told_by(_told(text, record)) for record in records]
    found: list[Document] = []
    empty = 0
    for key, source, record in zip(keys(sources), sources, records, strict=True):
        title, abstract = (_chosen(text, record, wanted) for wanted in tags)
        if title is None and abstract is None:
            empty += 1
            continue
        start, end = (0, len(text)) if len(records) == 1 else (record.start, record.end)
        blocks: list[Block] = []
        for one in record.fields:
            blocks += _blocks(text, start, one, "title" if one is title else "abstract" if one is abstract else "")
        said = () if abstract is not None else ("the record has no abstract",)
        found.append(
            Document(
                name, digest + key, form, text[start:end], tuple(blocks), (), source, (*notices, *said)
            )
        )  # fmt: skip
    return with_empty_ones(found, empty)


def _blocks(text: str, offset: int, one: _Field, role: str) -> list[Block]:
    """The blocks of a field; offset: of the document in the file."""
    start, end = one.start, one.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return []
    if role != "abstract":
        section = "title" if role else "other"
        return [Block(role or "furniture", section, "", start - offset, end - offset)]
    blocks: list[Block] = []
    part = ""
    for piece in _heads.pieces(text[start:end]):
        part = piece.part if piece.head else part
        place = (start - offset + piece.start, start - offset + piece.end)
        blocks.append(Block(piece.kind, "abstract", part, *place, piece.head))
    return blocks


def _chosen(text: str, record: _Record, tags: Sequence[str]) -> _Field | None:
    """The field of the first of some tags that has a value."""
    fields = (one for tag in tags for one in record.fields if one.tag == tag)
    return next((one for one in fields if text[one.start : one.end].strip()), None)


def _told(text: str, record: _Record) -> _Told:
    values: dict[str, list[str]] = {}
    for one in record.fields:
        values.setdefault(one.tag, []).append(_tidy.tidy(text[one.start : one.end]))
    return _Told(values)


def _of_medline(told: _Told) -> Source:
    located = told.all("LID", "AID")
    doi = next((value.removesuffix("[doi]").strip() for value in located if value.endswith("[doi]")), "")
    return Source(
        title=told.first("TI", "BTI"),
        doi=doi,
        pmid=told.first("PMID"),
        pmcid=_identifiers.first_pmcid(told.first("PMC")),
        nct=_identifiers.nct_numbers(" ".join(told.all("SI", "TI", "AB"))),
        journal=told.first("JT", "TA"),
        year=_identifiers.first_year(told.first("DP")),
        authors=(*(told.all("FAU") or told.all("AU")), *told.all("CN")),
    )


_PUBMED_LINK = re.compile(r"pubmed(?:\.ncbi\.nlm\.nih\.gov|/)\D{0,20}(\d{5,8})\b")


def _of_ris(told: _Told) -> Source:
    elsewhere = " ".join(told.all("UR", "L1", "L2", "LK", "N1", "M3", "C1", "C2"))
    linked = _PUBMED_LINK.search(elsewhere)
    numbered = re.fullmatch(r"\d{7,8}", told.first("AN"))  # the accession number of an export from PubMed
    pmid = linked.group(1) if linked else _identifiers.first_pmid(elsewhere) or (numbered.group() if numbered else "")
    return Source(
        title=told.first("TI", "T1", "CT", "BT"),
        doi=_identifiers.first_doi(told.first("DO")) or _identifiers.first_doi(elsewhere),
        pmid=pmid,
        pmcid=_identifiers.first_pmcid(elsewhere),
        nct=_identifiers.nct_numbers(" ".join((elsewhere, *told.all("TI", "T1", "AB", "N2")))),
        journal=told.first("JO", "JF", "T2", "JA", "J2"),
        year=_identifiers.first_year(" ".join(told.all("PY", "Y1", "DA"))),
        authors=tuple(told.all("AU", "A1")),
    )
