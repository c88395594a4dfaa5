"""`acr-import` with Azure's own clients, against a Resource Manager and registries that speak as Azure's do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.azurelab import AzureLab, azure_laboratory
from tests.lab import Lab, picture
from tui.domain.environment import EngineName
from tui.domain.events import (
    Event,
    LineLogged,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Step,
    StepStarted,
)
from tui.domain.provenance import NOTE_TYPE
from tui.sandbox import images
from tui.sandbox.arm import Failure

IMAGE = "shop/api:1.0.0"


def push_signed(lab: Lab) -> tuple[images.Image, images.Image]:
    """An index of two platforms with a signature, in the base."""
    image = lab.push("base", "shop/api", "1.0.0", images.index([picture(1), picture(2, platform="linux/arm64")]))
    signature = images.artifact("application/vnd.example.signature", b"s", payload_type="text/plain", subject=image)
    lab.push("base", "shop/api", None, signature)
    return image, signature


async def is_whole(lab: Lab, image: images.Image) -> bool:
    """True where dev holds the image under its tag, with every child."""
    dev = lab.environment("dev")
    for child in image.children:
        await lab.tools.registries[dev].fetch_manifest(lab.request(IMAGE, "dev").repository, child.digest)
    return await lab.held("dev", IMAGE) == image.digest


def lines(events: list[Event]) -> str:
    return "\n".join(event.text for event in events if isinstance(event, LineLogged))


async def test_an_index_arrives_whole_with_its_signature_and_no_blob_of_it_passes_here(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        lab = azure.lab
        image, signature = push_signed(lab)
        plan = await lab.bench.plan(lab.request(IMAGE, "dev"))
        served = lab.registries["base"].requests["GET", "blob"]
        events = await lab.promote(plan)
        assert await is_whole(lab, image)
        found = await lab.tools.registries[lab.environment("dev")].referrers(plan.request.repository, image.digest)
        passed = lab.registries["base"].requests["GET", "blob"] - served
        assert 0 < passed <= len(signature.blobs)  # its empty config may be there already: the note needs that as well
        assert [request.mode for request in azure.arm.imports] == ["NoForce"]
    assert plan.forecast.engine is EngineName.ACR_IMPORT
    assert [item.digest for item in found if item.artifact_type != NOTE_TYPE] == [signature.digest]
    assert isinstance(events[-1], PromotionSucceeded)


async def test_an_image_alone_is_one_import_and_a_tag(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        lab = azure.lab
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("dev", "shop/api", "1.0.0", picture(2))
        plan = await lab.bench.plan(lab.request(IMAGE, "dev"))
        served = lab.registries["base"].requests["GET", "blob"]
        events = await lab.promote(plan)
        assert await lab.held("dev", IMAGE) == image.digest
        assert lab.registries["base"].requests["GET", "blob"] == served
        assert [request.mode for request in azure.arm.imports] == ["Force"]
    assert isinstance(events[-1], PromotionSucceeded)


def forbid_import(azure: AzureLab) -> None:
    azure.arm.faults.forbid_import = True


def forbid_source(azure: AzureLab) -> None:
    azure.arm.faults.forbid_source = True


def fail(azure: AzureLab) -> None:
    azure.arm.faults.fail_operation = Failure("InternalServerError", "Something went wrong.")


def hit_a_smaller_limit(azure: AzureLab) -> None:
    azure.arm.faults.max_manifests = 1


@pytest.mark.parametrize("fault", [forbid_import, forbid_source, fail, hit_a_smaller_limit])
async def test_what_azure_does_not_import_goes_on_with_direct(
    tmp_path: Path, fault: Callable[[AzureLab], None]
) -> None:
    async with azure_laboratory(tmp_path) as azure:
        image, _ = push_signed(azure.lab)
        fault(azure)
        plan = await azure.lab.bench.plan(azure.lab.request(IMAGE, "dev"))
        events = await azure.lab.promote(plan)
        assert await is_whole(azure.lab, image)
    assert plan.forecast.engine is EngineName.ACR_IMPORT
    assert "goes on with direct" in lines(events)
    assert isinstance(events[-1], PromotionSucceeded)


async def test_asked_for_by_name_it_fails_with_the_role_that_is_missing(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        push_signed(azure.lab)
        forbid_import(azure)
        request = azure.lab.request(IMAGE, "dev", engine=EngineName.ACR_IMPORT)
        events = await azure.lab.promote(await azure.lab.bench.plan(request))
        assert await azure.lab.held("dev", IMAGE) is None
    assert isinstance(events[-1], PromotionFailed)
    assert "az role assignment create" in events[-1].cause
    assert "--engine direct" in events[-1].cause


async def test_abac_is_known_beforehand(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path, abac=frozenset({"dev"})) as azure:
        image, _ = push_signed(azure.lab)
        plan = await azure.lab.bench.plan(azure.lab.request(IMAGE, "dev"))
        events = await azure.lab.promote(plan)
        assert await is_whole(azure.lab, image)
        assert not azure.arm.imports
    assert plan.forecast.engine is EngineName.DIRECT
    assert "ABAC" in plan.forecast.instead
    assert isinstance(events[-1], PromotionSucceeded)


async def test_without_azures_permission_to_look_it_is_direct(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        image, _ = push_signed(azure.lab)
        azure.arm.faults.unauthorised = True
        plan = await azure.lab.bench.plan(azure.lab.request(IMAGE, "dev"))
        await azure.lab.promote(plan)
        assert await is_whole(azure.lab, image)
    assert plan.forecast.instead.startswith("not acr-import: Azure cannot be asked to import")


async def test_a_throttled_azure_is_not_waited_for_to_the_end(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        image, _ = push_signed(azure.lab)
        plan = await azure.lab.bench.plan(azure.lab.request(IMAGE, "dev"))
        azure.arm.faults.throttled, azure.arm.faults.retry_after = 1000, 0
        events = await azure.lab.promote(plan)
        assert await is_whole(azure.lab, image)
    assert "Azure asks to wait" in lines(events)
    assert isinstance(events[-1], PromotionSucceeded)


async def test_a_tag_that_was_locked_meanwhile_is_not_set_by_azure_either(tmp_path: Path) -> None:
    async with azure_laboratory(tmp_path) as azure:
        lab, dev = azure.lab, azure.lab.environment("dev")
        push_signed(lab)
        old = lab.push("dev", "shop/api", "1.0.0", picture(5))
        plan = await lab.bench.plan(lab.request(IMAGE, "dev"))
        events: list[Event] = []
        async for record in lab.promoting(plan):
            events.append(record.event)
            if isinstance(record.event, StepStarted) and record.event.step is Step.PUSH:
                await lab.tools.lockers[dev].lock(plan.request.repository, plan.request.target_tag)
        assert await lab.held("dev", IMAGE) == old.digest
        assert not any(request.target_tags for request in azure.arm.imports)
    assert isinstance(events[-1], PromotionRefused)
    assert events[-1].gate == "lock"
    assert "windlass unlock shop/api:1.0.0 --in dev" in events[-1].remedy
