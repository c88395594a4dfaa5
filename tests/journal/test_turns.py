"""Turns: one at a time writes a tag, whoever else shares the journal."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.journal.diary import ALL, DEV, PLACES
from tui.journal.sqlite import SqliteJournal
from tui.journal.turns import Turns
from tui.ports.errors import JournalError, TurnTaken

HOLD = """
import asyncio, sys
from pathlib import Path
from tests.journal.diary import DEV, PLACES
from tui.journal.sqlite import SqliteJournal

async def main():
    async with SqliteJournal(Path(sys.argv[1]), PLACES).holding(DEV):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_two_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    journals = [SqliteJournal(tmp_path / "journal.db", PLACES) for _ in range(2)]
    inside = most = 0

    async def write(journal: SqliteJournal) -> None:
        nonlocal inside, most
        async with journal.holding(DEV):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(write(journals[at % 2]) for at in range(6)))
    assert most == 1
    assert list((tmp_path / "journal.db.turns").iterdir()) == []


async def test_another_target_is_another_turn(tmp_path: Path) -> None:
    turns = Turns(tmp_path, patience=0.1)
    async with turns.holding(DEV), turns.holding(ALL):
        assert len(list(tmp_path.iterdir())) == 2


async def test_what_is_not_had_in_time_says_who_has_it(tmp_path: Path) -> None:
    turns = Turns(tmp_path, patience=0.1)
    async with turns.holding(DEV):
        with pytest.raises(TurnTaken, match=f"{DEV} is still being written by process {os.getpid()} on "):
            async with turns.holding(DEV):
                pass


async def test_what_fails_inside_gives_it_back(tmp_path: Path) -> None:
    turns = Turns(tmp_path, patience=0.1)
    with pytest.raises(LookupError):
        async with turns.holding(DEV):
            raise LookupError
    async with turns.holding(DEV):
        pass


async def test_a_process_that_dies_gives_it_back(tmp_path: Path) -> None:
    words = [sys.executable, "-c", HOLD, str(tmp_path / "journal.db")]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"held\n"
    with pytest.raises(JournalError, match=f"process {process.pid} "):
        async with Turns(tmp_path / "journal.db.turns", patience=0.1).holding(DEV):
            pass
    process.kill()
    await process.wait()
    async with Turns(tmp_path / "journal.db.turns", patience=0.1).holding(DEV):
        pass


async def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    with pytest.raises(JournalError, match="cannot be had"):
        async with Turns(tmp_path / "file").holding(DEV):
            pass
