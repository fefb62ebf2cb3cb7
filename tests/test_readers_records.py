"""Bibliographic records: PubMed XML, MEDLINE and RIS, many in one file."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bundled
from document_promises import check_promises
from trialtab import run
from trialtab.errors import ReadError
from trialtab.readers import kind_of, read
from trialtab.store import Store


def corpus(name: str) -> bytes:
    (path,) = [path for path in bundled.DOCUMENTS if path.name == name]
    return path.read_bytes()


def by_key(name: str):
    data = corpus(name)
    documents = read(data, name)
    for document in documents:
        check_promises(document)
        assert document.name == name
        assert document.document_id.startswith(hashlib.sha256(data).hexdigest() + "#")
    return {document.document_id[65:]: document for document in documents}


# ---- PubMed XML --------------------------------------------------------------------------------------------------


def test_pubmed_xml_gives_a_document_a_record_with_its_labelled_sections():
    found = by_key("reg_gout_pubmed.xml")
    assert list(found) == ["99000411", "99000537", "99000702"]
    first = found["99000411"]
    places = {first.text[b.start : b.end]: (b.kind, b.section, b.part) for b in first.blocks}
    assert places["FINDINGS"] == ("heading", "abstract", "results")
    assert [part for text, (_, _, part) in places.items() if text.startswith("Of 242 patients")] == ["results"]
    source = first.source
    assert (source.doi, source.pmid, source.nct) == ("10.5555/ijr.2022.411", "99000411", ("NCT09906138",))
    assert (source.journal, source.year) == ("Invented journal of rheumatology", 2022)
    assert source.authors == ("Okonjo, Tamsin", "Veld, Pieter", "KESTREL Investigators")
    assert found["99000537"].source.year == 2023, "a MedlineDate"
    assert "p=0.001" in first.text and "180 µmol/L" in found["99000537"].text


def test_paths_of_pubmed_xml_lead_to_their_element():
    from lxml import etree

    data = corpus("reg_gout_pubmed.xml")
    document = read(data, "x.xml")[0]
    block = next(b for b in document.blocks if b.part == "results" and b.kind == "paragraph")
    (element,) = etree.fromstring(data).xpath(block.path)
    assert element.get("Label") == "FINDINGS"


def test_a_record_without_an_abstract_keeps_its_identifiers_and_says_so():
    article = (
        "<PubmedArticle><MedlineCitation><PMID>{0}</PMID><Article><ArticleTitle>{1}</ArticleTitle></Article>"
        "</MedlineCitation></PubmedArticle>"
    )
    data = f"<PubmedArticleSet>{article.format(7, 'Title one')}{article.format(8, '')}</PubmedArticleSet>".encode()
    (document,) = read(data, "x")
    assert document.source.pmid == "7"
    assert document.notices == ("the record has no abstract", "1 records of the file have neither title nor abstract")


def test_entities_of_a_pubmed_file_are_refused():
    with pytest.raises(ReadError, match="external entity"):
        read(b'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/passwd">]><PubmedArticleSet>&x;</PubmedArticleSet>',
             "x")  # fmt: skip


# ---- MEDLINE and RIS ---------------------------------------------------------------------------------------------


def test_medline_fields_fold_over_lines_and_the_text_is_the_file():
    found = by_key("reg_migraine_export.nbib")
    data = corpus("reg_migraine_export.nbib").decode()
    first, second = found["99001124"], found["99001390"]
    assert all(document.text in data for document in found.values())
    assert first.source.title.endswith("randomised, placebo-controlled trial.")
    assert (first.source.doi, first.source.nct) == ("10.5555/ihd.2020.1124", ("NCT09906277",))
    assert first.source.authors == ("Lindqvist, Sanna", "Abara, Chidi")
    assert (second.source.journal, second.source.year) == ("Invented headache digest", 2024)
    assert {b.part for b in first.blocks if b.section == "abstract"} == {
        "background", "methods", "results", "conclusion",
    }  # fmt: skip
    told = [first.text[b.start : b.end] for b in first.blocks if b.kind == "furniture"]
    assert "201-10" in told, "pages are no result"


def test_a_file_of_one_record_is_read_character_for_character_whatever_it_is_called():
    data = b"\nPMID- 31\nTI  - Dolmirin in gout.\nAB  - Pain fell in 12 of\n      20 patients.\n"
    (document,) = read(data, "record.txt")
    assert (document.format, document.text) == ("medline", data.decode())
    assert document.document_id == hashlib.sha256(data).hexdigest()


def test_ris_of_both_spellings():
    found = by_key("reg_asthma_export.ris")
    first, second = found["99001588"], found["2"]
    assert (first.source.pmid, first.source.doi) == ("99001588", "10.5555/ialm.2019.88")
    assert first.source.nct == ("NCT09906311",)
    assert (second.source.title, second.source.year) == (
        "Breathing training in mild asthma: a randomised waiting-list trial", 2021,
    )  # fmt: skip
    assert second.source.journal == "Invented Archives of Lung Medicine"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"TY  - JOUR\nTI  - x\nER  - ", "ris"),
        (b"\xef\xbb\xbfTY  - JOUR\r\nTI  - x\r\nER  - \r\n", "ris"),
        (b"Provider: Invented\nDatabase: x\n\nTY  - JOUR\nTI  - x\n", "ris"),
        (b"PMID- 12345678\nOWN - NLM\n", "medline"),
        (b"ORR - 54%\nCR - 20%\n", "plain"),
        (b"[Translated] A trial of 12 patients", "plain"),
        (b'{"protocolSection": {}}', "registry"),
        (b'[ {"protocolSection": {}}]', "registry"),
        (b"<PubmedArticleSet/>", "pubmed"),
    ],
)
def test_the_kind_is_read_off_the_bytes(data, kind):
    assert kind_of(data) == kind


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["TY", "TI", "AB", "ER", "PMID", "T1", "??"]), st.text(max_size=30))))
def test_any_tagged_lines_give_documents_or_one_line(lines):
    data = "\n".join(f"{tag:<4}- {text}" for tag, text in lines).encode("utf-8", "replace")
    try:
        documents = read(data, "x")
    except ReadError as error:
        assert "\n" not in str(error)
        return
    for document in documents:
        check_promises(document)


# ---- many records in the database --------------------------------------------------------------------------------


def test_the_records_of_a_file_are_replaced_as_one_and_passed_over_when_unchanged(tmp_path):
    export, db = tmp_path / "search.ris", tmp_path / "evidence.db"
    export.write_bytes(corpus("reg_asthma_export.ris"))
    (first,) = run.extract([export], db)
    assert (first.state, run.extract([export], db)[0].state) == ("extracted", "unchanged")
    with Store(db, write=False) as store:
        documents = store.documents()
        assert {d["document"] for d in documents} == {"search.ris"}
        assert {d["study"] for d in documents} == {"search 99001588", "search 2"}
    export.write_bytes(corpus("reg_asthma_export.ris").split(b"TY  - JOUR\nA1")[0])
    run.extract([export], db)
    with Store(db, write=False) as store:
        assert [d["pmid"] for d in store.documents()] == ["99001588"]
        assert all(row["quote"] in store.documents(text=True)[0]["text"] for row in store.select())
