"""The comparison of two images in words. It reads; nothing here writes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain import amounts
from tui.domain.comparison import Comparison, compare_images
from tui.domain.comparison_text import Line, comparison_lines
from tui.domain.text import clean
from tui.ports.errors import NotFound, WindlassError
from tui.ui import comparison_view, keys
from tui.ui.clipboard import copy
from tui.ui.deck import Deck
from tui.ui.messages import Said
from tui.ui.plainly import plainly
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.sheet import Sheet, no_lines
from tui.usecases.comparing import Spot

_GROUP: Final = "compare"
_FOR_HEAD: Final = 30
"""Lines of a terminal from which the references keep standing above what was found between them."""

_SHOWN: Final = tuple(key.id for key in keys.COMPARE)


class CompareScreen(ModalScreen[None]):
    """What changes from `left` to `right`; either side can be changed to another environment."""

    CSS_PATH = "../reading.tcss"
    AUTO_FOCUS = "Sheet"
    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings((*keys.COMPARE, *keys.READING)))

    def __init__(self, deck: Deck, left: Spot, right: Spot) -> None:
        super().__init__()
        self._deck = deck
        self._sides = (left, right)
        self._comparison: Comparison | None = None
        self._lines: tuple[Line, ...] = ()

    def compose(self) -> ComposeResult:
        """Both references above, what was found between them, keys below."""
        with Vertical(id="compare", classes="reading") as frame:
            frame.border_title = "compare"
            yield Static(id="compare-sides", classes="reading--head", markup=False)
            yield Sheet(glyphs=self._deck.glyphs)
            yield Static(id="compare-message", classes="reading--message", markup=False)
            yield KeyLine(_SHOWN, self._deck.keymap)

    def on_mount(self) -> None:
        """Begins to read."""
        self._begin()

    # -- reading -------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Reads both sides; a reading that was under way is dropped."""
        left, right = self._sides
        self._comparison, self._lines = None, ()
        self._show_sides()
        self.query_one(Sheet).show(no_lines)
        self._say(f"reading {left.environment.title} and {right.environment.title}…")
        self._log(comparison_view.command(left, right))
        self.run_worker(self._read(left, right), group=_GROUP, exclusive=True, exit_on_error=False)

    async def _read(self, left: Spot, right: Spot) -> None:
        try:
            self._show(await self._deck.workbench.compare(left, right))
        except NotFound as error:
            self._fail(f"nothing to compare: {error}; t and T take another environment")
        except WindlassError as error:
            self._fail(f"not compared: {error}; r reads again")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the screen's sentence
            self._fail(f"not compared: {type(error).__name__}: {error}")

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self, comparison: Comparison) -> None:
        lines = comparison_lines(comparison, self._deck.clock())
        self._comparison, self._lines = comparison, lines
        self.query_one(Sheet).show(lambda width: comparison_view.drawn(lines, width, self._deck.glyphs))
        self._say("")
        self._give_room()

    def _show_sides(self) -> None:
        self.query_one("#compare-sides", Static).update(self._text(comparison_view.sides_text(*self._sides)))
        self._give_room()

    def _give_room(self) -> None:
        """On a low terminal a comparison takes the head's place: it begins with both references itself."""
        is_doubled = self._comparison is not None and self._deck.app.size.height < _FOR_HEAD
        self.query_one("#compare-sides").display = not is_doubled

    def on_resize(self) -> None:
        """More lines give the head its place back."""
        self._give_room()

    def _say(self, text: str) -> None:
        message = self.query_one("#compare-message", Static)
        message.display = bool(text)
        message.remove_class("-failed")
        message.update(self._text(text))

    def _fail(self, sentence: str) -> None:
        self._say(sentence)
        self.query_one("#compare-message").add_class("-failed")

    def _text(self, text: str) -> Content:
        lines: Sequence[str] = [plainly(clean(line), self._deck.glyphs) for line in text.split("\n")]
        return Content("\n".join(lines))

    def _log(self, command: str) -> None:
        if command:
            self._deck.app.screen_stack[0].post_message(Said(command, "command"))

    # -- keys ----------------------------------------------------------------------------------------------------

    def action_close(self) -> None:
        """Back to the board; what is still being read is dropped."""
        self.dismiss(None)

    def action_change_right(self) -> None:
        """Compares with the next environment."""
        left, right = self._sides
        if changed := self._following(right, left):
            self._sides = (left, changed)
            self._begin()

    def action_change_left(self) -> None:
        """Compares from the next environment."""
        left, right = self._sides
        if changed := self._following(left, right):
            self._sides = (changed, right)
            self._begin()

    def _following(self, side: Spot, other: Spot) -> Spot | None:
        environments = self._deck.workbench.path.environments
        environment = comparison_view.next_environment(environments, side, other)
        if environment is None:
            self._say("there is no other environment to compare with")
            return None
        return replace(side, environment=environment)

    def action_swap(self) -> None:
        """Changes the sides; what was read of them is not read again."""
        left, right = self._sides
        self._sides = (right, left)
        if self._comparison is None:
            self._begin()
            return
        self._show_sides()
        self._log(comparison_view.command(right, left))
        self._show(compare_images(self._comparison.right, self._comparison.left))

    def action_copy(self) -> None:
        """Copies all of it as text."""
        if not self._lines:
            self._say("nothing to copy yet")
            return
        way = copy(self._deck.app, "\n".join(map(str, self._lines)))
        self._say(f"copied the comparison, {amounts.count(len(self._lines), 'line')}, {way}")

    def action_read_again(self) -> None:
        """Reads both sides as they are now."""
        self._begin()
