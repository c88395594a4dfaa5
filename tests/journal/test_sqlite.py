"""The journal keeps what happened, in order, so that a later edit shows."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests import strategies as some
from tui.domain.events import LineLogged, Recorded
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.journal.database import Database, Transaction
from tui.journal.schema import SCHEMA
from tui.journal.sqlite import SqliteJournal
from tui.ports.errors import JournalError

API = Repository("shop/api")
A, B = (Digest("sha256", digit * 64) for digit in "ab")
PLACES = {"base": "base.example/", "dev": "apps.example/dev/"}
SOURCE = Reference("base.example", API, Tag("1.0"), A)


def record(text: str) -> Recorded:
    return Recorded("p1", some.NOW, SOURCE, Reference("apps.example", API, Tag("1.0")), LineLogged(text))


def snapshot(digest: Digest, minutes: int = 0, environment: str = "dev") -> Snapshot:
    entry = TagEntry(Tag("1.0"), digest, created=some.NOW, locked=True)
    return Snapshot(environment, API, some.NOW + timedelta(minutes=minutes), {entry.tag: entry})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "journal.db"


@pytest.fixture
def journal(file: Path) -> SqliteJournal:
    return SqliteJournal(file, PLACES)


async def test_what_was_recorded_is_there_for_another_process(journal: SqliteJournal, file: Path) -> None:
    for text in ("one", "two"):
        await journal.record(record(text))
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT event, document FROM events ORDER BY number").fetchall()
    assert [event for event, _ in rows] == ["LineLogged", "LineLogged"]
    assert '"text":"two"' in rows[1][1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_two_processes_share_one_chain(file: Path) -> None:
    journals = [SqliteJournal(file, PLACES) for _ in range(3)]
    await journals[0].record(record("first"))
    work = (journal.record(record(str(at))) for at in range(20) for journal in journals)
    await asyncio.gather(*work)
    assert (await journals[1].check()).broken_at is None


async def test_the_newest_snapshot_comes_back_remembered(journal: SqliteJournal) -> None:
    await journal.remember(snapshot(A), lambda _: True)
    await journal.remember(snapshot(B, minutes=1), lambda _: True)
    (recalled,) = await journal.recall(["base", "dev"])
    assert recalled.is_remembered
    assert recalled.taken_at == some.NOW + timedelta(minutes=1)
    assert recalled.entries == snapshot(B).entries


async def test_environments_of_one_name_in_two_places_are_kept_apart(journal: SqliteJournal, file: Path) -> None:
    await journal.remember(snapshot(A), lambda _: True)
    other = SqliteJournal(file, {"dev": "elsewhere.example/"})
    assert await other.recall(["dev"]) == []


async def test_a_spell_begins_anew_when_a_tag_comes_back(journal: SqliteJournal) -> None:
    one = Tag("1.0")
    for minutes, digest in enumerate((A, A, B)):
        await journal.remember(snapshot(digest, minutes), lambda _: True)
    assert await journal.held_since("dev", API, one, B) == some.NOW + timedelta(minutes=2)
    assert await journal.held_since("dev", API, one, A) is None
    for minutes in (3, 4):
        await journal.remember(snapshot(A, minutes), lambda _: True)
    assert await journal.held_since("dev", API, one, A) == some.NOW + timedelta(minutes=3)
    assert await journal.held_since("dev", API, Tag("other"), A) is None
    assert await journal.held_since("base", API, one, A) is None


async def test_only_moves_are_observed(journal: SqliteJournal, file: Path) -> None:
    for minutes, digest in enumerate((A, A, B, A)):
        await journal.remember(snapshot(digest, minutes), lambda _: True)
    with closing(sqlite3.connect(file)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM observations").fetchone()
    assert count == 3


async def test_a_journal_that_cannot_be_written_says_where_and_how_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    journal = SqliteJournal(tmp_path / "file" / "journal.db", PLACES)
    with pytest.raises(JournalError, match=r"journal\.db cannot be used: .*; free space"):
        await journal.record(record("lost"))


async def test_a_file_that_is_no_journal_is_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("something else, and long enough to be looked at" * 50)
    with pytest.raises(JournalError, match="cannot be used"):
        await SqliteJournal(file, PLACES).record(record("lost"))
    assert file.read_text().startswith("something else")


async def test_an_unresolved_tag_is_remembered_as_one_that_nobody_knows(journal: SqliteJournal) -> None:
    entry = TagEntry(Tag("1.0"), None, failure=some.FAILURE)
    await journal.remember(snapshot(A, environment="base"), lambda _: True)
    await journal.remember(Snapshot("dev", API, some.NOW, {entry.tag: entry}), lambda _: True)
    (recalled,) = await journal.recall(["dev"])
    assert [(tag, held.digest) for tag, held in recalled.entries.items()] == [("1.0", None)]


async def test_nothing_is_kept_of_a_repository_that_nobody_has(journal: SqliteJournal, file: Path) -> None:
    for environment in PLACES:
        await journal.remember(Snapshot(environment, API, some.NOW), lambda _: True)
    assert await journal.recall([*PLACES]) == []
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM snapshots").fetchone() == (0,)


async def test_a_repository_that_only_another_environment_has_is_remembered_as_missing(journal: SqliteJournal) -> None:
    await journal.remember(snapshot(A, environment="base"), lambda _: True)
    await journal.remember(Snapshot("dev", API, some.NOW), lambda _: True)
    assert {item.environment: len(item.entries) for item in await journal.recall([*PLACES])} == {"base": 1, "dev": 0}


async def test_a_repository_that_became_empty_is_kept_with_its_tags_gone(journal: SqliteJournal) -> None:
    await journal.remember(snapshot(A), lambda _: True)
    await journal.remember(Snapshot("dev", API, some.NOW + timedelta(minutes=1)), lambda _: True)
    (recalled,) = await journal.recall([*PLACES])
    assert (recalled.repository, recalled.entries) == (API, {})
    assert (await journal.history(["dev"], API)).sightings[-1].digest is None


async def test_what_was_kept_once_of_a_repository_that_nobody_has_is_not_recalled(
    journal: SqliteJournal, file: Path
) -> None:
    await journal.remember(snapshot(A), lambda _: True)
    await journal.close()
    with closing(sqlite3.connect(file)) as connection:
        values = [(place, "shop/apu", "2026-11-24T12:00:00.000Z", "[]") for place in PLACES.values()]
        connection.executemany("INSERT INTO snapshots VALUES (?, ?, ?, ?)", values)
        connection.commit()
    assert {item.repository for item in await SqliteJournal(file, PLACES).recall([*PLACES])} == {API}


async def test_what_went_wrong_is_told_and_not_that_nothing_was_left_to_roll_back(file: Path) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        with Transaction(connection):
            connection.execute("ROLLBACK")  # as SQLite does by itself on a full disk
            raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(JournalError, match="disk is full"):
        await Database(file, SCHEMA, "journal").run(fail)


async def test_after_the_end_it_is_said_that_it_is_closed(journal: SqliteJournal) -> None:
    await journal.close()
    with pytest.raises(JournalError, match="closed already"):
        await journal.record(record("too late"))
