"""Why a cell differs: how each pair was made, what is said, and how many requests that takes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.cases import AMD64, ARM64, HOUR, Yard, case, digest, landed, named, seen
from tests.strategies import NOW
from tui.domain.explanation import Case, Explained, Likeness, Reason, Undecided
from tui.domain.facts import UNREADABLE, ImageFacts
from tui.domain.history import History, Landing, Sighting
from tui.domain.platform import Platform
from tui.domain.wants import WantFacts, WantManifest, WantPresence

COMMIT, OTHER = "1f3c2ab" + "0" * 33, "77aa01e" + "0" * 33
REVISION = "org.opencontainers.image.revision"
B, E = digest("B"), digest("E")


def pair(yard: Yard) -> Case:
    yard.image("B")
    yard.image("E", ("c", "d", "e"))
    return case(B, E)


def history(*events: object) -> Case:
    sightings = tuple(item for item in events if isinstance(item, Sighting))
    return case(B, E, history=History(sightings, tuple(item for item in events if isinstance(item, Landing))))


# -- history, which costs nothing -------------------------------------------------------------------------------------

BASE_MOVED = (seen("base", E, 9), seen("base", B, 2))
MOVED_LONG_AGO = (seen("base", E, 9), seen("base", B, 5))
TWICE = (seen("base", E, 9), seen("base", B, 8), seen("base", E, 7), seen("base", B, 1))
GONE_SINCE = (seen("prod", E, 8), seen("prod", None, 7))
PUT_BACK = (seen("prod", digest("C"), 3), seen("prod", E, 1))

HISTORIES = [
    ("promoted, then the base moved", (*BASE_MOVED, landed(E, 5)), "moved"),
    ("seen in both, then the base moved", (*BASE_MOVED, seen("prod", E, 9)), "moved"),
    ("came after the base moved", (*MOVED_LONG_AGO, seen("prod", E, 2)), "behind"),
    ("promoted after the base moved", (*MOVED_LONG_AGO, landed(E, 2)), "behind"),
    ("seen first by the look that saw the base moved", (*BASE_MOVED, seen("prod", E, 2)), "behind"),
    ("prod was seen without it since", (*BASE_MOVED, *GONE_SINCE), "behind"),
    ("the base was just seen with it", (seen("base", E, 9), seen("prod", E, 5)), "moved"),
    ("promoted twice, then the base moved", (*BASE_MOVED, landed(E, 5), landed(E, 1)), "moved"),
    ("promoted, then the next, then put back", (*MOVED_LONG_AGO, landed(E, 8), landed(B, 4), landed(E, 1)), "behind"),
    ("promoted, then pushed over and put back by hand", (*MOVED_LONG_AGO, landed(E, 8), *PUT_BACK), "behind"),
    ("the base had it twice", (*TWICE, landed(E, 6)), "moved"),
]


@pytest.mark.parametrize(("how", "events", "reason"), HISTORIES, ids=[row[0] for row in HISTORIES])
def test_history_decides_without_a_request(how: str, events: tuple[object, ...], reason: str) -> None:
    found, wants = Yard().decide(history(*events))
    assert isinstance(found, Explained)
    assert (found.reason.value, wants, how) == (reason, [], how)


def test_the_registry_s_own_times_say_which_came_first() -> None:
    past = History((seen("base", E, 9), seen("base", B, 2)))
    early = case(B, E, history=past, pushed=NOW - 6 * HOUR, repushed=NOW - 3 * HOUR)
    late = case(B, E, history=past, pushed=NOW - HOUR, repushed=NOW - 3 * HOUR)
    found = [Yard().decide(item)[0] for item in (early, late)]
    assert [item.reason for item in found if isinstance(item, Explained)] == [Reason.MOVED, Reason.BEHIND]


@pytest.mark.parametrize(("hours_ago", "reason"), [(10, "moved"), (5, "behind")])
def test_a_push_between_two_looks_proves_nothing(hours_ago: float, reason: str) -> None:
    past = History((seen("base", E, 9), seen("base", B, 2), seen("prod", E, 2)))
    found, _ = Yard().decide(case(B, E, history=past, pushed=NOW - hours_ago * HOUR))
    assert isinstance(found, Explained)
    assert found.reason == reason


def test_it_is_said_when_the_base_moved_and_when_it_was_promoted() -> None:
    found, _ = Yard().decide(history(seen("base", E, 9), landed(E, 5), seen("base", B, 2)))
    assert isinstance(found, Explained)
    assert [(clue.at, "promoted" in clue.text) for clue in found.clues] == [
        (NOW - 2 * HOUR, False),
        (NOW - 5 * HOUR, True),
    ]


# -- content ----------------------------------------------------------------------------------------------------------


def flattened(yard: Yard) -> Case:
    yard.index("B", {yard.image("E"): AMD64, yard.image("arm"): ARM64})
    return case(B, E)


def flattened_though_tagged(yard: Yard) -> Case:
    return replace_tags(flattened(yard), "1.0.0-amd64")


def fewer_platforms(yard: Yard) -> Case:
    one, two = yard.image("one"), yard.image("two")
    yard.index("B", {one: AMD64, two: ARM64, yard.artifact("proof"): Platform("unknown", "unknown")})
    yard.index("E", {one: AMD64})
    return case(B, E)


def older(yard: Yard) -> Case:
    return replace_tags(pair(yard), "0.9.0", "stable", "0.9", "0")


def wrapped(yard: Yard) -> Case:
    yard.index("E", {yard.image("B"): None})
    return case(B, E)


def same_platforms(yard: Yard) -> Case:
    one = yard.image("one")
    yard.index("B", {one: AMD64})
    yard.index("E", {one: AMD64, yard.artifact("proof"): Platform("unknown", "unknown")})
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


TABLE: list[tuple[str, Callable[[Yard], Case], str, int]] = [
    # how the two came about, the yard, what is said, requests
    ("one platform was copied out of the index", flattened, "flattened", 1),
    ("so it was, and the base tags that platform too", flattened_though_tagged, "flattened", 1),
    ("an index of fewer platforms was made", fewer_platforms, "flattened", 2),
    ("prod has what the base calls 0.9.0", older, "behind", 1),
    ("an index was made around the base's manifest", wrapped, "wrapped", 2),
    ("an index was made of the same platforms", same_platforms, "wrapped", 2),
    ("a Docker Engine compressed the layers anew", recompressed, "recompressed", 2),
    ("only the manifest was written anew", rewritten, "recompressed", 2),
    ("the config was written anew, the diff ids are the same", converted, "recompressed", 5),
    ("a Docker Engine made one platform of an index", one_platform_recompressed, "recompressed", 5),
    ("another tool wrapped and recompressed it", wrapped_and_recompressed, "recompressed", 5),
    ("every platform was recompressed", index_recompressed, "recompressed", 5),
    ("the base's tag moved before anybody looked", untagged, "behind", 3),
    ("prod holds what may be a platform of an older index", untagged_platform, "behind", 3),
    ("the base's tag was pushed after prod's", pushed_before_repushed, "moved", 3),
    ("the base's tag was pushed before prod's", pushed_after_repushed, "behind", 3),
    ("the base's image is younger than prod's push", pushed_before_created, "moved", 4),
    ("the base's image is older than prod's push", pushed_after_created, "behind", 4),
    ("the commit was built again", rebuilt, "rebuilt", 5),
    ("the build ran again", same_build, "rebuilt", 5),
    ("so it was, and annotations tell", annotated_rebuild, "rebuilt", 3),
    ("a commit's index was built again", index_rebuilt, "rebuilt", 5),
    ("another commit was pushed by hand", foreign, "foreign", 5),
    ("another commit of that day's same number", foreign_with_the_same_build_number, "foreign", 5),
    ("an image that names nothing was pushed by hand", nameless, "foreign", 4),
    ("an image for another platform was pushed", other_platform, "foreign", 3),
    ("both configs are no image configs", unreadable_configs, "foreign", 5),
    ("two artifacts, which share the empty config", artifacts, "foreign", 3),
]


@pytest.mark.parametrize(("how", "make", "reason", "requests"), TABLE, ids=[row[0] for row in TABLE])
def test_what_came_about_is_said(how: str, make: Callable[[Yard], Case], reason: str, requests: int) -> None:
    yard = Yard()
    found, wants = yard.decide(make(yard))
    assert isinstance(found, Explained), how
    assert (found.reason.value, len(wants)) == (reason, requests), how
    assert found.clues


# -- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("denied", [WantManifest, WantFacts, WantPresence])
def test_what_could_not_be_read_leaves_it_undecided_and_is_named(denied: type) -> None:
    yard = Yard()
    found, _ = yard.decide(foreign(yard), denied=(denied,))
    assert isinstance(found, Undecided)
    assert f"403 on {denied.__name__}" in found.missing


@pytest.mark.parametrize("make", [flattened, wrapped, recompressed, rebuilt])
def test_content_decides_where_the_base_does_not_say_what_it_holds(make: Callable[[Yard], Case]) -> None:
    yard = Yard()
    wanted = make(yard)
    assert yard.decide(wanted, denied=(WantPresence,))[0] == yard.decide(wanted)[0]


def test_that_the_base_still_holds_it_decides_where_no_manifest_can_be_read() -> None:
    yard = Yard()
    found, _ = yard.decide(untagged(yard), denied=(WantManifest,))
    assert isinstance(found, Explained)
    assert found.reason is Reason.BEHIND


def test_a_time_that_cannot_be_read_leaves_it_behind() -> None:
    yard = Yard()
    found, _ = yard.decide(pushed_before_created(yard), denied=(WantFacts,))
    assert isinstance(found, Explained)
    assert found.reason is Reason.BEHIND


# -- likeness, hostile content ----------------------------------------------------------------------------------------


def test_it_is_said_how_many_layers_are_shared_and_what_is_missing() -> None:
    yard = Yard()
    yard.image("B", ("a", "b", "c", "c"), config="one")
    yard.image("E", ("a", "x"), config="one")
    found, _ = yard.decide(case(B, E))
    assert isinstance(found, Explained)
    assert found.likeness == Likeness(shared=1, layers=4, missing_bytes=20)


def test_an_index_that_contains_itself_ends_in_an_answer() -> None:
    yard = Yard()
    yard.index("B", {B: AMD64})
    yard.index("E", {E: AMD64, digest("nowhere"): ARM64})
    found, wants = yard.decide(case(B, E))
    assert isinstance(found, Explained | Undecided)
    assert len(wants) < 12


names = st.sampled_from(["B", "E", "x", "y", "z"])
platforms = st.sampled_from([AMD64, ARM64, Platform("unknown", "unknown"), None])


@given(
    st.dictionaries(names, st.one_of(st.lists(names, max_size=3), st.dictionaries(names, platforms, max_size=4))),
    st.sets(names),
    st.sets(st.sampled_from([WantManifest, WantFacts, WantPresence])),
)
def test_whatever_manifests_refer_to_it_ends_with_the_same_answer(
    world: dict[str, list[str] | dict[str, Platform | None]], held: set[str], denied: set[type]
) -> None:
    yard = Yard(in_base={digest(name) for name in held})
    for name, content in world.items():
        if isinstance(content, list):
            yard.image(name, content)
        else:
            yard.index(name, {digest(child): platform for child, platform in content.items()})
    found, wants = yard.decide(case(B, E), denied=tuple(denied))
    assert isinstance(found, Explained | Undecided)
    assert len(wants) < 20
