"""Explaining cells: reads what a verdict needs, what is on screen first, and within a budget of requests."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tui.domain.environment import PromotionPath
from tui.domain.explanation import CellKey, Explanation, Question
from tui.usecases.library import Library
from tui.usecases.tools import Tools

REQUESTS_PER_CELL: Final = 4
"""The budget is a pool: so many requests for each drifted cell that was asked about; cells that need fewer leave the
others more."""

FEWEST_REQUESTS: Final = 32
"""However few cells drift, so many requests may be spent."""

Tell = Callable[[Mapping[CellKey, Explanation]], None]
"""Hears explanations as they are found, on the event loop; it must not block."""


class Explainer:
    """Explains the cells it was asked about, a few at a time. What was explained once is not worked out again."""

    def __init__(self, tools: Tools, library: Library, path: PromotionPath, tell: Tell) -> None:
        self._tools = tools
        self._library = library
        self._path = path
        self._tell = tell

    def ask(self, questions: Sequence[Question]) -> None:
        """Asks about these cells, the most wanted first; what was asked before and still waits goes behind them."""
        raise NotImplementedError

    async def run(self) -> None:
        """Explains what is asked until it is cancelled."""
        raise NotImplementedError

    async def explain_all(self, questions: Sequence[Question]) -> Mapping[CellKey, Explanation]:
        """Explains `questions` within the budget, tells each as it is found, and returns when all are answered."""
        raise NotImplementedError

    async def decide(self, question: Question) -> Explanation:
        """Explains one cell beyond the budget, asking again for what could not be read before."""
        raise NotImplementedError

    @property
    def requests(self) -> int:
        """How many requests were spent."""
        raise NotImplementedError
