"""Notes of promotions: who promoted a digest, when, from where and how, as a referrer of it in the target's registry.

They let operators who share no journal see each other's promotions. Whoever may push there can write one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Digest
from tui.domain.text import clean
from tui.domain.timestamps import format_timestamp, parse_timestamp

NOTE_TYPE: Final = "application/vnd.windlass.promotion.v1"
"""The artifact type of a note."""

_PREFIX: Final = "io.windlass.promotion."
_CREATED: Final = "org.opencontainers.image.created"
_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class Note:
    """That a digest was promoted to `target` (`registry/repository:tag`) from `source`, a reference as well.

    `by` is who the target's registry took the client for, empty for nobody; `origin` and `environment` are what the two
    ends were called. `approved_by` are those whose approvals let it through. `replaced` is what the tag held before.
    """

    promotion: str
    at: datetime
    by: str
    origin: str
    environment: str
    source: str
    target: str
    engine: str
    replaced: Digest | None = None
    approved_by: tuple[str, ...] = ()

    @property
    def annotations(self) -> dict[str, str]:
        """What the artifact says."""
        said = {
            "id": self.promotion,
            "by": self.by,
            "origin": self.origin,
            "environment": self.environment,
            "source": self.source,
            "target": self.target,
            "engine": self.engine,
            "replaced": str(self.replaced or ""),
            "approved-by": " ".join(self.approved_by),
        }
        return {_CREATED: format_timestamp(self.at)} | {_PREFIX + key: value for key, value in said.items() if value}


def notes_among(referrers: Iterable[Descriptor], place: str) -> tuple[Note, ...]:
    """The notes of promotions to `place` (`registry/repository`) among the referrers of a digest, the oldest first."""
    read = (_note(item) for item in referrers if item.artifact_type == NOTE_TYPE)
    return tuple(sorted((item for item in read if item and _is_at(item, place)), key=lambda item: item.at))


def _is_at(note: Note, place: str) -> bool:
    return note.target.startswith(f"{place}:")


def _note(descriptor: Descriptor) -> Note | None:
    said = {key: clean(value, _LIMIT) for key, value in descriptor.annotations}
    at = parse_timestamp(said.get(_CREATED, ""))
    target = said.get(_PREFIX + "target", "")
    if at is None or not target:
        return None
    return Note(
        said.get(_PREFIX + "id", ""),
        at,
        said.get(_PREFIX + "by", ""),
        said.get(_PREFIX + "origin", ""),
        said.get(_PREFIX + "environment", ""),
        said.get(_PREFIX + "source", ""),
        target,
        said.get(_PREFIX + "engine", ""),
        _digest(said.get(_PREFIX + "replaced", "")),
        tuple(said.get(_PREFIX + "approved-by", "").split()),
    )


def _digest(text: str) -> Digest | None:
    try:
        return Digest.parse(text) if text else None
    except ValueError:
        return None
