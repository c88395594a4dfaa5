"""Where a webhook's secrets come from, what they become in a request, and how they stay out of what is told."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlunsplit

from tui.domain.hooks import Webhook, split_address
from tui.domain.text import clean
from tui.ports.errors import HookError

_MARK: Final = "•••"
_SHORTEST: Final = 4
"""Characters; what is shorter stands in too many texts to be cut out of them."""
_SECRET_PIECE: Final = 8
"""Characters from which a piece of a path may be a key, and not a word as `services`."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to post: the address without user and password, and the header that shows the secret."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    """What must not be told; the longest first."""


def destination_of(webhook: Webhook, env: Mapping[str, str]) -> Destination:
    """Where `webhook` is, with its secrets out of `env`. Raises HookError, which names the variable."""
    address = _value_of(webhook.address_env, env, "address") if webhook.address_env else webhook.address
    try:
        parts = split_address(address)
    except ValueError as error:
        place = f"the environment variable {webhook.address_env}" if webhook.address_env else "the address"
        raise HookError(f"{place} is wrong: {error}") from None
    userinfo, _, host = parts.netloc.rpartition("@")
    url = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
    headers = {"Authorization": _basic(unquote(userinfo))} if userinfo else {}
    secret = _value_of(webhook.secret_env, env, "secret") if webhook.secret_env else ""
    if secret:
        headers[webhook.header or "Authorization"] = secret if webhook.header else _authorization(secret)
    hidden = [secret, *userinfo.split(":"), *headers.values(), *_words_of(headers), *_words_in(parts)]
    return Destination(url, headers, _masks(hidden))


def _value_of(variable: str, env: Mapping[str, str], what: str) -> str:
    value = env.get(variable, "").strip()
    if not value:
        raise HookError(f"the environment variable {variable} is not set: it holds this hook's {what}")
    if not value.isprintable():
        raise HookError(f"the environment variable {variable} holds a line end or another control character")
    return value


def _authorization(secret: str) -> str:
    """`secret` as an Authorization: whole where it names its scheme, Basic for `user:password`, else Bearer."""
    if " " in secret:
        return secret
    return _basic(secret) if ":" in secret else f"Bearer {secret}"


def _basic(userinfo: str) -> str:
    """RFC 7617."""
    return f"Basic {base64.b64encode(userinfo.encode()).decode()}"


def _words_of(headers: Mapping[str, str]) -> list[str]:
    """What stands behind the scheme of an Authorization, and what a Basic one encodes."""
    return [word for value in headers.values() for word in value.split(" ")[1:]]


def _words_in(parts: SplitResult) -> list[str]:
    """Path and query, whole, and each piece of them that is long enough to be a secret of its own."""
    pieces = (*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query)))
    return [parts.path, parts.query, *(piece for piece in pieces if len(piece) >= _SECRET_PIECE)]


def _masks(hidden: Iterable[str]) -> tuple[str, ...]:
    """Each secret in the spellings in which it may come back."""
    known = [item for item in hidden if len(item) >= _SHORTEST]
    spelt = {spelling for item in known for spelling in (item, unquote(item), quote(item), quote(item, safe=""))}
    return tuple(sorted(spelt, key=len, reverse=True))


def mask(text: str, secrets: Iterable[str], limit: int) -> str:
    """`text` cleaned, without `secrets`, cut to `limit` characters."""
    for secret in secrets:
        text = text.replace(secret, _MARK)
    return clean(text.strip(), limit)
