"""Inspect reads what an image is, and only reads."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import Lab, laboratory, picture
from tui.domain.content import digest_of
from tui.domain.reference import Repository, Tag
from tui.ports.errors import InvalidAnswer, NotFound
from tui.sandbox import images
from tui.sandbox.content import InMemory
from tui.usecases import configs as subject
from tui.usecases.inspect import Details

API = Repository("shop/api")


async def details(lab: Lab, tag: str = "1.0.0") -> Details:
    return await lab.bench.inspect(lab.environment("base"), API, Tag(tag))


async def test_an_image_tells_what_it_is(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        signature = images.artifact("application/vnd.example.signature", b"s", payload_type="a/b", subject=image)
        lab.push("base", "shop/api", None, signature)
        found = await details(lab)
    assert found.reference.digest == image.digest
    assert [str(platform) for platform in found.platforms] == ["linux/amd64"]
    assert dict(found.labels) == {"seed": "1"}
    assert found.created
    assert found.layers == 2
    assert [item.digest for item in found.referrers] == [signature.digest]


async def test_an_index_speaks_through_its_first_runnable_platform(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", images.index([picture(4), picture(5, platform="linux/arm64")]))
        found = await details(lab)
    assert [str(platform) for platform in found.platforms] == ["linux/amd64", "linux/arm64"]
    assert dict(found.labels) == {"seed": "4"}


async def test_an_artifact_has_no_platform_and_no_labels(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", images.artifact("application/x", b"x", payload_type="a/b"))
        found = await details(lab)
    assert (found.platforms, found.labels, found.created) == ((), (), None)


async def test_a_registry_without_referrers_hides_nothing_else(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.registries["base"].faults.referrers_missing = True
        assert (await details(lab)).referrers == ()


async def test_a_tag_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        with pytest.raises(NotFound):
            await details(lab, "9.9.9")


async def test_a_config_that_claims_too_much_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "CONFIG_LIMIT", 10)
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        with pytest.raises(InvalidAnswer, match="it claims"):
            await details(lab)


async def test_a_config_that_is_none_is_an_image_without_labels(tmp_path: Path) -> None:
    broken = picture(1)
    body = json.loads(broken.manifest)
    body["config"] |= {"digest": str(digest_of(b"[]")), "size": 2}
    manifest = json.dumps(body).encode()
    blobs = dict(broken.blobs) | {digest_of(b"[]"): InMemory(b"[]")}
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", images.Image(manifest, broken.media_type, digest_of(manifest), blobs))
        found = await details(lab)
    assert (found.labels, found.platforms, found.layers) == ((), (), 2)


async def test_referrers_that_cannot_be_listed_do_not_hide_the_image(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("base", "shop/api", f"sha256-{image.digest.hex}", picture(2))  # the fallback tag, but no index
        lab.registries["base"].faults.referrers_missing = True
        assert (await details(lab)).reference.digest == image.digest


async def test_an_index_that_names_others_over_and_over_is_walked_once(tmp_path: Path) -> None:
    """Followed each time, it would be 40 to the sixth."""
    nested = images.artifact("application/x", b"x", payload_type="a/b")
    async with laboratory(tmp_path) as lab:
        for _ in range(6):
            lab.push("base", "shop/api", "1.0.0", nested)
            nested = replace(images.index([replace(nested, children=())] * 40), children=())
        lab.push("base", "shop/api", "1.0.0", nested)
        assert (await details(lab)).layers == 0
