"""From what an engine or its client says of a failure to one sentence with the way to mend it."""

import re
from collections.abc import Iterator
from typing import Final

from tui.domain.events import Side
from tui.domain.text import clean
from tui.ports.errors import EngineError

DIRECT: Final = "or use --engine direct, which needs no Docker Engine"
_USERINFO: Final = re.compile(r"://[^/\s@\"]*@")
_DETAIL_LIMIT: Final = 600

_HINTS: Final = (
    (
        re.compile(r"server gave HTTP response to HTTPS client|tls: first record does not look like", re.IGNORECASE),
        "the engine speaks https to every registry but those on 127.0.0.0/8: add this one to insecure-registries "
        "in the engine's daemon.json, or use --engine direct",
    ),
    (
        re.compile(r"x509:|certificate", re.IGNORECASE),
        "the engine, not Windlass, decides whom it trusts: put the registry's CA into its /etc/docker/certs.d, "
        "or name the registry under insecure-registries in its daemon.json",
    ),
    (
        re.compile(r"no basic auth credentials|unauthori[sz]ed|authentication required|access.*denied", re.IGNORECASE),
        "log in with `docker login` to that registry, or use --engine direct",
    ),
    (
        re.compile(r"no space left on device", re.IGNORECASE),
        "the engine's disk is full: free some there, or use --engine direct, which stores nothing",
    ),
)


def plain(text: str) -> str:
    """An engine's text on one line, without control characters and without a URL's user and password."""
    return clean(_USERINFO.sub("://", text), _DETAIL_LIMIT)


def said_by_engine(operation: str, side: Side, message: str) -> EngineError:
    """The error that an engine reported in its own words."""
    detail = plain(message).strip() or "the engine reported an error without saying which"
    hint = next((hint for pattern, hint in _HINTS if pattern.search(detail)), "")
    return EngineError(operation, side, f"{detail}; {hint}" if hint else detail)


def seen_by_client(operation: str, side: Side, error: Exception, host: str) -> EngineError:
    """The error that the SDK raised: an answer of the engine's about `side`, or no answer at all.

    The SDK's own types are told by their shape, so that this module works without the SDK.
    """
    status, explanation = getattr(error, "status_code", None), getattr(error, "explanation", None)
    if re.search(r"client version \S+ is too (old|new)|API versions below", str(explanation or error)):
        return _mismatch(operation, str(explanation or error))
    if status is not None:
        return said_by_engine(operation, side, str(explanation or f"the engine answered {status}"))
    return EngineError(operation, Side.ENGINE, _no_answer(error, host))


def _mismatch(operation: str, text: str) -> EngineError:
    mend = f"the engine and the Docker SDK do not speak the same API version: upgrade the older one, {DIRECT}"
    return EngineError(operation, Side.ENGINE, f"{plain(text)}; {mend}")


def _no_answer(error: Exception, host: str) -> str:
    place = plain(host)
    chain = list(_chain(error))
    if any(isinstance(item, PermissionError) for item in chain):
        return f"no permission to use the Docker Engine at {place}: join its group (often `docker`), {DIRECT}"
    if any(isinstance(item, FileNotFoundError | ConnectionRefusedError) for item in chain):
        return f"no Docker Engine answers at {place}: start it, set DOCKER_HOST, {DIRECT}"
    if any(isinstance(item, TimeoutError) or "timed out" in str(item) for item in chain):
        return f"the Docker Engine at {place} gave no answer in time: look whether it is well, {DIRECT}"
    return f"the Docker Engine at {place} cannot be used: {plain(str(error))}; start it, set DOCKER_HOST, {DIRECT}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error` and what it came from; the HTTP libraries also hide causes in their arguments."""
    waiting, seen = [error], set[int]()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        inner = (*item.args, item.__cause__, item.__context__)
        waiting += [each for each in inner if isinstance(each, BaseException)]
