"""When the images that drift were made: without that nobody can tell how far an environment is behind."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final

from tui.cli.output import Console
from tui.cli.reading import Findings
from tui.domain import amounts
from tui.domain.board import Board, Row
from tui.domain.drift import State
from tui.domain.environment import Environment
from tui.domain.identity import Identity
from tui.domain.reference import Digest, Repository
from tui.ports.errors import RegistryError
from tui.usecases.concurrency import gather_all
from tui.usecases.library import Library
from tui.usecases.workbench import Workbench

_AT_ONCE: Final = 6
_MOST: Final = 300
"""Images that are read at most: each takes up to three requests. What was read before takes none, and always counts."""

_Place = tuple[Environment, Repository]


async def with_origins(bench: Workbench, findings: Findings, rows: Sequence[Row], console: Console) -> Findings:
    """The findings with the origin of the images of drifting cells; what cannot be read is left out."""
    places = dict(_images(findings.board, rows))
    library = await bench.library()
    found = dict(await library.recall_identities(places))
    left = dict(islice(((digest, place) for digest, place in places.items() if digest not in found), _MOST))
    found |= await _read(library, left, console)
    insight = findings.board.insight.with_identities(found)
    return replace(findings, board=replace(findings.board, insight=insight))


async def _read(library: Library, places: dict[Digest, _Place], console: Console) -> dict[Digest, Identity]:
    found: dict[Digest, Identity] = {}
    done, limit = 0, asyncio.Semaphore(_AT_ONCE)

    async def read(digest: Digest, place: _Place) -> None:
        nonlocal done
        async with limit:
            with suppress(RegistryError):
                found[digest] = await library.read_identity(*place, digest)
        done += 1
        if console.shows_progress:
            console.progress(f"looked at {done} of {amounts.count(len(places), 'image')}")

    await gather_all(*(read(digest, place) for digest, place in places.items()))
    return found


def _images(board: Board, rows: Sequence[Row]) -> Iterator[tuple[Digest, _Place]]:
    """Both sides of cells that differ, then what the base has where one lacks it; each with where it can be read."""
    yield from _sides(board, rows, State.DIFFERS)
    yield from _sides(board, rows, State.MISSING)


def _sides(board: Board, rows: Sequence[Row], wanted: State) -> Iterator[tuple[Digest, _Place]]:
    for row in rows:
        for column, state in enumerate(row.states):
            if state is wanted:
                for at in (0, column):
                    entry = row.entries[at]
                    if entry and entry.digest:
                        yield entry.digest, (board.path.environments[at], row.repository)
