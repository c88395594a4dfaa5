"""Every reason, planted with the tools that cause it in practice, between two real registries; and what is said of it.

The installed program looks as an operator would: before the base's tags are pushed again, in between, and when all is
planted. What each look costs is read in the registries' own access logs.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.lab import picture
from tests.real import RealRegistry, docker_registry, require
from tests.upload import upload
from tui.sandbox import images

pytestmark = pytest.mark.real
COMMIT, BUILD = "1f3c2ab94be1d0a77aa01ee3c5d6e7f809182736", "20261120.4"


@dataclass(frozen=True, slots=True)
class Yard:
    """A base and a prod, the settings that name them, an engine, and the data directory of one operator."""

    base: RealRegistry
    prod: RealRegistry
    room: Path
    engine: docker.APIClient

    def windlass(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Runs the program as a user would."""
        command = [sys.executable, "-m", "tui", "--config", str(self.room / "windlass.toml"), *words]
        variables = os.environ | {"XDG_DATA_HOME": str(self.room / "data")}
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=120)

    def copy(self, source: str, target: str, *options: str) -> None:
        """`skopeo copy` from the base to prod."""
        places = [f"docker://{self.base.host}/{source}", f"docker://{self.prod.host}/{target}"]
        tls = ["--src-tls-verify=false", "--dest-tls-verify=false"]
        subprocess.run(
            [require("skopeo"), "copy", *options, *tls, *places], check=True, capture_output=True, timeout=60
        )

    def build(self, host: str, image: str, content: str, labels: Mapping[str, str]) -> None:
        """`docker build` of one file, and `docker push`."""
        repository, _, tag = image.partition(":")
        lines = ["FROM scratch", "COPY app /app", *(f"LABEL {name}={value}" for name, value in labels.items())]
        context = archive({"Dockerfile": "\n".join(lines), "app": content})
        built = self.engine.build(fileobj=context, custom_context=True, tag=f"{host}/{image}", nocache=True, rm=True)
        assert not [line for line in built if b'"error"' in line]
        self.push(host, repository, tag)

    def push(self, host: str, repository: str, tag: str) -> None:
        """`docker push`."""
        pushed = list(self.engine.push(f"{host}/{repository}", tag=tag, stream=True, decode=True))
        assert not [line for line in pushed if "error" in line], pushed

    def requests(self) -> int:
        """How many requests both registries answered so far."""
        logs = (registry.log.read_text() for registry in (self.base, self.prod))
        return sum(log.count('"GET /v2/') + log.count('"HEAD /v2/') for log in logs)


