"""From what is marked on the board to what is asked of the planner. Pure."""

from collections.abc import Sequence

from tui.domain.board import Row
from tui.domain.environment import Environment, PromotionPath
from tui.domain.past import undone_by
from tui.domain.plan import Request


def destination(path: PromotionPath, column: int) -> tuple[Environment, Environment] | None:
    """Source and target of a promotion asked for on `column`: into it from the one before, on the base to the next.

    None where the path has only a base.
    """
    target = path.environments[column] if column else path.after(path.base.name)
    source = path.before(target.name) if target else None
    return (source, target) if source and target else None


def requests_for(rows: Sequence[Row], path: PromotionPath, column: int) -> tuple[Request, ...]:
    """One request for each of `rows`, pinned to the source's digest that the board shows."""
    ends = destination(path, column)
    if ends is None:
        return ()
    source, target = ends
    at = path.names.index(source.name)
    return tuple(_request(row, source, target, at) for row in rows)


def _request(row: Row, source: Environment, target: Environment, at: int) -> Request:
    entry = row.entries[at]
    return Request(source, target, row.repository, row.tag, row.tag, seen=entry.digest if entry else None)


def is_undo(request: Request) -> bool:
    """True where it puts back what a promotion replaced."""
    return bool(undone_by(request.occasion))
