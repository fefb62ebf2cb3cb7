"""patterns/*.toml -> a checked RuleSet: token patterns, compiled once, each with its examples.

A rule file:

    field = "hazard_ratio"                      # what the rules of the file read
    about = "Hazard ratio with its confidence interval."

    [sets]                                      # word lists, used as $name
    is = ["=", ":", "of", "was"]

    [parts]                                     # pieces of patterns, used as <name>
    interval = "NUM:low PCT? $to NUM:high PCT?"

    [[rule]]
    id = "hr_value"
    kind = "EFFECT"                             # the type of token that the match becomes
    set = {statistic = "hazard_ratio"}          # fields that the match always has
    patterns = ["hr|ahr $is? NUM:value"]

      [[rule.example]]
      text = "overall survival (HR {value:0.78}; p=0.01)"
      gives = {value = 0.78}
      [[rule.rejects]]
      text = "heart rate (HR) 78 beats per minute"
      because = "HR is heart rate here"

A pattern is a row of token tests parted by blanks. Each is one of
    word|other      the token's lower-case text (also any single sign: ( ) , ; : = %)
    $name           a word of the set `name`
    NUM FIG WORDNUM PCT PM CMP OPEN CLOSE DASH SLASH   the token's type (language.py); NUM is a number in figures
                    or words
    =Word           the token's exact text, capitals and all (=HR is no "hr")
    ~regex          the token's text matches the regular expression whole, case ignored
    ANY             any one token
followed by `?` (may be absent) or `*` (any number) or `+`, and by `:name` to capture it under that name.
A rule of kind MASK says with `reason` why a number is no finding. Where matches overlap the longest wins, then the
first in file order.

How they run: every token is written as one character that stands for the set of tests it meets, and a pattern becomes a
regular expression over those characters. spaCy's Matcher gives the same matches and calls back into Python for every
word list and every token: measured on 1,560 sentences with 21 rules, 0.84 ms a sentence against 0.05 ms this way.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

from trialtab import language, resources, values
from trialtab.errors import RuleFileError

TYPES = {"NUM": ("FIG", "WORDNUM"), **{tag: (tag,) for tag in language.TAGS if tag != "X"}}
_ELEMENT = re.compile(r"(?P<test>~\S+?(?=[?*+]?(?::[a-z_0-9]+)?$)|\S+?)(?P<op>[?*+])?(?::(?P<name>[a-z_][a-z_0-9]*))?$")
_MARK = re.compile(r"\{([a-z_][a-z_0-9]*):([^{}]*)\}")
RULE_KEYS = {"id", "kind", "set", "patterns", "reason", "example", "rejects", "about"}
FILE_KEYS = {"field", "about", "sets", "parts", "rule", "construction"}


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with marked captures ({name:printed}) and the values that they give, or a look-alike and why."""

    text: str
    gives: dict[str, Any] = field(default_factory=dict)
    because: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    field: str
    kind: str
    about: str
    file: str
    order: int
    patterns: tuple[str, ...]
    constants: tuple[tuple[str, Any], ...]
    reason: str
    examples: tuple[Example, ...]
    rejects: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Construction:
    """What extract/ builds in code; its examples are whole texts with the rows that they give."""

    id: str
    field: str
    about: str
    file: str
    examples: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One match: token indexes of the whole, and of each capture (first, last+1)."""

    rule: Rule
    first: int
    last: int
    captures: tuple[tuple[str, int, int], ...]


_ANY_WORD = "zzzzzz"
"""A word of which no rule says anything."""


class Alphabet:
    """Tokens as characters: each character stands for the set of tests that a token meets (a bit mask)."""

    def __init__(self) -> None:
        self.tests: dict[str, int] = {}
        self._lower: dict[str, int] = {}
        self._exact: dict[str, int] = {}
        self._tags: dict[str, int] = {}
        self._regexes: list[tuple[re.Pattern[str], int]] = []
        self._wide: list[tuple[re.Pattern[str], int]] = []
        self._cache: dict[tuple[str, str], tuple[str, int]] = {}
        self._characters: dict[int, str] = {}
        self._members: dict[int, list[str]] = {}
        self._any: re.Pattern[str] | None = None
        self.fresh = 0

    def test(self, where: str, test: str, sets: dict[str, list[str]]) -> int:
        """The bit of a test, made when it is first met."""
        key = test if not test.startswith("$") else test + "=" + "|".join(sets.get(test[1:], ()))
        if key in self.tests:
            return self.tests[key]
        bit = self.tests[key] = 1 << len(self.tests)
        for table, name in self._spellings(where, test, sets):
            if isinstance(name, re.Pattern):
                self._regexes.append((name, bit))
            else:
                table[name] = table.get(name, 0) | bit
        return bit

    def _spellings(
        self, where: str, test: str, sets: dict[str, list[str]]
    ) -> Iterator[tuple[dict[str, int], str | re.Pattern[str]]]:
        if test in TYPES:
            yield from ((self._tags, tag) for tag in TYPES[test])
        elif test.startswith("$"):
            if test[1:] not in sets:
                raise RuleFileError(f"{where}: unknown set {test}; known: {', '.join(sorted(sets))}")
            yield from ((self._lower, word.lower()) for word in sets[test[1:]])
        else:
            for option in re.split(r"\|(?![^(]*\))", test) if len(test) > 1 else [test]:
                if option.startswith("=") and len(option) > 1:
                    yield self._exact, option[1:]
                elif option.startswith("~") and len(option) > 1:
                    try:
                        yield {}, re.compile(option[1:], re.IGNORECASE)
                    except re.error as error:
                        raise RuleFileError(f"{where}: {option!r} is no regular expression: {error}") from error
                else:
                    yield self._lower, option.lower()

    def mask(self, word: str, tag: str) -> int:
        """The tests that a token meets, as a bit mask."""
        bits = self._lower.get(word.lower(), 0) | self._exact.get(word, 0) | self._tags.get(tag, 0)
        for pattern, bit in self._regexes if self._any is None or self._any.fullmatch(word) else self._wide:
            if pattern.fullmatch(word):
                bits |= bit
        return bits

    def close(self) -> None:
        """Give a character to every mask that can be foreseen: known words, plain words, each regular expression alone.

        Most words match no regular expression of the rules but the wide ones, which any long word matches: one that
        tries all the others tells so in one call. Where one of them holds groups or flags of its own they do not join,
        and each is asked alone.
        """
        self._wide = [(pattern, bit) for pattern, bit in self._regexes if pattern.fullmatch(_ANY_WORD)]
        narrow = [pattern.pattern for pattern, _ in self._regexes if not pattern.fullmatch(_ANY_WORD)]
        if narrow and not any(pattern.groups for pattern, _ in self._regexes):
            try:
                self._any = re.compile("|".join(f"(?:{pattern})" for pattern in narrow), re.IGNORECASE)
            except re.error:
                self._any = None
        masks: set[int] = set()
        for word in {*self._lower, *self._exact}:
            found = language.tokens(word)
            if len(found) == 1:
                masks.add(self.mask(word, found[0][3]))
        for tag in language.TAGS:
            bits = self._tags.get(tag, 0)
            masks |= {bits, *(bits | bit for _, bit in self._regexes)}
        # Masks of one type of token get characters in a row, so that a class is a few ranges and not hundreds of signs.
        types = reduce(or_, self._tags.values(), 0)
        for mask in sorted(masks, key=lambda mask: (mask & types, mask)):
            self._character(mask)

    def _character(self, mask: int) -> str:
        """The character of a mask; a mask not met before gets one, which joins the classes of its tests (`fresh`)."""
        character = self._characters.get(mask)
        if character is None:
            character = self._characters[mask] = chr(0xF0000 + len(self._characters))
            self.fresh |= mask
            rest = mask
            while rest:
                bit = rest & -rest
                self._members.setdefault(bit, []).append(character)
                rest ^= bit
        return character

    def write(self, sentence: language.Sentence) -> tuple[str, int]:
        """A sentence as a string of one character a token, and all tests that some token of it meets."""
        cache = self._cache
        out, met = [], 0
        for key in zip(sentence.words, sentence.tags, strict=True):
            known = cache.get(key)
            if known is None:
                if len(cache) > 50_000:
                    cache.clear()
                mask = self.mask(*key)
                known = cache[key] = (self._character(mask), mask)
            out.append(known[0])
            met |= known[1]
        return "".join(out), met

    def characters(self, bit: int) -> str:
        """A character class of the characters that meet a test, those in a row as ranges."""
        ranges: list[list[int]] = []
        for place in map(ord, self._members.get(bit, ())):  # in the order of their making, which is that of their codes
            if ranges and ranges[-1][1] == place - 1:
                ranges[-1][1] = place
            else:
                ranges.append([place, place])
        found = "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in ranges)
        return f"[{found}]" if found else r"[^\x00-\U0010ffff]"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a rule: (bit of its test or 0 for ANY, operator, capture name) for each element."""

    rule: Rule
    elements: tuple[tuple[int, str, str | None], ...]

    def regex(self, alphabet: Alphabet) -> str:
        out = []
        for bit, operator, name in self.elements:
            one = (alphabet.characters(bit) if bit else ".") + operator
            out.append(f"(?P<{name}>{one})" if name else one)
        return "".join(out)

    @property
    def needs(self) -> int:
        """The tests without which the pattern cannot match."""
        return reduce(or_, (bit for bit, operator, _ in self.elements if operator not in ("?", "*")), 0)

    @property
    def asks(self) -> int:
        """All tests of the pattern."""
        return reduce(or_, (bit for bit, _, _ in self.elements), 0)


