"""`windlass demo --serve`: the files it writes, what they lead to, and what it leaves alone."""

import base64
import json
import re
import signal
import stat
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.rooms import Room
from tui.cli.exits import Exit
from tui.domain.environment import Kind
from tui.settings.load import load_settings
from tui.settings.tokens import read_token

TIMEOUT = 60


class Demo:
    """A demo that serves into `folder`; `told` is what it printed."""

    def __init__(self, folder: Path) -> None:
        argv = [sys.executable, "-m", "tui", "demo", "--serve", "--dir", str(folder), "--seed", "5"]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.folder = folder

    def told(self) -> dict[str, Any]:
        """The one line on stdout."""
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        """Ends it as an operator does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=TIMEOUT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(folder: Path) -> Iterator[dict[str, Any]]:
    demo = Demo(folder)
    yield demo.told()
    demo.stop()


def token(folder: Path) -> str:
    return (folder / "azure-token").read_text().strip()


def claims(text: str) -> dict[str, Any]:
    part = text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_the_settings_can_be_read_and_name_both_kinds(told: dict[str, Any]) -> None:
    settings = load_settings(Path(told["config"]))
    kinds = {each.name: each.kind for each in settings.path.environments}
    assert kinds == {"base": Kind.OCI, "dev": Kind.OCI, "test": Kind.ACR, "prod": Kind.ACR}
    assert settings.azure.arm == told["arm"]


def test_the_settings_lead_to_the_token(told: dict[str, Any], folder: Path) -> None:
    settings = load_settings(Path(told["config"]))
    assert read_token(settings.connections["prod"].token, {}) == token(folder)


def test_the_token_is_shaped_like_one_of_azures(told: dict[str, Any], folder: Path) -> None:
    assert token(folder).count(".") == 2
    found = claims(token(folder))
    assert found["iss"].startswith("https://sts.windows.net/")
    assert found["exp"] > 4_000_000_000


def test_only_the_user_may_read_the_token(told: dict[str, Any], folder: Path) -> None:
    assert stat.S_IMODE((folder / "azure-token").stat().st_mode) == 0o600


def test_the_tokens_are_of_two_people(told: dict[str, Any], folder: Path) -> None:
    assert claims(token(folder))["upn"] != claims((folder / "second-person-token").read_text())["upn"]


def uncommented(config: str, keys: str) -> str:
    """The settings in the file `config` with the lines of `keys`, a pattern, switched on."""
    return re.sub(rf"^# (?={keys})", "", Path(config).read_text(), flags=re.MULTILINE)


def test_every_setting_that_is_commented_out_can_be_switched_on(told: dict[str, Any], folder: Path) -> None:
    copy = folder / "all.toml"
    copy.write_text(uncommented(told["config"], r"[\w.]+ = "))
    _, dev, test, prod = load_settings(copy).path.environments
    assert re.fullmatch(dev.gates.tags, "1.14.2")
    assert (test.follow, test.gates.overwrites) == (True, False)
    assert (prod.gates.promoted_to, prod.gates.min_age_seconds, prod.gates.approvals) == (("test",), 60, 1)
    assert [Path(name).read_text() for name in prod.gates.signed_by] == [(folder / "sample-signing.pub").read_text()]
    assert prod.notify


def promote(room: Room, image: str, settings: Path) -> int:
    return room.run("promote", image, "--to", "prod", "--yes", "--config", str(settings)).returncode


def test_the_second_person_can_approve_of_what_the_first_promotes(room: Room, demo: str) -> None:
    first, second = Path(demo).with_name("first.toml"), Path(demo).with_name("second.toml")
    first.write_text(uncommented(demo, "gates.approvals"))
    second.write_text(first.read_text().replace("azure-token", "second-person-token"))
    drift = room.run("plan", "--all-drift", "--repo", "shop/api", "--to", "prod", "--json", "--config", demo)
    image = "shop/api:" + next(plan["tag"] for plan in json.loads(drift.stdout)["plans"])
    assert room.run("approve", image, "--for", "prod", "--yes", "--config", str(first)).returncode == Exit.DONE
    assert promote(room, image, first) == Exit.REFUSED
    assert room.run("approve", image, "--for", "prod", "--yes", "--config", str(second)).returncode == Exit.DONE
    assert promote(room, image, first) == Exit.DONE


def test_resource_manager_takes_the_token_and_knows_the_registries(told: dict[str, Any], folder: Path) -> None:
    head = {"Authorization": f"Bearer {token(folder)}"}
    subscriptions = asked(f"{told['arm']}/subscriptions?api-version=2022-12-01", head)
    where = f"{subscriptions['value'][0]['id']}/providers/Microsoft.ContainerRegistry/registries"
    rows = asked(f"{told['arm']}{where}?api-version=2025-11-01", head)["value"]
    found = {row["name"]: row["properties"]["loginServer"] for row in rows}
    assert found == {name: told["environments"][name] for name in ("test", "prod")}


@pytest.mark.parametrize("name", ["base", "dev", "test", "prod"])
def test_every_registry_is_read_without_a_login(told: dict[str, Any], name: str) -> None:
    assert "shop/api" in asked(f"http://{told['environments'][name]}/v2/_catalog", {})["repositories"]


def asked(url: str, headers: dict[str, str]) -> dict[str, Any]:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT) as response:
        return json.load(response)


def test_its_own_files_are_written_anew(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    first = demo.told()
    demo.stop()
    again = Demo(tmp_path)
    second = again.told()
    written = tomllib.loads(Path(second["config"]).read_text())
    again.stop()
    assert written["azure"]["arm"] == second["arm"]
    assert first["config"] == second["config"]


@pytest.mark.parametrize("name", ["azure-token", "second-person-token", "sample-signing.pub"])
def test_a_token_or_key_of_somebody_elses_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("precious")
    demo = Demo(tmp_path)
    _, errors = demo.process.communicate(timeout=TIMEOUT)
    assert demo.process.returncode == 2
    assert f"{name} was not written by this command" in errors
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


def test_other_files_in_its_folder_are_left_alone(tmp_path: Path) -> None:
    others = ("windlass.part", "azure-token.part")
    for name in others:
        (tmp_path / name).write_text("precious")
    demo = Demo(tmp_path)
    demo.told()
    demo.stop()
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(
        (*others, "azure-token", "sample-signing.pub", "second-person-token", "windlass.toml")
    )
    assert [(tmp_path / name).read_text() for name in others] == ["precious"] * 2
