"""The line of every key in a TOML document, which `tomllib` does not tell.

The scanner walks a document that `tomllib` has accepted already; so it need not judge, only keep count. A key's
place is its path: names, and positions in arrays, such as `("environment", 1, "gates", "min_age")`.
"""

import re
import tomllib
from typing import Final

KeyPath = tuple[str | int, ...]

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:[^"\\\n]|\\.)*"|' r"'[^'\n]*'",
    re.DOTALL,
)
_PLAIN_VALUE: Final = re.compile(r"[^,\]}#\n]+")


def find_lines(document: str) -> dict[KeyPath, int]:
    """The line, counted from 1, of each key, table and array element in `document`, which must be valid TOML."""
    scan = _Scan(document)
    scan.document()
    return scan.lines


class _Scan:
    """A walk through one document."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._counts: dict[KeyPath, int] = {}
        self._counted = (0, 1)

    def document(self) -> None:
        """Everything, from the first line to the last."""
        table: KeyPath = ()
        while self._skip(_BLANK):
            if self._sees("["):
                table = self._header()
            else:
                self._entry(table)

    def _header(self) -> KeyPath:
        is_array = self._sees("[[")
        line = self._line()
        self._at += 2 if is_array else 1
        path = self._resolve(self._key(), is_array=is_array)
        self._at += 2 if is_array else 1
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
        return path

    def _resolve(self, names: list[str], *, is_array: bool) -> KeyPath:
        """The path that a header means: within an array of tables, that is its last table."""
        path: KeyPath = ()
        for position, name in enumerate(names):
            path = (*path, name)
            if is_array and position == len(names) - 1:
                self._counts[path] = self._counts.get(path, 0) + 1
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _entry(self, table: KeyPath) -> None:
        """`key = value`; a dotted key counts for each of its parts."""
        line = self._line()
        path = table
        for name in self._key():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self._at += 1
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        """A key up to what follows it, as the list of its parts."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            parts.append(self._key_part())
            self._skip(_SPACE)
            if not self._sees("."):
                return parts
            self._at += 1

    def _key_part(self) -> str:
        if not self._sees('"', "'"):
            return self._take(_BARE_KEY)
        return str(tomllib.loads(f"text = {self._take(_STRING)}")["text"])

    def _value(self, path: KeyPath) -> None:
        if self._sees('"', "'"):
            self._take(_STRING)
        elif self._sees("["):
            self._array(path)
        elif self._sees("{"):
            self._inline_table(path)
        else:
            self._take(_PLAIN_VALUE)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        position = 0
        while self._skip(_BLANK) and not self._sees("]"):
            self.lines[*path, position] = self._line()
            self._value((*path, position))
            self._end_of_item()
            position += 1
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._skip(_BLANK) and not self._sees("}"):
            self._entry(path)
            self._end_of_item()
        self._at += 1

    def _end_of_item(self) -> None:
        self._skip(_BLANK)
        if self._sees(","):
            self._at += 1

    def _sees(self, *beginnings: str) -> bool:
        return self._text.startswith(beginnings, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Moves on past `pattern`; False at the end of the document."""
        self._take(pattern)
        return self._at < len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        taken = match.group() if match else ""
        self._at += len(taken)
        return taken

    def _line(self) -> int:
        """The line that the scan is at, counted on from where it was last asked for."""
        position, line = self._counted
        self._counted = self._at, line + self._text.count("\n", position, self._at)
        return self._counted[1]
