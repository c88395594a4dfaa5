"""A board of ACR's, read through ACR's own lists, beside one HEAD for each tag, on the same stores in the same run.

    python -m tests.benchmarks.listing [ROUNDS]

Four registries of 20 repositories of 1,000 tags each; they are served by a process of their own, as Azure Container
Registry with its logins, and once more as plain registries. Aimed at a tenth of the time of the HEADs.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tests.fakes import FakeJournal
from tui.domain import media
from tui.domain.content import digest_of
from tui.domain.environment import Environment
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.registry.acr.client import AcrClient
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous, Static
from tui.sandbox.auth import Acr
from tui.sandbox.manifest import Manifest
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry
from tui.usecases.survey import SnapshotTaken, survey

REGISTRIES: Final = 4
REPOSITORIES: Final = 20
TAGS: Final = 1000
ACCOUNT: Final = ("operator", "hunter2-hunter2")
BODY: Final = b'{"schemaVersion":2}'

Opener = Callable[[str], RegistryClient]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Wall and processor seconds of the client, and the tags that it found."""

    wall: float
    spent: float
    tags: int


def acr(host: str) -> RegistryClient:
    """A client of ACR's own lists."""
    return AcrClient(Endpoint(host, plain_http=True), Static(*ACCOUNT))


def plain(host: str) -> RegistryClient:
    """A client that knows only the distribution API."""
    return RegistryClient(Endpoint(host, plain_http=True), Anonymous())


async def measure(hosts: list[str], opener: Opener) -> Surveyed:
    """Reads the whole board."""
    async with AsyncExitStack() as stack:
        clients = [(Environment(host, host), await stack.enter_async_context(opener(host))) for host in hosts]
        wall, spent = time.perf_counter(), time.process_time()
        events = [event async for event in survey(dict(clients), Scope(), lambda: datetime.now(UTC), FakeJournal())]
        found = sum(len(event.snapshot.entries) for event in events if isinstance(event, SnapshotTaken))
        return Surveyed(time.perf_counter() - wall, time.process_time() - spent, found)


async def serve() -> None:
    """Serves each store twice; writes the hosts, and for each line that it reads how often each route was asked."""
    manifest = Manifest(BODY, media.OCI_MANIFEST, (), (), None, None, {})
    azures = [Registry(f"acr-{at}", auth=Acr(user=ACCOUNT[0], password=ACCOUNT[1])) for at in range(REGISTRIES)]
    plains = [Registry(f"oci-{at}") for at in range(REGISTRIES)]
    for azure, other in zip(azures, plains, strict=True):
        for number in range(REPOSITORIES):
            tags = [Tag(f"1.{tag}") for tag in range(TAGS)]
            azure.store.put_manifest(Repository(f"shop/service-{number:02}"), digest_of(BODY), manifest, tags)
        other.store = azure.store
    async with AsyncExitStack() as stack:
        served = [[await stack.enter_async_context(serve_registry(each)) for each in side] for side in (azures, plains)]
        print(json.dumps(served), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps([_asked(side) for side in (azures, plains)]), flush=True)


def _asked(registries: list[Registry]) -> Mapping[str, int]:
    asked: Counter[str] = Counter()
    for registry in registries:
        asked.update({f"{method} {route}": number for (method, route), number in registry.requests.items()})
        registry.requests.clear()
    return asked


@dataclass(frozen=True, slots=True)
class Servers:
    """The hosts of both sides, and what they were asked since that was last wanted to know."""

    process: "subprocess.Popen[str]"
    azures: list[str]
    plains: list[str]

    def asked(self) -> list[dict[str, int]]:
        """Requests by method and route, of each side."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def servers() -> Generator[Servers, None, None]:
    """Both sides, in a process of their own."""
    command = [sys.executable, "-m", "tests.benchmarks.listing", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Servers(process, *json.loads(process.stdout.readline()))
        finally:
            process.kill()


def tell(name: str, taken: Surveyed, asked: Mapping[str, int]) -> None:
    """Prints one line of the table."""
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(asked.items()))
    print(f"{name:<12} {taken.wall:8.2f} s {taken.spent:8.2f} s {taken.tags:8,} tags   {kinds}", flush=True)


def main(rounds: int) -> None:
    """Measures both in turn, and prints each round and the median ratio."""
    ratios: list[float] = []
    print(f"{'':<12} {'wall':>10} {'processor':>10}")
    with servers() as running:
        for _ in range(rounds):
            ours = asyncio.run(measure(running.azures, acr))
            tell("ACR's lists", ours, running.asked()[0])
            theirs = asyncio.run(measure(running.plains, plain))
            tell("HEADs", theirs, running.asked()[1])
            ratios.append(ours.wall / theirs.wall)
            print(f"ratio {ratios[-1]:.3f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
