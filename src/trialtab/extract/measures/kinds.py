"""The types that the rooms of measures share: an item of a sentence, a draft of a measure, and the kinds of both."""

from collections.abc import Sequence
from dataclasses import dataclass, field

NUMBER_KINDS = frozenset(
    ("N", "PCT", "FRAC", "NEQ", "EFFECT", "TIME", "TIMES", "QTY", "IVAL", "FROMTO", "PP", "RATE", "ALL", "NONE")
)
SPREAD_KINDS = frozenset(("CI", "IQR", "RANGE", "SD", "SE", "PM"))
OPENERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(slots=True)
class Item:
    """A stretch of tokens of one type. kind: "W" a word or sign, "N" a free number, else the kind of its rule."""

    kind: str
    first: int
    last: int
    start: int
    end: int
    text: str = ""
    values: dict[str, float] = field(default_factory=dict)
    printed: dict[str, tuple[int, int]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    rule: str = ""
    reason: str = ""


@dataclass(slots=True)
class Draft:
    """A measure before it is linked. first, last: item indexes; shape: how its main number is printed.

    shape: count | fraction | percent | value | time | effect | interval | zero | all | rate | state.
    """

    shape: str
    first: int
    last: int
    start: int
    end: int
    fields: dict[str, object] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    captures: list[tuple[str, int, int]] = field(default_factory=list)
    statistic: str | None = None
    stat_item: int | None = None
    noun: str | None = None
    noun_item: int | None = None
    depth: int = 0
    before: float | None = None
    p_item: int | None = None
    unlabelled: tuple[float, float] | None = None
    named: tuple[int, int] | None = None
    reason: str = ""  # why it is no result, where its sentence alone says so

    def put(self, name: str, value: object, start: int, end: int) -> None:
        if self.fields.get(name) is None:
            self.fields[name] = value
            self.captures.append((name, start, end))

    def counted(self) -> float | None:
        """How many people or events the draft counts; None where it counts none."""
        n = self.fields.get("events", self.fields.get("value"))
        return n if self.shape in ("count", "value", "fraction") and isinstance(n, float) and n % 1 == 0 else None


class WordAt(dict[int, str]):
    """The words of a row by their place, "" for what is no word and beyond both ends: `WordAt(row)[-1]` is "".

    all: the same as a list; said: each word once; kinds: of the items, each once. Made once a sentence, for all stages
    that read its words.
    """

    __slots__ = ("all", "kinds", "said")

    def __init__(self, row: Sequence[Item]) -> None:
        self.kinds = frozenset([item.kind for item in row])
        self.all = [item.text if item.kind == "W" else "" for item in row]
        self.said = frozenset(self.all)
        super().__init__(enumerate(self.all))

    def __missing__(self, place: int) -> str:
        return ""
