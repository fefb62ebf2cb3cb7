"""PubMed XML (<PubmedArticleSet>): bibliographic records, many in one file.

How hostile XML is kept harmless: `readers._xml`. What a record becomes: `readers._bibliography`. MEDLINE and RIS:
`readers.tagged`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialtab.errors import ReadError
from trialtab.model import Document, Source
from trialtab.readers import _identifiers, _tidy
from trialtab.readers._bibliography import Labelled, Reference, documents, fits
from trialtab.readers._xml import Element, Inline, Paths, local, parse

_RECORDS = frozenset(("PubmedArticle", "PubmedBookArticle", "MedlineCitation"))


def read_pubmed(data: bytes, name: str) -> list[Document]:
    """Read PubMed XML: one Document a record, format "pubmed"; paths are XPaths into the file as given.

    Raises ReadError where the XML is damaged beyond use, declares expanding or external entities, is larger than
    MAX_BYTES, or holds no record with text. What could be recovered of a cut file carries a notice.
    """
    fits(data)
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
        Labelled(_text(e, inline), _tidy.blank(e.get("Label", "")).strip(), e.get("NlmCategory", ""), paths.of(e))
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
    return _identifiers.nct_numbers(" ".join(told))


def _year(article: Element | None) -> int | None:
    """The year of the issue, else of the electronic form, else of the book."""
    for place in (("Journal", "JournalIssue", "PubDate"), ("ArticleDate",), ("Book", "PubDate")):
        if (year := _identifiers.first_year(_words(_at(article, *place)))) is not None:
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
