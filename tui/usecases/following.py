"""Following: environments that say so take new tags from the environment before as they appear, through every gate.

A tag is new if it was not there when following first began; one that is pushed again is not. What was promoted, or
given up, is never promoted again: an undo stays undone. Nothing is ever overwritten.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tui.domain.environment import Environment, PromotionPath
from tui.domain.events import PromotionFailed, PromotionSucceeded, Step
from tui.domain.follow import Advanced, Began, FollowEvent, Looked, Unread, Waits
from tui.domain.plan import Effect, Plan, Request, consent_to
from tui.domain.reference import Reference, Repository, Tag
from tui.domain.scope import Scope
from tui.domain.signatures import is_derived
from tui.ports.errors import RegistryError, WindlassError
from tui.usecases.new_tags import Shelves
from tui.usecases.plan_set import plan_all
from tui.usecases.sets import promote_all
from tui.usecases.tools import Tools

OCCASION: Final = "follow"
"""What a followed promotion comes from, as `Request.occasion` has it."""

_TRIES: Final = 3
"""Times that a promotion may fail before it is left to people."""

_RESTS: Final = 9.0
"""A look is followed by at least so many times its length of rest: a tenth of a registry's budget is enough."""

_BREATH: Final = 1.0
"""Seconds between two looks, however often somebody wakes us."""


@dataclass(frozen=True, slots=True)
class Follow:
    """How to follow. `every` is seconds between two looks; `is_once` ends after one.

    `catches_up` takes for new what is there when following first begins. `forbidden` says why nothing may be written
    just now; empty where it may.
    """

    every: float = 60.0
    is_once: bool = False
    catches_up: bool = False
    forbidden: Callable[[], str] = lambda: ""


def followers(path: PromotionPath) -> tuple[Environment, ...]:
    """The environments that follow the one before, in the order that images travel."""
    return tuple(item for item in path.environments[1:] if item.follow)


async def follow(
    tools: Tools, path: PromotionPath, scope: Scope, how: Follow, wake: asyncio.Event
) -> AsyncGenerator[FollowEvent, None]:
    """Follows until the generator is closed, which cancels what is under way. Raises JournalError.

    Setting `wake` has it look at once.
    """
    follower = _Follower(tools, path, scope, how)
    while True:
        wake.clear()
        began = tools.clock()
        async with aclosing(follower.look()) as events:
            async for event in events:
                yield event
        rest = max(how.every, _RESTS * (tools.clock() - began).total_seconds())
        yield Looked(follower.found, None if how.is_once else tools.clock() + timedelta(seconds=rest))
        if how.is_once:
            return
        await asyncio.sleep(min(_BREATH, rest))
        with suppress(TimeoutError):
            async with asyncio.timeout(max(rest - _BREATH, 0)):
                await wake.wait()


@dataclass(frozen=True, slots=True)
class _Hindrance:
    """Why a tag is not promoted: `kind` is what stays the same while the `reason` counts down, empty if none minds."""

    kind: str
    reason: str
    is_final: bool = False


