"""A latch is held by one, and by nobody once its holder is gone or could not take it."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.journal import latch


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def full(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def without_locks(*_: object) -> int:
    raise OSError(errno.ENOLCK, "No locks available")


def test_a_full_disk_leaves_nothing_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "turn"
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OSError, match="space"):
            latch.take(file, "me")
    assert not latch.is_held(file)
    assert latch.take(file, "me") is not None


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
@pytest.mark.parametrize("use", [lambda file: latch.take(file, "me"), latch.is_held], ids=["take", "is_held"])
def test_a_file_system_without_locks_costs_no_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[[Path], object]
) -> None:
    file = tmp_path / "turn"
    file.touch()
    before = open_files()
    monkeypatch.setattr("fcntl.flock", without_locks)
    with pytest.raises(OSError, match="locks"):
        use(file)
    assert open_files() == before


def test_who_looks_late_takes_nobody_elses_file_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, taken = tmp_path / "turn", list[int | None]()
    file.touch()
    really_open = os.open

    def open_late(path: Path, flags: int, mode: int = 0o777) -> int:
        """Between the opening and the lock the old holder goes, and a new one comes."""
        descriptor = really_open(path, flags, mode)
        if not taken:
            taken.append(None)
            file.unlink()
            taken[0] = latch.take(file, "another")
        return descriptor

    monkeypatch.setattr(os, "open", open_late)
    assert latch.is_held(file)
    assert file.read_text() == "another"
