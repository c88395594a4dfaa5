"""`windlass history REPO:TAG --noted`: the promotions that the registries tell of what they hold under a tag."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from tui.cli.aligned import aligned
from tui.cli.commands_reading import HistoryCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.output import Console
from tui.cli.schema import SCHEMA
from tui.domain.environment import Environment
from tui.domain.provenance import Note
from tui.domain.timestamps import age, format_timestamp
from tui.usecases.noted import Noted
from tui.usecases.workbench import Workbench

_HEAD = ("TIME", "AGE", "ENVIRONMENT", "TAG", "BY", "FROM", "ENGINE", "APPROVED BY", "PROMOTION")
_UNKNOWN = "-"


async def tell_noted(bench: Workbench, command: HistoryCommand, console: Console) -> Exit:
    """Asks every registry, and prints the notes, the newest first. INCOMPLETE where one could not be read."""
    if command.repository is None or command.tag is None:
        raise UsageError("--noted needs a tag: write REPO:TAG")
    found = await bench.noted(command.repository, command.tag)
    notes = sorted(_notes(found), key=lambda pair: pair[1].at, reverse=True)
    if command.as_json:
        console.document(json.dumps(noted_document(found, notes), indent=2))
    else:
        for line in _lines(notes, datetime.now(UTC)):
            console.data(line)
    for each in found:
        if each.unread:
            console.say(f"{each.environment.name} could not be read: {each.unread}")
    return _exit(found, notes, f"{command.repository}:{command.tag}", console)


def _exit(found: Sequence[Noted], notes: Sequence[object], image: str, console: Console) -> Exit:
    if any(each.unread for each in found):
        return Exit.INCOMPLETE
    if not any(each.holds for each in found):
        console.say(f"no environment has {image}")
        return Exit.FAILED
    if not notes:
        console.say(f"no promotion of what is held under {image} is noted in a registry")
    return Exit.DONE


def _notes(found: Sequence[Noted]) -> Iterator[tuple[Environment, Note]]:
    return ((each.environment, note) for each in found for note in each.notes)


def _lines(notes: Sequence[tuple[Environment, Note]], now: datetime) -> Iterator[str]:
    return aligned((_HEAD, *(_cells(environment, note, now) for environment, note in notes))) if notes else iter(())


def _cells(environment: Environment, note: Note, now: datetime) -> tuple[str, ...]:
    return (
        f"{note.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z",
        age(note.at, now),
        environment.title,
        note.tag,
        note.by or _UNKNOWN,
        "put back" if note.is_undo else note.origin or note.source or _UNKNOWN,
        note.engine or _UNKNOWN,
        ", ".join(note.approved_by) or _UNKNOWN,
        note.promotion or _UNKNOWN,
    )


def noted_document(found: Sequence[Noted], notes: Sequence[tuple[Environment, Note]]) -> dict[str, Any]:
    """The notes, and which environments could not be read."""
    return {
        "schema": SCHEMA,
        "promotions": [_note(environment, note) for environment, note in notes],
        "errors": [{"environment": each.environment.name, "detail": each.unread} for each in found if each.unread],
    }


def _note(environment: Environment, note: Note) -> dict[str, Any]:
    return {
        "environment": environment.name,
        "at": format_timestamp(note.at),
        "by": note.by or None,
        "from": note.origin or None,
        "source": note.source or None,
        "target": note.target,
        "engine": note.engine or None,
        "approved_by": list(note.approved_by),
        "replaced": str(note.replaced) if note.replaced else None,
        "occasion": note.occasion or None,
        "promotion": note.promotion or None,
    }
