"""Examining: whether registries answer and to whom, whether keys can be used, whether hooks can be told.

Nothing is written anywhere, but what a hook does when it is tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tui.domain.content import digest_of
from tui.domain.environment import Environment, PromotionPath
from tui.domain.hooks import Hook, HookCommand
from tui.domain.media import OCI_MANIFEST
from tui.domain.notification import Notification
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.ports.errors import TrustError, WindlassError
from tui.ports.notify import Notifier
from tui.ports.registry import Registry
from tui.ports.trust import Trust
from tui.usecases.concurrency import gather_all
from tui.usecases.examining_registries import Listing, Reading, list_wanted, read_registry
from tui.usecases.tools import Tools

_SAMPLE: Final = Repository("windlass/test")


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
        """Reads a little of every repository of the scope, in every registry at once.

        The base tells what there is to read. Where it cannot, each registry is asked for its own catalog. All of it is
        done within twice its `PATIENCE`.
        """
        registries, (base, *others) = self.tools.registries, self.path.environments
        listing = await list_wanted(registries[base], base, self.scope)
        return await gather_all(
            read_registry(registries[base], base, listing),
            *(self._read(registries[item], item, listing) for item in others),
        )

    async def _read(self, registry: Registry, environment: Environment, listing: Listing) -> Reading:
        known = replace(listing, failure=None) if listing.repositories else None
        return await read_registry(registry, environment, known or await list_wanted(registry, environment, self.scope))

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
