"""Chunks to their roles: headings, captions, tables, footnotes, references, running text; page by page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from trialtab.readers._heads import is_furniture
from trialtab.readers._pdf_chunks import (
    ENTRY,
    FOOT,
    MAJOR,
    NUMBERED,
    Chunk,
    caption_of,
    letters_and_figures,
    local_blocks,
    overlaid,
    plain_name,
    reads,
)  # fmt: skip
from trialtab.readers._pdf_lines import apart, body_type, columns_of, furniture, repaired, unjoined
from trialtab.readers._pdf_pages import Pages, plural
from trialtab.readers._sections import section_of

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


class Reading:
    """A document on its way from local blocks to blocks in reading order. `order` is that order when done."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.notices: list[str] = []
        pages.lines = [
            apart(pages, unjoined(pages, found, size[0])) for found, size in zip(pages.lines, pages.sizes, strict=True)
        ]
        out = furniture(pages)
        self.body = body_type(pages, out)
        self.columns: list[list[tuple[float, float]]] = []
        self.by_page: list[list[Chunk]] = []
        self.furniture: list[Chunk] = []
        moved = []
        for number, lines in enumerate(pages.lines, 1):
            for line in lines:
                if id(line) in out:
                    block = Chunk([line])
                    block.kind, block.section = "furniture", "other"
                    self.furniture.append(block)
            kept = [line for line in lines if id(line) not in out]
            columns = columns_of(kept, self.body, pages.sizes[number - 1][0])
            in_order = repaired(kept, columns, self.body)
            if in_order is not None:
                moved.append(number)
                kept = in_order
            self.columns.append(columns)
            self.by_page.append(local_blocks(pages, kept, self.body, columns))
        if moved:
            self.notices.append(f"columns reordered on {plural(moved)}: the file's own order hops between them")
        self.order: list[Chunk] = []
        self.set_aside_copies()

    def set_aside_copies(self) -> None:
        """Running text that stands on a page, or on the page before, already: what a clipped figure hides.

        A figure cut out of a manuscript page may carry the whole page's text, of which only the picture is seen.
        """
        before, copied = "", list[int]()
        for number, page in enumerate(self.by_page, 1):
            here = ""
            labels: set[str] = set()
            lies_over: bool | None = None
            for block in page:
                caption = caption_of(block.lines[0])
                if not caption and not (block.prose and self.in_body(block)):
                    continue
                plain = letters_and_figures(block.text)
                again = (caption and plain in labels) or (
                    not caption and len(plain) > 60 and (plain in before or plain in here)
                )
                if again and lies_over is None:
                    lies_over = overlaid(page)
                if again and lies_over:
                    block.kind, block.section = "furniture", "other"
                    copied.append(number)
                elif caption:
                    labels.add(plain)
                else:
                    here += plain + "\n"
            if copied and copied[-1] == number:
                once: set[str] = set()
                for block in page:
                    if block.kind or len(block.text) < 8:
                        continue
                    if block.text in once:
                        block.kind, block.section = "furniture", "other"
                    once.add(block.text)
            before = here
        if copied:
            self.notices.append(f"text that stands there twice set aside on {plural(sorted(set(copied)))}")

    # -- tests on one block

    def in_body(self, block: Chunk) -> bool:
        return self.body.is_body(block.em)

    def flows(self, block: Chunk) -> bool:
        """Running text in the body type."""
        return block.prose and self.in_body(block) and (block.font == self.body.font or len(block.lines) > 2)

    def heading(self, page: Sequence[Chunk], i: int) -> bool:
        block = page[i]
        if (
            len(block.lines) > 3
            or len(block.text) > 160
            or block.lines[0].sideways
            or max(line.gap for line in block.lines) > 2.5
        ):
            return False
        text = block.text
        if not (text[0].isupper() or text[0].isdigit() or text[0] in "■•▪") or sum(map(str.isalpha, text)) < 3:
            return False
        apart = block.bold or block.font != self.body.font
        styled = (
            apart or block.em > 1.05 * self.body.em or (text.isupper() and len(text) > 6) or bool(NUMBERED.match(text))
        )
        if block.em < 0.6 * self.body.em or (not styled and len(text) >= 60):
            return False
        if len(text) > 80 and not (block.bold or text.isupper()):
            return False
        major = plain_name(text) in MAJOR
        if not styled and not major:
            return False
        if text[-1] in ".,;" and not (major or section_of(text)[0]):
            return False
        if text.count(",") > 3 or re.search(r"\w,\d|key ?words?:", text, re.IGNORECASE):
            return False
        columns = self.columns[block.page - 1]
        if columns:  # not what stands in a margin beside the columns
            narrow = self.pages.sizes[block.page - 1][0] - columns[-1][1] < 0.3 * self.pages.sizes[block.page - 1][0]
            if block.x1 < columns[0][0] or (narrow and block.x0 >= columns[-1][1]):
                return False
        if FOOT.match(text) and not major and not section_of(text)[0]:
            return False
        following = page[i + 1] if i + 1 < len(page) and page[i + 1].kind not in ("caption", "table", "item") else None
        if following is not None and following.text[0].islower() and not major:
            return False
        below = (
            following is not None
            and following.top < block.bottom + 3.0 * self.body.em
            and following.bottom > block.bottom
            and following.x0 < block.x1 + self.body.em
            and following.x1 > block.x0
        )
        if major and len(block.lines) == 1:
            return len(text) < 60
        if apart and len(text) < 70 and text[-1] not in ".," and section_of(text)[0] == "back":
            return True
        if following is None:
            return block.em >= 0.8 * self.body.em and bool(section_of(text)[0])
        if below and following.prose and (self.in_body(following) or len(following.lines) > 3):
            return block.em >= 0.72 * self.body.em
        if (
            below
            and not following.cells
            and self.in_body(following)
            and following.font == self.body.font
            and not following.bold
        ):
            return (
                (block.bold or block.font != self.body.font)
                and block.em >= 0.8 * self.body.em
                and following.text.count(" ") > 6
            )
        if (
            below
            and len(following.lines) <= 2
            and i + 2 < len(page)
            and not page[i + 2].kind
            and self.flows(page[i + 2])
            and block.em >= 0.8 * self.body.em
        ):
            return following.em <= block.em * 1.05
        return (
            following.top < block.top
            and self.flows(following)
            and (block.bold or block.em > self.body.em)
            and self.in_body(block)
        )

    # -- captions and tables

    def captions_and_tables(self) -> None:
        carried = listing = False
        style: Chunk | None = None
        for page in self.by_page:
            self.mark_captions(page)
        unnamed = self.unnamed_list()
        for page in self.by_page:
            for i, block in enumerate(page):
                if not block.kind and self.heading(page, i):
                    block.kind = "heading"
                if block.kind == "heading":
                    section = section_of(block.text)[0]
                    if section == "references":
                        listing, style = True, None
                    elif listing and (plain_name(block.text) in MAJOR or section == "back"):
                        listing = False
                elif block is unnamed:
                    listing, style = True, block
                    block.kind = "reference"
                elif listing and not block.kind:
                    # Entries of the reference list look like cells (a number, a gap, a name): no caption may take them.
                    style = style or block
                    if abs(block.em - style.em) <= 0.08 * style.em:
                        block.kind = "reference"
        under = sum(
            self.under(page, i)
            for page in self.by_page
            for i, b in enumerate(page)
            if b.kind == "caption" and b.heading[0] == "t"
        )
        for number, page in enumerate(self.by_page, 1):
            for i, block in enumerate(page):
                if block.kind == "caption" and block.heading.startswith("t"):
                    self.claim_near(page, i, above=under < 0)
            carried = self.claim_loose(page, number, carried)

    def unnamed_list(self) -> Chunk | None:
        """The first block of a reference list that no heading names: entries 1, 2, 3 … with years, to the end."""
        if any(section_of(b.text)[0] == "references" for page in self.by_page for b in page if len(b.text) < 30):
            return None
        lines = [(page, block, k) for page in self.by_page for block in page for k in range(len(block.lines))]
        start, expected, last, dated = -1, 1, 0, 0
        for at in range(len(lines) // 3, len(lines)):
            _, block, k = lines[at]
            text = block.lines[k].text
            dated += bool(_YEAR.search(text)) and expected > 1
            found = ENTRY.match(text)
            if not found or len(found[1]) > 3:
                continue
            number = int(found[1])
            if expected <= number <= expected + (expected > 2) and (number == 1 or at - last <= 12):
                start = at if number == 1 else start
                dated = 0 if number == 1 else dated
                expected, last = number + 1, at
                if expected > 9 and dated >= 4:
                    break
            elif number == 1:
                start, expected, last, dated = at, 2, at, 0
        if expected <= 9 or start < 0:
            return None
        page, block, k = lines[start]
        if k:
            rest = Chunk(block.lines[k:])
            block.lines = block.lines[:k]
            block.describe()
            page.insert(page.index(block) + 1, rest)
            block = rest
        return block

    def mark_captions(self, page: list[Chunk]) -> None:
        i = 0
        while i < len(page):
            block = page[i]
            found = caption_of(block.lines[0]) if not block.kind else None
            if found is None or (
                self.flows(block)
                and len(block.lines) > 8
                and not block.lines[0].lead_bold
                and block.font == self.body.font
            ):
                i += 1
                continue
            block.kind = "caption"
            block.heading = f"{found['kind']} {found['number']}".casefold().replace("fig ", "figure ")
            # "Table 2" alone on its line: its title stands below or beside it.
            if len(block.text) < 16 and i + 1 < len(page):
                title = page[i + 1]
                near = (
                    abs(title.top - block.bottom) < 1.5 * block.em
                    or abs(title.lines[0].mid - block.lines[0].mid) < block.em
                )
                if (
                    not title.cells
                    and near
                    and not title.kind
                    and caption_of(title.lines[0]) is None
                    and len(title.lines) < 12
                ):
                    block.lines += title.lines
                    del page[i + 1]
                    block.describe()
            i += 1

    def under(self, page: Sequence[Chunk], i: int) -> int:
        """Does the table stand below its caption (1) or above it (-1)? 0: cannot tell."""
        caption = page[i]
        above = below = 9.0 * self.body.em
        for block in page:
            if block.kind or self.flows(block) or block.x1 < caption.x0 or block.x0 > caption.x1:
                continue
            if block.bottom <= caption.top + 3:
                above = min(above, caption.top - block.bottom)
            elif block.top >= caption.bottom - 3:
                below = min(below, block.top - caption.bottom)
        return (below < above) - (above < below)

    def claim_near(self, page: list[Chunk], i: int, *, above: bool) -> None:
        """Give a table caption the cells below it (or above it), until running text begins."""
        caption = page[i]
        rows: list[Chunk] = []
        edge = caption.top if above else caption.bottom
        for block in reversed(page[:i]) if above else page[i + 1 :]:
            if block.kind or (self.flows(block) and block.font == self.body.font and not self.in_table(block, rows)):
                break
            if above:
                if block.bottom > caption.bottom + 2 or block.bottom < edge - 14 * self.body.em:
                    break
                edge = min(edge, block.top)
            else:
                if block.top < caption.top - 2 or block.top > edge + 14 * self.body.em:
                    break
                edge = max(edge, block.bottom)
            rows.append(block)
        if above:
            rows.reverse()
        while len(rows) > 1 and self.stray(rows[-1], rows[-2]):
            rows.pop()
        if any(
            block.cells or sum(map(str.isdigit, block.text)) > 1 or len(rows) > 5 for block in rows if not block.prose
        ):
            self.claim(rows, caption)

    def stray(self, block: Chunk, before: Chunk) -> bool:
        """A line of body type some way below the last row: text after the table, not a row."""
        return (
            not block.cells
            and not block.prose
            and self.in_body(block)
            and block.font == self.body.font
            and not any(c.isdigit() for c in block.text)
            and block.top - before.bottom > 0.8 * self.body.em
        )

    def in_table(self, block: Chunk, rows: Sequence[Chunk]) -> bool:
        """Prose in a cell: narrower than a column, beside other cells."""
        if not rows or len(block.lines) > 12:
            return False
        return any(
            other.top < block.bottom and other.bottom > block.top and (other.x1 < block.x0 or other.x0 > block.x1)
            for other in rows[-6:]
        )

    def claim(self, rows: Sequence[Chunk], caption: Chunk) -> None:
        table = caption.heading.startswith("t")
        last = max((i for i, block in enumerate(rows) if not block.prose), default=-1)
        low = max((block.bottom for block in rows if not block.prose), default=0.0)
        size = median(block.em for block in rows)
        for i, block in enumerate(rows):
            block.heading = caption.heading
            if not table:
                block.kind, block.section = "item", "other"
            elif block.prose and (
                i > last or block.top > low - 2 or (block.em < 0.96 * size and FOOT.match(block.text))
            ):
                block.kind, block.section = "footnote", "table"
            else:
                block.kind, block.section = "table", "table"

    def claim_loose(self, page: list[Chunk], number: int, carried: bool) -> bool:
        """Cells without a caption above them: the nearest caption of the page, or the table of the page before."""
        captions = [block for block in page if block.kind == "caption"]
        taken = {block.heading for block in page if block.kind == "table"}
        columns = self.columns[number - 1]
        runs: list[list[Chunk]] = []
        last = -2
        for i, block in enumerate(page):
            loose = not block.kind and not self.flows(block) and not self.short_text(block, columns)
            if number == 1 and not block.cells:
                loose = False
            if loose:
                if last == i - 1 and runs:
                    runs[-1].append(block)
                else:
                    runs.append([block])
                last = i
        for run in runs:
            top, bottom = min(b.top for b in run), max(b.bottom for b in run)
            x0, x1 = min(b.x0 for b in run), max(b.x1 for b in run)
            best: tuple[float, Chunk] | None = None
            for caption in captions:
                if caption.x0 > x1 or caption.x1 < x0:
                    continue
                away = max(0.0, top - caption.bottom, caption.top - bottom)
                if caption.heading.startswith("t") and caption.heading in taken and away > 2 * self.body.em:
                    continue
                if best is None or away < best[0]:
                    best = away, caption
            cells = sum(b.cells for b in run)
            digits = sum(any(c.isdigit() for c in b.text) for b in run)
            rows = sum(line.gap >= 1.2 and any(map(str.isdigit, line.text)) for b in run for line in b.lines)
            if best is not None and best[0] < 5 * self.body.em:
                self.claim(run, best[1])
            elif (
                max(cells, rows) >= 3
                and max(digits, rows) >= 3
                and carried
                and top < 0.35 * self.pages.sizes[number - 1][1]
            ):
                for block in run:
                    block.kind, block.section = "table", "table"
            elif best is not None and (not all(b.prose for b in run)):
                self.claim(run, best[1])
            elif cells >= 4 and digits >= 4:
                for block in run:
                    block.kind, block.section = "table", "table"
            else:
                self.settle(run, number)
        return any(block.kind == "table" and block.bottom > 0.6 * self.pages.sizes[number - 1][1] for block in page)

    def short_text(self, block: Chunk, columns: Sequence[tuple[float, float]]) -> bool:
        """A short stretch of running text in the body type: a last line, a list item."""
        if block.cells or not self.in_body(block) or block.font != self.body.font:
            return False
        letters = sum(map(str.isalpha, block.text))
        return letters > 0.5 * len(block.text.replace(" ", "")) and any(
            left - 2 <= block.x0 < right and block.x1 <= right + 4 for left, right in columns
        )

    def settle(self, run: Sequence[Chunk], number: int) -> None:
        """Loose blocks far from any caption: footnotes in small type, else text."""
        height = self.pages.sizes[number - 1][1]
        many = [block for block in run if not block.prose]
        for block in run:
            if is_furniture(block.text) and len(block.text) < 1500:
                block.kind, block.section = "furniture", "other"
            elif len(many) > 3 and (not block.prose or len(block.text) < 120) and block.em < 0.93 * self.body.em:
                block.kind, block.section = "item", "other"
            elif (
                block.em < 0.93 * self.body.em
                and block.top > 0.55 * height
                and (FOOT.match(block.text) or not block.prose)
            ):
                block.kind, block.section = "footnote", "other"
            elif block.lines[0].sideways:
                block.kind, block.section = "item", "other"
            elif (
                len(block.text) > 30
                and block.text[0].isupper()
                and block.text[-1] == "."
                and reads(block.text)
                and not block.cells
            ):
                block.kind = "paragraph"
            elif not block.prose and (
                block.em < 0.8 * self.body.em or (block.em < 0.93 * self.body.em and len(block.text) < 40)
            ):
                block.kind, block.section = "item", "other"
            else:
                block.kind = "paragraph"
