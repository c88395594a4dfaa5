"""The plan dialog: what a promotion would do, whole, before anything is written. Enter confirms nothing."""

import time
from collections.abc import Callable

from textual.screen import ModalScreen

from tui.domain.plan import Plan, Request
from tui.usecases.workbench import Workbench


class PlanScreen(ModalScreen[tuple[Plan, ...] | None]):
    """Plans `requests` and asks; gives the confirmed plans, or None where nothing is to be done."""

    def __init__(
        self,
        workbench: Workbench,
        requests: tuple[Request, ...],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._requests = requests
        self._clock = clock
