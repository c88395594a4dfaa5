"""Sessions: which promotions are carried out by a process that lives, so that the others are known as interrupted.

Each open journal that begins a promotion locks a file of its own. The system unlocks it when the process dies, however
it dies; a promotion without an ending whose file nobody holds was interrupted.
"""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex
from typing import Final

from tui.domain.events import PromotionStarted, Recorded, Step, StepStarted
from tui.journal import latch

_TRIES: Final = 100
"""Tries to lock a file of one's own: another process may just look whether it is held."""


def begins(record: Recorded) -> bool:
    """True for the first event of a promotion, or of the taking away of a tag."""
    event = record.event
    return isinstance(event, PromotionStarted) or (isinstance(event, StepStarted) and event.step is Step.UNTAG)


class Sessions:
    """The sessions of one journal, as files in `directory`; this process's own is begun when it is first needed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._own = ""
        self._descriptor: int | None = None

    def join(self, connection: sqlite3.Connection, promotions: Sequence[str]) -> None:
        """Keeps that this session carries out `promotions`. Raises OSError."""
        rows = [(promotion, self._begun()) for promotion in promotions]
        connection.executemany("INSERT OR REPLACE INTO sessions VALUES (?, ?)", rows)

    def is_alive(self, session: str) -> bool:
        """True while the process of `session` lives. Raises OSError."""
        return session == self._own or latch.is_held(self._directory / session)

    def end(self) -> None:
        """Gives the session up; what was begun in it and not ended is interrupted from now on."""
        if self._descriptor is not None:
            latch.give_back(self._directory / self._own, self._descriptor)
        self._own, self._descriptor = "", None

    def _begun(self) -> str:
        if self._descriptor is None:
            name = token_hex(16)
            self._descriptor = self._taken(self._directory / name)
            self._own = name
            self._sweep()
        return self._own

    def _taken(self, file: Path) -> int:
        for _ in range(_TRIES):
            descriptor = latch.take(file, f"process {os.getpid()}")
            if descriptor is not None:
                return descriptor
        raise OSError(f"{file} cannot be locked")

    def _sweep(self) -> None:
        """Takes away what dead processes left."""
        for file in self._directory.iterdir():
            if file.name != self._own:
                latch.is_held(file)
