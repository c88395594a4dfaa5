"""Large blobs on their way from registry to registry in threads: proved, gone on with, given up, and stopped."""

import asyncio
import re

import pytest
from aiohttp import web

from tests.registry.sources import Blob, haul, pair, source
from tests.registry.stub import Ears, Handler, client, problem, serve
from tests.registry.uploading import API, BLOB, DATA, START, Uploads
from tui.domain.content import Descriptor, digest_of
from tui.domain.notices import RetryScheduled
from tui.domain.reference import parse_repository
from tui.ports.errors import InvalidAnswer, NotFound, RegistryError, Unreachable
from tui.registry.client import Limits, RegistryClient
from tui.registry.credentials import Static

ALL = Limits(hauled=0)
CHUNKS = Limits(hauled=0, chunk_size=300_000)
STREAM = Limits(hauled=0, whole=0)
STRETCHES = Limits(hauled=0, whole=0, stretch_size=300_000)
SMALL = Limits(hauled=1 << 30)


async def bring(
    blob: Handler, to: Handler, limits: Limits = ALL, ears: Ears | None = None, what: Descriptor = BLOB
) -> list[str]:
    """Hauls the blob and returns the requests that it took at the target."""
    async with pair(blob, to, limits, ears) as both:
        await both.haul(what)
        return [request.split()[0] for request in both.stub.requests]


async def fail(blob: Handler, to: Handler, limits: Limits = ALL) -> RegistryError:
    """The error of a haul."""
    with pytest.raises(RegistryError) as caught:
        await bring(blob, to, limits)
    return caught.value


@pytest.mark.parametrize("limits", [ALL, SMALL, Limits()])
async def test_one_put_is_enough(limits: Limits) -> None:
    uploads = Uploads()
    assert await bring(Blob(), uploads, limits) == ["POST", "PUT"]
    assert uploads.blobs == {str(BLOB.digest): DATA}
    assert not uploads.sessions


async def test_chunks_on_request() -> None:
    uploads = Uploads()
    assert await bring(Blob(), uploads, CHUNKS) == ["POST", *["PATCH"] * 4, "PUT"]
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_stretch_ends_with_its_time() -> None:
    uploads, data = Uploads(), DATA * 4
    large = Descriptor("x", digest_of(data), len(data))
    limits = Limits(hauled=0, whole=0, stretch=0)
    assert await bring(Blob(data), uploads, limits, what=large) == ["POST", *["PATCH"] * 4, "PUT"]
    assert uploads.blobs == {str(large.digest): data}


@pytest.mark.parametrize(("limits", "patches"), [(STREAM, 1), (STRETCHES, 4)])
async def test_stream(limits: Limits, patches: int) -> None:
    uploads = Uploads()
    assert await bring(Blob(), uploads, limits) == ["POST", *["PATCH"] * patches, "PUT"]
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_chunks_larger_than_what_is_kept_in_memory() -> None:
    uploads = Uploads(smallest=700_000)
    assert await bring(Blob(), uploads, Limits(hauled=0, chunk_size=100_000)) == ["POST", "PATCH", "PATCH", "PUT"]
    assert uploads.blobs == {str(BLOB.digest): DATA}


@pytest.mark.parametrize("limits", [ALL, SMALL])
async def test_empty_blob(limits: Limits) -> None:
    uploads, blob = Uploads(), Descriptor("x", digest_of(b""), 0)
    await bring(Blob(b""), uploads, limits, what=blob)
    assert uploads.blobs == {str(blob.digest): b""}


async def test_many_blobs_share_connections_that_are_kept() -> None:
    uploads, ports = Uploads(), set[object]()

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method == "PATCH":
            assert request.transport is not None
            ports.add(request.transport.get_extra_info("peername"))
        return await uploads(request)

    await bring(Blob(), handle, CHUNKS)
    assert len(ports) == 1


@pytest.mark.parametrize("limits", [ALL, CHUNKS, STREAM, STRETCHES])
@pytest.mark.parametrize("ranges", [True, False])
async def test_broken_source_goes_on_and_says_so(limits: Limits, ranges: bool) -> None:
    ears, uploads = Ears(), Uploads()
    await bring(Blob(cut=500_000, cuts=2, ranges=ranges), uploads, limits, ears)
    assert uploads.blobs == {str(BLOB.digest): DATA}
    assert len(ears.of(RetryScheduled)) == 2


