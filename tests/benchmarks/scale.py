"""A large estate on paper and on a simulated clock: what is asked, how long it takes, what it weighs, where it ends.

    python -m tests.benchmarks.scale [--repositories N] [--tags N] [--environments N] [--thin N] [--whole]

The real client, survey, pace, journal and board read the sandbox's Azure registries with the budgets that Microsoft
gives for each tier. Its clock leaps over every wait: seconds in the tables are simulated, but for those of the
processor, which are measured, and which no wait of the clock stands for. Of a large estate only one row of `--thin` is
made, with pages as much shorter: the requests are the same, and a byte that arrives counts as so many. `--whole` reads
1,000 repositories of 10,000 tags in five environments so, which takes some minutes.
"""

import argparse
from collections.abc import Mapping, Sequence
from typing import Final

from tests.benchmarks.findings import Findings
from tests.benchmarks.scale_estate import Size
from tests.benchmarks.scale_memory import Weight, weigh
from tests.benchmarks.scale_promotions import print_promotions
from tests.benchmarks.scale_run import Network, Reading, Told, measure
from tests.benchmarks.table import Row, note, print_table, ratio, seconds
from tui.sandbox.acr.budgets import Budgets

WHOLE: Final = Size(1000, 10_000, 5, thin=40)
_FOUND: Final = Size(40, 10_000, 5, thin=40)
_FINDING: Final = "40 x 10,000 tags x 5 registries, simulated"
_SHARES: Final = (4, 2, 1)
"""The sizes at which the laws are looked for, as parts of what is asked for."""
_NETWORK: Final = Network(latency=0.1, bandwidth=125e6)
_TIERS: Final[Mapping[str, Budgets]] = {"Standard": Budgets.BASIC, "Premium": Budgets.PREMIUM}
_GIB: Final = 1024**3
_BARE: Final = 100 * 1024**2
"""Bytes of the program without a board."""
_READERS: Final = 32
"""Repositories of an environment that `tui.usecases.survey` reads at once."""
_READ: Final = Size(4, 10_000, 5)
_WEIGHED: Final = Size(6, 10_000, 5)
_MINUTE: Final = 60.0


