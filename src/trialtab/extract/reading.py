"""Which blocks and sentences are read, and what stands in them: items, drafts, mentions of arms, sizes of arms."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trialtab import language
from trialtab.extract.line import Linked
from trialtab.extract.measures import Announced, Draft, Item, WordAt, items, measures
from trialtab.extract.mentions import Finder, Mention
from trialtab.extract.schedules import Schedule, name_schedules, part_times
from trialtab.extract.who_takes_part import of_all
from trialtab.model import Block, Document
from trialtab.prefilter import Prefiltered
from trialtab.rules import RuleSet

MAX_SENTENCE = 2000
RESULT_SECTIONS = frozenset(("abstract", "summary", "results", "other"))
READ_KINDS = frozenset(("paragraph", "item", "title"))


@dataclass(slots=True)
class Read:
    """One sentence on its way through the stages."""

    block: Block
    start: int
    end: int
    row: list[Item]
    words: WordAt
    drafts: list[Draft]
    arms: list[Mention] = field(default_factory=list)
    linked: list[Linked] = field(default_factory=list)


def blocks(document: Document) -> list[Block]:
    """The blocks that are read. In a letter without sections the whole text may report results."""
    found = [block for block in document.blocks if _is_read(block)]
    if found and not any(block.kind == "title" for block in document.blocks):
        found[:1] = _title_first(document.text, found[0])
    if any(b.part == "results" or b.section in ("abstract", "summary", "results") for b in found):
        return _results_under_methods(found)
    return [
        replace(b, section="other", part="") if b.section in ("background", "other", "discussion") else b for b in found
    ]


def _results_under_methods(found: list[Block]) -> list[Block]:
    """The blocks; of an abstract that heads its methods and no results, what stands under methods holds both."""
    if any(b.part == "results" or b.section == "results" for b in found):
        return found
    return [replace(b, part="") if b.section == "abstract" and b.part == "methods" else b for b in found]


LONGEST_TITLE = 350
SENTENCES_BEHIND = 3
"""A title is followed by so many sentences at least: a passage without them is no report."""
_TELLS = re.compile(r"\b(?:was|were|are|has|have|had|we|our|been|did|this|these|there|it)\b", re.IGNORECASE)


def _title_first(text: str, block: Block) -> list[Block]:
    """The title that opens a paragraph, as an abstract copied in one piece has it, and the rest; the whole paragraph
    where its first sentence tells something ("was", "we") or gives a number of a result.
    """
    told = language.split(text, block.start, block.end) if block.kind == "paragraph" else []
    if len(told) <= SENTENCES_BEHIND or told[0][1] - told[0][0] > LONGEST_TITLE:
        return [block]
    (start, end), (behind, _) = told[:2]
    title = text[start:end]
    if title[-1] not in ".?]" or _TELLS.search(title) or re.search(r"%|[=<>]|\d\.\d", title):
        return [block]
    return [replace(block, kind="title", section="title", part="", end=end), replace(block, start=behind)]


def _is_read(block: Block) -> bool:
    if block.section == "other" and block.heading.lower().startswith("figure"):
        return False  # words drawn inside a figure
    return block.kind in READ_KINDS and block.section not in ("references", "back", "table", "caption")


def sentences(text: str, block: Block, rules: RuleSet, said: Announced) -> list[Read]:
    found = []
    for start, end in (piece for a, b in language.split(text, block.start, block.end) for piece in _pieces(text, a, b)):
        sentence = text[start:end]
        if not language.tells_a_number(sentence) and not _names_arms(sentence):
            continue
        tokens = language.sentence(text, start, end)
        row = part_times(text, items(tokens, rules), rules.sets["group_noun"])
        results = block.kind != "title" and (
            block.section in RESULT_SECTIONS or block.part in ("methods", "background", "")
        )
        words = WordAt(row)
        found.append(Read(block, start, end, row, words, measures(row, rules, said, words) if results else []))
    return found


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    pieces = []
    while end - start > MAX_SENTENCE:
        cut = max(text.rfind(sign, start + MAX_SENTENCE // 2, start + MAX_SENTENCE) for sign in ("; ", ", ", " "))
        cut = cut + 1 if cut > 0 else start + MAX_SENTENCE
        pieces.append((start, cut))
        start = cut
    return [*pieces, (start, end)]


_ARM_CUE = Prefiltered(
    r"\b(?:group|arm|versus|vs|randomi[sz]ed|randomly|assigned|compared|placebo|treated|receiv)", re.I, least=2
)


def _names_arms(sentence: str) -> bool:
    return _ARM_CUE.search(sentence) is not None


def arm_mentions(
    text: str,
    read: list[Read],
    rules: RuleSet,
    known: dict[str, str],
    is_arm: Callable[[Mention], bool] | None = None,
    schedules: Mapping[Schedule, str] | None = None,
) -> list[tuple[Mention, bool]]:
    """The mentions of arms, each with whether it stands in a title.

    known: the arms of the document, empty at the first look; the second one is for the sentences that hold results,
    and keeps the mentions of which `is_arm` holds. schedules: those by which the arms differ, with their keys.
    """
    out = []
    pair: list[Mention] = []
    for r in read:
        if known and not r.drafts and "P" not in r.words.kinds:
            continue
        r.arms = Finder(text, r.row, r.words, r.drafts, rules.sets, known).arms()
        if not known:
            everyone = of_all(r.words, r.arms, rules.sets, title=r.block.kind == "title")
            r.arms = [m for m in r.arms if m not in everyone]
        if schedules:
            r.arms = name_schedules(text, r.row, r.arms, schedules)
        if is_arm is not None:
            known_here = [m for m in r.arms if is_arm(m)]
            together = Counter(m.series for m in r.arms if m.series >= 0)
            paired = not known_here and any(times > 1 for times in together.values())
            r.arms = [m for m in r.arms if m in known_here or (paired and together[m.series] > 1)]
            r.arms = _with_former_and_latter(text, r, pair)
            pair = _last_two(r.arms) or pair
        out += [(m, r.block.kind == "title") for m in r.arms]
    return out


def _last_two(arms: Sequence[Mention]) -> list[Mention]:
    """The last two different arms of a sentence, in the order of their first mentions; empty where it names fewer."""
    first = {m.key: m for m in reversed(arms)}
    named = sorted(first.values(), key=lambda m: m.first)
    return named[-2:] if len(named) > 1 else []


def _with_former_and_latter(text: str, r: Read, pair: list[Mention]) -> list[Mention]:
    """The mentions with "the former" and "the latter", which stand for the two arms that the sentences before named
    last: a sentence that names its own two may mean others.
    """
    added: list[Mention] = []
    if len(pair) < 2 or len({m.key for m in r.arms}) > 1:
        return r.arms
    for k, item in enumerate(r.row[:-1]):
        if item.text not in ("former", "latter") or k == 0 or r.row[k - 1].text != "the":
            continue
        behind = r.row[k + 1].text
        if not behind[:1].isalpha() or behind in _BEHIND_A_NAME:
            arm = pair[item.text == "latter"]
            added.append(replace(arm, first=k, last=k + 1, start=item.start, end=item.end, source="known name"))
    return sorted([*r.arms, *added], key=lambda m: m.first) if added else r.arms


_BEHIND_A_NAME = frozenset(
    ("and", "or", "but", "than", "group", "arm", "had", "was", "were", "did", "in", "at", "with", "as", "while", "only")
)


def arm_sizes(text: str, read: list[Read]) -> dict[str, tuple[float, int, int]]:
    """Group sizes printed beside an arm's name: "P2 (n = 174)", "placebo (174 patients)", "N = 174 for placebo"."""
    sizes: dict[str, tuple[float, int, int]] = {}
    for r in read:
        before = {id(d): arm for d in r.drafts if d.fields.get("n_equals") and (arm := _name_behind(r, d)) is not None}
        for draft in (d for d in r.drafts if id(d) in before):
            size = float(str(draft.fields["value"])), draft.start, draft.end
            sizes.setdefault(before[id(draft)].key, size)
        for mention in r.arms:
            for draft in (d for d in r.drafts if id(d) not in before):
                gap = draft.first - mention.last
                words = [i.text for i in r.row[mention.last : draft.first]]
                if (
                    0 <= gap <= 3
                    and draft.fields.get("n_equals")
                    and draft.fields.get("percent") is None
                    and all(w in ("(", "[", "group", "arm", ",", ";", "patients", "groups") for w in words)
                ):
                    sizes.setdefault(mention.key, (float(str(draft.fields["value"])), draft.start, draft.end))
    return sizes


