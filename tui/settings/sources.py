"""Where each value of an environment came from: a line of the file, or what is taken where nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui.settings.document import read_document
from tui.settings.model import Settings
from tui.settings.place import FILE_NAME, VARIABLE

_EXAMPLE: Final = "write [[environment]]"
_REACHED: Final = ("registry", "kind", "auth", "plain_http")


@dataclass(frozen=True, slots=True)
class Sourced:
    """A value as it counts, with the line that it is written in; None where it is the default."""

    key: str
    value: str
    line: int | None


def values_of(settings: Settings) -> Mapping[str, tuple[Sourced, ...]]:
    """What counts of each environment, by its name: how it is reached, and whatever else of it is written.

    Raises SettingsError where the file is no longer readable.
    """
    tables = read_document(Path(settings.origin)).tables("environment", _EXAMPLE)
    lines = {table.text("name"): table for table in tables}
    return {
        name: tuple(
            Sourced(key, value, table.line(key) if key in table.values else None)
            for key, value in told.items()
            if key in table.values or key in _REACHED
        )
        for name, told in _told(settings).items()
        if (table := lines.get(name)) is not None
    }


def _told(settings: Settings) -> Mapping[str, Mapping[str, str]]:
    return {
        item.name: {
            "registry": item.registry,
            "prefix": item.prefix,
            "kind": item.kind,
            "auth": settings.connections[item.name].auth,
            "plain_http": _word(settings.connections[item.name].plain_http),
            "engine": item.engine,
            "protected": _word(item.protected),
            "read_only": _word(item.read_only),
        }
        for item in settings.path.environments
    }


def _word(value: object) -> str:
    return str(value).lower()


def why_this_file(explicit: str | None, env: Mapping[str, str], origin: str, cwd: Path) -> str:
    """What made `origin` the settings file, as `tui.settings.place.find_settings` looks for one."""
    if explicit:
        return "named by --config"
    if env.get(VARIABLE):
        return f"named by ${VARIABLE}"
    return f"./{FILE_NAME}" if Path(origin).parent == cwd else "your own: there is none in this folder"
