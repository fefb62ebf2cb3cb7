"""Who was set against whom: the groups of a study as its title, its aim and the sentence of allocation name them.

"were randomly assigned to receive A (n = 40) or B (n = 42)", "to compare A with B", "A versus B in …", "A with or
without B", "group 1 received A". Each group keeps its phrase, the names in brackets behind it and its size, in the
order of the sentence; all mentions of arms elsewhere are measured against these groups (`arms.inventory`).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from trialtab import vocabulary
from trialtab.extract import schedules
from trialtab.extract.design_groups import MOST_GROUPS, Group, told_apart
from trialtab.extract.design_parts import Whole
from trialtab.extract.design_sentence import TRIGGERS, Sentence
from trialtab.extract.design_words import OUTCOMES, WORD, telling
from trialtab.extract.mentions import key
from trialtab.extract.reading import Read

LONG = 24
"""So many mentions of arms beside results and more: a whole report and no abstract."""

OFTEN = 2
"""Sentences with results that name a group, where it is one of those that make up the whole."""
ADDS_UP = 3.9
"""What it is worth that the sizes of the groups make up the whole before them."""


def design_of(
    text: str,
    read: Sequence[Read],
    sets: Mapping[str, frozenset[str]],
    long_forms: Mapping[str, str],
    wholes: Sequence[Whole] = (),
) -> "Design | None":
    """The design that the document tells: the best statement by whose groups its results go, None where none is.

    wholes: the numbers of people that are parted into groups.
    """
    statements = statements_of_design(text, read, sets, wholes)
    named = Counter(m.key for r in read if r.drafts and r.block.kind != "title" for m in r.arms if m.strength > 2)
    if named.total() > LONG:
        named = Counter({name: times for name, times in named.items() if times > 1})  # a name said once may be anything
    for groups in statements:
        if _differ_in_schedule(groups, text, read):
            return Design([groups, *statements], long_forms, sets["control_name"])
    for groups in statements:
        if any(groups[0] is whole.groups[0] for whole in wholes) and _named_in_results(groups, text, read):
            others = [other for other in statements if other is not groups]
            return Design([groups, *others], long_forms, sets["control_name"])
    best: Design | None = None
    most = 0.0
    for k in range(min(len(statements), 6)):
        design = Design(statements[k:], long_forms, sets["control_name"])
        met: Counter[str] = Counter()
        of_all = 0
        for name, times in named.items():
            if (group := design.group_of(name)) is not None:
                met[group.phrase] += times
            elif design.is_of_all(name):
                of_all += times
        if not named or named.total() == of_all:
            return design
        fit = met.total() * min(len(met), 2)
        if 3 * met.total() >= named.total() - of_all and fit > most * 1.2:
            best, most = design, fit
    return best


def _named_in_results(groups: Sequence[Group], text: str, read: Sequence[Read]) -> bool:
    """Whether sentences with results name each group as the sentence that counts its people does."""
    at = groups[0].start
    behind = [text[r.start : r.end] for r in read if r.drafts and r.start > at and r.block.kind != "title"]
    for group in groups:
        names = "|".join(re.escape(name) for name in group.names)
        said = re.compile(rf"(?<!\w)(?:{names})(?!\w)")
        if sum(said.search(sentence) is not None for sentence in behind) < OFTEN:
            return False
    return True


def _differ_in_schedule(groups: Sequence[Group], text: str, read: Sequence[Read]) -> bool:
    """Whether results are told of two groups that are known by how often, or how long, something is given."""
    wanted = {schedules.of_phrase(g.phrase) for g in groups}
    if None in wanted or len(wanted) < 2:
        return False
    told = {g.start for g in groups}
    of_results = (
        (r.start, r.end)
        for r in read
        if r.drafts and r.block.kind != "title" and not any(r.start <= at < r.end for at in told)
    )
    said = [meant for start, end in of_results for _, _, meant in schedules.said_in(text, start, end)]
    return wanted <= set(said)


def statements_of_design(
    text: str, read: Sequence[Read], sets: Mapping[str, frozenset[str]], wholes: Sequence[Whole] = ()
) -> list[list[Group]]:
    """What each sentence that names the groups of the study says of them, the best sentence first."""
    told: list[tuple[float, int, list[Group]]] = []
    lower = text.lower()
    for r in read:
        if r.block.section in ("background", "discussion", "conclusion") or r.block.part in (
            "background", "discussion", "conclusion",
        ):  # fmt: skip
            continue
        title = r.block.kind == "title"
        sentence = Sentence(text, r.row, r.words, sets, title)
        for weight, found in sentence.statements() if not TRIGGERS.isdisjoint(r.words.said) else ():
            weight += 0.5 * all(g.n is not None for g in found) + 0.3 * any(g.names[1:] for g in found)
            weight += sum(_again(g, lower) for g in found) / len(found)
            told.append((weight, -len(told), found))
        if found := schedules.schedule_groups(text, r.start, r.end, title=title):
            told.append((1.0 + 0.5 * title, -len(told), found))
    if len(given := _given_to(text, read, sets)) > 1:
        told.append((2.6 + sum(_again(g, lower) for g in given) / len(given), -len(told), given))
    others = [statement[2] for statement in told]
    for whole in wholes:
        groups = list(whole.groups)
        again = sum(_again(g, lower) for g in groups) / len(groups)
        known = any(_are_the_same(groups, other, sets["control_name"]) for other in others)
        groups = [replace(g, words=frozenset()) for g in groups] if known else groups
        told.append((again if known else ADDS_UP + again, -len(told), groups))
    told.sort(key=lambda statement: statement[:2], reverse=True)
    return [statement[2] for statement in told]


def _are_the_same(groups: Sequence[Group], other: Sequence[Group], control_words: frozenset[str]) -> bool:
    """Whether another sentence names the same groups, so that these lend it their sizes and names."""
    if len(groups) != len(other):
        return False
    design = Design([other], {}, control_words)
    found = [design.group_of(key(g.phrase)) for g in groups]
    return None not in found and len({id(g) for g in found}) == len(other)


def _given_to(text: str, read: Sequence[Read], sets: Mapping[str, frozenset[str]]) -> list[Group]:
    """ "Group A received X … Group B received Y", "the control group was given Z": what each named group got, as groups
    that go by both names; empty where their words do not tell them apart.
    """
    found: dict[str, Group] = {}
    for r in read:
        if r.block.section not in ("abstract", "summary", "methods", "other") or r.block.part in (
            "background", "results", "discussion", "conclusion",
        ):  # fmt: skip
            continue
        sentence: Sentence | None = None
        for mention in r.arms:
            if mention.source not in ("head noun", "letter") or mention.key in found:
                continue
            sentence = sentence or Sentence(text, r.row, r.words, sets, title=False)
            k = sentence.behind_given(mention.last)
            if not k:
                continue
            group = sentence.one_group(
                k,
                min(
                    (m.first for m in r.arms if m.first > k and m.source in ("head noun", "letter")), default=len(r.row)
                ),
            )
            if group is not None and not OUTCOMES & set(WORD.findall(group.phrase.lower())):
                group.names.append(mention.text)
                group.words |= {w for w in telling(mention.key.split()) if len(w) > 1}
                found[mention.key] = group
    groups = list(found.values())[:MOST_GROUPS]
    return told_apart(groups) if len(groups) > 1 else []


def _again(group: Group, lower: str) -> bool:
    """Whether a document names a group more than once: by a name, or by a word of its phrase."""
    names = [*group.names, *(w for w in group.words if len(w) > 2)]
    return any(lower.count(name.lower()) > 1 for name in names)


class Design:
    """The groups of a document and the way from a name to its group."""

    def __init__(
        self, statements: Sequence[Sequence[Group]], long_forms: Mapping[str, str], control_words: frozenset[str]
    ) -> None:
        self.groups = list(statements[0])
        self.long_forms = {key(short): key(long).split() for short, long in long_forms.items()}
        self.control_words = control_words
        meant = {schedules.of_phrase(g.phrase): key(g.phrase) for g in self.groups}
        self.schedules = {said: name for said, name in meant.items() if said is not None}
        self._settle()
        for other in statements[1:]:
            if not self.schedules or all(schedules.of_phrase(g.phrase) for g in other):
                self._learn(other)

    def _settle(self) -> None:
        self.by_name = {key(name): g for g in reversed(self.groups) for name in reversed(g.names) if key(name)}
        self.words = [self._wide(g.words) for g in self.groups]
        self.all_words = frozenset[str]().union(*self.words)
        controls = [g for g in self.groups if self.is_control(g)]
        self.control = controls[0] if len(controls) == 1 else self._added_to() if not controls else None
        others = [g for g in self.groups if g is not self.control]
        self.treated = others[0] if self.control is not None and len(others) == 1 else None
        self._known: dict[str, Group | None] = {}

    def _added_to(self) -> Group | None:
        """The one group whose words others add to: "X alone" of "X plus Y", "Y monotherapy" of "X plus Y"."""
        own = [words - _BY_ITSELF for words in self.words]
        less = [g for g, words in zip(self.groups, own, strict=True) if words and any(words < other for other in own)]
        return less[0] if len(less) == 1 else None

    def _learn(self, other: Sequence[Group]) -> None:
        """Another sentence's names and sizes of the same groups; of one name that is new, the one group left over."""
        if len(other) != len(self.groups):
            return
        found = [self.group_of(key(g.phrase)) for g in other]
        known = [g for g in found if g is not None]
        if len(known) < len(found) - 1 or len({id(g) for g in known}) < len(known):
            return
        left = [g for g in self.groups if all(g is not k for k in known)]
        for group, same in zip(other, found, strict=True):
            mine = same or left[0]
            mine.names += [name for name in group.names if name not in mine.names]
            mine.words |= group.words - {"alone", "only"}
            mine.said_control |= group.said_control or group.alone
            if mine.n is None:
                mine.n, mine.n_place = group.n, group.n_place
        self._settle()

    def is_control(self, group: Group) -> bool:
        """Whether its own words or the brackets behind it say control."""
        words = [w.lower() for w in WORD.findall(group.phrase)]
        return (
            group.said_control
            or group.alone
            or (
                bool(words)
                and (
                    words[0] in self.control_words
                    or words[-1] in ("control", "controls", "alone", "only")
                    or (words[-1] == "placebo" and not group.dummy)
                    or ("placebo" in words and not {"plus", "and", "with"} & set(words))
                )
            )
        )

    def _wide(self, words: frozenset[str]) -> frozenset[str]:
        """The words with each abbreviation written out, so that "DFO" and "deferoxamine" are one."""
        long = [w for word in words for w in self.long_forms.get(word, ())]
        return (words - self.long_forms.keys()) | telling(long) if long else words

    def names_of(self, group: Group) -> list[str]:
        """What a group goes by: its names, and the words that no other group has and that tell something."""
        k = self.groups.index(group)
        others = frozenset[str]().union(*(w for m, w in enumerate(self.words) if m != k))
        own = [w for w in self.words[k] - others - _TELLS_NOTHING if len(w) > 1 and vocabulary.outcome_class(w) is None]
        return [*(name for name in group.names if len(name) > 1), *sorted(own)]

    def is_of_all(self, name: str) -> bool:
        """Whether a name is of what all groups are given: "chemotherapy" where all get it, with or without X."""
        known = self._wide(telling(name.split())) & self.all_words
        return bool(known) and all(known <= own for own in self.words)

    def group_of(self, name: str) -> Group | None:
        """The group that a name (a key of `mentions.key`) stands for; None where it may stand for several or none."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> Group | None:
        if name in self.by_name:
            return self.by_name[name]
        if self.schedules:
            said = {meant for _, _, meant in schedules.said_in(name, 0, len(name))} | {schedules.of_phrase(name)}
            named = [g for g in self.groups if schedules.of_phrase(g.phrase) in said]
            if len(named) == 1:
                return named[0]
        words = telling(name.split())
        if not words:
            return None
        if words <= _SAYS_CONTROL:
            return self.control
        if "combination" in words and words <= _SAYS_TREATED | {"therapy"} and self.control is None:
            real = [own - {"placebo"} for own in self.words]
            whole = [g for g, own in zip(self.groups, real, strict=True) if all(other <= own for other in real)]
            return whole[0] if len(whole) == 1 else None
        if words <= _SAYS_TREATED:
            return self.treated
        if words <= _SAYS_NOTHING_GIVEN or words & {"no", "none"}:
            bare = [g for k, g in enumerate(self.groups) if self.words[k] & {"no", "nothing", "none", "without"}]
            if words <= _SAYS_NOTHING_GIVEN or len(bare) == 1:
                return bare[0] if len(bare) == 1 else None  # "the no-prophylaxis group" of "no treatment"
        if words == {"monotherapy"}:
            parts = [
                g for k, g in enumerate(self.groups) if any(self.words[k] - {"alone"} < other for other in self.words)
            ]
            return parts[0] if len(parts) == 1 else None
        words = self._wide(words)
        if (plain := words - _KINDS_OF_TREATMENT) and plain != words and not words <= self.all_words:
            return self._find(" ".join(sorted(plain)))  # "open surgery" where one group has an "open appendectomy"
        if len(words) == 1 and not words & self.all_words and (of := self._by_initials(next(iter(words)))) is not None:
            return of
        if len(words) == 1 and not words & self.all_words and len(short := next(iter(words))) > 3:
            opened = [
                g for g, own in zip(self.groups, self.words, strict=True) if any(w.startswith(short) for w in own)
            ]
            return opened[0] if len(opened) == 1 else None  # "haplo" for "haploidentical"
        known = words & self.all_words
        spoken = len(words) == 2 and bool(words & (_SAYS_CONTROL | _SAYS_TREATED))  # "conventional sutures"
        if not known or 2 * len(known) < len(words) or (len(words) == 2 and len(known) < 2 and not spoken):
            return None
        holding = [k for k, own in enumerate(self.words) if known <= own]
        if not holding:
            shares = [len(known & own) for own in self.words]
            best = max(shares)
            return self.groups[shares.index(best)] if shares.count(best) == 1 else None
        if len(holding) > 1:
            own = {k: self.words[k] - _BY_ITSELF - {"placebo"} for k in holding}
            spare = [len(own[k] - known) for k in holding]
            if spare.count(min(spare)) > 1 or (min(spare) and len(known) < len(words)):
                return None
            least = holding[spare.index(min(spare))]
            return self.groups[least] if all(own[least] < own[k] for k in holding if k != least) else None
        return self.groups[holding[0]]

    def _by_initials(self, short: str) -> Group | None:
        """ "UC" for "usual care", where no other group has these initials."""
        found = []
        for g in self.groups:
            words = [w for name in g.names for w in [re.findall(r"[^\W\d_]+", name.lower())] if len(w) > 1]
            if any("".join(w[0] for w in said) == short for said in words):
                found.append(g)
        return found[0] if len(found) == 1 and len(short) > 1 else None


_TELLS_NOTHING = frozenset(
    ("pre", "post", "alone", "only", "no", "single", "therapy", "chemotherapy", "based", "surgery", "new")
)
_KINDS_OF_TREATMENT = frozenset((
    "surgery", "therapy", "treatment", "procedure", "technique", "approach", "method", "repair", "care", "intervention",
    "regimen", "drug", "operation", "programme", "program", "school", "schools", "practice", "practices", "cluster",
    "clusters", "village", "villages", "ward", "wards", "clinic", "clinics", "hospital", "hospitals", "site", "sites",
))  # fmt: skip
_BY_ITSELF = frozenset(("alone", "only", "monotherapy"))
_SAYS_NOTHING_GIVEN = frozenset(("observation", "observed", "untreated", "surveillance"))
_SAYS_CONTROL = frozenset(
    ("control", "comparison", "comparator", "conventional", "standard", "usual", "care", "reference")
)
_SAYS_TREATED = frozenset((
    "intervention", "experimental", "treatment", "active", "study", "test", "treated", "interventional", "verum",
    "investigational", "combination",
))  # fmt: skip
