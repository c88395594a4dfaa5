"""The sample world: its registries are served from this process, and its journal is forgotten."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.environment import Environment, PromotionPath
from tui.domain.scope import Scope
from tui.usecases.workbench import Notices, Workbench
from tui.wiring.workbench import assemble

if TYPE_CHECKING:
    from tui.usecases.tools import Tools

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def open_demo(seed: int, *, read_only: bool = False) -> AsyncGenerator[Workbench, None]:
    """A workbench on the sample world of `seed`."""
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
            return await _tools(seed, path, dict(zip(path.names, ports, strict=True)), notices, stack)

        yield Workbench(path, Scope(), make, notices, read_only)


async def _tools(
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
    return assemble(path, connections, room / "journal.db", notices, stack)


def free_ports(count: int) -> list[int]:
    """`count` loopback ports that nobody listens on."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports
