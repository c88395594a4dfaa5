"""Locks between processes: a file that is locked as long as the process that locked it lives.

flock(2) belongs to the open file, so that two holders exclude each other within one process as well, and the system
gives it back when a process dies. Where there is no flock nothing is excluded.
"""

import os
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on this platform
    fcntl = None


def take(file: Path, holder: str) -> int | None:
    """Locks `file`, made anew where needed, and writes into it who holds it: a descriptor for `give_back`.

    None where somebody else holds it. Raises OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if _lock(descriptor) and _is_still(descriptor, file):
            os.truncate(descriptor, 0)
            os.write(descriptor, holder.encode())
            return descriptor
    except OSError:
        os.close(descriptor)  # or it would stay locked by nobody, as on a full disk
        raise
    os.close(descriptor)
    return None


def give_back(file: Path, descriptor: int) -> None:
    """Takes the file away and unlocks it, in this order: whoever waited for it finds that it is another."""
    with suppress(OSError):
        file.unlink()
    os.close(descriptor)


def is_held(file: Path) -> bool:
    """True where somebody holds `file`. What a dead process left is taken away. Raises OSError."""
    while (descriptor := _opened(file)) is not None:
        try:
            if not _lock(descriptor):
                return True
            if _is_still(descriptor, file):  # else it was taken away first, and what has its name now is another's
                with suppress(OSError):
                    file.unlink()
                return False
        finally:
            os.close(descriptor)
    return False


def _opened(file: Path) -> int | None:
    try:
        return os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return None


def holder_of(file: Path) -> str:
    """Who wrote that it holds `file`; empty where that cannot be read."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def _lock(descriptor: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(descriptor: int, file: Path) -> bool:
    """False where the file that was locked is no longer the one of that name."""
    try:
        there = file.stat()
    except FileNotFoundError:
        return False
    mine = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)
