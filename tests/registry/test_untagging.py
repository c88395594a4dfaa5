"""A tag goes and its image stays: by the distribution API where that is safe, and by ACR's own."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.lab import picture
from tests.real import docker_registry
from tests.registry.acr.rig import LOGIN, OPERATOR, acr_client
from tests.registry.stub import serve
from tests.upload import upload
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import Forbidden, NotFound, RegistryError, Unsupported
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous
from tui.sandbox import images
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

API, ONE, TWO = parse_repository("shop/api"), parse_tag("1.0"), parse_tag("2.0")
IMAGE = picture()


def plain(host: str) -> RegistryClient:
    return RegistryClient(Endpoint(host, plain_http=True), Anonymous())


@asynccontextmanager
async def embedded(*tags: str) -> AsyncGenerator[tuple[Registry, RegistryClient], None]:
    registry = Registry("contoso")
    for tag in tags:
        images.push_into(registry, API, IMAGE, tag)
    async with serve_registry(registry) as host, plain(host) as client:
        yield registry, client


async def test_the_tag_goes_and_the_image_stays() -> None:
    async with embedded("1.0") as (registry, client):
        images.push_into(registry, API, picture(2), "2.0")
        await client.untag(API, ONE)
        assert list(registry.store.tags(API)) == [TWO]
        assert (await client.resolve(API, IMAGE.digest)).digest == IMAGE.digest


async def test_a_tag_that_is_not_there_is_not_found() -> None:
    async with embedded("2.0") as (_, client):
        with pytest.raises(NotFound):
            await client.untag(API, ONE)


async def test_a_tag_whose_image_has_another_tag_is_left_alone() -> None:
    async with embedded("1.0", "2.0") as (registry, client):
        with pytest.raises(Unsupported, match=r"the tag 2\.0 holds the same image"):
            await client.untag(API, ONE)
        assert list(registry.store.tags(API)) == [ONE, TWO]


async def test_a_manifest_that_went_with_its_tag_is_put_back() -> None:
    registry = Registry("contoso")
    images.push_into(registry, API, IMAGE, "1.0")
    async with serve_registry(registry) as host, plain(host) as inner:

        async def greedy(request: web.Request) -> web.StreamResponse:
            if request.method == "DELETE":
                registry.store.delete_manifest(API, IMAGE.digest)
                return web.Response(status=202)
            if request.method == "PUT":
                await inner.push_manifest(API, IMAGE.digest, raw)
                return web.Response(status=201)
            raise web.HTTPTemporaryRedirect(f"http://{host}{request.path_qs}")

        raw = await inner.fetch_manifest(API, ONE)
        async with serve(greedy) as stub, plain(stub.host) as client:
            await client.untag(API, ONE)
        assert stub.count("PUT") == 1
        assert registry.store.tags(API) == {}
        assert (await inner.fetch_manifest(API, IMAGE.digest)).body == IMAGE.manifest


@pytest.mark.real
@pytest.mark.parametrize("delete", [True, False])
async def test_distribution_2_takes_no_tag_away_and_loses_nothing(tmp_path: Path, delete: bool) -> None:
    with docker_registry(tmp_path, delete=delete) as registry:
        upload(registry.host, API, "1.0", IMAGE)
        async with plain(registry.host) as client:
            with pytest.raises(Unsupported):
                await client.untag(API, ONE)
            assert (await client.resolve(API, ONE)).digest == IMAGE.digest


@asynccontextmanager
async def azure(*tags: str) -> AsyncGenerator[tuple[Registry, RegistryClient], None]:
    registry = Registry("contoso", auth=LOGIN)
    for tag in tags:
        images.push_into(registry, API, IMAGE, tag)
    async with serve_registry(registry) as host, acr_client(host, OPERATOR) as client:
        yield registry, client


async def test_azure_takes_away_the_one_tag_of_an_image_that_has_two() -> None:
    async with azure("1.0", "2.0") as (registry, client):
        await client.untag(API, ONE)
        assert registry.store.tags(API) == {TWO: IMAGE.digest}
        await client.untag(API, TWO)
        assert (await client.resolve(API, IMAGE.digest)).digest == IMAGE.digest


async def test_azure_says_that_a_tag_is_not_there() -> None:
    async with azure("2.0") as (_, client):
        with pytest.raises(NotFound):
            await client.untag(API, ONE)


async def test_azure_keeps_a_locked_tag() -> None:
    async with azure("1.0") as (registry, client):
        await client.lock(API, ONE)  # type: ignore[attr-defined]
        with pytest.raises(Forbidden, match="locked"):
            await client.untag(API, ONE)
        assert list(registry.store.tags(API)) == [ONE]


async def test_where_azure_s_own_api_is_missing_the_manifest_is_not_deleted_instead() -> None:
    async def bare(request: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    async with serve(bare) as stub, acr_client(stub.host) as client:
        with pytest.raises(RegistryError):
            await client.untag(API, ONE)
        assert stub.count("DELETE /v2") == 0
