"""JATS XML (.xml, .nxml): articles of PubMed Central and of publishers, also many in one <pmc-articleset>.

How hostile XML is kept harmless: `readers._xml`. Superscripts, subscripts and citations: `readers._tidy`.

Reading order: title, abstracts, body, floats, back matter, references. A table gives a caption block, a block of kind
"table" and a block for each footnote. `Block.path` and `Cell.path` are XPaths into the file as given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trialtab.errors import ReadError
from trialtab.model import Document, Source, Span
from trialtab.readers import _characters, _identifiers, _raw_grid, _sections, _tidy
from trialtab.readers._builder import Builder
from trialtab.readers._characters import MAX_DEPTH
from trialtab.readers._raw_grid import RawCell
from trialtab.readers._xml import FLOATS, SILENT, Element, Inline, Paths, local, parse

MAX_BYTES = 50_000_000

# ---- blocks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: section and part of the blocks to come, and their nearest heading."""

    section: str
    part: str = ""
    heading: str = ""
    kind: str = "paragraph"
    depth: int = 0

    def deeper(self, **changes: str) -> _Place:
        if self.depth >= MAX_DEPTH:
            raise ReadError(f"sections nested more than {MAX_DEPTH} deep: no article")
        return replace(self, depth=self.depth + 1, **changes)


_BLOCKS = FLOATS | {
    "p", "sec", "list", "def-list", "disp-quote", "statement", "title", "ref-list", "fn-group", "fn", "ack", "app",
    "app-group", "glossary", "notes", "verse-group", "speech", "code", "preformat", "bio", "array", "table",
    "table-wrap-foot", "subtitle", "floats-group", "floats-wrap", "disp-formula-group", "def-item", "list-item",
    "question-wrap", "answer", "explanation",
}  # fmt: skip
# Blocks that occur inside a <p> and split it; a displayed formula belongs to the sentence around it.
_SPLITS = _BLOCKS - {"p", "title", "def-item", "list-item", "subtitle"}
_LEFT_OUT = frozenset((
    "label", "graphic", "media", "object-id", "alt-text", "long-desc", "permissions", "sec-meta", "attrib", "kwd-group",
    "xref", "related-object", "related-article", "table-wrap-foot", "hr",
))  # fmt: skip
_SUMMARIES = frozenset((
    "short", "summary", "executive-summary", "plain-language-summary", "key-points", "editor", "teaser", "web-summary",
    "author-highlights", "highlights", "toc", "precis", "lay-summary",
))  # fmt: skip


