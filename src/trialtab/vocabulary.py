"""Word lists of patterns/ and their look-up: from a printed phrase to a canonical term.

A vocabulary is one TOML file with `vocabulary = "name"` at its top and a `[[term]]` for each thing that has a name.
Looking a phrase up goes in three steps, and the answer says which of them gave it:

1. exact: the phrase in its normal form is a spelling of the term;
2. contained: the phrase is read like a noun phrase. Words that only count or qualify ("rate of", "grade 3", "at 12
   months") are stepped over, the longest known name in head position wins, and whatever would change its meaning
   blocks it: a head noun after it ("pain medication"), a preposition's noun before it ("fear of relapse"), a
   modifier that narrows a one-word name ("breast cancer mortality"), a second outcome beside it ("death or stroke").
   Leads such as "time to" or "change in" give a derived term (`time_to_complete_response`);
3. fuzzy: rapidfuzz against all spellings, for slips of the pen only: see `FUZZY_THRESHOLD`.

Spellings of up to five capital letters (CR, OS, AE) are compared with case, everything else without.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, NamedTuple

from trialtab.errors import RuleFileError
from trialtab.resources import folder

FUZZY_THRESHOLD = 88.0
"""Least similarity (0-100) of a fuzzy match; the measurement behind it: docstring of `Vocabulary.match`."""

_REMEMBERED = 1 << 13
"""How many phrases each look-up remembers; most phrases of an article are asked for several times."""

OUTCOME_CLASSES = frozenset({
    "efficacy_response", "survival", "time_to_event", "relapse", "remission_duration", "biomarker", "adverse_event",
    "mortality", "follow_up", "enrollment", "score_change", "other",
})  # fmt: skip

# ---- the normal form -------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*|[,;:/()\[\]<>≥≤≦≧=]")
_GREEK = str.maketrans({
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "λ": "lambda", "µ": "mu", "μ": "mu",
    "Α": "alpha", "Β": "beta", "Γ": "gamma", "Δ": "delta",
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
    "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8", "₉": "9",
    "\u00ad": None, "\u200b": None, "\ufeff": None,
    "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl",
})  # fmt: skip
_BRITISH = (
    ("aem", "em"), ("aes", "es"), ("paed", "ped"), ("paen", "pen"), ("faec", "fec"), ("gynaec", "gynec"),
    ("caec", "cec"), ("aeti", "eti"), ("oed", "ed"), ("oeso", "eso"), ("oestr", "estr"), ("foet", "fet"),
    ("rrhoe", "rrhe"), ("pnoe", "pne"), ("coeli", "celi"), ("homoeo", "homeo"), ("manoeuv", "maneuv"),
    ("leuco", "leuko"), ("tumour", "tumor"), ("behaviour", "behavior"), ("colour", "color"),
    ("labour", "labor"), ("odour", "odor"), ("favour", "favor"), ("humour", "humor"), ("sulph", "sulf"),
    ("litre", "liter"), ("metre", "meter"), ("fibre", "fiber"), ("centre", "center"), ("programme", "program"),
    ("ageing", "aging"), ("mould", "mold"), ("grey", "gray"), ("haemo", "hemo"),
    ("counsell", "counsel"), ("labell", "label"), ("haem", "hem"), ("defence", "defense"),
)  # fmt: skip
_ISE = re.compile(r"(?<=[a-z]{4})(i|y)s(ed|es|e|ing|ation|ations|er|ers)$")
_IRREGULAR = {
    "metastases": "metastasis", "diagnoses": "diagnosis", "thromboses": "thrombosis", "prognoses": "prognosis",
    "stenoses": "stenosis", "anastomoses": "anastomosis", "necroses": "necrosis", "crises": "crisis",
    "analyses": "analysis", "emboli": "embolus", "bacteria": "bacterium", "women": "woman",
    "men": "man", "children": "child", "criteria": "criterion", "hypotheses": "hypothesis", "psychoses": "psychosis",
    "arrhythmias": "arrhythmia", "eyes": "eye", "axes": "axis", "teeth": "tooth", "feet": "foot", "less": "less",
    "effusions": "effusion", "analyzes": "analysis",
}  # fmt: skip
_PREFIXES = frozenset({"non", "post", "pre", "re"})
_PLAIN = re.compile(r"[A-Za-z0-9 -]*")
_OPENERS, _CLOSERS = "([", ")]"
_COMPARATORS = frozenset("<>≥≤≦≧=")
_ACRONYM = re.compile(r"[A-Z]{1,5}")
_BOUTS = frozenset({"bleed", "bleeding", "attack", "crisis", "seizure", "migraine", "headache", "angina", "pain"})
_LIMIT = re.compile(
    r"(?:(?P<low>[<≤≦]\s*=?|\b(?:below|under|(?:less|lower|fewer|no more) than|at most|up to)\s)"
    r"|[>≥≧]\s*=?|\b(?:above|over|exceeding|at least|(?:more|greater|higher) than)\s)\s*(?:an? |the )?\d"
    r"|\d[\d.,·%]*\s*(?:[^\s,;]+\s+){0,3}?or "
    r"(?:(?P<less>less|lower|fewer|below|under)|(?:more|higher|greater|above|better)\b)",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\bscores? of \d|\b(?:score|scale|index|mRS|IGA|PGA|NIHSS|CGI-[SI])\s+(?:of )?\d\S*\s?(?:[-–/]|to|or)\s?\d",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 16)
def _normal_word(word: str) -> str:
    """One word, already lower case, as American singular."""
    word = word.replace("'s", "").replace("’s", "").replace("'", "").replace("’", "")
    if len(word) < 4:
        return word
    for british, american in _BRITISH:
        if british in word:
            word = word.replace(british, american)
    word = _ISE.sub(r"\1z\2", word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word[-1] != "s" or word[-2:] in ("ss", "us", "is"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1]


class _Token(NamedTuple):
    norm: str
    raw: str
    mark: str  # the punctuation mark before it that parts phrases: "," ";" ":" or "", or "<" for any comparator
    depth: int  # inside how many brackets
    slash: bool = False  # whether a slash stands before it: part of a name ("CR/CRi") or between two ("nausea/fever")


def _bare(word: str) -> str:
    """A plural acronym without its s: "CRs" is CR, "CRS" stays."""
    return word[:-1] if word[-1:] == "s" and len(word) > 2 and _ACRONYM.fullmatch(word[:-1]) else word


def _tokens(phrase: str) -> list[_Token]:
    found: list[_Token] = []
    mark, depth, prefix, slash = "", 0, "", False
    for raw in _TOKEN.findall(phrase if phrase.isascii() else phrase.translate(_GREEK)):
        if raw in _OPENERS:
            depth += 1
        elif raw in _CLOSERS:
            depth = max(0, depth - 1)
        elif raw in _COMPARATORS:
            mark = "<"
        elif raw == "/":
            slash = True
        elif raw in ",;:":
            mark = mark or raw
        else:
            bare = _bare(raw)
            lower = bare.lower()
            if lower in _PREFIXES and not prefix:
                prefix = lower
                continue
            norm = _normal_word(prefix + lower)
            if norm:
                found.append(_Token(norm, prefix + bare, mark, depth, slash))
            mark, prefix, slash = "", "", False
    if prefix:
        found.append(_Token(prefix, prefix, mark, depth))
    return found


def normal(phrase: str) -> str:
    """The form in which phrases are compared: "Leucopenias (Grade 3)" -> "leukopenia grade 3".

    Lower case; hyphens and slashes become spaces, other punctuation goes; British spelling becomes American; simple
    plurals become singular; "non-", "post-", "pre-", "re-" are joined to their word; Greek letters are spelled out.
    """
    if not _PLAIN.fullmatch(phrase):
        return " ".join(token.norm for token in _tokens(phrase))
    words, prefix = [], ""
    for raw in phrase.replace("-", " ").split():  # as _tokens does, without the marks that such a phrase cannot hold
        word = raw.lower() if raw.islower() else _bare(raw).lower()
        if word in _PREFIXES and not prefix:
            prefix = word
            continue
        words.append(_normal_word(prefix + word))
        prefix = ""
    if prefix:
        words.append(prefix)
    return " ".join(words)


# ---- terms -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """One canonical thing. `category` is the file's key `class`; `attributes` are the file's further keys, as text."""

    id: str
    name: str
    category: str
    synonyms: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Match:
    """A term found for a phrase. score: 0-100; method: exact | contained | fuzzy."""

    term: Term
    score: float
    method: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """A lead or tail that makes another outcome of a known one: "time to" X, X "duration".

    `sources`: the classes it works on; `category`: the class it gives, "same" to keep that of the source;
    `form` and `label`: id and name with {id} and {name} to fill.
    """

    form: str
    label: str
    category: str
    sources: frozenset[str]
    leads: tuple[tuple[str, ...], ...]
    tails: tuple[tuple[str, ...], ...]

    def apply(self, term: Term) -> Term:
        """The derived term."""
        category = term.category if self.category == "same" else self.category
        return Term(self.form.format(id=term.id), self.label.format(name=term.name), category, (), term.attributes)


@dataclass(frozen=True, slots=True)
class Head:
    """Head words that tell the class of an outcome without a canonical id."""

    category: str
    words: frozenset[str]
    suffixes: tuple[str, ...]
    leads: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Closed classes of words that reading a noun phrase needs, in normal form.

    neutral: counts or qualifies and is stepped over; breaks: prepositions and relatives, which end a head;
    joins: conjunctions, which begin a second head; causes: prepositions that narrow an event to its cause;
    harmless: causes that narrow nothing ("any cause"); blockers: words that turn the meaning of what follows;
    cutoffs: words that make a threshold of a measured value ("HbA1c below 7%").
    stops: words of leaving a treatment, which take their class from an adverse event that is the reason;
    stays: words of being taken into hospital, likewise; gains: words of a change for the better, which with a
    threshold make a response ("improvement of at least 30%").
    """

    neutral: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    joins: frozenset[str] = frozenset()
    causes: frozenset[str] = frozenset()
    harmless: frozenset[str] = frozenset()
    blockers: frozenset[str] = frozenset()
    cutoffs: frozenset[str] = frozenset()
    stops: frozenset[str] = frozenset()
    stays: frozenset[str] = frozenset()
    gains: frozenset[str] = frozenset()


