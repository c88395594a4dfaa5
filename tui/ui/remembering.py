"""Remembering: a glimpse of the board is kept whenever the board has become another."""

from collections.abc import Callable
from operator import is_

from textual.geometry import Size

from tui.domain.board import Board
from tui.domain.insight import Insight
from tui.ui.deck import Deck
from tui.ui.glimpse import Glimpse
from tui.ui.screens.board import BoardScreen


class Remembering:
    """Gives `keep` a glimpse of `screen` that tells of everything that was read."""

    def __init__(self, deck: Deck, screen: BoardScreen, keep: Callable[[Glimpse], None]) -> None:
        self._deck = deck
        self._screen = screen
        self._keep = keep
        self._size: Size | None = None
        self._told: tuple[Board, Insight] | None = None

    def look(self) -> None:
        """Keeps a glimpse, unless the last one tells the same or the board is only half read."""
        surveys = self._deck.surveys
        if surveys.read_at is None or surveys.is_reading:
            return
        told, size = (surveys.board, self._deck.insights.insight), self._screen.size
        if self._told is not None and all(map(is_, told, self._told)) and size == self._size:
            return
        from tui.ui.glimpse_taker import take

        self._told, self._size = told, size
        self._keep(take(self._screen, self._deck, surveys.read_at))
