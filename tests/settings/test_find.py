"""Where the settings file is looked for."""

from pathlib import Path

import pytest

from tui.settings.errors import SettingsError
from tui.settings.place import FILE_NAME, find_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty user's configuration directory."""
    folder = tmp_path / "config"
    (folder / "windlass").mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder


def touch(file: Path) -> Path:
    """An empty file."""
    file.write_text("")
    return file


def test_the_order(tmp_path: Path, home: Path) -> None:
    users = touch(home / "windlass" / FILE_NAME)
    assert find_settings(None, {}, tmp_path) == users
    here = touch(tmp_path / FILE_NAME)
    assert find_settings(None, {}, tmp_path) == here
    named = touch(tmp_path / "named.toml")
    assert find_settings(None, {"WINDLASS_CONFIG": str(named)}, tmp_path) == named
    asked = touch(tmp_path / "asked.toml")
    assert find_settings("asked.toml", {"WINDLASS_CONFIG": str(named)}, tmp_path) == asked


def test_none_says_where_it_looked(tmp_path: Path, home: Path) -> None:
    with pytest.raises(SettingsError, match="windlass demo") as caught:
        find_settings(None, {"WINDLASS_CONFIG": ""}, tmp_path)
    assert "windlass init" in str(caught.value)
    assert str(tmp_path / FILE_NAME) in str(caught.value)
    assert str(home / "windlass" / FILE_NAME) in str(caught.value)


@pytest.mark.parametrize(
    ("explicit", "env", "origin"),
    [("gone.toml", {}, "--config"), (None, {"WINDLASS_CONFIG": "gone.toml"}, "WINDLASS_CONFIG")],
)
def test_one_that_was_named_must_be_there(
    tmp_path: Path, explicit: str | None, env: dict[str, str], origin: str
) -> None:
    touch(tmp_path / FILE_NAME)
    with pytest.raises(SettingsError, match=origin):
        find_settings(explicit, env, tmp_path)
