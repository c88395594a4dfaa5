"""Following: environments that say so take new tags from the environment before as they appear, through every gate.

A tag is new if it was not there when following first began. What was promoted, or given up, is never promoted again:
an undo stays undone. Nothing is overwritten.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime

from tui.domain.environment import PromotionPath
from tui.domain.events import Recorded
from tui.domain.reference import Digest, Reference
from tui.domain.scope import Scope
from tui.usecases.tools import Tools


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at all environments has ended; `new` tags were found. The next is at `next_at`, None after the last."""

    new: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Began:
    """Following begins for `environment`: `known` tags of the environment before are not new."""

    environment: str
    known: int


@dataclass(frozen=True, slots=True)
class Waits:
    """A new tag is not promoted yet, or never will be by itself: a gate says no, or it cannot be planned.

    `is_final` says that it is left to people.
    """

    target: Reference
    digest: Digest
    reason: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """An environment could not be read, whole or in part; the next look tries again."""

    environment: str
    cause: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """Something happened in a promotion; it is in the journal already."""

    record: Recorded


FollowEvent = Began | Looked | Waits | Unread | Advanced


@dataclass(frozen=True, slots=True)
class Follow:
    """How to follow. `every` is seconds between two looks; `is_once` ends after one.

    `catches_up` takes for new what is there when following first begins. `forbidden` says why nothing may be written
    just now; empty where it may.
    """

    every: float = 60.0
    is_once: bool = False
    catches_up: bool = False
    forbidden: Callable[[], str] = lambda: ""


async def follow(
    tools: Tools, path: PromotionPath, scope: Scope, how: Follow, wake: asyncio.Event
) -> AsyncGenerator[FollowEvent, None]:
    """Follows until the generator is closed, which cancels what is under way. Raises JournalError.

    Setting `wake` has it look at once.
    """
    raise NotImplementedError
    yield
