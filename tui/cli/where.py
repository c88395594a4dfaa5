"""`windlass where`: which environments and tags hold a commit, a build or a digest."""

import json
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, assert_never

from tui.cli.commands_reading import WhereCommand
from tui.cli.documents import problem_document
from tui.cli.exits import Exit
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.reading import Findings, Problem, is_incomplete, read_everything, unresolved
from tui.cli.running import run_until_signalled
from tui.cli.schema import SCHEMA
from tui.cli.selection import narrow
from tui.cli.unmatched import unmatched
from tui.cli.where_text import (
    holding_document,
    holding_lines,
    sort_holdings,
    unidentified_document,
    unidentified_sentence,
)
from tui.domain import amounts
from tui.domain.needle import Needle
from tui.domain.timestamps import format_timestamp
from tui.usecases.finding import Find, Holding, Looked, Unidentified
from tui.usecases.workbench import Workbench

_LEFT: Final = "not everything was looked at, so nothing is said"
_MOST_TOLD: Final = 10
"""So many images that could not be read are told one by one; the JSON document has them all."""


def run_where(command: WhereCommand, console: Console) -> Exit:
    """Opens what the settings say and looks there. Raises SettingsError, UsageError."""
    return run_until_signalled(where(command, console, opener_for(command.common)), console, _LEFT)


async def where(command: WhereCommand, console: Console, opener: Opener) -> Exit:
    """Prints where it is on the workbench that `opener` opens."""
    async with opener() as bench:
        tell_notices(bench, console)
        findings = await read_everything(bench, narrow(bench.scope, command.repositories), console)
        missed = await unmatched(bench, findings, command.repositories)
        search = await _search(bench, findings, command.needle, console)
    if command.as_json:
        console.document(json.dumps(_document(search, command.needle), indent=2))
    elif search.found:
        for line in holding_lines(search.found):
            console.data(line)
    for sentence in missed:
        console.say(sentence)
    _tell(search, command.needle, console)
    return search.verdict


@dataclass(slots=True)
class _Search:
    """A search under way, after a survey."""

    findings: Findings
    problems: tuple[Problem, ...]
    holdings: list[Holding] = field(default_factory=list[Holding])
    unidentified: list[Unidentified] = field(default_factory=list[Unidentified])
    looked: Looked = field(default_factory=lambda: Looked(0, 0))

    def take(self, find: Find) -> None:
        match find:
            case Holding():
                self.holdings.append(find)
            case Unidentified():
                self.unidentified.append(find)
            case Looked():
                self.looked = find
            case _:
                assert_never(find)

    @property
    def found(self) -> tuple[Holding, ...]:
        return sort_holdings(self.findings.board, self.holdings)

    @property
    def is_incomplete(self) -> bool:
        return is_incomplete(self.findings.board.rows, self.problems) or bool(self.unidentified)

    @property
    def verdict(self) -> Exit:
        if self.is_incomplete:
            return Exit.INCOMPLETE
        return Exit.DONE if self.holdings else Exit.FAILED


async def _search(bench: Workbench, findings: Findings, needle: Needle, console: Console) -> _Search:
    rows = findings.board.rows
    search = _Search(findings, (*findings.problems, *unresolved(findings, rows)))
    async with aclosing(bench.find(findings.board, rows, needle)) as finds:
        async for find in finds:
            search.take(find)
            if console.shows_progress:
                console.progress(f"looked at {search.looked.done} of {amounts.count(search.looked.total, 'image')}")
    return search


def _document(search: _Search, needle: Needle) -> dict[str, Any]:
    unread = [problem_document(problem) for problem in search.problems]
    return {
        "schema": SCHEMA,
        "needle": needle.text,
        "taken_at": format_timestamp(search.findings.taken_at),
        "found": [holding_document(search.findings.board, holding) for holding in search.found],
        "unread": [*unread, *(unidentified_document(image) for image in search.unidentified)],
    }


def _tell(search: _Search, needle: Needle, console: Console) -> None:
    """Remarks, what could not be read, and what follows from that, for people."""
    for problem in (*search.findings.remarks, *search.problems):
        console.say(problem.sentence)
    for image in search.unidentified[:_MOST_TOLD]:
        console.say(unidentified_sentence(image))
    if (left := len(search.unidentified) - _MOST_TOLD) > 0:
        console.say(f"nor that of {amounts.count(left, 'other tag')}; --json tells all")
    told = f"looked through {amounts.count(len(search.findings.board.rows), 'tag')}"
    images = search.looked.total
    told = f"{told}, at {amounts.count(images, 'image')}" if images else told
    console.say(f"{told}, for {needle.text} as {needle.kinds}" if search.holdings else told)
    if outcome := _outcome(search, needle):
        console.say(outcome)


def _outcome(search: _Search, needle: Needle) -> str:
    """What an empty answer or an incomplete one means; empty where the table says it all."""
    if search.holdings:
        return "there may be more: not everything could be read" if search.is_incomplete else ""
    if search.is_incomplete:
        return f"{needle.text} was not found, but not everything could be read: it may be there all the same"
    if not search.findings.board.rows:
        return "nothing to look through: there is no tag"
    return f"no environment holds {needle.text} as {needle.kinds}"
