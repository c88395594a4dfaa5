"""The curtain on a real terminal: what is written to it, what becomes of keys, and that it is always given back."""

import os
import signal
import subprocess
import sys
import termios
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.terminals import ENTERED, LEFT, PATIENCE, Screen, started

BEGUN = """
import os, sys, time
from tui.ui.curtain import curtain
from tui.ui.glimpse import Glimpse

seen = Glimpse(80, int(time.time()) - 7200, (" windlass", *("row %d" % at for at in range(1, 24))))
with curtain() as own:
    own.draw(seen, time.time(), ascii_only=False)
"""
WAITS = f"{BEGUN}    time.sleep(60)\n"


@pytest.fixture
def screen(request: pytest.FixtureRequest) -> Generator[Screen, None, None]:
    with started("-c", request.param) as screen:
        yield screen


@pytest.mark.parametrize("screen", [WAITS], indirect=True)
def test_rows_and_age_stand_at_once(screen: Screen) -> None:
    seen = screen.until(b" last known, 2 h ago ")
    assert seen.startswith(ENTERED)
    assert b"\x1b[24;1Hrow 23" in seen


@pytest.mark.parametrize("screen", [WAITS], indirect=True)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)])
def test_a_signal_gives_the_terminal_back(screen: Screen, number: int, code: int) -> None:
    screen.until(b" ago ")
    screen.process.send_signal(number)
    assert screen.ended() == code


@pytest.mark.parametrize("screen", [WAITS], indirect=True)
def test_ctrl_c_ends_it(screen: Screen) -> None:
    screen.until(b" ago ")
    screen.press(b"\x03")
    assert screen.ended() == -signal.SIGINT


@pytest.mark.parametrize("screen", [f"{BEGUN}    raise LookupError('a fault')\n"], indirect=True)
def test_a_fault_gives_the_terminal_back_before_it_is_told(screen: Screen) -> None:
    seen = screen.until(b"LookupError: a fault")
    assert seen.index(LEFT) < seen.index(b"LookupError: a fault")
    assert screen.ended() == 1


@pytest.mark.parametrize(
    "screen",
    [f"{BEGUN}    time.sleep(0.5)\n    own.hand_over()\n    got = os.read(0, 99)\nprint('got', got)\n"],
    indirect=True,
)
def test_keys_typed_meanwhile_are_neither_shown_nor_lost(screen: Screen) -> None:
    screen.until(b" ago ")
    screen.press(b"j/\r\x1a")
    seen = screen.until(rb"got b'j/\r\x1a'")
    assert b"j/" not in seen[: seen.index(b"got b")]


@pytest.mark.parametrize("screen", [f"{BEGUN}    own.hand_over()\nprint('ended')\n"], indirect=True)
def test_what_was_handed_over_is_not_left_a_second_time(screen: Screen) -> None:
    assert LEFT not in screen.until(b"ended")
    assert screen.process.wait(PATIENCE) == 0
    assert termios.tcgetattr(screen.terminal) == screen.modes


def test_nothing_is_drawn_where_textual_is_to_draw_elsewhere() -> None:
    with started("-c", f"{BEGUN}    print('stands', own.stands)\n", TEXTUAL_DRIVER="somewhere:else") as screen:
        assert ENTERED not in screen.until(b"stands False")


def test_nothing_is_drawn_where_there_is_no_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{BEGUN}    print('stands', own.stands)\n"],
        capture_output=True, text=True, timeout=PATIENCE, env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("stands False\n", "")


def test_nothing_is_drawn_where_a_board_has_no_room() -> None:
    small = BEGUN.replace("with curtain", "import fcntl, struct, termios\n"
        "fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack('HHHH', 9, 39, 0, 0))\nwith curtain")  # fmt: skip
    with started("-c", f"{small}    print('stands', own.stands)\n") as screen:
        assert ENTERED not in screen.until(b"stands False")


def test_a_size_that_the_environment_tells_counts_as_it_does_for_textual() -> None:
    with started("-c", f"{BEGUN}    print('shows', own.shows_board)\n", COLUMNS="90") as screen:
        screen.until(b"shows False")
