"""Numbers of a sentence -> measures: "4/11 (36%)", "median 45 (21-153)", "HR 0.41 (95% CI 0.23-0.73)".

Two stages, each a pure function. `items` writes a sentence as a row of typed items. `measures` goes over the items
and lets each main number absorb what belongs to it: its unit, the bracket behind it, the interval or p-value that
follows.
"""

from trialtab.extract.measures.announcements import Announced, announced
from trialtab.extract.measures.drafts import measures
from trialtab.extract.measures.kinds import NUMBER_KINDS, OPENERS, SPREAD_KINDS, Draft, Item, WordAt
from trialtab.extract.measures.typed_items import items

__all__ = [
    "NUMBER_KINDS",
    "OPENERS",
    "SPREAD_KINDS",
    "Announced",
    "Draft",
    "Item",
    "WordAt",
    "announced",
    "items",
    "measures",
]
