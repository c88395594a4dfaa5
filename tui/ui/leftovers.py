"""What earlier sessions left unfinished: looked for once the board stands, and offered until somebody decides."""

from collections.abc import Callable
from typing import Any, Final

from textual.app import App

from tui.domain import amounts
from tui.domain.past import Past
from tui.domain.timestamps import age
from tui.ports.errors import WindlassError
from tui.ports.journal import Clock
from tui.ui.messages import InterruptedRead, Said
from tui.ui.naming import name
from tui.usecases.workbench import Workbench

GROUP: Final = "interrupted"
Tell = Callable[[InterruptedRead | Said], object]


class Leftovers:
    """Knows the promotions that were interrupted and can be gone on with, the newest first."""

    def __init__(self, app: App[Any], workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._app = app
        self._workbench = workbench
        self._clock = clock
        self._tell = tell
        self._told: set[str] = set()
        self.pasts: tuple[Past, ...] = ()

    @property
    def reminder(self) -> str:
        """`2 promotions were interrupted: Z goes on`; empty where none was."""
        number = len(self.pasts)
        verb = "was" if number == 1 else "were"
        return f"{amounts.count(number, 'promotion')} {verb} interrupted: Z goes on" if number else ""

    def look(self) -> None:
        """Looks for them in the journal; each is told once in the log."""
        self._app.run_worker(self._look(), group=GROUP, exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        try:
            self.pasts = tuple(await self._workbench.interrupted())
        except WindlassError as error:
            self._tell(Said(f"whether promotions were interrupted cannot be told: {error}", "warning"))
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a line in the log
            told = f"{type(error).__name__}: {error}"
            self._tell(Said(f"whether promotions were interrupted cannot be told: {told}", "error"))
        for past in self.pasts:
            if past.promotion not in self._told:
                self._tell(Said(f"interrupted: {self.describe(past)}; Z goes on with it", "warning"))
                self._told.add(past.promotion)
        self._tell(InterruptedRead())

    def describe(self, past: Past) -> str:
        """`3 h ago  base/shop/api:1.14.2 → prod▲/shop/api:1.14.2`."""
        path = self._workbench.path
        ago = f"{age(past.began, self._clock())} ago"
        return f"{ago}  {name(past.source, path)} → {name(past.target, path)}"
