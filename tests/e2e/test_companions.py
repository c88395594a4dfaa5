"""What belongs to an image arrives with it, whatever the registries know of referrers: the lists at both ends are the
same, asked of each registry by plain requests."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.lab import NOW, client, picture
from tests.real import docker_registry
from tests.upload import upload
from tui.domain.content import digest_of
from tui.domain.environment import EngineName, Environment, PromotionPath
from tui.domain.events import Event, PromotionSucceeded, Verified
from tui.domain.media import ACCEPT, OCI_INDEX
from tui.domain.plan import Request, consent_to
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.engine.direct import DirectEngine
from tui.journal.memory import SqliteMemory
from tui.journal.sqlite import SqliteJournal
from tui.sandbox import attachments, images
from tui.sandbox.images import Image
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

pytestmark = pytest.mark.real
REPOSITORY = "shop/api"
Listed = frozenset[tuple[str, str, str]]
"""Of each referrer its digest, its artifact type and its annotations."""


@dataclass(frozen=True, slots=True)
class Family:
    """An index of two platforms with all that can belong to one."""

    index: Image
    links: tuple[tuple[Image, Image], ...]
    """Of each referrer its subject and itself."""
    tagged: Mapping[str, Image]

    @property
    def count(self) -> int:
        return len(self.tagged) + len(self.links)

    @property
    def subjects(self) -> tuple[Image, ...]:
        return tuple({subject.digest: subject for subject, _ in self.links}.values())

    @property
    def referrers(self) -> tuple[Image, ...]:
        return tuple(referrer for _, referrer in self.links)

    def of(self, subject: Image) -> tuple[Image, ...]:
        """Those that refer to `subject`."""
        return tuple(referrer for each, referrer in self.links if each.digest == subject.digest)


def family() -> Family:
    """Referrers of the index, of a platform and of a referrer; cosign's tags of the index and of a platform."""
    platforms = [picture(1), picture(2, platform="linux/arm64")]
    index = images.index(platforms)
    bill = attachments.bill_of_materials(index)
    noted = images.artifact(
        "application/vnd.example.note", b"note", payload_type="text/plain", subject=index, annotations={"by": "ops"}
    )
    links = (
        *((index, referrer) for referrer in (attachments.signature(index), bill, noted)),
        (platforms[0], attachments.bill_of_materials(platforms[0])),
        (bill, attachments.signature(bill)),
    )
    tagged = dict(attachments.cosign_tags(index))
    tag, signature = next(iter(attachments.cosign_tags(platforms[1])))
    return Family(index, links, tagged | {tag: signature})


def load_embedded(registry: Registry, whole: Family) -> None:
    images.push_into(registry, REPOSITORY, whole.index, "1.0.0")
    for referrer in whole.referrers:
        images.push_into(registry, REPOSITORY, referrer)
    for tag, image in whole.tagged.items():
        images.push_into(registry, REPOSITORY, image, tag)


def load_real(host: str, whole: Family) -> None:
    """Loads a registry without the referrers API, with the lists that a client keeps there in its stead."""
    upload(host, REPOSITORY, "1.0.0", whole.index)
    for referrer in whole.referrers:
        upload(host, REPOSITORY, None, referrer)
    for subject in whole.subjects:
        rows = [described(referrer) for referrer in whole.of(subject)]
        body = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": rows}).encode()
        upload(host, REPOSITORY, f"sha256-{subject.digest.hex}", Image(body, OCI_INDEX, digest_of(body)))
    for tag, image in whole.tagged.items():
        upload(host, REPOSITORY, tag, image)


def described(referrer: Image) -> dict[str, Any]:
    """The row of `referrer` as the referrers tag schema wants it."""
    document = json.loads(referrer.manifest)
    told = {"artifactType": document["artifactType"], "annotations": document.get("annotations")}
    return referrer.descriptor() | {key: value for key, value in told.items() if value}


async def listed(host: str, subject: Image) -> Listed:
    """What refers to `subject`, by the API or, where there is none, by the tag."""
    base = f"http://{host}/v2/{REPOSITORY}"
    async with aiohttp.ClientSession() as session:
        for url in (f"{base}/referrers/{subject.digest}", f"{base}/manifests/sha256-{subject.digest.hex}"):
            async with session.get(url, headers={"Accept": OCI_INDEX}) as answer:
                if answer.status == 200:
                    rows = json.loads(await answer.read())["manifests"]
                    return frozenset(
                        (row["digest"], row.get("artifactType", ""), json.dumps(row.get("annotations", {})))
                        for row in rows
                    )
    return frozenset()


async def body_of(host: str, reference: str) -> bytes:
    """The exact bytes of a manifest."""
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        url = f"http://{host}/v2/{REPOSITORY}/manifests/{reference}"
        async with session.get(url, headers={"Accept": ACCEPT}) as answer:
            return await answer.read()


