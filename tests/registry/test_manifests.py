"""Manifests against stub registries: what is believed, and what is not."""

import json

import pytest
from aiohttp import web

from tests.registry.stub import client, problem, serve
from tui.domain import media
from tui.domain.content import MANIFEST_LIMIT, RawManifest, digest_of
from tui.domain.reference import Digest, Tag, parse_repository, parse_tag
from tui.ports.errors import InvalidAnswer, NotFound, RegistryError

API, TAG = parse_repository("shop/api"), parse_tag("1.0")
CONFIG = {"mediaType": media.OCI_CONFIG, "digest": str(digest_of(b"{}")), "size": 2}


def make_body(**fields: object) -> bytes:
    return json.dumps({"schemaVersion": 2, "config": CONFIG, "layers": [], **fields}).encode()


BODY = make_body(mediaType=media.OCI_MANIFEST)
DIGEST = digest_of(BODY)


def served(
    body: bytes = BODY, kind: str = media.OCI_MANIFEST, digest: Digest | None = DIGEST, status: int = 200
) -> web.Response:
    headers = {"Content-Type": kind}
    if digest:
        headers["Docker-Content-Digest"] = str(digest)
    return web.Response(body=body, headers=headers, status=status)


async def fetch(answer: web.Response, reference: Tag | Digest = TAG) -> RawManifest:
    async def handle(request: web.Request) -> web.Response:
        return answer

    async with serve(handle) as stub, client(stub.host) as registry:
        return await registry.fetch_manifest(API, reference)


@pytest.mark.parametrize("reference", [TAG, DIGEST])
@pytest.mark.parametrize("said", [DIGEST, None])
async def test_exact_bytes_come_through(reference: Tag | Digest, said: Digest | None) -> None:
    assert await fetch(served(digest=said), reference) == RawManifest(media.OCI_MANIFEST, BODY, DIGEST)


async def test_parameters_of_the_content_type_are_left_out() -> None:
    raw = await fetch(served(kind=f"{media.OCI_MANIFEST}; charset=utf-8"))
    assert raw.media_type == media.OCI_MANIFEST


async def test_sha512_is_verified_as_such() -> None:
    digest = digest_of(BODY, "sha512")
    assert (await fetch(served(digest=digest), digest)).digest == digest


async def test_wrong_bytes_are_refused_whatever_the_header_says() -> None:
    other = make_body(mediaType=media.OCI_MANIFEST, annotations={"a": "b"})
    for said in (DIGEST, digest_of(other), None):
        with pytest.raises(InvalidAnswer, match="digest"):
            await fetch(served(other, digest=said), DIGEST)
    with pytest.raises(InvalidAnswer, match="digest"):
        await fetch(served(other), TAG)


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b"<html>Sign in</html>", "text/html", "no manifest"),
        (BODY, "application/json", "mediaType|body says|neither a manifest"),
        (make_body(), "application/json", "neither a manifest nor an index"),
        (BODY, media.OCI_INDEX, "body says"),
        (make_body(mediaType=media.OCI_INDEX, manifests=[]), media.OCI_INDEX, "both manifests and layers"),
        (make_body(manifests=[]), media.OCI_MANIFEST, "both manifests and layers"),
        (b"[" * 100_000, media.OCI_MANIFEST, "not a JSON object"),
        (BODY.ljust(MANIFEST_LIMIT + 1), media.OCI_MANIFEST, "larger"),
        (BODY.ljust(5 * 1024 * 1024), media.OCI_MANIFEST, "larger"),
    ],
)
async def test_what_is_no_manifest_is_refused(body: bytes, kind: str, why: str) -> None:
    with pytest.raises(InvalidAnswer, match=why):
        await fetch(served(body, kind, digest_of(body)))


async def test_largest_manifest_is_taken() -> None:
    body = BODY.ljust(MANIFEST_LIMIT)
    assert len((await fetch(served(body, digest=digest_of(body)))).body) == MANIFEST_LIMIT


async def test_malformed_digest_header_is_refused() -> None:
    answer = served()
    answer.headers["Docker-Content-Digest"] = "sha256:../../etc"
    with pytest.raises(InvalidAnswer, match="Docker-Content-Digest"):
        await fetch(answer)


class Heads:
    """Answers HEAD and GET differently."""

    def __init__(self, head: web.Response, get: web.Response | None = None) -> None:
        self.head = head
        self.get = get or served()

    async def __call__(self, request: web.Request) -> web.Response:
        return self.head if request.method == "HEAD" else self.get


@pytest.mark.parametrize("head", [served(digest=None), problem(405, "UNSUPPORTED"), problem(501, "")])
async def test_resolving_falls_back_to_fetching(head: web.Response) -> None:
    async with serve(Heads(head)) as stub, client(stub.host) as registry:
        assert await registry.resolve(API, TAG) == RawManifest(media.OCI_MANIFEST, BODY, DIGEST).descriptor
        assert [line.split()[0] for line in stub.requests] == ["HEAD", "GET"]
        assert all(item["Accept"] == media.ACCEPT for item in stub.headers)


async def test_resolving_asks_once_where_that_is_enough() -> None:
    async with serve(Heads(served())) as stub, client(stub.host) as registry:
        descriptor = await registry.resolve(API, TAG)
        assert (descriptor.digest, descriptor.size, descriptor.media_type) == (DIGEST, len(BODY), media.OCI_MANIFEST)
        assert len(stub.requests) == 1


async def test_resolving_a_digest_to_another_is_refused() -> None:
    async with serve(Heads(served())) as stub, client(stub.host) as registry:
        with pytest.raises(InvalidAnswer, match="another manifest"):
            await registry.resolve(API, digest_of(b"other"))


async def test_missing_manifest() -> None:
    async with serve(Heads(problem(404, "MANIFEST_UNKNOWN"))) as stub, client(stub.host) as registry:
        with pytest.raises(NotFound):
            await registry.resolve(API, TAG)


async def push(answer: web.Response) -> bytes:
    got: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        assert request.headers["Content-Type"] == media.OCI_MANIFEST
        got.append(await request.read())
        return answer

    async with serve(handle) as stub, client(stub.host) as registry:
        await registry.push_manifest(API, TAG, RawManifest(media.OCI_MANIFEST, BODY, DIGEST))
    return got[0]


async def test_exact_bytes_are_pushed() -> None:
    assert await push(served(b"", digest=DIGEST, status=201)) == BODY


async def test_registry_that_stored_something_else_is_not_believed() -> None:
    with pytest.raises(InvalidAnswer, match="stored"):
        await push(served(b"", digest=digest_of(b"other"), status=201))


async def test_push_is_not_redirected() -> None:
    with pytest.raises(RegistryError, match="307"):
        await push(web.Response(status=307, headers={"Location": "/elsewhere"}))
