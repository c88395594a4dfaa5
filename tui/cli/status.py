"""`windlass status`: the board as a table or JSON, and an exit code that says whether all is in sync."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tui.cli.board_text import board_lines, explanation_lines, summary_lines
from tui.cli.commands_reading import StatusCommand
from tui.cli.documents import problem_document, row_document, summary
from tui.cli.exits import Exit
from tui.cli.explaining import Aliases, aliases_on, explain, no_aliases, reasons_line
from tui.cli.interruptions import tell_interrupted
from tui.cli.looking import Look, look
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.running import run_until_signalled
from tui.cli.schema import SCHEMA
from tui.domain.board import Board, Row
from tui.domain.timestamps import format_timestamp
from tui.usecases.concurrency import gather_pair

_LEFT: Final = "not everything was read, so nothing is said"


def run_status(command: StatusCommand, console: Console) -> Exit:
    """Opens what the settings say and prints its status. Raises SettingsError, UsageError."""
    return run_until_signalled(status(command, console, opener_for(command.common)), console, _LEFT)


@dataclass(frozen=True, slots=True)
class _Status:
    """What was looked at, with reasons where they were asked for, and the rows to show."""

    look: Look
    shown: Sequence[Row]
    aliases: Aliases

    @property
    def board(self) -> Board:
        return self.look.findings.board


async def status(command: StatusCommand, console: Console, opener: Opener) -> Exit:
    """Prints the status of the workbench that `opener` opens."""
    async with opener() as bench:
        tell_notices(bench, console)
        seen, _ = await gather_pair(
            look(bench, command.repositories, command.tag, console), tell_interrupted(bench, console)
        )
        if command.explains:
            seen = replace(seen, findings=await explain(bench, seen.findings, seen.rows, console))
    shown = tuple(row for row in seen.rows if row.drifts) if command.only_drift else seen.rows
    found = _Status(seen, shown, aliases_on(seen.findings.board) if command.explains else no_aliases)
    if command.as_json:
        console.document(json.dumps(_document(found), indent=2))
    else:
        _print_table(found, console)
    _tell(found, console)
    if command.explains and (told := reasons_line(found.board, seen.rows)):
        console.say(told)
    return seen.verdict


def _document(found: _Status) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "taken_at": format_timestamp(found.look.findings.taken_at),
        "environments": list(found.board.path.names),
        "rows": [row_document(found.board, row, found.aliases(row)) for row in found.shown],
        "errors": [problem_document(problem) for problem in found.look.problems],
        "summary": summary(found.board, found.look.rows),
    }


def _print_table(found: _Status, console: Console) -> None:
    if not found.shown:
        if found.look.rows:
            console.say(f"no drift in {len(found.look.rows)} tags")
        return
    for line in board_lines(found.board, found.shown, found.aliases, ascii_only=console.ascii_only):
        console.data(line)
    reasons = tuple(explanation_lines(found.board, found.shown, found.look.findings.taken_at))
    for line in ("", *reasons) if reasons else ():
        console.data(line)


def _tell(found: _Status, console: Console) -> None:
    """Remarks, problems and the summary, for people."""
    found.look.tell(console, "show")
    for line in summary_lines(summary(found.board, found.look.rows)) if found.look.rows else ():
        console.say(line)
