"""Measure <-> its outcome, arm, timepoint, grade and p-value, within one sentence.

Numbers are linked in groups ("12 vs 15", "6.0 and 5.9"): a group shares one outcome and is matched to arms as a
whole. Every choice keeps the candidates it was made from, with the weights of `outcomes.WEIGHTS`, so that `trialtab
explain` can show them.
"""

import re
from collections.abc import Mapping, Sequence

from trialtab.extract.deaths import name_causes
from trialtab.extract.details import give_grades, give_times, give_units
from trialtab.extract.groups import prepare
from trialtab.extract.line import Carried, Line, Linked
from trialtab.extract.measures import Draft, Item, WordAt
from trialtab.extract.mentions import Mention
from trialtab.extract.outcomes import outcome_of, state_rows
from trialtab.extract.p_values import give_p_values, row_of_p
from trialtab.extract.whom import give_arms

_KINDS = frozenset(("complete", "partial", "overall", "objective", "major", "minor", "very good partial", "molecular"))
_SHARED = re.compile(r"\b(?:responses?|remissions?|relapses?|recover(?:y|ies))$", re.I)


def _share_nouns(rows: Sequence[Linked]) -> None:
    """ "9 (60%) complete and 4 (27%) partial responses": the noun behind the last is that of those before it."""
    for row, behind in zip(reversed(rows[:-1]), reversed(rows[1:]), strict=True):
        noun = _SHARED.search(behind.outcome or "")
        if noun and (row.outcome or "").lower() in _KINDS:
            row.outcome = f"{row.outcome} {noun.group()}"


def _says_which_first(words: WordAt, arm: Mention) -> bool:
    """ "Estimates at 12 months, bridged first: EFS 51% and 69%": an arm that only tells the order."""
    return words[arm.last] == "first" and words[arm.last + 1] in (":", ")", ",", ";")


def link(
    text: str,
    items: Sequence[Item],
    words: WordAt,
    drafts: list[Draft],
    arms: list[Mention],
    sets: Mapping[str, frozenset[str]],
    carried: Carried,
) -> list[Linked]:
    """The rows of one sentence, in its order; `carried` is what the sentence before left, `sets` the word lists of
    patterns/.
    """
    line = Line(text, items, words, drafts, [m for m in arms if not _says_which_first(words, m)], sets, carried)
    prepare(line)
    found: list[Linked] = []
    for n, group in enumerate(line.groups):
        rows = [Linked(draft, n, group_size=len(group)) for draft in group]
        outcome_of(line, n, group, rows, found)
        found.extend(r for row in rows for r in state_rows(line, row))
    _share_nouns(found)
    name_causes(line, found)
    give_arms(line, found)
    give_times(line, found)
    give_grades(line, found)
    alone = give_p_values(line, found)
    give_units(line, found)
    lone = [row for k in alone if (row := row_of_p(line, k, found)) is not None]
    give_times(line, lone)
    return found + lone
