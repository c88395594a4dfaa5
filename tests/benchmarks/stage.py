"""Two real registries, near or far, plain or over TLS, between which a program copies; the judge looks at each copy."""

import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from tests.benchmarks.access import AccessLog, kinds
from tests.benchmarks.far import far_away
from tests.benchmarks.judge import Images, judge
from tests.benchmarks.measuring import SCRATCH, Measured, processor_of, run
from tests.benchmarks.programs import End, Job, Program
from tests.real import RealRegistry, docker_registry


@dataclass(frozen=True, slots=True)
class Line:
    """The way to both registries."""

    is_tls: bool = False
    round_trip: float = 0.0
    """Seconds."""


Fill = Callable[[RealRegistry], Mapping[str, Images]]
"""Fills a registry, and tells the manifests of each of its repositories."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A filled source, and room for a new target for each run."""

    room: Path
    line: Line
    source: RealRegistry
    near: End
    images: Mapping[str, Images]

    def measure(self, program: Program, repository: str) -> Measured:
        """Copies `repository` with `program` into an empty registry. RuntimeError if the copy is not the same."""
        with (
            tempfile.TemporaryDirectory(dir=self.room) as place,
            tempfile.TemporaryDirectory() as disk,
            _served(Path(place), self.line) as (target, end),
        ):
            images = self.images[repository]
            command = program(Job(self.near, end, repository, tuple(images), Path(disk)))
            logs = AccessLog(self.source), AccessLog(target)
            servers = [self.source.process, target.process]
            before = processor_of(servers)
            measured = run(command.words, command.environment)
            served = processor_of(servers) - before
            asked = kinds([request for log in logs for request in log.read()])
            judge(target, command.into, images)
            return replace(measured, asked=asked, served=served)


@contextmanager
def opened(line: Line, fill: Fill) -> Generator[Stage, None, None]:
    """A stage whose source was filled with `fill`."""
    with tempfile.TemporaryDirectory(dir=SCRATCH) as name, _served(Path(name), line) as (source, end):
        yield Stage(Path(name), line, source, end, fill(source))


@contextmanager
def _served(room: Path, line: Line) -> Generator[tuple[RealRegistry, End], None, None]:
    with docker_registry(room, tls=line.is_tls) as registry:
        distance = far_away([registry.host], line.round_trip / 2) if line.round_trip else nullcontext([registry.host])
        with distance as (host,):
            yield registry, End(host, _authority(room, registry))


def _authority(room: Path, registry: RealRegistry) -> Path | None:
    """A directory with nothing but the authority's certificate, as skopeo wants it."""
    if not registry.ca_file:
        return None
    directory = room / f"authority-{registry.host.rpartition(':')[2]}"
    directory.mkdir()
    shutil.copy(registry.ca_file, directory / "ca.crt")
    return directory
