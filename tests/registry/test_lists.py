"""The catalog and the tags, page by page, against stub registries."""

import asyncio

import pytest
from aiohttp import web

from tests.registry.stub import Ears, Stub, client, json_answer, problem, serve
from tui.domain.content import digest_of
from tui.domain.notices import WarningReceived
from tui.domain.reference import parse_repository
from tui.domain.snapshot import FailureKind, TagEntry
from tui.ports.errors import InvalidAnswer, NotFound, RegistryError, Unauthorised, Unreachable
from tui.registry.client import Limits, RegistryClient

API = parse_repository("shop/api")


async def catalog(registry: RegistryClient) -> list[str]:
    return [name async for page in registry.repositories() for name in page]


async def tags(registry: RegistryClient) -> dict[str, TagEntry]:
    return {entry.tag: entry async for batch in registry.tags(API) for entry in batch}


def listed(*answers: web.Response) -> "Pages":
    return Pages(list(answers))


class Pages:
    """Gives one answer after the other."""

    def __init__(self, answers: list[web.Response]) -> None:
        self.answers = answers

    async def __call__(self, request: web.Request) -> web.Response:
        return self.answers.pop(0)


async def refused(*answers: web.Response) -> tuple[RegistryError, Stub]:
    async with serve(listed(*answers)) as stub, client(stub.host) as registry:
        with pytest.raises(RegistryError) as caught:
            await catalog(registry)
        return caught.value, stub


async def test_short_pages_are_followed_to_the_end() -> None:
    link = '</v2/_catalog?n=1000&last={}>; rel="next"'
    answers = [
        json_answer({"repositories": ["a", "b"]}, Link=link.format("b")),
        json_answer({"repositories": []}, Link=link.format("c")),
        json_answer({"repositories": ["d"]}),
    ]
    async with serve(listed(*answers)) as stub, client(stub.host) as registry:
        assert await catalog(registry) == ["a", "b", "d"]
        assert stub.requests[0] == "GET /v2/_catalog?n=1000"


async def test_next_page_on_another_origin_is_not_asked() -> None:
    async with serve(listed()) as thief:
        error, _ = await refused(json_answer({"repositories": ["a"]}, Link=f'<{thief.url}/v2/_catalog>; rel="next"'))
        assert isinstance(error, InvalidAnswer)
        assert "another host" in str(error)
        assert not thief.requests


async def test_repeated_link_is_refused() -> None:
    page = {"repositories": ["a"]}
    answers = [json_answer(page, Link=f'</v2/_catalog?last={last}>; rel="next"') for last in "aba"]
    error, stub = await refused(*answers)
    assert "does not end" in str(error)
    assert len(stub.requests) == 3


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "<html>Sign in</html>", "content_type": "text/html"},
        {"text": "[]"},
        {"text": '{"repositories": {}}'},
        {"text": '{"repositories": [1]}'},
        {"text": "[" * 100_000},
        {"text": "[" + " " * (8 * 1024 * 1024) + "]"},
    ],
)
async def test_what_is_no_list_is_refused(answer: dict[str, str]) -> None:
    error, _ = await refused(web.Response(**answer))  # type: ignore[arg-type]
    assert type(error) is InvalidAnswer


async def test_page_size_that_is_refused_is_left_out() -> None:
    answers = [problem(400, "PAGINATION_NUMBER_INVALID"), json_answer({"repositories": ["a"]})]
    async with serve(listed(*answers)) as stub, client(stub.host) as registry:
        assert await catalog(registry) == ["a"]
        assert stub.requests[1] == "GET /v2/_catalog"


async def test_names_against_the_grammar_are_dropped_and_told() -> None:
    ears = Ears()
    names = ["good", "../../etc", "Bad", "x\x1b[31m"]
    async with serve(listed(json_answer({"repositories": names}))) as stub, client(stub.host, ears=ears) as registry:
        assert await catalog(registry) == ["good"]
    told = [notice.text for notice in ears.of(WarningReceived) if isinstance(notice, WarningReceived)]
    assert len(told) == 3
    assert "\x1b" not in "".join(told)