async def test_source_that_breaks_for_ever_ends_and_the_session_is_given_up() -> None:
    uploads = Uploads()
    error = await fail(Blob(cut=1000, cuts=1000), uploads, Limits(hauled=0, resumes=3))
    assert isinstance(error, Unreachable)
    assert error.operation.startswith("fetch blob")
    assert not uploads.sessions


@pytest.mark.parametrize("limits", [ALL, SMALL, CHUNKS, STREAM, STRETCHES])
@pytest.mark.parametrize(
    ("data", "why"), [(DATA[:-1], "bytes and not"), (DATA + b"!", "bytes and not"), (DATA[:-1] + b"!", "the digest")]
)
async def test_wrong_bytes_are_never_committed(data: bytes, why: str, limits: Limits) -> None:
    uploads = Uploads()
    error = await fail(Blob(data), uploads, limits)
    assert isinstance(error, InvalidAnswer)
    assert re.search(why, str(error))
    assert not uploads.blobs
    assert not uploads.sessions


@pytest.mark.parametrize("limits", [ALL, SMALL])
async def test_endless_answer_is_cut_at_the_size(limits: Limits) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(DATA)

    uploads = Uploads()
    assert "larger" in str(await fail(endless, uploads, limits))
    assert not uploads.blobs


async def test_answer_without_a_length_that_ends_early_is_refused() -> None:
    async def short(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(DATA[:-1])
        return response

    assert "digest" in str(await fail(short, Uploads()))


async def test_answer_from_another_byte_is_refused() -> None:
    error = await fail(Blob(cut=500_000, cuts=1, shift=1), Uploads())
    assert "another byte" in str(error)


@pytest.mark.parametrize("limits", [ALL, SMALL])
async def test_blob_that_the_source_lacks(limits: Limits) -> None:
    async def lacking(_request: web.Request) -> web.StreamResponse:
        return problem(404, "BLOB_UNKNOWN")

    uploads = Uploads()
    assert isinstance(await fail(lacking, uploads, limits), NotFound)
    assert not uploads.sessions


@pytest.mark.parametrize("status", [405, 411, 413, 501, 503, 429])
async def test_put_that_is_refused_in_its_middle_becomes_patches(status: int) -> None:
    uploads = Uploads(put_status=status)
    methods = await bring(Blob(), uploads)
    assert methods[:2] == ["POST", "PUT"]
    assert "PATCH" in methods
    assert uploads.blobs == {str(BLOB.digest): DATA}


@pytest.mark.parametrize("uploads", [Uploads(cut_puts=1), Uploads(cut_puts=1, cut_patches=2), Uploads(cut_patches=1)])
@pytest.mark.parametrize("limits", [ALL, CHUNKS, STREAM, STRETCHES])
async def test_broken_upload_goes_on_where_it_stopped(uploads: Uploads, limits: Limits) -> None:
    methods = await bring(Blob(), uploads, limits)
    assert methods.count("POST") == 1
    assert uploads.blobs == {str(BLOB.digest): DATA}


@pytest.mark.parametrize("uploads", [Uploads(cut_puts=1, forgets=True), Uploads(cut_puts=1, stale=1)])
async def test_lost_session_is_begun_again_and_the_source_read_again(uploads: Uploads) -> None:
    data = DATA * 3  # more than is kept
    blob = Descriptor("x", digest_of(data), len(data))
    methods = await bring(Blob(data), uploads, what=blob)
    assert methods.count("POST") == 2
    assert uploads.blobs == {str(blob.digest): data}
    assert not uploads.sessions


async def test_commit_whose_answer_is_lost_is_looked_for() -> None:
    assert await bring(Blob(), Uploads(loses_answer=True)) == ["POST", "PUT", "GET", "HEAD"]


async def test_progress_is_told_in_the_event_loop() -> None:
    async with pair(Blob(), Uploads(), CHUNKS) as both:
        told = await both.haul()
    assert told
    assert all(0 < done <= len(DATA) for done in told)


@pytest.mark.parametrize("limits", [ALL, CHUNKS, SMALL, STREAM])
async def test_cancelled_while_the_source_is_silent(limits: Limits) -> None:
    uploads, blob = Uploads(), Blob(halt=100_000)
    async with pair(blob, uploads, limits) as both:
        task = asyncio.create_task(both.haul())
        while not both.stub.count("POST"):
            await asyncio.sleep(0.01)
        await blob.is_halted.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 2)
    assert not uploads.sessions
    assert not uploads.blobs


