"""A word of the filter line, parsed: what it asks of a table, and what it looks at of what was found out."""

from collections.abc import Callable
from dataclasses import dataclass

from tui.domain.insight import Insight
from tui.domain.reference import Digest
from tui.domain.table import Table

Test = Callable[[Table], int]
"""Gives the flags (see `Table.everything`) of the tags for which a word holds: a table is looked through at once."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A word with what was found out so far. `seen` is what it looks at of that: where equal, so are its answers."""

    test: Test
    seen: object = None
    meant: frozenset[Digest] = frozenset()
    """The images whose commit or build the word asks for."""


Word = Callable[[Insight], Bound]
"""A parsed word."""


def plain(test: Test) -> Word:
    """A word that the survey alone answers."""
    bound = Bound(test)
    return lambda _: bound


def nothing(_: Table) -> int:
    """The test that no tag passes."""
    return 0
