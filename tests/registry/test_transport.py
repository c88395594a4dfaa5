"""Repetition, time-outs, notices and the sentences of errors, against stub registries."""

import asyncio
import socket

import pytest
from aiohttp import web

from tests.registry.stub import Ears, client, json_answer, problem, serve
from tui.domain.notices import RequestAnswered, RetryScheduled, WarningReceived
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import (
    Forbidden,
    InvalidAnswer,
    NotFound,
    RegistryError,
    Throttled,
    Unauthorised,
    Unreachable,
    Unsupported,
)
from tui.registry.client import Limits

API, TAG = parse_repository("shop/api"), parse_tag("1.0")


async def fetch(answer: web.Response, ears: Ears | None = None) -> RegistryError:
    """The error that `answer` to a manifest request becomes."""

    async def handle(request: web.Request) -> web.Response:
        return answer

    async with serve(handle) as stub, client(stub.host, ears=ears) as registry:
        with pytest.raises(RegistryError) as caught:
            await registry.fetch_manifest(API, TAG)
        return caught.value


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "MANIFEST_INVALID", InvalidAnswer),
        (401, "UNAUTHORIZED", Unauthorised),
        (401, "DENIED", Unauthorised),
        (403, "DENIED", Forbidden),
        (404, "MANIFEST_UNKNOWN", NotFound),
        (400, "NAME_UNKNOWN", NotFound),
        (405, "UNSUPPORTED", Unsupported),
        (405, "REGISTRY_DISALLOWED_OPERATION", Forbidden),
        (418, "", InvalidAnswer),
        (429, "TOOMANYREQUESTS", Throttled),
        (501, "", Unsupported),
        (503, "DENIED", Unreachable),
    ],
)
async def test_status_and_code_become_an_error(status: int, code: str, kind: type[RegistryError]) -> None:
    error = await fetch(problem(status, code, "because"))
    assert type(error) is kind
    assert f"it answers {status}: because" in str(error)
    assert str(error).startswith("127.0.0.1")
    assert "cannot fetch shop/api:1.0" in str(error)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", "it answers 404"),
        (b"404 page not found\n", "it answers 404: 404 page not found"),
        (b"<html><script>x</script></html>", "it answers 404: a web page"),
        (b'{"errors": "x"}', "it answers 404"),
        (b'{"errors": [1, {"code": 5, "message": null}]}', "it answers 404"),
        (b"[" * 100_000, "it answers 404: ["),
        (b"\xff\xfe\x00", "it answers 404: \ufffd\ufffd\ufffd"),
        (b"x" * 1_000_000, "it answers 404: xxx"),
    ],
)
async def test_error_bodies_of_any_kind(body: bytes, shown: str) -> None:
    error = await fetch(web.Response(status=404, body=body))
    assert type(error) is NotFound
    assert shown in error.detail
    assert len(error.detail) <= 500


async def test_error_text_is_cleaned_and_carries_no_url_secret() -> None:
    hostile = "\x1b]0;x\x07 \u202e [@click=app.quit]x[/] see https://u:p4ssw0rd@h/x?sig=s1gn4ture"
    error = await fetch(problem(404, "MANIFEST_UNKNOWN", hostile))
    assert not set("\x1b\x07\u202e") & set(str(error))
    assert "[@click=app.quit]x[/]" in str(error)  # as text; who shows it never parses it as markup
    assert "p4ssw0rd" not in str(error)
    assert "s1gn4ture" not in str(error)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_passing_failures_are_retried(status: int) -> None:
    ears, answers = Ears(), [problem(status, ""), problem(status, "", Retry_After="3")]

    async def handle(request: web.Request) -> web.Response:
        return answers.pop(0) if answers else json_answer({"repositories": ["a"]})

    async with serve(handle) as stub, client(stub.host, ears=ears) as registry:
        assert [page async for page in registry.repositories()] == [("a",)]
    assert ears.delays == [0.25, 3.25]
    assert [type(notice) for notice in ears.notices] == [
        *(RequestAnswered, RetryScheduled) * 2,
        RequestAnswered,
    ]


async def test_long_wait_is_reported_with_its_seconds() -> None:
    error = await fetch(problem(429, "TOOMANYREQUESTS", "slow down", Retry_After="86400"))
    assert type(error) is Throttled
    assert "wait 86400 s" in str(error)


async def test_broken_connection_is_retried() -> None:
    breaks = [1, 1]

    async def handle(request: web.Request) -> web.Response:
        if breaks:
            breaks.pop()
            assert request.transport is not None
            request.transport.close()
        return json_answer({"repositories": []})

    async with serve(handle) as stub, client(stub.host) as registry:
        assert [page async for page in registry.repositories()] == [()]


