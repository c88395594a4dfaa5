"""What was pushed where and when: the story of a world, from which its registries follow and what was seen of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.domain.history import Sighting
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.images import Image, push_into
from tui.sandbox.registry import Registry
from tui.sandbox.world import Environment


@dataclass(frozen=True, slots=True)
class Push:
    """From `at` on, `tags` pointed at `image`; without one they were gone."""

    tags: tuple[str, ...]
    image: Image | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """A survey at `at`, of one repository or of all."""

    at: datetime
    repository: str | None = None

    def covers(self, repository: str) -> bool:
        """Whether it reads `repository`."""
        return self.repository in (None, repository)


Books = dict[str, list[Push]]
"""What was pushed to one environment, by repository."""

Ledger = Mapping[str, Books]
"""By environment, and by repository."""


def replay(environment: Environment, books: Books) -> None:
    """Loads into the environment's registry what its books tell."""
    for repository, pushes in books.items():
        for push in in_order(pushes):
            _carry_out(environment.registry, environment.prefix + repository, push)


def in_order(pushes: Iterable[Push]) -> Sequence[Push]:
    """The oldest first; of one moment, as they stand."""
    return sorted(pushes, key=lambda push: push.at)


def sightings(ledger: Ledger, looks: Iterable[Look]) -> Iterator[Sighting]:
    """What surveys, the oldest first, found changed since the survey before."""
    seen: dict[tuple[str, str], Mapping[str, Digest]] = {}
    for look in looks:
        for environment, books in ledger.items():
            for repository in filter(look.covers, books):
                held = _held(books[repository], look.at)
                for tag, digest in _changed(seen.get((environment, repository), {}), held):
                    yield Sighting(environment, Repository(repository), Tag(tag), digest, look.at)
                seen[environment, repository] = held


def _carry_out(registry: Registry, repository: str, push: Push) -> None:
    if push.image is not None:
        push_into(registry, repository, push.image, at=push.at, aliases=push.tags)
        return
    for tag in push.tags:
        registry.store.delete_tag(Repository(repository), Tag(tag))


def _held(pushes: Iterable[Push], moment: datetime) -> dict[str, Digest]:
    """The digest of each tag at `moment`."""
    last = {tag: push for push in in_order(pushes) if push.at <= moment for tag in push.tags}
    return {tag: push.image.digest for tag, push in last.items() if push.image}


def _changed(before: Mapping[str, Digest], held: Mapping[str, Digest]) -> Iterator[tuple[str, Digest | None]]:
    """The tags that are new or moved, and those that are gone."""
    yield from ((tag, digest) for tag, digest in held.items() if before.get(tag) != digest)
    yield from ((tag, None) for tag in before if tag not in held)
