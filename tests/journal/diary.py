"""Records for tests of the journal, and a raw connection to what it kept."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from tests import strategies as some
from tui.domain.events import Event, LineLogged, Recorded
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.journal.sqlite import SqliteJournal

API = Repository("shop/api")
A, B = (Digest("sha256", digit * 64) for digit in "ab")
PLACES = {"base": "base.example/", "dev": "apps.example/dev/", "all": "apps.example/"}
SOURCE = Reference("base.example", API, Tag("1.0"), A)
DEV = Reference("apps.example", Repository("dev/shop/api"), Tag("1.0"))
ALL = Reference("apps.example", API, Tag("1.0"))


def event(what: Event, promotion: str = "p1", target: Reference = DEV, seconds: int = 0) -> Recorded:
    """`what`, as it is recorded `seconds` after the beginning of time."""
    return Recorded(promotion, some.NOW + timedelta(seconds=seconds), SOURCE, target, what)


async def keep(journal: SqliteJournal, *events: Event, promotion: str = "p1", target: Reference = DEV) -> None:
    """Records `events`, one second after the other."""
    for seconds, what in enumerate(events):
        await journal.record(event(what, promotion, target, seconds))


async def lines(journal: SqliteJournal, *texts: str) -> None:
    """Records a line each."""
    await keep(journal, *(LineLogged(text) for text in texts))


@contextmanager
def opened(file: Path) -> Generator[sqlite3.Connection, None, None]:
    """The file as whoever edits it has it."""
    with closing(sqlite3.connect(file)) as connection:
        yield connection
        connection.commit()
