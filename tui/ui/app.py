"""The application: it owns what must outlive a screen, and lends its keys to all of them."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import App
from textual.binding import ActiveBinding, Binding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen

from tui.ports.journal import Clock
from tui.ui import keys, themes
from tui.ui.deck import Deck
from tui.ui.glyphs import ASCII, UNICODE
from tui.ui.messages import Said
from tui.ui.promotion_runner import PromotionRunner
from tui.ui.screens.board import BoardScreen
from tui.ui.survey_runner import SurveyRunner
from tui.usecases.workbench import Workbench


def _now() -> datetime:
    return datetime.now(UTC)


def _actions() -> type[Provider]:
    from tui.ui.palette import ActionProvider

    return ActionProvider


class WindlassApp(App[int]):
    """The dashboard. `keymap` gives keys by binding id; what clashes there is said in the log."""

    TITLE = "windlass"
    CSS_PATH = "board.tcss"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.APP))
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_actions}

    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [
        (0, "-tiny"),
        (40, "-single"),
        (80, "-narrow"),
        (100, "-listed"),
        (160, "-wide"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [(0, "-flat"), (10, "-low"), (30, "-tall")]

    def __init__(
        self,
        workbench: Workbench,
        *,
        ascii_only: bool = False,
        title: str = "windlass",
        keymap: Mapping[str, str] | None = None,
        clock: Clock = _now,
    ) -> None:
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.title = title
        self.keys = dict(keymap or {})
        self.surveys = SurveyRunner(self, workbench, clock, self._tell)
        self.promotions = PromotionRunner(self, workbench, clock, self._tell)
        glyphs = ASCII if ascii_only else UNICODE
        self._board = BoardScreen(Deck(self, workbench, self.surveys, self.promotions, clock, glyphs, title, self.keys))
        self._is_ascii = ascii_only
        themes.install(self)

    def get_default_screen(self) -> Screen[None]:
        """The board."""
        return self._board

    def on_mount(self) -> None:
        self.set_class(self._is_ascii, "-ascii")
        self.set_keymap(
            {name: pressed for name, pressed in self.keys.items() if name not in keys.unknown_ids(self.keys)}
        )
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """The first screen stands; now it may be filled."""
        for sentence in keys.clashes(self.keys):
            self._tell(Said(f"keys: {sentence}", "warning"))
        for name in keys.unknown_ids(self.keys):
            self._tell(Said(f"keys: there is no action {name}", "warning"))
        self.surveys.start()

    def _tell(self, message: Message) -> None:
        self._board.post_message(message)

    # -- actions -------------------------------------------------------------------------------------------------

    def listed_actions(self, screen: Screen[object]) -> Sequence[ActiveBinding]:
        """Every action that can be run on `screen` now."""
        known = {key.id for key in keys.ALL}
        return [active for active in screen.active_bindings.values() if active.binding.id in known]

    def action_help(self) -> None:
        from tui.ui.screens.help import HelpScreen

        listed = self.listed_actions(self.screen)
        nodes: dict[str, DOMNode] = {active.binding.action: active.node for active in listed}
        bindings: list[Binding] = [active.binding for active in listed]

        async def run(action: str | None) -> None:
            if action is not None:
                await self.run_action(action, nodes[action])

        self.push_screen(HelpScreen(bindings), run)

    def action_change_theme(self) -> None:
        self.search_themes()

    async def action_quit(self) -> None:
        """Quits at once where nothing is being promoted; else it asks."""
        if not self.promotions.is_busy:
            self.exit(0)
            return
        from tui.ui.screens.confirm import ConfirmScreen

        question = "Promotions are under way. Stop them and quit? A tag that was not written yet stays as it is."
        self.push_screen(ConfirmScreen(question, yes="stop them and quit", no="stay"), self._quit_confirmed)

    async def _quit_confirmed(self, is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_confirmed:
            await self.promotions.stop()
            self.exit(0)
