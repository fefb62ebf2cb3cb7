"""The section, the part and the heading of every piece of a text, from the headings before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trialtab.readers._sections import MAIN, RUNDOWN, normal_heading, section_of


@dataclass(frozen=True, slots=True)
class Unit:
    """A block before it has a section, for formats whose sections must be read off the headings.

    level: of a heading, 1 outermost, 0 where the format has no levels; run_in: the heading stood inside a paragraph;
    place: (section, part) where the file says it outright ("ABSTRACT.RESULTS:").
    """

    kind: str
    text: str = ""
    level: int = 0
    run_in: bool = False
    place: tuple[str, str] | None = None


_WHOLE = frozenset(("abstract", "introduction", "discussion", "references", "bibliography", "acknowledgements"))
_BACK = frozenset(("references", "bibliography", "acknowledgements"))
_ABSTRACT_LENGTH = 6_000  # characters: a longer text with headings is no mere abstract
_SHORT = range(700, 3_500)  # characters: the length of an abstract, also where its heads are those of an article
_BODY = frozenset(("background", "methods", "results", "discussion", "conclusion"))


@dataclass(slots=True)
class _Outline:
    """The headings in force, outermost first: (level, section, part, heading)."""

    root: tuple[str, str]
    closed: bool = False  # nothing but references and back matter leaves the root
    stack: list[tuple[int, str, str, str]] = field(default_factory=list)
    bare: bool = False  # an "Abstract" heading without text of its own yet
    seen: set[str] = field(default_factory=set)  # names met as parts of that abstract
    article: bool = False  # a main section has been entered: text under an unknown heading is no longer the abstract

    @property
    def now(self) -> tuple[str, str, str]:
        return self.stack[-1][1:] if self.stack else (*self.root, "")

    def enter(self, unit: Unit) -> None:
        section, part = unit.place or section_of(unit.text)
        main = normal_heading(unit.text) in MAIN or section in ("discussion", "conclusion", "references", "back")
        level = unit.level or (1 if main or unit.place else 2)
        over = [entry for entry in self.stack if entry[0] < level]
        abstract = next((e for e in self.stack if e[1] == "abstract" and e[0] == level), None)
        if unit.place is None and abstract and self.bare and section in _BODY and section not in self.seen:
            # "Abstract", then at the same level "Methods", "Results" …: its parts, up to the first repetition.
            self.seen.add(section)
            self.stack = [*over, abstract, (level + 1, "abstract", part, unit.text)]
            return
        self.stack = over
        up_section, up_part, _ = self.now
        if not self.stack or up_section in ("other", "") or section in ("references", "back") or unit.place:
            unknown = ("other", "") if self.article and self.root[0] == "abstract" else self.root
            here = (section, part) if section else unknown if not self.stack else (up_section, up_part)
        elif up_section in ("abstract", "summary"):
            here = (up_section, part or up_part)
        else:
            here = (up_section, up_part)
        if self.closed and here[0] not in ("references", "back", "title"):
            here = (self.root[0], (over[-1][2] if over else "") or part)  # "3.1 Patients" under "3. Results"
        self.stack.append((level, *here, unit.text))
        self.article = self.article or here[0] in _BODY
        self.bare = here[0] == "abstract" and section == "abstract"
        self.seen = set() if self.bare else self.seen


def outline(units: Sequence[Unit], default: str) -> list[tuple[str, str, str]]:
    """(section, part, heading) of every unit, from the headings before it.

    Heads of a summary ("Study Rundown:", "In-Depth [cohort]:", "Bottom line") make all of it a summary; in-paragraph
    heads ("RESULTS:") an abstract, and so do heading lines in a short text without introduction, discussion or
    references, and in one as long as an abstract without references. Otherwise heading lines make the sections of an
    article; text under no heading is then the abstract
    (before an introduction) or "other". Without any of these it is of section `default`.
    """
    names = [normal_heading(u.text) if u.kind == "heading" else "" for u in units]
    lines = [u.place or section_of(u.text) for u in units if u.kind == "heading" and not u.run_in]
    main = [n for u, n in zip(units, names, strict=True) if not u.run_in and n in MAIN]
    run_in = any(u.run_in and section_of(u.text)[0] in _BODY for u in units)
    length = sum(len(u.text) for u in units)
    whole = (  # has the parts that only whole articles have
        any(n in _BACK for n in names)
        if length in _SHORT
        else any(n in _WHOLE for n in names) or any(u.place for u in units)
    )
    rundown = any(n in RUNDOWN for n in names) or any(u.text.startswith("Evidence Rating") for u in units)
    if rundown or (not whole and any(section == "summary" for section, _ in lines)):
        root, closed = "summary", True
    elif main and not whole and length < _ABSTRACT_LENGTH:
        root, closed = "abstract", True
    elif not main:
        root, closed = "abstract" if run_in else default, default == "summary"
    else:
        root = "abstract" if run_in or section_of(main[0])[0] == "background" else "other"
        closed = False
    state = _Outline((root, ""), closed)
    places: list[tuple[str, str, str]] = []
    head, head_part = "", ""
    told = False  # running text has been met
    for unit in units:
        told = told or unit.kind == "paragraph"
        if unit.kind == "heading" and not told and (unit.place or section_of(unit.text))[0] == "back":
            places.append((*state.now[:2], unit.text))  # "Correspondence" over a letter says what it is
            continue
        if unit.kind == "title":
            places.append(("title", "", ""))
            continue
        if unit.kind == "heading" and unit.run_in:
            head, head_part = unit.text, section_of(unit.text)[1]
            if head_part and state.now[0] == "back":
                # "Author information", "Keywords" … and then "METHODS: …": the abstract goes on behind them
                state.stack = [entry for entry in state.stack if entry[1] != "back"]
        elif unit.kind == "heading":
            state.enter(unit)
            head, head_part = "", ""
        elif unit.kind in ("paragraph", "item") and state.now[0] == "abstract" and not state.seen:
            state.bare = False
        section, part, heading = state.now
        if head:
            part = head_part if section in ("abstract", "summary", "other") else part
        if unit.kind in ("caption", "table"):
            section = unit.kind
        places.append((section, part, head or heading))
    return places
