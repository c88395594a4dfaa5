"""Which engine is spoken to, and what its answers become."""

import hashlib
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tui.domain.events import Side
from tui.engine.docker.client import Client
from tui.engine.docker.facts import EngineFacts, Store
from tui.engine.docker.sdk import connect
from tui.ports.errors import EngineError

VERSION = {"Version": "26.1.5", "ApiVersion": "1.45", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "arm64"}
INFO = {"DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]]}


class Answers(BaseHTTPRequestHandler):
    """Answers as an engine with one image does."""

    def do_GET(self) -> None:
        if self.path.endswith("/version"):
            self._answer(200, VERSION)
        elif self.path.endswith("/info"):
            self._answer(200, INFO)
        elif "mine" in self.path:
            self._answer(200, {"Id": "sha256:1", "RepoTags": ["mine:1"], "RepoDigests": None})
        elif "broken" in self.path:
            self._answer(500, {"message": "no space left on device"})
        else:
            self._answer(404, {"message": "No such image"})

    def do_DELETE(self) -> None:
        self._answer(409, {"message": "conflict: in use"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base gives it
        """Says nothing."""

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def host() -> Generator[str, None, None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"tcp://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(host: str) -> Generator[Client, None, None]:
    connected = connect(host)
    yield connected
    connected.close()


def test_facts_come_from_version_and_info(client: Client) -> None:
    assert client.facts() == EngineFacts("26.1.5", Store.CONTAINERD, "linux", "arm64")


def test_an_image_is_found_or_it_is_not(client: Client) -> None:
    found = client.find("mine:1")
    assert found is not None
    assert (found.id, found.references) == ("sha256:1", ("mine:1",))
    assert client.find("other:1") is None


def test_other_answers_are_engine_errors(client: Client) -> None:
    with pytest.raises(EngineError, match="disk is full"):
        client.find("broken:1")
    with pytest.raises(EngineError, match=r"cannot remove mine:1: conflict: in use") as caught:
        client.untag("mine:1")
    assert caught.value.side is Side.ENGINE


def test_the_environment_names_the_engine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", host)
    connected = connect()
    assert connected.facts().version == "26.1.5"
    connected.close()


def test_else_the_docker_context_names_it(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(json.dumps({"currentContext": "away"}))
    folder = tmp_path / "contexts" / "meta" / hashlib.sha256(b"away").hexdigest()
    folder.mkdir(parents=True)
    meta = {"Name": "away", "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}
    (folder / "meta.json").write_text(json.dumps(meta))
    connected = connect()
    assert connected.facts().version == "26.1.5"
    connected.close()


def test_an_engine_that_is_not_there_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(EngineError, match=r"none\.sock: start it, set DOCKER_HOST"):
        connect()
