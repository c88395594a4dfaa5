"""What a Docker Engine is said to do beforehand."""

import pytest

from tests.engine.docker.samples import (
    GZIP,
    OCI_GZIP,
    OCI_ZSTD,
    OTHER,
    SOME,
    descriptor,
    index_tree,
    manifest_tree,
    request,
    tree_of,
)  # fmt: skip
from tui.domain import media
from tui.domain.environment import EngineName
from tui.domain.plan import Forecast, Keeping, Tree
from tui.domain.platform import Platform
from tui.engine.docker.facts import EngineFacts, Store
from tui.engine.docker.forecast import explain_change, forecast

CLASSIC = EngineFacts("20.10.24", Store.CLASSIC, "linux", "amd64")
NEWER_CLASSIC = EngineFacts("24.0.7", Store.CLASSIC, "linux", "amd64")
CONTAINERD = EngineFacts("26.1.5", Store.CONTAINERD, "linux", "amd64")
HOST = Platform("linux", "amd64")
ARM = Platform("linux", "arm64")


def told(
    tree: Tree, facts: EngineFacts, platform: Platform | None = HOST, *, confirms_change: bool = False
) -> Forecast:
    return forecast(request(confirms_change=confirms_change), tree, facts, platform)


def schema2(indent: int | None = 3) -> Tree:
    return manifest_tree(media.DOCKER_MANIFEST, media.DOCKER_CONFIG, indent=indent)


def test_the_containerd_store_keeps_single_manifests() -> None:
    zstd = manifest_tree(layers=[descriptor(OCI_ZSTD)])
    for tree in (schema2(), schema2(None), manifest_tree(), zstd):
        assert (told(tree, CONTAINERD).keeping, told(tree, CONTAINERD).refusal) == (Keeping.KEPT, "")


def test_the_classic_store_rewrites_oci_manifests() -> None:
    found = told(manifest_tree(), CLASSIC)
    assert (found.keeping, found.refusal) == (Keeping.LOST, "")
    assert "schema 2" in found.sentence


def test_the_classic_store_may_keep_a_manifest_in_its_own_form() -> None:
    found = told(schema2(), CLASSIC)
    assert (found.keeping, found.refusal) == (Keeping.UNSURE, "")


def test_the_classic_store_loses_a_manifest_in_another_form() -> None:
    assert told(schema2(None), CLASSIC).keeping is Keeping.LOST
    body = schema2().root.raw.body
    assert told(tree_of(media.DOCKER_MANIFEST, body + b"\n"), CLASSIC).keeping is Keeping.LOST


@pytest.mark.parametrize("media_type", [media.OCI_INDEX, media.DOCKER_LIST])
def test_an_index_is_refused_unless_asked_for(media_type: str) -> None:
    tree = index_tree("linux/amd64", "linux/arm64", media_type=media_type)
    refused = told(tree, CLASSIC, None)
    assert "--engine direct" in refused.refusal
    assert "--allow-change" in refused.refusal
    asked = told(tree, CLASSIC, None, confirms_change=True)
    assert (asked.keeping, asked.refusal) == (Keeping.LOST, "")
    assert "linux/amd64" in asked.sentence


def test_an_index_without_the_hosts_platform_is_refused_even_when_asked_for() -> None:
    found = told(index_tree("linux/arm64"), CLASSIC, None, confirms_change=True)
    assert "linux/arm64" in found.refusal
    assert "--allow-change" not in found.refusal


def test_the_containerd_store_cannot_push_an_index_that_it_pulled() -> None:
    found = told(index_tree("linux/amd64", "linux/arm64"), CONTAINERD, None, confirms_change=True)
    assert "--engine direct" in found.refusal


def test_a_foreign_platform_is_refused_unless_asked_for() -> None:
    assert "--allow-change" in told(schema2(), CONTAINERD, ARM).refusal
    asked = told(schema2(), CONTAINERD, ARM, confirms_change=True)
    assert (asked.keeping, asked.refusal) == (Keeping.UNSURE, "")
    assert "linux/arm64" in asked.sentence
    assert told(manifest_tree(), CLASSIC, ARM, confirms_change=True).keeping is Keeping.LOST


@pytest.mark.parametrize("platform", [None, Platform("unknown", "unknown")])
def test_an_unknown_platform_promises_nothing(platform: Platform | None) -> None:
    found = told(schema2(), CONTAINERD, platform)
    assert (found.keeping, found.refusal) == (Keeping.UNSURE, "")


def test_a_variant_is_the_hosts_own() -> None:
    assert told(schema2(), CONTAINERD, Platform("linux", "amd64", "v2")).keeping is Keeping.KEPT


def test_zstd_is_refused_where_the_engine_cannot_unpack_it() -> None:
    tree = manifest_tree(layers=[descriptor(OCI_GZIP, "a"), descriptor(OCI_ZSTD, "b")])
    assert "zstd" in told(tree, CLASSIC, confirms_change=True).refusal
    assert not told(tree, NEWER_CLASSIC).refusal


def test_an_artifact_is_refused() -> None:
    for facts in (CLASSIC, CONTAINERD):
        assert "artifact" in told(manifest_tree(config=media.OCI_EMPTY), facts).refusal


def test_foreign_layers_are_no_reason_to_refuse() -> None:
    tree = manifest_tree(layers=[descriptor(GZIP, urls=["https://example.com/layer"])])
    assert not told(tree, CLASSIC).refusal


@pytest.mark.parametrize("hosts", [("registry", "prod.io"), ("base.io", "registry")])
def test_a_registry_that_the_engine_would_look_for_on_docker_hub_is_refused(hosts: tuple[str, str]) -> None:
    found = forecast(request(*hosts), schema2(), CONTAINERD, HOST)
    assert "registry:443" in found.refusal


@pytest.mark.parametrize("host", ["localhost", "localhost:5000", "registry:443", "r.example"])
def test_other_registries_are_taken_as_they_are(host: str) -> None:
    assert not forecast(request(host), schema2(), CONTAINERD, HOST).refusal


def test_an_explanation_names_both_digests_and_the_reason() -> None:
    lost = Forecast(EngineName.DOCKER, Keeping.LOST, "It rewrites.")
    kept = Forecast(EngineName.DOCKER, Keeping.KEPT, "It stays.")
    assert explain_change(lost, SOME, OTHER) == f"the engine pushed {OTHER} instead of {SOME}: It rewrites."
    assert "It stays" not in explain_change(kept, SOME, OTHER)
