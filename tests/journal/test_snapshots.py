"""How snapshots lie in the journal: what was written is read, by older versions too, and nothing is written twice."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tui.domain.drift import State, classify
from tui.domain.entries import packed
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.journal.sqlite import SqliteJournal
from tui.ports.errors import JournalError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
API = Repository("shop/api")
PLACES = {"base": "r.example.com/", "dev": "s.example.com/dev/"}
ONE, TWO = Digest("sha256", "1" * 64), Digest("sha512", "2" * 128)
PUSHED = NOW - timedelta(days=3, microseconds=123_457)


def entry(name: str, digest: Digest | None = ONE, **known: Any) -> TagEntry:
    return TagEntry(Tag(name), digest, **known)


def snapshot(*entries: TagEntry, environment: str = "base", at: datetime = NOW, others: str = "") -> Snapshot:
    held = {item.tag: item for item in entries}
    return Snapshot(environment, API, at, held, others=tuple(map(Tag, others.split())))


async def kept(file: Path, *snapshots: Snapshot) -> list[Snapshot]:
    journal = SqliteJournal(file, PLACES)
    for item in snapshots:
        await journal.remember(item, lambda _: True)
    found = await journal.recall(list(PLACES))
    await journal.close()
    return list(found)


def ask(file: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(query, values).fetchall()


@pytest.mark.parametrize(
    "entries",
    [
        [entry("1.0"), entry("2.0", TWO)],
        [entry("1.0", created=PUSHED, pushed=PUSHED), entry("2.0", TWO, created=PUSHED, pushed=NOW)],
        [entry("1.0", created=PUSHED), entry("2.0", pushed=NOW), entry("3.0")],
        [entry("1.0", locked=True), entry("2.0", locked=False), entry("3.0", pushed=NOW, locked=True)],
    ],
    ids=["no times", "all times", "some times", "locks"],
)
async def test_what_was_kept_is_recalled_to_the_microsecond(tmp_path: Path, entries: list[TagEntry]) -> None:
    (found,) = await kept(tmp_path / "j.db", snapshot(*entries, others="sha256-ab sha256-cd"))
    assert list(found.entries.values()) == entries
    assert found.others == ("sha256-ab", "sha256-cd")
    assert (found.environment, found.taken_at, found.is_remembered) == ("base", NOW, True)


async def test_a_tag_that_was_not_resolved_is_recalled_as_unknown_and_not_as_missing(tmp_path: Path) -> None:
    (found,) = await kept(tmp_path / "j.db", snapshot(entry("1.0"), entry("2.0", None, pushed=PUSHED, locked=True)))
    unresolved = found.entries[Tag("2.0")]
    assert (unresolved.digest, unresolved.pushed, unresolved.locked) == (None, PUSHED, True)
    assert unresolved.failure is not None
    assert classify(found.entries[Tag("1.0")], unresolved) is State.UNKNOWN


async def test_that_not_all_was_known_is_recalled(tmp_path: Path) -> None:
    (found,) = await kept(tmp_path / "j.db", replace(snapshot(entry("1.0")), others=None))
    assert found.others is None


async def test_what_holds_the_same_is_not_written_again_but_was_read_again(tmp_path: Path) -> None:
    file, later = tmp_path / "j.db", NOW + timedelta(hours=1)
    await kept(file, snapshot(entry("1.0")))
    ask(file, "CREATE TABLE written (place TEXT)")
    ask(file, "CREATE TRIGGER told AFTER INSERT ON holdings BEGIN INSERT INTO written VALUES (new.place); END")
    (same,) = await kept(file, snapshot(entry("1.0"), at=later))
    assert same.taken_at == later
    assert ask(file, "SELECT COUNT(*) FROM written") == [(0,)]
    await kept(file, snapshot(entry("1.0", TWO), at=later), snapshot(entry("1.0"), environment="dev"))
    assert ask(file, "SELECT place FROM written") == [(PLACES["base"],), (PLACES["dev"],)]


OLD: list[Any] = [
    ["1.0", str(ONE), "2026-11-03T08:00:00.123Z", "", True],
    ["2.0", str(TWO), "", "2026-11-03T08:00:00.123Z", False],
]


async def as_before(file: Path) -> None:
    """A journal of a version that kept the entries in the table of the snapshots."""
    await kept(file)
    ask(file, "DROP TABLE holdings")
    ask(file, "INSERT INTO snapshots VALUES (?, ?, ?, ?)", PLACES["base"], API, "2026-11-23T12:00:00Z", json.dumps(OLD))


async def test_what_an_older_version_kept_is_recalled(tmp_path: Path) -> None:
    await as_before(tmp_path / "j.db")
    (found,) = await kept(tmp_path / "j.db")
    moment = datetime(2026, 11, 3, 8, 0, 0, 123_000, UTC)
    assert list(found.entries.values()) == [
        entry("1.0", created=moment, locked=True),
        entry("2.0", TWO, pushed=moment),
    ]
    assert found.others is None


async def test_what_an_older_version_kept_is_replaced_by_the_next_reading(tmp_path: Path) -> None:
    await as_before(tmp_path / "j.db")
    (found,) = await kept(tmp_path / "j.db", snapshot(entry("3.0")))
    assert set(found.entries) == {"3.0"}
    assert ask(tmp_path / "j.db", "SELECT entries FROM snapshots") == [("",)]


@pytest.mark.parametrize(
    "held",
    [
        "",
        "{}",
        "[]",
        "7",
        "[1,2,3,4,5]",
        '[["1.0"],["sha256:1"],["x"],null,[]]',
        "[[],[],null,null]",
        '[["1.0"],[],null,null,[]]',
        '[["1.0"],["sha256:1"],null,null,[]]',
    ],
)
async def test_what_somebody_damaged_is_an_error_that_says_how_to_go_on(tmp_path: Path, held: str) -> None:
    file = tmp_path / "j.db"
    await kept(file, snapshot(entry("1.0")))
    ask(file, "UPDATE holdings SET entries = ?", held)
    with pytest.raises(JournalError, match="move it away"):
        await kept(file)


async def test_the_same_tags_in_many_places_are_one_object(tmp_path: Path) -> None:
    entries = entry("1.0", created=PUSHED, pushed=PUSHED)
    found = await kept(tmp_path / "j.db", snapshot(entries), snapshot(entries, environment="dev"))
    one, other = (packed(item.entries) for item in found)
    assert one.tags is other.tags


def shelf(found: list[Snapshot]) -> Mapping[str, int]:
    return {item.environment: len(item.entries) for item in found}


async def test_an_emptied_repository_is_remembered_as_empty(tmp_path: Path) -> None:
    found = await kept(tmp_path / "j.db", snapshot(entry("1.0")), snapshot(at=NOW + timedelta(hours=1)))
    assert shelf(found) == {"base": 0}


async def test_an_empty_reading_that_comes_late_takes_nothing_away(tmp_path: Path) -> None:
    file, before = tmp_path / "j.db", NOW - timedelta(minutes=9)
    (found,) = await kept(file, snapshot(entry("1.0")), snapshot(at=before))
    assert (set(found.entries), found.taken_at) == ({"1.0"}, NOW)
    assert ask(file, "SELECT digest FROM observations") == [(str(ONE),)]