class _Compiled:
    """A pattern as a regular expression, made when a sentence first meets all it needs, and again when it is stale."""

    __slots__ = ("asks", "needs", "pattern", "regex")

    def __init__(self, pattern: Pattern) -> None:
        self.pattern, self.needs, self.asks = pattern, pattern.needs, pattern.asks
        self.regex: re.Pattern[str] | None = None


class RuleSet:
    """All rules of a folder of rule files, compiled. digest: sha256 over every file of the folder."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        constructions: tuple[Construction, ...],
        digest: str,
        alphabet: Alphabet,
        patterns: tuple[Pattern, ...],
    ) -> None:
        self.rules = rules
        self.constructions = constructions
        self.digest = digest
        self._alphabet = alphabet
        self._compiled = [_Compiled(pattern) for pattern in patterns]
        self._needs = [(compiled.needs, compiled) for compiled in self._compiled]
        self._needed = reduce(or_, (needs for needs, _ in self._needs), 0)
        self.sets: dict[str, frozenset[str]] = {}

    def match(self, sentence: language.Sentence) -> list[Hit]:
        """Matches of all rules in one sentence, not overlapping, in order: the longest win, then file order."""
        alphabet = self._alphabet
        written, met = alphabet.write(sentence)
        if alphabet.fresh:  # a token of a kind not met before: the patterns that ask for one of its tests are stale
            for compiled in self._compiled:
                if compiled.asks & alphabet.fresh:
                    compiled.regex = None
            alphabet.fresh = 0
        found: list[tuple[int, int, int, int, Rule, re.Match[str]]] = []
        missing = self._needed & ~met  # no negative number: two hundred and more are masked with it
        for compiled in [compiled for needs, compiled in self._needs if not needs & missing]:
            regex = compiled.regex
            if regex is None:
                regex = compiled.regex = re.compile(compiled.pattern.regex(alphabet), re.DOTALL)
            rule = compiled.pattern.rule
            for m in regex.finditer(written):
                found.append((m.start() - m.end(), rule.order, m.start(), len(found), rule, m))
        found.sort(key=lambda hit: hit[:4])
        taken = bytearray(len(written))
        hits = []
        for _, _, first, _, rule, m in found:
            last = m.end()
            if any(taken[first:last]):
                continue
            taken[first:last] = b"\x01" * (last - first)
            captures = tuple((name, *m.span(name)) for name in m.re.groupindex if m.start(name) >= 0 and m.group(name))
            hits.append(Hit(rule, first, last, captures))
        hits.sort(key=lambda hit: hit.first)
        return hits

    def get(self, rule_id: str) -> Rule | None:
        """The rule of that id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def check(self) -> list[str]:
        """Every failure of an example or look-alike, one line each; empty where all hold."""
        return [line for rule in self.rules for line in _failures(self, rule)]


