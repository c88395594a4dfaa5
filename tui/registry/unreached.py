"""From a connection that failed to a sentence that says what failed and how to mend it."""

import os
import re
import socket
import ssl
from typing import Final

from tui.ports.errors import Unreachable
from tui.registry.endpoint import Endpoint
from tui.registry.retry import Again

_CERTIFICATE: Final = (
    # verify codes of OpenSSL (openssl-verification-options(1)), and what each means to an operator
    ({10}, "its TLS certificate has expired"),
    ({9}, "its TLS certificate is not valid yet: is this machine's clock right?"),
    ({62, 64}, "its TLS certificate is for another host name"),
    ({18, 19, 20, 21}, 'its TLS certificate is not signed by an authority known here: name that with ca = "file.pem"'),
)
_NUMBER: Final = re.compile(r"\[Errno (\d+)\]")


class ProxyFailed(OSError):
    """The proxy cannot be connected to."""


class ProxyRefused(Exception):
    """The proxy answered `status` and did not connect."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class BadProxy(Exception):
    """The environment names a proxy that is none."""


class NotHttp(Exception):
    """What came is no answer in HTTP."""


class HeadTooLarge(NotHttp):
    """The head of an answer has no end within the bytes that are read of one."""


class UnsafeRequest(Exception):
    """A request would hold a line end where none belongs, and so another request."""


def failure_of(error: BaseException, operation: str, endpoint: Endpoint) -> Again | Unreachable:
    """What `error`, of a connection, is to who asked: Again, or Unreachable where no other try can help."""
    final = Unreachable(operation, endpoint.host, sentence_of(error, endpoint))
    return final if is_lasting(error) else Again(final, answered=False)


def sentence_of(error: BaseException, endpoint: Endpoint) -> str:
    """What `error`, of a connection, of ssl or the system, means. Holds no URL and no text of the other side."""
    match error:
        case ssl.SSLCertVerificationError():
            return next((text for codes, text in _CERTIFICATE if error.verify_code in codes), _UNTRUSTED)
        case ssl.SSLError():
            return "the TLS handshake failed; if it speaks plain http, set plain_http = true"
        case ProxyFailed():
            return "the proxy that the environment names did not connect"
        case ProxyRefused():
            wants = ": name a user and password in its URL" if error.status == 407 else ""
            return f"the proxy that the environment names did not connect (it answers {error.status}{wants})"
        case BadProxy():
            return "the proxy that the environment names is no http://host:port"
        case HeadTooLarge():
            return "the head of its answer is too large"
        case NotHttp():
            other = "https: leave out plain_http" if endpoint.plain_http else "plain http: set plain_http = true"
            return f"what answers there does not speak HTTP; perhaps it speaks {other}"
        case UnsafeRequest():
            return "the request was not sent: an address or a header in it holds a line end or a space"
        case _:
            return _system(error)


_UNTRUSTED: Final = "its TLS certificate is not trusted"


def is_lasting(error: BaseException) -> bool:
    """True where trying again cannot help: TLS, and what does not speak HTTP."""
    return isinstance(error, ssl.SSLError | NotHttp | BadProxy | ProxyRefused | UnsafeRequest)


def _system(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return "it did not answer in time"
        case socket.gaierror() | UnicodeError():  # the last of a name that no resolver takes
            return "its host name cannot be resolved"
        case ConnectionRefusedError():
            return "the connection is refused"
        case ConnectionError():
            return "the connection broke off"
        case OSError():
            return _of_number(error)
        case _:
            return f"the connection failed ({type(error).__name__})"


def _of_number(error: OSError) -> str:
    """A host with several addresses fails once for each; asyncio then has one error with all their texts."""
    numbers = {int(number) for number in _NUMBER.findall(str(error))} or {error.errno or 0}
    if len(numbers) == 1 and (number := numbers.pop()):
        single = OSError(number, os.strerror(number))
        if isinstance(single, ConnectionError | TimeoutError):
            return _system(single)
        return f"it cannot be connected to ({single.strerror})"
    return f"it cannot be connected to ({error.strerror or type(error).__name__})"
