"""Worlds for decisions: each makes what the base and prod hold the way it comes about, and gives the case."""

from dataclasses import replace

from tests.domain.cases import AMD64, ARM64, HOUR, Yard, case, digest, landed, named
from tests.strategies import NOW
from tui.domain.explanation import Case
from tui.domain.facts import UNREADABLE, ImageFacts
from tui.domain.history import History
from tui.domain.platform import Platform

COMMIT, OTHER = "1f3c2ab" + "0" * 33, "77aa01e" + "0" * 33
REVISION = "org.opencontainers.image.revision"
CREATED = "org.opencontainers.image.created"
ATTESTATION, WINDOWS = Platform("unknown", "unknown"), Platform("windows", "amd64")
ARM64_V8, ARM_V6, ARM_V7 = (
    Platform("linux", "arm64", "v8"),
    Platform("linux", "arm", "v6"),
    Platform("linux", "arm", "v7"),
)
B, E = digest("B"), digest("E")


def pair(yard: Yard) -> Case:
    yard.image("B")
    yard.image("E", ("c", "d", "e"))
    return case(B, E)


def flattened(yard: Yard) -> Case:
    yard.index("B", {yard.image("E"): AMD64, yard.image("arm"): ARM64})
    return case(B, E)


def flattened_though_tagged(yard: Yard) -> Case:
    return replace_tags(flattened(yard), "1.0.0-amd64")


def fewer_platforms(yard: Yard) -> Case:
    one, two = yard.image("one"), yard.image("two")
    yard.index("B", {one: AMD64, two: ARM64, yard.artifact("proof"): ATTESTATION})
    yard.index("E", {one: AMD64})
    return case(B, E)


def one_of_two_for_the_same_platform(yard: Yard) -> Case:
    """Windows images differ in `os.version`, of which a platform tells nothing."""
    later = yard.image("later")
    yard.index("B", {yard.image("earlier"): WINDOWS, later: WINDOWS})
    yard.index("E", {later: WINDOWS})
    return case(B, E)


def older(yard: Yard) -> Case:
    return replace_tags(pair(yard), "0.9.0", "stable", "0.9", "0")


def wrapped(yard: Yard) -> Case:
    yard.index("E", {yard.image("B"): None})
    return case(B, E)


def same_platforms(yard: Yard) -> Case:
    one = yard.image("one")
    yard.index("B", {one: AMD64})
    yard.index("E", {one: AMD64, yard.artifact("proof"): ATTESTATION})
    return case(B, E)


def relabelled(yard: Yard) -> Case:
    """The same layers and diff ids under another config."""
    facts = ImageFacts(AMD64, NOW, (digest("d1"), digest("d2")))
    yard.image("B", ("a", "b"), facts=facts)
    yard.image("E", ("a", "b"), facts=facts)
    return case(B, E)


def rebuilt_from_the_cache(yard: Yard) -> Case:
    facts = replace(named(COMMIT), diff_ids=(digest("d1"), digest("d2")))
    yard.image("B", ("a", "b"), facts=facts)
    yard.image("E", ("a", "b"), facts=facts)
    return case(B, E)


def recompressed(yard: Yard) -> Case:
    yard.image("B", ("a", "b"), config="one")
    yard.image("E", ("c", "d"), config="one")
    return case(B, E)


def rewritten(yard: Yard) -> Case:
    yard.image("B", config="one")
    yard.image("E", config="one")
    return case(B, E)


def converted(yard: Yard) -> Case:
    facts = ImageFacts(AMD64, NOW, (digest("d1"), digest("d2")))
    yard.image("B", ("a", "b"), facts=facts)
    yard.image("E", ("c", "d"), facts=replace(facts, created=None))
    return case(B, E)


def one_platform_recompressed(yard: Yard) -> Case:
    yard.index("B", {yard.image("arm", facts=ImageFacts(ARM64)): ARM64, yard.image("amd", config="one"): AMD64})
    yard.image("E", ("c", "d"), config="one")
    return case(B, E)


def wrapped_and_recompressed(yard: Yard) -> Case:
    yard.image("B", config="one")
    yard.index("E", {yard.image("amd", ("c", "d"), config="one"): AMD64})
    return case(B, E)


