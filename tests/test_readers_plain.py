"""Plain text and Markdown: the text is the file, and its blocks are stretches of it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clock import within
from document_promises import check_promises
from trialtab.errors import ReadError
from trialtab.model import Block, Document
from trialtab.readers.plain import read_plain


def plain(text: str) -> Document:
    (document,) = read_plain(text.encode(), "x.txt")
    check_promises(document)
    assert document.text == text
    return document


def said(document: Document, block: Block) -> str:
    return document.text[block.start : block.end]


def told(document: Document) -> list[tuple[str, str, str, str]]:
    return [(b.kind, b.section, b.part, said(document, b)) for b in document.blocks]


SUMMARY = """CD19 CAR T cells give lasting remission in an anaemia

1. In this prospective cohort, all 11 patients had a complete response.

2. Adverse events were mostly mild infections.

Evidence Rating Level: 2 (Good)

Study Rundown: Treatment is limited. The median follow-up was 12 months.

Click to read the study in a journal

Relevant Reading: Another trial of 15 patients

In-Depth [prospective cohort]: A total of 11 patients were treated. Median time was 45 days.

Image: PD

©2026 Examples, Inc. All rights reserved. No works may be reproduced without consent.
"""


def test_a_summary() -> None:
    document = plain(SUMMARY)
    assert told(document) == [
        ("title", "title", "", "CD19 CAR T cells give lasting remission in an anaemia"),
        ("item", "summary", "", "In this prospective cohort, all 11 patients had a complete response."),
        ("item", "summary", "", "Adverse events were mostly mild infections."),
        ("furniture", "summary", "", "Evidence Rating Level: 2 (Good)"),
        ("heading", "summary", "", "Study Rundown"),
        ("paragraph", "summary", "", "Treatment is limited. The median follow-up was 12 months."),
        ("furniture", "summary", "", "Click to read the study in a journal"),
        ("furniture", "summary", "", "Relevant Reading: Another trial of 15 patients"),
        ("heading", "summary", "results", "In-Depth [prospective cohort]"),
        ("paragraph", "summary", "results", "A total of 11 patients were treated. Median time was 45 days."),
        ("furniture", "summary", "results", "Image: PD"),
        ("furniture", "summary", "results", SUMMARY[SUMMARY.index("©") : -1]),
    ]
    assert document.source.evidence_level == "2 (Good)"
    assert document.source.title == "CD19 CAR T cells give lasting remission in an anaemia"
    assert document.blocks[9].heading == "In-Depth [prospective cohort]"


def test_the_same_summary_on_one_line_loses_no_evidence() -> None:
    document = plain(SUMMARY.replace("\n\n", " ").strip())
    evidence = " ".join(said(document, b) for b in document.blocks if b.kind in ("paragraph", "item"))
    for number in ("all 11 patients", "12 months", "A total of 11 patients", "45 days"):
        assert number in evidence
    for furniture in ("2 (Good)", "15 patients", "PD", "2026"):
        assert furniture not in evidence


MARKDOWN = """# A trial of drug A

## Abstract

**Background:** Few choices. **Results:** 4 of 11 (36%).

## Methods

### Patients

We enrolled 240 patients.

## Results

- Response: 81/120
- Safety
  went on here
1. first
2. second

Table 1. Outcomes by arm

| Outcome | A (N=120) | B (N=120) |
|---|---|---|
| Response | 81 (67.5%) | 60 (50.0%) |
| Death \\| all | 3 |  |

* P < 0.05

Discussion
----------

It works.

## References

