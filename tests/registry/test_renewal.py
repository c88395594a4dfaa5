"""Tokens that end while a long copy runs: renewed before a stream, and in the middle of an upload."""

import random
from datetime import UTC, datetime

from aiohttp import web

from tests.registry.azure import Azure, Login
from tests.registry.sources import haul
from tests.registry.stub import client, json_answer, problem, serve
from tests.registry.uploading import BLOB, DATA, START, Uploads
from tui.domain.content import parse_manifest
from tui.domain.reference import parse_repository, parse_tag
from tui.registry.client import Endpoint, Limits, RegistryClient, Timing
from tui.registry.credential_sources import AzureCredentials
from tui.registry.credentials import Static
from tui.registry.token_request import Token, read_token
from tui.sandbox.auth import Bearer
from tui.sandbox.images import image, push_into
from tui.sandbox.layers import random_layer
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

API, TAG = parse_repository("shop/api"), parse_tag("1.0")
USER = Static("operator", "hunter2-hunter2")


class Ageing:
    """A clock that goes on by some seconds with every look at it that a registry takes."""

    def __init__(self, step: float) -> None:
        self.now = 0.0
        self._step = step

    def look(self) -> float:
        self.now += self._step
        return self.now

    def read(self) -> float:
        return self.now


async def test_long_copy_outlives_its_tokens() -> None:
    clock = Ageing(0.05)
    auth = Bearer("operator", "hunter2-hunter2", lifetime=2.0)
    source, target = Registry("s", auth=auth, clock=clock.look), Registry("t", auth=auth, clock=clock.look)
    rng = random.Random(7)
    picture = image([random_layer(20_000, rng) for _ in range(40)], created=datetime(2026, 1, 1, tzinfo=UTC))
    push_into(source, API, picture, "1.0")
    timing = Timing(monotonic=clock.read)
    async with (
        serve_registry(source) as here,
        serve_registry(target) as there,
        RegistryClient(Endpoint(here, plain_http=True), USER, timing=timing) as reader,
        RegistryClient(Endpoint(there, plain_http=True), USER, timing=timing) as writer,
    ):
        raw = await reader.fetch_manifest(API, TAG)
        for blob in parse_manifest(raw).blobs:
            await haul(writer, reader, blob)
        await writer.push_manifest(API, TAG, raw)
        assert (await writer.resolve(API, TAG)).digest == raw.digest
    assert clock.now > 10 * auth.lifetime
    assert target.requests["GET", "token"] > 5


def test_stream_wants_a_token_with_half_of_its_life_before_it() -> None:
    token = read_token(b'{"token": "t", "expires_in": 100}', Timing(monotonic=lambda: 0.0))
    assert [token.is_aged(at) for at in (49, 51)] == [False, True]
    assert [token.is_stale(at) for at in (51, 79, 81)] == [False, False, True]
    assert Token("t", stale_at=5.0).is_aged(6.0)


class Expiring:
    """Uploads behind tokens: after `good_for` PATCHes with one, it is not taken any more."""

    def __init__(self, good_for: int) -> None:
        self.uploads = Uploads()
        self.issued = 0
        self.refused = 0
        self._good_for = good_for
        self._used = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/token":
            self.issued, self._used = self.issued + 1, 0
            return json_answer({"token": f"token-{self.issued}", "expires_in": 3600})
        self._used += request.method == "PATCH"
        is_current = request.headers.get("Authorization") == f"Bearer token-{self.issued}"
        if not self.issued or not is_current or self._used > self._good_for:
            self.refused += request.method == "PATCH"
            challenge = f'Bearer realm="http://{request.host}/token",service="r",scope="repository:{API}:pull,push"'
            return problem(401, "UNAUTHORIZED", WWW_Authenticate=challenge)
        return await self.uploads(request)


async def test_upload_goes_on_where_it_stands_when_its_token_ends() -> None:
    expiring, limits = Expiring(good_for=3), Limits(chunk_size=100_000)
    async with serve(expiring) as stub, client(stub.host, USER, limits=limits) as registry:
        await registry.push_blob(API, BLOB, DATA)
        assert stub.count(f"POST {START}") == 2  # the challenge, and the one session
    assert expiring.uploads.blobs[str(BLOB.digest)] == DATA
    assert expiring.refused == 3
    assert expiring.issued == 4


async def test_azure_login_is_asked_again_when_a_copy_outlives_its_exchange() -> None:
    azure, login, now = Azure(refresh_claims={"iat": 0, "exp": 600}), Login(), [0.0]
    async with serve(azure) as stub:
        endpoint = Endpoint(stub.host, plain_http=True, takes_azure_tokens=True)
        timing = Timing(monotonic=lambda: now[0])
        async with RegistryClient(endpoint, AzureCredentials(login), timing=timing) as registry:
            for step in range(10):
                now[0] = step * 301.0
                await registry.resolve(API, TAG)
    assert len(login.scopes) == azure.counts["/oauth2/exchange"] == 10
