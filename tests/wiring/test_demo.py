"""The demo's journal: it knows what earlier surveys saw, and is read as any journal is."""

from collections.abc import AsyncIterator

import pytest

from tui.domain.reference import Repository, Tag
from tui.sandbox.samples import sample_world
from tui.sandbox.world import World
from tui.usecases.workbench import Workbench
from tui.wiring.demo import open_demo, snapshots_of

SEED = 1


@pytest.fixture(scope="module")
def world() -> World:
    return sample_world(SEED)


@pytest.fixture
async def bench() -> AsyncIterator[Workbench]:
    async with open_demo(SEED) as bench:
        yield bench


def test_snapshots_of_a_repository_grow_by_what_was_sighted(world: World) -> None:
    held: dict[tuple[str, str], dict[str, object]] = {}
    for snapshot in snapshots_of(world.earlier):
        held[snapshot.environment, snapshot.repository] = {tag: it.digest for tag, it in snapshot.entries.items()}
    last = {(each.environment, each.repository, each.tag): each.digest for each in world.earlier}
    there = {key: digest for key, digest in last.items() if digest}
    assert {(*key, tag): digest for key, tags in held.items() for tag, digest in tags.items()} == there


async def test_the_demo_begins_with_what_was_seen_last(bench: Workbench, world: World) -> None:
    recalled = {(each.environment, each.repository): each for each in await bench.recall()}
    assert all(each.is_remembered for each in recalled.values())
    assert recalled.keys() == {(each.environment, each.repository) for each in world.earlier}


async def test_the_demo_knows_the_history_of_tags(bench: Workbench, world: World) -> None:
    moved = next(each for each in world.planted if each.reason == "moved")
    told = await bench.history(Repository(moved.repository), Tag(moved.tag))
    known = [each for each in world.earlier if (each.repository, each.tag) == (moved.repository, moved.tag)]
    assert sorted(told.sightings, key=lambda each: (each.at, each.environment)) == sorted(
        known, key=lambda each: (each.at, each.environment)
    )
    assert len({each.digest for each in told.sightings if each.environment == "base"}) == 2
