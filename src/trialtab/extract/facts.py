"""What a document says of itself as a study: design, condition, data cut-off, what was given.

`facts(document, rules) -> Facts`. The word lists and worked examples stand in patterns/facts.toml; what is here is
where to look (title and bracketed heading, abstract or summary, methods) and how a mention is weighed: a design said of
other studies ("previous randomised trials"), or a treatment that patients had had before ("relapse after CD19 CAR T
cells"), is not the study's own.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from trialtab import language, values, vocabulary
from trialtab.model import Block, Document
from trialtab.prefilter import Prefiltered
from trialtab.rules import RuleSet

DESIGNS = (
    "meta-analysis", "systematic review", "pooled analysis", "randomised controlled trial", "cluster randomised trial",
    "randomised crossover trial", "non-randomised trial", "single-arm trial", "case report", "case series",
    "registry study", "case-control study", "cross-sectional study", "retrospective cohort", "prospective cohort",
    "cohort study", "trial",
)  # fmt: skip
"""The closed list of designs; those that end in "trial" may have a phase before them ("phase 1/2 single-arm trial")."""

ABSTRACT_SIZE, METHODS_SIZE = 6000, 8000
"""Characters of abstract (or, without one, of the beginning) and of the methods section that are looked at."""


@dataclass(frozen=True, slots=True)
class Given:
    """An intervention of the study. start, end: where its name was read; None where only the metadata name it."""

    name: str
    category: str | None
    start: int | None
    end: int | None
    weight: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document says of itself.

    design: of `DESIGNS`, a phase before it; condition: canonical name; data_cutoff: as printed; interventions: main
    first.
    """

    design: str | None = None
    condition: str | None = None
    data_cutoff: str | None = None
    interventions: tuple[Given, ...] = ()


class Place(NamedTuple):
    """A sentence and where it stands. zone: title | abstract | methods; offset: of text in the document, or -1."""

    text: str
    zone: str
    part: str
    offset: int


def facts(document: Document, rules: RuleSet) -> Facts:
    """What the document says of itself. Raises nothing on any text."""
    words = _lexicon(rules)
    places = list(_places(document))
    return Facts(
        design=_design(places, words),
        condition=_condition(places, words),
        data_cutoff=_cutoff(document, words),
        interventions=_given(places, words),
    )


# ---- where to look ---------------------------------------------------------------------------------------------


def _places(document: Document) -> Iterator[Place]:
    text, blocks = document.text, document.blocks
    titles = [b for b in blocks if b.kind == "title"]
    for block in titles:
        yield Place(text[block.start : block.end], "title", "", block.start)
    if not titles:
        at = text.find(document.source.title) if document.source.title else -1
        if document.source.title:
            yield Place(document.source.title, "title", "", at)
        first = next((b for b in blocks if b.kind in ("heading", "paragraph") and b.section != "references"), None)
        if first is not None and first.start != at:
            end = min(first.end, first.start + 250)
            yield Place(text[first.start : end], "title", "", first.start)
    for block in blocks:
        if block.kind == "heading" and "[" in text[block.start : block.end]:
            yield Place(text[block.start : block.end], "title", "heading", block.start)
    # a short "Design: retrospective cohort" is a heading to its reader
    read = [
        b
        for b in blocks
        if b.section not in ("references", "caption", "table")
        and (b.kind in ("paragraph", "item") or (b.kind == "heading" and ": " in text[b.start : b.end]))
    ]
    own = [b for b in read if b.section in ("abstract", "summary")]
    if sum(b.end - b.start for b in own) < 400:
        own = [b for b in read if b.section != "methods"]
    yield from _sentences(text, own, "abstract", ABSTRACT_SIZE)
    yield from _sentences(text, [b for b in read if b.section == "methods"], "methods", METHODS_SIZE)


def _sentences(text: str, blocks: list[Block], zone: str, size: int) -> Iterator[Place]:
    for block in blocks:
        if size <= 0:
            return
        for start, end in language.split(text, block.start, min(block.end, block.start + size)):
            yield Place(text[start:end], zone, block.part, start)
        size -= block.end - block.start


# ---- word lists as regular expressions -------------------------------------------------------------------------

