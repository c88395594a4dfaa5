"""Two hundred tags that share layers, promoted as one set, beside `skopeo sync` and `crane copy -a` of the same.

Each is a whole process between real registries: planning is in it, and for Windlass the journal on disk. After each run
the judge compares every manifest and every blob.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.benchmarks import programs
from tests.benchmarks.copying import noise, with_best_jobs
from tests.benchmarks.findings import Aims, Asked, Findings, asked_in, rows_of
from tests.benchmarks.judge import CONFIG, LAYER, Blob, Images, clerk, image
from tests.benchmarks.measuring import MIB, in_turn
from tests.benchmarks.programs import Program
from tests.benchmarks.stage import Line, opened
from tests.benchmarks.table import Row, note
from tests.real import RealRegistry

PROGRAMS: Final[Mapping[str, Program]] = {
    programs.OURS: programs.windlass,
    "skopeo": programs.skopeo_sync,
    "crane": programs.crane_copy_all,
}
GROUP: Final = 40
"""Tags in a row that share their layers."""
SHARED: Final = 11
"""MiB of the layers that a group shares, together."""
OWN: Final = 20 * 1024
"""Bytes of the layer that each tag has for itself."""
_CONFIG = b'{"os":"linux","architecture":"amd64","created":"2026-01-01T00:00:%02dZ","config":{"Labels":{"tag":"%d"}}}'


@dataclass(frozen=True, slots=True)
class Case:
    """`tags` images that share `layers` layers and have one of their own; `rarely`: once for so many rounds."""

    tags: int
    layers: int
    line: Line
    rarely: int

    @property
    def name(self) -> str:
        """What is copied, and how far."""
        distance = f", {self.line.round_trip * 1000:.0f} ms" if self.line.round_trip else ""
        return f"{self.tags} tags of {self.layers}+1 layers{distance}"


AIMS: Final = Aims(skopeo=0.22, crane=0.7, processor=0.33)
CASES: Final = (
    Case(200, 2, Line(), 1),
    Case(200, 10, Line(), 1),
    Case(40, 10, Line(round_trip=0.03), 3),  # few: skopeo asks one thing after another
)


def findings(rounds: int, only: str) -> Findings:
    """All cases with `only` in their names."""
    rows: list[Row] = []
    asked: list[Asked] = []
    for case in (case for case in CASES if only in case.name):
        note(f"sets: {case.name}")
        found = _measure(case, max(1, rounds // case.rarely))
        rows += found.rows
        asked += found.asked
    return Findings(tuple(rows), tuple(asked))


def _measure(case: Case, rounds: int) -> Findings:
    with opened(case.line, lambda source: {"app": push_set(source, case.tags, case.layers)}) as stage:
        named = with_best_jobs(stage, "app", programs.installed(PROGRAMS))
        taken = in_turn({name: lambda p=program: stage.measure(p, "app") for name, program in named.items()}, rounds)
    return Findings(tuple(rows_of(case.name, taken, AIMS)), tuple(asked_in(case.name, taken)))


def push_set(registry: RealRegistry, tags: int, layers: int) -> Images:
    """Pushes `tags` images: each group shares its layers, each image has a small layer and a config of its own."""
    images: dict[str, bytes] = {}
    shared: list[Blob] = []
    with clerk(registry, "app") as pushing:
        for at in range(tags):
            if at % GROUP == 0:
                sizes = [SHARED * MIB // layers] * layers
                shared = [pushing.push_blob(LAYER, noise(size)) for size in sizes]
            config = pushing.push_blob(CONFIG, lambda at=at: [_CONFIG % (at % 60, at)])
            own = pushing.push_blob(LAYER, noise(OWN))
            images[f"1.{at}"] = image(config, [*shared, own])
            pushing.push_manifest(f"1.{at}", images[f"1.{at}"])
    return images
