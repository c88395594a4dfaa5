"""The releases of a sample repository: versions, dates, commits and the images made of shared and own layers."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from tui.domain.content import digest_of
from tui.domain.reference import Digest
from tui.sandbox.dialects import DOCKER, Dialect
from tui.sandbox.images import AMD64, ARM64, Image, artifact, image, index
from tui.sandbox.layers import Layer, layer, random_layer, recompressed
from tui.sandbox.recipes import Recipe

_EPOCH: Final = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_KIB: Final = 1024
_MIB: Final = 1024 * _KIB
_STORED: Final = 0
_BULKY_RELEASES: Final = 3
_DEPENDENCIES_LAST: Final = 6
_IN_TOTO: Final = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Release:
    """One tag of the base, and what its image was made of."""

    tag: str
    image: Image
    layers: tuple[Layer, ...] = field(repr=False)
    """The layers of the first platform, the lowest first."""
    labels: Mapping[str, str] = field(repr=False)
    created: datetime
    dialect: Dialect = field(repr=False)

    @property
    def stable(self) -> bool:
        """Whether the tag is a plain version: neither a candidate nor a date."""
        return self.tag.count(".") > 1 and "-" not in self.tag


class Workshop:
    """Makes releases, with one source of chance: the same seed makes the same bytes."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - sample data, not secrets
        self.now = _EPOCH + timedelta(minutes=seed % 1440)
        self._shared = {platform: self._platform_layers() for platform in (AMD64, ARM64)}

    def releases(self, recipe: Recipe) -> Sequence[Release]:
        """The releases of `recipe`, the oldest first."""
        moments = self._moments(recipe.builds + recipe.releases + recipe.candidates)
        tags = list(_tags(recipe, self.rng, moments))
        dependencies = self._dependencies(recipe)
        made: list[Release] = []
        for number, (tag, created) in enumerate(zip(tags, moments, strict=True), 1):
            bulk = self._bulk(recipe, tag, left=len(tags) - number)
            made.append(self._release(recipe, tag, created, (dependencies, *bulk)))
            if number % _DEPENDENCIES_LAST == 0:
                dependencies = self._dependencies(recipe)
        return made

    def rebuilt(self, release: Release) -> Image:
        """The same commit and build built again, with other content."""
        layers = [*release.layers[:-1], self._application(release.tag)]
        return image(
            layers, created=release.created + timedelta(hours=5), labels=release.labels, dialect=release.dialect
        )

    def foreign(self, recipe: Recipe, tag: str) -> Image:
        """An image that no build in the base's history made."""
        labels = self._labels(recipe, tag, self.now)
        return image([random_layer(20 * _KIB, self.rng), self._application(tag)], created=self.now, labels=labels)

    def _platform_layers(self) -> tuple[Layer, ...]:
        sizes = (128 * _KIB, 256 * _KIB)
        return tuple(random_layer(size, self.rng, level=_STORED) for size in sizes)

    def _dependencies(self, recipe: Recipe) -> Layer:
        lines = "".join(f"{recipe.name}-part-{n}=={self.rng.randrange(1, 40)}\n" for n in range(60))
        files = {"app/requirements.txt": lines.encode(), "app/vendor.bin": self.rng.randbytes(24 * _KIB)}
        return layer(files)

    def _application(self, tag: str) -> Layer:
        source = f"VERSION = {tag!r}\n" + "".join(f"step({n}, {self.rng.random()})\n" for n in range(40))
        blob = self.rng.randbytes(self.rng.randrange(2, 12) * _KIB)
        return layer({"app/main.py": source.encode(), "app/assets.bin": blob})

    def _bulk(self, recipe: Recipe, tag: str, left: int) -> tuple[Layer, ...]:
        """A layer large enough for progress to be seen; stored, as compressing it would slow the start."""
        if not recipe.bulky or left >= _BULKY_RELEASES:
            return ()
        block = f"{recipe.name} {tag}".encode() + self.rng.randbytes(64 * _KIB)
        return (layer({"opt/model.bin": block * (recipe.bulky * _MIB // len(block))}, level=_STORED),)

    def _release(
        self,
        recipe: Recipe,
        tag: str,
        created: datetime,
        common: tuple[Layer, ...],
    ) -> Release:
        labels = self._labels(recipe, tag, created)
        stacks = {
            platform: (*self._shared[platform], *common, self._application(tag))
            for platform in ((AMD64, ARM64) if recipe.multi else (AMD64,))
        }
        images = [
            image(stack, created=created, platform=platform, labels=labels, dialect=recipe.dialect)
            for platform, stack in stacks.items()
        ]
        whole = self._indexed(recipe, images, labels) if recipe.multi else images[0]
        return Release(tag, whole, stacks[AMD64], labels, created, recipe.dialect)

    def _indexed(self, recipe: Recipe, images: Sequence[Image], labels: Mapping[str, str]) -> Image:
        children = [*images, attestation(images[0])] if recipe.attested else images
        revision = {"org.opencontainers.image.revision": labels["org.opencontainers.image.revision"]}
        annotations = None if recipe.dialect is DOCKER else revision
        return index(children, annotations=annotations, dialect=recipe.dialect)

    def _labels(self, recipe: Recipe, tag: str, created: datetime) -> Mapping[str, str]:
        commit = self.rng.randbytes(20).hex()
        described = {"org.opencontainers.image.description": recipe.description}
        return (described if recipe.description else {}) | {
            "org.opencontainers.image.revision": commit,
            "org.opencontainers.image.version": tag,
            "org.opencontainers.image.created": created.isoformat().replace("+00:00", "Z"),
            "org.opencontainers.image.source": f"https://git.example/{recipe.name}",
            "com.azure.dev.image.build.buildnumber": f"{created:%Y%m%d}.{self.rng.randrange(1, 9)}",
            "com.azure.dev.image.build.sourceversion": commit,
        }

    def _moments(self, count: int) -> Sequence[datetime]:
        moments = [self.now - timedelta(minutes=self.rng.randrange(60, 2000))]
        while len(moments) < count:
            moments.append(moments[-1] - timedelta(minutes=self.rng.randrange(600, 6000)))
        return moments[::-1]


def flattened(release: Release) -> Image:
    """One platform's manifest of the release's index."""
    return release.image.children[0]


def wrapped(release: Release) -> Image:
    """An index that holds nothing but the release's manifest."""
    return index([release.image])


def packed_again(release: Release) -> Image:
    """The same config and diff ids in other bytes, as a classic Docker Engine makes them."""
    layers = [recompressed(each, level=9) for each in release.layers]
    return image(layers, created=release.created, labels=release.labels, dialect=DOCKER)


def attestation(subject: Image) -> Image:
    """A provenance attestation as builders list it beside the platforms of an index."""
    payload = _statement("https://slsa.dev/provenance/v1", subject.digest)
    notes = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": str(subject.digest),
    }
    made = artifact(_IN_TOTO, payload, payload_type=_IN_TOTO)
    return replace(made, platform="unknown/unknown", annotations=notes)


def signature(subject: Image) -> Image:
    """A signature attached to `subject`. It signs nothing: sample data."""
    return artifact(
        "application/vnd.dev.cosign.artifact.sig.v1+json",
        _statement("signature", subject.digest),
        payload_type="application/vnd.dev.cosign.simplesigning.v1+json",
        subject=subject,
    )


def bill_of_materials(subject: Image) -> Image:
    """An SBOM attached to `subject`."""
    payload = json.dumps({"spdxVersion": "SPDX-2.3", "name": str(subject.digest), "packages": []}).encode()
    kind = "application/spdx+json"
    return artifact(kind, payload, payload_type=kind, subject=subject)


def signature_tag(subject: Image) -> tuple[str, Image]:
    """The tag under which older signing tools keep a signature, and the manifest there: it has no subject."""
    payload = _statement("signature", subject.digest)
    kind = "application/vnd.dev.cosign.simplesigning.v1+json"
    return f"sha256-{subject.digest.hex}.sig", artifact(kind, payload, payload_type=kind)


def _statement(kind: str, digest: Digest) -> bytes:
    note = digest_of(f"{kind} {digest}".encode())
    return json.dumps({"predicateType": kind, "subject": str(digest), "note": str(note)}).encode()


def _tags(recipe: Recipe, rng: random.Random, moments: Sequence[datetime]) -> Iterator[str]:
    for number, moment in enumerate(moments[: recipe.builds]):
        yield f"{moment:%Y%m%d}.{number % 4 + 1}"
    minor, patch = rng.randrange(4, 14), 0
    for _ in range(recipe.releases):
        yield f"{recipe.major}.{minor}.{patch}"
        minor, patch = (minor, patch + 1) if rng.random() < 0.6 else (minor + 1, 0)
    for number in range(recipe.candidates):
        yield f"{recipe.major}.{minor + 1}.0-rc.{number + 1}"
