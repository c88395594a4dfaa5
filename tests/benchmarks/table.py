"""The contract of all measurements: each part gives rows, and the rows of a run make one Markdown table.

A part is a module with a `findings` (see findings.Part). `note` tells on stderr how far it is, and what could not be
measured.
"""

import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: what was done, what Windlass and the other took, their ratio, and what is aimed at.

    All are texts with their units, as a person is to read them: `("fill", "12 ms", "DataTable 40 ms", "0.30", "0.5")`.
    """

    name: str
    ours: str
    theirs: str
    ratio: str
    aim: str


def show(title: str, rows: Iterable[Row]) -> None:
    """Prints the rows as a Markdown table under a heading."""
    print(f"\n### {title}\n")
    print_table(
        ("what", "Windlass", "beside", "ratio", "aim"),
        [(row.name, row.ours, row.theirs, row.ratio, row.aim) for row in rows],
    )


def print_table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Prints a Markdown table: the first column to the left, the others to the right."""
    print(_line(heads))
    print(_line(["---", *["---:"] * (len(heads) - 1)]))
    for line in lines:
        print(_line(line))
    sys.stdout.flush()


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def seconds(rounds: Sequence[float]) -> str:
    """The median of rounds in seconds, and how far they lie apart: `1.20 s (1.10-1.40)`."""
    return f"{statistics.median(rounds):.2f} s{_spread(rounds, 2)}"


def milliseconds(rounds: Sequence[float]) -> str:
    """The median of rounds, given in seconds, as milliseconds: `120 ms (110-140)`."""
    scaled = [each * 1000 for each in rounds]
    return f"{statistics.median(scaled):.0f} ms{_spread(scaled, 0)}"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The median of the ratios of each round, so that what disturbed a round disturbs both sides of a ratio."""
    return f"{statistics.median(ratios(ours, theirs)):.2f}{_spread(ratios(ours, theirs), 2)}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours to theirs, round by round."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def _spread(rounds: Sequence[float], digits: int) -> str:
    return f" ({min(rounds):.{digits}f}-{max(rounds):.{digits}f})" if len(rounds) > 1 else ""


def note(text: str) -> None:
    """Tells on stderr how far a measurement is."""
    print(text, file=sys.stderr, flush=True)
