"""From an answer that is not a good one to an error of the ports: the one place where its sentence is made.

The text of an answer is the registry's and hostile: it is capped, cut, cleaned and redacted.
"""

import json
from collections.abc import Iterable
from typing import Any, Final, cast

from tui.ports.errors import (
    Forbidden,
    InvalidAnswer,
    NotFound,
    RegistryError,
    Throttled,
    Unauthorised,
    Unreachable,
    Unsupported,
)
from tui.registry.redact import redact
from tui.registry.request import Answer, Request

_BY_STATUS: Final[dict[int, type[RegistryError]]] = {
    401: Unauthorised,
    403: Forbidden,
    404: NotFound,
    405: Unsupported,
    410: NotFound,
    429: Throttled,
    501: Unsupported,
}
_LOCKED: Final = "REGISTRY_DISALLOWED_OPERATION"
"""ACR's answer, with 405, where a lock forbids the write."""
_BY_CODE: Final[dict[str, type[RegistryError]]] = {
    "BLOB_UNKNOWN": NotFound,
    "DENIED": Forbidden,
    "MANIFEST_UNKNOWN": NotFound,
    "NAME_UNKNOWN": NotFound,
    "PAGINATION_NUMBER_INVALID": Unsupported,
    _LOCKED: Forbidden,
    "TOOMANYREQUESTS": Throttled,
    "UNSUPPORTED": Unsupported,
}
_MESSAGES_SHOWN: Final = 2
_MESSAGE_LIMIT: Final = 200


def failure_of_answer(request: Request, answer: Answer, registry: str, secrets: Iterable[str]) -> RegistryError:
    """The error that `answer` to `request` amounts to."""
    problems = [(_cut(code, secrets), _cut(message, secrets)) for code, message in _problems(answer.body)]
    kind = _kind(answer, [code for code, _ in problems])
    if kind is NotFound and request.must_name_errors and not any(code for code, _ in problems):
        kind = InvalidAnswer  # a proxy's own 404, which says nothing of the repository
    said = "; ".join(_spell(code, message) for code, message in problems[:_MESSAGES_SHOWN]) or _stray_text(
        answer, secrets
    )
    where = f"{answer.url.authority}, to which it refers, answers" if answer.is_elsewhere else "it answers"
    sentence = f"{where} {answer.status}{': ' if said else ''}{said}{_asked_wait(answer)}"
    return kind(request.operation, registry, redact(sentence, secrets, 500))


def _kind(answer: Answer, codes: list[str]) -> type[RegistryError]:
    if answer.is_elsewhere and answer.status == 401:
        return Forbidden  # not ours to answer, and no other credentials would help
    by_status = _BY_STATUS.get(answer.status) or (Unreachable if answer.status >= 500 else InvalidAnswer)
    if answer.status == 401 or answer.status >= 500:
        return by_status
    return next((_BY_CODE[code] for code in codes if code in _BY_CODE), by_status)


def _problems(body: bytes) -> list[tuple[str, str]]:
    """Code and message of the first errors in `body` (distribution specification, "Error codes"); none without JSON."""
    try:
        document: Any = json.loads(body)
        listed: list[Any] = document["errors"] if isinstance(document.get("errors"), list) else [document]
        return [_problem(item) for item in listed[:_MESSAGES_SHOWN] if isinstance(item, dict)]
    except (ValueError, RecursionError, AttributeError):
        return []


def _problem(item: Any) -> tuple[str, str]:
    fields = cast("dict[str, object]", item)
    message = fields.get("message") or fields.get("error_description") or fields.get("details") or ""
    return _text(fields.get("code") or fields.get("error")), _text(message)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _cut(text: str, secrets: Iterable[str]) -> str:
    """The start of `text`, whose secrets are taken out first: a part of one is no longer known for it."""
    return redact(text, secrets, _MESSAGE_LIMIT)


def _spell(code: str, message: str) -> str:
    told = f"{message} ({code})" if message and code else message or code
    return f"{told}; it is locked: unlock it first" if code == _LOCKED else told


def _asked_wait(answer: Answer) -> str:
    seconds = answer.header("Retry-After")
    return f"; it asks to wait {int(seconds)} s" if seconds.isascii() and seconds.isdigit() and len(seconds) < 9 else ""


def _stray_text(answer: Answer, secrets: Iterable[str]) -> str:
    text = answer.body.decode("utf-8", "replace").strip()
    if text.startswith("<") or "html" in answer.header("Content-Type"):
        return "a web page"
    return _cut(text, secrets)
