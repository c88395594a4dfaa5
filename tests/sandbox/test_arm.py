"""Resource Manager's lists, and whom it lets in, as the management client sees them."""

import asyncio
import ssl

import aiohttp
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.mgmt.containerregistry import ContainerRegistryManagementClient as BlockingClient
from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient

from tests.real import make_certificates
from tests.sandbox.armory import PLAIN, BlockingCredential, Credential, open_desk
from tui.sandbox.arm import Arm, serve_arm
from tui.sandbox.registry import Registry

VERSION = {"api-version": "2022-12-01"}
KNOWN = {"Authorization": "Bearer x"}


@pytest.fixture
async def desk():
    async with open_desk(page_limit=1) as found:
        yield found


async def asked(url, path, headers=KNOWN, params=VERSION):
    async with aiohttp.ClientSession(url) as session, session.get(path, headers=headers, params=params) as response:
        return response.status, await response.json()


async def test_every_registry_is_listed_page_by_page(desk):
    assert [each.name async for each in desk.client.registries.list(**PLAIN)] == ["test", "prod"]
    assert desk.arm.requests["GET", "registries"] == 2


async def test_a_blocking_client_lists_the_same(desk):
    def names():
        with BlockingClient(BlockingCredential(), desk.arm.subscription_id, base_url=desk.url) as client:
            return [each.name for each in client.registries.list(**PLAIN)]

    assert await asyncio.to_thread(names) == ["test", "prod"]


async def test_a_registry_says_where_it_is_and_how_roles_are_given(desk):
    desk.arm.add(Registry("abac"), "127.0.0.1:5003", sku="Basic", has_repository_permissions=True)
    plain = await desk.client.registries.get("windlass", "test", **PLAIN)
    abac = await desk.client.registries.get("windlass", "abac", **PLAIN)
    told = [
        (each.properties.login_server, each.sku.name, each.properties.role_assignment_mode) for each in (plain, abac)
    ]
    assert told == [
        ("127.0.0.1:5001", "Premium", "LegacyRegistryPermissions"),
        ("127.0.0.1:5003", "Basic", "AbacRepositoryPermissions"),
    ]


async def test_the_id_given_is_the_id_told(desk):
    assert (await desk.client.registries.get("windlass", "test", **PLAIN)).id == desk.test_id


async def test_a_name_for_azure_has_letters_and_digits_only():
    assert Arm().add(Registry("team-a.apps"), "127.0.0.1:1").endswith("/registries/teamaapps")


async def test_an_unknown_registry_is_not_found(desk):
    with pytest.raises(ResourceNotFoundError) as caught:
        await desk.client.registries.get("windlass", "gone", **PLAIN)
    assert caught.value.error
    assert caught.value.error.code == "ResourceNotFound"


async def test_subscriptions_are_listed_each_with_its_registries(desk):
    other = "00000000-0000-0000-0000-000000000002"
    desk.arm.add(Registry("far"), "127.0.0.1:5004", subscription=other)
    _, first = await asked(desk.url, "/subscriptions")
    status, second = await asked(desk.url, "/subscriptions", params=VERSION | {"$skiptoken": "1"})
    assert (status, first["value"][0]["subscriptionId"]) == (200, desk.arm.subscription_id)
    assert [row["subscriptionId"] for row in second["value"]] == [other]
    assert first["nextLink"].startswith(f"{desk.url}/subscriptions?")
    async with ContainerRegistryManagementClient(Credential(), other, base_url=desk.url) as client:
        assert [each.name async for each in client.registries.list(**PLAIN)] == ["far"]


async def test_an_unknown_subscription_is_not_found(desk):
    async with ContainerRegistryManagementClient(Credential(), "unknown", base_url=desk.url) as client:
        with pytest.raises(ResourceNotFoundError) as caught:
            [each async for each in client.registries.list(**PLAIN)]
    assert caught.value.error
    assert caught.value.error.code == "SubscriptionNotFound"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "AuthenticationFailed"),
        ({"Authorization": "Basic eDp5"}, "InvalidAuthenticationToken"),
        ({"Authorization": "Bearer "}, "InvalidAuthenticationToken"),
    ],
)
async def test_without_a_token_nothing_is_told(desk, headers, code):
    status, body = await asked(desk.url, "/subscriptions", headers)
    assert (status, body["error"]["code"]) == (401, code)


async def test_the_challenge_names_the_tenant(desk):
    async with aiohttp.ClientSession(desk.url) as session, session.get("/subscriptions", params=VERSION) as response:
        assert f"/{desk.arm.tenant}" in response.headers["WWW-Authenticate"]


async def test_a_login_can_be_refused(desk):
    desk.arm.faults.unauthorised = True
    with pytest.raises(ClientAuthenticationError) as caught:
        [each async for each in desk.client.registries.list(**PLAIN)]
    assert caught.value.error
    assert caught.value.error.code == "InvalidAuthenticationToken"


async def test_the_version_of_the_api_must_be_named(desk):
    status, body = await asked(desk.url, "/subscriptions", params={})
    assert (status, body["error"]["code"]) == (400, "MissingApiVersionParameter")


async def test_what_is_not_there_is_refused_in_the_same_shape(desk):
    status, body = await asked(desk.url, "/tenants")
    assert (status, body["error"]["code"]) == (404, "NotFound")


async def test_a_throttled_client_is_told_how_long_to_wait(desk):
    desk.arm.faults.throttled, desk.arm.faults.retry_after = 1, 7
    async with aiohttp.ClientSession(desk.url) as session, session.get("/subscriptions", params=VERSION) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert (await asked(desk.url, "/subscriptions"))[0] == 200


async def test_the_client_gives_up_where_it_may_not_retry(desk):
    desk.arm.faults.throttled = 1
    with pytest.raises(HttpResponseError) as caught:
        await desk.client.registries.get("windlass", "test", retry_total=0, **PLAIN)
    assert caught.value.status_code == 429
    assert caught.value.error
    assert caught.value.error.code == "TooManyRequests"


async def test_it_can_be_served_with_tls_of_a_private_authority(tmp_path):
    ca = make_certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    arm = Arm(page_limit=1)
    for name in ("test", "prod"):
        arm.add(Registry(name), "127.0.0.1:1")
    async with serve_arm(arm, context) as url, ContainerRegistryManagementClient(
        Credential(), arm.subscription_id, base_url=url, connection_verify=str(ca)
    ) as client:  # fmt: skip
        assert url.startswith("https://")
        assert [each.name async for each in client.registries.list()] == ["test", "prod"]
