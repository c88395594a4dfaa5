"""Serving a world, and the settings for it."""

import ssl
import tomllib

import aiohttp
import pytest

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


def test_the_settings_name_every_environment(world):
    addresses = {"base": "127.0.0.1:1", "dev": "127.0.0.1:2", "prod": "127.0.0.1:2"}
    common = {"kind": "oci", "auth": "anonymous"}
    assert tomllib.loads(settings_toml(Running(world, addresses))) == {
        "environment": [
            {"name": "base", "registry": "127.0.0.1:1", **common},
            {"name": "dev", "registry": "127.0.0.1:2", "prefix": "dev/", **common},
            {"name": "prod", "registry": "127.0.0.1:2", "prefix": "prod/", "protected": True, **common},
        ]
    }
