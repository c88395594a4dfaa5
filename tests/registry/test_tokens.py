"""Authorization against stub registries: what is sent, to whom, and how often."""

import asyncio

import pytest
from aiohttp import web

from tests.registry.stub import Ears, Handler, Stub, client, json_answer, problem, serve
from tui.domain.content import Descriptor, digest_of
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import Forbidden, InvalidAnswer, Unauthorised
from tui.registry.credentials import Credential, CredentialSource, NoCredentials, Static

API, TAG = parse_repository("shop/api"), parse_tag("1.0")
DIGEST = str(digest_of(b"x"))
SECRET = "hunter2-hunter2"
USER = Static("user", SECRET)


class IdentityToken:
    async def find(self) -> Credential | None:
        return Credential(identity_token=SECRET)


class Broken:
    async def find(self) -> Credential | None:
        raise NoCredentials("the helper is broken")


def guarded(realm: str = "http://{host}/token", token: web.Response | None = None, **settings: object) -> Handler:
    """A registry that wants a bearer token for each scope, and issues them as t1, t2, ..."""
    issued: list[str] = []
    life = settings.get("expires_in", 300)

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/token":
            await asyncio.sleep(0.01)
            if token is not None:
                return token
            issued.append(f"t{len(issued) + 1}-{SECRET}")
            return json_answer({"token": issued[-1], "expires_in": life})
        if request.headers.get("Authorization") not in [f"Bearer {value}" for value in issued]:
            place = realm.replace("{host}", request.host)
            scope = settings.get("scope", f"repository:{API}:pull")
            return problem(
                401, "UNAUTHORIZED", WWW_Authenticate=f'Bearer realm="{place}",service="stub",scope="{scope}"'
            )
        if request.method == "POST":
            return web.Response(status=201)
        return web.Response(headers={"Docker-Content-Digest": DIGEST, "Content-Length": "1"})

    return handle


async def resolve(stub: Stub, credentials: CredentialSource | None = None, times: int = 1) -> None:
    async with client(stub.host, credentials) as registry:
        await asyncio.gather(*(registry.resolve(API, TAG) for _ in range(times)))


async def test_one_token_for_twenty_requests() -> None:
    async with serve(guarded()) as stub:
        await resolve(stub, USER, times=20)
        assert stub.count("GET /token") == 1


async def test_token_is_used_again_without_another_challenge() -> None:
    async with serve(guarded()) as stub, client(stub.host, USER) as registry:
        for _ in range(3):
            await registry.resolve(API, TAG)
        assert stub.count("HEAD") == 4
        assert stub.count("GET /token") == 1


async def test_stale_token_is_renewed_before_it_is_refused() -> None:
    async with serve(guarded(expires_in=0.001)) as stub, client(stub.host, USER) as registry:
        await registry.resolve(API, TAG)
        await asyncio.sleep(0.01)
        await registry.resolve(API, TAG)
        assert (stub.count("HEAD"), stub.count("GET /token")) == (3, 2)


async def test_challenge_decides_the_scope() -> None:
    async with serve(guarded(scope="repository:shop/api:metadata_read")) as stub:
        await resolve(stub)
        assert stub.count("GET /token?service=stub&scope=repository:shop/api:metadata_read") == 1


async def test_mount_adds_the_scope_of_its_origin() -> None:
    async with serve(guarded(scope=f"repository:{API}:pull,push")) as stub, client(stub.host, USER) as registry:
        blob = Descriptor("x", digest_of(b"x"), 1)
        assert await registry.mount_blob(API, blob, parse_repository("base/api"))
        wanted = "&scope=repository:shop/api:pull,push&scope=repository:base/api:pull"
        assert any(wanted in request.replace("%2C", ",") for request in stub.requests)


async def test_user_and_password_go_to_the_token_service_only() -> None:
    async with serve(guarded()) as stub:
        await resolve(stub, USER)
        basic = [at for at, headers in enumerate(stub.headers) if headers.get("Authorization", "").startswith("Basic")]
        assert [stub.requests[at].split("?")[0] for at in basic] == ["GET /token"]


async def test_identity_token_is_exchanged_by_post() -> None:
    async with serve(guarded()) as stub:
        await resolve(stub, IdentityToken())
        assert stub.count("POST /token") == 1
        assert not any(SECRET in request for request in stub.requests)


@pytest.mark.parametrize(
    ("realm", "why"),
    [
        ("http://localhost:1/token", "another host"),
        ("http://169.254.169.254/token", "private address"),
        ("http://user:pw@{host}/token", "user name or password"),
        ("ftp://{host}/token", "neither http nor https"),
    ],
)
async def test_hostile_realm_gets_nothing(realm: str, why: str) -> None:
    async with serve(guarded(realm)) as stub:
        with pytest.raises(InvalidAnswer, match=why):
            await resolve(stub, USER)
        assert not stub.authorizations


