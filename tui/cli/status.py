"""`windlass status`: the board as a table or JSON, and an exit code that says whether all is in sync."""

import json
import re
from typing import Final

from tui.cli.board_text import board_lines, summary_lines
from tui.cli.commands import StatusCommand
from tui.cli.documents import SCHEMA, problem_document, row_document, summary
from tui.cli.exits import Exit
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.reading import Findings, Problem, is_incomplete, read_everything, unresolved
from tui.cli.running import run_until_signalled
from tui.cli.selection import narrow
from tui.domain.board import Row
from tui.domain.timestamps import format_timestamp

_LEFT: Final = "not everything was read, so nothing is said"


def run_status(command: StatusCommand, console: Console) -> Exit:
    """Opens what the settings say and prints its status. Raises SettingsError, UsageError."""
    return run_until_signalled(status(command, console, opener_for(command.common)), console, _LEFT)


async def status(command: StatusCommand, console: Console, opener: Opener) -> Exit:
    """Prints the status of the workbench that `opener` opens."""
    async with opener() as bench:
        tell_notices(bench, console)
        findings = await read_everything(bench, narrow(bench.scope, command.repositories), console)
    rows = _rows(findings, command.tag)
    problems = (*findings.problems, *unresolved(findings, rows))
    shown = tuple(row for row in rows if row.drifts) if command.only_drift else rows
    if command.as_json:
        console.document(_document(findings, rows, shown, problems))
    else:
        _print_table(findings, rows, shown, console)
    _tell(findings, rows, problems, console)
    if is_incomplete(rows, problems):
        return Exit.INCOMPLETE
    return Exit.DRIFT if any(row.drifts for row in rows) else Exit.DONE


def _rows(findings: Findings, tag: re.Pattern[str] | None) -> tuple[Row, ...]:
    rows = findings.board.rows
    return rows if tag is None else tuple(row for row in rows if tag.search(row.tag))


def _document(findings: Findings, rows: tuple[Row, ...], shown: tuple[Row, ...], problems: tuple[Problem, ...]) -> str:
    board = findings.board
    document = {
        "schema": SCHEMA,
        "taken_at": format_timestamp(findings.taken_at),
        "environments": list(board.path.names),
        "rows": [row_document(board, row) for row in shown],
        "errors": [problem_document(problem) for problem in problems],
        "summary": summary(board, rows),
    }
    return json.dumps(document, indent=2)


def _print_table(findings: Findings, rows: tuple[Row, ...], shown: tuple[Row, ...], console: Console) -> None:
    if shown:
        for line in board_lines(findings.board, shown, ascii_only=console.ascii_only):
            console.data(line)
    elif rows:
        console.say(f"no drift in {len(rows)} tags")


def _tell(findings: Findings, rows: tuple[Row, ...], problems: tuple[Problem, ...], console: Console) -> None:
    """Remarks, problems and the summary, for people."""
    for problem in (*findings.remarks, *problems):
        console.say(problem.sentence)
    if not rows:
        console.say("nothing to show: no tag matches, or none could be read")
        return
    for line in summary_lines(summary(findings.board, rows)):
        console.say(line)
