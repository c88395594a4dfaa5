"""The order of tags: semantic versions first, newest first; then the others in natural order.

Precedence of semantic versions is that of semver.org 2.0.0, section 11; a leading `v` is allowed. In the natural
order text rises and numbers fall, so that `nightly-10` stands before `nightly-9`.
"""

import re
from collections.abc import Iterable
from typing import Final

from tui.domain.reference import Tag

_SEMVER: Final = re.compile(r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?", re.ASCII)
_NUMBERS: Final = re.compile(r"(\d+)", re.ASCII)

_Release = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...], Tag]


def is_semver(tag: str) -> bool:
    """True where `tag` is a semantic version, with or without a leading `v`."""
    return _SEMVER.fullmatch(tag) is not None


def order_tags(tags: Iterable[Tag]) -> list[Tag]:
    """`tags` in the board's order: semantic versions from the highest down, then the rest in natural order."""
    releases: list[_Release] = []
    others: list[Tag] = []
    for tag in tags:
        match = _SEMVER.fullmatch(tag)
        if match is None:
            others.append(tag)
        else:
            major, minor, patch, prerelease = match.groups()
            identifiers = _identifiers(prerelease) if prerelease else ()
            releases.append((int(major), int(minor), int(patch), prerelease is None, identifiers, tag))
    releases.sort(reverse=True)
    others.sort(key=_natural)
    return [release[-1] for release in releases] + others


def _identifiers(prerelease: str) -> tuple[tuple[bool, int, str], ...]:
    """Numeric identifiers compare as numbers and stand below alphanumeric ones."""
    parts = prerelease.split(".")
    return tuple((False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts)


def _natural(tag: str) -> tuple[tuple[str, int], ...]:
    parts = _NUMBERS.split(tag)
    numbers = [-int(part) for part in parts[1::2]] + [0]
    return (*zip(parts[0::2], numbers, strict=True), (tag, 0))