class _Article:
    """One <article> on its way into a Builder."""

    def __init__(self, article: Element, paths: Paths, entities: dict[str, str]) -> None:
        self.article, self.paths = article, paths
        self.inline = Inline(entities)
        self.build = Builder()

    # -- parts of the article

    def read(self) -> None:
        front, body, back = _child(self.article, "front"), _child(self.article, "body"), _child(self.article, "back")
        meta = _child(front, "article-meta") if front is not None else None
        if meta is None:
            meta = _child(self.article, "front-stub")
        if meta is not None:
            self._front(meta)
        if body is not None:
            self._body(body)
        for name in ("floats-group", "floats-wrap"):
            floats = _child(self.article, name)
            if floats is not None:
                self._children(floats, _Place("other"))
        if back is not None:
            self._children(back, _Place("back"))
        if meta is not None:
            notes = _child(meta, "author-notes")
            if notes is not None:
                for note in _each(notes, "fn"):
                    self._note(note, _Place("back"), "footnote")
        left = [child for child in self.article if local(child) in ("sub-article", "response")]
        if left:
            self.build.notice(f"{len(left)} sub-article or response left out")

    def _front(self, meta: Element) -> None:
        title = _find(meta, "title-group", "article-title")
        if title is not None:
            self.build.add("title", "title", "", self.inline.text(title), path=self.paths.of(title))
            for extra in _each(_child(meta, "title-group"), "subtitle"):
                self.build.add("title", "title", "", self.inline.text(extra), path=self.paths.of(extra))
        for abstract in _each(meta, "abstract"):
            self._abstract(abstract)
        foreign = sum(1 for child in meta if local(child) == "trans-abstract")
        if foreign:
            self.build.notice(f"{foreign} translated abstract left out")

    def _abstract(self, abstract: Element) -> None:
        kind = (abstract.get("abstract-type") or "").casefold()
        place = _Place("summary" if kind in _SUMMARIES else "abstract")
        title = _child(abstract, "title")
        heading = self.inline.text(title) if title is not None else ""
        part = ""
        for child in abstract:
            tag = local(child)
            if tag == "title":
                self.build.add("heading", place.section, "", heading, heading=heading, path=self.paths.of(child))
            elif tag == "sec":
                self._section(child, place.deeper(heading=heading))
            elif tag == "p":
                # A paragraph without a head of its own goes on in the part of the one before.
                part = self._paragraph(child, place.deeper(heading=heading, part=part))
            elif tag in _BLOCKS:
                self._block(child, place.deeper(heading=heading, part=part))

    def _body(self, body: Element) -> None:
        known = any(
            _sections.section_of(self._title(child))[0] or _sections.section_of_type(child.get("sec-type", ""))[0]
            for child in body
            if local(child) == "sec"
        )
        seen = False
        for child in body:
            tag = local(child)
            seen = seen or tag == "sec"
            # What stands before the first named section is the introduction, as many journals print it.
            place = _Place("background", "background") if known and not seen else _Place("other")
            self._block(child, place)

    def _title(self, section: Element) -> str:
        title = _child(section, "title")
        return self.inline.text(title) if title is not None else ""

    # -- blocks

    def _children(self, element: Element, place: _Place) -> None:
        for child in element:
            self._block(child, place)

    def _block(self, element: Element, place: _Place) -> None:
        tag = local(element)
        if tag == "p":
            self._paragraph(element, place)
        elif tag in ("sec", "ack", "app", "glossary", "notes", "bio"):
            self._section(element, place)
        elif tag in ("title", "subtitle"):
            text = self.inline.text(element)
            self.build.add("heading", place.section, place.part, text, heading=text, path=self.paths.of(element))
        elif tag == "list":
            self._list(element, place.deeper())
        elif tag == "def-list":
            self._definitions(element, place)
        elif tag == "table-wrap":
            self._table_wrap(element, place)
        elif tag in ("table", "array"):
            self._grids([element], "", None, (), place)
        elif tag in ("fig", "supplementary-material"):
            self._caption(element, place)
            self._floats_in(element, place.deeper())
        elif tag == "ref-list":
            self._references(element, place.deeper())
        elif tag == "fn":
            self._note(element, place, "footnote")
        elif tag == "boxed-text":
            self._section(element, place)
        elif tag in ("code", "preformat", "disp-formula", "attrib", "verse-line"):
            self._add(place, self.inline.text(element), element)
        elif tag and tag not in _LEFT_OUT:
            if any(local(child) in _BLOCKS for child in element):
                self._children(element, place.deeper())
            elif tag not in SILENT:
                self._add(place, self.inline.text(element), element)

    def _add(self, place: _Place, text: str, element: Element) -> Span | None:
        return self.build.add(
            place.kind, place.section, place.part, text, heading=place.heading, path=self.paths.of(element)
        )

    def _section(self, element: Element, place: _Place) -> None:
        """A <sec> or box. The outermost known name gives the section; inside an abstract only the part changes."""
        caption = _child(element, "caption")
        title = self._title(element) or (self._title(caption) if caption is not None else "")
        section, part = _sections.section_of(title)
        if not section:
            section, part = _sections.section_of_type(element.get("sec-type", ""))
        if local(element) == "boxed-text" and section not in ("summary", "references", "back"):
            section, part = ("summary" if place.section == "other" and not section else ""), ""
        if place.section in ("abstract", "summary"):
            changed = place.deeper(part=part or place.part, heading=title or place.heading)
        elif place.section in ("other", "") or section in ("references", "summary"):
            changed = place.deeper(
                section=section or place.section, part=part or place.part, heading=title or place.heading
            )
        elif place.section == "background" and place.part == "background" and section not in ("", "background"):
            changed = place.deeper(section=section, part=part, heading=title or place.heading)
        else:
            changed = place.deeper(heading=title or place.heading)
        self._children(element, changed)

    def _paragraph(self, element: Element, place: _Place) -> str:
        """A <p>; blocks inside it stand for themselves, in order. Gives the part in force at its end."""
        if not any(local(child) in _SPLITS for child in element):
            return self._text_block(self.inline.text(element), element, place)
        out: list[str] = [element.text or ""]
        part = place.part
        for child in element:
            if local(child) in _SPLITS:
                part = self._text_block(_tidy.tidy("".join(out)), element, replace(place, part=part))
                out = []
                self._block(child, place.deeper(part=part))
            else:
                self.inline.child(child, out)
            out.append(child.tail or "")
        return self._text_block(_tidy.tidy("".join(out)), element, replace(place, part=part))

    def _text_block(self, text: str, element: Element, place: _Place) -> str:
        if not text:
            return place.part
        if place.section in ("abstract", "summary") and place.kind == "paragraph":
            return self.build.add_pieces(
                place.section, place.part, text, heading=place.heading, path=self.paths.of(element)
            )
        self._add(place, text, element)
        return place.part

    def _list(self, element: Element, place: _Place) -> None:
        kind = "item" if place.kind == "paragraph" else place.kind
        for child in element:
            tag = local(child)
            if tag == "title":
                self._block(child, place)
            elif tag == "list-item":
                label = _child(child, "label")
                lead = self.inline.text(label) + " " if label is not None and self.inline.text(label) else ""
                loose = bool(child.text and child.text.strip())
                for i, inner in enumerate(child):
                    if local(inner) == "list":
                        self._list(inner, place.deeper())
                    elif local(inner) == "p" and not any(local(c) in _SPLITS for c in inner):
                        self.build.add(
                            kind, place.section, place.part, self.inline.text(inner), heading=place.heading,
                            path=self.paths.of(inner), lead=lead if i <= 1 else "",
                        )  # fmt: skip
                    elif local(inner) in _BLOCKS:
                        self._block(inner, place.deeper(kind=kind))
                    elif local(inner) and local(inner) != "label":
                        loose = True
                if loose and not any(local(inner) in _BLOCKS for inner in child):
                    self._add(replace(place, kind=kind), self.inline.text(child), child)

    def _definitions(self, element: Element, place: _Place) -> None:
        for child in element:
            if local(child) == "def-item":
                term, meaning = _child(child, "term"), _child(child, "def")
                text = ": ".join(self.inline.text(e) for e in (term, meaning) if e is not None)
                self._add(replace(place, kind="item"), text, child)
            elif local(child) in ("title", "def-list"):
                self._block(child, place.deeper())

    def _note(self, element: Element, place: _Place, kind: str) -> list[Span]:
        """A footnote: its mark, then its text; one block a paragraph."""
        label = _child(element, "label")
        mark = self.inline.text(label) if label is not None else ""
        spans: list[Span] = []
        paragraphs = [child for child in element if local(child) == "p"]
        for i, paragraph in enumerate(paragraphs or [element]):
            text = self.inline.text(paragraph)
            if i == 0 and mark and paragraphs:
                text = f"{mark} {text}"
            span = self.build.add(
                kind, place.section, place.part, text, heading=place.heading, path=self.paths.of(paragraph)
            )
            spans += [span] if span else []
        return spans

    def _references(self, element: Element, place: _Place) -> None:
        for child in element:
            tag = local(child)
            if tag == "title":
                text = self.inline.text(child)
                self.build.add("heading", "references", "", text, heading=text, path=self.paths.of(child))
                place = replace(place, heading=text)
            elif tag == "ref":
                words = [piece for piece in child.itertext() if isinstance(piece, str)]
                glue = " " if any(local(c) in ("element-citation", "nlm-citation", "citation") for c in child) else ""
                text = _tidy.tidy(_characters.clean(glue.join(words)))
                self.build.add("reference", "references", "", text, heading=place.heading, path=self.paths.of(child))
            elif tag == "ref-list":
                self._references(child, place.deeper())
            elif tag in _BLOCKS:
                self._block(child, place.deeper(section="references", part="", kind="reference"))

    def _caption(self, element: Element, place: _Place) -> tuple[str, Span | None]:
        """Label and caption of a float as one block; gives the label, and the span of the caption without it."""
        label_element, caption = _child(element, "label"), _child(element, "caption")
        label = self.inline.text(label_element) if label_element is not None else ""
        if caption is None:
            captions = [self.inline.text(c) for c in element if local(c) in ("p", "title")]
            source = element
        else:
            captions = [self.inline.text(c) for c in caption if local(c)] or [self.inline.text(caption)]
            source = caption
        text = " ".join(c for c in captions if c)
        lead = label + ("" if label.endswith((".", ":")) or not text else ".") if label else ""
        span = self.build.add(
            "caption", "caption", place.part, f"{lead} {text}".strip(), heading=place.heading,
            path=self.paths.of(source),
        )  # fmt: skip
        return label, Span(span.end - len(text), span.end) if span and text else None

    def _floats_in(self, element: Element, place: _Place) -> None:
        for child in element:
            if local(child) in FLOATS or local(child) in ("table", "alternatives"):
                self._block(child, place.deeper())

    # -- tables

    def _table_wrap(self, element: Element, place: _Place) -> None:
        label, caption = self._caption(element, place)
        grids: list[Element] = []
        image = False
        for child in element:
            tag = local(child)
            if tag == "alternatives":
                grids += [g for g in child if local(g) in ("table", "array")]
                image = image or any(local(g) == "graphic" for g in child)
            elif tag in ("table", "array"):
                grids.append(child)
            elif tag in ("graphic", "media"):
                image = True
        feet = [child for child in element if local(child) == "table-wrap-foot"]
        made = self._grids(grids, label, caption, feet, place)
        for child in element:  # whatever else an author put into the frame of a table
            if local(child) in ("p", "list", "def-list", "disp-quote", "sec") and not (caption and local(child) == "p"):
                self._block(child, place.deeper())
        if not made:
            why = " is an image: not read" if image else " has no text" if grids else ": a caption without a table"
            self.build.notice(f"{label or 'a table without label'}{why}")

    def _grids(
        self, tables: list[Element], label: str, caption: Span | None, feet: Iterable[Element], place: _Place
    ) -> bool:
        made: list[int] = []
        for table in tables:
            grid = _raw_grid.lay_out(self._rows(table))
            index = self.build.add_table(
                grid, label, place.part, heading=place.heading, path=self.paths.of(table), caption=caption
            )
            made += [index] if index is not None else []
        notes: list[Span] = []
        at = _Place("table", place.part, place.heading)
        for foot in feet:
            notes += self._foot(foot, at)
        for index in made:
            self.build.tables[index] = replace(self.build.tables[index], footnotes=tuple(notes))
        return bool(made)

    def _foot(self, foot: Element, place: _Place) -> list[Span]:
        notes: list[Span] = []
        for child in foot:
            tag = local(child)
            if tag == "fn":
                notes += self._note(child, place, "footnote")
            elif tag in ("fn-group", "attrib-group"):
                notes += self._foot(child, place.deeper())
            elif tag and tag not in ("attrib", "label", "permissions"):
                span = self.build.add(
                    "footnote", "table", place.part, self.inline.text(child), heading=place.heading,
                    path=self.paths.of(child),
                )  # fmt: skip
                notes += [span] if span else []
        return notes

    def _rows(self, table: Element) -> list[list[list[RawCell]]]:
        """Row groups of an XHTML table, or of an OASIS (CALS) one with its tgroups."""
        groups: list[list[list[RawCell]]] = []
        loose: list[list[RawCell]] = []
        names: dict[str, int] = {}
        stack = [(child, False) for child in reversed(table) if local(child)]
        while stack:
            element, head = stack.pop()
            tag = local(element)
            if tag in ("thead", "tbody", "tfoot"):
                if loose:
                    groups.append(loose)
                    loose = []
                rows = [r for r in element if local(r) in ("tr", "row")]
                groups.append([self._cells(r, tag == "thead", names) for r in rows])
            elif tag in ("tr", "row"):
                loose.append(self._cells(element, head, names))
            elif tag == "tgroup":
                specs = [c for c in element if local(c) == "colspec"]
                names = {spec.get("colname", ""): i for i, spec in enumerate(specs)}
                stack += [(child, False) for child in reversed(element) if local(child)]
        if loose:
            groups.append(loose)
        return _raw_grid.settle_headers(groups)

    def _cells(self, row: Element, head: bool, names: dict[str, int]) -> list[RawCell]:
        cells: list[RawCell] = []
        for cell in row:
            tag = local(cell)
            if tag in ("td", "th"):
                down, across = _raw_grid.span_of(cell.get("rowspan")), _raw_grid.span_of(cell.get("colspan"))
                header = head or (tag == "th" and cell.get("scope") not in ("row", "rowgroup"))
            elif tag == "entry":
                down, header = _raw_grid.span_of(cell.get("morerows", "0")) + 1, head
                first, last = names.get(cell.get("namest", "")), names.get(cell.get("nameend", ""))
                across = last - first + 1 if first is not None and last is not None and last >= first else 1
            else:
                continue
            cells.append(RawCell(self.inline.text(cell), down, across or 1, header, self.paths.of(cell)))
        return cells


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((child for child in element if local(child) == name), None)


