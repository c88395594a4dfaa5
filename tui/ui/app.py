"""The application: it owns what must outlive a screen, and lends its keys to all of them."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import App
from textual.binding import ActiveBinding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.driver import Driver
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender

from tui.ui import keys, themes
from tui.ui.glyphs import ASCII, UNICODE
from tui.ui.hangup import end_with_terminal
from tui.ui.keymap import unknown_ids

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tui.ports.journal import Clock
    from tui.ui.deck import Deck
    from tui.ui.entrance import Entrance
    from tui.ui.messages import KeyClicked
    from tui.ui.remembering import Remembering
    from tui.ui.screens.board import BoardScreen
    from tui.ui.screens.help import HelpScreen
    from tui.usecases.workbench import Workbench

_BOARD: Final = "board"
"""The mode whose stack of screens has the board at its bottom."""

_WIDTHS: Final = [(0, "-tiny"), (40, "-single"), (80, "-narrow"), (100, "-listed"), (160, "-wide")]
"""Columns from which a screen gets each class: below 80, one environment is shown at a time."""

_HEIGHTS: Final = [(0, "-flat"), (10, "-low"), (16, "-mid"), (30, "-tall"), (40, "-high")]
"""Lines from which a screen gets each class."""


_PATIENCE: Final = 2.0
"""Seconds that the last known board may stand on the terminal while the journal is being read."""

_REMEMBERED: Final = 2.0
"""Seconds between two looks whether the board has become another."""


def _now() -> datetime:
    return datetime.now(UTC)


def _driver(entrance: "Entrance | None") -> "type[Driver] | None":
    """Textual's driver; None for the one that it finds itself."""
    if entrance is None:
        return None
    from tui.ui.takeover import driver_over

    return driver_over(entrance.curtain)


def _actions() -> type[Provider]:
    from tui.ui.palette import ActionProvider

    return ActionProvider


