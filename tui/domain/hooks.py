"""Hooks: who is told of a promotion. Secrets are named here and never held: they come from the environment."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tui.domain.loopback import is_loopback
from tui.domain.text import clean

_NO_ADDRESS: Final = "a webhook is an address that begins with https://"


class HookFormat(StrEnum):
    """The shape of a webhook's body."""

    ACR = "acr"
    """What Azure Container Registry sends after a push, so that whatever deploys on that need not change."""
    CLOUDEVENTS = "cloudevents"
    """A CloudEvent 1.0 in structured mode."""
    TEXT = "text"
    """`{"text": …}`, as Slack, Mattermost and Teams' older connectors take it."""
    TEAMS = "teams"
    """A message with an Adaptive Card, as Teams' workflows take it."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address to which a promotion is posted.

    `address_env` names a variable that holds the address where that is a secret itself; `address` is empty then.
    `secret_env` names the variable whose value is sent in `header`, or, where that is empty, as Authorization.
    """

    address: str = ""
    address_env: str = ""
    format: HookFormat = HookFormat.ACR
    secret_env: str = ""
    header: str = ""

    @property
    def title(self) -> str:
        """What it is called in logs: without user, path and query, which may hold a secret."""
        if self.address_env:
            return f"webhook ${self.address_env}"
        parts = urlsplit(self.address)
        return f"webhook {parts.scheme}://{parts.netloc.rpartition('@')[2]}"


@dataclass(frozen=True, slots=True)
class HookCommand:
    """A program that is run, without a shell, with the promotion in its environment."""

    words: tuple[str, ...]

    @property
    def title(self) -> str:
        """What it is called in logs: the program; arguments may be long."""
        return f"command {self.words[0]}"

    @property
    def is_filled_in(self) -> bool:
        """True where it acts on the promotion by an argument of its own: it cannot know a test when it sees one.

        A script, as behind `sh -c`, can look at WINDLASS_TEST.
        """
        filled = (word for word in self.words if "$WINDLASS_" in word or "${WINDLASS_" in word)
        return any(not any(mark.isspace() for mark in word) for word in filled)


Hook = Webhook | HookCommand


def split_address(text: str) -> SplitResult:
    """The parts of a webhook's address: https, or http on this machine. Raises ValueError, which tells of it no more
    than the host: user, path and query may be secret."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(_NO_ADDRESS) from None
    is_plain_text = text.isascii() and text.isprintable() and not set(text) & set(" \\")
    if not is_plain_text or parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError(_NO_ADDRESS)
    if parts.scheme == "http" and not is_loopback(parts.netloc.rpartition("@")[2]):
        raise ValueError(f"{clean(parts.hostname, 80)} would be told without encryption; write https://")
    return parts
