"""The layout of a table: which rows are headers, which columns are the stub, and the path of labels to every cell.

One model for all formats: rows of the grid below the header, each with its row path (sections, then the texts of the
stub columns), and columns right of the stub, each with its column path (header rows from the top). Labels are kept as
cells, so that every element of a path can be shown in the document.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trialtab.extract.cell_shapes import shape
from trialtab.extract.table_dual import split_duals
from trialtab.extract.table_labels import clean, label
from trialtab.model import Cell, Table

MAX_GRID = 200_000
"""Grid places of the largest table that is read (2,000 rows of 100 columns)."""

MAX_STUBS = 4
_BULLETS = ("- ", "– ", "— ", "• ", "· ", "-", "•", "–")


@dataclass(slots=True)
class Row:
    """A row below the header. path: labels from the outermost section to its own; head: index into Layout.heads.

    continued: it has no label of its own and goes on with the row above; section: it has a label and no data.
    """

    number: int
    path: tuple[str, ...]
    cells: list[int]
    head: int
    continued: bool = False
    section: bool = False


@dataclass(slots=True)
class Head:
    """One set of header rows: the column path of each grid column, as indexes of cells, from the top.

    corner: the lowest label over the stub.
    """

    rows: list[int]
    paths: list[tuple[int, ...]] = field(default_factory=list)
    corner: str = ""


@dataclass(slots=True)
class Layout:
    """A table laid out. texts: the text of each cell; stubs: number of stub columns; corner: headers over the stub."""

    table: Table
    texts: list[str]
    stubs: int
    heads: list[Head]
    rows: list[Row]
    corner: tuple[str, ...] = ()

    def column_path(self, head: int, column: int) -> tuple[str, ...]:
        """The texts of a column's header cells, from the top."""
        return tuple(self.texts[k] for k in self.heads[head].paths[column])


def is_data(text: str) -> bool:
    """Whether a cell holds a result rather than a label: "12 (15%)" and "NS" do, "N = 12" and "6 months" do not."""
    found = shape(text)
    if found.kind == "ns":
        return True
    if found.kind not in ("value", "bracket"):
        return found.kind == "text" and len(found.figures) > 1 and text[:1].isdigit() and len(text) < 60
    if text.lstrip("([ ")[:1] in ("n", "N") and found.main is not None and "=" in text[:6]:
        return False
    if found.n is not None and found.main is None:
        return False
    if found.unit is not None or text[:1].isalpha():
        known = label(text)
        return not (known.time or known.grade or (known.n is not None and not known.name))
    return True


def lay_out(table: Table, text: str) -> Layout | None:
    """The layout of a table; None where its grid is larger than MAX_GRID or it has no row below its header.

    text: the document's text. Raises nothing; linear in the places of the grid.
    """
    if not table.cells or table.rows * table.columns > MAX_GRID:
        return None
    table = split_duals(table, text)
    texts = [text[c.start : c.end].strip() for c in table.cells]
    grid = [[-1] * table.columns for _ in range(table.rows)]
    for k, cell in enumerate(table.cells):
        for r in range(cell.row, min(cell.row + cell.row_span, table.rows)):
            line = grid[r]
            for c in range(cell.column, min(cell.column + cell.column_span, table.columns)):
                line[c] = k
    data = [is_data(t) for t in texts]
    top = _top_rows(table.cells, grid, texts, data)
    if top >= table.rows:
        return None
    body = list(range(top, table.rows))
    stubs = _stub_columns(table.columns, grid, body, texts, data, top)
    heads, head_of, left = _heads(grid, top, body, stubs, texts, data)
    for head in heads:
        head.paths = _column_paths(grid, head.rows, table.columns, texts)
        over = [texts[grid[r][c]] for r in head.rows for c in range(stubs) if grid[r][c] >= 0]
        head.corner = next((t for t in reversed(over) if t), "")
    corner = tuple(
        dict.fromkeys(
            texts[grid[r][c]] for r in range(top) for c in range(stubs) if grid[r][c] >= 0 and texts[grid[r][c]]
        )
    )
    rows = _rows(grid, left, head_of, stubs, texts, table.columns)
    return Layout(table, texts, stubs, heads, rows, corner)


def _filled(line: Sequence[int], texts: Sequence[str], first: int = 0) -> list[int]:
    """The cells of a row, from a column on, that hold any text; each once."""
    return [k for k in dict.fromkeys(line[first:]) if k >= 0 and texts[k]]


def _top_rows(cells: Sequence[Cell], grid: list[list[int]], texts: Sequence[str], data: Sequence[bool]) -> int:
    """How many rows at the top are headers: those marked so; where none is, those without any data."""
    top = 0
    for line in grid:
        filled = _filled(line, texts)
        marked = all(k < 0 or cells[k].header for k in line)
        if (filled and all(cells[k].header for k in filled)) or (not filled and top and marked):
            top += 1
        else:
            break
    if top == len(grid):
        # All rows are marked as headers: none is more so than the next.
        top = 0
    if top == 0:
        for line in grid:
            filled = _filled(line, texts, 1)
            if len(filled) > 0 and not any(data[k] for k in filled):
                top += 1
                if top >= 4:
                    break
            else:
                break
        if top == len(grid) or not any(data):
            top = min(1, len(grid) - 1)
    return top


