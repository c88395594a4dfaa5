"""Between two real registries, one in plain http, one with TLS under a private authority and a password: every shape
of image is promoted by the installed program, and skopeo finds the same bytes on both sides."""

import base64
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zstandard

from tests.lab import NOW, picture
from tests.real import RealRegistry, docker_registry, require
from tests.upload import upload
from tui.domain.provenance import NOTE_TYPE
from tui.domain.reference import Digest
from tui.sandbox import images, layers
from tui.sandbox.dialects import DOCKER

pytestmark = pytest.mark.real
PASSWORD = "planted-secret-5f1d"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two registries, the settings that name them, and the environment variables to run the program with."""

    base: RealRegistry
    prod: RealRegistry
    settings: Path
    variables: dict[str, str]

    def windlass(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs the program as a user would."""
        command = [sys.executable, "-m", "tui", "--config", str(self.settings), *words]
        return subprocess.run(command, env=self.variables, capture_output=True, text=True, timeout=120)

    def raw(self, registry: RealRegistry, image: str) -> bytes:
        """The manifest's bytes as skopeo, which knows nothing of us, reads them."""
        tls = ["--tls-verify=false"]
        login = ["--creds", f"ops:{PASSWORD}"] if registry is self.prod else []
        command = [require("skopeo"), "inspect", "--raw", *tls, *login, f"docker://{registry.host}/{image}"]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    room = tmp_path_factory.mktemp("pair")
    with docker_registry(room) as base, docker_registry(room, tls=True, htpasswd=("ops", PASSWORD)) as prod:
        login = base64.b64encode(f"ops:{PASSWORD}".encode()).decode()
        (room / "config.json").write_text(json.dumps({"auths": {prod.host: {"auth": login}}}))
        settings = room / "windlass.toml"
        settings.write_text(
            f'[[environment]]\nname = "base"\nregistry = "{base.host}"\n'
            f'[[environment]]\nname = "prod"\nregistry = "{prod.host}"\nplain_http = false\nca = "{prod.ca_file}"\n'
        )
        variables = os.environ | {"DOCKER_CONFIG": str(room), "XDG_DATA_HOME": str(room / "data")}
        yield Pair(base, prod, settings, variables)


def zstd_image() -> images.Image:
    tar = layers.archive({"app": random.Random(5).randbytes(5000)})
    diff_id = Digest("sha256", hashlib.sha256(tar).hexdigest())
    layer = layers.ready_layer(zstandard.compress(tar), diff_id, "zstd")
    return images.image([layer], created=NOW)


def attested_index() -> images.Image:
    platforms = [picture(6), picture(7, platform="linux/arm64")]
    statement = images.artifact("", b"{}", payload_type="application/vnd.in-toto+json")
    reference = {"vnd.docker.reference.type": "attestation-manifest"}
    attestation = images.Image(
        statement.manifest, statement.media_type, statement.digest, statement.blobs, (), "unknown/unknown", reference
    )
    return images.index([*platforms, attestation])


def docker_image() -> images.Image:
    return images.image([layers.random_layer(4000, random.Random(1))], created=NOW, dialect=DOCKER)


