"""Which repositories and tags are looked at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from tui.domain.reference import Repository, parse_repository

_DIGITS: Final = 64
_LISTS_REFERRERS: Final = re.compile(r"[a-z0-9]{1,32}-[0-9a-f]{64}")
"""Tags under which clients keep referrers in a registry that lists none (distribution specification, "Referrers Tag
Schema")."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What to read. Globs name repositories as the board does; `include` and `exclude` are regular expressions on tags.

    A glob without a wildcard is a name, read even where no catalog may be listed.
    """

    repositories: tuple[str, ...] = ()
    exclude_repositories: tuple[str, ...] = ()
    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()

    def has_repository(self, repository: str) -> bool:
        """True where `repository` is to be read."""
        wanted = not self.repositories or any(fnmatchcase(repository, glob) for glob in self.repositories)
        return wanted and not any(fnmatchcase(repository, glob) for glob in self.exclude_repositories)

    def has_tag(self, tag: str) -> bool:
        """True where `tag` is to be shown. One that lists the referrers of a digest is never an image."""
        if len(tag) > _DIGITS and _LISTS_REFERRERS.fullmatch(tag):
            return False
        wanted = not self.include or any(pattern.search(tag) for pattern in self.include)
        return wanted and not (self.exclude and any(pattern.search(tag) for pattern in self.exclude))

    @property
    def named(self) -> tuple[Repository, ...]:
        """The repositories that are named outright."""
        plain = (glob for glob in self.repositories if not any(mark in glob for mark in "*?["))
        return tuple(parse_repository(name) for name in plain if self.has_repository(name))

    def only(self, repositories: Sequence[Repository]) -> "Scope":
        """The same scope, narrowed to `repositories`."""
        return replace(self, repositories=tuple(repositories))

    @property
    def needs_catalog(self) -> bool:
        """False where every repository is named outright."""
        return not self.repositories or len(self.named) < len(self.repositories)
