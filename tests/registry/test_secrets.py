"""Secrets are planted, everything is made to fail, and what came of it is searched."""

import logging

import pytest
from aiohttp import web

from tests.registry.azure import web_token
from tests.registry.stub import Ears, client, json_answer, problem, serve
from tui.domain.content import Descriptor, digest_of
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import RegistryError
from tui.registry.client import Limits, RegistryClient
from tui.registry.credentials import Credential

API, TAG = parse_repository("shop/api"), parse_tag("1.0")
PASSWORD, IDENTITY, AZURE = "planted-password", "planted-identity", web_token(planted="azure")
REFRESH, ACCESS = web_token(planted="refresh"), "planted-access"
SECRETS = (PASSWORD, IDENTITY, AZURE, REFRESH, ACCESS)
CREDENTIALS = [
    Credential("user", PASSWORD),
    Credential(identity_token=IDENTITY),
    Credential(azure_token=AZURE, tenant="t"),
]
BLOB = Descriptor("application/octet-stream", digest_of(b"x" * 10), 10)


class Source:
    def __init__(self, credential: Credential) -> None:
        self._credential = credential

    async def find(self) -> Credential:
        return self._credential


class Echo:
    """A registry that answers `status` at `stage` and repeats, in every way, whatever it was sent and gave."""

    def __init__(self, stage: str, status: int) -> None:
        self.stage = stage
        self.status = status
        self.stages: set[str] = set()
        self._heard = ""

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        form = dict(await request.post())
        self._heard += f" {request.headers.get('Authorization', '')} {form}"
        stage = {"/oauth2/exchange": "exchange", "/oauth2/token": "token"}.get(request.path, "api")
        if stage == "api" and "Authorization" not in request.headers:
            realm = f'Bearer realm="http://{request.host}/oauth2/token",service="r",scope="repository:{API}:pull"'
            return problem(401, "UNAUTHORIZED", WWW_Authenticate=realm)
        self.stages.add(stage)
        if stage == self.stage:
            return self._fail(request)
        if stage == "api":
            return problem(404, "MANIFEST_UNKNOWN")
        self._heard += REFRESH if stage == "exchange" else ACCESS
        return json_answer({"refresh_token": REFRESH} if stage == "exchange" else {"access_token": ACCESS})

    def _fail(self, request: web.Request) -> web.Response:
        said = " ".join(self._heard.split())
        headers = {"Warning": f'299 - "{said}"', "Location": f"http://{ACCESS}@{request.host}/?{ACCESS}"}
        return web.json_response({"errors": [{"code": "X", "message": said}]}, status=self.status, headers=headers)


async def failures(registry: RegistryClient) -> str:
    """Everything that can be seen of four verbs that fail."""
    seen = ""
    for verb in (
        registry.resolve(API, TAG),
        registry.fetch_manifest(API, TAG),
        registry.has_blob(API, BLOB),
        registry.push_blob(API, BLOB, b"x" * 10),
    ):
        try:
            await verb
        except RegistryError as error:
            seen += f"{error} {error!r} {error.detail} {error.__cause__} {error.__context__!r}\n"
    return seen


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 418, 429, 500, 503])
@pytest.mark.parametrize("stage", ["exchange", "token", "api"])
@pytest.mark.parametrize("credential", CREDENTIALS)
async def test_no_failure_shows_a_secret(
    credential: Credential, stage: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ears, echo = Ears(), Echo(stage, status)
    limits = Limits(attempts=2, throttled=5)
    async with (
        serve(echo) as stub,
        client(stub.host, Source(credential), ears=ears, limits=limits, takes_azure_tokens=True) as registry,
    ):
        seen = await failures(registry)
        seen += f"{credential!r} {registry!r} {vars(registry)} {ears.notices} {caplog.text}"
        assert stub.bodies or any(item.startswith("Basic ") for item in stub.authorizations)
    assert "api" in echo.stages or stage != "api"
    assert [secret for secret in SECRETS if secret in seen] == []


@pytest.mark.parametrize("padding", range(170, 200, 3))
async def test_secret_is_not_shown_in_part_where_a_message_is_cut(padding: int) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        if "Authorization" not in request.headers:
            return problem(401, "UNAUTHORIZED", WWW_Authenticate='Basic realm="r"')
        return problem(400, "X", "." * padding + PASSWORD)

    async with serve(handle) as stub, client(stub.host, Source(CREDENTIALS[0])) as registry:
        with pytest.raises(RegistryError) as caught:
            await registry.fetch_manifest(API, TAG)
    assert PASSWORD[:4] not in str(caught.value)


async def test_next_page_elsewhere_gets_nothing() -> None:
    async def thief(request: web.Request) -> web.StreamResponse:
        return json_answer({"repositories": []})

    async with serve(thief, "127.0.0.2") as other:

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.path == "/oauth2/exchange":
                return json_answer({"refresh_token": REFRESH})
            if request.path == "/oauth2/token":
                return json_answer({"access_token": ACCESS})
            if "Authorization" not in request.headers:
                realm = f'Bearer realm="http://{request.host}/oauth2/token",service="r",scope="registry:catalog:*"'
                return problem(401, "UNAUTHORIZED", WWW_Authenticate=realm)
            return json_answer({"repositories": ["a"]}, Link=f'<{other.url}/v2/_catalog?last=a>; rel="next"')

        async with (
            serve(handle) as stub,
            client(stub.host, Source(CREDENTIALS[2]), takes_azure_tokens=True) as registry,
        ):
            with pytest.raises(RegistryError, match="another host"):
                _ = [page async for page in registry.repositories()]
            assert f"Bearer {ACCESS}" in stub.authorizations
        assert not other.requests


async def test_upload_elsewhere_gets_no_authorization() -> None:
    async def storage(request: web.Request) -> web.StreamResponse:
        return web.Response(status=201)

    async with serve(storage, "127.0.0.2") as other:

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.path == "/oauth2/token":
                return json_answer({"access_token": ACCESS})
            if "Authorization" not in request.headers:
                realm = f'Bearer realm="http://{request.host}/oauth2/token",service="r"'
                return problem(401, "UNAUTHORIZED", WWW_Authenticate=realm)
            return web.Response(status=202, headers={"Location": f"{other.url}/upload"})

        async with serve(handle) as stub, client(stub.host, Source(CREDENTIALS[0])) as registry:
            await registry.push_blob(API, BLOB, b"x" * 10)
        assert len(other.requests) == 1
        assert not other.authorizations
        assert not any(secret in other.everything for secret in SECRETS)
