"""Parts that are made when they are first asked for: a process imports only those that it uses."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Part = TypeVar("Part")


class OnDemand(Mapping[Key, Part]):
    """A mapping whose values `makers` make, each once."""

    def __init__(self, makers: Mapping[Key, Callable[[], Part]]) -> None:
        self._makers = makers
        self._made: dict[Key, Part] = {}

    def __getitem__(self, key: Key) -> Part:
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