async def test_realm_on_another_host_is_never_asked() -> None:
    async with serve(guarded(), "127.0.0.2") as thief, serve(guarded(f"{thief.url}/token")) as stub:
        with pytest.raises(InvalidAnswer, match="another host"):
            await resolve(stub, USER)
        assert not thief.requests


async def test_known_realm_host_is_asked() -> None:
    async with serve(guarded(), "127.0.0.2") as issuer, serve(guarded(f"{issuer.url}/token")) as stub:
        async with client(stub.host, USER, realm_hosts=("127.0.0.2",)) as registry:
            with pytest.raises(Unauthorised):
                await registry.resolve(API, TAG)  # the stub knows only its own tokens
        assert issuer.count("GET /token") == 1


async def test_token_request_follows_no_redirect() -> None:
    async with serve(guarded()) as thief:
        redirect = web.Response(status=307, headers={"Location": f"{thief.url}/token"})
        async with serve(guarded(token=redirect)) as stub:
            with pytest.raises(InvalidAnswer, match="307"):
                await resolve(stub, USER)
        assert not thief.requests


async def test_refused_credentials_say_so() -> None:
    async with serve(guarded(token=problem(401, "UNAUTHORIZED", f"bad password {SECRET}"))) as stub:
        with pytest.raises(Unauthorised, match="for these credentials") as caught:
            await resolve(stub, USER)
        assert SECRET not in str(caught.value)


async def test_missing_credentials_say_what_to_do() -> None:
    async with serve(guarded(token=problem(401, "UNAUTHORIZED"))) as stub:
        with pytest.raises(Unauthorised, match="docker login"):
            await resolve(stub)


async def test_broken_credential_store_says_so() -> None:
    async with serve(guarded()) as stub:
        with pytest.raises(Unauthorised, match="the helper is broken"):
            await resolve(stub, Broken())


@pytest.mark.parametrize(
    "token", [web.Response(text="<html>"), json_answer({}), json_answer({"token": "t", "padding": "x" * (1 << 20)})]
)
async def test_answer_without_a_token(token: web.Response) -> None:
    async with serve(guarded(token=token)) as stub:
        with pytest.raises(InvalidAnswer):
            await resolve(stub)


async def test_unknown_scheme() -> None:
    async def handle(request: web.Request) -> web.Response:
        return problem(401, "UNAUTHORIZED", WWW_Authenticate="Negotiate")

    async with serve(handle) as stub:
        with pytest.raises(Unauthorised, match="not known here"):
            await resolve(stub, USER)


def basic(password: str) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        import base64

        wanted = "Basic " + base64.b64encode(f"user:{password}".encode()).decode()
        if request.headers.get("Authorization") != wanted:
            said = request.headers.get("Authorization", "")
            return problem(401, "UNAUTHORIZED", f"no: {said}", WWW_Authenticate='Basic realm="stub"')
        return web.Response(headers={"Docker-Content-Digest": DIGEST, "Content-Length": "1"})

    return handle


async def test_basic_is_sent_at_once_after_the_first_challenge() -> None:
    async with serve(basic(SECRET)) as stub, client(stub.host, USER) as registry:
        for _ in range(3):
            await registry.resolve(API, TAG)
        assert stub.count("HEAD") == 4


async def test_basic_is_not_sent_before_it_is_asked_for() -> None:
    async with serve(basic(SECRET)) as stub:
        await resolve(stub, USER)
        assert "Authorization" not in stub.headers[0]


async def test_wrong_password_is_refused_without_a_trace_of_it() -> None:
    ears = Ears()
    async with serve(basic("other")) as stub, client(stub.host, USER, ears=ears) as registry:
        with pytest.raises(Unauthorised) as caught:
            await registry.fetch_manifest(API, TAG)
        assert SECRET not in f"{caught.value} {ears.notices}"
        assert stub.authorizations[0].removeprefix("Basic ") not in f"{caught.value} {ears.notices}"


async def test_wrong_password_is_not_sent_again_and_again() -> None:
    async with serve(basic("other")) as stub, client(stub.host, USER) as registry:
        for _ in range(5):
            with pytest.raises(Unauthorised, match="does not take"):
                await registry.resolve(API, TAG)
        assert len(stub.authorizations) == 1


async def test_redirected_host_sees_no_credentials_and_its_challenge_is_not_answered() -> None:
    async def thief(request: web.Request) -> web.Response:
        return problem(401, "UNAUTHORIZED", WWW_Authenticate=f'Basic realm="{request.host}"')

    async with serve(thief) as other:
        inner = basic(SECRET)

        async def handle(request: web.Request) -> web.StreamResponse:
            answer = await inner(request)
            return (
                web.Response(status=307, headers={"Location": f"{other.url}/x?sig=abc"})
                if answer.status == 200
                else answer
            )

        async with serve(handle) as stub:
            with pytest.raises(Forbidden, match=other.host) as caught:
                await resolve(stub, USER)
            assert stub.authorizations
        assert not other.authorizations
        assert len(other.requests) == 1
        assert "sig" not in str(caught.value)
