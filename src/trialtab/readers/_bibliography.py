"""Bibliographic records (PubMed XML, MEDLINE, RIS): what tells one from another, and a Document of a record in XML.

A record without an abstract is a document too: its identifiers tell which study it belongs to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from trialtab.errors import ReadError
from trialtab.model import Document, Source
from trialtab.readers import _identifiers, _sections
from trialtab.readers._builder import Builder

MAX_BYTES = 200_000_000
MAX_RECORDS = 100_000

_CATEGORIES = {
    "BACKGROUND": "background", "OBJECTIVE": "background", "METHODS": "methods", "RESULTS": "results",
    "CONCLUSIONS": "conclusion",
}  # fmt: skip
"""The NlmCategory of a labelled part of an abstract -> the part of a Block."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A part of an abstract. label: as printed, "" for none; category: NlmCategory, "" for none; path: XPath or ""."""

    text: str
    label: str = ""
    category: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a bibliographic record says, texts tidied."""

    source: Source
    abstract: tuple[Labelled, ...] = ()
    title_path: str = ""
    notices: tuple[str, ...] = field(default=())


def fits(data: bytes) -> None:
    """Raises ReadError for a file larger than MAX_BYTES."""
    if len(data) > MAX_BYTES:
        size, limit = len(data) // 1_000_000, MAX_BYTES // 1_000_000
        raise ReadError(f"records of {size} MB: over the limit of {limit} MB for one file")


def keys(references: Sequence[Source]) -> list[str]:
    """What tells each record from the others of its file: PMID, else DOI, else its number; "" for the only one.

    Raises ReadError where there are more than MAX_RECORDS.
    """
    if len(references) > MAX_RECORDS:
        raise ReadError(f"{len(references):,} records: over the limit of {MAX_RECORDS:,} for one file")
    taken: set[str] = set()
    found: list[str] = []
    for number, source in enumerate(references, 1):
        key = source.pmid or source.doi or str(number)
        key = key if key not in taken else f"{key}.{number}"
        taken.add(key)
        found.append(f"#{key}" if len(references) > 1 else "")
    return found


def documents(
    data: bytes, name: str, form: str, references: Sequence[Reference], notices: Sequence[str] = ()
) -> list[Document]:
    """One Document a record that has a title or an abstract, in their order.

    form: of the Documents; notices: of the file as a whole. All have the file's name; document_id ends in the record's
    key (`keys`). Raises ReadError where there is no record with text, or more than MAX_RECORDS.
    """
    digest = hashlib.sha256(data).hexdigest()
    found: list[Document] = []
    empty = 0
    for key, reference in zip(keys([one.source for one in references]), references, strict=True):
        if not reference.source.title and not any(part.text for part in reference.abstract):
            empty += 1
            continue
        build = _built(reference)
        build.notices += [*notices, *reference.notices]
        found.append(build.document(name, digest + key, form, _with_numbers(reference, "".join(build.parts))))
    return with_empty_ones(found, empty)


def with_empty_ones(found: list[Document], empty: int) -> list[Document]:
    """The documents of a file, each with the number of its records that have no text. Raises ReadError for none."""
    if not found:
        raise ReadError("no record with a title or an abstract in it")
    if not empty:
        return found
    told = f"{empty} records of the file have neither title nor abstract"
    return [replace(document, notices=(*document.notices, told)) for document in found]


def _built(reference: Reference) -> Builder:
    build = Builder()
    build.add("title", "title", "", reference.source.title, path=reference.title_path)
    if not any(part.text for part in reference.abstract):
        build.notice("the record has no abstract")
    part_now = ""
    for part in reference.abstract:
        if part.label:
            part_now = _sections.section_of(part.label)[1] or _CATEGORIES.get(part.category, "")
            build.add("heading", "abstract", part_now, part.label, heading=part.label, path=part.path)
            build.add("paragraph", "abstract", part_now, part.text, heading=part.label, path=part.path)
        else:
            part_now = build.add_pieces("abstract", part_now, part.text, path=part.path)
    return build


def _with_numbers(reference: Reference, text: str) -> Source:
    """The source with the trial numbers of its data bank list, then those that title and abstract name."""
    numbers = (*reference.source.nct, *_identifiers.nct_numbers(text))
    return replace(reference.source, nct=tuple(dict.fromkeys(numbers)))
