"""What changed in a repository since it was read last: ACR lists its newest changes first, and counts its tags.

A tag that was pushed or moved stands before all that was not. One that was taken away stands nowhere: that the count is
no longer that of the names known shows it. Only times of the registry are compared with each other. Whether a lock
changes a tag's time is not documented: one set elsewhere may be seen only when all is read; writing looks anew.
"""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tui.domain.entries import packed
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.ports.listing import Rank
from tui.registry.acr.exchange import Call, TagListing, read_scope
from tui.registry.acr.lists import RowReader
from tui.registry.transport import Transport

if TYPE_CHECKING:
    from tui.registry.acr.sdk import Sdk

_FEW: Final = 200
"""Tags that are read whole in one request, and not in two that would tell the same."""
_PAGE: Final = 100
"""Rows of a page: hardly ever more changed, and each costs the registry time."""
_OVERLAP: Final = timedelta(minutes=5)
"""Read again of what was known: times are kept to the millisecond, several tags may share one, and of a registry with
many replicas nobody promises that what is written later has the later time."""


async def renew(
    sdk: "Sdk",
    transport: Transport,
    repository: Repository,
    known: Mapping[Tag, TagEntry],
    others: Collection[Tag],
    rank: Rank,
) -> Mapping[Tag, TagEntry] | None:
    """The tags that may have changed; None where they have to be read whole. Raises NotFound.

    The count is asked for first. What is pushed or taken away after that makes it differ from the names known, or it
    comes too late for both requests, and is as good as pushed or taken away after the reading.
    """
    since = _since(known)
    if since is None or len(known) + len(others) <= _FEW:
        return None
    operation = f"see what changed in {repository}"
    count = await sdk.count_tags(repository, Call(transport, operation, read_scope(repository), rank))
    listing = TagListing(transport, operation, read_scope(repository), rank)
    reader = RowReader(transport, repository, operation)
    changed = await _changed_since(since, known, reader, sdk.newest_tags(repository, listing, _PAGE))
    if changed is None or len(known.keys() | changed.keys() | set(others)) != count:
        return None
    return changed


def _since(known: Mapping[Tag, TagEntry]) -> datetime | None:
    """From when on changes are to be read; None where a time is not known."""
    newest = packed(known).newest_push()
    return newest and newest - _OVERLAP


async def _changed_since(
    since: datetime, known: Mapping[Tag, TagEntry], reader: RowReader, newest: AsyncGenerator[Sequence[object], None]
) -> Mapping[Tag, TagEntry] | None:
    """The tags that changed at `since` or later, and perhaps some before; None where they are not in order.

    The end is one of before that is as it was known: that one time is wrong, as where a clock was, hides no change.
    """
    found = dict[Tag, TagEntry]()
    async with aclosing(newest) as pages:
        async for rows in pages:
            entries = list(reader.entries(rows).values())
            if not _are_falling([entry.pushed for entry in entries]):
                return None
            found.update([(entry.tag, entry) for entry in entries])
            if any(entry.pushed and entry.pushed < since and known.get(entry.tag) == entry for entry in entries):
                return found
    return found


def _are_falling(moments: Sequence[datetime | None]) -> bool:
    """True where all are known and none is later than the one before it."""
    times = [moment for moment in moments if moment is not None]
    return len(times) == len(moments) and all(one >= other for one, other in pairwise(times))
