"""Opening what can be done with the cell at the cursor: screens over the board, and what becomes of their answers."""

import shlex
from typing import TYPE_CHECKING, Final

from tui.domain.text import clean
from tui.ui.deck import Deck
from tui.ui.locksmith import change_for
from tui.ui.messages import Said
from tui.ui.plainly import plainly
from tui.ui.presentation import cell_values
from tui.ui.requests import requests_for
from tui.ui.widgets.log_pane import LogPane
from tui.ui.widgets.reminder_line import ReminderLine

if TYPE_CHECKING:
    from tui.ui.widgets.browser import Browser


_SHORTEST: Final = 4
"""Characters that the command wants at least; the filter is content with fewer."""


_ROOM_FOR_TOASTS: Final = 30
"""Lines of a screen on which a toast covers little."""


class Opener:
    """Opens screens for what `browser` has at its cursor or marked. Each screen is imported when it is first opened."""

    def __init__(self, deck: Deck, browser: "Browser") -> None:
        self._deck = deck
        self._path = deck.workbench.path
        self._browser = browser
        self._matrix = browser.matrix

    def copy(self) -> None:
        """Offers the values of the cell."""
        from tui.ui.screens.copy import CopyScreen

        if self._matrix.current is not None:
            values = cell_values(self._matrix.current, self._matrix.column, self._path)
            self._deck.app.push_screen(CopyScreen(values), self._copied)

    def compare(self) -> None:
        """Compares the cell with the base's, or two marked rows in the cursor's environment."""
        from tui.ui.pairs import pair_for
        from tui.ui.screens.compare import CompareScreen

        board = self._deck.insights.board
        pair = pair_for(self._browser.targets, self._matrix.current, board, self._matrix.column)
        if isinstance(pair, str):
            self._say(pair)
            return
        for note in pair.notes:
            self._say(note, "warning")
        self._deck.app.push_screen(CompareScreen(self._deck, pair.left, pair.right))

    def history(self) -> None:
        """Shows what is known of the tag's past in every environment."""
        from tui.ui.screens.history import HistoryScreen

        row = self._matrix.current
        if row is not None:
            self._deck.app.push_screen(HistoryScreen(self._deck, row.repository, row.tag))

    def summary(self) -> None:
        """Shows how every environment stands."""
        from tui.ui.screens.summary import SummaryScreen

        self._deck.app.push_screen(SummaryScreen(self._deck))

    def tell_where(self) -> None:
        """Says the command that looks for what the filter asks about."""
        for wanted in self._browser.origins:
            if len(wanted) >= _SHORTEST:
                self._say(shlex.join(["windlass", "where", wanted]), "command")

    def promote(self) -> None:
        """Plans a promotion of the marked rows, or this one, to the cursor's column."""
        from tui.ui.planning import ask_for_plans

        requests = requests_for(self._browser.targets, self._path, self._matrix.column)
        if requests:
            ask_for_plans(self._deck, requests, self._browser.action_mark_none)

    def undo(self) -> None:
        """Looks for what undoes the last promotion, and asks."""
        from tui.ui.taking_back import TakingBack

        TakingBack(self._deck).begin(self._warn)

    def resume(self) -> None:
        """Shows what was interrupted, and what can become of it."""
        from tui.ui.screens.interrupted import InterruptedScreen

        self._deck.app.push_screen(InterruptedScreen(self._deck))

    def approve(self) -> None:
        """Shows what approving of the cell's image for the next environment means, and asks."""
        from tui.ui.approving import ask_for_approval, wish_for

        if self._matrix.current is not None:
            wish = wish_for(self._matrix.current, self._path, self._matrix.column)
            if isinstance(wish, str):
                self._warn(wish)
            else:
                ask_for_approval(self._deck, wish)

    async def follow(self) -> None:
        """Has new tags promoted by themselves, after a question; or stops that at once."""
        await self._deck.follower.toggle(self._warn)

    def change_lock(self, *, locks: bool) -> None:
        """Asks whether the tag at the cursor is to be locked, or unlocked."""
        if self._matrix.current is not None:
            self._deck.locks.ask(change_for(self._matrix.current, self._path, self._matrix.column, locks=locks))

    def _copied(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            from tui.ui.clipboard import copy

            label, value = chosen
            self._say(f"copied the {label} {copy(self._deck.app, value)}: {value}")

    def _warn(self, sentence: str) -> None:
        """Says what cannot be, in the log and where it is seen without one.

        On a low screen a toast would lie over the board: there it is the log, and where that is hidden, a line.
        """
        self._say(sentence, "warning")
        told, screen = plainly(clean(sentence), self._deck.glyphs), self._browser.screen
        if screen.size.height >= _ROOM_FOR_TOASTS:
            self._deck.app.notify(told, severity="warning", markup=False)
        elif not screen.query_one(LogPane).is_on_screen:
            screen.query_one(ReminderLine).tell(told)

    def _say(self, text: str, kind: str = "info") -> None:
        self._browser.post_message(Said(text, kind))
