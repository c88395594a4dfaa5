"""Why a cell differs from the base's: a reason with its evidence, or what was missing to find one."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from tui.domain.history import History
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry


class Reason(StrEnum):
    """Why an environment's digest under a tag is another than the base's."""

    BEHIND = "behind"
    MOVED = "moved"
    FLATTENED = "flattened"
    WRAPPED = "wrapped"
    RECOMPRESSED = "recompressed"
    REBUILT = "rebuilt"
    FOREIGN = "foreign"

    @property
    def sentence(self) -> str:
        """What it means, in words that follow the environment's name and a colon."""
        return _SENTENCES[self]


_SENTENCES: Final = {
    Reason.BEHIND: "the base had it here before, or has it under another tag",
    Reason.MOVED: "the base's tag was pushed again after promotion",
    Reason.FLATTENED: "it holds one platform of the base's index, without the others",
    Reason.WRAPPED: "it holds an index around the base's manifest",
    Reason.RECOMPRESSED: "the same content in other bytes, as a Docker Engine makes them",
    Reason.REBUILT: "another build of the same commit or build number",
    Reason.FOREIGN: "the base does not know this digest",
}


@dataclass(frozen=True, slots=True)
class Clue:
    """A piece of evidence in words, and when it happened, where that is known: `text`, then how long ago."""

    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How many of the layers of the base's image the environment's has, and the bytes (compressed) of the others."""

    shared: int
    layers: int
    missing_bytes: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason and what it rests on, the most telling first. `likeness` is None where no contents were looked at."""

    reason: Reason
    clues: tuple[Clue, ...] = ()
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """No reason yet: sentences on what was missing to decide, each with what would mend it."""

    missing: tuple[str, ...]


Explanation = Explained | Undecided


@dataclass(frozen=True, slots=True)
class CellKey:
    """A cell with the two digests that an explanation of it is about: other digests, other explanation."""

    repository: Repository
    tag: Tag
    environment: str
    base: Digest
    held: Digest


@dataclass(frozen=True, slots=True)
class Question:
    """A cell that differs, and all the board itself knows of it.

    `base` and `held` are the base's and the environment's entry, both with a digest; `base_tags` are the tags under
    which the base holds the environment's digest now, in the board's order.
    """

    repository: Repository
    tag: Tag
    base_environment: str
    environment: str
    base: TagEntry
    held: TagEntry
    base_tags: tuple[Tag, ...] = ()

    @property
    def key(self) -> CellKey:
        """What its explanation is kept under."""
        if self.base.digest is None or self.held.digest is None:
            raise ValueError(f"{self.repository}:{self.tag} has a side without a digest")
        return CellKey(self.repository, self.tag, self.environment, self.base.digest, self.held.digest)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what the journal knows: the history of the tag in the base and in the environment.

    `unread` says in a sentence why the journal could not be read; empty where it was.
    """

    question: Question
    history: History = field(default_factory=History)
    unread: str = ""
