"""What `where` looks for: a digest or a commit by its beginning, a build by its first parts."""

import re
from dataclasses import dataclass
from typing import Final

from tui.domain.identity import Identity
from tui.domain.reference import Digest
from tui.domain.text import clean

_DIGEST: Final = re.compile(r"(?P<algorithm>sha(?:256|512)):(?P<hex>[0-9a-f]{4,128})")
_HEX: Final = re.compile(r"[0-9a-f]{4,128}")
_SHORT_HEX: Final = re.compile(r"[0-9a-f]{1,3}")
_NAME_MARKS: Final = frozenset("/:")
"""What the name of a repository or a tag has, and no build: Azure Pipelines allows neither in a run's name."""
_PART_ENDS: Final = tuple(".-_+")
"""What ends a part of a build number: `20261026` is the first of `20261026.4`."""
_BUILD: Final = "a whole build number or its first parts"
_LONGEST: Final = 256


class InvalidNeedle(ValueError):
    """A text that can be no digest, commit or build; its text is fit to show."""


@dataclass(frozen=True, slots=True)
class Needle:
    """What is looked for. A hexadecimal text may be the beginning of a commit or a digest, or a build number."""

    text: str
    hex: str = ""
    """Digits with which a commit or a digest may begin; empty where it can only be a build."""
    only_digest: bool = False

    @property
    def kinds(self) -> str:
        """As what it is looked for, in words that follow `as`."""
        if self.only_digest:
            return "the beginning of a digest"
        if self.hex:
            return f"the beginning of a commit or a digest, or as {_BUILD}"
        if _SHORT_HEX.fullmatch(self.text):
            return f"{_BUILD}; a commit or a digest needs four digits"
        return _BUILD

    def is_digest_of(self, digest: Digest) -> bool:
        """True where `digest` begins as this does."""
        return bool(self.hex) and digest.hex.startswith(self.hex)

    def is_origin(self, identity: Identity) -> bool:
        """True where `identity` names this commit or build."""
        if self.only_digest:
            return False
        return (bool(self.hex) and identity.commit.startswith(self.hex)) or self._is_build(identity.build.lower())

    def _is_build(self, build: str) -> bool:
        """True for the whole of `build`, and for its first parts: `20261120.4` is none of `20261120.41`."""
        return build == self.text or build.startswith(tuple(self.text + end for end in _PART_ENDS))


def parse_needle(text: str) -> Needle:
    """The needle in `text`. Raises InvalidNeedle."""
    wanted = text.strip().lower()
    if not wanted or len(wanted) > _LONGEST or any(letter.isspace() for letter in wanted):
        raise InvalidNeedle(f"{clean(text, 80)!r} is no digest, commit or build number")
    if match := _DIGEST.fullmatch(wanted):
        return Needle(wanted, match["hex"], only_digest=True)
    if wanted.startswith(("sha256:", "sha512:")):
        raise InvalidNeedle(f"{clean(text, 80)!r} is no digest: four hexadecimal digits at least, in lower case")
    if _NAME_MARKS & set(wanted):
        lister = "`windlass status --repo REPO` lists the tags of a repository"
        raise InvalidNeedle(f"{clean(text, 80)!r} is no commit, build or digest; {lister}")
    return Needle(wanted, wanted if _HEX.fullmatch(wanted) else "")
