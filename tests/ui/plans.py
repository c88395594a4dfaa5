"""Plans, records and a workbench made up for tests of the user interface."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from tui.domain import media
from tui.domain.content import Descriptor
from tui.domain.environment import EngineName, Environment, PromotionPath
from tui.domain.events import Event, Recorded
from tui.domain.plan import Forecast, Keeping, Plan, Request, Transfer
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.domain.verdict import Verdict, passes
from tui.ports.errors import WindlassError
from tui.usecases.plan_set import Planned
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

BASE = Environment("base", "base.example")
DEV = Environment("dev", "apps.example", prefix="dev/")
TEST = Environment("test", "apps.example", prefix="test/")
PROD = Environment("prod", "prod.example", protected=True)
PATH = PromotionPath((BASE, DEV, TEST, PROD))

API = Repository("shop/api")
TAG = Tag("1.14.2")
NEW = Digest("sha256", "a1b2c3d4" * 8)
OLD = Digest("sha256", "9f8e7d6c" * 8)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def request(target: Environment = TEST, repository: str = API, tag: str = TAG, **changes: object) -> Request:
    """A request for the promotion from the base to `target`."""
    return Request(BASE, target, Repository(repository), Tag(tag), Tag(tag), **changes)  # type: ignore[arg-type]


def plan(
    asked: Request,
    *,
    current: Digest | None = None,
    verdicts: tuple[Verdict, ...] = (passes("read-only", "it may be written"),),
    forecast: Forecast | None = None,
) -> Plan:
    """The plan for `asked`: two platforms, four of nine layers to go."""
    layers = tuple(Descriptor("application/x", Digest("sha256", f"{at:064x}"), 15_250_000) for at in range(4))
    kept = Forecast(EngineName.DIRECT, Keeping.KEPT, "copies all 2 platforms byte for byte: the digest is kept")
    return Plan(
        request=asked,
        root=Descriptor(media.OCI_INDEX, NEW, 1024),
        current=Descriptor(media.OCI_INDEX, current, 1024) if current else None,
        platforms=(Platform("linux", "amd64"), Platform("linux", "arm64", "v8")),
        size=298_000_000,
        transfer=Transfer(layers, 3, 2),
        forecast=forecast or kept,
        verdicts=verdicts,
    )


class Desk(Workbench):
    """A workbench that plans what `planner` says and remembers what it was asked."""

    __slots__ = ("asked", "planner")

    def __init__(self, planner: Callable[[Request], Plan] = plan) -> None:
        async def no_tools() -> Tools:
            raise NotImplementedError

        super().__init__(PATH, Scope(), no_tools, Notices())
        self.planner = planner
        self.asked: list[Request] = []

    async def plan(self, request: Request) -> Plan:
        """What the planner says."""
        self.asked.append(request)
        return self.planner(request)

    async def plan_all(
        self, requests: Sequence[Request], planned: Planned = lambda _: None
    ) -> Sequence[Plan | WindlassError]:
        """As `plan`, for each."""
        made: list[Plan | WindlassError] = []
        for request in requests:
            try:
                made.append(await self.plan(request))
            except WindlassError as error:
                made.append(error)
            planned(len(made))
        return made


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float = 1.0) -> None:
        """Lets `seconds` pass."""
        self.now += seconds


class Recorder:
    """Makes the records of one promotion, a second apart by default."""

    def __init__(self, promotion: str = "p1", target: Environment = PROD, repository: Repository = API) -> None:
        self.promotion = promotion
        self.source = BASE.reference(repository, TAG, NEW)
        self.target = target.reference(repository, TAG)
        self.at = NOON

    def __call__(self, event: Event, after: float = 1.0) -> Recorded:
        self.at += timedelta(seconds=after)
        return Recorded(self.promotion, self.at, self.source, self.target, event)
