"""Uploads against a stub registry that refuses, breaks and forgets, as proxies and registries do."""

import asyncio
import re

import pytest
from aiohttp import web

from tests.registry.stub import Ears, client, problem, serve
from tests.registry.uploading import API, BLOB, DATA, START, Uploads
from tui.domain.content import Descriptor, digest_of
from tui.domain.notices import RetryScheduled
from tui.domain.reference import parse_repository
from tui.ports.errors import Forbidden, InvalidAnswer, RegistryError, Throttled, Unreachable
from tui.registry.client import Limits
from tui.registry.credentials import Static

OTHER = parse_repository("shop/web")


async def push(uploads: Uploads, limits: Limits | None = None, ears: Ears | None = None) -> list[str]:
    """Pushes the blob and returns the methods that it took."""
    async with serve(uploads) as stub, client(stub.host, limits=limits, ears=ears) as registry:
        await registry.push_blob(API, BLOB, DATA)
        return [request.split()[0] for request in stub.requests]


async def fail(uploads: Uploads, body: bytes = DATA, limits: Limits | None = None) -> Exception:
    """The error of a push."""
    async with serve(uploads) as stub, client(stub.host, limits=limits) as registry:
        with pytest.raises(RegistryError) as caught:
            await registry.push_blob(API, BLOB, body)
        return caught.value


async def test_one_put_is_enough() -> None:
    uploads = Uploads()
    assert await push(uploads) == ["POST", "PUT"]
    assert uploads.blobs == {str(BLOB.digest): DATA}
    assert not uploads.sessions


async def test_chunks_on_request() -> None:
    uploads = Uploads()
    assert await push(uploads, Limits(chunk_size=300_000)) == ["POST", *["PATCH"] * 4, "PUT"]
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_smallest_chunk_of_the_registry_is_kept_to() -> None:
    uploads = Uploads(smallest=600_000)
    assert await push(uploads, Limits(chunk_size=1000)) == ["POST", "PATCH", "PATCH", "PUT"]


async def test_empty_blob() -> None:
    uploads, blob = Uploads(), Descriptor("x", digest_of(b""), 0)
    async with serve(uploads) as stub, client(stub.host) as registry:
        await registry.push_blob(API, blob, b"")
    assert uploads.blobs == {str(blob.digest): b""}


@pytest.mark.parametrize("status", [405, 411, 413, 501, 503, 429])
async def test_put_that_is_refused_becomes_patches(status: int) -> None:
    uploads = Uploads(put_status=status)
    methods = await push(uploads)
    assert methods[:2] == ["POST", "PUT"]
    assert "PATCH" in methods
    assert uploads.blobs == {str(BLOB.digest): DATA}


LARGE = Limits(whole=1000, window=300_000)
"""Under which the blob goes up in a stream from the start."""


async def test_large_blob_goes_up_in_a_stream() -> None:
    uploads = Uploads()
    assert await push(uploads, LARGE) == ["POST", "PATCH", "PUT"]
    assert uploads.blobs == {str(BLOB.digest): DATA}


@pytest.mark.parametrize("status", [405, 411, 413, 416, 501])
async def test_stream_that_is_refused_becomes_chunks_and_is_not_tried_again(status: int) -> None:
    uploads = Uploads(stream_status=status)
    async with serve(uploads) as stub, client(stub.host, limits=LARGE) as registry:
        await registry.push_blob(API, BLOB, DATA)
        assert stub.count("PATCH") == 1 + 4
        uploads.blobs.clear()
        await registry.push_blob(API, BLOB, DATA)
        assert stub.count("PATCH") == 1 + 4 + 4
    assert uploads.blobs == {str(BLOB.digest): DATA}


@pytest.mark.parametrize("status", [405, 411, 413, 501])
async def test_chunks_that_are_refused_become_a_put_and_are_not_tried_again(status: int) -> None:
    uploads = Uploads(patch_status=status)
    async with serve(uploads) as stub, client(stub.host, limits=LARGE) as registry:
        await registry.push_blob(API, BLOB, DATA)
        uploads.blobs.clear()
        await registry.push_blob(API, BLOB, DATA)
        assert stub.count("PATCH") == 2
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_registry_that_takes_only_the_first_chunk_gets_the_whole() -> None:
    uploads = Uploads(most_patches=1)
    methods = await push(uploads, Limits(chunk_size=300_000))
    assert methods[-2:] == ["POST", "PUT"]
    assert not uploads.sessions
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_upload_that_is_always_throttled_is_given_up_though_other_writes_are_taken() -> None:
    async def throttle(request: web.Request) -> web.StreamResponse:
        match request.method:
            case "POST":
                return web.Response(status=202, headers={"Location": f"{request.path}1"})
            case "GET":
                return web.Response(status=204, headers={"Location": request.path, "Range": "0-0"})
            case "DELETE":
                return web.Response(status=204)
            case _:
                return problem(429, "TOOMANYREQUESTS")

    limits = Limits(throttled=100)
    async with serve(throttle) as stub, client(stub.host, limits=limits) as registry:
        upload = asyncio.create_task(registry.push_blob(API, BLOB, DATA))
        while not upload.done():
            assert not await registry.mount_blob(OTHER, BLOB, API)
        with pytest.raises(Throttled):
            await upload