1. Smith J. A paper. 2001;12:3-4.
2. Jones K. Another.
"""


def test_markdown() -> None:
    document = plain(MARKDOWN)
    assert document.format == "markdown"
    table = MARKDOWN[MARKDOWN.index("| Outcome") : MARKDOWN.index("\n\n* P")]
    assert told(document) == [
        ("title", "title", "", "A trial of drug A"),
        ("heading", "abstract", "", "Abstract"),
        ("heading", "abstract", "background", "Background"),
        ("paragraph", "abstract", "background", "Few choices."),
        ("heading", "abstract", "results", "Results"),
        ("paragraph", "abstract", "results", "4 of 11 (36%)."),
        ("heading", "methods", "methods", "Methods"),
        ("heading", "methods", "methods", "Patients"),
        ("paragraph", "methods", "methods", "We enrolled 240 patients."),
        ("heading", "results", "results", "Results"),
        ("item", "results", "results", "Response: 81/120"),
        ("item", "results", "results", "Safety\n  went on here"),
        ("item", "results", "results", "first"),
        ("item", "results", "results", "second"),
        ("caption", "caption", "results", "Table 1. Outcomes by arm"),
        ("table", "table", "results", table),
        ("footnote", "table", "results", "* P < 0.05"),
        ("heading", "discussion", "discussion", "Discussion"),
        ("paragraph", "discussion", "discussion", "It works."),
        ("heading", "references", "", "References"),
        ("reference", "references", "", "Smith J. A paper. 2001;12:3-4."),
        ("reference", "references", "", "Jones K. Another."),
    ]
    (grid,) = document.tables
    assert [(c.row, c.column, c.header, document.text[c.start : c.end]) for c in grid.cells] == [
        (0, 0, True, "Outcome"),
        (0, 1, True, "A (N=120)"),
        (0, 2, True, "B (N=120)"),
        (1, 0, False, "Response"),
        (1, 1, False, "81 (67.5%)"),
        (1, 2, False, "60 (50.0%)"),
        (2, 0, False, "Death \\| all"),
        (2, 1, False, "3"),
        (2, 2, False, ""),
    ]
    assert grid.label == "Table 1" and grid.caption is not None
    assert [document.text[s.start : s.end] for s in grid.footnotes] == ["* P < 0.05"]


def test_tables_of_tabs() -> None:
    document = plain("Outcomes of the trial were these:\n\nOutcome\tA\tB\nResponse\t12\t3\nDeath\t0\t1\n")
    (grid,) = document.tables
    assert (grid.rows, grid.columns) == (3, 3)
    assert document.text[grid.cells[4].start : grid.cells[4].end] == "12"


def test_labels_of_a_corpus_export() -> None:
    text = (
        "TITLE: \nAn engager in anaemia\n\n\nABSTRACT.BACKGROUND:\nFew choices.\n\n"
        "ABSTRACT.RESULTS:\n12 of 20.\n\nBODY.MATERIALS AND METHODS.\nWe gave it.\n"
    )
    document = plain(text)
    assert [t for t in told(document) if t[0] != "heading"] == [
        ("title", "title", "", "An engager in anaemia"),
        ("paragraph", "abstract", "background", "Few choices."),
        ("paragraph", "abstract", "results", "12 of 20."),
        ("paragraph", "methods", "methods", "We gave it."),
    ]


def test_an_article_in_plain_text() -> None:
    text = (
        "An engager in anaemia\n\nAbstract\n\nBackground\nFew choices.\n\nResults\n12 of 20.\n\n"
        "INTRODUCTION\n\nFew know.\n\n2. METHODS\n\nBlinded.\n\n3. RESULTS\n\nPatients were young.\n\n"
        "Adverse events\n\nFever in 3.\n\nReferences\n\n1. Smith. 2001.\n"
    )
    document = plain(text)
    assert [(b.section, b.part, said(document, b)) for b in document.blocks if b.kind not in ("heading", "title")] == [
        ("abstract", "background", "Few choices."),
        ("abstract", "results", "12 of 20."),
        ("background", "background", "Few know."),
        ("methods", "methods", "Blinded."),
        ("results", "results", "Patients were young."),
        ("results", "results", "Fever in 3."),
        ("references", "", "Smith. 2001."),
    ]


@pytest.mark.parametrize(
    "text", ["Of 20 patients, 12 (60%) responded.", "Of 20 patients\n12 (60%) responded and\n3 died within a year."]
)
def test_one_unlabelled_paragraph_is_an_abstract_of_unknown_part(text: str) -> None:
    assert told(plain(text)) == [("paragraph", "abstract", "", text)]


def test_a_structured_abstract_in_one_paragraph() -> None:
    document = plain("BACKGROUND: Few choices. METHODS: We gave it. RESULTS: 12 of 20 (60%).")
    assert [(b.section, b.part) for b in document.blocks if b.kind == "paragraph"] == [
        ("abstract", "background"),
        ("abstract", "methods"),
        ("abstract", "results"),
    ]


def test_hard_wrapped_text_is_one_block() -> None:
    text = (
        "Of the twenty patients who were treated with the engager in this trial, twelve (60%)\n"
        "had a complete response after a median of\n45. The remaining eight patients went on to other\n"
        "treatments, and two of them died."
    )
    assert len(plain(text).blocks) == 1


def test_long_lines_are_paragraphs_of_their_own() -> None:
    line = "Of the twenty patients who were treated with the engager in this trial, twelve had a response. " * 2
    assert len(plain(f"{line}\n{line}\n{line}").blocks) == 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay(end: str) -> None:
    document = plain(f"Results{end}{end}12 of 20{end}responded.{end}")
    assert said(document, document.blocks[-1]) == f"12 of 20{end}responded."


def test_control_characters_keep_their_place() -> None:
    (document,) = read_plain(b"HR 0.71\0\0 (95% CI\x1b 0.50 to 0.90)\0", "x")
    check_promises(document)
    assert document.text == "HR 0.71   (95% CI  0.50 to 0.90) "
    assert "control characters" in document.notices[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding: str) -> None:
    text = "Hazard ratio 0·71 (0·50–0·90), naïve ± 2"
    assert read_plain(text.encode(encoding), "x")[0].text == text


def test_unseen_and_odd_characters_stay_in_the_text() -> None:
    plain("HR 0.\u200b71 (95\u00a0% CI 0·50–0·90) \u202e09.0\u202c \ufb01ne −1.5")


def test_identifiers_of_references_are_not_the_reports_own() -> None:
    document = plain(
        "Trial NCT01234567, doi:10.1000/own.\n\nResults\n\n12 of 20.\n\nReferences\n\n1. NCT76543210 10.1000/other\n"
    )
    assert document.source.nct == ("NCT01234567",)
    assert document.source.doi == "10.1000/own"


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "empty file"), (b" \n\0", "blanks"), (b"---\n***", "not one letter"), (b"a\n" * 300_000, "lines")],
)
def test_refusals(data: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words):
        read_plain(data, "x")


@pytest.mark.parametrize(
    "hard",
    [
        "95% CI " + "0" * 700_000,
        "x" + " " * 700_000 + "y",
        "(" * 700_000 + "a",
        "Image: " * 50_000,
        "| a" * 200_000,
        "**" * 300_000 + "a",
        "1. a\n" * 50_000,
        "a\tb\n" * 50_000,
        "10.1000/" * 80_000,
        "#" * 300_000 + " a",
        "a|\n-" * 50_000,
    ],
)
def test_hostile_text_stays_linear(hard: str) -> None:
    with within(5):
        plain(hard)


LINES = [
    "Results",
    "RESULTS:",
    "# A",
    "## Methods",
    "- item",
    "1. one",
    "2. two",
    "| a | b |",
    "|--|--|",
    "---",
    "a\tb",
    "",
    "",
    "12 of 20.",
    "Study Rundown: 3.",
    "In-Depth [trial]: 4",
    "Image: x",
    "TITLE:",
    "ABSTRACT.RESULTS:",
    "References",
    "**Bold**",
    "Table 1. X",
    "* note",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=25),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_lines_give_a_document_or_a_read_error(lines: list[str], end: str) -> None:
    try:
        (document,) = read_plain(end.join(lines).encode("utf-8", "replace"), "x")
    except ReadError as error:
        assert "\n" not in str(error)
        return
    check_promises(document)
    # No number of the text is lost between blocks but the marks of lists, headings and rules.
    outside, at = [], 0
    for block in document.blocks:
        outside.append(document.text[at : block.start])
        at = block.end
    assert "20" not in "".join([*outside, document.text[at:]])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_a_read_error(data: bytes) -> None:
    try:
        (document,) = read_plain(data, "x")
    except ReadError as error:
        assert "\n" not in str(error)
        return
    check_promises(document)


# ---- kinds of short documents ------------------------------------------------------------------------------------


def test_front_matter_of_markdown_is_furniture() -> None:
    document = plain('---\ntitle: "An engager"\nseries: 12\n---\n\n## Bottom line\n\nOf 20 patients, 12 responded.\n')
    assert [(b.kind, b.section) for b in document.blocks] == [
        ("furniture", "summary"),
        ("heading", "summary"),
        ("paragraph", "summary"),
    ]
    assert document.source.title == "An engager"


def test_a_record_saved_from_pubmed() -> None:
    document = plain(
        "1. J Ex Med. 2018 Nov;11(6):402-9. doi: 10.1000/ex.402.\n\nAn engager in anaemia: a\nrandomised trial.\n\n"
        "Doe J(1), Roe R.\n\nAuthor information:\n(1)Hospital 7, Town.\n\nPURPOSE: To help.\n"
        "RESULTS: Ninety-six patients\nwere randomised.\n\nPMID: 90000402 [Indexed for MEDLINE]\n"
    )
    assert [(b.kind, b.part) for b in document.blocks] == [
        ("furniture", ""),
        ("title", ""),
        ("furniture", ""),
        ("furniture", ""),
        ("heading", "background"),
        ("paragraph", "background"),
        ("heading", "results"),
        ("paragraph", "results"),
        ("furniture", "results"),
    ]
    assert (document.source.doi, document.source.pmid) == ("10.1000/ex.402", "90000402")
    assert document.source.title == "An engager in anaemia: a randomised trial."


def test_heading_lines_in_a_short_text_make_a_structured_abstract() -> None:
    short = (
        "A trial of an engager\n\nBackground\nFew choices.\n\nFindings\n12 of 20.\n\nSummary/Conclusion\nIt works.\n"
    )
    assert [(b.section, b.part) for b in plain(short).blocks if b.kind == "paragraph"] == [
        ("abstract", "background"),
        ("abstract", "results"),
        ("abstract", "conclusion"),
    ]
    article = short + "\nDiscussion\n\nMore is needed.\n"
    assert [b.section for b in plain(article).blocks if b.kind == "paragraph"] == [
        "background",
        "results",
        "conclusion",
        "discussion",
    ]


def test_bold_heads_of_markdown() -> None:
    document = plain("**METHODS.** We gave it to 20. **Results:** 12 responded. **Conclusion.** It works.")
    assert [(b.part, said(document, b)) for b in document.blocks if b.kind == "paragraph"] == [
        ("methods", "We gave it to 20."),
        ("results", "12 responded."),
        ("conclusion", "It works."),
    ]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("Evidence Rating Level: 1 (Excellent)", "1 (Excellent)"),
        ("**Evidence Rating Level:** 2 (Good)", "2 (Good)"),
        ("Level of evidence: II", "II"),
        ("Evidence level: 4 (case series)", "4 (case series)"),
    ],
)
def test_evidence_levels(line: str, level: str) -> None:
    document = plain(f"Of 20 patients, 12 responded.\n\n{line}\n")
    assert document.source.evidence_level == level
    assert document.blocks[-1].kind == "furniture"


def test_the_only_table_of_a_report_may_have_no_number() -> None:
    text = "**Table.** Adverse events to day 30\n\n| Event | A | B |\n| --- | --- | --- |\n| Fever | 3 (5) | 2 (3) |\n"
    document = plain(text)
    (table,) = document.tables
    assert table.label == "Table"
    assert table.caption is not None
    assert "day 30" in document.text[table.caption.start : table.caption.end]


def test_correspondence_over_a_letter_says_what_it_is_and_is_no_back_matter():
    text = "Correspondence\n\nTo the Editor,\n\nOf 12 patients, 9 (75%) responded.\n\nCorrespondence\n\nJ. Doe, Oslo.\n"
    (document,) = read_plain(text.encode(), "letter.txt")
    sections = {document.text[b.start : b.end]: b.section for b in document.blocks}
    assert sections["Of 12 patients, 9 (75%) responded."] != "back"
    assert sections["J. Doe, Oslo."] == "back"


def test_bold_names_of_sections_head_a_paragraph():
    text = "# A trial\n\n**Methods** Adults were given A.\n\n**Results** Of 12 patients, 9 responded.\n"
    (document,) = read_plain(text.encode(), "trial.md")
    parts = {document.text[b.start : b.end]: b.part for b in document.blocks if b.kind == "paragraph"}
    assert parts == {"Adults were given A.": "methods", "Of 12 patients, 9 responded.": "results"}