def _stub_columns(
    columns: int, grid: list[list[int]], body: Sequence[int], texts: Sequence[str], data: Sequence[bool], top: int
) -> int:
    stubs = 0
    for c in range(min(columns - 1, MAX_STUBS)):
        cells = [grid[r][c] for r in body]
        own = [k for k in dict.fromkeys(cells) if k >= 0 and texts[k] and not (c and k in _left_of(grid, body, c, k))]
        numbers = sum(data[k] for k in own)
        words = len(own) - numbers
        if c == 0:
            head = [texts[grid[r][0]] for r in range(top) if grid[r][0] >= 0]
            if words == 0 and numbers > 1 and head and label(head[-1]).lead not in ("", "p") and columns > 2:
                break
            stubs = 1
            continue
        headed = [texts[grid[r][c]] for r in range(top) if grid[r][c] >= 0 and texts[grid[r][c]]]
        typed = label(headed[-1]) if headed else None
        if typed is not None and (typed.p or typed.n is not None or typed.effect):
            break
        counts = typed is not None and numbers and _counts_time(headed[-1]) and c + 2 < columns
        if (
            (words and numbers <= 0.25 * len(own))
            or counts
            or (words and not headed and _indents(grid, body, texts, c))
        ):
            stubs = c + 1
        elif not own and c + 2 < columns and not headed and any(grid[r][c] >= 0 for r in body):
            continue  # an empty column that only makes room
        else:
            break
    return stubs


def _indents(grid: list[list[int]], body: Sequence[int], texts: Sequence[str], c: int) -> bool:
    """Whether a column holds the labels that are set in: all left of them is empty, and other labels span it too."""
    lines = [grid[r] for r in body]
    own = [line for line in lines if line[c] >= 0 and texts[line[c]] and line[c] != line[c - 1]]
    empty = all(k < 0 or not texts[k] for line in own for k in line[:c])
    return bool(own) and empty and any(line[c] == line[c - 1] >= 0 and line[c + 1] != line[c] for line in lines)


def _left_of(grid: list[list[int]], body: Sequence[int], c: int, k: int) -> set[int]:
    """The cell itself, where it also covers the column to the left."""
    return {k} if any(grid[r][c - 1] == k for r in body[:200]) else set()


def _counts_time(head: str) -> bool:
    low = head.lower()
    return low.split("(")[0].strip() in (
        "week", "weeks", "day", "days", "month", "months", "time", "visit", "hour", "hours", "year", "time point",
        "timepoint", "period",
    )  # fmt: skip


def _is_header_line(line: Sequence[int], stubs: int, texts: Sequence[str], data: Sequence[bool]) -> bool:
    filled = _filled(line, texts, stubs)
    if sizes_of(line, stubs, texts) and _filled(line[:stubs], texts):
        return False
    if len(filled) < 2 or any(data[k] or len(texts[k]) > 80 for k in filled):
        return False
    if len({texts[k] for k in filled}) < 2 and not any(label(texts[k]).n is not None for k in filled):
        return False
    return not any(shape(texts[k]).kind == "empty" for k in filled)


def _heads_all(line: Sequence[int], stubs: int, texts: Sequence[str], data: Sequence[bool]) -> bool:
    """Whether a row without a label, before any data, says something of its columns: "Mean (SD)" over all of them."""
    filled = _filled(line, texts, stubs)
    return bool(filled) and not _filled(line[:stubs], texts) and not any(data[k] or len(texts[k]) > 80 for k in filled)


def sizes_of(line: Sequence[int], stubs: int, texts: Sequence[str]) -> dict[int, int]:
    """Column -> n of a row whose cells print nothing but sizes ("n = 19", "n = 22"); empty where it prints more."""
    out: dict[int, int] = {}
    for c in range(stubs, len(line)):
        k = line[c]
        if k < 0 or not texts[k]:
            continue
        one = label(texts[k])
        if one.n is None or one.name:
            return {}
        out[c] = one.n
    return out


def _heads(
    grid: list[list[int]], top: int, body: Sequence[int], stubs: int, texts: Sequence[str], data: Sequence[bool]
) -> tuple[list[Head], list[int], list[int]]:
    """The sets of header rows, the set that holds for each row below, and the rows that are left as body."""
    base = list(range(top))
    heads = [Head(base)]
    head_of: list[int] = []
    left: list[int] = []
    typed = sum(1 for r in body if any(k >= 0 and data[k] for k in grid[r][stubs:]))
    if typed * 3 < len(body):
        return heads, [0] * len(body), list(body)  # a table of words: every row would look like a header
    run: list[int] = []
    seen = False
    for r in body:
        if _is_header_line(grid[r], stubs, texts, data) or (not seen and _heads_all(grid[r], stubs, texts, data)):
            run.append(r)
            continue
        if run:
            restates = bool(base) and len(_filled(grid[run[-1]], texts, stubs)) >= len(
                _filled(grid[base[-1]], texts, stubs)
            )
            first = not seen
            kept = (
                base
                if first or not restates
                else [b for b in base if len(_filled(grid[b], texts, stubs)) == 1 and b == 0]
                if any(_names(texts[k]) for k in _filled(grid[run[-1]], texts, stubs))
                else [b for b in base if any(_names(texts[k]) for k in _filled(grid[b], texts, stubs))]
            )
            heads.append(Head([*kept, *run]))
            if first:
                heads = [Head([*base, *run])]
            run = []
        if any(k >= 0 and data[k] for k in grid[r][stubs:]):
            seen = True
        left.append(r)
        head_of.append(len(heads) - 1)
    return heads, head_of, left


