"""Promotions killed with SIGKILL at random moments, then gone on with, between real registries.

    python -m tests.endurance.killing [N] [--large] [--sandbox] [--seed N]

Each round: the old image is under the tag at the target; the promotion of the new one is killed at a moment drawn
uniformly from the time that it takes undisturbed; the tag must hold the old or the new image, and all of it; then a
second process goes on and must succeed. The source's access log tells how many bytes of layers moved twice.
`--large`: one layer of 100 MiB in place of sixty small ones. `--sandbox`: into the embedded registry.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.endurance.observing import AccessLog, digest_of_tag
from tests.real import docker_registry
from tests.upload import upload
from tui.domain.reference import Digest
from tui.sandbox import images
from tui.sandbox.layers import Layer, ready_layer
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

MIB: Final = 1024 * 1024
SCRATCH: Final = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)
REPOSITORY, TAG = "shop/api", "1.0.0"
LONGEST: Final = 120.0
"""Seconds in which a promotion has to end."""
_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cargo:
    """The image at the target before, the image to promote, and the bytes by digest of the layers it lacks there."""

    old: images.Image
    new: images.Image
    layers: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes of layers that an undisturbed promotion moves."""
        return sum(self.layers.values())


@dataclass(frozen=True, slots=True)
class Round:
    """What one kill did: how far the promotion was, and the bytes that moved twice because of it."""

    stage: str
    twice: int


@dataclass(slots=True)
class Pier:
    """The registries and where this run keeps its files."""

    room: Path
    source: str
    target: str
    source_log: AccessLog
    target_log: AccessLog | None
    cargo: Cargo
    rounds: list[Round] = field(default_factory=list[Round])

    def settle(self, name: str) -> "Berth":
        """A fresh place at the target that holds the old image, and a journal of its own."""
        berth = Berth(self, name)
        upload(self.target, berth.repository, TAG, self.cargo.old)
        berth.settings.parent.mkdir()
        berth.settings.write_text(
            f'repositories = ["{REPOSITORY}"]\n'
            f'[[environment]]\nname = "base"\nregistry = "{self.source}"\nauth = "anonymous"\n'
            f'[[environment]]\nname = "prod"\nregistry = "{self.target}"\nprefix = "{name}/"\nauth = "anonymous"\n'
        )
        self.source_log.skip()
        if self.target_log:
            self.target_log.skip()
        return berth


