"""Arms as tables name them: the headers of columns, or the labels of rows, resolved to the arms of the document.

The labels of one header row are mapped jointly: an exact name or abbreviation first, then the words that tell the
arms apart, then the group size, then the one that is left. Names that only a table gives are added to the inventory.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trialtab import vocabulary
from trialtab.extract.arms import Entry, Inventory
from trialtab.extract.mentions import Mention, key
from trialtab.extract.table_labels import Label

MOST_ARMS = 8
_LEGEND = re.compile(
    r"(?:^|[\s;,.(])(?P<short>[A-Z][\w+/&-]{0,11})\s?(?:[:=–-]|,|\bindicates\b|\bdenotes\b|\bis\b|\bmeans\b)\s+(?P<long>[A-Za-z][^;:=.,()]{2,70})"
)
_GENERIC_INTERVENTION = frozenset((
    "intervention", "interventions", "experimental", "treatment", "treated", "active", "study", "trial",
    "test", "case", "cases", "verum", "exercise", "training", "drug", "i", "t", "e", "exp", "interv",
))  # fmt: skip
_GENERIC_CONTROL = frozenset((
    "control", "controls", "comparison", "comparator", "placebo", "standard", "usual", "conventional", "sham",
    "reference", "untreated", "c", "p", "con", "ctrl", "cont", "routine", "waitlist", "wait",
))  # fmt: skip
_GROUP_WORD = re.compile(r"\b(?:groups?|arms?|cohorts?)\b", re.IGNORECASE)
_NO_ARM = re.compile(
    r"\b(?:difference|ratio|value|score|change|interval|test|number|frequency|comment|outcome|variable|parameter|characteristic|"
    r"measure|item|units?|normal|range|reference|description|definition|hospital|centre|center|country|site|quartile|tertile|category|"
    r"yes|no|total|mean|median|effect|cost|model|adjusted|unadjusted|crude|analysis|estimate|baseline|question|item)s?\b",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"(?:group|arm|cohort|regimen|sequence|treatment)\s*(?:[A-H]|\d{1,2}|I{1,3}|IV|V)\b", re.IGNORECASE
)


_AGED = re.compile(
    r"\W{0,2}(?:aged?\s+)?(?:(?P<over>[≥>]|over\b)|<|≤|under\b)\s*=?\s*\d+\s*y(?:ea)?rs?\b", re.IGNORECASE
)
"""Columns of the older and the younger: "≥ 75 years", "under 75 years"."""


@dataclass(slots=True)
class Resolver:
    """Finds the arm of the document that a label names. names: for each arm the word sets that stand for it."""

    found: Inventory
    role_of: Mapping[str, str]
    short: Mapping[str, str]
    names: list[tuple[Entry, list[frozenset[str]]]] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    known: dict[str, tuple[Entry | None, float]] = field(default_factory=dict)

    def refresh(self) -> None:
        """Gathers the words of all arms; to be called whenever the inventory has grown."""
        self.names.clear()
        self.known.clear()
        of_key: dict[str, list[str]] = {}
        for other, own in self.found.alias.items():
            of_key.setdefault(own, []).append(other)
        for entry in self.found.arms:
            spellings = {entry.key, key(entry.label), *of_key.get(entry.key, ())}
            if self.found.design is not None and (group := self.found.design.group_of(entry.key)) is not None:
                spellings |= {key(group.phrase), *(key(name) for name in group.names)}
            spellings |= {key(self.short[w]) for w in entry.label.split() if w in self.short}
            sets = [frozenset(s.split()) for s in sorted(spellings) if s]
            self.names.append((entry, sets))
        counts: dict[str, int] = {}
        for _, sets in self.names:
            for word in frozenset().union(*sets) if sets else ():
                counts[word] = counts.get(word, 0) + 1
        self.weights = {word: 1.0 / times for word, times in counts.items()}

    def find(self, name: str) -> tuple[Entry | None, float]:
        """The arm that a name stands for and how surely: 3 its own name, 2 an abbreviation, below 1 shared words."""
        if name not in self.known:
            self.known[name] = self._find(name)
        return self.known[name]

    def _find(self, name: str) -> tuple[Entry | None, float]:
        own = key(name)
        if not own:
            return None, 0.0
        entry = self.found.find(own)
        if entry is not None:
            return entry, 3.0
        aged = _AGED.match(name)
        entry = self.found.find("older" if aged["over"] else "younger") if aged else None
        if entry is not None:
            return entry, 2.5
        inner = re.search(r"[(\[]([^()\[\]]{1,30})[)\]]", name)
        outside = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", name)
        for part, surely in ((outside, 2.7), (inner.group(1) if inner else "", 2.3)):
            if key(part) and (entry := self.found.find(key(part))) is not None:
                return entry, surely
        expanded = " ".join(self.short.get(w, w) for w in name.replace("/", " / ").split())
        if expanded != name and (entry := self.found.find(key(expanded))) is not None:
            return entry, 2.0
        best: list[tuple[float, int]] = []
        spoken = [frozenset(own.split())]
        if expanded != name:
            spoken.append(frozenset(key(expanded).split()))
        for n, (_, sets) in enumerate(self.names):
            score = 0.0
            for words in spoken:
                for own_words in sets:
                    shared = words & own_words
                    if shared:
                        told = sum(self.weights[w] for w in sorted(shared))
                        score = max(score, told / max(1.0, 0.5 * (len(words) + len(own_words))))
            best.append((score, n))
        best.sort(key=lambda pair: (-pair[0], pair[1]))
        if best and best[0][0] >= 0.3 and (len(best) < 2 or best[0][0] > best[1][0] + 0.05):
            return self.names[best[0][1]][0], min(0.99, best[0][0])
        return self._generic(own), 0.25

    def _generic(self, own: str) -> Entry | None:
        words = own.split()
        role = (
            "control" if words and words[0] in _GENERIC_CONTROL
            else "intervention" if words and all(w in _GENERIC_INTERVENTION for w in words)
            else ""
        )  # fmt: skip
        of_role = [e for e in self.found.arms if role and self.role_of.get(e.key) == role]
        return of_role[0] if len(of_role) == 1 else None


def legend_names(notes: Iterable[str]) -> dict[str, str]:
    """Short forms that captions and footnotes spell out: "EUC: enhanced usual care; SD, standard deviation"."""
    out: dict[str, str] = {}
    for note in notes:
        for m in _LEGEND.finditer(note[:1200]):
            out.setdefault(m.group("short"), m.group("long").strip())
    return out


@dataclass(slots=True)
class Siblings:
    """The labels that stand beside each other in one header row or stub column, and the arms that they are."""

    labels: list[Label]
    entries: list[Entry | None]
    score: float


def evidence(labels: Sequence[Label], resolver: Resolver) -> float:
    """How much speaks for labels being arms: names of arms, sizes, words such as "group"; outcomes speak against."""
    score = 0.0
    for one in labels:
        entry, surely = resolver.find(one.name)
        if entry is not None:
            score += 1.0 + min(surely, 1.0)
        if one.n is not None:
            score += 1.0
        if _GROUP_WORD.search(one.name) or _LETTERED.search(one.name):
            score += 1.0
        if entry is None and _NO_ARM.search(one.name):
            score -= 1.5
        if entry is None and one.n is None:
            match = vocabulary.outcome(one.name) if len(one.name) < 60 else None
            if match is not None and match.method == "exact":
                score -= 1.5
            elif vocabulary.is_drug(one.name.split()[0]):
                score += 0.8
        if one.unit or (one.specs and one.n is None and entry is None):
            score -= 0.7
    return score / max(1, len(labels))


def match(labels: Sequence[Label], resolver: Resolver) -> list[Entry | None]:
    """The arms of labels that stand beside each other: each arm once, the surest first, then by size, then the rest."""
    found: list[Entry | None] = [None] * len(labels)
    taken: set[int] = set()
    offers = []
    for k, one in enumerate(labels):
        entry, surely = resolver.find(one.name)
        if entry is not None:
            same_size = one.n is not None and entry.n is not None and int(entry.n) == one.n
            offers.append((-(surely + (0.5 if same_size else 0.0)), k, entry))
    vague = Counter((id(entry), strength) for strength, _, entry in offers if strength > -1)
    for strength, k, entry in sorted(offers, key=lambda offer: offer[:2]):
        if vague[id(entry), strength] > 1:
            continue  # two names that share as much with the arm: neither is it
        if id(entry) not in taken:
            found[k] = entry
            taken.add(id(entry))
    named = {key(one.name): found[k] for k, one in enumerate(labels) if found[k] is not None and one.name}
    for k, one in enumerate(labels):
        if found[k] is None and (one.grade or one.any_grade or one.time) and one.name:
            found[k] = named.get(key(one.name))  # "A, any grade", "A, grade 3": two columns of one arm
    arms = resolver.found.arms
    for k, one in enumerate(labels):
        if found[k] is None and one.n is not None:
            same = [e for e in arms if id(e) not in taken and e.n is not None and int(e.n) == one.n]
            if len(same) == 1 and sum(1 for e in arms if e.n is not None and int(e.n) == one.n) == 1:
                found[k] = same[0]
                taken.add(id(same[0]))
    open_labels = [k for k, entry in enumerate(found) if entry is None]
    open_arms = [e for e in arms if id(e) not in taken]
    if len(open_labels) == len(open_arms) == 1 and len(labels) == len(arms) > 1:
        found[open_labels[0]] = open_arms[0]
    return found


def add(
    one: Label, place: tuple[int, int], resolver: Resolver, role_of: dict[str, str], controls: frozenset[str]
) -> Entry | None:
    """Adds an arm that only a table names to the inventory; None where that is full or the name says nothing."""
    found = resolver.found
    own = key(one.name)
    if (
        not own
        or _NO_ARM.search(one.name)
        or len(found.arms) >= MOST_ARMS
        or len(one.name) > 80
        or own in found.alias
        or any(own == arm.key for arm in found.arms)
    ):
        return None
    mention = Mention("arm", 0, 0, place[0], place[1], one.name, "table", own)
    entry = Entry(own, one.name, mention)
    entry.sources["table"] += 1
    found.arms.append(entry)
    words = own.split()
    says_control = (
        words[0] in controls or words[-1] in ("control", "controls", "placebo", "alone") or words[0] in _GENERIC_CONTROL
    )
    role_of[own] = "control" if says_control else "intervention"
    return entry


__all__ = ["MOST_ARMS", "Resolver", "Siblings", "add", "evidence", "legend_names", "match"]