_KINDS = (
    ("meta-analysis", "design_meta_analysis"), ("systematic review", "design_systematic_review"),
    ("pooled analysis", "design_pooled_analysis"), ("randomised crossover trial", "design_crossover"),
    ("cluster randomised trial", "design_cluster"), ("randomised controlled trial", "design_randomised"),
    ("non-randomised trial", "design_non_randomised"), ("single-arm trial", "design_single_arm"),
    ("case series", "design_case_series"), ("case report", "design_case_report"), ("registry study", "design_registry"),
    ("case-control study", "design_case_control"), ("cross-sectional study", "design_cross_sectional"),
    ("retrospective cohort", "design_retrospective"), ("prospective cohort", "design_prospective"),
    ("cohort study", "design_cohort"), ("trial", "design_trial"), ("few", "design_few_patients"),
)  # fmt: skip
_REVIEWS = frozenset(("meta-analysis", "systematic review", "pooled analysis"))
_RANDOMISED = frozenset(("randomised crossover trial", "cluster randomised trial", "randomised controlled trial"))
_RANK = {kind: rank for rank, (kind, _) in enumerate(_KINDS)}
_WEAK = frozenset(("trial", "few"))
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_TH = r"(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:{_MONTH}\s+\d{{1,2}}{_TH},?\s+\d{{4}}|\d{{1,2}}{_TH}\s+{_MONTH},?\s+\d{{4}}|{_MONTH},?\s+\d{{4}}|"
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})"
)
_DATE_AFTER = re.compile(
    r"\W{0,3}(?:date)?\W{0,3}(?:(?:was|is|of|on|in|at|being|set|for|this|analysis|report)\s){0,4}(?:the\s)?\(?\s?"
    rf"({_DATE})",
    re.I,
)
_DATE_BEFORE = re.compile(rf"({_DATE})\W{{0,3}}(?:was\s|is\s)?(?:the\s|at\s)?$", re.I)
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_ONE_PHASE = r"(?:[1-4][ab]?|I{1,3}[ab]?|IV)"
_PHASE = re.compile(
    rf"\bphases?[\s-]*({_ONE_PHASE}(?:\s?(?:/|-|–|and|or)\s?(?:phase\s)?{_ONE_PHASE})?)\b(?![.,]\d)", re.I
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_FEW = re.compile(
    r"\bwe\s+(?:treated|report(?:\s+on)?|describe[d]?|present|reviewed)\s+(?:all\s+|on\s+)?(\w+)\s+(?:[\w-]+\s+){0,3}?"
    r"(?:patients|cases|adults|children|women|men|people)\b",
    re.I,
)
_DESIGN_STEMS = (
    "random", "trial", "extension", "stud", "cohort", "regist", "retrospect", "prospect", "observational", "cross",
    "case", "series", "meta", "review", "pooled", "analys", "arm", "group", "chart", "records", "look back",
    "compassionate", "control", "integrated", "experimental", "alternately", "dose", "rct", "cluster", "present",
)  # fmt: skip
"""A cheap test, met by every phrase of the design lists (a test holds it), before the full expression is tried."""


class Lexicon(NamedTuple):
    """The word lists of patterns/facts.toml, compiled."""

    designs: re.Pattern[str]
    kind_of: dict[str, str]
    others: frozenset[str]
    awaited: frozenset[str]
    own: frozenset[str]
    cutoff: Prefiltered
    verbs: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    beside: frozenset[str]
    beside_after: frozenset[str]
    no_drug_before: frozenset[str]
    states: frozenset[str]
    modality: frozenset[str]


def _flexible(phrases: list[str]) -> str:
    """Phrases as one regular expression: blanks and hyphens alike, "randomis" and "randomiz" alike, longest first."""
    out = []
    for phrase in sorted(phrases, key=lambda p: (-len(p), p)):
        words = [re.escape(w) for w in re.split(r"[\s-]+", phrase.lower())]
        out.append(r"[\s-]+".join(words).replace("randomis", "randomi[sz]").replace("analys", "analy[sz]"))
    return "|".join(out)


@lru_cache(maxsize=4)
def _lexicon(rules: RuleSet) -> Lexicon:
    sets = rules.sets
    groups, kind_of = [], {}
    for number, (kind, name) in enumerate(_KINDS):
        kind_of[f"k{number}"] = kind
        guard = r"(?<!non)(?<!non[-\s])(?<!not\s)(?<!\bun)" if "randomised" in kind and kind in _RANDOMISED else ""
        groups.append(f"(?P<k{number}>{guard}\\b(?:{_flexible(list(sets[name]))})\\b)")
    # the alternatives are tried in order of rank, so that of two kinds that begin at one place the stronger is taken
    phrase = rf"\b(?:{_flexible(list(sets['cutoff_phrase']))})\b"
    openings = sorted({re.split(r"[\s-]", phrase)[0].lower()[:3] for _, name in _KINDS for phrase in sets[name]})
    return Lexicon(
        designs=re.compile(rf"\b(?={'|'.join(map(re.escape, openings))})(?:{'|'.join(groups)})"),
        kind_of=kind_of,
        others=sets["design_others"],
        awaited=sets["design_awaited"],
        own=sets["design_own"],
        cutoff=Prefiltered(phrase),
        verbs=sets["given_verbs"],
        before=sets["given_before"],
        after=sets["given_after"],
        beside=sets["given_beside"],
        beside_after=sets["given_beside_after"],
        no_drug_before=sets["given_no_drug_before"],
        states=sets["condition_states"],
        modality=sets["given_modality"],
    )


# ---- design ----------------------------------------------------------------------------------------------------


def _design(places: list[Place], words: Lexicon) -> str | None:
    found: set[str] = set()
    weak: set[str] = set()
    all_kinds: set[str] = set()
    for zone in ("title", "abstract", "methods"):
        here = {kind for place in places if place.zone == zone for kind in _kinds(place, words)}
        all_kinds |= here
        weak |= here & _WEAK
        if not found:
            found = here - _WEAK
    if found:
        kind = min(found, key=_RANK.__getitem__)
        # "a prospective, open-label study": only the whole document says whether anyone was randomised
        if kind in ("prospective cohort", "cohort study", "single-arm trial") and all_kinds & _RANDOMISED:
            kind = min(all_kinds & _RANDOMISED, key=_RANK.__getitem__)
        elif kind == "randomised controlled trial":
            kind = min((all_kinds & _RANDOMISED) or {kind}, key=_RANK.__getitem__)
    elif any(_few(place) for place in places if place.zone == "abstract"):
        kind = "case series"
    elif weak:
        kind = "trial" if "trial" in weak and _phase(places, words) else "case series" if "few" in weak else "trial"
    else:
        return None
    phase = _phase(places, words) if kind.endswith("trial") else None
    return f"phase {phase} {kind}" if phase else kind


def _kinds(place: Place, words: Lexicon) -> Iterator[str]:
    """Designs that a sentence claims for its own study."""
    lower = language.lower(place.text)  # half the cost of a search that ignores case
    if not any(stem in lower for stem in _DESIGN_STEMS):
        return
    for m in words.designs.finditer(lower):
        kind = words.kind_of[m.lastgroup or ""]
        if _own(place, m.start(), m.end(), kind, words):
            yield kind


_NAMES_DESIGN = re.compile(r"(?:design|methods?|type of study)\b", re.I)


def _own(place: Place, start: int, end: int, kind: str, words: Lexicon) -> bool:
    text = place.text
    if place.zone == "title":
        if kind == "trial":
            return text[end : end + 1] != "s"
        # "patients of a randomised trial" in a title is still this study's trial
        return not (kind == "case report" and place.part)
    if kind in _REVIEWS and place.zone == "methods":
        return False
    before = [w.lower() for w in _WORD.findall(text[max(0, start - 60) : start])[-5:]]
    near = set(before)
    after = {w.lower() for w in _WORD.findall(text[end : end + 50])[:4]}
    claimed = bool(near & words.own)
    if (kind in _REVIEWS or kind == "case report") and not claimed and not _NAMES_DESIGN.match(text):
        return False
    if kind in _RANDOMISED and "training" in {w.lower() for w in _WORD.findall(text[end : end + 60])}:
        return False  # samples parted into a training and a testing set
    if (near & words.others and not (claimed and not near & {"previous", "earlier", "other"})) or after & words.awaited:
        return False
    if place.part in ("background", "conclusion", "discussion"):
        return claimed
    return True


def _few(place: Place) -> bool:
    """ "We report on 10 patients": a small number of people and no other design."""
    m = _FEW.search(place.text)
    if m is None or (place.part in ("background", "discussion", "conclusion") and "report" not in m.group().lower()):
        return False
    value = values.number(m.group(1))
    return value is not None and 2 <= value <= 60


def _phase(places: list[Place], words: Lexicon) -> str | None:
    """The phase that the title, the abstract or the methods print first for this study: "1", "1/2", "2b"."""
    for place in places:
        for m in _PHASE.finditer(place.text):
            before = {w.lower() for w in _WORD.findall(place.text[max(0, m.start() - 50) : m.start()])[-4:]}
            if place.zone != "title" and (
                before & (words.others - {"from"}) or place.part in ("background", "discussion", "conclusion")
            ):
                continue
            return _arabic(m.group(1))
    return None


def _arabic(phase: str) -> str:
    parts = [p for p in re.split(r"\s?(?:/|-|–|and|or)\s?(?:phase\s)?", phase.strip(), flags=re.I) if p]
    out = []
    for part in parts:
        m = re.fullmatch(r"(i{1,3}|iv|[1-4])([ab]?)", part, re.I)
        if m is not None:
            out.append(_ROMAN.get(m.group(1).lower(), m.group(1)) + m.group(2).lower())
    return "/".join(dict.fromkeys(out))


# ---- condition and data cut-off --------------------------------------------------------------------------------


def _condition(places: list[Place], words: Lexicon) -> str | None:
    """The condition of the title; where it names none, that of the abstract, its outcomes and discussion left out.

    Three or more conditions of one field in a title ("lupus, myositis and systemic sclerosis") are the broad one of
    that field (autoimmune disease), where the vocabulary has one.
    """
    title = " . ".join(p.text for p in places if p.zone == "title" and p.part != "heading")
    found = vocabulary.condition(title) if title else None
    if found is not None:
        named = vocabulary.conditions_in(title)
        fields = Counter(match.term.category for match in named)
        field, count = fields.most_common(1)[0]
        broad = _broad().get(field)
        if broad is not None and count >= 3:
            return broad
        if found.term.id in words.states:
            found = next((match for match in named if match.term.id not in words.states), found)
        return found.term.name
    told = [p for p in places if p.zone == "abstract" and p.part not in ("discussion", "results", "conclusion")]
    found = vocabulary.condition("\n".join(p.text for p in told if not _OUTCOME.search(p.text)))
    return found.term.name if found is not None else None


_OUTCOME = re.compile(r"\b(?:outcome|end\s?point)", re.I)


@lru_cache(maxsize=1)
def _broad() -> dict[str, str]:
    """Field -> its broad condition, for fields that have exactly one."""
    broad: dict[str, list[str]] = {}
    for term in vocabulary.vocabulary("conditions").terms:
        if term.attributes.get("broad") == "1":
            broad.setdefault(term.category, []).append(term.name)
    return {field: names[0] for field, names in broad.items() if len(names) == 1}


def _cutoff(document: Document, words: Lexicon) -> str | None:
    lower = language.lower(document.text)  # half the cost of a search that ignores case
    for block in document.blocks:
        if block.section in ("references", "background") or block.kind in ("reference", "furniture"):
            continue
        for m in words.cutoff.finditer(lower, block.start, block.end):
            behind = _DATE_AFTER.match(document.text, m.end(), min(block.end, m.end() + 60))
            before = _DATE_BEFORE.search(document.text[max(block.start, m.start() - 50) : m.start()])
            date = behind or before
            if date is not None:
                return " ".join(date.group(1).split())
    return None


# ---- what was given --------------------------------------------------------------------------------------------

_PART_WEIGHT = {"background": 0.3, "methods": 1.0, "results": 0.6, "conclusion": 0.6, "discussion": 0.2}
_CLAUSE = re.compile(r"[;:.]\s|,\s|\s[–—-]\s")


class _Name(NamedTuple):
    """A name found in a sentence: word indexes [first, last), name, class, whether it is a product's own name."""

    first: int
    last: int
    name: str
    category: str | None
    product: bool
    background: bool


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, tuple[tuple[int, str, str, str, bool], ...]], frozenset[str]]:
    """First word -> (words, whole name, canonical name, class, background), longest first; names that are classes."""
    known = vocabulary.vocabulary("interventions")
    table: dict[str, list[tuple[int, str, str, str, bool]]] = {}
    for spelling, term in known.surfaces():
        form = vocabulary.normal(spelling)
        first = form.split(" ")[0]
        entry = (form.count(" ") + 1, form, term.name, term.category, term.attributes.get("background") == "1")
        table.setdefault(first, []).append(entry)
    classes = frozenset(
        term.name
        for term in known.terms
        if term.name == term.category or ("target" not in term.attributes and "modality" in term.attributes)
    )
    return {word: tuple(sorted(entries, key=lambda e: (-e[0], e[1]))) for word, entries in table.items()}, classes


