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
    return Measured(took["wall"], took["processor"], took["memory"], Counter())


def in_turn(runs: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, list[Measured]]:
    """Runs all, `rounds` times; every other round backwards, so that nobody always goes first or after the same."""
    taken: dict[str, list[Measured]] = {name: [] for name in runs}
    for at in range(rounds):
        for name in list(runs) if at % 2 == 0 else reversed(list(runs)):
            taken[name].append(runs[name]())
            note(f"  {name} {taken[name][-1].wall:.2f} s")
    return taken
