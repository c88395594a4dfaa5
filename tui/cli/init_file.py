"""Putting a settings file in place: whole or not at all, never one that does not load, never over another unasked."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tui.cli.commands_starting import InitCommand
from tui.cli.exits import UsageError
from tui.cli.half_file import written_beside
from tui.settings.errors import SettingsError
from tui.settings.load import load_settings
from tui.settings.place import FILE_NAME

_MODE: Final = 0o644
Put = Callable[[Path, Path], None]


def destination(command: InitCommand, folder: Path) -> Path:
    """Where the file goes; a relative path starts at `folder`. Raises UsageError where one is there, unless told."""
    file = folder / Path(command.common.config or FILE_NAME).expanduser()
    if os.path.lexists(file) and not command.overwrites:
        raise _is_there(file)
    return file


def create(file: Path, text: str) -> None:
    """Writes a new `file`. Raises UsageError, also where somebody else has written it meanwhile."""
    _write(file, text, _link)


def replace(file: Path, text: str) -> None:
    """Writes `file` over whatever is there. Raises UsageError."""
    _write(file, text, os.replace)


def _write(file: Path, text: str, put: Put) -> None:
    """Beside its place first, so that relative paths in it mean the same when it is tried."""
    try:
        with written_beside(file, text, _MODE) as half:
            load_settings(half)
            put(half, file)
    except SettingsError as error:
        raise UsageError(f"{file} was not written, for it could not be read: {error.sentence}; {error.mend}") from error
    except UnicodeEncodeError as error:
        raise UsageError(f"{file} was not written, for a name in it is no UTF-8: give --ca another path") from error
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error


def _link(half: Path, file: Path) -> None:
    """Gives `half` its name, which fails where the name is taken: unlike a rename, and unlike looking beforehand."""
    try:
        os.link(half, file)
    except FileExistsError as error:
        raise _is_there(file) from error


def _is_there(file: Path) -> UsageError:
    return UsageError(f"{file} is there already and is left alone; --force replaces it, --config FILE names another")
