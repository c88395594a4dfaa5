"""A whole board of Azure Container Registries: how many requests it takes, and how it fares within a budget."""

import asyncio
import heapq
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from tests.fakes import NOW, FakeJournal
from tests.registry.acr.rig import DIGEST, fill
from tests.registry.azure import AZURE_TOKEN, Planted
from tests.registry.stub import Ears
from tui.domain.environment import Environment, Kind
from tui.domain.notices import RetryScheduled
from tui.domain.scope import Scope
from tui.registry.acr.client import AcrClient
from tui.registry.client import Endpoint, Limits, Timing
from tui.sandbox.acr.budgets import Budgets
from tui.sandbox.auth import Acr
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry
from tui.usecases.survey import RepositoriesFound, SnapshotTaken, SurveyEvent, survey

NAMES = ("base", "dev", "test", "prod")
LOGIN = Acr(azure_tokens=frozenset({AZURE_TOKEN}))
TOKENS = frozenset({"exchange", "acr-token"})
LISTS = frozenset({"acr-tags", "acr-catalog"})
BURST = Limits().concurrency


def stocked(registry: Registry, repositories: int, tags: int) -> Registry:
    for number in range(repositories):
        fill(registry, f"shop/service-{number:02}", (f"1.{at}" for at in range(tags)))
    return registry


async def surveyed(registries: Mapping[str, Registry], ears: Ears, timing: Timing) -> list[SurveyEvent]:
    async with AsyncExitStack() as stack:
        listers: dict[Environment, AcrClient] = {}
        for name, registry in registries.items():
            host = await stack.enter_async_context(serve_registry(registry))
            client = AcrClient(
                Endpoint(host, plain_http=True, takes_azure_tokens=True),
                Planted(),
                observe=ears.hear,
                timing=timing,
            )
            listers[Environment(name, host, kind=Kind.ACR)] = await stack.enter_async_context(client)
        return [event async for event in survey(listers, Scope(), lambda: NOW, FakeJournal())]


def count(registries: Mapping[str, Registry], routes: frozenset[str]) -> int:
    requests = sum((registry.requests for registry in registries.values()), Counter[tuple[str, str]]())
    return sum(number for (_, route), number in requests.items() if route in routes)


async def test_80_000_tags_cost_a_request_for_each_page_and_hardly_more() -> None:
    registries = {name: stocked(Registry(name, auth=LOGIN), 20, 1000) for name in NAMES}
    events = await surveyed(registries, Ears(), Timing())
    snapshots = [event.snapshot for event in events if isinstance(event, SnapshotTaken)]
    assert len(snapshots) == 80
    assert {len(snapshot.entries) for snapshot in snapshots} == {1000}
    assert {entry.digest for snapshot in snapshots for entry in snapshot.entries.values()} == {DIGEST}
    pages = 80 + len(NAMES)
    assert count(registries, LISTS) <= 1.2 * pages
    assert count(registries, TOKENS) <= 2 * len(NAMES) * 20
    assert {route for registry in registries.values() for _, route in registry.requests} == LISTS | TOKENS


@dataclass(slots=True)
class Leaps:
    """A clock that runs as the real one does, and leaps over what is waited for while no request comes."""

    skipped: float = 0.0
    sleepers: list[tuple[float, int, asyncio.Future[None]]] = field(
        default_factory=list[tuple[float, int, asyncio.Future[None]]]
    )

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped

    async def sleep(self, seconds: float) -> None:
        awake = asyncio.get_running_loop().create_future()
        heapq.heappush(self.sleepers, (self.monotonic() + seconds, id(awake), awake))
        await awake

    async def run(self, requests: Callable[[], int]) -> None:
        """Leaps where no request came for a round. One that was under way all the same comes to no harm."""
        seen, rounds = 0, 0
        while True:
            await asyncio.sleep(0.001)
            seen, rounds = requests(), rounds + 1 if requests() == seen else 0
            if self.sleepers and rounds >= 1:
                self.skipped += max(0.0, self.sleepers[0][0] - self.monotonic())
            while self.sleepers and self.sleepers[0][0] <= self.monotonic():
                awake = heapq.heappop(self.sleepers)[2]
                if not awake.done():
                    awake.set_result(None)


async def test_a_board_that_needs_minutes_of_its_budget_is_filled_without_a_gap() -> None:
    clock, ears = Leaps(), Ears()
    shop = Registry("base", auth=LOGIN, budgets=Budgets(reads=300), page_limit=20, clock=clock.monotonic)
    registries = {"base": stocked(shop, 22, 1000)}
    started = clock.monotonic()
    running = asyncio.create_task(clock.run(lambda: count(registries, LISTS)))
    events = await surveyed(registries, ears, Timing(sleep=clock.sleep, monotonic=clock.monotonic))
    running.cancel()
    snapshots = [event.snapshot for event in events if isinstance(event, SnapshotTaken)]
    reads = count(registries, LISTS) - shop.refused[429]
    assert [type(event) for event in events if not isinstance(event, SnapshotTaken | RepositoriesFound)] == []
    assert [len(snapshot.entries) for snapshot in snapshots] == [1000] * 22
    assert reads > 1000
    assert ears.of(RetryScheduled)
    assert shop.refused[429] <= BURST
    assert clock.monotonic() - started >= 60 * (reads - 300) / 300
