"""Reading fields of JSON that others wrote: each is of the shape that was asked for, or the content is invalid."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from tui.domain.platform import Platform
from tui.domain.reference import Digest, InvalidName
from tui.domain.text import clean

_TEXT_LIMIT: Final = 255
_PLATFORM_LIMIT: Final = 64


class InvalidContent(ValueError):
    """Bytes that are not the manifest, index or config they claim to be; its text is fit to show."""


def read_object(body: bytes, what: str) -> Mapping[str, Any]:
    """The JSON object in `body`. Raises InvalidContent."""
    try:
        return read_mapping(json.loads(body), what)
    except (ValueError, RecursionError) as error:
        raise InvalidContent(f"the {what} is not a JSON object") from error


def read_mapping(value: object, what: str) -> Mapping[str, Any]:
    """`value`, which is a JSON object. Raises InvalidContent."""
    if not isinstance(value, dict):
        raise InvalidContent(f"{what} is not a JSON object")
    return cast("Mapping[str, Any]", value)


def read_sequence(value: object, what: str) -> list[object]:
    """`value`, which is a JSON array. Raises InvalidContent."""
    if not isinstance(value, list):
        raise InvalidContent(f"{what} is not a list")
    return cast("list[object]", value)


def read_text(value: object, what: str, limit: int = _TEXT_LIMIT) -> str:
    """`value`, which is a string of at most `limit` characters, cleaned. Raises InvalidContent."""
    if not isinstance(value, str) or len(value) > limit:
        raise InvalidContent(f"{what} is not a string of at most {limit} characters")
    return clean(value)


def read_digest(value: object, what: str) -> Digest:
    """The digest in `value`. Raises InvalidContent."""
    if not isinstance(value, str):
        raise InvalidContent(f"{what} is not a string")
    try:
        return Digest.parse(value)
    except InvalidName as error:
        raise InvalidContent(f"{what}: {error}") from error


def read_platform(document: Mapping[str, Any]) -> Platform | None:
    """The platform that `document` names; None where it names none. Raises InvalidContent."""
    names = [document.get(key) or "" for key in ("os", "architecture", "variant")]
    if not any(names):
        return None
    return Platform(*(read_text(name, "platform", _PLATFORM_LIMIT) for name in names))


def read_strings(value: object) -> tuple[tuple[str, str], ...]:
    """Labels or annotations, cleaned and sorted; a value that is no string is shown as JSON. Raises InvalidContent."""
    if value is None:
        return ()
    items: Iterable[tuple[str, object]] = read_mapping(value or {}, "annotations").items()
    return tuple(
        sorted((clean(key, 256), clean(text if isinstance(text, str) else json.dumps(text))) for key, text in items)
    )
