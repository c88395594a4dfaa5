"""A settings file as read: its values and the line of each."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from tui.settings.errors import SettingsError
from tui.settings.lines import find_lines
from tui.settings.table import Table

_PLACE: Final = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


def read_document(file: Path) -> Table:
    """The whole of `file`. Raises SettingsError where it cannot be read or is no TOML."""
    try:
        text = _read(file)
        values = _parse(file, text)
        return Table(file, find_lines(text), values)
    except RecursionError as error:
        raise SettingsError(str(file), "this is nested too deeply for settings") from error


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(str(file), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = bytes(error.object[: error.start]).count(b"\n") + 1
        raise SettingsError(str(file), "this is not UTF-8", "save the file as UTF-8", line=line) from error


def _parse(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:
        told = str(error)
        place = _PLACE.search(told)
        line = int(place.group(1) or text.count("\n") + 1) if place else None
        sentence = f"this is not TOML: {_PLACE.sub('', told)}"
        raise SettingsError(str(file), sentence, "see toml.io for how it is written", line=line) from error
