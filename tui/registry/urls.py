"""URLs taken apart once, so that the URL that was checked is the URL that is asked.

Two readers of one malformed URL can see two hosts. A URL that a registry names is parsed here, refused where it is
odd, and rebuilt from its parts before it goes to the HTTP client.
"""

import re
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PLAIN: Final = re.compile(r"[!-~]+")  # printable ASCII, no space
_UNQUOTED: Final = re.compile(r"[a-zA-Z0-9/:@._~-]*")
"""What `quote` leaves as it is, and most paths are of nothing else."""
_LENGTH_LIMIT: Final = 8192
_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


class RefusedUrl(ValueError):
    """A URL from outside that is malformed or against a rule; its text is fit to show and holds no URL."""


@dataclass(frozen=True, slots=True)
class Url:
    """An http(s) URL without userinfo and fragment. `path` and `query` are kept byte for byte: some are signed."""

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = ""

    @classmethod
    def parse(cls, text: str, base: Self | None = None) -> Self:
        """The URL in `text`, relative to `base` where that is given. Raises RefusedUrl."""
        if len(text) > _LENGTH_LIMIT or not _PLAIN.fullmatch(text) or "\\" in text:
            raise RefusedUrl("a URL with spaces, backslashes or control characters, or none")
        try:
            parts = urlsplit(urljoin(str(base), text) if base else text)
            port = parts.port
        except ValueError:
            raise RefusedUrl("a malformed URL") from None
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or not _HOST.fullmatch(parts.hostname):
            raise RefusedUrl("a URL that is neither http nor https")
        if "@" in parts.netloc:
            raise RefusedUrl("a URL with a user name or password in it")
        return cls(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme], parts.path, parts.query)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def target(self) -> str:
        """Path and query: what a request line has of a URL."""
        return f"{self.path or '/'}?{self.query}" if self.query else self.path or "/"

    @property
    def authority(self) -> str:
        """`host[:port]`: what may be shown of a URL."""
        host = self.bracketed_host
        return host if self.has_default_port else f"{host}:{self.port}"

    @property
    def bracketed_host(self) -> str:
        """The host; an IPv6 address stands in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def has_default_port(self) -> bool:
        """True where the port is the scheme's own."""
        return self.port == _DEFAULT_PORTS[self.scheme]

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what credentials are bound to."""
        return self.scheme, self.host, self.port

    def at(self, path: str, **query: str | int) -> Self:
        """This origin with another path and query."""
        quoted = path if _UNQUOTED.fullmatch(path) else quote(path, safe="/:@")
        return type(self)(self.scheme, self.host, self.port, quoted, urlencode(query, safe="/:") if query else "")

    def adding(self, **query: str) -> Self:
        """This URL with `query` appended to its own, which stays as it is (distribution specification, "Push")."""
        extra = urlencode(query, safe=":")
        return replace(self, query=f"{self.query}&{extra}" if self.query else extra)

    def upgraded_to(self, root: Self) -> Self:
        """This URL on `root`'s scheme where it is the same host, only downgraded to http.

        A registry behind a proxy that ends TLS does not know that it is spoken to in https.
        """
        same_port = self.port == root.port or (self.has_default_port and root.has_default_port)
        if (self.scheme, root.scheme) == ("http", "https") and self.host == root.host and same_port:
            return replace(self, scheme=root.scheme, port=root.port)
        return self
