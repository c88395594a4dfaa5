"""`--all-drift`: the survey says which images are to be promoted.

Tags derived from a digest are never promoted by themselves: what they hold travels along with its image. So an image
that is there already is promoted once more where only such a tag of its drifts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui.cli.commands_writing import PromoteCommand
from tui.cli.exits import Exit
from tui.cli.looking import Look, look
from tui.cli.output import Console
from tui.cli.planning import Ends, Wanted, request_for
from tui.cli.reading import is_incomplete
from tui.domain.board import Row
from tui.domain.drift import State
from tui.domain.plan import Request
from tui.domain.reference import Digest
from tui.domain.signatures import is_derived, subject_of
from tui.usecases.workbench import Workbench

_DRIFTS = frozenset({State.MISSING, State.DIFFERS})


async def wanted_by_drift(bench: Workbench, command: PromoteCommand, ends: Ends, console: Console) -> Wanted:
    """A request for each tag that drifts in the target and of which the source has another image. Raises UsageError.

    What could not be read is told, and makes the whole incomplete: nobody knows whether it drifts.
    """
    seen = await look(bench, command.repositories, command.tag, console)
    columns = _Columns(*(bench.path.names.index(end.name) for end in (ends.source, ends.target)))
    chosen = (*columns.drifting(seen.rows), *columns.carriers(seen.rows, seen.findings.board.rows))
    requests = tuple(
        request_for(command, ends, row.repository, row.tag, _digest(row, columns.source)) for row in chosen
    )
    _tell(seen, requests, ends, console)
    if not requests and (left := sum(1 for _ in columns.derived(seen.rows))):
        those = "tag of a signature is" if left == 1 else "tags of signatures are"
        console.say(f"{left} {those} missing or different there, and no promotion takes that along")
    if is_incomplete(seen.rows, seen.problems):
        return Wanted(requests, Exit.INCOMPLETE)
    return Wanted(requests, Exit.FAILED if seen.unmatched and not seen.rows else Exit.DONE)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the source and the target stand on the board."""

    source: int
    target: int

    def drifting(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The images that drift in the target and of which the source has another."""
        return (row for row in rows if self._is_behind(row) and not is_derived(row.tag))

    def carriers(self, rows: Iterable[Row], board: Iterable[Row]) -> Iterator[Row]:
        """Of each image among `rows` that both hold, one tag, where a tag derived from its digest is missing.

        One that holds something else is the target's own, and a promotion leaves it as it is.
        """
        missing = (row for row in self.derived(board) if _digest(row, self.target) is None)
        wanted = {(row.repository, subject) for row in missing if (subject := subject_of(row.tag))}
        for row in rows:
            held = _digest(row, self.target)
            if held is not None and held == _digest(row, self.source) and (row.repository, held) in wanted:
                wanted.remove((row.repository, held))
                yield row

    def derived(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The tags derived from a digest that drift in the target."""
        return (row for row in rows if self._is_behind(row) and is_derived(row.tag))

    def _is_behind(self, row: Row) -> bool:
        offered = _digest(row, self.source)
        return row.states[self.target] in _DRIFTS and offered not in {None, _digest(row, self.target)}


def _digest(row: Row, column: int) -> Digest | None:
    entry = row.entries[column]
    return entry.digest if entry else None


def _tell(seen: Look, requests: tuple[Request, ...], ends: Ends, console: Console) -> None:
    seen.tell(console, "promote")
    if not requests and seen.rows:
        told = "that was read " if is_incomplete(seen.rows, seen.problems) else ""
        console.say(f"nothing to promote: nothing {told}drifts in {ends.target.name} that {ends.source.name} has anew")