class _Unit(NamedTuple):
    """A known name, or a single word (term None), at tokens [start, end)."""

    term: Term | None
    start: int
    end: int
    acronym: bool


class Vocabulary:
    """The terms of one file (or of several, joined), with their look-up."""

    def __init__(
        self,
        name: str,
        terms: Iterable[Term],
        *,
        words: Words | None = None,
        derivations: tuple[Derivation, ...] = (),
        heads: tuple[Head, ...] = (),
        key: Callable[[str], str] | None = None,
    ) -> None:
        """`words` None: a phrase is searched for the longest name instead of being read as a noun phrase.

        `key`: the normal form, where it is not `normal`; phrases are then matched as a whole or not at all.

        Raises RuleFileError where two terms share an id or a spelling.
        """
        self.name = name
        self.terms = tuple(terms)
        self.words = words
        self.derivations = derivations
        self.heads = heads
        self._own_key = key
        self._by_id: dict[str, Term] = {}
        self._exact: dict[str, Term] = {}
        self._acronyms: dict[str, Term] = {}
        lengths: dict[str, set[int]] = {}
        for term in self.terms:
            if self._by_id.setdefault(term.id, term) is not term:
                raise RuleFileError(f"{name}: id {term.id!r} stands twice")
            for spelling in dict.fromkeys((term.name, *term.synonyms)):
                index, form = self._key(spelling)
                if not form:
                    raise RuleFileError(f"{name}: {term.id}: the spelling {spelling!r} holds no word")
                other = index.setdefault(form, term)
                if other is not term:
                    raise RuleFileError(f"{name}: {spelling!r} is a spelling of both {other.id} and {term.id}")
                if index is self._exact:
                    parts = form.split(" ")
                    lengths.setdefault(parts[0], set()).add(len(parts))
        self._lengths = {word: tuple(sorted(sizes, reverse=True)) for word, sizes in lengths.items()}
        self._leads = _by_first((d, lead) for d in derivations for lead in d.leads)
        self._tails = _by_first((d, tail) for d in derivations for tail in d.tails)
        self._sorted: tuple[list[str], list[str]] | None = None
        self._known: frozenset[str] = frozenset()
        self._places: dict[str, int] = {}
        self._by_initial: dict[str, list[str]] = {}
        self._slips: dict[str, bool] = {}
        self._like_length: dict[int, dict[int, str]] = {}

    def _key(self, spelling: str) -> tuple[dict[str, Term], str]:
        if self._own_key:
            return self._exact, self._own_key(spelling)
        if _ACRONYM.fullmatch(spelling):
            return self._acronyms, spelling
        bare = _bare(spelling)
        if _ACRONYM.fullmatch(bare):
            return self._acronyms, bare
        return self._exact, normal(spelling)

    def get(self, id: str) -> Term:
        """The term with this id, derived ones included. Raises KeyError naming id and vocabulary."""
        found = self._by_id.get(id)
        if found:
            return found
        for derivation in self.derivations:
            before, _, after = derivation.form.partition("{id}")
            if id.startswith(before) and id.endswith(after) and len(id) > len(before) + len(after):
                source = self._by_id.get(id[len(before) : len(id) - len(after)])
                if source and source.category in derivation.sources:
                    return derivation.apply(source)
        raise KeyError(f"no term {id!r} in vocabulary {self.name!r}")

    def surfaces(self) -> Iterator[tuple[str, Term]]:
        """Every spelling as written in the file, names included, with its term: for a phrase matcher elsewhere."""
        for term in self.terms:
            for spelling in dict.fromkeys((term.name, *term.synonyms)):
                yield spelling, term

    def nearest(self, phrase: str, n: int = 3) -> list[str]:
        """Names of the n terms most like the phrase, best first, for "did you mean"; fewer where nothing is near."""
        from rapidfuzz import fuzz, process

        keys, _ = self._sorted_keys()
        upper = phrase.strip().upper()
        names = [self._acronyms[upper].name] if upper in self._acronyms else []
        wanted = normal(phrase)
        for key, _, _ in process.extract(wanted, keys, scorer=fuzz.WRatio, limit=4 * n, score_cutoff=60):
            names.append(self._exact[key].name)
        return list(dict.fromkeys(names))[:n]

    # ---- matching ----

    def whole(self, phrase: str) -> Term | None:
        """The term of which the whole phrase is a spelling: step 1 of `match` alone."""
        if self._own_key:
            return self._exact.get(self._own_key(phrase))
        acronym = self._acronyms.get(_bare(phrase.strip()))
        return acronym or self._exact.get(normal(phrase))

    def match(self, phrase: str, *, fuzzy: bool = True) -> Match | None:
        """The term a phrase names, or None. Exact first, then contained, then (if `fuzzy`) spelling slips.

        Why the threshold is 88: of 1,500 spellings with one seeded slip each (a letter dropped, doubled, swapped or
        changed) 1,374 needed mending: 890 right and 30 wrong at 84; 771 and 26 (precision .967) at 88; 681 and 24 at
        90; 481 and 19 at 92. That alone would allow 84. But of 2,558 real outcome phrases without an exact or contained
        match, 80 brought 9 matches, 4 of them wrong by our reading, 84 brought 5, 2 of them wrong ("skin tonicity" as
        skin toxicity), 88 none. The same words in another order count as 100 at any threshold.
        tests/test_vocabulary.py holds the precision on fresh slips.
        """
        if self._own_key:
            whole = self.whole(phrase)
            return Match(whole, 100.0, "exact") if whole else None
        exact = self._acronyms.get(_bare(phrase.strip()))
        if exact:
            return Match(exact, 100.0, "exact")
        tokens = _tokens(phrase)
        exact = self._exact.get(" ".join(token.norm for token in tokens))
        if exact:
            return Match(exact, 100.0, "exact")
        if not tokens:
            return None
        found, _ = self._read(tokens) if self.words else (self._longest(tokens), None)
        found = found or (self._fuzzy(tokens) if fuzzy else None)
        if found and self.words:
            told = self._told(phrase, tokens)
            if told and told != found.term.category:
                return None  # a part of the phrase, but not what the phrase says
        return found

    def occurrences(self, text: str) -> Iterator[Term]:
        """Terms named in a text, in reading order, one for each mention; of overlapping names the longest."""
        for unit in self._units(_tokens(text)):
            if unit.term:
                yield unit.term

    def category(self, phrase: str) -> str | None:
        """The class of a phrase: that of its term, else that of its head word, else None."""
        found = self.match(phrase)
        return found.term.category if found else self.category_by_head(phrase)

    def category_by_head(self, phrase: str) -> str | None:
        """The class of a phrase that names no term, by its build and its head word, else None."""
        tokens = _tokens(phrase)
        main = [t for t in tokens if not t.depth] or tokens
        if self.words:
            _, hint = self._read(tokens)
            told = self._told(phrase, tokens)
            return told or self._lead_category(main) or hint or self._head_category(self._unchanged(main))
        return None

    def _told(self, phrase: str, tokens: list[_Token]) -> str | None:
        """The class that the build of a phrase gives it, whatever names stand in it; None where it gives none.

        "Progression or death" is survival; "stopped because of a rash" is the rash's class, "reduced because of a rash"
        that of what was reduced; "free of bleeds" and "a fall of 50% or more in the pain score" are responses, and
        "HbA1c below 7%" is what the limit means for that value (`low` and `high` of the term).
        """
        main = [t for t in tokens if not t.depth] or tokens
        if not main or self._lead_category(main) not in (None, "other"):
            return None
        joined = self._joined(main) or self._caused(main) or self._spared(main)
        return joined or self._fallen(main) or self._limited(phrase, main)

    def _kind(self, norm: str) -> str | None:
        """The class of which one word is a head word, relapse and mortality alone."""
        for head in self.heads:
            if norm in head.words and head.category in ("relapse", "mortality"):
                return head.category
        return None

    def _joined(self, tokens: list[_Token]) -> str | None:
        """ "Relapse or death", "progressed or died" are events of survival, "death or stroke" is an adverse event."""
        words = self.words
        assert words is not None
        if not any(t.norm == "or" for t in tokens):
            return None
        kinds = [(i, kind) for i, t in enumerate(tokens) if (kind := self._kind(t.norm))]
        for (i, first), (k, second) in itertools.pairwise(kinds):
            between = [t.norm for t in tokens[i + 1 : k]]
            if first != second and "or" in between and not words.blockers.intersection(between):
                return "survival"
        if any(kind == "relapse" for _, kind in kinds) or {t.norm for t in tokens} & (words.causes | words.blockers):
            return None
        names = [(u.start, u.term.category) for u in self._units(tokens) if u.term]
        dead = next((i for i, kind in enumerate(c for _, c in names) if kind == "mortality"), None)
        if dead is None or any(c not in ("mortality", "adverse_event") for _, c in names):
            return None
        return "adverse_event" if any(c == "adverse_event" for _, c in names) else None

    def _fallen(self, tokens: list[_Token]) -> str | None:
        """ "Fall in the index": of a lead of change that is a name as well, the class of what has changed."""
        start = next((i for i, t in enumerate(tokens) if not self._neutral(t)), 0)
        derivation, size = self._lead(tokens, start)
        alone = tokens[start].raw.lower() == tokens[start].norm and tokens[start].norm in self._exact
        if not (derivation and derivation.form == "{id}_change" and alone and start + size < len(tokens)):
            return None
        return self._class_of(tokens[start + size :]) or "other"

    def _caused(self, tokens: list[_Token]) -> str | None:
        """What stands before "because of"; of leaving a treatment or going to hospital the event that was its cause."""
        words = self.words
        assert words is not None
        for at, token in enumerate(tokens):
            purpose = token.norm in ("for", "with")
            if not at or not (token.norm in words.causes or purpose) or token.norm == "from":
                continue
            before, reason = tokens[:at], tokens[at + 1 :]
            while reason and (reason[0].norm in words.breaks or reason[0].norm == "to"):
                reason = reason[1:]
            heads = {t.norm for t in before}
            if not reason or not any(not self._neutral(t) and t.norm not in words.breaks for t in before):
                return None
            if heads & words.stops or heads & words.stays:
                if token.norm == "with":
                    return None
                harm = self._class_of(reason) == "adverse_event"
                return "adverse_event" if harm else "other" if heads & words.stops else None
            if purpose:
                continue
            if self._kind(before[-1].norm):
                return None
            return self._class_of(before) or "other"
        return None

    def _class_of(self, tokens: list[_Token]) -> str | None:
        """The class of a part of a phrase."""
        found, hint = self._read(tokens)
        whole = self._exact.get(" ".join(t.norm for t in tokens))
        return whole.category if whole else found.term.category if found else hint or self._head_category(tokens)

    def _spared(self, tokens: list[_Token]) -> str | None:
        """ "Free of crises", "without any bleed": a response; of relapse or death, survival; of the rest, nothing."""
        words = self.words
        assert words is not None
        start = next(
            (i for i, t in enumerate(tokens) if not self._neutral(t) and t.norm not in ("remained", "stayed")), 0
        )
        norm = tokens[start].norm
        follow = tokens[start + 1].norm if start + 1 < len(tokens) else ""
        free = norm in ("free", "freedom") and follow in ("of", "from")
        if not free and norm != "without":
            return None
        rest = tokens[start + (2 if free else 1) :]
        kinds = {kind for t in rest if (kind := self._kind(t.norm))}
        if free and kinds & {"relapse", "mortality"}:
            return "survival"
        named = self._class_of(rest)
        if named == "relapse" or (named == "adverse_event" and (free or any(t.norm in _BOUTS for t in rest))):
            return "efficacy_response"
        return None

    def _limited(self, phrase: str, tokens: list[_Token]) -> str | None:
        """What a measured value on one side of a limit means, or so many points on a scale, or a gain of so much."""
        words = self.words
        assert words is not None
        if not any(c.isdigit() for c in phrase):
            return None
        side = _LIMIT.search(phrase)
        gained = any(t.norm in words.gains for t in tokens)
        terms = [u.term for u in self._units(tokens) if u.term]
        term = next((t for t in terms if t.category in ("score_change", "biomarker")), None)
        if side and gained and terms and terms[0].category in ("adverse_event", "relapse", "other"):
            first = next(u.start for u in self._units(tokens) if u.term)
            return "efficacy_response" if any(t.norm in words.gains for t in tokens[:first]) else None
        if term is None or (terms and terms[0] is not term):
            scale = not terms and any(t.norm in ("score", "scale") for t in tokens)
            if scale and (side or _POINTS.search(phrase)):
                return "efficacy_response"
            return "efficacy_response" if side and gained and not terms else None
        if side:
            meant = term.attributes.get("low" if side["low"] or side["less"] else "high")
            if meant and not gained:
                return meant
            if term.category == "score_change" or (gained and "high" not in term.attributes):
                return "efficacy_response"
        return "efficacy_response" if term.category == "score_change" and _POINTS.search(phrase) else None

    def _unchanged(self, tokens: list[_Token]) -> list[_Token]:
        """A phrase without its lead of change: "fall in the index" is about the index and no fall."""
        start = next((i for i, t in enumerate(tokens) if not self._neutral(t)), 0)
        derivation, size = self._lead(tokens, start) if tokens else (None, 0)
        if derivation and derivation.category == "same" and derivation.form != "duration_of_{id}":
            return tokens[start + size :] or tokens
        return tokens

    def _units(self, tokens: list[_Token]) -> list[_Unit]:
        """Tokens grouped into known names and single words, left to right, longest first."""
        units: list[_Unit] = []
        i, n = 0, len(tokens)
        while i < n:
            unit = _Unit(None, i, i + 1, False)
            for size in self._lengths.get(tokens[i].norm, ()):
                if i + size > n or any(t.mark for t in tokens[i + 1 : i + size]):
                    continue
                term = self._exact.get(" ".join(t.norm for t in tokens[i : i + size]))
                if term:
                    unit = _Unit(term, i, i + size, False)
                    break
            if not unit.term and tokens[i].raw in self._acronyms:
                unit = _Unit(self._acronyms[tokens[i].raw], i, i + 1, True)
            units.append(unit)
            i = unit.end
        return units

    def _without_weak(self, tokens: list[_Token], units: list[_Unit]) -> list[_Unit]:
        """Names made of neutral words only ("plasma level") give way where another name stands in the phrase."""
        weak = [
            u.term is not None and not u.acronym and all(map(self._neutral, tokens[u.start : u.end])) for u in units
        ]
        if not any(weak) or not any(u.term and not w for u, w in zip(units, weak, strict=True)):
            return units
        kept: list[_Unit] = []
        for unit, is_weak in zip(units, weak, strict=True):
            kept += [_Unit(None, i, i + 1, False) for i in range(unit.start, unit.end)] if is_weak else [unit]
        return kept

    def _longest(self, tokens: list[_Token]) -> Match | None:
        """The longest name in the phrase; of equally long ones the last, which in English is nearer the head."""
        units = [u for u in self._units(tokens) if u.term]
        if not units:
            return None
        best = max(units, key=lambda u: (u.end - u.start, u.start))
        assert best.term is not None
        return Match(best.term, round(70 + 30 * (best.end - best.start) / len(tokens), 1), "contained")

    def _lead(self, tokens: list[_Token], at: int) -> tuple[Derivation | None, int]:
        """The derivation whose lead stands at a token, and the lead's length in tokens; the longest lead wins."""
        best: tuple[Derivation | None, int] = (None, 0)
        for derivation, lead in self._leads.get(tokens[at].norm, ()):
            if len(lead) > best[1] and _stand(tokens, at, lead):
                best = (derivation, len(lead))
        return best

    def _tail(self, tokens: list[_Token], at: int) -> tuple[Derivation | None, int]:
        best: tuple[Derivation | None, int] = (None, 0)
        for derivation, tail in self._tails.get(tokens[at].norm, ()):
            if len(tail) > best[1] and _stand(tokens, at, tail):
                best = (derivation, len(tail))
        return best

    def _read(self, tokens: list[_Token]) -> tuple[Match | None, str | None]:
        """Read a noun phrase: its term, and a class that is sure even where the term is not.

        Brackets are read only where the words before them name nothing: "time to death (OS)".
        """
        main = [t for t in tokens if not t.depth]
        found, hint = self._read_main(main) if main else (None, None)
        if found or not main or len(main) == len(tokens):
            return (found, hint) if main else self._read_main(tokens)
        inner = self._units([t for t in tokens if t.depth])
        bracketed = [t for t in tokens if t.depth]
        acronym = bracketed[0].raw
        # an acronym made of the words before it stands for them, and they name nothing known: "recognition reaction
        # time (RRT)" is no renal-replacement therapy
        spelled = acronym.lower() in "".join(t.norm[0] for t in main)
        if len(inner) == 1 and inner[0].term and not (inner[0].acronym and (spelled or len(acronym) < 3)):
            return Match(inner[0].term, 90.0, "contained"), inner[0].term.category
        return None, hint

    def _neutral(self, token: _Token) -> bool:
        assert self.words is not None
        return token.norm in self.words.neutral or token.norm[0].isdigit()

    def _read_main(self, tokens: list[_Token]) -> tuple[Match | None, str | None]:
        words = self.words
        assert words is not None
        units = self._without_weak(tokens, self._units(tokens))
        lead: Derivation | None = None
        unknown: list[str] = []
        k, skip_to = 0, 0
        while k < len(units) and not units[k].term:
            token = tokens[units[k].start]
            if units[k].start < skip_to:
                k += 1
                continue
            derivation, size = self._lead(tokens, units[k].start)
            if derivation:
                if lead or unknown:
                    return None, None
                lead, skip_to = derivation, units[k].start + size
            elif token.norm == "without":
                unknown.append(token.norm)
            elif token.norm in words.breaks or token.norm in words.joins:
                if unknown:
                    return None, None
            elif not self._neutral(token):
                if unknown and token.mark:
                    return None, None
                unknown.append(token.norm)
            k += 1
        if k == len(units):
            return None, None
        unit = units[k]
        if unknown and tokens[unit.start].mark:
            return None, None
        tail: Derivation | None = None
        k += 1
        skip_to = 0
        while k < len(units):
            token = tokens[units[k].start]
            if units[k].start < skip_to:
                k += 1
                continue
            if token.mark or token.norm in words.breaks or token.norm in words.joins:
                break
            other = units[k].term
            derivation, size = (None, 0) if other else self._tail(tokens, units[k].start)
            if other and other is not unit.term:
                assert unit.term is not None
                if token.slash:  # "nausea/fever": two outcomes
                    return None, unit.term.category if unit.term.category == other.category else None
                unknown.append(unit.term.id)
                unit = units[k]
            elif derivation:
                tail, skip_to = derivation, units[k].start + size
            elif not other and not self._neutral(token):
                scale = unit.term is not None and unit.term.category == "score_change"
                if not (scale and token.norm in ("score", "scale", "questionnaire")):
                    return None, None
            k += 1
        term = unit.term
        assert term is not None
        if any(not u.term and tokens[u.start].norm == "ratio" for u in units):
            return None, "biomarker"
        if self._narrowed(tokens, units[k:], term):
            return None, term.category
        weak = all(self._neutral(t) for t in tokens[unit.start : unit.end]) and not unit.acronym
        if weak and any(not u.term and not self._neutral(tokens[u.start]) for u in units[k + 1 :]):
            return None, term.category  # "plasma concentration of vitamin C"
        if unknown and (unit.end - unit.start == 1 and not unit.acronym):
            return None, term.category
        if any(word in words.blockers or word.startswith("non") for word in unknown):
            return None, term.category
        derivation = lead or tail
        if derivation:
            fitting = [
                d
                for d in self.derivations
                if term.category in d.sources
                and d.form.partition("{id}")[::2] == derivation.form.partition("{id}")[::2]
            ]
            if not fitting or (lead and tail and lead.form != tail.form):
                return None, term.category if term.category == "adverse_event" else None
            term = fitting[0].apply(term)
            term = self._by_id.get(term.id, term)
        return Match(term, 85.0 if unknown else 95.0, "contained"), term.category

    def _narrowed(self, tokens: list[_Token], rest: list[_Unit], term: Term) -> bool:
        """Whether what follows the name makes another outcome of it: a cut-off, a cause, a second outcome."""
        words = self.words
        assert words is not None
        pending = complement = False
        for at, unit in enumerate(rest):
            token = tokens[unit.start]
            if token.mark == "<" and term.category != "adverse_event":
                return True
            if token.norm in words.cutoffs and term.category in ("biomarker", "score_change"):
                return True
            if token.norm == "to" and term.category == "relapse":  # "progression to diabetes"
                return any(u.term is not term if u.term else not self._neutral(tokens[u.start]) for u in rest[at + 1 :])
            if token.mark and token.mark != "<":
                pending = not complement
            if token.norm in words.joins:
                pending = not complement
            elif not complement and (
                token.norm in words.causes or (token.norm in ("of", "as") and term.category == "mortality")
            ):
                following = [tokens[i] for u in rest[at + 1 :] for i in range(u.start, u.end)]
                harmless = any(t.norm in words.harmless for t in following[:3])
                if not harmless and any(not self._neutral(t) and t.norm not in words.breaks for t in following):
                    return True
                complement = True
            elif token.norm in words.breaks:
                complement, pending = True, False
            elif unit.term is term or (not unit.term and self._neutral(token)):
                continue
            elif pending:
                return True
        return False

    def _lead_category(self, tokens: list[_Token]) -> str | None:
        """Class from the first words: "time to …" is a time whatever follows."""
        start = next((i for i, t in enumerate(tokens) if not self._neutral(t)), 0)
        if not tokens:
            return None
        opening = (tokens[start].norm, tokens[0].norm)
        for head in self.heads:
            for lead in head.leads:
                if lead[0] in opening and (_stand(tokens, start, lead) or _stand(tokens, 0, lead)):
                    return head.category
        return None

    def _head_category(self, tokens: list[_Token]) -> str | None:
        """Class from head words: the head noun first, then the words before it, then what follows."""
        words = self.words
        assert words is not None
        segments: list[list[str]] = [[]]
        for token in tokens:
            norm = token.norm
            if norm in words.breaks or norm in words.joins or token.mark:
                segments.append([])
            if norm not in words.breaks and norm not in words.joins:
                segments[-1].append(norm)
        for segment in segments:
            for norm in reversed(segment):
                for head in self.heads:
                    if norm in head.words or (len(norm) > 5 and norm.endswith(head.suffixes)):
                        return head.category
        return None

    # ---- slips of the pen ----

    def _sorted_keys(self) -> tuple[list[str], list[str]]:
        if self._sorted is None:
            keys = [key for key in self._exact if len(key) > 5]
            self._sorted = (keys, [" ".join(sorted(key.split(" "))) for key in keys])
            self._places = {key: place for place, key in reversed(list(enumerate(self._sorted[1])))}
            known = {word for key in self._exact for word in key.split(" ")}
            self._known = frozenset(known | (self.words.neutral | self.words.breaks if self.words else frozenset()))
            for word in sorted(known):
                if len(word) > 3:
                    self._by_initial.setdefault(word[0], []).append(word)
        return self._sorted

    def _may_slip(self, word: str) -> bool:
        """Whether an unknown word can be a slip for some known one as `_slip` asks; remembered, words come again."""
        found = self._slips.get(word)
        if found is None:
            from rapidfuzz import fuzz, process

            near = self._by_initial.get(word[0], ()) if len(word) > 4 and not any(c.isdigit() for c in word) else ()
            if len(self._slips) > _REMEMBERED:
                self._slips.clear()
            found = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=FUZZY_THRESHOLD) is not None
            self._slips[word] = found
        return found

    def _fuzzy(self, tokens: list[_Token]) -> Match | None:
        main = [t for t in tokens if not t.depth] or tokens
        first, last = 0, len(main)
        while first < last and self.words and (self._neutral(main[first]) or main[first].norm in self.words.breaks):
            first += 1
        while last > first and self.words and self._neutral(main[last - 1]):
            last -= 1
        core = [t.norm for t in main[first:last]]
        wanted = " ".join(sorted(core))
        if len(wanted) < 6:
            return None
        from rapidfuzz import fuzz, process

        keys, _ = self._sorted_keys()
        if wanted in self._places:  # the same words in another order
            return Match(self._exact[keys[self._places[wanted]]], 100.0, "fuzzy")
        strange = [word for word in core if word not in self._known]
        if not strange or not all(map(self._may_slip, strange)):
            return None
        near = self._of_like_length(len(wanted))
        best = process.extractOne(wanted, near, scorer=fuzz.ratio, score_cutoff=FUZZY_THRESHOLD)
        if best is None or not _slip(core, keys[best[2]].split(" "), self._known):
            return None
        return Match(self._exact[keys[best[2]]], round(float(best[1]), 1), "fuzzy")

    def _of_like_length(self, length: int) -> dict[int, str]:
        """The sorted keys, by their places, that are as long as any can be that is like a phrase of so many letters."""
        found = self._like_length.get(length)
        if found is None:
            most = (100 - FUZZY_THRESHOLD) / 100
            found = self._like_length[length] = {
                place: key
                for place, key in enumerate(self._sorted_keys()[1])
                if abs(len(key) - length) <= most * (len(key) + length) + 1
            }
        return found


