"""Text of Azure's and of its tools, made fit to show: it may quote what it was sent, tokens among it."""

import json
import logging
import re
from typing import Any, Final, cast

from tui.domain.text import clean

_LIMIT: Final = 300
_MARK: Final = "•••"
_SECRETS: Final = (
    re.compile(r"\beyJ[\w-]*(?:\.[\w-]*){0,4}"),  # a JSON web token, or its beginning
    re.compile(r"(?<!sha256:)(?<!sha512:)(?<![\w+-])[\w+=~-]{44,}"),  # longer than any name or identifier of Azure's
    re.compile(r"(?i)(?<=bearer )\S+"),
)
_QUERY: Final = re.compile(r"(\bhttps?://[^\s?<>\"']{0,2000})\?[^\s<>\"']*")
_NOISY: Final = ("azure", "msal", "urllib3")


def shown(text: str, limit: int = _LIMIT) -> str:
    """`text` on one line, cleaned, without what looks like a token and without queries of URLs, cut to `limit`."""
    text = _QUERY.sub(r"\1", text[: 20 * limit])
    for secret in _SECRETS:
        text = secret.sub(_MARK, text)
    return clean(" ".join(text.split()), limit)


def problem(body: str) -> tuple[str, str]:
    """Code and message in an error of Azure Resource Manager's, fit to show; both empty where it has none."""
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    fields = _fields(document)
    error = _fields(fields.get("error")) or fields
    return shown(_text(error.get("code")), 80), shown(_text(error.get("message")))


def silence() -> None:
    """Keeps the Azure libraries from writing to the terminal: their warnings would be drawn over a screen."""
    for name in _NOISY:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _fields(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
