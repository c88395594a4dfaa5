"""What `where` looks for: a digest, a commit or a build, by its whole or its beginning."""

import re
from dataclasses import dataclass
from typing import Final

from tui.domain.identity import Identity
from tui.domain.reference import Digest
from tui.domain.text import clean

_DIGEST: Final = re.compile(r"(?P<algorithm>sha(?:256|512)):(?P<hex>[0-9a-f]{4,128})")
_HEX: Final = re.compile(r"[0-9a-f]{4,128}")
_LONGEST: Final = 256


class InvalidNeedle(ValueError):
    """A text that can be no digest, commit or build; its text is fit to show."""


@dataclass(frozen=True, slots=True)
class Needle:
    """What is looked for. A hexadecimal text may be the beginning of a commit or a digest, or a whole build number."""

    text: str
    hex: str = ""
    """Digits with which a commit or a digest may begin; empty where it can only be a build."""
    only_digest: bool = False

    def is_digest_of(self, digest: Digest) -> bool:
        """True where `digest` begins as this does."""
        return bool(self.hex) and digest.hex.startswith(self.hex)

    def is_origin(self, identity: Identity) -> bool:
        """True where `identity` names this commit or build."""
        if self.only_digest:
            return False
        return (bool(self.hex) and identity.commit.startswith(self.hex)) or identity.build.lower() == self.text


def parse_needle(text: str) -> Needle:
    """The needle in `text`. Raises InvalidNeedle."""
    wanted = text.strip().lower()
    if not wanted or len(wanted) > _LONGEST or any(letter.isspace() for letter in wanted):
        raise InvalidNeedle(f"{clean(text, 80)!r} is no digest, commit or build number")
    if match := _DIGEST.fullmatch(wanted):
        return Needle(wanted, match["hex"], only_digest=True)
    if wanted.startswith(("sha256:", "sha512:")):
        raise InvalidNeedle(f"{clean(text, 80)!r} is no digest: four hexadecimal digits at least, in lower case")
    return Needle(wanted, wanted if _HEX.fullmatch(wanted) else "")
