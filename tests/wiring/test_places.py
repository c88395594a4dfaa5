"""Where the journal lies: where the library for such places would put it."""

from pathlib import Path

import platformdirs
import pytest

from tui.wiring.places import default_journal


@pytest.mark.parametrize("home", ["/home/ann", "/home/ann/", "elsewhere", "", None])
@pytest.mark.parametrize("data", ["/data/ann", "/data//ann/", "relative", "~/data", "", None])
def test_it_lies_in_the_users_data_directory(
    home: str | None, data: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, told in (("HOME", home), ("XDG_DATA_HOME", data)):
        if told is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, told)
    assert default_journal() == Path(platformdirs.user_data_dir("windlass")) / "journal.db"