async def promote(room: Path, source: str, target: str) -> list[Event]:
    """Promotes the image from host to host; all events."""
    base, prod = Environment("base", source), Environment("prod", target, record=False)
    async with workbench(room, base, prod) as bench:
        tag = Tag("1.0.0")
        plan = await bench.plan(Request(base, prod, Repository(REPOSITORY), tag, tag))
        return [record.event async for record in bench.promote_all([plan], consent_to([plan]))]


@asynccontextmanager
async def workbench(room: Path, *path: Environment) -> AsyncGenerator[Workbench, None]:
    """A workbench on registries that are served elsewhere."""
    async with AsyncExitStack() as stack:
        clients = {each: await stack.enter_async_context(client(each)) for each in path}
        places = {each.name: each.registry for each in path}
        journal, memory = SqliteJournal(room / "journal.db", places), SqliteMemory(room / "content.db", places)
        stack.push_async_callback(journal.close)
        stack.push_async_callback(memory.close)
        tools = Tools(clients, {EngineName.DIRECT: DirectEngine(clients)}, journal, memory, lambda: NOW)
        yield Workbench(PromotionPath(path), Scope(), tools, Notices())


@asynccontextmanager
async def two_registries(room: Path, source: str, target: str, whole: Family) -> AsyncGenerator[tuple[str, str], None]:
    """The hosts of a loaded source and an empty target, `embedded` (with the referrers API) or `real` (without)."""
    async with AsyncExitStack() as stack:
        hosts: list[str] = []
        for kind in (source, target):
            if kind == "real":
                hosts.append(stack.enter_context(docker_registry(room)).host)
                continue
            registry = Registry("base")
            hosts.append(await stack.enter_async_context(serve_registry(registry)))
            if not hosts[1:]:
                load_embedded(registry, whole)
        if source == "real":
            load_real(hosts[0], whole)
        yield hosts[0], hosts[1]


KINDS = [("embedded", "embedded"), ("embedded", "real"), ("real", "embedded"), ("real", "real")]


@pytest.mark.parametrize(("source", "target"), KINDS)
async def test_the_lists_at_both_ends_are_the_same(tmp_path: Path, source: str, target: str) -> None:
    whole = family()
    async with two_registries(tmp_path, source, target, whole) as hosts:
        events = await promote(tmp_path, *hosts)
        assert isinstance(events[-1], PromotionSucceeded), events[-1]
        for subject in (whole.index, *whole.index.children, *whole.subjects):
            there, here = [await listed(host, subject) for host in hosts]
            assert {digest for digest, *_ in here} == {str(each.digest) for each in whole.of(subject)}
            assert here == there
        assert Verified(whole.index.digest, whole.count) in events


@pytest.mark.parametrize(("source", "target"), KINDS)
async def test_every_byte_of_them_is_there(tmp_path: Path, source: str, target: str) -> None:
    whole = family()
    async with two_registries(tmp_path, source, target, whole) as hosts:
        await promote(tmp_path, *hosts)
        for referrer in whole.referrers:
            assert await body_of(hosts[1], str(referrer.digest)) == referrer.manifest
        for tag, image in whole.tagged.items():
            assert await body_of(hosts[1], tag) == image.manifest


async def test_they_survive_a_registry_that_knows_no_referrers(tmp_path: Path) -> None:
    """From one that has the API over one that has it not to another that has it again."""
    whole = family()
    async with (
        two_registries(tmp_path, "embedded", "real", whole) as (first, between),
        serve_registry(Registry("last")) as last,
    ):
        await promote(tmp_path, first, between)
        await promote(tmp_path, between, last)
        for subject in whole.subjects:
            assert await listed(last, subject) == await listed(first, subject) != frozenset()


@pytest.mark.parametrize("target", ["embedded", "real"])
async def test_a_second_promotion_finds_them_all_and_writes_none(tmp_path: Path, target: str) -> None:
    whole = family()
    async with two_registries(tmp_path, "embedded", target, whole) as hosts:
        await promote(tmp_path, *hosts)
        before = [await listed(hosts[1], subject) for subject in whole.subjects]
        events = await promote(tmp_path, *hosts)
        assert Verified(whole.index.digest, whole.count) in events
        assert [await listed(hosts[1], subject) for subject in whole.subjects] == before


async def test_a_lost_list_of_referrers_is_made_anew_by_the_next_promotion(tmp_path: Path) -> None:
    """The manifests are there, but nothing tells that they belong to the image: as if an upload had been cut short."""
    whole = family()
    async with two_registries(tmp_path, "embedded", "real", whole) as hosts:
        for image in (whole.index, *whole.referrers):
            upload(hosts[1], REPOSITORY, None, image)
        events = await promote(tmp_path, *hosts)
        assert isinstance(events[-1], PromotionSucceeded), events[-1]
        for subject in whole.subjects:
            assert await listed(hosts[1], subject) == await listed(hosts[0], subject)