def _by_first(
    phrases: Iterable[tuple[Derivation, tuple[str, ...]]],
) -> dict[str, list[tuple[Derivation, tuple[str, ...]]]]:
    """Leads or tails by their first word, each list in file order."""
    found: dict[str, list[tuple[Derivation, tuple[str, ...]]]] = {}
    for derivation, phrase in phrases:
        found.setdefault(phrase[0], []).append((derivation, phrase))
    return found


def _stand(tokens: list[_Token], at: int, words: tuple[str, ...]) -> bool:
    """Whether these words stand at a token, with no punctuation between them."""
    part = tokens[at : at + len(words)]
    return tuple(t.norm for t in part) == words and not any(t.mark for t in part[1:])


def _slip(written: list[str], meant: list[str], known: frozenset[str]) -> bool:
    """Whether the phrase is the name with slips: the same words in any order, but for unknown ones alike a meant one.

    A word that is itself known is never a slip for another: "hypotension" does not become "hypertension".
    """
    from rapidfuzz import fuzz

    extra, missing = Counter(written), Counter(meant)
    extra.subtract(Counter(meant))
    missing.subtract(Counter(written))
    wrong = sorted((+extra).elements())
    right = sorted((+missing).elements())
    if len(wrong) != len(right) or any(word in known or any(c.isdigit() for c in word) for word in wrong):
        return False
    return all(
        len(a) > 4 and a[0] == b[0] and fuzz.ratio(a, b) >= FUZZY_THRESHOLD for a, b in zip(wrong, right, strict=True)
    )


