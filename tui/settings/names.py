"""Names and patterns in settings. Each function gives the value in a text, or raises ValueError with a sentence."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tui.domain.loopback import is_loopback
from tui.domain.reference import parse_registry, parse_repository
from tui.domain.text import clean

_ENVIRONMENT: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TENANT: Final = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}",
    re.IGNORECASE | re.ASCII,
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
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


def parse_place(text: str) -> str:
    """A registry with perhaps a prefix behind it, `host[:port]` or `host[:port]/prefix/`."""
    if "://" in text or "@" in text:
        return parse_host(text)
    host, _, prefix = text.partition("/")
    whole = prefix if not prefix or prefix.endswith(_ENDS_OF_PREFIX) else f"{prefix}/"
    return "/".join(part for part in (parse_host(host), parse_prefix(whole)) if part)


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


def parse_tenant(text: str) -> str:
    """An Azure tenant: its id or one of its domain names."""
    if not _TENANT.fullmatch(text):
        raise ValueError(f"{clean(text, 80)!r} is no tenant; write its id (a GUID) or its domain name")
    return text.lower()


def parse_subscription(text: str) -> str:
    """An Azure subscription, by its name or id."""
    if not text.strip() or not text.isprintable():
        raise ValueError(f"{clean(text, 80)!r} is no subscription; write its name or its id")
    return text


def parse_arm(text: str) -> str:
    """The address of Azure Resource Manager, without a slash at its end; one with a password is not repeated."""
    if "@" in text:
        raise ValueError("secrets do not stand in this file; write the address without user and password")
    url = _split(text)
    if not text.isprintable() or url.scheme not in {"https", "http"} or not url.netloc:
        raise ValueError(f"{clean(text, 80)!r} is no address; write it as https://management.azure.com")
    if url.path.strip("/") or url.query or url.fragment:
        raise ValueError(f"an address of Azure Resource Manager has no path; write '{url.scheme}://{url.netloc}'")
    host = parse_host(url.netloc)
    if url.scheme == "http" and not is_loopback(host):
        raise ValueError(f"http would show the login's token to everybody on the way; write 'https://{host}'")
    return f"{url.scheme}://{host}"


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as error:
        raise ValueError(f"{clean(text, 80)!r} is no address: {error}") from error


def parse_variable(text: str) -> str:
    """The name of an environment variable; what is none may be the secret itself and is not repeated."""
    if not _VARIABLE.fullmatch(text):
        raise ValueError("this is no name of an environment variable; the secret itself does not stand in this file")
    return text


def parse_user(text: str) -> str:
    """The name that a token belongs to. A colon would end it in an Authorization header (RFC 7617, section 2)."""
    if not text or ":" in text or not text.isprintable():
        raise ValueError("this is no user name; write the token's name, without a password")
    return text
