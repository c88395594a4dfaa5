"""`windlass history` on promotions: all of them, every event of one, and whether the journal is as it was written."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from tui.cli.aligned import aligned
from tui.cli.exits import Exit
from tui.cli.history_documents import check_document
from tui.cli.narration import narrate
from tui.cli.output import Console
from tui.cli.schema import SCHEMA
from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.past import ChainCheck, Past, undone_among
from tui.domain.past_text import past_text
from tui.domain.timestamps import age
from tui.domain.wire import to_json
from tui.usecases.workbench import Workbench

BROKEN_MEND: Final = (
    "keep a copy as evidence, then move it away to begin a new one; compare with the head that you noted"
)
"""What to do with a journal that is not as it was recorded."""


def promotion_lines(pasts: Sequence[Past], path: PromotionPath, now: datetime) -> Iterator[str]:
    """All promotions in columns, in the order of `pasts`."""
    if not pasts:
        return iter(())
    head = ("TIME", "AGE", "ID", "OUTCOME", "ENVIRONMENT", "IMAGE", "BY", "WHAT")
    undone = undone_among(pasts)
    return aligned((head, *(_cells(past, path, now, undone) for past in pasts)))


def _cells(past: Past, path: PromotionPath, now: datetime, undone: Collection[str]) -> tuple[str, ...]:
    owner = path.owner_of(past.target)
    environment, repository = (owner[0].name, owner[1]) if owner else ("-", past.target.repository)
    image = f"{repository}:{past.target.tag}"
    when = (time_text(past.began), age(past.began, now))
    what = ("undone since: " if past.promotion in undone else "") + past_text(past, path)
    return (*when, past.promotion, past.outcome.value, environment, image, past.by or "-", what)


def time_text(moment: datetime) -> str:
    """`2026-11-24 12:00:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


async def tell_promotion(bench: Workbench, name: str, console: Console, *, as_json: bool) -> Exit:
    """Prints every event of one promotion. Raises JournalError."""
    records = await bench.promotion(name)
    if as_json:
        document = {"schema": SCHEMA, "events": [to_json(record) for record in records]}
        console.document(json.dumps(document, indent=2))
    else:
        for record in records:
            console.data(f"{time_text(record.at)}  {narrate(record)}")
    if not records:
        console.say(f"no promotion's id begins with {name}; `windlass history` lists the ids")
    return Exit.DONE if records else Exit.FAILED


async def tell_check(bench: Workbench, console: Console, *, as_json: bool) -> Exit:
    """Prints whether the journal is as it was written. Raises JournalError."""
    check = await bench.check_journal()
    if as_json:
        console.document(json.dumps(check_document(check), indent=2))
    elif check.broken_at is None:
        console.data(_whole(check))
    if check.broken_at is not None:
        console.say(f"the journal is NOT as it was recorded: {check.finding}; the events before stand as they were")
        console.say(BROKEN_MEND)
    return Exit.DONE if check.broken_at is None else Exit.FAILED


def _whole(check: ChainCheck) -> str:
    if not check.events:
        return "the journal holds no event yet: there is nothing to verify"
    return f"all {amounts.count(check.events, 'event')} stand as they were recorded; the head is {check.head}"
