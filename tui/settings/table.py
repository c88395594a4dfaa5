"""One table of a settings file, and typed questions to ask of it.

Every answer is either of the right type or a SettingsError that names file, line, key and the way out.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from tui.domain.text import clean
from tui.settings.errors import SettingsError, nearest
from tui.settings.lines import KeyPath

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_SECRET: Final = re.compile(
    r"user(name)?|(.*[_-])?(pass(word|wd|phrase)?|pwd|tokens?|secrets?|credentials?|(api|access|account)[_-]?key)"
)
_TYPES: Final[Mapping[type, str]] = {
    bool: "true or false", int: "a number", float: "a number", str: "a string",
    list: "a list", dict: "a table",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a settings file, at `path` in the file."""

    file: Path
    lines: Mapping[KeyPath, int]
    values: Mapping[str, Any]
    path: KeyPath = ()

    def error(self, key: str | None, sentence: str, mend: str = "") -> SettingsError:
        """The error of `sentence` on `key`, or on the table itself where that is None."""
        return self._error(() if key is None else (key,), sentence, mend)

    def _error(self, place: KeyPath, sentence: str, mend: str) -> SettingsError:
        path = (*self.path, *place)
        line, name = find_line(self.lines, path), dotted(path)
        return SettingsError(str(self.file), sentence, mend, line=line, key=name)

    def item(self, key: str, position: int) -> "Table":
        """The place of an element of the list `key`, for an error on it."""
        return Table(self.file, self.lines, {}, (*self.path, key, position))

    def line(self, key: str) -> int | None:
        """The line of `key`."""
        return find_line(self.lines, (*self.path, key))

    def allow(self, keys: Collection[str]) -> None:
        """Refuses the first key that is none of `keys`."""
        for key in self.values:
            if key not in keys:
                raise self._unknown(key, keys)

    def _unknown(self, key: str, keys: Collection[str]) -> SettingsError:
        if _SECRET.fullmatch(key.lower()) and not isinstance(self.values[key], bool):
            mend = "they come from the environment, the Docker credential store or Azure: leave it out, and set auth"
            return self.error(key, "secrets do not stand in this file", mend)
        return self.error(key, f"unknown key {clean(key, 80)!r}", nearest(key, sorted(keys)))

    def text(self, key: str) -> str | None:
        """A string; None where the key is not there."""
        return self._typed(key, str, 'write it in quotes: "…"')

    def flag(self, key: str) -> bool | None:
        """True or false; None where the key is not there."""
        return self._typed(key, bool, "write true or false, without quotes")

    def number(self, key: str) -> int | None:
        """A whole number; None where the key is not there."""
        return self._typed(key, int, "write a whole number, without quotes")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where the key is not there."""
        items = cast("list[object]", self._typed(key, list, 'write ["…"]') or [])
        for position, item in enumerate(items):
            if not isinstance(item, str):
                raise self.item(key, position).error(
                    None, f"this is {_name(item)}, not a string", 'write it in quotes: "…"'
                )
        return tuple(str(item) for item in items)

    def table(self, key: str) -> "Table":
        """A table; an empty one where the key is not there."""
        values = cast("Mapping[str, Any]", self._typed(key, dict, f"write {key} = {{ … }}") or {})
        return Table(self.file, self.lines, values, (*self.path, key))

    def tables(self, key: str, mend: str) -> tuple["Table", ...]:
        """A list of tables; empty where the key is not there."""
        items = cast("list[object]", self._typed(key, list, mend) or [])
        return tuple(self._element(key, position, item, mend) for position, item in enumerate(items))

    def choice(self, key: str, choices: type[Choice]) -> Choice | None:
        """One of `choices`; None where the key is not there."""
        text = self.text(key)
        if text is None:
            return None
        right = [choice.value for choice in choices]
        if text not in right:
            raise self.error(key, f"{clean(text, 80)!r} is no {key}", nearest(text, right))
        return choices(text)

    def parsed(self, key: str, parse: Callable[[str], T]) -> T | None:
        """What `parse` makes of a string; its ValueError is told with the key. None where the key is not there."""
        text = self.text(key)
        return None if text is None else self._parse((key,), text, parse)

    def all_parsed(self, key: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """What `parse` makes of each string of a list."""
        return tuple(self._parse((key, at), text, parse) for at, text in enumerate(self.texts(key)))

    def _parse(self, place: KeyPath, text: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise self._error(place, str(error), "") from error

    def _element(self, key: str, position: int, item: object, mend: str) -> "Table":
        if not isinstance(item, dict):
            raise self._error((key, position), f"this is {_name(item)}, not a table", mend)
        return Table(self.file, self.lines, cast("Mapping[str, Any]", item), (*self.path, key, position))

    def _typed(self, key: str, wanted: type[T], mend: str) -> T | None:
        value = self.values.get(key)
        if value is None or (isinstance(value, wanted) and isinstance(value, bool) is (wanted is bool)):
            return value
        raise self.error(key, f"this is {_name(value)}, not {_TYPES[wanted]}", mend)


def dotted(path: KeyPath) -> str:
    """A path as people write it, `environment.gates.min_age`; which of several tables, the line tells."""
    return ".".join(clean(part, 80) for part in path if isinstance(part, str))


def find_line(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """The line of `path`, or of the nearest table around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _name(value: object) -> str:
    return next((name for kind, name in _TYPES.items() if isinstance(value, kind)), "a date or time")
