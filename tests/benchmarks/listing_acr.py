"""A board of ACR's, read through ACR's own lists, beside one HEAD for each tag, on the same stores in the same run; and
the second start, which asks only for what may have changed.

Four registries of 20 repositories of 1,000 tags each; they are served by a process of their own, as Azure Container
Registry with its logins, and once more as plain registries. Aimed at a tenth of the time of the HEADs.

    python -m tests.benchmarks.listing_acr serve
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.benchmarks.table import Row, ratio, seconds
from tests.fakes import FakeJournal
from tui.domain import media
from tui.domain.content import digest_of
from tui.domain.environment import Environment
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import Snapshot
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
PUSHED: Final = datetime(2026, 1, 1, tzinfo=UTC)
EACH: Final = timedelta(hours=1)
"""Between one tag and the next."""
BODY: Final = b'{"schemaVersion":2}'

Opener = Callable[[str], RegistryClient]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Wall and processor seconds of the client, and what it found."""

    wall: float
    spent: float
    found: Sequence[Snapshot]


def acr(host: str) -> RegistryClient:
    """A client of ACR's own lists."""
    return AcrClient(Endpoint(host, plain_http=True), Static(*ACCOUNT))


def plain(host: str) -> RegistryClient:
    """A client that knows only the distribution API."""
    return RegistryClient(Endpoint(host, plain_http=True), Anonymous())


async def measure(hosts: list[str], opener: Opener, known: Sequence[Snapshot] = ()) -> Surveyed:
    """Reads the whole board, or what changed since it was `known`."""
    async with AsyncExitStack() as stack:
        clients = [(Environment(host, host), await stack.enter_async_context(opener(host))) for host in hosts]
        wall, spent = time.perf_counter(), time.process_time()
        reading = survey(dict(clients), Scope(), lambda: datetime.now(UTC), FakeJournal(), None, known)
        taken = [event.snapshot async for event in reading if isinstance(event, SnapshotTaken)]
        assert sum(len(item.entries) for item in taken) == REGISTRIES * REPOSITORIES * TAGS
        return Surveyed(time.perf_counter() - wall, time.process_time() - spent, taken)


async def serve() -> None:
    """Serves each store twice; writes the hosts, and for each line that it reads how often each route was asked."""
    manifest = Manifest(BODY, media.OCI_MANIFEST, (), (), None, None, {})
    azures = [Registry(f"acr-{at}", auth=Acr(user=ACCOUNT[0], password=ACCOUNT[1])) for at in range(REGISTRIES)]
    plains = [Registry(f"oci-{at}") for at in range(REGISTRIES)]
    for azure, other in zip(azures, plains, strict=True):
        for number in range(REPOSITORIES):
            for tag in range(TAGS):
                name, at = Repository(f"shop/service-{number:02}"), PUSHED + tag * EACH
                azure.store.put_manifest(name, digest_of(BODY), manifest, [Tag(f"1.{tag}")], at)
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
    command = [sys.executable, "-m", "tests.benchmarks.listing_acr", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Servers(process, *json.loads(process.stdout.readline()))
        finally:
            process.kill()


def rows(rounds: int) -> list[Row]:
    """ACR's lists beside HEADs, and the second start beside the first: wall, processor and requests."""
    lists, heads, seconds_starts = list[Surveyed](), list[Surveyed](), list[Surveyed]()
    first, second = dict[str, int](), dict[str, int]()
    with servers() as running:
        for _ in range(rounds):
            lists.append(asyncio.run(measure(running.azures, acr)))
            first = running.asked()[0]
            seconds_starts.append(asyncio.run(measure(running.azures, acr, lists[-1].found)))
            second = running.asked()[0]
            heads.append(asyncio.run(measure(running.plains, plain)))
    return [
        _row("80,000 tags in ACR's lists", lists, heads, "one HEAD each", "0.10"),
        _row(f"ACR, second start ({_told(second)})", seconds_starts, lists, f"first start ({_told(first)})", ""),
    ]


def _row(name: str, ours: list[Surveyed], theirs: list[Surveyed], beside: str, aim: str) -> Row:
    one, other = [each.wall for each in ours], [each.wall for each in theirs]
    return Row(name, seconds(one), f"{beside} {seconds(other)}", ratio(one, other), aim)


def _told(asked: Mapping[str, int]) -> str:
    return f"{sum(number for route, number in asked.items() if 'acr-token' not in route):,} requests besides logins"


if __name__ == "__main__":
    asyncio.run(serve())
