"""Addresses of kind acr at which ACR's own API does not answer: the plain lists serve, and that is told."""

import pytest
from aiohttp import web

from tests.registry.acr.rig import API, acr_client, catalog, listed, tag_page, tag_row
from tests.registry.stub import Ears, json_answer, problem, serve
from tests.registry.test_lists import Pages
from tui.domain.content import digest_of
from tui.domain.notices import WarningReceived
from tui.domain.reference import parse_tag
from tui.ports.errors import InvalidAnswer, Unsupported


class Plain:
    """A registry that has only the distribution API; `missing` is what it answers to all else."""

    def __init__(self, missing: web.Response) -> None:
        self.missing = missing

    async def __call__(self, request: web.Request) -> web.Response:
        if request.path.startswith("/acr/"):
            return self.missing
        if request.path.endswith("_catalog"):
            return json_answer({"repositories": [API]})
        if request.path.endswith("/tags/list"):
            return json_answer({"name": API, "tags": ["1.0"]})
        return web.Response(headers={"Docker-Content-Digest": str(digest_of(b"x")), "Content-Length": "9"})


LACKING = [
    web.Response(status=404, text="404 page not found"),
    problem(404, "UNSUPPORTED"),
    problem(405, "UNSUPPORTED"),
    web.Response(status=405, text=""),
]


@pytest.mark.parametrize("missing", LACKING, ids=["404", "404 unsupported", "405 unsupported", "405"])
async def test_without_acrs_own_api_the_plain_list_serves_and_that_is_told_once(missing: web.Response) -> None:
    ears = Ears()
    async with serve(Plain(missing)) as stub, acr_client(stub.host, ears=ears) as registry:
        assert await catalog(registry) == [API]
        assert (await listed(registry))["1.0"].digest == digest_of(b"x")
        assert await listed(registry)
        assert stub.count("GET /acr/") == 1
    told = [notice.text for notice in ears.of(WarningReceived) if isinstance(notice, WarningReceived)]
    assert len(told) == 1
    assert "/acr/v1" in told[0]


async def test_without_acrs_own_api_no_lock_is_seen_and_none_can_be_set() -> None:
    tag = parse_tag("1.0")
    async with serve(Plain(LACKING[0])) as stub, acr_client(stub.host) as registry:
        assert await registry.write_lock(API, tag) is None
        with pytest.raises(Unsupported, match="/acr/v1"):
            await registry.lock(API, tag)


async def test_a_proxys_404_to_everything_does_not_say_that_a_repository_is_not_there() -> None:
    lost = web.Response(status=404, text="default backend - 404")
    async with serve(Pages([lost, lost])) as stub, acr_client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="404"):
            await listed(registry)


async def test_after_a_passing_404_acrs_own_list_is_asked_again() -> None:
    lost = web.Response(status=404, text="default backend - 404")
    async with (
        serve(Pages([lost, lost, json_answer(tag_page(tag_row("a")))])) as stub,
        acr_client(stub.host) as registry,
    ):
        with pytest.raises(InvalidAnswer):
            await listed(registry)
        assert set(await listed(registry)) == {"a"}
