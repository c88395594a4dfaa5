"""Packed entries are a mapping like any other, and pages of them are put together."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.entries import Entries, joined, packed, packed_page
from tui.domain.reference import Digest, Tag
from tui.domain.snapshot import TagEntry

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)
A, B = Digest("sha256", "ab12" * 16), Digest("sha256", "ab13" * 16)
LONG = Digest("sha512", "ab12" * 32)
ONE, TWO, THREE = (Tag(text) for text in ("one", "two", "three"))

entries = st.builds(
    TagEntry,
    st.sampled_from([ONE, TWO, THREE]),
    st.sampled_from([A, B, LONG, None]),
    st.sampled_from([None, AT]),
    st.sampled_from([None, AT + timedelta(days=1)]),
    st.booleans(),
    st.sampled_from([None, some.FAILURE]),
)


def by_tag(page: list[TagEntry]) -> dict[Tag, TagEntry]:
    return {entry.tag: entry for entry in page}


@given(st.lists(entries))
def test_what_was_packed_is_there(page: list[TagEntry]) -> None:
    known, found = by_tag(page), packed(by_tag(page))
    assert list(found.items()) == list(known.items())
    assert list(found.values()) == list(known.values())
    assert found == known


@given(st.lists(st.lists(entries)))
def test_pages_put_together_hold_what_was_said_last(pages: list[list[TagEntry]]) -> None:
    assert joined([packed_page(page) for page in pages]) == by_tag([entry for page in pages for entry in page])


def test_a_page_that_is_packed_stays_as_it_is() -> None:
    page = packed_page([TagEntry(ONE, A)])
    assert packed_page(page.values()) is page


@given(st.lists(entries), st.sets(st.sampled_from([ONE, TWO, THREE])))
def test_only_those_that_are_wanted_are_left(page: list[TagEntry], wanted: set[Tag]) -> None:
    found = packed_page(page).only(wanted.__contains__)
    assert found == {tag: entry for tag, entry in by_tag(page).items() if tag in wanted}


def test_places_that_hold_nothing_are_left_out() -> None:
    beside = Entries((ONE, TWO), packed_page([TagEntry(TWO, A)]).aligned((ONE, TWO)))
    assert beside.dense.tags == (TWO,)
    assert beside.dense == beside == {TWO: TagEntry(TWO, A)}


@given(st.lists(entries))
def test_digests_stand_as_they_are_written(page: list[TagEntry]) -> None:
    told = [entry.digest and str(entry.digest) for entry in by_tag(page).values()]
    assert packed_page(page).digests() == told


def test_the_newest_push_is_known_where_that_of_each_is() -> None:
    pages = [TagEntry(ONE, A, pushed=AT), TagEntry(TWO, LONG, pushed=AT + timedelta(hours=1))]
    assert packed_page(pages).newest_push() == AT + timedelta(hours=1)
    assert packed_page(pages[:1]).newest_push() == AT
    assert packed_page([*pages, TagEntry(THREE, A)]).newest_push() is None
    assert packed_page([]).newest_push() is None
