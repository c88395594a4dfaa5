"""Pushing blobs in every way the specification knows."""

import asyncio

import aiohttp
import pytest

from tui.domain.content import digest_of
from tui.domain.reference import Repository
from tui.sandbox.content import InMemory

DATA = b"0123456789" * 300
DIGEST = digest_of(DATA)
UPLOADS = "/v2/shop/api/blobs/uploads/"
BLOB = f"/v2/shop/api/blobs/{DIGEST}"


async def begin(client):
    async with client.post(UPLOADS) as response:
        assert response.status == 202
        return response.headers["Location"]


async def pulled(client, url=BLOB):
    async with client.get(url) as response:
        return await response.read() if response.status == 200 else None


async def code(response):
    return (await response.json())["errors"][0]["code"]


def chunk(first, last):
    return {"data": DATA[first : last + 1], "headers": {"Content-Range": f"{first}-{last}"}}


async def test_a_single_post_pushes(client):
    async with client.post(UPLOADS, params={"digest": str(DIGEST)}, data=DATA) as response:
        assert (response.status, response.headers["Location"]) == (201, BLOB)
    assert await pulled(client) == DATA


async def test_post_then_put_pushes(client):
    location = await begin(client)
    async with client.put(location, params={"digest": str(DIGEST)}, data=DATA) as response:
        assert (response.status, response.headers["Docker-Content-Digest"]) == (201, str(DIGEST))
    assert await pulled(client) == DATA


async def test_a_stream_of_unknown_length_pushes(client):
    async def stream():
        for at in range(0, len(DATA), 1000):
            yield DATA[at : at + 1000]

    location = await begin(client)
    async with client.patch(location, data=stream()) as response:
        assert (response.status, response.headers["Range"]) == (202, "0-2999")
    await client.put(location, params={"digest": str(DIGEST)})
    assert await pulled(client) == DATA


async def test_chunks_in_order_push(client):
    location = await begin(client)
    async with client.patch(location, **chunk(0, 999)) as response:
        assert (response.status, response.headers["Range"]) == (202, "0-999")
    await client.patch(location, **chunk(1000, 1999))
    async with client.put(location, params={"digest": str(DIGEST)}, **chunk(2000, 2999)) as response:
        assert response.status == 201
    assert await pulled(client) == DATA


@pytest.mark.parametrize("first", [0, 1500])
async def test_a_chunk_out_of_order_is_416_and_says_where_to_go_on(client, first):
    location = await begin(client)
    await client.patch(location, **chunk(0, 999))
    async with client.patch(location, **chunk(first, first + 99)) as response:
        assert (response.status, response.headers["Range"]) == (416, "0-999")
        assert response.headers["Location"] == location


async def test_the_last_chunk_out_of_order_is_416(client):
    location = await begin(client)
    async with client.put(location, params={"digest": str(DIGEST)}, **chunk(2000, 2999)) as response:
        assert response.status == 416


async def test_the_session_tells_how_far_it_is(client):
    location = await begin(client)
    await client.patch(location, **chunk(0, 999))
    async with client.get(location) as response:
        assert (response.status, response.headers["Range"]) == (204, "0-999")
        assert response.headers["Location"] == location


async def test_an_interrupted_upload_keeps_what_arrived_and_resumes(client, registry):
    location = await begin(client)
    registry.faults.cut_off, registry.faults.cut_after = 1, 700
    with pytest.raises(aiohttp.ClientError):
        await client.patch(location, data=DATA)
    async with client.get(location) as response:
        assert response.headers["Range"] == "0-699"
    await client.patch(location, **chunk(700, 2999))
    await client.put(location, params={"digest": str(DIGEST)})
    assert await pulled(client) == DATA


async def test_a_chunk_of_another_length_than_it_says_is_size_invalid(client):
    location = await begin(client)
    async with client.patch(location, data=DATA[:50], headers={"Content-Range": "0-99"}) as response:
        assert (response.status, await code(response)) == (400, "SIZE_INVALID")
    async with client.get(location) as response:
        assert response.headers["Range"] == "0-0"


