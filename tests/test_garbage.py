"""Garbage is collected seldom while a document is read, and as before afterwards."""

from __future__ import annotations

import gc

import pytest

import trialtab
from trialtab import readers
from trialtab.errors import ReadError
from trialtab.garbage import OBJECTS, collected_seldom, set_aside


@pytest.fixture(autouse=True)
def _as_it_was():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_within_it_a_look_is_seldom_and_afterwards_as_it_was():
    gc.set_threshold(700, 11, 12)
    with collected_seldom():
        assert gc.get_threshold() == (OBJECTS, 11, 12)
        with collected_seldom():
            assert gc.get_threshold() == (OBJECTS, 11, 12)
        assert gc.get_threshold() == (OBJECTS, 11, 12)
    assert gc.get_threshold() == (700, 11, 12)


@pytest.mark.parametrize("chosen", [(0, 10, 10), (OBJECTS * 2, 5, 5)])
def test_who_wants_no_looks_or_fewer_is_obeyed(chosen):
    gc.set_threshold(*chosen)
    with collected_seldom():
        assert gc.get_threshold() == chosen
    assert gc.get_threshold() == chosen


def test_reading_leaves_the_setting_as_it_was_also_where_it_fails():
    gc.set_threshold(701, 10, 10)
    trialtab.records(b"A response was seen in 4 of 11 patients.", "a.txt")
    with pytest.raises(ReadError):
        readers.read(b"", "empty.txt")
    assert gc.get_threshold() == (701, 10, 10)


def test_cycles_of_many_objects_are_still_found():
    class Loop:
        pass

    seen = []
    with collected_seldom():
        gc.collect()
        gc.callbacks.append(lambda phase, told: seen.append(phase))
        for _ in range(3 * OBJECTS):
            one = Loop()
            one.itself = one
        gc.callbacks.pop()
    assert "stop" in seen


def test_what_lives_when_a_first_document_is_done_is_looked_at_no_more():
    set_aside.cache_clear()
    gc.unfreeze()
    trialtab.records(b"A response was seen in 4 of 11 patients.", "a.txt")
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    trialtab.records(b"A response was seen in 4 of 11 patients.", "b.txt")
    assert gc.get_freeze_count() <= frozen  # once a process: later documents are collected as ever
