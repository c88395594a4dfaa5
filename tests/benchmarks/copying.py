"""One image beside `skopeo copy --all` and `crane copy`, each as a whole process, between two real registries.

`windlass promote` plans, asks, journals on disk, copies and reads back; all of that is in its time. Each run fills an
empty registry, and the judge compares what came out.
"""

import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.benchmarks import programs
from tests.benchmarks.findings import Aims, Asked, Findings, asked_in, memory_row, rows_of
from tests.benchmarks.judge import CONFIG, LAYER, Chunks, Images, clerk, image
from tests.benchmarks.measuring import MIB, in_turn
from tests.benchmarks.programs import CRANE_JOBS, Program
from tests.benchmarks.stage import Line, Stage, opened
from tests.benchmarks.table import Row, note
from tests.real import RealRegistry

PROGRAMS: Final[Mapping[str, Program]] = {
    programs.OURS: programs.windlass,
    "skopeo": programs.skopeo_copy,
    "crane": programs.crane_copy,
}
TINY: Final = "tiny"
"""The repository of an image of a kilobyte: what a program needs for it, it needs to start."""
_CONFIG: Final = b'{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]}}'


@dataclass(frozen=True, slots=True)
class Case:
    """An image of `layers` layers of `size` bytes, copied over `line`; `rarely`: once for so many rounds of others."""

    name: str
    layers: int
    size: int
    line: Line
    aims: Aims
    rarely: int = 1


LARGE: Final = Aims(skopeo=0.62, crane=1.0, processor=0.33, memory=60)
CASES: Final = (
    Case("ten layers of 100 MiB", 10, 100 * MIB, Line(), LARGE),
    Case("ten layers of 100 MiB, TLS", 10, 100 * MIB, Line(is_tls=True), LARGE),
    Case("one layer of 2 GiB", 1, 2048 * MIB, Line(), Aims(memory=60), 3),
    Case("forty layers of 1 MiB", 40, MIB, Line(), Aims(processor=0.33)),
    Case("forty layers of 1 MiB, 30 ms", 40, MIB, Line(round_trip=0.03), Aims(0.3, 0.4)),
    Case("forty layers of 1 MiB, 30 ms, TLS", 40, MIB, Line(True, 0.03), Aims(0.3, 0.4)),
)


def findings(rounds: int, only: str) -> Findings:
    """All cases with `only` in their names."""
    rows: list[Row] = []
    asked: list[Asked] = []
    for case in (case for case in CASES if only in case.name):
        note(f"copy: {case.name}")
        with opened(case.line, lambda source, case=case: _fill(source, case)) as stage:
            found = _measure(stage, case, max(1, rounds // case.rarely))
        rows += found.rows
        asked += found.asked
    return Findings(tuple(rows), tuple(asked))


def _fill(source: RealRegistry, case: Case) -> dict[str, Images]:
    return {"app": _push(source, "app", case.layers, case.size), TINY: _push(source, TINY, 1, 1024)}


def _push(source: RealRegistry, repository: str, layers: int, size: int) -> Images:
    with clerk(source, repository) as pushing:
        config = pushing.push_blob(CONFIG, lambda: [_CONFIG])
        manifest = image(config, [pushing.push_blob(LAYER, noise(size)) for _ in range(layers)])
        pushing.push_manifest("1.0.0", manifest)
    return {"1.0.0": manifest}


def noise(size: int) -> Chunks:
    """`size` bytes like those of no other layer, as gzip that packs nothing, in pieces of 1 MiB.

    Only the head of each piece is new, which is quick to make. It has to be gzip: what is not packed yet, skopeo packs
    on the way, and copies another image then.
    """
    random = os.urandom(MIB)

    def chunks() -> Iterable[bytes]:
        packer = zlib.compressobj(0, wbits=31)
        for at, start in enumerate(range(0, size, MIB)):
            yield packer.compress((at.to_bytes(8, "big") + random[8:])[: size - start])
        yield packer.flush()

    return chunks


def _measure(stage: Stage, case: Case, rounds: int) -> Findings:
    named = with_best_jobs(stage, "app", programs.installed(PROGRAMS))
    taken = in_turn({name: lambda p=program: stage.measure(p, "app") for name, program in named.items()}, rounds)
    rows = rows_of(case.name, taken, case.aims)
    if case.aims.memory:
        started = {name: stage.measure(program, TINY) for name, program in named.items()}
        rows += [memory_row(case.name, taken, started, peer, case.aims) for peer in named if peer == "skopeo"]
    return Findings(tuple(rows), tuple(asked_in(case.name, taken)))


def with_best_jobs(stage: Stage, repository: str, named: Mapping[str, Program]) -> dict[str, Program]:
    """The same, and crane with that `-j` besides with which it was done first; which also warms up the machine."""
    if "crane" not in named:
        return dict(named)
    note("  looking for crane's best -j")
    tried = {jobs: programs.with_jobs(named["crane"], jobs) for jobs in CRANE_JOBS}
    walls = {jobs: stage.measure(program, repository).wall for jobs, program in tried.items()}
    best = min(walls, key=lambda jobs: walls[jobs])
    return {**named, f"crane -j {best}": tried[best]}
