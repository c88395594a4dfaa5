"""Tags: listed by name, then resolved by one HEAD each, as the distribution API has no list with digests."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from itertools import islice, takewhile
from typing import Final

from tui.domain.reference import InvalidName, Repository, Tag, parse_tag
from tui.domain.snapshot import TagEntry
from tui.ports.errors import Forbidden, NotFound, RegistryError, Throttled, Unauthorised, Unreachable
from tui.ports.listing import Rank, foremost
from tui.registry.manifests import resolve
from tui.registry.paging import names, pages
from tui.registry.request import Request, pull_scope
from tui.registry.transport import Transport
from tui.usecases.concurrency import Emit, emitted, gather_all
from tui.usecases.failures import failure_of

_WORKERS: Final = 64
"""Of one repository. How many of its requests are under way, the registry's pace says."""
_MANY: Final = 100
_SCREEN: Final = 100
"""Tags that fill any screen."""

_WHOLESALE: Final = (Unreachable, Unauthorised, Forbidden, Throttled)
"""What is true of the registry and not of one tag: where a whole page or many in a row fail so, the list failed."""


async def list_tags(
    transport: Transport, repository: Repository, rank: Rank = foremost
) -> AsyncGenerator[Collection[TagEntry], None]:
    """The entries of all tags in the board's order, ever more at a time. Raises NotFound where there is no such
    repository.

    A tag that is gone by the time it is resolved is dropped; one that cannot be resolved says why.
    """
    from tui.domain.ordering import order_tags

    async with aclosing(list_tag_names(transport, repository, rank)) as found:
        names = dict.fromkeys([tag async for page in found for tag in page])
    resolving = _Resolving(transport, repository, order_tags(names), rank)
    async with aclosing(emitted(resolving.run)) as pages:
        async for page in pages:
            yield page


async def list_tag_names(
    transport: Transport, repository: Repository, rank: Rank = foremost
) -> AsyncGenerator[tuple[Tag, ...], None]:
    """The names of all tags, a page at a time. Raises NotFound where there is no such repository."""
    url = transport.root.at(f"/v2/{repository}/tags/list", n=transport.limits.page_size)
    operation, scopes = f"list the tags of {repository}", (pull_scope(repository),)
    request = Request(operation, "GET", url, scopes, must_name_errors=True, rank=rank())
    async with aclosing(pages(transport, request)) as answers:
        async for answer in answers:
            found = [parse_or_drop(transport, repository, text) for text in names(transport, request, answer, "tags")]
            yield tuple(dict.fromkeys([tag for tag in found if tag]))


class _Resolving:
    """Tags, resolved by a few workers: a task for each would cost more than the request.

    They are told as the first of them are there, and again when these are twice as many: a screen need not wait for
    thousands, and is not drawn anew for each.
    """

    def __init__(self, transport: Transport, repository: Repository, tags: Sequence[Tag], rank: Rank) -> None:
        self._transport = transport
        self._repository = repository
        self._tags = tags
        self._rank = rank
        self._left = iter(tags)
        self._outcomes: dict[Tag, TagEntry | RegistryError] = {}
        self._told = 0
        self._milestone = _SCREEN
        self._in_vain = 0

    async def run(self, emit: Emit[Collection[TagEntry]]) -> None:
        """Hands entries to `emit`, in the order of the tags. Raises what is true of the registry and not of one tag."""
        await gather_all(*(self._work(emit) for _ in range(min(_WORKERS, len(self._tags)))))
        emit(self._ready())

    async def _work(self, emit: Emit[Collection[TagEntry]]) -> None:
        for tag in self._left:
            try:
                found = await resolve(self._transport, self._repository, tag, self._rank())
            except RegistryError as error:
                self._outcomes[tag] = error
                self._give_up_on(error)
            else:
                self._in_vain = 0
                self._outcomes[tag] = TagEntry(tag, found.digest)
            if self._milestone <= len(self._outcomes) + self._told < len(self._tags):
                self._milestone *= 2
                emit(self._ready())

    def _ready(self) -> Collection[TagEntry]:
        """The entries of the tags that come next, up to the first that is not resolved yet."""
        from tui.domain.entries import packed_page

        ready = list(takewhile(self._outcomes.__contains__, islice(self._tags, self._told, None)))
        self._told += len(ready)
        entries = (_entry(tag, self._outcomes.pop(tag)) for tag in ready)
        return packed_page([entry for entry in entries if entry is not None]).values()

    def _give_up_on(self, error: RegistryError) -> None:
        """Raises `error` where so many fail so, and nothing else happens in between, that it is no tag's own."""
        self._in_vain = self._in_vain + 1 if isinstance(error, _WHOLESALE) else 0
        if self._in_vain >= min(_MANY, len(self._tags)) > 1:
            raise error


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
