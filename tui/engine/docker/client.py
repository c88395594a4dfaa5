"""What is needed of a Docker Engine, as a protocol of blocking calls; `sdk` speaks it to a real one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tui.engine.docker.bridge import Closable
from tui.engine.docker.facts import EngineFacts

Line = Mapping[str, Any]
"""A decoded line of the engine's answer to a pull or a push."""


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password (or a token) for a registry."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.user!r}, …)"


@dataclass(frozen=True, slots=True)
class LocalImage:
    """An image that the engine holds: its id there, and the references to it, spelled as the engine spells them."""

    id: str
    references: tuple[str, ...]


class Client(Protocol):
    """A connection to an engine. All calls block and raise EngineError; references are full, never an implied tag."""

    def facts(self) -> EngineFacts:
        """What the engine is."""
        ...

    def find(self, reference: str) -> LocalImage | None:
        """The image that `reference` names in the engine; None where there is none."""
        ...

    def pull(self, name: str, digest: str, login: Login | None) -> Closable[Line]:
        """The lines of a pull of `name@digest`. Without a login the engine's usual credentials apply."""
        ...

    def tag(self, image: str, name: str, tag: str) -> None:
        """Names `image`, an id or a reference, `name:tag`."""
        ...

    def push(self, name: str, tag: str, login: Login | None) -> Closable[Line]:
        """The lines of a push of `name:tag`."""
        ...

    def untag(self, reference: str) -> None:
        """Removes `reference`; with an image's last reference the engine removes the image."""
        ...

    def close(self) -> None:
        """Closes what is open."""
        ...