def index_recompressed(yard: Yard) -> Case:
    yard.index("B", {yard.image("one", config="x"): AMD64})
    yard.index("E", {yard.image("two", ("c", "d"), config="x"): AMD64})
    return case(B, E)


def untagged(yard: Yard) -> Case:
    yard.in_base.add(E)
    return pair(yard)


def untagged_platform(yard: Yard) -> Case:
    yard.in_base.add(yard.image("E"))
    yard.index("B", {yard.image("one"): AMD64})
    return case(B, E)


def pushed_before_repushed(yard: Yard) -> Case:
    untagged(yard)
    return case(B, E, pushed=NOW - 5 * HOUR, repushed=NOW - 2 * HOUR)


def pushed_after_repushed(yard: Yard) -> Case:
    untagged(yard)
    return case(B, E, pushed=NOW - 1 * HOUR, repushed=NOW - 2 * HOUR)


def pushed_before_created(yard: Yard) -> Case:
    untagged(yard)
    return case(B, E, pushed=NOW - 5 * HOUR)


def pushed_after_created(yard: Yard) -> Case:
    untagged(yard)
    return case(B, E, pushed=NOW)


def rebuilt(yard: Yard) -> Case:
    yard.image("B", facts=named(COMMIT))
    yard.image("E", ("c", "d"), facts=named(COMMIT[:12]))
    return case(B, E)


def same_build(yard: Yard) -> Case:
    yard.image("B", facts=named(build="20261120.4"))
    yard.image("E", ("c",), facts=named(COMMIT, "20261120.4"))
    return case(B, E)


def annotated_rebuild(yard: Yard) -> Case:
    yard.image("B", annotations={REVISION: COMMIT})
    yard.image("E", ("c",), annotations={REVISION: COMMIT})
    return case(B, E)


def index_rebuilt(yard: Yard) -> Case:
    yard.index("B", {yard.image("one"): AMD64}, COMMIT)
    yard.index("E", {yard.image("two", ("c",)): AMD64}, COMMIT)
    return case(B, E)


def foreign(yard: Yard) -> Case:
    yard.image("B", facts=named(COMMIT))
    yard.image("E", ("c", "d"), facts=named(OTHER, "20261120.4"))
    return case(B, E)


def foreign_with_the_same_build_number(yard: Yard) -> Case:
    yard.image("B", facts=named(COMMIT, "20261120.4"))
    yard.image("E", ("c",), facts=named(OTHER, "20261120.4"))
    return case(B, E)


def nameless(yard: Yard) -> Case:
    return pair(yard)


def other_platform(yard: Yard) -> Case:
    yard.index("B", {yard.image("one"): AMD64})
    yard.index("E", {yard.image("two"): ARM64})
    return case(B, E)


def unreadable_configs(yard: Yard) -> Case:
    yard.image("B", facts=UNREADABLE)
    yard.image("E", ("c", "d"), facts=UNREADABLE)
    return case(B, E)


def artifacts(yard: Yard) -> Case:
    yard.artifact("B")
    yard.artifact("E")
    return case(B, E)


def replace_tags(old: Case, *tags: str) -> Case:
    made = case(B, E, base_tags=tags)
    return replace(old, question=made.question)


def attestation(yard: Yard) -> Case:
    yard.index("B", {yard.image("one"): AMD64, yard.artifact("E"): ATTESTATION})
    return case(B, E)


def platforms_exchanged(yard: Yard) -> Case:
    one = yard.image("one")
    yard.index("B", {one: AMD64, yard.image("two"): ARM64})
    yard.index("E", {one: AMD64, yard.image("three"): ARM_V7})
    return case(B, E)


def one_platform_of_two_rebuilt(yard: Yard) -> Case:
    one = yard.image("one")
    yard.index("B", {one: AMD64, yard.image("two"): ARM64}, COMMIT)
    yard.index("E", {one: AMD64, yard.image("three", ("c",)): ARM64}, COMMIT)
    return case(B, E)


def one_platform_of_two_replaced(yard: Yard) -> Case:
    one = yard.image("one")
    yard.index("B", {one: AMD64, yard.image("two"): ARM64})
    yard.index("E", {one: AMD64, yard.image("three", ("c",)): ARM64})
    return case(B, E)


