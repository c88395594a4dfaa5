"""Where the empty blob of artifacts is known to be, as long as this process runs."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from tui.domain.reference import Repository

Place = tuple[str, Repository]
"""An environment's name, and a repository as the board calls it."""


@dataclass(slots=True)
class Brought:
    """The places that have it. Of many promotions that need it in one place one brings it, and the others wait."""

    places: set[Place] = field(default_factory=set[Place])
    turns: defaultdict[Place, asyncio.Lock] = field(
        default_factory=lambda: defaultdict[Place, asyncio.Lock](asyncio.Lock)
    )
