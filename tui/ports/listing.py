"""Reading tags in the order in which they are wanted, and no more of them than may have changed."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol, runtime_checkable

from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import TagEntry

Rank = Callable[[], int]
"""Where the requests of a reading stand now among those that wait: the lowest go first."""


def foremost() -> int:
    """The rank of what somebody waits for."""
    return 0


@runtime_checkable
class TagRenewer(Protocol):
    """Tells what changed since tags were read last; only some registries can."""

    async def renew(
        self, repository: Repository, known: Mapping[Tag, TagEntry], others: Collection[Tag], rank: Rank = foremost
    ) -> Mapping[Tag, TagEntry] | None:
        """What may have changed since the last reading gave `known`, and besides the names `others`: all else is as it
        was.

        None where that cannot be told for certain, and the tags have to be read whole. Raises RegistryError.
        """
        ...
