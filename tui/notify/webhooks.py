"""Posting to a webhook: tried again where that may help, bounded in time and in what is read, TLS always verified."""

import asyncio
import os
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from tui.domain.proxies import proxy_for
from tui.domain.text import clean
from tui.notify.formats import Body
from tui.notify.secrets import Destination, mask
from tui.ports.errors import HookError

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_BODY_LIMIT: Final = 64 * 1024
_TOLD: Final = 200
_TOO_MANY: Final = 429
_UNTRUSTED: Final = "its TLS certificate is not trusted here; SSL_CERT_FILE can name an authority of your own"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a webhook is waited for, in seconds.

    `pauses` are between the tries, so there is one more of those; a receiver may ask for another, up to `longest`.
    """

    each: float = 10
    body: float = 2
    pauses: tuple[float, ...] = (1, 4)
    longest: float = 10
    whole: float = 45


@dataclass(frozen=True, slots=True)
class _Failure:
    """A try that failed. `wait` is what the receiver asks for, None where it does not say."""

    told: str
    is_lasting: bool = False
    wait: float | None = None


class Post:
    """One notification on its way to one webhook."""

    def __init__(self, destination: Destination, body: Body, agent: str, patience: Patience) -> None:
        self._destination = destination
        self._body = body
        self._headers = {"Content-Type": body.content_type, "User-Agent": agent, "Accept-Encoding": "identity"}
        self._patience = patience
        self._last = ""

    async def deliver(self) -> str:
        """The status that it was taken with. Raises HookError."""
        try:
            async with asyncio.timeout(self._patience.whole):
                return await self._try_all()
        except TimeoutError:
            told = f"; at last {self._last}" if self._last else ""
            raise HookError(f"it could not be told within {self._patience.whole:g} s{told}") from None

    async def _try_all(self) -> str:
        import aiohttp

        async with aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._patience.each),
            auto_decompress=False,
            trust_env=False,  # it would add what ~/.netrc says; proxies are looked up here
        ) as session:
            for pause in (*self._patience.pauses, None):
                outcome = await self._try(session)
                if isinstance(outcome, str):
                    return outcome
                self._last = outcome.told
                wait = pause if outcome.wait is None or pause is None else outcome.wait
                if outcome.is_lasting or wait is None:
                    break
                await asyncio.sleep(wait)
        raise HookError(self._last)

    async def _try(self, session: "ClientSession") -> str | _Failure:
        import aiohttp
        from multidict import CIMultiDict
        from yarl import URL

        url, headers = self._destination.url, CIMultiDict(self._headers)
        headers.update(self._destination.headers)
        request = session.post(
            URL(url, encoded=True),
            data=self._body.text.encode(),
            headers=headers,
            allow_redirects=False,
            proxy=_proxy(url),
        )
        try:
            async with request as response:
                return await self._judge(response)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _failure_of(error, self._patience.each)

    async def _judge(self, response: "ClientResponse") -> str | _Failure:
        """What the status means. The body is read of a refusal only: it may say why."""
        status = _status(response.status)
        if 200 <= response.status < 300:
            return status
        if 300 <= response.status < 400:
            pointed = _pointed_at(response)
            return _Failure(f"it answered {status}: {pointed}, and redirects are not followed", is_lasting=True)
        told = mask(await self._text(response), self._destination.secrets, _TOLD)
        refusal = f"it answered {status}: {told}" if told else f"it answered {status}"
        if response.status != _TOO_MANY and response.status < 500:
            return _Failure(refusal, is_lasting=True)
        wait = _asked_wait(response.headers.get("Retry-After", ""))
        if wait is not None and wait > self._patience.longest:
            return _Failure(f"it asks to wait {wait:g} s; {refusal}", is_lasting=True)
        return _Failure(refusal, wait=wait)

    async def _text(self, response: "ClientResponse") -> str:
        """The first of the body, as far as it comes in time.

        Where it was cut, so may be a secret at its end: as much as the longest has is left out.
        """
        import aiohttp

        read = bytearray()
        is_whole = False
        try:
            async with asyncio.timeout(self._patience.body):
                while len(read) < _BODY_LIMIT and not is_whole:
                    chunk = await response.content.read(_BODY_LIMIT - len(read))
                    read += chunk
                    is_whole = not chunk
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            pass
        text = read.decode("utf-8", "replace")
        longest = max(map(len, self._destination.secrets), default=0)
        return text if is_whole or not longest else text[:-longest]


def _failure_of(error: BaseException, seconds: float) -> _Failure:
    """What `error`, an exception of aiohttp, ssl or the system, means. Holds no address and no text of the receiver."""
    import aiohttp

    match error:
        case aiohttp.ClientConnectorCertificateError() | ssl.SSLCertVerificationError():
            return _Failure(_UNTRUSTED, is_lasting=True)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return _Failure("the TLS handshake failed", is_lasting=True)
        case aiohttp.ClientConnectorDNSError():
            return _Failure("its host name cannot be resolved")
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return _Failure("the proxy that the environment names did not connect")
        case aiohttp.ClientConnectorError():
            return _Failure(_unconnected(error.os_error))
        case TimeoutError():
            return _Failure(f"it did not answer within {seconds:g} s")
        case aiohttp.ClientResponseError() | ValueError():
            return _Failure("what answers there does not speak HTTP", is_lasting=True)
        case _:
            return _Failure("the connection broke off")


def _unconnected(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection is refused"
    return f"it cannot be connected to ({os.strerror(error.errno) if error.errno else type(error).__name__})"


def _status(code: int) -> str:
    """The code with the name that the standard gives it; the receiver's own words for it are not repeated."""
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _pointed_at(response: "ClientResponse") -> str:
    """The host that a redirect names, without the path, which may be secret."""
    try:
        host = urlsplit(response.headers.get("Location", "")).hostname
    except ValueError:
        host = None
    return f"it points to {clean(host, 100)}" if host else "it points elsewhere"


def _asked_wait(text: str) -> float | None:
    """The seconds of a Retry-After; None where it is a date, or nothing sensible."""
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for `url`, as every other client on the machine would use it."""
    parts = urlsplit(url)
    return proxy_for(parts.scheme, parts.hostname or "", parts.port, getproxies(), proxy_bypass)
