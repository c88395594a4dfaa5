"""Where an image comes from: the commit and the build that made it, as its labels and annotations tell.

Keys: the OCI image specification's annotations (`org.opencontainers.image.*`, used as labels as well), and the family
`com.azure.dev.image.*` that Azure Pipelines' Docker task sets. Nobody vouches for them: a label is what a builder said.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from tui.domain.text import clean
from tui.domain.timestamps import parse_timestamp

Pairs = Iterable[tuple[str, str]]
"""Labels or annotations."""

_OCI: Final = "org.opencontainers.image."
_AZURE: Final = "com.azure.dev.image."
_COMMIT: Final = (f"{_OCI}revision", f"{_AZURE}build.sourceversion", "org.label-schema.vcs-ref")
_BUILD: Final = (f"{_AZURE}build.buildnumber", f"{_AZURE}release.releasename")
_VERSION: Final = (f"{_OCI}version",)
_SOURCE: Final = (f"{_OCI}source", f"{_AZURE}build.repository.uri", "org.label-schema.vcs-url")
_BASE_NAME: Final = (f"{_OCI}base.name",)
_BASE_DIGEST: Final = (f"{_OCI}base.digest",)
_CREATED: Final = (f"{_OCI}created",)
_LIMIT: Final = 256
_NO_COMMIT: Final = re.compile(r"0*|(?![0-9a-f]{7,}$)\D*", re.IGNORECASE)
"""What stands where a builder knew none, or named a branch: `unknown`, `HEAD`, `main`, `${GIT_COMMIT}`, zeros.

A revision has a digit, whatever system it is of; but for a rare beginning of seven letters from a to f."""
_SHORT_COMMIT: Final = 7
_SURE_COMMIT: Final = 7
"""Digits from which the beginning of a commit stands for the whole."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What an image says of its origin; empty where it says nothing. All text is cleaned and short."""

    commit: str = ""
    build: str = ""
    version: str = ""
    source: str = ""
    base_name: str = ""
    """The reference of the image it was built on."""
    base_digest: str = ""
    created: datetime | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    @property
    def short(self) -> str:
        """`20261120.4 1f3c2ab`: the build, and the beginning of the commit."""
        return " ".join(part for part in (self.build, self.commit[:_SHORT_COMMIT]) if part)

    def or_else(self, other: "Identity") -> "Identity":
        """This identity; where it says nothing, what `other` says."""
        return Identity(*(getattr(self, item.name) or getattr(other, item.name) for item in fields(self)))


def identity_of(pairs: Pairs) -> Identity:
    """The identity that labels or annotations tell. What can be no commit is none, or all such would be of one."""
    found = {key.lower(): value for key, value in pairs}
    revisions = {key: found[key] for key in _COMMIT if key in found and not _NO_COMMIT.fullmatch(found[key].strip())}
    return Identity(
        _first(revisions, _COMMIT).lower(),
        _first(found, _BUILD),
        _first(found, _VERSION),
        _first(found, _SOURCE),
        _first(found, _BASE_NAME),
        _first(found, _BASE_DIGEST),
        parse_timestamp(_first(found, _CREATED)),
    )


def is_same_commit(one: str, other: str) -> bool:
    """True where both name one commit; a short form of seven digits and more stands for the whole."""
    if min(len(one), len(other)) < _SURE_COMMIT:
        return bool(one) and one == other
    return one.startswith(other) or other.startswith(one)


def _first(found: Mapping[str, str], keys: Iterable[str]) -> str:
    return next((clean(found[key].strip(), _LIMIT) for key in keys if found.get(key, "").strip()), "")
