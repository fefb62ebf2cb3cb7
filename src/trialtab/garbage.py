"""Garbage collected seldom while a document is read.

Python looks for unreachable cycles after every few hundred new objects, and each look walks over what was made since.
Reading a document makes some hundred thousand objects, nearly all of which live to its end, and few cycles: the looks
cost up to a twentieth of the time and find nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

OBJECTS = 100_000
"""New objects between two looks: some ten megabytes."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Within it, a look every OBJECTS new objects. What is set already for as many or for none is left alone."""
    found = gc.get_threshold()
    if not 0 < found[0] < OBJECTS:
        yield
        return
    gc.set_threshold(OBJECTS, *found[1:])
    try:
        yield
    finally:
        gc.set_threshold(*found)


def grown_old() -> None:
    """Count what lives now as old, without a look at it: what was made for an answer lives as long as the answer.

    Otherwise the first look after `collected_seldom` walks over all of it. What was set aside before stays so.
    """
    if not set_aside.cache_info().currsize:
        gc.freeze()
        gc.unfreeze()


@cache
def set_aside() -> None:
    """Leave what lives now out of all later looks. To be called when a first document is done.

    By then rules, vocabularies and libraries are loaded, some hundred thousand objects that live as long as the
    process: a look over all of them takes 30 to 90 ms, as long as reading five pages.
    """
    gc.freeze()