def _each(element: Element | None, name: str) -> Iterator[Element]:
    if element is not None:
        yield from (child for child in element if local(child) == name)


def _find(element: Element | None, *names: str) -> Element | None:
    for name in names:
        element = _child(element, name)
    return element


# ---- what the article says of itself -----------------------------------------------------------------------------


def _told(element: Element | None) -> str:
    return "" if element is None else " ".join(piece for piece in element.itertext() if isinstance(piece, str))


def _source(article: Element, inline: Inline, build: Builder) -> Source:
    front = _child(article, "front")
    meta = _child(front, "article-meta")
    if meta is None:
        meta = _child(article, "front-stub")
    journal_meta = _child(front, "journal-meta")
    ids: dict[str, str] = {}
    for identifier in _each(meta, "article-id"):
        ids.setdefault(identifier.get("pub-id-type", ""), (identifier.text or "").strip())
    pmcid = ids.get("pmcid") or ids.get("pmc") or ""
    title = _find(meta, "title-group", "article-title")
    journal = _child(journal_meta, "journal-title")
    if journal is None:
        journal = _find(journal_meta, "journal-title-group", "journal-title")
    # Trial numbers of cited studies are not the article's own: the text of references is left out.
    own = (b for b in build.blocks if b.kind != "reference")
    text = "".join(build.parts)
    numbers = [_identifiers.nct_numbers(_told(meta))]
    numbers += [_identifiers.nct_numbers(text[b.start : b.end]) for b in own]
    return Source(
        title=inline.text(title) if title is not None else "",
        doi=ids.get("doi", ""),
        pmid=ids.get("pmid", ""),
        pmcid=pmcid if not pmcid or pmcid.upper().startswith("PMC") else "PMC" + pmcid,
        nct=tuple(dict.fromkeys(n for found in numbers for n in found)),
        journal=inline.text(journal) if journal is not None else "",
        year=_year(meta),
        authors=_authors(meta, inline),
    )


