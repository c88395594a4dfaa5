"""Azure's own clients, untouched, at a registry of Azure's kind: blocking and not, over http and https."""

import asyncio
import json
import random
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from azure.containerregistry import ContainerRegistryClient
from azure.containerregistry.aio import ContainerRegistryClient as AioClient
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from tests.real import make_certificates
from tui.domain.reference import Repository
from tui.sandbox.auth import Acr
from tui.sandbox.images import image, index, push_into
from tui.sandbox.layers import random_layer
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
API = "shop/api"


def made_up():
    return AccessToken("made-up", int(time.time()) + 3600)


class Login:
    def get_token(self, *scopes, **options):
        return made_up()


class AioLogin:
    async def get_token(self, *scopes, **options):
        return made_up()

    async def close(self):
        pass

    async def __aenter__(self):
        return self

    async def __aexit__(self, exc_type=None, exc_value=None, traceback=None):
        pass


@dataclass
class Blocking:
    """Calls the blocking client in a thread."""

    client: ContainerRegistryClient
    options: dict[str, object]

    async def call(self, operation, *arguments, **more):
        return await asyncio.to_thread(getattr(self.client, operation), *arguments, **self.options, **more)

    async def all(self, operation, *arguments, **more):
        return await asyncio.to_thread(
            lambda: list(getattr(self.client, operation)(*arguments, **self.options, **more))
        )


@dataclass
class Waiting:
    """Calls the client for asyncio."""

    client: AioClient
    options: dict[str, object]

    async def call(self, operation, *arguments, **more):
        return await getattr(self.client, operation)(*arguments, **self.options, **more)

    async def all(self, operation, *arguments, **more):
        return [row async for row in getattr(self.client, operation)(*arguments, **self.options, **more)]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def registry(small):
    registry = Registry("contosobase", auth=Acr())
    for number in range(1203):
        push_into(registry, API, small, f"1.0.{number:04}", AT + timedelta(seconds=number))
    push_into(registry, "shop/web", small, "2.0.0")
    return registry


@pytest.fixture(params=["http", "https"])
async def served(request, registry) -> AsyncIterator[tuple[str, dict[str, str], dict[str, object]]]:
    if request.param == "http":
        async with serve_registry(registry) as host:
            yield f"http://{host}", {}, {"enforce_https": False}
        return
    ca = request.getfixturevalue("certificates")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(ca.parent / "server.pem", ca.parent / "server.key")
    async with serve_registry(registry, context) as host:
        yield f"https://{host}", {"connection_verify": str(ca)}, {}


@pytest.fixture(params=["blocking", "waiting"])
async def sdk(request, served) -> AsyncIterator[Blocking | Waiting]:
    endpoint, settings, options = served
    async with AsyncExitStack() as stack:
        if request.param == "blocking":
            yield Blocking(stack.enter_context(ContainerRegistryClient(endpoint, Login(), **settings)), options)
        else:
            client = await stack.enter_async_context(AioClient(endpoint, AioLogin(), **settings))
            yield Waiting(client, options)


async def test_repositories_are_listed(sdk):
    assert await sdk.all("list_repository_names", results_per_page=1) == [API, "shop/web"]


async def test_tags_are_listed_a_thousand_to_a_page_whatever_is_asked(sdk, registry):
    tags = await sdk.all("list_tag_properties", API, results_per_page=5000)
    assert [tag.name for tag in tags] == [f"1.0.{number:04}" for number in range(1203)]
    assert registry.requests["GET", "acr-tags"] - registry.refused[401] == 2


async def test_the_newest_tags_come_first_where_that_is_asked(sdk):
    tags = await sdk.all("list_tag_properties", API, order_by="timedesc", results_per_page=1000)
    assert [tag.name for tag in tags] == [f"1.0.{number:04}" for number in reversed(range(1203))]


async def test_a_tag_has_its_digest_and_times(sdk, small):
    tag = await sdk.call("get_tag_properties", API, "1.0.0007")
    assert (tag.digest, tag.created_on, tag.last_updated_on) == (str(small.digest), *[AT + timedelta(seconds=7)] * 2)
    assert (tag.can_write, tag.can_delete, tag.can_list, tag.can_read) == (True, True, True, True)


async def test_a_tag_that_is_not_there_is_not_found(sdk):
    with pytest.raises(ResourceNotFoundError):
        await sdk.call("get_tag_properties", API, "9.9.9")


async def test_a_manifest_has_size_platform_tags_and_times(sdk, small):
    manifest = await sdk.call("get_manifest_properties", "shop/web", str(small.digest))
    size = len(small.manifest) + sum(content.size for content in small.blobs.values())
    assert (manifest.size_in_bytes, manifest.tags) == (size, ["2.0.0"])
    assert (manifest.architecture, manifest.operating_system) == ("amd64", "linux")
    assert manifest.created_on == manifest.last_updated_on


async def test_manifests_are_listed(sdk, registry, small):
    whole = index([small])
    push_into(registry, "shop/web", whole, "2.0.1")
    found = await sdk.all("list_manifest_properties", "shop/web")
    assert {row.digest: row.tags for row in found} == {str(small.digest): ["2.0.0"], str(whole.digest): ["2.0.1"]}


async def test_a_repository_counts_what_it_holds(sdk):
    found = await sdk.call("get_repository_properties", API)
    assert (found.tag_count, found.manifest_count, found.created_on) == (1203, 1, AT)


async def test_a_tag_is_locked_against_pushes_and_unlocked(sdk, small):
    push = ("set_manifest", API, json.loads(small.manifest))
    locked = await sdk.call("update_tag_properties", API, "1.0.0000", can_write=False)
    assert not locked.can_write
    with pytest.raises(HttpResponseError) as caught:
        await sdk.call(*push, tag="1.0.0000")
    assert caught.value.status_code == 405
    assert "REGISTRY_DISALLOWED_OPERATION" in str(caught.value)
    unlocked = await sdk.call("update_tag_properties", API, "1.0.0000", can_write=True)
    assert unlocked.can_write
    assert await sdk.call(*push, tag="1.0.0000")


async def test_a_tag_is_deleted_and_its_manifest_stays(sdk, small):
    await sdk.call("delete_tag", "shop/web", "2.0.0")
    assert await sdk.all("list_tag_properties", "shop/web") == []
    assert (await sdk.call("get_manifest_properties", "shop/web", str(small.digest))).tags is None


async def test_a_repository_is_deleted(sdk):
    await sdk.call("delete_repository", "shop/web")
    assert await sdk.all("list_repository_names") == [API]


async def test_an_anonymous_client_reads_what_guests_may(small):
    registry = Registry("open", auth=Acr(guest=frozenset({"metadata_read"})))
    push_into(registry, API, small, "1.0.0")
    async with serve_registry(registry) as host, AioClient(f"http://{host}") as client:
        assert (await client.get_tag_properties(API, "1.0.0", enforce_https=False)).name == "1.0.0"
        with pytest.raises(HttpResponseError) as caught:
            await client.update_tag_properties(API, "1.0.0", can_write=False, enforce_https=False)
        assert caught.value.status_code == 401


def test_a_pushed_image_may_carry_the_time_of_its_children(small):
    registry = Registry("sample")
    whole = index([small, image([random_layer(500, random.Random(2))], created=AT, platform="linux/arm64")])
    push_into(registry, API, whole, "1.0.0", AT)
    name = Repository(API)
    records = [registry.store.record(name, digest) for digest in registry.store.manifests(name)]
    assert [record and record.created for record in records] == [AT, AT, AT]
