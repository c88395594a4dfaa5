"""A board of 2,000 tags of which 5 % drift: how soon reasons stand, and what they cost in requests.

    python -m tests.benchmarks.reasons

The boards are served by a process of their own; see reasons_boards. Aimed at 2 s for what is on screen, four requests
for each drifted cell, and none at a second start. Where the budget ran out at the first start, as on the board whose
cells are all `foreign`, the second one goes on with what is left.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Final

from tests.benchmarks.reasons_boards import NOW, is_moved
from tests.fakes import FakeJournal, FakeMemory
from tui.domain.aliases import AliasFinder
from tui.domain.board import Board
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import CellKey, Explained, Explanation, Question
from tui.domain.history import History, Landing, Sighting
from tui.domain.scope import Scope
from tui.journal.memory import SqliteMemory
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous
from tui.usecases.concurrency import gather_all
from tui.usecases.explaining import Explainer
from tui.usecases.library import Library
from tui.usecases.survey import SnapshotTaken, survey
from tui.usecases.tools import Tools

ON_SCREEN: Final = 40
BOARDS: Final = ("every reason", "all foreign")


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
    command = [sys.executable, "-m", "tests.benchmarks.reasons_boards"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Server(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


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
        self.said.update(map(word, found.values()))
        self._on_screen -= found.keys()
        self._left -= found.keys()
        passed = time.perf_counter() - self._started
        self.on_screen = self.on_screen or (0 if self._on_screen else passed)
        self.all = self.all or (0 if self._left else passed)


def told_by_journal(wanted: Sequence[Question]) -> History:
    """What makes the planted cells `moved`: the base's tag had the digest, it was promoted, and the tag moved on."""
    before, then = NOW - timedelta(days=2), NOW - timedelta(days=1)
    sightings: list[Sighting] = []
    landings: list[Landing] = []
    for item in wanted:
        if is_moved(item.repository, item.tag):
            place = (item.repository, item.tag)
            sightings += (Sighting("base", *place, item.key.held, before), Sighting("base", *place, item.key.base, NOW))
            landings.append(Landing("prod", *place, item.key.held, then, "p1", "base.example", origin="base"))
    return History(tuple(sightings), tuple(landings))


async def measure(running: Server, board: int, file: Path) -> None:
    """Lists a board, explains it, and prints what that took."""
    async with tools_for(running.hosts[board], file) as (path, tools):
        wanted = await listed(path, tools)
        if board == 0:
            tools = replace(tools, journal=FakeJournal(past=told_by_journal(wanted)))
        running.asked(board)
        watch = Watch(wanted)
        await Explainer(tools, Library(tools), path, watch).explain_all(wanted)
        requests = running.asked(board)
    told = ", ".join(f"{number} {name}" for name, number in watch.said.most_common())
    print(
        f"{len(wanted)} drifted: on screen after {watch.on_screen:.2f} s, all after {watch.all:.2f} s, "
        f"{requests} requests = {requests / len(wanted):.2f} a cell   {told}",
        flush=True,
    )


async def weigh(running: Server, file: Path) -> None:
    """Explains each cell of the mixed board as if it were the only one, and prints what each reason costs."""
    costs: dict[str, list[int]] = defaultdict(list)
    async with tools_for(running.hosts[0], file) as (path, tools):
        wanted = await listed(path, tools)
        alone = replace(tools, journal=FakeJournal(past=told_by_journal(wanted)))

        async def one(question: Question) -> None:
            library = Library(replace(alone, memory=FakeMemory()))
            found = await Explainer(alone, library, path, lambda _: None).decide(question)
            costs[word(found)].append(library.requests)

        await gather_all(*(one(question) for question in wanted))
    for name, requests in sorted(costs.items()):
        print(f"{name:>14}: {mean(requests):.2f} requests a cell, {max(requests)} at worst")


def word(found: Explanation) -> str:
    """`behind`, `moved`, …, or `undecided`."""
    return found.reason.value if isinstance(found, Explained) else "undecided"


def main() -> None:
    """Measures each board, its second start, and what each reason costs."""
    with server() as running, tempfile.TemporaryDirectory() as folder:
        for board, name in enumerate(BOARDS):
            for start in ("first start", "second start"):
                print(f"{name}, {start}: ", end="", flush=True)
                asyncio.run(measure(running, board, Path(folder) / f"{board}.db"))
        asyncio.run(weigh(running, Path(folder) / "none.db"))
    print(f"aims: {ON_SCREEN} cells within 2 s, 4 requests a cell, 0 at a second start")


if __name__ == "__main__":
    main()
