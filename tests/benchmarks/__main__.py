"""Measures all of it side by side in one run, and prints the tables that the README shows.

    python -m tests.benchmarks [copy] [sets] [listing] [board] [start] [scale] [--rounds N] [--only TEXT]

Tables go to stdout, what is going on to stderr. Programs that are not on PATH are left out. The ratios are what counts:
how fast a machine is, is no test, and nothing here fails for being slow.
"""

import argparse
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

from tests.benchmarks.findings import Part, show_asked
from tests.benchmarks.table import show

PARTS: Final[Mapping[str, str]] = {
    "copy": "copying",
    "sets": "sets",
    "listing": "listing",
    "board": "board",
    "start": "starting",
    "scale": "scale",
}
"""Each part with its module here, which has a `findings` as `Part` says."""
ROUNDS: Final = 3


def main(parts: list[str], rounds: int, only: str) -> None:
    """Measures these parts, and prints each as soon as it is there."""
    for name in parts:
        found = part(PARTS[name])(rounds, only)
        if found.rows:
            show(name, found.rows)
        if found.asked:
            show_asked(name, found.asked)


def part(module: str) -> Part:
    """What measures, imported where it is used: whoever measures copies imports no Textual."""
    return import_module(f"tests.benchmarks.{module}").findings


def chosen() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is run; heavy ones less")
    parser.add_argument("--only", default="", metavar="TEXT", help="cases with TEXT in their names")
    words = parser.parse_args()
    if unknown := set(words.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}: it is one of {', '.join(PARTS)}")
    return words


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the registries, too
    words = chosen()
    main(words.parts or list(PARTS), words.rounds, words.only)
