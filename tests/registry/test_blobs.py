"""Blobs on their way down, against stub registries that cut, lie and redirect."""

import pytest
from aiohttp import web

from tests.registry.sources import Blob
from tests.registry.stub import Ears, client, problem, serve
from tests.registry.uploading import API, BLOB, DATA
from tui.domain.content import Descriptor, digest_of
from tui.domain.notices import RetryScheduled
from tui.domain.reference import parse_repository
from tui.ports.errors import Forbidden, InvalidAnswer, NotFound, RegistryError, Unreachable
from tui.registry.client import Limits, RegistryClient
from tui.registry.credentials import Static

SMALL = Descriptor("x", digest_of(DATA[:1000]), 1000)


async def pull(registry: RegistryClient, blob: Descriptor = BLOB, got: bytearray | None = None) -> bytes:
    got = bytearray() if got is None else got
    async with registry.open_blob(API, blob) as chunks:
        async for chunk in chunks:
            got += chunk
    return bytes(got)


async def test_bytes_come_through() -> None:
    async with serve(Blob()) as stub, client(stub.host) as registry:
        assert await pull(registry) == DATA
        assert stub.headers[0]["Accept-Encoding"] == "identity"


async def test_empty_blob() -> None:
    async with serve(Blob(b"")) as stub, client(stub.host) as registry:
        assert await pull(registry, Descriptor("x", digest_of(b""), 0)) == b""


async def test_sha512() -> None:
    async with serve(Blob()) as stub, client(stub.host) as registry:
        assert await pull(registry, Descriptor("x", digest_of(DATA, "sha512"), len(DATA))) == DATA


async def test_wrong_bytes_never_come_through_whole() -> None:
    got = bytearray()
    async with serve(Blob(DATA[:-1] + b"!")) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="digest"):
            await pull(registry, got=got)
    assert len(got) < len(DATA)


@pytest.mark.parametrize("data", [DATA[:-1], DATA + b"x", b""])
async def test_other_size_is_refused_before_any_byte(data: bytes) -> None:
    async with serve(Blob(data)) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="bytes"):
            await pull(registry)


async def test_endless_answer_is_cut_at_the_size() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(DATA)

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="larger"):
            await pull(registry)


@pytest.mark.parametrize("ranges", [True, False])
async def test_broken_download_goes_on_and_says_so(ranges: bool) -> None:
    ears, blob = Ears(), Blob(cut=400_000, cuts=2, ranges=ranges)
    async with serve(blob) as stub, client(stub.host, ears=ears) as registry:
        assert await pull(registry) == DATA
        assert [item.get("Range") for item in stub.headers][:1] == [None]
        assert stub.headers[1]["Range"].startswith("bytes=")
    assert len(ears.of(RetryScheduled)) == 2


async def test_small_blob_that_breaks_off_is_read_anew() -> None:
    ears, blob = Ears(), Blob(DATA[:1000], cut=400, cuts=1)
    async with serve(blob) as stub, client(stub.host, ears=ears) as registry:
        assert await pull(registry, SMALL) == DATA[:1000]
        assert ["Range" in item for item in stub.headers] == [False, False]
    assert len(ears.of(RetryScheduled)) == 1


@pytest.mark.parametrize("data", [DATA[1:1001], DATA[:999], DATA[:1001], DATA[:2000], b""])
async def test_small_blob_of_other_bytes_is_refused(data: bytes) -> None:
    got = bytearray()
    async with serve(Blob(data)) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer):
            await pull(registry, SMALL, got)
    assert not got


async def test_resumed_bytes_are_verified_as_a_whole() -> None:
    blob = Blob(cut=900_000, cuts=1)

    async def handle(request: web.Request) -> web.StreamResponse:
        if "Range" in request.headers:
            blob.data = b"!" * len(DATA)
        return await blob(request)

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="digest"):
            await pull(registry)


async def test_answer_from_another_byte_is_refused() -> None:
    async with serve(Blob(cut=900_000, cuts=1, shift=1)) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="another byte"):
            await pull(registry)


