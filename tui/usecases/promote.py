"""Promote: carry out a plan, and tell every event after it was journalled.

Source and target are resolved again before anything is written, and the promotion stops if either is no longer what
the plan says. Afterwards the target is read back: an engine's word that it pushed proves nothing.
"""

import asyncio
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.environment import EngineName
from tui.domain.events import (
    Event,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    Side,
    Step,
    StepStarted,
    TagMoved,
    Verified,
)
from tui.domain.plan import Effect, Keeping, Plan
from tui.domain.reference import Digest, Repository
from tui.ports.errors import EngineError, InvalidAnswer, NotFound, RegistryError
from tui.ports.registry import Registry
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import gather_all, gather_pair
from tui.usecases.gates import Evidence, judge
from tui.usecases.tools import Tools
from tui.usecases.tree import fetch_tree

UNCHANGED = "unchanged since the plan"
"""The gate that refuses when source or target moved between plan and go."""


_WRITES_FROM: Final = {EngineName.DIRECT: Step.TAG, EngineName.DOCKER: Step.PUSH, EngineName.ACR_IMPORT: Step.TAG}
"""The step of each engine that writes the target's tag; whatever came before it left the tag alone."""

_PATIENCE: Final = 10.0
"""Seconds that the look at the target may take after a promotion was stopped."""


async def promote(tools: Tools, plan: Plan) -> AsyncGenerator[Recorded, None]:
    """Carries out `plan`; the last event is its ending. Raises JournalError, before anything unrecorded happens.

    Closing the generator cancels the promotion. That is journalled as well, after what it left at the target.
    """
    run = _Run(tools, plan)
    try:
        async with aclosing(run.events()) as events:
            async for event in events:
                yield await run.record(event)
    finally:
        if not run.is_over:
            await run.record_stop()


