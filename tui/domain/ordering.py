"""The order of tags: semantic versions first, newest first; then the others in natural order.

Precedence of semantic versions is that of semver.org 2.0.0, section 11; a leading `v` is allowed. In the natural
order text rises and numbers fall, so that `nightly-10` stands before `nightly-9`.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Final

from tui.domain.reference import Tag

_SEMVER: Final = re.compile(r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d+)", re.ASCII)

_PLAIN: Final = re.compile(r"^(?:v?(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\n)++", re.MULTILINE)
"""Lines one after the other, each a version of three numbers and no more."""

_IS_FINAL: Final = True
"""What a version without a pre-release has in its place: it stands above those that have one."""

_Release = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...], Tag]


def order_tags(tags: Iterable[Tag]) -> list[Tag]:
    """`tags` in the board's order: semantic versions from the highest down, then the rest in natural order.

    The quicker, the more of them come in some order already, as registries tell them.
    """
    given = list(tags)
    odd = _odd(given)
    releases = _plain_releases([tag for tag in given if tag not in odd] if odd else given)
    others: list[Tag] = []
    for tag in filter(odd.__contains__, given):
        if match := _SEMVER.fullmatch(tag):
            releases.append(_release(tag, match))
        else:
            others.append(tag)
    releases.sort(reverse=True)
    others.sort(key=_natural)
    return [release[-1] for release in releases] + others


def _odd(tags: Sequence[Tag]) -> frozenset[str]:
    """Those of `tags` that are no plain versions; all where one holds a line's end, which no registry allows."""
    text = "\n".join([*tags, ""])
    return frozenset(_PLAIN.sub("", text).split("\n")[:-1] if text.count("\n") == len(tags) else tags)


def _plain_releases(tags: Sequence[Tag]) -> list[_Release]:
    """All numbers are read at once: a tag at a time, that would be most of what filling a big board takes."""
    numbers = map(int, ".".join(tags).replace("v", "").split(".") if tags else ())
    return list(zip(numbers, numbers, numbers, repeat(_IS_FINAL), repeat(()), tags, strict=False))


def _release(tag: Tag, match: re.Match[str]) -> _Release:
    major, minor, patch, prerelease = match.groups()
    identifiers = _identifiers(prerelease) if prerelease else ()
    return int(major), int(minor), int(patch), prerelease is None, identifiers, tag


def _identifiers(prerelease: str) -> tuple[tuple[bool, int, str], ...]:
    """Numeric identifiers compare as numbers and stand below alphanumeric ones."""
    parts = prerelease.split(".")
    return tuple((False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts)


def _natural(tag: str) -> tuple[tuple[str, int], ...]:
    parts = _NUMBERS.split(tag)
    numbers = [-int(part) for part in parts[1::2]] + [0]
    return (*zip(parts[0::2], numbers, strict=True), (tag, 0))
