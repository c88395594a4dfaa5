"""An engine for the tests that go through one, and a room and the sample registries for those that need no more."""

from tests.cli.conftest import demo, room
from tests.engine.docker.conftest import engine_host

__all__ = ["demo", "engine_host", "room"]