class _Follower:
    """What was told and tried so far, so that it is not told and tried without end."""

    def __init__(self, tools: Tools, path: PromotionPath, scope: Scope, how: Follow) -> None:
        self._tools = tools
        self._path = path
        self._scope = scope
        self._how = how
        self._told: dict[Reference | str, str] = {}
        self._failures: dict[Reference, int] = {}
        self.found = 0

    async def look(self) -> AsyncGenerator[FollowEvent, None]:
        """One look at every environment that follows; what arrives in one can go on to the next at once."""
        self.found = 0
        for target in followers(self._path):
            source = self._path.before(target.name)
            if source is None:
                continue
            try:
                async with aclosing(self._look_at(source, target)) as events:
                    async for event in events:
                        yield event
            except RegistryError as error:
                if self._is_news(source.name, str(error)):
                    yield Unread(source.name, str(error))

    async def _look_at(self, source: Environment, target: Environment) -> AsyncGenerator[FollowEvent, None]:
        journal = self._tools.journal
        shelves = Shelves(self._tools.registries[source], source, self._path, self._scope)
        if not await journal.is_following(target.name):
            first = () if self._how.catches_up else tuple(await shelves.repositories())
            yield Began(target.name, await self._know(target, shelves, first))
        elif awaited := await journal.awaited(target.name):
            await self._know(target, shelves, sorted(awaited))
        new, unread = await self._new(target, shelves)
        for item in unread:
            yield item
        self.found += len(new)
        if not new:
            return
        requests = [Request(source, target, *image, image[1], occasion=OCCASION) for image in new]
        plans: list[Plan] = []
        for request, outcome in zip(requests, await plan_all(self._tools, requests), strict=True):
            hindrance = self._hindrance(request, outcome)
            if isinstance(outcome, Plan) and hindrance is None:
                plans.append(outcome)
            elif hindrance and (waits := await self._put_off(request, outcome, hindrance)):
                yield waits
        async with aclosing(self._promote(plans)) as events:
            async for event in events:
                yield event

    # -- what is new ---------------------------------------------------------------------------------------------

    async def _know(self, target: Environment, shelves: Shelves, repositories: Sequence[Repository]) -> int:
        """Settles what `repositories` hold as known from the start, and keeps which of them could not be read."""
        held = await shelves.held(repositories)
        known = [item for items in held.values() if not isinstance(items, RegistryError) for item in items]
        unread = [name for name, items in held.items() if isinstance(items, RegistryError)]
        await self._tools.journal.await_first(target.name, unread)
        await self._tools.journal.settle(target.name, known)
        return len(known)

    async def _new(
        self, target: Environment, shelves: Shelves
    ) -> tuple[Sequence[tuple[Repository, Tag]], Sequence[Unread]]:
        """The tags that are new to `target`; and the repositories that cannot be read, each where that is news."""
        journal, place = self._tools.journal, shelves.environment.name
        settled = {(repository, tag) for repository, tag, _ in await journal.followed(target.name)}
        awaited = await journal.awaited(target.name)
        new: list[tuple[Repository, Tag]] = []
        unread: list[Unread] = []
        for repository, tags in (await shelves.names()).items():
            if isinstance(tags, RegistryError):
                unread += [Unread(place, str(tags))] if self._is_news(f"{place}/{repository}", str(tags)) else []
            elif repository not in awaited:
                self._told.pop(f"{place}/{repository}", None)
                images = ((repository, tag) for tag in tags if self._is_meant(target, tag))
                new += (image for image in images if image not in settled)
        return new, unread

    # -- what becomes of it --------------------------------------------------------------------------------------

    def _is_meant(self, target: Environment, tag: Tag) -> bool:
        """True for an image's tag that scope and the target's gate on tags take; of others nothing is said."""
        pattern = target.gates.tags
        is_taken = not pattern or re.fullmatch(pattern, tag) is not None
        return is_taken and self._scope.has_tag(tag) and not is_derived(tag)

    def _hindrance(self, request: Request, outcome: Plan | WindlassError) -> _Hindrance | None:
        """Why a new tag is not promoted now; None where it is."""
        if not isinstance(outcome, Plan):
            return _Hindrance("plan", str(outcome))
        if outcome.effect is Effect.NOTHING:
            return _Hindrance("", "it is there already", is_final=True)
        if outcome.effect is Effect.OVERWRITES:
            held = outcome.current.digest if outcome.current else "another digest"
            told = f"{outcome.target} holds {held}, and following overwrites nothing: `{_by_hand(request)}`"
            return _Hindrance("overwrite", told, is_final=True)
        if forbidden := self._how.forbidden():
            return _Hindrance("read-only", forbidden)
        if refusals := outcome.refusals:
            told = "; ".join(f"{verdict.gate}: {verdict.reason}" for verdict in refusals)
            return _Hindrance(" ".join(verdict.gate for verdict in refusals), told)
        return None

    async def _put_off(self, request: Request, outcome: Plan | WindlassError, why: _Hindrance) -> Waits | None:
        """What is to be said of a tag that is not promoted now; None where that was said, or is not worth it."""
        target = request.target.reference(request.repository, request.target_tag)
        if why.is_final and isinstance(outcome, Plan):
            await self._settle(outcome)
        if not why.kind or not self._is_news(target, why.kind):
            return None
        return Waits(target, outcome.digest if isinstance(outcome, Plan) else None, why.reason, why.is_final)

    async def _promote(self, plans: Sequence[Plan]) -> AsyncGenerator[FollowEvent, None]:
        """Promotes what no gate refuses. That the settings say `follow` is the yes to everything else that is asked."""
        if not plans:
            return
        by_target = {plan.target: plan for plan in plans}
        async with aclosing(promote_all(self._tools, plans, consent_to(plans))) as records:
            async for record in records:
                plan = by_target[record.target]
                yield Advanced(record, plan)
                if isinstance(record.event, PromotionSucceeded):
                    await self._settle(plan)
                elif isinstance(record.event, PromotionFailed) and (waits := await self._failed(plan, record.event)):
                    yield waits

    async def _failed(self, plan: Plan, failure: PromotionFailed) -> Waits | None:
        """Gives up what failed too often, or was written and reads back otherwise."""
        self._failures[plan.target] = self._failures.get(plan.target, 0) + 1
        if failure.operation != Step.VERIFY and self._failures[plan.target] < _TRIES:
            return None
        await self._settle(plan)
        return Waits(plan.target, plan.digest, f"{failure.cause}; given up: `{_by_hand(plan.request)}`", is_final=True)

    async def _settle(self, plan: Plan) -> None:
        request = plan.request
        await self._tools.journal.settle(request.target.name, [(request.repository, request.tag, plan.digest)])

    def _is_news(self, about: Reference | str, told: str) -> bool:
        is_news = self._told.get(about) != told
        self._told[about] = told
        return is_news


def _by_hand(request: Request) -> str:
    image = f"{request.repository}:{request.tag}"
    return f"windlass promote {image} --from {request.source.name} --to {request.target.name}"
