"""Docker's credential store, with configuration files and helpers that the test writes."""

import asyncio
import base64
import json
import time
from pathlib import Path

import pytest

from tui.registry.credentials import Anonymous, Credential, DockerStore, NoCredentials, Static, look_up

SECRET = "hunter2-hunter2"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for config.json, and for helpers, which is first on the path."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def configure(store: Path, **settings: object) -> None:
    (store / "config.json").write_text(json.dumps(settings))


def helper(store: Path, script: str) -> None:
    """A credential helper `test`."""
    program = store / "docker-credential-test"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def encoded(pair: str) -> str:
    return base64.b64encode(pair.encode()).decode()


async def test_plain_sources() -> None:
    assert await Anonymous().find() is None
    assert await Static("u", SECRET).find() == Credential("u", SECRET)


@pytest.mark.parametrize("key", ["r.example.com", "https://r.example.com", "https://r.example.com/v1/"])
async def test_user_and_password(store: Path, key: str) -> None:
    configure(store, auths={key: {"auth": encoded(f"user:{SECRET}:x")}})
    assert await DockerStore("r.example.com").find() == Credential("user", f"{SECRET}:x")


async def test_identity_token(store: Path) -> None:
    configure(store, auths={"r.example.com": {"auth": encoded("u:"), "identitytoken": SECRET}})
    assert await DockerStore("r.example.com").find() == Credential(identity_token=SECRET)


@pytest.mark.parametrize("host", ["docker.io", "index.docker.io", "registry-1.docker.io"])
async def test_hub_has_a_key_of_its_own(store: Path, host: str) -> None:
    configure(store, auths={"https://index.docker.io/v1/": {"auth": encoded(f"user:{SECRET}")}})
    assert await DockerStore(host).find() == Credential("user", SECRET)


@pytest.mark.parametrize("settings", [{}, {"auths": {}}, {"auths": {"r.example.com": {}}}])
async def test_nothing_stored(store: Path, settings: dict[str, object]) -> None:
    configure(store, **settings)
    assert await DockerStore("r.example.com").find() is None


async def test_no_configuration_at_all(store: Path) -> None:
    assert await DockerStore("r.example.com").find() is None


@pytest.mark.parametrize("settings", [{"credsStore": "test"}, {"credHelpers": {"r.example.com": "test"}}])
async def test_helper(store: Path, settings: dict[str, object]) -> None:
    configure(store, **settings)
    helper(store, f'echo \'{{"Username": "user", "Secret": "{SECRET}"}}\'')
    assert await DockerStore("r.example.com").find() == Credential("user", SECRET)


async def test_helper_with_an_identity_token(store: Path) -> None:
    configure(store, credsStore="test")
    helper(store, f'echo \'{{"Username": "<token>", "Secret": "{SECRET}"}}\'')
    assert await DockerStore("r.example.com").find() == Credential(identity_token=SECRET)


async def test_helper_that_knows_nothing(store: Path) -> None:
    configure(store, credsStore="test")
    helper(store, "echo credentials not found in native keychain; exit 1")
    assert await DockerStore("r.example.com").find() is None


async def test_missing_helper_is_named(store: Path) -> None:
    configure(store, credsStore="test")
    with pytest.raises(NoCredentials, match="docker-credential-test: no such program"):
        await DockerStore("r.example.com").find()


@pytest.mark.parametrize("script", [f"echo {SECRET}; exit 1", f"echo {SECRET}", "exit 3", "echo '{}'", "echo '[]'"])
async def test_broken_helper_says_so_without_its_output(store: Path, script: str) -> None:
    configure(store, credsStore="test")
    helper(store, script)
    with pytest.raises(NoCredentials, match="cannot be read") as caught:
        await DockerStore("r.example.com").find()
    assert SECRET not in str(caught.value)


def test_helper_that_hangs_is_not_waited_for_even_at_the_end(store: Path) -> None:
    configure(store, credsStore="test")
    helper(store, "exec sleep 3")
    began = time.monotonic()
    with pytest.raises(NoCredentials, match=r"within 0\.1 s"):
        asyncio.run(DockerStore("r.example.com", seconds=0.1).find())
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("auth", ["%%%", encoded("no colon"), 5])
async def test_broken_entry_says_so(store: Path, auth: object) -> None:
    configure(store, auths={"r.example.com": {"auth": auth}})
    with pytest.raises(NoCredentials, match="cannot be read"):
        await DockerStore("r.example.com").find()


def test_lookup_is_by_key(store: Path) -> None:
    configure(store, auths={"a.example.com": {"auth": encoded(f"user:{SECRET}")}})
    assert look_up("b.example.com") is None


async def test_answers_and_failures_are_remembered_for_a_while() -> None:
    asked: list[str] = []
    now = [0.0]

    def lookup(key: str) -> Credential | None:
        asked.append(key)
        raise NoCredentials("broken")

    source = DockerStore("r.example.com", lookup=lookup, clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(NoCredentials):
            await source.find()
    assert asked == ["r.example.com"]
    now[0] = 1000.0
    with pytest.raises(NoCredentials):
        await source.find()
    assert len(asked) == 2
