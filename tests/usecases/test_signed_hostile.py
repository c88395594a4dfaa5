"""What a registry holds as a signature may be anything: it is a reason why none is verified, and hides no good one."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lab import Lab
from tests.signing import BUNDLE, COSIGN, SIMPLE_SIGNING, bundled, simple_signing
from tests.usecases.signing_lab import IMAGE, OTHER, SIGNED, SIGNER, STRANGER, verdict, wanting
from tui.domain.content import RawManifest
from tui.domain.environment import EngineName
from tui.domain.media import OCI_MANIFEST
from tui.domain.plan import Forecast, Keeping
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.verdict import Verdict
from tui.ports.errors import NotFound, RegistryError
from tui.sandbox import images
from tui.trust.keys import PublicKeys
from tui.usecases.evidence import Evidence
from tui.usecases.signed import judge_signed

HOSTILE = {
    "not JSON": (SIMPLE_SIGNING, b"\xff{", "is not a JSON object"),
    "a list": (SIMPLE_SIGNING, b"[]", "is not a JSON object"),
    "nested": (BUNDLE, b'{"dsseEnvelope":' + b"[" * 100_000, "is not a JSON object"),
    "wrong types": (BUNDLE, b'{"dsseEnvelope": 7}', "dsseEnvelope in a Sigstore bundle is not"),
    "empty": (BUNDLE, b"{}", "without a signature"),
    "no base64": (BUNDLE, b'{"messageSignature": {"signature": "\xc3\xa4"}}', "is not base64"),
    "half": ("application/jose+json", b'{"payload": "e30"}', "has no protected"),
    "COSE": ("application/cose", b"\xd2\x84", "COSE"),
    "unknown": ("text/plain\x1b[31m", b"x", "no format of signatures"),
    "huge": (SIMPLE_SIGNING, b"x" * (1024 * 1024 + 1), "at most 1048576 are read"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_content_is_a_reason_and_hides_no_good_signature(tmp_path: Path, name: str) -> None:
    media_type, body, told = HOSTILE[name]
    notes = {"dev.cosignproject.cosign/signature": base64.b64encode(b"x").decode()}
    bad = images.artifact(COSIGN, body, payload_type=media_type, subject=SIGNED, payload_notes=notes)
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, bad)
        refused = await verdict(lab)
        lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
        passed = await verdict(lab)
    assert not refused.passed
    assert told in refused.reason
    assert "\x1b" not in refused.reason
    assert passed.passed


async def test_each_reason_is_said_once_and_only_so_many_signatures_are_read(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        for _ in range(25):
            lab.push("base", "shop/api", None, STRANGER.cosign(SIGNED))
        found = await verdict(lab)
        reads = lab.registries["base"].requests["GET", "blob"]
    assert found.reason.count("made by another key") == 1
    assert "only the first 20 signatures are looked at" in found.reason
    assert reads <= 20 + 1  # and the config


async def test_a_payload_of_another_type_is_no_signature_of_an_image(tmp_path: Path) -> None:
    payload = simple_signing(SIGNED.digest, "atomic container signature")
    notes = {"dev.cosignproject.cosign/signature": base64.b64encode(SIGNER.sign(payload)).decode()}
    signature = images.artifact(COSIGN, payload, payload_type=SIMPLE_SIGNING, subject=SIGNED, payload_notes=notes)
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, signature)
        assert not (await verdict(lab)).passed


class Spoiled:
    """A registry that answers otherwise where one manifest is fetched."""

    def __init__(self, registry: object, digest: Digest, answer: RawManifest | RegistryError) -> None:
        self._registry = registry
        self._digest = digest
        self._answer = answer

    def __getattr__(self, name: str) -> object:
        return getattr(self._registry, name)

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        if reference != self._digest:
            return await self._registry.fetch_manifest(repository, reference)  # pyright: ignore
        if isinstance(self._answer, RegistryError):
            raise self._answer
        return self._answer


GARBAGE = RawManifest(OCI_MANIFEST, b"{", images.digest_of(b"{"))
GONE = NotFound("fetch", "base", "it answers 404")


async def judged(lab: Lab, of: Digest, answer: RawManifest | RegistryError, **changes: Any) -> Verdict:
    """The verdict on what a plan found, where the source now answers otherwise."""
    plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
    base, prod = lab.tools.registries
    tools = replace(lab.tools, registries={base: Spoiled(lab.tools.registries[base], of, answer)}, trust=PublicKeys())
    found = Evidence(plan.request, plan.digest, plan.current, plan.companions, plan.forecast)
    (said,) = await judge_signed(replace(found, **changes), tools)
    assert prod == plan.request.target
    return said


@pytest.mark.parametrize(
    ("answer", "told"), [(GONE, "could not be read: it answers 404"), (GARBAGE, "is not whole: the manifest is not")]
)
async def test_a_signature_that_cannot_be_fetched_is_a_reason(
    tmp_path: Path, answer: RawManifest | RegistryError, told: str
) -> None:
    async with wanting(tmp_path) as lab:
        signature = lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
        refused = await judged(lab, signature.digest, answer)
    assert not refused.passed
    assert told in refused.reason


async def test_an_image_that_cannot_be_fetched_is_not_verified(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
        refused = await judged(lab, SIGNED.digest, GONE)
    assert (refused.passed, refused.reason) == (False, "the image could not be read: it answers 404")


async def test_a_signature_whose_content_is_gone_is_a_reason(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        signature = lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
        for digest in signature.blobs:
            lab.registries["base"].store.delete_blob(Repository("shop/api"), digest)
        found = await verdict(lab)
    assert not found.passed
    assert "a signature could not be read" in found.reason


async def test_a_manifest_without_a_signature_is_a_reason(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", f"sha256-{SIGNED.digest.hex}.sig", images.index([OTHER]))
        found = await verdict(lab)
    assert found.reason == "no signature is verified: what should be a signature holds none"


async def test_many_reasons_are_cut(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        for number in range(7):
            bad = images.artifact(COSIGN, b"x", payload_type=f"text/{number}", subject=SIGNED)
            lab.push("base", "shop/api", None, bad)
        found = await verdict(lab)
    assert found.reason.endswith("; and 3 more reasons")


async def test_a_docker_engine_would_leave_it_behind(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
        forecast = Forecast(EngineName.DOCKER, Keeping.UNSURE, "pulls, tags, pushes")
        refused = await judged(lab, SIGNED.digest, GONE, forecast=forecast)
    assert (refused.passed, refused.remedy) == (False, "use --engine direct")


async def test_without_anything_to_verify_with_nothing_passes(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
        lab.bench.tools = replace(lab.tools, trust=None)
        assert not (await verdict(lab)).passed


BUNDLES: dict[str, tuple[dict[str, Any], str]] = {
    "other payload": ({"dsseEnvelope": {"payloadType": "text/plain"}}, "a payload of the type text/plain"),
    "unsigned": ({"dsseEnvelope": {"signatures": []}}, "without a signature"),
    "no statement": ({"dsseEnvelope": {"payload": "e30="}}, "has no _type"),
    "other statement": ({"dsseEnvelope": {"payload": "eyJfdHlwZSI6ICJ4In0="}}, "without an in-toto statement"),
    "keyless": ({"verificationMaterial": {"certificate": {}}}, "a keyless Sigstore bundle made by another key"),
}


@pytest.mark.parametrize("name", BUNDLES)
async def test_a_bundle_that_is_not_what_it_should_be(tmp_path: Path, name: str) -> None:
    changes, told = BUNDLES[name]
    bundle = STRANGER.statement(SIGNED.digest)
    for key, change in changes.items():
        bundle[key] = bundle[key] | change if key == "dsseEnvelope" else change
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, bundled(bundle, SIGNED))
        found = await verdict(lab)
    assert not found.passed
    assert told in found.reason


async def test_a_cosign_layer_without_its_signature_is_none(tmp_path: Path) -> None:
    payload = simple_signing(SIGNED.digest)
    async with wanting(tmp_path) as lab:
        lab.push(
            "base", "shop/api", None, images.artifact(COSIGN, payload, payload_type=SIMPLE_SIGNING, subject=SIGNED)
        )
        found = await verdict(lab)
    assert "its layer carries no signature" in found.reason
