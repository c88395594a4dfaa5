"""The exit codes, which pipelines rely on."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command ends with. Where several promotions were asked for, the first failure decides."""

    DONE = 0
    """Done; of `status` and `report`: everything in sync."""
    FAILED = 1
    """It failed; the reason is on stderr. `where`: no environment holds it. `compare`: a tag is not there.

    `status`, `report`: everything could be read, and nothing matches `--repo` and `--tag`. `history`: the journal
    knows no such repository or tag.
    """
    USAGE = 2
    """Wrong usage or settings."""
    DRIFT = 3
    """`status`, `report`: drift found. `compare`: the images differ."""
    INCOMPLETE = 4
    """`status`, `report`, `where`, `compare`, `history --noted`, `--all-drift`: something could not be read.

    Nothing is said of that. Wins over DRIFT, DONE and FAILED.
    """
    REFUSED = 5
    """Refused by a gate, by read-only, or for want of a confirmation. Nothing was written."""
    MISMATCH = 6
    """Written, but the read-back differs."""
    INTERRUPTED = 130
    """Interrupted by a signal."""


class UsageError(Exception):
    """What was asked for makes no sense with these settings; the text is one sentence fit to show."""
