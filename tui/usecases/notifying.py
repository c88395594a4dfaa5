"""Notifying: whoever waits for a promotion is told of it. That they could not be told undoes nothing."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from tui.domain.amounts import count
from tui.domain.events import Event, HookAnswered, HookFailed, Step, StepStarted
from tui.domain.hooks import Hook
from tui.domain.notification import Notification
from tui.domain.plan import Effect, Plan
from tui.ports.errors import WindlassError
from tui.ports.notify import Notifier
from tui.usecases.concurrency import Emit, emitted, gather_all
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools


async def tell_hooks(tools: Tools, plan: Plan, recording: Recording, by: str) -> AsyncGenerator[Event, None]:
    """Tells every hook of the target's that its tag was written, all at once; what each answers is an event."""
    hooks, notifier = plan.request.target.notify, tools.notifier
    if not hooks or notifier is None or plan.effect is Effect.NOTHING:
        return
    yield StepStarted(Step.NOTIFY, count(len(hooks), "hook"))
    notification = _notification(tools, plan, recording, by)

    async def tell_all(emit: Emit[Event]) -> None:
        await gather_all(*(_tell(notifier, hook, notification, emit) for hook in hooks))

    async with aclosing(emitted(tell_all)) as events:
        async for event in events:
            yield event


async def _tell(notifier: Notifier, hook: Hook, notification: Notification, emit: Emit[Event]) -> None:
    try:
        emit(HookAnswered(hook.title, await notifier.tell(hook, notification)))
    except WindlassError as error:
        emit(HookFailed(hook.title, str(error)))


def _notification(tools: Tools, plan: Plan, recording: Recording, by: str) -> Notification:
    request = plan.request
    return Notification(
        promotion=recording.promotion,
        at=tools.clock(),
        environment=request.target.name,
        origin=request.source.name,
        source=plan.source,
        target=plan.target,
        digest=plan.digest,
        media_type=plan.root.media_type,
        size=plan.root.size,
        engine=plan.forecast.engine,
        replaced=plan.current.digest if plan.current else None,
        by=by,
    )
