"""The bytes of a request's head (RFC 9112, sections 3 and 5). What could be read as two requests never goes out."""

from collections.abc import Callable, Mapping
from typing import Final

from tui import __version__
from tui.registry.proxy import Proxy
from tui.registry.request import Freight, Request
from tui.registry.unreached import UnsafeRequest
from tui.registry.urls import Url

_HEADERS: Final = {
    "User-Agent": f"windlass/{__version__}",
    "Accept-Encoding": "identity",  # digests are of the bytes as stored, and nothing can unfold into more than was read
}
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class Addressing:
    """How requests to one origin are addressed: the target's form, and the headers that each of them has."""

    __slots__ = ("_fixed", "_is_absolute")

    def __init__(self, origin: Url, proxy: Proxy | None) -> None:
        self._is_absolute = proxy is not None and origin.scheme == "http"
        fixed = {"Host": origin.authority, **_HEADERS}
        if proxy is not None and proxy.authorization and self._is_absolute:
            fixed["Proxy-Authorization"] = proxy.authorization
        self._fixed = tuple(f"{name}: {value}" for name, value in fixed.items())

    def head_of(self, request: Request, url: Url, headers: Mapping[str, str]) -> bytes:
        """The head of `request` as sent to `url` with `headers` besides its own. Raises UnsafeRequest."""
        target = str(url) if self._is_absolute else url.target
        lines = [f"{request.method} {target} HTTP/1.1", *self._fixed]
        said = {**request.headers, **headers} if headers else request.headers
        lines += [f"{name}: {value}" for name, value in said.items()]
        if "Accept" not in said:
            lines.append("Accept: */*")
        _add_framing(lines, request, said)
        return joined(lines, target)


def connect_head(origin: Url, proxy: Proxy) -> bytes:
    """The head that asks `proxy` for a tunnel to `origin` (RFC 9110, section 9.3.6)."""
    authority = f"{origin.bracketed_host}:{origin.port}"
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}", f"User-Agent: {_HEADERS['User-Agent']}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    return joined(lines, authority)


def joined(lines: list[str], target: str) -> bytes:
    """A head of `lines`. Raises UnsafeRequest where one of them holds the end of a line, or `target` a space."""
    text = "\r\n".join(lines)
    ends = len(lines) - 1
    if text.count("\n") != ends or text.count("\r") != ends or "\0" in text or " " in target:
        raise UnsafeRequest
    return f"{text}\r\n\r\n".encode()


def load(freight: Freight, request: Request, send: Callable[[memoryview], object]) -> None:
    """Gives the body of `request` to `send` as it goes out: in chunks (RFC 9112, section 7.1) where no length is said.

    The end of a chunk goes with the head of the next one. What `freight` raises leaves the last chunk out.
    """
    if not _is_chunked(request):
        freight.load(send)
        return
    end = b""

    def send_chunk(part: memoryview) -> None:
        nonlocal end
        if part:  # an empty chunk is the last one
            send(memoryview(b"%b%x\r\n" % (end, len(part))))
            send(part)
            end = b"\r\n"

    freight.load(send_chunk)
    send(memoryview(end + b"0\r\n\r\n"))


def _is_chunked(request: Request) -> bool:
    """True where the length of the body is not said before."""
    return "Content-Length" not in request.headers


def _add_framing(lines: list[str], request: Request, said: Mapping[str, str]) -> None:
    body = request.body
    if body is None:
        if request.method in _WITH_BODY and "Content-Length" not in said:
            lines.append("Content-Length: 0")
        return
    if "Content-Type" not in said:
        lines.append("Content-Type: application/octet-stream")
    if isinstance(body, bytes):
        if said.get("Content-Length", str(len(body))) != str(len(body)):
            raise UnsafeRequest  # what is beyond would be read as the next request
        if "Content-Length" not in said:
            lines.append(f"Content-Length: {len(body)}")
    elif _is_chunked(request):
        lines.append("Transfer-Encoding: chunked")
