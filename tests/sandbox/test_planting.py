"""Every reason is planted, and true of the bytes: each is looked at here without what the program judges with."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.sandbox.looking import (
    config_in,
    config_of,
    digest_of_tag,
    images_of,
    labels_of,
    manifest_of,
    place,
    planted,
    record_of,
    repositories,
)
from tui.domain.media import INDEXES
from tui.domain.reference import Digest, Tag
from tui.domain.timestamps import parse_timestamp
from tui.sandbox.samples import sample_world
from tui.sandbox.world import Planted, World

REASONS = {"behind", "moved", "flattened", "wrapped", "recompressed", "rebuilt", "foreign"}
COMMIT = "org.opencontainers.image.revision"
BUILD = "com.azure.dev.image.build.buildnumber"
SEEDS = (1, 5, 7, 23)
END = datetime(2026, 11, 3, 8, tzinfo=UTC)
"""After the last world's end, and before anybody reads this."""


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    return sample_world(request.param)


def here(world: World, cell: Planted) -> Digest:
    return digest_of_tag(world, cell.environment, cell.repository, cell.tag)


def base(world: World, cell: Planted) -> Digest:
    return digest_of_tag(world, "base", cell.repository, cell.tag)


def base_tags(world: World, cell: Planted) -> list[Tag]:
    """Under which tags the base holds what the cell does."""
    digest = here(world, cell)
    return [tag for tag, held in repositories(world.environment("base"))[cell.repository].items() if held == digest]


def is_in_base(world: World, cell: Planted) -> bool:
    """Whether the base's repository holds it at all, tagged or not."""
    store = world.environment("base").registry.store
    return store.manifest(place(world, "base", cell.repository), here(world, cell)) is not None


def both(world: World, cell: Planted) -> Iterator[list[dict[str, object]]]:
    """The configs of the cell's platforms, and those of the base's."""
    for environment in (cell.environment, "base"):
        images = images_of(world, environment, cell.repository, cell.tag)
        yield [config_in(world, environment, cell.repository, image) for image in images]


def created(world: World, cell: Planted) -> datetime:
    """When the base's image was built."""
    moment = parse_timestamp(config_of(world, "base", cell.repository, cell.tag)["created"])
    assert moment is not None
    return moment


def diff_ids(configs: list[dict[str, object]]) -> set[str]:
    return {digest for config in configs for digest in config["rootfs"]["diff_ids"]}  # type: ignore[index]


def test_every_state_and_reason_is_planted(world: World) -> None:
    assert {each.state for each in world.planted} == {"in-sync", "differs", "missing", "extra", "unknown"}
    assert {each.reason for each in world.planted if each.reason} == REASONS


def test_planted_states_are_there(world: World) -> None:
    found = {each.name: repositories(each) for each in world.environments}
    for each in world.planted:
        ours = found["base"].get(each.repository, {}).get(Tag(each.tag))
        theirs = found[each.environment].get(each.repository, {}).get(Tag(each.tag))
        state = "missing" if theirs is None else "extra" if ours is None else "differs"
        if each.state != "unknown":
            assert ("in-sync" if theirs == ours else state) == each.state, each


def test_one_repository_shows_all_seven_in_prod_under_tags_that_follow_one_another(world: World) -> None:
    cells = [each for each in world.planted if (each.repository, each.environment) == ("shop/checkout", "prod")]
    assert sorted(str(each.reason) for each in cells) == sorted(REASONS)
    tags = repositories(world.environment("base"))["shop/checkout"]
    versions = sorted((tag for tag in tags if tag != "latest"), key=lambda tag: tuple(map(int, tag.split("."))))
    places = sorted(versions.index(Tag(each.tag)) for each in cells)
    assert places == list(range(places[0], places[0] + len(REASONS)))


def test_what_is_behind_is_another_tag_of_the_base_or_was_given_after_the_tag_had_moved(world: World) -> None:
    kinds: set[bool] = set()
    for cell in planted(world, "behind"):
        kinds.add(is_tagged := bool(base_tags(world, cell)))
        pushed = record_of(world, cell.environment, cell.repository, cell.tag).updated
        assert is_tagged or (is_in_base(world, cell) and created(world, cell) < pushed), cell
    assert kinds == {True, False}


def test_what_moved_is_in_the_base_untagged_and_came_before_the_base_was_built_again(world: World) -> None:
    for cell in planted(world, "moved"):
        assert is_in_base(world, cell)
        assert base_tags(world, cell) == []
        assert record_of(world, cell.environment, cell.repository, cell.tag).updated < created(world, cell)


def test_what_moved_was_seen_in_both_before_the_base_moved(world: World) -> None:
    for cell in planted(world, "moved"):
        seen = [each for each in world.earlier if (each.repository, each.tag) == (cell.repository, cell.tag)]
        ours = {each.digest: each.at for each in seen if each.environment == "base"}
        theirs = {each.digest: each.at for each in seen if each.environment == cell.environment}
        assert ours.keys() == {here(world, cell), base(world, cell)}
        assert ours[here(world, cell)] <= theirs[here(world, cell)] < ours[base(world, cell)]


