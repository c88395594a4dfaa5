"""Names and patterns in settings. Each function gives the value in a text, or raises ValueError with a sentence."""

import re
from typing import Final

from tui.domain.reference import parse_registry, parse_repository
from tui.domain.text import clean

_ENVIRONMENT: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LAST_PORT: Final = 65_535
_MARKS: Final = "*?["
_ENDS_OF_PREFIX: Final = ("/", "-", "_", ".")


def parse_environment_name(text: str) -> str:
    """An environment's name."""
    if not _ENVIRONMENT.fullmatch(text):
        told = f"{clean(text, 80)!r} is no environment name"
        raise ValueError(f"{told}; write lower-case letters, digits, _ and -, a letter or digit in front")
    return text


def parse_host(text: str) -> str:
    """A registry, `host[:port]`; what may hold a password is refused and not repeated."""
    if "@" in text:
        raise ValueError("a registry is a host name without user and password; secrets do not stand in this file")
    bare = text.removeprefix("https://").removeprefix("http://").rstrip("/")
    if bare != text:
        raise ValueError(f"a registry is written without scheme and path; write {clean(bare, 80)!r}")
    host = parse_registry(text)
    port = host.rpartition("]")[2].partition(":")[2]
    if port and not 0 < int(port) <= _LAST_PORT:
        raise ValueError(f"{port} is no port; ports go from 1 to {_LAST_PORT}")
    return host


def parse_prefix(text: str) -> str:
    """What an environment's repositories have in front of their names on the board."""
    if not text:
        return text
    parse_repository(f"{text}a")
    if not text.endswith(_ENDS_OF_PREFIX):
        name = clean(text, 80)
        raise ValueError(f"shop/api would become {name}shop/api; end the prefix with /, as in {f'{name}/'!r}")
    return text


def is_name(glob: str) -> bool:
    """True for a glob without a wildcard, which names one repository."""
    return not any(mark in glob for mark in _MARKS)


def parse_glob(text: str) -> str:
    """A repository name, perhaps with wildcards."""
    if not text:
        raise ValueError("an empty name matches nothing; write a repository's name or a glob such as shop/*")
    return parse_repository(text) if is_name(text) else text


def parse_pattern(text: str) -> re.Pattern[str]:
    """A regular expression."""
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{clean(text, 80)!r} is no regular expression: {error}") from error
