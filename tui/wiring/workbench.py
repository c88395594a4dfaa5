"""From settings to a workbench: registries, engines and journal."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.environment import EngineName, Environment, PromotionPath
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
            return assemble(settings.path, settings.connections, journal_file or default_journal(), notices, stack)

        yield Workbench(settings.path, settings.scope, make, notices, read_only)


def assemble(
    path: PromotionPath,
    connections: Mapping[str, "Connection"],
    journal_file: Path,
    notices: Notices,
    stack: AsyncExitStack,
) -> "Tools":
    """The tools for `path`; `stack` closes them."""
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
