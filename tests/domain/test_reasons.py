"""Why a cell differs, where history tells, where something cannot be read, and where content is hostile."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain import worlds
from tests.domain.cases import AMD64, ARM64, HOUR, Yard, case, digest, landed, put_back, seen, taken_away
from tests.domain.worlds import (
    B,
    E,
    flattened,
    foreign,
    pushed_before_created,
    rebuilt,
    recompressed,
    untagged,
    wrapped,
)
from tests.strategies import NOW
from tui.domain import media
from tui.domain.content import Descriptor, Index
from tui.domain.explanation import Case, Explained, Likeness, Reason, Undecided
from tui.domain.history import History, Landing, Removal, Sighting
from tui.domain.platform import Platform
from tui.domain.reference import Tag
from tui.domain.wants import WantFacts, WantManifest, WantPresence


def history(*events: object) -> Case:
    sightings = tuple(item for item in events if isinstance(item, Sighting))
    landings = tuple(item for item in events if isinstance(item, Landing))
    removals = tuple(item for item in events if isinstance(item, Removal))
    return case(B, E, history=History(sightings, landings, removals))


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
    ("promoted, then taken away", (*BASE_MOVED, landed(E, 5), taken_away(E, 4)), "behind"),
    ("promoted, then taken away and promoted again", (*BASE_MOVED, taken_away(E, 7), landed(E, 5)), "moved"),
    ("an undo put it back", (*MOVED_LONG_AGO, landed(E, 8), landed(B, 4), put_back(E, 1)), "behind"),
    ("promoted, then pushed over and put back by hand", (*MOVED_LONG_AGO, landed(E, 8), *PUT_BACK), "behind"),
    ("no survey, but promoted from the base's tag", (landed(E, 5, "base"),), "moved"),
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


PAST_OF_LATEST = [(*BASE_MOVED, landed(E, 5)), (landed(E, 5),), ()]


@pytest.mark.parametrize("events", PAST_OF_LATEST, ids=["seen and promoted", "promoted", "never seen"])
def test_a_tag_that_moves_along_is_behind_whatever_the_journal_knows(events: tuple[object, ...]) -> None:
    yard = Yard()
    known = replace(history(*events), question=worlds.older(yard).question)
    found, _ = yard.decide(known)
    assert isinstance(found, Explained)
    assert found.reason is Reason.BEHIND
    assert found.clues[0].text.startswith("base has it as 0.9.0")


def test_it_is_said_when_the_base_moved_and_when_it_was_promoted() -> None:
    found, _ = Yard().decide(history(seen("base", E, 9), landed(E, 5), seen("base", B, 2)))
    assert isinstance(found, Explained)
    assert [(clue.at, "promoted" in clue.text) for clue in found.clues] == [
        (NOW - 2 * HOUR, False),
        (NOW - 5 * HOUR, True),
    ]


# -- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("denied", [WantManifest, WantFacts, WantPresence])
def test_what_could_not_be_read_leaves_it_undecided_and_is_named(denied: type) -> None:
    yard = Yard()
    found, _ = yard.decide(foreign(yard), denied=(denied,))
    assert isinstance(found, Undecided)
    assert f"403 on {denied.__name__}" in found.missing


@pytest.mark.parametrize(("origin", "reason"), [("base", Reason.MOVED), ("test", Reason.BEHIND)])
def test_only_a_promotion_from_the_base_proves_that_the_base_still_had_it(origin: str, reason: Reason) -> None:
    past = History((seen("base", E, 9), seen("base", B, 2)), (landed(E, 5, origin),))
    found, _ = Yard().decide(case(B, E, history=past))
    assert isinstance(found, Explained)
    assert found.reason is reason


@pytest.mark.parametrize(("origin", "reason"), [("base", Reason.BEHIND), ("test", Reason.FOREIGN)])
def test_what_came_from_another_tag_of_the_base_is_not_foreign(origin: str, reason: Reason) -> None:
    yard = Yard()
    past = History(landings=(landed(E, 5, origin, Tag("0.9.0")),))
    found, _ = yard.decide(replace(foreign(yard), history=past))
    assert isinstance(found, Explained)
    assert found.reason is reason


def test_what_an_undo_put_back_came_from_where_it_was_promoted_from_before() -> None:
    yard = Yard()
    past = History(landings=(landed(E, 8, tag=Tag("0.9.0")), landed(B, 4), put_back(E, 1)))
    found, _ = yard.decide(replace(foreign(yard), history=past))
    assert isinstance(found, Explained)
    assert (found.reason, found.clues[0].text) == (Reason.BEHIND, "promoted to prod")


def test_a_promotion_that_was_undone_put_nothing_where_it_is() -> None:
    told = {"stands": (), "is undone": (taken_away(E, 4),)}
    found = {name: Yard().decide(history(*MOVED_LONG_AGO, landed(E, 4.5), *undo))[0] for name, undo in told.items()}
    clues = {name: [clue.text for clue in each.clues] for name, each in found.items() if isinstance(each, Explained)}
    assert "promoted to prod" in clues["stands"]
    assert "promoted to prod" not in clues["is undone"]


def test_nothing_is_foreign_of_which_the_journal_could_not_be_asked() -> None:
    yard = Yard()
    found, _ = yard.decide(replace(foreign(yard), unread="the journal cannot be used"))
    assert found == Undecided(("the journal cannot be used",))


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


def test_a_platform_of_an_index_in_the_base_s_index_is_flattened() -> None:
    yard = Yard()
    inner = yard.index("inner", {yard.image("E"): AMD64, yard.image("arm"): ARM64})
    yard.manifests[B] = Index(
        media.OCI_INDEX, (Descriptor(media.OCI_INDEX, B, 9), Descriptor(media.OCI_INDEX, inner, 9))
    )
    yard.in_base.add(E)
    found, wants = yard.decide(case(B, E))
    assert isinstance(found, Explained)
    assert (found.reason, found.clues[0].text) == (Reason.FLATTENED, "linux/amd64 alone, of 2 platforms")
    assert len(wants) == 2


def test_only_a_few_of_many_indexes_in_an_index_are_read() -> None:
    yard = Yard()
    inner = [yard.index(f"inner {number}", {digest(f"{number}"): AMD64}) for number in range(50)]
    yard.manifests[B] = Index(media.OCI_INDEX, tuple(Descriptor(media.OCI_INDEX, item, 9) for item in inner))
    yard.image("E")
    assert len(yard.decide(case(B, E))[1]) < 12


def test_an_index_that_contains_itself_ends_in_an_answer() -> None:
    yard = Yard()
    yard.index("B", {B: AMD64})
    yard.index("E", {E: AMD64, digest("nowhere"): ARM64})
    found, wants = yard.decide(case(B, E))
    assert isinstance(found, Explained | Undecided)
    assert len(wants) < 12


def test_an_index_whose_only_child_is_itself_ends_in_an_answer() -> None:
    yard = Yard()
    yard.image("B")
    yard.index("E", {E: None})
    found, wants = yard.decide(case(B, E))
    assert isinstance(found, Explained)
    assert (found.reason, len(wants)) == (Reason.FOREIGN, 3)


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
