"""The `notify` of an environment."""

import re
from typing import Final

from tui.domain.hooks import Hook, HookCommand, HookFormat, Webhook, split_address
from tui.domain.text import clean
from tui.settings.names import parse_variable
from tui.settings.table import Table

_EXAMPLE: Final = 'write notify = [{ webhook = "https://…" }] or [{ command = ["program", "argument"] }]'
_KEYS: Final = frozenset({"webhook", "webhook_env", "format", "secret_env", "header", "command"})
_OF_WEBHOOKS: Final = ("format", "secret_env", "header")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OUR_HEADERS: Final = frozenset({"host", "connection", "content-type", "content-length", "transfer-encoding"})


def read_hooks(table: Table) -> tuple[Hook, ...]:
    """Who is told of promotions into the environment of `table`. Raises SettingsError."""
    return tuple(_read_hook(hook) for hook in table.tables("notify", _EXAMPLE))


def _read_hook(hook: Table) -> Hook:
    hook.allow(_KEYS)
    webhook, variable = hook.parsed("webhook", _parse_webhook), hook.parsed("webhook_env", parse_variable)
    command = hook.texts("command")
    if sum(map(bool, (webhook, variable, command))) != 1:
        told = "a notification is either a webhook or a command"
        raise hook.error(None, told, 'write webhook = "https://…"')
    return _read_command(hook, command) if command else _read_webhook(hook, webhook or "", variable or "")


def _read_command(hook: Table, words: tuple[str, ...]) -> HookCommand:
    for key in _OF_WEBHOOKS:
        if key in hook.values:
            raise hook.error(key, "a command takes the promotion from its environment", f"leave out {key}")
    if not words[0].strip():
        raise hook.item("command", 0).error(None, "the program has no name", 'write command = ["program"]')
    return HookCommand(words)


def _read_webhook(hook: Table, address: str, variable: str) -> Webhook:
    header, secret = hook.parsed("header", _parse_header) or "", hook.parsed("secret_env", parse_variable) or ""
    if header and not secret:
        raise hook.error("header", "a header needs a value", "name the variable that holds it with secret_env")
    return Webhook(address, variable, hook.choice("format", HookFormat) or HookFormat.ACR, secret, header)


def _parse_webhook(text: str) -> str:
    """An address. One with a password in it is refused and not repeated; others than https only on this machine."""
    if "@" in split_address(text).netloc:
        raise ValueError("secrets do not stand in this file; name the variable that holds it with secret_env")
    return text


def _parse_header(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise ValueError(f"{clean(text, 80)!r} is no name of a header")
    if text.lower() in _OUR_HEADERS:
        raise ValueError(f"{text} says how the notification is sent; name another header")
    return text
