"""Who carries out what: the identity under which a registry knows this client."""

import asyncio
from typing import Final

from tui.domain.approval import person_of
from tui.domain.environment import Environment
from tui.ports.errors import RegistryError
from tui.usecases.concurrency import gather_all
from tui.usecases.tools import Tools

_PATIENCE: Final = 5.0
"""Seconds that a registry is asked who somebody is whom another one names already."""


async def identity_at(tools: Tools, environment: Environment) -> str:
    """Who the registry of `environment` takes this client for; empty for nobody, or where that cannot be found out."""
    try:
        return await tools.registries[environment].identity()
    except RegistryError:
        return ""


async def own_names(tools: Tools) -> frozenset[str]:
    """Whom the registries of all environments take this client for, as `person_of` has it.

    An approval travels with its image: it may carry the name that somebody has at a registry before.
    """
    found = await gather_all(*(_soon(tools, each) for each in tools.registries))
    return frozenset(person_of(name) for name in found if name)


async def _soon(tools: Tools, environment: Environment) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await identity_at(tools, environment)
    except TimeoutError:
        return ""
