"""The one module that sees every room: settings into registries, engines and journal, and those into a workbench.

What is heavy to import (aiohttp, docker, Textual, the sandbox) is imported where it is first needed: a board paints
before its first request, and a headless command never loads a screen.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.environment import EngineName, Environment, PromotionPath
from tui.domain.scope import Scope
from tui.usecases.workbench import Notices, Workbench

if TYPE_CHECKING:
    from tui.domain.content import Platform
    from tui.domain.notices import Notice
    from tui.domain.plan import Request, Tree
    from tui.ports.engine import Engine
    from tui.ports.registry import Registry
    from tui.registry.credentials import CredentialSource
    from tui.settings.model import Connection, Settings
    from tui.usecases.tools import Tools

LOOPBACK = "127.0.0.1"


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def default_journal() -> Path:
    """Where the journal lies unless said otherwise: the user's data directory."""
    from platformdirs import user_data_path

    return user_data_path("windlass") / "journal.db"


@asynccontextmanager
async def open_workbench(
    settings: "Settings", *, read_only: bool = False, journal_file: Path | None = None
) -> AsyncGenerator[Workbench, None]:
    """A workbench on the registries of `settings`; nothing is contacted before it is used."""
    notices = Notices()
    async with AsyncExitStack() as stack:

        async def make() -> "Tools":
            return _tools(settings.path, settings.connections, journal_file or default_journal(), notices, stack)

        yield Workbench(settings.path, settings.scope, make, notices, read_only)


@asynccontextmanager
async def open_demo(seed: int, *, read_only: bool = False) -> AsyncGenerator[Workbench, None]:
    """A workbench on the sample world, whose registries are served from this process. The journal is forgotten."""
    from tui.sandbox.layout import SITES

    ports = free_ports(len(SITES))
    path = PromotionPath(
        tuple(
            Environment(site.name, f"{LOOPBACK}:{port}", protected=site.protected)
            for site, port in zip(SITES, ports, strict=True)
        )
    )
    notices = Notices()
    async with AsyncExitStack() as stack:

        async def make() -> "Tools":
            return await _demo_tools(seed, path, dict(zip(path.names, ports, strict=True)), notices, stack)

        yield Workbench(path, Scope(), make, notices, read_only)


async def _demo_tools(
    seed: int, path: PromotionPath, ports: Mapping[str, int], notices: Notices, stack: AsyncExitStack
) -> "Tools":
    import tempfile

    from tui.sandbox.samples import sample_world
    from tui.sandbox.server import serve
    from tui.settings.model import AuthMethod, Connection

    world = await asyncio.to_thread(sample_world, seed)
    await stack.enter_async_context(serve(world, host=LOOPBACK, ports=ports))
    room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="windlass-demo-")))
    connections = dict.fromkeys(path.names, Connection(AuthMethod.ANONYMOUS, plain_http=True))
    return _tools(path, connections, room / "journal.db", notices, stack)


async def run_board(
    settings: "Settings", *, read_only: bool, ascii_only: bool, journal_file: Path | None = None
) -> int:
    """The board on `settings`, until the operator quits. The exit code."""
    async with open_workbench(settings, read_only=read_only, journal_file=journal_file) as workbench:
        return await _show(workbench, ascii_only, settings.keys)


async def run_demo(seed: int, *, read_only: bool, ascii_only: bool) -> int:
    """The board on the sample world, until the operator quits. The exit code."""
    async with open_demo(seed, read_only=read_only) as workbench:
        return await _show(workbench, ascii_only, {})


async def _show(workbench: Workbench, ascii_only: bool, keys: Mapping[str, str]) -> int:  # noqa: FBT001
    from tui.ui.app import WindlassApp

    app = WindlassApp(workbench, ascii_only=ascii_only, keymap=keys)
    await app.run_async()
    return app.return_code or 0


def free_ports(count: int) -> list[int]:
    """`count` loopback ports that nobody listens on."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


def _tools(
    path: PromotionPath,
    connections: Mapping[str, "Connection"],
    journal_file: Path,
    notices: Notices,
    stack: AsyncExitStack,
) -> "Tools":
    from tui.engine.direct import DirectEngine
    from tui.engine.docker.engine import DockerEngine
    from tui.journal.sqlite import SqliteJournal
    from tui.usecases.tools import Tools

    registries = {item: _registry(item, connections[item.name], notices, stack) for item in path.environments}
    journal = SqliteJournal(journal_file, {item.name: f"{item.registry}/{item.prefix}" for item in path.environments})
    stack.push_async_callback(journal.close)
    engines: dict[EngineName, Engine] = {
        EngineName.DIRECT: DirectEngine(registries),
        EngineName.DOCKER: DockerEngine(platform_of=_platform_reader(registries)),
    }
    return Tools(registries, engines, journal, now)


def _registry(
    environment: Environment, connection: "Connection", observe: Callable[["Notice"], None], stack: AsyncExitStack
) -> "Registry":
    from tui.registry.client import Endpoint, RegistryClient

    endpoint = Endpoint(environment.registry, connection.plain_http, connection.ca)
    client = RegistryClient(endpoint, _credentials(environment, connection), observe=observe)
    stack.push_async_callback(client.close)
    return client


def _credentials(environment: Environment, connection: "Connection") -> "CredentialSource":
    from tui.registry.credentials import Anonymous, DockerStore, Missing
    from tui.settings.model import AuthMethod

    match connection.auth:
        case AuthMethod.ANONYMOUS:
            return Anonymous()
        case AuthMethod.DOCKER:
            return DockerStore(environment.registry)
        case AuthMethod.AZURE_CLI | AuthMethod.AZURE_DEFAULT | AuthMethod.AZURE_DEVICE_CODE | AuthMethod.TOKEN:
            name = environment.registry.partition(".")[0]
            mend = f'run `az acr login --name {name}` and set auth = "docker" for {environment.name}'
            return Missing(f"this version cannot log in with {connection.auth}: {mend}")


def _platform_reader(
    registries: Mapping[Environment, "Registry"],
) -> "Callable[[Request, Tree], Awaitable[Platform | None]]":
    from tui.usecases.inspect import first_image, read_config

    async def platform_of(request: "Request", tree: "Tree") -> "Platform | None":
        image = first_image(tree)
        if image is None:
            return None
        located = request.source.locate(request.repository)
        config = await read_config(registries[request.source], request.source, located, image)
        return config.platform if config else None

    return platform_of
