"""The errors that cross the ports.

    WindlassError
    ├── RegistryError            a registry did not do what was asked
    │   ├── Unreachable          no connection, no answer in time, or broken off
    │   ├── Unauthorised         401, or no credentials that it takes
    │   ├── Forbidden            403
    │   ├── NotFound             404 on a repository, a tag, a manifest or a blob
    │   ├── Throttled            429 to the end of all retries
    │   ├── Unsupported          the registry does not offer the operation
    │   └── InvalidAnswer        an answer that breaks the protocol, or bytes that are not what was asked for
    ├── LoginError               no token of Azure's could be had
    ├── EngineError              an engine did not do what was asked
    │   └── ImportFailed         Azure did not import; nothing says that it wrote
    ├── JournalError             the journal could not be written; nothing goes on unrecorded
    │   └── TurnTaken            another process kept the tag for too long; the journal itself is well
    ├── TrustError               a public key cannot be read or used
    └── HookError                a webhook or a command could not be told of a promotion

Each carries the operation and where; `str()` is one sentence fit to show, with no secret in it.
"""

from tui.domain.events import Side


class WindlassError(Exception):
    """Something outside failed in a way that was foreseen."""


class RegistryError(WindlassError):
    """A registry did not do what was asked. `operation` is a verb phrase: `list tags of shop/api`."""

    def __init__(self, operation: str, registry: str, detail: str) -> None:
        super().__init__(f"{registry}: cannot {operation}: {detail}")
        self.operation = operation
        self.registry = registry
        self.detail = detail


class Unreachable(RegistryError):
    """No connection, no answer in time, or the answer broke off."""


class Unauthorised(RegistryError):
    """The registry wants other credentials, or any."""


class Forbidden(RegistryError):
    """The credentials are known, but do not allow this."""


class NotFound(RegistryError):
    """There is no such repository, tag, manifest or blob."""


class Throttled(RegistryError):
    """The registry asked to wait more often than a client should."""


class Unsupported(RegistryError):
    """The registry does not offer this operation."""


class InvalidAnswer(RegistryError):
    """The answer breaks the protocol, is larger than allowed, or is not what its digest says."""


class EngineError(WindlassError):
    """An engine could not go on. `side` says which end failed, where that is known."""

    def __init__(self, operation: str, side: Side, detail: str) -> None:
        super().__init__(f"cannot {operation}: {detail}")
        self.operation = operation
        self.side = side
        self.detail = detail


class ImportFailed(EngineError):
    """Azure refused an import, or one failed. `str()` says why, and what would let it succeed."""


class LoginError(WindlassError):
    """No token of Azure's could be had. `str()` is one sentence with the command that mends it, and no secret."""


class JournalError(WindlassError):
    """The journal could not be written or read."""


class TurnTaken(JournalError):
    """Another process kept a tag for too long; the journal itself is well, and so are other tags."""


class TrustError(WindlassError):
    """A public key cannot be read or used. `str()` is one sentence with the file and what to do."""


class HookError(WindlassError):
    """A webhook or a command could not be told of a promotion. `str()` is one sentence with no secret in it."""
