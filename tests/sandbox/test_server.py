"""Serving a world, and the settings for it."""

import ssl
import tomllib
from pathlib import Path

import aiohttp
import pytest

from tui.domain.environment import Kind
from tui.sandbox.arm import Arm
from tui.sandbox.registry import Registry
from tui.sandbox.server import Running, serve, serve_registry, settings_toml
from tui.sandbox.world import Environment, World


@pytest.fixture
def world():
    shared = Registry("apps")
    return World(
        (
            Environment("base", Registry("base")),
            Environment("dev", shared, prefix="dev/"),
            Environment("prod", shared, prefix="prod/", protected=True),
        )
    )


async def test_every_environment_answers(world):
    async with serve(world) as running, aiohttp.ClientSession() as client:
        for address in running.environments.values():
            async with client.get(f"http://{address}/v2/") as response:
                assert response.status == 200


async def test_environments_that_share_a_registry_share_its_address(world):
    async with serve(world) as running:
        assert list(running.environments) == ["base", "dev", "prod"]
        assert running.environments["dev"] == running.environments["prod"]
        assert running.environments["dev"] != running.environments["base"]


async def test_ports_can_be_chosen(world):
    async with serve_registry(Registry("probe")) as address:
        port = int(address.rpartition(":")[2])
    async with serve(world, ports={"base": port}) as running:
        assert running.environments["base"] == f"127.0.0.1:{port}"


async def test_nothing_answers_afterwards(world):
    async with serve(world) as running:
        address = running.environments["base"]
    async with aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(f"http://{address}/v2/")


async def test_a_registry_can_be_served_with_tls(registry):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    async with serve_registry(registry, context) as address, aiohttp.ClientSession() as client:
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.get(f"http://{address}/v2/")


TOKEN = Path('somewhere/an "azure" token')


def running(world, addresses):
    return Running(world, addresses, "http://127.0.0.1:9", Arm())


def test_the_settings_name_every_environment(world):
    addresses = {"base": "127.0.0.1:1", "dev": "127.0.0.1:2", "prod": "127.0.0.1:2"}
    common = {"kind": "oci", "auth": "anonymous"}
    assert tomllib.loads(settings_toml(running(world, addresses), TOKEN)) == {
        "environment": [
            {"name": "base", "registry": "127.0.0.1:1", **common},
            {"name": "dev", "registry": "127.0.0.1:2", "prefix": "dev/", **common},
            {"name": "prod", "registry": "127.0.0.1:2", "prefix": "prod/", "protected": True, **common},
        ]
    }


def test_the_settings_for_azure_say_where_token_and_resource_manager_are():
    world = World((Environment("base", Registry("base")), Environment("prod", Registry("prod"), kind=Kind.ACR)))
    written = tomllib.loads(settings_toml(running(world, {"base": "127.0.0.1:1", "prod": "127.0.0.1:2"}), TOKEN))
    common = {"auth": "token", "token_file": str(TOKEN.absolute()), "send_azure_token": True}
    assert written["environment"][1] == {"name": "prod", "kind": "acr", "registry": "127.0.0.1:2", **common}
    assert written["azure"] == {"arm": "http://127.0.0.1:9"}


async def test_resource_manager_knows_the_registries_of_azures_kind():
    shared = Registry("apps")
    environments = [Environment(name, shared, prefix=f"{name}/", kind=Kind.ACR) for name in ("test", "prod")]
    async with serve(World((Environment("base", Registry("base")), *environments))) as found:
        known = [each.login_server for each in found.manager.within(found.manager.subscription_id)]
    assert known == [found.environments["test"]]


async def test_resource_manager_answers_at_its_address(world):
    async with serve(world) as found, aiohttp.ClientSession(headers={"Authorization": "Bearer x"}) as client:
        response = await client.get(f"{found.arm}/subscriptions?api-version=2022-12-01")
        assert [each["tenantId"] for each in (await response.json())["value"]] == [found.manager.tenant]
