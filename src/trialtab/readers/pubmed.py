"""Bibliographic records: PubMed XML (<PubmedArticleSet>), MEDLINE (.nbib) and RIS; many records in one file.

How hostile XML is kept harmless: `readers._xml`. What a record becomes: `readers._bibliography`. The tagged formats
follow the MEDLINE/PubMed element descriptions of the NLM and the RIS format specification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialtab.errors import ReadError
from trialtab.model import Document, Source
from trialtab.readers import _common
from trialtab.readers._bibliography import MAX_BYTES, Labelled, Reference, documents
from trialtab.readers._xml import Element, Inline, Paths, local, parse

# ---- PubMed XML --------------------------------------------------------------------------------------------------

_RECORDS = frozenset(("PubmedArticle", "PubmedBookArticle", "MedlineCitation"))


def read_pubmed(data: bytes, name: str) -> list[Document]:
    """Read PubMed XML: one Document a record, format "pubmed"; paths are XPaths into the file as given.

    Raises ReadError where the XML is damaged beyond use, declares expanding or external entities, is larger than
    MAX_BYTES, or holds no record with text. What could be recovered of a cut file carries a notice.
    """
    _fits(data)
    root, entities, notices = parse(data)
    paths, inline = Paths(root), Inline(entities)
    records = [root] if local(root) in _RECORDS else [e for e in root if local(e) in _RECORDS]
    if not records:
        raise ReadError("PubMed XML without a record")
    return documents(data, name, "pubmed", [_record(e, inline, paths) for e in records], notices)


def _record(element: Element, inline: Inline, paths: Paths) -> Reference:
    citation = element if local(element) == "MedlineCitation" else _at(element, "MedlineCitation")
    if citation is None:
        citation = _at(element, "BookDocument")
    article = _at(citation, "Article")
    if article is None:
        article = citation  # a chapter of a book has no <Article> around its title and abstract
    title = _at(article, "ArticleTitle")
    if title is None:
        title = _at(article, "Book", "BookTitle")
    journal = _at(article, "Journal", "Title")
    if journal is None:
        journal = _at(article, "Journal", "ISOAbbreviation")
    ids = {e.get("IdType", ""): _words(e) for e in _each(_at(element, "PubmedData", "ArticleIdList"), "ArticleId")}
    located = {e.get("EIdType", ""): _words(e) for e in _each(article, "ELocationID")}
    pmid = _at(citation, "PMID")
    source = Source(
        title=_text(title, inline),
        doi=ids.get("doi") or located.get("doi", ""),
        pmid=_words(pmid) or ids.get("pubmed", ""),
        pmcid=ids.get("pmc", ""),
        nct=_registered(article),
        journal=_text(journal, inline),
        year=_year(article),
        authors=tuple(_authors(article, inline)),
    )
    abstract = _at(article, "Abstract")
    parts = tuple(
        Labelled(_text(e, inline), _common.blank(e.get("Label", "")).strip(), e.get("NlmCategory", ""), paths.of(e))
        for e in _each(abstract, "AbstractText")
    )
    other = sum(1 for _ in _each(citation, "OtherAbstract"))
    notices = (f"{other} further abstract (another language or kind) left out",) if other else ()
    return Reference(
        source,
        tuple(_unlabelled(one) for one in parts if one.text),
        paths.of(title) if title is not None else "",
        notices,
    )


def _unlabelled(part: Labelled) -> Labelled:
    """The NLM writes UNLABELLED over a part that the journal prints without a head."""
    return part if part.label.upper() != "UNLABELLED" else Labelled(part.text, path=part.path)


def _at(element: Element | None, *names: str) -> Element | None:
    for name in names:
        element = next(_each(element, name), None)
    return element


def _each(element: Element | None, name: str) -> Iterator[Element]:
    if element is not None:
        yield from (child for child in element if local(child) == name)


def _words(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


def _text(element: Element | None, inline: Inline) -> str:
    return "" if element is None else inline.text(element)


def _registered(article: Element | None) -> tuple[str, ...]:
    """Trial numbers of the data bank list: those of ClinicalTrials.gov."""
    banks = _each(_at(article, "DataBankList"), "DataBank")
    told = [_words(number) for bank in banks for number in _each(_at(bank, "AccessionNumberList"), "AccessionNumber")]
    return _common.nct_numbers(" ".join(told))


def _year(article: Element | None) -> int | None:
    """The year of the issue, else of the electronic form, else of the book."""
    for place in (("Journal", "JournalIssue", "PubDate"), ("ArticleDate",), ("Book", "PubDate")):
        if (year := _common.first_year(_words(_at(article, *place)))) is not None:
            return year
    return None


def _authors(article: Element | None, inline: Inline) -> Iterator[str]:
    for author in _each(_at(article, "AuthorList"), "Author"):
        given = _at(author, "ForeName")
        parts = [_at(author, "LastName"), given if given is not None else _at(author, "Initials")]
        name = ", ".join(text for text in (_text(part, inline) for part in parts) if text)
        name = name or _text(_at(author, "CollectiveName"), inline)
        if name:
            yield name


# ---- MEDLINE and RIS ---------------------------------------------------------------------------------------------

_MEDLINE_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_RIS_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*$)")
Fields = dict[str, list[str]]


def read_medline(data: bytes, name: str) -> list[Document]:
    """Read MEDLINE records as PubMed saves them (.nbib): one Document a record, format "medline".

    A record begins at its PMID. Raises ReadError where no record has a title or an abstract.
    """
    lines, notices = _lines(data)
    records: list[Fields] = []
    last: list[str] | None = None
    for line in lines:
        found = _MEDLINE_TAG.match(line)
        if found is None:
            if last is not None and line[:1].isspace() and line.strip():
                last[-1] += f" {line.strip()}"
            continue
        tag, text = found.groups()
        if tag == "PMID" or not records:
            records.append({})
        last = records[-1].setdefault(tag, [])
        last.append(text.strip())
    if not records:
        raise ReadError("MEDLINE file without a record")
    return documents(data, name, "medline", [_of_medline(record) for record in records], notices)


def _of_medline(given: Fields) -> Reference:
    located = [value for tag in ("LID", "AID") for value in given.get(tag, ())]
    doi = next((value.removesuffix("[doi]").strip() for value in located if value.endswith("[doi]")), "")
    source = Source(
        title=_first(given, "TI", "BTI"),
        doi=doi,
        pmid=_first(given, "PMID"),
        pmcid=_common.first_pmcid(_first(given, "PMC")),
        nct=_common.nct_numbers(" ".join(given.get("SI", ()))),
        journal=_first(given, "JT", "TA"),
        year=_common.first_year(_first(given, "DP")),
        authors=(*(given.get("FAU") or given.get("AU", [])), *given.get("CN", [])),
    )
    return Reference(source, _abstract(_first(given, "AB")))


def read_ris(data: bytes, name: str) -> list[Document]:
    """Read RIS, as reference managers and databases export it: one Document a record, format "ris".

    A record lies between TY and ER. Raises ReadError where there is none, or none has a title or an abstract.
    """
    lines, notices = _lines(data)
    records: list[Fields] = []
    fields: Fields | None = None
    last: list[str] | None = None
    for line in lines:
        found = _RIS_TAG.match(line)
        tag = found.group(1) if found else ""
        if found is None:
            if last is not None and line.strip():
                last[-1] += f" {line.strip()}"  # a long abstract goes on in lines without a tag
        elif tag == "TY":
            fields = {}
            records.append(fields)
            last = fields.setdefault(tag, [])
            last.append((found.group(2) or "").strip())
        elif tag == "ER":
            fields = last = None
        elif fields is not None:
            last = fields.setdefault(tag, [])
            last.append((found.group(2) or "").strip())
    if not records:
        raise ReadError("RIS file without a record: none begins with TY")
    return documents(data, name, "ris", [_of_ris(record) for record in records], notices)


_PUBMED_LINK = re.compile(r"pubmed(?:\.ncbi\.nlm\.nih\.gov|/)\D{0,20}(\d{5,8})\b")


def _of_ris(given: Fields) -> Reference:
    noted = ("UR", "L1", "L2", "LK", "N1", "M3", "C1", "C2")
    elsewhere = " ".join(value for tag in noted for value in given.get(tag, ()))
    doi = _common.first_doi(_first(given, "DO")) or _common.first_doi(elsewhere)
    linked = _PUBMED_LINK.search(elsewhere)
    numbered = re.fullmatch(r"\d{7,8}", _first(given, "AN"))  # the accession number of an export from PubMed
    pmid = linked.group(1) if linked else _common.first_pmid(elsewhere) or (numbered.group() if numbered else "")
    source = Source(
        title=_first(given, "TI", "T1", "CT", "BT"),
        doi=doi,
        pmid=pmid,
        pmcid=_common.first_pmcid(elsewhere),
        nct=_common.nct_numbers(elsewhere),
        journal=_first(given, "JO", "JF", "T2", "JA", "J2"),
        year=_common.first_year(" ".join(value for tag in ("PY", "Y1", "DA") for value in given.get(tag, ()))),
        authors=tuple(value for tag in ("AU", "A1") for value in given.get(tag, ()) if value),
    )
    return Reference(source, _abstract(_first(given, "AB", "N2")))


def _abstract(text: str) -> tuple[Labelled, ...]:
    return (Labelled(text),) if text else ()


def _first(given: Fields, *tags: str) -> str:
    """The first value that one of the tags has, tidied."""
    values = (_common.tidy(_common.clean(value)) for tag in tags for value in given.get(tag, ()))
    return next(filter(None, values), "")


def _lines(data: bytes) -> tuple[list[str], list[str]]:
    _fits(data)
    decoded = _common.decode(data)
    return decoded.text.splitlines(), list(decoded.notices)


def _fits(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        size, limit = len(data) // 1_000_000, MAX_BYTES // 1_000_000
        raise ReadError(f"records of {size} MB: over the limit of {limit} MB for one file")
