"""The `[keys]` table: the id of a binding and the key that it is moved to."""

import re
from collections.abc import Mapping
from typing import Final

from tui.domain.text import clean
from tui.settings.table import Table

_KEY: Final = re.compile(r"[^\s,]+(,[^\s,]+)*")


def read_keys(table: Table) -> Mapping[str, str]:
    """The key for each binding that is moved; several are separated by commas. Raises SettingsError."""
    keys = {name: table.parsed(name, _parse_key) for name in table.values}
    return {name: key for name, key in keys.items() if key}


def _parse_key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise ValueError(f'{clean(text, 80)!r} is no key; write its name, such as "f5", or several as "f5,x"')
    return text
