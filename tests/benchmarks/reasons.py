"""A board of 2,000 tags of which 5 % drift: how soon reasons stand, and what they cost in requests.

    python -m tests.benchmarks.reasons

The registries are served by a process of their own and answer after 20 ms, as one across a network does. One board has
every reason in equal parts; on the other every cell is `foreign`, which is the dearest to find out. Aimed at 2 s for
what is on screen, four requests for each drifted cell, and none at a second start.
"""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.fakes import FakeJournal
from tui.domain.aliases import AliasFinder
from tui.domain.board import Board
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import CellKey, Explained, Explanation, Question
from tui.domain.scope import Scope
from tui.journal.memory import SqliteMemory
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous
from tui.sandbox import images
from tui.sandbox.faults import Faults
from tui.sandbox.layers import Layer, random_layer, recompressed
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry
from tui.usecases.explaining import Explainer
from tui.usecases.library import Library
from tui.usecases.survey import SnapshotTaken, survey
from tui.usecases.tools import Tools

REPOSITORIES: Final = 20
TAGS: Final = 100
EVERY: Final = 20
"""One tag in so many drifts."""

ON_SCREEN: Final = 40
DELAY: Final = 0.02
NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
REVISION: Final = "org.opencontainers.image.revision"


# -- what is served ---------------------------------------------------------------------------------------------------


class Builder:
    """Makes images out of one source of chance."""

    def __init__(self) -> None:
        self.rng = random.Random(4)
        self.shared = random_layer(500, self.rng)

    def layers(self) -> list[Layer]:
        return [self.shared, random_layer(300, self.rng)]

    def image(self, layers: Sequence[Layer] = (), commit: str = "", platform: str = images.AMD64) -> images.Image:
        labels = {REVISION: commit or self.rng.randbytes(20).hex()}
        return images.image(layers or self.layers(), created=NOW, labels=labels, platform=platform)


Pair = tuple[images.Image, images.Image]


def flattened(build: Builder) -> Pair:
    one = build.image()
    return images.index([one, build.image(platform=images.ARM64)]), one


def wrapped(build: Builder) -> Pair:
    one = build.image()
    return one, images.index([one])


def packed_again(build: Builder) -> Pair:
    layers, commit = build.layers(), build.rng.randbytes(20).hex()
    return build.image(layers, commit), build.image([recompressed(item, 9) for item in layers], commit)


def rebuilt(build: Builder) -> Pair:
    commit = build.rng.randbytes(20).hex()
    return build.image(commit=commit), build.image(commit=commit)


def foreign(build: Builder) -> Pair:
    return build.image(), build.image()


MIXED: Final[tuple[Callable[[Builder], Pair], ...]] = (flattened, wrapped, packed_again, rebuilt, foreign, foreign)
"""The last but one is `behind`: the base is given the older image as well; see `fill`."""


def fill(base: Registry, prod: Registry, kinds: Sequence[Callable[[Builder], Pair]], *, keeps_older: bool) -> None:
    """Loads both registries."""
    build, drifted = Builder(), 0
    for number in range(REPOSITORIES * TAGS):
        repository, tag = f"shop/service-{number // TAGS:02}", f"1.{number % TAGS}.0"
        if number % EVERY:
            image = build.image()
            ours, theirs = image, image
        else:
            ours, theirs = kinds[drifted % len(kinds)](build)
            if keeps_older and drifted % len(kinds) == len(kinds) - 2:
                images.push_into(base, repository, theirs)
            drifted += 1
        images.push_into(base, repository, ours, tag)
        images.push_into(prod, repository, theirs, tag)


async def serve() -> None:
    """Serves both boards; writes the hosts, and for each line that it reads how many requests each board had."""
    boards = [[Registry(f"{name}-{at}", faults=Faults(slow=DELAY)) for name in ("base", "prod")] for at in range(2)]
    fill(boards[0][0], boards[0][1], MIXED, keeps_older=True)
    fill(boards[1][0], boards[1][1], (foreign,), keeps_older=False)
    async with AsyncExitStack() as stack:
        hosts = [[await stack.enter_async_context(serve_registry(each)) for each in board] for board in boards]
        print(json.dumps(hosts), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps([sum(_asked(each) for each in board) for board in boards]), flush=True)


