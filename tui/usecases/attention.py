"""What somebody looks at, and the order of reading that follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.domain.reference import Repository


@dataclass(slots=True)
class Attention:
    """What somebody looks at at the moment, in order; who shows it keeps this up to date. It is read first."""

    repositories: tuple[Repository, ...] = ()


class Order:
    """In which order repositories are read: what is looked at, then as they were found."""

    def __init__(self, attention: Attention) -> None:
        self._attention = attention
        self._places: dict[Repository, int] = {}

    def add(self, repositories: Iterable[Repository]) -> None:
        """Puts those that were found at the end."""
        for repository in repositories:
            self._places[repository] = len(self._places) + 1

    def take(self, waiting: dict[Repository, None]) -> Repository:
        """Takes the next one out of `waiting`, which has some."""
        looked_at = self._attention.repositories
        chosen = next((name for name in looked_at if name in waiting), None) or next(iter(waiting))
        del waiting[chosen]
        return chosen

    def rank(self, repository: Repository) -> int:
        """Where its requests stand now: what is looked at goes before all else, also where it is read already."""
        return 0 if repository in self._attention.repositories else self._places[repository]
