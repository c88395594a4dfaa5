"""Points in time: RFC 3339 in, RFC 3339 out, and how long ago in two characters or so."""

from datetime import UTC, datetime
from typing import Final

_STEPS: Final = ((86_400 * 365, "y"), (86_400, "d"), (3_600, "h"), (60, "m"))


def parse_timestamp(text: str) -> datetime | None:
    """The time in RFC 3339 `text`, in UTC; None where it is empty or no time, as many builders leave it."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_timestamp(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def age(moment: datetime, now: datetime) -> str:
    """How long ago `moment` was, seen from `now`: `12 s`, `5 m`, `2 h`, `3 d`, `2 y`."""
    seconds = max(0, int((now - moment).total_seconds()))
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
