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

from tests.benchmarks.scale_estate import Size
from tests.benchmarks.scale_memory import Weight, weigh
from tests.benchmarks.scale_promotions import print_promotions
from tests.benchmarks.scale_run import Network, Reading, Told, measure
from tests.benchmarks.table import note, print_table
from tui.sandbox.acr.budgets import Budgets

WHOLE: Final = Size(1000, 10_000, 5, thin=40)
_SHARES: Final = (4, 2, 1)
"""The sizes at which the laws are looked for, as parts of what is asked for."""
_NETWORK: Final = Network(latency=0.1, bandwidth=125e6)
_TIERS: Final[Mapping[str, Budgets]] = {"Standard": Budgets.BASIC, "Premium": Budgets.PREMIUM}
_GIB: Final = 1024**3
_BARE: Final = 100 * 1024**2
"""Bytes of the program without a board."""
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


def print_weight(weights: Sequence[tuple[Size, Weight]]) -> None:
    """What a cell costs, and which estate a machine holds."""
    heads = ("estate", "cells", "board", "at most, reading", "journal", "processor, 1,000 rows", "recalled")
    print_table(
        heads,
        [
            (
                f"{size.repositories} x {size.tags:,} x {size.environments}",
                f"{weight.cells:,}",
                f"{weight.board:.0f} B/cell",
                f"{weight.peak:.0f} B/cell",
                f"{weight.kept:.0f} B/cell",
                f"{weight.processor * 1000:.1f} ms",
                f"{weight.recall * 1000:.1f} ms",
            )
            for size, weight in weights
        ],
    )


def print_ends(weight: Weight, whole: Size) -> None:
    """The largest estates, and what the whole one would take."""
    print()
    rows = whole.cells
    print_table(
        ("memory", "cells at most", "of the whole", "processor for the whole", "journal of the whole"),
        [
            (
                f"{gib} GiB",
                f"{(gib * _GIB - _BARE) / weight.peak / 1e6:.1f} million",
                f"{(gib * _GIB - _BARE) / weight.peak / rows:.0%}",
                f"{weight.processor * rows / 1000 / _MINUTE:.0f} min",
                f"{weight.kept * rows / 1e9:.1f} GB",
            )
            for gib in (2, 8)
        ],
    )


def sizes(wanted: Size) -> list[Size]:
    """Three of them, up to the one that is wanted."""
    return [Size(wanted.repositories // share, wanted.tags, wanted.environments, wanted.thin) for share in _SHARES]


def chosen() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("--repositories", type=int, default=200)
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
    weights = [(size, weigh(size)) for size in (Size(4, 10_000, 5), Size(8, 10_000, 5), Size(16, 10_000, 5))]
    print("\n### Weight\n")
    print_weight(weights)
    print_ends(weights[-1][1], WHOLE)
    print("\n### A set of 1,000 promotions\n")
    print_promotions()


if __name__ == "__main__":
    main(chosen())
