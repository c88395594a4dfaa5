"""What holds of every decision: it ends, costs little, repeats itself, and says nothing that it was not shown."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.cases import AMD64, ARM64, HOUR, Yard, case, digest, landed, named, seen
from tests.domain.worlds import (
    ARM64_V8,
    ATTESTATION,
    COMMIT,
    CREATED,
    OTHER,
    REVISION,
    B,
    E,
    foreign,
    recompressed,
)
from tests.strategies import NOW
from tui.domain.explanation import Case, Explained, Reason, Undecided
from tui.domain.facts import UNREADABLE, ImageFacts
from tui.domain.history import History
from tui.domain.reasons import judge
from tui.domain.wants import Known, WantFacts, WantManifest, WantPresence

TEXT_LIMIT = 250
names = st.sampled_from(["B", "E", "x", "y", "z"])
layers = st.lists(st.sampled_from("abc"), max_size=3)
platforms = st.sampled_from([AMD64, ARM64, ARM64_V8, ATTESTATION, None])
notes = st.dictionaries(st.sampled_from([REVISION, CREATED]), st.sampled_from([COMMIT, OTHER, "2026-11-24T11:00:00Z"]))
facts = st.one_of(
    st.just(UNREADABLE),
    st.builds(
        lambda origin, diffs: replace(origin, diff_ids=tuple(map(digest, diffs))),
        st.builds(named, st.sampled_from(["", COMMIT, OTHER]), st.sampled_from(["", "20261120.4", "b" * 256])),
        layers,
    ),
)
times = st.one_of(st.none(), st.sampled_from([NOW - 9 * HOUR, NOW - 5 * HOUR, NOW - HOUR / 2]))
events = st.lists(st.sampled_from([landed(E, 6), landed(B, 4), landed(E, 3)]), max_size=2)
sightings = st.lists(st.sampled_from([seen("prod", E, 7), seen("base", E, 6), seen("base", B, 2)]), max_size=2)
histories = st.builds(lambda seen, put: History(tuple(seen), tuple(put)), sightings, events)


@st.composite
def yards(draw: st.DrawFn) -> Yard:
    """Any content: images, artifacts and indexes, which may list each other, themselves, and what does not exist."""
    yard = Yard(in_base={digest(name) for name in draw(st.sets(names))})
    for name in draw(st.sets(names)) | draw(st.sampled_from([set(), {"B", "E"}])):
        match draw(st.sampled_from(["image", "artifact", "index", "index"])):
            case "image":
                config = draw(st.sampled_from(["", "one", "two"]))
                yard.image(name, draw(layers), config=config, facts=draw(facts), annotations=draw(notes))
            case "artifact":
                yard.artifact(name, draw(layers), draw(notes))
            case _:
                children = draw(st.dictionaries(names, platforms, max_size=4))
                yard.index(name, {digest(child): platform for child, platform in children.items()}, draw(commits))
    return yard


commits = st.sampled_from(["", COMMIT, OTHER])
cases = st.builds(
    lambda past, pushed, repushed, tags: case(B, E, base_tags=tags, history=past, pushed=pushed, repushed=repushed),
    histories,
    times,
    times,
    st.sampled_from([(), (), ("0.9.0",)]),
)
denials = st.sets(st.sampled_from([WantManifest, WantFacts, WantPresence]))


@given(yards(), cases, denials)
def test_it_ends_in_words_after_few_requests_and_asks_for_nothing_twice(
    yard: Yard, asked: Case, denied: set[type]
) -> None:
    found, wants = yard.decide(asked, denied=tuple(denied))
    assert len(wants) <= 20
    told = [clue.text for clue in found.clues] if isinstance(found, Explained) else list(found.missing)
    assert told
    assert len(told) == len(set(told))
    assert all(0 < len(text) <= TEXT_LIMIT for text in told)


@given(yards(), cases)
def test_foreign_is_said_only_of_what_neither_the_base_nor_its_past_knows(yard: Yard, asked: Case) -> None:
    found, _ = yard.decide(asked)
    if isinstance(found, Explained) and found.reason is Reason.FOREIGN:
        assert E not in yard.in_base
        assert not asked.question.base_tags
        assert E not in {item.digest for item in asked.history.of("base").sightings}


@given(yards(), cases, denials)
def test_what_could_not_be_read_never_makes_it_foreign(yard: Yard, asked: Case, denied: set[type]) -> None:
    full, _ = yard.decide(asked)
    found, _ = yard.decide(asked, denied=tuple(denied))
    if isinstance(found, Explained) and found.reason is Reason.FOREIGN:
        assert isinstance(full, Explained)
        assert full.reason is Reason.FOREIGN


@given(yards(), cases)
def test_what_is_known_beforehand_spares_requests_and_changes_no_reason(yard: Yard, asked: Case) -> None:
    found, wants = yard.decide(asked)
    sooner, fewer = yard.decide(asked, known=Known(yard.manifests, yard.facts))
    assert set(fewer) <= set(wants)
    assert type(sooner) is type(found)
    if isinstance(sooner, Explained) and isinstance(found, Explained):
        assert sooner.reason is found.reason


@given(layers, layers, facts, facts)
def test_recompressed_is_said_only_where_something_is_the_same(
    theirs: list[str], ours: list[str], base: ImageFacts, held: ImageFacts
) -> None:
    yard = Yard()
    yard.image("B", theirs, facts=base)
    yard.image("E", ours, facts=held)
    found, _ = yard.decide(case(B, E))
    is_same = bool(base.diff_ids) and base.diff_ids == held.diff_ids and len(theirs) == len(ours)
    assert isinstance(found, Explained)
    said = {Reason.RECOMPRESSED, Reason.REBUILT} if theirs == ours else {Reason.RECOMPRESSED}
    assert found.reason in said if is_same else found.reason is not Reason.RECOMPRESSED


@given(layers, layers, facts, facts, notes, notes)
def test_two_images_cost_five_requests_at_most(
    theirs: list[str],
    ours: list[str],
    base: ImageFacts,
    held: ImageFacts,
    base_notes: dict[str, str],
    held_notes: dict[str, str],
) -> None:
    yard = Yard()
    yard.image("B", theirs, facts=base, annotations=base_notes)
    yard.image("E", ours, facts=held, annotations=held_notes)
    _, wants = yard.decide(case(B, E))
    assert len(wants) <= 5


# -- the order of questions -------------------------------------------------------------------------------------------


def test_the_base_s_manifest_is_asked_for_first_and_configs_last() -> None:
    yard = Yard()
    _, wants = yard.decide(foreign(yard))
    assert [(type(want), want.environment) for want in wants] == [
        (WantManifest, "base"),
        (WantManifest, "prod"),
        (WantPresence, "base"),
        (WantFacts, "prod"),
        (WantFacts, "base"),
    ]


def test_nothing_is_asked_for_that_is_known() -> None:
    yard = Yard()
    made = recompressed(yard)
    assert isinstance(judge(made, Known(yard.manifests)), Explained)


# -- very much content ------------------------------------------------------------------------------------------------


def test_a_thousand_children_cost_no_more_than_two() -> None:
    yard = Yard()
    crowd = {digest(f"child {number}"): ARM64 for number in range(1000)}
    yard.index("B", {yard.image("one", config="x"): AMD64, **crowd})
    yard.image("E", ("c", "d"), config="x")
    found, wants = yard.decide(case(B, E))
    assert isinstance(found, Explained)
    assert (found.reason, len(wants)) == (Reason.RECOMPRESSED, 5)


def test_indexes_in_indexes_are_followed_a_few_levels_and_no_further() -> None:
    yard = Yard()
    yard.image("B")
    yard.index("level 30", {yard.image("deep"): None})
    for level in range(29, 0, -1):
        yard.index(f"level {level}", {digest(f"level {level + 1}"): None})
    yard.index("E", {digest("level 1"): None})
    found, wants = yard.decide(case(B, E))
    assert isinstance(found, Explained | Undecided)
    assert len(wants) <= 8
