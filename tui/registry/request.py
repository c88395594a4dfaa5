"""One call to a registry and its answer, as values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from tui.domain.reference import Repository
from tui.registry.headers import Headers
from tui.registry.limits import LIST_LIMIT
from tui.registry.urls import Url

CATALOG_SCOPE: Final = "registry:catalog:*"


def pull_scope(repository: Repository) -> str:
    """The token scope that reads `repository` (distribution, "Token scope documentation")."""
    return f"repository:{repository}:pull"


def push_scope(repository: Repository) -> str:
    """The token scope that reads and writes `repository`."""
    return f"repository:{repository}:pull,push"


class Freight(Protocol):
    """A body that a thread moves: blocking, and so without a turn of the event loop for each of its chunks."""

    def load(self, send: Callable[[memoryview], object]) -> None:
        """Gives all its bytes to `send`, which blocks until they are on their way. What it raises ends the request."""
        ...

    def stop(self) -> None:
        """Has a `load` under way in another thread end soon."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A call: what it is for (a verb phrase), what goes out, and which answers are good ones.

    A `body` of bytes can be sent again; freight cannot, so a request with it is tried once. Headers, bodies and the
    answer's body are kept out of `repr`: they carry tokens and passwords.
    """

    operation: str
    method: str
    url: Url
    scopes: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes | Freight | None = field(default=None, repr=False)
    expected: frozenset[int] = frozenset({200})
    limit: int = LIST_LIMIT
    """Bytes of a good answer's body; a longer one is refused."""
    streams: bool = False
    """True where a body of any size moves: then only a stall ends it, not its duration."""
    is_hauled: bool = False
    """True where a thread moves the bytes, those of `body` (then Freight) or those of the answer: see `lane`."""
    patience: float | None = None
    """Seconds without a byte that are still no stall; None is the client's usual."""
    rank: int = 0
    """Its place among those that wait for their turn: the lowest goes first, and what somebody waits for has 0."""
    is_for_token: bool = False
    """True where it goes to a token service."""
    must_name_errors: bool = False
    """True where a 404 is believed only with an error code of a registry: "not there" must not be a proxy's word."""

    @property
    def is_repeatable(self) -> bool:
        """True where the same bytes can go out again: not those of an upload, which may have been taken in part."""
        return not self.body or (isinstance(self.body, bytes) and not self.streams)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read whole. `is_elsewhere` is true where a redirect led away from the registry."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)
    url: Url
    is_elsewhere: bool = False

    def header(self, name: str) -> str:
        """The header `name`, empty where it is absent."""
        return self.headers.text(name)
