"""The budgets of an Azure Container Registry, on a clock that leaps over every wait."""

import asyncio
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.registry.acr.rig import LOGIN, OPERATOR, catalog, fill, listed
from tests.registry.stub import Ears
from tests.simulation import Line, SimulatedAcr, now, simulate
from tui.domain.notices import RetryScheduled
from tui.domain.reference import Repository
from tui.registry.limits import Limits
from tui.sandbox.acr.budgets import Budgets
from tui.sandbox.registry import Registry

REPOSITORIES, TAGS, PAGE = 20, 100, 10
PAGES = REPOSITORIES * TAGS // PAGE
BURST = Limits().concurrency
LIMITS = Limits(page_size=PAGE)


@dataclass
class Read:
    """What came of reading every tag of a registry, and when each request arrived there."""

    tags: int
    seconds: float
    arrivals: Sequence[float]
    refused: int
    waits: int


def read(budgets: Budgets, limits: Limits = LIMITS) -> Read:
    """Reads all repositories side by side, as a survey does."""

    async def main() -> Read:
        registry, line, ears = Registry("r", auth=LOGIN, budgets=budgets, clock=now), Line(latency=0.05), Ears()
        for number in range(REPOSITORIES):
            fill(registry, f"shop/{number:02}", [f"1.{tag}" for tag in range(TAGS)])
        async with SimulatedAcr(registry, OPERATOR, line=line, limits=limits, observe=ears.hear) as client:
            names = await catalog(client)
            found = await asyncio.gather(*(listed(client, Repository(name)) for name in names))
        tags = sum(len(each) for each in found)
        return Read(tags, now(), line.arrivals, registry.refused[429], len(ears.of(RetryScheduled)))

    return simulate(main)


def most_in_a_minute(times: Sequence[float]) -> int:
    return max(bisect_left(times, at + 60) - first for first, at in enumerate(times))


@pytest.fixture(scope="module")
def throttled() -> Read:
    return read(Budgets(reads=60, oauth=1000))


def test_every_tag_is_read_within_a_budget_that_is_too_small_for_a_minute(throttled: Read) -> None:
    assert throttled.tags == REPOSITORIES * TAGS


def test_a_spent_budget_is_kept_to(throttled: Read) -> None:
    later = [at for at in throttled.arrivals if at > 60]
    assert most_in_a_minute(later) <= 60 * 1.1 + BURST


def test_what_is_refused_is_little_and_told_once_for_all_that_were_under_way(throttled: Read) -> None:
    assert throttled.refused <= BURST + 3 * throttled.seconds / 60 + 10
    assert 0 < throttled.waits <= throttled.refused


def test_a_budget_is_used(throttled: Read) -> None:
    least = 60 * (PAGES - 60) / 60
    assert least <= throttled.seconds <= 1.4 * least


def test_a_small_budget_of_tokens_only_delays() -> None:
    found = read(Budgets(reads=100_000, oauth=10))
    assert found.tags == REPOSITORIES * TAGS
    assert found.seconds >= 60 * (REPOSITORIES - 10) / 10


def test_without_a_budget_nothing_waits() -> None:
    found = read(Budgets())
    assert found.refused == 0
    assert found.seconds < 30
