"""The JSON document of `status`: pure functions from values to plain data. Schema 1."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, assert_never

from tui.cli.reading import Problem
from tui.domain.board import Board, Row
from tui.domain.drift import Cell, State
from tui.domain.explanation import Clue, Explained, Explanation, Likeness, Undecided
from tui.domain.reference import Tag
from tui.domain.timestamps import format_timestamp

COUNTED: Final = (State.IN_SYNC, State.DIFFERS, State.MISSING, State.EXTRA, State.UNKNOWN)


def cell_document(cell: Cell) -> dict[str, Any]:
    """A cell; what is not known is left out, but for the digest, which is null."""
    entry = cell.entry
    document: dict[str, Any] = {"state": cell.state.value, "digest": None}
    if entry is not None:
        document["digest"] = str(entry.digest) if entry.digest else None
        moments = {"created": entry.created, "pushed": entry.pushed}
        document |= {name: format_timestamp(moment) for name, moment in moments.items() if moment}
        document |= {"locked": True} if entry.locked else {}
    if cell.explanation is not None:
        document |= explanation_document(cell.explanation)
    if cell.failure is not None:
        document["detail"] = cell.failure.detail
    return document


def explanation_document(explanation: Explanation) -> dict[str, Any]:
    """Why a cell differs and what that rests on, the most telling first; or sentences on what was missing."""
    match explanation:
        case Explained(reason, clues, likeness):
            document = {"reason": reason.value, "evidence": [_clue(clue) for clue in clues]}
            return document | ({"layers": _layers(likeness)} if likeness else {})
        case Undecided(missing):
            return {"undecided": list(missing)}
        case _:
            assert_never(explanation)


def _clue(clue: Clue) -> dict[str, str]:
    return {"text": clue.text} | ({"at": format_timestamp(clue.at)} if clue.at else {})


def _layers(likeness: Likeness) -> dict[str, int]:
    return {"shared": likeness.shared, "of": likeness.layers, "missing_bytes": likeness.missing_bytes}


def row_document(board: Board, row: Row, aliases: Sequence[Tag] = ()) -> dict[str, Any]:
    """A row with a cell for each environment; `aliases` are the other tags of its image.

    What was read, but has no base to be held against, says so.
    """
    cells = {name: cell_document(board.cell(row, at)) for at, name in enumerate(board.path.names)}
    for cell in cells.values():
        if cell["state"] == State.UNKNOWN:
            cell.setdefault("detail", f"{board.path.base.name} could not be read, so there is nothing to compare with")
    names = {"repository": row.repository, "tag": row.tag} | ({"aliases": list(aliases)} if aliases else {})
    return names | {"cells": cells}


def problem_document(problem: Problem) -> dict[str, Any]:
    """Something that could not be read."""
    document = {"environment": problem.environment}
    if problem.repository is not None:
        document["repository"] = problem.repository
    return document | {"operation": problem.failure.operation, "detail": problem.failure.detail}


def summary(board: Board, rows: Sequence[Row]) -> Mapping[str, Mapping[str, int]]:
    """How many of `rows` stand in each state, for every environment; the base can only be `unknown`."""
    counts = {name: {state.value: 0 for state in COUNTED} for name in board.path.names}
    for row in rows:
        for name, state in zip(board.path.names, row.states, strict=True):
            if state is not State.BASE:
                counts[name][state.value] += 1
    return counts