@dataclass(frozen=True, slots=True)
class Berth:
    """One round's place at the target."""

    pier: Pier
    name: str

    @property
    def repository(self) -> str:
        return f"{self.name}/{REPOSITORY}"

    @property
    def settings(self) -> Path:
        return self.pier.room / self.name / "windlass.toml"

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Starts the program as a user would."""
        command = [sys.executable, "-m", "tui", "--config", str(self.settings), *words]
        variables = os.environ | {"XDG_DATA_HOME": str(self.settings.parent)}
        return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def promote(self) -> "subprocess.Popen[str]":
        """Starts to promote the new image over the old one."""
        return self.start("promote", f"{REPOSITORY}:{TAG}", "--to", "prod", "--yes")

    def held(self) -> str:
        """The digest under the tag at the target, all below it proved."""
        return digest_of_tag(self.pier.target, self.repository, TAG)


def measure(pier: Pier) -> float:
    """Seconds that an undisturbed promotion takes, the faster of two."""
    return min(_undisturbed(pier.settle(f"calm{at}")) for at in range(2))


def _undisturbed(berth: Berth) -> float:
    started = time.monotonic()
    _must_end_well(berth.promote())
    took = time.monotonic() - started
    assert berth.held() == str(berth.pier.cargo.new.digest)
    assert _moved_twice(berth.pier) == 0
    return took


def kill_one(pier: Pier, name: str, after: float) -> Round:
    """One round: killed `after` seconds, looked at, gone on with, and looked at again."""
    berth = pier.settle(name)
    process = berth.promote()
    time.sleep(after)
    process.kill()
    process.communicate()
    stage = _stage(pier, berth.held())
    go_on(berth)
    held = berth.held()
    assert held == str(pier.cargo.new.digest), f"{name}: after going on the tag holds {held}"
    done = Round(stage, _moved_twice(pier))
    pier.rounds.append(done)
    return done


def go_on(berth: Berth) -> None:
    """Resumes what is known to be interrupted; promotes where the kill came before anything was recorded."""
    if berth.held() != str(berth.pier.cargo.new.digest):
        _must_end_well(berth.promote())


def _must_end_well(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 0, err
    return out + err


def _stage(pier: Pier, held: str) -> str:
    """How far it was. The tag must hold the old image or the new one."""
    assert held in {str(pier.cargo.old.digest), str(pier.cargo.new.digest)}, f"the tag holds {held}"
    if held == str(pier.cargo.new.digest):
        return "after the tag"
    if pier.target_log is None:
        return "before the tag"
    return "during content" if pier.target_log.writes() else "before writing"


def _moved_twice(pier: Pier) -> int:
    """Bytes of layers that the source served beyond what each layer has, since it was asked last."""
    time.sleep(0.05)  # the line of a request that was cut off is written once the registry noticed
    served = pier.source_log.served()
    return sum(max(served[digest] - size, 0) for digest, size in pier.cargo.layers.items())


def small_cargo(rng: random.Random, size: int = 100_000) -> Cargo:
    """An index of two platforms with thirty layers each: ten are shared, and two are in the old image as well."""
    shared = [_layer(rng, size) for _ in range(10)]
    new = [[*shared, *(_layer(rng, size) for _ in range(20))] for _ in range(2)]
    return _cargo([[*shared[:2], _layer(rng, size)]] * 2, new)


def large_cargo(rng: random.Random) -> Cargo:
    """One platform with one layer of 100 MiB."""
    return _cargo([[_layer(rng, 1000)]], [[_layer(rng, 100 * MIB)]])


def _cargo(old: Sequence[Sequence[Layer]], new: Sequence[Sequence[Layer]]) -> Cargo:
    before, after = _index(old, "old"), _index(new, "new")
    there = {layer.digest for layers in old for layer in layers}
    lacking = {str(each.digest): len(each.data) for layers in new for each in layers if each.digest not in there}
    return Cargo(before, after, lacking)


def _index(platforms: Sequence[Sequence[Layer]], label: str) -> images.Image:
    names = ("linux/amd64", "linux/arm64")
    return images.index(
        [
            images.image(layers, created=_MADE, platform=name, labels={"made": label})
            for name, layers in zip(names, platforms, strict=False)
        ]
    )


def _layer(rng: random.Random, size: int) -> Layer:
    return ready_layer(rng.randbytes(size), Digest("sha256", f"{rng.getrandbits(256):064x}"), "none")


def tell(rounds: Sequence[Round], cargo: Cargo) -> None:
    """Prints where the kills fell and what moved twice."""
    for stage, count in sorted(Counter(each.stage for each in rounds).items()):
        twice = [each.twice for each in rounds if each.stage == stage]
        mean = sum(twice) / len(twice) / cargo.size
        print(
            f"  killed {stage}: {count}; moved twice: {mean:.1%} of the image on average, {max(twice):,} bytes at most"
        )
    print(f"  in all: {len(rounds)} rounds, {sum(each.twice for each in rounds):,} bytes twice of {cargo.size:,} each")


def run(pier: Pier, count: int, rng: random.Random) -> None:
    """All rounds, told one by one and in sum."""
    duration = measure(pier)
    print(f"undisturbed {duration:.2f} s, {pier.cargo.size:,} bytes of layers", flush=True)
    for number in range(1, count + 1):
        after = rng.uniform(0, duration)
        done = kill_one(pier, f"round{number}", after)
        print(f"{number:4} killed at {after:.2f} s, {done.stage}; {done.twice:,} bytes twice", flush=True)
    tell(pier.rounds, pier.cargo)


async def main(words: argparse.Namespace) -> None:
    """Opens the registries and runs."""
    rng = random.Random(words.seed)
    cargo = large_cargo(rng) if words.large else small_cargo(rng)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as name, docker_registry(Path(name)) as source:
        room = Path(name)
        upload(source.host, REPOSITORY, TAG, cargo.new)
        source_log = AccessLog(source.log)
        if words.sandbox:
            async with serve_registry(Registry("target")) as host:
                pier = Pier(room, source.host, host, source_log, None, cargo)
                await asyncio.to_thread(run, pier, words.rounds, rng)
        else:
            with docker_registry(room) as target:
                run(Pier(room, source.host, target.host, source_log, AccessLog(target.log), cargo), words.rounds, rng)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rounds", nargs="?", type=int, default=200)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--sandbox", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    asyncio.run(main(given))
