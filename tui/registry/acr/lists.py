"""Lists of ACR's: a page of tags comes with digests, times and locks, so that no tag is asked for on its own."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING

from tui.domain.reference import Digest, InvalidName, Repository
from tui.domain.snapshot import Failure, TagEntry
from tui.domain.timestamps import parse_timestamp
from tui.registry import catalog, tags
from tui.registry.acr.exchange import CATALOG_READ, Listing, TagListing, read_scope
from tui.registry.acr.rows import TagRow
from tui.registry.request import CATALOG_SCOPE
from tui.registry.transport import Transport
from tui.usecases.failures import failure_of

if TYPE_CHECKING:
    from tui.registry.acr.sdk import Sdk


async def list_repositories(sdk: "Sdk", transport: Transport) -> AsyncGenerator[tuple[Repository, ...], None]:
    """The names of all repositories, a page at a time; a name against the grammar is dropped, with a warning.

    Raises Forbidden where the roles of this login do not list the catalog, as repository roles do not.
    """
    listing = Listing(transport, "list the repositories", CATALOG_SCOPE, "repositories", CATALOG_READ)
    async with aclosing(sdk.repositories(listing)) as pages:
        async for page in pages:
            yield tuple(name for text in page if (name := catalog.parse_or_drop(transport, text or "")) is not None)


async def list_tags(
    sdk: "Sdk", transport: Transport, repository: Repository
) -> AsyncGenerator[tuple[TagEntry, ...], None]:
    """The entries of all tags, a page at a time; a tag against the grammar is dropped, with a warning.

    Raises NotFound where there is no such repository. A tag whose digest is none has none, and says why.
    """
    operation = f"list the tags of {repository}"
    listing = TagListing(transport, operation, read_scope(repository))
    reader = _Reader(transport, repository, listing)
    async with aclosing(sdk.tags(repository, listing)) as pages:
        async for page in pages:
            yield tuple(entry for row in page if (entry := reader.entry(row)) is not None)


class _Reader:
    """Reads the rows of one repository."""

    def __init__(self, transport: Transport, repository: Repository, listing: TagListing) -> None:
        self._transport = transport
        self._repository = repository
        self._listing = listing

    def entry(self, row: TagRow) -> TagEntry | None:
        """The entry in a row; None where its name is against the grammar."""
        tag = tags.parse_or_drop(self._transport, self._repository, row.name or "")
        if tag is None:
            return None
        created, pushed = (_moment(text) for text in self._listing.times_of(tag))
        locked = row.can_write is False
        try:
            return TagEntry(tag, Digest.parse(row.digest or ""), created, pushed, locked)
        except InvalidName as error:
            return TagEntry(tag, None, created, pushed, locked, self._failure(error))

    def _failure(self, error: InvalidName) -> Failure:
        return failure_of(self._transport.refuse(self._listing.operation, f"a digest is wrong: {error}"))


def _moment(text: object) -> datetime | None:
    """The moment in `text`; None where it is none: a time is worth less than the tag."""
    return parse_timestamp(text) if isinstance(text, str) else None
