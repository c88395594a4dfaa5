"""An engine for the tests that go through one."""

from tests.engine.docker.conftest import engine_host

__all__ = ["engine_host"]
