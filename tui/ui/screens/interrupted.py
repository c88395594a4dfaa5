"""What was interrupted: what it was, and whether it is gone on with, forgotten, or left for later."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.past import Past
from tui.domain.plan import Request
from tui.domain.text import clean
from tui.ports.errors import WindlassError
from tui.ui import keys, past_view
from tui.ui.deck import Deck
from tui.ui.messages import KeyClicked, Said
from tui.ui.naming import name
from tui.ui.plainly import plainly
from tui.ui.planning import ask_for_plans
from tui.ui.screens.confirm import ConfirmScreen
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.sheet import ChoiceSheet
from tui.usecases.resuming import CannotResume, resuming

_FORGETTING: Final = "forgetting"
_TICK: Final = 0.5
_SHOWN: Final = (*(key.id for key in keys.INTERRUPTED), "reading.help")


@dataclass(frozen=True, slots=True)
class Resumable:
    """What can be gone on with, and the sentences on what cannot."""

    requests: tuple[Request, ...]
    problems: tuple[str, ...]


def resumable(path: PromotionPath, pasts: Sequence[Past]) -> Resumable:
    """The requests that go on with `pasts`."""
    requests: list[Request] = []
    problems: list[str] = []
    for past in pasts:
        try:
            requests.append(resuming(path, past))
        except CannotResume as error:
            problems.append(f"{name(past.target, path)}: {error}")
    return Resumable(tuple(requests), tuple(problems))


class InterruptedScreen(ModalScreen[None]):
    """Lists what was interrupted, the newest first. It writes nothing but that something was forgotten."""

    CSS_PATH = "../reading.tcss"
    AUTO_FOCUS = "ChoiceSheet"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings((*keys.INTERRUPTED, *keys.READING)))

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._pasts: tuple[Past, ...] | None = None

    def compose(self) -> ComposeResult:
        """How many there are, each on a line, the chosen one whole, keys."""
        with Vertical(id="interrupted", classes="reading") as frame:
            frame.border_title = "interrupted"
            yield Static(id="interrupted-head", classes="reading--head", markup=False)
            yield ChoiceSheet(glyphs=self._deck.glyphs)
            yield Static(id="interrupted-whole", classes="reading--foot", markup=False)
            yield Static(id="interrupted-message", classes="reading--message", markup=False)
            yield KeyLine(_SHOWN, self._deck.keymap)

    def on_mount(self) -> None:
        """Shows what is known, and looks again."""
        self._say("")
        self._look()
        self.set_interval(_TICK, self._look)
        self._deck.leftovers.look()

    def _look(self) -> None:
        """Shows what is known now, where it changed."""
        pasts = self._deck.leftovers.pasts
        if pasts == self._pasts:
            return
        self._pasts = pasts
        number = amounts.count(len(pasts), "promotion")
        told = f"{number} interrupted. Going on sends nothing twice that has arrived."
        self._update("interrupted-head", told if pasts else "Nothing was interrupted that could be gone on with.")
        register = past_view.Register(pasts, self._deck.workbench.path, self._deck.clock(), self._deck.glyphs)
        self.query_one(ChoiceSheet).show(register.drawn)

    @on(ChoiceSheet.Moved)
    def _show_whole(self) -> None:
        past = self._chosen
        self._update("interrupted-whole", past_view.whole(past, self._deck.workbench.path) if past else "")

    @property
    def _chosen(self) -> Past | None:
        return self._pasts[self.query_one(ChoiceSheet).at] if self._pasts else None

    def _say(self, text: str) -> None:
        self._update("interrupted-message", text)

    def _update(self, part: str, text: str) -> None:
        if self.is_attached:
            shown = self.query_one(f"#{part}", Static)
            shown.display = bool(text)
            shown.update(Content("\n".join(plainly(clean(line), self._deck.glyphs) for line in text.split("\n"))))

    # -- keys ----------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Later: what was interrupted is offered again."""
        self.dismiss(None)

    def action_go_on(self) -> None:
        """Plans to go on with the chosen one."""
        if self._chosen is not None:
            self._go_on((self._chosen,))

    def action_go_on_with_all(self) -> None:
        """Plans to go on with all of them."""
        self._go_on(self._pasts or ())

    def _go_on(self, pasts: Sequence[Past]) -> None:
        found = resumable(self._deck.workbench.path, pasts)
        for problem in found.problems:
            self._deck.app.screen_stack[0].post_message(Said(problem, "warning"))
        if found.requests:
            ask_for_plans(self._deck, found.requests, partial(self.dismiss, None))
        elif found.problems:
            self._say(found.problems[0])

    def action_forget(self) -> None:
        """Asks whether nobody is ever to be offered the chosen one again."""
        past = self._chosen
        if past is None:
            return

        def answered(is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
            if is_confirmed:
                self.run_worker(self._forget(past), group=_FORGETTING, exit_on_error=False)

        asked = f"{self._deck.leftovers.describe(past)}\nIt stays in the history, and is not offered again. Forget it?"
        self._deck.app.push_screen(ConfirmScreen(asked, yes="forget it", no="keep offering it"), answered)

    async def _forget(self, past: Past) -> None:
        try:
            await self._deck.workbench.forget(past)
        except WindlassError as error:
            self._say(f"not forgotten: {error}")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._say(f"not forgotten: {type(error).__name__}: {error}")
        else:
            self._say(f"forgotten: {name(past.target, self._deck.workbench.path)}")
            self._deck.leftovers.look()

    def on_key_clicked(self, message: KeyClicked) -> None:
        """A click on the last line counts as the key."""
        message.stop()
        self._deck.app.call_later(self._deck.app.simulate_key, message.key)
