"""JATS XML (.xml, .nxml): articles of PubMed Central and of publishers, also many in one <pmc-articleset>.

The parser never loads a DTD, never touches a file or the network, and never processes XInclude. A document type that
declares entities is refused unless every one of them stands for a few plain characters; the character names of HTML
(&eacute;) read without a declaration. How superscripts, subscripts and citations come out: `readers._common`.

Reading order: title, abstracts, body, floats, back matter, references. A table gives a caption block, a block of kind
"table" and a block for each footnote. `Block.path` and `Cell.path` are XPaths into the file as given.
"""

from __future__ import annotations

import hashlib
import html.entities
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from trialtab.errors import ReadError
from trialtab.model import Document, Source, Span
from trialtab.readers import _common
from trialtab.readers._common import CITE, CITE_END, MAX_DEPTH, SUB, SUB_END, SUP, SUP_END, Builder, RawCell

MAX_BYTES = 50_000_000

Element = etree._Element

# ---- parsing -----------------------------------------------------------------------------------------------------

_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([^\s\"'<>]{1,100})\s+([^>]*)>")
_LITERAL = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)')\s*\Z""")
_CHARACTER = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_UNPARSED = re.compile(r"(?:SYSTEM|PUBLIC)\s[^>]*\sNDATA\s")
_REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9.]{1,31});")
_ENCODING = re.compile(r"""(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*["'][^"'>]{0,60}["']""")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_XML_OWN = frozenset(("amp", "lt", "gt", "quot", "apos"))


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, dtd_validation=False, attribute_defaults=False,
        no_network=True, huge_tree=False, recover=recover, remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _entities(subset: str) -> dict[str, str]:
    """The entities that an internal DTD subset declares, where each is a few plain characters.

    Raises ReadError at an external, parameter, nested or long one: expansion is how XML reads files and fills memory.
    """
    declared: dict[str, str] = {}
    for found in _ENTITY.finditer(subset):
        parameter, name, rest = found.groups()
        if _UNPARSED.match(rest):
            continue  # a picture's name, never opened here
        literal = _LITERAL.match(rest)
        if literal is None:
            raise ReadError(f"XML with an external entity ({name}): refused, nothing was opened")
        value = _CHARACTER.sub(_character, literal.group(1) if literal.group(1) is not None else literal.group(2))
        if parameter or "&" in value or "%" in value or "<" in value or len(value) > 16:
            raise ReadError(f"XML with entity expansion ({name}): refused")
        declared[name] = value
    if subset.count("<!ENTITY") > sum(1 for _ in _ENTITY.finditer(subset)):
        raise ReadError("XML with an entity declaration that cannot be read: refused")
    return declared


def _character(found: re.Match[str]) -> str:
    code = int(found.group(1), 16) if found.group(1) else int(found.group(2))
    return chr(code) if 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF else " "


def _named(text: str) -> str:
    """HTML character names to characters, XML's own five aside: for files whose DTD would have declared them."""

    def character(found: re.Match[str]) -> str:
        name = found.group(1)
        known = None if name in _XML_OWN else html.entities.html5.get(name + ";")
        return known if known is not None and known not in "<>&" else found.group()

    return _REFERENCE.sub(character, text)


def _parse(data: bytes) -> tuple[Element, dict[str, str], list[str]]:
    """Root element, declared entities and notices. Raises ReadError with the line where the XML cannot be used."""
    decoded = _common.decode(data, markup=True)
    notices = list(decoded.notices)
    text = decoded.text
    head = _common.prolog(text)
    entities = _entities(head.subset)
    text = _ENCODING.sub(r"\1", text, count=1) if text.startswith("<?xml") else text.lstrip()
    if _CONTROL.search(text):
        text = _common.clean(text)
    body = text.encode("utf-8", "replace")
    parser = _parser(recover=False)
    try:
        return etree.fromstring(body, parser), entities, notices
    except etree.XMLSyntaxError as error:
        first = error
    reason = _reason(first)
    if "Excessive depth" in reason or "depth" in reason.casefold():
        raise ReadError(f"XML nested too deep to be an article ({reason})")
    named = _named(text)
    if named != text:  # undeclared character names are no damage
        body = named.encode("utf-8", "replace")
        try:
            return etree.fromstring(body, _parser(recover=False)), entities, notices
        except etree.XMLSyntaxError as error:
            reason = _reason(error)
    try:
        root = _mended(body)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"damaged XML: {_reason(error)}") from error
    if root is None:  # nothing could be mended
        raise ReadError(f"damaged XML: {reason}")
    notices.append(f"incomplete: the XML is cut short or damaged ({reason}); read up to what could be mended")
    return root, entities, notices


