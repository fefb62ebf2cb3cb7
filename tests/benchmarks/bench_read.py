"""Speed of reading: PDF pages a second alone and end to end, beside raw pypdfium2 text and pdfplumber.

    python tests/benchmarks/bench_read.py [--quick] [--runs N]

Takes ../shared/pdf/trials where it exists, else the PDFs of corpora/. pdfplumber is given few pages: it is slow.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import measure

PDFPLUMBER_PAGES = 12


def raw_text(path: Path) -> None:
    """The text of every page as pypdfium2 gives it: the floor of all reading."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        for page in document:
            text_page = page.get_textpage()
            text_page.get_text_bounded()
            text_page.close()
            page.close()
    finally:
        document.close()


def pages_of(path: Path) -> int:
    """Number of pages of a PDF."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


def first_pages(paths: list[Path], most: int) -> list[tuple[Path, int]]:
    """The first pages of each file in turn, up to `most` in all."""
    counts = {path: pages_of(path) for path in paths}
    chosen = [(path, number) for number in range(max(counts.values())) for path in paths if number < counts[path]]
    return sorted(chosen[:most])


def plumbed(pages: list[tuple[Path, int]]) -> None:
    """pdfplumber's text of some pages."""
    import pdfplumber

    for path in dict.fromkeys(path for path, _ in pages):
        with pdfplumber.open(path) as document:
            for _, number in (page for page in pages if page[0] == path):
                document.pages[number].extract_text()


def without_tables(read: Callable[[], None]) -> None:
    """Read as ever, but leave the tables as printed lines: what their grids add is the difference."""
    from trialtab.readers import _pdf_pages, _pdf_tables

    grids, rules = _pdf_tables.Tables.read, _pdf_pages.rules_of
    try:
        _pdf_tables.Tables.read = lambda self: None  # type: ignore[method-assign]
        _pdf_pages.rules_of = lambda page: _pdf_pages.Rules()
        read()
    finally:
        _pdf_tables.Tables.read, _pdf_pages.rules_of = grids, rules  # type: ignore[method-assign]


def main() -> None:
    """Time them and print."""
    from trialtab import readers
    from trialtab.run import records

    options = measure.arguments(__doc__ or "")
    paths, where = measure.inputs([".pdf"], "pdf/trials", most=3 if options.quick else None)
    pages = sum(map(pages_of, paths))
    few = first_pages(paths, 4 if options.quick else PDFPLUMBER_PAGES)
    read = measure.tolerant(lambda path: readers.read(path.read_bytes(), path.name), paths)
    whole = measure.tolerant(lambda path: records(path.read_bytes(), path.name), paths)
    first = measure.tolerant(lambda path: records(path.read_bytes(), path.name), paths[:1])
    all_pages, few_pages = (("pages", pages),), (("pages", len(few)),)
    contenders = [
        measure.Contender("trialtab: reading alone", read, all_pages, aim=100),
        measure.Contender("trialtab: reading, no grids of tables", lambda: without_tables(read), all_pages),
        measure.Contender("trialtab: end to end, no database", whole, all_pages, aim=60),
        measure.Contender("pypdfium2: raw text", lambda: [raw_text(path) for path in paths], all_pages, ours=False),
        measure.Contender("pdfplumber: extract_text", lambda: plumbed(few), few_pages, ours=False),
    ]
    measure.run(f"PDF, {len(paths)} files", where, contenders, runs=options.runs, quick=options.quick, warm_up=first)


if __name__ == "__main__":
    main()