def only_relabelled(yard: Yard) -> Case:
    facts = replace(named(COMMIT), diff_ids=(digest("d1"), digest("d2")))
    yard.image("B", facts=facts)
    yard.image("E", ("c", "d"), facts=replace(facts, identity=named(OTHER).identity))
    return case(B, E)


def only_relabelled_in_annotations(yard: Yard) -> Case:
    facts = ImageFacts(AMD64, NOW, (digest("d1"), digest("d2")))
    yard.image("B", facts=facts, annotations={REVISION: COMMIT})
    yard.image("E", ("c", "d"), facts=replace(facts, created=None), annotations={REVISION: OTHER})
    return case(B, E)


def variant_left_out_by_an_index(yard: Yard) -> Case:
    yard.index("B", {yard.image("one", config="x"): ARM64_V8})
    yard.index("E", {yard.image("two", ("c", "d"), config="x"): ARM64})
    return case(B, E)


def variant_left_out_by_a_config(yard: Yard) -> Case:
    yard.index("B", {yard.image("one", config="x", facts=ImageFacts(ARM64)): ARM64_V8})
    yard.image("E", ("c", "d"), config="x")
    return case(B, E)


def one_variant_recompressed(yard: Yard) -> Case:
    six = yard.image("six", facts=ImageFacts(ARM_V6))
    yard.index("B", {six: ARM_V6, yard.image("seven", config="x", facts=ImageFacts(ARM_V7)): ARM_V7})
    yard.image("E", ("c", "d"), config="x")
    return case(B, E)


def wrapped_without_a_platform_and_recompressed(yard: Yard) -> Case:
    yard.image("B", config="x")
    yard.index("E", {yard.image("one", ("c", "d"), config="x"): None})
    return case(B, E)


def index_in_an_index(yard: Yard) -> Case:
    yard.index("B", {yard.image("one", config="x"): AMD64})
    inner = yard.index("inner", {yard.image("two", ("c", "d"), config="x"): AMD64})
    yard.index("E", {inner: None})
    return case(B, E)


def artifact_pushed_again(yard: Yard) -> Case:
    yard.artifact("B", ["chart"], {CREATED: "2026-11-20T08:00:00Z"})
    yard.artifact("E", ["chart"], {CREATED: "2026-11-21T08:00:00Z"})
    return case(B, E)


def artifact_rebuilt(yard: Yard) -> Case:
    yard.artifact("B", annotations={REVISION: COMMIT})
    yard.artifact("E", annotations={REVISION: COMMIT})
    return case(B, E)


def image_replaced_by_artifact(yard: Yard) -> Case:
    yard.index("B", {yard.image("one"): AMD64})
    yard.artifact("E")
    return case(B, E)


def index_of_attestations(yard: Yard) -> Case:
    yard.image("B")
    yard.index("E", {yard.artifact("proof"): ATTESTATION})
    return case(B, E)


def platforms_without_an_image(yard: Yard) -> Case:
    hollow = yard.index("hollow", {yard.artifact("proof"): ATTESTATION})
    yard.index("B", {hollow: AMD64})
    yard.index("E", {yard.image("one"): AMD64})
    return case(B, E)


def promoted_before_created(yard: Yard) -> Case:
    made = untagged(yard)
    return replace(made, history=History((), (landed(E, 5, "dev"),)))


def pushed_before_annotated_creation(yard: Yard) -> Case:
    yard.image("B", annotations={CREATED: "2026-11-24T11:00:00Z"})
    yard.image("E")
    yard.in_base.add(E)
    return case(B, E, pushed=NOW - 5 * HOUR)


def index_pushed_before_created(yard: Yard) -> Case:
    yard.index("B", {yard.image("one"): AMD64})
    yard.index("E", {yard.image("two"): AMD64})
    yard.in_base.add(E)
    return case(B, E, pushed=NOW - 5 * HOUR)


def untagged_artifact(yard: Yard) -> Case:
    yard.artifact("B")
    yard.artifact("E")
    yard.in_base.add(E)
    return case(B, E, pushed=NOW - 5 * HOUR)
