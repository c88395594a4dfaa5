"""Azure Resource Manager: finds registries, and has Azure copy images between them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from tui.azure.arm_failures import unknown_target, unseen
from tui.azure.clouds import PUBLIC, Cloud
from tui.azure.directory import Directory
from tui.azure.listing import Listing
from tui.azure.management import Management
from tui.domain.discovery import FoundRegistry
from tui.domain.environment import Environment
from tui.domain.notices import Notice
from tui.ports.azure import AzureLogin, ImportAdvanced, ImportJob
from tui.ports.errors import LoginError, RegistryError

MOST_RUNNING: Final = 10
"""Imports that run at one time. Each is asked after every other second, and Azure gives a login one budget of reads for
all of them: ten make five requests a second, and hundreds would be throttled."""
INTERVAL: Final = 2.0
"""Seconds between two looks at an import where Azure names none; the SDK's 30 are long for somebody who watches."""
QUEUED: Final = "Queued"
"""The state of an import that waits here for others to end."""


def _ignore(_: Notice) -> None:
    """Listens to no notices."""


class Arm:
    """A RegistryFinder and an Importer for what `login` sees in `cloud`.

    `subscriptions` (ids or names) narrows that; `ca_file` is a PEM file to trust in addition. Nothing is asked before
    it is wanted. To be closed.
    """

    def __init__(
        self,
        login: AzureLogin,
        cloud: Cloud = PUBLIC,
        *,
        subscriptions: tuple[str, ...] = (),
        ca_file: str | None = None,
        observe: Callable[[Notice], None] = _ignore,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._management = Management(login, cloud, observe, ca_file=ca_file, interval=interval)
        self._listing = Listing(self._management, subscriptions)
        self._directory = Directory(self._listing.registries, clock)
        self._interval = interval
        self._places = asyncio.Semaphore(MOST_RUNNING)

    def registries(self) -> AsyncGenerator[FoundRegistry, None]:
        """Every registry that the login can see, in the subscriptions. Raises LoginError, RegistryError."""
        return self._listing.registries()

    async def refusal(self, source: Environment, target: Environment) -> str:
        """Why Azure cannot import from `source` into `target`: one sentence; empty where it can be tried."""
        try:
            place = await self._directory.find(target.registry)
            origin = await self._directory.find(source.registry)
        except (LoginError, RegistryError) as error:
            return f"Azure cannot be asked to import: {error}"
        if place is None or origin is None:
            return unseen(target.registry if place is None else source.registry)
        if place.has_repository_permissions:
            return f"{place.host} has permissions for single repositories (ABAC mode), which imports do not know"
        return ""

    async def run(self, job: ImportJob) -> AsyncGenerator[ImportAdvanced, None]:
        """Imports, and ends when Azure says that it is done. Raises ImportFailed, LoginError."""
        target, source = await self._places_of(job)
        if self._places.locked():
            yield ImportAdvanced(QUEUED, 0)
        async with self._places:
            from tui.azure.operation import ImportOperation

            client = self._management.client(target.resource_id.split("/")[2])
            operation = ImportOperation(client, job, target, source, self._interval)
            async with aclosing(operation.run()) as progress:
                async for item in progress:
                    yield item

    async def close(self) -> None:
        """Stops looking for registries, and closes the connections."""
        await self._directory.close()
        await self._management.close()

    async def _places_of(self, job: ImportJob) -> tuple[FoundRegistry, FoundRegistry | None]:
        """The target and the source, which may be in another tenant, as Azure knows them."""
        try:
            target = await self._directory.find(job.target.registry)
            source = await self._directory.find(job.source.registry)
        except RegistryError as error:
            raise unknown_target(job, str(error)) from error
        if target is None:
            raise unknown_target(job, unseen(job.target.registry))
        return target, source