_TOKEN = re.compile(r"[^\W_]+")
_norm = lru_cache(maxsize=1 << 15)(vocabulary.normal)
_is_drug = lru_cache(maxsize=1 << 15)(vocabulary.is_drug)


def _named(text: str, words: Lexicon) -> tuple[list[_Name], list[re.Match[str]]]:
    """Interventions named in a sentence, in order."""
    table, classes = _names()
    tokens = list(_TOKEN.finditer(text))
    norms = [_norm(t.group()) for t in tokens]
    found: list[_Name] = []
    i = 0
    while i < len(tokens):
        hit = None
        for size, form, name, category, background in table.get(norms[i], ()):
            if i + size <= len(tokens) and " ".join(norms[i : i + size]) == form:
                if size == 1 and len(form) <= 5 and tokens[i].group() == tokens[i].group().lower() and len(form) < 4:
                    continue
                hit = _Name(i, i + size, name, category, name not in classes, background)
                break
        if hit is not None:
            found.append(hit)
            i = hit.last
            continue
        word = tokens[i].group()
        if len(word) > 7 and _is_drug(word):
            found.append(_Name(i, i + 1, word.lower(), vocabulary.intervention_class(word), True, False))
        i += 1
    return _with_targets(text, tokens, found, words), tokens


def _with_targets(text: str, tokens: list[re.Match[str]], found: list[_Name], words: Lexicon) -> list[_Name]:
    """Classes that a clause names by target and kind ("CAR T cells aimed at CD19") in place of the bare kind."""
    out = list(found)
    spots = [k for k, t in enumerate(tokens) if t.group().lower() in words.modality or t.group() in ("CAR", "CART")]
    taken = -1
    for k in spots:
        if k <= taken:
            continue
        if any(n.product and n.first <= k < n.last for n in found):
            continue
        first, last = _clause(text, tokens, k)
        phrase = text[tokens[first].start() : tokens[last - 1].end()]
        category = vocabulary.intervention_class(phrase)
        if category is None or any(n.product and first <= n.first < last for n in found):
            continue
        while (
            first < k
            and vocabulary.intervention_class(text[tokens[first + 1].start() : tokens[last - 1].end()]) == category
        ):
            first += 1
        while (
            last - 1 > k
            and vocabulary.intervention_class(text[tokens[first].start() : tokens[last - 2].end()]) == category
        ):
            last -= 1
        taken = last - 1
        out = [n for n in out if n.last <= first or n.first >= last]
        out.append(_Name(first, last, category, category, False, False))
    return sorted(out, key=lambda n: n.first)