SHAPES = {
    "docker": docker_image,
    "oci": lambda: picture(2),
    "index": attested_index,
    "docker-list": lambda: images.index([docker_image()], dialect=DOCKER),
    "artifact": lambda: images.artifact("application/vnd.example.chart", b"chart", payload_type="application/x-tar"),
    "index-of-indexes": lambda: images.index([images.index([picture(3)]), picture(4, platform="linux/arm64")]),
    "zstd": zstd_image,
    "layers-120": lambda: picture(8, layers=120, size=300),
    "no-layers": lambda: images.image([], created=NOW),
    "uncompressed": lambda: images.image([layers.random_layer(3000, random.Random(9), "none")], created=NOW),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_image_arrives_byte_for_byte(pair: Pair, shape: str) -> None:
    image = SHAPES[shape]()
    upload(pair.base.host, f"shop/{shape}", "1.0.0", image)
    done = pair.windlass("promote", f"shop/{shape}:1.0.0", "--to", "prod", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "PromotionSucceeded"
    arrived = pair.raw(pair.prod, f"shop/{shape}:1.0.0")
    assert arrived == pair.raw(pair.base, f"shop/{shape}:1.0.0") == image.manifest
    for child in image.children:
        assert pair.raw(pair.prod, f"shop/{shape}@{child.digest}") == child.manifest


def test_referrers_arrive_where_no_registry_has_the_referrers_api(pair: Pair) -> None:
    image = picture(20)
    upload(pair.base.host, "shop/signed", "1.0.0", image)
    signature = images.artifact("application/vnd.example.signature", b"sig", payload_type="text/plain", subject=image)
    upload(pair.base.host, "shop/signed", None, signature)
    fallback = images.index([signature])
    upload(pair.base.host, "shop/signed", f"sha256-{image.digest.hex}", fallback)
    done = pair.windlass("promote", "shop/signed:1.0.0", "--to", "prod", "--yes")
    assert done.returncode == 0, done.stderr
    assert pair.raw(pair.prod, f"shop/signed@{signature.digest}") == signature.manifest
    listed = json.loads(pair.raw(pair.prod, f"shop/signed:sha256-{image.digest.hex}"))
    kinds = {item["digest"]: item["artifactType"] for item in listed["manifests"]}
    assert kinds.pop(str(signature.digest)) == "application/vnd.example.signature"
    assert list(kinds.values()) == [NOTE_TYPE]


def test_status_sees_the_drift_and_then_that_it_is_gone(pair: Pair) -> None:
    upload(pair.base.host, "shop/drift", "1.0.0", picture(30))
    before = pair.windlass("status", "--repo", "shop/drift", "--json")
    assert (before.returncode, json.loads(before.stdout)["summary"]["prod"]["missing"]) == (3, 1)
    assert pair.windlass("promote", "shop/drift:1.0.0", "--to", "prod", "--yes").returncode == 0
    after = pair.windlass("status", "--repo", "shop/drift", "--json")
    assert (after.returncode, json.loads(after.stdout)["summary"]["prod"]["in-sync"]) == (0, 1)


def test_without_the_password_it_is_unknown_and_nothing_is_written(pair: Pair, tmp_path: Path) -> None:
    upload(pair.base.host, "shop/locked", "1.0.0", picture(40))
    stranger = Pair(pair.base, pair.prod, pair.settings, pair.variables | {"DOCKER_CONFIG": str(tmp_path)})
    assert stranger.windlass("status", "--repo", "shop/locked", "--json").returncode == 4
    refused = stranger.windlass("promote", "shop/locked:1.0.0", "--to", "prod", "--yes")
    assert refused.returncode == 1
    assert "401" in refused.stderr or "credentials" in refused.stderr


def test_an_unknown_authority_is_named_with_the_way_to_trust_it(pair: Pair, tmp_path: Path) -> None:
    upload(pair.base.host, "shop/tls", "1.0.0", picture(50))
    settings = tmp_path / "windlass.toml"
    settings.write_text(pair.settings.read_text().replace(f'ca = "{pair.prod.ca_file}"', ""))
    doubting = Pair(pair.base, pair.prod, settings, pair.variables)
    refused = doubting.windlass("promote", "shop/tls:1.0.0", "--to", "prod", "--yes")
    assert refused.returncode == 1
    assert "ca =" in refused.stderr


def test_no_secret_is_told_or_kept(pair: Pair) -> None:
    upload(pair.base.host, "shop/secret", "1.0.0", picture(60))
    done = pair.windlass("promote", "shop/secret:1.0.0", "--to", "prod", "--yes", "--json")
    journal = (Path(pair.variables["XDG_DATA_HOME"]) / "windlass" / "journal.db").read_bytes()
    encoded = base64.b64encode(f"ops:{PASSWORD}".encode()).decode()
    for secret in (PASSWORD, encoded):
        assert secret not in done.stdout + done.stderr
        assert secret.encode() not in journal
