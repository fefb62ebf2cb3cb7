"""Tables of PDFs: grids on small pages written by hand, each cell's text told exactly, and promises on real papers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from clock import grows_as_its_size
from pdf_by_hand import PROSE, Printed, block_with, keeps_words, lines, of_kind, read
from trialtab.model import Document, Table
from trialtab.readers.pdf import read_pdf

# ---- tables in a few lines -----------------------------------------------------------------------------------------


def cells(
    xs: Sequence[float], top: float, rows: Sequence[Sequence[str]], step: float = 14, **how: object
) -> list[Printed]:
    """Rows of cells whose left edges are at `xs`; an empty string prints nothing."""
    return [
        (x, top + k * step, text, {"size": 8, **how})
        for k, row in enumerate(rows)
        for x, text in zip(xs, row, strict=True)
        if text
    ]


def rule(x0: float, x1: float, top: float) -> Printed:
    return (x0, top, "", {"to": (x1, top)})


def upright(x: float, top: float, bottom: float) -> Printed:
    return (x, top, "", {"to": (x, bottom)})


def caption(text: str, top: float = 200, x: float = 50) -> Printed:
    return (x, top, text, {"size": 9, "bold": True})


def page(*printed: Printed | Sequence[Printed]) -> list[Printed]:
    """A page of running text above and below what is given."""
    out: list[Printed] = [*lines(50, 60, PROSE), *lines(50, 130, PROSE)]
    for one in printed:
        if isinstance(one, list):
            out += one
        else:
            out.append(one)  # type: ignore[arg-type]
    return [*out, *lines(50, 680, PROSE), *lines(50, 745, PROSE[:3])]


FRONT = [*lines(50, 60, PROSE), *lines(50, 130, PROSE), *lines(50, 200, PROSE), *lines(50, 270, PROSE)]


def grid(document: Document, table: Table | None = None) -> list[list[str]]:
    """The texts of a table's cells, row by row, without what spans cover."""
    if table is None:
        (table,) = document.tables
    rows: list[list[str]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(document.text[cell.start : cell.end])
    return rows


def spans(table: Table, header: bool = True) -> list[tuple[int, int, int, int]]:
    """Row, column, row span and column span of the header's cells that span."""
    return [
        (c.row, c.column, c.row_span, c.column_span)
        for c in table.cells
        if c.header == header and (c.row_span, c.column_span) != (1, 1)
    ]


EVENTS = [
    ("Event", "New drug (n=40)", "Old drug (n=41)", "P value"),
    ("Anaemia", "3 (7.5%)", "5 (12.2%)", "0.71"),
    ("Fever", "10 (25.0%)", "12 (29.3%)", "0.66"),
    ("Infection", "8 (20.0%)", "9 (22.0%)", "0.83"),
]
XS = (50, 160, 260, 360)

# ---- the table of a journal ----------------------------------------------------------------------------------------


def journal() -> list[Printed]:
    return page(
        caption("Table 1. Adverse events in the two groups"),
        rule(50, 420, 208),
        cells(XS, 220, EVENTS[:1]),
        rule(50, 420, 226),
        cells(XS, 238, EVENTS[1:]),
        rule(50, 420, 272),
        (50, 282, "Data are n (%). P values are of the exact test, two-sided and unadjusted.", {"size": 7}),
    )


def test_a_table_of_three_rules() -> None:
    document = read([FRONT, journal()])
    (table,) = document.tables
    assert grid(document) == [list(row) for row in EVENTS]
    assert (table.label, table.rows, table.columns) == ("Table 1", 4, 4)
    assert [cell.header for cell in table.cells] == [True] * 4 + [False] * 12
    assert table.caption is not None
    assert document.text[table.caption.start : table.caption.end] == "Table 1. Adverse events in the two groups"
    (note,) = table.footnotes
    assert document.text[note.start : note.end].startswith("Data are n (%). P values")
    block = block_with(document, "Anaemia\t3 (7.5%)")
    assert (block.kind, block.section, block.start, block.end) == ("table", "table", table.start, table.end)
    assert document.text[table.start : table.end] == "\n".join("\t".join(row) for row in EVENTS)


def test_every_cell_has_its_box() -> None:
    document = read([FRONT, journal()])
    (table,) = document.tables
    cell = next(c for c in table.cells if document.text[c.start : c.end] == "12 (29.3%)")
    (box,) = document.boxes(cell.start, cell.end)
    assert box.page == 2
    assert 259 < box.x0 < 262 and 290 < box.x1 < 310
    assert 243 < box.top < box.bottom < 256


def test_the_prose_around_a_table_is_left_alone() -> None:
    document = read([FRONT, journal()])
    assert " ".join(of_kind(document, "paragraph")).count("longer time to relapse") == 8
    assert not any("Anaemia" in text for text in of_kind(document, "paragraph"))


def test_rules_in_a_form_are_rules() -> None:
    """Only the rule tells that two rows of words are the header."""
    names = [("Trait", "Those who had", "Those who had"), ("", "the new drug", "the old drug")]
    body = [("Colour", "Mostly red", "Mostly blue"), ("Shape", "Quite round", "Quite flat"), ("Size", "Small", "Large")]
    printed = page(
        caption("Table 1. Traits of the two groups"),
        rule(50, 420, 208),
        cells(XS[:3], 220, names, step=10),
        rule(50, 420, 236),
        cells(XS[:3], 250, body),
        rule(50, 420, 286),
    )
    for form in (False, True):
        document = read([FRONT, printed], form=form)
        assert grid(document) == [
            ["Trait", "Those who had the new drug", "Those who had the old drug"],
            *[list(row) for row in body],
        ]
        assert sum(cell.header for cell in document.tables[0].cells) == 3


def test_a_table_without_rules() -> None:
    document = read([FRONT, page(caption("Table 1. Adverse events"), cells(XS, 220, EVENTS))])
    assert grid(document) == [list(row) for row in EVENTS]
    assert sum(cell.header for cell in document.tables[0].cells) == 4


def test_the_table_of_a_report_of_one_page() -> None:
    assert grid(read([journal()])) == [list(row) for row in EVENTS]


# ---- cells of several lines ----------------------------------------------------------------------------------------


def body_of(rows: list[Printed]) -> list[list[str]]:
    last = max(top for _, top, *_ in rows) + 8
    document = read(
        [
            FRONT,
            page(
                caption("Table 2 Outcomes"),
                rule(50, 420, 208),
                cells(XS, 220, [("Outcome", "New", "Old", "P")]),
                rule(50, 420, 226),
                rows,
                rule(50, 420, last),
            ),
        ]
    )
    return grid(document)[1:]


def test_lines_set_tighter_than_rows_are_one_cell() -> None:
    rows = [
        *cells(XS, 240, [("Death or a stay in", "12 (30%)", "20 (49%)", "0.04"), ("hospital", "", "", "")], step=9),
        *cells(XS, 264, [("Stroke", "3 (8%)", "4 (10%)", "0.71")]),
        *cells(XS, 279, [("Bleeding that led to", "1 (3%)", "0", "0.49"), ("Transfusion", "", "", "")], step=9),
        *cells(XS, 303, [("Fall", "5 (13%)", "6 (15%)", "0.75")]),
    ]
    assert body_of(rows) == [
        ["Death or a stay in hospital", "12 (30%)", "20 (49%)", "0.04"],
        ["Stroke", "3 (8%)", "4 (10%)", "0.71"],
        ["Bleeding that led to Transfusion", "1 (3%)", "0", "0.49"],
        ["Fall", "5 (13%)", "6 (15%)", "0.75"],
    ]


def test_lines_set_as_rows_are_told_by_what_stands_in_them() -> None:
    rows = cells(
        XS,
        238,
        [
            ("Change of the pressure", "-8.2", "-0.4", "0.02"),
            ("", "(-13.7 to -2.6)", "(-5.0 to 4.2)", ""),
            ("Haemoglobin at the end of", "11.2", "10.9", "0.31"),
            ("the trial", "", "", ""),
            ("Quality of life", "", "", ""),
            ("Fever", "3", "4", "0.71"),
            ("Cough", "5", "6", "0.75"),
        ],
        step=10,
    )
    assert body_of(rows) == [
        ["Change of the pressure", "-8.2 (-13.7 to -2.6)", "-0.4 (-5.0 to 4.2)", "0.02"],
        ["Haemoglobin at the end of the trial", "11.2", "10.9", "0.31"],
        ["Quality of life", "", "", ""],
        ["Fever", "3", "4", "0.71"],
        ["Cough", "5", "6", "0.75"],
    ]


def test_a_second_row_of_numbers_is_a_row() -> None:
    rows = cells(XS, 238, [("Fatigue", "n = 65", "n = 66", ""), ("", "33 (51%)", "40 (61%)", "0.2")], step=10)
    assert body_of([*rows, *cells(XS, 258, [("Cough", "5", "6", "0.75")])]) == [
        ["Fatigue", "n = 65", "n = 66", ""],
        ["", "33 (51%)", "40 (61%)", "0.2"],
        ["Cough", "5", "6", "0.75"],
    ]


def test_cells_centred_in_height() -> None:
    rows = []
    for k, (name, more, *numbers) in enumerate(
        [("Death or a", "stay in hospital", "12", "20", "0.04"), ("Bleeding or", "a transfusion", "1", "0", "0.49")]
    ):
        top = 240 + 20 * k
        rows += cells(XS, top, [(name, "", "", "")])
        rows += cells(XS, top + 4.6, [("", *numbers)])
        rows += cells(XS, top + 9.2, [(more, "", "", "")])
    assert body_of(rows) == [
        ["Death or a stay in hospital", "12", "20", "0.04"],
        ["Bleeding or a transfusion", "1", "0", "0.49"],
    ]


def test_a_word_cut_at_the_end_of_a_line_of_a_cell_is_whole() -> None:
    rows = [
        *cells(XS, 240, [("Gastro-intesti-", "12", "20", "0.04"), ("nal events", "", "", "")], step=9),
        *cells(XS, 264, [("Stroke", "3", "4", "0.71")]),
        *cells(XS, 279, [("Fall", "5", "6", "0.75")]),
    ]
    assert body_of(rows)[0] == ["Gastro-intestinal events", "12", "20", "0.04"]


def test_a_ruled_table_has_a_row_between_two_rules() -> None:
    xs, tops = (54, 164, 264), (208, 222, 246, 270, 294)
    rows = [("Outcome", "New", "Old"), ("Mean of the", "7.5", "8.1"), ("Mean of all", "9.0", "9.9"), ("Dose", "1", "2")]
    more = [("", "", ""), ("Score", "Points", "Points"), ("Days", "Days", "Days"), ("", "mg", "mg")]
    printed = [rule(50, 360, top) for top in tops] + [upright(x, tops[0], tops[-1]) for x in (50, 160, 260, 360)]
    for top, row, second in zip(tops, rows, more, strict=False):
        printed += cells(xs, top + 10, [row, second], step=10)
    document = read([FRONT, page(caption("Table 3. Scores"), printed)])
    assert grid(document) == [
        ["Outcome", "New", "Old"],
        ["Mean of the Score", "7.5 Points", "8.1 Points"],
        ["Mean of all Days", "9.0 Days", "9.9 Days"],
        ["Dose", "1 mg", "2 mg"],
    ]


# ---- headers -------------------------------------------------------------------------------------------------------

HALVES = [
    ("Anaemia", "3", "7.5", "5", "12.2"),
    ("Fever", "10", "25.0", "12", "29.3"),
    ("Cough", "8", "20.0", "9", "22"),
]
FIVE = (50, 160, 220, 280, 340)


def halves(*spanners: Printed) -> Document:
    return read(
        [
            FRONT,
            page(
                caption("Table 1. Adverse events"),
                rule(50, 400, 208),
                [(180, 220, "New drug", {"size": 8}), (300, 220, "Old drug", {"size": 8}), *spanners],
                cells(FIVE, 236, [("Event", "No.", "%", "No.", "%")]),
                rule(50, 400, 242),
                cells(FIVE, 256, HALVES),
                rule(50, 400, 290),
            ),
        ]
    )


@pytest.mark.parametrize("spanners", [(), (rule(160, 260, 225), rule(280, 380, 225))], ids=["centred", "ruled"])
def test_a_header_of_two_levels(spanners: tuple[Printed, ...]) -> None:
    document = halves(*spanners)
    assert grid(document) == [
        ["Event", "New drug", "Old drug"],
        ["No.", "%", "No.", "%"],
        *[list(row) for row in HALVES],
    ]
    assert spans(document.tables[0]) == [(0, 0, 2, 1), (0, 1, 1, 2), (0, 3, 1, 2)]


def test_a_single_name_above_a_rule_is_that_of_all_columns() -> None:
    body = [("Weight", "72 [68, 80]", "70 [64, 77]", "0.41"), ("Height", "1.7 [1.6, 1.8]", "1.6 [1.5, 1.7]", "0.33")]
    document = read(
        [
            FRONT,
            page(
                caption("Table 1. Size"), rule(50, 420, 208), (160, 218, "Groups", {"size": 8}), rule(50, 420, 222),
                cells(XS, 234, [("Trait", "New drug", "Old drug", "P")]), rule(50, 420, 240), cells(XS, 252, body),
                rule(50, 420, 274),
            ),
        ]
    )  # fmt: skip
    assert grid(document) == [["Trait", "Groups"], ["New drug", "Old drug", "P"], *map(list, body)]
    assert spans(document.tables[0]) == [(0, 0, 2, 1), (0, 1, 1, 3)]


def test_names_above_columns_that_repeat() -> None:
    """No rule below the names and none of them as wide as its columns: the columns repeat."""
    xs = (50, 150, 230, 310, 390, 470)
    body = [("Weight", "72.1", "70.4", "73.0", "72.8", "0.02"), ("Height", "171", "171", "170", "170", "0.90")]
    document = read(
        [
            FRONT,
            page(
                caption("Table 1. Size"), rule(50, 520, 208), cells((150, 310), 218, [("New drug", "Old drug")]),
                cells(xs, 230, [("Trait", "Before", "After", "Before", "After", "P")]), rule(50, 520, 236),
                cells(xs, 248, body), rule(50, 520, 268),
            ),
        ]
    )  # fmt: skip
    assert grid(document) == [
        ["Trait", "New drug", "Old drug", "P"], ["Before", "After", "Before", "After"], *map(list, body)
    ]  # fmt: skip
    assert spans(document.tables[0]) == [(0, 0, 2, 1), (0, 1, 1, 2), (0, 3, 1, 2), (0, 5, 2, 1)]


def test_columns_named_by_times_are_a_header() -> None:
    rows = [("Outcome", "5 days", "10 days"), ("Cure", "165 (84)", "171 (85)"), ("Relapse", "17 (9)", "14 (7)")]
    document = read([FRONT, page(caption("Table 1. Outcomes"), rule(50, 420, 208), cells(XS[:3], 220, rows[:1]),
                                 rule(50, 420, 226), cells(XS[:3], 238, rows[1:]), rule(50, 420, 260))])  # fmt: skip
    assert grid(document) == [list(row) for row in rows]
    assert [cell.header for cell in document.tables[0].cells] == [True] * 3 + [False] * 6


def test_a_number_below_the_bracket_of_another_is_a_row() -> None:
    """Cells of two lines, rows set hardly further apart, names of sections further still."""
    printed: list[Printed] = []
    top = 238.0
    for k in range(8):
        if k % 4 == 0:
            printed += [(50, top, f"Section {k}", {"size": 8})]
            top += 15
        printed += cells(XS, top, [(f"Event {k}", f"{k + 20}", f"{k + 30}", "0.2")])
        printed += cells(XS, top + 9.2, [("", f"({k}.5)", f"({k}.7)", "")])
        top += 21.4
    document = read(
        [
            FRONT,
            page(caption("Table 1. Events"), rule(50, 420, 208), cells(XS, 220, EVENTS[:1]), rule(50, 420, 226),
                 printed, rule(50, 420, top - 6)),
        ]
    )  # fmt: skip
    assert [row for row in grid(document)[1:] if row[1]] == [
        [f"Event {k}", f"{k + 20} ({k}.5)", f"{k + 30} ({k}.7)", "0.2"] for k in range(8)
    ]


def test_a_short_sentence_below_the_last_row_is_a_footnote() -> None:
    document = read([FRONT, page(caption("Table 1. Events"), cells(XS, 220, EVENTS),
                                 (50, 276, "All data are patients.", {"size": 7}))])  # fmt: skip
    assert grid(document) == [list(row) for row in EVENTS]
    (note,) = document.tables[0].footnotes
    assert document.text[note.start : note.end] == "All data are patients."


def test_names_of_a_header_that_nearly_touch() -> None:
    """Set one beside the other with no more than a blank between them, each where its column begins."""
    names = [(50, 220, "Event", {"size": 8}), (160, 220, "Cyclophosphamide", {"size": 8})]
    names.append((231.5, 220, "Globulin (n=118)", {"size": 8}))
    body = cells((50, 160, 231.5), 238, [("Fever", "58", "57"), ("Cough", "50", "47"), ("Fall", "77", "75")])
    document = read([FRONT, page(caption("Table 1. Events"), rule(50, 300, 208), names, rule(50, 300, 226), body)])
    assert grid(document)[:2] == [["Event", "Cyclophosphamide", "Globulin (n=118)"], ["Fever", "58", "57"]]


def test_a_section_runs_over_the_columns() -> None:
    rows = [
        ("Any event", "20", "22", "0.7"),
        ("", "", "", ""),
        ("Fever", "3", "4", "0.71"),
        ("Cough", "5", "6", "0.75"),
    ]
    name = (50, 252, "Events that led to a stay in hospital or to death", {"size": 8})
    document = read([FRONT, page(caption("Table 4. Events"), cells(XS, 224, [EVENTS[0], *rows]), name)])
    assert grid(document)[2][0] == "Events that led to a stay in hospital or to death"
    assert spans(document.tables[0], header=False) == [(2, 0, 1, 2)]
    assert grid(document)[3] == ["Fever", "3", "4", "0.71"]


# ---- where tables stand --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("across", [False, True])
def test_two_tables_side_by_side(across: bool) -> None:
    def half(x: float, number: int, rows: Sequence[Sequence[str]]) -> list[Printed]:
        return [
            caption(f"Table {number}. Events of part {number}", x=x),
            rule(x, x + 220, 208),
            *cells((x, x + 100, x + 160), 220, [("Event", "New", "Old")]),
            rule(x, x + 220, 226),
            *cells((x, x + 100, x + 160), 238, rows),
            rule(x, x + 220, 286),
        ]

    left = [("Anaemia", "3", "5"), ("Fever", "10", "12"), ("Cough", "8", "9")]
    right = [("Stroke", "1", "2"), ("Death", "4", "6"), ("Fall", "0", "7")]
    printed = half(50, 1, left) + half(310, 2, right)
    if across:  # the file prints captions first, then rows straight across both
        printed.sort(key=lambda one: (one[1] > 210, one[1] if one[1] > 210 else one[0]))
    document = read([FRONT, page(printed)])
    assert [grid(document, table) for table in document.tables] == [
        [["Event", "New", "Old"], *[list(row) for row in left]],
        [["Event", "New", "Old"], *[list(row) for row in right]],
    ]
    assert [table.label for table in document.tables] == ["Table 1", "Table 2"]


def test_a_table_in_one_column_of_two() -> None:
    xs = (50, 130, 190)
    rows = [("Event", "New", "Old"), ("Anaemia", "3", "5"), ("Fever", "10", "12"), ("Cough", "8", "9")]
    text = [f"right line {k} holds some words of the second part" for k in range(30)]
    left = [f"left line {k} holds some words of the first column" for k in range(14)]
    table = [
        caption("Table 1. Events in both groups", 60),
        rule(50, 240, 66),
        *cells(xs, 78, rows[:1]),
        rule(50, 240, 84),
    ]
    table += [*cells(xs, 96, rows[1:]), rule(50, 240, 132)]
    document = read([FRONT, [*table, *lines(50, 160, left, size=9), *lines(320, 60, text, size=9)]])
    assert grid(document) == [list(row) for row in rows]
    assert "right line 4 holds some words of the second part right line 5" in document.text


@pytest.mark.parametrize(("way", "x", "y", "right", "step"), [("up", 280, 600, 14, -110), ("down", 360, 180, -14, 110)])
def test_a_table_that_lies_on_its_side(way: str, x: float, y: float, right: float, step: float) -> None:
    """Text that runs up or down the page: the table's rows stand beside each other, from its caption on."""
    printed: list[Printed] = [
        (x, y, "Table 1. Adverse events in the two groups", {"way": way, "size": 9, "bold": True})
    ]
    for k, row in enumerate(EVENTS):
        at = x + 1.5 * right + k * right
        printed += [(at, y + step * c, text, {"way": way, "size": 8}) for c, text in enumerate(row)]
    document = read([FRONT, [*lines(50, 60, PROSE), *printed, *lines(50, 680, PROSE)]])
    assert grid(document) == [list(row) for row in EVENTS]
    (table,) = document.tables
    cell = next(c for c in table.cells if document.text[c.start : c.end] == "12 (29.3%)")
    (box,) = document.boxes(cell.start, cell.end)
    at = x + 3.5 * right
    assert at - 10 < box.x0 < box.x1 < at + 10 and box.bottom - box.top > 25


def test_a_table_on_a_page_that_lies_on_its_side() -> None:
    up = {"up": True, "size": 8}
    rows = [(120 + 14 * k, 700 - 150 * c, text, up) for k, row in enumerate(EVENTS) for c, text in enumerate(row)]
    title = (100, 700, "Table 1. Adverse events in the two groups", {"up": True, "size": 9, "bold": True})
    document = read([FRONT, [title, *rows]])
    assert grid(document) == [list(row) for row in EVENTS]


def long_table(first: int, last: int, top: float) -> list[Printed]:
    return cells(XS, top, [(f"Event {k}", f"{k} ({k}.5%)", f"{k + 1} ({k}.1%)", f"0.{k}") for k in range(first, last)])


@pytest.mark.parametrize("named", [True, False], ids=["caption", "no caption"])
def test_a_table_goes_on_on_the_next_page(named: bool) -> None:
    """One table, the header that is printed again left out of it."""
    upper = [caption("Table 1. Events", 150), *cells(XS, 170, EVENTS[:1]), rule(50, 420, 176), *long_table(10, 50, 190)]
    lower = [*([caption("Table 1. (continued)", 60)] if named else []), *cells(XS, 80, EVENTS[:1]), rule(50, 420, 86)]
    lower += [*long_table(50, 70, 100), rule(50, 420, 372), *lines(50, 420, PROSE), *lines(50, 500, PROSE)]
    document = read([FRONT, [*lines(50, 60, PROSE), *upper], lower])
    (table,) = document.tables
    assert grid(document) == [
        list(EVENTS[0]),
        *[[f"Event {k}", f"{k} ({k}.5%)", f"{k + 1} ({k}.1%)", f"0.{k}"] for k in range(10, 70)],
    ]
    assert table.label == "Table 1" and table.caption is not None
    assert document.text[table.caption.start : table.caption.end] == "Table 1. Events"
    pages = {box.page for cell in table.cells for box in document.boxes(cell.start, cell.end)}
    assert pages == {2, 3}


def test_a_further_part_without_a_header_has_that_of_the_first() -> None:
    upper = [caption("Table 1. Events", 150), *cells(XS, 170, EVENTS[:1]), rule(50, 420, 176), *long_table(10, 50, 190)]
    lower = [caption("Table 1. Events (continued)", 60), rule(50, 420, 66), (50, 80, "Infections", {"size": 8})]
    lower += [*long_table(50, 70, 94), rule(50, 420, 366), *lines(50, 420, PROSE), *lines(50, 500, PROSE)]
    document = read([FRONT, [*lines(50, 60, PROSE), *upper], lower])
    (table,) = document.tables
    assert grid(document)[0] == list(EVENTS[0])
    assert grid(document)[41:43] == [["Infections", "", "", ""], ["Event 50", "50 (50.5%)", "51 (50.1%)", "0.50"]]
    assert {cell.row for cell in table.cells if cell.header} == {0}


def test_another_table_of_the_same_name_is_another_table() -> None:
    upper = [caption("Table 1. Events", 150), *cells(XS, 170, EVENTS[:1]), rule(50, 420, 176), *long_table(10, 50, 190)]
    lower = page(caption("Table 1. Events (continued)"), rule(50, 420, 208),
                 cells(XS, 220, [("Laboratory", "Before", "After", "Change"), *EVENTS[1:]]))  # fmt: skip
    document = read([FRONT, [*lines(50, 60, PROSE), *upper], lower])
    assert [grid(document, table)[0][0] for table in document.tables] == ["Event", "Laboratory"]


def test_a_caption_above_nothing_is_told() -> None:
    document = read([FRONT, page(caption("Table 7. Adverse events in the two groups"))])
    assert document.tables == ()
    assert "Table 7 on page 2: no grid found" in document.notices


def test_a_table_that_is_read_is_not_told() -> None:
    assert not [notice for notice in read([FRONT, journal()]).notices if "Table" in notice]


# ---- what is printed in cells --------------------------------------------------------------------------------------


def test_marks_stay_in_their_cells_and_footnotes_below() -> None:
    marked = [*EVENTS[1:3], ("Infection", "8 (20.0%)*", "9 (22.0%)\x86", "0.83")]
    document = read(
        [
            FRONT,
            page(
                caption("Table 1. Adverse events"),
                rule(50, 420, 208),
                cells(XS, 220, EVENTS[:1]),
                rule(50, 420, 226),
                cells(XS, 238, [(a, b, c.replace("\x86", "*"), d) for a, b, c, d in marked]),
                rule(50, 420, 272),
                (50, 282, "* One patient had two infections, both of which were counted in the group.", {"size": 7}),
                (50, 291, "The exact test was used for all comparisons of counts between the groups.", {"size": 7}),
            ),
        ]
    )
    assert grid(document)[-1] == ["Infection", "8 (20.0%)*", "9 (22.0%)*", "0.83"]
    told = " ".join(document.text[note.start : note.end] for note in document.tables[0].footnotes)
    assert told.startswith("* One patient had two infections") and told.endswith("between the groups.")


@pytest.mark.parametrize(("printed", "text"), [("Wu\xa8rzburg", "W\xfcrzburg"), ("W\xa8urzburg", "W\xfcrzburg")])
def test_accents_that_are_signs_of_their_own(printed: str, text: str) -> None:
    assert text in read([lines(50, 60, [f"The patients lived in {printed} at the time", *PROSE])]).text


# ---- hostile and real ----------------------------------------------------------------------------------------------


def test_a_page_full_of_cells_is_read_in_linear_time() -> None:
    def page(rows: int) -> list[list[object]]:
        xs = [10 + 9.6 * c for c in range(60)]
        body = cells(xs, 30, [[str(c % 10) for c in range(60)] for _ in range(rows)], step=730 / rows, size=3)
        return [FRONT, [caption("Table 1. Digits", 20), *body]]

    grows_as_its_size(page, read, 80, 320)
    assert sum(read(page(160)).text.count(digit) for digit in "0123456789") >= 60 * 160


def test_a_page_of_captions_is_no_page_of_tables() -> None:
    document = read([FRONT, [(50, 30 + 7 * k, f"Table {k}. Events", {"size": 5, "bold": True}) for k in range(1, 101)]])
    assert document.tables == ()
    assert any("more than 20 captions" in notice for notice in document.notices)


def test_tables_of_trials_keep_their_promises(shared: Path) -> None:
    for path in sorted((shared / "pdf" / "trials").glob("*.pdf")):
        (document,) = read_pdf(path.read_bytes(), path.name)
        keeps_words(document)
        assert document.tables, path.name
        for table in document.tables:
            assert table.rows > 1 and table.columns > 1 and table.label
            for cell in table.cells:
                text = document.text[cell.start : cell.end]
                assert "\n" not in text and "\t" not in text
                assert bool(text) == bool(document.boxes(cell.start, cell.end))
