"""Every request of a promotion is struck by every fault, one at a time, and what becomes of it is put in a table.

    python -m tests.endurance.faults

After each: the promotion ended; the target's tag is the old image or the new one, and all of it; it is called a
success only where everything is right; and where it was none, a second run without faults succeeds.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from tests.endurance.mischief import FAULTS, Fault, Kind, Mischief
from tests.endurance.stage import API, AUTH, TAG, Stage, cargo, staged, staged_as_one
from tests.fakes import FakeJournal, FakeMemory, FrozenClock
from tui.cli.aligned import aligned
from tui.domain.environment import EngineName, PromotionPath
from tui.domain.events import Event, PromotionFailed, PromotionSucceeded
from tui.domain.plan import Request, consent_to
from tui.domain.scope import Scope
from tui.engine.direct import DirectEngine
from tui.ports.errors import WindlassError
from tui.registry.client import Endpoint, Limits, RegistryClient, Timing
from tui.registry.credentials import Static
from tui.usecases.concurrency import gather_all
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

PATIENT: Final = Limits(
    connect=5,
    read=5,
    total=5,
    commit=5,
    attempts=3,
    connect_attempts=2,
    resumes=2,
    window=2**19,
    whole=2**20,
    stretch=0,  # so that a blob of a few MiB goes up in several PATCHes, as a large one does on a slow line
)
HURRIED: Final = replace(PATIENT, read=0.2, total=0.2, commit=0.2)
"""For faults after which no answer comes."""
LONGEST: Final = 30.0
"""Seconds in which a promotion has to end."""

AT_ONCE: Final = 6
"""Promotions that are struck at the same time: most of their time is waiting."""

Staging = Callable[[Mischief], AbstractAsyncContextManager[Stage]]


class Outcome(StrEnum):
    """What became of a promotion that was struck."""

    DONE = "done"
    LEFT = "failed, tag as it was"
    WRITTEN = "failed, tag written"
    UNPLANNED = "no plan"
    UNMET = "not met"


@dataclass(slots=True)
class HurriedClock:
    """Time that sleeping costs nothing of."""

    slept: float = 0.0

    async def sleep(self, seconds: float) -> None:
        """Is over at once."""
        self.slept += seconds
        await asyncio.sleep(0)

    def now(self) -> float:
        """Seconds since 1970, with those slept."""
        return time.time() + self.slept

    def monotonic(self) -> float:
        """Seconds, with those slept."""
        return time.monotonic() + self.slept


@asynccontextmanager
async def bench_on(stage: Stage, limits: Limits) -> AsyncGenerator[Workbench, None]:
    """A workbench that has never seen these registries, as in a new process."""
    clock = HurriedClock()
    timing = Timing(clock.sleep, lambda: 0.0, clock.monotonic, clock.now)
    async with AsyncExitStack() as stack:
        clients = {
            each: await stack.enter_async_context(
                RegistryClient(
                    Endpoint(each.registry, plain_http=True),
                    Static(AUTH.user, AUTH.password),
                    limits=limits,
                    timing=timing,
                )
            )
            for each in stage.path
        }
        tools = Tools(clients, {EngineName.DIRECT: DirectEngine(clients)}, FakeJournal(), FakeMemory(), FrozenClock())
        yield Workbench(PromotionPath(stage.path), Scope(), tools, Notices())


async def run(stage: Stage, limits: Limits = PATIENT) -> Event | WindlassError:
    """Plans and promotes; the ending, or why there was no plan. Raises TimeoutError where it does not end."""
    source, target = stage.path
    async with asyncio.timeout(LONGEST), bench_on(stage, limits) as bench:
        try:
            plan = await bench.plan(Request(source, target, API, TAG, TAG))
        except WindlassError as error:
            return error
        events = [record.event async for record in bench.promote_all([plan], consent_to([plan]))]
        return events[-1]


async def strike(staging: Staging, fault: Fault, kind: Kind, number: int) -> tuple[Outcome, list[str]]:
    """What becomes of a promotion whose request `number` of `kind` is struck, and everything that is wrong with it."""
    mischief = Mischief(fault, kind, number)
    async with staging(mischief) as stage:
        try:
            ending = await run(stage, HURRIED if fault.is_silent else PATIENT)
        except TimeoutError:
            return Outcome.LEFT, ["it did not end"]
        wrong = stage.gaps()
        outcome = _outcome(stage, ending)
        if outcome is Outcome.DONE:
            wrong += _belied(stage)
            return outcome if mischief.strikes else Outcome.UNMET, wrong
        stage.mischief.fault = None
        again = await run(stage)
        if not isinstance(again, PromotionSucceeded):
            wrong.append(f"the second run: {told(again)} (the first: {told(ending)})")
        return outcome, wrong + stage.gaps() + _belied(stage)


def _outcome(stage: Stage, ending: Event | WindlassError) -> Outcome:
    if isinstance(ending, PromotionSucceeded):
        return Outcome.DONE
    if isinstance(ending, WindlassError):
        return Outcome.UNPLANNED
    return Outcome.LEFT if stage.held() == cargo().old.digest else Outcome.WRITTEN


def _belied(stage: Stage) -> list[str]:
    """What is not as a success says."""
    wrong = [] if stage.held() == cargo().new.digest else ["a success, but the tag holds the old image"]
    return wrong + stage.gaps_of_company()


def told(ending: Event | WindlassError) -> str:
    """An ending in words."""
    if isinstance(ending, PromotionFailed):
        return f"failed to {ending.operation}: {ending.cause}"
    return f"no plan: {ending}" if isinstance(ending, WindlassError) else str(ending)


async def count_requests(staging: Staging) -> Counter[Kind]:
    """How many requests of each kind a promotion makes that nothing happens to."""
    async with staging(Mischief()) as stage:
        ending = await run(stage)
        assert isinstance(ending, PromotionSucceeded), told(ending)
        assert not stage.gaps() + _belied(stage)
        return stage.mischief.seen


async def requests_of(staging: Staging) -> Counter[Kind]:
    """The requests to strike: all between two registries; within one only what is not the same there, the mounts."""
    seen = await count_requests(staging)
    return seen if staging is staged else Counter({kind: count for kind, count in seen.items() if kind[2] == "mount"})


def struck(fault: Fault, requests: Counter[Kind]) -> Iterator[tuple[Kind, int]]:
    """Every request that `fault` can happen to, by its kind and number."""
    for kind, count in sorted(requests.items()):
        if fault.fits(kind):
            yield from ((kind, number) for number in range(count))


@dataclass(slots=True)
class Tally:
    """The outcomes by fault and kind of request, and what must never happen but did."""

    outcomes: dict[tuple[str, Kind], Counter[Outcome]] = field(default_factory=dict[tuple[str, Kind], Counter[Outcome]])
    wrong: list[str] = field(default_factory=list[str])

    async def take(self, staging: Staging, fault: Fault, requests: Counter[Kind]) -> None:
        """Strikes every request that `fault` can happen to, each in a world of its own, some at a time."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def take(kind: Kind, number: int) -> None:
            async with slots:
                outcome, wrong = await strike(staging, fault, kind, number)
            self.outcomes.setdefault((fault.name, kind), Counter())[outcome] += 1
            self.wrong += [f"{fault.name}, {' '.join(kind)} #{number}: {each}" for each in wrong]

        await gather_all(*(take(*each) for each in struck(fault, requests)))

    def lines(self) -> Iterator[str]:
        """The table."""
        head = ("FAULT", "REQUEST", *(outcome.value for outcome in Outcome))
        yield from aligned(
            [
                head,
                *(
                    (name, " ".join(kind), *(str(found[outcome] or "") for outcome in Outcome))
                    for (name, kind), found in sorted(self.outcomes.items(), key=lambda item: item[0][1])
                ),
            ]
        )


async def main() -> None:
    """Prints the table, and then everything that must never happen but did."""
    tally = Tally()
    for staging in (staged, staged_as_one):
        requests = await count_requests(staging)
        wanted = (
            requests if staging is staged else Counter({key: n for key, n in requests.items() if key[2] == "mount"})
        )
        for fault in FAULTS:
            await tally.take(staging, fault, wanted)
    for line in (*tally.lines(), "", f"{len(tally.wrong)} wrong", *tally.wrong):
        print(line)


if __name__ == "__main__":
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # of the registries, which are struck
    asyncio.run(main())
