"""Folding what a survey told into the board, many results at a time. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from tui.domain.board import LOADING, Board, Section
from tui.domain.reference import Repository
from tui.domain.snapshot import Loading, Reading

Result = tuple[str, Repository, Reading]
"""What was read, or why not, of a repository in the environment of this name."""


def apply(board: Board, results: Iterable[Result]) -> Board:
    """The board after `results`, of which the last for a cell counts; each repository is made anew only once.

    What is not read whole takes the place of nothing that is: that may be older, but it lacks nothing.
    """
    columns = {name: at for at, name in enumerate(board.path.names)}
    readings: dict[Repository, list[Reading]] = {}
    for environment, repository, reading in results:
        if repository not in readings:
            section = board.sections.get(repository)
            readings[repository] = list(section.readings) if section else [LOADING] * len(columns)
        if not isinstance(reading, Loading) or isinstance(readings[repository][columns[environment]], Loading):
            readings[repository][columns[environment]] = reading
    if not readings:
        return board
    changed = {name: Section(name, tuple(items), board.sections.get(name)) for name, items in readings.items()}
    grown = board.with_repositories(changed)
    return replace(grown, sections={**grown.sections, **changed})
