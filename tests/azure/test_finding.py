"""Registries found through the real management client."""

import pytest
from aiohttp import web

from tests.azure.desk import BASE, PROD, SECRET, FixedLogin, desk
from tui.azure.arm import Arm
from tui.azure.clouds import cloud_at
from tui.domain.notices import RetryScheduled
from tui.ports.errors import InvalidAnswer, LoginError, NotFound, Throttled, Unauthorised
from tui.sandbox.registry import Registry


async def hosts(client):
    return sorted([found.host async for found in client.registries()])


async def test_registries_of_all_subscriptions_and_pages_are_found():
    async with desk(page_limit=1) as made:
        for number in range(3):
            other = f"00000000-0000-0000-0000-00000000001{number}"
            made.arm.add(Registry(f"more{number}"), f"more{number}.azurecr.io", subscription=other)
        expected = [BASE.registry, PROD.registry, "more0.azurecr.io", "more1.azurecr.io", "more2.azurecr.io"]
        assert await hosts(made.client) == expected


async def test_what_azure_knows_of_a_registry_is_told():
    async with desk(is_abac=True) as made:
        found = {item.host: item async for item in made.client.registries()}
        prod = found[PROD.registry]
        assert (prod.name, prod.resource_group, prod.sku) == ("contosoprod", "windlass", "Premium")
        assert prod.subscription == "Sample subscription 1"
        assert prod.resource_id.endswith("/registries/contosoprod")
        assert prod.has_repository_permissions
        assert not found[BASE.registry].has_repository_permissions


@pytest.mark.parametrize("wanted", ["00000000-0000-0000-0000-000000000010", "sample subscription 2"])
async def test_subscriptions_are_chosen_by_id_or_name(wanted):
    async with desk(subscriptions=(wanted,)) as made:
        made.arm.add(Registry("more"), "more.azurecr.io", subscription="00000000-0000-0000-0000-000000000010")
        assert await hosts(made.client) == ["more.azurecr.io"]


async def test_a_subscription_that_is_not_there_is_named():
    async with desk(subscriptions=("Elsewhere",)) as made:
        with pytest.raises(NotFound, match=r"Elsewhere is not among those .* `az account list`"):
            await hosts(made.client)


async def test_the_clouds_own_scope_is_asked_for():
    async with desk() as made:
        await hosts(made.client)
        assert set(made.login.scopes) == {"https://management.azure.com/.default"}


async def test_a_failed_login_is_told_as_it_is():
    async with desk() as made:
        made.login.failure = "run `az login`"
        with pytest.raises(LoginError, match="run `az login`"):
            await hosts(made.client)


async def test_no_password_of_netrc_takes_the_place_of_the_token(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password planted-password\n")
    monkeypatch.setenv("NETRC", str(netrc))
    async with desk() as made:
        assert await hosts(made.client) == [BASE.registry, PROD.registry]


async def test_the_environments_proxy_is_asked(aiohttp_servers, monkeypatch):
    asked = []

    async def answer(request):
        asked.append(str(request.url))
        return web.json_response({"value": []})

    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", await aiohttp_servers(answer))
    client = Arm(FixedLogin(), cloud_at("http://arm.example"))
    try:
        assert await hosts(client) == []
    finally:
        await client.close()
    assert asked == ["http://arm.example/subscriptions?api-version=2022-12-01"]


async def test_a_refused_login_says_what_to_run():
    async with desk() as made:
        made.arm.faults.unauthorised = True
        with pytest.raises(Unauthorised, match="run `az login`") as caught:
            await hosts(made.client)
        assert SECRET not in str(caught.value)


async def test_throttling_is_waited_for_and_told():
    async with desk() as made:
        made.arm.faults.throttled, made.arm.faults.retry_after = 1, 0
        assert await hosts(made.client) == [BASE.registry, PROD.registry]
        told = [item for item in made.notices if isinstance(item, RetryScheduled)]
        assert [(item.registry, item.operation, item.cause) for item in told] == [
            ("Azure Resource Manager", "list subscriptions", "it answers 429")
        ]


async def test_a_wait_that_is_too_long_ends_in_an_error():
    async with desk() as made:
        made.arm.faults.throttled, made.arm.faults.retry_after = 1, 600
        with pytest.raises(Throttled, match="throttled"):
            await hosts(made.client)
        assert made.notices == []


@pytest.mark.parametrize("status", [200, 302])
async def test_a_link_to_another_host_is_refused_without_showing_it_the_token(status, aiohttp_servers):
    seen = []

    async def elsewhere(request):
        seen.append(request.headers)
        return web.json_response({"value": []})

    there = await aiohttp_servers(elsewhere)

    async def answer(request):
        body = {"value": [], "nextLink": f"{there}/subscriptions?api-version=1"}
        return web.json_response(body, status=status, headers={"Location": there} if status == 302 else {})

    here = await aiohttp_servers(answer)
    client = Arm(FixedLogin(), cloud_at(here))
    try:
        with pytest.raises(InvalidAnswer):
            await hosts(client)
    finally:
        await client.close()
    assert seen == []


async def test_a_list_that_never_ends_is_given_up(aiohttp_servers):
    async def answer(request):
        return web.json_response({"value": [], "nextLink": str(request.url)})

    client = Arm(FixedLogin(), cloud_at(await aiohttp_servers(answer)))
    try:
        with pytest.raises(InvalidAnswer, match="more than 200 pages"):
            await hosts(client)
    finally:
        await client.close()
