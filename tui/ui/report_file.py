"""A report in a new file of the current directory; what is there already is never touched."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

_MOST: Final = 100
"""Names that are tried within one second."""


class NotWritten(Exception):
    """The report could not be written; the text is one sentence fit to show once it is cleaned."""


def write_here(moment: datetime, suffix: str, text: str, subject: str = "report") -> Path:
    """As `write_new`, in the current directory."""
    try:
        folder = Path.cwd()
    except OSError as error:
        raise NotWritten("the current directory is gone; start windlass in another") from error
    return write_new(folder, moment, suffix, text, subject)


def write_new(folder: Path, moment: datetime, suffix: str, text: str, subject: str = "report") -> Path:
    """Writes `text` to `windlass-SUBJECT-YYYYMMDD-HHMMSS` with `suffix`, and a number where that is taken.

    It blocks. Raises NotWritten, and then leaves nothing behind.
    """
    for file in _names(folder, f"windlass-{subject}-{moment:%Y%m%d-%H%M%S}", suffix):
        try:
            stream = file.open("x", encoding="utf-8")
        except FileExistsError:
            continue
        except OSError as error:
            raise NotWritten(f"{file} cannot be made: {error.strerror}") from error
        try:
            with stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            with suppress(OSError):
                file.unlink()
            raise NotWritten(f"{file} cannot be written: {error.strerror}") from error
        return file
    raise NotWritten(f"{folder} has {_MOST} files of this second already; try again")


def _names(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{name}{suffix}"
    yield from (folder / f"{name}-{number}{suffix}" for number in range(2, _MOST + 1))
