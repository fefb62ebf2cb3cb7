"""Build the corpora: PDFs from sources/*.md, DOCX from sources/*.docx.md, gold.jsonl and traps.jsonl from *.gold.toml.

    python corpora/make.py                     everything
    python corpora/make.py randomised_trials   one corpus
    python corpora/make.py --check             change nothing; exit 1 where a committed file is not up to date
    python corpora/make.py --numbers STEM      the numbers of a document that no finding and no trap covers

A corpus is a folder with `documents/` (what is read), `sources/` (what people write) and the two files made here.
Text, Markdown, HTML, JATS, bibliographic and registry documents are written by hand in `documents/`. A PDF
`documents/STEM.pdf` is set from `sources/STEM.md`; that needs `pip install "trialtab[corpora]"`, the rest does not. A
DOCX is set from `sources/STEM.docx.md` (its form: `word_formats`) with python-docx.

`sources/NAME.table.toml` (a corpus of tables) becomes three documents and their gold: `table_sources`, `table_formats`.

`sources/STEM.gold.toml` holds what a reader of the document STEM should find:

    [defaults]                    # fields that every finding of this file has, unless it says otherwise
    arm = "overall"

    [[finding]]
    quote = "61.0% (75/123)"      # verbatim as in the document; a run of spaces or line breaks is one space
    in = "response was 61.0% (75/123)"   # a unique stretch around it, where the quote occurs more than once; or
    nth = 2                       # ... which occurrence is meant, from 1 (within `in`, where both are given)
    outcome = "objective response"
    outcome_class = "efficacy_response"
    statistic = "proportion"
    n = 75
    N = 123
    percent = 61.0

    [[trap]]
    quote = "76 mg"
    why = "dose"

Fields: those of a gold row (FIELDS). Left out, they are null, except: `value` is the printed percent, else n;
`unit` is "%" for a printed percent, else "patients" for a count or proportion, and the UCUM code of a printed unit;
`percent` is computed from n and N of a proportion and named in `derived`, as are `n` and `N` there by
`derived = [...]`. `iqr`, `range`, `ci` = [low, high] and `sd`, `se` = number write a dispersion (a second one becomes
`dispersion2`; `ci_level` is 95 unless given). Numbers that stand outside the quote are listed in
`outside_quote` by this script; the main number must stand inside. Of a file of many records each entry says which:
`record = "KEY"`, what stands behind "#" in the record's document_id.
A trap with `if_read = true` may be missing from the reader's text (advertisements, navigation).

The form of `sources/STEM.md`: TOML between two lines `+++` (title, authors, affiliation, running, journal, year,
volume, first_page, note, font = "serif" | "sans", paper = "a4" | "b5" | "letter"); `# Abstract` or `# Summary` is set
across the page, the rest in two columns; `#`, `##` headings; paragraphs parted by blank lines; **bold**, *italic*,
^1,2^ for raised citations; `- ` list items; `Figure 1. ...` captions; a table is a line `Table 1. ...`, lines
`| a | b |`, the first of them its header, and an optional footnote line `: ...`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import table_formats
import table_sources
import word_formats

from trialtab.errors import GoldError, TrialtabError
from trialtab.model import Document
from trialtab.readers import read
from trialtab.score import COUNTED_UNITS
from trialtab.vocabulary import unit as unit_code

HERE = Path(__file__).resolve().parent
LAYOUT = "3"  # raise when the look of the PDFs changes, so that --check asks for new ones

FIELDS = (
    "id", "doc", "start", "end", "quote", "outcome", "outcome_class", "statistic", "value", "unit", "n", "N",
    "percent", "dispersion", "dispersion2", "p_value", "arm", "comparator", "timepoint", "grade", "serious",
    "population", "negated", "qualifier", "derived", "outside_quote", "statistic_also", "optional", "repeat", "note",
    "cell", "record",
)  # fmt: skip
ALWAYS = FIELDS[: FIELDS.index("dispersion") + 1] + FIELDS[FIELDS.index("p_value") : FIELDS.index("grade") + 1]
SAME = ("start", "end", "outcome", "statistic", "value", "arm", "timepoint", "grade", "population")
SHORTHAND = ("in", "nth", "iqr", "range", "ci", "ci_level", "sd", "se")
CLASSES = (
    "efficacy_response", "survival", "time_to_event", "relapse", "remission_duration", "biomarker", "adverse_event",
    "mortality", "follow_up", "enrollment", "score_change", "other",
)  # fmt: skip
STATISTICS = (
    "count", "proportion", "rate", "mean", "median", "hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio",
    "mean_difference", "risk_difference", "standardized_mean_difference", "correlation", "p_value", "other",
)  # fmt: skip
Row = dict[str, Any]


# ---- gold ------------------------------------------------------------------------------------------------------


def find(text: str, entry: Row, name: str) -> tuple[int, int]:
    """Where the quote of a finding or trap stands. Raises GoldError where it is missing or stands more than once."""

    def places(quote: str, start: int, end: int) -> list[tuple[int, int]]:
        pattern = r"\s+".join(re.escape(word) for word in quote.split())
        return [m.span(1) for m in re.compile(f"(?=({pattern}))").finditer(text, start, end)]

    quote, start, end = entry["quote"], 0, len(text)
    if around := entry.get("in"):
        found = places(around, start, end)
        if len(found) != 1:
            raise GoldError(f"{name}: `in` stands {len(found)} times in the document, not once: {around!r}")
        start, end = found[0]
    found = places(quote, start, end)
    nth: int = entry.get("nth", 0)
    if nth:
        if nth > len(found):
            raise GoldError(f"{name}: the quote stands {len(found)} times, number {nth} is asked for: {quote!r}")
        return found[nth - 1]
    if len(found) != 1:
        hint = "write `in` or `nth`" if found else "mend the quote or the document"
        raise GoldError(f"{name}: the quote stands {len(found)} times, not once ({hint}): {quote!r}")
    return found[0]


SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
SMALL += " seventeen eighteen nineteen"
WORDS = {word: number for number, word in enumerate([*SMALL.split(), "twenty"])} | {
    "no": 0, "none": 0, "nobody": 0, "neither": 0, "without": 0, "never": 0, "single": 1, "a": 1, "an": 1, "once": 1,
    "both": 2, "twice": 2, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "all": 100, "every": 100, "half": 50,
}  # fmt: skip
NUMBER = re.compile(r"\d{1,3}(?:[,\u2009\u202f]\d{3})+(?!\d)|\d*[.·]?\d+|[a-z]+")


def printed(quote: str) -> set[float]:
    """The numbers of a quotation, digits or words; "fifty-six" gives 50, 6 and 56."""
    numbers: list[float] = []
    tens = None
    for token in NUMBER.findall(quote.lower()):
        if token.isalpha():
            if token not in WORDS:
                tens = None
                continue
            number = float(WORDS[token])
            if tens is not None and 0 < number < 10:
                numbers.append(tens + number)
            tens = number if number in range(20, 100, 10) else None
        else:
            number = float(re.sub("[,\u2009\u202f]", "", token).replace("·", "."))
            tens = None
        numbers.append(number)
    return set(numbers)


def finding(entry: Row, stem: str, ordinal: int, start: int, end: int, quote: str) -> Row:
    """A gold row from an author's entry: shorthand spelled out, gaps filled. Raises GoldError on what cannot be."""
    name = f"{stem}, finding {ordinal} ({quote!r})"
    if unknown := set(entry) - set(FIELDS) - set(SHORTHAND):
        raise GoldError(f"{name}: unknown field {', '.join(sorted(unknown))}; known: {', '.join(FIELDS + SHORTHAND)}")
    row: Row = {key: value for key, value in entry.items() if key not in SHORTHAND}
    for key, allowed in (("outcome_class", CLASSES), ("statistic", STATISTICS)):
        if row.get(key) not in allowed:
            raise GoldError(f"{name}: {key} is {row.get(key)!r}, not one of {', '.join(allowed)}")
    if not row.get("outcome"):
        raise GoldError(f"{name}: no outcome")
    if len(quote) > 250:
        raise GoldError(f"{name}: the quote is longer than 250 characters")

    derived = list(row.get("derived", ()))
    if row["statistic"] == "proportion" and "percent" not in row and "n" in row and "N" in row:
        row["percent"] = round(100 * row["n"] / row["N"], 1)
        derived.append("percent")
    told_percent = "percent" in row and "percent" not in derived
    if "value" not in row:
        row["value"] = row["percent"] if told_percent and row["statistic"] == "proportion" else row.get("n")
    if "unit" not in row and row["statistic"] in ("count", "proportion"):
        row["unit"] = "%" if told_percent else "patients"
    if row.get("unit") and row["unit"] not in COUNTED_UNITS:
        code = unit_code(row["unit"])  # what UCUM can only annotate ("{score}") stays as printed
        row["unit"] = code if code and not code.startswith("{") else row["unit"]
    spreads: list[Row] = []
    for kind in ("iqr", "range", "ci"):
        if kind in entry:
            level = entry.get("ci_level", 95) if kind == "ci" else None
            low, high = (None if bound == "none" else bound for bound in entry[kind])
            spreads.append({"type": kind, "level": level, "low": low, "high": high, "value": None})
    for kind in ("sd", "se"):
        if kind in entry:
            spreads.append({"type": kind, "level": None, "low": None, "high": None, "value": entry[kind]})
    for key, spread in zip(("dispersion", "dispersion2"), spreads, strict=False):
        row[key] = spread

    numbers, outside = printed(quote), []
    main = row["percent"] if told_percent else row["value"]
    if main is not None and abs(main) not in numbers and not (row.get("negated") and main == 0):
        raise GoldError(f"{name}: the main number {main} does not stand in the quote")
    for key in ("n", "N", "percent"):
        number = row.get(key)
        if number is not None and key not in derived and abs(number) not in numbers and not row.get("negated"):
            outside.append(key)
    ends = [abs(x) for s in spreads for x in (s["low"], s["high"], s["value"]) if x is not None]
    if not numbers.issuperset(ends):
        raise GoldError(f"{name}: the dispersion {ends} does not stand in the quote")
    if p := row.get("p_value"):
        if not re.fullmatch(r"[=<>]\d*\.?\d+", p):
            raise GoldError(f'{name}: p_value {p!r} is not written like "<0.001" or "=0.03"')
        if float(p[1:]) not in numbers:
            outside.append("p_value")
    if not any(row.get(k) is not None for k in ("value", "p_value", "qualifier", "dispersion")):
        raise GoldError(f"{name}: neither a value nor a p-value, an interval or a qualifier")
    row |= {"derived": derived, "outside_quote": outside}
    row |= {"id": f"{stem}-{ordinal:02d}", "doc": stem, "start": start, "end": end, "quote": quote}
    row["negated"] = bool(row.get("negated"))
    return {key: row.get(key) for key in FIELDS if key in ALWAYS or key == "negated" or row.get(key)}


