"""Approvals: that somebody agrees to promote a digest to an environment.

An approval is a referrer of the digest in the environment before, so it travels with the image and needs no server.
Whoever may push there can write one in anybody's name: it keeps colleagues from promoting alone by accident or habit,
not an intruder with push rights.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Digest
from tui.domain.text import clean
from tui.domain.timestamps import format_timestamp, parse_timestamp

APPROVAL_TYPE: Final = "application/vnd.windlass.approval.v1"
"""The artifact type of an approval."""

_BY: Final = "io.windlass.approval.by"
_ENVIRONMENT: Final = "io.windlass.approval.environment"
_PLACE: Final = "io.windlass.approval.target"
_REMARK: Final = "io.windlass.approval.remark"
_CREATED: Final = "org.opencontainers.image.created"

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn"})
"""Categories: controls, formats, what is unassigned or private, and marks that join no letter."""
_FILLERS: Final = "\N{REPLACEMENT CHARACTER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"

_REMARK_LIMIT: Final = 500
_NAME_LIMIT: Final = 255
_PLACE_LIMIT: Final = 600
"""A host and its port, a slash, and a repository: longer than any of these is."""


@dataclass(frozen=True, slots=True)
class Approval:
    """That `by` approved of promoting a digest to `place`, which is `registry/repository`, at `at`.

    `by` is who the registry took the client for. `environment` is what `place` was called then. `artifact` is the
    digest of the approval itself, None before it is pushed.
    """

    by: str
    environment: str
    place: str
    at: datetime
    remark: str = ""
    artifact: Digest | None = None

    @property
    def annotations(self) -> dict[str, str]:
        """What the artifact says."""
        said = {_BY: self.by, _ENVIRONMENT: self.environment, _PLACE: self.place, _CREATED: format_timestamp(self.at)}
        return said | ({_REMARK: self.remark[:_REMARK_LIMIT]} if self.remark else {})


def approvals_among(referrers: Iterable[Descriptor], place: str) -> tuple[Approval, ...]:
    """The approvals for `place` among the referrers of a digest, the oldest first. What is not whole is none."""
    return tuple(item for item in all_approvals_among(referrers) if item.place == place)


def all_approvals_among(referrers: Iterable[Descriptor]) -> tuple[Approval, ...]:
    """The approvals for any place among the referrers of a digest, the oldest first. What is not whole is none."""
    read = (_approval(item) for item in referrers if item.artifact_type == APPROVAL_TYPE)
    return tuple(sorted((item for item in read if item), key=lambda item: item.at))


def first_of_each(approvals: Iterable[Approval]) -> Mapping[str, Approval]:
    """The first approval of each person, by `person_of` the name. A name of which nothing is seen is nobody's."""
    found: dict[str, Approval] = {}
    for approval in approvals:
        if person := person_of(approval.by):
            found.setdefault(person, approval)
    return found


def person_of(name: str) -> str:
    """What all spellings of one name have in common: a registry may take it in any case, width or composition.

    What is not seen does not count (Unicode TR 36, section 2.10): spaces, and what `clean` made visible. Letters of
    another script that look alike stay others: who forges a name can as well forge that of a real colleague.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(letter for letter in folded if not _is_unseen(letter))


def _is_unseen(letter: str) -> bool:
    return letter in _FILLERS or letter.isspace() or unicodedata.category(letter) in _UNSEEN


def _approval(descriptor: Descriptor) -> Approval | None:
    said = dict(descriptor.annotations)
    at = parse_timestamp(said.get(_CREATED, ""))
    by = clean(said.get(_BY, ""), _NAME_LIMIT).strip()
    place = clean(said.get(_PLACE, ""), _PLACE_LIMIT)
    if at is None or not by or not place:
        return None
    return Approval(
        by,
        clean(said.get(_ENVIRONMENT, ""), _NAME_LIMIT),
        place,
        at,
        clean(said.get(_REMARK, ""), _REMARK_LIMIT),
        descriptor.digest,
    )
