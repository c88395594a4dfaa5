"""Turns: of all processes that share a journal, one at a time writes a target's tag."""

import asyncio
import hashlib
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tui.domain.reference import Reference
from tui.domain.text import clean
from tui.domain.timestamps import format_timestamp
from tui.journal import latch
from tui.ports.errors import JournalError, TurnTaken

PATIENCE: Final = 60.0
"""Seconds that a turn is waited for."""
_PAUSE: Final = 0.05
"""Seconds between two tries: a lock of the system's cannot be waited for without a thread of its own."""
_HOLDER_LIMIT: Final = 200


class Turns:
    """The turns of one journal, as files in `directory`, each named by a hash of its target."""

    def __init__(self, directory: Path, patience: float = PATIENCE) -> None:
        self._directory = directory
        self._patience = patience

    @asynccontextmanager
    async def holding(self, target: Reference) -> AsyncGenerator[None, None]:
        """The turn to write `target`'s tag. Raises TurnTaken where it is not had in time, and JournalError."""
        file = self._directory / hashlib.sha256(str(target).encode()).hexdigest()
        descriptor = await self._wait(file, target)
        try:
            yield
        finally:  # in a thread: to free a file that was taken away can take some milliseconds
            await asyncio.to_thread(latch.give_back, file, descriptor)

    async def _wait(self, file: Path, target: Reference) -> int:
        try:
            async with asyncio.timeout(self._patience):
                while (descriptor := _take(file, target)) is None:  # noqa: ASYNC110 - another process sets no event
                    await asyncio.sleep(_PAUSE)
                return descriptor
        except TimeoutError:
            holder = clean(latch.holder_of(file), _HOLDER_LIMIT) or "another process"
            raise TurnTaken(
                f"{target} is still being written by {holder}: let it end, or end it, and try again"
            ) from None


def _take(file: Path, target: Reference) -> int | None:
    holder = f"process {os.getpid()} on {socket.gethostname()}, since {format_timestamp(datetime.now(UTC))}"
    try:
        return latch.take(file, holder)
    except OSError as error:
        mend = "repair the permissions of its directory"
        raise JournalError(f"the turn to write {target} cannot be had: {file}: {error.strerror}; {mend}") from error