def annotated_records(stem: str, found: list[Document], source: Path) -> tuple[list[Row], list[Row]]:
    """Gold rows and traps of a file, record by record. Raises GoldError, also for an entry of a record it has not."""
    texts = {document.document_id[65:]: document.text for document in found}
    named = {entry.get("record", "") for kind in ("finding", "trap") for entry in entries_of(source).get(kind, ())}
    if unknown := named - set(texts):
        raise GoldError(f"{source.name}: no record {', '.join(sorted(map(repr, unknown)))}; there are {sorted(texts)}")
    gold: list[Row] = []
    traps: list[Row] = []
    for record, text in texts.items():
        rows, snares = annotated(stem, text, source, record, len(gold))
        gold += rows
        traps += snares
    return gold, traps


def entries_of(source: Path) -> Row:
    """What an author wrote. Raises GoldError."""
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise GoldError(f"{source.name}: {error}") from error


def annotated(stem: str, text: str, source: Path, record: str = "", before: int = 0) -> tuple[list[Row], list[Row]]:
    """Gold rows and traps of one document, in text order. Raises GoldError naming the entry at fault.

    record: which of a file of many; before: how many gold rows the file has already.
    """
    data = entries_of(source)
    if unknown := set(data) - {"defaults", "finding", "trap"}:
        raise GoldError(f"{source.name}: unknown table {', '.join(sorted(unknown))}")
    defaults = data.get("defaults", {})
    placed = []
    for i, entry in enumerate(data.get("finding", ()), 1):
        if entry.get("record", "") != record:
            continue
        start, end = find(text, entry, f"{stem}, finding {i}")
        placed.append((start, end, i, defaults | entry))
    placed.sort(key=lambda item: item[:3])
    gold = [finding(entry, stem, k, a, b, text[a:b]) for k, (a, b, _, entry) in enumerate(placed, before + 1)]
    told = Counter(tuple(str(row.get(k)) for k in SAME) for row in gold)
    if twice := [row["quote"] for row in gold if told[tuple(str(row.get(k)) for k in SAME)] > 1]:
        raise GoldError(f"{stem}: findings written twice: {', '.join(map(repr, sorted(set(twice))))}")
    traps = []
    for i, entry in enumerate(data.get("trap", ()), 1):
        if unknown := set(entry) - {"quote", "in", "nth", "why", "if_read", "record"}:
            raise GoldError(f"{stem}, trap {i}: unknown field {', '.join(sorted(unknown))}")
        if entry.get("record", "") != record:
            continue
        if not entry.get("why"):
            raise GoldError(f"{stem}, trap {i}: no `why`: {entry['quote']!r}")
        try:
            start, end = find(text, entry, f"{stem}, trap {i}")
        except GoldError:
            if entry.get("if_read") and " ".join(entry["quote"].split()) not in " ".join(text.split()):
                continue
            raise
        for a, b, _, other in placed:
            if start < b and a < end:
                raise GoldError(f"{stem}, trap {i} ({entry['quote']!r}) overlaps the finding {other['quote']!r}")
        trap = {"doc": stem, "start": start, "end": end, "why": entry["why"], "quote": text[start:end]}
        traps.append(trap | ({"record": record} if record else {}))
    return gold, sorted(traps, key=lambda trap: (trap["start"], trap["end"]))


