"""What every reader's Document keeps, asked in the tests of each of them."""

from __future__ import annotations

from trialtab.model import Document


def check_promises(document: Document) -> None:
    """What every Document keeps: blocks in order and apart, cells inside their tables, offsets inside the text."""
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        quote = document.text[block.start : block.end]
        assert quote == quote.strip() or (block.kind == "table" and quote.strip())  # its first cell may be empty
        end = block.end
    for table in document.tables:
        assert 0 <= table.start <= table.end <= len(document.text)
        taken = set()
        for cell in table.cells:
            assert table.start <= cell.start <= cell.end <= table.end
            assert cell.row_span >= 1 and cell.column_span >= 1
            assert cell.row + cell.row_span <= table.rows
            assert cell.column + cell.column_span <= table.columns
            assert (cell.row, cell.column) not in taken
            taken.add((cell.row, cell.column))
    document.text.encode("utf-8")  # no lone surrogates
    assert "\0" not in document.text
