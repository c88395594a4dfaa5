"""What accompanies an image: told by its kind, and compared where both sides could be read. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.domain.comparison_matching import Presence, match_by
from tui.domain.platform import Platform
from tui.domain.reference import Digest


class CompanionKind(StrEnum):
    """What accompanies an image."""

    SIGNATURE = "signature"
    SBOM = "SBOM"
    ATTESTATION = "attestation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Companion:
    """A signature, SBOM or attestation. `subject` is the platform it is about, None where it is the whole image.

    `found` says how: `referrer`, `tag sha256-….sig`, or `in the index`.
    """

    kind: CompanionKind
    media_type: str
    digest: Digest
    found: str
    subject: Platform | None = None


@dataclass(frozen=True, slots=True)
class CompanionChange:
    """A companion, and on which side it is; matched by digest, else by kind, subject and what it says it is.

    `is_certain` is False where it is on one side, and the other could not be read: then nobody knows.
    """

    presence: Presence
    companion: Companion
    is_certain: bool = True


_MARKS: Final = (
    (CompanionKind.SBOM, ("spdx", "cyclonedx", "sbom", "syft")),
    (CompanionKind.ATTESTATION, ("in-toto", "dsse", "attest", "provenance", "slsa", "vex", "cosign.artifact.att")),
    (CompanionKind.SIGNATURE, ("signature", "cosign.simplesigning", "cosign.artifact.sig", "cosign/sign/")),
)
_BUNDLE: Final = "sigstore.bundle"
"""Carries a signature or a signed statement; which of them is said in annotations, if at all."""
_SUFFIXES: Final = {
    "sig": CompanionKind.SIGNATURE,
    "att": CompanionKind.ATTESTATION,
    "sbom": CompanionKind.SBOM,
}


def kind_of_suffix(suffix: str) -> CompanionKind:
    """What cosign keeps under a tag that ends in `suffix`."""
    return _SUFFIXES.get(suffix, CompanionKind.OTHER)


def kind_of(media_type: str, annotations: Iterable[tuple[str, str]] = ()) -> CompanionKind:
    """What a companion is by its artifact type, and by the annotations of its descriptor or of its layer.

    A sigstore bundle (`dev.sigstore.bundle.predicateType`) and an in-toto layer (`in-toto.io/predicate-type`) say
    in an annotation what they state: an SBOM is told from a provenance by that.
    """
    notes = dict(annotations)
    stated = next((value for key, value in notes.items() if "predicate" in key.lower()), "")
    if said := _kind_by_name(stated) or _kind_by_name(media_type):
        return said
    if _BUNDLE not in media_type.lower():
        return CompanionKind.OTHER
    is_statement = stated or "dsse" in notes.get("dev.sigstore.bundle.content", "")
    return CompanionKind.ATTESTATION if is_statement else CompanionKind.SIGNATURE


def _kind_by_name(text: str) -> CompanionKind | None:
    lowered = text.lower()
    return next((kind for kind, marks in _MARKS if any(mark in lowered for mark in marks)), None)


def compare_companions(
    left: Sequence[Companion],
    right: Sequence[Companion],
    left_unread: Sequence[Platform | None] = (),
    right_unread: Sequence[Platform | None] = (),
) -> tuple[CompanionChange, ...]:
    """The companions of two images, by kind. Of the subjects that were not read, a side may have more than it says."""
    matched = match_by(left, right, _exactly, _alike)
    changes = [
        *(CompanionChange(Presence.BOTH, one) for one, _ in matched.pairs),
        *(CompanionChange(Presence.LEFT, each, _is_read(each, right_unread)) for each in matched.left),
        *(CompanionChange(Presence.RIGHT, each, _is_read(each, left_unread)) for each in matched.right),
    ]
    kinds = list(CompanionKind)
    return tuple(sorted(changes, key=lambda change: (kinds.index(change.companion.kind), _subject(change.companion))))


def _is_read(companion: Companion, unread: Sequence[Platform | None]) -> bool:
    """Whether a side on which it was not found was read: its platform there, and the whole."""
    return companion.subject not in unread and None not in unread


def _exactly(companion: Companion) -> tuple[object, ...]:
    return companion.kind, companion.digest


def _alike(companion: Companion) -> tuple[object, ...]:
    return companion.kind, companion.subject, companion.media_type


def _subject(companion: Companion) -> str:
    return str(companion.subject or "")
