"""Which arms are controls, decided once for a document.

A control says so in its name; else an arm that others add to is the control; else the arm that comes first is the
intervention: first in the text, unless the results put the other one first.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from trialtab import language
from trialtab.extract.arms import Entry, Inventory, abbreviations
from trialtab.extract.design import Design
from trialtab.extract.mentions import key
from trialtab.extract.reading import Read


def roles(
    found: Inventory,
    pairs: Counter[tuple[str, str]],
    control_words: frozenset[str],
    text: str = "",
    read: Sequence[Read] = (),
) -> dict[str, str]:
    """key -> intervention | control, decided once for the document.

    The two main arms are those that receive values together most often. A control says so in its name; else an arm
    whose name is contained in another's is the control of an add-on design; else the arm that `text` names first,
    by its label or its long form, is the intervention, unless the results of `read` tell it otherwise.
    """
    keys = [a.key for a in found.arms]
    if not keys:
        return {}
    if found.design is not None:
        return _roles_by_design(found, found.design, control_words, text, read)
    long_forms = abbreviations(text)
    controls = {
        a.key for a in found.arms
        if _says_control(a.label, control_words) or _says_control(long_forms.get(a.label, ""), control_words)
    }  # fmt: skip
    if not controls or len(controls) == len(keys):
        controls = set()
        words = {k: set(k.split()) for k in keys}
        for a in keys:
            for b in keys:
                if a != b and (words[a] < words[b] or _adds_letters(a, b)):
                    controls.add(a)
        if len(controls) == len(keys):
            controls = set()
    compared = {found.alias.get(k, k) for pair in pairs for k in pair}
    if compared and not controls & compared:
        controls = set()  # a name that says control, of no arm that receives values beside another
    if not controls and len(keys) > 1:
        best = pairs.most_common(1)
        order = list(best[0][0]) if best else []
        order = [found.alias.get(k, k) for k in order]
        if len(order) == 2 and all(k in keys for k in order):
            by_key = {a.key: a for a in found.arms}
            names = {k: _names(by_key[k], long_forms) for k in order}
            controls = {_control_of_two(found, read, text, names, {k: by_key[k].first.start for k in order})}
        else:
            controls = {keys[1]}
    return {k: "control" if k in controls else "intervention" for k in keys}


def _roles_by_design(
    found: Inventory, design: Design, control_words: frozenset[str], text: str, read: Sequence[Read]
) -> dict[str, str]:
    """Control is the group that says so, by its words, its brackets or the names it goes by; else the group whose words
    the others add to; else all but the group that the text names first.
    """
    by_key, long_forms = {key(g.phrase): g for g in design.groups}, abbreviations(text)
    controls = {
        k for k, g in by_key.items()
        if design.is_control(g)
        or any(
            _says_control(said, control_words)
            for name in g.names
            for said in (name, long_forms.get(name, ""))
            if not g.dummy
        )
    }  # fmt: skip
    if not controls or len(controls) == len(by_key):
        controls = {a.key for a in found.arms if a.key in by_key and _says_control(a.label, control_words)}
    if not controls:
        controls = {k for k, g in by_key.items() if "without" in g.phrase.lower().split()}
    if not controls or len(controls) == len(by_key):
        words = {k: g.words - _SAYS_NO_MORE for k, g in by_key.items()}
        controls = {a for a in words for b in words if words[a] < words[b] or _adds_letters(a, b)}
    if not controls or len(controls) == len(by_key):
        if len(by_key) == 2:
            names = {k: design.names_of(g) for k, g in by_key.items()}
            controls = {_control_of_two(found, read, text, names, {k: g.start for k, g in by_key.items()})}
        else:
            controls = {max(by_key, key=lambda k: _first(design.names_of(by_key[k]), text, by_key[k].start))}
    return {a.key: "control" if a.key in controls else "intervention" for a in found.arms if a.key in by_key}


_SAYS_NO_MORE = frozenset((
    "alone", "only", "monotherapy", "mg", "μg", "µg", "ug", "mcg", "kg", "g", "ml", "iu", "units", "gy",
))  # fmt: skip
"""Words that add nothing to what is given: "X 6 mg" beside "X 100 µg/kg" is no part of it."""


def _names(arm: Entry, long_forms: Mapping[str, str]) -> list[str]:
    return [arm.label, arm.key, *(long_forms[w] for w in arm.label.split() if w in long_forms)]


def _first(names: Sequence[str], text: str, otherwise: int) -> int:
    """Where a text first says one of the names; `otherwise` where it says none of them, or nothing earlier."""
    low = language.lower(text)
    places = (_first_of(language.lower(name), low) for name in names)
    return min([otherwise, *(place for place in places if place is not None)])


def _first_of(name: str, low: str) -> int | None:
    """Where a text first says a name, also with an s behind it, as whole words; both in small letters."""
    at = low.find(name)
    while at >= 0:
        end = at + len(name)
        if not _in_word(low, at - 1) and not (_in_word(low, end) and (low[end] != "s" or _in_word(low, end + 1))):
            return at
        at = low.find(name, at + 1)
    return None


def _in_word(text: str, at: int) -> bool:
    """Whether a letter, a figure or an underscore stands at a place."""
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _says_control(label: str, control_words: frozenset[str]) -> bool:
    words = re.findall(r"[^\W_]+", label.lower())
    return bool(words) and (
        words[0] in control_words
        or words[0].startswith("conventional")
        or (words[0] in ("non", "without") and len(words) > 1)
        or words[-1] in ("control", "controls", "placebo", "alone")
        or ("placebo" in words and not ({"plus", "and"} & set(words)))
    )


def _adds_letters(short: str, long: str) -> bool:
    """ "TE" and "TEL": an abbreviation with another's letters and one or two more is that regimen and a drug more."""
    return (
        1 < len(short) < len(long) <= min(6, len(short) + 2)
        and short.isalpha()
        and long.isalpha()
        and (long.startswith(short) or long.endswith(short))
    )


