"""Where this program keeps its own files."""

import os
import sys
from pathlib import Path


def default_journal() -> Path:
    """Where the journal lies unless said otherwise: the user's data directory."""
    return _user_data() / "journal.db"


def _user_data() -> Path:
    """As `platformdirs` has it, which takes longer to import than all that the rest of this room takes.

    On Linux it is what the XDG base directory specification says: `$XDG_DATA_HOME`, else `$HOME/.local/share`.
    """
    told, home = (Path(os.environ.get(name, "")) for name in ("XDG_DATA_HOME", "HOME"))
    if sys.platform == "linux" and (told.is_absolute() or home.is_absolute()):
        return (told if told.is_absolute() else home / ".local" / "share") / "windlass"

    from platformdirs import user_data_path

    return user_data_path("windlass")
