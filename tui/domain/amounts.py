"""Amounts as people read them: bytes, seconds, percents, bars."""

import math
from typing import Final

_SPANS: Final = ((2 * 86_400, 86_400, "days"), (2 * 3_600, 3_600, "h"), (60, 60, "min"), (0, 1, "s"))
"""From how many seconds on a span is told in which unit, and how many seconds that has."""
_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
_STEP: Final = 1000
_BAR: Final = "█░"


def size(amount: int) -> str:
    """`amount` bytes: `512 B`, `1.4 MB`, `298 MB`."""
    value, unit = _scale(amount)
    return f"{_number(value)} {_UNITS[unit]}"


def size_pair(done: int, total: int) -> str:
    """`done` of `total` bytes in the total's unit: `212/298 MB`."""
    value, unit = _scale(total)
    return f"{_number(done / _STEP**unit)}/{_number(value)} {_UNITS[unit]}"


def seconds(amount: float) -> str:
    """A span of time: `3.2 s`, `9 s` (whole from ten on), `4 m 05 s`, `2 h 10 m`."""
    whole = int(amount)
    if whole < 60:
        return f"{amount:.1f} s" if isinstance(amount, float) and amount < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} m"


def span(amount: float) -> str:
    """How long something lasts at least, in one unit: `29 days`, `23 h`, `1 min`, `12 s`."""
    size, unit = _unit_of(amount)
    return f"{int(amount) // size} {unit}"


def span_at_most(amount: float) -> str:
    """How long something lasts at most: as `span`, but rounded up, for whoever waits for its end."""
    size, _ = _unit_of(math.ceil(amount))
    return span(math.ceil(amount / size) * size)


def _unit_of(amount: float) -> tuple[int, str]:
    return next((size, unit) for least, size, unit in _SPANS if amount >= least)


def percent(done: int, total: int) -> str:
    """`71 %`, right-aligned to four digits' room; 100 only where all of it is done."""
    return f"{100 * done // total if total else 0:>3} %"


def bar(done: int, total: int, width: int) -> str:
    """A bar of `width` characters."""
    full, empty = _BAR
    filled = width * done // total if total else 0
    return full * filled + empty * (width - filled)


def count(amount: int, noun: str) -> str:
    """`1 layer`, `6 layers`."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def _scale(amount: int) -> tuple[float, int]:
    value, unit = float(amount), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return value, unit


def _number(value: float) -> str:
    return f"{value:.1f}" if 0 < value < 10 and not value.is_integer() else f"{value:.0f}"
