"""Pulling and deleting blobs."""

import pytest

from tui.domain.content import digest_of
from tui.domain.reference import Repository
from tui.sandbox.blobs import wanted
from tui.sandbox.content import InMemory
from tui.sandbox.errors import Refused

DATA = bytes(range(256)) * 8
DIGEST = digest_of(DATA)
URL = f"/v2/shop/api/blobs/{DIGEST}"


@pytest.fixture(autouse=True)
def _blob(registry):
    registry.store.add_blob(Repository("shop/api"), DIGEST, InMemory(DATA))


async def test_get_answers_the_bytes_and_their_digest(client):
    async with client.get(URL) as response:
        assert await response.read() == DATA
        assert response.headers["Docker-Content-Digest"] == str(DIGEST)
        assert response.headers["ETag"] == f'"{DIGEST}"'


async def test_head_answers_the_length_without_bytes(client):
    async with client.head(URL) as response:
        assert (response.status, response.headers["Content-Length"]) == (200, str(len(DATA)))
        assert await response.read() == b""


@pytest.mark.parametrize(
    ("header", "part", "content_range"),
    [
        ("bytes=500-1499", DATA[500:1500], "bytes 500-1499/2048"),
        ("bytes=500-", DATA[500:], "bytes 500-2047/2048"),
        ("bytes=-500", DATA[-500:], "bytes 1548-2047/2048"),
        ("bytes=2000-5000", DATA[2000:], "bytes 2000-2047/2048"),
    ],
)
async def test_a_range_answers_a_part(client, header, part, content_range):
    async with client.get(URL, headers={"Range": header}) as response:
        assert (response.status, response.headers["Content-Range"]) == (206, content_range)
        assert await response.read() == part


@pytest.mark.parametrize("header", ["bytes=500-0", "bytes=5000-10000", "bytes=2048-", "bytes=-0"])
async def test_a_range_outside_is_416(client, header):
    async with client.get(URL, headers={"Range": header}) as response:
        assert (response.status, response.headers["Content-Range"]) == (416, "bytes */2048")


@pytest.mark.parametrize("header", [None, "", "bytes=-", "bytes=0-1,4-5", "lines=1-2"])
def test_another_form_of_range_means_everything(header):
    assert wanted(header, 10) == (0, 10)


def test_no_range_fits_an_empty_blob():
    with pytest.raises(Refused):
        wanted("bytes=0-", 0)


async def test_an_unknown_blob_is_blob_unknown(client):
    async with client.get(f"/v2/shop/api/blobs/{digest_of(b'else')}") as response:
        assert response.status == 404
        assert (await response.json())["errors"][0]["code"] == "BLOB_UNKNOWN"


async def test_an_unknown_repository_is_name_unknown(client):
    async with client.get(f"/v2/shop/other/blobs/{DIGEST}") as response:
        assert response.status == 404
        assert (await response.json())["errors"][0]["code"] == "NAME_UNKNOWN"


async def test_a_bad_digest_is_digest_invalid(client):
    async with client.get("/v2/shop/api/blobs/sha256:abc") as response:
        assert response.status == 400
        assert (await response.json())["errors"][0]["code"] == "DIGEST_INVALID"


async def test_a_bad_name_is_name_invalid(client):
    async with client.get(f"/v2/Shop/api/blobs/{DIGEST}") as response:
        assert response.status == 400
        assert (await response.json())["errors"][0]["code"] == "NAME_INVALID"


async def test_a_deleted_blob_is_gone(client):
    async with client.delete(URL) as response:
        assert response.status == 202
    async with client.head(URL) as response:
        assert response.status == 404


async def test_deleting_twice_is_blob_unknown(client):
    await client.delete(URL)
    async with client.delete(URL) as response:
        assert response.status == 404


async def test_deleting_leaves_other_repositories_alone(client, registry):
    registry.store.mount(Repository("shop/web"), DIGEST)
    await client.delete(URL)
    async with client.head(f"/v2/shop/web/blobs/{DIGEST}") as response:
        assert response.status == 200
