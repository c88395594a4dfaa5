"""The engine `acr-import`: Azure copies from registry to registry on its side, by digest.

No blob of the image passes through here. Azure's import leaves signatures, SBOMs and attestations behind: they follow
by `direct`, and the tag is written last. What `auto` chose goes on with `direct` where Azure does not import.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Final

from tui.domain import amounts
from tui.domain.environment import EngineName, Environment, Kind
from tui.domain.events import EngineEvent, LineLogged, Side, Step, StepStarted, TagMoved
from tui.domain.plan import Effect, Forecast, Keeping, Plan, Request, Tree
from tui.domain.reference import Digest, Tag
from tui.engine.copying import Emit, Known, Route
from tui.engine.direct import DirectEngine, move_tag
from tui.ports.azure import ImportAdvanced, Importer, ImportJob
from tui.ports.errors import EngineError, Forbidden, ImportFailed, LoginError, Unauthorised
from tui.ports.registry import Registry
from tui.usecases.choice import named_engine
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import emitted

MANIFEST_LIMIT: Final = 50
"""Manifests of one image that Azure imports at most (its documentation of `az acr import`)."""

_OUT: Final = "use --engine direct"
_TELL_EVERY: Final = 10.0
"""Seconds between two lines on an import whose state stays the same."""


class AcrImportEngine:
    """Has Azure import; the digest is kept. `fallback` carries what Azure does not."""

    name = EngineName.ACR_IMPORT

    def __init__(self, importer: Importer, registries: Mapping[Environment, Registry], fallback: DirectEngine) -> None:
        self._importer = importer
        self._registries = registries
        self._fallback = fallback

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        """The digest is kept; or why Azure cannot import this."""
        what = f"all {len(tree.platforms)} platforms" if tree.platforms else "the image"
        sentence = f"Azure copies {what} on its side, by digest"
        told = Forecast(self.name, Keeping.KEPT, sentence)
        refusal = await self._refusal(request, tree)
        return replace(told, refusal=refusal, remedy=_OUT) if refusal else told

    async def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        """Imports what the target lacks, then moves the tag. Raises RegistryError, EngineError."""
        if await self._held(plan, plan.digest) is not None:
            yield LineLogged("the image is at the target already: there is nothing for Azure to import")
            carried = self._fallback.run(plan)
        else:
            carried = self._import_or_copy(plan)
        async with aclosing(carried) as events:
            async for event in events:
                yield event

    async def _refusal(self, request: Request, tree: Tree) -> str:
        for environment in (request.source, request.target):
            if environment.kind is not Kind.ACR:
                return f"{environment.name} is not an Azure registry, so Azure cannot import"
        if len(tree.nodes) > MANIFEST_LIMIT:
            return f"the image has {len(tree.nodes)} manifests, and Azure imports at most {MANIFEST_LIMIT}"
        try:
            return await self._importer.refusal(request.source, request.target)
        except LoginError as error:
            return str(error)

    async def _import_or_copy(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        try:
            async with aclosing(self._import(plan)) as events:
                async for event in events:
                    yield event
            return
        except (EngineError, LoginError) as error:
            if await self._held(plan, plan.request.target_tag) == plan.digest:
                raise _as_failure(error) from error  # the answer was lost, not the import: whoever reads back sees it
            is_asked_for = named_engine(plan.request) is EngineName.ACR_IMPORT
            if is_asked_for and await self._held(plan, plan.digest) is None:
                raise _with_way_out(error) from error
            yield LineLogged(f"acr-import: {error}; goes on with direct")
        async with aclosing(self._copy(plan)) as events:
            async for event in events:
                yield event

    async def _copy(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        """`direct`, whose pool bounds what moves where Azure refuses many imports."""
        # what Azure left half done is found there, not taken as lacking
        asks_again = replace(plan, transfer=replace(plan.transfer, missing_blobs=()))
        async with aclosing(self._fallback.run(asks_again)) as events:
            async for event in events:
                yield event

    async def _import(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        """The content without its tag, then what accompanies it, then the tag.

        An import cannot be stopped. As none but the last writes a tag, an interrupted promotion leaves the old one.
        """
        route = self._fallback.route(plan)
        yield StepStarted(Step.PULL, f"by Azure from {plan.source}")
        yield StepStarted(Step.PUSH, f"by Azure to {route.target_host}/{route.place}: {amounts.size(plan.size)}")
        async with aclosing(self._watch(_job(plan, None))) as events:
            async for event in events:
                yield event
        if await self._held(plan, plan.digest) is None:
            raise ImportFailed("import it through Azure", Side.TARGET, "Azure says that it is done, but nothing came")
        if plan.companions.are_any:
            left = plan.companions.count
            yield LineLogged(f"Azure imports no signatures, SBOMs and attestations: {left} to copy from here")
            with self._fallback.joined():
                async with aclosing(emitted(partial(self._copy_companions, plan, route))) as events:
                    async for event in events:
                        yield event
        async with aclosing(self._tag(plan, route)) as events:
            async for event in events:
                yield event

    async def _tag(self, plan: Plan, route: Route) -> AsyncGenerator[EngineEvent, None]:
        """Pushes the tag, which happens at once or not at all. For who may import but not push, Azure sets it."""
        try:
            async with aclosing(move_tag(plan, route)) as events:
                async for event in events:
                    yield event
            return
        except (Forbidden, Unauthorised) as error:
            yield LineLogged(f"the tag cannot be pushed ({error.detail}): Azure is asked to set it")
        yield StepStarted(Step.TAG, f"by Azure: {plan.target} -> {plan.digest}")
        async with aclosing(self._watch(_job(plan, plan.request.target_tag))) as events:
            async for event in events:
                yield event
        yield TagMoved(plan.current.digest if plan.current else None, plan.digest)

    async def _copy_companions(self, plan: Plan, route: Route, emit: Emit) -> None:
        await self._fallback.copy(route, Known(), emit).companions(plan.tree, plan.companions)

    async def _watch(self, job: ImportJob) -> AsyncGenerator[EngineEvent, None]:
        """What Azure says of the import: every change of its state, and now and then that it goes on."""
        told: ImportAdvanced | None = None
        async with aclosing(self._importer.run(job)) as advances:
            async for advance in advances:
                if told is None or advance.status != told.status or advance.seconds - told.seconds >= _TELL_EVERY:
                    told = advance
                    yield LineLogged(f"Azure: {advance.status}, {amounts.seconds(int(advance.seconds))}")

    async def _held(self, plan: Plan, reference: Tag | Digest) -> Digest | None:
        """The digest that the target holds under `reference`; None where it holds none."""
        target = plan.request.target
        held = await resolve_or_none(self._registries[target], target.locate(plan.request.repository), reference)
        return held.digest if held else None


def _job(plan: Plan, tag: Tag | None) -> ImportJob:
    request = plan.request
    return ImportJob(
        source=request.source,
        target=request.target,
        origin=request.source.locate(request.repository),
        place=request.target.locate(request.repository),
        digest=plan.digest,
        tag=tag,
        overwrites=plan.effect is Effect.OVERWRITES,
    )


def _as_failure(error: EngineError | LoginError) -> EngineError:
    return error if isinstance(error, EngineError) else ImportFailed("import it through Azure", Side.ENGINE, str(error))


def _with_way_out(error: EngineError | LoginError) -> ImportFailed:
    failure = _as_failure(error)
    return ImportFailed(failure.operation, failure.side, f"{failure.detail}; or {_OUT}")
