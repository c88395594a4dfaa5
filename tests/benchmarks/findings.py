"""What was measured, as rows of the tables."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tests.benchmarks.access import KINDS, OTHER
from tests.benchmarks.measuring import Measured
from tests.benchmarks.programs import OURS
from tests.benchmarks.table import Row, print_table, ratio, seconds

CORES: Final = os.cpu_count() or 1
"""Processors that programs and registries share."""

Taken = Mapping[str, Sequence[Measured]]
"""The rounds of each program, by its name."""


@dataclass(frozen=True, slots=True)
class Aims:
    """The ratios aimed at, and the MiB above the start; 0 where nothing is."""

    skopeo: float = 0
    crane: float = 0
    processor: float = 0
    memory: float = 0

    def wall(self, peer: str) -> str:
        """What is aimed at in wall time beside `peer`."""
        return _aim(self.skopeo if peer.startswith("skopeo") else self.crane)


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests by kind that a program made for one job."""

    job: str
    program: str
    requests: Counter[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """The rows of a part, and what was asked of registries meanwhile."""

    rows: tuple[Row, ...]
    asked: tuple[Asked, ...] = ()


class Part(Protocol):
    """One part of the measurements."""

    def __call__(self, rounds: int, only: str, /) -> Findings:
        """Measures both sides in turn, `rounds` times, in the cases that have `only` in their names."""
        ...


def rows_of(name: str, taken: Taken, aims: Aims) -> list[Row]:
    """Wall time beside each peer, then processor time: that of the programs, and that of the registries."""
    peers = [peer for peer in taken if peer != OURS]
    walls = [_wall(name if at == 0 else f"{name}, beside {peer}", taken, peer, aims) for at, peer in enumerate(peers)]
    processors = [_processor(f"{name}, processor", taken, peer, aims) for peer in peers[:1]]
    return [*walls, *processors, *(_served(name, taken, peer) for peer in peers[:2] if _is_told(taken, peer))]


def _wall(name: str, taken: Taken, peer: str, aims: Aims) -> Row:
    ours, theirs = ([each.wall for each in taken[program]] for program in (OURS, peer))
    return Row(name, seconds(ours), f"{peer} {seconds(theirs)}", ratio(ours, theirs), aims.wall(peer))


def _processor(name: str, taken: Taken, peer: str, aims: Aims) -> Row:
    ours, theirs = ([each.processor for each in taken[program]] for program in (OURS, peer))
    return Row(name, seconds(ours), f"{peer} {seconds(theirs)}", ratio(ours, theirs), _aim(aims.processor))


def _served(name: str, taken: Taken, peer: str) -> Row:
    """The least that a program can take which has the registries do the same, and takes no time of its own."""
    ours, theirs = ([each.served / CORES for each in taken[program]] for program in (OURS, peer))
    title = f"{name}, registries alone, spread over {CORES} cores"
    return Row(title, seconds(ours), f"{peer} {seconds(theirs)}", ratio(ours, theirs), "")


def _is_told(taken: Taken, peer: str) -> bool:
    return all(each.served for program in (OURS, peer) for each in taken[program])


def memory_row(name: str, taken: Taken, started: Mapping[str, Measured], peer: str, aims: Aims) -> Row:
    """The most memory, above what the same program needs for an image of a kilobyte (`started`)."""
    ours, theirs = (_above(taken[program], started[program]) for program in (OURS, peer))
    told = f"{peer} {theirs:.0f} MiB"
    most = f"{ours:.0f} MiB (of {max(each.memory for each in taken[OURS]):.0f})"
    return Row(f"{name}, memory above the start", most, told, "", f"{aims.memory:.0f} MiB")


def _above(rounds: Sequence[Measured], start: Measured) -> float:
    return max(each.memory for each in rounds) - start.memory


def asked_in(job: str, taken: Taken) -> list[Asked]:
    """What each program asked for in the round in which that was in the middle."""
    middle = {name: sorted(rounds, key=lambda it: it.asked.total())[len(rounds) // 2] for name, rounds in taken.items()}
    return [Asked(job, name, measured.asked) for name, measured in middle.items()]


def show_asked(title: str, asked: Sequence[Asked]) -> None:
    """Prints the requests of each kind that anybody made, of both registries together."""
    names = (*(name for name, _, _ in KINDS), OTHER)
    used = [name for name in names if any(each.requests[name] for each in asked)]
    print(f"\n### {title}: requests\n")
    print_table(
        ("what", "program", "all", *used),
        [
            (it.job, it.program, f"{it.requests.total():,}", *(f"{it.requests[name] or ''}" for name in used))
            for it in asked
        ],
    )


def _aim(value: float) -> str:
    return f"{value:.2f}" if value else ""
