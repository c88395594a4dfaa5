"""The summary of the board: how every environment and repository stands, and a report of it as a file."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.report import Report
from tui.domain.summary_text import heading
from tui.domain.text import clean
from tui.ui import keys, summary_view
from tui.ui.deck import Deck
from tui.ui.messages import KeyClicked, Said
from tui.ui.plainly import plainly
from tui.ui.report_file import NotWritten, write_here
from tui.ui.summary_count import counted, looked_into
from tui.ui.survey_runner import describe
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.sheet import Sheet

_COUNTING: Final = "counting"
_WRITING: Final = "writing"
_SHOWN: Final = tuple(key.id for key in keys.SUMMARY)
_CAUTION: Final = "at least, at most, behind: see the end"
_TICK: Final = 0.25
"""Seconds between two looks at whether the registries were read."""


class SummaryScreen(ModalScreen[None]):
    """Counts the whole board as it stood when the screen was opened, or when that was asked for again.

    Opened while the registries are still read, it says so, and counts again when they are.
    """

    CSS_PATH = "../reading.tcss"
    AUTO_FOCUS = "Sheet"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings((*keys.SUMMARY, *keys.READING)))

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._report: Report | None = None
        self._is_half_read = False

    def compose(self) -> ComposeResult:
        """What it comes to, the counts, what was written, keys."""
        with Vertical(id="summary", classes="reading") as frame:
            frame.border_title, frame.border_subtitle = "summary", _CAUTION
            yield Static(id="summary-head", classes="reading--head", markup=False)
            yield Sheet(glyphs=self._deck.glyphs)
            yield Static(id="summary-message", classes="reading--message", markup=False)
            yield KeyLine(_SHOWN, self._deck.keymap)

    def on_mount(self) -> None:
        """Begins to count."""
        self.set_interval(_TICK, self._look)
        self.action_count_again()

    # -- counting ------------------------------------------------------------------------------------------------

    async def _count(self) -> None:
        """Counts once at once while the registries are still read, and for good when they are."""
        try:
            self._is_half_read = self._deck.surveys.is_reading
            board = self._deck.insights.board
            if not self._is_half_read:
                board = await looked_into(self._deck.workbench, board, self._tell)
            self._report = await counted(self._deck, board, self._tell)
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._update("summary-head", "nothing can be told")
            self._fail(f"not counted: {describe(error)}; r counts again")
        else:
            told = heading(self._report.summary)
            self._tell(f"still being read: {told}" if self._is_half_read else told)
            self.query_one(Sheet).show(partial(summary_view.drawn, self._report, self._deck.glyphs))

    def _look(self) -> None:
        """Counts again what was counted half read, once everything is."""
        if self._is_half_read and not self._deck.surveys.is_reading:
            self.action_count_again()

    def _tell(self, text: str) -> None:
        self._update("summary-head", text)

    # -- writing -------------------------------------------------------------------------------------------------

    async def _write(self, report: Report, suffix: str, render: Callable[[Report], str]) -> None:
        try:
            moment = self._deck.clock().astimezone()
            text = await asyncio.to_thread(render, report)
            file = await asyncio.to_thread(write_here, moment, suffix, text)
        except NotWritten as error:
            self._fail(f"no report was written: {error}")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._fail(f"no report was written: {describe(error)}")
        else:
            self._say(f"wrote {file}")
            self._deck.app.screen_stack[0].post_message(Said(f"wrote {clean(str(file))}"))

    def _begin_to_write(self, suffix: str, render: Callable[[Report], str]) -> None:
        if self._report is None:
            self._say("there is nothing to write yet: it is still being counted")
            return
        self._say("writing…")
        work = self._write(self._report, suffix, render)
        self._deck.app.run_worker(work, group=_WRITING, exit_on_error=False)  # it outlives this screen

    # -- showing -------------------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self._update("summary-message", text)

    def _fail(self, sentence: str) -> None:
        self._say(sentence)
        if self.is_attached:
            self.query_one("#summary-message").add_class("-failed")

    def _update(self, name: str, text: str) -> None:
        """Shows `text`; not on a screen that was closed meanwhile."""
        if not self.is_attached:
            return
        part = self.query_one(f"#{name}", Static)
        part.remove_class("-failed")
        part.display = bool(text)
        part.update(Content(plainly(clean(text), self._deck.glyphs)))

    # -- keys ----------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def action_write_markdown(self) -> None:
        """Writes what is shown as Markdown."""
        from tui.domain.report_markdown import markdown_report

        self._begin_to_write(".md", markdown_report)

    def action_write_html(self) -> None:
        """Writes what is shown as a page."""
        from tui.domain.report_html import html_report

        self._begin_to_write(".html", html_report)

    def action_count_again(self) -> None:
        """Counts the board as it is now."""
        self._say("")
        self._is_half_read = False
        self._tell("counting…")
        self.run_worker(self._count(), group=_COUNTING, exclusive=True, exit_on_error=False)

    def on_key_clicked(self, message: KeyClicked) -> None:
        """A click on the last line counts as the key."""
        message.stop()
        self._deck.app.call_later(self._deck.app.simulate_key, message.key)
