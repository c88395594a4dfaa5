"""The aftermath of a promotion: the target is read back, locked where the settings want that, and others are told.

Only the first two can make it fail. That it could not be noted or told undoes nothing: that is an event, and no more.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from tui.domain.events import Event, PromotionFailed, Step, StepStarted
from tui.domain.plan import Plan
from tui.usecases.locking import lock_promoted
from tui.usecases.noting import note_promotion
from tui.usecases.readback import read_back
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools


async def conclude(tools: Tools, plan: Plan, recording: Recording, by: str) -> AsyncGenerator[Event, None]:
    """Everything that follows the writing; a failure is the last event."""
    yield StepStarted(Step.VERIFY, f"read back {plan.target}")
    found = await read_back(tools, plan)
    if isinstance(found, PromotionFailed):
        yield found
        return
    yield found
    target = plan.request.target
    locker = tools.lockers.get(target)
    if target.lock and locker is not None:
        async with aclosing(lock_promoted(tools.registries[target], locker, plan)) as events:
            async for event in events:
                yield event
                if isinstance(event, PromotionFailed):
                    return
    async with aclosing(_tell(tools, plan, recording, by)) as events:
        async for event in events:
            yield event


async def _tell(tools: Tools, plan: Plan, recording: Recording, by: str) -> AsyncGenerator[Event, None]:
    for telling in _tellings(plan):
        async with aclosing(telling(tools, plan, recording, by)) as events:
            async for event in events:
                yield event


def _tellings(plan: Plan) -> tuple[Callable[[Tools, Plan, Recording, str], AsyncGenerator[Event, None]], ...]:
    """Who is told. What tells hooks is imported where there are any."""
    if not plan.request.target.notify:
        return (note_promotion,)
    from tui.usecases.notifying import tell_hooks

    return note_promotion, tell_hooks
