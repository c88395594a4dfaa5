"""What the history screen can show: a book of lines, of one tag, one repository or all promotions."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, Self

from tui.domain import amounts
from tui.domain.history_text import history_lines
from tui.domain.past import ChainCheck, undone_among
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.timestamps import format_timestamp
from tui.ui import history_view
from tui.ui.deck import Deck
from tui.ui.history_view import Ledger
from tui.ui.past_view import Register
from tui.ui.widgets.sheet import SheetLine

_SCHEMA: Final = 1


class Reach(StrEnum):
    """How much is shown, in the order in which it is gone through."""

    TAG = "tag"
    REPOSITORY = "repository"
    PROMOTIONS = "promotions"

    @property
    def following(self) -> "Reach":
        """The next one; the first after the last."""
        reaches = list(Reach)
        return reaches[(reaches.index(self) + 1) % len(reaches)]


class Book(Protocol):
    """Lines, the newest first, by their place from 0."""

    def __len__(self) -> int: ...

    def drawn(self, width: int) -> Sequence[SheetLine]:
        """A line for each."""
        ...

    def only(self, places: Sequence[int]) -> Self:
        """Those at `places`."""
        ...

    def text(self, at: int) -> str:
        """What a filter looks through."""
        ...

    def whole(self, at: int) -> str:
        """The line with nothing left out."""
        ...

    def digest(self, at: int) -> Digest | None:
        """What it is about."""
        ...

    def promotion(self, at: int) -> str:
        """The id of its promotion; empty where there is none."""
        ...

    def document(self, at: int) -> Mapping[str, str | None]:
        """The line for a file."""
        ...


async def read_book(deck: Deck, reach: Reach, repository: Repository, tag: Tag) -> Book:
    """What the journal knows, as far as `reach` goes. Raises JournalError."""
    bench, path = deck.workbench, deck.workbench.path
    if reach is Reach.PROMOTIONS:
        pasts = await bench.promotions()
        return Register(pasts, path, deck.clock(), deck.glyphs, undone_among(pasts))
    wanted = tag if reach is Reach.TAG else None
    history = await bench.history(repository, wanted)
    titles = {item.name: item.title for item in path.environments}
    return Ledger(history_lines(history, path.environments, deck.clock()), titles, deck.glyphs, wanted)


def subject(reach: Reach, repository: Repository, tag: Tag) -> str:
    """What is shown."""
    names = {
        Reach.TAG: f"{repository}:{tag}",
        Reach.REPOSITORY: f"{repository}, all tags",
        Reach.PROMOTIONS: "all promotions",
    }
    return names[reach]


def words(reach: Reach, repository: Repository, tag: Tag) -> tuple[str, ...]:
    """What `windlass history` is given to say the same."""
    names = {Reach.TAG: (f"{repository}:{tag}",), Reach.REPOSITORY: (repository,), Reach.PROMOTIONS: ()}
    return names[reach]


def heading(reach: Reach, subject: str, shown: int, book: Book) -> str:
    """What is shown, and how much of it; what to say where nothing is known."""
    if not len(book):
        return "Nothing was promoted yet." if reach is Reach.PROMOTIONS else history_view.emptiness(subject)
    number = len(book)
    counted = str(number) if reach is Reach.PROMOTIONS else amounts.count(number, "change")
    return f"{subject}: {counted}" if shown == number else f"{subject}: {shown} of {counted}"


def filtered(book: Book, wanted: str) -> Book:
    """The lines that have every word of `wanted`, and none of those that begin with `!`."""
    words = wanted.lower().split()
    has = [word for word in words if not word.startswith("!")]
    lacks = [word[1:] for word in words if word.startswith("!") and len(word) > 1]
    if not has and not lacks:
        return book
    texts = ((at, book.text(at).lower()) for at in range(len(book)))
    return book.only(
        [at for at, text in texts if all(item in text for item in has) and not any(item in text for item in lacks)]
    )


def exported(book: Book, subject: str, wanted: str, now: datetime) -> str:
    """What is shown as one JSON document."""
    lines = [book.document(at) for at in range(len(book))]
    document = {
        "schema": _SCHEMA,
        "taken_at": format_timestamp(now),
        "subject": subject,
        "filter": wanted,
        "lines": lines,
    }
    return json.dumps(document, indent=2) + "\n"


def check_text(check: ChainCheck) -> str:
    """What was found when the journal was verified, in a sentence."""
    if check.broken_at is not None:
        return f"THE JOURNAL IS NOT AS IT WAS WRITTEN, from event {check.broken_at} on: {check.finding}"
    events = amounts.count(check.events, "event")
    head = f"; its head is {check.head}" if check.head else ""
    return f"the journal is as it was written: {events}{head}"
