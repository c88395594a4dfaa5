"""Filling a board: what Windlass takes beside what the registries need for the same requests of the barest client.

    python -m tests.benchmarks.listing [ROUNDS]

Four real registries of 20 repositories of 100 tags each, here and 30 ms away: 8,000 HEADs and 84 lists. The second
start asks plain registries for all of that again: any tag may have been moved, and none of their answers says which.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.benchmarks import listing_acr
from tests.benchmarks.far import far_away
from tests.benchmarks.findings import Findings
from tests.benchmarks.listing_rig import REGISTRIES, REPOSITORIES, TAGS, Read, bare, best_depth, registries
from tests.benchmarks.measuring import run
from tests.benchmarks.table import Row, milliseconds, note, ratio, seconds, show
from tui.domain.environment import Environment
from tui.domain.reference import Repository
from tui.domain.scope import Scope
from tui.journal.sqlite import SqliteJournal
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous
from tui.usecases.attention import Attention
from tui.usecases.survey import SnapshotTaken, SurveyEvent, survey

ONE_WAY: Final = 0.015
SCREEN: Final = Repository("shop/service-00")
"""The repository whose 100 tags fill the 40 rows that a screen of 160x50 shows first."""
WHOLE: Final = "1.50"
FIRST: Final = "0.10"


@dataclass(frozen=True, slots=True)
class Filled(Read):
    """A board that was filled; `screen` is when the first screen stood, `recalled` when that of the journal did."""

    screen: float
    recalled: float


def findings(rounds: int, only: str) -> Findings:
    """All rows, but those without `only` in their names; what is about ACR is measured where that is asked for."""
    plain = [] if only == "ACR" else rows(rounds)
    return Findings(tuple(row for row in [*plain, *listing_acr.rows(rounds)] if only in row.name))


def rows(rounds: int) -> list[Row]:
    """The board of plain registries: here, far away, and as a whole process."""
    with tempfile.TemporaryDirectory() as home, registries(Path(home)) as hosts, far_away(hosts, ONE_WAY) as far:
        return [*_beside("here", Path(home), hosts, rounds), *_beside("30 ms away", Path(home), far, rounds)]


def _beside(where: str, home: Path, hosts: Sequence[str], rounds: int) -> list[Row]:
    note(f"{REGISTRIES * REPOSITORIES * TAGS:,} tags, {where}")
    depth, settings = best_depth(hosts), write_settings(home / "windlass.toml", hosts)
    theirs, ours, again, status = list[Read](), list[Filled](), list[Filled](), list[float]()
    for number in range(rounds):
        file = home / f"{where}-{number}.db"
        theirs.append(bare(hosts, depth))
        ours.append(asyncio.run(fill(hosts, file)))
        again.append(asyncio.run(fill(hosts, file)))
        status.append(run(_status(settings), {"XDG_DATA_HOME": str(home / f"{where}-{number}")}).wall)
    needed, filled = [each.wall for each in theirs], [each.wall for each in ours]
    peer = f"bare client, {depth} at once, {seconds(needed)}"
    spent = [each.spent for each in ours], [each.spent for each in theirs]
    screens, recalled = [each.screen for each in ours], [each.recalled for each in again]
    return [
        Row(f"8,000 tags, {where}", seconds(filled), peer, ratio(filled, needed), WHOLE),
        Row(f"8,000 tags, {where}, processor", seconds(spent[0]), seconds(spent[1]), ratio(*spent), ""),
        Row(f"windlass status, {where}", seconds(status), peer, ratio(status, needed), ""),
        Row(f"first screen, {where}", seconds(screens), f"the whole {seconds(filled)}", ratio(screens, filled), FIRST),
        Row(
            f"second start, {where}",
            milliseconds(recalled),
            f"the whole {seconds(filled)}",
            ratio(recalled, filled),
            "",
        ),
    ]


async def fill(hosts: Sequence[str], file: Path) -> Filled:
    """Recalls what the journal in `file` has, then reads everything."""
    environments = [Environment(f"e{at}", host) for at, host in enumerate(hosts)]
    journal = SqliteJournal(file, {item.name: f"{item.registry}/" for item in environments})
    async with AsyncExitStack() as stack:
        stack.push_async_callback(journal.close)
        listers = {item: await stack.enter_async_context(_client(item.registry)) for item in environments}
        gc.collect()
        started, spent = time.perf_counter(), time.process_time()
        known = await journal.recall([item.name for item in environments])
        recalled = time.perf_counter()
        stood = await _landed(survey(listers, Scope(), lambda: datetime.now(UTC), journal, Attention(), known))
        wall = time.perf_counter() - recalled
        screen = max(at for (_, repository), at in stood.items() if repository == SCREEN) - recalled
        return Filled(wall, time.process_time() - spent, screen, recalled - started)


async def _landed(events: AsyncGenerator[SurveyEvent, None]) -> Mapping[tuple[str, Repository], float]:
    """When each repository of each environment was read."""
    landed, tags = dict[tuple[str, Repository], float](), 0
    async with aclosing(events):
        async for event in events:
            if isinstance(event, SnapshotTaken):
                landed[event.snapshot.environment, event.snapshot.repository] = time.perf_counter()
                tags += len(event.snapshot.entries)
    assert tags == REGISTRIES * REPOSITORIES * TAGS
    return landed


def _client(host: str) -> RegistryClient:
    return RegistryClient(Endpoint(host, plain_http=True), Anonymous())


def write_settings(file: Path, hosts: Sequence[str]) -> Path:
    """Settings with an environment for each host."""
    texts = [
        f'[[environment]]\nname = "e{at}"\nregistry = "{host}"\nauth = "anonymous"\n' for at, host in enumerate(hosts)
    ]
    file.write_text("".join(texts))
    return file


def _status(settings: Path) -> list[str]:
    return [sys.executable, "-m", "tui", "--config", str(settings), "status", "--json"]


if __name__ == "__main__":
    show("listing", findings(int(sys.argv[1]) if len(sys.argv) > 1 else 3, "").rows)
