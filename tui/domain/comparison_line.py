"""One line of a comparison, and how values that differ are put into one. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.domain.comparison import Change, Comparison, ImageSide, Presence
from tui.domain.text import clean

_LINE_LIMIT: Final = 1000
_VALUE_LIMIT: Final = 160
"""Characters of a value; of longer ones those around the first difference are shown."""
_BEFORE: Final = 24
"""Characters that stand before the first difference."""
_MOST_CHANGES: Final = 200
"""So many are told one by one: whoever has more of them reads none."""


class LineKind(StrEnum):
    """What a line is; its value is the sign that stands before it, so that no colour is needed."""

    TITLE = "#"
    SAME = "="
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"
    UNREAD = "?"
    """Could not be read, so that nothing is said of it."""
    NOTE = " "


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: `depth` (from 0) levels in, cleaned, without its sign."""

    kind: LineKind
    text: str
    depth: int = 0

    def __str__(self) -> str:
        """The line as it is printed: sign, indentation, text."""
        return f"{self.kind.value} {'  ' * self.depth}{self.text}".rstrip()


@dataclass(frozen=True, slots=True)
class Names:
    """What the two sides are called."""

    left: str
    right: str

    def of(self, presence: Presence) -> str:
        """What the one side is called that has something the other has not."""
        return self.right if presence is Presence.RIGHT else self.left


SIGNS: Final = {
    Presence.BOTH: LineKind.SAME,
    Presence.LEFT: LineKind.REMOVED,
    Presence.RIGHT: LineKind.ADDED,
}
"""What changes from left to right."""


def line(kind: LineKind, text: str, depth: int = 0) -> Line:
    """A line of whatever text: cleaned and cut."""
    return Line(kind, clean(text, _LINE_LIMIT), depth)


def names_of(comparison: Comparison) -> Names:
    """The environments; where they are one and the same, what tells the images apart: the tags, or the repositories."""
    left, right = comparison.left, comparison.right
    for called in (_environment, _tagged, _whole):
        names = Names(called(left), called(right))
        if names.left != names.right:
            return names
    return Names(f"{_tagged(left)} (left)", f"{_tagged(right)} (right)")


def change_lines(changes: Sequence[Change], depth: int) -> Iterator[Line]:
    """A line for each change; of very many the first, and how many more there are."""
    for change in changes[:_MOST_CHANGES]:
        yield _change_line(change, depth)
    if (more := len(changes) - _MOST_CHANGES) > 0:
        yield line(LineKind.CHANGED, f"… and {more} more", depth)


def _change_line(change: Change, depth: int) -> Line:
    name = f"{change.field} {change.key}".rstrip()
    match change.left, change.right:
        case str(left), str(right):
            return line(LineKind.CHANGED, f"{name}: {_difference(left, right)}", depth)
        case str(left), None:
            return line(LineKind.REMOVED, _assignment(name, change.key, left), depth)
        case _, right:
            return line(LineKind.ADDED, _assignment(name, change.key, right or ""), depth)


def _assignment(name: str, key: str, value: str) -> str:
    """`env A=b`; for a value without a name `user: b`, and for a member of a set `port 80/tcp`."""
    if key and key == value:
        return name
    return f"{name}{'=' if key else ': '}{clean(value, _VALUE_LIMIT)}"


def _difference(left: str, right: str) -> str:
    """Both values; of long ones the part that begins a little before they differ."""
    if left == right:
        return f"{clean(left, _VALUE_LIMIT)} (differs in what is masked)"
    begin = 0
    if max(len(left), len(right)) > _VALUE_LIMIT:
        begin = max(0, _common_length(left, right) - _BEFORE)
    return f"{_from(left, begin)} → {_from(right, begin)}"


def _from(text: str, begin: int) -> str:
    shown = clean(text[begin:], _VALUE_LIMIT) or "(empty)"
    return f"…{shown}" if begin else shown


def _common_length(left: str, right: str) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))


def _environment(side: ImageSide) -> str:
    return side.name


def _whole(side: ImageSide) -> str:
    return f"{side.name} {side.reference.repository}:{side.reference.tag}"


def _tagged(side: ImageSide) -> str:
    return f"{side.name} {side.reference.tag or side.digest.short}"
