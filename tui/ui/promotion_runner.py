"""Running promotions: they belong to the application, and go on whatever screen is shown."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from typing import Any, Final

from textual.app import App
from textual.worker import Worker, WorkerError

from tui.domain.events import Ending, PromotionCancelled, Recorded
from tui.domain.plan import Plan
from tui.domain.reference import Repository
from tui.ports.errors import JournalError
from tui.ports.journal import Clock
from tui.ui.messages import PromotionAdvanced, PromotionsEnded, Said
from tui.usecases.workbench import Workbench

Tell = Callable[[PromotionAdvanced | PromotionsEnded | Said], object]

GROUP: Final = "promotions"
_AT_ONCE: Final = 3
"""Sets that run at the same time; within a set, one promotion follows another."""


class PromotionRunner:
    """Carries out confirmed plans and tells everything that happens."""

    def __init__(self, app: App[Any], workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._app = app
        self._workbench = workbench
        self._clock = clock
        self._tell = tell
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._workers: list[Worker[None]] = []
        self.waiting = 0
        """Confirmed promotions that have not begun."""

    def start(self, plans: Sequence[Plan]) -> None:
        """Carries out `plans`, one after another."""
        self.waiting += len(plans)
        worker = self._app.run_worker(self._run(tuple(plans)), group=GROUP, exit_on_error=False)
        self._workers = [*(item for item in self._workers if not item.is_finished), worker]

    @property
    def is_busy(self) -> bool:
        """True while a promotion is running or waiting."""
        return any(not worker.is_finished for worker in self._workers)

    async def stop(self) -> None:
        """Cancels everything, and returns when each cancellation is in the journal."""
        for worker in self._workers:
            worker.cancel()
        for worker in self._workers:
            with suppress(WorkerError):
                await worker.wait()

    async def _run(self, plans: tuple[Plan, ...]) -> None:
        left = list(plans)
        try:
            async with self._slots:
                while left:
                    self.waiting -= 1
                    await self._promote(left.pop(0))
        except JournalError as error:
            self._tell(Said(f"{error}; nothing goes on unrecorded, so this set stops here", "error"))
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a line in the log, and the set stops
            self._tell(Said(f"the promotion broke off: {type(error).__name__}: {error}", "error"))
        finally:
            self._finish(plans, left)

    def _finish(self, plans: Sequence[Plan], left: Sequence[Plan]) -> None:
        self.waiting -= len(left)
        for plan in left:
            self._tell(Said(f"not begun: {plan.command}", "warning"))
        self._tell(PromotionsEnded(_touched(plans[: len(plans) - len(left)])))

    async def _promote(self, plan: Plan) -> None:
        """Tells each record. A cancelled promotion's ending is journalled as it closes, and is told here."""
        self._tell(Said(plan.command, "command"))
        last: Recorded | None = None
        try:
            async with aclosing(self._workbench.promote(plan)) as records:
                async for last in records:
                    self._tell(PromotionAdvanced(last))
        except asyncio.CancelledError:
            if last is not None and not isinstance(last.event, Ending):
                ending = Recorded(last.promotion, self._clock(), last.source, last.target, PromotionCancelled())
                self._tell(PromotionAdvanced(ending))
            raise


def _touched(plans: Sequence[Plan]) -> tuple[Repository, ...]:
    return tuple(dict.fromkeys(plan.request.repository for plan in plans))