@pytest.mark.parametrize("uploads", [Uploads(cut_puts=1), Uploads(cut_puts=1, cut_patches=2)])
async def test_broken_upload_goes_on_where_it_stopped_and_says_so(uploads: Uploads) -> None:
    ears = Ears()
    methods = await push(uploads, ears=ears)
    assert methods.count("POST") == 1
    assert ears.of(RetryScheduled)
    assert uploads.blobs == {str(BLOB.digest): DATA}


@pytest.mark.parametrize("uploads", [Uploads(cut_puts=1, forgets=True), Uploads(cut_puts=1, stale=1)])
async def test_lost_session_is_begun_again(uploads: Uploads) -> None:
    methods = await push(uploads)
    assert methods.count("POST") == 2
    assert uploads.blobs == {str(BLOB.digest): DATA}
    assert not uploads.sessions


async def test_single_byte_in_a_patch() -> None:
    uploads, blob = Uploads(), Descriptor("x", digest_of(b"x"), 1)
    async with serve(uploads) as stub, client(stub.host, limits=Limits(chunk_size=10)) as registry:
        await registry.push_blob(API, blob, b"x")
        assert [request.split()[0] for request in stub.requests] == ["POST", "PATCH", "PUT"]
    assert uploads.blobs == {str(blob.digest): b"x"}


async def test_commit_whose_answer_is_lost_is_looked_for() -> None:
    uploads = Uploads(loses_answer=True)
    assert await push(uploads) == ["POST", "PUT", "GET", "HEAD"]


async def test_upload_that_breaks_for_ever_ends() -> None:
    error = await fail(Uploads(cut_puts=1, cut_patches=1000), DATA, Limits(resumes=2))
    assert isinstance(error, Unreachable)


async def test_refused_patch_is_not_repeated() -> None:
    uploads = Uploads(put_status=413, patch_status=413)
    error = await fail(uploads, DATA)
    assert isinstance(error, InvalidAnswer)
    assert "413" in str(error)


@pytest.mark.parametrize("limits", [Limits(), Limits(chunk_size=300_000)])
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (DATA[:-1], "ended after"),
        (DATA[:100], "ended after"),
        (b"", "ended after"),
        (DATA[:-1] + b"!", "DIGEST_INVALID"),
        (DATA + b"!", "more bytes"),
    ],
)
async def test_wrong_bytes_are_never_committed(data: bytes, why: str, limits: Limits) -> None:
    uploads = Uploads()
    error = await fail(uploads, data, limits)
    assert isinstance(error, InvalidAnswer)
    assert re.search(why, str(error))
    assert not uploads.blobs
    assert not uploads.sessions


async def test_refusal_is_said() -> None:
    async def handle(request: web.Request) -> web.Response:
        return problem(403, "DENIED", "no writes")

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(Forbidden, match="no writes"):
            await registry.push_blob(API, BLOB, DATA)


async def test_upload_elsewhere_carries_no_credentials() -> None:
    storage = Uploads(sessions={"s": bytearray()})
    async with serve(storage) as other:

        async def handle(request: web.Request) -> web.Response:
            if "Authorization" not in request.headers:
                return problem(401, "UNAUTHORIZED", WWW_Authenticate='Basic realm="x"')
            return web.Response(status=202, headers={"Location": f"{other.url}{START}s?_state=a%2Bb%2F%3D"})

        async with serve(handle) as stub, client(stub.host, Static("user", "hunter2-hunter2")) as registry:
            await registry.push_blob(API, BLOB, DATA)
            assert stub.authorizations
        assert not other.authorizations
    assert storage.blobs


@pytest.mark.parametrize("location", ["ftp://h/x", "http://u:s3cret@h/x", ""])
async def test_odd_location_is_refused(location: str) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=202, headers={"Location": location})

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="upload goes on at") as caught:
            await registry.push_blob(API, BLOB, DATA)
        assert "s3cret" not in str(caught.value)


async def test_mount_that_became_an_upload_is_gone_on_with() -> None:
    uploads = Uploads()
    async with serve(uploads) as stub, client(stub.host) as registry:
        assert not await registry.mount_blob(API, BLOB, parse_repository("base/api"))
        await registry.push_blob(API, BLOB, DATA)
        assert [request.split()[0] for request in stub.requests] == ["POST", "PUT"]
    assert uploads.blobs


async def test_two_blobs_through_one_client_at_once() -> None:
    uploads = Uploads()
    async with serve(uploads) as stub, client(stub.host, limits=Limits(concurrency=1)) as registry:
        other = DATA[::-1]
        await asyncio.gather(
            registry.push_blob(API, BLOB, DATA),
            registry.push_blob(API, Descriptor("x", digest_of(other), len(other)), other),
        )
    assert len(uploads.blobs) == 2
