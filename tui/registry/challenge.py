"""Reading `WWW-Authenticate` headers (RFC 9110, section 11.6.1; distribution, "Token authentication")."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER: Final = re.compile(rf'({_WORD})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_WORD}))')
_SCHEME: Final = re.compile(rf"({_WORD})(?:\s+|$|,)")
_SEPARATOR: Final = re.compile(r"[\s,]*")
_ESCAPE: Final = re.compile(r"\\(.)")
_LENGTH_LIMIT: Final = 8192


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a registry wants: a scheme in lower case and, for a bearer, where a token for what is to be had."""

    scheme: str
    realm: str = ""
    service: str = ""
    scopes: tuple[str, ...] = ()
    error: str = ""


def parse_challenges(headers: Iterable[str]) -> tuple[Challenge, ...]:
    """The challenges in `headers`, in order; what cannot be read is left out."""
    return tuple(challenge for header in headers for challenge in _challenges(header[:_LENGTH_LIMIT]))


def _challenges(header: str) -> Iterator[Challenge]:
    position = _skip(header, 0)
    while scheme := _SCHEME.match(header, position):
        parameters: dict[str, str] = {}
        position = _skip(header, scheme.end())
        while parameter := _PARAMETER.match(header, position):
            quoted = parameter[2]
            parameters.setdefault(parameter[1].lower(), parameter[3] if quoted is None else _ESCAPE.sub(r"\1", quoted))
            position = _skip(header, parameter.end())
        yield _challenge(scheme[1].lower(), parameters)


def _skip(header: str, position: int) -> int:
    match = _SEPARATOR.match(header, position)
    return match.end() if match else position


def _challenge(scheme: str, parameters: dict[str, str]) -> Challenge:
    return Challenge(
        scheme,
        parameters.get("realm", ""),
        parameters.get("service", ""),
        tuple(parameters.get("scope", "").split()),
        parameters.get("error", ""),
    )
