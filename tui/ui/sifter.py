"""Sifting: choosing rows a slice at a time, so that a key never waits for a hundred thousand of them."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from textual.message_pump import MessagePump
from textual.timer import Timer

from tui.domain.board import Board, Section
from tui.domain.reference import Repository
from tui.domain.rows import Rows
from tui.ui.presentation import DriftCount, add_drift, count_drift
from tui.ui.row_choice import Choice, Chosen, RowChooser, arrange
from tui.ui.widgets.repository_list import Entry

_SLICE: Final = 0.008
"""Seconds of work before keys and paints get their turn."""

_PAUSE: Final = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Sifted:
    """What a choice shows of a board: `rows` in order, the same by section, and how many there were to choose from."""

    board: Board
    choice: Choice
    rows: Rows
    chosen: tuple[Chosen, ...] = ()
    total: int = 0


class Sifter:
    """Chooses the rows of a board and counts the drift of its repositories. A small board takes one slice.

    `show` hears what was chosen, and where nothing was shown before, the first of it as soon as there is any; `count`
    hears how the repositories drift. What is asked for last takes the place of what is under way.
    """

    def __init__(
        self, host: MessagePump, show: Callable[[Sifted], None], count: Callable[[tuple[Entry, ...]], None]
    ) -> None:
        self._host = host
        self._show = show
        self._count = count
        self._chooser = RowChooser()
        self._counts: dict[Repository, tuple[Section, DriftCount]] = {}
        self._steps: Iterator[None] = iter(())
        self._timer: Timer | None = None
        self._has_shown = False

    def sift(self, board: Board, choice: Choice) -> None:
        """Begins to choose what `choice` asks for of `board`."""
        self._steps = self._work(board, choice)
        self._run()

    def finish(self) -> None:
        """Does at once what is left to do."""
        for _ in self._steps:
            pass

    def _run(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        until = time.monotonic() + _SLICE
        for _ in self._steps:
            if time.monotonic() > until:
                self._timer = self._host.set_timer(_PAUSE, self._run)
                return

    def _work(self, board: Board, choice: Choice) -> Iterator[None]:
        """A step for each section to choose from, and one for each to count."""
        chosen: list[Chosen] = []
        began = time.monotonic()
        for each in self._chooser.steps(board, choice):
            chosen.append(each)
            if not self._has_shown and time.monotonic() - began > _SLICE:
                self._tell(board, choice, chosen)
            yield
        self._tell(board, choice, chosen)
        yield
        entries: list[Entry] = []
        for section in board.sections.values():
            entries.append(Entry(section.repository, self._drift(section)))
            yield
        self._count((Entry(None, add_drift([entry.drift for entry in entries])), *entries))

    def _tell(self, board: Board, choice: Choice, chosen: list[Chosen]) -> None:
        total = sum(len(each.section.table.tags) for each in chosen)
        rows = arrange(chosen, choice)
        self._has_shown = bool(rows)
        self._show(Sifted(board, choice, rows, tuple(chosen), total))

    def _drift(self, section: Section) -> DriftCount:
        known = self._counts.get(section.repository)
        if known is None or known[0] is not section:
            known = self._counts[section.repository] = (section, count_drift(section))
        return known[1]
