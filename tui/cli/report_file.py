"""Where a report goes: a file that is written whole or not at all. One that is there already is replaced."""

import os
from pathlib import Path
from typing import Final

from tui.cli.exits import UsageError
from tui.cli.half_file import written_beside
from tui.ports.errors import WindlassError

_MODE: Final = 0o644


def destination(name: str, folder: Path) -> Path:
    """The file called `name`, links followed; a relative path starts at `folder`.

    Raises UsageError where nothing can be written there: better now than after a survey.
    """
    file = Path(os.path.realpath(folder / Path(name).expanduser()))
    if file.exists() and not file.is_file():
        what = "a folder" if file.is_dir() else "no file that could be replaced"
        raise UsageError(f"--output: {name} is {what}; name a file, or leave --output out to write to stdout")
    if not file.parent.is_dir():
        raise UsageError(f"--output: there is no folder {file.parent}; make it first, or name another")
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise UsageError(f"--output: the folder {file.parent} may not be written to; name another")
    return file


def write_report(file: Path, text: str) -> None:
    """Puts `text` in the place of `file`. Raises WindlassError, and then leaves what was there."""
    try:
        with written_beside(file, text, _MODE) as half:
            half.replace(file)
    except OSError as error:
        raise WindlassError(f"{file} cannot be written: {error.strerror}; what was there is as it was") from error
