"""A directory for uploaded bytes, made when the first arrive and removed with its owner."""

import shutil
import tempfile
import weakref
from functools import cached_property
from pathlib import Path
from uuid import uuid4


class Spool:
    """Makes file names in a private temporary directory. The directory goes when this object does, or at exit."""

    @cached_property
    def directory(self) -> Path:
        """The directory; only this user may read it."""
        directory = Path(tempfile.mkdtemp(prefix="windlass-"))
        weakref.finalize(self, shutil.rmtree, directory, ignore_errors=True)
        return directory

    def new_file(self) -> Path:
        """A new empty file."""
        path = self.directory / uuid4().hex
        path.touch()
        return path
