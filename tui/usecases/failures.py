"""From an error that crossed a port to what the board shows of it."""

from tui.domain.snapshot import Failure, FailureKind
from tui.ports import errors


def failure_of(error: errors.RegistryError) -> Failure:
    """What `error` looks like in a cell and in the list of errors."""
    kind, mark = _classify(error)
    return Failure(kind, error.operation, error.detail, mark)


def _classify(error: errors.RegistryError) -> tuple[FailureKind, str]:
    match error:
        case errors.Unreachable():
            return FailureKind.UNREACHABLE, "down"
        case errors.Unauthorised():
            return FailureKind.UNAUTHORISED, "401"
        case errors.Forbidden():
            return FailureKind.FORBIDDEN, "403"
        case errors.Throttled():
            return FailureKind.THROTTLED, "429"
        case _:
            return FailureKind.INVALID, "error"
