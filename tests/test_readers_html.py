"""HTML: what is the article on a page, sections, tables, and hostile pages."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from clock import within
from document_promises import check_promises
from trialtab.errors import ReadError
from trialtab.model import Block, Document
from trialtab.readers.html import read_html

PAGE = """<!DOCTYPE html><html><head><title>An engager in anaemia | Journal of Examples</title>
<meta name="citation_title" content="An engager in anaemia"><meta name="citation_doi" content="10.1000/ex.17">
<meta name="citation_pmid" content="39999999"><meta name="citation_journal_title" content="Journal of Examples">
<meta name="citation_publication_date" content="2025/03/14"><meta name="citation_author" content="Doe, Jane">
<script>document.write("0 of 99 patients")</script><style>p {color: red}</style></head>
<body><div id="cookie-banner"><p>We use 37 cookies to improve your visit. Accept all or manage your choice.</p></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/n">News 24</a></li></ul></nav>
<main><article><h1>An engager in anaemia</h1>
<section><h2>Abstract</h2><h3>Background</h3><p>Patients with this anaemia have few choices once two lines of treatment
 have failed, and a bridge is wanted.</p>
<h3>Results</h3><p>Of 20 patients, 12 (60%) had a complete
 response<sup><a href="#ref-1">1</a>,<a href="#ref-2">2</a></sup> after a median of 45 days,
 and no patient died within the first year of follow-up.</p></section>
<section><h2>Methods</h2><p>In this open-label trial (NCT01234567) we enrolled adults who had failed at least two lines
 of treatment, and gave them the engager each week for six months.</p></section>
<div class="advert"><p>Buy our 50% discounted vitamins today, the best that money can buy for tired people.</p></div>
<section><h2>Results</h2><h3>Efficacy</h3><p>Platelets rose to 150 × 10<sup>9</sup>/L in 14 of 20 patients, and
 the median time to this rise was 30 days (range 12 to 61) as shown below.</p>
<ul><li>Complete response: 12 of 20</li><li>Partial response: 3 of 20</li></ul>
<table><caption>Table 1. Outcomes</caption><thead><tr><th rowspan="2">Outcome</th><th colspan="2">Group</th></tr>
<tr><th>Engager (N=10)</th><th>Control (N=10)</th></tr></thead>
<tbody><tr><th scope="row">Response</th><td>6 (60%)</td><td>3 (30%)<sup>a</sup></td></tr>
<tr><td>Death</td><td>0</td><td>1 (10%)</td></tr></tbody></table>
<p>a One patient was not evaluable because the sample was lost on the way to the laboratory of the trial.</p></section>
<section><h2>References</h2><ol><li id="ref-1">Smith J. Older trial of 500 patients. 2001.</li>
<li id="ref-2">Jones. Another one with 30 patients. 2002.</li></ol></section></article></main>
<aside class="related-posts"><h3>Related articles</h3>
<p>Another trial in 1,200 patients shows that aspirin works.</p></aside>
<footer><p>© 2025 Journal of Examples. All rights reserved. Contact us at 555 1234.</p></footer></body></html>"""

SUMMARY = """<html><head><meta property="og:title" content="CAR T cells in an anaemia"></head><body>
<div class="content"><div class="post"><h1>CAR T cells in an anaemia</h1>
<p><b>1. In this prospective cohort, all 11 patients had a complete response to a single infusion.</b></p>
<p><strong>2. Adverse events were mostly mild infections, and there was one relapse.</strong></p>
<p><b>Evidence Rating Level: 2 (Good)</b></p>
<p><b>Study Rundown:</b> Treatment is limited for those who fail several lines. The median follow-up was 12 months,
 and two patients relapsed seven to eight months after infusion.</p>
<p><b>Click to read the study in a journal</b></p><p>Relevant Reading: Another trial of 15 patients with lupus</p>
<p><b>In-Depth [prospective cohort]:</b> A total of 11 patients were treated. Median time to response was 45 days
 (range 21-153), and B-cell aplasia lasted 69 days (IQR, 51 to 90).</p>
