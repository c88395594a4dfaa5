"""Finding where a digest, a commit or a build is: in which environments, under which tags."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from tui.domain.board import Board, Row
from tui.domain.identity import Identity
from tui.domain.needle import Needle
from tui.domain.reference import Digest, Repository, Tag
from tui.usecases.library import Library


@dataclass(frozen=True, slots=True)
class Holding:
    """A tag that holds what was looked for."""

    environment: str
    repository: Repository
    tag: Tag
    digest: Digest
    identity: Identity | None
    """None where only the digest was compared."""


@dataclass(frozen=True, slots=True)
class Unidentified:
    """An image whose origin could not be read, so that nothing is said of it."""

    environment: str
    repository: Repository
    tag: Tag
    detail: str


@dataclass(frozen=True, slots=True)
class Looked:
    """So many of the images in question were looked at."""

    done: int
    total: int


Find = Holding | Unidentified | Looked


async def find(library: Library, board: Board, rows: Sequence[Row], needle: Needle) -> AsyncGenerator[Find, None]:
    """Where `needle` is among `rows` of `board`; each digest is read once, and those known before not at all."""
    raise NotImplementedError
    yield Looked(0, 0)