def annotated_tables(stem: str, text: str, report: table_sources.Report) -> tuple[list[Row], list[Row]]:
    """Gold rows and traps of one document of a report with tables, in text order.

    A cell that is not in the text keeps its row, at no place, so that it counts as missed. Raises GoldError.
    """
    placed: list[tuple[int, int, int, Row, str]] = []
    for i, entry in enumerate(report.findings):
        start, end = find(text, {"nth": 1} | entry, f"{stem}, finding {i + 1}")  # prose stands above the tables
        placed.append((start, end, i, entry, text[start:end]))
    traps = []
    places = table_sources.Places(report, text)
    for i, (table, row, first, last, entry) in enumerate(table_sources.gold_entries(report), len(placed)):
        where = places.of(table, row.number, first, last)
        if "why" in entry:
            if where:
                traps.append({"doc": stem, "start": where[0], "end": where[1], **entry, "cell": True})
            continue
        cells = [table.at(row.number, column) for column in range(first, last + 1)]
        printed_there = " ".join(cell.plain for cell in cells if cell)
        placed.append((*(where or (0, 0)), i, entry, text[where[0] : where[1]] if where else printed_there))
    placed.sort(key=lambda item: item[:3])
    gold = [finding(entry, stem, k, a, b, quote) for k, (a, b, _, entry, quote) in enumerate(placed, 1)]
    for row in (row for row in gold if row["start"] == row["end"]):
        row["quote"] = ""
    for trap in traps:
        trap["quote"] = text[trap["start"] : trap["end"]]
    return gold, sorted(traps, key=lambda trap: (trap["start"], trap["end"]))


