"""Amounts as people read them."""

from typing import Final

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")


def size_text(size: int) -> str:
    """`size` bytes in three digits or so: `212 MB`."""
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit and amount < 10 else f"{amount:.0f} {_UNITS[unit]}"


def counted(count: int, thing: str) -> str:
    """`1 layer`, `2 layers`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
