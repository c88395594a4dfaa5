"""Registries, an engine and a journal in memory, and a workbench made of them."""

import io
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

from tests.fakes import FakeJournal, FakeMemory
from tui.cli.opening import Opener
from tui.cli.output import Console
from tui.domain.board import Board, Row
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.environment import EngineName, Environment, PromotionPath
from tui.domain.events import EngineEvent, Step, StepStarted, TagMoved
from tui.domain.explanation import CellKey, Explanation, Question
from tui.domain.locks import LockedPart
from tui.domain.media import OCI_CONFIG, OCI_MANIFEST
from tui.domain.needle import Needle
from tui.domain.plan import Forecast, Keeping, Plan, Request, Tree
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import TagEntry
from tui.ports.errors import NotFound, RegistryError
from tui.ports.listing import Rank, foremost
from tui.ports.registry import Registry
from tui.usecases.explaining import Explainer, Tell
from tui.usecases.finding import Find
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CONFIG = b'{"os": "linux", "architecture": "amd64"}'
API = Repository("shop/api")


def image(name: str) -> RawManifest:
    """An image without layers that differs from those of other names."""
    config = {"mediaType": OCI_CONFIG, "digest": str(digest_of(CONFIG)), "size": len(CONFIG)}
    document = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config, "layers": []}
    body = json.dumps(document | {"annotations": {"name": name}}).encode()
    return RawManifest(OCI_MANIFEST, body, digest_of(body))


@dataclass(slots=True)
class FakeRegistry:
    """Tags of repositories; `broken` is raised by everything, `unlisted` by the catalog."""

    tagged: dict[tuple[Repository, str], RawManifest] = field(default_factory=dict[tuple[Repository, str], RawManifest])
    broken: RegistryError | None = None
    unlisted: RegistryError | None = None

    async def repositories(self) -> AsyncGenerator[tuple[Repository, ...], None]:
        if error := self.unlisted or self.broken:
            raise error
        yield tuple({repository for repository, _ in self.tagged})

    async def tags(self, repository: Repository, rank: Rank = foremost) -> AsyncGenerator[tuple[TagEntry, ...], None]:
        del rank
        self._check()
        held = {tag: raw for (name, tag), raw in self.tagged.items() if name == repository}
        yield tuple(TagEntry(Tag(tag), raw.digest, created=NOW) for tag, raw in held.items())

    async def tag_names(self, repository: Repository) -> AsyncGenerator[tuple[Tag, ...], None]:
        self._check()
        yield tuple(Tag(tag) for name, tag in self.tagged if name == repository)

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        return (await self.fetch_manifest(repository, reference)).descriptor

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        self._check()
        for (name, tag), raw in self.tagged.items():
            if name == repository and reference in {tag, raw.digest}:
                return raw
        raise NotFound(f"resolve {reference}", "fake", "it answers 404")

    def open_blob(self, repository: Repository, blob: Descriptor) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        async def chunks() -> AsyncIterator[bytes]:
            yield CONFIG

        return nullcontext(chunks())

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        return ()

    async def referrers_by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        return await self.referrers(repository, subject)

    async def has_blob(self, repository: Repository, blob: Descriptor) -> bool:
        return False

    async def identity(self) -> str:
        return "release"

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken


@dataclass(slots=True)
class FakeLocker:
    """Locks tags; `broken` is raised by every change."""

    locked: set[tuple[Repository, Tag]] = field(default_factory=set[tuple[Repository, Tag]])
    broken: RegistryError | None = None

    async def write_lock(self, repository: Repository, tag: Tag) -> LockedPart | None:
        return LockedPart.TAG if (repository, tag) in self.locked else None

    async def lock(self, repository: Repository, tag: Tag) -> None:
        self._check()
        self.locked.add((repository, tag))

    async def unlock(self, repository: Repository, tag: Tag) -> None:
        self._check()
        self.locked.discard((repository, tag))

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken


@dataclass(slots=True)
class FakeEngine:
    """Copies in no time. `on_push` happens before the tag is written, and may change what is; `after_push` after."""

    registries: dict[Environment, FakeRegistry]
    on_push: Callable[[RawManifest], RawManifest] = lambda raw: raw
    after_push: Callable[[], None] = lambda: None
    name: EngineName = EngineName.DIRECT

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        return Forecast(self.name, Keeping.KEPT, "copies byte for byte")

    async def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        request = plan.request
        source, target = self.registries[request.source], self.registries[request.target]
        raw = source.tagged[request.source.locate(request.repository), request.tag]
        yield StepStarted(Step.PUSH, "to the target")
        target.tagged[request.target.locate(request.repository), request.target_tag] = self.on_push(raw)
        self.after_push()
        yield TagMoved(plan.current.digest if plan.current else None, raw.digest)


