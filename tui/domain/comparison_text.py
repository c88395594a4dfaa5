"""A comparison as lines that read like a diff; the board and the command line draw the same ones. Pure."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from tui.domain import amounts
from tui.domain.comparison import CompanionChange, Comparison, ImageSide, PlatformComparison, Presence
from tui.domain.comparison_changes import IDENTITY_FIELDS, identity_values
from tui.domain.comparison_line import SIGNS, Line, LineKind, Names, change_lines, line, names_of
from tui.domain.comparison_platform_text import in_order, platform_lines, platform_name, untold
from tui.domain.identity import is_same_commit
from tui.domain.media import describe
from tui.domain.text import clean
from tui.domain.timestamps import age

__all__ = ["Line", "LineKind", "comparison_lines"]

_MOST_COMPANIONS: Final = 100
_ORIGIN_LIMIT: Final = 160
_Group = tuple[Presence, str, str, bool]
"""Companions that are told in one line: presence, kind, what they are about, and whether that is certain."""


def comparison_lines(comparison: Comparison, now: datetime) -> tuple[Line, ...]:
    """All of it, the most telling first: verdict, origin, platforms, layers, config, companions, what was not read."""
    names = names_of(comparison)
    return (
        line(LineKind.TITLE, _verdict(comparison, names)),
        *_side_lines(comparison, names),
        line(LineKind.TITLE, "origin"),
        *_origin_lines(comparison, names, now),
        *_platform_section(comparison, names),
        line(LineKind.TITLE, "companions"),
        *_companion_lines(comparison, names),
        *_unread_lines(comparison, names),
    )


def _verdict(comparison: Comparison, names: Names) -> str:
    left, right = comparison.left.digest, comparison.right.digest
    if left != right:
        gist = _gist(comparison)
        told = f"different images: {names.right} has {right.short}, {names.left} has {left.short}"
        return f"{told}; {gist}" if gist else told
    lone = [item for item in comparison.companions if item.presence is not Presence.BOTH and item.is_certain]
    if lone:
        told = ", ".join(dict.fromkeys(f"{item.companion.kind} only in {names.of(item.presence)}" for item in lone))
        return f"same image: same digest; but {told}"
    return "same image: same digest" + ("" if comparison.is_complete else "; not everything could be read")


def _gist(comparison: Comparison) -> str:
    """How near to each other two images with other digests are."""
    common = [item for item in comparison.platforms if item.presence is Presence.BOTH]
    whose = "every platform" if len(common) == len(comparison.platforms) else "every platform that both have"
    if common and all(item.left == item.right for item in common):
        return f"{whose} is the same"
    if common and all(map(_has_same_content, common)):
        return f"{whose} has the same content in other bytes"
    one, other = comparison.left.identity, comparison.right.identity
    return "built from the same commit" if is_same_commit(one.commit, other.commit) else ""


def _has_same_content(platform: PlatformComparison) -> bool:
    held = all(layer.presence is Presence.BOTH or layer.same_content for layer in platform.layers)
    return bool(platform.same_config) and held and in_order(platform.layers)


def _side_lines(comparison: Comparison, names: Names) -> Iterator[Line]:
    is_same = comparison.left.digest == comparison.right.digest
    for side, name, kind in (
        (comparison.left, names.left, LineKind.REMOVED),
        (comparison.right, names.right, LineKind.ADDED),
    ):
        yield line(LineKind.SAME if is_same else kind, f"{name}: {_side_text(side)}")


def _side_text(side: ImageSide) -> str:
    place = f"{side.reference.registry}/{side.reference.repository}:{side.reference.tag or ''}".rstrip(":")
    return f"{place} {side.digest} ({describe(side.root.media_type)}, {amounts.size(side.size)})"


def _origin_lines(comparison: Comparison, names: Names, now: datetime) -> Iterator[Line]:
    changes = [change for change in comparison.changes if change.field in IDENTITY_FIELDS]
    differing = {change.field for change in changes}
    values = identity_values(comparison.left.identity)
    same = [f"{name}: {clean(value, _ORIGIN_LIMIT)}" for name, value in values.items() if name not in differing]
    for text in same:
        yield line(LineKind.SAME, text)
    yield from change_lines(changes, 0)
    created = _created_line(comparison, names, now)
    if created:
        yield created
    if not (same or changes or created):
        yield line(LineKind.NOTE, "neither side says where it comes from")


def _created_line(comparison: Comparison, names: Names, now: datetime) -> Line | None:
    match comparison.created.left, comparison.created.right:
        case None, None:
            return None
        case (datetime() as moment, None) | (None, datetime() as moment):
            presence = Presence.LEFT if comparison.created.left else Presence.RIGHT
            return line(SIGNS[presence], f"created: {_moment(moment, now)}, said only in {names.of(presence)}")
        case left, right if left == right:
            return line(LineKind.SAME, f"created: {_moment(right or now, now)}")
        case left, right:
            one, other = left or now, right or now
            apart = f"{names.right} {age(min(one, other), max(one, other))} {'later' if other > one else 'earlier'}"
            return line(LineKind.CHANGED, f"created: {_moment(one, now)} → {_moment(other, now)}; {apart}")


def _moment(moment: datetime, now: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({age(moment, now)} ago)"


def _platform_section(comparison: Comparison, names: Names) -> Iterator[Line]:
    """The platforms; before them what differs of the whole, but for its origin."""
    told = {(change.left, change.right) for change in comparison.changes if change.field in IDENTITY_FIELDS}
    changes = [change for change in comparison.changes if change.field not in IDENTITY_FIELDS]
    if rest := untold(changes, told):
        yield line(LineKind.TITLE, "manifest of the whole")
        yield from change_lines(rest, 0)
    if comparison.platforms:
        yield line(LineKind.TITLE, "platforms")
        yield from platform_lines(comparison.platforms, names, told)


def _companion_lines(comparison: Comparison, names: Names) -> Iterator[Line]:
    """A line for each kind, side and subject."""
    groups = Counter(_group(change) for change in comparison.companions)
    for group, count in tuple(groups.items())[:_MOST_COMPANIONS]:
        yield _companion_line(group, count, names)
    if (more := len(groups) - _MOST_COMPANIONS) > 0:
        yield line(LineKind.NOTE, f"… and {more} more")
    if not groups and not (comparison.left.unread_companions or comparison.right.unread_companions):
        yield line(LineKind.SAME, "none on either side")
    for side, name in ((comparison.left, names.left), (comparison.right, names.right)):
        if side.unread_companions:
            yield line(LineKind.UNREAD, f"{name}: not all of them could be read")


def _group(change: CompanionChange) -> _Group:
    subject = change.companion.subject
    about = f" for {platform_name(subject)}" if subject else ""
    return change.presence, change.companion.kind.value, about, change.is_certain


def _companion_line(group: _Group, count: int, names: Names) -> Line:
    presence, kind, about, is_certain = group
    what = f"{kind}{about}" if count == 1 else f"{count} × {kind}{about}"
    if presence is Presence.BOTH:
        return line(LineKind.SAME, f"{what}: in both")
    if not is_certain:
        other = names.left if presence is Presence.RIGHT else names.right
        return line(LineKind.UNREAD, f"{what}: in {names.of(presence)}; whether in {other} is not known")
    return line(SIGNS[presence], f"{what}: only in {names.of(presence)}")


def _unread_lines(comparison: Comparison, names: Names) -> Iterator[Line]:
    sides = ((comparison.left, names.left), (comparison.right, names.right))
    sentences = [f"{name}: {sentence}" for side, name in sides for sentence in side.unread]
    if sentences:
        yield line(LineKind.TITLE, "not read, so nothing is said of it")
    for sentence in sentences:
        yield line(LineKind.UNREAD, sentence)
