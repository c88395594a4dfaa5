"""The workbench: all that the board and the command line can do, on one set of registries, engines and journal.

Each use case is imported when it is first used, so that a first screen waits for none of them.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tui.domain.board import Board, Row
    from tui.domain.comparison import Comparison
    from tui.domain.environment import Environment, PromotionPath
    from tui.domain.events import Recorded
    from tui.domain.follow import FollowEvent
    from tui.domain.history import History
    from tui.domain.needle import Needle
    from tui.domain.notices import Notice
    from tui.domain.past import ChainCheck, Past
    from tui.domain.plan import Consent, Plan, Request
    from tui.domain.reference import Repository, Tag
    from tui.domain.scope import Scope
    from tui.domain.snapshot import Snapshot
    from tui.domain.staleness import Changes
    from tui.ports.errors import WindlassError
    from tui.usecases.approving import Approving
    from tui.usecases.comparing import Spot
    from tui.usecases.examining import Examiner
    from tui.usecases.explaining import Explainer, Tell
    from tui.usecases.finding import Find
    from tui.usecases.following import Follow
    from tui.usecases.inspect import Details
    from tui.usecases.library import Library
    from tui.usecases.noted import Noted
    from tui.usecases.survey import SurveyEvent
    from tui.usecases.tools import Tools
    from tui.usecases.undoing import Untagging

Observer = Callable[["Notice"], None]
ToolMaker = Callable[[], Awaitable["Tools"]]
Judged = TypeVar("Judged", "Plan", "Untagging")


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
class Workbench:
    """Survey, inspect, plan and promote. `read_only` refuses every promotion while it is set.

    `tools` may be what makes them: that is done once, on first use.
    """

    path: "PromotionPath"
    scope: "Scope"
    tools: "Tools | ToolMaker"
    notices: Notices
    read_only: bool = False
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)
    _library: "Library | None" = None

    async def survey(self, scope: "Scope | None" = None) -> "AsyncGenerator[SurveyEvent, None]":
        """Reads every repository of `scope` (by default all) in every environment."""
        from tui.usecases.survey import survey

        tools = await self._ready()
        async with aclosing(survey(tools.registries, scope or self.scope, tools.clock, tools.journal)) as events:
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

    async def plan(self, request: "Request") -> "Plan":
        """The plan for `request`. Raises CannotPlan, RegistryError, EngineError."""
        from tui.usecases.planning import make_plan

        return self._held_back(await make_plan(await self._ready(), request))

    async def plan_all(self, requests: "Sequence[Request]") -> "Sequence[Plan | WindlassError]":
        """The plan of each of `requests`, in their order, or the error that says why there is none."""
        from tui.usecases.plan_set import plan_all

        made = await plan_all(await self._ready(), requests)
        return [item if isinstance(item, Exception) else self._held_back(item) for item in made]

    async def promote_all(self, plans: "Sequence[Plan]", consent: "Consent") -> "AsyncGenerator[Recorded, None]":
        """Carries out `plans` as one set: side by side within bounds, the content of all first, the tags last.

        The records interleave; each promotion's last is its ending. None that fails stops another. Raises JournalError.
        """
        from tui.usecases.sets import promote_all

        async with aclosing(
            promote_all(await self._ready(), [self._held_back(plan) for plan in plans], consent)
        ) as records:
            async for record in records:
                yield record

    async def lock(
        self, environment: "Environment", repository: "Repository", tag: "Tag"
    ) -> "AsyncGenerator[Recorded, None]":
        """Locks `tag`, so that nobody moves or deletes it. Raises JournalError.

        The last event is TagLocked, LineLogged where it was locked already, PromotionRefused or PromotionFailed.
        """
        from tui.usecases.locking import lock
        from tui.usecases.locks import LockedTag

        wanted = LockedTag(environment, repository, tag)
        async with aclosing(lock(await self._ready(), wanted, self._forbidden)) as records:
            async for record in records:
                yield record

    async def unlock(
        self, environment: "Environment", repository: "Repository", tag: "Tag"
    ) -> "AsyncGenerator[Recorded, None]":
        """Unlocks `tag`; as `lock`, with TagUnlocked. A lock of the whole repository stays, and that is said."""
        from tui.usecases.locking import unlock
        from tui.usecases.locks import LockedTag

        wanted = LockedTag(environment, repository, tag)
        async with aclosing(unlock(await self._ready(), wanted, self._forbidden)) as records:
            async for record in records:
                yield record

    # -- what was done, taken back, approved of, followed ----------------------------------------------------------

    async def promotions(self, limit: int | None = None) -> "Sequence[Past]":
        """The promotions into all environments, the newest first. Raises JournalError."""
        return await (await self._ready()).journal.promotions(self.path.names, limit)

    async def promotion(self, name: str) -> "Sequence[Recorded]":
        """Every event of a promotion, but the advances of blobs; `name` is how its id begins. Raises JournalError."""
        return await (await self._ready()).journal.promotion(name)

    async def check_journal(self) -> "ChainCheck":
        """Whether the journal is as it was written. Raises JournalError."""
        return await (await self._ready()).journal.check()

    async def undoing(self, promotion: str = "") -> "Request | Untagging":
        """What undoes a promotion, by default the last that wrote a tag. Raises CannotUndo and others."""
        from tui.domain.plan import Request
        from tui.usecases.undoing import undoing

        found = await undoing(await self._ready(), self.path, promotion)
        return found if isinstance(found, Request) else self._held_back(found)

    async def untag(self, untagging: "Untagging", consent: "Consent") -> "AsyncGenerator[Recorded, None]":
        """Takes away a tag that a promotion created; the last event is its ending. Raises JournalError."""
        from tui.usecases.undoing import untag

        async with aclosing(untag(await self._ready(), untagging, consent, self._forbidden)) as records:
            async for record in records:
                yield record

    async def interrupted(self) -> "Sequence[Past]":
        """The promotions that can be gone on with, the newest first. Raises JournalError."""
        from tui.usecases.resuming import interrupted

        return await interrupted(await self._ready(), self.path)

    async def forget(self, past: "Past") -> None:
        """Lets go of an interrupted promotion: it is not offered again. Raises JournalError."""
        from tui.usecases.resuming import forget

        await forget(await self._ready(), past)

    async def look_at_approval(
        self, source: "Environment", target: "Environment", repository: "Repository", tag: "Tag"
    ) -> "Approving":
        """What would be approved of. Raises CannotApprove, RegistryError."""
        from tui.usecases.approving import look_at_approval

        return await look_at_approval(await self._ready(), source, target, repository, tag)

    async def approve(self, approving: "Approving", remark: str = "") -> "AsyncGenerator[Recorded, None]":
        """Approves; the last event is ApprovalGiven, PromotionRefused or PromotionFailed. Raises JournalError."""
        from tui.usecases.approving import approve

        async with aclosing(approve(await self._ready(), approving, remark, self._forbidden)) as records:
            async for record in records:
                yield record

    async def noted(self, repository: "Repository", tag: "Tag") -> "Sequence[Noted]":
        """What each registry itself tells of the promotions of what it holds under `tag`."""
        from tui.usecases.noted import noted

        return await noted(await self._ready(), self.path, repository, tag)

    async def follow(self, how: "Follow", wake: "asyncio.Event | None" = None) -> "AsyncGenerator[FollowEvent, None]":
        """Promotes new tags as they appear; setting `wake` has it look at once. Raises JournalError."""
        from tui.usecases.following import follow

        guarded = replace(how, forbidden=lambda: how.forbidden() or self._forbidden)
        tools = await self._ready()
        async with aclosing(follow(tools, self.path, self.scope, guarded, wake or asyncio.Event())) as events:
            async for event in events:
                yield event

    async def examiner(self) -> "Examiner":
        """Who finds out what works and what does not."""
        from tui.usecases.examining import Examiner

        return Examiner(await self._ready(), self.path, self.scope)

    @property
    def _forbidden(self) -> str:
        return "this session is read-only" if self.read_only else ""

    async def _ready(self) -> "Tools":
        async with self._making:
            if callable(self.tools):
                self.tools = await self.tools()
            return self.tools

    def _held_back(self, judged: Judged) -> Judged:
        """`judged`, refused where this session is read-only."""
        if not self.read_only:
            return judged
        from tui.domain.plan import fails
        from tui.usecases.gates import READ_ONLY

        refusal = fails(READ_ONLY, self._forbidden, "leave out --read-only; on the board ! switches it off")
        others = (verdict for verdict in judged.verdicts if verdict.gate != READ_ONLY or not verdict.passed)
        return replace(judged, verdicts=(refusal, *others))
