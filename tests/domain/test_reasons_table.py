"""Why a cell differs, as a table: how each pair was made, what is said, and how many requests that takes."""

from collections.abc import Callable

import pytest

from tests.domain import worlds
from tests.domain.cases import Yard
from tui.domain.explanation import Case, Explained

TABLE: list[tuple[str, Callable[[Yard], Case], str, int]] = [
    # how the two came about, the yard, what is said, requests
    ("one platform was copied out of the index", worlds.flattened, "flattened", 1),
    ("so it was, and the base tags that platform too", worlds.flattened_though_tagged, "flattened", 1),
    ("the proof that goes with one platform was copied", worlds.attestation, "flattened", 1),
    ("an index of fewer platforms was made", worlds.fewer_platforms, "flattened", 2),
    ("so it was, of two for one platform", worlds.one_of_two_for_the_same_platform, "flattened", 2),
    ("a platform was left out and another added", worlds.platforms_exchanged, "flattened", 2),
    ("prod has what the base calls 0.9.0", worlds.older, "behind", 1),
    ("an index was made around the base's manifest", worlds.wrapped, "wrapped", 2),
    ("an index was made of the same platforms", worlds.same_platforms, "wrapped", 2),
    ("a Docker Engine compressed the layers anew", worlds.recompressed, "recompressed", 2),
    ("only the manifest was written anew", worlds.rewritten, "recompressed", 2),
    ("a chart was pushed again: same layers, other annotations", worlds.artifact_pushed_again, "recompressed", 2),
    ("the config was written anew, the diff ids are the same", worlds.converted, "recompressed", 5),
    ("so it was, and labelled with another commit", worlds.only_relabelled, "recompressed", 5),
    ("so it was, and annotated with another commit", worlds.only_relabelled_in_annotations, "recompressed", 5),
    ("the very layers were given other settings", worlds.relabelled, "recompressed", 5),
    ("the commit was built again, all layers from the cache", worlds.rebuilt_from_the_cache, "rebuilt", 5),
    ("a Docker Engine made one platform of an index", worlds.one_platform_recompressed, "recompressed", 5),
    ("so it did, with one of two variants", worlds.one_variant_recompressed, "recompressed", 5),
    ("so it did, and the config leaves the variant out", worlds.variant_left_out_by_a_config, "recompressed", 5),
    ("another tool wrapped and recompressed it", worlds.wrapped_and_recompressed, "recompressed", 5),
    ("so it did, and told no platform", worlds.wrapped_without_a_platform_and_recompressed, "recompressed", 4),
    ("every platform was recompressed", worlds.index_recompressed, "recompressed", 5),
    ("so it was, and one index leaves the variant out", worlds.variant_left_out_by_an_index, "recompressed", 5),
    ("so it was, and wrapped in one more index", worlds.index_in_an_index, "recompressed", 6),
    ("the base's tag moved before anybody looked", worlds.untagged, "behind", 3),
    ("prod holds what may be a platform of an older index", worlds.untagged_platform, "behind", 3),
    ("the base's tag was pushed after prod's", worlds.pushed_before_repushed, "moved", 3),
    ("the base's tag was pushed before prod's", worlds.pushed_after_repushed, "behind", 3),
    ("the base's image is younger than prod's push", worlds.pushed_before_created, "moved", 4),
    ("the base's image is older than prod's push", worlds.pushed_after_created, "behind", 4),
    ("the base's index is younger than prod's push", worlds.index_pushed_before_created, "moved", 5),
    ("the base's image is younger, as its annotations tell", worlds.pushed_before_annotated_creation, "moved", 3),
    ("the base's image is younger than the promotion", worlds.promoted_before_created, "moved", 4),
    ("an artifact, whose age nothing tells", worlds.untagged_artifact, "behind", 3),
    ("the commit was built again", worlds.rebuilt, "rebuilt", 5),
    ("the build ran again", worlds.same_build, "rebuilt", 5),
    ("so it was, and annotations tell", worlds.annotated_rebuild, "rebuilt", 3),
    ("a commit's index was built again", worlds.index_rebuilt, "rebuilt", 5),
    ("one of two platforms was built again", worlds.one_platform_of_two_rebuilt, "rebuilt", 5),
    ("an artifact was made again of one commit", worlds.artifact_rebuilt, "rebuilt", 3),
    ("another commit was pushed by hand", worlds.foreign, "foreign", 5),
    ("another commit of that day's same number", worlds.foreign_with_the_same_build_number, "foreign", 5),
    ("an image that names nothing was pushed by hand", worlds.nameless, "foreign", 4),
    ("an image for another platform was pushed", worlds.other_platform, "foreign", 3),
    ("one of two platforms was replaced by hand", worlds.one_platform_of_two_replaced, "foreign", 6),
    ("an artifact took the place of an index", worlds.image_replaced_by_artifact, "foreign", 3),
    ("an index without any image was pushed", worlds.index_of_attestations, "foreign", 3),
    ("the base's platforms hold no image", worlds.platforms_without_an_image, "foreign", 5),
    ("both configs are no image configs", worlds.unreadable_configs, "foreign", 4),
    ("two artifacts, which share the empty config", worlds.artifacts, "foreign", 3),
]


@pytest.mark.parametrize(("how", "make", "reason", "requests"), TABLE, ids=[row[0] for row in TABLE])
def test_what_came_about_is_said(how: str, make: Callable[[Yard], Case], reason: str, requests: int) -> None:
    yard = Yard()
    found, wants = yard.decide(make(yard))
    assert isinstance(found, Explained), how
    assert (found.reason.value, len(wants)) == (reason, requests), how
    assert found.clues
