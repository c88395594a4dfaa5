"""A proxy that the environment names (`http_proxy`, `https_proxy`)."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from tui.registry.unreached import BadProxy


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it is, and the Proxy-Authorization it wants; empty where its URL names no user."""

    host: str
    port: int
    is_tls: bool = False
    authorization: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The proxy `[http://][user:password@]host[:port]`. Raises BadProxy."""
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            port = parts.port
        except ValueError:
            raise BadProxy from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadProxy
        is_tls = parts.scheme == "https"
        authorization = _basic(parts.username, parts.password) if parts.username is not None else ""
        return cls(parts.hostname, port or (443 if is_tls else 80), is_tls, authorization)


def _basic(username: str, password: str | None) -> str:
    pair = f"{unquote(username)}:{unquote(password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
