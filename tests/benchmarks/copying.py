"""The engine `direct` beside `skopeo copy --all`, each as a whole process, between two real registries.

    python -m tests.benchmarks.copying [large] [small] [huge]

`large`: ten layers of 100 MiB, aimed at 0.7 of skopeo's time. `small`: forty layers of 1 MiB with 30 ms of round trip,
aimed at 0.5. `huge`: one layer of 2 GiB, aimed at less than 120 MiB of resident memory.
"""

import asyncio
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from tests.benchmarks import rig
from tests.real import RealRegistry, docker_registry

ROUND_TRIP = 0.030
SCRATCH = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)
"""Where the registries keep their blobs: in memory if possible, so that no shared disk is measured."""


async def measure(name: str, layers: int, size: int, rounds: int, delay: float) -> None:
    """Promotes the same image with both, a fresh pair of registries for each round."""
    for at in range(rounds):
        with tempfile.TemporaryDirectory(dir=SCRATCH) as room:
            async with AsyncExitStack() as stack:
                source, target = (
                    stack.enter_context(docker_registry(Path(room) / side)) for side in ("source", "target")
                )
                await rig.push_image(source.host, "app", layers, size)
                await _one_round(f"{name} {at + 1}", Path(room), source, target, delay)


async def _one_round(name: str, room: Path, source: RealRegistry, target: RealRegistry, delay: float) -> None:
    async with AsyncExitStack() as stack:
        hosts = [source.host, target.host]
        if delay:
            hosts = [await stack.enter_async_context(rig.delaying_proxy(host, delay / 2)) for host in hosts]
        settings = rig.write_settings(room / "windlass.toml", hosts[0], hosts[1], "ours/")
        commands = [rig.windlass(settings, "app"), rig.skopeo(hosts[0], hosts[1], "app", "theirs/app")]
        measured: list[rig.Measured] = []
        for command in commands:
            measured.append(await asyncio.to_thread(rig.run, command))
            shutil.rmtree(target.root / "docker/registry/v2", ignore_errors=True)
        rig.tell(name, *measured)


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["large", "small", "huge"]
    if "large" in chosen:
        asyncio.run(measure("ten layers of 100 MiB", 10, 100 * rig.MIB, 3, 0))
    if "small" in chosen:
        asyncio.run(measure("forty layers of 1 MiB, 30 ms", 40, rig.MIB, 5, ROUND_TRIP))
    if "huge" in chosen:
        asyncio.run(measure("one layer of 2 GiB", 1, 2048 * rig.MIB, 1, 0))
