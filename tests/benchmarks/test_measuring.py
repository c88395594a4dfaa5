"""A program is measured as itself: in changing order, without its parent's memory, and only if it ended well."""

import os
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.measuring import MIB, Measured, in_turn, processor_of, run


def test_every_other_round_goes_backwards() -> None:
    order: list[str] = []

    def program(name: str) -> Measured:
        order.append(name)
        return Measured(1, 1, 1, Counter(), 0)

    in_turn({"a": lambda: program("a"), "b": lambda: program("b")}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_memory_of_who_measures_is_not_counted() -> None:
    weight = b"x" * (200 * MIB)
    assert run(["true"], {}).memory < 100
    assert len(weight) == 200 * MIB


def test_processor_time_of_the_program_is_counted() -> None:
    assert run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass"], {}).processor >= 0.2


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="this system does not tell what a process used")
def test_processor_time_of_others_is_told() -> None:
    before, until = processor_of([os.getpid()]), time.process_time() + 0.2
    while time.process_time() < until:
        pass
    assert 0.1 < processor_of([os.getpid()]) - before <= time.process_time()


def test_who_is_gone_used_nothing() -> None:
    assert processor_of([2**22 + 1]) == 0


def test_who_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="No such file"):
        run(["cat", "/nowhere/at/all"], {})
