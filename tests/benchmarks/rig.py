"""What the measurements stand on: images of random layers, and far lines to registries."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.far import delaying_proxy as delaying_proxy
from tests.benchmarks.measuring import MIB as MIB
from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.reference import Repository, Tag
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous

TAG: Final = Tag("1.0.0")


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall seconds and the largest resident memory (MiB) of one run of a program."""

    seconds: float
    memory: float


def run(command: list[str], environment: Mapping[str, str] | None = None) -> Measured:
    """Runs `command` to its end, which must be a good one; `environment` is put on top of this process's own."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as narration:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=narration, env={**os.environ, **(environment or {})}
        )
        memory = 0.0
        while process.poll() is None:
            memory = max(memory, _resident(process.pid))
            time.sleep(0.01)
        seconds = time.perf_counter() - started
        if process.returncode != 0:
            narration.seek(0)
            raise RuntimeError(f"{command} failed: {narration.read().decode()[-2000:]}")
    return Measured(seconds, memory)


def _resident(pid: int) -> float:
    """The most memory that a process had resident so far, in MiB; the kernel's own high-water mark."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def skopeo(source: str, target: str, repository: str, into: str) -> list[str]:
    """The command that copies with skopeo."""
    return [
        *("skopeo", "copy", "--all", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false"),
        f"docker://{source}/{repository}:{TAG}",
        f"docker://{target}/{into}:{TAG}",
    ]


def windlass(settings: Path, repository: str) -> list[str]:
    """The command that promotes with Windlass."""
    return [
        *(sys.executable, "-m", "tui", "--config", str(settings)),
        *("promote", f"{repository}:{TAG}", "--to", "copy", "--yes"),
    ]


def write_settings(file: Path, source: str, target: str, prefix: str) -> Path:
    """Settings with a base at `source` and an environment `copy` at `target` under `prefix`."""
    file.write_text(
        f'[[environment]]\nname = "base"\nregistry = "{source}"\nauth = "anonymous"\n'
        f'[[environment]]\nname = "copy"\nregistry = "{target}"\nprefix = "{prefix}"\nauth = "anonymous"\n'
    )
    return file


async def push_image(host: str, repository: str, layers: int, size: int) -> None:
    """Pushes an image of `layers` random layers of `size` bytes each."""
    async with RegistryClient(Endpoint(host, plain_http=True), Anonymous()) as client:
        name = Repository(repository)
        config = b'{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}'
        blobs = [await push(client, name, media.OCI_CONFIG, config)]
        for _ in range(layers):
            blobs.append(await push(client, name, "application/vnd.oci.image.layer.v1.tar", os.urandom(size)))
        body = manifest(blobs)
        await client.push_manifest(name, TAG, RawManifest(media.OCI_MANIFEST, body, digest_of(body)))


async def push(client: RegistryClient, name: Repository, media_type: str, body: bytes) -> Descriptor:
    """Pushes `body` as a blob of `name`."""
    blob = Descriptor(media_type, digest_of(body), len(body))
    await client.push_blob(name, blob, body)
    return blob


def manifest(blobs: Sequence[Descriptor]) -> bytes:
    """The manifest of an image of a config and layers."""
    texts = [f'{{"mediaType":"{b.media_type}","digest":"{b.digest}","size":{b.size}}}' for b in blobs]
    layers = ",".join(texts[1:])
    return f'{{"schemaVersion":2,"mediaType":"{media.OCI_MANIFEST}","config":{texts[0]},"layers":[{layers}]}}'.encode()


def tell(name: str, ours: Measured, theirs: Measured) -> None:
    """Prints both, and the ratio of ours to theirs."""
    print(
        f"{name}: windlass {ours.seconds:6.2f} s {ours.memory:4.0f} MiB   "
        f"skopeo {theirs.seconds:6.2f} s {theirs.memory:4.0f} MiB   ratio {ours.seconds / theirs.seconds:.2f}",
        flush=True,
    )
