"""`windlass status`: the board as a table or JSON, and an exit code that says whether all is in sync."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from tui.cli.board_text import board_lines, explanation_lines, summary_lines
from tui.cli.commands import StatusCommand
from tui.cli.documents import SCHEMA, problem_document, row_document, summary
from tui.cli.exits import Exit
from tui.cli.explaining import Aliases, aliases_on, explain, no_aliases, reasons_line
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.reading import Findings, Problem, is_incomplete, read_everything, unresolved
from tui.cli.running import run_until_signalled
from tui.cli.selection import narrow
from tui.cli.unmatched import unmatched
from tui.domain.board import Board, Row
from tui.domain.timestamps import format_timestamp

_LEFT: Final = "not everything was read, so nothing is said"


def run_status(command: StatusCommand, console: Console) -> Exit:
    """Opens what the settings say and prints its status. Raises SettingsError, UsageError."""
    return run_until_signalled(status(command, console, opener_for(command.common)), console, _LEFT)


@dataclass(frozen=True, slots=True)
class _Status:
    """What was found, the rows that were asked for and those of them to show, and what kept it from being complete.

    `unmatched` are sentences on filters that match nothing.
    """

    findings: Findings
    rows: tuple[Row, ...]
    shown: tuple[Row, ...]
    problems: tuple[Problem, ...]
    unmatched: tuple[str, ...]
    aliases: Aliases

    @property
    def board(self) -> Board:
        return self.findings.board

    @property
    def verdict(self) -> Exit:
        if is_incomplete(self.rows, self.problems):
            return Exit.INCOMPLETE
        if self.unmatched and not self.rows:
            return Exit.FAILED
        return Exit.DRIFT if any(row.drifts for row in self.rows) else Exit.DONE


async def status(command: StatusCommand, console: Console, opener: Opener) -> Exit:
    """Prints the status of the workbench that `opener` opens."""
    async with opener() as bench:
        tell_notices(bench, console)
        findings = await read_everything(bench, narrow(bench.scope, command.repositories), console)
        rows = _rows(findings, command.tag)
        missed = await unmatched(bench, findings, command.repositories, command.tag)
        if command.explains:
            findings = await explain(bench, findings, rows, console)
    found = _Status(
        findings,
        rows,
        tuple(row for row in rows if row.drifts) if command.only_drift else rows,
        (*findings.problems, *unresolved(findings, rows)),
        missed,
        aliases_on(findings.board) if command.explains else no_aliases,
    )
    if command.as_json:
        console.document(json.dumps(_document(found), indent=2))
    else:
        _print_table(found, console)
    _tell(found, console)
    if command.explains and (told := reasons_line(findings.board, rows)):
        console.say(told)
    return found.verdict


def _rows(findings: Findings, tag: re.Pattern[str] | None) -> tuple[Row, ...]:
    rows = findings.board.rows
    return rows if tag is None else tuple(row for row in rows if tag.search(row.tag))


def _document(found: _Status) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "taken_at": format_timestamp(found.findings.taken_at),
        "environments": list(found.board.path.names),
        "rows": [row_document(found.board, row, found.aliases(row)) for row in found.shown],
        "errors": [problem_document(problem) for problem in found.problems],
        "summary": summary(found.board, found.rows),
    }


def _print_table(found: _Status, console: Console) -> None:
    if not found.shown:
        if found.rows:
            console.say(f"no drift in {len(found.rows)} tags")
        return
    for line in board_lines(found.board, found.shown, found.aliases, ascii_only=console.ascii_only):
        console.data(line)
    reasons = tuple(explanation_lines(found.board, found.shown, found.findings.taken_at))
    for line in ("", *reasons) if reasons else ():
        console.data(line)


def _tell(found: _Status, console: Console) -> None:
    """Remarks, problems and the summary, for people."""
    for problem in (*found.findings.remarks, *found.problems):
        console.say(problem.sentence)
    for sentence in found.unmatched:
        console.say(sentence)
    if not found.rows:
        if not found.unmatched:
            console.say("nothing to show: there is no tag, or none could be read")
        return
    for line in summary_lines(summary(found.board, found.rows)):
        console.say(line)