class PlainBar(ScrollBarRender):
    """A scrollbar without the block characters that make its ends look smooth."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * len(ScrollBarRender.VERTICAL_BARS)
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * len(ScrollBarRender.HORIZONTAL_BARS)


class WindlassApp(App[int]):
    """The dashboard. `keymap` gives keys by binding id; what clashes there is said in the log."""

    TITLE = "windlass"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.APP))
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_actions}

    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS

    def __init__(
        self,
        workbench: "Workbench",
        *,
        ascii_only: bool = False,
        title: str = "windlass",
        keymap: Mapping[str, str] | None = None,
        clock: "Clock" = _now,
        entrance: "Entrance | None" = None,
    ) -> None:
        super().__init__(_driver(entrance), ansi_color=True if "NO_COLOR" in os.environ else None)
        self.title = title
        self._workbench = workbench
        self._glyphs = ASCII if ascii_only else UNICODE
        self._keys = dict(keymap or {})
        self._clock = clock
        self.deck: Deck | None = None
        """What the board stands on; None until there is one."""
        self._entrance = entrance
        self._remembering: Remembering | None = None
        themes.install(self)

    async def on_mount(self) -> None:
        """Sets up the board. Nothing is painted and no key is read before this has ended, so that none is lost."""
        self.set_class(self._glyphs.is_ascii, "-ascii")
        ScrollBar.renderer = PlainBar if self._glyphs.is_ascii else ScrollBarRender
        unknown = unknown_ids(self._keys)
        self.set_keymap({name: pressed for name, pressed in self._keys.items() if name not in unknown})
        if sys.__stdin__ is not None and not self.is_headless and sys.__stdin__.isatty():
            end_with_terminal(sys.__stdin__.fileno())
        await self._begin()

    async def _begin(self) -> None:
        from tui.ui.deck import make_deck
        from tui.ui.screens.board import BoardScreen

        self.deck = make_deck(self, self._workbench, self._clock, self._glyphs, self._keys)
        board = BoardScreen(self.deck)
        self.add_mode(_BOARD, lambda: board)  # pyright: ignore[reportUnknownMemberType] - generic without arguments
        await self.switch_mode(_BOARD)
        self.deck.surveys.start()
        if self._entrance is not None:
            await self._enter(self._entrance, self.deck, board)
        self.deck.insights.start()
        self.deck.leftovers.look()

    async def _enter(self, entrance: "Entrance", deck: "Deck", board: "BoardScreen") -> None:
        """Has the board remember what the curtain shows of it, before it takes its place; and remember it anew."""
        from tui.ui.remembering import Remembering

        if entrance.curtain.shows_board:
            with suppress(TimeoutError):
                await asyncio.wait_for(deck.surveys.recalled.wait(), _PATIENCE)
            board.browser.show(deck.insights.board)
        self._remembering = Remembering(deck, board, entrance.keep)
        self.set_interval(_REMEMBERED, self._remembering.look)

    def exit(self, result: int | None = None, return_code: int = 0, message: "RenderableType | None" = None) -> None:
        """Ends, with a last glimpse of the board for the next time."""
        if self._remembering is not None:
            self._remembering.look()
        super().exit(result, return_code, message)

    def on_key_clicked(self, message: "KeyClicked") -> None:
        """Counts a click on a key as the key. Sent by a screen, the key would stop there and find no binding."""
        self.simulate_key(message.key)

    # -- actions -------------------------------------------------------------------------------------------------

    def listed_actions(self, screen: Screen[object]) -> Sequence[ActiveBinding]:
        """Every action that can be run on `screen` now; what is wanted most by name comes first."""
        order = {key.id: keys.GROUPS.index(key.group) for key in keys.ALL}
        listed = [active for active in screen.active_bindings.values() if active.binding.id in order]
        return sorted(listed, key=lambda active: order[active.binding.id or ""])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a code to copy only while somebody has to sign in."""
        del parameters
        return action != "copy_sign_in_code" or (self.deck is not None and self.deck.sign_in.is_asked)

    def action_copy_sign_in_code(self) -> None:
        if self.deck is not None:
            self.deck.sign_in.copy_code()

    def action_help(self) -> None:
        from tui.domain.explanation import Reason
        from tui.ui.screens.help import HelpScreen

        listed = self.listed_actions(self.screen)
        words = [(reason.value, reason.sentence) for reason in Reason]
        bindings = [active.binding for active in listed]
        self._offer(listed, HelpScreen(bindings, self._glyphs.legend, words))

    def action_menu(self) -> None:
        """Offers what can be done with the cell at the cursor."""
        from tui.ui.screens.help import HelpScreen

        doing = {key.id for key in keys.ALL if key.group == keys.DOING}
        listed = [active for active in self.listed_actions(self.screen) if active.binding.id in doing]
        self._offer(listed, HelpScreen([active.binding for active in listed], title="what can be done here"))

    def _offer(self, listed: Sequence[ActiveBinding], screen: "HelpScreen") -> None:
        """Shows `screen`, which lists the actions of `listed`, and runs what is chosen there."""
        nodes: dict[str, DOMNode] = {active.binding.action: active.node for active in listed}

        async def run(action: str | None) -> None:
            if action is not None:
                await self.run_action(action, nodes[action])

        self.push_screen(screen, run)

    def action_change_theme(self) -> None:
        self.search_themes()

    async def action_quit(self) -> None:
        """Quits at once where nothing is being written; else it asks."""
        if self.deck is None or not self.deck.is_busy:
            self.exit(0)
            return
        from tui.ui.stopping import ask_to_quit

        ask_to_quit(self.deck)

    def _fatal_error(self) -> None:
        """Ends with a traceback, as Textual does, but without the local variables: they may hold a login."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        told = Traceback(show_locals=False, width=None)
        self._exit_renderables.append(Segments(self.console.render(told, self.console.options)))
        self._close_messages_no_wait()
