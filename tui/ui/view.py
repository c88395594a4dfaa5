"""What the operator looks at: it is worked on first."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain.board import Board, Row, Section
from tui.ui.row_choice import Chosen


@dataclass(frozen=True, slots=True)
class View:
    """The board with the rows in sight and, by section, all that the filter shows.

    `scope` are the sections whose images the filter asks about by their origin; none where it does not.
    `shows_origin` is true where the rows in sight say where their images come from.
    """

    board: Board
    visible: Sequence[Row] = ()
    chosen: tuple[Chosen, ...] = ()
    scope: tuple[Section, ...] = ()
    shows_origin: bool = False
