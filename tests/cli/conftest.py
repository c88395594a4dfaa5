"""Processes that several tests use: a room to run in, and the sample registries."""

import json
import signal
from collections.abc import Iterator

import pytest

from tests.cli.rooms import TIMEOUT, Room


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("room"))


@pytest.fixture(scope="module")
def demo(room: Room) -> Iterator[str]:
    """The sample registries, served by the command itself; gives the path of the settings it wrote."""
    process = room.start("demo", "--serve", "--dir", "demo", "--seed", "3")
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert list(told["environments"]) == ["base", "dev", "test", "prod"]
    assert all(address.startswith("127.0.0.1:") for address in told["environments"].values())
    yield told["config"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(TIMEOUT) == 0
