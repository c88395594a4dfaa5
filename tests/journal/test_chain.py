"""What was done to the events after they were recorded shows, and where."""

import hashlib
from pathlib import Path

import pytest

from tests.journal.diary import PLACES, lines, opened
from tui.domain.past import ChainCheck
from tui.journal.sqlite import SqliteJournal

FOUR = ("one", "two", "three", "four")
INSERTED = (
    "INSERT INTO events (number, promotion, at, event, document, chain) "
    "SELECT {number}, promotion, at, event, document, chain FROM events WHERE number = 2"
)


async def checked(file: Path, *statements: str) -> ChainCheck:
    """What is found after `statements` were done to a journal of four events."""
    journal = SqliteJournal(file, PLACES)
    await lines(journal, *FOUR)
    await journal.close()
    with opened(file) as connection:
        for statement in statements:
            connection.execute(statement)
    journal = SqliteJournal(file, PLACES)
    found = await journal.check()
    await journal.close()
    return found


async def test_a_chain_that_nobody_touched_is_whole_and_its_head_is_the_last_link(tmp_path: Path) -> None:
    found = await checked(tmp_path / "journal.db")
    with opened(tmp_path / "journal.db") as connection:
        (head,) = connection.execute("SELECT chain FROM events WHERE number = 4").fetchone()
    assert found == ChainCheck(4, head)


async def test_an_empty_journal_is_whole(tmp_path: Path) -> None:
    found = await SqliteJournal(tmp_path / "journal.db", PLACES).check()
    assert (found.events, found.broken_at) == (0, None)


@pytest.mark.parametrize(
    ("statements", "broken_at", "told"),
    [
        (["UPDATE events SET document = replace(document, 'two', 'TWO')"], 2, "event 2 (LineLogged of promotion p1)"),
        (["UPDATE events SET chain = '0' WHERE number = 3"], 3, "not as it was recorded"),
        (["UPDATE events SET promotion = 'p2' WHERE number = 2"], 2, "its promotion no longer is"),
        (["UPDATE events SET at = '2020-01-01T00:00:00.000Z' WHERE number = 3"], 3, "its at no longer is"),
        (["UPDATE events SET event = 'PromotionSucceeded' WHERE number = 4"], 4, "its event no longer is"),
        (["DELETE FROM events WHERE number = 2"], 2, "event 2 was taken out"),
        (["DELETE FROM events WHERE number IN (1, 2)"], 1, "events 1 to 2 were taken out"),
        (["DELETE FROM events WHERE number = 4"], 4, "event 4 was taken out"),
        (["DELETE FROM events"], 1, "events 1 to 4 were taken out"),
        (
            ["DELETE FROM events WHERE number = 2", "UPDATE events SET number = number - 1 WHERE number > 2"],
            2,
            "not as it was recorded",
        ),
        ([INSERTED.format(number=5)], 5, "not as it was recorded"),
        ([INSERTED.format(number=0)], 0, "event 0 was put in"),
        ([INSERTED.format(number=9)], 5, "events 5 to 8 were taken out"),
        (["DELETE FROM sqlite_sequence"], 4, "set back"),
    ],
)
async def test_what_was_done_to_it_shows(tmp_path: Path, statements: list[str], broken_at: int, told: str) -> None:
    found = await checked(tmp_path / "journal.db", *statements)
    assert found.broken_at == broken_at
    assert told in found.finding


async def test_a_journal_that_was_rewritten_from_the_start_has_another_head(tmp_path: Path) -> None:
    first, second = SqliteJournal(tmp_path / "one.db", PLACES), SqliteJournal(tmp_path / "two.db", PLACES)
    await lines(first, *FOUR)
    await lines(second, "one", "TWO", "three", "four")
    heads = [await journal.check() for journal in (first, second)]
    assert [item.broken_at for item in heads] == [None, None]
    assert heads[0].head != heads[1].head


@pytest.mark.parametrize("document", ["nonsense", "[]", "{}"])
async def test_a_document_that_says_nothing_shows_even_if_it_is_linked(tmp_path: Path, document: str) -> None:
    await checked(tmp_path / "journal.db")
    with opened(tmp_path / "journal.db") as connection:
        (before,) = connection.execute("SELECT chain FROM events WHERE number = 3").fetchone()
        link = hashlib.sha256(f"{before}\n{document}".encode()).hexdigest()
        connection.execute("UPDATE events SET document = ?, chain = ? WHERE number = 4", (document, link))
    found = await SqliteJournal(tmp_path / "journal.db", PLACES).check()
    assert (found.broken_at, "its promotion no longer is" in found.finding) == (4, True)
