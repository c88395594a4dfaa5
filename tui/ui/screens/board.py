"""The board: what every environment holds, side by side. It reads; a promotion begins with a plan, never with a key."""

from typing import ClassVar, Final, Literal, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.ui import keys
from tui.ui.board_status import status_of
from tui.ui.deck import Deck
from tui.ui.examiner import Examiner
from tui.ui.keymap import complaints
from tui.ui.messages import (
    BoardChanged,
    ChangeAdvanced,
    CursorMoved,
    FilterKept,
    InsightGrown,
    InspectionAsked,
    InterruptedRead,
    PromotionAdvanced,
    PromotionsEnded,
    RowsShown,
    Said,
)
from tui.ui.opener import Opener
from tui.ui.pacer import Pacer, Settler
from tui.ui.screens.doing import Doing
from tui.ui.survey_words import why_empty
from tui.ui.widgets.browser import Browser
from tui.ui.widgets.filter_line import FilterLine
from tui.ui.widgets.inspector import Inspector
from tui.ui.widgets.job_strip import JobStrip
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.log_pane import LogPane
from tui.ui.widgets.panes import Panes
from tui.ui.widgets.reminder_line import ReminderLine
from tui.ui.widgets.repository_list import RepositoryList
from tui.ui.widgets.status_line import StatusLine
from tui.ui.widgets.tag_matrix import TagMatrix
from tui.ui.widgets.why_line import WhyLine

_TICK: Final = 1.0
_ANEW: Final = 5.0
"""Seconds after which the ages of what is told of a cell are told anew."""
_ROOMY: Final = frozenset({"-wide", "-tall", "-high"})
"""Classes of a screen on which the inspector has room of its own."""

_FOR_EVIDENCE: Final = 24
"""Lines of a screen from which the why-line has a second."""

_REST: Final = 0.08
"""Seconds that the cursor stands still before the inspector follows it."""

_TOO_SMALL: Final = "This terminal is too small for the board: it needs 40 columns and 10 lines."