class FakeExplainer(Explainer):
    """Gives the answers it was made with."""

    def __init__(self, answers: Callable[[Question], Explanation], tell: Tell) -> None:
        self._answers = answers
        self._tells = tell

    async def explain_all(self, questions: Sequence[Question]) -> Mapping[CellKey, Explanation]:
        found = {question.key: self._answers(question) for question in questions}
        for key, explanation in found.items():
            self._tells({key: explanation})
        return found


class FakeBench(Workbench):
    """A workbench of which explaining and finding may be replaced."""

    answers: Callable[[Question], Explanation] | None = None
    finds: Callable[[Board, Sequence[Row]], Sequence[Find]] | None = None

    async def explainer(self, tell: Tell) -> Explainer:
        return FakeExplainer(self.answers, tell) if self.answers else await super().explainer(tell)

    async def find(self, board: Board, rows: Sequence[Row], needle: Needle) -> AsyncGenerator[Find, None]:
        if self.finds is None:
            async for item in super().find(board, rows, needle):
                yield item
            return
        for item in self.finds(board, rows):
            yield item


@dataclass(slots=True)
class Bed:
    """A path of environments with a fake registry each, and the workbench on them."""

    path: PromotionPath
    registries: dict[Environment, FakeRegistry]
    engine: FakeEngine
    journal: FakeJournal = field(default_factory=FakeJournal)
    scope: Scope = field(default_factory=Scope)
    lockers: dict[Environment, FakeLocker] = field(default_factory=dict[Environment, FakeLocker])
    read_only: bool = False
    answers: Callable[[Question], Explanation] | None = None
    """Explains cells in the explainer's stead."""
    finds: Callable[[Board, Sequence[Row]], Sequence[Find]] | None = None
    """Finds in the finder's stead."""

    def __getitem__(self, name: str) -> FakeRegistry:
        return self.registries[next(item for item in self.path.environments if item.name == name)]

    def put(self, environment: str, tag: str, content: str, repository: str = API) -> None:
        """Tags the image `content`."""
        self[environment].tagged[Repository(repository), tag] = image(content)

    def digest(self, environment: str, tag: str) -> Digest | None:
        """What `tag` of the one repository points to."""
        raw = self[environment].tagged.get((API, tag))
        return raw.digest if raw else None

    @property
    def opener(self) -> Opener:
        """Opens the workbench."""

        @asynccontextmanager
        async def opened() -> AsyncGenerator[Workbench, None]:
            registries = cast("dict[Environment, Registry]", self.registries)
            tools = Tools(
                registries,
                dict.fromkeys((EngineName.DIRECT, self.engine.name), self.engine),
                self.journal,
                FakeMemory(),
                lambda: NOW,
                self.lockers,
            )
            bench = FakeBench(self.path, self.scope, tools, Notices(), self.read_only)
            bench.answers, bench.finds = self.answers, self.finds
            yield bench

        return opened


def make_bed(*environments: Environment) -> Bed:
    """Empty registries along a path, by default base, test and a protected prod. They take no notes."""
    names = (Environment("base", "b.io"), Environment("test", "t.io"), Environment("prod", "p.io", protected=True))
    path = PromotionPath(tuple(replace(each, record=False) for each in environments or names))
    registries = {environment: FakeRegistry() for environment in path.environments}
    return Bed(path, registries, FakeEngine(registries))


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, text: str = "", *, is_terminal: bool = False) -> None:
        super().__init__(text)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@dataclass(slots=True)
class Recorder:
    """A console and what was written to it."""

    console: Console

    @property
    def out(self) -> str:
        """What came on stdout."""
        return cast("Screen", self.console.out).getvalue()

    @property
    def err(self) -> str:
        """What came on stderr."""
        return cast("Screen", self.console.err).getvalue()

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def events(self) -> list[str]:
        """The names of the events on stdout."""
        return [json.loads(line)["event"] for line in self.out.splitlines()]


def make_recorder(*, is_terminal: bool = False, ascii_only: bool = False) -> Recorder:
    """A console that records."""
    streams = (Screen(), Screen(is_terminal=is_terminal), Screen(is_terminal=is_terminal))
    return Recorder(Console(*streams, ascii_only))
