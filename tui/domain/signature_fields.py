"""What every format of signatures comes down to: a message, and what is said to be the signature of it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tui.domain.fields import InvalidContent
from tui.domain.text import clean

SIGNATURE_LIMIT: Final = 1024 * 1024
"""Bytes of a payload, bundle or envelope; larger ones are not read."""
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Signed:
    """`message`, which is about the image, and what is said to be its `signature`.

    `kind` is what a person calls it. `algorithm` is a JSON web signature's (RFC 7518), empty where the kind of the
    key tells it.
    """

    kind: str
    message: bytes
    signature: bytes
    algorithm: str = ""


def text_of(document: Mapping[str, Any], key: str, what: str) -> str:
    """The string under `key`, as it is. Raises InvalidContent."""
    value = document.get(key)
    if not isinstance(value, str):
        raise InvalidContent(f"{what} has no {key}")
    return value


def decoded(text: str, what: str) -> bytes:
    """The bytes in base64 `text`, in either alphabet, padded or not (RFC 4648). Raises InvalidContent."""
    plain = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError as error:
        raise InvalidContent(f"{what} is not base64") from error


def shown(value: object) -> str:
    """`value`, which others wrote, fit for a sentence; of what is no text only that it is none."""
    return clean(value, _SHOWN) if isinstance(value, str) else "nothing that is text"
