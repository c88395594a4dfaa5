"""Pull, tag, push: the three steps, one after the other."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Final

from tui.domain.events import Direction, EngineEvent, LineLogged, Side, Step, StepStarted, TagMoved
from tui.domain.plan import Plan
from tui.engine.docker.bridge import Closable, call_in_thread, iterate_in_thread
from tui.engine.docker.client import Client, Line
from tui.engine.docker.forecast import explain_change
from tui.engine.docker.job import Job
from tui.engine.docker.stream import Fold
from tui.engine.docker.upkeep import Upkeep
from tui.ports.errors import EngineError

_SHORT_ID: Final = 12
_LEFT_BEHIND: Final = (
    "signatures, SBOMs or attestations stay behind: a Docker Engine carries none, --engine direct does"
)


async def carry(client: Client, job: Job, upkeep: Upkeep) -> AsyncGenerator[EngineEvent, None]:
    """The events of pull, tag and push. Raises EngineError."""
    plan = job.plan
    if plan.companions.count:
        yield LineLogged(f"{plan.companions.count} {_LEFT_BEHIND}")
    yield StepStarted(Step.PULL, f"pull {plan.source}")
    async with aclosing(_pull(client, job)) as events:
        async for event in events:
            yield event
    await upkeep.note_pulled()
    yield StepStarted(Step.TAG, f"tag {job.pinned} {job.tagged}")
    await call_in_thread(lambda: client.tag(job.pinned, job.target, plan.request.target_tag))
    yield StepStarted(Step.PUSH, f"push {job.tagged}")
    async with aclosing(_push(client, job)) as events:
        async for event in events:
            yield event


async def _pull(client: Client, job: Job) -> AsyncGenerator[EngineEvent, None]:
    operation = f"pull {job.pinned}"
    fold = Fold(Direction.PULL, operation, _sizes(job.plan))
    lines = client.pull(job.source, str(job.plan.digest), job.pull_login)
    async with aclosing(_folded(lines, fold)) as events:
        async for event in events:
            yield event
    if fold.digest != job.plan.digest:
        raise EngineError(operation, Side.SOURCE, f"the engine pulled {fold.digest} instead")


async def _push(client: Client, job: Job) -> AsyncGenerator[EngineEvent, None]:
    plan = job.plan
    fold = Fold(Direction.PUSH, f"push {job.tagged}", _sizes(plan))
    lines = client.push(job.target, plan.request.target_tag, job.push_login)
    async with aclosing(_folded(lines, fold)) as events:
        async for event in events:
            yield event
    yield TagMoved(plan.current.digest if plan.current else None, fold.digest)
    if fold.digest != plan.digest:
        yield LineLogged(explain_change(plan.forecast, plan.digest, fold.digest))


async def _folded(lines: Closable[Line], fold: Fold) -> AsyncGenerator[EngineEvent, None]:
    async with aclosing(iterate_in_thread(lines)) as items:
        async for line in items:
            for event in fold.feed(line):
                yield event
    for event in fold.flush():
        yield event


def _sizes(plan: Plan) -> Mapping[str, int]:
    """Bytes of the image's blobs, by the short id that an engine gives a blob."""
    return {blob.digest.hex[:_SHORT_ID]: blob.size for blob in plan.tree.blobs}
