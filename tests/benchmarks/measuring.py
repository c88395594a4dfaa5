"""Runs programs as whole processes, in turn, and keeps what each round of each took."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.table import note

MIB: Final = 1024 * 1024
SCRATCH: Final = next((place for place in ("/dev/shm",) if Path(place).is_dir()), None)
"""Where the registries keep their blobs: in memory if possible, so that no shared disk is measured."""
ROOT: Final = Path(__file__).parents[2]
"""Where `tui` and `tests` are, for processes that import them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of a program took: wall seconds, processor seconds (user and system), the most MiB resident."""

    wall: float
    processor: float
    memory: float
    asked: Counter[str]
    """Requests by kind, of all registries together; see access. Empty where nobody counted."""
    served: float
    """Processor seconds that the registries spent on it; 0 where nobody looked, or the system does not tell."""


def run(command: Sequence[str], environment: Mapping[str, str]) -> Measured:
    """Runs `command` to its end, which must be a good one; `environment` is put on top of this process's own."""
    launched = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.launch", *command],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd=ROOT,
        check=False,
    )
    took = json.loads(launched.stdout or "{}")
    if took.get("code") != 0:
        raise RuntimeError(f"{' '.join(command[:4])} … ended with {took.get('code')}: {launched.stderr[-2000:]}")
    return Measured(took["wall"], took["processor"], took["memory"], Counter(), 0)


def processor_of(processes: Sequence[int]) -> float:
    """Processor seconds, user and system, that `processes` have used together; 0 where there is no /proc that tells."""
    return sum(_ticks(process) for process in processes) / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    """See proc_pid_stat(5): the name, in brackets, may hold anything; utime and stime are the 12th and 13th after."""
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return 0
    fields = told.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def in_turn(runs: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, list[Measured]]:
    """Runs all, `rounds` times; every other round backwards, so that nobody always goes first or after the same."""
    taken: dict[str, list[Measured]] = {name: [] for name in runs}
    for at in range(rounds):
        for name in list(runs) if at % 2 == 0 else reversed(list(runs)):
            taken[name].append(runs[name]())
            note(f"  {name} {taken[name][-1].wall:.2f} s")
    return taken
