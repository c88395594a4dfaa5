"""Requests at a registry's own speed, on a clock that leaps over every wait, and at a real server on one that waits."""

import asyncio
import selectors
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from tests.registry.stub import Ears, client, problem, serve
from tui.domain.content import RawManifest, digest_of
from tui.domain.notices import Notice, RetryScheduled
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import NotFound, Throttled
from tui.registry.client import Endpoint, Limits, RegistryClient, Timing
from tui.registry.credentials import Anonymous
from tui.registry.pace import Kind, Pace, kind_of
from tui.registry.request import Request
from tui.registry.urls import Url
from tui.sandbox.faults import Faults
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

API, TAG = parse_repository("shop/api"), parse_tag("1.0")
ROOT = Url.parse("https://r.example.com")
BURST = Limits().concurrency


class Leaping(asyncio.SelectorEventLoop):
    """An event loop whose time is nothing but its waits."""

    def __init__(self) -> None:
        super().__init__(_Leaper(self))
        self.now = 0.0

    def time(self) -> float:
        return self.now


class _Leaper(selectors.SelectSelector):
    def __init__(self, loop: Leaping) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.now += timeout or 0.0
        return super().select(0)


def leap(main: Callable[[], Awaitable[None]]) -> None:
    """Runs `main` in leaps."""

    async def run() -> None:
        await main()

    with asyncio.Runner(loop_factory=Leaping) as runner:
        runner.run(run())


def now() -> float:
    return asyncio.get_running_loop().time()


def most_in_a_minute(times: list[float]) -> int:
    """The most of `times`, which ascend, in any 60 s."""
    return max(bisect_left(times, at + 60) - first for first, at in enumerate(times))


@dataclass
class Bucket:
    """A registry that answers so many requests in a minute, as Azure's buckets do."""

    budget: float
    asks: bool = True
    """Whether it says how long to wait."""
    level: float = field(init=False)
    at: float = 0.0
    arrivals: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.level = self.budget

    def take(self) -> float | None:
        """None, or the seconds to wait."""
        self.level = min(self.budget, self.level + (now() - self.at) * self.budget / 60)
        self.at = now()
        self.arrivals.append(now())
        if self.level >= 1:
            self.level -= 1
            return None
        self.refusals.append(now())
        return 1.0

    def most_in_a_minute(self, start: float = 0.0) -> int:
        """The most requests that came in any 60 s after `start`."""
        return most_in_a_minute([at for at in self.arrivals if at >= start])


def new_pace(heard: list[Notice] | None = None, limits: Limits | None = None) -> Pace:
    timing = Timing(monotonic=now, random=lambda: 0.0)
    return Pace("r", limits or Limits(), timing, (heard if heard is not None else []).append)


async def ask(pace: Pace, server: Bucket) -> None:
    """One request, until it is answered."""
    while True:
        async with pace.slots.turn(0):
            sent_at = await pace.enter()
            await asyncio.sleep(0.02)
            wait = server.take()
            await asyncio.sleep(0.02)
            if wait is None:
                return pace.answered(sent_at)
            pace.refused("look", sent_at, wait if server.asks else None)


@pytest.mark.parametrize(("budget", "count"), [(300, 1500), (5000, 12_000), (120, 600)])
@pytest.mark.parametrize("asks", [True, False])
def test_budget_is_kept_and_used(budget: int, count: int, asks: bool) -> None:
    async def main() -> None:
        heard: list[Notice] = []
        pace, server = new_pace(heard), Bucket(budget, asks)
        await asyncio.gather(*(ask(pace, server) for _ in range(count)))
        assert len(server.refusals) < BURST + 3 * now() / 60 + 10
        assert server.most_in_a_minute(start=60) <= budget * 1.1 + BURST
        assert now() < 1.4 * 60 * count / budget
        assert len(heard) < len(server.refusals)

    leap(main)


def test_one_pause_and_one_notice_for_all_that_were_under_way() -> None:
    async def main() -> None:
        heard: list[Notice] = []
        pace = new_pace(heard)
        sent = [await pace.enter() for _ in range(BURST)]
        await asyncio.sleep(0.1)
        for at in sent:
            pace.refused("look", at, 8.0)
            await asyncio.sleep(0.001)
        assert heard == [RetryScheduled("r", "look", "429", 8.0)]
        began = now()
        await pace.enter()
        assert 7.9 < now() - began <= 8.0

    leap(main)


def test_pauses_grow_where_the_registry_asks_for_too_short_ones() -> None:
    async def main() -> None:
        heard: list[Notice] = []
        pace = new_pace(heard)
        for _ in range(8):
            sent_at = await pace.enter()
            await asyncio.sleep(0.01)
            pace.refused("look", sent_at, 1.0)
        assert [item.delay for item in heard if isinstance(item, RetryScheduled)] == [1, 2, 4, 8, 16, 32, 60, 60]

    leap(main)


def test_lifted_limit_is_found_again() -> None:
    async def main() -> None:
        pace, server = new_pace(), Bucket(300)
        await asyncio.gather(*(ask(pace, server) for _ in range(600)))
        server.budget = 1e9
        began, count = now(), len(server.arrivals)
        await asyncio.gather(*(ask(pace, server) for _ in range(6000)))
        assert now() - began < 180
        assert len(server.arrivals) - count < 6010

    leap(main)


