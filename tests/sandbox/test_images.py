"""Builders of images: real content, the same bytes for the same arguments."""

import gzip
import io
import json
import random
import tarfile
from datetime import UTC, datetime

import pytest

from tui.domain.content import digest_of
from tui.domain.media import DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX
from tui.domain.reference import Repository
from tui.sandbox.dialects import DOCKER
from tui.sandbox.images import ARM64, artifact, image, index, push_into
from tui.sandbox.layers import archive, layer, random_layer, ready_layer, recompressed

CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FILES = {"app/main.py": b"print()", "app/empty": b""}


def config_of(made):
    body = json.loads(made.manifest)
    digests = {str(digest): content.data for digest, content in made.blobs.items()}
    return json.loads(digests[body["config"]["digest"]])


def test_an_archive_is_a_tar_with_the_files():
    with tarfile.open(fileobj=io.BytesIO(archive(FILES))) as found:
        contents = {each.name: found.extractfile(each) for each in found}
        assert {name: file and file.read() for name, file in contents.items()} == FILES


def test_a_layer_is_gzip_and_knows_its_diff_id():
    made = layer(FILES)
    assert digest_of(gzip.decompress(made.data)) == made.diff_id
    assert digest_of(made.data) == made.digest


def test_an_uncompressed_layer_is_its_own_diff_id():
    made = layer(FILES, "none")
    assert made.digest == made.diff_id


def test_recompressing_changes_the_digest_and_not_the_diff_id():
    made = layer({"app/main.py": b"print()\n" * 500})
    again = recompressed(made, level=9)
    assert (again.diff_id, again.digest != made.digest) == (made.diff_id, True)


def test_zstd_is_left_to_others():
    with pytest.raises(ValueError, match="ready_layer"):
        layer(FILES, "zstd")


def test_a_ready_layer_keeps_its_bytes_and_type():
    made = image([ready_layer(b"packed", digest_of(b"tar"), "zstd")], created=CREATED)
    row = json.loads(made.manifest)["layers"][0]
    assert row["mediaType"] == "application/vnd.oci.image.layer.v1.tar+zstd"
    assert row["digest"] == str(digest_of(b"packed"))


def test_the_same_arguments_make_the_same_bytes():
    first, second = (image([random_layer(100, random.Random(3))], created=CREATED) for _ in range(2))
    assert first == second


def test_a_config_holds_platform_labels_time_and_diff_ids():
    base = layer(FILES)
    config = config_of(image([base], created=CREATED, platform=ARM64, labels={"k": "v"}))
    assert (config["os"], config["architecture"]) == ("linux", "arm64")
    assert config["created"] == "2026-01-02T03:04:05Z"
    assert config["config"]["Labels"] == {"k": "v"}
    assert config["rootfs"]["diff_ids"] == [str(base.diff_id)]


def test_a_docker_image_has_docker_media_types():
    made = image([layer(FILES)], created=CREATED, dialect=DOCKER)
    body = json.loads(made.manifest)
    assert made.media_type == body["mediaType"] == DOCKER_MANIFEST
    assert body["layers"][0]["mediaType"] == "application/vnd.docker.image.rootfs.diff.tar.gzip"


@pytest.mark.parametrize(("dialect", "expected"), [(None, OCI_INDEX), (DOCKER, DOCKER_LIST)])
def test_an_index_lists_its_children_by_platform(small, dialect, expected):
    made = index([small], dialect=dialect) if dialect else index([small])
    row = json.loads(made.manifest)["manifests"][0]
    assert made.media_type == expected
    assert row["platform"] == {"architecture": "amd64", "os": "linux"}
    assert row["digest"] == str(small.digest)


def test_an_artifact_names_type_and_subject(small):
    made = artifact("application/x-sbom", b"x", payload_type="text/plain", subject=small)
    body = json.loads(made.manifest)
    assert body["artifactType"] == "application/x-sbom"
    assert body["subject"]["digest"] == str(small.digest)


def test_pushing_loads_children_blobs_and_tag(registry, small):
    whole = index([small])
    push_into(registry, "shop/api", whole, "1.0.0")
    name = Repository("shop/api")
    assert registry.store.tags(name) == {"1.0.0": whole.digest}
    manifest = registry.store.manifest(name, whole.digest)
    assert manifest is not None
    assert registry.store.lacks(name, manifest) == []
    assert all(registry.store.blob(name, digest) for digest in small.blobs)
