"""The clock of the tests fails slow code and forgives a slow moment."""

from __future__ import annotations

import time

import pytest

from clock import grows_as_its_size, within


def busy(seconds: float) -> None:
    """Use so many CPU seconds."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def same(size: int) -> int:
    return size


def test_a_quadratic_step_is_told_with_its_times():
    with pytest.raises(AssertionError, match=r"4 times the size took 1\d(\.\d)? times as long: 0\.00\d s for 10, 0\."):
        grows_as_its_size(same, lambda size: busy(5e-5 * size**2), 10, 40)


def test_what_grows_by_its_size_passes():
    grows_as_its_size(same, lambda size: busy(1e-4 * size), 10, 40)


def test_one_slow_moment_is_forgiven_and_each_try_is_a_new_input():
    seen = []

    def work(size):
        seen.append(size)
        busy(1e-4 * size + (0.2 if size == 40 else 0))

    grows_as_its_size(same, work, 10, 40)
    assert seen == [10, 40, 11, 41]


def test_sizes_too_near_one_another_are_refused():
    with pytest.raises(AssertionError, match="a quadratic step would pass"):
        grows_as_its_size(same, same, 10, 20)


def test_a_bound_is_on_cpu_seconds():
    with within(0.2):
        time.sleep(0.3)
    with pytest.raises(AssertionError, match=r"0\.05 allowed"), within(0.05):
        busy(0.1)
