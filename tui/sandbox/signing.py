"""Signing: which images of an environment have signatures and SBOMs. What came last to prod went there without them, as
a plain copy does it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from tui.domain.reference import Repository
from tui.sandbox.attachments import bill_of_materials, cosign_tags, signature
from tui.sandbox.delivery import arrival
from tui.sandbox.images import Image, push_into
from tui.sandbox.ledger import Push
from tui.sandbox.recipes import RECIPES, Recipe, Signing
from tui.sandbox.releases import Release
from tui.sandbox.world import Environment

_SIGNING: Final = timedelta(minutes=1)
"""How long after a build its image is signed."""
_UNSIGNED_IN_PROD: Final = 2
_OLDEST, _NEWEST = -5, -2
"""Between which of the releases those are that have a signature under a tag."""
_TAGGED: Final[Mapping[str, int]] = {"base": 3, "dev": 3, "test": 2, "prod": 1}
"""To how many of them their tags were promoted."""


def sign(environment: Environment, stock: Mapping[str, Sequence[Release]], now: datetime) -> None:
    """Attaches signatures and SBOMs to what `environment` holds of the stable releases in `stock`."""
    store = environment.registry.store
    for recipe in RECIPES:
        place = Repository(environment.prefix + recipe.name)
        held = [each for each in stock[recipe.name] if store.manifest(place, each.image.digest)]
        for release in held[:-_UNSIGNED_IN_PROD] if environment.protected else held:
            at = arrival(environment.name, release.created + _SIGNING, now)
            for subject in _subjects(recipe, release.image):
                for make in (signature, bill_of_materials):
                    push_into(environment.registry, place, make(subject), at=at)


def signed_tags(environment: str, recipe: Recipe, releases: Sequence[Release], now: datetime) -> Iterator[Push]:
    """The tags of the repository that hold signatures of what other tags name."""
    if recipe.signing is Signing.TAGS:
        stable = [each for each in releases if each.stable]
        for release in stable[_OLDEST:_NEWEST][: _TAGGED[environment]]:
            at = arrival(environment, release.created + _SIGNING, now)
            for tag, image in cosign_tags(release.image):
                yield Push((tag,), image, at)


def _subjects(recipe: Recipe, image: Image) -> Sequence[Image]:
    """What of a release is signed."""
    match recipe.signing:
        case Signing.WHOLE:
            return [image]
        case Signing.PLATFORMS:
            return [child for child in image.children if not child.annotations]
        case Signing.NOWHERE | Signing.TAGS:
            return []
