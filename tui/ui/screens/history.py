"""The history of a tag: what each environment was seen to hold, and what was promoted there. It reads the journal."""

import shlex
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.history_text import history_lines
from tui.domain.reference import Repository, Tag
from tui.domain.text import clean
from tui.ports.errors import WindlassError
from tui.ui import history_view, keys
from tui.ui.clipboard import copy
from tui.ui.deck import Deck
from tui.ui.history_view import Ledger
from tui.ui.messages import Said
from tui.ui.plainly import plainly
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.sheet import ChoiceSheet, no_lines

_GROUP: Final = "history"
_SHOWN: Final = tuple(key.id for key in keys.HISTORY)


class HistoryScreen(ModalScreen[None]):
    """What the journal knows of `tag`, or of every tag of `repository`, the newest first."""

    CSS_PATH = "../reading.tcss"
    AUTO_FOCUS = "ChoiceSheet"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.HISTORY))

    def __init__(self, deck: Deck, repository: Repository, tag: Tag) -> None:
        super().__init__()
        self._deck = deck
        self._repository = repository
        self._tag = tag
        self._wanted: Tag | None = tag
        titles = {item.name: item.title for item in deck.workbench.path.environments}
        self._ledger = Ledger((), titles, deck.glyphs)

    def compose(self) -> ComposeResult:
        """What is shown, the changes, the chosen one whole, keys."""
        with Vertical(id="history", classes="reading") as frame:
            frame.border_title, frame.border_subtitle = "history", history_view.CAUTION
            yield Static(id="history-head", classes="reading--head", markup=False)
            yield ChoiceSheet(glyphs=self._deck.glyphs)
            yield Static(id="history-whole", classes="reading--foot", markup=False)
            yield Static(id="history-message", classes="reading--message", markup=False)
            yield KeyLine(_SHOWN, self._deck.keymap)

    def on_mount(self) -> None:
        """Begins to read."""
        self._begin()

    # -- reading -------------------------------------------------------------------------------------------------

    @property
    def _subject(self) -> str:
        return f"{self._repository}:{self._wanted}" if self._wanted else f"{self._repository}, all tags"

    def _begin(self) -> None:
        """Reads the journal; a reading that was under way is dropped."""
        self._show(Ledger((), self._ledger.titles, self._deck.glyphs), f"{self._subject}: reading the journal…")
        self._say("")
        words = f"{self._repository}:{self._wanted}" if self._wanted else self._repository
        self._log(shlex.join(["windlass", "history", words]))
        self.run_worker(self._read(), group=_GROUP, exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        try:
            workbench = self._deck.workbench
            history = await workbench.history(self._repository, self._wanted)
            lines = history_lines(history, workbench.path.environments, self._deck.clock())
        except WindlassError as error:
            self._fail(f"not read: {error}; r reads again")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._fail(f"not read: {type(error).__name__}: {error}")
        else:
            ledger = Ledger(lines, self._ledger.titles, self._deck.glyphs)
            told = history_view.heading(self._subject, lines) if lines else history_view.emptiness(self._subject)
            self._show(ledger, told)

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self, ledger: Ledger, heading: str) -> None:
        self._ledger = ledger
        self._update("history-head", heading)
        layout = ledger.drawn if self._wanted else ledger.drawn_with_tags
        self.query_one(ChoiceSheet).show(layout if ledger.lines else no_lines)

    @on(ChoiceSheet.Moved)
    def _show_whole(self) -> None:
        whole = self._ledger.whole(self.query_one(ChoiceSheet).at) if self._ledger.lines else ""
        self._update("history-whole", whole)

    def _say(self, text: str) -> None:
        self._update("history-message", text)
        self.query_one("#history-message").remove_class("-failed")

    def _fail(self, sentence: str) -> None:
        self._update("history-head", f"{self._subject}: nothing can be told")
        self._update("history-message", sentence)
        self.query_one("#history-message").add_class("-failed")

    def _update(self, name: str, text: str) -> None:
        part = self.query_one(f"#{name}", Static)
        part.display = bool(text)
        part.update(Content("\n".join(plainly(clean(line), self._deck.glyphs) for line in text.split("\n"))))

    def _log(self, command: str) -> None:
        self._deck.app.screen_stack[0].post_message(Said(command, "command"))

    # -- keys ----------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copies the digest of the chosen line, whole."""
        chosen = self._ledger.lines[self.query_one(ChoiceSheet).at] if self._ledger.lines else None
        digest = history_view.digest_of(chosen) if chosen else None
        if digest is None:
            self._say("there is no digest to copy")
        else:
            self._say(f"copied the digest {copy(self._deck.app, str(digest))}: {digest}")

    def action_change_scope(self) -> None:
        """From the one tag to the whole repository, and back."""
        self._wanted = None if self._wanted else self._tag
        self._begin()

    def action_read_again(self) -> None:
        """Reads the journal as it is now."""
        self._begin()
