"""Promotions killed with SIGKILL: the tag leads to the old image or the new one, whole, and a second process goes on.

The same rounds as `python -m tests.endurance.killing`, which does many.
"""

import asyncio
import random
from pathlib import Path

import pytest

from tests.endurance.cargo import MIB, Cargo, large_cargo, small_cargo
from tests.endurance.killing import DELAY, Pier, kill_one, pier_for
from tests.endurance.moments import AtBytes, AtTag, AtTime, Moment

pytestmark = pytest.mark.real

MOMENTS = (AtTime(0.6), AtBytes(100_000), AtBytes(1_500_000), AtBytes(3_000_000), AtTag(0), AtTag(0.03), AtTag(0.06))


def kill_all(pier: Pier, moments: tuple[Moment, ...]) -> None:
    """A round for each of `moments`."""
    for number, moment in enumerate(moments):
        kill_one(pier, f"round{number}", moment)


async def kill(cargo: Cargo, room: Path, moments: tuple[Moment, ...], *, is_sandbox: bool, delay: float) -> Pier:
    """The rounds between registries of their own."""
    async with pier_for(cargo, room, is_sandbox=is_sandbox, delay=delay) as pier:
        await asyncio.to_thread(kill_all, pier, moments)
        return pier


async def test_killed_anywhere_the_tag_is_whole_and_a_resume_moves_little_twice(tmp_path: Path) -> None:
    cargo = small_cargo(random.Random(1))
    pier = await kill(cargo, tmp_path, MOMENTS, is_sandbox=False, delay=DELAY)
    assert "during content" in {each.stage for each in pier.rounds}
    assert all(each.twice < cargo.size for each in pier.rounds)


async def test_large_blob_goes_on_where_the_registry_kept_it(tmp_path: Path) -> None:
    pier = await kill(large_cargo(random.Random(2)), tmp_path, (AtBytes(40 * MIB),), is_sandbox=True, delay=0)
    assert pier.rounds[0].stage == "before the tag"
    assert pier.rounds[0].twice < 30 * MIB  # what was read ahead and on its way; without going on, 40 MiB and more
