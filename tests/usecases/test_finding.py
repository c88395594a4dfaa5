"""Where a digest, a commit or a build is."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.lab import NOW, Lab, laboratory, picture
from tui.domain.board import Board
from tui.domain.needle import parse_needle
from tui.sandbox import images
from tui.usecases.finding import Find, Holding, Looked, Unidentified
from tui.usecases.survey import SnapshotTaken

COMMIT, BUILD = "1f3c2ab" + "0" * 33, "20261120.4"


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncGenerator[Lab, None]:
    async with laboratory(tmp_path) as lab:
        labels = {"org.opencontainers.image.revision": COMMIT, "com.azure.dev.image.build.buildnumber": BUILD}
        ours = images.image([], created=NOW, labels=labels)
        for environment, tag in (("base", "1.0.0"), ("base", "latest"), ("prod", "1.0.0")):
            lab.push(environment, "shop/api", tag, ours)
        lab.push("dev", "shop/api", "1.0.0", picture(9))
        yield lab


async def search(lab: Lab, needle: str) -> list[Find]:
    board = Board(lab.bench.path)
    async for event in lab.bench.survey():
        if isinstance(event, SnapshotTaken):
            taken = event.snapshot
            board = board.with_reading(taken.environment, taken.repository, taken)
    return [item async for item in lab.bench.find(board, board.rows, parse_needle(needle))]


def places(found: list[Find]) -> set[tuple[str, str]]:
    return {(item.environment, item.tag) for item in found if isinstance(item, Holding)}


def asked(lab: Lab) -> int:
    return sum(sum(registry.requests.values()) for registry in lab.registries.values())


OURS = {("base", "1.0.0"), ("base", "latest"), ("prod", "1.0.0")}


@pytest.mark.parametrize("needle", [COMMIT, COMMIT[:7], COMMIT[:7].upper(), BUILD, BUILD[:8]])
async def test_a_commit_or_build_is_found_wherever_it_is(lab: Lab, needle: str) -> None:
    found = await search(lab, needle)
    assert places(found) == OURS
    assert [item.identity.build for item in found if isinstance(item, Holding) and item.identity] == [BUILD] * 3
    assert found[-1] == Looked(2, 2)


async def test_each_image_is_read_once_and_later_not_at_all(lab: Lab) -> None:
    await search(lab, COMMIT)
    before = asked(lab)
    await search(lab, "no-such-build")
    survey = asked(lab) - before
    await search(lab, COMMIT)
    assert asked(lab) - before == 2 * survey


async def test_a_digest_is_found_without_reading_any_image(lab: Lab) -> None:
    digest = await lab.held("base", "shop/api:latest")
    found = await search(lab, str(digest))
    assert places(found) == OURS
    assert not [route for registry in lab.registries.values() for _, route in registry.requests if route == "blob"]


async def test_what_one_registry_refuses_another_may_serve(lab: Lab) -> None:
    lab.registries["base"].faults.wrong_manifests = True
    found = await search(lab, COMMIT)
    assert places(found) == OURS
    assert not [item for item in found if isinstance(item, Unidentified)]


async def test_what_cannot_be_read_is_said_so_that_nothing_is_claimed_of_it(lab: Lab) -> None:
    lab.registries["dev"].faults.wrong_manifests = True
    found = await search(lab, COMMIT)
    assert [item.environment for item in found if isinstance(item, Unidentified)] == ["dev"]
    assert places(found) == OURS
