"""Deliveries: which releases reached an environment, under which tags, and when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from tui.sandbox.ledger import Push
from tui.sandbox.recipes import Recipe
from tui.sandbox.releases import Release

_LAG: Final[Mapping[str, int]] = {"base": 0, "dev": 0, "test": 1, "prod": 2}
"""Releases that an environment is behind the base, where a repository keeps up well."""
_TRAVEL: Final[Mapping[str, timedelta]] = {
    "base": timedelta(minutes=4),
    "dev": timedelta(hours=3),
    "test": timedelta(days=1),
    "prod": timedelta(days=5),
}
"""How long a release is on its way from its build to an environment. The way to prod is longer than any time between
two releases, so that a tag which prod was given had moved on in the base by then."""


def arrival(environment: str, created: datetime, now: datetime) -> datetime:
    """When what was built at `created` came to `environment`."""
    return min(created + _TRAVEL[environment], now)


def exact(environment: str, release: Release, now: datetime) -> Push:
    """The release under its own tag."""
    return Push((release.tag,), release.image, arrival(environment, release.created, now))


def deliveries(
    environment: str, recipe: Recipe, releases: Sequence[Release], lag: int, now: datetime
) -> Iterator[Push]:
    """The releases that reached `environment`, each under its tag and those that follow it. `lag` comes on top."""
    for release in _promoted(environment, releases, lag):
        tags = (release.tag, *_followers(recipe, release))
        yield Push(tags, release.image, arrival(environment, release.created, now))


def _promoted(environment: str, releases: Sequence[Release], lag: int) -> Sequence[Release]:
    """The releases that reached `environment`: only plain versions go beyond dev."""
    if environment == "base":
        return releases
    chosen = releases if environment == "dev" else [each for each in releases if each.stable]
    return chosen[: len(chosen) - _LAG[environment] - lag]


def _followers(recipe: Recipe, release: Release) -> Iterator[str]:
    """`latest`, and `1.14` of `1.14.2`."""
    if release.stable:
        yield "latest"
        if recipe.floating:
            yield release.tag.rpartition(".")[0]
