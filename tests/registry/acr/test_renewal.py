"""What changed since the last reading, asked of the sandbox's Azure Container Registry."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tests.registry.acr.rig import API, DIGEST, LOGIN, OPERATOR, acr_client, tag_page, tag_row
from tests.registry.stub import json_answer, problem, serve
from tui.domain import media
from tui.domain.content import digest_of
from tui.domain.reference import Digest, Tag
from tui.domain.snapshot import TagEntry
from tui.registry.acr.client import AcrClient
from tui.sandbox.manifest import Manifest
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

OLD = datetime(2026, 11, 1, tzinfo=UTC)
MANY = 300
OTHER = Tag("sha256-" + "a" * 64)


def put(registry: Registry, tag: str, at: datetime, body: bytes = b'{"schemaVersion":2}') -> Digest:
    manifest = Manifest(body, media.OCI_MANIFEST, (), (), None, None, {})
    registry.store.put_manifest(API, digest_of(body), manifest, [Tag(tag)], at)
    return digest_of(body)


def moment(number: int) -> datetime:
    """Each tag is an hour younger than the one before."""
    return OLD + timedelta(hours=number)


@dataclass
class Shop:
    """A registry whose tags were all read once."""

    registry: Registry
    client: AcrClient
    known: Mapping[Tag, TagEntry] = field(default_factory=dict[Tag, TagEntry])

    async def read(self) -> None:
        self.known = {entry.tag: entry async for page in self.client.tags(API) for entry in page}
        self.registry.requests.clear()

    async def renew(self) -> Mapping[Tag, TagEntry] | None:
        return await self.client.renew(API, self.known, ())

    def asked(self) -> Mapping[str, int]:
        return {route: number for (_, route), number in self.registry.requests.items() if "token" not in route}


@asynccontextmanager
async def shop(count: int = MANY) -> AsyncGenerator[Shop, None]:
    registry = Registry("acr", auth=LOGIN)
    for number in range(count):
        put(registry, f"1.{number}", moment(number))
    async with serve_registry(registry) as host, acr_client(host, OPERATOR) as client:
        found = Shop(registry, client)
        await found.read()
        yield found


async def test_where_nothing_changed_two_requests_tell_so() -> None:
    async with shop() as found:
        changed = await found.renew()
        assert changed is not None
        assert {**found.known, **changed} == found.known
        assert found.asked() == {"acr-repository": 1, "acr-tags": 1}


async def test_new_and_moved_tags_are_read_and_no_more_pages_than_hold_them() -> None:
    async with shop() as found:
        moved = put(found.registry, "1.5", moment(500), b'{"schemaVersion":2,"annotations":{}}')
        put(found.registry, "2.0", moment(501))
        changed = await found.renew()
        assert changed is not None
        assert {tag: entry.digest for tag, entry in changed.items() if entry != found.known.get(tag)} == {
            "1.5": moved,
            "2.0": DIGEST,
        }
        assert found.asked() == {"acr-repository": 1, "acr-tags": 1}


async def test_many_changes_are_read_over_several_pages() -> None:
    async with shop() as found:
        for number in range(250):
            put(found.registry, f"2.{number}", moment(500 + number))
        changed = await found.renew()
        assert changed is not None
        assert len(changed.keys() - found.known.keys()) == 250
        assert found.asked() == {"acr-repository": 1, "acr-tags": 3}


async def test_a_tag_whose_time_is_to_come_hides_no_change() -> None:
    async with shop() as found:
        put(found.registry, "9.9", moment(99_999))
        await found.read()
        for number in range(150):
            put(found.registry, f"1.{number}", moment(500 - number), b'{"schemaVersion":2,"annotations":{}}')
        changed = await found.renew()
        assert changed is not None
        assert sum(entry != found.known[tag] for tag, entry in changed.items()) == 150


async def test_a_tag_that_was_taken_away_is_not_passed_over() -> None:
    async with shop() as found:
        found.registry.store.delete_tag(API, Tag("1.7"))
        assert await found.renew() is None


async def test_one_that_came_does_not_hide_one_that_went() -> None:
    async with shop() as found:
        found.registry.store.delete_tag(API, Tag("1.7"))
        put(found.registry, "2.0", moment(500))
        assert await found.renew() is None


async def test_a_tag_of_the_same_time_as_the_newest_known_is_read() -> None:
    async with shop() as found:
        put(found.registry, "2.0", moment(MANY - 1))
        changed = await found.renew()
        assert changed is not None
        assert "2.0" in changed


async def test_names_that_nobody_shows_are_counted_with_the_others() -> None:
    async with shop() as found:
        put(found.registry, OTHER, OLD)
        assert await found.renew() is None
        changed = await found.client.renew(API, found.known, [OTHER])
        assert changed is not None
        assert OTHER not in changed


@pytest.mark.parametrize("count", [1, 200])
async def test_few_tags_are_read_whole_at_once(count: int) -> None:
    async with shop(count) as found:
        assert await found.renew() is None
        assert found.asked() == {}


async def test_what_was_known_without_its_time_is_read_whole() -> None:
    async with shop() as found:
        found.known = {**found.known, Tag("1.0"): TagEntry(Tag("1.0"), DIGEST)}
        assert await found.renew() is None


def answering(count: object, *rows: object) -> "Answers":
    return Answers({"imageName": API, "tagCount": count, "changeableAttributes": {}}, tag_page(*rows))


@dataclass
class Answers:
    """A registry of one repository that answers whatever is asked of it with the same."""

    repository: Mapping[str, object]
    tags: Mapping[str, object]

    async def __call__(self, request: web.Request) -> web.Response:
        return json_answer(self.tags if request.path.endswith("/_tags") else self.repository)


def known_of(count: int) -> Mapping[Tag, TagEntry]:
    tags = [Tag(f"1.{number}") for number in range(count)]
    return {tag: TagEntry(tag, DIGEST, OLD, moment(number)) for number, tag in enumerate(tags)}


@pytest.mark.parametrize(
    "answers",
    [
        answering(None, tag_row("1.299", lastUpdateTime="2026-11-13T11:00:00Z")),
        answering(
            MANY,
            tag_row("1.1", lastUpdateTime="2026-11-01T01:00:00Z"),
            tag_row("1.299", lastUpdateTime="2026-11-13T11:00:00Z"),
        ),
        answering(MANY, tag_row("1.299", lastUpdateTime=None)),
    ],
    ids=["no count", "not in order", "no time"],
)
async def test_what_a_registry_does_not_tell_for_certain_is_read_whole(answers: Answers) -> None:
    async with serve(answers) as stub, acr_client(stub.host) as client:
        assert await client.renew(API, known_of(MANY), ()) is None


async def test_a_registry_without_acrs_own_api_is_read_whole() -> None:
    async def plain(request: web.Request) -> web.Response:
        return problem(404, "NAME_UNKNOWN") if request.path.startswith("/v2/") else web.Response(status=404)

    async with serve(plain) as stub, acr_client(stub.host) as client:
        assert await client.renew(API, known_of(MANY), ()) is None
