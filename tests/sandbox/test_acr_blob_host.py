"""Blobs kept on another host: the registry sends on, and the other host takes no token."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from tests.sandbox.azure import reader
from tui.domain.content import digest_of
from tui.domain.reference import Repository
from tui.sandbox.auth import Acr
from tui.sandbox.content import InMemory
from tui.sandbox.registry import Registry

DATA = b"0123456789"
BLOB = f"/v2/shop/api/blobs/{digest_of(DATA)}"


@pytest.fixture
def registry():
    registry = Registry("contosobase", auth=Acr())
    registry.store.add_blob(Repository("shop/api"), digest_of(DATA), InMemory(DATA))
    return registry


@pytest.fixture
async def storage(registry) -> AsyncIterator[aiohttp.ClientSession]:
    async with TestServer(registry.blob_host()) as server:
        registry.faults.redirect_origin = str(server.make_url("")).rstrip("/")
        async with aiohttp.ClientSession(registry.faults.redirect_origin) as session:
            yield session


async def test_a_download_is_sent_on(client, storage, registry):
    async with client.get(BLOB, headers=await reader(client), allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (307, registry.faults.redirect_origin + BLOB)


async def test_who_may_not_pull_is_not_sent_on(client, storage):
    async with client.get(BLOB, allow_redirects=False) as response:
        assert response.status == 401


async def test_a_head_is_answered_by_the_registry(client, storage):
    async with client.head(BLOB, headers=await reader(client)) as response:
        assert (response.status, response.headers["Content-Length"]) == (200, str(len(DATA)))


async def test_the_other_host_serves_whoever_shows_no_token(storage, registry):
    async with storage.get(BLOB, headers={"Range": "bytes=2-4"}) as response:
        assert (response.status, await response.read()) == (206, b"234")
    assert registry.blobs_served == {206: 1}


async def test_the_other_host_refuses_who_shows_one(client, storage, registry):
    async with storage.get(BLOB, headers=await reader(client)) as response:
        assert response.status == 400
    assert registry.blobs_served == {400: 1}


@pytest.mark.parametrize(("digest", "status"), [("sha256:xyz", 400), (str(digest_of(b"")), 404)])
async def test_the_other_host_knows_what_it_has_not(storage, registry, digest, status):
    async with storage.get(f"/v2/shop/api/blobs/{digest}") as response:
        assert response.status == status
    assert registry.blobs_served == {status: 1}