class BoardScreen(Doing, Screen[None]):
    """The first screen. Surveys and promotions belong to the application; this screen shows what they tell."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.BOARD))
    CSS_PATH = "../board.tcss"
    AUTO_FOCUS = "TagMatrix"

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._workbench = deck.workbench
        self._surveys = deck.surveys
        self._clock = deck.clock
        self._board_pacer = Pacer(self, self._draw)
        self._status_pacer = Pacer(self, self._tick)
        self._view_pacer = Pacer(self, self._look)
        self._cursor_rest = Settler(self, lambda: self._examiner.describe(), _REST)

    @property
    def browser(self) -> Browser:
        """The rows and the cursor."""
        return self.query_one(Browser)

    def compose(self) -> ComposeResult:
        path, glyphs = self._workbench.path, self._deck.glyphs
        yield Static(Content(_TOO_SMALL), id="too-small")
        yield StatusLine(glyphs=glyphs)
        board, insights = self._surveys.board, self._deck.insights
        with Browser(board, self._why_empty, lambda: insights.origins.text, glyphs=glyphs, id="browser"):
            yield FilterLine()
            with Panes(id="panes"):
                with Container(id="columns"):
                    with Horizontal(id="tags"):
                        yield RepositoryList(glyphs=glyphs)
                        yield TagMatrix(board, self._clock(), glyphs=glyphs, finder=insights.finder)
                    yield Inspector(glyphs=glyphs, id="inspector")
                yield WhyLine(glyphs=glyphs, id="why")
                yield LogPane(path, clock=self._clock, glyphs=glyphs, id="log")
        yield ReminderLine()
        yield JobStrip(path, glyphs=glyphs)
        yield KeyLine(keys.FOOTER, self._deck.keymap)

    def on_mount(self) -> None:
        self._examiner = Examiner(self._deck, self.query_one(Inspector), self.query_one(WhyLine), self.browser.matrix)
        self.opener = Opener(self._deck, self.browser)
        self._draw()
        self.set_interval(_TICK, self._tick)
        self.set_interval(_ANEW, self._examiner.tell_anew)
        for sentence in complaints(self._deck.keymap):
            self.query_one(LogPane).say(f"keys: {sentence}", "warning")

    # -- drawing -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self.browser.show(self._deck.insights.board)
        self._tick()
        self._cursor_rest.ask()

    def _tick(self) -> None:
        now = self._clock()
        self.browser.matrix.show_health(self._surveys.current_health(), now)
        jobs = self.query_one(LogPane).jobs
        self.query_one(JobStrip).show(jobs)
        self.query_one(StatusLine).show(status_of(self._deck, len(jobs), now))
        self.query_one(ReminderLine).show(self._deck.leftovers.reminder)

    def _look(self) -> None:
        """Tells what is looked at to those who work on that first."""
        view = self.browser.view
        self._deck.insights.look_at(view)
        self._surveys.look_at(view)

    def _why_empty(self) -> str:
        return self._deck.glyphs.text(why_empty(self._surveys))

    def on_resize(self, event: events.Resize) -> None:
        self.browser.matrix.show_single(is_single=event.size.width < 80)
        self.query_one(WhyLine).set_class(event.size.height >= _FOR_EVIDENCE, "-with-evidence")

    # -- what workers and widgets say ----------------------------------------------------------------------------

    def on_board_changed(self, message: BoardChanged) -> None:
        message.stop()
        self._board_pacer.ask()

    def on_insight_grown(self, message: InsightGrown) -> None:
        message.stop()
        self._board_pacer.ask()

    def on_rows_shown(self, message: RowsShown) -> None:
        message.stop()
        self._view_pacer.ask()

    def on_filter_kept(self, message: FilterKept) -> None:
        message.stop()
        self.opener.tell_where()

    def on_cursor_moved(self, message: CursorMoved) -> None:
        message.stop()
        self._cursor_rest.ask()

    def on_said(self, message: Said) -> None:
        message.stop()
        kind = cast('Literal["info", "warning", "error", "command"]', message.kind)
        self.query_one(LogPane).say(message.text, kind)

    def on_promotion_advanced(self, message: PromotionAdvanced) -> None:
        message.stop()
        self.query_one(LogPane).record(message.record)
        self._status_pacer.ask()

    def on_change_advanced(self, message: ChangeAdvanced) -> None:
        message.stop()
        self.query_one(LogPane).note(message.record)

    def on_promotions_ended(self, message: PromotionsEnded) -> None:
        message.stop()
        self._surveys.refresh(message.repositories)
        self._examiner.examine_again()
        self._deck.leftovers.look()

    def on_interrupted_read(self, message: InterruptedRead) -> None:
        message.stop()
        self._status_pacer.ask()

    # -- looking -------------------------------------------------------------------------------------------------

    def on_inspection_asked(self, message: InspectionAsked) -> None:
        message.stop()
        self.action_inspect()

    def action_inspect(self) -> None:
        """Reads the cell's image. Where the inspector has no room of its own, it comes and goes."""
        is_optional = not any(map(self.has_class, _ROOMY))
        if is_optional and self.has_class("-asked") and self._examiner.has_read_this:
            self.remove_class("-asked")
        else:
            self.add_class("-asked")
            self._examiner.examine()

    def action_read_only(self) -> None:
        self._workbench.read_only = not self._workbench.read_only
        self._tick()

    # -- reading again -------------------------------------------------------------------------------------------

    def action_refresh_shown(self) -> None:
        self._deck.insights.look_again()
        if self.browser.is_narrowed:
            self._surveys.refresh(self.browser.matrix.rows.repositories)
        else:
            self._surveys.refresh_all()

    def action_refresh_all(self) -> None:
        self._deck.insights.look_again()
        self._surveys.refresh_all()

    # -- panes ---------------------------------------------------------------------------------------------------

    def action_jobs(self) -> None:
        """Says what is under way, and offers to stop it."""
        if not self._deck.is_busy:
            self.query_one(LogPane).say("nothing is being promoted")
            return
        from tui.ui.stopping import ask_to_stop

        ask_to_stop(self._deck, self.query_one(LogPane).jobs)

    def action_back(self) -> None:
        if not self.browser.matrix.has_focus:
            self.browser.matrix.focus()
        elif self.has_class("-asked"):
            self.remove_class("-asked")
        else:
            self.browser.widen()
