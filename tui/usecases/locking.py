"""Locking and unlocking a tag by hand: explicit, and journalled like a promotion.

A promotion never unlocks: a tag that is locked is overwritten only after somebody has unlocked it here.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from tui.domain.environment import Environment
from tui.domain.events import (
    Event,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    Recorded,
    Side,
    Step,
    StepStarted,
    TagLocked,
    TagUnlocked,
)
from tui.domain.locks import LockedPart
from tui.domain.plan import Plan
from tui.domain.reference import Digest
from tui.ports.errors import RegistryError
from tui.ports.registry import Registry, TagLocker
from tui.usecases.gates import READ_ONLY, WRITABLE_AGAIN
from tui.usecases.locks import LOCK, LockedTag, describe_lock
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools

_LOCKED_ALREADY: Final = "it is locked already: nothing to write"


async def lock(tools: Tools, wanted: LockedTag, forbidden: str = "") -> AsyncGenerator[Recorded, None]:
    """Locks the tag. `forbidden` says why nothing may be written in this session; empty where it may.

    The last event is TagLocked, LineLogged where the tag was locked already, PromotionRefused or PromotionFailed.
    Raises JournalError, before anything unrecorded happens.
    """
    async with aclosing(_recorded(tools, wanted, _lock, Step.LOCK, forbidden)) as records:
        async for record in records:
            yield record


async def unlock(tools: Tools, wanted: LockedTag, forbidden: str = "") -> AsyncGenerator[Recorded, None]:
    """Unlocks the tag; as `lock`, with TagUnlocked. A lock of the whole repository stays, and that is said."""
    async with aclosing(_recorded(tools, wanted, _unlock, Step.UNLOCK, forbidden)) as records:
        async for record in records:
            yield record


async def lock_promoted(registry: Registry, locker: TagLocker, plan: Plan) -> AsyncGenerator[Event, None]:
    """Locks the tag that `plan` wrote, and looks what it holds now that nobody moves it any more.

    A failure ends the promotion as failed: the tag is written and verified, but not what the settings want of it.
    """
    request = plan.request
    wanted = LockedTag(request.target, request.repository, request.target_tag)
    yield StepStarted(Step.LOCK, str(plan.target))
    try:
        was_locked = await locker.write_lock(wanted.place, wanted.tag) is LockedPart.TAG
        if not was_locked:
            await locker.lock(wanted.place, wanted.tag)
        held = await _digest(registry, wanted)
    except RegistryError as error:
        cause = f"promoted and verified, but not locked: {error}; lock it with `{wanted.command('lock')}`"
        yield PromotionFailed(Step.LOCK, Side.TARGET, cause)
        return
    yield LineLogged(_LOCKED_ALREADY) if was_locked else TagLocked(held)
    if held != plan.digest:
        cause = (
            f"MISMATCH: {plan.target} moved to {held} before it was locked; free it with `{wanted.command('unlock')}`"
        )
        yield PromotionFailed(Step.VERIFY, Side.TARGET, cause)


_Action = Callable[[Registry, TagLocker, LockedTag], AsyncGenerator[Event, None]]


async def _recorded(
    tools: Tools, wanted: LockedTag, action: _Action, step: Step, forbidden: str
) -> AsyncGenerator[Recorded, None]:
    """Journals what happens before it is shown; what is closed before its end is journalled as cancelled."""
    recording = Recording(tools.journal, tools.clock, wanted.reference, wanted.reference)
    is_over = False
    try:
        async with aclosing(_events(tools, wanted, action, step, forbidden)) as events:
            async for event in events:
                yield await recording.record(event)
        is_over = True
    finally:
        if recording.is_under_way and not is_over:
            await recording.record(PromotionCancelled())


async def _events(
    tools: Tools, wanted: LockedTag, action: _Action, step: Step, forbidden: str
) -> AsyncGenerator[Event, None]:
    yield StepStarted(step, str(wanted.reference))
    locker, refusal = tools.lockers.get(wanted.environment), _read_only(wanted.environment, forbidden)
    if locker is None or refusal is not None:
        yield refusal or _cannot_lock(wanted.environment)
        return
    try:
        async with aclosing(action(tools.registries[wanted.environment], locker, wanted)) as events:
            async for event in events:
                yield event
    except RegistryError as error:
        yield PromotionFailed(step, Side.TARGET, str(error))


def _read_only(environment: Environment, forbidden: str) -> PromotionRefused | None:
    if forbidden:
        return PromotionRefused(READ_ONLY, forbidden, WRITABLE_AGAIN)
    if environment.read_only:
        reason = f"{environment.name} is read-only in the settings"
        return PromotionRefused(READ_ONLY, reason, "set read_only = false there")
    return None


def _cannot_lock(environment: Environment) -> PromotionRefused:
    reason = f"{environment.name} is not a registry that can lock tags"
    return PromotionRefused(LOCK, reason, 'Azure Container Registry can: kind = "acr"')


async def _lock(registry: Registry, locker: TagLocker, wanted: LockedTag) -> AsyncGenerator[Event, None]:
    digest = await _digest(registry, wanted)
    if await locker.write_lock(wanted.place, wanted.tag) is LockedPart.TAG:
        yield LineLogged(_LOCKED_ALREADY)
        return
    await locker.lock(wanted.place, wanted.tag)
    yield TagLocked(digest)


async def _unlock(registry: Registry, locker: TagLocker, wanted: LockedTag) -> AsyncGenerator[Event, None]:
    digest = await _digest(registry, wanted)
    before = await locker.write_lock(wanted.place, wanted.tag)
    if before is None:
        yield LineLogged("it is not locked: nothing to write")
        return
    await locker.unlock(wanted.place, wanted.tag)
    if await locker.write_lock(wanted.place, wanted.tag) is LockedPart.REPOSITORY:
        yield LineLogged("; ".join(describe_lock(LockedPart.REPOSITORY, wanted)))
    yield TagUnlocked(digest)


async def _digest(registry: Registry, wanted: LockedTag) -> Digest:
    return (await registry.resolve(wanted.place, wanted.tag)).digest