class _Run:
    """One promotion under way: how far it came, and what was journalled of it."""

    def __init__(self, tools: Tools, plan: Plan) -> None:
        self._tools = tools
        self._plan = plan
        self._promotion = uuid.uuid4().hex[:12]
        self._is_writing = False
        self._is_told = False
        self.is_over = False

    async def record(self, event: Event) -> Recorded:
        """Journals `event`, to the end even if this is cancelled meanwhile."""
        record = Recorded(self._promotion, self._tools.clock(), self._plan.source, self._plan.target, event)
        self.is_over = self.is_over or isinstance(event, PromotionSucceeded | PromotionRefused | PromotionFailed)
        self._is_told = self._is_told or isinstance(event, TagMoved)
        await asyncio.shield(asyncio.ensure_future(self._tools.journal.record(record)))
        return record

    async def record_stop(self) -> None:
        """Journals that it was stopped, and before that the tag, if it was written all the same."""
        with suppress(RegistryError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                moved = await self._unannounced_move()
            if moved is not None:
                await self.record(moved)
        await self.record(PromotionCancelled())

    async def events(self) -> AsyncGenerator[Event, None]:
        """Everything that happens, the ending last."""
        plan, started = self._plan, self._tools.clock()
        yield PromotionStarted(plan.forecast.engine, plan.current.digest if plan.current else None, plan.size)
        try:
            async with aclosing(self._carry()) as events:
                async for event in events:
                    yield event
                    if isinstance(event, PromotionRefused):
                        return
        except (RegistryError, EngineError) as error:
            moved = await self._look_after_failure()
            if moved is None:
                yield self._failure(error)
                return
            yield moved
            yield LineLogged(f"the target was written although it was answered otherwise: {error}")
        yield StepStarted(Step.VERIFY, f"read back {plan.target}")
        if complaint := await _read_back(self._tools, plan):
            yield complaint
            return
        yield Verified(plan.digest)
        yield PromotionSucceeded((self._tools.clock() - started).total_seconds())

    async def _carry(self) -> AsyncGenerator[Event, None]:
        """The engine's own events, with a last look at source and target before the step that writes.

        An engine that may change the digest is not run where it already is right.
        """
        tools, plan = self._tools, self._plan
        if refusal := await _refusal(tools, plan):
            yield refusal
            return
        if plan.effect is Effect.NOTHING and plan.forecast.keeping is not Keeping.KEPT:
            yield LineLogged("the target already holds this digest: nothing to write")
            return
        async with aclosing(tools.engines[plan.forecast.engine].run(plan)) as events:
            async for event in events:
                yield event
                if isinstance(event, StepStarted) and event.step is _WRITES_FROM[plan.forecast.engine]:
                    if moved := await _moved_since(tools, plan):
                        yield moved
                        return
                    self._is_writing = True

    async def _look_after_failure(self) -> TagMoved | None:
        """The tag's move, where the engine failed after it had written; None where it stands as it was."""
        try:
            return await self._unannounced_move()
        except RegistryError:
            return None

    async def _unannounced_move(self) -> TagMoved | None:
        """What the target's tag now holds, if this promotion may have written it and did not say so."""
        if not self._is_writing or self._is_told:
            return None
        request = self._plan.request
        registry = self._tools.registries[request.target]
        held = await resolve_or_none(registry, request.target.locate(request.repository), request.target_tag)
        before = self._plan.current.digest if self._plan.current else None
        return TagMoved(before, held.digest) if held is not None and held.digest != before else None

    def _failure(self, error: RegistryError | EngineError) -> PromotionFailed:
        side = error.side if isinstance(error, EngineError) else _side(self._plan, error)
        return PromotionFailed(error.operation, side, str(error))


def _side(plan: Plan, error: RegistryError) -> Side:
    is_source = error.registry == plan.request.source.registry != plan.request.target.registry
    return Side.SOURCE if is_source else Side.TARGET


async def _refusal(tools: Tools, plan: Plan) -> PromotionRefused | None:
    """The gate that says no: one of the plan's, that something moved since, or one that no longer passes."""
    for verdict in plan.refusals:
        return PromotionRefused(verdict.gate, verdict.reason, verdict.remedy)
    if moved := await _moved_since(tools, plan):
        return moved
    evidence = Evidence(plan.request, plan.digest, plan.current, plan.companions, plan.forecast)
    for verdict in await judge(evidence, tools.registries, tools.journal, tools.clock):
        if not verdict.passed:
            return PromotionRefused(verdict.gate, verdict.reason, verdict.remedy)
    return None


async def _moved_since(tools: Tools, plan: Plan) -> PromotionRefused | None:
    """That source or target is no longer what the plan says."""
    request = plan.request
    source, target = tools.registries[request.source], tools.registries[request.target]
    now, there = await gather_all(
        resolve_or_none(source, request.source.locate(request.repository), request.tag),
        resolve_or_none(target, request.target.locate(request.repository), request.target_tag),
    )
    if now is None or now.digest != plan.digest:
        return _moved(f"the source {request.source.name}/{request.repository}:{request.tag}", plan.digest, now)
    planned = plan.current.digest if plan.current else None
    if (there.digest if there else None) != planned:
        return _moved(f"the target {request.target.name}/{request.repository}:{request.target_tag}", planned, there)
    return None


def _moved(place: str, planned: Digest | None, found: Descriptor | None) -> PromotionRefused:
    before, after = planned or "missing", found.digest if found else "missing"
    reason = f"{place} moved: the plan saw {before}, now it is {after}; nothing was written"
    return PromotionRefused(UNCHANGED, reason, "look again and make a new plan")


async def _read_back(tools: Tools, plan: Plan) -> PromotionFailed | None:
    """What is wrong with the tag, the manifest or anything below it, as the target now tells them; None if nothing."""
    request = plan.request
    registry, there = tools.registries[request.target], request.target.locate(request.repository)
    try:
        held, gap = await gather_pair(resolve_or_none(registry, there, request.target_tag), _gap(registry, plan, there))
    except RegistryError as error:
        cause = f"{plan.target} was written, but could not be read back: {error}"
        return PromotionFailed(error.operation, Side.TARGET, cause)
    if held is None or held.digest != plan.digest:
        return _mismatch(plan, held)
    return PromotionFailed(Step.VERIFY, Side.TARGET, f"MISMATCH: {plan.target} is incomplete: {gap}") if gap else None


async def _gap(registry: Registry, plan: Plan, there: Repository) -> str:
    """What of the promoted content the target lacks or holds wrongly; empty where all of it is there."""
    try:
        await fetch_tree(registry, plan.request.target.registry, there, plan.digest)
    except (NotFound, InvalidAnswer) as error:
        return str(error)
    return ""


def _mismatch(plan: Plan, held: Descriptor | None) -> PromotionFailed:
    found = held.digest if held else "nothing"
    explanation = "" if plan.forecast.keeping is Keeping.KEPT else f"; {plan.forecast.sentence}"
    cause = f"MISMATCH: {plan.target} reads back {found} instead of {plan.digest}{explanation}"
    return PromotionFailed(Step.VERIFY, Side.TARGET, cause)
