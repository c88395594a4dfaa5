"""Who carries out what: the identity under which a registry knows this client."""

from tui.domain.environment import Environment
from tui.ports.errors import RegistryError
from tui.usecases.tools import Tools


async def identity_at(tools: Tools, environment: Environment) -> str:
    """Who the registry of `environment` takes this client for; empty for nobody, or where that cannot be found out."""
    try:
        return await tools.registries[environment].identity()
    except RegistryError:
        return ""