def test_at_least_one_request_in_a_second_goes() -> None:
    async def main() -> None:
        pace = new_pace()
        pace.refused("look", await pace.enter(), 1.0)
        began = now()
        for _ in range(10):
            pace.answered(await pace.enter())
        assert now() - began <= 10.001

    leap(main)


def test_one_that_is_always_refused_does_not_starve_the_others() -> None:
    async def main() -> None:
        pace, server = new_pace(), Bucket(1e9)

        async def ask_in_vain() -> None:
            while True:
                sent_at = await pace.enter()
                await asyncio.sleep(0.02)
                pace.refused("look", sent_at, None)

        unlucky = asyncio.create_task(ask_in_vain())
        await asyncio.sleep(1)
        await asyncio.gather(*(ask(pace, server) for _ in range(32)))
        assert now() < 120
        unlucky.cancel()

    leap(main)


def test_hope_ends_after_long_silence_and_returns_with_an_answer() -> None:
    async def main() -> None:
        pace = new_pace(limits=Limits(throttled=100))
        sent_at = await pace.enter()
        pace.refused("look", sent_at, 60.0)
        await asyncio.sleep(99)
        assert not pace.is_hopeless
        await asyncio.sleep(2)
        assert pace.is_hopeless
        pace.answered(now())
        assert not pace.is_hopeless

    leap(main)


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (Request("x", "HEAD", ROOT.at("/v2/a/manifests/1")), Kind.READ),
        (Request("x", "GET", ROOT.at("/acr/v1/a/_tags")), Kind.READ),
        (Request("x", "PATCH", ROOT.at("/acr/v1/a")), Kind.WRITE),
        (Request("x", "GET", ROOT.at("/v2/a/referrers/sha256:0")), Kind.REFERRERS),
        (Request("x", "POST", ROOT.at("/oauth2/token"), is_for_token=True), Kind.TOKEN),
    ],
)
def test_kinds(request_: Request, kind: Kind) -> None:
    assert kind_of(request_) is kind


@dataclass
class Waits:
    """A clock on which nothing takes time but waiting, one at a time: how busy the machine is makes no difference.

    `factor` seconds of waiting take one: long enough for a server to answer meanwhile.
    """

    factor: float = 200.0
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.factor)
        self.now += seconds


@dataclass(slots=True)
class Counted(Faults):
    """Keeps when requests came, and when there were too many."""

    arrivals: list[float] = field(default_factory=list[float])
    refusals: list[float] = field(default_factory=list[float])

    def over_budget(self, now: float) -> bool:
        is_over = Faults.over_budget(self, now)
        self.arrivals.append(now)
        self.refusals.extend([now] * is_over)
        return is_over


async def test_1500_requests_at_once_all_succeed_at_300_a_minute() -> None:
    clock, ears, faults = Waits(), Ears(), Counted(budget=300, retry_after=60)
    embedded = Registry("r", faults=faults, clock=clock.monotonic)
    timing = Timing(sleep=clock.sleep, monotonic=clock.monotonic)
    async with serve_registry(embedded) as host:
        endpoint = Endpoint(host, plain_http=True)
        async with RegistryClient(endpoint, Anonymous(), observe=ears.hear, timing=timing) as registry:
            outcomes = await asyncio.gather(*(registry.resolve(API, TAG) for _ in range(1500)), return_exceptions=True)
    assert all(isinstance(outcome, NotFound) for outcome in outcomes)  # answered, as nothing is there
    assert most_in_a_minute(faults.arrivals) <= 300 + BURST
    assert len(faults.refusals) <= 2 * BURST
    assert len(ears.of(RetryScheduled)) < len(faults.refusals)


async def test_one_that_is_always_refused_is_given_up_though_others_are_answered() -> None:
    async def refuses_one(request: web.Request) -> web.StreamResponse:
        return problem(429, "TOOMANYREQUESTS") if request.path.endswith("/1.0") else problem(404, "MANIFEST_UNKNOWN")

    limits = Limits(throttled=100)
    async with serve(refuses_one) as stub, client(stub.host, limits=limits) as registry:
        refused = asyncio.create_task(registry.resolve(API, TAG))
        while not refused.done():
            with pytest.raises(NotFound):
                await registry.resolve(API, parse_tag("2.0"))
        with pytest.raises(Throttled):
            await refused


BODY = f'{{"schemaVersion":2,"config":{{"mediaType":"a/b","digest":"{digest_of(b"")}","size":0}},"layers":[]}}'.encode()
MANIFEST = RawManifest("application/vnd.oci.image.manifest.v1+json", BODY, digest_of(BODY))


async def throttling_reads(request: web.Request) -> web.StreamResponse:
    if request.method == "PUT":
        return web.Response(status=201, headers={"OCI-Subject": str(MANIFEST.digest)})
    return problem(429, "TOOMANYREQUESTS", Retry_After="30")


async def test_throttled_reads_do_not_stop_writes() -> None:
    ears = Ears()
    limits = Limits(throttled=100)
    async with serve(throttling_reads) as stub, client(stub.host, ears=ears, limits=limits) as registry:
        with pytest.raises(Throttled):
            await registry.resolve(API, TAG)
        await registry.push_manifest(API, TAG, MANIFEST)
        assert stub.count("PUT") == 1
    assert {item.operation for item in ears.of(RetryScheduled) if isinstance(item, RetryScheduled)} == {
        "resolve shop/api:1.0"
    }
