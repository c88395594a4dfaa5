"""What an operator reads when an engine fails."""

import pytest

from tui.domain.events import Side
from tui.engine.docker.failures import seen_by_client

HOST = "tcp://me:secret@engine:2375"


class Answered(Exception):
    """An error as the SDK raises it for an answer of the engine's."""

    def __init__(self, status_code: int, explanation: str) -> None:
        super().__init__(explanation)
        self.status_code, self.explanation = status_code, explanation


def wrapped(cause: Exception) -> Exception:
    """A cause as the HTTP libraries hide it: in the arguments of another error."""
    return RuntimeError("Error while fetching server API version", OSError("Connection aborted.", cause))


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (PermissionError(13, "Permission denied"), "no permission"),
        (FileNotFoundError(2, "No such file"), "set DOCKER_HOST"),
        (ConnectionRefusedError(111, "refused"), "set DOCKER_HOST"),
        (TimeoutError("timed out"), "no answer in time"),
        (ValueError("odd"), "cannot be used"),
    ],
)
def test_an_engine_that_does_not_answer_is_an_engine_failure_with_a_way_out(cause: Exception, said: str) -> None:
    for error in (cause, wrapped(cause)):
        found = seen_by_client("connect", Side.SOURCE, error, HOST)
        assert found.side is Side.ENGINE
        assert said in str(found)
        assert "--engine direct" in str(found)
        assert "secret" not in str(found)


def test_an_answer_is_about_the_side_it_was_asked_for() -> None:
    found = seen_by_client("pull a", Side.SOURCE, Answered(404, "manifest unknown"), HOST)
    assert (found.side, found.detail) == (Side.SOURCE, "manifest unknown")
    assert "500" in str(seen_by_client("pull a", Side.SOURCE, Answered(500, ""), HOST))


def test_api_versions_that_do_not_fit_say_what_to_upgrade() -> None:
    found = seen_by_client("ask", Side.SOURCE, Answered(400, "client version 1.10 is too old. Minimum is 1.44"), HOST)
    assert found.side is Side.ENGINE
    assert "upgrade" in str(found)


def test_certificates_are_the_engines_business() -> None:
    error = Answered(500, "tls: failed to verify certificate: x509: certificate signed by unknown authority")
    assert "certs.d" in str(seen_by_client("pull a", Side.SOURCE, error, HOST))