_DATE_ORDER = ("ppub", "collection", "epub-ppub", "pub", "epub", "")


def _year(meta: Element | None) -> int | None:
    """The year of the printed issue, else of the collection, else of the first electronic form."""
    years: dict[str, int] = {}
    for date in _each(meta, "pub-date"):
        year = _child(date, "year")
        if year is not None and year.text and year.text.strip()[:4].isdigit():
            years.setdefault(date.get("pub-type") or date.get("date-type") or "", int(year.text.strip()[:4]))
    return next((years[kind] for kind in _DATE_ORDER if kind in years), min(years.values(), default=None))


def _authors(meta: Element | None, inline: Inline) -> tuple[str, ...]:
    """Authors as "Surname, Given names"; a group by its name."""
    found: list[str] = []
    for group in _each(meta, "contrib-group"):
        for person in _each(group, "contrib"):
            if person.get("contrib-type", "author") != "author":
                continue
            name = _child(person, "name")
            if name is None:
                name = _find(person, "name-alternatives", "name")
            if name is not None:
                parts = [_child(name, "surname"), _child(name, "given-names")]
                found.append(", ".join(t for t in (inline.text(p) for p in parts if p is not None) if t))
                continue
            other = _child(person, "collab")
            if other is None:
                other = _child(person, "string-name")
            if other is not None:
                found.append(inline.text(other)[:300])
    return tuple(name for name in found if name)


