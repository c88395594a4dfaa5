"""Which images have to be looked at to tell how old drift is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tui.domain.board import Board, Row
from tui.domain.drift import State
from tui.domain.environment import Environment
from tui.domain.reference import Digest, Repository
from tui.domain.signatures import is_derived

Place = tuple[Environment, Repository]
"""Where an image can be read."""


def dating_images(board: Board, rows: Iterable[Row]) -> Mapping[Digest, Place]:
    """The images whose making tells how old the drift among `rows` is, each with a place where it can be read.

    Both sides of cells that differ come first, then what the base has where one lacks it. What cosign tags is no image.
    """
    drifting = tuple(row for row in rows if row.drifts and not is_derived(row.tag))
    return dict((*_sides(board, drifting, State.DIFFERS), *_sides(board, drifting, State.MISSING)))


def _sides(board: Board, rows: Sequence[Row], wanted: State) -> Iterator[tuple[Digest, Place]]:
    for row in rows:
        for column, state in enumerate(row.states):
            for at in (0, column) if state is wanted else ():
                entry = row.entries[at]
                if entry and entry.digest:
                    yield entry.digest, (board.path.environments[at], row.repository)