@cache
def load(folder: Path | None = None) -> RuleSet:
    """The rules of a folder (default: the bundled patterns/).

    Raises RuleFileError, naming file and key, on an unknown key, a pattern that cannot be read, a rule without an
    example, a doubled id, or a folder without rules.
    """
    place = folder or resources.folder("patterns")
    rules: list[Rule] = []
    constructions: list[Construction] = []
    sources: dict[str, dict[str, Any]] = {}
    digest = hashlib.sha256()
    for path in sorted(place.iterdir()):
        if path.suffix not in (".toml", ".txt"):
            continue
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data + b"\0")
        if path.suffix == ".toml" and b"[[term]]" not in data:
            sources[path.name] = _parse(path.name, data)
    for name, tables in sources.items():
        if "field" not in tables:
            continue
        _refuse_unknown(name, tables, FILE_KEYS)
        for table in tables.get("rule", []):
            rules.append(_rule(name, tables, table, len(rules)))
        constructions.extend(_construction(name, tables, table) for table in tables.get("construction", []))
    if not rules:
        raise RuleFileError(f"{place}: no rule files")
    seen: set[str] = set()
    named: tuple[Rule | Construction, ...] = (*rules, *constructions)
    for item in named:
        if item.id in seen:
            raise RuleFileError(f"{item.file}: id {item.id!r} is given twice")
        seen.add(item.id)
    return _compile(rules, constructions, sources, digest.hexdigest())


