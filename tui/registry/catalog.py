"""The catalog: which repositories a registry holds."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from tui.domain.reference import InvalidName, Repository, parse_repository
from tui.registry.paging import names, pages
from tui.registry.request import CATALOG_SCOPE, Request
from tui.registry.transport import Transport


async def list_repositories(transport: Transport) -> AsyncGenerator[tuple[Repository, ...], None]:
    """The names of all repositories, a page at a time; a name against the grammar is dropped, with a warning."""
    url = transport.root.at("/v2/_catalog", n=transport.limits.page_size)
    request = Request("list the repositories", "GET", url, (CATALOG_SCOPE,))
    async with aclosing(pages(transport, request)) as answers:
        async for answer in answers:
            page = names(transport, request, answer, "repositories")
            yield tuple(name for text in page if (name := parse_or_drop(transport, text)) is not None)


def parse_or_drop(transport: Transport, text: str) -> Repository | None:
    """The repository name in `text`; None where the grammar does not allow it, which is told as a warning."""
    try:
        return parse_repository(text)
    except InvalidName as error:
        transport.warnings.add(f"left out of the catalog: {error}")
        return None
