"""What is written by hand beside promotions: approvals, tags taken away. Asked about elsewhere, carried out here."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from textual.app import App

from tui.domain.events import PromotionFailed, PromotionRefused, Recorded
from tui.domain.reference import Repository
from tui.ports.errors import WindlassError
from tui.ui.crew import Crew
from tui.ui.messages import ChangeAdvanced, PromotionsEnded, Said

Tell = Callable[[ChangeAdvanced | PromotionsEnded | Said], object]
GROUP: Final = "changes"


@dataclass(frozen=True, slots=True)
class Change:
    """Something to be written. `doing` says it in a sentence: `approving of shop/api:1.14.2`.

    `command` does the same in a shell; `run` gives its records, the last of which is its ending. `afterwards` is what
    is said once it succeeded.
    """

    doing: str
    command: str
    repository: Repository
    run: Callable[[], AsyncGenerator[Recorded, None]]
    afterwards: str = ""


class Clerk:
    """Carries out changes that somebody said yes to, and tells everything that happens."""

    def __init__(self, app: App[Any], tell: Tell) -> None:
        self._crew = Crew(app, GROUP)
        self._tell = tell

    @property
    def is_busy(self) -> bool:
        """True while anything is being written."""
        return self._crew.is_busy

    async def stop(self) -> None:
        """Cancels everything, and returns when that is in the journal."""
        await self._crew.stop()

    def start(self, change: Change) -> None:
        """Carries out `change`."""
        self._crew.start(self._run(change))

    async def _run(self, change: Change) -> None:
        """Afterwards the repository is read again: only that changes a cell."""
        self._tell(Said(change.command, "command"))
        try:
            await self._carry_out(change)
        except asyncio.CancelledError:
            self._tell(Said(f"{change.doing} was stopped; it is read again to see how it stands", "warning"))
            raise
        except WindlassError as error:
            self._tell(Said(f"{change.doing} did not succeed: {error}", "error"))
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a line in the log
            self._tell(Said(f"{change.doing} did not succeed: {type(error).__name__}: {error}", "error"))
        finally:
            self._tell(PromotionsEnded((change.repository,)))

    async def _carry_out(self, change: Change) -> None:
        last: Recorded | None = None
        async with aclosing(change.run()) as records:
            async for last in records:
                self._tell(ChangeAdvanced(last))
        if last is None or isinstance(last.event, PromotionRefused | PromotionFailed):
            self._tell(Said(f"{change.doing} did not succeed; the log says why", "warning"))
        elif change.afterwards:
            self._tell(Said(change.afterwards))
