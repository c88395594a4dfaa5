"""Reading the token that `auth = "token"` names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tui.ports.errors import LoginError
from tui.settings.model import TokenSource

_LIMIT: Final = 64 * 1024
"""Bytes; tokens have a few thousand, and a file that is named by mistake may have any number."""


def read_token(source: TokenSource, env: Mapping[str, str]) -> str:
    """The token, without the white space around it. Raises LoginError, which says where it should be."""
    if source.file is None:
        return _present(env.get(source.variable, ""), f"set the environment variable {source.variable}")
    try:
        with Path(source.file).open("rb") as file:
            text = file.read(_LIMIT).decode("utf-8", "replace")
    except OSError as error:
        raise LoginError(f"the token file {source.file} cannot be read: {error.strerror}") from error
    return _present(text, f"write it into {source.file}")


def _present(text: str, mend: str) -> str:
    if not text.strip():
        raise LoginError(f'auth = "token", but no token is given: {mend}')
    return text.strip()
