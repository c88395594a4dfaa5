"""The sample world: its registries are served from this process, and its journal, which knows earlier surveys, is
forgotten."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from tui.domain.environment import Environment, Kind, PromotionPath
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.usecases.workbench import Notices, Workbench
from tui.wiring.azure import AzureParts
from tui.wiring.workbench import assemble

if TYPE_CHECKING:
    from tui.domain.history import Sighting
    from tui.domain.snapshot import Snapshot
    from tui.sandbox.world import World
    from tui.settings.model import Connection
    from tui.usecases.tools import Tools

LOOPBACK = "127.0.0.1"


@asynccontextmanager
async def open_demo(seed: int, *, read_only: bool = False) -> AsyncGenerator[Workbench, None]:
    """A workbench on the sample world of `seed`."""
    from tui.sandbox.layout import SITES

    ports = free_ports(len(SITES))
    path = PromotionPath(
        tuple(
            Environment(site.name, f"{LOOPBACK}:{port}", kind=site.kind, protected=site.protected)
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

    world = await asyncio.to_thread(_imported_world, seed)
    from tui.sandbox.azure_token import sample_token
    from tui.sandbox.server import serve
    from tui.settings.model import AzureSettings

    running = await stack.enter_async_context(serve(world, host=LOOPBACK, ports=ports))
    room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="windlass-demo-")))
    token_file = room / "azure-token"
    token_file.write_text(sample_token(running.manager.tenant, f"{running.arm}/"))
    connections = {item.name: _connection(item.kind, token_file) for item in path.environments}
    azure = AzureParts(AzureSettings(arm=running.arm), notices)
    tools = assemble(path, connections, azure, room / "journal.db", notices, stack)
    for snapshot in snapshots_of(world.earlier):
        await tools.journal.remember(snapshot, lambda _: True)
    return tools


def _imported_world(seed: int) -> "World":
    """The sample world, and everything imported that serves it: meant for a thread, so that keys work meanwhile."""
    from tui.sandbox.samples import sample_world

    return sample_world(seed)


def snapshots_of(earlier: "Sequence[Sighting]") -> "Iterator[Snapshot]":
    """What surveys took that saw `earlier`, which is in order of time: a sighting is a change, a snapshot tells all."""
    from tui.domain.snapshot import Snapshot, TagEntry

    held: dict[tuple[str, Repository], dict[Tag, TagEntry]] = {}
    for (at, environment, repository), changes in groupby(earlier, lambda it: (it.at, it.environment, it.repository)):
        entries = held.setdefault((environment, repository), {})
        for change in changes:
            if change.digest is None:
                del entries[change.tag]
            else:
                entries[change.tag] = TagEntry(change.tag, change.digest)
        yield Snapshot(environment, repository, at, dict(entries))


def _connection(kind: Kind, token_file: Path) -> "Connection":
    """Plain registries take anybody; those of Azure's kind exchange the sample token, as real ones do a login's."""
    from tui.settings.model import AuthMethod, Connection, TokenSource

    match kind:
        case Kind.OCI:
            return Connection(AuthMethod.ANONYMOUS, plain_http=True)
        case Kind.ACR:
            source = TokenSource(file=str(token_file))
            return Connection(AuthMethod.TOKEN, plain_http=True, token=source, trusts_with_azure_token=True)
        case _:
            assert_never(kind)


def free_ports(count: int) -> list[int]:
    """`count` loopback ports that nobody listens on."""
    sockets = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports
