"""The headers of an answer: names in any case, several values of one name."""

from collections.abc import Iterable, Sequence
from typing import Self


class Headers:
    """Made of the pairs in the order in which they arrived; names are compared without case (RFC 9110, section 5.1).

    Few of them are ever looked at, so they are kept as they came.
    """

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs: Sequence[tuple[bytes, bytes]] = [
            (name.lower().encode(errors="replace"), value.encode(errors="replace")) for name, value in pairs
        ]

    @classmethod
    def raw(cls, pairs: Sequence[tuple[bytes, bytes]]) -> Self:
        """Made of pairs as they came over the wire, with names in lower case."""
        headers = cls()
        headers._pairs = pairs
        return headers

    def get(self, name: str) -> str | None:
        """The first value of `name`; None where it is absent."""
        wanted = name.lower().encode()
        return next((_text(value) for key, value in self._pairs if key == wanted), None)

    def text(self, name: str) -> str:
        """The first value of `name`; empty where it is absent."""
        return self.get(name) or ""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of `name`, in order."""
        wanted = name.lower().encode()
        return tuple([_text(value) for key, value in self._pairs if key == wanted])


def _text(value: bytes) -> str:
    return value.decode(errors="replace")
