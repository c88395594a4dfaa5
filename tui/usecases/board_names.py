"""What the board calls the repositories of a registry that several environments may share."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from tui.domain.environment import Environment
from tui.domain.reference import InvalidName, Repository, parse_repository


def board_names(
    environment: Environment, repositories: Sequence[Repository], all_environments: Iterable[Environment]
) -> tuple[Repository, ...]:
    """The board's names of repositories in `environment`'s registry: without its prefix.

    Repositories outside the prefix are left out, and so are those that belong to another environment, which shares
    the registry under a longer prefix.
    """
    foreign = tuple(
        other.prefix
        for other in all_environments
        if other.registry == environment.registry
        and len(other.prefix) > len(environment.prefix)
        and other.prefix.startswith(environment.prefix)
    )
    names: list[Repository] = []
    for repository in repositories:
        if repository.startswith(environment.prefix) and not repository.startswith(foreign):
            with suppress(InvalidName):
                names.append(parse_repository(repository[len(environment.prefix) :]))
    return tuple(names)
