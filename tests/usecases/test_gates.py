"""Every gate refuses what it must, names itself, and says what would satisfy it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.lab import Lab, laboratory, picture
from tui.domain.environment import Environment, GateRules
from tui.domain.verdict import Verdict
from tui.sandbox import images

IMAGE = "shop/api:1.0.0"


@asynccontextmanager
async def gated(tmp_path: Path, rules: GateRules, *, read_only: bool = False) -> AsyncGenerator[Lab, None]:
    path = [
        Environment("base", "base"),
        Environment("test", "test"),
        Environment("prod", "prod", gates=rules, read_only=read_only),
    ]
    async with laboratory(tmp_path, path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        yield lab


async def verdict(lab: Lab, gate: str) -> Verdict:
    plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
    (found,) = [verdict for verdict in plan.verdicts if verdict.gate == gate]
    return found


async def test_a_read_only_environment_refuses(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(), read_only=True) as lab:
        refused = await verdict(lab, "read-only")
    assert not refused.passed
    assert "read_only = false" in refused.remedy


@pytest.mark.parametrize(("pattern", "passed"), [(r"\d+\.\d+\.\d+", True), (r"v\d+", False), (r"1\.0", False)])
async def test_the_whole_tag_must_match(tmp_path: Path, pattern: str, passed: bool) -> None:
    async with gated(tmp_path, GateRules(tags=pattern)) as lab:
        assert (await verdict(lab, "tags")).passed is passed


async def test_the_digest_must_have_been_promoted_before(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(promoted_to=("test",))) as lab:
        missing = await verdict(lab, "from test")
        lab.push("test", "shop/api", "1.0.0", picture(2))
        other = await verdict(lab, "from test")
        lab.push("test", "shop/api", "1.0.0", picture(1))
        same = await verdict(lab, "from test")
    assert (missing.passed, other.passed, same.passed) == (False, False, True)
    assert "promote this digest to test first" in missing.remedy
    assert str(picture(2).digest) in other.reason


async def test_an_environment_that_cannot_be_read_is_no_proof(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(promoted_to=("test",))) as lab:
        lab.registries["test"].faults.failing = 100
        refused = await verdict(lab, "from test")
    assert not refused.passed
    assert "could not be read" in refused.reason


@pytest.mark.parametrize("kind", ["referrer", "cosign", "none"])
async def test_an_image_must_be_signed(tmp_path: Path, kind: str) -> None:
    async with gated(tmp_path, GateRules(signed=True)) as lab:
        image = picture(1)
        if kind == "referrer":
            signature = images.artifact(
                "application/vnd.cncf.notary.signature", b"s", payload_type="a/b", subject=image
            )
            lab.push("base", "shop/api", None, signature)
        if kind == "cosign":
            lab.push("base", "shop/api", f"sha256-{image.digest.hex}.sig", picture(5))
        assert (await verdict(lab, "signed")).passed is (kind != "none")


async def test_an_sbom_is_no_signature(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(signed=True)) as lab:
        sbom = images.artifact("application/spdx+json", b"{}", payload_type="a/b", subject=picture(1))
        lab.push("base", "shop/api", None, sbom)
        assert not (await verdict(lab, "signed")).passed


async def test_a_signed_sbom_or_platform_is_no_signed_image(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(signed=True)) as lab:
        child = picture(4)
        image = lab.push("base", "shop/api", "1.0.0", images.index([child]))
        sbom = images.artifact("application/spdx+json", b"{}", payload_type="a/b", subject=image)
        for subject in (sbom, child):
            signature = images.artifact("application/x.signature", b"s", payload_type="a/b", subject=subject)
            lab.push("base", "shop/api", None, subject)
            lab.push("base", "shop/api", None, signature)
        assert not (await verdict(lab, "signed")).passed
