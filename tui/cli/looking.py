"""What `status` and `report` have in common: they look at all that the filters ask for, and end with how it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tui.cli.exits import Exit
from tui.cli.output import Console
from tui.cli.reading import Findings, Problem, is_incomplete, read_everything, unresolved
from tui.cli.selection import narrow
from tui.cli.unmatched import unmatched
from tui.domain.board import Row
from tui.usecases.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Look:
    """What was found, the rows that were asked for, and what kept it from being complete.

    `unmatched` are sentences on filters that match nothing.
    """

    findings: Findings
    rows: Sequence[Row]
    problems: tuple[Problem, ...]
    unmatched: tuple[str, ...]

    @property
    def verdict(self) -> Exit:
        """The exit code: 4 wins over all others."""
        if is_incomplete(self.rows, self.problems):
            return Exit.INCOMPLETE
        if self.unmatched and not self.rows:
            return Exit.FAILED
        return Exit.DRIFT if any(row.drifts for row in self.rows) else Exit.DONE

    def tell(self, console: Console, verb: str) -> None:
        """Says remarks, problems and filters in vain, and where there are no rows, that there is nothing to `verb`."""
        for problem in (*self.findings.remarks, *self.problems):
            console.say(problem.sentence)
        for sentence in self.unmatched:
            console.say(sentence)
        if not self.rows and not self.unmatched:
            console.say(f"nothing to {verb}: there is no tag, or none could be read")


async def look(bench: Workbench, globs: Sequence[str], tag: re.Pattern[str] | None, console: Console) -> Look:
    """Reads what `globs` name, whole, and chooses the rows whose tag has `tag` in it. Raises UsageError."""
    findings = await read_everything(bench, narrow(bench.scope, globs), console)
    rows = tuple(row for row in findings.board.rows if tag is None or tag.search(row.tag))
    problems = (*findings.problems, *unresolved(findings, rows))
    return Look(findings, rows, problems, await unmatched(bench, findings, globs, tag))
