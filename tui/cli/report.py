"""`windlass report`: what drifts, why and since when, as Markdown or HTML for a change ticket."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, assert_never

from tui.cli.commands_reading import ReportCommand, ReportFormat
from tui.cli.exits import Exit
from tui.cli.explaining import explain, reasons_line
from tui.cli.looking import Look, look
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.reading import Findings
from tui.cli.report_file import destination, write_report
from tui.cli.running import run_until_signalled
from tui.domain import amounts
from tui.domain.board import Row
from tui.domain.report import Report, Request, make_report
from tui.domain.report_html import html_report
from tui.domain.report_markdown import markdown_report
from tui.domain.summary_text import heading, undated_sentence
from tui.usecases.origins import with_origins
from tui.usecases.workbench import Workbench

_LEFT: Final = "no report was written"
_PLAIN: Final = str.maketrans({"▲": "^", "→": "->", "…": "~", "·": "-", "≠": "D", "–": "-"})


def run_report(command: ReportCommand, console: Console) -> Exit:
    """Opens what the settings say and reports on it. Raises SettingsError, UsageError, WindlassError."""
    file = destination(command.file, Path.cwd()) if command.file is not None else None
    return run_until_signalled(report(command, console, opener_for(command.common), file), console, _LEFT)


async def report(command: ReportCommand, console: Console, opener: Opener, file: Path | None) -> Exit:
    """Reports on the workbench that `opener` opens, to `file` or stdout. Raises UsageError, WindlassError."""
    async with opener() as bench:
        tell_notices(bench, console)
        seen = await _look_into(bench, command, console)
        changes = await bench.last_changes()
    gaps = tuple(problem.sentence for problem in seen.problems)
    request = Request(seen.findings.board, seen.rows, changes, gaps, _narrowing(command))
    made = make_report(request, seen.findings.taken_at)
    text = _fit(_rendered(made, command.format), console)
    if file is None:
        console.document(text.rstrip("\n"))
    else:
        write_report(file, text)
    _tell(seen, made, console)
    if file is not None:
        console.say(f"wrote {file}")
    return seen.verdict


async def _look_into(bench: Workbench, command: ReportCommand, console: Console) -> Look:
    seen = await look(bench, command.repositories, command.tag, console)
    findings = await explain(bench, seen.findings, seen.rows, console)
    return replace(seen, findings=await _dated(bench, findings, seen.rows, console))


async def _dated(bench: Workbench, findings: Findings, rows: Sequence[Row], console: Console) -> Findings:
    """The findings with what tells when the images that drift were made; shows how far it is."""

    def tell(done: int, total: int) -> None:
        if console.shows_progress:
            console.progress(f"looked at {done} of {amounts.count(total, 'image')}")

    return replace(findings, board=await with_origins(await bench.library(), findings.board, rows, tell))


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


def _tell(seen: Look, made: Report, console: Console) -> None:
    """Remarks, problems, and the report in a line, for people."""
    seen.tell(console, "report")
    if not seen.rows:
        return
    console.say(heading(made.summary))
    if undated := undated_sentence(made.undated):
        console.say(undated)
    if told := reasons_line(seen.findings.board, seen.rows):
        console.say(told)
