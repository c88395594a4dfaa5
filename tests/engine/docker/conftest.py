"""A Docker Engine and registries of its own, all on loopback, started here and stopped at the end."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.real import docker_registry, require
from tui.engine.docker.client import Client
from tui.engine.docker.sdk import connect
from tui.ports.errors import EngineError

PATIENCE: Final = 60.0
"""Seconds until an engine has to answer, or to have ended."""

NewRegistry = Callable[[], str]


@pytest.fixture(scope="session")
def engine_host() -> Generator[str, None, None]:
    """The address of an engine with the classic image store, no network bridge and no firewall rules."""
    program = require("dockerd")
    if os.geteuid() != 0:
        unavailable("dockerd needs root")
    # Not under pytest's own folder: the path of a socket may have no more than 107 bytes.
    with tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True) as folder:
        yield from run_engine(program, Path(folder))


def run_engine(program: str, home: Path) -> Generator[str, None, None]:
    host, log = f"unix://{home}/d.sock", home / "dockerd.log"
    places = ["--data-root", f"{home}/data", "--exec-root", f"{home}/exec", "--pidfile", f"{home}/pid"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [program, "--bridge=none", "--iptables=false", *places, "-H", host],
            stdout=out,
            stderr=out,
        )
    try:
        wait_until_it_answers(host, process, log)
        yield host
    finally:
        process.terminate()  # its containerd ends with it
        process.wait(PATIENCE)


def wait_until_it_answers(host: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            connect(host).close()
        except EngineError:
            time.sleep(0.1)
        else:
            return
    unavailable(f"dockerd did not start: {log.read_text()[-1500:]}")


def unavailable(reason: str) -> None:
    """Skips the test with the reason; fails it under CI, so that nothing is left out unseen."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def engine_client(engine_host: str) -> Generator[Client, None, None]:
    """A connection to the engine."""
    client = connect(engine_host)
    yield client
    client.close()


@pytest.fixture
def new_registry(tmp_path: Path) -> Generator[NewRegistry, None, None]:
    """Starts registries; each call gives the address of another."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(docker_registry(tmp_path)).host
