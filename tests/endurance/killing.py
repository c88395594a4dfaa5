"""Promotions killed with SIGKILL at random moments, then gone on with, between real registries.

    python -m tests.endurance.killing [N] [--large] [--sandbox] [--seed N]

Each round: the old image is under the tag at the target; the promotion of the new one is killed; the tag must hold the
old or the new image, and all of it; then a second process goes on and must succeed. The source's access log tells how
many bytes of layers moved twice. The moment is drawn uniformly, by turns: from the time that a promotion takes
undisturbed, from the bytes that it moves, and from the moments around the write of the tag.
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
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.benchmarks.far import delaying_proxy
from tests.endurance.cargo import Cargo, large_cargo, small_cargo
from tests.endurance.moments import Moment, moments
from tests.endurance.observing import AccessLog, digest_of_tag
from tests.real import docker_registry
from tests.upload import upload
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

SCRATCH: Final = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)
REPOSITORY, TAG = "shop/api", "1.0.0"
DELAY: Final = 0.01
"""Seconds that the line to the target adds each way, so that the blobs take long enough to be killed among them."""
LONGEST: Final = 120.0
"""Seconds in which a promotion has to end."""


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
        variables = os.environ | {"XDG_DATA_HOME": str(self.settings.parent), "PYTHONUNBUFFERED": "1"}
        return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def promote(self) -> "subprocess.Popen[str]":
        """Starts to promote the new image over the old one."""
        return self.start("promote", f"{REPOSITORY}:{TAG}", "--to", "prod", "--yes", "--json")

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


def kill_one(pier: Pier, name: str, moment: Moment) -> Round:
    """One round: killed at `moment`, looked at, gone on with, and looked at again."""
    berth = pier.settle(name)
    process = berth.promote()
    moment.wait(process)
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
    _must_end_well(berth.start("resume", "--yes", "--json"))
    if berth.held() == str(berth.pier.cargo.old.digest):
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
    for number, moment in zip(range(1, count + 1), moments(rng, duration, pier.cargo.size), strict=False):
        done = kill_one(pier, f"round{number}", moment)
        print(f"{number:4} killed {moment}, {done.stage}; {done.twice:,} bytes twice", flush=True)
    tell(pier.rounds, pier.cargo)


@asynccontextmanager
async def pier_for(cargo: Cargo, room: Path, *, is_sandbox: bool, delay: float) -> AsyncGenerator[Pier, None]:
    """Registries with the new image at the source. `delay` is what the target's line adds each way, in seconds."""
    async with AsyncExitStack() as stack:
        source = stack.enter_context(docker_registry(room))
        upload(source.host, REPOSITORY, TAG, cargo.new)
        if is_sandbox:
            host, log = await stack.enter_async_context(serve_registry(Registry("target"))), None
        else:
            target = stack.enter_context(docker_registry(room))
            host, log = target.host, AccessLog(target.log)
        if delay:
            host = await stack.enter_async_context(delaying_proxy(host, delay))
        yield Pier(room, source.host, host, AccessLog(source.log), log, cargo)


async def main(words: argparse.Namespace) -> None:
    """Opens the registries and runs."""
    rng = random.Random(words.seed)
    cargo, delay = (large_cargo(rng), 0) if words.large else (small_cargo(rng), DELAY)
    with tempfile.TemporaryDirectory(dir=SCRATCH) as name:
        async with pier_for(cargo, Path(name), is_sandbox=words.sandbox, delay=delay) as pier:
            await asyncio.to_thread(run, pier, words.rounds, rng)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rounds", nargs="?", type=int, default=200)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--sandbox", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    print(f"seed {given.seed}")
    asyncio.run(main(given))
