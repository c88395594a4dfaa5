"""The half of the workbench that only reads: registries, journal, and what was read before.

Each use case is imported when it is first used, so that a first screen waits for none of them.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.domain.board import Board, Row
    from tui.domain.comparison import Comparison
    from tui.domain.environment import Environment, PromotionPath
    from tui.domain.events import Recorded
    from tui.domain.history import History
    from tui.domain.needle import Needle
    from tui.domain.notices import Notice
    from tui.domain.past import ChainCheck, Past
    from tui.domain.reference import Repository, Tag
    from tui.domain.scope import Scope
    from tui.domain.snapshot import Snapshot
    from tui.domain.staleness import Changes
    from tui.usecases.attention import Attention
    from tui.usecases.comparing import Spot
    from tui.usecases.examining import Examiner
    from tui.usecases.explaining import Explainer, Tell
    from tui.usecases.finding import Find
    from tui.usecases.inspect import Details
    from tui.usecases.library import Library
    from tui.usecases.noted import Noted
    from tui.usecases.survey import SurveyEvent
    from tui.usecases.tools import Tools

Observer = Callable[["Notice"], None]
ToolMaker = Callable[[], Awaitable["Tools"]]


@dataclass(slots=True)
class Notices:
    """Hands what the registry clients say on to whoever listens."""

    observers: list[Observer] = field(default_factory=list[Observer])

    def subscribe(self, observer: Observer) -> None:
        """From now on `observer` hears every notice; it is called on the event loop and must not block."""
        self.observers.append(observer)

    def __call__(self, notice: "Notice") -> None:
        """Tells `notice` to everyone."""
        for observer in self.observers:
            observer(notice)


@dataclass(slots=True)
class WorkbenchReading:
    """Surveys, inspects, compares, and tells what was done. `tools` may be what makes them: once, on first use."""

    path: "PromotionPath"
    scope: "Scope"
    tools: "Tools | ToolMaker"
    notices: Notices
    _making: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _library: "Library | None" = field(default=None, init=False)

    async def survey(
        self, scope: "Scope | None" = None, attention: "Attention | None" = None, known: "Iterable[Snapshot]" = ()
    ) -> "AsyncGenerator[SurveyEvent, None]":
        """Reads every repository of `scope` (by default all) in every environment, in the order of `attention`.

        Where `known` tells what was read before, only what may have changed since is asked for.
        """
        from tui.usecases.survey import survey

        tools = await self._ready()
        scope = scope or self.scope
        results = survey(tools.registries, scope, tools.clock, tools.journal, attention, known)
        async with aclosing(results) as events:
            async for event in events:
                yield event

    async def recall(self) -> "Sequence[Snapshot]":
        """The last known snapshots, for a first screen before anything was read; none where there is no memory."""
        from tui.ports.errors import JournalError

        tools = await self._ready()
        try:
            snapshots = await tools.journal.recall(self.path.names)
        except JournalError:
            return ()
        return [item for item in snapshots if self.scope.has_repository(item.repository)]

    async def inspect(self, environment: "Environment", repository: "Repository", tag: "Tag") -> "Details":
        """What `tag` is, read now. Raises RegistryError."""
        from tui.usecases.inspect import inspect

        tools = await self._ready()
        return await inspect(tools.registries[environment], environment, repository, tag)

    async def library(self) -> "Library":
        """What was read of manifests and configs, and is still to be read."""
        from tui.usecases.library import Library

        tools = await self._ready()
        self._library = self._library or Library(tools)
        return self._library

    async def explainer(self, tell: "Tell") -> "Explainer":
        """Who works out why cells differ; `tell` hears what is found."""
        from tui.usecases.explaining import Explainer

        return Explainer(await self._ready(), await self.library(), self.path, tell)

    async def compare(self, left: "Spot", right: "Spot") -> "Comparison":
        """What changes from one image to the other, read now. Raises RegistryError."""
        from tui.usecases.comparing import compare

        return await compare(await self._ready(), left, right)

    async def find(self, board: "Board", rows: "Sequence[Row]", needle: "Needle") -> "AsyncGenerator[Find, None]":
        """Where a digest, commit or build is among `rows`."""
        from tui.usecases.finding import find

        async with aclosing(find(await self.library(), board, rows, needle)) as found:
            async for item in found:
                yield item

    async def history(self, repository: "Repository | None" = None, tag: "Tag | None" = None) -> "History":
        """What the journal knows of a tag in every environment. Raises JournalError."""
        tools = await self._ready()
        return await tools.journal.history(self.path.names, repository, tag)

    async def last_changes(self) -> "Changes":
        """When each tag was last seen to change; nothing where there is no memory."""
        from tui.ports.errors import JournalError

        tools = await self._ready()
        try:
            return await tools.journal.last_changes(self.path.names)
        except JournalError:
            return {}

    async def promotions(self, limit: int | None = None) -> "Sequence[Past]":
        """The promotions into all environments, the newest first. Raises JournalError."""
        return await (await self._ready()).journal.promotions(self.path.names, limit)

    async def promotion(self, name: str) -> "Sequence[Recorded]":
        """Every event of a promotion, but the advances of blobs; `name` is how its id begins. Raises JournalError."""
        return await (await self._ready()).journal.promotion(name)

    async def check_journal(self) -> "ChainCheck":
        """Whether the journal is as it was written. Raises JournalError."""
        return await (await self._ready()).journal.check()

    async def interrupted(self) -> "Sequence[Past]":
        """The promotions that can be gone on with, the newest first. Raises JournalError."""
        from tui.usecases.resuming import interrupted

        return await interrupted(await self._ready(), self.path)

    async def noted(self, repository: "Repository", tag: "Tag") -> "Sequence[Noted]":
        """What each registry itself tells of the promotions of what it holds under `tag`."""
        from tui.usecases.noted import noted

        return await noted(await self._ready(), self.path, repository, tag)

    async def examiner(self) -> "Examiner":
        """Who finds out what works and what does not."""
        from tui.usecases.examining import Examiner

        return Examiner(await self._ready(), self.path, self.scope)

    async def _ready(self) -> "Tools":
        async with self._making:
            if callable(self.tools):
                self.tools = await self.tools()
            return self.tools
