"""Running promotions: they belong to the application, and go on whatever screen is shown."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from textual.app import App

from tui.ports.errors import JournalError
from tui.ports.journal import Clock
from tui.ui.crew import Crew
from tui.ui.messages import PromotionAdvanced, PromotionsEnded, Said
from tui.ui.plan_answer import Confirmed
from tui.ui.running_set import RunningSet
from tui.usecases.workbench import Workbench

Tell = Callable[[PromotionAdvanced | PromotionsEnded | Said], object]

GROUP: Final = "promotions"
_AT_ONCE: Final = 3
"""Sets that run at the same time."""


class PromotionRunner:
    """Carries out confirmed sets of plans and tells everything that happens."""

    def __init__(self, app: App[Any], workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._crew = Crew(app, GROUP)
        self._workbench = workbench
        self._clock = clock
        self._tell = tell
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._sets: list[RunningSet] = []

    def start(self, confirmed: Confirmed) -> None:
        """Carries out the plans that were confirmed, as far as the consent goes."""
        running = RunningSet(confirmed, self._workbench, self._clock, self._tell)
        self._sets.append(running)
        self._crew.start(self._run(running))

    @property
    def waiting(self) -> int:
        """Confirmed promotions that have not begun."""
        return sum(len(running.waiting) for running in self._sets)

    @property
    def is_busy(self) -> bool:
        """True while a promotion is running or waiting."""
        return self._crew.is_busy

    async def stop(self) -> None:
        """Cancels everything, and returns when each cancellation is in the journal."""
        await self._crew.stop()

    async def _run(self, running: RunningSet) -> None:
        try:
            async with self._slots:
                await running.run()
        except JournalError as error:
            self._tell(Said(f"{error}; nothing goes on unrecorded, so this set stops here", "error"))
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a line in the log, and the set stops
            self._tell(Said(f"the promotion broke off: {type(error).__name__}: {error}", "error"))
        finally:
            self._finish(running)

    def _finish(self, running: RunningSet) -> None:
        self._sets.remove(running)
        for plan in running.waiting:
            self._tell(Said(f"not begun: {plan.command}", "warning"))
        running.tell_result()
        self._tell(PromotionsEnded(running.touched))
