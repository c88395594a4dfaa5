"""Settings that are understood and checked, but that this version cannot carry out: each becomes a sentence."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from tui.domain.environment import Kind
from tui.settings.table import Table

_HOOK_KEYS: Final = frozenset({"webhook", "format", "secret_env", "command"})


class HookFormat(StrEnum):
    """The shape of a webhook's body."""

    ACR = "acr"


def unmet_wishes(table: Table, name: str, kind: Kind) -> tuple[str, ...]:
    """A sentence for each setting of the environment `name` that stays a wish. Raises SettingsError."""
    return tuple(_wishes(table, name, kind))


def _wishes(table: Table, name: str, kind: Kind) -> Iterator[str]:
    if table.flag("lock") and kind is not Kind.ACR:
        yield f'lock: only Azure\'s registries have locks (kind = "acr"); in {name} the tag can still be moved'
    hooks = table.tables("notify", 'write notify = [{ webhook = "https://…" }]')
    for hook in hooks:
        _check_hook(hook)
    if hooks:
        yield f"notify: this version tells nobody of a promotion; tell whoever deploys {name} by hand"
    if table.flag("follow"):
        yield f"follow: this version promotes nothing to {name} by itself; run `windlass promote` in a pipeline"


def _check_hook(hook: Table) -> None:
    hook.allow(_HOOK_KEYS)
    webhook = hook.parsed("webhook", _parse_webhook)
    command = hook.texts("command")
    hook.choice("format", HookFormat)
    hook.text("secret_env")
    if bool(webhook) == bool(command):
        raise hook.error(None, "a notification is either a webhook or a command", 'write webhook = "https://…"')


def _parse_webhook(text: str) -> str:
    """An address; one with a password in it is refused and not repeated."""
    if not text.startswith(("https://", "http://")):
        raise ValueError("a webhook is an address that begins with https://")
    if "@" in text.split("/")[2]:
        raise ValueError("secrets do not stand in this file; name the variable that holds it with secret_env")
    return text
