"""Keeping secrets out of what is shown (the lesson of go-containerregistry's `transport.Error`).

Registries and proxies echo what they were sent. Known secrets are cut out by value; what looks like one, by shape.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from tui.domain.text import clean

_MARK: Final = "•••"
_SHORTEST: Final = 4
_MOST_PASSING: Final = 5000
_SHAPES: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{16,}"), rf"\1 {_MARK}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), _MARK),  # a JSON web token
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@<>\"']{0,2000}@"), r"\1"),
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,20}://[^\s?<>\"']{0,2000})\?[^\s<>\"']*"), r"\1"),
)


def redact(text: str, secrets: Iterable[str], limit: int = 300) -> str:
    """`text` cleaned, without `secrets`, bearer tokens, userinfo and queries of URLs, cut to `limit` characters."""
    found = [secret for secret in secrets if len(secret) >= _SHORTEST and secret in text]
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, _MARK)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return clean(text, limit)


class Secrets:
    """What must not be shown of one registry: its credentials for good, and the newest of the tokens that it issued."""

    def __init__(self) -> None:
        self._lasting: set[str] = set()
        self._passing: deque[str] = deque(maxlen=_MOST_PASSING)

    def __iter__(self) -> Iterator[str]:
        yield from self._lasting
        yield from self._passing

    def keep(self, *secrets: str) -> None:
        """Adds credentials."""
        self._lasting.update(secrets)

    def keep_for_a_while(self, token: str) -> None:
        """Adds a token that expires by itself."""
        self._passing.append(token)

    def redact(self, text: str) -> str:
        """`text` without them, fit to show."""
        return redact(text, self)