def _names(text: str) -> bool:
    """Whether a header names anything: "Number of participants (%) at week 24" says only what is counted, and when."""
    one = label(text)
    return bool(one.name) and not one.p and not one.whole


def _column_paths(
    grid: list[list[int]], rows: Sequence[int], columns: int, texts: Sequence[str]
) -> list[tuple[int, ...]]:
    paths = []
    for c in range(columns):
        path: list[int] = []
        for r in rows:
            k = grid[r][c]
            if k >= 0 and texts[k] and (not path or (path[-1] != k and texts[path[-1]] != texts[k])):
                path.append(k)
        paths.append(tuple(path))
    return paths


def _rows(
    grid: list[list[int]], body: Sequence[int], head_of: Sequence[int], stubs: int, texts: Sequence[str], columns: int
) -> list[Row]:
    out: list[Row] = []
    sections: list[tuple[str, bool]] = []
    last: list[str] = [""] * stubs
    fresh = False  # the row before was a section
    indented = stubs > 1 and _indents(grid, body, texts, 1)
    parent = ""
    marked_children = False
    for r, head in zip(body, head_of, strict=True):
        line = grid[r]
        filled = _filled(line, texts, stubs)
        stub_cells = [k for k in dict.fromkeys(line[:stubs]) if k >= 0 and texts[k]]
        spanning = bool(stub_cells) and line[0] >= 0 and columns > stubs and line[stubs] == line[0]
        typed_p = [k for k in filled if shape(texts[k]).kind == "ns" or texts[k][:1] in "<>.01"] if stub_cells else []
        only_p = (
            bool(filled)
            and len(filled) == 1
            and filled == typed_p
            and len(set(line[stubs:])) > 2
            and line[columns - 1] == filled[0]
        )
        sized = bool(stub_cells) and len(filled) > 1 and bool(sizes_of(line, stubs, texts))
        if stub_cells and (spanning or not filled or only_p or sized):
            name = texts[stub_cells[0]]
            if len(stub_cells) > 1 and not spanning:
                name = " ".join(texts[k] for k in stub_cells)
            if not clean(name):
                continue
            over = spanning or sized  # a line of sizes heads all that follows, sections too
            if fresh:
                sections.append((name, over))
            else:
                same = [i for i, (_, style) in enumerate(sections) if style == over]
                keep = same[-1] if same else len(sections)
                if not same and sections and over and not sections[-1][1]:
                    keep = 0
                sections = [*sections[:keep], (name, over)]
            sections = sections[-4:]
            fresh, parent, marked_children = True, "", False
            last = [name, *[""] * (stubs - 1)] if stubs else []
            out.append(Row(r, tuple(s for s, _ in sections), line, head, section=True))
            continue
        if not stub_cells:
            if filled and out:
                path = out[-1].path
                out.append(Row(r, path, line, head, continued=True))
            elif filled:
                out.append(Row(r, (), line, head))
            continue
        if indented and line[0] == line[1] >= 0:
            sections = [kept for kept in sections if kept[1]]  # back at the margin: the section is over
        first_text = texts[stub_cells[0]]
        marked = first_text.startswith(_BULLETS) and not first_text[1:2].isdigit()
        if fresh:
            marked_children = marked
        elif marked_children and not marked and sections:
            sections = sections[:-1]
            marked_children = False
        fresh = False
        path_texts = [s for s, _ in sections]
        own: list[str] = []
        deepest = max((c for c in range(stubs) if line[c] >= 0 and texts[line[c]]), default=-1)
        for c in range(deepest + 1):
            k = line[c]
            printed = texts[k] if k >= 0 else ""
            if printed:
                if printed != last[c]:
                    last[c + 1 :] = [""] * (stubs - c - 1)
                last[c] = printed
            else:
                printed = last[c]
            if printed and (not own or own[-1] != printed):
                own.append(printed)
        if marked and not marked_children and parent:
            path_texts.append(parent)
        elif not marked:
            parent = own[-1] if own else ""
        for printed in own:
            if not path_texts or path_texts[-1] != printed:
                path_texts.append(printed)
        out.append(Row(r, tuple(path_texts), line, head))
    return out


__all__ = ["MAX_GRID", "Head", "Layout", "Row", "is_data", "lay_out", "sizes_of"]