def _name_behind(r: Read, draft: Draft) -> Mention | None:
    """The arm right behind a size: "N = 353 for etoricoxib"."""
    if draft.last + 1 >= len(r.row) or r.row[draft.last].text not in ("for", "in", "to", "on", "receiving"):
        return None
    at = draft.last + 1 + (r.row[draft.last + 1].text == "the")
    return next((m for m in r.arms if m.first == at), None)


def count_people(read: Sequence[Read], places: Collection[int]) -> None:
    """A bare whole number at one of these places, where people are parted into groups, is a count."""
    for draft in (draft for r in read for draft in r.drafts):
        bare = draft.fields.get("unit") is None and draft.statistic is None
        if draft.start in places and draft.shape == "value" and bare:
            draft.shape = "count"


_TAKEN_IN = frozenset(
    ("randomized", "randomised", "assigned", "allocated", "enrolled", "suitable", "evaluable", "eligible", "analysed",
     "analyzed", "included")
)  # fmt: skip


def name_then_size(read: list[Read]) -> None:
    """ "(pexeglutide 397, sitagliptin 197)" behind "were randomized": a bare whole number behind an arm's name is its
    size.
    """
    for r in read:
        if _TAKEN_IN.isdisjoint(r.words.said):
            continue
        ends = {m.last for m in r.arms}
        for draft in r.drafts:
            value = draft.fields.get("value")
            if (
                draft.shape == "value"
                and draft.depth
                and draft.first in ends
                and isinstance(value, float)
                and value % 1 == 0
                and (draft.fields.get("unit") is None and draft.statistic is None)
            ):
                draft.shape = "count"
