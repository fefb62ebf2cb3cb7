"""Safe XML for the readers: parsing, names and XPaths of elements, and an element's text.

The parser never loads a DTD, never touches a file or the network, and never processes XInclude. A document type that
declares entities is refused unless every one of them stands for a few plain characters; the character names of HTML
(&eacute;) read without a declaration. How superscripts, subscripts and citations come out: `readers._tidy`.
"""

from __future__ import annotations

import html.entities
import re

from lxml import etree

from trialtab.errors import ReadError
from trialtab.readers import _characters, _tidy
from trialtab.readers._characters import MAX_DEPTH
from trialtab.readers._tidy import CITE, CITE_END, SUB, SUB_END, SUP, SUP_END

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


def parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, dtd_validation=False, attribute_defaults=False,
        no_network=True, huge_tree=False, recover=recover, remove_comments=True, remove_pis=True,
    )  # fmt: skip


def entities_of(subset: str) -> dict[str, str]:
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


def parse(data: bytes) -> tuple[Element, dict[str, str], list[str]]:
    """Root element, declared entities and notices. Raises ReadError with the line where the XML cannot be used."""
    decoded = _characters.decode(data, markup=True)
    notices = list(decoded.notices)
    text = decoded.text
    head = _characters.prolog(text)
    entities = entities_of(head.subset)
    text = _ENCODING.sub(r"\1", text, count=1) if text.startswith("<?xml") else text.lstrip()
    if _CONTROL.search(text):
        text = _characters.clean(text)
    body = text.encode("utf-8", "replace")
    strict = parser(recover=False)
    try:
        return etree.fromstring(body, strict), entities, notices
    except etree.XMLSyntaxError as error:
        first = error
    reason = reason_of(first)
    if "Excessive depth" in reason or "depth" in reason.casefold():
        raise ReadError(f"XML nested too deep to be an article ({reason})")
    named = _named(text)
    if named != text:  # undeclared character names are no damage
        body = named.encode("utf-8", "replace")
        try:
            return etree.fromstring(body, parser(recover=False)), entities, notices
        except etree.XMLSyntaxError as error:
            reason = reason_of(error)
    try:
        root = _mended(body)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"damaged XML: {reason_of(error)}") from error
    if root is None:  # nothing could be mended
        raise ReadError(f"damaged XML: {reason}")
    notices.append(f"incomplete: the XML is cut short or damaged ({reason}); read up to what could be mended")
    return root, entities, notices


def _mended(body: bytes) -> Element | None:
    """The root of damaged XML as far as the parser can mend it; None where there is nothing to mend."""
    return etree.fromstring(body, parser(recover=True))


def reason_of(error: etree.XMLSyntaxError) -> str:
    message = " ".join(str(error.msg or "not well-formed").split())
    message = re.sub(r", line \d+, column \d+( \(.{0,80}\))?$", "", message)
    return f"{message[:120]}, line {error.lineno}"


# ---- names and places --------------------------------------------------------------------------------------------


def local(element: Element) -> str:
    tag: object = element.tag
    if not isinstance(tag, str):  # an entity
        return ""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


class Paths:
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

SILENT = frozenset((
    "graphic", "inline-graphic", "media", "object-id", "alt-text", "long-desc", "permissions", "processing-meta",
    "annotation", "annotation-xml", "index-term", "x", "target", "private-char", "inline-media",
))  # fmt: skip
_APART = frozenset((
    "p", "break", "list", "list-item", "title", "def-item", "def", "term", "disp-formula", "disp-quote", "mtr", "mtd",
    "mspace", "tr", "td", "th", "row", "entry", "label", "sec", "fn", "caption", "hr", "br",
))  # fmt: skip
FLOATS = frozenset(("table-wrap", "table-wrap-group", "fig", "fig-group", "boxed-text", "supplementary-material"))
_TEX = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)


class Inline:
    """Element to text: writes raw pieces with marks for `tidy`."""

    def __init__(self, entities: dict[str, str]) -> None:
        self._entities = entities

    def text(self, element: Element) -> str:
        """The tidy text of an element; blocks inside it are set apart by a space, floats are left out."""
        if len(element) == 0:
            return _tidy.tidy(_characters.clean(element.text)) if element.text else ""
        out: list[str] = []
        self._walk(element, out, 0)
        return _tidy.tidy("".join(out))

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
        tag = local(child)
        if not tag or tag in SILENT or tag in FLOATS:
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
        forms = [child for child in element if local(child) not in SILENT and local(child)]
        chosen = next((child for child in forms if local(child) != "tex-math"), forms[0] if forms else None)
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
