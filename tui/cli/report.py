"""`windlass report`: what drifts, why and since when, as Markdown or HTML for a change ticket."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, assert_never

from tui.cli.commands import ReportCommand, ReportFormat
from tui.cli.exits import Exit
from tui.cli.explaining import explain, reasons_line
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.reading import Findings, Problem, is_incomplete, read_everything, unresolved
from tui.cli.report_file import destination, write_report
from tui.cli.running import run_until_signalled
from tui.cli.selection import narrow
from tui.cli.unmatched import unmatched
from tui.domain import amounts
from tui.domain.board import Row
from tui.domain.report import Report, Request, make_report
from tui.domain.report_html import html_report
from tui.domain.report_markdown import markdown_report
from tui.domain.staleness import Changes
from tui.domain.summary_text import heading, undated_sentence
from tui.usecases.origins import with_origins
from tui.usecases.workbench import Workbench

_LEFT: Final = "no report was written"
_PLAIN: Final = str.maketrans({"▲": "^", "→": "->", "…": "~", "·": "-", "≠": "D", "–": "-"})


def run_report(command: ReportCommand, console: Console) -> Exit:
    """Opens what the settings say and reports on it. Raises SettingsError, UsageError, WindlassError."""
    file = destination(command.file, Path.cwd()) if command.file is not None else None
    return run_until_signalled(report(command, console, opener_for(command.common), file), console, _LEFT)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found, the rows that were asked for, what the journal knows, and what could not be read.

    `unmatched` are sentences on filters that match nothing.
    """

    findings: Findings
    rows: tuple[Row, ...]
    changes: Changes
    problems: tuple[Problem, ...]
    unmatched: tuple[str, ...]

    @property
    def verdict(self) -> Exit:
        if is_incomplete(self.rows, self.problems):
            return Exit.INCOMPLETE
        if self.unmatched and not self.rows:
            return Exit.FAILED
        return Exit.DRIFT if any(row.drifts for row in self.rows) else Exit.DONE


async def report(command: ReportCommand, console: Console, opener: Opener, file: Path | None) -> Exit:
    """Reports on the workbench that `opener` opens, to `file` or stdout. Raises UsageError, WindlassError."""
    async with opener() as bench:
        tell_notices(bench, console)
        found = await _find(bench, command, console)
    request = Request(found.findings.board, found.rows, found.changes, _gaps(found.problems), _narrowing(command))
    made = make_report(request, found.findings.taken_at)
    text = _fit(_rendered(made, command.format), console)
    if file is None:
        console.document(text.rstrip("\n"))
    else:
        write_report(file, text)
    _tell(found, made, console)
    if file is not None:
        console.say(f"wrote {file}")
    return found.verdict


async def _find(bench: Workbench, command: ReportCommand, console: Console) -> _Found:
    findings = await read_everything(bench, narrow(bench.scope, command.repositories), console)
    rows = tuple(row for row in findings.board.rows if command.tag is None or command.tag.search(row.tag))
    findings = await explain(bench, findings, rows, console)
    findings = await _dated(bench, findings, rows, console)
    problems = (*findings.problems, *unresolved(findings, rows))
    missed = await unmatched(bench, findings, command.repositories, command.tag)
    return _Found(findings, rows, await bench.last_changes(), problems, missed)


async def _dated(bench: Workbench, findings: Findings, rows: Sequence[Row], console: Console) -> Findings:
    """The findings with what tells when the images that drift were made; shows how far it is."""

    def tell(done: int, total: int) -> None:
        if console.shows_progress:
            console.progress(f"looked at {done} of {amounts.count(total, 'image')}")

    return replace(findings, board=await with_origins(await bench.library(), findings.board, rows, tell))


def _gaps(problems: Sequence[Problem]) -> tuple[str, ...]:
    return tuple(problem.sentence for problem in problems)


def _narrowing(command: ReportCommand) -> str:
    """What was asked for, in the words of the command line; empty where that is everything."""
    words = [word for glob in command.repositories for word in ("--repo", glob)]
    words += ["--tag", command.tag.pattern] if command.tag else []
    return f"what {shlex.join(words)} matches" if words else ""


def _rendered(made: Report, wanted: ReportFormat) -> str:
    match wanted:
        case ReportFormat.MARKDOWN:
            return markdown_report(made)
        case ReportFormat.HTML:
            return html_report(made)
        case _:
            assert_never(wanted)


def _fit(text: str, console: Console) -> str:
    """`text` as the terminal and its file may have it."""
    return text.translate(_PLAIN).encode("ascii", "replace").decode() if console.ascii_only else text


def _tell(found: _Found, made: Report, console: Console) -> None:
    """Remarks, problems, and the report in a line, for people."""
    for problem in (*found.findings.remarks, *found.problems):
        console.say(problem.sentence)
    for sentence in found.unmatched:
        console.say(sentence)
    if not found.rows:
        if not found.unmatched:
            console.say("nothing to report: there is no tag, or none could be read")
        return
    console.say(heading(made.summary))
    if undated := undated_sentence(made.undated):
        console.say(undated)
    if told := reasons_line(found.findings.board, found.rows):
        console.say(told)