# ---- the files -------------------------------------------------------------------------------------------------

_ATTRIBUTES: dict[str, frozenset[str]] = {
    "outcomes": frozenset({"low", "high"}),
    "adverse_events": frozenset({"group"}),
    "interventions": frozenset({"target", "modality", "background"}),
    "units": frozenset({"ucum", "days"}),
    "grades": frozenset({"scale", "grade"}),
    "populations": frozenset(),
    "conditions": frozenset({"broad"}),
    "sections": frozenset({"part"}),
    "timepoints": frozenset(),
}
_TABLES: dict[str, frozenset[str]] = {
    "outcomes": frozenset({"words", "head", "derive"}),
    "interventions": frozenset({"class", "target", "modality", "stem"}),
}
_HEADER = frozenset({"vocabulary", "about", "source", "term"})
_TERM_KEYS = frozenset({"id", "name", "class", "synonyms"})


_STRING = r'"[^"\\\x00-\x1f\x7f]*"'
_PLAIN_TERM = re.compile(
    rf"\[\[term\]\]\n((?:[a-z]+ = {_STRING}\n)+)"
    rf"(?:synonyms = \[\s*({_STRING}(?:,\s*{_STRING})*),?\s*\]\n)?(?:(?:#.*)?\n)*"
)
_PLAIN_KEY = re.compile(rf"([a-z]+) = ({_STRING})\n")


