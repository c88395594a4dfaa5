"""Basic authentication, and Bearer tokens with scopes."""

import base64
import re

import pytest

from tui.domain.content import digest_of
from tui.domain.reference import Repository
from tui.sandbox.auth import Basic, Bearer, credentials
from tui.sandbox.content import InMemory
from tui.sandbox.images import push_into
from tui.sandbox.registry import Registry
from tui.sandbox.scopes import read, written


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


USER = basic("ann", "secret")
WRONG = basic("ann", "wrong")
GUEST: dict[str, str] = {}
TAGS = "/v2/shop/api/tags/list"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def guarded(small, clock):
    registry = Registry("guarded", auth=Bearer("ann", "secret", lifetime=60.0), clock=clock)
    push_into(registry, "shop/api", small, "1.0.0")
    return registry


@pytest.fixture
async def client(connect, guarded):
    return await connect(guarded)


async def token(client, scope, headers=USER):
    query = {"service": "sandbox", "scope": scope}
    async with client.get("/token", params=query, headers=headers) as response:
        assert response.status == 200
        return (await response.json())["token"]


async def status(client, method, url, token):
    async with client.request(method, url, headers={"Authorization": f"Bearer {token}"}) as response:
        return response.status


@pytest.mark.parametrize("url", ["/v2/", "/v2/_catalog"])
async def test_basic_lets_the_user_in(connect, url):
    client = await connect(Registry("basic", auth=Basic("ann", "secret")))
    async with client.get(url, headers=USER) as response:
        assert response.status == 200


@pytest.mark.parametrize("headers", [GUEST, WRONG])
async def test_basic_challenges_everybody_else(connect, headers):
    client = await connect(Registry("basic", auth=Basic("ann", "secret")))
    async with client.get("/v2/", headers=headers) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
        assert (await response.json())["errors"][0]["code"] == "UNAUTHORIZED"


async def test_bearer_challenges_with_realm_service_and_scope(client):
    async with client.get(TAGS) as response:
        assert response.status == 401
        found = dict(re.findall(r'(\w+)="([^"]*)"', response.headers["WWW-Authenticate"]))
        assert found == {
            "realm": str(response.url.with_path("/token")),
            "service": "sandbox",
            "scope": "repository:shop/api:pull",
        }


async def test_a_token_opens_what_its_scope_names(client):
    found = await token(client, "repository:shop/api:pull")
    assert await status(client, "GET", TAGS, found) == 200


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/v2/shop/web/tags/list"),
        ("POST", "/v2/shop/api/blobs/uploads/"),
        ("DELETE", "/v2/shop/api/manifests/1.0.0"),
        ("GET", "/v2/_catalog"),
    ],
)
async def test_a_token_opens_nothing_else(client, method, url):
    found = await token(client, "repository:shop/api:pull")
    assert await status(client, method, url, found) == 401


async def test_any_token_opens_the_ping(client):
    assert await status(client, "GET", "/v2/", await token(client, "")) == 200


async def test_the_catalog_has_a_scope_of_its_own(client):
    assert await status(client, "GET", "/v2/_catalog", await token(client, "registry:catalog:*")) == 200


async def test_a_token_expires(client, clock):
    found = await token(client, "repository:shop/api:pull")
    clock.now = 60.0
    assert await status(client, "GET", TAGS, found) == 401


async def test_a_wrong_password_gets_no_token(client):
    async with client.get("/token", headers=WRONG) as response:
        assert response.status == 401


async def test_a_guest_gets_only_what_guests_may(connect, small):
    registry = Registry("public", auth=Bearer("ann", "secret", guest=frozenset({"pull"})))
    push_into(registry, "shop/api", small, "1.0.0")
    client = await connect(registry)
    found = await token(client, "repository:shop/api:pull,push", headers=GUEST)
    assert await status(client, "GET", TAGS, found) == 200
    assert await status(client, "POST", "/v2/shop/api/blobs/uploads/", found) == 401


async def test_a_password_buys_a_token_by_form(client):
    form = {"grant_type": "password", "username": "ann", "password": "secret", "scope": "registry:catalog:*"}
    async with client.post("/token", data=form) as response:
        found = await response.json()
    assert await status(client, "GET", "/v2/_catalog", found["access_token"]) == 200


async def test_a_refresh_token_buys_a_token_by_form(client):
    async with client.get("/token", headers=USER) as response:
        refresh = (await response.json())["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh, "scope": "registry:catalog:*"}
    async with client.post("/token", data=form) as response:
        found = await response.json()
    assert await status(client, "GET", "/v2/_catalog", found["access_token"]) == 200


async def test_a_made_up_refresh_token_buys_nothing(client):
    async with client.post("/token", data={"grant_type": "refresh_token", "refresh_token": "x"}) as response:
        assert response.status == 401


async def test_a_registry_without_tokens_has_no_token_service(connect, registry):
    client = await connect(registry)
    async with client.get("/token") as response:
        assert response.status == 404


async def test_a_mount_needs_pull_on_its_source(client, guarded):
    digest = digest_of(b"x")
    guarded.store.add_blob(Repository("shop/web"), digest, InMemory(b"x"))
    url = f"/v2/shop/api/blobs/uploads/?mount={digest}&from=shop/web"
    own = "repository:shop/api:pull,push"
    assert await status(client, "POST", url, await token(client, own)) == 401
    both = await token(client, f"{own} repository:shop/web:pull")
    assert await status(client, "POST", url, both) == 201


async def test_a_mount_from_anywhere_finds_only_what_may_be_pulled(client, guarded):
    digest = digest_of(b"x")
    guarded.store.add_blob(Repository("shop/web"), digest, InMemory(b"x"))
    found = await token(client, "repository:shop/api:pull,push")
    assert await status(client, "POST", f"/v2/shop/api/blobs/uploads/?mount={digest}", found) == 202


def test_scopes_are_read_and_written():
    text = "repository:shop/api:pull,push registry:catalog:*"
    assert written(read([text])) == text


def test_what_is_no_scope_is_left_out():
    assert read(["", "x", "a:b", "::"]) == []


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Bearer YTpi", "Basic YQ=="])
def test_what_is_no_basic_header_has_no_credentials(header):
    assert credentials(header) is None