async def test_download_that_breaks_for_ever_ends() -> None:
    blob = Blob(cut=1000, cuts=1000)
    async with serve(blob) as stub, client(stub.host, limits=Limits(resumes=3)) as registry:
        with pytest.raises(Unreachable):
            await pull(registry)
        assert len(stub.requests) == 4


async def pull_from(registry: RegistryClient, start: int) -> bytes:
    async with registry.open_blob(API, BLOB, start) as chunks:
        return b"".join([chunk async for chunk in chunks])


@pytest.mark.parametrize("ranges", [True, False])
async def test_download_from_a_later_byte(ranges: bool) -> None:
    async with serve(Blob(ranges=ranges)) as stub, client(stub.host) as registry:
        assert await pull_from(registry, 900_000) == DATA[900_000:]
        assert stub.headers[0]["Range"] == "bytes=900000-"


async def test_broken_download_from_a_later_byte_goes_on() -> None:
    async with serve(Blob(cut=300_000, cuts=2)) as stub, client(stub.host) as registry:
        assert await pull_from(registry, 300_000) == DATA[300_000:]


async def test_download_from_the_end_asks_for_nothing() -> None:
    async with serve(Blob()) as stub, client(stub.host) as registry:
        assert await pull_from(registry, len(DATA)) == b""
        assert not stub.requests


@pytest.mark.parametrize("blob", [Blob(shift=1), Blob(DATA + b"?"), Blob(DATA[:-1], ranges=False)])
async def test_download_from_a_later_byte_that_is_not_what_was_asked_for(blob: Blob) -> None:
    async with serve(blob) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer):
            await pull_from(registry, 900_000)


async def test_redirect_to_storage_carries_no_credentials() -> None:
    async with serve(Blob(cut=900_000, cuts=1)) as storage:

        async def handle(request: web.Request) -> web.Response:
            if "Authorization" not in request.headers:
                return problem(401, "UNAUTHORIZED", WWW_Authenticate='Basic realm="x"')
            return web.Response(status=307, headers={"Location": f"{storage.url}/data?sig=a%2Bb"})

        async with serve(handle) as stub, client(stub.host, Static("user", "hunter2-hunter2")) as registry:
            assert await pull(registry) == DATA
            assert stub.authorizations
        assert not storage.authorizations
        assert storage.headers[1]["Range"].startswith("bytes=")


async def test_storage_that_refuses_is_named_without_its_query() -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=403, text=f"<Error>{request.url}</Error>")

    async with serve(refuse) as storage:

        async def handle(request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": f"{storage.url}/data?sig=s1gn4ture"})

        async with serve(handle) as stub, client(stub.host) as registry:
            with pytest.raises(Forbidden, match=storage.host) as caught:
                await pull(registry)
            assert "s1gn4ture" not in str(caught.value)


@pytest.mark.parametrize(("status", "there"), [(200, True), (404, False)])
async def test_has_blob(status: int, there: bool) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with serve(handle) as stub, client(stub.host) as registry:
        assert await registry.has_blob(API, BLOB) is there


async def test_missing_blob() -> None:
    async def handle(request: web.Request) -> web.Response:
        return problem(404, "BLOB_UNKNOWN")

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(NotFound):
            await pull(registry)


@pytest.mark.parametrize(
    ("answer", "mounted"),
    [
        (web.Response(status=201, headers={"Location": "/x"}), True),
        (web.Response(status=202, headers={"Location": "/x"}), False),
        (problem(401, "UNAUTHORIZED"), False),
        (problem(403, "DENIED"), False),
    ],
)
async def test_mount(answer: web.Response, mounted: bool) -> None:
    async def handle(request: web.Request) -> web.Response:
        return answer

    async with serve(handle) as stub, client(stub.host) as registry:
        assert await registry.mount_blob(API, BLOB, parse_repository("base/api")) is mounted
        assert stub.requests == [f"POST /v2/shop/api/blobs/uploads/?mount={BLOB.digest}&from=base%2Fapi"]


async def test_failing_mount_is_an_error() -> None:
    async def handle(request: web.Request) -> web.Response:
        return problem(400, "DIGEST_INVALID")

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(RegistryError):
            await registry.mount_blob(API, BLOB, parse_repository("base/api"))
