"""Tags: listed by name, then resolved by one HEAD each, as the distribution API has no list with digests."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final

from tui.domain.reference import InvalidName, Repository, Tag, parse_tag
from tui.domain.snapshot import TagEntry
from tui.ports.errors import Forbidden, NotFound, RegistryError, Throttled, Unauthorised, Unreachable
from tui.registry.manifests import resolve
from tui.registry.paging import names, pages
from tui.registry.request import Request, pull_scope
from tui.registry.transport import Transport
from tui.usecases.failures import failure_of

_BATCH: Final = 100

_WHOLESALE: Final = (Unreachable, Unauthorised, Forbidden, Throttled)
"""What is true of the registry and not of one tag: where a whole batch fails so, the list has failed."""


async def list_tags(transport: Transport, repository: Repository) -> AsyncGenerator[tuple[TagEntry, ...], None]:
    """The entries of all tags, a batch at a time. Raises NotFound where there is no such repository.

    A tag that is gone by the time it is resolved is dropped; one that cannot be resolved says why.
    """
    async with aclosing(list_tag_names(transport, repository)) as found:
        async for tags in found:
            async with aclosing(_entries(transport, repository, tags)) as batches:
                async for batch in batches:
                    yield batch


async def list_tag_names(transport: Transport, repository: Repository) -> AsyncGenerator[tuple[Tag, ...], None]:
    """The names of all tags, a page at a time. Raises NotFound where there is no such repository."""
    url = transport.root.at(f"/v2/{repository}/tags/list", n=transport.limits.page_size)
    request = Request(f"list the tags of {repository}", "GET", url, (pull_scope(repository),), must_name_errors=True)
    async with aclosing(pages(transport, request)) as answers:
        async for answer in answers:
            found = [parse_or_drop(transport, repository, text) for text in names(transport, request, answer, "tags")]
            yield tuple(tag for tag in found if tag)


async def _entries(
    transport: Transport, repository: Repository, tags: Sequence[Tag]
) -> AsyncGenerator[tuple[TagEntry, ...], None]:
    """Entries in batches; the next batch is already being resolved while one is waited for."""
    batches = [tags[at : at + _BATCH] for at in range(0, len(tags), _BATCH)]
    running: list[asyncio.Task[tuple[TagEntry, ...]]] = []
    try:
        for batch in batches:
            running.append(asyncio.create_task(_resolve_batch(transport, repository, batch)))
            if len(running) == 2:
                yield await running.pop(0)
        for task in running:
            yield await task
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _resolve_batch(transport: Transport, repository: Repository, tags: Sequence[Tag]) -> tuple[TagEntry, ...]:
    outcomes = await asyncio.gather(*(_resolve(transport, repository, tag) for tag in tags))
    errors = [item for item in outcomes if isinstance(item, RegistryError)]
    if len(errors) == len(tags) > 1 and all(isinstance(error, _WHOLESALE) for error in errors):
        raise errors[0]
    entries = (_entry(tag, outcome) for tag, outcome in zip(tags, outcomes, strict=True))
    return tuple(entry for entry in entries if entry is not None)


async def _resolve(transport: Transport, repository: Repository, tag: Tag) -> TagEntry | RegistryError:
    try:
        return TagEntry(tag, (await resolve(transport, repository, tag)).digest)
    except RegistryError as error:
        return error


def _entry(tag: Tag, outcome: TagEntry | RegistryError) -> TagEntry | None:
    match outcome:
        case TagEntry():
            return outcome
        case NotFound():
            return None
        case RegistryError():
            return TagEntry(tag, None, failure=failure_of(outcome))


def parse_or_drop(transport: Transport, repository: Repository, text: str) -> Tag | None:
    """The tag in `text`; None where the grammar does not allow it, which is told as a warning."""
    try:
        return parse_tag(text)
    except InvalidName as error:
        transport.warnings.add(f"left out of the tags of {repository}: {error}")
        return None