async def test_cancelled_while_the_target_takes_nothing() -> None:
    taken = asyncio.Event()

    async def stuck(request: web.Request) -> web.StreamResponse:
        if request.method == "PUT":
            taken.set()
            await asyncio.sleep(60)
        return web.Response(status=202, headers={"Location": f"{START}x"})

    data = bytes(30_000_000)
    async with pair(Blob(data), stuck, ALL) as both:
        task = asyncio.create_task(both.haul(Descriptor("x", digest_of(data), len(data))))
        await taken.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 2)


async def test_stalled_target_is_said() -> None:
    async def stuck(request: web.Request) -> web.StreamResponse:
        if request.method == "PUT":
            await asyncio.sleep(5)
        return web.Response(status=202, headers={"Location": f"{START}x"})

    data = bytes(30_000_000)
    async with source(Blob(data)) as origin, serve(stuck) as stub:
        registry = client(stub.host, limits=Limits(read=0.1, resumes=0))
        with pytest.raises(Unreachable, match=r"took no bytes for 0\.1 s") as error:
            await haul(registry, origin, Descriptor("x", digest_of(data), len(data)))
        await registry.close()
    assert error.value.operation.startswith("push blob")


async def test_slow_source_is_no_stall_of_the_target() -> None:
    uploads, blob = Uploads(), Blob(halt=500_000)
    limits = Limits(hauled=0, read=0.1)
    async with source(blob) as origin, serve(uploads) as stub, client(stub.host, limits=limits) as registry:
        task = asyncio.create_task(haul(registry, origin))
        await blob.is_halted.wait()
        await asyncio.sleep(0.3)
        blob.goes_on.set()
        await task
    assert uploads.blobs


async def test_copy_within_one_client_does_not_starve_itself() -> None:
    """A download and the upload that it feeds share the client's limit of concurrent requests."""
    uploads = Uploads()

    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(body=DATA) if "/blobs/sha256:" in request.path else await uploads(request)

    async def copy(registry: RegistryClient) -> None:
        await registry.haul_blob(API, BLOB, registry, parse_repository("base/api"), lambda _done: None)

    for limits in (Limits(concurrency=1, hauled=0), Limits(concurrency=1, hauled=1 << 30)):
        async with serve(handle) as stub, client(stub.host, limits=limits) as registry:
            await asyncio.wait_for(asyncio.gather(copy(registry), copy(registry)), 10)
        assert uploads.blobs


async def test_redirect_to_storage_carries_no_credentials() -> None:
    async with serve(Blob(cut=500_000, cuts=1)) as storage:

        async def handle(request: web.Request) -> web.Response:
            if "Authorization" not in request.headers:
                return problem(401, "UNAUTHORIZED", WWW_Authenticate='Basic realm="x"')
            return web.Response(status=307, headers={"Location": f"{storage.url}/data?sig=a%2Bb"})

        uploads = Uploads()
        async with serve(handle) as stub, client(stub.host, Static("user", "hunter2-hunter2")) as origin:
            async with serve(uploads) as place, client(place.host, limits=ALL) as registry:
                await haul(registry, origin)
            assert stub.authorizations
        assert uploads.blobs
        assert not storage.authorizations
        assert storage.headers[1]["Range"].startswith("bytes=")


async def test_closed_client_breaks_off_what_moves() -> None:
    blob = Blob(halt=100_000)
    async with pair(blob, Uploads(), ALL) as both:
        task = asyncio.create_task(both.haul())
        await blob.is_halted.wait()
        await both.origin.close()
        with pytest.raises(Unreachable):
            await asyncio.wait_for(task, 5)
