"""Chunks with roles to blocks in reading order: stitched paragraphs, whole tables, entries of references."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from trialtab.readers._heads import is_furniture
from trialtab.readers._pdf_chunks import ADVERT, ENTRY, ITEM, MAJOR, SENTENCE_END, Chunk, plain_name
from trialtab.readers._pdf_layout import Reading
from trialtab.readers._pdf_pages import Line
from trialtab.readers._sections import section_of


def flow(reading: Reading) -> None:
    """Reading order: paragraphs that run over a column or a page are stitched, what stood between follows."""
    blocks = [block for page in reading.by_page for block in page]
    for block in blocks:
        if not block.kind:
            block.kind = "paragraph"
        if block.kind in ("paragraph", "item", "footnote") and (
            (is_furniture(block.text) and len(block.text) < 1500) or ADVERT.match(block.text)
        ):
            block.kind, block.section = "furniture", "other"
    reading.furniture += [b for b in blocks if b.kind == "furniture"]
    blocks = [b for b in blocks if b.kind != "furniture"]
    used: set[int] = set()
    for i, block in enumerate(blocks):
        if id(block) in used:
            continue
        reading.order.append(block)
        if block.kind != "paragraph":
            continue
        at = i
        while True:
            following = _continuation(reading, blocks, at, block, used)
            if following < 0:
                break
            block.lines = block.lines + blocks[following].lines
            used.add(id(blocks[following]))
            at = following
        if at != i:
            block.describe()


def _continuation(reading: Reading, blocks: Sequence[Chunk], i: int, block: Chunk, used: set[int]) -> int:
    """Index of the block that carries on an unfinished paragraph; -1 where there is none."""
    last = block.lines[-1]
    if (SENTENCE_END.search(last.text[-24:]) and not last.hyphen) or (
        not block.prose and len(block.lines) < 2 and len(block.text) < 25
    ):
        return -1
    ended = last.hyphen or last.text.endswith(("-", "–", ","))
    crossed = False  # a heading lies between: a box of its own, if at all
    for j in range(i + 1, min(i + 120, len(blocks))):
        other = blocks[j]
        below = j == i + 1 and other.page == last.page and 0 < other.lines[0].mid - last.mid < 2 * reading.body.em
        if below and other.kind == "paragraph" and other.text[0].islower() and other.prose and len(block.lines) == 1:
            return j  # the first line of a paragraph, set in small capitals
        if other.page > last.page + 2:
            return -1
        if id(other) in used or other.kind in ("caption", "table", "item", "footnote", "title"):
            continue
        first = other.lines[0]
        small = first.text[0].islower()
        apart = abs(other.em - block.em) / block.em
        alike = apart <= 0.06 and (other.font == block.font or (small and not crossed and apart <= 0.03))
        if other.kind == "heading":
            crossed = True
            continue
        if not alike:
            continue
        if small or (last.hyphen and not crossed):
            return j
        if crossed:
            return -1
        if other.page == last.page and first.top > last.bottom and abs(first.x0 - last.x0) < 4 * block.em:
            return -1  # the next paragraph of the same column
        columns = reading.columns[last.page - 1]
        right = max((end for left, end in columns if left - 3 <= last.x0 < end), default=last.x1)
        full = last.x1 > right - 2.5 * block.em
        left = min((x for x, end in reading.columns[other.page - 1] if x - 3 <= first.x0 < end), default=first.x0)
        if (full or ended) and first.x0 - left < 0.6 * block.em and (ended or not ITEM.match(first.text)):
            return j
        return -1
    return -1


def gather(reading: Reading) -> None:
    """One block a table, its caption before it; the reference list cut into its entries."""
    order: list[Chunk] = []
    for block in reading.order:
        before = order[-1] if order else None
        if (
            before is not None
            and block.kind == before.kind
            and block.grid is None
            and before.grid is None
            and (block.kind == "table" or (block.kind == "item" and block.section == "other"))
            and block.page == before.page
            and block.heading == before.heading
        ):
            before.lines = before.lines + block.lines
            continue
        if block.kind == "caption":
            at = len(order)
            while (
                at
                and order[at - 1].heading == block.heading
                and order[at - 1].page == block.page
                and order[at - 1].kind != "caption"
            ):
                at -= 1
            order.insert(at, block)
            continue
        order.append(block)
    for block in order:
        if block.kind == "table" and block.grid is None:
            block.lines = _rows(block.lines)
    reading.order = _references(order)


def _references(order: Sequence[Chunk]) -> list[Chunk]:
    out: list[Chunk] = []
    listing: list[Chunk] = []
    inside = False
    for block in order:
        inside = inside or block.kind == "reference"
        if block.kind == "heading":
            name = plain_name(block.text)
            section = section_of(block.text)[0]
            if section == "references":
                out += _entries(listing)
                listing, inside = [], True
                out.append(block)
                continue
            if inside and (name in MAJOR or section in ("back", "methods")):
                out += _entries(listing)
                listing, inside = [], False
        if inside and (
            block.kind in ("reference", "paragraph", "heading")
            or (block.kind == "footnote" and block.section != "table")
        ):
            listing.append(block)
        elif inside:
            out += _entries(listing)
            listing = []
            out.append(block)
        else:
            out.append(block)
    return out + _entries(listing)


def _entries(blocks: Sequence[Chunk]) -> list[Chunk]:
    """Lines of a reference list to one block an entry: by running numbers, else by hanging indent."""
    lines = [line for block in blocks for line in block.lines]
    if not lines:
        return []
    starts: list[int] = []
    expected = 0
    for i, line in enumerate(lines):
        found = ENTRY.match(line.text)
        if found and (int(found[1]) == expected + 1 or (expected == 0 and int(found[1]) < 300)):
            starts.append(i)
            expected = int(found[1])
    if len(starts) < max(2, len(lines) / 14):
        starts = [0]
        for i, (a, b) in enumerate(pairwise(lines), 1):
            if (b.x0 < a.x0 - 0.5 * b.em and a.page == b.page and b.mid > a.mid) or (
                any(b is block.lines[0] for block in blocks) and SENTENCE_END.search(a.text[-24:])
            ):
                starts.append(i)
    if starts[0] != 0:
        starts.insert(0, 0)
    out = []
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        entry = Chunk(lines[first:end])
        entry.kind, entry.section = "reference", "references"
        out.append(entry)
    return out


def _rows(lines: list[Line]) -> list[Line]:
    """Lines of a table in row order. Content that already runs down the page stays; column by column is sorted."""
    if any(line.sideways for line in lines):
        return lines
    up = sum(1 for a, b in pairwise(lines) if a.page == b.page and b.mid < a.mid - 0.6 * a.em)
    if up <= 0.15 * len(lines):
        return lines
    tall = median(line.em for line in lines)
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.page, line.mid)):
        if rows and rows[-1][0].page == line.page and line.mid - rows[-1][0].mid < 0.5 * tall:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.x0)]
