"""What was settled is kept by place: another environment, or another registry of the same name, has its own."""

from pathlib import Path

from tests.journal.diary import API, PLACES, A, B
from tui.domain.reference import Tag
from tui.journal.sqlite import SqliteJournal

ONE, TWO = (API, Tag("1.0"), A), (API, Tag("1.0"), B)


async def test_what_was_settled_is_there_for_another_process(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db", PLACES)
    await journal.settle("dev", [ONE])
    await journal.settle("dev", [ONE, TWO])
    assert await SqliteJournal(tmp_path / "journal.db", PLACES).followed("dev") == {ONE, TWO}


async def test_following_has_begun_once_anything_or_nothing_was_settled(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db", PLACES)
    assert not await journal.is_following("dev")
    await journal.settle("dev", [])
    assert await journal.is_following("dev")
    assert not await journal.is_following("base")


async def test_a_place_of_its_own_has_its_own(tmp_path: Path) -> None:
    await SqliteJournal(tmp_path / "journal.db", PLACES).settle("dev", [ONE])
    other = SqliteJournal(tmp_path / "journal.db", {"dev": "elsewhere.example/"})
    assert await other.followed("dev") == frozenset()
    assert not await other.is_following("dev")
