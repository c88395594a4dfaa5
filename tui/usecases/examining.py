"""Examining: whether registries answer and to whom, whether keys can be used, whether hooks can be told.

Nothing is written anywhere, but what a hook does when it is tried.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from tui.domain.content import digest_of
from tui.domain.environment import Environment, PromotionPath
from tui.domain.hooks import Hook, HookCommand
from tui.domain.media import OCI_MANIFEST
from tui.domain.notification import Notification
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.ports.errors import NotFound, RegistryError, TrustError, Unreachable, WindlassError
from tui.ports.notify import Notifier
from tui.ports.registry import Registry
from tui.ports.trust import Trust
from tui.usecases.concurrency import gather_all
from tui.usecases.tools import Tools

PATIENCE: Final = 14.0
"""Seconds that one registry, with all retries, is waited for."""

_SAMPLE: Final = Repository("windlass/test")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a registry answered within `seconds`. `repository` is the one that was read, None where none is known.

    `by` is who it takes this client for. `catalog` is why its repositories cannot be listed, `failure` why that one
    repository cannot be read; `holds` is False where it is not there.
    """

    environment: Environment
    seconds: float
    repository: Repository | None = None
    holds: bool = False
    by: str = ""
    catalog: RegistryError | None = None
    failure: RegistryError | None = None


@dataclass(frozen=True, slots=True)
class KeyReading:
    """A public key of an environment's; `failure` is why it cannot be used, None where it can."""

    environment: Environment
    file: str
    failure: TrustError | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A hook that was sent a test: what it answered, or why it could not be told.

    A command whose arguments are filled in is left out: it would deploy an image that is nowhere.
    """

    environment: Environment
    hook: Hook
    answer: str = ""
    failure: WindlassError | None = None
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Examiner:
    """Looks at the registries of a path, at its keys and its hooks."""

    tools: Tools
    path: PromotionPath
    scope: Scope

    async def read_registries(self) -> Sequence[Reading]:
        """Reads a little of every registry. The base is asked for its catalog where the scope needs that.

        The others follow it, as it tells what there is to read: all of it is done within twice `PATIENCE`.
        """
        named, registries = next(iter(self.scope.named), None), self.tools.registries
        catalog = self.scope if self.scope.needs_catalog else None
        base = await _read(registries[self.path.base], self.path.base, named, catalog)
        known = base.repository
        catalog = None if known else self.scope
        others = (_read(registries[item], item, known, catalog) for item in self.path.environments[1:])
        return [base, *await gather_all(*others)]

    async def read_keys(self) -> Sequence[KeyReading]:
        """Tries every public key of the gates."""
        keys = [(item, file) for item in self.path.environments for file in item.gates.signed_by]
        return await gather_all(*(_read_key(self.tools.trust, item, file) for item, file in keys))

    async def try_hooks(self, promotion: str) -> Sequence[Trial]:
        """Sends every hook of every environment a test, all at once; `promotion` is the id that they are told."""
        notifier = self.tools.notifier
        if notifier is None:
            return ()
        hooks = [(item, hook) for item in self.path.environments for hook in item.notify]
        return await gather_all(*(_try(notifier, item, hook, self._test(item, promotion)) for item, hook in hooks))

    def _test(self, environment: Environment, promotion: str) -> Notification:
        """Says that nothing was promoted; the image that it names is nowhere."""
        origin, tag, digest = self.path.before(environment.name) or self.path.base, Tag("test"), digest_of(b"")
        return Notification(
            promotion=promotion,
            at=self.tools.clock(),
            environment=environment.name,
            origin=origin.name,
            source=origin.reference(_SAMPLE, tag, digest),
            target=environment.reference(_SAMPLE, tag),
            digest=digest,
            media_type=OCI_MANIFEST,
            size=0,
            engine="",
            is_test=True,
        )


async def _read(
    registry: Registry, environment: Environment, known: Repository | None, catalog: Scope | None
) -> Reading:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(PATIENCE):
            return await _look(registry, environment, known, catalog)
    except TimeoutError:
        late = Unreachable("read it", environment.registry, f"no answer within {PATIENCE:g} s")
        return Reading(environment, loop.time() - began, known, failure=late)


async def _look(
    registry: Registry, environment: Environment, known: Repository | None, catalog: Scope | None
) -> Reading:
    loop = asyncio.get_running_loop()
    began, unlisted = loop.time(), None
    try:
        if catalog is not None:
            known = await _first_repository(registry, environment, catalog) or known
    except RegistryError as error:
        unlisted = error
    failure, holds = await _read_tags(registry, environment, known) if known else (unlisted, False)
    seconds = loop.time() - began
    by = "" if failure else await _identity(registry)
    return Reading(environment, seconds, known, holds, by, unlisted, failure)


async def _first_repository(registry: Registry, environment: Environment, scope: Scope) -> Repository | None:
    """The first of the scope's that the catalog lists, by its name on the board; only the first page is asked for."""
    async with aclosing(registry.repositories()) as pages:
        async for page in pages:
            names = (name.removeprefix(environment.prefix) for name in page if name.startswith(environment.prefix))
            return next((Repository(name) for name in names if scope.has_repository(name)), None)
    return None


async def _read_tags(
    registry: Registry, environment: Environment, repository: Repository
) -> tuple[RegistryError | None, bool]:
    try:
        async with aclosing(registry.tag_names(environment.locate(repository))) as pages:
            async for _ in pages:
                break
    except NotFound:
        return None, False
    except RegistryError as error:
        return error, False
    return None, True


async def _identity(registry: Registry) -> str:
    try:
        return await registry.identity()
    except RegistryError:
        return ""


async def _read_key(trust: Trust | None, environment: Environment, file: str) -> KeyReading:
    try:
        if trust is not None:
            await trust.verifies(file, b"", b"")
    except TrustError as error:
        return KeyReading(environment, file, error)
    return KeyReading(environment, file)


async def _try(notifier: Notifier, environment: Environment, hook: Hook, test: Notification) -> Trial:
    if isinstance(hook, HookCommand) and hook.is_filled_in:
        return Trial(environment, hook, is_left_out=True)
    try:
        return Trial(environment, hook, await notifier.tell(hook, test))
    except WindlassError as error:
        return Trial(environment, hook, failure=error)