def _parse(name: str, data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleFileError(f"{name}: {error}") from error


def _refuse_unknown(where: str, table: dict[str, Any], known: set[str]) -> None:
    for key in table:
        if key not in known:
            raise RuleFileError(f"{where}: unknown key {key!r}; known: {', '.join(sorted(known))}")


def _rule(file: str, tables: dict[str, Any], table: dict[str, Any], order: int) -> Rule:
    where = f"{file}: rule {table.get('id', '(no id)')}"
    _refuse_unknown(where, table, RULE_KEYS)
    for key in ("id", "kind", "patterns"):
        if not table.get(key):
            raise RuleFileError(f"{where}: {key!r} is missing")
    if table["kind"] == "MASK" and not table.get("reason"):
        raise RuleFileError(f"{where}: a MASK rule says its reason")
    examples = tuple(_example(where, e) for e in table.get("example", []))
    if not examples:
        raise RuleFileError(f"{where}: a rule needs an example")
    for example in examples:
        if not _MARK.search(example.text):
            raise RuleFileError(f"{where}: the example {example.text!r} marks nothing; write {{name:printed}}")
    rejects = tuple(_example(where, e) for e in table.get("rejects", []))
    for look_alike in rejects:
        if not look_alike.because:
            raise RuleFileError(f"{where}: the look-alike {look_alike.text!r} says no `because`")
    return Rule(
        id=table["id"],
        field=tables["field"],
        kind=table["kind"],
        about=table.get("about", tables.get("about", "")),
        file=file,
        order=order,
        patterns=tuple(table["patterns"]),
        constants=tuple(table.get("set", {}).items()),
        reason=table.get("reason", ""),
        examples=examples,
        rejects=rejects,
    )


def _example(where: str, table: dict[str, Any]) -> Example:
    _refuse_unknown(where, table, {"text", "gives", "because"})
    return Example(table["text"], table.get("gives", {}), table.get("because", ""))


def _construction(file: str, tables: dict[str, Any], table: dict[str, Any]) -> Construction:
    where = f"{file}: construction {table.get('id', '(no id)')}"
    _refuse_unknown(where, table, {"id", "about", "example"})
    examples = tuple(table.get("example", []))
    if not examples:
        raise RuleFileError(f"{where}: a construction needs an example")
    for example in examples:
        _refuse_unknown(where, example, {"text", "rows", "none", "because"})
        if not example.get("rows") and not example.get("none"):
            raise RuleFileError(
                f"{where}: the example {example.get('text')!r} expects nothing: give rows, or none = true"
            )
    return Construction(table["id"], tables["field"], table.get("about", ""), file, examples)


def _compile(
    rules: list[Rule], constructions: list[Construction], sources: dict[str, dict[str, Any]], digest: str
) -> RuleSet:
    shared: dict[str, list[str]] = {}
    for tables in sources.values():
        shared.update(tables.get("sets", {}))
    alphabet = Alphabet()
    patterns = tuple(
        _pattern(
            rule, text, {**shared, **sources[rule.file].get("sets", {})}, sources[rule.file].get("parts", {}), alphabet
        )
        for rule in rules
        for text in rule.patterns
    )
    alphabet.close()
    ruleset = RuleSet(tuple(rules), tuple(constructions), digest, alphabet, patterns)
    ruleset.sets = {name: frozenset(word.lower() for word in words) for name, words in shared.items()}
    return ruleset


def _pattern(rule: Rule, text: str, sets: dict[str, list[str]], parts: dict[str, str], alphabet: Alphabet) -> Pattern:
    where = f"{rule.file}: rule {rule.id}"
    for _ in range(4):
        text = re.sub(r"<([a-z_]+)>", lambda m: _part(where, parts, m.group(1)), text)
    elements: list[tuple[int, str, str | None]] = []
    names: set[str] = set()
    for element in text.split():
        found = _ELEMENT.fullmatch(element)
        if found is None:
            raise RuleFileError(f"{where}: cannot read {element!r} in {text!r}")
        if re.search(r"[A-Z]:[a-z]", found["test"]):
            raise RuleFileError(f"{where}: in {element!r} the operator stands before the name: FIG?:name")
        if found["op"] and "~" in found["test"] and not found["test"].endswith(")"):
            raise RuleFileError(
                f"{where}: wrap the regular expression of {element!r} in (?:…), so that its end is plain"
            )
        if found["name"] in names:
            raise RuleFileError(f"{where}: {found['name']!r} is captured twice in {text!r}")
        if found["name"]:
            names.add(found["name"])
        bit = 0 if found["test"] == "ANY" else alphabet.test(where, found["test"], sets)
        elements.append((bit, found["op"] or "", found["name"]))
    if all(operator in ("?", "*") for _, operator, _ in elements):
        raise RuleFileError(f"{where}: {text!r} would match nothing at all")
    return Pattern(rule, tuple(elements))


def _part(where: str, parts: dict[str, str], name: str) -> str:
    if name not in parts:
        raise RuleFileError(f"{where}: unknown part <{name}>; known: {', '.join(sorted(parts)) or 'none'}")
    return parts[name]


# ---- a rule's own examples -------------------------------------------------------------------------------------


def unmark(text: str) -> tuple[str, list[tuple[str, int, int]]]:
    """ "HR {value:0.78}" -> ("HR 0.78", [("value", 3, 7)])."""
    plain, marks, at = [], [], 0
    length = 0
    for m in _MARK.finditer(text):
        before = text[at : m.start()]
        plain += [before, m.group(2)]
        marks.append((m.group(1), length + len(before), length + len(before) + len(m.group(2))))
        length += len(before) + len(m.group(2))
        at = m.end()
    plain.append(text[at:])
    return "".join(plain), marks


def _failures(rules: RuleSet, rule: Rule) -> Iterator[str]:
    for example in rule.examples:
        text, marks = unmark(example.text)
        sentence = language.sentence(text, 0, len(text))
        hits = [hit for hit in rules.match(sentence) if hit.rule.id == rule.id]
        got = sorted(
            (name, sentence.starts[first], sentence.ends[last - 1])
            for hit in hits
            for name, first, last in (("match", hit.first, hit.last), *hit.captures)
        )
        missing = [mark for mark in marks if mark not in got]
        unmarked = [item for item in got if item[0] != "match" and item not in marks]
        for name, start, end in missing:
            shown = f"{name} = {text[start:end]!r}"
            yield f"{rule.file}: {rule.id}: {shown} not found in {text!r} (got {_named(got, text)})"
        for name, start, end in unmarked:
            yield f"{rule.file}: {rule.id}: {name} = {text[start:end]!r} found but not marked in {text!r}"
        for name, value in example.gives.items():
            printed = [values.number(text[start:end]) for mark, start, end in marks if mark == name]
            if value not in printed and value != dict(rule.constants).get(name):
                yield f"{rule.file}: {rule.id}: {name} gives {printed}, not {value!r}, in {text!r}"
    for look_alike in rule.rejects:
        sentence = language.sentence(look_alike.text, 0, len(look_alike.text))
        if any(hit.rule.id == rule.id for hit in rules.match(sentence)):
            yield f"{rule.file}: {rule.id}: matched the look-alike {look_alike.text!r} ({look_alike.because})"


def _named(got: list[tuple[str, int, int]], text: str) -> str:
    return ", ".join(f"{name} {text[start:end]!r}" for name, start, end in got) or "nothing"