async def test_what_a_closed_client_was_asking_fails_and_is_told_to_nobody() -> None:
    asked, ears = asyncio.Event(), Ears()

    async def handle(request: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        return web.Response()

    async with serve(handle) as stub:
        async with client(stub.host, ears=ears) as registry:
            asking = asyncio.create_task(registry.resolve(API, TAG))
            await asked.wait()
        with pytest.raises(Unreachable):
            await asking
    assert not ears.notices
    assert len(stub.requests) == 1


async def test_a_closed_client_opens_no_connection() -> None:
    async def handle(request: web.Request) -> web.Response:
        return json_answer({"repositories": []})

    async with serve(handle) as stub:
        async with client(stub.host) as registry:
            assert [page async for page in registry.repositories()] == [()]
        with pytest.raises(Unreachable, match="closed"):
            await registry.resolve(API, TAG)
    assert len(stub.requests) == 1


async def test_a_kept_connection_that_the_registry_gave_up_is_replaced_in_silence() -> None:
    """The request crosses with the end of the connection, which was idle for too long: that is no failure."""
    ears, used = Ears(), set[object]()

    async def handle(request: web.Request) -> web.Response:
        assert request.transport is not None
        connection = request.transport.get_extra_info("peername")
        if connection in used:
            request.transport.abort()
        used.add(connection)
        return problem(404, "MANIFEST_UNKNOWN")

    async with serve(handle) as stub, client(stub.host, ears=ears) as registry:
        for _ in range(3):
            with pytest.raises(NotFound):
                await registry.resolve(API, TAG)
    assert (len(used), len(stub.requests)) == (3, 5)
    assert not ears.of(RetryScheduled)


async def test_silence_ends_in_time() -> None:
    async def handle(request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    limits = Limits(total=0.05, connect_attempts=2)
    async with serve(handle) as stub, client(stub.host, limits=limits) as registry:
        with pytest.raises(Unreachable, match="in time"):
            await registry.fetch_manifest(API, TAG)
        assert len(stub.requests) == 2


async def test_refused_connection() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{closed.getsockname()[1]}"
        async with client(host) as registry:
            with pytest.raises(Unreachable, match="refused"):
                await registry.resolve(API, TAG)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b"])
async def test_unknown_host(host: str) -> None:
    async with client(host) as registry:
        with pytest.raises(Unreachable):
            await registry.resolve(API, TAG)


async def test_what_is_not_http_is_said_to_be_so() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    host = "{}:{}".format(*server.sockets[0].getsockname())
    async with server, client(host) as registry:
        with pytest.raises(Unreachable, match="does not speak HTTP"):
            await registry.resolve(API, TAG)


async def test_warnings_are_told_once_each_and_cleaned() -> None:
    ears = Ears()

    async def handle(request: web.Request) -> web.Response:
        return json_answer({"repositories": []}, Warning='299 - "old \\"and\\" \u202etired", 199 - "other"')

    async with serve(handle) as stub, client(stub.host, ears=ears) as registry:
        for _ in range(2):
            _ = [page async for page in registry.repositories()]
        assert ears.of(WarningReceived) == [WarningReceived(stub.host, 'old "and" \ufffdtired')]


async def test_ever_new_warnings_are_not_told_for_ever() -> None:
    ears = Ears()

    async def handle(request: web.Request) -> web.Response:
        numbers = range(int(request.query["n"]) * 40, int(request.query["n"]) * 40 + 40)
        return json_answer({"repositories": []}, Warning=", ".join(f'299 - "w{number}"' for number in numbers))

    async with serve(handle) as stub:
        limits = Limits(page_size=0)
        async with client(stub.host, ears=ears, limits=limits) as registry:
            for number in range(5):
                object.__setattr__(limits, "page_size", number)
                _ = [page async for page in registry.repositories()]
    assert len(ears.of(WarningReceived)) == 100


async def test_requests_at_one_time_are_limited() -> None:
    running = [0, 0]

    async def handle(request: web.Request) -> web.Response:
        running[0] += 1
        running[1] = max(running)
        await asyncio.sleep(0.01)
        running[0] -= 1
        return problem(404, "MANIFEST_UNKNOWN")

    async with serve(handle) as stub, client(stub.host, limits=Limits(concurrency=3)) as registry:
        await asyncio.gather(*(registry.resolve(API, TAG) for _ in range(12)), return_exceptions=True)
    assert running[1] == 3


async def test_redirects_are_followed_for_reads_and_not_in_circles() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"{request.path}x"})

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="circles"):
            await registry.resolve(API, TAG)
        assert len(stub.requests) == 5


@pytest.mark.parametrize("location", ["ftp://h/x", "http://u:s3cret@h/x", "http://h/\ufffd", "http://[:::]:1/x"])
async def test_odd_redirects_are_refused(location: str) -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location})

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises((InvalidAnswer, Unreachable)) as caught:
            await registry.resolve(API, TAG)
        assert "s3cret" not in str(caught.value)


async def test_proxy_of_the_environment_is_not_used_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    async def handle(request: web.Request) -> web.Response:
        return json_answer({"repositories": []})

    async with serve(handle) as stub, client(stub.host) as registry:
        assert [page async for page in registry.repositories()] == [()]


async def test_proxy_of_the_environment_is_used_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    async def handle(request: web.Request) -> web.Response:
        return json_answer({"repositories": ["through/proxy"]})

    async with serve(handle) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        async with client("registry.invalid") as registry:
            assert [page async for page in registry.repositories()] == [("through/proxy",)]
