"""What a JSON record may hold, asked for without trusting its shape."""

from __future__ import annotations

from typing import Any

from trialtab.readers import _characters, _tidy


def inside(value: Any, *names: str) -> Any:
    """The value under some names, one in another; None where any of them is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects(value: Any, *names: str) -> list[dict[str, Any]]:
    """The objects of a list; empty where there is none."""
    found = inside(value, *names)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts(value: Any, *names: str) -> list[str]:
    """The strings and numbers of a list, as tidy lines; empty where there is none."""
    found = inside(value, *names)
    return [t for one in found if (t := words(one))] if isinstance(found, list) else []


def words(value: Any) -> str:
    """A posted string or number as one tidy line; "" for anything else."""
    if isinstance(value, str):
        return _characters.clean(_tidy.blank(_printable(value))).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _printable(text: str) -> str:
    """Without lone surrogates, which a JSON escape may hold and no file can."""
    return text.encode("utf-8", "replace").decode("utf-8") if any("\ud800" <= c <= "\udfff" for c in text) else text


_KINDS = {"NA": "not applicable"}


def spoken(code: str) -> str:
    """A code of the registry in words: "PLACEBO_COMPARATOR" -> "placebo comparator"."""
    return _KINDS.get(code, code.replace("_", " ").lower() if code.isupper() else code)
