"""What was read once is there for the next process, and never taken for something that it is not."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import strategies as some
from tui.domain.content import RawManifest, digest_of
from tui.domain.facts import UNREADABLE, ImageFacts
from tui.domain.identity import Identity
from tui.domain.media import OCI_MANIFEST
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Repository
from tui.journal.memory import SqliteMemory
from tui.ports.errors import JournalError

API = Repository("shop/api")
A, B = (Digest("sha256", digit * 64) for digit in "ab")
RAW = RawManifest(OCI_MANIFEST, b'{"layers": []}', digest_of(b'{"layers": []}'))
FACTS = ImageFacts(
    Platform("linux", "arm64", "v8"),
    datetime(2026, 11, 20, 9, tzinfo=UTC),
    (A, B),
    Identity("1f3c2ab", "20261120.4", "1.0", "https://git.example", "debian:12", str(A), some.NOW),
)


@pytest.fixture
def memory(tmp_path: Path) -> SqliteMemory:
    return SqliteMemory(tmp_path / "content.db", {"base": "base.example/", "dev": "dev.example/"})


async def again(memory: SqliteMemory, tmp_path: Path, place: str = "base.example/") -> SqliteMemory:
    """The memory of another process."""
    await memory.close()
    return SqliteMemory(tmp_path / "content.db", {"base": place})


async def test_manifests_and_facts_are_there_for_another_process(memory: SqliteMemory, tmp_path: Path) -> None:
    await memory.keep_manifest(RAW)
    await memory.keep_facts(A, FACTS)
    await memory.keep_facts(B, UNREADABLE)
    other = await again(memory, tmp_path)
    assert await other.manifests([A, RAW.digest]) == {RAW.digest: RAW}
    assert await other.facts([A, RAW.digest, B]) == {A: FACTS, B: UNREADABLE}


async def test_a_manifest_that_was_changed_in_the_file_is_not_taken_for_itself(
    memory: SqliteMemory, tmp_path: Path
) -> None:
    await memory.keep_manifest(RAW)
    with closing(sqlite3.connect(tmp_path / "content.db", isolation_level=None)) as connection:
        connection.execute("UPDATE manifests SET body = ?", (b"{}",))
    assert not await memory.manifests([RAW.digest])


@pytest.mark.parametrize("document", ["{}", "[]", "null", "{", '{"platform": 7}'])
async def test_facts_in_another_shape_are_as_if_never_kept_and_hide_no_others(
    memory: SqliteMemory, tmp_path: Path, document: str
) -> None:
    await memory.keep_facts(A, FACTS)
    await memory.keep_facts(B, FACTS)
    with closing(sqlite3.connect(tmp_path / "content.db", isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET document = ? WHERE digest = ?", (document, str(A)))
    assert await memory.facts([A, B]) == {B: FACTS}
    await memory.keep_facts(A, FACTS)
    assert await memory.facts([A]) == {A: FACTS}


async def test_what_a_registry_holds_is_kept_for_that_registry_and_the_last_answer_counts(
    memory: SqliteMemory, tmp_path: Path
) -> None:
    await memory.keep_presence("base", API, A, is_held=False, at=some.NOW)
    await memory.keep_presence("base", API, B, is_held=False, at=some.NOW)
    await memory.keep_presence("base", API, A, is_held=True, at=some.NOW)
    assert [await memory.presence("base", API, digest, some.NOW) for digest in (A, B)] == [True, False]
    assert await memory.presence("base", API, A, some.NOW + timedelta(seconds=1)) is None
    assert await memory.presence("dev", API, A, some.NOW) is None
    moved = await again(memory, tmp_path, "elsewhere.example/")
    assert await moved.presence("base", API, A, some.NOW) is None


async def test_no_environment_variable_is_kept(memory: SqliteMemory, tmp_path: Path) -> None:
    await memory.keep_facts(A, replace(FACTS, identity=Identity()))
    await memory.close()
    with closing(sqlite3.connect(tmp_path / "content.db")) as connection:
        tables = [connection.execute(f"PRAGMA table_info({name})").fetchall() for name in ("facts", "manifests")]
        document = connection.execute("SELECT document FROM facts").fetchone()[0]
    assert {row[1] for table in tables for row in table} == {"digest", "document", "media_type", "body"}
    assert "env" not in document.lower()


async def test_a_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "content.db").write_text("no database, whatever its name says" * 100)
    with pytest.raises(JournalError, match="content memory"):
        await SqliteMemory(tmp_path / "content.db", {}).manifests([A])
