"""What a room of commands says of each."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """A command's options, and what stands below them in its help: lines of 80 columns, printed as they are.

    `equip` gives a parser its options, and as the default of `make` what turns them into the command's value.
    """

    name: str
    notes: str
    equip: Callable[[ArgumentParser], None]
