"""JATS XML: sections, inline markup, tables, identifiers, and hostile XML."""

from __future__ import annotations

import hashlib
import socket
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from clock import within
from document_promises import check_promises
from trialtab.errors import ReadError
from trialtab.model import Block, Document
from trialtab.readers.jats import read_jats

ARTICLE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.0 20120330//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML">
<front>
 <journal-meta><journal-title-group>
  <journal-title>Journal of Examples</journal-title></journal-title-group></journal-meta>
 <article-meta>
  <article-id pub-id-type="pmid">30000001</article-id><article-id pub-id-type="pmc">7000001</article-id>
  <article-id pub-id-type="doi">10.1000/ex.1</article-id>
  <title-group>
   <article-title>An engager in <italic>cold</italic> anaemia<xref ref-type="fn" rid="f1">*</xref></article-title>
  </title-group>
  <contrib-group>
   <contrib contrib-type="author"><name><surname>Doe</surname><given-names>Jane A</given-names></name></contrib>
   <contrib contrib-type="author"><collab>The Example Group</collab></contrib>
   <contrib contrib-type="editor"><name><surname>Roe</surname></name></contrib>
  </contrib-group>
  <pub-date pub-type="epub"><year>2023</year></pub-date><pub-date pub-type="ppub"><year>2024</year></pub-date>
  <abstract>
   <sec><title>Background</title><p>Few choices are left.</p></sec>
   <sec><title>Results</title><p>Response in 12 of 20 (60%).</p></sec>
   <sec><title>Trial registration</title><p>ClinicalTrials.gov <ext-link>NCT01234567</ext-link>.</p></sec>
  </abstract>
  <trans-abstract><p>Réponse chez 12 sur 20.</p></trans-abstract>
 </article-meta>
