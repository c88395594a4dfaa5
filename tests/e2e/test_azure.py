"""Registries of Azure's kind and a Resource Manager, through the real program: a login that is exchanged, lists, locks,
imports that keep the digest, and no secret anywhere that people or programs look.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.real import require
from tui.domain.provenance import NOTE_TYPE
from tui.settings.load import load_settings
from tui.ui.app import WindlassApp
from tui.wiring.workbench import open_workbench

IMAGE = "shop/api:1.17.1"
"""An index of the sample world with a signature and an SBOM: in test, and not yet in prod."""
LOCKED = "shop/cron:1.13.1"


@dataclass(frozen=True, slots=True)
class World:
    """The sample world, served by the program itself."""

    room: Path
    config: str
    hosts: dict[str, str]
    arm: str

    @property
    def token(self) -> str:
        """The sample login, which nobody but the registries and the Resource Manager may see."""
        return (self.room / "demo" / "azure-token").read_text().strip()

    def windlass(self, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Runs the program."""
        return subprocess.run(
            [sys.executable, "-m", "tui", *words],
            cwd=self.room, env=self._env | env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    def get(self, environment: str, path: str) -> bytes:
        """What a registry answers to anybody."""
        with urllib.request.urlopen(f"http://{self.hosts[environment]}{path}", timeout=30) as answer:
            return bytes(answer.read())

    @property
    def _env(self) -> dict[str, str]:
        homes = {f"XDG_{name}_HOME": str(self.room / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        return os.environ | homes | {"PYTHONPATH": str(Path.cwd()), "HOME": str(self.room)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[World, None, None]:
    room = tmp_path_factory.mktemp("azure")
    command = [sys.executable, "-m", "tui", "demo", "--serve", "--dir", str(room / "demo")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield World(room, told["config"], told["environments"], told["arm"])
        process.terminate()


def digest_at(world: World, environment: str, image: str) -> str:
    """What skopeo makes of a tag: an independent judge."""
    place = f"docker://{world.hosts[environment]}/{image}"
    command = [require("skopeo"), "inspect", "--tls-verify=false", "--raw", place]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    digest = subprocess.run(["sha256sum"], input=raw, capture_output=True, check=True, timeout=60).stdout
    return f"sha256:{digest.split()[0].decode()}"


def test_an_import_keeps_the_digest_and_signatures_follow(world: World) -> None:
    done = world.windlass("promote", IMAGE, "--to", "prod", "--yes", "--config", world.config)
    assert done.returncode == 0, done.stderr
    assert "acr-import" in done.stderr
    assert "Azure: Succeeded" in done.stderr
    digest = digest_at(world, "test", IMAGE)
    assert digest_at(world, "prod", IMAGE) == digest
    referrers = [
        json.loads(world.get(name, f"/v2/shop/api/referrers/{digest}"))["manifests"] for name in ("test", "prod")
    ]
    assert len(referrers[0]) == 2
    assert [item for item in referrers[1] if item.get("artifactType") != NOTE_TYPE] == referrers[0]


def test_a_locked_tag_is_refused_unlocked_promoted_and_locked_again(world: World) -> None:
    held = digest_at(world, "prod", LOCKED)
    refused = world.windlass("promote", LOCKED, "--to", "prod", "--yes", "--config", world.config)
    assert refused.returncode == 5
    assert f"windlass unlock {LOCKED} --in prod" in refused.stderr
    assert digest_at(world, "prod", LOCKED) == held

    assert world.windlass("unlock", LOCKED, "--in", "prod", "--config", world.config).returncode == 5
    assert world.windlass("unlock", LOCKED, "--in", "prod", "--yes", "--config", world.config).returncode == 0

    locking = Path(world.config).with_name("locking.toml")
    locking.write_text(Path(world.config).read_text().replace("protected = true", "protected = true\nlock = true"))
    done = world.windlass("promote", LOCKED, "--to", "prod", "--yes", "--json", "--config", str(locking))
    assert done.returncode == 0, done.stderr
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    assert events[-5:] == ["StepStarted", "TagLocked", "StepStarted", "PromotionNoted", "PromotionSucceeded"]
    status = json.loads(world.windlass("status", "--json", "--repo", "shop/cron", "--config", world.config).stdout)
    cells = {row["tag"]: row["cells"]["prod"] for row in status["rows"]}
    assert cells[LOCKED.partition(":")[2]]["locked"] is True
    assert cells["latest"].get("locked", False) is False
    assert cells["latest"]["pushed"]


def stored_identity_token(host: str, refresh: str) -> dict[str, object]:
    return {"auths": {host: {"auth": base64.b64encode(b"00000000:").decode(), "identitytoken": refresh}}}


def stored_password(host: str, refresh: str) -> dict[str, object]:
    user = "00000000-0000-0000-0000-000000000000"
    return {"auths": {host: {"auth": base64.b64encode(f"{user}:{refresh}".encode()).decode()}}}


@pytest.mark.parametrize("stored", [stored_identity_token, stored_password])
def test_a_login_that_docker_stores_lists_and_locks(
    world: World, tmp_path: Path, stored: Callable[[str, str], dict[str, object]]
) -> None:
    host = world.hosts["test"]
    (tmp_path / "config.json").write_text(json.dumps(stored(host, refresh_token(world, "test"))))
    settings = tmp_path / "windlass.toml"
    table = '[[environment]]\nname = "{0}"\nregistry = "{1}"\nkind = "{2}"\nauth = "{3}"\n'
    base = table.format("base", world.hosts["base"], "oci", "anonymous")
    settings.write_text(base + table.format("test", host, "acr", "docker"))
    words = ("shop/web:latest", "--in", "test", "--yes", "--config", str(settings))
    for command, is_locked in (("lock", True), ("unlock", False)):
        done = world.windlass(command, *words, DOCKER_CONFIG=str(tmp_path))
        assert done.returncode == 0, done.stderr
        told = world.windlass(
            "status", "--json", "--repo", "shop/web", "--config", str(settings), DOCKER_CONFIG=str(tmp_path)
        )
        cells = {row["tag"]: row["cells"]["test"] for row in json.loads(told.stdout)["rows"]}
        assert cells["latest"].get("locked", False) is is_locked


def test_a_refresh_token_in_the_environment_is_a_login(world: World, tmp_path: Path) -> None:
    settings = tmp_path / "windlass.toml"
    host = world.hosts["test"]
    settings.write_text(
        f'[[environment]]\nname = "test"\nregistry = "{host}"\nkind = "acr"\nauth = "token"\ntoken_env = "LOGIN"\n'
    )
    words = ("status", "--repo", "shop/web", "--config", str(settings))
    without = world.windlass(*words)
    assert without.returncode == 4
    assert "set the environment variable LOGIN" in without.stderr
    done = world.windlass(*words, LOGIN=refresh_token(world, "test"))
    assert done.returncode == 0, done.stderr


def refresh_token(world: World, environment: str) -> str:
    """What `az acr login --expose-token` gives: the registry's own token, exchanged for one of Azure's."""
    host = world.hosts[environment]
    form = {"grant_type": "access_token", "service": host, "access_token": world.token}
    request = urllib.request.Request(f"http://{host}/oauth2/exchange", data=urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.loads(answer.read())["refresh_token"])


def test_init_finds_the_registries_of_a_login_and_writes_settings_that_load(world: World) -> None:
    programs = world.room / "bin"
    programs.mkdir()
    grant = {"accessToken": world.token, "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800}
    (programs / "az").write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(grant)}\nEND\n")
    (programs / "az").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    words = ("init", "--auth", "azure-cli", "--arm", world.arm, "--config", str(world.room / "found.toml"))

    shown = world.windlass(*words, PATH=path)
    assert shown.returncode == 5, shown.stderr
    assert "[[environment]]" in shown.stdout
    assert not (world.room / "found.toml").exists()

    written = world.windlass(*words, "--yes", PATH=path)
    assert written.returncode == 0, written.stderr
    found = load_settings(world.room / "found.toml")
    assert {item.registry for item in found.path.environments} == {world.hosts["test"], world.hosts["prod"]}

    again = world.windlass(*words, "--yes", PATH=path)
    assert (again.returncode, "--force" in again.stderr) == (2, True)


def test_without_az_the_sentence_says_what_to_do(world: World) -> None:
    done = world.windlass("init", "--auth", "azure-cli", PATH="/nonexistent")
    assert done.returncode == 1
    assert "https://aka.ms/azure-cli" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_login_is_in_no_output_and_not_in_the_journal(world: World) -> None:
    outputs = [
        world.windlass(*words, "--config", world.config)
        for words in (
            ("status", "--json"),
            ("plan", "shop/web:latest", "--to", "prod"),
            ("promote", "shop/web:latest", "--to", "prod", "--yes", "--json"),
            ("promote", "shop/web:latest", "--to", "prod", "--from", "base", "--engine", "acr-import", "--yes"),
        )
    ]
    told = "".join(done.stdout + done.stderr for done in outputs)
    kept = b"".join(file.read_bytes() for file in world.room.glob("DATA/**/*") if file.is_file())
    assert "shop/web" in told
    assert b"PromotionSucceeded" in kept
    for secret in secrets_of(world):
        assert secret not in told
        assert secret.encode() not in kept


async def test_the_login_is_in_no_picture_of_the_board(world: World, tmp_path: Path) -> None:
    settings = load_settings(Path(world.config))
    async with open_workbench(settings, journal_file=tmp_path / "journal.db") as workbench:
        app = WindlassApp(workbench)
        async with app.run_test(size=(160, 50)) as pilot:
            await until(pilot, lambda: app.deck is not None and app.deck.surveys.read_at is not None)
            await pilot.press("slash", *"shop/cron prod:differs", "enter", "l", "l", "l", "p")
            await until(pilot, lambda: "PlanScreen" in type(app.screen).__name__)
            picture = app.export_screenshot()
    assert "shop/cron" in picture
    for secret in secrets_of(world):
        assert secret not in picture


def secrets_of(world: World) -> tuple[str, ...]:
    """The sample login and its parts, which a careless message might quote alone."""
    return (world.token, *world.token.split("."))


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(60):
        while not holds():
            await pilot.pause(0.05)
