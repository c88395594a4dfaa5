"""Drift: how an environment's cell stands against the base's.

Unknown is never taken for missing: a promotion onto a false "missing" would overwrite what nobody saw.
"""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.explanation import Explained, Explanation
from tui.domain.snapshot import Failure, Loading, Reading, TagEntry, Unread


class State(StrEnum):
    """The state of a cell (a tag of a repository in one environment) against the base's cell."""

    BASE = "base"
    IN_SYNC = "in-sync"
    DIFFERS = "differs"
    MISSING = "missing"
    EXTRA = "extra"
    UNKNOWN = "unknown"

    @property
    def is_drift(self) -> bool:
        """True where the environment is known to stand apart from the base."""
        return self in _DRIFT


_DRIFT = frozenset({State.DIFFERS, State.MISSING, State.EXTRA})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the board: its state, what was read, and why nothing was where nothing was.

    An `in-sync` cell without an entry means that neither the base nor this environment has the tag.
    """

    state: State
    entry: TagEntry | None = None
    failure: Failure | None = None
    is_loading: bool = False
    is_remembered: bool = False
    explanation: Explanation | None = None
    """Why a cell differs, or what was missing to tell; None until it was looked for."""

    @property
    def reason(self) -> str:
        """`behind`, `moved`, …, once that was found; empty until then."""
        return self.explanation.reason.value if isinstance(self.explanation, Explained) else ""


def classify(base: TagEntry | Reading | None, other: TagEntry | Reading | None) -> State:
    """The state of an environment's tag against the base's.

    Either side is what is known of the tag: its entry, None where it is known to be absent, or the reading that failed.
    """
    if isinstance(base, TagEntry) and isinstance(other, TagEntry) and base.digest and other.digest:
        return State.IN_SYNC if base.digest == other.digest else State.DIFFERS
    if is_unknown(base) or is_unknown(other):
        return State.UNKNOWN
    if base is None:
        return State.IN_SYNC if other is None else State.EXTRA
    return State.MISSING


def is_unknown(known: TagEntry | Reading | None) -> bool:
    """True where nothing can be said: not read, not readable, or a tag whose digest could not be resolved."""
    if isinstance(known, TagEntry):
        return known.digest is None
    return isinstance(known, Loading | Unread)
