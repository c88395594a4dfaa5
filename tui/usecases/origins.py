"""When the images that drift were made: without that nobody can tell how far an environment is behind."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final

from tui.domain.board import Board, Row
from tui.domain.dating import Place, dating_images
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.reference import Digest
from tui.ports.errors import RegistryError
from tui.usecases.concurrency import gather_all
from tui.usecases.library import Library

MOST: Final = 300
"""Images that are read at most: each takes up to three requests. What was read before takes none, and always counts."""

_AT_ONCE: Final = 6

Tell = Callable[[int, int], None]
"""Hears how many images were looked at, and of how many; on the event loop, it must not block."""


async def with_origins(library: Library, board: Board, rows: Sequence[Row], tell: Tell) -> Board:
    """The board with the origins of the images that date the drift among `rows`, and of no others.

    What cannot be read is left out. What else the board happened to know is left out as well: so whoever asks about
    the same rows is told the same.
    """
    places = dating_images(board, rows)
    found = dict(await library.recall_identities(places))
    left = dict(islice(((digest, place) for digest, place in places.items() if digest not in found), MOST))
    found |= await _read(library, left, tell)
    return replace(board, insight=Insight(board.insight.explanations, found))


async def _read(library: Library, places: Mapping[Digest, Place], tell: Tell) -> dict[Digest, Identity]:
    found: dict[Digest, Identity] = {}
    done, limit = 0, asyncio.Semaphore(_AT_ONCE)

    async def read(digest: Digest, place: Place) -> None:
        nonlocal done
        async with limit:
            with suppress(RegistryError):
                found[digest] = await library.read_identity(*place, digest)
        done += 1
        tell(done, len(places))

    await gather_all(*(read(digest, place) for digest, place in places.items()))
    return found
