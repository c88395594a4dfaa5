"""Approving of a promotion: what it means, whole, before it is said. Enter approves of nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from tui.domain.text import clean
from tui.ports.errors import WindlassError
from tui.ui.approval_text import approving_lines
from tui.ui.approving import Wish
from tui.ui.deck import Deck
from tui.ui.guard import Guard
from tui.ui.plainly import plainly
from tui.usecases.approving import Approving

_GROUP: Final = "approval"
_LONGEST_REMARK: Final = 500
"""Characters: what is longer would be cut in the approval itself."""


@dataclass(frozen=True, slots=True)
class Given:
    """The yes to `approving`, with a remark, perhaps an empty one."""

    approving: Approving
    remark: str


class ApproveScreen(ModalScreen[Given | None]):
    """Reads what `wish` is about and asks; gives the approval, or None where there is to be none."""

    CSS_PATH = "../plan.tcss"
    AUTO_FOCUS = "#approve-body"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "approve", "Approve", id="approve.yes"),
        Binding("n", "cancel", "Cancel", id="approve.cancel"),
        Binding("escape", "cancel", "Cancel"),
        Binding("m", "remark", "Remark", id="approve.remark"),
    ]

    def __init__(self, deck: Deck, wish: Wish, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._deck = deck
        self._wish = wish
        self._guard = Guard(clock)
        self._approving: Approving | None = None

    def compose(self) -> ComposeResult:
        """What is approved of, the remark, the question, keys."""
        with Vertical(id="approve", classes="asking") as frame:
            frame.border_title = Content(self._plain(f"approve {self._wish.name} for {self._wish.target.title}"))
            with VerticalScroll(id="approve-body"):
                yield Static(id="approve-text", markup=False)
            yield Input(
                placeholder="remark (m): why, or a ticket",
                id="approve-remark",
                max_length=_LONGEST_REMARK,
                select_on_focus=False,
                compact=True,
            )
            yield Static(id="approve-message", classes="asking--message", markup=False)
            yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Begins to read."""
        self._guard.restart()
        self._say(f"reading {self._wish.source.title}; nothing is written")
        self.run_worker(self._read(), group=_GROUP, exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        wish = self._wish
        try:
            found = await self._deck.workbench.look_at_approval(wish.source, wish.target, wish.repository, wish.tag)
        except WindlassError as error:
            self._say(f"cannot approve: {error}")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._say(f"cannot approve: {type(error).__name__}: {error}")
        else:
            self._approving = found
            lines = approving_lines(found, self._deck.clock())
            self.query_one("#approve-text", Static).update(Content("\n".join(map(self._plain, lines))))
            self._ask()

    def _ask(self) -> None:
        self._say("It is written beside the image, in your name. Press y to approve; Enter does nothing")
        self._guard.restart()

    def _say(self, text: str) -> None:
        self.query_one("#approve-message", Static).update(Content(self._plain(text)))

    def _plain(self, text: str) -> str:
        return plainly(clean(text), self._deck.glyphs)

    # -- answers -------------------------------------------------------------------------------------------------

    @property
    def _remark(self) -> Input:
        return self.query_one("#approve-remark", Input)

    def action_approve(self) -> None:
        """Approves, once it could be read what of."""
        if not self._guard.lets("approve"):
            return
        if self._deck.workbench.read_only:
            self._say("this session is read-only: nothing can be approved; ! on the board switches that off")
        elif self._approving is not None:
            self.dismiss(Given(self._approving, clean(self._remark.value, _LONGEST_REMARK).strip()))

    def action_remark(self) -> None:
        """Lets a remark be typed; Enter or Esc lead back, and approve of nothing."""
        self._remark.focus()

    @on(Input.Submitted, "#approve-remark")
    def _remark_typed(self, event: Input.Submitted) -> None:
        event.stop()
        self._leave_remark()

    def action_cancel(self) -> None:
        """Leaves the remark, or the screen."""
        if self._remark.has_focus:
            self._leave_remark()
        elif self._guard.lets("cancel"):
            self.dismiss(None)

    def _leave_remark(self) -> None:
        self.query_one("#approve-body").focus()
        self._guard.restart()
