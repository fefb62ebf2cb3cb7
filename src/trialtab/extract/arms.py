"""The arms of a document: one inventory of names, abbreviations, sizes and roles, made from all its sentences."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from trialtab import vocabulary
from trialtab.extract.design import Design
from trialtab.extract.facts import Facts, main_intervention
from trialtab.extract.mentions import Mention, key
from trialtab.model import Arm

SCORE = {
    "head noun": 3.0,
    "letter": 3.0,
    "participle": 2.0,
    "inventory": 1.0,
    "known name": 1.0,
    "control name": 2.5,
    "versus": 1.5,
    "slot": 0.3,
}
MIN_SCORE = 3.0
LEAST_SCORE = 1.5
"""What a name needs to be an arm; and what it needs where a randomised trial has not two such names."""
SHARE_OF_BEST = 0.1
"""A name that a document says this much less often than its best one is none of its arms."""
LEAST_TOLD = 3
"""Times that results call an arm by a name before it is named so."""
_SHORT = re.compile(r"\(([A-Za-z][\w/+.-]{1,11})\)")
_RANDOMISED = re.compile(
    r"\brandom(?:i[sz]|ly\b)|\bplacebo\b|\bdouble[- ]blind|\bcontrol(?:led)? (?:group|arm|trial)|\bversus\b|\bvs\b|"
    r"\bcrossover\b|two[- ]arm",
    re.I,
)


_ANY_TRIAL = frozenset(("control", "controls", "comparison", "comparator", "study", "test", "experimental"))


@dataclass(slots=True)
class Entry:
    """What was gathered of one arm. table_n: its size in the header of a table of who took part."""

    key: str
    label: str
    first: Mention
    score: float = 0.0
    mentions: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    n: float | None = None
    n_place: tuple[int, int] | None = None
    table_n: float | None = None
    in_title: bool = False
    texts: Counter[str] = field(default_factory=Counter)

    def name_as_in_results(self) -> None:
        """The label is what the text calls the arm most often, titles apart; the first of them where several tie.

        A name that any trial has ("controls") gives way to one that says what the arm was given.
        """
        if self.texts:
            own = [name for name, times in self.texts.most_common() if times > 1 and key(name) not in _ANY_TRIAL]
            self.label = own[0] if own else self.texts.most_common(1)[0][0]


@dataclass(slots=True)
class Inventory:
    """arms: in order of first mention; alias: keys of other spellings -> key of their arm."""

    arms: list[Entry]
    alias: dict[str, str]
    comparative: bool
    design: Design | None = None
    trusted: bool = False
    left: dict[str, Entry] = field(default_factory=dict)

    def known(self) -> dict[str, str]:
        """Keys by which the second pass finds the arms, with the label that each stands for."""
        labels = {a.key: a.label for a in self.arms}
        return {**{k: labels[v] for k, v in self.alias.items() if v in labels}, **labels}

    def find(self, mention_key: str) -> Entry | None:
        wanted = self.alias.get(mention_key, mention_key)
        entry = next((a for a in self.arms if a.key == wanted), None)
        if entry is None and mention_key.startswith("primary "):
            return self.find(mention_key.removeprefix("primary "))  # "primary prophylaxis", later "prophylaxis"
        if entry is None and self.design is not None and (group := self.design.group_of(mention_key)) is not None:
            wanted = key(group.phrase)
            entry = next((a for a in self.arms if a.key == wanted), None)
        return entry

    def is_arm(self, mention: Mention) -> bool:
        """Whether a name may be an arm here: a design that all its groups are known by leaves room for no other."""
        if self.find(mention.key) is not None:
            return True
        if self.design is None:
            return len(self.arms) < 2 or mention.key in self.left
        if self.design.schedules:
            return False  # what both are given is the name of neither
        return not self.trusted and (mention.key in self.left or mention.source in ("head noun", "letter"))


@lru_cache(maxsize=2)
def abbreviations(text: str) -> Mapping[str, str]:
    """Short form -> long form, by Schwartz and Hearst (2003): the letters of the short form in order in the words
    before it.

    Remembered: several stages ask for those of one document.
    """
    found: dict[str, str] = {}
    for m in _SHORT.finditer(text):
        short = m.group(1)
        if not (any(c.isupper() for c in short) or short.endswith("-cel")) or short in found:
            continue
        before = text[max(0, m.start() - 12 * len(short) - 40) : m.start()].rstrip()
        words = before.split()[-min(len(short) + 5, 2 * len(short)) :]
        long_form = _match_long(short, " ".join(words))
        if long_form and len(long_form) > len(short) and len(long_form.split()) <= len(short) + 4:
            found[short] = long_form
    return MappingProxyType(found)


def _match_long(short: str, before: str) -> str | None:
    i, k = len(before) - 1, len(short) - 1
    while k >= 0:
        c = short[k].lower()
        if not c.isalnum():
            k -= 1
            continue
        while i >= 0 and (before[i].lower() != c or (k == 0 and i > 0 and before[i - 1].isalnum())):
            i -= 1
        if i < 0:
            return None
        i -= 1
        k -= 1
    return before[i + 1 :].strip(" ([,;:") or None


def inventory(
    mentions: Iterable[tuple[Mention, bool]],
    text: str,
    pairs: Counter[tuple[str, str]],
    sizes: Mapping[str, tuple[float, int, int]],
    sentences: Sequence[set[str]] = (),
    design: Design | None = None,
) -> Inventory:
    """The arms of a document.

    mentions: each with whether it stands in the title; pairs: how often two keys received values together; sizes:
    key -> (n, start, end) as read beside the name; sentences: the keys that each sentence names.
    """
    short_of: dict[str, str] = {}
    for short, long_form in abbreviations(text).items():
        a, b = key(short), key(long_form)
        if a and b and a != b:
            short_of[b] = a
    entries: dict[str, Entry] = {}
    alias: dict[str, str] = {}
    for mention, in_title in mentions:
        own = mention.key
        if not own or _ANALYSIS_SET.fullmatch(mention.text):
            continue
        main = short_of.get(own, own)
        if main != own:
            alias[own] = main
        entry = entries.get(main)
        if entry is None:
            entry = entries[main] = Entry(main, mention.text, mention)
        entry.score += SCORE.get(mention.source, 0.3) + (2.0 if in_title else 0.0)
        if not in_title:
            entry.texts[mention.text] += 2 if mention.source in ("letter", "head noun") else 1
        entry.mentions += 1
        entry.sources[mention.source] += 1
        entry.in_title |= in_title
    if design is None or not design.schedules:
        _merge_short_names(entries, alias, sentences, design)
    for pair, times in pairs.items():
        for k in pair:
            if (main := alias.get(k, k)) in entries:
                entries[main].score += 2.0 * times
    for k, (n, start, end) in sizes.items():
        entry = entries.get(alias.get(k, k))
        if entry is not None and entry.n is None:
            entry.n, entry.n_place = n, (start, end)
            entry.score += 1.0
    paired = {alias.get(k, k) for pair in pairs for k in pair}
    arms = [
        e
        for e in entries.values()
        if e.score >= MIN_SCORE
        and _arm_like(e)
        and (e.sources.keys() - {"known name", "slot", "inventory"} or e.in_title or e.key in paired or e.n is not None)
    ]
    arms.sort(key=lambda e: -e.score)
    arms = [e for e in arms if e.score >= SHARE_OF_BEST * arms[0].score]
    if len(arms) < 2 and re.search(r"\brandom(?:i[sz]|ly (?:assign|allocat|divid))", text, re.I):
        arms += _second_best(entries, arms)[: 2 - len(arms)]
    if design is not None and design.groups:
        return _designed(design, entries, alias, arms)
    if arms and not any(_is_control_name(a.key) for a in arms):
        arms += [e for e in entries.values() if _is_control_name(e.key) and e.score >= LEAST_SCORE + 1.0][:1]
    arms = _family(arms) or _so_long_groups(entries.values(), arms) or _dosed_groups(entries.values(), arms) or arms
    arms = sorted(arms[:8], key=lambda e: e.first.start)
    left = {e.key: e for e in entries.values() if e not in arms and e.mentions > 2 and e.sources["versus"]}
    return Inventory(arms, alias, bool(_RANDOMISED.search(text)) and len(arms) > 1, left=left)


_ANALYSIS_SET = re.compile(
    r"(?:m?ITT|PP|(?:modified )?intent(?:ion)?[- ]to[- ]treat|per[- ]protocol|full[- ]analysis|safety|as[- ]treated)"
    r"(?:[- ](?:analys[ei]s|populations?|sets?|groups?|cohorts?|patients))?",
    re.IGNORECASE,
)
"""Names of analysis sets: whom an analysis counts, never what they were given."""

_GENERAL_CONTROL = frozenset(("control", "comparison", "comparator", "reference", "usual care", "standard care"))
_GENERAL_TREATED = frozenset(
    ("treated", "intervention", "experimental", "treatment", "trial", "study", "test", "active", "case")
)


def _is_control_name(name: str) -> bool:
    words = set(name.split())
    return bool(words & {"control", "placebo", "sham", "usual", "standard", "no", "alone", "conventional", "vehicle"})


def _family(arms: Sequence[Entry]) -> list[Entry]:
    """Where no sentence tells the groups: lettered groups, or "intervention" and "control", leave no room for more."""
    said = [e for e in arms if e.mentions > 1]
    lettered = [e for e in said if e.sources["letter"]]
    if len(lettered) > 1:
        return lettered
    control = [e for e in said if e.key in _GENERAL_CONTROL and e.sources["head noun"]]
    treated = [e for e in said if e.key in _GENERAL_TREATED and e.sources["head noun"]]
    return [treated[0], control[0]] if control and treated else []


_SO_LONG = re.compile(r"\d+[ -]?(?:days?|weeks?|months?|years?|hours?|h|wk|mo|yr|fractions?|cycles?)\Z", re.I)


def _so_long_groups(entries: Iterable[Entry], arms: Sequence[Entry]) -> list[Entry]:
    """Where no sentence tells the groups, and "the 3-day group" and "the 7-day group" are spoken of: these two."""
    named = [e for e in entries if _SO_LONG.match(e.label) and e.sources["head noun"] > 1]
    others = [e for e in arms if e not in named and e.sources["head noun"] > 1]
    return named if len(named) == 2 and not others else []


def _dosed_groups(entries: Iterable[Entry], arms: Sequence[Entry]) -> list[Entry]:
    """Where no sentence tells the groups, and results are told "at 0.2 mg/kg" and "at 0.6 mg/kg", "in the 1-mg group"
    where 1 mg was given to so many, or of the older and the younger: these cohorts.
    """
    named = [
        e for e in entries
        if e.sources["dose"] + (e.sources["head noun"] if _BARE_DOSE.match(e.label) else 0) > 1 or e.sources["age"] > 2
    ]  # fmt: skip
    others = [e for e in arms if e not in named and e.sources["head noun"] + e.sources["letter"] > 1]
    return named if len(named) > 1 and not others else []


_BARE_DOSE = re.compile(r"[\d.,·]+[ -]?(?:mg|g|μg|µg|mcg|ml|iu|units?|gy|%)(?:[ /-]\w+)?\Z", re.I)


def _designed(design: Design, entries: Mapping[str, Entry], alias: dict[str, str], arms: Sequence[Entry]) -> Inventory:
    """The inventory of a document that says how it was designed: its groups, each with the names that stand for it."""
    of_group: dict[int, list[Entry]] = {id(g): [] for g in design.groups}
    left = []
    for entry in entries.values():
        group = design.group_of(entry.key)
        if group is not None:
            of_group[id(group)].append(entry)
        elif entry in arms:
            left.append(entry)
    bare = [g for g in design.groups if not of_group[id(g)]]
    lettered = [entry for entry in left if entry.sources["letter"]]
    if len(lettered) == len(design.groups):
        for group, entry in zip(design.groups, sorted(lettered, key=lambda e: e.key), strict=True):
            of_group[id(group)].append(entry)
    elif len(so_long := _so_long_groups(entries.values(), [])) == len(design.groups) and not any(
        entry.sources["head noun"] for named in of_group.values() for entry in named
    ):
        for group, entry in zip(design.groups, sorted(so_long, key=lambda e: e.first.start), strict=True):
            of_group[id(group)].append(entry)  # "short against standard course" is "the 3-day and the 7-day group"
            left = [other for other in left if other is not entry]
    elif len(bare) == len(left) == 1 and not design.schedules:
        of_group[id(bare[0])].append(left.pop())
    made = []
    for group in design.groups:
        own = key(group.phrase)
        named = sorted(of_group[id(group)], key=lambda e: -e.score)
        label = named[0].label if named else group.phrase
        mention = Mention("arm", 0, 0, group.start, group.end, label, "design", own)
        entry = Entry(own, label, mention, n=group.n, n_place=group.n_place)
        for other in named:
            entry.score += other.score
            entry.mentions += other.mentions
            entry.sources.update(other.sources)
            entry.texts.update(other.texts)
            entry.in_title |= other.in_title
            if entry.n is None:
                entry.n, entry.n_place = other.n, other.n_place
            alias[other.key] = own
            alias.update({a: own for a, k in alias.items() if k == other.key})
        entry.sources["design"] += 1
        entry.name_as_in_results()
        if _BARE_DOSE.match(entry.label):
            entry.label = group.phrase  # "20-mg" is short for "nevatridol 20 mg"
        alias.update({key(name): own for name in group.names if key(name) and key(name) != own})
        made.append(entry)
    trusted = all(of_group.values()) and not any(entry.mentions > 2 for entry in left)
    return Inventory(made, alias, True, design, trusted, {entry.key: entry for entry in left})


def name_as_in_results(found: Inventory, told: Iterable[Mention]) -> None:
    """An arm whose results go by another name than the design gave it takes that name: "high flow" for "high-flow nasal
    oxygen". told: the mentions of the sentences that hold results.
    """
    names: dict[str, Counter[str]] = {}
    for mention in told:
        entry = found.find(mention.key)
        if entry is not None:
            names.setdefault(entry.key, Counter())[" ".join(mention.text.split())] += 1
    taken = {entry.label for entry in found.arms}
    for entry in found.arms:
        name, times = names.get(entry.key, Counter([entry.label])).most_common(1)[0]
        if times >= LEAST_TOLD and times >= 3 * names[entry.key][entry.label] and not (
            name in taken or _BARE_DOSE.match(name)
        ):  # fmt: skip
            entry.label = name


def name_partners(found: Inventory, together: Iterable[tuple[Mention, Mention]]) -> None:
    """Of two groups, the name that receives values beside one of them stands for the other."""
    if len(found.arms) != 2 or (found.design is not None and found.design.schedules):
        return
    for a, b in together:
        for known, other in ((a.key, b.key), (b.key, a.key)):
            entry = found.find(known)
            if entry is not None and found.find(other) is None:
                partner = next(arm for arm in found.arms if arm is not entry)
                found.alias[other] = partner.key
                other_entry = found.left.get(other)
                if other_entry is not None and other_entry.score > partner.score:
                    partner.label = other_entry.label


def take_partners(found: Inventory, together: Sequence[tuple[Mention, Mention]]) -> None:
    """Where fewer than two arms are known, the two names that receive values together most often are the arms."""
    if found.design is not None or len(found.arms) > 1 or not together:
        return
    pairs = Counter(tuple(sorted((a.key, b.key))) for a, b in together)
    best = pairs.most_common(1)[0][0]
    a, b = next((a, b) for a, b in together if {a.key, b.key} == set(best))
    for mention in (a, b):
        if found.find(mention.key) is None:
            entry = Entry(mention.key, mention.text, mention, score=SCORE.get(mention.source, 0.3), mentions=1)
            entry.sources[mention.source] += 1
            found.arms.append(entry)
    found.arms.sort(key=lambda e: e.first.start)


SETTLED = 3
"""So often are two arms told together where no third one that never is has a part in the comparison."""


def drop_bystanders(found: Inventory, together: Iterable[tuple[Mention, Mention]]) -> None:
    """Where two arms of a trial without a told design receive values together time and again, a name that never does
    and is far less spoken of is no arm: "a contemporary cohort", "multifactorial treatment".
    """
    if found.design is not None or len(found.arms) < 3:
        return
    pairs = Counter(frozenset((found.alias.get(a.key, a.key), found.alias.get(b.key, b.key))) for a, b in together)
    if not pairs or pairs.most_common(1)[0][1] < SETTLED:
        return
    told = frozenset().union(*pairs)
    least = min(arm.score for arm in found.arms if arm.key in pairs.most_common(1)[0][0])
    found.arms = [arm for arm in found.arms if arm.key in told or arm.n is not None or arm.score > least / 2]


def _second_best(entries: Mapping[str, Entry], arms: Sequence[Entry]) -> list[Entry]:
    """The names that come closest to arms, the best first: a randomised trial has two at least."""
    taken = {w for a in arms for w in a.key.split()}
    near = [
        e
        for e in entries.values()
        if e.score >= LEAST_SCORE and e not in arms and _arm_like(e) and not set(e.key.split()) <= taken
    ]
    return sorted(near, key=lambda e: -e.score)


def _merge_short_names(
    entries: dict[str, Entry], alias: dict[str, str], sentences: Sequence[set[str]], design: Design | None
) -> None:
    """ "tovelimab" is "tovelimab plus chemotherapy" where the two are never named side by side and no third name holds
    it. A name that the design knows a group by stays one.

    Of an add-on design A+B against B the shorter name B is an arm of its own: it stands beside A+B.
    """
    apart = {frozenset((alias.get(a, a), alias.get(b, b))) for keys in sentences for a in keys for b in keys if a != b}
    for short in sorted(entries, key=len):
        words = set(short.split())
        longer = [k for k in entries if k != short and words < set(k.split()) and entries[k].score >= 2.0]
        if (
            not longer
            or any(frozenset((short, k)) in apart for k in longer)
            or short.split()[0] in ("placebo", "control")
            or (design is not None and design.group_of(short) is not None)
        ):
            continue
        best = max(longer, key=lambda k: entries[k].score)
        kept, gone = entries[best], entries.pop(short)
        kept.score += gone.score
        kept.mentions += gone.mentions
        kept.sources.update(gone.sources)
        kept.texts.update(gone.texts)
        kept.in_title |= gone.in_title
        alias[short] = best
        alias.update({a: best for a, k in alias.items() if k == short})


def _arm_like(entry: Entry) -> bool:
    strong = entry.sources.keys() & {"head noun", "letter", "participle", "control name", "versus", "known name"}
    if not strong or len(entry.key.split()) > 8:
        return False
    found = vocabulary.outcome(entry.label) if strong <= {"versus", "head noun"} else None
    return found is None or found.method == "contained"


_BLINDED = frozenset(("placebo", "sham", "vehicle", "dummy"))
BLINDED_PAIRS = 3
"""So many pairs of values with a placebo or sham: the document compares, whatever it says of its design."""
_ONE_GROUP = ("single-arm trial", "case series", "case report")


def _is_randomised(design: str) -> bool:
    return "random" in design and _NOT_RANDOMISED.search(design) is None


_NOT_RANDOMISED = re.compile(r"\b(?:non-?\s?|not |un-?)random")


def is_single(
    facts: Facts, found: Inventory, pairs: Mapping[tuple[str, str], int], together: Collection[str] = ()
) -> bool:
    """Whether a document compares nothing, so that it has the one arm `overall`.

    By its design where that tells: a randomised study compares, a case series does not. Else it compares where two
    arms receive values together (`pairs`) and both name a treatment: "with and without earlier treatment" parts a
    cohort into subgroups, not into arms. together: keys of arms that have values side by side, three or more at once.
    """
    design = facts.design or ""
    paired = {found.alias.get(k, k) for pair in pairs for k in pair} | set(together)
    lettered = [arm for arm in found.arms if arm.key in paired and _OF_COHORTS & arm.sources.keys()]
    if len(found.arms) < 2 or (design.endswith(_ONE_GROUP) and len(lettered) < 2):
        return True  # the cohorts and dose levels of a trial without a comparator are arms of their own
    if _is_randomised(design):
        return False
    if not design and found.comparative and not facts.interventions:
        return False
    named = [arm for arm in found.arms if arm.sources["head noun"] and not arm.sources["letter"]]
    if len(named) > 1 and any(arm.key in _GENERAL_CONTROL for arm in named):
        return False  # "the control group" beside "the X group"
    labels = {arm.key: arm.label for arm in found.arms}
    controls = [arm for arm in found.arms if arm.key in paired and arm.key in _GENERAL_CONTROL]
    if any(n >= BLINDED_PAIRS and not _BLINDED.isdisjoint(pair) for pair, n in pairs.items()):
        return False
    if found.design is not None or len(lettered) > 1 or controls:
        return False
    return not any(
        all(
            k in labels and vocabulary.intervention_class(labels[k])
            for k in (found.alias.get(a, a), found.alias.get(b, b))
        )
        for a, b in pairs
    )


_OF_COHORTS = frozenset(("letter", "dose", "age"))
_COHORT = re.compile(r"(?:dl-?\d|dose[- ]level|cohort)\b", re.I)


def are_cohorts(facts: Facts, found: Inventory) -> bool:
    """Whether the arms are cohorts or dose levels of a trial that sets none against another: figures without a name
    beside them are then of all patients.
    """
    return (
        len(found.arms) > 1
        and not _is_randomised(facts.design or "")
        and all(
            arm.sources["dose"] or _COHORT.match(arm.label) or _BARE_DOSE.match(arm.label) for arm in found.arms
        )
    )


def records(
    found: Inventory,
    role_of: Mapping[str, str],
    told: Facts | str = "",
    *,
    single: bool = False,
    parts: bool = False,
    size: tuple[float, int, int] | None = None,
) -> tuple[Arm, ...]:
    """The arms as records, each with its intervention and class.

    told: what the document says of itself; single: it has no comparison, and gets one arm `overall` with its main
    intervention; parts: its arms are cohorts of that one; size: (patients, start, end) of the group that was treated
    or enrolled, for that one arm.
    """
    facts = told if isinstance(told, Facts) else Facts()
    if single:
        return (_overall(facts, size),)
    out = [replace(_overall(facts, size), arm_id="A0")] if parts else []
    for k, entry in enumerate(found.arms, 1):
        name, category = _treatment(entry, found, facts, role_of.get(entry.key, "intervention"))
        out.append(
            Arm(
                arm_id=f"A{k}",
                label=entry.label,
                role=role_of.get(entry.key, "intervention"),
                intervention=name,
                intervention_class=category,
                n=int(entry.n) if entry.n is not None else None,
                start=entry.first.start,
                end=entry.first.end,
                n_start=entry.n_place[0] if entry.n_place else None,
                n_end=entry.n_place[1] if entry.n_place else None,
                source=entry.sources.most_common(1)[0][0],
            )
        )
    return tuple(out)


_GENERIC_ARM = frozenset(
    [
        "intervention",
        "interventional",
        "treatment",
        "treated",
        "experimental",
        "active",
        "study",
        "test",
        "verum",
        "group",
        "arm",
        "drug",
        "the",
        "medication",
    ]
)


def _treatment(entry: Entry, found: Inventory, facts: Facts, role: str) -> tuple[str | None, str | None]:
    """Intervention and class that an arm's label or its longer spelling names; an arm "intervention" has that of the
    facts.
    """
    spellings = [entry.label, *sorted(k for k, main in found.alias.items() if main == entry.key)]
    for spelling in spellings:
        match, category = vocabulary.intervention(spelling), vocabulary.intervention_class(spelling)
        if match is None and category is None:
            continue
        if match is not None and match.term.category == category:
            return match.term.name, category
        # "tovelimab plus chemotherapy": the class is that of the drug, and so is the name
        own = (w.lower() for w in re.findall(r"[^\W_]{4,}", spelling) if vocabulary.intervention_class(w) == category)
        return next(own, match.term.name if match is not None else None), category
    words = set(re.findall(r"[^\W_]+", entry.label.lower()))
    given = main_intervention(facts)
    if given is not None and role == "intervention" and words <= _GENERIC_ARM:
        return given.name, given.category
    return None, None


def _overall(facts: Facts, size: tuple[float, int, int] | None) -> Arm:
    given = main_intervention(facts)
    return Arm(
        arm_id="A1",
        label="overall",
        role="overall",
        intervention=given.name if given else None,
        intervention_class=given.category if given else None,
        n=int(size[0]) if size else None,
        start=given.start if given else None,
        end=given.end if given else None,
        n_start=size[1] if size else None,
        n_end=size[2] if size else None,
        source="facts",
    )