class Tagged:
    """A repository with tags; what a HEAD of each is answered can be set."""

    def __init__(self, names: list[str] | None, **heads: web.Response) -> None:
        self.names = names
        self.heads = heads

    async def __call__(self, request: web.Request) -> web.Response:
        tag = request.path.rpartition("/")[2]
        if tag == "list":
            return json_answer({"name": API, "tags": self.names})
        if tag in self.heads:
            return self.heads[tag]
        return web.Response(headers={"Docker-Content-Digest": str(digest_of(tag.encode())), "Content-Length": "9"})


async def test_every_tag_is_resolved() -> None:
    names = [f"1.{number}" for number in range(250)]
    async with serve(Tagged(names)) as stub, client(stub.host) as registry:
        entries = [entry async for page in registry.tags(API) for entry in page]
        assert [entry.tag for entry in entries] == names[::-1]
        assert entries[-8].digest == digest_of(b"1.7")
        assert stub.count("HEAD") == 250


async def test_tags_come_ever_more_at_a_time_with_those_first_that_a_board_begins_with() -> None:
    names = [f"1.{number}.0" for number in range(1000)]
    async with serve(Tagged(names)) as stub, client(stub.host) as registry:
        pages = [[entry.tag for entry in page] async for page in registry.tags(API)]
    assert [tag for page in pages for tag in page] == names[::-1]
    assert len(pages) == 5
    assert len(pages[0]) <= 100


async def test_null_is_an_empty_list() -> None:
    async with serve(Tagged(None)) as stub, client(stub.host) as registry:
        assert await tags(registry) == {}


async def test_tags_against_the_grammar_are_dropped_and_told() -> None:
    ears = Ears()
    async with serve(Tagged(["fine", "../../x", "-x"])) as stub, client(stub.host, ears=ears) as registry:
        assert set(await tags(registry)) == {"fine"}
    assert len(ears.of(WarningReceived)) == 2


async def test_vanished_tag_is_dropped_and_a_failing_one_says_why() -> None:
    heads = {"gone": problem(404, "MANIFEST_UNKNOWN"), "denied": problem(403, "DENIED")}
    async with serve(Tagged(["gone", "denied", "fine"], **heads)) as stub, client(stub.host) as registry:
        found = await tags(registry)
    assert set(found) == {"denied", "fine"}
    assert found["denied"].digest is None
    failure = found["denied"].failure
    assert failure is not None
    assert (failure.kind, failure.mark) == (FailureKind.FORBIDDEN, "403")


async def test_registry_that_fails_for_all_tags_fails_the_list() -> None:
    heads = {name: problem(503, "") for name in ("a", "b")}
    async with serve(Tagged(["a", "b"], **heads)) as stub, client(stub.host, limits=Limits(attempts=1)) as registry:
        with pytest.raises(Unreachable):
            await tags(registry)


async def test_no_such_repository() -> None:
    async with serve(listed(problem(404, "NAME_UNKNOWN"))) as stub, client(stub.host) as registry:
        with pytest.raises(NotFound):
            await tags(registry)


async def test_unauthorised_list() -> None:
    async with serve(listed(problem(401, "UNAUTHORIZED"))) as stub, client(stub.host) as registry:
        with pytest.raises(Unauthorised):
            await tags(registry)


async def test_leaving_early_stops_the_requests() -> None:
    async with serve(Tagged([f"t{number}" for number in range(1000)])) as stub, client(stub.host) as registry:
        reading = asyncio.create_task(tags(registry))
        while stub.count("HEAD") < 10:
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
        asked = len(stub.requests)
        assert asked < 400
        await registry.resolve(API, parse_repository("x"))  # type: ignore[arg-type]
        assert len(stub.requests) == asked + 1


async def test_a_proxys_404_does_not_say_that_a_repository_is_not_there() -> None:
    lost = web.Response(status=404, text="default backend - 404")
    async with serve(listed(lost)) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="404"):
            await tags(registry)


async def test_a_list_that_breaks_off_is_not_taken_for_the_whole() -> None:
    first = json_answer({"name": API, "tags": []}, Link='</v2/shop/api/tags/list?last=x>; rel="next"')
    async with serve(listed(first, problem(404, "NAME_UNKNOWN"))) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="breaks off"):
            await tags(registry)
