"""Lists of ACR's: a page of tags comes with digests, times and locks, so that no tag is asked for on its own."""

from array import array
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from math import nan
from typing import TYPE_CHECKING, Any, Final, cast

from tui.domain.column import ALGORITHM, column_of
from tui.domain.entries import Entries, Page, packed_page
from tui.domain.reference import Digest, InvalidName, Repository, parse_tag
from tui.domain.snapshot import Failure, TagEntry
from tui.domain.timestamps import parse_timestamp
from tui.ports.errors import InvalidAnswer
from tui.ports.listing import Rank, foremost
from tui.registry import catalog, tags
from tui.registry.acr.exchange import CATALOG_READ, Listing, TagListing, read_scope
from tui.registry.request import CATALOG_SCOPE
from tui.registry.transport import Transport
from tui.usecases.failures import failure_of

if TYPE_CHECKING:
    from tui.registry.acr.sdk import Sdk

_SHA256: Final = f"{ALGORITHM}:"


async def list_repositories(sdk: "Sdk", transport: Transport) -> AsyncGenerator[tuple[Repository, ...], None]:
    """The names of all repositories, a page at a time; a name against the grammar is dropped, with a warning.

    Raises Forbidden where the roles of this login do not list the catalog, as repository roles do not.
    """
    listing = Listing(transport, "list the repositories", CATALOG_SCOPE, "repositories", CATALOG_READ)
    async with aclosing(sdk.repositories(listing)) as pages:
        async for page in pages:
            yield tuple(name for text in page if (name := catalog.parse_or_drop(transport, text or "")) is not None)


async def list_tags(
    sdk: "Sdk", transport: Transport, repository: Repository, rank: Rank = foremost
) -> AsyncGenerator[Page, None]:
    """The entries of all tags, a page at a time; a tag against the grammar is dropped, with a warning.

    Raises NotFound where there is no such repository. A tag whose digest is none has none, and says why.
    """
    operation = f"list the tags of {repository}"
    listing = TagListing(transport, operation, read_scope(repository), rank)
    reader = RowReader(transport, repository, operation)
    async with aclosing(sdk.tags(repository, listing)) as pages:
        async for rows in pages:
            yield reader.entries(rows).values()


def _usual(rows: Sequence[Any]) -> Entries | None:
    """The entries in a page, a column at a time: a row at a time takes three times as long. None where a row is not as
    nearly all are: then it has to be looked at what is wrong with it.
    """
    try:
        names, digests = ([row[key] for row in rows] for key in ("name", "digest"))
        flags = [row["changeableAttributes"]["writeEnabled"] for row in rows]
        if not all(flag is True or flag is False for flag in flags) or not all(map(_is_sha256, digests)):
            return None
        tags = tuple(map(parse_tag, names))
        created, pushed = _times([row["createdTime"] for row in rows], [row["lastUpdateTime"] for row in rows])
    except (TypeError, LookupError, InvalidName):
        return None
    locked = b"" if all(flags) else bytes([not flag for flag in flags])
    column = column_of([digest[len(_SHA256) :] for digest in digests], created, pushed, locked)
    return column and Entries(tags, column)


def _is_sha256(text: object) -> bool:
    return isinstance(text, str) and text.startswith(_SHA256)


def _times(created: Sequence[object], pushed: Sequence[object]) -> tuple["array[float]", "array[float]"]:
    """Seconds since 1970. Most tags are never moved: then both are one and the same object."""
    seconds = array("d", map(_seconds, created))
    return seconds, seconds if pushed == created else array("d", map(_seconds, pushed))


def _seconds(text: object) -> float:
    moment = _moment(text)
    return moment.timestamp() if moment else nan


class RowReader:
    """Reads the rows of one repository. A thousand come at once, so each is looked through once."""

    def __init__(self, transport: Transport, repository: Repository, operation: str) -> None:
        self._transport = transport
        self._repository = repository
        self._operation = operation

    def entries(self, rows: Sequence[object]) -> Entries:
        """The entries in a page. Raises InvalidAnswer."""
        return _usual(rows) or packed_page([entry for row in rows if (entry := self._entry(row)) is not None])

    def _entry(self, row: object) -> TagEntry | None:
        """The entry in a row; None where its name is against the grammar."""
        fields = self._object(row)
        locked = self._is_locked(fields)
        tag = tags.parse_or_drop(self._transport, self._repository, _text(fields.get("name")))
        if tag is None:
            return None
        created, pushed = _moments(fields.get("createdTime"), fields.get("lastUpdateTime"))
        try:
            return TagEntry(tag, Digest.parse(_text(fields.get("digest"))), created, pushed, locked)
        except InvalidName as error:
            return TagEntry(tag, None, created, pushed, locked, self._failure(error))

    def _is_locked(self, fields: Mapping[str, object]) -> bool:
        """True where it may not be written; what is left out is no lock."""
        can_write = self._object(fields.get("changeableAttributes")).get("writeEnabled", True)
        if can_write is not None and not isinstance(can_write, bool):
            raise self._misshapen()
        return can_write is False

    def _object(self, value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise self._misshapen()
        return cast("Mapping[str, object]", value)

    def _misshapen(self) -> InvalidAnswer:
        return self._transport.refuse(self._operation, "a row of its answer does not have the shape of ACR's")

    def _failure(self, error: InvalidName) -> Failure:
        return failure_of(self._transport.refuse(self._operation, f"a digest is wrong: {error}"))


def _text(value: object) -> str:
    """`value` where it is a text. What else stands there is against every grammar, and is shown as it is."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def _moments(created: object, pushed: object) -> tuple[datetime | None, datetime | None]:
    """When a tag was created and last moved. Most are never moved: then both are one and the same object."""
    moment = _moment(created)
    return moment, moment if pushed == created else _moment(pushed)


def _moment(text: object) -> datetime | None:
    """The moment in `text`; None where it is none: a time is worth less than the tag."""
    return parse_timestamp(text) if isinstance(text, str) else None
