"""`windlass follow` between real registries: woken by a webhook it promotes what is new, and stops when told to."""

import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.cli.rooms import TIMEOUT, Room
from tests.lab import picture
from tests.real import docker_registry, free_port
from tests.upload import tags, upload

pytestmark = pytest.mark.real
SECRET = "planted-secret-77aa"


@dataclass(slots=True)
class Follower:
    """The program as it follows, and the lines that it says."""

    process: "subprocess.Popen[str]"
    lines: "queue.Queue[str]" = field(default_factory=lambda: queue.Queue[str]())

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.put(line)

    def until(self, words: str) -> str:
        """The line that says `words`; raises queue.Empty where it does not come in time."""
        while words not in (line := self.lines.get(timeout=TIMEOUT)):
            pass
        return line


@dataclass(frozen=True, slots=True)
class Line:
    """Two registries, of which dev follows base."""

    room: Room
    base: str
    dev: str


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with docker_registry(tmp_path) as base, docker_registry(tmp_path) as dev:
        upload(base.host, "shop/api", "1.0.0", picture(1))
        (tmp_path / "windlass.toml").write_text(
            f'[[environment]]\nname = "base"\nregistry = "{base.host}"\n'
            f'[[environment]]\nname = "dev"\nregistry = "{dev.host}"\nfollow = true\n'
        )
        yield Line(Room(tmp_path), base.host, dev.host)


def test_a_webhook_wakes_it_and_a_signal_stops_it(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", SECRET)
    port = free_port()
    process = line.room.start("follow", "--every", "1h", "--listen", str(port), "--secret-env", "HOOK")
    try:
        follower = Follower(process)
        follower.until("following begins; 1 tag known already")
        upload(line.base, "shop/api", "1.1.0", picture(2))
        hook = Request(f"http://127.0.0.1:{port}/", b"{}", {"Authorization": f"Bearer {SECRET}"}, method="POST")
        with urlopen(hook, timeout=TIMEOUT) as answer:
            assert answer.status == 202
        follower.until("shop/api:1.1.0  done in")
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 130
    finally:
        process.kill()
    assert [tag for tag in tags(line.dev, "shop/api") if not tag.startswith("sha256-")] == ["1.1.0"]
    assert SECRET not in "".join(follower.lines.queue)


def test_what_was_undone_stays_undone_and_what_came_meanwhile_is_new(line: Line) -> None:
    run = line.room.run
    assert run("follow", "--once").returncode == 0
    upload(line.base, "shop/api", "1.0.0", picture(1))
    upload(line.base, "shop/api", "1.1.0", picture(2))
    upload(line.dev, "shop/api", "stable", picture(1))
    assert run("follow", "--once").returncode == 0
    assert run("promote", "shop/api:1.1.0", "--to", "dev", "--as", "stable", "--yes").returncode == 0
    undone = run("undo", "--yes")
    assert undone.returncode == 0, undone.stderr
    again = run("follow", "--once")
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing new" in again.stderr
