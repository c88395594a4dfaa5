"""A way to promote."""

from collections.abc import AsyncGenerator
from typing import Protocol

from tui.domain.environment import EngineName
from tui.domain.events import EngineEvent
from tui.domain.plan import Forecast, Plan, Request, Tree


class Engine(Protocol):
    """Carries an image from source to target."""

    @property
    def name(self) -> EngineName:
        """What settings and `--engine` call it."""
        ...

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        """What the engine will do to the image's digest, or why it refuses. Writes nothing."""
        ...

    def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        """Does it: referenced content first, the tag last. Raises RegistryError and EngineError.

        Closing the iterator stops the work before the tag is written.
        """
        ...
