"""What a request of the SDK is for, and how it is answered.

The SDK says where a list begins; which page is next, and whether it may be asked for, `paging` decides as for every
other list. What the SDK gets to read is a JSON object of bounded size. Knows nothing of azure.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from tui.domain.reference import Repository
from tui.ports.errors import Forbidden, InvalidAnswer, RegistryError, Unauthorised, Unsupported
from tui.ports.listing import Rank, foremost
from tui.registry import links
from tui.registry.limits import ERROR_LIMIT, MIB
from tui.registry.paging import pages, read_object
from tui.registry.request import Answer, Request
from tui.registry.retry import Again
from tui.registry.transport import Transport
from tui.registry.urls import RefusedUrl

_PAGE_LIMIT: Final = 2 * MIB
"""Bytes read of one page: about three times what 1,000 tags of the longest names take."""
_MOST_ROWS: Final = 1000
"""Rows in one page, whatever is asked for (MicrosoftDocs, "az acr repository"); each costs the SDK time."""
_NO_ROWS: Final = b'{"tags":[]}'
_READ: Final = frozenset({200, 404, 405})
"""Statuses read here: whether a registry lacks the thing or the whole API is told from the answer."""
CATALOG_READ: Final = _READ | {401}
"""Those of the catalog: a 401 to a token that was just given says that the repository roles do not list it."""


class NotOffered(Unsupported):
    """The registry does not have ACR's own API at this address: a cache in front of it, or none of ACR's at all."""


def read_scope(repository: Repository) -> str:
    """The token scope that reads the properties of `repository`, as ACR's challenge spells it."""
    return f"repository:{repository}:metadata_read"


def write_scope(repository: Repository) -> str:
    """The token scope that changes the properties of `repository`, as ACR's challenge spells it."""
    return f"repository:{repository}:metadata_write"


def delete_scope(repository: Repository) -> str:
    """The token scope that deletes in `repository`, as ACR's challenge spells it."""
    return f"repository:{repository}:delete"


@dataclass(frozen=True, slots=True)
class Page:
    """A JSON object for the SDK; `has_next` where it may ask for another."""

    body: bytes
    has_next: bool = False
    status: int = 200


class Exchange(Protocol):
    """Answers what the SDK asks in one call of its API. All raise RegistryError."""

    def prepared(self, request: Request) -> Request:
        """`request`, as the SDK made it, with what it is for."""
        ...

    async def answer(self, request: Request) -> Page:
        """The answer to a prepared request."""
        ...


class Call:
    """One request for one object, or to change it."""

    def __init__(self, transport: Transport, operation: str, scope: str, rank: Rank = foremost) -> None:
        self.operation = operation
        self._transport = transport
        self._scope = scope
        self._rank = rank

    def prepared(self, request: Request) -> Request:
        """`request` with what it is for."""
        return replace(
            request,
            operation=self.operation,
            scopes=(self._scope,),
            expected=_READ,
            limit=ERROR_LIMIT,
            must_name_errors=True,
            rank=self._rank(),
        )

    async def answer(self, request: Request) -> Page:
        """The object. Raises NotFound, NotOffered."""
        answer = await self._transport.call(request)
        if answer.status != 200:
            raise _refusal(self._transport, request, answer)
        read_object(self._transport, request, answer)
        return Page(answer.body)


class Removal(Call):
    """One request to take a thing away. That it is not there is an error here; the SDK would pass over it."""

    def prepared(self, request: Request) -> Request:
        """`request` with what it is for."""
        return replace(super().prepared(request), expected=_READ | {202})

    async def answer(self, request: Request) -> Page:
        """That it is gone. Raises NotFound, NotOffered, Forbidden where a lock forbids it."""
        answer = await self._transport.call(request)
        if answer.status != 202:
            raise _refusal(self._transport, request, answer)
        return Page(b"", status=202)


class Listing:
    """The pages of one list, whose rows stand under `key`; `read` are the statuses told apart here. Close it."""

    def __init__(
        self,
        transport: Transport,
        operation: str,
        scope: str,
        key: str,
        read: frozenset[int] = _READ,
        rank: Rank = foremost,
    ) -> None:
        self.operation = operation
        self._transport = transport
        self._scope = scope
        self._key = key
        self._read = read
        self._rank = rank
        self._answers: AsyncGenerator[Answer, None] | None = None

    async def aclose(self) -> None:
        """Asks for no more pages."""
        if self._answers is not None:
            await self._answers.aclose()

    def prepared(self, request: Request) -> Request:
        """`request` with what it is for."""
        return replace(
            request,
            operation=self.operation,
            scopes=(self._scope,),
            expected=self._read,
            limit=_PAGE_LIMIT,
            must_name_errors=True,
            rank=self._rank(),
        )

    async def answer(self, request: Request) -> Page:
        """The next page. Raises NotOffered for the first at most."""
        is_first = self._answers is None
        answers = self._answers = self._answers or pages(self._transport, request)
        answer = await anext(answers)
        if answer.status != 200 and is_first:
            raise _refusal(self._transport, request, answer)
        if answer.status != 200:
            raise self._transport.refuse(self.operation, "its list breaks off: the next page is not there")
        document = read_object(self._transport, request, answer)
        self._check(document)
        return Page(self._body(document, answer), _has_next(answer, self._transport))

    def _body(self, document: Mapping[str, Any], answer: Answer) -> bytes:
        """What the SDK gets to read of a page."""
        del document
        return answer.body

    def _check(self, document: Mapping[str, Any]) -> None:
        """Refuses what is no page of this list; ACR always names the list, if only to say that it is null."""
        rows = document.get(self._key)
        if self._key not in document or (rows is not None and not isinstance(rows, list)):
            raise self._transport.refuse(self.operation, f"its answer holds no list of {self._key}")
        if rows is not None and len(rows) > _MOST_ROWS:  # pyright: ignore[reportUnknownArgumentType]
            raise self._transport.refuse(self.operation, f"it gives more than {_MOST_ROWS} {self._key} in one page")


class TagListing(Listing):
    """The tags of a repository. The SDK turns the pages and is shown no row: to build its objects of them would take
    several times as long as all the rest."""

    def __init__(self, transport: Transport, operation: str, scope: str, rank: Rank = foremost) -> None:
        super().__init__(transport, operation, scope, "tags", rank=rank)
        self.rows: Sequence[object] = ()
        """Those of the last page, as the registry wrote them; unchecked."""

    def _body(self, document: Mapping[str, Any], answer: Answer) -> bytes:
        del answer
        self.rows = document[self._key] or ()
        return _NO_ROWS


def _has_next(answer: Answer, transport: Transport) -> bool:
    """True where a Link leads on, even to where it must not: then the next request says so, and goes nowhere."""
    try:
        return links.next_page(answer.headers.all("Link"), answer.url, transport.root) is not None
    except RefusedUrl:
        return True


def _refusal(transport: Transport, request: Request, answer: Answer) -> RegistryError:
    """The error that an answer other than 200 amounts to."""
    error = transport.failure(request, answer)
    final = error.final if isinstance(error, Again) else error
    match final:
        case Unauthorised() if answer.header("WWW-Authenticate"):  # the challenge was answered, and not in vain
            return Forbidden(request.operation, final.registry, final.detail)
        case InvalidAnswer() | Unsupported():  # a 404 or 405 that no registry put a name to
            return NotOffered(request.operation, final.registry, "it does not offer ACR's own API (/acr/v1)")
        case _:
            return final