def test_what_is_flattened_has_some_platforms_of_the_base_as_they_are(world: World) -> None:
    forms: set[bool] = set()
    for cell in planted(world, "flattened"):
        ours = manifest_of(world, "base", cell.repository, cell.tag).children
        theirs = manifest_of(world, cell.environment, cell.repository, cell.tag)
        forms.add(theirs.media_type in INDEXES)
        assert set(theirs.children or [here(world, cell)]) < set(ours), cell
    assert forms == {True, False}


def test_what_is_wrapped_is_an_index_around_the_base_manifest(world: World) -> None:
    for cell in planted(world, "wrapped"):
        found = manifest_of(world, cell.environment, cell.repository, cell.tag)
        assert found.children == (base(world, cell),)


def test_what_is_recompressed_has_a_config_of_the_base_and_none_of_its_layers(world: World) -> None:
    forms: set[bool] = set()
    for cell in planted(world, "recompressed"):
        (theirs,) = images_of(world, cell.environment, cell.repository, cell.tag)
        ours = images_of(world, "base", cell.repository, cell.tag)
        forms.add(len(ours) > 1)
        assert theirs.blobs[0] in {image.blobs[0] for image in ours}, cell
        assert not set(theirs.blobs[1:]) & {blob for image in ours for blob in image.blobs[1:]}, cell
    assert forms == {True, False}


@pytest.mark.parametrize("label", [COMMIT, BUILD])
def test_what_was_rebuilt_says_the_same_and_is_other_content_on_every_platform(world: World, label: str) -> None:
    forms: set[int] = set()
    for cell in planted(world, "rebuilt"):
        theirs, ours = both(world, cell)
        forms.add(len(theirs))
        assert labels_of(world, cell.environment, cell.repository, cell.tag)[label]
        for one, other in zip(theirs, ours, strict=True):
            assert one["config"]["Labels"][label] == other["config"]["Labels"][label]  # type: ignore[index]
            assert diff_ids([one]) != diff_ids([other])
        assert not is_in_base(world, cell)
    assert forms == {1, 2}


def test_what_is_foreign_has_no_commit_build_layer_or_manifest_of_the_base(world: World) -> None:
    named: set[bool] = set()
    for cell in planted(world, "foreign"):
        theirs, ours = both(world, cell)
        said = labels_of(world, cell.environment, cell.repository, cell.tag)
        named.add(bool(said))
        assert not said.items() & {(key, labels_of(world, "base", cell.repository, cell.tag)[key]) for key in said
                                   if key in (COMMIT, BUILD)}  # fmt: skip
        assert not diff_ids(theirs) & diff_ids(ours), cell
        assert not is_in_base(world, cell), cell
    assert named == {True, False}


def test_a_tag_of_test_is_gone_that_was_seen_there(world: World) -> None:
    cell = next(each for each in world.planted if (each.environment, each.state) == ("test", "missing"))
    seen = [each for each in world.earlier if (each.environment, each.tag) == ("test", cell.tag)]
    digests = [each.digest for each in seen if each.repository == cell.repository]
    assert digests[-1] is None
    assert digests[0] == base(world, cell)


def test_a_tag_that_nobody_has_any_more_was_seen(world: World) -> None:
    gone = {(each.repository, each.tag) for each in world.earlier if each.digest is None}
    held = {(name, tag) for each in world.environments for name, tags in repositories(each).items() for tag in tags}
    assert gone - held


def test_a_tag_that_prod_was_given_had_moved_on_in_the_base(world: World) -> None:
    (cell,) = (each for each in planted(world, "behind") if each.tag == "latest")
    pushed = record_of(world, "prod", cell.repository, "latest").updated
    newer = [
        record_of(world, "base", cell.repository, tag).updated
        for tag, digest in repositories(world.environment("base"))[cell.repository].items()
        if digest == base(world, cell) and tag != "latest"
    ]
    assert newer
    assert max(newer) < pushed


def test_sightings_are_in_order_and_tell_changes_alone(world: World) -> None:
    times = [each.at for each in world.earlier]
    assert times == sorted(times)
    by_tag: dict[tuple[str, str, str], list[Digest | None]] = {}
    for each in world.earlier:
        by_tag.setdefault((each.environment, each.repository, each.tag), []).append(each.digest)
    assert all(one != other for digests in by_tag.values() for one, other in pairwise(digests))
    assert max(len(digests) for digests in by_tag.values()) > 2


def test_what_was_seen_last_is_what_is_there_unless_it_came_since(world: World) -> None:
    last = {(each.environment, str(each.repository), str(each.tag)): each.digest for each in world.earlier}
    looked = world.earlier[-1].at
    for environment in world.environments:
        for repository, tags in repositories(environment).items():
            for tag, digest in tags.items():
                if (environment.name, repository) == ("test", "platform/metrics"):
                    continue
                if record_of(world, environment.name, repository, tag).updated <= looked:
                    assert last[environment.name, repository, tag] == digest


def test_nobody_saw_what_is_forbidden(world: World) -> None:
    assert not [each for each in world.earlier if (each.environment, each.repository) == ("test", "platform/metrics")]


def test_everything_happened_before_the_world_was_made(world: World) -> None:
    for environment in world.environments:
        for repository, tags in repositories(environment).items():
            assert max(record_of(world, environment.name, repository, tag).updated for tag in tags) <= END
