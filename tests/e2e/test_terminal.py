"""The board in a real terminal, as an operator uses it: tmux types the keys and reads the screen."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real import require

pytestmark = pytest.mark.real
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Terminal:
    """A tmux server of its own with one window."""

    socket: Path

    def tmux(self, *words: str) -> str:
        """Runs a tmux command; what it prints."""
        command = [require("tmux"), "-f", os.devnull, "-S", str(self.socket), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    def press(self, *keys: str) -> None:
        """Types keys, by tmux's names."""
        self.tmux("send-keys", *keys)

    def screen(self) -> str:
        """What the terminal shows."""
        return self.tmux("capture-pane", "-p")

    def wait(self, holds: Callable[[str], object]) -> str:
        """The screen as soon as something holds for it."""
        deadline = time.monotonic() + PATIENCE
        while not holds(screen := self.screen()):
            if time.monotonic() > deadline:
                pytest.fail(f"not seen within {PATIENCE} s on:\n{screen}")
            time.sleep(0.05)
        return screen


@pytest.fixture(params=["80x24", "160x50"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Terminal, None, None]:
    width, height = request.param.split("x")
    terminal = Terminal(tmp_path / "tmux")
    program = f"{sys.executable} -m tui demo"
    terminal.tmux("new-session", "-d", "-x", width, "-y", height, program)
    yield terminal
    terminal.tmux("kill-server")


def told(screen: str) -> str:
    """The screen's text without its line breaks."""
    return " ".join(screen.split())


def row(screen: str, name: str) -> str:
    """The line of the matrix that shows `name`."""
    return next((line for line in screen.splitlines() if name in line and "│" in line), "")


def test_a_drifted_image_is_promoted_with_a_keypress(terminal: Terminal) -> None:
    terminal.wait(lambda screen: "212 rows" in screen and "s ago" in screen)
    terminal.press("/", "shop/api dev", "Enter")
    terminal.wait(lambda screen: "shop/api dev " in screen and " 0 of 212 rows" in screen)
    terminal.press("Escape")
    terminal.wait(lambda screen: "shop/api dev " not in screen and " 212 rows" in screen)
    terminal.press("/", "gateway:latest", "Enter")
    before = terminal.wait(lambda screen: " 1 of 212 rows" in screen)
    assert "≠" in row(before, "gateway:latest")
    terminal.press("n")
    terminal.press("p")
    plan = terminal.wait(lambda screen: "will overwrite" in screen)
    assert len(set(re.findall(r"sha256:[0-9a-f]{64}", plan))) >= 2  # the source's and the one to be overwritten
    terminal.press("Enter", "Enter")
    time.sleep(1)  # the guard counts from when the plan was shown
    assert "will overwrite" in terminal.screen()
    terminal.press("y")
    done = terminal.wait(lambda screen: "✓ verified sha256:" in told(screen) and "done in" in screen)
    assert "tag" in done
    after = terminal.wait(
        lambda screen: row(screen, "gateway:latest").count("=") > row(before, "gateway:latest").count("=")
    )
    assert "will overwrite" not in after
    terminal.press("q")


def test_the_log_tells_pull_tag_push_and_verify(terminal: Terminal) -> None:
    terminal.wait(lambda screen: "212 rows" in screen and "s ago" in screen)
    terminal.press("/", "gateway:latest", "Enter")
    terminal.wait(lambda screen: " 1 of 212 rows" in screen)
    terminal.press("l", "p")
    terminal.wait(lambda screen: "will overwrite" in screen)
    time.sleep(0.6)
    terminal.press("y")
    terminal.wait(lambda screen: "done in" in screen)
    terminal.press("L")
    time.sleep(0.3)  # the focus moves to the log
    terminal.press("Home")
    seen = ""
    for _ in range(30):
        time.sleep(0.15)  # a screen is read each time, whatever it shows
        seen += told(terminal.screen())
        terminal.press("Down")
    for word in (
        " pull ",
        " push ",
        " tag ",
        " verify ",
        "✓ verified sha256:",
        "windlass promote platform/gateway:latest",
    ):
        assert word in seen


REASONS = ("moved", "flattened", "rebuilt", "foreign", "behind", "recompr", "wrapped")


def test_every_reason_stands_in_its_cell_and_is_told_in_words_at_the_cursor(terminal: Terminal) -> None:
    terminal.wait(lambda screen: "212 rows" in screen and "s ago" in screen)
    terminal.press("/", "checkout", "Enter", "l", "l", "l")
    terminal.wait(lambda screen: all(f"≠ {reason}" in screen for reason in REASONS))
    terminal.press("j", "j", "j")
    terminal.wait(lambda screen: "the base's tag was pushed again after promotion" in told(screen.replace("│", " ")))
    terminal.press("c")
    compared = terminal.wait(lambda screen: "different images" in screen)
    assert "shop/checkout:2.12.0" in compared
    for key, words in (("H", "seen moved to"), ("S", "tags drift")):
        terminal.press("Escape")  # alone: what follows it at once would be taken for Alt and that key
        terminal.wait(lambda screen: "13 of 212 rows" in screen)
        terminal.press(key)
        terminal.wait(lambda screen, words=words: words in screen)
