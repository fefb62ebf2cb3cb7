"""The words with which a result is said without a number, and the directions they tell."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from trialtab.rules import RuleSet

UP, DOWN, SAME = "increased", "decreased", "no difference"
BETTER, WORSE = "better", "worse"  # become UP or DOWN by what the outcome is
MAX_QUOTE, MAX_PHRASE = 250, 14
"""Characters of a quotation; words of an outcome phrase."""
DIFFER = frozenset(("differ", "differed", "different", "differing"))
DO = frozenset(("did", "does", "do"))
NOT_SIGNIFICANT = frozenset(("non-significant", "nonsignificant", "insignificant"))
SIGNIFICANT = NOT_SIGNIFICANT | {"significant", "significance", "statistically"}


class Phrase(NamedTuple):
    """Main-word indexes [first, last)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sets:
    """The said_* lists of patterns/facts.toml."""

    no: frozenset[str]
    bridge: frozenset[str]
    up: frozenset[str]
    down: frozenset[str]
    good: frozenset[str]
    bad: frozenset[str]
    same: frozenset[str]
    unchanged: frozenset[str]
    raises: frozenset[str]
    lowers: frozenset[str]
    improves: frozenset[str]
    worsens: frozenset[str]
    touch: frozenset[str]
    rise_noun: frozenset[str]
    fall_noun: frozenset[str]
    better_noun: frozenset[str]
    worse_noun: frozenset[str]
    difference: frozenset[str]
    effect: frozenset[str]
    adverb: frozenset[str]
    be: frozenset[str]
    have: frozenset[str]
    found: frozenset[str]
    about: frozenset[str]
    between: frozenset[str]
    than: frozenset[str]
    compared: frozenset[str]
    group: frozenset[str]
    stop: frozenset[str]
    time: frozenset[str]
    empty: frozenset[str]
    baseline: frozenset[str]
    elsewhere: frozenset[str]
    determiner: frozenset[str]
    taker: frozenset[str]
    opener: frozenset[str]
    subject_tail: frozenset[str]
    degree: frozenset[str]
    after_more: frozenset[str]
    infinitive: frozenset[str]
    saying: frozenset[str]
    taken: frozenset[str]


_NAMES = {
    "raises": "raise", "lowers": "lower", "improves": "improve", "worsens": "worsen", "effect": "effect_noun",
    "group": "group_word", "time": "time_word",
}  # fmt: skip


@lru_cache(maxsize=4)
def said_sets(rules: RuleSet) -> Sets:
    return Sets(**{name: rules.sets["said_" + _NAMES.get(name, name)] for name in Sets.__slots__})


@lru_cache(maxsize=4)
def said_triggers(rules: RuleSet) -> frozenset[str]:
    """The words at which a statement is looked for."""
    s = said_sets(rules)
    adjectives = s.up | s.down | s.good | s.bad | s.same | s.unchanged
    verbs = s.touch | s.raises | s.lowers | s.improves | s.worsens | DIFFER
    nouns = s.difference | s.effect | s.rise_noun | s.fall_noun | s.better_noun | s.worse_noun
    return adjectives | verbs | nouns