# ---- the door ----------------------------------------------------------------------------------------------------


def _articles(root: Element) -> list[Element]:
    if local(root) == "article":
        return [root]
    found: list[Element] = []
    for element in root.iter("{*}article"):
        if not any(local(a) == "article" for a in element.iterancestors()):
            found.append(element)
    return found


def read_jats(data: bytes, name: str) -> list[Document]:
    """Read JATS XML: one Document an article, format "jats".

    Raises ReadError where the XML is damaged beyond use, declares expanding or external entities, is nested too deep,
    larger than MAX_BYTES, or holds no <article> with text. What could be recovered of a cut file carries a notice.
    """
    if len(data) > MAX_BYTES:
        size, limit = len(data) // 1_000_000, MAX_BYTES // 1_000_000
        raise ReadError(f"XML of {size} MB: over the limit of {limit} MB for one file")
    root, entities, notices = parse(data)
    articles = _articles(root)
    if not articles:
        raise ReadError(f"XML of an unknown kind (root element <{local(root)[:40]}>)")
    digest = hashlib.sha256(data).hexdigest()
    paths = Paths(root)
    documents: list[Document] = []
    keys: set[str] = set()
    empty = 0
    for number, element in enumerate(articles, 1):
        article = _Article(element, paths, entities)
        article.build.notices += notices
        article.read()
        if not article.build.blocks:
            empty += 1
            continue
        source = _source(element, article.inline, article.build)
        key = ""
        if len(articles) > 1:
            key = source.pmcid or source.pmid or source.doi or str(number)
            key = "#" + (key if key not in keys else f"{key}.{number}")
            keys.add(key[1:])
        documents.append(article.build.document(name, digest + key, "jats", source))
    if not documents:
        raise ReadError("JATS article without text" if not notices else f"JATS article without text ({notices[-1]})")
    if empty:
        documents = [replace(d, notices=(*d.notices, f"{empty} articles of the file hold no text")) for d in documents]
    return documents
