"""Signatures are proved with the keys of the settings, whatever else a registry says about them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import NOW, laboratory
from tests.signing import BUNDLE, Signer, bundled
from tests.usecases.signing_lab import IMAGE, OTHER, SIGNED, SIGNER, STRANGER, verdict, wanting
from tui.domain.environment import Environment, GateRules
from tui.domain.verdict import Verdict
from tui.sandbox import images
from tui.sandbox.images import Image

Signing = Callable[[Signer, Image], Image]


def by_message(signer: Signer, subject: Image) -> Image:
    return bundled(signer.message(subject.manifest), subject)


KINDS: dict[str, Signing] = {
    "a cosign signature": Signer.cosign,
    "a Sigstore bundle": Signer.bundle,
    "a Sigstore bundle ": by_message,
    "a Notary signature": Signer.notary,
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_signature_by_the_key_is_verified_and_the_key_is_named(tmp_path: Path, kind: str) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, KINDS[kind](SIGNER, SIGNED))
        found = await verdict(lab)
    assert found.passed
    assert found.reason.startswith(f"{kind.strip()} verified with cosign.pub")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_signature_by_another_key_is_none(tmp_path: Path, kind: str) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, KINDS[kind](STRANGER, SIGNED))
        found = await verdict(lab)
    assert (found.passed, found.reason) == (
        False,
        f"no signature is verified: {kind.strip()} made by another key",
    )
    assert "cosign.pub" in found.remedy


@pytest.mark.parametrize("kind", KINDS)
async def test_a_signature_of_another_image_is_none_whatever_it_is_attached_to(tmp_path: Path, kind: str) -> None:
    signature = KINDS[kind](SIGNER, OTHER)
    document = json.loads(signature.manifest)
    document["subject"] = SIGNED.descriptor()
    document["subject"].pop("platform")
    body = json.dumps(document).encode()
    moved = replace(signature, manifest=body, digest=images.digest_of(body))
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, moved)
        found = await verdict(lab)
    assert not found.passed
    assert f"{kind.strip()} of another image" in found.reason


async def test_cosigns_tag_is_looked_at_as_well(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", f"sha256-{SIGNED.digest.hex}.sig", SIGNER.cosign(SIGNED, attached=False))
        assert (await verdict(lab)).passed


async def test_any_one_of_the_keys_and_of_the_signatures_is_enough(tmp_path: Path) -> None:
    keys = (STRANGER.public(tmp_path / "old.pub"), SIGNER.public(tmp_path / "new.pub"))
    async with wanting(tmp_path, *keys) as lab:
        lab.push("base", "shop/api", None, Signer().cosign(SIGNED))
        lab.push("base", "shop/api", None, SIGNER.bundle(SIGNED))
        found = await verdict(lab)
    assert found.passed
    assert "new.pub" in found.reason


@pytest.mark.parametrize(("written", "told"), [(None, "No such file"), ("no key", "holds no public key")])
async def test_a_key_that_cannot_be_used_is_said_with_its_file(tmp_path: Path, written: str | None, told: str) -> None:
    file = tmp_path / "lost.pub"
    if written:
        file.write_text(written)
    async with wanting(tmp_path, str(file)) as lab:
        lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
        found = await verdict(lab)
    assert not found.passed
    assert str(file) in found.reason
    assert told in found.reason
    assert "gates.signed_by" in found.reason


async def test_a_key_that_is_not_there_is_mended_before_anything_is_signed(tmp_path: Path) -> None:
    lost = str(tmp_path / "lost.pub")
    found: list[Verdict] = []
    for keys in ((lost,), (lost, STRANGER.public(tmp_path / "other.pub"))):
        async with wanting(tmp_path, *keys) as lab:
            lab.push("base", "shop/api", None, SIGNER.cosign(SIGNED))
            found.append(await verdict(lab))
    alone, beside = found
    missing = f"the public key {lost} cannot be read: No such file or directory; put it there or mend gates.signed_by"
    assert (alone.reason, alone.remedy) == (missing, "then look again")
    assert beside.reason == f"{missing}. No signature is verified: a cosign signature made by another key"
    assert beside.remedy == "sign it in base with the key of lost.pub or other.pub"


@pytest.mark.parametrize("attached", [True, False])
async def test_a_signature_that_only_the_source_lacks_is_said_to_be_further_back(
    tmp_path: Path, attached: bool
) -> None:
    rules = GateRules(signed=True)
    path = [Environment("base", "base"), Environment("test", "test"), Environment("prod", "prod", gates=rules)]
    async with laboratory(tmp_path, path) as lab:
        for name in ("base", "test"):
            lab.push(name, "shop/api", "1.0.0", SIGNED)
        request = lab.request(IMAGE, "prod", "test")
        nowhere = (await lab.bench.plan(request)).refusals
        tag = None if attached else f"sha256-{SIGNED.digest.hex}.sig"
        lab.push("base", "shop/api", tag, SIGNER.cosign(SIGNED, attached=attached))
        further_back = (await lab.bench.plan(request)).refusals
    assert [each.remedy for each in nowhere] == ["sign it in test"]
    assert [each.remedy for each in further_back] == [
        "sign it in test, or promote it there again from base, where it is signed"
    ]


async def test_a_signed_statement_that_is_no_signature_does_not_count(tmp_path: Path) -> None:
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, SIGNER.bundle(SIGNED, predicate="https://slsa.dev/provenance/v1"))
        found = await verdict(lab)
    assert not found.passed
    assert "attests https://slsa.dev/provenance/v1, which is no signature" in found.reason


async def test_a_signature_that_expired_is_none(tmp_path: Path) -> None:
    expiry = "io.cncf.notary.expiry"
    async with wanting(tmp_path) as lab:
        lab.push("base", "shop/api", None, SIGNER.notary(SIGNED, **{expiry: "2026-11-24T11:59:00Z"}))
        expired = await verdict(lab)
        lab.push("base", "shop/api", None, SIGNER.notary(SIGNED, **{expiry: "2026-11-24T12:01:00Z"}))
        fresh = await verdict(lab)
    assert NOW.isoformat() == "2026-11-24T12:00:00+00:00"
    assert "expired at 2026-11-24T11:59:00.000Z" in expired.reason
    assert (expired.passed, fresh.passed) == (False, True)


async def test_without_a_key_it_is_said_that_nothing_was_verified(tmp_path: Path) -> None:
    rules = GateRules(signed=True)
    async with laboratory(tmp_path, [Environment("base", "base"), Environment("prod", "prod", gates=rules)]) as lab:
        lab.push("base", "shop/api", "1.0.0", SIGNED)
        lab.push("base", "shop/api", None, STRANGER.cosign(SIGNED))
        found = await verdict(lab)
    assert found.passed
    assert found.reason == "1 found, not verified: no key is configured (gates.signed_by)"


@pytest.mark.parametrize(
    ("artifact_type", "notes", "counts"),
    [
        ("application/vnd.cncf.notary.signature", {}, True),
        ("application/vnd.dev.cosign.artifact.sig.v1+json", {}, True),
        (BUNDLE, {}, True),
        (BUNDLE, {"dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1"}, True),
        (BUNDLE, {"dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1"}, False),
        (BUNDLE, {"dev.sigstore.bundle.predicateType": "https://cyclonedx.org/bom"}, False),
        ("application/vnd.dev.cosign.artifact.sbom.v1+json", {}, False),
        ("application/vnd.dev.cosign.artifact.att.v1+json", {}, False),
        ("application/vnd.windlass.approval.v1", {}, False),
    ],
)
async def test_what_says_of_itself_that_it_is_a_signature_is_found(
    tmp_path: Path, artifact_type: str, notes: dict[str, str], counts: bool
) -> None:
    rules = GateRules(signed=True)
    async with laboratory(tmp_path, [Environment("base", "base"), Environment("prod", "prod", gates=rules)]) as lab:
        lab.push("base", "shop/api", "1.0.0", SIGNED)
        attached = images.artifact(artifact_type, b"s", payload_type="a/b", subject=SIGNED, annotations=notes)
        lab.push("base", "shop/api", None, attached)
        assert (await verdict(lab)).passed is counts
