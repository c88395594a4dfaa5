"""Workers that belong to the application: they go on whatever screen is shown, and end before the program does."""

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.worker import Worker, WorkerError


class Crew:
    """All workers of one kind; `group` is what they are called."""

    def __init__(self, app: App[Any], group: str) -> None:
        self._app = app
        self._group = group
        self._workers: list[Worker[None]] = []

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Carries out `work`, which says itself what went wrong with it."""
        worker = self._app.run_worker(work, group=self._group, exit_on_error=False)
        self._workers = [*(item for item in self._workers if not item.is_finished), worker]

    @property
    def is_busy(self) -> bool:
        """True while any of them works."""
        return any(not worker.is_finished for worker in self._workers)

    async def stop(self) -> None:
        """Cancels everything, and returns when each has ended: by then its cancellation is in the journal."""
        for worker in self._workers:
            worker.cancel()
        for worker in self._workers:
            with suppress(WorkerError):
                await worker.wait()
