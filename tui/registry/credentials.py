"""Where credentials come from. They are kept out of `repr`, so that no log or traceback shows them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, cast

from tui.domain.text import clean
from tui.registry.endpoint import Endpoint
from tui.usecases.concurrency import aside

HELPER_TIME: Final = 30.0
"""Seconds that a credential helper gets; docker's own caller waits for ever, and a helper may ask on a screen."""
_REMEMBERED: Final = 300.0
_HUB_KEY: Final = "https://index.docker.io/v1/"


class NoCredentials(Exception):
    """Credentials could not be looked up; its text is one sentence, fit to show."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A user name and password or, in their place, a token that is exchanged for access tokens.

    An `identity_token` is a refresh token of the registry's own. An `azure_token` is exchanged for one first; `tenant`
    is whose it is, empty where the registry is to find out.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    azure_token: str = field(default="", repr=False)
    tenant: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in it that must not be shown."""
        return tuple(filter(None, (self.password, self.identity_token, self.azure_token)))


class CredentialSource(Protocol):
    """Finds the credential for one registry."""

    async def find(self) -> Credential | None:
        """The credential; None goes on without. Raises NoCredentials. May be called often: it remembers."""
        ...


class Anonymous:
    """No credentials."""

    async def find(self) -> Credential | None:
        """None."""
        return None


class Static:
    """A user name and password known beforehand."""

    def __init__(self, username: str, password: str) -> None:
        self._credential = Credential(username, password)

    async def find(self) -> Credential | None:
        """The credential."""
        return self._credential


class DockerStore:
    """What `docker login` stored for `host`, in the configuration file or behind a credential helper.

    An answer is remembered for some minutes, a failure too: a broken helper is not run for every request.
    """

    def __init__(
        self,
        host: str,
        *,
        lookup: Callable[[str], Credential | None] | None = None,
        seconds: float = HELPER_TIME,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = _HUB_KEY if Endpoint(host).is_hub else host
        self._lookup = lookup or look_up
        self._seconds = seconds
        self._clock = clock
        self._lock = asyncio.Lock()
        self._answer: Credential | NoCredentials | None = None
        self._asked_at: float | None = None

    async def find(self) -> Credential | None:
        """The stored credential. Raises NoCredentials where the store cannot be read."""
        async with self._lock:
            if self._asked_at is None or self._clock() - self._asked_at > _REMEMBERED:
                self._answer = await self._ask()
                self._asked_at = self._clock()
        if isinstance(self._answer, NoCredentials):
            raise NoCredentials(str(self._answer))
        return self._answer

    async def _ask(self) -> Credential | NoCredentials | None:
        try:
            async with asyncio.timeout(self._seconds):
                return await aside(lambda: self._lookup(self._key))
        except TimeoutError:
            return NoCredentials(f"the Docker credential helper did not answer within {self._seconds:g} s")
        except NoCredentials as error:
            return error


def look_up(key: str) -> Credential | None:
    """Reads Docker's configuration for `key` and runs a helper if it names one; blocks. Raises NoCredentials."""
    import shutil

    import docker.auth
    from docker.errors import DockerException

    try:
        store: Any = cast("Any", docker.auth).load_config()
        helper: str | None = store.get_credential_store(key)
        if helper and not shutil.which(f"docker-credential-{helper}"):
            raise NoCredentials(f"Docker's configuration names docker-credential-{clean(helper, 60)}: no such program")
        return _credential(store.resolve_authconfig(key))
    except (DockerException, ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        # The text is left out: a helper's message and a decoder's excerpt may hold what must not be shown.
        raise NoCredentials(f"Docker's credential store cannot be read ({type(error).__name__})") from None


def _credential(entry: Mapping[str, Any] | None) -> Credential | None:
    """The credential in `entry`, whose keys a file spells in lower case and a helper with capitals."""
    values = {key.lower(): value for key, value in (entry or {}).items() if isinstance(value, str) and value}
    if token := values.get("identitytoken"):
        return Credential(identity_token=token)
    if "username" in values and "password" in values:
        return Credential(values["username"], values["password"])
    return None
