"""The headers of an answer: names in any case, several values of one name."""

from collections.abc import Iterable


class Headers:
    """Made of the pairs in the order in which they arrived; names are compared without case (RFC 9110, section 5.1)."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), []).append(value)

    def get(self, name: str) -> str | None:
        """The first value of `name`; None where it is absent."""
        values = self._values.get(name.lower())
        return values[0] if values else None

    def text(self, name: str) -> str:
        """The first value of `name`; empty where it is absent."""
        return self.get(name) or ""

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of `name`, in order."""
        return tuple(self._values.get(name.lower(), ()))
