"""Where this program keeps its own files."""

from pathlib import Path


def default_journal() -> Path:
    """Where the journal lies unless said otherwise: the user's data directory."""
    from platformdirs import user_data_path

    return user_data_path("windlass") / "journal.db"