_BEFORE_A_NAME = frozenset((
    "the", "a", "an", "those", "in", "with", "to", "receiving", "who", "received", "patients", "women", "treated",
    "given", "on", "of", "for", "from",
))  # fmt: skip


WEIGHTS = {
    "title": 2.0, "told first": 1.0, "values first": 1.0, "compared with": 2.0, "named first": 0.5, "studied": 1.0,
    "subject": 0.5, "called standard": 1.5,
}  # fmt: skip
"""How much each habit of reports says of which of two arms is the intervention where neither says control: what the
title, the sentence of allocation, the text and the pairs of values name first, what nothing is "compared with", what
the "effect of" is told, what is the subject of sentences, and what is never called standard. By itself each is right
in seven to nine of ten development abstracts; the weights were set by hand and are no fit.
"""
_STANDARD = (
    re.compile(
        r"(?:standard|conventional|usual|routine|traditional|classical|established|reference|regular|comparator|"
        r"current)[ -]"
    ),
    re.compile(r"[\w-]+ "),
    2,
)
_STUDIED = (
    re.compile(
        r"(?:(?:effects?|efficacy|effectiveness|safety|role|impact|benefits?|feasibility|use|addition|adding|"
        r"tolerability|activity|utility) of|whether) "
    ),
    re.compile(r"(?!and|or|with|versus|vs|to|than|compared)[\w-]+ "),
    3,
)
"""The words themselves, in small letters; a word that may stand between them and a name, and how many of them may."""


