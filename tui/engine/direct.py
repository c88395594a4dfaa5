"""The engine `direct`: registry to registry, byte for byte, streamed through here and stored nowhere.

It carries all platforms, skips what the target has, mounts within a registry, and takes signatures, SBOMs and
attestations along. Referenced content goes first and the tag last, so that an interrupted promotion leaves the old
tag as it was.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractContextManager, aclosing
from functools import partial
from typing import Final

from tui.domain import amounts
from tui.domain.content import digest_of
from tui.domain.environment import EngineName, Environment
from tui.domain.events import EngineEvent, LineLogged, Step, StepStarted, TagMoved
from tui.domain.plan import Effect, Forecast, Keeping, Plan, Request, Tree
from tui.engine.copying import Copy, Emit, Known, Route
from tui.engine.pool import Pool
from tui.ports.registry import Registry
from tui.usecases.concurrency import emitted, to_its_end

_PATIENCE: Final = 5.0
"""Seconds that a write of the tag has to end in when the promotion is stopped."""


class DirectEngine:
    """Copies between registries; the digest is kept, always."""

    name = EngineName.DIRECT

    def __init__(self, registries: Mapping[Environment, Registry]) -> None:
        self._registries = registries
        self._pool = Pool()

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        """The digest is kept: the same bytes are written."""
        del request
        what = f"all {len(tree.platforms)} platforms" if tree.platforms else "the image"
        return Forecast(self.name, Keeping.KEPT, f"copies {what} byte for byte: the digest is kept")

    async def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        """Copies what the target lacks, then moves the tag. Raises RegistryError."""
        with self.joined():
            async with aclosing(self._run(plan)) as events:
                async for event in events:
                    yield event

    async def _run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        route = self.route(plan)
        yield StepStarted(Step.PULL, f"from {plan.source}")
        if any(layer.is_foreign for node in plan.tree.nodes for layer in node.parsed.layers):
            yield LineLogged("layers that live outside the registry (foreign layers) stay where they are")
        yield StepStarted(Step.PUSH, f"to {route.target_host}/{route.place}: {_amount(plan)}")
        async with aclosing(emitted(partial(self._copy, plan, route))) as events:
            async for event in events:
                yield event
        async with aclosing(move_tag(plan, route)) as events:
            async for event in events:
                yield event

    def joined(self) -> AbstractContextManager[None]:
        """While a promotion is in it, what others brought to its target need not be brought again."""
        return self._pool.joined()

    def copy(self, route: Route, known: Known, emit: Emit) -> Copy:
        """Copying along `route`, within the bounds that hold for all that is copied here."""
        return Copy(route, known, emit, self._pool)

    def route(self, plan: Plan) -> Route:
        """From the source's repository to the target's."""
        source, target = plan.request.source, plan.request.target
        return Route(
            self._registries[source],
            source.registry,
            source.locate(plan.request.repository),
            self._registries[target],
            target.registry,
            target.locate(plan.request.repository),
        )

    async def _copy(self, plan: Plan, route: Route, emit: Emit) -> None:
        lacking = frozenset(blob.digest for blob in plan.transfer.missing_blobs)
        read = {digest_of(plan.config): plan.config} if plan.config else {}
        copy = self.copy(route, Known(lacking, read), emit)
        await copy.content(plan.tree)  # also where the tag is right already: what went missing below it is put back
        if plan.companions.are_any:
            await copy.companions(plan.tree, plan.companions)


async def move_tag(plan: Plan, route: Route) -> AsyncGenerator[EngineEvent, None]:
    """Writes the tag, and the root's manifest with it, unless it is right already. Raises RegistryError.

    A write under way when this is stopped is waited for a moment: what is said of the tag afterwards is to stay true.
    """
    if plan.effect is Effect.NOTHING:
        yield LineLogged("the target's tag already holds this digest")
        return
    yield StepStarted(Step.TAG, f"{plan.target} -> {plan.digest}")
    write = route.target.push_manifest(route.place, plan.request.target_tag, plan.tree.root.raw)
    await to_its_end(write, _PATIENCE)
    yield TagMoved(plan.current.digest if plan.current else None, plan.digest)


def _amount(plan: Plan) -> str:
    transfer = plan.transfer
    parts = [amounts.count(len(transfer.missing_blobs), "blob"), amounts.count(transfer.missing_manifests, "manifest")]
    if plan.companions.count:
        parts.append(amounts.count(plan.companions.count, "companion"))
    return f"{', '.join(parts)} to go"