def _mended(body: bytes) -> Element | None:
    """The root of damaged XML as far as the parser can mend it; None where there is nothing to mend."""
    return etree.fromstring(body, _parser(recover=True))


def _reason(error: etree.XMLSyntaxError) -> str:
    message = " ".join(str(error.msg or "not well-formed").split())
    message = re.sub(r", line \d+, column \d+( \(.{0,80}\))?$", "", message)
    return f"{message[:120]}, line {error.lineno}"


# ---- names and places --------------------------------------------------------------------------------------------


def _local(element: Element) -> str:
    tag: object = element.tag
    if not isinstance(tag, str):  # an entity
        return ""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


class _Paths:
    """XPaths of elements, the children of a parent named together, so that a wide table stays linear."""

    def __init__(self, root: Element) -> None:
        self._known: dict[Element, str] = {root: "/" + (root.tag if root.tag[0] != "{" else "*")}

    def of(self, element: Element) -> str:
        known = self._known.get(element)
        if known is not None:
            return known
        parent = element.getparent()
        if parent is None:
            return ""
        base = self.of(parent)
        children = [child for child in parent if isinstance(child.tag, str)]
        totals: dict[str, int] = {}
        for child in children:
            totals[child.tag] = totals.get(child.tag, 0) + 1
        seen: dict[str, int] = {}
        for position, child in enumerate(children, 1):
            tag = child.tag
            seen[tag] = seen.get(tag, 0) + 1
            if tag[0] == "{":
                self._known[child] = f"{base}/*[{position}]"
            else:
                self._known[child] = f"{base}/{tag}[{seen[tag]}]" if totals[tag] > 1 else f"{base}/{tag}"
        return self._known[element]


# ---- inline text -------------------------------------------------------------------------------------------------

_SILENT = frozenset((
    "graphic", "inline-graphic", "media", "object-id", "alt-text", "long-desc", "permissions", "processing-meta",
    "annotation", "annotation-xml", "index-term", "x", "target", "private-char", "inline-media",
))  # fmt: skip
_APART = frozenset((
    "p", "break", "list", "list-item", "title", "def-item", "def", "term", "disp-formula", "disp-quote", "mtr", "mtd",
    "mspace", "tr", "td", "th", "row", "entry", "label", "sec", "fn", "caption", "hr", "br",
))  # fmt: skip
_FLOATS = frozenset(("table-wrap", "table-wrap-group", "fig", "fig-group", "boxed-text", "supplementary-material"))
_TEX = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)


