"""Logins of Azure's kind: exchange, refresh and access tokens, scopes, guests, and repository permissions."""

import re
import time

import pytest

from tests.sandbox.azure import Clock, access_token, basic, bearer, claims, refresh_token, service
from tui.sandbox.auth import Acr
from tui.sandbox.images import push_into
from tui.sandbox.registry import Registry

TAGS = "/acr/v1/shop/api/_tags"
READ = "repository:shop/api:metadata_read"
NOBODY = "00000000-0000-0000-0000-000000000000"
RULES = {"shop/api": frozenset({"metadata_read"})}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def opened(connect, small, clock):
    async def opened(**settings):
        registry = Registry("contosobase", auth=Acr(**settings), clock=clock)
        for name in ("shop/api", "shop/web"):
            push_into(registry, name, small, "1.0.0")
        return await connect(registry)

    return opened


async def status(client, url, headers=None, method="GET"):
    async with client.request(method, url, headers=headers or {}) as response:
        return response.status


def challenge(response):
    return dict(re.findall(r'(\w+)="([^"]*)"', response.headers["WWW-Authenticate"]))


@pytest.mark.parametrize(
    ("method", "url", "scope"),
    [
        ("GET", "/acr/v1/_catalog", "registry:catalog:*"),
        ("GET", "/v2/_catalog", "registry:catalog:*"),
        ("GET", TAGS, READ),
        ("GET", "/v2/shop/api/tags/list", READ),
        ("GET", "/acr/v1/shop%2Fapi/_manifests", READ),
        ("PATCH", "/acr/v1/shop/api/_tags/1.0.0", "repository:shop/api:metadata_write"),
        ("DELETE", "/acr/v1/shop/api/_tags/1.0.0", "repository:shop/api:delete"),
        ("GET", "/v2/shop/api/manifests/1.0.0", "repository:shop/api:pull"),
        ("PUT", "/v2/shop/api/manifests/1.0.0", "repository:shop/api:pull,push"),
    ],
)
async def test_a_challenge_names_the_scope(opened, method, url, scope):
    client = await opened()
    async with client.request(method, url) as response:
        assert response.status == 401
        realm = str(response.url.origin()) + "/oauth2/token"
        assert challenge(response) == {"realm": realm, "service": await service(client), "scope": scope}


async def test_a_refusal_says_which_action_is_missing(opened):
    client = await opened()
    async with client.get(TAGS) as response:
        (error,) = (await response.json())["errors"]
        assert error["code"] == "UNAUTHORIZED"
        assert error["detail"] == [{"Type": "repository", "Name": "shop/api", "Action": "metadata_read"}]


async def test_an_azure_token_opens_what_it_asks_for(opened):
    client = await opened()
    assert await status(client, TAGS, await bearer(client, READ)) == 200


@pytest.mark.parametrize(
    ("headers", "error"),
    [({"Authorization": "Bearer made-up"}, "invalid_token"), (None, "insufficient_scope")],
)
async def test_a_token_that_is_not_enough_is_challenged_again(opened, headers, error):
    client = await opened()
    headers = headers or await bearer(client, "repository:shop/web:metadata_read")
    async with client.get(TAGS, headers=headers) as response:
        assert (response.status, challenge(response)["error"], challenge(response)["scope"]) == (401, error, READ)


async def test_scopes_come_in_one_text_or_in_several(opened):
    client = await opened()
    form = [("grant_type", "refresh_token"), ("service", await service(client))]
    form += [("refresh_token", await refresh_token(client)), ("scope", READ), ("scope", f"registry:catalog:* {READ}")]
    async with client.post("/oauth2/token", data=form) as response:
        token = (await response.json())["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert [await status(client, url, headers) for url in (TAGS, "/acr/v1/_catalog")] == [200, 200]


async def test_tokens_say_when_they_end(opened):
    client = await opened(lifetime=4500.0)
    now = time.time()
    assert claims(await refresh_token(client))["exp"] == pytest.approx(now + 10800, abs=5)
    assert claims(await access_token(client, READ))["exp"] == pytest.approx(now + 4500, abs=5)


async def test_an_access_token_ends(opened, clock):
    client = await opened(lifetime=60.0)
    headers = await bearer(client, READ)
    clock.now += 59
    assert await status(client, TAGS, headers) == 200
    clock.now += 1
    assert await status(client, TAGS, headers) == 401


async def test_a_refresh_token_ends(opened, clock):
    client = await opened(refresh_lifetime=600.0)
    form = {
        "grant_type": "refresh_token",
        "service": await service(client),
        "refresh_token": await refresh_token(client),
    }
    statuses = []
    for _ in range(2):
        async with client.post("/oauth2/token", data=form) as response:
            statuses.append(response.status)
        clock.now += 600
    assert statuses == [200, 401]


async def test_tokens_are_dated_by_the_registrys_clock(opened, clock):
    client = await opened()
    before = claims(await refresh_token(client))["iat"]
    clock.now += 7200
    assert claims(await refresh_token(client))["iat"] - before == pytest.approx(7200, abs=1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"service": "another.azurecr.io"}, 401),
        ({"access_token": "stolen"}, 401),
        ({"access_token": ""}, 401),
        ({"grant_type": "device_code"}, 400),
        ({"grant_type": "access_token_refresh_token", "tenant": "contoso", "refresh_token": "x"}, 200),
    ],
)
async def test_the_exchange_takes_only_known_tokens_for_itself(opened, change, expected):
    client = await opened(azure_tokens=frozenset({"azure"}))
    form = {"grant_type": "access_token", "service": await service(client), "access_token": "azure", **change}
    async with client.post("/oauth2/exchange", data=form) as response:
        assert response.status == expected
        assert ("errors" in await response.json()) is (expected != 200)


