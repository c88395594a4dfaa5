"""ACR's lists, and what is no list of ACR's, against stub registries."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from aiohttp import web

from tests.registry.acr.rig import API, acr_client, catalog, listed, tag_page, tag_row
from tests.registry.stub import Ears, Stub, json_answer, problem, serve
from tests.registry.test_lists import Pages
from tui.domain.notices import RetryScheduled, WarningReceived
from tui.domain.reference import Digest, parse_repository, parse_tag
from tui.domain.snapshot import FailureKind, TagEntry
from tui.ports.errors import (
    Forbidden,
    InvalidAnswer,
    NotFound,
    RegistryError,
    Throttled,
    Unauthorised,
    Unreachable,
)
from tui.registry.client import Limits

NEXT = '</acr/v1/shop%2Fapi/_tags?last={}&n=1000>; rel="next"'
ONCE = Limits(attempts=1)


async def read(*answers: web.Response, limits: Limits | None = None) -> tuple[dict[str, TagEntry], Stub, Ears]:
    ears = Ears()
    async with serve(Pages(list(answers))) as stub, acr_client(stub.host, ears=ears, limits=limits) as registry:
        return await listed(registry), stub, ears


async def refused(*answers: web.Response, limits: Limits | None = None) -> tuple[RegistryError, Stub]:
    async with serve(Pages(list(answers))) as stub, acr_client(stub.host, limits=limits) as registry:
        with pytest.raises(RegistryError) as caught:
            await listed(registry)
        return caught.value, stub


async def test_a_row_says_all_there_is_to_a_tag() -> None:
    found, stub, _ = await read(json_answer(tag_page(tag_row("1.0"))))
    created, pushed = datetime(2026, 11, 2, 8, 0, 0, 123456, UTC), datetime(2026, 11, 3, 8, 0, 0, 123456, UTC)
    assert found == {"1.0": TagEntry(parse_tag("1.0"), Digest("sha256", "a" * 64), created, pushed)}
    assert stub.requests == ["GET /acr/v1/shop%2Fapi/_tags?n=1000"]


async def test_a_write_lock_is_shown_and_what_is_left_out_is_no_lock() -> None:
    locked = tag_row("locked", changeableAttributes={"writeEnabled": False})
    found, _, _ = await read(json_answer(tag_page(locked, tag_row("free", changeableAttributes={}))))
    assert {name: entry.locked for name, entry in found.items()} == {"locked": True, "free": False}


async def test_pages_are_followed_to_the_end() -> None:
    pages = [json_answer(tag_page(tag_row(name)), Link=NEXT.format(name)) for name in ("a", "b")]
    found, stub, _ = await read(*pages, json_answer(tag_page(tag_row("c"))))
    assert set(found) == {"a", "b", "c"}
    assert stub.requests[1:] == [f"GET /acr/v1/shop%2Fapi/_tags?last={last}&n=1000" for last in "ab"]


async def test_a_tag_named_like_a_template_is_only_a_name() -> None:
    pages = json_answer(tag_page(tag_row("a")), Link=NEXT.format("{url}{0}")), json_answer(tag_page(tag_row("b")))
    found, stub, _ = await read(*pages)
    assert set(found) == {"a", "b"}
    assert "{url}{0}" in stub.requests[1]


async def test_next_page_on_another_origin_is_not_asked() -> None:
    async with serve(Pages([])) as thief:
        page = json_answer(tag_page(tag_row("a")), Link=f'<{thief.url}/acr/v1/shop%2Fapi/_tags>; rel="next"')
        error, _ = await refused(page)
        assert isinstance(error, InvalidAnswer)
        assert "another host" in str(error)
        assert not thief.requests


async def test_repeated_link_is_refused() -> None:
    pages = [json_answer(tag_page(tag_row(last)), Link=NEXT.format(last)) for last in "aba"]
    error, stub = await refused(*pages)
    assert "does not end" in str(error)
    assert len(stub.requests) == 3


async def test_a_list_that_breaks_off_is_not_taken_for_the_whole() -> None:
    error, _ = await refused(json_answer(tag_page(), Link=NEXT.format("a")), problem(404, "NAME_UNKNOWN"))
    assert type(error) is InvalidAnswer
    assert "breaks off" in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "<html>Sign in</html>", "content_type": "text/html"},
        {"text": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "content_type": "text/xml"},
        {"text": "[]"},
        {"text": "{}"},
        {"text": '{"tags": {}}'},
        {"text": '{"tags": "a"}'},
        {"text": '{"tags": [1]}'},
        {"text": '{"tags": [null]}'},
        {"text": '{"tags": [{}]}'},
        {"text": '{"tags": [{"name": "a", "changeableAttributes": {"writeEnabled": "perhaps"}}]}'},
        {"text": '{"tags": [' + ",".join(["{}"] * 1001) + "]}"},
        {"text": '{"tags": ' + "[" * 100_000 + "]" * 100_000 + "}"},
        {"text": '{"tags": [' + " " * (2 * 1024 * 1024) + "]}"},
    ],
    ids=lambda answer: answer["text"][:40],
)
async def test_what_is_no_list_is_refused(answer: dict[str, str]) -> None:
    error, _ = await refused(web.Response(**answer))  # type: ignore[arg-type]
    assert type(error) is InvalidAnswer
    assert len(str(error)) < 300


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(401, "UNAUTHORIZED"), Unauthorised),
        (problem(403, "DENIED"), Forbidden),
        (problem(404, "NAME_UNKNOWN"), NotFound),
        (problem(405, "REGISTRY_DISALLOWED_OPERATION"), Forbidden),
        (problem(429, "TOOMANYREQUESTS", Retry_After="99999"), Throttled),
        (problem(503, ""), Unreachable),
    ],
    ids=lambda item: getattr(item, "__name__", ""),
)
async def test_a_refusal_is_an_error_of_the_ports(answer: web.Response, kind: type[RegistryError]) -> None:
    error, _ = await refused(answer, limits=ONCE)
    assert type(error) is kind
    assert error.operation == "list the tags of shop/api"


async def test_names_against_the_grammar_are_dropped_and_told() -> None:
    rows = [tag_row(name) for name in ("fine", "../../x", "x\x1b[31m", "", None, {"a": 1})]
    found, _, ears = await read(json_answer(tag_page(*rows)))
    told = [notice.text for notice in ears.of(WarningReceived) if isinstance(notice, WarningReceived)]
    assert set(found) == {"fine"}
    assert len(told) == 4  # the empty name and none at all are told as one
    assert "\x1b" not in "".join(told)


@pytest.mark.parametrize("digest", ["sha256:abc", "", None, 7, "md5:" + "a" * 32, ["sha256:" + "a" * 64]])
async def test_a_tag_whose_digest_is_none_says_why(digest: object) -> None:
    found, _, _ = await read(json_answer(tag_page(tag_row("1.0", digest), tag_row("1.1"))))
    failure = found["1.0"].failure
    assert found["1.0"].digest is None
    assert failure is not None
    assert (failure.kind, failure.operation) == (FailureKind.INVALID, "list the tags of shop/api")
    assert found["1.1"].digest is not None


@pytest.mark.parametrize("moment", ["2026-11-02T08:00:00", "2026-11-02T09:00:00+01:00", "2026-11-02T08:00:00Z"])
async def test_times_are_in_utc(moment: str) -> None:
    found, _, _ = await read(json_answer(tag_page(tag_row("1.0", createdTime=moment))))
    assert found["1.0"].created == datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("moment", [5, None, "yesterday", "", "0001-01-01T00:00:00+14:00", ["2026-11-02"]])
async def test_a_time_that_is_none_costs_only_itself(moment: object) -> None:
    found, _, _ = await read(json_answer(tag_page(tag_row("1.0", createdTime=moment))))
    assert found["1.0"].created is None
    assert found["1.0"].digest is not None


async def test_null_is_an_empty_list() -> None:
    found, stub, _ = await read(json_answer({"registry": "x", "imageName": API, "tags": None}))
    assert found == {}
    assert len(stub.requests) == 1


async def test_throttled_in_the_middle_the_list_is_whole_and_the_wait_is_told() -> None:
    wait = problem(429, "TOOMANYREQUESTS", Retry_After="8")
    first = json_answer(tag_page(tag_row("a")), Link=NEXT.format("a"))
    found, _, ears = await read(first, wait, json_answer(tag_page(tag_row("b"))))
    assert set(found) == {"a", "b"}
    assert len(ears.of(RetryScheduled)) == 1
    assert ears.delays[0] >= 8


async def test_the_catalog_is_read_with_names_against_the_grammar_dropped() -> None:
    ears = Ears()
    first = json_answer({"repositories": ["a", "Bad"]}, Link='</acr/v1/_catalog?last=Bad&n=1000>; rel="next"')
    answers = Pages([first, json_answer({"repositories": ["b"]})])
    async with serve(answers) as stub, acr_client(stub.host, ears=ears) as registry:
        assert await catalog(registry) == ["a", "b"]
        assert stub.requests == ["GET /acr/v1/_catalog?n=1000", "GET /acr/v1/_catalog?last=Bad&n=1000"]
    assert len(ears.of(WarningReceived)) == 1


async def test_pages_that_arrive_together_let_the_loop_go_on_in_between() -> None:
    rounds, seen = 0, []

    async def tick() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    gate, waiting = asyncio.Event(), asyncio.Semaphore(0)

    async def together(request: web.Request) -> web.Response:
        waiting.release()
        await gate.wait()
        return json_answer(tag_page(tag_row("a")))

    async def one(registry: object, number: int) -> None:
        async for _ in registry.tags(parse_repository(f"shop/{number}")):  # type: ignore[attr-defined]
            seen.append(rounds)

    async with serve(together) as stub, acr_client(stub.host) as registry:
        readers = [asyncio.create_task(one(registry, number)) for number in range(8)]
        await waiting.acquire()
        gate.set()
        ticker = asyncio.create_task(tick())
        await asyncio.gather(*readers)
        ticker.cancel()
    assert len(set(seen)) == len(seen) == 8


async def test_leaving_early_asks_for_no_more_pages() -> None:
    async def endless(request: web.Request) -> web.Response:
        last = int(request.query.get("last", "0")) + 1
        return json_answer(tag_page(tag_row(f"t{last}")), Link=NEXT.format(last))

    async with serve(endless) as stub, acr_client(stub.host) as registry:
        pages = registry.tags(API)
        await anext(pages)
        await pages.aclose()
        assert len(stub.requests) == 1


async def test_azures_loggers_are_silent() -> None:
    heard: list[logging.LogRecord] = []
    handler, root = logging.Handler(), logging.getLogger()
    handler.emit = heard.append  # type: ignore[method-assign]
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    try:
        await read(json_answer(tag_page(tag_row("1.0"))))
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert not [record for record in heard if record.name.startswith("azure")]