_BREAK = re.compile(r"[;:.,](?:\s|$)|\bafter\b|\bthan\b|\bversus\b|\bvs\b|\bfollowing\b|\bwhereas\b")


def _clause(text: str, tokens: list[re.Match[str]], k: int) -> tuple[int, int]:
    """Token indexes of the clause round token k, at most nine words to either side."""
    first = k
    while first > 0 and k - first < 9 and not _BREAK.search(text[tokens[first - 1].start() : tokens[first].start()]):
        first -= 1
    last = k + 1
    while last < len(tokens) and last - k < 9 and not _BREAK.search(text[tokens[last - 1].end() : tokens[last].end()]):
        last += 1
    return first, last


def _given(places: list[Place], words: Lexicon) -> tuple[Given, ...]:
    weights: dict[str, float] = {}
    seen: dict[str, tuple[_Name, int, int]] = {}
    for place in places:
        if place.zone == "methods" or (place.zone == "title" and place.part == "heading"):
            continue
        names, tokens = _named(place.text, words)
        lower = [t.group().lower() for t in tokens]
        for name in names:
            if (name.last < len(lower) and lower[name.last] in words.no_drug_before) or (
                name.first and lower[name.first - 1] == "non"
            ):
                continue  # the estrogen receptor, insulin resistance, non-insulin
            weight = _weight(place, name, lower, words)
            weights[name.name] = weights.get(name.name, 0.0) + weight
            start = place.offset + tokens[name.first].start() if place.offset >= 0 else -1
            end = place.offset + tokens[name.last - 1].end() if place.offset >= 0 else -1
            old = seen.get(name.name)
            if old is None or old[1] < 0:
                seen[name.name] = (name, start, end)
    return _ranked(weights, seen)