@pytest.mark.parametrize(
    "change",
    [{"service": "another.azurecr.io"}, {"refresh_token": "made-up"}, {"grant_type": "password", "username": "ann"}],
)
async def test_an_access_token_needs_a_known_refresh_token_for_this_service(opened, change):
    client = await opened(user="ann", password="secret")
    form = {
        "grant_type": "refresh_token",
        "service": await service(client),
        "refresh_token": await refresh_token(client),
    }
    async with client.post("/oauth2/token", data={**form, **change}) as response:
        assert response.status == 401


@pytest.mark.parametrize(
    ("user", "password", "expected"),
    [("ann", "secret", 200), ("ann", "wrong", 401), (NOBODY, "wrong", 401), ("", "", 401)],
)
async def test_a_repository_scoped_token_is_a_name_and_a_password(opened, user, password, expected):
    client = await opened(user="ann", password="secret")
    query = {"service": await service(client), "scope": READ}
    assert await status_of_get(client, query, basic(user, password)) == expected
    form = {**query, "grant_type": "password", "username": user, "password": password}
    async with client.post("/oauth2/token", data=form) as response:
        assert response.status == expected


async def status_of_get(client, query, headers):
    async with client.get("/oauth2/token", params=query, headers=headers) as response:
        return response.status


async def test_without_a_name_nobody_is_let_in_by_an_empty_one(opened):
    client = await opened()
    assert await status_of_get(client, {"service": await service(client)}, basic("", "")) == 401


async def test_a_refresh_token_is_a_password_too(opened):
    client = await opened()
    headers = basic(NOBODY, await refresh_token(client))
    async with client.get(
        "/oauth2/token", params={"service": await service(client), "scope": READ}, headers=headers
    ) as got:
        token = (await got.json())["access_token"]
    assert await status(client, TAGS, {"Authorization": f"Bearer {token}"}) == 200


@pytest.mark.parametrize(("guest", "expected"), [({"metadata_read"}, 200), ({"pull"}, 401), (set(), 401)])
async def test_a_guest_gets_the_actions_of_guests(opened, guest, expected):
    client = await opened(guest=frozenset(guest))
    async with client.get("/oauth2/token", params={"service": await service(client), "scope": READ}) as response:
        token = (await response.json())["access_token"]
    assert await status(client, TAGS, {"Authorization": f"Bearer {token}"}) == expected


async def test_an_open_registry_asks_for_tokens_only_where_azure_lists(opened):
    client = await opened(open=True)
    urls = ("/v2/", "/v2/_catalog", "/v2/shop/api/manifests/1.0.0", "/v2/shop/api/tags/list", TAGS, "/acr/v1/_catalog")
    assert [await status(client, url) for url in urls] == [200, 200, 200, 200, 401, 401]


async def test_an_open_registry_holds_a_token_to_its_scopes(opened):
    client = await opened(open=True)
    assert await status(client, "/v2/shop/api/manifests/1.0.0", await bearer(client, READ)) == 401


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (TAGS, 200),
        ("/v2/shop/api/manifests/1.0.0", 401),
        ("/acr/v1/shop/web/_tags", 401),
        ("/acr/v1/_catalog", 401),
        ("/v2/_catalog", 401),
    ],
)
async def test_repository_permissions_grant_what_they_name_and_never_the_catalog(opened, url, expected):
    client = await opened(repository_permissions=RULES)
    scopes = f"registry:catalog:* {READ} repository:shop/api:pull repository:shop/web:metadata_read"
    assert await status(client, url, await bearer(client, scopes)) == expected


@pytest.mark.parametrize("url", ["/acr/v1/_catalog", TAGS, "/oauth2/token", "/acr/v1/shop/api"])
async def test_other_registries_have_no_such_endpoint(connect, registry, small, url):
    push_into(registry, "shop/api", small, "1.0.0")
    client = await connect(registry)
    assert await status(client, url) == 404


async def test_azure_has_no_token_endpoint_of_the_other_kind(opened):
    assert await status(await opened(), "/token", method="POST") != 200


async def test_refusals_are_counted(connect):
    registry = Registry("contosobase", auth=Acr())
    client = await connect(registry)
    await status(client, TAGS)
    await refresh_token(client)
    assert registry.refused == {401: 2}
    assert registry.requests == {("GET", "acr-tags"): 1, ("GET", "ping"): 1, ("POST", "exchange"): 1}
