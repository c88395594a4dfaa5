"""A small world for tests of flow: embedded registries over real HTTP, real clients, a real journal, a frozen clock.

async with laboratory(tmp_path) as lab:
    lab.push("base", "shop/api", "1.0.0", picture())
    plan = await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))
"""

import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tui.domain.environment import EngineName, Environment, PromotionPath
from tui.domain.events import Event, Recorded
from tui.domain.plan import Plan, Request, consent_to
from tui.domain.reference import Digest, Tag, parse_repository_tag
from tui.domain.scope import Scope
from tui.engine.direct import DirectEngine
from tui.journal.memory import SqliteMemory
from tui.journal.sqlite import SqliteJournal
from tui.registry.client import Endpoint, Limits, RegistryClient
from tui.registry.credentials import Anonymous
from tui.sandbox import images
from tui.sandbox.layers import random_layer
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry
from tui.usecases.companions import resolve_or_none
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
IMPATIENT = Limits(connect=1, read=2, total=2, attempts=2, connect_attempts=1)


@dataclass(slots=True)
class Lab:
    """Registries by environment, the workbench on them, and where its journal lies."""

    registries: Mapping[str, Registry]
    bench: Workbench
    tools: Tools
    journal_file: Path

    def environment(self, name: str) -> Environment:
        """The environment called `name`, which is there."""
        found = self.bench.path.find(name)
        assert found
        return found

    def push(self, environment: str, repository: str, tag: str | None, image: images.Image) -> images.Image:
        """Loads `image` into an environment, without HTTP."""
        images.push_into(self.registries[environment], self.environment(environment).prefix + repository, image, tag)
        return image

    def request(self, image: str, target: str, source: str = "base", engine: EngineName = EngineName.AUTO) -> Request:
        """A request to promote `REPO:TAG`."""
        repository, tag = parse_repository_tag(image)
        return Request(self.environment(source), self.environment(target), repository, tag, tag, engine)

    async def held(self, environment: str, image: str) -> Digest | None:
        """The digest that an environment holds under `REPO:TAG`, asked of its registry over HTTP."""
        repository, tag = parse_repository_tag(image)
        place = self.environment(environment)
        found = await resolve_or_none(self.tools.registries[place], place.locate(repository), Tag(tag))
        return found.digest if found else None

    async def promote(self, plan: Plan) -> list[Event]:
        """Carries out `plan`; all events."""
        return [record.event async for record in self.promoting(plan)]

    def promoting(self, plan: Plan) -> AsyncGenerator[Recorded, None]:
        """Carries out `plan`, with a yes to everything that it asks; closing it cancels that."""
        return self.bench.promote_all([plan], consent_to([plan]))


def picture(seed: int = 1, *, layers: int = 2, size: int = 2000, platform: str = "linux/amd64") -> images.Image:
    """A real image of random layers; the same seed makes the same digest."""
    rng = random.Random(seed)
    return images.image(
        [random_layer(size, rng) for _ in range(layers)], created=NOW, platform=platform, labels={"seed": str(seed)}
    )


@asynccontextmanager
async def laboratory(
    tmp_path: Path,
    path: Sequence[Environment] = (),
    registries: Mapping[str, Registry] | None = None,
    scope: Scope = Scope(),  # noqa: B008 - frozen
) -> AsyncGenerator[Lab, None]:
    """Environments base, dev and prod (protected), each with a registry of its own, or those of `path`.

    An environment of `path` says which of `registries` serves it by its `registry`; the address is filled in here.
    """
    wanted = path or (
        Environment("base", "base"),
        Environment("dev", "dev"),
        Environment("prod", "prod", protected=True),
    )
    served = dict(registries or {item.registry: Registry(item.registry) for item in wanted})
    async with AsyncExitStack() as stack:
        hosts = {name: await stack.enter_async_context(serve_registry(each)) for name, each in served.items()}
        environments = tuple(_at(item, hosts[item.registry]) for item in wanted)
        clients = {item: await stack.enter_async_context(client(item)) for item in environments}
        places = {item.name: f"{item.registry}/{item.prefix}" for item in environments}
        journal = SqliteJournal(tmp_path / "journal.db", places)
        stack.push_async_callback(journal.close)
        memory = SqliteMemory(tmp_path / "content.db", places)
        stack.push_async_callback(memory.close)
        tools = Tools(clients, {EngineName.DIRECT: DirectEngine(clients)}, journal, memory, lambda: NOW, pauses=(0.01,))
        bench = Workbench(PromotionPath(environments), scope, tools, Notices())
        by_environment = {item.name: served[item.registry] for item in wanted}
        yield Lab(by_environment, bench, tools, tmp_path / "journal.db")


def _at(environment: Environment, host: str) -> Environment:
    return replace(environment, registry=host)


def client(environment: Environment) -> RegistryClient:
    """A client that does not wait long."""
    return RegistryClient(Endpoint(environment.registry, plain_http=True), Anonymous(), limits=IMPATIENT)