def _weight(place: Place, name: _Name, lower: list[str], words: Lexicon) -> float:
    """How much a mention says that the study gives this."""
    weight = 6.0 if place.zone == "title" else _PART_WEIGHT.get(place.part, 0.8)
    before = set(lower[max(0, name.first - 5) : name.first])
    behind = lower[name.last] if name.last < len(lower) else ""
    if place.zone == "title":
        before &= words.before | words.beside
    if before & words.before or (behind in words.beside_after and place.zone != "title") or before & words.beside:
        weight *= 0.05
    elif set(lower[max(0, name.first - 3) : name.first]) & words.after:
        weight *= 0.3
    elif before & words.verbs and place.part not in ("background", "discussion"):
        weight *= 2.0
    if name.background:
        weight *= 0.2
    return weight


def _ranked(weights: dict[str, float], seen: dict[str, tuple[_Name, int, int]]) -> tuple[Given, ...]:
    """Main intervention first. A bare class ("CAR T cells") lends its weight to the strongest name that it covers."""
    order = sorted(weights, key=lambda n: (-weights[n], n))
    products = [n for n in order if seen[n][0].product]
    general = [n for n in order if not seen[n][0].product]
    # "CAR T cells" says less than "CD19 CAR T cells", and a class says less than the product that was given
    general.sort(key=lambda n: (-len(seen[n][0].category or ""), n))
    total = dict(weights)
    dropped: set[str] = set()
    for name in sorted(general, key=lambda n: len(n)):
        heirs = [
            other
            for other in (*products, *general)
            if other != name and other not in dropped and _covers(seen[name][0].category, seen[other][0], name, other)
        ]
        if heirs:
            best = max(weights[heir] for heir in heirs)
            if best > 0.15 * weights[name] or best >= 1:
                for heir in heirs:  # products named about equally often share what is said of their class
                    total[heir] += weights[name] if weights[heir] >= 0.6 * best else 0.0
                dropped.add(name)
    out = []
    for name in sorted((n for n in total if n not in dropped), key=lambda n: (-total[n], seen[n][1], n)):
        entry, start, end = seen[name]
        if total[name] < 0.1:
            continue
        out.append(
            Given(name, entry.category, start if start >= 0 else None, end if end >= 0 else None, round(total[name], 2))
        )
    return tuple(out)


def _covers(category: str | None, other: _Name, name: str, other_name: str) -> bool:
    """Whether a class named on its own covers another name: the same class, or a broader one without its target."""
    if category is None or other.category is None:
        return False
    if other.product:
        return category == other.category or (
            len(category) < len(other.category) and vocabulary.same_class(category, other.category)
        )
    return len(category) < len(other.category) and vocabulary.same_class(category, other.category)


def main_intervention(found: Facts) -> Given | None:
    """The intervention of a study without a comparison.

    Products of one class that are about equally present ("axi-cel or tisa-cel") give one entry with both names.
    """
    if not found.interventions:
        return None
    first = found.interventions[0]
    together = [
        g
        for g in found.interventions
        if g.category == first.category and g.weight >= 0.5 * first.weight and g.name != g.category
    ]
    if len(together) < 2 or first.name == first.category:
        return first
    return Given(" or ".join(g.name for g in together[:3]), first.category, first.start, first.end, first.weight)


__all__ = ["DESIGNS", "Facts", "Given", "facts", "main_intervention"]
