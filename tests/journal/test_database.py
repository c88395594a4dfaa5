"""Writes that wait share a transaction; each is told how its own ended, and only when it is on disk."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

import pytest

from tui.journal.database import BATCH, Database
from tui.ports.errors import JournalError

T = TypeVar("T")

SCHEMA = "CREATE TABLE IF NOT EXISTS lines (text TEXT PRIMARY KEY);"


@asynccontextmanager
async def database(tmp_path: Path) -> AsyncGenerator[Database, None]:
    made = Database(tmp_path / "lines.db", SCHEMA, "list")
    try:
        yield made
    finally:
        await made.close()


def insert(connection: sqlite3.Connection, text: str) -> str:
    connection.execute("INSERT INTO lines VALUES (?)", (text,))
    return text


def insert_all(connection: sqlite3.Connection, texts: Sequence[str]) -> None:
    connection.execute("INSERT INTO lines VALUES " + ", ".join(["(?)"] * len(texts)), texts)


def kept(tmp_path: Path) -> list[str]:
    """What another process finds."""
    with closing(sqlite3.connect(tmp_path / "lines.db")) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM lines ORDER BY rowid")]


async def write_while_busy(
    made: Database, write: Callable[[str], Awaitable[T]], texts: list[str]
) -> list[T | BaseException]:
    """Queues the writes of all `texts` while the thread does something else."""
    is_busy, may_go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def occupy(_: sqlite3.Connection) -> None:
        loop.call_soon_threadsafe(is_busy.set)
        may_go_on.wait(10)

    busy = asyncio.create_task(made.run(occupy))
    await is_busy.wait()
    writes = [asyncio.ensure_future(write(text)) for text in texts]
    await asyncio.sleep(0)
    may_go_on.set()
    await busy
    return await asyncio.gather(*writes, return_exceptions=True)


def inserting(made: Database) -> Callable[[str], Awaitable[str]]:
    """Each text is a write of its own."""
    return lambda text: made.write(lambda connection: insert(connection, text))


async def test_writes_that_wait_are_one_transaction(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        commits: list[str] = []
        await made.run(lambda connection: connection.set_trace_callback(commits.append))
        texts = [str(at) for at in range(50)]
        assert await write_while_busy(made, inserting(made), texts) == texts
        await made.run(lambda connection: connection.set_trace_callback(None))
        assert commits.count("COMMIT") == 1
        assert kept(tmp_path) == texts


async def test_one_that_fails_loses_none_of_the_others(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        outcomes = await write_while_busy(made, inserting(made), ["one", "two", "two", "three"])
        assert [isinstance(item, JournalError) for item in outcomes] == [False, False, True, False]
        assert kept(tmp_path) == ["one", "two", "three"]


async def test_items_of_one_work_that_wait_are_written_by_one_call(tmp_path: Path) -> None:
    calls: list[Sequence[str]] = []

    def noted(connection: sqlite3.Connection, texts: Sequence[str]) -> None:
        calls.append(texts)
        insert_all(connection, texts)

    async with database(tmp_path) as made:
        await write_while_busy(made, lambda text: made.add(noted, text), ["one", "two", "three"])
        assert calls == [["one", "two", "three"]]
        assert kept(tmp_path) == ["one", "two", "three"]


async def test_an_item_that_fails_loses_none_of_those_beside_it(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        outcomes = await write_while_busy(made, lambda text: made.add(insert_all, text), ["one", "two", "two", "three"])
        assert [isinstance(item, JournalError) for item in outcomes] == [False, False, True, False]
        assert kept(tmp_path) == ["one", "two", "three"]


async def test_an_item_is_written_though_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        waiting = asyncio.create_task(made.add(insert_all, "left"))
        await asyncio.sleep(0)
        waiting.cancel()
        await made.write(lambda connection: insert(connection, "next"))
        assert kept(tmp_path) == ["left", "next"]


async def test_nobody_is_told_before_the_commit(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        await made.write(lambda connection: insert(connection, "first"))
        with closing(sqlite3.connect(tmp_path / "lines.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            write = asyncio.create_task(made.write(lambda connection: insert(connection, "second")))
            done, _ = await asyncio.wait([write], timeout=0.05)
            assert not done
            other.execute("COMMIT")
        assert await write == "second"


async def test_a_file_that_cannot_be_used_is_said_to_everyone_who_waits(tmp_path: Path) -> None:
    (tmp_path / "lines.db").mkdir()
    async with database(tmp_path) as made:
        writes = [made.write(lambda connection: insert(connection, "x")) for _ in range(3)]
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert all(isinstance(item, JournalError) for item in outcomes)


async def test_what_is_closed_writes_no_more(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        await made.write(lambda connection: insert(connection, "x"))
    for _ in range(2):
        with pytest.raises(JournalError, match="closed"):
            await made.write(lambda connection: insert(connection, "y"))


async def test_a_jotted_line_stays_in_order_with_the_written(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        await asyncio.gather(
            made.jot(lambda connection: insert(connection, "jotted")),
            made.write(lambda connection: insert(connection, "written")),
        )
        assert kept(tmp_path) == ["jotted", "written"]


async def test_a_line_that_nobody_waits_for_is_written_before_the_next(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        made.add_unawaited(insert_all, "unawaited")
        await made.write(lambda connection: insert(connection, "written"))
        assert kept(tmp_path) == ["unawaited", "written"]


async def test_lines_that_nobody_waits_for_are_written_when_they_are_many(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        await made.write(lambda connection: insert(connection, "first"))
        for at in range(BATCH):
            made.add_unawaited(insert_all, str(at))
        await made.run(lambda _: None)
        assert len(kept(tmp_path)) == BATCH + 1


async def test_a_line_that_nobody_waits_for_is_written_at_the_end(tmp_path: Path) -> None:
    async with database(tmp_path) as made:
        made.add_unawaited(insert_all, "unawaited")
    assert kept(tmp_path) == ["unawaited"]


async def test_a_line_that_nobody_waits_for_fails_for_itself_alone(tmp_path: Path) -> None:
    def fail(_: sqlite3.Connection, texts: Sequence[str]) -> None:
        raise OSError(f"no room for {texts}")

    async with database(tmp_path) as made:
        made.add_unawaited(fail, "unawaited")
        await made.write(lambda connection: insert(connection, "written"))
        assert kept(tmp_path) == ["written"]


async def test_what_is_queued_when_it_is_closed_is_written_and_the_file_let_go(tmp_path: Path) -> None:
    made = Database(tmp_path / "lines.db", SCHEMA, "list")
    write = asyncio.create_task(made.write(lambda connection: insert(connection, "last")))
    await asyncio.sleep(0)
    await made.close()
    await made.close()
    assert await write == "last"
    assert kept(tmp_path) == ["last"]
    assert [file.name for file in tmp_path.iterdir()] == ["lines.db"]  # a file let go of has no log beside it


def test_a_write_ends_on_the_loop_that_waits_for_it(tmp_path: Path) -> None:
    made = Database(tmp_path / "lines.db", SCHEMA, "list")
    is_busy, may_go_on = threading.Event(), threading.Event()

    def occupy(_: sqlite3.Connection) -> None:
        is_busy.set()
        may_go_on.wait(10)

    async def leave() -> None:
        """Ends while the thread is busy, with a write that waits for nobody."""
        works = [asyncio.create_task(made.run(occupy)), asyncio.create_task(made.write(lambda _: None))]
        while not is_busy.is_set():
            await asyncio.sleep(0)
        for work in works:
            work.cancel()

    async def stay() -> str:
        write = asyncio.create_task(made.write(lambda connection: insert(connection, "second")))
        await asyncio.sleep(0)
        may_go_on.set()
        async with asyncio.timeout(10):
            return await write

    asyncio.run(leave())
    assert asyncio.run(stay()) == "second"
    asyncio.run(made.close())


async def test_cancelled_and_closed_amid_many_writes_nobody_waits_for_ever(tmp_path: Path) -> None:
    made = Database(tmp_path / "lines.db", SCHEMA, "list")
    keeps = (made.write, made.jot, made.run)
    works = [
        asyncio.create_task(keeps[at % 3](lambda connection, text=str(at): insert(connection, text)))
        for at in range(600)
    ]
    for at, work in enumerate(works):
        if at % 7 == 0:
            work.cancel()
        if at % 50 == 0:
            await asyncio.sleep(0.001)
    async with asyncio.timeout(20):
        await made.close()
        outcomes = await asyncio.gather(*works, return_exceptions=True)
    told = {item for item in outcomes if isinstance(item, str)}
    assert told <= set(kept(tmp_path))
    assert all(isinstance(item, str | asyncio.CancelledError | JournalError) for item in outcomes)
