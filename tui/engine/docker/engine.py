"""The `docker` engine: promotes through a Docker Engine, and says beforehand what that will do to the digest."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from tui.domain.environment import EngineName
from tui.domain.events import EngineEvent, LineLogged
from tui.domain.plan import Forecast, Plan, Request, Tree
from tui.domain.platform import Platform
from tui.engine.docker import sdk
from tui.engine.docker.bridge import call_in_thread
from tui.engine.docker.client import Client, Login
from tui.engine.docker.facts import EngineFacts
from tui.engine.docker.forecast import forecast
from tui.engine.docker.job import Job
from tui.engine.docker.steps import carry
from tui.engine.docker.upkeep import Upkeep

Credentials = Callable[[str], Awaitable[tuple[str, str] | None]]
"""User and password for a registry; None leaves it to the Docker configuration."""

PlatformReader = Callable[[Request, Tree], Awaitable[Platform | None]]
"""The platform of a single manifest, which only its config tells; None where it is not known. Raises RegistryError."""


async def no_credentials(_registry: str) -> tuple[str, str] | None:
    """Leaves every registry to the Docker configuration."""
    return None


async def no_platform(_request: Request, _tree: Tree) -> Platform | None:
    """Knows no platform: the forecast then promises less."""
    return None


class DockerEngine:
    """Carries images through a Docker Engine. One promotion at a time: they share the engine's images.

    `connect` makes a blocking connection and raises EngineError; it is called for each forecast and promotion.
    """

    def __init__(
        self,
        connect: Callable[[], Client] = sdk.connect,
        credentials: Credentials = no_credentials,
        platform_of: PlatformReader = no_platform,
    ) -> None:
        self._connect = connect
        self._credentials = credentials
        self._platform_of = platform_of
        self._turn = asyncio.Lock()

    @property
    def name(self) -> EngineName:
        """What settings and `--engine` call it."""
        return EngineName.DOCKER

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        """What the engine will do to the digest, or why it refuses. Raises EngineError and RegistryError."""
        facts = await call_in_thread(self._ask)
        platform = None if tree.platforms else await self._platform_of(request, tree)
        return forecast(request, tree, facts, platform)

    async def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        """Pull by digest, tag, push; then the engine is left as it was. Raises EngineError.

        Closing the iterator breaks the engine's work off; a tag whose push was complete stays written.
        """
        if self._turn.locked():
            yield LineLogged("waiting for another promotion through the Docker Engine to end")
        async with self._turn, aclosing(self._run(plan)) as events:
            async for event in events:
                yield event

    async def _run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        pull_login, push_login = await self._login(plan.source.registry), await self._login(plan.target.registry)
        job = Job(plan, pull_login, push_login)
        client = await call_in_thread(self._connect)
        upkeep = Upkeep(client, job)
        try:
            await upkeep.look()
            async with aclosing(carry(client, job, upkeep)) as events:
                async for event in events:
                    yield event
        finally:
            await upkeep.tidy()
            client.close()

    async def _login(self, registry: str) -> Login | None:
        found = await self._credentials(registry)
        return Login(*found) if found else None

    def _ask(self) -> EngineFacts:
        client = self._connect()
        try:
            return client.facts()
        finally:
            client.close()
