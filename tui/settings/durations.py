"""Durations as settings write them: `90s`, `15m`, `2h`, `3d`."""

import re
from typing import Final

from tui.domain.text import clean

_DURATION: Final = re.compile(r"(\d{1,9})([smhd])", re.ASCII)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def parse_duration(text: str) -> int:
    """The seconds in `text`. Raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f'{clean(text, 80)!r} is no duration; write a number and s, m, h or d, such as "2h"')
    return int(match.group(1)) * _SECONDS[match.group(2)]
