"""Notes of promotions: who promoted a digest, when, from where and how, as a referrer of it in the target's registry.

They let operators who share no journal see each other's promotions. Whoever may push there can write one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

from tui.domain.content import Descriptor
from tui.domain.past import undone_by
from tui.domain.reference import Digest
from tui.domain.text import clean
from tui.domain.timestamps import age, format_timestamp, parse_timestamp

NOTE_TYPE: Final = "application/vnd.windlass.promotion.v1"
"""The artifact type of a note."""

_PREFIX: Final = "io.windlass.promotion."
_CREATED: Final = "org.opencontainers.image.created"
_LIMIT: Final = 600
_NAME_LIMIT: Final = 255
_MOST_APPROVERS: Final = 10
_APPROVERS_LIMIT: Final = 16_000
"""Characters of ten names, each of them as long as it may be and spelled in percents."""


@dataclass(frozen=True, slots=True)
class Note:
    """That a digest was promoted to `target` (`registry/repository:tag`) from `source`, a reference as well.

    `by` is who the target's registry took the client for, empty for nobody; `origin` and `environment` are what the two
    ends were called. `approved_by` are those whose approvals let it through. `replaced` is what the tag held before;
    `occasion` is what the promotion came from, as `tui.domain.plan.Request` has it.
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
    occasion: str = ""

    @property
    def annotations(self) -> dict[str, str]:
        """What the artifact says. Approvers are separated by spaces: one in a name is percent-encoded."""
        said = {
            "id": self.promotion,
            "by": self.by,
            "origin": self.origin,
            "environment": self.environment,
            "source": self.source,
            "target": self.target,
            "engine": self.engine,
            "replaced": str(self.replaced or ""),
            "approved-by": " ".join(quote(name, safe="@+/:") for name in self.approved_by[:_MOST_APPROVERS]),
            "occasion": self.occasion,
        }
        return {_CREATED: format_timestamp(self.at)} | {_PREFIX + key: value for key, value in said.items() if value}

    @property
    def tag(self) -> str:
        """The tag that was written."""
        return self.target.rpartition(":")[2]

    @property
    def is_undo(self) -> bool:
        """True where it put back what the tag had held before."""
        return bool(undone_by(self.occasion))


def notes_among(referrers: Iterable[Descriptor], place: str) -> tuple[Note, ...]:
    """The notes of promotions to `place` (`registry/repository`) among the referrers of a digest, the oldest first."""
    read = (_note(item) for item in referrers if item.artifact_type == NOTE_TYPE)
    return tuple(sorted((item for item in read if item and _is_at(item, place)), key=lambda item: item.at))


def tell_note(note: Note, now: datetime) -> str:
    """In a sentence: `promoted 2 h ago from test by alice (direct; approved by bob)`."""
    done = "put back" if note.is_undo else "promoted"
    origin = "" if note.is_undo or not note.origin else f" from {note.origin}"
    by = f" by {note.by}" if note.by else ""
    return f"{done} {age(note.at, now)} ago{origin}{by}{_particulars(note)}"


def _particulars(note: Note) -> str:
    """How it came about, in brackets; empty where the note does not say."""
    approved = f"approved by {', '.join(note.approved_by)}" if note.approved_by else ""
    found = "; ".join(filter(None, (note.engine, note.occasion, approved)))
    return f" ({found})" if found else ""


def _is_at(note: Note, place: str) -> bool:
    return note.target.rpartition(":")[0] == place


def _note(descriptor: Descriptor) -> Note | None:
    said = {key.removeprefix(_PREFIX): value for key, value in descriptor.annotations}

    def text(key: str, limit: int = _LIMIT) -> str:
        return clean(said.get(key, ""), limit).strip()

    at = parse_timestamp(said.get(_CREATED, ""))
    if at is None or not text("target"):
        return None
    return Note(
        text("id"),
        at,
        text("by", _NAME_LIMIT),
        text("origin", _NAME_LIMIT),
        text("environment", _NAME_LIMIT),
        text("source"),
        text("target"),
        text("engine", _NAME_LIMIT),
        _digest(text("replaced")),
        _approvers(said.get("approved-by", "")),
        text("occasion", _NAME_LIMIT),
    )


def _approvers(text: str) -> tuple[str, ...]:
    names = (clean(unquote(word), _NAME_LIMIT).strip() for word in text[:_APPROVERS_LIMIT].split())
    return tuple(filter(None, names))[:_MOST_APPROVERS]


def _digest(text: str) -> Digest | None:
    try:
        return Digest.parse(text) if text else None
    except ValueError:
        return None
