"""Serving registries on loopback, in the event loop of the caller."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tui.sandbox.registry import Registry
from tui.sandbox.world import Environment, World

_LOOPBACK = "127.0.0.1"
_GRACE = 0.2
"""Seconds that open requests get when a server stops."""


@dataclass(frozen=True, slots=True)
class Running:
    """A world whose registries answer: the address, `host:port`, of each environment's registry."""

    world: World
    environments: Mapping[str, str]


@asynccontextmanager
async def serve(
    world: World, *, host: str = _LOOPBACK, ports: Mapping[str, int] | None = None
) -> AsyncGenerator[Running, None]:
    """Serves every registry of `world` until the context ends.

    `ports` gives ports by environment; without one a free port is taken. Environments that share a registry share
    the port of the first. Raises OSError if a port is taken.
    """
    addresses: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        for environment in world.environments:
            registry = environment.registry
            if registry.name not in addresses:
                port = (ports or {}).get(environment.name, 0)
                serving = serve_registry(registry, host=host, port=port)
                addresses[registry.name] = await stack.enter_async_context(serving)
        yield Running(world, {each.name: addresses[each.registry.name] for each in world.environments})


@asynccontextmanager
async def serve_registry(
    registry: Registry, ssl_context: ssl.SSLContext | None = None, *, host: str = _LOOPBACK, port: int = 0
) -> AsyncGenerator[str, None]:
    """Serves one registry until the context ends and yields its `host:port`. Raises OSError if the port is taken."""
    runner = web.AppRunner(registry.app(), access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=ssl_context).start()
        yield f"{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def settings_toml(running: Running) -> str:
    """The settings file for `running`. Repositories need no listing, as the catalogs answer."""
    tables = [_table(each, running.environments[each.name]) for each in running.world.environments]
    return "\n".join(tables)


def _table(environment: Environment, address: str) -> str:
    lines = [
        "[[environment]]",
        f'name = "{environment.name}"',
        'kind = "oci"',
        f'registry = "{address}"',
        'auth = "anonymous"',
    ]
    if environment.prefix:
        lines.append(f'prefix = "{environment.prefix}"')
    if environment.protected:
        lines.append("protected = true")
    return "\n".join(lines) + "\n"
