"""Looking at what a sample world holds: bytes alone, and nothing of how the program judges them."""

import json
from collections.abc import Mapping
from typing import Any

from tui.domain.media import INDEXES
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.manifest import Manifest
from tui.sandbox.records import Record
from tui.sandbox.world import Environment, Planted, World


def repositories(environment: Environment) -> dict[str, Mapping[Tag, Digest]]:
    """The digests by tag of each repository, by its name on the board."""
    store = environment.registry.store
    names = [name for name in store.catalog() if name.startswith(environment.prefix)]
    return {name.removeprefix(environment.prefix): store.tags(name) for name in names}


def place(world: World, environment: str, repository: str) -> Repository:
    """What the repository is called in its registry."""
    return Repository(world.environment(environment).prefix + repository)


def digest_of_tag(world: World, environment: str, repository: str, tag: str) -> Digest:
    """What the tag points at."""
    store = world.environment(environment).registry.store
    return store.tags(place(world, environment, repository))[Tag(tag)]


def manifest(world: World, environment: str, repository: str, digest: Digest) -> Manifest:
    """The manifest, tagged or not."""
    found = world.environment(environment).registry.store.manifest(place(world, environment, repository), digest)
    assert found is not None
    return found


def manifest_of(world: World, environment: str, repository: str, tag: str) -> Manifest:
    """The manifest that the tag points at."""
    return manifest(world, environment, repository, digest_of_tag(world, environment, repository, tag))


def images_of(world: World, environment: str, repository: str, tag: str) -> list[Manifest]:
    """The manifests of the image's platforms; its own where it is no index."""
    whole = manifest_of(world, environment, repository, tag)
    if whole.media_type not in INDEXES:
        return [whole]
    rows = json.loads(whole.data)["manifests"]
    children = [Digest.parse(row["digest"]) for row in rows if row["platform"]["os"] != "unknown"]
    return [manifest(world, environment, repository, child) for child in children]


def config_in(world: World, environment: str, repository: str, image: Manifest) -> dict[str, Any]:
    """The image config."""
    content = world.environment(environment).registry.store.blob(place(world, environment, repository), image.blobs[0])
    assert content is not None
    return json.loads(b"".join(content.read(0, content.size)))


def config_of(world: World, environment: str, repository: str, tag: str) -> dict[str, Any]:
    """The config of the first platform."""
    return config_in(world, environment, repository, images_of(world, environment, repository, tag)[0])


def labels_of(world: World, environment: str, repository: str, tag: str) -> dict[str, str]:
    """The labels of the first platform."""
    return config_of(world, environment, repository, tag)["config"]["Labels"]


def record_of(world: World, environment: str, repository: str, tag: str) -> Record:
    """When the tag came and moved."""
    store = world.environment(environment).registry.store
    found = store.record(place(world, environment, repository), Tag(tag))
    assert found is not None
    return found


def planted(world: World, reason: str) -> list[Planted]:
    """The cells that are to show `reason`."""
    return [each for each in world.planted if each.reason == reason]
