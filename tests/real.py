"""A real registry for tests: CNCF distribution as Debian packages it, on loopback, started and stopped here.

    with docker_registry(tmp_path) as registry:
        Endpoint(registry.host, plain_http=True)

Where the program is not installed the test is skipped, with the reason; under CI it fails, so that nothing is left
out unseen.
"""

import os
import random
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

PATIENCE: Final = 15.0
"""Seconds until a registry has to answer."""
MEMORY: Final = Path("/dev/shm")
ROOM: Final = 4 * 1024**3
"""Bytes that have to be free in memory before registries keep their blobs there."""


@dataclass(frozen=True, slots=True)
class RealRegistry:
    """A registry that answers at `host`; `ca_file` is its authority's certificate where it speaks https.

    `process` is its number.
    """

    host: str
    ca_file: str | None
    log: Path
    root: Path
    process: int


def require(program: str) -> str:
    """The path of `program`. Skips the test where it is missing, or fails it under CI."""
    if path := shutil.which(program):
        return path
    reason = f"{program} is not installed"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def docker_registry(
    tmp_path: Path, *, tls: bool = False, htpasswd: tuple[str, str] | None = None, delete: bool = True
) -> Generator[RealRegistry, None, None]:
    """A registry with its log under `tmp_path`; with `htpasswd` it wants that user name and password.

    Its blobs are in memory where there is room: it syncs each to its disk, and small ones wait for little else.
    """
    program = require("docker-registry")
    home = tmp_path / f"registry-{free_port()}"
    home.mkdir(parents=True)
    port = free_port()
    host = f"127.0.0.1:{port}"
    ca_file = make_certificates(home) if tls else None
    log = home / "registry.log"
    with TemporaryDirectory(prefix="registry-", dir=_roomiest(home)) as data, log.open("w") as out:
        config = home / "config.yml"
        config.write_text(_configuration(home, data, host, ca_file, _write_htpasswd(home, htpasswd), delete))
        process = subprocess.Popen([program, "serve", str(config)], stdout=out, stderr=out)
        try:
            _wait_until_up(host, ca_file, process, log)
            yield RealRegistry(host, str(ca_file) if ca_file else None, log, Path(data), process.pid)
        finally:
            process.terminate()
            process.wait(10)


def _roomiest(home: Path) -> Path:
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else home


def free_port() -> int:
    """A port that nobody listens on at the moment.

    It is below those that the system gives to connections: of many tests at a time, one's client could be given it
    between this look and its use.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def make_certificates(home: Path) -> Path:
    """The file of a private authority, which signs `server.pem` (key `server.key`) for 127.0.0.1 and localhost."""
    openssl = require("openssl")
    ca, ca_key, request = home / "ca.pem", home / "ca.key", home / "server.csr"
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    extensions = home / "extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    commands = (
        ["req", "-x509", *new_key, "-keyout", str(ca_key), "-out", str(ca), "-days", "2", "-subj", "/CN=Test CA"],
        ["req", *new_key, "-keyout", str(home / "server.key"), "-out", str(request), "-subj", "/CN=127.0.0.1"],
        ["x509", "-req", "-in", str(request), "-CA", str(ca), "-CAkey", str(ca_key), "-CAcreateserial",
         "-out", str(home / "server.pem"), "-days", "2", "-extfile", str(extensions)],
    )  # fmt: skip
    for arguments in commands:
        subprocess.run([openssl, *arguments], check=True, capture_output=True)
    return ca


def _write_htpasswd(home: Path, account: tuple[str, str] | None) -> Path | None:
    if account is None:
        return None
    user, password = account
    made = subprocess.run([require("htpasswd"), "-Bbn", user, password], check=True, capture_output=True, text=True)
    file = home / "htpasswd"
    file.write_text(made.stdout)
    return file


def _configuration(home: Path, data: str, host: str, ca_file: Path | None, htpasswd: Path | None, delete: bool) -> str:
    tls = f"  tls:\n    certificate: {home}/server.pem\n    key: {home}/server.key\n" if ca_file else ""
    auth = f"auth:\n  htpasswd:\n    realm: test\n    path: {htpasswd}\n" if htpasswd else ""
    return (
        "version: 0.1\n"
        "log:\n  level: info\n  accesslog:\n    disabled: false\n"
        f"storage:\n  filesystem:\n    rootdirectory: {data}\n  delete:\n    enabled: {str(delete).lower()}\n"
        f"http:\n  addr: {host}\n{tls}{auth}"
    )


def _wait_until_up(host: str, ca_file: Path | None, process: "subprocess.Popen[bytes]", log: Path) -> None:
    context = ssl.create_default_context(cafile=str(ca_file)) if ca_file else None
    scheme = "https" if ca_file else "http"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{scheme}://{host}/v2/", timeout=2, context=context):
                return
        except HTTPError:
            return  # 401: it is up
        except (URLError, OSError):
            time.sleep(0.005)
    pytest.fail(f"the registry did not start:\n{log.read_text()[-2000:]}")
