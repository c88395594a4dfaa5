"""A Docker Engine through the Docker SDK. Only here is the SDK imported, and only when a connection is made.

The SDK is untyped: what is used of it stands below as a protocol. Its `APIClient` is the low-level one, whose pull
and push give their lines as they come.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol, cast

from tui.domain.events import Side
from tui.engine.docker.bridge import Closable
from tui.engine.docker.client import Client, Line, LocalImage, Login
from tui.engine.docker.facts import EngineFacts, read_facts
from tui.engine.docker.failures import seen_by_client
from tui.ports.errors import EngineError

ANSWER_TIMEOUT: Final = 30
"""Seconds that the engine has to answer what needs no registry."""

PUSH_TIMEOUT: Final = 600
"""Seconds between two lines of a push. The SDK's 60 are less than what an engine may take to prepare a layer.

A pull has no limit in the SDK.
"""

DEFAULT_HOST: Final = "unix:///var/run/docker.sock"
_NOT_FOUND: Final = 404


class _Response(Protocol):
    def close(self) -> None: ...


class _Api(Protocol):
    """The part of `docker.APIClient` that is used. `hooks` are those of a requests session, `timeout` is in seconds."""

    timeout: int
    hooks: dict[str, list[Callable[..., None]]]

    def version(self) -> Mapping[str, Any]: ...
    def info(self) -> Mapping[str, Any]: ...
    def inspect_image(self, image: str) -> Mapping[str, Any]: ...
    def pull(
        self, repository: str, *, tag: str, stream: bool, decode: bool, auth_config: dict[str, str] | None
    ) -> Iterator[Line]: ...
    def push(
        self, repository: str, *, tag: str, stream: bool, decode: bool, auth_config: dict[str, str] | None
    ) -> Iterator[Line]: ...
    def tag(self, image: str, repository: str, *, tag: str) -> bool: ...
    def remove_image(self, image: str) -> object: ...
    def close(self) -> None: ...


def connect(host: str | None = None) -> Client:
    """A connection to the engine at `host`, else to the one that the environment and the Docker context name.

    Blocks; raises EngineError where no engine answers there, saying how to mend it.
    """
    place = host or DEFAULT_HOST
    try:
        import docker  # pyright: ignore[reportMissingTypeStubs]

        kwargs: dict[str, Any] = {"base_url": host} if host else _from_surroundings()
        place = str(kwargs.get("base_url") or DEFAULT_HOST)
        api = cast("_Api", docker.APIClient(version="auto", timeout=ANSWER_TIMEOUT, **kwargs))
    except Exception as error:
        raise seen_by_client("connect to the Docker Engine", Side.ENGINE, error, place) from error
    return SdkClient(api, place)


def _from_surroundings() -> dict[str, Any]:
    """DOCKER_HOST and its companions; where it is not set, the current Docker context, as the docker command does."""
    from docker.context import ContextAPI  # pyright: ignore[reportMissingTypeStubs]
    from docker.utils import kwargs_from_env  # pyright: ignore[reportMissingTypeStubs]

    found = cast("dict[str, Any]", kwargs_from_env())
    if "base_url" in found:
        return found
    context = cast("Any", ContextAPI.get_current_context())
    if context is None or not context.Host:
        return found
    tls = {"tls": context.TLSConfig} if context.TLSConfig else {}
    return {"base_url": str(context.Host), **tls}


class SdkClient:
    """Speaks `Client` through the SDK. Each error of the SDK's becomes an EngineError here."""

    def __init__(self, api: _Api, host: str) -> None:
        self._api = api
        self._host = host
        self._answer = threading.local()
        api.hooks["response"].append(self._keep_answer)

    def facts(self) -> EngineFacts:
        """What the engine is."""
        return self._do(
            "ask the Docker Engine what it is", Side.ENGINE, lambda: read_facts(self._api.version(), self._api.info())
        )

    def find(self, reference: str) -> LocalImage | None:
        """The image that `reference` names in the engine; None where there is none."""
        return self._do(f"look for {reference}", Side.ENGINE, lambda: self._inspect(reference))

    def pull(self, name: str, digest: str, login: Login | None) -> Closable[Line]:
        """The lines of a pull of `name@digest`."""

        def start() -> Iterator[Line]:
            return self._api.pull(name, tag=digest, stream=True, decode=True, auth_config=_auth(login))

        return _Lines(self, f"pull {name}@{digest}", Side.SOURCE, start)

    def tag(self, image: str, name: str, tag: str) -> None:
        """Names `image`, an id or a reference, `name:tag`."""
        self._do(f"tag {image} as {name}:{tag}", Side.ENGINE, lambda: self._api.tag(image, name, tag=tag))

    def push(self, name: str, tag: str, login: Login | None) -> Closable[Line]:
        """The lines of a push of `name:tag`."""

        def start() -> Iterator[Line]:
            self._api.timeout = PUSH_TIMEOUT
            return self._api.push(name, tag=tag, stream=True, decode=True, auth_config=_auth(login))

        return _Lines(self, f"push {name}:{tag}", Side.TARGET, start)

    def untag(self, reference: str) -> None:
        """Removes `reference`; with an image's last reference the engine removes the image."""
        self._do(f"remove {reference}", Side.ENGINE, lambda: self._api.remove_image(reference))

    def close(self) -> None:
        """Closes idle connections; one that is in use is closed by its stream."""
        self._api.close()

    def begin(self, start: Callable[[], Iterator[Line]]) -> tuple[Iterator[Line], _Response]:
        """The lines that `start` gives, and the HTTP response they come from. Blocks until the engine answers."""
        lines = start()
        return lines, cast("_Response", self._answer.response)

    def failure(self, operation: str, side: Side, error: Exception) -> EngineError:
        """The EngineError for what the SDK raised."""
        return seen_by_client(operation, side, error, self._host)

    def _inspect(self, reference: str) -> LocalImage | None:
        try:
            found = self._api.inspect_image(reference)
        except Exception as error:
            if getattr(error, "status_code", None) == _NOT_FOUND:
                return None
            raise
        references = [*(found.get("RepoTags") or ()), *(found.get("RepoDigests") or ())]
        return LocalImage(str(found["Id"]), tuple(map(str, references)))

    def _do(self, operation: str, side: Side, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as error:
            raise self.failure(operation, side, error) from error

    def _keep_answer(self, response: _Response, *_: object, **__: object) -> None:
        """The SDK hands out a stream's lines, but not its response, without which it cannot be broken off."""
        self._answer.response = response


class _Lines:
    """The lines of one answer; closing shuts the connection, at which the engine gives up what it was doing.

    Until the engine's first line there is no connection to shut: then it is shut as soon as that line comes.
    """

    def __init__(self, client: SdkClient, operation: str, side: Side, start: Callable[[], Iterator[Line]]) -> None:
        self._client = client
        self._operation = operation
        self._side = side
        self._start = start
        self._is_closed = threading.Event()
        self._response: _Response | None = None

    def __iter__(self) -> Iterator[Line]:
        try:
            lines, self._response = self._client.begin(self._start)
            for line in lines:
                if self._is_closed.is_set():
                    return
                yield line
        except Exception as error:
            if not self._is_closed.is_set():
                raise self._client.failure(self._operation, self._side, error) from error
        finally:
            if self._response is not None:
                self._response.close()

    def close(self) -> None:
        """Shuts the connection, so that the thread that reads it wakes."""
        self._is_closed.set()
        if self._response is not None:
            _shut(self._response)


def _shut(response: _Response) -> None:
    """Shuts the socket under `response`: closing alone would not wake a thread that waits for it."""
    from docker.types import CancellableStream  # pyright: ignore[reportMissingTypeStubs]

    # The answer may have ended by itself meanwhile, and over SSH the SDK cannot: then the next line ends the thread.
    with suppress(Exception):
        CancellableStream(iter(()), cast("Any", response)).close()


def _auth(login: Login | None) -> dict[str, str] | None:
    return {"username": login.user, "password": login.password} if login else None
