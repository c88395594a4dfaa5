"""One promotion, event by event, as the journal has it. It reads; nothing here writes."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain import amounts
from tui.domain.events import Recorded
from tui.domain.text import clean
from tui.ports.errors import WindlassError
from tui.ui import keys, narration
from tui.ui.clipboard import copy
from tui.ui.deck import Deck
from tui.ui.log_lines import LogLine
from tui.ui.messages import KeyClicked, Said
from tui.ui.plainly import plainly
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.sheet import Sheet

_GROUP: Final = "promotion"
_SHOWN: Final = (*(key.id for key in keys.PROMOTION), "reading.help")


class PromotionScreen(ModalScreen[None]):
    """Every event of `promotion`, the oldest first."""

    CSS_PATH = "../reading.tcss"
    AUTO_FOCUS = "Sheet"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings((*keys.PROMOTION, *keys.READING)))

    def __init__(self, deck: Deck, promotion: str) -> None:
        super().__init__()
        self._deck = deck
        self._promotion = promotion

    def compose(self) -> ComposeResult:
        """Which one it is, what happened, keys."""
        with Vertical(id="promotion", classes="reading") as frame:
            frame.border_title = "promotion"
            yield Static(id="promotion-head", classes="reading--head", markup=False)
            yield Sheet(glyphs=self._deck.glyphs)
            yield Static(id="promotion-message", classes="reading--message", markup=False)
            yield KeyLine(_SHOWN, self._deck.keymap)

    def on_mount(self) -> None:
        """Begins to read."""
        self._update("promotion-head", f"{self._promotion}: reading the journal…")
        self._update("promotion-message", "")
        command = f"windlass history --promotion {clean(self._promotion)}"
        self._deck.app.screen_stack[0].post_message(Said(command, "command"))
        self.run_worker(self._read(), group=_GROUP, exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        try:
            self._show(await self._deck.workbench.promotion(self._promotion))
        except WindlassError as error:
            self._update("promotion-head", f"{self._promotion}: not read: {error}")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._update("promotion-head", f"{self._promotion}: not read: {type(error).__name__}: {error}")

    def _show(self, records: Sequence[Recorded]) -> None:
        lines: Sequence[LogLine] = narration.narrated(records, self._deck.workbench.path)
        when = f", began {records[0].at.astimezone():%Y-%m-%d %H:%M:%S %z}" if records else ""
        self._update("promotion-head", f"{self._promotion}: {amounts.count(len(records), 'event')}{when}")
        self.query_one(Sheet).show(lambda width: narration.drawn(lines, width))

    def _update(self, name: str, text: str) -> None:
        part = self.query_one(f"#{name}", Static)
        part.display = bool(text)
        part.update(Content(plainly(clean(text), self._deck.glyphs)))

    def action_close(self) -> None:
        """Back to the history."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copies the id."""
        way = copy(self._deck.app, self._promotion)
        self._update("promotion-message", f"copied the id {way}: {self._promotion}")

    def on_key_clicked(self, message: KeyClicked) -> None:
        """A click on the last line counts as the key."""
        message.stop()
        self._deck.app.call_later(self._deck.app.simulate_key, message.key)
