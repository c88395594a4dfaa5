"""Explaining cells: what is on screen first, a few at a time, and within a budget of requests."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tui.domain.environment import PromotionPath
from tui.domain.explanation import CellKey, Explained, Explanation, Question, Reason, Undecided
from tui.usecases.case_reader import Terms, explain
from tui.usecases.concurrency import gather_all
from tui.usecases.library import Library
from tui.usecases.tools import Tools

REQUESTS_PER_CELL: Final = 4
"""The budget is a pool: so many requests for each drifted cell that was asked about; cells that need fewer leave the
others more."""

FEWEST_REQUESTS: Final = 32
"""However few cells drift, so many requests may be spent."""

_AT_ONCE: Final = 16

Tell = Callable[[Mapping[CellKey, Explanation]], None]
"""Hears explanations as they are found, on the event loop; it must not block."""


class Explainer:
    """Explains the cells it was asked about. What was explained once is not worked out again."""

    def __init__(self, tools: Tools, library: Library, path: PromotionPath, tell: Tell) -> None:
        self._tools = tools
        self._library = library
        self._path = path
        self._tell = tell
        self._waiting: OrderedDict[CellKey, Question] = OrderedDict()
        self._asked = 0
        self._under_way: set[CellKey] = set()
        self._found: dict[CellKey, Explanation] = {}
        self._untold: dict[CellKey, Explanation] = {}
        self._spent = 0
        self._news = asyncio.Event()
        self._thrifty = Terms(self._spend, library.recall_presence)

    @property
    def requests(self) -> int:
        """How many requests of the budget were spent."""
        return self._spent

    def ask(self, questions: Sequence[Question]) -> None:
        """Asks about these cells, the most wanted first; what was asked before and still waits goes behind them."""
        for item in reversed(questions):
            key = item.key
            if not self._is_settled(item) and key not in self._under_way:
                self._asked += key not in self._waiting
                self._waiting[key] = item
                self._waiting.move_to_end(key, last=False)
        self._news.set()

    def _is_settled(self, question: Question) -> bool:
        """Nothing is foreign any more once the base holds it under a tag."""
        known = self._found.get(question.key)
        is_outdated = isinstance(known, Explained) and known.reason is Reason.FOREIGN and bool(question.base_tags)
        return known is not None and not is_outdated

    async def run(self) -> None:
        """Explains what is asked until it is cancelled."""
        await gather_all(*(self._work() for _ in range(_AT_ONCE)))

    async def explain_all(self, questions: Sequence[Question]) -> Mapping[CellKey, Explanation]:
        """Explains `questions` within the budget, tells each as it is found, and returns when all are told.

        Not for one whose `run` is at work.
        """
        self.ask(questions)
        await gather_all(*(self._drain() for _ in range(_AT_ONCE)))
        self._tell_all()
        return {item.key: self._found[item.key] for item in questions}

    async def decide(self, question: Question) -> Explanation:
        """Explains one cell beyond the budget, asking again for what could not be read, or was not there, before."""
        self._waiting.pop(question.key, None)
        return await self._explain(question, Terms(lambda: True, self._library.recall_holding))

    def forget_undecided(self) -> None:
        """Lets cells be asked about again that could not be explained: the registries may answer by now.

        Each adds to the budget anew, or what failed while a registry was down would have used it up for good.
        """
        self._found = {key: item for key, item in self._found.items() if not isinstance(item, Undecided)}

    async def _work(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self._drain()

    async def _drain(self) -> None:
        while self._waiting:
            _, question = self._waiting.popitem(last=False)
            await self._explain(question, self._thrifty)

    async def _explain(self, question: Question, terms: Terms) -> Explanation:
        self._under_way.add(question.key)
        try:
            found = await explain(self._tools, self._library, self._path, question, terms)
        except Exception as error:  # noqa: BLE001 - a worker's edge: one cell's fault leaves the others their answers
            found = Undecided((f"a fault in windlass itself ({type(error).__name__}); please report the image",))
        finally:
            self._under_way.discard(question.key)
        return self._keep(question.key, found)

    def _keep(self, key: CellKey, found: Explanation) -> Explanation:
        """A reason stays, even where a later look could not read what that took."""
        known = self._found.get(key)
        if isinstance(known, Explained) and isinstance(found, Undecided):
            return known
        self._found[key] = found
        self._tell_soon(key, found)
        return found

    def _spend(self) -> bool:
        if self._spent >= max(FEWEST_REQUESTS, REQUESTS_PER_CELL * self._asked):
            return False
        self._spent += 1
        return True

    def _tell_soon(self, key: CellKey, found: Explanation) -> None:
        """What is found in one turn of the loop is told together."""
        if not self._untold:
            asyncio.get_running_loop().call_soon(self._tell_all)
        self._untold[key] = found

    def _tell_all(self) -> None:
        told, self._untold = self._untold, {}
        if told:
            self._tell(told)
