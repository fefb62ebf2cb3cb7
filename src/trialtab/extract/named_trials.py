"""Trials that a text calls by their names, and which of them are others': "in the SAPHYR trial", "in AUGMENT"."""

import re

_NAME = re.compile(
    r"(?P<name>[A-Z](?<=\s.)[A-Za-z]*[A-Z][A-Za-z]*(?:[- ]?\d{1,3}|-[A-Z])?)"
    r"(?![\w-])(?P<trial>\s+(?:trials?|study|studies|registry|programme|program)\b)?"
)
_CALLED = re.compile(
    r"\b(?:[Ii]n|[Oo]f|[Ff]rom|[Bb]y|[Tt]he|[Ww]ith)\s(?:the\s)?(?:[A-Z][a-z]{2,9}(?:an|sh|ch|se|ss)\s)?\Z"
)
"""Before a name; looked for only where a name is: a whole text is searched for capitals faster than for small words."""
LONGEST_CALL = 24
_SURE = re.compile(r"[A-Z]{7,}|[A-Z]{4,}-[A-Z]|(?=[A-Za-z]*[a-z])[A-Z][A-Za-z]{3,}-\d{1,2}")
"""A name that is no abbreviation of anything else, without "trial" behind it: "AUGMENT", "MajesTEC-1"."""
_SCALE = re.compile(r"\s+(?:trial outcome|total|scores?|scale|subscales?|questionnaire|index)\b")
"""Behind a name: it is that of a scale."""
_OWN = r"\b{name}\b(?: (?:trial|study|registry))?,? (?:was|is|enrol|recruit|randomi[sz]|included|compared|met|a |an )"
_OFTEN = 4
"""Times a report names itself at least; a trial of others is named once or twice."""


def other_trials(text: str, head: str) -> frozenset[str]:
    """The names in a text that are another trial's: not in the head (title and first lines), seldom and in passing."""
    called = {
        m["name"]
        for m in _NAME.finditer(text)
        if (m["trial"] or _SURE.fullmatch(m["name"]))
        and not _SCALE.match(text, m.end("name"))
        and _CALLED.search(text, max(0, m.start() - LONGEST_CALL), m.start())
    }
    return frozenset(
        name
        for name in called
        if len(name) > 3
        and (name not in head or _other_registry(name, head))
        and text.count(name) < _OFTEN
        and not re.search(_OWN.format(name=re.escape(name)), text)
        and not re.search(rf"\({re.escape(name)}[);,:]", text)
    )


def _other_registry(name: str, head: str) -> bool:
    """ "In the French DESCAR-T registry, …": a letter that opens with what another registry found."""
    return re.search(rf"[.\n]\s*In the (?:[A-Z]\w+ )?{re.escape(name)} registry,", head) is not None


_NUMBERED = re.compile(r"(?<![\w-])(?=[A-Za-z]*[A-Z]{2})([A-Za-z]{3,}(?:-[A-Z]+)?-?\d{0,2})(?![\w-])")
_TOOK_PEOPLE = re.compile(
    r"\)?,? (?:(?:[\w-]+ ){0,12}(?:patients|women|men|participants|adults|children|people|subjects) )?(?:[\w-]+ ){0,9}?"
    r"(?:were )?(?:randomly|randomi[sz]ed|assigned|enrol+ed|recruited)\b|\)? \([nN]\s?=\s?\d"
)
OPENING = 2500
"""How many characters of a report hold its title and the methods of its abstract."""


def own_trials(text: str) -> frozenset[str]:
    """The trials whose patients a report says at its opening that it took, and that it names again: "In PALOMA-2,
    patients were randomized to …".
    """
    told = {m[1] for m in _NUMBERED.finditer(text, 0, OPENING) if _TOOK_PEOPLE.match(text, m.end())}
    return frozenset(name for name in told if len(name) > 4 and text.count(name) > 1)


__all__ = ["other_trials", "own_trials"]
