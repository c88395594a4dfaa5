"""Attaching an artifact to an image: the empty blob that it refers to, and the artifact itself.

Where the blob is known to be, one request is all that it takes: of a set of two hundred promotions each is noted.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from tui.domain.artifact import EMPTY, EMPTY_BODY
from tui.domain.content import RawManifest
from tui.domain.environment import Environment
from tui.domain.reference import Repository
from tui.ports.errors import InvalidAnswer, JournalError, NotFound
from tui.ports.registry import Registry
from tui.usecases.tools import Tools

_BELIEVED: Final = timedelta(days=1)
"""How long a blob that was seen is taken to be there; registries clean up."""


async def attach(tools: Tools, environment: Environment, repository: Repository, raw: RawManifest) -> None:
    """Pushes `raw`, whose subject the board's `repository` holds in `environment`. Raises RegistryError."""
    registry, located = tools.registries[environment], environment.locate(repository)
    if not await bring_empty(tools, environment, repository):
        with suppress(NotFound, InvalidAnswer):  # what a registry says that misses the blob: 404 or 400
            await registry.push_manifest(located, raw.digest, raw)
            return
        await _bring_blob(registry, located)
    await registry.push_manifest(located, raw.digest, raw)


def is_brought(tools: Tools, environment: Environment, repository: Repository) -> bool:
    """True where the board's `repository` is known to have the empty blob."""
    return (environment.name, repository) in tools.brought.places


async def bring_empty(tools: Tools, environment: Environment, repository: Repository) -> bool:
    """Sees to it that the board's `repository` has the empty blob; False where it was known to, unasked.

    Raises RegistryError.
    """
    place, brought = (environment.name, repository), tools.brought
    if place in brought.places:
        return False
    async with brought.turns[place]:
        if place in brought.places:
            return False
        was_known = await _is_known(tools, environment, repository)
        if not was_known:
            await _bring_blob(tools.registries[environment], environment.locate(repository))
            await _remember(tools, environment, repository)
        brought.places.add(place)
        return not was_known


async def _bring_blob(registry: Registry, located: Repository) -> None:
    if not await registry.has_blob(located, EMPTY):
        await registry.push_blob(located, EMPTY, EMPTY_BODY)


async def _is_known(tools: Tools, environment: Environment, repository: Repository) -> bool:
    with suppress(JournalError):  # it only saves a request
        since = tools.clock() - _BELIEVED
        return await tools.memory.presence(environment.name, repository, EMPTY.digest, since) or False
    return False


async def _remember(tools: Tools, environment: Environment, repository: Repository) -> None:
    with suppress(JournalError):
        await tools.memory.keep_presence(environment.name, repository, EMPTY.digest, is_held=True, at=tools.clock())
