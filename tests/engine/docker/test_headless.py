"""The installed program through a real Docker Engine: what is kept, what is changed, and what is refused."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest

from tests.engine.docker.conftest import NewRegistry
from tests.lab import NOW, picture
from tests.real import require
from tests.upload import upload
from tui.sandbox import images, layers
from tui.sandbox.images import Image

pytestmark = pytest.mark.real


@dataclass(frozen=True, slots=True)
class Desk:
    """Two registries, settings that name them, and an engine to go through."""

    base: str
    prod: str
    room: Path
    engine: str

    def promote(self, image: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Promotes through the engine as a pipeline would."""
        variables = os.environ | {"DOCKER_HOST": self.engine, "XDG_DATA_HOME": str(self.room)}
        command = [sys.executable, "-m", "tui", "--config", str(self.room / "windlass.toml"), "promote", image]
        command += ["--to", "prod", "--engine", "docker", "--yes", *words]
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120)

    def raw(self, registry: str, image: str) -> bytes:
        """The manifest's bytes as skopeo reads them."""
        command = [require("skopeo"), "inspect", "--raw", "--tls-verify=false", f"docker://{registry}/{image}"]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout

    def load(self, image: Image) -> None:
        """Puts `image` into the base as `shop/api:1.0.0`."""
        upload(self.base, "shop/api", "1.0.0", image)


@pytest.fixture
def desk(engine_host: str, new_registry: NewRegistry, tmp_path: Path) -> Desk:
    base, prod = new_registry(), new_registry()
    (tmp_path / "windlass.toml").write_text(
        f'[[environment]]\nname = "base"\nregistry = "{base}"\nauth = "anonymous"\n'
        f'[[environment]]\nname = "prod"\nregistry = "{prod}"\nauth = "anonymous"\n'
    )
    return Desk(base, prod, tmp_path, engine_host)


def test_an_image_that_the_engine_built_is_promoted_and_verified(desk: Desk) -> None:
    api = docker.APIClient(desk.engine, timeout=60)
    place = f"{desk.base}/shop/api"
    api.import_image_from_data(layers.archive({"app": b"built by this engine"}), repository=place, tag="1.0.0")
    assert "digest: sha256:" in api.push(place, tag="1.0.0")
    api.close()
    done = desk.promote("shop/api:1.0.0")
    assert done.returncode == 0, done.stderr
    assert "verified" in done.stderr
    assert desk.raw(desk.prod, "shop/api:1.0.0") == desk.raw(desk.base, "shop/api:1.0.0")


def test_a_digest_that_the_engine_changes_ends_with_6_and_the_reason(desk: Desk) -> None:
    desk.load(picture(2))
    done = desk.promote("shop/api:1.0.0")
    assert done.returncode == 6
    assert "MISMATCH" in done.stderr
    assert "classic" in done.stderr
    assert desk.raw(desk.prod, "shop/api:1.0.0") != desk.raw(desk.base, "shop/api:1.0.0")


def test_an_index_is_refused_beforehand_with_the_way_out(desk: Desk) -> None:
    desk.load(images.index([images.image([], created=NOW), picture(3, platform="linux/arm64")]))
    done = desk.promote("shop/api:1.0.0")
    assert done.returncode == 5
    assert "direct" in done.stderr
    assert "--allow-change" in done.stderr
    with pytest.raises(subprocess.CalledProcessError):
        desk.raw(desk.prod, "shop/api:1.0.0")
