"""The layers of two images, side by side in their order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from tui.domain.comparison_matching import Matched, Presence, match
from tui.domain.config import Config
from tui.domain.content import Manifest
from tui.domain.reference import Digest


@dataclass(frozen=True, slots=True)
class LayerChange:
    """A layer by its digest: on which side, how large, and its place (from 0) in the side's manifest.

    Of one that is on both sides it is the left side's place; `other_place` is the right side's, else None.
    """

    presence: Presence
    digest: Digest
    size: int
    place: int
    same_content: bool = False
    """True where the other side has the same content (diff id) in other bytes."""
    other_place: int | None = None


class _Layer(NamedTuple):
    """A layer of one side; without its config nobody knows its diff id."""

    digest: Digest
    size: int
    place: int
    diff_id: Digest | None


def compare_layers(
    left: Manifest, left_config: Config | None, right: Manifest, right_config: Config | None
) -> tuple[LayerChange, ...]:
    """Every layer of either side, as a diff has them: what the left has, then what the right has in its stead.

    A layer that a side has twice is there twice; so the right side may have it once more than the left.
    """
    matched = match(_layers(left, left_config), _layers(right, right_config), lambda layer: layer.digest)
    same = match(
        (layer for layer in matched.left if layer.diff_id),
        (layer for layer in matched.right if layer.diff_id),
        lambda layer: layer.diff_id,
    )
    same_left, same_right = {one.place for one, _ in same.pairs}, {other.place for _, other in same.pairs}
    ordered = [
        *(((one.place, 0, 0), _both(one, other)) for one, other in matched.pairs),
        *(((each.place, 0, 0), _only(Presence.LEFT, each, same_left)) for each in matched.left),
        *(
            ((anchor, -1, each.place), _only(Presence.RIGHT, each, same_right))
            for each, anchor in zip(matched.right, _anchors(matched), strict=True)
        ),
    ]
    return tuple(change for _, change in sorted(ordered, key=lambda item: item[0]))


def layers_of(presence: Presence, manifest: Manifest) -> tuple[LayerChange, ...]:
    """The layers of an image that only one side has."""
    return tuple(_only(presence, layer, set()) for layer in _layers(manifest, None))


def _layers(manifest: Manifest, config: Config | None) -> tuple[_Layer, ...]:
    diff_ids: Iterable[Digest | None] = [None] * len(manifest.layers)
    if config and len(config.diff_ids) == len(manifest.layers):
        diff_ids = config.diff_ids
    return tuple(
        _Layer(layer.digest, layer.size, place, diff_id)
        for place, (layer, diff_id) in enumerate(zip(manifest.layers, diff_ids, strict=True))
    )


def _anchors(matched: Matched[_Layer]) -> list[float]:
    """For each layer that only the right side has, the left side's place of the shared layer that follows it there."""
    left_place = {other.place: one.place for one, other in matched.pairs}
    lone = {layer.place for layer in matched.right}
    anchors: dict[int, float] = {}
    following = inf
    for place in sorted(left_place.keys() | lone, reverse=True):
        following = left_place.get(place, following)
        anchors[place] = following
    return [anchors[layer.place] for layer in matched.right]


def _both(one: _Layer, other: _Layer) -> LayerChange:
    return LayerChange(Presence.BOTH, one.digest, one.size, one.place, other_place=other.place)


def _only(presence: Presence, layer: _Layer, same: set[int]) -> LayerChange:
    return LayerChange(presence, layer.digest, layer.size, layer.place, layer.place in same)