# ---- a corpus --------------------------------------------------------------------------------------------------


def stem_of(path: Path) -> str:
    """The name that gold rows use: the file name up to its first dot."""
    return path.name.split(".")[0]


def documents(corpus: Path) -> list[Path]:
    """The documents of a corpus, sorted by name."""
    return sorted(p for p in (corpus / "documents").iterdir() if p.is_file() and not p.name.startswith("."))


def document_of(path: Path) -> Document:
    """The document as the readers give it. Raises GoldError where a file holds more or less than one document."""
    found = read(path.read_bytes(), path.name)
    if len(found) != 1:
        raise GoldError(f"{path.name}: read as {len(found)} documents, gold needs one")
    return found[0]


def gold_files(corpus: Path) -> dict[Path, str]:
    """gold.jsonl and traps.jsonl of a corpus, as they should be. Raises GoldError with all faults, one a line."""
    gold: list[Row] = []
    traps: list[Row] = []
    faults: list[str] = []
    cells: list[Row] = []
    sources = {stem_of(p): p for p in (corpus / "sources").glob("*.gold.toml")}
    reports = table_reports(corpus)
    of_tables = {f"{name}_{kind}": report for name, report in reports.items() for kind in table_sources.FORMATS}
    for report in reports.values():
        cells += table_sources.gold_cells(report)
    for path in documents(corpus):
        if report_of := of_tables.get(stem_of(path)):
            rows, snares = annotated_tables(stem_of(path), document_of(path).text, report_of)
            gold += rows
            traps += snares
            continue
        source = sources.pop(stem_of(path), None)
        if source is None:
            faults.append(f"{path.name}: no sources/{stem_of(path)}.gold.toml")
            continue
        try:
            rows, snares = annotated_records(stem_of(path), read(path.read_bytes(), path.name), source)
        except TrialtabError as error:
            faults.append(str(error))
            continue
        gold += rows
        traps += snares
    faults += [f"{source.name}: no document {stem} in documents/" for stem, source in sorted(sources.items())]
    if faults:
        raise GoldError("\n".join(faults))

    def lines(rows: list[Row]) -> str:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    made = {corpus / "gold.jsonl": lines(gold), corpus / "traps.jsonl": lines(traps)}
    return made | ({corpus / "cells.jsonl": lines(cells)} if cells else {})


