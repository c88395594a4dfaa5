"""A file that is written whole before it takes its place, so that nobody ever reads half of it."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_beside(file: Path, text: str, mode: int) -> Generator[Path, None, None]:
    """A new file in the folder of `file`, under a name that nobody has, with `text` and `mode`; afterwards it is gone.

    It is there to be put in place of `file`. Raises OSError, and UnicodeEncodeError for what is no text.
    """
    number, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    half = Path(name)
    try:
        with open(number, "w", encoding="utf-8") as stream:  # noqa: PTH123 - it is open already
            os.fchmod(number, mode)
            stream.write(text)
            stream.flush()
            os.fsync(number)
        yield half
    finally:
        half.unlink(missing_ok=True)
