"""Signatures that the real tools made and others published: what is read and proved here is what they wrote."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.domain.content import Descriptor, digest_of
from tui.domain.fields import InvalidContent
from tui.domain.reference import Digest
from tui.domain.signature_bundle import read_envelope
from tui.domain.signature_fields import Signed
from tui.domain.signature_formats import SIMPLE_SIGNING, read_simple_signing
from tui.domain.signature_notary import read_jws
from tui.trust.keys import PublicKeys

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

# cosign 1.x, keyless, with the certificate that it was made with (ratify's tests, pkg/verifier/cosign).
COSIGN_IMAGE = Digest.parse("sha256:623621b56649b5e0c2c7cf3ffd987932f8f9a5a01036e00d6f3ae9480087621c")
COSIGN_PAYLOAD = (
    b'{"critical":{"identity":{"docker-reference":"wabbitnetworks.azurecr.io/test/cosign-image"},'
    b'"image":{"docker-manifest-digest":"sha256:623621b56649b5e0c2c7cf3ffd987932f8f9a5a01036e00d6f3ae9480087621c"},'
    b'"type":"cosign container image signature"},"optional":null}'
)
COSIGN_SIGNATURE = "MEUCIFBlKbxxg1Ni++g99jeWO8Of3g5L0Xd+qMzdqCZySQ8DAiEA3lcOJPJ1FQOahtWaRU0hG0XxFEsbcVx6SIyzYQMMR0A="
COSIGN_CERTIFICATE = (
    "MIICoDCCAiagAwIBAgIURVuJJz9H2lTVWO67PnsgtMtSmlMwCgYIKoZIzj0EAwMwNzEVMBMGA1UEChMMc2lnc3RvcmUuZGV2MR4w"
    "HAYDVQQDExVzaWdzdG9yZS1pbnRlcm1lZGlhdGUwHhcNMjMwMjE2MDUyMzA0WhcNMjMwMjE2MDUzMzA0WjAAMFkwEwYHKoZIzj0C"
    "AQYIKoZIzj0DAQcDQgAE7eKu8pk7g2/IRhRy2P/2HcsSBcX6BZhOCIslH05AXqK5eKBFO0eM+hHqqiima4Tnwzc1sOot8tTFw9yD"
    "DmxpNKOCAUUwggFBMA4GA1UdDwEB/wQEAwIHgDATBgNVHSUEDDAKBggrBgEFBQcDAzAdBgNVHQ4EFgQULiUDz1Dnoh9UMgioO1tY"
    "n0w5IBUwHwYDVR0jBBgwFoAU39Ppz1YkEZb5qNjpKFWixi4YZD8wIAYDVR0RAQH/BBYwFIESc296ZXJjYW5AZ21haWwuY29tMCwG"
    "CisGAQQBg78wAQEEHmh0dHBzOi8vZ2l0aHViLmNvbS9sb2dpbi9vYXV0aDCBiQYKKwYBBAHWeQIEAgR7BHkAdwB1AN09MGrGxxEy"
    "YxkeHJlnNwKiSl643jyt/4eKcoAvKe6OAAABhlitGLUAAAQDAEYwRAIgONkdpHynlo2tOobpnrDWOB6KypqkVvtUmFJ+RSUH+H0C"
    "IEMHtL6mrx3y3eUkpv27nQLRTZwWrFr84guC0xQwpuYjMAoGCCqGSM49BAMDA2gAMGUCMAkLrNxkWe4O1VlN58Oc4mvdPxp4ZhQt"
    "WKR3rEFPJioj7W9lL0Pw5mVr9FBzH6sZpgIxAPj8IPVOUUSStSXh7RWjt+ITIyWpwIz7PkuiOE0pCG6HvGCvl+fTi0MPvrSPhrre"
    "eg=="
)

# A Sigstore bundle signed with a key (sigstore-conformance, intoto-canonical-log-entry).
BUNDLE_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7pBlkILi/WN1X8FiQTlZBK2/GlQDOl9bn1iDaSE8B5Eu+uccNndQid2Nmgp8mrTW"
    "hT2XhZbshUGMDSDx/6jwvw=="
)
BUNDLE_PAYLOAD = (
    "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiYS50eHQiLCJkaWdl"
    "c3QiOnsic2hhMjU2IjoiYTBjZmM3MTI3MWQ2ZTI3OGU1N2NkMzMyZmY5NTdjM2Y3MDQzZmRkYTM1NGM0Y2JiMTkwYTMwZDU2ZWZh"
    "MDFiZiJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL2V4YW1wbGUuY29tL3Rlc3QiLCJwcmVkaWNhdGUiOnt9fQ=="
)
BUNDLE_SIGNATURE = "MEUCIBb8Pe4/Z0vKtXSvAHV6pcC1F3eTwCZnVejwWERFVwKeAiEAre6v18YSEs3mKaeMgE8Ti0l62CzT5yZvwfGiVd1eTIw="

# Notation 1.0.0, with the certificate that it was made with (notation-go, internal/testdata).
NOTARY_IMAGE = Digest.parse("sha256:19dbd2e48e921426ee8ace4dc892edfb2ecdc1d1a72d5416c83670c30acecef0")
NOTARY_PAYLOAD = (
    "eyJ0YXJnZXRBcnRpZmFjdCI6eyJkaWdlc3QiOiJzaGEyNTY6MTlkYmQyZTQ4ZTkyMTQyNmVlOGFjZTRkYzg5MmVkZmIyZWNkYzFk"
    "MWE3MmQ1NDE2YzgzNjcwYzMwYWNlY2VmMCIsIm1lZGlhVHlwZSI6ImFwcGxpY2F0aW9uL3ZuZC5vY2kuaW1hZ2UubWFuaWZlc3Qu"
    "djEranNvbiIsInNpemUiOjQ4MX19"
)
NOTARY_HEADER = (
    "eyJhbGciOiJQUzI1NiIsImNyaXQiOlsiaW8uY25jZi5ub3Rhcnkuc2lnbmluZ1NjaGVtZSJdLCJjdHkiOiJhcHBsaWNhdGlvbi92"
    "bmQuY25jZi5ub3RhcnkucGF5bG9hZC52MStqc29uIiwiaW8uY25jZi5ub3Rhcnkuc2lnbmluZ1NjaGVtZSI6Im5vdGFyeS54NTA5"
    "IiwiaW8uY25jZi5ub3Rhcnkuc2lnbmluZ1RpbWUiOiIyMDIzLTAzLTE0VDE2OjEwOjAyKzA4OjAwIn0"
)
NOTARY_SIGNATURE = (
    "eac34SOR2yT0jJcqu2Kd_3TxOBLhRU06RW1ue39Yg_VJeB2v0hYMy-Ufb-q1edcmh9S6LwXX9yRe4xeWaH-rjO_34q3e3nhSYV2d"
    "MUx78uQs2Np_6QhdEr0RZwZw9Vw0Jxr-FuMD7gBGdIQlJKbA7HHzBV9B0Gyy6I_SWnQuXtoOBEsFVFHJrT6UeZd2LrUcNRtqvkwj"
    "P0Hydx1RwPJMiGHu-K2sCBMeZuRRMhOqDyC9ArqapcnHgu0Cemoiur1zADm2MdUBvqkUsfc6Ogh9gknfDEpO4z66Kogt4zA7hqCl"
    "2d_nKKY4rIIIsrGUDZ0C3d7eWLP_YRordU6Mbs2ozg"
)
NOTARY_CERTIFICATE = (
    "MIIDQDCCAiigAwIBAgIBUTANBgkqhkiG9w0BAQsFADBOMQswCQYDVQQGEwJVUzELMAkGA1UECBMCV0ExEDAOBgNVBAcTB1NlYXR0"
    "bGUxDzANBgNVBAoTBk5vdGFyeTEPMA0GA1UEAxMGYWxwaW5lMCAXDTAwMDgyOTEzNTAwMFoYDzIxMjMwODI5MTM1MDAwWjBOMQsw"
    "CQYDVQQGEwJVUzELMAkGA1UECBMCV0ExEDAOBgNVBAcTB1NlYXR0bGUxDzANBgNVBAoTBk5vdGFyeTEPMA0GA1UEAxMGYWxwaW5l"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAocg3qEsyNDDLfB8OHD4dhi+M1NPK1Asy5NX84c+gvacZuoPLTwmpOfm6"
    "nPt7GPPB9G7S6xxhFNbRxTYfYUjK+kaCj38XjBRf5lGewbSJKVkxQ82/axU70ceSW3JpazrageN9JUTZ/Jfi4MfnipITwcmMoiij"
    "8eGrHskjyVyZbJd0WMMKRDWVhLPUiPMVWt/4d7YtZItzacaQKtXmXgsTCTWpIols3gftNYjrQoMsUelUdD8vOAWN9J28/SyC+uSh"
    "/K1KfyUlbqufn4di8DEBxntP5wnXYbJL1jtjsUgExAVjQxT1zI59X36m3t3YKqCQh1cud02L5onObY6zj57N6QIDAQABoycwJTAO"
    "BgNVHQ8BAf8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwMwDQYJKoZIhvcNAQELBQADggEBAC8AjBLy7EsRpi6oguCdFSb6nRGj"
    "vF17N+b6mDb3sARnB8T1pxvzTT26ya+AyWR+jjodEwbMIS+13lV+9qT2LwqlbOUNY519Pa2GRRY72JjeowWI3iKkKaMzfZUB7lRT"
    "GXdEuZApLbTO/3JVcR9ffu00N1UaAP9YGElSt4JDJYA9M+d/Qto+HiIsE0Kj+jdnwIYovPPOlryKOLfFb/r1GEq7n63xFZz83iyW"
    "NaZdsJ5N3YHxdOpkbBbCalOEBDJTjQKqeAYBLoANNU0OBslmqHCSBTEnhbqJHN6QKyF09ScOl5LwM1QsTl0UY5siGLAfj/jSf9OH"
    "9VLTPHOS8/N0Ka4="
)


def pem(file: Path, kind: str, body: str) -> str:
    file.write_text(f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n")
    return str(file)


async def is_proved(key: str, signed: Signed) -> bool:
    return await PublicKeys().verifies(key, signed.message, signed.signature, signed.algorithm)


async def test_what_cosign_signed(tmp_path: Path) -> None:
    key = pem(tmp_path / "leaf.pem", "CERTIFICATE", COSIGN_CERTIFICATE)
    notes = (("dev.cosignproject.cosign/signature", COSIGN_SIGNATURE),)
    layer = Descriptor(SIMPLE_SIGNING, digest_of(COSIGN_PAYLOAD), len(COSIGN_PAYLOAD), annotations=notes)
    assert await is_proved(key, read_simple_signing(layer, COSIGN_PAYLOAD, COSIGN_IMAGE))


async def test_what_a_bundle_holds(tmp_path: Path) -> None:
    key = pem(tmp_path / "key.pub", "PUBLIC KEY", BUNDLE_KEY)
    signatures = [{"sig": BUNDLE_SIGNATURE, "keyid": ""}]
    envelope = {"payload": BUNDLE_PAYLOAD, "payloadType": "application/vnd.in-toto+json", "signatures": signatures}
    (signed,) = read_envelope(envelope, "a bundle")
    assert await is_proved(key, signed)


async def test_what_notation_signed(tmp_path: Path) -> None:
    key = pem(tmp_path / "leaf.pem", "CERTIFICATE", NOTARY_CERTIFICATE)
    envelope = {"payload": NOTARY_PAYLOAD, "protected": NOTARY_HEADER, "signature": NOTARY_SIGNATURE}
    signed = read_jws(json.dumps(envelope).encode(), NOTARY_IMAGE, NOW)
    assert signed.algorithm == "PS256"
    assert await is_proved(key, signed)
    with pytest.raises(InvalidContent, match="another image"):
        read_jws(json.dumps(envelope).encode(), COSIGN_IMAGE, NOW)
