"""Boards of any size to measure on: six environments, most of whose tags are the same everywhere."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from tests.fakes import NOW, FakeJournal, FakeMemory, FakeRegistry, FrozenClock
from tui.domain.board import Board
from tui.domain.entries import packed
from tui.domain.environment import EngineName, Environment, PromotionPath
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import Snapshot, TagEntry
from tui.engine.direct import DirectEngine
from tui.ui.app import WindlassApp
from tui.ui.board_fold import Result
from tui.ui.survey_runner import SurveyRunner
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

NAMES: Final = ("base", "dev", "qa", "test", "stage", "prod")
PATH: Final = PromotionPath(tuple(Environment(name, f"{name}.example") for name in NAMES))
ROWS: Final = 100_000
_REPOSITORIES: Final = 100


@dataclass(slots=True)
class Maker:
    """Makes what registries would tell, packed as their readers do it.

    Nothing is shared between two answers, as nothing is in truth.
    """

    rows: int = ROWS
    rng: random.Random = field(default_factory=lambda: random.Random(1))

    def results(self) -> Iterator[Result]:
        """A snapshot of each repository in each environment; 5 % of the tags are missing, 3 % differ."""
        for number in range(_REPOSITORIES):
            digests = {self._tag(at): self.hex() for at in range(self.rows // _REPOSITORIES)}
            yield from (self.result(name, number, digests) for name in NAMES)

    def result(self, name: str, number: int, digests: dict[str, str], held: float = 0.95, same: float = 0.97) -> Result:
        """A snapshot of one repository: most of `digests`."""
        rng, repository = self.rng, Repository(f"team-{number % 7}/service-{number:03}")
        entries = {
            Tag(text): TagEntry(Tag(text), Digest("sha256", digest if rng.random() < same else self.hex()))
            for text, digest in digests.items()
            if rng.random() < held
        }
        return name, repository, Snapshot(name, repository, NOW - timedelta(minutes=1), packed(entries))

    def changed(self, board: Board, count: int) -> Iterator[Result]:
        """Every tenth repository of `board`, read again: `count` tags have moved in the last environment, and no more.

        Which ones, chance says: some are in sight, and most are not.
        """
        again = [section.readings[-1] for section in list(board.sections.values())[::10]]
        known = [reading for reading in again if isinstance(reading, Snapshot)]
        for reading in known:
            moved = self.rng.sample(list(reading.entries), count // len(known))
            news = {tag: TagEntry(tag, Digest("sha256", self.hex())) for tag in moved}
            told = dict(sorted({**dict(reading.entries), **news}.items()))  # in the order of registries
            yield NAMES[-1], reading.repository, replace(reading, entries=packed(told))

    def hex(self) -> str:
        """A digest's digits."""
        return f"{self.rng.getrandbits(256):064x}"

    def _tag(self, at: int) -> str:
        return f"1.{at // 50}.{at % 50}"


def make_app() -> WindlassApp:
    """The application on registries that hold nothing; a board is given to it with `fill`."""
    clock = FrozenClock()
    registries = {each: FakeRegistry(each.registry, clock) for each in PATH.environments}
    engines = {EngineName.DIRECT: DirectEngine(registries)}
    tools = Tools(registries, engines, FakeJournal(), FakeMemory(), clock, {})
    return WindlassApp(Workbench(PATH, Scope(), tools, Notices()), title="benchmark", clock=clock)


def fill(surveys: SurveyRunner, results: list[Result]) -> None:
    """Has `surveys` take in `results` as if registries had told them."""
    from tui.ui.messages import BoardChanged

    surveys._pending += results  # pyright: ignore[reportPrivateUsage]
    surveys._tell(BoardChanged())  # pyright: ignore[reportPrivateUsage]