def table_reports(corpus: Path) -> dict[str, table_sources.Report]:
    """The sources with tables of a corpus, by name. Raises GoldError."""
    return {stem_of(path): table_sources.read_report(path) for path in table_files(corpus)}


def table_files(corpus: Path) -> list[Path]:
    """sources/*.table.toml of a corpus, sorted by name."""
    return sorted((corpus / "sources").glob("*.table.toml"))


def digest(source: Path) -> str:
    """What a PDF or DOCX carries in its keywords: its source and the layout it was set with."""
    layout = table_formats.LAYOUT if source.suffix == ".toml" else LAYOUT
    layout = word_formats.LAYOUT if source.name.endswith(".docx.md") else layout
    return "source-" + hashlib.sha256(layout.encode() + b"\n" + source.read_bytes()).hexdigest()[:32]


def pdf_sources(corpus: Path) -> Iterator[tuple[Path, Path]]:
    """(the source, documents/STEM.pdf) for every PDF of a corpus."""
    for source in sorted((corpus / "sources").glob("*.md")):
        if source.name != "README.md" and not source.name.endswith(".docx.md"):
            yield source, corpus / "documents" / f"{source.stem}.pdf"
    for source in table_files(corpus):
        yield source, corpus / "documents" / f"{stem_of(source)}_pdf.pdf"


def word_sources(corpus: Path) -> Iterator[tuple[Path, Path]]:
    """(the source, documents/STEM.docx) for every DOCX of a corpus."""
    for source in sorted((corpus / "sources").glob("*.docx.md")):
        yield source, corpus / "documents" / source.stem


def uncovered(document: Document, gold: list[Row], traps: list[Row]) -> Iterator[str]:
    """Numbers and number words of the running text outside every finding and trap, each with its surroundings.

    Left out: tables, references and furniture, and digits inside names ("CD19", "IL-6").
    """
    text = document.text
    spans = sorted((row["start"], row["end"]) for row in gold + traps)
    words = "|".join(sorted((w for w in WORDS if w not in ("a", "an", "single", "every", "without")), key=len)[::-1])
    number = re.compile(rf"(?<![A-Za-z\d])(?<![A-Za-z]-)\d[\d.,·]*|\b(?:{words})\b", re.IGNORECASE)
    for block in document.blocks:
        if block.kind in ("table", "reference", "furniture") or block.section in ("references", "table"):
            continue
        for match in number.finditer(text, block.start, block.end):
            if not any(a <= match.start() < b for a, b in spans):
                before, after = text[max(0, match.start() - 50) : match.start()], text[match.end() : match.end() + 40]
                yield " ".join(f"{before}>>{match.group()}<<{after}".split())


# ---- typesetting -----------------------------------------------------------------------------------------------

SUFFIX = re.compile(
    r"(?<=[a-z]{4})(?=(?:tions?|sions?|ments?|ment(?:al|ally)|ness|ties|tive|tively|lines?|globin|penia|cytes|toxicity"
    r"|therapy|cycline|mide|mycin)$)"
)
PREFIX = re.compile(
    r"^(?:inter|immuno|auto|haemo|hemo|thrombo|neutro|lympho|leuko|cyto|hyper|hypo|chemo|cardio|gastro|neuro|pneumo"
    r"|under|over|multi|plasma|cyclo|hospi|placebo|corti|gluco|random|progres|signi|com|con)(?=[a-z]{4})"
)
LATIN = re.compile(r"[^\x00-\xff\u2013\u2014\u2018\u2019\u201c\u201d\u2020\u2021\u2022\u2026\u20ac\u00ad]+")


