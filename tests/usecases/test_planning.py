"""A plan knows everything beforehand, and making it writes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import laboratory, picture
from tui.domain.environment import EngineName
from tui.domain.media import OCI_INDEX
from tui.domain.plan import Effect, Keeping
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Tag
from tui.ports.errors import InvalidAnswer, Unreachable
from tui.sandbox import images
from tui.usecases.planning import CannotPlan

WRITES = {"PUT", "POST", "PATCH", "DELETE"}


async def test_a_plan_pins_the_source_and_says_what_it_creates(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(layers=3))
        plan = await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))
        methods = {method for registry in lab.registries.values() for method, _ in registry.requests}
    assert plan.digest == image.digest
    assert plan.effect is Effect.CREATES
    assert plan.platforms == (Platform("linux", "amd64"),)
    assert len(plan.transfer.missing_blobs) == 4
    assert plan.transfer.missing_manifests == 1
    assert plan.size == len(image.manifest) + plan.transfer.bytes
    assert plan.forecast.keeping is Keeping.KEPT
    assert not plan.refusals
    assert not methods & WRITES


async def test_a_plan_names_what_it_would_overwrite(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        old = lab.push("dev", "shop/api", "1.0.0", picture(2))
        plan = await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))
    assert plan.effect is Effect.OVERWRITES
    assert plan.current
    assert plan.current.digest == old.digest


async def test_only_what_the_target_lacks_is_to_be_moved(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", images.index([picture(1), picture(2, platform="linux/arm64")]))
        lab.push("dev", "shop/api", "other", picture(1))
        plan = await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))
    assert plan.root.media_type == OCI_INDEX
    assert [str(platform) for platform in plan.platforms] == ["linux/amd64", "linux/arm64"]
    assert plan.transfer.missing_manifests == 2
    assert len(plan.transfer.missing_blobs) == 3


async def test_signatures_and_cosign_tags_travel_along(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        signature = images.artifact("application/vnd.example.signature", b"s", payload_type="text/plain", subject=image)
        lab.push("base", "shop/api", None, signature)
        sbom = images.artifact("application/spdx+json", b"{}", payload_type="application/json", subject=signature)
        lab.push("base", "shop/api", None, sbom)
        lab.push("base", "shop/api", f"sha256-{image.digest.hex}.sig", picture(9))
        plan = await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))
    assert [item.digest for item in plan.companions.referrers] == [signature.digest, sbom.digest]
    assert [tag for tag, _ in plan.companions.tags] == [f"sha256-{image.digest.hex}.sig"]


async def test_a_source_that_moved_since_the_board_was_drawn_stops_the_plan(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        request = replace(lab.request("shop/api:1.0.0", "dev"), seen=Digest("sha256", "f" * 64))
        with pytest.raises(CannotPlan, match="moved since the board was drawn"):
            await lab.bench.plan(request)


@pytest.mark.parametrize(
    ("image", "target", "source", "engine", "complaint"),
    [
        ("shop/api:9.9.9", "dev", "base", EngineName.AUTO, "nothing to promote"),
        ("shop/api:9.9.9", "prod", "dev", EngineName.AUTO, "to dev first, or from an environment that has it$"),
        ("shop/api:1.0.0", "base", "dev", EngineName.AUTO, "base is the base"),
        ("shop/api:1.0.0", "dev", "dev", EngineName.AUTO, "source and target are the same"),
        ("shop/api:1.0.0", "dev", "base", EngineName.ACR_IMPORT, "not available"),
    ],
)
async def test_what_cannot_be_planned_says_why(
    tmp_path: Path, image: str, target: str, source: str, engine: EngineName, complaint: str
) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        with pytest.raises(CannotPlan, match=complaint):
            await lab.bench.plan(lab.request(image, target, source, engine))


async def test_wrong_bytes_are_never_planned_with(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.registries["base"].faults.wrong_manifests = True
        with pytest.raises(InvalidAnswer):
            await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))


async def test_an_unreachable_target_is_never_planned_as_missing(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.registries["dev"].faults.failing = 100
        with pytest.raises(Unreachable):
            await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))


async def test_another_tag_can_be_given_to_the_target(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("dev", "shop/api", "1.0.0", picture(2))
        request = replace(lab.request("shop/api:1.0.0", "dev"), target_tag=Tag("stable"))
        assert (await lab.bench.plan(request)).effect is Effect.CREATES
