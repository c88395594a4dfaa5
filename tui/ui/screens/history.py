"""The history: what each environment was seen to hold, and what was promoted. It reads the journal.

An undo that begins here is planned or asked about first, as everywhere.
"""

import asyncio
import shlex
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.reference import Repository, Tag
from tui.domain.text import clean
from tui.ports.errors import WindlassError
from tui.ui import history_book, history_view, keys
from tui.ui.clipboard import copy
from tui.ui.deck import Deck
from tui.ui.history_book import Book, Reach
from tui.ui.history_view import Ledger
from tui.ui.messages import KeyClicked, Said
from tui.ui.plainly import plainly
from tui.ui.report_file import NotWritten, write_here
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.sheet import ChoiceSheet, no_lines

_READING: Final = "history"
_CHECKING: Final = "checking"
_WRITING: Final = "writing"
_NO_PROMOTION: Final = "this line is no promotion of this journal's: it was only seen"
_SHOWN: Final = ("history.open", "history.filter", "history.all", "history.undo", "reading.help", "history.close")


class HistoryScreen(ModalScreen[None]):
    """What the journal knows of `tag`, of every tag of `repository`, or of all promotions, the newest first."""

    CSS_PATH = "../reading.tcss"
    AUTO_FOCUS = "ChoiceSheet"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings((*keys.HISTORY, *keys.READING)))

    def __init__(self, deck: Deck, repository: Repository, tag: Tag) -> None:
        super().__init__()
        self._deck = deck
        self._place = (repository, tag)
        self._reach = Reach.TAG
        self._whole: Book = Ledger((), {}, deck.glyphs)
        self._book: Book = self._whole

    def compose(self) -> ComposeResult:
        """What is shown, the filter, the lines, the chosen one whole, keys."""
        with Vertical(id="history", classes="reading") as frame:
            frame.border_title = "history"
            yield Static(id="history-head", classes="reading--head", markup=False)
            yield Input(placeholder="words  !word", id="history-filter", compact=True, select_on_focus=False)
            yield ChoiceSheet(glyphs=self._deck.glyphs)
            yield Static(id="history-whole", classes="reading--foot", markup=False)
            yield Static(id="history-message", classes="reading--message", markup=False)
            yield KeyLine(_SHOWN, self._deck.keymap)

    def on_mount(self) -> None:
        """Begins to read."""
        self._filter.display = False
        self._begin()

    @property
    def _filter(self) -> Input:
        return self.query_one("#history-filter", Input)

    @property
    def _sheet(self) -> ChoiceSheet:
        return self.query_one(ChoiceSheet)

    # -- reading -------------------------------------------------------------------------------------------------

    @property
    def _subject(self) -> str:
        return history_book.subject(self._reach, *self._place)

    def _begin(self) -> None:
        """Reads the journal; a reading that was under way is dropped."""
        self._whole = self._book = Ledger((), {}, self._deck.glyphs)
        self._sheet.show(no_lines)
        self._update("history-head", f"{self._subject}: reading the journal…")
        self._say("")
        is_seen = self._reach is not Reach.PROMOTIONS
        self.query_one("#history").border_subtitle = history_view.CAUTION if is_seen else ""
        self._log(shlex.join(["windlass", "history", *history_book.words(self._reach, *self._place)]), "command")
        self.run_worker(self._read(), group=_READING, exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        try:
            self._whole = await history_book.read_book(self._deck, self._reach, *self._place)
        except WindlassError as error:
            self._cannot_tell(f"not read: {error}; r reads again")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._cannot_tell(f"not read: {type(error).__name__}: {error}")
        else:
            self._narrow()

    def _cannot_tell(self, sentence: str) -> None:
        self._update("history-head", f"{self._subject}: nothing can be told")
        self._fail(sentence)

    # -- showing -------------------------------------------------------------------------------------------------

    @on(Input.Changed, "#history-filter")
    def _narrow(self) -> None:
        """Shows the lines that the filter lets through."""
        self._book = history_book.filtered(self._whole, self._filter.value)
        told = history_book.heading(self._reach, self._subject, len(self._book), self._whole)
        self._update("history-head", told)
        self._sheet.show(self._book.drawn)

    @on(ChoiceSheet.Moved)
    def _show_whole(self) -> None:
        self._update("history-whole", self._book.whole(self._sheet.at) if len(self._book) else "")

    def _say(self, text: str) -> None:
        self._update("history-message", text)
        if self.is_attached:
            self.query_one("#history-message").remove_class("-failed")

    def _fail(self, sentence: str) -> None:
        self._say(sentence)
        if self.is_attached:
            self.query_one("#history-message").add_class("-failed")

    def _update(self, name: str, text: str) -> None:
        """Shows `text`; not on a screen that was closed meanwhile."""
        if self.is_attached:
            part = self.query_one(f"#{name}", Static)
            part.display = bool(text)
            part.update(Content("\n".join(plainly(clean(line), self._deck.glyphs) for line in text.split("\n"))))

    def _log(self, text: str, kind: str = "info") -> None:
        self._deck.app.screen_stack[0].post_message(Said(text, kind))

    # -- the filter ----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While words are typed, the filter's key is one of their characters."""
        del parameters
        return action != "filter" or not self._filter.has_focus

    def action_filter(self) -> None:
        """Lets words be typed that the lines must have, or with a `!` must not."""
        self._filter.display = True
        self.set_focus(self._filter)

    @on(Input.Submitted, "#history-filter")
    def _keep_filter(self) -> None:
        self._filter.display = bool(self._filter.value)
        self.set_focus(self._sheet)

    def action_close(self) -> None:
        """Clears the filter where there is one, else back to the board."""
        if self._filter.display:
            self._filter.value, self._filter.display = "", False
            self.set_focus(self._sheet)
        else:
            self.dismiss(None)

    # -- keys ----------------------------------------------------------------------------------------------------

    @property
    def _promotion(self) -> str:
        """The id of the chosen promotion; where the line is none, that is said."""
        found = self._book.promotion(self._sheet.at) if len(self._book) else ""
        if not found:
            self._say(_NO_PROMOTION)
        return found

    def action_open(self) -> None:
        """Shows every event of the chosen promotion."""
        from tui.ui.screens.promotion import PromotionScreen

        if promotion := self._promotion:
            self._deck.app.push_screen(PromotionScreen(self._deck, promotion))

    def action_undo(self) -> None:
        """Looks for what undoes the chosen promotion, and asks."""
        from tui.ui.taking_back import TakingBack

        if promotion := self._promotion:
            self._say("looking for what undoes it; nothing is written")
            TakingBack(self._deck).begin(self._fail, promotion, lambda: self._say(""))

    def action_copy(self) -> None:
        """Copies the digest of the chosen line, whole."""
        digest = self._book.digest(self._sheet.at) if len(self._book) else None
        if digest is None:
            self._say("there is no digest to copy")
        else:
            self._say(f"copied the digest {copy(self._deck.app, str(digest))}: {digest}")

    def action_change_scope(self) -> None:
        """From the one tag to the whole repository, to all promotions, and back."""
        self._reach = self._reach.following
        self._begin()

    def action_read_again(self) -> None:
        """Reads the journal as it is now."""
        self._begin()

    def action_verify(self) -> None:
        """Follows the journal's chain to its end."""
        self._say("verifying the journal…")
        self._log("windlass history --verify", "command")
        self.run_worker(self._verify(), group=_CHECKING, exclusive=True, exit_on_error=False)

    async def _verify(self) -> None:
        try:
            check = await self._deck.workbench.check_journal()
        except WindlassError as error:
            self._fail(f"not verified: {error}")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._fail(f"not verified: {type(error).__name__}: {error}")
        else:
            tell = self._say if check.broken_at is None else self._fail
            tell(history_book.check_text(check))
            self._log(history_book.check_text(check), "info" if check.broken_at is None else "error")

    def action_export(self) -> None:
        """Writes what is shown to a new file of the current directory."""
        if not len(self._book):
            self._say("there is nothing to write")
            return
        text = history_book.exported(self._book, self._subject, self._filter.value, self._deck.clock())
        self._deck.app.run_worker(self._write(text), group=_WRITING, exit_on_error=False)  # it outlives this screen

    async def _write(self, text: str) -> None:
        try:
            moment = self._deck.clock().astimezone()
            file = await asyncio.to_thread(write_here, moment, ".json", text, "history")
        except NotWritten as error:
            self._fail(f"nothing was written: {error}")
        else:
            self._say(f"wrote {file}")
            self._log(f"wrote {clean(str(file))}")

    def on_key_clicked(self, message: KeyClicked) -> None:
        """A click on the last line counts as the key."""
        message.stop()
        self._deck.app.call_later(self._deck.app.simulate_key, message.key)
