"""The releases of a sample repository: versions, dates, commits and the images made of shared and own layers."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from tui.domain.content import digest_of
from tui.sandbox.blueprints import Blueprint
from tui.sandbox.images import AMD64, ARM64, Image
from tui.sandbox.layers import Layer, layer, random_layer
from tui.sandbox.recipes import Recipe
from tui.sandbox.runtime import Runtime, hardened, service

_EPOCH: Final = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_KIB: Final = 1024
_MIB: Final = 1024 * _KIB
_STORED: Final = 0
_BULKY_RELEASES: Final = 3
_TIDIED_RELEASES: Final = 5
"""How many of the newest start otherwise, on another base image."""
_DEPENDENCIES_LAST: Final = 6
_OCI: Final = "org.opencontainers.image."
_AZURE: Final = "com.azure.dev.image."


@dataclass(frozen=True, slots=True)
class Release:
    """One tag of the base, its image, and what that was made of."""

    tag: str
    blueprint: Blueprint
    image: Image

    @property
    def created(self) -> datetime:
        """When it was built."""
        return self.blueprint.created

    @property
    def stable(self) -> bool:
        """Whether the tag is a plain version: neither a candidate nor a date."""
        return self.tag.count(".") > 1 and "-" not in self.tag


@dataclass(frozen=True, slots=True)
class _Turn:
    """A release of `recipe` that is to be made: the `number`th, the first being 1, with `left` after it."""

    recipe: Recipe
    tag: str
    created: datetime
    number: int
    left: int

    @property
    def platforms(self) -> tuple[str, ...]:
        return (AMD64, ARM64) if self.is_index else (AMD64,)

    @property
    def is_index(self) -> bool:
        return self.recipe.multi and self.number > self.recipe.single

    @property
    def is_tidied(self) -> bool:
        return self.left < _TIDIED_RELEASES

    def runtime(self) -> Runtime:
        """How a container of it starts."""
        start = hardened if self.is_tidied else service
        return start(self.tag, self.recipe.env)

    def base(self) -> Mapping[str, str]:
        """What labels say of the image it is built on."""
        if not self.recipe.base:
            return {}
        build = "second" if self.is_tidied else "first"
        digest = digest_of(f"{self.recipe.base} {build}".encode())
        return {f"{_OCI}base.name": self.recipe.base, f"{_OCI}base.digest": str(digest)}


class Workshop:
    """Makes releases, with one source of chance: the same seed makes the same bytes."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - sample data, not secrets
        self.now = _EPOCH + timedelta(minutes=seed % 1440)
        self._shared = {platform: self._platform_layers() for platform in (AMD64, ARM64)}

    def releases(self, recipe: Recipe) -> Sequence[Release]:
        """The releases of `recipe`, the oldest first."""
        turns = list(self._turns(recipe))
        dependencies = self._dependencies(recipe)
        made: list[Release] = []
        for turn in turns:
            blueprint = self._blueprint(turn, (dependencies, *self._bulk(turn)))
            made.append(Release(turn.tag, blueprint, blueprint.build()))
            if turn.number % _DEPENDENCIES_LAST == 0:
                dependencies = self._dependencies(recipe)
        return made

    def rebuilt(self, release: Release) -> Release:
        """The same commit and build built again, with other content: on every platform, where there are several."""
        return self._anew(release, release.created + timedelta(hours=5), release.blueprint.labels)

    def fixed(self, release: Release, created: datetime) -> Release:
        """What was built of another commit at `created`, for the same version."""
        labels = {**release.blueprint.labels, **self._origin(created)}
        return self._anew(release, created, labels)

    def foreign(self, tag: str, created: datetime) -> Release:
        """What somebody built elsewhere: of no layer, commit or build that the base has."""
        commit = self.rng.randbytes(20).hex()
        labels = {f"{_OCI}revision": commit, f"{_OCI}version": tag, f"{_OCI}created": _text(created)}
        return self._stray(tag, created, labels)

    def nameless(self, tag: str, created: datetime) -> Release:
        """The same without a label."""
        return self._stray(tag, created, {})

    def _stray(self, tag: str, created: datetime, labels: Mapping[str, str]) -> Release:
        blueprint = Blueprint({AMD64: (random_layer(20 * _KIB, self.rng), self._application(tag))}, created, labels)
        return Release(tag, blueprint, blueprint.build())

    def _anew(self, release: Release, created: datetime, labels: Mapping[str, str]) -> Release:
        old = release.blueprint
        stacks = {platform: (*stack[:-1], self._application(release.tag)) for platform, stack in old.stacks.items()}
        blueprint = replace(old, stacks=stacks, created=created, labels=labels)
        return Release(release.tag, blueprint, blueprint.build())

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

    def _bulk(self, turn: _Turn) -> tuple[Layer, ...]:
        """A layer large enough for progress to be seen; stored, as compressing it would slow the start."""
        recipe = turn.recipe
        if not recipe.bulky or turn.left >= _BULKY_RELEASES:
            return ()
        block = f"{recipe.name} {turn.tag}".encode() + self.rng.randbytes(64 * _KIB)
        return (layer({"opt/model.bin": block * (recipe.bulky * _MIB // len(block))}, level=_STORED),)

    def _blueprint(self, turn: _Turn, common: tuple[Layer, ...]) -> Blueprint:
        recipe, labels = turn.recipe, self._labels(turn)
        return Blueprint(
            {each: (*self._shared[each], *common, self._application(turn.tag)) for each in turn.platforms},
            turn.created,
            {} if turn.number <= recipe.bare else labels,
            turn.runtime(),
            recipe.dialect,
            is_index=turn.is_index,
            is_attested=recipe.attested,
        )

    def _labels(self, turn: _Turn) -> Mapping[str, str]:
        described = {f"{_OCI}version": turn.tag, f"{_OCI}source": f"https://git.example/{turn.recipe.name}"}
        return {**turn.recipe.labels, **turn.base(), **described, **self._origin(turn.created)}

    def _origin(self, created: datetime) -> Mapping[str, str]:
        """A new commit, and the build of it."""
        commit = self.rng.randbytes(20).hex()
        return {
            f"{_OCI}revision": commit,
            f"{_OCI}created": _text(created),
            f"{_AZURE}build.buildnumber": f"{created:%Y%m%d}.{self.rng.randrange(1, 9)}",
            f"{_AZURE}build.sourceversion": commit,
        }

    def _turns(self, recipe: Recipe) -> Iterator[_Turn]:
        moments = self._moments(recipe.builds + recipe.releases + recipe.candidates)
        tags = _tags(recipe, self.rng, moments)
        for number, (tag, created) in enumerate(zip(tags, moments, strict=True), 1):
            yield _Turn(recipe, tag, created, number, len(moments) - number)

    def _moments(self, count: int) -> Sequence[datetime]:
        moments = [self.now - timedelta(minutes=self.rng.randrange(60, 2000))]
        while len(moments) < count:
            moments.append(moments[-1] - timedelta(minutes=self.rng.randrange(600, 6000)))
        return moments[::-1]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _tags(recipe: Recipe, rng: random.Random, moments: Sequence[datetime]) -> Iterator[str]:
    for number, moment in enumerate(moments[: recipe.builds]):
        yield f"{moment:%Y%m%d}.{number % 4 + 1}"
    minor, patch = rng.randrange(4, 14), 0
    for _ in range(recipe.releases):
        yield f"{recipe.major}.{minor}.{patch}"
        minor, patch = (minor, patch + 1) if rng.random() < 0.6 else (minor + 1, 0)
    for number in range(recipe.candidates):
        yield f"{recipe.major}.{minor + 1}.0-rc.{number + 1}"
