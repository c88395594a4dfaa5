"""From a connection that failed to a sentence that says what failed and how to mend it."""

import ssl
from typing import Final

from tui.registry.endpoint import Endpoint

_CERTIFICATE: Final = (
    # verify codes of OpenSSL (openssl-verification-options(1)), and what each means to an operator
    ({10}, "its TLS certificate has expired"),
    ({9}, "its TLS certificate is not valid yet: is this machine's clock right?"),
    ({62, 64}, "its TLS certificate is for another host name"),
    ({18, 19, 20, 21}, 'its TLS certificate is not signed by an authority known here: name that with ca = "file.pem"'),
)


def sentence_of(error: BaseException, endpoint: Endpoint) -> str:
    """What `error`, an exception of aiohttp, ssl or the system, means. Holds no URL and no text of the other side."""
    import aiohttp

    match error:
        case aiohttp.ClientConnectorCertificateError():
            return _certificate(error.certificate_error)
        case ssl.SSLCertVerificationError():
            return _certificate(error)
        case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return "the TLS handshake failed; if it speaks plain http, set plain_http = true"
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return "the proxy that the environment names did not connect"
        case aiohttp.ClientConnectorDNSError():
            return "its host name cannot be resolved"
        case aiohttp.ClientConnectorError():
            return _system(error.os_error)
        case TimeoutError():
            return "it did not answer in time"
        case aiohttp.ClientPayloadError() | aiohttp.ClientConnectionError() | ConnectionError():
            return "the connection broke off"
        case aiohttp.ClientResponseError():
            other = "https: leave out plain_http" if endpoint.plain_http else "plain http: set plain_http = true"
            return f"what answers there does not speak HTTP; perhaps it speaks {other}"
        case _:
            return f"the connection failed ({type(error).__name__})"


def is_lasting(error: BaseException) -> bool:
    """True where trying again cannot help: TLS, and what does not speak HTTP."""
    import aiohttp

    lasting = (aiohttp.ClientSSLError, ssl.SSLError, aiohttp.ClientResponseError)
    return isinstance(error, lasting)


def _certificate(error: Exception) -> str:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else -1
    return next((text for codes, text in _CERTIFICATE if code in codes), "its TLS certificate is not trusted")


def _system(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection is refused"
    return f"it cannot be connected to ({error.strerror or type(error).__name__})"