</front>
<body>
 <sec sec-type="intro"><title>1. Introduction</title>
  <p>Survival is
   short.<sup><xref ref-type="bibr" rid="r1">1</xref>–<xref ref-type="bibr" rid="r3">3</xref></sup> Why?</p></sec>
 <sec sec-type="materials|methods"><title>2. Materials and methods</title>
  <sec><title>Outcomes</title><p>Platelets above 100 × 10<sup>9</sup>/L, dose 5 mg/m<sup>2</sup>.</p>
   <list list-type="order"><list-item><label>1.</label><p>First end point.</p></list-item>
    <list-item><p>Second end point.</p></list-item></list></sec></sec>
 <sec sec-type="results"><title>3. Results</title>
  <p>Platelets rose in 14 (70&#x00b7;0%).
  <table-wrap id="t1"><label>Table 1</label><caption><title>Outcomes by arm.</title><p>All patients.</p></caption>
   <table><thead><tr><th rowspan="2">Outcome</th><th colspan="2">Group</th></tr>
     <tr><th>Engager<break/>(N=10)</th><th>Control (N=10)</th></tr></thead>
    <tbody><tr><th scope="row">Response</th>
      <td>6 (60%)<xref ref-type="table-fn" rid="tf1"><sup>a</sup></xref></td><td>3</td></tr>
     <tr><td rowspan="10000">Death</td><td/><td>1 (10%)<sup>2</sup></td></tr></tbody></table>
   <table-wrap-foot><fn id="tf1"><label>a</label><p>One was lost.</p></fn>
    <p>CI, confidence interval.</p></table-wrap-foot>
  </table-wrap> After the table.</p>
  <fig><label>Figure 1</label><caption><p>Survival curves.</p></caption><graphic xlink:href="f1.png"/></fig>
  <table-wrap><label>Table 2</label><caption><p>A picture.</p></caption><graphic xlink:href="t2.png"/></table-wrap>
  <sec><title>Adverse events</title><p>Fever in
   <inline-formula><mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>
   </inline-formula> of them.</p></sec></sec>
 <sec><title>4. Discussion</title><p>It works.</p></sec>
</body>
<back><ack><p>We thank all.</p></ack>
 <ref-list><title>References</title><ref id="r1"><label>1</label><element-citation><name><surname>Smith</surname>
  <given-names>J</given-names></name><year>2001</year><comment>NCT99999999</comment></element-citation></ref></ref-list></back>
</article>"""


@pytest.fixture(scope="module")
def article() -> Document:
    (document,) = read_jats(ARTICLE.encode(), "ex.nxml")
    check_promises(document)
    return document


def body(text: str) -> bytes:
    return f"<article><body>{text}</body></article>".encode()


def said(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def one(document: Document, words: str) -> Block:
    (block,) = [b for b in document.blocks if words in said(document, b)]
    return block


def test_the_article_says_what_it_is(article: Document) -> None:
    source = article.source
    assert article.format == "jats"
    assert article.document_id == hashlib.sha256(ARTICLE.encode()).hexdigest()
    assert source.title == "An engager in cold anaemia*"
    assert (source.doi, source.pmid, source.pmcid) == ("10.1000/ex.1", "30000001", "PMC7000001")
    assert (source.journal, source.year) == ("Journal of Examples", 2024)
    assert source.authors == ("Doe, Jane A", "The Example Group")
    assert source.nct == ("NCT01234567",)  # the one in the references is another study's


@pytest.mark.parametrize(
    ("words", "kind", "section", "part", "heading"),
    [
        ("An engager in cold", "title", "title", "", ""),
        ("Few choices", "paragraph", "abstract", "background", "Background"),
        ("Response in 12", "paragraph", "abstract", "results", "Results"),
        ("Survival is short", "paragraph", "background", "background", "1. Introduction"),
        ("Platelets above", "paragraph", "methods", "methods", "Outcomes"),
        ("First end point", "item", "methods", "methods", "Outcomes"),
        ("Platelets rose", "paragraph", "results", "results", "3. Results"),
        ("Outcomes by arm", "caption", "caption", "results", "3. Results"),
        ("Engager (N=10)", "table", "table", "results", "3. Results"),
        ("One was lost", "footnote", "table", "results", "3. Results"),
        ("After the table", "paragraph", "results", "results", "3. Results"),
        ("Survival curves", "caption", "caption", "results", "3. Results"),
        ("Fever in", "paragraph", "results", "results", "Adverse events"),
        ("It works", "paragraph", "discussion", "discussion", "4. Discussion"),
        ("We thank", "paragraph", "back", "", ""),
        ("Smith J 2001", "reference", "references", "", "References"),
    ],
)
def test_blocks(article: Document, words: str, kind: str, section: str, part: str, heading: str) -> None:
    block = one(article, words)
    assert (block.kind, block.section, block.part, block.heading) == (kind, section, part, heading)


def test_paths_lead_back_to_the_element(article: Document) -> None:
    tree = etree.fromstring(ARTICLE.encode())
    for block in article.blocks:
        (element,) = tree.xpath(block.path)
        words = "".join("".join(element.itertext()).split())
        if block.kind == "paragraph":
            assert said(article, block)[:5].replace(" ", "") in words
    for table in article.tables:
        for cell in table.cells:
            (element,) = tree.xpath(cell.path)
            assert element.tag in ("td", "th")
            assert article.text[cell.start : cell.end][:3] in " ".join(element.itertext())


def test_inline_markup(article: Document) -> None:
    assert "Survival is short. [1–3] Why?" in article.text
    assert "100 × 10^9/L, dose 5 mg/m^2." in article.text
    assert "14 (70·0%)." in article.text
    assert "x^2 of them" in article.text


def test_the_table_is_a_grid(article: Document) -> None:
    (table,) = article.tables
    grid = [(c.row, c.column, c.row_span, c.column_span, c.header, article.text[c.start : c.end]) for c in table.cells]
    assert grid == [
        (0, 0, 2, 1, True, "Outcome"),
        (0, 1, 1, 2, True, "Group"),
        (1, 1, 1, 1, True, "Engager (N=10)"),
        (1, 2, 1, 1, True, "Control (N=10)"),
        (2, 0, 1, 1, False, "Response"),
        (2, 1, 1, 1, False, "6 (60%)^a"),
        (2, 2, 1, 1, False, "3"),
        (3, 0, 1, 1, False, "Death"),
        (3, 1, 1, 1, False, ""),
        (3, 2, 1, 1, False, "1 (10%)^2"),
    ]
    assert (table.label, table.rows, table.columns) == ("Table 1", 4, 3)
    assert table.caption is not None
    assert article.text[table.caption.start : table.caption.end] == "Outcomes by arm. All patients."
    assert [article.text[s.start : s.end] for s in table.footnotes] == ["a One was lost.", "CI, confidence interval."]
    assert article.text[table.start : table.end].split("\n")[2] == "Response\t6 (60%)^a\t3"


def test_what_was_left_out_is_told(article: Document) -> None:
    assert set(article.notices) == {
        "Table 1: a span larger than the table was cut to it",
        "Table 2 is an image: not read",
        "1 translated abstract left out",
    }
    assert "Réponse" not in article.text


def test_an_abstract_in_one_paragraph_has_parts() -> None:
    data = (
        "<article><front><article-meta><abstract><p><bold>Methods:</bold> We gave it. <bold>Results:</bold> 3 of 9."
        "</p><p>Nobody died.</p></abstract></article-meta></front></article>"
    )
    (document,) = read_jats(data.encode(), "x")
    assert [(b.kind, b.part, said(document, b)) for b in document.blocks] == [
        ("heading", "methods", "Methods"),
        ("paragraph", "methods", "We gave it."),
        ("heading", "results", "Results"),
        ("paragraph", "results", "3 of 9."),
        ("paragraph", "results", "Nobody died."),
    ]


def test_text_before_the_first_named_section_is_the_introduction() -> None:
    (document,) = read_jats(body("<p>Why.</p><sec><title>Methods</title><p>How.</p></sec>"), "x")
    assert one(document, "Why.").section == "background"
    (document,) = read_jats(body("<p>A letter.</p>"), "x")
    assert one(document, "A letter.").section == "other"


def test_the_outermost_known_name_gives_the_section() -> None:
    inner = "<sec><title>Results</title><sec><title>Methods of it</title><p>x</p></sec></sec>"
    (document,) = read_jats(body(f"<sec><title>Part one</title>{inner}</sec>"), "x")
    assert one(document, "x").section == "results"


def test_cals_tables() -> None:
    text = (
        '<table-wrap><label>Table 1.</label><table><tgroup cols="3"><colspec colname="a"/><colspec colname="b"/>'
        '<colspec colname="c"/><thead><row><entry morerows="1">O</entry><entry namest="b" nameend="c">G</entry></row>'
        "<row><entry>A</entry><entry>B</entry></row></thead><tbody><row><entry>r</entry><entry>1</entry><entry>2</entry>"
        "</row></tbody></tgroup></table></table-wrap>"
    )
    (document,) = read_jats(body(text), "x")
    check_promises(document)
    (table,) = document.tables
    assert [(c.row, c.column, c.row_span, c.column_span, c.header) for c in table.cells] == [
        (0, 0, 2, 1, True),
        (0, 1, 1, 2, True),
        (1, 1, 1, 1, True),
        (1, 2, 1, 1, True),
        (2, 0, 1, 1, False),
        (2, 1, 1, 1, False),
        (2, 2, 1, 1, False),
    ]


def test_many_articles_in_one_file() -> None:
    one_article = (
        "<article><front><article-meta><article-id pub-id-type='pmc'>{}</article-id></article-meta></front>"
        "<body><p>Text {}.</p></body></article>"
    )
    data = f"<pmc-articleset>{one_article.format(11, 1)}{one_article.format(12, 2)}</pmc-articleset>".encode()
    first, second = read_jats(data, "set.xml")
    assert (first.name, second.name) == ("set.xml", "set.xml"), "one file, and what a run replaces is a file"
    assert second.document_id == hashlib.sha256(data).hexdigest() + "#PMC12"
    assert second.text == "Text 2."
    (element,) = etree.fromstring(data).xpath(second.blocks[0].path)
    assert element.text == "Text 2."


# ---- hostile -----------------------------------------------------------------------------------------------------


def refused(data: bytes) -> str:
    with within(1), pytest.raises(ReadError) as raised:
        read_jats(data, "x.xml")
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_entities_never_expand() -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]><article><body><p>&l9;</p></body></article>'
    assert "entity expansion" in refused(bomb.encode())
    assert "entity expansion" in refused(bomb.encode("utf-16"))
    hidden = bomb.replace("<!DOCTYPE", "<!-- <!DOCTYPE a> --><!DOCTYPE").replace("<p>&l9;", "<p title='&l9;'>")
    assert "entity expansion" in refused(hidden.encode())
    long = f'<!DOCTYPE a [<!ENTITY x "{"A" * 60_000}">]><article><body><p>{"&x;" * 9_000}</p></body></article>'
    assert "entity expansion" in refused(long.encode())


def test_no_entity_reads_a_file_or_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of 42 patients")

    def no_network(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    uri = secret.as_uri()
    for declared in (
        f'<!ENTITY x SYSTEM "{uri}">',
        f"<!ENTITY x PUBLIC 'p' '{uri}'>",
        f'<!ENTITY % d SYSTEM "{uri}"> %d;',
    ):
        assert "external entity" in refused(
            f"<!DOCTYPE a [{declared}]><article><body><p>&x;</p></body></article>".encode()
        )
    xi = f'<p xmlns:xi="http://www.w3.org/2001/XInclude">1<xi:include href="{uri}" parse="text"/></p>'
    dtd = f'<!DOCTYPE article SYSTEM "{uri}"><article><body>{xi}</body></article>'
    (document,) = read_jats(dtd.encode(), "x")
    assert document.text == "1"


def test_harmless_entities_read() -> None:
    text = '<!DOCTYPE article [<!ENTITY mu "&#956;"><!ENTITY f SYSTEM "f.gif" NDATA gif>]>'
    (document,) = read_jats(f"{text}<article><body><p>3 &mu;g &amp; 1 &lt; 2</p></body></article>".encode(), "x")
    assert document.text == "3 μg & 1 < 2"
    for head in ('<!DOCTYPE article PUBLIC "-//NLM//DTD" "x.dtd">', ""):
        data = f"{head}<article><body><p>caf&eacute; 3&plusmn;1</p></body></article>"
        (document,) = read_jats(data.encode(), "x")
        assert (document.text, document.notices) == ("café 3±1", ())


@pytest.mark.parametrize("tag", ["sec", "bold", "a"])
def test_deep_nesting_is_refused_with_the_reason(tag: str) -> None:
    for depth in (230, 200_000):
        told = refused(body(f"<{tag}>" * depth + "x" + f"</{tag}>" * depth))
        assert "deep" in told


def test_cut_xml_is_read_up_to_the_cut() -> None:
    (document,) = read_jats(ARTICLE.encode()[: ARTICLE.encode().index(b"<fig>")], "x")
    check_promises(document)
    assert "After the table." in document.text
    assert any(notice.startswith("incomplete") and "line" in notice for notice in document.notices)


def test_wrong_encoding_and_control_characters() -> None:
    (document,) = read_jats(
        "<?xml version='1.0' encoding='utf-8'?><article><body><p>0·71–0·98</p></body></article>".encode("cp1252"), "x"
    )
    assert document.text == "0·71–0·98"
    assert "read as windows-1252" in document.notices[0]
    (document,) = read_jats(b"<article><body><p>a\x01b\x00c&#x85;d</p></body></article>", "x")
    assert document.text == "a b c d"


def test_no_article_no_text() -> None:
    assert "unknown kind (root element <a>)" in refused(b"<a><b/></a>")
    assert "without text" in refused(b"<article/>")
    assert "without text" in refused(body("<fig><graphic/></fig>"))


def test_large_tables_and_paragraphs_stay_linear() -> None:
    wide = "<table-wrap><table><tr>" + '<td rowspan="10000" colspan="99">1</td>' * 20_000 + "</tr></table></table-wrap>"
    cited = "<p>" + 'x<sup><xref ref-type="bibr">2</xref></sup>[' * 30_000 + "</p>"
    with within(8):
        for text in (wide, cited):
            (document,) = read_jats(body(text), "x")
            check_promises(document)


TAGS = (
    "p",
    "sec",
    "title",
    "list",
    "list-item",
    "table-wrap",
    "table",
    "tr",
    "td",
    "sup",
    "xref",
    "fig",
    "abstract",
    "label",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.sampled_from([f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS]),
            st.sampled_from(
                ['<td rowspan="0" colspan="5">', '<xref ref-type="bibr">', "12", " a ", "&eacute;", "&#1;", "<", "]]>"]
            ),
        ),
        max_size=40,
    )
)
def test_any_tags_give_a_document_or_a_read_error(pieces: list[str]) -> None:
    try:
        documents = read_jats(body("".join(pieces)), "x")
    except ReadError as error:
        assert "\n" not in str(error)
        return
    for document in documents:
        check_promises(document)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_a_read_error(data: bytes) -> None:
    for tried in (data, b"<article>" + data, body("") + data):
        try:
            read_jats(tried, "x")
        except ReadError as error:
            assert "\n" not in str(error)


# ---- real articles -----------------------------------------------------------------------------------------------


def test_every_shared_article_reads(shared: Path) -> None:
    bench = shared / "bench"
    files = [
        *bench.glob("articles/*.nxml"),
        *bench.glob("ico/documents/*.nxml"),
        *sorted(bench.glob("direction/documents/*.nxml"))[:100],
    ]
    assert len(files) >= 200
    start = time.process_time()
    documents = [read_jats(file.read_bytes(), file.name)[0] for file in files]
    spent = time.process_time() - start
    for document in documents:
        check_promises(document)
        assert document.source.title
        assert document.source.pmcid.startswith("PMC")
        assert not any("incomplete" in notice for notice in document.notices)
    with_results = sum(any(b.section == "results" for b in d.blocks) for d in documents)
    assert with_results > 0.8 * len(documents)
    assert len(files) / spent > 20  # articles a second on a busy machine; 60 to 80 on a free one
