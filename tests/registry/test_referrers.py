"""Referrers, by the API and by the fallback tag, against stub registries."""

import asyncio
import json

import pytest
from aiohttp import web

from tests.registry.stub import client, json_answer, problem, serve
from tui.domain import media
from tui.domain.content import RawManifest, digest_of
from tui.domain.reference import fallback_tag, parse_repository
from tui.ports.errors import InvalidAnswer

API = parse_repository("shop/api")
SUBJECT = digest_of(b"subject")
TAG = fallback_tag(SUBJECT)


def entry(name: str) -> dict[str, object]:
    return {"mediaType": media.OCI_MANIFEST, "digest": str(digest_of(name.encode())), "size": 7, "artifactType": name}


def index(*names: str, **fields: object) -> dict[str, object]:
    listed = [entry(name) for name in names]
    return {"schemaVersion": 2, "mediaType": media.OCI_INDEX, "manifests": listed, **fields}


def signature(name: str, **fields: object) -> RawManifest:
    subject = {"mediaType": media.OCI_MANIFEST, "digest": str(SUBJECT), "size": 7}
    config = {"mediaType": media.OCI_EMPTY, "digest": str(digest_of(b"{}")), "size": 2}
    document = {"schemaVersion": 2, "config": config, "layers": [], "subject": subject, "artifactType": name, **fields}
    body = json.dumps(document).encode()
    return RawManifest(media.OCI_MANIFEST, body, digest_of(body))


class Tags:
    """A registry without the referrers API that keeps manifests by reference."""

    def __init__(self, subject_header: str = "", **manifests: bytes) -> None:
        self.subject_header = subject_header
        self.manifests: dict[str, bytes] = {TAG: manifests["tagged"]} if "tagged" in manifests else {}

    async def __call__(self, request: web.Request) -> web.Response:
        kind, _, reference = request.path.removeprefix(f"/v2/{API}/").partition("/")
        if kind != "manifests":
            return web.Response(status=404, text="404 page not found")
        if request.method == "PUT":
            self.manifests[reference] = await request.read()
            await asyncio.sleep(0.01)
            return web.Response(status=201, headers={"OCI-Subject": self.subject_header} if self.subject_header else {})
        if reference not in self.manifests:
            return problem(404, "MANIFEST_UNKNOWN")
        return web.Response(body=self.manifests[reference], headers={"Content-Type": media.OCI_INDEX})

    @property
    def listed(self) -> list[dict[str, object]]:
        """What the fallback index lists."""
        return json.loads(self.manifests[TAG])["manifests"]


async def test_api_is_read_page_by_page() -> None:
    async def handle(request: web.Request) -> web.Response:
        if request.query:
            return web.json_response(index("b"), content_type=media.OCI_INDEX)
        link = {"Link": f'<{request.path}?last=a>; rel="next"'}
        return web.json_response(index("a"), content_type=media.OCI_INDEX, headers=link)

    async with serve(handle) as stub, client(stub.host) as registry:
        found = await registry.referrers(API, SUBJECT)
    assert [item.artifact_type for item in found] == ["a", "b"]


async def test_fallback_tag_is_read_where_the_api_is_missing() -> None:
    async with serve(Tags(tagged=json.dumps(index("a")).encode())) as stub, client(stub.host) as registry:
        assert [item.artifact_type for item in await registry.referrers(API, SUBJECT)] == ["a"]


async def test_none_at_all() -> None:
    async with serve(Tags()) as stub, client(stub.host) as registry:
        assert await registry.referrers(API, SUBJECT) == ()


@pytest.mark.parametrize(
    "answer", [web.Response(text="<html>", content_type="text/html"), json_answer({"manifests": []})]
)
async def test_what_is_no_index_is_refused(answer: web.Response) -> None:
    async def handle(request: web.Request) -> web.Response:
        return answer

    async with serve(handle) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="no index"):
            await registry.referrers(API, SUBJECT)