def _control_of_two(
    found: Inventory, read: Sequence[Read], text: str, names: Mapping[str, Sequence[str]], told_at: Mapping[str, int]
) -> str:
    """Which of two arms (keys of `names`, each with what it goes by) is the control where neither says so.

    told_at: where the sentence that tells the groups names each.
    """
    one, other = sorted(names, key=lambda k: told_at[k])
    title = next((text[r.block.start : r.block.end] for r in read if r.block.kind == "title"), "")
    nowhere = len(text)
    in_title = [_first(names[k], title, told_at[k] if told_at[k] < len(title) else nowhere) for k in (one, other)]
    anywhere = [_first(names[k], text, told_at[k]) for k in (one, other)]
    evidence = {
        "title": _sign(in_title[1] - in_title[0]) if max(in_title) < nowhere else 0,
        "told first": _sign(told_at[other] - told_at[one]),
        "values first": _sign(values_first(found, read, one, other)),
        "compared with": _compared_with(found, read, one, other),
        "named first": _sign(anywhere[1] - anywhere[0]),
        "studied": _said_behind(_STUDIED, names[one], names[other], text),
        "subject": _subject(found, read, one, other),
        "called standard": _said_behind(_STANDARD, names[other], names[one], text),
    }
    return other if sum(WEIGHTS[habit] * said for habit, said in evidence.items()) >= 0 else one


def _said_behind(
    words: tuple[re.Pattern[str], re.Pattern[str], int], one: Sequence[str], other: Sequence[str], text: str
) -> int:
    """1 where the names of `one` stand behind such words more often than those of `other`, -1 where less often."""
    said_words, between, most = words
    low = language.lower(text)
    spoken = [[language.lower(name) for name in names if len(name) > 1] for names in (one, other)]
    said, reached = [0, 0], [0, 0]
    for m in said_words.finditer(low):
        if _in_word(low, m.start() - 1):
            continue
        places = [m.end()]
        while len(places) <= most and (word := between.match(low, places[-1])) is not None:
            places.append(word.end())
        for k, names in enumerate(spoken):
            ends = (at + len(name) for at in reversed(places) for name in names if low.startswith(name, at))
            end = next((end for end in ends if not _in_word(low, end)), None)
            if m.start() >= reached[k] and end is not None:
                said[k], reached[k] = said[k] + 1, end
    return _sign(said[0] - said[1])


def _subject(found: Inventory, read: Sequence[Read], one: str, other: str) -> int:
    """1 where `one` opens more sentences as their subject than `other` does, -1 where less."""
    opened = 0
    for r in read:
        for mention in r.arms:
            entry = found.find(mention.key)
            behind = [item.text for item in r.row[mention.last : mention.last + 3]]
            if entry is not None and entry.key in (one, other) and mention.first <= 4 and _VERBS & set(behind):
                opened += 1 if entry.key == one else -1
    return _sign(opened)


_VERBS = frozenset((
    "was", "were", "is", "had", "has", "did", "improved", "reduced", "increased", "decreased", "resulted", "showed",
    "significantly", "led", "appears", "may", "can", "provides", "group", "arm",
))  # fmt: skip


def _sign(x: float) -> int:
    return (x > 0) - (x < 0)


def values_first(found: Inventory, read: Sequence[Read], one: str, other: str) -> int:
    """How much more often the values of `one` come before those of `other` than behind them; less often: below 0."""
    led = 0
    for r in read:
        told = [(found.find(x.arm.key), x) for x in r.linked if x.arm and x.draft.shape != "effect"]
        for (a, x), (b, y) in pairwise((entry.key if entry else "", x) for entry, x in told):
            if {a, b} == {one, other} and (x.group == y.group or x.outcome == y.outcome):
                led += 1 if a == one else -1
    return led


_AGAINST = frozenset(("than", "versus", "vs", "over", "against"))


def _compared_with(found: Inventory, read: Sequence[Read], one: str, other: str) -> int:
    """1 where it is `other` that something is "compared with", "lower than" more often than `one`, -1 where less."""
    compared = 0
    for r in read:
        word = r.words.__getitem__
        for mention in r.arms:
            entry = found.find(mention.key)
            if entry is None or entry.key not in (one, other):
                continue
            k = mention.first - 1
            while word(k) in _BEFORE_A_NAME and word(k - 1) != "compared":
                k -= 1
            if word(k) in _AGAINST or word(k - 1) == "compared":
                compared += 1 if entry.key == other else -1
    return _sign(compared)
