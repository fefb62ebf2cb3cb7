"""Tables as nobody should print them, in each format that gives grids: read in linear time, no crash, a notice."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import pytest

from clock import grows_as_its_size
from pdf_by_hand import PROSE, Printed, lines, make_pdf
from trialtab import readers, run
from trialtab.model import Document

Rows = Sequence[Sequence[str]]
OPENING = "A complete response was seen in 4 of 10 patients (40%)."
SPAN = "{down}"  # before a cell's text: a row span of 10,000


def markup(rows: Rows, tag: str) -> str:
    """Rows of cells as the table rows of JATS and HTML."""
    out = []
    for row in rows:
        cells = []
        for text in row:
            span = " rowspan='10000'" if text.startswith(SPAN) else ""
            cells.append(f"<{tag}{span}>{html.escape(text.removeprefix(SPAN))}</{tag}>")
        out.append(f"<tr>{''.join(cells)}</tr>")
    return "".join(out)


def jats(head: Rows, body: Rows | None) -> bytes:
    table = "" if body is None else (
        f"<table><thead>{markup(head, 'th')}</thead><tbody>{markup(body, 'td')}</tbody></table>"
    )  # fmt: skip
    return (
        "<article><front><article-meta><title-group><article-title>A trial</article-title></title-group>"
        f"</article-meta></front><body><sec><title>Results</title><p>{OPENING}</p><table-wrap><label>Table 1</label>"
        f"<caption><p>Adverse events</p></caption>{table}</table-wrap></sec></body></article>"
    ).encode()


def web(head: Rows, body: Rows | None) -> bytes:
    table = "<p>Table 1. Adverse events</p>" if body is None else (
        f"<table><caption>Table 1. Adverse events</caption><thead>{markup(head, 'th')}</thead>"
        f"<tbody>{markup(body, 'td')}</tbody></table>"
    )  # fmt: skip
    front = f"<!DOCTYPE html><html><body><article><h1>A trial</h1><h2>Results</h2><p>{OPENING}</p>"
    return f"{front}{table}</article></body></html>".encode()


def markdown(head: Rows, body: Rows | None) -> bytes:
    out = ["# A trial", "", "## Results", "", OPENING, "", "Table 1. Adverse events", ""]
    if body is not None:
        columns = max(map(len, [*head, *body]))
        names = head[0] if head else [""] * columns
        out += [f"| {' | '.join(names)} |", "|" + "---|" * columns]
        out += [f"| {' | '.join(text.removeprefix(SPAN) for text in row)} |" for row in body]
    return "\n".join([*out, ""]).encode()


def pdf(head: Rows, body: Rows | None) -> bytes:
    """Fifty rows a page, below the caption on the first, with the header again on the others."""
    front: list[Printed] = [*lines(40, 60, PROSE), (40, 140, OPENING), *lines(40, 170, PROSE), *lines(40, 240, PROSE)]
    if body is None:
        return make_pdf([front, [(40, 60, "Table 1. Adverse events", {"bold": True}), *lines(40, 100, PROSE)]])
    columns = max(map(len, [*head, *body]))
    step = 100.0 if columns < 6 else 50.0
    width = max(600.0, 140 + step * columns)
    xs = [40.0, *(100 + step * k for k in range(columns - 1))]
    pages = [front]
    for first in range(0, len(body), 50):
        page: list[Printed] = [(40, 50, "Table 1. Adverse events" + " (continued)" * (first > 0), {"bold": True})]
        page += [
            (xs[0], 60, "", {"to": (width - 40, 60)}),
            (xs[0], 72 + 12 * len(head), "", {"to": (width - 40, 72 + 12 * len(head))}),
        ]
        for k, row in enumerate([*head, *body[first : first + 50]]):
            top = 70 + 12 * k + (6 if k >= len(head) else 0)
            page += [(x, top, text.removeprefix(SPAN), {"size": 8}) for x, text in zip(xs, row, strict=False) if text]
        pages.append([*page, *lines(40, 730, PROSE[:3])])
    return make_pdf(pages, box=f"0 0 {width} 800")


FORMATS: dict[str, tuple[str, Callable[[Rows, Rows | None], bytes]]] = {
    "jats": ("x.nxml", jats), "html": ("x.html", web), "markdown": ("x.md", markdown), "pdf": ("x.pdf", pdf),
}  # fmt: skip
formats = pytest.mark.parametrize("kind", FORMATS)


def events(many: int, columns: int) -> list[list[str]]:
    return [[f"Event {k}", *(f"{k % 40} ({j}.5)" for j in range(columns - 1))] for k in range(many)]


def header(columns: int) -> list[list[str]]:
    return [["Event", *(f"Arm {chr(65 + j % 26)}{j}" for j in range(columns - 1))]]


def read(kind: str, head: Rows, body: Rows | None) -> Document:
    name, make = FORMATS[kind]
    (document,) = readers.read(make(head, body), name)
    return document


def notices(kind: str, head: Rows, body: Rows | None) -> list[str]:
    """What is told of the document once its findings are taken; the finding of its prose is always there."""
    name, make = FORMATS[kind]
    (record,) = run.records(make(head, body), name)
    assert any(row.source == "text" and row.events == 4 and row.total == 10 for row in record.rows)
    return list(record.document.notices)


@formats
def test_two_thousand_rows_in_linear_time(kind: str) -> None:
    name, make = FORMATS[kind]

    def data(many: int) -> bytes:
        return make(header(4), events(many, 4))

    grows_as_its_size(data, lambda given: readers.read(given, name), 250, 2000, slack=0.2)
    (document,) = readers.read(data(2000), name)
    cells = {document.text[c.start : c.end] for table in document.tables for c in table.cells}
    assert {f"Event {k}" for k in range(2000)} <= cells


@formats
def test_findings_of_two_thousand_rows(kind: str) -> None:
    name, make = FORMATS[kind]
    (record,) = run.records(make(header(3), events(2000, 3)), name)
    found = {row.outcome for row in record.rows if row.source == "table"}
    assert sum(outcome is not None and outcome.startswith("Event ") for outcome in found) > 1900


@formats
def test_sixty_columns(kind: str) -> None:
    document = read(kind, header(60), events(12, 60))
    (table,) = document.tables
    assert (table.rows, table.columns) == (13, 60)
    assert {document.text[c.start : c.end] for c in table.cells if c.row == 12} == set(events(12, 60)[11])


@formats
def test_ragged_rows(kind: str) -> None:
    body = [row[: 2 + k % 4] for k, row in enumerate(events(12, 5))]
    document = read(kind, header(5), body)
    (table,) = document.tables
    assert (table.rows, table.columns) == (13, 5)
    printed = [[document.text[c.start : c.end] for c in table.cells if c.row == k + 1] for k in range(12)]
    assert [[text for text in row if text] for row in printed] == body
    if kind != "pdf":  # a printed page has no short rows, only places without a word
        assert notices(kind, header(5), body) == ["Table 1: 9 rows end before the last column"]


@pytest.mark.parametrize("kind", ["jats", "html"])
def test_a_row_span_of_ten_thousand(kind: str) -> None:
    body = [[SPAN + "All events", "3 (7.5)", "4 (9.5)"], *[["2 (5.0)", "1 (2.5)"] for _ in range(5)]]
    (table,) = read(kind, header(3), body).tables
    assert (table.rows, table.columns) == (7, 3)
    assert [(c.row, c.row_span) for c in table.cells if c.column == 0] == [(0, 1), (1, 6)]
    assert notices(kind, header(3), body) == ["Table 1: a span larger than the table was cut to it"]


@pytest.mark.parametrize("kind", ["jats", "html", "markdown"])
@pytest.mark.parametrize("head", [[], [["", "", ""]]], ids=["no row", "an empty row"])
def test_an_empty_head(kind: str, head: Rows) -> None:
    assert "Table 1: no header" in notices(kind, head, events(6, 3))


def test_a_printed_table_without_a_header() -> None:
    (table,) = read("pdf", [], events(6, 3)).tables
    assert table.columns == 3 and len(table.cells) >= 18


@formats
def test_a_caption_without_a_table(kind: str) -> None:
    told = notices(kind, [], None)
    assert any(line in told for line in ("Table 1: a caption without a table", "Table 1 on page 2: no grid found")), (
        told
    )


@pytest.mark.parametrize("kind", ["jats", "html", "markdown"])
def test_a_header_without_rows(kind: str) -> None:
    assert "Table 1: no row below its header" in notices(kind, header(3), [])


@formats
def test_a_table_as_it_should_be_is_not_told(kind: str) -> None:
    assert notices(kind, header(3), events(6, 3)) == []
