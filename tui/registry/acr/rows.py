"""What is read of the SDK's objects, whose own classes say little of their types."""

from typing import Protocol


class Lockable(Protocol):
    """A tag or a repository. An attribute that the registry left out is None."""

    can_write: bool | None
    can_delete: bool | None
