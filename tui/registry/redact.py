"""Keeping secrets out of what is shown (the lesson of go-containerregistry's `transport.Error`).

Registries and proxies echo what they were sent. Known secrets are cut out by value; what looks like one, by shape.
"""

import re
from collections.abc import Iterable
from typing import Final

from tui.domain.text import clean

_MARK: Final = "•••"
_SHORTEST: Final = 4
_SHAPES: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{16,}"), rf"\1 {_MARK}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"), _MARK),  # a JSON web token
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@<>\"']{0,2000}@"), r"\1"),
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,20}://[^\s?<>\"']{0,2000})\?[^\s<>\"']*"), r"\1"),
)


def redact(text: str, secrets: Iterable[str], limit: int = 300) -> str:
    """`text` cleaned, without `secrets`, bearer tokens, userinfo and queries of URLs, cut to `limit` characters."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, _MARK)
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    return clean(text, limit)
