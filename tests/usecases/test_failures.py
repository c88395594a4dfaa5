"""Each kind of error has its word and its mark."""

import pytest

from tui.domain.snapshot import FailureKind
from tui.ports import errors
from tui.usecases.failures import failure_of


@pytest.mark.parametrize(
    ("error", "kind", "mark"),
    [
        (errors.Unreachable, FailureKind.UNREACHABLE, "down"),
        (errors.Unauthorised, FailureKind.UNAUTHORISED, "401"),
        (errors.Forbidden, FailureKind.FORBIDDEN, "403"),
        (errors.Throttled, FailureKind.THROTTLED, "429"),
        (errors.InvalidAnswer, FailureKind.INVALID, "error"),
        (errors.NotFound, FailureKind.INVALID, "error"),
    ],
)
def test_a_failure_says_what_and_why(error: type[errors.RegistryError], kind: FailureKind, mark: str) -> None:
    failure = failure_of(error("list tags", "r.example", "it said no"))
    assert (failure.kind, failure.mark, failure.operation, failure.detail) == (kind, mark, "list tags", "it said no")
