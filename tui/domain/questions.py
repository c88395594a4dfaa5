"""What there is to ask of a board: why its cells differ."""

from collections.abc import Iterable, Iterator

from tui.domain.aliases import AliasFinder
from tui.domain.board import Board, Row, Section
from tui.domain.drift import State
from tui.domain.explanation import Question
from tui.domain.snapshot import is_live


def questions_on(board: Board, rows: Iterable[Row], finder: AliasFinder) -> Iterator[Question]:
    """A question for each cell of `rows` that differs, in their order, as far as both sides were read in this session.

    `finder` tells the base's other tags.
    """
    for row in rows:
        section = board.sections.get(row.repository)
        if State.DIFFERS in row.states and section and is_live(section.readings[0]):
            yield from _of_row(board, section, row, finder)


def _of_row(board: Board, section: Section, row: Row, finder: AliasFinder) -> Iterator[Question]:
    for column, state in enumerate(row.states):
        held = row.entries[column]
        if state is State.DIFFERS and held and held.digest and is_live(section.readings[column]):
            question = board.question(row, column, finder.tags_of(section, 0, held.digest))
            if question:
                yield question
