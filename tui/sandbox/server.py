"""Serving registries on loopback, in the event loop of the caller, and the Resource Manager of those that Azure has."""

import json
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, assert_never

from aiohttp import web

from tui.domain.environment import Kind
from tui.sandbox.arm import Arm, serve_arm
from tui.sandbox.registry import Registry
from tui.sandbox.world import Environment, World

_LOOPBACK: Final = "127.0.0.1"
_GRACE: Final = 0.2
"""Seconds that open requests get when a server stops."""
_IMPORT_SECONDS: Final = 1.0
"""How long an import takes: long enough to be seen, too short to be waited for."""
_NO_HINTS: Final[Mapping[str, Sequence[str]]] = {}


@dataclass(frozen=True, slots=True)
class Running:
    """A world whose registries answer: the address, `host:port`, of each environment's registry.

    `arm` is the base URL of the Resource Manager, `manager` what it knows and did.
    """

    world: World
    environments: Mapping[str, str]
    arm: str
    manager: Arm


@asynccontextmanager
async def serve(
    world: World, *, host: str = _LOOPBACK, ports: Mapping[str, int] | None = None
) -> AsyncGenerator[Running, None]:
    """Serves every registry of `world` until the context ends, and a Resource Manager that knows those of kind `acr`.

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
        manager = _manager(world, addresses)
        url = await stack.enter_async_context(serve_arm(manager, host=host))
        yield Running(world, {each.name: addresses[each.registry.name] for each in world.environments}, url, manager)


def _manager(world: World, addresses: Mapping[str, str]) -> Arm:
    manager = Arm(duration=_IMPORT_SECONDS)
    for registry in {
        each.registry.name: each.registry for each in world.environments if each.kind is Kind.ACR
    }.values():
        manager.add(registry, addresses[registry.name])
    return manager


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


def settings_toml(running: Running, token_file: Path, hints: Mapping[str, Sequence[str]] = _NO_HINTS) -> str:
    """The settings file for `running`. Repositories need no listing, as the catalogs answer.

    Environments of kind `acr` take their Azure token from `token_file`, wherever the settings are copied to. `hints`
    are further lines by environment, which are commented out.
    """
    tables = [
        _table(each, running.environments[each.name], token_file) + _commented(hints.get(each.name, ()))
        for each in running.world.environments
    ]
    if any(each.kind is Kind.ACR for each in running.world.environments):
        tables.append(f'[azure]\narm = "{running.arm}"\n')
    return "\n".join(tables)


def _table(environment: Environment, address: str, token_file: Path) -> str:
    lines = [
        "[[environment]]",
        f'name = "{environment.name}"',
        f'kind = "{environment.kind}"',
        f'registry = "{address}"',
        *_login(environment.kind, token_file),
    ]
    if environment.prefix:
        lines.append(f'prefix = "{environment.prefix}"')
    if environment.protected:
        lines.append("protected = true")
    return "\n".join(lines) + "\n"


def _commented(lines: Sequence[str]) -> str:
    return "".join(f"# {line}\n" for line in lines)


def _login(kind: Kind, token_file: Path) -> Sequence[str]:
    match kind:
        case Kind.OCI:
            return ('auth = "anonymous"',)
        case Kind.ACR:
            path = json.dumps(str(token_file.absolute()), ensure_ascii=False)
            return ('auth = "token"', f"token_file = {path}", "send_azure_token = true")
        case _:
            assert_never(kind)
