"""The first page of a PDF: its title, its abstract, and the small print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from trialtab.readers._heads import is_furniture, pieces
from trialtab.readers._pdf_chunks import FOOT, LABEL, Chunk, caption_of, plain_name, reads
from trialtab.readers._pdf_layout import Reading
from trialtab.readers._pdf_pages import Line
from trialtab.readers._sections import section_of


def front_page(reading: Reading) -> None:
    """Title, abstract, and the small print of the first page."""
    if not reading.by_page:
        return
    first = next((i for i, page in enumerate(reading.by_page) if len(page) > 2), 0)
    page = reading.by_page[first]
    title = _title(reading, page, reading.pages.sizes[first][1])
    if title is not None:
        page.remove(title)
        page.insert(0, title)
    start = next((i for i, b in enumerate(page) if plain_name(b.text) in ("abstract", "summary")), -1)
    style: Chunk | None = None
    if start >= 0:
        head = page[start]
        head.kind = "heading"
        under = [b for b in page if b is not head and b.top >= head.top - 2 and b.x0 < head.x1 + 200 and b.x1 > head.x0]
        style = next((b for b in sorted(under, key=lambda b: b.top) if b.prose and not b.kind), None)
        # Some files print the word "Abstract" after the abstract: put it where it stands on the page.
        earlier = next(
            (
                i
                for i, b in enumerate(page[:start])
                if b in under and b.prose and style and abs(b.em - style.em) < 0.1 * b.em
            ),
            start,
        )
        while (
            0 < earlier < start and section_of(page[earlier - 1].text)[0] and page[earlier - 1].top >= head.bottom - 2
        ):
            earlier -= 1
        page.remove(head)
        page.insert(earlier, head)
    else:
        for b in page:
            found = pieces(b.text[:200])
            if (
                b.prose
                and found
                and found[0].kind == "heading"
                and found[0].section in ("background", "methods", "abstract")
            ):
                style = b
                break
        if style is None:
            style = next((b for b in page if _unnamed_abstract(reading, b, first)), None)
            if style is not None:
                style.kind, style.section = "paragraph", "abstract"
    for i, b in enumerate(page):
        if b.kind or LABEL.match(b.text):
            continue
        inside = style is not None and abs(b.em - style.em) < 0.2 * style.em and len(b.lines) == 1 and len(b.text) < 45
        if reading.heading(page, i) or (
            inside and style and section_of(b.text)[0] and (b.bold or b.font != style.font)
        ):
            b.kind = "heading"
    of_table = False
    for b in page:
        named = caption_of(b.lines[0])
        of_table = (named is not None and named["kind"].casefold() == "table") or (of_table and not reading.flows(b))
        if b.kind or of_table:  # the table of a report of one page is read with all others
            continue
        if is_furniture(b.text) or LABEL.match(b.text):
            b.kind, b.section = "furniture", "other"
        elif b.text.count(",") > 5 and not reads(b.text):
            b.kind, b.section = "footnote", "other"  # names
        elif (
            (
                style is not None
                and abs(b.em - style.em) <= 0.06 * style.em
                and (b.prose or b.font == style.font)
                and (b is style or reading.flows(b) or not FOOT.match(b.text))
            )
            or (reading.flows(b) and reads(b.text))
            or reading.short_text(b, reading.columns[first])
        ):
            b.kind = "paragraph"
        elif b.em < 0.95 * reading.body.em or FOOT.match(b.text) or b.x1 - b.x0 < 0.3 * reading.pages.sizes[first][0]:
            b.kind, b.section = "footnote", "other"
        else:
            b.kind, b.section = "paragraph", "other"
    if style is not None and first + 1 < len(reading.by_page):
        _rest_of_abstract(reading, page, reading.by_page[first + 1], style)


def _unnamed_abstract(reading: Reading, block: Chunk, number: int) -> bool:
    """A long paragraph in a type of its own on the first page: an abstract without the word."""
    width, height = reading.pages.sizes[number]
    other = block.font != reading.body.font or block.bold or abs(block.em - reading.body.em) > 0.04 * reading.body.em
    return (
        not block.kind and block.prose and other and block.text.count(" ") >= 60 and block.top < 0.75 * height
        and block.x1 - block.x0 > 0.35 * width and block.em > 0.8 * reading.body.em and reads(block.text)
    )  # fmt: skip


def _rest_of_abstract(reading: Reading, page: list[Chunk], following: list[Chunk], style: Chunk) -> None:
    """The end of an abstract on top of the second page, which some files print after that page's text."""
    for block in [b for b in following if b.font == style.font and abs(b.em - style.em) < 0.04 * style.em]:
        found = pieces(block.text[:120])
        if (
            found
            and found[0].kind == "heading"
            and found[0].section in ("results", "conclusion", "back")
            and (style.font != reading.body.font or abs(style.em - reading.body.em) > 0.04 * reading.body.em)
        ):
            following.remove(block)
            block.kind = "paragraph"
            at = max(
                i
                for i, b in enumerate(page)
                if b is style or (b.kind == "paragraph" and b.font == style.font) or i == 0
            )
            page.insert(at + 1, block)


def _title(reading: Reading, page: list[Chunk], height: float) -> Chunk | None:
    """The largest type near the top of the first page that reads like a title."""
    heads = {block.text.casefold() for block in reading.furniture}
    lines = [line for b in page for line in b.lines if line.top < 0.6 * height and not line.sideways]
    best: list[Line] = []
    for em in sorted({round(line.em, 1) for line in lines if line.em > 0.95 * reading.body.em}, reverse=True)[:12]:
        found = sorted((line for line in lines if abs(line.em - em) < 0.04 * em), key=lambda line: line.mid)
        if best or not found:
            break
        run = [found[0]]
        for a, b in pairwise(found):
            if b.mid - a.mid > 2.0 * a.em:
                if _is_title(run, heads):
                    break
                run = []
            run.append(b)
        while len(run) > 1 and LABEL.match(run[0].text):
            del run[0]
        if _is_title(run, heads):
            best = run
    if not best or (best[0].em < 1.05 * reading.body.em and not all(line.bold for line in best)):
        return None
    chosen = set(map(id, best))
    for block in list(page):
        rest = [line for line in block.lines if id(line) not in chosen]
        if len(rest) == len(block.lines):
            continue
        if rest:
            block.lines = rest
            block.describe()
        else:
            page.remove(block)
    title = Chunk(best)
    title.kind = title.section = "title"
    page.insert(0, title)
    return title


def _is_title(lines: Sequence[Line], heads: set[str]) -> bool:
    text = " ".join(line.text for line in lines)
    if len(text) < 20 or text.count(" ") < 2 or len(text) > 400 or len(lines) > 8:
        return False
    low = text.casefold()
    return not (
        low in heads
        or re.match(r"(?:the )?(?:\w+ ){0,4}journal\b", low)
        or re.match(
            r"(?:original|research|review|clinical|open access) ?(?:\w+ )?(?:article|research|paper|investigation)?\Z",
            low,
        )
        or low.startswith(("http", "www.", "doi", "copyright", "©"))
    )
