"""The last known board between two starts: a file beside the journal for each settings file.

It is read before anything else is imported. What it is worth ends with what its board depended on: the settings, the
signs, the colours of the terminal, and the version that drew it.
"""

import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui import __version__
from tui.ui.glimpse import LIMIT, Glimpse, from_text, to_text

_MODE: Final = 0o600
_LOOKS: Final = ("TERM", "COLORTERM", "NO_COLOR")
"""What decides in which colours a board is drawn."""


@dataclass(frozen=True, slots=True)
class LastKnown:
    """Reads and writes the glimpse of a board's own `key` in `file`. Trouble with it is no trouble: there is none."""

    file: Path
    key: str

    def read(self) -> Glimpse | None:
        """The last glimpse; None where there is none of this board."""
        try:
            with self.file.open("rb") as stream:
                content = stream.read(LIMIT + 1)
        except OSError:
            return None
        return from_text(content.decode("utf-8", "replace"), self.key) if len(content) <= LIMIT else None

    def write(self, glimpse: Glimpse) -> None:
        """Puts `glimpse` in place of the one before, whole or not at all; only this user may read it."""
        content = to_text(glimpse, self.key).encode("utf-8", "replace")
        half = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        if len(content) > LIMIT or not self.file.parent.is_dir():
            return
        try:
            with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb") as stream:  # noqa: PTH123
                stream.write(content)
            half.replace(self.file)
        except OSError:
            half.unlink(missing_ok=True)


def last_known(settings_file: Path, journal_file: Path, env: Mapping[str, str], *, ascii_only: bool) -> LastKnown:
    """Of the board on `settings_file`, whose journal is `journal_file`."""
    place = os.fsencode(settings_file.absolute())
    looks = " ".join(f"{name}={env[name]}" for name in _LOOKS if name in env)
    told = f"{zlib.crc32(_content(settings_file)):08x} {'ascii' if ascii_only else 'unicode'} {looks}"
    key = f"{__version__} {place.decode('utf-8', 'replace')} {told}"
    return LastKnown(journal_file.with_name(f"board-{zlib.crc32(place):08x}.txt"), key)


def _content(file: Path) -> bytes:
    """What is in `file`; nothing where it cannot be read, which whoever needs it will say."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
