"""Names of what all who take part are given or undergo: they tell whom a trial is of, and are none of its arms.

"Women receiving chemotherapy were randomly assigned to …", "… in adults undergoing hip replacement".
"""

from collections.abc import Callable, Mapping, Sequence

from trialtab.extract.measures import WordAt
from trialtab.extract.mentions import Mention

_ALLOCATED = frozenset(("randomised", "randomized", "randomly", "assigned", "allocated"))
_TAKEN_IN = frozenset(("enrolled", "recruited", "eligible", "screened", "invited"))
_UNDER = frozenset(("undergoing", "receiving", "treated", "on", "having", "after", "following", "given"))
_SET_AGAINST = frozenset(("versus", "vs", "v", "or", "compared", "than", "against", "alone", "either", "plus"))
_WEAK = frozenset(("participle", "known name", "slot", "versus"))


def of_all(words: WordAt, arms: Sequence[Mention], sets: Mapping[str, frozenset[str]], *, title: bool) -> list[Mention]:
    """The mentions of a sentence that name what all are given, as its words of allocation or its place in a title tell.

    What a head noun or a letter names ("the X group") is never one of them, nor what a sentence sets against another.
    """
    if not arms:
        return []
    word = words.__getitem__
    stop = max(_first(words, _ALLOCATED), _first(words, _TAKEN_IN))
    behind = {m.key for m in arms if m.first > stop}
    return [
        m
        for m in arms
        if m.source in _WEAK
        and (title or (m.last <= stop and m.key not in behind))
        and not (_SET_AGAINST & {word(m.first - 1), word(m.first - 2), word(m.last), word(m.last + 1)})
        and _of_people(word, m, sets["people"])
    ]


def _first(words: WordAt, wanted: frozenset[str]) -> int:
    """Where the first of the wanted words stands; -1 where none does."""
    return -1 if wanted.isdisjoint(words.said) else next(i for i, word in enumerate(words.all) if word in wanted)


def _of_people(word: Callable[[int], str], m: Mention, people: frozenset[str]) -> bool:
    """ "patients receiving X", "women who were treated with X", "adults undergoing elective X"."""
    under = False
    for k in range(m.first - 1, max(-1, m.first - 7), -1):
        if word(k) in people:
            return under
        under = under or word(k) in _UNDER
        if not word(k)[:1].isalpha():
            return False
    return False
