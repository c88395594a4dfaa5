"""Two images read whole from real registries and compared; what cannot be read is named, and nothing said of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import NOW, Lab, laboratory, picture
from tui.domain import media
from tui.domain.comparison import Comparison, Presence
from tui.domain.content import Descriptor, digest_of
from tui.domain.masking import MASK
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import Forbidden, NotFound
from tui.sandbox import attachments, images
from tui.sandbox.content import InMemory
from tui.usecases import comparing, lenient
from tui.usecases.comparing import Spot

API = Repository("shop/api")
AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")


def spot(lab: Lab, environment: str, tag: str = "1.0.0") -> Spot:
    return Spot(lab.environment(environment), API, Tag(tag))


async def compared(lab: Lab, left: str = "base", right: str = "prod", right_tag: str = "1.0.0") -> Comparison:
    """The comparison of shop/api:1.0.0 in `left` with that in `right`."""
    return await lab.bench.compare(spot(lab, left), spot(lab, right, right_tag))


def both(lab: Lab, left: images.Image, right: images.Image) -> None:
    """Loads one image into the base and another into prod."""
    lab.push("base", API, "1.0.0", left)
    lab.push("prod", API, "1.0.0", right)


def pair(*seeds: int) -> images.Image:
    """An index of an amd64 and an arm64 image."""
    return images.index([picture(seeds[0]), picture(seeds[1], platform="linux/arm64")])


def with_config(image: images.Image, config: bytes, claims: Mapping[str, object] | None = None) -> images.Image:
    """The image with another config."""
    body = json.loads(image.manifest)
    body["config"] |= {"digest": str(digest_of(config)), "size": len(config), **(claims or {})}
    manifest = json.dumps(body).encode()
    blobs = dict(image.blobs) | {digest_of(config): InMemory(config)}
    return images.Image(manifest, image.media_type, digest_of(manifest), blobs, platform=image.platform)


def statements(comparison: Comparison) -> list[tuple[str, str, str, Platform | None]]:
    """The companions: presence, kind, how it was found, and what it is about."""
    return [
        (item.presence.value, item.companion.kind.value, item.companion.found, item.companion.subject)
        for item in comparison.companions
    ]


async def test_the_same_image_in_two_environments(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = pair(1, 2)
        both(lab, image, image)
        found = await compared(lab)
    assert found.is_same
    assert found.is_complete
    assert [item.platform for item in found.platforms] == [AMD64, ARM64]
    assert found.created.left == NOW
    assert str(found.left.reference).endswith("/shop/api:1.0.0")


async def test_two_tags_of_one_environment(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("prod", API, "1.0.0", picture(1))
        lab.push("prod", API, "2.0.0", picture(2))
        found = await compared(lab, "prod", "prod", "2.0.0")
        again = await compared(lab, "prod", "prod")
    assert not found.is_same
    assert again.is_same


async def test_what_differs_in_one_platform(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, pair(1, 2), pair(1, 3))
        found = await compared(lab)
    amd64, arm64 = found.platforms
    assert amd64.left == amd64.right
    assert [change.key for change in arm64.changes] == ["seed"]
    assert {layer.presence for layer in arm64.layers} == {Presence.LEFT, Presence.RIGHT}


async def test_one_platform_of_an_index_alone(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, pair(1, 2), picture(1))
        found = await compared(lab)
    assert [(item.platform, item.presence) for item in found.platforms] == [
        (AMD64, Presence.BOTH),
        (ARM64, Presence.LEFT),
    ]
    assert found.platforms[0].left == found.platforms[0].right


async def test_an_index_in_an_index(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, images.index([pair(1, 2), picture(1)]), pair(1, 2))
        found = await compared(lab)
    assert [item.presence for item in found.platforms] == [Presence.BOTH, Presence.BOTH]


async def test_settings_are_read_and_secrets_masked(tmp_path: Path) -> None:
    def run(password: str) -> images.Image:
        inner = {"Env": [f"DB_PASSWORD={password}"], "User": "app"}
        return with_config(picture(1), json.dumps({"os": "linux", "architecture": "amd64", "config": inner}).encode())

    async with laboratory(tmp_path) as lab:
        both(lab, run("hunter2"), run("hunter3"))
        found = await compared(lab)
    (change,) = found.platforms[0].changes
    assert (change.key, change.left, change.right) == ("DB_PASSWORD", MASK, MASK)


async def test_origin_is_told_by_annotations_first_and_labels_next(tmp_path: Path) -> None:
    key = "org.opencontainers.image."
    image = images.image(
        [], created=NOW, labels={key + "revision": "abc1", key + "version": "1"}, annotations={key + "source": "child"}
    )
    async with laboratory(tmp_path) as lab:
        both(lab, images.index([image], annotations={key + "revision": "abc2"}), image)
        found = await compared(lab)
    assert (found.left.identity.commit, found.left.identity.version, found.left.identity.source) == (
        "abc2",
        "1",
        "child",
    )
    assert found.right.identity.commit == "abc1"


async def test_an_artifact_is_compared_by_its_layers(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        one, other = (images.artifact("application/x", payload, payload_type="a/b") for payload in (b"1", b"2"))
        both(lab, one, other)
        found = await compared(lab)
    (platform,) = found.platforms
    assert not platform.platform.is_known
    assert [layer.presence for layer in platform.layers] == [Presence.LEFT, Presence.RIGHT]
    assert found.is_complete


# -- companions --------------------------------------------------------------------------------------------------------


async def test_companions_of_the_whole_and_of_its_platforms(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = pair(1, 2)
        both(lab, image, image)
        lab.push("base", API, None, attachments.signature(image))
        lab.push("base", API, None, attachments.bill_of_materials(image.children[1]))
        found = await compared(lab)
    assert statements(found) == [
        ("left", "signature", "referrer", None),
        ("left", "SBOM", "referrer", ARM64),
    ]
    assert not found.is_same


async def test_companions_under_cosigns_tags(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = picture(1)
        both(lab, image, image)
        for tag, companion in attachments.cosign_tags(image):
            lab.push("prod", API, tag, companion)
        found = await compared(lab)
    assert statements(found) == [
        ("right", "signature", "tag sha256-….sig", None),
        ("right", "SBOM", "tag sha256-….sbom", None),
        ("right", "attestation", "tag sha256-….att", None),
    ]


async def test_attestations_in_the_index(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = picture(1)
        both(lab, images.index([image, attachments.attestation(image)]), images.index([image]))
        found = await compared(lab)
    assert statements(found) == [("left", "attestation", "in the index", AMD64)]
    assert [item.platform for item in found.platforms] == [AMD64]


async def test_an_attestation_that_states_an_sbom_is_told_as_one(tmp_path: Path) -> None:
    image = picture(1)
    notes = {"in-toto.io/predicate-type": "https://spdx.dev/Document"}
    stated = attachments.attestation(image)
    body = json.loads(stated.manifest)
    body["layers"][0]["annotations"] = notes
    manifest = json.dumps(body).encode()
    stated = replace(stated, manifest=manifest, digest=digest_of(manifest))
    async with laboratory(tmp_path) as lab:
        both(lab, images.index([image, stated]), images.index([image]))
        found = await compared(lab)
    assert statements(found) == [("left", "SBOM", "in the index", AMD64)]


async def test_a_registry_without_referrers_has_none(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = picture(1)
        both(lab, image, image)
        lab.registries["prod"].faults.referrers_missing = True
        assert (await compared(lab)).is_complete


async def test_referrers_that_cannot_be_listed_are_unread_and_not_missing(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = picture(1)
        both(lab, image, image)
        lab.push("base", API, None, attachments.signature(image))
        broken(lab, "prod", "referrers")
        found = await compared(lab)
    assert found.right.unread_companions == (None,)
    assert found.right.unread == ("prod: cannot referrers: it answers 403",)
    assert [item.is_certain for item in found.companions] == [False]


async def test_many_platforms_without_referrers_are_told_in_a_few_sentences(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        many = images.index([picture(seed, platform=f"linux/cpu{seed}") for seed in range(8)])
        both(lab, many, many)
        broken(lab, "prod", "referrers")
        found = await compared(lab)
    assert len(found.right.unread) == 6
    assert found.right.unread[-1] == "nor the signatures and the like of 4 more platforms"
    assert len(found.right.unread_companions) == 9


async def test_cosigns_tags_that_cannot_be_asked_for_are_unread(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = picture(1)
        both(lab, image, image)
        registry = lab.tools.registries[lab.environment("prod")]
        resolve = registry.resolve

        async def refuse(repository: Repository, reference: Tag | Digest) -> Descriptor:
            if str(reference).endswith(".sig"):
                raise Forbidden(f"resolve {reference}", "prod", "it answers 403")
            return await resolve(repository, reference)

        registry.__dict__["resolve"] = refuse
        found = await compared(lab)
    assert found.right.unread_companions == (None,)
    assert ".sig: it answers 403" in found.right.unread[0]


# -- what cannot be read -----------------------------------------------------------------------------------------------


def broken(lab: Lab, environment: str, operation: str) -> None:
    """From now on the client of `environment` is refused `operation`."""

    async def refuse(*_: object) -> None:
        raise Forbidden(operation, environment, "it answers 403")

    registry = lab.tools.registries[lab.environment(environment)]
    registry.__dict__[operation] = refuse


async def test_a_tag_that_is_not_there_is_not_found_and_named(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, "1.0.0", picture(1))
        with pytest.raises(NotFound, match=r"compare shop/api:1\.0\.0 of prod: there is no such tag"):
            await compared(lab)


async def test_a_registry_that_refuses_all_is_an_error(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, picture(1), picture(1))
        lab.registries["prod"].faults.forbidden = {API}
        with pytest.raises(Forbidden):
            await compared(lab)


async def test_a_platform_that_is_not_there_is_unread(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = pair(1, 2)
        both(lab, image, image)
        lab.registries["prod"].store.delete_manifest(API, image.children[1].digest)
        found = await compared(lab)
    assert [item.presence for item in found.platforms] == [Presence.BOTH, Presence.LEFT]
    assert str(image.children[1].digest) in found.right.unread[0]
    assert not found.is_complete


@pytest.mark.parametrize(
    ("config", "claims", "told"),
    [(b"[]", {}, "is no image config"), (b"{}", {"size": 10**9}, "claims"), (b"{}", {"size": 3}, "cannot")],
)
async def test_a_config_that_cannot_be_read(
    tmp_path: Path, config: bytes, claims: dict[str, object], told: str
) -> None:
    async with laboratory(tmp_path) as lab:
        both(lab, picture(1), with_config(picture(1), config, claims))
        found = await compared(lab)
    assert told in found.right.unread[0]
    assert found.left.unread == ()
    assert [item.same_config for item in found.platforms if item.presence is Presence.BOTH] in ([], [None])


async def test_of_very_many_platforms_the_first_are_read_and_the_others_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "PLATFORM_LIMIT", 2)
    async with laboratory(tmp_path) as lab:
        many = images.index([picture(seed, platform=f"linux/cpu{seed}") for seed in range(4)])
        both(lab, many, many)
        found = await compared(lab)
    assert len(found.platforms) == 4
    assert [image.config is None for image in found.left.images] == [False, False, True, True]
    assert found.left.unread == (
        "the configs of 2 more platforms, of which there are too many: linux/cpu2, linux/cpu3",
    )


async def test_an_index_too_wide_to_walk_is_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lenient, "PLATFORM_LIMIT", 2)
    monkeypatch.setattr("tui.usecases.tree.MANIFEST_COUNT_LIMIT", 3)
    async with laboratory(tmp_path) as lab:
        many = images.index([picture(seed, platform=f"linux/cpu{seed}") for seed in range(4)])
        both(lab, many, many)
        found = await compared(lab)
    assert len(found.platforms) == 2
    assert found.left.unread == ("2 of the index's 4 manifests: too many",)


async def test_an_inner_index_of_one_that_is_not_whole_is_named(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        inner, gone = pair(1, 2), picture(3)
        both(lab, images.index([inner, gone]), picture(1))
        lab.registries["base"].store.delete_manifest(API, gone.digest)
        found = await compared(lab)
    assert f"what the inner index {inner.digest} refers to" in found.left.unread


async def test_an_index_that_names_others_over_and_over_is_walked_once(tmp_path: Path) -> None:
    """Followed each time, it would be 40 to the sixth."""
    nested = images.artifact("application/x", b"x", payload_type="a/b")
    async with laboratory(tmp_path) as lab:
        for _ in range(6):
            both(lab, nested, nested)
            nested = replace(images.index([replace(nested, children=())] * 40), children=())
        both(lab, nested, nested)
        found = await compared(lab)
    assert found.is_same
    assert found.left.root.media_type == media.OCI_INDEX
