"""Several processes record at once: the chain stays whole, and each promotion keeps its order."""

import asyncio
import sys
from pathlib import Path

from tests.journal.diary import PLACES
from tui.domain.events import LineLogged
from tui.journal.sqlite import SqliteJournal

WRITERS, EVENTS = 4, 200
WRITE = """
import asyncio, sys
from pathlib import Path
from tests.journal.diary import PLACES, lines, keep
from tui.domain.events import LineLogged
from tui.journal.sqlite import SqliteJournal

async def main():
    journal = SqliteJournal(Path(sys.argv[1]), PLACES)
    texts = (LineLogged(str(at)) for at in range(int(sys.argv[3])))
    await keep(journal, *texts, promotion=sys.argv[2])
    await journal.close()

asyncio.run(main())
"""


async def test_processes_that_write_at_once_make_one_chain(tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    words = [sys.executable, "-c", WRITE, str(file)]
    writers = [await asyncio.create_subprocess_exec(*words, f"p{at}", str(EVENTS)) for at in range(WRITERS)]
    assert await asyncio.gather(*(writer.wait() for writer in writers)) == [0] * WRITERS
    journal = SqliteJournal(file, PLACES)
    found = await journal.check()
    assert (found.events, found.broken_at) == (WRITERS * EVENTS, None)
    for at in range(WRITERS):
        told = [record.event for record in await journal.promotion(f"p{at}")]
        assert told == [LineLogged(str(number)) for number in range(EVENTS)]