async def test_a_content_range_of_another_form_is_refused(client):
    location = await begin(client)
    async with client.patch(location, data=DATA, headers={"Content-Range": "bytes 0-99/*"}) as response:
        assert (response.status, await code(response)) == (400, "BLOB_UPLOAD_INVALID")


async def test_other_bytes_than_the_digest_says_are_refused_and_forgotten(client):
    location = await begin(client)
    async with client.put(location, params={"digest": str(DIGEST)}, data=b"other") as response:
        assert (response.status, await code(response)) == (400, "DIGEST_INVALID")
    async with client.get(location) as response:
        assert (response.status, await code(response)) == (404, "BLOB_UPLOAD_UNKNOWN")
    assert await pulled(client) is None


async def test_a_put_without_a_digest_is_refused(client):
    location = await begin(client)
    async with client.put(location, data=DATA) as response:
        assert (response.status, await code(response)) == (400, "DIGEST_INVALID")


async def test_sha512_is_verified_too(client):
    digest = digest_of(DATA, "sha512")
    await client.post(UPLOADS, params={"digest": str(digest)}, data=DATA)
    assert await pulled(client, f"/v2/shop/api/blobs/{digest}") == DATA


async def test_an_empty_blob_can_be_pushed(client):
    location = await begin(client)
    async with client.put(location, params={"digest": str(digest_of(b""))}) as response:
        assert response.status == 201
    assert await pulled(client, f"/v2/shop/api/blobs/{digest_of(b'')}") == b""


async def test_a_cancelled_session_is_gone(client):
    location = await begin(client)
    async with client.delete(location) as response:
        assert response.status == 204
    async with client.get(location) as response:
        assert response.status == 404


async def test_a_session_belongs_to_its_repository(client):
    location = await begin(client)
    async with client.get(location.replace("shop/api", "shop/web")) as response:
        assert (response.status, await code(response)) == (404, "BLOB_UPLOAD_UNKNOWN")


@pytest.mark.parametrize("source", [{"from": "shop/web"}, {}])
async def test_a_mount_links_the_blob(client, registry, source):
    registry.store.add_blob(Repository("shop/web"), DIGEST, InMemory(DATA))
    async with client.post(UPLOADS, params={"mount": str(DIGEST), **source}) as response:
        assert (response.status, response.headers["Location"]) == (201, BLOB)
    assert await pulled(client) == DATA


async def test_a_mount_of_an_absent_blob_begins_an_upload(client):
    async with client.post(UPLOADS, params={"mount": str(DIGEST), "from": "shop/web"}) as response:
        assert response.status == 202
        location = response.headers["Location"]
    async with client.put(location, params={"digest": str(DIGEST)}, data=DATA) as response:
        assert response.status == 201


async def test_a_mount_from_a_repository_that_lacks_the_blob_begins_an_upload(client, registry):
    registry.store.add_blob(Repository("shop/web"), DIGEST, InMemory(DATA))
    async with client.post(UPLOADS, params={"mount": str(DIGEST), "from": "shop/cron"}) as response:
        assert response.status == 202


async def test_the_file_of_a_blob_goes_with_its_last_link(client, registry):
    await client.post(UPLOADS, params={"digest": str(DIGEST)}, data=DATA)
    await client.post("/v2/shop/web/blobs/uploads/", params={"mount": str(DIGEST)})
    await client.delete(BLOB)
    assert len(list(registry.spool.directory.iterdir())) == 1
    await client.delete(f"/v2/shop/web/blobs/{DIGEST}")
    assert list(registry.spool.directory.iterdir()) == []


async def test_the_same_blob_twice_is_kept_once(client, registry):
    urls = [f"/v2/shop/{name}/blobs/uploads/" for name in ("api", "web")]
    await asyncio.gather(*(client.post(url, params={"digest": str(DIGEST)}, data=DATA) for url in urls))
    assert len(list(registry.spool.directory.iterdir())) == 1
