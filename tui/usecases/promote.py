"""Promote: carry out a plan, and tell every event after it was journalled.

Source and target are resolved again before anything is written, and the promotion stops if either is no longer what
the plan says, or if a gate no longer passes. Afterwards the target is read back: an engine's word that it pushed
proves nothing.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, suppress
from typing import Final, Protocol

from tui.domain.environment import EngineName
from tui.domain.events import (
    EngineEvent,
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
)
from tui.domain.plan import Effect, Keeping, Plan
from tui.domain.verdict import Consent
from tui.ports.errors import EngineError, RegistryError, TurnTaken
from tui.usecases.aftermath import conclude
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import meanwhile
from tui.usecases.enforcing import refusal_of, refusal_to_write
from tui.usecases.identity import identity_at
from tui.usecases.noting import prepare_note, wants_preparing
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools

_WRITES_FROM: Final = {EngineName.DIRECT: Step.TAG, EngineName.DOCKER: Step.PUSH, EngineName.ACR_IMPORT: Step.TAG}
"""The step of each engine that writes the target's tag; whatever came before it left the tag alone."""

_PATIENCE: Final = 10.0
"""Seconds that the look at the target may take after a promotion was stopped."""


class Turn(Protocol):
    """When a promotion of a set may write its tag."""

    async def to_write(self) -> None:
        """Returns when it may: the content of the others is there."""
        ...


class Alone:
    """The turn of a promotion that waits for no other."""

    async def to_write(self) -> None:
        """At once."""


async def promote(tools: Tools, plan: Plan, consent: Consent, turn: Turn) -> AsyncGenerator[Recorded, None]:
    """Carries out `plan`; the last event is its ending. Raises JournalError, before anything unrecorded happens.

    A gate that asks refuses where `consent` does not cover it. Closing the generator cancels the promotion. That is
    journalled as well, after what it left at the target.
    """
    async with AsyncExitStack() as beside:
        run = _Run(tools, plan, consent, turn, beside)
        try:
            async with aclosing(run.events()) as events:
                async for event in events:
                    yield await run.record(event)
        finally:
            if run.recording.is_under_way:
                await run.record_stop()


class _Run:
    """One promotion under way: how far it came, and what was journalled of it. `beside` ends with it."""

    def __init__(self, tools: Tools, plan: Plan, consent: Consent, turn: Turn, beside: AsyncExitStack) -> None:
        self._tools = tools
        self._plan = plan
        self._consent = consent
        self._turn = turn
        self._beside = beside
        self.recording = Recording(tools.journal, tools.clock, plan.source, plan.target)
        self._is_writing = False
        self._is_told = False

    async def record(self, event: Event) -> Recorded:
        """Journals `event`, to the end even if this is cancelled meanwhile."""
        self._is_told = self._is_told or isinstance(event, TagMoved)
        return await self.recording.record(event)

    async def record_stop(self) -> None:
        """Journals that it was stopped, and before that the tag, if it was written all the same, or may yet be."""
        with suppress(RegistryError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                moved = await self._unannounced_move()
            if moved is not None:
                await self.record(moved)
        if self._is_writing and not self._is_told and self._plan.forecast.engine is EngineName.ACR_IMPORT:
            await self.record(LineLogged(f"Azure may still end what it began: look at {self._plan.target} later"))
        await self.record(PromotionCancelled())

    async def events(self) -> AsyncGenerator[Event, None]:
        """Everything that happens, the ending last."""
        plan, started = self._plan, self._tools.clock()
        by = await identity_at(self._tools, plan.request.target)
        before = plan.current.digest if plan.current else None
        yield PromotionStarted(plan.forecast.engine, before, plan.size, plan.request.occasion, by)
        if plan.forecast.instead:
            yield LineLogged(plan.forecast.instead)
        try:
            async with aclosing(self._carry()) as events:
                async for event in events:
                    yield event
                    if isinstance(event, PromotionRefused):
                        return
        except TurnTaken as error:
            yield PromotionFailed(Step.TAG, Side.TARGET, str(error))
            return
        except (RegistryError, EngineError) as error:
            moved = await self._look_after_failure()
            if moved is None:
                yield self._failure(error)
                return
            yield moved
            yield LineLogged(f"the target was written although it was answered otherwise: {error}")
        async with aclosing(conclude(self._tools, plan, self.recording, by)) as events:
            async for event in events:
                yield event
                if isinstance(event, PromotionFailed):
                    return
        yield PromotionSucceeded((self._tools.clock() - started).total_seconds())

    async def _carry(self) -> AsyncGenerator[EngineEvent | PromotionRefused, None]:
        """The engine's own events, with a last look at gates, source and target before the step that writes.

        An engine that may change the digest is not run where it already is right. Of several processes that write the
        same tag one does so at a time, from its last look on.
        """
        tools, plan = self._tools, self._plan
        if refusal := await refusal_of(tools, plan, self._consent):
            yield refusal
            return
        if plan.effect is Effect.NOTHING and plan.forecast.keeping is not Keeping.KEPT:
            yield LineLogged("the target already holds this digest: nothing to write")
            return
        if wants_preparing(tools, plan):
            await self._beside.enter_async_context(meanwhile(prepare_note(tools, plan)))
        async with AsyncExitStack() as stack, aclosing(tools.engines[plan.forecast.engine].run(plan)) as events:
            async for event in events:
                yield event
                if isinstance(event, StepStarted) and event.step is _WRITES_FROM[plan.forecast.engine]:
                    if not self._is_writing:
                        await self._turn.to_write()
                        await stack.enter_async_context(tools.journal.holding(plan.target))
                    if refusal := await refusal_to_write(tools, plan, self._consent):
                        yield refusal
                        return
                    self._is_writing = True

    async def _look_after_failure(self) -> TagMoved | None:
        """The tag's move, where the engine failed after it had written; None where it stands as it was."""
        try:
            return await self._unannounced_move()
        except RegistryError:
            return None

    async def _unannounced_move(self) -> TagMoved | None:
        """What the target's tag now holds, if this promotion may have written it and did not say so.

        Another digest is somebody else's, unless the engine may change what it writes.
        """
        if not self._is_writing or self._is_told:
            return None
        plan, request = self._plan, self._plan.request
        registry = self._tools.registries[request.target]
        held = await resolve_or_none(registry, request.target.locate(request.repository), request.target_tag)
        before = plan.current.digest if plan.current else None
        if held is None or held.digest == before:
            return None
        is_own = held.digest == plan.digest or plan.forecast.keeping is not Keeping.KEPT
        return TagMoved(before, held.digest) if is_own else None

    def _failure(self, error: RegistryError | EngineError) -> PromotionFailed:
        side = error.side if isinstance(error, EngineError) else _side(self._plan, error)
        return PromotionFailed(error.operation, side, str(error))


def _side(plan: Plan, error: RegistryError) -> Side:
    is_source = error.registry == plan.request.source.registry != plan.request.target.registry
    return Side.SOURCE if is_source else Side.TARGET
