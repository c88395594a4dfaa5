"""Where the settings file is. It imports little: the last known board, which is kept for each file, waits for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

FILE_NAME: Final = "windlass.toml"
VARIABLE: Final = "WINDLASS_CONFIG"
_DEMO: Final = "`windlass demo` needs none"


def find_settings(explicit: str | None, env: Mapping[str, str], cwd: Path) -> Path:
    """The settings file: `explicit`, else $WINDLASS_CONFIG, else in `cwd`, else the user's. Raises SettingsError.

    One that was asked for by name must be there.
    """
    for named, origin in ((explicit, "--config"), (env.get(VARIABLE), f"${VARIABLE}")):
        if named:
            return _named(cwd / Path(named).expanduser(), origin)
    here = cwd / FILE_NAME
    return here if here.is_file() else _users(here)


def _named(place: Path, origin: str) -> Path:
    if not place.exists():
        from tui.settings.errors import SettingsError

        told, mend = f"there is no such file ({origin})", "correct the path, or have `windlass init` write it"
        raise SettingsError(str(place), told, f"{mend}; {_DEMO}")
    return place


def _users(here: Path) -> Path:
    import platformdirs

    place = platformdirs.user_config_path("windlass") / FILE_NAME
    if not place.is_file():
        from tui.settings.errors import SettingsError

        told = f"there is no settings file: looked for {here} and {place}"
        raise SettingsError(FILE_NAME, told, f"`windlass init` writes one; {_DEMO}")
    return place
