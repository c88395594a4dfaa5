"""From settings to a workbench: registries, engines and journal."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from tui.domain.environment import Environment, Kind, PromotionPath
from tui.settings.model import Connection
from tui.usecases.workbench import Notices, Workbench
from tui.wiring.azure import AzureParts
from tui.wiring.engines import open_engines
from tui.wiring.on_demand import OnDemand
from tui.wiring.places import default_journal
from tui.wiring.registries import open_registry

if TYPE_CHECKING:
    from tui.ports.notify import Notifier
    from tui.ports.registry import Registry, TagLocker
    from tui.ports.trust import Trust
    from tui.settings.model import Settings
    from tui.usecases.tools import Tools


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_workbench(
    settings: "Settings", *, read_only: bool = False, journal_file: Path | None = None
) -> AsyncGenerator[Workbench, None]:
    """A workbench on the registries of `settings`; nothing is contacted before it is used."""
    notices = Notices()
    async with AsyncExitStack() as stack:

        async def make() -> "Tools":
            azure = AzureParts(settings.azure, notices)
            journal = journal_file or default_journal()
            return assemble(settings.path, settings.connections, azure, journal, notices, stack)

        yield Workbench(settings.path, settings.scope, make, notices, read_only)


def assemble(
    path: PromotionPath,
    connections: Mapping[str, Connection],
    azure: AzureParts,
    journal_file: Path,
    notices: Notices,
    stack: AsyncExitStack,
) -> "Tools":
    """The tools for `path`, each environment reached by its connection; `stack` closes them."""
    from tui.journal.bookmarks import SqliteBookmarks
    from tui.journal.memory import SqliteMemory
    from tui.journal.sqlite import SqliteJournal
    from tui.usecases.tools import Tools

    content_file = journal_file.with_name("content.db")
    reached = {item: connections[item.name] for item in path.environments}
    places = {item.name: f"{item.registry}/{item.prefix}" for item in path.environments}
    bookmarks = _closed_by(stack, SqliteBookmarks(content_file))
    registries = OnDemand(
        {item: partial(open_registry, item, how, azure, notices, bookmarks, stack) for item, how in reached.items()}
    )
    _closed_by(stack, azure)
    journal = _closed_by(stack, SqliteJournal(journal_file, places))
    memory = _closed_by(stack, SqliteMemory(content_file, places))
    engines, lockers = open_engines(registries, lambda: azure.importer(reached)), _lockers(registries)
    return Tools(registries, engines, journal, memory, now, lockers, trust=_trust(path), notifier=_notifier(path))


class _Closing(Protocol):
    async def close(self) -> None: ...


Closing = TypeVar("Closing", bound=_Closing)


def _closed_by(stack: AsyncExitStack, part: Closing) -> Closing:
    """`part`, which `stack` closes, the last one first."""
    stack.push_async_callback(part.close)
    return part


def _trust(path: PromotionPath) -> "Trust | None":
    """Who proves signatures; nobody where no key is named to prove them with."""
    if not any(environment.gates.signed_by for environment in path.environments):
        return None
    from tui.trust.keys import PublicKeys

    return PublicKeys()


def _notifier(path: PromotionPath) -> "Notifier | None":
    """Who tells hooks; nobody where there are none."""
    if not any(environment.notify for environment in path.environments):
        return None
    import os

    from tui import __version__
    from tui.notify.notifier import HookNotifier

    return HookNotifier(os.environ, f"windlass/{__version__}")


def _lockers(registries: "Mapping[Environment, Registry]") -> "Mapping[Environment, TagLocker]":
    return OnDemand({item: partial(_locker, registries, item) for item in registries if item.kind is Kind.ACR})


def _locker(registries: "Mapping[Environment, Registry]", environment: Environment) -> "TagLocker":
    from tui.registry.acr.client import AcrClient

    client = registries[environment]
    assert isinstance(client, AcrClient)  # noqa: S101 - this is what Azure's kind is reached with
    return client