class _Inline:
    """Element to text: writes raw pieces with marks for `tidy`."""

    def __init__(self, entities: dict[str, str]) -> None:
        self._entities = entities

    def text(self, element: Element) -> str:
        """The tidy text of an element; blocks inside it are set apart by a space, floats are left out."""
        if len(element) == 0:
            return _common.tidy(_common.clean(element.text)) if element.text else ""
        out: list[str] = []
        self._walk(element, out, 0)
        return _common.tidy("".join(out))

    def raw(self, element: Element, out: list[str]) -> None:
        self._walk(element, out, 0)

    def _walk(self, element: Element, out: list[str], depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ReadError(f"elements nested more than {MAX_DEPTH} deep: no article")
        if element.text:
            out.append(element.text)
        for child in element:
            self.child(child, out, depth + 1)
            if child.tail:
                out.append(child.tail)

    def child(self, child: Element, out: list[str], depth: int = 0) -> None:
        """One child without its tail."""
        if child.tag is etree.Entity:
            out.append(self._entity(child))
            return
        tag = _local(child)
        if not tag or tag in _SILENT or tag in _FLOATS:
            return
        if tag in ("sup", "msup", "sub", "msub", "msubsup"):
            self._raised(child, tag, out, depth)
        elif tag == "xref":
            kind = child.get("ref-type", "")
            if kind in ("bibr", "ref"):
                self._between(CITE, CITE_END, child, out, depth)
            elif kind in ("table-fn", "fn", "author-notes", "corresp"):
                self._between(SUP, SUP_END, child, out, depth)
            else:
                self._walk(child, out, depth)
        elif tag in _APART:
            out.append(" ")
            self._walk(child, out, depth)
            out.append(" ")
        elif tag in ("alternatives", "inline-formula-alternatives"):
            self._alternative(child, out, depth)
        elif tag == "tex-math":
            out.append(self._tex(child))
        elif tag == "mfrac" and len(child) == 2:
            self.child(child[0], out, depth + 1)
            out.append("/")
            self.child(child[1], out, depth + 1)
        elif tag == "msqrt":
            out.append("√")
            self._walk(child, out, depth)
        elif tag == "mfenced":
            out.append(child.get("open", "("))
            self._walk(child, out, depth)
            out.append(child.get("close", ")"))
        else:
            self._walk(child, out, depth)

    def _between(self, before: str, after: str, element: Element, out: list[str], depth: int) -> None:
        out.append(before)
        self._walk(element, out, depth)
        out.append(after)

    def _raised(self, element: Element, tag: str, out: list[str], depth: int) -> None:
        if tag in ("sup", "sub"):
            self._between(*((SUP, SUP_END) if tag == "sup" else (SUB, SUB_END)), element, out, depth)
            return
        marks = {"msup": ((SUP, SUP_END),), "msub": ((SUB, SUB_END),), "msubsup": ((SUB, SUB_END), (SUP, SUP_END))}[tag]
        for i, part in enumerate(element):
            if 0 < i <= len(marks):
                out.append(marks[i - 1][0])
            self.child(part, out, depth + 1)
            if 0 < i <= len(marks):
                out.append(marks[i - 1][1])

    def _alternative(self, element: Element, out: list[str], depth: int) -> None:
        """Of several forms of one thing the one in text or MathML, never all of them."""
        forms = [child for child in element if _local(child) not in _SILENT and _local(child)]
        chosen = next((child for child in forms if _local(child) != "tex-math"), forms[0] if forms else None)
        if chosen is not None:
            self.child(chosen, out, depth + 1)

    def _tex(self, element: Element) -> str:
        source = element.text or ""
        found = _TEX.search(source)
        return (found.group(1) if found else source).replace("$", "")

    def _entity(self, node: Element) -> str:
        name = (getattr(node, "name", "") or "").strip("&;")
        if name in self._entities:
            return self._entities[name]
        return html.entities.html5.get(name + ";", "")


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


_BLOCKS = _FLOATS | {
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

    def __init__(self, article: Element, paths: _Paths, entities: dict[str, str]) -> None:
        self.article, self.paths = article, paths
        self.inline = _Inline(entities)
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
        left = [child for child in self.article if _local(child) in ("sub-article", "response")]
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
        foreign = sum(1 for child in meta if _local(child) == "trans-abstract")
        if foreign:
            self.build.notice(f"{foreign} translated abstract left out")

    def _abstract(self, abstract: Element) -> None:
        kind = (abstract.get("abstract-type") or "").casefold()
        place = _Place("summary" if kind in _SUMMARIES else "abstract")
        title = _child(abstract, "title")
        heading = self.inline.text(title) if title is not None else ""
        part = ""
        for child in abstract:
            tag = _local(child)
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
            _common.section_of(self._title(child))[0] or _common.section_of_type(child.get("sec-type", ""))[0]
            for child in body
            if _local(child) == "sec"
        )
        seen = False
        for child in body:
            tag = _local(child)
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
        tag = _local(element)
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
            if any(_local(child) in _BLOCKS for child in element):
                self._children(element, place.deeper())
            elif tag not in _SILENT:
                self._add(place, self.inline.text(element), element)

    def _add(self, place: _Place, text: str, element: Element) -> Span | None:
        return self.build.add(
            place.kind, place.section, place.part, text, heading=place.heading, path=self.paths.of(element)
        )

    def _section(self, element: Element, place: _Place) -> None:
        """A <sec> or box. The outermost known name gives the section; inside an abstract only the part changes."""
        caption = _child(element, "caption")
        title = self._title(element) or (self._title(caption) if caption is not None else "")
        section, part = _common.section_of(title)
        if not section:
            section, part = _common.section_of_type(element.get("sec-type", ""))
        if _local(element) == "boxed-text" and section not in ("summary", "references", "back"):
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
        if not any(_local(child) in _SPLITS for child in element):
            return self._text_block(self.inline.text(element), element, place)
        out: list[str] = [element.text or ""]
        part = place.part
        for child in element:
            if _local(child) in _SPLITS:
                part = self._text_block(_common.tidy("".join(out)), element, replace(place, part=part))
                out = []
                self._block(child, place.deeper(part=part))
            else:
                self.inline.child(child, out)
            out.append(child.tail or "")
        return self._text_block(_common.tidy("".join(out)), element, replace(place, part=part))

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
            tag = _local(child)
            if tag == "title":
                self._block(child, place)
            elif tag == "list-item":
                label = _child(child, "label")
                lead = self.inline.text(label) + " " if label is not None and self.inline.text(label) else ""
                loose = bool(child.text and child.text.strip())
                for i, inner in enumerate(child):
                    if _local(inner) == "list":
                        self._list(inner, place.deeper())
                    elif _local(inner) == "p" and not any(_local(c) in _SPLITS for c in inner):
                        self.build.add(
                            kind, place.section, place.part, self.inline.text(inner), heading=place.heading,
                            path=self.paths.of(inner), lead=lead if i <= 1 else "",
                        )  # fmt: skip
                    elif _local(inner) in _BLOCKS:
                        self._block(inner, place.deeper(kind=kind))
                    elif _local(inner) and _local(inner) != "label":
                        loose = True
                if loose and not any(_local(inner) in _BLOCKS for inner in child):
                    self._add(replace(place, kind=kind), self.inline.text(child), child)

    def _definitions(self, element: Element, place: _Place) -> None:
        for child in element:
            if _local(child) == "def-item":
                term, meaning = _child(child, "term"), _child(child, "def")
                text = ": ".join(self.inline.text(e) for e in (term, meaning) if e is not None)
                self._add(replace(place, kind="item"), text, child)
            elif _local(child) in ("title", "def-list"):
                self._block(child, place.deeper())

    def _note(self, element: Element, place: _Place, kind: str) -> list[Span]:
        """A footnote: its mark, then its text; one block a paragraph."""
        label = _child(element, "label")
        mark = self.inline.text(label) if label is not None else ""
        spans: list[Span] = []
        paragraphs = [child for child in element if _local(child) == "p"]
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
            tag = _local(child)
            if tag == "title":
                text = self.inline.text(child)
                self.build.add("heading", "references", "", text, heading=text, path=self.paths.of(child))
                place = replace(place, heading=text)
            elif tag == "ref":
                words = [piece for piece in child.itertext() if isinstance(piece, str)]
                glue = " " if any(_local(c) in ("element-citation", "nlm-citation", "citation") for c in child) else ""
                text = _common.tidy(_common.clean(glue.join(words)))
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
            captions = [self.inline.text(c) for c in element if _local(c) in ("p", "title")]
            source = element
        else:
            captions = [self.inline.text(c) for c in caption if _local(c)] or [self.inline.text(caption)]
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
            if _local(child) in _FLOATS or _local(child) in ("table", "alternatives"):
                self._block(child, place.deeper())

    # -- tables

    def _table_wrap(self, element: Element, place: _Place) -> None:
        label, caption = self._caption(element, place)
        grids: list[Element] = []
        image = False
        for child in element:
            tag = _local(child)
            if tag == "alternatives":
                grids += [g for g in child if _local(g) in ("table", "array")]
                image = image or any(_local(g) == "graphic" for g in child)
            elif tag in ("table", "array"):
                grids.append(child)
            elif tag in ("graphic", "media"):
                image = True
        feet = [child for child in element if _local(child) == "table-wrap-foot"]
        made = self._grids(grids, label, caption, feet, place)
        for child in element:  # whatever else an author put into the frame of a table
            if _local(child) in ("p", "list", "def-list", "disp-quote", "sec") and not (
                caption and _local(child) == "p"
            ):
                self._block(child, place.deeper())
        if not made:
            why = " is an image: not read" if image else " has no text" if grids else ": a caption without a table"
            self.build.notice(f"{label or 'a table without label'}{why}")

    def _grids(
        self, tables: list[Element], label: str, caption: Span | None, feet: Iterable[Element], place: _Place
    ) -> bool:
        made: list[int] = []
        for table in tables:
            grid = _common.lay_out(self._rows(table))
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
            tag = _local(child)
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
        stack = [(child, False) for child in reversed(table) if _local(child)]
        while stack:
            element, head = stack.pop()
            tag = _local(element)
            if tag in ("thead", "tbody", "tfoot"):
                if loose:
                    groups.append(loose)
                    loose = []
                rows = [r for r in element if _local(r) in ("tr", "row")]
                groups.append([self._cells(r, tag == "thead", names) for r in rows])
            elif tag in ("tr", "row"):
                loose.append(self._cells(element, head, names))
            elif tag == "tgroup":
                specs = [c for c in element if _local(c) == "colspec"]
                names = {spec.get("colname", ""): i for i, spec in enumerate(specs)}
                stack += [(child, False) for child in reversed(element) if _local(child)]
        if loose:
            groups.append(loose)
        return _common.settle_headers(groups)

    def _cells(self, row: Element, head: bool, names: dict[str, int]) -> list[RawCell]:
        cells: list[RawCell] = []
        for cell in row:
            tag = _local(cell)
            if tag in ("td", "th"):
                down, across = _common.span_of(cell.get("rowspan")), _common.span_of(cell.get("colspan"))
                header = head or (tag == "th" and cell.get("scope") not in ("row", "rowgroup"))
            elif tag == "entry":
                down, header = _common.span_of(cell.get("morerows", "0")) + 1, head
                first, last = names.get(cell.get("namest", "")), names.get(cell.get("nameend", ""))
                across = last - first + 1 if first is not None and last is not None and last >= first else 1
            else:
                continue
            cells.append(RawCell(self.inline.text(cell), down, across or 1, header, self.paths.of(cell)))
        return cells


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((child for child in element if _local(child) == name), None)


def _each(element: Element | None, name: str) -> Iterator[Element]:
    if element is not None:
        yield from (child for child in element if _local(child) == name)


def _find(element: Element | None, *names: str) -> Element | None:
    for name in names:
        element = _child(element, name)
    return element


# ---- what the article says of itself -----------------------------------------------------------------------------


def _told(element: Element | None) -> str:
    return "" if element is None else " ".join(piece for piece in element.itertext() if isinstance(piece, str))


def _source(article: Element, inline: _Inline, build: Builder) -> Source:
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
    numbers = [_common.nct_numbers(_told(meta))]
    numbers += [_common.nct_numbers(text[b.start : b.end]) for b in own]
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


def _authors(meta: Element | None, inline: _Inline) -> tuple[str, ...]:
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
    if _local(root) == "article":
        return [root]
    found: list[Element] = []
    for element in root.iter("{*}article"):
        if not any(_local(a) == "article" for a in element.iterancestors()):
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
    root, entities, notices = _parse(data)
    articles = _articles(root)
    if not articles:
        raise ReadError(f"XML of an unknown kind (root element <{_local(root)[:40]}>)")
    digest = hashlib.sha256(data).hexdigest()
    paths = _Paths(root)
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
        documents.append(article.build.document(name + key, digest + key, "jats", source))
    if not documents:
        raise ReadError("JATS article without text" if not notices else f"JATS article without text ({notices[-1]})")
    if empty:
        documents = [replace(d, notices=(*d.notices, f"{empty} articles of the file hold no text")) for d in documents]
    return documents
