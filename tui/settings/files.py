"""Paths in settings: a relative one starts at the settings file's folder."""

from pathlib import Path

from tui.settings.table import Table


def read_path(table: Table, key: str) -> str | None:
    """The absolute path under `key`, whether there is a file or not. Raises SettingsError."""
    return table.parsed(key, lambda text: _absolute(table, text))


def read_paths(table: Table, key: str) -> tuple[str, ...]:
    """The absolute paths in the list `key`, whether there are files or not. Raises SettingsError."""
    return table.all_parsed(key, lambda text: _absolute(table, text))


def _absolute(table: Table, text: str) -> str:
    """`text` from the folder of the settings file. Raises ValueError."""
    if not text or not text.isprintable():
        raise ValueError('this is no path; write "FILE"')
    try:
        return str(table.file.absolute().parent / Path(text).expanduser())
    except RuntimeError as error:  # ~NAME of somebody unknown here
        raise ValueError("nobody's home is meant by this ~; write the whole path") from error


def read_ca(table: Table) -> str | None:
    """The absolute path of the PEM file under `ca`, which must be there. Raises SettingsError."""
    file = read_path(table, "ca")
    if file is not None and not Path(file).is_file():
        raise table.error("ca", f"there is no file {file}", "a relative path starts at the settings file's folder")
    return file
