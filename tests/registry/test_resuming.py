"""Uploads that another client goes on with, as another process would after a kill."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from tests.registry.sources import Blob, haul, source
from tests.registry.stub import Stub, client, problem, serve
from tests.registry.uploading import API, BLOB, DATA, START, Uploads
from tui.domain.content import Descriptor, digest_of
from tui.domain.reference import Digest
from tui.journal.bookmarks import SqliteBookmarks
from tui.ports.errors import InvalidAnswer, JournalError, RegistryError, Unauthorised, Unreachable
from tui.registry.client import Limits, RegistryClient

CHUNK = 300_000
LARGE_DATA = DATA * 4
LARGE = Descriptor("x", digest_of(LARGE_DATA), len(LARGE_DATA))
LIMITS = Limits(chunk_size=CHUNK, bookmarked=1000, hauled=0)


class Desk:
    """One client after the other on the same registry, sharing bookmarks; what they bring comes from `origin`."""

    def __init__(self, stack: AsyncExitStack, stub: Stub, file: Path) -> None:
        self._stack = stack
        self._file = file
        self.stub = stub

    async def client(self, limits: Limits = LIMITS, file: Path | None = None) -> RegistryClient:
        """Another process's client: bookmarks of its own, on the same file."""
        bookmarks = SqliteBookmarks(file or self._file)
        self._stack.push_async_callback(bookmarks.close)
        return await self._stack.enter_async_context(client(self.stub.host, limits=limits, bookmarks=bookmarks))

    async def origin(self, blob: Blob) -> RegistryClient:
        """A client of a registry that serves `blob`."""
        return await self._stack.enter_async_context(source(blob))


async def until_next_look(task: asyncio.Task[list[int]]) -> None:
    """Lets `task` go on, which must not have ended; what it raised is raised here."""
    await asyncio.sleep(0.01)
    if task.done():
        task.result()
        pytest.fail("the upload ended")


