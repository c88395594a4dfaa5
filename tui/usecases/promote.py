"""Promote: carry out a plan, and tell every event after it was journalled.

Source and target are resolved again before anything is written, and the promotion stops if either is no longer what
the plan says. Afterwards the target is read back: an engine's word that it pushed proves nothing.
"""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tui.domain.content import Descriptor
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
    Verified,
)
from tui.domain.plan import Effect, Keeping, Plan
from tui.domain.reference import Digest
from tui.ports.errors import EngineError, InvalidAnswer, NotFound, RegistryError
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import gather_all
from tui.usecases.tools import Tools
from tui.usecases.tree import fetch_tree

UNCHANGED = "unchanged since the plan"
"""The gate that refuses when source or target moved between plan and go."""


async def promote(tools: Tools, plan: Plan) -> AsyncGenerator[Recorded, None]:
    """Carries out `plan`; the last event is its ending. Raises JournalError, before anything unrecorded happens.

    Closing the generator cancels the promotion, which is journalled as well.
    """
    promotion = uuid.uuid4().hex[:12]

    async def recorded(event: Event) -> Recorded:
        record = Recorded(promotion, tools.clock(), plan.source, plan.target, event)
        await tools.journal.record(record)
        return record

    is_over = False
    try:
        async with aclosing(_events(tools, plan)) as events:
            async for event in events:
                is_over = isinstance(event, PromotionSucceeded | PromotionRefused | PromotionFailed)
                yield await recorded(event)
    finally:
        if not is_over:
            await recorded(PromotionCancelled())


async def _events(tools: Tools, plan: Plan) -> AsyncGenerator[Event, None]:
    started = tools.clock()
    yield PromotionStarted(plan.forecast.engine, plan.current.digest if plan.current else None, plan.size)
    try:
        refusal = await _refusal(tools, plan)
        if refusal:
            yield refusal
            return
        async with aclosing(_carry(tools, plan)) as events:
            async for event in events:
                yield event
    except RegistryError as error:
        yield PromotionFailed(error.operation, _side(plan, error), str(error))
        return
    except EngineError as error:
        yield PromotionFailed(error.operation, error.side, str(error))
        return
    yield StepStarted(Step.VERIFY, f"read back {plan.target}")
    if complaint := await _read_back(tools, plan):
        yield complaint
        return
    yield Verified(plan.digest)
    yield PromotionSucceeded((tools.clock() - started).total_seconds())


def _side(plan: Plan, error: RegistryError) -> Side:
    is_source = error.registry == plan.request.source.registry != plan.request.target.registry
    return Side.SOURCE if is_source else Side.TARGET


async def _refusal(tools: Tools, plan: Plan) -> PromotionRefused | None:
    """The gate that says no: one of the plan's, or that something moved since."""
    for verdict in plan.refusals:
        return PromotionRefused(verdict.gate, verdict.reason, verdict.remedy)
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


async def _carry(tools: Tools, plan: Plan) -> AsyncGenerator[Event, None]:
    """The engine's own events; an engine that may change the digest is not run where it already is right."""
    if plan.effect is Effect.NOTHING and plan.forecast.keeping is not Keeping.KEPT:
        yield LineLogged("the target already holds this digest: nothing to write")
        return
    async with aclosing(tools.engines[plan.forecast.engine].run(plan)) as events:
        async for event in events:
            yield event


async def _read_back(tools: Tools, plan: Plan) -> PromotionFailed | None:
    """What is wrong with the tag, the manifest or anything below it, as the target now tells them; None if nothing."""
    request = plan.request
    registry, there = tools.registries[request.target], request.target.locate(request.repository)
    try:
        held = await resolve_or_none(registry, there, request.target_tag)
        if held is None or held.digest != plan.digest:
            return _mismatch(plan, held)
        await fetch_tree(registry, request.target.registry, there, plan.digest)
    except (NotFound, InvalidAnswer) as error:
        return PromotionFailed(Step.VERIFY, Side.TARGET, f"MISMATCH: {plan.target} is incomplete: {error}")
    except RegistryError as error:
        cause = f"{plan.target} was written, but could not be read back: {error}"
        return PromotionFailed(error.operation, Side.TARGET, cause)
    return None


def _mismatch(plan: Plan, held: Descriptor | None) -> PromotionFailed:
    found = held.digest if held else "nothing"
    explanation = "" if plan.forecast.keeping is Keeping.KEPT else f"; {plan.forecast.sentence}"
    cause = f"MISMATCH: {plan.target} reads back {found} instead of {plan.digest}{explanation}"
    return PromotionFailed(Step.VERIFY, Side.TARGET, cause)