def least(size: Size, budgets: Budgets) -> float:
    """Seconds that the budget alone makes of the pages of one registry: it is full at first, and fills as it is used.

    Each page needs one read, and each registry has a budget of its own.
    """
    pages = size.repositories * -(-size.tags // 1000)
    reads = budgets.reads or pages
    return max(0.0, (pages - reads) / reads * _MINUTE)


def print_readings(told: Mapping[tuple[str, Size], Told]) -> None:
    """What was asked for, and how long it took."""
    heads = (
        "estate, tier",
        "reading",
        "requests",
        "of these pages",
        "tokens",
        "429",
        "first screen",
        "whole",
        "least",
        "MB",
    )
    print_table(
        heads,
        [
            _line(f"{size.repositories:,} x {size.tags:,} x {size.environments}, {tier}", name, reading, size, tier)
            for (tier, size), both in told.items()
            for name, reading in (("first", both.first), ("again", both.again))
        ],
    )


def _line(estate: str, name: str, reading: Reading, size: Size, tier: str) -> Sequence[str]:
    return (
        estate,
        name,
        f"{reading.asked:,}",
        f"{reading.requests.get('acr-tags', 0):,}",
        f"{reading.requests.get('acr-token', 0):,}",
        f"{reading.refused:,}",
        f"{reading.first:.1f} s",
        f"{reading.whole:.1f} s",
        f"{least(size, _TIERS[tier]):.0f} s",
        f"{reading.carried / 1e6:,.0f}",
    )


def print_costs(told: Told, weight: Weight, size: Size) -> None:
    """What is measured here for each cell, and what that makes of the whole."""
    reading, cells = told.first, WHOLE.cells
    each, recalled, carried = (of / reading.rows for of in (reading.processor, told.recall, reading.carried))
    print_table(
        (f"measured at {size.repositories} x {size.tags:,} x {size.environments}", "for a cell", "for the whole"),
        [
            ("on the board", f"{weight.board:.0f} B", _gigabytes(weight.board * cells)),
            ("as the journal recalls it", f"{weight.recalled:.0f} B", _gigabytes(weight.recalled * cells)),
            ("while its repository is being read", f"{weight.reading:.0f} B", _gigabytes(_under_way(weight, WHOLE))),
            ("in the journal", f"{told.kept:.0f} B", _gigabytes(told.kept * cells)),
            ("over the network", f"{carried:.0f} B", _gigabytes(carried * cells)),
            ("processor: read and kept", f"{each * 1e6:.1f} us", _minutes(each * cells)),
            ("processor: recalled", f"{recalled * 1e6:.1f} us", _minutes(recalled * cells)),
        ],
    )


def print_ends(weight: Weight) -> None:
    """The largest estates of this shape that a machine's memory holds.

    At a second start what the journal recalls lies beside the board until all was read again.
    """
    print()
    second = weight.board + weight.recalled
    print_table(
        ("memory", f"repositories of {WHOLE.tags:,} x {WHOLE.environments}", "at a second start"),
        [(f"{gib} GiB", _most(weight, gib, weight.board), _most(weight, gib, second)) for gib in (2, 8, 16)],
    )


def _most(weight: Weight, gib: int, each: float) -> str:
    """Repositories whose cells take `each` bytes, beside the program and what is being read."""
    free = gib * _GIB - _BARE - _under_way(weight, WHOLE)
    return f"{free / each / WHOLE.tags / WHOLE.environments:,.0f}"


def _under_way(weight: Weight, size: Size) -> float:
    """Bytes of what is being read at one time: so many repositories of each environment, each of them whole."""
    return weight.reading * min(size.repositories, _READERS) * size.environments * size.tags


def _gigabytes(size: float) -> str:
    return f"{size / 1e9:.2f} GB"


def _minutes(seconds: float) -> str:
    return f"{seconds / _MINUTE:.1f} min"


def findings(rounds: int, only: str) -> Findings:
    """One line for each promise, at a size that takes a minute; a simulation says the same in every round."""
    del rounds
    if only not in _FINDING:
        return Findings(())
    told = measure(_FOUND, Budgets.BASIC, _NETWORK)
    first, again = told.first, told.again
    allowed = max(least(_FOUND, Budgets.BASIC), first.carried / _NETWORK.bandwidth)
    return Findings(
        (
            _beside(f"{_FINDING}, screen", first.first, "whole", first.whole, "0.20"),
            _beside(f"{_FINDING}, whole", first.whole, "line and budget alone", allowed, "1.50"),
            _beside(f"{_FINDING}, second start", again.whole, "first", first.whole, "0.20"),
        )
    )


def _beside(name: str, ours: float, whose: str, theirs: float, aim: str) -> Row:
    return Row(name, seconds([ours]), f"{whose} {seconds([theirs])}", ratio([ours], [theirs]), aim)


def sizes(wanted: Size) -> list[Size]:
    """Three of them, up to the one that is wanted."""
    return [Size(wanted.repositories // share, wanted.tags, wanted.environments, wanted.thin) for share in _SHARES]


def chosen() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("--repositories", type=int, default=80)
    parser.add_argument("--tags", type=int, default=10_000)
    parser.add_argument("--environments", type=int, default=5)
    parser.add_argument("--thin", type=int, default=40, help="one row is made of so many")
    parser.add_argument("--whole", action="store_true", help="1,000 x 10,000 x 5 as well")
    return parser.parse_args()


def main(words: argparse.Namespace) -> None:
    """Measures, and prints tables in Markdown."""
    wanted = Size(words.repositories, words.tags, words.environments, words.thin)
    cases = [("Standard", size) for size in sizes(wanted)] + [("Premium", wanted)]
    if words.whole:
        cases += [(tier, WHOLE) for tier in _TIERS]
    told: dict[tuple[str, Size], Told] = {}
    for tier, size in cases:
        note(f"{size} at {tier}")
        told[tier, size] = measure(size, _TIERS[tier], _NETWORK)
    print("\n### Reading\n")
    print_readings(told)
    print("\n### What it costs here\n")
    weight = weigh(_WEIGHED)
    print_costs(measure(_READ, Budgets(), _NETWORK), weight, _READ)
    print_ends(weight)
    print("\n### A set of 1,000 promotions\n")
    print_promotions()


if __name__ == "__main__":
    main(chosen())