async def interrupt(desk: Desk, uploads: Uploads, *, limits: Limits = LIMITS) -> None:
    """Cancels an upload once two chunks are there."""
    registry, origin = await desk.client(limits), await desk.origin(Blob(halt=2 * CHUNK + 1000))
    task = asyncio.create_task(haul(registry, origin))
    while not any(len(held) == 2 * CHUNK for held in uploads.sessions.values()):
        await until_next_look(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def go_on(desk: Desk, registry: RegistryClient) -> int:
    """Uploads what is not there yet; the bytes that were."""
    kept = await registry.kept_of(API, BLOB)
    await haul(registry, await desk.origin(Blob()))
    return kept


@pytest.fixture
async def uploads() -> Uploads:
    return Uploads()


@pytest.fixture
async def desk(uploads: Uploads, tmp_path: Path) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        stub = await stack.enter_async_context(serve(uploads))
        yield Desk(stack, stub, tmp_path / "content.db")


async def test_cancelled_upload_is_gone_on_with(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)
    assert not desk.stub.count("DELETE")
    assert await go_on(desk, await desk.client()) == 2 * CHUNK
    assert uploads.blobs == {str(BLOB.digest): DATA}
    assert desk.stub.count("POST") == 1


async def test_patch_under_way_ends_before_a_cancel(desk: Desk, uploads: Uploads) -> None:
    uploads.slowness = asyncio.Event()
    registry = await desk.client()
    task = asyncio.create_task(haul(registry, await desk.origin(Blob(halt=CHUNK + 1000))))
    while not desk.stub.count("PATCH"):
        await until_next_look(task)
    task.cancel()
    await asyncio.sleep(0)
    uploads.slowness.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await (await desk.client()).kept_of(API, BLOB) == CHUNK


async def test_part_of_a_single_put_is_gone_on_with_where_the_registry_kept_it(desk: Desk, uploads: Uploads) -> None:
    uploads.cut_puts = 1
    registry = await desk.client(Limits(bookmarked=1000, resumes=0))
    with pytest.raises(Unreachable):
        await registry.push_blob(API, BLOB, DATA)
    assert await go_on(desk, await desk.client()) == 100_000
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_upload_that_lacks_only_its_commit(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)
    next(iter(uploads.sessions.values()))[:] = DATA
    assert await go_on(desk, await desk.client()) == len(DATA)
    assert uploads.blobs == {str(BLOB.digest): DATA}


@pytest.mark.parametrize(("blob", "error"), [(Blob(cut=2 * CHUNK + 9, cuts=1, ends=1), Unauthorised)])
async def test_source_that_fails_leaves_what_can_be_gone_on_with(
    desk: Desk, uploads: Uploads, blob: Blob, error: type[Exception]
) -> None:
    registry = await desk.client()
    with pytest.raises(error):
        await haul(registry, await desk.origin(blob))
    assert not desk.stub.count("DELETE")
    assert await go_on(desk, registry) > 0
    assert uploads.blobs


async def test_source_whose_bytes_are_wrong_leaves_nothing(desk: Desk, uploads: Uploads) -> None:
    registry = await desk.client()
    with pytest.raises(InvalidAnswer):
        await haul(registry, await desk.origin(Blob(DATA[:-1] + b"!")))
    assert not uploads.sessions
    assert await registry.kept_of(API, BLOB) == 0


async def test_wrong_bytes_kept_are_found_at_the_commit_and_begun_anew(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)
    next(iter(uploads.sessions.values()))[0] ^= 1
    registry = await desk.client()
    with pytest.raises(Unreachable, match="DIGEST_INVALID"):
        await go_on(desk, registry)
    assert not uploads.blobs
    assert await go_on(desk, registry) == 0
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_session_that_the_registry_forgot_is_begun_anew(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)
    uploads.sessions.clear()
    assert await go_on(desk, await desk.client()) == 0
    assert uploads.blobs == {str(BLOB.digest): DATA}


async def test_session_that_holds_too_much_is_given_up(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)
    next(iter(uploads.sessions.values()))[:] = DATA + b"more"
    assert await (await desk.client()).kept_of(API, BLOB) == 0
    assert not uploads.sessions


async def test_session_of_an_upload_under_way_is_not_touched(desk: Desk, uploads: Uploads) -> None:
    registry = await desk.client()
    task = asyncio.create_task(haul(registry, await desk.origin(Blob(halt=CHUNK + 1000))))
    while not any(len(held) == CHUNK for held in uploads.sessions.values()):
        await until_next_look(task)
    assert await registry.kept_of(API, BLOB) == 0
    task.cancel()
    await asyncio.wait([task])


async def test_what_was_asked_for_and_not_used_is_not_lost(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)
    registry = await desk.client()
    assert await registry.kept_of(API, BLOB) == 2 * CHUNK
    assert await go_on(desk, registry) == 2 * CHUNK


async def test_committed_upload_is_forgotten(desk: Desk, uploads: Uploads) -> None:
    registry = await desk.client()
    await registry.push_blob(API, BLOB, DATA)
    assert await registry.kept_of(API, BLOB) == 0
    assert not desk.stub.count("GET")


async def test_small_blob_is_not_remembered(desk: Desk, uploads: Uploads) -> None:
    registry = await desk.client(Limits(bookmarked=len(DATA), hauled=0))
    with pytest.raises(Unauthorised):
        await haul(registry, await desk.origin(Blob(cut=1000, cuts=1, ends=1)))
    assert not uploads.sessions
    assert await registry.kept_of(API, BLOB) == 0


async def test_unusable_bookmarks_stop_no_upload(desk: Desk, uploads: Uploads, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 100)
    assert await go_on(desk, await desk.client(file=tmp_path / "broken.db")) == 0
    assert uploads.blobs


async def test_unusable_bookmarks_are_not_tried_with_each_chunk(desk: Desk, tmp_path: Path) -> None:
    tried: list[str] = []

    async def keep(place: str, digest: Digest, location: str) -> None:
        tried.append(location)
        raise JournalError("another program keeps it")

    bookmarks = SqliteBookmarks(tmp_path / "content.db")
    bookmarks.keep = keep  # type: ignore[method-assign]
    async with client(desk.stub.host, limits=LIMITS, bookmarks=bookmarks) as registry:
        await registry.push_blob(API, BLOB, DATA)
    await bookmarks.close()
    assert len(tried) == 1
    assert len(desk.stub.requests) > 3


async def test_bookmark_never_leads_to_another_host(desk: Desk, uploads: Uploads, tmp_path: Path) -> None:
    async with serve(Uploads(sessions={"s": bytearray(DATA[:1000])})) as other:
        bookmarks = SqliteBookmarks(tmp_path / "content.db")
        await bookmarks.keep(f"{desk.stub.host}/{API}", BLOB.digest, f"{other.url}{START}s?_state=a%2Bb%2F%3D")
        await bookmarks.release(f"{desk.stub.host}/{API}", BLOB.digest)
        await bookmarks.close()
        assert await (await desk.client()).kept_of(API, BLOB) == 0
        assert not other.requests


async def test_upload_to_storage_elsewhere_is_not_remembered(desk: Desk, uploads: Uploads) -> None:
    async with serve(Uploads(sessions={"s": bytearray()})) as storage:
        uploads.location = storage.url
        registry = await desk.client()
        with pytest.raises(RegistryError):
            await haul(registry, await desk.origin(Blob(cut=2 * CHUNK, cuts=1, ends=1)))
        assert await (await desk.client()).kept_of(API, BLOB) == 0


async def test_registry_that_demands_endless_chunks_is_not_given_memory(desk: Desk, uploads: Uploads) -> None:
    uploads.smallest = 10**11
    registry = await desk.client()
    await registry.push_blob(API, BLOB, DATA)
    assert desk.stub.count("PATCH") == 1
    assert uploads.blobs


STREAM = Limits(whole=0, bookmarked=1000, hauled=0)


async def test_cancelled_stream_ends_well_and_is_gone_on_with(desk: Desk, uploads: Uploads) -> None:
    registry, blob = await desk.client(STREAM), Blob(LARGE_DATA, halt=3 * len(DATA) + 1000)
    task = asyncio.create_task(haul(registry, await desk.origin(blob), LARGE))
    await blob.is_halted.wait()
    while not uploads.streamed:
        await until_next_look(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not desk.stub.count("DELETE")
    await go_on_with_stream(desk, await desk.client(STREAM), uploads)


async def test_stream_of_a_slow_line_is_gone_on_with_from_its_last_stretch(desk: Desk, uploads: Uploads) -> None:
    limits = replace(STREAM, stretch=0)
    blob = Blob(LARGE_DATA, halt=3 * len(DATA) + 1000)
    task = asyncio.create_task(haul(await desk.client(limits), await desk.origin(blob), LARGE))
    await blob.is_halted.wait()
    while uploads.ended < 3:  # whatever breaks now, these are answered
        await until_next_look(task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await (await desk.client(limits)).kept_of(API, LARGE) == 3 * len(DATA)


async def test_stream_whose_source_fails_ends_well_and_is_gone_on_with(desk: Desk, uploads: Uploads) -> None:
    registry = await desk.client(STREAM)
    with pytest.raises(Unauthorised):
        await haul(registry, await desk.origin(Blob(LARGE_DATA, cut=3 * len(DATA) + 9, cuts=1, ends=1)), LARGE)
    assert not desk.stub.count("DELETE")
    await go_on_with_stream(desk, registry, uploads)


async def go_on_with_stream(desk: Desk, registry: RegistryClient, uploads: Uploads) -> None:
    """Brings what is not there yet of a stream that ended well: the registry answered, and nothing was asked again."""
    assert uploads.ended == 1
    assert await registry.kept_of(API, LARGE) > 0
    await haul(registry, await desk.origin(Blob(LARGE_DATA)), LARGE)
    assert uploads.blobs == {str(LARGE.digest): LARGE_DATA}
    assert desk.stub.count("POST") == 1


async def test_registry_without_answers_to_get_is_begun_anew(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)
    uploads.forgets = True
    assert await go_on(desk, await desk.client()) == 0


async def test_refused_look_at_a_session_is_no_reason_to_fail(desk: Desk, uploads: Uploads) -> None:
    await interrupt(desk, uploads)

    async def refuse(_request: web.Request, _session: str) -> web.Response:
        return problem(403, "DENIED")

    uploads.asked = refuse
    assert await go_on(desk, await desk.client()) == 0
