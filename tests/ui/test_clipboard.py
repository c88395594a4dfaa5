"""Copying: the local tool where it is the operator's machine, the terminal otherwise; what is said is what was done."""

import os
import stat

import pytest
from textual.app import App

from tui.ui import clipboard

VARIABLES = ("SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY", "DISPLAY")


class Stage(App[None]):
    """Remembers what went to the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def copy_to_clipboard(self, text: str) -> None:
        self.sent.append(text)


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """A machine with no tool; `add` installs one that runs a shell script."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    def add(name: str, script: str) -> None:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return add


def names(environment: dict[str, str]) -> list[str]:
    return [tool.command[0] for tool in clipboard.usable(environment)]


def test_over_ssh_no_tool_is_tried():
    assert names({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}) == []
    assert names({"DISPLAY": ":0", "SSH_CONNECTION": "a b"}) == []


def test_a_tool_needs_its_display():
    assert names({}) == ["pbcopy", "clip.exe"]
    assert names({"DISPLAY": ":0"}) == ["xclip", "xsel", "pbcopy", "clip.exe"]
    assert names({"WAYLAND_DISPLAY": "w"})[0] == "wl-copy"


def test_the_tool_gets_the_whole_text(tools, tmp_path, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    tools("xclip", f"/bin/cat > {tmp_path}/copied")
    app = Stage()
    assert clipboard.copy(app, "sha256:ab ✓") == "with xclip"
    assert (tmp_path / "copied").read_text() == "sha256:ab ✓"
    assert app.sent == []


def test_a_tool_that_fails_gives_way_to_the_next(tools, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    tools("xclip", "exit 1")
    tools("xsel", "/bin/cat > /dev/null")
    assert clipboard.copy(Stage(), "text") == "with xsel"


def test_a_tool_that_hangs_is_given_up(tools, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(clipboard, "_TIMEOUT_SECONDS", 0.05)
    tools("xclip", "exec /bin/sleep 60")
    app = Stage()
    assert clipboard.copy(app, "text") == clipboard.THROUGH_TERMINAL
    assert app.sent == ["text"]


def test_a_tool_that_stays_behind_is_not_waited_for(tools, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    tools("xclip", "/bin/sleep 2 &\nexit 0")
    assert clipboard.copy(Stage(), "text") == "with xclip"


def test_without_a_tool_the_terminal_is_asked_and_nothing_promised(tools):
    app = Stage()
    assert clipboard.copy(app, "text") == "through the terminal (OSC 52), if it allows"
    assert app.sent == ["text"]
    assert os.environ["PATH"]
