"""A long-running operation: an import under way, and how it ended."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from tui.sandbox.arm.imports import ImportRequest
from tui.sandbox.arm.resources import Resource

Status = Literal["Running", "Succeeded", "Failed"]


def _new_id() -> str:
    return f"registries-{uuid4()}"


@dataclass(slots=True, eq=False)
class Operation:
    """An import from `source` into `target`, begun at `begun` seconds of the clock."""

    request: ImportRequest
    source: Resource
    target: Resource
    begun: float
    id: str = field(default_factory=_new_id)
    status: Status = "Running"
    polls: int = 0
    """How often it was asked for."""
    error: tuple[str, str] | None = None
    """Code and sentence, once it has failed."""

    def fail(self, code: str, message: str) -> None:
        """Ends it as a failure."""
        self.status, self.error = "Failed", (code, message)
