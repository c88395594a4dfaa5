"""The commands that are compared: what Windlass, skopeo and crane are called with to do the same."""

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.table import note

OURS: Final = "windlass"
CRANE_JOBS: Final = (4, 8, 16, 40)
"""The `-j` among which crane's best is looked for."""


@dataclass(frozen=True, slots=True)
class End:
    """A registry as a program is to reach it: its host, and the directory of its authority's `ca.crt` if it has one."""

    host: str
    authority: Path | None


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be copied: these tags of one repository, from `source` to `target`; `room` is for files."""

    source: End
    target: End
    repository: str
    tags: tuple[str, ...]
    room: Path


@dataclass(frozen=True, slots=True)
class Command:
    """A program called for a job, what its environment has besides, and the repository that it fills."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    into: str


Program = Callable[[Job], Command]


def windlass(job: Job) -> Command:
    """Promotes all tags as one set; its journal is new, and on disk."""
    settings, data = job.room / "windlass.toml", job.room / "data"
    settings.write_text(_environment("base", job.source, "") + _environment("copy", job.target, "ours/"))
    program = os.environ.get("WINDLASS_PROGRAM", "-m tui").split()
    images = (f"{job.repository}:{tag}" for tag in job.tags)
    words = (sys.executable, *program, "--config", str(settings), "promote", *images, "--to", "copy", "--yes")
    return Command(words, {"XDG_DATA_HOME": str(data)}, f"ours/{job.repository}")


def _environment(name: str, end: End, prefix: str) -> str:
    trust = f'ca = "{end.authority}/ca.crt"\n' if end.authority else ""
    place = f'registry = "{end.host}"\nprefix = "{prefix}"\nauth = "anonymous"\n'
    return f'[[environment]]\nname = "{name}"\n{place}{trust}'


def skopeo_copy(job: Job) -> Command:
    """Copies the one tag."""
    into, (tag,) = f"theirs/{job.repository}", job.tags
    source, target = f"{job.source.host}/{job.repository}:{tag}", f"{job.target.host}/{into}:{tag}"
    words = ("skopeo", "copy", "--all", "--quiet", *_trust(job), f"docker://{source}", f"docker://{target}")
    return Command(words, {}, into)


def skopeo_sync(job: Job) -> Command:
    """Copies all tags of the repository."""
    kinds = ("--src", "docker", "--dest", "docker")
    ends = (f"{job.source.host}/{job.repository}", f"{job.target.host}/theirs")
    return Command(("skopeo", "sync", "--all", *kinds, *_trust(job), *ends), {}, f"theirs/{job.repository}")


def _trust(job: Job) -> Iterable[str]:
    for side, end in (("src", job.source), ("dest", job.target)):
        yield f"--{side}-cert-dir={end.authority}" if end.authority else f"--{side}-tls-verify=false"


def crane_copy(job: Job) -> Command:
    """Copies the one tag."""
    (tag,) = job.tags
    return _crane(job, (), f":{tag}")


def crane_copy_all(job: Job) -> Command:
    """Copies all tags of the repository."""
    return _crane(job, ("-a",), "")


def _crane(job: Job, options: Iterable[str], tag: str) -> Command:
    into = f"cranes/{job.repository}"
    ends = (f"{job.source.host}/{job.repository}{tag}", f"{job.target.host}/{into}{tag}")
    bundle = job.room / "authorities.pem"
    authorities = [end.authority for end in (job.source, job.target) if end.authority]
    bundle.write_text("".join((each / "ca.crt").read_text() for each in authorities))
    plain = () if authorities else ("--insecure",)
    return Command(("crane", "copy", *plain, *options, *ends), {"SSL_CERT_FILE": str(bundle)}, into)


def with_jobs(program: Program, jobs: int) -> Program:
    """The same with `-j jobs`."""

    def call(job: Job) -> Command:
        command = program(job)
        return Command((*command.words, "-j", str(jobs)), command.environment, command.into)

    return call


def installed(programs: Mapping[str, Program]) -> dict[str, Program]:
    """Those whose program is on PATH; tells which are not."""
    found = {name: program for name, program in programs.items() if name == OURS or shutil.which(name)}
    for missing in programs.keys() - found.keys():
        note(f"{missing} is not on PATH: it is left out")
    return found
