"""From what an image is made of to its bytes, and what becomes of them on the way when a copy is not exact."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tui.sandbox.attachments import attestation
from tui.sandbox.dialects import DOCKER, OCI, Dialect
from tui.sandbox.images import AMD64, Image, image, index
from tui.sandbox.layers import Layer, recompressed
from tui.sandbox.runtime import PLAIN, Runtime

_REVISION: Final = "org.opencontainers.image.revision"
_ENGINES: Final = 6
"""A Docker Engine's level of gzip; the builder's is another, which compresses fast."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What an image is made of: layers by platform, the lowest first, labels, and how it starts."""

    stacks: Mapping[str, tuple[Layer, ...]] = field(repr=False)
    created: datetime
    labels: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    runtime: Runtime = field(default=PLAIN, repr=False)
    dialect: Dialect = field(default=OCI, repr=False)
    is_index: bool = False
    is_attested: bool = False
    """Whether the index lists a provenance attestation beside the platforms."""

    def build(self) -> Image:
        """The image, or the index of one for each platform."""
        images = [
            image(
                stack,
                created=self.created,
                platform=platform,
                labels=self.labels,
                dialect=self.dialect,
                runtime=self.runtime,
            )
            for platform, stack in self.stacks.items()
        ]
        if not self.is_index:
            return images[0]
        children = [*images, attestation(images[0])] if self.is_attested else images
        return index(children, annotations=self._annotations(), dialect=self.dialect)

    def _annotations(self) -> Mapping[str, str] | None:
        """Docker's manifest lists have none."""
        if self.dialect is DOCKER or _REVISION not in self.labels:
            return None
        return {_REVISION: self.labels[_REVISION]}


def flattened(whole: Image) -> Image:
    """One platform's manifest of an index."""
    return whole.children[0]


def thinned(whole: Image) -> Image:
    """An index of one of the platforms alone, the manifest of which it leaves as it was."""
    return index([whole.children[0]])


def wrapped(inner: Image) -> Image:
    """An index that holds nothing but the manifest."""
    return index([inner])


def packed_again(blueprint: Blueprint) -> Image:
    """One platform with the same config and diff ids in other bytes, as a classic Docker Engine makes it."""
    layers = tuple(recompressed(each, _ENGINES) for each in blueprint.stacks[AMD64])
    return replace(blueprint, stacks={AMD64: layers}, dialect=DOCKER, is_index=False).build()