def soften(text: str) -> str:
    """Soft hyphens at places where a compositor may break a long word, outside tags."""

    def word(match: re.Match[str]) -> str:
        return SUFFIX.sub("\u00ad", PREFIX.sub(lambda m: m.group() + "\u00ad", match.group()))

    return re.sub(r"(?<![\w<&/-])[a-z]{9,}(?![\w;>-])", word, text)


def markup(text: str, font: str) -> str:
    """Markdown marks to the typesetter's tags; signs that the standard fonts lack are set in Vera."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = soften(text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"\*(.+?)\*", r"<i>\1</i>", text)
    text = re.sub(r"\^(.+?)\^", r'<super rise="3.2" size="6">\1</super>', text)
    return text if font == "sans" else LATIN.sub(lambda m: f'<font name="Vera" size="8">{m.group()}</font>', text)


def parse(source: str, name: str) -> tuple[Row, list[Any]]:
    """A source as its front matter and its parts: ("heading", level, text), ("text" | "item" | "caption", text),
    ("table", caption, rows, note). Raises GoldError where the front matter is missing."""
    parts = re.split(r"^\+\+\+[ \t]*\n", source, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise GoldError(f"{name}: must begin with TOML between two lines +++")
    head = tomllib.loads(parts[1])
    flow: list[Any] = []
    for block in re.split(r"\n\s*\n", parts[2].strip()):
        lines = [line.strip() for line in block.splitlines()]
        while lines and (heading := re.match(r"(#+) +(.*)", lines[0])):
            flow.append(("heading", len(heading.group(1)), heading.group(2)))
            lines = lines[1:]
        if not lines:
            continue
        if any(line.startswith("|") for line in lines):
            caption = " ".join(line for line in lines if line[0] not in "|:")
            cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("|")]
            rows = [row for row in cells if not all(re.fullmatch(r":?-+:?", c) for c in row)]
            flow.append(("table", caption, rows, " ".join(line[1:].strip() for line in lines if line[0] == ":")))
        elif lines[0].startswith("- "):
            flow += [("item", item) for item in re.split(r"\n- ", "\n" + "\n".join(lines))[1:]]
        elif re.match(r"(Figure|Fig\.) \d", lines[0]):
            flow.append(("caption", " ".join(lines)))
        else:
            flow.append(("text", " ".join(lines)))
    return head, flow


def typeset(source: Path, target: Path) -> None:
    """Set a source as a two-column PDF: title and abstract across, running heads, folios, ruled tables.

    The same source, layout and reportlab version give the same bytes. Raises GoldError without reportlab.
    """
    try:
        from reportlab import platypus
        from reportlab.lib.pagesizes import A4, B5, letter
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
    except ImportError as error:
        raise GoldError(f'{source.name}: a PDF needs reportlab: pip install "trialtab[corpora]"') from error

    for face, file in (("Vera", "Vera"), ("Vera-Bold", "VeraBd"), ("Vera-Italic", "VeraIt"), ("Vera-BI", "VeraBI")):
        if face not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face, f"{file}.ttf"))
    pdfmetrics.registerFontFamily("Vera", "Vera", "Vera-Bold", "Vera-Italic", "Vera-BI")
    content = source.read_text(encoding="utf-8")
    known = pdfmetrics.getFont("Vera").face.charToGlyph
    if missing := sorted({sign for run in LATIN.findall(content) for sign in run if ord(sign) not in known}):
        raise GoldError(f"{source.name}: no glyph for {' '.join(missing)}: write it another way")
    head, flow = parse(content, source.name)
    font = head.get("font", "serif")
    body, bold = ("Times-Roman", "Times-Bold") if font == "serif" else ("Vera", "Vera-Bold")
    size = 9.4 if font == "serif" else 7.6

    def style(name: str, **keys: Any) -> Any:
        base = {"fontName": body, "fontSize": size, "leading": size * 1.22, "embeddedHyphenation": 1}
        return ParagraphStyle(name, **(base | keys))

    styles = {
        "title": style(
            "title", fontName=bold, embeddedHyphenation=0, fontSize=size * 1.75, leading=size * 2.05, spaceAfter=6
        ),
        "byline": style("byline", spaceAfter=3),
        "small": style("small", fontSize=size * 0.84, leading=size, spaceAfter=4),
        "text": style("text", alignment=4, spaceAfter=3),
        "abstract": style("abstract", alignment=4, spaceAfter=3, leftIndent=12, rightIndent=12),
        "item": style("item", alignment=4, leftIndent=10, bulletIndent=2, spaceAfter=2),
        "h1": style(
            "h1", fontName=bold, fontSize=size * 1.18, leading=size * 1.5, spaceBefore=6, spaceAfter=2, keepWithNext=1
        ),
        "h2": style("h2", fontName=bold, spaceBefore=4, spaceAfter=1, keepWithNext=1),
        "caption": style("caption", fontName=bold, fontSize=size * 0.88, leading=size * 1.06, spaceBefore=4),
        "cell": style("cell", fontSize=size * 0.82, leading=size * 0.98, embeddedHyphenation=0),
    }

    def paragraph(text: str, kind: str, **keys: Any) -> Any:
        return platypus.Paragraph(markup(text, font), styles[kind], **keys)

    width, height = {"a4": A4, "b5": B5, "letter": letter}[head.get("paper", "a4")]
    margin, gutter, top, bottom = 46, 18, 54, 50
    column = (width - 2 * margin - gutter) / 2

    def grid(caption: str, rows: list[list[str]], note: str) -> Any:
        wide = max(len(row) for row in rows)
        first = column * (0.44 if wide < 4 else 0.34)
        table = platypus.Table(
            [[paragraph(f"**{c}**" if i == 0 else c, "cell") if c else "" for c in row] for i, row in enumerate(rows)],
            colWidths=[first, *[(column - first) / (wide - 1)] * (wide - 1)],
            style=platypus.TableStyle([
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, "black"), ("LINEBELOW", (0, 0), (-1, 0), 0.4, "black"),
                ("LINEBELOW", (0, -1), (-1, -1), 0.8, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 2),
                ("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
            ]),
        )  # fmt: skip
        gap = partial(platypus.Spacer, 1)
        below = [paragraph(note, "small")] if note else []
        return platypus.KeepTogether(
            [paragraph(caption, "caption"), gap(3), table, gap(2), *below, gap(6)],
        )

    across = [paragraph(head["title"], "title")]
    across += [paragraph(head["authors"], "byline")] if head.get("authors") else []
    across += [paragraph(head["affiliation"], "small")] if head.get("affiliation") else []
    columns: list[Any] = []
    in_abstract = False
    for part in flow:
        if part[0] == "heading":
            in_abstract = part[1] == 1 and part[2].lower() in ("abstract", "summary", "findings in brief")
        out = across if in_abstract else columns
        match part:
            case ("heading", level, text):
                out.append(paragraph(text, f"h{min(level, 2)}"))
            case ("table", caption, rows, note):
                out.append(grid(caption, rows, note))
            case ("item", text):
                out.append(paragraph(text, "item", bulletText="•"))
            case (kind, text):
                out.append(paragraph(text, "abstract" if in_abstract else kind))
    across += [paragraph(head["note"], "small")] if head.get("note") else []
    across.append(platypus.HRFlowable(width="100%", thickness=0.6, color="black", spaceBefore=3, spaceAfter=3))

    probe = 0.0
    for flowable in across:
        probe += flowable.wrap(width - 2 * margin, height)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter()
    lead = probe + 8
    first_page, running = int(head.get("first_page", 1)), head.get("running", head["title"])
    imprint = f"{head.get('journal', 'trialtab corpora')} {head.get('year', '')};{head.get('volume', 1)}"

    def furniture(canvas: Any, doc: Any) -> None:
        page = first_page + doc.page - 1
        canvas.saveState()
        canvas.setFont(body, size * 0.86)
        if doc.page > 1:
            if page % 2:
                canvas.drawString(margin, height - 36, running)
                canvas.drawRightString(width - margin, height - 36, str(page))
            else:
                canvas.drawString(margin, height - 36, str(page))
                canvas.drawRightString(width - margin, height - 36, running)
        canvas.drawCentredString(width / 2, 28, f"{imprint}:{page}" if doc.page == 1 else imprint)
        canvas.restoreState()

    def frame(x: float, y: float, wide: float, high: float) -> Any:
        return platypus.Frame(x, y, wide, high, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    right, full = margin + column + gutter, height - top - bottom
    doc = platypus.BaseDocTemplate(
        str(target), pagesize=(width, height), invariant=1, title=head["title"], author=head.get("authors", ""),
        subject="trialtab corpora", keywords=digest(source), lang="en",
    )  # fmt: skip
    doc.addPageTemplates([
        platypus.PageTemplate("first", [
            frame(margin, height - top - lead, width - 2 * margin, lead),
            frame(margin, bottom, column, full - lead), frame(right, bottom, column, full - lead),
        ], onPage=furniture),
        platypus.PageTemplate("next", [
            frame(margin, bottom, column, full), frame(right, bottom, column, full),
        ], onPage=furniture),
    ])  # fmt: skip
    doc.build([*across, platypus.NextPageTemplate("next"), platypus.FrameBreak(), *columns])


# ---- the command -----------------------------------------------------------------------------------------------


def corpora() -> list[Path]:
    """The corpus folders. Raises GoldError where two documents share a stem."""
    found = sorted(p.parent for p in HERE.glob("*/documents"))
    seen: dict[str, Path] = {}
    for path in (p for corpus in found for p in documents(corpus)):
        if other := seen.get(stem_of(path)):
            raise GoldError(f"two documents are called {stem_of(path)}: {other} and {path}")
        seen[stem_of(path)] = path
    return found


def text_documents(corpus: Path) -> dict[Path, str]:
    """The JATS and HTML documents that are made from sources with tables, as they should be."""
    made: dict[Path, str] = {}
    for report in table_reports(corpus).values():
        made |= table_formats.text_documents(report, corpus / "documents")
    return made


def stale(corpus: Path) -> list[str]:
    """What is not up to date in a corpus, one line each."""
    found = []
    for path, content in text_documents(corpus).items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            found.append(f"{path.relative_to(HERE)} is not up to date")
    for source, target in pdf_sources(corpus):
        if not target.exists() or digest(source).encode() not in target.read_bytes():
            found.append(f"{target.relative_to(HERE)} was not made from the present {source.relative_to(HERE)}")
    for source, target in word_sources(corpus):
        if not target.exists() or word_formats.digest_of(target) != digest(source):
            found.append(f"{target.relative_to(HERE)} was not made from the present {source.relative_to(HERE)}")
    for path, content in gold_files(corpus).items():
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            found.append(f"{path.relative_to(HERE)} is not up to date")
    return found


def build(corpus: Path) -> str:
    """Make the PDFs whose source changed and both gold files; returns a line that says what is there."""
    for source, target in pdf_sources(corpus):
        if not target.exists() or digest(source).encode() not in target.read_bytes():
            if source.suffix == ".toml":
                target.write_bytes(table_formats.pdf(table_sources.read_report(source), digest(source)))
            else:
                typeset(source, target)
    for path, content in text_documents(corpus).items():
        path.write_text(content, encoding="utf-8")
    for source, target in word_sources(corpus):
        if not target.exists() or word_formats.digest_of(target) != digest(source):
            target.write_bytes(word_formats.docx(source, digest(source)))
    counts = []
    for path, content in gold_files(corpus).items():
        path.write_text(content, encoding="utf-8")
        counts.append(f"{content.count(chr(10))} in {path.name}")
    return f"{corpus.name}: {len(documents(corpus))} documents, {', '.join(counts)}"


def main() -> int:
    """Exit code 0 all well, 1 something is wrong or not up to date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", nargs="*", help="names of corpora; all where none is given")
    parser.add_argument("--check", action="store_true", help="change nothing, say what is not up to date")
    parser.add_argument("--numbers", metavar="STEM", help="list the numbers of a document that nothing covers")
    options = parser.parse_args()
    failed = False
    try:
        chosen = [c for c in corpora() if not options.corpus or c.name in options.corpus]
        if unknown := set(options.corpus) - {c.name for c in chosen}:
            raise GoldError(f"no corpus {', '.join(sorted(unknown))} in {HERE}")
        if options.numbers:
            for path in (p for c in chosen for p in documents(c) if stem_of(p) == options.numbers):
                source = path.parents[1] / "sources" / f"{options.numbers}.gold.toml"
                for document in read(path.read_bytes(), path.name):
                    gold, traps = annotated(options.numbers, document.text, source, document.document_id[65:])
                    for line in uncovered(document, gold, traps):
                        print(line)
            return 0
    except TrialtabError as error:
        print(error, file=sys.stderr)
        return 1
    for corpus in chosen:
        try:
            if options.check:
                lines = stale(corpus)
                failed |= bool(lines)
                print("\n".join(lines) or f"{corpus.name}: up to date", file=sys.stderr if lines else sys.stdout)
            else:
                print(build(corpus))
        except TrialtabError as error:
            print(error, file=sys.stderr)
            failed = True
    if failed and options.check:
        print("run: python corpora/make.py", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
