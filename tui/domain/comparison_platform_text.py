"""The platforms of a comparison in lines: their layers, and how they are run. Pure."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from tui.domain import amounts
from tui.domain.comparison import Change, LayerChange, PlatformComparison, Presence
from tui.domain.comparison_line import SIGNS, Line, LineKind, Names, change_lines, line
from tui.domain.platform import Platform

Told = Collection[tuple[str | None, str | None]]
"""Pairs of values, left and right, that were told of before and need not be told again where a label repeats them."""

_MOST_LAYERS: Final = 100
_OF_MANIFEST: Final = frozenset({"media type", "annotation"})


def platform_lines(platforms: Sequence[PlatformComparison], names: Names, told: Told) -> Iterator[Line]:
    """Each platform: one line where its digest is the same or only one side has it, else what differs below it."""
    for platform in platforms:
        if platform.presence is not Presence.BOTH:
            yield line(SIGNS[platform.presence], _lone_platform(platform, names))
        elif platform.left == platform.right:
            yield line(LineKind.SAME, f"{platform_name(platform.platform)}: same digest {_short(platform)}")
        else:
            yield line(LineKind.CHANGED, platform_name(platform.platform))
            yield from _layer_lines(platform.layers, names)
            manifest = [change for change in platform.changes if change.field in _OF_MANIFEST]
            yield from change_lines(untold(manifest, told), 1)
            yield from _config_lines(platform, told)


def platform_name(platform: Platform) -> str:
    """`linux/arm64/v8`; an artifact, and an image whose config could not be read, have none."""
    return str(platform) if platform.is_known else "no known platform"


def untold(changes: Sequence[Change], told: Told) -> Sequence[Change]:
    """Those that are not only a label or an annotation that repeats what was told."""
    repeats = {"label", "annotation"}
    return [item for item in changes if item.field not in repeats or (item.left, item.right) not in told]


def in_order(layers: Sequence[LayerChange]) -> bool:
    """True where the layers that both sides have stand in the same order."""
    places = [layer.other_place for layer in layers if layer.other_place is not None]
    return all(one < other for one, other in pairwise(places))


def _lone_platform(platform: PlatformComparison, names: Names) -> str:
    told = f"{amounts.count(len(platform.layers), 'layer')}, {_size(platform.layers)}"
    return f"{platform_name(platform.platform)}: only in {names.of(platform.presence)} ({_short(platform)}, {told})"


def _short(platform: PlatformComparison) -> str:
    digest = platform.left or platform.right
    return digest.short if digest else ""


def _layer_lines(layers: Sequence[LayerChange], names: Names) -> Iterator[Line]:
    shared = [layer for layer in layers if layer.presence is Presence.BOTH]
    lone = [layer for layer in layers if layer.presence is not Presence.BOTH]
    if not lone:
        order = "" if in_order(layers) else ", but in another order"
        kind = LineKind.CHANGED if order else LineKind.SAME
        yield line(kind, f"layers: all {len(shared)} shared{order} ({_size(shared)})", 1)
        return
    yield line(LineKind.CHANGED, f"layers: {_layer_summary(layers, names)}", 1)
    if shared:
        yield line(LineKind.SAME, f"{amounts.count(len(shared), 'layer')} unchanged, {_size(shared)}", 2)
    for layer in lone[:_MOST_LAYERS]:
        yield line(SIGNS[layer.presence], _lone_layer(layer), 2)
    if (more := len(lone) - _MOST_LAYERS) > 0:
        yield line(LineKind.CHANGED, f"… and {amounts.count(more, 'more layer')}", 2)


def _layer_summary(layers: Sequence[LayerChange], names: Names) -> str:
    """`4 of 9 layers shared; 61 MB only in base; 60 MB only in prod`."""
    by_presence = {each: [layer for layer in layers if layer.presence is each] for each in Presence}
    shared = len(by_presence[Presence.BOTH])
    left, right = (shared + len(by_presence[each]) for each in (Presence.LEFT, Presence.RIGHT))
    parts = [
        f"{shared} of {left} shared"
        if left == right
        else f"{shared} shared, of {left} in {names.left} and {right} in {names.right}"
    ]
    parts += [
        f"{_size(by_presence[each])} only in {names.of(each)}"
        for each in (Presence.LEFT, Presence.RIGHT)
        if by_presence[each]
    ]
    if same := sum(layer.same_content for layer in by_presence[Presence.LEFT]):
        parts.append(f"{same} with the same content in other bytes")
    if not in_order(layers):
        parts.append("the shared ones in another order")
    return "; ".join(parts)


def _lone_layer(layer: LayerChange) -> str:
    same = "  same content in other bytes" if layer.same_content else ""
    return f"layer {layer.place + 1}  {layer.digest.short}  {amounts.size(layer.size)}{same}"


def _config_lines(platform: PlatformComparison, told: Told) -> Iterator[Line]:
    changes = [change for change in platform.changes if change.field not in _OF_MANIFEST]
    shown = untold(changes, told)
    match platform.same_config:
        case None:
            yield line(LineKind.UNREAD, "config: could not be read on both sides", 1)
        case True:
            yield line(LineKind.SAME, "config: same", 1)
        case False if shown:
            yield line(LineKind.CHANGED, "config", 1)
            yield from change_lines(shown, 2)
        case False:
            rest = "its labels say what is told above" if changes else "other time, history or layers"
            yield line(LineKind.SAME, f"config: same settings ({rest})", 1)


def _size(layers: Sequence[LayerChange]) -> str:
    return amounts.size(sum(layer.size for layer in layers))
