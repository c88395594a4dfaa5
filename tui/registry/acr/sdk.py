"""The SDK's client, behind a few typed verbs. This module imports azure, so it is imported only where it is used."""

import logging
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from functools import partial
from typing import Any, Final, cast

from azure.containerregistry import ArtifactTagOrder
from azure.containerregistry.aio import ContainerRegistryClient
from azure.core.exceptions import AzureError

from tui.domain.reference import Repository, Tag
from tui.registry.acr.bridge import Bridge
from tui.registry.acr.exchange import Call, Listing, TagListing
from tui.registry.acr.rows import Lockable
from tui.registry.transport import Transport

_RAISED: Final = (
    AzureError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the SDK raises where JSON has not the shape that it takes for granted."""


class Sdk:
    """One registry's SDK client. It has no credential: what is asked through it goes out with those of `transport`."""

    def __init__(self, transport: Transport) -> None:
        _silence()
        self._transport = transport
        root = transport.endpoint.base_url
        # The audience is that of a credential; there is none, but the constructor wants one.
        self._client: Any = ContainerRegistryClient(root, None, audience=root, transport=Bridge(), retry_total=0)
        self._common = {"enforce_https": not transport.endpoint.plain_http}

    async def repositories(self, listing: Listing) -> AsyncGenerator[list[str], None]:
        """The names in the catalog, a page at a time. Raises RegistryError."""
        async with aclosing(self._pages(self._client.list_repository_names, listing)) as pages:
            async for page in pages:
                yield cast("list[str]", page)

    async def tags(self, repository: Repository, listing: TagListing) -> AsyncGenerator[Sequence[object], None]:
        """The rows of the tags of a repository, unchecked, a page at a time. Raises RegistryError."""
        async with aclosing(self._pages(self._client.list_tag_properties, listing, repository)) as pages:
            async for _ in pages:
                yield listing.rows

    async def newest_tags(
        self, repository: Repository, listing: TagListing, most: int
    ) -> AsyncGenerator[Sequence[object], None]:
        """As `tags`, what changed last first, and at most `most` in a page. Raises RegistryError."""
        verb = partial(self._client.list_tag_properties, order_by=ArtifactTagOrder.LAST_UPDATED_ON_DESCENDING)
        async with aclosing(self._pages(verb, listing, repository, most=most)) as pages:
            async for _ in pages:
                yield listing.rows

    async def count_tags(self, repository: Repository, call: Call) -> int | None:
        """How many tags a repository has; None where it does not say. Raises RegistryError."""
        with self._reading(call.operation):
            found = await self._client.get_repository_properties(repository, exchange=call, **self._common)
            return found.tag_count

    async def tag(self, repository: Repository, tag: Tag, call: Call) -> Lockable:
        """The properties of a tag. Raises RegistryError."""
        with self._reading(call.operation):
            return await self._client.get_tag_properties(repository, tag, exchange=call, **self._common)

    async def repository(self, repository: Repository, call: Call) -> Lockable:
        """The properties of a repository. Raises RegistryError."""
        with self._reading(call.operation):
            return await self._client.get_repository_properties(repository, exchange=call, **self._common)

    async def change_tag(self, repository: Repository, tag: Tag, changes: Mapping[str, bool], call: Call) -> Lockable:
        """Sets `can_write` and the like of a tag; the properties that it has then. Raises RegistryError."""
        with self._reading(call.operation):
            client = self._client
            return await client.update_tag_properties(repository, tag, exchange=call, **changes, **self._common)

    async def delete_tag(self, repository: Repository, tag: Tag, call: Call) -> None:
        """Takes a tag away and leaves its manifest (`DELETE /acr/v1/NAME/_tags/TAG`). Raises RegistryError."""
        with self._reading(call.operation):
            await self._client.delete_tag(repository, tag, exchange=call, **self._common)

    async def _pages(
        self, verb: Any, listing: Listing, *names: str, most: int | None = None
    ) -> AsyncGenerator[list[Any], None]:
        async with aclosing(listing):
            most = most or self._transport.limits.page_size
            pages = verb(*names, results_per_page=most, exchange=listing, **self._common).by_page()
            while True:
                with self._reading(listing.operation):
                    try:
                        page = [row async for row in await anext(pages)]
                    except StopAsyncIteration:
                        return
                yield page

    @contextmanager
    def _reading(self, operation: str) -> Generator[None, None, None]:
        """Turns what the SDK raises over an answer into InvalidAnswer; its own words would quote the answer."""
        try:
            yield
        except _RAISED as error:
            detail = f"its answer does not have the shape of ACR's ({type(error).__name__})"
            raise self._transport.refuse(operation, detail) from None


def _silence() -> None:
    """Lets no line of azure's loggers onto the screen: what matters of a request is told as a notice."""
    logger = logging.getLogger("azure")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
