"""Bookmarks of uploads, as several processes share them."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui.domain.content import digest_of
from tui.journal.bookmarks import ABANDONED_AFTER, SqliteBookmarks
from tui.ports.errors import JournalError

PLACE, DIGEST, LOCATION = "registry.example/shop/api", digest_of(b"layer"), "https://registry.example/u/1?_state=x"


@pytest.fixture
async def mine(tmp_path: Path) -> AsyncIterator[SqliteBookmarks]:
    bookmarks = SqliteBookmarks(tmp_path / "content.db")
    yield bookmarks
    await bookmarks.close()


def made_by(tmp_path: Path, process: int, host: str | None = None) -> None:
    """Makes the bookmark one of another process."""
    with sqlite3.connect(tmp_path / "content.db") as connection:
        connection.execute("UPDATE uploads SET keeper = 'other', process = ?", (process,))
        if host:
            connection.execute("UPDATE uploads SET host = ?", (host,))


def ended_process() -> int:
    """The number of a process that is over."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


async def test_nothing_is_recalled_where_nothing_was_kept(mine: SqliteBookmarks) -> None:
    assert await mine.recall(PLACE, DIGEST) == ""


async def test_what_its_keeper_released_goes_to_one(mine: SqliteBookmarks) -> None:
    await mine.keep(PLACE, DIGEST, LOCATION)
    assert await mine.recall(PLACE, DIGEST) == ""
    await mine.release(PLACE, DIGEST)
    assert await mine.recall(PLACE, DIGEST) == LOCATION
    assert await mine.recall(PLACE, DIGEST) == ""


async def test_of_two_that_recall_at_once_one_gets_it(mine: SqliteBookmarks, tmp_path: Path) -> None:
    other = SqliteBookmarks(tmp_path / "content.db")
    await mine.keep(PLACE, DIGEST, LOCATION)
    await mine.release(PLACE, DIGEST)
    got = await asyncio.gather(*(each.recall(PLACE, DIGEST) for each in (mine, other)))
    await other.close()
    assert sorted(got) == ["", LOCATION]


async def test_process_that_ended_keeps_nothing_from_others(mine: SqliteBookmarks, tmp_path: Path) -> None:
    await mine.keep(PLACE, DIGEST, LOCATION)
    made_by(tmp_path, ended_process())
    assert await mine.recall(PLACE, DIGEST) == LOCATION


@pytest.mark.parametrize("host", [None, "elsewhere.example"])
async def test_process_that_lives_or_cannot_be_seen_keeps_its_own(
    mine: SqliteBookmarks, tmp_path: Path, host: str | None
) -> None:
    await mine.keep(PLACE, DIGEST, LOCATION)
    made_by(tmp_path, os.getppid() if host is None else ended_process(), host)
    assert await mine.recall(PLACE, DIGEST) == ""


async def test_bookmark_that_did_not_move_for_long_is_nobodys(mine: SqliteBookmarks, tmp_path: Path) -> None:
    await mine.keep(PLACE, DIGEST, LOCATION)
    made_by(tmp_path, os.getppid())
    with sqlite3.connect(tmp_path / "content.db") as connection:
        connection.execute("UPDATE uploads SET at = at - ?", (ABANDONED_AFTER + 1,))
    assert await mine.recall(PLACE, DIGEST) == LOCATION


async def test_bookmark_that_went_to_another_is_not_dropped_or_released(mine: SqliteBookmarks, tmp_path: Path) -> None:
    await mine.keep(PLACE, DIGEST, LOCATION)
    made_by(tmp_path, os.getppid())
    await mine.drop(PLACE, DIGEST)
    await mine.release(PLACE, DIGEST)
    with sqlite3.connect(tmp_path / "content.db") as connection:
        assert connection.execute("SELECT keeper FROM uploads").fetchall() == [("other",)]


async def test_dropped_one_is_gone(mine: SqliteBookmarks) -> None:
    await mine.keep(PLACE, DIGEST, LOCATION)
    await mine.drop(PLACE, DIGEST)
    assert await mine.recall(PLACE, DIGEST) == ""


async def test_places_and_digests_are_apart(mine: SqliteBookmarks) -> None:
    await mine.keep(PLACE, DIGEST, LOCATION)
    await mine.release(PLACE, DIGEST)
    assert await mine.recall(f"{PLACE}2", DIGEST) == ""
    assert await mine.recall(PLACE, digest_of(b"?")) == ""


async def test_unusable_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "content.db").write_bytes(b"no database" * 100)
    bookmarks = SqliteBookmarks(tmp_path / "content.db")
    with pytest.raises(JournalError):
        await bookmarks.recall(PLACE, DIGEST)
    await bookmarks.close()
