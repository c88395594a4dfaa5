"""The file that the last known board is kept in."""

from pathlib import Path

import pytest

from tui.ui.glimpse import LIMIT, Glimpse
from tui.wiring.last_known import LastKnown, last_known

GLIMPSE = Glimpse(40, 1_700_000_000, ("\x1b[1m windlass\x1b[0m",) + ("",) * 9)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "windlass.toml"
    file.write_text('[[environment]]\nname = "base"\nregistry = "one.example.com"\n')
    return file


def known(settings: Path, env: dict[str, str] | None = None, *, ascii_only: bool = False) -> LastKnown:
    """What is known of the board on `settings`."""
    return last_known(settings, settings.with_name("journal.db"), env or {}, ascii_only=ascii_only)


def test_what_was_written_is_read_again_by_this_user_alone(settings: Path) -> None:
    known(settings).write(GLIMPSE)
    known(settings).write(GLIMPSE)
    assert known(settings).read() == GLIMPSE
    assert known(settings).file.stat().st_mode & 0o777 == 0o600
    assert sorted(item.name for item in settings.parent.iterdir()) == sorted([known(settings).file.name, settings.name])


def test_there_is_none_at_first(settings: Path) -> None:
    assert known(settings).read() is None


def test_other_environments_have_another_board(settings: Path) -> None:
    known(settings).write(GLIMPSE)
    settings.write_text(settings.read_text().replace("one.example", "two.example"))
    assert known(settings).read() is None


def test_another_file_with_the_same_settings_has_another_board(settings: Path) -> None:
    known(settings).write(GLIMPSE)
    other = settings.with_name("other.toml")
    other.write_bytes(settings.read_bytes())
    assert known(other).read() is None


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"NO_COLOR": ""}, {"TERM": "screen"}, {"COLORTERM": "truecolor"}])
def test_a_terminal_with_other_colours_has_none(settings: Path, env: dict[str, str]) -> None:
    known(settings).write(GLIMPSE)
    assert known(settings, env).read() is None


def test_plain_letters_have_none_of_the_glyphs(settings: Path) -> None:
    known(settings).write(GLIMPSE)
    assert known(settings, ascii_only=True).read() is None


def test_a_file_that_is_too_large_is_not_read(settings: Path) -> None:
    known(settings).write(GLIMPSE)
    with known(settings).file.open("ab") as stream:
        stream.write(b" " * LIMIT)
    assert known(settings).read() is None


def test_what_is_no_text_is_none(settings: Path) -> None:
    known(settings).file.write_bytes(b"\xff\xfe\x00" * 100)
    assert known(settings).read() is None


def test_where_nothing_can_be_written_nothing_is_kept_or_said(settings: Path) -> None:
    LastKnown(settings.parent / "nowhere" / "board.txt", "key").write(GLIMPSE)
    LastKnown(settings / "board.txt", "key").write(GLIMPSE)
    assert [item.name for item in settings.parent.iterdir()] == [settings.name]