async def test_pushed_referrer_is_recorded_where_the_registry_does_not() -> None:
    tags = Tags(tagged=json.dumps(index("a", annotations={"kept": "yes"})).encode())
    raw = signature("b", annotations={"who": "me\u202e"})
    async with serve(tags) as stub, client(stub.host) as registry:
        await registry.push_manifest(API, raw.digest, raw)
        await registry.push_manifest(API, raw.digest, raw)
    assert [item["artifactType"] for item in tags.listed] == ["a", "b"]
    assert tags.listed[1]["annotations"] == {"who": "me\u202e"}  # as it is: only what is shown is cleaned
    assert json.loads(tags.manifests[TAG])["annotations"] == {"kept": "yes"}


async def test_artifact_type_is_that_of_the_config_where_none_is_said() -> None:
    tags, raw = Tags(), signature("")
    async with serve(tags) as stub, client(stub.host) as registry:
        await registry.push_manifest(API, raw.digest, raw)
    assert tags.listed[0]["artifactType"] == media.OCI_EMPTY


async def test_referrers_pushed_at_once_are_all_recorded() -> None:
    tags = Tags()
    async with serve(tags) as stub, client(stub.host) as registry:
        pushes = [signature(f"s{number}") for number in range(5)]
        await asyncio.gather(*(registry.push_manifest(API, raw.digest, raw) for raw in pushes))
    assert len(tags.listed) == 5


async def test_nothing_is_recorded_where_the_registry_does_it() -> None:
    tags, raw = Tags(str(SUBJECT)), signature("b")
    async with serve(tags) as stub, client(stub.host) as registry:
        await registry.push_manifest(API, raw.digest, raw)
    assert TAG not in tags.manifests


async def test_tag_that_holds_something_else_is_not_overwritten() -> None:
    raw = signature("b")
    tags = Tags(tagged=b'{"schemaVersion": 2, "layers": []}')
    async with serve(tags) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer):
            await registry.push_manifest(API, raw.digest, raw)
    assert tags.manifests[TAG] == b'{"schemaVersion": 2, "layers": []}'


async def test_a_registry_without_the_api_is_not_asked_for_it_again_and_again() -> None:
    async with serve(Tags()) as server, client(server.host) as registry:
        assert [await registry.referrers(API, SUBJECT) for _ in range(3)] == [()] * 3
    assert server.count(f"GET /v2/{API}/referrers/") == 1


async def test_a_registry_that_lacks_the_repository_is_asked_again() -> None:
    async def handle(request: web.Request) -> web.Response:
        return problem(404, "NAME_UNKNOWN")

    async with serve(handle) as server, client(server.host) as registry:
        assert [await registry.referrers(API, SUBJECT) for _ in range(3)] == [()] * 3
    assert server.count(f"GET /v2/{API}/referrers/") == 3


async def test_a_registry_that_lists_what_is_pushed_is_asked_whatever_it_said_before() -> None:
    pushed = list[bytes]()

    async def handle(request: web.Request) -> web.Response:
        if request.method == "PUT":
            pushed.append(await request.read())
            return web.Response(status=201, headers={"OCI-Subject": str(SUBJECT)})
        if not pushed:  # the repository is not there yet, which a proxy in front says in its own way
            return web.Response(status=404, text="404 page not found")
        if "/referrers/" not in request.path:
            return problem(404, "MANIFEST_UNKNOWN")
        answer = json_answer(index("one"))
        answer.content_type = media.OCI_INDEX
        return answer

    async with serve(handle) as server, client(server.host) as registry:
        assert await registry.referrers(API, SUBJECT) == ()
        raw = signature("b")
        await registry.push_manifest(API, raw.digest, raw)
        assert len(await registry.referrers(API, SUBJECT)) == 1


async def test_a_list_that_breaks_off_is_no_short_list() -> None:
    async def handle(request: web.Request) -> web.Response:
        if "page" in request.query:
            return web.Response(status=404, text="404 page not found")
        link = f"<{request.path}?page=2>; rel=next"
        answer = json_answer(index("one"), Link=link)
        answer.content_type = media.OCI_INDEX
        return answer

    async with serve(handle) as server, client(server.host) as registry:
        with pytest.raises(InvalidAnswer, match="breaks off"):
            await registry.referrers(API, SUBJECT)
