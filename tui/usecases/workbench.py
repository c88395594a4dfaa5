"""The workbench: all that the board and the command line can do, on one set of registries, engines and journal.

Each use case is imported when it is first used, so that a first screen waits for none of them.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from tui.usecases.workbench_reading import Notices, WorkbenchReading

if TYPE_CHECKING:
    from tui.domain.environment import Environment
    from tui.domain.events import Recorded
    from tui.domain.follow import FollowEvent
    from tui.domain.past import Past
    from tui.domain.plan import Plan, Request
    from tui.domain.reference import Repository, Tag
    from tui.domain.verdict import Consent
    from tui.ports.errors import WindlassError
    from tui.usecases.approving import Approving
    from tui.usecases.following import Follow
    from tui.usecases.plan_set import Planned
    from tui.usecases.undoing import Untagging

__all__ = ["Notices", "Workbench"]

Judged = TypeVar("Judged", "Plan", "Untagging")


@dataclass(slots=True)
class Workbench(WorkbenchReading):
    """Plans, promotes, and takes back, on top of what only reads. `read_only` refuses all of it while it is set."""

    read_only: bool = False

    async def plan(self, request: "Request") -> "Plan":
        """The plan for `request`. Raises CannotPlan, RegistryError, EngineError."""
        from tui.usecases.planning import make_plan

        return self._held_back(await make_plan(await self._ready(), request))

    async def plan_all(
        self, requests: "Sequence[Request]", planned: "Planned" = lambda _: None
    ) -> "Sequence[Plan | WindlassError]":
        """The plan of each of `requests`, in their order, or the error that says why there is none.

        `planned` hears after each how many are dealt with.
        """
        from tui.usecases.plan_set import plan_all

        made = await plan_all(await self._ready(), requests, planned)
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

    async def follow(self, how: "Follow", wake: "asyncio.Event | None" = None) -> "AsyncGenerator[FollowEvent, None]":
        """Promotes new tags as they appear; setting `wake` has it look at once. Raises JournalError."""
        from tui.usecases.following import follow

        guarded = replace(how, forbidden=lambda: how.forbidden() or self._forbidden)
        tools = await self._ready()
        async with aclosing(follow(tools, self.path, self.scope, guarded, wake or asyncio.Event())) as events:
            async for event in events:
                yield event

    @property
    def _forbidden(self) -> str:
        return "this session is read-only" if self.read_only else ""

    def _held_back(self, judged: Judged) -> Judged:
        """`judged`, refused where this session is read-only."""
        if not self.read_only:
            return judged
        from tui.domain.verdict import fails
        from tui.usecases.gates import READ_ONLY, WRITABLE_AGAIN

        refusal = fails(READ_ONLY, self._forbidden, WRITABLE_AGAIN)
        others = (verdict for verdict in judged.verdicts if verdict.gate != READ_ONLY or not verdict.passed)
        return replace(judged, verdicts=(refusal, *others))
