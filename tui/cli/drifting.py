"""`--all-drift`: the survey says which images are to be promoted."""

from collections.abc import Iterator

from tui.cli.commands import PromoteCommand
from tui.cli.exits import Exit
from tui.cli.looking import Look, look
from tui.cli.output import Console
from tui.cli.planning import Ends, Wanted, request_for
from tui.cli.reading import is_incomplete
from tui.domain.board import Row
from tui.domain.drift import State
from tui.domain.environment import PromotionPath
from tui.domain.plan import Request
from tui.domain.reference import Digest
from tui.domain.signatures import is_derived
from tui.usecases.workbench import Workbench

_DRIFTS = frozenset({State.MISSING, State.DIFFERS})


async def wanted_by_drift(bench: Workbench, command: PromoteCommand, ends: Ends, console: Console) -> Wanted:
    """A request for each tag that drifts in the target and of which the source has another image. Raises UsageError.

    What could not be read is told, and makes the whole incomplete: nobody knows whether it drifts. Tags derived from a
    digest are left out: what they hold travels along with its image.
    """
    seen = await look(bench, command.repositories, command.tag, console)
    requests = tuple(_requests(bench.path, seen.rows, command, ends))
    _tell(seen, requests, ends, console)
    if is_incomplete(seen.rows, seen.problems):
        return Wanted(requests, Exit.INCOMPLETE)
    return Wanted(requests, Exit.FAILED if seen.unmatched and not seen.rows else Exit.DONE)


def _requests(path: PromotionPath, rows: tuple[Row, ...], command: PromoteCommand, ends: Ends) -> Iterator[Request]:
    source, target = (path.names.index(end.name) for end in (ends.source, ends.target))
    for row in rows:
        offered, held = _digest(row, source), _digest(row, target)
        is_wanted = row.states[target] in _DRIFTS and not is_derived(row.tag)
        if is_wanted and offered is not None and offered != held:
            yield request_for(command, ends, row.repository, row.tag, offered)


def _digest(row: Row, column: int) -> Digest | None:
    entry = row.entries[column]
    return entry.digest if entry else None


def _tell(seen: Look, requests: tuple[Request, ...], ends: Ends, console: Console) -> None:
    seen.tell(console, "promote")
    if not requests and seen.rows:
        told = "that was read " if is_incomplete(seen.rows, seen.problems) else ""
        console.say(f"nothing to promote: nothing {told}drifts in {ends.target.name} that {ends.source.name} has anew")