def _asked(registry: Registry) -> int:
    number = sum(registry.requests.values())
    registry.requests.clear()
    return number


@dataclass(frozen=True, slots=True)
class Server:
    """The hosts of both boards, and what they were asked since that was last wanted to know."""

    process: "subprocess.Popen[str]"
    hosts: list[tuple[str, str]]

    def asked(self, board: int) -> int:
        """Requests to the registries of one board."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())[board]


@contextmanager
def server() -> Generator[Server, None, None]:
    """Both boards, in a process of their own."""
    command = [sys.executable, "-m", "tests.benchmarks.reasons", "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Server(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


# -- what is measured -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def tools_for(hosts: tuple[str, str], file: Path) -> AsyncGenerator[tuple[PromotionPath, Tools], None]:
    """Clients of one board, and a memory in `file`."""
    path = PromotionPath(tuple(Environment(name, host) for name, host in zip(("base", "prod"), hosts, strict=True)))
    async with AsyncExitStack() as stack:
        clients = {
            item: await stack.enter_async_context(RegistryClient(Endpoint(item.registry, plain_http=True), Anonymous()))
            for item in path.environments
        }
        memory = SqliteMemory(file, {item.name: f"{item.registry}/" for item in path.environments})
        stack.push_async_callback(memory.close)
        yield path, Tools(clients, {}, FakeJournal(), memory, lambda: NOW)


async def listed(path: PromotionPath, tools: Tools) -> list[Question]:
    """The board as it was listed, and what it asks."""
    board, finder = Board(path), AliasFinder()
    async for event in survey(tools.registries, Scope(), tools.clock, tools.journal):
        if isinstance(event, SnapshotTaken):
            board = board.with_reading(event.snapshot.environment, event.snapshot.repository, event.snapshot)
    found: list[Question] = []
    for row in board.rows:
        held = row.entries[1]
        tags = finder.tags_of(board.sections[row.repository], 0, held.digest) if held and held.digest else ()
        question = board.question(row, 1, tags)
        found += [question] if question else []
    return found


class Watch:
    """Notes how soon the cells on screen, and all, were explained."""

    def __init__(self, wanted: Sequence[Question]) -> None:
        self._on_screen = {item.key for item in wanted[:ON_SCREEN]}
        self._left = {item.key for item in wanted}
        self._started = time.perf_counter()
        self.on_screen = self.all = 0.0
        self.said: Counter[str] = Counter()

    def __call__(self, found: Mapping[CellKey, Explanation]) -> None:
        self.said.update(item.reason.value if isinstance(item, Explained) else "undecided" for item in found.values())
        self._on_screen -= found.keys()
        self._left -= found.keys()
        passed = time.perf_counter() - self._started
        self.on_screen = self.on_screen or (0 if self._on_screen else passed)
        self.all = self.all or (0 if self._left else passed)


async def measure(running: Server, board: int, file: Path) -> Watch:
    """Lists a board, explains it, and prints what that took."""
    async with tools_for(running.hosts[board], file) as (path, tools):
        wanted = await listed(path, tools)
        running.asked(board)
        watch = Watch(wanted)
        await Explainer(tools, Library(tools), path, watch).explain_all(wanted)
        await asyncio.sleep(0)
        requests = running.asked(board)
    told = ", ".join(f"{number} {name}" for name, number in watch.said.most_common())
    print(
        f"{len(wanted)} drifted: on screen after {watch.on_screen:.2f} s, all after {watch.all:.2f} s, "
        f"{requests} requests = {requests / len(wanted):.2f} a cell   {told}",
        flush=True,
    )
    return watch


def main() -> None:
    """Measures each board, and its second start."""
    with server() as running, tempfile.TemporaryDirectory() as folder:
        for board, name in enumerate(("every reason", "all foreign")):
            file = Path(folder) / f"{board}.db"
            for start in ("first start", "second start"):
                print(f"{name}, {start}: ", end="", flush=True)
                asyncio.run(measure(running, board, file))
    print(f"aims: {ON_SCREEN} cells within 2 s, 4 requests a cell, 0 at a second start")


if __name__ == "__main__":
    asyncio.run(serve()) if "serve" in sys.argv else main()
