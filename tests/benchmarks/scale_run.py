"""Reading an estate on a simulated clock: at first, and again when some tags were pushed meanwhile."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tests.benchmarks.scale_estate import ACCOUNT, BEGAN, Estate, Size, new_registry
from tests.simulation import Line, Link, SimulatedAcr, SimulatedJournal, now, simulate
from tui.domain.environment import Environment
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import Snapshot
from tui.registry.credentials import Static
from tui.sandbox.acr.budgets import Budgets
from tui.sandbox.registry import Registry
from tui.usecases.attention import Attention
from tui.usecases.survey import SnapshotTaken, survey

_A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Network:
    """Seconds from a request to the first byte of its answer, and bytes in a second that this machine takes in."""

    latency: float
    bandwidth: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the whole estate, in simulated seconds, and what it cost in processor seconds here."""

    first: float
    """Until the repository on the screen, which stands in the middle, was read in all environments."""
    whole: float
    requests: Mapping[str, int]
    refused: int
    rows: int
    carried: int
    processor: float
    """Of the client alone, its journal included."""

    @property
    def asked(self) -> int:
        """Requests of all kinds."""
        return sum(self.requests.values())


@dataclass(frozen=True, slots=True)
class Told:
    """What a run of both readings gave; `kept` are the bytes of the journal for each row that it holds."""

    first: Reading
    again: Reading
    recall: float
    """Processor seconds until the last known board was read from the journal."""
    kept: float


@dataclass(slots=True)
class Stage:
    """Registries, clients and a journal."""

    size: Size
    listers: dict[Environment, SimulatedAcr]
    registries: list[Registry]
    estates: list[Estate]
    lines: list[Line]
    link: Link
    journal: SimulatedJournal
    top: Repository = field(init=False)

    def __post_init__(self) -> None:
        self.top = self.estates[0].catalog()[self.size.repositories // 2]

    async def read(
        self, hear: Callable[[SnapshotTaken], object] = lambda _: None, known: Sequence[Snapshot] = ()
    ) -> Reading:
        """Everything, as the board reads it that knows what is `known`; `hear` is told of each repository."""
        for registry in self.registries:
            registry.requests.clear()
            registry.refused.clear()
        began, spent = now(), time.process_time() - self._served()
        carried, rows, seen, first = self.link.carried, 0, set[str](), 0.0
        looked_at = Attention((self.top,))
        async with aclosing(survey(self.listers, Scope(), _clock, self.journal, looked_at, known)) as events:
            async for event in events:
                if isinstance(event, SnapshotTaken):
                    rows += len(event.snapshot.entries)
                    hear(event)
                    if event.snapshot.repository == self.top:
                        seen.add(event.snapshot.environment)
                        first = first or (now() - began if len(seen) == self.size.environments else 0.0)
        requests, refused = self._asked()
        processor = time.process_time() - self._served() - spent
        return Reading(first, now() - began, requests, refused, rows, self.link.carried - carried, processor)

    def push(self, share: float) -> int:
        """Moves a tag in each of so many repositories of the base, and adds another. How many repositories."""
        names = self.estates[0].catalog()[:: max(1, round(1 / share))]
        for estate in self.estates:
            for name in names:
                estate.push(name, Tag("1.0.0"), BEGAN + _A_YEAR)
                estate.push(name, Tag("9.0.0"), BEGAN + _A_YEAR)
        return len(names)

    def _asked(self) -> tuple[Mapping[str, int], int]:
        asked: Counter[str] = Counter()
        for registry in self.registries:
            asked.update({route: number for (_, route), number in registry.requests.items()})
        return asked, sum(registry.refused[429] for registry in self.registries)

    def _served(self) -> float:
        return sum(line.served for line in self.lines)


def _clock() -> datetime:
    return BEGAN + _A_YEAR + timedelta(seconds=now())


@asynccontextmanager
async def staged(size: Size, budgets: Budgets, network: Network, home: Path) -> AsyncGenerator[Stage, None]:
    """The estate, served in this process."""
    made = [new_registry(f"env{at}", size, at, budgets) for at in range(size.environments)]
    link = Link(network.bandwidth)
    lines = [Line(network.latency, link) for _ in made]
    async with AsyncExitStack() as stack:
        listers = {
            Environment(registry.name, f"{registry.name}.localhost"): await stack.enter_async_context(
                SimulatedAcr(registry, Static(*ACCOUNT), line=line, application=application)
            )
            for (registry, _, application), line in zip(made, lines, strict=True)
        }
        journal = SimulatedJournal(home / "journal.db", {each.name: each.registry for each in listers})
        stack.push_async_callback(journal.close)
        yield Stage(size, listers, [each[0] for each in made], [each[1] for each in made], lines, link, journal)


def measure(size: Size, budgets: Budgets, network: Network, pushed: float = 0.01) -> Told:
    """Reads the estate, moves tags in a share of its repositories, and reads it again half an hour later."""
    with tempfile.TemporaryDirectory() as home:
        return simulate(lambda: _measure(size, budgets, network, pushed, Path(home)))


async def _measure(size: Size, budgets: Budgets, network: Network, pushed: float, home: Path) -> Told:
    async with staged(size, budgets, network, home) as stage:
        first = await stage.read()
        stage.push(pushed)
        await asyncio.sleep(1800)
        spent = time.process_time()
        known = await stage.journal.recall([each.name for each in stage.listers])
        recall = time.process_time() - spent
        again = await stage.read(known=known)
    kept = sum(len(each.entries) for each in known)
    return Told(first, again, recall, (home / "journal.db").stat().st_size / max(1, kept))
