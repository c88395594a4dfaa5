"""`windlass` opened a second time: the last known board stands at once, and the board takes its place."""

from pathlib import Path

import pytest

from tests.cli.rooms import Room
from tests.terminals import ENTERED, LEFT, started

SIZE = (160, 50)


def board(room: Room, demo: str, *options: str) -> tuple[str, ...]:
    """How the board is opened."""
    del room
    return "-m", "tui", "--config", demo, *options


def homes(room: Room) -> dict[str, str]:
    """What sets the room apart; the size is the terminal's own."""
    return {name: value for name, value in room.env.items() if name not in {"COLUMNS", "LINES"}}


def kept(room: Room) -> list[Path]:
    """Where the last known boards are."""
    return list((room.folder / "DATA" / "windlass").glob("board-*.txt"))


@pytest.fixture(scope="module")
def remembered(room: Room, demo: str) -> Path:
    """The file that a first run leaves."""
    with started(*board(room, demo), size=SIZE, **homes(room)) as screen:
        screen.until(b" ago,")
        assert b"last known" not in screen.seen
        screen.press(b"q")
        assert screen.ended() == 0
    (file,) = kept(room)
    return file


def test_it_stands_before_textual_draws_and_is_not_cleared_for_it(room: Room, demo: str, remembered: Path) -> None:
    with started(*board(room, demo), size=SIZE, **homes(room)) as screen:
        first = screen.until(b" last known, ")
        assert b"data/ingest:3.12.1" in first
        screen.until(b" ago,")
        screen.press(b"q")
        assert screen.ended() == 0
        assert screen.seen.count(ENTERED) == 1
        assert screen.seen.count(b"\x1b[2J") == 1
        assert screen.seen.count(LEFT) == 1


def test_a_key_typed_while_it_stands_reaches_the_board(room: Room, demo: str, remembered: Path) -> None:
    with started(*board(room, demo), size=SIZE, **homes(room)) as screen:
        screen.until(b" last known, ")
        screen.press(b"?")
        screen.until(b"Esc closes")
        screen.press(b"\x1b")
        screen.press(b"\x1b[113u")


def test_a_wrong_setting_is_told_on_the_terminal_as_it_was(room: Room, demo: str) -> None:
    wrong = room.folder / "wrong.toml"
    wrong.write_text("[[environment]]\nnonsense = 1\n")
    with started(*board(room, str(wrong)), size=SIZE, **homes(room)) as screen:
        seen = screen.until(b"unknown key")
        assert seen.index(LEFT) < seen.index(b"unknown key")
        assert screen.ended() == 2