def archive(files: Mapping[str, str]) -> io.BytesIO:
    """A build context."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    packed.seek(0)
    return packed


# -- how each is made; a name is also the repository -----------------------------------------------------------------


def prepare_moved(yard: Yard) -> None:
    upload(yard.base.host, "shop/moved", "1.0.0", picture(1))
    yard.copy("shop/moved:1.0.0", "shop/moved:1.0.0")


def plant_moved(yard: Yard) -> None:
    upload(yard.base.host, "shop/moved", "1.0.0", picture(2))


def prepare_behind(yard: Yard) -> None:
    upload(yard.base.host, "shop/behind", "1.0.0", picture(3))


def repush_behind(yard: Yard) -> None:
    upload(yard.base.host, "shop/behind", "1.0.0", picture(4))


def plant_behind(yard: Yard) -> None:
    yard.copy(f"shop/behind@{picture(3).digest}", "shop/behind:1.0.0")


def plant_older(yard: Yard) -> None:
    for seed, tag in enumerate(("1.0.0", "1.1.0", "latest"), 5):
        upload(yard.base.host, "shop/older", tag, picture(seed))
    yard.copy("shop/older:1.0.0", "shop/older:latest")


def plant_untagged(yard: Yard) -> None:
    upload(yard.base.host, "shop/untagged", "1.0.0", picture(8))
    yard.copy("shop/untagged:1.0.0", "shop/untagged:1.0.0")
    upload(yard.base.host, "shop/untagged", "1.0.0", picture(9))


def plant_flattened(yard: Yard) -> None:
    upload(yard.base.host, "shop/flattened", "1.0.0", images.index([picture(10), picture(11, platform="linux/arm64")]))
    yard.copy("shop/flattened:1.0.0", "shop/flattened:1.0.0")


def plant_wrapped(yard: Yard) -> None:
    upload(yard.base.host, "shop/wrapped", "1.0.0", picture(12))
    upload(yard.prod.host, "shop/wrapped", "1.0.0", images.index([picture(12)]))


def plant_recompressed(yard: Yard) -> None:
    upload(yard.base.host, "shop/recompressed", "1.0.0", picture(13))
    through_engine(yard, "shop/recompressed")


def plant_one_platform(yard: Yard) -> None:
    platforms = [picture(14), picture(15, platform="linux/arm64")]
    upload(yard.base.host, "shop/one-platform", "1.0.0", images.index(platforms))
    through_engine(yard, "shop/one-platform")


def through_engine(yard: Yard, repository: str) -> None:
    """The classic promotion: pull, tag, push."""
    list(yard.engine.pull(f"{yard.base.host}/{repository}", tag="1.0.0", stream=True, decode=True))
    yard.engine.tag(f"{yard.base.host}/{repository}:1.0.0", f"{yard.prod.host}/{repository}", "1.0.0")
    yard.push(yard.prod.host, repository, "1.0.0")


def plant_converted(yard: Yard) -> None:
    upload(yard.base.host, "shop/converted", "1.0.0", picture(16))
    yard.copy("shop/converted:1.0.0", "shop/converted:1.0.0", "--format", "v2s2")


def plant_rebuilt(yard: Yard) -> None:
    labels = {"org.opencontainers.image.revision": COMMIT}
    yard.build(yard.base.host, "shop/rebuilt:1.0.0", "built on monday", labels)
    yard.build(yard.prod.host, "shop/rebuilt:1.0.0", "built on tuesday", labels)


def plant_same_build(yard: Yard) -> None:
    labels = {"com.azure.dev.image.build.buildnumber": BUILD}
    yard.build(yard.base.host, "shop/same-build:1.0.0", "built on monday", labels)
    yard.build(yard.prod.host, "shop/same-build:1.0.0", "built on tuesday", labels)


def plant_foreign(yard: Yard) -> None:
    yard.build(yard.base.host, "shop/foreign:1.0.0", "ours", {"org.opencontainers.image.revision": COMMIT})
    yard.build(yard.prod.host, "shop/foreign:1.0.0", "theirs", {"org.opencontainers.image.revision": "f" * 40})


def plant_nameless(yard: Yard) -> None:
    upload(yard.base.host, "shop/nameless", "1.0.0", picture(17))
    upload(yard.prod.host, "shop/nameless", "1.0.0", picture(18, layers=3))


PLANTED: list[tuple[str, str, Callable[[Yard], None], str, str]] = [
    # repository, how it is made, by what, the reason, and words that its evidence has
    ("moved", "promoted, then the base's tag pushed again", plant_moved, "moved", "base"),
    ("behind", "the base's tag pushed again, prod given the older image afterwards", plant_behind, "behind", "base"),
    ("older", "latest moved on, prod's is what the base calls 1.0.0", plant_older, "behind", "1.0.0"),
    ("untagged", "as behind, but nobody looked before", plant_untagged, "behind", "base"),
    ("flattened", "skopeo copy without --all", plant_flattened, "flattened", "linux/amd64"),
    ("wrapped", "an index made around the base's manifest", plant_wrapped, "wrapped", ""),
    ("recompressed", "docker pull, tag, push of another builder's image", plant_recompressed, "recompressed", ""),
    ("one-platform", "docker pull, tag, push of an index", plant_one_platform, "recompressed", "linux/amd64"),
    ("converted", "skopeo copy --format v2s2", plant_converted, "recompressed", ""),
    ("rebuilt", "docker build of the same commit, twice", plant_rebuilt, "rebuilt", COMMIT[:7]),
    ("same-build", "docker build under the same build number, twice", plant_same_build, "rebuilt", BUILD),
    ("foreign", "docker build of another commit, pushed to prod by hand", plant_foreign, "foreign", ""),
    ("nameless", "an image without labels, pushed to prod by hand", plant_nameless, "foreign", ""),
]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the last look said of each repository, and what looks cost in requests."""

    cells: Mapping[str, Mapping[str, Any]]
    plain: int
    explained: int
    again: int


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, engine_host: str) -> Iterator[Seen]:
    room = tmp_path_factory.mktemp("yard")
    with docker_registry(room) as base, docker_registry(room) as prod:
        (room / "windlass.toml").write_text(
            f'[[environment]]\nname = "base"\nregistry = "{base.host}"\nauth = "anonymous"\n'
            f'[[environment]]\nname = "prod"\nregistry = "{prod.host}"\nauth = "anonymous"\n'
        )
        yard = Yard(base, prod, room, docker.APIClient(engine_host, timeout=120))
        prepare_moved(yard)
        prepare_behind(yard)
        assert yard.windlass("status").returncode == 3
        repush_behind(yard)
        assert yard.windlass("status").returncode == 3
        for _, _, plant, _, _ in PLANTED:
            plant(yard)
        yield look(yard)
        yard.engine.close()


def look(yard: Yard) -> Seen:
    """Looks without asking why, then asking, then asking once more in another process."""
    costs: list[int] = []
    outputs: list[str] = []
    for words in ((), ("--explain",), ("--explain",)):
        before = yard.requests()
        done = yard.windlass("status", "--json", *words)
        assert done.returncode == 3, done.stderr
        costs.append(yard.requests() - before)
        outputs.append(done.stdout)
    assert json.loads(outputs[1])["rows"] == json.loads(outputs[2])["rows"]
    rows = json.loads(outputs[1])["rows"]
    cells = {row["repository"]: row["cells"]["prod"] for row in rows if row["cells"]["prod"]["state"] == "differs"}
    return Seen(cells, *costs)


@pytest.mark.parametrize(("name", "how", "plant", "reason", "words"), PLANTED, ids=[row[0] for row in PLANTED])
def test_what_was_done_is_said(
    seen: Seen, name: str, how: str, plant: Callable[[Yard], None], reason: str, words: str
) -> None:
    del plant
    cell = seen.cells[f"shop/{name}"]
    assert cell.get("reason") == reason, f"{how}: {cell}"
    assert words in " ".join(clue["text"] for clue in cell["evidence"])


def test_it_costs_four_requests_a_cell_at_most_and_later_none(seen: Seen) -> None:
    assert len(seen.cells) == len(PLANTED)
    assert seen.explained - seen.plain <= 4 * len(PLANTED)
    assert seen.again == seen.plain
