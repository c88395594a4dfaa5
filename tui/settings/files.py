"""Paths in settings: a relative one starts at the settings file's folder."""

from pathlib import Path

from tui.settings.table import Table


def read_path(table: Table, key: str) -> str | None:
    """The absolute path under `key`, whether there is a file or not. Raises SettingsError."""
    text = table.text(key)
    if text is None:
        return None
    if not text or not text.isprintable():
        raise table.error(key, "this is no path", f'write {key} = "FILE"')
    try:
        return str(table.file.absolute().parent / Path(text).expanduser())
    except RuntimeError as error:  # ~NAME of somebody unknown here
        raise table.error(key, "nobody's home is meant by this ~", "write the whole path") from error


def read_ca(table: Table) -> str | None:
    """The absolute path of the PEM file under `ca`, which must be there. Raises SettingsError."""
    file = read_path(table, "ca")
    if file is not None and not Path(file).is_file():
        raise table.error("ca", f"there is no file {file}", "a relative path starts at the settings file's folder")
    return file
