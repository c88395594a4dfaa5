"""Two hundred tags that share layers, promoted as one set, beside `skopeo sync` of the same, between real registries.

    python -m tests.benchmarks.sets [--tags N] [--layers N] [--rounds N]

Each is a whole process: planning is in it, and for Windlass the journal on disk. Aimed at a quarter of skopeo's time.
The access logs of both registries count: each blob is downloaded and uploaded once.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import rig
from tests.benchmarks.copying import SCRATCH
from tests.real import RealRegistry, docker_registry
from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.reference import Repository, Tag
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous

GROUP = 40
"""Tags in a row that share their layers."""
SHARED = 11
"""MiB of the layers that a group shares, together."""
OWN = 20 * 1024
"""Bytes of the layer that each tag has for itself."""
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_CONFIG = b'{"os":"linux","architecture":"amd64","created":"2026-01-01T00:00:%02dZ","config":{"Labels":{"tag":"%d"}}}'


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a registry's access log tells of a run: requests in all, and how often blobs came and went."""

    requests: int
    downloads: Counter[str]
    uploads: int

    @property
    def most(self) -> int:
        """How often the blob that was downloaded most often was."""
        return max(self.downloads.values(), default=0)


def traffic_since(registry: RealRegistry, start: int) -> Traffic:
    """What is in the log from byte `start` on."""
    with registry.log.open("rb") as log:
        log.seek(start)
        lines = re.findall(rb'"(GET|HEAD|PUT|POST|PATCH|DELETE) (\S+) HTTP', log.read())
    downloads = Counter(
        path.decode().rpartition("/")[2] for verb, path in lines if verb == b"GET" and b"/blobs/" in path
    )
    uploads = sum(verb == b"PUT" and b"/blobs/uploads/" in path for verb, path in lines)
    return Traffic(len(lines), downloads, uploads)


async def push_set(host: str, tags: int, layers: int) -> None:
    """Pushes `tags` images: each group shares its layers, each image has a small layer and a config of its own."""
    async with RegistryClient(Endpoint(host, plain_http=True), Anonymous()) as client:
        name, shared = Repository("app"), list[Descriptor]()
        for at in range(tags):
            if at % GROUP == 0:
                sizes = [SHARED * rig.MIB // layers] * layers
                shared = [await rig.push(client, name, _LAYER, os.urandom(size)) for size in sizes]
            config = await rig.push(client, name, media.OCI_CONFIG, _CONFIG % (at % 60, at))
            own = await rig.push(client, name, _LAYER, os.urandom(OWN))
            body = rig.manifest([config, *shared, own])
            await client.push_manifest(name, Tag(f"1.{at}"), RawManifest(media.OCI_MANIFEST, body, digest_of(body)))


@dataclass(frozen=True, slots=True)
class Rig:
    """Where it all lies, the registry that is read, and how many tags it has."""

    room: Path
    source: RealRegistry
    tags: int

    def windlass(self, target: RealRegistry) -> rig.Measured:
        """Promotes all tags as one set, with a journal that is new and on disk."""
        settings = rig.write_settings(self.room / "windlass.toml", self.source.host, target.host, "ours/")
        images = [f"app:1.{at}" for at in range(self.tags)]
        program = os.environ.get("WINDLASS_PROGRAM", "-m tui").split()
        command = [sys.executable, *program, "--config", str(settings), "promote", *images, "--to", "copy", "--yes"]
        with tempfile.TemporaryDirectory() as data:
            return rig.run(command, {"XDG_DATA_HOME": data})

    def skopeo(self, target: RealRegistry) -> rig.Measured:
        """Copies all tags of the repository with skopeo."""
        reading = ["--src", "docker", "--dest", "docker", "--src-tls-verify=false", "--dest-tls-verify=false"]
        return rig.run(["skopeo", "sync", "--all", *reading, f"{self.source.host}/app", f"{target.host}/theirs"])

    def measure(self, program: Callable[[RealRegistry], rig.Measured]) -> rig.Measured:
        """Runs `program` into an empty registry, and tells what both registries saw of it."""
        with tempfile.TemporaryDirectory(dir=self.room) as place, docker_registry(Path(place)) as target:
            start = self.source.log.stat().st_size
            measured = program(target)
            read, written = traffic_since(self.source, start), traffic_since(target, 0)
        print(
            f"  {read.requests} requests to the source ({len(read.downloads)} blobs, each downloaded {read.most} times "
            f"at most), {written.requests} to the target ({written.uploads} blobs uploaded)"
        )
        return measured


def measure(tags: int, layers: int, rounds: int) -> None:
    """Both in turn, each time into an empty registry."""
    ratios: list[float] = []
    with tempfile.TemporaryDirectory(dir=SCRATCH) as room, docker_registry(Path(room) / "source") as source:
        asyncio.run(push_set(source.host, tags, layers))
        here = Rig(Path(room), source, tags)
        for at in range(rounds):
            ours, theirs = here.measure(here.windlass), here.measure(here.skopeo)
            rig.tell(f"{tags} tags of {layers + 1} layers, round {at + 1}", ours, theirs)
            ratios.append(ours.seconds / theirs.seconds)
    print(f"median ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tags", type=int, default=200)
    parser.add_argument(
        "--layers", type=int, default=10, help="layers that tags share; each has one of its own as well"
    )
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    measure(chosen.tags, chosen.layers, chosen.rounds)
