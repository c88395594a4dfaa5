"""What `--repo` leaves of the settings' scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from tui.cli.exits import UsageError
from tui.domain.scope import Scope
from tui.settings.names import is_name


@dataclass(frozen=True, slots=True)
class NarrowedScope(Scope):
    """A scope of which only the repositories matching one of `within` are read."""

    within: tuple[str, ...] = ()

    def has_repository(self, repository: str) -> bool:
        """True where the settings and the command line both ask for `repository`."""
        return Scope.has_repository(self, repository) and any(fnmatchcase(repository, glob) for glob in self.within)


def narrow(scope: Scope, globs: Sequence[str]) -> Scope:
    """`scope`, of which only repositories matching one of `globs` are read. Raises UsageError where none can.

    Repositories named outright are read without the catalog. Tags are not narrowed here: a repository is always read
    whole, since what was read is remembered as its state.
    """
    if not globs:
        return scope
    names = tuple(glob for glob in globs if is_name(glob))
    outside = [name for name in names if not scope.has_repository(name)]
    if outside:
        raise UsageError(f"--repo {outside[0]}: the settings leave this repository out")
    if len(names) == len(globs) or not scope.repositories:
        return replace(scope, repositories=tuple(globs))
    return NarrowedScope(
        (*names, *scope.repositories), scope.exclude_repositories, scope.include, scope.exclude, tuple(globs)
    )