def _plain_terms(text: str) -> dict[str, Any] | None:
    """The file as tomllib would give it, its plain [[term]]s read at a tenth of the time; None where one is not plain.

    Plain is what the files of this project hold: keys with one-line texts, then the synonyms, no comment among them.
    """
    start = at = text.find("[[term]]\n")
    if at < 1 or text[at - 1] != "\n":
        return None
    terms: list[dict[str, Any]] = []
    while found := _PLAIN_TERM.match(text, at):
        pairs = _PLAIN_KEY.findall(found[1])
        term: dict[str, Any] = {key: value[1:-1] for key, value in pairs}
        if len(term) < len(pairs) or "synonyms" in term:
            return None
        if found[2]:
            term["synonyms"] = found[2].split('"')[1::2]
        terms.append(term)
        at = found.end()
    rest = text[at:]
    if not terms or (rest and rest[0] != "[") or "[[term]]" in rest:
        return None
    head, tail = tomllib.loads(text[:start]), tomllib.loads(rest)
    return None if head.keys() & tail.keys() or "term" in head else {**head, "term": terms, **tail}


@cache
def _file(name: str) -> dict[str, Any]:
    """A vocabulary file as checked tables. Raises RuleFileError naming file and key."""
    path = folder("patterns") / f"{name}.toml"
    try:
        text = path.read_text(encoding="utf-8")
        content = _plain_terms(text) or tomllib.loads(text)
    except FileNotFoundError:
        raise RuleFileError(f"{path}: no such vocabulary file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleFileError(f"{path}: {error}") from error
    _check(str(path), name, content)
    return content


def _check(where: str, name: str, content: dict[str, Any]) -> None:
    allowed = _HEADER | _TABLES.get(name, frozenset())
    for key in content:
        if key not in allowed:
            raise RuleFileError(f"{where}: unknown key {key!r} (known: {', '.join(sorted(allowed))})")
    for key in ("vocabulary", "about", "source"):
        if not isinstance(content.get(key), str) or not content[key]:
            raise RuleFileError(f"{where}: {key!r} must be a text that is not empty")
    if content["vocabulary"] != name:
        raise RuleFileError(f"{where}: vocabulary = {content['vocabulary']!r}, but the file's name says {name!r}")
    if not isinstance(content.get("term"), list) or not content["term"]:
        raise RuleFileError(f"{where}: no [[term]]")
    attributes = _ATTRIBUTES.get(name, frozenset())
    for number, term in enumerate(content["term"], 1):
        at = f"{where}: term {number} ({term.get('id', 'without id')})"
        for key in ("id", "name", "class"):
            if not isinstance(term.get(key), str) or not term[key]:
                raise RuleFileError(f"{at}: {key!r} must be a text that is not empty")
        for key, value in term.items():
            if key not in _TERM_KEYS and key not in attributes:
                raise RuleFileError(f"{at}: unknown key {key!r}")
            if key != "synonyms" and not isinstance(value, str | int | float):
                raise RuleFileError(f"{at}: {key!r} must be a text or a number")
        synonyms = term.get("synonyms", [])
        if not isinstance(synonyms, list) or not all(isinstance(s, str) and s for s in synonyms):
            raise RuleFileError(f"{at}: 'synonyms' must be a list of texts")
        if len(set(synonyms)) != len(synonyms) or term["name"] in synonyms:
            raise RuleFileError(f"{at}: a synonym stands twice")
        if name in ("outcomes", "adverse_events"):
            for key in ("class", "low", "high"):
                if key in term and term[key] not in OUTCOME_CLASSES:
                    raise RuleFileError(f"{at}: {key} {term[key]!r} is none of {', '.join(sorted(OUTCOME_CLASSES))}")


def _terms(name: str) -> tuple[Term, ...]:
    return tuple(
        Term(
            id=entry["id"],
            name=entry["name"],
            category=entry["class"],
            synonyms=tuple(entry.get("synonyms", ())),
            attributes={k: str(v) for k, v in entry.items() if k not in _TERM_KEYS},
        )
        for entry in _file(name)["term"]
    )


def _table(name: str, table: str, keys: Mapping[str, type]) -> list[dict[str, Any]]:
    """The entries of a further [[table]] of a vocabulary file, keys checked."""
    entries = _file(name).get(table, [])
    if not isinstance(entries, list):
        raise RuleFileError(f"patterns/{name}.toml: {table!r} must be a list of tables")
    for number, entry in enumerate(entries, 1):
        for key, value in entry.items():
            if key not in keys:
                raise RuleFileError(f"patterns/{name}.toml: {table} {number}: unknown key {key!r}")
            if not isinstance(value, keys[key]):
                raise RuleFileError(f"patterns/{name}.toml: {table} {number}: {key!r} must be a {keys[key].__name__}")
    return entries


def _phrases(entry: Mapping[str, Any], key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(normal(phrase).split(" ")) for phrase in entry.get(key, ()))


@cache
def _reading() -> tuple[Words, tuple[Derivation, ...], tuple[Head, ...]]:
    """What outcomes.toml says of reading noun phrases: closed word classes, derivations, head words."""
    lists = _file("outcomes").get("words", {})
    for key in lists:
        if key not in Words.__dataclass_fields__:
            raise RuleFileError(f"patterns/outcomes.toml: words: unknown key {key!r}")
    words = Words(**{key: frozenset(normal(word) for word in value) for key, value in lists.items()})
    derive_keys = {"id": str, "name": str, "class": str, "from": list, "lead": list, "tail": list}
    derivations = tuple(
        Derivation(
            form=entry["id"],
            label=entry["name"],
            category=entry["class"],
            sources=frozenset(entry["from"]),
            leads=_phrases(entry, "lead"),
            tails=_phrases(entry, "tail"),
        )
        for entry in _table("outcomes", "derive", derive_keys)
    )
    heads = tuple(
        Head(
            category=entry["class"],
            words=frozenset(normal(word) for word in entry.get("words", ())),
            suffixes=tuple(entry.get("suffixes", ())),
            leads=_phrases(entry, "lead"),
        )
        for entry in _table("outcomes", "head", {"class": str, "words": list, "suffixes": list, "lead": list})
    )
    return words, derivations, heads


@cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of patterns/<name>.toml, loaded once.

    Raises RuleFileError naming the file and the key that is unknown, doubled, missing or empty.
    """
    if name in ("outcomes", "adverse_events"):
        words, derivations, heads = _reading()
        return Vocabulary(f"{name}.toml", _terms(name), words=words, derivations=derivations, heads=heads)
    return Vocabulary(f"{name}.toml", _terms(name), key={"units": _unit_key, "grades": _grade_key}.get(name))


# ---- outcomes and adverse events -------------------------------------------------------------------------------


@cache
def _results() -> Vocabulary:
    words, derivations, heads = _reading()
    terms = (*_terms("outcomes"), *_terms("adverse_events"))
    return Vocabulary("outcomes.toml + adverse_events.toml", terms, words=words, derivations=derivations, heads=heads)


@lru_cache(maxsize=_REMEMBERED)
def outcome(phrase: str) -> Match | None:
    """The canonical outcome or adverse event that a phrase names: "12-month PFS" -> progression_free_survival."""
    return _results().match(phrase)


@lru_cache(maxsize=_REMEMBERED)
def outcome_class(phrase: str) -> str | None:
    """The class of an outcome phrase, also where it has no canonical id ("breast cancer mortality" -> mortality)."""
    known = outcome(phrase)
    return known.term.category if known else _results().category_by_head(phrase)


def outcomes() -> Vocabulary:
    """Outcomes and adverse events as one vocabulary: what `outcome` looks into, for surfaces, get and nearest."""
    return _results()


# ---- interventions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of interventions. targets and modality: what a phrase must name; broader: the class above it."""

    name: str
    keys: frozenset[str]
    targets: frozenset[str]
    modality: str
    broader: str


class _Interventions:
    """Classes, targets, modalities and name stems of interventions.toml."""

    def __init__(self) -> None:
        text: dict[str, type] = {"name": str, "aliases": list, "targets": list, "modality": str, "broader": str}
        self.classes = {
            entry["name"]: _Class(
                name=entry["name"],
                keys=frozenset(normal(alias) for alias in (entry["name"], *entry.get("aliases", ()))),
                targets=frozenset(entry.get("targets", ())),
                modality=entry.get("modality", ""),
                broader=entry.get("broader", ""),
            )
            for entry in _table("interventions", "class", text)
        }
        self.by_key: dict[str, _Class] = {}
        for cls in self.classes.values():
            if cls.broader and cls.broader not in self.classes:
                raise RuleFileError(f"patterns/interventions.toml: class {cls.name!r}: no class {cls.broader!r}")
            for key in cls.keys:
                if self.by_key.setdefault(key, cls) is not cls:
                    raise RuleFileError(f"patterns/interventions.toml: alias {key!r} belongs to two classes")
        for term in vocabulary("interventions").terms:
            if term.category not in self.classes:
                raise RuleFileError(
                    f"patterns/interventions.toml: term {term.id}: no [[class]] named {term.category!r}"
                )
        named = {"id": str, "synonyms": list}
        self.targets = _spellings(_table("interventions", "target", named))
        self.modalities = _spellings(_table("interventions", "modality", named))
        stems = _table("interventions", "stem", {"suffix": str, "class": str, "except": list})
        self.stems = sorted(
            ((e["suffix"], e["class"], frozenset(e.get("except", ()))) for e in stems), key=lambda s: (-len(s[0]), s[0])
        )
        self.endings = tuple(suffix for suffix, _, _ in self.stems)

    def parts(self, phrase: str) -> tuple[frozenset[str], str]:
        """Targets and modality that a phrase names: "BCMA-directed CAR T" -> ({BCMA}, CAR T cells)."""
        words = normal(phrase).split(" ")
        targets, modality = set(), ""
        i = 0
        while i < len(words):
            for size in range(min(7, len(words) - i), 0, -1):
                key = " ".join(words[i : i + size])
                if key in self.modalities and not modality:
                    modality = self.modalities[key]
                elif key in self.targets:
                    targets.add(self.targets[key])
                elif key not in self.modalities:
                    continue
                i += size - 1
                break
            i += 1
        return frozenset(targets), modality

    def named(self, phrase: str) -> _Class | None:
        """The class whose targets and modality a phrase names exactly (CD3 goes without saying for an engager)."""
        targets, modality = self.parts(phrase)
        if not modality:
            return None
        bare = targets - {"CD3"} if modality == "T-cell engager" else targets
        for cls in self.classes.values():
            own = cls.targets - {"CD3"} if cls.modality == "T-cell engager" else cls.targets
            if cls.modality == modality and own == bare:
                return cls
        return None

    def stem(self, word: str) -> str | None:
        """Class by name stem: "-mab" monoclonal antibody. The word must be two letters longer than the stem."""
        if not word.endswith(self.endings):
            return None
        for suffix, name, exceptions in self.stems:
            if word.endswith(suffix) and len(word) >= len(suffix) + 3:
                return None if word in exceptions else name
        return None

    def above(self, cls: _Class) -> Iterator[_Class]:
        """The class and those above it."""
        seen: set[str] = set()
        current: _Class | None = cls
        while current and current.name not in seen:
            seen.add(current.name)
            yield current
            current = self.classes.get(current.broader)


def _spellings(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {normal(spelling): e["id"] for e in entries for spelling in (e["id"], *e.get("synonyms", ()))}


@cache
def _interventions() -> _Interventions:
    return _Interventions()


@lru_cache(maxsize=_REMEMBERED)
def intervention(phrase: str) -> Match | None:
    """The intervention a phrase names. Of several, the first that is no background ("placebo plus X" is X).

    Fuzzy matching is for the whole phrase only, so that a slip in a drug's name is mended.
    """
    known = vocabulary("interventions")
    found = known.match(phrase)
    if found is None or found.method != "contained":
        return found
    named = list(known.occurrences(phrase))
    active = [term for term in named if term.attributes.get("background") != "1"]
    return Match((active or named)[0], found.score, "contained")


@lru_cache(maxsize=_REMEMBERED)
def intervention_class(phrase: str) -> str | None:
    """The class of an intervention: by name, by target and modality, by name stem, or plain "drug"; else None.

    >>> intervention_class("autologous anti-CD19 chimeric antigen receptor T-cell therapy")
    'CD19 CAR T cells'
    """
    known = _interventions()
    found = intervention(phrase)
    cls = known.by_key.get(normal(phrase)) or known.named(phrase)
    if cls and cls.targets and (found is None or known.classes[found.term.category] in known.above(cls)):
        return cls.name
    if found and (found.method != "contained" or found.term.attributes.get("background") != "1"):
        return found.term.category
    if cls:
        return cls.name
    words = [token.norm for token in _tokens(phrase)]
    for word in words:
        by_stem = known.stem(word)
        if by_stem:
            return by_stem
    if drugs_in(phrase):
        return "drug"
    return found.term.category if found else None


def same_class(a: str, b: str) -> bool:
    """Whether two class names, as a reviewer types them, mean the same class or one covers the other.

    "CD19 CAR T" and "CD19 CAR T cells" are one; "CAR T" covers CD19 and BCMA CAR T cells; "CD19 CAR T" and
    "BCMA CAR T" are two; "CD19 CAR T" does not cover the dual "CD19/BCMA CAR T cells".
    """
    if normal(a) == normal(b):
        return True
    known = _interventions()
    left, right = (known.by_key.get(normal(name)) or known.named(name) for name in (a, b))
    if left and right:
        return left in known.above(right) or right in known.above(left)
    (targets_a, modality_a), (targets_b, modality_b) = known.parts(a), known.parts(b)
    if not (targets_a or modality_a) or not (targets_b or modality_b):
        return False
    if modality_a and modality_b and modality_a != modality_b:
        return False
    return not targets_a or not targets_b or targets_a - {"CD3"} == targets_b - {"CD3"}


@cache
def _drug_names() -> frozenset[str]:
    path = folder("patterns") / "drug_names.txt"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise RuleFileError(f"{path}: {error}") from error
    names = frozenset(line for line in lines if line and line[0] != "#")
    if not names:
        raise RuleFileError(f"{path}: no drug names")
    return names


_DRUG_WORD = re.compile(r"[^\W_]+(?:[-'’.+][^\W_]+)*")


@lru_cache(maxsize=_REMEMBERED)
def is_drug(phrase: str) -> bool:
    """Whether the whole phrase is a drug's name: generic, brand or by its stem ("-mab")."""
    lower = " ".join(phrase.lower().split()).strip(".,;:()[]")
    if lower in _drug_names():
        return True
    if " " in lower:
        return False
    if lower.endswith("-cel"):
        return True  # cells as a medicine, in short: "axi-cel", "cilta-cel"
    return len(lower) > 6 and _interventions().stem(lower) is not None


def drugs_in(phrase: str) -> list[str]:
    """Drug names of drug_names.txt inside a phrase, left to right, longest first, in lower case."""
    names = _drug_names()
    words = _DRUG_WORD.findall(phrase.lower())
    found, i = [], 0
    while i < len(words):
        for size in range(min(4, len(words) - i), 0, -1):
            candidate = " ".join(words[i : i + size])
            if candidate in names:
                found.append(candidate)
                i += size - 1
                break
        i += 1
    return found


# ---- conditions ------------------------------------------------------------------------------------------------


def conditions_in(text: str) -> list[Match]:
    """Conditions named in a text, most mentions first, then in reading order; score: share of the mentions."""
    mentions = list(vocabulary("conditions").occurrences(text))
    counted = Counter(term.id for term in mentions)
    first = {term.id: term for term in reversed(mentions)}
    order = sorted(counted, key=lambda id: (-counted[id], next(i for i, t in enumerate(mentions) if t.id == id)))
    return [Match(first[id], round(100 * counted[id] / len(mentions), 1), "contained") for id in order]


def condition(text: str) -> Match | None:
    """The condition a title or abstract is about.

    Mentions count one each, the first named gets two more; a broad name ("cancer") loses its first mention's bonus
    to a specific one ("multiple myeloma") that is named at least as often.
    """
    vocab = vocabulary("conditions")
    whole = vocab.match(text) if len(text) < 120 else None
    if whole and whole.method != "contained":
        return whole
    mentions = list(vocab.occurrences(text))
    if not mentions:
        return None
    counted = Counter(term.id for term in mentions)
    places: dict[str, int] = {}
    for place, term in enumerate(mentions):
        places.setdefault(term.id, place)
    terms = {term.id: term for term in mentions}

    def weight(id: str) -> tuple[float, int]:
        broad = terms[id].attributes.get("broad") == "1"
        return (counted[id] + (2 if places[id] == 0 else 0) - (2 if broad else 0), -places[id])

    best = max(counted, key=weight)
    return Match(terms[best], round(100 * counted[best] / len(mentions), 1), "contained")


# ---- units, times, sections ------------------------------------------------------------------------------------

_UNIT_SIGNS = str.maketrans({
    "µ": "u", "μ": "u", "×": "x", "∙": ".", "·": ".", "−": "-", "–": "-", "⁻": "-", "^": None, " ": None,
    "\u00a0": None, "\u2009": None, "\u202f": None, "(": None, ")": None, "{": None, "}": None, "*": "x",
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9",
    "₁": "1", "₀": "0",
})  # fmt: skip


def _unit_key(printed: str) -> str:
    return printed.strip().rstrip(".,;").translate(_UNIT_SIGNS).replace("per", "/").replace("litre", "liter")


def _grade_key(printed: str) -> str:
    return normal(re.sub("≥|>=|⩾", " atleast ", printed).replace("at least", "atleast"))


@cache
def _units() -> tuple[dict[str, Term], dict[str, Term]]:
    """Units by their printed key with case, and by their key in lower case where that is not ambiguous."""
    exact: dict[str, Term] = {}
    for spelling, term in vocabulary("units").surfaces():
        exact.setdefault(_unit_key(spelling), term)
    lower: dict[str, Term] = {}
    doubtful = set()
    for key, term in exact.items():
        if lower.setdefault(key.lower(), term) is not term:
            doubtful.add(key.lower())
    return exact, {key: term for key, term in lower.items() if key not in doubtful}


def _unit_term(printed: str) -> Term | None:
    exact, lower = _units()
    key = _unit_key(printed)
    term = exact.get(key) or lower.get(key.lower())
    if term is None and (plain := _INVERTED.sub(lambda m: f"/{m[1]}" + m[2].strip("1¹"), printed)) != printed:
        key = _unit_key(plain)
        term = exact.get(key) or lower.get(key.lower())
    return term


_INVERTED = re.compile(r"(?<=[^\s-]) ?\b([A-Za-zµμ]{1,5})[−–⁻-]([1-3¹²³])(?![\w-])")
"""A unit with its negative exponent: "g dl−1"."""


@lru_cache(maxsize=_REMEMBERED)
def unit(printed: str) -> str | None:
    """The UCUM code of a printed unit, or None: "mm Hg" -> "mm[Hg]", "×10⁹/L" -> "10*9/L", "months" -> "mo"."""
    term = _unit_term(printed)
    return term.attributes["ucum"] if term else None


def time_in_days(value: float, unit: str) -> float:
    """A span of time in days: a month is 30.4375, a year 365.25. Raises ValueError where `unit` is no time unit."""
    term = _unit_term(unit)
    if term is None or "days" not in term.attributes:
        raise ValueError(f"{unit!r} is no unit of time")
    return value * float(term.attributes["days"])


_NUMBERING = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-H]\.)\s+")
_ASIDE = re.compile(r"[\[(][^\[\]()]{0,120}[\])]")


def section_of(heading: str) -> tuple[str, str] | None:
    """Section and part (as in model.Block) that a printed heading opens, or None for an unknown heading.

    Numbering, brackets and a short value after a colon do not count: "2.1. Statistical Analysis:" ->
    ("methods", "methods"); "Evidence Rating Level: 2 (Good)" -> ("other", "").
    """
    if len(heading) > 200:
        return None
    plain = _ASIDE.sub(" ", _NUMBERING.sub("", heading))
    vocab = vocabulary("sections")
    found = vocab.whole(plain)
    if found is None and len(heading) <= 60:
        found = vocab.whole(plain.partition(":")[0])
    return (found.category, found.attributes.get("part", "")) if found else None
