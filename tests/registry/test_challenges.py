"""One challenge for each kind of request: learned once, foreseen for the other repositories."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from aiohttp import web

from tests.registry.stub import client, json_answer, problem, serve
from tui.domain.content import digest_of
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import Unauthorised
from tui.registry.challenge import Challenge
from tui.registry.challenges import foreseen, kind_of
from tui.registry.credentials import Static
from tui.sandbox.auth import Basic, Bearer
from tui.sandbox.images import image, push_into
from tui.sandbox.layers import random_layer
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

TAG = parse_tag("1.0")
USER = Static("operator", "hunter2-hunter2")
NAMES = [parse_repository(f"shop/part{number}") for number in range(20)]


def filled(**settings: object) -> Registry:
    registry = Registry("r", **settings)  # type: ignore[arg-type]
    picture = image([random_layer(100, random.Random(1))], created=datetime(2026, 1, 1, tzinfo=UTC))
    for name in NAMES:
        push_into(registry, name, picture, "1.0")
    return registry


@pytest.mark.parametrize(
    ("scopes", "wanted", "expected"),
    [
        (("repository:b:pull",), ("repository:a:pull",), ("repository:b:pull",)),
        (("repository:b/c:pull",), ("repository:a:metadata_read",), ("repository:b/c:metadata_read",)),
        (("repository:b:pull",), (), ()),
        (("repository:b:pull",), ("repository:other:pull",), None),
        (("repository:b:pull",), ("nonsense",), None),
    ],
)
def test_what_can_be_foreseen(
    scopes: tuple[str, ...], wanted: tuple[str, ...], expected: tuple[str, ...] | None
) -> None:
    found = foreseen(Challenge("bearer", "https://r/t", "r", wanted), ("repository:a:pull",), scopes)
    assert (found.scopes if found else None) == expected


def test_kinds_differ_by_what_is_done() -> None:
    assert kind_of(("repository:a:pull",)) == kind_of(("repository:b/c:pull",))
    assert kind_of(("repository:a:pull",)) != kind_of(("repository:a:pull,push",))
    assert kind_of(("registry:catalog:*",)) != kind_of(("repository:catalog:*",))


async def test_survey_meets_one_challenge_for_each_kind() -> None:
    embedded = filled(auth=Bearer("operator", "hunter2-hunter2"))
    async with serve_registry(embedded) as host, client(host, USER) as registry:
        assert [name async for page in registry.repositories() for name in page] == sorted(NAMES)

        async def read(name: str) -> int:
            return len([entry async for batch in registry.tags(parse_repository(name)) for entry in batch])

        assert await asyncio.gather(*map(read, NAMES)) == [1] * 20
    assert embedded.requests["GET", "catalog"] == 2
    assert embedded.requests["GET", "tags"] == 21
    assert embedded.requests["HEAD", "manifest"] == 20
    assert embedded.requests["GET", "token"] == 21


async def test_basic_is_asked_for_once_by_many_at_once() -> None:
    embedded = filled(auth=Basic("operator", "hunter2-hunter2"))
    async with serve_registry(embedded) as host, client(host, USER) as registry:
        await asyncio.gather(*(registry.resolve(name, TAG) for name in NAMES))
    assert embedded.requests["HEAD", "manifest"] == 21


class Door:
    """A registry without authorization. All but its first request are answered only when `opens_at` have come."""

    def __init__(self, opens_at: int) -> None:
        self.waiting = 0
        self._opens_at = opens_at
        self._opened = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.waiting += 1
        if self.waiting == self._opens_at:
            self._opened.set()
        if self.waiting > 1:
            await self._opened.wait()
        return web.Response(headers={"Docker-Content-Digest": str(digest_of(b"x")), "Content-Length": "1"})


async def test_registry_that_wants_nothing_is_asked_by_all_at_once() -> None:
    async with serve(Door(opens_at=4)) as stub, client(stub.host) as registry:
        await asyncio.gather(*(registry.resolve(name, TAG) for name in NAMES[:4]))  # ends only if all are under way
        assert len(stub.requests) == 4


class Guarded:
    """Bearer tokens; `breaks` first requests are cut off, those for `open` need no token, `denied` get none."""

    def __init__(self, breaks: int = 0, open_to_all: str = "", denied: str = "", hangs: int = 0) -> None:
        self.breaks = breaks
        self.open_to_all = open_to_all
        self.denied = denied
        self.hangs = hangs
        self.challenges: Counter[str] = Counter()
        self.asked = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/token":
            scope = request.query["scope"]
            return problem(403, "DENIED") if self.denied in scope.split(":") else json_answer({"token": scope})
        name = request.path.removeprefix("/v2/").partition("/manifests/")[0]
        if self.breaks:
            self.breaks -= 1
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if self.hangs:
            self.hangs -= 1
            self.asked.set()
            await asyncio.sleep(30)
        scope = f"repository:{name}:pull"
        if name != self.open_to_all and request.headers.get("Authorization") != f"Bearer {scope}":
            self.challenges[name] += 1
            challenge = f'Bearer realm="http://{request.host}/token",service="r",scope="{scope}"'
            return problem(401, "UNAUTHORIZED", WWW_Authenticate=challenge)
        return web.Response(headers={"Docker-Content-Digest": str(digest_of(b"x")), "Content-Length": "1"})


async def test_another_takes_over_where_the_first_fails() -> None:
    guarded = Guarded(breaks=1)
    async with serve(guarded) as stub, client(stub.host, USER) as registry:
        await asyncio.gather(*(registry.resolve(name, TAG) for name in NAMES))
    assert guarded.challenges.total() == 1


async def test_another_takes_over_where_the_first_is_cancelled() -> None:
    guarded = Guarded(hangs=1)
    async with serve(guarded) as stub, client(stub.host, USER) as registry:
        first = asyncio.create_task(registry.resolve(NAMES[0], TAG))
        await guarded.asked.wait()
        others = asyncio.gather(*(registry.resolve(name, TAG) for name in NAMES))
        first.cancel()
        await others
    assert guarded.challenges.total() == 1


async def test_guess_that_gets_no_token_gives_way_to_what_the_registry_says() -> None:
    guarded = Guarded(open_to_all=NAMES[1], denied=NAMES[1])
    async with serve(guarded) as stub, client(stub.host, USER) as registry:
        await registry.resolve(NAMES[0], TAG)
        await registry.resolve(NAMES[1], TAG)
    assert guarded.challenges == {NAMES[0]: 1}


async def test_repository_that_is_denied_is_told_so_and_the_others_are_read() -> None:
    guarded = Guarded(denied=NAMES[1])
    async with serve(guarded) as stub, client(stub.host, USER) as registry:
        outcomes = await asyncio.gather(*(registry.resolve(name, TAG) for name in NAMES), return_exceptions=True)
    assert [at for at, outcome in enumerate(outcomes) if isinstance(outcome, Unauthorised)] == [1]
    assert sum(isinstance(outcome, BaseException) for outcome in outcomes) == 1