<p><em>Image: PD</em></p><p>©2026 Examples, Inc. All rights reserved. No works may be reproduced.</p></div></div>
<div class="sidebar"><p>Popular: 10 things you did not know about the heart</p></div></body></html>"""


def page(text: str, name: str = "page.html") -> Document:
    (document,) = read_html(text.encode(), name)
    check_promises(document)
    return document


def said(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def one(document: Document, words: str) -> Block:
    (block,) = [b for b in document.blocks if words in said(document, b)]
    return block


def test_the_page_says_what_it_is() -> None:
    source = page(PAGE).source
    assert source.title == "An engager in anaemia"
    assert (source.doi, source.pmid, source.nct) == ("10.1000/ex.17", "39999999", ("NCT01234567",))
    assert (source.journal, source.year, source.authors) == ("Journal of Examples", 2025, ("Doe, Jane",))


def test_navigation_adverts_and_scripts_are_left_out() -> None:
    text = page(PAGE).text
    for foreign in ("37 cookies", "News 24", "vitamins", "aspirin", "555 1234", "0 of 99", "color"):
        assert foreign not in text


@pytest.mark.parametrize(
    ("words", "kind", "section", "part", "heading"),
    [
        ("An engager in", "title", "title", "", ""),
        ("Patients with", "paragraph", "abstract", "background", "Background"),
        ("Of 20 patients", "paragraph", "abstract", "results", "Results"),
        ("open-label", "paragraph", "methods", "methods", "Methods"),
        ("Platelets rose", "paragraph", "results", "results", "Efficacy"),
        ("Complete response: 12", "item", "results", "results", "Efficacy"),
        ("Table 1. Outcomes", "caption", "caption", "results", "Efficacy"),
        ("One patient was not", "footnote", "table", "results", "Efficacy"),
        ("Older trial", "reference", "references", "", "References"),
    ],
)
def test_blocks(words: str, kind: str, section: str, part: str, heading: str) -> None:
    block = one(page(PAGE), words)
    assert (block.kind, block.section, block.part, block.heading) == (kind, section, part, heading)


def test_numbers_do_not_glue() -> None:
    text = page(PAGE).text
    assert "a complete response [1,2] after" in text
    assert "150 × 10^9/L" in text
    assert "3 (30%)^a" in text


def test_tables_are_grids() -> None:
    document = page(PAGE)
    (table,) = document.tables
    assert [(c.row, c.column, c.row_span, c.column_span, c.header) for c in table.cells[:5]] == [
        (0, 0, 2, 1, True),
        (0, 1, 1, 2, True),
        (1, 1, 1, 1, True),
        (1, 2, 1, 1, True),
        (2, 0, 1, 1, False),
    ]
    assert table.label == "Table 1" and table.caption is not None
    assert document.text[table.caption.start : table.caption.end] == "Table 1. Outcomes"
    assert len(table.footnotes) == 1


@pytest.mark.parametrize("text", [PAGE, SUMMARY])
def test_paths_lead_back_to_the_element(text: str) -> None:
    document = page(text)
    tree = etree.fromstring(text, etree.HTMLParser())
    for block in document.blocks:
        (element,) = tree.xpath(block.path)
        assert said(document, block)[:10].split()[0] in "".join(element.itertext())
    for table in document.tables:
        for cell in table.cells:
            (element,) = tree.xpath(cell.path)
            assert document.text[cell.start : cell.end][:2] in "".join(element.itertext())


def test_a_summary_page() -> None:
    document = page(SUMMARY)
    assert document.source.evidence_level == "2 (Good)"
    assert [(b.kind, b.section, b.part, said(document, b)[:24]) for b in document.blocks] == [
        ("title", "title", "", "CAR T cells in an anaemi"),
        ("item", "summary", "", "In this prospective coho"),
        ("item", "summary", "", "Adverse events were most"),
        ("furniture", "summary", "", "Evidence Rating Level: 2"),
        ("heading", "summary", "", "Study Rundown"),
        ("paragraph", "summary", "", "Treatment is limited for"),
        ("furniture", "summary", "", "Click to read the study "),
        ("furniture", "summary", "", "Relevant Reading: Anothe"),
        ("heading", "summary", "results", "In-Depth [prospective co"),
        ("paragraph", "summary", "results", "A total of 11 patients w"),
        ("furniture", "summary", "results", "Image: PD"),
        ("furniture", "summary", "results", "©2026 Examples, Inc. All"),
    ]
    assert one(document, "A total of 11").heading == "In-Depth [prospective cohort]"
    assert "10 things" not in document.text


def test_what_nobody_takes_for_an_article_is_read_whole_and_told() -> None:
    document = page("<html><body><nav>Menu 1</nav><p>HR 0.71 (95% CI 0.50 to 0.90)</p></body></html>")
    assert document.text == "HR 0.71 (95% CI 0.50 to 0.90)"
    assert "no article recognised" in document.notices[0]


@pytest.mark.parametrize(
    "text",
    [
        "<html><head><title>Access denied</title></head><body><h1>403</h1><p>Please enable cookies.</p></body></html>",
        "<html><title>Log in</title><body><form><input></form><p>Log in here to read on.</p></body></html>",
        "<html><title>404 Not Found</title><body><h1>404</h1><p>This page has moved.</p></body></html>",
    ],
)
def test_login_and_error_pages_are_refused(text: str) -> None:
    with pytest.raises(ReadError, match="HTML page, login or paywall: no article text"):
        read_html(text.encode(), "paper.pdf")


def test_an_abstract_before_a_paywall_is_read() -> None:
    text = "<html><h1>T</h1><h2>Abstract</h2><p>Of 20 patients, 12 responded.</p><p>Log in to read on.</p></html>"
    assert "12 responded" in page(text).text


def test_character_sets() -> None:
    text = '<html><meta charset="{}"><body><p>95% CI 0·71–0·98 ± 3, naïve</p></body></html>'
    for charset, encoding in (("utf-8", "utf-8"), ("windows-1252", "cp1252"), ("utf-8", "cp1252"), ("", "utf-16")):
        (document,) = read_html(text.format(charset).encode(encoding), "x")
        assert document.text == "95% CI 0·71–0·98 ± 3, naïve"


def test_tag_soup_and_deep_nesting() -> None:
    soup = "<p><<<table><tr><td>1<td>2</table></b></i><script>while(1){}</script><p onclick=x>HR 0.71 (0.5-0.9)"
    assert "HR 0.71 (0.5-0.9)" in page(soup + "<div>" * 50_000).text
    with within(3):
        document = page("<html>" + "<div>" * 50_000 + "<p>HR 0.71 (0.5-0.9)")
        assert document.text == "HR 0.71 (0.5-0.9)"
        assert any("nested too deep" in notice for notice in document.notices)
    page("<html>" + "<b>" * 240 + "Response in 12 of 20")


def test_hostile_sizes_stay_linear() -> None:
    with within(30):
        page("<html><table><tr>" + "<td rowspan=1000 colspan=900>1" * 3_000 + "<tr><td>2" * 300 + "</table>")
        page("<html>" + "<table><tr><td>a<td>b</table>" * 3_000)
        page("<html>" + "<p>a" * 20_000)
        page("<html><p>" + "a <sup>1</sup>" * 10_000)


def test_an_embedded_picture_is_no_text() -> None:
    picture = "data:image/png;base64," + "QUJD" * 200_000
    document = page(f'<html><body><p>Response in 12.</p><img src="{picture}"></body></html>')
    assert document.text == "Response in 12."


TAGS = (
    "p",
    "div",
    "h1",
    "h2",
    "ul",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "sup",
    "a",
    "article",
    "section",
    "span",
    "b",
    "caption",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(
            [f"<{t}>" for t in TAGS]
            + [f"</{t}>" for t in TAGS]
            + [
                "Results",
                "12 of 20 (60%). ",
                " ",
                "<td rowspan=0 colspan=9>",
                "<a href='#ref1'>",
                "&nbsp;",
                "\x01",
                "Table 1. ",
            ]
        ),
        max_size=60,
    )
)
def test_any_tags_give_a_document_or_a_read_error(pieces: list[str]) -> None:
    try:
        page("".join(pieces))
    except ReadError as error:
        assert "\n" not in str(error)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_a_read_error(data: bytes) -> None:
    for tried in (data, b"<html><p>" + data):
        try:
            read_html(tried, "x")
        except ReadError as error:
            assert "\n" not in str(error)
