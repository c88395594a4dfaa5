"""A set of 1,000 promotions through this machine, and as Azure's own imports: what bounds either.

Requests are sent by the real client to the sandbox's registries with their budgets, as many of each kind as a promotion
needs; bytes go over a link of this machine, and what Azure takes for an import is an assumption. A tenth of the set at
a tenth of the budgets and of the link takes as long as the whole.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.table import print_table
from tests.simulation import Line, Link, SimulatedAcr, now, simulate
from tui.domain import media
from tui.domain.content import RawManifest, digest_of
from tui.domain.reference import Repository, Tag
from tui.registry.credentials import Static
from tui.sandbox.acr.budgets import Budgets
from tui.sandbox.auth import Acr
from tui.sandbox.registry import Registry
from tui.usecases.sets import COPIES_AT_ONCE, IMPORTS_AT_ONCE

_SET: Final = 1000
_PART: Final = 10
"""Which part of the set, of the budgets and of the link is simulated."""
_LATENCY: Final = 0.1
_MINUTE: Final = 60.0
_ACCOUNT: Final = ("operator", "hunter2-hunter2")
_BODY: Final = b'{"schemaVersion":2,"manifests":[]}'
_MANIFEST: Final = RawManifest(media.OCI_INDEX, _BODY, digest_of(_BODY))
_REPOSITORY: Final = Repository("shop/api")
_TIERS: Final[Mapping[str, Budgets]] = {"Standard": Budgets.BASIC, "Premium": Budgets.PREMIUM}


@dataclass(frozen=True, slots=True)
class Cargo:
    """What one promotion asks of both registries, and the bytes that come in here and go out again at the same time."""

    reads: int
    writes: int
    size: int


SMALL: Final = Cargo(reads=10, writes=7, size=15_000_000)
"""Three new layers of 5 MB: each is asked for, and goes up in a POST and a PUT; then the manifest."""
LARGE: Final = Cargo(reads=10, writes=22, size=120_000_000)
"""Three new layers of 40 MB: each goes up in a POST, five PATCHes of 8 MiB and a PUT; then the manifest."""
IMPORTED: Final = Cargo(reads=10, writes=1, size=0)
"""Azure moves the layers: a look at both sides, the tag, and reading it back."""


@asynccontextmanager
async def _both(budgets: Budgets, link: Link) -> AsyncGenerator[Sequence[SimulatedAcr], None]:
    async with AsyncExitStack() as stack:
        made: list[SimulatedAcr] = []
        for name in ("base", "prod"):
            auth = Acr(user=_ACCOUNT[0], password=_ACCOUNT[1])
            registry = Registry(name, auth=auth, budgets=budgets, clock=now, missing_content="accept")
            made.append(
                await stack.enter_async_context(SimulatedAcr(registry, Static(*_ACCOUNT), line=Line(_LATENCY, link)))
            )
            await made[-1].push_manifest(_REPOSITORY, Tag("1.0"), _MANIFEST)
        yield made


async def _promote(
    clients: Sequence[SimulatedAcr], link: Link, cargo: Cargo, work: Callable[[], Awaitable[object]]
) -> None:
    """Reads of both sides, then the bytes or the import, then the writes: the tag comes last."""
    source, target = clients
    for at in range(cargo.reads):
        await (source, target)[at % 2].resolve(_REPOSITORY, Tag("1.0"))
    await asyncio.gather(work(), link.carry(cargo.size))
    for _ in range(cargo.writes):
        await target.push_manifest(_REPOSITORY, Tag("1.0"), _MANIFEST)


async def _taken(cargo: Cargo, budgets: Budgets, link: Link, count: int, at_once: int, duration: float) -> float:
    """Simulated seconds until all are promoted."""
    slots = asyncio.Semaphore(at_once)
    async with _both(budgets, link) as clients:

        async def one() -> None:
            async with slots:
                await _promote(clients, link, cargo, lambda: asyncio.sleep(duration))

        began = now()
        await asyncio.gather(*(one() for _ in range(count)))
        return now() - began


def direct(cargo: Cargo, budgets: Budgets, bandwidth: float) -> float:
    """Seconds for the set through this machine."""
    part = Budgets(*(limit and limit // _PART for limit in (budgets.reads, budgets.writes, None, None)))
    return simulate(lambda: _taken(cargo, part, Link(bandwidth / _PART), _SET // _PART, COPIES_AT_ONCE, 0.0))


def imported(budgets: Budgets, duration: float) -> float:
    """Seconds for the set where Azure takes `duration` seconds for each import."""
    return simulate(lambda: _taken(IMPORTED, budgets, Link(), _SET, IMPORTS_AT_ONCE, duration))


def print_promotions() -> None:
    """How long the set takes, in minutes."""
    lines: list[Sequence[str]] = []
    for tier, budgets in _TIERS.items():
        for name, cargo in (("15 MB new in each", SMALL), ("120 MB new in each", LARGE)):
            lines += [
                (f"direct, {name}, {tier}", *(_minutes(direct(cargo, budgets, speed)) for speed in (12.5e6, 125e6)))
            ]
    for duration in (10.0, 30.0, 60.0):
        took = _minutes(imported(Budgets.BASIC, duration))
        lines.append((f"{IMPORTS_AT_ONCE} imports at once of {duration:.0f} s", took, took))
    print_table(("1,000 promotions", "link of 100 Mbit/s", "of 1 Gbit/s"), lines)


def _minutes(seconds: float) -> str:
    return f"{seconds / _MINUTE:.0f} min"


if __name__ == "__main__":
    print_promotions()
