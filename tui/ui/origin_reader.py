"""Reading where images come from: those in sight first, then those that a filter asks about; a few at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui.domain import amounts
from tui.domain.board import Board, Row, Section
from tui.domain.environment import Environment
from tui.domain.identity import Identity
from tui.domain.reference import Digest, Repository
from tui.domain.snapshot import is_live
from tui.ui.view import View

if TYPE_CHECKING:
    from tui.usecases.library import Library

_AT_ONCE: Final = 6


@dataclass(frozen=True, slots=True)
class Image:
    """A digest, and the environments whose `repository` holds it, in path order: any of them may be asked."""

    digest: Digest
    repository: Repository
    environments: tuple[Environment, ...]


@dataclass(frozen=True, slots=True)
class OriginCount:
    """How many of the images that a filter asks about were looked at; those that could not be read are among them.

    `unlisted` is in how many repositories of an environment nobody knows what images there are.
    """

    done: int = 0
    total: int = 0
    failed: int = 0
    unlisted: int = 0

    @property
    def text(self) -> str:
        """`120 of 2,000 images looked at, 3 unread, 1 tag list unread`; empty where nobody asks."""
        if not self.total and not self.unlisted:
            return ""
        failed = f", {self.failed:,} unread" if self.failed else ""
        unlisted = f", {amounts.count(self.unlisted, 'tag list')} unread" if self.unlisted else ""
        return f"{self.done:,} of {self.total:,} images looked at{failed}{unlisted}"


class OriginReader:
    """Reads origins. `found` hears each, and nothing where only the count changed; `failed` hears the first error."""

    def __init__(self, found: Callable[[Mapping[Digest, Identity]], None], failed: Callable[[str], object]) -> None:
        self._found = found
        self._failed = failed
        self._urgent: deque[Image] = deque()
        self._queue: deque[Image] = deque()
        self._wanted = asyncio.Event()
        self._taken: set[Digest] = set()
        self._done: set[Digest] = set()
        self._unread: set[Digest] = set()
        self._scope: tuple[Section, ...] = ()
        self._asked: set[Digest] = set()
        self._open: set[Digest] = set()
        self._missed = 0
        self._unlisted = 0
        self._images: dict[Repository, tuple[Section, tuple[Image, ...]]] = {}

    @property
    def count(self) -> OriginCount:
        """How far the images are that the filter asks about."""
        if not self._scope:
            return OriginCount()
        total = len(self._asked)
        return OriginCount(total - len(self._open), total, self._missed, self._unlisted)

    async def run(self, open_library: Callable[[], Awaitable["Library"]]) -> None:
        """Reads what is wanted until it is cancelled."""
        await self._wanted.wait()
        library = await open_library()
        await asyncio.gather(*(self._work(library) for _ in range(_AT_ONCE)))

    async def want(self, view: View) -> None:
        """From now on the images of `view` are wanted, and those of no other."""
        self._urgent = deque(_images_in_sight(view)) if view.shows_origin else deque()
        if not _is_same(view.scope, self._scope):
            await self._change_scope(view.board, view.scope)
        if self._urgent or self._queue:
            self._wanted.set()

    async def _change_scope(self, board: Board, scope: tuple[Section, ...]) -> None:
        """Takes up what another filter asks about; what could not be read for an earlier one is tried again."""
        if not self._scope:
            self._taken -= self._unread
            self._done -= self._unread
            self._unread.clear()
        self._scope, self._asked, self._open, self._missed = scope, set(), set(), 0
        self._unlisted = sum(not is_live(reading) for section in scope for reading in section.readings)
        self._queue.clear()
        for section in scope:
            self._add(self._images_of(board, section))
            await asyncio.sleep(0)
        self._found({})

    def _add(self, images: Iterable[Image]) -> None:
        for image in images:
            if image.digest not in self._asked:
                self._asked.add(image.digest)
                self._missed += image.digest in self._unread
                if image.digest not in self._done:
                    self._open.add(image.digest)
                    self._queue.append(image)

    def _images_of(self, board: Board, section: Section) -> tuple[Image, ...]:
        known = self._images.get(section.repository)
        if known is None or known[0] is not section:
            known = self._images[section.repository] = (section, _images(board, section, section.rows))
        return known[1]

    async def _work(self, library: "Library") -> None:
        while True:
            image = self._next()
            if image is not None:
                await self._read(library, image)
            else:
                self._wanted.clear()
                await self._wanted.wait()

    def _next(self) -> Image | None:
        for queue in (self._urgent, self._queue):
            while queue:
                image = queue.popleft()
                if image.digest not in self._taken:
                    self._taken.add(image.digest)
                    return image
        return None

    async def _read(self, library: "Library", image: Image) -> None:
        try:
            places = [(environment, image.repository) for environment in image.environments]
            identity = await library.read_identity_at(places, image.digest)
        except Exception as error:  # noqa: BLE001 - a worker's edge: an origin that cannot be read is counted as such
            if not self._unread:
                self._failed(f"where {image.repository}@{image.digest} comes from could not be read: {error}")
            self._unread.add(image.digest)
            self._missed += image.digest in self._asked
            self._finish(image, {})
        else:
            self._finish(image, {image.digest: identity})

    def _finish(self, image: Image, found: Mapping[Digest, Identity]) -> None:
        self._done.add(image.digest)
        self._open.discard(image.digest)
        self._found(found)


def _images_in_sight(view: View) -> Iterator[Image]:
    for row in view.visible:
        section = view.board.sections.get(row.repository)
        if section:
            yield from _images(view.board, section, (row,))


def _images(board: Board, section: Section, rows: Iterable[Row]) -> tuple[Image, ...]:
    """The images of `rows`, each once, as far as they were read in this session."""
    live = [(at, board.path.environments[at]) for at, reading in enumerate(section.readings) if is_live(reading)]
    holders: dict[Digest, dict[Environment, None]] = {}
    for row in rows:
        for at, environment in live:
            entry = row.entries[at]
            if entry and entry.digest:
                holders.setdefault(entry.digest, {})[environment] = None
    return tuple(Image(digest, section.repository, _ordered(board, found)) for digest, found in holders.items())


def _ordered(board: Board, found: Container[Environment]) -> tuple[Environment, ...]:
    return tuple(environment for environment in board.path.environments if environment in found)


def _is_same(one: Iterable[Section], other: Iterable[Section]) -> bool:
    """True where both are the same objects; comparing them row by row would take too long."""
    return list(map(id, one)) == list(map(id, other))
