"""How a cell stands against the base, and why, in sentences. Pure."""

from datetime import datetime
from typing import Final, assert_never

from tui.domain.board import Row
from tui.domain.drift import Cell, State
from tui.domain.environment import Environment
from tui.domain.explanation import Explained, Undecided
from tui.domain.explanation_text import explanation_details, explanation_title
from tui.domain.text import clean

_ASK_ON: Final = "Enter asks on"


def evidence_text(cell: Cell, now: datetime) -> str:
    """All that the reason rests on, on one line; empty where there is none."""
    return clean("; ".join(evidence(cell, now)))


def drift_sentence(environment: Environment, row: Row, cell: Cell) -> str:
    """How the cell stands against the base, with the reason where one was found."""
    name = environment.title
    match cell.state:
        case State.BASE:
            return f"{name} is the base: what the other environments are compared with"
        case State.IN_SYNC:
            return f"{name} = base: same digest" if cell.entry else f"neither {name} nor the base has this tag"
        case State.DIFFERS:
            return f"{name} ≠ {_difference(cell)}"
        case State.MISSING:
            return f"{name} · missing: the base has this tag, {name} has not"
        case State.EXTRA:
            return f"{name} + extra: it has this tag, the base has not"
        case State.UNKNOWN:
            return _unknown_sentence(name, row, cell)
        case _:
            assert_never(cell.state)


def evidence(cell: Cell, now: datetime) -> tuple[str, ...]:
    """What the reason rests on, each with how long ago; or what was missing to find one, and what to do."""
    match cell.explanation:
        case Explained() as why:
            return explanation_details(why, now)
        case Undecided(missing):
            return (*missing, _ASK_ON)
        case None:
            return ()


def _difference(cell: Cell) -> str:
    match cell.explanation:
        case Explained() as why:
            return explanation_title(why)
        case Undecided():
            return "differs: same tag, other digest; why is undecided"
        case None:
            return "differs: same tag, other digest"


def _unknown_sentence(name: str, row: Row, cell: Cell) -> str:
    if cell.failure:
        failure = cell.failure
        mark = f" ({failure.mark})" if failure.mark else ""
        return clean(f"{name} ! unknown, {failure.kind}{mark}: cannot {failure.operation}: {failure.detail}")
    if cell.is_loading:
        return f"{name} … loading: nothing is known yet"
    if row.states[0] is State.UNKNOWN:
        return f"{name} ? unknown: the base was not read, so there is nothing to compare with"
    return f"{name} ? unknown: nothing is said of it"
