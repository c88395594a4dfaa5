"""The images that are promoted and killed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from tui.domain.reference import Digest
from tui.sandbox import images
from tui.sandbox.layers import Layer, ready_layer

MIB: Final = 1024 * 1024
_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cargo:
    """The image at the target before, the image to promote, and the bytes by digest of the layers it lacks there."""

    old: images.Image
    new: images.Image
    layers: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes of layers that an undisturbed promotion moves."""
        return sum(self.layers.values())


def small_cargo(rng: random.Random, size: int = 100_000) -> Cargo:
    """An index of two platforms with thirty layers each: ten are shared, and two are in the old image as well."""
    shared = [_layer(rng, size) for _ in range(10)]
    new = [[*shared, *(_layer(rng, size) for _ in range(20))] for _ in range(2)]
    return _cargo([[*shared[:2], _layer(rng, size)]] * 2, new)


def large_cargo(rng: random.Random) -> Cargo:
    """One platform with one layer of 100 MiB."""
    return _cargo([[_layer(rng, 1000)]], [[_layer(rng, 100 * MIB)]])


def _cargo(old: Sequence[Sequence[Layer]], new: Sequence[Sequence[Layer]]) -> Cargo:
    before, after = _index(old, "old"), _index(new, "new")
    there = {layer.digest for layers in old for layer in layers}
    lacking = {str(each.digest): len(each.data) for layers in new for each in layers if each.digest not in there}
    return Cargo(before, after, lacking)


def _index(platforms: Sequence[Sequence[Layer]], label: str) -> images.Image:
    names = ("linux/amd64", "linux/arm64")
    return images.index(
        [
            images.image(layers, created=_MADE, platform=name, labels={"made": label})
            for name, layers in zip(names, platforms, strict=False)
        ]
    )


def _layer(rng: random.Random, size: int) -> Layer:
    return ready_layer(rng.randbytes(size), Digest("sha256", f"{rng.getrandbits(256):064x}"), "none")
