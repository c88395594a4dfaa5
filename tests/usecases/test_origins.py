"""When the images that drift were made."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.lab import NOW, Lab, laboratory
from tui.domain.board import Board
from tui.domain.content import digest_of
from tui.domain.identity import Identity
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.sandbox import images
from tui.usecases import origins
from tui.usecases.origins import with_origins
from tui.usecases.survey import SnapshotTaken

API = Repository("shop/api")
MADE = {tag: NOW - timedelta(days=days) for days, tag in enumerate(("1.0.0", "2.0.0", "3.0.0"), 10)}


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncGenerator[Lab, None]:
    """The base has three images, and prod one of them."""
    async with laboratory(tmp_path) as lab:
        for tag, moment in MADE.items():
            lab.push("base", "shop/api", tag, images.image([], created=moment))
        for environment in ("dev", "prod"):
            lab.push(environment, "shop/api", "1.0.0", images.image([], created=MADE["1.0.0"]))
        yield lab


async def surveyed(lab: Lab) -> Board:
    board = Board(lab.bench.path)
    async for event in lab.bench.survey():
        if isinstance(event, SnapshotTaken):
            taken = event.snapshot
            board = board.with_reading(taken.environment, taken.repository, taken)
    return board


async def dated(lab: Lab, board: Board) -> tuple[Board, list[tuple[int, int]]]:
    """The board, and what was told meanwhile."""
    told: list[tuple[int, int]] = []
    found = await with_origins(await lab.bench.library(), board, board.rows, lambda *advance: told.append(advance))
    return found, told


async def test_images_of_drifting_cells_are_read_and_no_others(lab: Lab) -> None:
    board, told = await dated(lab, await surveyed(lab))
    assert {each.created for each in board.insight.identities.values()} == {MADE["2.0.0"], MADE["3.0.0"]}
    assert told == [(1, 2), (2, 2)]


async def test_what_was_read_before_is_not_read_again(lab: Lab) -> None:
    board = await surveyed(lab)
    first, _ = await dated(lab, board)
    second, told = await dated(lab, board)
    assert second.insight == first.insight
    assert told == []


async def test_what_the_board_happened_to_know_makes_no_difference(lab: Lab) -> None:
    board = await surveyed(lab)
    stray = {digest_of(b"stray"): Identity(created=NOW)}
    knowing = Board(board.path, board.sections, board.insight.with_identities(stray))
    assert (await dated(lab, knowing))[0].insight == (await dated(lab, board))[0].insight


async def test_there_is_an_end_to_reading(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "MOST", 1)
    board, told = await dated(lab, await surveyed(lab))
    assert len(board.insight.identities) == 1
    assert told == [(1, 1)]


async def test_what_cannot_be_read_is_left_out(lab: Lab) -> None:
    board = await surveyed(lab)
    nowhere = TagEntry(Tag("4.0.0"), digest_of(b"nowhere"))
    board = board.with_reading("base", API, Snapshot("base", API, NOW, {nowhere.tag: nowhere}))
    found, told = await dated(lab, board)
    assert digest_of(b"nowhere") not in found.insight.identities
    assert told == [(1, 1)]
