"""What promotions that run at the same time share is moved once, and none depends on another's luck."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.lab import IMPATIENT, NOW, Lab, laboratory
from tui.domain.content import Descriptor
from tui.domain.environment import EngineName, Environment
from tui.domain.events import BlobAdvanced, EngineEvent, How, PromotionFailed, PromotionSucceeded, Recorded
from tui.domain.plan import Plan, consent_to
from tui.domain.reference import Digest, Repository
from tui.engine.direct import DirectEngine
from tui.ports.errors import WindlassError
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous
from tui.sandbox import images
from tui.sandbox.layers import random_layer

PATH = (Environment("base", "base"), Environment("dev", "dev", record=False))
SHARED = random_layer(3000, random.Random(1))


class Gated(RegistryClient):
    """A real client whose downloads of blobs wait for `gate`, and whose mounts may be refused."""

    gate: asyncio.Event
    waiting = 0
    mounts = True

    @asynccontextmanager
    async def open_blob(
        self, repository: Repository, blob: Descriptor, start: int = 0
    ) -> AsyncGenerator[AsyncIterator[bytes], None]:
        self.waiting += 1
        await self.gate.wait()
        async with super().open_blob(repository, blob, start) as chunks:
            yield chunks

    async def mount_blob(self, repository: Repository, blob: Descriptor, origin: Repository) -> bool:
        return self.mounts and await super().mount_blob(repository, blob, origin)


@dataclass(frozen=True, slots=True)
class Yard:
    """A laboratory whose engine reads through clients that can be held up."""

    lab: Lab
    base: Gated
    dev: Gated
    engine: DirectEngine

    def push(self, image: str, seed: int) -> images.Image:
        """An image in the base of the shared layer and one of its own."""
        repository, _, tag = image.partition(":")
        layers = [SHARED, random_layer(500, random.Random(seed))]
        return self.lab.push("base", repository, tag, images.image(layers, created=NOW))

    async def plans(self, *names: str) -> list[Plan]:
        made = await self.lab.bench.plan_all([self.lab.request(name, "dev") for name in names])
        assert not [item for item in made if isinstance(item, WindlassError)]
        return [item for item in made if isinstance(item, Plan)]

    async def promote(self, plans: Sequence[Plan]) -> list[Recorded]:
        return [record async for record in self.lab.bench.promote_all(plans, consent_to(plans))]

    def moved(self) -> tuple[int, int]:
        """Blobs that were downloaded from the base, and uploaded to dev."""
        base, dev = self.lab.registries["base"].requests, self.lab.registries["dev"].requests
        return base["GET", "blob"], dev["PUT", "upload"]


@asynccontextmanager
async def yard(tmp_path: Path) -> AsyncGenerator[Yard, None]:
    async with laboratory(tmp_path, PATH) as lab:
        base, dev = lab.bench.path.environments
        async with _gated(base) as reader, _gated(dev) as writer:
            registries = {base: reader, dev: writer}
            engine = DirectEngine(registries)
            lab.bench.tools = replace(lab.tools, engines={EngineName.DIRECT: engine})
            yield Yard(lab, reader, writer, engine)


def _gated(environment: Environment) -> Gated:
    client = Gated(Endpoint(environment.registry, plain_http=True), Anonymous(), limits=IMPATIENT)
    client.gate = asyncio.Event()
    client.gate.set()
    return client


def hows(events: Sequence[EngineEvent], digest: Digest) -> list[How]:
    """How the blob came to its place, each time that it did."""
    ended = [item for item in events if isinstance(item, BlobAdvanced) and item.done == item.total]
    return [item.how for item in ended if item.digest == str(digest)]


async def test_a_layer_that_many_images_share_is_moved_once(tmp_path: Path) -> None:
    async with yard(tmp_path) as here:
        names = [f"shop/api:1.{at}" for at in range(6)]
        pushed = [here.push(name, at) for at, name in enumerate(names, 10)]
        records = await here.promote(await here.plans(*names))
        blobs = {blob for image in pushed for blob in image.blobs}
        assert here.moved() == (len(blobs), len(blobs))
    assert sum(isinstance(record.event, PromotionSucceeded) for record in records) == 6


async def test_another_repository_of_the_target_mounts_it(tmp_path: Path) -> None:
    async with yard(tmp_path) as here:
        here.push("shop/api:1", 10)
        here.push("shop/web:1", 11)
        plans = await here.plans("shop/api:1", "shop/web:1")
        records = await here.promote(plans)
        shared = plans[0].tree.blobs[1].digest
    assert sorted(hows([record.event for record in records], shared)) == [How.MOUNTED, How.TRANSFERRED]  # type: ignore[misc]
    assert sum(isinstance(record.event, PromotionSucceeded) for record in records) == 2


async def test_where_the_mount_is_refused_it_is_uploaded(tmp_path: Path) -> None:
    async with yard(tmp_path) as here:
        here.push("shop/api:1", 10)
        here.push("shop/web:1", 11)
        here.dev.mounts = False
        plans = await here.plans("shop/api:1", "shop/web:1")
        records = await here.promote(plans)
        shared = plans[0].tree.blobs[1].digest
    assert hows([record.event for record in records], shared) == [How.TRANSFERRED] * 2  # type: ignore[misc]


async def test_where_one_fails_to_bring_it_the_next_takes_over(tmp_path: Path) -> None:
    async with yard(tmp_path) as here:
        here.push("shop/api:1", 10)
        here.push("shop/api:2", 11)
        plans = await here.plans("shop/api:1", "shop/api:2")
        here.base.gate.clear()
        promoting = asyncio.create_task(here.promote(plans))
        async with asyncio.timeout(20):
            while here.base.waiting < 3:  # the shared layer of one of them, and the own layers of both
                await asyncio.sleep(0)
        here.lab.registries["base"].store.delete_blob(Repository("shop/api"), plans[0].tree.blobs[2].digest)
        here.base.gate.set()
        records = await promoting
    ended = [record for record in records if isinstance(record.event, PromotionFailed | PromotionSucceeded)]
    assert {record.target: type(record.event) for record in ended} == {
        plans[0].target: PromotionFailed,
        plans[1].target: PromotionSucceeded,
    }


async def test_who_is_cancelled_breaks_no_other_that_waits(tmp_path: Path) -> None:
    async with yard(tmp_path) as here:
        here.push("shop/api:1", 10)
        here.push("shop/api:2", 11)
        first, second = await here.plans("shop/api:1", "shop/api:2")
        here.base.gate.clear()
        one = asyncio.create_task(run(here.engine, first))
        async with asyncio.timeout(20):
            while here.base.waiting < 2:
                await asyncio.sleep(0)
            other = asyncio.create_task(run(here.engine, second))
            while here.base.waiting < 3:
                await asyncio.sleep(0)
        one.cancel()
        await asyncio.wait([one])
        here.base.gate.set()
        events = await other
        assert await here.lab.held("dev", "shop/api:2") == second.digest
    assert hows(events, second.tree.blobs[1].digest) == [How.TRANSFERRED]


async def test_what_was_there_during_one_set_is_asked_for_again_in_the_next(tmp_path: Path) -> None:
    async with yard(tmp_path) as here:
        here.push("shop/api:1", 10)
        here.push("shop/api:2", 11)
        (first,) = await here.plans("shop/api:1")
        await here.promote([first])
        here.lab.registries["dev"].store.delete_repository(Repository("shop/api"))
        records = await here.promote(await here.plans("shop/api:2"))
    assert isinstance(records[-1].event, PromotionSucceeded)


async def test_a_platform_that_indexes_share_is_pushed_once(tmp_path: Path) -> None:
    async with yard(tmp_path) as here:
        child = images.image([SHARED], created=NOW)
        for tag in ("1", "2"):
            own = images.image([random_layer(500, random.Random(tag))], created=NOW, platform="linux/arm64")
            here.lab.push("base", "shop/api", tag, images.index([child, own]))
        await here.promote(await here.plans("shop/api:1", "shop/api:2"))
        pushed = here.lab.registries["dev"].requests["PUT", "manifest"]
    assert pushed == 1 + 2 + 2


async def run(engine: DirectEngine, plan: Plan) -> list[EngineEvent]:
    async with aclosing(engine.run(plan)) as events:
        return [event async for event in events]
