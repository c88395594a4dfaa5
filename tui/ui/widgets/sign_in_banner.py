"""The banner that asks somebody to sign in: the address and the code, large enough to be typed elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from tui.domain.text import clean
from tui.domain.timestamps import age

_TICK: Final = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody has to open `address` in a browser and enter `code` there before `until`."""

    address: str
    code: str
    until: datetime


class SignInBanner(Widget):
    """Stands above everything else on its screen. A click copies the code."""

    DEFAULT_CSS = """
    SignInBanner {
        dock: top;
        height: 4;
        padding: 0 1;
        background: $warning-muted;
        color: $text;
        border-top: heavy $warning;
        border-bottom: heavy $warning;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    .-low SignInBanner, .-flat SignInBanner {
        height: 2;
        border: none;
    }
    .-ascii SignInBanner {
        border-top: ascii $warning;
        border-bottom: ascii $warning;
    }
    """

    def __init__(self, asked: Asked, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._asked = asked
        self._clock = clock

    def on_mount(self) -> None:
        """From now on the time left is counted down."""
        self.set_interval(_TICK, self.refresh)

    def show(self, asked: Asked) -> None:
        """Shows another code."""
        self._asked = asked
        self.refresh()

    def render(self) -> Content:
        """The address, and below it the code; both whole, to be selected with the mouse as well."""
        asked = self._asked
        advice = f"{self._left()}  {self._how_to_copy()}"
        return Content("\n").join(
            [
                Content.assemble(("SIGN IN  ", "bold"), "open   ", (clean(asked.address), "bold underline")),
                Content.assemble(
                    "         enter  ",
                    (f" {clean(asked.code)} ", "bold reverse"),
                    f"  {advice}",
                ),
            ]
        )

    def _left(self) -> str:
        now = self._clock()
        return f"good for {age(now, self._asked.until)}" if now < self._asked.until else "it is no longer good"

    def _how_to_copy(self) -> str:
        """Where a text is typed, the key would be a character of it."""
        return "a click copies it" if isinstance(self.screen.focused, Input) else "C copies it"

    async def on_click(self) -> None:
        """As the key."""
        await self.run_action("app.copy_sign_in_code")
