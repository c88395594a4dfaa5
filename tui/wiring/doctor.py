"""What an examination needs of other rooms beside a workbench."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tui.settings.model import Settings
from tui.usecases.workbench import Notices
from tui.wiring.azure import AzureParts

if TYPE_CHECKING:
    from tui.ports.azure import Importer


@asynccontextmanager
async def open_importer(settings: Settings, notices: Notices) -> "AsyncGenerator[Importer, None]":
    """Who knows whether Azure can import between the environments of `settings`."""
    parts = AzureParts(settings.azure, notices)
    connections = {item: settings.connections[item.name] for item in settings.path.environments}
    try:
        yield parts.importer(connections)
    finally:
        await parts.close()


async def ask_docker() -> str:
    """The Docker Engine that is reached from here: its version and its image store. Raises EngineError."""
    from tui.engine.docker import sdk
    from tui.engine.docker.bridge import call_in_thread

    def ask() -> str:
        client = sdk.connect()
        try:
            return client.facts().title
        finally:
            client.close()

    return await call_in_thread(ask)
