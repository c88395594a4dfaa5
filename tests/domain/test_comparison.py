"""What two images share and what they do not: platforms, layers, settings, origin, companions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.images import AMD64, ARM64, companion, config, image, named, side
from tui.domain.comparison import (
    Change,
    CompanionKind,
    Comparison,
    ImageSide,
    LayerChange,
    PlatformComparison,
    Presence,
    compare_images,
)
from tui.domain.comparison_companions import compare_companions, kind_of, kind_of_suffix
from tui.domain.identity import Identity
from tui.domain.masking import MASK
from tui.domain.platform import Platform

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIRROR = {Presence.LEFT: Presence.RIGHT, Presence.RIGHT: Presence.LEFT, Presence.BOTH: Presence.BOTH}

layer_words = st.text("abcd", max_size=6)
configs = st.builds(
    config,
    layer_words,
    created=st.sampled_from([None, NOON]),
    labels=st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("12")), max_size=3).map(tuple),
    env=st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("12")), max_size=3).map(tuple),
)
platforms = st.sampled_from([AMD64, ARM64, Platform("linux", "arm64", "v8"), Platform("unknown", "unknown")])
pictures = st.builds(image, layer_words, configs, platform=platforms, digest=st.sampled_from(["", "one", "two"]))
companions = st.builds(
    companion, st.sampled_from(CompanionKind), st.sampled_from("st"), st.sampled_from([None, AMD64, ARM64])
)
sides = st.builds(
    lambda images, attached, notes: side(*images, companions=tuple(attached), annotations=tuple(notes)),
    st.lists(pictures, max_size=4),
    st.lists(companions, max_size=4),
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("12")), max_size=2),
)


def only_platform(left: ImageSide, right: ImageSide) -> PlatformComparison:
    """The comparison of the one platform of both."""
    (platform,) = compare_images(left, right).platforms
    return platform


def layers_of(left: str, right: str) -> list[tuple[str, str, int]]:
    """The layers as sign, letter and place."""
    letters = {named(letter): letter for letter in left + right}
    signs = {Presence.BOTH: "=", Presence.LEFT: "-", Presence.RIGHT: "+"}
    found = only_platform(side(image(left)), side(image(right, config(env=(("x", "1"),)))))
    return [(signs[layer.presence], letters[layer.digest], layer.place) for layer in found.layers]


def changes_of(left: Mapping[str, object], right: Mapping[str, object]) -> list[Change]:
    """What differs between two configs with these fields."""
    one, other = replace(config(), **left), replace(config(), **right)  # pyright: ignore[reportArgumentType]
    return list(only_platform(side(image("a", one)), side(image("a", other))).changes)


@given(sides)
def test_an_image_is_the_same_as_itself(one: ImageSide) -> None:
    comparison = compare_images(one, one)
    assert comparison.is_same
    assert comparison.changes == ()
    assert {platform.presence for platform in comparison.platforms} <= {Presence.BOTH}
    assert not any(platform.changes for platform in comparison.platforms)


@given(sides, sides)
def test_swapping_the_sides_swaps_what_is_said_of_them(one: ImageSide, other: ImageSide) -> None:
    there, back = compare_images(one, other), compare_images(other, one)
    assert there.is_same == back.is_same
    assert mirrored(there) == counted(back)
    assert Counter(there.changes) == Counter(replace(item, left=item.right, right=item.left) for item in back.changes)


@given(layer_words, layer_words, layer_words, layer_words)
def test_swapping_the_sides_swaps_the_layers(left: str, left_ids: str, right: str, right_ids: str) -> None:
    one, other = side(image(left, config(left_ids))), side(image(right, config(right_ids), digest="x"))
    there, back = only_platform(one, other).layers, only_platform(other, one).layers
    said = Counter((MIRROR[layer.presence], layer.digest, layer.same_content) for layer in there)
    assert said == Counter((layer.presence, layer.digest, layer.same_content) for layer in back)
    assert sum(layer.presence is not Presence.RIGHT for layer in there) == len(left)
    assert sum(layer.presence is not Presence.LEFT for layer in there) == len(right)


def counted(comparison: Comparison) -> list[Counter[object]]:
    """How often what is on which side."""
    return [
        Counter((item.presence, item.left, item.right) for item in comparison.platforms),
        Counter((item.presence, item.companion.kind) for item in comparison.companions),
    ]


def mirrored(comparison: Comparison) -> list[Counter[object]]:
    return [
        Counter((MIRROR[item.presence], item.right, item.left) for item in comparison.platforms),
        Counter((MIRROR[item.presence], item.companion.kind) for item in comparison.companions),
    ]


# -- platforms ---------------------------------------------------------------------------------------------------------


def test_common_platforms_come_first_then_the_lefts_then_the_rights() -> None:
    s390x, riscv = Platform("linux", "s390x"), Platform("linux", "riscv64")
    left = side(image("a", platform=s390x), image("a", platform=ARM64), image("a"))
    right = side(image("b", platform=riscv), image("b"), image("b", platform=ARM64))
    found = compare_images(left, right).platforms
    assert [item.platform for item in found] == [ARM64, AMD64, s390x, riscv]
    assert [item.presence for item in found] == [Presence.BOTH, Presence.BOTH, Presence.LEFT, Presence.RIGHT]
    assert [layer.presence for layer in found[2].layers] == [Presence.LEFT]


def test_the_variant_of_arm64_that_goes_without_saying_tells_no_platforms_apart() -> None:
    left, right = side(image("a", platform=ARM64)), side(image("b", platform=Platform("linux", "arm64", "v8")))
    assert only_platform(left, right).presence is Presence.BOTH


def test_of_several_images_of_a_platform_the_same_ones_are_matched() -> None:
    one, two, three = image("a"), image("b"), image("c")
    found = compare_images(side(one, two), side(two, three)).platforms
    assert [(item.left, item.right) for item in found] == [(one.digest, three.digest), (two.digest, two.digest)]


def test_what_has_the_same_digest_is_the_same_whatever_platform_it_is_said_to_be() -> None:
    left = side(image("a", digest="same"))
    right = side(image("a", platform=Platform("unknown", "unknown"), digest="same"))
    assert only_platform(left, right).presence is Presence.BOTH


# -- layers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("ab", "ab", [("=", "a", 0), ("=", "b", 1)]),
        ("abc", "axc", [("=", "a", 0), ("-", "b", 1), ("+", "x", 1), ("=", "c", 2)]),
        ("ab", "abxy", [("=", "a", 0), ("=", "b", 1), ("+", "x", 2), ("+", "y", 3)]),
        ("b", "ab", [("+", "a", 0), ("=", "b", 0)]),
        ("aa", "a", [("=", "a", 0), ("-", "a", 1)]),
        ("a", "aa", [("=", "a", 0), ("+", "a", 1)]),
        ("ab", "ba", [("=", "a", 0), ("=", "b", 1)]),
        ("", "", []),
    ],
)
def test_layers_stand_as_in_a_diff(left: str, right: str, expected: list[tuple[str, str, int]]) -> None:
    assert layers_of(left, right) == expected


def test_a_shared_layer_knows_both_its_places() -> None:
    found = only_platform(side(image("ab")), side(image("ba"))).layers
    assert [(layer.place, layer.other_place) for layer in found] == [(0, 1), (1, 0)]


def test_the_same_content_in_other_bytes_is_told() -> None:
    found = only_platform(side(image("ab", config("12"))), side(image("xy", config("13")))).layers
    lone = {(layer.digest, layer.same_content) for layer in found}
    assert lone == {(named("a"), True), (named("b"), False), (named("x"), True), (named("y"), False)}


def test_diff_ids_that_do_not_fit_the_layers_tell_nothing() -> None:
    found = only_platform(side(image("ab", config("1"))), side(image("xy", config("12")))).layers
    assert not any(layer.same_content for layer in found)


def test_a_layer_has_its_size() -> None:
    (layer,) = only_platform(side(image("a")), side(image("a", config("1")))).layers
    assert layer == LayerChange(Presence.BOTH, named("a"), 1000, 0, other_place=0)


# -- settings ----------------------------------------------------------------------------------------------------------


def test_every_setting_that_differs_is_told() -> None:
    left = {
        "env": (("A", "1"), ("B", "2")), "entrypoint": ("/run",), "command": ("sh", "-c", "a b"), "user": "root",
        "working_dir": "/", "ports": ("80/tcp",), "volumes": (), "labels": (("x", "1"),),
    }  # fmt: skip
    right = {
        "env": (("A", "1"), ("B", "3"), ("C", "4")), "entrypoint": (), "command": ("run",), "user": "app",
        "working_dir": "/app", "ports": ("81/tcp",), "volumes": ("/data",), "labels": (),
    }  # fmt: skip
    assert changes_of(left, right) == [
        Change("env", "B", "2", "3"),
        Change("env", "C", None, "4"),
        Change("entrypoint", "", "/run", None),
        Change("command", "", "sh -c 'a b'", "run"),
        Change("user", "", "root", "app"),
        Change("working dir", "", "/", "/app"),
        Change("port", "80/tcp", "80/tcp", None),
        Change("port", "81/tcp", None, "81/tcp"),
        Change("volume", "/data", None, "/data"),
        Change("label", "x", "1", None),
    ]


def test_a_changed_secret_shows_as_changed_and_stays_hidden() -> None:
    left, right = {"env": (("DB_PASSWORD", "a"),)}, {"env": (("DB_PASSWORD", "longer"),)}
    assert changes_of(left, right) == [Change("env", "DB_PASSWORD", MASK, MASK)]


def test_a_changed_secret_in_a_command_does_too() -> None:
    left, right = {"command": ("run", "--token", "a")}, {"command": ("run", "--token", "b")}
    assert changes_of(left, right) == [Change("command", "", f"run --token {MASK}", f"run --token {MASK}")]


def test_a_name_that_is_there_twice_counts_twice() -> None:
    left, right = {"env": (("A", "1"), ("A", "2"))}, {"env": (("A", "1"), ("A", "3"), ("A", "4"))}
    assert changes_of(left, right) == [Change("env", "A", "2", "3"), Change("env", "A", None, "4")]


def test_a_config_that_could_not_be_read_is_no_change() -> None:
    unread = replace(image("a", config("1")), config=None)
    found = only_platform(side(unread), side(image("a", config(env=(("A", "1"),)))))
    assert (found.same_config, found.changes) == (None, ())


def test_manifests_of_platforms_are_compared_where_they_are_not_the_whole() -> None:
    one = image("a")
    other = replace(one, digest=named("x"), manifest=replace(one.manifest, annotations=(("note", "1"),)))
    found = only_platform(side(one), side(other))
    assert (found.changes, found.same_config) == ((Change("annotation", "note", None, "1"),), True)


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_origin_and_annotations_of_the_whole() -> None:
    left = side(identity=Identity("1f3c2ab", "4", "1.0"), annotations=(("a", "1"),))
    right = side(identity=Identity("1f3c2ab94be1", "5", "1.0", "https://u:x@git.example/a"), annotations=(("a", "2"),))
    assert compare_images(left, right).changes == (
        Change("build", "", "4", "5"),
        Change("source", "", None, f"https://{MASK}@git.example/a"),
        Change("annotation", "a", "1", "2"),
    )


def test_the_media_type_in_words() -> None:
    left = side(image("a"))
    right = replace(left, root=replace(left.root, media_type="application/vnd.oci.image.manifest.v1+json"))
    assert Change("media type", "", "OCI index", "OCI manifest") in compare_images(left, right).changes


def test_created_is_what_the_newest_config_says() -> None:
    earlier = NOON.replace(year=2025)
    left = side(image("a", config(created=earlier)), image("b", config(created=NOON), platform=ARM64))
    right = side(image("a", config(created=datetime(1970, 1, 1, tzinfo=UTC))), identity=Identity(created=earlier))
    created = compare_images(left, right).created
    assert (created.left, created.right) == (NOON, earlier)


# -- companions --------------------------------------------------------------------------------------------------------


def test_a_signature_on_one_side_only_makes_two_images_differ() -> None:
    comparison = compare_images(side(image(), companions=(companion(),)), side(image()))
    assert [item.presence for item in comparison.companions] == [Presence.LEFT]
    assert not comparison.is_same


def test_companions_are_matched_by_digest_and_else_by_what_they_are() -> None:
    same, other = companion(digest="same"), companion(digest="other")
    found = compare_companions((other, same), (same, companion(digest="third"), companion(CompanionKind.SBOM)))
    assert [(item.presence, item.companion.kind.value) for item in found] == [
        (Presence.BOTH, "signature"),
        (Presence.BOTH, "signature"),
        (Presence.RIGHT, "SBOM"),
    ]


@pytest.mark.parametrize(("unread", "expected"), [((), True), ((ARM64,), True), ((AMD64,), False), ((None,), False)])
def test_what_could_not_be_read_is_not_said_to_be_missing(unread: tuple[Platform | None, ...], expected: bool) -> None:
    (found,) = compare_companions((companion(subject=AMD64),), (), (), unread)
    assert found.is_certain is expected
    (found,) = compare_companions((), (companion(subject=AMD64),), unread, ())
    assert found.is_certain is expected


@pytest.mark.parametrize(
    ("media_type", "annotations", "kind"),
    [
        ("application/vnd.cncf.notary.signature", {}, "signature"),
        ("application/vnd.dev.cosign.artifact.sig.v1+json", {}, "signature"),
        ("application/vnd.dev.cosign.artifact.sbom.v1+json", {}, "SBOM"),
        ("application/spdx+json", {}, "SBOM"),
        ("application/vnd.cyclonedx+json", {}, "SBOM"),
        ("application/vnd.in-toto+json", {}, "attestation"),
        ("application/vnd.in-toto+json", {"in-toto.io/predicate-type": "https://spdx.dev/Document"}, "SBOM"),
        (
            "application/vnd.in-toto+json",
            {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v1"},
            "attestation",
        ),
        ("application/vnd.dsse.envelope.v1+json", {}, "attestation"),
        ("application/vnd.dev.sigstore.bundle.v0.3+json", {}, "signature"),
        (
            "application/vnd.dev.sigstore.bundle.v0.3+json",
            {"dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1"},
            "signature",
        ),
        ("application/vnd.dev.sigstore.bundle.v0.3+json", {"dev.sigstore.bundle.predicateType": "x"}, "attestation"),
        (
            "application/vnd.dev.sigstore.bundle.v0.3+json",
            {"dev.sigstore.bundle.content": "dsse-envelope"},
            "attestation",
        ),
        ("application/vnd.example.scan", {}, "other"),
    ],
)
def test_kinds(media_type: str, annotations: dict[str, str], kind: str) -> None:
    assert kind_of(media_type, annotations.items()).value == kind


def test_kinds_of_cosigns_tags() -> None:
    assert [kind_of_suffix(suffix).value for suffix in ("sig", "att", "sbom", "x")] == [
        "signature",
        "attestation",
        "SBOM",
        "other",
    ]
