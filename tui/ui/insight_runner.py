"""Finding out in the background what no survey tells: why cells differ, and where images come from.

What is in sight comes first. Whatever is found is merged into the board that the screen draws, many answers at a time.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from textual.app import App

from tui.domain.aliases import AliasFinder
from tui.domain.board import Board, Row
from tui.domain.explanation import CellKey, Explanation, Question
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.questions import questions_on
from tui.domain.reference import Digest
from tui.ui.messages import InsightGrown, Said
from tui.ui.origin_reader import OriginCount, OriginReader
from tui.ui.questioner import Questioner
from tui.ui.survey_runner import SurveyRunner, describe
from tui.ui.view import View
from tui.usecases.workbench import Workbench

if TYPE_CHECKING:
    from tui.usecases.explaining import Explainer

Tell = Callable[[InsightGrown | Said], object]
GROUP: Final = "insight"
_PACE: Final = 0.1
"""Seconds between two views that are worked on."""


class InsightRunner:
    """Holds what was found out. `tell` hears that it grew; `board` is then worth drawing again."""

    def __init__(self, app: App[Any], workbench: Workbench, surveys: SurveyRunner, tell: Tell) -> None:
        self._app = app
        self._workbench = workbench
        self._surveys = surveys
        self._tell = tell
        self._insight = Insight()
        self._explanations: dict[CellKey, Explanation] = {}
        self._identities: dict[Digest, Identity] = {}
        self._has_told = False
        self._view = View(surveys.board)
        self._has_view = asyncio.Event()
        self._explainer: Explainer | None = None
        self.finder = AliasFinder()
        self._questioner = Questioner(lambda: self.insight, self.finder)
        self._origins = OriginReader(self._hear_identities, lambda text: tell(Said(text, "warning")))

    @property
    def insight(self) -> Insight:
        """Everything that was told so far."""
        if self._explanations or self._identities:
            self._insight = self._insight.with_explanations(self._explanations).with_identities(self._identities)
            self._explanations, self._identities = {}, {}
        return self._insight

    @property
    def board(self) -> Board:
        """The board as it was read, with what was found out about it."""
        self._has_told = False
        board, insight = self._surveys.board, self.insight
        return board if board.insight is insight else replace(board, insight=insight)

    @property
    def origins(self) -> OriginCount:
        """How many of the images that the filter asks about were looked at."""
        return self._origins.count

    def start(self) -> None:
        """Works on whatever is looked at, from now on."""
        self._work(self._explain(), "why cells differ cannot be worked out")
        self._work(self._follow(), "what is in sight cannot be looked into")
        self._work(self._origins.run(self._workbench.library), "where images come from cannot be read")

    def look_at(self, view: View) -> None:
        """From now on `view` is what comes first."""
        self._view = view
        self._has_view.set()

    def decide(self, row: Row, column: int) -> None:
        """Finds out why this one cell differs, however much has to be read for it."""
        questions = questions_on(self._surveys.board, [row], self.finder)
        name = self._workbench.path.names[column]
        for question in questions:
            if question.environment == name and self._explainer is not None:
                self._work(self._decide(self._explainer, question), f"why {name} differs cannot be worked out")

    def look_again(self) -> None:
        """What could not be decided is asked about again once it was read again: the registries may answer by now."""
        if self._explainer is not None:
            self._explainer.forget_undecided()

    def recall(self, row: Row, column: int) -> None:
        """Remembers where the images in the base and at `column` come from, as far as that was read before."""
        entries = (row.entries[0], row.entries[column])
        digests = {entry.digest for entry in entries if entry and entry.digest} - self.insight.identities.keys()
        if digests:
            self._work(self._recall(digests), "where images come from cannot be remembered")

    # -- workers -------------------------------------------------------------------------------------------------

    def _work(self, coroutine: Coroutine[Any, Any, None], failure: str) -> None:
        self._app.run_worker(self._guarded(coroutine, failure), group=GROUP, exit_on_error=False)

    async def _guarded(self, coroutine: Coroutine[Any, Any, None], failure: str) -> None:
        try:
            await coroutine
        except Exception as error:  # noqa: BLE001 - a worker's edge: without reasons the board is as good as before
            self._tell(Said(f"{failure}: {describe(error)}", "error"))

    async def _explain(self) -> None:
        self._explainer = await self._workbench.explainer(self._hear_explanations)
        self._has_view.set()
        await self._explainer.run()

    async def _follow(self) -> None:
        """Works on one view after another; one that comes while another is worked on ends that."""
        while True:
            await self._has_view.wait()
            await asyncio.sleep(_PACE)  # what is new is drawn first, and what is only passed over is not asked about
            self._has_view.clear()
            await self._origins.want(self._view)
            if self._explainer is not None:
                await self._questioner.put(self._view, self._explainer.ask, self._has_view.is_set)

    async def _decide(self, explainer: "Explainer", question: Question) -> None:
        self._hear_explanations({question.key: await explainer.decide(question)})

    async def _recall(self, digests: set[Digest]) -> None:
        library = await self._workbench.library()
        if known := await library.recall_identities(digests):
            self._hear_identities(known)

    # -- what is found -------------------------------------------------------------------------------------------

    def _hear_explanations(self, found: Mapping[CellKey, Explanation]) -> None:
        self._explanations.update(found)
        self._announce()

    def _hear_identities(self, found: Mapping[Digest, Identity]) -> None:
        self._identities.update(found)
        self._announce()

    def _announce(self) -> None:
        """Says once that there is more; how often that is drawn is the screen's to choose."""
        if not self._has_told:
            self._has_told = True
            self._tell(InsightGrown())
