"""Manifests, indexes and configs: strict where a lenient reader would be fooled."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain import media
from tui.domain.config import parse_config
from tui.domain.content import Index, Manifest, RawManifest, digest_of, parse_manifest
from tui.domain.fields import InvalidContent
from tui.domain.platform import Platform

CONFIG = {"mediaType": media.OCI_CONFIG, "digest": "sha256:" + "c" * 64, "size": 7}
LAYER = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + "a" * 64, "size": 10}
CHILD = {"mediaType": media.OCI_MANIFEST, "digest": "sha256:" + "b" * 64, "size": 3}
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
)


def raw(document: object, media_type: str = media.OCI_MANIFEST) -> RawManifest:
    body = json.dumps(document).encode()
    return RawManifest(media_type, body, digest_of(body))


def test_an_image_manifest_names_config_and_layers() -> None:
    manifest = parse_manifest(raw({"config": CONFIG, "layers": [LAYER, LAYER], "annotations": {"b": "2", "a": "1"}}))
    assert isinstance(manifest, Manifest)
    assert manifest.is_image
    assert [str(blob.digest) for blob in manifest.blobs] == [CONFIG["digest"], LAYER["digest"]]
    assert manifest.annotations == (("a", "1"), ("b", "2"))
    assert manifest.children == ()


def test_a_foreign_layer_is_no_blob_of_the_registry() -> None:
    foreign = LAYER | {"urls": ["https://elsewhere.example/layer"]}
    manifest = parse_manifest(raw({"config": CONFIG, "layers": [foreign]}))
    assert [str(blob.digest) for blob in manifest.blobs] == [CONFIG["digest"]]


def test_an_index_names_platforms_and_leaves_attestations_out() -> None:
    arm = CHILD | {"platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}}
    attestation = CHILD | {"platform": {"os": "unknown", "architecture": "unknown"}}
    index = parse_manifest(raw({"manifests": [arm, attestation, LAYER]}, media.OCI_INDEX))
    assert isinstance(index, Index)
    assert [str(platform) for platform in index.platforms] == ["linux/arm64/v8"]
    assert len(index.children) == 2
    assert [str(blob.digest) for blob in index.blobs] == [LAYER["digest"]]


@pytest.mark.parametrize(
    ("document", "media_type", "complaint"),
    [
        ({"manifests": [], "layers": []}, media.OCI_INDEX, "both manifests and layers"),
        ({"manifests": [], "config": CONFIG}, media.OCI_MANIFEST, "both manifests and layers"),
        ({"mediaType": media.OCI_INDEX, "config": CONFIG}, media.OCI_MANIFEST, "its body says"),
        ({"config": CONFIG, "layers": "x"}, media.OCI_MANIFEST, "layers is not a list"),
        ({"layers": []}, media.OCI_MANIFEST, "config is not a JSON object"),
        ({"config": CONFIG | {"size": -1}}, media.OCI_MANIFEST, "size is not a number of bytes"),
        ({"config": CONFIG | {"size": 2**63}}, media.OCI_MANIFEST, "size is not a number of bytes"),
        ({"config": CONFIG | {"size": True}}, media.OCI_MANIFEST, "size is not a number of bytes"),
        ({"config": CONFIG | {"digest": "sha256:../../etc"}}, media.OCI_MANIFEST, "no digest"),
        ({"config": CONFIG | {"digest": 7}}, media.OCI_MANIFEST, "digest is not a string"),
        ([], media.OCI_MANIFEST, "not a JSON object"),
        ({}, "text/html", "neither a manifest nor an index"),
    ],
)
def test_what_could_fool_a_reader_is_refused(document: object, media_type: str, complaint: str) -> None:
    with pytest.raises(InvalidContent, match=complaint):
        parse_manifest(raw(document, media_type))


@given(json_values, st.sampled_from([media.OCI_MANIFEST, media.OCI_INDEX]))
def test_any_json_parses_or_is_refused(document: object, media_type: str) -> None:
    try:
        parse_manifest(raw(document, media_type))
    except InvalidContent as error:
        assert str(error).isprintable()


@given(st.binary(max_size=64))
def test_any_bytes_parse_as_config_or_are_refused(body: bytes) -> None:
    try:
        parse_config(body)
    except InvalidContent as error:
        assert str(error).isprintable()


def test_nesting_that_would_exhaust_the_stack_is_refused() -> None:
    with pytest.raises(InvalidContent):
        parse_config(b"[" * 100_000)


def test_a_config_tells_platform_labels_and_creation() -> None:
    document = {
        "os": "linux",
        "architecture": "amd64",
        "created": "2026-11-20T10:00:00.123456789Z",
        "config": {"Labels": {"x": "[@click=app.quit]", "esc": "a\x1b[2Jb"}},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "d" * 64]},
    }
    config = parse_config(json.dumps(document).encode())
    assert config.platform == Platform("linux", "amd64")
    assert config.created == datetime(2026, 11, 20, 10, 0, 0, 123456, UTC)
    assert dict(config.labels) == {"x": "[@click=app.quit]", "esc": "a\ufffd[2Jb"}
    assert len(config.diff_ids) == 1


def test_an_empty_config_is_an_artifacts() -> None:
    config = parse_config(b"{}")
    assert not config.platform.is_known
    assert config.created is None


def test_a_manifest_describes_itself() -> None:
    manifest = raw({"config": CONFIG, "layers": []})
    assert manifest.descriptor.size == len(manifest.body)
    assert manifest.descriptor.digest == manifest.digest


def test_a_media_type_that_is_no_short_string_is_refused() -> None:
    with pytest.raises(InvalidContent, match="not a string of at most 255"):
        parse_manifest(raw({"config": CONFIG | {"mediaType": "x" * 256}}))


def test_the_same_bytes_are_parsed_once_while_somebody_holds_what_they_say() -> None:
    served = raw({"config": CONFIG, "layers": [LAYER], "annotations": {"large": "x" * 100_000}})
    held = parse_manifest(served)
    assert parse_manifest(RawManifest(served.media_type, bytes(bytearray(served.body)), served.digest)) is held


def test_other_bytes_under_the_same_digest_are_read_for_themselves() -> None:
    first = raw({"config": CONFIG, "layers": [LAYER]})
    held = parse_manifest(first)
    lying = RawManifest(first.media_type, first.body.replace(b'"size": 10', b'"size": 11'), first.digest)
    assert parse_manifest(lying) != held


def test_the_same_bytes_served_as_another_type_are_not_taken_for_the_first() -> None:
    served = raw({"config": CONFIG, "layers": [LAYER]})
    held = parse_manifest(served)
    assert isinstance(held, Manifest)
    assert isinstance(parse_manifest(RawManifest(media.OCI_INDEX, served.body, served.digest)), Index)
