"""Reading where images come from: once each, what is in sight first, and counted."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress

from tests.ui.test_questioner import differing
from tui.domain.environment import Environment
from tui.domain.identity import Identity
from tui.domain.reference import Digest, Repository
from tui.domain.snapshot import Failure, FailureKind, Unread
from tui.ports.errors import Unreachable
from tui.ui.board_fold import apply
from tui.ui.origin_reader import OriginCount, OriginReader
from tui.ui.view import View
from tui.usecases.library import Library

A, B = Digest("sha256", "a" * 64), Digest("sha256", "b" * 64)


class Shelves(Library):
    """A library that keeps what it was asked for; `broken` environments do not answer."""

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.asked: list[tuple[str, str]] = []

    async def read_identity(self, environment: Environment, repository: Repository, digest: Digest) -> Identity:
        """Every image comes from a commit of its own digest's digits."""
        del repository
        self.asked.append((environment.name, digest.short[0]))
        await asyncio.sleep(0)
        if environment.name in self.broken:
            raise Unreachable("read", environment.registry, "connection refused")
        return Identity(commit=digest.short)


class Desk:
    """A reader with what it told."""

    def __init__(self) -> None:
        self.found: dict[Digest, Identity] = {}
        self.failures: list[str] = []
        self.reader = OriginReader(self._hear, self.failures.append)

    def _hear(self, found: Mapping[Digest, Identity]) -> None:
        self.found.update(found)

    @asynccontextmanager
    async def reading(self, shelves: Shelves) -> AsyncGenerator[OriginReader, None]:
        """The reader at work."""

        async def library() -> Shelves:
            return shelves

        task = asyncio.create_task(self.reader.run(library))
        try:
            yield self.reader
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def until(self, count: OriginCount) -> None:
        """Waits until so many were looked at."""
        async with asyncio.timeout(10):
            while self.reader.count != count:
                await asyncio.sleep(0.001)


BOARD = differing("api", "web")
SECTIONS = tuple(BOARD.sections.values())


async def test_each_digest_is_read_once_and_from_the_base_where_that_has_it() -> None:
    desk, shelves = Desk(), Shelves()
    async with desk.reading(shelves) as reader:
        await reader.want(View(BOARD, scope=SECTIONS))
        await desk.until(OriginCount(2, 2))
    assert sorted(shelves.asked) == [("base", "a"), ("prod", "b")]
    assert desk.found == {A: Identity(commit=A.short), B: Identity(commit=B.short)}


async def test_where_one_environment_does_not_give_it_the_next_is_asked() -> None:
    desk, shelves = Desk(), Shelves("base")
    async with desk.reading(shelves) as reader:
        await reader.want(View(BOARD, scope=SECTIONS))
        await desk.until(OriginCount(2, 2))
    assert ("dev", "a") in shelves.asked
    assert desk.failures == []


async def test_what_nobody_gives_is_counted_told_once_and_tried_again_for_another_filter() -> None:
    desk, shelves = Desk(), Shelves("base", "dev", "prod")
    async with desk.reading(shelves) as reader:
        await reader.want(View(BOARD, scope=SECTIONS))
        await desk.until(OriginCount(2, 2, 2))
        assert desk.reader.count.text == "2 of 2 images looked at, 2 unread"
        (told,) = desk.failures
        assert "connection refused" in told
        await reader.want(View(BOARD))
        assert desk.reader.count.text == ""
        shelves.broken.clear()
        await reader.want(View(BOARD, scope=SECTIONS))
        await desk.until(OriginCount(2, 2, 0))
    assert len(desk.found) == 2


async def test_without_the_column_and_without_a_filter_nothing_is_read() -> None:
    desk, shelves = Desk(), Shelves()
    async with desk.reading(shelves) as reader:
        await reader.want(View(BOARD, BOARD.rows))
        await reader.want(View(BOARD, scope=SECTIONS))
        await desk.until(OriginCount(2, 2))
    assert len(shelves.asked) == 2


async def test_rows_in_sight_are_read_for_the_column() -> None:
    desk, shelves = Desk(), Shelves()
    async with desk.reading(shelves) as reader:
        await reader.want(View(BOARD, BOARD.rows[:1], shows_origin=True))
        async with asyncio.timeout(10):
            while len(desk.found) < 2:
                await asyncio.sleep(0.001)
        assert reader.count == OriginCount()


async def test_what_nobody_listed_is_told_as_well() -> None:
    desk, shelves = Desk(), Shelves()
    failure = Failure(FailureKind.FORBIDDEN, "list tags", "denied", "403")
    board = apply(BOARD, [("prod", Repository("web"), Unread(failure))])
    async with desk.reading(shelves) as reader:
        await reader.want(View(board, scope=tuple(board.sections.values())))
        await desk.until(OriginCount(2, 2, 0, 1))
    assert desk.reader.count.text == "2 of 2 images looked at, 1 tag list unread"
