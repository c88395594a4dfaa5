"""Notes as a referrer says them, and the sentence that tells one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_approval import referrer
from tests.strategies import NOW, digests
from tui.domain.provenance import NOTE_TYPE, Note, notes_among, tell_note
from tui.domain.text import clean

PLACE = "prod.example/shop/api"
NOTE = Note(
    "3f2a91c0be12",
    NOW,
    "alice",
    "test",
    "prod",
    "test.example/shop/api:1.0.0@sha256:" + "0" * 64,
    f"{PLACE}:1.0.0",
    "direct",
    approved_by=("bob",),
)

names = (
    st.text(st.characters(min_codepoint=33, max_codepoint=0x24F), min_size=1, max_size=60)
    .map(lambda text: clean(text).strip())
    .filter(bool)
)
lists_of_names = st.lists(st.lists(names, min_size=1, max_size=3).map(" ".join), max_size=10).map(tuple)
anything = st.dictionaries(
    st.sampled_from(sorted(NOTE.annotations)) | st.text(max_size=8), st.text(max_size=700) | st.just("%00%1b[2J %e2")
)


@given(lists_of_names, names, st.none() | digests, st.sampled_from(["", "follow", "undo 3f2a91c0be12"]))
def test_what_was_written_is_read(approved_by: tuple[str, ...], by: str, replaced: object, occasion: str) -> None:
    written = replace(NOTE, approved_by=approved_by, by=by, replaced=replaced, occasion=occasion)
    assert notes_among([referrer(written.annotations, NOTE_TYPE)], PLACE) == (written,)


@given(anything)
def test_hostile_annotations_are_cleaned_and_cut(said: dict[str, str]) -> None:
    for found in notes_among([referrer(NOTE.annotations | said, NOTE_TYPE)], PLACE):
        texts = (found.promotion, found.by, found.origin, found.environment, found.source, found.engine)
        for text in (*texts, found.target, found.occasion, *found.approved_by):
            assert text == clean(text)
            assert len(text) <= 600
        told = tell_note(found, NOW)
        assert told == clean(told)


def test_what_says_no_time_or_target_is_none() -> None:
    for key in ("org.opencontainers.image.created", "io.windlass.promotion.target"):
        said = {name: value for name, value in NOTE.annotations.items() if name != key}
        assert notes_among([referrer(said, NOTE_TYPE)], PLACE) == ()


@pytest.mark.parametrize("target", [f"{PLACE}2:1.0.0", "other.example/shop/api:1.0.0", "shop/api:1.0.0", PLACE])
def test_a_note_of_another_place_came_along_with_the_image(target: str) -> None:
    said = replace(NOTE, target=target).annotations
    assert notes_among([referrer(said, NOTE_TYPE)], PLACE) == ()


def test_the_oldest_is_first() -> None:
    later = replace(NOTE, at=NOW + timedelta(minutes=1), promotion="0" * 12)
    found = notes_among([referrer(each.annotations, NOTE_TYPE) for each in (later, NOTE)], PLACE)
    assert found == (NOTE, later)


def test_of_very_many_approvers_the_first_are_named() -> None:
    crowd = replace(NOTE, approved_by=tuple(f"person-{number}" for number in range(40)))
    (found,) = notes_among([referrer(crowd.annotations, NOTE_TYPE)], PLACE)
    assert found.approved_by == crowd.approved_by[:10]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "promoted 2 h ago from test by alice (direct; approved by bob)"),
        ({"approved_by": ("bob", "carol")}, "promoted 2 h ago from test by alice (direct; approved by bob, carol)"),
        ({"by": "", "approved_by": ()}, "promoted 2 h ago from test (direct)"),
        ({"origin": "", "engine": "", "approved_by": ()}, "promoted 2 h ago by alice"),
        (
            {"occasion": "undo 3f2a91c0be12", "approved_by": (), "origin": "prod"},
            "put back 2 h ago by alice (direct; undo 3f2a91c0be12)",
        ),
    ],
)
def test_a_note_is_told_in_a_sentence(changes: dict[str, object], sentence: str) -> None:
    assert tell_note(replace(NOTE, **changes), NOW + timedelta(hours=2)) == sentence  # pyright: ignore[reportArgumentType]
