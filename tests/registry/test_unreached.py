"""The sentences for connections that fail, and which of them another try could help."""

import errno
import os
import socket
import ssl

import pytest

from tui.registry.endpoint import Endpoint
from tui.registry.unreached import NotHttp, ProxyFailed, ProxyRefused, is_lasting, sentence_of

HERE = Endpoint("r.example.com")


def numbered(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "its host name cannot be resolved"),
        (UnicodeError("label empty or too long"), "its host name cannot be resolved"),
        (numbered(errno.ECONNREFUSED), "the connection is refused"),
        (numbered(errno.ECONNRESET), "the connection broke off"),
        (numbered(errno.ETIMEDOUT), "it did not answer in time"),
        (numbered(errno.ENETUNREACH), "it cannot be connected to (Network is unreachable)"),
        (OSError("Multiple exceptions: [Errno 111] a ('::1', 1), [Errno 111] b"), "the connection is refused"),
        (OSError("Multiple exceptions: [Errno 101] a, [Errno 111] b"), "it cannot be connected to (OSError)"),
        (ProxyFailed(), "the proxy that the environment names did not connect"),
    ],
)
def test_what_another_try_could_help(error: Exception, sentence: str) -> None:
    assert sentence_of(error, HERE) == sentence
    assert not is_lasting(error)


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "set plain_http = true"),
        (NotHttp(), "set plain_http = true"),
        (ProxyRefused(407), "name a user and password in its URL"),
    ],
)
def test_what_stays_as_it_is_says_how_to_mend_it(error: Exception, mend: str) -> None:
    assert mend in sentence_of(error, HERE)
    assert is_lasting(error)


def test_plain_http_that_hears_no_http_names_https() -> None:
    assert "leave out plain_http" in sentence_of(NotHttp(), Endpoint("r.example.com", plain_http=True))
