"""HTML: saved pages of articles and of summaries.

trafilatura judges which blocks are the article; its own text is rebuilt, so it is only compared with: text and
XPaths come from the page's tree. Nothing is run, followed or fetched. How superscripts and citations come out:
`readers._tidy`.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from trialtab.errors import ReadError
from trialtab.model import Document, Source, Span
from trialtab.readers import _characters, _heads, _identifiers, _outline, _raw_grid, _sections, _tidy
from trialtab.readers._builder import Builder
from trialtab.readers._outline import Unit
from trialtab.readers._raw_grid import Grid, RawCell
from trialtab.readers._tidy import CITE, CITE_END, SUB, SUB_END, SUP, SUP_END

MAX_BYTES = 20_000_000
MAX_JUDGED = 60_000
MAX_TABLES = 500
"""A page of more elements or tables is not put before trafilatura, whose work grows faster than the page."""
MAX_ELEMENTS = 400_000

Element = etree._Element

# ---- the tree ----------------------------------------------------------------------------------------------------

_WRAPPERS = re.compile(r"</?(?:div|span|font|center|section|b|i|u|em|strong|blockquote)\b[^<>]{0,2000}>", re.IGNORECASE)
_EMBEDDED = re.compile(r"""(?<=["'(])data:[\w.+/-]{1,60};base64,[A-Za-z0-9+/=\s%]*""")  # pictures of a saved page
_META_CHARSET = re.compile(r"(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*[\"'][^\"'>]{0,60}[\"']")


def _parse(text: str) -> tuple[Element, list[str]]:
    """Tree of a page and notices. A page nested deeper than the parser goes is read without its wrapping elements."""
    body = _META_CHARSET.sub(r"\1", text, count=1) if text.lstrip()[:5] == "<?xml" else text
    root, deep = _tree(body)
    if not deep:
        return root, []
    root, _ = _tree(_WRAPPERS.sub(" ", body))
    return root, ["nested too deep: wrapping elements (div, span …) left out, XPaths are of the page without them"]


def _tree(text: str) -> tuple[Element, bool]:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, recover=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(f"HTML that cannot be parsed ({' '.join(str(error.msg).split())[:100]})") from error
    if root is None:
        raise ReadError("HTML page without any element")
    return root, any("depth" in entry.message for entry in parser.error_log)


def _tag(element: Element) -> str:
    tag = element.tag
    return tag.casefold() if isinstance(tag, str) else ""


def _strings(element: Element) -> Iterator[str]:
    yield from (piece for piece in element.itertext() if isinstance(piece, str))


def _all(element: Element) -> str:
    return "".join(_strings(element))


# ---- inline text -------------------------------------------------------------------------------------------------

_NEVER = frozenset((
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "audio", "video", "map",
    "head", "title", "meta", "link", "button", "select", "option", "input", "textarea", "datalist", "dialog", "img",
    "picture", "source", "frame", "frameset", "applet", "annotation", "annotation-xml",
))  # fmt: skip
_BLOCK_TAGS = frozenset((
    "p", "div", "section", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "blockquote", "pre", "figure", "figcaption", "header", "footer", "nav", "aside", "form", "fieldset",
    "address", "details", "summary", "center", "body", "hr", "menu", "html", "tbody", "tr", "td", "th", "caption",
    "hgroup", "legend", "thead", "tfoot",
))  # fmt: skip
_REF_LINK = re.compile(
    r"#(?:.{0,60}(?:ref|bib|cit|cr|r|b|c|en)[-_.:]?[a-z]{0,6}\d|.{0,60}(?:reference|cite|bib))", re.IGNORECASE
)
_NOTE_LINK = re.compile(r"#.{0,60}(?:tfn|fn|note|foot|tf\d|t\d+fn)", re.IGNORECASE)
_NUMBERS = re.compile(r"\s*\[?\d{1,3}(?:\s*[,;–—‐-]\s*\d{1,3})*\]?\s*\Z")


def _inline(element: Element, out: list[str], depth: int = 0) -> None:
    """Raw text of an element with marks for `tidy`; blocks inside it are set apart by a space."""
    if element.text:
        out.append(_plain(element.text))
    for child in element:
        _inline_child(child, out, depth + 1)
        if child.tail:
            out.append(_plain(child.tail))


def _inline_child(child: Element, out: list[str], depth: int = 0) -> None:
    tag = _tag(child)
    if not tag or tag in _NEVER or depth > 400:
        return
    before = after = ""
    if tag in ("sup", "sub"):
        before, after = (SUP, SUP_END) if tag == "sup" else (SUB, SUB_END)
    elif tag == "a":
        target = child.get("href") or ""
        if "#" in target and len(child) < 3:
            words = _all(child)
            if len(words) < 20 and _NOTE_LINK.search(target[-80:]) and not words.strip().startswith(("Table", "Fig")):
                before, after = (SUP, SUP_END) if len(words.strip()) <= 3 else ("", "")
            elif _NUMBERS.match(words) and _REF_LINK.search(target[-80:]):
                before, after = CITE, CITE_END
    elif tag == "br" or tag in _BLOCK_TAGS:
        before = after = " "
    out.append(before)
    _inline(child, out, depth)
    out.append(after)


_MARK = re.compile(r"[\x01-\x06\x0e]")


def _plain(text: str) -> str:
    return _MARK.sub(" ", text) if _MARK.search(text) else text


def _text(element: Element) -> str:
    out: list[str] = []
    _inline(element, out)
    return _tidy.tidy("".join(out))


# ---- blocks of the page, wanted or not ---------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    """A block of the page: its kind, text and element; `off` says that it stands in navigation or the like."""

    kind: str
    text: str
    element: Element
    level: int = 0
    off: bool = False
    keep: bool = False
    lead: str = ""
    grid: Grid | None = None
    words: list[str] = field(default_factory=list)


_ASIDE_TAGS = frozenset(("nav", "footer", "form", "menu"))
_ASIDE_ROLES = frozenset(("navigation", "banner", "search", "contentinfo", "dialog", "alertdialog", "menu"))
_ASIDE_NAMES = re.compile(
    r"(?:^|[-_ ])(?:cookies?|consent|gdpr|advert(?:s|isement)?|ads?|promo|sponsored|share|sharing|social|newsletter"
    r"|subscribe|related(?:[-_ ](?:posts?|articles?))?|sidebar|breadcrumbs?|menu|nav(?:bar|igation)?|comments?|popup"
    r"|modal"
    r"|paywall|signup|login|toolbar|site[-_ ]?(?:header|footer)|masthead|skip[-_ ]link|pagination|tags|byline|widget)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
_CITED_LIST = re.compile(
    r"(?:^|[-_ ])(?:ref(?:erence)?s?(?:[-_ ]list)?|bibliography|citations?)(?:$|[-_ ])", re.IGNORECASE
)


def _is_aside(element: Element, tag: str) -> bool:
    if tag in _ASIDE_TAGS or element.get("role", "").casefold() in _ASIDE_ROLES:
        return True
    if element.get("hidden") is not None or element.get("aria-hidden", "").casefold() == "true":
        return True
    if "display:none" in (element.get("style") or "").replace(" ", "").casefold():
        return True
    if tag in ("body", "html", "article", "main", "table", "p", "h1"):
        return False
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return bool(_ASIDE_NAMES.search(names[:300]))


class _Page:
    """Walks the tree once, in document order, and lists its blocks."""

    def __init__(self, root: Element) -> None:
        self.parts: list[_Part] = []
        self.elements = sum(1 for _ in root.iter())
        self.tables = sum(1 for _ in root.iter("table"))
        rows = [len(row) for row in root.iter("tr")]
        self.grid = len(rows) * max(rows, default=0)
        if self.elements > MAX_ELEMENTS:
            raise ReadError(f"HTML of {self.elements} elements: over the limit of {MAX_ELEMENTS} for one page")
        self.paths: dict[Element, str] = {root: f"/{root.tag}"}
        self._walk(root, off=False, kind="paragraph", depth=0)

    @property
    def judgeable(self) -> bool:
        """Small enough for trafilatura, whose work grows with the square of some counts."""
        return self.elements <= MAX_JUDGED and self.tables <= MAX_TABLES and self.grid <= 4 * MAX_JUDGED

    def path(self, element: Element) -> str:
        chain = []
        at: Element | None = element
        while at is not None and at not in self.paths:
            chain.append(at)
            at = at.getparent()
        for step in reversed(chain):
            self._name_children(step.getparent())
            if step not in self.paths:
                return ""
        return self.paths.get(element, "")

    def _name_children(self, parent: Element | None) -> None:
        if parent is None:
            return
        children = [child for child in parent if isinstance(child.tag, str)]
        totals: dict[str, int] = {}
        for child in children:
            totals[child.tag] = totals.get(child.tag, 0) + 1
        seen: dict[str, int] = {}
        for position, child in enumerate(children, 1):
            tag = child.tag
            seen[tag] = seen.get(tag, 0) + 1
            step = tag if _XPATH_NAME.match(tag) else "*"
            number = f"[{position}]" if step == "*" else f"[{seen[tag]}]" if totals[tag] > 1 else ""
            self.paths[child] = f"{self.paths[parent]}/{step}{number}"

    def _add(self, kind: str, out: list[str], element: Element, off: bool, level: int = 0, lead: str = "") -> None:
        text = _tidy.tidy("".join(out))
        if text:
            self.parts.append(_Part(kind, text, element, level, off, lead=lead))

    def _walk(self, element: Element, *, off: bool, kind: str, depth: int) -> None:
        """A container: runs of inline content become paragraphs, block children stand for themselves."""
        tag = _tag(element)
        off = off or _is_aside(element, tag)
        if tag in ("ul", "ol") and _CITED_LIST.search(f"{element.get('class', '')} {element.get('id', '')}"[:300]):
            kind = "reference"
        run: list[str] = [_plain(element.text or "")]
        for child in element:
            inner = _tag(child)
            if inner in _BLOCK_TAGS or (inner and inner not in _NEVER and _holds_block(child)):
                self._add(kind, run, element, off)
                run = []
                self._block(child, inner, off=off, kind=kind, depth=depth + 1)
            else:
                _inline_child(child, run)
            run.append(_plain(child.tail or ""))
        self._add(kind, run, element, off)

    def _block(self, element: Element, tag: str, *, off: bool, kind: str, depth: int) -> None:
        if depth > 300:
            return
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            out: list[str] = []
            _inline(element, out)
            self._add("heading", out, element, off or _is_aside(element, tag), int(tag[1]))
        elif tag == "table" and _is_data(element):
            self._table(element, off=off or _is_aside(element, tag))
        elif tag in ("li", "dt", "dd"):
            self._walk(element, off=off, kind="item" if kind == "paragraph" else kind, depth=depth)
        elif tag in ("figcaption", "caption"):
            self._walk(element, off=off, kind="caption", depth=depth)
        else:
            self._walk(element, off=off, kind=kind, depth=depth)

    def _table(self, table: Element, *, off: bool) -> None:
        for child in table:
            if _tag(child) == "caption":
                self._walk(child, off=off, kind="caption", depth=0)
        groups: list[list[list[RawCell]]] = []
        loose: list[list[RawCell]] = []
        for child in table:
            tag = _tag(child)
            if tag == "tr":
                loose.append(self._cells(child, head=False))
                continue
            if tag in ("thead", "tbody", "tfoot"):
                if loose:
                    groups.append(loose)
                    loose = []
                groups.append([self._cells(row, head=tag == "thead") for row in child if _tag(row) == "tr"])
        if loose:
            groups.append(loose)
        grid = _raw_grid.lay_out(_raw_grid.settle_headers(groups))
        text = " ".join(cell.raw.text for cell in grid.cells if cell.raw.text)
        if text:
            self.parts.append(_Part("table", text, table, off=off, grid=grid))

    def _cells(self, row: Element, *, head: bool) -> list[RawCell]:
        cells = []
        for cell in row:
            tag = _tag(cell)
            if tag in ("td", "th"):
                header = head or (tag == "th" and cell.get("scope", "") not in ("row", "rowgroup"))
                across = _raw_grid.span_of(cell.get("colspan")) or 1
                down = _raw_grid.span_of(cell.get("rowspan"))
                cells.append(RawCell(_text(cell), down, across, header, self.path(cell)))
        return cells


_XPATH_NAME = re.compile(r"[a-z][a-z0-9]*\Z")


def _holds_block(element: Element) -> bool:
    """An inline element around blocks (<span><div>…) is a container. Looks two levels deep, no further."""
    return any(_tag(child) in _BLOCK_TAGS or any(_tag(inner) in _BLOCK_TAGS for inner in child) for child in element)


def _is_data(table: Element) -> bool:
    """A data table has no table inside it and at least two cells; others are layout."""
    if table.get("role", "").casefold() in ("presentation", "none"):
        return False
    cells = 0
    for inner in table.iterdescendants():
        tag = _tag(inner)
        if tag == "table":
            return False
        cells += tag in ("td", "th")
    return cells >= 2


# ---- which blocks are the article --------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
_RUN = 5  # words in a row that must be found again


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


_SPANS = re.compile(
    r"""\b(?:row|col)span\s*=\s*["']?[\d\s]*["']?""", re.IGNORECASE
)  # its time grows with their product


def _judged(html: str) -> list[list[str]]:
    """The words of each block that trafilatura takes for the article; empty where it finds none."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(
            _SPANS.sub("", html), output_format="xml", include_tables=True, include_comments=False, include_links=False,
            include_images=False, deduplicate=False, favor_recall=True,
        )  # fmt: skip
    except (RecursionError, ValueError, TypeError, AttributeError, etree.LxmlError):
        return []  # its rebuilding fails on some damaged pages; the page's own tree is read then
    if not found:
        return []
    try:
        root = etree.fromstring(found.encode("utf-8"), etree.XMLParser(resolve_entities=False, recover=True))
    except etree.XMLSyntaxError:
        return []
    if root is None:
        return []
    blocks = []
    for element in root.iter("p", "head", "item", "cell", "quote", "list", "code", "row"):
        words = _words(" ".join(_strings(element)))
        if words:
            blocks.append(words)
    return blocks


def _keep_judged(parts: list[_Part], judged: list[list[str]]) -> int:
    """Marks the parts whose words stand in the judged blocks; gives how many words were kept."""
    whole = {" ".join(block) for block in judged}
    runs = {tuple(block[i : i + _RUN]) for block in judged for i in range(len(block) - _RUN + 1)}
    kept = 0
    for part in parts:
        part.words = _words(part.text)
        if part.off or not part.words:
            continue
        if part.grid is not None:
            cells = [" ".join(_words(c.raw.text)) for c in part.grid.cells if c.raw.text]
            part.keep = 2 * sum(cell in whole for cell in cells) >= len(cells)
        elif " ".join(part.words) in whole:
            part.keep = True
        else:
            n = len(part.words) - _RUN + 1
            part.keep = n > 0 and 10 * sum(tuple(part.words[i : i + _RUN]) in runs for i in range(n)) >= 6 * n
        kept += len(part.words) if part.keep and part.kind != "heading" else 0
    return kept


def _keep_around(parts: list[_Part]) -> None:
    """What the judge drops but the article needs: headings over kept text, data tables, captions and short list items
    and paragraphs between kept ones of the same parent."""
    last_kept = max((i for i, part in enumerate(parts) if part.keep), default=-1)
    first_kept = next((i for i, part in enumerate(parts) if part.keep), len(parts))
    parents = {part.element.getparent() for part in parts if part.keep and part.kind in ("paragraph", "item")}
    following = False  # kept text follows before the next heading of the same or a higher level
    for i in range(len(parts) - 1, -1, -1):
        part = parts[i]
        if part.kind == "heading":
            part.keep = not part.off and (part.keep or following or (bool(parts[i + 1 : i + 2]) and parts[i + 1].keep))
            following = part.keep and part.level > 1
        elif part.keep:
            following = True
        elif part.off or not first_kept <= i <= last_kept:
            continue
        elif part.kind in ("table", "caption") or (part.kind == "item" and part.element.getparent() in parents):
            part.keep = True
        elif part.kind == "paragraph" and part.element.getparent() in parents:
            # Short lines that rule readers live on: "Results:", "Evidence Rating Level: 2 (Good)", credits.
            head = _heads.pieces(part.text)
            part.keep = head[0].kind == "furniture" or bool(head[0].head)


def _keep_fallback(root: Element, parts: list[_Part]) -> None:
    """Everything in <article>, else <main>, else <body>, navigation aside."""
    inside: set[Element] = set()
    for name in ("article", "main"):
        found = list(root.iter(name))
        if found:
            for top in found:
                inside.update(top.iter())
            break
    for part in parts:
        part.keep = not part.off and (not inside or part.element in inside)
    if not any(part.keep for part in parts):
        for part in parts:
            part.keep = not part.off


_REFUSED = re.compile(
    r"access denied|log ?in\b|sign ?in\b|enable (?:cookies|javascript)|are you (?:a )?(?:human|robot)|captcha"
    r"|verify you"
    r"|subscribe (?:to|now)|subscription (?:is )?required|purchase access|get access"
    r"|not found|forbidden|checking your browser|security check|cookies? (?:are )?(?:disabled|required)|paywall"
    r"|register to (?:read|continue)|unusual traffic|rent this article|institutional login",
    re.IGNORECASE,
)


_STATUS = re.compile(r"\s*(?:error\s*)?(?:40[0-9]|50[0-9])\b", re.IGNORECASE)


def _no_article(title: str, parts: list[_Part], kept: list[_Part]) -> bool:
    """A short page without a section's heading or a long paragraph that talks of logging in, cookies or errors."""
    if sum(len(part.text) for part in kept) >= 1000 or any(p.kind == "paragraph" and len(p.text) > 300 for p in kept):
        return False
    headings = [part.text for part in kept if part.kind == "heading"]
    if any(_sections.section_of(text)[0] in ("abstract", "results", "methods", "summary") for text in headings):
        return False
    told = " ".join([title, *(part.text for part in parts)])[:20_000]
    return bool(_REFUSED.search(told)) or any(_STATUS.match(text) for text in (title, *headings))


# ---- what the page says of itself --------------------------------------------------------------------------------


def _metas(root: Element) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        key = (meta.get("name") or meta.get("property") or "").strip().casefold()
        value = _tidy.tidy(_plain(meta.get("content") or ""))
        if key and value:
            metas.setdefault(key, []).append(value)
    return metas


def _first(metas: dict[str, list[str]], *keys: str) -> str:
    return next((metas[key][0] for key in keys if key in metas), "")


def _source(root: Element, metas: dict[str, list[str]], text: str, h1: str) -> Source:
    page_title = next((_text(e) or _tidy.tidy(_plain(_all(e))) for e in root.iter("title")), "")
    identifiers = [v for key in ("dc.identifier", "dc.identifier.doi", "prism.doi") for v in metas.get(key, [])]
    doi = _identifiers.first_doi(" ".join([_first(metas, "citation_doi"), *identifiers])) or _identifiers.first_doi(
        text
    )
    pmid = _first(metas, "citation_pmid")
    date = _first(
        metas, "citation_publication_date", "citation_date", "citation_online_date", "dc.date", "dcterms.issued",
        "prism.publicationdate", "citation_year", "article:published_time",
    )  # fmt: skip
    told = " ".join([*(v for values in metas.values() for v in values), text])
    return Source(
        title=_first(metas, "citation_title", "dc.title", "dcterms.title")
        or h1
        or _first(metas, "og:title")
        or page_title,
        doi=doi,
        pmid=pmid if pmid.isdigit() else _identifiers.first_pmid(text),
        pmcid=_identifiers.first_pmcid(_first(metas, "citation_pmcid")) or _identifiers.first_pmcid(text),
        nct=_identifiers.nct_numbers(told),
        journal=_first(metas, "citation_journal_title", "prism.publicationname", "dc.source"),
        year=_identifiers.first_year(date),
        authors=tuple(metas.get("citation_author") or metas.get("dc.creator") or ()),
        evidence_level=_heads.evidence_level(text),
    )


# ---- building ----------------------------------------------------------------------------------------------------

_BOLD_TAGS = frozenset(("strong", "b"))
_LEAD = re.compile(r"(\d{1,2}[.)]\s+)(?=\S)")
_LABEL = re.compile(
    r"((?:Supplementary |Supplemental )?(?:Table|TABLE)\s(?:S?\d{1,3}[A-Z]?|[IVX]{1,5}))(?:[.:|]|\s|\Z)"
)
_FIGURE = re.compile(r"(?:Figure|Fig\.?|FIGURE)\s\d{1,3}[.:|\s]")


def _whole_bold(element: Element) -> bool:
    """The element holds one bold run and nothing beside it: a heading by look."""
    inner = [child for child in element if _tag(child) not in ("br", "")]
    return (
        len(inner) == 1 and _tag(inner[0]) in _BOLD_TAGS and not (element.text or "").strip()
        and not any((child.tail or "").strip() for child in element)
    )  # fmt: skip


def _units(parts: list[_Part], title: str) -> Iterator[tuple[_Part, Unit]]:
    """Kept parts as units, paragraphs cut at their in-paragraph heads."""
    titled = False
    wanted = _words(title)
    firsts = sum(part.kind == "heading" and part.level == 1 for part in parts)
    match = any(part.kind == "heading" and _words(part.text) == wanted for part in parts)
    for part in parts:
        if part.kind == "heading":
            words = _words(part.text)
            same = words == wanted or (part.level == 1 and not match and (firsts == 1 or _overlap(words, wanted)))
            if same and not titled:
                titled = True
                yield part, Unit("title", part.text)
            else:
                yield part, Unit("heading", part.text, part.level)
        elif part.kind in ("table", "caption", "reference"):
            yield part, Unit(part.kind, part.text)
        elif part.kind == "paragraph" and _is_caption(part.text):
            yield part, Unit("caption", part.text)
        elif part.kind == "paragraph" and _whole_bold(part.element) and _is_name(part.text):
            yield part, Unit("heading", part.text.rstrip(" :"), 6)
        else:
            kind = part.kind
            lead = _LEAD.match(part.text)
            if lead and kind in ("paragraph", "item"):
                kind, part = "item", replace(part, text=part.text[lead.end() :], lead=lead.group(1))
            cut = _heads.pieces(part.text)
            if kind == "item" and not any(piece.kind == "furniture" for piece in cut):
                yield part, Unit("item", part.text)  # "Results: …" as an item is no head for what follows the list
                continue
            for piece in cut:
                text = part.text[piece.start : piece.end]
                if piece.kind == "heading":
                    yield replace(part, text=text), Unit("heading", text, run_in=True)
                else:
                    yield replace(part, text=text), Unit(kind if piece.kind == "paragraph" else piece.kind, text)
                part = replace(part, lead="")


def _is_caption(text: str) -> bool:
    return len(text) < 300 and bool(_LABEL.match(text) or _FIGURE.match(text))


def _is_name(text: str) -> bool:
    """A whole known heading, furniture aside: what bold letters alone make a heading of."""
    return _sections.named_section(text)[0] not in ("", "other") and not _heads.is_furniture(text)


def _overlap(words: list[str], wanted: list[str]) -> bool:
    """Most words of a heading stand in the page's title, as "Title | Journal" has them."""
    return len(words) >= 3 and 10 * sum(w in set(wanted) for w in words) >= 8 * len(words)


def _build(page: _Page, kept: list[_Part], title: str, build: Builder) -> str:
    """Writes the kept parts into the builder; gives the title that stands in the page, or ""."""
    pairs = list(_units(kept, title))
    units = [unit for _, unit in pairs]
    places = _outline.outline(units, "summary")
    printed = ""
    label, caption = "", None
    below: int | None = None  # the table that the last block was part of
    for (part, unit), (section, role, heading) in zip(pairs, places, strict=True):
        path = page.path(part.element)
        if unit.kind == "table" and part.grid is not None:
            index = build.add_table(part.grid, label, role, heading=heading, path=path, caption=caption)
            below = index
            label, caption = "", None
            continue
        if unit.kind == "paragraph" and below is not None and _heads.is_table_note(unit.text):
            span = build.add("footnote", "table", role, unit.text, heading=heading, path=path)
            if span:
                noted = build.tables[below]
                build.tables[below] = replace(noted, footnotes=(*noted.footnotes, span))
            continue
        below = None
        kind = "reference" if section == "references" and unit.kind in ("paragraph", "item") else unit.kind
        span = build.add(kind, section, role, unit.text, heading=heading, path=path, lead=part.lead)
        if unit.kind == "title":
            printed = unit.text
        found = _LABEL.match(unit.text) if unit.kind == "caption" else None
        if found and span:
            label, caption = found.group(1), Span(span.start, span.end)
        elif unit.kind != "caption":
            label, caption = "", None
    return printed


def read_html(data: bytes, name: str) -> list[Document]:
    """Read a saved page (format "html"): one Document.

    Raises ReadError for a page without article text (login, paywall, error page), without any text, or above
    MAX_BYTES. Where trafilatura finds no article, everything but the navigation is read, and a notice says so.
    """
    if len(data) > MAX_BYTES:
        size, limit = len(data) // 1_000_000, MAX_BYTES // 1_000_000
        raise ReadError(f"HTML of {size} MB: over the limit of {limit} MB for one page")
    decoded = _characters.decode(data, markup=True)
    if _characters.is_binary(decoded.text):
        raise ReadError("binary data, not text")
    text = _EMBEDDED.sub("", _characters.clean(decoded.text))
    root, notices = _parse(text)
    page = _Page(root)
    metas = _metas(root)
    build = Builder()
    build.notices += [*decoded.notices, *notices]
    if not page.parts:
        raise ReadError("HTML page without text")
    everything = sum(len(part.text) for part in page.parts)
    title = _first(metas, "citation_title", "dc.title", "og:title")
    if not title:
        title = next((_tidy.tidy(_plain(_all(e))) for e in root.iter("title")), "")
    judgeable = everything >= 200 and page.judgeable
    kept_words = _keep_judged(page.parts, _judged(text) if judgeable else [])
    if kept_words >= 20 or (kept_words and 2 * kept_words >= sum(len(p.words) for p in page.parts if not p.off)):
        _keep_around(page.parts)
        for part in page.parts:  # the title is metadata to the judge, but a block to us
            words = _words(part.text)
            if part.kind == "heading" and part.level == 1 and not part.off:
                alone = sum(p.kind == "heading" and p.level == 1 and not p.off for p in page.parts) == 1
                part.keep = part.keep or alone or words == _words(title) or _overlap(words, _words(title))
    else:
        _keep_fallback(root, page.parts)
        why = "no article recognised on the page" if judgeable or everything < 200 else "a very large page"
        build.notice(f"{why}: all of it read, navigation left out")
    kept = [part for part in page.parts if part.keep]
    if _no_article(title, page.parts, kept):
        raise ReadError("HTML page, login or paywall: no article text")
    if not kept:
        raise ReadError("HTML page without article text")
    printed = _build(page, kept, title, build)
    blocks = [b for b in build.blocks if b.kind != "reference"]
    whole = "".join(build.parts)
    own = "\n".join(whole[b.start : b.end] for b in blocks)
    source = _source(root, metas, own, printed)
    return [build.document(name, hashlib.sha256(data).hexdigest(), "html", source)]
