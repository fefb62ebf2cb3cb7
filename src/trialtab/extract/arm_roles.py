"""Which arms are controls, decided once for a document.

A control says so in its name; else an arm that others add to is the control; else the arm that comes first is the
intervention: first in the text, unless the results put the other one first.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from trialtab.extract.arms import Entry, Inventory, abbreviations
from trialtab.extract.design import Design
from trialtab.extract.measures import WordAt
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
            first = min(order, key=lambda k: _first_named(by_key[k], text, long_forms))
            other = next(k for k in order if k != first)
            if _told_otherwise(found, read, first, other) > 0:
                first = other
            controls = {k for k in order if k != first}
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
        or any(_says_control(said, control_words) for name in g.names for said in (name, long_forms.get(name, "")))
    }  # fmt: skip
    if len(controls) == len(by_key):
        controls = {a.key for a in found.arms if a.key in by_key and _says_control(a.label, control_words)}
    if not controls or len(controls) == len(by_key):
        words = {k: g.words - {"alone", "only"} for k, g in by_key.items()}
        controls = {a for a in words for b in words if words[a] < words[b] or _adds_letters(a, b)}
    if not controls or len(controls) == len(by_key):
        order = sorted(by_key, key=lambda k: design.first_named(by_key[k], text))
        if len(order) == 2 and _told_otherwise(found, read, *order) > 1:
            order.reverse()
        controls = {order[-1]}
    return {a.key: "control" if a.key in controls else "intervention" for a in found.arms if a.key in by_key}


def _first_named(arm: Entry, text: str, long_forms: Mapping[str, str]) -> int:
    """Where a text first names an arm, be it in a title or in a sentence that compares nothing."""
    names = [arm.label, arm.key, *(long_forms[w] for w in arm.label.split() if w in long_forms)]
    places = [m.start() for name in names if (m := re.search(rf"\b{re.escape(name)}\b", text, re.I))]
    return min([arm.first.start, *places])


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


def _told_otherwise(found: Inventory, read: Sequence[Read], first: str, other: str) -> int:
    """How many of two habits of results speak against `first` (a key) as the intervention, less those that speak for
    it: the values of the intervention come before those of its control, and it is the control that something is
    "compared with", "lower than".
    """
    led = compared = 0
    for r in read:
        told = [(found.find(x.arm.key), x) for x in r.linked if x.arm and x.draft.shape != "effect"]
        for (a, x), (b, y) in pairwise((entry.key if entry else "", x) for entry, x in told):
            if {a, b} == {first, other} and (x.group == y.group or x.outcome == y.outcome):
                led += 1 if a == other else -1
        word = WordAt([item.text if item.kind == "W" else "" for item in r.row]).__getitem__
        for mention in r.arms:
            entry = found.find(mention.key)
            if entry is None or entry.key not in (first, other):
                continue
            k = mention.first - 1
            while word(k) in _BEFORE_A_NAME and word(k - 1) != "compared":
                k -= 1
            if word(k) in ("than", "versus", "vs", "over", "against") or word(k - 1) == "compared":
                compared += 1 if entry.key == first else -1
    return (led > 0) - (led < 0) + (compared > 0) - (compared < 0)
